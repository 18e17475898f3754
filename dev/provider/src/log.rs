//! One line per request: when, what, how it ended and how long it took.
//!
//! A line has the method, the path and the status, never a query, a header or a body: no token and no
//! password can stand in it. The latest lines are kept, for a test that failed; unless the provider is
//! quiet they are also written to standard error.

use std::collections::VecDeque;
use std::io::{Write as _, stderr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::Provider;
use crate::faults::{Applied, Dropped};
use crate::time::Clock;

/// How many of the latest lines are kept.
const KEPT: usize = 10_000;

/// The log of one running provider.
pub(crate) struct Log {
    clock: Clock,
    is_quiet: bool,
    lines: Mutex<VecDeque<String>>,
}

impl Log {
    pub fn new(clock: Clock, is_quiet: bool) -> Self {
        Self { clock, is_quiet, lines: Mutex::default() }
    }

    /// Writes a line, which must not name a secret.
    pub fn write(&self, line: &str) {
        let line = format!("{} {line}", self.clock.now().to_rfc3339());
        if !self.is_quiet {
            // Nobody may be reading any more; that is no reason to stop serving.
            drop(writeln!(stderr(), "{line}"));
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// The lines that are kept, oldest first.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Logs each request when it has been answered.
pub(crate) async fn apply(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let asked = format!("{} {}", request.method(), request.uri().path());
    let began = Instant::now();
    let answer = next.run(request).await;
    let outcome = match answer.extensions().get::<Dropped>() {
        Some(Dropped) => "no answer".to_owned(),
        None => answer.status().as_str().to_owned(),
    };
    let fault = match answer.extensions().get::<Applied>() {
        Some(Applied(name)) => format!(" (fault: {name})"),
        None => String::new(),
    };
    provider.log.write(&format!("{asked} {outcome} {} ms{fault}", began.elapsed().as_millis()));
    answer
}
