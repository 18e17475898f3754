//! Hands the page over to the app for operators: this one, with the sentences about a wrong config and the session panel.
//!
//! The build puts it beside the app that everybody loads, as `operator.js` (`dev/xtask/src/operator.rs`). It starts over and takes the
//! page, of which nothing has been drawn yet. What the page was opened with is left for it in [`HANDED`], as it may not stand in
//! the address any more: a code too, until it is read there, 15 s at most. Who waited for it in vain puts nothing there: then it comes too late, and leaves the page alone.

use super::redirect::{Arrival, ask_program};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// What the page was opened with, for the other app; `null`: nobody waits for it any more.
const HANDED: &str = "handed";

/// Whether the app for operators has taken over. Not where this one is that app, or where it was left out.
pub async fn hand_over(arrival: &Arrival) -> bool {
    if cfg!(feature = "operator") {
        return false;
    }
    let hand = |what: JsValue| _ = js_sys::Reflect::set(&js_sys::global(), &HANDED.into(), &what);
    hand([&arrival.path, "?", &arrival.query].concat().into());
    let has_come = match ask_program("/operator", &js_sys::Array::new()) {
        Ok(loaded) => JsFuture::from(loaded).await.is_ok(),
        Err(_) => false,
    };
    if !has_come {
        hand(JsValue::NULL);
    }
    has_come
}

/// What the app that has handed the page over had taken out of its address; once.
pub(super) fn handed_over() -> Option<Arrival> {
    if !cfg!(feature = "operator") {
        return None;
    }
    let arrival = js_sys::Reflect::get(&js_sys::global(), &HANDED.into()).ok()?.as_string()?;
    _ = js_sys::Reflect::delete_property(&js_sys::global(), &HANDED.into());
    let (path, query) = arrival.split_once('?')?;
    Some(Arrival { path: path.to_owned(), query: query.to_owned() })
}

/// Whether this app was waited for, and came when nobody waited any more.
#[must_use]
pub fn comes_too_late() -> bool {
    cfg!(feature = "operator")
        && js_sys::Reflect::get(&js_sys::global(), &HANDED.into()).is_ok_and(|handed| handed.is_null())
}
