//! A `fetch` with eyes: finds the address of an endpoint that is named by its issuer, shows that a token is ours, and believes no
//! answer whose ID token it does not believe.

use super::{
    Oidc,
    failing::{Failure, Outcome},
    fetching,
    promise::{either, member, object, promised, settled},
    verifying::{self, Received},
};
use crate::{
    browser::spawn::Work,
    config::read_json,
    oidc::{dpop, id_token},
    session::protocol::MAX_ANSWER_LENGTH,
};
use js_sys::{Error, Promise, Uint8Array};
use serde_json::Value;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, Event, Headers, Request, RequestInit, Response};

const NONCE: &str = "dpop-nonce";

impl Oidc {
    /// Sends `request`, which is of a `kind` (`sign_in`, `refresh`, `user_info`, `revoke`, ...), for the session of `id_token` or, where that is
    /// empty, of nobody. The answer is as `fetch` has it. Rejects with an `Error` where there is none, and with text where it must
    /// not be believed.
    pub fn exchange(self: &Rc<Self>, kind: String, request: Request, id_token: String) -> Promise {
        let aborted = aborted(&request.signal());
        // RFC 9449 §5 and §7: where tokens are asked for, and where one is presented.
        let authorization = request.headers().get("authorization").ok().flatten().unwrap_or_default();
        let wants_proof = matches!(kind.as_str(), "sign_in" | "refresh") || authorization.starts_with("DPoP ");
        let with_dpop = self.settings.dpop && wants_proof;
        let oidc = Rc::clone(self);
        let work = promised(Box::pin(async move {
            let answer = oidc.carry_out(&kind, &request, &id_token, with_dpop).await;
            answer.map(JsValue::from).map_err(|failure| failure.into_rejection())
        }));
        promised(Box::pin(async move {
            either(&work, &aborted)
                .await
                .map_err(|reason| if reason.is_instance_of::<Event>() { Error::new("aborted").into() } else { reason })
        }))
    }

    async fn carry_out(
        self: &Rc<Self>,
        kind: &str,
        request: &Request,
        id_token: &str,
        with_dpop: bool,
    ) -> Outcome<Response> {
        let Some(address) = self.provider.resolve(&request.url()).await? else {
            if kind == "revoke" {
                // A provider that takes nothing back is no reason to keep anybody from signing out.
                return empty(204);
            }
            return Err(Failure::wrong("the provider's metadata does not name the endpoint that the config asks for"));
        };
        let request = Sent::read(request, address).await?;
        // Out of memory now, whatever comes of it: a code is good once.
        let pending = match kind {
            "sign_in" | "refresh" => self.granted.borrow_mut().take(&request.body),
            _ => None,
        };
        if pending.as_ref().is_some_and(|pending| !pending.nonce.is_empty()) {
            // Needed in a moment; what comes of it is heard then.
            let provider = Rc::clone(&self.provider);
            _ = promised(Box::pin(async move {
                _ = provider.keys().await;
                Ok(JsValue::UNDEFINED)
            }));
        }
        let response = self.send(&request, with_dpop).await?;
        let is_granting = matches!(kind, "sign_in" | "refresh");
        let is_about_somebody = kind == "user_info" && !id_token.is_empty();
        if !response.ok() || !is_granting && !is_about_somebody {
            return Ok(response);
        }
        let body = copied_body(&response).await?;
        if is_about_somebody {
            id_token::same_subject(id_token, &body).map_err(verifying::failure)?;
            return Ok(response);
        }
        // What is no JSON grants nothing; the app says what it is.
        let Some(answer) = read_json(&body) else { return Ok(response) };
        if with_dpop && !is_bound(&answer) {
            return Err(Failure::wrong("the provider did not bind the tokens to the key: their type is not `DPoP`"));
        }
        if pending.is_none() && kind == "sign_in" {
            return Err(Failure::wrong("the sign-in that this answers did not begin in this tab"));
        }
        let nonce = pending.as_ref().map(|pending| pending.nonce.as_str()).filter(|nonce| !nonce.is_empty());
        let claims = match received(&answer, nonce, &request.address) {
            Some(received) => Some(verifying::believe(&self.provider, &self.settings, &received).await?),
            // OpenID Connect Core §3.1.3.3: there MUST be one where the scope has `openid`.
            None if nonce.is_some() => {
                return Err(Failure::wrong("the answer has no ID token, though the scope has `openid`"));
            }
            None => None,
        };
        match (pending, claims) {
            (Some(pending), claims) => {
                let is_same = |claims| id_token::same_person(id_token, claims, Some(&pending.nonce)).is_ok();
                if kind == "refresh" && !claims.as_ref().is_some_and(is_same) {
                    // Somebody else is signed in there by now, or nobody says who: this session is not renewed.
                    return empty(401);
                }
            }
            // OpenID Connect Core §12.2: there may be none; but one that is there must be of the same person.
            (None, Some(claims)) if !id_token.is_empty() => {
                id_token::same_person(id_token, &claims, None).map_err(verifying::failure)?;
            }
            (None, _) => {}
        }
        Ok(response)
    }

