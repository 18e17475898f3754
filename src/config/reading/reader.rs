//! Walks a JSON value and collects every mistake on the way.
//!
//! A reading function never fails: it notes a mistake and gives a stand-in. The stand-in never
//! leaves this module, because a file with one mistake gives no config. So one wrong key hides no
//! other, and the reading code stays straight.
//!
//! What is absent is read like what is there: [`Walk::member`] gives [`NOTHING`] for it, and
//! nothing is ever said about that. Where a value stands is looked for only when something is
//! wrong with it, by its address in memory: see [`Reader::place`].

use super::keys::{self, Key};
use crate::config::mistake::{TELLS, UNTOLD, allowed, folded, listed, nearest, told};
use crate::config::pointer::push_token;
use crate::config::{Mistake, Origin, Pointer, read_json, write_json};
use serde_json::{Map, Value};
use std::fmt;
use std::slice;

/// A file with so many mistakes is not read for the rest.
const MOST: usize = 1000;

/// Stands in for every value that is absent.
pub(super) static NOTHING: Value = Value::Null;

/// How the reading functions move through a value.
pub(super) trait Walk {
    /// The member of that name, or [`NOTHING`]; `null` counts as absent.
    fn member(&self, name: &str) -> &Value;
    /// The members of a list; a single value is a list of itself.
    fn each(&self) -> &[Value];
    /// The members of an object, by name.
    fn entries(&self) -> Vec<(&String, &Value)>;
}

impl Walk for Value {
    fn member(&self, name: &str) -> &Value {
        self.get(name).filter(|value| !value.is_null()).unwrap_or(&NOTHING)
    }

    fn each(&self) -> &[Value] {
        match self {
            Value::Array(items) => items,
            Value::Null if is_nothing(self) => &[],
            one => slice::from_ref(one),
        }
    }

    fn entries(&self) -> Vec<(&String, &Value)> {
        let mut entries = Vec::new();
        if let Self::Object(members) = self {
            for entry in members {
                entries.push(entry);
            }
        }
        entries
    }
}

fn is_nothing(value: &Value) -> bool {
    std::ptr::eq(value, &raw const NOTHING)
}

#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the file says or not")]
/// What is read, and everything wrong with it so far.
pub(super) struct Reader<'a> {
    pub mistakes: Vec<Mistake>,
    /// The file alone, without its preset.
    pub file: &'a Value,
    /// What is read: the file over its preset.
    pub merged: &'a Value,
    /// The preset's name.
    pub preset: Option<&'a str>,
    /// The preset could not be had: what only it could say is not missed.
    pub incomplete: bool,
    /// The origin that the page is served from.
    pub page_origin: Option<&'a str>,
    /// `provider.vars`, resolved.
    pub vars: Map<String, Value>,
    /// The names of `errors.challenge.fields`; `None` when something is wrong with them: then nobody knows what may bind one.
    pub challenge_fields: Option<Vec<String>>,
    /// A cookie holds the session.
    pub is_in_cookie: bool,
    /// Nothing but a cookie does: there is no access token to be bound.
    pub is_only_in_cookie: bool,
    /// The provider signs in by a redirect: there is no form, and endpoints may be those of an issuer.
    pub has_redirect: bool,
    /// Of the redirect; only its endpoints can be named.
    pub issuer: String,
    /// Whom the file is read for.
    pub name: &'a str,
    /// Every request that carries the access token, and where it goes.
    pub carried: Vec<(&'a Value, Origin)>,
}

