//! axe-core in every state of the app, light and dark, left to right and right to left: nothing keeps anybody from using it.

use end_to_end::axe::{self, PLANTED, obstacles};
use end_to_end::stage::{Stage, play_in_turn};
use end_to_end::states::{Group, Wanted, states_of};

/// Reaches every state of some groups, in a language of each direction, and looks at it in both schemes.
fn look_into(groups: &[Group]) {
    play_in_turn(states_of(groups, "en").chain(states_of(groups, "ar")), &look_at);
}

async fn look_at(stage: &Stage, wanted: Wanted) {
    let browser = &stage.browser;
    wanted.reach(stage).await;
    if wanted.state.group == Group::Operator {
        // Operators are spoken to in English.
        let direction = if wanted.language == "ar" { "rtl" } else { "ltr" };
        browser.ask("document.documentElement.dir = arguments[0];", &[direction.into()]).await;
    }
    axe::bring(browser).await;
    let mut found = Vec::new();
    for scheme in ["light", "dark"] {
        // Still, so that no colour is half way to another.
        browser.set_preferences("", &[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]).await;
        found.extend(obstacles(browser).await.into_iter().map(|line| format!("  {scheme}: {line}")));
    }
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
    play_in_turn(states_of(&[Group::SignIn], "en").take(1), &async |stage, wanted| {
        wanted.reach(stage).await;
        axe::bring(&stage.browser).await;
        stage.browser.ask(PLANTED, &[]).await;
        let found = obstacles(&stage.browser).await;
        assert!(found.iter().any(|line| line.starts_with("image-alt")), "axe sleeps: {found:?}");
    });
}
