//! What people choose at a sign-in: whether to stay signed in, and whether their user name is remembered.
//!
//! A choice is kept until the sign-in that it is made for, so that it outlives a redirect, and has its effect when somebody has
//! signed in here.

use super::{driver::Driver, storage::Record};
use crate::config::StorageKind;

/// That the person wants to stay signed in.
const STAYS: &str = "true";

impl Driver {
    /// Somebody has signed in here: what they ticked has its effect.
    pub(super) fn leave_choices(&self) {
        self.leave_username();
        if let Some(choice) = &self.stays {
            _ = choice.write(None, StorageKind::Session);
        }
    }

    fn leave_username(&self) {
        if let Some(username) = &self.username
            && let Some(next) = self.next_username.take()
        {
            // Where storage is full, there is nothing to be lost.
            _ = username.write(Some(&next), StorageKind::Local);
        }
    }

    pub(super) fn remembered_username(&self) -> Option<String> {
        self.username.as_ref().and_then(Record::read)
    }

    pub(super) fn remember_username(&self, username: Option<&str>) {
        *self.next_username.borrow_mut() = username.map(str::to_owned);
        if let (None, Some(remembered)) = (username, &self.username) {
            _ = remembered.write(None, StorageKind::Local);
        }
    }

    pub(super) fn stays(&self) -> bool {
        let by_default = self.config.session.stay_signed_in.unwrap_or(true);
        self.stays.as_ref().and_then(Record::read).map_or(by_default, |choice| choice == STAYS)
    }

    pub(super) fn choose_to_stay(&self, stays: bool) {
        if let Some(choice) = &self.stays {
            _ = choice.write(Some(if stays { STAYS } else { "false" }), StorageKind::Session);
        }
    }
}
