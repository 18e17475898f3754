//! A pasted `curl` command becomes a request of the config.
//!
//! ```text
//! text --shell.rs--> words --options--> method, address, headers, body --> { "url": …, "json": … } and what is to be said
//! ```
//! What a person types into the login form becomes `{{form.*}}`, what a session holds becomes `{{session.*}}` or `authorized`,
//! and what a browser sets by itself is left out. What a browser cannot do, or a config must not hold, is refused with the
//! reason. No value of a password or a token gets into the request.

mod command;

use crate::config::{NO_SECRET, read_json};
use command::Heard;
use serde_json::{Map, Value, json};
use std::fmt;

/// What the request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `provider.sign_in`.
    SignIn,
    /// `provider.refresh`.
    Refresh,
    /// `provider.user_info`.
    UserInfo,
    /// One of `provider.revoke`.
    Revoke,
    /// One of `queries`.
    Query,
}

/// What an operator has typed already, to be recognised in a command.
#[derive(Clone, Copy, Default)]
pub struct Typed<'a> {
    /// Becomes `{{form.username}}`.
    pub username: &'a str,
    /// Becomes `{{form.password}}`.
    pub password: &'a str,
}

/// A request of the config, and what the operator should know about it. Its `Debug` shows the latter alone: what was pasted may
/// hold what was not recognised as a secret.
#[derive(Clone, PartialEq)]
pub struct Drafted {
    /// As it stands in the config.
    pub request: Value,
    /// To be laid over `provider` (RFC 7396); `null` where nothing is.
    pub provider: Value,
    /// Whole sentences.
    pub said: Vec<String>,
}

impl fmt::Debug for Drafted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drafted").field("said", &self.said).finish_non_exhaustive()
    }
}

/// Why a command cannot become a request, as whole sentences.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// Reads one command.
///
/// # Errors
/// [`Refused`]: it is no `curl` command, or does what no browser app can or may do.
pub fn draft(command: &str, purpose: Purpose, typed: Typed<'_>) -> Result<Drafted, Refused> {
    let heard = Heard::of(command)?;
    let mut drafting = Drafting { purpose, typed, said: heard.said, provider: Map::new(), is_authorized: false };
    let mut request = Map::new();
    let url = drafting.url(&heard.url, &heard.query)?;
    let body = drafting.body(&heard.data, heard.is_json, &heard.headers)?;
    let has_body = !body.is_empty();
    let method = match &heard.method {
        Some(method) => method.to_ascii_uppercase(),
        None if has_body => "POST".to_owned(),
        None => "GET".to_owned(),
    };
    if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
        return refuse(format!("The method is `{method}`; a config knows GET, POST, PUT, PATCH and DELETE."));
    }
    if has_body && method == "GET" {
        return refuse(
            "A GET request cannot have a body in a browser. Use POST, or `-G` to put the data into the address.",
        );
    }
    request.insert("method".into(), method.into());
    request.insert("url".into(), url.into());
    let headers = drafting.headers(&heard.headers)?;
    if !headers.is_empty() {
        request.insert("headers".into(), headers.into());
    }
    request.extend(body);
    if drafting.is_authorized {
        request.insert("authorized".into(), true.into());
    } else if purpose == Purpose::Query {
        request.insert("authorized".into(), false.into());
        drafting.say("The command carries no access token, so the query carries none (`\"authorized\": false`).");
    }
    if heard.has_cookies {
        request.insert("credentials".into(), "include".into());
        drafting.say("The command sends cookies. A page cannot set them: `\"credentials\": \"include\"` lets the browser send those it holds for that host itself.");
    }
    if let Some(seconds) = heard.seconds {
        request.insert("timeout_ms".into(), (seconds.saturating_mul(1000)).clamp(1, 120_000).into());
    }
    drafting.say_what_is_missing(&Value::Object(request.clone()));
    let provider = if drafting.provider.is_empty() { Value::Null } else { Value::Object(drafting.provider) };
    Ok(Drafted { request: Value::Object(request), provider, said: drafting.said })
}

fn refuse<T>(sentence: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(sentence.into()))
}

struct Drafting<'a> {
    purpose: Purpose,
    typed: Typed<'a>,
    said: Vec<String>,
    provider: Map<String, Value>,
    is_authorized: bool,
}

