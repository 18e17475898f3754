//! The one handle that the UI holds: a view to read, deeds to ask for, data to fetch.

use super::{
    app_store::AppStore,
    clock,
    driver::Driver,
    http,
    redirect::{self, Arrival},
    spawn::spawn,
    state::{Kept, State},
    surroundings::{address_parameters, cookies},
};
use crate::{
    config::{Binding, Config, Query},
    session::{
        Event, Finding, Form, QueryProblem, ReturnPath, SessionView, Timestamp, Tokens, Values,
        call::{self, Next},
        protocol::{self, HttpResponse},
        read_before_rows, read_rows,
        redirect::{Way, returned},
    },
};
use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use serde_json::Value;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;

/// A longer answer of an API is not read. Bytes.
const MAX_DATA_LENGTH: usize = 32 * 1024 * 1024;

/// A running login flow. Copy it wherever it is needed.
#[derive(Clone, Copy)]
pub struct Vestibule {
    driver: Kept<&'static Driver>,
    config: &'static Config,
    view: State<SessionView>,
    is_online: State<bool>,
    store: AppStore,
}

impl Vestibule {
    /// Looks into storage, refreshes what is stale, and keeps going until the owner it was started in is
    /// cleaned up. The config stays in memory for as long as the page lives: every part of the app reads it.
    #[must_use]
    pub fn start(config: &'static Config) -> Self {
        let driver = Driver::new(config);
        let is_online = State::new(http::is_online());
        listen(driver, is_online);
        let vestibule = Self {
            driver: Kept::new(driver),
            config: driver.config,
            view: driver.view,
            is_online,
            store: driver.store,
        };
        if is_hidden() {
            driver.dispatch(Event::Hidden);
        }
        driver.start();
        vestibule
    }

