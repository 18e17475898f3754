//! Sign-in by redirect: a program of its own beside the app, which fetches it after the first paint where the config signs in
//! by redirect. Trunk builds it along with the app, as `index.html` says.
//!
//! ```text
//! dist/oidc.js         what the app imports
//! dist/oidc_bg.wasm    what that one loads
//! ```
//! Its files have names of their own, without a hash: the app names them.

/// Everything of it, in `dist/`.
pub const FILES: [&str; 2] = ["oidc.js", "oidc_bg.wasm"];

/// Whether a file of `dist/` belongs to it, and so not to the first load.
pub fn is_of_oidc(path: &str) -> bool {
    FILES.contains(&path)
}
