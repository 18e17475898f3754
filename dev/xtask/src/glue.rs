//! What a script offers to its module: in fewer words than wasm-bindgen has for it, and without names.
//!
//! ```text
//! wasm-bindgen  { __wbg_location_1f: function(arg0) { const ret = getObject(arg0).location; return addHeapObject(ret); }, … }
//! here          Array(100).concat([(arg0) => { return addHeapObject(getObject(arg0).location); }, … ])
//! ```
//! A module finds its imports by name, and an element of a list is called by its place. So no names are sent, which are two
//! hundred, written twice (0.6 KB with brotli), and those that are alike can stand together (0.4 KB). What is not written as
//! expected stays as it is.

use crate::sections::{FUNCTION, IMPORTS, Import, changed, imports, written_imports};
use anyhow::{Context, Result, ensure};
use std::collections::HashMap;

/// The place of the first: all places have as many digits, which makes them more alike.
const FIRST: usize = 100;
/// The place that would have one more.
const END: usize = 1000;

/// Between these stands what is offered.
const OPENING: &str = "const import0 = {\n        __proto__: null,\n";
const CLOSING: &str = "\n    };\n";

/// How wasm-bindgen begins what catches errors, and how it does here: once for each import, not at each call of it.
const CATCHING: [(&str, &str); 2] = [
    ("function handleError(f, args) {", "const handleError = f => (...args) => {"),
    ("return f.apply(this, args);", "return f(...args);"),
];

/// What many of them do; a class may be unknown to a browser. As they stand at the script's end, behind what it may wait for,
/// they are functions that are there from its beginning.
const SAID_ONCE: &str = "
function addIfAny(value) {
    return isLikeNone(value) ? 0 : addHeapObject(value);
}
function isOf(value, type) {
    try {
        return value instanceof type();
    } catch {
        return false;
    }
}
function giveString(place, ptr) {
    getDataViewMemory0().setInt32(place + 4, WASM_VECTOR_LEN, true);
    getDataViewMemory0().setInt32(place, ptr, true);
}
";

/// A script, and what it offers by name.
pub struct Glue<'s> {
    before: &'s str,
    offered: HashMap<&'s str, String>,
    after: &'s str,
}

impl<'s> Glue<'s> {
    /// Reads what wasm-bindgen has written.
    ///
    /// # Errors
    /// It writes in another way now.
    pub fn read(script: &'s str) -> Result<Self> {
        let (before, rest) = script.split_once(OPENING).context("the script offers nothing to its module")?;
        let (list, after) = rest.split_once(CLOSING).context("what the script offers to its module has no end")?;
        let mut offered = HashMap::new();
        let mut lines = list.lines().peekable();
        while let Some(line) = lines.next() {
            let (name, head) = line.trim_start().split_once(": ").context("something is offered without a name")?;
            let mut body = Vec::new();
            while let Some(line) = lines.next_if(|line| line.starts_with("         ")) {
                body.push(line.trim());
            }
            let end = lines.next().context("a function without an end")?.trim();
            offered.insert(name, shortened(head, &body, end));
        }
        Ok(Self { before, offered, after })
    }

    /// The names of what is offered, in the order in which it should stand: by how it reads.
    pub fn order(&self) -> Vec<&'s str> {
        let mut order: Vec<_> = self.offered.iter().collect();
        order.sort_by_key(|(name, text)| (*text, **name));
        order.into_iter().map(|(name, _)| *name).collect()
    }

    /// The script, offering a list in the order of these names.
    ///
    /// # Errors
    /// They are not the names of what it offers.
    pub fn listed(&self, names: &[String]) -> Result<String> {
        let mut texts = Vec::new();
        for name in names {
            let text = self.offered.get(name.as_str());
            texts.push(text.with_context(|| format!("the script does not offer {name} to its module"))?.as_str());
        }
        ensure!(texts.len() == self.offered.len(), "the script offers more than its module asks for");
        let list = texts.join("\n");
        let mut after = self.after.to_owned();
        for (old, new) in CATCHING {
            after = after.replace(old, new);
        }
        let list = format!("const import0 = Array({FIRST}).concat([\n{list}\n]);\n");
        Ok([self.before, &list, &after, SAID_ONCE].concat())
    }
}

