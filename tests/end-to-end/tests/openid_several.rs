//! More than one way to sign in, in one config: two providers, or a form of ours beside a button; and what becomes of the
//! tabs that speak to one when another has signed somebody in.

use axum::http::Method;
use end_to_end::driver::Kind;
use end_to_end::family::OIDC_PROVIDER_BY_REDIRECT;
use end_to_end::openid::{Wants, by_form_or_redirect, happened_at};
use end_to_end::patience::until;
use end_to_end::plain_http::ask;
use end_to_end::provider::MEMBER;
use end_to_end::real_server::RealServer;
use end_to_end::real_stage::{Setup, play};
use end_to_end::stage::ACCESS_TTL;
use serde_json::json;
use std::time::Duration;

/// As short as a page can be loaded in.
const SHORT: Duration = Duration::from_secs(5);

#[test]
fn one_of_two_providers_signs_in_and_hears_all_that_follows() {
    play(Setup::of(OIDC_PROVIDER_BY_REDIRECT), async |stage| {
        let browser = &stage.browser;
        let second = stage.another_server(ACCESS_TTL);
        stage.put_second_provider(second.origin());
        stage.open("/again").await;
        stage.wait_for_login().await;
        assert_eq!(browser.count("button[data-action=continue]").await, 2);
        let label = browser.text("button[data-provider=second]").await;
        assert!(label.contains("Second"), "{label}");
        stage.continue_to("second").await;
        assert!(browser.url().await.as_str().starts_with(second.origin()));
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        let tokens = stage.tokens().await;
        let ask_second = async || {
            let url = format!("{}/api/orders", second.origin());
            ask(Method::GET, &url, &[("authorization", &format!("Bearer {}", tokens.access))], String::new()).await
        };
        assert_eq!((stage.ask_for_orders(&tokens.access).await.status, ask_second().await.status), (401, 200));
        browser.reload().await;
        stage.wait_for_rows("/again").await;
        assert!(stage.tokens().await == tokens);

        stage.sign_out().await;
        stage.assert_signed_out().await;
        end_to_end::patience::until("the second to refuse the token", async || match ask_second().await.status {
            401 => Ok(()),
            status => Err(format!("it answers {status}")),
        })
        .await;
        for nothing in ["authorizations", "codes", "refused", "revocations", "orders"] {
            assert_eq!(stage.happened(nothing).await, 0, "{nothing}");
        }

        // The other way round.
        stage.sign_in().await;
        assert_eq!(stage.ask_for_orders(&stage.tokens().await.access).await.status, 200);
        assert_eq!((stage.happened("codes").await, happened_at(&second, "codes").await), (1, 1));
    });
}

#[test]
fn an_answer_that_arrives_where_the_other_provider_answers_is_refused() {
    play(Setup::of(OIDC_PROVIDER_BY_REDIRECT), async |stage| {
        let second = stage.another_server(ACCESS_TTL);
        stage.put_second_provider(second.origin());
        stage.open("/").await;
        stage.continue_to("provider").await;
        stage.tell(&json!({ "rewrite_answer": ["/callback?", "/callback/second?"] })).await;
        stage.agree().await;
        stage.wait_for_login().await;
        stage.browser.wait_for_text("[role=alert]").await;
        stage.assert_signed_out().await;
        for server in [&stage.server, &second] {
            // A code that another server gets to see is a code that is lost (RFC 9700 §4.4).
            assert_eq!((happened_at(server, "codes").await, happened_at(server, "refused").await), (0, 0));
        }
        stage.tell(&json!({ "rewrite_answer": null })).await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/orders").await;
    });
}

#[test]
fn a_tab_at_the_login_page_shows_whom_the_other_provider_signed_in() {
    play(Setup::of(OIDC_PROVIDER_BY_REDIRECT), async |stage| {
        let browser = &stage.browser;
        let second = stage.another_server(ACCESS_TTL);
        stage.put_second_provider(second.origin());
        stage.open("/again").await;
        stage.wait_for_login().await;
        let waiting = browser.tab().await;
        browser.open_window().await;
        stage.open("/").await;
        stage.continue_to("second").await;
        stage.agree().await;
        stage.wait_for_rows("/orders").await;
        browser.look_at(&waiting).await;
        stage.wait_for_rows("/again").await;
        assert_eq!((stage.happened("orders").await, happened_at(&second, "orders").await), (0, 2));

        stage.sign_out().await;
        stage.assert_signed_out().await;
    });
}

