//! `provider`: the requests, who may see the token, and how refusals are told apart.

use super::keys;
use super::reader::{Reader, SECRET, Spot};
use super::request::{Call, Kind, Scope};
use super::tokens::usual;
use crate::config::address::Absolute;
use crate::config::{
    Authorize, Challenge, ChallengeField, Errors, FieldKind, Origin, Provider, Request, Root, Template, UserProbe,
};
use serde_json::Value;

const SIGN_IN: [Root; 5] = [Root::Form, Root::Store, Root::Url, Root::Before, Root::Challenge];
const SIGNED_IN: [Root; 4] = [Root::Session, Root::Store, Root::User, Root::Before];

impl Reader<'_> {
    /// The provider, its preset merged in.
    pub fn provider(&mut self, spot: &Spot<'_>) -> Provider {
        self.object(spot, &[keys::PROVIDER]);
        if let Some(vars) = spot.member("vars") {
            self.read_vars(&vars);
        }
        let errors = spot.member("errors");
        let challenge = errors.as_ref().and_then(|errors| errors.member("challenge"));
        let fields = challenge.as_ref().map(|challenge| self.fields(challenge));
        let fields = fields.unwrap_or_default();
        self.has_challenge = challenge.is_some();
        self.challenge_fields = fields.iter().map(|field| field.name.clone()).collect();

        let mut tokens = usual();
        if let Some(own) = spot.member("tokens") {
            self.tokens(&own, &mut tokens);
        }
        let headers = spot.member("headers");
        if let Some(headers) = &headers {
            self.any_object(headers);
        }
        let call = |name, roots, more| Kind {
            scope: Scope::new(name, roots),
            call: Call::Provider,
            more,
            headers: headers.as_ref(),
            headers_to: None,
            tokens: &tokens,
        };
        let sign_in = self.required(spot, "sign_in");
        let sign_in = sign_in.map(|spot| self.request(&spot, call("in `sign_in`", &SIGN_IN, &[])));
        let sign_in = sign_in.unwrap_or_else(|| Request::stand_in(&tokens));
        let authorize = self.authorize(spot.member("authorize"), sign_in.url.origin());
        let refresh = spot.member("refresh");
        let refresh = refresh.map(|spot| self.request(&spot, call("in `refresh`", &SIGNED_IN, &[])));
        let user_info = spot.member("user_info").map(|spot| UserProbe {
            request: self.request(&spot, call("in `user_info`", &SIGNED_IN, keys::USER_INFO)),
            user: self.optional_pointer(spot.member("user")),
        });
        let mut revoke = Vec::new();
        for spot in spot.member("revoke").iter().flat_map(Spot::each) {
            revoke.push(self.request(&spot, call("in `revoke`", &SIGNED_IN, &[])));
        }
        let challenge =
            challenge.map(|spot| self.challenge(&spot, fields, call("in `challenge.request`", &SIGN_IN, &[])));
        let errors = self.errors(errors, challenge);
        let mut provider = Provider {
            identity: String::new(),
            username_is_email: self.username_is_email(spot),
            sign_in,
            refresh,
            user_info,
            revoke,
            authorize,
            errors,
        };
        provider.identity = identity(&provider);
        provider
    }

    /// Notes every key that is called `client_secret`.
    pub fn secrets(&mut self, spot: &Spot<'_>) {
        for (name, inner) in spot.members() {
            if name == SECRET {
                self.secret(&inner.at);
            }
            self.secrets(&inner);
        }
        if spot.value.is_array() {
            for inner in spot.each() {
                self.secrets(&inner);
            }
        }
    }

    fn username_is_email(&mut self, spot: &Spot<'_>) -> bool {
        let Some(form) = spot.member("form") else {
            return false;
        };
        self.object(&form, &[keys::FORM]);
        self.word(form.member("username"), &["text", "email"]) == Some(1)
    }

    fn authorize(&mut self, spot: Option<Spot<'_>>, provider: &Origin) -> Authorize {
        let empty = Value::Null;
        let spot = match spot {
            Some(spot) => {
                self.object(&spot, &[keys::AUTHORIZE]);
                spot
            }
            None => Spot { value: &empty, at: String::new() },
        };
        let header = self.optional_string(spot.member("header"));
        let header = header.unwrap_or_else(|| "Authorization".to_owned());
        self.header_name(&spot.at, &header);
        let value = match spot.member("value") {
            Some(value) => {
                let template = self.template(&value, Scope::new("in `authorize`", &[Root::Session]));
                self.header_text(&value.at, &template.as_written());
                template
            }
            None => Template::parse("Bearer {{session.access_token}}").unwrap_or_default(),
        };
        let origins = match spot.member("origins") {
            Some(origins) => {
                let each = origins.each().into_iter();
                each.filter_map(|spot| self.origin(&spot)).collect()
            }
            None if *provider == Origin::Own => vec![Origin::Own],
            None => vec![provider.clone(), Origin::Own],
        };
        Authorize { header, value, origins }
    }

    /// An exact origin: no path, no wildcard.
    fn origin(&mut self, spot: &Spot<'_>) -> Option<Origin> {
        let text = self.string(spot)?;
        if text == "self" {
            return Some(Origin::Own);
        }
        match Absolute::split(&text) {
            Some(absolute) if absolute.rest.is_empty() && !text.contains('*') => Some(self.origin_of(&spot.at, &text)),
            _ => {
                self.wrong(
                    spot,
                    "an exact origin like `https://api.example` (no path, no closing slash, no `*`), or `self`",
                );
                None
            }
        }
    }

    fn errors(&mut self, spot: Option<Spot<'_>>, challenge: Option<Challenge>) -> Errors {
        let empty = Value::Null;
        let spot = match spot {
            Some(spot) => {
                self.object(&spot, &[keys::ERRORS]);
                spot
            }
            None => Spot { value: &empty, at: String::new() },
        };
        let usual = Value::from(vec!["/error", "/error_code", "/code"]);
        let usual = Spot { value: &usual, at: String::new() };
        let code = self.places(&spot.member("code").unwrap_or(usual), false);
        let session_ended = match spot.member("session_ended") {
            Some(ended) => {
                let each = ended.each().into_iter();
                each.filter_map(|spot| self.string(&spot)).collect()
            }
            None => vec!["invalid_grant".to_owned()],
        };
        Errors { code, session_ended, challenge }
    }

    fn fields(&mut self, challenge: &Spot<'_>) -> Vec<ChallengeField> {
        let mut fields: Vec<ChallengeField> = Vec::new();
        if !challenge.value.is_object() {
            return fields;
        }
        for spot in self.required(challenge, "fields").iter().flat_map(Spot::each) {
            self.object(&spot, &[keys::FIELD]);
            let name = self.required_string(&spot, "name");
            let taken = fields.iter().any(|field| field.name == name);
            if taken || name == "username" || name == "password" {
                self.note(&spot.at, format!("The form already has a field `{name}`."));
            }
            let kind = match self.word(spot.member("kind"), &["one_time_code", "text"]) {
                Some(0) => FieldKind::OneTimeCode,
                _ => FieldKind::Text,
            };
            let label = self.optional_string(spot.member("label"));
            fields.push(ChallengeField { name, kind, label });
        }
        fields
    }

    fn challenge(&mut self, spot: &Spot<'_>, fields: Vec<ChallengeField>, kind: Kind<'_>) -> Challenge {
        self.object(spot, &[keys::CHALLENGE]);
        let when = self.required(spot, "when");
        if let Some(when) = &when {
            self.object(when, &[keys::WHEN]);
        }
        let pointer = when.as_ref().and_then(|when| self.required(when, "pointer"));
        let request = self.required(spot, "request");
        let request = request.filter(|request| request.value != "sign_in");
        Challenge {
            when: self.optional_pointer(pointer),
            equals: when.and_then(|when| when.member("equals")).map(|equals| equals.value.clone()),
            fields,
            request: request.map(|request| {
                if request.value.is_string() {
                    self.wrong(&request, "a request, or `sign_in`");
                    return Request::stand_in(kind.tokens);
                }
                self.request(&request, kind)
            }),
        }
    }

    /// Every request that carries the token goes where the token may go.
    pub fn check_carried(&mut self, origins: &[Origin]) {
        // With a provider that could not be read, nobody knows its origin yet.
        let unknown = |at: &str| {
            let parts = ["/sign_in", "/vars", "/authorize", "/preset"];
            at.strip_prefix("/provider")
                .is_some_and(|at| at.is_empty() || parts.iter().any(|part| at.starts_with(part)))
        };
        if self.mistakes.iter().any(|mistake| unknown(&mistake.pointer)) {
            return;
        }
        for (at, origin) in std::mem::take(&mut self.carried) {
            if origins.contains(&origin) {
                continue;
            }
            let list: Vec<&str> = origins.iter().map(name).collect();
            let list = list.join("`, `");
            self.note(&at, format!("This request goes to `{}`, which may not see the access token: /provider/authorize/origins has `{list}`. Write `\"authorized\": false`, or add the origin there.", name(&origin)));
        }
    }

    /// A pointer that may be absent: then the whole value.
    pub fn optional_pointer(&mut self, spot: Option<Spot<'_>>) -> crate::config::Pointer {
        spot.map(|spot| self.pointer(&spot)).unwrap_or_default()
    }
}

/// What a stored session remembers of its provider: where the password goes, and everybody who
/// gets to see its tokens.
fn identity(provider: &Provider) -> String {
    let user_info = provider.user_info.iter().map(|probe| &probe.request);
    let mut origins: Vec<&str> = provider.authorize.origins.iter().map(name).collect();
    for request in provider.refresh.iter().chain(user_info).chain(&provider.revoke) {
        origins.push(name(request.url.origin()));
        let before = request.before.as_ref();
        origins.extend(before.map(|before| name(before.url.origin())));
    }
    origins.sort_unstable();
    origins.dedup();
    let url = provider.sign_in.url.as_written();
    format!("{url} {}", origins.join(" "))
}

fn name(origin: &Origin) -> &str {
    match origin {
        Origin::Own => "self",
        Origin::Other(origin) => origin,
    }
}
