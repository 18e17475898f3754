//! The order of a module's functions: each behind those that it is most like, which brotli then has less to say about.
//!
//! A compressor writes how far back the same bytes stood before; the nearer, the shorter. Of a thousand functions the order is
//! anybody's choice, and choosing saves 1.7 KB in a hundred (with brotli). `wasm-opt` sorts by name, so the functions get names
//! that say their place.
//!
//! What two functions have in common is counted in runs of [`RUN`] bytes; a run that few others have counts for more.

use crate::sections::{
    CODE, FUNCTION, bodies, imports, section, with_section, without_sections, written, written_text,
};
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes that count as one thing two functions have in common.
const RUN: usize = 4;

/// The names of functions among all names.
const FUNCTIONS: u8 = 1;

/// How much it counts, from one function to the next, what those further up have in common with one (0.4 KB).
const FADING: f64 = 0.5;

/// The module, its functions named by their places in the new order. What it imports is to stand as in `wanted`, by name.
///
/// # Errors
/// It is no WebAssembly.
pub fn named_in_order(module: &[u8], wanted: &[&str]) -> Result<Vec<u8>> {
    let imported = imports(module)?.into_iter().filter(|import| import.kind == FUNCTION);
    let place_of = |name: &str| wanted.iter().position(|wanted| *wanted == name).unwrap_or(wanted.len());
    let mut names: Vec<String> = imported.map(|import| format!("a{:06}", place_of(import.name))).collect();
    let bodies = bodies(section(module, CODE)?.context("a module without code")?)?;
    let mut places = vec![0; bodies.len()];
    for (place, function) in order(&bodies).into_iter().enumerate() {
        if let Some(its) = places.get_mut(function) {
            *its = place;
        }
    }
    names.extend(places.into_iter().map(|place| format!("f{place:06}")));
    let mut content = written(names.len());
    for (function, name) in names.iter().enumerate() {
        content.extend(written(function));
        content.extend(written_text(name));
    }
    let content = [&[FUNCTIONS][..], &written(content.len()), &content].concat();
    Ok(with_section(without_sections(module, &["name"])?, "name", &content))
}

/// The longest first, and behind each the one of the rest that is most like those that stand there, the last of them most of all.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let mut holders: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    let runs: Vec<BTreeSet<&[u8]>> = bodies.iter().map(|body| body.windows(RUN).collect()).collect();
    for (function, own) in runs.iter().enumerate() {
        for run in own {
            holders.entry(run).or_default().push(function);
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "there are thousands of functions, not billions")]
    let weight = |count: usize| (bodies.len() as f64 / count as f64).ln();
    // What only one has, nobody has in common with it.
    let shared: Vec<Vec<(&Vec<usize>, f64)>> = runs
        .iter()
        .map(|own| own.iter().filter_map(|run| holders.get(run)).filter(|all| all.len() > 1))
        .map(|own| own.map(|all| (all, weight(all.len()))).collect())
        .collect();
    let lengths: Vec<f64> =
        shared.iter().map(|own| own.iter().map(|(_, weight)| weight).sum::<f64>().sqrt() + 1e-9).collect();

    let mut left: BTreeSet<usize> = (0..bodies.len()).collect();
    let mut order = Vec::new();
    let mut likeness = vec![0.0; bodies.len()];
    let mut next = left.iter().copied().max_by_key(|function| bodies.get(*function).map_or(0, |body| body.len()));
    while let Some(function) = next {
        left.remove(&function);
        order.push(function);
        for so_far in &mut likeness {
            *so_far *= FADING;
        }
        for (all, weight) in shared.get(function).into_iter().flatten() {
            for other in *all {
                if let Some(so_far) = likeness.get_mut(*other) {
                    *so_far += weight;
                }
            }
        }
        let like =
            |other: &usize| likeness.get(*other).zip(lengths.get(*other)).map_or(0.0, |(all, length)| all / length);
        next = left.iter().copied().max_by(|one, other| like(one).total_cmp(&like(other)).then(other.cmp(one)));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::{named_in_order, order};

    #[test]
    fn functions_that_are_alike_stand_together() {
        let bodies = ["the first of all, and the longest", "another sort", "the first of all, again", "another sorted"];
        let bodies: Vec<&[u8]> = bodies.iter().map(|body| body.as_bytes()).collect();
        assert_eq!(order(&bodies), [0, 2, 1, 3]);
    }

    #[test]
    fn a_function_is_named_by_its_place_and_an_import_by_the_wanted_one() {
        let imports = [2, 13, 2, 1, b'm', 1, b'n', 0, 0, 1, b'm', 1, b'o', 0, 0];
        let code = [10, 7, 2, 2, 0, 11, 2, 0, 11];
        let module = [&b"\0asm\x01\0\0\0"[..], &imports, &code].concat();
        let functions: [&[u8]; 4] = [b"\x00\x07a000001", b"\x01\x07a000000", b"\x02\x07f000001", b"\x03\x07f000000"];
        let name = [&[0, 44, 4][..], b"name", &[1, 37, 4], &functions.concat()].concat();
        assert_eq!(named_in_order(&module, &["o", "n"]).unwrap(), [&module[..], &name].concat());
        assert!(named_in_order(b"no module", &[]).is_err());
    }
}
