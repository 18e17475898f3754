//! With keys alone, by real key events: the whole way from the login page to the rows and out again, with all that goes wrong
//! on it. At every step the focus is somewhere, and can be seen.

use end_to_end::browser::Browser;
use end_to_end::provider::MEMBER;
use end_to_end::stage::play_in_turn;
use end_to_end::states::state;
use fantoccini::key::Key;

/// What is wrong with where the focus is, or nothing. What takes the focus without being a control (a heading, a message) is
/// where reading goes on; the text itself is the sign.
const LOOK: &str = "
    const focused = document.activeElement;
    if (!focused || focused === document.body) { return 'the focus is lost'; }
    const name = focused.outerHTML.slice(0, 120);
    const rect = focused.getBoundingClientRect();
    if (rect.width < 1 || rect.height < 1) { return 'the focus is on what takes no room: ' + name; }
    if (rect.bottom <= 0 || rect.right <= 0 || rect.top >= innerHeight || rect.left >= innerWidth) {
        return 'the focus is out of sight: ' + name;
    }
    const at = document.elementFromPoint(
        Math.min(Math.max(rect.left + rect.width / 2, 0), innerWidth - 1),
        Math.min(Math.max(rect.top + Math.min(rect.height, 20) / 2, 0), innerHeight - 1));
    if (at && !focused.contains(at) && !at.contains(focused)) { return 'the focus is covered: ' + name; }
    if (focused.tabIndex < 0) { return null; }
    const shown = [focused, ...focused.parentElement.children].some(element => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1.5;
    });
    return shown ? null : 'nothing shows where the focus is: ' + name;";

async fn assert_seen(browser: &Browser) {
    let wrong = browser.ask(LOOK, &[]).await;
    assert!(wrong.is_null(), "{wrong}");
}

/// Presses keys and looks where the focus is then.
async fn press(browser: &Browser, chord: &[Key]) {
    browser.press_together(chord).await;
    assert_seen(browser).await;
}

/// Goes on until what matches has the focus, and looks at every stop.
async fn go(browser: &Browser, chord: &[Key], selector: &str) {
    for _ in 0..40 {
        press(browser, chord).await;
        if browser.has_focus(selector).await {
            return;
        }
    }
    panic!("40 times {chord:?} did not lead to `{selector}`");
}

const ON: &[Key] = &[Key::Tab];
const BACK: &[Key] = &[Key::Shift, Key::Tab];
const ENTER: &[Key] = &[Key::Enter];
const SPACE: &[Key] = &[Key::Space];

const USERNAME: &str = "input[name=username]";
const PASSWORD: &str = "input[name=password]";
const CODE: &str = "input[autocomplete=one-time-code]";

#[test]
fn with_keys_alone_somebody_signs_in_looks_around_and_signs_out() {
    // A provider that asks for a code.
    play_in_turn([state("second-step")], &async |stage, _| {
        let browser = &stage.browser;
        stage.open("/login").await;
        stage.wait_for_login().await;
        browser.wait_for_focus(USERNAME).await;
        assert_seen(browser).await;

        // Empty, then a wrong password, typed in sight.
        press(browser, ENTER).await;
        browser.wait_for_focus("input[name=username][aria-invalid=true]").await;
        browser.type_blindly(MEMBER.username).await;
        go(browser, ON, PASSWORD).await;
        browser.type_blindly("not-the-password").await;
        go(browser, ON, ".show-password").await;
        press(browser, SPACE).await;
        browser.wait_for("input[name=password][type=text]").await;
        go(browser, BACK, PASSWORD).await;
        browser.press_together(ENTER).await;
        browser.wait_for_focus("[role=alert]").await;
        assert_seen(browser).await;
        browser.wait_for("input[name=password][type=password]").await;

        // The right one, a step further, and back again.
        let asks =
            r#"{ "at": "sign_in", "kind": "status", "status": 400, "body": { "error": "mfa_required" }, "times": 2 }"#;
        stage.provider.add_fault_as_written(asks);
        go(browser, ON, PASSWORD).await;
        browser.type_blindly(MEMBER.password).await;
        browser.press_together(ENTER).await;
        browser.wait_for_focus(CODE).await;
        assert_seen(browser).await;
        go(browser, ON, "button.back").await;
        browser.press_together(ENTER).await;
        browser.wait_for_focus(PASSWORD).await;
        assert_seen(browser).await;
        browser.press_together(ENTER).await;
        browser.wait_for_focus(CODE).await;
        browser.type_blindly("123456").await;
        browser.press_together(ENTER).await;

        // Signed in: from page to page, through the rows, into the menu and out of it.
        browser.wait_for_focus("main[data-page=\"/orders\"] h1").await;
        browser.wait_for("main tbody tr").await;
        go(browser, BACK, "nav a[href$=\"/profile\"]").await;
        browser.press_together(ENTER).await;
        browser.wait_for_focus("main[data-page=\"/profile\"] h1").await;
        go(browser, BACK, "nav a[href$=\"/archive\"]").await;
        browser.press_together(ENTER).await;
        browser.wait_for_focus("main[data-page=\"/archive\"] h1").await;
        browser.wait_for("main[data-page=\"/archive\"] tbody tr").await;
        go(browser, ON, ".table-region").await;
        let top = "return document.querySelector('.table-region').scrollTop;";
        press(browser, &[Key::PageDown]).await;
        press(browser, &[Key::PageDown]).await;
        browser.wait_until("the rows to move", "document.querySelector('.table-region').scrollTop > 0").await;
        assert!(browser.ask(top, &[]).await.as_f64() > Some(0.0));

        go(browser, BACK, ".account-button").await;
        press(browser, ENTER).await;
        browser.wait_for("#account:popover-open input[type=radio]").await;
        go(browser, ON, "#account input[type=radio]").await;
        press(browser, &[Key::Right]).await;
        press(browser, &[Key::Left]).await;
        press(browser, &[Key::Escape]).await;
        browser.wait_for("#account:not(:popover-open)").await;
        browser.wait_for_focus(".account-button").await;
        press(browser, SPACE).await;
        browser.wait_for("#account:popover-open").await;
        go(browser, ON, "[data-action=sign-out]").await;
        browser.press_together(ENTER).await;
        stage.wait_for_login().await;
        browser.wait_for_focus(USERNAME).await;
        assert_seen(browser).await;
        stage.assert_signed_out().await;
    });
}

#[test]
fn the_skip_link_comes_first_and_leads_past_the_menu() {
    play_in_turn([state("table")], &async |stage, wanted| {
        wanted.reach(stage).await;
        let browser = &stage.browser;
        browser.reload().await;
        browser.wait_for("main tbody tr").await;
        go(browser, BACK, ".skip-link").await;
        press(browser, ENTER).await;
        browser.wait_for_focus("main").await;
        press(browser, ON).await;
        assert!(!browser.has_focus("header *").await, "the focus is in the menu again");
    });
}
