//! Scenarios of a session in a simulated world: virtual clock, storage, lock and provider, the real machine.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "session/answers.rs"]
mod answers;
#[path = "session/cookies.rs"]
mod cookies;
#[path = "session/cookies_under_attack.rs"]
mod cookies_under_attack;
#[path = "session/flows.rs"]
mod flows;
#[path = "session/idle.rs"]
mod idle;
#[path = "session/inspection.rs"]
mod inspection;
#[path = "session/passkeys.rs"]
mod passkeys;
#[path = "session/properties.rs"]
mod properties;
#[path = "session/redirect.rs"]
mod redirect;
#[path = "session/replay.rs"]
mod replay;
#[path = "session/return_path.rs"]
mod return_path;
#[path = "session/staying.rs"]
mod staying;
#[path = "session/together.rs"]
mod together;
#[path = "session/wire.rs"]
mod wire;
#[path = "session/world.rs"]
mod world;
