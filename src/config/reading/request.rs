//! Requests: method, headers, body, and which binding may stand where. The address is in `url`.

use super::keys;
use super::provider::BROUGHT;
use super::reader::{Reader, Walk, short, unquoted};
use crate::config::mistake::{TELLS, allowed, told};
use crate::config::pages::params;
use crate::config::template::Part;
use crate::config::{
    Binding, Body, Credentials, JsonTemplate, Method, Origin, Request, Root, Success, Template, TokenPlaces, write_json,
};
use serde_json::Value;

/// Where a template stands, and so what may be bound in it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// How a sentence names the place.
    pub name: &'a str,
    pub roots: &'a [Root],
    /// The parameters of the page's path; `None` when the page is not known here.
    pub params: Option<&'a str>,
    pub has_before: bool,
}

impl<'a> Scope<'a> {
    pub const fn new(name: &'a str, roots: &'a [Root]) -> Self {
        Self { name: if TELLS { name } else { "" }, roots, params: None, has_before: false }
    }
}

/// What the defaults of a request depend on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Provider,
    Query,
    Before,
}

/// What all the requests of one kind share.
#[derive(Clone, Copy)]
pub(super) struct Kind<'a> {
    pub scope: &'a Scope<'a>,
    pub call: Call,
    /// Keys beyond a request's own.
    pub more: &'a [keys::Key],
    /// `provider.headers`, and to which origins they go; `None`: to all.
    pub headers: &'a Value,
    pub headers_to: Option<&'a [Origin]>,
    /// `provider.tokens`.
    pub tokens: &'a TokenPlaces,
}

impl<'a> Reader<'a> {
    /// A request that may be absent.
    pub fn optional_request(&mut self, value: &'a Value, kind: &Kind<'_>) -> Option<Request> {
        (!value.is_null()).then(|| self.request(value, kind))
    }

    /// One request, and the one that runs before it.
    pub fn request(&mut self, value: &'a Value, kind: &Kind<'_>) -> Request {
        let mut kind = *kind;
        let before = value.member("before");
        let mut first = None;
        self.object(value, keys::REQUEST, kind.more);
        if !before.is_null() {
            self.object(before, keys::REQUEST, &[]);
            if !before.member("before").is_null() {
                self.note(before, format_args!("Only one request can run before another."));
            }
            let before_it = self.lone_request(before, &Kind { call: Call::Before, ..kind });
            if before_it.url.as_written().contains('#') {
                self.note(before.member("url"), format_args!("A request that runs first has its address written out."));
            }
            first = Some(Box::new(before_it));
        }
        let scope = Scope { has_before: first.is_some(), ..*kind.scope };
        kind.scope = &scope;
        let mut request = self.lone_request(value, &kind);
        request.before = first;
        request
    }

    /// Where the browser is sent, and with which parameters: nothing of it is fetched.
    pub fn visit(&mut self, value: &Value, scope: &Scope<'_>) -> Request {
        Request {
            method: Method::Get,
            url: self.url(value, scope),
            headers: Vec::new(),
            body: self.body(value, scope),
            authorized: false,
            credentials: Credentials::Omit,
            timeout_ms: 0,
            ok: Vec::new(),
            before: None,
            tokens: TokenPlaces::default(),
        }
    }

    fn lone_request(&mut self, value: &'a Value, kind: &Kind<'_>) -> Request {
        let scope = kind.scope;
        let mistakes = self.mistakes.len();
        let url = self.url(value, scope);
        let is_read = self.mistakes.len() == mistakes;
        let body = self.body(value, scope);
        let method = self.method(value, body != Body::Empty, kind.call);
        let headers = self.headers(value, kind, url.origin());
        let authorized = self.flag(value.member("authorized"), kind.call == Call::Query);
        // Only a sign-in may bind the form, and only a sign-in has no token yet.
        if authorized && scope.roots.contains(&Root::Form) {
            let place = scope.name;
            self.note(value, format_args!("`authorized` cannot be true {place}: there is no access token yet."));
        } else if authorized && is_read {
            self.carried.push((value, url.origin().clone()));
        }
        // Only who may see a token is sent the cookie that stands for it.
        let carries_cookie = self.is_in_cookie
            && match kind.call {
                Call::Provider => true,
                Call::Query => authorized,
                Call::Before => kind.headers_to.is_none_or(|origins| origins.contains(url.origin())),
            };
        let written = value.member("credentials");
        let credentials = match self.word(written, &["omit", "same-origin", "include"]) {
            Some(1) => Credentials::SameOrigin,
            Some(2) => Credentials::Include,
            None if carries_cookie => Credentials::Include,
            _ => Credentials::Omit,
        };
        if carries_cookie && credentials == Credentials::Omit {
            self.note(
                written,
                format_args!(
                    "A cookie holds the session, and with `omit` the browser neither keeps nor sends it: write `include`."
                ),
            );
        }
        let timeout_ms = self.number(value.member("timeout_ms"), "milliseconds", 1, 120_000);
        let ok = self.successes(value.member("ok"));
        let mut tokens = kind.tokens.clone();
        self.tokens(value.member("tokens"), &mut tokens);
        Request {
            method,
            url,
            headers,
            body,
            authorized,
            credentials,
            timeout_ms: timeout_ms.and_then(|ms| u32::try_from(ms).ok()).unwrap_or(10_000),
            ok,
            before: None,
            tokens,
        }
    }
}

