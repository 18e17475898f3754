//! Sends one request and brings back its answer, or why there is none.
//!
//! Every request is bounded: after its timeout it is aborted. What an answer means is decided in `session::protocol`.

use super::{redirect::Wire, spawn::Work};
use crate::{
    config::Credentials,
    session::{HttpFailure, HttpRequest, HttpResponse},
};
use gloo_net::http::{Request, Response};
use gloo_timers::callback::Timeout;
use js_sys::{Reflect, Uint8Array};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStream, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestInit, RequestRedirect, ResponseType,
};

/// Some servers begin their JSON with it, and whoever reads that may skip it (RFC 8259 §8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Sends `request`, by a [`Wire`] where it takes more than a fetch; of an answer longer than `max_length` bytes no more is read.
pub fn send(request: HttpRequest, max_length: usize, wire: Option<Wire>) -> Work<Result<HttpResponse, HttpFailure>> {
    Box::pin(send_in_time(request, max_length, wire))
}

async fn send_in_time(
    request: HttpRequest,
    max_length: usize,
    wire: Option<Wire>,
) -> Result<HttpResponse, HttpFailure> {
    let controller = AbortController::new().map_err(|_| HttpFailure::Unreachable)?;
    let has_timed_out = Rc::new(Cell::new(false));
    let timeout = {
        let (controller, has_timed_out) = (controller.clone(), Rc::clone(&has_timed_out));
        Timeout::new(request.timeout_ms, move || {
            has_timed_out.set(true);
            controller.abort();
        })
    };
    let answer = exchange(request, &controller, max_length, wire).await;
    timeout.cancel();
    answer.map_err(|failure| match failure {
        HttpFailure::Unreachable if has_timed_out.get() => HttpFailure::TimedOut,
        HttpFailure::Unreachable if !is_online() => HttpFailure::Offline,
        other => other,
    })
}

/// Whether the browser believes that there is a network.
pub fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

async fn exchange(
    request: HttpRequest,
    controller: &AbortController,
    max_length: usize,
    wire: Option<Wire>,
) -> Result<HttpResponse, HttpFailure> {
    let request = build(&request, controller)?;
    let response = match wire {
        None => request.send().await.map_err(|_| HttpFailure::Unreachable)?,
        Some(wire) => Response::from(wire.send(&web_sys::Request::from(request)).await?),
    };
    if response.type_() == ResponseType::Opaqueredirect {
        return Err(HttpFailure::Redirected);
    }
    let headers: Vec<(String, String)> = response.headers().entries().collect();
    let body = read(response.body(), max_length).await.inspect_err(|_| controller.abort())?;
    Ok(HttpResponse { status: response.status(), headers, body })
}

/// What comes, as text; no more is read as soon as it is too long.
async fn read(body: Option<ReadableStream>, max_length: usize) -> Result<String, HttpFailure> {
    let mut read = Vec::new();
    if let Some(body) = body {
        let parts: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        loop {
            let part = JsFuture::from(parts.read()).await.map_err(|_| HttpFailure::Unreachable)?;
            let part = Reflect::get(&part, &JsValue::from_str("value")).unwrap_or_default();
            if part.is_undefined() {
                break;
            }
            read.append(&mut part.unchecked_into::<Uint8Array>().to_vec());
            if read.len() > max_length {
                return Err(HttpFailure::TooLong);
            }
        }
    }
    if read.starts_with(BYTE_ORDER_MARK) {
        read.drain(..BYTE_ORDER_MARK.len());
    }
    // What is no UTF-8 is JSON of an old server: each byte is a letter of Latin-1.
    Ok(String::from_utf8(read).unwrap_or_else(|bytes| bytes.as_bytes().iter().copied().map(char::from).collect()))
}

/// A request that somebody else sends.
pub fn request(request: &HttpRequest) -> Result<web_sys::Request, HttpFailure> {
    let controller = AbortController::new().map_err(|_| HttpFailure::Unreachable)?;
    Ok(web_sys::Request::from(build(request, &controller)?))
}

/// By hand: gloo-net's builder ends every address that has a query with a `&` of its own, and knows no `keepalive`.
fn build(request: &HttpRequest, controller: &AbortController) -> Result<Request, HttpFailure> {
    let headers = web_sys::Headers::new().map_err(|_| HttpFailure::Unreachable)?;
    for (name, value) in &request.headers {
        headers.append(name, value).map_err(|_| HttpFailure::Unsendable)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_headers(&headers);
    init.set_cache(RequestCache::NoStore);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_credentials(match request.credentials {
        Credentials::Omit => RequestCredentials::Omit,
        Credentials::SameOrigin => RequestCredentials::SameOrigin,
        Credentials::Include => RequestCredentials::Include,
    });
    init.set_signal(Some(&controller.signal()));
    if let Some(body) = &request.body {
        init.set_body(&JsValue::from_str(body));
    }
    if request.keepalive {
        _ = Reflect::set(&init, &JsValue::from_str("keepalive"), &JsValue::TRUE);
    }
    if !request.follows_redirects {
        init.set_redirect(RequestRedirect::Manual);
    }
    let request = web_sys::Request::new_with_str_and_init(&request.url, &init);
    request.map(Request::from).map_err(|_| HttpFailure::Unsendable)
}
