//! From text to a whole [`Config`], or to every mistake in it.
//!
//! ```text
//! Draft::parse   text -> JSON           too large, HTML, broken JSON: nothing more can be said
//! Draft::presets the files still to be fetched
//! Draft::finish_all  once for each of the file's providers:
//! Draft::finish  preset + file -> merged -> read (`keys`, `reader`, one file per object) -> Config
//! ```
//!
//! Reads no files and asks nobody: the floors above, and the command line, fetch the texts.

pub mod keys;
mod pages;
mod provider;
mod reader;
mod request;
#[cfg(not(target_arch = "wasm32"))]
pub mod shape;
mod tokens;
mod url;
mod vars;

use super::address::is_safe_link;
use super::mistake::{TELLS, allowed, nearest, told};
use super::pages::page_at;
use super::pointer::push_token;
use super::{
    App, Config, Links, Mistake, Mistakes, OwnText, Page, Pointer, Provider, Query, Root, SessionRules, StorageKind,
    merge_patch, parse_json, write_json,
};
use crate::texts::{LANGUAGES, names};
pub use reader::NO_SECRET;
use reader::{Reader, Walk, short};
use request::{Call, Kind, Scope};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// 256 KB: no config is larger, and nothing larger is even parsed.
const LARGEST: usize = 256 * 1024;

/// Ten years: longer spans are slips.
const LONGEST_S: u64 = 315_360_000;

/// More buttons than anybody reads; and for each the whole file is read once more.
const MOST_PROVIDERS: usize = 24;

/// The name of `provider` beside those of `providers`.
const FIRST: &str = "provider";

