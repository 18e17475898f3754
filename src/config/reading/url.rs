//! `url`: where a request goes. No binding chooses the host, and every value stays in its place.
//!
//! Vars are put in while the file is read, so the origin of every address is known before
//! anything is sent.

use super::reader::{NO_SECRET, Reader, Walk, short};
use super::request::Scope;
use super::vars::{push_joined, text_of};
use crate::config::address::{
    Absolute, has_hidden, is_authority_part, is_plain_remote, named_origin, parse_origin, push_component, until,
};
use crate::config::binding::Root;
use crate::config::mistake::{TELLS, allowed, told};
use crate::config::template::{Part, cut};
use crate::config::{Binding, Origin, Template, UrlTemplate};
use serde_json::Value;

impl<'a> Reader<'a> {
    /// The address of a request.
    pub fn url(&mut self, request: &Value, scope: &Scope<'_>) -> UrlTemplate {
        let value = self.required(request, "url");
        self.address(value, scope, false)
    }

    /// An address: that of an issuer, or any.
    pub fn address(&mut self, value: &Value, scope: &Scope<'_>, is_issuer: bool) -> UrlTemplate {
        let mistakes = self.mistakes.len();
        let written = self.parsed(value).unwrap_or_default();
        let (url, shape) = self.placed(value, &written, scope);
        // What the address looks like with a stand-in in it says nothing: there is a mistake, and it is told.
        let mut is_read = !TELLS || self.mistakes.len() == mistakes && !self.lacks_var(&written);
        let mut at = value;
        if TELLS
            && is_read
            && let Some((var, base)) = self.base(&written)
        {
            // Told once, where it is written, and not for every address that begins with it.
            at = if base == shape { var } else { value };
            if !is_issuer && !self.is_told(var) {
                self.origin_of(var, &base);
            }
            is_read = !self.is_told(var);
        }
        let origin = if !is_read {
            Origin::Own
        } else if is_issuer && !is_issuer_address(&shape) {
            self.wrong(at, "the issuer as the provider writes it: an address that begins with `https://`, without `?`, `#` and `/.well-known/`");
            Origin::Own
        } else {
            self.origin_of(at, &shape)
        };
        UrlTemplate::new(url, origin)
    }

    /// The var before the first slash of an address, and its text; when that begins with another var in turn, the other one.
    fn base(&self, written: &Template) -> Option<(&'a Value, String)> {
        let text = |binding: &Binding| match binding.root {
            Root::Vars => self.vars.get(binding.name()).and_then(Value::as_str).unwrap_or_default(),
            _ => "",
        };
        let mut parts = written.parts().iter();
        let Some(Part::Binding(binding)) = parts.next() else { return None };
        let is_base = match parts.next() {
            None => true,
            Some(Part::Text(next)) => next.starts_with(['/', '#']),
            Some(Part::Binding(next)) => text(next).starts_with('/'),
        };
        let base = text(binding);
        if !is_base || base.is_empty() {
            return None;
        }
        let merged: &'a Value = self.merged;
        let var = merged.member("provider").member("vars").member(binding.name());
        let inner = var.as_str().and_then(|text| self.base(&Template::parse(text).ok()?));
        inner.or_else(|| Some((var, base.to_owned())))
    }

    /// Whether it binds a var that is missing, which is told already.
    pub fn lacks_var(&self, template: &Template) -> bool {
        let mut bindings = template.bindings();
        bindings.any(|b| b.root == Root::Vars && self.vars.get(b.name()).is_none_or(Value::is_null))
    }

    /// Puts the vars in their places: the first is the base and is taken as it is, as is a host;
    /// all others are percent-encoded, like everything that is bound at run time. Beside it the
    /// address with a letter in place of every other binding.
    fn placed(&mut self, value: &Value, written: &Template, scope: &Scope<'_>) -> (Template, String) {
        let mut url = Template::default();
        let mut shape = String::new();
        for part in written.parts() {
            let length = shape.len();
            let is_host = Absolute::split(&shape).is_some_and(|absolute| absolute.rest.is_empty());
            match part {
                Part::Text(text) => push_joined(&mut shape, text),
                Part::Binding(binding) if binding.root == Root::Vars => {
                    let var = self.var(value, binding);
                    let text = text_of(&var);
                    if is_host && !var.is_null() && !is_authority_part(&text) {
                        let found = short(&text);
                        self.note(
                            value,
                            format_args!("`{{{{{binding}}}}}` stands in place of a host, but \"{found}\" is none."),
                        );
                    }
                    if is_host || length == 0 {
                        shape.push_str(&text);
                    } else {
                        push_component(&mut shape, &text);
                    }
                }
                Part::Binding(binding) => {
                    self.check_binding(value, binding, scope);
                    if is_host || length == 0 {
                        self.note(
                            value,
                            format_args!("`{{{{{binding}}}}}` cannot choose the host: only `vars` and text can."),
                        );
                    }
                    shape.push('x');
                    url.push_binding(binding.clone());
                    continue;
                }
            }
            url.push_text(shape.get(length..).unwrap_or_default());
        }
        (url, shape)
    }

