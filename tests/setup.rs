//! What the setup page knows, on the host: curl commands, the file they become, and what is said of answers.
#![cfg(all(not(target_arch = "wasm32"), feature = "operator"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "tests"
)]

#[path = "setup/curl.rs"]
mod curl;
#[path = "setup/discovery.rs"]
mod discovery;
#[path = "setup/file.rs"]
mod file;
#[path = "setup/findings.rs"]
mod findings;
#[path = "setup/secrets.rs"]
mod secrets;
