//! `{{vars.NAME}}`: replaced when the file is loaded, so that no other floor ever sees one.

use super::reader::{Reader, Walk};
use crate::config::binding::Root;
use crate::config::mistake::TELLS;
use crate::config::mistake::{listed, nearest, told};
use crate::config::template::Part;
use crate::config::{Binding, Template, write_json};
use serde_json::{Map, Value};

/// How far vars may refer to vars that refer to vars.
const DEEPEST: usize = 16;

/// No address, key or scope is longer; stops vars that double each other.
const LONGEST: usize = 4096;

impl Reader<'_> {
    /// Resolves every var once, in whatever order they are written.
    pub fn read_vars(&mut self, vars: &Value) {
        for (name, _) in self.members(vars) {
            self.resolve(vars, name, &mut Vec::new());
        }
    }

    fn resolve(&mut self, vars: &Value, name: &str, above: &mut Vec<String>) -> Option<Value> {
        if let Some(value) = self.vars.get(name) {
            return Some(value.clone());
        }
        let var = vars.member(name);
        if var.is_null() {
            return None;
        }
        let circles = above.iter().any(|var| var == name) || above.len() >= DEEPEST;
        above.push(name.to_owned());
        if circles {
            let circle = told(|| listed(&above.iter().map(String::as_str).collect::<Vec<&str>>()));
            self.note(var, format_args!("The vars {circle} refer to each other in a circle or too deep."));
            above.pop();
            return Some(Value::Null);
        }
        let value = match var {
            Value::String(_) => self.resolve_text(vars, var, above),
            Value::Number(_) | Value::Bool(_) => var.clone(),
            _ => {
                self.wrong(var, "a text, a number, true or false");
                Value::Null
            }
        };
        above.pop();
        self.vars.insert(name.to_owned(), value.clone());
        Some(value)
    }

    fn resolve_text(&mut self, vars: &Value, var: &Value, above: &mut Vec<String>) -> Value {
        let Some(template) = self.parsed(var) else {
            return Value::Null;
        };
        let mut out = String::new();
        let mut is_whole = true;
        for part in template.parts() {
            match part {
                Part::Text(text) => push_joined(&mut out, text),
                Part::Binding(binding) if binding.root != Root::Vars => {
                    self.note(var, format_args!("`{{{{{binding}}}}}` cannot stand in a var; only other vars can."));
                }
                Part::Binding(binding) => match self.resolve(vars, binding.name(), above) {
                    // What is made of a var that is wrong is no second mistake.
                    None => {
                        is_whole = false;
                        self.unknown_var(var, binding.name());
                    }
                    Some(Value::Null) => is_whole = false,
                    Some(value) if template.whole().is_some() => return value,
                    Some(value) => push_joined(&mut out, &text_of(&value)),
                },
            }
            if out.len() > LONGEST {
                self.note(var, format_args!("This var becomes longer than {LONGEST} bytes."));
                return Value::Null;
            }
        }
        if is_whole { Value::String(out) } else { Value::Null }
    }

    fn unknown_var(&mut self, value: &Value, name: &str) {
        let vars = self.merged.member("provider").member("vars");
        // Vars that cannot be read, or that stand elsewhere, have been told.
        let is_elsewhere = !self.merged.member("provider").is_object() || self.merged.get("vars").is_some();
        if self.incomplete || is_elsewhere || !(vars.is_object() || vars.is_null()) {
            return;
        }
        if !TELLS {
            return self.note(value, format_args!(""));
        }
        let names = vars.as_object().into_iter().flat_map(Map::keys);
        let names: Vec<&str> = names.map(String::as_str).collect();
        if let Some(preset) = self.preset
            && !self.is_in_file(&self.place(value))
        {
            // The place to add it at, whether or not the file has it yet.
            let own = self.file.member("provider").member("vars");
            let own = names.iter().copied().filter(|var| *var != name && !own.member(var).is_null());
            let near = nearest(name, &own.collect::<Vec<&str>>()).map(|near| format!(", or rename `{near}` there"));
            let near = near.unwrap_or_default();
            self.note_at(
                "/provider/vars",
                format_args!("The preset `{preset}` needs the var `{name}`: add it at /provider/vars{near}."),
            );
            return;
        }
        self.unknown(value, "var", name, "; /provider/vars has", &names);
    }

    /// The value of a var; an unknown one is noted.
    pub fn var(&mut self, value: &Value, binding: &Binding) -> Value {
        let var = self.vars.get(binding.name()).cloned();
        var.unwrap_or_else(|| {
            self.unknown_var(value, binding.name());
            Value::Null
        })
    }

    /// The text that a var becomes inside a longer one.
    pub fn var_text(&mut self, value: &Value, binding: &Binding) -> String {
        text_of(&self.var(value, binding))
    }

    /// A template as it is written; what is none is noted.
    pub fn parsed(&mut self, value: &Value) -> Option<Template> {
        let Some(text) = value.as_str() else {
            self.wrong(value, "a text");
            return None;
        };
        let template = Template::parse(text);
        template.map_err(|error| self.note(value, format_args!("{error}"))).ok()
    }

    /// A template with the text of every var in its place.
    pub fn filled(&mut self, value: &Value) -> Option<Template> {
        let mut filled = Template::default();
        for part in self.parsed(value)?.parts() {
            match part {
                Part::Text(text) => filled.push_text(text),
                Part::Binding(binding) if binding.root == Root::Vars => {
                    filled.push_text(&self.var_text(value, binding));
                }
                Part::Binding(binding) => filled.push_binding(binding.clone()),
            }
        }
        Some(filled)
    }

    /// A text in which only vars may be bound.
    pub fn string(&mut self, value: &Value) -> Option<String> {
        let template = self.filled(value)?;
        if let Some(binding) = template.bindings().next() {
            self.note(value, format_args!("`{{{{{binding}}}}}` cannot stand here: this is read when the app starts, and only `{{{{vars.NAME}}}}` has a value then."));
        }
        template.fixed().map(ToOwned::to_owned)
    }

    /// A text that must be there.
    pub fn required_string(&mut self, value: &Value, name: &str) -> String {
        let member = self.required(value, name);
        self.string(member).unwrap_or_default()
    }
}

/// A var as the text that it becomes.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => write_json(value),
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