impl Reader<'_> {
    /// Notes what is wrong with a value.
    #[allow(clippy::inline_always, reason = "so that a sentence that is not told is not made either")]
    #[inline(always)]
    pub fn note(&mut self, value: &Value, sentence: fmt::Arguments<'_>) {
        if TELLS {
            self.tell(value, sentence);
        } else {
            self.count(value);
        }
    }

    /// Something is wrong with a value, and nobody is told what. Never inlined: there are a hundred places that note something.
    #[inline(never)]
    fn count(&mut self, value: &Value) {
        if !is_nothing(value) {
            self.mistakes.push(UNTOLD);
        }
    }

    fn tell(&mut self, value: &Value, sentence: fmt::Arguments<'_>) {
        if is_nothing(value) || self.mistakes.len() >= MOST {
            return;
        }
        let at = self.place(value);
        match self.preset {
            Some(preset) if !self.is_in_file(&at) => {
                self.tell_at(&at, format_args!("{sentence} (This comes from the preset `{preset}`.)"));
            }
            _ => self.tell_at(&at, sentence),
        }
    }

    /// Whether the file itself, not its preset, has something there.
    pub fn is_in_file(&self, at: &str) -> bool {
        Pointer::parse(at).is_ok_and(|at| at.find(self.file).is_some())
    }

    /// Notes a mistake once.
    #[allow(clippy::inline_always, reason = "so that a sentence that is not told is not made either")]
    #[inline(always)]
    pub fn note_at(&mut self, at: &str, sentence: fmt::Arguments<'_>) {
        if TELLS {
            self.tell_at(at, sentence);
        } else {
            self.mistakes.push(UNTOLD);
        }
    }

    fn tell_at(&mut self, at: &str, sentence: fmt::Arguments<'_>) {
        let mistake = Mistake { pointer: at.to_owned(), sentence: sentence.to_string() };
        if self.mistakes.len() < MOST && !self.mistakes.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }

    /// The JSON Pointer of a value that is part of what is read.
    pub fn place(&self, value: &Value) -> String {
        place_in(self.merged, value).unwrap_or_default()
    }

    /// Notes that a value is not what it must be.
    #[allow(clippy::inline_always, reason = "so that a sentence that is not told is not made either")]
    #[inline(always)]
    pub fn wrong(&mut self, value: &Value, must_be: &str) {
        self.note(value, format_args!("This must be {must_be}; found {}.", found(value)));
    }

    /// Notes a name that nothing has, with the names that something has.
    #[allow(clippy::inline_always, reason = "so that a sentence that is not told is not made either")]
    #[inline(always)]
    pub fn unknown(&mut self, value: &Value, what: &str, name: &str, has: &str, names: &[&str]) {
        let names = allowed(name, names);
        self.note(value, format_args!("There is no {what} `{}`{has} {names}", short(name)));
    }

    /// The member of that name, noted when it is missing.
    pub fn required<'v>(&mut self, value: &'v Value, name: &str) -> &'v Value {
        let member = value.member(name);
        if is_nothing(member) && value.is_object() {
            let is_told = TELLS && {
                let preset_says = self.incomplete && self.place(value).starts_with("/provider");
                preset_says || self.has_misspelt(value, name)
            };
            if !is_told {
                let here = if TELLS && self.place(value).is_empty() { "at the top of the file" } else { "here" };
                self.note(value, format_args!("The key `{name}` is missing {here}."));
            }
        }
        member
    }

    /// Whether the object has the key under a name that was told to be wrong.
    fn has_misspelt(&self, object: &Value, name: &str) -> bool {
        let is_meant = |found: &str| nearest(found, &[name]).is_some() || keys::other_word(found) == Some(name);
        let mut members = object.as_object().into_iter().flatten();
        members.any(|(found, member)| found != name && is_meant(found) && self.is_told(member))
    }

    /// Whether something is said about a value; where nothing is told, nothing is.
    pub fn is_told(&self, value: &Value) -> bool {
        TELLS && {
            let place = self.place(value);
            self.mistakes.iter().any(|mistake| mistake.pointer == place)
        }
    }

    /// Notes what is no object, and every key that is in neither table.
    pub fn object(&mut self, value: &Value, table: &[Key], more: &[Key]) -> bool {
        for (name, member) in self.members(value) {
            let mut keys = table.iter().chain(more);
            // A secret has a sentence of its own.
            if !is_secret(name) && keys.all(|key| key.name != name) {
                let names: Vec<&str> = table.iter().chain(more).map(|key| key.name).filter(|_| TELLS).collect();
                let meant = if TELLS { meant(name, &names) } else { String::new() };
                let names = if meant.is_empty() { allowed(name, &names) } else { told(|| listed(&names)) };
                let name = short(name);
                self.note(member, format_args!("There is no key `{name}` here; allowed are {names}{meant}"));
            }
        }
        value.is_object()
    }

    /// The members of an object; what is none is noted.
    pub fn members<'v>(&mut self, value: &'v Value) -> Vec<(&'v String, &'v Value)> {
        if !value.is_object() {
            self.wrong(value, "an object `{…}`");
        }
        value.entries()
    }

    /// One of a few words.
    pub fn word(&mut self, value: &Value, words: &[&str]) -> Option<usize> {
        let text = value.as_str().unwrap_or_default();
        let position = words.iter().position(|word| *word == text);
        if position.is_none() {
            let words = allowed(text, words);
            self.note(value, format_args!("This must be one of {words} Found {}.", found(value)));
        }
        position
    }

    /// True or false.
    pub fn flag(&mut self, value: &Value, default: bool) -> bool {
        value.as_bool().unwrap_or_else(|| {
            self.wrong(value, &told(|| ["true or false", unquoted(value)].concat()));
            default
        })
    }

    /// A whole number of something within bounds.
    pub fn number(&mut self, value: &Value, unit: &str, least: u64, most: u64) -> Option<u64> {
        let number = value.as_u64().filter(|n| (least..=most).contains(n));
        if number.is_none() {
            self.wrong(value, &told(|| format!("a whole number of {unit} from {least} to {most}{}", unquoted(value))));
        }
        number
    }

    /// A JSON Pointer; the whole value when there is none.
    pub fn pointer(&mut self, value: &Value) -> Pointer {
        let text = self.string(value).unwrap_or_default();
        self.pointer_text(value, &text)
    }

    /// A JSON Pointer that stands in this text.
    pub fn pointer_text(&mut self, value: &Value, text: &str) -> Pointer {
        Pointer::parse(text).unwrap_or_else(|error| {
            let meant = told(|| meant_pointer(text));
            self.note(value, format_args!("\"{}\" is no JSON Pointer: {error}.{meant}", short(text)));
            Pointer::default()
        })
    }
}

