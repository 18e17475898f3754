//! What tabs do to each other through a storage that lags behind, and what a hidden one leaves for later.
//!
//! `tests/tabs/` explores every order of it; here stand the single rules, each as a story.

use crate::world::{Fault, LIFETIME_S, World, config_from, json, response};
use vestibule::session::{
    Event, Gate, HttpFailure, HttpResponse, Jitter, Known, Rules, Session, StoredSession, Timestamp,
};

/// Ada was signed in, and signed out; Grace is signed in now, in the first tab. With ada's record.
fn somebody_else_signed_in(tabs: usize) -> (World, Option<StoredSession>) {
    let mut world = World::signed_in(tabs);
    let earlier = world.storage.clone();
    world.sign_out(0);
    world.run();
    world.pass(1);
    world.sign_in(0, "grace", "correct");
    world.run();
    (world, earlier)
}

#[test]
fn a_record_that_another_tab_saves_after_a_sign_out_is_removed_again() {
    let mut world = World::signed_in(2);
    let record = world.storage.clone();
    world.sign_out(0);
    world.run();
    world.storage.clone_from(&record);
    world.dispatch(0, Event::StorageChanged { stored: record });
    world.run();
    assert_eq!(world.storage, None);
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Closed, Gate::Closed));
}

#[test]
fn a_sign_out_leaves_alone_who_has_just_signed_in_in_another_tab() {
    let mut world = World::signed_in(2);
    let ada = world.storage.clone().unwrap();
    let mut grace = ada.clone();
    grace.signed_in_at = Timestamp(world.now.0 + 5);
    grace.generation = grace.signed_in_at.0;
    // Stored already, not heard of yet.
    world.storage = Some(grace.clone());
    world.sign_out(0);
    world.run();
    assert_eq!(world.storage, Some(grace));
    assert_eq!(world.provider.living_families(), 0, "ada is signed out all the same");
}

#[test]
fn an_earlier_session_that_is_saved_over_a_new_sign_in_gives_way() {
    let (mut world, earlier) = somebody_else_signed_in(2);
    let grace = world.storage.clone();
    world.storage.clone_from(&earlier);
    world.dispatch(0, Event::StorageChanged { stored: earlier });
    world.run();
    assert_eq!(world.storage, grace);
    assert_eq!(world.tabs[1].session.signed_in().cloned(), grace);
}

#[test]
fn what_a_tab_knows_survives_as_text() {
    for (generation, ended) in [(0, vec![]), (7, vec![]), (0, vec![3]), (9, vec![1, 2])] {
        let ended: Vec<Timestamp> = ended.into_iter().map(Timestamp).collect();
        let known = Known { generation, not_before: Timestamp(generation / 2), ended };
        assert_eq!(Known::from_text(&known.to_text()), Some(known));
    }
    for foreign in ["", "x", "1,", "1,x", "-1"] {
        assert_eq!(Known::from_text(foreign), None, "{foreign}");
    }
}

#[test]
fn a_hidden_tab_refreshes_nothing_until_it_is_seen() {
    let mut world = World::signed_in(1);
    world.dispatch(0, Event::Hidden);
    world.live(LIFETIME_S * 3);
    // A timer that was set before it was hidden still fires.
    world.dispatch(0, Event::Woke);
    world.run();
    assert_eq!(world.provider.refreshes, 0);
    assert_eq!(world.gate(0), Gate::Open, "hidden is not signed out");
    world.dispatch(0, Event::Shown);
    world.run();
    assert_eq!(world.provider.refreshes, 1);
}

#[test]
fn a_call_from_a_hidden_tab_gets_its_token() {
    let mut world = World::signed_in(1);
    world.dispatch(0, Event::Hidden);
    world.live(LIFETIME_S + 1);
    let caller = world.ask(0);
    world.run();
    assert_eq!(world.answer_to(0, caller), Some(Ok(world.token(0))));
    assert_eq!(world.provider.refreshes, 1);
}

