//! Vestibule: the login flow of a static web app, finished.
//!
//! Four floors; arrows point down only, and the build target guards it: floors 2 and 3 are compiled for
//! `wasm32` only, and what they need is not even a dependency of the host.
//!
//! ```text
//! FLOOR 3  ui       Leptos: pages, guard, form, notices. Reads a view, dispatches events
//! FLOOR 2  browser  fetch, storage, lock, clock. Carries effects out, decides nothing
//!          setup    pure too, and for the setup page alone: curl commands, and what is wrong with an answer
//!          oidc     pure too, and for the program of the redirect and the setup page: what is sent and believed there
//! FLOOR 1  session  pure decisions: (state, event, now) -> state and effects
//! FLOOR 0  config   pure data: the file, presets, bindings, pointers
//!          texts    every text of the app
//! ```

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod config;
#[cfg(any(feature = "oidc", feature = "operator", not(target_arch = "wasm32")))]
pub mod oidc;
pub mod session;
#[cfg(feature = "operator")]
pub mod setup;
pub mod texts;
#[cfg(target_arch = "wasm32")]
pub mod ui;
