//! The guard: nothing behind it before the gate opens, nothing built twice after.

use super::{
    page::{address, count, find, history_length, mounted_at, write_elsewhere},
    stage::{self, Stage, tick, until},
};
use leptos::prelude::*;
use leptos_router::{
    components::{Outlet, ParentRoute, Route, Router, Routes},
    path,
};
use std::sync::atomic::{AtomicU32, Ordering};
use vestibule::{
    browser::Vestibule,
    session::{StoredSession, Timestamp},
    ui::{App, Guard},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlInputElement;

static BUILT: AtomicU32 = AtomicU32::new(0);

#[component]
fn Draft() -> impl IntoView {
    BUILT.fetch_add(1, Ordering::Relaxed);
    let vestibule = expect_context::<Vestibule>();
    let visits = move || vestibule.view().with(|view| view.user.as_ref().map(|user| user["visits"].to_string()));
    view! { <input id="draft" name="draft"/><output>{visits}</output> }
}

/// A library user's own app: our guard around their page.
fn own_app(app: &Stage) -> impl FnOnce() -> AnyView + use<> {
    let config = app.config;
    move || {
        provide_context(Vestibule::start(config));
        view! {
            <Router>
                <Routes fallback=|| ()>
                    <Route path=path!("/login") view=|| view! { <p id="at-login">{"login"}</p> }/>
                    <ParentRoute path=path!("") view=|| view! { <Guard><Outlet/></Guard> }>
                        <Route path=path!("/*any") view=Draft/>
                    </ParentRoute>
                </Routes>
            </Router>
        }
        .into_any()
    }
}

fn the_app(app: &Stage) -> impl FnOnce() -> AnyView + use<> {
    let config = app.config;
    move || {
        let vestibule = Vestibule::start(config);
        view! { <App vestibule/> }.into_any()
    }
}

#[wasm_bindgen_test]
async fn behind_a_closed_gate_nothing_is_built_and_the_redirect_replaces() {
    let app = stage::signed_in("guard-closed");
    app.clear();
    BUILT.store(0, Ordering::Relaxed);
    let length = history_length();
    let _page = mounted_at("/orders?x=1#top", own_app(&app));
    until(|| find("#at-login").is_some()).await;
    assert_eq!(address(), "/login?return_to=/orders%3Fx%3D1%23top");
    assert_eq!(history_length(), length);
    assert_eq!(BUILT.load(Ordering::Relaxed), 0);
}

#[wasm_bindgen_test]
async fn a_half_typed_text_survives_three_refreshes_and_not_another_session() {
    let app = stage::signed_in("guard-open");
    BUILT.store(0, Ordering::Relaxed);
    let _page = mounted_at("/orders", own_app(&app));
    until(|| find("#draft").is_some()).await;
    find("#draft").unwrap().dyn_into::<HtmlInputElement>().unwrap().set_value("half a sen");

    let refreshed = |generation: u64| {
        let mut session = app.session(&format!("at-{generation}"), generation);
        session.user = Some(serde_json::json!({ "visits": generation }));
        session
    };
    for generation in 2..=4 {
        write_elsewhere(&app.session_key(), &refreshed(generation).to_json());
        until(|| find("output").unwrap().text_content().unwrap() == generation.to_string()).await;
    }
    assert_eq!(find("#draft").unwrap().dyn_into::<HtmlInputElement>().unwrap().value(), "half a sen");
    assert_eq!(BUILT.load(Ordering::Relaxed), 1);

    // Somebody else has signed in: nothing of the first person's page may stay.
    let other = StoredSession { signed_in_at: Timestamp(1_900_000_000_000), ..refreshed(5) };
    write_elsewhere(&app.session_key(), &other.to_json());
    until(|| BUILT.load(Ordering::Relaxed) == 2).await;
    until(|| find("#draft").is_some_and(|draft| draft.dyn_into::<HtmlInputElement>().unwrap().value().is_empty()))
        .await;
}

#[wasm_bindgen_test]
async fn a_gate_that_cannot_be_opened_yet_shows_a_skeleton_that_says_so() {
    let app = stage::signed_in("guard-pending");
    let mut session = app.session("stale", 1);
    session.tokens.refresh_token = Some(vestibule::session::RefreshToken::new("rt".into()));
    session.tokens.received_at = Timestamp(1);
    session.tokens.expires_at = Some(Timestamp(2));
    app.write_session(&session.to_json());
    BUILT.store(0, Ordering::Relaxed);
    let _page = mounted_at("/orders", own_app(&app));
    until(|| find("main.waiting").is_some()).await;
    assert_eq!(BUILT.load(Ordering::Relaxed), 0);
}

#[wasm_bindgen_test]
async fn the_app_shows_the_page_to_who_is_signed_in_and_signs_out_at_once() {
    let app = stage::signed_in("guard-app");
    let length = history_length();
    let _page = mounted_at("/", the_app(&app));
    until(|| find("main[data-page='/orders']").is_some()).await;
    assert_eq!((address(), history_length()), ("/orders".to_owned(), length));
    assert_eq!(document().title(), "Orders · Test");
    let root = document().document_element().unwrap();
    until(|| root.get_attribute("data-session").as_deref() == Some("signed-in")).await;

    find("[data-action=sign-out]").unwrap().unchecked_into::<web_sys::HtmlElement>().click();
    until(|| find("form#login").is_some()).await;
    assert_eq!((address(), history_length()), ("/login".to_owned(), length));
    assert_eq!(count("main[data-page]"), 0);
    assert_eq!(app.read_session(), None);
    until(|| root.get_attribute("data-session").as_deref() == Some("signed-out")).await;
}

#[wasm_bindgen_test]
async fn who_is_signed_in_is_sent_on_from_the_login_page_to_a_page_of_ours_only() {
    for (address_bar, expected) in [
        ("/login?return_to=/orders%3Fx%3D1", "/orders?x=1"),
        ("/login?return_to=//evil.example", "/orders"),
        ("/login?return_to=/orders&return_to=/orders%3Fx%3D1", "/orders"),
        ("/login", "/orders"),
    ] {
        let app = stage::signed_in("guard-login");
        let length = history_length();
        let page = mounted_at(address_bar, the_app(&app));
        until(|| find("main[data-page='/orders']").is_some()).await;
        tick().await;
        assert_eq!((address(), history_length()), (expected.to_owned(), length), "{address_bar}");
        assert_eq!(count("form"), 0);
        drop(page);
    }
}

#[wasm_bindgen_test]
async fn a_session_that_ends_elsewhere_leads_to_the_login_page_with_the_way_back() {
    let app = stage::signed_in("guard-ended");
    let _page = mounted_at("/orders?x=1", the_app(&app));
    until(|| find("main[data-page]").is_some()).await;
    write_elsewhere(&app.session_key(), "");
    until(|| find("form#login").is_some()).await;
    assert_eq!(address(), "/login?return_to=/orders%3Fx%3D1");
    assert!(find("[role=status] p").is_some());
}

#[wasm_bindgen_test]
async fn development_builds_show_the_panel_to_who_asks_for_it() {
    let app = stage::signed_in("guard-panel");
    let page = mounted_at("/orders?debug", the_app(&app));
    until(|| find(".panel dd").is_some_and(|found| found.text_content().as_deref() == Some("signed in"))).await;
    drop(page);
    let _page = mounted_at("/orders", the_app(&app));
    until(|| find("main[data-page]").is_some()).await;
    assert_eq!(count(".panel"), 0);
}
