//! Requests: method, headers, body, and which binding may stand where. The address is in `url`.

use super::keys;
use super::reader::{Reader, Spot, short};
use crate::config::mistake::allowed;
use crate::config::pages::params;
use crate::config::template::Part;
use crate::config::{
    Binding, Body, Credentials, JsonTemplate, Method, Origin, Request, Root, Success, Template, TokenPlaces,
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
        Self { name, roots, params: None, has_before: false }
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
    pub scope: Scope<'a>,
    pub call: Call,
    /// Keys beyond a request's own.
    pub more: &'a [keys::Key],
    /// `provider.headers`, and to which origins they go; `None`: to all.
    pub headers: Option<&'a Spot<'a>>,
    pub headers_to: Option<&'a [Origin]>,
    /// `provider.tokens`.
    pub tokens: &'a TokenPlaces,
}

impl Reader<'_> {
    /// One request, and the one that runs before it.
    pub fn request(&mut self, spot: &Spot<'_>, kind: Kind<'_>) -> Request {
        self.object(spot, &[keys::REQUEST, kind.more]);
        let before = spot.member("before");
        let before = before.map(|spot| Box::new(self.before(&spot, kind)));
        let mut scope = kind.scope;
        scope.has_before = before.is_some();
        let mut request = self.lone_request(spot, Kind { scope, ..kind });
        request.before = before;
        request
    }

    fn before(&mut self, spot: &Spot<'_>, kind: Kind<'_>) -> Request {
        self.object(spot, &[keys::REQUEST]);
        if spot.member("before").is_some() {
            self.note(&spot.at, "Only one request can run before another.");
        }
        let mut roots = kind.scope.roots.to_vec();
        roots.retain(|root| *root != Root::Before);
        let mut scope = kind.scope;
        scope.roots = &roots;
        let call = Call::Before;
        self.lone_request(spot, Kind { scope, call, ..kind })
    }

    fn lone_request(&mut self, spot: &Spot<'_>, kind: Kind<'_>) -> Request {
        let scope = kind.scope;
        let mistakes = self.mistakes.len();
        let url = self.url(spot, scope);
        let is_read = self.mistakes.len() == mistakes;
        let body = self.body(spot, scope);
        let method = self.method(spot, body != Body::Empty, kind.call);
        let headers = self.headers(spot, kind, url.origin());
        let authorized = self.flag(spot.member("authorized"), kind.call == Call::Query);
        // Only a sign-in may bind the form, and only a sign-in has no token yet.
        if authorized && scope.roots.contains(&Root::Form) {
            let place = scope.name;
            let sentence = format!("`authorized` cannot be true {place}: there is no access token yet.");
            self.note(&spot.at, sentence);
        } else if authorized && is_read {
            self.carried.push((spot.at.clone(), url.origin().clone()));
        }
        let credentials = match self.word(spot.member("credentials"), &["omit", "same-origin", "include"]) {
            Some(1) => Credentials::SameOrigin,
            Some(2) => Credentials::Include,
            _ => Credentials::Omit,
        };
        let timeout = self.number(spot.member("timeout_ms"), 1, 120_000).unwrap_or(10_000);
        let ok = spot.member("ok").map(|ok| self.successes(&ok)).unwrap_or_default();
        let mut tokens = kind.tokens.clone();
        if let Some(own) = spot.member("tokens") {
            self.tokens(&own, &mut tokens);
        }
        Request {
            method,
            url,
            headers,
            body,
            authorized,
            credentials,
            timeout_ms: u32::try_from(timeout).unwrap_or(10_000),
            ok,
            before: None,
            tokens,
        }
    }

    fn method(&mut self, spot: &Spot<'_>, has_body: bool, call: Call) -> Method {
        const METHODS: [Method; 5] = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
        let named = self.word(spot.member("method"), &METHODS.map(Method::as_str));
        match named.and_then(|index| METHODS.get(index)) {
            Some(Method::Get) if has_body => {
                self.note(&spot.at, "A GET request cannot have a body: leave `json` and `form` out, or use POST.");
                Method::Get
            }
            Some(method) => *method,
            None if has_body || call == Call::Provider => Method::Post,
            None => Method::Get,
        }
    }

    fn body(&mut self, spot: &Spot<'_>, scope: Scope<'_>) -> Body {
        let json = spot.member("json");
        let form = spot.member("form");
        if json.is_some() && form.is_some() {
            self.note(&spot.at, "A request has `json` or `form`, not both.");
        }
        let content_type = spot.member("content_type");
        if let (Some(content_type), None) = (&content_type, &json) {
            self.note(&content_type.at, "`content_type` is only for a request with `json`.");
        }
        if let Some(json) = json {
            let content_type = self.optional_string(content_type.clone());
            let content_type = content_type.unwrap_or_else(|| "application/json".to_owned());
            self.header_text(&spot.at, &content_type);
            let value = self.json(&json, scope);
            return Body::Json { value, content_type };
        }
        let Some(form) = form else {
            return Body::Empty;
        };
        self.any_object(&form);
        let fields = form.members().into_iter();
        let fields = fields.map(|(name, value)| (name.to_owned(), self.scalar(&value, scope)));
        Body::Form(fields.collect())
    }

    /// Text, or a number or boolean that is written as text.
    fn scalar(&mut self, spot: &Spot<'_>, scope: Scope<'_>) -> Template {
        match spot.value {
            Value::Number(_) | Value::Bool(_) => Template::plain(&spot.value.to_string()),
            _ => self.template(spot, scope),
        }
    }

    fn json(&mut self, spot: &Spot<'_>, scope: Scope<'_>) -> JsonTemplate {
        match spot.value {
            Value::String(text) => {
                let Some(template) = self.parsed(&spot.at, text) else {
                    return JsonTemplate::Fixed(Value::Null);
                };
                match template.whole() {
                    // A var keeps its type too.
                    Some(var) if var.root == Root::Vars => match self.var(&spot.at, var) {
                        Value::String(text) => JsonTemplate::Text(Template::plain(&text)),
                        value => JsonTemplate::Fixed(value),
                    },
                    _ => JsonTemplate::Text(self.scoped(&spot.at, &template, scope)),
                }
            }
            Value::Array(_) => {
                let items = spot.each().into_iter();
                JsonTemplate::List(items.map(|item| self.json(&item, scope)).collect())
            }
            Value::Object(_) => {
                let members = spot.members().into_iter();
                let members = members.map(|(name, member)| (name.to_owned(), self.json(&member, scope)));
                JsonTemplate::Object(members.collect())
            }
            value => JsonTemplate::Fixed(value.clone()),
        }
    }

    /// Text with bindings.
    pub fn template(&mut self, spot: &Spot<'_>, scope: Scope<'_>) -> Template {
        let Some(text) = spot.value.as_str() else {
            self.wrong(spot, "a text");
            return Template::default();
        };
        match self.parsed(&spot.at, text) {
            Some(template) => self.scoped(&spot.at, &template, scope),
            None => Template::default(),
        }
    }

    /// The template with its vars replaced and every other binding checked.
    fn scoped(&mut self, at: &str, template: &Template, scope: Scope<'_>) -> Template {
        let filled = self.filled(at, template);
        for binding in filled.bindings() {
            self.check_binding(at, binding, scope);
        }
        filled
    }

    /// Notes a binding that cannot exist where it stands.
    pub fn check_binding(&mut self, at: &str, binding: &Binding, scope: Scope<'_>) {
        let name = binding.name();
        let reason = match binding.root {
            root if !scope.roots.contains(&root) => {
                let mut roots: Vec<&str> = scope.roots.iter().map(|root| root.as_str()).collect();
                roots.push(Root::Vars.as_str());
                format!("it cannot exist {}; there can be {}", scope.name, allowed("", &roots))
            }
            Root::Form => {
                let known = name == "username" || name == "password";
                if known || self.challenge_fields.iter().any(|field| field == name) {
                    return;
                }
                let mut names = vec!["username", "password"];
                names.extend(self.challenge_fields.iter().map(String::as_str));
                format!("the form has {}", allowed(name, &names))
            }
            Root::Before if !scope.has_before => "this request has no `before`.".to_owned(),
            Root::Challenge if !self.has_challenge => "there is no `errors.challenge`.".to_owned(),
            Root::Params => {
                let Some(path) = scope.params else { return };
                let names: Vec<&str> = params(path).collect();
                if names.contains(&name) {
                    return;
                }
                format!("the path `{path}` has no parameter `:{name}`.")
            }
            _ => return,
        };
        let binding = short(&binding.to_string());
        self.note(at, format!("`{{{{{binding}}}}}` has no value here: {reason}"));
    }

    fn headers(&mut self, spot: &Spot<'_>, kind: Kind<'_>, origin: &Origin) -> Vec<(String, Template)> {
        let mut headers: Vec<(String, Template)> = Vec::new();
        let goes = kind.headers_to.is_none_or(|origins| origins.contains(origin));
        if let (Some(shared), true) = (kind.headers, goes) {
            self.read_headers(shared, kind.scope, &mut headers);
        }
        if let Some(own) = spot.member("headers") {
            self.any_object(&own);
            self.read_headers(&own, kind.scope, &mut headers);
        }
        headers
    }

    fn read_headers(&mut self, spot: &Spot<'_>, scope: Scope<'_>, headers: &mut Vec<(String, Template)>) {
        for (name, value) in spot.members() {
            // What is shared is read for each request, but told once.
            if self.mistakes.iter().any(|known| known.pointer == value.at) {
                continue;
            }
            self.header_name(&value.at, name);
            let template = self.scalar(&value, scope);
            for part in template.parts() {
                if let Part::Text(text) = part {
                    self.header_text(&value.at, text);
                }
            }
            // RFC 9110 §5.1: field names are case-insensitive.
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.push((name.to_owned(), template));
        }
    }

    /// RFC 9110 §5.6.2: a field name is a token.
    pub fn header_name(&mut self, at: &str, name: &str) {
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(token) {
            self.note(at, format!("\"{}\" cannot be the name of a header.", short(name)));
        }
    }

    /// A line break in a value would begin another header.
    pub fn header_text(&mut self, at: &str, text: &str) {
        if text.contains(['\r', '\n', '\0']) {
            self.note(at, "A header's value cannot hold a line break.");
        }
    }

    fn successes(&mut self, spot: &Spot<'_>) -> Vec<Success> {
        let mut ok = Vec::new();
        for item in spot.each() {
            if item.value.is_string() {
                ok.push(Success::Present(self.pointer(&item)));
            } else if let Some(status) = self.number(Some(item), 100, 599) {
                ok.extend(u16::try_from(status).map(Success::Status));
            }
        }
        ok
    }
}
