//! Making what Trunk has built small: the files keep their names and do the same, with fewer bytes on the wire.
//!
//! ```text
//! *.wasm  wasm-opt, and every import and export gets a short name; functions in an order of their own (`order.rs`)
//! *.js    the new names are put in place of the old ones, and what is offered to the module is said in fewer words (`glue.rs`);
//!         then esbuild
//! *.css   esbuild
//! ```
//! What a release must not write to the console is left out on the way.
//!
//! wasm-bindgen calls an import `__wbg_pathname_2722e395309e4ee1`, in the WebAssembly and in the script beside it. No
//! compression gets anything out of two hundred hashes that are written twice.

use crate::glue::{Glue, numbered};
use crate::names::the_only;
use crate::process::{root, run, say, spoken};
use crate::tools::{NodeTool, esbuild, wasm_opt};
use crate::{order, split};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What rustc turns on for its WebAssembly target, and `wasm-opt` must therefore accept.
pub const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What leaves the fewest bytes after brotli: `-Oz` leaves fewer before it, and 1.5 KB more behind it. A function of more than
/// 35 bytes stays one even when it is called once (0.7 KB). How a load or store is aligned is a hint that no browser takes
/// (0.4 KB), and nothing lies in the first KB of memory, the far end of the stack (0.3 KB).
const LEVEL: [&str; 8] = [
    "-O2",
    "--shrink-level",
    "1",
    "--skip-pass=simplify-locals",
    "--one-caller-inline-max-function-size",
    "35",
    "--low-memory-unused",
    "--dealign",
];

/// Chromium compiles a script that begins so whole, while the WebAssembly is still on its way; else it would compile a hundred functions one
/// by one between that and a sign-in that somebody waits for. To other browsers it is a remark.
const COMPILED_WHOLE: &str = "//# allFunctionsCalledOnLoad\n";

/// Makes the scripts, style sheets and the WebAssembly at the top of `dist` small, in place.
///
/// # Errors
/// A tool cannot be had or fails, or a script and its WebAssembly do not belong together.
pub fn shrink(dist: &Path) -> Result<()> {
    let (wasm_opt, esbuild) = (wasm_opt()?, esbuild()?);
    let modules = files(dist, "wasm")?;
    ensure!(!modules.is_empty(), "Trunk left no .wasm in dist/");
    for module in modules {
        if split::MODULES.iter().any(|cut_out| module.ends_with(cut_out)) {
            // Its script is the app's, which offers few things to it by their old names.
            optimise(&module, &wasm_opt, None)?;
            continue;
        }
        let path = glue_of(&module).with_context(|| format!("{} has no script beside it", module.display()))?;
        let script = fs::read_to_string(&path)?;
        let names = new_names(&optimise(&module, &wasm_opt, Some(&Glue::read(&script)?))?)?;
        let (asking, asked) = numbered(&fs::read(&module)?)?;
        fs::write(&module, asking)?;
        fs::write(&path, Glue::read(&renamed(&script, &names)?)?.listed(&asked)?)?;
    }
    for text in files(dist, "js")?.iter().chain(&files(dist, "css")?) {
        minify(text, &esbuild)?;
    }
    let script = dist.join(the_only(dist, "vestibule", ".js")?);
    fs::write(&script, COMPILED_WHOLE.to_owned() + &fs::read_to_string(&script)?)?;
    for page in files(dist, "html")? {
        fs::write(&page, without_remarks(&fs::read_to_string(&page)?))?;
    }
    Ok(())
}

/// The files at the top of `folder` with that extension.
///
/// # Errors
/// There is no such folder.
pub fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("Trunk left no {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    Ok(found)
}

/// `NAME_bg.wasm` is loaded by `NAME.js`.
fn glue_of(module: &Path) -> Option<PathBuf> {
    let name = module.file_stem()?.to_str()?.strip_suffix("_bg")?;
    Some(module.with_file_name(format!("{name}.js"))).filter(|script| script.is_file())
}

/// A page without the lines that only speak to whoever writes it, and without what indents it.
fn without_remarks(page: &str) -> String {
    let mut is_in_remark = false;
    let lines = page.lines().map(str::trim).filter(|line| {
        let is_of_remark = is_in_remark || line.starts_with("<!-- ");
        is_in_remark = is_of_remark && !line.ends_with("-->");
        !line.is_empty() && !is_of_remark
    });
    lines.collect::<Vec<&str>>().join("\n") + "\n"
}

