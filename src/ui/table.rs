//! The `table` block: a query's rows as a real table, which can be sorted, filtered and loaded again.
//!
//! The table, its caption and its states are Leptos views; which rows are shown is `arrange.rs`, and they are drawn by `rows.rs`.
//!
//! ```text
//! loading.value --> columns, source --.
//! sorting, filter --------------------+--> order --> rows::draw
//! ```
//! What somebody has sorted by and filtered for stays when newer rows come.

use super::{
    arrange::{self, Sorting, Texts},
    copy::CellCopy,
    empty::empty,
    loading::Loading,
    local,
    markup::{Markup, Slot, button, decoration, div, el, p},
    page::Place,
    rows::{self, Drawn},
    text,
    value::is_amount,
    watch::{Kept, State, is, watch},
};
use crate::{
    browser::Vestibule,
    config::{Column, Empty, Format, Pointer, Table, write_number},
    session::QueryProblem,
};
use leptos::{
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

/// So many rows are looked at for their columns.
const LOOKED_AT: usize = 50;
/// A table of so many rows is taken in at a glance, and has no filter.
const HANDFUL: usize = 7;
/// A long table is filtered when somebody has stopped typing for so long.
const PAUSE: Duration = Duration::from_millis(150);

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
    table_block(expect_context::<Vestibule>(), table, place, true)
}

/// The block as a function.
pub fn table_block(vestibule: Vestibule, table: Table, place: Arc<Place>, has_heading: bool) -> Markup {
    let loading = Loading::start(vestibule, table.query.clone(), place);
    TableView::new(table.columns, loading).view(&table.caption, has_heading, table.empty, true)
}

/// Rows that are at hand already, as the same table.
#[component]
pub fn RowsTable(
    /// How they are shown; its query is not run.
    table: Table,
    /// A list of rows.
    rows: Arc<Value>,
) -> impl IntoView {
    TableView::new(table.columns, Loading::done(rows)).view(&table.caption, true, table.empty, false)
}

/// A table as it stands. Copy: every handler has its own.
#[derive(Clone, Copy)]
struct TableView {
    loading: Loading,
    columns: State<Vec<Column>>,
    /// The rows that are drawn from.
    source: State<Option<Arc<Value>>>,
    sorting: State<Option<Sorting>>,
    filter: State<String>,
    /// What the filter looks at; made when somebody comes to it.
    texts: Kept<Option<Texts>>,
    /// How many rows are drawn, and how many there are.
    count: State<Option<(usize, usize)>>,
    element: Slot,
    region: Slot,
    input: Slot,
    drawn: Kept<Option<Drawn>>,
    copy: CellCopy,
}

impl TableView {
    fn new(columns: Vec<Column>, loading: Loading) -> Self {
        let (element, drawn) = (Slot::new(), Kept::new(None));
        let view = Self {
            loading,
            columns: State::new(columns),
            source: State::new(None),
            sorting: State::new(None),
            filter: State::new(String::new()),
            texts: Kept::new(None),
            count: State::new(None),
            element,
            region: Slot::new(),
            input: Slot::new(),
            drawn,
            copy: CellCopy::new(element, drawn),
        };
        watch(move || view.receive());
        watch(move || view.draw());
        view
    }

    /// Rows have come, or another language is spoken.
    fn receive(self) {
        _ = text::locale();
        let value = self.loading.value.get();
        if let Some(value) = &value {
            if rows::count(value).is_none() {
                self.loading.problem.set(Some(QueryProblem::Unintelligible { detail: text::NOT_ROWS.into() }));
                return self.source.set(None);
            }
            if self.columns.with_untracked(Vec::is_empty) {
                self.columns.set(columns_of(value));
            }
        }
        self.texts.set(None);
        self.source.set(value);
    }

    fn draw(self) {
        let source = self.source.get();
        let (sorting, filter) = (self.sorting.get(), self.filter.get());
        let (Some(element), Some(region)) = (self.element.get(), self.region.get()) else { return };
        self.drawn.set(None);
        rows::clear(&element, &region);
        let Some(value) = source else { return self.count.set(None) };
        let length = rows::count(&value).unwrap_or_default();
        let drawn = self.columns.with_untracked(|columns| {
            let mut order = if filter.trim().is_empty() {
                (0..).take(length).collect()
            } else {
                self.read(&value, columns);
                self.texts.with(|texts| texts.as_ref().map(|texts| texts.matching(&filter)).unwrap_or_default())
            };
            if let Some(sorting) = sorting {
                arrange::sort(&mut order, &value, columns, sorting);
            }
            self.count.set(Some((order.len(), length)));
            Some(rows::draw(&element, &region, value, order, columns))
        });
        self.drawn.set(drawn);
        self.copy.rest();
    }

    /// Makes what the filter looks at.
    fn read(self, value: &Value, columns: &[Column]) {
        if self.texts.with(Option::is_none) {
            self.texts.set(Some(untrack(|| Texts::of(value, columns))));
        }
    }

