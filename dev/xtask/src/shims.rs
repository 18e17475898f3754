//! Functions of the function table that do nothing but call an import, and the import in their place.
//!
//! The pieces that are cut out call what the page offers through the table that they share with the flow. `wasm_split` puts a
//! function of the flow there for each, in case that wasm-bindgen gives the import another type than it had. Where it has not,
//! the function is one too many (0.4 KB with brotli, of 150); `wasm-opt` drops it once nobody names it.

use crate::sections::{CODE, ELEMENTS, FUNCTION, FUNCTIONS, bodies, changed, imports, number, section, written};
use anyhow::{Context, Result, bail, ensure};
use std::collections::HashMap;

/// How a part of the table is written: as functions, or as an expression for each.
const PLAIN: u8 = 0;
const EXPRESSIONS: u8 = 4;

/// What the instructions are called.
const END: u8 = 0x0b;
const CALL: u8 = 0x10;
const LOCAL_GET: u8 = 0x20;
const I32_CONST: u8 = 0x41;
const REF_FUNC: u8 = 0xd2;

/// A module whose table names the imports themselves.
///
/// # Errors
/// It is no WebAssembly, or its table is written in another way.
pub fn without_shims(module: &[u8]) -> Result<Vec<u8>> {
    let imports = imports(module)?.into_iter().filter(|import| import.kind == FUNCTION);
    let imported = imports.map(|import| Ok(number(import.of)?.0)).collect::<Result<Vec<usize>>>()?;
    let own = types(section(module, FUNCTIONS)?.unwrap_or_default())?;
    let bodies = bodies(section(module, CODE)?.context("a module without code")?)?;
    ensure!(own.len() == bodies.len(), "a module with functions and no code for them");
    let shims = own.iter().zip(bodies).enumerate().filter_map(|(function, (own, body))| {
        let import = only_calls(body)?;
        (imported.get(import) == Some(own)).then_some((imported.len() + function, import))
    });
    let shims: HashMap<usize, usize> = shims.collect();
    changed(module, |kind, content| {
        Ok(Some(if kind == ELEMENTS { elements(content, &shims)? } else { content.to_vec() }))
    })
}

/// The types of a module's own functions.
fn types(content: &[u8]) -> Result<Vec<usize>> {
    let (count, mut rest) = number(content)?;
    let mut types = Vec::new();
    for _ in 0..count {
        let (its, behind) = number(rest)?;
        types.push(its);
        rest = behind;
    }
    Ok(types)
}

/// Which function is called by one that hands its arguments on, and does nothing else.
fn only_calls(body: &[u8]) -> Option<usize> {
    const NO_LOCALS: u8 = 0;
    let mut rest = body.strip_prefix(&[NO_LOCALS])?;
    let mut argument = 0;
    while let Some(behind) = rest.strip_prefix(&[LOCAL_GET]) {
        let (_, behind) = number(behind).ok().filter(|(local, _)| *local == argument)?;
        argument += 1;
        rest = behind;
    }
    let (called, rest) = number(rest.strip_prefix(&[CALL])?).ok()?;
    (rest == [END]).then_some(called)
}

/// What stands in the table, with other functions in place of some.
fn elements(content: &[u8], instead: &HashMap<usize, usize>) -> Result<Vec<u8>> {
    let (count, mut rest) = number(content)?;
    let mut out = written(count);
    for _ in 0..count {
        let (&kind, place) = rest.split_first().context("a part of the table without a kind")?;
        let behind = place.strip_prefix(&[I32_CONST]).map(number).transpose()?;
        let behind = behind.and_then(|(_, behind)| behind.strip_prefix(&[END]));
        let (PLAIN | EXPRESSIONS, Some(behind)) = (kind, behind) else {
            bail!("a part of the table that is written in another way");
        };
        out.push(kind);
        out.extend(place.get(..place.len() - behind.len()).unwrap_or_default());
        let functions;
        (functions, rest) = number(behind)?;
        out.extend(written(functions));
        for _ in 0..functions {
            let (before, after): (&[u8], &[u8]) = if kind == PLAIN { (&[], &[]) } else { (&[REF_FUNC], &[END]) };
            let (function, behind) =
                number(rest.strip_prefix(before).context("a place of the table without a function")?)?;
            rest = behind.strip_prefix(after).context("a function of the table that does not end")?;
            let function = instead.get(&function).copied().unwrap_or(function);
            out.extend([before, &written(function), after].concat());
        }
    }
    ensure!(rest.is_empty(), "a table with something behind it");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{elements, only_calls, without_shims};
    use std::collections::HashMap;

    #[test]
    fn the_table_names_an_import_itself_where_it_is_of_the_same_type() {
        // Two imports, of types 0 and 1; three functions that call them, the last one of another type than what it calls.
        let imports = [2, 13, 2, 1, b'm', 1, b'n', 0, 0, 1, b'm', 1, b'o', 0, 1];
        let functions = [3, 4, 3, 1, 0, 0];
        let code =
            [10, 22, 3, 6, 0, 0x20, 0, 0x10, 1, 0x0b, 4, 0, 0x10, 0, 0x0b, 8, 0, 0x20, 0, 0x20, 1, 0x10, 1, 0x0b];
        let table = |first: u8, second: u8| [9, 9, 1, 0, 0x41, 1, 0x0b, 3, first, second, 4];
        let module = |table: &[u8]| [&b"\0asm\x01\0\0\0"[..], &imports, &functions, table, &code].concat();
        assert_eq!(without_shims(&module(&table(2, 3))).unwrap(), module(&table(1, 0)));
        assert!(without_shims(&module(&[9, 3, 1, 1, 0])).is_err());
    }

    #[test]
    fn a_function_only_calls_if_it_hands_on_its_arguments_as_they_are() {
        assert_eq!(only_calls(&[0, 0x20, 0, 0x20, 1, 0x10, 0x80, 1, 0x0b]), Some(128));
        for other in [
            &[0, 0x20, 1, 0x20, 0, 0x10, 7, 0x0b][..],
            &[0, 0x20, 0, 0x10, 7, 0x1a, 0x0b],
            &[1, 1, 0x7f, 0x20, 0, 0x10, 7, 0x0b],
            &[0, 0x41, 0, 0x10, 7, 0x0b],
            &[0, 0x0b],
        ] {
            assert_eq!(only_calls(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_table_of_expressions_stays_one() {
        let instead = HashMap::from([(300, 5)]);
        let before = [1, 4, 0x41, 0x80, 1, 0x0b, 2, 0xd2, 0xac, 2, 0x0b, 0xd2, 7, 0x0b];
        let after = [1, 4, 0x41, 0x80, 1, 0x0b, 2, 0xd2, 5, 0x0b, 0xd2, 7, 0x0b];
        assert_eq!(elements(&before, &instead).unwrap(), after);
        assert!(elements(&[1, 4, 0x41, 1, 0x0b, 1, 0xd0, 0x70, 0x0b], &instead).is_err());
    }
}
