//! The wire: a configured request and its values become an [`HttpRequest`], an answer becomes an [`Outcome`].
//!
//! The general code for every provider: it knows no preset by name, only what the config says.
//! Reading an answer classifies it, it draws no consequences; those are `advance.rs`.
//!
//! ```text
//! a challenge (any status)                     Challenged
//! success with an access token                 Granted
//! success without one, or not JSON             Unintelligible: an empty 200 is nobody's success
//! 429 / 408, 425 / 5xx                         RateLimited / Later / Failing, with Retry-After
//! 4xx as an HTML page                          Walled: a firewall or captive portal spoke
//! 4xx whose code is in `session_ended`         Ended      (RFC 6749 §5.2: `invalid_grant`)
//! any other 4xx that the provider wrote        Refused
//! no answer                                    Offline, Unreachable, TimedOut
//! ```

use super::{
    claims,
    event::{Ask, Form, Outcome},
    time::Timestamp,
    tokens::{AccessToken, IdToken, RefreshToken, Tokens},
};
use crate::config::{
    Authorize, Binding, Body, Config, Credentials, Expiry, Method, MissingValue, Origin, Place, Request, Root, Success,
    TokenPlaces,
};
use serde_json::{Map, Value};
use std::fmt;

/// A longer answer of the provider is not read. Bytes.
pub const MAX_ANSWER_LENGTH: usize = 1024 * 1024;

/// A request, ready to be sent. Its `Debug` shows no header values and no body: secrets stand there.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// Absolute, or relative to the page.
    pub url: String,
    /// Names and values, none with CR or LF.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Option<String>,
    /// Whether cookies go along.
    pub credentials: Credentials,
    /// Then it is aborted.
    pub timeout_ms: u32,
    /// Outlives the page.
    pub keepalive: bool,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("method", &self.method).field("timeout_ms", &self.timeout_ms).finish_non_exhaustive()
    }
}

/// An answer. Its `Debug` shows the status alone.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values: those the browser lets a page see.
    pub headers: Vec<(String, String)>,
    /// The body, at most [`MAX_ANSWER_LENGTH`].
    pub body: String,
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

impl HttpResponse {
    /// The value of the header `name`, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A page for people: what a firewall, a captive portal or a fallback rule answers.
    #[must_use]
    pub fn is_html(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
            || self.body.trim_start().starts_with('<')
    }

    /// Not before when the answer says to try again (RFC 9110 §10.2.3): seconds, or a date.
    #[must_use]
    pub fn retry_at(&self, now: Timestamp) -> Option<Timestamp> {
        let value = self.header("retry-after")?.trim();
        match value.parse::<u64>() {
            Ok(seconds) => Some(now.after_ms(seconds.saturating_mul(1000))),
            Err(_) => Timestamp::parse(value),
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpFailure {
    /// The browser says that the device is offline.
    #[error("the device is offline")]
    Offline,
    /// DNS, TLS, CORS, a closed connection: alike to a page.
    #[error("no answer")]
    Unreachable,
    /// Aborted after the request's timeout.
    #[error("no answer in time")]
    TimedOut,
    /// The answer is longer than may be read.
    #[error("the answer is too long")]
    TooLong,
}

/// What a success granted. Tokens are redacted in `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Grant {
    /// The identity of the provider that granted it.
    pub provider: String,
    /// The access token.
    pub access_token: AccessToken,
    /// A new refresh token, when the answer holds one.
    pub refresh_token: Option<RefreshToken>,
    /// A new ID token, when the answer holds one.
    pub id_token: Option<IdToken>,
    /// When the access token expires.
    pub expires_at: Option<Timestamp>,
    /// The user, when the answer tells.
    pub user: Option<Value>,
    /// Values for the user's store.
    pub kept: Vec<(String, Value)>,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Grant {
    /// The tokens it makes of `old` ones: what it leaves out is kept (RFC 6749 §6).
    #[must_use]
    pub fn into_tokens(self, old: Option<&Tokens>, received_at: Timestamp) -> (Tokens, Option<Value>, Vec<(String, Value)>) {
        let tokens = Tokens {
            access_token: self.access_token,
            refresh_token: self.refresh_token.or_else(|| old.and_then(|old| old.refresh_token.clone())),
            id_token: self.id_token.or_else(|| old.and_then(|old| old.id_token.clone())),
            received_at,
            expires_at: self.expires_at,
        };
        (tokens, self.user, self.kept)
    }
}

/// What a challenged answer holds, for `{{challenge.*}}`; it may be as good as a password.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Challenged(pub Value);

impl fmt::Debug for Challenged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenged(redacted)")
    }
}

/// Where bindings find their values. What does not exist for a request is left empty.
#[derive(Clone, Copy, Default)]
pub struct Values<'a> {
    /// `form.*`
    pub form: Option<&'a Form>,
    /// `session.*`
    pub tokens: Option<&'a Tokens>,
    /// `user.*`
    pub user: Option<&'a Value>,
    /// `store.*`
    pub store: Option<&'a Map<String, Value>>,
    /// `params.*`
    pub params: &'a [(String, String)],
    /// `url.*`
    pub url: &'a [(String, String)],
    /// `before.*`
    pub before: Option<&'a Value>,
    /// `challenge.*`
    pub challenge: Option<&'a Challenged>,
}

