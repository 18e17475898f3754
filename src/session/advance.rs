//! The only place that decides: (session, event, now) -> session and effects.
//!
//! ```text
//!             Started{none}                 Granted
//!  Starting ---------------> SignedOut --> SigningIn ----> SignedIn --------.
//!     |                        ^  ^   <--- Refused, ...      |  ^           |
//!     |  Started{some}         |  '------ ended, signed out -'  |           |
//!     '--------------------------------------------------------'            |
//!                                                                           |
//!  within SignedIn:  Idle -> AwaitingLock -> InFlight -> Saving -> Idle     |
//!                      ^          |             |           '- conflict: adopt or leave
//!                      '----- BackingOff <------'  Refused: kept until it expires
//! ```
//!
//! It is total: every pair of state and event has an arm, and one that cannot be is listed with
//! why it is ignored. Nothing panics. What is never allowed to happen stands as **Never** beside the
//! line that prevents it; `tests/session/` tries each.

#![allow(clippy::match_same_arms, reason = "each pair of state and event has its own arm, and its own why")]

mod cookies;
mod idling;
mod leaving;
mod refreshing;
mod signing_in;

use super::{
    event::{Ask, CallerId, Effect, Event, Jitter, NoToken, Outcome, RequestId},
    state::{Refresh, Revocation, Session, SignedIn, SignedOut, SignedOutReason, State, UserInfo},
    time::Timestamp,
    tokens::{AccessToken, Freshness, Replaces, StoredSession},
};

/// The first delay of the back-off; doubles up to [`MAX_BACK_OFF_MS`].
const MIN_BACK_OFF_MS: u64 = 1000;
/// The longest delay of the back-off.
const MAX_BACK_OFF_MS: u64 = 60_000;
/// A `Retry-After` further away is taken as this: nobody waits a year for a typo.
const MAX_RETRY_AFTER_MS: u64 = 24 * 60 * 60 * 1000;
/// A user who could not be asked for is asked for again after this long.
const USER_AGAIN_MS: u64 = 5000;
/// A 429 that does not say how long to wait.
const UNTOLD_RATE_LIMIT_MS: u64 = 30_000;

impl Session {
    /// Hears one event and says what to do about it. The effects are to be carried out in order.
    #[must_use = "effects that are not carried out are lost"]
    pub fn advance(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        let mut step = Step { session: self, now, effects: Vec::new() };
        match event {
            Event::Started { stored } => step.started(stored),
            Event::SignInSubmitted { form, only_here } => step.sign_in_submitted(form, only_here),
            Event::ChallengeAbandoned => step.challenge_abandoned(),
            Event::Responded { request, outcome, jitter } => step.responded(request, outcome, jitter),
            Event::LockAcquired { stored, not_before } => step.lock_acquired(stored, not_before),
            Event::LockUnavailable { jitter } => step.lock_unavailable(jitter),
            Event::StoreSettled { settled } => step.store_settled(settled),
            Event::AccessTokenRequested { caller } => step.access_token_wanted(caller, None),
            Event::AccessTokenRejected { caller, access_token } => {
                step.access_token_wanted(caller, Some(&access_token));
            }
            Event::StorageChanged { stored } => step.storage_changed(stored),
            Event::Woke => step.look_at_the_clock(),
            // Nothing is due because of it: what is under way comes to its end.
            Event::Hidden => step.session.is_hidden = true,
            Event::Shown => {
                step.session.is_hidden = false;
                step.look_at_the_clock();
            }
            Event::WentOnline => step.went_online(),
            Event::SignOutRequested => step.sign_out_requested(),
            Event::EndedByProvider => step.leave_and_revoke(SignedOutReason::Ended),
            Event::SignedOutAtProvider => step.signed_out_at_provider(),
            Event::ActivityNoticed => step.activity_noticed(),
            Event::ActivityHeardOf { at } => step.activity_heard_of(at),
            Event::StayRequested => step.stay_requested(),
            Event::SignOutFoundOwed { is_owed } => step.session.owes_sign_out = is_owed,
        }
        step.effects
    }
}

