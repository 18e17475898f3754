//! What the page has the browser fetch before anything runs: what the form is painted from, and the app's WebAssembly.
//!
//! Trunk has it fetch the app's script too. Nobody needs that before the WebAssembly is there, which takes much longer; and
//! what arrives at the same time as the style sheet makes everybody wait longer for the form. So `src/start.js` fetches the
//! script, once it has painted, and finds its address where Trunk has written it. The WebAssembly is large enough to be asked
//! for last: what is small shares the line with nothing then.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

const PAGE: &str = "index.html";
/// A browser fetches this at once.
const EAGER: &str = "<link rel=\"modulepreload\" ";
/// And does nothing about this.
const LATER: &str = "<link rel=\"app\" ";
/// What takes longest.
const LARGE: &str = " as=\"fetch\"";
/// It is asked for behind everything else.
const LAST: &str = " as=\"fetch\" fetchpriority=\"low\"";

/// Leaves the fetching of the app's script to `src/start.js`.
///
/// # Errors
/// The page has it fetched not at all, or more than one.
pub fn settle(dist: &Path) -> Result<()> {
    let page = dist.join(PAGE);
    let text = fs::read_to_string(&page).with_context(|| format!("Trunk left no {PAGE}"))?;
    Ok(fs::write(page, settled(&text)?)?)
}

fn settled(page: &str) -> Result<String> {
    let hints = page.matches(EAGER).count();
    ensure!(hints == 1, "{PAGE} has {hints} scripts fetched early, not one");
    ensure!(page.matches(LARGE).count() == 1, "{PAGE} has not one module of WebAssembly fetched early");
    Ok(page.replace(EAGER, LATER).replace(LARGE, LAST))
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn the_script_s_address_stays_and_the_webassembly_is_still_fetched_at_once() {
        let page = r#"<link rel="modulepreload" href="/a.js"><link rel="preload" href="/a.wasm" as="fetch">"#;
        let expected =
            r#"<link rel="app" href="/a.js"><link rel="preload" href="/a.wasm" as="fetch" fetchpriority="low">"#;
        assert_eq!(settled(page).unwrap(), expected);
        assert!(settled(expected).is_err());
    }
}
