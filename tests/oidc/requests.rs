//! What is sent to the provider: the authorization request, pushed or not.

use crate::callbacks::pending;
use proptest::prelude::*;
use std::collections::HashMap;
use url::form_urlencoded::{Serializer, parse};
use vestibule::oidc::Way;
use vestibule::oidc::authorization::{ParProblem, address, par_address, parameters, read_par};
use vestibule::oidc::form::parameter;

const ENDPOINT: &str = "https://id.example/auth";
const FORM: &str = "client_id=acme&scope=openid+profile&prompt=login&login_hint=a%2Bb%40c.example";

fn read(parameters: &str) -> HashMap<String, String> {
    let pairs: Vec<(String, String)> = parse(parameters.as_bytes()).into_owned().collect();
    let count = pairs.len();
    let map: HashMap<_, _> = pairs.into_iter().collect();
    assert_eq!(map.len(), count, "no parameter stands twice in {parameters}");
    map
}

#[test]
fn a_request_has_the_parameters_of_the_config_and_ours() {
    let pending = pending(1, Way::Page);
    let sent = read(&parameters(FORM, &pending, "challenge", None));
    let expected = [
        ("client_id", "acme"),
        ("scope", "openid profile"),
        ("prompt", "login"),
        ("login_hint", "a+b@c.example"),
        ("response_type", "code"),
        ("redirect_uri", "https://app.example/sub/callback"),
        ("state", &pending.state),
        ("nonce", &pending.nonce),
        ("code_challenge", "challenge"),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(sent, expected.into_iter().map(|(name, value)| (name.into(), value.into())).collect());
}

#[test]
fn the_code_verifier_is_not_sent_along() {
    let pending = pending(1, Way::Page);
    assert!(!parameters(FORM, &pending, "challenge", None).contains(&pending.code_verifier));
}

#[test]
fn what_makes_the_answer_ours_is_not_the_configs_to_say() {
    let pending = pending(1, Way::Page);
    let form = "response_type=token&response_mode=fragment&redirect_uri=https://evil.example&state=s&st%61te=s&nonce=n\
        &code_challenge=c&code_challenge_method=plain&request=r&request_uri=u&dpop_jkt=j&scope=openid";
    let sent = read(&parameters(form, &pending, "challenge", None));
    assert_eq!(sent["response_type"], "code");
    assert_eq!(sent["redirect_uri"], pending.redirect_uri);
    assert_eq!(sent["state"], pending.state);
    assert_eq!(sent["nonce"], pending.nonce);
    assert_eq!(sent["code_challenge"], "challenge");
    assert_eq!(sent["code_challenge_method"], "S256");
    assert_eq!(sent["scope"], "openid");
    for absent in ["response_mode", "request", "request_uri", "dpop_jkt"] {
        assert!(!sent.contains_key(absent), "{absent}");
    }
    assert_eq!(read(&parameters(form, &pending, "challenge", Some("thumb")))["dpop_jkt"], "thumb");
}

#[test]
fn several_resources_may_be_asked_for() {
    let sent = parameters("resource=a&resource=b", &pending(1, Way::Page), "challenge", None);
    assert!(sent.starts_with("resource=a&resource=b&"));
}

#[test]
fn a_hidden_frame_asks_nobody() {
    assert_eq!(read(&parameters(FORM, &pending(1, Way::Frame), "challenge", None))["prompt"], "none");
    assert_eq!(read(&parameters(FORM, &pending(1, Way::Window), "challenge", None))["prompt"], "login");
}

#[test]
fn what_stands_in_the_query_of_an_endpoint_stays() {
    assert_eq!(address(ENDPOINT, "a=1"), "https://id.example/auth?a=1");
    assert_eq!(address("https://id.example/auth?theme=dark", "a=1"), "https://id.example/auth?theme=dark&a=1");
    assert_eq!(address("https://id.example/auth?", "a=1"), "https://id.example/auth?a=1");
    assert_eq!(address(ENDPOINT, ""), ENDPOINT);
}

#[test]
fn a_pushed_request_is_named_by_its_uri() {
    let address = par_address(ENDPOINT, "acme & co", "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c");
    let expected = "https://id.example/auth?client_id=acme+%26+co\
        &request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c";
    assert_eq!(address, expected);
}

#[test]
fn the_answer_to_a_pushed_request_is_read() {
    // RFC 9126 §2.2.
    let body = r#"{"request_uri":"urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c","expires_in":60}"#;
    for status in [200, 201] {
        let uri = "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c";
        assert_eq!(read_par(status, body).as_deref(), Ok(uri));
    }
    for (status, body, problem) in [
        (400, r#"{"error":"invalid_request"}"#, ParProblem::Refused(Some("invalid_request"))),
        (401, r#"{"error":"invalid_client","error_description":"x"}"#, ParProblem::Refused(Some("invalid_client"))),
        (400, r#"{"error":"something of their own"}"#, ParProblem::Refused(None)),
        (400, "<html>", ParProblem::Unreadable),
        (404, "", ParProblem::Unreadable),
        (201, "{}", ParProblem::Unreadable),
        (201, r#"{"request_uri":""}"#, ParProblem::Unreadable),
        (201, r#"{"request_uri":7}"#, ParProblem::Unreadable),
        (204, "", ParProblem::Unreadable),
        (302, body, ParProblem::Unreadable),
        (0, body, ParProblem::Unreadable),
        (408, "", ParProblem::Failing),
        (429, r#"{"error":"invalid_request"}"#, ParProblem::Failing),
        (500, body, ParProblem::Failing),
        (503, "", ParProblem::Failing),
    ] {
        assert_eq!(read_par(status, body), Err(problem), "{status} {body}");
    }
    assert_eq!(read_par(201, &format!("{body}{}", " ".repeat(64 * 1024))), Err(ParProblem::Unreadable));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_form_arrives_as_it_was_written(pairs in proptest::collection::vec(("[a-zA-Z é&=+%]{1,6}", "\\PC{0,12}"), 0..6)) {
        let form = Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let sent = parameters(&form, &pending(1, Way::Page), "challenge", None);
        let read: Vec<(String, String)> = parse(sent.as_bytes()).into_owned().collect();
        prop_assert_eq!(&read[..pairs.len()], &pairs[..]);
        prop_assert_eq!(read.len(), pairs.len() + 6);
    }

    #[test]
    fn a_parameter_is_read_as_the_url_standard_reads_it(
        name in "[a-z]{1,3}", value in "\\PC{1,12}", others in proptest::collection::vec(("[a-z]{1,3}", "\\PC{0,6}"), 0..4),
    ) {
        let pairs: Vec<_> = others.into_iter().chain([(name.clone(), value)]).collect();
        let query = Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let values: Vec<_> = pairs.iter().filter(|(key, _)| *key == name).collect();
        let expected = if let [(_, value)] = values[..] { Some(value.clone()) } else { None };
        prop_assert_eq!(parameter(&query, &name), expected);
    }
}
