//! What happens when a page is reached: the title, the announcement, the focus.
//!
//! The first page after a load is not announced and takes no focus: the browser does both of its own. Whoever has signed in by the
//! painted form was on a page before.

use super::{
    markup::{Markup, Slot, el, focus, painted},
    text::{self, Said},
    watch::{Kept, State, watch},
};
use crate::{
    browser::{PAINTED, SENT, Vestibule},
    session::Gate,
};
use leptos::prelude::*;
use std::cell::Cell;

/// Tells people who do not see the page where they are. One for the whole app.
#[derive(Clone, Copy)]
pub struct Announcer {
    said: State<Said>,
    has_arrived: Kept<bool>,
}

thread_local! {
    /// That of our app, which is there once.
    static OURS: Cell<Option<Announcer>> = const { Cell::new(None) };
}

impl Announcer {
    /// Silent still.
    pub fn start(vestibule: Vestibule) -> Self {
        let is_sent = painted().is_some_and(|page| page.get_attribute(PAINTED).as_deref() == Some(SENT));
        let has_arrived = is_sent && vestibule.view().with_untracked(|view| view.gate == Gate::Open);
        let announcer = Self { said: State::new("".into()), has_arrived: Kept::new(has_arrived) };
        OURS.set(Some(announcer));
        on_cleanup(|| OURS.set(None));
        announcer
    }

    /// The polite live region, empty until something is said.
    pub fn view(self) -> Markup {
        el("div").class("visually-hidden").attr("role", "status").live_text(move || self.said.with(Said::say))
    }
}

/// A page called `title` is reached; the focus goes to its heading.
pub fn arrive(vestibule: Vestibule, title: impl Into<Said>, heading: Slot) {
    let is_first = announce(vestibule, title.into());
    watch(move || {
        if !is_first {
            heading.focus();
        }
    });
}

/// Sets the document's title and says it. Whether it is the first page since the load.
pub fn announce(vestibule: Vestibule, title: Said) -> bool {
    let told = title.clone();
    watch(move || document().set_title(&[&told.say(), " · ", &vestibule.config().app.title].concat()));
    // Parts of the app may stand alone in another one, which announces its pages itself.
    let Some(announcer) = OURS.get() else { return true };
    let is_first = !announcer.has_arrived.get();
    announcer.has_arrived.set(true);
    if !is_first {
        announcer.said.set(title);
    }
    is_first
}

/// Says what has changed in the page, to people who do not see it.
pub fn say(said: Said) {
    if let Some(announcer) = OURS.get() {
        announcer.said.set(said);
    }
}

/// The link that skips the header.
pub fn skip_link() -> Markup {
    el("a").class("skip-link").attr("href", "#content").text(text::SKIP).on("click", |event| {
        // The router would take the fragment for a navigation, which moves no focus.
        event.prevent_default();
        if let Ok(Some(content)) = document().query_selector("main") {
            focus(&content);
        }
    })
}
