//! What happens when a page is reached: the title, the announcement, the focus.
//!
//! The first page after a load is not announced and takes no focus: the browser does both of its own.

use super::text;
use crate::browser::Vestibule;
use leptos::{html, prelude::*};

/// Tells people who do not see the page where they are. One for the whole app.
#[derive(Clone, Copy)]
pub struct Announcer {
    said: RwSignal<String>,
    has_arrived: StoredValue<bool>,
}

impl Announcer {
    /// Silent still.
    pub fn new() -> Self {
        Self { said: RwSignal::new(String::new()), has_arrived: StoredValue::new(false) }
    }

    /// The polite live region, empty until something is said.
    pub fn view(self) -> AnyView {
        view! { <div class="visually-hidden" role="status">{move || self.said.get()}</div> }.into_any()
    }
}

/// A page called `title` is reached. The focus goes to its heading unless `focuses` is somewhere better.
pub fn arrive(vestibule: Vestibule, title: &str, heading: NodeRef<html::H1>) {
    let is_first = announce(vestibule, title);
    heading.on_load(move |heading| {
        if !is_first {
            _ = heading.focus();
        }
    });
}

/// Sets the document's title and says it. Whether it is the first page since the load.
pub fn announce(vestibule: Vestibule, title: &str) -> bool {
    let app_title = vestibule.config().app.title.clone();
    document().set_title(&[title, " · ", &app_title].concat());
    // Parts of the app may stand alone in another one, which announces its pages itself.
    let Some(announcer) = use_context::<Announcer>() else { return true };
    let is_first = !announcer.has_arrived.get_value();
    announcer.has_arrived.set_value(true);
    if !is_first {
        announcer.said.set(title.to_owned());
    }
    is_first
}

/// The link that skips the header.
pub fn skip_link() -> AnyView {
    let skip = move |event: leptos::ev::MouseEvent| {
        // The router would take the fragment for a navigation, which moves no focus.
        event.prevent_default();
        let content = document().query_selector("main").ok().flatten();
        if let Some(content) =
            content.and_then(|content| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(content).ok())
        {
            _ = content.focus();
        }
    };
    view! { <a class="skip-link" href="#content" on:click=skip>{text::SKIP}</a> }.into_any()
}
