//! `provider`: the requests, who may see the token, and how refusals are told apart.

use super::keys;
use super::reader::{Reader, Walk, is_secret};
use super::request::{Call, Kind, Scope};
use super::tokens::{member, members, usual};
use super::{FIRST, is_word};
use crate::config::address::{Absolute, until};
use crate::config::mistake::{TELLS, listed, told};
use crate::config::template::cut;
use crate::config::{
    Authorize, Body, Challenge, ChallengeField, Errors, FieldKind, Origin, Passkey, Provider, Redirect, Request, Root,
    Success, Template, UserProbe,
};
use serde_json::Value;

/// What a redirect brings to the sign-in.
pub(super) const BROUGHT: [&str; 3] = ["code", "code_verifier", "redirect_uri"];

/// Parameters that make an answer ours, or that would take their place (RFC 9101, RFC 9449 §10).
const OURS: [&str; 10] = [
    "response_type",
    "response_mode",
    "redirect_uri",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
    "dpop_jkt",
];

const SIGN_IN: [Root; 6] = [Root::Form, Root::Store, Root::Url, Root::Before, Root::Challenge, Root::Cookie];
const BY_PASSKEY: [Root; 6] = [Root::Passkey, Root::Store, Root::Url, Root::Before, Root::Challenge, Root::Cookie];
const SIGNED_OUT: [Root; 3] = [Root::Session, Root::Before, Root::Cookie];
const SIGNED_IN: [Root; 5] = [Root::Session, Root::Store, Root::User, Root::Before, Root::Cookie];

impl<'a> Reader<'a> {
    /// The provider, its preset merged in.
    pub fn provider(&mut self, value: &'a Value) -> Provider {
        self.object(value, keys::PROVIDER, &[]);
        self.read_vars(value.member("vars"));
        let redirect = value.member("redirect");
        self.has_redirect = !redirect.is_null();
        // Before every address that may name an endpoint of it.
        self.object(redirect, keys::REDIRECT, &[]);
        self.read_issuer(redirect);
        let errors = value.member("errors");
        let challenge = errors.member("challenge");
        let mistakes = self.mistakes.len();
        let fields = self.fields(challenge);
        let is_read = self.mistakes.len() == mistakes;
        self.challenge_fields = is_read.then(|| fields.iter().map(|field| field.name.clone()).collect());

        let mut tokens = usual();
        self.tokens(value.member("tokens"), &mut tokens);
        let headers = value.member("headers");
        self.members(headers);
        let mut kind = Kind {
            scope: const { &Scope::new("in `sign_in`", &SIGN_IN) },
            call: Call::Provider,
            more: &[],
            headers,
            headers_to: None,
            tokens: &tokens,
        };
        let sign_in = self.required(value, "sign_in");
        let mistakes = self.mistakes.len();
        let own = sign_in.member("tokens").member("access_token");
        let held = if own.is_null() { value.member("tokens").member("access_token") } else { own };
        self.is_in_cookie = held.each().iter().any(|place| place.as_str() == Some("cookie"));
        self.is_only_in_cookie = self.is_in_cookie && held.each().len() == 1;
        let sign_in = self.request(sign_in, &kind);
        let is_read = self.mistakes.len() == mistakes;
        let redirect = self.has_redirect.then(|| self.redirect(redirect));
        let has_dpop = redirect.as_ref().is_some_and(|redirect| redirect.has_dpop);
        let authorize = self.authorize(value.member("authorize"), sign_in.url.origin(), has_dpop);
        kind.scope = const { &Scope::new("in `refresh`", &SIGNED_IN) };
        let refresh = self.optional_request(value.member("refresh"), &kind);
        // A session is forgotten before anything is revoked: nobody knows the user any more, nor what the store held.
        kind.scope = const { &Scope::new("in `revoke`", &SIGNED_OUT) };
        let revoke = value.member("revoke").each().iter();
        let revoke: Vec<Request> = revoke.map(|value| self.request(value, &kind)).collect();
        kind.scope = const { &Scope::new("in `user_info`", &SIGNED_IN) };
        kind.more = keys::USER_INFO;
        let probe = value.member("user_info");
        let user_info = self.optional_request(probe, &kind);
        let user_info = user_info.map(|request| UserProbe { request, user: self.pointer(probe.member("user")) });
        kind.scope = const { &Scope::new("in `challenge.request`", &SIGN_IN) };
        kind.more = &[];
        let passkey = self.passkey(value.member("passkey"), &kind);
        let challenge = (!challenge.is_null()).then(|| self.challenge(challenge, fields, &kind));
        self.check_id_token_places(value, [Some(&sign_in), refresh.as_ref()]);
        if self.is_in_cookie && self.has_redirect {
            self.note(held, format_args!("With a `redirect` the tokens come to this page. A backend that keeps the session in a cookie goes to the provider itself: link to its own sign-in."));
        }
        if self.is_in_cookie && user_info.is_none() {
            self.note(held, format_args!("No page can see a cookie: only `/provider/user_info` can tell whether somebody is signed in, and there is none."));
        }
        let needs_token = |request: &Request| {
            request.binds(Root::Session, "refresh_token") || request.binds(Root::Session, "id_token")
        };
        if self.is_in_cookie && revoke.iter().all(needs_token) {
            self.note(held, format_args!("No page can remove this cookie: only a request in `/provider/revoke` can sign out, and there is none."));
        }
        // With a code for its second step, a sign-in may want no password.
        let is_without = |name: &&str| !sign_in.binds(Root::Form, name);
        if self.has_redirect {
            // RFC 6749 §4.1.3: what was in the authorization request, redirect_uri too, and RFC 7636 §4.5.
            if is_read && BROUGHT.iter().any(is_without) {
                self.note(value.member("sign_in"), format_args!("With a `redirect` this request must bind `{{{{form.code}}}}`, `{{{{form.code_verifier}}}}` and `{{{{form.redirect_uri}}}}`, which the redirect brings."));
            }
        } else if is_read && sign_in.body != Body::Empty && is_without(&"password") && challenge.is_none() {
            self.note(
                value.member("sign_in"),
                format_args!("This request sends no password: bind `{{{{form.password}}}}` in `json` or `form`."),
            );
        }
        if !value.member("authorize").member("value").is_null()
            && authorize.value.bindings().next().is_none()
            && !self.is_in_cookie
        {
            let value = value.member("authorize").member("value");
            self.note(
                value,
                format_args!("This carries no token: it must bind one, like `Bearer {{{{session.access_token}}}}`."),
            );
        }
        let errors = self.errors(errors, challenge);
        let mut provider = Provider {
            identity: String::new(),
            name: String::new(),
            redirect,
            passkey,
            username_is_email: self.username_is_email(value.member("form")),
            sign_in,
            refresh,
            user_info,
            revoke,
            authorize,
            errors,
        };
        provider.identity = identity(&provider);
        self.name.clone_into(&mut provider.name);
        provider
    }

