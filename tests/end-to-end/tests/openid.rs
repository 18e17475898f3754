//! Signing in at the provider's own pages: there, back to where one wanted to go, and out again, there too where that is
//! wanted; in a window of its own, without being asked, and without anything to be seen.

use end_to_end::driver::Kind;
use end_to_end::openid::{Wants, agree_and_be_gone, by_redirect, end_session, wanted};
use end_to_end::real_stage::{RealStage, play};
use end_to_end::site::NOTE_VIOLATIONS;
use serde_json::{Value, json};
use std::time::Duration;

/// As short as a page can be loaded in.
const SHORT: Duration = Duration::from_secs(5);

#[test]
fn a_sign_in_leads_back_to_the_page_that_was_asked_for() {
    play(by_redirect(json!({})), async |stage| {
        let browser = &stage.browser;
        // Somewhere else: a browser may count its blank page as an entry or not.
        stage.open("/favicon.svg").await;
        let before = browser.url().await;
        stage.watch_for("main[data-page], table").await;
        stage.open("/again?x=1#bottom").await;
        stage.wait_for_login().await;
        assert_eq!(browser.url().await.path(), "/login");
        assert_eq!(browser.noted().await, Vec::<String>::new());
        assert_eq!(browser.count("input").await, 0, "there is nothing to type in here");

        assert_eq!(stage.continue_to("provider").await, Wants::ThePassword);
        assert_eq!(stage.agree().await, [Wants::ThePassword, Wants::Consent]);
        stage.wait_for_rows("/again").await;
        assert_eq!(browser.path().await, "/again?x=1#bottom");
        browser.click("nav a[href$=\"/orders\"]").await;
        stage.wait_for_rows("/orders").await;
        stage.wait_for_greeting().await;

        // What was asked is what RFC 9700 §2.1 wants to be asked.
        let asked = stage.seen("/authorization").await;
        let redirect_uri = format!("{}/callback", stage.site.origin());
        assert_eq!((&asked["redirect_uri"], &asked["response_type"]), (&json!(redirect_uri), &json!("code")));
        assert_eq!(asked["code_challenge_method"], "S256");
        for secret in ["state", "nonce", "code_challenge"] {
            assert!(asked[secret].as_str().is_some_and(|secret| secret.len() >= 43), "{secret}");
        }
        assert_eq!((stage.happened("codes").await, stage.happened("refused").await), (1, 0));

        if !Kind::chosen().can_go_back() {
            return;
        }
        // The way back leads past the provider, and never to an answer that is used up.
        let mut steps = 0;
        while browser.url().await != before {
            browser.back().await;
            stage.assert_address_is_clean().await;
            steps += 1;
            assert!(steps < 10, "there is no end to the way back");
        }
        assert_eq!((stage.happened("codes").await, stage.happened("refused").await), (1, 0));
    });
}

#[test]
fn a_reload_asks_nobody() {
    play(by_redirect(json!({})), async |stage| {
        stage.open_signed_in().await;
        let tokens = stage.tokens().await;
        assert!(tokens.refresh.is_some() && tokens.id.is_some());
        stage.watch_for("[data-action=continue]").await;
        stage.browser.reload().await;
        stage.wait_for_rows("/orders").await;
        assert!(stage.tokens().await == tokens, "a reload was granted other tokens");
        assert_eq!(stage.browser.noted().await, Vec::<String>::new());
        assert_eq!((stage.happened("authorizations").await, stage.happened("codes").await), (1, 1));
    });
}

#[test]
fn the_address_is_clean_while_the_tokens_are_awaited() {
    play(by_redirect(json!({})), async |stage| {
        stage.watch_for("main[data-page], tbody tr").await;
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.tell(&json!({ "delay": { "/token": 4000 } })).await;
        stage.agree().await;
        stage.browser.wait_for("html[data-session]").await;
        stage.wait_until_seen("/waiting", &json!(1)).await;
        stage.assert_address_is_clean().await;
        assert_eq!(stage.browser.noted().await, Vec::<String>::new(), "nothing is known yet");
        assert!(!stage.browser.text("body").await.is_empty(), "what is waited for is said");
        stage.wait_for_rows("/again").await;
        assert_eq!(stage.browser.path().await, "/again");
    });
}