fn minify(text: &Path, esbuild: &NodeTool) -> Result<()> {
    let mut command = esbuild.command();
    command.arg(text).arg(format!("--outfile={}", text.display()));
    command.args(["--allow-overwrite", "--minify", "--legal-comments=none", "--log-level=warning"]);
    command.args(SILENCED.map(|method| format!("--pure:console.{method}")));
    run(&mut command).with_context(|| format!("esbuild could not work on {}", text.display()))?;
    let is_loud = is_loud(&fs::read_to_string(text)?);
    ensure!(!is_loud, "{} would write to the console what src/browser/debug.rs does not say", text.display());
    Ok(())
}

/// What nobody reads in a release: generated code warns there, crates report their errors, `src/start.js` says why it goes no
/// further. Calls whose results nobody wants are left out when they are known to do nothing else.
const SILENCED: [&str; 5] = ["debug", "error", "info", "trace", "warn"];

/// Whether a script writes anything to the console but what the app's own door says there.
fn is_loud(script: &str) -> bool {
    script.split("console").skip(1).any(|called| !called.starts_with(".log("))
}

/// What everything that crosses between a module and its script is called now.
#[derive(Debug)]
struct Names {
    /// The script's name, as the module knows it.
    glue: String,
    imports: HashMap<String, String>,
    exports: HashMap<String, String>,
}

/// Optimises one module in place; returns what `wasm-opt` printed: the new names of a module with a script. The last answer is
/// kept: the same module is not worked on twice.
fn optimise(module: &Path, wasm_opt: &NodeTool, script: Option<&Glue>) -> Result<String> {
    let name = module.file_name().unwrap_or_default().to_string_lossy();
    let (kind, _) = name.split_once('-').unwrap_or((&name, ""));
    let kept = kept(kind, wasm_opt);
    fs::create_dir_all(&kept)?;
    let (question, reply, names) = (kept.join("question.wasm"), kept.join("reply.wasm"), kept.join("names.json"));
    let before = fs::read(module)?;
    let is_known = fs::read(&question).is_ok_and(|known| known == before) && reply.is_file() && names.is_file();
    if !is_known {
        let _ = fs::remove_file(&reply);
        fs::write(&question, &before)?;
        let unfinished = kept.join("unfinished.wasm");
        let begun = Instant::now();
        let mut command = wasm_opt.command();
        command.args(LEVEL).args(FEATURES).args(script.map(|_| "--minify-imports-and-exports-and-modules"));
        // A table of names goes to the standard output.
        command.stdout(fs::File::create(&names)?);
        run(command.args([&question, Path::new("-o"), &unfinished])).context("wasm-opt could not work on the app")?;
        let wanted = script.map(|script| wanted(script, &names)).transpose()?.unwrap_or_default();
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        fs::write(&unfinished, order::named_in_order(&fs::read(&unfinished)?, &wanted)?)?;
        let mut command = wasm_opt.command();
        command.args(FEATURES).arg("--reorder-functions-by-name");
        run(command.args([&unfinished, Path::new("-o"), &unfinished])).context("wasm-opt could not sort the app")?;
        fs::rename(&unfinished, &reply)?;
        say(&format!("wasm-opt took {}", spoken(begun.elapsed())));
    }
    let names = fs::read_to_string(&names)?;
    let after = fs::copy(&reply, module)?;
    say(&format!("WebAssembly: {} bytes, {after} after wasm-opt", before.len()));
    Ok(names)
}

/// What a script offers, in the order in which it should stand, by its new names.
fn wanted(script: &Glue, names: &Path) -> Result<Vec<String>> {
    let names = new_names(&fs::read_to_string(names)?)?;
    Ok(script.order().into_iter().filter_map(|old| names.imports.get(old).cloned()).collect())
}

/// Where the last question about modules of a kind is kept. Another way of asking, another folder.
fn kept(kind: &str, wasm_opt: &NodeTool) -> PathBuf {
    let folder = |arguments: &[&str]| arguments.concat().replace(['-', '='], "_");
    let asked = Path::new(&wasm_opt.version).join(folder(&LEVEL)).join(folder(&FEATURES));
    root().join("target/wasm-opt").join(kind).join(asked).join("sorted_5_imports_too")
}

/// The module of a kind that was worked on last, worked on once more and with its functions' names left in it.
///
/// # Errors
/// None was, or `wasm-opt` fails.
pub fn with_names(kind: &str) -> Result<Vec<u8>> {
    let wasm_opt = wasm_opt()?;
    let kept = kept(kind, &wasm_opt);
    let (question, named) = (kept.join("question.wasm"), kept.join("named.wasm"));
    let changed_at = |file: &Path| file.metadata().and_then(|about| about.modified()).ok();
    let asked_at = changed_at(&question).with_context(|| format!("{kind} was not built yet"))?;
    if changed_at(&named).is_none_or(|named_at| named_at < asked_at) {
        let mut command = wasm_opt.command();
        command.args(LEVEL).args(FEATURES).arg("-g");
        run(command.args([&question, Path::new("-o"), &named])).context("wasm-opt could not work on the app")?;
    }
    Ok(fs::read(&named)?)
}

