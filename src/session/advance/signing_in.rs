//! From the form to a session: what a submit sends, and what its answer leads to.

use super::{Step, UNTOLD_RATE_LIMIT_MS};
use crate::session::{
    event::{Ask, CallerId, Effect, Form, Outcome},
    protocol::Grant,
    redirect::RedirectProblem,
    state::{SignInProblem, SignedOut, State},
    time::Timestamp,
    tokens::{Replaces, StoredSession},
};

impl Step<'_> {
    pub(super) fn sign_in_submitted(&mut self, form: Form, only_here: bool) {
        let State::SignedOut(out) = &mut self.session.state else {
            // Starting: it is not known yet that nobody is signed in. SigningIn: two clicks are one request. SignedIn: done.
            return;
        };
        if matches!(out.problem, Some(SignInProblem::RateLimited { until }) if self.now < until) {
            return;
        }
        let challenge = out.challenge.take();
        let reason = out.reason;
        self.session.only_here = only_here;
        let request = self.next_request(Timestamp::default());
        self.session.state = State::SigningIn { request, challenge: challenge.clone(), reason, granted: None };
        self.effects.push(Effect::Send { request, ask: Ask::SignIn { form, challenge } });
    }

    pub(super) fn challenge_abandoned(&mut self) {
        match &mut self.session.state {
            State::SignedOut(out) => {
                out.challenge = None;
                out.problem = None;
            }
            // Its answer, if it comes, is a late one and is revoked.
            State::SigningIn { reason, granted, .. } => {
                let granted = granted.take();
                self.session.state = State::SignedOut(SignedOut { reason: *reason, ..SignedOut::default() });
                self.note_sign_out(true);
                if let Some(grant) = granted {
                    self.revoke_late(grant.into_tokens(None, self.now).0);
                }
            }
            // No challenge is shown in these.
            State::Starting { .. } | State::SignedIn(_) => {}
        }
    }

    pub(super) fn sign_in_answered(&mut self, outcome: Outcome, mut out: SignedOut) {
        let problem = match outcome {
            // The cookie of a session that is still to be signed out would answer for this one.
            Outcome::Granted(grant) if !grant.is_said && self.session.owes_sign_out => SignInProblem::Failing,
            Outcome::Granted(grant) if grant.access_token.is_in_cookie() => return self.ask_for_cookie(grant, out),
            Outcome::Granted(grant) => return self.signed_in(grant, Vec::new()),
            Outcome::Challenged(next) => {
                // The same question again: the answer was wrong.
                out.problem = out.challenge.replace(next).map(|_| SignInProblem::Refused);
                self.session.state = State::SignedOut(out);
                return;
            }
            // What is refused is the code: it was too old, or was used.
            Outcome::Refused | Outcome::Ended if self.session.rules.has_redirect => {
                SignInProblem::Redirect(RedirectProblem::Lapsed)
            }
            Outcome::Unreturned(RedirectProblem::Silent) => {
                self.session.state = State::SignedOut(out);
                return;
            }
            Outcome::Unreturned(problem) => {
                // A second step that came too late begins with the first.
                out.challenge = None;
                SignInProblem::Redirect(problem)
            }
            // `Ended`: a code that would end a session refuses a sign-in just the same.
            Outcome::Refused | Outcome::Ended => SignInProblem::Refused,
            Outcome::RateLimited { retry_at } => SignInProblem::RateLimited {
                until: self.bounded(retry_at).unwrap_or_else(|| self.now.after_ms(UNTOLD_RATE_LIMIT_MS)),
            },
            Outcome::Later { .. } | Outcome::Failing { .. } => SignInProblem::Failing,
            Outcome::Unintelligible { detail } => SignInProblem::Misconfigured { detail },
            Outcome::Walled | Outcome::Unreachable => SignInProblem::Unreachable,
            // A code is good for once, and somebody has to go and get another: nothing that could be tried again unasked.
            Outcome::Offline if self.session.rules.has_redirect => SignInProblem::Unreachable,
            Outcome::Offline => SignInProblem::Offline,
            Outcome::TimedOut => SignInProblem::TimedOut,
            Outcome::User(_) | Outcome::Revoked => {
                SignInProblem::Misconfigured { detail: "the answer to another request".into() }
            }
        };
        out.problem = Some(problem);
        self.session.state = State::SignedOut(out);
    }

    pub(super) fn signed_in(&mut self, grant: Grant, waiting: Vec<CallerId>) {
        let provider = grant.provider.clone();
        let (tokens, user, kept) = grant.into_tokens(None, self.now);
        // Newer than any generation before it, also of an earlier session, and by the clock also
        // than what other tabs have seen.
        let generation = self.session.newest_generation.saturating_add(1).max(self.now.0);
        let only_here = self.session.only_here;
        let session = StoredSession { provider, generation, signed_in_at: self.now, tokens, user, only_here };
        self.effects.push(Effect::Store { session: session.clone(), replaces: Replaces::Anything });
        if !kept.0.is_empty() {
            self.effects.push(Effect::Keep { values: kept });
        }
        self.note_sign_out(false);
        self.admit(session, waiting);
        self.note_activity();
    }
}
