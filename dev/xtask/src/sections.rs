//! A WebAssembly module as it lies in a file: numbers, texts, sections, imports. What functions do is not read here.
//!
//! <https://webassembly.github.io/spec/core/binary/modules.html>

use anyhow::{Context, Result, anyhow, ensure};

/// What begins every module.
const HEADER: usize = 8;

/// The kinds of sections that are asked for.
pub const CUSTOM: u8 = 0;
pub const IMPORTS: u8 = 2;
pub const FUNCTIONS: u8 = 3;
pub const EXPORTS: u8 = 7;
pub const ELEMENTS: u8 = 9;
pub const CODE: u8 = 10;

/// The kinds of what is imported and exported.
pub const FUNCTION: u8 = 0;
pub const TABLE: u8 = 1;
pub const MEMORY: u8 = 2;
pub const GLOBAL: u8 = 3;
const TAG: u8 = 4;

/// One thing that a module asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import<'m> {
    /// Whom it asks.
    pub from: &'m str,
    /// By which name.
    pub name: &'m str,
    /// For what.
    pub kind: u8,
    /// Of which type.
    pub of: &'m [u8],
}

/// A module, each of its sections as `change` makes it of its kind and what is in it; without those of which that makes nothing.
///
/// # Errors
/// It is no WebAssembly, or `change` fails.
pub fn changed(module: &[u8], mut change: impl FnMut(u8, &[u8]) -> Result<Option<Vec<u8>>>) -> Result<Vec<u8>> {
    let mut out = module.get(..HEADER).context("no WebAssembly")?.to_vec();
    for (kind, content) in sections(module)? {
        if let Some(content) = change(kind, content)? {
            out.push(kind);
            out.extend(written(content.len()));
            out.extend(content);
        }
    }
    Ok(out)
}

/// A module without its custom sections of these names.
///
/// # Errors
/// It is no WebAssembly.
pub fn without_sections(module: &[u8], dropped: &[&str]) -> Result<Vec<u8>> {
    changed(module, |kind, content| {
        let is_dropped = kind == CUSTOM && dropped.contains(&text(content)?.0);
        Ok((!is_dropped).then(|| content.to_vec()))
    })
}

/// A module with one more custom section.
pub fn with_section(mut module: Vec<u8>, name: &str, content: &[u8]) -> Vec<u8> {
    let name = written_text(name);
    module.push(CUSTOM);
    module.extend(written(name.len() + content.len()));
    module.extend(name);
    module.extend(content);
    module
}

/// What is in a module's section of that kind, if it has one.
///
/// # Errors
/// It is no WebAssembly.
pub fn section(module: &[u8], kind: u8) -> Result<Option<&[u8]>> {
    Ok(sections(module)?.into_iter().find(|(own, _)| *own == kind).map(|(_, content)| content))
}

/// All sections of a module, each with its kind.
///
/// # Errors
/// It is no WebAssembly.
pub fn sections(module: &[u8]) -> Result<Vec<(u8, &[u8])>> {
    let mut rest = module.get(HEADER..).context("no WebAssembly")?;
    let mut found = Vec::new();
    while let Some((kind, sized)) = rest.split_first() {
        let (size, content) = number(sized)?;
        let (content, after) = content.split_at_checked(size).context("a section without an end")?;
        found.push((*kind, content));
        rest = after;
    }
    Ok(found)
}

/// What a module asks for.
///
/// # Errors
/// It is no WebAssembly, or asks for what nobody knows.
pub fn imports(module: &[u8]) -> Result<Vec<Import<'_>>> {
    let Some(content) = section(module, IMPORTS)? else { return Ok(Vec::new()) };
    let (count, mut rest) = number(content)?;
    let mut imports = Vec::new();
    for _ in 0..count {
        let (from, behind) = text(rest)?;
        let (name, behind) = text(behind)?;
        let (&kind, typed) = behind.split_first().context("an import without a kind")?;
        rest = match kind {
            FUNCTION => number(typed)?.1,
            TABLE => limits(typed.get(1..).context("a table without a type")?)?,
            MEMORY => limits(typed)?,
            GLOBAL => typed.get(2..).context("a global without a type")?,
            TAG => number(typed.get(1..).context("a tag without a type")?)?.1,
            _ => return Err(anyhow!("an import of an unknown kind")),
        };
        let of = typed.get(..typed.len() - rest.len()).unwrap_or_default();
        imports.push(Import { from, name, kind, of });
    }
    ensure!(rest.is_empty(), "an import section with something behind it");
    Ok(imports)
}

