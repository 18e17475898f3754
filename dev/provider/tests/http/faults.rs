//! Every fault, at every place, in every dialect.

use std::thread;
use std::time::{Duration, Instant};

use demo_provider::Options;
use serde_json::{Value, json};

use crate::world::{Answer, DIALECTS, Dialect, EMAIL, PASSWORD, World};

/// One request to each place, in each dialect that has it.
fn ask_everywhere(world: &World, at: &str) -> Vec<Option<Answer>> {
    let token = "junk";
    let bearer = |path: &str| world.get(path).bearer(token).try_send();
    let per_dialect = |ask: &dyn Fn(Dialect) -> Option<Answer>| DIALECTS.map(ask).into();
    match at {
        "sign_in" => per_dialect(&|dialect| Some(world.sign_in(dialect, EMAIL, PASSWORD))),
        "refresh" => per_dialect(&|dialect| world.refresh_request(dialect, token).try_send()),
        "revoke" => {
            let tokens = crate::world::Tokens { access: token.into(), refresh: token.into() };
            per_dialect(&|dialect| Some(world.revoke(dialect, &tokens)))
        }
        "user" => vec![bearer("/auth/v1/user"), bearer("/oauth/userinfo")],
        _ => vec![bearer("/api/orders"), bearer("/api/orders/1001"), bearer("/api/me")],
    }
}

#[test]
fn a_fault_waits_at_its_place_in_all_dialects_and_nowhere_else() {
    let places = ["sign_in", "refresh", "revoke", "user", "api"];
    let world = World::new();
    for at in places {
        world.fault(&json!({ "at": at, "kind": "status", "status": 503 }));
        for other in places {
            for answer in ask_everywhere(&world, other) {
                assert_eq!(answer.unwrap().status == 503, other == at, "fault at {at}, asked at {other}");
            }
        }
        world.provider.clear_faults();
    }
}

#[test]
fn a_raw_answer_is_that_text_and_does_not_say_how_long_it_is() {
    let world = World::new();
    let text = "[".repeat(100_000);
    world.fault(&json!({ "at": "api", "kind": "raw", "body": text, "times": 1 }));
    let answer = world.get("/api/orders").bearer("junk").send();
    assert_eq!(answer.status, 200);
    // In chunks, which are written around it.
    assert!(answer.body.contains(&text));
    assert!(!answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")));
}

#[test]
fn a_delay_waits_and_then_works_as_usual() {
    let world = World::new();
    let tokens = world.signed_in(Dialect::OAuth2);
    world.fault(&json!({ "at": "api", "kind": "delay", "ms": 120, "times": 1 }));
    let began = Instant::now();
    assert_eq!(world.api_status(&tokens.access), 200);
    assert!(began.elapsed() >= Duration::from_millis(120));
}

#[test]
fn a_status_is_answered_without_work_with_an_error_that_is_one_in_every_dialect() {
    let world = World::new();
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        for status in [400, 401, 403, 408, 500, 503] {
            world.fault(&json!({ "at": "refresh", "kind": "status", "status": status, "times": 1 }));
            let answer = world.refresh(dialect, &tokens.refresh);
            let code = Value::from("temporarily_unavailable");
            assert_eq!((answer.status, Dialect::refusal(&answer).1), (status, code));
        }
        assert_eq!(world.refresh(dialect, &tokens.refresh).status, 200, "the token was not used up");
    }
}

#[test]
fn a_status_can_carry_any_body() {
    let world = World::new();
    let body = json!({ "error": "invalid_grant" });
    world.fault(&json!({ "at": "refresh", "kind": "status", "status": 400, "body": body }));
    let answer = world.refresh(Dialect::OAuth2, "junk");
    assert_eq!((answer.status, answer.json()), (400, body));
}

#[test]
fn html_is_a_whole_page_with_any_status_and_without_work() {
    let world = World::new();
    let tokens = world.signed_in(Dialect::GoTrue);
    for (fault, status) in [
        (json!({ "at": "refresh", "kind": "html", "times": 1 }), 200),
        (json!({ "at": "refresh", "kind": "html", "status": 403, "times": 1 }), 403),
    ] {
        world.fault(&fault);
        let answer = world.refresh(Dialect::GoTrue, &tokens.refresh);
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(answer.body.starts_with("<!doctype html>"));
    }
    assert_eq!(world.refresh(Dialect::GoTrue, &tokens.refresh).status, 200);
}

#[test]
fn a_rate_limit_tells_when_to_come_again_in_seconds_or_by_date() {
    let world = World::new();
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    for (retry_after, header) in [(json!(30), "30"), (json!(date), date)] {
        let fault = json!({ "at": "sign_in", "kind": "rate_limit", "retry_after": retry_after, "times": 1 });
        world.fault(&fault);
        let answer = world.sign_in(Dialect::GoTrue, EMAIL, PASSWORD);
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some(header)));
    }
    world.fault(&json!({ "at": "sign_in", "kind": "rate_limit", "times": 1 }));
    let answer = world.sign_in(Dialect::GoTrue, EMAIL, PASSWORD);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(world.provider.counts().logins_ok, 0);
}

#[test]
fn an_empty_answer_hides_that_the_work_was_done() {
    let world = World::new();
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        world.provider.clear_counts();
        world.fault(&json!({ "at": "refresh", "kind": "empty", "times": 1 }));
        let answer = world.refresh(dialect, &tokens.refresh);
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
        assert_eq!(world.provider.counts().refresh_ok, 1);
        assert_ne!(world.refresh(dialect, &tokens.refresh).status, 200, "the token was rotated");
    }
}

