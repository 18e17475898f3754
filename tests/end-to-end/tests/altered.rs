//! Files that are not what was built: a byte more in any of them, which changes nothing that they do, and the app does not start.
//! Who waits for it is told so, nothing that they type is sent, and the same page works once the right file is back.
//!
//! What comes behind a sign-in is in `later.rs`.

use end_to_end::dialect::Dialect;
use end_to_end::openid::by_redirect;
use end_to_end::provider::MEMBER;
use end_to_end::real_stage;
use end_to_end::site::Fault;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::json;
use std::time::Duration;

const REFUSAL: &str = "is not the one that was published";
const NOT_WHOLE: &str = "could not be loaded whole";
const SAID: &str = "main.entrance [role=alert]";

/// Nobody is signed in with what was altered, and everybody as soon as it is mended.
async fn refuse(stage: &Stage, beginning: &str, ending: &str, sentence: &str) {
    let browser = &stage.browser;
    stage.site.spoil(beginning, ending, Fault::Altered);
    stage.open("/login").await;
    let said = browser.wait_for_text(SAID).await;
    assert!(said.contains(sentence), "{said}");
    assert_eq!(browser.ask("return document.documentElement.dataset.session;", &[]).await, json!("starting"));
    assert_eq!(stage.provider.counts().sign_in, 0);

    stage.site.mend();
    stage.submit_early(MEMBER.username, MEMBER.password).await;
    stage.wait_for_orders().await;
    assert_eq!(stage.provider.counts().sign_in, 1);
}

#[test]
fn another_webassembly_is_not_run() {
    play(Setup::of(Dialect::Supabase), async |stage| refuse(stage, "/vestibule-", ".wasm", REFUSAL).await);
}

#[test]
fn another_webassembly_of_the_ui_is_not_run() {
    play(Setup::of(Dialect::Supabase), async |stage| refuse(stage, "/ui-", ".wasm", REFUSAL).await);
}

#[test]
fn another_script_is_not_run() {
    play(Setup::of(Dialect::Supabase), async |stage| refuse(stage, "/vestibule-", ".js", REFUSAL).await);
}

#[test]
fn another_script_that_begins_is_not_run() {
    play(Setup::of(Dialect::Supabase), async |stage| refuse(stage, "/begin-", ".js", NOT_WHOLE).await);
}

#[test]
fn another_style_sheet_is_not_used_and_nothing_starts_without_one() {
    play(Setup::of(Dialect::Supabase), async |stage| refuse(stage, "/rest-", ".css", REFUSAL).await);
    play(Setup::of(Dialect::Supabase), async |stage| refuse(stage, "/main-", ".css", REFUSAL).await);
}

#[test]
fn without_the_first_script_the_page_says_so_by_itself() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.site.spoil("/start-", ".js", Fault::Altered);
        stage.open("/login").await;
        let script = "const said = getComputedStyle(document.documentElement, '::after');
            return [said.visibility, said.content !== 'none' && document.documentElement.dataset.unstarted, said.animationDelay,
                said.position, document.querySelector('input').checkVisibility({ visibilityProperty: true })];";
        tokio::time::sleep(Duration::from_secs(11)).await;
        let seen = stage.browser.ask(script, &[]).await;
        assert_eq!(seen[0], json!("visible"));
        assert!(seen[1].as_str().is_some_and(|said| said.contains(NOT_WHOLE)), "{seen}");
        assert_eq!(seen[2], json!("10s"), "it is said to who waits for a slow one, too");
        assert_eq!(seen[3], json!("fixed"), "it stands below the form that is not seen");
        assert_eq!(seen[4], json!(false), "there is a form, which nobody would send");
    });
}

#[test]
fn it_is_said_in_the_language_of_the_page() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.run_before_every_page(
            "Object.defineProperty(navigator, 'language', { get: () => 'de-AT' });
            Object.defineProperty(navigator, 'languages', { get: () => ['de-AT'] });",
        );
        stage.site.spoil("/vestibule-", ".wasm", Fault::Altered);
        stage.open("/login").await;
        let said = stage.browser.wait_for_text(SAID).await;
        assert!(said.contains("nicht die veröffentlichte"), "{said}");
    });
}

#[test]
fn what_signs_in_by_redirect_is_not_run_either() {
    for ending in [".js", ".wasm"] {
        real_stage::play(by_redirect(json!({})), async |stage| {
            stage.site.spoil("/oidc", ending, Fault::Altered);
            stage.open("/login").await;
            stage.browser.wait_for("html[data-session=signed-out]").await;
            stage.browser.click("main.entrance .button.primary").await;
            stage.browser.wait_for_text(SAID).await;
            assert_eq!(stage.browser.path().await, "/login", "somebody was sent to the provider");
        });
    }
}

#[test]
fn the_app_for_operators_is_not_run_either_and_everybody_does_without_it() {
    for ending in [".js", ".wasm"] {
        let setup = Setup::of(Dialect::Supabase).edit(|config| config["session"] = json!({ "panel": true }));
        play(setup, async |stage| {
            stage.site.spoil("/operator", ending, Fault::Altered);
            stage.open_signed_in().await;
            assert_eq!(stage.browser.count(".panel").await, 0, "{ending}");
        });
    }
}

#[test]
fn the_setup_page_does_not_run_other_files_either() {
    for ending in [".wasm", ".css"] {
        play(Setup::of(Dialect::Supabase), async |stage| {
            stage.site.spoil("/setup", ending, Fault::Altered);
            stage.open("/setup.html").await;
            let said = stage.browser.wait_for_text("#app").await;
            assert!(said.contains("as it was built"), "{said}");
        });
    }
    // What says so in the first script's place is in the style sheet, as on the login page.
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.site.spoil("/setup", ".js", Fault::Altered);
        stage.open("/setup.html").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let script = "return [document.documentElement.dataset.painted ?? null, document.getElementById('app').childElementCount, \
            getComputedStyle(document.documentElement, '::after').animationDelay];";
        assert_eq!(stage.browser.ask(script, &[]).await, json!([null, 0, "10s"]));
    });
}
