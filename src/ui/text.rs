//! The texts in the language that is spoken now; the table is `src/texts.rs`.
//!
//! ```text
//! Text  a place in the table      say() reads it; where that is tracked, it follows the language
//! Said  what stands somewhere     words of the config, or a Text: markup.rs keeps it current
//! ```

pub use super::language::locale;
use super::{language, local};
use crate::config::cut;
pub use crate::texts::*;
use wasm_bindgen::JsValue;

// What only operators read.
pub const PANEL: &str = "Session";
pub const NOT_ROWS: &str = "the answer is not a list";
pub const NO_SUCH_QUERY: &str = "no query of that name";
pub const CONFIG_LEAD: &str = "Its config.json needs a correction:";
pub const CONFIG_LEAD_MANY: &str = "Its config.json needs these corrections:";
pub const WHOLE_FILE: &str = "the whole file";

/// A value that is not there.
pub const ABSENT: &str = "—";

impl Text {
    /// In the language that is spoken now. Tracked.
    pub(super) fn say(self) -> &'static str {
        language::said(self)
    }

    /// With a value in its gap. Tracked.
    pub(super) fn fill(self, value: &str) -> String {
        let (before, after) = self.around();
        [before, value, after].concat()
    }

    /// What stands before the gap, and what after it. Tracked.
    pub(super) fn around(self) -> (&'static str, &'static str) {
        let text = self.say();
        cut(text, GAP).unwrap_or((text, ""))
    }

    /// With a value in its gap, in whatever language.
    pub(super) fn with(self, value: &str) -> Said {
        Said::Filled(self, value.to_owned())
    }
}

/// What stands somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Always the same.
    Words(String),
    /// In the language that is spoken.
    Text(Text),
    /// So too, with a value in its gap.
    Filled(Text, String),
}

impl Said {
    /// As it stands now. Tracked.
    pub fn say(&self) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Text(text) => text.say().to_owned(),
            Self::Filled(text, value) => text.fill(value),
        }
    }
}

impl From<&str> for Said {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<&String> for Said {
    fn from(words: &String) -> Self {
        Self::Words(words.clone())
    }
}

impl From<Text> for Said {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

/// A span in words, tracked: the browser knows every language's plurals.
pub fn seconds(count: u64) -> String {
    let (count, unit) = if count < 100 { (count, "second") } else { (count.div_ceil(60), "minute") };
    #[expect(clippy::cast_precision_loss, reason = "a number of seconds")]
    let number = JsValue::from_f64(count as f64);
    let format = local::intl("NumberFormat", "format", &[("style", "unit"), ("unit", unit), ("unitDisplay", "long")]);
    format.and_then(|format| local::written(&format, &number)).unwrap_or_default()
}

/// `placed_at` as a heading: `Placed at`.
pub fn heading_of(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
