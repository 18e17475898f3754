//! The control endpoints, for tests that reach the provider over HTTP only.

use demo_provider::{Options, Provider};
use serde_json::json;

use crate::world::{DIALECTS, Dialect, World};

#[test]
fn there_is_no_control_unless_asked_for() {
    let options = Options { control: false, quiet: true, ..Options::default() };
    let world = World { provider: Provider::start(options).unwrap() };
    for (method, path) in [
        ("POST", "/_control/faults"),
        ("GET", "/_control/counters"),
        ("POST", "/_control/expire"),
        ("POST", "/_control/end"),
    ] {
        assert_eq!(world.ask(method, path).send().status, 404, "{path}");
    }
}

#[test]
fn faults_are_added_and_removed() {
    let world = World::new();
    let fault = json!({ "at": "api", "kind": "status", "status": 503 });
    assert_eq!(world.post("/_control/faults").json(&fault).send().status, 204);
    assert_eq!(world.api_status("junk"), 503);
    assert_eq!(world.ask("DELETE", "/_control/faults").send().status, 204);
    assert_eq!(world.api_status("junk"), 401);
}

#[test]
fn a_fault_that_makes_no_sense_is_refused_with_a_reason() {
    let world = World::new();
    for (fault, reason) in [
        (json!({ "at": "lunch", "kind": "drop" }), "lunch"),
        (json!({ "at": "api", "kind": "explode" }), "explode"),
        (json!({ "at": "api" }), "kind"),
        (json!({ "at": "api", "kind": "delay" }), "ms"),
        (json!({ "at": "api", "kind": "status" }), "status"),
        (json!({ "at": "api", "kind": "status", "status": 99 }), "status"),
        (json!({ "at": "api", "kind": "drop", "status": 500 }), "status"),
        (json!({ "at": "api", "kind": "drop", "retry_after": 5 }), "retry_after"),
        (json!({ "at": "api", "kind": "html", "body": {} }), "body"),
        (json!({ "at": "api", "kind": "rate_limit", "retry_after": "a\nb" }), "retry_after"),
        (json!({ "at": "api", "kind": "drop", "times": 0 }), "times"),
        (json!({ "at": "api", "kind": "drop", "tiems": 1 }), "tiems"),
    ] {
        let answer = world.post("/_control/faults").json(&fault).send();
        assert_eq!(answer.status, 400, "{fault}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(reason), "{fault}: {error}");
    }
    assert_eq!(world.api_status("junk"), 401);
}

#[test]
fn counters_tell_what_was_asked_and_are_set_to_zero() {
    let world = World::new();
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        world.sign_in(dialect, "nobody@example.com", "wrong");
        let tokens = dialect.tokens(&world.refresh(dialect, &tokens.refresh));
        world.refresh(dialect, "junk");
        world.api_status(&tokens.access);
        world.api_status("junk");
        world.revoke(dialect, &tokens);
        world.get("/oauth/userinfo").send();
    }
    let counters = || world.get("/_control/counters").send().json();
    let expected = json!({
        "sign_in": 6, "logins_ok": 3, "passkey_options": 0, "refresh": 6, "refresh_ok": 3, "reuse": 0, "revoke": 3, "user": 3,
        "api": 6, "api_401": 3,
    });
    assert_eq!(counters(), expected);
    assert_eq!(world.ask("DELETE", "/_control/counters").send().status, 204);
    let all_zero = counters().as_object().unwrap().values().all(|count| count.as_u64() == Some(0));
    assert!(all_zero);
}

#[test]
fn expiring_ends_all_access_tokens_so_far_but_no_session() {
    let world = World::new();
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        assert_eq!(world.post("/_control/expire").json(&json!({})).send().status, 204);
        assert_eq!(world.api_status(&tokens.access), 401);
        let refreshed = dialect.tokens(&world.refresh(dialect, &tokens.refresh));
        assert_eq!(world.api_status(&refreshed.access), 200);
    }
}

#[test]
fn ending_ends_all_sessions_and_new_ones_can_begin() {
    let world = World::new();
    let sessions = DIALECTS.map(|dialect| (dialect, world.signed_in(dialect)));
    assert_eq!(world.post("/_control/end").json(&json!({})).send().status, 204);
    for (dialect, tokens) in sessions {
        assert_eq!(world.api_status(&tokens.access), 401);
        assert_ne!(world.refresh(dialect, &tokens.refresh).status, 200);
    }
    assert_eq!(world.provider.counts().reuse, 0);
    assert_eq!(world.api_status(&world.signed_in(Dialect::GoTrue).access), 200);
}
