//! Signing in on the provider's own pages: the way to the program that does it, and what it answers.
//!
//! ```text
//! index.html   loadProgram: fetches a program that lies beside the app, and starts it
//! oidc.js      that program (src/bin/oidc.rs): state, nonce, PKCE, ID tokens, DPoP; fetched only where a config has a `redirect`
//! here         asks it for the form of a sign-in, hands it requests that need more than a fetch, and takes its word
//! ```
//! What stood in the address at the return is taken out of it before anything is awaited: see [`Arrival::take`].

use super::{
    driver::Driver,
    load::base_path,
    storage::Record,
    surroundings::{address_parameters, query_pairs},
};
use crate::{
    config::{Config, Redirect, Request, read_json, write_json},
    session::{
        Form, HttpFailure, HttpRequest, IdToken, Outcome, StoredSession, Tokens, Values, protocol,
        redirect::{self, FRONT_CHANNEL, SIGNED_OUT, Wanted},
    },
};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Promise, Reflect};
use serde_json::{Map, Value};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// No wait for the program is longer.
const MAX_WAIT_MS: u32 = 15_000;

/// What the page was opened with, besides a page to show: taken out of the address.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Arrival {
    /// Below the app's base.
    pub path: String,
    /// Without its `?`.
    pub query: String,
}

impl Arrival {
    /// Takes what belongs to a redirect out of the address bar and the history, at once. The page is then the login page.
    #[must_use]
    pub fn take() -> Self {
        Self::read().unwrap_or_default()
    }

    fn read() -> Option<Self> {
        let window = web_sys::window()?;
        let location = window.location();
        let (base, path, query) = (base_path(), location.pathname().ok()?, location.search().ok()?);
        let path = path.strip_prefix(&base).unwrap_or(&path).to_owned();
        let query = query.trim_start_matches('?').to_owned();
        let pairs = query_pairs(&query);
        let has = |name: &str| pairs.iter().any(|(other, _)| other == name);
        let is_callback = path.starts_with("/callback") && (has("state") || has("sid"));
        if !is_callback && !(path == LOGIN && has(WITH)) {
            return None;
        }
        let mut address = [&base, LOGIN].concat();
        if let Some(way_back) = query.split('&').find(|pair| pair.starts_with("return_to=")).filter(|_| !is_callback) {
            address = [&address, "?", way_back].concat();
        }
        window.history().ok()?.replace_state_with_url(&JsValue::NULL, "", Some(&address)).ok()?;
        Some(Self { path, query })
    }

    /// Whether it came to a window or frame that another page has opened for it.
    #[must_use]
    pub fn is_for_opener(&self) -> bool {
        self.query.split('&').any(|pair| pair.starts_with("state=w") || pair.starts_with("state=f"))
    }

    /// Of several providers, the one that this page speaks to.
    pub(super) fn choose(&self, configs: Vec<Config>) -> Option<Config> {
        let first = configs.first()?;
        let stored = Record::new(["vestibule:", &first.app.id].concat(), first.session.storage).read();
        let wanted = query_pairs(&self.query).into_iter().find(|(name, _)| name == WITH).map(|(_, name)| name);
        redirect::choose(configs, &self.path, wanted.as_deref(), stored.as_deref())
    }
}

/// The path of the login page.
const LOGIN: &str = "/login";

/// The parameter of the login page's address that names a provider to go to at once.
const WITH: &str = "with";

/// The login page's address at which another provider is gone to.
pub fn address_with(name: &str, way_back: &str) -> String {
    let mut address = [&base_path(), LOGIN, "?", WITH, "=", name].concat();
    if !way_back.is_empty() {
        address = [&address, "&return_to=", way_back].concat();
    }
    address
}

/// The program, started.
#[derive(Clone)]
pub struct Program(JsValue);

impl Program {
    async fn call(&self, name: &str, arguments: &Array) -> Result<JsValue, JsValue> {
        let function: Function = Reflect::get(&self.0, &name.into())?.dyn_into()?;
        // What is no promise is there at once.
        JsFuture::from(Promise::resolve(&function.apply(&JsValue::NULL, arguments)?)).await
    }

