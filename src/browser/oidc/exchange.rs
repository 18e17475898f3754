//! A `fetch` with eyes: finds the address of an endpoint that is named by its issuer, shows that a token is ours, and believes no
//! answer whose ID token it does not believe.

use super::{
    Oidc,
    failing::{Failure, Outcome},
    fetching,
    promise::{either, member},
    verifying::{self, Received},
};
use crate::{
    browser::spawn,
    config::read_json,
    oidc::{Claims, Pending, dpop, id_token},
    session::protocol::MAX_ANSWER_LENGTH,
};
use js_sys::{Error, Promise, Reflect, Uint8Array};
use serde_json::Value;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{
    AbortSignal, Event, Headers, ReferrerPolicy, Request, RequestCache, RequestInit, Response, ResponseInit,
};

const NONCE: &str = "dpop-nonce";

impl Oidc {
    /// Sends `request`, which is of a `kind` (`sign_in`, `refresh`, `user_info`, `revoke`, ...), for the session of `id_token` or, where that is
    /// empty, of nobody. The answer is as `fetch` has it. Rejects with an `Error` where there is none, and with text where it must
    /// not be believed.
    pub fn exchange(self: &Rc<Self>, kind: String, request: Request, id_token: String) -> Promise {
        let aborted = aborted(&request.signal());
        // RFC 9449 §5 and §7: where tokens are asked for, and where one is presented.
        let authorization = request.headers().get("authorization").ok().flatten().unwrap_or_default();
        let is_bound = matches!(kind.as_str(), "sign_in" | "refresh") || authorization.starts_with("DPoP ");
        let with_dpop = self.settings.dpop && is_bound;
        let oidc = Rc::clone(self);
        let work = future_to_promise(async move {
            let answer = oidc.carry_out(&kind, &request, &id_token, with_dpop).await;
            answer.map(JsValue::from).map_err(Failure::into_rejection)
        });
        future_to_promise(async move {
            either(&work, &aborted)
                .await
                .map_err(|reason| if reason.is_instance_of::<Event>() { Error::new("aborted").into() } else { reason })
        })
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
            "sign_in" | "refresh" => self.granted.borrow_mut().take(&String::from_utf8_lossy(&request.body)),
            _ => None,
        };
        if pending.as_ref().is_some_and(|pending| !pending.nonce.is_empty()) {
            // Needed in a moment; what comes of it is heard then.
            let provider = Rc::clone(&self.provider);
            spawn(async move { _ = provider.keys().await });
        }
        let response = self.send(&request, with_dpop).await?;
        if !response.ok() {
            return Ok(response);
        }
        match kind {
            "sign_in" | "refresh" => {
                // What is no JSON grants nothing; the app says what it is.
                let Some(answer) = read_json(&copied_body(&response).await?) else { return Ok(response) };
                if with_dpop && !is_bound(&answer) {
                    return Err(Failure::wrong(
                        "the provider did not bind the tokens to the key: their type is not `DPoP`",
                    ));
                }
                match pending {
                    Some(pending) => {
                        let claims = self.check_code(&pending, &request, &answer).await?;
                        let is_same = |claims| id_token::same_person(id_token, claims, Some(&pending.nonce)).is_ok();
                        if kind == "refresh" && !claims.as_ref().is_some_and(is_same) {
                            // Somebody else is signed in there by now, or nobody says who: this session is not renewed.
                            return empty(401);
                        }
                    }
                    None if kind == "refresh" => self.check_refresh(&request, &answer, id_token).await?,
                    None => return Err(Failure::wrong("the sign-in that this answers did not begin in this tab")),
                }
            }
            "user_info" if !id_token.is_empty() => {
                id_token::same_subject(id_token, &copied_body(&response).await?).map_err(verifying::failure)?;
            }
            _ => {}
        }
        Ok(response)
    }

    async fn send(self: &Rc<Self>, request: &Sent, with_dpop: bool) -> Outcome<Response> {
        if !with_dpop {
            return fetching::fetch(&request.build(None)?).await;
        }
        let response = self.send_proven(request).await?;
        if !self.wants_another(request, &response).await? {
            return Ok(response);
        }
        // Once: a server that is not content with its own nonce never will be.
        self.send_proven(request).await
    }

    async fn send_proven(self: &Rc<Self>, request: &Sent) -> Outcome<Response> {
        let authorization = request.headers.get("authorization").ok().flatten();
        let token = authorization.as_deref().and_then(|value| value.split_once(' ')).map(|(_, token)| token.trim());
        let proof = self.prover.proof(&request.method, &request.address, token).await?;
        let response = fetching::fetch(&request.build(Some(&proof))?).await?;
        if let Ok(Some(nonce)) = response.headers().get(NONCE) {
            self.prover.hear(&request.address, &nonce);
        }
        Ok(response)
    }

    async fn wants_another(&self, request: &Sent, response: &Response) -> Outcome<bool> {
        let header = |name: &str| response.headers().get(name).ok().flatten();
        let Some(nonce) = header(NONCE) else { return Ok(false) };
        // An API may send the body of what it is asked for; only a token endpoint says it there.
        let body = if request.method == "POST" && matches!(response.status(), 400 | 401) {
            copied_body(response).await?
        } else {
            String::new()
        };
        let answer = read_json(&body);
        let error = answer.as_ref().and_then(|answer| answer.get("error")?.as_str());
        Ok(dpop::wants_nonce(response.status(), Some(&nonce), error, header("www-authenticate").as_deref()))
    }

    /// What came for a code, to a sign-in or, by a hidden frame, to a session. Whom the ID token is of, where there is one.
    async fn check_code(&self, pending: &Pending, request: &Sent, answer: &Value) -> Outcome<Option<Claims>> {
        let nonce = Some(pending.nonce.as_str()).filter(|nonce| !nonce.is_empty());
        match received(answer, nonce, &request.address) {
            Some(received) => verifying::believe(&self.provider, &self.settings, &received).await.map(Some),
            // OpenID Connect Core §3.1.3.3: there MUST be one where the scope has `openid`.
            None if nonce.is_some() => Err(Failure::wrong("the answer has no ID token, though the scope has `openid`")),
            None => Ok(None),
        }
    }

    async fn check_refresh(&self, request: &Sent, answer: &Value, id_token: &str) -> Outcome<()> {
        // OpenID Connect Core §12.2: there may be none; but one that is there must be of the same person.
        let Some(received) = received(answer, None, &request.address) else { return Ok(()) };
        let claims = verifying::believe(&self.provider, &self.settings, &received).await?;
        if id_token.is_empty() {
            return Ok(());
        }
        id_token::same_person(id_token, &claims, None).map_err(verifying::failure)
    }
}

