//! The strings behind the stage, for tests that can only reach the provider over HTTP. Served only when
//! asked for at start, because whoever can reach it can sign everybody out.
//!
//! | endpoint | does |
//! |---|---|
//! | `POST /_control/faults` | lets one more fault wait (see `faults` for the kinds) |
//! | `DELETE /_control/faults` | removes all faults |
//! | `GET /_control/counters` | tells what was asked so far |
//! | `DELETE /_control/counters` | sets the counters to zero |
//! | `POST /_control/expire` | ends the validity of all access tokens; refresh tokens stay good |
//! | `POST /_control/end` | ends all sessions |
//!
//! What changes something is answered with 204.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::Provider;
use crate::counters::Counts;
use crate::failure::Failure;
use crate::faults::Fault;

pub(crate) fn router() -> Router<Arc<Provider>> {
    Router::new()
        .route("/_control/faults", post(add_fault).delete(clear_faults))
        .route("/_control/counters", get(counters).delete(clear_counters))
        .route("/_control/expire", post(expire))
        .route("/_control/end", post(end))
}

async fn add_fault(State(provider): State<Arc<Provider>>, body: Bytes) -> Response {
    match Fault::from_json(&body) {
        Ok(fault) => {
            provider.faults.add(fault);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error.to_string() }))).into_response(),
    }
}

async fn clear_faults(State(provider): State<Arc<Provider>>) -> StatusCode {
    provider.faults.clear();
    StatusCode::NO_CONTENT
}

async fn counters(State(provider): State<Arc<Provider>>) -> Json<Counts> {
    Json(provider.counters.counts())
}

async fn clear_counters(State(provider): State<Arc<Provider>>) -> StatusCode {
    provider.counters.clear();
    StatusCode::NO_CONTENT
}

async fn expire(State(provider): State<Arc<Provider>>) -> Response {
    done(provider.families.expire_access_tokens())
}

async fn end(State(provider): State<Arc<Provider>>) -> Response {
    done(provider.families.end_all())
}

fn done(outcome: Result<(), Failure>) -> Response {
    match outcome {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(failure) => {
            let body = json!({ "error": failure.to_string() });
            (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
        }
    }
}