/// What `wasm-opt` calls the only module that imports come from.
const MODULE: &str = "a";

/// Reads what `wasm-opt --minify-imports-and-exports-and-modules` prints:
/// `{"imports": [[MODULE, OLD, NEW], …], "exports": [[OLD, NEW], …]}`.
fn new_names(table: &str) -> Result<Names> {
    let table: Value = serde_json::from_str(table).context("wasm-opt printed no table of names")?;
    let pairs = |part: &str, old: usize| -> Option<HashMap<String, String>> {
        let rows = table.get(part)?.as_array()?.iter();
        rows.map(|row| text(row.get(old)).zip(text(row.get(old + 1)))).collect()
    };
    let imports = pairs("imports", 1).filter(|imports| !imports.is_empty());
    let (Some(imports), Some(exports), Some(glue)) =
        (imports, pairs("exports", 0), text(table.pointer("/imports/0/0")))
    else {
        bail!("wasm-opt printed a table of names that cannot be read");
    };
    Ok(Names { glue, imports, exports })
}

fn text(value: Option<&Value>) -> Option<String> {
    Some(value?.as_str()?.to_owned())
}

/// `script` with everything called by its new name. In what wasm-bindgen writes, imports are members with names that
/// nothing else has, and exports are members of `wasm`.
fn renamed(script: &str, names: &Names) -> Result<String> {
    let quoted = format!("\"{}\"", names.glue);
    ensure!(script.matches(&quoted).count() == 1, "the script does not offer {quoted} to its module");
    let script = script.replace(&quoted, &format!("\"{MODULE}\""));

    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut missing: HashSet<&str> = names.imports.keys().map(String::as_str).collect();
    let mut out = String::with_capacity(script.len());
    let mut rest = script.as_str();
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
        let is_export = out.ends_with("wasm.");
        let name = names.imports.get(word).or_else(|| names.exports.get(word).filter(|_| is_export));
        out.push_str(name.map_or(word, String::as_str));
        missing.remove(word);
        let (between, after) = after.split_at(after.find(is_part).unwrap_or(after.len()));
        out.push_str(between);
        rest = after;
    }
    ensure!(missing.is_empty(), "the script does not offer {missing:?} to its module");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{is_loud, new_names, renamed, without_remarks};

    const TABLE: &str = r#"{"imports": [["./a_bg.js", "__wbg_get_1f", "$"], ["./a_bg.js", "__wbg_get_1f0", "a"]],
        "exports": [["memory", "b"]]}"#;

    #[test]
    fn a_script_may_hand_on_what_the_app_says_and_say_nothing_itself() {
        assert!(!is_loud("a(e) { console.log(b(e)) }"));
        for loud in [r#"console.warn("`WebAssembly.instantiateStreaming` failed")"#, "const { error } = console;"] {
            assert!(is_loud(loud), "{loud}");
        }
    }

    #[test]
    fn everything_that_crosses_gets_its_new_name_and_nothing_else_changes() {
        let script = r#"return {"./a_bg.js": {__wbg_get_1f: function(e) {return x.memory + wasm.memory},
            __wbg_get_1f0: () => "é" + __wbg_get_1}}"#;
        let expected = r#"return {"a": {$: function(e) {return x.memory + wasm.b},
            a: () => "é" + __wbg_get_1}}"#;
        assert_eq!(renamed(script, &new_names(TABLE).unwrap()).unwrap(), expected);
    }

    #[test]
    fn a_page_keeps_everything_but_remarks() {
        let page = "<body>\n  <!-- Here. -->\n\n  <!-- Or\n  there. -->\n  <main><!----><p>a  b</p></main>\n</body>\n";
        assert_eq!(without_remarks(page), "<body>\n<main><!----><p>a  b</p></main>\n</body>\n");
    }

    #[test]
    fn a_script_of_another_module_is_refused() {
        let names = new_names(TABLE).unwrap();
        let refused = renamed(r#"return {"./a_bg.js": {__wbg_get_1f: 1}}"#, &names).unwrap_err();
        assert!(refused.to_string().contains("__wbg_get_1f0"), "{refused}");
        let refused = renamed(r#"return {"./b_bg.js": {__wbg_get_1f: 1, __wbg_get_1f0: 2}}"#, &names).unwrap_err();
        assert!(refused.to_string().contains("./a_bg.js"), "{refused}");
    }

    #[test]
    fn a_table_that_is_none_is_refused() {
        for table in ["", "a => b", "{}", r#"{"imports": [], "exports": []}"#, r#"{"imports": [["a"]], "exports": []}"#]
        {
            assert!(new_names(table).is_err(), "{table}");
        }
    }
}
