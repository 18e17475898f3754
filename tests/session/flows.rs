//! One test for each flow of the design, and for each "never" that a host can see.

use crate::world::{Fault, LIFETIME_S, World, config_from, json};
use vestibule::session::{
    Event, Gate, HttpFailure, NoToken, SignInProblem, SignedOutReason, State, StoredSession, Timestamp,
};

// --- load with a stored session ------------------------------------------------------------------

#[test]
fn a_fresh_session_opens_the_gate_without_a_token_request() {
    let mut world = World::signed_in(1);
    world.reload(0);
    assert_eq!(world.gate(0), Gate::Open);
    assert!(world.under_way.is_empty());
    world.run();
    assert_eq!(world.provider.refreshes, 0);
}

#[test]
fn a_stale_session_is_refreshed_once_before_the_gate_opens() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S + 5);
    world.reload(0);
    let callers = [world.ask(0), world.ask(0)];
    world.deliver();
    assert_eq!(world.gate(0), Gate::Pending);
    assert_eq!(world.answer_to(0, callers[0]), None);
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
    assert_eq!(world.provider.refreshes, 1);
    for caller in callers {
        assert_eq!(world.answer_to(0, caller), Some(Ok(world.token(0))));
    }
}

#[test]
fn callers_before_storage_is_read_wait_for_it() {
    let mut world = World::new(1);
    let caller = world.ask(0);
    assert_eq!(world.answer_to(0, caller), None);
    world.start(0);
    assert_eq!(world.answer_to(0, caller), Some(Err(NoToken::SignedOut)));
}

#[test]
fn a_dead_refresh_token_at_start_up_leads_to_the_login_page_with_the_reason() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S + 5);
    world.provider.faults.push_back(json(400, r#"{"error":"invalid_grant"}"#));
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Ended));
    assert_eq!(world.storage, None);
}

#[test]
fn offline_at_start_up_clears_nothing_and_goes_on_when_the_network_is_back() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S + 5);
    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Pending, "never protected content before the session is known to be good");
    assert!(world.tabs[0].session.view().retry_at.is_some());
    assert!(world.storage.is_some());
    world.dispatch(0, Event::WentOnline);
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
}

#[test]
fn offline_at_start_up_with_a_token_that_is_still_good_opens_the_gate() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S - 20);
    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
}

// --- sign-in -------------------------------------------------------------------------------------

#[test]
fn a_sign_in_is_stored_and_fills_the_store() {
    let mut world = World::new(1);
    world.start(0);
    world.sign_in(0, "ada", "correct");
    assert!(world.tabs[0].session.view().is_signing_in);
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
    assert_eq!(world.storage.as_ref(), world.tabs[0].session.signed_in());
    assert_eq!(world.tabs[0].kept, [("tenant".to_owned(), Some(serde_json::json!("north")))]);
    assert_eq!(world.tabs[0].session.view().user.unwrap()["email"], "ada");
}

#[test]
fn two_clicks_are_one_request() {
    let mut world = World::new(1);
    world.start(0);
    world.sign_in(0, "ada", "correct");
    world.sign_in(0, "ada", "correct");
    world.run();
    assert_eq!(world.provider.sign_ins, 1);
}

#[test]
fn a_wrong_password_is_refused_and_starts_no_refresh() {
    let mut world = World::new(1);
    world.start(0);
    world.sign_in(0, "ada", "wrong");
    world.run();
    assert_eq!(world.tabs[0].session.view().problem, Some(SignInProblem::Refused));
    assert_eq!((world.provider.sign_ins, world.provider.refreshes), (1, 0));
    assert_eq!(world.storage, None);
    world.sign_in(0, "ada", "correct");
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
}

