//! The rules of the layout that no compiler checks, each as a function from text to broken rules.
//!
//! | rule | why |
//! |---|---|
//! | the pure floors name no browser crate | they are tested on the host |
//! | no floor names one above it | `ui -> browser -> setup -> oidc -> session -> config` |
//! | the top level holds only known names | a newcomer sees the project, not its leftovers |
//! | `ARCHITECTURE.md` has under 150 lines | longer ones are not read, hence not true |
//! | every `.rs` file opens with `//!` | its story comes before its code |
//! | only `browser/debug.rs` writes to the console | a release says there which version it is, and nothing else |
//! | what ships never prints a `Debug` (`{:?}`) | a secret's is redacted; nobody's data is anybody's log |
//! | a link that opens another window says `noopener` | what is opened there reaches into this one otherwise |
//!
//! Comments and strings may name what they like, the last two rules aside: only code is read.

use anyhow::{Context, Result};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: [&str; 6] = ["config", "session", "oidc", "setup", "browser", "ui"];
/// These floors are compiled for every target.
const PURE: [&str; 4] = ["config", "session", "oidc", "setup"];
const BROWSER_CRATES: [&str; 5] = ["leptos", "gloo", "web_sys", "js_sys", "wasm_bindgen"];
const ARCHITECTURE: &str = "ARCHITECTURE.md";
const ARCHITECTURE_LINES: usize = 150;

const TOP_LEVEL: [&str; 26] = [
    ".cargo",
    ".ci",
    ".clippy.toml",
    ".git",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".rustfmt.toml",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "Trunk.toml",
    "dev",
    "docs",
    "index.html",
    "public",
    "setup.html",
    "src",
    "style",
    "tests",
];
/// Made by the tools, never committed.
const MADE: [&str; 2] = ["dist", "target"];

/// One broken rule, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    place: String,
    what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.what)
    }
}

/// Every rule that the files under `root` break.
///
/// # Errors
/// A file or folder cannot be read.
pub fn breaches(root: &Path) -> Result<Vec<Breach>> {
    let mut found = top_level(&names_in(root)?);
    found.extend(match fs::read_to_string(root.join(ARCHITECTURE)) {
        Ok(text) => architecture(&text),
        Err(_) => vec![breach(ARCHITECTURE, "is missing")],
    });
    for folder in ["src", "tests", "dev"] {
        for file in files_under(&root.join(folder), "rs")? {
            let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let place = place(root, &file);
            found.extend(opening(&place, &text));
            if let Some(module) = place.strip_prefix("src/") {
                found.extend(floors(&place, module, &text));
                found.extend(silence(&place, module, &text));
                found.extend(openers(&place, module, &text));
            }
        }
    }
    Ok(found)
}

