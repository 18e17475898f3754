//! FLOOR 1: what is decided. Pure: (state, event, now) -> state and effects. No clock, no I/O, no randomness.
//!
//! Where to start: [`Event`] and [`Effect`] are the two alphabets, `advance.rs` is the one place between them, and
//! [`SessionView`] is all that a page sees.
//!
//! ```text
//!                 +--------------------- advance.rs ---------------------+
//!   Event ------> | Starting, SignedOut, SigningIn, SignedIn { Refresh } | ------> Effect
//!   (what the     +------------------------------------------------------+        (what the browser
//!    browser saw)       | view()          | next_wake()                            floor carries out)
//!                       v                 v
//!                  SessionView        "wake me then"
//! ```
//!
//! | word | meaning |
//! |---|---|
//! | session | from one sign-in to its end, however often its tokens are refreshed |
//! | access token | RFC 6749 §1.4, presented to the API (RFC 6750) |
//! | refresh token | RFC 6749 §1.5, presented to the provider once if it rotates |
//! | revocation | RFC 7009: the provider is told to forget |
//! | generation | counts the changes of a session's tokens, for compare-and-set |
//! | gate | what the guard reads: pending, open or closed |
//! | stale | good still, but due for a refresh |
//!
//! Depends on `config` alone.

mod advance;
pub mod call;
pub mod claims;
mod event;
mod inspection;
pub mod keeping;
mod known;
pub mod passkey;
pub mod protocol;
mod query;
pub mod redirect;
mod return_path;
mod state;
mod store;
mod time;
mod tokens;
mod view;

pub use event::{Ask, CallerId, Effect, Event, Form, Jitter, Kept, NoToken, Outcome, RequestId, Settled};
pub use inspection::{Finding, Trail};
pub use known::{Known, Left};
pub use protocol::{Challenged, Grant, HttpFailure, HttpRequest, HttpResponse, Values};
pub use query::{QueryProblem, read_before_rows, read_rows};
pub use redirect::RedirectProblem;
pub use return_path::{LOGIN, ReturnPath};
pub use state::{
    Refresh, RefreshBy, Revocation, Rules, Session, SignInProblem, SignedIn, SignedOut, SignedOutReason, State,
    UserInfo,
};
pub use store::{Lifetime, Store};
pub use time::Timestamp;
pub use tokens::{AccessToken, Freshness, IdToken, RefreshToken, Replaces, StoredSession, Tokens};
pub use view::{Gate, SessionView};
