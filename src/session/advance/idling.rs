//! Idle time: who is not there for long is asked whether to stay, and signed out without an answer.
//!
//! ```text
//! active ------------------> warned ----------------> signed out, reason Idle
//!    ^   60 s before the end,   |      idle_timeout
//!    |   or half of it          |
//!    '--------- an answer ------'
//! ```
//! What counts is the newest activity in any tab: each notes its own in storage and hears of the others' there. Once the
//! warning is shown, only an answer counts: a hand that brushes the mouse is nobody who is there. What a clock
//! that was wrong has noted for the future says nothing.

use super::Step;
use crate::session::{event::Effect, state::State, time::Timestamp, tokens::StoredSession};

/// Activity is noted no more often.
const NOTED_EVERY_MS: u64 = 1000;

impl Step<'_> {
    pub(super) fn activity_noticed(&mut self) {
        let Some(idle_ms) = self.session.rules.idle_timeout_ms else { return };
        let noted = self.session.active_at;
        if (noted..noted.after_ms(NOTED_EVERY_MS.min(idle_ms / 8))).contains(&self.now) {
            return;
        }
        // First what has happened meanwhile: the computer may have slept for a night.
        self.look_at_the_clock();
        if matches!(&self.session.state, State::SignedIn(signed_in) if !signed_in.is_warned) {
            self.note_activity();
        }
    }

    pub(super) fn stay_requested(&mut self) {
        self.look_at_the_clock();
        if let State::SignedIn(signed_in) = &mut self.session.state {
            signed_in.is_warned = false;
            self.note_activity();
        }
    }

    /// A session begins here, or is found. Without a word about activity, one that would be over is asked about, not ended:
    /// the idle timeout may be new, or storage had no room for the note.
    pub(super) fn count_idle_time_of(&mut self, session: &StoredSession) {
        let is_untold = self.session.active_at == Timestamp(0);
        self.activity_heard_of(session.signed_in_at.min(self.now));
        let asked_until = self.now.after_ms(self.session.warning_ms());
        if let Some(ends_at) = self.session.idle_ends_at().filter(|ends_at| is_untold && *ends_at < asked_until) {
            self.session.active_at = self.session.active_at.after_ms(asked_until.ms_since(ends_at));
        }
    }

    pub(super) fn activity_heard_of(&mut self, at: Timestamp) {
        if self.session.rules.idle_timeout_ms.is_some() && at <= self.now {
            self.session.active_at = self.session.active_at.max(at);
        }
    }

    pub(super) fn note_activity(&mut self) {
        if self.session.rules.idle_timeout_ms.is_some() {
            self.session.active_at = self.now;
            self.effects.push(Effect::NoteActivity { at: Some(self.now) });
        }
    }

    /// Asks whether somebody is there, or takes the question back that another tab has heard the answer to.
    pub(super) fn warn_or_take_back(&mut self) {
        // A clock that was set back: counted from now.
        self.session.active_at = self.session.active_at.min(self.now);
        let is_due = self.session.warns_at().is_some_and(|at| self.now >= at);
        if let State::SignedIn(signed_in) = &mut self.session.state {
            signed_in.is_warned = is_due;
        }
    }
}
