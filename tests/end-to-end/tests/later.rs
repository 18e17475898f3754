//! The protected pages come in a piece of their own: after the form, never in its way, and whatever happens to that piece.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::site::Fault;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::json;

/// How the names of both files of the piece begin.
const PIECE: &str = "/pages-";
/// The page that says that the piece could not be had.
const EXCUSE: &str = "main.waiting [role=alert] p";
/// Notes when the login form could be used, and when the app had found out who is there.
const NOTE_TIMES: &str = "
    new MutationObserver(() => {
        const standing = document.documentElement.dataset.session;
        if (document.querySelector('form#login')) window.usableAt ??= performance.now();
        if (standing === 'signed-in') window.signedInAt ??= performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true });";
/// When the files of the piece were asked for, in milliseconds; the earlier one.
const ASKED_AT: &str = "return Math.min(...performance.getEntriesByType('resource') \
                        .filter(entry => entry.name.includes('/pages-')).map(entry => entry.startTime));";
/// When the flow and the UI were there to the last byte.
const APP_AT: &str = "return Math.max(...performance.getEntriesByType('resource') \
                      .filter(entry => /vestibule-.*wasm|\\/ui-/.test(entry.name)).map(entry => entry.responseEnd));";

#[test]
fn the_form_can_be_used_before_any_page_is_asked_for() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.run_before_every_page(NOTE_TIMES);
        stage.open("/").await;
        stage.wait_for_login().await;
        stage
            .browser
            .wait_until(
                "the pages' files",
                "performance.getEntriesByType('resource').filter(entry => entry.name.includes('/pages-')).length > 1",
            )
            .await;
        let usable_at = stage.browser.ask("return window.usableAt", &[]).await.as_f64().unwrap();
        let asked_at = stage.browser.ask(ASKED_AT, &[]).await.as_f64().unwrap();
        assert!(usable_at <= asked_at, "usable at {usable_at}, asked for at {asked_at}");
        // Nor do they share the network with the app itself.
        let app_at = stage.browser.ask(APP_AT, &[]).await.as_f64().unwrap();
        assert!(app_at <= asked_at, "the app is there at {app_at}, asked for at {asked_at}");
    });
}

#[test]
fn who_is_signed_in_waits_for_no_question_before_their_pages_are_asked_for() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.run_before_every_page(NOTE_TIMES);
        stage.open_signed_in().await;
        stage.browser.reload().await;
        stage.wait_for_orders().await;
        let signed_in_at = stage.browser.ask("return window.signedInAt", &[]).await.as_f64().unwrap();
        let asked_at = stage.browser.ask(ASKED_AT, &[]).await.as_f64().unwrap();
        assert!(asked_at < signed_in_at, "asked for at {asked_at}, signed in at {signed_in_at}");
    });
}

#[test]
fn a_piece_that_is_slow_is_waited_for_quietly() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.site.spoil(PIECE, "", Fault::Held);
        stage.open("/").await;
        stage.submit(MEMBER.username, MEMBER.password).await;
        stage.browser.wait_for("html[data-session=signed-in]").await;
        stage.browser.wait_for("main.waiting[aria-busy=true]").await;
        assert_eq!(stage.browser.count("form#login, main.waiting button, [data-page]").await, 0);
        stage.site.mend();
        stage.wait_for_orders().await;
        assert_eq!(stage.browser.path().await, "/orders");
        assert_eq!(stage.provider.counts().sign_in, 1);
    });
}

#[test]
fn a_piece_that_is_not_there_can_be_tried_again() {
    play(Setup::of(Dialect::Supabase), async |stage| recover_from(stage, ".wasm", Fault::Missing).await);
}

#[test]
fn a_piece_that_was_cut_off_can_be_tried_again() {
    play(Setup::of(Dialect::Supabase), async |stage| recover_from(stage, ".wasm", Fault::CutOff).await);
}

#[test]
fn a_piece_that_is_not_the_one_that_was_built_is_not_run() {
    play(Setup::of(Dialect::Supabase), async |stage| recover_from(stage, ".wasm", Fault::Altered).await);
}

#[test]
fn looks_that_are_not_those_that_were_built_are_not_shown() {
    play(Setup::of(Dialect::Supabase), async |stage| recover_from(stage, ".css", Fault::Altered).await);
}

#[test]
fn pages_are_not_shown_without_their_looks() {
    play(Setup::of(Dialect::Supabase), async |stage| recover_from(stage, ".css", Fault::Missing).await);
}

/// Nobody who signs in hears of it before they have; then a sentence, and a button that tries again as often as it is pressed.
async fn recover_from(stage: &Stage, ending: &str, fault: Fault) {
    let browser = &stage.browser;
    stage.site.spoil(PIECE, ending, fault);
    stage.open("/").await;
    stage.wait_for_login().await;
    browser.ask("window.isStillHere = true", &[]).await;
    stage.submit(MEMBER.username, MEMBER.password).await;
    let said = browser.wait_for_text(EXCUSE).await;
    assert!(said.contains("could not be loaded"), "{said}");
    assert_eq!(browser.count("form#login, [data-page], header.bar").await, 0);
    let asked = stage.site.asked().len();
    browser.click("main.waiting .button.primary").await;
    browser.wait_until("another try", "!document.querySelector('main.waiting[aria-busy]')").await;
    browser.wait_for_text(EXCUSE).await;
    assert!(stage.site.asked().len() > asked, "the button asked for nothing");

    stage.site.mend();
    browser.click("main.waiting .button.primary").await;
    stage.wait_for_orders().await;
    assert_eq!(browser.ask("return window.isStillHere", &[]).await, json!(true));
    assert_eq!(stage.provider.counts().sign_in, 1);
}
