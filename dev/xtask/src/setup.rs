//! The setup page: a page and a program of its own, where an operator tries each request of a config and is told what is
//! wrong. It lies beside the app, which never names it: whoever does not want it deletes four files.
//!
//! ```text
//! dist/setup.html     loads the other three, and nothing of the app
//! dist/setup.js       at its end: starts itself
//! dist/setup_bg.wasm
//! dist/setup.css      the login page's style sheets, and the page's own behind them
//! ```
//! Its page holds no script of its own either, so that the content security policy of the app is good for it as well.

use crate::names;
use crate::operator::{sheet, the_only};
use crate::process;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

/// The page that Trunk builds it from.
pub const PAGE: &str = "setup.html";
const SCRIPT: &str = "setup.js";
const MODULE: &str = "setup_bg.wasm";
const STYLE: &str = "setup.css";

/// Everything of it, in `dist/`.
pub const FILES: [&str; 4] = [PAGE, SCRIPT, MODULE, STYLE];

/// Puts the page, which Trunk has built into `built`, beside the app in `dist`.
///
/// # Errors
/// Trunk has left other files than one script, one module and three style sheets.
pub fn lay_beside(built: &Path, dist: &Path) -> Result<()> {
    let starts_itself = starts_itself();
    let script = fs::read_to_string(built.join(the_only(built, "js")?))?;
    fs::write(dist.join(SCRIPT), script + &starts_itself)?;
    fs::copy(built.join(the_only(built, "wasm")?), dist.join(MODULE))?;
    fs::write(dist.join(STYLE), styles(built)?)?;
    let page = fs::read_to_string(process::root().join(PAGE)).with_context(|| format!("there is no {PAGE}"))?;
    fs::write(dist.join(PAGE), linked(&page)?).with_context(|| format!("{PAGE} cannot be written"))
}

/// Where it does not come as it was built, the page says so; where this script does not, `style/main.css` does.
fn starts_itself() -> String {
    let hash = names::hash_of(MODULE);
    format!(
        r#"
try {{
    const {{ sheet }} = document.querySelector("link[rel=stylesheet]");
    if (!sheet?.cssRules.length) throw Error("no style sheet");
    const code = fetch(new URL("{MODULE}", import.meta.url), {{ integrity: "{hash}" }});
    await __wbg_init({{ module_or_path: code }});
}} catch {{
    document.getElementById("app").textContent = document.documentElement.dataset.unstarted;
}}
document.documentElement.dataset.painted = "whole";
"#
    )
}

/// One sheet behind the other, as the page names them.
fn styles(built: &Path) -> Result<String> {
    let mut all = String::new();
    for name in ["main-", "rest-", "setup-"] {
        all += &fs::read_to_string(sheet(built, name)?)?;
        all.push('\n');
    }
    Ok(all)
}

/// The page with the names that its files have in `dist/` in place of what Trunk is told.
fn linked(page: &str) -> Result<String> {
    let mut out = String::new();
    let mut put = 0;
    for line in page.lines() {
        let told = line.trim_start();
        let indent = line.get(..line.len() - told.len()).unwrap_or_default();
        let replaced = match told {
            _ if told.starts_with("<base data-trunk-public-url") => "<base href=\"/\">".to_owned(),
            _ if told.contains("data-trunk") && told.contains("style/main.css") => {
                format!("<link rel=\"stylesheet\" href=\"{STYLE}\">")
            }
            // Behind the first one in the same sheet; what lies beside the app lies beside it; and it starts itself.
            _ if told.contains("data-trunk")
                && ["style/rest.css", "style/setup.css", "copy-dir", "src/start.js"]
                    .iter()
                    .any(|it| told.contains(it)) =>
            {
                continue;
            }
            _ if told.contains("data-trunk") && told.contains("rel=\"rust\"") => {
                format!("<script type=\"module\" src=\"{SCRIPT}\"></script>")
            }
            _ => {
                out.push_str(line);
                out.push('\n');
                continue;
            }
        };
        put += 1;
        out.push_str(indent);
        out.push_str(&replaced);
        out.push('\n');
    }
    ensure!(put == 3 && !out.contains("data-trunk"), "{PAGE} does not tell Trunk what this program expects");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{FILES, linked};

    const PAGE: &str = r#"<head>
    <base data-trunk-public-url>
    <link rel="icon" href="favicon.svg">
    <link data-trunk rel="css" href="style/main.css">
    <link data-trunk rel="css" href="style/rest.css">
    <link data-trunk rel="css" href="style/setup.css">
    <link data-trunk rel="rust" data-bin="setup" data-wasm-opt="0">
    <link data-trunk rel="copy-dir" href="public" data-target-path=".">
</head>
"#;

    #[test]
    fn the_page_names_its_own_files_and_holds_no_script() {
        let page = linked(PAGE).unwrap();
        let expected = r#"<head>
    <base href="/">
    <link rel="icon" href="favicon.svg">
    <link rel="stylesheet" href="setup.css">
    <script type="module" src="setup.js"></script>
</head>
"#;
        assert_eq!(page, expected);
    }

    #[test]
    fn a_page_that_tells_trunk_something_else_is_refused() {
        assert!(linked(&PAGE.replace("rel=\"rust\"", "rel=\"sass\"")).is_err());
        assert!(linked("<head></head>").is_err());
    }

    #[test]
    fn all_its_files_are_told_by_their_name() {
        assert!(FILES.iter().all(|name| name.starts_with("setup")));
    }
}
