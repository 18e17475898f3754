//! Every preset against answers of its provider, through the very code of the app: what is sent, and what an answer means.
//!
//! A fixture is `tests/fixtures/presets/NAME.json`:
//!
//! ```text
//! source      where the answers are documented, or which server they were recorded from
//! vars        what the preset needs
//! exchanges   in order; what is granted is what later requests present
//!   source    where it has another one
//!   ask       sign_in | refresh | user_info | revoke
//!   form      for sign_in: what is typed
//!   number    for revoke: which of them, from 0
//!   sends     method, url, credentials, headers (those that matter), json or form (as it goes over the wire); all optional
//!   answer    status, headers, json or text
//!   means     granted | challenged | user | revoked | refused | ended | rate_limited | failing
//!   holds     what must come of it: access_token or in_cookie, refresh_token, expires_in_s (absent: not told), user (JSON Pointer:
//!             value), user_lacks (JSON Pointers)
//! ```

use crate::world::START;
use serde_json::{Map, Value};
use vestibule::{
    config::{Config, Credentials, Draft, Method, Preset, Request},
    session::{Ask, Form, Grant, HttpRequest, HttpResponse, Outcome, StoredSession, protocol},
};

fn read(path: &str) -> String {
    let whole = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&whole).unwrap_or_else(|error| panic!("{whole}: {error}"))
}

fn config(name: &str, vars: &Value) -> Config {
    let file = serde_json::json!({
        "version": 1,
        "app": { "id": "replay", "title": "Replay" },
        "provider": { "preset": name, "vars": vars },
        "pages": [ { "path": "/home", "title": "Home" } ]
    });
    let preset = read(&format!("public/presets/{name}.json"));
    let draft = Draft::parse(&file.to_string()).unwrap();
    draft
        .finish(Preset::Text(&preset), Some("https://app.example"))
        .unwrap_or_else(|mistakes| panic!("{name}: {mistakes}"))
}

#[test]
fn every_preset_understands_the_answers_of_its_provider() {
    let names: Vec<String> = serde_json::from_str(&read("public/presets/index.json")).unwrap();
    let mut exchanges = 0;
    for name in &names {
        let fixture: Value = serde_json::from_str(&read(&format!("tests/fixtures/presets/{name}.json"))).unwrap();
        let config = config(name, &fixture["vars"]);
        let mut played = Replay { name, config, challenge: None, session: None, asked: Map::new() };
        for exchange in fixture["exchanges"].as_array().unwrap_or_else(|| panic!("{name} has no exchanges")) {
            played.play(exchange);
            exchanges += 1;
        }
        played.assert_whole();
    }
    println!("{} presets, {exchanges} exchanges", names.len());
}

struct Replay<'a> {
    name: &'a str,
    config: Config,
    challenge: Option<protocol::Challenged>,
    session: Option<StoredSession>,
    /// What was asked, by `ASK MEANING`.
    asked: Map<String, Value>,
}

impl Replay<'_> {
    fn play(&mut self, exchange: &Value) {
        let (ask_name, means) = (text(exchange, "ask"), text(exchange, "means"));
        let what = format!("{}: {ask_name} that is {means}", self.name);
        let ask = self.ask(&ask_name, exchange, &what);
        let requests = protocol::requests_for(&self.config, &ask);
        let number = usize::try_from(exchange["number"].as_u64().unwrap_or_default()).unwrap();
        let request: &Request = requests.get(number).unwrap_or_else(|| panic!("{what}: there is no such request"));
        let sent = protocol::write(request, &self.config.provider.authorize, protocol::values_of(&ask))
            .unwrap_or_else(|missing| panic!("{what}: {missing}"));
        assert_sent(&sent, &exchange["sends"], &what);
        let outcome = protocol::read(&self.config, &ask, request, Ok(answer(&exchange["answer"])), START);
        // A code that would end a session refuses a sign-in just the same.
        let means_here = if ask_name == "sign_in" && outcome == Outcome::Ended { "refused" } else { meaning(&outcome) };
        assert_eq!(means_here, means, "{what}: {outcome:?}");
        let holds = &exchange["holds"];
        match outcome {
            Outcome::Granted(grant) => self.granted(grant, holds, &what),
            Outcome::Challenged(challenge) => self.challenge = Some(challenge),
            Outcome::User(user) => assert_user(Some(&user), holds, &what),
            _ => assert!(holds.is_null(), "{what} holds nothing"),
        }
        self.asked.insert(format!("{ask_name} {means}"), Value::Null);
    }

    fn ask(&mut self, name: &str, exchange: &Value, what: &str) -> Ask {
        let session = || self.session.clone().unwrap_or_else(|| panic!("{what}: nothing was granted before"));
        match name {
            "sign_in" => {
                let fields = exchange["form"].as_object().unwrap_or_else(|| panic!("{what}: no form"));
                let fields = fields.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
                Ask::SignIn { form: Form(fields.collect()), challenge: self.challenge.take() }
            }
            "refresh" => Ask::Refresh { session: session() },
            "user_info" => Ask::UserInfo { session: session() },
            "revoke" => Ask::Revoke { tokens: session().tokens },
            other => panic!("{what}: nobody asks {other}"),
        }
    }

    fn granted(&mut self, grant: Grant, holds: &Value, what: &str) {
        let expected = |name: &str| holds.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let is_in_cookie = grant.access_token.is_in_cookie();
        assert_eq!(Some(is_in_cookie), holds.get("in_cookie").map_or(Some(false), Value::as_bool), "{what}");
        let access_token = (!is_in_cookie).then(|| grant.access_token.expose().to_owned());
        assert_eq!(access_token, expected("access_token"), "{what}");
        let refresh_token = grant.refresh_token.as_ref().map(|token| token.expose().to_owned());
        assert_eq!(refresh_token, expected("refresh_token"), "{what}");
        let expires_in_s = grant.expires_at.map(|at| at.ms_since(START) / 1000);
        assert_eq!(expires_in_s, holds["expires_in_s"].as_u64(), "{what}: the expiry");
        assert_user(grant.user.as_ref(), holds, what);
        let provider = grant.provider.clone();
        let old = self.session.take();
        let (tokens, user, _) = grant.into_tokens(old.as_ref().map(|old| &old.tokens), START);
        let user = user.or_else(|| old.and_then(|old| old.user));
        self.session =
            Some(StoredSession { provider, generation: 1, signed_in_at: START, tokens, user, only_here: false });
    }

    /// A provider's fixture shows all that the preset has requests for.
    fn assert_whole(&self) {
        let provider = &self.config.provider;
        let mut needed = vec!["sign_in granted", "sign_in refused"];
        if provider.refresh.is_some() {
            // Some say no more than 401.
            let says_no = if self.asked.contains_key("refresh ended") { "refresh ended" } else { "refresh refused" };
            needed.extend(["refresh granted", says_no]);
        }
        if provider.user_info.is_some() {
            needed.push("user_info user");
        }
        if !provider.revoke.is_empty() {
            needed.push("revoke revoked");
        }
        if provider.errors.challenge.is_some() {
            needed.push("sign_in challenged");
        }
        for exchange in needed {
            assert!(self.asked.contains_key(exchange), "{}: the fixture has no `{exchange}`", self.name);
        }
    }
}

