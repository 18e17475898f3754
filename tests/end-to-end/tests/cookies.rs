//! A backend holds the session: no token is anywhere in the page, and all is as with tokens.

use end_to_end::backend::{Backend, ROWS};
use end_to_end::browser::Browser;
use end_to_end::dialect::Dialect;
use end_to_end::provider::{MEMBER, Person};
use end_to_end::site::ConfigFile;
use end_to_end::stage::{Setup, Stage, play, session_key};
use serde_json::{Value, json};

/// The stage, with a backend in the provider's place.
fn play_with_backend(edit: impl FnOnce(&mut Value, &str) + 'static, act: impl AsyncFnOnce(&Stage, &Backend)) {
    play(Setup::of(Dialect::WrittenOut), async |stage| {
        let backend = Backend::start(stage.site.origin()).await;
        let mut config = backend.config();
        edit(&mut config, backend.origin());
        stage.site.put_config(ConfigFile::Text(config.to_string()));
        act(stage, &backend).await;
    });
}

async fn wait_for_rows(browser: &Browser) {
    browser.wait_for("html[data-session=signed-in] main[data-page=\"/orders\"]").await;
    browser.wait_for_count("main tbody tr", ROWS).await;
}

#[test]
fn what_was_sent_before_it_was_known_that_no_cookie_is_there_is_sent_then() {
    play_with_backend(
        |_, _| {},
        async |stage, backend| {
            let browser = &stage.browser;
            stage.site.hold(".wasm");
            stage.open("/login").await;
            stage.submit_early(MEMBER.username, MEMBER.password).await;
            browser.wait_for("form#login[aria-busy=true]").await;
            stage.site.release();
            wait_for_rows(browser).await;
            assert_eq!(backend.living_sessions(), 1);
        },
    );
}

#[test]
fn the_whole_way_without_a_token() {
    play_with_backend(
        |_, _| {},
        async |stage, backend| {
            let browser = &stage.browser;
            stage.open("/").await;
            let wrong = Person { username: MEMBER.username, password: "wrong" };
            stage.submit(wrong.username, wrong.password).await;
            browser.wait_for_text("[role=alert]").await;
            assert_eq!(browser.value("input[name=username]").await, MEMBER.username);
            browser.type_into("input[name=password]", MEMBER.password).await;
            browser.click("form#login button[type=submit]").await;
            wait_for_rows(browser).await;
            assert!(browser.wait_for_text("main p").await.contains(MEMBER.username));
            let stored = browser.everything_stored().await;
            assert!(!stored.contains("token") && browser.stored(&session_key()).await.is_some(), "{stored}");

            browser.reload().await;
            wait_for_rows(browser).await;
            assert_eq!(backend.living_sessions(), 1, "signed in once");

            stage.sign_out().await;
            stage.wait_for_login().await;
            stage.assert_signed_out().await;
            browser.wait_until("the backend to know", "!localStorage.getItem('vestibule:end-to-end:signed_out')").await;
            assert_eq!((backend.living_sessions(), backend.asked("/api/logout")), (0, 1));
            stage.open("/orders").await;
            stage.wait_for_login().await;
        },
    );
}

#[test]
fn a_session_that_is_over_shows_nothing_protected() {
    play_with_backend(
        |_, _| {},
        async |stage, backend| {
            stage.open("/").await;
            stage.submit(MEMBER.username, MEMBER.password).await;
            wait_for_rows(&stage.browser).await;
            backend.end_all_sessions();
            stage.watch_for("main[data-page], tbody tr").await;
            let asked = backend.asked("/orders");
            stage.browser.reload().await;
            stage.wait_for_login().await;
            stage.assert_signed_out().await;
            assert_eq!(stage.browser.noted().await, Vec::<String>::new());
            assert_eq!(backend.asked("/orders"), asked, "no data is asked for before the session is known");
        },
    );
}

#[test]
fn a_session_that_ends_meanwhile_leads_to_the_login_page_and_back() {
    play_with_backend(
        |config, origin| {
            config["queries"]["again"] = json!({ "url": format!("{origin}/orders?again") });
            config["pages"].as_array_mut().unwrap_or(&mut Vec::new()).push(json!({
                "path": "/again", "title": "Again", "blocks": [ { "type": "table", "query": "again" } ]
            }));
        },
        async |stage, backend| {
            stage.open("/").await;
            stage.submit(MEMBER.username, MEMBER.password).await;
            wait_for_rows(&stage.browser).await;
            backend.end_all_sessions();
            stage.browser.click("nav a[href$=\"/again\"]").await;
            stage.wait_for_login().await;
            assert!(!stage.browser.wait_for_text("[role=status]").await.is_empty(), "why");
            stage.submit(MEMBER.username, MEMBER.password).await;
            stage.browser.wait_for("main[data-page=\"/again\"] tbody tr").await;
        },
    );
}

