//! Templates: text with bindings, and the places it is put into.
//!
//! A value can never break out of its place. Into JSON it goes as a value of its own; into a URL
//! and a form it goes percent-encoded; in a URL's path it can be neither empty nor a dot segment,
//! because `/orders/` and `/orders/..` are other places than the one that was meant.

use super::address::{form_component, is_dots, push_component, until};
use super::mistake::told;
use super::{Binding, Body, JsonTemplate, Lookup, MissingValue, Origin, Request, Root, write_json};
use serde_json::{Map, Value};

/// Text with bindings in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Text(String),
    Binding(Binding),
}

/// Why a text is no template, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(pub(super) String);

impl Template {
    /// Reads text with `{{bindings}}`. Single braces, and `}}` alone, are text.
    ///
    /// # Errors
    /// [`TemplateError`] for a `{{` without its `}}` and for what is no binding between them.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut template = Self::default();
        let mut rest = text;
        while let Some((before, after)) = cut(rest, "{{") {
            template.push_text(before);
            let Some((inner, after)) = cut(after, "}}") else {
                return Err(TemplateError(told(|| "A `{{` has no `}}`.".to_owned())));
            };
            template.push_binding(Binding::parse(inner).map_err(TemplateError)?);
            rest = after;
        }
        template.push_text(rest);
        Ok(template)
    }

    /// Text without bindings, taken as it is.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        let mut template = Self::default();
        template.push_text(text);
        template
    }

    /// Its bindings, in order.
    pub fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.parts.iter().filter_map(|part| match part {
            Part::Binding(binding) => Some(binding),
            Part::Text(_) => None,
        })
    }

    /// Whether it is just a field of the second step, which the first step does not have: a member or a field of
    /// a body that holds no more is then left out.
    #[must_use]
    pub fn is_optional_and_absent(&self, lookup: Lookup<'_>) -> bool {
        self.whole().is_some_and(|binding| {
            matches!(binding.root, Root::Form | Root::Challenge | Root::Cookie) && lookup(binding).is_none()
        })
    }

    /// The binding, when the text is exactly one.
    #[must_use]
    pub fn whole(&self) -> Option<&Binding> {
        match self.parts.as_slice() {
            [Part::Binding(binding)] => Some(binding),
            _ => None,
        }
    }

    /// The text with every value in its place; a number, list or object is written as JSON.
    ///
    /// # Errors
    /// [`MissingValue`] for the first binding that is absent or null.
    pub fn text(&self, lookup: Lookup<'_>) -> Result<String, MissingValue> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Binding(binding) => out.push_str(&text_of(binding, lookup)?),
            }
        }
        Ok(out)
    }

    /// A JSON value: exactly one binding keeps the type of what is bound, else text.
    ///
    /// # Errors
    /// [`MissingValue`] for the first binding that is absent (or null, inside a longer text).
    pub fn json(&self, lookup: Lookup<'_>) -> Result<Value, MissingValue> {
        match self.whole() {
            Some(binding) => lookup(binding).ok_or_else(|| MissingValue(binding.clone())),
            None => self.text(lookup).map(Value::String),
        }
    }

    /// The text as one component of an `application/x-www-form-urlencoded` body.
    ///
    /// # Errors
    /// As [`Template::text`].
    pub fn form(&self, lookup: Lookup<'_>) -> Result<String, MissingValue> {
        self.text(lookup).map(|text| form_component(&text))
    }

    /// The text for a page: what is absent shows as nothing.
    #[must_use]
    pub fn display(&self, lookup: Lookup<'_>) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Binding(binding) => {
                    out.push_str(&text_of(binding, lookup).unwrap_or_default());
                }
            }
        }
        out
    }

    /// The text as it was written, bindings in their braces.
    #[must_use]
    pub fn as_written(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Binding(binding) => {
                    out.push_str("{{");
                    out.push_str(&binding.as_written());
                    out.push_str("}}");
                }
            }
        }
        out
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The text, when there is no binding in it.
    pub(super) fn fixed(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    pub(super) fn push_binding(&mut self, binding: Binding) {
        self.parts.push(Part::Binding(binding));
    }

    pub(super) fn push_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        // Neighbouring texts are one part, so that equal templates compare equal.
        if let Some(Part::Text(last)) = self.parts.last_mut() {
            last.push_str(text);
        } else {
            self.parts.push(Part::Text(text.to_owned()));
        }
    }
}

