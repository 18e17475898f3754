//! One piece of work for all who ask for it at the same time.

use super::failing::{Failure, Outcome};
use crate::browser::spawn;
use futures_channel::oneshot;
use std::{cell::RefCell, future::Future, rc::Rc};

/// Who waits for it.
pub struct Shared<T>(RefCell<Vec<oneshot::Sender<Outcome<T>>>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone + 'static> Shared<T> {
    /// What came of `work`, or of the same work that is already under way. It belongs to nobody: who asked first may go.
    pub async fn outcome(self: &Rc<Self>, work: impl Future<Output = Outcome<T>> + 'static) -> Outcome<T> {
        let (sender, outcome) = oneshot::channel();
        let is_first = {
            let mut waiting = self.0.borrow_mut();
            waiting.push(sender);
            waiting.len() == 1
        };
        if is_first {
            let shared = Rc::clone(self);
            spawn(async move {
                let outcome = work.await;
                for waiting in shared.0.take() {
                    // Who went is not there to hear it.
                    _ = waiting.send(outcome.clone());
                }
            });
        }
        outcome.await.unwrap_or(Err(Failure::Unreachable))
    }
}
