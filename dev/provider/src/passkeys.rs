//! Passkeys: which there are, what was asked of them, and whether an answer is theirs (`WebAuthn` Level 3 §7.2).
//!
//! | endpoint | asks | answers |
//! |---|---|---|
//! | `POST /auth/v1/passkeys/options` | nothing | `challenge_id`, and `options` as JSON |
//! | `POST /auth/v1/passkeys/verify` | `challenge_id`, `credential` as JSON | tokens, as a sign-in with a password does |
//!
//! Keys are ES256 alone. They are made known by whoever runs the provider, and kept in memory: there is no page to register
//! one. A challenge is good once, for five minutes, for the origin that asked.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::random;
use crate::time::{Clock, Timestamp};

const LIFETIME: Duration = Duration::from_secs(300);

/// The length of an uncompressed point, which a `SubjectPublicKeyInfo` of this curve ends with.
const POINT: usize = 65;

/// The bits of the flags: somebody was there, and it was the right person (§6.1).
const IS_PRESENT: u8 = 0x01;
const IS_VERIFIED: u8 = 0x04;

/// The passkeys of one running provider.
pub(crate) struct Passkeys {
    clock: Clock,
    known: Mutex<Vec<Known>>,
    asked: Mutex<HashMap<String, Asked>>,
}

struct Known {
    id: Vec<u8>,
    email: String,
    key: VerifyingKey,
    count: u32,
}

struct Asked {
    challenge: String,
    origin: String,
    until: Timestamp,
}

/// What comes back, as `PublicKeyCredential.toJSON` writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential {
    raw_id: String,
    r#type: String,
    response: Signed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
}

#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
}

impl Passkeys {
    pub fn new(clock: Clock) -> Self {
        Self { clock, known: Mutex::default(), asked: Mutex::default() }
    }

    /// Makes a passkey known; `false` for a key of another kind. `public_key`: its `SubjectPublicKeyInfo`, in DER.
    pub fn add(&self, email: &str, id: &[u8], public_key: &[u8]) -> bool {
        let point = public_key.len().checked_sub(POINT).and_then(|at| public_key.get(at..));
        let Some(key) = point.and_then(|point| VerifyingKey::from_sec1_bytes(point).ok()) else {
            return false;
        };
        held(&self.known).push(Known { id: id.to_vec(), email: email.to_owned(), key, count: 0 });
        true
    }

    /// Forgets all of them.
    pub fn clear(&self) {
        held(&self.known).clear();
    }

    /// What a page of that origin is to ask its device.
    pub fn options(&self, origin: &str) -> Result<Value, Failure> {
        let (id, challenge) = (random::token()?, random::token()?);
        let options = json!({
            "challenge_id": id,
            "options": {
                "challenge": challenge,
                "rpId": host(origin),
                "timeout": LIFETIME.as_millis(),
                "userVerification": "required",
            },
        });
        let until = self.clock.now().after(LIFETIME);
        held(&self.asked).insert(id, Asked { challenge, origin: origin.to_owned(), until });
        Ok(options)
    }

