//! Starts a task that belongs to nobody: it is not cancelled because a page was left.

use std::{future::Future, pin::Pin};

/// Work that comes to a `T`. Boxed where several wait for the same kind of work: else each would hold a copy of its machinery.
pub type Work<T> = Pin<Box<dyn Future<Output = T>>>;

/// Runs `task` to its end. Boxed, so that the machinery behind it exists once and not for each task.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    wasm_bindgen_futures::spawn_local(task);
}
