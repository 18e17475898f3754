//! What a passkey signs (`WebAuthn` Level 3 §5.1.4), for the program that the app fetches where the config has `provider.passkey`.
//!
//! ```text
//! sign   the options are asked for --> the device signs --> the form of a sign-in, or why there is none
//!        conditional: waits, silent, until a passkey is picked among what the browser fills in; options that lapse
//!                     meanwhile are asked for again
//! stop   nobody waits any more
//! ```
//! A browser has one such question open at a time: each takes the place of the one before. Who says no, or nothing, has made no
//! mistake: nothing is said of it. What an answer means beyond that is `session`'s.

use super::{
    clock,
    oidc::promise::{Settled, member, object, settled, text, within},
};
use crate::{config::write_number, oidc::base64url};
use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, Function, JSON, Object, Promise, Reflect, Uint8Array};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, Request, Response};

/// Options that do not say how long they are good for: `WebAuthn` Level 3 §15.1 recommends five minutes and more.
const LIFETIME_MS: u32 = 300_000;
/// Nobody is asked more often, whatever the options say.
const MIN_LIFETIME_MS: u32 = 30_000;
/// How often a page that nobody sees looks whether somebody does.
const LOOK_MS: u32 = 2000;

thread_local! {
    /// Ends the question that is open.
    static OPEN: RefCell<Option<AbortController>> = const { RefCell::new(None) };
}

/// Comes to what the app reads: a `form`, or a `problem` and its `detail`.
///
/// # Errors
/// None that happens: texts can be written.
pub async fn sign(request: Request, timeout_ms: i32, at: String, is_conditional: bool) -> Settled {
    let said = match signed(&request, timeout_ms, &at, is_conditional).await {
        Ok(form) => object(&[("form", form.into())]),
        Err(problem) => problem,
    };
    JSON::stringify(&said).map(JsValue::from)
}

/// Ends the question that is open.
pub fn stop() {
    if let Some(open) = OPEN.take() {
        open.abort();
    }
}

async fn signed(request: &Request, timeout_ms: i32, at: &str, is_conditional: bool) -> Result<Object, Object> {
    let api = member(&js_sys::global(), "PublicKeyCredential");
    if is_conditional && !can_wait(&api).await {
        return Err(problem("silent"));
    }
    loop {
        let open = AbortController::new().map_err(|_| problem("silent"))?;
        stop();
        OPEN.set(Some(open.clone()));
        let answer = fetched(request, timeout_ms).await?;
        let options = JSON::parse(&answer).ok().and_then(|answer| find(answer, at));
        let options = options.ok_or_else(|| detail("the answer holds no options for a passkey"))?;
        let lapsed = Rc::new(Cell::new(false));
        let _lapses = is_conditional.then(|| {
            let (open, lapsed) = (open.clone(), Rc::clone(&lapsed));
            Timeout::new(lifetime_ms(&options), move || {
                lapsed.set(true);
                open.abort();
            })
        });
        match ask(&api, &options, &open, is_conditional).await {
            Ok(credential) => {
                let credential = written(&credential).map_err(|_| problem("passkey"))?;
                return Ok(object(&[("passkey", credential), ("passkey_options", answer.into())]));
            }
            Err(_) if lapsed.get() => {}
            Err(thrown) => return Err(why(&thrown)),
        }
        while web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden()) {
            clock::pause(LOOK_MS).await;
        }
    }
}

/// Whether the browser offers passkeys among what it fills in.
async fn can_wait(api: &JsValue) -> bool {
    let Some(asked) = called(api, "isConditionalMediationAvailable", None) else { return false };
    settled(Promise::resolve(&asked)).await.is_ok_and(|can| can.is_truthy())
}

/// The answer to the request for options, as it stands.
async fn fetched(request: &Request, timeout_ms: i32) -> Result<String, Object> {
    // It may be asked again.
    let request = request.clone().map_err(|_| problem("unreachable"))?;
    let sent = web_sys::window().map(|window| window.fetch_with_request(&request));
    let sent = sent.ok_or_else(|| problem("unreachable"))?;
    let failed = |thrown: JsValue| problem(if thrown.is_undefined() { "timed_out" } else { "unreachable" });
    let response: Response = within(timeout_ms, &sent).await.map_err(failed)?.unchecked_into();
    match response.status() {
        200..=299 => {}
        408 | 425 | 429 | 500.. => return Err(problem("failing")),
        status => {
            return Err(detail(
                &["the request for a passkey's options: status ", &write_number(status.into())].concat(),
            ));
        }
    }
    let body = response.text().map_err(|_| problem("unreachable"))?;
    let body = within(timeout_ms, &body).await.map_err(failed)?;
    Ok(body.as_string().unwrap_or_default())
}

