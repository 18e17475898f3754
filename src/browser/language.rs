//! What a browser knows of languages: which its owner reads, which was picked here, and the texts of one.

use super::load::early_or_fetched;
use crate::config::read_json;
use serde_json::{Map, Value};

/// Where the picked language is remembered: for all apps of an origin, as the theme is. `src/start.js` reads it too.
const PICKED: &str = "vestibule:language";

/// The language that was picked, if one was.
#[must_use]
pub fn picked_language() -> Option<String> {
    storage()?.get_item(PICKED).ok()?
}

/// Remembers a picked language; where storage is blocked, until the next reload.
pub fn pick_language(tag: &str) {
    _ = storage().map(|storage| storage.set_item(PICKED, tag));
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The languages of the browser's owner, the best one first.
#[must_use]
pub fn browser_languages() -> Vec<String> {
    let languages = web_sys::window().map(|window| window.navigator().languages()).unwrap_or_default();
    languages.iter().filter_map(|tag| tag.as_string()).collect()
}

/// The texts of a language by their names; `None` where there is no such file, or none can be had.
pub async fn fetch_texts(language: &str) -> Option<Map<String, Value>> {
    let file = early_or_fetched(&["texts/", language, ".json"].concat()).await.ok()?;
    match read_json(&file.body) {
        Some(Value::Object(texts)) if file.status == 200 => Some(texts),
        _ => None,
    }
}
