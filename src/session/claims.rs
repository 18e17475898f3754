//! The payload of a JWT, for display and for its expiry. **It is not verified**: whoever can write the
//! token can write anything into it. The API verifies; this app only shows (RFC 7519 §4).

use crate::config::read_json;
use serde_json::Value;

/// A longer token is not looked into. Bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// The claims of a JWT (RFC 7515 §3.1: `header.payload.signature`), or `None` for anything else.
#[must_use]
pub fn payload(token: &str) -> Option<Value> {
    if token.len() > MAX_LENGTH {
        return None;
    }
    let mut parts = token.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = base64url(payload)?;
    let claims = read_json(std::str::from_utf8(&bytes).ok()?)?;
    (parts.next().is_none() && claims.is_object()).then_some(claims)
}

/// RFC 4648 §5, with or without padding, and forgiving of the other alphabet.
pub(crate) fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for symbol in text.trim_end_matches('=').bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7519_reads() {
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let claims = payload(token).unwrap();
        assert_eq!(claims["iss"], "joe");
        assert_eq!(claims["exp"], 1_300_819_380);
    }

    #[test]
    fn what_is_no_jwt_has_no_claims() {
        for token in ["", "opaque", "a.b", "a.!.c", "a.bnVsbA.c", "a.e30.c.d", "é.é.é"] {
            assert_eq!(payload(token), None, "{token}");
        }
    }
}
