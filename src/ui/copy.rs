//! A value into the clipboard, as a machine would have it, and a word about whether it got there.

use super::{
    markup::{Markup, Slot, el, focus},
    rows::{ABSENT, Drawn},
    text,
    toast::Toasts,
    watch::Kept,
};
use crate::browser::spawn;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlTableCellElement, KeyboardEvent};

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

/// The one button with which any cell of a table is copied. It stands in the cell that somebody points at; with the keyboard it
/// is come to by Tab, once for the whole table, and goes from cell to cell by the arrows.
#[derive(Clone, Copy)]
pub struct CellCopy {
    table: Slot,
    button: Slot,
    drawn: Kept<Option<Drawn>>,
    toasts: Toasts,
}

impl CellCopy {
    /// For the cells of `table`, which are drawn so.
    pub fn new(table: Slot, drawn: Kept<Option<Drawn>>) -> Self {
        Self { table, button: Slot::new(), drawn, toasts: Toasts::of() }
    }

    /// The button, where nobody sees it; it goes from there into the table.
    pub fn view(self) -> Markup {
        let button = el("button")
            .attrs(&[("type", "button"), ("class", "copy")])
            .slot(self.button)
            .on("click", move |_| self.copy())
            .on("keydown", move |event| self.step(&event));
        el("div").attr("hidden", "").child(button)
    }

    /// Somebody points at something in the table.
    pub fn point(self, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let cell = target.and_then(|target| target.closest("tbody td").ok().flatten());
        // Whoever has come to it by the keyboard keeps it.
        if let Some(cell) = cell.filter(|_| !self.has_focus()) {
            self.go_to(&cell);
        }
    }

    /// Goes to the first cell, so that it can be come to.
    pub fn rest(self) {
        let cell = self.table.get().and_then(|table| table.query_selector("tbody td:not(.absent)").ok().flatten());
        if let Some(cell) = cell {
            self.go_to(&cell);
        }
    }

    fn has_focus(self) -> bool {
        let focused = document().active_element();
        focused.is_some() && focused == self.button.get()
    }

    /// Whether there is something to copy.
    fn go_to(self, cell: &Element) -> bool {
        let Some(button) = self.button.get().filter(|_| !cell.class_list().contains(ABSENT)) else { return false };
        if button.parent_element().as_ref() != Some(cell) {
            let label = self.look(cell, |title, value| [title, ", ", value].concat());
            _ = button.set_attribute("aria-label", &untrack(|| text::COPY.fill(&label)));
            _ = cell.append_child(&button);
        }
        true
    }

    fn look(self, cell: &Element, read: impl Fn(&str, &str) -> String) -> String {
        self.drawn.with(|drawn| {
            let found = drawn.as_ref().and_then(|drawn| drawn.cell(cell));
            found.map(|(title, value)| read(title, &value)).unwrap_or_default()
        })
    }

    fn copy(self) {
        if let Some(cell) = self.button.get().and_then(|button| button.parent_element()) {
            copy(self.look(&cell, |_title, value| value.to_owned()), self.toasts);
        }
    }

    fn step(self, event: &Event) {
        let Some(key) = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key) else { return };
        let Some(button) = self.button.get() else { return };
        let mut cell = button.parent_element();
        while let Some(next) = cell.as_ref().and_then(|cell| beside(cell, &key)) {
            if self.go_to(&next) {
                event.prevent_default();
                // Moved within the document it has lost the focus.
                focus(&button);
                return;
            }
            cell = Some(next);
        }
    }
}

/// The cell to which an arrow leads.
fn beside(cell: &Element, key: &str) -> Option<Element> {
    let row = cell.parent_element()?;
    let is_reversed = document().dir() == "rtl";
    match key {
        "ArrowLeft" if is_reversed => cell.next_element_sibling(),
        "ArrowLeft" => cell.previous_element_sibling(),
        "ArrowRight" if is_reversed => cell.previous_element_sibling(),
        "ArrowRight" => cell.next_element_sibling(),
        "ArrowUp" => {
            let before = || row.parent_element()?.previous_element_sibling()?.last_element_child();
            below(cell, &row.previous_element_sibling().or_else(before)?)
        }
        "ArrowDown" => {
            let behind = || row.parent_element()?.next_element_sibling()?.first_element_child();
            below(cell, &row.next_element_sibling().or_else(behind)?)
        }
        _ => None,
    }
}

/// The cell of another row in the same column.
fn below(cell: &Element, row: &Element) -> Option<Element> {
    let index = u32::try_from(cell.dyn_ref::<HtmlTableCellElement>()?.cell_index()).ok()?;
    row.children().item(index).filter(|cell| cell.tag_name() == "TD")
}
