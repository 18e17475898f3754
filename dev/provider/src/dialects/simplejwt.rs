//! The shape of Django REST framework with `SimpleJWT`, rotation and the blacklist switched on: JSON both ways, a
//! slash at the end of every path, the expiry nowhere but in the access token itself.
//!
//! | endpoint | asks | answers |
//! |---|---|---|
//! | `POST /api/token/` | `username`, `password` | `access`, `refresh` |
//! | `POST /api/token/refresh/` | `refresh` | `access`, `refresh` |
//! | `POST /api/token/blacklist/` | `refresh` | `{}` |

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::{is_of_type, uncached};
use crate::Provider;
use crate::failure::Failure;
use crate::families::{Client, Issued, RefreshRefusal, Revocation};
use crate::faults::At;

pub(super) fn router() -> Router<Arc<Provider>> {
    Router::new()
        .route("/api/token/", post(sign_in))
        .route("/api/token/refresh/", post(refresh))
        .route("/api/token/blacklist/", post(blacklist))
}

async fn sign_in(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    let work = async {
        let [username, password] = match fields(&headers, &body, ["username", "password"]) {
            Ok(fields) => fields,
            Err(refusal) => return refusal,
        };
        match super::sign_in(&provider, username, password, Client::simplejwt(), None).await {
            Ok(Some(issued)) => tokens(&issued),
            Ok(None) => {
                let body = json!({ "detail": "No active account found with the given credentials" });
                unauthorized(body)
            }
            Err(failure) => failed(&provider, &failure),
        }
    };
    provider.answer(At::SignIn, work).await
}

async fn refresh(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    let work = async {
        let [refresh] = match fields(&headers, &body, ["refresh"]) {
            Ok(fields) => fields,
            Err(refusal) => return refusal,
        };
        match super::refresh(&provider, &refresh, &Client::simplejwt()) {
            Ok(Ok(issued)) => tokens(&issued),
            Ok(Err(RefreshRefusal::Unknown)) => not_valid("Token is invalid"),
            Ok(Err(RefreshRefusal::Expired)) => not_valid("Token is expired"),
            Ok(Err(RefreshRefusal::AlreadyUsed | RefreshRefusal::Ended)) => not_valid("Token is blacklisted"),
            Err(failure) => failed(&provider, &failure),
        }
    };
    provider.answer(At::Refresh, work).await
}

async fn blacklist(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    let work = async {
        let [refresh] = match fields(&headers, &body, ["refresh"]) {
            Ok(fields) => fields,
            Err(refusal) => return refusal,
        };
        match provider.families.end_by_refresh_token(&refresh, &Client::simplejwt()) {
            Ok(Revocation::Done) => Json(json!({})).into_response(),
            Ok(Revocation::AlreadyOver) => not_valid("Token is blacklisted"),
            Ok(Revocation::NotYours | Revocation::Unknown) => not_valid("Token is invalid"),
            Err(failure) => failed(&provider, &failure),
        }
    };
    provider.answer(At::Revoke, work).await
}

/// The text fields of a JSON body, or the answer that the framework gives where one is missing.
#[allow(clippy::result_large_err, reason = "a refusal is an answer, made once per request and moved once")]
fn fields<const N: usize>(headers: &HeaderMap, body: &[u8], names: [&'static str; N]) -> Result<[String; N], Response> {
    if !is_of_type(headers, "application/json") {
        let written = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let body = json!({ "detail": format!("Unsupported media type \"{written}\" in request.") });
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, Json(body)).into_response());
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        let body = json!({ "detail": "JSON parse error" });
        return Err((StatusCode::BAD_REQUEST, Json(body)).into_response());
    };
    let mut mistakes = Map::new();
    let found = names.map(|name| match members.get(name) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        found => {
            let mistake = match found {
                None => "This field is required.",
                Some(Value::Null) => "This field may not be null.",
                Some(Value::String(_)) => "This field may not be blank.",
                Some(_) => "Not a valid string.",
            };
            mistakes.insert(name.to_owned(), json!([mistake]));
            String::new()
        }
    });
    if mistakes.is_empty() {
        Ok(found)
    } else {
        Err((StatusCode::BAD_REQUEST, Json(Value::Object(mistakes))).into_response())
    }
}

fn tokens(issued: &Issued) -> Response {
    let body = json!({ "refresh": issued.refresh_token, "access": issued.access_token });
    uncached(Json(body).into_response())
}

fn not_valid(detail: &str) -> Response {
    unauthorized(json!({ "detail": detail, "code": "token_not_valid" }))
}

fn unauthorized(body: Value) -> Response {
    let challenge = [(WWW_AUTHENTICATE, "Bearer realm=\"api\"")];
    (StatusCode::UNAUTHORIZED, challenge, Json(body)).into_response()
}

fn failed(provider: &Provider, failure: &Failure) -> Response {
    provider.log.write(&failure.to_string());
    let body = json!({ "detail": "A server error occurred." });
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}
