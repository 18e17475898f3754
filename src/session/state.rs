//! What a tab knows, as mutually exclusive states. What the UI may know of it is `view.rs`.
//!
//! Nothing here decides: `advance.rs` is the only place that does.

use super::{
    event::{CallerId, Kept, RequestId},
    known::{Known, Left},
    protocol::{Challenged, Grant},
    redirect::RedirectProblem,
    time::Timestamp,
    tokens::{Freshness, StoredSession, Tokens},
};
use crate::config::{Config, Root};
use std::sync::Arc;

#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the config has or not")]
/// The part of the config that decisions depend on. Spans are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    /// How the provider refreshes.
    pub refresh_by: RefreshBy,
    /// How long before expiry.
    pub refresh_early_ms: u64,
    /// Hard end of a session.
    pub max_age_ms: Option<u64>,
    /// Signed out after so long without anybody being there, in any tab.
    pub idle_timeout_ms: Option<u64>,
    /// Whether the provider can be asked who is signed in.
    pub asks_user: bool,
    /// Whether there is anything to revoke at sign-out.
    pub revokes: bool,
    /// Whether a sign-out empties the user's store.
    pub clears_store: bool,
    /// Whether a sign-in brings a code from the provider's own pages, and no password.
    pub has_redirect: bool,
    /// Whether a sign-out ends at the provider's own page.
    pub ends_at_provider: bool,
    /// Where a cookie holds the session: the identity of the provider that sets it.
    pub cookie_of: Option<Arc<str>>,
}

/// What a refresh presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefreshBy {
    /// There is no refresh.
    Nothing,
    /// A refresh token (RFC 6749 §6).
    RefreshToken,
    /// The access token itself, which must still be good.
    AccessToken,
    /// Nothing of ours: a cookie, so it may always be tried.
    Ambient,
}

impl Rules {
    /// Whether a refresh that is due may wait until somebody needs it: not where only a good token can be refreshed.
    pub(super) fn may_wait(&self) -> bool {
        self.refresh_by != RefreshBy::AccessToken
    }

    /// Reads the rules out of a config.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let refresh_by = match config.provider.refreshing() {
            None => RefreshBy::Nothing,
            Some(request) if request.binds(Root::Session, "refresh_token") => RefreshBy::RefreshToken,
            // Another code, brought by a hidden frame.
            Some(request) if request.binds(Root::Form, "code") => RefreshBy::Ambient,
            Some(_) if config.provider.is_in_cookie() => RefreshBy::Ambient,
            Some(request) if request.authorized || request.binds(Root::Session, "access_token") => {
                RefreshBy::AccessToken
            }
            Some(_) => RefreshBy::Ambient,
        };
        Self {
            refresh_by,
            refresh_early_ms: config.session.refresh_early_ms,
            max_age_ms: config.session.max_age_ms,
            idle_timeout_ms: config.session.idle_timeout_ms,
            asks_user: config.provider.user_info.is_some(),
            revokes: !config.provider.revoke.is_empty(),
            clears_store: config.session.clear_store,
            has_redirect: config.provider.redirect.is_some(),
            ends_at_provider: config.provider.redirect.as_ref().is_some_and(|redirect| redirect.end_session.is_some()),
            cookie_of: config.provider.is_in_cookie().then(|| config.provider.identity.as_str().into()),
        }
    }
}

/// One tab's session. Plain data: it can be compared, hashed and enumerated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    pub(super) rules: Rules,
    pub(super) state: State,
    /// The serial of the next request.
    pub(super) next_serial: u32,
    /// The newest generation seen, so that the next sign-in's is newer.
    pub(super) newest_generation: u64,
    /// The sessions that were left last: a record that lags behind must not bring one back.
    pub(super) left: Vec<Left>,
    /// Nobody sees the page.
    pub(super) is_hidden: bool,
    /// When somebody was last there, in any tab. Where there is no idle timeout nobody looks.
    pub(super) active_at: Timestamp,
    /// An earlier page signed out of a session in a cookie, and the provider has not confirmed it.
    pub(super) owes_sign_out: bool,
    /// What is being signed in is to be this tab's alone.
    pub(super) only_here: bool,
}

/// The four states.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Storage has not been read yet.
    Starting {
        /// Who waits for a token.
        waiting: Vec<CallerId>,
        /// The provider is being asked whether a cookie holds a session.
        probe: Option<RequestId>,
    },
    /// Nobody is signed in.
    SignedOut(SignedOut),
    /// The provider is being asked.
    SigningIn {
        /// The request under way.
        request: RequestId,
        /// The challenge it answers.
        challenge: Option<Challenged>,
        /// Kept for the page to go on saying.
        reason: Option<SignedOutReason>,
        /// Granted in a cookie; what is under way is the question whether the browser has kept it.
        granted: Option<Box<Grant>>,
    },
    /// Somebody is signed in.
    SignedIn(SignedIn),
}

