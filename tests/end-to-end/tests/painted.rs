//! The form that `index.html` holds: it is there before the app is, and the app takes it over as it stands.
//!
//! The app is kept from starting by a host that does not answer for its WebAssembly.

use end_to_end::dialect::Dialect;
use end_to_end::patience::until;
use end_to_end::provider::MEMBER;
use end_to_end::site::Fault;
use end_to_end::stage::{Setup, Stage, play, session_key};
use fantoccini::key::Key;
use serde_json::json;

const USERNAME: &str = "form#login input[name=username]";
const PASSWORD: &str = "form#login input[name=password]";
const SUBMIT: &str = "form#login button[type=submit]";

/// Whether the style sheet counts that comes behind the first frame.
const IS_DRESSED: &str = "document.querySelector('link[data-later]').media === 'all'";

/// Opens the login page of an app that does not come yet.
async fn open_held(stage: &Stage, path: &str) {
    stage.site.hold(".wasm");
    stage.open(path).await;
}

/// Notes on the page, which a reload would lose.
async fn mark(stage: &Stage) {
    stage.browser.ask("for (const input of document.querySelectorAll('input')) input.isOurs = true;", &[]).await;
}

async fn assert_same_inputs(stage: &Stage) {
    let script = "return [...document.querySelectorAll('form#login input')].map(input => input.isOurs === true);";
    assert_eq!(stage.browser.ask(script, &[]).await, json!([true, true]));
}

#[test]
fn what_index_html_holds_is_what_the_app_builds() {
    let setup = Setup::of(Dialect::DjangoSimpleJwt).edit(|config| {
        config["app"]["links"] = json!(null);
        config["app"]["languages"] = json!(["en"]);
    });
    play(setup, async |stage| {
        stage
            .site
            .put_before("addEventListener('DOMContentLoaded', () => document.querySelector('[data-early]').remove());");
        stage.open("/login").await;
        stage.wait_for_login().await;
        let script = "const page = document.querySelector('main.entrance').cloneNode(true); \
             page.querySelector('h1').textContent = ''; return page.outerHTML;";
        let built = stage.browser.ask(script, &[]).await;
        let built = built.as_str().unwrap_or_default().replacen("<main ", "<main data-early=\"\" ", 1);
        let path = end_to_end::workspace().join("index.html");
        let page = std::fs::read_to_string(&path).expect("index.html is there");
        let held =
            page.lines().find_map(|line| line.trim_start().strip_prefix("<main data-early").map(|_| line.trim()));
        let held = held.expect("index.html holds a page");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&path, page.replace(held, &built)).expect("index.html can be written");
            return;
        }
        assert_eq!(held, built, "write it anew: UPDATE_EXPECTED=1 cargo xtask test end-to-end painted");
    });
}

#[test]
fn what_was_typed_before_the_app_is_kept_with_focus_and_caret() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        open_held(stage, "/orders").await;
        mark(stage).await;
        browser.wait_until("the focus", &format!("document.activeElement.matches('{USERNAME}')")).await;
        browser.type_blindly(MEMBER.username).await;
        browser.tab_to(PASSWORD).await;
        browser.type_blindly(MEMBER.password).await;
        for _ in 0..3 {
            browser.press(Key::Left).await;
        }
        assert_eq!(browser.ask("return document.documentElement.dataset.session;", &[]).await, "starting");
        stage.site.release();
        stage.wait_for_login().await;
        browser.wait_for("main.entrance:not([data-early])").await;
        assert_same_inputs(stage).await;
        assert_eq!(browser.value(USERNAME).await, MEMBER.username);
        assert_eq!(browser.value(PASSWORD).await, MEMBER.password);
        let caret = browser.ask("return [document.activeElement.name, document.activeElement.selectionStart];", &[]);
        assert_eq!(caret.await, json!(["password", MEMBER.password.chars().count() - 3]));
        browser.press(Key::Enter).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
    });
}

#[test]
fn a_form_that_was_submitted_before_the_app_is_sent_once_when_it_is_there() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        open_held(stage, "/login").await;
        stage.submit_early(MEMBER.username, MEMBER.password).await;
        browser.wait_for("form#login[aria-busy=true]").await;
        assert_eq!(browser.text(SUBMIT).await, "Signing in…");
        assert_eq!(browser.ask("return document.querySelectorAll('input:read-only').length;", &[]).await, json!(2));
        browser.press(Key::Enter).await;
        assert_eq!(stage.provider.counts().sign_in, 0);
        stage.site.release();
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
        assert_eq!(stage.site.counts().get("/login"), Some(&1), "it was loaded again");
    });
}

#[test]
fn a_form_that_was_submitted_half_empty_says_so_when_the_app_is_there() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        open_held(stage, "/login").await;
        browser.type_into(USERNAME, MEMBER.username).await;
        browser.press(Key::Enter).await;
        browser.wait_until("the focus", &format!("document.activeElement.matches('{PASSWORD}')")).await;
        stage.site.release();
        browser.wait_for(&format!("{PASSWORD}[aria-invalid=true]")).await;
        assert_eq!(browser.value(USERNAME).await, MEMBER.username);
        assert_eq!(stage.provider.counts().sign_in, 0);
    });
}

