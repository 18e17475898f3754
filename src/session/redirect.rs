//! Signing in on the provider's own pages (RFC 6749 §4.1, RFC 7636), as the session sees it.
//!
//! ```text
//! a button, or the start ----> SignInSubmitted { form: the way to go }       leaves the page, or opens a window or a frame
//! the address at the return -> SignInSubmitted { form: what stood in it }
//!                 either way:  arrival --> the form of the configured `sign_in`: code, code_verifier, redirect_uri
//! ```
//! From there on it is the sign-in of every provider. What stands between address and form (state, nonce, PKCE, issuer) is
//! decided in `oidc`, a program of its own that is fetched only where a config has a `redirect`; here is what it answers.

use super::{
    event::{Form, Outcome},
    tokens::StoredSession,
    view::{Gate, SessionView},
};
use crate::config::{Config, OtherProvider, Redirect, read_json};
use serde_json::Value;
use std::mem::ManuallyDrop;

/// Why a redirect brought nobody back signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectProblem {
    /// The person said no at the provider, or left its page.
    Cancelled,
    /// It took longer than ten minutes, or the code was too old for the provider; or a second step was.
    Lapsed,
    /// This answer was used before: a reload, Back, a bookmark.
    Used,
    /// It was not started in this tab: another one's, or forged.
    Stray,
    /// The device's clock is so far off that nothing can be checked.
    Clock,
    /// The provider does not accept what a passkey has signed.
    Passkey,
    /// Nobody was to be asked, and the provider would have had to ask. Nothing to complain about.
    Silent,
}

/// How to get to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In place of this page.
    Page,
    /// In a window of its own.
    Popup,
    /// In a hidden frame, asking nobody.
    Silent,
}

impl Way {
    const FIELD: &str = "way";

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Popup => "popup",
            Self::Silent => "silent",
        }
    }

    /// How a button goes.
    #[must_use]
    pub const fn of_button(redirect: &Redirect) -> Self {
        if redirect.is_popup { Self::Popup } else { Self::Page }
    }

    /// What the page goes itself when the login page is reached, without anybody pressing anything: not where there is
    /// something to say, or who has just signed out would be signed in again.
    #[must_use]
    pub fn unasked(redirect: &Redirect, view: &SessionView) -> Option<Self> {
        let is_quiet = view.gate == Gate::Closed && view.reason.is_none() && view.problem.is_none();
        match redirect {
            _ if !is_quiet || view.is_signing_in => None,
            // Who is known there is back at once: no frame need ask first.
            Redirect { is_automatic: true, .. } => Some(Self::Page),
            Redirect { is_silent: true, .. } => Some(Self::Silent),
            Redirect { .. } => None,
        }
    }

    /// As the form of a submit.
    #[must_use]
    pub fn form(self, way_back: &str) -> Form {
        Form(vec![(Self::FIELD.into(), self.as_str().into()), (RETURN_TO.into(), way_back.into())])
    }
}

const RETURN_TO: &str = "return_to";
const ARRIVAL: &str = "arrival";

/// What stood in the address at the return, as the form of a submit.
#[must_use]
pub fn returned(query: String) -> Form {
    Form(vec![(ARRIVAL.into(), query)])
}

/// What a submit of a provider with a `redirect` asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'f> {
    /// To go there, and then to which page.
    ToGo(&'static str, &'f str),
    /// To read what stood in the address.
    ToRead(&'f str),
}

impl<'f> Wanted<'f> {
    /// Of the form of a submit; a refresh has none, and asks nobody.
    #[must_use]
    pub fn of(form: Option<&'f Form>) -> Self {
        let value = |name| form.and_then(|form| form.value(name));
        match (value(ARRIVAL), value(Way::FIELD)) {
            (Some(query), _) => Self::ToRead(query),
            (None, Some("page")) => Self::ToGo("page", value(RETURN_TO).unwrap_or_default()),
            (None, Some("popup")) => Self::ToGo("popup", value(RETURN_TO).unwrap_or_default()),
            (None, _) => Self::ToGo("silent", ""),
        }
    }
}