#[test]
fn tokens_are_renewed_in_two_tabs_and_none_is_used_twice() {
    play(by_redirect(json!({})).lasting(SHORT), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let first = browser.tab().await;
        browser.open_window().await;
        stage.open("/again").await;
        stage.wait_for_rows("/again").await;
        let mut tokens = stage.tokens().await;
        for _ in 0..3 {
            let others = stage.wait_for_other_tokens(&tokens).await;
            assert!(others.refresh != tokens.refresh && others.id != tokens.id);
            tokens = others;
        }
        for tab in [first, browser.tab().await] {
            browser.look_at(&tab).await;
            browser.reload().await;
            browser.wait_for_count("html[data-session=signed-in] main tbody tr", 5).await;
        }
        assert_eq!((stage.happened("reuses").await, stage.happened("refused").await), (0, 0));
        assert_eq!(stage.happened("codes").await, 1);
    });
}

#[test]
fn a_sign_out_leaves_no_token_alive() {
    play(by_redirect(json!({})), async |stage| {
        stage.open_signed_in().await;
        let tokens = stage.tokens().await;
        assert_eq!(stage.ask_for_orders(&tokens.access).await.status, 200);
        stage.sign_out().await;
        assert_eq!(stage.browser.url().await.path(), "/login");
        stage.assert_signed_out().await;
        stage.wait_until_happened("revocations", 2).await;
        stage.wait_until_refused(&tokens.access).await;
        assert_eq!(stage.refresh(&tokens.refresh.unwrap_or_default()).await, 400);
        stage.watch_for("main[data-page], tbody tr").await;
        stage.open("/orders").await;
        stage.wait_for_login().await;
        assert_eq!(stage.browser.noted().await, Vec::<String>::new());

        // The provider was not to know: it asks for no password.
        assert_eq!(stage.continue_to("provider").await, Wants::Consent);
        stage.agree().await;
        stage.wait_for_rows("/orders").await;
    });
}

#[test]
fn a_sign_out_signs_out_at_the_provider_too() {
    play(by_redirect(json!({ "end_session": end_session() })), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let tokens = stage.tokens().await;
        browser.click("[data-action=sign-out]").await;
        browser.click("#provider-sign-out").await;
        stage.wait_for_login().await;
        let url = browser.url().await;
        assert_eq!((url.path(), url.query()), ("/login", None));
        assert_eq!(browser.count("[role=alert] *").await, 0, "nothing went wrong");
        stage.assert_signed_out().await;
        assert_eq!(stage.happened("sign_outs").await, 1);
        stage.wait_until_refused(&tokens.access).await;
        assert_eq!(stage.refresh(&tokens.refresh.unwrap_or_default()).await, 400);

        assert_eq!(stage.continue_to("provider").await, Wants::ThePassword);
        stage.agree().await;
        stage.wait_for_rows("/orders").await;
        assert_eq!(stage.happened("passwords").await, 2);
    });
}

#[test]
fn who_stays_at_the_providers_question_is_signed_out_here_all_the_same() {
    play(by_redirect(json!({ "end_session": end_session() })), async |stage| {
        stage.open_signed_in().await;
        let tokens = stage.tokens().await;
        stage.browser.click("[data-action=sign-out]").await;
        stage.browser.wait_for("#provider-sign-out").await;
        stage.wait_until_refused(&tokens.access).await;
        stage.watch_for("main[data-page], tbody tr").await;
        stage.open("/orders").await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        assert_eq!(stage.browser.noted().await, Vec::<String>::new());
        assert_eq!(stage.happened("sign_outs").await, 0);
    });
}

#[test]
fn without_being_asked_one_is_led_to_the_provider_but_not_after_a_sign_out() {
    play(by_redirect(json!({ "auto": true })), async |stage| {
        stage.open("/again").await;
        assert_eq!(stage.agree().await, [Wants::ThePassword, Wants::Consent]);
        stage.wait_for_rows("/again").await;
        assert_eq!(stage.browser.path().await, "/again");
        stage.sign_out().await;
        stays_at_the_login_page(stage).await;
        stage.assert_signed_out().await;
        assert_eq!(stage.happened("authorizations").await, 1);
        assert_eq!(stage.continue_to("provider").await, Wants::Consent);
    });
}

#[test]
fn who_is_led_there_and_cancels_is_not_led_there_again_and_again() {
    play(by_redirect(json!({ "auto": true })), async |stage| {
        stage.open("/again").await;
        stage.browser.click("#provider-cancel").await;
        stage.wait_for_login().await;
        stage.browser.wait_for_text("[role=alert]").await;
        stays_at_the_login_page(stage).await;
        assert_eq!(stage.happened("authorizations").await, 1);
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/again").await;
    });
}

/// Nothing happens for a second: to show that, one has to wait.
async fn stays_at_the_login_page(stage: &RealStage) {
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(stage.browser.url().await.as_str().starts_with(stage.site.origin()));
    stage.wait_for_login().await;
}

