//! Twenty tabs on one session, and a provider that ends a session when a refresh token is presented twice.
//!
//! And two of them whose lock is held, lost, or not there.
//!
//! Each tab is a window of its own: a hidden tab refreshes nothing, so twenty of them would be one.

use demo_provider::Counts;
use end_to_end::browser::{Browser, Tab};
use end_to_end::dialect::Dialect;
use end_to_end::driver::Kind;
use end_to_end::patience::until_within;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, Stage, play, session_key};
use serde_json::{Value, json};
use std::time::Duration;

const TABS: usize = 20;
const LIFETIME_S: u64 = 5;
const ROTATIONS: u64 = 200;
const LONGEST: Duration = Duration::from_secs(1200);
/// Longer than a token lives, and than the longest pause between two tries so far.
const A_WHILE: Duration = Duration::from_secs(8);

/// When the page was signed out, told by its own clock.
const NOTE_THE_END: &str = "window.endedAt = 0; new MutationObserver(() => { \
    if (document.documentElement.dataset.session === 'signed-out') { window.endedAt ||= Date.now(); } \
    }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-session'] });";

const SIGN_OUT_NOW: &str = "document.querySelector('[data-action=sign-out]').click(); return Date.now();";

#[test]
fn twenty_tabs_rotate_two_hundred_times_and_lose_nothing() {
    play(setup(), async |stage| {
        let browser = &stage.browser;
        let mut tabs = twenty_tabs(stage).await;
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
        let counts = at_rest(stage, 0).await;
        println!("{counts:?} with {TABS} tabs, {round} of them disturbed");
        assert_eq!((counts.reuse, counts.sign_in), (0, 1));
        sign_out_in_one(stage, &tabs, TABS / 2).await;
    });
}

#[test]
fn a_sign_out_during_a_refresh_reaches_twenty_tabs_and_leaves_nothing_alive() {
    play(setup(), async |stage| {
        let tabs = twenty_tabs(stage).await;
        // The provider has rotated already, and its answer is on the way when somebody signs out.
        stage.provider.add_fault(&json!({ "at": "refresh", "kind": "late", "ms": 4000, "times": 1 }));
        let before = stage.provider.counts().refresh_ok;
        stage.provider.until_counts("a refresh on its way", |counts| counts.refresh_ok > before).await;
        sign_out_in_one(stage, &tabs, 7).await;
        until_within("the late answer to be revoked", A_WHILE, async || {
            let (counts, living) = (stage.provider.counts(), stage.provider.living_sessions());
            if counts.revoke >= 2 && living == 0 { Ok(()) } else { Err(format!("{living} live, {counts:?}")) }
        })
        .await;
        for tab in &tabs {
            stage.browser.look_at(tab).await;
            stage.assert_signed_out().await;
        }
        assert_eq!(stage.provider.counts().reuse, 0);
    });
}

#[test]
fn twenty_tabs_keep_everything_while_the_network_is_gone_and_then_go_on() {
    play(setup(), async |stage| {
        let tabs = twenty_tabs(stage).await;
        set_network(stage, &tabs, false).await;
        // What was on its way has arrived; while the first were cut off, the last may have refreshed once more.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = stage.provider.counts();
        // By now every token has run out in every tab.
        tokio::time::sleep(A_WHILE).await;
        for tab in &tabs {
            stage.browser.look_at(tab).await;
            assert_alive(stage).await;
        }
        assert_eq!(stage.provider.counts().refresh_ok, before.refresh_ok);
        stage.provider.clear_counts();
        set_network(stage, &tabs, true).await;
        rotated_once_more(stage).await;
        rotated_once_more(stage).await;
        for tab in &tabs {
            stage.browser.look_at(tab).await;
            assert_alive(stage).await;
        }
        let counts = at_rest(stage, 0).await;
        assert_eq!((counts.reuse, counts.sign_in), (0, 0));
    });
}