    /// The config it was started with.
    #[must_use]
    pub const fn config(&self) -> &'static Config {
        self.config
    }

    /// What the page may know of the session. It changes often: read it through memos of single fields.
    #[must_use]
    pub const fn view(&self) -> State<SessionView> {
        self.view
    }

    /// Whether the browser believes that there is a network.
    #[must_use]
    pub const fn is_online(&self) -> State<bool> {
        self.is_online
    }

    /// Whether a sign-in will not survive a reload, because the browser blocks storage.
    #[must_use]
    pub fn is_storage_blocked(&self) -> bool {
        self.driver().is_some_and(Driver::is_storage_blocked)
    }

    /// The wall clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        clock::now()
    }

    /// Submits the form; what comes of it shows in the view.
    pub fn sign_in(&self, form: Form) {
        self.dispatch(Event::SignInSubmitted { form, only_here: !self.stays() });
    }

    /// Whether the next session outlives the tab: as this tab was last told, else as the config has it.
    #[must_use]
    pub fn stays(&self) -> bool {
        self.driver().is_some_and(Driver::stays)
    }

    /// Whether the next session is to outlive the tab, where the config lets the person choose.
    pub fn choose_to_stay(&self, stays: bool) {
        if let Some(driver) = self.driver() {
            driver.choose_to_stay(stays);
        }
    }

    /// The username to begin with, where the config offers to remember it and somebody wanted that.
    #[must_use]
    pub fn remembered_username(&self) -> Option<String> {
        self.driver()?.remembered_username()
    }

    /// Remembers a username with the next sign-in that succeeds; `None`: forgets the one there is, now.
    pub fn remember_username(&self, username: Option<&str>) {
        if let Some(driver) = self.driver() {
            driver.remember_username(username);
        }
    }

    /// Signs in on the provider's own pages; `way_back` is a page of ours, or empty.
    /// Who is on the way already, in a window that was closed perhaps, begins again.
    pub fn go(&self, way: Way, way_back: &str) {
        self.abandon_challenge();
        let before = self.way_back();
        let before = before.as_ref().map_or("", ReturnPath::as_str);
        self.sign_in(way.form(if way_back.is_empty() { before } else { way_back }));
    }

    /// Signs in at the provider of that name, as its button does.
    pub fn go_to(&self, name: &str, way_back: &str) {
        match &self.config.provider.redirect {
            Some(redirect) if name == self.config.provider.name => self.go(Way::of_button(redirect), way_back),
            // The page speaks to one provider at a time.
            Some(_) | None => redirect::leave_for(name, way_back, self.config),
        }
    }

    /// Takes up what the page was opened with: what a provider sent back, or what another page's button wants.
    pub fn arrive(&self, arrival: Arrival) {
        let Some(driver) = self.driver() else { return };
        let Some(redirect) = &self.config.provider.redirect else { return };
        if arrival == Arrival::default() {
            // Nobody asks anything yet: it is only fetched, behind the first paint.
            request_animation_frame(move || redirect::tell(driver.config, "", &[]));
            return;
        }
        driver.goes_unasked.set(false);
        let vestibule = *self;
        spawn(async move {
            if arrival.path == redirect.path && driver.signed_in().is_some() {
                // Nobody waits for it here; but the page may, whose window or frame this is.
                redirect::tell(driver.config, "arrive", &[&arrival.query.as_str().into()]);
            } else if arrival.path == redirect.path {
                vestibule.sign_in(returned(arrival.query));
            } else if let Some(way_back) = arrival.wanted(driver.config) {
                vestibule.go(Way::of_button(redirect), &way_back);
            } else if let Some(event) = driver.look_at(&arrival).await {
                driver.dispatch(event);
            }
        });
    }

    /// Goes to the provider unasked, where the config wants that: once, and only if there is nothing to say.
    pub fn go_unasked(&self, way_back: &str) {
        let is_first = self.driver().is_some_and(|driver| driver.goes_unasked.replace(false));
        let redirect = self.config.provider.redirect.as_ref().filter(|_| is_first);
        let way = redirect.and_then(|redirect| self.view.with_untracked(|view| Way::unasked(redirect, view)));
        if let Some(way) = way {
            self.go(way, way_back);
        }
    }

    /// Where the last redirect was to lead back to; once.
    #[must_use]
    pub fn way_back(&self) -> Option<ReturnPath> {
        let way_back = self.driver()?.way_back.take()?;
        ReturnPath::parse(&way_back, self.config)
    }

    /// Goes back from a second step to the password.
    pub fn abandon_challenge(&self) {
        self.dispatch(Event::ChallengeAbandoned);
    }

    /// Forgets the session here and in all tabs, then tells the provider.
    pub fn sign_out(&self) {
        self.dispatch(Event::SignOutRequested);
    }

    /// Tries a refresh that waits for the network at once.
    pub fn retry_now(&self) {
        self.dispatch(Event::WentOnline);
    }

    /// Answers the warning that nobody has been there for long: the person stays, in all tabs.
    pub fn stay(&self) {
        self.dispatch(Event::StayRequested);
    }

    /// Whether an operator wants to see what [`Vestibule::inspect`] finds.
    #[must_use]
    pub fn shows_panel(&self) -> bool {
        self.driver().is_some_and(Driver::shows_panel)
    }

    /// How things stand in this tab, who has the refresh lock, and the last events by name. Never a secret.
    pub async fn inspect(&self) -> Vec<Finding> {
        match self.driver() {
            Some(driver) => driver.inspect().await,
            None => Vec::new(),
        }
    }

    /// The store beside the session.
    #[must_use]
    pub const fn store(&self) -> AppStore {
        self.store
    }

    /// What bindings of a page find. Tracked: text that reads it changes with the user and the store.
    pub fn lookup(
        &self,
        params: &[(String, String)],
        url: &[(String, String)],
    ) -> impl Fn(&Binding) -> Option<Value> + use<> {
        let store = self.store.values();
        let user = self.view.with(|view| view.user.clone());
        let (params, url) = (params.to_vec(), url.to_vec());
        move |binding| {
            Values { user: user.as_ref(), store: Some(&store), params: &params, url: &url, ..Values::default() }
                .find(binding)
        }
    }

    /// The query string of the address bar, decoded.
    #[must_use]
    pub fn address_parameters(&self) -> Vec<(String, String)> {
        address_parameters()
    }

    /// Sends a query with a good token and brings back its rows. A 401 is tried once more with another token.
    ///
    /// # Errors
    /// [`QueryProblem`]: one for each sentence that a block can say.
    pub async fn fetch(
        &self,
        query: &Query,
        params: &[(String, String)],
        url: &[(String, String)],
    ) -> Result<Value, QueryProblem> {
        let driver = self.driver().ok_or(QueryProblem::SignedOut)?;
        let request = &query.request;
        let mut rejected = None;
        let mut attempt = 0;
        let asked_by = driver.signed_in().map(|session| session.signed_in_at);
        loop {
            let access_token =
                if request.authorized { Some(driver.access_token(rejected.take()).await?) } else { None };
            let session = driver.signed_in();
            if attempt > 0 && session.as_ref().map(|session| session.signed_in_at) != asked_by {
                // Somebody else has signed in: what was asked was asked by another.
                return Err(QueryProblem::SignedOut);
            }
            let tokens = access_token
                .clone()
                .zip(session.as_ref())
                .map(|(access_token, session)| Tokens { access_token, ..session.tokens.clone() });
            let store = driver.store.values_untracked();
            let user = session.as_ref().and_then(|session| session.user.as_ref());
            let mut values =
                Values { tokens: tokens.as_ref(), user, store: Some(&store), params, url, ..Values::default() };
            let authorize = &driver.config.provider.authorize;
            let before;
            if let Some(first) = &request.before {
                let answer = http::send(protocol::write(first, authorize, values)?, MAX_DATA_LENGTH, None).await?;
                before = read_before_rows(first, answer)?;
                values.before = Some(&before);
            }
            let cookies = cookies();
            values.cookies = &cookies;
            let mut http = protocol::write(request, authorize, values)?;
            http.follows_redirects = !request.authorized;
            let wire = driver.wire("query", &http, tokens.as_ref());
            let response: HttpResponse = http::send(http, MAX_DATA_LENGTH, wire).await?;
            match call::after_answer(response.status, access_token.is_some(), attempt) {
                Next::Deliver => return read_rows(query, &response),
                Next::AskForAnother => rejected = access_token,
            }
            attempt += 1;
        }
    }

    #[inline(never)]
    pub(super) fn driver(&self) -> Option<&'static Driver> {
        self.driver.with(|driver| Some(*driver))
    }

    fn dispatch(&self, event: Event) {
        if let Some(driver) = self.driver() {
            driver.dispatch(event);
        }
    }
}

