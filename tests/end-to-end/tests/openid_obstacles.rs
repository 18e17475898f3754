//! What is in the way of a sign-in at the provider's own pages, or of the session after it, and is none of anybody's doing:
//! storage that is blocked, a person in a hurry, a provider that is out of reach, has changed its keys, or speaks of
//! somebody else; and apps that are deployed in less common ways.

use end_to_end::driver::Kind;
use end_to_end::openid::{Wants, agree_and_be_gone, by_redirect, end_session, wanted};
use end_to_end::real_stage::{RealStage, play};
use fantoccini::key::Key;
use serde_json::{Value, json};
use std::time::Duration;

/// As short as a page can be loaded in.
const SHORT: Duration = Duration::from_secs(5);

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// All places where metadata is looked for.
const NO_METADATA: [&str; 2] = [DISCOVERY, "/.well-known/oauth-authorization-server"];

// --- a person in a hurry ----------------------------------------------------------------------

#[test]
fn who_goes_back_from_the_providers_page_can_go_there_again() {
    play(by_redirect(json!({})), async |stage| back_and_there_again(stage).await);
}

#[test]
fn who_goes_back_to_a_page_that_the_browser_has_kept_can_go_there_again() {
    play(by_redirect(json!({})), async |stage| {
        stage.site.let_pages_be_kept();
        back_and_there_again(stage).await;
    });
}

async fn back_and_there_again(stage: &RealStage) {
    if !Kind::chosen().can_go_back() {
        return;
    }
    let browser = &stage.browser;
    stage.open("/again?x=1").await;
    for _ in 0..2 {
        assert_eq!(stage.continue_to("provider").await, Wants::ThePassword);
        browser.back().await;
        browser.wait_for("html[data-session=signed-out] [data-action=continue]").await;
        browser
            .wait_until("a button that is not busy", "document.querySelector('.doors[aria-busy=true]') === null")
            .await;
        assert_eq!(browser.count("[role=alert] *").await, 0, "nothing went wrong");
    }
    stage.continue_to("provider").await;
    stage.agree().await;
    stage.wait_for_rows("/again").await;
    assert_eq!(browser.path().await, "/again?x=1");
    assert_eq!((stage.happened("codes").await, stage.happened("refused").await), (1, 0));
}

#[test]
fn who_clicks_twice_goes_once() {
    play(by_redirect(json!({})), async |stage| {
        stage.tell(&json!({ "delay": { DISCOVERY: 500 } })).await;
        stage.open("/again").await;
        stage.wait_for_login().await;
        let script = "const button = document.querySelector('[data-action=continue]'); button.click(); button.click(); \
                      setTimeout(() => button.click(), 50);";
        stage.browser.ask(script, &[]).await;
        assert_eq!(stage.agree().await, [Wants::ThePassword, Wants::Consent]);
        stage.wait_for_rows("/again").await;
        assert_eq!((stage.happened("authorizations").await, stage.happened("codes").await), (1, 1));
        assert_eq!(stage.happened("refused").await, 0);
    });
}

#[test]
fn a_reload_while_the_tokens_are_awaited_leads_to_the_login_page_and_the_next_try_works() {
    play(by_redirect(json!({})), async |stage| {
        let browser = &stage.browser;
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.tell(&json!({ "delay": { "/token": 3000 } })).await;
        stage.agree().await;
        stage.wait_until_seen("/waiting", &json!(1)).await;
        stage.watch_for("main[data-page], tbody tr").await;
        browser.reload().await;
        stage.wait_for_login().await;
        stage.assert_address_is_clean().await;
        // What is granted now is granted to nobody.
        stage.wait_until_seen("/waiting", &json!(0)).await;
        stage.assert_signed_out().await;
        assert_eq!(browser.noted().await, Vec::<String>::new());
        stage.tell(&json!({ "delay": {} })).await;
        assert_eq!(stage.continue_to("provider").await, Wants::Consent);
        stage.agree().await;
        browser.wait_for("html[data-session=signed-in] main[data-page]").await;
        assert_eq!(stage.happened("reuses").await, 0);
    });
}

#[test]
fn the_keyboard_alone_is_enough() {
    play(by_redirect(json!({})), async |stage| {
        let browser = &stage.browser;
        stage.open("/again").await;
        stage.wait_for_login().await;
        browser.tab_to("[data-action=continue]").await;
        browser.press(Key::Enter).await;
        assert_eq!(wanted(browser).await, Wants::ThePassword);
        browser.tab_to("input[name=email]").await;
        browser.type_blindly("demo@example.com").await;
        browser.press(Key::Tab).await;
        browser.type_blindly("correct-horse").await;
        browser.press(Key::Enter).await;
        browser.wait_for("form#provider-consent").await;
        browser.tab_to("#provider-submit").await;
        browser.press(Key::Enter).await;
        stage.wait_for_rows("/again").await;
    });
}

