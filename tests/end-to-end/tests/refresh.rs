//! Tokens that run out while somebody works, and refreshes that go wrong. What a session may die of is its
//! provider's word and nothing else.

use end_to_end::dialect::Dialect;
use end_to_end::patience::until;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::{Value, json};

in_each_dialect!(
    a_token_refused_in_use_costs_one_refresh_and_rebuilds_nothing,
    a_refresh_that_gets_no_clear_answer_is_tried_again,
    a_session_that_the_provider_ended_leads_to_the_login_page_and_back,
);

/// Puts a half-typed text into the page and marks its nodes, so that a rebuilt page would show.
const MARK: &str = "
    const main = document.querySelector('main');
    main.marked = true;
    const input = document.createElement('input');
    input.id = 'half-typed';
    main.append(input);
    input.value = 'half a sent';
    input.focus();
    input.setSelectionRange(4, 6);";

const UNTOUCHED: &str = "
    const main = document.querySelector('main');
    const input = document.getElementById('half-typed');
    return main.marked === true && input?.value === 'half a sent' && input.selectionStart === 4;";

fn a_token_refused_in_use_costs_one_refresh_and_rebuilds_nothing(dialect: Dialect) {
    play(Setup::of(dialect), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        // Both queries of the next page fail, so that both can be tried again later.
        stage.provider.add_fault(&json!({ "at": "api", "kind": "status", "status": 500 }));
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.wait_for_count("main[data-page=\"/pair\"] [role=alert] button", 2).await;
        stage.provider.clear_faults();
        browser.ask(MARK, &[]).await;

        stage.provider.expire_access_tokens().await;
        stage.provider.clear_counts();
        let press_both = "document.querySelectorAll('main [role=alert] button').forEach(button => button.click());";
        browser.ask(press_both, &[]).await;
        browser.wait_for_count("main tbody tr", 40).await;
        let counts = stage.provider.counts();
        assert_eq!((counts.refresh, counts.refresh_ok, counts.reuse), (1, 1, 0));
        assert_eq!((counts.api, counts.api_401), (4, 2));
        assert_eq!(browser.ask(UNTOUCHED, &[]).await, true, "the page was rebuilt");

        // And from page to page.
        stage.provider.expire_access_tokens().await;
        browser.click("nav a[href$=\"/orders\"]").await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().refresh, 2);
    });
}

fn a_refresh_that_gets_no_clear_answer_is_tried_again(dialect: Dialect) {
    play(Setup::of(dialect), async |stage| {
        stage.open_signed_in().await;
        for unclear in [
            json!({ "kind": "status", "status": 500 }),
            json!({ "kind": "html", "status": 200 }),
            json!({ "kind": "html", "status": 403 }),
            json!({ "kind": "status", "status": 200, "body": {} }),
            json!({ "kind": "rate_limit", "retry_after": 1 }),
        ] {
            survives(stage, unclear).await;
        }
    });
}

/// The access token has run out, and the first refresh meets a fault.
async fn survives(stage: &Stage, mut fault: Value) {
    let before = stage.session().await;
    stage.let_access_token_expire().await;
    fault["at"] = json!("refresh");
    fault["times"] = json!(1);
    stage.provider.add_fault(&fault);
    stage.provider.clear_counts();
    stage.watch_for_forms().await;
    stage.browser.reload().await;
    stage.provider.until_counts("a refresh", |counts| counts.refresh >= 1).await;
    // Nothing good was overwritten while the second try is waited for, or it has come already.
    let kept = stage.session().await;
    let has_second_try = stage.provider.counts().refresh >= 2;
    assert!(has_second_try || kept.has_tokens_of(&before), "{fault}");

    stage.wait_for_orders().await;
    let counts = stage.provider.counts();
    assert_eq!((counts.refresh, counts.refresh_ok), (2, 1), "{fault}");
    assert_eq!((counts.sign_in, counts.reuse), (0, 0), "{fault}");
    let forms = stage.browser.noted().await;
    assert_eq!(forms, Vec::<String>::new(), "a form flashed by at {fault}");
}

#[test]
fn retry_after_is_kept_to() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        stage.let_access_token_expire().await;
        stage.provider.add_fault(&json!({ "at": "refresh", "kind": "rate_limit", "retry_after": 4, "times": 1 }));
        stage.browser.reload().await;
        stage.wait_for_orders().await;
        let at: Vec<f64> = stage
            .provider
            .log()
            .iter()
            .filter(|line| line.contains("POST /auth/v1/token"))
            .map(|line| second_of_day(line))
            .collect();
        let [.., limited, answered] = at[..] else {
            panic!("two refreshes were asked for: {at:?}");
        };
        let waited = (answered - limited).rem_euclid(86_400.0);
        assert!(waited >= 4.0, "asked again after {waited} s");
    });
}

