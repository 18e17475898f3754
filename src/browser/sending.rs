//! What the machine asks of the provider, carried out: each request with the one before it, one answer for all of an ask.
//!
//! ```text
//! ask --> requests, side by side (in turn, where a cookie holds the session) --> one outcome --> Responded
//! ```
//! What an answer means is decided in `session::protocol`.

use super::{
    clock,
    driver::Driver,
    http,
    spawn::{Work, spawn},
    surroundings::{address_parameters, cookies},
};
use crate::config::{Request, Root};
use crate::session::{
    Ask, Event, HttpFailure, HttpResponse, Outcome, RequestId, Values, passkey,
    protocol::{self, MAX_ANSWER_LENGTH},
};
use futures_channel::oneshot;
use std::{cell::RefCell, rc::Rc};

impl Driver {
    /// Sends every request of `ask` at once, in order, and dispatches one answer for all.
    pub(super) fn send(&'static self, request: RequestId, ask: Ask) {
        let ask = Rc::new(ask);
        let count = protocol::requests_for(self.config, &ask).len();
        if count == 0 {
            // A revocation of tokens that there are not: nobody has confirmed anything.
            return self.queue.borrow_mut().push_back(Event::Responded {
                request,
                outcome: Outcome::Refused,
                jitter: clock::jitter(),
            });
        }
        let so_far = Rc::new(RefCell::new((count, None::<Outcome>)));
        for index in 0..count {
            let (driver, ask, so_far) = (self, Rc::clone(&ask), Rc::clone(&so_far));
            let turn = self.take_turn();
            spawn(async move {
                let (before, ended) = turn.unzip();
                if let Some(before) = before.flatten() {
                    // Dropped, not sent: it has ended all the same.
                    _ = before.await;
                }
                let outcome = driver.exchange(&ask, index).await;
                drop(ended);
                let (left, combined) = {
                    let mut so_far = so_far.borrow_mut();
                    so_far.0 -= 1;
                    let combined = match so_far.1.take() {
                        None => outcome,
                        Some(earlier) => protocol::both(earlier, outcome),
                    };
                    (so_far.0, combined)
                };
                if left > 0 {
                    so_far.borrow_mut().1 = Some(combined);
                } else {
                    if matches!(*ask, Ask::Refresh { .. } | Ask::UserInfo { .. }) {
                        // What others did meanwhile comes first: they may have signed out, or in.
                        driver.catch_up().await;
                    }
                    driver.explain(kind(&ask), &combined);
                    driver.dispatch(Event::Responded { request, outcome: combined, jitter: clock::jitter() });
                }
            });
        }
    }

    /// The browser has one cookie: each request goes out when the one before it has come to its end, and sees what that made
    /// of it. Tokens are named in each request, so there it makes no difference.
    fn take_turn(&self) -> Option<(Option<oneshot::Receiver<()>>, oneshot::Sender<()>)> {
        self.owed.as_ref()?;
        let (ended, next) = oneshot::channel();
        Some((self.turn.replace(Some(next)), ended))
    }

    async fn exchange(&'static self, ask: &Ask, index: usize) -> Outcome {
        self.try_exchange(ask, index).await.unwrap_or_else(|outcome| *outcome)
    }

    async fn try_exchange(&'static self, ask: &Ask, index: usize) -> Result<Outcome, Box<Outcome>> {
        let requests = protocol::requests_for(self.config, ask);
        let Some(request) = requests.get(index) else { return Ok(Outcome::Revoked) };
        let store = self.store.values_untracked();
        let url = address_parameters();
        let first_cookies = cookies();
        let mut values = Values { store: Some(&store), url: &url, cookies: &first_cookies, ..protocol::values_of(ask) };
        let signed;
        let brought;
        // A second step may ask for a code too.
        if self.config.provider.redirect.is_some() && request.binds(Root::Form, "code") {
            brought = self.bring(values.form).await?;
            values.form = Some(&brought);
        }
        if let Some(form) = values.form.filter(|form| passkey::is_by(form)) {
            signed = if passkey::is_to_be_signed(form) {
                passkey::signed(&self.sign(false).await?)
            } else {
                passkey::signed(form)
            };
            values.passkey = signed.as_ref().map(|(passkey, _)| passkey);
            values.challenge = signed.as_ref().map(|(_, answer)| answer);
        }
        let before;
        if let Some(first) = &request.before {
            let answer = self.post(ask, first, values, false)?.await;
            before = protocol::read_before(self.config, ask, first, answer, clock::now())?;
            values.before = Some(&before);
        }
        // The one that came first may have set another.
        let cookies = cookies();
        values.cookies = &cookies;
        let answer = self.post(ask, request, values, true)?.await;
        Ok(protocol::read(self.config, ask, request, answer, clock::now()))
    }

    /// Writes one request and sends it; what comes before another is always a plain fetch.
    fn post(
        &self,
        ask: &Ask,
        request: &Request,
        values: Values<'_>,
        is_wired: bool,
    ) -> Result<Work<Result<HttpResponse, HttpFailure>>, Box<Outcome>> {
        let written = protocol::write(request, &self.config.provider.authorize, values);
        let mut http = written.map_err(|missing| Box::new(protocol::unsendable(&missing)))?;
        http.keepalive = matches!(ask, Ask::Revoke { .. });
        let wire = if is_wired { self.wire(kind(ask), &http, values.tokens) } else { None };
        Ok(http::send(http, MAX_ANSWER_LENGTH, wire))
    }
}

/// What an ask is called.
const fn kind(ask: &Ask) -> &'static str {
    match ask {
        Ask::SignIn { .. } => "sign_in",
        Ask::Refresh { .. } => "refresh",
        Ask::UserInfo { .. } => "user_info",
        Ask::Revoke { .. } => "revoke",
    }
}
