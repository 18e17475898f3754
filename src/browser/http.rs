//! Sends one request and brings back its answer, or why there is none.
//!
//! Every request is bounded: after its timeout it is aborted. What an answer means is decided in `session::protocol`.

use crate::{
    config::{Credentials, Method},
    session::{HttpFailure, HttpRequest, HttpResponse},
};
use gloo_net::http::{Headers, Request, RequestBuilder};
use gloo_timers::callback::Timeout;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsValue;
use web_sys::{AbortController, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit};

/// Sends `request`; an answer longer than `max_length` bytes is not read.
pub async fn send(request: HttpRequest, max_length: usize) -> Result<HttpResponse, HttpFailure> {
    let controller = AbortController::new().map_err(|_| HttpFailure::Unreachable)?;
    let has_timed_out = Rc::new(Cell::new(false));
    let timeout = {
        let (controller, has_timed_out) = (controller.clone(), Rc::clone(&has_timed_out));
        Timeout::new(request.timeout_ms, move || {
            has_timed_out.set(true);
            controller.abort();
        })
    };
    let answer = exchange(request, &controller, max_length).await;
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
) -> Result<HttpResponse, HttpFailure> {
    let response = build(request, controller)
        .ok_or(HttpFailure::Unreachable)?
        .send()
        .await
        .map_err(|_| HttpFailure::Unreachable)?;
    let headers: Vec<(String, String)> = response.headers().entries().collect();
    let announced = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    if announced.is_some_and(|length: usize| length > max_length) {
        controller.abort();
        return Err(HttpFailure::TooLong);
    }
    let body = response.text().await.map_err(|_| HttpFailure::Unreachable)?;
    if body.len() > max_length {
        return Err(HttpFailure::TooLong);
    }
    Ok(HttpResponse { status: response.status(), headers, body })
}

fn build(request: HttpRequest, controller: &AbortController) -> Option<Request> {
    let headers = Headers::new();
    for (name, value) in &request.headers {
        headers.append(name, value);
    }
    let builder = RequestBuilder::new(&request.url)
        .method(match request.method {
            Method::Get => gloo_net::http::Method::GET,
            Method::Post => gloo_net::http::Method::POST,
            Method::Put => gloo_net::http::Method::PUT,
            Method::Patch => gloo_net::http::Method::PATCH,
            Method::Delete => gloo_net::http::Method::DELETE,
        })
        .headers(headers)
        .cache(RequestCache::NoStore)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .credentials(match request.credentials {
            Credentials::Omit => RequestCredentials::Omit,
            Credentials::SameOrigin => RequestCredentials::SameOrigin,
            Credentials::Include => RequestCredentials::Include,
        })
        .abort_signal(Some(&controller.signal()));
    let built = match request.body {
        Some(body) => builder.body(body),
        None => builder.build(),
    }
    .ok()?;
    if !request.keepalive {
        return Some(built);
    }
    // gloo-net stops short of `keepalive`, and web-sys has no setter for it.
    let init = RequestInit::new();
    js_sys::Reflect::set(&init, &JsValue::from_str("keepalive"), &JsValue::TRUE).ok()?;
    let built: web_sys::Request = built.into();
    web_sys::Request::new_with_request_and_init(&built, &init).ok().map(Request::from)
}