    fn passkey(&mut self, value: &'a Value, kind: &Kind<'_>) -> Option<Passkey> {
        if value.is_null() {
            return None;
        }
        self.object(value, keys::PASSKEY, &[]);
        if self.has_redirect {
            self.note(value, format_args!("With a `redirect` it is the provider's own pages that ask for a passkey."));
        }
        let asks = self.required(value, "options");
        let scope = const { &Scope::new("in `passkey.options`", &[Root::Store, Root::Url, Root::Cookie]) };
        let options = self.request(asks, &Kind { scope, more: keys::PASSKEY_OPTIONS, ..*kind });
        if options.before.is_some() {
            self.note(asks.member("before"), format_args!("No request can run before this one."));
        }
        let answers = self.required(value, "sign_in");
        let mistakes = self.mistakes.len();
        let sign_in =
            self.request(answers, &Kind { scope: const { &Scope::new("in `passkey.sign_in`", &BY_PASSKEY) }, ..*kind });
        if self.mistakes.len() == mistakes && sign_in.bindings().iter().all(|binding| binding.root != Root::Passkey) {
            self.note(
                answers,
                format_args!("This request sends nothing that was signed: bind `{{{{passkey}}}}` in `json` or `form`."),
            );
        }
        Some(Passkey {
            options,
            at: self.pointer(asks.member("at")),
            sign_in,
            label: self.string(value.member("label")),
        })
    }

    fn challenge(&mut self, value: &'a Value, fields: Vec<ChallengeField>, kind: &Kind<'_>) -> Challenge {
        self.object(value, keys::CHALLENGE, &[]);
        let when = self.required(value, "when");
        self.object(when, keys::WHEN, &[]);
        let pointer = self.required(when, "pointer");
        let equals = when.member("equals");
        let mut expired = Vec::new();
        for code in value.member("expired").each() {
            expired.extend(self.string(code));
        }
        let request = self.required(value, "request");
        Challenge {
            when: self.pointer(pointer),
            equals: (!equals.is_null()).then(|| equals.clone()),
            fields,
            expired,
            request: match request.as_str() {
                None => self.optional_request(request, kind),
                Some("sign_in") => None,
                Some(_) => {
                    self.wrong(request, "a request, or `sign_in`");
                    None
                }
            },
        }
    }
}

