//! Building the app: Trunk makes `dist/`, `split.rs` puts the app in its pieces into it, `shrink.rs` makes what is in it small,
//! `names.rs` names it, `compress.rs` packs it.
//!
//! Trunk could call `wasm-opt` itself, but would fetch a ready-made one when none is on `PATH`; so
//! `index.html` turns that off, and `trunk build --release` by hand gives the same app, only larger.
//! For the same reason Trunk runs offline here: Cargo fetches the crates beforehand, and the
//! tools come from [`tools`].
//!
//! # The standard library
//!
//! The one that rustup ships says where and why something panicked: 10 KB (brotli) that everybody is sent before they
//! can sign in, for texts that nothing in the page would show. So the release build compiles the library along with
//! the app, for size and without them; a panic stops the app as before. Stable Rust has the flags for that, and wants
//! to be told (`RUSTC_BOOTSTRAP`) that one knows they may change. No code depends on them: where they are refused, or
//! the library's source cannot be had, the same app is built with the library as shipped, and that is said.

use crate::process::{self, path_with, run, say, spoken};
use crate::shrink::shrink;
use crate::tools::{self, Programs, WASM_TARGET};
use crate::{base, compress::compress, hints, names, oidc, operator, presets, reproduce, sbom, setup, split};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// A panic ends the program without a word, and `{:?}` writes nothing.
const LEAN_FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none";

/// What makes short code shorter still. LLVM loads and stores a string or a result word by word, where one `memory.copy` looks
/// like every other (3.2 KB with brotli); it thinks too little of what a call costs, and leaves calls that are longer than
/// what they call (0.7 KB); it gives loops more variables to count with (0.6 KB), and loads twice so that one way loads less
/// often (0.4 KB).
const BREVITY_FLAGS: &str = "-Cllvm-args=-max-store-memcpy=1 -Cllvm-args=-inline-call-penalty=50 \
                             -Cllvm-args=-disable-lsr -Cllvm-args=-enable-load-pre=false";

/// Builds the release app; returns the folder it is in.
///
/// # Errors
/// A tool cannot be had, or a step of the build fails.
pub fn build() -> Result<PathBuf> {
    let begun = Instant::now();
    tools::wasm_target()?;
    let folders = [tools::trunk()?, tools::wasm_bindgen()?];
    let lean = lean_library();
    fetch_crates(&lean)?;
    let dist = process::root().join("dist");
    let for_setup = process::root().join("target/setup");
    run(trunk("build", &folders)?.arg("--release").arg("--dist").arg(&dist).envs(lean.clone()))?;
    let mut page = trunk("build", &folders)?;
    run(page.arg(setup::PAGE).arg("--release").arg("--dist").arg(&for_setup).envs(lean.clone()))?;
    let name = operator::set_aside(&dist)?;
    let [_, wasm_bindgen] = &folders;
    split::build(&lean, wasm_bindgen, &dist, &name)?;
    oidc::tell_modules(&dist)?;
    setup::lay_beside(&for_setup, &dist)?;
    presets::tell(&dist)?;
    hints::settle(&dist)?;
    base::settle(&dist)?;
    shrink(&dist)?;
    names::settle(&dist)?;
    sbom::lay_into(&dist)?;
    compress(&dist)?;
    say(&format!("dist/ is built, in {}; its sum is {}", spoken(begun.elapsed()), reproduce::sum(&dist)?));
    Ok(dist)
}

/// Variables for Cargo.
type Environment = Vec<(&'static str, String)>;

/// What makes Cargo compile the standard library along; nothing where this Rust refuses.
fn lean_library() -> Environment {
    // Another LLVM may not know all that is said to this one.
    let Some(flags) =
        [format!("{LEAN_FLAGS} {BREVITY_FLAGS}"), LEAN_FLAGS.to_owned()].into_iter().find(|flags| is_known(flags))
    else {
        say("this Rust cannot compile its library without panic messages: the app becomes about 10 KB larger");
        return Vec::new();
    };
    let lean = vec![
        ("RUSTC_BOOTSTRAP", "1".to_owned()),
        ("RUSTFLAGS", flags),
        ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".to_owned()),
        ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size".to_owned()),
    ];
    match tools::library_source().and_then(|()| fetch_crates(&lean)) {
        Ok(()) => lean,
        Err(failure) => {
            say(&format!("{failure:#}: without the library's source the app becomes about 10 KB larger"));
            Vec::new()
        }
    }
}

/// Whether this Rust takes these flags.
fn is_known(flags: &str) -> bool {
    let mut asked = Command::new("rustc");
    asked.env("RUSTC_BOOTSTRAP", "1").args(flags.split(' ')).args(["--target", WASM_TARGET, "--print", "cfg"]);
    process::answer(&mut asked).is_some()
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

/// Brings every crate that the app, and with `lean` the standard library, is built from; asks nobody when they are there.
///
/// # Errors
/// `Cargo.lock` does not match the manifests, or a crate cannot be fetched.
pub fn fetch_crates(lean: &[(&'static str, String)]) -> Result<()> {
    let about = process::answer(Command::new("rustc").arg("-vV")).context("rustc does not answer")?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not name its host")?;
    let fetch = ["fetch", "--quiet", "--locked", "--target", host, "--target", WASM_TARGET];
    run(process::cargo().args(fetch).envs(lean.iter().cloned()))
        .context("the crates in Cargo.lock could not be fetched")
}

#[cfg(test)]
mod tests {
    use super::trunk;
    use crate::process;
    use std::path::PathBuf;

    #[test]
    fn what_ships_is_built_from_the_crates_that_the_lock_file_names() {
        let build = trunk("build", &[PathBuf::from("/tools")]).unwrap();
        assert!(build.get_args().any(|argument| argument == "--locked"));
        // Also where somebody calls Trunk by hand.
        let settings = std::fs::read_to_string(process::root().join("Trunk.toml")).unwrap();
        assert!(settings.lines().any(|line| line == "locked = true"));
        // The first that is run, before there is any check: it would write what is missing in the lock file.
        let aliases = std::fs::read_to_string(process::root().join(".cargo/config.toml")).unwrap();
        assert!(aliases.contains("xtask = \"run --locked "));
    }
}
