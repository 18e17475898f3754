//! The boxes below the form: whether to stay signed in, and whether the username is to be remembered.

use end_to_end::dialect::Dialect;
use end_to_end::openid::by_redirect;
use end_to_end::provider::{ADMIN, MEMBER};
use end_to_end::real_stage;
use end_to_end::stage::{Setup, Stage, play, session_key};
use fantoccini::key::Key;
use serde_json::json;

const STAY: &str = "input[name=stay_signed_in]";
const REMEMBER: &str = "input[name=remember_username]";

fn asking(by_default: &'static str) -> Setup {
    Setup::of(Dialect::Supabase).edit(move |config| {
        config["session"] = json!({ "stay_signed_in": by_default, "idle_timeout_s": 900 });
    })
}

async fn is_ticked(stage: &Stage, selector: &str) -> bool {
    stage.browser.ask("return document.querySelector(arguments[0]).checked;", &[selector.into()]).await == true
}

/// Which of the two storages holds keys that begin as the session's does.
async fn places(stage: &Stage) -> String {
    let script = "const has = storage => Object.keys(storage).some(key => key === arguments[0]); \
                  return [has(localStorage) && 'local', has(sessionStorage) && 'session'].filter(Boolean).join();";
    stage.browser.ask(script, &[session_key().into()]).await.as_str().unwrap_or_default().to_owned()
}

#[test]
fn who_does_not_want_to_stay_is_signed_in_in_this_tab_alone() {
    play(asking("ticked").lasting(6), async |stage| {
        let browser = &stage.browser;
        stage.open("/").await;
        stage.wait_for_login().await;
        assert!(is_ticked(stage, STAY).await);
        browser.click(STAY).await;
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        assert_eq!(places(stage).await, "session");
        // Refreshed, it stays where it is; and what is beside it is with it.
        stage.provider.until_counts("a refresh", |counts| counts.refresh_ok >= 1).await;
        let stored = browser.everything_stored().await;
        assert!(stored.starts_with("[{},"), "{stored}");
        browser.reload().await;
        stage.wait_for_orders().await;

        let first = browser.tab().await;
        browser.open_window().await;
        stage.open("/orders").await;
        stage.wait_for_login().await;
        browser.look_at(&first).await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        assert_eq!(browser.everything_stored().await, "[{},{}]");
        assert_eq!((stage.provider.living_sessions(), stage.provider.counts().reuse), (0, 0));
    });
}

#[test]
fn who_wants_to_stay_is_signed_in_in_all_tabs() {
    play(asking("unticked"), async |stage| {
        let browser = &stage.browser;
        stage.open("/").await;
        stage.wait_for_login().await;
        assert!(!is_ticked(stage, STAY).await);
        browser.click(STAY).await;
        stage.sign_in_as(MEMBER).await;
        assert_eq!(places(stage).await, "local");
        browser.open_window().await;
        stage.open("/orders").await;
        stage.wait_for_orders().await;
    });
}

#[test]
fn a_later_sign_in_for_all_tabs_is_seen_in_a_tab_that_was_alone_and_ends_there_too() {
    play(asking("unticked"), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        assert_eq!(places(stage).await, "session");
        let first = browser.tab().await;
        browser.open_window().await;
        stage.open("/").await;
        stage.wait_for_login().await;
        browser.click(STAY).await;
        stage.sign_in_as(ADMIN).await;
        let second = browser.tab().await;
        browser.look_at(&first).await;
        browser.wait_until("the other user", &format!("document.body.innerText.includes('{}')", ADMIN.username)).await;
        assert_eq!(places(stage).await, "local");
        browser.look_at(&second).await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        browser.look_at(&first).await;
        stage.wait_for_login().await;
        browser.reload().await;
        stage.wait_for_login().await;
        assert_eq!(places(stage).await, "");
    });
}

#[test]
fn what_was_chosen_is_still_chosen_after_a_refusal_and_a_reload() {
    play(asking("ticked"), async |stage| {
        let browser = &stage.browser;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.click(STAY).await;
        stage.submit(MEMBER.username, "not-the-password").await;
        browser.wait_for_text("[role=alert]").await;
        assert!(!is_ticked(stage, STAY).await);
        browser.reload().await;
        stage.wait_for_login().await;
        assert!(!is_ticked(stage, STAY).await);
        stage.sign_in_as(MEMBER).await;
        assert_eq!(places(stage).await, "session");
    });
}

#[test]
fn a_choice_outlives_the_way_to_the_provider_s_own_pages() {
    let setup = by_redirect(json!({})).edit(|config| config["session"] = json!({ "stay_signed_in": "ticked" }));
    real_stage::play(setup, async |stage| {
        let browser = &stage.browser;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.click(STAY).await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/orders").await;
        let stored = browser.everything_stored().await;
        assert!(stored.starts_with("[{},"), "{stored}");
        browser.reload().await;
        stage.wait_for_rows("/orders").await;
    });
}

#[test]
fn the_boxes_stand_below_the_button_and_are_reached_after_it() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["session"] = json!({ "stay_signed_in": "ticked" });
        config["app"]["remember_username"] = json!(true);
    });
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.tab_to("#login button[type=submit]").await;
        for (selector, name) in [(STAY, "Stay signed in"), (REMEMBER, "Remember my username")] {
            browser.tab_to(selector).await;
            assert_eq!(browser.ask("return document.activeElement.labels[0].innerText.trim();", &[]).await, name);
            let size = "const box = document.activeElement.labels[0].getBoundingClientRect(); \
                        return box.height >= 44 && box.top >= document.querySelector('[type=submit]').getBoundingClientRect().bottom;";
            assert_eq!(browser.ask(size, &[]).await, true, "{name}");
        }
    });
}

#[test]
fn a_username_is_remembered_only_if_asked_for_and_once_it_was_right() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| config["app"]["remember_username"] = json!(true));
    play(setup, async |stage| {
        let browser = &stage.browser;
        // Nobody asked.
        stage.open_signed_in().await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        browser.wait_for("input[name=username]:focus").await;
        assert_eq!(browser.value("input[name=username]").await, "");
        assert!(!is_ticked(stage, REMEMBER).await);

        // Asked, but refused.
        browser.click(REMEMBER).await;
        stage.submit(MEMBER.username, "not-the-password").await;
        browser.wait_for_text("[role=alert]").await;
        assert_eq!(browser.everything_stored().await, "[{},{}]");
        // A sign-out keeps it, and the password is nowhere.
        stage.sign_in_as(MEMBER).await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        let stored = browser.everything_stored().await;
        assert!(stored.contains(MEMBER.username) && !stored.contains(MEMBER.password), "{stored}");
        browser.reload().await;
        browser.wait_for("input[name=password]:focus").await;
        assert_eq!(browser.value("input[name=username]").await, MEMBER.username);
        assert!(is_ticked(stage, REMEMBER).await);
        browser.type_blindly(MEMBER.password).await;
        browser.press(Key::Enter).await;
        stage.wait_for_orders().await;
        stage.sign_out().await;
        stage.wait_for_login().await;

        // Unticking forgets it, at once.
        browser.click(REMEMBER).await;
        browser.wait_until("nothing", "localStorage.length === 0").await;
        browser.reload().await;
        browser.wait_for("input[name=username]:focus").await;
        assert_eq!(browser.value("input[name=username]").await, "");
    });
}
