//! Reading: what an answer means. It classifies and draws no consequences; those are `advance.rs`.
//!
//! ```text
//! a challenge (any status)                     Challenged
//! success with an access token                 Granted
//! success without one, or not JSON             Unintelligible: an empty 200 is nobody's success
//!   but with a code where codes are told       Refused at sign-in; Ended, if it is in `session_ended`
//! 429 / 408, 425 / 5xx                         RateLimited / Later / Failing, with Retry-After
//! 4xx as an HTML page                          Walled: a firewall or captive portal spoke
//! 4xx whose code is in `session_ended`         Ended      (RFC 6749 §5.2: `invalid_grant`)
//! any other 4xx that the provider wrote        Refused    (told by its code, or a bare 401)
//! a 4xx that nobody signed                     Unintelligible; a refused sign-in all the same
//! no answer                                    Offline, Unreachable, TimedOut
//! ```

use super::{Challenged, Grant, HttpFailure, HttpResponse, REDIRECTED};
use crate::{
    config::{Config, Expiry, MissingValue, Place, Provider, Request, Success, TokenPlaces, read_json, write_number},
    session::{
        claims,
        event::{Ask, Kept, Outcome},
        passkey,
        redirect::RedirectProblem,
        time::Timestamp,
        tokens::{AccessToken, Freshness, IdToken, RefreshToken},
    },
};
use serde_json::Value;

/// What the answer of a `before` request binds: its JSON, else its text.
///
/// # Errors
/// What its refusal means to `ask`.
pub fn read_before(
    config: &Config,
    ask: &Ask,
    request: &Request,
    answer: Result<HttpResponse, HttpFailure>,
    now: Timestamp,
) -> Result<Value, Box<Outcome>> {
    let response = answer.map_err(|failure| Box::new(no_answer(failure)))?;
    let json = read_json(&response.body);
    let answer = Answer { response: &response, json: json.as_ref() };
    if !answer.is_success(request) {
        return Err(Box::new(match answer.refusal(config, ask, request, now) {
            // What it was to be sent before was never sent: nothing is revoked, and no password is wrong.
            Outcome::Revoked | Outcome::Refused if !matches!(ask, Ask::UserInfo { .. } | Ask::Refresh { .. }) => {
                unintelligible("`before` was refused")
            }
            outcome => outcome,
        }));
    }
    Ok(json.unwrap_or_else(|| Value::from(response.body)))
}

/// Whether an answer counts as success for the request that it answers.
#[must_use]
pub fn is_success(request: &Request, response: &HttpResponse, json: Option<&Value>) -> bool {
    Answer { response, json }.is_success(request)
}

/// The text at one place of an answer, as it would be kept.
#[cfg(feature = "operator")]
#[must_use]
pub fn text_at(response: &HttpResponse, json: Option<&Value>, place: &Place) -> Option<String> {
    Answer { response, json }.text_at(place)
}

/// When an access token that has just arrived expires, by one way of telling. `None`: this way does not apply.
/// `Some(None)`: it applies, and says nothing.
#[cfg(feature = "operator")]
#[must_use]
pub fn expiry_by(
    response: &HttpResponse,
    json: Option<&Value>,
    expiry: &Expiry,
    access_token: &str,
    now: Timestamp,
) -> Option<Option<Timestamp>> {
    Answer { response, json }.expires_at(expiry, access_token, now)
}

/// What is said of an answer that only a wrong clock makes unbelievable.
const CLOCK: &str = "clock";

fn no_answer(failure: HttpFailure) -> Outcome {
    match failure {
        HttpFailure::Offline => Outcome::Offline,
        HttpFailure::Unreachable => Outcome::Unreachable,
        HttpFailure::TimedOut => Outcome::TimedOut,
        HttpFailure::TooLong => unintelligible("the answer is longer than 1 MB"),
        HttpFailure::Unsendable => unintelligible("a header with a character that no header can carry"),
        HttpFailure::Redirected => unintelligible(REDIRECTED),
        HttpFailure::Unverified(detail) if detail == CLOCK => Outcome::Unreturned(RedirectProblem::Clock),
        HttpFailure::Unverified(detail) => Outcome::Unintelligible { detail },
    }
}

/// What an answer to `request`, sent for `ask`, means.
#[must_use]
pub fn read(
    config: &Config,
    ask: &Ask,
    request: &Request,
    answer: Result<HttpResponse, HttpFailure>,
    now: Timestamp,
) -> Outcome {
    match read_answer(config, ask, request, answer, now) {
        // There was no password to be wrong.
        Outcome::Refused | Outcome::Ended if matches!(ask, Ask::SignIn { form, .. } if passkey::is_by(form)) => {
            Outcome::Unreturned(RedirectProblem::Passkey)
        }
        outcome => outcome,
    }
}

