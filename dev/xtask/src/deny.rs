//! What the project depends on, looked at by cargo-deny as `.cargo/deny.toml` says.
//!
//! ```text
//! licences, bans, sources   always, of the whole workspace
//! bans                      once more of what ships alone: no crate twice
//! advisories                where the database can be had
//! ```
//! The database of advisories lies on github.com. Where that cannot be reached, nothing is known of them: that is said, and is
//! no failure of the project. An advisory is one.

use crate::process::{self, executable, run, say};
use crate::tools::{self, WASM_TARGET};
use anyhow::{Context, Result};
use std::process::{Command, Stdio};

/// Looks at all of it.
///
/// # Errors
/// cargo-deny cannot be had, or finds something.
pub fn check() -> Result<()> {
    let program = tools::cargo_deny()?.join(executable("cargo-deny"));
    let deny = |of: &[&str]| {
        let mut deny = Command::new(&program);
        deny.current_dir(process::root()).arg("--locked").args(of);
        deny
    };
    let workspace = ["--workspace"];
    run(deny(&workspace).args(["check", "--allow", "duplicate", "licenses", "bans", "sources"]))?;
    let ships = ["--exclude-dev", "--target", WASM_TARGET];
    run(deny(&ships).args(["check", "bans"])).context("what ships does not keep to .cargo/deny.toml")?;
    let mut fetch = deny(&workspace);
    let fetched =
        fetch.args(["fetch", "db"]).stdin(Stdio::null()).output().context("cargo-deny could not be started")?;
    if !fetched.status.success() {
        say("advisories were NOT looked at: their database on github.com cannot be reached from here");
        return Ok(());
    }
    run(deny(&workspace).args(["check", "--disable-fetch", "advisories"]))
}
