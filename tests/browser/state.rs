//! Values that are followed: what they say when they are gone, when they are set in the middle of a look, and of whom they are heard.

use leptos::prelude::Owner;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed},
};
use vestibule::browser::{Kept, derived};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn what_is_gone_says_a_default_and_cannot_be_set() {
    let owner = Owner::new();
    let kept = owner.with(|| Kept::new(7));
    assert_eq!((kept.get(), kept.is_there()), (7, true));
    owner.cleanup();
    kept.set(8);
    assert_eq!((kept.get(), kept.is_there()), (0, false));
}

#[wasm_bindgen_test]
fn a_value_can_be_set_while_somebody_looks_at_it() {
    let owner = Owner::new();
    let kept = owner.with(|| Kept::new("before".to_owned()));
    let seen = kept.with(|value| {
        kept.set("after".to_owned());
        value.clone()
    });
    assert_eq!((seen.as_str(), kept.get().as_str()), ("before", "after"));
}

#[wasm_bindgen_test]
fn what_is_computed_is_computed_when_it_is_asked_for_and_once() {
    let owner = Owner::new();
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let doubled = owner.with(|| {
        derived(move || {
            counted.fetch_add(1, Relaxed);
            42
        })
    });
    assert_eq!(count.load(Relaxed), 0);
    assert_eq!((doubled.get_untracked(), doubled.with_untracked(|value| *value), count.load(Relaxed)), (42, 42, 1));
}
