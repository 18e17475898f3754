//! The ends of a session: signed out here or elsewhere, ended by the provider or its expiry, or by the config (age, idle
//! time); and who of all tabs tells the provider.

use super::Step;
use crate::session::{
    event::{Ask, Effect, NoToken, Settled},
    known::Left,
    state::{Revocation, SignedIn, SignedOut, SignedOutReason, State},
    time::Timestamp,
    tokens::{Replaces, Tokens},
};

/// So many sessions that were left are remembered.
const MAX_LEFT: usize = 4;

impl Step<'_> {
    pub(super) fn sign_out_requested(&mut self) {
        let (tokens, replaces) = match &self.session.state {
            State::SignedIn(SignedIn { session, .. }) => (session.tokens.clone(), Replaces::whole_session(session)),
            State::SigningIn { .. } => return self.challenge_abandoned(),
            // Twice in a row, or before anything is known: `Started` is about to tell.
            State::SignedOut(_) | State::Starting { .. } => return,
        };
        // First this browser forgets, then the provider is told: it must not depend on a network. **Never** is
        // somebody else's session touched, who has signed in in another tab meanwhile.
        self.clear(replaces);
        self.leave_quietly(SignedOutReason::Here);
        if let State::SignedOut(out) = &mut self.session.state
            && self.session.rules.ends_at_provider
        {
            out.farewell = Some(tokens.clone());
        }
        if tokens.access_token.is_in_cookie() {
            // The browser has one cookie for all tabs: it may be somebody else's by now, which storage is about to tell.
            self.owe(tokens);
        } else if self.session.rules.revokes {
            self.revoke(tokens);
        } else if let State::SignedOut(out) = &mut self.session.state {
            out.revocation = Revocation::Impossible;
        }
        self.say_farewell();
    }

    /// The provider's own page comes last: its tokens are revoked, or nobody can tell it to revoke them.
    pub(super) fn say_farewell(&mut self) {
        if let State::SignedOut(out) = &mut self.session.state
            && !matches!(out.revocation, Revocation::UnderWay(_))
            && let Some(tokens) = out.farewell.take()
        {
            self.effects.push(Effect::EndProviderSession { tokens });
        }
    }

    pub(super) fn signed_out_at_provider(&mut self) {
        // In any other state somebody is signed in again, or about to be.
        if let State::SignedOut(out) = &mut self.session.state {
            out.reason = Some(SignedOutReason::Here);
        }
    }

    fn owe(&mut self, tokens: Tokens) {
        if let State::SignedOut(out) = &mut self.session.state
            && self.session.rules.revokes
        {
            out.owed = Some(tokens);
        }
    }

    /// Tells the provider, and the page what became of it.
    pub(super) fn revoke(&mut self, tokens: Tokens) {
        let request = self.next_request(Timestamp::default());
        if let State::SignedOut(out) = &mut self.session.state {
            out.revocation = Revocation::UnderWay(request);
        }
        self.note_sign_out(true);
        self.effects.push(Effect::Send { request, ask: Ask::Revoke { tokens } });
    }

    /// The session has come to the end that the config sets it. All tabs see that; the one that removes the record
    /// tells the provider.
    pub(super) fn leave_and_revoke(&mut self, reason: SignedOutReason) {
        let State::SignedIn(SignedIn { session, is_unsaved, .. }) = &self.session.state else { return };
        let (session, is_unsaved) = (session.clone(), *is_unsaved);
        self.clear(Replaces::whole_session(&session));
        self.leave_quietly(reason);
        if is_unsaved && self.session.rules.revokes {
            // Nobody else knows these tokens.
            self.revoke(session.tokens);
        } else {
            self.owe(session.tokens);
        }
    }

    /// A record was to be removed.
    pub(super) fn clearing_settled(&mut self, settled: Settled) {
        let is_here = matches!(&self.session.state, State::SignedOut(out) if out.reason == Some(SignedOutReason::Here));
        let owed = if let State::SignedOut(out) = &mut self.session.state { out.owed.take() } else { None };
        match (settled, owed) {
            (Settled::Done | Settled::InMemory, Some(tokens)) => self.revoke(tokens),
            (Settled::Conflict { stored: None }, Some(tokens)) if tokens.access_token.is_in_cookie() && is_here => {
                self.revoke(tokens);
            }
            // It had been replaced by somebody else's.
            (Settled::Conflict { stored: Some(stored) }, owed) => {
                self.storage_changed(Some(stored));
                if let Some(tokens) = owed {
                    self.revoke_late(tokens);
                }
            }
            // The provider is told already, or by another tab, or there is nothing to tell.
            (Settled::Done | Settled::InMemory, None) | (Settled::Conflict { stored: None }, _) => {}
        }
    }

    /// The record is gone: somebody signed out, or it reached its end and another tab was first to see that.
    pub(super) fn removed_by_another_tab(&mut self) {
        let reason = self.end_by_config().unwrap_or(SignedOutReason::Elsewhere);
        self.leave_quietly(reason);
    }

    /// The end that the config sets the session, if it has come.
    pub(super) fn end_by_config(&self) -> Option<SignedOutReason> {
        let has_come = |at: Option<Timestamp>| at.is_some_and(|at| self.now >= at);
        if has_come(self.session.signed_in()?.ends_at(&self.session.rules)) {
            return Some(SignedOutReason::TooOld);
        }
        has_come(self.session.idle_ends_at()).then_some(SignedOutReason::Idle)
    }

    /// The session is over: clears what is stored of it.
    pub(super) fn leave(&mut self, reason: SignedOutReason) {
        let Some(session) = self.session.signed_in() else { return };
        let replaces = Replaces::session(session);
        self.clear(replaces);
        self.leave_quietly(reason);
    }

    pub(super) fn clear(&mut self, replaces: Replaces) {
        self.effects.push(Effect::ClearStore { replaces, forgets_kept: self.session.rules.clears_store });
    }

    /// The session is over, and storage is somebody else's business.
    pub(super) fn leave_quietly(&mut self, reason: SignedOutReason) {
        self.release_lock_of_current();
        if let Some(session) = self.session.signed_in() {
            let left = Left {
                signed_in_at: session.signed_in_at,
                up_to_generation: match reason {
                    SignedOutReason::Here
                    | SignedOutReason::Elsewhere
                    | SignedOutReason::TooOld
                    | SignedOutReason::Idle => None,
                    SignedOutReason::Ended | SignedOutReason::Expired => Some(session.generation),
                },
                is_hearsay: reason == SignedOutReason::Elsewhere,
            };
            // What others have left behind since has been heard of everywhere.
            if self.session.left.len() >= MAX_LEFT {
                self.session.left.remove(0);
            }
            self.session.left.push(left);
        }
        if self.session.rules.idle_timeout_ms.is_some() {
            // Also by who only hears of the end: they may have noted something a moment too late.
            self.effects.push(Effect::NoteActivity { at: None });
        }
        let out = State::SignedOut(SignedOut { reason: Some(reason), ..SignedOut::default() });
        if let State::SignedIn(signed_in) = std::mem::replace(&mut self.session.state, out) {
            self.answer_all(signed_in.waiting, &Err(NoToken::SignedOut));
        }
    }

    pub(super) fn revoke_late(&mut self, tokens: Tokens) {
        if tokens.access_token.is_in_cookie() {
            // The one cookie is the current session's, or is about to be. That it is owed was noted when it was left.
            if matches!(self.session.state, State::SignedOut(_)) {
                self.revoke(tokens);
            }
        } else if self.session.rules.revokes {
            let request = self.next_request(Timestamp::default());
            self.effects.push(Effect::Send { request, ask: Ask::Revoke { tokens } });
        }
    }
}