/// What came of the redirect.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrival {
    /// `code`, `code_verifier` and `redirect_uri` of the sign-in; or the outcome that ends it.
    pub form: Result<Form, Box<Outcome>>,
    /// The page that was asked for before it; to be parsed like any other.
    pub way_back: Option<String>,
}

impl Arrival {
    /// Reads what the redirect's own program says of it.
    #[must_use]
    pub fn read(json: &str) -> Self {
        let said = read_json(json).unwrap_or_default();
        let text = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
        let form = if let Some(Value::Object(fields)) = said.get("form") {
            let fields = fields.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
            Ok(Form(fields.collect()))
        } else {
            let detail = text("detail").unwrap_or_default();
            Err(Box::new(outcome(&text("problem").unwrap_or_default(), detail)))
        };
        Self { form, way_back: text(RETURN_TO) }
    }
}

fn outcome(problem: &str, detail: String) -> Outcome {
    match problem {
        "cancelled" => Outcome::Unreturned(RedirectProblem::Cancelled),
        "lapsed" => Outcome::Unreturned(RedirectProblem::Lapsed),
        "used" => Outcome::Unreturned(RedirectProblem::Used),
        "stray" => Outcome::Unreturned(RedirectProblem::Stray),
        "silent" => Outcome::Unreturned(RedirectProblem::Silent),
        "clock" => Outcome::Unreturned(RedirectProblem::Clock),
        "passkey" => Outcome::Unreturned(RedirectProblem::Passkey),
        "failing" => Outcome::Failing { retry_at: None },
        "unreachable" => Outcome::Unreachable,
        "timed_out" => Outcome::TimedOut,
        _ => Outcome::Unintelligible { detail },
    }
}

/// Which of several providers this page speaks to: the one that the address comes back from, the one that a stored session
/// is of, the one that was asked for, else the first. The others become buttons. `None`: there is none. `stored`: what is in each of
/// the places where a session may be.
///
/// Anybody can write a link that asks for a provider: it must not put another session in place of the one that there is.
#[must_use]
pub fn choose(configs: Vec<Config>, path: &str, wanted: Option<&str>, stored: &[String]) -> Option<Config> {
    // A page reads its config once, and taking one apart is a kilobyte of code.
    let mut configs = ManuallyDrop::new(configs);
    let keeps = |identity: &str| stored.iter().any(|record| StoredSession::from_json(record, identity).is_some());
    let (mut index, mut best) = (0, 0);
    for (place, Config { provider, .. }) in configs.iter().enumerate() {
        let rest = provider.redirect.as_ref().and_then(|redirect| path.strip_prefix(redirect.path.as_str()));
        let claim = match rest {
            Some("" | SIGNED_OUT | FRONT_CHANNEL) => 3,
            _ if keeps(&provider.identity) => 2,
            _ if wanted == Some(provider.name.as_str()) => 1,
            _ => 0,
        };
        if claim > best {
            (index, best) = (place, claim);
        }
    }
    if configs.is_empty() {
        return None;
    }
    let mut chosen = configs.remove(index);
    for Config { provider, .. } in &**configs {
        let label = provider.redirect.as_ref().map(|redirect| redirect.label.clone());
        chosen.others.push(OtherProvider { name: provider.name.clone(), label, identity: provider.identity.clone() });
    }
    Some(chosen)
}

/// Whether a record is of a session that one of the other providers has granted: what [`choose`] would choose.
#[must_use]
pub fn is_of_another(record: &str, others: &[OtherProvider]) -> bool {
    others.iter().any(|other| StoredSession::from_json(record, &other.identity).is_some())
}

/// Behind a redirect path: where a sign-out comes back to.
pub const SIGNED_OUT: &str = "/signed-out";
/// Behind a redirect path: where the provider says that it has signed somebody out.
pub const FRONT_CHANNEL: &str = "/front-channel";