/// One call of `advance`: the session, the time, and the effects so far.
struct Step<'a> {
    session: &'a mut Session,
    now: Timestamp,
    effects: Vec<Effect>,
}

impl Step<'_> {
    fn started(&mut self, stored: Option<StoredSession>) {
        // Only once: in any other state the page has long since started.
        let State::Starting { waiting, .. } = &mut self.session.state else { return };
        let waiting = std::mem::take(waiting);
        if let (true, Some(stored)) = (self.session.owes_sign_out, &stored) {
            self.clear(Replaces::whole_session(stored));
        }
        if let Some(stored) = stored.filter(|_| !self.session.owes_sign_out) {
            self.admit_as(stored, waiting, self.session.rules.cookie_of.is_some());
        } else if let Some(provider) = self.session.rules.cookie_of.clone() {
            self.start_by_cookie(&provider, waiting);
        } else {
            self.session.state = State::SignedOut(SignedOut::default());
            self.answer_all(waiting, &Err(NoToken::SignedOut));
        }
    }

    // --- being signed in ----------------------------------------------------------------------

    /// Takes over a session: granted, found in storage, or brought by another tab.
    fn admit(&mut self, session: StoredSession, waiting: Vec<CallerId>) {
        // Whoever has just signed in has asked; an old record may be a page's that was frozen for hours.
        let is_unproven = self.session.rules.cookie_of.is_some() && !session.is_new(self.now);
        self.admit_as(session, waiting, is_unproven);
    }

    fn admit_as(&mut self, session: StoredSession, waiting: Vec<CallerId>, is_unproven: bool) {
        self.session.newest_generation = self.session.newest_generation.max(session.generation);
        self.count_idle_time_of(&session);
        // It was hearsay. Others would wait until they no longer see what is there to stay.
        self.session.left.retain(|left| !left.covers(&session));
        let user_info = if session.user.is_none() && self.session.rules.asks_user {
            UserInfo::Wanted { not_before: self.now }
        } else {
            UserInfo::Settled
        };
        self.session.state = State::SignedIn(SignedIn {
            session,
            refresh: Refresh::Idle,
            failures: 0,
            is_rejected: false,
            is_confirmed: false,
            is_unproven,
            is_unsaved: false,
            is_warned: false,
            user_info,
            waiting,
            refused: Vec::new(),
        });
        self.look_at_the_clock();
    }

    /// Takes newer tokens of the session that is signed in; the gate stays as it is.
    fn adopt(&mut self, newer: StoredSession) {
        let State::SignedIn(signed_in) = &mut self.session.state else { return };
        self.session.newest_generation = self.session.newest_generation.max(newer.generation);
        signed_in.is_rejected &= signed_in.session.tokens.access_token == newer.tokens.access_token;
        if newer.user.is_some() {
            signed_in.user_info = UserInfo::Settled;
        }
        let user = newer.user.clone().or_else(|| signed_in.session.user.take());
        signed_in.session = StoredSession { user, ..newer };
        signed_in.is_unsaved = false;
        signed_in.is_unproven = false;
        signed_in.failures = 0;
    }

    /// Looks at the clock, and does whatever is due. Harmless at any time and any number of times.
    fn look_at_the_clock(&mut self) {
        let rules = self.session.rules.clone();
        let is_hidden = self.session.is_hidden;
        if let Some(reason) = self.end_by_config() {
            return self.leave_and_revoke(reason);
        }
        self.warn_or_take_back();
        let State::SignedIn(signed_in) = &mut self.session.state else { return };
        let freshness = signed_in.freshness(&rules, self.now);
        let may_refresh = match &signed_in.refresh {
            Refresh::Idle => true,
            // A clock set back past the start of the wait ends it: it must not last a day.
            Refresh::BackingOff { since, until, .. } => self.now >= *until || self.now < *since,
            Refresh::Refused if freshness == Freshness::Expired => return self.leave(SignedOutReason::Ended),
            Refresh::Refused
            | Refresh::AwaitingLock
            | Refresh::InFlight { .. }
            | Refresh::Saving { .. }
            | Refresh::Probing { .. } => false,
        };
        if signed_in.is_unproven && may_refresh {
            return self.probe();
        }
        if freshness == Freshness::Fresh {
            if may_refresh {
                signed_in.refresh = Refresh::Idle;
            }
        } else if may_refresh {
            let can_refresh = signed_in.can_refresh(&rules, self.now);
            if can_refresh && is_hidden && rules.may_wait() && signed_in.waiting.is_empty() {
                // Nobody sees the page and nobody asks for a token: it is refreshed when somebody does.
                signed_in.refresh = Refresh::Idle;
            } else if can_refresh {
                signed_in.refresh = Refresh::AwaitingLock;
                self.effects.push(Effect::AcquireLock);
            } else if freshness == Freshness::Expired {
                return self.leave(SignedOutReason::Expired);
            } else if signed_in.is_rejected && rules.asks_user {
                // An API said no, and there is nothing to refresh: the provider is asked whether
                // the session is over. **Never** does it die of anybody else's word.
                return self.probe();
            } else {
                // Nobody to ask: the refusal is a matter between the API and the caller.
                signed_in.is_rejected = false;
                signed_in.refresh = Refresh::Idle;
            }
        }
        self.settle_waiting();
    }

    /// Opens the gate once the session is known to be good, and answers whoever can be answered.
    fn settle_waiting(&mut self) {
        let rules = self.session.rules.clone();
        let State::SignedIn(signed_in) = &mut self.session.state else { return };
        match signed_in.refresh {
            // One refresh for all: whoever asks meanwhile waits for it, and it is bounded.
            Refresh::AwaitingLock | Refresh::InFlight { .. } | Refresh::Saving { .. } | Refresh::Probing { .. } => {
                return;
            }
            Refresh::Idle | Refresh::BackingOff { .. } | Refresh::Refused => {}
        }
        let result = if signed_in.freshness(&rules, self.now) == Freshness::Expired {
            Err(NoToken::Unreachable)
        } else {
            signed_in.is_confirmed = true;
            Ok(signed_in.session.tokens.access_token.clone())
        };
        let mut waiting = std::mem::take(&mut signed_in.waiting);
        let refused = std::mem::take(&mut signed_in.refused);
        // Who was refused with this very token gets another one or none; it may be good for all others.
        let in_vain = signed_in.is_rejected && matches!(signed_in.refresh, Refresh::BackingOff { .. });
        let is_due = matches!(signed_in.user_info, UserInfo::Wanted { not_before } if self.now >= not_before);
        if in_vain {
            waiting.retain(|caller| !refused.contains(caller));
            self.answer_all(refused, &Err(NoToken::Unreachable));
        }
        let State::SignedIn(signed_in) = &mut self.session.state else { return };
        if result.is_ok() && is_due {
            let session = signed_in.session.clone();
            let request = self.next_request(session.signed_in_at);
            if let State::SignedIn(signed_in) = &mut self.session.state {
                signed_in.user_info = UserInfo::Asked(request);
            }
            self.effects.push(Effect::Send { request, ask: Ask::UserInfo { session } });
        }
        self.answer_all(waiting, &result);
    }

    fn access_token_wanted(&mut self, caller: CallerId, rejected: Option<&AccessToken>) {
        match &mut self.session.state {
            State::Starting { waiting, .. } => waiting.push(caller),
            State::SignedOut(_) | State::SigningIn { .. } => {
                self.answer_all(vec![caller], &Err(NoToken::SignedOut));
            }
            State::SignedIn(signed_in) => {
                // A late 401 names a token that is no longer current: it kills nothing.
                if rejected == Some(&signed_in.session.tokens.access_token) {
                    signed_in.is_rejected = true;
                    signed_in.refused.push(caller);
                }
                signed_in.waiting.push(caller);
                self.look_at_the_clock();
            }
        }
    }

    // --- answers ------------------------------------------------------------------------------

    fn responded(&mut self, request: RequestId, outcome: Outcome, jitter: Jitter) {
        match &mut self.session.state {
            State::Starting { waiting, probe } if *probe == Some(request) => {
                let waiting = std::mem::take(waiting);
                return self.start_answered(outcome, waiting);
            }
            State::SigningIn { request: current, challenge, reason, granted } if *current == request => {
                let granted = granted.take();
                let out = SignedOut { challenge: challenge.take(), reason: *reason, ..SignedOut::default() };
                return match granted {
                    Some(grant) => self.cookie_answered(outcome, *grant, out),
                    None => self.sign_in_answered(outcome, out),
                };
            }
            State::SignedIn(SignedIn { refresh: Refresh::InFlight { request: current }, .. })
                if *current == request =>
            {
                return self.refresh_answered(outcome, jitter);
            }
            State::SignedIn(SignedIn { refresh: Refresh::Probing { request: current }, .. }) if *current == request => {
                return self.probe_answered(outcome, jitter);
            }
            State::SignedIn(SignedIn { user_info: UserInfo::Asked(current), .. }) if *current == request => {
                return self.user_answered(outcome);
            }
            State::SignedOut(out) if out.revocation == Revocation::UnderWay(request) => {
                let is_done = matches!(outcome, Outcome::Revoked);
                out.revocation = if is_done { Revocation::Settled } else { Revocation::Failed };
                if is_done {
                    self.note_sign_out(false);
                }
                return self.say_farewell();
            }
            State::Starting { .. } | State::SignedOut(_) | State::SigningIn { .. } | State::SignedIn(_) => {}
        }
        if matches!(outcome, Outcome::Revoked) && self.session.signed_in().is_none() {
            self.note_sign_out(false);
        }
        // Late: what it was for is over. Only live tokens are of any concern.
        if let Outcome::Granted(grant) = outcome {
            let belongs_to_current =
                self.session.signed_in().is_some_and(|session| session.signed_in_at == request.signed_in_at);
            if !belongs_to_current {
                let (tokens, ..) = grant.into_tokens(None, self.now);
                self.revoke_late(tokens);
            }
            // Of the current session: a sibling of tokens that are in use. To revoke it could end
            // the whole family (RFC 7009 §2.1), so it is let go.
        }
    }

    fn user_answered(&mut self, outcome: Outcome) {
        let again_at = self.now.after_ms(USER_AGAIN_MS);
        let State::SignedIn(signed_in) = &mut self.session.state else { return };
        match outcome {
            Outcome::User(user) => {
                signed_in.user_info = UserInfo::Settled;
                signed_in.session.user = Some(user);
                let session = signed_in.session.clone();
                // The generation stays: it counts tokens, and a refresh under way in another tab must
                // not take this for one.
                self.effects.push(Effect::Store { replaces: Replaces::session(&session), session });
            }
            // It is about the user and ends no session: display goes on without.
            Outcome::Refused
            | Outcome::Ended
            | Outcome::Granted(_)
            | Outcome::Challenged(_)
            | Outcome::Revoked
            | Outcome::Unreturned(_)
            | Outcome::Unintelligible { .. } => signed_in.user_info = UserInfo::Settled,
            Outcome::Later { .. }
            | Outcome::RateLimited { .. }
            | Outcome::Failing { .. }
            | Outcome::Walled
            | Outcome::Offline
            | Outcome::Unreachable
            | Outcome::TimedOut => signed_in.user_info = UserInfo::Wanted { not_before: again_at },
        }
    }

    fn storage_changed(&mut self, stored: Option<StoredSession>) {
        let covering = stored.as_ref().and_then(|stored| self.session.left.iter().find(|left| left.covers(stored)));
        let (is_left, is_over) = (covering.is_some(), covering.is_some_and(|left| !left.is_hearsay));
        match (&mut self.session.state, stored) {
            (State::SignedIn(signed_in), None) => {
                // What could not be saved cannot have been removed.
                if !signed_in.is_unsaved {
                    self.removed_by_another_tab();
                }
            }
            (State::SignedIn(signed_in), Some(stored)) if stored.is_same_session(&signed_in.session) => {
                let ours = &mut signed_in.session;
                if stored.generation > ours.generation {
                    let holds_lock = signed_in.refresh.holds_lock();
                    let awaits_lock = matches!(signed_in.refresh, Refresh::AwaitingLock);
                    self.adopt(stored);
                    if let State::SignedIn(signed_in) = &mut self.session.state
                        && !matches!(signed_in.refresh, Refresh::Saving { .. })
                    {
                        signed_in.refresh = Refresh::Idle;
                        if holds_lock || awaits_lock {
                            self.effects.push(Effect::ReleaseLock);
                        }
                    }
                    self.look_at_the_clock();
                } else if stored.generation < ours.generation {
                    // A tab that had not seen our tokens yet has saved its own over them.
                    if !signed_in.is_unsaved {
                        let session = ours.clone();
                        self.effects.push(Effect::Store { session, replaces: Replaces::session(&stored) });
                    }
                } else if stored.user.is_some() {
                    ours.user = stored.user;
                    signed_in.user_info = UserInfo::Settled;
                }
            }
            (State::SignedIn(signed_in), Some(stored)) => {
                // **Never** mix two users: storage says who is signed in.
                // Of two, the newer one wins in every tab, or they would go on putting each other right.
                let stays = signed_in.is_unsaved || signed_in.session.is_new(self.now) || is_left;
                if stored.is_newer_than(&signed_in.session) && is_over {
                    // It came after ours, and was left here: **never** does it come back, and ours is long over.
                    self.clear(Replaces::session(&stored));
                    self.leave_quietly(SignedOutReason::Elsewhere);
                } else if stored.is_newer_than(&signed_in.session) || !stays {
                    let waiting = std::mem::take(&mut signed_in.waiting);
                    self.release_lock_of_current();
                    // Callers of the earlier session must not get the new one's token.
                    self.answer_all(waiting, &Err(NoToken::SignedOut));
                    self.admit(stored, Vec::new());
                } else if !signed_in.is_unsaved {
                    // A tab that did not see us yet has saved an earlier session over ours.
                    let session = signed_in.session.clone();
                    self.effects.push(Effect::Store { session, replaces: Replaces::session(&stored) });
                }
            }
            // **Never** does a session come back after its end: a tab that had not seen it yet has saved it again.
            (State::SignedOut(_) | State::SigningIn { .. }, Some(stored)) if is_left => {
                self.effects.push(Effect::ClearStore { replaces: Replaces::session(&stored), forgets_kept: false });
            }
            (State::SigningIn { granted: Some(_), .. }, Some(stored)) => self.admit_as(stored, Vec::new(), true),
            (State::SignedOut(_) | State::SigningIn { .. }, Some(stored)) => self.admit(stored, Vec::new()),
            // Nothing to lose.
            (State::SignedOut(_) | State::SigningIn { .. }, None) => {}
            // Another tab was faster to find out.
            (State::Starting { waiting, probe: Some(_) }, Some(stored)) => {
                let waiting = std::mem::take(waiting);
                self.admit(stored, waiting);
            }
            // `Started` reads storage itself.
            (State::Starting { .. }, _) => {}
        }
    }

    // --- small things -------------------------------------------------------------------------

    fn release_lock_of_current(&mut self) {
        if let State::SignedIn(signed_in) = &self.session.state
            && (signed_in.refresh.holds_lock() || matches!(signed_in.refresh, Refresh::AwaitingLock))
        {
            self.effects.push(Effect::ReleaseLock);
        }
    }

    fn answer_all(&mut self, callers: Vec<CallerId>, result: &Result<AccessToken, NoToken>) {
        self.effects.extend(callers.into_iter().map(|caller| Effect::Answer { caller, result: result.clone() }));
    }

    fn next_request(&mut self, signed_in_at: Timestamp) -> RequestId {
        let serial = self.session.next_serial;
        self.session.next_serial = serial.wrapping_add(1);
        RequestId { serial, signed_in_at }
    }

    fn bounded(&self, retry_at: Option<Timestamp>) -> Option<Timestamp> {
        retry_at.map(|at| at.min(self.now.after_ms(MAX_RETRY_AFTER_MS)))
    }
}
