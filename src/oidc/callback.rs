//! The answer at the redirect path: what the provider says, and what becomes of the sign-in (RFC 6749 §4.1.2, RFC 9207).
//!
//! The address bar can be written by anybody. So nothing of it is believed before its state has led to a pending record, and
//! nothing of it is ever shown: an error code is looked up in a table, and the table's own words are used.

use super::form::parameter;
use super::put;
use super::{NotTaken, Pending, Pendings, Settings, Way};
use crate::config::write_json;
use crate::session::Timestamp;
use serde_json::{Map, Value};
use std::fmt;

/// What the query string of the redirect path says. A parameter given twice counts as absent.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Callback {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback(redacted)")
    }
}

impl Callback {
    /// Reads a query string without its `?`.
    #[must_use]
    pub fn read(query: &str) -> Self {
        let read = |name| parameter(query, name);
        Self { code: read("code"), state: read("state"), iss: read("iss"), error: read("error") }
    }

    /// The state, where there is one: whoever opened this window is asked for it.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// How the person went to the provider, by the state's own word.
    #[must_use]
    pub fn way(&self) -> Option<Way> {
        Way::of_state(self.state()?)
    }
}

/// What stands in the way of a sign-in, as far as somebody acts on it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The person does not want to after all.
    Cancelled,
    /// It took longer than ten minutes.
    Lapsed,
    /// This answer was used already.
    Used,
    /// No sign-in of this tab: another tab's, or forged.
    Stray,
    /// The provider cannot at the moment.
    Failing,
    /// There is no way to the provider.
    Unreachable,
    /// Nothing came in time.
    TimedOut,
    /// The device's clock is off.
    Clock,
    /// Config and provider do not fit.
    Misconfigured,
    /// Nobody could be signed in without a question. What a silent attempt ends with when nobody is signed in at the provider.
    Silent,
}

impl Problem {
    /// The name that the page knows it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Lapsed => "lapsed",
            Self::Used => "used",
            Self::Stray => "stray",
            Self::Failing => "failing",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Clock => "clock",
            Self::Misconfigured => "misconfigured",
            Self::Silent => "silent",
        }
    }
}

/// What came of a sign-in that was begun.
#[derive(Clone, PartialEq, Eq)]
pub enum Arrival {
    /// The provider granted a code. The pending record is needed again when the ID token is checked.
    Granted {
        /// RFC 6749 §4.1.2.
        code: String,
        /// What was remembered.
        pending: Pending,
    },
    /// It did not, or the answer cannot be believed.
    Failed {
        /// What happened.
        problem: Problem,
        /// For the operator: our own words, or an error code that is known.
        detail: Option<String>,
        /// Where the person wanted to go.
        return_to: Option<String>,
    },
    /// Whoever opened this window took the answer over.
    Relayed,
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Granted { pending, .. } => f.debug_tuple("Granted").field(pending).finish(),
            Self::Failed { problem, detail, .. } => f.debug_tuple("Failed").field(problem).field(detail).finish(),
            Self::Relayed => f.write_str("Relayed"),
        }
    }
}

impl Arrival {
    /// A sign-in that came to nothing.
    #[must_use]
    pub fn failed(problem: Problem, detail: Option<&str>, return_to: Option<String>) -> Self {
        Self::Failed { problem, detail: detail.map(str::to_owned), return_to }
    }

    /// What the page is told. It holds secrets.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut arrival = Map::new();
        let return_to = match self {
            Self::Granted { code, pending } => {
                let mut form = Map::new();
                put(&mut form, "code", code.as_str());
                put(&mut form, "code_verifier", pending.code_verifier.as_str());
                put(&mut form, "redirect_uri", pending.redirect_uri.as_str());
                put(&mut arrival, "form", Value::Object(form));
                &pending.return_to
            }
            Self::Failed { problem, detail, return_to } => {
                put(&mut arrival, "problem", problem.name());
                put(&mut arrival, "detail", detail.as_deref());
                return_to
            }
            Self::Relayed => {
                // Another page goes on with it: here there is nothing to say.
                put(&mut arrival, "problem", Problem::Silent.name());
                return write_json(&Value::Object(arrival));
            }
        };
        put(&mut arrival, "return_to", return_to.as_deref());
        write_json(&Value::Object(arrival))
    }
}

