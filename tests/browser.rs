//! Floors 2 and 3 in a real browser: storage and its events, the guard, the form, the table.
//!
//! There is no server here but the runner's own, which answers every request with some refusal. What needs a provider
//! is tested end to end.
#![cfg(target_arch = "wasm32")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "fuzz/cases.rs"]
mod cases;
#[path = "browser/dashboard.rs"]
mod dashboard;
#[path = "browser/form.rs"]
mod form;
#[path = "browser/guard.rs"]
mod guard;
#[path = "browser/memory.rs"]
mod memory;
#[path = "browser/page.rs"]
mod page;
#[path = "browser/require.rs"]
mod require;
#[path = "browser/second_lock.rs"]
mod second_lock;
#[path = "browser/stage.rs"]
mod stage;
#[path = "browser/state.rs"]
mod state;
#[path = "browser/storage.rs"]
mod storage;
#[path = "browser/table.rs"]
mod table;
#[path = "fuzz/ways.rs"]
mod ways;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