/// A JSON file whose preset is still to be fetched.
#[derive(Clone, Debug)]
pub struct Draft {
    value: Value,
    duplicates: Vec<Mistake>,
    /// Whom it is read for: [`FIRST`], or the name of one of `providers`.
    name: String,
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
            return Err(Mistakes::whole_file(told(|| {
                format!("This file has {} bytes; more than {LARGEST} (256 KB) are not read.", text.len())
            })));
        }
        let text = without_mark(text);
        if text.trim_ascii_start().is_empty() {
            return Err(Mistakes::whole_file("This file is empty."));
        }
        if is_html(text) {
            return Err(Mistakes::whole_file(
                "This is HTML, not JSON: the file is missing, and a fallback rule of the web server answers with a page in its place.",
            ));
        }
        let (value, duplicates) = parse_json(text).map_err(|mistake| Mistakes(vec![mistake]))?;
        Ok(Self { value, duplicates, name: FIRST.to_owned() })
    }

    /// The names of the presets to fetch, each once.
    #[must_use]
    pub fn presets(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let others = self.value.member("providers").as_object().into_iter().flat_map(Map::values);
        for provider in [self.value.member(FIRST)].into_iter().chain(others.take(MOST_PROVIDERS)) {
            let name = provider.member("preset").as_str().unwrap_or_default();
            if is_preset_name(name) && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// Finishes the file for each provider that it names: a config each, the first one's first. `fetched` has what became of
    /// each of [`Draft::presets`]: its text, or, where there is no such file, the names that there are.
    ///
    /// # Errors
    /// All [`Mistakes`] of the file, each once; two providers that lead back to one path, where nobody could tell whose answer
    /// came (the mix-up of RFC 9700 §4.4).
    pub fn finish_all(
        self,
        fetched: &[(String, Result<String, Vec<String>>)],
        page_origin: Option<&str>,
    ) -> Result<Vec<Config>, Mistakes> {
        let mut configs: Vec<Config> = Vec::new();
        let mut mistakes: Vec<Mistake> = Vec::new();
        for draft in self.for_each_provider() {
            let file = draft.preset().and_then(|name| fetched.iter().find(|(fetched, _)| fetched == name));
            let preset = match file {
                None => Preset::NotNamed,
                Some((_, Ok(text))) => Preset::Text(text),
                Some((_, Err(_))) if !TELLS => Preset::Missing { known: Vec::new() },
                Some((_, Err(known))) => Preset::Missing { known: known.clone() },
            };
            match draft.finish(preset, page_origin) {
                Ok(config) => {
                    if let Some(redirect) = &config.provider.redirect {
                        let is_same = |other: &Config| {
                            other.provider.redirect.as_ref().is_some_and(|other| other.path == redirect.path)
                        };
                        if let Some(other) = configs.iter().find(|other| is_same(other)) {
                            mistakes.push(one_path(other, &config));
                        }
                    }
                    configs.push(config);
                }
                Err(more) if !TELLS => {
                    std::mem::forget(configs);
                    return Err(more);
                }
                Err(Mistakes(more)) => {
                    for mistake in more {
                        if !mistakes.contains(&mistake) {
                            mistakes.push(mistake);
                        }
                    }
                }
            }
        }
        if mistakes.is_empty() {
            return Ok(configs);
        }
        if !TELLS {
            std::mem::forget(configs);
        }
        Err(Mistakes(mistakes))
    }

    /// The same file once for each provider that it names, the first one first.
    fn for_each_provider(self) -> Vec<Self> {
        let mut drafts = Vec::new();
        for (name, provider) in self.value.member("providers").entries().into_iter().take(MOST_PROVIDERS) {
            // What is null cannot be read as one that is missing: it is told as it stands.
            if provider.is_null() {
                continue;
            }
            let mut other = Self { name: name.clone(), ..self.clone() };
            if let Some(file) = other.value.as_object_mut() {
                file.insert(FIRST.to_owned(), provider.clone());
            }
            drafts.push(other);
        }
        drafts.insert(0, self);
        drafts
    }

    /// The name of the preset to fetch; `None` when none is named, or by no legal name.
    #[must_use]
    pub fn preset(&self) -> Option<&str> {
        let name = self.value.get("provider")?.get("preset")?.as_str()?;
        is_preset_name(name).then_some(name)
    }

    /// Merges the preset in and checks everything. `page_origin`: where the app is served from,
    /// as the browser serialises it; `None` when that is not known.
    ///
    /// # Errors
    /// All [`Mistakes`] of the file at once.
    pub fn finish(mut self, preset: Preset<'_>, page_origin: Option<&str>) -> Result<Config, Mistakes> {
        let mut merged = self.value.clone();
        let mut reader = Reader {
            mistakes: std::mem::take(&mut self.duplicates),
            file: &self.value,
            merged: &self.value,
            preset: self.preset(),
            incomplete: false,
            page_origin,
            vars: Map::new(),
            challenge_fields: None,
            is_in_cookie: false,
            is_only_in_cookie: false,
            has_redirect: false,
            issuer: String::new(),
            name: &self.name,
            carried: Vec::new(),
        };
        let base = reader.preset_value(preset);
        if let Some(own) = merged.get_mut("provider") {
            say_nowhere(own);
            if let Some(mut base) = base {
                say_nowhere(&mut base);
                merge_patch(&mut base, own.take());
                *own = base;
            }
        }
        reader.merged = &merged;
        let config = reader.whole(&merged);
        let mut mistakes = reader.mistakes;
        if mistakes.is_empty() {
            return Ok(config);
        }
        if !TELLS {
            // The page is about to be handed over, and taking a config apart is a kilobyte of code.
            std::mem::forget(config);
        }
        if TELLS && self.name != FIRST {
            let mut own = "/providers".to_owned();
            push_token(&mut own, &self.name);
            for mistake in &mut mistakes {
                if let Some(within) =
                    mistake.pointer.strip_prefix("/provider").filter(|within| !within.starts_with('s'))
                {
                    mistake.pointer = [own.as_str(), within].concat();
                }
                mistake.sentence = mistake.sentence.replace("/provider/", &[own.as_str(), "/"].concat());
            }
        }
        Err(Mistakes(mistakes))
    }
}

/// Two providers that lead back to one path.
fn one_path(one: &Config, other: &Config) -> Mistake {
    let (one, name) = (&one.provider.name, &other.provider.name);
    Mistake {
        pointer: told(|| ["/providers/", name, "/redirect/path"].concat()),
        sentence: told(|| {
            let path = other.provider.redirect.as_ref().map_or("", |redirect| &redirect.path);
            format!(
                "The providers `{one}` and `{name}` both lead back to `{path}`, where nobody could tell whose answer comes: each needs a path of its own."
            )
        }),
    }
}

/// The name that was probably meant by another spelling of it, or by its file, as a hint.
fn meant_preset(written: &Value) -> String {
    let file = written.as_str().unwrap_or_default();
    let name = file.strip_prefix("presets/").unwrap_or(file);
    let name = name.strip_suffix(".json").unwrap_or(name).to_ascii_lowercase();
    if is_preset_name(&name) { format!(", probably `{name}`") } else { String::new() }
}

/// The text that was probably meant by another name, as a hint.
fn meant_text(name: &str) -> String {
    let names: Vec<&str> = names().collect();
    match nearest(name, &names) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None if is_language(name) => {
            format!(": name the text first, then the language: `{{ \"sign_in\": {{ \"{name}\": \"…\" }} }}`.")
        }
        None => ".".to_owned(),
    }
}

