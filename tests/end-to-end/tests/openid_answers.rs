//! What comes back from the provider's pages and must not be believed, and what cannot be done: each ends at the login
//! page, with a sentence, without a session, and the next try works.

use end_to_end::openid::{Wants, by_redirect};
use end_to_end::real_stage::{RealStage, play};
use end_to_end::stage::session_key;
use serde_json::{Value, json};
use std::time::Duration;

/// At the login page with a sentence, an address that says nothing, and no session.
async fn refused(stage: &RealStage) -> String {
    stage.wait_for_login().await;
    let said = stage.browser.wait_for_text("[role=alert]").await;
    assert_eq!(stage.browser.url().await.path(), "/login");
    stage.assert_address_is_clean().await;
    stage.assert_signed_out().await;
    said
}

async fn then_it_works(stage: &RealStage, page: &str) {
    stage.continue_to("provider").await;
    stage.agree().await;
    stage.wait_for_rows(page).await;
    assert_eq!(stage.browser.count("[role=alert] *").await, 0, "nothing went wrong");
}

/// The provider was never asked for tokens.
async fn assert_no_code_was_sent(stage: &RealStage) {
    assert_eq!((stage.happened("codes").await, stage.happened("refused").await), (0, 0));
}

#[test]
fn who_cancels_reads_so_and_can_try_again() {
    play(by_redirect(json!({})), async |stage| {
        stage.open("/again?x=1").await;
        stage.continue_to("provider").await;
        stage.browser.click("#provider-cancel").await;
        let said = refused(stage).await;
        assert!(!said.contains("access_denied"), "{said}");
        assert_no_code_was_sent(stage).await;
        stage.browser.ask("window.marked = true;", &[]).await;
        assert_eq!(stage.continue_to("provider").await, Wants::ThePassword);
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        assert_eq!(stage.browser.path().await, "/again?x=1");
    });
}

#[test]
fn a_discovery_document_of_another_issuer_is_not_believed() {
    play(by_redirect(json!({})), async |stage| {
        stage.tell(&json!({ "metadata": { "issuer": "https://id.example" } })).await;
        stage.open("/again").await;
        stage.press_continue("provider").await;
        let said = refused(stage).await;
        assert!(!said.is_empty());
        assert!(stage.browser.url().await.as_str().starts_with(stage.site.origin()));
        assert_eq!(stage.happened("authorizations").await, 0, "nobody is sent to an address that it names");
        stage.tell(&json!({ "metadata": {} })).await;
        then_it_works(stage, "/again").await;
    });
}

#[test]
fn a_discovery_document_that_is_lost_or_changed_ends_no_session() {
    play(by_redirect(json!({})).lasting(Duration::from_secs(5)), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        for trouble in [
            json!({ "metadata": { "issuer": "https://id.example" } }),
            json!({ "metadata": { "token_endpoint": null } }),
            json!({ "metadata": { "token_endpoint": "http://id.example/token" } }),
            json!({ "metadata": {}, "delay": { "/.well-known/openid-configuration": 60_000 } }),
        ] {
            let tokens = stage.tokens().await;
            stage.tell(&trouble).await;
            browser.ask("sessionStorage.clear();", &[]).await;
            // Long enough for a refresh to be due, and to be in vain.
            tokio::time::sleep(Duration::from_secs(5)).await;
            assert!(stage.tokens().await == tokens, "{trouble}");
            assert_eq!(browser.url().await.path(), "/orders", "{trouble}");
            stage.tell(&json!({ "metadata": {}, "delay": {} })).await;
            stage.wait_for_other_tokens(&tokens).await;
        }
        assert_eq!((stage.happened("refused").await, stage.happened("codes").await), (0, 1));
    });
}

/// The session that is kept becomes that of another person, of whom nothing more is known.
const OF_ANOTHER_PERSON: &str = r"
    const key = arguments[0];
    const record = JSON.parse(localStorage.getItem(key));
    const [head, payload, signature] = record.id_token.split('.');
    const claims = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')));
    const changed = btoa(JSON.stringify({ ...claims, sub: 'another' }));
    record.id_token = [head, changed.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''), signature].join('.');
    delete record.user;
    localStorage.setItem(key, JSON.stringify(record));
