//! Twenty tabs, faults at any time, drawn by chance; virtual time. What fails is made short, and reads as a story.
//!
//! The same ones each time, so that a failure means a change; `VESTIBULE_SEED=N cargo xtask test tabs` plays others. Each run
//! prints its seed.

use crate::{
    happening::{Happening, story},
    world::{Budget, World},
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner},
};
use std::{
    mem::Discriminant,
    sync::atomic::{AtomicU64, Ordering},
};

const SCHEDULES: u32 = 100_000;
const THREADS: u32 = 2;
const TABS: usize = 20;
const LIFETIME_MS: u64 = 600_000;
const BUDGET: Budget = Budget { dues: 16, crashes: 5, losses: 3, failures: 4, sign_outs: 2, sign_ins: 2, passes: 8 };

/// First what kind of thing happens, then which of that kind: else twenty tabs would do little but die.
type Choice = (u8, u16);

#[test]
fn a_hundred_thousand_schedules_of_twenty_tabs_end_well() {
    let seed = std::env::var("VESTIBULE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("seed {seed}: VESTIBULE_SEED={seed} plays the same {SCHEDULES} schedules again");
    let start = World::signed_in(TABS, BUDGET, None, Some(LIFETIME_MS), true);
    let (rotations, happenings) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (start, rotations, happenings) = (&start, &rotations, &happenings);
            scope.spawn(move || {
                let play = |choices: Vec<Choice>| {
                    let (end, story) = lived(start, &choices);
                    rotations.fetch_add(u64::from(end.rotations()), Ordering::Relaxed);
                    happenings.fetch_add(story.len() as u64, Ordering::Relaxed);
                    match end.broken.or_else(|| end.unsettled()) {
                        None => Ok(()),
                        Some(what) => Err(TestCaseError::fail(what)),
                    }
                };
                let outcome = runner(seed + u64::from(thread)).run(&vec(any::<Choice>(), 0..300), play);
                if let Err(TestError::Fail(what, choices)) = outcome {
                    let (_, happened) = lived(start, &choices);
                    panic!("{what} (seed {seed}):{}", story(&happened));
                }
            });
        }
    });
    println!(
        "{SCHEDULES} schedules of {TABS} tabs: {} happenings, {} rotations",
        happenings.into_inner(),
        rotations.into_inner()
    );
}

/// Plays a schedule, and then lets everything come to its end. The story is what was chosen, not how it ended.
fn lived(start: &World, choices: &[Choice]) -> (World, Vec<Happening>) {
    let mut world = start.clone();
    let mut story = Vec::new();
    for (kind, which) in choices {
        let possible = world.possible();
        let mut kinds: Vec<Discriminant<Happening>> = Vec::new();
        for kind in possible.iter().map(std::mem::discriminant) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let Some(kind) = kinds.get(usize::from(*kind) % kinds.len().max(1)) else { break };
        let of_kind: Vec<Happening> =
            possible.into_iter().filter(|happening| std::mem::discriminant(happening) == *kind).collect();
        let happening = of_kind[usize::from(*which) % of_kind.len()];
        world.happen(happening);
        story.push(happening);
        if world.broken.is_some() {
            return (world, story);
        }
    }
    world.settle();
    (world, story)
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config =
        Config { cases: SCHEDULES / THREADS, max_shrink_iters: 20_000, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
