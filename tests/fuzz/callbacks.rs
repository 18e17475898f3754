//! The address at the redirect path, which anybody can write, with the crate `url` as the other reader of its parameters.

use crate::cases::{Corpus, Draw};
use crate::running::{Target, fuzz};
use vestibule::oidc::callback::{arrive, known_error};
use vestibule::oidc::{Arrival, Callback, NotTaken, Pending, Pendings, Settings, Way, form};
use vestibule::session::{Timestamp, redirect};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const ISSUER: &str = "https://id.example";
const NAMES: [&str; 5] = ["code", "state", "iss", "error", "sid"];

const PIECES: &[&str] = &[
    "&",
    "=",
    "?",
    "#",
    ";",
    "+",
    "%",
    "%20",
    "%00",
    "%26",
    "%3D",
    "%ff",
    "%63ode",
    "code",
    "code=",
    "&code=c0de-secret",
    "state=",
    "&state=STATE",
    "STATE",
    "iss=",
    "https%3A%2F%2Fid.example",
    "https://id.example",
    "https://evil.example",
    "error=",
    "access_denied",
    "login_required",
    "server_error",
    "invalid_request",
    "c0de-secret",
    "error_description=",
    "sid=s-1",
    "session_state=x",
    "\0",
    "ü",
    "<script>",
    "[]",
];

fn pending() -> Pending {
    Pending {
        state: Way::Page.state(&[1; 32]),
        nonce: "n-secret".into(),
        code_verifier: "v-secret".into(),
        path: "/callback".into(),
        issuer: ISSUER.into(),
        return_to: Some("/orders".into()),
        redirect_uri: "https://app.example/callback".into(),
        started_at: NOW,
    }
}

#[test]
fn an_answer_counts_once_and_only_for_the_sign_in_that_was_begun() {
    let corpus = Corpus::of(&[include_str!("../fixtures/corpus/callbacks.txt")], PIECES);
    let settings = serde_json::json!(["app", "", ISSUER, "acme", "/callback", "", "", false]);
    let settings = Settings::from_json(&settings.to_string()).unwrap();
    let pending = pending();
    let make = |draw: &mut Draw| {
        let text = draw.text(&corpus);
        if draw.once_in(2000) { [text.as_str(), "&x=", &"x".repeat(20_000)].concat() } else { text }
    };
    let target = Target { name: "callback addresses", cases: 4000, one_in: 50 };
    fuzz(&target, &corpus.lines, make, |text, draw| {
        let query = text.replace("STATE", &pending.state);
        let found = NAMES.map(|name| form::parameter(&query, name));
        for (name, found) in NAMES.iter().zip(&found) {
            assert_parameter(&query, name, found.as_deref());
        }
        let callback = Callback::read(&query);
        assert_eq!(format!("{callback:?}"), "Callback(redacted)");
        let mut pendings = Pendings::default();
        pendings.add(pending.clone());
        let sends_iss = *draw.pick(&[None, Some(false), Some(true)]);
        let arrival = arrive(&mut pendings, &callback, &settings, sends_iss, NOW);
        let shown = format!("{arrival:?}");
        assert!(!shown.contains("secret") && !shown.contains(&pending.state), "{shown}");
        let told = redirect::Arrival::read(&arrival.to_json());
        let is_granted = match &arrival {
            Arrival::Granted { code, pending: of } => {
                let [found_code, state, iss, error, _] = &found;
                assert_eq!((Some(code), Some(&pending.state)), (found_code.as_ref(), state.as_ref()));
                assert!(error.is_none() && iss.as_deref().map_or(sends_iss != Some(true), |iss| iss == ISSUER));
                assert_eq!(of, &pending);
                let form = told.form.expect("a form");
                assert_eq!(form.value("code"), Some(code.as_str()));
                assert_eq!(form.value("code_verifier"), Some("v-secret"));
                assert_eq!(told.way_back.as_deref(), Some("/orders"));
                true
            }
            Arrival::Failed { detail, .. } => {
                assert!(told.form.is_err());
                let detail = detail.as_deref().unwrap_or_default();
                let is_ours = detail.starts_with("the ") || detail.is_empty() || known_error(detail).is_some();
                assert!(is_ours, "{detail:?} is not of ours");
                false
            }
            Arrival::Relayed => panic!("nobody was there to take it over"),
        };
        // Whatever came of it, the same once more is nothing.
        let again = arrive(&mut pendings, &callback, &settings, sends_iss, NOW);
        assert!(matches!(again, Arrival::Failed { .. }));
        if found[1].as_ref() == Some(&pending.state) {
            assert_eq!(pendings.take(&pending.state, NOW), Err(NotTaken::Used));
        }
        is_granted
    });
}

/// Given once, and read as others read it; or absent.
fn assert_parameter(query: &str, name: &str, found: Option<&str>) {
    let Some(found) = found else { return };
    assert!(query.len() <= 16 * 1024 && !found.is_empty());
    let theirs: Vec<String> = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(theirs, [found], "{name}");
}
