//! Everything that must not be guessed: identifiers, tokens, the signing key. All of it comes from the
//! operating system; nothing here is a generator of its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// So many bytes from the operating system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A random UUID (RFC 9562 §5.4), as users, families and access tokens are named.
pub(crate) fn uuid() -> Result<String, getrandom::Error> {
    let bits = u128::from_be_bytes(bytes()?);
    let versioned = bits & !(0xf000_u128 << 64) | (0x4000_u128 << 64);
    let bits = versioned & !(0xc000_u128 << 48) | (0x8000_u128 << 48);
    let hex = format!("{bits:032x}");
    let group = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default().to_owned();
    Ok([group(0..8), group(8..12), group(12..16), group(16..20), group(20..32)].join("-"))
}

/// An opaque token of 256 bits, safe in URLs, forms and headers.
pub(crate) fn token() -> Result<String, getrandom::Error> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_its_version_and_variant_where_the_rfc_puts_them() {
        for _ in 0..200 {
            let uuid = uuid().unwrap();
            assert_eq!(uuid.len(), 36);
            assert_eq!(uuid.match_indices('-').map(|(at, _)| at).collect::<Vec<_>>(), [8, 13, 18, 23]);
            assert_eq!(uuid.chars().nth(14), Some('4'));
            assert!(matches!(uuid.chars().nth(19), Some('8' | '9' | 'a' | 'b')), "{uuid}");
        }
    }

    #[test]
    fn two_tokens_are_never_alike() {
        assert_ne!(token().unwrap(), token().unwrap());
    }
}
