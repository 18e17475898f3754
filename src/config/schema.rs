//! `config.schema.json`, made from the list of keys: what editors know of the file.
//!
//! JSON Schema draft-07. Editors built on VS Code's language service know all of it, and older ones warn about a
//! schema of a later draft. In draft-07 nothing beside a `$ref` counts, so a reference stands inside an `allOf`.
//!
//! ```text
//! keys::OBJECTS --> NAME         the keys, and what may stand behind each; nothing is required
//!              `--> whole_NAME   what must be there, also further in; added wherever an object must be whole
//! ```
//! The two are apart because a provider with a preset is a patch: a whole one must say `sign_in` with a `url`, one
//! that is laid over a preset may say `"sign_in": { "timeout_ms": 5000 }`.
//!
//! The schema takes every file that the app takes. It cannot refuse all that the app refuses: a path that names no
//! page, an address over plain http, a binding where it has no value are beyond it.

use super::keys::{Key, OBJECTS, Object};
use super::shape::{APP_TEXT, Shape, ShapeKind, object};
use crate::texts::english;
use serde_json::{Map, Value, json};

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The kinds of blocks, as `type` tells them apart, and their objects.
const BLOCKS: [(&str, &str); 3] = [("text", "text_block"), ("table", "table_block"), ("record", "record_block")];

/// The schema of `config.json`. `presets` are offered as names of presets; a deployment may have others.
#[must_use]
pub fn config_schema(presets: &[String]) -> Value {
    let mut definitions = Map::new();
    let tables = OBJECTS.iter().map(|object| object.table.to_ascii_lowercase());
    for name in tables.chain(["before", "preset_file", "texts"].map(str::to_owned)) {
        if let Some(needs) = needs(&name) {
            definitions.insert(format!("whole_{name}"), needs);
        }
        definitions.insert(name.clone(), members(&name, presets));
    }
    definitions.insert("block".to_owned(), block());
    json!({
        "$schema": DRAFT,
        "title": "The config.json of Vestibule",
        "description": "Connects the app to an authentication provider. It lies next to index.html and is read at every start.",
        "type": "object",
        "allOf": [reference("file"), reference("whole_file")],
        "definitions": definitions
    })
}

/// The schema of a file in `presets/`; it lies beside that of `config.json`.
#[must_use]
pub fn preset_schema() -> Value {
    json!({
        "$schema": DRAFT,
        "title": "A preset of Vestibule",
        "description": "What the `provider` of a config.json is laid over. What differs from one deployment to another is bound as `{{vars.NAME}}`.",
        "allOf": [{ "$ref": "config.schema.json#/definitions/preset_file" }]
    })
}

/// The keys of an object, by the name of its table in small letters. Two objects are others with a key less or more.
fn keys_of(name: &str) -> Vec<Key> {
    let without = |name: &str, left_out: &str| {
        let keys = keys_of(name).into_iter();
        keys.filter(|key| key.name != left_out).collect::<Vec<Key>>()
    };
    match name {
        "before" => without("request", "before"),
        "preset_file" => {
            let schema = keys_of("file").into_iter().filter(|key| key.name == "$schema");
            schema.chain(without("provider", "preset")).collect()
        }
        "texts" => english().map(|(name, meaning)| Key { name, meaning, shape: APP_TEXT }).collect(),
        _ => table(name).map_or_else(Vec::new, |object| [object.beyond, object.keys].concat()),
    }
}

fn table(name: &str) -> Option<&'static Object> {
    OBJECTS.iter().find(|object| object.table.eq_ignore_ascii_case(name))
}

/// An object with its keys and no others; nothing is required yet.
fn members(name: &str, presets: &[String]) -> Value {
    let mut properties = Map::new();
    for key in keys_of(name) {
        properties.insert(key.name.to_owned(), property(&key, presets));
    }
    json!({ "properties": properties, "additionalProperties": false })
}

/// One key: its meaning, and what may stand behind it.
fn property(key: &Key, presets: &[String]) -> Value {
    let Shape { is_required, default, examples, .. } = key.shape;
    let mut property = json!({ "description": key.meaning });
    let mut examples: Vec<Value> = examples.iter().copied().map(value_of).collect();
    if let Some(default) = default {
        // Editors show a description, and no default.
        property =
            json!({ "description": format!("{} Default: `{default}`.", key.meaning), "default": value_of(default) });
    }
    if key.name == "preset" {
        examples.extend(presets.iter().cloned().map(Value::String));
    }
    if !examples.is_empty() {
        property = all_of([property, json!({ "examples": examples })]);
    }
    let value = shaped(&key.shape, false);
    // `null` says the same as nothing, and over a preset it removes.
    all_of([property, if is_required { value } else { or_null(value) }])
}

