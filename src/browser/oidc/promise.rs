//! Waiting for what JavaScript promises, and never for long.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What `promise` came to.
///
/// # Errors
/// What it was rejected with; `undefined` where it was not settled within `ms` milliseconds.
pub async fn within(ms: i32, promise: &Promise) -> Result<JsValue, JsValue> {
    let late = Promise::new(&mut |_resolve, reject| after(ms, &reject));
    either(promise, &late).await
}

/// What the first of two came to.
///
/// # Errors
/// What it was rejected with.
pub async fn either(one: &Promise, other: &Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::race(&Array::of2(one, other))).await
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