fn is_preset_name(name: &str) -> bool {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !name.is_empty() && name.len() <= 64 && name.bytes().all(legal)
}

/// Whether it can be the name of a provider, and the last word of its redirect path. Two lead somewhere else.
fn is_word(word: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    (1..=32).contains(&word.len()) && word.bytes().all(letter) && word != "signed-out" && word != "front-channel"
}

/// A byte order mark is no part of the text.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A language with no more than a country or a script behind it, so that every browser takes it.
fn is_language(tag: &str) -> bool {
    let is_letters = |part: &str, lengths: [usize; 2]| {
        lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic())
    };
    let (primary, more) = tag.split_once('-').unwrap_or((tag, "419"));
    let is_area = more.len() == 3 && more.bytes().all(|b| b.is_ascii_digit());
    is_letters(primary, [2, 3]) && (is_area || is_letters(more, [2, 4]))
}

fn is_html(text: &str) -> bool {
    text.trim_ascii_start().starts_with('<')
}

/// Where `null` says "nowhere", the empty list says the same and survives a merge, which would
/// drop the `null` and bring the default back.
fn say_nowhere(provider: &mut Value) {
    for request in ["sign_in", "refresh", "user_info"] {
        if let Some(request) = provider.get_mut(request) {
            say_nowhere_in(request, "tokens");
        }
    }
    say_nowhere_in(provider, "tokens");
    say_nowhere_in(provider, "errors");
}

fn say_nowhere_in(holder: &mut Value, name: &str) {
    let members = holder.get_mut(name).and_then(Value::as_object_mut);
    for (name, value) in members.into_iter().flatten() {
        if value.is_null() && name != "challenge" {
            *value = Value::Array(Vec::new());
        }
    }
}

impl<'a> Reader<'a> {
    /// The preset as a value; `None` when there is none, which is noted where it is a mistake.
    fn preset_value(&mut self, preset: Preset<'_>) -> Option<Value> {
        let written = self.file.member("provider").member("preset");
        let Some(name) = self.preset else {
            let meant = told(|| meant_preset(written));
            self.wrong(written, &told(|| format!("the name of a preset: small letters, digits and hyphens{meant}")));
            // A name at the top of the file is one that stands in the wrong place.
            self.incomplete = !written.is_null() || self.file.get("preset").is_some();
            return None;
        };
        let sentence = match preset {
            Preset::Text(text) if !is_html(text) => match parse_json(without_mark(text)) {
                Ok((Value::Object(mut members), duplicates)) => {
                    for mistake in duplicates {
                        let at = &mistake.pointer;
                        self.note(written, format_args!("In presets/{name}.json at {at}: {mistake}"));
                    }
                    members.retain(|name, _| name != "$schema");
                    return Some(Value::Object(members));
                }
                Ok(_) => told(|| format!("presets/{name}.json is no object.")),
                Err(mistake) => told(|| format!("In presets/{name}.json: {mistake}")),
            },
            Preset::Missing { known } if !known.is_empty() => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                told(|| format!("There is no preset `{name}`; there are {}", allowed(name, &known)))
            }
            _ => told(|| format!("There is no preset `{name}`: presets/{name}.json cannot be had.")),
        };
        self.note(written, format_args!("{sentence}"));
        self.incomplete = true;
        None
    }

    fn whole(&mut self, file: &'a Value) -> Config {
        self.object(file, keys::FILE, &[]);
        self.version(file);
        self.secrets(file);
        let app = self.required(file, "app");
        let provider = self.required(file, FIRST);
        let mut rules = self.app(app);
        let own = self.provider(provider);
        let session = self.session(file.member("session"));
        let store = self.store(file.member("store"));
        self.providers(file.member("providers"), provider);
        if rules.remember_username && self.has_redirect && self.name == FIRST {
            self.note(
                app.member("remember_username"),
                format_args!("With a `redirect` nobody types a user name here: leave this out."),
            );
        }
        let queries = self.queries(file.member("queries"), provider.member("headers"), &own);
        self.check_carried(&own.authorize.origins);
        let pages = self.required(file, "pages");
        let pages = self.pages(pages, &queries);
        rules.after_sign_in = self.after_sign_in(app.member("after_sign_in"), &pages);
        Config { app: rules, provider: own, session, store, queries, pages, others: Vec::new() }
    }

    fn queries(&mut self, value: &'a Value, headers: &'a Value, provider: &Provider) -> Vec<Query> {
        const ROOTS: [Root; 6] = [Root::User, Root::Store, Root::Params, Root::Url, Root::Before, Root::Cookie];
        let kind = Kind {
            scope: const { &Scope::new("in a query", &ROOTS) },
            call: Call::Query,
            more: keys::QUERY,
            headers,
            headers_to: Some(&provider.authorize.origins),
            tokens: &provider.sign_in.tokens,
        };
        let mut queries = Vec::new();
        for (name, value) in self.members(value) {
            let request = self.request(value, &kind);
            queries.push(Query { name: name.clone(), request, rows: self.pointer(value.member("rows")) });
        }
        queries
    }
}

