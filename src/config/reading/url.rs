//! `url`: where a request goes. No binding chooses the host, and every value stays in its place.
//!
//! Vars are put in while the file is read, so the origin of every address is known before
//! anything is sent.

use super::reader::{Reader, SECRET, Spot, short};
use super::request::Scope;
use super::vars::{push_joined, push_text};
use crate::config::address::{
    Absolute, is_authority_part, is_plain_remote, named_origin, parse_origin, push_component,
};
use crate::config::binding::Root;
use crate::config::template::Part;
use crate::config::{Origin, Template, UrlTemplate};
use serde_json::Value;

impl Reader<'_> {
    /// The address of a request.
    pub fn url(&mut self, request: &Spot<'_>, scope: Scope<'_>) -> UrlTemplate {
        let nowhere = || UrlTemplate::new(Template::default(), Origin::Own);
        let Some(spot) = self.required(request, "url") else {
            return nowhere();
        };
        let Some(text) = spot.value.as_str() else {
            self.wrong(&spot, "a text");
            return nowhere();
        };
        let Some(template) = self.parsed(&spot.at, text) else {
            return nowhere();
        };
        let before = self.mistakes.len();
        let url = self.placed(&spot, &template, scope);
        // What the address looks like with a stand-in in it says nothing.
        let shape = if self.mistakes.len() == before && !self.lacks_var(&template) {
            self.origin_of(&spot.at, &shape(&url))
        } else {
            Origin::Own
        };
        UrlTemplate::new(url, shape)
    }

    fn lacks_var(&self, template: &Template) -> bool {
        let mut vars = template.bindings().filter(|binding| binding.root == Root::Vars);
        vars.any(|var| self.vars.get(var.name()).is_none_or(Value::is_null))
    }

    /// Puts the vars in their places: the first is the base and is taken as it is, as is a host;
    /// all others are percent-encoded, like everything that is bound at run time.
    fn placed(&mut self, spot: &Spot<'_>, template: &Template, scope: Scope<'_>) -> Template {
        let mut url = Template::default();
        let mut so_far = String::new();
        for (index, part) in template.parts().iter().enumerate() {
            let mut text = String::new();
            match part {
                Part::Text(part) => {
                    let length = so_far.len();
                    push_joined(&mut so_far, part);
                    let added = so_far.split_at_checked(length).map_or("", |(_, added)| added);
                    url.push_text(added);
                    continue;
                }
                Part::Binding(binding) if binding.root == Root::Vars => {
                    let mut value = String::new();
                    push_text(&mut value, &self.var(&spot.at, binding));
                    if index == 0 {
                        text = value;
                    } else if ends_in_authority(&so_far) {
                        if !is_authority_part(&value) && !value.is_empty() {
                            self.note(
                                &spot.at,
                                format!(
                                    "`{{{{{binding}}}}}` stands in place of a host, but \"{}\" is none.",
                                    short(&value)
                                ),
                            );
                        }
                        text = value;
                    } else {
                        push_component(&mut text, &value);
                    }
                }
                Part::Binding(binding) => {
                    self.check_binding(&spot.at, binding, scope);
                    if so_far.is_empty() || ends_in_authority(&so_far) {
                        self.note(
                            &spot.at,
                            format!("`{{{{{binding}}}}}` cannot choose the host: only `vars` and text can."),
                        );
                    }
                    so_far.push('x');
                    url.push_binding(binding.clone());
                    continue;
                }
            }
            so_far.push_str(&text);
            url.push_text(&text);
        }
        url
    }

    /// The origin of an address, every mistake in it noted.
    pub fn origin_of(&mut self, at: &str, address: &str) -> Origin {
        let hidden = |c: char| c <= ' ' || c == '\\' || c == '\u{7f}';
        if address.contains(hidden) {
            self.note(at, "An address cannot hold a space, a backslash or a control character.");
        }
        if address.contains('#') {
            self.note(at, "The part from `#` on is never sent; leave it out.");
        }
        if address.contains("client_secret=") {
            self.secret(at);
        }
        let Some(absolute) = Absolute::split(address) else {
            let first = address.split(['/', '?']).next().unwrap_or_default();
            if address.starts_with("//") || first.contains(':') {
                self.note(
                    at,
                    format!(
                        "\"{}\" must begin with `https://`, or with `/` for the page's own origin.",
                        short(address)
                    ),
                );
            }
            return Origin::Own;
        };
        match parse_origin(&absolute) {
            Ok(origin) => {
                if is_plain_remote(&origin) {
                    self.note(at, format!("`{origin}` is plain http, which sends passwords and tokens for everybody to read; use https (http is only for this machine: localhost, 127.0.0.1)."));
                }
                named_origin(origin, self.page_origin)
            }
            Err(reason) => {
                self.note(at, format!("In \"{}\" {reason}.", short(address)));
                Origin::Own
            }
        }
    }

    /// Notes a secret that everybody who opens the app could read.
    pub fn secret(&mut self, at: &str) {
        self.note(at, format!("A `{SECRET}` is no secret in a browser app, where everybody can read this file: remove it, and register the app as a public client."));
    }
}

/// The address with a letter in place of every binding.
fn shape(template: &Template) -> String {
    let mut out = String::new();
    for part in template.parts() {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Binding(_) => out.push('x'),
        }
    }
    out
}

fn ends_in_authority(so_far: &str) -> bool {
    Absolute::split(so_far).is_some_and(|absolute| absolute.rest.is_empty())
}