impl Reader<'_> {
    /// The ID token is checked where OpenID Connect Core §3.1.3.3 has it, in an answer that says yes.
    fn check_id_token_places(&mut self, value: &Value, requests: [Option<&Request>; 2]) {
        let is_elsewhere = |request: &Request| {
            request.ok.iter().any(|ok| matches!(ok, Success::Status(_)))
                || request.tokens.id_token.iter().any(|place| *place != member("/id_token"))
        };
        if self.has_redirect && requests.into_iter().flatten().any(is_elsewhere) {
            self.note(value, format_args!("With a `redirect` the ID token of a sign-in and of a refresh is checked: it is `/id_token` of an answer with a status of 2xx, so no status can stand in `ok` of these two, and no other place in `tokens`."));
        }
    }

    fn read_issuer(&mut self, redirect: &Value) {
        let issuer = self.required(redirect, "issuer");
        let mistakes = self.mistakes.len();
        let issuer = self.address(issuer, const { &Scope::new("in `issuer`", &[]) }, true);
        // What is said of it is not said again of every endpoint.
        if self.mistakes.len() == mistakes {
            self.issuer = issuer.as_written();
        }
    }

    fn redirect(&mut self, value: &Value) -> Redirect {
        let request = self.visit(value, const { &Scope::new("in `redirect`", &[Root::Store, Root::Url]) });
        self.parameters(value, &OURS);
        // Nobody would be asked, and nobody told: the button would seem to do nothing.
        if request.field("prompt") == Some("none") {
            self.note(value.member("form").member("prompt"), format_args!("With `none` the provider asks nobody, and the button would do nothing: leave it out. To sign in whoever is signed in there, write `\"silent\": true` in `redirect`."));
        }
        let client_id = request.field("client_id").unwrap_or_default().to_owned();
        if client_id.is_empty() && !(TELLS && self.is_client_id_told(value)) {
            self.note(value, format_args!("The `form` here must hold the `client_id` by which the provider knows this app, written out or from a var."));
        }
        let label = self.string(value.member("label"));
        let (is_automatic, is_popup) =
            (self.flag(value.member("auto"), false), self.flag(value.member("popup"), false));
        if is_automatic && is_popup {
            self.note(
                value.member("popup"),
                format_args!(
                    "Browsers open no window that nobody has asked for: there can be `auto` or `popup`, not both."
                ),
            );
        }
        if is_automatic && self.name != FIRST {
            self.note(
                value.member("auto"),
                format_args!("Only `provider`, not one of `providers`, can be gone to straight away: leave `auto` out, or let the two change places."),
            );
        }
        let leaving = value.member("end_session");
        self.object(leaving, keys::END_SESSION, &[]);
        let end_session = (!leaving.is_null())
            .then(|| self.visit(leaving, const { &Scope::new("in `end_session`", &[Root::Session]) }));
        self.parameters(leaving, &["post_logout_redirect_uri", "state"]);
        if end_session.as_ref().is_some_and(|request| {
            ["access_token", "refresh_token"].iter().any(|name| request.binds(Root::Session, name))
        }) {
            self.note(leaving, format_args!("The browser is sent to this address, and addresses are kept in histories and logs: of the session only `{{{{session.id_token}}}}` may stand in it."));
        }
        let scope = const { &Scope::new("in `redirect`", &[]) };
        Redirect {
            request,
            client_id,
            jwks: self.address(value.member("jwks"), scope, false).as_written(),
            par: self.address(value.member("par"), scope, false).as_written(),
            path: self.redirect_path(value.member("path")),
            label: label.unwrap_or_else(|| host(&self.issuer).to_owned()),
            issuer: self.issuer.clone(),
            is_automatic,
            is_popup,
            is_silent: self.flag(value.member("silent"), false),
            has_dpop: self.flag(value.member("dpop"), false),
            end_session,
        }
    }

    /// Whether it is told already why there is no `client_id`.
    fn is_client_id_told(&mut self, redirect: &Value) -> bool {
        let form = redirect.member("form");
        let written = self.parsed(form.member("client_id")).unwrap_or_default();
        !redirect.is_object() || !(form.is_object() || form.is_null()) || self.lacks_var(&written)
    }

    /// Of an address that the browser is sent to: not those that make the answer ours.
    fn parameters(&mut self, value: &Value, ours: &[&str]) {
        for (name, field) in value.member("form").entries() {
            if ours.contains(&name.as_str()) {
                let more = match name.as_str() {
                    "redirect_uri" => " (Its path is `path` in `redirect`.)",
                    "post_logout_redirect_uri" => " (It is the redirect URI with `/signed-out` behind it.)",
                    _ => "",
                };
                self.note(field, format_args!("The app decides about `{name}` itself: leave it out.{more}"));
            }
        }
    }

    fn redirect_path(&mut self, value: &Value) -> String {
        const CALLBACK: &str = "/callback";
        let Some(path) = self.string(value) else {
            return if self.name == FIRST { CALLBACK.to_owned() } else { [CALLBACK, "/", self.name].concat() };
        };
        let rest = path.strip_prefix(CALLBACK);
        if !rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('/').is_some_and(is_word)) {
            self.wrong(value, "`/callback`, or `/callback/` and a word of up to 32 letters, digits, `-` and `_` behind it (not `signed-out` and `front-channel`, which are the app's own), without host and folder");
        }
        path
    }

    /// Notes every key that is called `client_secret`.
    pub fn secrets(&mut self, value: &Value) {
        for (name, inner) in value.entries() {
            if is_secret(name) {
                self.secret(inner);
            }
            self.secrets(inner);
        }
        for inner in value.as_array().into_iter().flatten() {
            self.secrets(inner);
        }
    }

    fn username_is_email(&mut self, value: &Value) -> bool {
        self.object(value, keys::FORM, &[]);
        self.word(value.member("username"), &["text", "email"]) == Some(1)
    }

    fn authorize(&mut self, value: &Value, provider: &Origin, has_dpop: bool) -> Authorize {
        self.object(value, keys::AUTHORIZE, &[]);
        let name = value.member("header");
        let header = self.string(name).unwrap_or_else(|| "Authorization".to_owned());
        self.sent_header_name(name, &header);
        let written = value.member("value");
        let template = if written.is_null() {
            let scheme = if has_dpop { "DPoP" } else { "Bearer" };
            Template::parse(&[scheme, " {{session.access_token}}"].concat()).unwrap_or_default()
        } else {
            self.template(written, const { &Scope::new("in `authorize`", &[Root::Session]) })
        };
        let text = template.as_written();
        self.header_text(written, &text);
        // RFC 9449 §7.1. Without a proof such a token is refused, and a proof goes with nothing else.
        if text.starts_with("DPoP ") != has_dpop || has_dpop && !header.eq_ignore_ascii_case("Authorization") {
            let sentence = if has_dpop {
                "With `dpop` the access token goes into the header `Authorization`, as `DPoP {{session.access_token}}`: leave `header` and `value` out here."
            } else {
                "A token that is carried as `DPoP` needs a proof with every request: write `\"dpop\": true` in `redirect`, or `Bearer` here."
            };
            self.note(value, format_args!("{sentence}"));
        }
        let mut origins = Vec::new();
        if value.member("origins").is_null() {
            origins.push(provider.clone());
            if *provider != Origin::Own {
                origins.push(Origin::Own);
            }
        }
        for value in value.member("origins").each() {
            origins.extend(self.origin(value));
        }
        Authorize { header, value: template, origins }
    }

    /// An exact origin: no path, no wildcard.
    fn origin(&mut self, value: &Value) -> Option<Origin> {
        let text = self.string(value)?;
        if text == "self" {
            return Some(Origin::Own);
        }
        let absolute = Absolute::split(&text).filter(|absolute| absolute.rest.is_empty());
        if absolute.is_none() || text.contains('*') {
            self.wrong(
                value,
                "an exact origin like `https://api.example` (no path, no closing slash, no `*`), or `self`",
            );
            return None;
        }
        Some(self.origin_of(value, &text))
    }

    fn errors(&mut self, value: &Value, challenge: Option<Challenge>) -> Errors {
        self.object(value, keys::ERRORS, &[]);
        let mut code = self.places(value.member("code"), false);
        if value.member("code").is_null() {
            code = members(&["/error", "/error_code", "/code"]);
        }
        let mut session_ended = Vec::new();
        if value.member("session_ended").is_null() {
            session_ended.push("invalid_grant".to_owned());
        }
        for value in value.member("session_ended").each() {
            session_ended.extend(self.string(value));
        }
        Errors { code, session_ended, challenge }
    }

    fn fields(&mut self, challenge: &Value) -> Vec<ChallengeField> {
        let mut fields: Vec<ChallengeField> = Vec::new();
        let list = self.required(challenge, "fields");
        if list.as_array().is_some_and(Vec::is_empty) {
            self.note(list, format_args!("A second step must ask for something: at least one field."));
        }
        for value in list.each() {
            if !self.object(value, keys::FIELD, &[]) {
                continue;
            }
            let name = self.required_string(value, "name");
            let taken = fields.iter().any(|field| field.name == name);
            if taken || name == "username" || name == "password" {
                self.note(value, format_args!("The form already has a field `{name}`."));
            }
            let kind = match self.word(value.member("kind"), &["one_time_code", "text"]) {
                Some(0) => FieldKind::OneTimeCode,
                _ => FieldKind::Text,
            };
            let label = self.string(value.member("label"));
            let length = self.number(value.member("length"), "characters", 1, 32).unwrap_or_default();
            let is_instead = self.flag(value.member("instead"), false);
            if is_instead && fields.is_empty() {
                self.note(
                    value.member("instead"),
                    format_args!("There is no field before this one that it could stand in for."),
                );
            }
            let length = usize::try_from(length).unwrap_or_default();
            fields.push(ChallengeField { name, kind, label, length, is_instead });
        }
        fields
    }

    /// Every request that carries the token goes where the token may go.
    pub fn check_carried(&mut self, origins: &[Origin]) {
        // With a provider that could not be read, nobody knows its origin yet.
        if self.merged.member("provider").member("sign_in").is_null() {
            return;
        }
        let parts = ["/sign_in", "/vars", "/authorize", "/preset"];
        for mistake in self.mistakes.iter().filter(|_| TELLS) {
            let part = mistake.pointer.strip_prefix("/provider");
            if part.is_some_and(|part| part.is_empty() || parts.iter().any(|known| part.starts_with(known))) {
                return;
            }
        }
        for (value, origin) in std::mem::take(&mut self.carried) {
            if !origins.contains(&origin) {
                let list = told(|| listed(&origins.iter().map(name).collect::<Vec<&str>>()));
                self.note(value, format_args!("This request goes to `{}`, which may not see the access token: /provider/authorize/origins has {list}. Write `\"authorized\": false`, or add the origin there.", name(&origin)));
            }
        }
    }
}

