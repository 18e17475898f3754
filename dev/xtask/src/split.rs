//! The app that everybody loads, in three pieces: the flow, which somebody who has typed already waits for; the UI, which takes
//! over from the painted form; and the protected pages, which nobody needs before they have signed in.
//!
//! ```text
//! cargo, feature `split`   one .wasm that keeps its relocations and names
//! wasm_split               cuts out what only `behind_the_flow` of `src/ui/rise.rs` reaches, what only `behind_the_guard` of
//!                          `src/ui/lazy.rs` does, and what only these two do; their constants too
//! wasm-merge               puts what both need to the UI, which comes first: as one module it is smaller than as two (0.8 KB)
//! wasm-bindgen             the app's script and module, as Trunk makes them; at the script's end: `loadUi`, `loadPages`, and
//!                          `bringPieces`, which only fetches
//! dist/ui.wasm, pages.wasm what was cut out: shares memory, function table and stack with the app
//! dist/pages-*.css         how the protected pages look, which Trunk has linked to the page, and `loadPages` fetches
//! ```
//! All are of one compilation and belong to no other. Their names tell (`names.rs`): a page from before a deploy asks
//! for the pages of before, and gets them or none.

use crate::names;
use crate::oidc;
use crate::operator::{self, sheet};
use crate::process::{self, executable, run, say, spoken};
use crate::sections::{
    CUSTOM, EXPORTS, IMPORTS, Import, changed, imports, number, sections, with_section, without_sections, written,
    written_imports, written_text,
};
use crate::shims::without_shims;
use crate::shrink::FEATURES;
use crate::tools::{WASM_TARGET, wasm_merge, wasm_opt};
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use wasm_split_cli_support::{Options, transform};

/// The module with the protected pages, before it is called by its content.
pub const PAGES: &str = "pages.wasm";
/// The module with the UI.
pub const UI: &str = "ui.wasm";
/// Both of them.
pub const MODULES: [&str; 2] = [UI, PAGES];
/// What both of them need, before it is put to the UI.
const COMMON: &str = "common.wasm";
/// How the style sheets begin that the first frame does without, and that the protected pages bring.
const SHEETS: [&str; 2] = ["rest-", "pages-"];

/// What the splitter calls the modules, by the names that `src/ui/rise.rs` and `src/ui/lazy.rs` give them.
const CUT_OUT: [(&str, &str); 2] = [("split_ui.wasm", UI), ("split_pages.wasm", PAGES)];
/// How it calls what several of them need.
const CHUNK: &str = "chunk_";

/// What the splitter calls its own loader; it is only read here.
const LINK: &str = "link.js";

/// What stripping would have taken out of the module. The features would have wasm-bindgen pass references where it passes
/// numbers, for more bytes than that saves.
const STRIPPED: [&str; 2] = ["target_features", "producers"];

/// Whether a file of `dist/` is fetched with the protected pages, and so behind the login page.
pub fn is_of_pages(path: &str) -> bool {
    path.starts_with("pages")
}

/// Whether a file of `dist/` is fetched with the UI, and so behind the flow.
pub fn is_of_ui(path: &str) -> bool {
    path.starts_with("ui")
}