#[test]
fn a_tab_that_is_opened_hidden_waits_with_its_gate_until_it_is_seen() {
    let mut world = World::signed_in(1);
    let refreshes = world.provider.refreshes;
    world.pass(LIFETIME_S + 1);
    let stored = world.storage.clone();
    world.tabs[0].session = Session::new(Rules::of(&world.config));
    world.dispatch(0, Event::Hidden);
    world.dispatch(0, Event::Started { stored });
    world.live(3600);
    assert_eq!((world.gate(0), world.provider.refreshes), (Gate::Pending, refreshes));
    world.dispatch(0, Event::Shown);
    world.run();
    assert_eq!((world.gate(0), world.provider.refreshes), (Gate::Open, refreshes + 1));
}

#[test]
fn a_hidden_tab_that_was_backing_off_rests() {
    let mut world = World::signed_in(1);
    world.provider.faults.extend((0..3).map(|_| json(503, "")));
    world.live(LIFETIME_S - 50);
    world.dispatch(0, Event::Hidden);
    let refreshes = world.provider.refreshes;
    world.live(3600);
    assert!(world.provider.refreshes <= refreshes + 1, "one that was under way may end");
    world.provider.faults.clear();
    world.dispatch(0, Event::Shown);
    world.run();
    let caller = world.ask(0);
    world.run();
    assert!(world.answer_to(0, caller).unwrap().is_ok());
}

#[test]
fn a_hidden_tab_refreshes_in_time_where_only_a_good_token_can_be_refreshed() {
    let config = config_from(|file| {
        file["provider"]["refresh"] = serde_json::json!({
            "url": "https://id.example/refresh", "json": { "token": "{{session.access_token}}", "refresh_token": null }
        });
    });
    let mut world = World::signed_in_with(1, config);
    world.dispatch(0, Event::Hidden);
    world.live(LIFETIME_S * 3);
    assert_eq!(world.gate(0), Gate::Open);
    assert!(world.provider.refreshes >= 3, "{}", world.provider.refreshes);
}

#[test]
fn a_user_who_cannot_be_asked_for_costs_no_waking() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S + 1);
    let mut stored = world.storage.clone().unwrap();
    stored.user = None;
    world.storage = Some(stored.clone());
    for is_hidden in [true, false] {
        world.tabs[0].session = Session::new(Rules::of(&world.config));
        if is_hidden {
            world.dispatch(0, Event::Hidden);
        } else {
            world.provider.faults.extend((0..500).map(|_| json(503, "")));
        }
        world.dispatch(0, Event::Started { stored: Some(stored.clone()) });
        // Panics where the machine wants to be woken without end.
        world.live(3600);
    }
}

#[test]
fn an_earlier_session_seen_inside_the_lock_gives_way_and_nobody_waits_for_ever() {
    let (mut world, earlier) = somebody_else_signed_in(1);
    let token = world.token(0);
    world.storage.clone_from(&earlier);
    let caller = world.reject(0, &token);
    world.run();
    assert!(world.answer_to(0, caller).unwrap().is_ok());
    assert_eq!(world.storage.as_ref(), world.tabs[0].session.signed_in());
    assert!(world.lock_is_free());
    assert_eq!(world.provider.reuses, 0);
}

#[test]
fn new_tokens_that_meet_an_earlier_session_in_storage_are_kept() {
    let (mut world, earlier) = somebody_else_signed_in(1);
    let token = world.token(0);
    world.reject(0, &token);
    world.deliver();
    world.storage.clone_from(&earlier);
    world.run();
    assert_ne!(world.token(0), token);
    assert_eq!(world.storage.as_ref(), world.tabs[0].session.signed_in());
    world.live(LIFETIME_S * 2);
    assert_eq!((world.gate(0), world.provider.reuses), (Gate::Open, 0));
}

