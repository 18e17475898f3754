//! Many tabs on one storage, every order of what can happen to them: explored to the end, and drawn by chance.
//!
//! Not run by a plain `cargo test`, which does not optimise: `cargo xtask test tabs` does.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "tabs/happening.rs"]
mod happening;
#[path = "tabs/model.rs"]
mod model;
#[path = "tabs/schedules.rs"]
mod schedules;
#[path = "tabs/world.rs"]
mod world;
