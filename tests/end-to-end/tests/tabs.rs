//! Twenty tabs on one session, and a provider that ends a session when a refresh token is presented twice.
//!
//! Each tab is a window of its own: a hidden tab refreshes nothing, so twenty of them would be one.

use end_to_end::browser::{Browser, Tab};
use end_to_end::dialect::Dialect;
use end_to_end::patience::until_within;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::json;
use std::time::Duration;

const TABS: usize = 20;
const LIFETIME_S: u64 = 5;
const ROTATIONS: u64 = 200;
const LONGEST: Duration = Duration::from_secs(1200);

/// When the page was signed out, told by its own clock.
const NOTE_THE_END: &str = "window.endedAt = 0; new MutationObserver(() => { \
    if (document.documentElement.dataset.session === 'signed-out') { window.endedAt ||= Date.now(); } \
    }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-session'] });";

#[test]
fn twenty_tabs_rotate_two_hundred_times_and_lose_nothing() {
    play(Setup::of(Dialect::Supabase).lasting(LIFETIME_S).taking(LONGEST), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let mut tabs = vec![browser.tab().await];
        while tabs.len() < TABS {
            tabs.push(open_another(stage).await);
        }
        let is_seen = browser.ask("return document.visibilityState;", &[]).await;
        assert_eq!(is_seen, json!("visible"));

        let mut round = 0;
        while stage.provider.counts().refresh_ok < ROTATIONS {
            // Between two rotations: a tab that goes away while it refreshes loses the answer for good.
            rotated_once_more(stage).await;
            let place = 1 + round % (TABS - 1);
            match round % 4 {
                0 => {
                    browser.look_at(&tabs[place]).await;
                    browser.reload().await;
                }
                1 => {
                    browser.close_tab(&tabs[place]).await;
                    browser.look_at(&tabs[0]).await;
                    tabs[place] = open_another(stage).await;
                }
                2 => {
                    // A tab in front of another hides it for a while.
                    browser.look_at(&tabs[place]).await;
                    let front = browser.open_tab().await;
                    rotated_once_more(stage).await;
                    browser.close_tab(&front).await;
                    browser.look_at(&tabs[0]).await;
                }
                _ => {}
            }
            round += 1;
        }
        let counts = stage.provider.counts();
        println!("{counts:?} with {TABS} tabs, {round} of them disturbed");
        assert_eq!((counts.reuse, counts.refresh, counts.sign_in), (0, counts.refresh_ok, 1));
        for tab in &tabs {
            browser.look_at(tab).await;
            stage.wait_for_orders().await;
            browser.ask(NOTE_THE_END, &[]).await;
        }

        // One signs out, and all are at the login page within a second.
        browser.look_at(&tabs[TABS / 2]).await;
        let left_at =
            browser.ask("document.querySelector('[data-action=sign-out]').click(); return Date.now();", &[]).await;
        for tab in &tabs {
            browser.look_at(tab).await;
            stage.wait_for_login().await;
            let took = ended_after(browser, &left_at).await;
            assert!(took < 1000, "a tab knew of the sign-out after {took} ms");
            stage.assert_signed_out().await;
        }
    });
}

async fn open_another(stage: &Stage) -> Tab {
    let tab = stage.browser.open_window().await;
    stage.open("/orders").await;
    stage.browser.wait_for("main[data-page=\"/orders\"]").await;
    tab
}

/// Waits for the next rotation, which is then over in all tabs.
async fn rotated_once_more(stage: &Stage) {
    let before = stage.provider.counts().refresh_ok;
    until_within("another rotation", Duration::from_secs(30), async || {
        let counts = stage.provider.counts();
        assert_eq!(counts.reuse, 0, "{counts:?}");
        if counts.refresh_ok > before { Ok(()) } else { Err(format!("{counts:?}")) }
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
}

async fn ended_after(browser: &Browser, left_at: &serde_json::Value) -> i64 {
    let ended_at = browser.ask("return window.endedAt;", &[]).await;
    match (ended_at.as_i64(), left_at.as_i64()) {
        (Some(ended_at), Some(left_at)) if ended_at > 0 => ended_at - left_at,
        _ => panic!("no times: {ended_at} and {left_at}"),
    }
}
