//! Where the memory of the programs comes from that everybody loads.
//!
//! The standard library's allocator (dlmalloc) is made for servers and for speed, and costs everybody 2.4 KB with brotli before they can sign in.
//! This one, TLSF from the crate `rlsf`, takes a good fit in constant time, joins what is freed with its neighbours within
//! what was grown at once, and is a sixth of that. Pages that WebAssembly has grown by stay with it and are used again:
//! `tests/browser/memory.rs` holds that a long session needs no more of them than a short one. An answer of many megabytes
//! leaves as many to it.
//!
//! The library names no allocator: whoever builds an app of its own from it keeps theirs.

/// The allocator; a program takes it with `#[global_allocator]`.
pub type Memory = rlsf::SmallGlobalTlsf;
