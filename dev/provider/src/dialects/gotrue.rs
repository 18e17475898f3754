//! The shape of `GoTrue`, the sign-in server of Supabase: JSON both ways, the grant type in the query, a
//! gateway that wants an `apikey` before it lets anyone ask for tokens.
//!
//! | endpoint | asks | answers |
//! |---|---|---|
//! | `POST /auth/v1/token?grant_type=password` | `email`, `password` | tokens with `expires_in`, `expires_at` and `user` |
//! | `POST /auth/v1/token?grant_type=refresh_token` | `refresh_token` | the same |
//! | `POST /auth/v1/passkeys/options`, `/verify` | see `passkeys` | what a passkey is to sign; the same as a password's sign-in |
//! | `GET /auth/v1/user` | bearer | the user |
//! | `POST /auth/v1/logout?scope=global` (or `local`, `others`) | bearer | 204 |

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{bearer_token, uncached};
use crate::Provider;
use crate::accounts::User;
use crate::failure::Failure;
use crate::families::{Bearer, BearerRefusal, Client, Issued, RefreshRefusal};
use crate::faults::At;

pub(super) fn router() -> Router<Arc<Provider>> {
    Router::new()
        .route("/auth/v1/token", post(token))
        .route("/auth/v1/passkeys/options", post(passkey_options))
        .route("/auth/v1/passkeys/verify", post(passkey_verify))
        .route("/auth/v1/user", get(user))
        .route("/auth/v1/logout", post(logout))
}

