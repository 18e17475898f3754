//! The `text` block: a paragraph whose bindings follow the user and the store.

use super::page::Place;
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
    let vestibule = expect_context::<Vestibule>();
    // A memo: the view changes on every event, the paragraph only when its text does.
    let shown = Memo::new(move |_| text.display(&vestibule.lookup(&place.params, &place.url)));
    view! { <p class="text-block">{move || shown.get()}</p> }
}
