//! What is wrong with a file, told to the person who wrote it.
//!
//! A [`Mistake`] is a place and one whole sentence: what was found, what is allowed, the nearest
//! correct name. Nothing acts on one mistake differently from another, so there are no variants.
//! All the mistakes of a file are reported together, see [`Mistakes`].

use std::fmt;

/// Whether mistakes are told in words. Without, a config is right or wrong, by the very same checks: the app that everybody
/// loads carries no sentences that only operators get to see.
pub(super) const TELLS: bool = cfg!(feature = "operator");

/// Something is wrong, and nobody is told what.
pub(super) const UNTOLD: Mistake = Mistake { pointer: String::new(), sentence: String::new() };

/// Words that are made only where they are told.
pub(super) fn told(words: impl FnOnce() -> String) -> String {
    if TELLS { words() } else { String::new() }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// A JSON Pointer into the file; empty when the whole file is meant.
    pub pointer: String,
    /// A whole sentence, or several.
    pub sentence: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

/// Everything that is wrong with a file; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    /// One mistake about the whole file.
    #[inline]
    pub(super) fn whole_file(sentence: impl Into<String>) -> Self {
        let (pointer, sentence) = (String::new(), told(|| sentence.into()));
        Self(vec![Mistake { pointer, sentence }])
    }

    /// What to say when there is no file: said here, so that every way of reading it says the same.
    #[must_use]
    pub fn missing_file(address: &str) -> Self {
        Self::whole_file(format!("There is no file at {address}. It must stand next to index.html."))
    }
}

impl fmt::Display for Mistakes {
    /// One mistake a line, each behind its pointer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            if !mistake.pointer.is_empty() {
                f.write_str(&mistake.pointer)?;
                f.write_str(": ")?;
            }
            f.write_str(&mistake.sentence)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// `` `a`, `b` ``: how every sentence lists names.
pub(super) fn listed(names: &[&str]) -> String {
    let mut list = String::new();
    for (index, name) in names.iter().enumerate() {
        // A list that nobody reads to its end helps nobody.
        if index == 30 {
            list.push_str(", …");
            break;
        }
        list.push_str(if index == 0 { "`" } else { ", `" });
        list.push_str(name);
        list.push('`');
    }
    list
}

/// The names and, when one is near, a guess: how every sentence tells what is allowed.
pub(super) fn allowed(found: &str, names: &[&str]) -> String {
    if !TELLS {
        return String::new();
    }
    if names.is_empty() {
        return "none.".to_owned();
    }
    let list = listed(names);
    match nearest(found, names) {
        Some(name) => format!("{list}; did you mean `{name}`?"),
        None => list + ".",
    }
}

/// The name that was probably meant: at most a third of its letters differ, whatever their case
/// and whatever joins its words; or one is the beginning of the other.
pub(super) fn nearest<'n>(found: &str, names: &[&'n str]) -> Option<&'n str> {
    // Longer than any name, and the distance takes the product of both lengths.
    if found.len() > 64 {
        return None;
    }
    let found = folded(found);
    let mut best = None;
    for name in names.iter().filter(|name| name.len() <= 64) {
        let folded = folded(name);
        let distance = distance(&found, &folded);
        let near = distance * 3 <= found.len().max(folded.len());
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, *name));
        }
    }
    let longer = |name: &&&str| is_longer(&found, &folded(name));
    best.map(|(_, name)| name).or_else(|| names.iter().find(longer).copied())
}

/// Whether one says the other and more: `localStorage` and `local`.
fn is_longer(one: &[u8], other: &[u8]) -> bool {
    one.len().min(other.len()) >= 4 && (one.starts_with(other) || other.starts_with(one))
}

/// Small letters, without what joins words.
pub(super) fn folded(name: &str) -> Vec<u8> {
    let joins = |byte: &u8| !matches!(byte, b'_' | b'-' | b' ' | b'.');
    let bytes = name.bytes().filter(joins);
    bytes.map(|byte| byte.to_ascii_lowercase()).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours from one to the other.
fn distance(from: &[u8], to: &[u8]) -> usize {
    let width = to.len() + 1;
    // Row after row; what stands above a cell was pushed one width earlier.
    let mut cells: Vec<usize> = Vec::new();
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            let back = |steps: usize| cells.get(cells.len().wrapping_sub(steps)).copied().unwrap_or_default();
            let letter = |of: &[u8], at: usize| of.get(at.wrapping_sub(1)).copied();
            let (a, b) = (letter(from, i), letter(to, j));
            let mut least = i.max(j);
            if i > 0 && j > 0 {
                let replaced = back(width + 1) + usize::from(a != b);
                least = replaced.min(back(width) + 1).min(back(1) + 1);
            }
            if i > 1 && j > 1 && a == letter(to, j - 1) && b == letter(from, i - 1) {
                least = least.min(back(2 * width + 2) + 1);
            }
            cells.push(least);
        }
    }
    cells.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["access_token", "refresh_token", "id_token", "user"];

    #[test]
    fn a_misspelling_finds_the_name_that_was_meant() {
        for found in ["refreshtoken", "refreshToken", "refesh_token", "refresh-tokn"] {
            assert_eq!(nearest(found, &NAMES), Some("refresh_token"), "{found}");
        }
        assert_eq!(nearest("users", &NAMES), Some("user"));
        assert_eq!(nearest("userObject", &NAMES), Some("user"));
    }

    #[test]
    fn another_word_finds_nothing() {
        for found in ["", "banana", "tok", &"x".repeat(9000)] {
            assert_eq!(nearest(found, &NAMES), None, "{found}");
        }
    }

    #[test]
    fn distance_counts_single_letters() {
        assert_eq!(distance(b"kitten", b"sitting"), 3);
        assert_eq!(distance(b"", b"abc"), 3);
        assert_eq!(distance(b"abc", b""), 3);
        assert_eq!(distance(b"same", b"same"), 0);
        assert_eq!(distance(b"titel", b"title"), 1);
        assert_eq!(distance(b"ab", b"ba"), 1);
    }

    #[test]
    fn mistakes_are_shown_one_a_line_behind_their_pointer() {
        let one = |pointer: &str, sentence: &str| Mistake { pointer: pointer.into(), sentence: sentence.into() };
        let all = Mistakes(vec![one("", "All wrong."), one("/app/id", "Too long.")]);
        assert_eq!(all.to_string(), "All wrong.\n/app/id: Too long.");
    }
}