impl Values<'_> {
    /// The value of a binding; `None` when it is absent.
    #[must_use]
    pub fn find(&self, binding: &Binding) -> Option<Value> {
        let (name, rest) = match binding.path.split_first() {
            Some((name, rest)) => (name.as_str(), rest),
            None => ("", binding.path.as_slice()),
        };
        match binding.root {
            // Replaced when the config was loaded.
            Root::Vars => None,
            Root::Form => self.form?.value(name).map(Value::from),
            Root::Session => {
                let tokens = self.tokens?;
                match name {
                    "access_token" => Some(tokens.access_token.expose().into()),
                    "refresh_token" => tokens.refresh_token.as_ref().map(|token| token.expose().into()),
                    "id_token" => tokens.id_token.as_ref().map(|token| token.expose().into()),
                    _ => None,
                }
            }
            Root::User => member(self.user?, &binding.path),
            Root::Store => member(self.store?.get(name)?, rest),
            // A parameter given twice counts as absent.
            Root::Params => once(self.params, name),
            Root::Url => once(self.url, name),
            Root::Before => member(self.before?, &binding.path),
            Root::Challenge => member(&self.challenge?.0, &binding.path),
        }
    }
}

fn member(value: &Value, path: &[String]) -> Option<Value> {
    let found = path.iter().try_fold(value, |value, name| match value {
        Value::Object(members) => members.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })?;
    (!found.is_null()).then(|| found.clone())
}

fn once(pairs: &[(String, String)], name: &str) -> Option<Value> {
    let mut found = pairs.iter().filter(|(key, _)| key == name);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Some(value.as_str().into()),
        _ => None,
    }
}

/// The requests that carry out `ask`, in order. A revocation of a token that there is not is left out.
#[must_use]
pub fn requests_for<'a>(config: &'a Config, ask: &Ask) -> Vec<&'a Request> {
    let provider = &config.provider;
    match ask {
        Ask::SignIn { challenge, .. } => {
            let second = provider.errors.challenge.as_ref().filter(|_| challenge.is_some());
            vec![second.and_then(|second| second.request.as_ref()).unwrap_or(&provider.sign_in)]
        }
        Ask::Refresh { .. } => provider.refresh.iter().collect(),
        Ask::UserInfo { .. } => provider.user_info.iter().map(|probe| &probe.request).collect(),
        Ask::Revoke { tokens } => {
            let has = |request: &&Request| {
                (tokens.refresh_token.is_some() || !request.binds(Root::Session, "refresh_token"))
                    && (tokens.id_token.is_some() || !request.binds(Root::Session, "id_token"))
            };
            provider.revoke.iter().filter(has).collect()
        }
    }
}

