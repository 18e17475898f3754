//! Effects, made small: Leptos' own, with closures that are boxed once for all. The values that they follow are
//! `browser/state.rs`'s.

pub use crate::browser::{Derived, Kept, State, derived};
use crate::browser::{Vestibule, spawn};
use leptos::{
    prelude::Owner,
    reactive::{
        effect::RenderEffect,
        graph::{Subscriber, ToAnySubscriber},
    },
};

/// Runs now, a tick later to be exact, and again when what it reads changes; while something is built, and for as long as that is
/// there.
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
    // Gone with what is being built, and the effect with it.
    let running: Kept<Option<Running>> = Kept::new(None);
    let owner = Owner::current();
    spawn(async move {
        // By then it may be gone already, and with it all that the effect would read.
        if let Some(owner) = owner.filter(|_| running.is_there()) {
            running.set(Some(owner.with(|| effect(run))));
        }
    });
}

/// An effect that runs until it is dropped. By itself it would be known to what it has read for as long as that is there: a text
/// to the language, for one, and so every text of every page that was ever shown.
pub struct Running(RenderEffect<()>);

impl Drop for Running {
    fn drop(&mut self) {
        let own = self.0.to_any_subscriber();
        own.clear_sources(&own);
    }
}

/// Runs at once, and again when what it reads changes, until it is dropped.
pub fn effect(run: Box<dyn Fn()>) -> Running {
    Running(RenderEffect::new(move |_| run()))
}

/// What is true or false by others.
pub fn is(so: impl Fn() -> bool + Send + Sync + 'static) -> Derived<bool> {
    derived(so)
}
