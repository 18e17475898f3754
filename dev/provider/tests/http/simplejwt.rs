//! The dialect of `SimpleJWT`, where it differs from the others.

use serde_json::{Value, json};

use crate::world::{Dialect, EMAIL, PASSWORD, World, claims};

const DIALECT: Dialect = Dialect::SimpleJwt;

#[test]
fn a_sign_in_gives_two_tokens_and_nothing_else() {
    let world = World::new();
    let body = world.sign_in(DIALECT, EMAIL, PASSWORD).json();
    assert_eq!(body.as_object().unwrap().len(), 2);
    let claims = claims(body["access"].as_str().unwrap());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
    assert!(body["refresh"].is_string());
}

#[test]
fn refusals_have_a_detail_and_bad_tokens_a_code() {
    let world = World::new();
    let wrong = world.sign_in(DIALECT, EMAIL, "wrong");
    let expected = json!({ "detail": "No active account found with the given credentials" });
    assert_eq!((wrong.status, wrong.json()), (401, expected));

    let unknown = world.refresh(DIALECT, "junk");
    let expected = json!({ "detail": "Token is invalid", "code": "token_not_valid" });
    assert_eq!((unknown.status, unknown.json()), (401, expected));
    assert!(unknown.header("www-authenticate").is_some());

    let tokens = world.signed_in(DIALECT);
    world.refresh(DIALECT, &tokens.refresh);
    let reused = world.refresh(DIALECT, &tokens.refresh);
    let expected = json!({ "detail": "Token is blacklisted", "code": "token_not_valid" });
    assert_eq!((reused.status, reused.json()), (401, expected));
}

#[test]
fn missing_fields_are_named_all_at_once() {
    let world = World::new();
    let ask = |path: &str, body: Value| {
        let answer = world.post(path).json(&body).send();
        (answer.status, answer.json())
    };
    let required = json!(["This field is required."]);
    let expected = json!({ "username": required, "password": required });
    assert_eq!(ask("/api/token/", json!({})), (400, expected));
    let expected = json!({ "refresh": ["This field may not be null."] });
    assert_eq!(ask("/api/token/refresh/", json!({ "refresh": null })), (400, expected));
    let expected = json!({ "refresh": ["This field may not be blank."] });
    assert_eq!(ask("/api/token/blacklist/", json!({ "refresh": "" })), (400, expected));
    let expected = json!({ "refresh": ["Not a valid string."] });
    assert_eq!(ask("/api/token/refresh/", json!({ "refresh": 7 })), (400, expected));
    assert_eq!(ask("/api/token/refresh/", json!([])).0, 400);
}

#[test]
fn only_json_is_understood_and_only_with_the_slash_at_the_end() {
    let world = World::new();
    let form = world.post("/api/token/").form(&[("username", EMAIL), ("password", PASSWORD)]).send();
    assert_eq!(form.status, 415);
    let body = json!({ "username": EMAIL, "password": PASSWORD });
    assert_eq!(world.post("/api/token").json(&body).send().status, 404);
    let with_charset = world.post("/api/token/").body("application/json; charset=utf-8", &body.to_string());
    assert_eq!(with_charset.send().status, 200);
}

#[test]
fn a_blacklisted_refresh_token_ends_the_session_and_cannot_be_blacklisted_twice() {
    let world = World::new();
    let tokens = world.signed_in(DIALECT);
    let blacklisted = world.revoke(DIALECT, &tokens);
    assert_eq!((blacklisted.status, blacklisted.json()), (200, json!({})));
    assert_eq!(world.api_status(&tokens.access), 401);
    let again = world.revoke(DIALECT, &tokens);
    assert_eq!((again.status, &again.json()["code"]), (401, &json!("token_not_valid")));
}
