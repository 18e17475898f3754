//! Sessions: families of tokens that descend from one sign-in. All dialects share this one logic.
//!
//! ```text
//!             begin                     rotate                    rotate
//!  sign-in ───────────▶ refresh token 1 ────────▶ refresh token 2 ────────▶ …
//!                       access token a            access token b
//!
//!  a refresh token that was rotated is presented again        ─▶ the family ends
//!  sign-out, revocation of its refresh token, `/_control/end` ─▶ the family ends
//! ```
//!
//! A refresh token is good once (RFC 9700 §4.14.2): whoever comes second with it is a thief or was robbed, so
//! the whole family ends. With a family all of its access tokens end at once, because every use of one
//! asks the database. Refresh tokens are opaque and kept as SHA-256 digests only.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Transaction};
use sha2::{Digest as _, Sha256};

use crate::accounts::User;
use crate::database::Database;
use crate::failure::Failure;
use crate::jwt::{Claims, Key};
use crate::random;
use crate::time::{Clock, Timestamp};

/// How every refresh token begins, as those of real providers do, so that scanners for leaked secrets know it.
pub(crate) const REFRESH_TOKEN: &str = "vdemo_rt_";

/// Who was given the tokens. A token is only good for the client that it was issued to (RFC 6749 §6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client(String);

impl Client {
    pub fn gotrue() -> Self {
        Self("gotrue".into())
    }

    pub fn oauth2(client_id: &str) -> Self {
        Self(format!("oauth2:{client_id}"))
    }

    pub fn simplejwt() -> Self {
        Self("simplejwt".into())
    }
}

/// What a sign-in or a refresh gives out.
pub(crate) struct Issued {
    pub user: User,
    pub access_token: String,
    pub refresh_token: String,
    /// How long the access token is good.
    pub expires_in: Duration,
    /// Seconds since the Unix epoch.
    pub expires_at: i64,
    /// As it was asked for at sign-in.
    pub scope: Option<String>,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("user", &self.user.id).finish_non_exhaustive()
    }
}

/// Why a refresh token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefreshRefusal {
    /// Never issued, or issued to another client.
    Unknown,
    /// It was rotated before. Its family has ended now, if it had not already.
    AlreadyUsed,
    /// Its family was ended: by sign-out, by revocation, or by reuse of an older token.
    Ended,
    /// It was not used in time.
    Expired,
}

/// Whose access token it is that was presented.
#[derive(Debug)]
pub(crate) struct Bearer {
    pub user: User,
    pub family: String,
}

/// Why an access token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BearerRefusal {
    /// Not a token that this provider issued.
    Unknown,
    /// Its time is over.
    Expired,
    /// It was revoked, or its family has ended.
    Revoked,
}

/// All families of one database.
pub(crate) struct Families {
    database: Arc<Database>,
    clock: Clock,
    key: Key,
    access_ttl: Duration,
    refresh_ttl: Duration,
}

impl Families {
    pub fn new(database: Arc<Database>, clock: Clock, key: Key, access_ttl: Duration, refresh_ttl: Duration) -> Self {
        Self { database, clock, key, access_ttl, refresh_ttl }
    }

    /// Begins a family for a user whose password was just checked.
    pub fn begin(&self, user: User, client: &Client, scope: Option<String>) -> Result<Issued, Failure> {
        let family = random::uuid()?;
        self.database.write(|transaction| {
            transaction.execute(
                "INSERT INTO families (id, user_id, client, scope, begun_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                (&family, &user.id, &client.0, &scope, self.clock.now().as_millis()),
            )?;
            self.issue(transaction, &family, user, scope)
        })
    }

