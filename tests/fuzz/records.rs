//! What lies in the storage of the origin, and in the names of its locks: any page beside the app may have written it.

use crate::cases::Corpus;
use crate::json::{PIECES, Samples, depth};
use crate::running::{Target, fuzz};
use serde_json::Value;
use vestibule::config::{parse_json, read_json, write_json};
use vestibule::oidc::{Metadata, Pendings, Settings, Way};
use vestibule::session::{
    AccessToken, IdToken, Known, Lifetime, RefreshToken, Store, StoredSession, Timestamp, Tokens, redirect,
};

const PROVIDER: &str = "p";
const ISSUER: &str = "https://id.example";
const NOW: Timestamp = Timestamp(1_800_000_000_000);

const WORDS: &[&str] = &[
    "version",
    "provider",
    "p",
    "generation",
    "signed_in_at",
    "access_token",
    "in_cookie",
    "refresh_token",
    "id_token",
    "received_at",
    "expires_at",
    "user",
    "state",
    "nonce",
    "code_verifier",
    "path",
    "issuer",
    "return_to",
    "redirect_uri",
    "started_at",
    "form",
    "code",
    "problem",
    "detail",
    "read_at",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "https://id.example",
    "https://evil.example/",
    "javascript:x",
    "/callback",
    "//evil.example",
    "pAQEBAQE",
    "",
    "__proto__",
];

#[test]
fn a_record_is_one_of_ours_or_nothing() {
    let mut corpus = Corpus::of(&[include_str!("../fixtures/corpus/records.txt")], PIECES);
    // Those that are ours count for more: what makes them worse is what is looked for.
    let ours = corpus.lines[..3].to_vec();
    (0..6).for_each(|_| corpus.lines.extend_from_slice(&ours));
    let samples = Samples::of(corpus, WORDS);
    let target = Target { name: "stored records", cases: 2000, one_in: 20 };
    fuzz(
        &target,
        samples.lines(),
        |draw| samples.text(draw),
        |text, draw| {
            // Longer than any of them may be: seldom, because it takes long.
            let padded = draw.once_in(2000).then(|| [text, &" ".repeat(StoredSession::MAX_LENGTH)].concat());
            if let Some(padded) = padded {
                assert_eq!(StoredSession::from_json(&padded, PROVIDER), None);
                assert_eq!(Pendings::from_json(Some(&padded), Some(&padded)), Pendings::default());
            }
            let json = assert_json(text);
            assert_store(text, json.as_ref());
            assert_pendings(text);
            assert_known(text);
            assert_metadata(text);
            let arrival = redirect::Arrival::read(text);
            assert!(
                arrival.form.is_ok()
                    || arrival.form.is_err_and(|outcome| format!("{outcome:?}").len() < 8 * text.len() + 200)
            );
            let _ = Settings::from_json(text);
            is_session(text, json.as_ref())
        },
    );
}

/// Our reader takes what `serde_json` takes, as deep as it goes, and the same of it.
fn assert_json(text: &str) -> Option<Value> {
    let theirs = serde_json::from_str::<Value>(text).ok().filter(|value| depth(value) <= 64);
    let ours = read_json(text);
    // Theirs writes an exponent in its own way, and so it is asked to read what ours says.
    let again = ours.as_ref().map(|value| serde_json::from_str(&write_json(value)).unwrap());
    assert_eq!(again, theirs);
    if let (Some(value), Ok((same, _))) = (&ours, parse_json(text)) {
        assert_eq!(value, &same);
        let written = write_json(value);
        assert_eq!(read_json(&written).as_ref(), Some(value), "{written}");
        assert!(!written.contains(|letter: char| letter < ' '));
    }
    ours
}

