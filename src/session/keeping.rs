//! Which of two places a record is in, where the person may choose to stay signed in or not.
//!
//! ```text
//! shared   where the config keeps sessions: all tabs see it
//! own      this tab's: it outlives a reload, and ends with the tab
//! ```
//! To the machine it is one record. **Never** does an older sign-in in the one place stand in front of a newer one in the other:
//! the newer one is read, a sign-in leaves one record behind, and a sign-out none.

use super::tokens::{Replaces, StoredSession};

/// What one tab finds, place by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Of ours, where all tabs see it.
    pub shared: Option<StoredSession>,
    /// Of ours, in this tab's own place.
    pub own: Option<StoredSession>,
}

/// What is to become of the record in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It stays as it is.
    Untouched,
    /// It is removed.
    Removed,
    /// The session is written there.
    Written,
}

impl Found {
    /// Whether what is in this tab's own place is over: somebody has signed in for all tabs since.
    #[must_use]
    pub fn is_own_over(&self) -> bool {
        match (&self.shared, &self.own) {
            (Some(shared), Some(own)) => shared.is_newer_than(own),
            (None, _) | (_, None) => false,
        }
    }

    /// The record.
    #[must_use]
    pub fn into_record(self) -> Option<StoredSession> {
        if self.own.is_none() || self.is_own_over() {
            return self.shared;
        }
        self.own.map(|own| StoredSession { only_here: true, ..own })
    }

    /// What a compare-and-set that may be carried out changes, in the shared place and in this tab's own.
    #[must_use]
    pub fn changes(&self, session: Option<&StoredSession>, replaces: Replaces) -> [Change; 2] {
        // What cannot be read, or is of another provider, is not ours to remove.
        let emptied = if self.shared.is_some() { Change::Removed } else { Change::Untouched };
        match (session, replaces) {
            (None, _) => [emptied, Change::Removed],
            (Some(StoredSession { only_here: false, .. }), _) => [Change::Written, Change::Removed],
            // A sign-in takes the place of whatever was there.
            (Some(_), Replaces::Anything) => [emptied, Change::Written],
            // Another tab may have signed in meanwhile, for all of them.
            (Some(_), Replaces::UpTo { .. }) => [Change::Untouched, Change::Written],
        }
    }
}
