//! How the windows of an app talk to each other: only those of our own origin are heard, and what they say is a hint.
//!
//! It reaches a window that the provider's headers, or our own (`Cross-Origin-Opener-Policy`), have cut off from the one that
//! opened it.

use super::promise::{object, text};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

/// One end of it. Dropped, it hears nothing more.
pub struct Channel {
    channel: BroadcastChannel,
    _heard: Closure<dyn FnMut(MessageEvent)>,
}

/// What is said.
pub struct Message(JsValue);

impl Channel {
    /// Calls `heard` for each message; `None` where the browser has no such channel.
    pub fn open(name: &str, heard: Box<dyn Fn(Message)>) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let ours = web_sys::window()?.location().origin().ok()?;
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if event.origin() == ours {
                heard(Message(event.data()));
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Some(Self { channel, _heard: heard })
    }

    /// Says it to all others.
    pub fn say(&self, members: &[(&str, &str)]) {
        let members: Vec<_> = members.iter().map(|(name, value)| (*name, JsValue::from(*value))).collect();
        _ = self.channel.post_message(&object(&members));
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

impl Message {
    /// A member that is text.
    pub fn text(&self, name: &str) -> Option<String> {
        text(&self.0, name)
    }
}
