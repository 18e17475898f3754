//! What the app's WebAssembly is made of: its functions by the crate that wrote them, and the largest ones.
//!
//! A module whose names were kept through `wasm-opt` is read, section by section. A function counts for the crate its path
//! begins with: a generic function of `leptos` that was compiled for a type of ours is of `leptos`, what drops a value is of `core`.
//! Our own are told apart by floor. What something weighs with brotli is what the whole would weigh less without it, which is
//! less than it would weigh alone, and changes with what stands beside it: the shares do not add up.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

/// How many functions are listed by name.
const LARGEST: usize = 15;
/// Crates with fewer bytes are listed together.
const SMALL: usize = 1500;

/// A module taken apart.
struct Module {
    /// Without custom sections: what is shipped.
    bytes: Vec<u8>,
    /// Where each function's code is, and what it is called.
    functions: Vec<(Range<usize>, String)>,
    /// Where the constants are.
    data: Range<usize>,
}

/// The breakdown of a module whose names were kept.
///
/// # Errors
/// It is not WebAssembly, or has no names.
pub fn breakdown(what: &str, module: &[u8]) -> Result<String> {
    let Module { bytes, functions, data } = read(module)?;
    let mut crates: BTreeMap<String, Vec<Range<usize>>> = BTreeMap::new();
    for (place, name) in &functions {
        crates.entry(writer(name)).or_default().push(place.clone());
    }
    let code: usize = functions.iter().map(|(place, _)| place.len()).sum();
    crates.insert("constants (data segments)".to_owned(), vec![data]);
    let raw = |places: &[Range<usize>]| places.iter().map(Range::len).sum::<usize>();
    let mut small = Vec::new();
    crates.retain(|_, places| {
        let is_small = raw(places) < SMALL;
        if is_small {
            small.append(places);
        }
        !is_small
    });
    crates.insert("others together".to_owned(), small);

    let whole = crate::sizes::brotli(&bytes)?.len();
    let mut rows = Vec::new();
    for (name, mut places) in crates {
        places.sort_by_key(|place| place.start);
        let without = crate::sizes::brotli(&without(&bytes, &places))?.len();
        rows.push((raw(&places), whole.saturating_sub(without), places.len(), name));
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));

    let mut text = format!(
        "{what}: {} bytes, {whole} with brotli; {} functions with {code} bytes of code\n\n{:>9}  {:>8}  {:>9}  crate\n",
        bytes.len(),
        functions.len(),
        "raw",
        "brotli",
        "functions",
    );
    for (raw, share, count, name) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{raw:>9}  {share:>8}  {count:>9}  {name}");
    }
    let _ = writeln!(text, "\nthe {LARGEST} largest functions");
    let mut largest: Vec<_> = functions.iter().collect();
    largest.sort_by_key(|(place, _)| std::cmp::Reverse(place.len()));
    for (place, name) in largest.into_iter().take(LARGEST) {
        let _ = writeln!(text, "{:>9}  {}", place.len(), shortened(name));
    }
    Ok(text)
}

/// The crate that a path begins with; for ours, the floor too.
fn writer(path: &str) -> String {
    // A method of a slice is of `core`, whatever it is a slice of.
    if path.starts_with("<[") {
        return "core".to_owned();
    }
    let start = path.find(|c: char| c.is_ascii_alphanumeric() || c == '_').unwrap_or(path.len());
    let rest = path.get(start..).unwrap_or_default();
    // `<&dyn a::b as c>`, `<*const a::b>`: what stands before the type is no name of it.
    let rest =
        ["dyn ", "mut ", "const ", "for<'a> "].iter().fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
    let mut parts = rest.split("::").map(|part| {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        part.get(..end).unwrap_or_default()
    });
    match (parts.next().unwrap_or_default(), parts.next()) {
        ("", _) => "unknown".to_owned(),
        ("vestibule", Some(floor)) if !floor.is_empty() => format!("vestibule::{floor}"),
        // What the compiler and the C library bring has no path.
        ("memcpy" | "memmove" | "memset" | "memcmp" | "bcmp", None) => "compiler_builtins".to_owned(),
        // Methods of what the language itself brings.
        ("str" | "char" | "bool" | "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" | "f64", Some(_)) => {
            "core".to_owned()
        }
        (name, _) => name.to_owned(),
    }
}

