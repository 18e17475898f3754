//! Text to JSON value, for text that others wrote.
//!
//! A reader of its own, because `serde_json`'s lets the last of two equal keys win without a word,
//! and brings far more code to the browser. Here duplicate keys are collected, the depth is
//! capped, and a syntax mistake is told with its line and column. Numbers keep every digit: what a
//! number is, `serde_json` says. (RFC 8259.)

use super::Mistake;
use super::mistake::{TELLS, UNTOLD};
use super::pointer::push_token;
use serde_json::{Map, Number, Value};

/// Deeper than any config or answer needs, and far from what a stack can bear.
const DEEPEST: usize = 64;

/// So many keys that stand twice are told; whoever has mended those hears of the rest.
const MOST_TWICE: usize = 100;

/// Reads one JSON value. The list names the keys that stand twice in their objects, a hundred at most; the value holds
/// the last of each.
///
/// # Errors
/// A [`Mistake`] about the whole text, with line and column, when it is not JSON or is nested
/// deeper than 64 levels.
pub fn parse_json(text: &str) -> Result<(Value, Vec<Mistake>), Mistake> {
    let mut source = Source { text, at: 0, pointer: String::new(), duplicates: Vec::new() };
    match source.whole() {
        Ok(value) => Ok((value, source.duplicates)),
        Err(reason) => Err(source.mistake(reason)),
    }
}

/// Reads one JSON value that nobody wrote by hand: an answer, a record. `None` for anything else.
#[must_use]
pub fn read_json(text: &str) -> Option<Value> {
    parse_json(text).ok().map(|(value, _duplicates)| value)
}

/// A value as JSON text, without white space.
///
/// What `Display` of a [`Value`] writes, without the machinery for whatever else could be written.
#[must_use]
pub fn write_json(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// A whole number as JSON and everybody writes it. Without what could pad it too: nothing that everybody loads formats
/// with [`std::fmt`], which would be 1 KB of the app (brotli).
#[must_use]
pub fn write_number(number: u64) -> String {
    Number::from(number).as_str().to_owned()
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(so) => text.push_str(if *so { "true" } else { "false" }),
        Value::Number(number) => text.push_str(number.as_str()),
        Value::String(string) => write_string(string, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_string(name, text);
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
    }
}

/// RFC 8259 §7: quotes, backslashes and control characters cannot stand for themselves.
fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            ' '.. => text.push(letter),
            _ => {
                text.push_str(if letter < '\u{10}' { "\\u000" } else { "\\u001" });
                text.extend(char::from_digit(u32::from(letter) % 16, 16));
            }
        }
    }
    text.push('"');
}

/// The second half of a sentence.
type Reason = &'static str;

const fn reason(text: Reason) -> Reason {
    if TELLS { text } else { "" }
}

const END: Reason = reason("the file ends too early: a bracket or a quote is never closed");
const NO_VALUE: Reason =
    reason("expected a value: a text stands in double quotes; `true`, `false` and `null` are written in small letters");
const NO_KEY: Reason = reason("expected a key in double quotes");
const DIGITS: &[u8] = b"0123456789";

struct Source<'t> {
    text: &'t str,
    /// The byte that is read next, or that is wrong.
    at: usize,
    /// Where the value stands that is being read.
    pointer: String,
    duplicates: Vec<Mistake>,
}

