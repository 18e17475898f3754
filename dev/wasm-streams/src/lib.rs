//! Stands in for the crate of this name in the app's build (`[patch.crates-io]` in `Cargo.toml`).
//!
//! Leptos brings `server_fn`, whose requests and answers can be streams, and so `wasm-streams`. That crate exports three
//! classes to JavaScript; what is exported cannot be left out by any linker, so everybody who opens the login page would
//! be sent 4 KB of streams (brotli) that a static app without a server never opens. This has the four functions
//! that `server_fn` names, and no class.
//!
//! Nothing here is ever called: the app has no server functions. If it were, a stream is empty at once.

use futures_core::Stream;
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use wasm_bindgen::JsValue;

/// A `ReadableStream` of the browser.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Takes the browser's object.
    #[must_use]
    pub const fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// A stream that the browser reads: an empty one.
    #[must_use]
    pub fn from_stream<S>(_: S) -> Self {
        Self(JsValue::NULL.into())
    }

    /// The browser's object.
    #[must_use]
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream that is read here: an empty one.
    #[must_use]
    pub fn into_stream(self) -> Empty {
        Empty
    }
}

/// A stream that has ended.
#[derive(Debug)]
pub struct Empty;

impl Stream for Empty {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}