fn is_session(text: &str, json: Option<&Value>) -> bool {
    let Some(session) = StoredSession::from_json(text, PROVIDER) else { return false };
    // What it must be, told by another reader.
    let record = json.and_then(Value::as_object).expect("an object");
    let is_time = |name: &str| record.get(name).is_some_and(Value::is_u64);
    assert!(record["version"] == 1 && record["provider"] == PROVIDER);
    assert!(is_time("generation") && is_time("signed_in_at") && is_time("received_at"));
    assert!(!record.contains_key("expires_at") || is_time("expires_at"));
    let is_secret = |name: &str| record.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    assert!(
        is_secret("access_token")
            || record.get("in_cookie") == Some(&Value::Bool(true)) && !record.contains_key("access_token")
    );
    assert!(["refresh_token", "id_token"].iter().all(|name| is_secret(name) || !record.contains_key(*name)));
    // Written and read once more, it is the same.
    let written = session.to_json();
    let user = session.user.clone().filter(|user| !user.is_null());
    assert_eq!(StoredSession::from_json(&written, PROVIDER), Some(StoredSession { user, ..session.clone() }));
    assert_eq!(StoredSession::from_json(text, "another"), None);
    // Whatever the secrets are, a log shows the same.
    let blank = |secret: &str| secret.chars().map(|_| '-').collect::<String>();
    let tokens = &session.tokens;
    let blanked = Tokens {
        access_token: if tokens.access_token.is_in_cookie() {
            tokens.access_token.clone()
        } else {
            AccessToken::new(blank(tokens.access_token.expose()))
        },
        refresh_token: tokens.refresh_token.as_ref().map(|token| RefreshToken::new(blank(token.expose()))),
        id_token: tokens.id_token.as_ref().map(|token| IdToken::new(blank(token.expose()))),
        ..tokens.clone()
    };
    let blanked = StoredSession { tokens: blanked, user: None, ..session.clone() };
    assert_eq!(format!("{session:?}"), format!("{blanked:?}"));
    true
}

fn assert_store(text: &str, json: Option<&Value>) {
    let mut store = Store::default();
    store.take_over(Some(text));
    let values = json.and_then(Value::as_object).cloned().unwrap_or_default();
    assert_eq!(store.values(), values);
    let written = store.to_json();
    assert_eq!(written.is_none(), values.is_empty());
    let mut again = Store::default();
    again.take_over(written.as_deref());
    assert_eq!(again, store);
    again.put("here", 1.into(), Lifetime::ThisPage);
    again.take_over(None);
    assert_eq!((again.values().len(), again.to_json()), (1, None));
}

fn assert_pendings(text: &str) {
    let mut pendings = Pendings::from_json(Some(text), Some(text));
    let (begun, used) = (pendings.to_json(), pendings.used_to_json());
    assert_eq!(Pendings::from_json(Some(&begun), Some(&used)), pendings);
    // Whatever the secrets are, a log shows the same.
    let mut blanked: Vec<Value> = serde_json::from_str(&begun).unwrap();
    for one in &mut blanked {
        one["code_verifier"] = "".into();
        one["nonce"] = "".into();
    }
    let blanked = Pendings::from_json(Some(&Value::from(blanked).to_string()), Some(&used));
    assert_eq!(format!("{pendings:?}"), format!("{blanked:?}"));
    let count = |text: &str| serde_json::from_str::<Vec<Value>>(text).unwrap().len();
    assert!(count(&begun) <= 8 && count(&used) <= 8);
    let states: Vec<String> = serde_json::from_str::<Vec<Value>>(&begun)
        .unwrap()
        .iter()
        .map(|one| one["state"].as_str().unwrap().to_owned())
        .collect();
    for state in states {
        assert!(Way::of_state(&state).is_some());
        let before = count(&pendings.to_json());
        if let Ok(taken) = pendings.take(&state, NOW) {
            assert_eq!(taken.state, state);
        }
        assert_eq!(count(&pendings.to_json()), before - 1);
    }
}

fn assert_known(text: &str) {
    if let Some(known) = Known::from_text(text) {
        assert_eq!(Known::from_text(&known.to_text()), Some(known));
    }
}

fn assert_metadata(text: &str) {
    let Ok(metadata) = Metadata::read(text, ISSUER) else {
        assert_eq!(Metadata::from_json(text, ISSUER, NOW), None);
        return;
    };
    for name in ["authorization_endpoint", "token_endpoint", "end_session_endpoint", "evil_endpoint", "jwks_uri"] {
        if let Some(url) = metadata.endpoint(name).and_then(|address| url::Url::parse(address).ok()) {
            let is_here = matches!(url.host_str(), Some("localhost" | "[::1]"))
                || url.host_str().is_some_and(|host| host.starts_with("127.") || host.ends_with(".localhost"));
            assert!(url.scheme() == "https" || url.scheme() == "http" && is_here, "{url}");
            assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none(), "{url}");
        }
    }
    let kept = metadata.to_json(NOW);
    let is_whole =
        metadata.endpoint("authorization_endpoint").is_some() && metadata.endpoint("token_endpoint").is_some();
    assert_eq!(Metadata::from_json(&kept, ISSUER, NOW), is_whole.then_some(metadata));
}
