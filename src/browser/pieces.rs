//! The pieces of the app that come later (`dev/xtask/src/split.rs`): asked for here, fetched and linked by the app's script.

use js_sys::{Array, Function, Promise, Reflect, global};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Has the code of the UI fetched; whether it can be run now.
pub async fn load_ui() -> bool {
    load("loadUi").await
}

/// Has the code of the protected pages fetched, with its style sheet; whether it can be run now.
pub async fn load_pages() -> bool {
    load("loadPages").await
}

async fn load(what: &str) -> bool {
    if !cfg!(feature = "split") {
        return true;
    }
    let load = Reflect::get(&global(), &what.into()).and_then(JsCast::dyn_into::<Function>);
    match load.and_then(|load| load.apply(&JsValue::NULL, &Array::new())) {
        Ok(loaded) => JsFuture::from(Promise::from(loaded)).await.is_ok(),
        Err(_) => false,
    }
}
