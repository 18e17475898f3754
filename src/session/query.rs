//! What an answer of the API means to a block of a page: its rows, or a problem that the block can say.
//!
//! Nothing here touches the session: a query that fails ends nothing.

use super::{
    event::NoToken,
    protocol::{self, HttpFailure, HttpResponse},
};
use crate::config::{MissingValue, Query, Request, read_json, write_number};
use serde_json::Value;

/// Why a query has no rows. The page has one sentence for each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryProblem {
    /// Nobody is signed in any more; the guard is about to say so.
    #[error("nobody is signed in")]
    SignedOut,
    /// The device is offline.
    #[error("the device is offline")]
    Offline,
    /// The API, or the provider that is to refresh the session, cannot be reached.
    #[error("no answer")]
    Unreachable,
    /// It took too long.
    #[error("no answer in time")]
    TimedOut,
    /// 401, also with a fresh token.
    #[error("the API does not accept the session (401)")]
    Unauthorized,
    /// 403.
    #[error("the API refuses (403)")]
    Forbidden,
    /// 404 or 410.
    #[error("there is nothing there (404)")]
    NotFound,
    /// 429.
    #[error("too many requests (429)")]
    RateLimited,
    /// 5xx.
    #[error("the API has a problem")]
    Failing,
    /// An HTML page where JSON was expected.
    #[error("a web page instead of data")]
    Walled,
    /// Any other answer without rows.
    #[error("an answer that makes no sense: {detail}")]
    Unintelligible {
        /// For the operator. Never a value.
        detail: String,
    },
    /// A binding of the query has no value.
    #[error("{binding}")]
    Missing {
        /// Names the binding.
        binding: String,
    },
}

impl From<NoToken> for QueryProblem {
    fn from(no_token: NoToken) -> Self {
        match no_token {
            NoToken::SignedOut => Self::SignedOut,
            NoToken::Unreachable => Self::Unreachable,
        }
    }
}

impl From<MissingValue> for QueryProblem {
    fn from(missing: MissingValue) -> Self {
        Self::Missing { binding: missing.sentence() }
    }
}

impl From<HttpFailure> for QueryProblem {
    fn from(failure: HttpFailure) -> Self {
        match failure {
            HttpFailure::Offline => Self::Offline,
            HttpFailure::Unreachable => Self::Unreachable,
            HttpFailure::TimedOut => Self::TimedOut,
            HttpFailure::TooLong | HttpFailure::Unsendable | HttpFailure::Redirected | HttpFailure::Unverified(_) => {
                Self::Unintelligible { detail: failure.as_str().to_owned() }
            }
        }
    }
}

/// What the answer of a query's `before` request binds: its JSON, else its text.
///
/// # Errors
/// One [`QueryProblem`] for each kind of refusal.
pub fn read_before_rows(request: &Request, response: HttpResponse) -> Result<Value, QueryProblem> {
    let body = read_json(&response.body);
    check(request, &response, body.as_ref())?;
    Ok(body.unwrap_or_else(|| Value::from(response.body)))
}

/// The value at the query's `rows` in an answer.
///
/// # Errors
/// One [`QueryProblem`] for each kind of answer without rows.
pub fn read_rows(query: &Query, response: &HttpResponse) -> Result<Value, QueryProblem> {
    let body = read_json(&response.body);
    check(&query.request, response, body.as_ref())?;
    let Some(body) = body else {
        return Err(if response.is_html() {
            QueryProblem::Walled
        } else {
            QueryProblem::Unintelligible { detail: "not JSON".into() }
        });
    };
    // Taken out, not copied: ten thousand rows are moved.
    query.rows.take(body).ok_or_else(|| {
        let detail = ["nothing at rows \"", query.rows.as_str(), "\""].concat();
        QueryProblem::Unintelligible { detail }
    })
}

fn check(request: &Request, response: &HttpResponse, body: Option<&Value>) -> Result<(), QueryProblem> {
    Err(match response.status {
        _ if protocol::is_success(request, response, body) => return Ok(()),
        401 => QueryProblem::Unauthorized,
        403 => QueryProblem::Forbidden,
        404 | 410 => QueryProblem::NotFound,
        429 => QueryProblem::RateLimited,
        500.. => QueryProblem::Failing,
        status => QueryProblem::Unintelligible { detail: ["status ", &write_number(status.into())].concat() },
    })
}
