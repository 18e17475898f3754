//! Signing out at the provider, and hearing of it.

use crate::signing::Key;
use serde_json::{Value, json};
use vestibule::oidc::Algorithm;
use vestibule::oidc::logout::{address, is_meant};

const ISSUER: &str = "https://id.example";

fn token(claims: Value) -> String {
    Key { algorithm: Algorithm::EdDsa, number: 0 }.token(&claims)
}

#[test]
fn a_logout_names_the_session_and_where_to_come_back() {
    let address = address(
        "https://id.example/logout?lang=en",
        "id_token_hint=e.y.J&client_id=acme&state=theirs",
        "https://app.example/callback/signed-out",
        "s+1",
    );
    let expected = "https://id.example/logout?lang=en&id_token_hint=e.y.J&client_id=acme\
        &post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fcallback%2Fsigned-out&state=s%2B1";
    assert_eq!(address, expected);
}

#[test]
fn a_front_channel_request_means_the_session_that_it_names() {
    let token = token(json!({ "iss": ISSUER, "sub": "ada", "sid": "08a5019c-17e1-4977-8f42-65a12843ea02" }));
    let meant = |query: &str| is_meant(query, &token, ISSUER);
    assert!(meant("iss=https%3A%2F%2Fid.example&sid=08a5019c-17e1-4977-8f42-65a12843ea02"));
    assert!(meant("x=1&sid=08a5019c-17e1-4977-8f42-65a12843ea02&iss=https://id.example"));
    for query in [
        "",
        "iss=https://id.example",
        "sid=08a5019c-17e1-4977-8f42-65a12843ea02",
        "iss=https://id.example&sid=another",
        "iss=https://id.example&sid=",
        "iss=https://evil.example&sid=08a5019c-17e1-4977-8f42-65a12843ea02",
        "iss=https://id.example/&sid=08a5019c-17e1-4977-8f42-65a12843ea02",
        "iss=https://id.example&sid=08a5019c-17e1-4977-8f42-65a12843ea02&sid=08a5019c-17e1-4977-8f42-65a12843ea02",
    ] {
        assert!(!meant(query), "{query}");
    }
    let query = "iss=https://id.example&sid=08a5019c-17e1-4977-8f42-65a12843ea02";
    assert!(!is_meant(query, &token, "https://other.example"), "of another provider of this config");
}

#[test]
fn a_session_without_an_id_is_never_meant() {
    for id_token in [token(json!({ "iss": ISSUER })), token(json!({ "iss": ISSUER, "sid": "" })), String::new()] {
        for query in ["iss=https://id.example&sid=", "iss=https://id.example", "iss=https://id.example&sid=null"] {
            assert!(!is_meant(query, &id_token, ISSUER));
        }
    }
}