#[test]
fn a_page_that_could_not_be_loaded_whole_says_so_and_the_same_form_works_later() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.site.leave_out(&stage.site.name_of("vestibule-", ".wasm"));
        stage.open("/login").await;
        let said = browser.wait_for_text("main.entrance [role=alert]").await;
        assert!(said.contains("could not be loaded"), "{said}");
        mark(stage).await;
        browser.type_into(USERNAME, MEMBER.username).await;
        browser.type_into(PASSWORD, MEMBER.password).await;
        stage.site.put_back();
        browser.click(SUBMIT).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
        assert_eq!(stage.site.counts().get("/login"), Some(&1), "it was loaded again");
    });
}

/// The code of the UI, which comes behind that of the flow.
const UI: &str = "/ui-";

/// Opens the login page of an app whose UI does not come yet, and signs in all the same.
async fn sign_in_without_ui(stage: &Stage, path: &str) {
    stage.site.spoil(UI, "", Fault::Held);
    stage.open(path).await;
    stage.submit_early(MEMBER.username, MEMBER.password).await;
    stage.provider.until_counts("the sign-in", |counts| counts.sign_in == 1).await;
    assert_eq!(stage.browser.count("main.entrance[data-early=sent] form[aria-busy=true]").await, 1);
}

#[test]
fn a_sign_in_waits_for_no_ui() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        sign_in_without_ui(stage, "/orders").await;
        let is_signed_in = format!("localStorage.getItem('{}')", session_key());
        stage.browser.wait_until("the session", &is_signed_in).await;
        stage.site.mend();
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
        // The form is gone that had the focus.
        stage.browser.wait_for("main h1:focus").await;
    });
}

#[test]
fn what_was_refused_before_there_was_a_ui_is_said_when_there_is_one() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let refused = json!({ "at": "sign_in", "kind": "status", "status": 400, "body": { "error_code": "invalid_credentials" }, "times": 1 });
        stage.provider.add_fault(&refused);
        sign_in_without_ui(stage, "/login").await;
        // Who is impatient sends nothing that was answered already.
        stage.browser.click(SUBMIT).await;
        stage.site.mend();
        let said = stage.browser.wait_for_text("#login-message:focus p").await;
        assert!(said.contains("are not right"), "{said}");
        assert_eq!(stage.browser.value(USERNAME).await, MEMBER.username);
        assert_eq!(stage.browser.value(PASSWORD).await, "");
        assert_eq!(stage.provider.counts().sign_in, 1);
        stage.browser.type_into(PASSWORD, MEMBER.password).await;
        stage.browser.press(Key::Enter).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 2);
    });
}

#[test]
fn what_is_typed_after_a_submit_was_not_submitted() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.site.spoil(UI, "", Fault::Held);
        stage.open("/login").await;
        browser.type_into(USERNAME, MEMBER.username).await;
        browser.press(Key::Enter).await;
        browser.wait_until("the focus", &format!("document.activeElement.matches('{PASSWORD}')")).await;
        browser.type_blindly("half of it").await;
        stage.site.mend();
        browser.wait_for("main.entrance:not([data-early])").await;
        stage.wait_for_login().await;
        assert_eq!(browser.value(PASSWORD).await, "half of it");
        assert_eq!(stage.provider.counts().sign_in, 0);
    });
}

#[test]
fn what_found_no_network_before_there_was_a_ui_is_sent_when_there_are_both() {
    play(Setup::of(Dialect::Supabase).going_offline(), async |stage| {
        let browser = &stage.browser;
        stage.site.spoil(UI, "", Fault::Held);
        stage.open("/login").await;
        // All else is there by then.
        until("the UI to be asked for", async || {
            let asked = stage.site.asked();
            asked.iter().any(|path| path.contains(UI)).then_some(()).ok_or(format!("{asked:?}"))
        })
        .await;
        browser.set_offline(true).await;
        stage.submit_early(MEMBER.username, MEMBER.password).await;
        browser.wait_for("[data-early=sent]").await;
        assert_eq!(stage.provider.counts().sign_in, 0);
        stage.site.mend();
        browser.set_offline(false).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
    });
}

#[test]
fn a_ui_that_could_not_be_had_is_missed_in_a_sentence_and_the_same_form_brings_it_later() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.site.spoil(UI, "", Fault::Missing);
        stage.open("/login").await;
        let said = browser.wait_for_text("main.entrance [role=alert]").await;
        assert!(said.contains("could not be loaded"), "{said}");
        stage.site.mend();
        stage.submit_early(MEMBER.username, MEMBER.password).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
        assert_eq!(stage.site.counts().get("/login"), Some(&1), "it was loaded again");
    });
}

#[test]
fn a_ui_that_a_deploy_has_taken_away_is_had_by_a_reload_when_somebody_asks_for_it() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.site.spoil(UI, "", Fault::Missing);
        stage.open("/login").await;
        stage.browser.wait_for_text("main.entrance [role=alert]").await;
        stage.browser.ask("window.isOurs = true", &[]).await;
        stage.browser.click(SUBMIT).await;
        stage.browser.wait_until("another page", "!window.isOurs && document.querySelector('form#login')").await;
        stage.site.mend();
        stage.browser.reload().await;
        stage.wait_for_login().await;
    });
}

