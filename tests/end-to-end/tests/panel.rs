//! The session panel, for operators: there where the config wants it, and not fetched where it does not.

use end_to_end::dialect::Dialect;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::json;

const ROWS: &str = "return Object.fromEntries([...document.querySelectorAll('.panel dt')] \
    .map(term => [term.textContent, term.nextElementSibling.textContent]));";

fn setup() -> Setup {
    Setup::of(Dialect::Supabase).edit(|config| config["session"] = json!({ "panel": true }))
}

#[test]
fn the_panel_tells_how_the_session_stands_and_no_secret() {
    play(setup(), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        browser.click(".panel summary").await;
        let counts_down = "[...document.querySelectorAll('.panel dt')].find(term => term.textContent === \
            'Access token expires')?.nextElementSibling.textContent.startsWith('in 4:')";
        browser.wait_until("the expiry, counting down", counts_down).await;
        let rows = browser.ask(ROWS, &[]).await;
        let row = |name: &str| rows[name].as_str().unwrap_or_default().to_owned();
        assert_eq!([row("State"), row("Refresh lock"), row("Tabs that share the session")], ["signed in", "free", "1"]);
        assert!(rows.get("StoreSettled").is_some(), "{rows}");
        stage.keep_picture("panel").await;
        assert_tells_no_secret(stage).await;

        stage.sign_out().await;
        stage.wait_for_login().await;
        let signed_out =
            "[...document.querySelectorAll('.panel dd')].some(found => found.textContent === 'signed out')";
        browser.wait_until("the panel to follow", signed_out).await;
    });
}

#[test]
fn the_panel_tells_which_tab_holds_the_lock() {
    play(setup(), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let first = browser.tab().await;
        let second = browser.open_window().await;
        stage.open("/orders").await;
        stage.wait_for_orders().await;
        // The second tab is refused its token, and its refresh takes a while.
        stage.provider.expire_access_tokens().await;
        stage.provider.add_fault(&json!({ "at": "refresh", "kind": "delay", "ms": 6000, "times": 1 }));
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.click(".panel summary").await;
        let says = |what: &str| {
            format!("[...document.querySelectorAll('.panel dd')].some(found => found.textContent === '{what}')")
        };
        browser.wait_until("the lock in this tab", &says("this tab has it")).await;
        browser.look_at(&first).await;
        browser.click(".panel summary").await;
        browser.wait_until("the lock in the other tab", &says("another tab has it")).await;
        browser.look_at(&second).await;
        browser.wait_until("the lock to be free", &says("free")).await;
    });
}

#[test]
fn who_wants_no_panel_fetches_nothing_of_it() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        assert_eq!(stage.browser.count(".panel").await, 0);
        let asked = stage.site.asked().join("\n");
        assert!(!asked.contains("operator"), "{asked}");
    });
}

async fn assert_tells_no_secret(stage: &Stage) {
    let html = stage.browser.html(".panel").await;
    let kept = stage.session().await;
    for secret in [kept.access_token, kept.refresh_token] {
        assert!(!html.contains(&secret), "the panel tells a token");
    }
    assert!(!html.contains("demo@example.com"), "the panel tells who is signed in");
}
