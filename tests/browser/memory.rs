//! The allocator of the programs, in WebAssembly: what is freed is used again, and no block lies in another.

use vestibule::browser::Memory;
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
