//! Signing in on the provider's own pages: how the program that does it is asked, and what it answers.
//!
//! ```text
//! index.html   askProgram: fetches a program that lies beside the app, starts it, asks it
//! oidc.js      that program (src/bin/oidc.rs): state, nonce, PKCE, ID tokens, DPoP; fetched only where a config has a `redirect`
//! here         the questions: for the form of a sign-in, for what takes more than a fetch, for what a provider says
//! ```
//! What stood in the address at the return is taken out of it before anything is awaited: see [`Arrival::take`].

use super::{
    driver::Driver,
    load::base_path,
    operator::handed_over,
    spawn::spawn,
    storage::Places,
    surroundings::{address_parameters, query_pairs},
};
use crate::{
    config::{Config, Request},
    session::{
        Event, Form, HttpFailure, HttpRequest, IdToken, LOGIN, Outcome, ReturnPath, Tokens, Values, protocol,
        redirect::{self, FRONT_CHANNEL, SIGNED_OUT, Wanted},
    },
};
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The parameter of the login page's address that names a provider to go to at once.
const WITH: &str = "with";

/// What the page was opened with, besides a page to show: taken out of the address. All empty: nothing.
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
        handed_over().or_else(Self::read).unwrap_or_default()
    }

    fn read() -> Option<Self> {
        let window = web_sys::window()?;
        let location = window.location();
        let (base, path, query) = (base_path(), location.pathname().ok()?, location.search().ok()?);
        let path = path.strip_prefix(&base).unwrap_or(&path);
        let has = |names: &[&str]| query_pairs(&query).iter().any(|(name, _)| names.contains(&name.as_str()));
        let is_callback = path.starts_with("/callback") && has(&["code", "error", "state", "sid"]);
        let is_button = path == LOGIN && has(&[WITH]);
        if !is_callback && !is_button {
            return None;
        }
        let query = query.get(1..).unwrap_or_default();
        let mut address = [&base, LOGIN].concat();
        for pair in query.split('&').filter(|pair| !is_callback && pair.starts_with("return_to=")) {
            address = [&address, "?", pair].concat();
        }
        show(&address);
        Some(Self { path: path.to_owned(), query: query.to_owned() })
    }

    /// Puts everything back for an app that has a page of its own there.
    fn undo(&self) {
        if !self.path.is_empty() {
            show(&[&base_path(), &self.path, "?", &self.query].concat());
        }
    }

    /// Where another page's button wants to lead back to; `None`: there was no button.
    pub(super) fn wanted(&self, config: &Config) -> Option<String> {
        let way_back = ReturnPath::from_query(&self.query, config).map(|path| path.as_str().to_owned());
        (self.path == LOGIN).then(|| way_back.unwrap_or_default())
    }

    /// Of several providers, the one that this page speaks to.
    pub(super) fn choose(&self, configs: Vec<Config>) -> Option<Config> {
        let mut stored = Vec::new();
        if let Some(Config { app, session, .. }) = configs.first() {
            let places = Places::new(["vestibule:", &app.id].concat(), session);
            stored.extend(places.shared.read());
            stored.extend(places.own.and_then(|own| own.read()));
        }
        if configs.iter().all(|config| config.provider.redirect.is_none()) {
            self.undo();
        }
        let wanted = query_pairs(&self.query).into_iter().find(|(name, _)| name == WITH).map(|(_, name)| name);
        redirect::choose(configs, &self.path, wanted.as_deref(), &stored)
    }
}

/// The address bar shows another address of the app, in place of the one it shows.
fn show(address: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    // Only an address of another origin is refused.
    _ = history.map(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address)));
}

/// Opens the login page anew, for another provider; `way_back` is a page of ours, or empty.
pub(super) fn leave_for(name: &str, way_back: &str, config: &Config) {
    let way_back = ReturnPath::parse(way_back, config).map(|path| path.to_query_value()).unwrap_or_default();
    let address = [&base_path(), LOGIN, "?", WITH, "=", name, "&return_to=", &way_back].concat();
    _ = web_sys::window().map(|window| window.location().replace(&address));
}

/// One question to the program. Awaited or not, it is asked.
fn ask(config: &Config, question: &str, arguments: &[&JsValue]) -> Result<Promise, JsValue> {
    let redirect = config.provider.redirect.as_ref().ok_or(JsValue::NULL)?;
    let settings = Array::new();
    for text in [
        &config.app.id,
        &base_path(),
        &redirect.issuer,
        &redirect.client_id,
        &redirect.path,
        &redirect.jwks,
        &redirect.par,
    ] {
        settings.push(&text.as_str().into());
    }
    settings.push(&redirect.has_dpop.into());
    let all = Array::of2(&settings, &question.into());
    for argument in arguments {
        all.push(argument);
    }
    ask_program("/oidc", &all)
}

/// Asks a program that lies beside the app: its settings, the name of what is asked, and arguments. It is fetched the first time,
/// for which nobody waits longer than 15 s.
pub(super) fn ask_program(name: &str, asked: &Array) -> Result<Promise, JsValue> {
    let all = Array::of1(&[&base_path(), name].concat().into()).concat(asked);
    let ask: Function = Reflect::get(&js_sys::global(), &"askProgram".into())?.dyn_into()?;
    ask.apply(&JsValue::NULL, &all)?.dyn_into()
}

