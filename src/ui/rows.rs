//! The rows of a table, drawn without Leptos: there may be ten thousand.
//!
//! Up to [`ALL_AT_ONCE`] rows are drawn whole. Of more, every `tr` exists, so that the table has its true length for
//! scrolling, for assistive technology and for tests; but cells stand only in the chunks near the part that is seen:
//!
//! ```text
//! tbody  50 x tr, empty     above
//! tbody  50 x tr, cells     near    <- IntersectionObserver fills these
//! tbody  50 x tr, cells     seen
//! tbody  50 x tr, empty     below   <- and empties these
//! ```
//! The rows of a long table have a fixed height, so nothing jumps when cells come and go.

use super::value::shown;
use crate::config::{Column, Pointer, write_number};
use js_sys::Array;
use leptos::prelude::document;
use serde_json::Value;
use std::sync::Arc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Tables up to this length are drawn whole.
const ALL_AT_ONCE: usize = 500;
/// Rows in one `tbody` of a longer one.
const CHUNK: usize = 50;
/// How far beyond what is seen chunks are filled.
const MARGIN: &str = "600px 0px";
/// The class of the region of a longer one: it scrolls for itself, under a header that stays.
const LONG: &str = "long";
/// Which row a chunk begins with.
const FIRST: &str = "data-first";

/// How many rows an answer has: a list, one object that is its only row, or nothing.
pub fn count(value: &Value) -> Option<usize> {
    match value {
        Value::Array(rows) => Some(rows.len()),
        Value::Object(_) => Some(1),
        Value::Null => Some(0),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// One row of an answer.
pub fn row(value: &Value, index: usize) -> Option<&Value> {
    match value {
        Value::Array(rows) => rows.get(index),
        other => (index == 0).then_some(other),
    }
}

/// A drawn table; when it is dropped, nobody watches it any more.
pub struct Drawn {
    observer: Option<IntersectionObserver>,
    _seen: Option<Closure<dyn FnMut(Array)>>,
}

impl Drop for Drawn {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

/// Removes all rows.
pub fn clear(table: &Element, region: &Element) {
    while let Ok(Some(body)) = table.query_selector("tbody") {
        body.remove();
    }
    _ = region.class_list().remove_1(LONG);
}

/// Draws the rows of `value` into `table`, which scrolls in `region`.
pub fn draw(table: &Element, region: &Element, value: Arc<Value>, columns: &[Column]) -> Drawn {
    let places: Vec<Pointer> = columns.iter().map(|column| column.value.clone()).collect();
    let length = count(&value).unwrap_or_default();
    let is_long = length > ALL_AT_ONCE;
    if is_long {
        _ = region.class_list().add_1(LONG);
    }
    let chunks = append_chunks(table, length, if is_long { CHUNK } else { length.max(1) });
    let drawing = Drawing { value, places };
    if !is_long {
        for chunk in &chunks {
            drawing.fill(chunk);
        }
        return Drawn { observer: None, _seen: None };
    }
    if let Some(first) = chunks.first() {
        // Seen before the observer first reports.
        drawing.fill(first);
    }
    let seen = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        for entry in entries.iter() {
            let entry: IntersectionObserverEntry = entry.unchecked_into();
            if entry.is_intersecting() {
                drawing.fill(&entry.target());
            } else {
                empty(&entry.target());
            }
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin(MARGIN);
    if region.scroll_height() > region.client_height() {
        options.set_root(Some(region));
    }
    let observer = IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &options).ok();
    if let Some(observer) = &observer {
        for chunk in &chunks {
            observer.observe(chunk);
        }
    }
    Drawn { observer, _seen: Some(seen) }
}

/// Appends `length` empty rows: one chunk is made, the others are copies.
fn append_chunks(table: &Element, length: usize, chunk: usize) -> Vec<Element> {
    let document = document();
    let mut chunks = Vec::new();
    let Ok(whole) = document.create_element("tbody") else { return chunks };
    for _ in 0..chunk.min(length) {
        if let Ok(row) = document.create_element("tr") {
            _ = whole.append_child(&row);
        }
    }
    // Together, so that the page is laid out once.
    let fragment = document.create_document_fragment();
    for first in (0..length).step_by(chunk) {
        let Ok(body) = whole.clone_node_with_deep(true) else { continue };
        let body: Element = body.unchecked_into();
        for _ in first.saturating_add(chunk).min(length)..first.saturating_add(chunk) {
            if let Some(row) = body.last_element_child() {
                row.remove();
            }
        }
        _ = body.set_attribute(FIRST, &write_number(first as u64));
        _ = fragment.append_child(&body);
        chunks.push(body);
    }
    _ = table.append_child(&fragment);
    chunks
}

/// What is needed to draw a chunk at any time.
struct Drawing {
    value: Arc<Value>,
    places: Vec<Pointer>,
}

impl Drawing {
    /// Puts cells into the rows of a chunk that has none.
    fn fill(&self, chunk: &Element) {
        let first = chunk.get_attribute(FIRST).and_then(|first| first.parse().ok()).unwrap_or(0_usize);
        let document = document();
        let mut next = chunk.first_element_child();
        let mut index = first;
        while let Some(element) = next {
            if element.child_element_count() > 0 {
                return;
            }
            for place in &self.places {
                let value = row(&self.value, index).and_then(|row| place.find(row));
                let Ok(cell) = document.create_element("td") else { return };
                match value {
                    None | Some(Value::Null) => cell.set_class_name("absent"),
                    Some(Value::Number(_)) => cell.set_class_name("number"),
                    Some(_) => {}
                }
                cell.set_text_content(Some(&shown(value)));
                _ = element.append_child(&cell);
            }
            next = element.next_element_sibling();
            index += 1;
        }
    }
}

/// Takes the cells out of a chunk, and leaves its rows.
fn empty(chunk: &Element) {
    let mut next = chunk.first_element_child();
    while let Some(element) = next {
        element.set_text_content(None);
        next = element.next_element_sibling();
    }
}
