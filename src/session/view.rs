//! What the UI may know of a session: everything that a page shows, no token, and nothing to decide.

use super::{
    state::{Refresh, Revocation, Session, SignInProblem, SignedOutReason, State, UserInfo},
    time::Timestamp,
};
use serde_json::Value;
use std::fmt;

/// What the guard reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gate {
    /// Not known yet: a skeleton.
    #[default]
    Pending,
    /// Show the page.
    Open,
    /// Lead to the login page.
    Closed,
}

/// What the UI may know of a session: no token, and nothing to decide. Its `Debug` leaves the user out.
#[expect(clippy::struct_excessive_bools, reason = "a view: each is one thing that a page shows or not")]
#[derive(Clone, Default, PartialEq)]
pub struct SessionView {
    /// For the guard.
    pub gate: Gate,
    /// Tells one session from another, and stays the same through refreshes.
    pub session: Option<Timestamp>,
    /// The user, for display.
    pub user: Option<Value>,
    /// The user may still become known.
    pub is_user_pending: bool,
    /// A sign-in is under way.
    pub is_signing_in: bool,
    /// A second step is wanted.
    pub wants_challenge: bool,
    /// Why nobody is signed in any more.
    pub reason: Option<SignedOutReason>,
    /// What went wrong with the last sign-in.
    pub problem: Option<SignInProblem>,
    /// The last session's revocation was not confirmed.
    pub is_revocation_unconfirmed: bool,
    /// The last session cannot be revoked: only this browser has forgotten it.
    pub is_revocation_impossible: bool,
    /// The session cannot be refreshed at the moment; tried again then.
    pub retry_at: Option<Timestamp>,
    /// The session will not survive a reload.
    pub is_unsaved: bool,
    /// Nobody has been there for long: who does not answer is signed out then.
    pub idle_ends_at: Option<Timestamp>,
}

impl fmt::Debug for SessionView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionView")
            .field("gate", &self.gate)
            .field("session", &self.session)
            .field("is_signing_in", &self.is_signing_in)
            .field("wants_challenge", &self.wants_challenge)
            .field("reason", &self.reason)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// What the UI may know.
    #[must_use]
    pub fn view(&self) -> SessionView {
        let blank = SessionView { gate: Gate::Closed, ..SessionView::default() };
        match &self.state {
            State::Starting { .. } => SessionView { gate: Gate::Pending, ..blank },
            State::SignedOut(out) => SessionView {
                reason: out.reason,
                problem: out.problem.clone(),
                wants_challenge: out.challenge.is_some(),
                is_revocation_unconfirmed: out.revocation == Revocation::Failed,
                is_revocation_impossible: out.revocation == Revocation::Impossible,
                ..blank
            },
            State::SigningIn { challenge, reason, .. } => {
                SessionView { is_signing_in: true, wants_challenge: challenge.is_some(), reason: *reason, ..blank }
            }
            State::SignedIn(signed_in) => SessionView {
                gate: if signed_in.is_confirmed { Gate::Open } else { Gate::Pending },
                session: Some(signed_in.session.signed_in_at),
                user: signed_in.session.user.clone(),
                is_user_pending: signed_in.user_info != UserInfo::Settled,
                retry_at: match signed_in.refresh {
                    Refresh::BackingOff { until, .. } => Some(until),
                    Refresh::Idle
                    | Refresh::AwaitingLock
                    | Refresh::InFlight { .. }
                    | Refresh::Saving { .. }
                    | Refresh::Probing { .. }
                    | Refresh::Refused => None,
                },
                is_unsaved: signed_in.is_unsaved,
                idle_ends_at: self.idle_ends_at().filter(|_| signed_in.is_warned),
                ..blank
            },
        }
    }
}