/// The time that a line of the provider's log begins with: `2026-01-02T03:04:05.006Z`.
fn second_of_day(line: &str) -> f64 {
    let number = |from: usize, to: usize| line[from..to].parse::<f64>().unwrap_or_default();
    number(11, 13) * 3600.0 + number(14, 16) * 60.0 + number(17, 23)
}

#[test]
fn without_a_network_nothing_is_lost_and_all_is_there_when_it_is_back() {
    play(Setup::of(Dialect::Supabase).going_offline(), async |stage| {
        stage.open_signed_in().await;
        // The site answers, the provider does not: a page that loads from a cache sees the same.
        stage.let_access_token_expire().await;
        stage.provider.add_fault(&json!({ "at": "refresh", "kind": "status", "status": 503 }));
        let before = stage.session().await;
        stage.browser.reload().await;
        stage.provider.until_counts("a second refresh", |counts| counts.refresh >= 2).await;
        stage.assert_nothing_protected().await;
        assert!(stage.session().await == before);

        stage.browser.set_offline(true).await;
        stage.provider.clear_faults();
        let asked = stage.provider.counts().refresh;
        assert!(stage.session().await == before);
        stage.browser.set_offline(false).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().refresh_ok, 1);
        assert!(stage.provider.counts().refresh > asked);
    });
}

/// The provider has rotated the refresh token, and its answer is lost on the way. What is kept is kept until the
/// provider itself says that it is over: presenting the old token again is all that can be done.
#[test]
fn an_answer_that_was_lost_costs_the_session_only_by_the_providers_word() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        for kind in ["empty", "drop"] {
            stage.open("/orders").await;
            stage.sign_in_as(MEMBER).await;
            stage.wait_for_orders().await;
            let before = stage.session().await;
            stage.let_access_token_expire().await;
            // The next tries get no clear answer, so that there is time to look at what is kept.
            stage.provider.add_fault(&json!({ "at": "refresh", "kind": kind, "times": 1 }));
            stage.provider.add_fault(&json!({ "at": "refresh", "kind": "status", "status": 503 }));
            stage.provider.clear_counts();
            stage.browser.reload().await;
            stage.provider.until_counts("a second try", |counts| counts.refresh >= 2).await;
            assert!(stage.session().await == before, "after {kind}");
            stage.provider.clear_faults();
            stage.wait_for_login().await;
            let counts = stage.provider.counts();
            assert_eq!((counts.refresh_ok, counts.reuse), (1, 1), "after {kind}");
            stage.assert_signed_out().await;
        }
    });
}

fn a_session_that_the_provider_ended_leads_to_the_login_page_and_back(dialect: Dialect) {
    play(Setup::of(dialect), async |stage| {
        stage.open_signed_in().await;
        stage.provider.end_all_sessions().await;
        stage.provider.clear_counts();
        stage.open("/orders?x=1").await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        assert_eq!(stage.provider.counts().refresh, 1);
        let notice = stage.browser.wait_for_text("[role=status]").await;
        assert!(notice.to_lowercase().contains("ended"), "{notice}");
        assert_eq!(stage.browser.text("[role=alert]").await, "");

        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.browser.path().await, "/orders?x=1");
    });
}

#[test]
fn fifty_calls_with_a_token_that_ran_out_cost_one_refresh() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        end_to_end::dialect::add_a_page_of_tables(config, 50);
    });
    play(setup, async |stage| {
        stage.open_signed_in().await;
        // By the provider's word: every call is refused first.
        stage.provider.expire_access_tokens().await;
        stage.provider.clear_counts();
        stage.browser.click("nav a[href$=\"/many\"]").await;
        stage.browser.wait_for_count("main tbody tr", 50).await;
        let counts = stage.provider.counts();
        assert_eq!((counts.refresh, counts.reuse), (1, 0));

        // By the clock: no call goes out before the refresh is done.
        stage.let_access_token_expire().await;
        stage.provider.clear_counts();
        stage.browser.reload().await;
        stage.browser.wait_for_count("main tbody tr", 50).await;
        let counts = stage.provider.counts();
        assert_eq!((counts.refresh, counts.api, counts.api_401), (1, 50, 0));
    });
}

#[test]
fn a_short_lived_token_is_refreshed_in_time_and_nobody_notices() {
    let setup = Setup::of(Dialect::Supabase).lasting(4);
    play(setup, async |stage| {
        stage.open_signed_in().await;
        stage.browser.ask(MARK, &[]).await;
        stage.provider.until_counts("two refreshes", |counts| counts.refresh_ok >= 2).await;
        let counts = stage.provider.counts();
        assert_eq!((counts.api_401, counts.reuse), (0, 0));
        assert_eq!(stage.browser.ask(UNTOUCHED, &[]).await, true, "the page was rebuilt");
        let kept = stage.session().await;
        until("the newest tokens to be good", async || {
            let answer = stage.provider.ask_who_i_am(&kept.access_token).await;
            if answer.status == 200 { Ok(()) } else { Err(answer.body) }
        })
        .await;
    });
}
