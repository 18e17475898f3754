//! Signing in with a passkey: by the button, and from what the browser fills in. Whatever comes in between, the form is there.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use end_to_end::browser::Authenticator;
use end_to_end::dialect::Dialect;
use end_to_end::driver::Kind;
use end_to_end::provider::MEMBER;
use end_to_end::site::Fault;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::{Value, json};

const BUTTON: &str = "[data-action=passkey]";

fn with_passkeys() -> Setup {
    Setup::of(Dialect::Supabase).at_localhost().edit(|config| {
        config["provider"]["passkey"] = json!({
            "options": { "url": "{{vars.base_url}}/auth/v1/passkeys/options", "at": "/options" },
            "sign_in": {
                "url": "{{vars.base_url}}/auth/v1/passkeys/verify",
                "json": { "challenge_id": "{{challenge.challenge_id}}", "credential": "{{passkey}}" },
            },
        });
    })
}

/// Only Chromium lets a test have a device.
fn tell(setup: Setup, act: impl AsyncFnOnce(&Stage)) {
    if Kind::chosen() == Kind::Chromium {
        play(setup, act);
    }
}

/// Makes a passkey in this tab's device, as a page of the provider would.
const REGISTER: &str = "
    const bytes = text => new TextEncoder().encode(text);
    const base64 = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)));
    return navigator.credentials.create({ publicKey: {
        rp: { id: 'localhost', name: 'Stage' },
        user: { id: bytes(arguments[0]), name: arguments[0], displayName: arguments[0] },
        challenge: bytes('made once, looked at never'),
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    } }).then(made => ({ id: base64(made.rawId), key: base64(made.response.getPublicKey()) }));";

/// The browser offers no passkeys among what it fills in: only the button asks.
async fn with_button_alone(stage: &Stage) -> Authenticator {
    stage.run_before_every_page("PublicKeyCredential.isConditionalMediationAvailable = async () => false;");
    registered(stage).await
}

/// A device with a passkey that the provider knows; somebody touches it whenever it asks.
async fn registered(stage: &Stage) -> Authenticator {
    stage.open("/favicon.svg").await;
    let device = stage.browser.add_authenticator().await;
    let made = stage.browser.ask(REGISTER, &[MEMBER.username.into()]).await;
    let bytes = |name: &str| STANDARD.decode(made[name].as_str().unwrap_or_default()).expect("base64");
    stage.provider.add_passkey(MEMBER, &bytes("id"), &bytes("key"));
    device
}

async fn asked_for_options(stage: &Stage, times: u64) {
    stage.provider.until_counts("options", |counts| counts.passkey_options >= times).await;
}

/// Nothing is said, and the form is as it was: a password still signs in.
async fn a_password_still_signs_in(stage: &Stage) {
    stage.browser.wait_for("form#login[aria-busy=false]").await;
    stage.sign_in_as(MEMBER).await;
    stage.wait_for_orders().await;
}

#[test]
fn the_button_signs_in_and_a_reload_keeps_the_session() {
    tell(with_passkeys(), async |stage| {
        let browser = &stage.browser;
        with_button_alone(stage).await;
        stage.open("/login").await;
        stage.wait_for_login().await;
        assert_eq!(browser.text(BUTTON).await, "Sign in with a passkey");
        let below = "return document.querySelector(arguments[0]).getBoundingClientRect().top \
                     > document.querySelector('[type=submit]').getBoundingClientRect().bottom;";
        assert_eq!(browser.ask(below, &[BUTTON.into()]).await, true);
        browser.click(BUTTON).await;
        stage.wait_for_orders().await;
        browser.reload().await;
        stage.wait_for_orders().await;
        let counts = stage.provider.counts();
        assert_eq!((counts.sign_in, counts.logins_ok), (1, 1));
        stage.sign_out().await;
        stage.wait_for_login().await;
        assert_eq!(stage.provider.living_sessions(), 0);
    });
}

#[test]
fn a_passkey_is_among_what_the_browser_fills_in() {
    tell(with_passkeys(), async |stage| {
        let browser = &stage.browser;
        let device = registered(stage).await;
        browser.set_present(&device, false).await;
        stage.open("/orders").await;
        stage.wait_for_login().await;
        browser.wait_for("input[name=username][autocomplete='username webauthn']").await;
        asked_for_options(stage, 1).await;
        // Whoever types a name is not disturbed.
        browser.type_into("input[name=username]", MEMBER.username).await;
        assert_eq!(browser.text("[role=alert]").await, "");
        assert_eq!(stage.provider.counts().sign_in, 0);
        // A device that is there from the start answers at once.
        browser.set_present(&device, true).await;
        browser.reload().await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
    });
}

#[test]
fn who_changes_their_mind_is_where_they_were() {
    tell(with_passkeys(), async |stage| {
        let browser = &stage.browser;
        let device = with_button_alone(stage).await;
        browser.set_verified(&device, false).await;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.type_into("input[name=username]", "half typed").await;
        for _ in 0..2 {
            let asked = stage.provider.counts().passkey_options;
            browser.click(BUTTON).await;
            asked_for_options(stage, asked + 1).await;
            browser.wait_for("form#login[aria-busy=false]").await;
        }
        assert_eq!(browser.text("[role=alert]").await, "");
        assert_eq!(browser.value("input[name=username]").await, "half typed");
        assert_eq!(stage.provider.counts().sign_in, 0);
        a_password_still_signs_in(stage).await;
    });
}

