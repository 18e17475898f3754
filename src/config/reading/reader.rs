//! Walks a JSON value and collects every mistake on the way.
//!
//! A reading function never fails: it notes a mistake and gives a stand-in. The stand-in never
//! leaves this module, because a file with one mistake gives no config. So one wrong key hides no
//! other, and the reading code stays straight.

use super::keys::Key;
use crate::config::mistake::allowed;
use crate::config::pointer::push_token;
use crate::config::{Mistake, Pointer};
use serde_json::{Map, Value};

/// A value and where it stands.
#[derive(Clone)]
pub(super) struct Spot<'v> {
    pub value: &'v Value,
    pub at: String,
}

impl<'v> Spot<'v> {
    /// The member of that name; `null` counts as absent.
    pub fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(self.inner(name, value))
    }

    pub fn inner(&self, token: &str, value: &'v Value) -> Self {
        let mut at = self.at.clone();
        push_token(&mut at, token);
        Self { value, at }
    }

    /// The members of a list; a single value is a list of itself.
    pub fn each(&self) -> Vec<Self> {
        match self.value {
            Value::Array(items) => {
                let items = items.iter().enumerate();
                items.map(|(i, item)| self.inner(&i.to_string(), item)).collect()
            }
            _ => vec![self.clone()],
        }
    }

    /// The members of an object; nothing when it is none.
    pub fn members(&self) -> Vec<(&'v str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(name, value)| (name.as_str(), self.inner(name, value))).collect()
    }
}

/// What is read, and everything wrong with it so far.
pub(super) struct Reader<'a> {
    pub mistakes: Vec<Mistake>,
    /// The file alone, without its preset.
    pub file: &'a Value,
    /// The preset's name.
    pub preset: Option<&'a str>,
    /// The preset could not be had: what only it could say is not missed.
    pub incomplete: bool,
    /// The origin that the page is served from.
    pub page_origin: Option<&'a str>,
    /// `provider.vars`, resolved.
    pub vars: Map<String, Value>,
    /// The file says `errors.challenge`.
    pub has_challenge: bool,
    /// The names of `errors.challenge.fields`.
    pub challenge_fields: Vec<String>,
    /// Every request that carries the access token: where it is said, and where it goes.
    pub carried: Vec<(String, crate::config::Origin)>,
}

impl Reader<'_> {
    /// Notes a mistake, once.
    pub fn note(&mut self, at: &str, sentence: impl Into<String>) {
        let mut sentence = sentence.into();
        if let (true, Some(preset)) = (self.is_from_preset(at), self.preset) {
            sentence.push_str(" (This comes from the preset `");
            sentence.push_str(preset);
            sentence.push_str("`.)");
        }
        self.push(at, sentence);
    }

    /// Notes a mistake as it is; a file with a thousand of them is not read for the rest.
    pub fn push(&mut self, at: &str, sentence: String) {
        let pointer = at.to_owned();
        let mistake = Mistake { pointer, sentence };
        if self.mistakes.len() < 1000 && !self.mistakes.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }

    /// Whether the place is not in the file itself, so that its author cannot find it there.
    pub fn is_from_preset(&self, at: &str) -> bool {
        self.preset.is_some() && self.file.pointer(at).is_none()
    }

    /// Notes that a value is not what it must be.
    pub fn wrong(&mut self, spot: &Spot<'_>, must_be: &str) {
        let found = found(spot.value);
        self.note(&spot.at, format!("This must be {must_be}; found {found}."));
    }

    /// The member of that name, noted when it is missing.
    pub fn required<'v>(&mut self, spot: &Spot<'v>, name: &str) -> Option<Spot<'v>> {
        let member = spot.member(name);
        let preset_says = self.incomplete && spot.at.starts_with("/provider");
        if member.is_none() && spot.value.is_object() && !preset_says {
            self.note(&spot.at, format!("The key `{name}` is missing here."));
        }
        member
    }

    /// Notes what is no object, and every key that is in none of the tables.
    pub fn object<'v>(&mut self, spot: &Spot<'v>, tables: &[&[Key]]) -> Option<&'v Map<String, Value>> {
        let object = self.any_object(spot)?;
        for name in object.keys() {
            let mut known = tables.iter().copied().flatten().map(|key| key.name);
            // A secret has a sentence of its own.
            if name == SECRET || known.any(|key| key == name) {
                continue;
            }
            let names: Vec<_> = tables.iter().copied().flatten().map(|key| key.name).collect();
            let names = allowed(name, &names);
            let at = spot.inner(name, spot.value).at;
            self.note(&at, format!("There is no key `{}` here; allowed are {names}", short(name)));
        }
        Some(object)
    }

    /// Notes what is no object.
    pub fn any_object<'v>(&mut self, spot: &Spot<'v>) -> Option<&'v Map<String, Value>> {
        let object = spot.value.as_object();
        if object.is_none() {
            self.wrong(spot, "an object");
        }
        object
    }

    /// One of a few words.
    pub fn word(&mut self, spot: Option<Spot<'_>>, words: &[&str]) -> Option<usize> {
        let spot = spot?;
        let found = spot.value.as_str().unwrap_or_default();
        let position = words.iter().position(|word| *word == found);
        if position.is_none() {
            let words = allowed(found, words);
            let found = self::found(spot.value);
            self.note(&spot.at, format!("This must be one of {words} Found {found}."));
        }
        position
    }

    /// True or false.
    pub fn flag(&mut self, spot: Option<Spot<'_>>, default: bool) -> bool {
        let Some(spot) = spot else { return default };
        spot.value.as_bool().unwrap_or_else(|| {
            self.wrong(&spot, "true or false");
            default
        })
    }

    /// A whole number within bounds.
    pub fn number(&mut self, spot: Option<Spot<'_>>, least: u64, most: u64) -> Option<u64> {
        let spot = spot?;
        let number = spot.value.as_u64().filter(|n| (least..=most).contains(n));
        if number.is_none() {
            self.wrong(&spot, &format!("a whole number from {least} to {most}"));
        }
        number
    }

    /// A JSON Pointer.
    pub fn pointer(&mut self, spot: &Spot<'_>) -> Pointer {
        let Some(text) = self.string(spot) else {
            return Pointer::default();
        };
        self.pointer_text(&spot.at, &text)
    }

    /// A JSON Pointer that stands in this text.
    pub fn pointer_text(&mut self, at: &str, text: &str) -> Pointer {
        Pointer::parse(text).unwrap_or_else(|error| {
            let text = short(text);
            self.note(at, format!("\"{text}\" is no JSON Pointer: {error}."));
            Pointer::default()
        })
    }
}

/// The key that no browser app may have.
pub(super) const SECRET: &str = "client_secret";

/// A value as a sentence names it; a long text is cut.
fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("\"{}\"", short(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Enough of a text to know it again.
pub(super) fn short(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
