//! Trouble on demand: what a network, a firewall or a broken server does to an answer.
//!
//! A [`Fault`] waits at one kind of endpoint, in all dialects at once, for one request, for some, or for
//! ever. Faults at the same place take their turns in the order they were set.
//!
//! | kind | what happens |
//! |---|---|
//! | `delay` | wait, then work and answer as usual |
//! | `status` | answer with that status and an error in JSON; no work |
//! | `raw` | answer with that text as it stands, as JSON, and without saying how long it is; no work |
//! | `endless` | answer 200 with white space, as JSON, for as long as anybody reads it; no work |
//! | `html` | answer with a page of HTML, as a captive portal does; no work |
//! | `rate_limit` | answer 429 with `Retry-After`; no work |
//! | `empty` | work, then answer 200 with nothing in it |
//! | `no_refresh_token` | work, then leave the refresh token out of the answer |
//! | `late` | work, then wait, then answer |
//! | `drop` | work, then close the connection without an answer |
//! | `cut` | close the connection without an answer; no work, as without a network |

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Frame;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Interval;

/// How long a client is told to wait by a `rate_limit` that does not say.
const DEFAULT_RETRY_AFTER_S: u64 = 2;

const PORTAL_PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<title>Welcome to the guest network</title>\n\
    <h1>Accept the terms to go online</h1>\n</html>\n";

/// Where a fault waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// Requests to sign in.
    SignIn,
    /// Requests for what a passkey is to sign.
    PasskeyOptions,
    /// Requests to refresh.
    Refresh,
    /// Requests to revoke a token or to sign out.
    Revoke,
    /// Requests for the user.
    User,
    /// The protected API.
    Api,
}

/// One kind of trouble at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    at: At,
    wait: Duration,
    kind: Kind,
    times: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Delay,
    Status { status: StatusCode, body: Option<Value> },
    Raw { status: StatusCode, text: String },
    Endless,
    Html { status: StatusCode },
    RateLimit { retry_after: HeaderValue },
    Empty,
    NoRefreshToken,
    Late,
    Drop,
    Cut,
}

impl Fault {
    /// Reads a fault from the JSON of `POST /_control/faults`.
    ///
    /// `ms` makes a fault of any kind wait first. `status` belongs to `status`, `raw` and `html`, `retry_after` (seconds, or
    /// an HTTP date as a string) to `rate_limit`, `body` to `status` (any JSON) and `raw` (a string, which need not be JSON). Without
    /// `times`, or with `null`, the fault stays until it is cleared.
    ///
    /// # Errors
    /// When the JSON has another shape, or the fault lacks what its kind needs.
    pub fn from_json(json: &[u8]) -> Result<Self, FaultError> {
        let wire: Wire = serde_json::from_slice(json).map_err(|error| FaultError::Json(error.to_string()))?;
        wire.try_into()
    }

    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Delay => "delay",
            Kind::Status { .. } => "status",
            Kind::Raw { .. } => "raw",
            Kind::Endless => "endless",
            Kind::Html { .. } => "html",
            Kind::RateLimit { .. } => "rate_limit",
            Kind::Empty => "empty",
            Kind::NoRefreshToken => "no_refresh_token",
            Kind::Late => "late",
            Kind::Drop => "drop",
            Kind::Cut => "cut",
        }
    }

    async fn apply(self, work: impl Future<Output = Response>) -> Response {
        let name = self.name();
        if !self.wait.is_zero() && self.kind != Kind::Late {
            tokio::time::sleep(self.wait).await;
        }
        let mut answer = match self.kind {
            Kind::Delay => work.await,
            Kind::Status { status, body } => (status, Json(body.unwrap_or_else(error_body))).into_response(),
            Kind::Raw { status, text } => {
                (status, [(CONTENT_TYPE, "application/json")], Body::new(Untold(text.into()))).into_response()
            }
            Kind::Endless => {
                let body = Endless(tokio::time::interval(Duration::from_millis(1)));
                ([(CONTENT_TYPE, "application/json")], Body::new(body)).into_response()
            }
            Kind::Html { status } => {
                (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], PORTAL_PAGE).into_response()
            }
            Kind::RateLimit { retry_after } => {
                let mut answer = (StatusCode::TOO_MANY_REQUESTS, Json(error_body())).into_response();
                answer.headers_mut().insert(RETRY_AFTER, retry_after);
                answer
            }
            Kind::Empty => {
                work.await;
                StatusCode::OK.into_response()
            }
            Kind::NoRefreshToken => without_refresh_token(work.await).await,
            Kind::Late => {
                let answer = work.await;
                tokio::time::sleep(self.wait).await;
                answer
            }
            Kind::Drop => {
                work.await;
                no_answer()
            }
            Kind::Cut => no_answer(),
        };
        answer.extensions_mut().insert(Applied(name));
        answer
    }
}

/// A body that does not say how long it is.
struct Untold(Body);

impl HttpBody for Untold {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }
}

/// A body without an end: these, at each tick.
struct Endless(Interval);