/// One function that is offered, with the comma behind it.
fn shortened(head: &str, body: &[&str], end: &str) -> String {
    let body = short_body(body);
    let arguments = |beginning: &str| head.strip_prefix(beginning)?.strip_suffix(") {");
    if let (Some(arguments), "}, arguments); },") = (arguments("function() { return handleError(function ("), end) {
        return format!("handleError(({arguments}) => {{\n{body}\n}}),");
    }
    if let (Some(arguments), "},") = (arguments("function("), end) {
        return format!("({arguments}) => {{\n{body}\n}},");
    }
    [head, &body, end].join("\n")
}

/// What stands in a function.
fn short_body(lines: &[&str]) -> String {
    let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    if let [.., ptr, len, first, second] = lines.as_slice()
        && len.ends_with(" len1 = WASM_VECTOR_LEN;")
        && first == "getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);"
        && second == "getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);"
        && let Some((_, ptr)) = ptr.trim_end_matches(';').split_once(" ptr1 = ")
    {
        let given = format!("giveString(arg0, {ptr});");
        lines.truncate(lines.len() - 4);
        lines.push(given);
    }
    if let [.., end] = lines.as_mut_slice()
        && end == "return isLikeNone(ret) ? 0 : addHeapObject(ret);"
    {
        "return addIfAny(ret);".clone_into(end);
    }
    if let [.., value, end] = lines.as_slice()
        && let Some(value) = value.strip_prefix("const ret = ").and_then(|value| value.strip_suffix(';'))
        && let [before, after] = around_word(end, "ret").as_slice()
    {
        let end = [before, value, after].concat();
        lines.truncate(lines.len() - 2);
        lines.push(end);
    }
    if let [start, attempt, test, caught, none, closed, end] = lines.as_slice()
        && [start, attempt, caught, none, closed, end]
            == ["let result;", "try {", "} catch (_) {", "result = false;", "}", "return result;"]
        && let Some((value, class)) =
            test.strip_prefix("result = ").and_then(|test| test.strip_suffix(';')?.split_once(" instanceof "))
    {
        return format!("return isOf({value}, () => {class});");
    }
    lines.join("\n")
}

/// What stands before, between and after all mentions of a word.
fn around_word<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut parts = Vec::new();
    let mut begin = 0;
    for (at, _) in text.match_indices(word) {
        let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
        if !before.ends_with(is_part) && !behind.starts_with(is_part) {
            parts.push(text.get(begin..at).unwrap_or_default());
            begin = at + word.len();
        }
    }
    parts.push(text.get(begin..).unwrap_or_default());
    parts
}