/// Nobody is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SignedOut {
    /// Why, when there was a session.
    pub reason: Option<SignedOutReason>,
    /// What went wrong with the last attempt.
    pub problem: Option<SignInProblem>,
    /// The second step that is being asked for.
    pub challenge: Option<Challenged>,
    /// The revocation of the last session.
    pub revocation: Revocation,
    /// To go to the provider's own page with, once the revocation is settled.
    pub farewell: Option<Tokens>,
    /// To be revoked by the tab that removes the record, of all that see a session reach its end.
    pub owed: Option<Tokens>,
}

/// What became of the revocation after a sign-out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Revocation {
    /// None was needed, or it is done.
    #[default]
    Settled,
    /// Under way.
    UnderWay(RequestId),
    /// The provider did not confirm it; its tokens live on until they expire.
    Failed,
    /// The provider has nothing to tell it by: its tokens live on until they expire.
    Impossible,
}

/// Somebody is signed in.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is so or not, whatever the others are")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignedIn {
    /// The session.
    pub session: StoredSession,
    /// What its refresh is doing.
    pub refresh: Refresh,
    /// Refreshes failed in a row.
    pub failures: u32,
    /// An API refused the current access token, whatever the clock says: a refresh is due.
    pub is_rejected: bool,
    /// The session was known to be good once: the gate is open and stays so.
    pub is_confirmed: bool,
    /// A cookie holds the session, or held it once: nobody has asked since the page was loaded.
    pub is_unproven: bool,
    /// Storage did not take the record.
    pub is_unsaved: bool,
    /// Nobody has been there for long: the person is asked whether to stay.
    pub is_warned: bool,
    /// Who is asked about the user.
    pub user_info: UserInfo,
    /// Who waits for a token.
    pub waiting: Vec<CallerId>,
    /// Who of them was refused with the current one.
    pub refused: Vec<CallerId>,
}

/// What is known about the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserInfo {
    /// Known, or not to be known.
    Settled,
    /// To be asked with the next good token, not before then.
    Wanted {
        /// When.
        not_before: Timestamp,
    },
    /// Being asked.
    Asked(RequestId),
}

/// What a refresh is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Refresh {
    /// Nothing.
    Idle,
    /// Waiting for the lock.
    AwaitingLock,
    /// The provider is being asked; the lock is held.
    InFlight {
        /// The request under way.
        request: RequestId,
    },
    /// The new tokens are being stored; the lock is held.
    Saving {
        /// The session with the new tokens.
        session: Box<StoredSession>,
        /// Values for the user's store.
        kept: Kept,
    },
    /// An API refused the token and there is no refresh: the provider is asked whether it is good.
    Probing {
        /// The request under way.
        request: RequestId,
    },
    /// Not before `until`.
    BackingOff {
        /// When it began: a clock that runs backwards past it ends it.
        since: Timestamp,
        /// When it ends.
        until: Timestamp,
        /// Ends at once when the network comes back.
        waits_for_network: bool,
    },
    /// The provider said no while the access token was still good: kept until it expires.
    Refused,
}

/// Why nobody is signed in any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignedOutReason {
    /// Signed out in this tab.
    Here,
    /// Signed out in another tab.
    Elsewhere,
    /// The provider ended it.
    Ended,
    /// It ran out and cannot be refreshed.
    Expired,
    /// It reached its greatest age.
    TooOld,
    /// Nobody was there for too long.
    Idle,
}

/// What went wrong with a sign-in; the page has one message for each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SignInProblem {
    /// Wrong user or password, locked, unknown: all the same.
    Refused,
    /// Too many attempts.
    RateLimited {
        /// The form is enabled again then.
        until: Timestamp,
    },
    /// The device is offline.
    Offline,
    /// The service cannot be reached.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// The service has a problem.
    Failing,
    /// A redirect brought nobody back.
    Redirect(RedirectProblem),
    /// Signed in, and the browser did not keep the cookie that says so.
    CookieNotKept,
    /// An answer that makes no sense.
    Misconfigured {
        /// For the operator. Never a value.
        detail: String,
    },
}

impl Session {
    /// A session that has not looked anywhere yet.
    #[must_use]
    pub const fn new(rules: Rules) -> Self {
        Self {
            rules,
            state: State::Starting { waiting: Vec::new(), probe: None },
            next_serial: 1,
            newest_generation: 0,
            left: Vec::new(),
            is_hidden: false,
            active_at: Timestamp(0),
            owes_sign_out: false,
            only_here: false,
        }
    }

