//! One test for each row of the table "What an answer to a refresh means".

use crate::world::{Fault, LIFETIME_S, World, json, response};
use vestibule::session::{Gate, HttpFailure, NoToken, Refresh, SignedOutReason, State};

/// A signed-in tab whose token has become stale, with the fault waiting for its refresh.
fn stale(fault: Fault) -> World {
    let mut world = World::signed_in(1);
    world.provider.faults.push_back(fault);
    world.pass(LIFETIME_S - 30);
    world.dispatch(0, vestibule::session::Event::Woke);
    world.run();
    world
}

/// The same with a token that has expired.
fn expired(fault: Fault) -> World {
    let mut world = World::signed_in(1);
    world.provider.faults.push_back(fault);
    world.pass(LIFETIME_S + 1);
    world.dispatch(0, vestibule::session::Event::Woke);
    world.run();
    world
}

fn refresh(world: &World) -> &Refresh {
    match world.tabs[0].session.state() {
        State::SignedIn(signed_in) => &signed_in.refresh,
        other => panic!("not signed in: {other:?}"),
    }
}

/// Kept, backing off, answering with what is good and "unreachable" when nothing is; then refreshed.
fn is_kept_and_refreshed_later(fault: &Fault) {
    let mut world = stale(fault.clone());
    assert!(matches!(refresh(&world), Refresh::BackingOff { .. }), "{fault:?}");
    assert_eq!(world.gate(0), Gate::Open);
    assert!(world.storage.is_some());
    assert!(world.lock_is_free());
    let token = world.token(0);
    let caller = world.ask(0);
    assert_eq!(world.answer_to(0, caller), Some(Ok(token.clone())), "a good token is used while backing off");
    world.live(2);
    assert_ne!(world.token(0), token);
    assert_eq!(world.provider.reuses, 0);

    let mut world = expired(fault.clone());
    let caller = world.ask(0);
    assert_eq!(world.answer_to(0, caller), Some(Err(NoToken::Unreachable)), "at once, without waiting");
    assert_eq!(world.gate(0), Gate::Open, "an open page stays open");
    world.live(2);
    let caller = world.ask(0);
    assert!(world.answer_to(0, caller).unwrap().is_ok());
}

#[test]
fn success_with_an_access_token_replaces_and_stores() {
    let mut world = World::signed_in(1);
    let before = world.storage.clone().unwrap();
    world.live(LIFETIME_S);
    let after = world.storage.clone().unwrap();
    assert_eq!(world.provider.refreshes, 1);
    assert_ne!(after.tokens, before.tokens);
    assert_eq!(after.generation, before.generation + 1);
    assert_eq!(after.signed_in_at, before.signed_in_at);
    assert_eq!(Some(&after), world.tabs[0].session.signed_in());
}

