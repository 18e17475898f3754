//! Everything that reads what others wrote, under fire: a corpus that is kept (`tests/fixtures/corpus/`), what chance makes of it,
//! and for each reader what must hold whatever it is given. Nothing may panic, and everything must end.
//!
//! ```text
//! cases      the corpus, and what is done to it; the same in the browser (tests/browser/second_lock.rs)
//! ways       what must hold of an address that is let through, whoever parses it; the same in the browser
//! json       what is done to JSON
//! running    one target: its cases on all processors, the shortest text that still fails, the counts at the end
//! watch      tells a case that never ends
//! the rest   a file for each kind of text: what is made, and what must hold
//! ```
//! A plain `cargo test` tries a few thousand of each. `cargo xtask test fuzz`, optimised, tries 500 times as many: ten million return paths among
//! them. `VESTIBULE_FUZZ=N` sets how many times as many, `VESTIBULE_SEED=N` plays others.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "fuzz/addresses.rs"]
mod addresses;
#[path = "fuzz/answers.rs"]
mod answers;
#[path = "fuzz/bindings.rs"]
mod bindings;
#[path = "fuzz/callbacks.rs"]
mod callbacks;
#[path = "fuzz/cases.rs"]
mod cases;
#[path = "fuzz/configs.rs"]
mod configs;
#[path = "fuzz/json.rs"]
mod json;
#[path = "fuzz/pointers.rs"]
mod pointers;
#[path = "fuzz/records.rs"]
mod records;
#[path = "fuzz/running.rs"]
mod running;
#[path = "fuzz/times.rs"]
mod times;
#[path = "fuzz/tokens.rs"]
mod tokens;
#[path = "fuzz/watch.rs"]
mod watch;
#[path = "fuzz/ways.rs"]
mod ways;
