//! Effects, made small: Leptos' own, with closures that are boxed once for all. The values that they follow are
//! `browser/state.rs`'s.

pub use crate::browser::{Derived, Kept, State, derived};
use crate::browser::Vestibule;
use leptos::prelude::*;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Runs now, a tick later to be exact, and again when what it reads changes.
pub fn watch(run: impl Fn() + 'static) {
    watch_boxed(Box::new(run));
}

/// Runs when the network has come back.
pub fn on_network(vestibule: Vestibule, run: impl Fn() + 'static) {
    let is_online = vestibule.is_online();
    let was_online = Kept::new(is_online.get_untracked());
    watch(move || {
        let is_online = is_online.get();
        if is_online && !was_online.get() {
            run();
        }
        was_online.set(is_online);
    });
}

fn watch_boxed(run: Box<dyn Fn()>) {
    // Leptos runs a new effect once even when its owner is gone by then, and with it all that it would read.
    let is_over = Arc::new(AtomicBool::new(false));
    let ends = Arc::clone(&is_over);
    on_cleanup(move || ends.store(true, Ordering::Relaxed));
    Effect::new(move |_: Option<()>| {
        if !is_over.load(Ordering::Relaxed) {
            run();
        }
    });
}

/// What is true or false by others.
pub fn is(so: impl Fn() -> bool + Send + Sync + 'static) -> Derived<bool> {
    derived(so)
}
