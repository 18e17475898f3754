//! Hands the page over to the app for operators: this one, with the sentences about a wrong config and the session panel.
//!
//! The build puts it beside the app that everybody loads, and what fetches it into that app's script; see
//! `dev/xtask/src/operator.rs`. It starts over and takes the page, of which nothing has been drawn yet.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Whether the app for operators has taken over. Not where this one is that app, or where it was left out.
pub async fn hand_over() -> bool {
    if cfg!(feature = "operator") {
        return false;
    }
    let load = js_sys::Reflect::get(&js_sys::global(), &"loadOperator".into()).unwrap_or_default();
    let Some(load) = load.dyn_ref::<js_sys::Function>() else { return false };
    match load.call0(&JsValue::NULL) {
        Ok(promise) => JsFuture::from(js_sys::Promise::resolve(&promise)).await.is_ok(),
        Err(_) => false,
    }
}
