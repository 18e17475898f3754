//! What can go wrong inside the provider itself, as opposed to what it refuses.
//!
//! Every dialect answers all of these alike, with a 500; they are told apart only in the log.

/// The provider could not do its work. None of these names a token or a password.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// `SQLite` refused or could not read or write.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The operating system gave no random bytes.
    #[error("no random bytes could be had: {0}")]
    Randomness(#[from] getrandom::Error),
    /// A password could not be hashed, or a stored hash could not be read.
    #[error("a password could not be hashed: {0}")]
    Hashing(argon2::password_hash::Error),
    /// The provider is shutting down, or the work itself broke off.
    #[error("the work was broken off")]
    Interrupted,
}

impl From<argon2::password_hash::Error> for Failure {
    fn from(error: argon2::password_hash::Error) -> Self {
        Self::Hashing(error)
    }
}