impl Reader<'_> {
    fn method(&mut self, value: &Value, has_body: bool, call: Call) -> Method {
        const METHODS: [Method; 5] = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
        let named = self.word(value.member("method"), &METHODS.map(Method::as_str));
        match named.and_then(|index| METHODS.get(index)) {
            Some(method) => {
                if has_body && *method == Method::Get {
                    self.note(
                        value,
                        format_args!("A GET request cannot have a body: leave `json` and `form` out, or use POST."),
                    );
                }
                *method
            }
            None if has_body || call == Call::Provider => Method::Post,
            None => Method::Get,
        }
    }

    fn body(&mut self, value: &Value, scope: &Scope<'_>) -> Body {
        let json = value.member("json");
        let form = value.member("form");
        let content_type = value.member("content_type");
        if !json.is_null() && !form.is_null() {
            self.note(value, format_args!("A request has `json` or `form`, not both."));
        }
        if json.is_null() {
            self.note(content_type, format_args!("`content_type` is only for a request with `json`."));
            if form.is_null() {
                return Body::Empty;
            }
            let mut fields = Vec::new();
            for (name, field) in self.members(form) {
                let template = self.scalar(field, scope);
                // An empty var says that there is no such parameter. RFC 6749 §3.2 treats one without a value as
                // omitted; not every server does, so it is not sent.
                if template.fixed() != Some("") || field.as_str().is_none_or(str::is_empty) {
                    fields.push((name.clone(), template));
                }
            }
            return Body::Form(fields);
        }
        let kind = self.string(content_type).unwrap_or_else(|| "application/json".to_owned());
        self.header_text(content_type, &kind);
        Body::Json { value: self.json(json, scope), content_type: kind }
    }

    /// Text, or a number or boolean that is written as text.
    fn scalar(&mut self, value: &Value, scope: &Scope<'_>) -> Template {
        match value {
            Value::Number(_) | Value::Bool(_) => Template::plain(&write_json(value)),
            _ => self.template(value, scope),
        }
    }

    fn json(&mut self, value: &Value, scope: &Scope<'_>) -> JsonTemplate {
        match value {
            Value::String(_) => {
                let written = self.parsed(value).unwrap_or_default();
                match written.whole() {
                    // A var keeps its type too.
                    Some(var) if var.root == Root::Vars => match self.var(value, var) {
                        Value::String(text) => JsonTemplate::Text(Template::plain(&text)),
                        value => JsonTemplate::Fixed(value),
                    },
                    _ => JsonTemplate::Text(self.template(value, scope)),
                }
            }
            Value::Array(items) => JsonTemplate::List(items.iter().map(|item| self.json(item, scope)).collect()),
            Value::Object(members) => {
                let members = members.iter();
                JsonTemplate::Object(members.map(|(name, value)| (name.clone(), self.json(value, scope))).collect())
            }
            value => JsonTemplate::Fixed(value.clone()),
        }
    }

    /// Text with bindings: its vars replaced, every other one checked.
    pub fn template(&mut self, value: &Value, scope: &Scope<'_>) -> Template {
        let template = self.filled(value).unwrap_or_default();
        for binding in template.bindings() {
            self.check_binding(value, binding, scope);
        }
        template
    }

    /// Notes a binding that cannot exist where it stands.
    pub fn check_binding(&mut self, value: &Value, binding: &Binding, scope: &Scope<'_>) {
        let name = binding.name();
        let reason = match binding.root {
            root if !scope.roots.contains(&root) => told(|| {
                let mut roots: Vec<&str> = scope.roots.iter().map(|root| root.as_str()).collect();
                roots.push(Root::Vars.as_str());
                format!("it cannot exist {}; there can be {}", scope.name, allowed("", &roots))
            }),
            Root::Form => {
                let typed: &[&str] = &["username", "password"];
                let mut names = if self.has_redirect { &BROUGHT } else { typed }.to_vec();
                names.extend(self.challenge_fields.iter().flatten().map(String::as_str));
                if names.contains(&name) || self.challenge_fields.is_none() {
                    return;
                }
                told(|| format!("the form has {}", allowed(name, &names)))
            }
            Root::Session if self.is_only_in_cookie && name == "access_token" => {
                told(|| "a cookie holds it, which no page can read.".to_owned())
            }
            Root::Before if !scope.has_before => told(|| "this request has no `before`.".to_owned()),
            // Of the answer that held the options.
            Root::Challenge if scope.roots.contains(&Root::Passkey) => return,
            Root::Challenge if self.merged.member("provider").member("errors").member("challenge").is_null() => {
                told(|| "there is no `errors.challenge`.".to_owned())
            }
            Root::Params => match scope.params {
                Some(path) if !params(path).any(|param| param == name) => {
                    told(|| format!("the path `{path}` has no parameter `:{name}`."))
                }
                _ => return,
            },
            _ => return,
        };
        let binding = told(|| short(&binding.to_string()));
        self.note(value, format_args!("`{{{{{binding}}}}}` has no value here: {reason}"));
    }

    fn headers(&mut self, value: &Value, kind: &Kind<'_>, origin: &Origin) -> Vec<(String, Template)> {
        let mut headers = Vec::new();
        if kind.headers_to.is_none_or(|origins| origins.contains(origin)) {
            self.read_headers(kind.headers, kind.scope, &mut headers);
        }
        self.read_headers(value.member("headers"), kind.scope, &mut headers);
        headers
    }

    fn read_headers(&mut self, value: &Value, scope: &Scope<'_>, headers: &mut Vec<(String, Template)>) {
        for (name, value) in self.members(value) {
            // What is shared is read for each request, but told once.
            if !self.mistakes.is_empty() && self.is_told(value) {
                continue;
            }
            self.sent_header_name(value, name);
            let template = self.scalar(value, scope);
            for part in template.parts() {
                if let Part::Text(text) = part {
                    self.header_text(value, text);
                }
            }
            // RFC 9110 §5.1: field names are case-insensitive.
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.push((name.clone(), template));
        }
    }

    /// RFC 9110 §5.6.2: a field name is a token.
    pub fn header_name(&mut self, value: &Value, name: &str) {
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(token) {
            self.note(value, format_args!("\"{}\" cannot be the name of a header.", short(name)));
        }
    }

    /// A header that a request may have: the browser keeps some to itself, and drops them without a word.
    pub fn sent_header_name(&mut self, value: &Value, name: &str) {
        self.header_name(value, name);
        if is_forbidden(name) {
            let name = short(name);
            self.note(value, format_args!("Browsers do not let an app send the header `{name}`: they set it themselves. Leave it out (for cookies there is `credentials`)."));
        }
    }

    /// A line break in a value would begin another header. And a header is bytes: browsers throw on what is beyond ISO 8859-1,
    /// which begins with this byte in UTF-8.
    pub fn header_text(&mut self, value: &Value, text: &str) {
        if text.bytes().any(|b| b"\r\n\0".contains(&b)) {
            self.note(value, format_args!("A header's value cannot hold a line break."));
        } else if text.bytes().any(|b| b >= 0xc4) {
            let letter = told(|| text.chars().filter(|letter| *letter > '\u{ff}').take(1).collect());
            self.note(value, format_args!("A header's value cannot hold `{letter}`: only characters of ISO 8859-1 (Western European) can be sent in one."));
        }
    }

    fn successes(&mut self, value: &Value) -> Vec<Success> {
        let mut ok = Vec::new();
        for value in value.each() {
            if value.is_string() && unquoted(value).is_empty() {
                ok.push(Success::Present(self.pointer(value)));
                continue;
            }
            let status = value.as_u64().and_then(|status| u16::try_from(status).ok());
            match status.filter(|status| (100..600).contains(status)) {
                Some(status) => ok.push(Success::Status(status)),
                None => self.wrong(
                    value,
                    &told(|| format!("a status from 100 to 599{}, or a JSON Pointer like `/token`", unquoted(value))),
                ),
            }
        }
        ok
    }
}

/// The headers that only the browser sets (Fetch, "forbidden request-header"); of these, those that people write.
fn is_forbidden(name: &str) -> bool {
    const NAMES: [&str; 7] = ["accept-encoding", "connection", "content-length", "cookie", "host", "origin", "referer"];
    let begins = |start: &str| name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)) || begins("sec-") || begins("proxy-")
}
