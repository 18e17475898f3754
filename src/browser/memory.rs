//! Where the memory of the programs comes from that everybody loads, and what becomes of it.
//!
//! The standard library's allocator (dlmalloc) is made for servers and for speed, and costs everybody 2.4 KB with brotli before they can sign in.
//! This one, TLSF from the crate `rlsf`, takes a good fit in constant time, joins what is freed with its neighbours within
//! what was grown at once, and is a sixth of that. Pages that WebAssembly has grown by stay with it and are used again:
//! `tests/browser/memory.rs` holds that a long session needs no more of them than a short one. An answer of many megabytes
//! leaves as many to it.
//!
//! What is given back is wiped first. A token is in many texts on its way: the answer, its JSON, the record, a request. None of
//! them has to know that, and none can be forgotten, as where each type of secret would wipe itself: after a sign-out
//! no token is left in memory (`tests/end-to-end/tests/remains.rs`). Filling with zeros is one instruction of WebAssembly.
//!
//! The library names no allocator: whoever builds an app of its own from it keeps theirs.

use rlsf::SmallGlobalTlsf;
use std::alloc::{GlobalAlloc, Layout};

/// The allocator; a program takes it with `#[global_allocator]`.
#[derive(Default)]
pub struct Memory(SmallGlobalTlsf);

impl Memory {
    /// One that has no memory yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(SmallGlobalTlsf::new())
    }
}

/// What grows or shrinks moves: the trait's own way, by a new block and this `dealloc` of the old one.
#[allow(
    unsafe_code,
    reason = "an allocator is, and all that is done here beside passing on is to fill what nobody owns any more"
)]
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises that `alloc` asks for.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block has that layout, and is nobody's from here on.
        unsafe {
            block.write_bytes(0, layout.size());
            self.0.dealloc(block, layout);
        }
    }
}
