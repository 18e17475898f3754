//! Hands the page over to the app for operators: this one, with the sentences about a wrong config and the session panel.
//!
//! The build puts it beside the app that everybody loads, and what fetches it into that app's script, as `loadOperator`; see
//! `dev/xtask/src/operator.rs`. It starts over and takes the page, of which nothing has been drawn yet. Who waited for it in
//! vain takes `loadOperator` away: then it comes too late, and leaves the page alone.

use super::redirect::Arrival;
use gloo_timers::callback::Timeout;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// No wait is longer.
const MAX_WAIT_MS: u32 = 15_000;

const LOAD: &str = "loadOperator";
/// What the page was opened with, for the other app: a member of what fetches it, as it may not stand in the address any more.
const ARRIVAL: &str = "arrival";

/// Whether the app for operators has taken over. Not where this one is that app, or where it was left out.
pub async fn hand_over(arrival: &Arrival) -> bool {
    if cfg!(feature = "operator") {
        return false;
    }
    let global = js_sys::global();
    let load = js_sys::Reflect::get(&global, &LOAD.into()).unwrap_or_default();
    let Some(load) = load.dyn_ref::<js_sys::Function>() else { return false };
    _ = js_sys::Reflect::set(load, &ARRIVAL.into(), &[&arrival.path, "?", &arrival.query].concat().into());
    let Ok(loaded) = load.call0(&JsValue::NULL) else { return false };
    let mut timeout = None;
    let too_late = js_sys::Promise::new(&mut |_resolve, reject| {
        timeout = Some(Timeout::new(MAX_WAIT_MS, move || _ = reject.call0(&JsValue::NULL)));
    });
    let has_come = JsFuture::from(js_sys::Promise::race(&js_sys::Array::of2(&loaded, &too_late))).await.is_ok();
    if !has_come {
        _ = js_sys::Reflect::set(&global, &LOAD.into(), &JsValue::NULL);
    }
    has_come
}

/// What the app that has handed the page over had taken out of its address; once.
pub(super) fn handed_over() -> Option<Arrival> {
    if !cfg!(feature = "operator") {
        return None;
    }
    let load = js_sys::Reflect::get(&js_sys::global(), &LOAD.into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    let arrival = js_sys::Reflect::get(&load, &ARRIVAL.into()).ok()?.as_string()?;
    _ = js_sys::Reflect::delete_property(&load, &ARRIVAL.into());
    let (path, query) = arrival.split_once('?')?;
    Some(Arrival { path: path.to_owned(), query: query.to_owned() })
}

/// Whether this app was waited for, and came when nobody waited any more.
#[must_use]
pub fn comes_too_late() -> bool {
    cfg!(feature = "operator") && js_sys::Reflect::get(&js_sys::global(), &LOAD.into()).is_ok_and(|load| load.is_null())
}
