//! Signing in with a passkey (`WebAuthn`), as the session sees it: one more form of a submit.
//!
//! ```text
//! the button         -> SignInSubmitted { form: to be signed }    the shell brings what a device signs, or why there is none
//! the browser's list -> SignInSubmitted { form: what was signed } picked among what is filled in, while the form waits
//!        either way:    the configured `passkey.sign_in`, read like every sign-in
//! ```
//! What is signed and how it is asked for is no business of the machine; a program of its own does that (`browser/webauthn.rs`).

use super::{event::Form, protocol::Challenged};
use crate::config::read_json;
use serde_json::Value;

/// What a device has signed, as JSON; empty while that is still to be brought.
const PASSKEY: &str = "passkey";
/// The answer that asked for it, as JSON.
const OPTIONS: &str = "passkey_options";

/// The form of the button.
#[must_use]
pub fn to_be_signed() -> Form {
    Form(vec![(PASSKEY.into(), String::new())])
}

/// Whether a sign-in is by passkey.
#[must_use]
pub fn is_by(form: &Form) -> bool {
    form.value(PASSKEY).is_some()
}

/// Whether what a device signs is still to be brought.
#[must_use]
pub fn is_to_be_signed(form: &Form) -> bool {
    form.value(PASSKEY) == Some("")
}

/// What was signed, and the answer that asked for it: `passkey.*` and `challenge.*`.
#[must_use]
pub fn signed(form: &Form) -> Option<(Value, Challenged)> {
    Some((read_json(form.value(PASSKEY)?)?, Challenged(read_json(form.value(OPTIONS)?)?)))
}
