//! OAuth 2: the password and refresh token grants (RFC 6749 §4.3 and §6), revocation (RFC 7009) and the
//! userinfo endpoint of `OpenID` Connect, for public clients.
//!
//! | endpoint | asks (form) | answers |
//! |---|---|---|
//! | `POST /oauth/token` | `grant_type=password`, `client_id`, `username`, `password`, `scope?` | tokens with `expires_in`, `scope` |
//! | `POST /oauth/token` | `grant_type=refresh_token`, `client_id`, `refresh_token` | the same |
//! | `POST /oauth/revoke` | `token`, `token_type_hint?`, `client_id` | 200, also for a token that nobody knows |
//! | `GET /oauth/userinfo` | bearer | `sub`, `name`, `email`, `role` |
//!
//! Any `client_id` is a client; a token is good only for the one it was issued to.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::{is_of_type, uncached};
use crate::Provider;
use crate::api::authorized;
use crate::failure::Failure;
use crate::families::{Client, Issued, RefreshRefusal, Revocation};
use crate::faults::At;

pub(super) fn router() -> Router<Arc<Provider>> {
    Router::new()
        .route("/oauth/token", post(token))
        .route("/oauth/revoke", post(revoke))
        .route("/oauth/userinfo", get(userinfo))
}

/// The parameters of a request. Parameters MUST NOT be included more than once (RFC 6749 §3.2).
struct Form<'a>(HashMap<Cow<'a, str>, Cow<'a, str>>);

impl<'a> Form<'a> {
    fn read(headers: &HeaderMap, body: &'a [u8]) -> Result<Self, Refusal> {
        if !is_of_type(headers, "application/x-www-form-urlencoded") {
            return Err(Refusal::InvalidRequest("the body must be application/x-www-form-urlencoded"));
        }
        let mut parameters = HashMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            if parameters.insert(name, value).is_some() {
                return Err(Refusal::InvalidRequest("a parameter is given more than once"));
            }
        }
        Ok(Self(parameters))
    }

    /// Parameters sent without a value MUST be treated as if they were omitted (RFC 6749 §3.2).
    fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(AsRef::as_ref).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &str, missing: &'static str) -> Result<&str, Refusal> {
        self.value(name).ok_or(Refusal::InvalidRequest(missing))
    }

    fn client(&self) -> Result<Client, Refusal> {
        self.value("client_id").map(Client::oauth2).ok_or(Refusal::InvalidClient)
    }
}

/// The errors of RFC 6749 §5.2.
enum Refusal {
    InvalidRequest(&'static str),
    InvalidClient,
    InvalidGrant(&'static str),
    UnsupportedGrantType,
    Failed(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

async fn token(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    let form = match Form::read(&headers, &body) {
        Ok(form) => form,
        Err(refusal) => return refused(&provider, &refusal),
    };
    match form.value("grant_type") {
        Some("password") => {
            let work = async { answer(&provider, sign_in(&provider, &form).await) };
            provider.answer(At::SignIn, work).await
        }
        Some("refresh_token") => {
            let work = async { answer(&provider, refresh(&provider, &form)) };
            provider.answer(At::Refresh, work).await
        }
        Some(_) => refused(&provider, &Refusal::UnsupportedGrantType),
        None => refused(&provider, &Refusal::InvalidRequest("grant_type is missing")),
    }
}

async fn sign_in(provider: &Arc<Provider>, form: &Form<'_>) -> Result<Issued, Refusal> {
    let client = form.client()?;
    let username = form.required("username", "username is missing")?.to_owned();
    let password = form.required("password", "password is missing")?.to_owned();
    let scope = form.value("scope").map(str::to_owned);
    super::sign_in(provider, username, password, client, scope)
        .await?
        .ok_or(Refusal::InvalidGrant("the user name or the password is wrong"))
}

fn refresh(provider: &Provider, form: &Form<'_>) -> Result<Issued, Refusal> {
    let client = form.client()?;
    let refresh_token = form.required("refresh_token", "refresh_token is missing")?;
    super::refresh(provider, refresh_token, &client)?.map_err(|refusal| {
        Refusal::InvalidGrant(match refusal {
            RefreshRefusal::Unknown => "the refresh token is unknown or was issued to another client",
            RefreshRefusal::AlreadyUsed => "the refresh token was used before",
            RefreshRefusal::Ended => "the refresh token was revoked",
            RefreshRefusal::Expired => "the refresh token has expired",
        })
    })
}

async fn revoke(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    let work = async {
        match Form::read(&headers, &body).and_then(|form| carry_out_revocation(&provider, &form)) {
            Ok(()) => StatusCode::OK.into_response(),
            Err(refusal) => refused(&provider, &refusal),
        }
    };
    provider.answer(At::Revoke, work).await
}

/// The hint is not needed: an access token is signed, so the two kinds cannot be mistaken for each other. An
/// invalid token is no error, since what the client wants is already so (RFC 7009 §2.2).
fn carry_out_revocation(provider: &Provider, form: &Form<'_>) -> Result<(), Refusal> {
    let client = form.client()?;
    let token = form.required("token", "token is missing")?;
    let as_access_token = provider.families.revoke_access_token(token, &client)?;
    let outcome = match as_access_token {
        Revocation::Unknown => provider.families.end_by_refresh_token(token, &client)?,
        known => known,
    };
    match outcome {
        Revocation::Done | Revocation::AlreadyOver | Revocation::Unknown => Ok(()),
        Revocation::NotYours => Err(Refusal::InvalidGrant("the token was issued to another client")),
    }
}

async fn userinfo(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let work = async {
        match authorized(&provider, &headers) {
            Ok(bearer) => {
                let user = bearer.user;
                let claims = json!({ "sub": user.id, "name": user.name, "email": user.email, "role": user.role });
                Json(claims).into_response()
            }
            Err(refusal) => refusal,
        }
    };
    provider.answer(At::User, work).await
}

fn answer(provider: &Provider, outcome: Result<Issued, Refusal>) -> Response {
    let issued = match outcome {
        Ok(issued) => issued,
        Err(refusal) => return refused(provider, &refusal),
    };
    let mut body = json!({
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in.as_secs(),
        "refresh_token": issued.refresh_token,
    });
    if let (Some(scope), Some(members)) = (issued.scope, body.as_object_mut()) {
        members.insert("scope".into(), scope.into());
    }
    uncached(Json(body).into_response())
}

fn refused(provider: &Provider, refusal: &Refusal) -> Response {
    let (status, error, description) = match refusal {
        Refusal::InvalidRequest(why) => (StatusCode::BAD_REQUEST, "invalid_request", *why),
        Refusal::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client", "client_id is missing"),
        Refusal::InvalidGrant(why) => (StatusCode::BAD_REQUEST, "invalid_grant", *why),
        Refusal::UnsupportedGrantType => {
            (StatusCode::BAD_REQUEST, "unsupported_grant_type", "the grant types are password and refresh_token")
        }
        Refusal::Failed(failure) => {
            provider.log.write(&failure.to_string());
            (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "something went wrong here")
        }
    };
    let body = json!({ "error": error, "error_description": description });
    uncached((status, Json(body)).into_response())
}