/// Builds the app into `dist`, where Trunk has built another one, as `NAME.js` and `NAME_bg.wasm`, and the UI and the protected pages beside it.
///
/// # Errors
/// A step of the build fails, or the cut is not where it is expected.
pub fn build(lean: &[(&'static str, String)], wasm_bindgen: &Path, dist: &Path, name: &str) -> Result<()> {
    run(compilation().envs(lean.iter().cloned()))?;
    let whole = fs::read(target_folder()?.join(WASM_TARGET).join("release/vestibule.wasm"))?;

    let begun = Instant::now();
    let folder = process::root().join("target/split");
    let main = folder.join(format!("{name}.wasm"));
    let mut options = Options::new(&whole);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.link_name = LINK;
    let split = transform(options).map_err(|failure| anyhow!("the app could not be split: {failure:#}"))?;
    let cut_out = named(&split.split_modules)?;
    fs::write(&main, without_sections(&fs::read(&main)?, &STRIPPED)?)?;

    let mut bindgen = Command::new(wasm_bindgen.join(executable("wasm-bindgen")));
    // The function table counts among what the linker exports.
    bindgen.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", name, "--out-dir"]);
    run(bindgen.arg(dist).arg(&main))?;
    let module = dist.join(format!("{name}_bg.wasm"));
    fs::write(&module, without_shims(&fs::read(&module)?)?)?;
    for (path, module) in cut_out {
        let folder = if module == PAGES { dist } else { &folder };
        fs::write(folder.join(module), with_names_of_functions(&fs::read(path)?)?)?;
    }
    fs::write(dist.join(UI), merged(&folder)?)?;
    let [_, sheet] = sheets(dist)?;
    let loader = loader(&shared(&fs::read_to_string(folder.join(LINK))?)?, &sheet);
    let script = dist.join(format!("{name}.js"));
    fs::write(&script, started_plainly(&fs::read_to_string(&script)?)? + &loader)?;
    let page = dist.join("index.html");
    fs::write(&page, without_link(&fs::read_to_string(&page)?, &sheet)?)?;
    say(&format!("the UI and the protected pages were cut out in {}", spoken(begun.elapsed())));
    Ok(())
}

/// How the app is compiled that is to be cut.
fn compilation() -> Command {
    let mut rustc = process::cargo();
    rustc.args(["rustc", "--locked", "--offline", "--release", "--target", WASM_TARGET, "--bin", "vestibule"]);
    rustc.args(["--no-default-features", "--features", "split", "--", "-Cstrip=none", "-Clink-arg=--emit-relocs"]);
    rustc
}

/// The names of the style sheets that the first frame does without, and that the protected pages bring.
///
/// # Errors
/// Trunk has left none.
pub fn sheets(dist: &Path) -> Result<[String; 2]> {
    let name = |beginning| {
        sheet(dist, beginning).map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
    };
    let [ui, pages] = SHEETS;
    Ok([name(ui)?, name(pages)?])
}

/// The UI as one module with what the protected pages need of it, of the two in `folder`.
///
/// # Errors
/// One of them is not there, or a tool fails.
fn merged(folder: &Path) -> Result<Vec<u8>> {
    let [ui, common, both] = [UI, COMMON, "both.wasm"].map(|name| folder.join(name));
    fs::write(&common, offering_its_imports(&fs::read(&common)?)?)?;
    fs::write(&ui, asking(COMMON, &fs::read(&ui)?)?)?;
    let mut merge = wasm_merge()?.command();
    merge.args(FEATURES).arg("-g").arg(&common).arg(COMMON).arg(&ui).arg(UI);
    run(merge.arg("-o").arg(&both)).context("wasm-merge could not put the UI together")?;
    // What nobody outside may call by its name any more.
    let alone = changed(&fs::read(&both)?, |kind, content| Ok((kind != EXPORTS).then(|| content.to_vec())))?;
    fs::write(&both, alone)?;
    // The places that a piece takes in the function table are its own: what is called there can be called by itself.
    let directly = ["-g", "--pass-arg=directize-initial-contents-immutable", "--directize"];
    let mut direct = wasm_opt()?.command();
    run(direct.args(FEATURES).args(directly).args([&both, Path::new("-o"), &both]))
        .context("wasm-opt could not put the UI together")?;
    Ok(fs::read(&both)?)
}

/// A module that offers what it gets itself. Whoever gets it from there is known to share it; two who get one memory from
/// elsewhere have two, for all that wasm-merge knows.
fn offering_its_imports(module: &[u8]) -> Result<Vec<u8>> {
    let mut offered = Vec::new();
    let imports = imports(module)?;
    for (place, Import { name, kind, .. }) in imports.iter().enumerate() {
        let before = imports.iter().take(place).filter(|other| other.kind == *kind).count();
        offered.extend([&written_text(name)[..], &[*kind], &written(before)].concat());
    }
    let offered = [written(imports.len()), offered].concat();
    changed(module, |kind, content| Ok(Some(if kind == EXPORTS { offered.clone() } else { content.to_vec() })))
}

/// A module that gets from another one what it gets from the app.
fn asking(whom: &str, module: &[u8]) -> Result<Vec<u8>> {
    let asked = imports(module)?.into_iter().map(|import| Import { from: whom, ..import });
    let asked = written_imports(asked);
    changed(module, |kind, content| Ok(Some(if kind == IMPORTS { asked.clone() } else { content.to_vec() })))
}

/// The modules that were cut out, each with what it is called in `dist/`.
fn named(modules: &[PathBuf]) -> Result<Vec<(&Path, &'static str)>> {
    let name_of = |path: &Path| {
        let file = path.file_name()?.to_str()?;
        let own = CUT_OUT.iter().find(|(cut_out, _)| *cut_out == file).map(|(_, name)| *name);
        own.or_else(|| file.starts_with(CHUNK).then_some(COMMON))
    };
    let mut named: Vec<_> = modules.iter().filter_map(|path| Some((path.as_path(), name_of(path)?))).collect();
    named.sort_by_key(|(_, name)| *name);
    named.dedup_by_key(|(_, name)| *name);
    let all = CUT_OUT.len() + 1;
    let is_whole = modules.len() == all && named.len() == all;
    ensure!(is_whole, "the app was split into other modules than expected: {modules:?}");
    Ok(named)
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

/// `loadUi` and `loadPages`, at the end of the app's script, whose `wasm` holds what the app exports. Each piece is fetched once;
/// what failed is fetched anew, past whatever a cache has kept of the failure. Nobody can do without the UI, so that is insisted on
/// (`src/start.js`). Where somebody may be signed in, all of it comes at once.
fn loader(shared: &[String], sheet: &str) -> String {
    let [oidc, _] = oidc::FILES;
    let [passkey, _] = oidc::PASSKEY_FILES;
    let fetched = [oidc, passkey, operator::SCRIPT, UI, PAGES, sheet];
    let integrity = fetched.map(|name| format!("\"{name}\": \"{}\"", names::hash_of(name))).join(", ");
    let shared = shared.iter().map(|name| format!("{name}: wasm.{name}")).collect::<Vec<_>>().join(", ");
    format!(
        r#"
{{
    globalThis.integrity = {{ {integrity} }};
    let isAgain;
    const address = name => new URL(name + (isAgain ? "?" + Date.now() : ""), import.meta.url).href;
    const late = () => new Promise((_, failed) => setTimeout(() => failed(Error("too late")), 60000));
    const once = (bring, brought) => () => brought ??= Promise.race([bring(), late()])
        .catch(problem => {{ brought = undefined; isAgain = true; throw problem; }});
    const styled = once(() => new Promise((done, failed) => {{
        const link = document.createElement("link");
        link.rel = "stylesheet";
        link.href = address("{sheet}");
        link.integrity = integrity["{sheet}"];
        // For the screen only once it is there: until then, Firefox would hold up other requests.
        link.media = "print";
        link.onload = () => {{ link.media = "all"; done(); }};
        link.onerror = problem => {{ link.remove(); failed(problem); }};
        (document.querySelector("link[data-later]") ?? document.head.lastChild).after(link);
    }}));
    const compiled = async name => {{
        const answer = await fetchBuilt(address(name), integrity[name]);
        return WebAssembly.compile(await answer.arrayBuffer());
    }};
    const ui = once(() => compiled("{UI}"));
    const pages = once(() => Promise.all([compiled("{PAGES}"), styled()]));
    const link = code => WebAssembly.instantiate(code, {{ __wasm_split: {{ {shared} }} }});
    globalThis.bringPieces = () => {{ ui().then(pages).catch(() => {{}}); }};
    globalThis.loadUi = () => insist(async () => link(await ui()));
    globalThis.loadPages = async () => link((await pages())[0]);
    if (document.documentElement.dataset.painted === "quiet") {{
        bringPieces();
        pages().catch(() => {{}});
    }}
}}
"#
    )
}

/// A script of wasm-bindgen that is started in one way, as `src/begin.js` does it: with a module that is compiled already. It can
/// be started in many (0.5 KB).
fn started_plainly(script: &str) -> Result<String> {
    const WAYS: &str = "\nasync function __wbg_load(";
    let (rest, ways) = script.split_once(WAYS).context("the app's script is not started as expected")?;
    ensure!(
        ways.trim_end().ends_with("export { initSync, __wbg_init as default };"),
        "the app's script ends in another way"
    );
    let start = "export default async ({ module_or_path: module }) => \
                 __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);";
    Ok([rest, "\n", start, "\n"].concat())
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

/// A module that tells nothing of itself but the names of its functions: wasm-opt does not know all that the splitter names.
fn with_names_of_functions(module: &[u8]) -> Result<Vec<u8>> {
    const FUNCTIONS: u8 = 1;
    let mut out = changed(module, |kind, content| Ok((kind != CUSTOM).then(|| content.to_vec())))?;
    let mut custom = sections(module)?.into_iter().filter(|(kind, _)| *kind == CUSTOM);
    let Some(mut rest) = custom.find_map(|(_, section)| section.strip_prefix(b"\x04name")) else {
        return Ok(out);
    };
    while let Some((id, sized)) = rest.split_first() {
        let (size, content) = number(sized)?;
        let (_, after) = content.split_at_checked(size).context("names without an end")?;
        if *id == FUNCTIONS {
            out = with_section(out, "name", rest.get(..rest.len() - after.len()).unwrap_or_default());
        }
        rest = after;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{
        COMMON, PAGES, UI, asking, compilation, loader, named, offering_its_imports, shared, started_plainly,
        with_names_of_functions, with_section, without_link,
    };
    use std::path::PathBuf;

    #[test]
    fn what_ships_is_compiled_from_the_crates_that_the_lock_file_names() {
        assert!(compilation().get_args().any(|argument| argument == "--locked"));
    }

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
    fn every_piece_is_known_by_its_name_and_none_may_be_missing() {
        let modules = ["split_pages.wasm", "split_ui.wasm", "chunk_3.wasm"].map(PathBuf::from);
        let names = named(&modules).unwrap().into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names, [COMMON, PAGES, UI]);
        for wrong in [&modules[..2], &["split_ui.wasm", "chunk_3.wasm", "chunk_4.wasm"].map(PathBuf::from)] {
            assert!(named(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_script_is_started_in_one_way_and_is_otherwise_as_it_was() {
        let script = "let wasm;\n\nasync function __wbg_load(module) {}\nfunction initSync() {}\n\nexport { initSync, __wbg_init as default };\n";
        let plain = started_plainly(script).unwrap();
        assert!(plain.starts_with("let wasm;\n\nexport default async (") && !plain.contains("initSync"), "{plain}");
        assert!(started_plainly("let wasm;").is_err());
        assert!(started_plainly("\nasync function __wbg_load() {}\nexport {};").is_err());
    }

    #[test]
    fn the_link_to_one_sheet_is_taken_out_and_nothing_else() {
        let page = "<head><link href=\"/main-1.css\"/>\n  <link href=\"/pages-1.css\"/>\n</head>";
        assert_eq!(without_link(page, "pages-1.css").unwrap(), "<head><link href=\"/main-1.css\"/>\n  </head>");
        assert!(without_link(page, "other.css").is_err());
    }

    #[test]
    fn what_one_module_gets_the_other_gets_from_there() {
        let header = &b"\0asm\x01\0\0\0"[..];
        let module = |from: &[u8], exports: &[u8]| {
            let import = |name: u8, kind: &[u8]| [from, &[1, name], kind].concat();
            let imports = [import(b'm', &[2, 0, 1]), import(b'g', &[3, 0x7f, 1]), import(b'h', &[3, 0x7f, 1])].concat();
            let imports = [&[2, u8::try_from(imports.len() + 1).unwrap(), 3][..], &imports].concat();
            [header, &imports, &[7, u8::try_from(exports.len()).unwrap()], exports].concat()
        };
        let own = module(b"\x03app", &[0]);
        let offering = module(b"\x03app", &[&[3][..], b"\x01m\x02\x00\x01g\x03\x00\x01h\x03\x01"].concat());
        assert_eq!(offering_its_imports(&own).unwrap(), offering);
        assert_eq!(asking("other", &own).unwrap(), module(b"\x05other", &[0]));
    }

    #[test]
    fn functions_keep_their_names_and_nothing_else_does() {
        let before = [&b"\0asm\x01\0\0\0"[..], &[1, 1, 0]].concat();
        let names = |of: &[u8]| with_section(Vec::new(), "name", of);
        let about = with_section(Vec::new(), "producers", &[7]);
        let module = [&before[..], &names(&[1, 2, 8, 9, 3, 1, 7]), &about].concat();
        let expected = [&before[..], &names(&[1, 2, 8, 9])].concat();
        assert_eq!(with_names_of_functions(&module).unwrap(), expected);
        assert_eq!(with_names_of_functions(&before).unwrap(), before);
    }
}
