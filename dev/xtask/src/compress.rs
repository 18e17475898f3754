//! Every file of `dist/` that compresses, once more beside itself: `.br` for brotli and `.gz` for gzip, for hosts that send such
//! files in place of packing each answer anew, and seldom as well.
//!
//! What an operator writes is left out: a packed copy would be served long after its original was changed.

use crate::sizes::{brotli, gzip};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

const KINDS: [&str; 6] = ["css", "html", "js", "json", "svg", "wasm"];
/// Files and folders of operators.
const WRITTEN: [&str; 2] = ["config.json", "presets"];

/// Lays both beside each file.
///
/// # Errors
/// A file cannot be read or written.
pub fn compress(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("there is no {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if WRITTEN.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            compress(&path)?;
        } else if path.extension().is_some_and(|extension| KINDS.iter().any(|kind| extension == *kind)) {
            let content = fs::read(&path)?;
            fs::write(path.with_file_name(format!("{name}.br")), brotli(&content)?)?;
            fs::write(path.with_file_name(format!("{name}.gz")), gzip(&content)?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::compress;
    use std::fs;

    #[test]
    fn what_an_operator_writes_has_no_packed_copy_that_would_outlive_it() {
        let dist = std::env::temp_dir().join(format!("xtask-compress-{}", std::process::id()));
        _ = fs::remove_dir_all(&dist);
        fs::create_dir_all(dist.join("presets")).unwrap();
        for name in ["index.html", "config.json", "presets/oidc.json", "logo.png"] {
            fs::write(dist.join(name), "content").unwrap();
        }
        compress(&dist).unwrap();
        let mut names: Vec<_> =
            fs::read_dir(&dist).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["config.json", "index.html", "index.html.br", "index.html.gz", "logo.png", "presets"]);
        assert_eq!(fs::read_dir(dist.join("presets")).unwrap().count(), 1);
        fs::remove_dir_all(&dist).unwrap();
    }
}
