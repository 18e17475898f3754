//! The `record` block: one object's members as a description list.

use super::{
    copy::copy_button,
    loading::{Load, Loading},
    markup::{Markup, decoration, div, el, p},
    page::Place,
    text,
    toast::Toasts,
    value::shown,
    watch::derived,
};
use crate::{
    browser::Vestibule,
    config::{Record, RecordSource},
};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;

/// How many levels of objects are spelt out; deeper ones are shown as JSON.
const DEPTH: u8 = 3;

/// One object's members. A query's object is fetched when the block is built; a bound value is followed.
///
/// # Panics
/// Without a [`Vestibule`] in context.
#[component]
pub fn RecordBlock(
    /// What it shows.
    record: Record,
    /// The page it stands on.
    place: Arc<Place>,
) -> impl IntoView {
    record_block(expect_context::<Vestibule>(), record, place)
}

/// The block as a function.
pub fn record_block(vestibule: Vestibule, record: Record, place: Arc<Place>) -> Markup {
    let toasts = Toasts::of();
    let body = match record.source {
        RecordSource::Value(binding) => {
            let value = derived(move || vestibule.lookup(&place.params, &place.url)(&binding));
            el("div").live(move || value.with(|value| vec![members(value.as_ref(), toasts)]))
        }
        RecordSource::Query(query) => {
            let loading = Loading::start(vestibule, query, place);
            let list = move || {
                loading.load.with(|load| match load {
                    Load::Loading => vec![decoration("skeleton-lines")],
                    Load::Failed(_) => Vec::new(),
                    Load::Loaded(value) => vec![members(Some(value), toasts)],
                })
            };
            el("div").state("aria-busy", move || loading.is_busy()).live(list).child(loading.alert())
        }
    };
    let caption = record.caption.map(|caption| el("h2").class("block-title").text(&caption));
    el("section").class("block record").children(caption).child(body)
}

fn members(value: Option<&Value>, toasts: Toasts) -> Markup {
    let mut list = Vec::new();
    flatten("", value.unwrap_or(&Value::Null), DEPTH, &mut list);
    if list.is_empty() {
        return p(text::NO_VALUE).class("empty");
    }
    let member = |(name, value): (String, String)| {
        let copy = copy_button(&name, value.clone(), toasts);
        div("member").child(el("dt").text(&name)).child(el("dd").child(el("span").text(&value)).child(copy))
    };
    el("dl").children(list.into_iter().map(member))
}

/// Members of members get both names.
fn flatten(prefix: &str, value: &Value, depth: u8, list: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if depth > 0 => {
            for (name, member) in members {
                let name = text::heading_of(name);
                let name = if prefix.is_empty() { name } else { [prefix, " · ", &name].concat() };
                flatten(&name, member, depth - 1, list);
            }
        }
        Value::Null if prefix.is_empty() => {}
        value => list.push((prefix.to_owned(), shown(Some(value)))),
    }
}
