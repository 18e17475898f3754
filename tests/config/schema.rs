//! `config.schema.json` is what the list of keys says, takes every file that the app takes, and refuses what it can.

use super::{load, read};
use jsonschema::{Validator, draft7};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use vestibule::config::keys;
use vestibule::config::schema::{config_schema, preset_schema};

static CONFIG: LazyLock<Validator> = LazyLock::new(|| draft7::new(&generated()).unwrap());

/// The same definitions, with that of a preset file at the top.
static PRESET: LazyLock<Validator> = LazyLock::new(|| {
    let definitions = &generated()["definitions"];
    draft7::new(&json!({ "$ref": "#/definitions/preset_file", "definitions": definitions })).unwrap()
});

fn generated() -> Value {
    config_schema(&serde_json::from_str::<Vec<String>>(&read("public/presets/index.json")).unwrap())
}

/// Everything that the schema has against a value.
pub fn refusals(config: &Value) -> Vec<String> {
    against(&CONFIG, config)
}

fn against(schema: &Validator, value: &Value) -> Vec<String> {
    schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Every JSON file of a folder, by its path.
fn files(folder: &str) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths
        .map(|path| (path.display().to_string(), serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()))
        .collect()
}

#[test]
fn the_published_files_are_what_the_list_of_keys_says() {
    for (file, schema) in [("config.schema.json", generated()), ("preset.schema.json", preset_schema())] {
        let published: Value = serde_json::from_str(&read(&format!("public/{file}"))).unwrap();
        assert!(published == schema, "public/{file} is not up to date: run `cargo xtask schema`");
    }
}

#[test]
fn every_schema_is_a_schema() {
    for schema in [generated(), preset_schema()] {
        assert!(jsonschema::meta::is_valid(&schema));
    }
}

#[test]
fn the_schema_takes_every_example() {
    for (name, mut config) in files("tests/fixtures/examples") {
        assert_eq!(refusals(&config), [""; 0], "{name}");
        config["$schema"] = json!("config.schema.json");
        assert_eq!(refusals(&config), [""; 0], "{name}");
        assert!(load(&config.to_string()).is_ok(), "{name}");
    }
}

#[test]
fn the_schema_takes_the_app_s_own_config_which_names_it() {
    let config: Value = serde_json::from_str(&read("public/config.json")).unwrap();
    assert_eq!(config["$schema"], "config.schema.json");
    assert_eq!(refusals(&config), [""; 0]);
}

#[test]
fn the_schema_takes_the_examples_of_the_readme() {
    for part in read("README.md").split("```json\n").skip(1) {
        let text = part.split("```").next().unwrap();
        let mut config: Value = serde_json::from_str(text).unwrap_or_else(|_| {
            let provider: Value = serde_json::from_str(&format!("{{{text}}}")).unwrap();
            let mut config = super::small();
            if let Some(app) = provider.get("app") {
                config["app"] = app.clone();
                return config;
            }
            if let Some(pages) = provider.get("pages") {
                config["pages"] = pages.clone();
                config["queries"] = json!({ "orders": { "url": "/orders" } });
                return config;
            }
            config["provider"] = provider["provider"].clone();
            config["queries"] = match provider.get("providers") {
                None => json!({ "orders": { "url": "https://api.example/orders" } }),
                // Of one origin for all of them, which is not the point.
                Some(_) => json!({ "orders": { "url": "/orders" } }),
            };
            config["providers"] = provider.get("providers").cloned().unwrap_or_default();
            config
        });
        if config.get("type").is_some() {
            let block = config;
            config = super::small();
            config["pages"][0]["blocks"] = json!([block]);
        }
        assert_eq!(refusals(&config), [""; 0], "{text}");
        assert!(load(&config.to_string()).is_ok(), "{text}");
    }
}

#[test]
fn the_schema_of_presets_takes_every_preset() {
    for (name, mut preset) in files("public/presets") {
        if name.ends_with("index.json") {
            continue;
        }
        assert_eq!(against(&PRESET, &preset), [""; 0], "{name}");
        preset["$schema"] = json!("../preset.schema.json");
        assert_eq!(against(&PRESET, &preset), [""; 0], "{name}");
        preset["refesh"] = json!({});
        assert_eq!(against(&PRESET, &preset).len(), 1, "{name}");
    }
}

