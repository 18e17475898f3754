//! `{{vars.NAME}}`: replaced when the file is loaded, so that no other floor ever sees one.

use super::reader::{Reader, Spot, short};
use crate::config::binding::Root;
use crate::config::mistake::allowed;
use crate::config::template::Part;
use crate::config::{Binding, Template};
use serde_json::Value;

/// How far vars may refer to vars that refer to vars.
const DEEPEST: usize = 16;

/// No address, key or scope is longer; stops vars that double each other.
const LONGEST: usize = 4096;

impl Reader<'_> {
    /// Resolves every var once, in whatever order they are written.
    pub fn read_vars(&mut self, spot: &Spot<'_>) {
        if self.any_object(spot).is_none() {
            return;
        }
        for (name, _) in spot.members() {
            self.resolve(spot, name, &mut Vec::new());
        }
    }

    fn resolve(&mut self, all: &Spot<'_>, name: &str, above: &mut Vec<String>) -> Option<Value> {
        if let Some(value) = self.vars.get(name) {
            return Some(value.clone());
        }
        let spot = all.member(name)?;
        if above.iter().any(|var| var == name) || above.len() >= DEEPEST {
            above.push(name.to_owned());
            let circle = above.join("`, `");
            self.note(&spot.at, format!("The vars `{circle}` refer to each other in a circle or too deep."));
            above.pop();
            return Some(Value::Null);
        }
        let value = match spot.value {
            Value::String(text) => {
                above.push(name.to_owned());
                let value = self.resolve_text(all, &spot, text, above);
                above.pop();
                value
            }
            Value::Number(_) | Value::Bool(_) => spot.value.clone(),
            _ => {
                self.wrong(&spot, "a text, a number, true or false");
                Value::Null
            }
        };
        self.vars.insert(name.to_owned(), value.clone());
        Some(value)
    }

    fn resolve_text(&mut self, all: &Spot<'_>, spot: &Spot<'_>, text: &str, above: &mut Vec<String>) -> Value {
        let Some(template) = self.parsed(&spot.at, text) else {
            return Value::Null;
        };
        let mut out = String::new();
        for part in template.parts() {
            match part {
                Part::Text(text) => push_joined(&mut out, text),
                Part::Binding(binding) if binding.root != Root::Vars => {
                    self.note(&spot.at, format!("`{{{{{binding}}}}}` cannot stand in a var; only other vars can."));
                }
                Part::Binding(binding) => {
                    let Some(value) = self.resolve(all, binding.name(), above) else {
                        let names: Vec<_> = all.members().into_iter().map(|(name, _)| name).collect();
                        self.unknown_var(&spot.at, binding.name(), &names);
                        continue;
                    };
                    if template.whole().is_some() {
                        return value;
                    }
                    let mut text = String::new();
                    push_text(&mut text, &value);
                    push_joined(&mut out, &text);
                }
            }
            if out.len() > LONGEST {
                self.note(&spot.at, format!("This var becomes longer than {LONGEST} bytes."));
                return Value::Null;
            }
        }
        Value::String(out)
    }

    fn unknown_var(&mut self, at: &str, name: &str, names: &[&str]) {
        if self.incomplete {
            return;
        }
        match self.preset {
            Some(preset) if self.is_from_preset(at) => {
                let sentence = format!("The preset `{preset}` needs the var `{name}`: add it at /provider/vars.");
                // The place to add it at, whether or not the file has it yet.
                self.push("/provider/vars", sentence);
            }
            _ => {
                let names = if names.is_empty() {
                    "/provider/vars has none.".to_owned()
                } else {
                    format!("/provider/vars has {}", allowed(name, names))
                };
                self.note(at, format!("There is no var `{}`; {names}", short(name)));
            }
        }
    }

    /// The value of a var; an unknown one is noted.
    pub fn var(&mut self, at: &str, binding: &Binding) -> Value {
        let name = binding.name();
        if let Some(value) = self.vars.get(name) {
            return value.clone();
        }
        let names: Vec<String> = self.vars.keys().cloned().collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.unknown_var(at, name, &names);
        Value::Null
    }

    /// A template; what is none is noted.
    pub fn parsed(&mut self, at: &str, text: &str) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => Some(template),
            Err(error) => {
                self.note(at, error.0);
                None
            }
        }
    }

    /// The template with the text of every var in its place.
    pub fn filled(&mut self, at: &str, template: &Template) -> Template {
        let mut filled = Template::default();
        for part in template.parts() {
            match part {
                Part::Text(text) => filled.push_text(text),
                Part::Binding(binding) if binding.root == Root::Vars => {
                    let mut text = String::new();
                    push_text(&mut text, &self.var(at, binding));
                    filled.push_text(&text);
                }
                Part::Binding(binding) => filled.push_binding(binding.clone()),
            }
        }
        filled
    }

    /// A text in which only vars may be bound.
    pub fn string(&mut self, spot: &Spot<'_>) -> Option<String> {
        let Some(text) = spot.value.as_str() else {
            self.wrong(spot, "a text");
            return None;
        };
        if !text.contains("{{") {
            return Some(text.to_owned());
        }
        let template = self.parsed(&spot.at, text)?;
        let template = self.filled(&spot.at, &template);
        if let Some(binding) = template.bindings().next() {
            self.note(&spot.at, format!("`{{{{{binding}}}}}` cannot stand here; only `vars` can."));
        }
        template.fixed().map(ToOwned::to_owned)
    }

    /// A text that may be absent.
    pub fn optional_string(&mut self, spot: Option<Spot<'_>>) -> Option<String> {
        self.string(&spot?)
    }

    /// A text that must be there.
    pub fn required_string(&mut self, spot: &Spot<'_>, name: &str) -> String {
        let member = self.required(spot, name);
        member.and_then(|member| self.string(&member)).unwrap_or_default()
    }
}

/// The text that a var becomes inside a longer one.
pub(super) fn push_text(out: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => out.push_str(text),
        value => out.push_str(&value.to_string()),
    }
}

/// `https://host/` and `/path` are `https://host/path`: nobody means two slashes.
pub(super) fn push_joined(out: &mut String, text: &str) {
    let is_base = out.starts_with('/') || out.starts_with("http");
    let text = match text.strip_prefix('/') {
        Some(rest) if is_base && out.ends_with('/') && !out.ends_with("//") => rest,
        _ => text,
    };
    out.push_str(text);
}
