//! The file that an operator takes home, as presets, requests and repairs make it.

use serde_json::{Value, json};
use vestibule::setup::{
    curl::{Purpose, Typed, draft},
    file::{vars_of, with_preset, with_request, with_value},
};

fn put(text: &str, command: &str, purpose: Purpose) -> String {
    let drafted = draft(command, purpose, Typed::default()).unwrap();
    with_request(text, purpose, &drafted, "orders").unwrap()
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn five_commands_make_a_whole_config() {
    let mut text = String::new();
    for (command, purpose) in [
        ("curl https://id.example/login --json '{\"email\":\"a\",\"password\":\"b\"}'", Purpose::SignIn),
        ("curl https://id.example/refresh --json '{\"refresh_token\":\"x\"}'", Purpose::Refresh),
        ("curl https://id.example/me -H 'Authorization: Token x'", Purpose::UserInfo),
        ("curl -X POST https://id.example/logout -H 'Authorization: Token x'", Purpose::Revoke),
        ("curl https://id.example/orders -H 'Authorization: Token x'", Purpose::Query),
    ] {
        text = put(&text, command, purpose);
    }
    let config = crate::findings::config(&read(&text));
    assert_eq!(config.provider.revoke.len(), 1);
    assert_eq!(config.queries[0].name, "orders");
    assert_eq!(config.provider.authorize.value.as_written(), "Token {{session.access_token}}");
    assert!(config.pages.iter().any(|page| page.path == "/orders"));
    // Once more, and nothing is there twice.
    assert_eq!(put(&text, "curl -X POST https://id.example/logout -H 'Authorization: Token x'", Purpose::Revoke), text);
    assert_eq!(put(&text, "curl https://id.example/orders -H 'Authorization: Token x'", Purpose::Query), text);
}

#[test]
fn an_address_below_the_base_url_is_written_with_it() {
    let text = json!({ "version": 1, "provider": { "vars": { "base_url": "https://id.example" } } }).to_string();
    let put = read(&put(&text, "curl https://id.example/login -d username=a -d password=b", Purpose::SignIn));
    assert_eq!(put["provider"]["sign_in"]["url"], "{{vars.base_url}}/login");
    let other = json!({ "version": 1, "provider": { "vars": { "base_url": "https://id.exam" } } }).to_string();
    let put = read(&self::put(&other, "curl https://id.example/login -d username=a -d password=b", Purpose::SignIn));
    assert_eq!(put["provider"]["sign_in"]["url"], "https://id.example/login");
}

#[test]
fn a_preset_takes_the_place_of_the_provider_and_of_nothing_else() {
    let before =
        json!({ "version": 1, "app": { "id": "mine", "title": "Mine" }, "provider": { "sign_in": {} }, "pages": [] });
    let vars = [("base_url".to_owned(), "https://id.example".to_owned()), ("scope".to_owned(), String::new())];
    let after = read(&with_preset(&before.to_string(), "keycloak", &vars).unwrap());
    assert_eq!(after["provider"], json!({ "preset": "keycloak", "vars": { "base_url": "https://id.example" } }));
    assert_eq!(after["app"], before["app"]);
}

#[test]
fn a_value_is_put_where_it_belongs_and_all_else_stays() {
    let text = r#"{ "b": 1.50, "a": [ { "x": 1 } ], "n": null }"#;
    let put = with_value(text, "/a/0/y~1z", &json!(2)).unwrap();
    assert_eq!(
        put,
        "{\n  \"b\": 1.50,\n  \"a\": [\n    {\n      \"x\": 1,\n      \"y/z\": 2\n    }\n  ],\n  \"n\": null\n}\n"
    );
    assert_eq!(read(&with_value(text, "/n/deep/er", &json!(true)).unwrap())["n"], json!({ "deep": { "er": true } }));
    assert!(with_value(text, "/a/7", &json!(1)).is_err());
    assert!(with_value(text, "/b/c", &json!(1)).is_err());
    assert!(with_value("[1]", "/b", &json!(1)).is_err());
    assert!(with_value("{ nope", "/b", &json!(1)).unwrap_err().to_string().contains("line 1"));
}

#[test]
fn the_vars_of_every_preset_are_found_and_those_to_fill_in_come_first() {
    let preset = |name: &str| {
        std::fs::read_to_string(format!("{}/public/presets/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let names = |name: &str| {
        vars_of(&preset(name)).into_iter().map(|(name, default)| (name, default.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(names("supabase"), [("api_key".to_owned(), false), ("base_url".to_owned(), false)]);
    let simplejwt = names("django-simplejwt");
    assert_eq!(simplejwt[0], ("base_url".to_owned(), false));
    assert!(simplejwt.contains(&("user_path".to_owned(), true)));
    let index: Vec<String> = serde_json::from_str(&preset("index")).unwrap();
    for name in index {
        assert!(!names(&name).is_empty(), "{name}");
    }
}