#[derive(Deserialize)]
struct PasswordGrant {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
struct RefreshGrant {
    #[serde(default)]
    refresh_token: String,
}

async fn token(
    State(provider): State<Arc<Provider>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match query_value(query.as_deref(), "grant_type").as_deref() {
        Some("password") => provider.answer(At::SignIn, sign_in(&provider, &headers, &body)).await,
        Some("refresh_token") => provider.answer(At::Refresh, async { refresh(&provider, &headers, &body) }).await,
        _ => refusal(StatusCode::BAD_REQUEST, "invalid_credentials", "unsupported_grant_type"),
    }
}

async fn sign_in(provider: &Arc<Provider>, headers: &HeaderMap, body: &[u8]) -> Response {
    if !has_api_key(headers) {
        return no_api_key();
    }
    let Ok(grant) = serde_json::from_slice::<PasswordGrant>(body) else {
        return bad_json();
    };
    if grant.email.is_empty() || grant.password.is_empty() {
        return refusal(StatusCode::BAD_REQUEST, "validation_failed", "missing email or password");
    }
    match super::sign_in(provider, grant.email, grant.password, Client::gotrue(), None).await {
        Ok(Some(issued)) => tokens(&issued),
        Ok(None) => refusal(StatusCode::BAD_REQUEST, "invalid_credentials", "Invalid login credentials"),
        Err(failure) => failed(provider, &failure),
    }
}

fn refresh(provider: &Provider, headers: &HeaderMap, body: &[u8]) -> Response {
    if !has_api_key(headers) {
        return no_api_key();
    }
    let Ok(grant) = serde_json::from_slice::<RefreshGrant>(body) else {
        return bad_json();
    };
    if grant.refresh_token.is_empty() {
        return refusal(StatusCode::BAD_REQUEST, "validation_failed", "refresh_token required");
    }
    match super::refresh(provider, &grant.refresh_token, &Client::gotrue()) {
        Ok(Ok(issued)) => tokens(&issued),
        Ok(Err(RefreshRefusal::AlreadyUsed)) => {
            refusal(StatusCode::BAD_REQUEST, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
        }
        Ok(Err(RefreshRefusal::Unknown | RefreshRefusal::Ended | RefreshRefusal::Expired)) => refusal(
            StatusCode::BAD_REQUEST,
            "refresh_token_not_found",
            "Invalid Refresh Token: Refresh Token Not Found",
        ),
        Err(failure) => failed(provider, &failure),
    }
}

async fn passkey_options(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let work = async {
        if !has_api_key(&headers) {
            return no_api_key();
        }
        let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
        match provider.passkeys.options(origin) {
            Ok(options) => uncached(Json(options).into_response()),
            Err(failure) => failed(&provider, &failure),
        }
    };
    provider.answer(At::PasskeyOptions, work).await
}

#[derive(Deserialize)]
struct PasskeyGrant {
    challenge_id: String,
    credential: Value,
}

async fn passkey_verify(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    let work = async {
        if !has_api_key(&headers) {
            return no_api_key();
        }
        let Ok(grant) = serde_json::from_slice::<PasskeyGrant>(&body) else {
            return bad_json();
        };
        let email = provider.passkeys.verify(&grant.challenge_id, &grant.credential);
        let user = email.map(|email| provider.accounts.user(&email)).transpose().map(Option::flatten);
        let issued =
            user.and_then(|user| user.map(|user| provider.families.begin(user, &Client::gotrue(), None)).transpose());
        match issued {
            Ok(Some(issued)) => {
                provider.counters.signed_in();
                tokens(&issued)
            }
            Ok(None) => {
                refusal(StatusCode::BAD_REQUEST, "webauthn_verification_failed", "Credential verification failed")
            }
            Err(failure) => failed(&provider, &failure),
        }
    };
    provider.answer(At::SignIn, work).await
}

async fn user(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let work = async {
        match authenticated(&provider, &headers) {
            Ok(bearer) => Json(user_object(&bearer.user)).into_response(),
            Err(refusal) => refusal,
        }
    };
    provider.answer(At::User, work).await
}

async fn logout(State(provider): State<Arc<Provider>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let work = async {
        let bearer = match authenticated(&provider, &headers) {
            Ok(bearer) => bearer,
            Err(refusal) => return refusal,
        };
        let ended = match query_value(query.as_deref(), "scope").as_deref() {
            None | Some("global") => provider.families.end_of_user(&bearer.user, None),
            Some("local") => provider.families.end(&bearer.family),
            Some("others") => provider.families.end_of_user(&bearer.user, Some(&bearer.family)),
            Some(_) => {
                return refusal(StatusCode::BAD_REQUEST, "validation_failed", "Unsupported logout scope");
            }
        };
        match ended {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(failure) => failed(&provider, &failure),
        }
    };
    provider.answer(At::Revoke, work).await
}

/// The bearer, or the answer that `GoTrue` gives where there is none: 401 without a token, 403 with a bad one.
#[allow(clippy::result_large_err, reason = "a refusal is an answer, made once per request and moved once")]
fn authenticated(provider: &Provider, headers: &HeaderMap) -> Result<Bearer, Response> {
    let Some(token) = bearer_token(headers) else {
        let message = "This endpoint requires a valid Bearer token";
        return Err(refusal(StatusCode::UNAUTHORIZED, "no_authorization", message));
    };
    let (code, message) = match provider.families.bearer(token) {
        Ok(Ok(bearer)) => return Ok(bearer),
        Ok(Err(BearerRefusal::Unknown)) => {
            ("bad_jwt", "invalid JWT: unable to parse or verify signature, signature is invalid")
        }
        Ok(Err(BearerRefusal::Expired)) => {
            ("bad_jwt", "invalid JWT: unable to parse or verify signature, token is expired")
        }
        Ok(Err(BearerRefusal::Revoked)) => ("session_not_found", "Session from session_id claim in JWT does not exist"),
        Err(failure) => return Err(failed(provider, &failure)),
    };
    Err(refusal(StatusCode::FORBIDDEN, code, message))
}

fn tokens(issued: &Issued) -> Response {
    let answer = Json(json!({
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": issued.expires_in.as_secs(),
        "expires_at": issued.expires_at,
        "refresh_token": issued.refresh_token,
        "user": user_object(&issued.user),
    }));
    uncached(answer.into_response())
}

fn user_object(user: &User) -> Value {
    json!({
        "id": user.id,
        "aud": "authenticated",
        "email": user.email,
        "role": user.role,
        "user_metadata": { "name": user.name },
        "app_metadata": { "provider": "email", "tenant": user.tenant },
        "created_at": user.created_at.to_rfc3339(),
    })
}

fn has_api_key(headers: &HeaderMap) -> bool {
    headers.get("apikey").is_some_and(|key| !key.is_empty())
}

/// The gateway before `GoTrue` words its refusals in its own way.
fn no_api_key() -> Response {
    let body = json!({
        "message": "No API key found in request",
        "hint": "No `apikey` request header or url param was found.",
    });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

fn bad_json() -> Response {
    refusal(StatusCode::BAD_REQUEST, "bad_json", "Could not parse request body as JSON")
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "code": status.as_u16(), "error_code": code, "msg": message });
    (status, Json(body)).into_response()
}

fn failed(provider: &Provider, failure: &Failure) -> Response {
    provider.log.write(&failure.to_string());
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "unexpected_failure", "Internal Server Error")
}

fn query_value(query: Option<&str>, wanted: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    values.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}
