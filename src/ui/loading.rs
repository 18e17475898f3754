//! A block's data: loading, failed with a sentence and a way to try again, or there.
//!
//! A query that fails says so in its block; the page stays alive. What is there stays until something newer has come, also when
//! that takes long or does not come at all.

use super::{
    markup::{Markup, button, div, p},
    page::Place,
    text::{self, Text},
    watch::{Kept, State, on_network, watch},
};
use crate::{
    browser::Vestibule,
    session::{QueryProblem, Timestamp},
};
use leptos::reactive::spawn_local_scoped_with_cancellation;
use serde_json::Value;
use std::sync::Arc;

/// A query that runs when its block is built, and again when it is asked to.
#[derive(Clone, Copy)]
pub struct Loading {
    /// What has come last.
    pub value: State<Option<Arc<Value>>>,
    /// When.
    pub at: Kept<Option<Timestamp>>,
    /// Why nothing came, the last time.
    pub problem: State<Option<QueryProblem>>,
    is_busy: State<bool>,
    attempt: State<u32>,
}

impl Loading {
    /// Sends the query. What is under way is dropped with the block.
    pub fn start(vestibule: Vestibule, query: String, place: Arc<Place>) -> Self {
        let loading = Self::new(None);
        loading.is_busy.set(true);
        watch(move || {
            loading.attempt.track();
            loading.is_busy.set(true);
            loading.problem.set(None);
            let (query, place) = (query.clone(), Arc::clone(&place));
            spawn_local_scoped_with_cancellation(async move {
                let config = vestibule.config();
                let answer = match config.query(&query) {
                    Some(query) => vestibule.fetch(query, &place.params, &place.url).await,
                    None => Err(QueryProblem::Unintelligible { detail: text::NO_SUCH_QUERY.into() }),
                };
                match answer {
                    Ok(value) => {
                        loading.at.set(Some(vestibule.now()));
                        loading.value.set(Some(Arc::new(value)));
                    }
                    Err(problem) => loading.problem.set(Some(problem)),
                }
                loading.is_busy.set(false);
            });
        });
        // What failed for want of a network comes of its own when there is one again.
        on_network(vestibule, move || {
            if loading.problem.with_untracked(|problem| *problem == Some(QueryProblem::Offline)) {
                loading.load();
            }
        });
        loading
    }

    /// Nothing to wait for.
    pub fn done(value: Arc<Value>) -> Self {
        Self::new(Some(value))
    }

    fn new(value: Option<Arc<Value>>) -> Self {
        Self {
            value: State::new(value),
            at: Kept::new(None),
            problem: State::new(None),
            is_busy: State::new(false),
            attempt: State::new(0),
        }
    }

    /// Sends the query again.
    pub fn load(self) {
        self.attempt.update(|attempt| *attempt += 1);
    }

    /// Whether it is on its way.
    pub fn is_busy(self) -> bool {
        self.is_busy.get()
    }

    /// Whether it is on its way, and nothing is there yet.
    pub fn is_awaited(self) -> bool {
        self.is_busy() && self.value.with(Option::is_none)
    }

    /// The region that says what went wrong; in the page from the start, empty.
    pub fn alert(self) -> Markup {
        let content = move || {
            let Some(problem) = self.problem.get() else { return Vec::new() };
            let (sentence, detail) = sentence(&problem);
            let mut said = vec![p(sentence).class("block-problem")];
            if let Some(detail) = detail {
                said.push(p(text::FOR_OPERATOR.with(&detail)).class("detail"));
            }
            said.push(button("button", text::TRY_AGAIN, move || self.load()));
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
