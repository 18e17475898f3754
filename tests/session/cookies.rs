//! A session that a cookie holds: found out by asking, signed out for good, and never a token in sight.

use crate::world::{Fault, Jar, World, config_from, json, response};
use serde_json::json as value;
use vestibule::{
    config::Config,
    session::{
        Event, Gate, HttpFailure, Jitter, NoToken, Outcome, RefreshBy, Rules, SignInProblem, SignedOutReason,
        StoredSession,
    },
};

pub fn by_cookie(change: impl FnOnce(&mut serde_json::Value)) -> Config {
    config_from(|file| {
        file["provider"] = value!({
            "sign_in": {
                "url": "https://id.example/login",
                "json": { "username": "{{form.username}}", "password": "{{form.password}}" }
            },
            "user_info": { "method": "GET", "url": "https://id.example/me" },
            "revoke": [ { "url": "https://id.example/logout" } ],
            "tokens": { "access_token": "cookie" }
        });
        file["queries"]["orders"]["url"] = value!("https://id.example/orders");
        change(file);
    })
}

fn world(tabs: usize) -> World {
    world_with(tabs, by_cookie(|_| {}))
}

pub fn world_with(tabs: usize, config: Config) -> World {
    let mut world = World::with_config(tabs, config);
    world.provider.jar = Some(Jar::default());
    world
}

/// Signed in, in every tab.
pub fn signed_in(tabs: usize) -> World {
    signed_in_with(tabs, by_cookie(|_| {}))
}

pub fn signed_in_with(tabs: usize, config: Config) -> World {
    let mut world = world_with(tabs, config);
    for tab in 0..tabs {
        world.start(tab);
    }
    world.run();
    world.sign_in(0, "ada", "correct");
    world.run();
    for tab in 0..tabs {
        assert_eq!(world.gate(tab), Gate::Open);
    }
    world.deeds.clear();
    world
}

pub fn jar(world: &mut World) -> &mut Jar {
    world.provider.jar.as_mut().unwrap()
}

#[test]
fn a_sign_in_is_believed_when_the_provider_knows_the_user_by_the_cookie() {
    let mut world = world(1);
    world.start(0);
    world.run();
    world.deeds.clear();
    world.sign_in(0, "ada", "correct");
    world.answer_all();
    assert!(world.tabs[0].session.view().is_signing_in, "the cookie may not have been kept");
    assert_eq!(world.storage, None);
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
    assert_eq!(world.deeds, ["send sign-in", "send user info", "store"]);
    assert_eq!(world.tabs[0].session.view().user.unwrap()["email"], "1@x.example");
    let record = world.storage.unwrap().to_json();
    assert!(!record.contains("token"), "{record}");
}

#[test]
fn a_browser_that_keeps_no_cookie_is_told_apart_from_a_wrong_password() {
    let mut world = world(1);
    jar(&mut world).is_blocked = true;
    world.start(0);
    world.run();
    world.sign_in(0, "ada", "correct");
    world.run();
    let view = world.tabs[0].session.view();
    assert_eq!((view.gate, view.problem), (Gate::Closed, Some(SignInProblem::CookieNotKept)));
    world.sign_in(0, "ada", "wrong");
    world.run();
    assert_eq!(world.tabs[0].session.view().problem, Some(SignInProblem::Refused));
    assert_eq!(world.storage, None);
}

#[test]
fn a_page_or_a_redirect_says_nothing_and_the_question_tells() {
    for is_right in [true, false] {
        for says_page in [true, false] {
            let mut world = world(1);
            world.start(0);
            world.run();
            world.sign_in(0, "ada", if is_right { "correct" } else { "wrong" });
            // What a server that writes pages answers, whether or not it sets a cookie.
            let page = Ok(response(200, "text/html", "<p>Welcome, or not"));
            world.answer_with(if says_page { page } else { Err(HttpFailure::Redirected) });
            world.run();
            let view = world.tabs[0].session.view();
            if is_right {
                assert_eq!(view.gate, Gate::Open);
            } else {
                assert_eq!((view.gate, view.problem), (Gate::Closed, Some(SignInProblem::Refused)));
            }
        }
    }
}

#[test]
fn a_reload_asks_before_anything_protected_is_shown() {
    let mut world = signed_in(1);
    world.reload(0);
    assert_eq!(world.gate(0), Gate::Pending);
    assert_eq!(world.deeds, ["send user info"]);
    let caller = world.ask(0);
    assert_eq!(world.answer_to(0, caller), None);
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
    assert_eq!(world.answer_to(0, caller), Some(Ok(String::new())), "nothing that could be sent");
}

#[test]
fn a_cookie_that_is_over_at_start_up_leads_to_the_login_page() {
    let mut world = signed_in(1);
    jar(&mut world).cookie = None;
    world.reload(0);
    world.run();
    let view = world.tabs[0].session.view();
    assert_eq!((view.gate, view.reason), (Gate::Closed, Some(SignedOutReason::Ended)));
    assert_eq!(world.storage, None);
}

