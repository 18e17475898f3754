//! Stands in for the crate of this name in the app's build (`[patch.crates-io]` in `Cargo.toml`).
//!
//! Leptos keeps what belongs to one thread (elements, callbacks) in this wrapper, which asks at every look whether it is on the
//! thread that made it. To ask, the standard library makes a `Thread`, from an allocator that it keeps for itself: so everybody
//! who opens the login page would be sent that allocator too (2.7 KB with brotli), beside the app's own.
//!
//! A page has one thread: WebAssembly without atomics knows no other, so there is nothing to ask. Anywhere else
//! this wrapper wraps nothing: it is `Send` only if what is in it is.

use std::{
    future::Future,
    ops::{Deref, DerefMut},
    pin::Pin,
    task::{Context, Poll},
};

pin_project_lite::pin_project! {
    /// A value of the one thread that there is.
    #[derive(Clone, Debug)]
    pub struct SendWrapper<T> {
        #[pin]
        value: T,
    }
}

/// There is no other thread to send it to.
#[cfg(all(target_family = "wasm", not(target_feature = "atomics")))]
#[allow(unsafe_code, reason = "without atomics there is one thread")]
mod alone {
    use super::SendWrapper;

    // SAFETY: nothing can be sent to another thread, or be seen from one, where there is only one.
    unsafe impl<T> Send for SendWrapper<T> {}
    // SAFETY: as above.
    unsafe impl<T> Sync for SendWrapper<T> {}
}

impl<T> SendWrapper<T> {
    /// Wraps a value.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self { value }
    }

    /// Whether the value may be looked at from here: always.
    #[must_use]
    pub const fn valid(&self) -> bool {
        true
    }

    /// The value.
    #[must_use]
    pub fn take(self) -> T {
        self.value
    }
}

impl<T> Deref for SendWrapper<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for SendWrapper<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<F: Future> Future for SendWrapper<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().value.poll(context)
    }
}

#[cfg(feature = "futures")]
impl<S: futures_core::Stream> futures_core::Stream for SendWrapper<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.project().value.poll_next(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.value.size_hint()
    }
}
