//! The app that everybody loads, with the protected pages cut out of it: nobody needs them before they have signed in.
//!
//! ```text
//! cargo, feature `split`   one .wasm that keeps its relocations and names
//! wasm_split               cuts out what only `behind_the_guard` of `src/ui/lazy.rs` reaches, its constants too
//! wasm-bindgen             the app's script and module, as Trunk makes them; at the script's end: `loadPages`, and `bringPages`,
//!                          which only fetches them
//! dist/pages.wasm          what was cut out: shares memory, function table and stack with the app
//! dist/pages-*.css         how the protected pages look, which Trunk has linked to the page, and `loadPages` fetches
//! ```
//! Both sides are of one compilation and belong to no other. Their names tell (`names.rs`): a page from before a deploy asks
//! for the pages of before, and gets them or none.

use crate::operator::sheet;
use crate::process::{self, executable, run, say, spoken};
use crate::tools::WASM_TARGET;
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use wasm_split_cli_support::{Options, transform};

/// The module with the protected pages, before it is called by its content.
pub const MODULE: &str = "pages.wasm";
/// How the style sheet of the protected pages begins.
pub const SHEET: &str = "pages-";

/// What the splitter calls the module, by the name that `src/ui/lazy.rs` gives it.
const CUT_OUT: &str = "split_pages.wasm";
/// What the splitter calls its own loader; it is only read here.
const LINK: &str = "link.js";

/// What stripping would have taken out of the module. The features would have wasm-bindgen pass references where it passes
/// numbers, for more bytes than that saves.
const STRIPPED: [&str; 2] = ["target_features", "producers"];

/// Whether a file of `dist/` is fetched with the protected pages, and so not at first.
pub fn is_of_pages(path: &str) -> bool {
    path.starts_with("pages")
}

