//! Who is not there for long is asked, and signed out without an answer: in all tabs, and told to the provider once.

use crate::world::{LIFETIME_S, START, World, config_from};
use serde_json::json;
use vestibule::session::{Event, Gate, NoToken, SignedOutReason, Timestamp};

const IDLE_S: u64 = 900;

fn world(tabs: usize) -> World {
    lasting(tabs, IDLE_S)
}

fn lasting(tabs: usize, idle_s: u64) -> World {
    World::signed_in_with(tabs, config_from(|file| file["session"] = json!({ "idle_timeout_s": idle_s })))
}

fn is_warned(world: &World, tab: usize) -> bool {
    world.tabs[tab].session.view().idle_ends_at.is_some()
}

fn reason(world: &World, tab: usize) -> Option<SignedOutReason> {
    world.tabs[tab].session.view().reason
}

fn assert_left(world: &World) {
    for tab in 0..world.tabs.len() {
        assert_eq!((world.gate(tab), reason(world, tab)), (Gate::Closed, Some(SignedOutReason::Idle)));
    }
    assert_eq!((&world.storage, world.activity), (&None, None), "storage is empty");
    assert_eq!((world.provider.living_families(), world.provider.revocations), (0, 1), "the provider is told once");
}

#[test]
fn who_is_not_there_is_warned_a_minute_before_and_then_signed_out_everywhere() {
    let mut world = world(3);
    world.live(IDLE_S - 61);
    assert!((0..3).all(|tab| !is_warned(&world, tab)));
    world.live(1);
    assert!((0..3).all(|tab| is_warned(&world, tab)));
    let view = world.tabs[1].session.view();
    assert_eq!((view.gate, view.idle_ends_at), (Gate::Open, Some(START.after_ms(IDLE_S * 1000))));
    world.live(59);
    assert!((0..3).all(|tab| world.gate(tab) == Gate::Open));
    world.live(1);
    assert_left(&world);
}

#[test]
fn activity_in_one_tab_keeps_all_alive() {
    let mut world = world(3);
    for _ in 0..20 {
        world.live(IDLE_S - 100);
        world.dispatch(2, Event::ActivityNoticed);
        assert!((0..3).all(|tab| !is_warned(&world, tab)));
    }
    assert_eq!(world.provider.sign_ins, 1);
    world.live(IDLE_S);
    assert_left(&world);
}

#[test]
fn a_warning_is_answered_in_any_tab_and_taken_back_in_all() {
    let mut world = world(3);
    world.live(IDLE_S - 10);
    world.dispatch(1, Event::StayRequested);
    for tab in 0..3 {
        // As a storage event does in a browser.
        world.dispatch(tab, Event::Woke);
        assert!(!is_warned(&world, tab) && world.gate(tab) == Gate::Open);
    }
    world.live(IDLE_S - 61);
    assert!(!is_warned(&world, 0));
    world.live(61);
    assert_left(&world);
}

#[test]
fn a_hand_that_brushes_the_mouse_answers_no_warning() {
    let mut world = world(2);
    world.live(IDLE_S - 30);
    world.dispatch(0, Event::ActivityNoticed);
    assert!(is_warned(&world, 0) && is_warned(&world, 1));
    world.live(30);
    assert_left(&world);
}

#[test]
fn a_short_timeout_warns_when_half_of_it_is_over() {
    let mut world = lasting(1, 10);
    world.live(4);
    assert!(!is_warned(&world, 0));
    world.live(1);
    assert!(is_warned(&world, 0));
    world.live(5);
    assert_left(&world);
}

#[test]
fn neither_a_refresh_nor_an_api_call_is_somebody_who_is_there() {
    let mut world = world(1);
    for _ in 0..IDLE_S / 60 - 1 {
        world.live(60);
        world.ask(0);
    }
    world.live(60);
    assert!(world.provider.refreshes > 0);
    assert_left(&world);
}

#[test]
fn a_tab_that_is_opened_too_late_shows_nothing_and_gives_no_token() {
    let mut world = world(1);
    world.pass(IDLE_S + 1);
    world.reload(0);
    assert_eq!(world.gate(0), Gate::Closed);
    let caller = world.ask(0);
    world.run();
    assert_eq!(world.answer_to(0, caller), Some(Err(NoToken::SignedOut)));
    assert_left(&world);
}

#[test]
fn a_reload_is_no_reason_to_count_anew() {
    let mut world = world(1);
    world.live(100);
    world.dispatch(0, Event::ActivityNoticed);
    world.live(IDLE_S - 1);
    world.reload(0);
    world.run();
    assert_eq!((world.gate(0), is_warned(&world, 0)), (Gate::Open, true));
    world.live(1);
    assert_left(&world);
}

#[test]
fn a_computer_that_slept_too_long_is_not_woken_by_a_key_or_an_answer() {
    for event in [Event::ActivityNoticed, Event::StayRequested, Event::Shown, Event::WentOnline] {
        let mut world = world(2);
        world.pass(8 * 3600);
        world.dispatch(1, event);
        world.run();
        assert_left(&world);
    }
}