#[test]
fn a_cookie_from_elsewhere_is_found_at_start_up() {
    let mut world = signed_in(1);
    world.storage = None;
    world.reload(0);
    assert_eq!(world.gate(0), Gate::Pending);
    let caller = world.ask(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
    assert_eq!(world.answer_to(0, caller), Some(Ok(String::new())));
    assert!(world.storage.is_some(), "so that other tabs hear of it");
}

#[test]
fn nobody_known_and_nobody_reachable_shows_the_form() {
    let mut world = world(1);
    for failure in [HttpFailure::Offline, HttpFailure::Unreachable, HttpFailure::TimedOut] {
        world.provider.faults.push_back(Fault::NoAnswer(failure));
        world.reload(0);
        let caller = world.ask(0);
        world.run();
        let view = world.tabs[0].session.view();
        assert_eq!((view.gate, view.problem, view.reason), (Gate::Closed, None, None));
        assert_eq!(world.answer_to(0, caller), Some(Err(NoToken::SignedOut)));
    }
}

#[test]
fn a_network_that_is_away_at_start_up_ends_nothing_and_shows_nothing() {
    let mut world = signed_in(1);
    for _ in 0..3 {
        world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    }
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Pending, "the cookie may have ended meanwhile");
    assert!(world.tabs[0].session.view().retry_at.is_some());
    assert!(world.storage.is_some());
    world.live(30);
    assert_eq!(world.gate(0), Gate::Open);
    assert_eq!(world.provider.sign_ins, 1);
}

#[test]
fn unclear_answers_at_start_up_end_nothing() {
    for fault in [
        json(503, "{}"),
        json(429, "{}"),
        Fault::Answer(response(403, "text/html", "<h1>Wall</h1>")),
        Fault::Answer(response(200, "text/html", "<h1>Wall</h1>")),
        Fault::NoAnswer(HttpFailure::TimedOut),
    ] {
        let mut world = signed_in(1);
        world.provider.faults.push_back(fault.clone());
        world.reload(0);
        world.run();
        assert!(world.storage.is_some(), "{fault:?}");
        world.live(120);
        assert_eq!(world.gate(0), Gate::Open, "{fault:?}");
    }
}

#[test]
fn an_apis_401_is_checked_with_the_provider() {
    let mut world = signed_in(1);
    let fine = world.reject_current(0);
    world.run();
    assert_eq!((world.gate(0), world.answer_to(0, fine)), (Gate::Open, Some(Ok(String::new()))));
    assert_eq!(world.deeds.iter().filter(|deed| **deed == "send user info").count(), 1);

    jar(&mut world).cookie = None;
    let over = world.reject_current(0);
    world.run();
    assert_eq!(world.answer_to(0, over), Some(Err(NoToken::SignedOut)));
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Ended));
    assert_eq!(world.storage, None);
}

#[test]
fn fifty_refused_calls_ask_once() {
    let mut world = signed_in(1);
    let callers: Vec<_> = (0..50).map(|_| world.reject_current(0)).collect();
    world.run();
    assert_eq!(world.deeds.iter().filter(|deed| **deed == "send user info").count(), 1);
    assert!(callers.into_iter().all(|caller| world.answer_to(0, caller) == Some(Ok(String::new()))));
}

fn refreshing() -> Config {
    by_cookie(|file| file["provider"]["refresh"] = value!({ "url": "https://id.example/refresh" }))
}

#[test]
fn a_cookie_can_refresh_another() {
    assert_eq!(Rules::of(&refreshing()).refresh_by, RefreshBy::Ambient);
    let mut world = signed_in_with(1, refreshing());
    jar(&mut world).is_stale = true;
    let caller = world.reject_current(0);
    world.run();
    assert_eq!(world.answer_to(0, caller), Some(Ok(String::new())));
    assert_eq!((world.provider.refreshes, world.gate(0)), (1, Gate::Open));
    assert!(world.lock_is_free());

    // At start-up too, before anybody is sent to the login page.
    jar(&mut world).is_stale = true;
    world.reload(0);
    world.run();
    assert_eq!((world.provider.refreshes, world.gate(0)), (2, Gate::Open));
    assert!(world.lock_is_free());
}

#[test]
fn a_refresh_that_is_refused_ends_what_an_api_has_refused() {
    for at_start_up in [true, false] {
        let mut world = signed_in_with(1, refreshing());
        jar(&mut world).cookie = None;
        if at_start_up {
            world.reload(0);
        } else {
            world.reject_current(0);
        }
        world.run();
        assert_eq!(world.provider.refreshes, 1);
        assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Ended));
        assert_eq!(world.storage, None);
        assert!(world.lock_is_free());
    }
}

#[test]
fn a_late_401_costs_no_second_refresh() {
    let mut world = signed_in_with(1, refreshing());
    let late = world.tabs[0].session.signed_in().unwrap().tokens.access_token.clone();
    world.pass(1);
    world.reject_current(0);
    world.run();
    assert_eq!(world.provider.refreshes, 1);
    let caller = world.reject_token(0, late);
    world.run();
    assert_eq!((world.provider.refreshes, world.answer_to(0, caller)), (1, Some(Ok(String::new()))));
}

