//! Addresses: percent-encoding, exact origins, and which links may be followed.
//!
//! Only what two parsers cannot disagree about is let through: a host of plain ASCII, no user
//! info, no backslash, no white space. The browser's own parser is the second lock, not this one's
//! excuse. (RFC 3986 for the syntax, RFC 6454 for origins.)

use super::Origin;
use super::mistake::TELLS;
use super::template::{cut, cut_last};

/// Whether a link from the config, an answer or the store may be followed: `https`, `http` on
/// loopback, `mailto`, `tel`, or a path of our own.
#[must_use]
pub fn is_safe_link(address: &str) -> bool {
    if has_hidden(address) {
        return false;
    }
    if address.starts_with('/') {
        return is_own_path(address);
    }
    if let Some(absolute) = Absolute::split(address) {
        return parse_origin(&absolute).is_ok_and(|origin| !is_plain_remote(&origin));
    }
    let scheme = address.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|s| s.eq_ignore_ascii_case("mailto") || s.eq_ignore_ascii_case("tel"))
}

/// Whether there is anything in it that browsers drop, or read as something else.
pub(super) fn has_hidden(address: &str) -> bool {
    address.bytes().any(|b| b <= b' ' || b == b'\\' || b == 0x7f)
}

/// The text up to the first of these ASCII characters, or all of it.
pub(super) fn until<'t>(text: &'t str, stops: &[u8]) -> &'t str {
    let length = text.bytes().take_while(|b| !stops.contains(b)).count();
    text.get(..length).unwrap_or(text)
}

/// No empty and no dot segment: `//host` leaves the site at once, `/..//host` after it was
/// normalised and parsed again.
fn is_own_path(address: &str) -> bool {
    let path = until(address, b"?#");
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    path.is_empty() && !address.starts_with("//") || path.split('/').all(|s| !s.is_empty() && !is_dots(s))
}

/// Whether a segment is `.` or `..` in any spelling the URL standard knows.
pub(super) fn is_dots(segment: &str) -> bool {
    let is = |dots: &str| segment.eq_ignore_ascii_case(dots);
    [".", "..", "%2e", "%2e.", ".%2e", "%2e%2e"].into_iter().any(is)
}

/// An `http` or `https` address, cut into its parts.
pub(super) struct Absolute<'a> {
    secure: bool,
    authority: &'a str,
    /// From the path on.
    pub(super) rest: &'a str,
}

impl<'a> Absolute<'a> {
    /// `None`: does not begin with `http://` or `https://`.
    pub(super) fn split(address: &'a str) -> Option<Self> {
        let (scheme, after) = cut(address, "://")?;
        let secure = scheme.eq_ignore_ascii_case("https");
        if !secure && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let authority = until(after, b"/?#");
        let rest = after.get(authority.len()..)?;
        Some(Self { secure, authority, rest })
    }
}

/// The origin as the browser serialises it: lower case, the default port left out.
///
/// # Errors
/// What is wrong with the host or port, as the second half of a sentence.
pub(super) fn parse_origin(address: &Absolute<'_>) -> Result<String, &'static str> {
    let authority = address.authority.to_ascii_lowercase();
    if authority.contains('@') {
        return Err(reason("a user name or password (before the `@`) cannot stand in an address"));
    }
    let (host, port) = match cut_last(&authority, b':') {
        // The colons inside an IPv6 address are not the port's.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority.as_str(), None),
    };
    if !is_host(host) {
        return Err(reason("the host must be written in plain letters, digits, dots and hyphens"));
    }
    let mut origin = String::from(if address.secure { "https://" } else { "http://" });
    origin.push_str(host);
    if let Some(port) = port {
        let digits = port.bytes().all(|b| b.is_ascii_digit());
        if !digits || !port.parse::<u64>().is_ok_and(|number| number > 0 && number <= 65_535) {
            return Err(reason("the port must be a number from 1 to 65535"));
        }
        let port = port.trim_start_matches('0');
        if port != if address.secure { "443" } else { "80" } {
            origin.push(':');
            origin.push_str(port);
        }
    }
    Ok(origin)
}

const fn reason(text: &'static str) -> &'static str {
    if TELLS { text } else { "" }
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').unwrap_or_default();
        return !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.');
    }
    let name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    !host.is_empty() && !host.starts_with('.') && cut(host, "..").is_none() && host.bytes().all(name)
}

/// Whether a text can stand between `//` and the next `/`, whole or in part.
pub(super) fn is_authority_part(text: &str) -> bool {
    let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b':');
    !text.is_empty() && text.bytes().all(part)
}

