//! A value into the clipboard, as a machine would have it, and a word about whether it got there.

use super::{
    markup::{Markup, el},
    text,
    toast::Toasts,
};
use crate::browser::spawn;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A button that copies `value`, which is called `label`. The style sheet shows it where somebody points at the value.
pub fn copy_button(label: &str, value: String, toasts: Toasts) -> Markup {
    el("button")
        .attrs(&[("type", "button"), ("class", "copy")])
        .attr("aria-label", text::COPY.with(label))
        .on("click", move |_| copy(value.clone(), toasts))
}

/// Copies a text, and says so; or that the browser did not allow it.
pub fn copy(value: String, toasts: Toasts) {
    spawn(async move {
        let said = if write(&value).await.is_ok() { text::COPIED } else { text::NOT_COPIED };
        toasts.say(said.into());
    });
}

/// Fails, too, where there is no clipboard: a page that came without TLS has none.
async fn write(value: &str) -> Result<(), JsValue> {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into())?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into())?.dyn_into()?;
    let written: Promise = write.call1(&clipboard, &value.into())?.dyn_into()?;
    JsFuture::from(written).await?;
    Ok(())
}