/// Decides what an answer means, and takes its pending record out. `sends_iss`: whether the provider's metadata announces that every
/// answer names its issuer; `None` where no metadata is known.
#[must_use]
pub fn arrive(
    pendings: &mut Pendings,
    callback: &Callback,
    settings: &Settings,
    sends_iss: Option<bool>,
    now: Timestamp,
) -> Arrival {
    let Some(state) = callback.state() else {
        return Arrival::failed(Problem::Stray, None, None);
    };
    let pending = match pendings.take(state, now) {
        Ok(pending) => pending,
        Err(NotTaken::Used) => return Arrival::failed(Problem::Used, None, None),
        Err(NotTaken::Stray) => return Arrival::failed(Problem::Stray, None, None),
        Err(NotTaken::Lapsed(pending)) => return Arrival::failed(Problem::Lapsed, None, pending.return_to),
    };
    // Each provider has a redirect path of its own: an answer at another's is a mix-up (RFC 9700 §4.4.2.2).
    if pending.path != settings.path || pending.issuer != settings.issuer {
        return Arrival::failed(Problem::Stray, None, pending.return_to);
    }
    let failed = |problem, detail| Arrival::failed(problem, detail, pending.return_to.clone());
    // RFC 9207 §2.4: compared byte for byte, and MUST be rejected when it differs; error answers too.
    if callback.iss.as_ref().is_some_and(|iss| *iss != pending.issuer) {
        return failed(Problem::Misconfigured, Some("the answer names another issuer than the config"));
    }
    if let Some(code) = &callback.error {
        return match known_error(code) {
            Some(error) if error.problem == Problem::Misconfigured => failed(error.problem, Some(error.name)),
            Some(error) => failed(error.problem, None),
            None => {
                failed(Problem::Misconfigured, Some("the provider refused with an error code that is not a known one"))
            }
        };
    }
    // Nothing is granted by an error, so only a code has to say whose it is where that was announced.
    if callback.iss.is_none() && sends_iss == Some(true) {
        return failed(
            Problem::Misconfigured,
            Some("the answer does not name its issuer, though the metadata says that all do"),
        );
    }
    match &callback.code {
        Some(code) => Arrival::Granted { code: code.clone(), pending },
        None => failed(Problem::Misconfigured, Some("the answer has neither a code nor an error")),
    }
}

/// An error code that a provider may send, and what it means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownError {
    /// As it is registered.
    pub name: &'static str,
    /// What the person is told.
    pub problem: Problem,
}

/// The codes of RFC 6749 §4.1.2.1 and §5.2, OpenID Connect Core §3.1.2.6, RFC 8707, 9101, 9126, 9396, 9449 and 9470.
const KNOWN_ERRORS: [(&str, Problem); 26] = [
    ("access_denied", Problem::Cancelled),
    ("server_error", Problem::Failing),
    ("temporarily_unavailable", Problem::Failing),
    ("login_required", Problem::Silent),
    ("interaction_required", Problem::Silent),
    ("consent_required", Problem::Silent),
    ("account_selection_required", Problem::Silent),
    ("invalid_request", Problem::Misconfigured),
    ("unauthorized_client", Problem::Misconfigured),
    ("unsupported_response_type", Problem::Misconfigured),
    ("invalid_scope", Problem::Misconfigured),
    ("invalid_client", Problem::Misconfigured),
    ("invalid_grant", Problem::Misconfigured),
    ("unsupported_grant_type", Problem::Misconfigured),
    ("invalid_request_uri", Problem::Misconfigured),
    ("invalid_request_object", Problem::Misconfigured),
    ("request_not_supported", Problem::Misconfigured),
    ("request_uri_not_supported", Problem::Misconfigured),
    ("registration_not_supported", Problem::Misconfigured),
    ("invalid_target", Problem::Misconfigured),
    ("invalid_authorization_details", Problem::Misconfigured),
    ("invalid_dpop_proof", Problem::Misconfigured),
    ("use_dpop_nonce", Problem::Misconfigured),
    ("insufficient_user_authentication", Problem::Misconfigured),
    ("unmet_authentication_requirements", Problem::Misconfigured),
    ("invalid_redirect_uri", Problem::Misconfigured),
];

/// The error that a code stands for, where it is a known one.
#[must_use]
pub fn known_error(code: &str) -> Option<KnownError> {
    let (name, problem) = KNOWN_ERRORS.iter().find(|(name, _)| *name == code)?;
    Some(KnownError { name, problem: *problem })
}
