//! Answers of providers: the documented and recorded ones of every preset, changed, to requests of every kind.

use crate::cases::{Corpus, Draw};
use crate::json::{PIECES, Samples};
use crate::running::{Target, fuzz};
use serde_json::{Value, json};
use std::path::PathBuf;
use vestibule::config::{Config, Draft, Preset};
use vestibule::session::{
    AccessToken, Ask, Challenged, Form, Grant, HttpResponse, IdToken, Outcome, RefreshToken, StoredSession, Timestamp,
    Tokens, protocol, read_rows,
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
/// What the session holds; one of them is found in answers, too.
const HELD: [&str; 3] = ["at-0123456789", "rt-0123456789", "eyJhbGciOiJub25lIn0.e30."];

const WORDS: &[&str] = &[
    "access_token",
    "accessToken",
    "token",
    "refresh_token",
    "refreshToken",
    "id_token",
    "expires_in",
    "expires_at",
    "expires",
    "exp",
    "user",
    "data",
    "session",
    "error",
    "error_code",
    "code",
    "errors",
    "message",
    "mfa",
    "invalid_grant",
    "refresh_token_not_found",
    "session_not_found",
    "invalid_token",
    "at-0123456789",
    "rt-0123456789",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEiLCJpYXQiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAwMzYwMH0.",
    "eyJhbGciOiJub25lIn0.e30.",
    "2027-01-15T09:00:00Z",
    "3600",
    "",
    "s3cr3t-of-nobody",
];

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A provider, and the answers that are known of it.
struct Provider {
    name: String,
    config: Config,
    answers: Samples,
    headers: Vec<(String, String)>,
}

/// Every preset with its answers, and one provider that is written out, with every place that a token may stand in.
fn providers() -> Vec<Provider> {
    let names: Vec<String> = serde_json::from_str(&read("public/presets/index.json")).unwrap();
    let mut providers: Vec<Provider> = names.iter().map(|name| preset(name)).collect();
    let everything = read("tests/fixtures/examples/everything.json");
    let config = Draft::parse(&everything).unwrap().finish(Preset::NotNamed, None);
    let config = config.unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let headers = vec![("x-refresh".to_owned(), HELD[1].to_owned()), ("x-error".to_owned(), "gone".to_owned())];
    let name = "everything".to_owned();
    providers.push(Provider { name, config, answers: Samples::of(bodies(&[]), WORDS), headers });
    providers
}

fn preset(name: &str) -> Provider {
    let fixture: Value = serde_json::from_str(&read(&format!("tests/fixtures/presets/{name}.json"))).unwrap();
    let file = json!({
        "version": 1,
        "app": { "id": "fuzz", "title": "Fuzz" },
        "provider": { "preset": name, "vars": fixture["vars"] },
        "store": { "tenant": "/user/tenant" },
        "queries": { "rows": { "url": "/rows", "rows": "/data", "authorized": false } },
        "pages": [{ "path": "/home", "title": "Home" }]
    });
    let text = read(&format!("public/presets/{name}.json"));
    let config = Draft::parse(&file.to_string()).unwrap().finish(Preset::Text(&text), Some("https://app.example"));
    let config = config.unwrap_or_else(|mistakes| panic!("{name}: {mistakes}"));
    let answers = fixture["exchanges"].as_array().unwrap().iter().map(|exchange| &exchange["answer"]);
    let headers = answers.clone().flat_map(|answer| answer["headers"].as_object().into_iter().flatten());
    let headers =
        headers.map(|(name, value)| (name.to_ascii_lowercase(), value.as_str().unwrap().to_owned())).collect();
    let known = answers.filter_map(|answer| match (&answer["json"], answer["text"].as_str()) {
        (_, Some(text)) => Some(text.to_owned()),
        (Value::Null, None) => None,
        (json, None) => Some(json.to_string()),
    });
    let known: Vec<String> = known.collect();
    Provider { name: name.to_owned(), config, answers: Samples::of(bodies(&known), WORDS), headers }
}

fn bodies(known: &[String]) -> Corpus {
    let mut corpus = Corpus::of(&[include_str!("../fixtures/corpus/answers.txt")], PIECES);
    // What is known of the provider counts for more.
    corpus.lines.extend(known.iter().flat_map(|body| [body.clone(), body.clone(), body.clone()]));
    corpus
}

fn response(draw: &mut Draw, provider: &Provider, body: String) -> HttpResponse {
    let status = *draw.pick(&[
        200, 200, 200, 200, 201, 204, 302, 304, 400, 400, 401, 403, 404, 408, 422, 425, 429, 500, 503, 599, 0, 999,
    ]);
    let mut headers = Vec::new();
    let kind = *draw.pick(&[
        "application/json",
        "application/json",
        "application/problem+json",
        "text/html; charset=utf-8",
        "text/plain",
        "TEXT/HTML",
        "",
    ]);
    headers.push(("content-type".to_owned(), kind.to_owned()));
    if draw.once_in(3) && !provider.headers.is_empty() {
        headers.push(draw.pick(&provider.headers).clone());
    }
    if draw.once_in(6) {
        let value = provider.answers.text(draw);
        let name = *draw.pick(&["authorization", "retry-after", "x-refresh", "x-error", "x-until", "www-authenticate"]);
        headers.push((name.to_owned(), value));
    }
    HttpResponse { status, headers, body }
}

fn ask(draw: &mut Draw, config: &Config) -> Ask {
    let tokens = Tokens {
        access_token: AccessToken::new(HELD[0].into()),
        refresh_token: Some(RefreshToken::new(HELD[1].into())),
        id_token: Some(IdToken::new(HELD[2].into())),
        received_at: NOW,
        expires_at: draw.once_in(2).then_some(NOW),
    };
    let session = StoredSession {
        provider: config.provider.identity.clone(),
        generation: 1,
        signed_in_at: NOW,
        tokens: tokens.clone(),
        user: None,
        only_here: false,
    };
    match draw.below(6) {
        0..=2 => {
            let challenge = draw.once_in(4).then(|| Challenged(json!({ "ticket": "s3cr3t" })));
            Ask::SignIn { form: Form(vec![("password".into(), "s3cr3t".into())]), challenge }
        }
        3 => Ask::Refresh { session },
        4 => Ask::UserInfo { session },
        _ => Ask::Revoke { tokens },
    }
}

#[test]
fn an_answer_means_one_thing_and_its_secrets_stay_in_it() {
    let providers = providers();
    // A case is the name of who is asked, and behind it the body.
    let case = |provider: &Provider, body: &str| [&provider.name, "\n", body].concat();
    let lines =
        providers.iter().flat_map(|provider| provider.answers.lines().iter().map(move |body| case(provider, body)));
    let lines: Vec<String> = lines.collect();
    let make = |draw: &mut Draw| {
        let provider = draw.pick(&providers);
        case(provider, &provider.answers.text(draw))
    };
    let target = Target { name: "answers", cases: 2000, one_in: 25 };
    fuzz(&target, &lines, make, |text, draw| {
        let (name, body) = text.split_once('\n').unwrap_or(("", text));
        let provider = providers.iter().find(|provider| provider.name == name).unwrap_or_else(|| draw.pick(&providers));
        let config = &provider.config;
        let response = response(draw, provider, body.to_owned());
        if let Some(query) = config.queries.first()
            && let Err(problem) = read_rows(query, &response)
        {
            assert_tells_nothing(&problem.to_string(), &response);
        }
        let ask = ask(draw, config);
        let requests = protocol::requests_for(config, &ask);
        let Some(request) = requests.first() else { return false };
        if draw.once_in(8)
            && let Err(outcome) = protocol::read_before(config, &ask, request, Ok(response.clone()), NOW)
        {
            assert_means_something(&outcome, &response);
        }
        let outcome = protocol::read(config, &ask, request, Ok(response.clone()), NOW);
        assert_means_something(&outcome, &response);
        matches!(outcome, Outcome::Granted(_) | Outcome::User(_) | Outcome::Challenged(_))
    });
}

fn assert_means_something(outcome: &Outcome, response: &HttpResponse) {
    assert_tells_nothing(&format!("{outcome:?}"), response);
    match outcome {
        Outcome::Granted(grant) => assert_grant(grant),
        Outcome::User(user) => assert!(!holds(user, &HELD), "the user holds a token of the session: {user}"),
        Outcome::Unintelligible { detail } => assert_tells_nothing(detail, response),
        Outcome::Challenged(_)
        | Outcome::Revoked
        | Outcome::Unreturned(_)
        | Outcome::Refused
        | Outcome::Ended
        | Outcome::Later { .. }
        | Outcome::RateLimited { .. }
        | Outcome::Failing { .. }
        | Outcome::Walled => {}
        Outcome::Offline | Outcome::Unreachable | Outcome::TimedOut => panic!("an answer is not {outcome:?}"),
    }
}

fn assert_grant(grant: &Grant) {
    let access_token = grant.access_token.expose();
    assert_eq!(access_token.is_empty(), grant.access_token.is_in_cookie());
    assert!(grant.expires_at.is_none_or(|at| at > NOW), "it has expired on arrival: {:?}", grant.expires_at);
    let refresh_token = grant.refresh_token.as_ref().map_or("", RefreshToken::expose);
    let id_token = grant.id_token.as_ref().map_or("", IdToken::expose);
    if let Some(user) = &grant.user {
        assert!(!holds(user, &[access_token, refresh_token, id_token]), "the user holds what was granted: {user}");
    }
    let shown = format!("{grant:?}");
    assert!(shown.len() < 100 && !shown.contains("at-0"), "{shown}");
    let (tokens, _, _) = grant.clone().into_tokens(None, NOW);
    assert!(!format!("{tokens:?}").contains("t-0123"));
}

/// Whether one of the secrets stands in a value.
fn holds(value: &Value, secrets: &[&str]) -> bool {
    match value {
        Value::String(text) => !text.is_empty() && secrets.contains(&text.as_str()),
        Value::Array(items) => items.iter().any(|item| holds(item, secrets)),
        Value::Object(members) => members.values().any(|member| holds(member, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What an operator reads names places and kinds, and quotes nothing.
fn assert_tells_nothing(detail: &str, response: &HttpResponse) {
    assert!(detail.len() < 300, "{detail}");
    for secret in ["0123456789", "s3cr3t", "eyJ"] {
        assert!(!detail.contains(secret), "{detail}");
    }
    assert!(!format!("{response:?}").contains("0123456789"));
}
