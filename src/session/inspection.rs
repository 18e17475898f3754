//! What an operator may see of a tab's session: words and times, **never** a secret.

use super::{
    event::Event,
    state::{Refresh, Session, State, UserInfo},
    time::Timestamp,
};
use std::collections::VecDeque;

/// One line of the panel: what, and how it is.
pub type Finding = (&'static str, String);

impl Session {
    /// How things stand at `now`.
    #[must_use]
    pub fn inspect(&self, now: Timestamp) -> Vec<Finding> {
        let until = |at: Timestamp| match at.ms_since(now) {
            0 => ago(at, now),
            left => ["in ", &span(left)].concat(),
        };
        let mut findings = vec![("State", self.state.name().to_owned())];
        if let State::SignedIn(signed_in) = &self.state {
            let tokens = &signed_in.session.tokens;
            findings.push(("Signed in", ago(signed_in.session.signed_in_at, now)));
            findings.push(("Access token received", ago(tokens.received_at, now)));
            let expiry = tokens.expires_at.map_or_else(|| "unknown".to_owned(), until);
            findings.push(("Access token expires", expiry));
            let has = if tokens.refresh_token.is_some() { "yes" } else { "no" };
            findings.push(("Refresh token", has.to_owned()));
            findings.push(("Refresh", signed_in.refresh.name().to_owned()));
            if signed_in.failures > 0 {
                findings.push(("Failed in a row", signed_in.failures.to_string()));
            }
            let user = match signed_in.user_info {
                UserInfo::Settled if signed_in.session.user.is_some() => "known",
                UserInfo::Settled => "not available",
                UserInfo::Wanted { .. } => "not asked for yet",
                UserInfo::Asked(_) => "being asked for",
            };
            findings.push(("User", user.to_owned()));
            let saved = if signed_in.is_unsaved { "no, only in this page's memory" } else { "yes" };
            findings.push(("Saved", saved.to_owned()));
            if let Some(at) = self.idle_ends_at() {
                findings.push(("Idle timeout", until(at)));
            }
            if let Some(at) = signed_in.session.ends_at(&self.rules) {
                findings.push(("Maximum age", until(at)));
            }
        }
        findings.push(("Next look at the clock", self.next_wake(now).map_or_else(|| "none".to_owned(), until)));
        findings
    }
}

/// So many different events in a row are remembered.
const MAX_HEARD: usize = 12;

/// The last events of a tab, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail(VecDeque<Heard>);

/// An event, how often in a row, and when last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Heard {
    name: &'static str,
    count: u32,
    at: Timestamp,
}

impl Trail {
    /// Takes note of an event.
    pub fn hear(&mut self, event: &Event, now: Timestamp) {
        if matches!(event, Event::ActivityNoticed) {
            // It would drive out all that matters.
            return;
        }
        let name = event.name();
        match self.0.back_mut() {
            Some(last) if last.name == name => *last = Heard { name, count: last.count.saturating_add(1), at: now },
            _ => self.0.push_back(Heard { name, count: 1, at: now }),
        }
        if self.0.len() > MAX_HEARD {
            self.0.pop_front();
        }
    }

    /// The newest first.
    #[must_use]
    pub fn findings(&self, now: Timestamp) -> Vec<Finding> {
        let mut findings = Vec::new();
        for heard in self.0.iter().rev() {
            let mut text = ago(heard.at, now);
            if heard.count > 1 {
                text = [&heard.count.to_string(), " times, last ", &text].concat();
            }
            findings.push((heard.name, text));
        }
        findings
    }
}

impl State {
    const fn name(&self) -> &'static str {
        match self {
            Self::Starting { .. } => "starting",
            Self::SignedOut(_) => "signed out",
            Self::SigningIn { .. } => "signing in",
            Self::SignedIn(_) => "signed in",
        }
    }
}

impl Refresh {
    const fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::AwaitingLock => "waits for the lock",
            Self::InFlight { .. } => "in flight",
            Self::Saving { .. } => "saving",
            Self::Probing { .. } => "asks whether the token is good",
            Self::BackingOff { .. } => "backs off",
            Self::Refused => "refused; kept until the token expires",
        }
    }
}

impl Event {
    /// What it is called, and nothing of what it brings.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "Started",
            Self::SignInSubmitted { .. } => "SignInSubmitted",
            Self::ChallengeAbandoned => "ChallengeAbandoned",
            Self::Responded { .. } => "Responded",
            Self::LockAcquired { .. } => "LockAcquired",
            Self::LockUnavailable { .. } => "LockUnavailable",
            Self::StoreSettled { .. } => "StoreSettled",
            Self::AccessTokenRequested { .. } => "AccessTokenRequested",
            Self::AccessTokenRejected { .. } => "AccessTokenRejected",
            Self::StorageChanged { .. } => "StorageChanged",
            Self::Woke => "Woke",
            Self::Hidden => "Hidden",
            Self::Shown => "Shown",
            Self::WentOnline => "WentOnline",
            Self::SignOutRequested => "SignOutRequested",
            Self::ActivityNoticed => "ActivityNoticed",
            Self::ActivityHeardOf { .. } => "ActivityHeardOf",
            Self::StayRequested => "StayRequested",
            Self::EndedByProvider => "EndedByProvider",
            Self::SignedOutAtProvider => "SignedOutAtProvider",
            Self::SignOutFoundOwed { .. } => "SignOutFoundOwed",
        }
    }
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    [&span(now.ms_since(at)), " ago"].concat()
}

/// `1:02:03`, `2:03`.
fn span(ms: u64) -> String {
    let seconds = ms / 1000;
    let two = |count: u64| [if count < 10 { ":0" } else { ":" }, &count.to_string()].concat();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let head = if hours > 0 { [&hours.to_string(), two(minutes).as_str()].concat() } else { minutes.to_string() };
    [head, two(seconds % 60)].concat()
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_read_like_a_clock() {
        let spans = [(0, "0:00"), (999, "0:00"), (61_000, "1:01"), (3_599_000, "59:59"), (90_061_000, "25:01:01")];
        for (ms, text) in spans {
            assert_eq!(span(ms), text);
        }
    }
}