static BLANKS: [u8; 64 * 1024] = [b' '; 64 * 1024];

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_tick(context).map(|_| Some(Ok(Frame::data(Bytes::from_static(&BLANKS)))))
    }
}

fn no_answer() -> Response {
    let mut answer = StatusCode::OK.into_response();
    answer.extensions_mut().insert(Dropped);
    answer
}

/// Reads the command line's `at:kind[:value][:times]`. `delay` and `late` need milliseconds as its value, `status` a status;
/// `html` may have a status, `rate_limit` seconds; the others have no value.
impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(spec: &str) -> Result<Self, FaultError> {
        let malformed = || FaultError::Spec(spec.to_owned());
        let mut parts = spec.split(':');
        let (Some(at), Some(kind)) = (parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let named = |word: &str| Value::String(word.to_owned());
        let mut wire = Wire {
            at: serde_json::from_value(named(at)).map_err(|_| malformed())?,
            kind: serde_json::from_value(named(kind)).map_err(|_| malformed())?,
            ms: None,
            status: None,
            retry_after: None,
            body: None,
            times: None,
        };
        match wire.kind {
            WireKind::Delay | WireKind::Late => wire.ms = next_number(&mut parts).map_err(|()| malformed())?,
            // Its text has colons in it.
            WireKind::Raw => return Err(malformed()),
            WireKind::Status | WireKind::Html => {
                wire.status = next_number(&mut parts).map_err(|()| malformed())?;
            }
            WireKind::RateLimit => {
                let seconds = next_number(&mut parts).map_err(|()| malformed())?;
                wire.retry_after = seconds.map(RetryAfter::Seconds);
            }
            WireKind::Endless | WireKind::Empty | WireKind::NoRefreshToken | WireKind::Drop | WireKind::Cut => {}
        }
        wire.times = next_number(&mut parts).map_err(|()| malformed())?;
        if parts.next().is_some() {
            return Err(malformed());
        }
        wire.try_into()
    }
}

/// Why there is no such fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The command line's form was not kept.
    #[error(
        "the fault `{0}` is not of the form at:kind[:value][:times], where at is one of sign_in, refresh, \
         revoke, user, api, and kind one of delay, status, html, endless, empty, no_refresh_token, late, drop, cut, rate_limit"
    )]
    Spec(String),
    /// The JSON is not that of a fault.
    #[error("not a fault: {0}")]
    Json(String),
    /// A wait of unknown length.
    #[error("this kind of fault needs `ms`")]
    WaitWithoutMs,
    /// A text that is none.
    #[error("this kind of fault needs `body`, as a string")]
    RawWithoutText,
    /// A status that is missing or no HTTP status.
    #[error("a status needs `status`, from 200 to 599")]
    Status,
    /// A wait that cannot stand in a header.
    #[error("`retry_after` must be seconds or an HTTP date")]
    RetryAfter,
    /// Something that the kind has no use for, which would be ignored in silence.
    #[error("`{0}` does not belong to this kind of fault")]
    Unused(&'static str),
    /// A fault that never happens.
    #[error("`times` must be at least 1")]
    Never,
}

/// The faults that wait.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Mutex<VecDeque<Fault>>,
}

impl Faults {
    /// Lets one more fault wait, behind the others.
    pub fn add(&self, fault: Fault) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }

    /// Removes all.
    pub fn clear(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Answers with `work`, or with what a waiting fault makes of it.
    pub async fn around(&self, at: At, work: impl Future<Output = Response>) -> Response {
        match self.take(at) {
            Some(fault) => fault.apply(work).await,
            None => work.await,
        }
    }

    fn take(&self, at: At) -> Option<Fault> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let index = waiting.iter().position(|fault| fault.at == at)?;
        let fault = waiting.get_mut(index)?;
        match &mut fault.times {
            Some(times) if *times <= 1 => waiting.remove(index),
            Some(times) => {
                *times -= 1;
                Some(fault.clone())
            }
            None => Some(fault.clone()),
        }
    }
}

/// On an answer that must not be sent: the connection is closed instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dropped;

/// On an answer that a fault touched, for the log: the fault's kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Applied(pub &'static str);

/// A fault as JSON has it, before it is known to make sense.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    at: At,
    kind: WireKind,
    ms: Option<u64>,
    status: Option<u16>,
    retry_after: Option<RetryAfter>,
    body: Option<Value>,
    times: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireKind {
    Delay,
    Status,
    Raw,
    Endless,
    Html,
    RateLimit,
    Empty,
    NoRefreshToken,
    Late,
    Drop,
    Cut,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RetryAfter {
    Seconds(u64),
    Date(String),
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => seconds.fmt(f),
            Self::Date(date) => date.fmt(f),
        }
    }
}

impl TryFrom<Wire> for Fault {
    type Error = FaultError;