#[test]
fn a_window_of_its_own_leaves_the_page_where_it_is() {
    play(by_redirect(json!({ "popup": true })), async |stage| {
        let browser = &stage.browser;
        stage.open("/again?x=1").await;
        stage.wait_for_login().await;
        browser.ask("window.marked = true;", &[]).await;
        let page = browser.tab().await;
        // Who closes it can open another.
        for is_closed in [true, false] {
            stage.press_continue("provider").await;
            let tabs = browser.wait_for_tabs(2).await;
            let popup = tabs.into_iter().find(|tab| *tab != page).expect("one of two");
            browser.look_at(&popup).await;
            assert_eq!(wanted(browser).await, Wants::ThePassword);
            if is_closed {
                browser.close_tab(&popup).await;
            } else {
                agree_and_be_gone(browser).await;
            }
            browser.wait_for_tabs(1).await;
            browser.look_at(&page).await;
        }
        stage.wait_for_rows("/again").await;
        assert_eq!(browser.path().await, "/again?x=1");
        assert_eq!(browser.ask("return window.marked;", &[]).await, true, "the page was loaded anew");
        assert_eq!((stage.happened("codes").await, stage.happened("refused").await), (1, 0));
        browser.reload().await;
        stage.wait_for_rows("/again").await;
    });
}

#[test]
fn where_no_window_may_open_the_page_itself_goes_there() {
    play(by_redirect(json!({ "popup": true })), async |stage| {
        stage.site.put_before("window.open = () => null;");
        stage.open("/again?x=1").await;
        stage.continue_to("provider").await;
        assert_eq!(stage.browser.tabs().await.len(), 1);
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        assert_eq!(stage.browser.path().await, "/again?x=1");
    });
}

#[test]
fn who_is_known_to_the_provider_is_signed_in_without_a_page_of_it() {
    let setup = by_redirect(json!({ "silent": true })).edit(|config| {
        config["session"] = json!({ "storage": "memory" });
    });
    play(setup, async |stage| {
        let browser = &stage.browser;
        // Who is not known is asked, and reads of no mistake.
        stage.open("/again").await;
        stage.wait_for_login().await;
        assert_eq!(browser.count("[role=alert] *").await, 0, "nothing went wrong");
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        assert!(!browser.everything_stored().await.contains("access_token"));

        let entries = browser.ask("return history.length;", &[]).await;
        let (asked, codes) = (stage.happened("authorizations").await, stage.happened("codes").await);
        browser.reload().await;
        stage.wait_for_rows("/again").await;
        assert_eq!(browser.ask("return history.length;", &[]).await, entries);
        assert_eq!(stage.happened("authorizations").await, asked + 1);
        assert_eq!((stage.happened("codes").await, stage.happened("passwords").await), (codes + 1, 1));
        assert_eq!(stage.seen("/authorization/prompt").await, "none");
        assert_eq!(browser.count("iframe").await, 0, "the frame is taken away");
    });
}

#[test]
fn a_session_without_a_refresh_token_is_renewed_in_a_frame() {
    let setup = by_redirect(json!({ "silent": true })).lasting(SHORT).edit(|config| {
        config["provider"]["refresh"] = Value::Null;
        config["provider"]["vars"]["scope"] = json!("openid profile email");
    });
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let mut tokens = stage.tokens().await;
        assert!(tokens.refresh.is_none());
        for _ in 0..2 {
            let others = stage.wait_for_other_tokens(&tokens).await;
            assert!(others.id != tokens.id);
            tokens = others;
        }
        assert_eq!(browser.path().await, "/orders");
        stage.wait_for_rows("/orders").await;
        assert_eq!((stage.happened("passwords").await, stage.happened("refused").await), (1, 0));
        browser.wait_until("the frame to be taken away", "!document.querySelector('iframe')").await;
    });
}

#[test]
fn a_sign_out_at_the_provider_is_one_here() {
    play(by_redirect(json!({})), async |stage| {
        let browser = &stage.browser;
        stage.site.let_providers_sign_out();
        stage.open_signed_in().await;
        let tokens = stage.tokens().await;
        let page = browser.tab().await;
        browser.open_tab().await;
        // A frame that somebody else shows, who does not know the session, is no sign-out.
        let issuer = stage.server.origin();
        stage.open(&format!("/callback/front-channel?iss={issuer}&sid=of-somebody-else")).await;
        stage.open(&format!("/callback/front-channel?iss={}", "https://evil.example")).await;
        browser.look_at(&page).await;
        browser.reload().await;
        stage.wait_for_rows("/orders").await;

        if Kind::chosen() == Kind::WebKit {
            // There a frame in a page of another origin has a storage of its own, and knows of no session.
            return;
        }
        let other = browser.open_tab().await;
        browser.goto(&format!("{issuer}/session/end")).await;
        browser.click("#provider-sign-out").await;
        browser.wait_for("#provider-goodbye").await;
        browser.look_at(&page).await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        stage.wait_until_refused(&tokens.access).await;
        browser.close_tab(&other).await;
    });
}

