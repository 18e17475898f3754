//! `tokens`: where an answer holds what is kept, and how it tells an expiry.

use super::keys;
use super::reader::{Reader, Walk, meant_pointer, short};
use crate::config::mistake::told;
use crate::config::{Expiry, Place, Pointer, TokenPlaces};
use serde_json::Value;

const PLACE: &str = "a JSON Pointer like `/data/token`, `header:NAME` or `body`";
const PLACE_OR_COOKIE: &str = "a JSON Pointer like `/data/token`, `header:NAME`, `body` or `cookie`";

/// What providers that follow RFC 6749 §5.1 need nothing written for.
pub(super) fn usual() -> TokenPlaces {
    let span = Expiry::In { place: member("/expires_in"), unit_ms: 1000 };
    TokenPlaces {
        access_token: members(&["/access_token"]),
        refresh_token: members(&["/refresh_token"]),
        id_token: members(&["/id_token"]),
        expires: vec![span, Expiry::Jwt, Expiry::Never],
        user: Vec::new(),
    }
}

/// Places that need no check.
pub(super) fn members(pointers: &[&str]) -> Vec<Place> {
    pointers.iter().map(|pointer| member(pointer)).collect()
}

/// A place that needs no check.
pub(super) fn member(pointer: &str) -> Place {
    Place::Pointer(Pointer::parse(pointer).unwrap_or_default())
}

impl Reader<'_> {
    /// Lays what is written over what is there. `null` and the empty list say: nowhere.
    pub fn tokens(&mut self, value: &Value, tokens: &mut TokenPlaces) {
        self.object(value, keys::TOKENS, &[]);
        for (name, value) in value.entries() {
            let mut is_access_token = false;
            let places = match name.as_str() {
                "access_token" => {
                    is_access_token = true;
                    &mut tokens.access_token
                }
                "refresh_token" => &mut tokens.refresh_token,
                "id_token" => &mut tokens.id_token,
                "user" => &mut tokens.user,
                "expires" => {
                    tokens.expires = self.expiries(value);
                    continue;
                }
                _ => continue,
            };
            *places = self.places(value, is_access_token);
            if is_access_token && (value.is_null() || value.as_array().is_some_and(Vec::is_empty)) {
                self.note(value, format_args!("A sign-in needs an access token: this must say where it stands."));
            }
        }
    }

    /// One place or a list of them.
    pub fn places(&mut self, value: &Value, cookie: bool) -> Vec<Place> {
        let mut places = Vec::new();
        if !value.is_null() {
            for value in value.each() {
                places.extend(self.place_named(value, cookie));
            }
        }
        places
    }

    fn place_named(&mut self, value: &Value, cookie: bool) -> Option<Place> {
        let words = if cookie { PLACE_OR_COOKIE } else { PLACE };
        if !value.is_string() {
            self.wrong(value, words);
            return None;
        }
        let text = self.string(value)?;
        if let Some(name) = text.strip_prefix("header:") {
            self.header_name(value, name);
            if name.eq_ignore_ascii_case("set-cookie") {
                self.note(
                    value,
                    format_args!(
                        "Browsers hide the header `{name}` from every app: what is in a cookie cannot be read."
                    ),
                );
            }
            return Some(Place::Header(name.to_owned()));
        }
        match text.as_str() {
            "body" => return Some(Place::Body),
            "cookie" if cookie => return Some(Place::Cookie),
            "cookie" => self.note(value, format_args!("Only `access_token` can be held in a cookie.")),
            _ if text.is_empty() || text.starts_with('/') => {
                return Some(Place::Pointer(self.pointer_text(value, &text)));
            }
            _ => {
                let meant = told(|| meant_pointer(&text));
                let found = short(&text);
                self.note(value, format_args!("This must be {words}; found \"{found}\".{meant}"));
            }
        }
        None
    }

    fn expiries(&mut self, value: &Value) -> Vec<Expiry> {
        let mut all = Vec::new();
        if !value.is_null() {
            for value in value.each() {
                self.expiry(value, &mut all);
            }
        }
        all
    }

    fn expiry(&mut self, value: &Value, all: &mut Vec<Expiry>) {
        match value.as_str() {
            Some("jwt") => return all.push(Expiry::Jwt),
            Some("never") => return all.push(Expiry::Never),
            _ if value.is_object() => {}
            _ => {
                return self.wrong(
                    value,
                    "`jwt`, `never`, or an object with `in`, `at` or `after_s`, like `{ \"in\": \"/expires_in\" }`",
                );
            }
        }
        let mistakes = self.mistakes.len();
        self.object(value, keys::EXPIRES, &[]);
        let span = value.member("in");
        let point = value.member("at");
        let after = value.member("after_s");
        let unit = value.member("unit");
        if unit.as_str() == Some("iso") && point.is_null() {
            return self.note(
                unit,
                format_args!("`iso` is a date and time, which only `at` can have; the unit of `in` is `s` or `ms`."),
            );
        }
        if !after.is_null() {
            self.note(unit, format_args!("`unit` is for `in` and `at`; `after_s` is in seconds."));
        }
        let units: &[&str] = if point.is_null() { &["s", "ms"] } else { &["s", "ms", "iso"] };
        let unit = self.word(unit, units);
        let unit_ms = if unit == Some(1) { 1 } else { 1000 };
        if [span, point, after].iter().filter(|way| !way.is_null()).count() != 1 {
            if self.mistakes.len() > mistakes {
                // Probably the one that is meant is misspelt.
                return;
            }
            return self.note(value, format_args!("An expiry has exactly one of `in`, `at` and `after_s`."));
        }
        for place in self.places(span, false) {
            all.push(Expiry::In { place, unit_ms });
        }
        for place in self.places(point, false) {
            all.push(if unit == Some(2) { Expiry::AtIso(place) } else { Expiry::At { place, unit_ms } });
        }
        if let Some(after) = self.number(after, "seconds", 1, super::LONGEST_S) {
            all.push(Expiry::After(after * 1000));
        }
    }
}