/// What stands in a list or behind a name of its own is never laid over anything: there an object must be whole.
fn shaped(shape: &Shape, is_whole: bool) -> Value {
    match shape.kind {
        ShapeKind::Anything => json!({}),
        ShapeKind::Text => json!({ "type": "string" }),
        ShapeKind::Matching(pattern, must_be) => {
            // What VS Code says instead of the expression; other readers ignore the key.
            json!({ "type": "string", "pattern": pattern, "patternErrorMessage": format!("This must be {must_be}.") })
        }
        ShapeKind::Word(words) => json!({ "enum": words }),
        ShapeKind::Number(least, most) if least == most => json!({ "enum": [least] }),
        ShapeKind::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        ShapeKind::Flag => json!({ "type": "boolean" }),
        ShapeKind::Scalar => json!({ "type": ["string", "number", "boolean", "null"] }),
        ShapeKind::Object(name) => {
            let mut all = vec![reference(name)];
            all.extend(whole(name).filter(|_| is_whole));
            json!({ "type": "object", "allOf": all })
        }
        ShapeKind::Map(None, of) => json!({ "type": "object", "additionalProperties": shaped(of, true) }),
        ShapeKind::Map(Some(names), of) => {
            json!({ "type": "object", "patternProperties": { names: shaped(of, true) }, "additionalProperties": false })
        }
        ShapeKind::List(of) if shape.is_required => {
            json!({ "type": "array", "items": shaped(of, true), "minItems": 1 })
        }
        ShapeKind::List(of) => json!({ "type": "array", "items": shaped(of, true) }),
        ShapeKind::OneOrMore(of) => {
            let list = shaped(&Shape { kind: ShapeKind::List(of), ..*shape }, true);
            json!({ "anyOf": [shaped(of, is_whole), list] })
        }
        ShapeKind::Either(shapes) => {
            let shapes: Vec<Value> = shapes.iter().map(|shape| shaped(shape, is_whole)).collect();
            json!({ "anyOf": shapes })
        }
    }
}

/// The same, or null: said in the simplest way, which editors tell best.
fn or_null(mut value: Value) -> Value {
    let null = json!({ "type": "null" });
    if let Some(Value::Array(words)) = value.get_mut("enum") {
        words.push(Value::Null);
    } else if let Some(Value::Array(shapes)) = value.get_mut("anyOf") {
        shapes.push(null);
    } else if let Some(kind) = value.get_mut("type").filter(|kind| kind.is_string()) {
        *kind = json!([kind.clone(), "null"]);
    }
    value
}

/// A block is one of three objects.
fn block() -> Value {
    let each = BLOCKS.map(|(kind, name)| {
        json!({ "if": { "properties": { "type": { "enum": [kind] } } }, "then": shaped(&object(name), true) })
    });
    let kinds = BLOCKS.map(|(kind, _)| kind);
    json!({ "properties": { "type": { "description": "What the block shows.", "enum": kinds } }, "required": ["type"], "allOf": each })
}

/// What must be in an object, and in the objects inside it; `None`: nothing must. Says nothing of what is no object.
fn needs(name: &str) -> Option<Value> {
    let mut inner = Map::new();
    let mut required = Vec::new();
    for key in keys_of(name) {
        if key.shape.is_required {
            required.push(key.name);
        }
        if let Some(needs) = needs_inside(&key.shape) {
            inner.insert(key.name.to_owned(), needs);
        }
    }
    let mut all = json!({});
    if !required.is_empty() {
        all = json!({ "required": required });
    }
    if !inner.is_empty() {
        all = all_of([all, json!({ "properties": inner })]);
    }
    let one_of = table(name).map_or(&[][..], |object| object.one_of);
    if !one_of.is_empty() {
        let is_there = |key: &str| json!({ "required": [key], "properties": { key: { "not": { "type": "null" } } } });
        let one_of: Vec<Value> = one_of.iter().copied().map(is_there).collect();
        all = all_of([all, json!({ "if": { "type": "object" }, "then": { "oneOf": one_of } })]);
    }
    if name == "provider" {
        all = json!({ "if": { "properties": { "preset": { "type": "null" } } }, "then": all });
    }
    (all != json!({})).then_some(all)
}

fn needs_inside(shape: &Shape) -> Option<Value> {
    match shape.kind {
        ShapeKind::Object(name) => whole(name),
        ShapeKind::OneOrMore(of) => needs_inside(of),
        ShapeKind::Either(shapes) => shapes.iter().find_map(needs_inside),
        _ => None,
    }
}

fn whole(name: &str) -> Option<Value> {
    needs(name).map(|_| reference(&format!("whole_{name}")))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// The members of all of them in one object.
fn all_of<const N: usize>(parts: [Value; N]) -> Value {
    let mut all = Map::new();
    for part in parts {
        if let Value::Object(members) = part {
            all.extend(members);
        }
    }
    Value::Object(all)
}

/// JSON, or plain text where that is no JSON.
fn value_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}
