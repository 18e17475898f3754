//! Whether an ID token is to be believed: OpenID Connect Core §3.1.3.7 and §12.2, RFC 7515, RFC 7519.
//!
//! All but the signature. The browser verifies that with the keys that [`super::jwks::candidates`] names, and only a token for which both
//! hold says anything about anybody.

use super::{Algorithm, CLOCK_TOLERANCE_MS, base64url};
use crate::config::{parse_json, read_json};
use crate::session::{Timestamp, claims};
use serde_json::Value;
use std::fmt;

/// A longer token is not looked into. Bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// Why an ID token, or what hangs on it, is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub enum IdTokenProblem {
    /// Not `header.payload.signature` of JSON objects, or encrypted, or of another kind, or with extensions that must be understood.
    Unreadable,
    /// `none`, a secret that both sides would know, or one that is not supported.
    Algorithm,
    /// No key of the issuer made its signature. Said by whoever verifies.
    Signature,
    /// A claim that there must be is not there, or of the wrong type.
    Lacks(&'static str),
    /// `iss`.
    OtherIssuer,
    /// `aud`, `azp`.
    OtherClient,
    /// `exp`, `iat`, `nbf`: it came just now, so the device's clock is off.
    Clock,
    /// `nonce`.
    OtherSignIn,
    /// `at_hash`.
    OtherAccessToken,
    /// `sub`: somebody else's token or user, where it must be the same person's.
    OtherPerson,
}

impl IdTokenProblem {
    /// For the operator.
    #[must_use]
    pub fn sentence(self) -> String {
        let sentence = match self {
            Self::Lacks(claim) => return ["the ID token lacks the claim `", claim, "`"].concat(),
            Self::Unreadable => "the ID token is not a signed token that can be read",
            Self::Algorithm => "the ID token is signed with an algorithm that is not accepted",
            Self::Signature => "the signature of the ID token was not made with a key of the issuer",
            Self::OtherIssuer => "the ID token is of another issuer",
            Self::OtherClient => "the ID token is for another client",
            Self::Clock => "the ID token is not of this time, by the clock of this device",
            Self::OtherSignIn => "the ID token belongs to another sign-in",
            Self::OtherAccessToken => "the ID token belongs to another access token",
            Self::OtherPerson => "the answer is about somebody else",
        };
        sentence.to_owned()
    }
}

/// A token that is read but not believed yet (RFC 7515 §3.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Jws {
    algorithm: Algorithm,
    key_id: Option<String>,
    signing_input: String,
    signature: Vec<u8>,
    payload: Value,
}

impl fmt::Debug for Jws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jws").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl Jws {
    /// Reads a token in the compact serialisation.
    ///
    /// # Errors
    /// [`IdTokenProblem::Unreadable`], and [`IdTokenProblem::Algorithm`] for `none`, `HS256` and whatever else is not accepted.
    pub fn parse(token: &str) -> Result<Self, IdTokenProblem> {
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IdTokenProblem::Unreadable);
        };
        if token.len() > MAX_LENGTH {
            return Err(IdTokenProblem::Unreadable);
        }
        let signing_input = [header, ".", payload].concat();
        let (header, payload) = (object(header)?, object(payload)?);
        // RFC 7515 §4.1.11: MUST be rejected where the extension is not understood, and none is.
        if header.get("crit").is_some() {
            return Err(IdTokenProblem::Unreadable);
        }
        let text = |key: &str| header.get(key).and_then(Value::as_str);
        // RFC 8725 §3.11, §3.12: another kind of token by the same issuer (`at+jwt`, `logout+jwt`) is not an ID token.
        let is_jwt = |kind: &str| kind.eq_ignore_ascii_case("JWT") || kind.eq_ignore_ascii_case("application/jwt");
        if header.get("cty").is_some() || header.get("typ").is_some() && !text("typ").is_some_and(is_jwt) {
            return Err(IdTokenProblem::Unreadable);
        }
        Ok(Self {
            algorithm: text("alg").and_then(Algorithm::named).ok_or(IdTokenProblem::Algorithm)?,
            key_id: text("kid").map(str::to_owned),
            signing_input,
            signature: base64url::decode(signature).ok_or(IdTokenProblem::Unreadable)?,
            payload,
        })
    }

    /// What it says it is signed with. Decides which keys are tried, and no more: a key is for one algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Which key it says it is signed with.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The bytes that are signed.
    #[must_use]
    pub const fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// The signature over them.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

/// What an ID token must agree with.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// Exactly.
    pub issuer: &'a str,
    /// Who it must be for.
    pub client_id: &'a str,
    /// Of the pending record; `None` at a refresh, where nobody sent one.
    pub nonce: Option<&'a str>,
    /// The digest of the access token beside it, by [`Algorithm::digest`]; `None` where there is none.
    pub access_token_digest: Option<&'a [u8]>,
}

/// What is known when an ID token is believed.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who says so.
    pub issuer: String,
    /// The person, for that issuer.
    pub subject: String,
    /// Who it is for, in the order of the alphabet.
    pub audience: Vec<String>,
    nonce: Option<String>,
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The subject is somebody's personal data: not for logs.
        f.debug_struct("Claims").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Claims {
    fn read(payload: &Value) -> Result<Self, IdTokenProblem> {
        let text = |key: &'static str| {
            let text = payload.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or(IdTokenProblem::Lacks(key))
        };
        let mut audience = match payload.get("aud") {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(several)) => several.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        if audience.is_empty() {
            return Err(IdTokenProblem::Lacks("aud"));
        }
        audience.sort_unstable();
        Ok(Self { issuer: text("iss")?, subject: text("sub")?, audience, nonce: text("nonce").ok() })
    }
}