fn shortened(name: &str) -> String {
    let short: String = name.chars().take(110).collect();
    if short.len() < name.len() { short + "…" } else { short }
}

/// `bytes` without what stands at `places`, which are in order.
fn without(bytes: &[u8], places: &[Range<usize>]) -> Vec<u8> {
    let mut left = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for place in places {
        left.extend(bytes.get(from..place.start).unwrap_or_default());
        from = place.end;
    }
    left.extend(bytes.get(from..).unwrap_or_default());
    left
}

const IMPORTS: u8 = 2;
const CODE: u8 = 10;
const DATA: u8 = 11;

fn read(module: &[u8]) -> Result<Module> {
    let mut reader = Reader { bytes: module, at: 8 };
    ensure!(module.starts_with(b"\0asm"), "not WebAssembly");
    let mut bytes = module.get(..8).context("not WebAssembly")?.to_vec();
    let (mut imported, mut bodies, mut names, mut data) = (0, Vec::new(), BTreeMap::new(), 0..0);
    while reader.at < module.len() {
        let begun = reader.at;
        let id = reader.byte()?;
        let size = reader.number()?;
        let end = reader.at + size;
        // Where this section will be, once those before it are left out.
        let moved = |at: usize| at - begun;
        let base = bytes.len();
        match id {
            0 => {
                let name = reader.text()?;
                if name == "name" {
                    names = function_names(&mut reader, end)?;
                }
            }
            IMPORTS => imported = imported_functions(&mut reader)?,
            CODE => {
                for _ in 0..reader.number()? {
                    let size = reader.number()?;
                    bodies.push(base + moved(reader.at)..base + moved(reader.at + size));
                    reader.at += size;
                }
            }
            DATA => data = base + moved(reader.at)..base + moved(end),
            _ => {}
        }
        if id != 0 {
            bytes.extend(module.get(begun..end).context("a section is cut off")?);
        }
        reader.at = end;
    }
    ensure!(!names.is_empty(), "the module has no names");
    let called = |(index, place): (usize, Range<usize>)| {
        let name = names.get(&(imported + index)).map_or("unknown", String::as_str);
        (place, without_hashes(&format!("{:#}", rustc_demangle::demangle(name))))
    };
    Ok(Module { bytes, functions: bodies.into_iter().enumerate().map(called).collect(), data })
}

/// wasm-bindgen writes names out already, with a hash behind each crate: `leptos[0123456789abcdef]::mount`.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if hash.len() > 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                out.push_str(rest);
            }
            _ => {
                out.push('[');
                out.push_str(part);
            }
        }
    }
    out
}

/// The subsection with the functions' names, by their numbers.
fn function_names(reader: &mut Reader<'_>, end: usize) -> Result<BTreeMap<usize, String>> {
    let mut names = BTreeMap::new();
    while reader.at < end {
        let kind = reader.byte()?;
        let after = reader.number()?;
        let after = reader.at + after;
        if kind == 1 {
            for _ in 0..reader.number()? {
                let index = reader.number()?;
                names.insert(index, reader.text()?);
            }
        }
        reader.at = after;
    }
    Ok(names)
}

