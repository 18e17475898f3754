//! Reads the answer that the provider has sent somebody back with. In a window or frame that was opened for it, hands it over to
//! the page that did.

use super::{
    Oidc,
    channel::{Channel, Message},
    promise::{call, promised, within},
};
use crate::{
    browser::clock,
    oidc::{Arrival, Callback, Problem, Way, callback},
};
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Who opened this window answers at once, or is not there any more. Milliseconds.
const MAX_WAIT_MS: i32 = 1000;

impl Oidc {
    /// What the query string of the redirect path means, as JSON. It is read, and its state used up, before this returns.
    pub fn arrive(self: &Rc<Self>, query: &str) -> Promise {
        let callback = Callback::read(query);
        let arrival = match (callback.way(), callback.state()) {
            (Some(way @ (Way::Window | Way::Frame)), Some(state)) => {
                let (oidc, state, query) = (Rc::clone(self), state.to_owned(), query.to_owned());
                return promised(Box::pin(async move { Ok(oidc.relay(way, &state, &query).await.to_json().into()) }));
            }
            _ => self.take(&callback),
        };
        Promise::resolve(&JsValue::from(arrival.to_json()))
    }

    /// Takes the pending record of an answer out, for good.
    pub(super) fn take(&self, callback: &Callback) -> Arrival {
        let mut pendings = self.pendings();
        let sends_iss = self.provider.known().map(|metadata| metadata.sends_iss());
        let arrival = callback::arrive(&mut pendings, callback, &self.settings, sends_iss, clock::now());
        self.keep(&pendings);
        if let Arrival::Granted { pending, .. } = &arrival {
            self.granted.borrow_mut().add(pending.clone());
        }
        arrival
    }

    async fn relay(&self, way: Way, state: &str, query: &str) -> Arrival {
        let (taken, resolve) = promise();
        let asked = state.to_owned();
        let heard = move |message: Message| {
            if message.text("taken").as_ref() == Some(&asked) {
                call(&resolve, &JsValue::UNDEFINED);
            }
        };
        let channel = Channel::open(&self.channel(), Box::new(heard));
        if let Some(channel) = &channel {
            channel.say(&[("state", state), ("query", query)]);
            if within(MAX_WAIT_MS, &taken).await.is_ok() {
                if let (Way::Window, Some(window)) = (way, web_sys::window()) {
                    // A browser that lets a page close no window leaves it to the person.
                    _ = window.close();
                }
                return Arrival::Relayed;
            }
        }
        // Nobody waits for it: the page that did was left, or somebody made this address up.
        Arrival::failed(Problem::Stray, None, None)
    }
}

/// A promise, and what resolves it.
fn promise() -> (Promise, JsValue) {
    let mut resolving = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve: Function, _reject| resolving = resolve.into());
    (promise, resolving)
}
