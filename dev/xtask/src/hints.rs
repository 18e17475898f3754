//! What the page has the browser fetch before anything runs: what the form is painted from, and the app's WebAssembly.
//!
//! Trunk has it fetch the app's script too, and all style sheets. Nobody needs the first before the WebAssembly is there, which
//! takes much longer, and the first frame needs one sheet alone; and what arrives at the same time as that makes everybody wait
//! longer for the form. So `src/begin.js` fetches them once the form is painted, and finds their addresses where Trunk has written
//! them. The WebAssembly is large enough to be asked for last: what is small shares the line with nothing then.
//!
//! What they are compared with stands in that script: a page of more than 1500 bytes takes one packet more to arrive, and everybody
//! waits for it.

use crate::names::{hash_of, the_only};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

const PAGE: &str = "index.html";
/// A browser fetches this at once.
const EAGER: &str = "<link rel=\"modulepreload\" ";
/// And does nothing about this.
const LATER: &str = "<link rel=\"app\" ";
/// What the first frame does without.
const SHEET: &str = "<link rel=\"stylesheet\" href=\"/rest-";
/// A browser does nothing about this either.
const LATER_SHEET: &str = "<link rel=\"later\" data-later=\"1\" href=\"/rest-";
/// What takes longest.
const LARGE: &str = " as=\"fetch\"";
/// It is asked for behind everything else.
const LAST: &str = " as=\"fetch\" fetchpriority=\"low\"";

/// Leaves the fetching of what can wait to `src/begin.js`, and tells it what that is to hold.
///
/// # Errors
/// The page has it fetched not at all, or more than once.
pub fn settle(dist: &Path) -> Result<()> {
    let page = dist.join(PAGE);
    let text = fs::read_to_string(&page).with_context(|| format!("Trunk left no {PAGE}"))?;
    fs::write(page, settled(&text)?)?;
    let begin = dist.join(the_only(dist, "begin", ".js")?);
    let text = fs::read_to_string(&begin)?;
    Ok(fs::write(begin, text + &built())?)
}

/// The end of that script.
fn built() -> String {
    let [script, module, sheet] = ["vestibule.js", "vestibule_bg.wasm", "rest.css"].map(hash_of);
    format!("\nObject.assign(built, {{ script: \"{script}\", module: \"{module}\", sheet: \"{sheet}\" }});\n")
}

fn settled(page: &str) -> Result<String> {
    let hints = page.matches(EAGER).count();
    ensure!(hints == 1, "{PAGE} has {hints} scripts fetched early, not one");
    ensure!(page.matches(LARGE).count() == 1, "{PAGE} has not one module of WebAssembly fetched early");
    ensure!(page.matches(SHEET).count() == 1, "{PAGE} has not one style sheet that can wait");
    Ok(page.replace(EAGER, LATER).replace(LARGE, LAST).replace(SHEET, LATER_SHEET))
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn what_can_wait_is_named_and_not_fetched_and_the_webassembly_is_fetched_at_once() {
        let page = r#"<link rel="stylesheet" href="/main-1.css"/><link rel="stylesheet" href="/rest-1.css"/><link rel="modulepreload" href="/a.js"><link rel="preload" href="/a.wasm" as="fetch">"#;
        let expected = r#"<link rel="stylesheet" href="/main-1.css"/><link rel="later" data-later="1" href="/rest-1.css"/><link rel="app" href="/a.js"><link rel="preload" href="/a.wasm" as="fetch" fetchpriority="low">"#;
        assert_eq!(settled(page).unwrap(), expected);
        assert!(settled(expected).is_err());
    }
}
