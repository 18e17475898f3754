//! Waits for a window or a frame to bring the answer: by channel, as headers may have cut it off from this page.
//!
//! Whether a window was closed is never asked: under `Cross-Origin-Opener-Policy` it seems closed at once.

use super::{
    Oidc,
    channel::{Channel, Message},
};
use crate::oidc::{Arrival, Callback, Problem};
use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::HtmlIFrameElement;

/// One wait. Dropped, it hears nothing more.
pub struct Wait {
    state: String,
    resolve: Function,
    channel: Channel,
    frame: Option<HtmlIFrameElement>,
    _timeout: Timeout,
}

impl Wait {
    fn end(self, arrival: &Arrival) {
        if let Some(frame) = &self.frame {
            frame.remove();
        }
        _ = self.resolve.call1(&JsValue::NULL, &arrival.to_json().into());
    }
}

impl Oidc {
    /// The name of the channel that answers come by.
    pub(super) fn channel(&self) -> String {
        self.settings.key("callback")
    }

    /// Waits for the answer with `state`, for so many milliseconds; then it ends with `otherwise`. `None`: this browser has no way
    /// to hear of it.
    pub(super) fn wait(
        self: &Rc<Self>,
        state: &str,
        wait_ms: u32,
        otherwise: Problem,
        frame: Option<HtmlIFrameElement>,
    ) -> Option<Promise> {
        let oidc = Rc::clone(self);
        let channel = Channel::open(&self.channel(), Box::new(move |message| oidc.heard(&message)))?;
        let oidc = Rc::clone(self);
        let timeout = Timeout::new(wait_ms, move || oidc.end_wait(otherwise));
        let mut parts = Some((channel, timeout, frame));
        Some(Promise::new(&mut |resolve, _reject| {
            if let Some((channel, timeout, frame)) = parts.take() {
                let wait = Wait { state: state.to_owned(), resolve, channel, frame, _timeout: timeout };
                *self.wait.borrow_mut() = Some(wait);
            }
        }))
    }

    /// Ends the wait that there is, if there is one.
    pub(super) fn end_wait(&self, problem: Problem) {
        let wait = self.wait.borrow_mut().take();
        if let Some(wait) = wait {
            wait.end(&Arrival::failed(problem, None, None));
        }
    }

    fn heard(self: &Rc<Self>, message: &Message) {
        let Some((state, query)) = message.text("state").zip(message.text("query")) else { return };
        let callback = Callback::read(&query);
        // Another window's answer is another window's.
        let wait = self.wait.borrow_mut().take_if(|wait| wait.state == state && callback.state() == Some(&state));
        if let Some(wait) = wait {
            wait.channel.say(&[("taken", &state)]);
            wait.end(&self.take(&callback));
        }
    }
}
