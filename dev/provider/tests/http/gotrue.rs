//! The dialect of `GoTrue`, where it differs from the others.

use serde_json::{Value, json};

use crate::world::{Dialect, EMAIL, PASSWORD, World, claims};

const DIALECT: Dialect = Dialect::GoTrue;

#[test]
fn a_sign_in_gives_tokens_both_expiries_and_the_user() {
    let world = World::new();
    let answer = world.sign_in(DIALECT, EMAIL, PASSWORD);
    let body = answer.json();
    let claims = claims(body["access_token"].as_str().unwrap());
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], 300);
    assert_eq!(body["expires_at"], claims["exp"]);
    assert_eq!(body["user"]["email"], EMAIL);
    assert_eq!(body["user"]["role"], "member");
    assert_eq!(body["user"]["user_metadata"], json!({ "name": "Dana Demo" }));
    assert_eq!(body["user"]["app_metadata"]["tenant"], "north");
    assert_eq!(body["user"]["id"], claims["sub"]);
    assert!(body["user"]["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn the_user_endpoint_shows_the_same_user_as_the_sign_in() {
    let world = World::new();
    let user = world.sign_in(DIALECT, EMAIL, PASSWORD).json();
    let access_token = user["access_token"].as_str().unwrap();
    let answer = world.get("/auth/v1/user").bearer(access_token).send();
    assert_eq!((answer.status, answer.json()), (200, user["user"].clone()));
}

#[test]
fn without_an_api_key_the_gateway_refuses_to_give_tokens() {
    let world = World::new();
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    for grant_type in ["password", "refresh_token"] {
        let path = format!("/auth/v1/token?grant_type={grant_type}");
        let answer = world.post(&path).json(&credentials).send();
        assert_eq!((answer.status, &answer.json()["message"]), (401, &json!("No API key found in request")));
        let empty = world.post(&path).header("apikey", "").json(&credentials).send();
        assert_eq!(empty.status, 401);
    }
}

#[test]
fn refusals_have_a_code_an_error_code_and_a_message() {
    let world = World::new();
    let wrong = world.sign_in(DIALECT, EMAIL, "wrong");
    assert_eq!(wrong.status, 400);
    let expected = json!({ "code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials" });
    assert_eq!(wrong.json(), expected);

    let ask = |grant_type: &str, body: &str| {
        let path = format!("/auth/v1/token?grant_type={grant_type}");
        let answer = world.post(&path).header("apikey", "public").body("application/json", body).send().json();
        answer["error_code"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask("password", "{"), "bad_json");
    assert_eq!(ask("password", r#"{"email":"demo@example.com"}"#), "validation_failed");
    assert_eq!(ask("refresh_token", "{}"), "validation_failed");
    assert_eq!(ask("refresh_token", r#"{"refresh_token":"junk"}"#), "refresh_token_not_found");
    assert_eq!(ask("implicit", "{}"), "invalid_credentials");
}

#[test]
fn a_used_refresh_token_is_told_from_one_that_is_not_there() {
    let world = World::new();
    let tokens = world.signed_in(DIALECT);
    world.refresh(DIALECT, &tokens.refresh);
    let reused = world.refresh(DIALECT, &tokens.refresh);
    let expected = json!({
        "code": 400,
        "error_code": "refresh_token_already_used",
        "msg": "Invalid Refresh Token: Already Used",
    });
    assert_eq!((reused.status, reused.json()), (400, expected));
}

#[test]
fn a_logout_ends_all_sessions_unless_it_is_told_to_be_local() {
    let world = World::new();
    let logout = |scope: &str, access_token: &str| {
        let answer = world.post(&format!("/auth/v1/logout{scope}")).bearer(access_token).send();
        assert_eq!(answer.body, "");
        answer.status
    };
    let statuses = |sessions: [&crate::world::Tokens; 3]| sessions.map(|tokens| world.api_status(&tokens.access));
    let [first, second, third] = [(); 3].map(|()| world.signed_in(DIALECT));
    let sessions = [&first, &second, &third];

    assert_eq!(logout("?scope=local", &first.access), 204);
    assert_eq!(statuses(sessions), [401, 200, 200]);
    assert_eq!(logout("?scope=others", &second.access), 204);
    assert_eq!(statuses(sessions), [401, 200, 401]);
    assert_eq!(logout("", &second.access), 204);
    assert_eq!(statuses(sessions), [401, 401, 401]);
}

#[test]
fn a_bad_bearer_is_forbidden_where_a_missing_one_is_unauthorized() {
    let world = World::new();
    let tokens = world.signed_in(DIALECT);
    let outcome = |bearer: Option<&str>| {
        let request = world.get("/auth/v1/user");
        let answer = match bearer {
            Some(token) => request.bearer(token),
            None => request,
        }
        .send();
        (answer.status, answer.json()["error_code"].clone())
    };
    let expected = |status: u16, code: &str| (status, Value::from(code));
    assert_eq!(outcome(None), expected(401, "no_authorization"));
    assert_eq!(outcome(Some("junk")), expected(403, "bad_jwt"));
    world.revoke(DIALECT, &tokens);
    assert_eq!(outcome(Some(&tokens.access)), expected(403, "session_not_found"));
    let tokens = world.signed_in(DIALECT);
    world.pass(300);
    assert_eq!(outcome(Some(&tokens.access)), expected(403, "bad_jwt"));
}
