//! What a session holds, and the one record it is stored as.
//!
//! Each secret is a type of its own, so that no two can be confused, and none can be printed: their
//! `Debug` is redacted and they have no `Display`. [`StoredSession`] is the whole of what a tab
//! knows about a session. It is written in one step, and it remembers which provider it came
//! from: a record of another provider is dropped instead of sent to a new host.
//!
//! This file decides when a token is [`Freshness::Fresh`]; what follows from that is `advance.rs`.

use super::{Rules, time::Timestamp};
use crate::config::{read_json, write_json};
use serde_json::{Map, Value};
use std::fmt;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the secret out of an answer or a record.
            #[must_use]
            pub const fn new(secret: String) -> Self {
                Self(secret)
            }

            /// The secret itself, to be sent or stored and nothing else.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

/// RFC 6749 §1.4: presented to the API. Or what stands for it where a cookie holds it, which nothing here can read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessToken(Held);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Held {
    Here(String),
    /// By the browser, since that answer.
    InCookie(Timestamp),
}

impl AccessToken {
    /// Takes the secret out of an answer or a record.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(Held::Here(secret))
    }

    /// The browser holds it, in a cookie that came with the answer of that time.
    #[must_use]
    pub const fn in_cookie(received_at: Timestamp) -> Self {
        Self(Held::InCookie(received_at))
    }

    /// Whether the browser holds it, and sends it by itself.
    #[must_use]
    pub const fn is_in_cookie(&self) -> bool {
        matches!(self.0, Held::InCookie(_))
    }

    /// The secret itself, to be sent or stored and nothing else; empty where a cookie holds it.
    #[must_use]
    pub fn expose(&self) -> &str {
        match &self.0 {
            Held::Here(secret) => secret,
            Held::InCookie(_) => "",
        }
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(redacted)")
    }
}

secret! {
    /// RFC 6749 §1.5: presented to the provider, once.
    RefreshToken
}
secret! {
    /// OpenID Connect Core §2.
    IdToken
}

/// What one answer of the provider granted, with the time it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tokens {
    /// Presented to the API.
    pub access_token: AccessToken,
    /// Presented to the provider; absent where there is no refresh.
    pub refresh_token: Option<RefreshToken>,
    /// Who signed in, as the provider states it.
    pub id_token: Option<IdToken>,
    /// When the answer arrived, by the wall clock.
    pub received_at: Timestamp,
    /// When the access token ends; `None`: not told, so only a 401 ends it.
    pub expires_at: Option<Timestamp>,
}

/// How good an access token is by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Good, and not yet due.
    Fresh,
    /// Good, and due to be refreshed.
    Stale,
    /// No longer good.
    Expired,
}

impl Tokens {
    /// How good the access token is at `now`.
    #[must_use]
    pub fn freshness(&self, now: Timestamp, refresh_early_ms: u64) -> Freshness {
        match (self.expires_at, self.refresh_at(refresh_early_ms)) {
            (Some(expires_at), _) if now >= expires_at => Freshness::Expired,
            (Some(_), Some(refresh_at)) if now >= refresh_at => Freshness::Stale,
            _ => Freshness::Fresh,
        }
    }

    /// All that must not be shown.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let refresh_token = self.refresh_token.as_ref().map(RefreshToken::expose);
        let id_token = self.id_token.as_ref().map(IdToken::expose);
        let access_token = (!self.access_token.is_in_cookie()).then(|| self.access_token.expose());
        [access_token, refresh_token, id_token].into_iter().flatten().collect()
    }

    /// What stands for a session that a cookie holds.
    #[must_use]
    pub const fn in_cookie(now: Timestamp) -> Self {
        Self {
            access_token: AccessToken::in_cookie(now),
            refresh_token: None,
            id_token: None,
            received_at: now,
            expires_at: None,
        }
    }

    /// When a refresh is due: early, but never earlier than half of a short lifetime, so that a
    /// five-second token is not refreshed without end.
    #[must_use]
    pub fn refresh_at(&self, refresh_early_ms: u64) -> Option<Timestamp> {
        let expires_at = self.expires_at?;
        let lifetime_ms = expires_at.ms_since(self.received_at);
        Some(expires_at.before_ms(refresh_early_ms.min(lifetime_ms / 2)))
    }
}