fn text(of: &Value, name: &str) -> String {
    of[name].as_str().unwrap_or_else(|| panic!("an exchange without `{name}`: {of}")).to_owned()
}

fn assert_user(user: Option<&Value>, holds: &Value, what: &str) {
    for (pointer, expected) in holds["user"].as_object().into_iter().flatten() {
        let found = user.and_then(|user| user.pointer(pointer));
        assert_eq!(found, Some(expected), "{what}: the user at {pointer}");
    }
    for pointer in holds["user_lacks"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert_eq!(user.and_then(|user| user.pointer(pointer)), None, "{what}: {pointer} is no display data");
    }
}

fn assert_sent(sent: &HttpRequest, expected: &Value, what: &str) {
    if let Some(method) = expected["method"].as_str() {
        let is = match sent.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        };
        assert_eq!(is, method, "{what}");
    }
    if let Some(url) = expected["url"].as_str() {
        assert_eq!(sent.url, url, "{what}");
    }
    if let Some(credentials) = expected["credentials"].as_str() {
        let is = match sent.credentials {
            Credentials::Omit => "omit",
            Credentials::SameOrigin => "same-origin",
            Credentials::Include => "include",
        };
        assert_eq!(is, credentials, "{what}");
    }
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        let found =
            sent.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        assert_eq!(found, value.as_str(), "{what}: the header {name}");
    }
    if let Some(form) = expected["form"].as_str() {
        assert_eq!(sent.body.as_deref(), Some(form), "{what}");
    }
    if !expected["json"].is_null() {
        let body: Value = serde_json::from_str(sent.body.as_deref().unwrap_or_default()).unwrap_or_default();
        assert_eq!(body, expected["json"], "{what}");
    }
}

fn answer(written: &Value) -> HttpResponse {
    let headers = written["headers"].as_object().into_iter().flatten();
    let mut headers: Vec<(String, String)> =
        headers.map(|(name, value)| (name.to_ascii_lowercase(), value.as_str().unwrap().to_owned())).collect();
    let body = match (&written["json"], written["text"].as_str()) {
        (_, Some(text)) => text.to_owned(),
        (Value::Null, None) => String::new(),
        (json, None) => {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
            json.to_string()
        }
    };
    let status = written["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    HttpResponse { status: status.unwrap_or_else(|| panic!("no status: {written}")), headers, body }
}

fn meaning(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Granted(_) => "granted",
        Outcome::Challenged(_) => "challenged",
        Outcome::User(_) => "user",
        Outcome::Revoked => "revoked",
        Outcome::Refused => "refused",
        Outcome::Ended => "ended",
        Outcome::Later { .. } => "later",
        Outcome::RateLimited { .. } => "rate_limited",
        Outcome::Failing { .. } => "failing",
        Outcome::Unintelligible { .. } => "unintelligible",
        Outcome::Walled => "walled",
        Outcome::Offline => "offline",
        Outcome::Unreachable => "unreachable",
        Outcome::TimedOut => "timed_out",
        Outcome::Unreturned(_) => "unreturned",
    }
}
