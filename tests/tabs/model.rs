//! Every order of everything that can happen to a few tabs, explored to the end.
//!
//! What must never happen is looked for in every state. "From every state, the faults over, every tab settles" is
//! looked for where nothing can happen any more: every fault is counted, so every life of the tabs comes to such an end.
//!
//! A protection that is taken out must lead to a state that must not be: else the model could not see it missing.

use crate::{
    happening::{Happening, story},
    world::{Budget, Protection, World},
};
use stateright::{Checker, Model, Property};

struct Tabs {
    start: World,
}

impl Model for Tabs {
    type State = World;
    type Action = Happening;

    fn init_states(&self) -> Vec<World> {
        vec![self.start.clone()]
    }

    fn actions(&self, state: &World, actions: &mut Vec<Happening>) {
        if state.broken.is_none() {
            actions.extend(state.possible());
        }
    }

    fn next_state(&self, state: &World, happening: Happening) -> Option<World> {
        let mut next = state.clone();
        next.happen(happening);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nothing that must never happen", |_, state: &World| state.broken.is_none()),
            Property::always("every tab settles", |_, state: &World| {
                state.broken.is_some() || !state.possible().is_empty() || state.unsettled().is_none()
            }),
        ]
    }
}

/// Explores; `None` when all is well, else the story of how it went wrong.
fn explore(
    name: &str,
    tabs: usize,
    budget: Budget,
    missing: Option<Protection>,
    depth: Option<usize>,
) -> Option<String> {
    let start = World::signed_in(tabs, budget, missing, None, false);
    explore_from(name, start, depth)
}

fn explore_from(name: &str, start: World, depth: Option<usize>) -> Option<String> {
    let mut checker = Tabs { start }.checker().threads(2);
    if let Some(depth) = depth {
        checker = checker.target_max_depth(depth);
    }
    let checker = checker.spawn_bfs().join();
    println!("{name}: {} states, {} steps deep", checker.unique_state_count(), checker.max_depth());
    let (_, path) = checker.discoveries().into_iter().next()?;
    let last = path.last_state();
    let what = last.broken.or_else(|| last.unsettled()).unwrap_or_default();
    Some(format!("{what}:{}", story(&path.into_actions())))
}

fn must_hold(name: &str, tabs: usize, budget: Budget, depth: Option<usize>) {
    if let Some(story) = explore(name, tabs, budget, None, depth) {
        panic!("{story}");
    }
}

fn must_break(missing: Protection, budget: Budget) -> String {
    let name = format!("without {missing:?}");
    explore(&name, 2, budget, Some(missing), None).expect("nobody misses it")
}

#[test]
fn two_tabs_that_refresh_and_sign_out_settle_whatever_the_order() {
    must_hold("two tabs", 2, Budget { dues: 2, sign_outs: 1, sign_ins: 1, ..Budget::default() }, None);
}

#[test]
fn two_tabs_that_also_ask_for_the_user_settle_whatever_the_order() {
    let budget = Budget { dues: 2, sign_outs: 1, sign_ins: 1, ..Budget::default() };
    let start = World::signed_in(2, budget, None, None, true);
    if let Some(story) = explore_from("two tabs and the user", start, None) {
        panic!("{story}");
    }
}

#[test]
fn two_tabs_survive_a_crash_at_any_step() {
    must_hold("a crash", 2, Budget { dues: 2, crashes: 1, sign_outs: 1, ..Budget::default() }, None);
}

#[test]
fn two_tabs_survive_a_lost_answer_at_any_step() {
    must_hold("a loss", 2, Budget { dues: 2, losses: 1, sign_outs: 1, ..Budget::default() }, None);
}

#[test]
fn two_tabs_survive_everything_at_once() {
    let budget = Budget { dues: 2, crashes: 1, losses: 1, sign_outs: 1, sign_ins: 1, ..Budget::default() };
    must_hold("two tabs, everything", 2, budget, None);
}

#[test]
fn three_tabs_settle_as_far_as_was_looked() {
    must_hold(
        "three tabs",
        3,
        Budget { dues: 2, crashes: 1, losses: 1, sign_outs: 1, sign_ins: 1, ..Budget::default() },
        Some(14),
    );
}

#[test]
fn without_the_compare_and_set_a_session_outlives_its_sign_out() {
    let story =
        must_break(Protection::CompareAndSet, Budget { dues: 1, sign_outs: 1, crashes: 1, ..Budget::default() });
    println!("{story}");
}

#[test]
fn without_the_lock_a_refresh_token_is_presented_twice() {
    let story = must_break(Protection::Lock, Budget { dues: 2, ..Budget::default() });
    assert!(story.starts_with("a refresh token was presented twice"), "{story}");
}

#[test]
fn without_the_generation_lock_a_refresh_token_is_presented_twice() {
    let story = must_break(Protection::GenerationLock, Budget { dues: 2, ..Budget::default() });
    assert!(story.starts_with("a refresh token was presented twice"), "{story}");
}

#[test]
fn without_the_rule_for_late_answers_sessions_are_mixed() {
    let story = must_break(Protection::LateAnswers, Budget { dues: 2, sign_outs: 1, sign_ins: 1, ..Budget::default() });
    println!("{story}");
}
