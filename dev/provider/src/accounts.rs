//! Who there is, and whether a password is theirs.
//!
//! Passwords are kept as Argon2id hashes (19 MiB, two passes, one lane: the OWASP recommendation, which is also the
//! crate's default). A user who does not exist costs the time of one hash all the same, and is refused with
//! the same word, so that neither the answer nor its delay tells who has an account.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use rusqlite::{OptionalExtension as _, Row};

use crate::database::Database;
use crate::failure::Failure;
use crate::random;
use crate::time::{Clock, Timestamp};

/// A user that every new database begins with, and the password that is printed at start.
#[derive(Clone, Copy)]
pub struct DemoUser {
    /// What to type as the user name.
    pub email: &'static str,
    /// What to type as the password. Public on purpose.
    pub password: &'static str,
    /// The name to be greeted with.
    pub name: &'static str,
    /// `member` or `admin`.
    pub role: &'static str,
}

/// The seeded users.
pub const DEMO_USERS: [DemoUser; 2] = [
    DemoUser { email: "demo@example.com", password: "correct-horse", name: "Dana Demo", role: "member" },
    DemoUser { email: "admin@example.com", password: "battery-staple", name: "Ada Admin", role: "admin" },
];

/// A user, as far as anybody but this file may know.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub id: String,
    pub email: String,
    pub name: String,
    pub role: String,
    pub tenant: String,
    pub created_at: Timestamp,
}

impl User {
    /// The columns that [`User::from_row`] reads, in its order, of a table named or aliased `users`.
    pub const COLUMNS: &'static str = "users.id, users.email, users.name, users.role, users.tenant, users.created_at";

    /// Reads the columns of [`User::COLUMNS`], which must be the first of the row.
    pub fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            role: row.get(3)?,
            tenant: row.get(4)?,
            created_at: Timestamp::from_millis(row.get(5)?),
        })
    }
}

/// The users of one database.
#[derive(Clone)]
pub(crate) struct Accounts {
    database: Arc<Database>,
    clock: Clock,
}

impl Accounts {
    pub fn new(database: Arc<Database>, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Adds the demo users that are not there yet.
    pub fn seed(&self) -> Result<(), Failure> {
        for demo in DEMO_USERS {
            if self.find(demo.email)?.is_some() {
                continue;
            }
            let (id, hash) = (random::uuid()?, hash(demo.password)?);
            let now = self.clock.now().as_millis();
            self.database.write(|transaction| {
                transaction.execute(
                    "INSERT INTO users (id, email, name, role, tenant, password_hash, created_at)
                     VALUES (?1, ?2, ?3, ?4, 'north', ?5, ?6)",
                    (id, demo.email, demo.name, demo.role, hash, now),
                )?;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The user whose password this is, or `None` for a wrong password and for an unknown user alike.
    /// Takes the time of one hash: not for an async thread.
    pub fn authenticate(&self, email: &str, password: &str) -> Result<Option<User>, Failure> {
        let Some((user, stored)) = self.find(email)? else {
            hash(password)?;
            return Ok(None);
        };
        let stored = PasswordHash::new(&stored).map_err(|_| Failure::Hashing(HashError::EncodingInvalid))?;
        match Argon2::default().verify_password(password.as_bytes(), &stored) {
            Ok(()) => Ok(Some(user)),
            Err(HashError::PasswordInvalid) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The user of that name.
    pub fn user(&self, email: &str) -> Result<Option<User>, Failure> {
        Ok(self.find(email)?.map(|(user, _)| user))
    }

    fn find(&self, email: &str) -> Result<Option<(User, String)>, Failure> {
        self.database.read(|connection| {
            let query = format!("SELECT {}, users.password_hash FROM users WHERE email = ?1", User::COLUMNS);
            let found =
                connection.query_row(&query, [email], |row| Ok((User::from_row(row)?, row.get(6)?))).optional()?;
            Ok(found)
        })
    }
}

fn hash(password: &str) -> Result<String, Failure> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn seeded() -> Accounts {
        let database = Arc::new(Database::open(None).unwrap());
        let accounts = Accounts::new(database, Clock::default());
        accounts.seed().unwrap();
        accounts
    }

    #[test]
    fn seeding_twice_adds_nobody() {
        let accounts = seeded();
        let (before, _) = accounts.find(DEMO_USERS[0].email).unwrap().unwrap();
        accounts.seed().unwrap();
        let (after, _) = accounts.find(DEMO_USERS[0].email).unwrap().unwrap();
        assert_eq!(before.id, after.id);
    }

    #[test]
    fn passwords_are_kept_as_argon2id_with_19_mib_and_two_passes() {
        let (_, stored) = seeded().find(DEMO_USERS[0].email).unwrap().unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    }

    #[test]
    fn an_unknown_user_takes_the_time_of_a_hash() {
        let accounts = seeded();
        let quickest_of_three = |email: &str| {
            let attempt = || {
                let began = Instant::now();
                assert!(accounts.authenticate(email, "wrong").unwrap().is_none());
                began.elapsed()
            };
            [attempt(), attempt(), attempt()].into_iter().min().unwrap_or(Duration::MAX)
        };
        let known = quickest_of_three(DEMO_USERS[0].email);
        let unknown = quickest_of_three("nobody@example.com");
        // Without the hash it would be a thousandth; both sides do the same work, so a half is far off.
        assert!(unknown > known / 2, "unknown {unknown:?}, known {known:?}");
    }
}
