//! Who may see a page.

use serde_json::{Map, Value, json};
use vestibule::{
    config::{Page, Pointer, Requirement},
    ui::require::{is_met, user_name},
};
use wasm_bindgen_test::wasm_bindgen_test;

fn page(require: &[(&str, &[&str])]) -> Page {
    let requirement = |(pointer, any_of): &(&str, &[&str])| Requirement {
        pointer: Pointer::parse(pointer).unwrap(),
        any_of: any_of.iter().map(|value| json!(value)).collect(),
    };
    let require = require.iter().map(requirement).collect();
    Page { path: "/p".into(), title: "P".into(), menu: None, require, blocks: Vec::new() }
}

fn store(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[wasm_bindgen_test]
fn a_page_that_requires_nothing_is_for_everybody() {
    assert!(is_met(&page(&[]), None, &Map::new()));
}

#[wasm_bindgen_test]
fn one_of_the_values_or_a_list_that_holds_one_is_enough() {
    let admin = page(&[("/user/role", &["admin", "owner"])]);
    for role in [json!("owner"), json!(["member", "admin"])] {
        assert!(is_met(&admin, Some(&json!({ "role": role })), &Map::new()), "{role}");
    }
    for role in [json!("member"), json!([]), json!(null), json!({ "0": "admin" }), json!(true)] {
        assert!(!is_met(&admin, Some(&json!({ "role": role })), &Map::new()), "{role}");
    }
    assert!(!is_met(&admin, None, &Map::new()));
}

#[wasm_bindgen_test]
fn everything_required_must_be_met() {
    let both = page(&[("/user/role", &["admin"]), ("/store/tenant", &["north"])]);
    let user = json!({ "role": "admin" });
    assert!(is_met(&both, Some(&user), &store(&json!({ "tenant": "north" }))));
    assert!(!is_met(&both, Some(&user), &store(&json!({ "tenant": "south" }))));
    assert!(!is_met(&both, Some(&user), &Map::new()));
}

#[wasm_bindgen_test]
fn a_user_is_called_by_the_best_name_there_is() {
    assert_eq!(user_name(&json!({ "email": "a@b.example", "user_metadata": { "name": "Ada" } })), Some("Ada"));
    assert_eq!(user_name(&json!({ "email": "a@b.example", "name": "" })), Some("a@b.example"));
    assert_eq!(user_name(&json!({ "sub": "42" })), Some("42"));
    assert_eq!(user_name(&json!({ "id": 42 })), None);
}
