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
//! The rows of a long table have a fixed height, so nothing jumps when cells come and go. On paper all of them stand.

use super::value::{Writer, as_it_came, is_amount};
use crate::config::{Column, Format, Pointer, write_number};
use js_sys::Array;
use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use serde_json::Value;
use std::{cell::Cell, rc::Rc, sync::Arc};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    Element, HtmlTableCellElement, HtmlTableRowElement, IntersectionObserver, IntersectionObserverEntry,
    IntersectionObserverInit,
};

/// Tables up to this length are drawn whole.
const ALL_AT_ONCE: usize = 500;
/// Rows in one `tbody` of a longer one.
const CHUNK: usize = 50;
/// How far beyond what is seen chunks are filled.
const MARGIN: &str = "600px 0px";
/// The class of the region of a longer one: it scrolls for itself, under a header that stays.
const LONG: &str = "long";
/// The class of a cell without a value.
pub const ABSENT: &str = "absent";
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
    drawing: Rc<Drawing>,
    _watched: Option<Watched>,
}

struct Watched {
    observer: IntersectionObserver,
    _seen: Closure<dyn FnMut(Array)>,
    printing: Vec<WindowListenerHandle>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.observer.disconnect();
        for handle in self.printing.drain(..) {
            handle.remove();
        }
    }
}

impl Drawn {
    /// What a cell is called, and its value as it came.
    pub fn cell(&self, cell: &Element) -> Option<(&str, String)> {
        let column = cell.dyn_ref::<HtmlTableCellElement>()?.cell_index();
        let row: HtmlTableRowElement = cell.parent_element()?.dyn_into().ok()?;
        let first = first_of(&row.parent_element()?);
        let row = self.drawing.row(first + usize::try_from(row.section_row_index()).ok()?)?;
        let column = self.drawing.columns.get(usize::try_from(column).ok()?)?;
        Some((&column.title, as_it_came(column.place.find(row))))
    }
}

/// Whether a table of so many rows is long: its rows have one height, under a header that stays.
pub const fn is_long(length: usize) -> bool {
    length > ALL_AT_ONCE
}

/// Removes all rows.
pub fn clear(table: &Element, region: &Element) {
    while let Ok(Some(body)) = table.query_selector("tbody") {
        body.remove();
    }
    _ = region.class_list().remove_1(LONG);
}

/// Draws rows of `value` into `table`, which scrolls in `region`: those in `order`.
pub fn draw(table: &Element, region: &Element, value: Arc<Value>, order: Vec<u32>, columns: &[Column]) -> Drawn {
    let writes = |column: &Column| Drawer {
        title: column.title.clone(),
        place: column.value.clone(),
        format: column.format.clone(),
        writer: Writer::new(&column.format),
    };
    if is_long(count(&value).unwrap_or_default()) {
        _ = region.class_list().add_1(LONG);
    }
    let length = order.len();
    let is_long = is_long(length);
    let chunks = append_chunks(table, length, if is_long { CHUNK } else { length.max(1) });
    let drawing = Rc::new(Drawing { value, order, columns: columns.iter().map(writes).collect() });
    if !is_long {
        for chunk in &chunks {
            drawing.fill(chunk);
        }
        return Drawn { drawing, _watched: None };
    }
    if let Some(first) = chunks.first() {
        // Seen before the observer first reports.
        drawing.fill(first);
    }
    let watched = watch(region, chunks, Rc::clone(&drawing));
    Drawn { drawing, _watched: watched }
}

fn watch(region: &Element, chunks: Vec<Element>, drawing: Rc<Drawing>) -> Option<Watched> {
    let is_printing = Rc::new(Cell::new(false));
    let (prints, fills) = (Rc::clone(&is_printing), Rc::clone(&drawing));
    let seen = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        for entry in entries.iter() {
            let entry: IntersectionObserverEntry = entry.unchecked_into();
            if entry.is_intersecting() {
                fills.fill(&entry.target());
            } else if !prints.get() {
                empty(&entry.target());
            }
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin(MARGIN);
    if region.scroll_height() > region.client_height() {
        options.set_root(Some(region));
    }
    let observer = IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &options).ok()?;
    for chunk in &chunks {
        observer.observe(chunk);
    }
    let (prints, anew) = (Rc::clone(&is_printing), observer.clone());
    let chunks = Rc::new(chunks);
    let printed = Rc::clone(&chunks);
    let before = window_event_listener_untyped("beforeprint", move |_| {
        is_printing.set(true);
        for chunk in printed.iter() {
            drawing.fill(chunk);
        }
    });
    let after = window_event_listener_untyped("afterprint", move |_| {
        prints.set(false);
        // Who is observed anew is reported on anew.
        anew.disconnect();
        for chunk in chunks.iter() {
            anew.observe(chunk);
        }
    });
    Some(Watched { observer, _seen: seen, printing: vec![before, after] })
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
    order: Vec<u32>,
    columns: Vec<Drawer>,
}

/// Draws the cells of one column.
struct Drawer {
    title: String,
    place: Pointer,
    format: Format,
    writer: Writer,
}

impl Drawing {
    /// The row that is drawn in that place.
    fn row(&self, index: usize) -> Option<&Value> {
        row(&self.value, *self.order.get(index)? as usize)
    }

    /// Puts cells into the rows of a chunk that has none.
    fn fill(&self, chunk: &Element) {
        let mut next = chunk.first_element_child();
        let mut index = first_of(chunk);
        while let Some(element) = next {
            if element.child_element_count() > 0 {
                return;
            }
            let row = self.row(index).unwrap_or(&Value::Null);
            for column in &self.columns {
                let Ok(cell) = document().create_element("td") else { return };
                column.write(&cell, row);
                _ = element.append_child(&cell);
            }
            next = element.next_element_sibling();
            index += 1;
        }
    }
}

impl Drawer {
    fn write(&self, cell: &Element, row: &Value) {
        let value = self.place.find(row);
        if value.is_none_or(Value::is_null) {
            cell.set_class_name(ABSENT);
        } else if is_amount(&self.format, value) {
            cell.set_class_name("number");
        }
        let shown = self.writer.show(value, row);
        let Some((tag, attribute, machine)) = shown.around else { return cell.set_text_content(Some(&shown.text)) };
        let Ok(inner) = document().create_element(tag) else { return };
        _ = inner.set_attribute(attribute, &machine);
        inner.set_text_content(Some(&shown.text));
        _ = cell.append_child(&inner);
    }
}

fn first_of(chunk: &Element) -> usize {
    chunk.get_attribute(FIRST).and_then(|first| first.parse().ok()).unwrap_or_default()
}

/// Takes the cells out of a chunk, and leaves its rows.
fn empty(chunk: &Element) {
    let mut next = chunk.first_element_child();
    while let Some(element) = next {
        element.set_text_content(None);
        next = element.next_element_sibling();
    }
}
