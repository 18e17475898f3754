//! Proof Key for Code Exchange (RFC 7636): who began a sign-in is the only one who can finish it.
//!
//! Only `S256`: with `plain`, whoever sees the request could finish it too (RFC 7636 §7.2).

use super::base64url;

/// A code verifier of 43 characters (RFC 7636 §4.1 asks for 43 to 128).
#[must_use]
pub fn code_verifier(random: &[u8; 32]) -> String {
    base64url::encode(random)
}

/// The code challenge of a verifier whose SHA-256 this is (RFC 7636 §4.2).
#[must_use]
pub fn code_challenge(sha256: &[u8]) -> String {
    base64url::encode(sha256)
}
