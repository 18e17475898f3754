//! Little room: on a screen 320 px wide, which is also a window of 1280 px at 400 %, and with text spaced as far apart as WCAG
//! 1.4.12 allows it, no state scrolls sideways and nothing is cut off; and what is touched is as large as a finger.

use end_to_end::browser::Browser;
use end_to_end::stage::{Stage, play_in_turn};
use end_to_end::states::{Group, Wanted, states_of};
use serde_json::Value;

/// What sticks out of the window, or out of a box that hides it. Rows scroll in a region of their own, which a keyboard reaches.
const STICKS_OUT: &str = "
    const name = element => element.outerHTML.slice(0, 110);
    const root = document.documentElement;
    const wrong = [];
    if (root.scrollWidth > root.clientWidth) { wrong.push('the page scrolls sideways: ' + root.scrollWidth); }
    for (const element of document.body.querySelectorAll('*')) {
        if (!element.checkVisibility() || element.closest('.table-region, pre, .visually-hidden, .step.done, svg, iframe')) { continue; }
        const rect = element.getBoundingClientRect();
        const { clipPath, textOverflow, overflowX } = getComputedStyle(element);
        if (rect.width === 0 || clipPath !== 'none') { continue; }
        if (rect.left < -1 || rect.right > innerWidth + 1) { wrong.push('out of the window: ' + name(element)); }
        const hides = overflowX === 'hidden' || overflowX === 'clip';
        if (hides && textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1 && !element.matches('.entrance, input')) {
            wrong.push('cut off: ' + name(element));
        }
    }
    return wrong;";

/// What is too small for a finger: 44 px, or 24 px (WCAG 2.5.8) for what stands among words or in a row that is read.
const TOO_SMALL: &str = "
    const wrong = [];
    const controls = 'a[href], button, input, select, textarea, summary, [role=button]';
    for (const element of document.querySelectorAll(controls)) {
        if (!element.checkVisibility() || element.closest('.step.done') || element.matches('.skip-link')) { continue; }
        // A box or a choice is touched by its label too.
        const touched = element.matches('[type=checkbox], [type=radio]') ? element.closest('label') ?? element : element;
        const { width, height } = touched.getBoundingClientRect();
        if (getComputedStyle(touched).clipPath !== 'none') { continue; }
        const among = element.closest('p, td, dd, th, li > p') !== null;
        const least = among ? 24 : 44;
        if (width < least - 0.5 || height < least - 0.5) {
            wrong.push(Math.round(width) + ' x ' + Math.round(height) + ': ' + element.outerHTML.slice(0, 110));
        }
    }
    return wrong;";

/// As far apart as WCAG 1.4.12 says. A sheet of its own, which no policy forbids to the browser's owner.
const SPACE_OUT: &str = "
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } \
        p { margin-block-end: 2em !important; }');
    document.adoptedStyleSheets = [sheet];";

async fn wrong(browser: &Browser, script: &str) -> Vec<String> {
    let found = browser.ask(script, &[]).await;
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

async fn has_room(stage: &Stage, wanted: Wanted) {
    let browser = &stage.browser;
    wanted.reach(stage).await;
    let mut found = Vec::new();
    let mut note = |what: &str, lines: Vec<String>| found.extend(lines.iter().map(|line| format!("  {what}: {line}")));
    note("too small", wrong(browser, TOO_SMALL).await);
    browser.set_room(320, 640).await;
    note("320 px", wrong(browser, STICKS_OUT).await);
    note("too small at 320 px", wrong(browser, TOO_SMALL).await);
    browser.set_room(320, 256).await;
    note("at 400 %", wrong(browser, STICKS_OUT).await);
    browser.ask(SPACE_OUT, &[]).await;
    note("spaced out at 400 %", wrong(browser, STICKS_OUT).await);
    browser.set_room(1280, 1024).await;
    note("spaced out", wrong(browser, STICKS_OUT).await);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_login_page_has_room_enough_for_everyone() {
    let groups = [Group::SignIn, Group::Trouble, Group::Notice, Group::Waiting];
    play_in_turn(states_of(&groups, "en"), &has_room);
}

#[test]
fn the_protected_pages_have_room_enough_for_everyone() {
    play_in_turn(states_of(&[Group::Pages, Group::Operator], "en"), &has_room);
}
