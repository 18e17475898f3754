//! The question whether somebody is still there: in every tab at once, answered in any.
//!
//! A modal dialog of the browser's own: it takes the focus and gives it back, keeps it inside, and Escape answers it. A
//! form that was half typed stays as it is behind it.

use super::{
    countdown::{seconds_left, timed},
    header::sign_out_button,
    markup::{Markup, Slot, button, div, el, region},
    text,
    watch::{derived, is, watch},
};
use crate::browser::Vestibule;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

/// Asks who has not been there for long whether to stay; nothing where the config has no idle timeout.
pub fn idle_warning(vestibule: Vestibule) -> Markup {
    let view = vestibule.view();
    let is_asked = is(move || view.with(|view| view.idle_ends_at.is_some()));
    region(move || if is_asked.get() { vec![dialog(vestibule)] } else { Vec::new() })
}

fn dialog(vestibule: Vestibule) -> Markup {
    let view = vestibule.view();
    let ends_at = derived(move || view.with(|view| view.idle_ends_at));
    let left = seconds_left(vestibule, ends_at);
    let slot = Slot::new();
    let dialog = move || slot.get().and_then(|element| element.dyn_into::<HtmlDialogElement>().ok());
    watch(move || {
        if let Some(dialog) = dialog() {
            _ = dialog.show_modal();
        }
    });
    // Closed, not just removed: only then does the focus go back to where it was.
    on_cleanup(move || {
        if let Some(dialog) = dialog() {
            dialog.close();
        }
    });
    let sentence = timed(el("p").attr("id", "idle-text"), text::IDLE_ENDS_IN, left);
    let deeds = div("dialog-deeds")
        .child(button("button primary", text::STAY, move || vestibule.stay()))
        .child(sign_out_button(vestibule));
    el("dialog")
        .attrs(&[("role", "alertdialog"), ("aria-labelledby", "idle-title"), ("aria-describedby", "idle-text")])
        .slot(slot)
        .on("cancel", move |event| {
            event.prevent_default();
            vestibule.stay();
        })
        .child(el("h2").attr("id", "idle-title").text(text::STILL_THERE))
        .child(sentence)
        .child(deeds)
}