#[test]
fn who_is_signed_in_sees_no_form() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        stage.watch_for_forms().await;
        open_held(stage, "/orders").await;
        let script = "return document.querySelector('#skeleton').getClientRects().length;";
        assert_eq!(stage.browser.ask(script, &[]).await, json!(1));
        assert_eq!(stage.browser.count("form, input").await, 0);
        stage.site.release();
        stage.wait_for_orders().await;
        assert_eq!(stage.browser.count("form#login").await, 0);
        assert_eq!(stage.browser.noted().await, Vec::<String>::new());
    });
}

#[test]
fn no_form_is_seen_before_it_is_decided_that_there_is_one() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        open_held(stage, "/login").await;
        stage.browser.wait_until("all of its look", IS_DRESSED).await;
        let seen = |painted: &str| {
            format!(
                "{painted}; return [document.querySelector('{USERNAME}'), document.querySelector('#skeleton')] \
                 .map(element => element.checkVisibility({{ visibilityProperty: true, checkVisibilityCSS: true }}));"
            )
        };
        for (painted, expected) in [
            ("delete document.documentElement.dataset.painted", [false, false]),
            ("document.documentElement.dataset.painted = 'quiet'", [false, true]),
            ("document.documentElement.dataset.painted = 'form'", [true, false]),
        ] {
            assert_eq!(stage.browser.ask(&seen(painted), &[]).await, json!(expected), "{painted}");
        }
    });
}

#[test]
fn who_comes_back_to_a_session_that_has_ended_is_shown_the_form() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        stage.provider.expire_access_tokens().await;
        stage.provider.add_fault(&json!({ "at": "refresh", "kind": "status", "status": 400,
            "body": { "code": 400, "error_code": "refresh_token_not_found", "msg": "Invalid Refresh Token" } }));
        open_held(stage, "/orders").await;
        assert_eq!(stage.browser.ask("return document.documentElement.dataset.painted;", &[]).await, "quiet");
        stage.site.release();
        stage.browser.wait_for("main.entrance:not([data-early]) form#login").await;
        let shown = "return document.querySelector('form#login').getClientRects().length;";
        assert_eq!(stage.browser.ask(shown, &[]).await, json!(1));
        stage.sign_in_as(MEMBER).await;
    });
}

#[test]
fn no_logo_is_drawn_before_it_is_known_which() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.site.hold("config.json");
        stage.open("/login").await;
        let mask = "getComputedStyle(document.querySelector('.mark')).maskImage";
        let styled = format!("{IS_DRESSED} && document.documentElement.dataset.painted === 'form'");
        stage.browser.wait_until("a place without a logo", &format!("{styled} && {mask} === 'none'")).await;
        stage.site.release();
        stage.browser.wait_until("the logo", &format!("{mask}.includes('svg')")).await;
    });
}

#[test]
fn a_theme_of_the_config_is_there_before_the_app_is() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["app"]["theme"] = json!({ "accent": "rgb(1, 2, 3)", "logo": "/favicon.svg" });
    });
    play(setup, async |stage| {
        open_held(stage, "/login").await;
        let background = format!("getComputedStyle(document.querySelector('{SUBMIT}')).backgroundColor");
        stage.browser.wait_until("the colour", &format!("{background} === 'rgb(1, 2, 3)'")).await;
        let mask = "getComputedStyle(document.querySelector('.mark')).maskImage.includes('/favicon.svg')";
        stage.browser.wait_until("the logo", mask).await;
        stage.site.release();
        stage.sign_in_as(MEMBER).await;
        assert!(stage.browser.console().await.iter().all(|line| !line.contains("Content Security Policy")));
    });
}

#[test]
fn a_logo_at_an_address_that_no_link_may_have_is_not_asked_for() {
    for logo in [
        "http://id.example/logo.svg",
        "//id.example/logo.svg",
        "/\\id.example/logo.svg",
        "/..//id.example/logo.svg",
        "https://user@id.example/logo.svg",
        "https:id.example/logo.svg",
        "data:image/svg+xml,x",
        "blob:https://id.example/1",
        "javascript:alert(1)",
    ] {
        let setup = Setup::of(Dialect::Supabase).edit(move |config| {
            config["app"]["theme"] = json!({ "logo": logo, "surface": "rgb(1, 2, 3)" });
        });
        play(setup, async |stage| {
            open_held(stage, "/login").await;
            // It comes behind the logo.
            stage.browser.wait_until("the colour", &format!("{} === 'rgb(1, 2, 3)'", in_theme("surface"))).await;
            let drawn = stage.browser.ask(&format!("return {};", in_theme("logo")), &[]).await;
            assert_eq!(drawn, json!(""), "{logo}");
        });
    }
}

/// What the config has made of a part of the theme.
fn in_theme(part: &str) -> String {
    format!("document.documentElement.style.getPropertyValue('--v-{part}')")
}
