//! Storage in a real browser: what a tab finds, writes, and hears from others.
//!
//! The other tab is an iframe of the same origin: what it writes fires real storage events here.

use super::stage;
use leptos::prelude::*;
use serde_json::json;
use vestibule::{
    browser::Vestibule,
    session::{Gate, Lifetime, SignedOutReason},
};
use wasm_bindgen_test::wasm_bindgen_test;

/// Runs JavaScript in another browsing context of our origin.
fn elsewhere(script: &str) {
    let script = serde_json::to_string(script).unwrap();
    js_sys::eval(&format!(
        "(() => {{ const frame = document.createElement('iframe'); document.body.append(frame);
           frame.contentWindow.eval({script}); setTimeout(() => frame.remove(), 500); }})()"
    ))
    .unwrap();
}

fn gate(vestibule: Vestibule) -> Gate {
    vestibule.view().with_untracked(|view| view.gate)
}

#[wasm_bindgen_test]
async fn a_stored_session_is_found_at_start() {
    let owner = Owner::new();
    owner.set();
    let app = stage::signed_in("found");
    let vestibule = Vestibule::start(app.config);
    assert_eq!(gate(vestibule), Gate::Open);
    assert_eq!(vestibule.view().with_untracked(|view| view.user.clone()).unwrap()["email"], "ada@example.com");
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn records_that_are_not_ours_leave_nobody_signed_in() {
    for record in ["", "{", "null", "[]", "{\"version\":99}", "\u{0}", &"x".repeat(300_000)] {
        let owner = Owner::new();
        owner.set();
        let app = stage::signed_in("broken");
        app.write_session(record);
        assert_eq!(gate(Vestibule::start(app.config)), Gate::Closed, "{record:.20}");
        owner.cleanup();
    }
}

#[wasm_bindgen_test]
async fn a_sign_out_elsewhere_is_heard_here() {
    let owner = Owner::new();
    owner.set();
    let app = stage::signed_in("elsewhere");
    let vestibule = Vestibule::start(app.config);
    elsewhere(&format!("localStorage.removeItem('{}')", app.session_key()));
    stage::until(move || gate(vestibule) == Gate::Closed).await;
    assert_eq!(vestibule.view().with_untracked(|view| view.reason), Some(SignedOutReason::Elsewhere));
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn storage_cleared_by_hand_signs_out() {
    let owner = Owner::new();
    owner.set();
    let app = stage::signed_in("cleared");
    let vestibule = Vestibule::start(app.config);
    elsewhere("localStorage.clear()");
    stage::until(move || gate(vestibule) == Gate::Closed).await;
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn a_sign_in_elsewhere_is_heard_here() {
    let owner = Owner::new();
    owner.set();
    let app = stage::signed_in("arrives");
    let record = app.read_session().unwrap();
    app.clear();
    let vestibule = Vestibule::start(app.config);
    assert_eq!(gate(vestibule), Gate::Closed);
    let record = serde_json::to_string(&record).unwrap();
    elsewhere(&format!("localStorage.setItem('{}', {record})", app.session_key()));
    stage::until(move || gate(vestibule) == Gate::Open).await;
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn sign_out_empties_storage_of_ours_and_of_nothing_else() {
    let owner = Owner::new();
    owner.set();
    let app = stage::signed_in("empties");
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    storage.set_item("somebody-else", "stays").unwrap();
    let vestibule = Vestibule::start(app.config);
    vestibule.store().put("note", json!("mine"), Lifetime::Stored);
    assert!(app.read_store().is_some());
    vestibule.sign_out();
    assert_eq!(gate(vestibule), Gate::Closed);
    assert_eq!((app.read_session(), app.read_store()), (None, None));
    assert_eq!(storage.get_item("somebody-else").unwrap().as_deref(), Some("stays"));
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn the_store_is_reactive_typed_and_seen_in_all_tabs() {
    let owner = Owner::new();
    owner.set();
    let app = stage::signed_in("store");
    let vestibule = Vestibule::start(app.config);
    let store = vestibule.store();
    let tenant = Memo::new(move |_| store.get_as::<String>("tenant"));
    assert_eq!(tenant.get_untracked(), None);
    store.put_as("tenant", &"north", Lifetime::Stored);
    assert_eq!(tenant.get_untracked().as_deref(), Some("north"));
    assert_eq!(app.read_store().as_deref(), Some(r#"{"tenant":"north"}"#));

    store.put("tenant", json!("only here"), Lifetime::ThisPage);
    assert_eq!(tenant.get_untracked().as_deref(), Some("only here"));
    assert_eq!(app.read_store().as_deref(), Some(r#"{"tenant":"north"}"#));
    store.remove("tenant");
    assert_eq!((tenant.get_untracked(), app.read_store()), (None, None));

    elsewhere(&format!("localStorage.setItem('{}', '{{\"tenant\":\"south\"}}')", app.store_key()));
    stage::until(move || tenant.get_untracked().as_deref() == Some("south")).await;
    store.clear();
    assert_eq!(app.read_store(), None);
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn what_nobody_was_told_of_is_seen_when_the_page_is_shown_again() {
    for shown_again in [
        // Back from the back/forward cache.
        "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
        "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))",
    ] {
        let owner = Owner::new();
        owner.set();
        let app = stage::signed_in("shown");
        let vestibule = Vestibule::start(app.config);
        // In this very document: no storage event tells of it, as of what happened while a page was frozen.
        app.clear();
        stage::tick().await;
        assert_eq!(gate(vestibule), Gate::Open);
        js_sys::eval(shown_again).unwrap();
        assert_eq!(gate(vestibule), Gate::Closed, "{shown_again}");
        owner.cleanup();
    }
}

#[wasm_bindgen_test]
async fn somebody_who_is_there_in_one_tab_is_there_in_all() {
    let owner = Owner::new();
    owner.set();
    let mut app = stage::signed_in("active");
    let mut config = app.config.clone();
    config.session.idle_timeout_ms = Some(900_000);
    app.config = Box::leak(Box::new(config));
    // Nobody has been there for so long that only 50 s are left.
    let noted = js_sys::Date::now() - 850_000.0;
    elsewhere(&format!("localStorage.setItem('{}:active', '{noted}')", app.session_key()));
    let mut session = app.session("at-1", 1);
    session.signed_in_at = session.tokens.received_at.before_ms(1_000_000);
    app.write_session(&session.to_json());
    let vestibule = Vestibule::start(app.config);
    let is_asked = move || vestibule.view().with_untracked(|view| view.idle_ends_at.is_some());
    assert!(is_asked());
    elsewhere(&format!("localStorage.setItem('{}:active', Date.now())", app.session_key()));
    stage::until(move || !is_asked()).await;
    owner.cleanup();
}
