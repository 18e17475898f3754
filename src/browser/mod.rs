//! FLOOR 2: what the browser does. Thin: it turns the world into events, carries effects out, and decides nothing.
//!
//! Where to start: [`Vestibule`] is the one handle that the UI holds; `driver.rs` is the loop behind it.
//!
//! ```text
//!  storage event, timer, online, shown again       form, button, API call
//!                    \                                /
//!                     '---> driver: Event -> advance -> Effect ---.
//!                                ^                                |
//!              Responded, StoreSettled, LockAcquired              |
//!                     '---------- http, storage, lock <-----------'
//! ```
//!
//! Depends on `session` and `config`; `ui` depends on it. Compiled for `wasm32` only.

mod app_store;
mod choices;
mod clock;
mod debug;
#[cfg(feature = "operator")]
mod drafting;
mod driver;
mod early;
mod handle;
mod http;
mod knowledge;
mod language;
mod load;
mod lock;
mod memory;
#[cfg(feature = "oidc")]
pub mod oidc;
mod operator;
mod passkey;
mod pieces;
#[cfg(feature = "operator")]
mod probe;
mod redirect;
mod sending;
mod spawn;
mod state;
mod storage;
mod surroundings;
#[cfg(feature = "oidc")]
pub mod webauthn;

pub use app_store::AppStore;
pub use debug::say_version;
#[cfg(feature = "operator")]
pub use drafting::{fetch_file, read_config};
pub use early::{PAINTED, SENT, SUBMITTED, painted};
pub use handle::Vestibule;
pub use language::{browser_languages, fetch_texts, pick_language, picked_language};
pub use load::{ConfigProblem, base_path, load_config};
pub use memory::Memory;
pub use operator::{comes_too_late, hand_over};
pub use pieces::{load_pages, load_ui};
#[cfg(feature = "operator")]
pub use probe::{Attempt, Tried, attempt, discover};
pub use redirect::Arrival;
pub use spawn::{Work, spawn};
pub use state::{Derived, Kept, State, derived};
pub use surroundings::query_pairs;
