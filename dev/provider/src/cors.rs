//! Which pages of other origins may talk to the provider, by the Fetch standard's CORS protocol.
//!
//! Origins are listed one by one and compared whole; there is no wildcard, and no permission for cookies. An
//! origin that is not listed is served without the headers that would let its browser show the answer.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::Provider;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE");
const EXPOSED: HeaderValue = HeaderValue::from_static("Retry-After");
const MAX_AGE_S: HeaderValue = HeaderValue::from_static("600");

/// An origin as browsers send it: scheme, host and, where it is not the scheme's own, port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(HeaderValue);

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(written: &str) -> Result<Self, OriginError> {
        let refused = || OriginError(written.to_owned());
        let uri: Uri = written.parse().map_err(|_| refused())?;
        let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(refused());
        };
        // What is left is compared with what browsers send, so that a slash at the end is not overlooked.
        let is_bare = uri.scheme_str().map(|scheme| format!("{scheme}://{authority}")).as_deref() == Some(written);
        let is_canonical = !authority.as_str().contains('@') && written == written.to_ascii_lowercase();
        if !is_bare || !is_canonical {
            return Err(refused());
        }
        HeaderValue::from_str(written).map(Self).map_err(|_| refused())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or_default())
    }
}

/// Something that no browser would send as an origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin; it takes the form http://127.0.0.1:8080, without a path or a slash at the end")]
pub struct OriginError(String);

/// Answers preflights and lets listed origins read all other answers.
pub(crate) async fn apply(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let allowed =
        headers.get(ORIGIN).filter(|origin| provider.origins.iter().any(|listed| listed.0 == **origin)).cloned();
    let is_preflight = request.method() == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut answer = if is_preflight { preflight(headers, allowed.is_some()) } else { next.run(request).await };
    let headers = answer.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    answer
}

fn preflight(asked: &HeaderMap, is_allowed: bool) -> Response {
    if !is_allowed {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE_S);
    // A config may name any header, so whichever the page wants to send is fine.
    if let Some(wanted) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_would_send_is_an_origin() {
        for good in ["http://127.0.0.1:8080", "https://app.example", "http://[::1]:8080"] {
            assert_eq!(good.parse::<Origin>().unwrap().to_string(), good);
        }
        for bad in [
            "*",
            "null",
            "",
            "127.0.0.1:8080",
            "http://127.0.0.1:8080/",
            "https://app.example/path",
            "https://user@app.example",
            "https://App.example",
            "ftp://app.example",
            "https://app.example?",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(OriginError(bad.into())));
        }
    }
}