/// What stands before and after the first `mark`. The standard library's search for a text in a text
/// is quick in long ones, and too large for a browser to be sent for these.
pub(crate) fn cut<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let mut places = text.as_bytes().windows(mark.len());
    let place = places.position(|bytes| bytes == mark.as_bytes())?;
    Some((text.get(..place)?, text.get(place + mark.len()..)?))
}

/// What stands before and after the last `mark`, which is one of ASCII.
pub(crate) fn cut_last(text: &str, mark: u8) -> Option<(&str, &str)> {
    let place = text.bytes().rposition(|byte| byte == mark)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

fn text_of(binding: &Binding, lookup: Lookup<'_>) -> Result<String, MissingValue> {
    match lookup(binding) {
        None | Some(Value::Null) => Err(MissingValue(binding.clone())),
        Some(Value::String(text)) => Ok(text),
        Some(value) => Ok(write_json(&value)),
    }
}

/// The address of a request. No binding can change its origin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UrlTemplate {
    template: Template,
    origin: Origin,
}

impl UrlTemplate {
    /// Only for a template whose scheme and authority hold no binding.
    pub(super) const fn new(template: Template, origin: Origin) -> Self {
        Self { template, origin }
    }

    /// Where the request goes, whatever is bound.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Its bindings, in order.
    pub fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.template.bindings()
    }

    /// The address as it was written, vars replaced.
    #[must_use]
    pub fn as_written(&self) -> String {
        self.template.as_written()
    }

    /// The address with every value percent-encoded where it stands.
    ///
    /// # Errors
    /// [`MissingValue`] for a binding that is absent or null, and for one that would leave a
    /// segment of the path empty or make it `.` or `..`: there is no way to write these as a
    /// component, and the address would be another one than was meant.
    pub fn render(&self, lookup: Lookup<'_>) -> Result<String, MissingValue> {
        let mut out = String::new();
        let mut in_path = Vec::new();
        for part in self.template.parts() {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Binding(binding) => {
                    if !out.contains('?') {
                        in_path.push((out.len(), binding));
                    }
                    push_component(&mut out, &text_of(binding, lookup)?);
                }
            }
        }
        for (at, binding) in in_path {
            let (before, after) = out.split_at_checked(at).unwrap_or_default();
            let start = cut_last(before, b'/').map_or(before, |(_, start)| start);
            let end = until(after, b"/?");
            let segment = [start, end].concat();
            if segment.is_empty() || is_dots(&segment) {
                return Err(MissingValue(binding.clone()));
            }
        }
        Ok(out)
    }
}

impl JsonTemplate {
    /// The JSON value with every binding replaced.
    ///
    /// # Errors
    /// [`MissingValue`] for the first binding that is absent.
    pub fn render(&self, lookup: Lookup<'_>) -> Result<Value, MissingValue> {
        Ok(match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(template) => template.json(lookup)?,
            Self::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    list.push(item.render(lookup)?);
                }
                Value::Array(list)
            }
            Self::Object(members) => {
                let mut object = Map::new();
                for (name, member) in members {
                    if !matches!(member, Self::Text(template) if template.is_optional_and_absent(lookup)) {
                        object.insert(name.clone(), member.render(lookup)?);
                    }
                }
                Value::Object(object)
            }
        })
    }

    /// Its bindings, in order.
    #[must_use]
    pub fn bindings(&self) -> Vec<&Binding> {
        let mut all = Vec::new();
        self.collect_bindings(&mut all);
        all
    }

    fn collect_bindings<'a>(&'a self, all: &mut Vec<&'a Binding>) {
        match self {
            Self::Fixed(_) => {}
            Self::Text(template) => all.extend(template.bindings()),
            Self::List(items) => items.iter().for_each(|item| item.collect_bindings(all)),
            Self::Object(members) => members.iter().for_each(|(_, m)| m.collect_bindings(all)),
        }
    }
}

