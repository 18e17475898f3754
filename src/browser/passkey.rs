//! Signing in with a passkey: how the program that asks the device is asked, and what it answers.
//!
//! ```text
//! passkey.js   that program (src/bin/passkey.rs): options, the browser's dialogue; fetched only where a config has `passkey`
//! here         the request for options, and the form of the sign-in
//! ```

use super::{
    driver::Driver,
    handle::Vestibule,
    http,
    redirect::{answer, ask_program, unreachable},
    spawn::{Work, spawn},
    surroundings::{address_parameters, cookies},
};
use crate::session::{Form, Outcome, Values, passkey::to_be_signed, protocol, redirect::Arrival};
use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;

/// Whether this browser knows of passkeys at all.
fn is_there() -> bool {
    Reflect::has(&js_sys::global(), &"PublicKeyCredential".into()).unwrap_or_default()
}

fn ask(question: &str, arguments: &[JsValue]) -> Result<js_sys::Promise, JsValue> {
    let asked = Array::of2(&JsValue::NULL, &question.into());
    for argument in arguments {
        asked.push(argument);
    }
    ask_program("/passkey", &asked)
}

impl Driver {
    /// The form of a sign-in with what the device signs, or why there is none. `is_conditional`: waits until a passkey is picked
    /// among what the browser fills in.
    /// Boxed, so that the machinery behind it exists once.
    pub(super) fn sign(&'static self, is_conditional: bool) -> Work<Result<Form, Box<Outcome>>> {
        Box::pin(async move { self.sign_once(is_conditional).await })
    }

    async fn sign_once(&self, is_conditional: bool) -> Result<Form, Box<Outcome>> {
        let passkey = self.config.provider.passkey.as_ref().ok_or_else(unreachable)?;
        let (store, url, cookies) = (self.store.values_untracked(), address_parameters(), cookies());
        let values = Values { store: Some(&store), url: &url, cookies: &cookies, ..Values::default() };
        let written = protocol::write(&passkey.options, &self.config.provider.authorize, values);
        let written = written.map_err(|missing| Box::new(protocol::unsendable(&missing)))?;
        let request = http::request(&written).map_err(|_| unreachable())?;
        let arguments =
            [request.into(), written.timeout_ms.into(), passkey.at.as_str().into(), JsValue::from(is_conditional)];
        let answer = answer(ask("sign", &arguments)).await.and_then(|answer| answer.as_string());
        Arrival::read(&answer.ok_or_else(unreachable)?).form
    }
}

impl Vestibule {
    /// Whether somebody can sign in with a passkey here.
    #[must_use]
    pub fn has_passkeys(&self) -> bool {
        self.config().provider.passkey.is_some() && is_there()
    }

    /// Asks the device for a passkey, and signs in with it. Who changes their mind is where they were.
    pub fn sign_in_by_passkey(&self) {
        self.sign_in(to_be_signed());
    }

    /// Waits until a passkey is picked among what the browser fills in, and signs in with it, after `first`. Whatever goes wrong
    /// before that is said to nobody: the form is there.
    pub fn await_passkey(&self, first: impl FnOnce() + 'static) {
        let Some(driver) = self.driver().filter(|_| self.has_passkeys()) else { return };
        if driver.awaits_passkey.replace(true) {
            return;
        }
        let vestibule = *self;
        spawn(async move {
            let form = driver.sign(true).await;
            driver.awaits_passkey.set(false);
            match form {
                Ok(form) => {
                    first();
                    vestibule.sign_in(form);
                }
                Err(outcome) => driver.explain("passkey", &outcome),
            }
        });
    }

    /// Nobody is there to pick one.
    pub fn await_no_passkey(&self) {
        if self.driver().is_some_and(|driver| driver.awaits_passkey.get()) {
            let asked = ask("stop", &[]);
            spawn(async move { _ = answer(asked).await });
        }
    }
}
