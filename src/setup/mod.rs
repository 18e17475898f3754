//! What the setup page knows: how a config comes to be, and what is wrong when it does not work. Pure, tested on the host.
//!
//! ```text
//! curl command --curl.rs--> request --file.rs--> config.json --config--> Config
//!                                                                          |
//!      report <--trial.rs-- answer, or why there is none <--browser-- a try of one request
//!                             '--probing.rs--> what else to ask, to tell one failure from another
//! ```
//!
//! A sign-in by redirect cannot be tried here; `discovery.rs` says what can be looked at instead.
//!
//! A try is written and read by [`crate::session::protocol`], so what is said of it is what the app would do. Whatever is
//! shown of an answer goes through `masking.rs`: no token and no password is ever whole in a report.
//!
//! Uses `session` and `config`; neither knows it, and the app that people sign in with does not either.

mod answering;
pub mod curl;
pub mod discovery;
mod failing;
pub mod file;
pub mod masking;
pub mod probing;
mod report;
mod searching;
mod shell;
mod trial;
mod wording;

pub use report::{Finding, Line, Repair, Report, Weight};
pub use trial::{Meaning, Step, Trial};