/// Builds the app into `dist`, where Trunk has built another one, as `NAME.js` and `NAME_bg.wasm`, and the protected pages beside it.
///
/// # Errors
/// A step of the build fails, or the cut is not where it is expected.
pub fn build(lean: &[(&'static str, String)], wasm_bindgen: &Path, dist: &Path, name: &str) -> Result<()> {
    let mut rustc = process::cargo();
    rustc.args(["rustc", "--locked", "--offline", "--release", "--target", WASM_TARGET, "--bin", "vestibule"]);
    rustc.args(["--no-default-features", "--features", "split", "--", "-Cstrip=none", "-Clink-arg=--emit-relocs"]);
    run(rustc.envs(lean.iter().cloned()))?;
    let whole = fs::read(target_folder()?.join(WASM_TARGET).join("release/vestibule.wasm"))?;

    let begun = Instant::now();
    let folder = process::root().join("target/split");
    let main = folder.join(format!("{name}.wasm"));
    let mut options = Options::new(&whole);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.link_name = LINK;
    let split = transform(options).map_err(|failure| anyhow!("the app could not be split: {failure:#}"))?;
    let modules = split.split_modules;
    ensure!(modules == [folder.join(CUT_OUT)], "the app was split into other modules than expected: {modules:?}");
    fs::write(&main, without_sections(&fs::read(&main)?, &STRIPPED)?)?;

    let mut bindgen = Command::new(wasm_bindgen.join(executable("wasm-bindgen")));
    // The function table counts among what the linker exports.
    bindgen.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", name, "--out-dir"]);
    run(bindgen.arg(dist).arg(&main))?;
    // wasm-opt does not know all names that the splitter gives, and needs none.
    fs::write(dist.join(MODULE), without_sections(&fs::read(folder.join(CUT_OUT))?, &["name"])?)?;
    let sheet = sheet(dist, SHEET)?.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let loader = loader(&shared(&fs::read_to_string(folder.join(LINK))?)?, &sheet);
    let script = dist.join(format!("{name}.js"));
    fs::write(&script, fs::read_to_string(&script)? + &loader)?;
    let page = dist.join("index.html");
    fs::write(&page, without_link(&fs::read_to_string(&page)?, &sheet)?)?;
    say(&format!("the protected pages were cut out in {}", spoken(begun.elapsed())));
    Ok(())
}

/// Where Cargo puts what it builds.
fn target_folder() -> Result<PathBuf> {
    let about = process::answer(process::cargo().args(["metadata", "--no-deps", "--offline", "--format-version", "1"]));
    let about: Value = serde_json::from_str(&about.context("cargo metadata does not answer")?)?;
    let folder = about.get("target_directory").and_then(Value::as_str);
    folder.map(PathBuf::from).context("cargo metadata names no target directory")
}

/// What the app shares with the module that was cut out, as the splitter's own loader names it.
fn shared(link: &str) -> Result<Vec<String>> {
    let names = link.split_once("const { ").and_then(|(_, rest)| rest.split_once("} = initSync"));
    let (names, _) = names.context("the splitter's loader names nothing that is shared")?;
    Ok(names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// `loadPages`, at the end of the app's script, whose `wasm` holds what the app exports. The pages are fetched once; what
/// failed is fetched anew, past whatever a cache has kept of the failure. Where somebody may be
/// signed in (`src/start.js`), that begins at once.
fn loader(shared: &[String], sheet: &str) -> String {
    let shared = shared.iter().map(|name| format!("{name}: wasm.{name}")).collect::<Vec<_>>().join(", ");
    format!(
        r#"
{{
    let style, pages, isAgain;
    const address = name => new URL(name + (isAgain ? "?" + Date.now() : ""), import.meta.url).href;
    const styled = () => style ??= new Promise((done, failed) => {{
        const link = document.createElement("link");
        link.rel = "stylesheet";
        link.href = address("{sheet}");
        link.onload = done;
        link.onerror = problem => {{ link.remove(); style = undefined; failed(problem); }};
        (document.querySelector("link[rel=stylesheet]") ?? document.head.lastChild).after(link);
    }});
    const compiled = async () => WebAssembly.compile(await (await fetch(address("{MODULE}"))).arrayBuffer());
    const late = () => new Promise((_, failed) => setTimeout(failed, 60000));
    const fetched = () => pages ??= Promise.race([Promise.all([compiled(), styled()]), late()])
        .catch(problem => {{ pages = undefined; isAgain = true; throw problem; }});
    globalThis.bringPages = () => {{ fetched().catch(() => {{}}); }};
    globalThis.loadPages = async () => {{
        const [code] = await fetched();
        await WebAssembly.instantiate(code, {{ __wasm_split: {{ {shared} }} }});
    }};
    if (document.documentElement.dataset.painted === "quiet") fetched().catch(() => {{}});
}}
"#
    )
}

/// The page without its link to a style sheet.
fn without_link(page: &str, sheet: &str) -> Result<String> {
    let links = |part: &str| part.contains(sheet);
    let mut tags = page.split('<');
    let mut out = tags.next().unwrap_or_default().to_owned();
    let mut left_out = 0;
    for tag in tags {
        if links(tag) {
            left_out += 1;
        } else {
            out.push('<');
            out.push_str(tag);
        }
    }
    ensure!(left_out == 1, "the page links {left_out} times to {sheet}");
    Ok(out)
}

/// A module without its custom sections of these names.
///
/// # Errors
/// It is no WebAssembly.
pub fn without_sections(module: &[u8], dropped: &[&str]) -> Result<Vec<u8>> {
    let (header, mut rest) = module.split_at_checked(8).context("no WebAssembly")?;
    let mut out = header.to_vec();
    while let Some((id, sized)) = rest.split_first() {
        let (size, content) = number(sized)?;
        let (content, after) = content.split_at_checked(size).context("a section without an end")?;
        let is_dropped = *id == 0 && {
            let (length, name) = number(content)?;
            let name = name.get(..length).context("a section without a name")?;
            dropped.iter().any(|dropped| dropped.as_bytes() == name)
        };
        if !is_dropped {
            out.extend(rest.get(..rest.len() - after.len()).unwrap_or_default());
        }
        rest = after;
    }
    Ok(out)
}

/// What is in a module's section of that kind, if it has one.
///
/// # Errors
/// It is no WebAssembly.
pub fn section(module: &[u8], kind: u8) -> Result<Option<&[u8]>> {
    let (_, mut rest) = module.split_at_checked(8).context("no WebAssembly")?;
    while let Some((id, sized)) = rest.split_first() {
        let (size, content) = number(sized)?;
        let (content, after) = content.split_at_checked(size).context("a section without an end")?;
        if *id == kind {
            return Ok(Some(content));
        }
        rest = after;
    }
    Ok(None)
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

#[cfg(test)]
mod tests {
    use super::{loader, shared, without_link, without_sections};

    #[test]
    fn what_is_shared_is_read_from_the_splitter_s_loader_and_given_on() {
        let link = "sharedImports = { __wasm_split: {  } };\nconst { __table, memory,  } = initSync(undefined);";
        let names = shared(link).unwrap();
        assert_eq!(names, ["__table", "memory"]);
        let loader = loader(&names, "pages-1.css");
        assert!(loader.contains("{ __wasm_split: { __table: wasm.__table, memory: wasm.memory } }"), "{loader}");
        assert!(shared("").is_err());
    }

    #[test]
    fn the_link_to_one_sheet_is_taken_out_and_nothing_else() {
        let page = "<head><link href=\"/main-1.css\"/>\n  <link href=\"/pages-1.css\"/>\n</head>";
        assert_eq!(without_link(page, "pages-1.css").unwrap(), "<head><link href=\"/main-1.css\"/>\n  </head>");
        assert!(without_link(page, "other.css").is_err());
    }

    #[test]
    fn a_custom_section_is_dropped_by_its_name() {
        let kept = [1, 1, 0];
        let module = [&b"\0asm\x01\0\0\0"[..], &[0, 3, 2, b'a', b'b'], &kept, &[0, 4, 2, b'a', b'c', 9]].concat();
        let expected = [&b"\0asm\x01\0\0\0"[..], &kept, &[0, 4, 2, b'a', b'c', 9]].concat();
        assert_eq!(without_sections(&module, &["ab"]).unwrap(), expected);
        assert!(without_sections(&module[..module.len() - 1], &["ab"]).is_err());
    }
}
