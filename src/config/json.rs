//! Text to JSON value, for text that others wrote.
//!
//! `serde_json` does the reading; added here are what it does not do: duplicate keys are collected
//! (with `serde_json` the last one silently wins), the depth is capped, and a syntax mistake is told
//! with its line and column.

use super::Mistake;
use super::pointer::push_token;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Deeper than any config or answer needs, and far from what a stack can bear.
const DEEPEST: usize = 64;

/// Reads one JSON value. The list names every key that stands twice in its object; the value holds
/// the last of them.
///
/// # Errors
/// A [`Mistake`] about the whole text, with line and column, when it is not JSON or is nested
/// deeper than 64 levels.
pub fn parse_json(text: &str) -> Result<(Value, Vec<Mistake>), Mistake> {
    let mut duplicates = Vec::new();
    let mut pointer = String::new();
    let mut source = serde_json::Deserializer::from_str(text);
    let node = Node { pointer: &mut pointer, levels: DEEPEST, duplicates: &mut duplicates };
    let read = node.deserialize(&mut source);
    match read.and_then(|value| source.end().map(|()| value)) {
        Ok(value) => Ok((value, duplicates)),
        Err(error) => Err(syntax(&error)),
    }
}

/// Reads one JSON value that nobody wrote by hand: an answer, a record. `None` for anything else.
///
/// One reader for all of them, so that its code is in the app once, and no answer is nested deeper than it may be.
#[must_use]
pub fn read_json(text: &str) -> Option<Value> {
    parse_json(text).ok().map(|(value, _duplicates)| value)
}

fn syntax(error: &serde_json::Error) -> Mistake {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    let sentence = format!("This is not JSON: line {}, column {}: {reason}.", error.line(), error.column());
    let pointer = String::new();
    Mistake { pointer, sentence }
}

/// How `serde_json` hands over a number that is no integer: its digits, as they are written.
const NUMBER: &str = "$serde_json::private::Number";

struct Node<'a> {
    pointer: &'a mut String,
    levels: usize,
    duplicates: &'a mut Vec<Mistake>,
}

impl Node<'_> {
    fn deeper<E: Error>(&mut self) -> Result<Node<'_>, E> {
        let levels = self.levels.checked_sub(1);
        let levels = levels.ok_or_else(|| E::custom("nested deeper than 64 levels"))?;
        Ok(Node { pointer: self.pointer, levels, duplicates: self.duplicates })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        let outer = self.pointer.len();
        loop {
            push_token(self.pointer, &list.len().to_string());
            let item = items.next_element_seed(self.deeper()?)?;
            self.pointer.truncate(outer);
            match item {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let outer = self.pointer.len();
        while let Some(name) = members.next_key::<String>()? {
            if name == NUMBER && object.is_empty() {
                let digits: String = members.next_value()?;
                return digits.parse().map(Value::Number).map_err(A::Error::custom);
            }
            push_token(self.pointer, &name);
            if object.contains_key(&name) {
                self.duplicates.push(Mistake {
                    pointer: self.pointer.clone(),
                    sentence: format!("The key `{name}` stands twice in this object; only one may stay."),
                });
            }
            let value = members.next_value_seed(self.deeper()?)?;
            self.pointer.truncate(outer);
            object.insert(name, value);
        }
        Ok(Value::Object(object))
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
    fn a_syntax_mistake_is_told_with_line_and_column() {
        let mistake = parse_json("{\n  \"a\": 1,\n  \"b\" 2\n}").unwrap_err();
        assert_eq!(mistake.sentence, "This is not JSON: line 3, column 7: expected `:`.");
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
