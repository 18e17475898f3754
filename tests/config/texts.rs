//! The texts of every language: all there, in the order of the table, each with the gaps of the English one.

use super::read;
use serde_json::{Map, Value};
use std::{fs, path::PathBuf};
use vestibule::texts::{GAP, LANGUAGES, LATER, early, english};

fn texts(language: &str) -> Map<String, Value> {
    serde_json::from_str(&read(&format!("public/texts/{language}.json"))).unwrap()
}

#[test]
fn english_is_published_as_the_app_says_it() {
    let table: Map<String, Value> = english().map(|(name, text)| (name.to_owned(), text.into())).collect();
    assert!(texts("en") == table, "public/texts/en.json is not up to date: run `cargo xtask texts`");
}

#[test]
fn every_language_that_is_offered_is_published_and_no_other() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("public/texts");
    let mut published: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let mut offered = LANGUAGES.map(|language| format!("{language}.json"));
    published.sort();
    offered.sort();
    assert_eq!(published, offered);
}

#[test]
fn every_language_has_every_text_in_the_same_order() {
    let names: Vec<&str> = english().map(|(name, _)| name).collect();
    for language in LANGUAGES {
        let texts = texts(language);
        let missing: Vec<&&str> = names.iter().filter(|name| !texts.contains_key(**name)).collect();
        assert!(
            missing.is_empty(),
            "public/texts/{language}.json lacks {missing:?}: translate them there, in the order of src/texts.rs, and run `cargo xtask texts`"
        );
        assert_eq!(texts.keys().collect::<Vec<_>>(), names, "{language}");
    }
}

#[test]
fn every_text_says_something_and_has_the_gaps_of_the_english_one() {
    for language in LANGUAGES {
        let texts = texts(language);
        for (name, english) in english() {
            let text = texts[name].as_str().unwrap();
            assert!(!text.trim().is_empty() && text.trim() == text, "{language}: {name}");
            assert!(!text.contains("  ") && !text.contains('\n'), "{language}: {name}");
            assert_eq!(text.matches(GAP).count(), english.matches(GAP).count(), "{language}: {name}");
            // What still goes on says so, and a question is one.
            assert_eq!(text.ends_with('…'), english.ends_with('…'), "{language}: {name}");
            assert_eq!(text.ends_with(['?', '？', '؟']), english.ends_with('?'), "{language}: {name}");
        }
    }
}

#[test]
fn the_page_holds_what_its_form_says_in_each_language() {
    let page = read("index.html");
    let held = page.split_once("id=\"early-texts\">").and_then(|(_, rest)| rest.split_once("</script>"));
    let early = early(|language| texts(language).into());
    let held: Value = serde_json::from_str(held.unwrap().0).unwrap();
    assert!(held == early, "index.html is not up to date: run `cargo xtask texts`");
    assert!(early["ja"].as_object().unwrap().values().all(Value::is_string));
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_one_sentence_in_every_language() {
    for language in LANGUAGES {
        let texts = texts(language);
        let refused = texts["refused"].as_str().unwrap();
        for told in ["username", "password", "email"] {
            let told = texts[told].as_str().unwrap().to_lowercase();
            assert!(!refused.to_lowercase().contains(&told), "{language} says which of the two is wrong: {refused}");
        }
    }
}

/// The files of `src/ui/` that only the protected pages reach. `header.rs` holds the button that the login page has too.
const OF_PAGES: [&str; 10] = [
    "account.rs",
    "copy.rs",
    "header.rs",
    "idle.rs",
    "loading.rs",
    "page.rs",
    "record.rs",
    "table.rs",
    "toast.rs",
    "value.rs",
];

#[test]
fn nothing_but_the_protected_pages_says_what_comes_with_them() {
    let table = read("src/texts.rs");
    let later = table.lines().filter_map(|line| line.split_once(": later \"")?.0.trim().split_once(" = "));
    let later: Vec<&str> = later.map(|(id, _)| id).collect();
    assert_eq!(later.len(), LATER.lines().filter(|text| !text.is_empty()).count());
    for entry in fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/ui")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() || OF_PAGES.contains(&&*name) {
            continue;
        }
        let code = fs::read_to_string(&path).unwrap();
        for word in code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            assert!(!later.contains(&word), "src/ui/{name} says {word}, which in src/texts.rs is `later`");
        }
    }
}
