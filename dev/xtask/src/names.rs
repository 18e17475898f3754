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
//!
//! Whoever has a file fetched says what its content is, too (its SHA-256, as an `integrity`): a browser refuses another one, be it
//! damaged, of another build, or altered by whoever serves it. Only the page itself is believed as it comes. What a page fetches
//! itself, its tags tell; what is fetched by a script, that script.

use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

/// How each file's name begins and ends, in the order in which they are named, and whether its name tells its content.
const FILES: [(&str, &str, bool); 19] = [
    ("pages", ".css", true),
    ("rest", ".css", true),
    ("operator", ".css", false),
    ("setup", ".css", false),
    ("pages", ".wasm", true),
    ("ui", ".wasm", true),
    ("oidc", "_bg.wasm", false),
    ("passkey", "_bg.wasm", false),
    ("operator", "_bg.wasm", false),
    ("setup", "_bg.wasm", false),
    ("vestibule", "_bg.wasm", true),
    ("oidc", ".js", false),
    ("passkey", ".js", false),
    ("operator", ".js", false),
    ("setup", ".js", false),
    ("vestibule", ".js", true),
    ("main", ".css", true),
    ("start", ".js", true),
    ("begin", ".js", true),
];

/// How a page has a file fetched.
const FETCHING: [&str; 2] = ["src", "rel=\"stylesheet\" href"];

/// What stands in a script for the hash of a file, until that is known. `name` as the file is called by then, or as in [`FILES`].
pub fn hash_of(name: &str) -> String {
    format!("the hash of {name}")
}

/// What a program beside the app says at the end of its script: which module belongs to it.
pub fn tells_its_module(module: &str) -> String {
    format!("\nexport const integrity = \"{}\";\n", hash_of(module))
}

/// Renames the files at the top of `dist`, and tells whoever names them, with what they hold.
///
/// # Errors
/// A file is missing or there twice, or cannot be written.
pub fn settle(dist: &Path) -> Result<()> {
    for (beginning, ending, tells_its_content) in FILES {
        let old = the_only(dist, beginning, ending)?;
        let content = fs::read(dist.join(&old))?;
        let new = if tells_its_content {
            let mut hasher = DefaultHasher::new();
            hasher.write(&content);
            format!("{beginning}-{:016x}{ending}", hasher.finish())
        } else {
            old.clone()
        };
        let hash = sha256(&content);
        let untold = [hash_of(&old), hash_of(&[beginning, ending].concat())];
        fs::rename(dist.join(&old), dist.join(&new))?;
        for entry in fs::read_dir(dist)? {
            let path = entry?.path();
            let is_page = path.extension().is_some_and(|extension| extension == "html");
            if !is_page && path.extension().is_none_or(|extension| extension != "js") {
                continue;
            }
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let mut told = untold.iter().fold(text.clone(), |text, untold| text.replace(untold, &hash));
            if is_page {
                for fetching in FETCHING {
                    let tag = format!("{fetching}=\"{old}\"");
                    told = told.replace(&tag, &format!("{tag} integrity=\"{hash}\""));
                }
            }
            told = renamed(&told, &old, &new);
            if told != text {
                fs::write(&path, told)?;
            }
        }
    }
    Ok(())
}

/// As an `integrity` has it.
fn sha256(content: &[u8]) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(content)))
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

/// The file at the top of `dist` whose name begins and ends so.
///
/// # Errors
/// There is none, or more than one.
pub fn the_only(dist: &Path, beginning: &str, ending: &str) -> Result<String> {
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
    use super::{FILES, renamed, settle, sha256};
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
            for (beginning, ending, _) in FILES {
                fs::write(dist.join([beginning, ending].concat()), "").unwrap();
            }
            for (name, content) in [
                ("pages.wasm", pages),
                (
                    "vestibule.js",
                    r#""pages.wasm" "pages.css" "ui.wasm" "vestibule_bg.wasm" : "the hash of pages.wasm""#,
                ),
                (
                    "index.html",
                    r#"<script src="vestibule.js"></script> <link rel="stylesheet" href="main.css"> <link href="rest.css">"#,
                ),
            ] {
                fs::write(dist.join(name), content).unwrap();
            }
            settle(&dist).unwrap();
            let page = fs::read_to_string(dist.join("index.html")).unwrap();
            let told: Vec<&str> = page.split('"').collect();
            let script = told[1].to_owned();
            let named = fs::read_to_string(dist.join(&script)).unwrap();
            assert_eq!((told[2], told[3]), (" integrity=", &*sha256(named.as_bytes())));
            assert_eq!((told[8], told[9]), (" integrity=", &*sha256(b"")));
            assert!(told[11].starts_with("rest-") && told[12] == ">", "{page}");
            assert_eq!(named.split('"').nth(9), Some(&*sha256(pages.as_bytes())));
            assert!(
                named.split('"').take(8).filter(|name| name.contains('.')).all(|name| dist.join(name).is_file()),
                "{named}"
            );
            scripts.push(script);
        }
        assert_ne!(scripts[0], scripts[1]);
        fs::remove_dir_all(&dist).unwrap();
    }
}
