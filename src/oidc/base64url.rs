//! Base64url without padding (RFC 4648 §5, RFC 7515 §2), in exactly one spelling.
//!
//! What is decoded here was signed or is compared: two texts for the same bytes would be two tokens for one signature.

use crate::session::claims;

const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The bytes as text, without `=`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    let mut push = |bits: u32| {
        let symbol = usize::try_from(bits & 63).ok().and_then(|place| SYMBOLS.get(place));
        text.extend(symbol.map(|symbol| char::from(*symbol)));
    };
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 6 {
            count -= 6;
            push(bits >> count);
        }
        // Only what is still to be written is kept.
        bits &= 63;
    }
    if count > 0 {
        push(bits << (6 - count));
    }
    text
}

/// The bytes of a text, or `None` for anything that [`encode`] would not have written.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    claims::base64url(text).filter(|bytes| encode(bytes) == text)
}
