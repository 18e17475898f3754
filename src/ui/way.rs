//! Where the app is, and the one door to somewhere else.
//!
//! Redirects lead to a constant or to a [`ReturnPath`] and nowhere else, and they replace the history entry, so that
//! Back never bounces. At the door the browser's own parser looks at the address a second time.

use super::watch::{Kept, State, watch};
pub use crate::session::LOGIN;
use crate::{browser::Vestibule, session::ReturnPath};
use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use leptos_router::location::{BrowserUrl, LocationChange, LocationProvider};
use std::{cell::Cell, rc::Rc};

/// Path, query string without its `?`, and fragment with its `#`.
#[derive(Clone, Default)]
struct Address {
    path: String,
    query: String,
    hash: String,
}

impl Address {
    fn of_the_bar() -> Self {
        let location = window().location();
        let query = location.search().unwrap_or_default();
        Self {
            path: location.pathname().unwrap_or_default(),
            query: query.strip_prefix('?').unwrap_or_default().to_owned(),
            hash: location.hash().unwrap_or_default(),
        }
    }
}

thread_local! {
    /// Where our app is, which is there once. (Leptos' contexts are a table of their own kind of machine code.)
    static OURS: Cell<Option<Here>> = const { Cell::new(None) };
}

/// Leads to an address.
type Leader = Rc<dyn Fn(&str)>;

/// Where the app is. The login page follows the address bar by itself; the router, which leads from one protected page to another,
/// comes with those ([`Here::follow`]).
#[derive(Clone, Copy)]
pub struct Here {
    address: State<Address>,
    /// How the router goes somewhere, while there is one.
    router: Kept<Option<Leader>>,
}

impl Here {
    /// Inside an [`super::App`] or a `Router`.
    pub fn of() -> Self {
        OURS.get().unwrap_or_else(|| {
            let here = Self::followed();
            // In an app of somebody else. (In ours the router is not in the code that is sent first, and never needed here.)
            #[cfg(not(feature = "split"))]
            here.follow(&expect_context::<BrowserUrl>());
            here
        })
    }

    /// Starts to follow the address bar, for all of our app.
    pub fn start() {
        OURS.set(Some(Self::followed()));
        on_cleanup(|| OURS.set(None));
    }

    fn followed() -> Self {
        let here = Self { address: State::new(Address::of_the_bar()), router: Kept::new(None) };
        let handle = window_event_listener_untyped("popstate", move |_| {
            if here.router.get().is_none() {
                here.address.set(Address::of_the_bar());
            }
        });
        on_cleanup(move || handle.remove());
        here
    }

    /// Starts the router: it follows the links of the page, and the address bar, until its owner is cleaned up.
    pub fn start_router(self) {
        let Ok(browser_url) = BrowserUrl::new() else { return };
        browser_url.init(Some(crate::browser::base_path().into()));
        self.follow(&browser_url);
        on_cleanup(move || self.router.set(None));
    }

    /// Is where the router is from now on; the address bar may lag behind that.
    fn follow(self, browser_url: &BrowserUrl) {
        let followed = browser_url.clone();
        watch(move || {
            let url = followed.as_url().get();
            let (path, query, hash) = (url.path().to_owned(), url.search().to_owned(), url.hash().to_owned());
            self.address.set(Address { path, query, hash });
            // What is shown is what the address says: the address bar, which waits for it, may follow.
            followed.ready_to_complete();
        });
        let router = browser_url.clone();
        self.router.set(Some(Rc::new(move |address| {
            let Ok(url) = BrowserUrl::parse(address) else { return };
            router.as_url().set(url);
            let value = address.to_owned();
            router.complete_navigation(&LocationChange { value, replace: true, ..LocationChange::default() });
        })));
    }

    /// The path below the app's base. Tracked.
    pub fn path(self) -> String {
        self.address.with(|address| within(&crate::browser::base_path(), &address.path).to_owned())
    }

    /// The query string without its `?`. Tracked.
    pub fn query(self) -> String {
        self.address.with(|address| address.query.clone())
    }

    /// The way back to here, when here is one of our pages.
    pub fn return_path(self, vestibule: Vestibule) -> Option<ReturnPath> {
        let mut address = untrack(|| self.path()).trim_end_matches('/').to_owned();
        self.address.with_untracked(|here| {
            if !here.query.is_empty() {
                address.push('?');
                address.push_str(&here.query);
            }
            address.push_str(&here.hash);
        });
        ReturnPath::parse(&address, vestibule.config())
    }

    /// Goes to an address of ours, in place of this one.
    fn replace(self, path: &str) {
        let address = address(path);
        if let Some(go) = self.router.get() {
            go(&address);
        } else {
            if let Ok(history) = window().history() {
                _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
            }
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        // At once: at the end of a session the router may go with the pages before anybody has followed it.
        self.address.set(Address::of_the_bar());
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
    let here = Here::of();
    move |path| here.replace(path)
}

/// The second lock: whether the browser too believes that an address is ours, also when it reads what it wrote (`/..//evil.example`
/// is `//evil.example` then).
#[must_use]
pub fn stays_here(address: &str) -> bool {
    let Ok(origin) = window().location().origin() else { return false };
    let read = |text: &str| {
        let href = web_sys::Url::new_with_base(text, &origin).ok()?.href();
        // What begins so has our scheme, host and port, and no user info; a `blob:` of our origin does not.
        href.strip_prefix(&origin).filter(|path| path.starts_with('/')).map(str::to_owned)
    };
    read(address).is_some_and(|path| read(&path).is_some())
}

fn within<'p>(base: &str, path: &'p str) -> &'p str {
    path.strip_prefix(base).unwrap_or(path)
}