#[test]
fn a_sign_out_clears_then_tells_and_reaches_all_tabs() {
    let mut world = signed_in(3);
    world.sign_out(0);
    assert_eq!(world.deeds, ["clear", "send revocation"]);
    assert!(world.owes_sign_out, "until the provider has confirmed it");
    world.run();
    assert_eq!((world.storage.clone(), world.provider.living_families()), (None, 0));
    assert!(!world.owes_sign_out);
    for tab in 0..3 {
        assert_eq!(world.gate(tab), Gate::Closed);
    }
    assert_eq!(world.provider.revocations, 1);
}

#[test]
fn a_session_that_was_signed_out_offline_does_not_come_back() {
    let mut world = signed_in(1);
    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    world.sign_out(0);
    world.run();
    assert!(world.tabs[0].session.view().is_revocation_unconfirmed);
    assert_eq!(world.provider.living_families(), 1, "the cookie is still good");

    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    world.reload(0);
    assert_eq!(world.gate(0), Gate::Closed, "not even asked");
    world.run();
    assert_eq!((world.gate(0), world.provider.living_families()), (Gate::Closed, 1));

    world.dispatch(0, Event::WentOnline);
    world.run();
    assert_eq!((world.gate(0), world.provider.living_families()), (Gate::Closed, 0));
    assert!(!world.tabs[0].session.view().is_revocation_unconfirmed);
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn a_page_that_died_while_it_signed_out_is_made_up_for() {
    let mut world = signed_in(1);
    world.sign_out(0);
    world.reload(0);
    world.run();
    assert_eq!((world.gate(0), world.provider.living_families()), (Gate::Closed, 0));
}

#[test]
fn a_sign_in_forgets_that_a_sign_out_is_owed() {
    let mut world = signed_in(1);
    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    world.sign_out(0);
    world.run();
    world.sign_in(0, "grace", "correct");
    world.run();
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
    assert!(!world.owes_sign_out);
}

#[test]
fn a_late_sign_out_does_not_end_what_another_tab_has_begun() {
    let mut world = signed_in(2);
    // The other tab signs out and in again; this one has not heard of it.
    world.overtake(1, Event::SignOutRequested);
    world.answer_all_of(1);
    world.sign_in_unheard(1, "grace");
    world.answer_all_of(1);
    world.answer_all_of(1);
    let revocations = world.provider.revocations;
    // The browser wakes it once for all that happened, a moment too late.
    world.drop_news(0);
    world.dispatch(0, Event::SignOutRequested);
    world.run();
    assert_eq!(world.provider.revocations, revocations, "the one cookie is grace's by now");
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Open, Gate::Open));
}

#[test]
fn a_sign_in_that_was_left_is_signed_out_again() {
    // Before the cookie is there, and while it is asked for.
    for answers in [0, 1] {
        let mut world = world(1);
        world.start(0);
        world.run();
        world.sign_in(0, "ada", "correct");
        for _ in 0..answers {
            world.answer_all();
        }
        world.dispatch(0, Event::ChallengeAbandoned);
        world.run();
        assert_eq!((world.gate(0), world.provider.living_families()), (Gate::Closed, 0), "{answers}");
        assert_eq!(world.storage, None);
    }
}

#[test]
fn twenty_tabs_that_start_with_a_cookie_from_elsewhere_agree() {
    let mut world = signed_in(20);
    world.storage = None;
    for tab in 0..20 {
        world.reload(tab);
    }
    world.run();
    let generations: Vec<_> =
        world.tabs.iter().map(|tab| tab.session.signed_in().map(|session| session.signed_in_at)).collect();
    assert!(generations.iter().all(|generation| *generation == generations[0] && generation.is_some()));
    world.sign_out(7);
    world.run();
    assert!((0..20).all(|tab| world.gate(tab) == Gate::Closed));
    assert_eq!(world.provider.living_families(), 0);
}

#[test]
fn a_record_of_a_cookie_is_nothing_where_tokens_are_wanted() {
    let record = signed_in(1).storage.unwrap().to_json();
    let identity = crate::world::config().provider.identity;
    assert_eq!(StoredSession::from_json(&record, &identity), None);
    assert!(StoredSession::from_json(&record, &by_cookie(|_| {}).provider.identity).is_some());
}

#[test]
fn an_answer_to_an_earlier_question_changes_nothing() {
    let mut world = world(1);
    world.start(0);
    let late = world.under_way[0].1;
    world.run();
    world.sign_in(0, "ada", "wrong");
    world.run();
    let user = Outcome::User(value!({ "email": "late@x.example" }));
    world.dispatch(0, Event::Responded { request: late, outcome: user, jitter: Jitter(0) });
    assert_eq!(world.gate(0), Gate::Closed);
}