// --- storage ----------------------------------------------------------------------------------

const NO_STORAGE: &str = "for (const name of ['localStorage', 'sessionStorage']) { \
    Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } }); }";

const NO_DATABASE: &str = "Object.defineProperty(window, 'indexedDB', { get() { return null; } });";

/// Nobody would know who comes back: that is said before anybody leaves.
#[test]
fn where_nothing_can_be_kept_and_no_window_may_open_nobody_is_sent_away() {
    play(by_redirect(json!({})), async |stage| {
        stage.site.put_before(NO_STORAGE);
        stage.site.put_before("window.open = () => null;");
        stage.open("/again").await;
        stage.press_continue("provider").await;
        stage.browser.wait_for_text("[role=alert]").await;
        assert!(stage.browser.url().await.as_str().starts_with(stage.site.origin()));
        assert_eq!(stage.happened("authorizations").await, 0);
        stage.wait_for_login().await;
    });
}

#[test]
fn where_nothing_can_be_kept_a_window_of_its_own_signs_in_until_the_next_reload() {
    play(by_redirect(json!({})).lasting(SHORT), async |stage| {
        stage.site.put_before(NO_STORAGE);
        stage.open("/again").await;
        in_a_window(stage).await;
        stage.wait_for_rows("/again").await;
        stage.wait_until_happened("refreshes", 2).await;
        assert_eq!((stage.happened("reuses").await, stage.happened("refused").await), (0, 0));
        stage.browser.reload().await;
        stage.wait_for_login().await;
    });
}

/// Presses the button that opens a window, does all that the window wants, and looks at the page again.
async fn in_a_window(stage: &RealStage) {
    let browser = &stage.browser;
    let page = browser.tab().await;
    stage.press_continue("provider").await;
    let tabs = browser.wait_for_tabs(2).await;
    let popup = tabs.into_iter().find(|tab| *tab != page).expect("one of two");
    browser.look_at(&popup).await;
    agree_and_be_gone(browser).await;
    browser.wait_for_tabs(1).await;
    browser.look_at(&page).await;
}

#[test]
fn a_key_that_cannot_be_kept_is_the_pages_own() {
    let setup = by_redirect(json!({ "dpop": true })).with(&["--require-dpop"]).lasting(SHORT);
    play(setup, async |stage| {
        stage.site.put_before(NO_DATABASE);
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        stage.wait_until_happened("refreshes", 2).await;
        assert_eq!((stage.happened("reuses").await, stage.happened("refused").await), (0, 0));

        // Without the key the tokens are worth nothing.
        stage.browser.reload().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.browser.wait_for("html[data-session=signed-in] main[data-page]").await;
    });
}

// --- the provider -----------------------------------------------------------------------------

#[test]
fn a_session_outlives_a_provider_whose_metadata_is_out_of_reach() {
    play(by_redirect(json!({})).lasting(SHORT), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        stage.tell(&json!({ "unreachable": NO_METADATA })).await;
        // A tab that does not know the endpoints yet, alone.
        let first = browser.tab().await;
        let other = browser.open_tab().await;
        browser.close_tab(&first).await;
        browser.look_at(&other).await;
        stage.open("/favicon.svg").await;
        let tokens = stage.tokens().await;
        stage.wait_until_refused(&tokens.access).await;
        stage.open("/again").await;
        // Nothing is shown, or that nothing can be: by the clock of this page the token may be good for a moment yet.
        browser.wait_for_text(".waiting-away, .block-problem").await;
        assert!(stage.tokens().await == tokens, "the session is kept");

        let refreshes = stage.happened("refreshes").await;
        stage.tell(&json!({ "unreachable": [] })).await;
        stage.wait_for_other_tokens(&tokens).await;
        browser.reload().await;
        stage.wait_for_rows("/again").await;
        assert!(stage.happened("refreshes").await > refreshes);
        assert_eq!((stage.happened("reuses").await, stage.happened("refused").await), (0, 0));
    });
}

#[test]
fn the_metadata_is_asked_for_once() {
    play(by_redirect(json!({})).lasting(SHORT), async |stage| {
        stage.open_signed_in().await;
        let first = stage.tokens().await;
        let second = stage.wait_for_other_tokens(&first).await;
        stage.browser.reload().await;
        stage.wait_for_rows("/orders").await;
        stage.wait_for_other_tokens(&second).await;
        stage.sign_out().await;
        stage.wait_until_happened("revocations", 2).await;
        stage.sign_in().await;
        assert_eq!(stage.happened("metadata").await, 1);
    });
}

