//! One build for every path: whoever serves the app below `/sub/app/` changes one attribute of the page, and nothing else.
//!
//! Trunk writes addresses that begin at the root of a host. Here they come to begin at `<base href="/">`, as all others of the
//! app do already; what `cargo xtask headers --base /sub/app/` prints has the host send another base.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

const PAGE: &str = "index.html";
/// The attribute, as the page and the setup page have it.
pub const BASE: &str = "<base href=\"/\">";
/// How an address begins that has nothing to do with the base.
const FROM_THE_ROOT: [&str; 2] = [" href=\"/", " src=\"/"];

/// Has every address in the page of `dist` begin at its base.
///
/// # Errors
/// The page has no base, or more than one, or names a file before it.
pub fn settle(dist: &Path) -> Result<()> {
    let page = dist.join(PAGE);
    let text = fs::read_to_string(&page).with_context(|| format!("Trunk left no {PAGE}"))?;
    Ok(fs::write(page, settled(&text)?)?)
}

fn settled(page: &str) -> Result<String> {
    let (before, behind) = page.split_once(BASE).with_context(|| format!("{PAGE} has no {BASE}"))?;
    ensure!(!behind.contains("<base"), "{PAGE} has more than one <base>");
    ensure!(!before.contains(" href=") && !before.contains(" src="), "{PAGE} names files before its <base>");
    let relative = FROM_THE_ROOT.iter().fold(behind.to_owned(), |text, absolute| {
        text.replace(absolute, absolute.strip_suffix('/').unwrap_or(absolute))
    });
    Ok([before, BASE, &relative].concat())
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn only_the_base_says_where_the_app_lies() {
        let page = r#"<base href="/"><script src="/a.js"></script><link href="/b.css"><link href="c.svg">"#;
        let expected = r#"<base href="/"><script src="a.js"></script><link href="b.css"><link href="c.svg">"#;
        assert_eq!(settled(page).unwrap(), expected);
        assert_eq!(settled(expected).unwrap(), expected);
    }

    #[test]
    fn a_page_that_would_still_be_for_the_root_is_refused() {
        assert!(settled(r#"<link href="/b.css">"#).is_err());
        assert!(settled(r#"<link href="/b.css"><base href="/">"#).is_err());
        assert!(settled(r#"<base href="/"><base href="/">"#).is_err());
    }
}
