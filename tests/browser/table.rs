//! Tables: every row is a row, whatever their number, and only what is near is drawn.

use super::{
    page::{count, find, mounted_at, text},
    stage::until,
};
use leptos::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use vestibule::{
    config::{Column, Empty, Format, Pointer, Table},
    ui::RowsTable,
};
use wasm_bindgen_test::wasm_bindgen_test;

fn table(columns: &[&str]) -> Table {
    let column = |name: &&str| Column {
        title: (*name).to_owned(),
        value: Pointer::parse(&format!("/{name}")).unwrap(),
        format: Format::Plain,
    };
    Table {
        query: String::new(),
        caption: "Orders".into(),
        columns: columns.iter().map(column).collect(),
        empty: Empty::default(),
    }
}

fn rows(length: usize) -> Arc<Value> {
    Arc::new(
        (0..length).map(|id| json!({ "id": id, "name": format!("row {id}"), "paid": true, "note": null })).collect(),
    )
}

#[wasm_bindgen_test]
async fn ten_thousand_rows_are_rows_and_few_of_them_have_cells() {
    let rows = rows(10_000);
    let _page = mounted_at("/", move || view! { <RowsTable table=table(&["id", "name"]) rows/> });
    until(|| count("tbody tr") == 10_000).await;
    until(|| count("td") > 0).await;
    assert!(count("td") <= 2 * 500, "{} cells", count("td"));
    assert_eq!(find("table").unwrap().get_attribute("aria-rowcount").as_deref(), Some("10001"));

    // What comes into view is drawn, what was left behind is not kept.
    find("tbody:last-of-type").unwrap().scroll_into_view();
    until(|| text("tbody:last-of-type tr:last-child").contains("row 9999")).await;
    until(|| count("tbody:first-of-type td") == 0).await;
    assert!(count("td") <= 2 * 500, "{} cells", count("td"));
    assert_eq!(count("tbody tr"), 10_000);
}

#[wasm_bindgen_test]
async fn empty_rows_are_as_high_as_drawn_ones() {
    let rows = rows(600);
    let _page = mounted_at("/", move || view! { <RowsTable table=table(&["id", "name"]) rows/> });
    until(|| count("tbody:first-of-type td") > 0).await;
    let height = |selector: &str| find(selector).unwrap().client_height();
    assert_eq!(count("tbody:last-of-type td"), 0);
    assert_eq!(height("tbody:first-of-type tr"), height("tbody:last-of-type tr"));
}

#[wasm_bindgen_test]
async fn up_to_five_hundred_rows_everything_is_drawn() {
    let rows = rows(500);
    let _page = mounted_at("/", move || view! { <RowsTable table=table(&["id", "name", "paid", "note"]) rows/> });
    until(|| count("tbody tr") == 500).await;
    assert_eq!(count("td"), 2000);
    assert_eq!(text("tbody tr:nth-child(8)"), "7row 7Yes—");
    assert_eq!(count("td.number"), 500);
    assert_eq!(count("th[scope=col]"), 4);
    assert_eq!(text("caption"), "Orders");
}

#[wasm_bindgen_test]
async fn without_columns_the_first_row_names_them() {
    let rows = Arc::new(json!([{ "placed_at": "today", "a/b": 1 }]));
    let _page = mounted_at("/", move || view! { <RowsTable table=table(&[]) rows/> });
    until(|| count("td") == 2).await;
    assert_eq!(text("thead"), "Placed atA/b");
    assert_eq!(text("tbody"), "today1");
}

#[wasm_bindgen_test]
async fn a_member_that_only_later_rows_have_is_a_column_too() {
    let rows = Arc::new(json!([{ "a": 1 }, { "b": 2 }]));
    let _page = mounted_at("/", move || view! { <RowsTable table=table(&[]) rows/> });
    until(|| count("td") == 4).await;
    assert_eq!(text("thead"), "AB");
}

#[wasm_bindgen_test]
async fn rows_that_are_no_objects_have_one_column() {
    let rows = Arc::new(json!(["north", "south"]));
    let _page = mounted_at("/", move || view! { <RowsTable table=table(&[]) rows/> });
    until(|| count("td") == 2).await;
    assert_eq!(text("tbody"), "northsouth");
}

#[wasm_bindgen_test]
async fn no_rows_and_no_list_are_said() {
    {
        let _page = mounted_at("/", || view! { <RowsTable table=table(&["id"]) rows=Arc::new(json!([]))/> });
        until(|| find(".empty").is_some()).await;
        assert_eq!(count("tbody tr"), 0);
    }
    let _page = mounted_at("/", || view! { <RowsTable table=table(&["id"]) rows=Arc::new(json!("text"))/> });
    until(|| !text("[role=alert]").is_empty()).await;
}
