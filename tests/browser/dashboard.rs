//! Tables as people use them: sorted, filtered, copied from, and written in the reader's way.

use super::{
    page::{Mounted, count, find, mounted_at, text},
    stage::{tick, until},
};
use leptos::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use vestibule::{
    config::{Column, Currency, Empty, Format, Pointer, Table},
    ui::RowsTable,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlElement, HtmlInputElement, KeyboardEvent, KeyboardEventInit};

fn column(name: &str, format: Format) -> Column {
    Column { title: name.to_owned(), value: Pointer::to_member(name), format }
}

fn shown(columns: Vec<Column>, rows: Value) -> Mounted {
    let table = Table { query: String::new(), caption: "Orders".into(), columns, empty: Empty::default() };
    let rows = Arc::new(rows);
    mounted_at("/", move || view! { <RowsTable table rows/> })
}

/// A table of one column `v` with these values.
async fn one_column(format: Format, values: &[Value]) -> Mounted {
    let rows: Value = values.iter().map(|value| json!({ "v": value })).collect();
    let page = shown(vec![column("v", format)], rows);
    until(|| count("tbody tr") as usize == values.len()).await;
    page
}

fn cells() -> Vec<String> {
    let cells = document().query_selector_all("tbody td").unwrap();
    (0..cells.length()).map(|index| cells.item(index).unwrap().text_content().unwrap()).collect()
}

async fn press(selector: &str) {
    find(selector).unwrap().unchecked_into::<HtmlElement>().click();
    tick().await;
    tick().await;
}

/// The values in ascending and in descending order.
async fn sorted(format: Format, values: &[Value]) -> (Vec<String>, Vec<String>) {
    let _page = one_column(format, values).await;
    let came = cells();
    press("th button").await;
    assert_eq!(find("th").unwrap().get_attribute("aria-sort").as_deref(), Some("ascending"));
    let ascending = cells();
    press("th button").await;
    assert_eq!(find("th").unwrap().get_attribute("aria-sort").as_deref(), Some("descending"));
    let descending = cells();
    press("th button").await;
    assert_eq!(find("th").unwrap().get_attribute("aria-sort"), None);
    assert_eq!(cells(), came, "as it came");
    (ascending, descending)
}

#[wasm_bindgen_test]
async fn numbers_are_sorted_by_number_also_as_texts_and_absent_ones_stay_last() {
    let (up, down) = sorted(Format::Plain, &[json!(10), json!(9), Value::Null, json!(-2.5), json!(1e3)]).await;
    assert_eq!(up, ["-2.5", "9", "10", "1e3", "—"].map(|n| if n == "1e3" { cells_number(1e3) } else { n.to_owned() }));
    assert_eq!(down.last().unwrap(), "—");
    assert_eq!(down[3], "-2.5");
    let (up, _) = sorted(Format::Plain, &[json!("10"), json!("-9"), json!(""), json!("1.5"), json!("1.25")]).await;
    assert_eq!(up, ["-9", "1.25", "1.5", "10", ""]);
}

fn cells_number(number: f64) -> String {
    json!(number).to_string()
}

#[wasm_bindgen_test]
async fn texts_are_sorted_as_the_language_has_it_and_nine_comes_before_ten() {
    let (up, down) =
        sorted(Format::Plain, &[json!("Zebra"), json!("order 10"), json!("Äpfel"), json!("order 9"), json!("apple")])
            .await;
    assert_eq!(up, ["Äpfel", "apple", "order 9", "order 10", "Zebra"]);
    assert_eq!(down, ["Zebra", "order 10", "order 9", "apple", "Äpfel"]);
    // Not all are numbers: then all are texts.
    let (up, _) = sorted(Format::Plain, &[json!("b"), json!(10), json!("a"), json!(9)]).await;
    assert_eq!(up, ["9", "10", "a", "b"]);
    // No number to anybody who says that it is a text.
    let (up, _) = sorted(Format::Text, &[json!("1.10"), json!("1.9"), json!("1.2")]).await;
    assert_eq!(up, ["1.2", "1.9", "1.10"]);
}