#[test]
fn who_has_the_session_panel_is_signed_in_like_everybody_else() {
    let setup = by_redirect(json!({})).edit(|config| config["session"] = json!({ "panel": true }));
    play(setup, async |stage| {
        stage.open("/again?x=1").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.browser.wait_for("html[data-session=signed-in] main[data-page]").await;
        stage.browser.wait_for(".panel").await;
        assert_eq!(stage.browser.path().await, "/again?x=1");
        stage.assert_address_is_clean().await;
    });
}

#[test]
fn no_secret_is_written_anywhere() {
    play(by_redirect(json!({ "end_session": end_session() })), async |stage| {
        let browser = &stage.browser;
        stage.site.put_before(NOTE_VIOLATIONS);
        let mut secrets = Vec::new();
        let mut pages = Vec::new();
        stage.open("/again?x=1").await;
        stage.continue_to("provider").await;
        browser.click("#provider-cancel").await;
        browser.wait_for_text("[role=alert]").await;
        secrets.extend(secrets_of_the_way(stage).await);
        pages.push(browser.html("html").await);

        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        secrets.extend(secrets_of_the_way(stage).await);
        assert!(secrets.len() >= 6, "a state and a nonce of each, and a code and its verifier");
        let tokens = stage.tokens().await;
        pages.push(browser.html("html").await);
        pages.push(browser.url().await.to_string());
        // Of the way there is nothing left, even while somebody is signed in.
        pages.push(browser.everything_stored().await);
        pages.push(
            browser.ask("return JSON.stringify([history.state, window.name, document.cookie]);", &[]).await.to_string(),
        );
        let violations = browser.ask("return window.violations;", &[]).await;
        assert_eq!(violations, json!([]));
        let used = stage.last_answer().await;
        assert_nowhere(&secrets, &pages);

        secrets.extend([tokens.access, tokens.refresh.unwrap_or_default(), tokens.id.unwrap_or_default()]);
        browser.click("[data-action=sign-out]").await;
        browser.click("#provider-sign-out").await;
        stage.wait_for_login().await;
        pages.truncate(0);
        pages.push(browser.html("html").await);
        pages.push(browser.url().await.to_string());
        pages.push(browser.everything_stored().await);
        browser.goto(&used).await;
        stage.wait_for_login().await;
        pages.push(browser.html("html").await);
        pages.push(browser.url().await.to_string());
        pages.push(browser.everything_stored().await);
        pages.push(
            browser.ask("return JSON.stringify([history.state, window.name, document.cookie]);", &[]).await.to_string(),
        );
        let console = browser.console().await;
        assert_nowhere(&secrets, &pages);
        // What a provider's own pages write is its own.
        let ours = console.into_iter().filter(|line| !line.contains(stage.server.origin())).collect::<Vec<_>>();
        assert_nowhere(&secrets, &ours);
        for line in &ours {
            for complaint in ["Content Security Policy", "Content-Security-Policy", "Trusted", "panicked"] {
                assert!(!line.contains(complaint), "{line}");
            }
            // The browser itself reports answers of 400 and more; whatever else is severe is ours.
            assert!(!line.starts_with("SEVERE") || line.contains("Failed to load resource"), "{line}");
        }
    });
}

/// State, nonce, code and verifier of the last way to the provider and back.
async fn secrets_of_the_way(stage: &RealStage) -> Vec<String> {
    let mut secrets = Vec::new();
    for pointer in ["/authorization/state", "/authorization/nonce", "/token/code", "/token/code_verifier"] {
        if let Value::String(secret) = stage.seen(pointer).await {
            secrets.push(secret);
        }
    }
    secrets
}

fn assert_nowhere(secrets: &[String], texts: &[String]) {
    for (place, secret) in secrets.iter().enumerate() {
        let found = texts.iter().position(|text| text.contains(secret.as_str()));
        assert_eq!(found, None, "the secret number {place}, of {} letters, is in a text", secret.len());
    }
}