    fn view(self, caption: &str, has_heading: bool, nothing: Empty, can_load: bool) -> Markup {
        let loading = self.loading;
        let region = div("table-region")
            .attrs(&[("role", "region"), ("tabindex", "0")])
            .attr("aria-label", text::SCROLLS.with(caption))
            .slot(self.region);
        let rows = move || self.count.get().map(|(shown, _)| write_number(shown as u64 + 1));
        let head = move || (0..).zip(self.columns.get()).map(|(index, column)| self.header(index, &column)).collect();
        let table = el("table")
            .slot(self.element)
            .live_attr("aria-rowcount", rows)
            .on("pointerover", move |event| self.copy.point(&event))
            .child(el("caption").class("visually-hidden").text(caption))
            .child(el("thead").child(el("tr").live(head)));
        let awaited = move || {
            if loading.is_awaited() {
                vec![p(text::LOADING).class("visually-hidden"), decoration("skeleton-lines")]
            } else {
                Vec::new()
            }
        };
        let is_empty = is(move || matches!(self.count.get(), Some((_, 0))));
        let is_missed = is(move || matches!(self.count.get(), Some((0, 1..))));
        el("section")
            .class("block table-block")
            .state("aria-busy", move || loading.is_busy())
            .child(self.top(caption, has_heading, can_load))
            .child(loading.alert())
            .child(region.child(table))
            .live(awaited)
            .child_while(move || is_empty.get(), move || empty(&nothing, text::NO_ROWS))
            .child_while(move || is_missed.get(), move || self.missed())
            .child(self.copy.view())
    }

    /// What stands above the table. As high without rows as with them, so that nothing moves when they come.
    fn top(self, caption: &str, has_heading: bool, can_load: bool) -> Markup {
        let count = move || {
            let said = |(shown, all): (usize, usize)| {
                let all_told = local::number(all as u64);
                let told =
                    if shown == all { all_told } else { [&local::number(shown as u64), " / ", &all_told].concat() };
                text::ROWS.fill(&told)
            };
            self.count.get().map(said).unwrap_or_default()
        };
        let at = move || {
            self.loading.value.track();
            let at = self.loading.at.with(|at| *at);
            at.and_then(|at| local::says_when(text::UPDATED_AT, at, local::TIME)).into_iter().collect()
        };
        let meta = p("")
            .class("block-meta")
            .child(el("span").attr("role", "status").live_text(count))
            .child(el("span").live(at));
        let heading = has_heading.then(|| el("h2").class("block-title").text(caption));
        let has_search =
            is(move || self.count.with(|count| count.is_some_and(|(_, all)| all > HANDFUL)) || self.is_filtered());
        let search = {
            let label = caption.to_owned();
            move || self.search(&label)
        };
        let label = caption.to_owned();
        let load = can_load.then(|| {
            button("tool reload", "", move || self.loading.load())
                .live_attr("aria-label", move || Some([text::LOAD_AGAIN.say(), ": ", &label].concat()))
        });
        div("block-top")
            .child(div("block-names").children(heading).child(meta))
            .child(div("block-search").child_while(move || has_search.get(), search))
            .children(load)
    }

    /// The head of a column: pressed once, twice, and as it came.
    fn header(self, index: usize, column: &Column) -> Markup {
        let direction = move || {
            let sorting = self.sorting.get().filter(|sorting| sorting.column == index)?;
            Some(if sorting.is_descending { "descending" } else { "ascending" }.to_owned())
        };
        let sort = move || self.sorting.update(|sorting| *sorting = next(*sorting, index));
        let Column { value: place, format, .. } = column.clone();
        let is_number = move || {
            self.source.with(|rows| {
                let first = rows.as_ref().and_then(|rows| place.find(rows::row(rows, 0)?));
                is_amount(&format, first)
            })
        };
        el("th")
            .attrs(&[("scope", "col")])
            .live_class("number", is_number)
            .live_attr("aria-sort", direction)
            .child(button("sort", &column.title, sort))
    }

    fn search(self, caption: &str) -> Markup {
        let label = caption.to_owned();
        let waiting = Kept::new(None::<TimeoutHandle>);
        let typed = move || {
            if let Some(handle) = waiting.update(Option::take) {
                handle.clear();
            }
            let text = self.input().map(|input| input.value()).unwrap_or_default();
            let is_long = self.count.with_untracked(|count| count.is_some_and(|(_, all)| rows::is_long(all)));
            if is_long {
                waiting.set(set_timeout_with_handle(move || self.filter.set(text.clone()), PAUSE).ok());
            } else {
                self.filter.set(text);
            }
        };
        // Before the first letter: of a long table there is a lot to be looked at.
        let prepare = move || {
            self.source.with_untracked(|value| {
                if let Some(value) = value {
                    self.columns.with_untracked(|columns| self.read(value, columns));
                }
            });
        };
        el("input")
            .attrs(&[("type", "search"), ("class", "filter"), ("autocomplete", "off"), ("spellcheck", "false")])
            .attr("placeholder", text::FILTER)
            .live_attr("aria-label", move || Some([text::FILTER.say(), ": ", &label].concat()))
            .slot(self.input)
            .on("input", move |_| typed())
            .on("focus", move |_| prepare())
            .on("keydown", move |event| {
                if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
                    self.clear();
                }
            })
    }

    fn input(self) -> Option<HtmlInputElement> {
        self.input.get()?.dyn_into().ok()
    }

    fn is_filtered(self) -> bool {
        self.filter.with(|filter| !filter.is_empty())
    }

    /// Shows all rows again.
    fn clear(self) {
        if let Some(input) = self.input() {
            input.set_value("");
        }
        self.filter.set(String::new());
        self.input.focus();
    }

    fn missed(self) -> Markup {
        let clear = button("button", text::CLEAR_FILTER, move || self.clear());
        div("empty").child(p(text::NOTHING_MATCHES)).child(clear)
    }
}

/// What pressing the head of a column makes of it.
fn next(sorting: Option<Sorting>, column: usize) -> Option<Sorting> {
    match sorting.filter(|sorting| sorting.column == column) {
        None => Some(Sorting { column, is_descending: false }),
        Some(sorting) if !sorting.is_descending => Some(Sorting { column, is_descending: true }),
        Some(_) => None,
    }
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
