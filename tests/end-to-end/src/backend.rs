//! A backend that keeps the session in a cookie which no script can read, with a CSRF token in another which scripts can.
//!
//! ```text
//! GET  /csrf        sets csrf_token, and says it
//! POST /api/login   JSON, with X-CSRF-Token         -> 204 and the session's cookie, or 401, or 403
//! POST /login       a form, as servers that write pages have -> a redirect, whatever comes of it
//! GET  /api/me      -> the user, or 401
//! GET  /orders      -> rows, or 401
//! POST /api/logout  with X-CSRF-Token               -> 204
//! ```

use crate::dialect::{APP_ID, APP_TITLE};
use crate::provider::MEMBER;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::{Json, Router, response::IntoResponse};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The rows that `/orders` gives.
pub const ROWS: usize = 7;

const SESSION: &str = "backend_session";
const CSRF: &str = "csrf_token";

/// A backend that serves until it is dropped.
pub struct Backend {
    origin: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    /// Who may read its answers.
    app: String,
    said: Mutex<Said>,
}

#[derive(Default)]
struct Said {
    sessions: BTreeSet<u64>,
    issued: u64,
    keeps_cookies_away: bool,
    fails_sign_outs: bool,
    is_slow_at_sign_outs: bool,
    asked: BTreeMap<String, usize>,
}

impl Backend {
    /// Starts one that lets the pages of `app` read its answers and send its cookies.
    pub async fn start(app: &str) -> Self {
        let listener = match TcpListener::bind("127.0.0.1:0").await {
            Ok(listener) => listener,
            Err(error) => panic!("no port is free for the backend: {error}"),
        };
        let origin = match listener.local_addr() {
            Ok(address) => format!("http://{address}"),
            Err(error) => panic!("the backend does not know its own address: {error}"),
        };
        let shared = Arc::new(Shared { app: app.to_owned(), said: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                panic!("the backend stopped serving: {error}");
            }
        });
        Self { origin, shared, serving }
    }

    /// Its origin, which is also its address.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A `config.json` for it: the preset, and what is particular to this backend.
    #[must_use]
    pub fn config(&self) -> Value {
        let origin = &self.origin;
        json!({
            "version": 1,
            "app": { "id": APP_ID, "title": APP_TITLE },
            "provider": {
                "preset": "cookie-session",
                "vars": { "base_url": origin },
                "sign_in": {
                    "before": { "method": "GET", "url": format!("{origin}/csrf") },
                    "headers": { "X-CSRF-Token": "{{before.token}}" },
                },
                "revoke": [ { "url": format!("{origin}/api/logout"), "headers": { "X-CSRF-Token": "{{cookie.csrf_token}}" } } ],
            },
            "queries": { "orders": { "url": format!("{origin}/orders") } },
            "pages": [ { "path": "/orders", "title": "Orders", "blocks": [
                { "type": "text", "text": "Signed in as {{user.email}}" },
                { "type": "table", "query": "orders" },
            ] } ],
        })
    }

    /// The sessions that have not ended.
    #[must_use]
    pub fn living_sessions(&self) -> usize {
        self.shared.said().sessions.len()
    }

    /// How often a path was asked for, preflights left out.
    #[must_use]
    pub fn asked(&self, path: &str) -> usize {
        self.shared.said().asked.get(path).copied().unwrap_or_default()
    }

    /// Ends all sessions; the browser still sends their cookies.
    pub fn end_all_sessions(&self) {
        self.shared.said().sessions.clear();
    }

    /// Sets no cookie from now on, as if the browser refused to keep it.
    pub fn keep_cookies_away(&self) {
        self.shared.said().keeps_cookies_away = true;
    }

    /// Takes a second for a sign-out from now on.
    pub fn be_slow_at_sign_outs(&self) {
        self.shared.said().is_slow_at_sign_outs = true;
    }

    /// Answers sign-outs with 503, or no longer.
    pub fn fail_sign_outs(&self, fails: bool) {
        self.shared.said().fails_sign_outs = fails;
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Shared {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 10_000).await.unwrap_or_default();
    if parts.uri.path() == "/api/logout" && parts.method == Method::POST && shared.said().is_slow_at_sign_outs {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let mut response = if parts.method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        shared.said().answer(&parts.method, parts.uri.path(), &parts.headers, &body)
    };
    if let Some(origin) = parts.headers.get(ORIGIN).filter(|origin| **origin == *shared.app) {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type, x-csrf-token"));
    }
    response
}

