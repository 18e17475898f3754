//! `texts`: writes the English texts where whoever translates finds them, from the app's table. Editors are offered their names, so
//! the schema is written along.
//!
//! A test of the app fails while the file in `public/` is not what would be written, and while another language lacks one.

use crate::{process, schema};
use anyhow::Result;

/// Writes `public/texts/en.json`, what `index.html` says early, and the schema.
///
/// # Errors
/// The app does not compile, or a file cannot be written.
pub fn write() -> Result<()> {
    // An example of this package, as `schema` is: only examples depend on the app.
    process::run(process::cargo().args(["run", "--quiet", "-p", "xtask", "--example", "texts"]))?;
    schema::write()
}
