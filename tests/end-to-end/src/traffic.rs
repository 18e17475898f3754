//! All that a browser has sent, as its developer's tools tell it, and where in it a secret stands.
//!
//! ```text
//!   GET https://app.example/callback?code=…     Part::Address   of https://app.example/callback
//!   Authorization: Bearer …                     Part::Authorization
//!   Referer: …, Cookie: …, and all others       Part::Header
//!   grant_type=authorization_code&code=…        Part::Body
//! ```
//! What the tools say beside it (which document wanted it, which line of code, what the answer was) is not sent to anybody, and not
//! looked at here.

use crate::secrets::Secrets;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use url::form_urlencoded;

/// A part of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Where it goes, with its query.
    Address,
    /// The header of this name.
    Authorization,
    /// Any other header.
    Header,
    /// What is posted.
    Body,
}

/// How many requests had a secret in which part, by their addresses without the query.
pub type Places = BTreeMap<(Part, String), usize>;

/// All requests of a log.
pub struct Traffic(Vec<Sent>);

/// One request, or one step of it where it was sent on; or what another message tells of its headers.
struct Sent {
    id: String,
    address: String,
    parts: Vec<(Part, String)>,
}

impl Traffic {
    /// All requests of what [`crate::browser::Browser::network`] gave.
    #[must_use]
    pub fn of(log: &[Value]) -> Self {
        let mut sent: Vec<Sent> = messages(log, "Network.requestWillBeSent").map(Sent::of).collect();
        // Which step of several it is of is not said: it counts for each of them.
        for message in messages(log, "Network.requestWillBeSentExtraInfo") {
            let id = text_at(message, "/params/requestId");
            let addresses: BTreeSet<String> =
                sent.iter().filter(|known| known.id == id).map(|known| known.address.clone()).collect();
            let parts = headers_of(message.pointer("/params/headers"));
            sent.extend(addresses.into_iter().map(|address| Sent { id: id.clone(), address, parts: parts.clone() }));
        }
        Self(sent)
    }

    /// How many requests there were, with each step of those that were sent on.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|sent| (&sent.id, &sent.address)).collect::<BTreeSet<_>>().len()
    }

    /// Where a secret was, however it was spelt.
    #[must_use]
    pub fn places_of(&self, secret: &str) -> Places {
        let mut secrets = Secrets::default();
        secrets.add(secret);
        let mut found: BTreeMap<(Part, String), BTreeSet<&str>> = BTreeMap::new();
        for sent in &self.0 {
            for (part, text) in &sent.parts {
                if !secrets.found_in(text).is_empty() {
                    found.entry((*part, without_query(&sent.address))).or_default().insert(&sent.id);
                }
            }
        }
        found.into_iter().map(|(place, requests)| (place, requests.len())).collect()
    }

    /// The values of a field in the forms that were posted to an address.
    #[must_use]
    pub fn posted(&self, address: &str, field: &str) -> BTreeSet<String> {
        let bodies = self.texts(Part::Body, address);
        bodies
            .flat_map(|body| form_urlencoded::parse(body.as_bytes()).into_owned().collect::<Vec<_>>())
            .filter_map(|(name, value)| (name == field).then_some(value))
            .collect()
    }

    /// The tokens that were presented at an address.
    #[must_use]
    pub fn presented(&self, address: &str) -> BTreeSet<String> {
        let headers = self.texts(Part::Authorization, address);
        headers.filter_map(|header| header.split_once(' ').map(|(_, token)| token.to_owned())).collect()
    }

    fn texts<'a>(&'a self, part: Part, address: &str) -> impl Iterator<Item = &'a str> {
        let there = self.0.iter().filter(move |sent| without_query(&sent.address) == address);
        let parts = there.flat_map(|sent| &sent.parts);
        parts.filter_map(move |(one, text)| (*one == part).then_some(text.as_str()))
    }
}

impl Sent {
    fn of(message: &Value) -> Self {
        let address = text_at(message, "/params/request/url");
        let mut parts = headers_of(message.pointer("/params/request/headers"));
        parts.push((Part::Address, address.clone()));
        parts.push((Part::Body, text_at(message, "/params/request/postData")));
        // The same once more, where it is told whole.
        if let Some(Value::Array(pieces)) = message.pointer("/params/request/postDataEntries") {
            let pieces = pieces.iter().filter_map(|piece| STANDARD.decode(text_at(piece, "/bytes")).ok());
            let body: Vec<u8> = pieces.flatten().collect();
            parts.push((Part::Body, String::from_utf8_lossy(&body).into_owned()));
        }
        Self { id: text_at(message, "/params/requestId"), address, parts }
    }
}

fn messages<'a>(log: &'a [Value], method: &str) -> impl Iterator<Item = &'a Value> {
    log.iter().filter(move |message| text_at(message, "/method") == method)
}

fn headers_of(headers: Option<&Value>) -> Vec<(Part, String)> {
    let headers = headers.and_then(Value::as_object).into_iter().flatten();
    let part = |name: &str| if name.eq_ignore_ascii_case("authorization") { Part::Authorization } else { Part::Header };
    headers.map(|(name, value)| (part(name), value.as_str().unwrap_or_default().to_owned())).collect()
}

fn without_query(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn text_at(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_found_in_every_part_of_a_request_and_its_request_counted_once() {
        let sent = |id: &str, request: Value| json!({ "method": "Network.requestWillBeSent", "params": { "requestId": id, "request": request } });
        let body = "grant_type=x&code=s3cret-code";
        let log = [
            sent("1", json!({ "url": "https://app.example/callback?code=s3cret-code#x", "headers": {} })),
            json!({ "method": "Network.requestWillBeSentExtraInfo", "params": {
                "requestId": "2", "headers": { "referer": "https://app.example/?s3cret-code", "authorization": "Bearer another-token" } } }),
            sent(
                "2",
                json!({ "url": "https://id.example/token", "headers": { "Authorization": "Bearer another-token" },
                "postData": body, "postDataEntries": [{ "bytes": STANDARD.encode(body) }] }),
            ),
            json!({ "method": "Network.responseReceived", "params": { "requestId": "2", "response": { "url": "s3cret-code" } } }),
        ];
        let traffic = Traffic::of(&log);
        let token = "https://id.example/token".to_owned();
        let expected = [
            ((Part::Address, "https://app.example/callback".to_owned()), 1),
            ((Part::Header, token.clone()), 1),
            ((Part::Body, token.clone()), 1),
        ];
        assert_eq!(traffic.places_of("s3cret-code"), Places::from(expected));
        assert_eq!(traffic.places_of("another-token"), Places::from([((Part::Authorization, token.clone()), 1)]));
        assert_eq!(traffic.posted(&token, "code"), BTreeSet::from(["s3cret-code".to_owned()]));
        assert_eq!(traffic.presented(&token), BTreeSet::from(["another-token".to_owned()]));
        assert_eq!(traffic.count(), 2);
    }
}
