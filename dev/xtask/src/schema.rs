//! `schema`: writes what editors know of `config.json`, from the app's list of keys.
//!
//! A test of the app fails while the files in `public/` are not what would be written.

use crate::process;
use anyhow::Result;

/// Writes `config.schema.json` and `preset.schema.json` into `public/`.
///
/// # Errors
/// The app does not compile, or a file cannot be written.
pub fn write() -> Result<()> {
    // An example of this package, as `check-config` is: only examples depend on the app.
    process::run(process::cargo().args(["run", "--quiet", "-p", "xtask", "--example", "schema"]))
}
