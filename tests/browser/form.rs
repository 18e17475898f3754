//! The login form: what stands in it counts, however it got there, and it is sent once.

use super::{
    page::{Mounted, find, mounted_at, requests_to, text},
    stage::{self, until},
};
use leptos::prelude::*;
use vestibule::{
    browser::Vestibule,
    config::{Config, Draft, Preset},
    ui::App,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement};

fn config(id: &str, disable_incomplete: bool) -> &'static Config {
    let file = serde_json::json!({
        "version": 1,
        "app": { "id": id, "title": "Test", "after_sign_in": "/orders", "disable_incomplete": disable_incomplete },
        "provider": {
            "sign_in": { "url": format!("/never/{id}"), "json": { "username": "{{form.username}}", "password": "{{form.password}}" } }
        },
        "pages": [ { "path": "/orders", "title": "Orders", "blocks": [] } ]
    });
    let config = Draft::parse(&file.to_string()).unwrap().finish(Preset::NotNamed, None).unwrap();
    Box::leak(Box::new(config))
}

async fn form(id: &str, disable_incomplete: bool) -> Mounted {
    // Nobody is signed in.
    stage::signed_in(id).clear();
    let config = config(id, disable_incomplete);
    let page = mounted_at("/login", move || {
        let vestibule = Vestibule::start(config);
        view! { <App vestibule/> }
    });
    until(|| find("form#login").is_some()).await;
    page
}

fn input(name: &str) -> HtmlInputElement {
    find(&format!("input[name={name}]")).unwrap().unchecked_into()
}

fn button() -> HtmlButtonElement {
    find("#login button[type=submit]").unwrap().unchecked_into()
}

/// As a password manager does that tells nobody.
fn fill(username: &str, password: &str) {
    input("username").set_value(username);
    input("password").set_value(password);
}

/// What a browser says when somebody has typed.
fn say_typed(name: &str) {
    let script =
        format!("document.querySelector('input[name={name}]').dispatchEvent(new Event('input', {{ bubbles: true }}))");
    js_sys::eval(&script).unwrap();
}

#[wasm_bindgen_test]
async fn values_nobody_typed_count_and_two_submits_are_one_request() {
    let _page = form("form-double", false).await;
    fill(" ada ", " p ä ss ");
    let element = find("#login").unwrap().unchecked_into::<HtmlFormElement>();
    button().click();
    button().click();
    element.request_submit().unwrap();
    // Effects have run, but no answer can have come.
    leptos::task::tick().await;
    assert_eq!(element.get_attribute("aria-busy").as_deref(), Some("true"));
    assert!(input("username").read_only() && !input("username").disabled());
    until(|| !text("[role=alert]").is_empty()).await;
    assert_eq!(requests_to("/never/form-double"), 1);
    assert_eq!(input("username").value(), " ada ");
    assert_eq!(element.get_attribute("aria-busy").as_deref(), Some("false"));
}

#[wasm_bindgen_test]
async fn an_empty_field_is_named_next_to_it_and_nothing_is_sent() {
    let _page = form("form-empty", false).await;
    fill("ada", "");
    button().click();
    until(|| input("password").get_attribute("aria-invalid").as_deref() == Some("true")).await;
    assert_eq!(text("#login-password-hint"), "Enter your password.");
    assert_eq!(input("password").get_attribute("aria-describedby").as_deref(), Some("login-password-hint"));
    assert!(input("username").get_attribute("aria-invalid").is_none());
    assert_eq!(document().active_element().unwrap().id(), "login-password");
    assert_eq!((requests_to("/never/form-empty"), text("[role=alert]")), (0, String::new()));

    input("password").set_value("x");
    say_typed("password");
    until(|| text("#login-password-hint").is_empty()).await;
}

#[wasm_bindgen_test]
async fn a_shown_password_is_masked_again_at_the_submit() {
    let _page = form("form-mask", false).await;
    fill("ada", "secret");
    let show: HtmlElement = find(".show-password").unwrap().unchecked_into();
    show.click();
    until(|| input("password").type_() == "text").await;
    assert_eq!(show.get_attribute("aria-pressed").as_deref(), Some("true"));
    button().click();
    until(|| input("password").type_() == "password").await;
    until(|| !text("[role=alert]").is_empty()).await;
}

#[wasm_bindgen_test]
async fn a_grey_button_for_an_incomplete_form_is_a_choice() {
    {
        let _page = form("form-grey-off", false).await;
        assert!(!button().disabled());
    }
    let _page = form("form-grey-on", true).await;
    until(|| button().disabled()).await;
    fill("ada", "secret");
    say_typed("password");
    until(|| !button().disabled()).await;
}

#[wasm_bindgen_test]
async fn the_page_has_its_live_regions_before_there_is_anything_to_say() {
    let _page = form("form-live", false).await;
    let alert = find("[role=alert]").unwrap();
    assert_eq!(alert.text_content().unwrap(), "");
    assert_eq!(find("#login").unwrap().get_attribute("aria-describedby"), Some(alert.id()));
    assert_eq!(document().title(), "Sign in · Test");
    for selector in ["label[for=login-username]", "label[for=login-password]", "main h1"] {
        assert!(find(selector).is_some(), "{selector}");
    }
    assert_eq!(input("username").autocomplete(), "username");
    assert_eq!(input("password").autocomplete(), "current-password");
}
