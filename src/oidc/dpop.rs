//! Demonstrating Proof of Possession (RFC 9449): a signed line that says which request a token goes with.
//!
//! What is to be signed is written here; the key stays in the browser, which cannot export it.

use super::base64url;
use super::put;
use crate::config::{read_json, write_json};
use crate::session::Timestamp;
use serde_json::{Map, Value};
use std::fmt;

/// The members of an elliptic-curve key in the order of RFC 7638 §3.2.
const EC: [&str; 4] = ["crv", "kty", "x", "y"];

/// What the thumbprint of a public key is the SHA-256 of (RFC 7638 §3). `None`: the key is of no type that is used here.
#[must_use]
pub fn thumbprint_input(jwk: &str) -> Option<String> {
    public_key(jwk).map(|key| write_json(&key))
}

/// The public members, in the order of the alphabet.
fn public_key(jwk: &str) -> Option<Value> {
    let jwk = read_json(jwk)?;
    let members: &[&str] = match jwk.get("kty")?.as_str()? {
        "EC" => &EC,
        "RSA" => &["e", "kty", "n"],
        "OKP" => &["crv", "kty", "x"],
        _ => return None,
    };
    let mut public = Map::new();
    for member in members {
        put(&mut public, member, jwk.get(*member)?.as_str()?);
    }
    Some(Value::Object(public))
}

/// One proof, for one request (RFC 9449 §4.2).
#[derive(Clone, Copy)]
pub struct Proof<'a> {
    /// The public key, for P-256.
    pub jwk: &'a str,
    /// The method, as it is sent.
    pub method: &'a str,
    /// The address; query and fragment are left out.
    pub address: &'a str,
    /// By the wall clock.
    pub issued_at: Timestamp,
    /// Random, and used once.
    pub id: &'a [u8],
    /// The SHA-256 of the access token that goes with the request.
    pub access_token_sha256: Option<&'a [u8]>,
    /// What the server last asked for (RFC 9449 §8).
    pub nonce: Option<&'a str>,
}

impl fmt::Debug for Proof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proof(redacted)")
    }
}

impl Proof<'_> {
    /// What is to be signed with ES256. `None`: the key is none.
    #[must_use]
    pub fn signing_input(&self) -> Option<String> {
        let mut header = Map::new();
        put(&mut header, "typ", "dpop+jwt");
        put(&mut header, "alg", "ES256");
        put(&mut header, "jwk", public_key(self.jwk)?);
        let mut payload = Map::new();
        put(&mut payload, "jti", base64url::encode(self.id));
        put(&mut payload, "htm", self.method);
        put(&mut payload, "htu", htu(self.address));
        put(&mut payload, "iat", self.issued_at.0 / 1000);
        if let Some(sha256) = self.access_token_sha256 {
            put(&mut payload, "ath", base64url::encode(sha256));
        }
        if let Some(nonce) = self.nonce {
            put(&mut payload, "nonce", nonce);
        }
        let part = |object| base64url::encode(write_json(&Value::Object(object)).as_bytes());
        Some([part(header).as_str(), ".", &part(payload)].concat())
    }
}

/// The proof, for the header `DPoP`.
#[must_use]
pub fn proof(signing_input: &str, signature: &[u8]) -> String {
    [signing_input, ".", &base64url::encode(signature)].concat()
}

/// An address without query and fragment (RFC 9449 §4.2).
#[must_use]
pub fn htu(address: &str) -> &str {
    let length = address.bytes().take_while(|byte| !matches!(byte, b'?' | b'#')).count();
    address.get(..length).unwrap_or(address)
}

/// Whether a server wants the proof again with the nonce it sent: a provider by its error (RFC 9449 §8), an API by its challenge (§9).
#[must_use]
pub fn wants_nonce(status: u16, nonce: Option<&str>, body_error: Option<&str>, www_authenticate: Option<&str>) -> bool {
    const WANTED: &str = "use_dpop_nonce";
    let is_challenged = || {
        let words = www_authenticate?.as_bytes().split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
        Some(words.into_iter().any(|word| word == WANTED.as_bytes()))
    };
    nonce.is_some_and(|nonce| !nonce.is_empty())
        && match status {
            400 => body_error == Some(WANTED),
            401 => body_error == Some(WANTED) || is_challenged() == Some(true),
            _ => false,
        }
}
