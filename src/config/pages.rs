//! Which page a path names.

use super::address::percent_decoded;
use super::{Config, Page, Query};

/// Names and values, in the order of the path.
type Params = Vec<(String, String)>;

impl Config {
    /// The page at a path (no query, no fragment) and the values of its parameters, decoded once.
    ///
    /// A literal segment beats a parameter, a closing slash is tolerated, and a parameter that does
    /// not decode to text names no page.
    #[must_use]
    pub fn page_at(&self, path: &str) -> Option<(&Page, Vec<(String, String)>)> {
        page_at(&self.pages, path)
    }

    /// The query of that name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&Query> {
        self.queries.iter().find(|query| query.name == name)
    }
}

impl Page {
    /// The names of the parameters in its path, in order.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        params(&self.path)
    }
}

pub(super) fn params(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|s| s.strip_prefix(':'))
}

pub(super) fn page_at<'p>(pages: &'p [Page], path: &str) -> Option<(&'p Page, Params)> {
    let mut best: Option<(&Page, Params)> = None;
    for page in pages {
        if best.as_ref().is_none_or(|(nearest, _)| is_nearer(&page.path, &nearest.path))
            && let Some(params) = matched(&page.path, path)
        {
            best = Some((page, params));
        }
    }
    best
}

/// Compared from the front: where two pages part, the literal one is the nearer.
fn is_nearer(pattern: &str, nearest: &str) -> bool {
    let mut segments = pattern.split('/').zip(nearest.split('/'));
    let parted = segments.find(|(one, other)| one.starts_with(':') != other.starts_with(':'));
    parted.is_some_and(|(one, _)| !one.starts_with(':'))
}

/// The parameters, when the path matches.
fn matched(pattern: &str, path: &str) -> Option<Params> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut segments = path.split('/');
    let mut params = Vec::new();
    for wanted in pattern.split('/') {
        let segment = segments.next()?;
        match wanted.strip_prefix(':') {
            Some(name) if !segment.is_empty() => params.push((name.to_owned(), percent_decoded(segment)?)),
            None if segment == wanted => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str) -> Page {
        Page { path: path.into(), title: String::new(), menu: None, require: Vec::new(), blocks: Vec::new() }
    }

    fn at(path: &str) -> Option<(String, Params)> {
        let pages = ["/orders", "/orders/:id", "/orders/new", "/:area/list", "/orders/:id/:part"];
        let pages = pages.map(page);
        page_at(&pages, path).map(|(page, params)| (page.path.clone(), params))
    }

    fn named(path: &str, params: &[(&str, &str)]) -> (String, Params) {
        let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
        (path.to_owned(), params.iter().map(owned).collect())
    }

    #[test]
    fn a_literal_segment_beats_a_parameter() {
        assert_eq!(at("/orders/new"), Some(named("/orders/new", &[])));
        assert_eq!(at("/orders/7"), Some(named("/orders/:id", &[("id", "7")])));
        assert_eq!(at("/orders/list"), Some(named("/orders/:id", &[("id", "list")])));
        assert_eq!(at("/users/list"), Some(named("/:area/list", &[("area", "users")])));
    }

    #[test]
    fn parameters_are_decoded_once() {
        assert_eq!(at("/orders/a%2520b"), Some(named("/orders/:id", &[("id", "a%20b")])));
        assert_eq!(at("/orders/%C3%BC"), Some(named("/orders/:id", &[("id", "ü")])));
        assert_eq!(at("/orders/%ff"), None);
    }

    #[test]
    fn a_closing_slash_is_tolerated_an_empty_segment_is_not() {
        assert_eq!(at("/orders/"), Some(named("/orders", &[])));
        assert_eq!(at("/orders/7/"), Some(named("/orders/:id", &[("id", "7")])));
        for none in ["/orders//", "//orders", "/", "", "orders", "/nothing", "/orders/7/x/y"] {
            assert_eq!(at(none), None, "{none}");
        }
    }
}
