//! One refresh at a time: the lock, the request, the compare-and-set, the back-off; and the probe where there is no
//! refresh.

use super::{MAX_BACK_OFF_MS, MIN_BACK_OFF_MS, Step};
use crate::session::{
    event::{Ask, Effect, Jitter, Outcome, Settled},
    protocol::Grant,
    redirect::RedirectProblem,
    state::{Refresh, SignedOutReason, State},
    time::Timestamp,
    tokens::{Freshness, Replaces, StoredSession},
};

impl Step<'_> {
    pub(super) fn lock_acquired(&mut self, stored: Option<StoredSession>, not_before: Timestamp) {
        let now = self.now;
        let rules = self.session.rules.clone();
        let State::SignedIn(signed_in) = &mut self.session.state else {
            // Signed out while waiting for it.
            return self.effects.push(Effect::ReleaseLock);
        };
        if !matches!(signed_in.refresh, Refresh::AwaitingLock) {
            // Answered otherwise while waiting. A lock held for a request under way stays ours.
            if !signed_in.refresh.holds_lock() {
                self.effects.push(Effect::ReleaseLock);
            }
            return;
        }
        match stored {
            None if !signed_in.is_unsaved => return self.removed_by_another_tab(),
            Some(stored) if !stored.is_same_session(&signed_in.session) && !signed_in.is_unsaved => {
                let ours = signed_in.session.signed_in_at;
                self.storage_changed(Some(stored));
                if let State::SignedIn(signed_in) = &mut self.session.state
                    && signed_in.session.signed_in_at == ours
                {
                    // Ours is put back. **Never** a wait without an end: the lock is asked for anew.
                    signed_in.refresh = Refresh::Idle;
                    self.effects.push(Effect::ReleaseLock);
                    self.look_at_the_clock();
                }
                return;
            }
            // Another tab was faster: its tokens are the only good ones.
            Some(stored)
                if stored.is_same_session(&signed_in.session) && stored.generation > signed_in.session.generation =>
            {
                self.adopt(stored);
            }
            // What we have already, or an older record that storage could not replace.
            Some(_) | None => {}
        }
        let State::SignedIn(signed_in) = &mut self.session.state else { return };
        if signed_in.freshness(&rules, now) == Freshness::Fresh {
            signed_in.refresh = Refresh::Idle;
            self.effects.push(Effect::ReleaseLock);
            return self.settle_waiting();
        }
        if now < not_before {
            // The provider's answer to one tab is meant for all. Looked at again soon: a clock may have been wrong.
            let until = not_before.min(now.after_ms(MAX_BACK_OFF_MS));
            signed_in.refresh = Refresh::BackingOff { since: now, until, waits_for_network: false };
            self.effects.push(Effect::ReleaseLock);
            return self.settle_waiting();
        }
        let session = signed_in.session.clone();
        let request = self.next_request(session.signed_in_at);
        if let State::SignedIn(signed_in) = &mut self.session.state {
            signed_in.refresh = Refresh::InFlight { request };
        }
        // **Never** two refreshes with one refresh token: only here, inside the lock, after reading.
        self.effects.push(Effect::Send { request, ask: Ask::Refresh { session } });
    }

    pub(super) fn lock_unavailable(&mut self, jitter: Jitter) {
        let State::SignedIn(signed_in) = &mut self.session.state else { return };
        if matches!(signed_in.refresh, Refresh::AwaitingLock) {
            // Not the provider's word: nothing that other tabs should heed.
            self.back_off(None, true, jitter);
        }
    }

    pub(super) fn refresh_answered(&mut self, outcome: Outcome, jitter: Jitter) {
        let rules = self.session.rules.clone();
        let now = self.now;
        match outcome {
            Outcome::Granted(grant) => self.refreshed(grant),
            // Asked in a hidden frame, the provider knows of nobody: its word.
            Outcome::Unreturned(RedirectProblem::Silent | RedirectProblem::Cancelled) | Outcome::Ended => {
                self.leave(SignedOutReason::Ended);
            }
            Outcome::Refused => {
                let State::SignedIn(signed_in) = &mut self.session.state else { return };
                // Of a cookie nobody knows when it expires: an API has refused it, and now the provider.
                let is_over = rules.cookie_of.is_some() && signed_in.is_rejected;
                if is_over || signed_in.freshness(&rules, now) == Freshness::Expired {
                    return self.leave(SignedOutReason::Ended);
                }
                signed_in.refresh = Refresh::Refused;
                self.effects.push(Effect::ReleaseLock);
                self.settle_waiting();
            }
            Outcome::Later { retry_at } | Outcome::RateLimited { retry_at } | Outcome::Failing { retry_at } => {
                self.release_and_back_off(retry_at, false, jitter);
            }
            Outcome::Offline | Outcome::Unreachable | Outcome::TimedOut => {
                self.release_and_back_off(None, true, jitter);
            }
            // A challenge cannot be answered without the person, who may not even be there; what is
            // not an answer to a refresh is no answer at all. **Never** does the session die of it.
            Outcome::Unintelligible { .. }
            | Outcome::Walled
            | Outcome::Challenged(_)
            | Outcome::User(_)
            | Outcome::Unreturned(
                RedirectProblem::Lapsed
                | RedirectProblem::Used
                | RedirectProblem::Stray
                | RedirectProblem::Clock
                | RedirectProblem::Passkey,
            )
            | Outcome::Revoked => self.release_and_back_off(None, false, jitter),
        }
    }

    pub(super) fn refreshed(&mut self, grant: Grant) {
        let now = self.now;
        let State::SignedIn(signed_in) = &mut self.session.state else { return };
        let old = &signed_in.session;
        let replaces = Replaces::session(old);
        // **Never** a good token overwritten with nothing: what the answer leaves out is kept.
        let (tokens, user, mut kept) = grant.into_tokens(Some(&old.tokens), now);
        kept.0.retain(|(_, value)| value.is_some());
        let session = StoredSession {
            provider: old.provider.clone(),
            generation: old.generation.saturating_add(1),
            signed_in_at: old.signed_in_at,
            tokens,
            user: user.or_else(|| old.user.clone()),
            only_here: old.only_here,
        };
        signed_in.refresh = Refresh::Saving { session: Box::new(session.clone()), kept };
        self.effects.push(Effect::Store { session, replaces });
    }

    pub(super) fn store_settled(&mut self, settled: Settled) {
        let State::SignedIn(signed_in) = &mut self.session.state else {
            return self.clearing_settled(settled);
        };
        let Refresh::Saving { session, kept } = &mut signed_in.refresh else {
            // The record of a sign-in, or of a user who became known.
            return match settled {
                Settled::Done => signed_in.is_unsaved = false,
                Settled::InMemory => signed_in.is_unsaved = true,
                Settled::Conflict { stored } => self.storage_changed(stored),
            };
        };
        let (session, kept) = (std::mem::replace(&mut **session, signed_in.session.clone()), std::mem::take(kept));
        signed_in.refresh = Refresh::Idle;
        match settled {
            Settled::Done | Settled::InMemory => {
                let is_unsaved = matches!(settled, Settled::InMemory);
                self.adopt(session);
                if let State::SignedIn(signed_in) = &mut self.session.state {
                    // A rotated refresh token that cannot be saved stays usable in memory.
                    signed_in.is_unsaved = is_unsaved;
                    signed_in.is_rejected = false;
                }
                if !kept.0.is_empty() {
                    self.effects.push(Effect::Keep { values: kept });
                }
                self.effects.push(Effect::ReleaseLock);
                self.look_at_the_clock();
            }
            Settled::Conflict { stored } => {
                // **Never** does a session come back after sign-out: storage has gone on without us.
                self.effects.push(Effect::ReleaseLock);
                let is_same = stored.as_ref().is_some_and(|stored| stored.is_same_session(&session));
                self.storage_changed(stored);
                match &mut self.session.state {
                    // Storage has gone on, with newer tokens of this very session.
                    _ if is_same => {}
                    // Ours stays, with the tokens that are good now.
                    State::SignedIn(signed_in) if signed_in.session.is_same_session(&session) => {
                        let is_unsaved = signed_in.is_unsaved;
                        if !is_unsaved {
                            let replaces = Replaces::session(&session);
                            self.effects.push(Effect::Store { session: session.clone(), replaces });
                        }
                        self.adopt(session);
                        if let State::SignedIn(signed_in) = &mut self.session.state {
                            signed_in.is_unsaved = is_unsaved;
                            signed_in.is_rejected = false;
                        }
                    }
                    State::SignedIn(_) | State::SignedOut(_) | State::SigningIn { .. } | State::Starting { .. } => {
                        self.revoke_late(session.tokens);
                    }
                }
                self.look_at_the_clock();
            }
        }
    }

    pub(super) fn release_and_back_off(
        &mut self,
        retry_at: Option<Timestamp>,
        waits_for_network: bool,
        jitter: Jitter,
    ) {
        self.effects.push(Effect::ReleaseLock);
        self.back_off(retry_at, waits_for_network, jitter);
    }

    pub(super) fn back_off(&mut self, retry_at: Option<Timestamp>, waits_for_network: bool, jitter: Jitter) {
        let now = self.now;
        let retry_at = self.bounded(retry_at);
        let State::SignedIn(signed_in) = &mut self.session.state else { return };
        let delay_ms = MIN_BACK_OFF_MS.saturating_mul(1 << signed_in.failures.min(6)).min(MAX_BACK_OFF_MS);
        let jittered_ms = delay_ms / 2 + delay_ms / 2 * u64::from(jitter.0) / 255;
        signed_in.failures = signed_in.failures.saturating_add(1);
        let until = now.after_ms(jittered_ms).max(retry_at.unwrap_or_default());
        signed_in.refresh = Refresh::BackingOff { since: now, until, waits_for_network };
        self.settle_waiting();
    }

    pub(super) fn went_online(&mut self) {
        if let State::SignedIn(signed_in) = &mut self.session.state
            && matches!(signed_in.refresh, Refresh::BackingOff { waits_for_network: true, .. })
        {
            signed_in.refresh = Refresh::Idle;
        }
        self.sign_out_again();
        self.look_at_the_clock();
    }

    pub(super) fn probe(&mut self) {
        let Some(session) = self.session.signed_in().cloned() else { return };
        let request = self.next_request(session.signed_in_at);
        if let State::SignedIn(signed_in) = &mut self.session.state {
            signed_in.refresh = Refresh::Probing { request };
        }
        self.effects.push(Effect::Send { request, ask: Ask::UserInfo { session } });
    }

    pub(super) fn probe_answered(&mut self, outcome: Outcome, jitter: Jitter) {
        match outcome {
            Outcome::Refused | Outcome::Ended => {
                if let State::SignedIn(signed_in) = &mut self.session.state
                    && signed_in.is_unproven
                    && signed_in.can_refresh(&self.session.rules, self.now)
                {
                    // The cookie that an API sees may be over, and the one that refreshes it still good.
                    signed_in.refresh = Refresh::AwaitingLock;
                    return self.effects.push(Effect::AcquireLock);
                }
                self.leave(SignedOutReason::Ended);
            }
            Outcome::User(_) => {
                if let State::SignedIn(signed_in) = &mut self.session.state {
                    signed_in.refresh = Refresh::Idle;
                    signed_in.is_unproven = false;
                    // The token is good: what the API refuses is between it and the caller.
                    signed_in.is_rejected = false;
                }
                self.user_answered(outcome);
                self.look_at_the_clock();
            }
            Outcome::RateLimited { retry_at } | Outcome::Later { retry_at } | Outcome::Failing { retry_at } => {
                self.back_off(retry_at, false, jitter);
            }
            Outcome::Offline | Outcome::Unreachable | Outcome::TimedOut => self.back_off(None, true, jitter),
            Outcome::Granted(_)
            | Outcome::Challenged(_)
            | Outcome::Revoked
            | Outcome::Unreturned(_)
            | Outcome::Unintelligible { .. }
            | Outcome::Walled => self.back_off(None, false, jitter),
        }
    }
}

impl Refresh {
    /// Whether the refresh lock is ours.
    pub(super) const fn holds_lock(&self) -> bool {
        match self {
            Self::InFlight { .. } | Self::Saving { .. } => true,
            Self::Idle | Self::AwaitingLock | Self::Probing { .. } | Self::BackingOff { .. } | Self::Refused => false,
        }
    }
}
