//! Ending the session at the provider too (OpenID Connect RP-Initiated Logout 1.0), and hearing that it ended there (Front-Channel
//! Logout 1.0).

use super::form::{parameter, replaced, with_query};
use crate::session::claims;
use serde_json::Value;

/// Where the person is sent to be signed out at the provider: the form's parameters, and ours, which win.
#[must_use]
pub fn address(endpoint: &str, form: &str, post_logout_redirect_uri: &str, state: &str) -> String {
    let ours = [("post_logout_redirect_uri", post_logout_redirect_uri), ("state", state)];
    with_query(endpoint, &replaced(form, &[], &ours))
}

/// Whether a front-channel request (its query string) means the session of this ID token. Anybody can make a browser load an address, so
/// both `iss` and `sid` must be there and fit (Front-Channel Logout §3): nobody can guess the `sid`.
#[must_use]
pub fn is_meant(query: &str, id_token: &str, issuer: &str) -> bool {
    let Some(claims) = claims::payload(id_token) else { return false };
    let fits = |name: &str| {
        let ours = claims.get(name).and_then(Value::as_str);
        ours.is_some() && parameter(query, name).as_deref() == ours
    };
    claims.get("iss").and_then(Value::as_str) == Some(issuer) && fits("iss") && fits("sid")
}