/// A question whose answer changes nothing here.
pub(super) fn tell(config: &Config, question: &str, arguments: &[&JsValue]) {
    let asked = ask(config, question, arguments);
    spawn(async move { _ = answer(asked).await });
}

pub(super) async fn answer(asked: Result<Promise, JsValue>) -> Option<JsValue> {
    JsFuture::from(asked.ok()?).await.ok()
}

/// How a request is sent where a plain fetch is not enough: by the program.
pub struct Wire {
    config: &'static Config,
    kind: &'static str,
    id_token: String,
}

impl Wire {
    /// Sends it. What is thrown as a text is an answer that must not be believed.
    pub(super) async fn send(&self, request: &JsValue) -> Result<web_sys::Response, HttpFailure> {
        let arguments = [&self.kind.into(), request, &self.id_token.as_str().into()];
        let answer = match ask(self.config, "exchange", &arguments) {
            Ok(asked) => JsFuture::from(asked).await,
            Err(thrown) => Err(thrown),
        };
        answer.and_then(JsCast::dyn_into).map_err(|thrown| match thrown.as_string() {
            Some(detail) => HttpFailure::Unverified(detail),
            None => HttpFailure::Unreachable,
        })
    }
}

impl Driver {
    /// How `request` is to be sent; `None`: by a fetch.
    pub(super) fn wire(&self, kind: &'static str, request: &HttpRequest, tokens: Option<&Tokens>) -> Option<Wire> {
        let redirect = self.config.provider.redirect.as_ref()?;
        // An endpoint of an issuer, a proof, or an ID token or a user to be looked at.
        let is_more = request.url.contains('#') || redirect.has_dpop || !matches!(kind, "query" | "revoke");
        is_more.then(|| Wire { config: self.config, kind, id_token: id_token(tokens).to_owned() })
    }

    /// The form of a sign-in with a code: goes and gets one, or reads the one that stood in the address.
    pub(super) async fn bring(&self, form: Option<&Form>) -> Result<Form, Box<Outcome>> {
        let asked = match Wanted::of(form) {
            Wanted::ToRead(query) => ask(self.config, "arrive", &[&query.into()]),
            Wanted::ToGo(way, way_back) => {
                let redirect = self.config.provider.redirect.as_ref();
                let request = redirect.map(|redirect| &redirect.request).ok_or_else(unreachable)?;
                let (url, form) = self.write(request, None)?;
                ask(self.config, "start", &[&url, &form, &way.into(), &way_back.into()])
            }
        };
        let answer = answer(asked).await.and_then(|answer| answer.as_string());
        let redirect::Arrival { form, way_back } = redirect::Arrival::read(&answer.ok_or_else(unreachable)?);
        if way_back.is_some() {
            *self.way_back.borrow_mut() = way_back;
        }
        form
    }

    /// Leaves for the provider's own sign-out.
    pub(super) fn end_provider_session(&self, tokens: &Tokens) {
        let redirect = self.config.provider.redirect.as_ref();
        if let Some(request) = redirect.and_then(|redirect| redirect.end_session.as_ref())
            && let Ok((url, form)) = self.write(request, Some(tokens))
        {
            tell(self.config, "log_out", &[&url, &form, &id_token(Some(tokens)).into()]);
        }
    }

    /// What the page was opened for, other than to bring a code. What a provider says is looked at before it is believed.
    pub(super) async fn look_at(&self, arrival: &Arrival) -> Option<Event> {
        let redirect = self.config.provider.redirect.as_ref()?;
        let (question, event) = match arrival.path.strip_prefix(redirect.path.as_str())? {
            SIGNED_OUT => ("signed_out", Event::SignedOutAtProvider),
            FRONT_CHANNEL => ("front_channel", Event::EndedByProvider),
            _ => return None,
        };
        let session = self.signed_in();
        let tokens = session.as_ref().map(|session| &session.tokens);
        let asked = ask(self.config, question, &[&arrival.query.as_str().into(), &id_token(tokens).into()]);
        answer(asked).await.filter(JsValue::is_truthy).map(|_| event)
    }

    /// A request that the browser is to be sent to: its address, and its parameters as a form.
    fn write(&self, request: &Request, tokens: Option<&Tokens>) -> Result<(JsValue, JsValue), Box<Outcome>> {
        let (store, url) = (self.store.values_untracked(), address_parameters());
        let values = Values { store: Some(&store), url: &url, tokens, ..Values::default() };
        let written = protocol::write(request, &self.config.provider.authorize, values);
        let written = written.map_err(|missing| Box::new(protocol::unsendable(&missing)))?;
        Ok((written.url.as_str().into(), written.body.unwrap_or_default().as_str().into()))
    }
}

fn id_token(tokens: Option<&Tokens>) -> &str {
    tokens.and_then(|tokens| tokens.id_token.as_ref()).map(IdToken::expose).unwrap_or_default()
}

#[expect(clippy::unnecessary_box_returns, reason = "it stands where others are boxed")]
pub(super) fn unreachable() -> Box<Outcome> {
    Box::new(Outcome::Unreachable)
}