#[test]
fn a_browser_that_keeps_no_cookie_says_so() {
    play_with_backend(
        |_, _| {},
        async |stage, backend| {
            backend.keep_cookies_away();
            stage.open("/").await;
            stage.submit(MEMBER.username, MEMBER.password).await;
            let said = stage.browser.wait_for_text("[role=alert]").await;
            assert!(said.contains("did not keep") && said.contains("cookies"), "{said}");
            assert_eq!(stage.browser.value("input[name=username]").await, MEMBER.username);
            stage.assert_signed_out().await;
        },
    );
}

#[test]
fn a_server_that_answers_a_form_with_redirects_signs_in() {
    play_with_backend(
        |config, origin| {
            config["provider"]["sign_in"] = json!({
                "url": format!("{origin}/login"),
                "json": null,
                "form": { "username": "{{form.username}}", "password": "{{form.password}}" },
            });
        },
        async |stage, _| {
            stage.open("/").await;
            stage.submit(MEMBER.username, "wrong").await;
            let said = stage.browser.wait_for_text("[role=alert]").await;
            assert!(said.contains("not right"), "{said}");
            stage.browser.type_into("input[name=password]", MEMBER.password).await;
            stage.browser.click("form#login button[type=submit]").await;
            wait_for_rows(&stage.browser).await;
        },
    );
}

#[test]
fn a_sign_out_that_the_backend_did_not_hear_is_made_up_for() {
    play_with_backend(
        |_, _| {},
        async |stage, backend| {
            stage.open("/").await;
            stage.submit(MEMBER.username, MEMBER.password).await;
            wait_for_rows(&stage.browser).await;
            backend.fail_sign_outs(true);
            stage.sign_out().await;
            stage.wait_for_login().await;
            let confirmed = "[...document.querySelectorAll('[role=status]')].some(e => /confirm/i.test(e.innerText))";
            stage.browser.wait_until("a notice that it was not confirmed", confirmed).await;
            assert_eq!(backend.living_sessions(), 1);

            stage.watch_for("main[data-page], tbody tr").await;
            stage.browser.reload().await;
            stage.wait_for_login().await;
            assert_eq!(stage.browser.noted().await, Vec::<String>::new());

            backend.fail_sign_outs(false);
            stage.browser.reload().await;
            stage.wait_for_login().await;
            stage
                .browser
                .wait_until("the backend to know", "!localStorage.getItem('vestibule:end-to-end:signed_out')")
                .await;
            assert_eq!(backend.living_sessions(), 0);
        },
    );
}

#[test]
fn other_tabs_follow_a_sign_in_and_a_sign_out() {
    play_with_backend(
        |_, _| {},
        async |stage, backend| {
            let browser = &stage.browser;
            stage.open("/").await;
            stage.wait_for_login().await;
            let first = browser.tab().await;
            let second = browser.open_tab().await;
            stage.open("/").await;
            stage.submit(MEMBER.username, MEMBER.password).await;
            wait_for_rows(browser).await;
            browser.look_at(&first).await;
            wait_for_rows(browser).await;
            stage.sign_out().await;
            stage.wait_for_login().await;
            browser.look_at(&second).await;
            stage.wait_for_login().await;
            stage.assert_signed_out().await;
            browser.wait_until("the backend to know", "!localStorage.getItem('vestibule:end-to-end:signed_out')").await;
            assert_eq!((backend.living_sessions(), backend.asked("/api/logout")), (0, 1));
        },
    );
}

#[test]
fn who_signs_in_again_at_once_is_not_signed_out_by_a_slow_sign_out() {
    play_with_backend(
        |_, _| {},
        async |stage, backend| {
            backend.be_slow_at_sign_outs();
            stage.open("/").await;
            stage.submit(MEMBER.username, MEMBER.password).await;
            wait_for_rows(&stage.browser).await;
            stage.sign_out().await;
            stage.submit(MEMBER.username, MEMBER.password).await;
            wait_for_rows(&stage.browser).await;
            assert_eq!((backend.living_sessions(), backend.asked("/api/logout")), (1, 1));
            stage.browser.reload().await;
            wait_for_rows(&stage.browser).await;
        },
    );
}