#[test]
fn a_passkey_that_the_provider_does_not_accept_is_said_to_be_so() {
    tell(with_passkeys(), async |stage| {
        let browser = &stage.browser;
        with_button_alone(stage).await;
        stage.provider.clear_passkeys();
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.click(BUTTON).await;
        let said = browser.wait_for_text("[role=alert]").await;
        assert!(said.contains("passkey was not accepted"), "{said}");
        a_password_still_signs_in(stage).await;
    });
}

#[test]
fn options_that_cannot_be_had_are_said_to_who_asked_for_them_alone() {
    tell(with_passkeys(), async |stage| {
        let browser = &stage.browser;
        let device = registered(stage).await;
        browser.set_present(&device, false).await;
        let fault = json!({ "at": "passkey_options", "kind": "status", "status": 500, "times": 2 });
        stage.provider.add_fault(&fault);
        stage.open("/login").await;
        stage.wait_for_login().await;
        asked_for_options(stage, 1).await;
        browser.wait_for("form#login[aria-busy=false]").await;
        assert_eq!(browser.text("[role=alert]").await, "");
        browser.click(BUTTON).await;
        let said = browser.wait_for_text("[role=alert]").await;
        assert!(said.contains("problem"), "{said}");
        // It is asked again, and then answered.
        asked_for_options(stage, 3).await;
        a_password_still_signs_in(stage).await;
    });
}

#[test]
fn a_program_that_is_not_the_one_that_was_built_signs_nothing() {
    for ending in [".js", ".wasm"] {
        tell(with_passkeys(), async |stage| {
            with_button_alone(stage).await;
            stage.site.spoil("/passkey", ending, Fault::Altered);
            stage.open("/login").await;
            stage.wait_for_login().await;
            stage.browser.click(BUTTON).await;
            stage.browser.wait_for_text("[role=alert]").await;
            assert_eq!(stage.provider.counts().passkey_options, 0, "{ending}");
            a_password_still_signs_in(stage).await;
        });
    }
}

#[test]
fn options_that_make_no_sense_are_told_to_the_operator() {
    tell(with_passkeys(), async |stage| {
        let browser = &stage.browser;
        registered(stage).await;
        let fault = json!({ "at": "passkey_options", "kind": "status", "status": 200, "body": { "options": 7 } });
        stage.provider.add_fault(&fault);
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.click(BUTTON).await;
        let said = browser.wait_for_text("[role=alert]").await;
        assert!(said.contains("not set up") && said.contains("options"), "{said}");
        a_password_still_signs_in(stage).await;
    });
}

#[test]
fn a_browser_that_knows_no_passkeys_shows_no_button() {
    tell(with_passkeys(), async |stage| {
        stage.run_before_every_page("delete window.PublicKeyCredential;");
        stage.open("/login").await;
        stage.wait_for_login().await;
        assert_eq!(stage.browser.count(BUTTON).await, 0);
        stage.browser.wait_for("input[name=username][autocomplete=username]").await;
        a_password_still_signs_in(stage).await;
        assert_eq!((stage.provider.counts().passkey_options, stage.site.counts().get("/passkey.js")), (0, None));
    });
}

#[test]
fn a_browser_that_cannot_read_options_by_itself_signs_in_too() {
    tell(with_passkeys(), async |stage| {
        stage.run_before_every_page(
            "delete PublicKeyCredential.parseRequestOptionsFromJSON; delete PublicKeyCredential.prototype.toJSON;",
        );
        registered(stage).await;
        stage.open("/login").await;
        stage.wait_for_orders().await;
    });
}

#[test]
fn options_that_have_lapsed_are_asked_for_again() {
    tell(with_passkeys(), async |stage| {
        // Five minutes are two seconds.
        stage.run_before_every_page(
            "const later = window.setTimeout; \
             window.setTimeout = (deed, ms, ...rest) => later(deed, ms >= 300000 ? 2000 : ms, ...rest);",
        );
        let device = registered(stage).await;
        stage.browser.set_present(&device, false).await;
        stage.open("/login").await;
        stage.wait_for_login().await;
        asked_for_options(stage, 3).await;
        assert_eq!(stage.browser.text("[role=alert]").await, "");
        stage.browser.set_present(&device, true).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().sign_in, 1);
    });
}

#[test]
fn a_passkey_may_sign_in_for_this_tab_alone_and_leaves_a_remembered_name_as_it_is() {
    let setup = with_passkeys().also(|config: &mut Value| {
        config["session"] = json!({ "stay_signed_in": "ticked" });
        config["app"]["remember_username"] = json!(true);
    });
    tell(setup, async |stage| {
        let browser = &stage.browser;
        with_button_alone(stage).await;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.click("input[name=remember_username]").await;
        stage.sign_in_as(MEMBER).await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        browser.click("input[name=stay_signed_in]").await;
        browser.click(BUTTON).await;
        stage.wait_for_orders().await;
        assert_eq!(stage.kept_session().await.map(|_| ()), None, "it is in localStorage");
        stage.sign_out().await;
        browser.wait_for("input[name=password]:focus").await;
        assert_eq!(browser.value("input[name=username]").await, MEMBER.username);
    });
}

#[test]
fn what_a_passkey_signs_is_written_nowhere() {
    tell(with_passkeys(), async |stage| {
        let browser = &stage.browser;
        with_button_alone(stage).await;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.click(BUTTON).await;
        stage.wait_for_orders().await;
        let stored = browser.everything_stored().await;
        let log = stage.provider.log().join("\n") + &browser.console().await.join("\n");
        let user = URL_SAFE_NO_PAD.encode(MEMBER.username);
        for text in [stored, log] {
            assert!(!text.contains("clientDataJSON") && !text.contains(&user), "{text}");
        }
    });
}
