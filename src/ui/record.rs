//! The `record` block: one object's members as a description list.

use super::{
    copy::copy_button,
    empty::empty,
    loading::Loading,
    markup::{Markup, decoration, div, el},
    page::Place,
    text,
    toast::Toasts,
    value::{Shown, Writer, as_it_came},
    watch::derived,
};
use crate::{
    browser::Vestibule,
    config::{Column, Empty, Format, Record, RecordSource},
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
    let Record { source, caption, members, empty } = record;
    let shows = Shows { members, empty, toasts: Toasts::of() };
    let body = match source {
        RecordSource::Value(binding) => {
            let value = derived(move || vestibule.lookup(&place.params, &place.url)(&binding));
            el("div").live(move || value.with(|value| vec![shows.view(value.as_ref())]))
        }
        RecordSource::Query(query) => {
            let loading = Loading::start(vestibule, query, place);
            let list = move || loading.value.with(|value| value.iter().map(|value| shows.view(Some(value))).collect());
            let skeleton = || decoration("skeleton-lines");
            el("div")
                .state("aria-busy", move || loading.is_busy())
                .live(list)
                .child_while(move || loading.is_awaited(), skeleton)
                .child(loading.alert())
        }
    };
    let caption = caption.map(|caption| el("h2").class("block-title").text(&caption));
    el("section").class("block record").children(caption).child(body)
}

/// What is shown of an object.
struct Shows {
    members: Vec<Column>,
    empty: Empty,
    toasts: Toasts,
}

impl Shows {
    fn view(&self, value: Option<&Value>) -> Markup {
        let value = value.unwrap_or(&Value::Null);
        let mut list = Vec::new();
        if self.members.is_empty() || value.is_null() {
            let plain = Writer::new(&Format::Plain);
            flatten("", value, DEPTH, &mut |name, member| {
                list.push(self.member(name, Some(member), plain.show(Some(member), value)));
            });
        } else {
            for column in &self.members {
                let member = column.value.find(value);
                let shown = Writer::new(&column.format).show(member, value);
                list.push(self.member(&column.title, member, shown));
            }
        }
        if list.is_empty() { empty(&self.empty, text::NO_VALUE) } else { el("dl").children(list) }
    }

    fn member(&self, name: &str, value: Option<&Value>, shown: Shown) -> Markup {
        let copied = as_it_came(value);
        let copy = (!copied.is_empty()).then(|| copy_button(name, copied, self.toasts));
        div("member").child(el("dt").text(name)).child(el("dd").child(shown.view()).children(copy))
    }
}

/// Members of members get both names.
fn flatten(prefix: &str, value: &Value, depth: u8, found: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(members) if depth > 0 => {
            for (name, member) in members {
                let name = text::heading_of(name);
                let name = if prefix.is_empty() { name } else { [prefix, " · ", &name].concat() };
                flatten(&name, member, depth - 1, found);
            }
        }
        Value::Null if prefix.is_empty() => {}
        value => found(prefix, value),
    }
}
