//! The React app that `bench` compares Vestibule with: its packages from npm as the lock file pins them, bundled and minified
//! by the same esbuild that works on the app.

use crate::process::{root, run};
use crate::servers::from_npm;
use crate::tools::esbuild;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Builds it for production; returns the folder it is in.
///
/// # Errors
/// Its packages or esbuild cannot be had, or esbuild fails.
pub fn build() -> Result<PathBuf> {
    let source = root().join("dev/bench/react");
    let packages = from_npm("bench-react", &source, "the app is compared with it")?;
    let built = root().join("target/bench/react");
    // What an earlier source has left would be found under another hash.
    let _ = fs::remove_dir_all(&built);
    fs::create_dir_all(&built)?;
    let mut esbuild = esbuild()?.command();
    esbuild
        .args([source.join("main.jsx"), source.join("style.css")])
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--jsx=automatic", "--legal-comments=none"])
        .args(["--define:process.env.NODE_ENV=\"production\"", "--entry-names=[name]-[hash]", "--log-level=warning"])
        .arg(format!("--outdir={}", built.display()))
        .env("NODE_PATH", packages.join("node_modules"));
    run(&mut esbuild).context("esbuild could not build the React app")?;
    let page = fs::read_to_string(source.join("index.html"))?;
    let page = page.replace("/STYLE", &only(&built, "css")?).replace("/SCRIPT", &only(&built, "js")?);
    fs::write(built.join("index.html"), page)?;
    Ok(built)
}

/// The address of the one file of a kind.
fn only(built: &Path, extension: &str) -> Result<String> {
    let files = crate::shrink::files(built, extension)?;
    let name = files.first().and_then(|file| file.file_name()?.to_str());
    Ok(format!("/{}", name.with_context(|| format!("esbuild left no .{extension}"))?))
}
