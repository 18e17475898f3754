//! Sign-in by redirect and by passkey: programs of their own beside the app, which fetches one of them after the first paint where
//! the config wants it. Trunk builds them along with the app, as `index.html` says.
//!
//! ```text
//! dist/oidc.js             what the app imports for a `redirect`
//! dist/oidc_bg.wasm        what that one loads
//! dist/passkey.js, passkey_bg.wasm    the same for a `passkey`
//! ```
//! Their files have names of their own, without a hash: the app names them.

use crate::names::tells_its_module;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Everything for a `redirect`, in `dist/`.
pub const FILES: [&str; 2] = ["oidc.js", "oidc_bg.wasm"];

/// Everything for a `passkey`.
pub const PASSKEY_FILES: [&str; 2] = ["passkey.js", "passkey_bg.wasm"];

/// Has each script say which module belongs to it.
///
/// # Errors
/// Trunk has left one of them out.
pub fn tell_modules(dist: &Path) -> Result<()> {
    for [script, module] in [FILES, PASSKEY_FILES] {
        let path = dist.join(script);
        let text = fs::read_to_string(&path).with_context(|| format!("Trunk left no {script}"))?;
        fs::write(path, text + &tells_its_module(module))?;
    }
    Ok(())
}

/// Whether a file of `dist/` belongs to one of them, and so not to the first load.
pub fn is_of_oidc(path: &str) -> bool {
    FILES.contains(&path) || PASSKEY_FILES.contains(&path)
}
