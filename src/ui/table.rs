//! The `table` block: a query's rows as a real table.
//!
//! The table, its caption and its states are Leptos views; the rows are `rows.rs`.

use super::{
    loading::{Load, Loading},
    markup::{Markup, Slot, decoration, div, el, p},
    page::Place,
    rows::{self, Drawn},
    text::{self, Said},
    watch::{Kept, State, watch},
};
use crate::{
    browser::Vestibule,
    config::{Column, Format, Pointer, Table, write_number},
};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;

/// So many rows are looked at for their columns.
const LOOKED_AT: usize = 50;

/// A query's rows, fetched when the block is built: one `tbody tr` for each, however many there are.
///
/// # Panics
/// Without a [`Vestibule`] in context.
#[component]
pub fn TableBlock(
    /// What it shows.
    table: Table,
    /// The page it stands on.
    place: Arc<Place>,
) -> impl IntoView {
    table_block(expect_context::<Vestibule>(), table, place)
}

/// The block as a function.
pub fn table_block(vestibule: Vestibule, table: Table, place: Arc<Place>) -> Markup {
    let loading = Loading::start(vestibule, table.query.clone(), place);
    table_view(table, loading)
}

/// Rows that are at hand already, as the same table.
#[component]
pub fn RowsTable(
    /// How they are shown; its query is not run.
    table: Table,
    /// A list of rows.
    rows: Arc<Value>,
) -> impl IntoView {
    table_view(table, Loading::done(rows))
}

fn table_view(table: Table, loading: Loading) -> Markup {
    let columns = State::new(table.columns);
    let count = State::new(None::<usize>);
    let element = Slot::new();
    let region = Slot::new();
    let drawn = Kept::new(None::<Drawn>);
    watch(move || {
        let load = loading.load.get();
        let (Some(element), Some(region)) = (element.get(), region.get()) else { return };
        drawn.set(None);
        rows::clear(&element, &region);
        let Load::Loaded(value) = load else {
            count.set(None);
            return;
        };
        let Some(length) = rows::count(&value) else {
            loading
                .load
                .set(Load::Failed(crate::session::QueryProblem::Unintelligible { detail: text::NOT_ROWS.into() }));
            return;
        };
        if columns.with_untracked(Vec::is_empty) {
            columns.set(columns_of(&value));
        }
        count.set(Some(length));
        drawn.set(columns.with_untracked(|columns| Some(rows::draw(&element, &region, value, columns))));
    });
    let is_numeric = move |place: &Pointer| {
        loading.load.with(|load| match load {
            Load::Loaded(value) => rows::row(value, 0).and_then(|row| place.find(row)).is_some_and(Value::is_number),
            Load::Loading | Load::Failed(_) => false,
        })
    };
    let header = move || {
        let head = |column: Column| {
            let class = if is_numeric(&column.value) { "number" } else { "" };
            el("th").attr("scope", "col").class(class).text(&column.title)
        };
        columns.get().into_iter().map(head).collect()
    };
    let empty = table.empty.text.map_or(text::NO_ROWS.into(), Said::Words);
    let region_element = div("table-region")
        .attrs(&[("role", "region"), ("tabindex", "0")])
        .attr("aria-label", text::SCROLLS.with(&table.caption))
        .slot(region);
    let table_element = el("table")
        .slot(element)
        .live_attr("aria-rowcount", move || count.get().map(|count| write_number(count as u64 + 1)))
        .child(el("caption").text(&table.caption))
        .child(el("thead").child(el("tr").live(header)));
    let busy = move || {
        if loading.is_busy() {
            vec![p(text::LOADING).class("visually-hidden"), decoration("skeleton-lines")]
        } else {
            Vec::new()
        }
    };
    el("section")
        .class("block table-block")
        .state("aria-busy", move || loading.is_busy())
        .child(region_element.child(table_element))
        .live(busy)
        .child_while(move || count.get() == Some(0), move || p(empty.clone()).class("empty"))
        .child(loading.alert())
}

/// Without columns in the config: the members of the first rows, in the order in which they appear. Rows that are
/// no objects have one column.
fn columns_of(rows: &Value) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for row in (0..LOOKED_AT).map_while(|index| rows::row(rows, index)) {
        let Value::Object(members) = row else {
            if columns.is_empty() && !row.is_null() {
                columns.push(Column {
                    title: untrack(|| text::VALUE.say().to_owned()),
                    value: Pointer::default(),
                    format: Format::Plain,
                });
            }
            continue;
        };
        for name in members.keys() {
            let value = Pointer::to_member(name);
            if columns.iter().all(|column| column.value != value) {
                columns.push(Column { title: text::heading_of(name), value, format: Format::Plain });
            }
        }
    }
    columns
}