/// A section of imports.
pub fn written_imports<'m>(imports: impl ExactSizeIterator<Item = Import<'m>>) -> Vec<u8> {
    let mut out = written(imports.len());
    for Import { from, name, kind, of } in imports {
        out.extend([&written_text(from)[..], &written_text(name), &[kind], of].concat());
    }
    out
}

/// The functions of a code section, as they are written.
///
/// # Errors
/// It is no code section.
pub fn bodies(code: &[u8]) -> Result<Vec<&[u8]>> {
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

/// What stands behind the limits of a table or a memory.
fn limits(bytes: &[u8]) -> Result<&[u8]> {
    let (flags, rest) = bytes.split_first().context("no limits")?;
    let rest = number(rest)?.1;
    if flags & 1 == 1 { Ok(number(rest)?.1) } else { Ok(rest) }
}

/// A text, and what stands behind it.
///
/// # Errors
/// It does not end.
fn text(bytes: &[u8]) -> Result<(&str, &[u8])> {
    let (length, rest) = number(bytes)?;
    let (text, rest) = rest.split_at_checked(length).context("a text without an end")?;
    Ok((std::str::from_utf8(text)?, rest))
}

/// A text as WebAssembly writes it: how long it is, and what it says.
pub fn written_text(text: &str) -> Vec<u8> {
    [&written(text.len())[..], text.as_bytes()].concat()
}

/// A number as WebAssembly writes it (LEB128), and what stands behind it.
///
/// # Errors
/// It does not end.
pub fn number(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0;
    for (place, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok((value, bytes.get(place + 1..).unwrap_or_default()));
        }
    }
    Err(anyhow!("a number without an end"))
}

/// A number as WebAssembly writes it.
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
    use super::*;

    const BEGINNING: [u8; 8] = *b"\0asm\x01\0\0\0";

    #[test]
    fn a_custom_section_is_dropped_by_its_name() {
        let kept = [1, 1, 0];
        let module = [&BEGINNING[..], &[0, 3, 2, b'a', b'b'], &kept, &[0, 4, 2, b'a', b'c', 9]].concat();
        let expected = [&BEGINNING[..], &kept, &[0, 4, 2, b'a', b'c', 9]].concat();
        assert_eq!(without_sections(&module, &["ab"]).unwrap(), expected);
        assert!(without_sections(&module[..module.len() - 1], &["ab"]).is_err());
        assert!(without_sections(b"no", &[]).is_err());
    }

    #[test]
    fn a_section_is_put_behind_all_others() {
        assert_eq!(with_section(vec![1, 1, 0], "ab", &[7, 8]), [1, 1, 0, 0, 5, 2, b'a', b'b', 7, 8]);
    }

    #[test]
    fn imports_are_written_as_they_are_read() {
        let of_each_kind = [
            [&[1, b'm', 1, b'f', FUNCTION][..], &[0x80, 1]].concat(),
            [&[1, b'm', 1, b't', TABLE][..], &[0x70, 1, 1, 2]].concat(),
            [&[1, b'm', 1, b'm', MEMORY][..], &[0, 17]].concat(),
            [&[1, b'm', 1, b'g', GLOBAL][..], &[0x7f, 1]].concat(),
        ];
        let content = [&[4][..], &of_each_kind.concat()].concat();
        let module = [&BEGINNING[..], &[IMPORTS], &written(content.len()), &content].concat();
        let read = imports(&module).unwrap();
        assert_eq!(read.iter().map(|import| import.name).collect::<Vec<_>>(), ["f", "t", "m", "g"]);
        assert_eq!(written_imports(read.into_iter()), content);
        assert_eq!(imports(&BEGINNING).unwrap(), []);
        let unknown = [&BEGINNING[..], &[IMPORTS, 6, 1, 1, b'm', 1, b'f', 9]].concat();
        assert!(imports(&unknown).is_err());
    }

    #[test]
    fn long_numbers_are_written_in_parts_and_read_again() {
        assert_eq!(written(300), [0xac, 2]);
        assert_eq!(number(&[0xac, 2, 7]).unwrap(), (300, &[7][..]));
        assert!(number(&[0xac]).is_err());
    }
}
