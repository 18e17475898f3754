//! What the login page says: notices about what happened, messages about what went wrong.
//!
//! The provider's own text is never shown, and an unknown user and a wrong password are one sentence.

use super::{
    markup::{Markup, el, p},
    text,
    watch::derived,
};
use crate::session::{SessionView, SignInProblem, SignedOutReason};
use leptos::prelude::*;

/// What the notice says, as the view stands.
pub fn notices(view: &SessionView, is_storage_blocked: bool) -> Vec<&'static str> {
    let reason = view.reason.map(|reason| match reason {
        SignedOutReason::Here if view.is_revocation_unconfirmed => text::REVOCATION_UNCONFIRMED,
        SignedOutReason::Here => text::SIGNED_OUT,
        SignedOutReason::Elsewhere => text::SIGNED_OUT_ELSEWHERE,
        SignedOutReason::Ended | SignedOutReason::Expired | SignedOutReason::TooOld => text::SESSION_ENDED,
    });
    // A revocation can also fail for a session that was never shown here.
    let other = (view.reason != Some(SignedOutReason::Here) && view.is_revocation_unconfirmed)
        .then_some(text::REVOCATION_UNCONFIRMED);
    reason.into_iter().chain(other).chain(is_storage_blocked.then_some(text::STORAGE_BLOCKED)).collect()
}

/// What went wrong, in words.
pub fn message(problem: &SignInProblem, is_challenge: bool, left: Memo<u64>) -> Vec<Markup> {
    let sentence = match problem {
        SignInProblem::Refused if is_challenge => text::CODE_REFUSED,
        SignInProblem::Refused => text::REFUSED,
        SignInProblem::RateLimited { .. } => return vec![rate_limited(left)],
        SignInProblem::Offline => text::OFFLINE,
        SignInProblem::Unreachable => text::UNREACHABLE,
        SignInProblem::TimedOut => text::TIMED_OUT,
        SignInProblem::Failing => text::FAILING,
        SignInProblem::Misconfigured { detail } => {
            return vec![p(text::MISCONFIGURED), p(&text::operator_detail(detail)).class("detail")];
        }
    };
    vec![p(sentence)]
}

/// The ticking number is a region of its own that is not read out each second.
fn rate_limited(left: Memo<u64>) -> Markup {
    let is_over = derived(move || left.get() == 0);
    el("div").live(move || {
        if is_over.get() {
            return vec![p(text::RATE_LIMIT_OVER)];
        }
        let timer =
            el("span").attrs(&[("role", "timer"), ("aria-live", "off")]).live_text(move || text::seconds(left.get()));
        vec![p(text::RATE_LIMITED).child(timer).text(".")]
    })
}