/// What is said of a secret wherever somebody would put one.
pub const NO_SECRET: &str = "A `client_secret` is no secret in a browser app, where everybody can read this file: remove it, and register the app as a public client.";

/// The key that no browser app may have, however its words are joined.
pub(super) fn is_secret(name: &str) -> bool {
    name.len() < 16 && folded(name) == b"clientsecret"
}

/// What was meant by a key that is right elsewhere, or that other tools call so.
fn meant(found: &str, names: &[&str]) -> String {
    if nearest(found, names).is_some() {
        return String::new();
    }
    if let Some(name) = keys::other_word(found).filter(|name| names.contains(name)) {
        return format!("; did you mean `{name}`?");
    }
    if names.contains(&"issuer") && PARAMETERS.contains(&found) {
        return format!("; `{found}` belongs in `form`.");
    }
    if names.contains(&"redirect") && keys::REDIRECT.iter().any(|key| key.name == found) {
        return format!("; `{found}` belongs in `redirect`.");
    }
    // At the top of the file only: further in, a word means other things.
    if !names.contains(&"provider") {
        return String::new();
    }
    let mut tables = [("/provider", keys::PROVIDER), ("/app", keys::APP), ("/session", keys::SESSION)].into_iter();
    let table = tables.find(|(_, table)| table.iter().any(|key| key.name == found));
    table.map_or_else(String::new, |(place, _)| format!("; `{found}` belongs in {place}."))
}

/// Of an authorization request: what people write beside `form`.
const PARAMETERS: [&str; 9] =
    ["client_id", "scope", "prompt", "audience", "resource", "login_hint", "acr_values", "max_age", "ui_locales"];

/// A hint for a number, true or false that is written as a text.
pub(super) fn unquoted(value: &Value) -> &'static str {
    let is_quoted =
        TELLS && value.as_str().and_then(read_json).is_some_and(|inner| inner.is_number() || inner.is_boolean());
    if is_quoted { ", without quotes" } else { "" }
}

/// The JSON Pointer that was probably meant by a path of names joined by dots, as a hint.
pub(super) fn meant_pointer(text: &str) -> String {
    let path = text.strip_prefix('$').unwrap_or(text);
    let path = path.strip_prefix('.').unwrap_or(path);
    let name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let is_path =
        path.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) && path.len() <= 64 && path.split('.').all(name);
    if is_path { format!(" Did you mean `/{}`?", path.split('.').collect::<Vec<_>>().join("/")) } else { String::new() }
}

/// Where a value stands inside another.
fn place_in(whole: &Value, part: &Value) -> Option<String> {
    if std::ptr::eq(whole, part) {
        return Some(String::new());
    }
    let (token, inner) = match whole {
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| place_in(item, part).map(|inner| (index.to_string(), inner)))
        }
        Value::Object(members) => {
            let mut members = members.iter();
            members.find_map(|(name, member)| place_in(member, part).map(|inner| (name.clone(), inner)))
        }
        _ => None,
    }?;
    let mut place = String::new();
    push_token(&mut place, &token);
    Some(place + &inner)
}

/// A value as a sentence names it; a long text is cut.
fn found(value: &Value) -> String {
    match value {
        _ if !TELLS => String::new(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("\"{}\"", short(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Null | Value::Bool(_) => write_json(value),
    }
}

/// Enough of a text to know it again.
pub(super) fn short(text: &str) -> String {
    if !TELLS {
        return String::new();
    }
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
