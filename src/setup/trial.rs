//! A try of one request: which one, what was seen, and what it says of the config.
//!
//! ```text
//!                 .--> failing.rs    there is no answer, and why
//! Trial --examine-+--> answering.rs  what the answer says, places by place
//!                 '--> wording.rs    what the app would do
//! ```

use super::{
    answering, failing,
    masking::Veil,
    probing::{Echo, Probe},
    report::Report,
    wording,
};
use crate::{
    config::{Config, Query, Request, read_json},
    session::{
        AccessToken, Ask, HttpFailure, HttpRequest, HttpResponse, IdToken, Outcome, QueryProblem, RefreshToken,
        Timestamp, Tokens, protocol, read_before_rows, read_rows,
    },
};
use serde_json::Value;

/// Which of the config's requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `provider.sign_in`.
    SignIn,
    /// `provider.user_info`.
    UserInfo,
    /// `provider.refresh`.
    Refresh,
    /// The query of this name.
    Query(String),
    /// The revocation at this index.
    Revoke(usize),
    /// What is asked of an issuer (`discovery.rs`); no request of the config.
    Discovery,
}

/// Everything that was seen.
pub struct Trial<'a> {
    /// The config it is tried with.
    pub config: &'a Config,
    /// Which request.
    pub step: &'a Step,
    /// As the config has it: the one of the step, or its `before`.
    pub request: &'a Request,
    /// What it is sent for; `None` for a query.
    pub ask: Option<&'a Ask>,
    /// As it was sent.
    pub sent: &'a HttpRequest,
    /// What came back.
    pub answer: &'a Result<HttpResponse, HttpFailure>,
    /// What was asked to tell one failure from another, and what became of it.
    pub probes: &'a [(Probe, Echo)],
    /// Addresses that the page's content security policy did not let through meanwhile.
    pub blocked: &'a [String],
    /// The origin of the page.
    pub page: Option<&'a str>,
    /// What the session holds.
    pub tokens: Option<&'a Tokens>,
    /// What was typed as password.
    pub password: &'a str,
    /// When the answer arrived.
    pub now: Timestamp,
}

/// What an answer means to the app.
pub enum Meaning {
    /// As the session floor hears it.
    Provider(Outcome),
    /// As a page hears it.
    Query(Result<Value, QueryProblem>),
    /// Bound as `before`, for the request that follows.
    Before(Value),
}

impl Step {
    /// The requests that can be tried with this config, in the order in which a session lives.
    #[must_use]
    pub fn all(config: &Config) -> Vec<Self> {
        let mut steps = vec![Self::SignIn];
        if config.provider.redirect.is_some() {
            // Nobody signs in here, so there is no token; and only the app finds the endpoints of an issuer.
            let is_open = |query: &&Query| !query.request.authorized && !query.request.url.as_written().contains('#');
            steps.extend(config.queries.iter().filter(is_open).map(|query| Self::Query(query.name.clone())));
            return steps;
        }
        steps.extend(config.provider.user_info.is_some().then_some(Self::UserInfo));
        steps.extend(config.provider.refresh.is_some().then_some(Self::Refresh));
        steps.extend(config.queries.iter().map(|query| Self::Query(query.name.clone())));
        steps.extend((0..config.provider.revoke.len()).map(Self::Revoke));
        steps
    }

    /// The request, if the config has it.
    #[must_use]
    pub fn request<'c>(&self, config: &'c Config) -> Option<&'c Request> {
        let provider = &config.provider;
        match self {
            Self::SignIn => Some(&provider.sign_in),
            Self::UserInfo => provider.user_info.as_ref().map(|probe| &probe.request),
            Self::Refresh => provider.refresh.as_ref(),
            Self::Query(name) => config.queries.iter().find(|query| query.name == *name).map(|query| &query.request),
            Self::Revoke(index) => provider.revoke.get(*index),
            Self::Discovery => None,
        }
    }

    /// Where it stands in the file.
    #[must_use]
    pub fn pointer(&self) -> String {
        match self {
            Self::SignIn => "/provider/sign_in".to_owned(),
            Self::UserInfo => "/provider/user_info".to_owned(),
            Self::Refresh => "/provider/refresh".to_owned(),
            Self::Query(name) => ["/queries/", &name.replace('~', "~0").replace('/', "~1")].concat(),
            Self::Revoke(index) => format!("/provider/revoke/{index}"),
            Self::Discovery => "/provider/redirect".to_owned(),
        }
    }
}