impl Drafting<'_> {
    fn say(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.said.contains(&sentence) {
            self.said.push(sentence);
        }
    }

    fn url(&mut self, written: &str, query: &[String]) -> Result<String, Refused> {
        let written = written.split('#').next().unwrap_or(written);
        let mut url = match written.split_once("://") {
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") => {
                written.to_owned()
            }
            Some((scheme, _)) => {
                return refuse(format!("The address begins with `{scheme}://`; a config knows https."));
            }
            None if written.starts_with('/') => written.to_owned(),
            None => {
                let is_local = written.starts_with("localhost") || written.starts_with("127.");
                let scheme = if is_local { "http" } else { "https" };
                self.say(format!("The address names no scheme; `{scheme}://` was put before it."));
                format!("{scheme}://{written}")
            }
        };
        let authority = url.split("://").nth(1).unwrap_or_default().split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return refuse(format!("The address holds a name or a password before `@`. {NO_SECRET}"));
        }
        for pairs in query {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(pairs);
        }
        let Some((address, pairs)) = url.split_once('?') else { return Ok(url) };
        let mut kept = Vec::new();
        for pair in pairs.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if is_client_secret(name) {
                return refuse(NO_SECRET);
            }
            if folded(name) == "accesstoken" {
                self.is_authorized = self.purpose != Purpose::SignIn;
                self.say("The access token stood in the address, where it gets into logs; it is carried in a header instead.");
                continue;
            }
            match self.binding(name, &decoded(value)) {
                Some(binding) => {
                    if binding.contains("password") {
                        self.say("The password stands in the address, where servers and proxies write it into their logs. If the provider takes it in a body, send it there.");
                    }
                    kept.push([name, "=", &binding].concat());
                }
                None => kept.push(pair.to_owned()),
            }
        }
        let separator = if kept.is_empty() { "" } else { "?" };
        Ok([address, separator, &kept.join("&")].concat())
    }

    fn body(
        &mut self,
        data: &[String],
        is_json: bool,
        headers: &[(String, String)],
    ) -> Result<Map<String, Value>, Refused> {
        let mut body = Map::new();
        if data.is_empty() {
            return Ok(body);
        }
        let kind = header(headers, "content-type").unwrap_or(if is_json { "application/json" } else { "" });
        let bare = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if bare.starts_with("multipart/") {
            return refuse(
                "The body is `multipart/form-data`, which is for files; a config knows JSON and `application/x-www-form-urlencoded`.",
            );
        }
        let text = if is_json { data.concat() } else { data.join("&") };
        let looks_like_json = text.trim_start().starts_with(['{', '[']);
        let is_form = bare == "application/x-www-form-urlencoded" || (bare.is_empty() && !looks_like_json);
        if is_form && !looks_like_json {
            body.insert("form".into(), Value::Object(self.form(&text)?));
            return Ok(body);
        }
        let Some(mut value) = read_json(&text) else {
            return refuse(if looks_like_json || bare.contains("json") {
                "The body should be JSON and is not: a quote or a brace is missing, or the shell's quotes are others than here."
            } else {
                "The body is neither JSON nor a form (`name=value&name=value`); a config knows these two."
            });
        };
        if is_form || bare.is_empty() {
            self.say("The command says nothing of JSON, but its body is; the app sends it with `Content-Type: application/json`.");
        } else if bare != "application/json" {
            body.insert("content_type".into(), kind.into());
        }
        self.fill(&mut value)?;
        body.insert("json".into(), value);
        Ok(body)
    }

    fn form(&mut self, text: &str) -> Result<Map<String, Value>, Refused> {
        let mut form = Map::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name), decoded(value));
            if is_client_secret(&name) {
                return refuse(NO_SECRET);
            }
            if form.contains_key(&name) {
                self.say(format!("The form names `{name}` twice; a config can send it once, so the last one counts."));
            }
            let value = self.binding(&name, &value).unwrap_or(value);
            form.insert(name, value.into());
        }
        Ok(form)
    }

    /// Puts bindings in place of what a person types and a session holds.
    fn fill(&mut self, value: &mut Value) -> Result<(), Refused> {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if is_client_secret(name) {
                        return refuse(NO_SECRET);
                    }
                    if let Value::String(text) = member {
                        if let Some(binding) = self.binding(name, text) {
                            *text = binding;
                        }
                    } else {
                        self.fill(member)?;
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.fill(item)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        Ok(())
    }

    /// What a value is, by who typed it or by its name.
    fn binding(&self, name: &str, value: &str) -> Option<String> {
        let is_typed = |typed: &str| !typed.is_empty() && value == typed;
        let name = folded(name);
        let is = |names: &[&str]| names.contains(&name.as_str());
        let bound = match self.purpose {
            Purpose::SignIn if is_typed(self.typed.password) || is(PASSWORDS) => "{{form.password}}",
            Purpose::SignIn if is_typed(self.typed.username) || is(USERNAMES) => "{{form.username}}",
            Purpose::SignIn | Purpose::Query => return None,
            // RFC 7009 §2.1 calls it `token` in a revocation.
            _ if is(REFRESH_TOKENS) => "{{session.refresh_token}}",
            Purpose::Revoke | Purpose::Refresh if name == "token" => "{{session.refresh_token}}",
            Purpose::UserInfo if is(&["token", "idtoken", "accesstoken"]) => "{{session.access_token}}",
            _ if name == "accesstoken" => "{{session.access_token}}",
            _ if is(&["idtoken", "idtokenhint"]) => "{{session.id_token}}",
            Purpose::Refresh | Purpose::UserInfo | Purpose::Revoke => return None,
        };
        Some(bound.to_owned())
    }

    fn headers(&mut self, all: &[(String, String)]) -> Result<Map<String, Value>, Refused> {
        let mut headers = Map::new();
        for (name, value) in all {
            let lower = name.to_ascii_lowercase();
            match lower.as_str() {
                "content-type" => {}
                // What is sent without anybody's asking says nothing.
                "accept" if value == "*/*" || value.contains("text/plain, */*") || value.starts_with("text/html") => {}
                "authorization" => self.authorization(value, all)?,
                _ if is_client_secret(name) => return refuse(NO_SECRET),
                _ => {
                    headers.insert(name.clone(), value.clone().into());
                }
            }
        }
        Ok(headers)
    }

    fn authorization(&mut self, value: &str, all: &[(String, String)]) -> Result<(), Refused> {
        let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
        if scheme.eq_ignore_ascii_case("basic") {
            return refuse(format!(
                "`Authorization: Basic` sends a name and a password, usually a client and its secret. {NO_SECRET}"
            ));
        }
        if self.purpose == Purpose::SignIn {
            let is_public =
                all.iter().any(|(name, other)| !name.eq_ignore_ascii_case("authorization") && other == rest);
            self.say(if is_public {
                "The `Authorization` header repeats the public key of another header, and was left out."
            } else {
                "The `Authorization` header was left out: at the sign-in there is no access token yet."
            });
            return Ok(());
        }
        self.is_authorized = true;
        if !scheme.eq_ignore_ascii_case("bearer") {
            let prefix = if scheme.is_empty() { String::new() } else { format!("{scheme} ") };
            let carried = format!("{prefix}{{{{session.access_token}}}}");
            self.say(format!(
                "The access token is carried as `Authorization: {carried}`: that is now /provider/authorize/value."
            ));
            self.provider.insert("authorize".into(), json!({ "value": carried }));
        }
        Ok(())
    }

    fn say_what_is_missing(&mut self, request: &Value) {
        let written = request.to_string();
        match self.purpose {
            Purpose::SignIn => {
                for (binding, what) in [("{{form.username}}", "username"), ("{{form.password}}", "password")] {
                    if !written.contains(binding) {
                        self.say(format!("Nothing in the command looks like the {what}: put `{binding}` where it belongs. (What is typed below is recognised.)"));
                    }
                }
            }
            Purpose::Refresh if !written.contains("{{session.") && !written.contains("\"include\"") => {
                self.say("Nothing in the command looks like the refresh token: put `{{session.refresh_token}}` where it belongs.");
            }
            Purpose::Refresh | Purpose::UserInfo | Purpose::Revoke | Purpose::Query => {}
        }
    }
}

const USERNAMES: &[&str] = &[
    "username",
    "user",
    "email",
    "login",
    "identifier",
    "identity",
    "emailaddress",
    "mail",
    "userid",
    "loginid",
    "account",
    "accountname",
    "usernameoremail",
    "emailorusername",
    "usernameoremailaddress",
    "userlogin",
    "loginname",
    "useremail",
];
const PASSWORDS: &[&str] =
    &["password", "passwd", "pass", "pwd", "passphrase", "userpassword", "passwort", "secret", "pin"];
const REFRESH_TOKENS: &[&str] = &["refreshtoken", "refresh", "rt"];

fn is_client_secret(name: &str) -> bool {
    matches!(folded(name).as_str(), "clientsecret" | "clientassertion" | "servicerolekey")
}

/// Whatever joins its words, and whatever its case.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// One name or value of a form or a query string; what is no escape stays as it is (WHATWG URL §5.1).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, behind @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                match digit(high).zip(digit(low)) {
                    Some((high, low)) => {
                        bytes.push(high * 16 + low);
                        rest = behind;
                    }
                    None => bytes.push(b'%'),
                }
            }
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