#[test]
fn older_tokens_saved_over_newer_ones_give_way() {
    let mut world = World::signed_in(2);
    let older = world.storage.clone();
    world.live(LIFETIME_S - 50);
    let newer = world.storage.clone();
    assert_ne!(older, newer);
    world.storage.clone_from(&older);
    world.dispatch(0, Event::StorageChanged { stored: older });
    world.run();
    assert_eq!(world.storage, newer);
}

#[test]
fn a_sign_out_leaves_the_values_of_who_has_just_signed_in() {
    let mut world = World::signed_in(1);
    let mut grace = world.storage.clone().unwrap();
    grace.signed_in_at = Timestamp(world.now.0 + 5);
    world.storage = Some(grace);
    world.sign_out(0);
    world.run();
    assert_eq!(world.tabs[0].kept_forgotten, 0);
}

#[test]
fn what_the_provider_answers_to_one_tab_is_heeded_by_all() {
    let mut world = World::signed_in(3);
    world.provider.faults.push_back(Fault::Answer(HttpResponse {
        headers: vec![("retry-after".into(), "50".into())],
        ..response(429, "application/json", "{}")
    }));
    // A minute before its end the token is due in all of them.
    world.pass(LIFETIME_S - 60);
    for tab in 0..3 {
        world.dispatch(tab, Event::Woke);
    }
    world.live(49);
    assert_eq!(world.provider.refreshes, 0, "nobody asks before the time is over");
    assert_eq!(world.deeds.iter().filter(|deed| **deed == "send refresh").count(), 1);
    world.live(2);
    assert_eq!((world.provider.refreshes, world.provider.reuses), (1, 0));
    assert!((0..3).all(|tab| world.gate(tab) == Gate::Open));
}

#[test]
fn a_lost_network_is_each_tabs_own() {
    let mut world = World::signed_in(2);
    world.provider.faults.push_back(Fault::NoAnswer(HttpFailure::Unreachable));
    world.pass(LIFETIME_S - 60);
    world.dispatch(0, Event::Woke);
    world.dispatch(1, Event::Woke);
    world.run();
    assert_eq!(world.provider.refreshes, 1, "the other tab has got through");
    assert_eq!(world.token(0), world.token(1));
}

#[test]
fn a_time_that_a_wrong_clock_has_set_is_looked_at_again_within_a_minute() {
    let mut world = World::signed_in(1);
    world.pass(LIFETIME_S - 60);
    world.lock_is_stuck = true;
    world.dispatch(0, Event::Woke);
    let (stored, in_a_day) = (world.storage.clone(), world.now.after_ms(86_400_000));
    world.dispatch(0, Event::LockAcquired { stored, not_before: in_a_day });
    let retry_at = world.tabs[0].session.view().retry_at;
    assert_eq!(retry_at, Some(world.now.after_ms(60_000)));
}

#[test]
fn a_lock_that_was_not_to_be_had_holds_up_nobody_else() {
    let mut world = World::signed_in(2);
    world.lock_is_stuck = true;
    world.pass(LIFETIME_S - 60);
    world.dispatch(0, Event::Woke);
    world.dispatch(0, Event::LockUnavailable { jitter: Jitter(255) });
    assert_eq!(world.tabs[0].session.known().not_before, Timestamp(0), "the provider has said nothing");
    world.lock_is_stuck = false;
    world.dispatch(1, Event::Woke);
    world.run();
    assert_eq!((world.provider.refreshes, world.token(0)), (1, world.token(1)));
}

#[test]
fn without_a_refresh_token_the_machine_rests_until_the_token_expires() {
    let mut world = World::signed_in(1);
    let mut stored = world.storage.clone().unwrap();
    stored.tokens.refresh_token = None;
    world.storage = Some(stored);
    world.reload(0);
    world.live(LIFETIME_S - 1);
    assert_eq!(world.gate(0), Gate::Open);
    world.live(1);
    assert_eq!(world.gate(0), Gate::Closed);
}
