//! Where an answer holds what looks like a token, an expiry or a list, when it is not where the config says.

use super::curl::folded;
use crate::{
    config::Place,
    session::{HttpResponse, claims},
};
use serde_json::Value;

/// No answer is looked through any further.
const MANY: usize = 400;

/// Every place below `json`, with what stands there, from the top down.
pub(super) fn places(json: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let mut open = std::collections::VecDeque::from([(String::new(), json)]);
    while let Some((pointer, value)) = open.pop_front() {
        if found.len() >= MANY {
            break;
        }
        match value {
            Value::Object(members) => {
                open.extend(members.iter().map(|(name, member)| (below(&pointer, name), member)));
            }
            Value::Array(items) => {
                // Rows are alike.
                open.extend(
                    items.iter().take(3).enumerate().map(|(index, item)| (below(&pointer, &index.to_string()), item)),
                );
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        found.push((pointer, value));
    }
    found
}

fn below(pointer: &str, name: &str) -> String {
    [pointer, "/", &name.replace('~', "~0").replace('/', "~1")].concat()
}

/// The name that a place ends with, whatever joins its words.
fn name_of(pointer: &str) -> String {
    folded(pointer.rsplit('/').next().unwrap_or_default())
}

/// Which token is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    AccessToken,
    RefreshToken,
}

/// The place where the token most probably stands, as the config writes it.
pub(super) fn token(wanted: Wanted, response: &HttpResponse, json: Option<&Value>) -> Option<String> {
    let mut best: Option<(u8, String)> = None;
    let mut offer = |score: u8, place: String| {
        if score > 0 && best.as_ref().is_none_or(|(least, _)| score > *least) {
            best = Some((score, place));
        }
    };
    for (pointer, value) in json.map(places).unwrap_or_default() {
        if let Value::String(text) = value
            && !text.is_empty()
        {
            offer(score(wanted, &name_of(&pointer), text), pointer);
        }
    }
    for (name, value) in &response.headers {
        offer(header_score(wanted, name, value), format!("header:{name}"));
    }
    let bare = response.body.trim();
    let is_token = bare.len() >= 16 && bare.len() < 8192 && !bare.contains(|c: char| c.is_whitespace());
    if wanted == Wanted::AccessToken && is_token && !bare.starts_with(['<', '{', '[', '"']) {
        offer(40, Place::Body.to_string());
    }
    best.map(|(_, place)| place)
}

fn score(wanted: Wanted, name: &str, value: &str) -> u8 {
    let is_refresh = name.contains("refresh") || name == "rt";
    let is_jwt = claims::payload(value).is_some();
    match wanted {
        Wanted::RefreshToken if matches!(name, "refreshtoken" | "refresh") => 100,
        Wanted::RefreshToken if name.contains("refresh") && name.contains("token") => 90,
        Wanted::RefreshToken if matches!(name, "rt" | "renewtoken" | "renewaltoken") => 60,
        Wanted::RefreshToken => 0,
        Wanted::AccessToken if is_refresh || name.contains("csrf") || name.contains("xsrf") => 0,
        Wanted::AccessToken => match name {
            "accesstoken" => 100,
            "jwt" | "jwttoken" | "bearertoken" | "authtoken" | "apitoken" | "accessjwt" => 92,
            "access" | "token" | "sessiontoken" | "authenticationtoken" | "bearer" => 88,
            "idtoken" => 60,
            "key" | "apikey" | "session" | "sessionid" | "secret" if value.len() >= 16 => 30,
            _ if is_jwt => 70,
            _ if name.ends_with("token") && value.len() >= 8 && name != "tokentype" => 50,
            _ => 0,
        },
    }
}

fn header_score(wanted: Wanted, name: &str, value: &str) -> u8 {
    const REFRESH: [&str; 2] = ["xrefreshtoken", "refreshtoken"];
    const ACCESS: [&str; 6] =
        ["authorization", "setauthtoken", "xauthtoken", "xaccesstoken", "accesstoken", "authtoken"];
    let name = folded(name);
    let names = if wanted == Wanted::RefreshToken { &REFRESH[..] } else { &ACCESS[..] };
    if names.contains(&name.as_str()) {
        return 80;
    }
    if wanted == Wanted::AccessToken && claims::payload(value).is_some() { 45 } else { 0 }
}

/// How an expiry would be written in the config.
pub(super) fn expiry(json: &Value, now_s: u64) -> Option<(String, Value)> {
    let entry = |kind: &str, pointer: &str, unit: &str| serde_json::json!({ kind: pointer, "unit": unit });
    for (pointer, value) in places(json) {
        let name = name_of(&pointer);
        let is_refresh = name.contains("refresh") || name == "iat" || name == "issuedat" || name == "createdat";
        let tells = name.starts_with("expire")
            || name.starts_with("expiry")
            || name.ends_with("expiresin")
            || name.ends_with("expiresat")
            || matches!(name.as_str(), "exp" | "ttl" | "expiration" | "validuntil" | "lifetime" | "maxage");
        if is_refresh || !tells {
            continue;
        }
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => continue,
        };
        let written = match text.split('.').next().and_then(|digits| digits.parse::<u64>().ok()) {
            // A point in time, by its size.
            Some(number) if number > now_s.saturating_mul(500) => entry("at", &pointer, "ms"),
            Some(number) if number > now_s / 2 => entry("at", &pointer, "s"),
            Some(number) if looks_like_ms(number) => entry("in", &pointer, "ms"),
            Some(_) => entry("in", &pointer, "s"),
            None if crate::session::Timestamp::parse(&text).is_some() => entry("at", &pointer, "iso"),
            None => continue,
        };
        return Some((pointer, written));
    }
    None
}

