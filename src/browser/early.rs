//! The flow before there is anything to see of it: it runs as soon as its own code is there, and what is sent by the painted form goes
//! out while the code of the UI still comes.

use super::{handle::Vestibule, redirect::Arrival};
use crate::{
    config::Config,
    session::{Form, Gate},
};
use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::Owner};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, FormData, HtmlFormElement};

/// Marks the page that `src/start.js` has painted: [`SUBMITTED`] where its form was sent, [`SENT`] where that has been carried out;
/// neither once something else was typed.
pub const PAINTED: &str = "data-early";
/// Somebody has sent the painted form, and nobody has seen to it yet.
pub const SUBMITTED: &str = "submitted";
/// The flow has carried it out.
pub const SENT: &str = "sent";

impl Vestibule {
    /// Starts the flow for as long as the page is there: first what the address has brought, then what was sent before.
    #[must_use]
    pub fn begin(config: &'static Config, arrival: Arrival) -> Self {
        let owner = Owner::new();
        let vestibule = owner.with(|| Self::start(config));
        // It would end the flow if it were dropped.
        std::mem::forget(owner);
        vestibule.arrive(arrival);
        vestibule.submit_painted();
        // And what is sent from now on, until the UI has taken the form over. Whoever marks it was there first (`src/start.js`).
        _ = window_event_listener_untyped("submit", move |_| vestibule.submit_painted());
        vestibule
    }

    /// Sends what the painted form holds, where somebody has submitted it. The UI is left a form that is not filled in, and one
    /// that was sent before it is known that nobody is signed in: a cookie may say so.
    fn submit_painted(&self) {
        if self.view().with_untracked(|view| view.gate == Gate::Pending) {
            return;
        }
        let Some(page) = document().and_then(|document| painted(&document)) else { return };
        let is_submitted = page.get_attribute(PAINTED).as_deref() == Some(SUBMITTED);
        // Who signs in elsewhere has typed for nobody.
        if !is_submitted || self.config().provider.redirect.is_some() {
            return;
        }
        let form = page.query_selector("form").ok().flatten().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        let Some(data) = form.and_then(|form| FormData::new_with_form(&form).ok()) else { return };
        let values =
            ["username", "password"].map(|name| (name.to_owned(), data.get(name).as_string().unwrap_or_default()));
        let [(_, username), (_, password)] = &values;
        if username.is_empty() || password.is_empty() {
            return;
        }
        if self.remembered_username().is_some() {
            // Its box will be ticked.
            self.remember_username(Some(username));
        }
        _ = page.set_attribute(PAINTED, SENT);
        if self.view().with_untracked(|view| view.wants_challenge) {
            // What is painted is the first step, never the answer to a second.
            self.abandon_challenge();
        }
        self.sign_in(Form(values.into()));
    }
}

/// The page that was painted before the app was there, for as long as nothing has taken it over.
#[must_use]
pub fn painted(document: &Document) -> Option<Element> {
    document.query_selector("[data-early]").ok()?
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}
