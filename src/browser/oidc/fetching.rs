//! The module's own requests: metadata, key sets, pushed authorization requests. Each ends within ten seconds, and an answer
//! that is too long is not read.

use super::failing::{Failure, Outcome};
use gloo_timers::callback::Timeout;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReferrerPolicy, Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect,
    Response,
};

/// No answer is waited for longer. Milliseconds.
pub const MAX_WAIT_MS: u32 = 10_000;

/// Bytes.
const MAX_LENGTH: usize = 256 * 1024;

/// What was answered.
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// Asks for a document that is open to everybody, for so many milliseconds at most.
///
/// # Errors
/// There is no answer, or it is none of success.
pub async fn get(url: &str, wait_ms: u32) -> Outcome<String> {
    let answer = send(url, None, wait_ms).await?;
    match answer.status {
        200 => Ok(answer.body),
        429 | 500.. => Err(Failure::Failing),
        status => {
            Err(Failure::Wrong(["a document of the provider is not there: status ", &status.to_string()].concat()))
        }
    }
}

/// Sends a form; it follows no redirect, as it holds what nobody else should see.
///
/// # Errors
/// There is no answer.
pub async fn post(url: &str, form: &str) -> Outcome<Answer> {
    send(url, Some(form), MAX_WAIT_MS).await
}

/// What the browser answers to `request`.
///
/// # Errors
/// What it was rejected with.
pub async fn fetch(request: &Request) -> Outcome<Response> {
    let window = web_sys::window().ok_or(Failure::Unreachable)?;
    let answer = JsFuture::from(window.fetch_with_request(request)).await.map_err(Failure::Rejected)?;
    answer.dyn_into().map_err(|_| Failure::Unreachable)
}

/// The body of an answer, not longer than `max_length` bytes; `None` where it is.
///
/// # Errors
/// It broke off.
pub async fn body(response: &Response, max_length: usize) -> Outcome<Option<String>> {
    let announced = response.headers().get("content-length").ok().flatten().and_then(|length| length.parse().ok());
    if announced.is_some_and(|length: usize| length > max_length) {
        return Ok(None);
    }
    let promise = response.text().map_err(Failure::Rejected)?;
    let body = JsFuture::from(promise).await.map_err(Failure::Rejected)?.as_string().unwrap_or_default();
    Ok(Some(body).filter(|body| body.len() <= max_length))
}

async fn send(url: &str, form: Option<&str>, wait_ms: u32) -> Outcome<Answer> {
    let controller = AbortController::new().map_err(|_| Failure::Unreachable)?;
    let has_timed_out = Rc::new(Cell::new(false));
    let _timeout = {
        let (controller, has_timed_out) = (controller.clone(), Rc::clone(&has_timed_out));
        Timeout::new(wait_ms, move || {
            has_timed_out.set(true);
            controller.abort();
        })
    };
    exchange(url, form, &controller).await.map_err(|failure| match failure {
        Failure::Rejected(_) if has_timed_out.get() => Failure::TimedOut,
        Failure::Rejected(_) => Failure::Unreachable,
        other => other,
    })
}

async fn exchange(url: &str, form: Option<&str>, controller: &AbortController) -> Outcome<Answer> {
    let headers = Headers::new().map_err(Failure::Rejected)?;
    let init = RequestInit::new();
    _ = headers.append("accept", "application/json");
    if let Some(form) = form {
        _ = headers.append("content-type", "application/x-www-form-urlencoded");
        init.set_method("POST");
        init.set_body(&form.into());
        init.set_redirect(RequestRedirect::Error);
    }
    init.set_headers(&headers);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&controller.signal()));
    let unsendable = |_| Failure::wrong("an address of the provider cannot be sent to");
    let response = fetch(&Request::new_with_str_and_init(url, &init).map_err(unsendable)?).await?;
    let Some(body) = body(&response, MAX_LENGTH).await? else {
        controller.abort();
        return Err(Failure::wrong("an answer of the provider is too long"));
    };
    Ok(Answer { status: response.status(), body })
}