/// A span that makes sense in milliseconds and hardly in seconds.
pub(super) fn looks_like_ms(span: u64) -> bool {
    const DAY: u64 = 86_400;
    // 30 days and the like are plausible in seconds too.
    let is_days = span.is_multiple_of(DAY) && span <= 400 * DAY;
    span >= 100_000 && span.is_multiple_of(1000) && !is_days
}

/// A span that makes sense in seconds and hardly in milliseconds.
pub(super) fn looks_like_s(span: u64) -> bool {
    span < 10_000 || (span <= 86_400 && span.is_multiple_of(3600))
}

/// The first list of objects, for a query that found none.
pub(super) fn list(json: &Value) -> Option<String> {
    let is_list = |value: &Value| value.as_array().is_some_and(|items| items.first().is_none_or(Value::is_object));
    places(json).into_iter().find(|(_, value)| is_list(value)).map(|(pointer, _)| pointer)
}

#[cfg(test)]
mod tests {
    use super::{expiry, list, looks_like_ms, looks_like_s};
    use serde_json::json;

    #[test]
    fn units_are_told_by_what_makes_sense() {
        for ms in [900_000, 3_600_000, 86_400_000, 300_000] {
            assert!(looks_like_ms(ms) && !looks_like_s(ms), "{ms}");
        }
        for s in [60, 300, 900, 3600, 7200, 28_800, 86_400] {
            assert!(looks_like_s(s) && !looks_like_ms(s), "{s}");
        }
        for either in [604_800, 2_592_000] {
            assert!(!looks_like_ms(either), "{either}");
        }
    }

    #[test]
    fn an_expiry_is_found_with_its_unit() {
        let now_s = 1_800_000_000;
        let cases = [
            (json!({ "data": { "expires": 900_000 } }), json!({ "in": "/data/expires", "unit": "ms" })),
            (json!({ "expiresIn": "3600" }), json!({ "in": "/expiresIn", "unit": "s" })),
            (json!({ "expires_at": now_s + 60 }), json!({ "at": "/expires_at", "unit": "s" })),
            (json!({ "exp": (now_s + 60) * 1000 }), json!({ "at": "/exp", "unit": "ms" })),
            (json!({ "expire": "2027-01-15T08:01:30Z" }), json!({ "at": "/expire", "unit": "iso" })),
        ];
        for (answer, written) in cases {
            assert_eq!(expiry(&answer, now_s).map(|(_, written)| written), Some(written), "{answer}");
        }
        assert_eq!(expiry(&json!({ "refresh_expires_in": 5, "token": "x" }), now_s), None);
    }

    #[test]
    fn a_list_is_found_wherever_it_stands() {
        assert_eq!(list(&json!({ "a": 1, "data": { "items": [{ "id": 1 }] } })).as_deref(), Some("/data/items"));
        assert_eq!(list(&json!([{ "id": 1 }])).as_deref(), Some(""));
        assert_eq!(list(&json!({ "tags": ["a"] })), None);
    }
}
