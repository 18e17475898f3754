//! The two alphabets: what happened ([`Event`], past tense) and what to do ([`Effect`], imperative).
//!
//! The machine in `advance.rs` hears events and answers with effects; the browser floor turns the
//! world into events and carries effects out, in their order, deciding nothing. Each variant states
//! the shell's duty. There is no timer effect: [`super::Session::next_wake`] says when the machine wants to
//! hear [`Event::Woke`] next.

use super::{
    protocol::{Challenged, Grant},
    redirect::RedirectProblem,
    time::Timestamp,
    tokens::{AccessToken, Replaces, StoredSession, Tokens},
};
use serde_json::Value;
use std::fmt;

/// Names one request under way, and the session it was sent for, so that a late answer can never
/// touch another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId {
    /// Counts up in this tab.
    pub serial: u32,
    /// When the session it is for was signed in; the epoch for a sign-in.
    pub signed_in_at: Timestamp,
}

/// Somebody in this tab who waits for an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallerId(pub u32);

/// A share of the back-off, drawn by the shell for each answer: 0 waits half the delay, 255 all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Jitter(pub u8);

/// What a person typed into the form: names and values as they stand, nothing trimmed.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// The value of the field `name`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form(redacted)")
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The page has loaded and looked into storage. Once.
    Started {
        /// What was there.
        stored: Option<StoredSession>,
    },
    /// The form was submitted.
    SignInSubmitted {
        /// The fields; they live only in the one effect that sends them.
        form: Form,
        /// The person wants the session to end with this tab.
        only_here: bool,
    },
    /// The person went back from a second step to the password.
    ChallengeAbandoned,
    /// Where a cookie holds the session, the shell looks before every other event whether a sign-out is [owed](Effect::NoteSignOut).
    SignOutFoundOwed {
        /// Whether it is.
        is_owed: bool,
    },
    /// A request was answered, or failed. The shell dispatches exactly one for each [`Effect::Send`],
    /// within the request's timeout; for a refresh and for a user it first waits, as for [`Event::LockAcquired`], to see what others did.
    Responded {
        /// Which one.
        request: RequestId,
        /// What the answer means.
        outcome: Outcome,
        /// For the back-off.
        jitter: Jitter,
    },
    /// The refresh lock is ours until [`Effect::ReleaseLock`], and what this tab sees of storage is not behind what any
    /// tab [knows](super::Known::is_ahead_of); the shell waits for that, 2 s at most.
    LockAcquired {
        /// Storage, read *inside* the lock.
        stored: Option<StoredSession>,
        /// The latest time before which a tab [knows](super::Known) that the provider should not be asked.
        not_before: Timestamp,
    },
    /// The refresh lock could not be had within its 15 s.
    LockUnavailable {
        /// For the back-off.
        jitter: Jitter,
    },
    /// A compare-and-set was carried out.
    StoreSettled {
        /// How.
        settled: Settled,
    },
    /// An API call wants a token.
    AccessTokenRequested {
        /// Who is to be answered.
        caller: CallerId,
    },
    /// An API answered 401 to a token.
    AccessTokenRejected {
        /// Who is to be answered.
        caller: CallerId,
        /// The token it refused: a late 401 cannot kill a fresh one.
        access_token: AccessToken,
    },
    /// Storage changed in another tab. A hint: the shell reads the record and hands over that.
    StorageChanged {
        /// What is there now.
        stored: Option<StoredSession>,
    },
    /// Time to look at the clock: the timeout of `next_wake` is over, or another tab has noted activity.
    Woke,
    /// The tab is not to be seen any more, or was opened so.
    Hidden,
    /// The tab is to be seen again, or the page came back from the back/forward cache.
    Shown,
    /// The browser says that the network is back.
    WentOnline,
    /// Somebody used this tab: a key, a pointer, a wheel.
    ActivityNoticed,
    /// Where there is an idle timeout, the shell looks before every other event what the tabs have [noted](Effect::NoteActivity).
    ActivityHeardOf {
        /// The newest activity in any tab.
        at: Timestamp,
    },
    /// The person answered the warning, and wants to stay.
    StayRequested,
    /// The person signs out.
    SignOutRequested,
    /// The provider says that it has signed somebody out who is signed in here
    /// (OpenID Connect Front-Channel Logout 1.0 §2); the shell has looked whom it means.
    EndedByProvider,
    /// Back from the page where the provider signs out; the shell has looked whether it was sent there from here.
    SignedOutAtProvider,
}

