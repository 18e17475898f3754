//! The session panel, for operators: how this tab's session stands, what it last heard, and who has the refresh lock.
//!
//! Shown where the config wants it, and in development builds at `?debug`. Words and times only, never a secret.

use super::{
    markup::{Markup, el},
    text,
    watch::{State, watch},
};
use crate::{browser::Vestibule, session::Finding};
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, reactive::spawn_local_scoped};
use std::time::Duration;

/// The panel, closed until somebody opens it; nothing where it is not wanted.
pub fn panel(vestibule: Vestibule) -> Option<Markup> {
    (cfg!(feature = "operator") && vestibule.shows_panel()).then(|| {
        let findings = State::new(Vec::new());
        let view = vestibule.view();
        let tick = State::new(());
        if let Ok(handle) = set_interval_with_handle(move || tick.set(()), Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
        watch(move || {
            tick.track();
            view.track();
            spawn_local_scoped(async move { findings.set(vestibule.inspect().await) });
        });
        let line = |(name, found): &Finding| el("div").child(el("dt").text(*name)).child(el("dd").text(found));
        let lines = move || findings.with(|findings| findings.iter().map(line).collect());
        let details = el("details").class("panel").child(el("summary").text(text::PANEL)).child(el("dl").live(lines));
        el("aside").attr("aria-label", text::PANEL).child(details)
    })
}
