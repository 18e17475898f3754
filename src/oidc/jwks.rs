//! Which keys of a set may have signed a token (RFC 7517, RFC 7518, RFC 8037). The browser tries them.
//!
//! A key is tried with one algorithm only, and never a symmetric one: a public key must not become the secret of an HMAC.

use super::put;
use super::{Jws, base64url};
use crate::config::{read_json, write_json};
use serde_json::{Map, Value};

/// A longer set is not read. Bytes.
const MAX_LENGTH: usize = 256 * 1024;
/// More keys are not tried for one token.
const MOST: usize = 8;
/// RFC 7518 §3.3: a key of 2048 bits or larger MUST be used. Bytes.
const SHORTEST_MODULUS: usize = 256;

/// What an ID token may be signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    Ps256,
    /// ECDSA on P-256 with SHA-256; the signature is the two numbers, 32 bytes each.
    Es256,
    /// Ed25519 (RFC 8037).
    EdDsa,
}

impl Algorithm {
    /// By the name in a header (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "PS256" => Self::Ps256,
            "ES256" => Self::Es256,
            "EdDSA" | "Ed25519" => Self::EdDsa,
            _ => return None,
        })
    }

    /// The hash behind `at_hash` (OpenID Connect Core §3.1.3.6), by its name in Web Cryptography. Ed25519 hashes with SHA-512.
    #[must_use]
    pub const fn digest(self) -> &'static str {
        match self {
            Self::Rs256 | Self::Ps256 | Self::Es256 => "SHA-256",
            Self::EdDsa => "SHA-512",
        }
    }

    /// The members of a key that is for it, and what the type and the curve must be.
    const fn key(self) -> (&'static str, Option<&'static str>, &'static [&'static str]) {
        match self {
            Self::Rs256 | Self::Ps256 => ("RSA", None, &["n", "e"]),
            Self::Es256 => ("EC", Some("P-256"), &["x", "y"]),
            Self::EdDsa => ("OKP", Some("Ed25519"), &["x"]),
        }
    }
}

/// A key that may have signed a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The public key, and nothing but what makes it one.
    pub jwk: String,
    /// The only one it is to be tried with.
    pub algorithm: Algorithm,
}

/// The keys that may have signed `token`, eight at most. None: the set is to be asked for again, the issuer may have changed its keys.
#[must_use]
pub fn candidates(jwks: &str, token: &Jws) -> Vec<Candidate> {
    let set = if jwks.len() > MAX_LENGTH { None } else { read_json(jwks) };
    let keys = set.as_ref().and_then(|set| set.get("keys")?.as_array()).map(Vec::as_slice).unwrap_or_default();
    let algorithm = token.algorithm();
    let fitting = keys.iter().filter(|key| is_meant_for(key, token)).filter_map(|key| public_key(key, algorithm));
    fitting.map(|key| Candidate { jwk: write_json(&key), algorithm }).take(MOST).collect()
}

/// Whether a key says nothing against being this token's (RFC 7517 §4.2 to §4.5).
fn is_meant_for(key: &Value, token: &Jws) -> bool {
    let fits = |name: &str, fits: &dyn Fn(&str) -> bool| match key.get(name) {
        None => true,
        Some(value) => value.as_str().is_some_and(fits),
    };
    let may_verify = match key.get("key_ops") {
        None => true,
        Some(operations) => operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify")),
    };
    may_verify
        && fits("use", &|purpose| purpose == "sig")
        && fits("alg", &|name| Algorithm::named(name) == Some(token.algorithm()))
        && fits("kid", &|id| token.key_id().is_none_or(|wanted| wanted == id))
}

/// The members that make the key, if it is one for the algorithm. Private members stay behind.
fn public_key(key: &Value, algorithm: Algorithm) -> Option<Value> {
    let (kind, curve, members) = algorithm.key();
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    if text("kty") != Some(kind) || curve.is_some() && text("crv") != curve {
        return None;
    }
    let mut public = Map::new();
    put(&mut public, "kty", kind);
    if let Some(curve) = curve {
        put(&mut public, "crv", curve);
    }
    for member in members {
        let bytes = base64url::decode(text(member)?)?;
        if *member == "n" && bytes.iter().skip_while(|byte| **byte == 0).count() < SHORTEST_MODULUS {
            return None;
        }
        put(&mut public, member, text(member)?);
    }
    Some(Value::Object(public))
}
