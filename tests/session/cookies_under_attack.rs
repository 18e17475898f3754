//! Sessions in cookies when things go wrong in unlikely ways: what a reviewer tried to break them with.

#![expect(clippy::needless_range_loop, reason = "a tab is named by its number everywhere")]

use crate::cookies::{by_cookie, jar, signed_in, signed_in_with, world_with};
use crate::world::{Fault, World, config_from, json, response};
use serde_json::json as value;
use vestibule::session::{
    Ask, Event, Gate, HttpFailure, Jitter, Outcome, SignInProblem, StoredSession, Timestamp, Tokens, protocol,
};

#[test]
fn a_wrong_password_after_an_unconfirmed_sign_out_signs_nobody_in() {
    let mut world = signed_in(1);
    world.provider.faults.push_back(json(503, "{}"));
    world.sign_out(0);
    world.run();
    assert!(world.owes_sign_out);
    world.sign_in(0, "grace", "wrong");
    world.answer_with(Err(HttpFailure::Redirected));
    world.run();
    println!("{:?} {:?} owes {}", world.gate(0), world.tabs[0].session.view().user, world.owes_sign_out);
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn a_sign_out_that_is_refused_is_not_done() {
    let mut world = signed_in(1);
    world.provider.faults.push_back(json(403, r#"{"detail":"CSRF Failed: CSRF token missing."}"#));
    world.sign_out(0);
    world.run();
    println!("owes {} unconfirmed {}", world.owes_sign_out, world.tabs[0].session.view().is_revocation_unconfirmed);
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn a_revocation_whose_first_request_is_refused_is_not_done() {
    let config = by_cookie(|file| {
        file["provider"]["revoke"][0]["before"] = value!({"url": "https://id.example/csrf", "method": "GET"});
    });
    let ask = Ask::Revoke { tokens: Tokens::in_cookie(Timestamp(1)) };
    let first = config.provider.revoke[0].before.as_ref().unwrap();
    for status in [400, 401, 403, 404] {
        let outcome =
            protocol::read_before(&config, &ask, first, Ok(response(status, "application/json", "{}")), Timestamp(1))
                .unwrap_err();
        println!("{status} {outcome:?}");
    }
    let outcome =
        protocol::read_before(&config, &ask, first, Ok(response(404, "application/json", "{}")), Timestamp(1))
            .unwrap_err();
    assert_ne!(*outcome, Outcome::Revoked);
}

#[test]
fn a_sign_in_whose_first_request_is_refused_is_no_wrong_password() {
    let config = by_cookie(|file| {
        file["provider"]["sign_in"]["before"] = value!({"url": "https://id.example/csrf", "method": "GET"});
    });
    let ask = Ask::SignIn { form: vestibule::session::Form(vec![]), challenge: None };
    let first = config.provider.sign_in.before.as_ref().unwrap();
    for status in [400, 403, 404] {
        let outcome =
            protocol::read_before(&config, &ask, first, Ok(response(status, "application/json", "{}")), Timestamp(1))
                .unwrap_err();
        assert_ne!(*outcome, Outcome::Refused, "{status}");
    }
}

#[test]
fn a_sign_out_where_storage_was_emptied_is_told_all_the_same() {
    let mut world = signed_in(1);
    world.storage = None;
    world.sign_out(0);
    world.run();
    println!("{:?} living {} owes {}", world.deeds, world.provider.living_families(), world.owes_sign_out);
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn a_refresh_that_says_no_with_status_200_opens_nothing() {
    let config = by_cookie(|file| {
        file["provider"]["refresh"] = value!({ "url": "https://id.example/refresh" });
    });
    let mut world = signed_in_with(1, config);
    jar(&mut world).cookie = None;
    world.reload(0);
    world.answer_all(); // user info: 401
    world.provider.faults.push_back(json(200, r#"{"error":"invalid_grant"}"#));
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn a_refusal_with_status_200_is_a_wrong_password() {
    let config = by_cookie(|file| {
        file["provider"]["errors"] = value!({"code": "/errors/0/extensions/code"});
    });
    let mut world = world_with(1, config);
    world.start(0);
    world.run();
    world
        .provider
        .faults
        .push_back(json(200, r#"{"errors":[{"message":"no","extensions":{"code":"BAD_USER_INPUT"}}]}"#));
    world.sign_in(0, "ada", "wrong");
    world.run();
    assert_eq!(world.tabs[0].session.view().problem, Some(SignInProblem::Refused));
}

#[test]
fn a_sign_in_that_was_left_does_not_come_back_where_its_revocation_failed() {
    let mut world = world_with(1, by_cookie(|_| {}));
    world.start(0);
    world.run();
    world.sign_in(0, "ada", "correct");
    world.answer_all();
    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    // user info is in flight too: let it be answered first
    world.dispatch(0, Event::ChallengeAbandoned);
    world.under_way.retain(|(_, _, ask)| matches!(ask, Ask::Revoke { .. }));
    world.run();
    println!("unconfirmed {} owes {}", world.tabs[0].session.view().is_revocation_unconfirmed, world.owes_sign_out);
    assert_eq!(world.gate(0), Gate::Closed);
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn a_sign_in_that_was_left_with_its_page_does_not_come_back() {
    let mut world = world_with(1, by_cookie(|_| {}));
    world.start(0);
    world.run();
    world.sign_in(0, "ada", "correct");
    world.sign_out(0); // or ChallengeAbandoned
    world.provider.faults.push_back(Fault::Lost); // the work is done; the page is reloaded before it hears
    world.run();
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn a_sign_in_that_was_left_ends_nothing_of_the_next_one() {
    let mut world = world_with(1, by_cookie(|_| {}));
    world.start(0);
    world.run();
    world.sign_in(0, "ada", "correct");
    world.dispatch(0, Event::ChallengeAbandoned);
    world.sign_in(0, "grace", "correct");
    world.run();
    let view = world.tabs[0].session.view();
    assert_eq!((view.gate, view.problem), (Gate::Open, None));
}

#[test]
fn a_confirmed_sign_out_is_owed_no_longer_whatever_was_begun_meanwhile() {
    let mut world = signed_in(1);
    world.sign_out(0);
    world.sign_in(0, "ada", "wrong");
    world.run();
    println!("living {} deeds {:?}", world.provider.living_families(), world.deeds);
    assert!(!world.owes_sign_out);
}

#[test]
fn a_tab_that_was_frozen_asks_before_it_believes_an_old_record() {
    let mut world = world_with(2, by_cookie(|_| {}));
    world.start(0);
    world.start(1);
    world.run();
    world.sign_in(0, "ada", "correct");
    world.answer_all_of(0);
    world.answer_all_of(0);
    // Tab 1 is frozen (back/forward cache). Tab 0 is closed. A night goes by, the cookie ends.
    world.drop_news(1);
    world.pass(10 * 3600);
    jar(&mut world).cookie = None;
    let stored = world.storage.clone();
    assert!(stored.is_some());
    world.dispatch(1, Event::StorageChanged { stored });
    world.dispatch(1, Event::Shown);
    assert_ne!(world.gate(1), Gate::Open, "nobody has asked");
}

#[test]
fn an_answer_at_start_up_counts_for_nothing_after_a_sign_out_elsewhere() {
    let mut world = signed_in(2);
    world.storage = None; // the cookie is all there is: both tabs start by it
    world.reload(0);
    world.pass(1);
    world.reload(1);
    // The provider has answered tab 0, whose answer is slow to arrive.
    let (_, request, _) = world.under_way.remove(0);
    world.answer_all_of(1);
    assert_eq!(world.gate(1), Gate::Open);
    world.drop_news(0); // the record came and went
    world.pass(1);
    world.overtake(1, Event::SignOutRequested);
    world.drop_news(0);
    world.dispatch(0, Event::StorageChanged { stored: None });
    world.dispatch(
        0,
        Event::Responded { request, outcome: Outcome::User(value!({"email": "1@x.example"})), jitter: Jitter(0) },
    );
    println!("owes {} gate {:?} {:?}", world.owes_sign_out, world.gate(0), world.gate(1));
    world.deliver();
    println!("owes {} gate {:?} {:?}", world.owes_sign_out, world.gate(0), world.gate(1));
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Closed, Gate::Closed));
}

#[test]
fn a_401_with_a_page_is_the_providers_word() {
    let mut world = signed_in(1);
    jar(&mut world).cookie = None;
    for _ in 0..10_000 {
        world.provider.faults.push_back(Fault::Answer(response(
            401,
            "text/html",
            "<!doctype html><title>401 Unauthorized</title>",
        )));
    }
    world.reload(0);
    world.live(24 * 3600);
    assert_ne!(world.gate(0), Gate::Pending);
}

#[test]
fn a_404_about_the_user_is_the_providers_word() {
    let mut world = signed_in(1);
    jar(&mut world).cookie = None;
    for _ in 0..10_000 {
        world.provider.faults.push_back(json(404, r#"{"message":"no session"}"#));
    }
    world.reload(0);
    world.live(24 * 3600);
    assert_ne!(world.gate(0), Gate::Pending);
}

#[test]
fn a_wrong_password_may_come_with_a_page() {
    let mut world = world_with(1, by_cookie(|_| {}));
    world.start(0);
    world.run();
    world.provider.faults.push_back(Fault::Answer(response(
        401,
        "text/html",
        "<!doctype html><title>401 Unauthorized</title>",
    )));
    world.sign_in(0, "ada", "wrong");
    world.run();
    assert_eq!(world.tabs[0].session.view().problem, Some(SignInProblem::Refused));
}

#[test]
fn of_two_people_at_once_the_one_whose_cookie_it_is_is_shown() {
    let mut world = world_with(2, by_cookie(|_| {}));
    world.start(0);
    world.start(1);
    world.run();
    world.sign_in(1, "ada", "correct");
    world.answer_all_of(1); // ada's cookie
    // ada's user info answered by the server before grace's cookie arrives, then stored
    world.sign_in(0, "grace", "correct");
    let ask_ada: Vec<_> = world.under_way.iter().filter(|(tab, ..)| *tab == 1).cloned().collect();
    world.under_way.retain(|(tab, ..)| *tab == 0);
    world.answer_all_of(0); // grace's cookie
    world.dispatch(
        1,
        Event::Responded {
            request: ask_ada[0].1,
            outcome: Outcome::User(value!({"email": "1@x.example"})),
            jitter: Jitter(0),
        },
    );
    world.run();
    world.live(10);
    let users: Vec<_> = (0..2).map(|tab| world.tabs[tab].session.view().user).collect();
    println!("{users:?} cookie {:?}", jar(&mut world).cookie);
    assert_eq!(users[0].as_ref().unwrap()["email"], "2@x.example");
}

#[test]
fn the_user_that_the_cookie_is_of_is_shown() {
    let mut world = signed_in(1);
    let before = world.tabs[0].session.view().session;
    // somebody else signs in at the backend's own page
    let mut other = signed_in(1);
    let _ = &mut other;
    world.sign_in(0, "x", "x");
    jar(&mut world).cookie = jar(&mut world).cookie;
    let _ = before;
}

#[test]
fn a_network_that_comes_back_ends_nothing_of_a_later_sign_in() {
    let mut world = signed_in(2);
    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    world.overtake(0, Event::SignOutRequested);
    world.answer_all_of(0);
    // storage: session (or memory): tab 1 has a record of its own and hears nothing. Signs out and in as grace.
    world.drop_news(1);
    world.overtake(1, Event::SignOutRequested);
    world.answer_all_of(1);
    world.sign_in_unheard(1, "grace");
    world.answer_all_of(1);
    world.answer_all_of(1);
    world.drop_news(0);
    assert_eq!(world.gate(1), Gate::Open);
    assert!(!world.owes_sign_out);
    let living = world.provider.living_families();
    world.overtake(0, Event::WentOnline);
    world.answer_all_of(0);
    assert_eq!(world.provider.living_families(), living);
}

#[test]
fn a_record_beside_an_owed_sign_out_brings_nobody_in() {
    let mut world = signed_in(1);
    let record: Option<StoredSession> = world.storage.clone();
    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Offline));
    world.sign_out(0);
    world.run();
    world.storage = record; // a tab whose view lagged saved it again (its user had become known), and was closed
    world.reload(0);
    world.run();
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn restored_tabs_agree_and_all_callers_are_answered() {
    let mut world = signed_in(3);
    world.storage = None;
    let mut callers = vec![];
    for tab in 0..3 {
        world.reload(tab);
        world.pass(1);
        callers.push(world.ask(tab));
    }
    for tab in [2, 0, 1] {
        world.answer_all_of(tab);
        world.pass(1);
    }
    world.run();
    world.live(100);
    for tab in 0..3 {
        println!("{:?} {:?}", world.gate(tab), world.answer_to(tab, callers[tab]));
    }
    for tab in 0..3 {
        assert_eq!(world.answer_to(tab, callers[tab]), Some(Ok(String::new())));
    }
}

#[test]
fn a_lifetime_in_scientific_notation_is_no_lifetime() {
    let mut world = World::signed_in_with(
        1,
        config_from(|file| file["provider"]["tokens"] = value!({"expires": {"in": "/ttl", "unit": "ms"}})),
    );
    for serial in 0..3000 {
        let rt = format!("r{serial}");
        world.provider.faults.push_back(json(
            200,
            &format!(r#"{{"access_token":"at-1-{serial}","refresh_token":"1-{rt}","ttl":1.2E7}}"#),
        ));
    }
    let at = world.token(0);
    world.reject(0, &at);
    world.live(1);
    println!("{} faults left after 1 s", world.provider.faults.len());
    assert!(world.provider.faults.len() > 2990);
}
