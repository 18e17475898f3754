//! Waiting for what JavaScript promises, and never for long.

use crate::browser::spawn::Work;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// What a promise comes to, or what it was rejected with.
pub type Settled = Result<JsValue, JsValue>;

/// The promise of `work`. Takes it boxed, so that the machinery behind it exists once and not for each work.
pub fn promised(work: Work<Settled>) -> Promise {
    future_to_promise(work)
}

/// What `promise` comes to, however long it takes.
pub fn settled(promise: Promise) -> Work<Settled> {
    Box::pin(JsFuture::from(promise))
}

/// What `promise` came to.
///
/// # Errors
/// What it was rejected with; `undefined` where it was not settled within `ms` milliseconds.
pub fn within(ms: i32, promise: &Promise) -> Work<Settled> {
    let late = Promise::new(&mut |_resolve, reject| after(ms, &reject));
    either(promise, &late)
}

/// What the first of two came to.
///
/// # Errors
/// What it was rejected with.
pub fn either(one: &Promise, other: &Promise) -> Work<Settled> {
    settled(Promise::race(&Array::of2(one, other)))
}

/// Calls `then`, without arguments, after so many milliseconds.
pub fn after(ms: i32, then: &Function) {
    if let Some(window) = web_sys::window() {
        _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(then, ms);
    }
}

/// A member of an object; `undefined` where there is none.
pub fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// A member that is text.
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    member(object, name).as_string()
}

/// An object with these members.
pub fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        // A plain object takes every member.
        _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// A member that can be called is called with one argument.
pub fn call(function: &JsValue, argument: &JsValue) {
    if let Some(function) = function.dyn_ref::<Function>() {
        _ = function.call1(&JsValue::NULL, argument);
    }
}
