//! Leaving: at once, also without a network, also when the provider does not play along, and in all tabs.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, play, store_key};
use serde_json::json;

in_each_dialect!(signing_out_without_a_network_works_at_once);

fn signing_out_without_a_network_works_at_once(dialect: Dialect) {
    play(Setup::of(dialect).going_offline(), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        browser.set_offline(true).await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        let notice = browser.wait_for_text("[role=status]").await;
        assert!(!notice.is_empty());
        assert_eq!(stage.provider.counts().revoke, 0);

        browser.set_offline(false).await;
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
    });
}

#[test]
fn a_revocation_that_fails_keeps_nobody_signed_in() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        for fault in [
            json!({ "at": "revoke", "kind": "status", "status": 500, "times": 1 }),
            json!({ "at": "revoke", "kind": "drop", "times": 1 }),
        ] {
            stage.open_signed_in().await;
            stage.provider.clear_counts();
            stage.provider.add_fault(&fault);
            stage.sign_out().await;
            stage.wait_for_login().await;
            stage.assert_signed_out().await;
            stage.provider.until_counts("the revocation", |counts| counts.revoke >= 1).await;
            let confirmed = "[...document.querySelectorAll('[role=status]')].some(e => /confirm/i.test(e.innerText))";
            stage.browser.wait_until("a notice that it was not confirmed", confirmed).await;
        }
    });
}

#[test]
fn where_nothing_can_be_revoked_the_page_says_so() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| config["provider"]["revoke"] = json!([]));
    play(setup, async |stage| {
        stage.open_signed_in().await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        let notice = stage.browser.wait_for_text("[role=status]").await;
        assert!(notice.contains("in this browser only"), "{notice}");
        assert_eq!(stage.provider.living_sessions(), 1, "which is what it says");
    });
}

#[test]
fn nothing_is_kept_after_a_sign_out() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["store"] = json!({ "tenant": "/user/app_metadata/tenant" });
        config["pages"][0]["blocks"][0]["text"] = json!("Tenant {{store.tenant}}");
    });
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let text = browser.wait_for_text("main p").await;
        assert!(text.contains("Tenant north"), "{text}");
        let store = browser.stored(&store_key()).await.unwrap_or_default();
        assert!(store.contains("north"), "{store}");
        let kept = stage.session().await;
        browser.ask("localStorage.setItem('somebody else', 'stays');", &[]).await;

        stage.sign_out().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        let stored = browser.everything_stored().await;
        assert!(!stored.contains("north"), "{stored}");
        assert!(!stored.contains(&kept.access_token));
        assert!(!stored.contains(&kept.refresh_token));
        assert!(stored.contains("stays"), "another's key was removed: {stored}");
    });
}

#[test]
fn signing_out_with_a_token_that_ran_out_works() {
    play(Setup::of(Dialect::Oauth2Password), async |stage| {
        stage.open_signed_in().await;
        let kept = stage.session().await;
        stage.let_access_token_expire().await;
        stage.provider.clear_counts();
        stage.sign_out().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        stage.provider.until_counts("the revocations", |counts| counts.revoke >= 2).await;
        stage.wait_until_refused(&kept.access_token).await;
        let origin = stage.provider.origin();
        let refreshed = stage.dialect.refresh(&origin, &kept.refresh_token).await;
        assert_eq!(refreshed.status, 400);
    });
}

/// Notes in each tab when it knew: in its own words, not when somebody looked.
const NOTE_CHANGES: &str = "
    window.changes = {};
    new MutationObserver(() => {
        window.changes[document.documentElement.dataset.session] ??= Date.now();
    }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-session'] });";

#[test]
fn other_tabs_follow_a_sign_out_and_a_sign_in_within_a_second() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let first = browser.tab().await;
        let second = browser.open_tab().await;
        stage.open("/orders").await;
        stage.wait_for_orders().await;
        browser.ask(NOTE_CHANGES, &[]).await;

        browser.look_at(&first).await;
        let left_at =
            browser.ask("document.querySelector('[data-action=sign-out]').click(); return Date.now();", &[]).await;
        stage.wait_for_login().await;
        browser.look_at(&second).await;
        stage.wait_for_login().await;
        assert_eq!(browser.url().await.path(), "/login");
        stage.assert_signed_out().await;
        let knew_at = browser.ask("return window.changes['signed-out'];", &[]).await;
        assert_within_a_second(&left_at, &knew_at);

        browser.look_at(&first).await;
        browser.ask(NOTE_CHANGES, &[]).await;
        browser.look_at(&second).await;
        browser.ask(NOTE_CHANGES, &[]).await;
        stage.sign_in_as(MEMBER).await;
        let came_at = browser.ask("return window.changes['signed-in'];", &[]).await;
        browser.look_at(&first).await;
        stage.wait_for_orders().await;
        let knew_at = browser.ask("return window.changes['signed-in'];", &[]).await;
        assert_within_a_second(&came_at, &knew_at);
        assert_eq!(stage.provider.counts().sign_in, 2);
    });
}

fn assert_within_a_second(happened_at: &serde_json::Value, known_at: &serde_json::Value) {
    let (Some(happened_at), Some(known_at)) = (happened_at.as_i64(), known_at.as_i64()) else {
        panic!("no times: {happened_at} and {known_at}");
    };
    let took = known_at - happened_at;
    assert!(took < 1000, "the other tab knew after {took} ms");
}
