//! The module's own requests: metadata, key sets, pushed authorization requests. Each ends within ten seconds, and an answer
//! that is too long is not taken.

use super::{
    failing::{Failure, Outcome},
    promise::{member, object, settled},
};
use crate::{browser::spawn::Work, config::write_number};
use gloo_timers::callback::Timeout;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, Request, Response};

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
pub fn get(url: &str, wait_ms: u32) -> Work<Outcome<String>> {
    let answer = send(url, None, wait_ms);
    Box::pin(async move {
        let answer = answer.await?;
        match answer.status {
            200 => Ok(answer.body),
            429 | 500.. => Err(Failure::Failing.into()),
            status => {
                let status = write_number(status.into());
                Err(Failure::wrong(&["a document of the provider is not there: status ", &status].concat()))
            }
        }
    })
}

/// Sends a form; it follows no redirect, as it holds what nobody else should see.
///
/// # Errors
/// There is no answer.
pub fn post(url: &str, form: &str) -> Work<Outcome<Answer>> {
    send(url, Some(form), MAX_WAIT_MS)
}

/// What the browser answers to `request`.
///
/// # Errors
/// What it was rejected with.
pub fn fetch(request: &Request) -> Work<Outcome<Response>> {
    let answer = web_sys::window().map(|window| window.fetch_with_request(request));
    Box::pin(async move {
        let answer = settled(answer.ok_or(Failure::Unreachable)?).await;
        answer.map(JsCast::unchecked_into).map_err(Failure::rejected)
    })
}

/// The body of an answer, not longer than `max_length` bytes; `None` where it is.
///
/// # Errors
/// It broke off.
pub fn body(response: &Response, max_length: usize) -> Work<Outcome<Option<String>>> {
    let announced = response.headers().get("content-length").ok().flatten();
    let announced = announced.and_then(|length| length.parse::<u64>().ok());
    let is_too_long = announced.is_some_and(|length| length > max_length as u64);
    let body = if is_too_long { None } else { Some(response.text()) };
    Box::pin(async move {
        let Some(body) = body else { return Ok(None) };
        let body = settled(body.map_err(Failure::rejected)?).await.map_err(Failure::rejected)?;
        Ok(body.as_string().or_else(|| Some(String::new())).filter(|body| body.len() <= max_length))
    })
}

fn send(url: &str, form: Option<&str>, wait_ms: u32) -> Work<Outcome<Answer>> {
    let asked = request(url, form);
    Box::pin(async move {
        let (request, controller) = asked?;
        let has_timed_out = Rc::new(Cell::new(false));
        let _timeout = {
            let (controller, has_timed_out) = (controller.clone(), Rc::clone(&has_timed_out));
            Timeout::new(wait_ms, move || {
                has_timed_out.set(true);
                controller.abort();
            })
        };
        exchange(&request, &controller).await.map_err(|failure| match *failure {
            Failure::Rejected(_) if has_timed_out.get() => Failure::TimedOut.into(),
            Failure::Rejected(_) => Failure::Unreachable.into(),
            other => other.into(),
        })
    })
}

/// The request, and what ends it.
fn request(url: &str, form: Option<&str>) -> Outcome<(Request, AbortController)> {
    let controller = AbortController::new().map_err(|_| Failure::Unreachable)?;
    let accept = ("accept", "application/json".into());
    let (method, redirect, body, headers) = match form {
        Some(form) => {
            let kind = ("content-type", "application/x-www-form-urlencoded".into());
            ("POST", "error", form.into(), object(&[accept, kind]))
        }
        None => ("GET", "follow", JsValue::UNDEFINED, object(&[accept])),
    };
    let init = object(&[
        ("method", method.into()),
        ("redirect", redirect.into()),
        ("body", body),
        ("headers", headers.into()),
        ("cache", "no-store".into()),
        ("credentials", "omit".into()),
        ("referrerPolicy", "no-referrer".into()),
        ("signal", member(&controller, "signal")),
    ]);
    let request = Request::new_with_str_and_init(url, init.unchecked_ref());
    let request = request.map_err(|_| Failure::wrong("an address of the provider cannot be sent to"))?;
    Ok((request, controller))
}

async fn exchange(request: &Request, controller: &AbortController) -> Outcome<Answer> {
    let response = fetch(request).await?;
    let Some(body) = body(&response, MAX_LENGTH).await? else {
        controller.abort();
        return Err(Failure::wrong("an answer of the provider is too long"));
    };
    Ok(Answer { status: response.status(), body })
}