#[wasm_bindgen_test]
async fn dates_are_sorted_by_time_in_whatever_zone_they_were_written() {
    let values = [json!("2026-11-23T10:00:00+02:00"), json!("2026-11-23T09:00:00Z"), json!("1969-07-20T20:17:00Z")];
    let _page = one_column(Format::Plain, &values).await;
    press("th button").await;
    let times = document().query_selector_all("tbody time").unwrap();
    let machine =
        |index| times.item(index).unwrap().unchecked_into::<web_sys::Element>().get_attribute("datetime").unwrap();
    assert_eq!([machine(0), machine(1), machine(2)], [values[2].clone(), values[0].clone(), values[1].clone()]);
}

#[wasm_bindgen_test]
async fn rows_that_are_equal_stay_in_order() {
    let rows: Value = (0..40).map(|id| json!({ "v": id % 3, "id": id })).collect();
    let _page = shown(vec![column("v", Format::Plain), column("id", Format::Plain)], rows);
    until(|| count("tbody tr") == 40).await;
    for _ in 0..2 {
        press("th:first-of-type button").await;
        let cells = cells();
        let pairs: Vec<(i64, i64)> =
            cells.chunks(2).map(|pair| (pair[0].parse().unwrap(), pair[1].parse().unwrap())).collect();
        assert!(pairs.windows(2).all(|two| two[0].0 != two[1].0 || two[0].1 < two[1].1), "{pairs:?}");
    }
}

#[wasm_bindgen_test]
async fn thousands_of_rows_are_sorted_and_filtered_too() {
    let rows: Value = (0..10_000).map(|id| json!({ "id": id, "name": format!("Row {id}") })).collect();
    let _page = shown(vec![column("id", Format::Plain), column("name", Format::Plain)], rows);
    until(|| count("tbody tr") == 10_000).await;
    press("th:first-of-type button").await;
    press("th:first-of-type button").await;
    until(|| text("tbody td") == "9999").await;
    assert_eq!(count("tbody tr"), 10_000);
    assert!(count("td") <= 1000, "{} cells", count("td"));
    type_into_filter("row 123").await;
    // 123, 1123 and so on, 1230 to 1239; and the sorting holds.
    until(|| count("tbody tr") == 20).await;
    assert_eq!(text("tbody td"), "9123");
    until(|| text("[role=status]").contains("20 / 10,000")).await;
}

async fn type_into_filter(what: &str) {
    until(|| find("input[type=search]").is_some()).await;
    let input: HtmlInputElement = find("input[type=search]").unwrap().unchecked_into();
    input.focus().unwrap();
    input.set_value(what);
    input.dispatch_event(&Event::new("input").unwrap()).unwrap();
    tick().await;
    tick().await;
}

async fn press_key(selector: &str, key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    find(selector).unwrap().dispatch_event(&event).unwrap();
    tick().await;
    tick().await;
}

#[wasm_bindgen_test]
async fn a_filter_finds_words_without_capitals_and_accents_and_says_how_many() {
    let names = ["Dornier Möbel", "Łódź Textiles", "Casa Verde", "casa grande", "Ivory", "Elm", "Fjord", "Kestrel"];
    let values: Vec<Value> = names.iter().map(|name| json!(name)).collect();
    let _page = one_column(Format::Plain, &values).await;
    until(|| text("[role=status]") == "Rows: 8").await;
    type_into_filter("mobel dorn").await;
    assert_eq!(cells(), ["Dornier Möbel"]);
    until(|| text("[role=status]") == "Rows: 1 / 8").await;
    type_into_filter("CASA").await;
    assert_eq!(cells(), ["Casa Verde", "casa grande"]);

    type_into_filter("nobody").await;
    assert_eq!(count("tbody tr"), 0);
    until(|| text(".empty").contains("Nothing matches")).await;
    press(".empty button").await;
    assert_eq!(count("tbody tr"), 8);
    let focused = document().active_element().unwrap();
    assert_eq!(focused.get_attribute("type").as_deref(), Some("search"), "the focus is in the field again");

    type_into_filter("casa").await;
    press_key("input[type=search]", "Escape").await;
    assert_eq!(count("tbody tr"), 8);
    assert_eq!(focused.unchecked_into::<HtmlInputElement>().value(), "");
}

#[wasm_bindgen_test]
async fn a_handful_of_rows_has_no_filter() {
    let _page = one_column(Format::Plain, &[json!(1), json!(2), json!(3)]).await;
    tick().await;
    assert!(find("input[type=search]").is_none());
}

