//! How the reader's language writes numbers and times, and in which order it puts texts: the browser's own `Intl`.
//!
//! Nothing here throws: an unusual language tag, or a currency that there is not, gives nothing, and what would have been
//! written is shown as it came.

use super::text;
use crate::session::Timestamp;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A function of `Intl` that belongs to an object of that kind (`format` of a `NumberFormat`), for the reader's language. Tracked.
pub fn intl(kind: &str, function: &str, options: &[(&str, &str)]) -> Option<Function> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let constructor: Function = Reflect::get(&intl, &kind.into()).ok()?.dyn_into().ok()?;
    let wanted = Object::new();
    for (name, value) in options {
        _ = Reflect::set(&wanted, &(*name).into(), &(*value).into());
    }
    let build = |locale: &JsValue| Reflect::construct(&constructor, &Array::of2(locale, &wanted)).ok();
    let object = build(&text::locale().into()).or_else(|| build(&JsValue::UNDEFINED))?;
    Reflect::get(&object, &function.into()).ok()?.dyn_into().ok()
}

/// What such a function writes.
pub fn written(function: &Function, value: &JsValue) -> Option<String> {
    function.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}

/// A point in time, for the reader; and for machines, in UTC.
pub fn time(at: Timestamp) -> Option<(String, String)> {
    #[expect(clippy::cast_precision_loss, reason = "a date of JavaScript is a double")]
    let date = js_sys::Date::new(&JsValue::from(at.0 as f64));
    let format = intl("DateTimeFormat", "format", &[("dateStyle", "medium"), ("timeStyle", "short")])?;
    let written = written(&format, &date)?;
    Some((written, date.to_iso_string().into()))
}