    /// Sends a request as a fetch would; what is thrown as a text is an answer that must not be believed.
    pub(super) async fn exchange(&self, wire: &Wire, request: &JsValue) -> Result<JsValue, JsValue> {
        let arguments = Array::of4(&wire.kind.into(), request, &wire.id_token.as_str().into(), &wire.has_dpop.into());
        self.call("exchange", &arguments).await
    }

    async fn ask(&self, name: &str, arguments: &[&str]) -> Option<JsValue> {
        let list = Array::new();
        for argument in arguments {
            list.push(&JsValue::from_str(argument));
        }
        self.call(name, &list).await.ok()
    }
}

/// How a request is sent by the [`Program`].
pub struct Wire {
    program: Program,
    kind: &'static str,
    id_token: String,
    has_dpop: bool,
}

impl Wire {
    /// As [`http::send`] has it.
    pub(super) async fn send(&self, request: &JsValue) -> Result<web_sys::Response, HttpFailure> {
        let answer = self.program.exchange(self, request).await;
        answer.and_then(JsCast::dyn_into).map_err(|thrown| match thrown.as_string() {
            Some(detail) => HttpFailure::Unverified(detail),
            None => HttpFailure::Unreachable,
        })
    }
}

thread_local! {
    /// The page's own, once it is there.
    static PROGRAM: RefCell<Option<Program>> = const { RefCell::new(None) };
}

/// The program for redirects, fetched once.
async fn program(config: &Config) -> Option<Program> {
    let redirect = config.provider.redirect.as_ref()?;
    if let Some(program) = PROGRAM.with_borrow(Clone::clone) {
        return Some(program);
    }
    let load: Function = Reflect::get(&js_sys::global(), &"loadProgram".into()).ok()?.dyn_into().ok()?;
    let loaded: Promise = load.call1(&JsValue::NULL, &[&base_path(), "/oidc"].concat().into()).ok()?.dyn_into().ok()?;
    let program = Program(within(MAX_WAIT_MS, &loaded).await?);
    // Who waited at the same time may have been faster; to be told twice changes nothing.
    program.ask("prepare", &[&settings(config, redirect)]).await?;
    PROGRAM.set(Some(program.clone()));
    Some(program)
}

/// Fetches the program before anybody needs it.
pub(super) async fn prefetch(config: &Config) {
    _ = program(config).await;
}

/// Hands what came to this window over to the page that has opened it. Whether somebody took it: then there is nothing to show.
pub async fn relay(arrival: &Arrival, config: &Config) -> bool {
    let Some(program) = program(config).await else { return false };
    let answer = program.ask("arrive", &[&arrival.query]).await.and_then(|answer| answer.as_string());
    answer.and_then(|answer| read_json(&answer)).is_some_and(|answer| answer.get("relayed").is_some())
}

impl Driver {
    /// The form of a sign-in with a code: goes and gets one, or reads the one that stood in the address.
    pub(super) async fn bring(&self, form: Option<&Form>) -> Result<Form, Outcome> {
        let redirect = self.config.provider.redirect.as_ref().ok_or(Outcome::Unreachable)?;
        let program = program(self.config).await.ok_or(Outcome::Unreachable)?;
        let answer = match Wanted::of(form) {
            Wanted::ToRead(query) => program.ask("arrive", &[query]).await,
            Wanted::ToGo(way, way_back) => {
                let (store, url) = (self.store.values_untracked(), address_parameters());
                let values = Values { store: Some(&store), url: &url, ..Values::default() };
                let request = self.write(&redirect.request, values)?;
                program.ask("start", &[&as_text(&request), way, way_back]).await
            }
        };
        let arrival = redirect::Arrival::read(&answer.and_then(|answer| answer.as_string()).unwrap_or_default())?;
        *self.way_back.borrow_mut() = arrival.way_back;
        Ok(arrival.form)
    }