#[wasm_bindgen_test]
async fn the_copy_button_goes_from_cell_to_cell_and_over_empty_ones() {
    let rows = json!([{ "a": "1", "b": null, "c": "3" }, { "a": "4", "b": "5", "c": "6" }]);
    let columns = ["a", "b", "c"].map(|name| column(name, Format::Plain)).to_vec();
    let _page = shown(columns, rows);
    until(|| find("td > .copy").is_some()).await;
    let label = || find(".copy").unwrap().get_attribute("aria-label").unwrap();
    assert_eq!(label(), "Copy: a, 1");
    find(".copy").unwrap().unchecked_into::<HtmlElement>().focus().unwrap();
    press_key(".copy", "ArrowRight").await;
    assert_eq!(label(), "Copy: c, 3");
    press_key(".copy", "ArrowDown").await;
    press_key(".copy", "ArrowLeft").await;
    assert_eq!(label(), "Copy: b, 5");
    // There is nothing to copy above.
    press_key(".copy", "ArrowUp").await;
    assert_eq!(label(), "Copy: b, 5");
    assert_eq!(count(".copy"), 1);
    assert_eq!(document().active_element(), find(".copy"));
    assert_eq!(cells().concat(), "1—3456", "it adds no text");
}

#[wasm_bindgen_test]
async fn what_no_format_is_asked_for_is_shown_as_it_came() {
    let big: Value = serde_json::from_str("12345678901234567890.10").unwrap();
    let _page = one_column(
        Format::Plain,
        &[big, json!("2026-11-26"), json!("0042"), json!(1_234_567), json!(true), json!({ "a": 1 })],
    )
    .await;
    assert_eq!(cells(), ["12345678901234567890.10", "2026-11-26", "0042", "1234567", "Yes", "{\"a\":1}"]);
    assert_eq!(count("time, data"), 0);
}

#[wasm_bindgen_test]
async fn amounts_keep_their_digits_and_say_them_to_machines() {
    let big: Value = serde_json::from_str("12345678901234567890.12").unwrap();
    let _page = one_column(Format::Number, &[big, json!("1234.5"), json!("soon")]).await;
    assert_eq!(cells(), ["12,345,678,901,234,567,890.12", "1,234.5", "soon"]);
    assert_eq!(find("data").unwrap().get_attribute("value").as_deref(), Some("12345678901234567890.12"));
}

#[wasm_bindgen_test]
async fn money_is_in_the_currency_of_its_row_and_what_is_none_stays() {
    let rows = json!([
        { "total": 1234.5, "currency": "EUR" }, { "total": 1234, "currency": "JPY" }, { "total": 2.5, "currency": "no code" },
        { "total": 2.5 }
    ]);
    let format = Format::Money(Currency::At(Pointer::to_member("currency")));
    let _page = shown(vec![column("total", format)], rows);
    until(|| count("tbody tr") == 4).await;
    assert_eq!(cells(), ["€1,234.50", "¥1,234", "2.5", "2.5"]);
    assert_eq!(count("td.number"), 4);
}

#[wasm_bindgen_test]
async fn dates_are_written_for_the_reader_and_days_stay_days() {
    let values =
        [json!("2026-11-26"), json!(1_795_424_400), json!(1_795_424_400_000_i64), json!("2026-13-45"), json!("soon")];
    let _page = one_column(Format::Date, &values).await;
    assert_eq!(cells()[0], "Nov 26, 2026");
    assert_eq!(cells()[1], cells()[2]);
    assert_eq!(cells()[3..], ["2026-13-45", "soon"]);
    let machine = |place: &str| find(&format!("tr:nth-of-type({place}) time")).unwrap().get_attribute("datetime");
    assert_eq!(machine("1").as_deref(), Some("2026-11-26"));
    assert_eq!(machine("2").as_deref(), Some("2026-11-23T09:00:00.000Z"));
}

#[wasm_bindgen_test]
async fn all_rows_stand_on_paper() {
    let rows: Value = (0..2000).map(|id| json!({ "id": id })).collect();
    let _page = shown(vec![column("id", Format::Plain)], rows);
    until(|| count("tbody tr") == 2000).await;
    assert!(count("td") < 1000);
    window().dispatch_event(&Event::new("beforeprint").unwrap()).unwrap();
    assert_eq!(count("td"), 2000);
    window().dispatch_event(&Event::new("afterprint").unwrap()).unwrap();
    until(|| count("td") < 1000).await;
}