impl Reader<'_> {
    /// What holds for all of them; each is read by itself.
    fn providers(&mut self, value: &Value, current: &Value) {
        if value.as_object().is_some_and(|all| all.len() > MOST_PROVIDERS) {
            self.note(
                value,
                format_args!("These are more than {MOST_PROVIDERS} providers, more than anybody can choose from."),
            );
        }
        for (name, provider) in self.members(value) {
            self.members(provider);
            if name == FIRST || !is_word(name) {
                let name = short(name);
                self.note(provider, format_args!("`{name}` cannot be the name of a provider: that is 1 to 32 letters, digits, `-` and `_`; `{FIRST}`, `signed-out` and `front-channel` mean something else already."));
            }
        }
        if self.name != FIRST && !self.has_redirect && !self.incomplete && current.is_object() {
            self.note(
                current,
                format_args!(
                    "Only `provider`, not one of `providers`, can sign in with a form: this one needs a `redirect`."
                ),
            );
        }
    }

    fn version(&mut self, file: &Value) {
        let version = self.required(file, "version");
        if version.as_u64() != Some(1) {
            let found = told(|| short(&write_json(version)));
            let hint = if TELLS && version.as_str() == Some("1") { ": write it without quotes" } else { "" };
            self.note(version, format_args!("This file says version {found}; this app reads version 1 only{hint}."));
        }
    }

    fn app(&mut self, value: &Value) -> App {
        self.object(value, keys::APP, &[]);
        let id = self.required(value, "id");
        let locale = value.member("locale");
        self.theme(value.member("theme"));
        let mut languages = Vec::new();
        for language in value.member("languages").each() {
            if let Some(language) = self.language(language) {
                languages.push(language);
            }
        }
        if languages.is_empty() {
            languages.extend(LANGUAGES.iter().map(|language| String::from(*language)));
        }
        App {
            id: self.letters(id, 1..=64, b"-_.", "1 to 64 letters, digits, `-`, `_` and `.`").unwrap_or_default(),
            locale: self.letters(locale, 2..=35, b"-", "a language tag like `en` or `pt-BR`"),
            languages,
            texts: self.texts(value.member("texts")),
            title: self.required_string(value, "title"),
            // Names a page, so it is read behind them.
            after_sign_in: String::new(),
            links: self.links(value.member("links")),
            disable_incomplete: self.flag(value.member("disable_incomplete"), false),
            remember_username: self.flag(value.member("remember_username"), false),
        }
    }

    /// Only looked at: `src/start.js` sets it, as soon as the file is there.
    fn theme(&mut self, value: &Value) {
        self.object(value, keys::THEME, &[]);
        for (name, value) in value.entries() {
            let is_value =
                |text: &str| (1..=200).contains(&text.len()) && !text.bytes().any(|b| b";{}<>\\".contains(&b));
            if name != "logo" && !value.is_null() && !value.as_str().is_some_and(is_value) {
                self.wrong(value, "a value of CSS without `;`, `{`, `}`, `<`, `>` and `\\`");
            }
        }
        self.link(value.member("logo"));
    }

    fn language(&mut self, value: &Value) -> Option<String> {
        let language = value.as_str().filter(|tag| is_language(tag));
        if language.is_none() {
            self.wrong(value, "a language like `en` or `pt-BR`");
        }
        language.map(str::to_owned)
    }

    /// What replaces the texts of the app.
    fn texts(&mut self, value: &Value) -> Vec<OwnText> {
        let mut texts = Vec::new();
        for (name, own) in self.members(value) {
            if names().all(|known| known != name) {
                let meant = told(|| meant_text(name));
                self.note(
                    own,
                    format_args!("There is no text `{}`{meant} All names are in `texts/en.json`.", short(name)),
                );
            }
            let Some(in_languages) = own.as_object() else {
                texts.extend(self.own_text(name, None, value.member(name)));
                continue;
            };
            for (language, own) in in_languages {
                if !is_language(language) {
                    let language = short(language);
                    self.note(own, format_args!("`{language}` is no language like `en` or `pt-BR`."));
                }
                texts.extend(self.own_text(name, Some(language), own));
            }
        }
        texts
    }

    fn own_text(&mut self, name: &str, language: Option<&String>, value: &Value) -> Option<OwnText> {
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(value, "a text");
        }
        Some(OwnText { name: name.to_owned(), language: language.cloned(), text: text? })
    }

    /// A text of so many ASCII letters, digits and a few other bytes.
    fn letters(&mut self, value: &Value, lengths: RangeInclusive<usize>, more: &[u8], what: &str) -> Option<String> {
        let text = value.as_str().unwrap_or_default();
        let letter = |b: u8| b.is_ascii_alphanumeric() || more.contains(&b);
        if !lengths.contains(&text.len()) || !text.bytes().all(letter) {
            self.wrong(value, what);
        }
        value.as_str().map(ToOwned::to_owned)
    }

    fn after_sign_in(&mut self, value: &Value, pages: &[Page]) -> String {
        let mut open: Vec<&str> = Vec::new();
        for page in pages {
            if page.params().next().is_none() && open.last() != Some(&page.path.as_str()) {
                open.push(&page.path);
            }
        }
        if value.is_null() {
            // A page that could not be read may have been meant.
            let is_read = |mistake: &Mistake| !mistake.pointer.starts_with("/pages");
            let is_written = !self.merged.member("pages").is_null();
            if open.is_empty() && is_written && (!TELLS || self.mistakes.iter().all(is_read)) {
                self.note_at(
                    "/pages",
                    format_args!("There must be a page without parameters, for a sign-in to lead to."),
                );
            }
            return open.first().copied().unwrap_or_default().to_owned();
        }
        let path = self.string(value).unwrap_or_default();
        // A pattern is no path: it would lead to whatever is called `:id`. A page `/:area` takes any text, also what leads elsewhere or to
        // the login page.
        let is_page = !path.contains(':') && path != "/login" && is_safe_link(&path) && page_at(pages, &path).is_some();
        if value.is_string() && !is_page {
            self.unknown(value, "page", &path, " to lead to after a sign-in; /pages has", &open);
        }
        path
    }

    fn links(&mut self, value: &Value) -> Links {
        self.object(value, keys::LINKS, &[]);
        Links {
            forgot_password: self.link(value.member("forgot_password")),
            sign_up: self.link(value.member("sign_up")),
            help: self.link(value.member("help")),
        }
    }

    /// A link that the app may lead to.
    fn link(&mut self, value: &Value) -> Option<String> {
        let link = self.string(value)?;
        if !is_safe_link(&link) {
            self.wrong(value, "a link that begins with `https://`, `mailto:`, `tel:` or `/`");
        }
        Some(link)
    }

    fn session(&mut self, value: &Value) -> SessionRules {
        self.object(value, keys::SESSION, &[]);
        let storage = match self.word(value.member("storage"), &["local", "session", "memory"]) {
            Some(1) => StorageKind::Session,
            Some(2) => StorageKind::Memory,
            _ => StorageKind::Local,
        };
        let asked = value.member("stay_signed_in");
        let stay_signed_in = self.word(asked, &["ticked", "unticked"]).map(|word| word == 0);
        if stay_signed_in.is_some() && storage != StorageKind::Local {
            self.note(asked, format_args!("Where the person is asked, `storage` is `local` for who stays and `session` for who does not: leave it out."));
        }
        if stay_signed_in.is_some() && self.is_in_cookie {
            self.note(asked, format_args!("A cookie holds this session, and how long it lasts is for the provider to decide: nothing here can end it with the tab."));
        }
        let mut span = |name, least| {
            let seconds = self.number(value.member(name), "seconds", least, LONGEST_S);
            seconds.map(|seconds| seconds * 1000)
        };
        SessionRules {
            storage,
            stay_signed_in,
            refresh_early_ms: span("refresh_early_s", 0).unwrap_or(60_000),
            idle_timeout_ms: span("idle_timeout_s", 1),
            max_age_ms: span("max_age_s", 1),
            clear_store: self.flag(value.member("clear_store"), true),
            panel: self.flag(value.member("panel"), false),
        }
    }

    fn store(&mut self, value: &Value) -> Vec<(String, Pointer)> {
        let mut store = Vec::new();
        for (name, value) in self.members(value) {
            store.push((name.clone(), self.pointer(value)));
        }
        store
    }
}
