//! Access tokens as JSON Web Tokens (RFC 7519), signed with HMAC SHA-256 (RFC 7515, `HS256`).
//!
//! Only what this provider signed itself is ever read: the header is one constant, compared whole, so that
//! there is no algorithm to choose and none to confuse. Whether a token is expired or revoked is not
//! decided here but by its row in the database (see `families`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::failure::Failure;

/// `{"alg":"HS256","typ":"JWT"}` in base64url.
pub(crate) const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// What an access token says about its bearer.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// The subject: the user's id.
    pub sub: String,
    pub email: String,
    pub role: String,
    /// Seconds since the Unix epoch.
    pub iat: i64,
    /// Seconds since the Unix epoch.
    pub exp: i64,
    /// The token's own id, by which it can be revoked.
    pub jti: String,
    /// The session, here the family of refresh tokens that it belongs to.
    pub sid: String,
}

/// The secret that signs. It is made once per database.
pub(crate) struct Key([u8; 32]);

impl Key {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The claims as a signed token in compact serialization.
    pub fn sign(&self, claims: &Claims) -> Result<String, Failure> {
        let payload = serde_json::to_vec(claims).map_err(|_| Failure::Interrupted)?;
        let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature = self.mac(&signed)?.finalize().into_bytes();
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The claims of a token that this key signed; nothing for any other string.
    pub fn verify(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        if header != HEADER {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // `verify_slice` compares in constant time.
        self.mac(signed).ok()?.verify_slice(&signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }

    fn mac(&self, signed: &str) -> Result<Hmac<Sha256>, Failure> {
        // HMAC takes keys of every length, so this cannot fail; the type does not know that.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| Failure::Interrupted)?;
        mac.update(signed.as_bytes());
        Ok(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims {
            sub: "user".into(),
            email: "demo@example.com".into(),
            role: "member".into(),
            iat: 1,
            exp: 2,
            jti: "token".into(),
            sid: "family".into(),
        }
    }

    #[test]
    fn the_header_constant_is_what_its_comment_says() {
        assert_eq!(URL_SAFE_NO_PAD.decode(HEADER).unwrap(), br#"{"alg":"HS256","typ":"JWT"}"#);
    }

    #[test]
    fn a_signed_token_is_read_back_whole() {
        let key = Key::new([7; 32]);
        assert_eq!(key.verify(&key.sign(&claims()).unwrap()), Some(claims()));
    }

    #[test]
    fn nothing_but_the_own_untouched_signature_is_believed() {
        let key = Key::new([7; 32]);
        let token = key.sign(&claims()).unwrap();
        let (signed, _) = token.rsplit_once('.').unwrap();
        let payload = signed.split_once('.').unwrap().1;
        let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        for forged in [
            Key::new([8; 32]).sign(&claims()).unwrap(),
            format!("{signed}."),
            format!("{unsigned}.{payload}."),
            token.replacen(payload, &URL_SAFE_NO_PAD.encode(r#"{"sub":"admin"}"#), 1),
            String::new(),
            "..".into(),
            "a.b.c.d".into(),
        ] {
            assert_eq!(key.verify(&forged), None, "{forged}");
        }
    }

    #[test]
    fn the_signature_is_the_one_that_another_implementation_computes() {
        // By Python's hmac and hashlib, over the same header and payload.
        let token = Key::new([7; 32]).sign(&claims()).unwrap();
        assert_eq!(token.rsplit_once('.').unwrap().1, "-LHoCNOGFpeh-fsk9IUTBpvnKP9sbTFrgxtVJW2t9Zg");
    }
}
