//! One more step: a code, typed, pasted or wrong, in place of it something else, and a code that comes too late.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::site::Fault;
use end_to_end::stage::{Setup, Stage, play};
use fantoccini::key::Key;
use serde_json::{Value, json};

const CODE: &str = "input[name=code]";
const ASK: &str =
    "return [document.activeElement.name, document.activeElement.autocomplete, document.activeElement.inputMode];";

fn asking(fields: Value) -> Setup {
    Setup::of(Dialect::WrittenOut).edit(move |config| {
        let provider = &mut config["provider"];
        provider["sign_in"]["json"]["code"] = json!("{{form.code}}");
        if fields[1].is_object() {
            provider["sign_in"]["json"]["recovery"] = json!("{{form.recovery_code}}");
        }
        provider["errors"]["challenge"] = json!({
            "when": { "pointer": "/error", "equals": "mfa_required" },
            "fields": fields, "expired": ["mfa_expired"], "request": "sign_in",
        });
    })
}

fn code() -> Value {
    json!({ "name": "code", "kind": "one_time_code", "length": 6 })
}

fn recovery() -> Value {
    json!({ "name": "recovery_code", "label": "Recovery code", "instead": true })
}

/// The next sign-in is answered with an error.
fn refuse(stage: &Stage, error: &str) {
    let fault = json!({ "at": "sign_in", "kind": "status", "status": 403, "body": { "error": error }, "times": 1 });
    stage.provider.add_fault(&fault);
}

/// The password is right, and a code is wanted.
async fn reach_the_code(stage: &Stage) {
    refuse(stage, "mfa_required");
    stage.open("/login").await;
    stage.submit(MEMBER.username, MEMBER.password).await;
    stage.browser.wait_for(&format!("{CODE}:focus")).await;
}

#[test]
fn a_step_that_was_wanted_before_there_was_a_ui_has_the_focus_when_there_is_one() {
    play(asking(json!([code()])), async |stage| {
        refuse(stage, "mfa_required");
        stage.site.spoil("/ui-", "", Fault::Held);
        stage.open("/login").await;
        stage.submit_early(MEMBER.username, MEMBER.password).await;
        stage.provider.until_counts("the sign-in", |counts| counts.sign_in == 1).await;
        stage.site.mend();
        stage.browser.wait_for(&format!("{CODE}:focus")).await;
    });
}

const PASTE: &str = "
    const input = document.querySelector(arguments[0]);
    input.value = arguments[1];
    input.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: arguments[2] }));";

async fn put(stage: &Stage, text: &str, how: &str) {
    stage.browser.ask(PASTE, &[CODE.into(), text.into(), how.into()]).await;
}

#[test]
fn the_step_has_one_field_with_the_focus_is_said_and_enter_sends_it() {
    play(asking(json!([code()])), async |stage| {
        let browser = &stage.browser;
        reach_the_code(stage).await;
        assert_eq!(browser.ask(ASK, &[]).await, json!(["code", "one-time-code", "numeric"]));
        assert_eq!(browser.count("#login .step:not(.done) input").await, 1);
        let said = browser.wait_for_text(".visually-hidden[role=status]").await;
        assert!(said.contains("One more step"), "{said}");
        browser.press(Key::Enter).await;
        browser.wait_for(&format!("{CODE}[aria-invalid=true]:focus")).await;
        assert_eq!(stage.provider.counts().sign_in, 1, "nothing was typed");
        // Typed, it is sent when its author says so.
        browser.type_blindly("123456").await;
        assert_eq!(stage.provider.counts().sign_in, 1);
        browser.press(Key::Enter).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 2);
    });
}

#[test]
fn a_code_that_is_pasted_or_filled_in_whole_is_sent_at_once() {
    for how in ["insertFromPaste", ""] {
        play(asking(json!([code()])), async |stage| {
            reach_the_code(stage).await;
            put(stage, "123", how).await;
            assert_eq!(stage.provider.counts().sign_in, 1, "half a code");
            put(stage, " 123 456 ", how).await;
            stage.wait_for_orders().await;
            assert_eq!(stage.provider.counts().sign_in, 2);
        });
    }
}

#[test]
fn a_wrong_code_is_asked_for_again_and_back_leads_to_the_password() {
    play(asking(json!([code()])), async |stage| {
        let browser = &stage.browser;
        reach_the_code(stage).await;
        for answer in ["mfa_required", "invalid_code"] {
            refuse(stage, answer);
            put(stage, "000000", "insertFromPaste").await;
            let said = browser.wait_for_text("[role=alert]").await;
            assert!(said.contains("not accepted"), "{said}");
            browser.wait_until("an empty code", "document.querySelector('input[name=code]').value === ''").await;
        }
        browser.click(".back").await;
        browser.wait_for("input[name=password]:focus").await;
        assert_eq!(browser.count(CODE).await, 0);
        assert_eq!(browser.value("input[name=username]").await, MEMBER.username);
        assert_eq!(browser.value("input[name=password]").await, MEMBER.password);
        assert_eq!(browser.text("[role=alert]").await, "");
        browser.press(Key::Enter).await;
        stage.wait_for_orders().await;
    });
}

#[test]
fn a_code_that_comes_too_late_leads_back_to_the_password_and_says_so() {
    play(asking(json!([code()])), async |stage| {
        let browser = &stage.browser;
        reach_the_code(stage).await;
        refuse(stage, "mfa_expired");
        put(stage, "123456", "insertFromPaste").await;
        let said = browser.wait_for_text("[role=alert]").await;
        assert!(said.contains("too long"), "{said}");
        assert_eq!(browser.count(CODE).await, 0);
        browser.wait_for("input[name=password]:focus").await;
        browser.press(Key::Enter).await;
        stage.wait_for_orders().await;
    });
}

#[test]
fn who_has_no_code_at_hand_uses_another_way() {
    play(asking(json!([code(), recovery()])), async |stage| {
        let browser = &stage.browser;
        reach_the_code(stage).await;
        assert_eq!(browser.count("input[name=recovery_code]").await, 0);
        browser.click("[data-action=another-way]").await;
        browser.wait_for("input[name=recovery_code]:focus").await;
        assert_eq!(browser.count(CODE).await, 0);
        // And round again.
        browser.click("[data-action=another-way]").await;
        browser.wait_for(&format!("{CODE}:focus")).await;
        browser.click("[data-action=another-way]").await;
        browser.wait_for("input[name=recovery_code]:focus").await;
        browser.type_blindly("abcd-efgh").await;
        browser.press(Key::Enter).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 2);
    });
}
