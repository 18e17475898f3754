//! One API call with a token: who is asked again, and how often.
//!
//! ```text
//! ask for a token -> send -> 401 once: name the refused token, send again with what comes back
//!                         -> anything else, or 401 again: to the caller
//! ```
//! A 403 is not a matter of tokens and goes to the caller at once.

/// What a caller does with an answer of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is the answer.
    Deliver,
    /// Dispatch [`super::Event::AccessTokenRejected`] and send once more with what comes back.
    AskForAnother,
}

/// What to do with the answer to attempt number `attempt`, counted from 0.
#[must_use]
pub const fn after_answer(status: u16, carried_token: bool, attempt: u8) -> Next {
    if status == 401 && carried_token && attempt == 0 { Next::AskForAnother } else { Next::Deliver }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_401_is_tried_once_more_and_nothing_else_is() {
        assert_eq!(after_answer(401, true, 0), Next::AskForAnother);
        assert_eq!(after_answer(401, true, 1), Next::Deliver);
        assert_eq!(after_answer(401, false, 0), Next::Deliver);
        for status in [200, 400, 403, 404, 500] {
            assert_eq!(after_answer(status, true, 0), Next::Deliver);
        }
    }
}
