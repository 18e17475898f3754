//! The demo provider: the server that development and the tests sign in to.
//!
//! It is a real one as far as a client can tell: passwords are hashed with Argon2id, sessions live in `SQLite`,
//! access tokens are signed and expire, refresh tokens are good once and their reuse ends the session. It
//! speaks three dialects, and it can be told to misbehave. It never ships, and it listens on loopback only.
//!
//! Where to start: `families` is the heart. A request passes through the rest in this order:
//!
//! ```text
//! server ─▶ log ─▶ cors ─▶ dialects::{gotrue, oauth2, simplejwt} ─▶ faults ─▶ accounts, families ─▶ database
//!                       ├▶ api ─────────────────────────────────▶ faults ─▶ families, orders ───▶ database
//!                       └▶ control (only when asked for)
//! ```
//!
//! ```no_run
//! use demo_provider::{Options, Provider};
//!
//! let running = Provider::start(Options { control: true, ..Options::default() })?;
//! println!("{}", running.base_url());
//! # Ok::<(), demo_provider::StartError>(())
//! ```

mod accounts;
mod api;
mod control;
mod cors;
mod counters;
mod database;
mod dialects;
mod failure;
mod families;
mod faults;
mod jwt;
mod log;
mod options;
mod orders;
mod passkeys;
mod random;
mod server;
mod time;

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

pub use crate::accounts::{DEMO_USERS, DemoUser};
pub use crate::cors::{Origin, OriginError};
pub use crate::counters::Counts;
pub use crate::failure::Failure;
pub use crate::faults::{At, Fault, FaultError};
pub use crate::options::{ArgumentError, Invocation, Options, USAGE, parse};
pub use crate::time::{Clock, Timestamp};

use crate::accounts::Accounts;
use crate::counters::Counters;
use crate::database::Database;
use crate::families::Families;
use crate::faults::Faults;
use crate::jwt::Key;
use crate::log::Log;
use crate::passkeys::Passkeys;

/// How the access tokens and the refresh tokens of this provider begin: whoever looks for these finds every one of them.
pub const MARKS: [&str; 2] = [jwt::HEADER, families::REFRESH_TOKEN];

/// No request that this provider understands has a body as large as this.
const LARGEST_BODY: usize = 64 * 1024;

/// How long a stop waits for a password hash that is being computed.
const PATIENCE_AT_STOP: Duration = Duration::from_secs(2);

/// Everything that the endpoints share.
pub struct Provider {
    database: Arc<Database>,
    accounts: Accounts,
    families: Families,
    passkeys: Passkeys,
    faults: Faults,
    counters: Counters,
    log: Log,
    origins: Vec<Origin>,
}

impl Provider {
    /// Starts a provider on threads of its own. When this returns, it answers.
    ///
    /// # Errors
    /// [`StartError`] says which of the options cannot be had.
    pub fn start(options: Options) -> Result<Running, StartError> {
        if !options.host.is_loopback() {
            return Err(StartError::NotLoopback(options.host));
        }
        let wanted = SocketAddr::new(options.host, options.port);
        let (listener, address) = listen(wanted).map_err(|source| StartError::Listen { address: wanted, source })?;
        let clock = Clock::default();
        let serve_control = options.control;
        let provider = Arc::new(Self::open(options, &clock)?);

        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(StartError::Threads)?;
        let listener = {
            // A tokio listener registers with the runtime that is entered.
            let _entered = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(StartError::Threads)?
        };
        let router = Self::router(&provider, serve_control);
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("demo-provider".into()).spawn(move || {
            runtime.block_on(server::serve(listener, router, stopped));
            Runtime::shutdown_timeout(runtime, PATIENCE_AT_STOP);
        });
        let thread = thread.map_err(StartError::Threads)?;
        Ok(Running { provider, clock, address, stop: Some(stop), thread: Some(thread) })
    }

    fn open(options: Options, clock: &Clock) -> Result<Self, StartError> {
        let path = options.database;
        let broken = |source| StartError::Database { path: path.clone(), source };
        let database = Arc::new(Database::open(path.as_deref()).map_err(broken)?);
        let accounts = Accounts::new(Arc::clone(&database), clock.clone());
        accounts.seed().map_err(broken)?;
        orders::seed(&database).map_err(broken)?;
        let key = Key::new(database.signing_key().map_err(broken)?);
        let faults = Faults::default();
        for fault in options.faults {
            faults.add(fault);
        }
        Ok(Self {
            families: Families::new(Arc::clone(&database), clock.clone(), key, options.access_ttl, options.refresh_ttl),
            passkeys: Passkeys::new(clock.clone()),
            database,
            accounts,
            faults,
            counters: Counters::default(),
            log: Log::new(clock.clone(), options.quiet),
            origins: options.allow_origins,
        })
    }

    fn router(provider: &Arc<Self>, serve_control: bool) -> Router {
        let mut router = Router::new().merge(dialects::router()).merge(api::router());
        if serve_control {
            router = router.merge(control::router());
        }
        router
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(from_fn_with_state(Arc::clone(provider), cors::apply))
            .layer(from_fn_with_state(Arc::clone(provider), log::apply))
            .with_state(Arc::clone(provider))
    }

    /// Answers one request: counted first, then with `work` or with what a fault makes of it.
    async fn answer(&self, at: At, work: impl Future<Output = Response>) -> Response {
        self.counters.asked(at);
        self.faults.around(at, work).await
    }
}

/// A provider that answers. It stops when this is dropped.
pub struct Running {
    provider: Arc<Provider>,
    clock: Clock,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Where it listens, with the port that was found if any was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as a URL without a slash at the end: `http://127.0.0.1:8787`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The clock that tokens expire by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.provider.counters.counts()
    }

    /// Sets the counters back to zero.
    pub fn clear_counts(&self) {
        self.provider.counters.clear();
    }

    /// Lets a fault wait, behind those that wait already.
    pub fn add_fault(&self, fault: Fault) {
        self.provider.faults.add(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.provider.faults.clear();
    }

    /// Makes a passkey known, by its identifier and its `SubjectPublicKeyInfo` in DER; `false` for a key that is not of ES256.
    #[must_use]
    pub fn add_passkey(&self, email: &str, id: &[u8], public_key: &[u8]) -> bool {
        self.provider.passkeys.add(email, id, public_key)
    }

    /// Forgets all passkeys.
    pub fn clear_passkeys(&self) {
        self.provider.passkeys.clear();
    }

    /// How many sessions live: were begun, and not ended by anybody's word.
    ///
    /// # Errors
    /// Its database cannot be read.
    pub fn living_sessions(&self) -> Result<u64, String> {
        self.provider.families.living().map_err(|failure| failure.to_string())
    }

    /// The latest lines of the log, oldest first. They name no secrets.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.provider.log.lines()
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have stopped by itself; then there is nobody to tell.
            stop.send(()).ok();
        }
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Why a provider did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its users and passwords are public, so it must not be reached from elsewhere.
    #[error("the demo provider listens on loopback only, and {0} is not loopback; use 127.0.0.1 or ::1")]
    NotLoopback(IpAddr),
    /// The port is taken, or the address is not there.
    #[error("cannot listen on {address}: {source}; choose another port with --port, or 0 for any")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The database cannot be opened or filled.
    #[error("cannot use the database {}: {source}", .path.as_deref().map_or_else(|| "in memory".into(), |path| path.display().to_string()))]
    Database {
        /// The file, if it is one.
        path: Option<PathBuf>,
        /// What went wrong.
        source: Failure,
    },
    /// The system gave no threads.
    #[error("cannot start the server's threads: {0}")]
    Threads(io::Error),
}

fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}