/// Checks everything but the signature.
///
/// # Errors
/// The first [`IdTokenProblem`], never [`IdTokenProblem::Signature`].
pub fn check(token: &Jws, expected: &Expected<'_>, now: Timestamp) -> Result<Claims, IdTokenProblem> {
    let payload = &token.payload;
    let claims = Claims::read(payload)?;
    // OpenID Connect Core §3.1.3.7, by its numbers. 2: MUST exactly match.
    if claims.issuer != expected.issuer {
        return Err(IdTokenProblem::OtherIssuer);
    }
    // 3: MUST list us. 4, 5: where it is for others too, it must say that we asked for it.
    let azp = payload.get("azp");
    let is_ours = azp.and_then(Value::as_str) == Some(expected.client_id);
    let is_for_us = claims.audience.iter().any(|client| client == expected.client_id);
    if !is_for_us || !is_ours && (azp.is_some() || claims.audience.len() > 1) {
        return Err(IdTokenProblem::OtherClient);
    }
    // 9, 10, and RFC 7519 §4.1.5.
    let expires_at = time(payload, "exp")?;
    let issued_at = time(payload, "iat")?;
    let begins_at = if payload.get("nbf").is_some() { time(payload, "nbf")? } else { issued_at };
    let latest = now.after_ms(CLOCK_TOLERANCE_MS);
    if now >= expires_at.after_ms(CLOCK_TOLERANCE_MS) || latest < issued_at || latest < begins_at {
        return Err(IdTokenProblem::Clock);
    }
    // 11: MUST be there, and the same.
    if let Some(nonce) = expected.nonce {
        match &claims.nonce {
            None => return Err(IdTokenProblem::Lacks("nonce")),
            Some(theirs) if theirs != nonce => return Err(IdTokenProblem::OtherSignIn),
            Some(_) => {}
        }
    }
    // §3.1.3.8: optional here, but what is there must fit.
    if let (Some(hash), Some(digest)) = (payload.get("at_hash"), expected.access_token_digest) {
        let half = digest.get(..digest.len() / 2).unwrap_or_default();
        if hash.as_str() != Some(&base64url::encode(half)) {
            return Err(IdTokenProblem::OtherAccessToken);
        }
    }
    Ok(claims)
}

/// Checks the claims that came with new tokens against the ID token of the session (OpenID Connect Core §12.2). `nonce`: the one that
/// was sent for a new code; `None` at a refresh, where nobody sent one.
///
/// # Errors
/// [`IdTokenProblem::OtherPerson`] unless issuer, subject and audience are the same as before, and the nonce that was sent, or, where
/// none was, that of before if there is one again; [`IdTokenProblem::Lacks`] or [`IdTokenProblem::Unreadable`] where `before` is no ID
/// token.
pub fn same_person(before: &str, after: &Claims, nonce: Option<&str>) -> Result<(), IdTokenProblem> {
    let before = Claims::read(&claims::payload(before).ok_or(IdTokenProblem::Unreadable)?)?;
    let is_same = before.issuer == after.issuer
        && before.subject == after.subject
        && before.audience == after.audience
        && match nonce {
            Some(nonce) => after.nonce.as_deref() == Some(nonce),
            None => after.nonce.is_none() || before.nonce == after.nonce,
        };
    if is_same { Ok(()) } else { Err(IdTokenProblem::OtherPerson) }
}

/// Checks the answer of a `userinfo_endpoint` against the ID token of the session (OpenID Connect Core §5.3.2: the `sub` MUST be
/// verified to exactly match). An answer that names no subject is not OpenID Connect's, and contradicts nothing.
///
/// # Errors
/// [`IdTokenProblem::OtherPerson`] where it names another.
pub fn same_subject(id_token: &str, user_info: &str) -> Result<(), IdTokenProblem> {
    let (user, claims) = (read_json(user_info), claims::payload(id_token));
    let [theirs, ours] = [&user, &claims].map(|about| about.as_ref()?.get("sub"));
    if theirs.is_none() || theirs == ours { Ok(()) } else { Err(IdTokenProblem::OtherPerson) }
}

/// One part of a token. A name that stands twice is two claims to two readers (RFC 7519 §4).
fn object(part: &str) -> Result<Value, IdTokenProblem> {
    let read = || {
        let (value, duplicates) = parse_json(&String::from_utf8(base64url::decode(part)?).ok()?).ok()?;
        (value.is_object() && duplicates.is_empty()).then_some(value)
    };
    read().ok_or(IdTokenProblem::Unreadable)
}

/// Seconds since the epoch (RFC 7519 §2, `NumericDate`); a fraction is dropped.
fn time(payload: &Value, name: &'static str) -> Result<Timestamp, IdTokenProblem> {
    let seconds = || {
        let Value::Number(number) = payload.get(name)? else { return None };
        // In scientific notation the digits before the point are another number.
        let digits = number.as_str().split_once('.').map_or(number.as_str(), |(whole, _)| whole);
        if number.as_str().contains(['e', 'E']) { None } else { digits.parse::<u64>().ok() }
    };
    seconds().map(|seconds| Timestamp(seconds.saturating_mul(1000))).ok_or(IdTokenProblem::Lacks(name))
}
