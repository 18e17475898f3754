//! Building the app: Trunk makes `dist/`, then `wasm-opt` makes its WebAssembly small.
//!
//! Trunk could call `wasm-opt` itself, but would fetch a ready-made one when none is on `PATH`; so
//! `index.html` turns that off, and `trunk build --release` by hand gives the same app, only larger.
//! For the same reason Trunk runs offline here: Cargo fetches the crates beforehand, and the
//! tools come from [`tools`].

use crate::process::{self, path_with, run, say, spoken};
use crate::tools::{self, Programs, WASM_TARGET, WasmOpt};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What rustc turns on for its WebAssembly target, and `wasm-opt` must therefore accept.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds the release app; returns the folder it is in.
///
/// # Errors
/// A tool cannot be had, or a step of the build fails.
pub fn build() -> Result<PathBuf> {
    let begun = Instant::now();
    tools::wasm_target()?;
    let folders = [tools::trunk()?, tools::wasm_bindgen()?];
    let wasm_opt = tools::wasm_opt()?;
    fetch_crates()?;
    run(trunk("build", &folders)?.arg("--release"))?;
    let dist = process::root().join("dist");
    optimise(&dist, &wasm_opt)?;
    say(&format!("dist/ is built, in {}", spoken(begun.elapsed())));
    Ok(dist)
}

/// Trunk with one of its commands, kept from the network.
///
/// # Errors
/// The tools are in a folder that cannot stand in `PATH`.
pub fn trunk(command: &str, folders: &[Programs]) -> Result<Command> {
    let [home, ..] = folders else {
        bail!("trunk has no folder");
    };
    let mut trunk = Command::new(home.join(process::executable("trunk")));
    trunk.current_dir(process::root()).env("PATH", path_with(folders)?).args([
        command,
        "--locked",
        "--offline",
        "--skip-version-check",
    ]);
    // Trunk reads NO_COLOR as a boolean, where everybody else asks only whether it is set.
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        trunk.env("NO_COLOR", "true");
    }
    Ok(trunk)
}

/// Brings every crate of `Cargo.lock` that the app is built from; asks nobody when they are there.
///
/// # Errors
/// `Cargo.lock` does not match the manifests, or a crate cannot be fetched.
pub fn fetch_crates() -> Result<()> {
    let about = process::answer(Command::new("rustc").arg("-vV")).context("rustc does not answer")?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not name its host")?;
    run(process::cargo().args(["fetch", "--quiet", "--locked", "--target", host, "--target", WASM_TARGET]))
        .context("the crates in Cargo.lock could not be fetched")
}

fn optimise(dist: &Path, wasm_opt: &WasmOpt) -> Result<()> {
    let mut modules = Vec::new();
    for entry in fs::read_dir(dist).context("Trunk left no dist/")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            modules.push(path);
        }
    }
    if modules.is_empty() {
        bail!("Trunk left no .wasm in dist/");
    }
    modules.iter().try_for_each(|module| optimise_module(module, wasm_opt))
}

/// Optimises one module in place. The last answer is kept: the same module is not worked on twice.
fn optimise_module(module: &Path, wasm_opt: &WasmOpt) -> Result<()> {
    let kept = process::root().join("target/wasm-opt").join(&wasm_opt.version);
    fs::create_dir_all(&kept)?;
    let (question, reply) = (kept.join("question.wasm"), kept.join("reply.wasm"));
    let before = fs::read(module)?;
    if fs::read(&question).ok().as_deref() != Some(&before[..]) || !reply.is_file() {
        let _ = fs::remove_file(&reply);
        fs::write(&question, &before)?;
        let unfinished = kept.join("unfinished.wasm");
        let begun = Instant::now();
        run(wasm_opt.command().arg("-Oz").args(FEATURES).args([&question, Path::new("-o"), &unfinished]))
            .context("wasm-opt could not work on the app")?;
        fs::rename(&unfinished, &reply)?;
        say(&format!("wasm-opt took {}", spoken(begun.elapsed())));
    }
    let after = fs::copy(&reply, module)?;
    say(&format!("WebAssembly: {} bytes, {after} after wasm-opt", before.len()));
    Ok(())
}