#[test]
fn a_hidden_tab_is_signed_out_too() {
    let mut world = world(1);
    world.dispatch(0, Event::Hidden);
    world.live(IDLE_S);
    assert_left(&world);
}

#[test]
fn a_clock_that_is_set_back_counts_anew_and_ends_all_the_same() {
    let mut world = world(2);
    world.live(100);
    world.dispatch(0, Event::ActivityNoticed);
    world.now = Timestamp(world.now.0 - 86_400_000);
    world.dispatch(0, Event::Woke);
    world.dispatch(1, Event::Woke);
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Open, Gate::Open));
    world.live(IDLE_S);
    assert_left(&world);
}

#[test]
fn what_was_noted_for_the_future_says_nothing() {
    let mut world = world(1);
    world.activity = Some(world.now.after_ms(86_400_000));
    world.live(IDLE_S);
    assert_left(&world);
}

#[test]
fn activity_is_noted_once_a_second_at_most() {
    let mut world = world(1);
    world.pass(5);
    world.dispatch(0, Event::ActivityNoticed);
    let noted = world.activity;
    assert_eq!(noted, Some(world.now));
    for _ in 0..9 {
        world.now = world.now.after_ms(100);
        world.dispatch(0, Event::ActivityNoticed);
        assert_eq!(world.activity, noted);
    }
    world.now = world.now.after_ms(100);
    world.dispatch(0, Event::ActivityNoticed);
    assert_eq!(world.activity, Some(world.now));
}

#[test]
fn who_signs_in_again_counts_from_then() {
    let mut world = world(2);
    world.live(IDLE_S);
    assert_left(&world);
    world.pass(5000);
    world.sign_in(1, "grace", "correct");
    world.run();
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Open, Gate::Open));
    world.live(IDLE_S - 61);
    assert!(!is_warned(&world, 0) && !is_warned(&world, 1));
}

#[test]
fn nothing_is_noted_once_nobody_is_signed_in() {
    let mut world = world(2);
    world.sign_out(0);
    world.run();
    world.pass(5);
    world.dispatch(0, Event::ActivityNoticed);
    world.dispatch(1, Event::ActivityNoticed);
    world.dispatch(1, Event::StayRequested);
    assert_eq!(world.activity, None);
}

#[test]
fn a_tab_that_sees_the_end_before_it_hears_of_it_tells_the_provider_no_second_time() {
    for rule in ["idle_timeout_s", "max_age_s"] {
        let mut world = World::signed_in_with(3, config_from(|file| file["session"] = json!({ rule: 900 })));
        world.pass(900);
        for tab in 0..3 {
            world.overtake(tab, Event::Woke);
        }
        world.run();
        assert_eq!(world.storage, None);
        assert_eq!((world.provider.living_families(), world.provider.revocations), (0, 1), "{rule}");
        assert!((0..3).all(|tab| matches!(reason(&world, tab), Some(SignedOutReason::Idle | SignedOutReason::TooOld))));
        assert!((0..3).all(|tab| !world.tabs[tab].session.view().is_revocation_unconfirmed));
    }
}

#[test]
fn a_session_that_storage_did_not_take_is_ended_and_revoked_too() {
    let mut world = World::with_config(1, config_from(|file| file["session"] = json!({ "idle_timeout_s": 900 })));
    world.storage_is_full = true;
    world.start(0);
    world.sign_in(0, "ada", "correct");
    world.run();
    assert_eq!(world.gate(0), Gate::Open);
    world.live(IDLE_S);
    assert_eq!((world.gate(0), reason(&world, 0)), (Gate::Closed, Some(SignedOutReason::Idle)));
    assert_eq!((world.provider.living_families(), world.provider.revocations), (0, 1));
}

#[test]
fn who_left_no_note_of_activity_is_asked_and_not_thrown_out() {
    let mut world = world(1);
    world.pass(IDLE_S * 10);
    // The idle timeout is new in the config, or storage had no room for the note.
    world.activity = None;
    world.reload(0);
    world.run();
    assert_eq!((world.gate(0), is_warned(&world, 0)), (Gate::Open, true));
    world.live(59);
    assert_eq!(world.gate(0), Gate::Open);
    world.live(1);
    assert_left(&world);
}

#[test]
fn tokens_that_only_one_tab_has_are_revoked_by_it() {
    let mut world = world(2);
    world.storage_is_full = true;
    world.pass(LIFETIME_S - 60);
    world.dispatch(0, Event::Woke);
    world.run();
    assert!(world.tabs[0].session.view().is_unsaved);
    world.storage_is_full = false;
    world.live(IDLE_S - LIFETIME_S + 61);
    assert_eq!((world.gate(0), world.gate(1)), (Gate::Closed, Gate::Closed));
    assert_eq!(world.provider.living_families(), 0);
}
