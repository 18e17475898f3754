//! A session that a cookie holds. Nothing here can read it, so only the provider tells, by its answer to `user_info`, whether
//! it is there.
//!
//! ```text
//! start-up  ask --> the user: signed in      no: signed out; with a record of a session, a refresh is tried first
//! sign-in   granted --> ask --> the user: signed in      no: the browser did not keep the cookie
//! sign-out  noted until the provider has confirmed it
//! ```
//! **Never** does a session come back after sign-out: as long as the note is there, the next page signs out again instead of
//! asking. The browser has one cookie for all tabs, so a sign-out that was late ends nothing of somebody else's: what is
//! in storage tells who is signed in.

use super::Step;
use crate::session::{
    event::{Ask, CallerId, Effect, NoToken, Outcome, RequestId},
    protocol::Grant,
    state::{Revocation, SignInProblem, SignedOut, State},
    time::Timestamp,
    tokens::{StoredSession, Tokens},
};

impl Step<'_> {
    /// Nothing is stored, and a cookie may be there all the same.
    pub(super) fn start_by_cookie(&mut self, provider: &str, waiting: Vec<CallerId>) {
        if self.session.owes_sign_out {
            self.session.state = State::SignedOut(SignedOut::default());
            self.answer_all(waiting, &Err(NoToken::SignedOut));
            return self.revoke(Tokens::in_cookie(self.now));
        }
        let request = self.ask_who(&Grant::in_cookie(provider.to_owned(), self.now));
        self.session.state = State::Starting { waiting, probe: Some(request) };
    }

    pub(super) fn start_answered(&mut self, outcome: Outcome, waiting: Vec<CallerId>) {
        match (outcome, &self.session.rules.cookie_of) {
            (Outcome::User(user), Some(provider)) if !self.session.owes_sign_out => {
                let grant = Grant { user: Some(user), ..Grant::in_cookie((**provider).to_owned(), self.now) };
                self.signed_in(grant, waiting);
            }
            // Nobody knows of a session: the form is more use than a wait for what may not be there.
            (
                Outcome::User(_)
                | Outcome::Refused
                | Outcome::Ended
                | Outcome::Later { .. }
                | Outcome::RateLimited { .. }
                | Outcome::Failing { .. }
                | Outcome::Unintelligible { .. }
                | Outcome::Walled
                | Outcome::Offline
                | Outcome::Unreachable
                | Outcome::TimedOut
                | Outcome::Granted(_)
                | Outcome::Challenged(_)
                | Outcome::Unreturned(_)
                | Outcome::Revoked,
                _,
            ) => {
                self.session.state = State::SignedOut(SignedOut::default());
                self.answer_all(waiting, &Err(NoToken::SignedOut));
            }
        }
    }

    /// The provider has signed somebody in; the browser may refuse to keep the cookie, as it does with those of other sites.
    pub(super) fn ask_for_cookie(&mut self, grant: Grant, out: SignedOut) {
        let request = self.ask_who(&grant);
        let SignedOut { challenge, reason, .. } = out;
        self.session.state = State::SigningIn { request, challenge, reason, granted: Some(Box::new(grant)) };
    }

    pub(super) fn cookie_answered(&mut self, outcome: Outcome, grant: Grant, mut out: SignedOut) {
        match outcome {
            Outcome::User(user) => self.signed_in(Grant { user: Some(user), ..grant }, Vec::new()),
            Outcome::Refused | Outcome::Ended if grant.is_said => {
                out.problem = Some(SignInProblem::CookieNotKept);
                self.session.state = State::SignedOut(out);
            }
            other => self.sign_in_answered(other, out),
        }
    }

    fn ask_who(&mut self, grant: &Grant) -> RequestId {
        let tokens = Tokens { refresh_token: grant.refresh_token.clone(), ..Tokens::in_cookie(self.now) };
        let (provider, signed_in_at) = (grant.provider.clone(), self.now);
        let session = StoredSession { provider, generation: 0, signed_in_at, tokens, user: None, only_here: false };
        let request = self.next_request(Timestamp::default());
        self.effects.push(Effect::Send { request, ask: Ask::UserInfo { session } });
        request
    }

    /// Where a cookie holds the session.
    pub(super) fn note_sign_out(&mut self, is_owed: bool) {
        if self.session.rules.cookie_of.is_some() {
            self.session.owes_sign_out = is_owed;
            self.effects.push(Effect::NoteSignOut { is_owed });
        }
    }

    /// What the provider did not confirm is said again when the network is back.
    pub(super) fn sign_out_again(&mut self) {
        if let State::SignedOut(out) = &self.session.state
            && out.revocation == Revocation::Failed
            && self.session.owes_sign_out
        {
            self.revoke(Tokens::in_cookie(self.now));
        }
    }
}
