//! Query strings and `application/x-www-form-urlencoded` bodies (WHATWG URL §5).

use crate::config::{form_component, percent_decoded};

/// A longer query string is not looked into. Bytes.
pub(super) const MAX_LENGTH: usize = 16 * 1024;

/// The value of `name`, decoded once. Given twice, empty, not decodable or in too long a text, it counts as absent
/// (RFC 6749 §3.1: parameters MUST NOT be included more than once).
#[must_use]
pub fn parameter(text: &str, name: &str) -> Option<String> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut values = pairs(text).filter(|(key, _)| decoded(key).as_deref() == Some(name)).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => decoded(value).filter(|value| !value.is_empty()),
        _ => None,
    }
}

/// `form` without the parameters called `dropped`, and with `added` behind it.
pub(super) fn replaced(form: &str, dropped: &[&str], added: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(form.len() + 64 * added.len());
    for (name, value) in pairs(form) {
        let key = decoded(name).unwrap_or_default();
        if !key.is_empty() && !dropped.contains(&key.as_str()) && !added.iter().any(|(ours, _)| *ours == key) {
            push(&mut out, name, value);
        }
    }
    for (name, value) in added {
        push(&mut out, name, &form_component(value));
    }
    out
}

/// An address with more parameters in its query; what stands there stays (RFC 6749 §3.1).
pub(super) fn with_query(address: &str, parameters: &str) -> String {
    let mut out = address.to_owned();
    if !parameters.is_empty() {
        let has_query = address.contains('?');
        if !has_query {
            out.push('?');
        } else if !address.ends_with(['?', '&']) {
            out.push('&');
        }
        out.push_str(parameters);
    }
    out
}

fn push(out: &mut String, name: &str, value: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    out.push_str(name);
    out.push('=');
    out.push_str(value);
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn decoded(text: &str) -> Option<String> {
    let spaced: String = text.chars().map(|letter| if letter == '+' { ' ' } else { letter }).collect();
    percent_decoded(&spaced)
}
