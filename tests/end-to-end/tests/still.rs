//! Nothing moves under anybody's hand: what the browser counts as a shift of the layout, also right after a click, from the
//! first paint on, in every state of the login page; and name, password and button are where they were in every one.

use end_to_end::browser::Browser;
use end_to_end::stage::{Stage, play_in_turn};
use end_to_end::states::{Group, states_of};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// All states of the login page.
const GROUPS: [Group; 4] = [Group::SignIn, Group::Trouble, Group::Notice, Group::Waiting];

/// Notes every shift of the layout.
const NOTE_SHIFTS: &str = "
    window.shifts = [];
    new PerformanceObserver(list => {
        // Protected pages are another story.
        if (document.documentElement.dataset.session === 'signed-in') { return; }
        for (const { value, sources } of list.getEntries()) {
            const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ');
            // Another text in the middle of the very same place begins elsewhere, and moves nothing.
            const real = sources.filter(({ previousRect, currentRect }) => place(previousRect) !== place(currentRect));
            if (real.length === 0 && sources.length > 0) { continue; }
            const moved = real.map(({ node, previousRect, currentRect }) => {
                const name = node?.outerHTML ?? node?.nodeValue ?? '?';
                return name.slice(0, 90) + ' from ' + place(previousRect) + ' to ' + place(currentRect);
            });
            window.shifts.push(value.toFixed(4) + ': ' + moved.join(', '));
        }
    }).observe({ type: 'layout-shift', buffered: true });";

/// Where the three are, if they are all to be seen.
const PLACES: &str = "
    scrollTo(0, 0);
    const all = ['input[name=username]', 'input[name=password]', 'form#login button[type=submit]'];
    const found = all.map(selector => document.querySelector(selector)?.checkVisibility() && document.querySelector(selector));
    if (!found.every(Boolean) || document.querySelector('.step.done')) { return null; }
    return found.map(element => {
        const { left, top, width, height } = element.getBoundingClientRect();
        return [left, top, width, height].map(Math.round).join(' ');
    }).join(' | ');";

/// A title that takes two lines or more comes with the config, and the form is painted before that: one line is reserved.
const LONG_TITLE: &str = "long-title";

/// What moves when one step follows the other, which has other fields.
const STEP: &str = "<button type=\"submit\"";

fn nothing_moves(language: &'static str, (width, height): (u32, u32)) {
    let first: Mutex<Option<Value>> = Mutex::new(None);
    let states = states_of(&GROUPS, language).filter(|(_, wanted, _)| wanted.state.name != LONG_TITLE);
    play_in_turn(states, &async |stage, wanted| {
        let browser = &stage.browser;
        browser.set_room(width, height).await;
        stage.run_before_every_page(NOTE_SHIFTS);
        wanted.reach(stage).await;
        let mut shifts = shifts(browser).await;
        if wanted.state.name.starts_with("second-step") || wanted.state.name == "wrong-code" {
            shifts.retain(|shift| !shift.contains(STEP));
        }
        assert!(shifts.is_empty(), "moved:\n  {}", shifts.join("\n  "));
        assert_stands_where_others_do(stage, &first).await;
    });
}

/// What was noted, after the frame in which it would be.
async fn shifts(browser: &Browser) -> Vec<String> {
    let drawn = "return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => \
        setTimeout(() => drawn(window.shifts ?? []), 50))));";
    let noted = browser.ask(drawn, &[]).await;
    noted.as_array().into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

async fn assert_stands_where_others_do(stage: &Stage, first: &Mutex<Option<Value>>) {
    let places = stage.browser.ask(PLACES, &[]).await;
    if places.is_null() {
        return;
    }
    let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
    let expected = first.get_or_insert_with(|| places.clone());
    assert_eq!(*expected, places, "name, password and button (left, top, width, height) are elsewhere");
}

#[test]
fn nothing_on_the_login_page_moves_on_a_screen_for_everyone() {
    nothing_moves("en", (1200, 900));
}

#[test]
fn nothing_on_the_login_page_moves_on_a_phone_for_everyone() {
    nothing_moves("en", (320, 640));
}

/// The longest sentences.
#[test]
fn nothing_on_the_login_page_moves_in_german_for_everyone() {
    nothing_moves("de", (320, 640));
}