/// Each row of the table of what an answer to a refresh means.
#[test]
fn what_the_provider_answers_is_what_becomes_of_twenty_tabs() {
    play(setup(), async |stage| {
        let browser = &stage.browser;
        let tabs = twenty_tabs(stage).await;
        for unclear in [
            json!({ "kind": "status", "status": 200, "body": {} }),
            json!({ "kind": "html", "status": 200 }),
            json!({ "kind": "html", "status": 403 }),
            json!({ "kind": "status", "status": 408 }),
            json!({ "kind": "status", "status": 425 }),
            json!({ "kind": "rate_limit", "retry_after": 1 }),
            json!({ "kind": "status", "status": 500 }),
            json!({ "kind": "status", "status": 503 }),
            json!({ "kind": "cut" }),
        ] {
            // Behind a rotation, when none is under way.
            rotated_once_more(stage).await;
            stage.provider.clear_counts();
            stage.provider.add_fault(&at_refresh(&unclear, Some(2)));
            rotated_once_more(stage).await;
            for tab in &tabs {
                browser.look_at(tab).await;
                assert_alive(stage).await;
            }
            let counts = at_rest(stage, 2).await;
            println!("{unclear}: {counts:?}");
            assert_eq!((counts.reuse, counts.sign_in), (0, 0), "{unclear}");
        }

        // A refusal without a word about the session: kept for as long as its token is good, and no longer.
        stage.provider.add_fault(&at_refresh(&json!({ "kind": "status", "status": 400 }), None));
        all_at_login(stage, &tabs).await;
        stage.provider.clear_faults();
        assert_eq!(stage.provider.counts().reuse, 0);

        // The provider's own word.
        browser.look_at(&tabs[0]).await;
        stage.sign_in_as(MEMBER).await;
        for tab in &tabs {
            browser.look_at(tab).await;
            browser.wait_for("html[data-session=signed-in]").await;
        }
        stage.provider.end_all_sessions().await;
        all_at_login(stage, &tabs).await;
        assert_eq!(stage.provider.counts().reuse, 0);
    });
}

#[test]
fn a_tab_that_dies_with_the_lock_frees_it() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let first = browser.tab().await;
        let second = browser.open_window().await;
        stage.open("/orders").await;
        stage.wait_for_orders().await;
        // Asked, and never answered.
        stage.provider.expire_access_tokens().await;
        stage.provider.add_fault(&json!({ "at": "refresh", "kind": "cut", "ms": 60_000, "times": 1 }));
        browser.click("nav a[href$=\"/pair\"]").await;
        stage.provider.until_counts("a refresh", |counts| counts.refresh == 1).await;
        browser.close_tab(&second).await;
        browser.look_at(&first).await;
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.wait_for_count("main tbody tr", 40).await;
        let counts = stage.provider.counts();
        assert_eq!((counts.refresh, counts.refresh_ok, counts.reuse), (2, 1, 0));
    });
}

#[test]
fn a_lock_that_never_comes_free_is_given_up_and_nothing_is_lost() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let first = browser.tab().await;
        // A page of the same origin that hangs with the lock.
        let hung = browser.open_window().await;
        stage.open("/orders").await;
        stage.wait_for_orders().await;
        let hold = "navigator.locks.request(arguments[0], () => new Promise(() => {}));";
        browser.ask(hold, &[format!("{}:refresh", session_key()).into()]).await;
        browser.look_at(&first).await;
        stage.provider.expire_access_tokens().await;
        browser.click("nav a[href$=\"/pair\"]").await;
        // Every wait has an end, and what is waited for is said.
        let said = browser.wait_until_within(
            "the end of the wait",
            Duration::from_secs(40),
            "[...document.querySelectorAll('.block-problem')].map(said => said.innerText).join()",
        );
        let said = said.await;
        assert!(said.as_str().unwrap_or_default().contains("cannot be reached"), "{said}");
        assert_eq!(stage.provider.counts().refresh, 0);
        browser.close_tab(&hung).await;
        browser.look_at(&first).await;
        // A moment later it is tried again, and whoever asks again gets what they asked for.
        let ask_again = "(document.querySelector('main [role=alert] button')?.click(), document.querySelector('main tbody tr') !== null)";
        browser.wait_until("rows", ask_again).await;
        let counts = stage.provider.counts();
        assert_eq!((counts.refresh_ok, counts.reuse, counts.sign_in), (1, 0, 1));
    });
}