";

#[test]
fn who_is_somebody_else_at_the_provider_by_now_takes_over_no_session() {
    let setup = by_redirect(json!({ "silent": true })).lasting(Duration::from_secs(8)).edit(|config| {
        config["provider"]["refresh"] = Value::Null;
        config["provider"]["vars"]["scope"] = json!("openid profile email");
    });
    play(setup, async |stage| {
        stage.open_signed_in().await;
        stage.browser.ask(OF_ANOTHER_PERSON, &[json!(session_key())]).await;
        let tokens = stage.tokens().await;
        stage.browser.reload().await;
        stage.wait_until_happened("codes", 2).await;
        // Theirs are good until they expire, and then it is over.
        if let Some(kept) = stage.browser.stored(&session_key()).await {
            assert!(kept.contains(&tokens.access));
        }
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/orders").await;
    });
}

#[test]
fn a_user_of_another_person_is_not_shown_wherever_it_is_asked_for() {
    let setup = by_redirect(json!({})).edit(|config| {
        config["provider"]["user_info"]["url"] = json!("{{vars.base_url}}/me");
    });
    play(setup, async |stage| {
        stage.open_signed_in().await;
        stage.wait_for_greeting().await;
        stage.browser.ask(OF_ANOTHER_PERSON, &[json!(session_key())]).await;
        stage.browser.reload().await;
        stage.wait_until_happened("user_infos", 2).await;
        stage.wait_for_rows("/orders").await;
        let page = stage.browser.html("main").await;
        assert!(!page.contains("demo@"), "{page:.300}");
    });
}

#[test]
fn a_provider_that_does_not_answer_is_said_to_be_out_of_reach() {
    play(by_redirect(json!({})), async |stage| {
        stage.tell(&json!({ "delay": { "/.well-known/openid-configuration": 60_000 } })).await;
        stage.open("/again").await;
        stage.press_continue("provider").await;
        refused(stage).await;
        stage.tell(&json!({ "delay": {} })).await;
        then_it_works(stage, "/again").await;
    });
}

#[test]
fn an_answer_with_a_changed_state_is_refused() {
    an_answer_is_refused(["state=", "state=x"]);
}

#[test]
fn an_answer_of_another_issuer_is_refused() {
    an_answer_is_refused(["iss=http", "iss=https"]);
}

/// The provider says that it names itself in each answer (RFC 9207 §2.4).
#[test]
fn an_answer_without_an_issuer_is_refused() {
    an_answer_is_refused(["&iss=", "&not_iss="]);
}

#[test]
fn an_answer_with_two_states_is_refused() {
    an_answer_is_refused(["?code=", "?state=another&code="]);
}

#[test]
fn an_answer_with_two_codes_is_refused() {
    an_answer_is_refused(["?code=", "?code=another&code="]);
}