    /// The email of whose passkey has signed this.
    pub fn verify(&self, challenge_id: &str, credential: &Value) -> Option<String> {
        // Used up, whatever comes of it.
        let asked = held(&self.asked).remove(challenge_id).filter(|asked| self.clock.now() < asked.until)?;
        let credential: Credential = serde_json::from_value(credential.clone()).ok()?;
        let [id, client_data, authenticator_data, signature] = [
            &credential.raw_id,
            &credential.response.client_data,
            &credential.response.authenticator_data,
            &credential.response.signature,
        ]
        .map(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let (id, client_data, authenticator_data) = (id?, client_data?, authenticator_data?);
        let client: ClientData = serde_json::from_slice(&client_data).ok()?;
        let is_ours = credential.r#type == "public-key"
            && client.r#type == "webauthn.get"
            && client.challenge == asked.challenge
            && client.origin == asked.origin;
        let (site, rest) = authenticator_data.split_at_checked(32)?;
        let (&flags, rest) = rest.split_first()?;
        let count = u32::from_be_bytes(rest.first_chunk().copied()?);
        let is_right = site == Sha256::digest(host(&asked.origin)).as_slice()
            && flags & (IS_PRESENT | IS_VERIFIED) == IS_PRESENT | IS_VERIFIED;
        if !is_ours || !is_right {
            return None;
        }
        let mut known = held(&self.known);
        let known = known.iter_mut().find(|known| known.id == id)?;
        let signed = [authenticator_data.as_slice(), &Sha256::digest(&client_data)].concat();
        known.key.verify(&signed, &Signature::from_der(&signature?).ok()?).ok()?;
        // A counter that stands still, where there is one, belongs to a copy (§6.1.1).
        if (count, known.count) != (0, 0) && count <= known.count {
            return None;
        }
        known.count = count;
        Some(known.email.clone())
    }
}

/// The host of an origin: the relying party's name.
fn host(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer as _;

    use super::*;

    const ORIGIN: &str = "http://localhost:8080";
    const ID: &[u8] = b"a passkey";

    struct Device(SigningKey);

    impl Device {
        fn new() -> Self {
            Self(SigningKey::from_slice(&[7; 32]).unwrap())
        }

        fn public_key(&self) -> Vec<u8> {
            // Whatever a `SubjectPublicKeyInfo` begins with is not looked at.
            let point = self.0.verifying_key().to_sec1_point(false);
            [[0; 26].as_slice(), point.as_bytes()].concat()
        }

        fn sign(&self, challenge: &str, change: impl FnOnce(&mut Parts)) -> Value {
            let mut parts = Parts {
                client: json!({ "type": "webauthn.get", "challenge": challenge, "origin": ORIGIN }),
                host: "localhost",
                flags: IS_PRESENT | IS_VERIFIED,
                count: 1,
                is_broken: false,
            };
            change(&mut parts);
            let client_data = parts.client.to_string().into_bytes();
            let site = Sha256::digest(parts.host);
            let data = [site.as_slice(), &[parts.flags], &parts.count.to_be_bytes()].concat();
            let signature: Signature = self.0.sign(&[data.as_slice(), &Sha256::digest(&client_data)].concat());
            let mut signature = signature.to_der().as_bytes().to_vec();
            if parts.is_broken {
                *signature.last_mut().unwrap() ^= 1;
            }
            let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            json!({
                "id": text(ID), "rawId": text(ID), "type": "public-key",
                "response": {
                    "clientDataJSON": text(&client_data),
                    "authenticatorData": text(&data),
                    "signature": text(&signature),
                },
            })
        }
    }

    struct Parts {
        client: Value,
        host: &'static str,
        flags: u8,
        count: u32,
        is_broken: bool,
    }

    fn known() -> (Passkeys, Device, Clock) {
        let (clock, device) = (Clock::default(), Device::new());
        let passkeys = Passkeys::new(clock.clone());
        assert!(passkeys.add("demo@example.com", ID, &device.public_key()));
        (passkeys, device, clock)
    }

    fn asked(passkeys: &Passkeys) -> (String, String) {
        let answer = passkeys.options(ORIGIN).unwrap();
        let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        assert_eq!(text("/options/rpId"), "localhost");
        (text("/challenge_id"), text("/options/challenge"))
    }

    #[test]
    fn what_a_known_passkey_has_signed_is_good_once() {
        let (passkeys, device, _) = known();
        let (id, challenge) = asked(&passkeys);
        let signed = device.sign(&challenge, |_| ());
        assert_eq!(passkeys.verify(&id, &signed).as_deref(), Some("demo@example.com"));
        assert_eq!(passkeys.verify(&id, &signed), None);
    }

    #[test]
    fn whatever_is_not_right_is_refused() {
        type Change = fn(&mut Parts);
        let changes: [Change; 8] = [
            |parts| parts.client["type"] = "webauthn.create".into(),
            |parts| parts.client["challenge"] = "another".into(),
            |parts| parts.client["origin"] = "https://evil.example".into(),
            |parts| parts.host = "evil.example",
            |parts| parts.flags = IS_PRESENT,
            |parts| parts.flags = IS_VERIFIED,
            |parts| parts.count = 0,
            |parts| parts.is_broken = true,
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let (passkeys, device, _) = known();
            // One good sign-in, so that there is a counter to fall behind.
            let (id, challenge) = asked(&passkeys);
            assert!(passkeys.verify(&id, &device.sign(&challenge, |_| ())).is_some());
            let (id, challenge) = asked(&passkeys);
            let signed = device.sign(&challenge, |parts| {
                parts.count = 2;
                change(parts);
            });
            assert_eq!(passkeys.verify(&id, &signed), None, "change {index}");
        }
    }

    #[test]
    fn a_challenge_lapses_and_a_key_that_nobody_knows_signs_nobody_in() {
        let (passkeys, device, clock) = known();
        let (id, challenge) = asked(&passkeys);
        clock.advance(LIFETIME);
        assert_eq!(passkeys.verify(&id, &device.sign(&challenge, |_| ())), None);
        passkeys.clear();
        let (id, challenge) = asked(&passkeys);
        assert_eq!(passkeys.verify(&id, &device.sign(&challenge, |_| ())), None);
        assert_eq!(passkeys.verify(&id, &json!({})), None);
    }
}
