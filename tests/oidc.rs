//! Sign-in by redirect, on the host: what is sent, and what is believed of what comes back.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "tests"
)]

#[path = "oidc/callbacks.rs"]
mod callbacks;
#[path = "oidc/dpop.rs"]
mod dpop;
#[path = "oidc/id_tokens.rs"]
mod id_tokens;
#[path = "oidc/keys.rs"]
mod keys;
#[path = "oidc/logout.rs"]
mod logout;
#[path = "oidc/metadata.rs"]
mod metadata;
#[path = "oidc/oracle.rs"]
mod oracle;
#[path = "oidc/requests.rs"]
mod requests;
#[path = "oidc/signing.rs"]
mod signing;
