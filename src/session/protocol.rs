//! The wire: a configured request and its values become an [`HttpRequest`], an answer becomes an [`Outcome`](super::Outcome).
//!
//! The general code for every provider: it knows no preset by name, only what the config says.
//! Writing is here, reading is `reading.rs`.

mod reading;

pub use reading::{both, is_success, read, read_before, unsendable};
#[cfg(feature = "operator")]
pub use reading::{expiry_by, text_at};

use super::{
    event::{Ask, Form, Kept},
    passkey,
    time::Timestamp,
    tokens::{AccessToken, IdToken, RefreshToken, Tokens},
};
use crate::config::{
    Authorize, Binding, Body, Config, Credentials, Method, MissingValue, Origin, Place, Request, Root, child,
    percent_decoded, write_json,
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
    /// Names and values. The browser refuses one with a line break (RFC 9110 §5.5).
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Option<String>,
    /// Whether cookies go along.
    pub credentials: Credentials,
    /// Then it is aborted.
    pub timeout_ms: u32,
    /// Outlives the page.
    pub keepalive: bool,
    /// Follows a redirect. Never with a secret: it may lead to any origin.
    pub follows_redirects: bool,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
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
        self.header("content-type")
            .is_some_and(|kind| kind.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"html")))
            || self.body.trim_ascii_start().starts_with('<')
    }

    /// Not before when the answer says to try again (RFC 9110 §10.2.3): seconds, or a date.
    #[must_use]
    pub fn retry_at(&self, now: Timestamp) -> Option<Timestamp> {
        let value = self.header("retry-after")?.trim_ascii();
        match value.parse::<u64>() {
            Ok(seconds) => Some(now.after_ms(seconds.saturating_mul(1000))),
            Err(_) => Timestamp::parse(value),
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.as_str())]
pub enum HttpFailure {
    /// The browser says that the device is offline.
    Offline,
    /// DNS, TLS, CORS, a closed connection: alike to a page.
    Unreachable,
    /// Aborted after the request's timeout.
    TimedOut,
    /// The answer is longer than may be read.
    TooLong,
    /// A header's value holds what no header can carry: a line break, or a character beyond Latin-1.
    Unsendable,
    /// The answer leads elsewhere, and is not followed; often for want of a final slash.
    Redirected,
    /// There is an answer, and it is not to be believed: what is wrong with it, for the operator. Never a value.
    Unverified(String),
}

impl HttpFailure {
    /// As half a sentence.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match self {
            Self::Offline => "the device is offline",
            Self::Unreachable => "no answer",
            Self::TimedOut => "no answer in time",
            Self::TooLong => "the answer is too long",
            Self::Unsendable => "a header cannot carry its value",
            Self::Redirected => REDIRECTED,
            Self::Unverified(detail) => detail.as_str(),
        }
    }
}

const REDIRECTED: &str = "a redirect: the address that it leads to must be written instead";

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
    /// Values for the user's store; `None` where the answer has none.
    pub kept: Kept,
    /// The answer says that it grants something. A page or a redirect, which a cookie may come with, says nothing.
    pub is_said: bool,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Grant {
    /// A session that a cookie holds, of which the answer itself tells nothing.
    #[must_use]
    pub const fn in_cookie(provider: String, now: Timestamp) -> Self {
        Self {
            provider,
            access_token: AccessToken::in_cookie(now),
            refresh_token: None,
            id_token: None,
            expires_at: None,
            user: None,
            kept: Kept(Vec::new()),
            is_said: false,
        }
    }

    /// The tokens it makes of `old` ones: what it leaves out is kept (RFC 6749 §6).
    #[must_use]
    pub fn into_tokens(self, old: Option<&Tokens>, received_at: Timestamp) -> (Tokens, Option<Value>, Kept) {
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
    /// `passkey.*`
    pub passkey: Option<&'a Value>,
    /// `cookie.*`: those that a page may read, as the browser lists them (RFC 6265 §4.2.1).
    pub cookies: &'a str,
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
                    "access_token" if tokens.access_token.is_in_cookie() => None,
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
            Root::Passkey => member(self.passkey?, &binding.path),
            // The first of one name is the nearest: RFC 6265 §5.4.
            Root::Cookie => {
                let pairs = self.cookies.split(';').filter_map(|pair| pair.trim_ascii().split_once('='));
                let (_, value) = pairs.into_iter().find(|(key, _)| key.split('.').eq(&binding.path))?;
                // Most encode what a cookie cannot hold; who does not is taken at their word.
                Some(percent_decoded(value).unwrap_or_else(|| value.to_owned()).into())
            }
        }
    }
}

fn member(value: &Value, path: &[String]) -> Option<Value> {
    let found = path.iter().try_fold(value, |value, name| child(value, name))?;
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
        Ask::SignIn { form, .. } if passkey::is_by(form) => {
            provider.passkey.iter().map(|passkey| &passkey.sign_in).collect()
        }
        Ask::SignIn { challenge, .. } => {
            let second = provider.errors.challenge.as_ref().filter(|_| challenge.is_some());
            vec![second.and_then(|second| second.request.as_ref()).unwrap_or(&provider.sign_in)]
        }
        Ask::Refresh { .. } => provider.refreshing().into_iter().collect(),
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
        Ask::SignIn { form, challenge } => {
            Values { form: Some(form), challenge: challenge.as_ref(), ..Values::default() }
        }
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
            Some(write_json(&value.render(&find)?))
        }
        Body::Form(fields) => {
            headers.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
            let mut pairs = String::new();
            for (name, value) in fields {
                if value.is_optional_and_absent(&find) {
                    continue;
                }
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
        if value.is_optional_and_absent(&find) {
            continue;
        }
        set_header(&mut headers, name, value.text(&find)?);
    }
    let is_carried_by_browser = values.tokens.is_some_and(|tokens| tokens.access_token.is_in_cookie());
    if request.authorized && !is_carried_by_browser && may_carry_token(request.url.origin(), authorize) {
        set_header(&mut headers, &authorize.header, authorize.value.text(&find)?);
    }
    Ok(HttpRequest {
        method: request.method,
        url: request.url.render(&find)?,
        headers,
        body,
        credentials: request.credentials,
        timeout_ms: request.timeout_ms,
        keepalive: false,
        follows_redirects: false,
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

impl Place {
    /// As it is written.
    #[must_use]
    pub fn as_written(&self) -> String {
        match self {
            Self::Pointer(pointer) => pointer.as_str().to_owned(),
            Self::Header(name) => ["header:", name].concat(),
            Self::Body => "body".to_owned(),
            Self::Cookie => "cookie".to_owned(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_written())
    }
}
