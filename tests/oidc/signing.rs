//! An issuer that signs, and the part of the browser that verifies.
//!
//! In the app the signature is Web Cryptography's affair; here the crates that stand in for it are told no more than it is: a
//! candidate's key and algorithm, the bytes and the signature.

use ed25519_dalek::{Signer as _, Verifier as _};
use rand::{SeedableRng, rngs::StdRng};
use rsa::signature::{RandomizedSigner, SignatureEncoding, Signer as _, Verifier as _};
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey, pkcs1v15, pss};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use std::sync::LazyLock;
use vestibule::oidc::id_token::check;
use vestibule::oidc::jwks::candidates;
use vestibule::oidc::{Algorithm, Candidate, Claims, Expected, IdTokenProblem, Jws, base64url};
use vestibule::session::Timestamp;

/// Two of each kind, so that there is always another one.
static RSA: LazyLock<[RsaPrivateKey; 2]> =
    LazyLock::new(|| [1, 2].map(|seed| RsaPrivateKey::new(&mut StdRng::seed_from_u64(seed), 2048).unwrap()));

pub fn sha256(text: &str) -> Vec<u8> {
    Sha256::digest(text).to_vec()
}

/// One key of an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub algorithm: Algorithm,
    /// 0 or 1.
    pub number: u8,
}

pub const ALGORITHMS: [Algorithm; 4] = [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa];

impl Key {
    pub fn name(self) -> &'static str {
        match self.algorithm {
            Algorithm::Rs256 => "RS256",
            Algorithm::Ps256 => "PS256",
            Algorithm::Es256 => "ES256",
            Algorithm::EdDsa => "EdDSA",
        }
    }

    pub fn id(self) -> String {
        format!("{}-{}", self.name(), self.number)
    }

    fn rsa(self) -> &'static RsaPrivateKey {
        &RSA[usize::from(self.number)]
    }

    fn seed(self) -> [u8; 32] {
        [self.number + 1; 32]
    }

    fn p256(self) -> p256::ecdsa::SigningKey {
        p256::ecdsa::SigningKey::from_slice(&self.seed()).unwrap()
    }

    fn ed25519(self) -> ed25519_dalek::SigningKey {
        ed25519_dalek::SigningKey::from_bytes(&self.seed())
    }

    /// The public key, as it stands in the set.
    pub fn jwk(self) -> Value {
        let text = |bytes: &[u8]| base64url::encode(bytes);
        let mut jwk = match self.algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => {
                let (n, e) = (self.rsa().n().to_bytes_be(), self.rsa().e().to_bytes_be());
                json!({ "kty": "RSA", "n": text(&n), "e": text(&e) })
            }
            Algorithm::Es256 => {
                let point = self.p256().verifying_key().to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
            }
            Algorithm::EdDsa => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(self.ed25519().verifying_key().as_bytes()) })
            }
        };
        jwk["kid"] = self.id().into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.name().into();
        jwk
    }

    pub fn sign(self, message: &[u8]) -> Vec<u8> {
        match self.algorithm {
            Algorithm::Rs256 => pkcs1v15::SigningKey::<Sha256>::new(self.rsa().clone()).sign(message).to_vec(),
            Algorithm::Ps256 => {
                let key = pss::SigningKey::<Sha256>::new(self.rsa().clone());
                key.sign_with_rng(&mut StdRng::seed_from_u64(3), message).to_vec()
            }
            Algorithm::Es256 => {
                let signature: p256::ecdsa::Signature = self.p256().sign(message);
                signature.to_bytes().to_vec()
            }
            Algorithm::EdDsa => self.ed25519().sign(message).to_bytes().to_vec(),
        }
    }

    /// A token with its name in the header.
    pub fn token(self, claims: &Value) -> String {
        self.token_with(&json!({ "alg": self.name(), "kid": self.id(), "typ": "JWT" }), claims)
    }

    pub fn token_with(self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
        let input = format!("{}.{}", part(header), part(claims));
        let signature = base64url::encode(&self.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }
}

pub fn set(keys: &[Key]) -> String {
    json!({ "keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>() }).to_string()
}

/// What Web Cryptography does with a candidate.
pub fn verifies(candidate: &Candidate, message: &[u8], signature: &[u8]) -> bool {
    let jwk: Value = serde_json::from_str(&candidate.jwk).unwrap();
    let bytes = |member: &str| base64url::decode(jwk[member].as_str().unwrap()).unwrap();
    let rsa = || {
        let number = |member| BigUint::from_bytes_be(&bytes(member));
        RsaPublicKey::new(number("n"), number("e")).unwrap()
    };
    match candidate.algorithm {
        Algorithm::Rs256 => pkcs1v15::Signature::try_from(signature)
            .is_ok_and(|s| pkcs1v15::VerifyingKey::<Sha256>::new(rsa()).verify(message, &s).is_ok()),
        Algorithm::Ps256 => pss::Signature::try_from(signature)
            .is_ok_and(|s| pss::VerifyingKey::<Sha256>::new(rsa()).verify(message, &s).is_ok()),
        Algorithm::Es256 => {
            let point = [vec![4], bytes("x"), bytes("y")].concat();
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
            p256::ecdsa::Signature::from_slice(signature).is_ok_and(|s| key.verify(message, &s).is_ok())
        }
        Algorithm::EdDsa => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes("x").try_into().unwrap()).unwrap();
            ed25519_dalek::Signature::from_slice(signature).is_ok_and(|s| key.verify(message, &s).is_ok())
        }
    }
}

/// What the browser floor does with an ID token: reads it, tries the keys, checks it.
pub fn believed(
    token: &str,
    key_set: &str,
    expected: Expected<'_>,
    access_token: Option<&str>,
    now: Timestamp,
) -> Result<Claims, IdTokenProblem> {
    let read = Jws::parse(token)?;
    if !candidates(key_set, &read).iter().any(|key| verifies(key, read.signing_input(), read.signature())) {
        return Err(IdTokenProblem::Signature);
    }
    let digest = access_token.map(|token| match read.algorithm().digest() {
        "SHA-512" => Sha512::digest(token).to_vec(),
        _ => sha256(token),
    });
    check(&read, &Expected { access_token_digest: digest.as_deref(), ..expected }, now)
}
