//! `config.json` while it is being written: a text that requests, presets and repairs are put into.
//!
//! What an operator wrote stays as it is but for its white space: keys keep their order, numbers their digits.

use super::curl::{Drafted, Purpose};
use crate::config::{merge_patch, parse_json};
use serde_json::{Map, Value, json};

/// Why nothing can be put into a file, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// What a file begins with.
#[must_use]
pub fn skeleton() -> Value {
    json!({
        "version": 1,
        "app": { "id": "my-app", "title": "My app" },
        "provider": {},
        "pages": [
            { "path": "/home", "title": "Home", "blocks": [
                { "type": "text", "text": "You are signed in." },
                { "type": "record", "value": "{{user}}" }
            ] }
        ]
    })
}

/// A preset and its vars in place of the provider there was.
///
/// # Errors
/// [`Unreadable`]: the text is no JSON object.
pub fn with_preset(text: &str, name: &str, vars: &[(String, String)]) -> Result<String, Unreadable> {
    let mut file = read(text)?;
    let vars: Map<String, Value> = vars
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    file.insert("provider".to_owned(), json!({ "preset": name, "vars": vars }));
    Ok(written(file))
}

/// A drafted request in its place. A query is called `name`, and shown by a page of its own unless one does.
///
/// # Errors
/// [`Unreadable`]: the text is no JSON object.
pub fn with_request(text: &str, purpose: Purpose, drafted: &Drafted, name: &str) -> Result<String, Unreadable> {
    let mut file = read(text)?;
    let mut request = drafted.request.clone();
    if let Some(base) =
        file.get("provider").and_then(|provider| provider.pointer("/vars/base_url")).and_then(Value::as_str)
        && let Some(Value::String(url)) = request.get_mut("url")
        && let Some(rest) = url.strip_prefix(base.trim_end_matches('/')).filter(|rest| rest.starts_with('/'))
    {
        *url = ["{{vars.base_url}}", rest].concat();
    }
    if purpose == Purpose::Query {
        member(&mut file, "queries")?.insert(name.to_owned(), request);
        let pages = file.entry("pages").or_insert_with(|| json!([]));
        let is_shown = pages.to_string().contains(&json!(name).to_string());
        if let Value::Array(pages) = pages
            && !is_shown
        {
            pages.push(json!({ "path": format!("/{name}"), "title": titled(name), "blocks": [{ "type": "table", "query": name }] }));
        }
        return Ok(written(file));
    }
    let provider = member(&mut file, "provider")?;
    match purpose {
        Purpose::SignIn => _ = provider.insert("sign_in".to_owned(), request),
        Purpose::Refresh => _ = provider.insert("refresh".to_owned(), request),
        Purpose::UserInfo => _ = provider.insert("user_info".to_owned(), request),
        Purpose::Revoke => match provider.get_mut("revoke") {
            Some(Value::Array(all)) => {
                let is_new = all.iter().all(|other| other.get("url") != request.get("url"));
                if is_new {
                    all.push(request);
                }
            }
            _ => _ = provider.insert("revoke".to_owned(), json!([request])),
        },
        Purpose::Query => {}
    }
    if !drafted.provider.is_null() {
        let mut merged = Value::Object(std::mem::take(provider));
        merge_patch(&mut merged, drafted.provider.clone());
        if let Value::Object(merged) = merged {
            *provider = merged;
        }
    }
    Ok(written(file))
}

/// One value put at a JSON Pointer; what is missing above it is made.
///
/// # Errors
/// [`Unreadable`]: the text is no JSON object, or something else stands in the way.
pub fn with_value(text: &str, pointer: &str, value: &Value) -> Result<String, Unreadable> {
    let mut file = Value::Object(read(text)?);
    let mut place = &mut file;
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        if place.is_null() {
            *place = json!({});
        }
        place = match place {
            Value::Object(members) => members.entry(name).or_insert(Value::Null),
            Value::Array(items) => {
                let item = name.parse().ok().and_then(|index: usize| items.get_mut(index));
                item.ok_or_else(|| Unreadable(format!("There is no place `{pointer}` in this file.")))?
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return Err(Unreadable(format!("Something else stands in the way of `{pointer}` in this file.")));
            }
        };
    }
    *place = value.clone();
    match file {
        Value::Object(file) => Ok(written(file)),
        _ => Err(Unreadable("This file is no JSON object.".to_owned())),
    }
}

/// The vars that a preset wants, each with the default it has.
#[must_use]
pub fn vars_of(preset: &str) -> Vec<(String, Option<String>)> {
    let mut vars: Vec<(String, Option<String>)> = Vec::new();
    let Ok((value, _)) = parse_json(preset) else { return vars };
    let defaults = value.get("vars").and_then(Value::as_object);
    let default_of = |name: &str| {
        let text = match defaults?.get(name)? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some(text)
    };
    let mut rest = preset;
    while let Some((_, after)) = rest.split_once("{{vars.") {
        let Some((name, after)) = after.split_once("}}") else { break };
        if vars.iter().all(|(other, _)| other != name) {
            vars.push((name.to_owned(), default_of(name)));
        }
        rest = after;
    }
    // Those without a default first: they must be filled in.
    vars.sort_by_key(|(_, default)| default.is_some());
    vars
}

fn read(text: &str) -> Result<Map<String, Value>, Unreadable> {
    if text.trim().is_empty() {
        return Ok(match skeleton() {
            Value::Object(members) => members,
            _ => Map::new(),
        });
    }
    match parse_json(text) {
        Ok((Value::Object(members), _)) => Ok(members),
        Ok(_) => Err(Unreadable("The file as it stands is no JSON object. Mend it first, or empty it.".to_owned())),
        Err(mistake) => {
            Err(Unreadable(format!("The file as it stands cannot be read. {mistake} Mend it first, or empty it.")))
        }
    }
}

/// An object in the file; what stands there and is none makes room.
fn member<'f>(file: &'f mut Map<String, Value>, name: &str) -> Result<&'f mut Map<String, Value>, Unreadable> {
    let value = file.entry(name).or_insert(Value::Null);
    if !value.is_object() {
        *value = json!({});
    }
    value.as_object_mut().ok_or_else(|| Unreadable(format!("`{name}` is no object in this file.")))
}

/// `orders` is `Orders`.
fn titled(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect::<String>().replace(['_', '-'], " ")
}

/// As an operator would write it.
fn written(file: Map<String, Value>) -> String {
    let text = serde_json::to_string_pretty(&Value::Object(file)).unwrap_or_default();
    text + "\n"
}
