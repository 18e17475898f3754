//! The protected API: what the app is for. Every request needs an access token that is good *now*: one
//! whose session has ended is refused at once, whatever it says about its own expiry.
//!
//! | endpoint | answers |
//! |---|---|
//! | `GET /api/orders?rows=N` | the first `N` orders, 200 unless told, 10,000 at most |
//! | `GET /api/orders/ID` | one of them |
//! | `GET /api/me` | `id`, `email`, `name`, `role` |

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use serde_json::json;

use crate::Provider;
use crate::dialects::bearer_token;
use crate::failure::Failure;
use crate::families::{Bearer, BearerRefusal};
use crate::faults::At;
use crate::orders;

/// How many orders are shown to whoever does not say.
const DEFAULT_ROWS: u32 = 200;

pub(crate) fn router() -> Router<Arc<Provider>> {
    Router::new().route("/api/orders", get(list)).route("/api/orders/{id}", get(one)).route("/api/me", get(me))
}

async fn list(State(provider): State<Arc<Provider>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    protected(&provider, &headers, |_| {
        let Some(rows) = wanted_rows(query.as_deref()) else {
            let why = format!("rows must be a whole number up to {}", orders::ALL);
            return refusal(StatusCode::BAD_REQUEST, "invalid_request", &why);
        };
        found(&provider, orders::list(&provider.database, rows).map(Some))
    })
    .await
}

async fn one(State(provider): State<Arc<Provider>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    protected(&provider, &headers, |_| {
        let order = id.parse().map_or(Ok(None), |id| orders::find(&provider.database, id));
        found(&provider, order)
    })
    .await
}

async fn me(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    protected(&provider, &headers, |Bearer { user, .. }| {
        Json(json!({ "id": user.id, "email": user.email, "name": user.name, "role": user.role })).into_response()
    })
    .await
}

/// Does the work only for a good access token.
async fn protected(provider: &Provider, headers: &HeaderMap, work: impl FnOnce(Bearer) -> Response) -> Response {
    let guarded = async { authorized(provider, headers).map_or_else(|refusal| refusal, work) };
    let answer = provider.answer(At::Api, guarded).await;
    if answer.status() == StatusCode::UNAUTHORIZED {
        provider.counters.unauthorized();
    }
    answer
}

/// The bearer of a good access token, or the 401 of RFC 6750 §3.
#[allow(clippy::result_large_err, reason = "a refusal is an answer, made once per request and moved once")]
pub(crate) fn authorized(provider: &Provider, headers: &HeaderMap) -> Result<Bearer, Response> {
    let Some(token) = bearer_token(headers) else {
        // A request without authentication SHOULD NOT be told an error code (RFC 6750 §3.1).
        let challenge = [(WWW_AUTHENTICATE, "Bearer realm=\"demo\"")];
        let refusal = refusal(StatusCode::UNAUTHORIZED, "unauthorized", "an access token is needed");
        return Err((challenge, refusal).into_response());
    };
    let why = match provider.families.bearer(token) {
        Ok(Ok(bearer)) => return Ok(bearer),
        Ok(Err(BearerRefusal::Unknown)) => "the access token is malformed or unknown",
        Ok(Err(BearerRefusal::Expired)) => "the access token has expired",
        Ok(Err(BearerRefusal::Revoked)) => "the access token was revoked",
        Err(failure) => return Err(failed(provider, &failure)),
    };
    let challenge = format!("Bearer realm=\"demo\", error=\"invalid_token\", error_description=\"{why}\"");
    let refusal = refusal(StatusCode::UNAUTHORIZED, "invalid_token", why);
    Err(([(WWW_AUTHENTICATE, challenge)], refusal).into_response())
}

fn wanted_rows(query: Option<&str>) -> Option<u32> {
    let mut values = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    match values.find(|(name, _)| name == "rows") {
        None => Some(DEFAULT_ROWS),
        Some((_, rows)) => rows.parse().ok().filter(|rows| *rows <= orders::ALL),
    }
}

fn found<T: Serialize>(provider: &Provider, outcome: Result<Option<T>, Failure>) -> Response {
    match outcome {
        Ok(Some(value)) => Json(value).into_response(),
        Ok(None) => refusal(StatusCode::NOT_FOUND, "not_found", "there is no such order"),
        Err(failure) => failed(provider, &failure),
    }
}

fn refusal(status: StatusCode, error: &str, description: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": description }))).into_response()
}

fn failed(provider: &Provider, failure: &Failure) -> Response {
    provider.log.write(&failure.to_string());
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "something went wrong here")
}
