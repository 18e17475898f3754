//! The app for operators: the same one, with what only operators get to see. It lies beside the app that everybody loads,
//! which fetches it when a config is wrong or wants the session panel.
//!
//! ```text
//! dist/operator.js, operator_bg.wasm  the app for operators, whole; at the script's end: how its pages and the panel look
//! dist/operator.css                   how the session panel looks, taken out of the UI's style sheet
//! ```
//! Its files have names of their own, without a hash: the app names them, and keeps its own name whatever becomes of them.

use crate::names::{hash_of, tells_its_module};
use crate::oidc::is_of_oidc;
use crate::shrink::files;
use crate::split;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

pub const SCRIPT: &str = "operator.js";
const MODULE: &str = "operator_bg.wasm";
const STYLE: &str = "operator.css";

/// How the scripts begin that start it.
const STARTERS: [&str; 2] = ["start-", "begin-"];

/// Where the panel's part of the style sheet begins, and where every part does.
const PANEL: &str = "/* --- the session panel";
const PART: &str = "/* --- ";

/// Whether a file of `dist/` belongs to it, and so not to the first load.
pub fn is_of_operators(path: &str) -> bool {
    [SCRIPT, MODULE, STYLE].contains(&path)
}

/// Takes the app for operators, which Trunk has built into `dist`, out of the way of the one for everybody. Returns the name
/// that its files had there, which the page knows: the other one's name.
///
/// # Errors
/// Trunk has left other files than one script and one module.
pub fn set_aside(dist: &Path) -> Result<String> {
    let script = the_only(dist, "js")?;
    let module = the_only(dist, "wasm")?;
    let name = script.strip_suffix(".js").filter(|name| module == format!("{name}_bg.wasm"));
    let name = name.with_context(|| format!("{script} and {module} do not belong together"))?.to_owned();
    let [ui, pages] = split::sheets(dist)?;
    let sheets = [&pages, STYLE].map(|name| format!("[\"{name}\", \"{}\"]", hash_of(name))).join(", ");
    let brings_styles = format!(
        "\nawait Promise.all([{sheets}].map(([name, integrity]) => new Promise(onload => document.head.append(\
         Object.assign(document.createElement(\"link\"), {{ rel: \"stylesheet\", href: new URL(name, import.meta.url).href, \
         integrity, onload, onerror: onload }})))));\n"
    );
    let sheet = dist.join(ui);
    let (rest, panel) = without_panel(&fs::read_to_string(&sheet)?)?;
    fs::write(dist.join(STYLE), panel)?;
    fs::write(&sheet, rest)?;
    fs::write(dist.join(SCRIPT), fs::read_to_string(dist.join(&script))? + &brings_styles + &tells_its_module(MODULE))?;
    fs::remove_file(dist.join(&script))?;
    fs::rename(dist.join(&module), dist.join(MODULE))?;
    Ok(name)
}

/// The style sheet at the top of a folder whose name begins so; Trunk puts a hash behind it.
///
/// # Errors
/// There is none.
pub fn sheet(folder: &Path, beginning: &str) -> Result<PathBuf> {
    let is_it = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(beginning))
    };
    files(folder, "css")?.into_iter().find(is_it).with_context(|| format!("Trunk left no {beginning}*.css"))
}

/// The style sheet without the panel's part, and that part.
fn without_panel(sheet: &str) -> Result<(String, String)> {
    let (before, from_panel) = sheet.split_once(PANEL).context("the style sheet has no part for the panel")?;
    let (panel, after) = from_panel.split_once(PART).context("the panel's part of the style sheet has no end")?;
    Ok(([before, PART, after].concat(), [PANEL, panel].concat()))
}

/// The one file of a kind at the top of a folder, beside what starts it and those of sign-in by redirect, which Trunk builds along.
///
/// # Errors
/// There is none, or more.
pub fn the_only(folder: &Path, extension: &str) -> Result<String> {
    let names = files(folder, extension)?;
    let names = names.iter().map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let found: Vec<String> =
        names.filter(|name| !is_of_oidc(name) && !STARTERS.iter().any(|starter| name.starts_with(starter))).collect();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        _ => bail!("Trunk left {} .{extension} files in {}", found.len(), folder.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::without_panel;

    #[test]
    fn the_panel_s_part_is_taken_out_and_nothing_else() {
        let sheet = "/* --- a --- */\na {}\n/* --- the session panel --- */\n.panel {}\n/* --- b --- */\nb {}\n";
        let (rest, panel) = without_panel(sheet).unwrap();
        assert_eq!(rest, "/* --- a --- */\na {}\n/* --- b --- */\nb {}\n");
        assert_eq!(panel, "/* --- the session panel --- */\n.panel {}\n");
        assert!(without_panel("a {}").is_err());
    }
}
