//! Who does not want to stay signed in has a session that is this tab's alone, and it is never mixed with one of all tabs.

use crate::world::{LIFETIME_S, World, json};
use vestibule::session::{
    Gate, Replaces, SignedOutReason, StoredSession,
    keeping::{Change, Found},
};

/// Tabs that have all looked, of which the first is signed in alone.
fn only_here(tabs: usize) -> World {
    let mut world = World::new(tabs);
    for tab in 0..tabs {
        world.start(tab);
    }
    world.sign_in_only_here(0, "ada");
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
    world
}

fn user_of(world: &World, tab: usize) -> String {
    world.tabs[tab].session.view().user.unwrap()["email"].as_str().unwrap().to_owned()
}

#[test]
fn a_session_that_is_not_to_stay_outlives_a_reload_and_no_other_tab_sees_it() {
    let mut world = only_here(2);
    assert!(world.tabs[0].own.is_some());
    assert_eq!(world.storage, None);
    assert_eq!(world.gate(1), Gate::Closed);
    world.reload(0);
    world.reload(1);
    world.run();
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Open, Gate::Closed));
    assert!(world.tabs[0].session.signed_in().unwrap().only_here);
    assert_eq!(world.provider.refreshes, 0);
}

#[test]
fn what_it_is_refreshed_to_stays_in_this_tab() {
    let mut world = only_here(2);
    for lifetime in 1..4 {
        world.live(LIFETIME_S);
        world.reload(0);
        world.run();
        assert_eq!(world.provider.refreshes, lifetime);
        assert_eq!(world.storage, None);
        let own = world.tabs[0].own.clone().unwrap();
        assert_eq!(own.tokens.access_token.expose(), world.token(0));
    }
    assert_eq!((world.provider.reuses, world.gate(1)), (0, Gate::Closed));
    assert_eq!(world.tabs[0].session.known().generation, 0, "others would wait to see what they never will");
}

#[test]
fn a_sign_out_leaves_nothing_in_either_place() {
    let mut world = only_here(1);
    world.sign_out(0);
    world.run();
    assert_eq!((world.storage.as_ref(), world.tabs[0].own.as_ref()), (None, None));
    assert_eq!((world.provider.revocations, world.provider.living_families()), (1, 0));
    world.reload(0);
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn a_refresh_that_is_answered_after_the_sign_out_is_revoked_not_stored() {
    let mut world = only_here(1);
    world.pass(LIFETIME_S + 5);
    world.ask(0);
    world.deliver();
    world.sign_out(0);
    world.run();
    assert_eq!((world.storage.as_ref(), world.tabs[0].own.as_ref()), (None, None));
    assert_eq!(world.provider.living_families(), 0);
}

#[test]
fn two_tabs_can_each_have_a_session_of_their_own() {
    let mut world = only_here(2);
    world.sign_in_only_here(1, "grace");
    world.run();
    world.live(3 * LIFETIME_S);
    world.reload(0);
    world.reload(1);
    world.run();
    assert_eq!((user_of(&world, 0), user_of(&world, 1)), ("ada".into(), "grace".into()));
    world.sign_out(1);
    world.run();
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Open, Gate::Closed));
    assert_eq!(world.provider.reuses, 0);
}

#[test]
fn a_later_sign_in_for_all_tabs_is_everybody_s_and_the_earlier_one_does_not_come_back() {
    let mut world = only_here(2);
    world.pass(100);
    world.sign_in(1, "grace", "correct");
    world.run();
    assert_eq!((user_of(&world, 0), user_of(&world, 1)), ("grace".into(), "grace".into()));
    assert_eq!(world.tabs[0].own, None);
    world.sign_out(1);
    world.run();
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Closed, Gate::Closed));
    assert_eq!(world.tabs[0].session.view().reason, Some(SignedOutReason::Elsewhere));
    world.reload(0);
    assert_eq!(world.gate(0), Gate::Closed);
}

#[test]
fn an_answer_to_the_earlier_session_s_refresh_is_not_put_over_the_later_sign_in() {
    let mut world = only_here(2);
    world.pass(LIFETIME_S + 5);
    world.ask(0);
    world.deliver();
    world.sign_in_unheard(1, "grace");
    world.answer_all_of(1);
    // The first tab does not hear of it.
    world.drop_news(0);
    world.answer_all_of(0);
    world.run();
    assert_eq!((user_of(&world, 0), user_of(&world, 1)), ("grace".into(), "grace".into()));
    assert_eq!(world.tabs[0].own, None);
    assert_eq!(world.storage.as_ref().map(|stored| stored.signed_in_at), Some(world.now));
}

#[test]
fn a_tab_signs_in_one_way_and_then_the_other_and_the_later_one_counts() {
    let mut world = only_here(2);
    world.sign_out(0);
    world.run();
    world.sign_in(0, "grace", "correct");
    world.run();
    assert_eq!((world.tabs[0].own.as_ref(), world.storage.is_some(), world.gate(1)), (None, true, Gate::Open));
    world.sign_out(1);
    world.run();
    world.sign_in_only_here(1, "ada");
    world.run();
    world.reload(0);
    world.reload(1);
    assert_eq!((world.storage.as_ref(), world.gate(0), world.gate(1)), (None, Gate::Closed, Gate::Open));
}

#[test]
fn a_sign_in_that_is_not_to_stay_takes_the_place_of_one_that_another_tab_has_just_saved() {
    let mut world = World::new(2);
    world.start(0);
    world.start(1);
    world.sign_in(1, "grace", "correct");
    world.sign_in_only_here(0, "ada");
    world.answer_all_of(1);
    world.drop_news(0);
    world.pass(1);
    world.answer_all_of(0);
    world.run();
    assert_eq!((world.storage.as_ref(), user_of(&world, 0)), (None, "ada".into()));
    assert_eq!(world.gate(1), Gate::Closed);
    world.reload(0);
    assert_eq!(user_of(&world, 0), "ada");
}

#[test]
fn a_refused_refresh_ends_it_in_its_own_place() {
    let mut world = only_here(1);
    world.pass(LIFETIME_S + 5);
    world.provider.faults.push_back(json(400, r#"{"error":"invalid_grant"}"#));
    world.reload(0);
    world.run();
    assert_eq!((world.gate(0), world.tabs[0].own.as_ref()), (Gate::Closed, None));
}

#[test]
fn what_is_not_ours_is_not_removed() {
    let world = only_here(1);
    let session = world.tabs[0].session.signed_in().unwrap().clone();
    let stays = StoredSession { only_here: false, ..session.clone() };
    // A record of another provider reads as none.
    let found = Found { shared: None, own: Some(session.clone()) };
    assert_eq!(found.changes(None, Replaces::Anything), [Change::Untouched, Change::Removed]);
    assert_eq!(found.changes(Some(&session), Replaces::Anything), [Change::Untouched, Change::Written]);
    assert_eq!(found.changes(Some(&stays), Replaces::Anything), [Change::Written, Change::Removed]);
    // Nor what another tab has saved for all of them, when this one's is only refreshed.
    let found = Found { shared: Some(stays.clone()), own: Some(session.clone()) };
    assert_eq!(found.changes(Some(&session), Replaces::session(&session)), [Change::Untouched, Change::Written]);
    assert_eq!(found.changes(None, Replaces::session(&session)), [Change::Removed, Change::Removed]);
}
