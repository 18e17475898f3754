//! Sign-in by redirect: what the browser does for it. A program of its own (`src/bin/oidc.rs`), which the app fetches only where the
//! config asks for it.
//!
//! ```text
//! start ----> the provider asks the person ----> arrive: code ----> exchange: tokens, and an ID token that is believed
//!   |                                              ^
//!   '-- in a window or a frame: waits here         '-- there: hands the answer over (channel) and closes itself
//! ```
//! Decides nothing: `crate::oidc` does. Knows no Leptos and nothing of the app, so that little comes with it. Codes, states,
//! verifiers and tokens never get into a sentence or the console; state and code go to the app's own windows, by channel.

#![expect(clippy::unnecessary_box_returns, reason = "an outcome holds a failure boxed: it is handed on often")]

mod arriving;
mod channel;
mod exchange;
mod failing;
mod fetching;
mod key_store;
mod leaving;
pub(super) mod promise;
mod prover;
mod provider;
mod shared;
mod starting;
mod verifying;
mod waiting;
mod webcrypto;

use super::storage::Record;
use crate::{
    config::StorageKind,
    oidc::{Granted, Pendings, Settings},
};
use prover::Prover;
use provider::Provider;
pub use starting::Asked;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use waiting::Wait;

/// Signs in at one provider by redirect.
pub struct Oidc {
    settings: Settings,
    provider: Rc<Provider>,
    prover: Rc<Prover>,
    /// The sign-ins that this tab has begun, and the states that were used.
    begun: Record,
    used: Record,
    /// The state of a logout that is under way.
    logout: Record,
    /// Of the codes that came, what was remembered: needed again when the ID token is there.
    granted: RefCell<Granted>,
    /// The window or frame that is waited for.
    wait: RefCell<Option<Wait>>,
    /// Counts the sign-ins begun: only the latest one goes on.
    turn: Cell<u32>,
}

impl Oidc {
    /// With what the page says of the provider; `None` where that cannot be read.
    #[must_use]
    pub fn new(settings: &str) -> Option<Rc<Self>> {
        let settings = Settings::from_json(settings)?;
        let record = |name| Record::new(settings.key(name), StorageKind::Session);
        Some(Rc::new(Self {
            provider: Provider::new(&settings),
            prover: Prover::new(&settings),
            begun: record("redirect"),
            used: record("used"),
            logout: record("logout"),
            granted: RefCell::default(),
            wait: RefCell::default(),
            turn: Cell::default(),
            settings,
        }))
    }

    fn pendings(&self) -> Pendings {
        Pendings::from_json(self.begun.read().as_deref(), self.used.read().as_deref())
    }

    fn keep(&self, pendings: &Pendings) {
        // Where storage is full or blocked, this page remembers them: enough for a window, and a page that left is told.
        _ = self.begun.write(Some(&pendings.to_json()), StorageKind::Session);
        _ = self.used.write(Some(&pendings.used_to_json()), StorageKind::Session);
    }
}

/// The origin of this page.
fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Leaves for an address of the web, and for no other kind of address.
fn go(location: &web_sys::Location, address: &str) -> failing::Outcome<()> {
    let refused = || failing::Failure::wrong("an address of the provider is none that a page can go to");
    let url = web_sys::Url::new(address).map_err(|_| refused())?;
    let href = url.href();
    if !href.starts_with("https://") && !href.starts_with("http://") {
        return Err(refused());
    }
    location.assign(&href).map_err(|_| refused())
}

/// Leaves this page for an address of the web.
fn leave_for(address: &str) -> failing::Outcome<()> {
    let location = web_sys::window().map(|window| window.location());
    go(&location.ok_or_else(|| failing::Failure::wrong("there is no page to leave"))?, address)
}
