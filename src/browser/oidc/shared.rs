//! One piece of work for all who ask for it at the same time.

use super::{
    failing::Outcome,
    promise::{promised, settled},
};
use crate::browser::spawn::Work;
use js_sys::Promise;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;

/// What is under way, and what came of it last. What the work makes is left where all find it.
pub struct Shared {
    under_way: RefCell<Option<Promise>>,
    outcome: RefCell<Outcome<()>>,
}

impl Shared {
    pub fn new() -> Rc<Self> {
        Rc::new(Self { under_way: RefCell::default(), outcome: RefCell::new(Ok(())) })
    }

    /// What came of `work`, or of the same work that is already under way. It belongs to nobody: who asked first may go.
    pub fn outcome(self: &Rc<Self>, work: Work<Outcome<()>>) -> Work<Outcome<()>> {
        let shared = Rc::clone(self);
        Box::pin(async move {
            let under_way = shared.under_way.borrow_mut().get_or_insert_with(|| shared.begun(work)).clone();
            _ = settled(under_way).await;
            shared.outcome.borrow().clone()
        })
    }

    fn begun(self: &Rc<Self>, work: Work<Outcome<()>>) -> Promise {
        let shared = Rc::clone(self);
        promised(Box::pin(async move {
            let outcome = work.await;
            *shared.outcome.borrow_mut() = outcome;
            *shared.under_way.borrow_mut() = None;
            Ok(JsValue::UNDEFINED)
        }))
    }
}