    /// The origin of an address, every mistake in it noted.
    pub fn origin_of(&mut self, value: &Value, address: &str) -> Origin {
        if has_hidden(address) {
            self.note(value, format_args!("An address cannot hold a space, a backslash or a control character."));
            return Origin::Own;
        }
        let mut segments = until(address, b"?#").split('/');
        if let Some(segment) = segments.find(|segment| is_placeholder(segment)) {
            let found = short(segment);
            self.note(value, format_args!("Nothing is put in place of `{found}` in an address: write `{{{{params.NAME}}}}` for a parameter of the page's path, `{{{{vars.NAME}}}}` for a value of /provider/vars."));
            return Origin::Own;
        }
        if let Some((issuer, name)) = address.split_once('#') {
            if !self.has_redirect {
                self.note(value, format_args!("The part from `#` on is never sent; leave it out. (With a `redirect`, `ISSUER#token_endpoint` stands for the endpoint of that name.)"));
            } else if !ENDPOINTS.contains(&name) {
                let sentence = told(|| match name {
                    "jwks_uri" => "The key set is found without being named: leave this out.".to_owned(),
                    _ => format!(
                        "`#{}` names no endpoint that the app knows; there are {} Any other address is written out.",
                        short(name),
                        allowed(name, &ENDPOINTS)
                    ),
                });
                self.note(value, format_args!("{sentence}"));
            } else if issuer != self.issuer && !self.issuer.is_empty() {
                self.other_issuer(value, issuer);
            }
        }
        if cut(address, "client_secret=").is_some() {
            self.secret(value);
        }
        let Some(absolute) = Absolute::split(address) else {
            // Relative to `index.html`, whatever page is shown; but a host without its scheme is no folder.
            let first = until(address, b"/?#");
            let letter = |b: u8| b.is_ascii_alphanumeric() || b"_-~".contains(&b);
            let is_folder = first == "." || first == ".." || first.bytes().all(letter);
            if !is_folder || address.is_empty() || address.starts_with("//") {
                let found = short(address);
                self.note(
                    value,
                    format_args!("\"{found}\" must begin with `https://`, or with `/` for the page's own origin."),
                );
            }
            return Origin::Own;
        };
        match parse_origin(&absolute) {
            Ok(origin) => {
                if is_plain_remote(&origin) {
                    self.note(value, format_args!("`{origin}` is plain http, which sends passwords and tokens for everybody to read; use https (http is only for this machine: localhost, 127.0.0.1)."));
                }
                named_origin(origin, self.page_origin)
            }
            Err(reason) => {
                self.note(value, format_args!("In \"{}\" {reason}.", short(address)));
                Origin::Own
            }
        }
    }

    /// Notes an endpoint of an issuer other than that of the redirect, where the answers come from (the mix-up of RFC 9700 §4.4).
    fn other_issuer(&mut self, value: &Value, other: &str) {
        let (other, ours) = (short(other), short(&self.issuer));
        if TELLS
            && let Some(preset) = self.preset
            && !self.is_in_file(&self.place(value))
        {
            return self.note_at("/provider/redirect/issuer", format_args!("The preset `{preset}` names endpoints of `{other}`, and only those of the issuer that stands here, `{ours}`, can be named: write the two alike, to the last slash."));
        }
        self.note(value, format_args!("This is an endpoint of `{other}`, and only those of /provider/redirect/issuer, which is `{ours}`, can be named: write the two alike, to the last slash, or write the address of the endpoint out."));
    }

    /// Notes a secret that everybody who opens the app could read.
    pub fn secret(&mut self, value: &Value) {
        self.note(value, format_args!("{NO_SECRET}"));
    }
}

/// The endpoints in an issuer's metadata that an app can want (RFC 8414 §2, RFC 9126 §5, OpenID Connect Discovery §3 and RP-Initiated
/// Logout §2.1). A list, because a revocation at an endpoint that is misspelt would do nothing, and nobody would hear of it.
const ENDPOINTS: [&str; 6] = [
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "end_session_endpoint",
    "pushed_authorization_request_endpoint",
];

/// RFC 8414 §2: no query and no fragment. The metadata is looked for below it.
fn is_issuer_address(address: &str) -> bool {
    Absolute::split(address).is_some() && until(address, b"?#") == address && cut(address, "/.well-known/").is_none()
}

/// `:id`, `{id}` and `${ID}`: how other tools mark a place for a value.
fn is_placeholder(segment: &str) -> bool {
    segment.bytes().any(|b| b == b'{' || b == b'}') || segment.len() > 1 && segment.starts_with(':')
}
