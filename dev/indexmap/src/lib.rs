//! Stands in for the crate of this name in the app's build (`[patch.crates-io]` in `Cargo.toml`).
//!
//! Objects of JSON keep their order, and so do the subscribers of a signal: both are maps and sets of `indexmap`, which finds a
//! key by its hash. Here it is found by looking, from the first to the last, and in a map of more than a few keys by one plain
//! table of places: the code of real hash tables, anew for each kind of key, would be 4 KB more (brotli) for everybody who opens
//! the login page. Keys that somebody has chosen to have one hash are looked through as well, one behind the other: 66,000 of them, in
//! less than 1 MB, took 12 s. The real one draws its hashes from addresses in a page, which are no secret either.
//!
//! This has what `serde_json` and Leptos name, and what the program that splits the app does (`wasm_split_cli_support`).

pub mod map;
#[cfg(feature = "serde")]
mod serde;
pub mod set;

pub use map::IndexMap;
pub use set::IndexSet;
