//! Nobody is there: the question in every tab, the answer in any, and the end without one.

use end_to_end::browser::Browser;
use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, play};
use fantoccini::key::Key;
use serde_json::json;

/// Half typed, and with the focus.
const TYPE_HALF: &str = "
    const input = document.createElement('input');
    input.id = 'half-typed';
    document.querySelector('main').append(input);
    input.value = 'half a sent';
    input.focus();";

fn setup(idle_s: u64) -> Setup {
    Setup::of(Dialect::Supabase).edit(move |config| config["session"] = json!({ "idle_timeout_s": idle_s }))
}

async fn is_asked(browser: &Browser) {
    browser.wait_until("the question, with the focus", "document.activeElement?.closest('dialog[open]')").await;
    assert_eq!(browser.text("dialog h2").await, "Are you still there?");
}

#[test]
fn who_is_not_there_is_asked_in_every_tab_and_an_answer_in_one_is_enough() {
    play(setup(10), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let first = browser.tab().await;
        browser.ask(TYPE_HALF, &[]).await;
        let second = browser.open_window().await;
        stage.open("/orders").await;
        stage.wait_for_orders().await;
        browser.look_at(&first).await;
        is_asked(browser).await;
        browser.look_at(&second).await;
        is_asked(browser).await;
        stage.keep_picture("asked").await;

        browser.press(Key::Escape).await;
        browser.wait_for_count("dialog", 0).await;
        browser.look_at(&first).await;
        browser.wait_for_count("dialog", 0).await;
        // The focus is where it was, and what was half typed too.
        let half_typed =
            "document.activeElement?.id === 'half-typed' && document.activeElement.value === 'half a sent'";
        browser.wait_until("the focus where it was", half_typed).await;

        // The button does the same.
        is_asked(browser).await;
        browser.click("dialog button.primary").await;
        browser.wait_for_count("dialog", 0).await;
        browser.look_at(&second).await;
        browser.wait_for_count("dialog", 0).await;
        assert_eq!(stage.provider.counts().revoke, 0);
    });
}

#[test]
fn without_an_answer_all_tabs_are_signed_out_and_the_provider_is_told() {
    play(setup(6), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let first = browser.tab().await;
        let second = browser.open_window().await;
        stage.open("/orders?x=1").await;
        for tab in [&second, &first] {
            browser.look_at(tab).await;
            stage.wait_for_login().await;
            let notice = browser.wait_for_text("[role=status]").await;
            assert!(notice.contains("you were away"), "{notice}");
            assert!(!notice.contains("confirm"), "{notice}");
            assert_eq!(browser.everything_stored().await, "[{},{}]");
            stage.assert_signed_out().await;
        }
        let counts = stage.provider.until_counts("the revocation", |counts| counts.revoke > 0).await;
        // By the tab that was first to remove the record; by both, when they did so in the same moment.
        assert!(counts.revoke <= 2, "{counts:?}");
        assert_eq!(stage.provider.living_sessions(), 0);

        browser.look_at(&second).await;
        stage.sign_in_as(MEMBER).await;
        assert_eq!(browser.path().await, "/orders?x=1", "the way back was kept");
    });
}

#[test]
fn the_question_offers_the_way_out_too() {
    play(setup(10), async |stage| {
        stage.open_signed_in().await;
        is_asked(&stage.browser).await;
        stage.browser.click("dialog [data-action=sign-out]").await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        assert_eq!(stage.browser.everything_stored().await, "[{},{}]");
    });
}
