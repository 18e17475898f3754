//! Reading a `config.json` outside of a browser, as the app reads it: for `cargo xtask check-config` and `cargo xtask headers`.
//!
//! Presets are looked for as the app would, in `presets/` beside the file, and then among those of this project. One thing the app
//! knows and nobody knows here: where the page will be served from. So what depends on the page's own origin is not judged.
//!
//! Each mistake is shown as a line that begins with `FILE:LINE:COLUMN:`, which terminals and editors lead to. What is missing, or
//! comes from the preset, is shown at the nearest place that the file has.

use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use vestibule::config::{Config, Draft, Mistake, Mistakes};

/// A whole, checked file.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// One config for each provider that it names, the first one's first; never empty.
    pub configs: Vec<Config>,
    /// The address of the logo, where the file has one.
    pub logo: Option<String>,
}

/// Reads a file.
///
/// # Errors
/// All that is wrong with it.
pub fn read(file: &Path) -> Result<App, Mistakes> {
    match fs::read(file) {
        Ok(bytes) => read_text(&String::from_utf8_lossy(&bytes), &file.with_file_name("presets")),
        Err(_) => Err(Mistakes::missing_file(&file.display().to_string())),
    }
}

/// Reads the text of one, whose presets are in that folder or among those of this project.
///
/// # Errors
/// All that is wrong with it.
pub fn read_text(text: &str, presets: &Path) -> Result<App, Mistakes> {
    let draft = Draft::parse(text)?;
    let folders = [presets.to_owned(), Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/presets")];
    let fetch = |name: String| {
        let text = folders.iter().find_map(|folder| fs::read_to_string(folder.join(format!("{name}.json"))).ok());
        (name, text.ok_or_else(|| names_in(&folders)))
    };
    let fetched: Vec<_> = draft.presets().into_iter().map(fetch).collect();
    let configs = draft.finish_all(&fetched, None)?;
    // It has been read, so it is JSON; and the theme, checked by now, is of no use to the app's own code.
    let file: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
    let logo = file.pointer("/app/theme/logo").and_then(Value::as_str).map(str::to_owned);
    Ok(App { configs, logo })
}

/// The presets in `folders`, by their files.
fn names_in(folders: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(Iterator::flatten)
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".json")?.to_owned()))
        .filter(|name| name != "index")
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Every mistake of a file, a line each: `FILE:LINE:COLUMN: POINTER: SENTENCE`, as far as there are any.
#[must_use]
pub fn shown(file: &Path, mistakes: &Mistakes) -> String {
    let bytes = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    // A byte order mark is no part of the text.
    let text = text.trim_start_matches('\u{feff}');
    let file = file.display();
    mistakes.0.iter().fold(String::new(), |mut lines, mistake| {
        _ = writeln!(lines, "{file}:{}", placed(mistake, text));
        lines
    })
}

fn placed(mistake: &Mistake, text: &str) -> String {
    let Mistake { pointer, sentence } = mistake;
    // A mistake of the whole file is that it is no JSON, which tells its place itself, or not there.
    let Some(at) = place(text, pointer) else {
        return format!(" {sentence}");
    };
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let pointer = if pointer.is_empty() { String::new() } else { format!("{pointer}: ") };
    format!("{line}:{column}: {pointer}{sentence}")
}

/// The byte at which the value at a JSON Pointer begins, or the nearest around it that there is.
fn place(text: &str, pointer: &str) -> Option<usize> {
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        let members = serde_json::from_str::<HashMap<String, &RawValue>>(value.get());
        let items = serde_json::from_str::<Vec<&RawValue>>(value.get());
        let index = name.parse().unwrap_or(usize::MAX);
        let Some(inner) =
            members.ok().and_then(|all| all.get(&name).copied()).or_else(|| items.ok()?.get(index).copied())
        else {
            break;
        };
        value = inner;
    }
    // It is part of the text, so its address tells where.
    (value.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)
}
