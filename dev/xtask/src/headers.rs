//! `headers`: prints what a host needs to serve the app of one config. The rules are made in `dev/hosting/`.
//!
//! A program of its own, as `check-config` is: what depends on the app must not keep this one from running while the app is broken.

use crate::process;
use anyhow::{Result, bail};

/// Prints them.
///
/// # Errors
/// The config is wrong, or something else was asked for than there is; it is told above.
pub fn print(arguments: &[String]) -> Result<()> {
    let mut program = process::cargo();
    program.args(["run", "--quiet", "-p", "hosting", "--"]);
    let mut is_file = false;
    for word in arguments {
        // The program runs at the root of the workspace, the path was written elsewhere.
        if is_file {
            program.arg(std::path::absolute(word)?)
        } else {
            program.arg(word)
        };
        is_file = word == "--config";
    }
    match program.status()?.code() {
        Some(0) => Ok(()),
        _ => bail!("nothing was printed, see above"),
    }
}
