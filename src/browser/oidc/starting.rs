//! Begins a sign-in: remembers what the answer will be recognised by, and sends the person to the provider, with the whole page, in a
//! window, or in a frame that nobody sees.

use super::{
    Oidc,
    failing::{Failure, Outcome},
    fetching, go, leave_for, origin,
    promise::{promised, settled, within},
    webcrypto,
};
use crate::{
    browser::{clock, storage::Written},
    config::StorageKind,
    oidc::{
        Arrival, Pending, Problem, Way,
        authorization::{self, ParProblem},
        base64url, form, pkce,
    },
};
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlIFrameElement, Window};

/// A person may take so long in a window: as long as a pending record lasts. Milliseconds.
const WINDOW_MS: u32 = 10 * 60 * 1000;
/// Nobody is asked anything in a frame. Milliseconds.
const FRAME_MS: u32 = 10_000;

/// A page that is left for another is gone by then. Milliseconds.
const LEAVING_MS: i32 = 30_000;

const NO_PAR: &str = "the provider's metadata names no endpoint for pushed authorization requests";

const LOOK_OF_THE_WINDOW: &str = "popup,width=500,height=680";

/// A request that the page has written.
pub struct Asked {
    /// Where it goes.
    pub url: String,
    /// Its parameters, urlencoded.
    pub form: String,
}

impl Oidc {
    /// Begins a sign-in by `way`: `page`, `popup` or `silent`. What came of it, as JSON: an arrival. Who leaves with the page and comes
    /// back to it (by Back, from the browser's cache) is told nothing.
    pub fn start(self: &Rc<Self>, asked: Asked, way: &str, return_to: Option<String>) -> Promise {
        let turn = self.turn.get().wrapping_add(1);
        self.turn.set(turn);
        self.end_wait(Problem::Silent);
        let mut way = Way::named(way).unwrap_or(Way::Page);
        if way == Way::Page && self.begun.is_blocked(StorageKind::Session) {
            // Nobody would know who comes back; but this page remembers whom it waits for.
            way = Way::Window;
        }
        // Before anything is waited for, or the browser takes it for an advertisement.
        let window = if way == Way::Window { open_window() } else { None };
        if way == Way::Window && window.is_none() {
            way = Way::Page;
        }
        let oidc = Rc::clone(self);
        promised(Box::pin(async move {
            let begun = oidc.begin(asked, way, return_to.clone()).await;
            let gone = begun.and_then(|begun| {
                // Who was overtaken meanwhile has nothing to say any more.
                if oidc.turn.get() == turn { oidc.go(begun, way, window.as_ref()) } else { Ok(Gone::Overtaken) }
            });
            let arrival = match gone {
                Ok(Gone::Waiting(arrival)) => return settled(arrival).await,
                Ok(Gone::Left) => {
                    let problem = match within(LEAVING_MS, &shown_again()).await {
                        Ok(_) => Problem::Silent,
                        Err(_) => Problem::TimedOut,
                    };
                    return Ok(Arrival::failed(problem, None, return_to).to_json().into());
                }
                Ok(Gone::Overtaken) => Arrival::failed(Problem::Silent, None, return_to),
                Err(failure) => arrival(*failure, return_to),
            };
            if let Some(window) = &window {
                _ = window.close();
            }
            Ok(arrival.to_json().into())
        }))
    }

    /// Makes the pending record and the address.
    async fn begin(self: &Rc<Self>, asked: Asked, way: Way, return_to: Option<String>) -> Outcome<Begun> {
        let missing = "the provider's metadata names no such endpoint for signing in";
        let endpoint = self.provider.endpoint(&asked.url, missing).await?;
        // Without this scope it is OAuth 2.0, where nobody sends an ID token, nor knows a nonce.
        let scope = form::parameter(&asked.form, "scope").unwrap_or_default();
        let is_openid = scope.split_ascii_whitespace().any(|scope| scope == "openid");
        let pending = Pending {
            state: way.state(&webcrypto::random()?),
            nonce: if is_openid { base64url::encode(&webcrypto::random()?) } else { String::new() },
            code_verifier: pkce::code_verifier(&webcrypto::random()?),
            path: self.settings.path.clone(),
            issuer: self.settings.issuer.clone(),
            return_to,
            redirect_uri: self.settings.redirect_uri(&origin()),
            started_at: clock::now(),
        };
        let challenge = pkce::code_challenge(&webcrypto::digest("SHA-256", pending.code_verifier.as_bytes()).await?);
        let thumbprint = if self.settings.dpop { self.prover.thumbprint(way).await? } else { None };
        let parameters = authorization::parameters(&asked.form, &pending, &challenge, thumbprint.as_deref());
        let address = match self.par()? {
            Some(par) => {
                let par = self.provider.endpoint(&par, NO_PAR).await?;
                self.pushed(&endpoint, &fetching::post(&par, &parameters).await?)?
            }
            None => authorization::address(&endpoint, &parameters),
        };
        Ok(Begun { address, pending })
    }

