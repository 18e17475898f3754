//! The demo provider of one test: a real server on a port of its own, with strings to pull.

use crate::patience::until;
use crate::plain_http::{Answer, ask};
use axum::http::Method;
use demo_provider::{Counts, Fault, Options, Running};
use serde_json::Value;
use std::time::Duration;

/// A person who can sign in, and what they type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name they sign in with.
    pub username: &'static str,
    /// Their password.
    pub password: &'static str,
}

/// The user with the role `member`.
pub const MEMBER: Person = Person { username: "demo@example.com", password: "correct-horse" };

/// The user with the role `admin`.
pub const ADMIN: Person = Person { username: "admin@example.com", password: "battery-staple" };

/// A running demo provider. It stops when this is dropped.
pub struct Provider {
    running: Running,
}

impl Provider {
    /// Starts one that lets the pages of `origin` read its answers.
    #[must_use]
    pub fn start(origin: &str, access_ttl: Duration) -> Self {
        let origin = match origin.parse() {
            Ok(origin) => origin,
            Err(error) => panic!("{error}"),
        };
        let options =
            Options { allow_origins: vec![origin], access_ttl, control: true, quiet: true, ..Options::default() };
        match demo_provider::Provider::start(options) {
            Ok(running) => Self { running },
            Err(error) => panic!("the demo provider does not start: {error}"),
        }
    }

    /// Its origin, which is also its address: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.running.base_url()
    }

    /// What it was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.running.counts()
    }

    /// Sets the counters back to zero.
    pub fn clear_counts(&self) {
        self.running.clear_counts();
    }

    /// Makes a passkey known, by its identifier and its public key as browsers tell it.
    pub fn add_passkey(&self, person: Person, id: &[u8], public_key: &[u8]) {
        assert!(self.running.add_passkey(person.username, id, public_key), "this is no key of ES256");
    }

    /// Forgets all passkeys.
    pub fn clear_passkeys(&self) {
        self.running.clear_passkeys();
    }

    /// How many sessions have not ended.
    #[must_use]
    pub fn living_sessions(&self) -> u64 {
        match self.running.living_sessions() {
            Ok(count) => count,
            Err(error) => panic!("the provider cannot count: {error}"),
        }
    }

    /// Lets a fault wait, written as `POST /_control/faults` takes it.
    pub fn add_fault(&self, fault: &Value) {
        match Fault::from_json(fault.to_string().as_bytes()) {
            Ok(fault) => self.running.add_fault(fault),
            Err(error) => panic!("{error}: {fault}"),
        }
    }

    /// The same, written as JSON or as the command line takes it.
    pub fn add_fault_as_written(&self, written: &str) {
        let fault = if written.starts_with('{') { Fault::from_json(written.as_bytes()) } else { written.parse() };
        match fault {
            Ok(fault) => self.running.add_fault(fault),
            Err(error) => panic!("{error}: {written}"),
        }
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.running.clear_faults();
    }

    /// Ends the validity of all access tokens; refresh tokens stay good.
    pub async fn expire_access_tokens(&self) {
        self.control("expire").await;
    }

    /// Ends all sessions.
    pub async fn end_all_sessions(&self) {
        self.control("end").await;
    }

    /// Sets its clock ahead.
    pub fn let_pass(&self, span: Duration) {
        self.running.clock().advance(span);
    }

    /// The lines of its log.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.running.log()
    }

    /// Waits until the counters are as they should be.
    pub async fn until_counts(&self, what: &str, are_right: impl Fn(&Counts) -> bool) -> Counts {
        until(what, async || {
            let counts = self.counts();
            if are_right(&counts) { Ok(counts) } else { Err(format!("{counts:?}")) }
        })
        .await
    }

    /// Asks the protected API who an access token belongs to.
    pub async fn ask_who_i_am(&self, access_token: &str) -> Answer {
        let bearer = format!("Bearer {access_token}");
        let url = format!("{}/api/me", self.origin());
        ask(Method::GET, &url, &[("authorization", &bearer)], String::new()).await
    }

    async fn control(&self, deed: &str) {
        let url = format!("{}/_control/{deed}", self.origin());
        let json = [("content-type", "application/json")];
        let answer = ask(Method::POST, &url, &json, "{}".into()).await;
        assert_eq!(answer.status, 204, "{url}: {}", answer.body);
    }
}
