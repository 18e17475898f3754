//! The names of what `index.html` brings along: each file is called by its content, so that a browser may keep it for ever.
//!
//! Trunk does that too, but before the files are made small: another version of a tool would put another content under the
//! same name. Whoever names a file is called by that name as well, hence the order.
//!
//! ```text
//! pages-HASH.css                     named by the app's script and by operator.js
//! pages-HASH.wasm, ui-HASH.wasm      named by the app's script
//! vestibule-HASH_bg.wasm             named by the app's script and by index.html
//! vestibule-HASH.js, begin-HASH.js, start-HASH.js, main-HASH.css, rest-HASH.css   named by index.html
//! ```
//! What lies beside the app (`oidc.js`, `operator.js`, `setup.html` and their files) keeps its names.

use anyhow::{Context, Result, bail};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

/// How each file's name begins and ends, in the order in which they are named.
const NAMED: [(&str, &str); 9] = [
    ("pages", ".css"),
    ("rest", ".css"),
    ("pages", ".wasm"),
    ("ui", ".wasm"),
    ("vestibule", "_bg.wasm"),
    ("vestibule", ".js"),
    ("main", ".css"),
    ("start", ".js"),
    ("begin", ".js"),
];

/// Renames the files at the top of `dist`, and tells whoever names them.
///
/// # Errors
/// A file is missing or there twice, or cannot be written.
pub fn settle(dist: &Path) -> Result<()> {
    for (beginning, ending) in NAMED {
        let old = the_only(dist, beginning, ending)?;
        let mut hasher = DefaultHasher::new();
        hasher.write(&fs::read(dist.join(&old))?);
        let new = format!("{beginning}-{:016x}{ending}", hasher.finish());
        fs::rename(dist.join(&old), dist.join(&new))?;
        for entry in fs::read_dir(dist)? {
            let path = entry?.path();
            let names_others = path.extension().is_some_and(|extension| extension == "html" || extension == "js");
            if !names_others {
                continue;
            }
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let told = renamed(&text, &old, &new);
            if told != text {
                fs::write(&path, told)?;
            }
        }
    }
    Ok(())
}

/// Every mention of a file by its new name; names that merely end alike stay.
fn renamed(text: &str, old: &str, new: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split(old);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let is_longer = out.ends_with(|c: char| c.is_alphanumeric() || "-_.".contains(c));
        out.push_str(if is_longer { old } else { new });
        out.push_str(part);
    }
    out
}

fn the_only(dist: &Path, beginning: &str, ending: &str) -> Result<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dist)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with(beginning) && name.ends_with(ending) {
            found.push(name);
        }
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        _ => bail!("there are {} files {beginning}*{ending} in {}", found.len(), dist.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::{renamed, settle};
    use std::fs;

    #[test]
    fn only_the_whole_name_of_a_file_is_replaced() {
        let text = r#"import "/a.js"; "other-a.js"; './a.js'"#;
        assert_eq!(renamed(text, "a.js", "a-1.js"), r#"import "/a-1.js"; "other-a.js"; './a-1.js'"#);
    }

    #[test]
    fn who_names_a_file_that_has_changed_is_called_anew_too() {
        let dist = std::env::temp_dir().join(format!("xtask-names-{}", std::process::id()));
        let mut scripts = Vec::new();
        for pages in ["one", "another"] {
            _ = fs::remove_dir_all(&dist);
            fs::create_dir_all(&dist).unwrap();
            for (name, content) in [
                ("pages-0.css", ""),
                ("rest-0.css", ""),
                ("pages.wasm", pages),
                ("ui.wasm", ""),
                ("vestibule-0_bg.wasm", ""),
                ("vestibule-0.js", r#""pages.wasm" "pages-0.css" "ui.wasm" "vestibule-0_bg.wasm""#),
                ("main-0.css", ""),
                ("start-0.js", ""),
                ("begin-0.js", ""),
                ("index.html", r#"<script src="/vestibule-0.js"> "/vestibule-0_bg.wasm" "/main-0.css" "/rest-0.css""#),
            ] {
                fs::write(dist.join(name), content).unwrap();
            }
            settle(&dist).unwrap();
            let page = fs::read_to_string(dist.join("index.html")).unwrap();
            let script = page.split('"').nth(1).unwrap().trim_start_matches('/').to_owned();
            let named = fs::read_to_string(dist.join(&script)).unwrap();
            assert!(
                named.split('"').filter(|name| name.contains('.')).all(|name| dist.join(name).is_file()),
                "{named}"
            );
            scripts.push(script);
        }
        assert_ne!(scripts[0], scripts[1]);
        fs::remove_dir_all(&dist).unwrap();
    }
}
