//! From text to a whole [`Config`], or to every mistake in it.
//!
//! ```text
//! Draft::parse   text -> JSON           too large, HTML, broken JSON: nothing more can be said
//! Draft::preset  the file still to be fetched
//! Draft::finish  preset + file -> merged -> read (`keys`, `reader`, one file per object) -> Config
//! ```
//!
//! Reads no files and asks nobody: the floors above, and the command line, fetch the texts.

pub mod keys;
mod pages;
mod provider;
mod reader;
mod request;
mod tokens;
mod url;
mod vars;

use super::address::is_safe_link;
use super::mistake::allowed;
use super::pages::page_at;
use super::{
    App, Body, Config, Credentials, Links, Method, Mistake, Mistakes, Origin, Page, Provider, Query, Request, Root,
    SessionRules, StorageKind, Template, TokenPlaces, UrlTemplate, merge_patch, parse_json,
};
use reader::{Reader, Spot, short};
use request::{Call, Kind, Scope};
use serde_json::{Map, Value};

/// 256 KB: no config is larger, and nothing larger is even parsed.
const LARGEST: usize = 256 * 1024;

/// Ten years: longer spans are slips.
const LONGEST_S: u64 = 315_360_000;

/// A JSON file whose preset is still to be fetched.
#[derive(Clone, Debug)]
pub struct Draft {
    value: Value,
    duplicates: Vec<Mistake>,
}

/// What became of the preset that the file names.
#[derive(Clone, Debug)]
pub enum Preset<'a> {
    /// The file names none.
    NotNamed,
    /// The text of `presets/NAME.json`.
    Text(&'a str),
    /// There is no such file.
    Missing {
        /// The names in `presets/index.json`, for the nearest one.
        known: Vec<String>,
    },
}

impl Draft {
    /// Reads the text of `config.json` as JSON.
    ///
    /// # Errors
    /// One [`Mistake`] about the whole file: larger than 256 KB, empty, HTML in its place, or not
    /// JSON (with line and column).
    pub fn parse(text: &str) -> Result<Self, Mistakes> {
        if text.len() > LARGEST {
            return Err(Mistakes::whole_file(format!(
                "This file has {} bytes; more than {LARGEST} (256 KB) are not read.",
                text.len()
            )));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim_start().is_empty() {
            return Err(Mistakes::whole_file("This file is empty."));
        }
        if is_html(text) {
            return Err(Mistakes::whole_file(
                "This is HTML, not JSON: the file is missing, and a fallback rule of the web server answers with a page in its place.",
            ));
        }
        let (value, duplicates) = parse_json(text).map_err(|mistake| Mistakes(vec![mistake]))?;
        Ok(Self { value, duplicates })
    }

    /// The name of the preset to fetch; `None` when none is named, or by no legal name.
    #[must_use]
    pub fn preset(&self) -> Option<&str> {
        let name = self.value.get("provider")?.get("preset")?.as_str()?;
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (!name.is_empty() && name.len() <= 64 && name.bytes().all(legal)).then_some(name)
    }

    /// Merges the preset in and checks everything. `page_origin`: where the app is served from,
    /// as the browser serialises it; `None` when that is not known.
    ///
    /// # Errors
    /// All [`Mistakes`] of the file at once.
    pub fn finish(self, preset: Preset<'_>, page_origin: Option<&str>) -> Result<Config, Mistakes> {
        let name = self.preset();
        let mut reader = Reader {
            mistakes: self.duplicates.clone(),
            file: &self.value,
            preset: name,
            incomplete: false,
            page_origin,
            vars: Map::new(),
            has_challenge: false,
            challenge_fields: Vec::new(),
            carried: Vec::new(),
        };
        let base = reader.preset_value(preset);
        let mut merged = self.value.clone();
        if let Some(own) = merged.get_mut("provider") {
            say_nowhere(own);
            if let Some(mut base) = base {
                say_nowhere(&mut base);
                merge_patch(&mut base, own.take());
                *own = base;
            }
        }
        let root = Spot { value: &merged, at: String::new() };
        let config = reader.file(&root);
        match config {
            Some(config) if reader.mistakes.is_empty() => Ok(config),
            _ => Err(Mistakes(reader.mistakes)),
        }
    }
}

fn is_html(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// Where `null` says "nowhere", the empty list says the same and survives a merge, which would
/// drop the `null` and bring the default back.
fn say_nowhere(provider: &mut Value) {
    const HOLDERS: [&str; 5] = ["/tokens", "/errors", "/sign_in/tokens", "/refresh/tokens", "/user_info/tokens"];
    for holder in HOLDERS {
        let Some(Value::Object(members)) = provider.pointer_mut(holder) else {
            continue;
        };
        for (name, value) in members {
            if value.is_null() && name != "challenge" {
                *value = Value::Array(Vec::new());
            }
        }
    }
}

impl Reader<'_> {
    /// The preset as a value; `None` when there is none, which is noted where it is a mistake.
    fn preset_value(&mut self, preset: Preset<'_>) -> Option<Value> {
        const AT: &str = "/provider/preset";
        let Some(name) = self.preset else {
            let written = self.file.pointer(AT).filter(|value| !value.is_null());
            if let Some(value) = written {
                let at = AT.to_owned();
                self.wrong(&Spot { value, at }, "the name of a preset: small letters, digits and hyphens");
                self.incomplete = true;
            }
            return None;
        };
        let text = match preset {
            Preset::Text(text) if !is_html(text) => text,
            Preset::Missing { known } if !known.is_empty() => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let known = allowed(name, &known);
                self.note(AT, format!("There is no preset `{name}`; there are {known}"));
                self.incomplete = true;
                return None;
            }
            _ => {
                self.note(AT, format!("There is no preset `{name}`: presets/{name}.json cannot be had."));
                self.incomplete = true;
                return None;
            }
        };
        match parse_json(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            Ok((Value::Object(mut members), duplicates)) => {
                for mistake in duplicates {
                    self.note(AT, format!("In presets/{name}.json at {}: {mistake}", mistake.pointer));
                }
                members.shift_remove("$schema");
                Some(Value::Object(members))
            }
            Ok(_) => {
                self.note(AT, format!("presets/{name}.json is no object."));
                self.incomplete = true;
                None
            }
            Err(mistake) => {
                self.note(AT, format!("In presets/{name}.json: {mistake}"));
                self.incomplete = true;
                None
            }
        }
    }

