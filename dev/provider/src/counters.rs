//! What was asked of the provider since it started, or since the counters were last cleared.
//!
//! A request is counted before any fault touches it, so the numbers are what the client did. Preflights
//! are not counted: the browser makes them, not the app.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::faults::At;

/// The numbers at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Requests to sign in, in any dialect.
    pub sign_in: u64,
    /// Sign-ins that were carried out.
    pub logins_ok: u64,
    /// Requests for what a passkey is to sign.
    pub passkey_options: u64,
    /// Requests to refresh, in any dialect.
    pub refresh: u64,
    /// Refreshes that were carried out: a token was rotated, whether or not its answer arrived.
    pub refresh_ok: u64,
    /// Refresh tokens that were presented after they had been rotated.
    pub reuse: u64,
    /// Requests to revoke or to sign out.
    pub revoke: u64,
    /// Requests for the user, at `/auth/v1/user` and `/oauth/userinfo`.
    pub user: u64,
    /// Requests to the protected API.
    pub api: u64,
    /// Answers of the protected API with status 401.
    pub api_401: u64,
}

/// The counters of one running provider.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    sign_in: AtomicU64,
    logins_ok: AtomicU64,
    passkey_options: AtomicU64,
    refresh: AtomicU64,
    refresh_ok: AtomicU64,
    reuse: AtomicU64,
    revoke: AtomicU64,
    user: AtomicU64,
    api: AtomicU64,
    api_401: AtomicU64,
}

impl Counters {
    pub fn asked(&self, at: At) {
        add_one(match at {
            At::SignIn => &self.sign_in,
            At::PasskeyOptions => &self.passkey_options,
            At::Refresh => &self.refresh,
            At::Revoke => &self.revoke,
            At::User => &self.user,
            At::Api => &self.api,
        });
    }

    pub fn signed_in(&self) {
        add_one(&self.logins_ok);
    }

    pub fn refreshed(&self) {
        add_one(&self.refresh_ok);
    }

    pub fn reused(&self) {
        add_one(&self.reuse);
    }

    pub fn unauthorized(&self) {
        add_one(&self.api_401);
    }

    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            sign_in: read(&self.sign_in),
            logins_ok: read(&self.logins_ok),
            passkey_options: read(&self.passkey_options),
            refresh: read(&self.refresh),
            refresh_ok: read(&self.refresh_ok),
            reuse: read(&self.reuse),
            revoke: read(&self.revoke),
            user: read(&self.user),
            api: read(&self.api),
            api_401: read(&self.api_401),
        }
    }

    pub fn clear(&self) {
        let Self { sign_in, logins_ok, passkey_options, refresh, refresh_ok, reuse, revoke, user, api, api_401 } = self;
        for counter in [sign_in, logins_ok, passkey_options, refresh, refresh_ok, reuse, revoke, user, api, api_401] {
            counter.store(0, Ordering::Relaxed);
        }
    }
}

fn add_one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
