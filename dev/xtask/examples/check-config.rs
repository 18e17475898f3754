//! `cargo xtask check-config FILE...`: every mistake in each file, as the app would tell it.
//!
//! Presets are looked for as the app would, in `presets/` beside the file, and then among those of
//! this project. One thing the app knows and this program does not: where the page will be served
//! from. So what depends on the page's own origin is not judged here.
//!
//! Each mistake is a line that begins with `FILE:LINE:COLUMN:`, which terminals and editors lead to. What is missing, or comes
//! from the preset, is shown at the nearest place that the file has.

use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vestibule::config::{Config, Draft, Mistake, Mistakes};

fn main() -> ExitCode {
    let mut all_are_right = true;
    for file in std::env::args_os().skip(1).map(PathBuf::from) {
        match check(&file) {
            Ok(config) => println!("{}: right; {}", file.display(), told(&config)),
            Err(mistakes) => {
                all_are_right = false;
                println!("{}: {}", file.display(), count(mistakes.0.len()));
                let bytes = fs::read(&file).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes);
                // A byte order mark is no part of the text.
                let text = text.trim_start_matches('\u{feff}');
                for mistake in &mistakes.0 {
                    println!("{}:{}", file.display(), shown(mistake, text));
                }
            }
        }
    }
    if all_are_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// `LINE:COLUMN: POINTER: SENTENCE`, as far as there are any.
fn shown(mistake: &Mistake, text: &str) -> String {
    let Mistake { pointer, sentence } = mistake;
    // A mistake of the whole file is that it is no JSON, which tells its place itself, or not there.
    let Some(at) = place(text, pointer) else {
        return format!(" {sentence}");
    };
    let before = &text[..at];
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
    Some(value.get().as_ptr() as usize - text.as_ptr() as usize)
}

fn check(file: &Path) -> Result<Config, Mistakes> {
    let Ok(bytes) = fs::read(file) else {
        return Err(Mistakes::missing_file(&file.display().to_string()));
    };
    let draft = Draft::parse(&String::from_utf8_lossy(&bytes))?;
    let folders = [file.with_file_name("presets"), Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/presets")];
    let fetch = |name: String| {
        let text = folders.iter().find_map(|folder| fs::read_to_string(folder.join(format!("{name}.json"))).ok());
        (name, text.ok_or_else(|| names_in(&folders)))
    };
    let fetched: Vec<_> = draft.presets().into_iter().map(fetch).collect();
    Ok(draft.finish_all(&fetched, None)?.remove(0))
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

/// Enough to see that the right file was read.
fn told(config: &Config) -> String {
    format!(
        "`{}` with {} and {}",
        config.app.id,
        counted(config.pages.len(), "page", "pages"),
        counted(config.queries.len(), "query", "queries")
    )
}

fn count(mistakes: usize) -> String {
    counted(mistakes, "mistake", "mistakes")
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
