//! Effects and memos whose closures are boxed.
//!
//! Leptos writes the machinery of an effect or a memo once for each closure; boxed, it is there once for all effects, and
//! once for each type of value that a memo holds.

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
    let was_online = StoredValue::new(is_online.get_untracked());
    watch(move || {
        let is_online = is_online.get();
        if is_online && !was_online.get_value() {
            run();
        }
        was_online.set_value(is_online);
    });
}

/// A value that is computed from others, and heard of only when it differs.
pub fn derived<T: Clone + PartialEq + Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    derived_boxed(Box::new(value))
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

fn derived_boxed<T: Clone + PartialEq + Send + Sync + 'static>(value: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| value())
}