    /// The state, for tests and for the curious.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// What this tab knows of storage, for tabs whose view of it lags behind.
    #[must_use]
    pub fn known(&self) -> Known {
        let mut ended = Vec::new();
        for left in &self.left {
            if left.up_to_generation.is_none() {
                ended.push(left.signed_in_at);
            }
        }
        let generation = match &self.state {
            // What storage did not take, or this tab's alone, nobody can wait to see.
            State::SignedIn(SignedIn { session, is_unsaved: false, .. }) if !session.only_here => session.generation,
            State::SignedIn(_) | State::Starting { .. } | State::SignedOut(_) | State::SigningIn { .. } => 0,
        };
        let not_before = match &self.state {
            // What a network does, another tab may find otherwise.
            State::SignedIn(SignedIn {
                refresh: Refresh::BackingOff { until, waits_for_network: false, .. }, ..
            }) => *until,
            State::SignedIn(_) | State::Starting { .. } | State::SignedOut(_) | State::SigningIn { .. } => Timestamp(0),
        };
        Known { generation, not_before, ended }
    }

    /// The session that is signed in.
    #[must_use]
    pub const fn signed_in(&self) -> Option<&StoredSession> {
        match &self.state {
            State::SignedIn(signed_in) => Some(&signed_in.session),
            State::Starting { .. } | State::SignedOut(_) | State::SigningIn { .. } => None,
        }
    }

    /// Whether the provider is being asked who this is.
    #[must_use]
    pub const fn is_signing_in(&self) -> bool {
        matches!(self.state, State::SigningIn { .. })
    }

    /// When the machine next wants to hear [`super::Event::Woke`]. A hint: it looks at the clock itself.
    #[must_use]
    pub fn next_wake(&self, now: Timestamp) -> Option<Timestamp> {
        let State::SignedIn(signed_in) = &self.state else {
            return None;
        };
        let tokens = &signed_in.session.tokens;
        let due_at = match signed_in.refresh {
            Refresh::Idle if !signed_in.can_refresh(&self.rules, now) => tokens.expires_at,
            // Due when the page is seen, or when somebody asks.
            Refresh::Idle if self.is_hidden && self.rules.may_wait() => None,
            Refresh::Idle => tokens.refresh_at(self.rules.refresh_early_ms),
            // Their own events end these; the age of the session may still end first.
            Refresh::AwaitingLock | Refresh::InFlight { .. } | Refresh::Saving { .. } | Refresh::Probing { .. } => None,
            Refresh::BackingOff { until, .. } => Some(until),
            Refresh::Refused => tokens.expires_at,
        };
        // Asked only with a good token, and not while another is on its way.
        let can_ask = match signed_in.refresh {
            Refresh::Idle | Refresh::BackingOff { .. } | Refresh::Refused => {
                signed_in.freshness(&self.rules, now) != Freshness::Expired
            }
            Refresh::AwaitingLock | Refresh::InFlight { .. } | Refresh::Saving { .. } | Refresh::Probing { .. } => {
                false
            }
        };
        let ask_at = match signed_in.user_info {
            UserInfo::Wanted { not_before } if can_ask => Some(not_before),
            UserInfo::Wanted { .. } | UserInfo::Settled | UserInfo::Asked(_) => None,
        };
        let idle_at = if signed_in.is_warned { self.idle_ends_at() } else { self.warns_at() };
        [due_at, ask_at, idle_at, signed_in.session.ends_at(&self.rules)].into_iter().flatten().min()
    }

    /// When nobody will have been there for too long, if nobody comes.
    pub(super) fn idle_ends_at(&self) -> Option<Timestamp> {
        Some(self.active_at.after_ms(self.rules.idle_timeout_ms?))
    }

    /// When the person is asked whether to stay.
    pub(super) fn warns_at(&self) -> Option<Timestamp> {
        Some(self.idle_ends_at()?.before_ms(self.warning_ms()))
    }

    /// How long before its end.
    pub(super) fn warning_ms(&self) -> u64 {
        MAX_WARNING_MS.min(self.rules.idle_timeout_ms.unwrap_or_default() / 2)
    }
}

/// So long before the end the person is asked; half of a short idle timeout.
const MAX_WARNING_MS: u64 = 60_000;

impl SignedIn {
    /// Whether there is anything to present.
    pub(super) fn can_refresh(&self, rules: &Rules, now: Timestamp) -> bool {
        match rules.refresh_by {
            RefreshBy::Nothing => false,
            // Some grant none, whatever the config says.
            RefreshBy::RefreshToken => self.session.tokens.refresh_token.is_some(),
            RefreshBy::AccessToken => self.freshness(rules, now) != Freshness::Expired,
            RefreshBy::Ambient => true,
        }
    }

    /// How good the current access token is. One API's refusal makes it due, not dead: others may accept it.
    pub(super) fn freshness(&self, rules: &Rules, now: Timestamp) -> Freshness {
        match self.session.tokens.freshness(now, rules.refresh_early_ms) {
            _ if self.is_unproven => Freshness::Expired,
            Freshness::Fresh if self.is_rejected => Freshness::Stale,
            by_the_clock => by_the_clock,
        }
    }
}
