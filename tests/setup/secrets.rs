//! No secret is ever whole in a report, wherever an answer puts it.

use crate::findings::{file_with, json_answer, jwt, response, tried};
use proptest::prelude::*;
use serde_json::{Value, json};
use vestibule::{
    config::Method,
    session::HttpFailure,
    setup::{Step, masking::masked, probing::Echo},
};

const PASSWORD: &str = "hush-hush";

/// Keys as providers name them, and any other.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("access_token".to_owned()),
        Just("refreshToken".to_owned()),
        Just("token".to_owned()),
        Just("error".to_owned()),
        Just("message".to_owned()),
        Just("code".to_owned()),
        Just("user".to_owned()),
        Just("data".to_owned()),
        Just("expires_in".to_owned()),
        "[a-z/~]{1,6}",
    ]
}

/// Values among which the secrets are.
fn value(secrets: Vec<String>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        proptest::sample::select(secrets).prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        "[a-z ]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((key(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn secrets() -> Vec<String> {
    vec![
        jwt(r#"{"sub":"1","exp":1800000900,"iat":1800000000}"#),
        "0123456789-opaque-and-secret".to_owned(),
        "old-access-token-secret".to_owned(),
        "old-refresh-token-secret".to_owned(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_never_shows_a_token_or_the_password(
        body in value(secrets()),
        status in proptest::sample::select(vec![200_u16, 201, 400, 401, 403, 405, 422, 429, 500]),
        step in 0_usize..5,
    ) {
        let step = [Step::SignIn, Step::Refresh, Step::UserInfo, Step::Query("orders".into()), Step::Revoke(0)][step].clone();
        // A short text in the words of a refusal, that nobody granted before, is not told from a code.
        let is_refusal = status >= 400;
        let (report, _) = tried(&file_with(|_| ()), &step, &Ok(json_answer(status, &body)), &[], &[]);
        let told = format!("{report:?}");
        for secret in secrets().iter().filter(|secret| !is_refusal || secret.starts_with("ey")
            || (secret.starts_with("old-") && step != Step::SignIn)) {
            prop_assert!(!told.contains(secret.as_str()), "{secret} is in {told}");
        }
    }

    #[test]
    fn what_a_provider_says_back_is_shown_without_what_was_typed(words in "[a-z ]{0,20}") {
        let body = json!({ "error": format!("{words} {PASSWORD} {words}"), "message": PASSWORD });
        let (report, _) = tried(&file_with(|_| ()), &Step::SignIn, &Ok(json_answer(400, &body)), &[], &[]);
        let told = format!("{report:?}");
        prop_assert!(!told.contains(PASSWORD));
    }

    #[test]
    fn a_masked_value_shows_four_characters_at_most(secret in "\\PC{5,80}") {
        let shown = masked(&secret);
        let (head, _) = shown.rsplit_once(", ").unwrap();
        let characters = head.chars().filter(|c| !matches!(c, '…' | '•')).count();
        prop_assert!(characters <= 4);
        prop_assert!(!shown.contains(&secret));
    }
}

#[test]
fn a_failure_shows_the_address_as_it_is_written() {
    let file = file_with(|file| {
        file["provider"]["sign_in"] =
            json!({ "method": "GET", "url": "https://id.example/token?name={{form.username}}&pass={{form.password}}" });
    });
    let answer = Err(HttpFailure::Unreachable);
    let (report, probes) = tried(&file, &Step::SignIn, &answer, &[Echo::Failed, Echo::Opaque, Echo::Failed], &[]);
    assert!(!format!("{report:?} {probes:?}").contains(PASSWORD));
    assert_eq!(probes[0].method, Method::Get);
    assert!(report.headline.contains("{{form.password}}"));
}

#[test]
fn text_that_is_no_json_is_masked_whole() {
    let secret = "0123456789-opaque-and-secret";
    let (report, _) = tried(&file_with(|_| ()), &Step::SignIn, &Ok(response(200, "text/plain", secret)), &[], &[]);
    assert!(!format!("{report:?}").contains(secret));
}
