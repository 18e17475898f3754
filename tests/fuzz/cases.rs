//! Where cases come from: a corpus, and what chance does to its lines. Case 7 of seed 1 is the same text on the host and in the browser.
//!
//! A corpus is a file of `tests/fixtures/corpus/`. A line in double quotes is the text that it is in JSON; one that begins with a `#` and
//! a space is about those below; any other stands for itself. What got past a reader once is added there, and tried in every run.

use rand::{Rng, SeedableRng, rngs::StdRng};
use std::fmt::Write as _;

/// Texts that are tried, and what they are changed with.
pub struct Corpus {
    /// Never empty.
    pub lines: Vec<String>,
    /// What means something to somebody who reads such a text.
    pieces: &'static [&'static str],
}

impl Corpus {
    /// Of the files with these texts.
    pub fn of(files: &[&str], pieces: &'static [&'static str]) -> Self {
        Self { lines: files.iter().flat_map(|file| lines(file)).collect(), pieces }
    }
}

/// The texts in a file of a corpus.
pub fn lines(file: &str) -> impl Iterator<Item = String> {
    let texts = file.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    texts.map(|line| {
        let quoted = line.starts_with('"');
        if quoted {
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON text: {line}"))
        } else {
            line.to_owned()
        }
    })
}

/// What is drawn for one case.
#[derive(Clone)]
pub struct Draw(StdRng);

impl Draw {
    /// For one case of a seed.
    pub fn of(seed: u64, case: u64) -> Self {
        Self(StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(case)))
    }

    /// A number below `many`. Of 32 bits: a `usize` of the browser is drawn otherwise than one of the host.
    pub fn below(&mut self, many: usize) -> usize {
        let many = u32::try_from(many).unwrap().max(1);
        usize::try_from(self.0.gen_range(0..many)).unwrap()
    }

    /// Whether something happens that happens once in so many times.
    pub fn once_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// One of them.
    pub fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    /// A text made of a corpus.
    pub fn text(&mut self, corpus: &Corpus) -> String {
        let mut text = if self.once_in(6) {
            let count = self.below(9);
            (0..count).map(|_| *self.pick(corpus.pieces)).collect()
        } else {
            self.pick(&corpus.lines).clone()
        };
        let changes = *self.pick(&[0, 1, 1, 1, 2, 2, 3, 6]);
        for _ in 0..changes {
            self.change(&mut text, corpus);
        }
        text
    }

    /// Changes a text somewhere.
    pub fn change(&mut self, text: &mut String, corpus: &Corpus) {
        let at = self.place(text);
        let end = self.place_behind(text, at);
        match self.below(9) {
            0 | 1 => text.insert_str(at, self.pick::<&str>(corpus.pieces)),
            2 => text.replace_range(at..end, self.pick::<&str>(corpus.pieces)),
            3 => text.replace_range(at..end, ""),
            4 => {
                let twice = text[at..end].to_owned();
                text.insert_str(end, &twice);
            }
            5 => {
                let other = self.pick(&corpus.lines);
                let from = self.place(other);
                text.truncate(at);
                text.push_str(&other[from..]);
            }
            6 => text.insert(at, self.letter()),
            7 => {
                if let Some(letter) = text[at..].chars().next() {
                    let spelling = self.other_spelling(letter);
                    text.replace_range(at..at + letter.len_utf8(), &spelling);
                }
            }
            _ => {
                if let Some(letter) = text[at..].chars().next() {
                    let mut other = [0; 4];
                    text.replace_range(at..at + letter.len_utf8(), self.letter().encode_utf8(&mut other));
                }
            }
        }
    }

    fn place(&mut self, text: &str) -> usize {
        let at = self.below(text.len() + 1);
        (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
    }

    /// Seldom far behind.
    fn place_behind(&mut self, text: &str, at: usize) -> usize {
        let most = if self.once_in(4) { 64 } else { 8 };
        let end = (at + 1 + self.below(most)).min(text.len());
        (end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(at)
    }

    fn letter(&mut self) -> char {
        match self.below(4) {
            0 => char::from(u8::try_from(self.below(128)).unwrap()),
            1 => *self.pick(STRANGE),
            2 => char::from_u32(u32::try_from(self.below(0x11_0000)).unwrap()).unwrap_or('\u{fffd}'),
            _ => char::from(*self.pick(b"/\\.%?#&=@:;+~{}[]\"'<>|^`-_ ,0")),
        }
    }

    /// What some reader may take for the same letter.
    fn other_spelling(&mut self, letter: char) -> String {
        match self.below(6) {
            0 if letter.is_lowercase() => letter.to_uppercase().collect(),
            0 => letter.to_lowercase().collect(),
            1 => escaped(letter, "%").to_uppercase(),
            2 => escaped(letter, "%"),
            3 => escaped(letter, "%25"),
            4 => format!("\\u{:04x}", u32::from(letter)),
            // The full-width forms of Unicode.
            _ if letter.is_ascii_graphic() => char::from_u32(u32::from(letter) + 0xfee0).into_iter().collect(),
            _ => String::new(),
        }
    }
}

/// Byte by byte.
fn escaped(letter: char, sign: &str) -> String {
    let mut text = String::new();
    for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
        text.push_str(sign);
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// White space, dots and slashes of other scripts, what is not to be seen, what turns the direction, ends of planes.
const STRANGE: &[char] = &[
    '\0',
    '\u{1}',
    '\t',
    '\n',
    '\u{b}',
    '\u{c}',
    '\r',
    '\u{1b}',
    '\u{1f}',
    ' ',
    '\u{7f}',
    '\u{80}',
    '\u{85}',
    '\u{a0}',
    '\u{ad}',
    'ß',
    'ı',
    'ſ',
    '\u{130}',
    '\u{660}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{2024}',
    '\u{2025}',
    '\u{2028}',
    '\u{202e}',
    '\u{2044}',
    '\u{2060}',
    '\u{212a}',
    '\u{2215}',
    '\u{29f8}',
    '\u{3000}',
    '\u{3002}',
    '\u{fe52}',
    '\u{fe68}',
    '\u{feff}',
    '\u{ff03}',
    '\u{ff05}',
    '\u{ff0e}',
    '\u{ff0f}',
    '\u{ff1a}',
    '\u{ff3c}',
    '\u{ff61}',
    '\u{fffd}',
    '\u{ffff}',
    '\u{1f600}',
    '\u{10ffff}',
];
