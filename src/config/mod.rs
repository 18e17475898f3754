//! FLOOR 0: what the operator wrote. Pure data, no I/O.
//!
//! ```text
//! config.json --parse--> Draft --+ preset text--> merged (RFC 7396) --vars--> checked --> Config
//!                          |                                            |
//!                          `------------ every mistake so far ----------'--> Mistakes
//! ```
//!
//! A [`Draft`] is a readable JSON file whose preset is still to be fetched; [`Draft::finish`]
//! either gives a whole [`Config`] or *all* [`Mistakes`] at once, each with its JSON Pointer, what was
//! found, what is allowed, and the nearest correct name. The app never starts half.
//!
//! Depends on nothing but serde. The floors above (`session`, `browser`, `ui`) depend on it.
mod address;
mod binding;
mod json;
mod merge;
mod mistake;
mod model;
mod pages;
mod pointer;
mod reading;
#[cfg(not(target_arch = "wasm32"))]
pub mod schema;
mod template;

pub use address::{form_component, is_safe_link, percent_decoded, percent_decoded_bytes};
pub use binding::{Binding, Lookup, MissingValue, Root};
pub use json::{parse_json, read_json, write_json, write_number};
pub use merge::merge_patch;
pub use mistake::{Mistake, Mistakes};
pub use model::*;
pub(crate) use pointer::child;
pub use pointer::{Pointer, PointerError};
#[cfg(not(target_arch = "wasm32"))]
pub use reading::shape;
pub use reading::{Draft, NO_SECRET, Preset, keys};
#[cfg(target_arch = "wasm32")]
pub(crate) use template::cut;
pub(crate) use template::cut_last;
pub use template::{Template, TemplateError, UrlTemplate};
