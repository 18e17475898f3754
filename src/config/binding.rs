//! Bindings: `{{user.email}}`, a root and a path. No code, no functions.

use super::mistake::{allowed, told};
use super::pointer::child;
use serde_json::Value;
use std::fmt;

/// Where a binding's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Root {
    /// The login form.
    Form,
    /// `provider.vars`; replaced when the file is loaded.
    Vars,
    /// The session's tokens.
    Session,
    /// Who is signed in.
    User,
    /// The store.
    Store,
    /// The parameters of the page's path.
    Params,
    /// The page's query string.
    Url,
    /// The answer of the request that ran before.
    Before,
    /// The answer that asked for one more step.
    Challenge,
    /// The cookies that the page may read: a CSRF token may stand in one.
    Cookie,
    /// What a passkey has signed.
    Passkey,
}

impl Root {
    const ALL: [Self; 11] = [
        Self::Form,
        Self::Vars,
        Self::Session,
        Self::User,
        Self::Store,
        Self::Params,
        Self::Url,
        Self::Before,
        Self::Challenge,
        Self::Cookie,
        Self::Passkey,
    ];

    /// The root as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Vars => "vars",
            Self::Session => "session",
            Self::User => "user",
            Self::Store => "store",
            Self::Params => "params",
            Self::Url => "url",
            Self::Before => "before",
            Self::Challenge => "challenge",
            Self::Cookie => "cookie",
            Self::Passkey => "passkey",
        }
    }

    /// How many names may follow the root: at least, at most.
    const fn names(self) -> (usize, usize) {
        match self {
            Self::Form | Self::Vars | Self::Session | Self::Params | Self::Url => (1, 1),
            Self::Store | Self::Cookie => (1, usize::MAX),
            Self::User | Self::Before | Self::Challenge | Self::Passkey => (0, usize::MAX),
        }
    }
}

/// The members of `session`.
const SESSION: [&str; 3] = ["access_token", "refresh_token", "id_token"];

/// One `{{root.path}}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Binding {
    /// Where the value comes from.
    pub root: Root,
    /// Names from the root on; a number names a member of an array.
    pub path: Vec<String>,
}

/// Where values come from at run time. `None`: absent.
pub type Lookup<'a> = &'a dyn Fn(&Binding) -> Option<Value>;

/// A binding that had no value. Shows the binding, never the value of anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct MissingValue(pub Binding);

impl MissingValue {
    /// What is missing, as half a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        ["no value for {{", &self.0.as_written(), "}}"].concat()
    }
}

impl Binding {
    /// Follows the path into the value of the root.
    #[must_use]
    pub fn find<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.path.iter().try_fold(root, |value, name| child(value, name))
    }

    /// The first name behind the root, or nothing.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }

    /// As written between the braces.
    #[must_use]
    pub fn as_written(&self) -> String {
        let mut out = self.root.as_str().to_owned();
        for name in &self.path {
            out.push('.');
            out.push_str(name);
        }
        out
    }

    /// Reads what stands between `{{` and `}}`.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn parse(inner: &str) -> Result<Self, String> {
        let inner = inner.trim_ascii();
        let mut names = inner.split('.');
        let first = names.next().unwrap_or_default();
        let known = Root::ALL.iter().find(|root| root.as_str() == first);
        let Some(&root) = known else {
            return Err(told(|| {
                let roots = allowed(first, &Root::ALL.map(Root::as_str));
                // How other tools write a variable.
                let var = match is_name(inner).then_some(inner) {
                    Some(name) => format!(" (A value of /provider/vars is written `{{{{vars.{name}}}}}`.)"),
                    None => String::new(),
                };
                format!("`{{{{{inner}}}}}` is no binding: it must begin with one of {roots}{var}")
            }));
        };
        let path: Vec<String> = names.map(ToOwned::to_owned).collect();
        if !path.iter().all(|name| is_name(name)) {
            return Err(told(|| {
                format!(
                    "`{{{{{inner}}}}}` is no binding: it may only be names joined by dots, like `user.roles.0`, without code."
                )
            }));
        }
        let (least, most) = root.names();
        if path.len() < least || path.len() > most {
            return Err(told(|| {
                format!(
                    "`{{{{{inner}}}}}` must have {} behind `{first}`.",
                    if most == 1 { "exactly one name" } else { "a name" }
                )
            }));
        }
        let binding = Self { root, path };
        if root == Root::Session && !SESSION.contains(&binding.name()) {
            return Err(told(|| {
                let members = allowed(binding.name(), &SESSION);
                format!("`{{{{{inner}}}}}` is no binding: `session` has only {members}")
            }));
        }
        Ok(binding)
    }
}

fn is_name(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || !b.is_ascii() || b"_-:/@$~".contains(&b);
    !name.is_empty() && name.bytes().all(letter)
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_written())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_leads_through_objects_and_arrays() {
        let value = json!({"a": [{"id": 7}], "0": "zero"});
        let find = |text| Binding::parse(text).unwrap().find(&value).cloned();
        assert_eq!(find("user"), Some(value.clone()));
        assert_eq!(find("user.a.0.id"), Some(json!(7)));
        assert_eq!(find("user.0"), Some(json!("zero")));
        assert_eq!(find("user.a.1"), None);
        assert_eq!(find("user.a.id"), None);
        assert_eq!(find("user.a.0.id.x"), None);
    }

    #[test]
    fn what_is_no_binding_is_told_in_a_sentence() {
        for (text, part) in [
            ("usr.email", "did you mean `user`?"),
            ("", "must begin with one of"),
            ("user.name | upper", "without code"),
            ("user.a()", "without code"),
            ("user..a", "without code"),
            ("form", "exactly one name"),
            ("form.a.b", "exactly one name"),
            ("store", "a name"),
            ("session.acces_token", "did you mean `access_token`?"),
        ] {
            let sentence = Binding::parse(text).unwrap_err();
            assert!(sentence.contains(part), "{text}: {sentence}");
        }
    }

    #[test]
    fn a_missing_value_names_its_binding() {
        let binding = Binding::parse(" user.email ").unwrap();
        assert_eq!(MissingValue(binding).to_string(), "no value for {{user.email}}");
    }
}