/// One session, as it is kept in memory and in storage.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct StoredSession {
    /// [`crate::config::Provider::identity`] of the provider that granted it.
    pub provider: String,
    /// Grows with every change of the tokens, also from one session to the next.
    pub generation: u64,
    /// When the person signed in; tells one session from another.
    pub signed_in_at: Timestamp,
    /// The tokens.
    pub tokens: Tokens,
    /// The user, for display only; the API decides what they may do.
    pub user: Option<Value>,
    /// Kept for this tab alone, as the person chose. The record does not say so: where it is found does (`keeping.rs`).
    pub only_here: bool,
}

impl fmt::Debug for StoredSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The user is somebody's personal data: not for logs either.
        f.debug_struct("StoredSession")
            .field("generation", &self.generation)
            .field("signed_in_at", &self.signed_in_at)
            .field("tokens", &self.tokens)
            .finish_non_exhaustive()
    }
}

/// Whoever had not heard of a sign-in has heard of it after this long.
const HEARD_OF_MS: u64 = 60_000;

impl StoredSession {
    /// The version this code writes and reads.
    pub const VERSION: u64 = 1;
    /// A longer record was not written by us. Bytes.
    pub const MAX_LENGTH: usize = 256 * 1024;

    /// The record as one JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let tokens = &self.tokens;
        let mut record = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                record.insert(key.into(), value);
            }
        };
        put("version", Self::VERSION.into());
        put("provider", self.provider.as_str().into());
        put("generation", self.generation.into());
        put("signed_in_at", self.signed_in_at.0.into());
        if tokens.access_token.is_in_cookie() {
            put("in_cookie", true.into());
        } else {
            put("access_token", tokens.access_token.expose().into());
        }
        put("refresh_token", tokens.refresh_token.as_ref().map(RefreshToken::expose).into());
        put("id_token", tokens.id_token.as_ref().map(IdToken::expose).into());
        put("received_at", tokens.received_at.0.into());
        put("expires_at", tokens.expires_at.map(|at| at.0).into());
        put("user", self.user.clone().unwrap_or_default());
        write_json(&Value::Object(record))
    }

    /// The session in a record, or `None` for whatever is not one of ours: corrupt, too long, of
    /// another version, of another provider. None of these is an error for anybody: the person is
    /// signed out and the next sign-in writes a good one.
    #[must_use]
    pub fn from_json(text: &str, provider: &str) -> Option<Self> {
        if text.len() > Self::MAX_LENGTH {
            return None;
        }
        let mut record = read_json(text)?;
        let record = record.as_object_mut()?;
        let number = |key: &str| record.get(key).and_then(Value::as_u64);
        let secret = |key: &str| match record.get(key) {
            None => Some(None),
            Some(value) => value.as_str().filter(|text| !text.is_empty()).map(|text| Some(text.to_owned())),
        };
        let expires_at = match record.get("expires_at") {
            None => None,
            Some(value) => Some(Timestamp(value.as_u64()?)),
        };
        let whole = number("version")? == Self::VERSION && record.get("provider")?.as_str()? == provider;
        whole.then_some(())?;
        let received_at = Timestamp(number("received_at")?);
        let access_token = match secret("access_token")? {
            Some(secret) => AccessToken::new(secret),
            None => record.get("in_cookie")?.as_bool()?.then(|| AccessToken::in_cookie(received_at))?,
        };
        Some(Self {
            provider: provider.to_owned(),
            generation: number("generation")?,
            signed_in_at: Timestamp(number("signed_in_at")?),
            tokens: Tokens {
                access_token,
                refresh_token: secret("refresh_token")?.map(RefreshToken),
                id_token: secret("id_token")?.map(IdToken),
                received_at,
                expires_at,
            },
            user: record.remove("user"),
            only_here: false,
        })
    }

    /// Whether `other` is the same person's same session, however often refreshed since.
    #[must_use]
    pub fn is_same_session(&self, other: &Self) -> bool {
        self.signed_in_at == other.signed_in_at
    }

    /// Which of two sessions is the later one, as far as one can tell.
    #[must_use]
    pub fn is_newer_than(&self, other: &Self) -> bool {
        (self.generation, self.signed_in_at) > (other.generation, other.signed_in_at)
    }

    /// Whether the sign-in is so recent that another tab may not have seen it.
    #[must_use]
    pub fn is_new(&self, now: Timestamp) -> bool {
        (self.signed_in_at..self.signed_in_at.after_ms(HEARD_OF_MS)).contains(&now)
    }

    /// When the session ends, whatever is refreshed.
    #[must_use]
    pub fn ends_at(&self, rules: &Rules) -> Option<Timestamp> {
        rules.max_age_ms.map(|age| self.signed_in_at.after_ms(age))
    }
}

