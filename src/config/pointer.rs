//! JSON Pointer (RFC 6901): a place inside a JSON value.
//!
//! The syntax is checked once, when the file is read; finding the place cannot fail, it can only
//! find nothing. Writes nothing, resolves no URI fragments.

use serde_json::Value;
use std::fmt;

/// A JSON Pointer whose syntax was checked. `""` is the whole value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pointer(String);

/// Why a text is no JSON Pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointerError {
    /// RFC 6901 §3: every reference token is prefixed by `/`.
    #[error("it must be empty or begin with `/`")]
    NoSlash,
    /// RFC 6901 §3: `~` is only written as `~0` and `/` as `~1`.
    #[error("`~` must be followed by `0` or `1`")]
    Tilde,
}

impl Pointer {
    /// Checks the syntax of RFC 6901 §3.
    ///
    /// # Errors
    /// [`PointerError::NoSlash`] and [`PointerError::Tilde`].
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        if !text.is_empty() && !text.starts_with('/') {
            return Err(PointerError::NoSlash);
        }
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            if byte == b'~' && !matches!(bytes.next(), Some(b'0' | b'1')) {
                return Err(PointerError::Tilde);
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The value at this place, or `None` when there is none (RFC 6901 §4).
    #[must_use]
    pub fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.keys().try_fold(value, |value, key| child(value, &key))
    }

    /// Takes the value at this place out of another, which is gone; nothing is copied.
    #[must_use]
    pub fn take(&self, value: Value) -> Option<Value> {
        self.keys().try_fold(value, |value, key| match value {
            Value::Object(mut members) => members.shift_remove(&key),
            Value::Array(mut items) => {
                let index = index(&key)?;
                (index < items.len()).then(|| items.swap_remove(index))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })
    }

    /// The member of that name.
    #[must_use]
    pub fn to_member(name: &str) -> Self {
        let mut pointer = String::new();
        push_token(&mut pointer, name);
        Self(pointer)
    }

    fn keys(&self) -> impl Iterator<Item = String> {
        self.0.split('/').skip(1).map(unescaped)
    }

    /// The pointer as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The member of an object or, by its index without leading zeros, of a list (RFC 6901 §4).
pub(crate) fn child<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(name),
        Value::Array(items) => items.get(index(name)?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// RFC 6901 §4: digits, and no leading zero.
fn index(name: &str) -> Option<usize> {
    if name.is_empty() || name.len() > 1 && name.starts_with('0') {
        return None;
    }
    let mut index: usize = 0;
    for digit in name.chars() {
        let digit = usize::try_from(digit.to_digit(10)?).ok()?;
        index = index.checked_mul(10)?.checked_add(digit)?;
    }
    Some(index)
}

/// A reference token as the key it stands for (RFC 6901 §4).
fn unescaped(token: &str) -> String {
    let mut key = String::new();
    let mut chars = token.chars();
    while let Some(c) = chars.next() {
        key.push(match c {
            '~' if chars.next() == Some('1') => '/',
            c => c,
        });
    }
    key
}

/// Adds one reference token to a pointer text, escaped (RFC 6901 §3).
pub(super) fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            _ => pointer.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_what_rfc_6901_section_5_says() {
        let document = json!({
            "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4,
            "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8
        });
        let find = |text| Pointer::parse(text).unwrap().find(&document).cloned();
        assert_eq!(find(""), Some(document.clone()));
        assert_eq!(find("/foo"), Some(json!(["bar", "baz"])));
        assert_eq!(find("/foo/0"), Some(json!("bar")));
        let single = [
            ("/", 0),
            ("/a~1b", 1),
            ("/c%d", 2),
            ("/e^f", 3),
            ("/g|h", 4),
            ("/i\\j", 5),
            ("/k\"l", 6),
            ("/ ", 7),
            ("/m~0n", 8),
        ];
        for (text, number) in single {
            assert_eq!(find(text), Some(json!(number)), "{text}");
        }
        assert_eq!(Pointer::parse("/foo/1").unwrap().take(document.clone()), Some(json!("baz")));
        assert_eq!(Pointer::parse("/a~1b").unwrap().take(document.clone()), Some(json!(1)));
        assert_eq!(Pointer::to_member("m~n").find(&document), Some(&json!(8)));
        for nothing in ["/foo/2", "/foo/00", "/foo/01", "/foo/+1", "/foo/", "/foo/-", "/foo/0/x", "/none"] {
            assert_eq!(find(nothing), None, "{nothing}");
            assert_eq!(Pointer::parse(nothing).unwrap().take(document.clone()), None, "{nothing}");
        }
    }

    #[test]
    fn refuses_what_is_no_pointer() {
        assert_eq!(Pointer::parse("foo"), Err(PointerError::NoSlash));
        assert_eq!(Pointer::parse("/a~"), Err(PointerError::Tilde));
        assert_eq!(Pointer::parse("/a~2"), Err(PointerError::Tilde));
        assert_eq!(Pointer::parse("/a~~0"), Err(PointerError::Tilde));
    }

    #[test]
    fn an_escaped_token_is_found_again() {
        let mut text = String::new();
        push_token(&mut text, "a/b~1");
        let document = json!({ "a/b~1": true });
        assert_eq!(text, "/a~1b~01");
        assert_eq!(Pointer::parse(&text).unwrap().find(&document), Some(&json!(true)));
    }
}
