//! The file an operator writes, from its text to a whole config or to every mistake in it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "config/bad_configs.rs"]
mod bad_configs;
#[path = "config/examples.rs"]
mod examples;
#[path = "config/presets.rs"]
mod presets;
#[path = "config/properties.rs"]
mod properties;
#[path = "config/schema.rs"]
mod schema;
#[path = "config/texts.rs"]
mod texts;
#[path = "config/wrong_file.rs"]
mod wrong_file;

use serde_json::{Value, json};
use std::path::PathBuf;
use vestibule::config::{Config, Draft, Mistakes};

/// A file of the repository.
fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Loads a config as the app does, its preset from `public/presets`.
fn load(text: &str) -> Result<Config, Mistakes> {
    load_each(text).map(|configs| configs.into_iter().next().unwrap())
}

/// Loads a config once for each provider, `provider` first.
fn load_each(text: &str) -> Result<Vec<Config>, Mistakes> {
    let draft = Draft::parse(text)?;
    let known: Vec<String> = serde_json::from_str(&read("public/presets/index.json")).unwrap();
    let file = |name: &String| {
        if known.contains(name) { Ok(read(&format!("public/presets/{name}.json"))) } else { Err(known.clone()) }
    };
    let fetched: Vec<_> = draft.presets().into_iter().map(|name| (name.clone(), file(&name))).collect();
    draft.finish_all(&fetched, None)
}

/// A small whole config that each test spoils in its own way.
fn small() -> Value {
    json!({
        "version": 1,
        "app": { "id": "small", "title": "Small" },
        "provider": {
            "vars": { "base": "https://id.example" },
            "sign_in": {
                "url": "{{vars.base}}/token",
                "json": { "name": "{{form.username}}", "password": "{{form.password}}" }
            },
            "refresh": { "url": "{{vars.base}}/token", "json": { "token": "{{session.refresh_token}}" } }
        },
        "queries": { "orders": { "url": "{{vars.base}}/orders" } },
        "pages": [
            { "path": "/orders", "title": "Orders", "blocks": [{ "type": "table", "query": "orders" }] }
        ]
    })
}

/// The small config with one value set, by its pointer; the parents are made.
fn with(pointer: &str, value: Value) -> Value {
    set(small(), pointer, value)
}

fn set(mut config: Value, pointer: &str, value: Value) -> Value {
    let mut place = &mut config;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        place = match place {
            Value::Array(items) => &mut items[token.parse::<usize>().unwrap()],
            Value::Object(members) => members.entry(token).or_insert(json!({})),
            other => panic!("{other} has no {token}"),
        };
    }
    *place = value;
    config
}

/// Loads a value, with its mistakes as pointers and sentences.
fn mistakes(config: &Value) -> Vec<(String, String)> {
    match load(&config.to_string()) {
        Ok(_) => Vec::new(),
        Err(mistakes) => {
            let all = mistakes.0.into_iter();
            all.map(|mistake| (mistake.pointer.clone(), mistake.to_string())).collect()
        }
    }
}