/// What a compare-and-set expects to find in storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replaces {
    /// Whatever is there, or nothing.
    Anything,
    /// The session signed in at that time, not newer than that generation.
    UpTo {
        /// Which session.
        signed_in_at: Timestamp,
        /// The newest generation that may be replaced.
        generation: u64,
    },
}

impl Replaces {
    /// Expects `session`, or an older generation of it.
    #[must_use]
    pub const fn session(session: &StoredSession) -> Self {
        Self::UpTo { signed_in_at: session.signed_in_at, generation: session.generation }
    }

    /// Expects `session`, however often it was refreshed since.
    #[must_use]
    pub const fn whole_session(session: &StoredSession) -> Self {
        Self::UpTo { signed_in_at: session.signed_in_at, generation: u64::MAX }
    }

    /// Whether storage that holds `stored` may be written.
    #[must_use]
    pub fn allows(self, stored: Option<&StoredSession>) -> bool {
        match self {
            Self::Anything => true,
            Self::UpTo { signed_in_at, generation } => {
                stored.is_some_and(|stored| stored.signed_in_at == signed_in_at && stored.generation <= generation)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> StoredSession {
        StoredSession {
            provider: "https://id.example/token".into(),
            generation: 7,
            signed_in_at: Timestamp(1000),
            tokens: Tokens {
                access_token: AccessToken::new("at-secret".into()),
                refresh_token: Some(RefreshToken::new("rt-secret".into())),
                id_token: None,
                received_at: Timestamp(2000),
                expires_at: Some(Timestamp(12_000)),
            },
            user: Some(serde_json::json!({"email": "a@b.example"})),
            only_here: false,
        }
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let session = session();
        assert_eq!(StoredSession::from_json(&session.to_json(), &session.provider), Some(session));
    }

    #[test]
    fn a_record_of_a_session_in_a_cookie_holds_no_token() {
        let tokens = Tokens::in_cookie(Timestamp(2000));
        let session = StoredSession { tokens, ..session() };
        let record = session.to_json();
        assert!(!record.contains("access_token") && !record.contains("secret"), "{record}");
        assert_eq!(StoredSession::from_json(&record, &session.provider), Some(session));
        assert!(StoredSession::from_json(&record.replace("true", "false"), "https://id.example/token").is_none());
    }

    #[test]
    fn secrets_and_users_never_print() {
        let printed = format!("{:?}", session());
        assert!(!printed.contains("secret") && !printed.contains("a@b"), "{printed}");
    }

    #[test]
    fn foreign_corrupt_and_other_versions_are_nothing() {
        let good = session().to_json();
        assert!(StoredSession::from_json(&good, "https://other.example/token").is_none());
        assert!(
            StoredSession::from_json(&good.replace("\"version\":1", "\"version\":2"), &session().provider).is_none()
        );
        assert!(StoredSession::from_json(&good.replace("at-secret", ""), &session().provider).is_none());
        assert!(StoredSession::from_json(&" ".repeat(StoredSession::MAX_LENGTH + 1), "").is_none());
        for cut in 0..good.len() {
            assert!(StoredSession::from_json(&good[..cut], &session().provider).is_none());
        }
    }

    #[test]
    fn refresh_is_early_but_never_more_than_half_of_a_short_lifetime() {
        let tokens = session().tokens;
        assert_eq!(tokens.refresh_at(1000), Some(Timestamp(11_000)));
        assert_eq!(tokens.refresh_at(60_000), Some(Timestamp(7000)));
        assert_eq!(tokens.freshness(Timestamp(6999), 60_000), Freshness::Fresh);
        assert_eq!(tokens.freshness(Timestamp(7000), 60_000), Freshness::Stale);
        assert_eq!(tokens.freshness(Timestamp(12_000), 60_000), Freshness::Expired);
    }

    #[test]
    fn a_compare_and_set_replaces_only_what_it_knew() {
        let ours = session();
        let newer = StoredSession { generation: 8, ..ours.clone() };
        let other = StoredSession { signed_in_at: Timestamp(5), ..ours.clone() };
        assert!(Replaces::session(&ours).allows(Some(&ours)));
        for stored in [None, Some(&newer), Some(&other)] {
            assert!(!Replaces::session(&ours).allows(stored));
            assert!(Replaces::Anything.allows(stored));
        }
    }
}
