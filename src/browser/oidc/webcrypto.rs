//! Chance, digests and signatures, from the browser's own cryptography (Web Crypto API).
//!
//! It is there only where the page came by https or from this machine. A browser may lack an algorithm (`EdDSA` is young);
//! who verifies hears of that as [`Verified::NotKnown`].

use super::{
    failing::{Failure, Outcome},
    promise::{member, object, within},
};
use crate::{
    browser::spawn::Work,
    oidc::{Algorithm, Candidate, Jws},
};
use js_sys::{Array, JSON, Object, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto};

/// No work of it takes longer. Milliseconds.
const MAX_WAIT_MS: i32 = 10_000;

/// What came of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// The signature is by this key.
    Good,
    /// It is not.
    Bad,
    /// This browser does not know the algorithm, or the key is none.
    NotKnown,
}

/// Random bytes, of the kind that nobody can guess.
pub fn random() -> Outcome<[u8; 32]> {
    let mut bytes = [0; 32];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let filled = crypto.map(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    match filled {
        Some(Ok(_)) => Ok(bytes),
        _ => Err(Failure::wrong("this browser has no random numbers")),
    }
}

/// The digest of `bytes`; `name` is `SHA-256` or `SHA-512`.
pub fn digest(name: &str, bytes: &[u8]) -> Work<Outcome<Vec<u8>>> {
    bytes_of(asked(|subtle| subtle.digest_with_str_and_buffer_source(name, &Uint8Array::from(bytes))))
}

/// A new pair of keys for DPoP: P-256, and the private one never leaves the browser.
pub fn new_pair() -> Work<Outcome<JsValue>> {
    let usages = Array::of1(&"sign".into());
    settled(asked(|subtle| subtle.generate_key_with_object(&parameters("ECDSA"), false, &usages)))
}

/// The public key of a pair, as a JWK.
pub async fn public_jwk(pair: &JsValue) -> Outcome<String> {
    let key: CryptoKey = member(pair, "publicKey").unchecked_into();
    let jwk = settled(asked(|subtle| subtle.export_key("jwk", &key))).await?;
    let jwk = JSON::stringify(&jwk).ok().map(String::from);
    jwk.ok_or_else(|| Failure::wrong("this browser does not show its public key"))
}

/// Signs with the private key of a pair: ES256.
pub fn sign(pair: &JsValue, text: &str) -> Work<Outcome<Vec<u8>>> {
    let key: CryptoKey = member(pair, "privateKey").unchecked_into();
    let bytes = Uint8Array::from(text.as_bytes());
    bytes_of(asked(|subtle| subtle.sign_with_object_and_buffer_source(&parameters("ECDSA"), &key, &bytes)))
}

/// Whether the signature of `token` was made with the key.
pub async fn verify(token: &Jws, key: &Candidate) -> Outcome<Verified> {
    let parameters = parameters(match key.algorithm {
        Algorithm::Rs256 => "RSASSA-PKCS1-v1_5",
        Algorithm::Ps256 => "RSA-PSS",
        Algorithm::Es256 => "ECDSA",
        Algorithm::EdDsa => "Ed25519",
    });
    let Ok(jwk) = JSON::parse(&key.jwk).map(JsCast::unchecked_into) else { return Ok(Verified::NotKnown) };
    let usages = Array::of1(&"verify".into());
    let import = |subtle: &SubtleCrypto| subtle.import_key_with_object("jwk", &jwk, &parameters, false, &usages);
    let Ok(key) = settled(asked(import)).await else { return Ok(Verified::NotKnown) };
    let (signature, signed) = (Uint8Array::from(token.signature()), Uint8Array::from(token.signing_input()));
    let key = key.unchecked_ref();
    let verify = |subtle: &SubtleCrypto| {
        subtle.verify_with_object_and_buffer_source_and_buffer_source(&parameters, key, &signature, &signed)
    };
    Ok(if settled(asked(verify)).await?.is_truthy() { Verified::Good } else { Verified::Bad })
}

/// Each algorithm takes what it knows of these.
fn parameters(name: &str) -> Object {
    let (hash, curve) = ("SHA-256".into(), "P-256".into());
    object(&[("name", name.into()), ("hash", hash), ("namedCurve", curve), ("saltLength", 32.into())])
}

fn subtle() -> Outcome<SubtleCrypto> {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let subtle = crypto.map(|crypto| member(&crypto, "subtle")).filter(JsValue::is_object);
    let subtle =
        subtle.ok_or_else(|| Failure::wrong("this page must be served by https: without it there is no cryptography"));
    subtle.map(JsCast::unchecked_into)
}

/// What is asked of the browser's cryptography.
fn asked(ask: impl FnOnce(&SubtleCrypto) -> Result<Promise, JsValue>) -> Outcome<Promise> {
    ask(&subtle()?).map_err(refused)
}

fn settled(promise: Outcome<Promise>) -> Work<Outcome<JsValue>> {
    Box::pin(async move { within(MAX_WAIT_MS, &promise?).await.map_err(refused) })
}

fn bytes_of(promise: Outcome<Promise>) -> Work<Outcome<Vec<u8>>> {
    Box::pin(async move { Ok(Uint8Array::new(&settled(promise).await?).to_vec()) })
}

fn refused(_: JsValue) -> Box<Failure> {
    Failure::wrong("this browser's cryptography refused")
}