fn read_answer(
    config: &Config,
    ask: &Ask,
    request: &Request,
    answer: Result<HttpResponse, HttpFailure>,
    now: Timestamp,
) -> Outcome {
    let response = match answer {
        Ok(response) => response,
        // Servers that write pages answer so to a form, whatever comes of it.
        Err(HttpFailure::Redirected) if request.tokens.access_token.contains(&Place::Cookie) => match ask {
            Ask::SignIn { .. } => {
                return Outcome::Granted(Grant::in_cookie(config.provider.identity.clone(), now));
            }
            Ask::Revoke { .. } => return Outcome::Revoked,
            Ask::UserInfo { .. } | Ask::Refresh { .. } => return Outcome::Refused,
        },
        Err(failure) => return no_answer(failure),
    };
    let json = read_json(&response.body);
    let answer = Answer { response: &response, json: json.as_ref() };
    if matches!(ask, Ask::SignIn { .. })
        && let Some(challenge) = &config.provider.errors.challenge
        && let Some(body) = answer.json
        && let Some(found) = challenge.when.find(body)
        && challenge.equals.as_ref().map_or(!found.is_null(), |expected| expected == found)
    {
        return Outcome::Challenged(Challenged(body.clone()));
    }
    if let (Ask::SignIn { challenge: Some(_), .. }, Some(challenge)) = (ask, &config.provider.errors.challenge)
        && answer.codes(config).any(|code| challenge.expired.contains(&code))
    {
        return Outcome::Unreturned(RedirectProblem::Lapsed);
    }
    if !answer.is_success(request) {
        return answer.refusal(config, ask, request, now);
    }
    match ask {
        Ask::SignIn { .. } => answer.grant(config, ask, &request.tokens, now),
        Ask::Refresh { .. } => match answer.grant(config, ask, &request.tokens, now) {
            Outcome::Granted(grant) if !grant.is_said => {
                answer.refusal_in_disguise(config, ask).unwrap_or(Outcome::Walled)
            }
            outcome => outcome,
        },
        Ask::UserInfo { session } => answer.user(config, &session.tokens.secrets()),
        Ask::Revoke { .. } => Outcome::Revoked,
    }
}

/// The worse of two outcomes of a list of revocations: it is done when all are.
#[must_use]
pub fn both(first: Outcome, second: Outcome) -> Outcome {
    if matches!(first, Outcome::Revoked) { second } else { first }
}

/// A request that cannot be made, because a binding has no value.
#[must_use]
pub fn unsendable(missing: &MissingValue) -> Outcome {
    Outcome::Unintelligible { detail: missing.sentence() }
}

fn strange(status: u16) -> Outcome {
    Outcome::Unintelligible { detail: ["status ", &write_number(status.into())].concat() }
}

fn unintelligible(detail: &str) -> Outcome {
    Outcome::Unintelligible { detail: detail.to_owned() }
}

struct Answer<'a> {
    response: &'a HttpResponse,
    json: Option<&'a Value>,
}

