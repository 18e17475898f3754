//! The path that the app lies below.
//!
//! It stands in the configs of hosts, in regular expressions and in the page, so only what means the same in all of them is let
//! through.

use std::fmt;

/// A path that begins and ends with a slash: `/`, or `/sub/app/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(String);

/// It cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no path for an app: write it like `/sub/app/`, with letters, digits, `-`, `.`, `_` and `~` in each part"
)]
pub struct BaseProblem(String);

impl Base {
    /// The path, with or without its slashes.
    ///
    /// # Errors
    /// [`BaseProblem`] for what is more than a path.
    pub fn parse(text: &str) -> Result<Self, BaseProblem> {
        let inner = text.strip_prefix('/').unwrap_or(text);
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        if inner.is_empty() && text.len() < 2 {
            return Ok(Self::root());
        }
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        // Hosts keep what begins with a dot to themselves.
        let is_segment = |text: &str| !text.is_empty() && !text.starts_with('.') && text.bytes().all(is_letter);
        if inner.split('/').all(is_segment) {
            Ok(Self(format!("/{inner}/")))
        } else {
            Err(BaseProblem(text.to_owned()))
        }
    }

    /// The root of a host.
    #[must_use]
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// Whether it is the root of a host.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// The path of what people may write who forget its slash; empty at the root.
    #[must_use]
    pub fn without_slash(&self) -> &str {
        self.0.strip_suffix('/').unwrap_or_default()
    }

    /// The address of what lies below it: `path` has no slash before it, or one.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        [self.0.as_str(), path.strip_prefix('/').unwrap_or(path)].concat()
    }

    /// For a regular expression.
    pub(crate) fn escaped(&self) -> String {
        escaped(&self.0)
    }
}

/// A path as a regular expression that fits nothing else. Of what paths are made of, only the dot means more.
pub(crate) fn escaped(path: &str) -> String {
    path.replace('.', "\\.")
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Base;

    #[test]
    fn a_path_is_one_with_and_without_its_slashes() {
        for text in ["/sub/app/", "/sub/app", "sub/app/", "sub/app"] {
            assert_eq!(Base::parse(text).unwrap().to_string(), "/sub/app/");
        }
        for text in ["", "/"] {
            assert!(Base::parse(text).unwrap().is_root());
        }
    }

    #[test]
    fn nothing_is_let_through_that_a_host_could_read_as_more_than_a_path() {
        for text in [
            "//",
            "/a//b/",
            "/../",
            "/./",
            "/.git/",
            "/a b/",
            "/a;b/",
            "/a\"/",
            "/$uri/",
            "/a{1}/",
            "/%2e/",
            "https://app.example/",
            "/a?b",
            "/a#b",
            "/ä/",
            "/a\n/",
        ] {
            assert!(Base::parse(text).is_err(), "{text:?}");
        }
        let said = Base::parse("/a b/").unwrap_err().to_string();
        assert!(said.contains("`/a b/`") && said.contains("/sub/app/"), "{said}");
    }
}
