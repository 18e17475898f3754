//! The `text` block: a paragraph whose bindings follow the user and the store.

use super::{
    markup::{Markup, el},
    page::Place,
    watch::derived,
};
use crate::{browser::Vestibule, config::Template};
use leptos::prelude::*;
use std::sync::Arc;

/// A paragraph with bindings.
///
/// # Panics
/// Without a [`Vestibule`] in context.
#[component]
pub fn TextBlock(
    /// The text.
    text: Template,
    /// The page it stands on.
    place: Arc<Place>,
) -> impl IntoView {
    text_block(expect_context::<Vestibule>(), text, place)
}

/// The block as a function.
pub fn text_block(vestibule: Vestibule, text: Template, place: Arc<Place>) -> Markup {
    // A memo: the view changes on every event, the paragraph only when its text does.
    let shown = derived(move || text.display(&vestibule.lookup(&place.params, &place.url)));
    el("p").class("text-block").live_text(move || shown.get())
}
