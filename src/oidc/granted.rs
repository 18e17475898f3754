//! The sign-ins whose code has come, until the answer of the token endpoint is there: their nonce is needed again then.
//!
//! Which one an answer is of is told by the code verifier in the request: it is ours, nobody can guess it, and each is used once.

use super::Pending;
use std::fmt;

/// Of more codes at once the oldest is forgotten.
const MOST: usize = 8;

/// All of them, oldest first.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Granted(Vec<Pending>);

impl fmt::Debug for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl Granted {
    /// Remembers one more; the oldest gives way.
    pub fn add(&mut self, pending: Pending) {
        self.0.push(pending);
        self.0.drain(..self.0.len().saturating_sub(MOST));
    }

    /// Takes the one out, for good, whose code a request with this body exchanges.
    pub fn take(&mut self, body: impl AsRef<[u8]>) -> Option<Pending> {
        // base64url: the same letters in a form, and in JSON.
        let is_of = |pending: &Pending| {
            let verifier = pending.code_verifier.as_bytes();
            !verifier.is_empty() && body.as_ref().windows(verifier.len()).any(|bytes| bytes == verifier)
        };
        let place = self.0.iter().position(is_of)?;
        Some(self.0.remove(place))
    }
}
