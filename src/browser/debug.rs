//! All that the app writes to the console, for whoever opens it: which version runs, once a page; and where debug is on, what
//! this tab hears and why something came to nothing. Names and causes, **never** a value.
//!
//! Debug is on where the config wants the session panel. What is said then is part of the app for operators alone, which takes
//! over in that case. Whatever else would be written by a crate or by generated code, the release build takes out
//! (`dev/xtask/src/shrink.rs`), and `cargo xtask check` finds nobody else here who names the console.

use super::driver::Driver;
use crate::session::{Event, Outcome};
use js_sys::Object;
use web_sys::console;

/// Says which version runs in this page. Not in a frame: its lines stand among those of the page around it.
pub fn say_version() {
    let window = web_sys::window();
    let is_framed =
        window.is_none_or(|window| !window.top().is_ok_and(|top| top.is_some_and(|top| Object::is(&top, &window))));
    if !is_framed {
        console::log_1(&concat!("Vestibule ", env!("CARGO_PKG_VERSION")).into());
    }
}

impl Driver {
    const fn is_debugged(&self) -> bool {
        cfg!(feature = "operator") && self.shows_panel()
    }

    /// With debug on, names what was heard.
    pub(super) fn note(&self, event: &Event) {
        // It would drown all that matters.
        if self.is_debugged() && !matches!(event, Event::ActivityNoticed) {
            write(&[event.name()]);
        }
    }

    /// With debug on, says why what is called `what` came to nothing.
    pub(super) fn explain(&self, what: &str, outcome: &Outcome) {
        if !self.is_debugged() {
            return;
        }
        let cause = match outcome {
            Outcome::Unreachable => "no answer: the network, DNS, TLS or CORS (a page cannot tell which)",
            Outcome::Walled => "a web page answered instead of the provider",
            Outcome::Unintelligible { detail } => detail,
            Outcome::Refused => "refused",
            Outcome::Ended => "the provider says that the session has ended",
            Outcome::Later { .. } => "not now",
            Outcome::RateLimited { .. } => "too many attempts",
            Outcome::Failing { .. } => "the service has a problem",
            Outcome::Offline => "the device is offline",
            Outcome::TimedOut => "no answer in time",
            Outcome::Granted(_)
            | Outcome::Challenged(_)
            | Outcome::User(_)
            | Outcome::Revoked
            | Outcome::Unreturned(_) => return,
        };
        write(&[what, ": ", cause]);
    }
}

fn write(parts: &[&str]) {
    console::log_1(&["vestibule: ", &parts.concat()].concat().into());
}
