//! The `record` block: one object's members as a description list.

use super::{
    TRUE,
    loading::{Load, Loading},
    page::Place,
    text,
    value::shown,
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
    let vestibule = expect_context::<Vestibule>();
    let caption = record.caption.map(|caption| view! { <h2 class="block-title">{caption}</h2> });
    let body = match record.source {
        RecordSource::Value(binding) => {
            let value = Memo::new(move |_| vestibule.lookup(&place.params, &place.url)(&binding));
            let list = move || value.with(|value| members(value.as_ref()));
            view! { <div>{list}</div> }.into_any()
        }
        RecordSource::Query(query) => {
            let loading = Loading::start(vestibule, query, place);
            let list = move || {
                loading.load.with(|load| match load {
                    Load::Loading => skeleton(),
                    Load::Failed(_) => ().into_any(),
                    Load::Loaded(value) => members(Some(value)),
                })
            };
            view! { <div aria-busy=move || loading.is_busy().to_string()>{list}{loading.alert()}</div> }.into_any()
        }
    };
    view! { <section class="block record">{caption}{body}</section> }
}

fn members(value: Option<&Value>) -> AnyView {
    let mut list = Vec::new();
    flatten("", value.unwrap_or(&Value::Null), DEPTH, &mut list);
    if list.is_empty() {
        return view! { <p class="empty">{text::NO_VALUE}</p> }.into_any();
    }
    let entries = list
        .into_iter()
        .map(|(name, value)| view! { <div class="member"><dt>{name}</dt><dd>{value}</dd></div> })
        .collect_view();
    view! { <dl>{entries}</dl> }.into_any()
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

fn skeleton() -> AnyView {
    view! { <div class="skeleton-lines" aria-hidden=TRUE></div> }.into_any()
}