fn imported_functions(reader: &mut Reader<'_>) -> Result<usize> {
    let mut functions = 0;
    for _ in 0..reader.number()? {
        reader.text()?;
        reader.text()?;
        match reader.byte()? {
            0 => {
                reader.number()?;
                functions += 1;
            }
            1 => {
                reader.byte()?;
                reader.limits()?;
            }
            2 => reader.limits()?,
            3 => reader.at += 2,
            4 => {
                reader.byte()?;
                reader.number()?;
            }
            kind => anyhow::bail!("an import of an unknown kind, {kind}"),
        }
    }
    Ok(functions)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("the module is cut off")?;
        self.at += 1;
        Ok(byte)
    }

    /// An unsigned number, as WebAssembly writes it (LEB128).
    fn number(&mut self) -> Result<usize> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            ensure!(shift < 35, "a number that is too long");
            value |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
    }

    fn text(&mut self) -> Result<String> {
        let length = self.number()?;
        let bytes = self.bytes.get(self.at..self.at + length).context("a name is cut off")?;
        self.at += length;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    fn limits(&mut self) -> Result<()> {
        let has_most = self.byte()? & 1 == 1;
        self.number()?;
        if has_most {
            self.number()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{breakdown, read, without, without_hashes, writer};

    /// One imported function, two of its own, one constant, and the names of all three functions.
    fn module() -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut section = |id: u8, content: &[u8]| {
            module.push(id);
            module.push(u8::try_from(content.len()).unwrap());
            module.extend(content);
        };
        section(1, b"\x01\x60\0\0");
        section(2, b"\x01\x01a\x01b\0\0");
        section(3, b"\x02\0\0");
        section(5, b"\x01\0\x01");
        section(10, b"\x02\x02\0\x0b\x04\0\x01\x01\x0b");
        section(11, b"\x01\0\x41\0\x0b\x02hi");
        section(0, b"\x04name\x01\x13\x03\0\x01b\x01\x04a::b\x02\x06<c::d>");
        module
    }

    #[test]
    fn functions_are_found_with_their_names_and_custom_sections_are_left_out() {
        let read = read(&module()).unwrap();
        let names: Vec<_> =
            read.functions.iter().map(|(place, name)| (&read.bytes[place.clone()], name.as_str())).collect();
        assert_eq!(names, [(&b"\0\x0b"[..], "a::b"), (&b"\0\x01\x01\x0b"[..], "<c::d>")]);
        assert_eq!(&read.bytes[read.data.clone()], b"\x01\0\x41\0\x0b\x02hi");
        assert!(read.bytes.ends_with(b"hi"));
    }

    #[test]
    fn a_module_without_names_is_refused() {
        let module = module();
        assert!(breakdown("app", &module[..module.len() - 27]).is_err());
        assert!(breakdown("app", b"text").is_err());
        assert!(breakdown("app", &module).unwrap().contains("others together"));
    }

    #[test]
    fn a_function_is_of_the_crate_that_its_path_begins_with() {
        for (path, expected) in [
            ("leptos_router::location::handle_click::<vestibule::ui::App>::{closure#0}", "leptos_router"),
            ("<vestibule::session::state::Session>::advance", "vestibule::session"),
            ("<&dyn serde::Serialize as core::fmt::Debug>::fmt", "serde"),
            ("core::ptr::drop_in_place::<vestibule::config::Config>", "core"),
            ("<alloc::vec::Vec<u8> as core::ops::drop::Drop>::drop", "alloc"),
            ("<str>::trim", "core"),
            ("<[vestibule::config::Header]>::sort", "core"),
            ("memcpy", "compiler_builtins"),
            ("main", "main"),
            ("", "unknown"),
        ] {
            assert_eq!(writer(path), expected, "{path}");
        }
    }

    #[test]
    fn hashes_are_taken_out_of_a_name_and_nothing_else() {
        assert_eq!(without_hashes("<a[4193afb11eb59174]::B as c::D<[u8; 4]>>::e"), "<a::B as c::D<[u8; 4]>>::e");
    }

    #[test]
    fn what_is_left_out_leaves_the_rest_in_order() {
        assert_eq!(without(b"abcdef", &[1..2, 4..6]), b"acd");
    }
}
