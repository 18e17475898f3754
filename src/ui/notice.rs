//! What the login page says: notices about what happened, messages about what went wrong.
//!
//! The provider's own text is never shown, and an unknown user and a wrong password are one sentence.

use super::{
    countdown::timed,
    markup::{Markup, el, p},
    text::{self, Text},
    watch::{Derived, is},
};
use crate::session::{RedirectProblem, SessionView, SignInProblem, SignedOutReason};

/// What the notice says, as the view stands.
pub fn notices(view: &SessionView, is_storage_blocked: bool) -> Vec<Text> {
    let mut notices = Vec::new();
    match view.reason {
        // What is said of an unconfirmed revocation says this too.
        Some(SignedOutReason::Here) if view.is_revocation_unconfirmed => {}
        Some(SignedOutReason::Here) if view.is_revocation_impossible => notices.push(text::ONLY_HERE),
        Some(SignedOutReason::Here) => notices.push(text::SIGNED_OUT),
        Some(SignedOutReason::Elsewhere) => notices.push(text::SIGNED_OUT_ELSEWHERE),
        Some(SignedOutReason::Idle) => notices.push(text::IDLE_ENDED),
        Some(SignedOutReason::Ended | SignedOutReason::Expired | SignedOutReason::TooOld) => {
            notices.push(text::SESSION_ENDED);
        }
        None => {}
    }
    // A revocation can also fail for a session that was never shown here.
    if view.is_revocation_unconfirmed {
        notices.push(text::REVOCATION_UNCONFIRMED);
    }
    if is_storage_blocked {
        notices.push(text::STORAGE_BLOCKED);
    }
    notices
}

/// What went wrong, in words.
pub fn message(problem: &SignInProblem, is_challenge: bool, left: Derived<u64>) -> Vec<Markup> {
    let sentence = match problem {
        SignInProblem::Refused if is_challenge => text::CODE_REFUSED,
        SignInProblem::Refused => text::REFUSED,
        SignInProblem::RateLimited { .. } => return vec![rate_limited(left)],
        SignInProblem::Offline => text::OFFLINE,
        SignInProblem::Unreachable => text::UNREACHABLE,
        SignInProblem::TimedOut => text::TIMED_OUT,
        SignInProblem::Failing => text::FAILING,
        SignInProblem::CookieNotKept => text::COOKIE_NOT_KEPT,
        SignInProblem::Redirect(problem) => match problem {
            RedirectProblem::Cancelled => text::CANCELLED,
            RedirectProblem::Lapsed => text::LAPSED,
            RedirectProblem::Used => text::USED,
            RedirectProblem::Stray => text::STRAY,
            RedirectProblem::Clock => text::WRONG_CLOCK,
            RedirectProblem::Passkey => text::PASSKEY_REFUSED,
            RedirectProblem::Silent => return Vec::new(),
        },
        SignInProblem::Misconfigured { detail } => {
            return vec![p(text::MISCONFIGURED), p(text::FOR_OPERATOR.with(detail)).class("detail")];
        }
    };
    vec![p(sentence)]
}

fn rate_limited(left: Derived<u64>) -> Markup {
    let is_over = is(move || left.get() == 0);
    el("div").live(move || {
        if is_over.get() {
            return vec![p(text::RATE_LIMIT_OVER)];
        }
        vec![timed(el("p"), text::RATE_LIMITED, left)]
    })
}
