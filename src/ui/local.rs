//! How the reader's language writes numbers and times, and in which order it puts texts: the browser's own `Intl`.
//!
//! Nothing here throws: an unusual language tag, or a currency that there is not, gives nothing, and what would have been
//! written is shown as it came.

use super::{
    markup::{Markup, el},
    text::{self, Text},
};
use crate::{config::write_number, session::Timestamp};
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

/// A number with its digits grouped.
pub fn number(number: u64) -> String {
    let digits = write_number(number);
    intl("NumberFormat", "format", &[]).and_then(|format| written(&format, &digits.as_str().into())).unwrap_or(digits)
}

/// A day and its time.
pub const DAY_AND_TIME: &[(&str, &str)] = &[("dateStyle", "medium"), ("timeStyle", "short")];
/// The time of a day that everybody knows.
pub const TIME: &[(&str, &str)] = &[("timeStyle", "short")];

/// A point in time, for the reader; and for machines, in UTC.
fn time(at: Timestamp, style: &[(&str, &str)]) -> Option<(String, String)> {
    #[expect(clippy::cast_precision_loss, reason = "a date of JavaScript is a double")]
    let date = js_sys::Date::new(&JsValue::from(at.0 as f64));
    let format = intl("DateTimeFormat", "format", style)?;
    Some((written(&format, &date)?, date.to_iso_string().into()))
}

/// A text with a point in time in its gap, as an element of its own.
pub fn says_when(text: Text, at: Timestamp, style: &[(&str, &str)]) -> Option<Markup> {
    let (written, machine) = time(at, style)?;
    let (before, after) = text.around();
    let time = el("time").attr("datetime", &machine).text(&written);
    Some(el("span").text(before).child(time).text(after))
}
