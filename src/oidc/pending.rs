//! What a sign-in that was begun remembers, while the person is at the provider.
//!
//! A record is found by its state, once, and for ten minutes. A state that is asked for again was used: a page was
//! reloaded, or somebody plays an answer again. A state that nobody here knows is another tab's, or forged. (RFC 9700 §4.7.)

use super::put;
use super::{CLOCK_TOLERANCE_MS, base64url};
use crate::config::{read_json, write_json};
use crate::session::Timestamp;
use serde_json::{Map, Value};
use std::fmt;

/// More sign-ins at once than anybody begins in one tab.
const MOST: usize = 8;
/// How long the person may take at the provider.
const LASTS_MS: u64 = 10 * 60 * 1000;
/// Of a used state so much is remembered: enough to know it again, too little to be worth anything.
const KNOWN_BY: usize = 8;
/// A longer text was not written by us. Bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// How the person gets to the provider and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// This page leaves and comes back.
    Page,
    /// In a window of its own.
    Window,
    /// In a frame that nobody sees, and without asking anybody.
    Frame,
}

impl Way {
    /// The way by the name that the page has for it: `page`, `popup`, `silent`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "page" => Self::Page,
            "popup" => Self::Window,
            "silent" => Self::Frame,
            _ => return None,
        })
    }

    /// The way that a state says of itself, so that a callback knows without storage what it is. Anybody can write a state: it
    /// decides what becomes of the window, never whether somebody is signed in.
    #[must_use]
    pub fn of_state(state: &str) -> Option<Self> {
        Some(match state.as_bytes().first()? {
            b'p' => Self::Page,
            b'w' => Self::Window,
            b'f' => Self::Frame,
            _ => return None,
        })
    }

    /// A new state (RFC 6749 §10.12).
    #[must_use]
    pub fn state(self, random: &[u8; 32]) -> String {
        let letter = match self {
            Self::Page => "p",
            Self::Window => "w",
            Self::Frame => "f",
        };
        [letter, &base64url::encode(random)].concat()
    }
}

/// One sign-in that was begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Pending {
    /// Comes back with the answer. Made by [`Way::state`].
    pub state: String,
    /// Comes back in the ID token. Empty where none was asked for (no scope `openid`): then it is not sent.
    pub nonce: String,
    /// Goes to the token endpoint, and nowhere else.
    pub code_verifier: String,
    /// The redirect path, which tells the providers of one config apart.
    pub path: String,
    /// Whose answer it is to be.
    pub issuer: String,
    /// Where the person wanted to go.
    pub return_to: Option<String>,
    /// As it was sent; the token endpoint is told again (RFC 6749 §4.1.3).
    pub redirect_uri: String,
    /// By the wall clock.
    pub started_at: Timestamp,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("issuer", &self.issuer)
            .field("path", &self.path)
            .field("started_at", &self.started_at)
            .finish_non_exhaustive()
    }
}

impl Pending {
    /// How the person went to the provider.
    #[must_use]
    pub fn way(&self) -> Way {
        Way::of_state(&self.state).unwrap_or(Way::Page)
    }

    /// A clock that was set back by more than the tolerance leaves no saying how old a record is.
    fn has_lapsed(&self, now: Timestamp) -> bool {
        now >= self.started_at.after_ms(LASTS_MS) || now.after_ms(CLOCK_TOLERANCE_MS) < self.started_at
    }

    fn to_value(&self) -> Value {
        let mut record = Map::new();
        for (key, text) in [
            ("state", Some(&self.state)),
            ("nonce", Some(&self.nonce)),
            ("code_verifier", Some(&self.code_verifier)),
            ("path", Some(&self.path)),
            ("issuer", Some(&self.issuer)),
            ("return_to", self.return_to.as_ref()),
            ("redirect_uri", Some(&self.redirect_uri)),
        ] {
            if let Some(text) = text {
                put(&mut record, key, text.as_str());
            }
        }
        put(&mut record, "started_at", self.started_at.0);
        Value::Object(record)
    }

    fn from_value(record: &Value) -> Option<Self> {
        let text = |key: &str| Some(record.get(key)?.as_str()?.to_owned());
        Some(Self {
            state: text("state").filter(|state| Way::of_state(state).is_some())?,
            nonce: text("nonce")?,
            code_verifier: text("code_verifier")?,
            path: text("path")?,
            issuer: text("issuer")?,
            return_to: text("return_to"),
            redirect_uri: text("redirect_uri")?,
            started_at: Timestamp(record.get("started_at")?.as_u64()?),
        })
    }
}

/// Why there is no pending record for a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// There was one, and it was taken.
    #[error("this answer was used already")]
    Used,
    /// Nobody here began that sign-in.
    #[error("this answer belongs to no sign-in of this tab")]
    Stray,
    /// The person took too long.
    #[error("the sign-in was begun too long ago")]
    Lapsed(Box<Pending>),
}

/// All sign-ins that this tab has begun, oldest first, and which states were used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pendings {
    begun: Vec<Pending>,
    used: Vec<String>,
}

impl Pendings {
    /// Reads the two texts of storage. What is not ours in them counts as nothing.
    #[must_use]
    pub fn from_json(begun: Option<&str>, used: Option<&str>) -> Self {
        let begun = list(begun).iter().filter_map(Pending::from_value).collect();
        let known = |state: &Value| state.as_str().filter(|known| known.len() <= KNOWN_BY).map(str::to_owned);
        let used = list(used).iter().filter_map(known).collect();
        let mut pendings = Self { begun, used };
        pendings.keep_newest();
        pendings
    }

    /// The text for the sign-ins begun. It holds secrets: for the storage of this tab alone.
    #[must_use]
    pub fn to_json(&self) -> String {
        write_json(&self.begun.iter().map(Pending::to_value).collect())
    }

    /// The text for the states used.
    #[must_use]
    pub fn used_to_json(&self) -> String {
        write_json(&self.used.iter().map(|known| Value::from(known.as_str())).collect())
    }

    /// Remembers one more; the oldest gives way.
    pub fn add(&mut self, pending: Pending) {
        self.begun.push(pending);
        self.keep_newest();
    }

    /// Takes the record of a state out, for good.
    ///
    /// # Errors
    /// [`NotTaken`], by what the person is to be told. A lapsed record is gone too.
    pub fn take(&mut self, state: &str, now: Timestamp) -> Result<Pending, NotTaken> {
        let known = state.get(..KNOWN_BY).unwrap_or_default();
        let Some(place) = self.begun.iter().position(|pending| pending.state == state) else {
            return Err(if self.used.iter().any(|used| used == known) { NotTaken::Used } else { NotTaken::Stray });
        };
        let pending = self.begun.remove(place);
        self.used.push(known.to_owned());
        self.keep_newest();
        if pending.has_lapsed(now) { Err(NotTaken::Lapsed(Box::new(pending))) } else { Ok(pending) }
    }

    fn keep_newest(&mut self) {
        self.begun.drain(..self.begun.len().saturating_sub(MOST));
        self.used.drain(..self.used.len().saturating_sub(MOST));
    }
}

fn list(text: Option<&str>) -> Vec<Value> {
    match text.filter(|text| text.len() <= MAX_LENGTH).and_then(read_json) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}
