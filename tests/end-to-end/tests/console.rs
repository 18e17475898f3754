//! What is written to the console: by a release one line, which version it is; and where debug is on, what the tab hears and why
//! something failed, without a secret.
//!
//! The browser writes there by itself as well: of each request that fails, and those lines name no secret either (`secrets`). It
//! marks them as its own (`network`). Everything else that is read here counts as the app's, one remark of Chromium's aside:
//! uncaught errors too, and what a policy forbids.

use end_to_end::dialect::Dialect;
use end_to_end::driver::Kind;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::json;

const WRONG_PASSWORD: &str = "a-wrong-pass-phrase";
const VERSION: &str = concat!("\"Vestibule ", env!("CARGO_PKG_VERSION"), "\"");

/// Everything that goes well and wrong, in one page: a wrong password, an API that fails, a token that is refused, a refresh
/// that is answered by a web page, and a sign-out without a network. Gives back the secrets that there were.
async fn live_through_everything(stage: &Stage) -> Vec<String> {
    let browser = &stage.browser;
    stage.open("/orders?x=1").await;
    stage.submit(MEMBER.username, WRONG_PASSWORD).await;
    browser.wait_for_text("[role=alert]").await;
    stage.sign_in_as(MEMBER).await;
    stage.wait_for_orders().await;
    let first = stage.session().await;

    stage.provider.add_fault(&json!({ "at": "api", "kind": "status", "status": 500 }));
    browser.click("nav a[href$=\"/pair\"]").await;
    browser.wait_for_count("main[data-page=\"/pair\"] [role=alert] button", 2).await;
    stage.provider.clear_faults();

    stage.provider.expire_access_tokens().await;
    stage.provider.add_fault(&json!({ "at": "refresh", "kind": "html", "status": 200, "times": 1 }));
    stage.provider.clear_counts();
    // The buttons go away with what went wrong.
    let pressed = "document.querySelectorAll('main [role=alert] button').forEach(button => button.click()) \
        ?? document.querySelectorAll('main tbody tr').length >= 40";
    browser.wait_until("a press that helps", pressed).await;
    assert_eq!(stage.provider.counts().refresh_ok, 1);
    let second = stage.session().await;

    browser.set_offline(true).await;
    stage.sign_out().await;
    stage.wait_for_login().await;
    browser.set_offline(false).await;
    let tokens = [first.access_token, first.refresh_token, second.access_token, second.refresh_token];
    [MEMBER.password.to_owned(), WRONG_PASSWORD.to_owned()].into_iter().chain(tokens).collect()
}

/// What the page wrote to the console, and not the browser by itself.
async fn written(stage: &Stage) -> Vec<String> {
    let mut lines = stage.browser.console().await;
    lines.retain(|line| line.split(' ').nth(1) != Some("network"));
    lines
}

#[test]
fn a_release_writes_one_line_that_names_its_version_and_nothing_else() {
    play(Setup::of(Dialect::Supabase).going_offline(), async |stage| {
        live_through_everything(stage).await;
        if Kind::chosen() != Kind::Chromium {
            return;
        }
        let lines = written(stage).await;
        assert!(lines.len() == 1 && lines[0].ends_with(VERSION), "{lines:#?}");
        // The next page is one more.
        stage.browser.reload().await;
        stage.wait_for_login().await;
        stage.browser.wait_for("#login:not([data-early] *)").await;
        let lines = written(stage).await;
        assert!(lines.len() == 2 && lines[1].ends_with(VERSION), "{lines:#?}");
    });
}

#[test]
fn with_debug_on_it_is_said_what_is_heard_and_why_something_failed_and_no_secret() {
    let setup = Setup::of(Dialect::Supabase).going_offline();
    play(setup.edit(|config| config["session"] = json!({ "panel": true })), async |stage| {
        let secrets = live_through_everything(stage).await;
        if Kind::chosen() != Kind::Chromium {
            return;
        }
        let lines = written(stage).await;
        assert!(lines[0].ends_with(VERSION), "{lines:#?}");
        for said in [
            "SignInSubmitted",
            "sign_in: refused",
            "refresh: a web page answered",
            "AccessTokenRejected",
            "SignOutRequested",
        ] {
            assert!(lines.iter().any(|line| line.contains(&format!("\"vestibule: {said}"))), "{said}: {lines:#?}");
        }
        for (index, line) in lines.iter().enumerate() {
            assert!(index == 0 || line.contains("\"vestibule: "), "{line}");
            assert!(!secrets.iter().any(|secret| line.contains(secret.as_str())), "a secret in line {index}");
        }
    });
}
