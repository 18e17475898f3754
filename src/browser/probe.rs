//! Tries one request for the setup page: sends it as the app does, and where no answer comes asks further.
//!
//! ```text
//! request --http.rs--> answer, or none --setup::probing--> probes --> Trial --> Report
//! ```
//! Thin: which probe comes next and what is told is decided in `setup`. A probe carries no body and no cookie, and is given up
//! after five seconds.

use super::{clock, http, surroundings::cookies};
use crate::{
    config::{Config, Request},
    session::{Ask, HttpRequest, Timestamp, Values, protocol},
    setup::{
        Meaning, Report, Step, Trial,
        discovery::{self, Seen},
        probing::{self, Echo, Probe},
    },
};
use gloo_timers::callback::Timeout;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Event, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
    ResponseType,
};

/// No cause is worth a longer wait.
const TIMEOUT_MS: u32 = 5_000;

/// One request that is to be tried.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The config.
    pub config: &'a Config,
    /// Which of its requests.
    pub step: &'a Step,
    /// What it is sent for; `None` for a query.
    pub ask: Option<&'a Ask>,
    /// What its bindings find.
    pub values: Values<'a>,
    /// What was typed as password, to be masked.
    pub password: &'a str,
}

/// What came of it.
pub struct Tried {
    /// What is told.
    pub report: Report,
    /// What it means to the app.
    pub meaning: Meaning,
    /// When the answer was there.
    pub at: Timestamp,
}

/// Sends one request as the app does, after the one that runs before it, and tells what was seen.
///
/// # Errors
/// It cannot be sent: a sentence that names the binding without a value.
pub async fn attempt(mut attempt: Attempt<'_>) -> Result<Tried, String> {
    let Some(request) = attempt.step.request(attempt.config) else {
        return Err("The config has no such request.".to_owned());
    };
    let before;
    if let Some(first) = &request.before {
        let tried = one(attempt, first).await?;
        match tried.meaning {
            Meaning::Before(value) => before = value,
            Meaning::Provider(_) | Meaning::Query(_) => return Ok(tried),
        }
        attempt.values.before = Some(&before);
    }
    one(attempt, request).await
}

async fn one(attempt: Attempt<'_>, request: &Request) -> Result<Tried, String> {
    let Attempt { config, step, ask, mut values, password } = attempt;
    let cookies = cookies();
    values.cookies = &cookies;
    let mut sent = protocol::write(request, &config.provider.authorize, values)
        .map_err(|missing| format!("The request cannot be sent: {missing}."))?;
    // As the app does it: what carries no token may be led elsewhere.
    sent.follows_redirects = matches!(step, Step::Query(_)) && !request.authorized;
    let page = web_sys::window().and_then(|window| window.location().origin().ok());
    let violations = Violations::watch();
    let answer = http::send(sent.clone(), protocol::MAX_ANSWER_LENGTH, None).await;
    let at = clock::now();
    let outline = probing::outline(request, &sent);
    let mut probes = Vec::new();
    while let Some(next) = probing::next(&outline, page.as_deref(), &answer, &probes) {
        let echo = send(&next, &outline).await;
        probes.push((next, echo));
    }
    if answer.is_err() {
        // A violation is told a moment after the request has failed.
        clock::pause(100).await;
    }
    let blocked = violations.seen.borrow().clone();
    let trial = Trial {
        config,
        step,
        request,
        ask,
        sent: &sent,
        answer: &answer,
        probes: &probes,
        blocked: &blocked,
        page: page.as_deref(),
        tokens: values.tokens,
        password,
        now: at,
    };
    Ok(Tried { report: trial.examine(), meaning: trial.meaning(), at })
}

/// Looks at what the provider of a redirect publishes, and whether this page may read it. `file`: the text of the config.
pub async fn discover(config: &Config, file: &str) -> Vec<Report> {
    let page = web_sys::window().and_then(|window| window.location().origin().ok());
    let mut seen = Vec::new();
    while let Some((look, sent)) = discovery::next(config, &seen) {
        let violations = Violations::watch();
        let answer = http::send(sent.clone(), protocol::MAX_ANSWER_LENGTH, None).await;
        let mut probes = Vec::new();
        while let Some(next) = discovery::next_probe(&sent, page.as_deref(), &answer, &probes) {
            let echo = send(&next, &sent).await;
            probes.push((next, echo));
        }
        if answer.is_err() {
            clock::pause(100).await;
        }
        let blocked = violations.seen.borrow().clone();
        seen.push(Seen { look, sent, answer, probes, blocked });
    }
    discovery::reports(config, file, page.as_deref(), &seen)
}

async fn send(probe: &Probe, outline: &HttpRequest) -> Echo {
    let Ok(controller) = AbortController::new() else { return Echo::Failed };
    let timeout = {
        let controller = controller.clone();
        Timeout::new(TIMEOUT_MS, move || controller.abort())
    };
    let echo = exchange(probe, outline, &controller).await.unwrap_or(Echo::Failed);
    timeout.cancel();
    // Nobody reads the body.
    controller.abort();
    echo
}

async fn exchange(probe: &Probe, outline: &HttpRequest, controller: &AbortController) -> Result<Echo, JsValue> {
    let init = RequestInit::new();
    init.set_method(probe.method.as_str());
    if let Some(name) = &probe.header {
        let meant = outline.headers.iter().find(|(other, value)| other == name && !value.is_empty());
        let headers = web_sys::Headers::new()?;
        headers.append(name, meant.map_or("probe", |(_, value)| value))?;
        init.set_headers(&headers);
    }
    init.set_cache(RequestCache::NoStore);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&controller.signal()));
    if probe.is_opaque {
        js_sys::Reflect::set(&init, &"mode".into(), &"no-cors".into())?;
    } else {
        init.set_redirect(RequestRedirect::Manual);
    }
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(&probe.url, &init)).await?.dyn_into()?;
    Ok(match response.type_() {
        ResponseType::Opaqueredirect => Echo::Redirected,
        ResponseType::Opaque => Echo::Opaque,
        _ => Echo::Answered(response.status()),
    })
}

/// What the page's content security policy stops while this lives.
struct Violations {
    seen: Rc<RefCell<Vec<String>>>,
    listener: Closure<dyn FnMut(Event)>,
}

const VIOLATION: &str = "securitypolicyviolation";

impl Violations {
    fn watch() -> Self {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let notes = Rc::clone(&seen);
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let address = js_sys::Reflect::get(&event, &"blockedURI".into()).ok();
            notes.borrow_mut().extend(address.and_then(|address| address.as_string()));
        });
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            _ = document.add_event_listener_with_callback(VIOLATION, listener.as_ref().unchecked_ref());
        }
        Self { seen, listener }
    }
}

impl Drop for Violations {
    fn drop(&mut self) {
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            _ = document.remove_event_listener_with_callback(VIOLATION, self.listener.as_ref().unchecked_ref());
        }
    }
}
