//! The allocator of the programs, in WebAssembly: what is freed is used again and holds nothing any more, and no block lies in another.

use js_sys::{Uint8Array, WebAssembly};
use vestibule::browser::Memory;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

#[global_allocator]
static MEMORY: Memory = Memory::new();

/// Numbers that look like chance, and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// As an app does: many small things that come and go in any order, and now and then a text that grows to a megabyte.
fn live(chance: &mut Chance, kept: &mut [Vec<u8>]) {
    for _ in 0..20_000 {
        let place = chance.below(kept.len());
        let mark = u8::try_from(place % 251).unwrap();
        assert!(kept[place].iter().all(|byte| *byte == mark), "a block was written over");
        let length = match chance.below(100) {
            0 => chance.below(30_000),
            1..10 => chance.below(2000),
            _ => chance.below(100),
        };
        if chance.below(4) == 0 {
            // Grows or shrinks where it is, or moves.
            kept[place].resize(length, mark);
            kept[place].shrink_to_fit();
        } else {
            kept[place] = vec![mark; length];
        }
    }
    let mut text = String::new();
    while text.len() < 1 << 20 {
        text.push_str("{\"access_token\":\"...\"}");
    }
    assert!(text.ends_with('}'));
}

#[wasm_bindgen_test]
fn memory_does_not_grow_in_a_long_session() {
    let mut chance = Chance(7);
    let mut kept: Vec<Vec<u8>> = vec![Vec::new(); 2000];
    for _ in 0..10 {
        live(&mut chance, &mut kept);
    }
    let pages = core::arch::wasm32::memory_size(0);
    for _ in 0..90 {
        live(&mut chance, &mut kept);
    }
    let grown = core::arch::wasm32::memory_size(0) - pages;
    assert!(grown <= 4, "{grown} pages of 64 KB more");
}

/// What makes another byte of each: what is looked for must not be found where it is looked for.
const DISGUISE: u8 = 0x55;

/// How often bytes stand in the whole memory.
fn count(disguised: &[u8]) -> usize {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let all = Uint8Array::new(&memory.buffer());
    // A copy that has been taken before there is room made for it here.
    let all = all.slice(0, all.length()).to_vec();
    let is_it = |window: &&[u8]| window.iter().zip(disguised).all(|(byte, other)| *byte == other ^ DISGUISE);
    all.windows(disguised.len()).filter(is_it).count()
}

#[wasm_bindgen_test]
fn what_is_given_back_is_wiped() {
    // A byte that little else begins with.
    let disguised: Vec<u8> = (0..40).map(|place| 0xfe ^ DISGUISE ^ place).collect();
    // In the middle: what a free block begins with, the allocator writes over by itself.
    let mut block = vec![0; 200];
    for (byte, secret) in block[80..].iter_mut().zip(&disguised) {
        *byte = secret ^ DISGUISE;
    }
    assert_eq!(count(&disguised), 1);
    block.reserve_exact(50_000);
    assert_eq!(count(&disguised), 1, "it has moved, and is still where it was");
    drop(block);
    assert_eq!(count(&disguised), 0);
}

#[wasm_bindgen_test]
fn a_block_lies_where_its_kind_may_lie() {
    #[repr(align(64))]
    struct Wide([u8; 64]);
    let mut all = Vec::new();
    for number in 0..100 {
        all.push(Box::new(Wide([number; 64])));
        assert_eq!(std::ptr::from_ref(all[usize::from(number)].as_ref()).addr() % 64, 0);
        all.push(Box::new(Wide([number; 64])));
        all.swap_remove(usize::from(number));
        assert_eq!(all[usize::from(number)].0[63], number);
    }
}