/// The second sign-in had begun before the first one was done.
#[test]
fn a_tab_of_one_provider_goes_over_to_whom_the_other_signed_in() {
    play(Setup::of(OIDC_PROVIDER_BY_REDIRECT).lasting(SHORT), async |stage| {
        let browser = &stage.browser;
        let second = stage.another_server(SHORT);
        stage.put_second_provider(second.origin());
        stage.open("/").await;
        let late = browser.tab().await;
        stage.continue_to("second").await;
        browser.open_window().await;
        let early = browser.tab().await;
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        let of_the_first = stage.tokens().await;

        browser.look_at(&late).await;
        stage.agree().await;
        stage.wait_for_rows("/orders").await;
        assert!(stage.tokens().await.access != of_the_first.access);
        browser.look_at(&early).await;
        wait_until_happened_at(&second, "orders", 2).await;
        stage.wait_for_rows("/again").await;

        // One session from now on, of the second.
        let orders = stage.happened("orders").await;
        let refreshes = stage.happened("refreshes").await;
        for tab in [&late, &early] {
            browser.look_at(tab).await;
            browser.reload().await;
            browser.wait_for_count("html[data-session=signed-in] main tbody tr", 5).await;
        }
        wait_until_happened_at(&second, "refreshes", happened_at(&second, "refreshes").await + 2).await;
        assert_eq!((stage.happened("orders").await, stage.happened("refreshes").await), (orders, refreshes));
        for server in [&stage.server, &second] {
            assert_eq!((happened_at(server, "reuses").await, happened_at(server, "refused").await), (0, 0));
        }
        stage.sign_out().await;
        browser.look_at(&late).await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
    });
}

async fn wait_until_happened_at(server: &RealServer, what: &str, times: u64) {
    until(&format!("{times} {what} at one of two"), async || match happened_at(server, what).await {
        happened if happened >= times => Ok(()),
        happened => Err(format!("{happened} so far")),
    })
    .await;
}

#[test]
fn a_form_and_a_button_beside_it_both_sign_in() {
    play(by_form_or_redirect(), async |stage| {
        let browser = &stage.browser;
        stage.open("/again").await;
        stage.wait_for_login().await;
        assert_eq!(browser.count("button[data-action=continue]").await, 1);
        stage.submit(MEMBER.password).await;
        stage.wait_for_rows("/again").await;
        assert_eq!((stage.happened("authorizations").await, stage.happened("passwords").await), (0, 0));
        stage.sign_out().await;
        stage.wait_until_happened("revocations", 2).await;

        stage.open("/again").await;
        assert_eq!(stage.continue_to("second").await, Wants::ThePassword);
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        assert_eq!((stage.happened("codes").await, stage.happened("passwords").await), (1, 1));
        browser.reload().await;
        stage.wait_for_rows("/again").await;

        // Whose session it was has its button first; the form is one step away.
        browser.click("[data-action=sign-out]").await;
        browser.wait_for("button[data-action=continue][data-provider=second]").await;
        assert_eq!(browser.count("form#login").await, 0);
        stage.wait_until_happened("revocations", 4).await;
        browser.click("button[data-provider=provider]").await;
        stage.submit("wrong").await;
        browser.wait_for_text("[role=alert]").await;
        stage.submit(MEMBER.password).await;
        stage.wait_for_rows("/orders").await;
        assert_eq!((stage.happened("codes").await, stage.happened("reuses").await), (1, 0));
    });
}

#[test]
fn who_goes_to_the_button_and_back_finds_the_form_again() {
    play(by_form_or_redirect(), async |stage| {
        let browser = &stage.browser;
        stage.open("/again").await;
        stage.continue_to("second").await;
        if !Kind::chosen().can_go_back() {
            return;
        }
        browser.back().await;
        browser.wait_for("html[data-session=signed-out] button[data-action=continue]").await;
        if browser.count("form#login").await == 0 {
            browser.click("button[data-provider=provider]").await;
        }
        stage.submit(MEMBER.password).await;
        browser.wait_for("html[data-session=signed-in] main[data-page]").await;
        assert_eq!((stage.happened("passwords").await, stage.happened("codes").await), (0, 0));
    });
}

#[test]
fn a_link_to_the_other_provider_leaves_whoever_is_signed_in_alone() {
    play(Setup::of(OIDC_PROVIDER_BY_REDIRECT), async |stage| {
        let second = stage.another_server(ACCESS_TTL);
        stage.put_second_provider(second.origin());
        stage.open_signed_in().await;
        let tokens = stage.tokens().await;
        stage.open("/login?with=second&return_to=/again").await;
        stage.wait_for_rows("/again").await;
        assert!(stage.tokens().await == tokens);
        assert_eq!(stage.browser.path().await, "/again");
        assert_eq!(happened_at(&second, "authorizations").await, 0);
    });
}
