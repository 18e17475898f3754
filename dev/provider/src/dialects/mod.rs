//! The three ways in which the provider can be spoken to, and what they have in common.
//!
//! A dialect decides where a value stands in a request and in an answer, and how a refusal is worded. It decides
//! nothing about sessions: [`sign_in`] and [`refresh`] are the same for all.

mod gotrue;
mod oauth2;
mod simplejwt;

use std::sync::Arc;

use axum::Router;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::Provider;
use crate::failure::Failure;
use crate::families::{Client, Issued, RefreshRefusal};

/// All endpoints of all dialects.
pub(crate) fn router() -> Router<Arc<Provider>> {
    Router::new().merge(gotrue::router()).merge(oauth2::router()).merge(simplejwt::router())
}

/// Begins a family, or gives `None` for a wrong password and for an unknown user alike.
async fn sign_in(
    provider: &Arc<Provider>,
    username: String,
    password: String,
    client: Client,
    scope: Option<String>,
) -> Result<Option<Issued>, Failure> {
    let accounts = provider.accounts.clone();
    // A hash takes its time on purpose: it must not keep other requests waiting.
    let checked = tokio::task::spawn_blocking(move || accounts.authenticate(&username, &password)).await;
    let Some(user) = checked.map_err(|_| Failure::Interrupted)?? else {
        return Ok(None);
    };
    let issued = provider.families.begin(user, &client, scope)?;
    provider.counters.signed_in();
    Ok(Some(issued))
}

/// Rotates a refresh token.
fn refresh(
    provider: &Provider,
    refresh_token: &str,
    client: &Client,
) -> Result<Result<Issued, RefreshRefusal>, Failure> {
    let outcome = provider.families.rotate(refresh_token, client)?;
    match outcome {
        Ok(_) => provider.counters.refreshed(),
        Err(RefreshRefusal::AlreadyUsed) => {
            provider.counters.reused();
            provider.log.write("a refresh token was used twice: its family has ended");
        }
        Err(RefreshRefusal::Unknown | RefreshRefusal::Ended | RefreshRefusal::Expired) => {}
    }
    Ok(outcome)
}

/// The bearer token of a request (RFC 6750 §2.1). The scheme's case does not matter (RFC 9110 §11.1).
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Whether the body says that it is of this type, whatever its parameters.
fn is_of_type(headers: &HeaderMap, wanted: &str) -> bool {
    let written = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    written.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(wanted))
}

/// An answer with tokens MUST NOT be kept by any cache (RFC 6749 §5.1).
fn uncached(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}