/// Plain `http` to a host that is not this machine: everybody on the way reads the password.
pub(super) fn is_plain_remote(origin: &str) -> bool {
    origin.strip_prefix("http://").is_some_and(|authority| !is_loopback(authority))
}

fn is_loopback(authority: &str) -> bool {
    if authority == "[::1]" || authority.starts_with("[::1]:") {
        return true;
    }
    let host = until(authority, b":");
    let mut numbers = host.split('.');
    host == "localhost"
        || host.ends_with(".localhost")
        || numbers.next() == Some("127")
            && numbers.clone().count() == 3
            && numbers.all(|n| n.parse::<u64>().is_ok_and(|n| n < 256))
}

/// The page's own origin is [`Origin::Own`], however it is written.
pub(super) fn named_origin(origin: String, page: Option<&str>) -> Origin {
    if page == Some(origin.as_str()) { Origin::Own } else { Origin::Other(origin) }
}

/// One component of a URL (RFC 3986 §2.3): all but the unreserved characters are encoded.
pub(super) fn push_component(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => push_percent(out, byte),
        }
    }
}

/// One name or value of an `application/x-www-form-urlencoded` body (WHATWG URL §5.2).
#[must_use]
pub fn form_component(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => push_percent(&mut out, byte),
        }
    }
    out
}

fn push_percent(out: &mut String, byte: u8) {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'A' + value - 10 });
    out.push('%');
    out.push(digit(byte >> 4));
    out.push(digit(byte & 15));
}

/// Undoes percent-encoding once. `None`: a broken escape, or not UTF-8.
#[must_use]
pub fn percent_decoded(text: &str) -> Option<String> {
    String::from_utf8(percent_decoded_bytes(text)?).ok()
}

/// So too, whatever the bytes are.
#[must_use]
pub fn percent_decoded_bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_links_are_https_loopback_mail_telephone_and_our_own_paths() {
        for safe in [
            "https://id.example/reset?x=1#y",
            "HTTPS://ID.EXAMPLE",
            "http://localhost:8080/x",
            "http://127.0.0.1/",
            "http://[::1]:3000/",
            "mailto:help@example.com",
            "tel:+4930123456",
            "/",
            "/help/",
            "/help?to=//x",
        ] {
            assert!(is_safe_link(safe), "{safe}");
        }
    }

    #[test]
    fn links_that_leave_or_run_are_not_safe() {
        for unsafe_link in [
            "",
            "help",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "http:/evil.example",
            "/\t/evil.example",
            "\t/x",
            " https://id.example",
            "\u{1}/x",
            "https://user@evil.example",
            "https://",
            "https://ev\u{ad}il.example",
            "https://evil\u{3002}example",
            "http://id.example",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "javascript://x/%0aalert(1)",
            "data:text/html,x",
            "blob:https://app.example/1",
            "/%2e%2e//evil.example",
            "/..//evil.example",
            "/a/./b",
        ] {
            assert!(!is_safe_link(unsafe_link), "{unsafe_link:?}");
        }
    }

    #[test]
    fn an_origin_is_written_as_the_browser_writes_it() {
        let origin = |text| parse_origin(&Absolute::split(text).unwrap());
        assert_eq!(origin("https://ID.Example:443/x").unwrap(), "https://id.example");
        assert_eq!(origin("http://localhost:080?x").unwrap(), "http://localhost");
        assert_eq!(origin("http://[::1]:8080/").unwrap(), "http://[::1]:8080");
        assert_eq!(origin("https://[::1]").unwrap(), "https://[::1]");
        for wrong in [
            "https://a@b",
            "https://a:b",
            "https://a:+1",
            "https://a:0",
            "https://a:99999",
            "https://",
            "https://[x]",
            "https://a:1:2",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn percent_encoding_is_undone_exactly_once() {
        let text = "a b/c?d=%41&ü~\u{0}";
        let mut encoded = String::new();
        push_component(&mut encoded, text);
        assert_eq!(encoded, "a%20b%2Fc%3Fd%3D%2541%26%C3%BC~%00");
        assert_eq!(percent_decoded(&encoded).as_deref(), Some(text));
        for broken in ["%", "%4", "%zz", "%ff"] {
            assert_eq!(percent_decoded(broken), None, "{broken}");
        }
    }

    #[test]
    fn form_components_follow_the_url_standard() {
        assert_eq!(form_component("a b+c~*é"), "a+b%2Bc%7E*%C3%A9");
    }
}