#[test]
fn success_without_an_access_token_is_kept_and_tried_again() {
    is_kept_and_refreshed_later(&json(200, ""));
    is_kept_and_refreshed_later(&json(200, "{}"));
    is_kept_and_refreshed_later(&json(200, "null"));
    is_kept_and_refreshed_later(&json(200, r#"{"access_token":""}"#));
    is_kept_and_refreshed_later(&json(204, ""));
}

#[test]
fn success_that_is_not_json_is_kept_and_tried_again() {
    is_kept_and_refreshed_later(&Fault::Answer(response(200, "text/html", "<html>Log in to the Wi-Fi</html>")));
    is_kept_and_refreshed_later(&Fault::Answer(response(200, "text/plain", "ok")));
}

#[test]
fn a_code_that_ends_sessions_ends_this_one() {
    for status in [400, 401, 403] {
        let world = stale(json(status, r#"{"error_code":"refresh_token_not_found"}"#));
        assert_eq!(world.gate(0), Gate::Closed);
        assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Ended));
        assert_eq!(world.storage, None);
        assert!(world.lock_is_free());
    }
}

#[test]
fn a_refusal_is_waited_out_while_the_access_token_is_good() {
    let mut world = stale(json(400, r#"{"error":"invalid_request"}"#));
    assert_eq!(refresh(&world), &Refresh::Refused);
    let caller = world.ask(0);
    assert!(world.answer_to(0, caller).unwrap().is_ok());
    world.live(31);
    assert_eq!(world.gate(0), Gate::Closed);
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Ended));
    assert_eq!(world.storage, None);
    assert_eq!(world.provider.refreshes, 0, "it is not asked again");
}

#[test]
fn a_refusal_ends_a_session_whose_access_token_has_expired() {
    let world = expired(json(400, r#"{"error":"invalid_request"}"#));
    assert_eq!(world.gate(0), Gate::Closed);
    assert_eq!(world.storage, None);
}

#[test]
fn a_refusal_without_a_body_is_a_refusal_too() {
    let world = expired(json(401, ""));
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn a_wall_in_html_is_kept_and_tried_again() {
    for status in [400, 401, 403, 404, 511] {
        is_kept_and_refreshed_later(&Fault::Answer(response(status, "text/html", "<h1>Blocked</h1>")));
    }
}

#[test]
fn a_refusal_that_nobody_signed_is_kept_and_tried_again() {
    is_kept_and_refreshed_later(&Fault::Answer(response(403, "text/plain", "error code: 1020")));
    is_kept_and_refreshed_later(&json(403, ""));
    is_kept_and_refreshed_later(&json(400, r#"{"message":"proxy"}"#));
    is_kept_and_refreshed_later(&json(404, "{}"));
}

#[test]
fn a_provider_that_labels_its_json_as_html_is_still_understood() {
    let world = stale(Fault::Answer(response(400, "text/html", r#"{"error":"invalid_grant"}"#)));
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Ended));
}

#[test]
fn later_means_later() {
    for status in [408, 425, 429] {
        is_kept_and_refreshed_later(&json(status, ""));
    }
}

#[test]
fn retry_after_is_waited_for_in_seconds_and_as_a_date() {
    let now = crate::world::START.after_ms((LIFETIME_S - 30) * 1000);
    assert_eq!(now.0, 1_800_000_570_000);
    for value in ["7", "Fri, 15 Jan 2027 08:09:37 GMT"] {
        let mut answer = response(429, "application/json", "");
        answer.headers.push(("retry-after".into(), value.into()));
        let world = stale(Fault::Answer(answer));
        let Refresh::BackingOff { until, .. } = refresh(&world) else { panic!("not backing off") };
        assert_eq!(until.ms_since(world.now), 7000, "{value}");
    }
}

#[test]
fn retry_after_is_no_reason_to_wait_for_a_year() {
    let mut answer = response(503, "application/json", "");
    answer.headers.push(("retry-after".into(), "99999999999999999999".into()));
    let world = stale(Fault::Answer(answer));
    let Refresh::BackingOff { until, .. } = refresh(&world) else { panic!("not backing off") };
    assert!(until.ms_since(world.now) <= 24 * 3600 * 1000);
}

#[test]
fn a_problem_of_the_service_is_kept_and_tried_again() {
    for status in [500, 502, 503, 504] {
        is_kept_and_refreshed_later(&json(status, r#"{"error":"invalid_grant"}"#));
    }
}

#[test]
fn no_answer_is_kept_and_tried_again() {
    for failure in [HttpFailure::Offline, HttpFailure::Unreachable, HttpFailure::TimedOut, HttpFailure::TooLong] {
        is_kept_and_refreshed_later(&Fault::NoAnswer(failure));
    }
}

#[test]
fn the_network_coming_back_ends_the_wait_at_once() {
    let mut world = stale(Fault::NoAnswer(HttpFailure::Offline));
    let token = world.token(0);
    world.dispatch(0, vestibule::session::Event::WentOnline);
    world.run();
    assert_ne!(world.token(0), token);
    assert_eq!(world.now, crate::world::START.after_ms((LIFETIME_S - 30) * 1000));
}

#[test]
fn the_network_coming_back_does_not_break_a_retry_after() {
    let mut world = stale(json(429, ""));
    let refreshes = world.provider.refreshes;
    world.dispatch(0, vestibule::session::Event::WentOnline);
    world.run();
    assert_eq!(world.provider.refreshes, refreshes);
}

#[test]
fn the_wait_doubles_up_to_a_minute_and_a_success_resets_it() {
    let mut world = World::signed_in(1);
    for _ in 0..9 {
        world.provider.faults.push_back(json(500, ""));
    }
    world.pass(LIFETIME_S);
    let mut waits = Vec::new();
    for _ in 0..9 {
        world.dispatch(0, vestibule::session::Event::Woke);
        world.run();
        let Refresh::BackingOff { until, .. } = refresh(&world) else { panic!("not backing off") };
        waits.push(until.ms_since(world.now) / 1000);
        world.now = *until;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    world.dispatch(0, vestibule::session::Event::Woke);
    world.run();
    world.provider.faults.push_back(json(500, ""));
    world.pass(LIFETIME_S);
    world.dispatch(0, vestibule::session::Event::Woke);
    world.run();
    let Refresh::BackingOff { until, .. } = refresh(&world) else { panic!("not backing off") };
    assert_eq!(until.ms_since(world.now), 1000);
}