    fn file(&mut self, root: &Spot<'_>) -> Option<Config> {
        self.object(root, &[keys::FILE])?;
        self.version(root);
        self.secrets(root);
        let app_spot = self.required(root, "app");
        let app = app_spot.as_ref().map(|spot| self.app(spot));
        let provider_spot = self.required(root, "provider")?;
        let provider = self.provider(&provider_spot);
        let session = self.session(root.member("session"));
        let store = self.store(root.member("store"));
        let queries = self.queries(root.member("queries"), &provider_spot, &provider);
        self.check_carried(&provider.authorize.origins);
        let pages = root.member("pages");
        let pages = pages.map(|pages| self.pages(&pages, &queries)).unwrap_or_default();
        let mut app = app?;
        app.after_sign_in = self.after_sign_in(&app_spot?, &pages);
        Some(Config { app, provider, session, store, queries, pages })
    }

    fn version(&mut self, root: &Spot<'_>) {
        let Some(version) = self.required(root, "version") else {
            return;
        };
        if version.value.as_u64() != Some(1) {
            let found = short(&version.value.to_string());
            self.note(&version.at, format!("This file says version {found}; this app reads version 1 only."));
        }
    }

    fn app(&mut self, spot: &Spot<'_>) -> App {
        self.object(spot, &[keys::APP]);
        let id = self.required(spot, "id");
        let letter = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if let Some(id) = id {
            let text = id.value.as_str().unwrap_or_default();
            if text.is_empty() || text.len() > 64 || !text.bytes().all(letter) {
                self.wrong(&id, "1 to 64 letters, digits, `-`, `_` and `.`");
            }
        }
        let locale = spot.member("locale");
        if let Some(locale) = &locale {
            let text = locale.value.as_str().unwrap_or_default();
            let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            if !(2..=35).contains(&text.len()) || !text.bytes().all(letter) {
                self.wrong(locale, "a language tag like `en` or `pt-BR`");
            }
        }
        App {
            id: Self::text_of(spot.member("id")).unwrap_or_default(),
            title: self.required_string(spot, "title"),
            // Names a page, so it is read behind them.
            after_sign_in: String::new(),
            locale: Self::text_of(locale),
            links: self.links(spot.member("links")),
            disable_incomplete: self.flag(spot.member("disable_incomplete"), false),
        }
    }

    /// A text that was checked already.
    fn text_of(spot: Option<Spot<'_>>) -> Option<String> {
        spot?.value.as_str().map(ToOwned::to_owned)
    }

