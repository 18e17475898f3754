//! What a tab knows about sessions beyond the one it is in: those that were left, and what it tells other tabs whose view of
//! storage lags behind.
//!
//! Compares and writes down; what follows from it is `advance.rs`.

use super::{time::Timestamp, tokens::StoredSession};
use crate::config::write_number;

/// A session that was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// Which.
    pub signed_in_at: Timestamp,
    /// Only a newer generation of it counts, when it was left for its tokens' sake; `None`: it was
    /// signed out, and nothing brings it back.
    pub up_to_generation: Option<u64>,
    /// Only because storage was found empty: another tab may have emptied it of an earlier session.
    pub is_hearsay: bool,
}

impl Left {
    /// Whether `stored` is what was left.
    pub(super) fn covers(self, stored: &StoredSession) -> bool {
        self.signed_in_at == stored.signed_in_at
            && self.up_to_generation.is_none_or(|generation| stored.generation <= generation)
    }
}

/// What a tab knows of storage. The shell holds a shared lock with this in its name, as long as it is what the tab knows.
///
/// A tab's view of storage can lag behind the refresh lock. Who is granted that lock, and who gets the answer to a
/// refresh, first waits until what it sees [is not behind](Known::is_ahead_of) what any tab knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Known {
    /// The tokens that are the newest; 0: nobody is signed in.
    pub generation: u64,
    /// The provider has answered that it cannot refresh now: not to be asked before then.
    pub not_before: Timestamp,
    /// The sessions that were signed out last.
    pub ended: Vec<Timestamp>,
}

impl Known {
    /// Whether whoever sees this record does not see yet what is known.
    #[must_use]
    pub fn is_ahead_of(&self, stored: Option<&StoredSession>) -> bool {
        stored.is_some_and(|stored| stored.generation < self.generation || self.ended.contains(&stored.signed_in_at))
    }

    /// Whether this tab has a session that others can see.
    #[must_use]
    pub const fn has_session(&self) -> bool {
        self.generation > 0
    }

    /// The time before which one of these tabs knows that the provider should not be asked.
    #[must_use]
    pub fn latest_not_before<'k>(all: impl IntoIterator<Item = &'k Self>) -> Timestamp {
        all.into_iter().map(|known| known.not_before).max().unwrap_or_default()
    }

    /// As part of a name: `GENERATION,NOT_BEFORE,ENDED,ENDED`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = write_number(self.generation);
        for time in [self.not_before].iter().chain(&self.ended) {
            text.push(',');
            text.push_str(&write_number(time.0));
        }
        text
    }

    /// Reads [`Known::to_text`]; anybody can hold a lock of any name.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut numbers = text.split(',').map(str::parse);
        let generation = numbers.next()?.ok()?;
        let not_before = Timestamp(numbers.next()?.ok()?);
        let mut ended = Vec::new();
        for number in numbers {
            ended.push(Timestamp(number.ok()?));
        }
        Some(Self { generation, not_before, ended })
    }
}