    /// Where the request is to be pushed to: where the config says so, or the provider takes no other.
    fn par(&self) -> Outcome<Option<String>> {
        if self.settings.par.is_some() {
            return Ok(self.settings.par.clone());
        }
        match self.provider.known().filter(crate::oidc::Metadata::requires_par) {
            Some(metadata) => match metadata.par_endpoint() {
                Some(par) => Ok(Some(par.to_owned())),
                None => Err(Failure::wrong(NO_PAR)),
            },
            None => Ok(None),
        }
    }

    /// Where the person is sent after the request was pushed.
    fn pushed(&self, endpoint: &str, answer: &fetching::Answer) -> Outcome<String> {
        match authorization::read_par(answer.status, &answer.body) {
            Ok(request_uri) => Ok(authorization::par_address(endpoint, &self.settings.client_id, &request_uri)),
            Err(ParProblem::Failing) => Err(Failure::Failing.into()),
            Err(ParProblem::Refused(Some(error))) => {
                Err(Failure::wrong(&["the provider refused the pushed request: ", error].concat()))
            }
            Err(problem) => Err(Failure::wrong(problem.as_str())),
        }
    }

    /// Remembers the sign-in, and lets the person go.
    fn go(self: &Rc<Self>, begun: Begun, way: Way, window: Option<&Window>) -> Outcome<Gone> {
        let Begun { address, pending } = begun;
        let state = pending.state.clone();
        let mut pendings = self.pendings();
        pendings.add(pending);
        self.keep(&pendings);
        let unheard = || Failure::wrong("this browser's windows cannot talk to each other");
        match (way, window) {
            (Way::Window, Some(window)) => {
                let arrival = self.wait(&state, WINDOW_MS, Problem::Lapsed, None).ok_or_else(unheard)?;
                if let Err(failure) = go(&window.location(), &address) {
                    self.end_wait(Problem::Silent);
                    return Err(failure);
                }
                Ok(Gone::Waiting(arrival))
            }
            (Way::Frame, _) => {
                let frame = frame(&address).ok_or_else(|| Failure::wrong("there is no page for a frame"))?;
                let arrival = self.wait(&state, FRAME_MS, Problem::TimedOut, Some(frame)).ok_or_else(unheard)?;
                Ok(Gone::Waiting(arrival))
            }
            (Way::Page | Way::Window, _) => {
                if self.begun.write(Some(&pendings.to_json()), StorageKind::Session) == Written::InMemory {
                    let blocked = "this browser keeps nothing for this page: nobody would know who comes back";
                    return Err(Failure::wrong(blocked));
                }
                leave_for(&address)?;
                Ok(Gone::Left)
            }
        }
    }
}

/// A sign-in that is ready to go.
struct Begun {
    address: String,
    pending: Pending,
}

/// How the person went.
enum Gone {
    /// With the page.
    Left,
    /// Elsewhere; this is where the arrival comes.
    Waiting(Promise),
    /// Not at all: another sign-in began meanwhile.
    Overtaken,
}

/// Resolves when this page is shown again after it was left.
fn shown_again() -> Promise {
    Promise::new(&mut |resolve, _reject| {
        if let Some(window) = web_sys::window() {
            _ = window.add_event_listener_with_callback("pageshow", &resolve);
        }
    })
}

/// An empty window, which cannot reach this one.
fn open_window() -> Option<Window> {
    let window = web_sys::window()?;
    let opened = window.open_with_url_and_target_and_features("", "_blank", LOOK_OF_THE_WINDOW).ok()??;
    _ = opened.set_opener(&JsValue::NULL);
    Some(opened)
}

/// A frame that nobody sees, and that cannot lead this page elsewhere.
fn frame(address: &str) -> Option<HtmlIFrameElement> {
    let document = web_sys::window()?.document()?;
    let frame: HtmlIFrameElement = document.create_element("iframe").ok()?.unchecked_into();
    for (name, value) in [
        ("hidden", ""),
        ("aria-hidden", "true"),
        ("sandbox", "allow-scripts allow-same-origin allow-forms"),
        ("src", address),
    ] {
        frame.set_attribute(name, value).ok()?;
    }
    document.body()?.append_child(&frame).ok()?;
    Some(frame)
}

/// What the page is told where no sign-in could be begun.
fn arrival(failure: Failure, return_to: Option<String>) -> Arrival {
    let (problem, detail) = match failure {
        Failure::Unreachable | Failure::Rejected(_) => (Problem::Unreachable, None),
        Failure::TimedOut => (Problem::TimedOut, None),
        Failure::Failing => (Problem::Failing, None),
        Failure::Clock => (Problem::Clock, None),
        Failure::Wrong(sentence) => (Problem::Misconfigured, Some(sentence)),
    };
    Arrival::Failed { problem, detail, return_to }
}