/// Every file under `folder` with this extension, sorted; none if there is no such folder.
///
/// # Errors
/// A folder cannot be read.
pub fn files_under(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// `file` as seen from `root`, with forward slashes.
pub fn place(root: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(root).unwrap_or(file);
    inside.to_string_lossy().replace('\\', "/")
}

fn names_in(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn breach(place: &str, what: impl Into<String>) -> Breach {
    Breach { place: place.to_owned(), what: what.into() }
}

fn top_level(names: &[String]) -> Vec<Breach> {
    let is_known = |name: &str| TOP_LEVEL.contains(&name) || MADE.contains(&name);
    names
        .iter()
        .filter(|name| !is_known(name))
        .map(|name| breach(name, "is not one of the names at the top level"))
        .collect()
}

fn architecture(text: &str) -> Vec<Breach> {
    let lines = text.lines().count();
    if lines < ARCHITECTURE_LINES {
        return Vec::new();
    }
    let what = format!("has {lines} lines; it must stay under {ARCHITECTURE_LINES}");
    vec![breach(ARCHITECTURE, what)]
}

fn opening(place: &str, text: &str) -> Option<Breach> {
    (!text.starts_with("//!")).then(|| breach(place, "does not open with its story in `//!`"))
}

/// The rules of the floors for the file `module`, a path inside `src/`.
fn floors(place: &str, module: &str, text: &str) -> Vec<Breach> {
    let path: Vec<&str> = module.trim_end_matches(".rs").split('/').filter(|part| *part != "mod").collect();
    let Some((number, floor)) =
        path.first().and_then(|first| FLOORS.iter().enumerate().find(|(_, floor)| *floor == first))
    else {
        return Vec::new();
    };
    let above = FLOORS.get(number + 1..).unwrap_or_default();
    let code = without_comments_and_strings(text);
    let tokens = tokens(&code);
    let mut found = Vec::new();
    let mut broken = |line: usize, what: String| found.push(breach(&format!("{place}:{line}"), what));
    if PURE.contains(floor) {
        for token in tokens.iter().filter(|token| is_of_browser_crate(token.text)) {
            let what = format!("`{}` belongs to the browser, and {floor} is pure", token.text);
            broken(token.line, what);
        }
    }
    for token in named_from_the_root(&tokens, path.len()) {
        if above.contains(&token.text) {
            let what = format!("{floor} names {}, a floor above it", token.text);
            broken(token.line, what);
        }
    }
    found
}

/// What writes to the console, as code names it: the browser's own, and what leptos makes of it.
const CONSOLE: [&str; 2] = ["console", "logging"];
/// The one file that may.
const DOOR: &str = "browser/debug.rs";
/// How a text asks for a `Debug`, whatever width it wants: `{:?}`, `{form:#?}`, `{:.3?}`.
const DEBUG: &str = "?}";
/// What stands behind it never ships.
const TESTS: &str = "#[cfg(test)]";

/// The rules of what is written for others to read, for the file `module`, a path inside `src/`.
fn silence(place: &str, module: &str, text: &str) -> Vec<Breach> {
    let (shipped, _) = text.split_once(TESTS).unwrap_or((text, ""));
    let code = without_comments_and_strings(shipped);
    let mut found = Vec::new();
    let mut broken = |line: usize, what: String| found.push(breach(&format!("{place}:{line}"), what));
    if module != DOOR {
        for token in tokens(&code).iter().filter(|token| CONSOLE.contains(&token.text)) {
            broken(token.line, format!("`{}` writes to the console, which is for {DOOR} alone", token.text));
        }
    }
    for (index, line) in shipped.lines().enumerate() {
        if line.contains(DEBUG) && !line.trim_start().starts_with("//") {
            broken(index + 1, "prints a `Debug`, in which anything may stand".to_owned());
        }
    }
    found
}

/// The rule of links, for the file `module`, a path inside `src/`: both attributes stand in one statement.
fn openers(place: &str, module: &str, text: &str) -> Vec<Breach> {
    if !module.starts_with("ui/") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, _) in text.match_indices("\"_blank\"") {
        let (before, behind) = text.split_at(at);
        let begin = before.rfind([';', '}']).unwrap_or_default();
        let end = at + behind.find(';').unwrap_or(behind.len());
        if !text.get(begin..end).is_some_and(|statement| statement.contains("noopener")) {
            let line = before.matches('\n').count() + 1;
            found.push(breach(&format!("{place}:{line}"), "opens another window without `rel=\"noopener\"`"));
        }
    }
    found
}

fn is_of_browser_crate(name: &str) -> bool {
    BROWSER_CRATES
        .iter()
        .any(|family| name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token<'a> {
    line: usize,
    text: &'a str,
}

/// Words and `::`; everything else that is no space, character by character.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for (index, mut rest) in code.lines().enumerate() {
        loop {
            rest = rest.trim_start();
            let Some(first) = rest.chars().next() else {
                break;
            };
            let length = if is_word(first) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (text, after) = rest.split_at(length);
            found.push(Token { line: index + 1, text });
            rest = after;
        }
    }
    found
}