impl Said {
    fn answer(&mut self, method: &Method, path: &str, headers: &HeaderMap, body: &[u8]) -> Response {
        *self.asked.entry(path.to_owned()).or_default() += 1;
        let session = cookie(headers, SESSION).and_then(|session| session.parse().ok());
        let living = session.filter(|session| self.sessions.contains(session));
        match (method.as_str(), path) {
            ("GET", "/csrf") => {
                let token = "once/and=always";
                let mut response = Json(json!({ "token": token })).into_response();
                set_cookie(&mut response, &format!("{CSRF}=once%2Fand%3Dalways; Path=/; SameSite=Lax"));
                response
            }
            ("POST", "/api/login" | "/api/logout") if !has_csrf_token(headers) => StatusCode::FORBIDDEN.into_response(),
            ("POST", "/api/login") => {
                let form: Value = serde_json::from_slice(body).unwrap_or_default();
                let is = |name, value| form.get(name).and_then(Value::as_str) == Some(value);
                if !is("username", MEMBER.username) || !is("password", MEMBER.password) {
                    return (StatusCode::UNAUTHORIZED, Json(json!({ "detail": "no" }))).into_response();
                }
                let mut response = StatusCode::NO_CONTENT.into_response();
                self.begin(&mut response);
                response
            }
            ("POST", "/login") => {
                let form: BTreeMap<_, _> = url::form_urlencoded::parse(body).into_owned().collect();
                let is_right = form.get("username").map(String::as_str) == Some(MEMBER.username)
                    && form.get("password").map(String::as_str) == Some(MEMBER.password);
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::FOUND;
                let to = if is_right { "/welcome" } else { "/login?error" };
                response.headers_mut().insert(LOCATION, HeaderValue::from_static(to));
                if is_right {
                    self.begin(&mut response);
                }
                response
            }
            ("POST", "/api/logout") if self.fails_sign_outs => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            ("POST", "/api/logout") => {
                self.sessions.remove(&session.unwrap_or_default());
                let mut response = StatusCode::NO_CONTENT.into_response();
                set_cookie(&mut response, &format!("{SESSION}=; Path=/; Max-Age=0"));
                response
            }
            ("GET", "/api/me") if living.is_some() => {
                Json(json!({ "id": living, "email": MEMBER.username })).into_response()
            }
            ("GET", "/orders") if living.is_some() => {
                let rows: Vec<Value> = (1..=ROWS).map(|id| json!({ "id": id })).collect();
                Json(rows).into_response()
            }
            ("GET", "/api/me" | "/orders") => StatusCode::UNAUTHORIZED.into_response(),
            _ => (StatusCode::NOT_FOUND, [(CONTENT_TYPE, "text/html")], "<p>Nothing here").into_response(),
        }
    }

    fn begin(&mut self, response: &mut Response) {
        self.issued += 1;
        self.sessions.insert(self.issued);
        if !self.keeps_cookies_away {
            set_cookie(response, &format!("{SESSION}={}; Path=/; HttpOnly; SameSite=Lax", self.issued));
        }
    }
}

fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(COOKIE)?.to_str().ok()?;
    text.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(ToOwned::to_owned)
}

/// In the header, decoded, as in the cookie.
fn has_csrf_token(headers: &HeaderMap) -> bool {
    let said = headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
    cookie(headers, CSRF).is_some() && said == Some("once/and=always")
}