#[test]
fn every_failure_of_a_sign_in_has_its_own_problem() {
    let unintelligible = |detail: &str| SignInProblem::Misconfigured { detail: detail.into() };
    let html = || Fault::Answer(crate::world::response(200, "text/html", "<p>"));
    let cases = [
        (json(400, "{}"), SignInProblem::Refused),
        (json(401, ""), SignInProblem::Refused),
        (json(403, r#"{"error":"x"}"#), SignInProblem::Refused),
        (json(404, "no such user"), SignInProblem::Refused),
        (json(422, r#"{"errors":{}}"#), SignInProblem::Refused),
        (json(500, ""), SignInProblem::Failing),
        (html(), SignInProblem::Unreachable),
        (Fault::NoAnswer(HttpFailure::Offline), SignInProblem::Offline),
        (Fault::NoAnswer(HttpFailure::Unreachable), SignInProblem::Unreachable),
        (Fault::NoAnswer(HttpFailure::TimedOut), SignInProblem::TimedOut),
        (json(200, ""), unintelligible("status 200, an empty answer without an access token at /access_token")),
        (json(200, "{}"), unintelligible("status 200, an answer without an access token at /access_token")),
        (json(405, ""), unintelligible("status 405")),
    ];
    for (fault, problem) in cases {
        let mut world = World::new(1);
        world.start(0);
        world.provider.faults.push_back(fault);
        world.sign_in(0, "ada", "correct");
        world.run();
        assert_eq!(world.tabs[0].session.view().problem, Some(problem));
        world.sign_in(0, "ada", "correct");
        world.run();
        assert_eq!(world.gate(0), Gate::Open, "recovered from without a reload");
    }
}

#[test]
fn too_many_attempts_send_nothing_until_the_wait_is_over() {
    let mut world = World::new(1);
    world.start(0);
    world.provider.faults.push_back(json(429, ""));
    world.sign_in(0, "ada", "correct");
    world.run();
    let Some(SignInProblem::RateLimited { until }) = world.tabs[0].session.view().problem else {
        panic!("not limited")
    };
    world.sign_in(0, "ada", "correct");
    assert!(world.under_way.is_empty());
    world.now = until;
    world.sign_in(0, "ada", "correct");
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
}

#[test]
fn a_second_step_that_comes_too_late_begins_with_the_password() {
    let config = config_from(|file| {
        file["provider"]["errors"] = serde_json::json!({
            "challenge": { "when": { "pointer": "/error", "equals": "mfa_required" },
                           "fields": [{ "name": "code", "kind": "one_time_code", "length": 6 }],
                           "expired": ["mfa_expired"], "request": "sign_in" },
        });
    });
    let mut world = World::with_config(1, config);
    world.start(0);
    world.provider.faults.push_back(json(403, r#"{"error":"mfa_required","ticket":"t-1"}"#));
    world.sign_in(0, "ada", "correct");
    world.run();
    assert!(world.tabs[0].session.view().wants_challenge);
    world.provider.faults.push_back(json(400, r#"{"error":"mfa_expired"}"#));
    world.sign_in(0, "ada", "correct");
    world.run();
    let view = world.tabs[0].session.view();
    assert!(!view.wants_challenge);
    assert_eq!(view.problem, Some(SignInProblem::Redirect(vestibule::session::RedirectProblem::Lapsed)));
    // Of a first step such a code says nothing.
    world.provider.faults.push_back(json(400, r#"{"error":"mfa_expired"}"#));
    world.sign_in(0, "ada", "correct");
    world.run();
    assert_eq!(world.tabs[0].session.view().problem, Some(SignInProblem::Refused));
    world.sign_in(0, "ada", "correct");
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
}

#[test]
fn one_more_step_shows_the_challenge_and_back_returns_to_the_password() {
    let config = config_from(|file| {
        file["provider"]["errors"] = serde_json::json!({
            "challenge": { "when": { "pointer": "/error", "equals": "mfa_required" },
                           "fields": [ { "name": "code", "kind": "one_time_code" } ], "request": "sign_in" } });
    });
    let mut world = World::with_config(1, config);
    world.start(0);
    world.provider.faults.push_back(json(403, r#"{"error":"mfa_required","mfa_token":"m"}"#));
    world.sign_in(0, "ada", "correct");
    world.run();
    assert!(world.tabs[0].session.view().wants_challenge);
    world.dispatch(0, Event::ChallengeAbandoned);
    assert!(!world.tabs[0].session.view().wants_challenge);

    world.provider.faults.push_back(json(403, r#"{"error":"mfa_required","mfa_token":"m"}"#));
    world.sign_in(0, "ada", "correct");
    world.run();
    for again in [r#"{"error":"invalid_code"}"#, r#"{"error":"mfa_required"}"#] {
        world.provider.faults.push_back(json(400, again));
        world.sign_in(0, "ada", "correct");
        world.run();
        assert_eq!(world.tabs[0].session.view().problem, Some(SignInProblem::Refused), "{again}");
    }
    let view = world.tabs[0].session.view();
    assert!(view.wants_challenge, "a wrong code stays at the code");
    assert_eq!(view.problem, Some(SignInProblem::Refused));
    world.sign_in(0, "ada", "correct");
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
}

#[test]
fn who_is_signed_in_is_asked_when_the_answer_does_not_say() {
    let config = config_from(|file| file["provider"]["tokens"] = serde_json::json!({ "user": null }));
    let world = World::signed_in_with(1, config);
    assert_eq!(world.tabs[0].session.view().user.unwrap()["email"], "asked@x.example");
    assert_eq!(world.storage.as_ref().unwrap().user.as_ref().unwrap()["email"], "asked@x.example");
}

// --- API calls -----------------------------------------------------------------------------------

#[test]
fn fifty_calls_with_an_expired_token_make_one_refresh() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S + 1);
    let callers: Vec<_> = (0..50).map(|_| world.ask(0)).collect();
    world.run();
    assert_eq!(world.provider.refreshes, 1);
    let token = world.token(0);
    assert!(callers.iter().all(|caller| world.answer_to(0, *caller) == Some(Ok(token.clone()))));
}

#[test]
fn fifty_refused_calls_make_one_refresh() {
    let mut world = World::signed_in(1);
    let old = world.token(0);
    let callers: Vec<_> = (0..50).map(|_| world.reject(0, &old)).collect();
    world.run();
    assert_eq!(world.provider.refreshes, 1);
    assert_ne!(world.token(0), old);
    assert!(callers.iter().all(|caller| world.answer_to(0, *caller) == Some(Ok(world.token(0)))));
}

#[test]
fn a_late_401_cannot_kill_a_fresh_token() {
    let mut world = World::signed_in(1);
    let old = world.token(0);
    world.reject(0, &old);
    world.run();
    let caller = world.reject(0, &old);
    world.run();
    assert_eq!(world.provider.refreshes, 1);
    assert_eq!(world.answer_to(0, caller), Some(Ok(world.token(0))));
}

#[test]
fn a_refused_token_is_not_handed_out_while_backing_off() {
    let mut world = World::signed_in(1);
    world.provider.faults.push_back(json(500, ""));
    let old = world.token(0);
    let caller = world.reject(0, &old);
    world.run();
    assert_eq!(world.answer_to(0, caller), Some(Err(NoToken::Unreachable)));
    assert_eq!(world.gate(0), Gate::Open);
}

#[test]
fn the_gate_stays_open_and_the_session_the_same_through_refreshes() {
    let mut world = World::signed_in(1);
    let before = world.tabs[0].session.view();
    for _ in 0..3 {
        let old = world.token(0);
        world.pass(LIFETIME_S - 10);
        world.dispatch(0, Event::Woke);
        world.deliver();
        assert_eq!(world.tabs[0].session.view(), before);
        world.run();
        assert_eq!(world.tabs[0].session.view(), before);
        assert_ne!(world.token(0), old);
    }
}

// --- no refresh ----------------------------------------------------------------------------------

#[test]
fn without_a_refresh_a_session_lives_until_its_token_expires() {
    let mut world = World::signed_in_with(1, config_from(|file| file["provider"]["refresh"] = serde_json::Value::Null));
    world.live(LIFETIME_S - 1);
    assert_eq!(world.gate(0), Gate::Open);
    world.live(2);
    assert_eq!(world.gate(0), Gate::Closed);
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Expired));
    assert_eq!(world.storage, None);
}

#[test]
fn without_a_refresh_an_apis_401_is_checked_with_the_provider() {
    let no_refresh = |file: &mut serde_json::Value| file["provider"]["refresh"] = serde_json::Value::Null;
    let mut world = World::signed_in_with(1, config_from(no_refresh));
    let token = world.token(0);
    let caller = world.reject(0, &token);
    world.run();
    assert_eq!(world.answer_to(0, caller), Some(Ok(token.clone())), "the provider vouches: the 401 is the caller's");
    assert_eq!(world.gate(0), Gate::Open);

    world.provider.faults.push_back(json(401, ""));
    let caller = world.reject(0, &token);
    world.run();
    assert_eq!(world.answer_to(0, caller), Some(Err(NoToken::SignedOut)));
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Ended));
}

#[test]
fn a_session_reaches_its_greatest_age_whatever_is_refreshed() {
    let mut world =
        World::signed_in_with(1, config_from(|file| file["session"] = serde_json::json!({ "max_age_s": 3600 })));
    world.live(3599);
    assert_eq!(world.gate(0), Gate::Open);
    world.live(1);
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::TooOld));
    assert_eq!(world.storage, None);
}

#[test]
fn an_apis_401_with_nobody_to_ask_is_the_callers_and_ends_nothing() {
    let mut world = World::signed_in_with(
        1,
        config_from(|file| {
            file["provider"]["refresh"] = serde_json::Value::Null;
            file["provider"]["user_info"] = serde_json::Value::Null;
        }),
    );
    let token = world.token(0);
    let caller = world.reject(0, &token);
    world.run();
    assert_eq!(world.answer_to(0, caller), Some(Ok(token)));
    assert_eq!(world.gate(0), Gate::Open);
}

#[test]
fn a_probe_that_is_not_answered_by_the_provider_ends_nothing() {
    let config = || config_from(|file| file["provider"]["refresh"] = serde_json::Value::Null);
    let wall = Fault::Answer(crate::world::response(200, "text/html", "<p>"));
    for fault in [wall, json(200, ""), json(200, "nonsense"), json(500, ""), Fault::NoAnswer(HttpFailure::Unreachable)]
    {
        let mut world = World::signed_in_with(1, config());
        world.provider.faults.push_back(fault.clone());
        let token = world.token(0);
        world.reject(0, &token);
        world.run();
        assert_eq!(world.gate(0), Gate::Open, "{fault:?}");
        assert!(world.storage.is_some());
    }
}

#[test]
fn one_api_that_refuses_a_good_token_does_not_keep_it_from_the_others() {
    let mut world = World::signed_in(1);
    world.provider.faults.push_back(json(500, ""));
    world.provider.faults.push_back(json(400, r#"{"error":"server_hiccup"}"#));
    let token = world.token(0);
    let refused = world.reject(0, &token);
    world.run();
    assert_eq!(world.answer_to(0, refused), Some(Err(NoToken::Unreachable)));
    let other = world.ask(0);
    assert_eq!(world.answer_to(0, other), Some(Ok(token.clone())));
    world.live(2);
    assert_eq!(world.gate(0), Gate::Open, "kept until it expires");
    let other = world.ask(0);
    assert_eq!(world.answer_to(0, other), Some(Ok(token)));
    world.live(LIFETIME_S);
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Ended));
}

#[test]
fn a_user_who_could_not_be_asked_for_is_asked_for_again() {
    let config = config_from(|file| file["provider"]["tokens"] = serde_json::json!({ "user": null }));
    let mut world = World::with_config(1, config);
    world.start(0);
    world.sign_in(0, "ada", "correct");
    world.answer_all();
    world.provider.faults.push_back(json(503, ""));
    world.run();
    let view = world.tabs[0].session.view();
    assert!(view.user.is_none() && view.is_user_pending);
    world.live(10);
    let view = world.tabs[0].session.view();
    assert_eq!(view.user.unwrap()["email"], "asked@x.example");
    assert!(!view.is_user_pending);
}

#[test]
fn a_sign_in_removes_what_an_earlier_user_left_in_the_store() {
    let mut world = World::new(1);
    world.start(0);
    world.provider.faults.push_back(json(200, r#"{"access_token":"at-1-1","user":{"email":"nobody"}}"#));
    world.sign_in(0, "ada", "correct");
    world.run();
    assert_eq!(world.tabs[0].kept, [("tenant".to_owned(), None)]);
}

// --- sign-out ------------------------------------------------------------------------------------

#[test]
fn sign_out_clears_before_it_sends_anything() {
    let mut world = World::signed_in(1);
    world.sign_out(0);
    assert_eq!(world.gate(0), Gate::Closed);
    assert_eq!(world.storage, None);
    assert_eq!(world.deeds, ["clear", "send revocation"]);
    assert_eq!(world.tabs[0].kept_forgotten, 1);
    world.run();
    assert_eq!(world.provider.living_families(), 0);
    assert!(!world.tabs[0].session.view().is_revocation_unconfirmed);
}

#[test]
fn sign_out_offline_signs_out_all_the_same_and_says_what_failed() {
    let mut world = World::signed_in(1);
    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    world.sign_out(0);
    world.run();
    let view = world.tabs[0].session.view();
    assert_eq!((view.gate, view.reason), (Gate::Closed, Some(SignedOutReason::Here)));
    assert!(view.is_revocation_unconfirmed);
    assert_eq!(world.storage, None);
}

#[test]
fn where_nothing_can_be_revoked_the_page_says_that_only_this_browser_forgets() {
    let config = crate::world::config_from(|file| file["provider"]["revoke"] = serde_json::json!([]));
    let mut world = World::signed_in_with(2, config);
    world.sign_out(0);
    world.run();
    let view = world.tabs[0].session.view();
    assert!(view.is_revocation_impossible && !view.is_revocation_unconfirmed);
    assert_eq!(world.deeds, ["clear"]);
    world.sign_in(0, "ada", "correct");
    world.run();
    assert!(!world.tabs[0].session.view().is_revocation_impossible);
}

#[test]
fn sign_out_twice_is_sign_out_once() {
    let mut world = World::signed_in(1);
    world.sign_out(0);
    world.sign_out(0);
    world.run();
    assert_eq!(world.provider.revocations, 1);
}

#[test]
fn late_refresh_after_sign_out_is_revoked_not_stored() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S + 1);
    let caller = world.ask(0);
    world.deliver();
    assert_eq!(world.under_way.len(), 1, "the refresh is under way");
    world.sign_out(0);
    assert_eq!(world.answer_to(0, caller), Some(Err(NoToken::SignedOut)));
    assert!(world.lock_is_free());
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
    assert_eq!(world.storage, None);
    assert_eq!(world.provider.revocations, 2, "the session's tokens, and the late ones");
    assert_eq!(world.provider.living_families(), 0);
}

#[test]
fn a_late_sign_in_after_going_back_is_revoked_not_stored() {
    let mut world = World::new(1);
    world.start(0);
    world.sign_in(0, "ada", "correct");
    world.dispatch(0, Event::ChallengeAbandoned);
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
    assert_eq!(world.storage, None);
    assert_eq!(world.provider.living_families(), 0);
}

#[test]
fn a_session_under_another_user_is_not_touched_by_a_late_answer() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S + 1);
    world.ask(0);
    world.deliver();
    let late = world.under_way.remove(0);
    world.sign_out(0);
    world.run();
    world.sign_in(0, "grace", "correct");
    world.run();
    let graces = world.storage.clone();
    world.under_way.push(late);
    world.run();
    assert_eq!(world.storage, graces);
    assert_eq!(world.tabs[0].session.view().user.unwrap()["email"], "grace");
    assert_eq!(world.gate(0), Gate::Open);
}

// --- tabs ----------------------------------------------------------------------------------------

#[test]
fn a_sign_in_and_a_sign_out_reach_all_tabs() {
    let mut world = World::signed_in(3);
    world.sign_out(1);
    world.run();
    for tab in [0, 2] {
        assert_eq!(world.tabs[tab].session.view().reason, Some(SignedOutReason::Elsewhere));
    }
    world.sign_in(2, "grace", "correct");
    world.run();
    for tab in 0..3 {
        assert_eq!(world.tabs[tab].session.view().user.unwrap()["email"], "grace");
    }
}

#[test]
fn three_tabs_refresh_once() {
    let mut world = World::signed_in(3);
    world.pass(LIFETIME_S + 1);
    for tab in 0..3 {
        world.ask(tab);
    }
    world.run();
    assert_eq!((world.provider.refreshes, world.provider.reuses), (1, 0));
    assert_eq!(world.token(0), world.token(2));
    assert!(world.lock_is_free());
}

#[test]
fn a_sign_out_in_another_tab_during_a_refresh_wins() {
    let mut world = World::signed_in(2);
    world.pass(LIFETIME_S + 1);
    world.ask(0);
    world.deliver();
    world.sign_out(1);
    world.run();
    assert_eq!(world.storage, None);
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Closed, Gate::Closed));
    assert_eq!(world.provider.living_families(), 0);
}

#[test]
fn someone_else_signing_in_shows_the_new_user_and_answers_old_callers_with_nothing() {
    let mut world = World::signed_in(2);
    world.sign_out(0);
    world.run();
    world.sign_in(0, "ada", "correct");
    world.run();
    let first = world.tabs[1].session.view().session;
    world.pass(LIFETIME_S + 1);
    let caller = world.ask(1);
    let graces =
        StoredSession { signed_in_at: world.now, generation: world.now.0 + 1, ..world.storage.clone().unwrap() };
    world.storage = Some(graces.clone());
    world.dispatch(1, Event::StorageChanged { stored: Some(graces) });
    assert_eq!(world.answer_to(1, caller), Some(Err(NoToken::SignedOut)));
    assert_ne!(world.tabs[1].session.view().session, first);
}

#[test]
fn a_lock_that_never_comes_ends_in_a_wait_and_not_for_ever() {
    let mut world = World::signed_in(1);
    world.lock_is_stuck = true;
    world.pass(LIFETIME_S + 1);
    let caller = world.ask(0);
    world.run();
    world.dispatch(0, Event::LockUnavailable { jitter: vestibule::session::Jitter(0) });
    assert_eq!(world.answer_to(0, caller), Some(Err(NoToken::Unreachable)));
    world.lock_is_stuck = false;
    world.live(2);
    let caller = world.ask(0);
    assert!(world.answer_to(0, caller).unwrap().is_ok());
}

// --- storage and time ----------------------------------------------------------------------------

#[test]
fn a_rotated_refresh_token_that_cannot_be_saved_stays_usable_in_memory() {
    let mut world = World::signed_in(1);
    world.storage_is_full = true;
    for _ in 0..3 {
        world.live(LIFETIME_S);
        assert_eq!(world.gate(0), Gate::Open);
    }
    assert_eq!(world.provider.reuses, 0);
    assert!(world.provider.refreshes >= 3);
    assert!(world.tabs[0].session.view().is_unsaved);
    world.storage_is_full = false;
    world.live(LIFETIME_S);
    assert!(!world.tabs[0].session.view().is_unsaved);
    assert_eq!(world.storage.as_ref(), world.tabs[0].session.signed_in());
}

#[test]
fn an_answer_that_leaves_things_out_loses_nothing() {
    let mut world = World::signed_in(1);
    world.provider.faults.push_back(json(200, r#"{"access_token":"at-2-99","expires_in":"600"}"#));
    let before = world.storage.clone().unwrap();
    world.live(LIFETIME_S - 30);
    let after = world.storage.clone().unwrap();
    assert_eq!(after.tokens.access_token.expose(), "at-2-99");
    assert_eq!(after.tokens.refresh_token, before.tokens.refresh_token);
    assert_eq!(after.user, before.user);
}

#[test]
fn a_clock_set_back_by_a_day_neither_loops_nor_locks_out() {
    let mut world = World::signed_in(1);
    world.provider.faults.push_back(json(500, ""));
    world.pass(LIFETIME_S);
    world.dispatch(0, Event::Woke);
    world.run();
    world.now = Timestamp(world.now.0 - 86_400_000);
    let refreshes = world.provider.refreshes;
    world.dispatch(0, Event::Woke);
    world.run();
    let caller = world.ask(0);
    world.run();
    assert!(world.answer_to(0, caller).unwrap().is_ok());
    assert!(world.provider.refreshes <= refreshes + 1);
    assert_eq!(world.gate(0), Gate::Open);
}

#[test]
fn a_clock_set_forward_by_a_day_costs_one_refresh() {
    let mut world = World::signed_in(1);
    world.pass(86_400);
    world.dispatch(0, Event::Woke);
    world.run();
    world.dispatch(0, Event::Woke);
    world.run();
    assert_eq!(world.provider.refreshes, 1);
    assert_eq!(world.gate(0), Gate::Open);
}

#[test]
fn a_five_second_token_is_refreshed_at_half_its_life_and_not_without_end() {
    let mut world = World::new(1);
    world.provider.lifetime_s = 5;
    world.start(0);
    world.sign_in(0, "ada", "correct");
    world.run();
    world.live(100);
    assert!((35..=50).contains(&world.provider.refreshes), "{}", world.provider.refreshes);
}

#[test]
fn a_lost_answer_to_a_rotation_ends_by_the_providers_word_alone() {
    let mut world = World::signed_in(1);
    world.provider.faults.push_back(Fault::Lost);
    world.live(LIFETIME_S - 60);
    assert!(matches!(world.tabs[0].session.state(), State::SignedIn(_)), "no answer ends nothing");
    world.live(10);
    // Strict reuse detection takes the second try for a theft: that is the provider's word.
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Ended));
}

#[test]
fn a_sign_in_after_the_clock_was_set_back_reaches_the_other_tabs() {
    let mut world = World::signed_in(2);
    world.sign_out(0);
    world.run();
    world.now = Timestamp(world.now.0 - 86_400_000);
    world.reload(0);
    world.sign_in(0, "grace", "correct");
    world.run();
    assert_eq!(world.tabs[1].session.view().user.unwrap()["email"], "grace");
}

#[test]
fn a_record_that_lags_behind_a_sign_out_brings_nothing_back() {
    let mut world = World::signed_in(2);
    let record = world.storage.clone();
    world.sign_out(0);
    world.run();
    for tab in 0..2 {
        world.dispatch(tab, Event::StorageChanged { stored: record.clone() });
        assert_eq!(world.gate(tab), Gate::Closed);
    }
}