/// The words that stand directly below the root of the crate in a path: after `crate::`, after
/// `vestibule::`, after as many `super::` as the module is deep, and so in a group of a `use`.
fn named_from_the_root<'a>(tokens: &[Token<'a>], depth: usize) -> Vec<Token<'a>> {
    let is = |index: usize, text: &str| tokens.get(index).is_some_and(|token| token.text == text);
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let mut after = match token.text {
            "crate" | "vestibule" => index + 1,
            "super" if index < 2 || !is(index - 2, "super") => {
                let mut steps = 1;
                while is(index + 2 * steps, "super") {
                    steps += 1;
                }
                if steps < depth {
                    continue;
                }
                index + 2 * steps - 1
            }
            _ => continue,
        };
        if !is(after, "::") {
            continue;
        }
        after += 1;
        if is(after, "{") {
            found.extend(heads_of_group(tokens, after));
        } else {
            found.extend(tokens.get(after));
        }
    }
    found
}

/// The first word of every element of the group that opens at `open`.
fn heads_of_group<'a>(tokens: &[Token<'a>], open: usize) -> Vec<Token<'a>> {
    let mut depth = 0_usize;
    let mut is_head = false;
    let mut found = Vec::new();
    for token in tokens.iter().skip(open) {
        match token.text {
            "{" => {
                depth += 1;
                is_head = depth == 1;
            }
            "}" if depth <= 1 => break,
            "}" => depth -= 1,
            "," => is_head = depth == 1,
            _ => {
                if is_head {
                    found.push(*token);
                }
                is_head = false;
            }
        }
    }
    found
}

/// `source` with blanks for comments, strings and characters; the lines stay where they are.
fn without_comments_and_strings(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let previous_is_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let skipped = skipped_length(rest, previous_is_word);
        let length = skipped.unwrap_or(first.len_utf8());
        let (here, after) = rest.split_at(length);
        if skipped.is_some() {
            code.extend(here.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        } else {
            code.push_str(here);
        }
        rest = after;
    }
    code
}

/// How many bytes at the start of `rest` are a comment, a string or a character, if any.
fn skipped_length(rest: &str, previous_is_word: bool) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    if let Some(inside) = rest.strip_prefix('"') {
        return Some(1 + quoted(inside, '"'));
    }
    if let Some(inside) = rest.strip_prefix('\'') {
        // A character ends with a quote after one character or an escape; a lifetime does not.
        let mut letters = inside.chars();
        let first = letters.next()?;
        let is_character = first == '\\' || letters.next() == Some('\'');
        return is_character.then(|| 1 + quoted(inside, '\''));
    }
    if previous_is_word {
        return None;
    }
    let prefix = ["br", "cr", "r"].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let inside = rest.get(prefix.len()..)?;
    let hashes = inside.bytes().take_while(|byte| *byte == b'#').count();
    let inside = inside.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
    Some(prefix.len() + hashes + 1 + length)
}

/// Bytes up to and with the closing `quote`.
fn quoted(inside: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in inside.char_indices() {
        if !is_escaped && c == quote {
            return at + c.len_utf8();
        }
        is_escaped = !is_escaped && c == '\\';
    }
    inside.len()
}