    fn try_from(wire: Wire) -> Result<Self, FaultError> {
        let Wire { at, kind, ms, status, retry_after, body, times } = wire;
        if times == Some(0) {
            return Err(FaultError::Never);
        }
        if status.is_some() && !matches!(kind, WireKind::Status | WireKind::Raw | WireKind::Html) {
            return Err(FaultError::Unused("status"));
        }
        if retry_after.is_some() && kind != WireKind::RateLimit {
            return Err(FaultError::Unused("retry_after"));
        }
        if body.is_some() && !matches!(kind, WireKind::Status | WireKind::Raw) {
            return Err(FaultError::Unused("body"));
        }
        let kind = match kind {
            WireKind::Delay | WireKind::Late if ms.is_none() => return Err(FaultError::WaitWithoutMs),
            WireKind::Delay => Kind::Delay,
            WireKind::Status => Kind::Status { status: status_code(status)?, body },
            WireKind::Raw => {
                let Some(Value::String(text)) = body else { return Err(FaultError::RawWithoutText) };
                Kind::Raw { status: status_code(status.or(Some(200)))?, text }
            }
            WireKind::Endless => Kind::Endless,
            WireKind::Html => Kind::Html { status: status_code(status.or(Some(200)))? },
            WireKind::RateLimit => {
                let retry_after = retry_after.unwrap_or(RetryAfter::Seconds(DEFAULT_RETRY_AFTER_S));
                let header = HeaderValue::from_str(&retry_after.to_string());
                Kind::RateLimit { retry_after: header.map_err(|_| FaultError::RetryAfter)? }
            }
            WireKind::Empty => Kind::Empty,
            WireKind::NoRefreshToken => Kind::NoRefreshToken,
            WireKind::Late => Kind::Late,
            WireKind::Drop => Kind::Drop,
            WireKind::Cut => Kind::Cut,
        };
        Ok(Self { at, wait: Duration::from_millis(ms.unwrap_or(0)), kind, times })
    }
}

/// 1xx is no answer, and what comes after 599 no HTTP.
fn status_code(status: Option<u16>) -> Result<StatusCode, FaultError> {
    let status = status.filter(|status| (200..600).contains(status)).ok_or(FaultError::Status)?;
    StatusCode::from_u16(status).map_err(|_| FaultError::Status)
}

fn next_number<'a, N: FromStr>(parts: &mut impl Iterator<Item = &'a str>) -> Result<Option<N>, ()> {
    parts.next().map(str::parse).transpose().map_err(|_| ())
}

/// An error that is one in every dialect, and ends no session by its code.
fn error_body() -> Value {
    json!({
        "error": "temporarily_unavailable",
        "error_code": "temporarily_unavailable",
        "code": "temporarily_unavailable",
        "error_description": "This answer is a fault that was asked for",
        "msg": "This answer is a fault that was asked for",
        "detail": "This answer is a fault that was asked for",
    })
}

async fn without_refresh_token(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(Value::Object(mut members)) = serde_json::from_slice(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    members.remove("refresh_token");
    members.remove("refresh");
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(Value::Object(members).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_json(json: &Value) -> Fault {
        Fault::from_json(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn the_command_line_says_the_same_as_json() {
        for (spec, json) in [
            ("sign_in:delay:250", json!({ "at": "sign_in", "kind": "delay", "ms": 250 })),
            ("refresh:delay:250:3", json!({ "at": "refresh", "kind": "delay", "ms": 250, "times": 3 })),
            ("revoke:status:503:1", json!({ "at": "revoke", "kind": "status", "status": 503, "times": 1 })),
            ("user:html", json!({ "at": "user", "kind": "html" })),
            ("user:html:403:2", json!({ "at": "user", "kind": "html", "status": 403, "times": 2 })),
            ("user:endless:1", json!({ "at": "user", "kind": "endless", "times": 1 })),
            ("api:rate_limit", json!({ "at": "api", "kind": "rate_limit" })),
            ("api:rate_limit:5:1", json!({ "at": "api", "kind": "rate_limit", "retry_after": 5, "times": 1 })),
            ("api:empty", json!({ "at": "api", "kind": "empty", "times": null })),
            ("sign_in:no_refresh_token:2", json!({ "at": "sign_in", "kind": "no_refresh_token", "times": 2 })),
            ("refresh:drop:1", json!({ "at": "refresh", "kind": "drop", "times": 1 })),
        ] {
            assert_eq!(spec.parse(), Ok(from_json(&json)), "{spec}");
        }
    }

    #[test]
    fn a_spec_of_another_form_is_no_fault() {
        for spec in [
            "",
            "refresh",
            "refresh:",
            "lunch:drop",
            "refresh:explode",
            "refresh:drop:many",
            "refresh:drop:1:1",
            "refresh:status:503:1:1",
            "refresh:delay:",
            "refresh:drop:-1",
        ] {
            assert_eq!(spec.parse::<Fault>(), Err(FaultError::Spec(spec.into())));
        }
        assert_eq!("refresh:delay".parse::<Fault>(), Err(FaultError::WaitWithoutMs));
        assert_eq!("refresh:status".parse::<Fault>(), Err(FaultError::Status));
        assert_eq!("refresh:html:2".parse::<Fault>(), Err(FaultError::Status));
        assert_eq!("refresh:drop:0".parse::<Fault>(), Err(FaultError::Never));
    }
}
