//! The dialect of OAuth 2, where it differs from the others.

use serde_json::{Value, json};

use crate::world::{Answer, Dialect, EMAIL, PASSWORD, World};

const DIALECT: Dialect = Dialect::OAuth2;

fn error(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json()["error"].clone())
}

#[test]
fn the_password_grant_answers_as_rfc_6749_section_5_1_says() {
    let world = World::new();
    let answer = world
        .post("/oauth/token")
        .form(&[
            ("grant_type", "password"),
            ("client_id", "app"),
            ("username", EMAIL),
            ("password", PASSWORD),
            ("scope", "openid profile"),
        ])
        .send();
    let body = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 300);
    assert_eq!(body["scope"], "openid profile");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));

    let refreshed = world.refresh(DIALECT, body["refresh_token"].as_str().unwrap()).json();
    assert_eq!(refreshed["scope"], "openid profile");
    assert_ne!(refreshed["refresh_token"], body["refresh_token"]);
}

#[test]
fn without_a_scope_asked_for_none_is_answered() {
    let world = World::new();
    assert_eq!(world.sign_in(DIALECT, EMAIL, PASSWORD).json().get("scope"), None);
}

#[test]
fn userinfo_tells_whose_the_access_token_is() {
    let world = World::new();
    let tokens = world.signed_in(DIALECT);
    let body = world.get("/oauth/userinfo").bearer(&tokens.access).send().json();
    assert_eq!(body["sub"], crate::world::claims(&tokens.access)["sub"]);
    assert_eq!([&body["name"], &body["email"], &body["role"]], ["Dana Demo", EMAIL, "member"]);

    let refused = world.get("/oauth/userinfo").bearer("junk").send();
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));
}

#[test]
fn errors_have_the_codes_of_rfc_6749_section_5_2() {
    let world = World::new();
    let ask = |parameters: &[(&str, &str)]| error(&world.post("/oauth/token").form(parameters).send());
    let expected = |status: u16, code: &str| (status, Value::from(code));
    let client = ("client_id", "app");
    let (user, password) = (("username", EMAIL), ("password", "wrong"));
    let (by_password, by_refresh) = (("grant_type", "password"), ("grant_type", "refresh_token"));

    assert_eq!(ask(&[by_password, client, user, password]), expected(400, "invalid_grant"));
    assert_eq!(ask(&[by_refresh, client, ("refresh_token", "junk")]), expected(400, "invalid_grant"));
    assert_eq!(ask(&[by_password, user, password]), expected(401, "invalid_client"));
    assert_eq!(ask(&[by_refresh, ("refresh_token", "junk")]), expected(401, "invalid_client"));
    assert_eq!(ask(&[by_password, ("client_id", ""), user, password]), expected(401, "invalid_client"));
    assert_eq!(ask(&[by_password, client, user]), expected(400, "invalid_request"));
    assert_eq!(ask(&[by_refresh, client]), expected(400, "invalid_request"));
    assert_eq!(ask(&[client]), expected(400, "invalid_request"));
    assert_eq!(ask(&[by_password, client, client, user, password]), expected(400, "invalid_request"));
    assert_eq!(ask(&[("grant_type", "implicit"), client]), expected(400, "unsupported_grant_type"));
    let as_json = world.post("/oauth/token").json(&json!({ "grant_type": "password" })).send();
    assert_eq!(error(&as_json), expected(400, "invalid_request"));
}

#[test]
fn a_refresh_token_is_good_only_for_the_client_it_was_issued_to() {
    let world = World::new();
    let tokens = world.signed_in(DIALECT);
    let by_another = world
        .post("/oauth/token")
        .form(&[("grant_type", "refresh_token"), ("client_id", "other"), ("refresh_token", &tokens.refresh)])
        .send();
    assert_eq!(error(&by_another), (400, "invalid_grant".into()));
    assert_eq!(world.refresh(DIALECT, &tokens.refresh).status, 200);
}

#[test]
fn revoking_a_refresh_token_ends_its_access_tokens_too() {
    let world = World::new();
    let tokens = world.signed_in(DIALECT);
    let answer = world
        .post("/oauth/revoke")
        .form(&[("token", &tokens.refresh), ("token_type_hint", "refresh_token"), ("client_id", "app")])
        .send();
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(world.api_status(&tokens.access), 401);
    assert_eq!(error(&world.refresh(DIALECT, &tokens.refresh)), (400, "invalid_grant".into()));
}

#[test]
fn revoking_an_access_token_leaves_its_refresh_token_good_whatever_the_hint_says() {
    let world = World::new();
    let tokens = world.signed_in(DIALECT);
    let answer = world
        .post("/oauth/revoke")
        .form(&[("token", &tokens.access), ("token_type_hint", "refresh_token"), ("client_id", "app")])
        .send();
    assert_eq!(answer.status, 200);
    assert_eq!(world.api_status(&tokens.access), 401);
    assert_eq!(world.refresh(DIALECT, &tokens.refresh).status, 200);
}

#[test]
fn revocation_is_fine_with_tokens_that_nobody_knows_and_with_being_asked_twice() {
    let world = World::new();
    let tokens = world.signed_in(DIALECT);
    let revoke = |token: &str| world.post("/oauth/revoke").form(&[("token", token), ("client_id", "app")]).send();
    assert_eq!(revoke("junk").status, 200);
    for token in [&tokens.access, &tokens.access, &tokens.refresh, &tokens.refresh] {
        assert_eq!(revoke(token).status, 200);
    }
}

#[test]
fn revocation_refuses_requests_that_are_incomplete_or_about_another_clients_token() {
    let world = World::new();
    let tokens = world.signed_in(DIALECT);
    let revoke = |parameters: &[(&str, &str)]| error(&world.post("/oauth/revoke").form(parameters).send());
    assert_eq!(revoke(&[("client_id", "app")]), (400, "invalid_request".into()));
    assert_eq!(revoke(&[("token", &tokens.refresh)]), (401, "invalid_client".into()));
    for token in [&tokens.refresh, &tokens.access] {
        let outcome = revoke(&[("token", token), ("client_id", "other")]);
        assert_eq!(outcome, (400, "invalid_grant".into()));
    }
    assert_eq!(world.api_status(&tokens.access), 200);
}