/// The values that `ask` brings along; the shell adds the store, the address and `before`.
#[must_use]
pub fn values_of(ask: &Ask) -> Values<'_> {
    match ask {
        Ask::SignIn { form, challenge } => Values { form: Some(form), challenge: challenge.as_ref(), ..Values::default() },
        Ask::Refresh { session } | Ask::UserInfo { session } => {
            Values { tokens: Some(&session.tokens), user: session.user.as_ref(), ..Values::default() }
        }
        Ask::Revoke { tokens } => Values { tokens: Some(tokens), ..Values::default() },
    }
}

/// Fills a configured request in.
///
/// # Errors
/// [`MissingValue`] names the binding that has no value.
pub fn write(request: &Request, authorize: &Authorize, values: Values<'_>) -> Result<HttpRequest, MissingValue> {
    let find = |binding: &Binding| values.find(binding);
    let mut headers = Vec::with_capacity(request.headers.len() + 2);
    let body = match &request.body {
        Body::Empty => None,
        Body::Json { value, content_type } => {
            headers.push(("Content-Type".to_owned(), content_type.clone()));
            Some(value.render(&find)?.to_string())
        }
        Body::Form(fields) => {
            headers.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
            let mut pairs = String::new();
            for (name, value) in fields {
                if !pairs.is_empty() {
                    pairs.push('&');
                }
                pairs.push_str(&crate::config::Template::plain(name).form(&find)?);
                pairs.push('=');
                pairs.push_str(&value.form(&find)?);
            }
            Some(pairs)
        }
    };
    for (name, value) in &request.headers {
        set_header(&mut headers, name, value.text(&find)?);
    }
    if request.authorized && may_carry_token(request.url.origin(), authorize) {
        set_header(&mut headers, &authorize.header, authorize.value.text(&find)?);
    }
    // RFC 9110 §5.5: a value can never break out of its field.
    for (_, value) in &mut headers {
        value.retain(|character| !matches!(character, '\r' | '\n' | '\0'));
    }
    Ok(HttpRequest {
        method: request.method,
        url: request.url.render(&find)?,
        headers,
        body,
        credentials: request.credentials,
        timeout_ms: request.timeout_ms,
        keepalive: false,
    })
}

/// The token goes to these exact origins and nowhere else.
fn may_carry_token(origin: &Origin, authorize: &Authorize) -> bool {
    authorize.origins.contains(origin)
}

fn set_header(headers: &mut Vec<(String, String)>, name: &str, value: String) {
    headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    headers.push((name.to_owned(), value));
}

/// What the answer of a `before` request binds: its JSON, else its text.
#[must_use]
pub fn read_before(response: &HttpResponse) -> Value {
    serde_json::from_str(&response.body).unwrap_or_else(|_| Value::from(response.body.as_str()))
}

/// What an answer to `request`, sent for `ask`, means.
#[must_use]
pub fn read(config: &Config, ask: &Ask, request: &Request, answer: Result<HttpResponse, HttpFailure>, now: Timestamp) -> Outcome {
    let response = match answer {
        Ok(response) => response,
        Err(HttpFailure::Offline) => return Outcome::Offline,
        Err(HttpFailure::Unreachable) => return Outcome::Unreachable,
        Err(HttpFailure::TimedOut) => return Outcome::TimedOut,
        Err(HttpFailure::TooLong) => return unintelligible("the answer is longer than 1 MB"),
    };
    let json = serde_json::from_str::<Value>(&response.body).ok();
    let answer = Answer { response: &response, json: json.as_ref() };
    if matches!(ask, Ask::SignIn { .. })
        && let Some(challenge) = &config.provider.errors.challenge
        && let Some(body) = answer.json
        && let Some(found) = challenge.when.find(body)
        && challenge.equals.as_ref().map_or(!found.is_null(), |expected| expected == found)
    {
        return Outcome::Challenged(Challenged(body.clone()));
    }
    if !answer.is_success(request) {
        return answer.refusal(config, ask, now);
    }
    match ask {
        Ask::SignIn { .. } | Ask::Refresh { .. } => answer.grant(config, &request.tokens, now),
        Ask::UserInfo { .. } => answer.user(config),
        Ask::Revoke { .. } => Outcome::Revoked,
    }
}

