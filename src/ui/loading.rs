//! A block's data: loading, failed with a sentence and a way to try again, or there.
//!
//! A query that fails says so in its block; the page stays alive.

use super::{
    markup::{Markup, button, div, p},
    page::Place,
    text::{self, Text},
    watch::{State, on_network, watch},
};
use crate::{browser::Vestibule, session::QueryProblem};
use leptos::reactive::spawn_local_scoped_with_cancellation;
use serde_json::Value;
use std::sync::Arc;

/// How far a block is.
#[derive(Clone, Default)]
pub enum Load {
    /// On its way.
    #[default]
    Loading,
    /// It did not come.
    Failed(QueryProblem),
    /// Here it is.
    Loaded(Arc<Value>),
}

/// A query that runs when its block is built, and again when it is asked to.
#[derive(Clone, Copy)]
pub struct Loading {
    /// How far it is.
    pub load: State<Load>,
    attempt: State<u32>,
}

impl Loading {
    /// Sends the query. What is under way is dropped with the block.
    pub fn start(vestibule: Vestibule, query: String, place: Arc<Place>) -> Self {
        let loading = Self { load: State::new(Load::Loading), attempt: State::new(0) };
        watch(move || {
            loading.attempt.track();
            loading.load.set(Load::Loading);
            let (query, place) = (query.clone(), Arc::clone(&place));
            spawn_local_scoped_with_cancellation(async move {
                let config = vestibule.config();
                let answer = match config.query(&query) {
                    Some(query) => vestibule.fetch(query, &place.params, &place.url).await,
                    None => Err(QueryProblem::Unintelligible { detail: text::NO_SUCH_QUERY.into() }),
                };
                loading.load.set(match answer {
                    Ok(value) => Load::Loaded(Arc::new(value)),
                    Err(problem) => Load::Failed(problem),
                });
            });
        });
        // What failed for want of a network comes of its own when there is one again.
        on_network(vestibule, move || {
            if loading.load.with_untracked(|load| matches!(load, Load::Failed(QueryProblem::Offline))) {
                loading.retry();
            }
        });
        loading
    }

    /// Nothing to wait for.
    pub fn done(value: Arc<Value>) -> Self {
        Self { load: State::new(Load::Loaded(value)), attempt: State::new(0) }
    }

    /// Sends the query again.
    pub fn retry(self) {
        self.attempt.update(|attempt| *attempt += 1);
    }

    /// Whether it is on its way.
    pub fn is_busy(self) -> bool {
        self.load.with(|load| matches!(load, Load::Loading))
    }

    /// The region that says what went wrong; in the page from the start, empty.
    pub fn alert(self) -> Markup {
        let content = move || {
            let problem = self.load.with(|load| match load {
                Load::Failed(problem) => Some(problem.clone()),
                Load::Loading | Load::Loaded(_) => None,
            });
            let Some(problem) = problem else { return Vec::new() };
            let (sentence, detail) = sentence(&problem);
            let mut said = vec![p(sentence).class("block-problem")];
            if let Some(detail) = detail {
                said.push(p(text::FOR_OPERATOR.with(&detail)).class("detail"));
            }
            said.push(button("button", text::TRY_AGAIN, move || self.retry()));
            said
        };
        div("block-alert").attr("role", "alert").live(content)
    }
}

fn sentence(problem: &QueryProblem) -> (Text, Option<String>) {
    let sentence = match problem {
        QueryProblem::SignedOut => text::SIGNED_OUT,
        QueryProblem::Offline => text::QUERY_OFFLINE,
        QueryProblem::Unreachable => text::QUERY_UNREACHABLE,
        QueryProblem::TimedOut => text::QUERY_TIMED_OUT,
        QueryProblem::Unauthorized => text::QUERY_UNAUTHORIZED,
        QueryProblem::Forbidden => text::QUERY_FORBIDDEN,
        QueryProblem::NotFound => text::QUERY_NOT_FOUND,
        QueryProblem::RateLimited => text::QUERY_RATE_LIMITED,
        QueryProblem::Failing => text::QUERY_FAILING,
        QueryProblem::Walled => text::QUERY_WALLED,
        QueryProblem::Unintelligible { detail } => return (text::QUERY_UNINTELLIGIBLE, Some(detail.clone())),
        QueryProblem::Missing { binding } => return (text::QUERY_UNINTELLIGIBLE, Some(binding.clone())),
    };
    (sentence, None)
}