impl Source<'_> {
    fn mistake(&self, reason: Reason) -> Mistake {
        if !TELLS {
            return UNTOLD;
        }
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let sentence = format!("This is not JSON: line {line}, column {column}: {reason}.");
        Mistake { pointer: String::new(), sentence }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn byte(&mut self) -> Result<u8, Reason> {
        let byte = self.text.as_bytes().get(self.at).copied().ok_or(END)?;
        self.at += 1;
        Ok(byte)
    }

    /// Looks at the first byte behind the white space.
    fn token(&mut self) -> Result<u8, Reason> {
        loop {
            let byte = self.byte()?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                self.at -= 1;
                return Ok(byte);
            }
        }
    }

    fn whole(&mut self) -> Result<Value, Reason> {
        let value = self.value(DEEPEST)?;
        match self.token() {
            Err(_) => Ok(value),
            Ok(_) => Err(reason("the JSON is complete before this, and nothing may follow it")),
        }
    }

    fn value(&mut self, levels: usize) -> Result<Value, Reason> {
        match self.token()? {
            b'{' => self.object(levels).map(Value::Object),
            b'[' => self.list(levels).map(Value::Array),
            b'"' => self.string().map(Value::String),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => Err(self.unexpected(NO_VALUE)),
        }
    }

    /// What stands where a quote should, when it is what people write there.
    fn unexpected(&self, otherwise: Reason) -> Reason {
        if !TELLS {
            return otherwise;
        }
        match self.rest().chars().next() {
            Some('/' | '#') => "JSON has no comments: remove this one",
            Some('\'') => "JSON knows double quotes only: write \" instead of '",
            Some('\u{201c}'..='\u{201f}' | '\u{2018}'..='\u{201b}' | '\u{ab}' | '\u{bb}') => {
                "this is a typographic quote: write the straight double quote \" instead"
            }
            Some(',') => "there is a comma too many",
            _ => otherwise,
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Reason> {
        if !self.rest().starts_with(word) {
            return Err(NO_VALUE);
        }
        self.at += word.len();
        Ok(value)
    }

    /// The digits as they stand (RFC 8259 §6). `serde_json` would read them too, but with the tables for floating
    /// point that are 3 KB of the app (brotli), though it never makes a float of them (`arbitrary_precision`).
    fn number(&mut self) -> Result<Value, Reason> {
        let begins = self.at;
        self.one_of(b"-");
        // A leading zero stands alone.
        if !self.one_of(b"0") {
            self.digits()?;
        } else if TELLS && self.one_of(DIGITS) {
            self.at -= 1;
            return Err(reason("a number cannot begin with 0"));
        }
        if self.one_of(b".") {
            self.digits()?;
        }
        if self.one_of(b"eE") {
            self.one_of(b"+-");
            self.digits()?;
        }
        let digits = self.text.get(begins..self.at).unwrap_or_default();
        Ok(Value::Number(Number::from_string_unchecked(digits.to_owned())))
    }

    /// Steps over the next byte when it is one of these.
    fn one_of(&mut self, bytes: &[u8]) -> bool {
        let is_there = self.text.as_bytes().get(self.at).is_some_and(|byte| bytes.contains(byte));
        self.at += usize::from(is_there);
        is_there
    }

    /// At least one digit.
    fn digits(&mut self) -> Result<(), Reason> {
        if !self.one_of(DIGITS) {
            return Err(reason("this is no number"));
        }
        while self.one_of(DIGITS) {}
        Ok(())
    }

    fn list(&mut self, levels: usize) -> Result<Vec<Value>, Reason> {
        let levels = self.enter(levels)?;
        let outer = self.pointer.len();
        let mut list = Vec::new();
        while self.goes_on(list.is_empty(), b']')? {
            if TELLS {
                push_token(&mut self.pointer, &list.len().to_string());
            }
            list.push(self.value(levels)?);
            self.pointer.truncate(outer);
        }
        Ok(list)
    }

    fn object(&mut self, levels: usize) -> Result<Map<String, Value>, Reason> {
        let levels = self.enter(levels)?;
        let outer = self.pointer.len();
        let mut object = Map::new();
        while self.goes_on(object.is_empty(), b'}')? {
            if self.token()? != b'"' {
                return Err(self.unexpected(NO_KEY));
            }
            let name = self.string()?;
            if self.token()? != b':' {
                return Err(reason("expected `:` behind the key"));
            }
            self.at += 1;
            if TELLS {
                push_token(&mut self.pointer, &name);
                if object.contains_key(&name) && self.duplicates.len() < MOST_TWICE {
                    let sentence = format!("The key `{name}` stands twice in this object; only one may stay.");
                    self.duplicates.push(Mistake { pointer: self.pointer.clone(), sentence });
                }
            }
            let value = self.value(levels)?;
            if object.insert(name, value).is_some() && !TELLS {
                self.duplicates.push(UNTOLD);
            }
            self.pointer.truncate(outer);
        }
        Ok(object)
    }

    /// Steps over an opening bracket.
    fn enter(&mut self, levels: usize) -> Result<usize, Reason> {
        let inner = levels.checked_sub(1).ok_or(reason("nested deeper than 64 levels"))?;
        self.at += 1;
        Ok(inner)
    }

    /// Steps over the comma before another member, or over the closing bracket.
    fn goes_on(&mut self, is_first: bool, close: u8) -> Result<bool, Reason> {
        let next = self.token()?;
        if next == close {
            self.at += 1;
            return Ok(false);
        }
        if is_first {
            return Ok(true);
        }
        if next != b',' {
            return Err(match close {
                b'}' => reason("expected a comma, or `}` to close the object"),
                _ => reason("expected a comma, or `]` to close the list"),
            });
        }
        self.at += 1;
        if self.token()? == close { Err(reason("remove the comma before this bracket")) } else { Ok(true) }
    }

    /// The text between two quotes; stands on the first.
    fn string(&mut self) -> Result<String, Reason> {
        let mut out = String::new();
        self.at += 1;
        loop {
            let rest = self.rest();
            let plain = |byte: u8| byte != b'"' && byte != b'\\' && byte >= b' ';
            let length = rest.bytes().take_while(|byte| plain(*byte)).count();
            out.push_str(rest.get(..length).unwrap_or_default());
            self.at += length;
            match self.byte()? {
                b'"' => return Ok(out),
                b'\\' => out.push(self.escaped()?),
                _ => {
                    self.at -= 1;
                    return Err(reason(
                        "a text ends on its own line: its closing quote is missing, or a line break or tab in it must be written as `\\n` or `\\t`",
                    ));
                }
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Reason> {
        Ok(match self.byte()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.escaped_code(),
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            _ => return Err(reason("there is no such escape; a backslash is written as `\\\\`")),
        })
    }

    /// Four hexadecimal digits, or twice four: a character beyond the first 65,536 is two units of UTF-16.
    fn escaped_code(&mut self) -> Result<char, Reason> {
        let mut code = self.unit()?;
        if (0xd800..0xdc00).contains(&code) && self.rest().starts_with("\\u") {
            self.at += 2;
            let low = self.unit()?;
            if (0xdc00..0xe000).contains(&low) {
                code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        char::from_u32(code).ok_or(reason("this escape is half a character"))
    }

    fn unit(&mut self) -> Result<u32, Reason> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = char::from(self.byte()?).to_digit(16);
            unit = unit * 16 + digit.ok_or(reason("expected four hexadecimal digits"))?;
        }
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_every_kind_of_value_as_serde_json_does() {
        let text = r#"{"n":null,"b":true,"i":-3,"u":18446744073709551615,"f":1.5,
            "s":"a\u0041\n","l":[1,[2],{}],"o":{"p":{"q":"r"}}}"#;
        let (value, duplicates) = parse_json(text).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
        assert!(duplicates.is_empty());
    }

    #[test]
    fn numbers_keep_the_digits_that_serde_json_would_read() {
        for number in ["0", "-0", "10", "-1.50", "1e5", "1E-07", "0.1e+2", "123456789012345678901234567890"] {
            let (value, _) = parse_json(number).unwrap();
            assert_eq!(value.to_string(), number);
            assert_eq!(value.as_u64(), serde_json::from_str::<Value>(number).unwrap().as_u64(), "{number}");
        }
        for none in ["-", "01", "1.", ".5", "+1", "1e", "1e+", "--1", "0x1", "1.e2", "-a"] {
            assert!(parse_json(none).is_err() && serde_json::from_str::<Value>(none).is_err(), "{none}");
        }
    }

    #[test]
    fn a_syntax_mistake_is_told_with_line_and_column() {
        let mistake = parse_json("{\n  \"a\": 1,\n  \"b\" 2\n}").unwrap_err();
        assert_eq!(mistake.sentence, "This is not JSON: line 3, column 7: expected `:` behind the key.");
        let mistake = parse_json("{}\n]").unwrap_err();
        assert!(mistake.sentence.contains("line 2, column 1"), "{mistake}");
    }

    #[test]
    fn every_duplicate_key_is_found_by_its_pointer() {
        let (value, duplicates) = parse_json(r#"{"a":[{"x/y":1,"x/y":2}],"a":3,"b":{"a":1}}"#).unwrap();
        let pointers: Vec<_> = duplicates.iter().map(|m| m.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a/0/x~1y", "/a"]);
        assert_eq!(value, json!({"a": 3, "b": {"a": 1}}));
    }

    #[test]
    fn depth_is_capped_without_overflow() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(parse_json(&nested(64)).is_ok());
        let mistake = parse_json(&nested(66)).unwrap_err();
        assert!(mistake.sentence.contains("64 levels"), "{mistake}");
        assert!(parse_json(&"[".repeat(200_000)).is_err());
        assert!(parse_json(&"{\"a\":".repeat(50_000)).is_err());
    }
}