impl Request {
    /// Every binding of the address, the headers and the body, and of the request before.
    #[must_use]
    pub fn bindings(&self) -> Vec<&Binding> {
        let mut all: Vec<&Binding> = self.url.bindings().collect();
        for (_, value) in &self.headers {
            all.extend(value.bindings());
        }
        match &self.body {
            Body::Empty => {}
            Body::Json { value, .. } => value.collect_bindings(&mut all),
            Body::Form(fields) => {
                for (_, value) in fields {
                    all.extend(value.bindings());
                }
            }
        }
        if let Some(before) = &self.before {
            all.extend(before.bindings());
        }
        all
    }

    /// A field of its form that is fixed when the file is read.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let Body::Form(fields) = &self.body else { return None };
        fields.iter().find(|(field, _)| field == name)?.1.fixed()
    }

    /// Whether this name of this root is bound anywhere in the request.
    #[must_use]
    pub fn binds(&self, root: Root, name: &str) -> bool {
        let bindings = self.bindings();
        bindings.iter().any(|b| b.root == root && b.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn template(text: &str) -> Template {
        Template::parse(text).unwrap()
    }

    fn url(text: &str) -> UrlTemplate {
        UrlTemplate::new(template(text), Origin::Own)
    }

    fn user(binding: &Binding) -> Option<Value> {
        let user = json!({"name": "A \"B\" & {{user.id}}", "id": 7, "none": null, "empty": "",
            "up": "..", "tags": ["x"]});
        binding.find(&user).cloned()
    }

    #[test]
    fn exactly_one_binding_keeps_its_type_inside_text_it_becomes_text() {
        assert_eq!(template("{{user.id}}").json(&user), Ok(json!(7)));
        assert_eq!(template("{{ user.tags }}").json(&user), Ok(json!(["x"])));
        assert_eq!(template("{{user.none}}").json(&user), Ok(json!(null)));
        assert_eq!(template("no {{user.id}}").json(&user), Ok(json!("no 7")));
        assert_eq!(template("{{user.id}}{{user.id}}").json(&user), Ok(json!("77")));
        assert_eq!(template("").json(&user), Ok(json!("")));
    }

    #[test]
    fn a_value_is_not_read_as_a_template_again() {
        let text = template("<{{user.name}}>").text(&user).unwrap();
        assert_eq!(text, "<A \"B\" & {{user.id}}>");
    }

    #[test]
    fn braces_that_are_no_binding_stay_text() {
        for text in ["{a}", "}}", "{", "a } b", "{ {user} }"] {
            assert_eq!(template(text), Template::plain(text));
        }
        assert!(Template::parse("a {{user.id").is_err());
        assert!(Template::parse("{{{user.id}}}").is_err());
    }

    #[test]
    fn what_is_absent_fails_a_request_and_shows_as_nothing_on_a_page() {
        for text in ["{{user.gone}}", "a{{user.none}}"] {
            let missing = template(text).text(&user).unwrap_err();
            assert!(missing.to_string().starts_with("no value for {{user."));
        }
        assert_eq!(template("Hi {{user.gone}}!").display(&user), "Hi !");
    }

    #[test]
    fn a_value_in_a_path_can_be_neither_empty_nor_a_dot_segment() {
        let render = |text| url(text).render(&user);
        assert_eq!(render("/o/{{user.id}}/x"), Ok("/o/7/x".into()));
        assert_eq!(render("/o/v{{user.up}}/x"), Ok("/o/v../x".into()));
        assert_eq!(render("/o?q={{user.empty}}&r={{user.up}}"), Ok("/o?q=&r=..".into()));
        for text in [
            "/o/{{user.up}}/x",
            "/o/{{user.up}}",
            "/o/{{user.up}}?x",
            "/o/.{{user.empty}}.?x",
            "/o/%2e{{user.empty}}",
            "/o/{{user.empty}}",
            "/{{user.empty}}/x",
            "/o/{{user.empty}}{{user.empty}}/x",
        ] {
            assert!(render(text).is_err(), "{text}");
        }
    }

    #[test]
    fn it_is_written_as_it_was_read() {
        for text in ["", "a", "{{user}}", "/x/{{user.id}}?y={{store.a.b}}z"] {
            assert_eq!(template(text).as_written(), text);
        }
    }
}