#[test]
fn a_withheld_refresh_token_leaves_the_rest_of_the_answer_as_it_was() {
    let world = World::new();
    for dialect in DIALECTS {
        let whole = world.sign_in(dialect, EMAIL, PASSWORD).json();
        world.fault(&json!({ "at": "sign_in", "kind": "no_refresh_token", "times": 1 }));
        let answer = world.sign_in(dialect, EMAIL, PASSWORD);
        let mut expected: Vec<_> = whole.as_object().unwrap().keys().collect();
        expected.retain(|name| !["refresh_token", "refresh"].contains(&name.as_str()));
        let body = answer.json();
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), expected);
        let access_token = ["access_token", "access"].map(|name| body[name].as_str());
        assert_eq!(world.api_status(access_token.into_iter().flatten().next().unwrap()), 200);
    }
}

#[test]
fn a_dropped_connection_gives_not_a_byte_but_the_work_was_done() {
    let world = World::new();
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        world.provider.clear_counts();
        world.fault(&json!({ "at": "refresh", "kind": "drop", "times": 1 }));
        assert!(world.refresh_request(dialect, &tokens.refresh).try_send().is_none());
        let counts = world.provider.counts();
        assert_eq!((counts.refresh, counts.refresh_ok), (1, 1));
        assert_ne!(world.refresh(dialect, &tokens.refresh).status, 200);
        assert_eq!(world.provider.counts().reuse, 1);
    }
}

#[test]
fn a_cut_connection_gives_not_a_byte_and_nothing_was_done() {
    let world = World::new();
    for dialect in DIALECTS {
        let tokens = world.signed_in(dialect);
        world.provider.clear_counts();
        world.fault(&json!({ "at": "refresh", "kind": "cut", "times": 1 }));
        assert!(world.refresh_request(dialect, &tokens.refresh).try_send().is_none());
        let counts = world.provider.counts();
        assert_eq!((counts.refresh, counts.refresh_ok), (1, 0));
        assert_eq!(world.refresh(dialect, &tokens.refresh).status, 200);
    }
}

#[test]
fn a_late_answer_was_worked_on_at_once() {
    let world = World::new();
    let tokens = world.signed_in(Dialect::OAuth2);
    assert_eq!(world.provider.living_sessions(), Ok(1));
    world.provider.clear_counts();
    world.fault(&json!({ "at": "refresh", "kind": "late", "ms": 1000, "times": 1 }));
    thread::scope(|scope| {
        let answer = scope.spawn(|| world.refresh(Dialect::OAuth2, &tokens.refresh).status);
        while world.provider.counts().refresh_ok == 0 {
            assert!(!answer.is_finished(), "answered without work");
            thread::sleep(Duration::from_millis(5));
        }
        assert!(!answer.is_finished(), "the work was done only with the answer");
        assert_eq!(answer.join().unwrap(), 200);
    });
}

#[test]
fn a_fault_happens_as_often_as_it_says_and_those_behind_it_wait_their_turn() {
    let world = World::new();
    world.fault(&json!({ "at": "api", "kind": "status", "status": 500, "times": 2 }));
    world.fault(&json!({ "at": "api", "kind": "status", "status": 502, "times": 1 }));
    world.fault(&json!({ "at": "api", "kind": "status", "status": 503, "times": null }));
    let statuses = [(); 6].map(|()| world.api_status("junk"));
    assert_eq!(statuses, [500, 500, 502, 503, 503, 503]);
    world.provider.clear_faults();
    assert_eq!(world.api_status("junk"), 401);
}

#[test]
fn any_fault_can_wait_before_it_happens() {
    let world = World::new();
    world.fault(&json!({ "at": "api", "kind": "drop", "ms": 120, "times": 1 }));
    let began = Instant::now();
    assert!(world.get("/api/me").try_send().is_none());
    assert!(began.elapsed() >= Duration::from_millis(120));
}

#[test]
fn what_was_asked_is_counted_whatever_the_fault_makes_of_it() {
    let world = World::new();
    for kind in ["html", "drop", "empty"] {
        world.provider.clear_counts();
        world.provider.clear_faults();
        world.fault(&json!({ "at": "refresh", "kind": kind }));
        for _ in 0..3 {
            world.refresh_request(Dialect::OAuth2, "junk").try_send();
        }
        assert_eq!(world.provider.counts().refresh, 3, "{kind}");
    }
    world.fault(&json!({ "at": "api", "kind": "status", "status": 401 }));
    world.api_status("junk");
    assert_eq!(world.provider.counts().api_401, 1);
}

#[test]
fn a_request_whose_client_went_away_is_carried_out_all_the_same() {
    let world = World::new();
    let tokens = world.signed_in(Dialect::OAuth2);
    world.fault(&json!({ "at": "refresh", "kind": "delay", "ms": 100, "times": 1 }));
    world.refresh_request(Dialect::OAuth2, &tokens.refresh).send_and_leave();
    let began = Instant::now();
    while world.provider.counts().refresh_ok == 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "the refresh was not carried out");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn faults_from_the_command_line_wait_from_the_start() {
    let specs = ["refresh:status:503:1", "refresh:rate_limit:9:1", "api:drop:1"];
    let faults = specs.iter().map(|spec| spec.parse().unwrap()).collect();
    let world = World::with(Options { faults, ..Options::default() });
    assert_eq!(world.refresh(Dialect::GoTrue, "junk").status, 503);
    assert_eq!(world.refresh(Dialect::GoTrue, "junk").header("retry-after"), Some("9"));
    assert_eq!(world.refresh(Dialect::GoTrue, "junk").status, 400);
    assert!(world.get("/api/me").try_send().is_none());
    assert_eq!(world.api_status("junk"), 401);
}