/// What a stored session remembers of its provider: where the password goes, and everybody who
/// gets to see its tokens, in one order and each once.
fn identity(provider: &Provider) -> String {
    let mut names: Vec<&str> = Vec::new();
    for origin in &provider.authorize.origins {
        add_name(&mut names, origin);
    }
    for request in &provider.revoke {
        add_names(&mut names, Some(request));
    }
    add_names(&mut names, provider.refresh.as_ref());
    add_names(&mut names, provider.passkey.as_ref().map(|passkey| &passkey.sign_in));
    add_names(&mut names, provider.user_info.as_ref().map(|probe| &probe.request));
    let mut identity = provider.sign_in.url.as_written();
    if provider.is_in_cookie() {
        // No origin has this name: a record without a token is for nobody else.
        identity.push_str(" cookie");
    }
    if let Some(redirect) = &provider.redirect {
        identity.push(' ');
        identity.push_str(&redirect.client_id);
    }
    for name in names {
        identity.push(' ');
        identity.push_str(name);
    }
    identity
}

/// Everybody who gets to see a request, and the one before it.
fn add_names<'p>(names: &mut Vec<&'p str>, request: Option<&'p Request>) {
    let mut next = request;
    while let Some(request) = next {
        add_name(names, request.url.origin());
        next = request.before.as_deref();
    }
}

fn add_name<'p>(names: &mut Vec<&'p str>, origin: &'p Origin) {
    if let Err(place) = names.binary_search(&name(origin)) {
        names.insert(place, name(origin));
    }
}

fn name(origin: &Origin) -> &str {
    match origin {
        Origin::Own => "self",
        Origin::Other(origin) => origin,
    }
}

/// What stands between the scheme of an address and its path.
fn host(address: &str) -> &str {
    until(cut(address, "://").map_or(address, |(_, rest)| rest), b"/")
}
