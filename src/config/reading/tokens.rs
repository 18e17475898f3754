//! `tokens`: where an answer holds what is kept, and how it tells an expiry.

use super::keys;
use super::reader::{Reader, Spot};
use crate::config::{Expiry, Place, Pointer, TokenPlaces};
use serde_json::Value;

/// What providers that follow RFC 6749 §5.1 need nothing written for.
pub(super) fn usual() -> TokenPlaces {
    let member = |pointer| Pointer::parse(pointer).map(Place::Pointer).into_iter();
    TokenPlaces {
        access_token: member("/access_token").collect(),
        refresh_token: member("/refresh_token").collect(),
        id_token: member("/id_token").collect(),
        expires: member("/expires_in")
            .map(|place| Expiry::In { place, unit_ms: 1000 })
            .chain([Expiry::Jwt, Expiry::Never])
            .collect(),
        user: Vec::new(),
    }
}

impl Reader<'_> {
    /// Lays what is written over what is there. `null` and the empty list say: nowhere.
    pub fn tokens(&mut self, spot: &Spot<'_>, tokens: &mut TokenPlaces) {
        self.object(spot, &[keys::TOKENS]);
        for (name, spot) in spot.members() {
            match name {
                "access_token" => tokens.access_token = self.places(&spot, true),
                "refresh_token" => tokens.refresh_token = self.places(&spot, false),
                "id_token" => tokens.id_token = self.places(&spot, false),
                "user" => tokens.user = self.places(&spot, false),
                "expires" => tokens.expires = self.expiries(&spot),
                _ => {}
            }
        }
    }

    /// One place or a list of them.
    pub fn places(&mut self, spot: &Spot<'_>, cookie: bool) -> Vec<Place> {
        if spot.value.is_null() {
            return Vec::new();
        }
        let each = spot.each().into_iter();
        each.filter_map(|spot| self.place(&spot, cookie)).collect()
    }

    fn place(&mut self, spot: &Spot<'_>, cookie: bool) -> Option<Place> {
        let text = self.string(spot)?;
        if let Some(name) = text.strip_prefix("header:") {
            self.header_name(&spot.at, name);
            return Some(Place::Header(name.to_owned()));
        }
        match text.as_str() {
            "body" => Some(Place::Body),
            "cookie" if cookie => Some(Place::Cookie),
            "cookie" => {
                self.note(&spot.at, "Only `access_token` can be held in a cookie.");
                None
            }
            _ if text.is_empty() || text.starts_with('/') => Some(Place::Pointer(self.pointer_text(&spot.at, &text))),
            _ => {
                self.wrong(
                    spot,
                    "a JSON Pointer like `/access_token`, `header:NAME`, `body` or (for `access_token`) `cookie`",
                );
                None
            }
        }
    }

    fn expiries(&mut self, spot: &Spot<'_>) -> Vec<Expiry> {
        let mut all = Vec::new();
        if !spot.value.is_null() {
            for spot in spot.each() {
                self.expiry(&spot, &mut all);
            }
        }
        all
    }

    fn expiry(&mut self, spot: &Spot<'_>, all: &mut Vec<Expiry>) {
        match spot.value {
            Value::String(word) if word == "jwt" => return all.push(Expiry::Jwt),
            Value::String(word) if word == "never" => return all.push(Expiry::Never),
            Value::Object(_) => {}
            _ => {
                return self.wrong(spot, "`jwt`, `never`, or an object with `in`, `at` or `after_s`");
            }
        }
        self.object(spot, &[keys::EXPIRES]);
        let span = spot.member("in");
        let point = spot.member("at");
        let after = spot.member("after_s");
        let unit = spot.member("unit");
        let units: &[&str] = if point.is_some() { &["s", "ms", "iso"] } else { &["s", "ms"] };
        let unit = self.word(unit, units).unwrap_or(0);
        let unit_ms = if unit == 1 { 1 } else { 1000 };
        match (span, point, after) {
            (Some(span), None, None) => {
                let places = self.places(&span, false).into_iter();
                all.extend(places.map(|place| Expiry::In { place, unit_ms }));
            }
            (None, Some(point), None) => {
                let places = self.places(&point, false).into_iter();
                all.extend(places.map(|place| match unit {
                    2 => Expiry::AtIso(place),
                    _ => Expiry::At { place, unit_ms },
                }));
            }
            (None, None, Some(after)) => {
                let after = self.number(Some(after), 1, super::LONGEST_S);
                all.extend(after.map(|after| Expiry::After(after * 1000)));
            }
            _ => self.note(&spot.at, "An expiry has exactly one of `in`, `at` and `after_s`."),
        }
    }
}