    async fn send(&self, request: &Sent, with_dpop: bool) -> Outcome<Response> {
        // Once: a server that is not content with its own nonce never will be.
        let mut may_ask_again = with_dpop;
        loop {
            let proof = if with_dpop {
                Some(self.prover.proof(&request.method, &request.address, request.token.as_deref()).await?)
            } else {
                None
            };
            let response = fetching::fetch(&request.build(proof.as_deref())?).await?;
            let nonce = if with_dpop { header(&response, NONCE) } else { None };
            if let Some(nonce) = &nonce {
                self.prover.hear(&request.address, nonce);
            }
            if !may_ask_again || !wants_another(request, &response, nonce.as_deref()).await? {
                return Ok(response);
            }
            may_ask_again = false;
        }
    }
}

/// A request as it was written, to be sent more than once.
struct Sent {
    method: String,
    address: String,
    headers: Headers,
    /// What `authorization` presents.
    token: Option<String>,
    body: Vec<u8>,
    init: RequestInit,
}

impl Sent {
    async fn read(request: &Request, address: String) -> Outcome<Self> {
        let body = request.clone().and_then(|request| request.array_buffer()).map_err(Failure::rejected)?;
        let body = Uint8Array::new(&settled(body).await.map_err(Failure::rejected)?).to_vec();
        let same = |name| (name, member(request, name));
        let sent = if body.is_empty() { JsValue::UNDEFINED } else { Uint8Array::from(body.as_slice()).into() };
        let init = object(&[
            ("cache", "no-store".into()),
            ("referrerPolicy", "no-referrer".into()),
            same("method"),
            same("credentials"),
            same("redirect"),
            same("signal"),
            same("keepalive"),
            ("body", sent),
        ]);
        let init = init.unchecked_into();
        let headers = request.headers();
        let authorization = headers.get("authorization").ok().flatten();
        let token = authorization.as_deref().and_then(|value| value.split_once(' '));
        let token = token.map(|(_, token)| token.trim_ascii().to_owned());
        Ok(Self { method: request.method(), address, headers, token, body, init })
    }

    fn build(&self, proof: Option<&str>) -> Outcome<Request> {
        let unsendable = |_| Failure::wrong("an address of the provider, or a header, cannot be sent");
        let headers = Headers::new_with_headers(&self.headers).map_err(unsendable)?;
        if let Some(proof) = proof {
            headers.set("DPoP", proof).map_err(unsendable)?;
        }
        self.init.set_headers(&headers);
        Request::new_with_str_and_init(&self.address, &self.init).map_err(unsendable)
    }
}

/// Whether the request is to be sent again, with the nonce that came.
async fn wants_another(request: &Sent, response: &Response, nonce: Option<&str>) -> Outcome<bool> {
    if nonce.is_none() {
        return Ok(false);
    }
    // An API may send the body of what it is asked for; only a token endpoint says it there.
    let body = if request.method == "POST" && matches!(response.status(), 400 | 401) {
        copied_body(response).await?
    } else {
        String::new()
    };
    let answer = read_json(&body);
    let error = answer.as_ref().and_then(|answer| answer.get("error")?.as_str());
    Ok(dpop::wants_nonce(response.status(), nonce, error, header(response, "www-authenticate").as_deref()))
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

/// RFC 9449 §5: who asked for bound tokens MUST NOT use others, or whoever steals them can.
fn is_bound(answer: &Value) -> bool {
    answer.get("token_type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("DPoP"))
}

/// The ID token in the answer of a token endpoint, with what came beside it.
fn received<'a>(answer: &'a Value, nonce: Option<&'a str>, address: &'a str) -> Option<Received<'a>> {
    let text = |key: &str| answer.get(key).and_then(Value::as_str);
    Some(Received { id_token: text("id_token")?, access_token: text("access_token"), nonce, address })
}

/// The body, in a way that leaves it to be read again.
fn copied_body(response: &Response) -> Work<Outcome<String>> {
    let copy = response.clone().map_err(Failure::rejected);
    Box::pin(async move {
        let body = fetching::body(&copy?, MAX_ANSWER_LENGTH).await?;
        body.ok_or_else(|| Failure::wrong("the answer is too long"))
    })
}

/// An answer that nobody has sent.
fn empty(status: u16) -> Outcome<Response> {
    let init = object(&[("status", status.into())]);
    Response::new_with_opt_str_and_init(None, init.unchecked_ref()).map_err(Failure::rejected)
}

/// Is rejected, with an event, when the request is aborted.
fn aborted(signal: &AbortSignal) -> Promise {
    Promise::new(&mut |_resolve, reject| {
        if signal.aborted() {
            _ = reject.call1(&JsValue::NULL, &Error::new("aborted"));
        } else {
            signal.set_onabort(Some(&reject));
        }
    })
}
