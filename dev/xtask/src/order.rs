//! The order of a module's functions: each behind those that it is most like, which brotli then has less to say about.
//!
//! A compressor writes how far back the same bytes stood before; the nearer, the shorter. Of a thousand functions the order is
//! anybody's choice, and choosing saves 1.7 KB in a hundred (with brotli). `wasm-opt` sorts by name, so the functions get names
//! that say their place.
//!
//! What two functions have in common is counted in runs of [`RUN`] bytes; a run that few others have counts for more.

use crate::split::{number, section, without_sections};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes that count as one thing two functions have in common.
const RUN: usize = 4;

/// How much it counts, from one function to the next, what those further up have in common with one (0.4 KB).
const FADING: f64 = 0.5;

/// The module, its functions named by their places in the new order.
///
/// # Errors
/// It is no WebAssembly.
pub fn named_in_order(module: &[u8]) -> Result<Vec<u8>> {
    let mut out = without_sections(module, &["name"])?;
    let imported = imported_functions(section(module, 2)?.unwrap_or_default())?;
    let bodies = bodies(section(module, 10)?.context("a module without code")?)?;
    let mut places = vec![0; bodies.len()];
    for (place, function) in order(&bodies).into_iter().enumerate() {
        if let Some(its) = places.get_mut(function) {
            *its = place;
        }
    }
    let mut names = written(bodies.len());
    for (function, place) in places.iter().enumerate() {
        names.extend(written(imported + function));
        let name = format!("f{place:06}");
        names.extend(written(name.len()));
        names.extend(name.as_bytes());
    }
    let mut content = [&written(4)[..], b"name", &[1]].concat();
    content.extend(written(names.len()));
    content.extend(names);
    out.push(0);
    out.extend(written(content.len()));
    out.extend(content);
    Ok(out)
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

/// The functions of a code section, as they are written.
fn bodies(code: &[u8]) -> Result<Vec<&[u8]>> {
    let (count, mut rest) = number(code)?;
    let mut bodies = Vec::new();
    for _ in 0..count {
        let (length, behind) = number(rest)?;
        let (body, after) = behind.split_at_checked(length).context("a function without an end")?;
        bodies.push(body);
        rest = after;
    }
    Ok(bodies)
}

/// How many functions an import section brings: they are counted first.
fn imported_functions(imports: &[u8]) -> Result<usize> {
    if imports.is_empty() {
        return Ok(0);
    }
    let (count, mut rest) = number(imports)?;
    let mut functions = 0;
    for _ in 0..count {
        for _ in ["module", "name"] {
            let (length, behind) = number(rest)?;
            rest = behind.get(length..).context("an import without a name")?;
        }
        let (kind, behind) = rest.split_first().context("an import without a kind")?;
        rest = match kind {
            0 => {
                functions += 1;
                number(behind)?.1
            }
            1 => limits(behind.get(1..).context("a table without a type")?)?,
            2 => limits(behind)?,
            3 => behind.get(2..).context("a global without a type")?,
            4 => number(behind.get(1..).context("a tag without a type")?)?.1,
            _ => return Err(anyhow::anyhow!("an import of an unknown kind")),
        };
    }
    ensure!(rest.is_empty(), "an import section with something behind it");
    Ok(functions)
}

/// What stands behind the limits of a table or a memory.
fn limits(bytes: &[u8]) -> Result<&[u8]> {
    let (flags, rest) = bytes.split_first().context("no limits")?;
    let rest = number(rest)?.1;
    if flags & 1 == 1 { Ok(number(rest)?.1) } else { Ok(rest) }
}

/// A number as WebAssembly writes it (LEB128).
pub fn written(mut value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let [byte, ..] = (value & 0x7f).to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::{named_in_order, order, written};

    #[test]
    fn functions_that_are_alike_stand_together() {
        let bodies = ["the first of all, and the longest", "another sort", "the first of all, again", "another sorted"];
        let bodies: Vec<&[u8]> = bodies.iter().map(|body| body.as_bytes()).collect();
        assert_eq!(order(&bodies), [0, 2, 1, 3]);
    }

    #[test]
    fn a_function_is_named_by_its_place_behind_what_is_imported() {
        let import = [2, 7, 1, 1, b'm', 1, b'n', 0, 0];
        let code = [10, 7, 2, 2, 0, 11, 2, 0, 11];
        let module = [&b"\0asm\x01\0\0\0"[..], &import, &code].concat();
        let named = named_in_order(&module).unwrap();
        let name = [&[0, 26, 4][..], b"name", &[1, 19, 2, 1, 7], b"f000001", &[2, 7], b"f000000"].concat();
        assert_eq!(named, [&module[..], &name].concat());
        assert!(named_in_order(b"no module").is_err());
    }

    #[test]
    fn long_numbers_are_written_in_parts() {
        assert_eq!(written(300), [0xac, 2]);
    }
}
