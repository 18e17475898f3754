//! Every file of `tests/fixtures/bad-configs/` is refused, in the words of `tests/fixtures/bad-configs.txt`.
//!
//! Each is a mistake that somebody makes, most of them alone in an otherwise whole config. The text is what its author
//! reads, file by file; `(schema)` behind a file's name says that an editor with `config.schema.json` tells it too. After
//! a change of words, `UPDATE_EXPECTED=1 cargo test --test config bad_configs` writes the text anew, to be read and committed.

use super::schema::refusals;
use super::{load, read};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use vestibule::config::Mistakes;

const EXPECTED: &str = "tests/fixtures/bad-configs.txt";

/// Every file, by its name and with its text.
fn corpus() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bad-configs");
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), read(&format!("tests/fixtures/bad-configs/{name}")))).collect()
}

fn mistakes(name: &str, text: &str) -> Mistakes {
    load(text).err().unwrap_or_else(|| panic!("{name} is taken, and should be wrong"))
}

#[test]
fn there_are_more_than_a_hundred_and_each_is_refused() {
    let corpus = corpus();
    assert!(corpus.len() > 100);
    for (name, text) in corpus {
        assert!(!mistakes(&name, &text).0.is_empty(), "{name}");
    }
}

#[test]
#[cfg_attr(not(feature = "operator"), ignore = "it is about the words")]
fn each_is_told_in_the_expected_words() {
    let mut told = String::new();
    for (name, text) in corpus() {
        let refused = serde_json::from_str(&text).is_ok_and(|config| !refusals(&config).is_empty());
        let schema = if refused { " (schema)" } else { "" };
        writeln!(told, "{name}{schema}").unwrap();
        for line in mistakes(&name, &text).to_string().lines() {
            writeln!(told, "  {line}").unwrap();
        }
        told.push('\n');
    }
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(EXPECTED), &told).unwrap();
    }
    let expected = read(EXPECTED);
    for (told, expected) in told.split("\n\n").zip(expected.split("\n\n")) {
        assert_eq!(told, expected);
    }
    assert_eq!(told, expected);
}

/// How the sentences begin that are about unknown and missing keys, types and words.
const STRUCTURE: [&str; 9] = [
    "There is no key",
    "The key `",
    "This must be an object",
    "This must be a text",
    "This must be a list",
    "This must be one of",
    "This must be true or false",
    "This must be a whole number",
    "This must be a JSON Pointer",
];

#[test]
#[cfg_attr(not(feature = "operator"), ignore = "it is about the words")]
fn the_schema_refuses_every_mistake_of_structure() {
    for (name, text) in corpus() {
        let Ok(config) = serde_json::from_str(&text) else { continue };
        let about = mistakes(&name, &text);
        let is_of_structure = |sentence: &str| STRUCTURE.iter().any(|start| sentence.starts_with(start));
        let is_twice = about.0.iter().any(|mistake| mistake.sentence.contains("stands twice"));
        // To JSON Schema 60.0 is a whole number.
        if name != "refresh-early-exponent.json"
            && !is_twice
            && about.0.iter().any(|mistake| is_of_structure(&mistake.sentence))
        {
            assert!(!refusals(&config).is_empty(), "{name}: {about}");
        }
    }
}
