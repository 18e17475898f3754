//! Looking for secrets in whatever was found: as they are, and as base64 or hexadecimal digits would hide them.
//!
//! The demo provider's tokens begin with its [marks](demo_provider::MARKS), so that a search for these finds every one of them, also
//! of those that no test has seen, and the beginnings of some that were cut off.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// As they are.
    plain: BTreeSet<String>,
    spelt: BTreeSet<String>,
}

impl Secrets {
    /// Every token of the demo provider, and these.
    #[must_use]
    pub fn of_demo(others: &[&str]) -> Self {
        let mut secrets = Self::default();
        demo_provider::MARKS.iter().chain(others).for_each(|secret| secrets.add(secret));
        secrets
    }

    /// Looks for one more.
    pub fn add(&mut self, secret: &str) {
        // What is shorter may stand anywhere by chance.
        assert!(secret.len() >= 8, "a secret of {} letters cannot be told from others", secret.len());
        self.plain.insert(secret.to_owned());
        self.spelt.extend(spellings(secret));
    }

    /// As they are.
    pub fn plain(&self) -> impl Iterator<Item = &str> {
        self.plain.iter().map(String::as_str)
    }

    /// What was found of them in a text, each with what stands before it, without the secret itself.
    #[must_use]
    pub fn found_in(&self, text: &str) -> Vec<String> {
        let found = self.spelt.iter().filter_map(|spelt| {
            let (before, _) = text.split_once(spelt.as_str())?;
            let begin = before.char_indices().rev().nth(60).map_or(0, |(at, _)| at);
            Some(format!("a secret of {} letters behind `{}`", spelt.len(), before.get(begin..).unwrap_or_default()))
        });
        found.collect()
    }

    /// Panics if one is in a text; `place` says where that is from.
    pub fn assert_none_in(&self, place: &str, text: &str) {
        let found = self.found_in(text);
        assert!(found.is_empty(), "{place}: {found:?}");
    }

    /// The same in all that [`crate::browser::Browser::everything`] gives.
    pub fn assert_none_anywhere(&self, when: &str, everything: &Value) {
        for (path, text) in texts_of(everything) {
            self.assert_none_in(&format!("{when}: {path}"), text);
        }
    }

    /// Panics if a request of the log holds one where none belongs: a token belongs into `Authorization`, and what is sent to be
    /// granted, refreshed or revoked into a body, in both cases of a request to `origin` and to nobody else. Gives how often one
    /// was where it belongs.
    #[must_use]
    pub fn assert_none_astray(&self, log: &[Value], origin: &str) -> usize {
        let text_at = |message: &Value, pointer: &str| {
            message.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        // What is told of a request comes in several messages, of which one names its address.
        let addresses: BTreeMap<String, String> = log
            .iter()
            .filter(|message| text_at(message, "/method") == "Network.requestWillBeSent")
            .map(|message| (text_at(message, "/params/requestId"), text_at(message, "/params/request/url")))
            .collect();
        let mut at_home = 0;
        for message in log {
            let address = addresses.get(&text_at(message, "/params/requestId")).map_or("", String::as_str);
            for (path, text) in texts_of(message) {
                let found = self.found_in(text);
                if found.is_empty() {
                    continue;
                }
                // As the app writes it in one message, and as it was sent in another.
                let is_its_place = path.to_ascii_lowercase().ends_with("/headers/authorization")
                    || path.starts_with("/params/request/postData")
                    || path.starts_with("/params/request/postDataEntries");
                let is_at_home = is_its_place && address.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
                assert!(is_at_home, "{} of a request to {address}: {path}: {found:?}", text_at(message, "/method"));
                at_home += 1;
            }
        }
        at_home
    }
}

/// Every text in a value, with its place; keys too.
fn texts_of(value: &Value) -> Vec<(String, &str)> {
    fn collect<'a>(value: &'a Value, path: &str, texts: &mut Vec<(String, &'a str)>) {
        match value {
            Value::String(text) => texts.push((path.to_owned(), text)),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    collect(item, &format!("{path}/{index}"), texts);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    texts.push((format!("{path}/(a key)"), name));
                    collect(member, &format!("{path}/{name}"), texts);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut texts = Vec::new();
    collect(value, "", &mut texts);
    texts
}

/// How a secret may stand in a text: as it is, in hexadecimal digits, and in base64, where it depends on what stands before it.
fn spellings(secret: &str) -> Vec<String> {
    let mut hexadecimal = String::new();
    for byte in secret.bytes() {
        write!(hexadecimal, "{byte:02x}").ok();
    }
    let mut spellings = vec![secret.to_owned(), hexadecimal];
    for (before, begins_at) in [(0, 0), (1, 2), (2, 3)] {
        let bytes = [vec![0; before].as_slice(), secret.as_bytes()].concat();
        // The last letter may depend on what follows.
        let surplus = usize::from(bytes.len() % 3 != 0);
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            spellings.extend(encoded.get(begins_at..encoded.len() - surplus).map(ToOwned::to_owned));
        }
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_found_however_it_is_hidden() {
        let secrets = Secrets::of_demo(&["correct-horse"]);
        for before in ["", "a", "ab", "abc"] {
            let text = format!("{before}correct-horse, and more");
            assert_eq!(secrets.found_in(&text).len(), 1, "{text}");
            assert!(!secrets.found_in(&STANDARD_NO_PAD.encode(&text)).is_empty(), "{text}");
        }
        assert!(secrets.found_in("correct-hors, e").is_empty());
        assert_eq!(secrets.found_in(&format!("x={}.a.b", demo_provider::MARKS[0])).len(), 1);
    }

    #[test]
    fn a_token_belongs_into_requests_to_its_provider_alone() {
        let secrets = Secrets::of_demo(&[]);
        let token = format!("Bearer {}.a.b", demo_provider::MARKS[0]);
        let sent = |url: &str| {
            json!({ "method": "Network.requestWillBeSent", "params": {
                "requestId": "1", "request": { "url": url, "headers": { "Authorization": token } } } })
        };
        assert_eq!(secrets.assert_none_astray(&[sent("http://127.0.0.1:1/api")], "http://127.0.0.1:1"), 1);
        for other in ["http://127.0.0.1:12/api", "https://evil.example/"] {
            let log = [sent(other)];
            assert!(std::panic::catch_unwind(|| secrets.assert_none_astray(&log, "http://127.0.0.1:1")).is_err());
        }
    }
}
