//! The `SQLite` database: its tables, and the two ways to use them.
//!
//! One connection behind one lock: every write is a transaction that no other request can interleave with,
//! which is what makes a refresh token usable exactly once. No query lives here; each stands with the idea
//! it serves.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};

use crate::failure::Failure;
use crate::random;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS settings (
        name TEXT PRIMARY KEY, value BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS users (
        id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
        role TEXT NOT NULL, tenant TEXT NOT NULL, password_hash TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS families (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), client TEXT NOT NULL, scope TEXT,
        begun_at INTEGER NOT NULL, ended_at INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS refresh_tokens (
        digest BLOB PRIMARY KEY, family_id TEXT NOT NULL REFERENCES families (id),
        expires_at INTEGER NOT NULL, used_at INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS access_tokens (
        id TEXT PRIMARY KEY, family_id TEXT NOT NULL REFERENCES families (id),
        expires_at INTEGER NOT NULL, revoked_at INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS orders (
        id INTEGER PRIMARY KEY, customer TEXT NOT NULL, status TEXT NOT NULL, total_cents INTEGER NOT NULL,
        currency TEXT NOT NULL, placed_at INTEGER NOT NULL
    ) STRICT;
";

/// The one connection.
pub(crate) struct Database {
    connection: Mutex<Connection>,
}

impl Database {
    /// Opens the file, or a database in memory, and makes the tables that are not there.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        // Development data: a crash of the machine may lose the last moments, a crash of the process not.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.execute_batch(TABLES)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Runs queries that change nothing.
    pub fn read<T, E>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        work(&self.lock())
    }

    /// Runs changes that happen together or, when `work` or the commit fails, not at all.
    pub fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcome = work(&transaction)?;
        transaction.commit()?;
        Ok(outcome)
    }

    /// The key that signs access tokens, made when the database is new, so that tokens outlive a restart.
    pub fn signing_key(&self) -> Result<[u8; 32], Failure> {
        self.write(|transaction| {
            let stored = transaction
                .query_row("SELECT value FROM settings WHERE name = 'signing_key'", [], |row| row.get(0))
                .optional()?;
            if let Some(key) = stored {
                return Ok(key);
            }
            let key = random::bytes::<32>()?;
            transaction.execute("INSERT INTO settings (name, value) VALUES ('signing_key', ?1)", [key])?;
            Ok(key)
        })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic under the lock leaves at worst a transaction that was rolled back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