/// Whether nobody can see the page.
fn is_hidden() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Hidden
}

/// What is done about one kind of event.
type Hearer = Box<dyn Fn(&'static Driver, web_sys::Event)>;

/// Turns what the browser says into events. All of it is a hint: what counts is read again.
fn listen(driver: &'static Driver, is_online: State<bool>) {
    let on = |name: &'static str, heard: Hearer| {
        let handle = window_event_listener_untyped(name, move |event| heard(driver, event));
        on_cleanup(move || handle.remove());
    };
    on(
        "storage",
        Box::new(|driver, event| {
            // No key: everything was cleared.
            let key = event.dyn_ref::<web_sys::StorageEvent>().and_then(web_sys::StorageEvent::key);
            if key.as_deref().is_none_or(|key| driver.is_key(key)) {
                driver.look_again();
            }
            if key.as_deref().is_some_and(|key| driver.is_activity_key(key)) {
                driver.dispatch(Event::Woke);
            }
            if key.as_deref().is_none_or(|key| driver.store.is_key(key)) {
                driver.store.reread();
            }
        }),
    );
    let look_again = |driver: &'static Driver, _event: web_sys::Event| {
        if is_hidden() {
            return driver.dispatch(Event::Hidden);
        }
        driver.look_again();
        driver.dispatch(Event::Shown);
    };
    if driver.config.session.idle_timeout_ms.is_some() {
        let is_noticed = Rc::new(Cell::new(false));
        // Whoever speaks to the page or has it read acts by clicks, input and focus alone.
        let signs = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "click", "input", "focusin"];
        for sign_of_life in signs {
            let is_noticed = Rc::clone(&is_noticed);
            on(
                sign_of_life,
                Box::new(move |driver, _event| {
                    // A hand on the mouse is a hundred events a second; once a frame is often enough.
                    if !is_noticed.replace(true) {
                        driver.dispatch(Event::ActivityNoticed);
                        let is_noticed = Rc::clone(&is_noticed);
                        request_animation_frame(move || is_noticed.set(false));
                    }
                }),
            );
        }
    }
    // Shown again, or back from the back/forward cache: time has passed and other tabs have lived.
    on("visibilitychange", Box::new(look_again));
    on("pageshow", Box::new(look_again));
    on(
        "online",
        Box::new(move |driver, _event| {
            is_online.set(true);
            driver.dispatch(Event::WentOnline);
        }),
    );
    on(
        "offline",
        Box::new(move |_driver, _event| {
            is_online.set(false);
        }),
    );
}