#[test]
fn a_provider_may_change_its_keys_while_somebody_is_signed_in() {
    play(by_redirect(json!({})).lasting(SHORT), async |stage| {
        stage.open_signed_in().await;
        let first = stage.tokens().await;
        stage.wait_for_other_tokens(&first).await;
        let asked = stage.happened("key_sets").await;
        stage.tell(&json!({ "has_new_key": true })).await;
        let mut tokens = stage.tokens().await;
        for _ in 0..2 {
            let others = stage.wait_for_other_tokens(&tokens).await;
            assert!(others.id != tokens.id);
            tokens = others;
        }
        assert_eq!(stage.happened("key_sets").await, asked + 1);
        assert_eq!((stage.happened("reuses").await, stage.happened("refused").await), (0, 0));

        stage.sign_out().await;
        stage.sign_in().await;
        stage.wait_for_greeting().await;
    });
}

#[test]
fn what_the_provider_says_of_somebody_else_is_not_shown() {
    play(by_redirect(json!({})), async |stage| {
        let browser = &stage.browser;
        stage.tell(&json!({ "user_info": { "sub": "somebody-else", "email": "else@example.com" } })).await;
        stage.watch_for("main p").await;
        stage.open_signed_in().await;
        stage.wait_until_happened("user_infos", 1).await;
        browser.click("nav a[href$=\"/again\"]").await;
        stage.wait_for_rows("/again").await;
        browser.reload().await;
        stage.wait_for_rows("/again").await;
        stage.wait_until_happened("user_infos", 2).await;
        let texts = [browser.html("html").await, browser.everything_stored().await, browser.noted().await.join(" ")];
        for text in texts {
            assert!(!text.contains("somebody-else") && !text.contains("else@"), "{text:.300}");
        }
    });
}

// --- how an app is deployed -------------------------------------------------------------------

#[test]
fn an_app_below_a_path_is_found_again() {
    play(by_redirect(json!({ "end_session": end_session() })), async |stage| {
        let browser = &stage.browser;
        stage.site.put_below("/sub/app");
        stage.open("/sub/app/again?x=1").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        assert_eq!(browser.path().await, "/sub/app/again?x=1");
        assert_eq!(stage.seen("/token/redirect_uri").await, format!("{}/sub/app/callback", stage.site.origin()));
        browser.reload().await;
        stage.wait_for_rows("/again").await;
        browser.click("[data-action=sign-out]").await;
        browser.click("#provider-sign-out").await;
        stage.wait_for_login().await;
        assert_eq!(browser.path().await, "/sub/app/login");
        stage.continue_to("provider").await;
        browser.click("#provider-cancel").await;
        browser.wait_for_text("[role=alert]").await;
        assert_eq!(browser.url().await.path(), "/sub/app/login");
    });
}

#[test]
fn endpoints_that_are_written_out_need_no_discovery() {
    let setup = by_redirect(json!({})).lasting(SHORT).edit(|config| {
        let issuer = config["provider"]["vars"]["base_url"].as_str().unwrap_or_default().to_owned();
        let preset = end_to_end::workspace().join("public/presets/oidc.json");
        let preset = std::fs::read_to_string(preset).unwrap_or_default();
        let mut provider = preset.replace("{{vars.issuer}}", &issuer);
        for (name, path) in [
            ("authorization_endpoint", "/auth"),
            ("token_endpoint", "/token"),
            ("userinfo_endpoint", "/me"),
            ("revocation_endpoint", "/token/revocation"),
        ] {
            provider = provider.replace(&format!("#{name}"), path);
        }
        let mut provider: Value = serde_json::from_str(&provider).unwrap_or_default();
        provider["vars"]["base_url"] = json!(issuer);
        provider["vars"]["client_id"] = json!("spa");
        provider["redirect"]["jwks"] = json!(format!("{issuer}/jwks"));
        provider["redirect"]["form"]["prompt"] = json!("consent");
        config["provider"] = provider;
    });
    play(setup, async |stage| {
        stage.tell(&json!({ "unreachable": NO_METADATA })).await;
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        let first = stage.tokens().await;
        stage.wait_for_other_tokens(&first).await;
        stage.browser.reload().await;
        stage.wait_for_rows("/again").await;
        stage.sign_out().await;
        stage.wait_until_happened("revocations", 2).await;
        assert_eq!((stage.happened("metadata").await, stage.happened("refused").await), (0, 0));
        assert!(stage.happened("user_infos").await >= 1);
    });
}