    /// Leaves for the provider's own sign-out.
    pub(super) async fn end_provider_session(&self, tokens: Tokens) {
        let redirect = self.config.provider.redirect.as_ref();
        let Some(request) = redirect.and_then(|redirect| redirect.end_session.as_ref()) else { return };
        let values = Values { tokens: Some(&tokens), ..Values::default() };
        let Ok(request) = self.write(request, values) else { return };
        let Some(program) = program(self.config).await else { return };
        let id_token = tokens.id_token.as_ref().map(IdToken::expose).unwrap_or_default();
        _ = program.ask("log_out", &[&as_text(&request), id_token]).await;
    }

    /// What the page was opened for, other than to bring a code; what a provider says is looked at first.
    pub(super) async fn look_at(&self, arrival: &Arrival, session: Option<&StoredSession>) -> Option<Reported> {
        let redirect = self.config.provider.redirect.as_ref()?;
        let place = arrival.path.strip_prefix(redirect.path.as_str()).unwrap_or_default();
        let id_token = session.and_then(|session| session.tokens.id_token.as_ref()).map(IdToken::expose);
        let (question, reported) = match place {
            SIGNED_OUT => ("signed_out", Reported::SignedOut),
            FRONT_CHANNEL => ("front_channel", Reported::Ended),
            _ if arrival.path == LOGIN => return Some(Reported::Wanted),
            _ => return None,
        };
        let program = program(self.config).await?;
        let answer = program.ask(question, &[&arrival.query, id_token.unwrap_or_default()]).await?;
        answer.is_truthy().then_some(reported)
    }

    /// How `request` is to be sent, where a plain fetch is not enough.
    ///
    /// # Errors
    /// The program that it takes cannot be had.
    pub(super) async fn wire(
        &self,
        kind: &'static str,
        request: &HttpRequest,
        tokens: Option<&Tokens>,
    ) -> Result<Option<Wire>, HttpFailure> {
        let Some(redirect) = &self.config.provider.redirect else { return Ok(None) };
        // An endpoint of an issuer, a proof, or an ID token to be looked at.
        let is_more = request.url.contains('#') || redirect.has_dpop || matches!(kind, "sign_in" | "refresh");
        if !is_more {
            return Ok(None);
        }
        let program = program(self.config).await.ok_or(HttpFailure::Unreachable)?;
        let id_token = tokens.and_then(|tokens| tokens.id_token.as_ref()).map(IdToken::expose).unwrap_or_default();
        Ok(Some(Wire { program, kind, id_token: id_token.to_owned(), has_dpop: redirect.has_dpop }))
    }

    fn write(&self, request: &Request, values: Values<'_>) -> Result<HttpRequest, Outcome> {
        protocol::write(request, &self.config.provider.authorize, values)
            .map_err(|missing| protocol::unsendable(&missing))
    }
}

/// What came back, and was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// A button of another page wants somebody to sign in.
    Wanted,
    /// From the provider's own sign-out.
    SignedOut,
    /// The provider says that it has signed out who is signed in here.
    Ended,
}

/// What the program has to know of the config.
fn settings(config: &Config, redirect: &Redirect) -> String {
    let mut settings = Map::new();
    let texts = [
        ("app", Some(config.app.id.as_str())),
        ("base", Some(&base_path())),
        ("issuer", Some(&redirect.issuer)),
        ("client_id", Some(&redirect.client_id)),
        ("path", Some(&redirect.path)),
        ("jwks", redirect.jwks.as_deref()),
        ("par", redirect.par.as_deref()),
    ];
    for (name, text) in texts {
        settings.insert(name.into(), text.map_or(Value::Null, Value::from));
    }
    settings.insert("dpop".into(), redirect.has_dpop.into());
    write_json(&Value::Object(settings))
}

/// A request that the browser is to be sent to.
fn as_text(request: &HttpRequest) -> String {
    let mut text = Map::new();
    text.insert("url".into(), request.url.as_str().into());
    text.insert("form".into(), request.body.as_deref().unwrap_or_default().into());
    write_json(&Value::Object(text))
}

async fn within(span_ms: u32, promise: &Promise) -> Option<JsValue> {
    let mut timeout = None;
    let too_late = Promise::new(&mut |_resolve, reject| {
        timeout = Some(Timeout::new(span_ms, move || _ = reject.call0(&JsValue::NULL)));
    });
    JsFuture::from(Promise::race(&Array::of2(promise, &too_late))).await.ok()
}