impl Answer<'_> {
    /// 2xx, or a status that the config adds; and every place that the config names is there.
    fn is_success(&self, request: &Request) -> bool {
        let status = self.response.status;
        let has_status = (200..300).contains(&status) || request.ok.contains(&Success::Status(status));
        has_status
            && request.ok.iter().all(|success| match success {
                Success::Status(_) => true,
                Success::Present(pointer) => {
                    self.json.and_then(|json| pointer.find(json)).is_some_and(|found| !found.is_null())
                }
            })
    }

    fn refusal(&self, config: &Config, ask: &Ask, request: &Request, now: Timestamp) -> Outcome {
        let retry_at = self.response.retry_at(now);
        let codes = || self.codes(config);
        match self.response.status {
            429 => Outcome::RateLimited { retry_at },
            408 | 425 => Outcome::Later { retry_at },
            500.. => Outcome::Failing { retry_at },
            status @ 400..=499 => {
                // Some send error JSON as `text/html`: what reads as JSON is the provider's.
                if self.json.is_none() && self.response.is_html() && !(status == 401 && config.provider.is_in_cookie())
                {
                    return Outcome::Walled;
                }
                // RFC 7009 §2.2: a token that the provider does not know is as good as revoked. But who asks with
                // an expired token is refused for that, and nothing is known of the rest.
                if let Ask::Revoke { tokens } = ask
                    && (status == 401 || matches!(status, 400 | 403 | 404) && !tokens.access_token.is_in_cookie())
                {
                    let asks_in_vain = request.authorized && tokens.freshness(now, 0) == Freshness::Expired;
                    return if asks_in_vain { Outcome::Refused } else { Outcome::Revoked };
                }
                let has_ended = codes().any(|code| config.provider.errors.session_ended.contains(&code));
                if has_ended && matches!(status, 400 | 401 | 403) {
                    return Outcome::Ended;
                }
                // The provider's own word is told by its code, or by a 401 without one: some say no more. A bare 400
                // or 403 may be anybody's.
                if codes().next().is_some() || status == 401 {
                    return Outcome::Refused;
                }
                match ask {
                    // A wrong password comes as 400, 401, 403, 404 or 422, with JSON, text or nothing.
                    Ask::SignIn { .. } if !matches!(status, 405 | 406 | 413 | 415) => Outcome::Refused,
                    Ask::UserInfo { .. } if matches!(status, 403 | 404 | 410) => Outcome::Refused,
                    Ask::SignIn { .. } | Ask::Refresh { .. } | Ask::UserInfo { .. } | Ask::Revoke { .. } => {
                        strange(status)
                    }
                }
            }
            // A 2xx without what the config wants in it: some say "signed out" so.
            _ if matches!(ask, Ask::UserInfo { .. }) && self.json.is_some() => Outcome::Refused,
            status => self.refusal_in_disguise(config, ask).unwrap_or_else(|| strange(status)),
        }
    }

    fn codes(&self, config: &Config) -> impl Iterator<Item = String> {
        config.provider.errors.code.iter().filter_map(|place| self.text_at(place))
    }

    /// Some say no with status 200 (GraphQL, for one): then a code where the config looks for one tells.
    fn refusal_in_disguise(&self, config: &Config, ask: &Ask) -> Option<Outcome> {
        let has_ended = || self.codes(config).any(|code| config.provider.errors.session_ended.contains(&code));
        match ask {
            Ask::SignIn { .. } => self.codes(config).next().map(|_| Outcome::Refused),
            Ask::Refresh { .. } => has_ended().then_some(Outcome::Ended),
            // They grant nothing that could be missing.
            Ask::UserInfo { .. } | Ask::Revoke { .. } => None,
        }
    }

    fn grant(&self, config: &Config, ask: &Ask, places: &TokenPlaces, now: Timestamp) -> Outcome {
        let access_token = places.access_token.iter().find_map(|place| match place {
            Place::Cookie => Some(AccessToken::in_cookie(now)),
            written => self.text_at(written).map(AccessToken::new),
        });
        let Some(access_token) = access_token else {
            let disguised = self.refusal_in_disguise(config, ask);
            return disguised.unwrap_or_else(|| self.without_token(&places.access_token));
        };
        let id_token = self.first(&places.id_token);
        let Provider { user_info, redirect, .. } = &config.provider;
        let is_unasked = user_info.is_none();
        // OpenID Connect Core §5.4: where an access token comes along, what the scopes ask for is told by the UserInfo endpoint.
        let tells_all = is_unasked || redirect.is_none();
        let user = places
            .user
            .iter()
            .find_map(|place| self.value_at(place))
            .or_else(|| id_token.as_deref().filter(|_| tells_all).and_then(claims::payload))
            // A JWT that says who it is about: better than a nameless header, for display only.
            .or_else(|| {
                claims::payload(access_token.expose()).filter(|claims| is_unasked && claims.get("sub").is_some())
            });
        // Some put the token beside the name.
        let refresh_token = self.first(&places.refresh_token);
        let secrets = [Some(access_token.expose()), refresh_token.as_deref(), id_token.as_deref()];
        let secrets: Vec<&str> = secrets.into_iter().flatten().filter(|secret| !secret.is_empty()).collect();
        let user = user.map(|user| without(user, &secrets));
        let kept = config
            .store
            .iter()
            .map(|(name, pointer)| (name.clone(), self.json.and_then(|json| pointer.find(json)).cloned()));
        Outcome::Granted(Grant {
            provider: config.provider.identity.clone(),
            refresh_token: refresh_token.map(RefreshToken::new),
            expires_at: places
                .expires
                .iter()
                .find_map(|expiry| self.expires_at(expiry, access_token.expose(), now))
                .flatten(),
            access_token,
            id_token: id_token.map(IdToken::new),
            user,
            kept: Kept(kept.collect()),
            is_said: (self.json.is_some() || !self.response.is_html()) && self.codes(config).next().is_none(),
        })
    }

    fn user(&self, config: &Config, secrets: &[&str]) -> Outcome {
        let Some(json) = self.json else {
            return if self.response.is_html() { Outcome::Walled } else { unintelligible("a user that is not JSON") };
        };
        let found = config.provider.user_info.as_ref().and_then(|probe| probe.user.find(json));
        match found {
            // 200 with `null` is how some say "signed out".
            _ if json.is_null() => Outcome::Refused,
            Some(Value::Null) => Outcome::Refused,
            Some(user) => Outcome::User(without(user.clone(), secrets)),
            None => unintelligible("no user where `user_info` says"),
        }
    }

    /// Says what an operator needs to know, and nothing that was in the answer.
    fn without_token(&self, places: &[Place]) -> Outcome {
        if self.response.is_html() && self.json.is_none() {
            return Outcome::Walled;
        }
        let places: Vec<String> = places.iter().map(Place::as_written).collect();
        let what = if self.response.body.trim_ascii().is_empty() {
            "an empty answer"
        } else if self.json.is_none() {
            "an answer that is not JSON"
        } else {
            "an answer"
        };
        let (status, places) = (write_number(self.response.status.into()), places.join(", "));
        Outcome::Unintelligible {
            detail: ["status ", &status, ", ", what, " without an access token at ", &places].concat(),
        }
    }

    fn first(&self, places: &[Place]) -> Option<String> {
        places.iter().find_map(|place| self.text_at(place))
    }

    fn text_at(&self, place: &Place) -> Option<String> {
        match self.value_at(place)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.as_str().to_owned()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
        .filter(|text| !text.is_empty())
    }

    fn value_at(&self, place: &Place) -> Option<Value> {
        match place {
            Place::Pointer(pointer) => pointer.find(self.json?).filter(|found| !found.is_null()).cloned(),
            Place::Header(name) => {
                let value = self.response.header(name)?.trim_ascii();
                let bare = match value.split_at_checked(7) {
                    Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer ") => rest.trim_ascii(),
                    _ => value,
                };
                Some(bare.into())
            }
            // Told from a page and from JSON by itself: some send a bare token as `text/html`.
            Place::Body => {
                let text = self.response.body.trim_ascii();
                let is_bare = !text.starts_with(['<', '{', '[']) && !text.contains(|c: char| c.is_ascii_whitespace());
                is_bare.then(|| text.into())
            }
            // The browser keeps it; there is nothing to read.
            Place::Cookie => None,
        }
    }

    /// `None`: this way of telling does not apply. `Some(None)`: it applies, and says nothing.
    #[expect(clippy::option_option, reason = "a list of ways is tried in turn, and `never` ends the search")]
    fn expires_at(&self, expiry: &Expiry, access_token: &str, now: Timestamp) -> Option<Option<Timestamp>> {
        match expiry {
            Expiry::In { place, unit_ms } => {
                let span = self.number_at(place)?.saturating_mul(*unit_ms);
                Some((span > 0).then(|| now.after_ms(span)))
            }
            Expiry::At { place, unit_ms } => {
                Some(in_the_future(Timestamp(self.number_at(place)?.saturating_mul(*unit_ms)), now))
            }
            Expiry::AtIso(place) => Some(in_the_future(Timestamp::parse(&self.text_at(place)?)?, now)),
            Expiry::Jwt => {
                let claims = claims::payload(access_token)?;
                let seconds = |name: &str| claims.get(name).and_then(whole_number);
                let expires = seconds("exp")?.saturating_mul(1000);
                match seconds("iat") {
                    // The span is right whatever our clock says: it may be wrong by a day.
                    Some(issued) if issued.saturating_mul(1000) < expires => {
                        Some(Some(now.after_ms(expires - issued * 1000)))
                    }
                    _ => Some(in_the_future(Timestamp(expires), now)),
                }
            }
            Expiry::After(span_ms) => Some(Some(now.after_ms(*span_ms))),
            Expiry::Never => Some(None),
        }
    }

    fn number_at(&self, place: &Place) -> Option<u64> {
        whole_number(&self.value_at(place)?)
    }
}

/// A token that has just arrived has not expired: then a clock is wrong, and only a 401 can tell.
fn in_the_future(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    (at > now).then_some(at)
}

/// A user without the tokens that stand in it: **never** is one shown or bound to a page.
fn without(mut user: Value, secrets: &[&str]) -> Value {
    match &mut user {
        Value::Object(members) => {
            members.retain(|_, member| !member.as_str().is_some_and(|text| secrets.contains(&text)));
            for (_, member) in members {
                *member = without(member.take(), secrets);
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without(item.take(), secrets);
            }
        }
        Value::String(text) if secrets.contains(&text.as_str()) => return Value::Null,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    user
}

/// Numbers may arrive as strings, and with a fraction.
fn whole_number(value: &Value) -> Option<u64> {
    let digits = match value {
        Value::Number(number) => number.as_str().to_owned(),
        Value::String(text) => text.trim_ascii().to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let whole = digits.split('.').next()?.parse().ok();
    // In scientific notation the digits before the point are another number.
    whole.filter(|_| !digits.bytes().any(|b| b.eq_ignore_ascii_case(&b'e')))
}
