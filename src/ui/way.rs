//! Where the app is, and the one door to somewhere else.
//!
//! Redirects lead to a constant or to a [`ReturnPath`] and nowhere else, and they replace the history entry, so that
//! Back never bounces. At the door the browser's own parser looks at the address a second time.

use crate::{browser::Vestibule, session::ReturnPath};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
    location::Location,
};

/// The path of the login page.
pub const LOGIN: &str = "/login";

/// Where the app is, as the router has it: the address bar may lag behind.
#[derive(Clone)]
pub struct Here {
    location: Location,
    base: String,
}

impl Here {
    /// Inside a `Router`.
    pub fn of() -> Self {
        Self { location: use_location(), base: crate::browser::base_path() }
    }

    /// The path below the app's base. Tracked.
    pub fn path(&self) -> String {
        self.location.pathname.with(|path| within(&self.base, path).to_owned())
    }

    /// The query string without its `?`. Tracked.
    pub fn query(&self) -> String {
        self.location.search.get()
    }

    /// Follows every change of the address.
    pub fn track(&self) {
        self.location.pathname.track();
        self.location.search.track();
        self.location.hash.track();
    }

    /// The way back to here, when here is one of our pages.
    pub fn return_path(&self, vestibule: Vestibule) -> Option<ReturnPath> {
        let mut address = untrack(|| self.path()).trim_end_matches('/').to_owned();
        let query = self.location.search.get_untracked();
        if !query.is_empty() {
            address.push('?');
            address.push_str(&query);
        }
        address.push_str(&self.location.hash.get_untracked());
        ReturnPath::parse(&address, &vestibule.config())
    }
}

/// The address of a page, for a link.
pub fn address(path: &str) -> String {
    [&crate::browser::base_path(), path].concat()
}

/// Leads to the login page, with the way back.
pub fn to_login() -> impl Fn(Option<ReturnPath>) + Clone {
    let go = replacing();
    move |way_back| match way_back {
        Some(path) => go(&[LOGIN, "?return_to=", &path.to_query_value()].concat()),
        None => go(LOGIN),
    }
}

/// Leads to a page of ours.
pub fn to_page() -> impl Fn(&ReturnPath) + Clone {
    let go = replacing();
    move |path| {
        if stays_here(&address(path.as_str())) {
            go(path.as_str());
        }
    }
}

fn replacing() -> impl Fn(&str) + Clone {
    let navigate = use_navigate();
    move |path| navigate(path, NavigateOptions { replace: true, ..NavigateOptions::default() })
}

/// Whether the browser too believes that an address is ours, also when it reads what it wrote.
fn stays_here(address: &str) -> bool {
    let Ok(origin) = window().location().origin() else { return false };
    let read = |text: &str| {
        let url = web_sys::Url::new_with_base(text, &origin).ok()?;
        let is_ours = url.origin() == origin && url.username().is_empty() && url.password().is_empty();
        is_ours.then(|| url.pathname())
    };
    read(address).is_some_and(|path| read(&path).is_some())
}

fn within<'p>(base: &str, path: &'p str) -> &'p str {
    path.strip_prefix(base).unwrap_or(path)
}

/// The pairs of a query string, decoded once; what does not decode is left out.
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| js_sys::decode_uri_component(&text.replace('+', " ")).ok().map(String::from);
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decoded(name)?, decoded(value)?))
    };
    query.split('&').filter(|text| !text.is_empty()).filter_map(pair).collect()
}