fn an_answer_is_refused(change: [&'static str; 2]) {
    play(by_redirect(json!({})), async |stage| {
        stage.tell(&json!({ "rewrite_answer": change })).await;
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        refused(stage).await;
        assert_no_code_was_sent(stage).await;
        stage.tell(&json!({ "rewrite_answer": null })).await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.browser.wait_for("html[data-session=signed-in] main[data-page]").await;
    });
}

/// RFC 9700 §4.7: somebody else's code would sign one in as somebody else.
#[test]
fn an_answer_that_nobody_asked_for_is_refused_and_not_shown() {
    play(by_redirect(json!({})), async |stage| {
        let state = format!("p{}", "A".repeat(43));
        let long = "A".repeat(20_000);
        for query in [
            format!("code=somebody-elses&state={state}"),
            format!("code=somebody-elses&state={state}&iss={}", stage.server.origin()),
            "code=somebody-elses".to_owned(),
            format!("error=access_denied&error_description=somebody-elses+text&state={state}"),
            "error=%3Cimg+src%3Dx+onerror%3Dalert(1)%3Esomebody-elses".to_owned(),
            format!("code={long}&state={state}"),
        ] {
            stage.open(&format!("/callback?{query}")).await;
            let said = refused(stage).await;
            let page = stage.browser.html("html").await;
            assert!(!page.contains("somebody-elses") && !page.contains(&long), "{said}");
        }
        stage.open("/callback").await;
        stage.wait_for_login().await;
        assert_no_code_was_sent(stage).await;
        then_it_works(stage, "/orders").await;
    });
}

#[test]
fn an_answer_that_is_opened_again_signs_nobody_in_or_out() {
    play(by_redirect(json!({})), async |stage| {
        stage.open_signed_in().await;
        let tokens = stage.tokens().await;
        let answer = stage.last_answer().await;
        stage.browser.goto(&answer).await;
        stage.wait_for_rows("/orders").await;
        assert!(stage.tokens().await == tokens, "the session is another one");
        assert_eq!(stage.browser.path().await, "/orders");

        stage.sign_out().await;
        stage.wait_until_happened("revocations", 2).await;
        stage.watch_for("main[data-page], tbody tr").await;
        stage.browser.goto(&answer).await;
        refused(stage).await;
        assert_eq!(stage.browser.noted().await, Vec::<String>::new());
        assert_eq!((stage.happened("codes").await, stage.happened("refused").await), (1, 0));
        then_it_works(stage, "/orders").await;
    });
}

#[test]
fn an_answer_that_arrives_in_another_tab_is_refused_there() {
    play(by_redirect(json!({})), async |stage| {
        let browser = &stage.browser;
        stage.open("/again").await;
        stage.continue_to("provider").await;
        let page = browser.url().await;
        let first = browser.tab().await;
        let other = browser.open_tab().await;
        browser.goto(page.as_str()).await;
        stage.agree().await;
        refused(stage).await;
        assert_no_code_was_sent(stage).await;
        stage.continue_to("provider").await;
        stage.agree().await;
        browser.wait_for("html[data-session=signed-in] main[data-page]").await;
        browser.close_tab(&other).await;
        browser.look_at(&first).await;
        stage.open("/again").await;
        stage.wait_for_rows("/again").await;
    });
}

#[test]
fn a_code_that_has_expired_is_said_and_the_next_one_works() {
    play(by_redirect(json!({})), async |stage| {
        stage.tell(&json!({ "code_seconds": 1, "delay": { "/token": 2500 } })).await;
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        let said = refused(stage).await;
        assert!(!said.contains("invalid_grant") && !said.contains("password"), "{said}");
        assert_eq!((stage.happened("codes").await, stage.happened("refused").await), (0, 1));
        stage.tell(&json!({ "code_seconds": 60, "delay": {} })).await;
        then_it_works(stage, "/again").await;
    });
}

#[test]
fn two_tabs_on_the_way_at_the_same_time_do_not_mix_their_answers() {
    play(by_redirect(json!({})), async |stage| {
        let browser = &stage.browser;
        stage.open("/again?tab=first").await;
        stage.continue_to("provider").await;
        let first = browser.tab().await;
        let second = browser.open_tab().await;
        stage.open("/orders?tab=second").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/orders").await;
        assert_eq!(browser.path().await, "/orders?tab=second");

        // Somebody is signed in by now: the second answer is another session, or it is left alone.
        browser.look_at(&first).await;
        browser.reload().await;
        stage.agree_if_asked().await;
        browser.wait_for("html[data-session=signed-in] main[data-page]").await;
        browser.look_at(&second).await;
        stage.wait_for_rows("/orders").await;
        assert_eq!(stage.happened("reuses").await, 0);
    });
}

#[test]
fn a_refusal_of_the_request_itself_is_for_the_operator_and_shows_no_page() {
    // The provider says so in its answer.
    let setup = by_redirect(json!({})).edit(|config| {
        config["provider"]["redirect"]["form"]["max_age"] = Value::from("no_such_age");
    });
    play(setup, async |stage| {
        stage.open("/again").await;
        stage.press_continue("provider").await;
        let said = refused(stage).await;
        assert!(!said.contains("no_such_age"), "{said}");
        assert_no_code_was_sent(stage).await;
    });
}