impl Trial<'_> {
    /// Whether this is the `before` of its step.
    fn is_before(&self) -> bool {
        self.step.request(self.config).is_none_or(|request| !std::ptr::eq(request, self.request))
    }

    /// What the answer means, by the app's own code.
    #[must_use]
    pub fn meaning(&self) -> Meaning {
        let answer = || self.answer.clone();
        match (self.ask, self.step) {
            (Some(ask), _) if self.is_before() => {
                protocol::read_before(self.config, ask, self.request, answer(), self.now)
                    .map_or_else(|outcome| Meaning::Provider(*outcome), Meaning::Before)
            }
            (None, _) if self.is_before() => answer()
                .map_err(Into::into)
                .and_then(|response| read_before_rows(self.request, response))
                .map_or_else(|problem| Meaning::Query(Err(problem)), Meaning::Before),
            (Some(ask), _) => Meaning::Provider(protocol::read(self.config, ask, self.request, answer(), self.now)),
            (None, Step::Query(name)) => {
                let query = self.config.queries.iter().find(|query| query.name == *name);
                Meaning::Query(match (self.answer, query) {
                    (Err(failure), _) => Err(failure.clone().into()),
                    (Ok(response), Some(query)) => read_rows(query, response),
                    (Ok(_), None) => Err(QueryProblem::NotFound),
                })
            }
            (None, _) => Meaning::Query(Err(QueryProblem::Unreachable)),
        }
    }

    /// What is told of it. No secret is in there.
    #[must_use]
    pub fn examine(&self) -> Report {
        let meaning = self.meaning();
        let json = self.answer.as_ref().ok().and_then(|response| read_json(&response.body));
        let (is_success, outcome) = wording::outcome(self.step, &meaning);
        let mut report = Report {
            headline: self.headline(),
            is_success,
            outcome,
            findings: Vec::new(),
            kept: Vec::new(),
            shape: Vec::new(),
        };
        match self.answer {
            Err(failure) => failing::explain(self, failure, &mut report.findings),
            Ok(response) => answering::explain(self, response, json.as_ref(), &meaning, &mut report),
        }
        failing::look_at_transport(self, &mut report.findings);
        report.veiled(&self.veil(&meaning))
    }

    fn headline(&self) -> String {
        let what = match self.answer {
            Ok(response) => format!("status {}", response.status),
            Err(failure) => failure.to_string(),
        };
        let which = if self.is_before() { " (it runs before)" } else { "" };
        format!("{what} to {} {}{which}", self.request.method.as_str(), self.request.url.as_written())
    }

    fn veil(&self, meaning: &Meaning) -> Veil {
        let granted = match meaning {
            Meaning::Provider(Outcome::Granted(grant)) => {
                secrets(&grant.access_token, grant.refresh_token.as_ref(), grant.id_token.as_ref())
            }
            _ => Vec::new(),
        };
        let held =
            self.tokens.map(|held| secrets(&held.access_token, held.refresh_token.as_ref(), held.id_token.as_ref()));
        let typed = [self.password];
        Veil::of(granted.into_iter().chain(held.into_iter().flatten()).chain(typed))
    }
}

fn secrets<'t>(
    access_token: &'t AccessToken,
    refresh_token: Option<&'t RefreshToken>,
    id_token: Option<&'t IdToken>,
) -> Vec<&'t str> {
    let more = [refresh_token.map(RefreshToken::expose), id_token.map(IdToken::expose)];
    std::iter::once(access_token.expose()).chain(more.into_iter().flatten()).collect()
}
