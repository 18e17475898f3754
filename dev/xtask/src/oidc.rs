//! Sign-in by redirect and by passkey: programs of their own beside the app, which fetches one of them after the first paint where
//! the config wants it. Trunk builds them along with the app, as `index.html` says.
//!
//! ```text
//! dist/oidc.js             what the app imports for a `redirect`
//! dist/oidc_bg.wasm        what that one loads
//! dist/passkey.js, passkey_bg.wasm    the same for a `passkey`
//! ```
//! Their files have names of their own, without a hash: the app names them.

/// Everything for a `redirect`, in `dist/`.
pub const FILES: [&str; 2] = ["oidc.js", "oidc_bg.wasm"];

/// Everything for a `passkey`.
pub const PASSKEY_FILES: [&str; 2] = ["passkey.js", "passkey_bg.wasm"];

/// Whether a file of `dist/` belongs to one of them, and so not to the first load.
pub fn is_of_oidc(path: &str) -> bool {
    FILES.contains(&path) || PASSKEY_FILES.contains(&path)
}