/// Values for the user's store by name; `None` where the answer has none. They are somebody's personal data: its `Debug` shows
/// the names.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Kept(pub Vec<(String, Option<Value>)>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// What to do, in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Send the request that the config has for this, and dispatch [`Event::Responded`]. It must
    /// outlive whoever caused it.
    Send {
        /// To be named in the answer.
        request: RequestId,
        /// What is asked.
        ask: Ask,
    },
    /// Write the record if storage still holds what is replaced, then dispatch
    /// [`Event::StoreSettled`] before anything else. Never write otherwise.
    Store {
        /// The record.
        session: StoredSession,
        /// What it may replace.
        replaces: Replaces,
    },
    /// Remove the record if storage still holds what is replaced, then dispatch
    /// [`Event::StoreSettled`] before anything else; where nothing was left to remove, that is a conflict too.
    ClearStore {
        /// What may be removed.
        replaces: Replaces,
        /// Empty the user's store too, unless storage holds a session that may not be removed: the values are theirs.
        forgets_kept: bool,
    },
    /// Ask for the refresh lock; dispatch [`Event::LockAcquired`] or, within 15 s, [`Event::LockUnavailable`].
    AcquireLock,
    /// Free the lock, or stop waiting for it; not before others can learn what this tab [knows](super::Session::known).
    ReleaseLock,
    /// Answer a caller.
    Answer {
        /// Whom.
        caller: CallerId,
        /// The token, or why there is none.
        result: Result<AccessToken, NoToken>,
    },
    /// Put values of a sign-in answer into the user's store.
    Keep {
        /// Names and values; `None` removes what an earlier user left.
        values: Kept,
    },
    /// Where a cookie holds the session: remember across pages that the provider is still to confirm a sign-out, or the
    /// cookie would bring the session back.
    NoteSignOut {
        /// Whether it is; else forget it.
        is_owed: bool,
    },
    /// Leave for the page where the provider signs out (OpenID Connect RP-Initiated Logout 1.0 §2), where the config has one.
    /// Nothing is to be reported: whoever cannot get there is signed out here all the same.
    EndProviderSession {
        /// Of the session that was left.
        tokens: Tokens,
    },
    /// Let all tabs know when somebody was last there, also those that are opened later; `None`: forget it.
    NoteActivity {
        /// When.
        at: Option<Timestamp>,
    },
}

/// What a request asks of the provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// RFC 6749 §4.3, or whatever the config says.
    SignIn {
        /// What was typed.
        form: Form,
        /// The challenge it answers.
        challenge: Option<Challenged>,
    },
    /// RFC 6749 §6.
    Refresh {
        /// What is refreshed.
        session: StoredSession,
    },
    /// Who is signed in.
    UserInfo {
        /// Whose token asks.
        session: StoredSession,
    },
    /// RFC 7009: every configured revocation, in order, kept alive past unload.
    Revoke {
        /// What is revoked.
        tokens: Tokens,
    },
}

/// What an answer means. `protocol.rs` reads it, `advance.rs` draws the consequences. Its `Debug` leaves the user out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Success, with an access token.
    Granted(Grant),
    /// One more step is wanted.
    Challenged(Challenged),
    /// Success of a user-info request.
    User(Value),
    /// Success of all revocations.
    Revoked,
    /// A redirect brought nobody back.
    Unreturned(RedirectProblem),
    /// The provider says no.
    Refused,
    /// The provider says that this session is over.
    Ended,
    /// Not now (408, 425).
    Later {
        /// Not before.
        retry_at: Option<Timestamp>,
    },
    /// Too many attempts (429).
    RateLimited {
        /// Not before.
        retry_at: Option<Timestamp>,
    },
    /// The service has a problem (5xx).
    Failing {
        /// Not before.
        retry_at: Option<Timestamp>,
    },
    /// An answer that makes no sense.
    Unintelligible {
        /// For the operator: what was missing or wrong. Never a value.
        detail: String,
    },
    /// An HTML page where JSON was expected: something between us and the provider answered.
    Walled,
    /// No answer, and the device says that it is offline.
    Offline,
    /// No answer: DNS, TLS, CORS look alike to a page.
    Unreachable,
    /// No answer in time.
    TimedOut,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Granted(grant) => return f.debug_tuple("Granted").field(grant).finish(),
            Self::Unreturned(problem) => return f.debug_tuple("Unreturned").field(problem).finish(),
            Self::Later { retry_at } => return f.debug_tuple("Later").field(retry_at).finish(),
            Self::RateLimited { retry_at } => return f.debug_tuple("RateLimited").field(retry_at).finish(),
            Self::Failing { retry_at } => return f.debug_tuple("Failing").field(retry_at).finish(),
            Self::Unintelligible { detail } => return f.debug_tuple("Unintelligible").field(detail).finish(),
            Self::Challenged(_) => "Challenged(redacted)",
            Self::User(_) => "User(redacted)",
            Self::Revoked => "Revoked",
            Self::Refused => "Refused",
            Self::Ended => "Ended",
            Self::Walled => "Walled",
            Self::Offline => "Offline",
            Self::Unreachable => "Unreachable",
            Self::TimedOut => "TimedOut",
        };
        f.write_str(name)
    }
}

/// How a compare-and-set ended.
#[allow(clippy::large_enum_variant, reason = "a handful live for a moment; a box each would only cost bytes of code")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Settled {
    /// Storage holds what was asked.
    Done,
    /// Storage is full or blocked: this page's memory holds it.
    InMemory,
    /// Storage held something else and was left alone.
    Conflict {
        /// What it holds.
        stored: Option<StoredSession>,
    },
}

/// Why a caller gets no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoToken {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The token has expired and the provider cannot be reached; the session is kept.
    #[error("the session cannot be refreshed at the moment")]
    Unreachable,
}
