//! Where the app is, and the one door to somewhere else.
//!
//! Redirects lead to a constant or to a [`ReturnPath`] and nowhere else, and they replace the history entry, so that
//! Back never bounces. At the door the browser's own parser looks at the address a second time.

use crate::{browser::Vestibule, session::ReturnPath};
use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationChange, LocationProvider, State, Url};

/// The path of the login page.
pub const LOGIN: &str = "/login";

/// Where the app is, as the router has it: the address bar may lag behind.
///
/// Of the router it takes the [`BrowserUrl`] alone, which a `Router` puts into context too. What else stands around that
/// in a `Router` is more code than the rest of this floor's way-finding, and nothing here asks for it.
#[derive(Clone)]
pub struct Here {
    browser_url: BrowserUrl,
    base: String,
}

impl Here {
    /// Inside an [`super::App`] or a `Router`.
    pub fn of() -> Self {
        Self { browser_url: expect_context(), base: crate::browser::base_path() }
    }

    /// Starts to follow the address bar and the links of the page; `None` where there is no address to follow.
    pub fn start() -> Option<BrowserUrl> {
        let browser_url = BrowserUrl::new().ok()?;
        browser_url.init(Some(crate::browser::base_path().into()));
        Some(browser_url)
    }

    /// The path below the app's base. Tracked.
    pub fn path(&self) -> String {
        self.url().with(|url| within(&self.base, url.path()).to_owned())
    }

    /// The query string without its `?`. Tracked.
    pub fn query(&self) -> String {
        self.url().with(|url| url.search().to_owned())
    }

    /// What is shown is what the address says: the address bar, which waits for it, may follow.
    pub fn arrived(&self) {
        self.url().track();
        self.browser_url.ready_to_complete();
    }

    fn url(&self) -> &ArcRwSignal<Url> {
        self.browser_url.as_url()
    }

    /// The way back to here, when here is one of our pages.
    pub fn return_path(&self, vestibule: Vestibule) -> Option<ReturnPath> {
        let mut address = untrack(|| self.path()).trim_end_matches('/').to_owned();
        let query = untrack(|| self.query());
        if !query.is_empty() {
            address.push('?');
            address.push_str(&query);
        }
        self.url().with_untracked(|url| address.push_str(url.hash()));
        ReturnPath::parse(&address, vestibule.config())
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
    let browser_url = expect_context::<BrowserUrl>();
    move |path| {
        let address = address(path);
        let Ok(url) = BrowserUrl::parse(&address) else { return };
        browser_url.as_url().set(url);
        browser_url.complete_navigation(&LocationChange {
            value: address,
            replace: true,
            scroll: true,
            state: State::default(),
        });
    }
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
