//! Begins a sign-in: remembers what the answer will be recognised by, and sends the person to the provider, with the whole page, in a
//! window, or in a frame that nobody sees.

use super::{
    Oidc,
    failing::{Failure, Outcome},
    fetching, go, origin,
    promise::within,
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
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{HtmlIFrameElement, Window};

/// A person may take so long in a window: as long as a pending record lasts. Milliseconds.
const WINDOW_MS: u32 = 10 * 60 * 1000;
/// Nobody is asked anything in a frame. Milliseconds.
const FRAME_MS: u32 = 10_000;

/// A page that is left for another is gone by then. Milliseconds.
const LEAVING_MS: i32 = 30_000;

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
        // Before anything is waited for, or the browser takes it for an advertisement.
        let window = if way == Way::Window { open_window() } else { None };
        if way == Way::Window && window.is_none() {
            way = Way::Page;
        }
        let oidc = Rc::clone(self);
        future_to_promise(async move {
            let begun = oidc.begin(asked, way, return_to.clone()).await;
            // Who was overtaken meanwhile has nothing to say any more.
            let gone = match begun {
                Ok(begun) if oidc.turn.get() == turn => oidc.go(begun, way, window.as_ref()),
                Ok(_) => Err(Arrival::failed(Problem::Silent, None, return_to.clone())),
                Err(failure) => Err(arrival(failure, return_to.clone())),
            };
            match gone {
                Ok(Gone::Left) => {
                    let problem = match within(LEAVING_MS, &shown_again()).await {
                        Ok(_) => Problem::Silent,
                        Err(_) => Problem::TimedOut,
                    };
                    Ok(Arrival::failed(problem, None, return_to).to_json().into())
                }
                Ok(Gone::Waiting(arrival)) => JsFuture::from(arrival).await,
                Err(arrival) => {
                    if let Some(window) = &window {
                        _ = window.close();
                    }
                    Ok(arrival.to_json().into())
                }
            }
        })
    }

    /// Makes the pending record and the address.
    async fn begin(self: &Rc<Self>, asked: Asked, way: Way, return_to: Option<String>) -> Outcome<Begun> {
        let endpoint = self.provider.resolve(&asked.url).await?;
        let endpoint =
            endpoint.ok_or_else(|| Failure::wrong("the provider's metadata names no such endpoint for signing in"))?;
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
        let address = match self.par_endpoint().await? {
            Some(par) => self.push(&par, &endpoint, &parameters).await?,
            None => authorization::address(&endpoint, &parameters),
        };
        Ok(Begun { address, pending })
    }

    /// Where the request is to be pushed to: where the config says so, or the provider takes no other.
    async fn par_endpoint(self: &Rc<Self>) -> Outcome<Option<String>> {
        let none = || Failure::wrong("the provider's metadata names no endpoint for pushed authorization requests");
        if let Some(par) = &self.settings.par {
            return self.provider.resolve(par).await?.ok_or_else(none).map(Some);
        }
        match self.provider.known().filter(crate::oidc::Metadata::requires_par) {
            Some(metadata) => metadata.par_endpoint().map(str::to_owned).ok_or_else(none).map(Some),
            None => Ok(None),
        }
    }

    async fn push(&self, par: &str, endpoint: &str, parameters: &str) -> Outcome<String> {
        let answer = fetching::post(par, parameters).await?;
        match authorization::read_par(answer.status, &answer.body) {
            Ok(request_uri) => Ok(authorization::par_address(endpoint, &self.settings.client_id, &request_uri)),
            Err(ParProblem::Failing) => Err(Failure::Failing),
            Err(ParProblem::Refused(Some(error))) => {
                Err(Failure::Wrong(["the provider refused the pushed request: ", error].concat()))
            }
            Err(problem) => Err(Failure::Wrong(problem.to_string())),
        }
    }

    /// Remembers the sign-in, and lets the person go.
    fn go(self: &Rc<Self>, begun: Begun, way: Way, window: Option<&Window>) -> Result<Gone, Arrival> {
        let Begun { address, pending } = begun;
        let (state, return_to) = (pending.state.clone(), pending.return_to.clone());
        let failed = |failure: Failure| arrival(failure, return_to.clone());
        let mut pendings = self.pendings();
        pendings.add(pending);
        self.keep(&pendings);
        let unheard = || failed(Failure::wrong("this browser's windows cannot talk to each other"));
        match (way, window) {
            (Way::Window, Some(window)) => {
                let arrival = self.wait(&state, WINDOW_MS, Problem::Lapsed, None).ok_or_else(unheard)?;
                go(&window.location(), &address).map_err(failed)?;
                Ok(Gone::Waiting(arrival))
            }
            (Way::Frame, _) => {
                let frame = frame(&address).ok_or_else(|| failed(Failure::wrong("there is no page for a frame")))?;
                let arrival = self.wait(&state, FRAME_MS, Problem::TimedOut, Some(frame)).ok_or_else(unheard)?;
                Ok(Gone::Waiting(arrival))
            }
            (Way::Page | Way::Window, _) => {
                if self.begun.write(Some(&pendings.to_json()), StorageKind::Session) == Written::InMemory {
                    let blocked = "this browser keeps nothing for this page: nobody would know who comes back";
                    return Err(failed(Failure::wrong(blocked)));
                }
                let location = web_sys::window().map(|window| window.location());
                let location = location.ok_or_else(|| failed(Failure::wrong("there is no page to leave")))?;
                go(&location, &address).map_err(failed)?;
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
    let frame: HtmlIFrameElement = document.create_element("iframe").ok()?.dyn_into().ok()?;
    for (name, value) in
        [("hidden", ""), ("aria-hidden", "true"), ("sandbox", "allow-scripts allow-same-origin allow-forms")]
    {
        frame.set_attribute(name, value).ok()?;
    }
    frame.set_src(address);
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