/// Bytes of the comment that `text` starts with; such comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{architecture, floors, openers, opening, silence, top_level, without_comments_and_strings};

    fn broken(module: &str, code: &str) -> Vec<String> {
        let breaches = floors(&format!("src/{module}"), module, code);
        breaches.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_pure_floors_may_not_name_a_browser_crate() {
        for code in ["use leptos::prelude::*;", "fn f() { gloo_net::x() }", "use web_sys::Url;"] {
            assert_eq!(broken("session/state.rs", code).len(), 1, "{code}");
            assert_eq!(broken("config/mod.rs", code).len(), 1, "{code}");
            assert_eq!(broken("browser/fetch.rs", code).len(), 0, "{code}");
        }
    }

    #[test]
    fn a_breach_tells_its_line() {
        let found = broken("session/state.rs", "//! Story.\n\nuse leptos::view;\n");
        assert!(found.concat().starts_with("src/session/state.rs:3: `leptos`"));
    }

    #[test]
    fn comments_and_strings_may_name_what_they_like() {
        let code = "//! No leptos here.\n/* crate::ui /* leptos */ */ const A: &str = \"leptos\";\n\
            const B: &str = r#\"web_sys \" crate::ui\"#; const C: char = '\"'; /// gloo\n";
        assert_eq!(broken("session/mod.rs", code), [""; 0]);
    }

    #[test]
    fn no_floor_may_name_one_above_it() {
        assert_eq!(broken("session/advance.rs", "use crate::browser::Driver;").len(), 1);
        assert_eq!(broken("config/mod.rs", "use crate::{merge, session::State};").len(), 1);
        assert_eq!(broken("browser/driver.rs", "use crate::{session::{ui, X}, ui};").len(), 1);
        assert_eq!(broken("session/time.rs", "use super::super::ui::Page;").len(), 1);
        assert_eq!(broken("session/mod.rs", "use super::browser::Driver;").len(), 1);
        assert_eq!(broken("session/mod.rs", "use crate::setup::Report;").len(), 1);
    }

    #[test]
    fn a_floor_may_name_those_below_it_and_its_own_parts() {
        assert_eq!(broken("ui/page.rs", "use crate::{browser, session::State};"), [""; 0]);
        assert_eq!(broken("config/reading/mod.rs", "mod session; use super::pages;"), [""; 0]);
        assert_eq!(broken("config/reading.rs", "use super::session::Rules;"), [""; 0]);
        assert_eq!(broken("config/model.rs", "fn f(c: Config) { c.session.ui(); }"), [""; 0]);
        assert_eq!(broken("main.rs", "use vestibule::ui::App;"), [""; 0]);
    }

    #[test]
    fn only_one_file_may_write_to_the_console() {
        let found = |module: &str, code: &str| silence("src/x.rs", module, code).len();
        for code in ["web_sys::console::log_1(&x);", "use web_sys::console;", "leptos::logging::warn!(\"x\");"] {
            assert_eq!(found("ui/page.rs", code), 1, "{code}");
            assert_eq!(found("browser/debug.rs", code), 0, "{code}");
        }
        assert_eq!(
            found("ui/page.rs", "// The console.\nlet x = \"console\";\n#[cfg(test)]\nuse web_sys::console;"),
            0
        );
    }

    #[test]
    fn what_ships_prints_no_debug() {
        let found = |code: &str| silence("src/x.rs", "session/x.rs", code).len();
        assert_eq!(found("format!(\"{form:?}\")"), 1);
        assert_eq!(found("format!(\"{:#?}\", form)"), 1);
        assert_eq!(found("format!(\"{:.3?}\", form)"), 1);
        assert_eq!(found("/// As `{:?}` has it.\nformat!(\"{form}\")\n#[cfg(test)]\nformat!(\"{form:?}\")"), 0);
    }

    #[test]
    fn a_link_that_opens_another_window_says_noopener() {
        let found = |code: &str| openers("src/ui/x.rs", "ui/x.rs", code).len();
        let (link, safe) = (r#"el("a").attr("target", "_blank")"#, r#".attr("rel", "noopener")"#);
        assert_eq!(found(&format!("let a = {link};")), 1);
        assert_eq!(found(&format!("let a = {link}{safe};")), 0);
        // What is said of one link counts for no other.
        assert_eq!(found(&format!("let a = {link}{safe};\nlet b = {link};")), 1);
        assert_eq!(found(&format!("let a = {link};\nlet b = {link}{safe};")), 1);
    }

    #[test]
    fn lifetimes_are_code_and_characters_are_not() {
        let code = without_comments_and_strings("fn f<'a>(x: &'a str) { g('a', '\\'', leptos) }");
        assert!(code.contains("&'a str") && code.contains("leptos"));
        assert!(!code.contains("'a',"));
    }

    #[test]
    fn a_new_name_at_the_top_level_is_noticed() {
        let names = ["src", "target", "notes.txt"].map(str::to_owned);
        let found = top_level(&names);
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|breach| breach.to_string().starts_with("notes.txt")));
    }

    #[test]
    fn the_architecture_stays_short() {
        assert!(architecture(&"line\n".repeat(149)).is_empty());
        assert_eq!(architecture(&"line\n".repeat(150)).len(), 1);
    }

    #[test]
    fn a_file_without_its_story_is_noticed() {
        assert!(opening("src/a.rs", "//! Story.\n").is_none());
        assert!(opening("src/a.rs", "use std::fmt;\n").is_some());
    }
}
