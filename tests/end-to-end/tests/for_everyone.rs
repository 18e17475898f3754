//! axe-core in every state of the app, light and dark, left to right and right to left: nothing keeps anybody from using it.

use end_to_end::axe::{self, PLANTED, obstacles};
use end_to_end::stage::{Stage, play_in_turn};
use end_to_end::states::{Group, STATES, State};

/// Reaches every state of some groups, and looks at it in all four ways.
fn look_into(groups: &[Group]) {
    let filter = std::env::var("VESTIBULE_STATE").ok();
    let wanted = STATES
        .iter()
        .filter(|state| groups.contains(&state.group))
        .filter(|state| filter.as_deref().is_none_or(|names| names.split(',').any(|name| state.name == name)));
    play_in_turn(wanted.map(|state| (state.name.to_owned(), state, state.setup())), async |stage, state| {
        look_at(stage, state).await;
    });
}

async fn look_at(stage: &Stage, state: &State) {
    let browser = &stage.browser;
    let began = std::time::Instant::now();
    state.reach(stage).await;
    let reached = began.elapsed();
    axe::bring(browser).await;
    let mut found = Vec::new();
    for scheme in ["light", "dark"] {
        // Still, so that no colour is half way to another.
        browser.set_preferences("", &[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]).await;
        for direction in ["ltr", "rtl"] {
            browser.ask("document.documentElement.dir = arguments[0];", &[direction.into()]).await;
            let lines = obstacles(browser).await;
            found.extend(lines.into_iter().map(|line| format!("  {scheme} {direction}: {line}")));
        }
    }
    println!(
        "{:20} reached in {} ms, looked at in {} ms",
        state.name,
        reached.as_millis(),
        (began.elapsed() - reached).as_millis()
    );
    assert!(found.is_empty(), "in the way:\n{}", found.join("\n"));
}

#[test]
fn nothing_is_in_the_way_of_who_signs_in() {
    look_into(&[Group::SignIn]);
}

#[test]
fn nothing_is_in_the_way_of_whose_sign_in_goes_wrong() {
    look_into(&[Group::Trouble]);
}

#[test]
fn nothing_is_in_the_way_of_who_comes_back() {
    look_into(&[Group::Notice, Group::Waiting]);
}

#[test]
fn nothing_is_in_the_way_of_who_is_signed_in() {
    look_into(&[Group::Pages]);
}

#[test]
fn nothing_is_in_the_way_of_who_runs_the_app() {
    look_into(&[Group::Operator]);
}

#[test]
fn what_is_in_the_way_would_be_found() {
    let ready = STATES.iter().filter(|state| state.name == "ready");
    play_in_turn(ready.map(|state| (state.name.to_owned(), state, state.setup())), async |stage, state| {
        state.reach(stage).await;
        axe::bring(&stage.browser).await;
        stage.browser.ask(PLANTED, &[]).await;
        let found = obstacles(&stage.browser).await;
        assert!(found.iter().any(|line| line.starts_with("image-alt")), "axe sleeps: {found:?}");
    });
}
