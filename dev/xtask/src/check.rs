//! `check`: all that must hold before a change is shown to anybody; and `check-config`.
//!
//! Every step runs, also after one has failed: the list at the end is whole. The order is from
//! quick to slow.

use crate::process::{self, run, say, spoken};
use crate::tools::{self, WASM_TARGET};
use crate::{app, deny, layout, sizes};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::time::Instant;

type Step = (&'static str, fn() -> Result<()>);

const STEPS: [Step; 10] = [
    ("lock file", keep_lock),
    ("format", format),
    ("layout", keep_layout),
    ("host lints", lint_host),
    ("wasm32 lints", lint_wasm),
    ("host documents", document_host),
    ("wasm32 documents", document_wasm),
    ("dependencies", deny::check),
    ("config files", check_own_configs),
    ("size budget", keep_budget),
];

/// Runs every step.
///
/// # Errors
/// At least one failed; all that did are named.
pub fn check() -> Result<()> {
    tools::lint_components()?;
    tools::wasm_target()?;
    let mut summary = Vec::new();
    let mut failed = Vec::new();
    for (name, step) in STEPS {
        say(&format!("checking: {name}"));
        let begun = Instant::now();
        let result = step();
        let took = spoken(begun.elapsed());
        let how = match &result {
            Ok(()) => "ok".to_owned(),
            Err(failure) => {
                failed.push(name);
                format!("FAILED: {failure:#}")
            }
        };
        summary.push(format!("  {name:16}  {took:>12}  {how}"));
    }
    println!("\nchecks:\n{}", summary.join("\n"));
    if failed.is_empty() {
        return Ok(());
    }
    bail!("checks failed: {}", failed.join(", "))
}

/// Prints every mistake in `files`.
///
/// # Errors
/// There is one, or a file cannot be read.
pub fn check_config(files: &[String]) -> Result<()> {
    if files.is_empty() {
        bail!("`check-config` needs a file: cargo xtask check-config public/config.json");
    }
    // The program runs at the root of the workspace, the paths were written elsewhere.
    let mut paths = Vec::new();
    for file in files {
        paths.push(std::path::absolute(file)?);
    }
    run_check_config(&paths)
}

/// An example of this package, because only examples may depend on the app without this program
/// depending on it: `serve` must work while the app does not compile.
fn run_check_config(files: &[PathBuf]) -> Result<()> {
    let mut program = process::cargo();
    program.args(["run", "--quiet", "-p", "xtask", "--example", "check-config", "--"]);
    match program.args(files).status()?.code() {
        Some(0) => Ok(()),
        Some(1) => bail!("the mistakes are listed above"),
        _ => bail!("the check itself could not run, see above"),
    }
}

/// What is built is what `Cargo.lock` names. The first step: others would write what is missing in it.
fn keep_lock() -> Result<()> {
    app::fetch_crates(&[])
}

fn format() -> Result<()> {
    run(process::cargo().args(["fmt", "--all", "--check"]))
}

fn keep_layout() -> Result<()> {
    let found = layout::breaches(&process::root())?;
    if found.is_empty() {
        return Ok(());
    }
    for breach in &found {
        println!("{breach}");
    }
    match found.len() {
        1 => bail!("1 rule is broken"),
        many => bail!("{many} rules are broken"),
    }
}

fn lint_host() -> Result<()> {
    run(process::cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // Not a target among all: it runs by name only.
    run(process::cargo().args(["clippy", "-p", "vestibule", "--test", "tabs", "--", "-D", "warnings"]))
}

fn lint_wasm() -> Result<()> {
    let all: [&[&str]; 4] = [
        &[],
        &["--no-default-features"],
        &["--no-default-features", "--features", "split"],
        &["--no-default-features", "--features", "oidc"],
    ];
    for features in all {
        run(process::cargo()
            .args(["clippy", "-p", "vestibule", "--target", WASM_TARGET, "--all-targets"])
            .args(features)
            .args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

fn document_host() -> Result<()> {
    document(&["--workspace"])
}

fn document_wasm() -> Result<()> {
    document(&["-p", "vestibule", "--features", "oidc", "--target", WASM_TARGET])
}

fn document(arguments: &[&str]) -> Result<()> {
    run(process::cargo().args(["doc", "--no-deps"]).args(arguments).env("RUSTDOCFLAGS", "-D warnings"))
}

fn check_own_configs() -> Result<()> {
    let root = process::root();
    let mut files = Vec::new();
    for folder in ["public", "docs", "dev"] {
        let found = layout::files_under(&root.join(folder), "json")?;
        files.extend(found.into_iter().filter(|file| is_config(file)));
    }
    if files.is_empty() {
        bail!("there is no config.json in public/");
    }
    run_check_config(&files)
}

/// `config.json` and `SOMETHING.config.json` are for the app; presets and the schema are not.
fn is_config(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name == "config.json" || name.ends_with(".config.json"))
}

fn keep_budget() -> Result<()> {
    let dist = app::build()?;
    let files = sizes::first_load(&dist)?;
    print!("{}", sizes::table(&files));
    println!("{}", sizes::beside(&dist)?);
    sizes::keep_budgets(&files)
}

#[cfg(test)]
mod tests {
    use super::is_config;
    use std::path::Path;

    #[test]
    fn a_config_is_told_from_presets_and_schema_by_its_name() {
        assert!(is_config(Path::new("public/config.json")));
        assert!(is_config(Path::new("docs/keycloak.config.json")));
        assert!(!is_config(Path::new("public/presets/supabase.json")));
        assert!(!is_config(Path::new("public/config.schema.json")));
    }
}