    /// Takes a refresh token and gives out its successor, or ends the family of one that had a successor.
    pub fn rotate(&self, refresh_token: &str, client: &Client) -> Result<Result<Issued, RefreshRefusal>, Failure> {
        let digest = digest(refresh_token);
        self.database.write(|transaction| {
            let now = self.clock.now();
            let Some(found) = Presented::find(transaction, &digest, client)? else {
                return Ok(Err(RefreshRefusal::Unknown));
            };
            if found.is_used {
                end_family(transaction, &found.family, now)?;
                return Ok(Err(RefreshRefusal::AlreadyUsed));
            }
            if found.family_has_ended {
                return Ok(Err(RefreshRefusal::Ended));
            }
            if found.expires_at <= now {
                return Ok(Err(RefreshRefusal::Expired));
            }
            transaction
                .execute("UPDATE refresh_tokens SET used_at = ?2 WHERE digest = ?1", (digest, now.as_millis()))?;
            self.issue(transaction, &found.family, found.user, found.scope).map(Ok)
        })
    }

    /// Whose access token this is, if it is good now.
    pub fn bearer(&self, access_token: &str) -> Result<Result<Bearer, BearerRefusal>, Failure> {
        let Some(claims) = self.key.verify(access_token) else {
            return Ok(Err(BearerRefusal::Unknown));
        };
        let query = format!(
            "SELECT {}, access_tokens.expires_at, access_tokens.revoked_at, families.ended_at
             FROM access_tokens
             JOIN families ON families.id = access_tokens.family_id
             JOIN users ON users.id = families.user_id
             WHERE access_tokens.id = ?1",
            User::COLUMNS
        );
        let found = self.database.read(|connection| {
            let read = |row: &rusqlite::Row<'_>| {
                let expires_at = Timestamp::from_millis(row.get(6)?);
                let revoked_at: Option<i64> = row.get(7)?;
                let ended_at: Option<i64> = row.get(8)?;
                Ok((User::from_row(row)?, expires_at, revoked_at.or(ended_at).is_some()))
            };
            connection.query_row(&query, [&claims.jti], read).optional()
        })?;
        Ok(match found {
            None => Err(BearerRefusal::Unknown),
            Some((_, _, true)) => Err(BearerRefusal::Revoked),
            // The row has the milliseconds that the claim `exp` rounds away, always in the bearer's favour.
            Some((_, expires_at, _)) if expires_at <= self.clock.now() => Err(BearerRefusal::Expired),
            Some((user, _, _)) => Ok(Bearer { user, family: claims.sid }),
        })
    }

    /// Ends the family of a refresh token, whatever state that token is in. Says whether it was known.
    pub fn end_by_refresh_token(&self, refresh_token: &str, client: &Client) -> Result<Revocation, Failure> {
        let digest = digest(refresh_token);
        self.database.write(|transaction| {
            if let Some(found) = Presented::find(transaction, &digest, client)? {
                let was_live = !found.is_used && !found.family_has_ended;
                end_family(transaction, &found.family, self.clock.now())?;
                return Ok(if was_live { Revocation::Done } else { Revocation::AlreadyOver });
            }
            let is_known = transaction
                .query_row("SELECT 1 FROM refresh_tokens WHERE digest = ?1", [digest], |_| Ok(()))
                .optional()?
                .is_some();
            Ok(if is_known { Revocation::NotYours } else { Revocation::Unknown })
        })
    }

    /// Revokes one access token. Its family lives on.
    pub fn revoke_access_token(&self, access_token: &str, client: &Client) -> Result<Revocation, Failure> {
        let Some(claims) = self.key.verify(access_token) else {
            return Ok(Revocation::Unknown);
        };
        self.database.write(|transaction| {
            let issued_to = transaction
                .query_row("SELECT client FROM families WHERE id = ?1", [&claims.sid], |row| row.get(0))
                .optional()?
                .map(Client);
            Ok(match issued_to {
                None => Revocation::Unknown,
                Some(issued_to) if issued_to != *client => Revocation::NotYours,
                Some(_) => {
                    let changed = transaction.execute(
                        "UPDATE access_tokens SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
                        (&claims.jti, self.clock.now().as_millis()),
                    )?;
                    if changed == 1 { Revocation::Done } else { Revocation::AlreadyOver }
                }
            })
        })
    }

    /// Ends one family.
    pub fn end(&self, family: &str) -> Result<(), Failure> {
        self.database.write(|transaction| end_family(transaction, family, self.clock.now()))
    }

    /// Ends the families of one user, all or all but one.
    pub fn end_of_user(&self, user: &User, except: Option<&str>) -> Result<(), Failure> {
        self.database.write(|transaction| {
            transaction.execute(
                "UPDATE families SET ended_at = ?3 WHERE user_id = ?1 AND ended_at IS NULL AND id IS NOT ?2",
                (&user.id, except, self.clock.now().as_millis()),
            )?;
            Ok(())
        })
    }

    /// Ends every family there is.
    pub fn end_all(&self) -> Result<(), Failure> {
        self.database.write(|transaction| {
            let now = self.clock.now().as_millis();
            transaction.execute("UPDATE families SET ended_at = ?1 WHERE ended_at IS NULL", [now])?;
            Ok(())
        })
    }

    /// How many families have not ended.
    pub fn living(&self) -> Result<u64, Failure> {
        self.database.read(|connection| {
            let count: i64 =
                connection.query_row("SELECT COUNT(*) FROM families WHERE ended_at IS NULL", [], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// Ends the validity of every access token issued so far. Refresh tokens stay good.
    pub fn expire_access_tokens(&self) -> Result<(), Failure> {
        self.database.write(|transaction| {
            let now = self.clock.now().as_millis();
            transaction.execute("UPDATE access_tokens SET expires_at = ?1 WHERE expires_at > ?1", [now])?;
            Ok(())
        })
    }

    fn issue(
        &self,
        transaction: &Transaction<'_>,
        family: &str,
        user: User,
        scope: Option<String>,
    ) -> Result<Issued, Failure> {
        let now = self.clock.now();
        let access_id = random::uuid()?;
        let refresh_token = [REFRESH_TOKEN, &random::token()?].concat();
        transaction.execute(
            "INSERT INTO access_tokens (id, family_id, expires_at) VALUES (?1, ?2, ?3)",
            (&access_id, family, now.after(self.access_ttl).as_millis()),
        )?;
        transaction.execute(
            "INSERT INTO refresh_tokens (digest, family_id, expires_at) VALUES (?1, ?2, ?3)",
            (digest(&refresh_token), family, now.after(self.refresh_ttl).as_millis()),
        )?;
        let expires_at = now.after(self.access_ttl).as_seconds();
        let access_token = self.key.sign(&Claims {
            sub: user.id.clone(),
            email: user.email.clone(),
            role: user.role.clone(),
            iat: now.as_seconds(),
            exp: expires_at,
            jti: access_id,
            sid: family.to_owned(),
        })?;
        Ok(Issued { user, access_token, refresh_token, expires_in: self.access_ttl, expires_at, scope })
    }
}

/// What became of a wish to revoke a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revocation {
    /// It was good and is no longer.
    Done,
    /// It had been used, revoked or ended before.
    AlreadyOver,
    /// It was issued to another client; nothing was done.
    NotYours,
    /// No such token was issued.
    Unknown,
}

/// A refresh token as it was found.
struct Presented {
    family: String,
    user: User,
    scope: Option<String>,
    expires_at: Timestamp,
    is_used: bool,
    family_has_ended: bool,
}

impl Presented {
    fn find(connection: &Connection, digest: &[u8; 32], client: &Client) -> Result<Option<Self>, rusqlite::Error> {
        let query = format!(
            "SELECT {}, families.id, families.scope, refresh_tokens.expires_at,
                    refresh_tokens.used_at IS NOT NULL, families.ended_at IS NOT NULL
             FROM refresh_tokens
             JOIN families ON families.id = refresh_tokens.family_id
             JOIN users ON users.id = families.user_id
             WHERE refresh_tokens.digest = ?1 AND families.client = ?2",
            User::COLUMNS
        );
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Self {
                user: User::from_row(row)?,
                family: row.get(6)?,
                scope: row.get(7)?,
                expires_at: Timestamp::from_millis(row.get(8)?),
                is_used: row.get(9)?,
                family_has_ended: row.get(10)?,
            })
        };
        connection.query_row(&query, (digest, &client.0), read).optional()
    }
}

fn end_family(transaction: &Transaction<'_>, family: &str, now: Timestamp) -> Result<(), Failure> {
    transaction
        .execute("UPDATE families SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL", (family, now.as_millis()))?;
    Ok(())
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