/// The worse of two outcomes of a list of revocations: it is done when all are.
#[must_use]
pub fn both(first: Outcome, second: Outcome) -> Outcome {
    if first == Outcome::Revoked { second } else { first }
}

/// A request that cannot be made, because a binding has no value.
#[must_use]
pub fn unsendable(missing: &MissingValue) -> Outcome {
    Outcome::Unintelligible { detail: missing.to_string() }
}

fn unintelligible(detail: &str) -> Outcome {
    Outcome::Unintelligible { detail: detail.to_owned() }
}

struct Answer<'a> {
    response: &'a HttpResponse,
    json: Option<&'a Value>,
}

impl Answer<'_> {
    fn is_success(&self, request: &Request) -> bool {
        if request.ok.is_empty() {
            return (200..300).contains(&self.response.status);
        }
        request.ok.iter().any(|success| match success {
            Success::Status(status) => *status == self.response.status,
            Success::Present(pointer) => {
                self.json.and_then(|json| pointer.find(json)).is_some_and(|found| !found.is_null())
            }
        })
    }

    fn refusal(&self, config: &Config, ask: &Ask, now: Timestamp) -> Outcome {
        let retry_at = self.response.retry_at(now);
        let codes = || config.provider.errors.code.iter().filter_map(|place| self.text_at(place));
        match self.response.status {
            429 => Outcome::RateLimited { retry_at },
            408 | 425 => Outcome::Later { retry_at },
            500.. => Outcome::Failing { retry_at },
            status @ 400..=499 => {
                // Some send error JSON as `text/html`: what reads as JSON is the provider's.
                if self.json.is_none() && self.response.is_html() {
                    return Outcome::Walled;
                }
                // RFC 7009 §2.2: a token that the provider does not know is as good as revoked.
                if matches!(ask, Ask::Revoke { .. }) && matches!(status, 400 | 401 | 403 | 404) {
                    return Outcome::Revoked;
                }
                let has_ended = codes().any(|code| config.provider.errors.session_ended.contains(&code));
                if has_ended && matches!(status, 400 | 401 | 403) {
                    return Outcome::Ended;
                }
                // A wrong password comes as 400, 401, 403, 404 or 422, with JSON, text or nothing.
                if matches!(status, 400 | 401 | 403) || codes().next().is_some() {
                    return Outcome::Refused;
                }
                match ask {
                    Ask::SignIn { .. } if !matches!(status, 405 | 406 | 413 | 415) => Outcome::Refused,
                    Ask::SignIn { .. } | Ask::Refresh { .. } | Ask::UserInfo { .. } | Ask::Revoke { .. } => {
                        Outcome::Unintelligible { detail: format!("status {status}") }
                    }
                }
            }
            status => Outcome::Unintelligible { detail: format!("status {status}") },
        }
    }

    fn grant(&self, config: &Config, places: &TokenPlaces, now: Timestamp) -> Outcome {
        let Some(access_token) = self.first(&places.access_token) else {
            return self.without_token(&places.access_token);
        };
        let id_token = self.first(&places.id_token);
        let user = places
            .user
            .iter()
            .find_map(|place| self.value_at(place))
            .or_else(|| id_token.as_deref().and_then(claims::payload))
            // A JWT that says who it is about: better than a nameless header, for display only.
            .or_else(|| {
                let is_unasked = config.provider.user_info.is_none();
                claims::payload(&access_token).filter(|claims| is_unasked && claims.get("sub").is_some())
            });
        let kept = config
            .store
            .iter()
            .filter_map(|(name, pointer)| Some((name.clone(), pointer.find(self.json?)?.clone())))
            .collect();
        Outcome::Granted(Grant {
            provider: config.provider.identity.clone(),
            refresh_token: self.first(&places.refresh_token).map(RefreshToken::new),
            expires_at: places.expires.iter().find_map(|expiry| self.expires_at(expiry, &access_token, now)).flatten(),
            access_token: AccessToken::new(access_token),
            id_token: id_token.map(IdToken::new),
            user,
            kept,
        })
    }

    fn user(&self, config: &Config) -> Outcome {
        let place = config.provider.user_info.as_ref().map(|probe| &probe.user);
        match place.zip(self.json).and_then(|(pointer, json)| pointer.find(json)).filter(|user| !user.is_null()) {
            Some(user) => Outcome::User(user.clone()),
            // 200 with `null` is how some say "signed out".
            None => Outcome::Refused,
        }
    }

    /// Says what an operator needs to know, and nothing that was in the answer.
    fn without_token(&self, places: &[Place]) -> Outcome {
        if self.response.is_html() && self.json.is_none() {
            return Outcome::Walled;
        }
        let places: Vec<String> = places.iter().map(ToString::to_string).collect();
        let what = if self.response.body.trim().is_empty() {
            "an empty answer"
        } else if self.json.is_none() {
            "an answer that is not JSON"
        } else {
            "an answer"
        };
        Outcome::Unintelligible {
            detail: format!("status {}, {what} without an access token at {}", self.response.status, places.join(", ")),
        }
    }

    fn first(&self, places: &[Place]) -> Option<String> {
        places.iter().find_map(|place| self.text_at(place))
    }

    fn text_at(&self, place: &Place) -> Option<String> {
        match self.value_at(place)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
        .filter(|text| !text.is_empty())
    }

    fn value_at(&self, place: &Place) -> Option<Value> {
        match place {
            Place::Pointer(pointer) => pointer.find(self.json?).filter(|found| !found.is_null()).cloned(),
            Place::Header(name) => {
                let value = self.response.header(name)?.trim();
                let bare = match value.split_at_checked(7) {
                    Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer ") => rest.trim(),
                    _ => value,
                };
                Some(bare.into())
            }
            Place::Body => Some(self.response.body.trim().into()).filter(|_| !self.response.is_html()),
            // The browser keeps it; there is nothing to read.
            Place::Cookie => None,
        }
    }

    /// `None`: this way of telling does not apply. `Some(None)`: it applies, and says nothing.
    #[expect(clippy::option_option, reason = "a list of ways is tried in turn, and `never` ends the search")]
    fn expires_at(&self, expiry: &Expiry, access_token: &str, now: Timestamp) -> Option<Option<Timestamp>> {
        match expiry {
            Expiry::In { place, unit_ms } => {
                let span = self.number_at(place)?.saturating_mul(*unit_ms);
                Some((span > 0).then(|| now.after_ms(span)))
            }
            Expiry::At { place, unit_ms } => {
                Some(in_the_future(Timestamp(self.number_at(place)?.saturating_mul(*unit_ms)), now))
            }
            Expiry::AtIso(place) => Some(in_the_future(Timestamp::parse(&self.text_at(place)?)?, now)),
            Expiry::Jwt => {
                let claims = claims::payload(access_token)?;
                let seconds = |name: &str| claims.get(name).and_then(whole_number);
                let expires = seconds("exp")?.saturating_mul(1000);
                match seconds("iat") {
                    // The span is right whatever our clock says: it may be wrong by a day.
                    Some(issued) if issued.saturating_mul(1000) < expires => {
                        Some(Some(now.after_ms(expires - issued * 1000)))
                    }
                    _ => Some(in_the_future(Timestamp(expires), now)),
                }
            }
            Expiry::After(span_ms) => Some(Some(now.after_ms(*span_ms))),
            Expiry::Never => Some(None),
        }
    }

    fn number_at(&self, place: &Place) -> Option<u64> {
        whole_number(&self.value_at(place)?)
    }
}

/// A token that has just arrived has not expired: then a clock is wrong, and only a 401 can tell.
fn in_the_future(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    (at > now).then_some(at)
}

/// Numbers may arrive as strings, and with a fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast of a float saturates")]
fn whole_number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64)),
        Value::String(text) => text.trim().parse::<u64>().ok().or_else(|| text.trim().parse::<f64>().ok().filter(|n| *n >= 0.0).map(|n| n as u64)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(pointer) => f.write_str(pointer.as_str()),
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Body => f.write_str("body"),
            Self::Cookie => f.write_str("cookie"),
        }
    }
}