#[test]
fn a_provider_needs_to_be_whole_only_without_a_preset() {
    let provider = |provider: Value| {
        let mut config = super::small();
        config["provider"] = provider;
        refusals(&config)
    };
    assert_eq!(provider(json!({ "preset": "supabase", "sign_in": { "timeout_ms": 1 } })), [""; 0]);
    assert_eq!(provider(json!({ "sign_in": { "timeout_ms": 1 } })).len(), 1);
    assert_eq!(provider(json!({ "preset": "supabase", "revoke": [{ "timeout_ms": 1 }] })).len(), 1);
}

#[test]
fn every_key_of_the_schema_has_its_meaning_in_words() {
    for object in keys::OBJECTS {
        for key in object.keys {
            let words = key.meaning.split_whitespace().count();
            assert!(key.meaning.ends_with('.') && words > 1, "{} {}: {}", object.table, key.name, key.meaning);
        }
    }
}

#[test]
fn every_default_and_every_example_of_a_key_fits_the_key() {
    let schema = generated();
    let objects = schema["definitions"].as_object().unwrap().iter().filter(|(name, _)| !name.starts_with("whole_"));
    for (name, property) in objects.flat_map(|(_, object)| object["properties"].as_object().unwrap()) {
        let mut property = property.clone();
        let mut values = property["examples"].as_array().cloned().unwrap_or_default();
        values.extend(property.get("default").cloned());
        property["definitions"] = schema["definitions"].clone();
        let property = draft7::new(&property).unwrap();
        for value in values {
            assert_eq!(against(&property, &value), [""; 0], "{name}: {value}");
        }
    }
}

/// Every place in a value, as a JSON Pointer.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    let mut inner: Vec<(String, &Value)> = Vec::new();
    match value {
        Value::Object(members) => {
            inner.extend(members.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)));
        }
        Value::Array(items) => inner.extend(items.iter().enumerate().map(|(index, value)| (index.to_string(), value))),
        _ => {}
    }
    for (name, value) in inner {
        places(value, &format!("{at}/{name}"), all);
    }
}

/// A whole config, and all the places in it.
pub static SAMPLES: LazyLock<Vec<(Value, Vec<String>)>> = LazyLock::new(|| {
    let mut samples = files("tests/fixtures/examples");
    samples.push(("small".to_owned(), super::small()));
    let with_places = |(_, value): (String, Value)| {
        let mut all = Vec::new();
        places(&value, "", &mut all);
        (value, all)
    };
    samples.into_iter().map(with_places).collect()
});

/// What is put in place of something: a word or a value that means something somewhere, or a piece of an example.
pub fn piece() -> impl Strategy<Value = Value> {
    let words = [
        "",
        "/",
        "/a",
        "/a~b",
        "header:X",
        "body",
        "cookie",
        "jwt",
        "never",
        "self",
        "https://id.example",
        "http://id.example",
        "GET",
        "get",
        "text",
        "email",
        "iso",
        "ms",
        "sign_in",
        "local",
        "{{vars.host}}",
        "{{user}}",
        "{{form.username}}",
        "en",
        "1",
        "https://id.acme.example#token_endpoint",
        "#token_endpoint",
        "/callback",
        "/callback/acme",
        "none",
        "DPoP {{session.access_token}}",
        "{{session.id_token}}",
        "{{form.code}}",
        "oidc",
    ];
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(200),
        json!(1.5),
        json!([]),
        json!({}),
        json!([null]),
        json!({ "x": 1 }),
    ];
    prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(Value::from),
        prop::sample::select(values.to_vec()),
        any::<(prop::sample::Index, prop::sample::Index)>().prop_map(|(sample, place)| {
            let (value, places) = sample.get(SAMPLES.as_slice());
            let place: &String = place.get(places);
            value.pointer(place).unwrap().clone()
        }),
    ]
}

/// Over a preset `null` removes a key, whatever its name: it is gone before anybody looks at it (RFC 7396).
fn without_nulls(value: &mut Value) {
    for (_, member) in value.as_object_mut().into_iter().flatten() {
        without_nulls(member);
    }
    if let Value::Object(members) = value {
        members.retain(|_, member| !member.is_null());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn what_the_app_takes_the_schema_takes(
        sample in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), piece()), 1..3),
    ) {
        let (mut config, places) = sample.get(SAMPLES.as_slice()).clone();
        for (place, piece) in changes {
            let place: &String = place.get(&places);
            if let Some(value) = config.pointer_mut(place) {
                *value = piece;
            }
        }
        if load(&config.to_string()).is_ok() {
            if config["provider"]["preset"].is_string() {
                without_nulls(&mut config["provider"]);
            }
            prop_assert_eq!(refusals(&config), [""; 0]);
        }
    }
}
