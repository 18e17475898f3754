//! JSON that somebody else wrote, or nearly: whole values with something else somewhere, and texts with a stroke of the pen in them.

use crate::cases::{Corpus, Draw};
use serde_json::{Map, Value, json};

/// What means something where JSON is read.
pub const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u0000",
    "\\ud83d",
    "\\ude00",
    "\\/",
    "\\x",
    "null",
    "true",
    "false",
    "0",
    "-",
    "-0",
    "1.",
    "01",
    "1e5",
    "1e400",
    "18446744073709551615",
    "18446744073709551616",
    "1.5",
    "\"\":",
    "\"version\":1,",
    "\"provider\":",
    "\"access_token\":",
    "\"error\":",
    "{\"a\":",
    "[[[[[[[[",
    "]]]]]]]]",
    "\u{feff}",
    "\0",
    "\u{1}",
    "\t",
    "\n",
    "//",
    "/*",
    "'",
    "\u{201c}",
    "\u{fffd}",
    "\u{1f600}",
    "NaN",
    "<",
    "{{",
    "}}",
];

/// Whole values, and what stands in their places.
pub struct Samples {
    values: Vec<Value>,
    /// Their texts.
    corpus: Corpus,
    /// Names and words of the place.
    words: &'static [&'static str],
}

impl Samples {
    /// Of all lines of a corpus that are JSON; the others are only changed as texts.
    pub fn of(corpus: Corpus, words: &'static [&'static str]) -> Self {
        let values: Vec<Value> = corpus.lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        assert!(!values.is_empty());
        Self { values, corpus, words }
    }

    /// What is tried as it is.
    pub fn lines(&self) -> &[String] {
        &self.corpus.lines
    }

    /// A text made of them.
    pub fn text(&self, draw: &mut Draw) -> String {
        if draw.once_in(3) {
            return draw.text(&self.corpus);
        }
        let mut text = self.value(draw).to_string();
        match draw.below(60) {
            0 => {
                // Deeper than anybody reads, or just not.
                let levels = *draw.pick(&[1, 62, 63, 64, 65, 127, 128, 129, 2000]);
                let (open, close) = *draw.pick(&[("[", "]"), ("{\"a\":", "}")]);
                text = [&open.repeat(levels), text.as_str(), &close.repeat(levels)].concat();
            }
            1..6 => draw.change(&mut text, &self.corpus),
            _ => {}
        }
        text
    }

    /// A value made of them.
    pub fn value(&self, draw: &mut Draw) -> Value {
        let mut value = draw.pick(&self.values).clone();
        let changes = *draw.pick(&[0, 1, 1, 1, 2, 2, 3, 5]);
        for _ in 0..changes {
            self.change(draw, &mut value);
        }
        value
    }

    fn change(&self, draw: &mut Draw, value: &mut Value) {
        let place = place(draw, value);
        match (draw.below(6), place) {
            (0 | 1, Value::Object(members)) if !members.is_empty() => {
                let name = draw.pick(&members.keys().cloned().collect::<Vec<_>>()).clone();
                let member = members.shift_remove(&name).unwrap_or_default();
                if draw.once_in(2) {
                    members.insert(self.word(draw), member);
                }
            }
            (2, Value::Object(members)) => _ = members.insert(self.word(draw), self.piece(draw)),
            (0..=2, Value::Array(items)) => items.push(self.piece(draw)),
            (0..=2, Value::String(text)) => draw.change(text, &self.corpus),
            (3, place) => *place = json!([place.take()]),
            (_, place) => *place = self.piece(draw),
        }
    }

    fn word(&self, draw: &mut Draw) -> String {
        if draw.once_in(8) { draw.text(&self.corpus) } else { (*draw.pick(self.words)).to_owned() }
    }

    fn piece(&self, draw: &mut Draw) -> Value {
        match draw.below(10) {
            0 => Value::Null,
            1 => Value::Bool(draw.once_in(2)),
            2 => number(draw).into(),
            3 => serde_json::from_str(draw.pick::<&str>(&["-1", "0.5", "-0", "1e3", "1e400", "18446744073709551616"]))
                .unwrap(),
            4 => Value::Object(Map::new()),
            5 => Value::Array(Vec::new()),
            6 | 7 => self.word(draw).into(),
            _ => {
                let mut other = draw.pick(&self.values).clone();
                place(draw, &mut other).take()
            }
        }
    }
}

/// Somewhere in a value.
fn place<'v>(draw: &mut Draw, value: &'v mut Value) -> &'v mut Value {
    let mut place = value;
    loop {
        let many = match place {
            Value::Object(members) => members.len(),
            Value::Array(items) => items.len(),
            _ => 0,
        };
        if many == 0 || draw.once_in(5) {
            return place;
        }
        let which = draw.below(many);
        place = match place {
            Value::Object(members) => members.values_mut().nth(which).unwrap(),
            Value::Array(items) => &mut items[which],
            other => other,
        };
    }
}

/// Any number, and often one at an end.
pub fn number(draw: &mut Draw) -> u64 {
    let any = (0..4).fold(0, |any, _| any << 16 | draw.below(0x1_0000) as u64);
    *draw.pick(&[0, 1, 59, 3600, any >> 40, any >> 20, any, u64::MAX - 1, u64::MAX])
}

/// How many brackets stand around the innermost value.
pub fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}
