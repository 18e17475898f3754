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
use crate::config::mistake::TELLS;
use crate::config::template::{Part, cut};
use crate::config::{Binding, Origin, Template, UrlTemplate};
use serde_json::Value;

impl<'a> Reader<'a> {
    /// The address of a request.
    pub fn url(&mut self, request: &Value, scope: &Scope<'_>) -> UrlTemplate {
        let mistakes = self.mistakes.len();
        let value = self.required(request, "url");
        let written = self.parsed(value).unwrap_or_default();
        let (url, shape) = self.placed(value, &written, scope);
        // What the address looks like with a stand-in in it says nothing: there is a mistake, and it is told.
        let mut is_read = !TELLS || self.mistakes.len() == mistakes && !self.lacks_var(&written);
        if TELLS
            && is_read
            && let Some((var, base)) = self.base(&written)
        {
            // Told once, where it is written, and not for every address that begins with it.
            self.origin_of(var, &base);
            is_read = self.mistakes.len() == mistakes && !self.is_told(var);
        }
        let origin = if is_read { self.origin_of(value, &shape) } else { Origin::Own };
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
            Some(Part::Text(next)) => next.starts_with('/'),
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

    fn lacks_var(&self, template: &Template) -> bool {
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
        if let Some((_, fragment)) = address.split_once('#')
            && !(self.has_redirect && is_endpoint(fragment))
        {
            self.note(value, format_args!("The part from `#` on is never sent; leave it out. (With a `redirect`, `ISSUER#token_endpoint` stands for the endpoint of that name.)"));
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

    /// Notes a secret that everybody who opens the app could read.
    pub fn secret(&mut self, value: &Value) {
        self.note(value, format_args!("{NO_SECRET}"));
    }
}

/// The name of an endpoint in an issuer's metadata (RFC 8414 §2).
fn is_endpoint(name: &str) -> bool {
    name.ends_with("_endpoint") && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// `:id`, `{id}` and `${ID}`: how other tools mark a place for a value.
fn is_placeholder(segment: &str) -> bool {
    segment.bytes().any(|b| b == b'{' || b == b'}') || segment.len() > 1 && segment.starts_with(':')
}
