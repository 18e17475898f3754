//! The authorization request: which parameters it has, and how it is pushed (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1, RFC 9126).
//!
//! The config's form says what is asked for (scope, prompt, audience, anything). What makes the answer ours is not its to say.

use super::callback::{KnownError, known_error};
use super::form::{replaced, with_query};
use super::{Pending, Way};
use crate::config::read_json;
use serde_json::Value;

/// Would take the place of the parameters (RFC 9101), or lead the answer to where it is not read.
const NOT_FROM_THE_FORM: [&str; 4] = ["request", "request_uri", "response_mode", "dpop_jkt"];
/// A longer answer is not read. Bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// The parameters of an authorization request, urlencoded: those of `form`, and ours, which win. `dpop_jkt` is the thumbprint of the
/// key that the tokens are to be bound to (RFC 9449 §10).
#[must_use]
pub fn parameters(form: &str, pending: &Pending, code_challenge: &str, dpop_jkt: Option<&str>) -> String {
    let mut ours = vec![
        ("response_type", "code"),
        ("redirect_uri", pending.redirect_uri.as_str()),
        ("state", &pending.state),
        ("nonce", &pending.nonce),
        ("code_challenge", code_challenge),
        ("code_challenge_method", "S256"),
    ];
    if pending.nonce.is_empty() {
        ours.retain(|(name, _)| *name != "nonce");
    }
    ours.extend(dpop_jkt.map(|thumbprint| ("dpop_jkt", thumbprint)));
    if pending.way() == Way::Frame {
        // Nobody would see a question.
        ours.push(("prompt", "none"));
    }
    replaced(form, &NOT_FROM_THE_FORM, &ours)
}

/// Where the person is sent.
#[must_use]
pub fn address(endpoint: &str, parameters: &str) -> String {
    with_query(endpoint, parameters)
}

/// Where the person is sent after the request was pushed (RFC 9126 §4).
#[must_use]
pub fn par_address(endpoint: &str, client_id: &str, request_uri: &str) -> String {
    with_query(endpoint, &replaced("", &[], &[("client_id", client_id), ("request_uri", request_uri)]))
}

/// Why a pushed request was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.as_str())]
pub enum ParProblem {
    /// The provider cannot now (408, 425, 429, 5xx).
    Failing,
    /// The provider will not; its error code, where it is a known one.
    Refused(Option<&'static str>),
    /// What answered is no such endpoint.
    Unreadable,
}

impl ParProblem {
    /// For the operator.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "the provider takes no sign-ins at the moment",
            Self::Refused(_) => "the provider refused the pushed request",
            Self::Unreadable => "the answer to the pushed request is not to be read",
        }
    }
}

/// The `request_uri` in the answer to a pushed request (RFC 9126 §2.2).
///
/// # Errors
/// [`ParProblem`]; never the provider's own words.
pub fn read_par(status: u16, body: &str) -> Result<String, ParProblem> {
    if matches!(status, 408 | 425 | 429 | 500..) {
        return Err(ParProblem::Failing);
    }
    let answer = if body.len() > MAX_LENGTH { None } else { read_json(body) };
    let text = |key: &str| answer.as_ref()?.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    match status {
        200 | 201 => text("request_uri").map(str::to_owned).ok_or(ParProblem::Unreadable),
        400..500 => Err(match text("error").map(known_error) {
            Some(Some(KnownError { name, .. })) => ParProblem::Refused(Some(name)),
            Some(None) => ParProblem::Refused(None),
            None => ParProblem::Unreadable,
        }),
        _ => Err(ParProblem::Unreadable),
    }
}
