//! Words for what the app would do, and for spans of time.

use super::trial::{Meaning, Step};
use crate::session::{Outcome, QueryProblem, Timestamp};
use serde_json::Value;

/// Whether the app could go on, and what it would do.
pub(super) fn outcome(step: &Step, meaning: &Meaning) -> (bool, String) {
    match meaning {
        Meaning::Provider(outcome) => provider(step, outcome),
        Meaning::Before(_) => (true, "The app would go on to the request itself.".to_owned()),
        Meaning::Query(Ok(Value::Array(rows))) => {
            (true, format!("The app would show {}.", counted(rows.len(), "row", "rows")))
        }
        Meaning::Query(Ok(_)) => (true, "The app would show one record.".to_owned()),
        Meaning::Query(Err(problem)) => (false, query(problem)),
    }
}

fn provider(step: &Step, outcome: &Outcome) -> (bool, String) {
    let would = |words: &str| ["The app would ", words].concat();
    match outcome {
        Outcome::Granted(_) if *step == Step::Refresh => {
            (true, would("go on with the new tokens; nobody would notice."))
        }
        Outcome::Granted(_) => (true, would("sign in.")),
        Outcome::Challenged(_) => {
            (true, would("ask for one more step (`errors.challenge`). This page tries the password step only."))
        }
        Outcome::User(_) => (true, would("know who is signed in.")),
        Outcome::Revoked => (true, would("count this as revoked.")),
        Outcome::Refused => (
            false,
            match step {
                Step::SignIn => would("say that the username or the password is not right."),
                Step::Refresh => {
                    would("not get new tokens: it would keep the session until the access token expires, then end it.")
                }
                Step::UserInfo => would("take the session for ended where there is no refresh, and else refresh it."),
                Step::Query(_) | Step::Revoke(_) | Step::Discovery => {
                    would("be signed out all the same; the provider keeps the token until it expires.")
                }
            },
        ),
        Outcome::Ended => (
            false,
            match step {
                Step::SignIn => would("say that the username or the password is not right."),
                _ => would(
                    "end the session: it takes the answer for the provider's word that it is over (`errors.session_ended`).",
                ),
            },
        ),
        Outcome::Later { retry_at } | Outcome::RateLimited { retry_at } => {
            let when = if retry_at.is_some() { "when the provider said" } else { "at a time of its own choice" };
            (false, would(&["wait, and try again ", when, "."].concat()))
        }
        Outcome::Unreturned(_) => (false, would("say that the sign-in did not come back.")),
        Outcome::Failing { .. } => (false, would("say that the service has a problem, and try again later.")),
        Outcome::Unintelligible { detail } => {
            (false, would(&["say that it is not set up correctly, and for the operator: ", detail, "."].concat()))
        }
        Outcome::Walled => {
            (false, would("say that the service cannot be reached: it got a web page in place of an answer."))
        }
        Outcome::Offline => (false, would("say that the device is offline.")),
        Outcome::Unreachable => (false, would("say that the service cannot be reached.")),
        Outcome::TimedOut => (false, would("say that the service took too long.")),
    }
}

fn query(problem: &QueryProblem) -> String {
    ["The block would say that it cannot show this: ", &problem.to_string(), "."].concat()
}

/// `1 row`, `3 rows`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `15 minutes`, `1 hour 5 minutes`, `10 days`.
#[must_use]
pub fn span(ms: u64) -> String {
    let seconds = ms / 1000;
    if seconds == 0 {
        return format!("{ms} ms");
    }
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut rest = seconds;
    let mut parts: Vec<String> = Vec::new();
    for (size, name) in units {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            parts.push(format!("{count} {name}{}", if count == 1 { "" } else { "s" }));
        } else if !parts.is_empty() {
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    parts.join(" ")
}

/// `14:05:09 UTC`.
#[must_use]
pub fn clock(at: Timestamp) -> String {
    let seconds = at.0 / 1000 % 86_400;
    format!("{:02}:{:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `in 15 minutes, at 14:05:09 UTC`.
pub(super) fn until(at: Timestamp, now: Timestamp) -> String {
    format!("in {}, at {}", span(at.ms_since(now)), clock(at))
}

#[cfg(test)]
mod tests {
    use super::{clock, span};
    use crate::session::Timestamp;

    #[test]
    fn spans_are_told_in_their_two_largest_units() {
        let spans = [
            (900, "900 ms"),
            (1_000, "1 second"),
            (900_000, "15 minutes"),
            (3_600_000, "1 hour"),
            (3_905_000, "1 hour 5 minutes"),
            (86_403_000, "1 day"),
            (900_000_000, "10 days 10 hours"),
        ];
        for (ms, words) in spans {
            assert_eq!(span(ms), words);
        }
    }

    #[test]
    fn a_time_is_told_as_a_clock_shows_it() {
        assert_eq!(clock(Timestamp(1_795_424_709_000)), "09:05:09 UTC");
    }
}