#[test]
fn without_web_locks_tabs_take_over_each_others_tokens() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.run_before_every_page("delete Navigator.prototype.locks;");
        stage.open_signed_in().await;
        assert_eq!(browser.ask("return 'locks' in navigator;", &[]).await, json!(false));
        let first = browser.tab().await;
        browser.open_window().await;
        stage.open("/orders").await;
        stage.wait_for_orders().await;
        for round in 1..=3 {
            stage.provider.expire_access_tokens().await;
            browser.click("nav a[href$=\"/pair\"]").await;
            browser.wait_for_count("main tbody tr", 40).await;
            browser.click("nav a[href$=\"/orders\"]").await;
            stage.wait_for_orders().await;
            let counts = stage.provider.counts();
            assert_eq!((counts.refresh, counts.refresh_ok, counts.reuse), (round, round, 0));
        }
        // The other one has heard of the last of them, and needs none.
        browser.look_at(&first).await;
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.wait_for_count("main tbody tr", 40).await;
        assert_eq!(stage.provider.counts().refresh, 3);
        stage.sign_out().await;
        stage.wait_for_login().await;
        assert_eq!(stage.provider.living_sessions(), 0);
    });
}

fn setup() -> Setup {
    Setup::of(Dialect::Supabase).lasting(LIFETIME_S).taking(LONGEST)
}

async fn twenty_tabs(stage: &Stage) -> Vec<Tab> {
    stage.open_signed_in().await;
    let mut tabs = vec![stage.browser.tab().await];
    while tabs.len() < TABS {
        tabs.push(open_another(stage).await);
    }
    let is_seen = stage.browser.ask("return document.visibilityState;", &[]).await;
    assert_eq!(is_seen, json!("visible"));
    tabs
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

/// Waits until no refresh is under way: as many were asked for as were carried out, and so many that failed.
async fn at_rest(stage: &Stage, failed: u64) -> Counts {
    let is_over = |counts: &Counts| counts.refresh == counts.refresh_ok + failed;
    stage.provider.until_counts("no refresh more than needed", is_over).await
}

/// One signs out, and all are at the login page within a second, with empty storage.
async fn sign_out_in_one(stage: &Stage, tabs: &[Tab], one: usize) {
    let browser = &stage.browser;
    for tab in tabs {
        browser.look_at(tab).await;
        browser.ask(NOTE_THE_END, &[]).await;
    }
    browser.look_at(&tabs[one]).await;
    let left_at = browser.ask(SIGN_OUT_NOW, &[]).await;
    for tab in tabs {
        browser.look_at(tab).await;
        stage.wait_for_login().await;
        let took = ended_after(browser, &left_at).await;
        assert!(took < 1000, "a tab knew of the sign-out after {took} ms");
        stage.assert_signed_out().await;
    }
}

async fn all_at_login(stage: &Stage, tabs: &[Tab]) {
    for tab in tabs {
        stage.browser.look_at(tab).await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
    }
}

/// Signed in, and the page is as it was.
async fn assert_alive(stage: &Stage) {
    let is_there = "return document.documentElement.dataset.session === 'signed-in' \
        && document.querySelectorAll('main[data-page=\"/orders\"] tbody tr').length > 0;";
    assert_eq!(stage.browser.ask(is_there, &[]).await, json!(true), "{}", stage.browser.url().await);
}

fn at_refresh(fault: &Value, times: Option<u32>) -> Value {
    let mut fault = fault.clone();
    fault["at"] = json!("refresh");
    fault["times"] = json!(times);
    fault
}

/// Cuts the network of all tabs, or mends it; where a browser's own cannot be cut, that of the provider.
async fn set_network(stage: &Stage, tabs: &[Tab], is_there: bool) {
    match Kind::chosen() {
        Kind::Chromium => {
            for tab in tabs {
                stage.browser.look_at(tab).await;
                stage.browser.set_offline(!is_there).await;
            }
        }
        Kind::Firefox => stage.browser.set_offline(!is_there).await,
        Kind::WebKit if is_there => stage.provider.clear_faults(),
        Kind::WebKit => stage.provider.add_fault(&at_refresh(&json!({ "kind": "cut" }), None)),
    }
}

async fn ended_after(browser: &Browser, left_at: &Value) -> i64 {
    let ended_at = browser.ask("return window.endedAt;", &[]).await;
    match (ended_at.as_i64(), left_at.as_i64()) {
        (Some(ended_at), Some(left_at)) if ended_at > 0 => ended_at - left_at,
        _ => panic!("no times: {ended_at} and {left_at}"),
    }
}
