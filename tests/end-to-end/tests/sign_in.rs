//! Refusals, and everything that can go wrong on the way to the provider: the right message, a form that
//! is kept, and a way on without a reload.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::{Value, json};

in_each_dialect!(a_wrong_password_and_an_unknown_user_look_the_same);

const SUBMIT: &str = "form#login button[type=submit]";

/// Waits until the form has been answered, and gives what the page says went wrong.
async fn message(stage: &Stage) -> String {
    let message = stage.browser.wait_for_text("[role=alert]").await;
    stage.browser.wait_for("form#login:not([aria-busy=true])").await;
    message.to_lowercase()
}

fn a_wrong_password_and_an_unknown_user_look_the_same(dialect: Dialect) {
    play(Setup::of(dialect), async |stage| {
        let mut pages = Vec::new();
        for (username, password) in [(MEMBER.username, "not-the-password"), ("nobody@example.com", "whatever")] {
            stage.open("/login").await;
            stage.submit(username, password).await;
            let said = message(stage).await;
            assert!(!said.contains(username), "{said}");
            let browser = &stage.browser;
            assert_eq!(browser.value("input[name=username]").await, username);
            assert_eq!(browser.value("input[name=password]").await, "");
            stage.assert_signed_out().await;
            assert_eq!(browser.path().await, "/login");
            pages.push((browser.html("form#login").await, browser.html("[role=alert]").await));
        }
        assert_eq!(pages[0], pages[1]);
        let counts = stage.provider.counts();
        assert_eq!((counts.sign_in, counts.logins_ok), (2, 0));

        // And the right one is still welcome.
        stage.sign_in_as(MEMBER).await;
    });
}

/// Submits good credentials into trouble, checks what is said and kept, and submits the same form again.
async fn trouble_then_success(stage: &Stage, says: &[&str]) {
    stage.open("/login").await;
    stage.submit(MEMBER.username, MEMBER.password).await;
    let said = message(stage).await;
    for word in says {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    assert_form_is_kept(stage).await;
    stage.browser.click(SUBMIT).await;
    stage.wait_for_orders().await;
    assert_eq!(stage.site.counts().get("/login"), Some(&1), "it was reloaded");
}

async fn assert_form_is_kept(stage: &Stage) {
    let browser = &stage.browser;
    assert_eq!(browser.value("input[name=username]").await, MEMBER.username);
    assert_eq!(browser.value("input[name=password]").await, MEMBER.password);
    stage.assert_signed_out().await;
}

fn a_fault_at_sign_in(fault: &Value) -> Value {
    let mut fault = fault.clone();
    fault["at"] = json!("sign_in");
    fault["times"] = json!(1);
    fault
}

fn is_said_and_survived(fault: &Value, says: &[&str]) {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.provider.add_fault(&a_fault_at_sign_in(fault));
        trouble_then_success(stage, says).await;
        let counts = stage.provider.counts();
        assert_eq!(counts.sign_in, 2, "asked again by itself, or not at all");
    });
}

#[test]
fn a_provider_in_trouble_is_said_to_be_so_and_not_the_password() {
    is_said_and_survived(&json!({ "kind": "status", "status": 500 }), &["problem"]);
}

#[test]
fn a_provider_that_is_down_for_maintenance_is_said_to_be_so() {
    is_said_and_survived(&json!({ "kind": "status", "status": 503 }), &["problem"]);
}

#[test]
fn a_page_of_a_captive_portal_is_no_answer_to_a_sign_in() {
    is_said_and_survived(&json!({ "kind": "html" }), &["reach"]);
}

#[test]
fn an_answer_without_a_token_names_the_place_where_it_was_missing() {
    is_said_and_survived(&json!({ "kind": "status", "status": 200, "body": { "hello": "there" } }), &["/access_token"]);
}

#[test]
fn an_empty_answer_is_said_to_make_no_sense() {
    is_said_and_survived(&json!({ "kind": "empty" }), &["set up"]);
}

#[test]
fn a_dropped_connection_is_said_to_be_unreachable() {
    is_said_and_survived(&json!({ "kind": "drop" }), &["reach"]);
}

#[test]
fn an_answer_that_takes_too_long_is_given_up() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["provider"]["sign_in"]["timeout_ms"] = json!(1500);
    });
    play(setup, async |stage| {
        let fault = json!({ "kind": "delay", "ms": 6000 });
        stage.provider.add_fault(&a_fault_at_sign_in(&fault));
        trouble_then_success(stage, &["long"]).await;
    });
}

#[test]
fn too_many_attempts_are_counted_down_and_then_welcome_again() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        let fault = json!({ "kind": "rate_limit", "retry_after": 3 });
        stage.provider.add_fault(&a_fault_at_sign_in(&fault));
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.ask(NOTE_MESSAGES, &[]).await;
        stage.submit(MEMBER.username, MEMBER.password).await;
        message(stage).await;
        assert_form_is_kept(stage).await;
        assert_eq!(stage.provider.counts().sign_in, 1);

        browser.wait_for(&format!("{SUBMIT}:enabled")).await;
        assert_form_is_kept(stage).await;
        // Each second was said, and meanwhile the button was out of reach.
        let said = browser.ask("return window.said;", &[]).await.to_string();
        for second in ["disabled: 3 seconds", "disabled: 2 seconds", "disabled: 1 second"] {
            assert!(said.contains(second), "{second} is not in {said}");
        }
        assert_eq!(stage.provider.counts().sign_in, 1);

        browser.click(SUBMIT).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 2);
    });
}

/// Notes every span that a message names, and whether the form could be sent meanwhile.
const NOTE_MESSAGES: &str = "
    window.said = [];
    const form = document.querySelector('form#login');
    new MutationObserver(() => {
        const span = document.querySelector('[role=alert]').innerText.match(/\\d+ seconds?/)?.[0];
        const state = form.querySelector('button[type=submit]').disabled ? 'disabled' : 'enabled';
        if (span) { window.said.push(state + ': ' + span); }
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });";

#[test]
fn without_a_network_it_says_so_and_tries_again_when_it_is_back() {
    play(Setup::of(Dialect::Supabase).going_offline(), async |stage| {
        let browser = &stage.browser;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.set_offline(true).await;
        stage.submit(MEMBER.username, MEMBER.password).await;
        let said = message(stage).await;
        assert!(said.contains("offline"), "{said}");
        assert_form_is_kept(stage).await;
        assert_eq!(stage.provider.counts().sign_in, 0);

        browser.set_offline(false).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
    });
}

#[test]
fn an_empty_field_is_pointed_out_and_nothing_is_sent() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.click(SUBMIT).await;
        browser.wait_for("input[name=username][aria-invalid=true]:focus").await;
        browser.type_into("input[name=username]", MEMBER.username).await;
        browser.click(SUBMIT).await;
        browser.wait_for("input[name=password][aria-invalid=true]:focus").await;
        assert_eq!(browser.value("input[name=username]").await, MEMBER.username);
        assert_eq!(stage.provider.counts().sign_in, 0);
    });
}

#[test]
fn two_clicks_and_an_enter_are_one_request() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let fault = json!({ "kind": "delay", "ms": 800 });
        stage.provider.add_fault(&a_fault_at_sign_in(&fault));
        let browser = &stage.browser;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.type_into("input[name=username]", MEMBER.username).await;
        browser.type_into("input[name=password]", MEMBER.password).await;
        let script = "const form = document.querySelector('form#login'); \
                      const button = form.querySelector('button[type=submit]'); \
                      button.click(); button.click(); form.requestSubmit();";
        browser.ask(script, &[]).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
    });
}