    fn after_sign_in(&mut self, app: &Spot<'_>, pages: &[Page]) -> String {
        let mut open = pages.iter().filter(|page| page.params().next().is_none());
        let Some(spot) = app.member("after_sign_in") else {
            let Some(first) = open.next() else {
                // A page that could not be read may have been meant.
                if !self.mistakes.iter().any(|m| m.pointer.starts_with("/pages")) {
                    self.note("/pages", "There must be a page without parameters, for a sign-in to lead to.");
                }
                return String::new();
            };
            return first.path.clone();
        };
        let path = self.string(&spot).unwrap_or_default();
        if spot.value.is_string() && page_at(pages, &path).is_none() {
            let mut paths: Vec<&str> = open.map(|page| page.path.as_str()).collect();
            paths.dedup();
            let paths = if paths.is_empty() {
                "/pages has none.".to_owned()
            } else {
                format!("/pages has {}", allowed(&path, &paths))
            };
            self.note(&spot.at, format!("There is no page `{}` to lead to after a sign-in; {paths}", short(&path)));
        }
        path
    }

    fn links(&mut self, spot: Option<Spot<'_>>) -> Links {
        let Some(spot) = spot else {
            return Links::default();
        };
        self.object(&spot, &[keys::LINKS]);
        Links {
            forgot_password: self.link(spot.member("forgot_password")),
            sign_up: self.link(spot.member("sign_up")),
            help: self.link(spot.member("help")),
        }
    }

    fn link(&mut self, spot: Option<Spot<'_>>) -> Option<String> {
        let spot = spot?;
        let link = self.string(&spot)?;
        if !is_safe_link(&link) {
            self.wrong(&spot, "a link that begins with `https://`, `mailto:`, `tel:` or `/`");
        }
        Some(link)
    }

    fn session(&mut self, spot: Option<Spot<'_>>) -> SessionRules {
        let empty = Value::Object(Map::new());
        let spot = spot.unwrap_or_else(|| Spot { value: &empty, at: String::new() });
        self.object(&spot, &[keys::SESSION]);
        let storage = match self.word(spot.member("storage"), &["local", "session", "memory"]) {
            Some(1) => StorageKind::Session,
            Some(2) => StorageKind::Memory,
            _ => StorageKind::Local,
        };
        let early = self.number(spot.member("refresh_early_s"), 0, LONGEST_S);
        let idle = self.number(spot.member("idle_timeout_s"), 1, LONGEST_S);
        let age = self.number(spot.member("max_age_s"), 1, LONGEST_S);
        SessionRules {
            storage,
            refresh_early_ms: early.unwrap_or(60) * 1000,
            idle_timeout_ms: idle.map(|seconds| seconds * 1000),
            max_age_ms: age.map(|seconds| seconds * 1000),
            clear_store: self.flag(spot.member("clear_store"), true),
        }
    }

    fn store(&mut self, spot: Option<Spot<'_>>) -> Vec<(String, super::Pointer)> {
        let Some(spot) = spot else {
            return Vec::new();
        };
        self.any_object(&spot);
        let members = spot.members().into_iter();
        members.map(|(name, spot)| (name.to_owned(), self.pointer(&spot))).collect()
    }

    fn queries(&mut self, spot: Option<Spot<'_>>, provider_spot: &Spot<'_>, provider: &Provider) -> Vec<Query> {
        const ROOTS: [Root; 5] = [Root::User, Root::Store, Root::Params, Root::Url, Root::Before];
        let Some(spot) = spot else {
            return Vec::new();
        };
        self.any_object(&spot);
        let headers = provider_spot.member("headers");
        let kind = Kind {
            scope: Scope::new("in a query", &ROOTS),
            call: Call::Query,
            more: keys::QUERY,
            headers: headers.as_ref(),
            headers_to: Some(&provider.authorize.origins),
            tokens: &provider.sign_in.tokens,
        };
        let mut queries = Vec::new();
        for (name, spot) in spot.members() {
            queries.push(Query {
                name: name.to_owned(),
                request: self.request(&spot, kind),
                rows: self.optional_pointer(spot.member("rows")),
            });
        }
        queries
    }
}

impl Request {
    /// What stands in for a request that could not be read; never leaves this floor.
    fn stand_in(tokens: &TokenPlaces) -> Self {
        Self {
            method: Method::Post,
            url: UrlTemplate::new(Template::default(), Origin::Own),
            headers: Vec::new(),
            body: Body::Empty,
            authorized: false,
            credentials: Credentials::Omit,
            timeout_ms: 0,
            ok: Vec::new(),
            before: None,
            tokens: tokens.clone(),
        }
    }
}
