//! What a provider can be told at its start, and how the command line says it.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use crate::cors::{Origin, OriginError};
use crate::faults::{Fault, FaultError};

/// What `--help` prints.
pub const USAGE: &str = "\
The demo provider: a real sign-in server with demo users, for development and tests. Loopback only.

Usage: demo-provider [OPTIONS]

  --port N               port to listen on, 0 for any that is free [8787]
  --host ADDRESS         loopback address to listen on [127.0.0.1]
  --database PATH        SQLite file to keep everything in [in memory]
  --allow-origin ORIGIN  page origin that may read the answers; repeatable
                         [http://127.0.0.1:8080 and http://localhost:8080]
  --access-ttl SECONDS   lifetime of an access token [300]
  --refresh-ttl SECONDS  lifetime of a refresh token [86400]
  --fault SPEC           at:kind[:value][:times], a fault from the start; repeatable
                         at:   sign_in, refresh, revoke, user, api
                         kind: delay:MS, status:STATUS, html[:STATUS], rate_limit[:SECONDS],
                               endless, empty, no_refresh_token, late:MS, drop, cut
  --control              serve /_control: faults, counters, expiry (for tests)
  --quiet                do not log requests to standard error
  --help                 print this
";

/// How a provider runs. The default is what the command line does without flags, on any free port.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Anything that is not loopback is refused.
    pub host: IpAddr,
    /// The port, or 0 for any that is free.
    pub port: u16,
    /// The `SQLite` file; in memory without one.
    pub database: Option<PathBuf>,
    /// Whose pages may read the answers.
    pub allow_origins: Vec<Origin>,
    /// Lifetime of an access token.
    pub access_ttl: Duration,
    /// Lifetime of a refresh token.
    pub refresh_ttl: Duration,
    /// Faults that wait from the start.
    pub faults: Vec<Fault>,
    /// Whether `/_control` is served.
    pub control: bool,
    /// Whether requests are kept off standard error.
    pub quiet: bool,
}

impl Default for Options {
    fn default() -> Self {
        let own_pages = ["http://127.0.0.1:8080", "http://localhost:8080"];
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            database: None,
            allow_origins: own_pages.iter().filter_map(|origin| origin.parse().ok()).collect(),
            access_ttl: Duration::from_secs(300),
            refresh_ttl: Duration::from_secs(86_400),
            faults: Vec::new(),
            control: false,
            quiet: false,
        }
    }
}

/// What the command line asks for.
#[derive(Clone, Debug)]
pub enum Invocation {
    /// To run.
    Serve(Options),
    /// To be told how to.
    Help,
}

/// The port when none is named on the command line.
const DEFAULT_PORT: u16 = 8787;

/// Reads the arguments after the program's name.
///
/// # Errors
/// For a flag that does not exist, or a value that is missing or makes no sense.
pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Invocation, ArgumentError> {
    let mut options = Options { port: DEFAULT_PORT, ..Options::default() };
    let mut named_origins = Vec::new();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let (flag, attached) = match argument.split_once('=') {
            Some((flag, value)) => (flag, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        let mut value = || {
            let value = attached.clone().or_else(|| arguments.next());
            value.ok_or_else(|| ArgumentError::NoValue(flag.to_owned()))
        };
        match flag {
            "--port" => options.port = number(flag, &value()?)?,
            "--host" => options.host = host(&value()?)?,
            "--database" => options.database = Some(value()?.into()),
            "--allow-origin" => named_origins.push(value()?.parse()?),
            "--access-ttl" => options.access_ttl = seconds(flag, &value()?)?,
            "--refresh-ttl" => options.refresh_ttl = seconds(flag, &value()?)?,
            "--fault" => options.faults.push(value()?.parse()?),
            "--control" | "--quiet" | "--help" | "-h" if attached.is_some() => {
                return Err(ArgumentError::SurplusValue(flag.to_owned()));
            }
            "--control" => options.control = true,
            "--quiet" => options.quiet = true,
            "--help" | "-h" => return Ok(Invocation::Help),
            _ => return Err(ArgumentError::Unknown(argument)),
        }
    }
    if !named_origins.is_empty() {
        options.allow_origins = named_origins;
    }
    Ok(Invocation::Serve(options))
}

/// Why a command line cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// No such flag.
    #[error("there is no option `{0}`; see --help")]
    Unknown(String),
    /// A flag at the end of the line that needs a value.
    #[error("{0} needs a value")]
    NoValue(String),
    /// A switch was given a value.
    #[error("{0} takes no value")]
    SurplusValue(String),
    /// A number was expected.
    #[error("{flag} needs a whole number that is not too large, not `{value}`")]
    NotANumber {
        /// The option.
        flag: String,
        /// What it was given.
        value: String,
    },
    /// A host that is no IP address.
    #[error("--host needs a loopback address like 127.0.0.1, ::1 or localhost, not `{0}`")]
    NotAnAddress(String),
    /// An origin that is none.
    #[error("--allow-origin: {0}")]
    Origin(#[from] OriginError),
    /// A fault that does not exist.
    #[error("--fault: {0}")]
    Fault(#[from] FaultError),
}

fn number<N: std::str::FromStr>(flag: &str, value: &str) -> Result<N, ArgumentError> {
    let refused = || ArgumentError::NotANumber { flag: flag.to_owned(), value: value.to_owned() };
    value.parse().map_err(|_| refused())
}

/// Up to 136 years, so that no sum of times overflows.
fn seconds(flag: &str, value: &str) -> Result<Duration, ArgumentError> {
    number::<u32>(flag, value).map(|seconds| Duration::from_secs(seconds.into()))
}

fn host(value: &str) -> Result<IpAddr, ArgumentError> {
    if value == "localhost" {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    value.parse().map_err(|_| ArgumentError::NotAnAddress(value.to_owned()))
}