/// Asks the device.
async fn ask(api: &JsValue, options: &JsValue, open: &AbortController, is_conditional: bool) -> Settled {
    let public_key = match called(api, "parseRequestOptionsFromJSON", Some(options)) {
        Some(read) => read,
        None => read(options).ok_or(JsValue::UNDEFINED)?,
    };
    let asked = object(&[("publicKey", public_key), ("signal", open.signal().into())]);
    if is_conditional {
        _ = Reflect::set(&asked, &"mediation".into(), &"conditional".into());
    }
    let navigator = member(&js_sys::global(), "navigator");
    let credentials = member(&navigator, "credentials");
    let get: Function = member(&credentials, "get").dyn_into()?;
    settled(get.call1(&credentials, &asked)?.dyn_into()?).await
}

/// What the options say, with bytes where they are bytes: for browsers that do not read them as they are sent.
fn read(options: &JsValue) -> Option<JsValue> {
    let bytes = |holder: &JsValue, name: &str| {
        let bytes = base64url::decode(text(holder, name)?.trim_end_matches('='))?;
        Reflect::set(holder, &name.into(), &Uint8Array::from(bytes.as_slice())).ok()
    };
    bytes(options, "challenge")?;
    for allowed in member(options, "allowCredentials").dyn_into::<js_sys::Array>().unwrap_or_default() {
        bytes(&allowed, "id")?;
    }
    Some(options.clone())
}

/// The credential as JSON (`WebAuthn` Level 3 §5.1, `AuthenticationResponseJSON`).
fn written(credential: &JsValue) -> Settled {
    let json = called(credential, "toJSON", None).unwrap_or_else(|| {
        let bytes = |holder: &JsValue, name: &str| match member(holder, name).dyn_into::<ArrayBuffer>() {
            Ok(buffer) => base64url::encode(&Uint8Array::new(&buffer).to_vec()).into(),
            Err(_) => JsValue::UNDEFINED,
        };
        let response = member(credential, "response");
        let names = ["clientDataJSON", "authenticatorData", "signature", "userHandle"];
        let response = object(&names.map(|name| (name, bytes(&response, name))));
        let extensions = called(credential, "getClientExtensionResults", None).unwrap_or_default();
        object(&[
            ("id", member(credential, "id")),
            ("rawId", bytes(credential, "rawId")),
            ("type", member(credential, "type")),
            ("authenticatorAttachment", member(credential, "authenticatorAttachment")),
            ("clientExtensionResults", extensions),
            ("response", response.into()),
        ])
        .into()
    });
    JSON::stringify(&json).map(JsValue::from)
}

/// What a method that the browser may not have came to.
fn called(holder: &JsValue, name: &str, argument: Option<&JsValue>) -> Option<JsValue> {
    let method: Function = member(holder, name).dyn_into().ok()?;
    match argument {
        Some(argument) => method.call1(holder, argument),
        None => method.call0(holder),
    }
    .ok()
}

/// The value at a JSON Pointer (RFC 6901 §4).
fn find(mut value: JsValue, pointer: &str) -> Option<JsValue> {
    for name in pointer.split('/').skip(1) {
        value = member(&value, &name.replace("~1", "/").replace("~0", "~"));
    }
    value.is_object().then_some(value)
}

/// How long the options are good for.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast of a float saturates")]
fn lifetime_ms(options: &JsValue) -> u32 {
    let told = member(options, "timeout").as_f64().map_or(LIFETIME_MS, |timeout| timeout as u32);
    told.clamp(MIN_LIFETIME_MS, i32::MAX as u32)
}

/// Why nothing was signed (`WebAuthn` Level 3 §5.1.4).
fn why(thrown: &JsValue) -> Object {
    match text(thrown, "name").as_deref() {
        // The person said no or nothing, has no passkey here, or signs in otherwise; a browser does not tell which.
        Some("NotAllowedError" | "AbortError") => problem("silent"),
        Some("SecurityError") => detail("the options of the passkey are for another domain than this page's (`rpId`)"),
        None | Some("TypeError" | "NotSupportedError" | "EncodingError") => {
            detail("the browser cannot read the options of the passkey")
        }
        Some(_) => problem("passkey"),
    }
}

fn problem(word: &str) -> Object {
    object(&[("problem", word.into())])
}

fn detail(sentence: &str) -> Object {
    object(&[("problem", "detail".into()), ("detail", sentence.into())])
}
