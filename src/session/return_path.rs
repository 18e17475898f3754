//! The only way to get a destination after sign-in.
//!
//! `return_to` comes from the address bar, so anybody can write it. [`ReturnPath::parse`] is so strict that no
//! two parsers can disagree about what it lets through, and what is used is rebuilt from the parsed
//! parts. The navigation layer takes nothing else. See `tests/session/return_path.rs` for what must all end
//! on the default page.

use crate::config::{Config, percent_decoded, percent_decoded_bytes};
use std::fmt;

/// The path of the login page.
pub const LOGIN: &str = "/login";

/// A path of this app, to a page of the config, with its query and fragment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The longest that is read. Bytes.
    pub const MAX_LENGTH: usize = 2048;

    /// The destination that `text` names, or `None` when it is anything but plainly one of our pages.
    #[must_use]
    pub fn parse(text: &str, config: &Config) -> Option<Self> {
        let is_plain =
            text.len() <= Self::MAX_LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        is_plain.then_some(())?;
        let (rest, fragment) = split_once_or_all(text, '#');
        let (path, query) = split_once_or_all(rest, '?');
        let inner = path.strip_prefix('/')?;
        for segment in inner.split('/') {
            let decoded = percent_decoded_bytes(segment)?;
            if decoded.is_empty() || decoded == b"." || decoded == b".." {
                return None;
            }
            if decoded.iter().any(|byte| matches!(byte, b'/' | b'\\') || byte.is_ascii_control()) {
                return None;
            }
        }
        for part in [query, fragment].into_iter().flatten() {
            percent_decoded_bytes(part)?;
        }
        // Names a page. A page `/:area` would have the address of the login page too, and lead from one sign-in to another.
        config.page_at(path).filter(|_| path != LOGIN)?;
        let mut rebuilt = String::with_capacity(text.len());
        for segment in inner.split('/') {
            rebuilt.push('/');
            rebuilt.push_str(segment);
        }
        for (mark, part) in [('?', query), ('#', fragment)] {
            if let Some(part) = part {
                rebuilt.push(mark);
                rebuilt.push_str(part);
            }
        }
        Some(Self(rebuilt))
    }

    /// The value of `return_to` in a query string without its `?`. Given twice, it counts as absent;
    /// decoded once.
    #[must_use]
    pub fn from_query(query: &str, config: &Config) -> Option<Self> {
        let mut values = query.split('&').filter_map(|pair| pair.strip_prefix("return_to="));
        let (value, None) = (values.next()?, values.next()) else { return None };
        Self::parse(&percent_decoded(&value.replace('+', " "))?, config)
    }

    /// Where a sign-in leads without a return path.
    #[must_use]
    pub fn default_of(config: &Config) -> Self {
        Self(config.app.after_sign_in.clone())
    }

    /// Begins with exactly one `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Percent-encoded, to stand as the value of `return_to`.
    #[must_use]
    pub fn to_query_value(&self) -> String {
        let mut encoded = String::with_capacity(self.0.len());
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~') {
                encoded.push(char::from(byte));
            } else {
                encoded.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    encoded.extend(char::from_digit(u32::from(nibble), 16).map(|digit| digit.to_ascii_uppercase()));
                }
            }
        }
        encoded
    }
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn split_once_or_all(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}