/// A request as it was written, to be sent more than once.
struct Sent {
    method: String,
    address: String,
    headers: Headers,
    body: Vec<u8>,
    init: RequestInit,
}

impl Sent {
    async fn read(request: &Request, address: String) -> Outcome<Self> {
        let body = request.clone().and_then(|request| request.array_buffer()).map_err(Failure::Rejected)?;
        let body = Uint8Array::new(&JsFuture::from(body).await.map_err(Failure::Rejected)?).to_vec();
        let init = RequestInit::new();
        init.set_method(&request.method());
        init.set_cache(RequestCache::NoStore);
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        init.set_credentials(request.credentials());
        init.set_redirect(request.redirect());
        init.set_signal(Some(&request.signal()));
        if !body.is_empty() {
            init.set_body(&Uint8Array::from(body.as_slice()));
        }
        // web-sys knows it not.
        _ = Reflect::set(&init, &"keepalive".into(), &member(request, "keepalive"));
        Ok(Self { method: request.method(), address, headers: request.headers(), body, init })
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
async fn copied_body(response: &Response) -> Outcome<String> {
    let copy = response.clone().map_err(Failure::Rejected)?;
    let body = fetching::body(&copy, MAX_ANSWER_LENGTH).await?;
    body.ok_or_else(|| Failure::wrong("the answer is too long"))
}

/// An answer that nobody has sent.
fn empty(status: u16) -> Outcome<Response> {
    let init = ResponseInit::new();
    init.set_status(status);
    Response::new_with_opt_str_and_init(None, &init).map_err(Failure::Rejected)
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
