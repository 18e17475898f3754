//! Which rows of a table are shown, and in which order: plain lists of the rows' numbers.
//!
//! ```text
//! all rows -- filter: every word stands in some cell --> those that match -- sort --> as they are drawn
//! ```
//! Values are compared as what they are: a column of numbers (also written as texts) by number, one of dates by time, everything
//! else by the order of the reader's language, which knows that 9 comes before 10. What is absent comes last, either way.

use super::{
    local::intl,
    rows,
    value::{Moment, Writer, as_it_came, is_number},
};
use crate::config::{Column, Format, Pointer};
use js_sys::{Function, JsString, RegExp};
use serde_json::Value;
use std::cmp::Ordering;
use wasm_bindgen::JsValue;

/// By which column, and whether from the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sorting {
    /// Its number.
    pub column: usize,
    /// Whether the largest comes first.
    pub is_descending: bool,
}

/// The text of every row, as a filter looks at it.
#[derive(Default)]
pub struct Texts(Vec<JsString>);

impl Texts {
    /// What is shown, and what came.
    pub fn of(value: &Value, columns: &[Column]) -> Self {
        let writers: Vec<(&Pointer, Writer)> =
            columns.iter().map(|column| (&column.value, Writer::new(&column.format))).collect();
        let text = |row: &Value| {
            let mut text = String::new();
            for (place, writer) in &writers {
                let Some(value) = place.find(row).filter(|value| !value.is_null()) else { continue };
                let shown = writer.show(Some(value), row);
                text.push_str(&shown.text);
                text.push('\n');
                if shown.around.is_some() {
                    text.push_str(&as_it_came(Some(value)));
                    text.push('\n');
                }
            }
            folded(&text)
        };
        let length = rows::count(value).unwrap_or_default();
        Self((0..length).filter_map(|index| rows::row(value, index)).map(text).collect())
    }

    /// The rows in which every word of `wanted` stands, whatever its capitals and accents.
    pub fn matching(&self, wanted: &str) -> Vec<u32> {
        let words: Vec<String> = wanted.split_whitespace().map(|word| String::from(folded(word))).collect();
        let is_match = |text: &JsString| words.iter().all(|word| text.includes(word, 0));
        (0..).zip(&self.0).filter(|(_, text)| is_match(text)).map(|(index, _)| index).collect()
    }
}

/// Without capitals and without the accents of Latin, Greek and Cyrillic letters.
fn folded(text: &str) -> JsString {
    let accents = RegExp::new("[\\u0300-\\u036f]", "g");
    JsString::from(text).normalize("NFKD").replace_by_pattern(&accents, "").to_lower_case()
}

/// What a row is sorted by.
enum Key {
    Number(f64),
    Text(JsValue),
}

/// Puts rows in order; rows that are equal stay as they were.
pub fn sort(order: &mut [u32], value: &Value, columns: &[Column], sorting: Sorting) {
    let Some(column) = columns.get(sorting.column) else { return };
    let find = |index: u32| {
        let row = rows::row(value, index as usize)?;
        column.value.find(row).filter(|value| !value.is_null() && value.as_str() != Some(""))
    };
    let values: Vec<Option<&Value>> = order.iter().map(|index| find(*index)).collect();
    let kind = kind_of(&column.format, &values);
    let mut keyed: Vec<(Option<Key>, u32)> =
        values.into_iter().map(|value| value.map(|value| key(kind, value))).zip(order.iter().copied()).collect();
    let collator = intl("Collator", "compare", &[("numeric", "true")]);
    keyed.sort_by(|(one, _), (other, _)| match (one, other) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(one), Some(other)) if sorting.is_descending => compare(other, one, collator.as_ref()),
        (Some(one), Some(other)) => compare(one, other, collator.as_ref()),
    });
    for (place, (_, index)) in order.iter_mut().zip(keyed) {
        *place = index;
    }
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Numbers,
    Times,
    Texts,
}

fn kind_of(format: &Format, values: &[Option<&Value>]) -> Kind {
    let all = |is: &dyn Fn(&Value) -> bool| values.iter().flatten().all(|value| is(value));
    match format {
        Format::Number | Format::Money(_) => Kind::Numbers,
        Format::Date | Format::DateTime => Kind::Times,
        Format::Plain if all(&|value| value.as_str().is_some_and(|text| Moment::of(text).is_some())) => Kind::Times,
        Format::Plain if all(&|value| value.as_str().is_none_or(is_number)) => Kind::Numbers,
        Format::Text | Format::Plain => Kind::Texts,
    }
}

fn key(kind: Kind, value: &Value) -> Key {
    let number = match (kind, value) {
        (_, Value::Bool(so)) => Some(f64::from(u8::from(*so))),
        (Kind::Numbers, Value::Number(number)) => Some(js_sys::Number::parse_float(number.as_str())),
        (Kind::Numbers, Value::String(text)) if is_number(text) => Some(js_sys::Number::parse_float(text)),
        (Kind::Times, _) => Moment::of_value(value).map(|moment| moment.at),
        _ => None,
    };
    number.map_or_else(|| Key::Text(as_it_came(Some(value)).into()), Key::Number)
}

fn compare(one: &Key, other: &Key, collator: Option<&Function>) -> Ordering {
    match (one, other) {
        (Key::Number(one), Key::Number(other)) => one.partial_cmp(other).unwrap_or(Ordering::Equal),
        (Key::Number(_), Key::Text(_)) => Ordering::Less,
        (Key::Text(_), Key::Number(_)) => Ordering::Greater,
        (Key::Text(one), Key::Text(other)) => {
            let told = collator.and_then(|compare| compare.call2(&JsValue::UNDEFINED, one, other).ok()?.as_f64());
            told.and_then(|told| told.partial_cmp(&0.0)).unwrap_or(Ordering::Equal)
        }
    }
}