/// A module that asks for its functions by their places in the list, and by which names it did before.
///
/// # Errors
/// It is no WebAssembly, or asks for something else, or for too much.
pub fn numbered(module: &[u8]) -> Result<(Vec<u8>, Vec<String>)> {
    let asked = imports(module)?;
    ensure!(asked.len() <= END - FIRST, "a module with {} imports", asked.len());
    ensure!(asked.iter().all(|import| import.kind == FUNCTION), "a module that imports more than functions");
    let places: Vec<String> = (FIRST..).take(asked.len()).map(|place| place.to_string()).collect();
    let by_place = asked.iter().zip(&places).map(|(import, name)| Import { name, ..*import });
    let by_place = written_imports(by_place);
    let module =
        changed(module, |kind, content| Ok(Some(if kind == IMPORTS { by_place.clone() } else { content.to_vec() })))?;
    Ok((module, asked.iter().map(|import| import.name.to_owned()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As wasm-bindgen writes it.
    const SCRIPT: &str = "function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        b: function(arg0) {
            const ret = getObject(arg0).location;
            return addHeapObject(ret);
        },
        a: function() { return handleError(function (arg0, arg1) {
            const ret = getObject(arg1).href;
            const ptr1 = passStringToWasm0(ret, wasm.x, wasm.y);
            const len1 = WASM_VECTOR_LEN;
            getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
            getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
        }, arguments); },
        $: function(arg0) {
            let result;
            try {
                result = getObject(arg0) instanceof Element;
            } catch (_) {
                result = false;
            }
            const ret = result;
            return ret;
        },
    };
    return {
        \"m\": import0,
    };
}
function handleError(f, args) {
    try {
        return f.apply(this, args);
    } catch (e) {
        wasm.z(addHeapObject(e));
    }
}
";

    #[test]
    fn what_is_offered_becomes_a_list_in_the_order_of_its_module() {
        let glue = Glue::read(SCRIPT).unwrap();
        let names = ["a", "$", "b"].map(str::to_owned);
        let script = glue.listed(&names).unwrap();
        let expected = "function __wbg_get_imports() {
    const import0 = Array(100).concat([
handleError((arg0, arg1) => {
giveString(arg0, passStringToWasm0(getObject(arg1).href, wasm.x, wasm.y));
}),
(arg0) => {
return isOf(getObject(arg0), () => Element);
},
(arg0) => {
return addHeapObject(getObject(arg0).location);
},
]);
    return {
        \"m\": import0,
    };
}
const handleError = f => (...args) => {
    try {
        return f(...args);
    } catch (e) {
        wasm.z(addHeapObject(e));
    }
}
";
        assert_eq!(script.strip_suffix(SAID_ONCE), Some(expected));
        assert_eq!(glue.order(), ["b", "$", "a"]);
    }

    #[test]
    fn a_script_of_another_module_is_refused() {
        let glue = Glue::read(SCRIPT).unwrap();
        for names in [&["a", "b"][..], &["a", "b", "$", "c"], &["a", "b", "c"]] {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            assert!(glue.listed(&names).is_err(), "{names:?}");
        }
        assert!(Glue::read("function __wbg_get_imports() {}").is_err());
        assert!(Glue::read(&SCRIPT.replace("    };\n", "")).is_err());
    }

    #[test]
    fn what_is_written_in_another_way_stays() {
        for lines in [
            &["const ret = arg0;", "return isLikeNone(ret) ? 0xFFFFFF : ret ? 1 : 0;"][..],
            &["const retained = 1;", "return ret;"],
            &["const ret = getObject(arg0);", "ret.next();"],
            &["return 1;"],
            &[],
        ] {
            let expected = lines.join("\n").replace("const ret = getObject(arg0);\nret.", "getObject(arg0).");
            assert_eq!(short_body(lines), expected);
        }
        assert_eq!(shortened("async () => {", &["return 1;"], "},"), "async () => {\nreturn 1;\n},");
    }

    #[test]
    fn what_stands_at_the_end_is_there_from_the_beginning() {
        let mut outer = SAID_ONCE.lines().filter(|line| !line.is_empty() && !line.starts_with(' '));
        assert!(outer.all(|line| line.starts_with("function ") || line == "}"));
    }

    #[test]
    fn a_word_is_found_where_it_is_not_part_of_another() {
        assert_eq!(around_word("return ret(retained, ret);", "ret"), ["return ", "(retained, ", ");"]);
        assert_eq!(around_word("é + $ret", "ret"), ["é + $ret"]);
    }

    #[test]
    fn a_module_asks_by_place() {
        let module = |first: &[u8], second: &[u8]| {
            let imports = [&[2, 1, b'a'][..], first, &[0, 1, 1, b'a'], second, &[0, 2]].concat();
            [&b"\0asm\x01\0\0\0"[..], &[2, u8::try_from(imports.len()).unwrap()], &imports, &[10, 1, 0]].concat()
        };
        let (numbered, names) = numbered(&module(b"\x02ab", b"\x01$")).unwrap();
        assert_eq!(numbered, module(b"\x03100", b"\x03101"));
        assert_eq!(names, ["ab", "$"]);
        let memory = [&b"\0asm\x01\0\0\0"[..], &[2, 8, 1, 1, b'a', 1, b'm', 2, 0, 1]].concat();
        assert!(super::numbered(&memory).is_err());
    }
}
