//! Why something could not be done, for the app and for whoever opens its console. Never a value of an answer.

use js_sys::Error;
use wasm_bindgen::JsValue;

/// Why there is nothing to go on with.
#[derive(Clone, Debug)]
pub enum Failure {
    /// No answer: the network, DNS, TLS or CORS.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The provider says that it cannot at the moment.
    Failing,
    /// The device's clock is more than ten minutes off.
    Clock,
    /// The config, the browser or an answer is not as it must be. A sentence for the operator.
    Wrong(String),
    /// What a `fetch` was rejected with: no answer, or the request was aborted.
    Rejected(JsValue),
}

/// What can fail here. Boxed, as every outcome is handed on by everybody who waited for it.
pub type Outcome<T> = Result<T, Box<Failure>>;

impl Failure {
    /// With a sentence for the operator.
    pub fn wrong(sentence: &str) -> Box<Self> {
        Box::new(Self::Wrong(sentence.to_owned()))
    }

    /// With what a promise was rejected with.
    pub fn rejected(reason: JsValue) -> Box<Self> {
        Box::new(Self::Rejected(reason))
    }

    /// As a rejection: an `Error` where there is no answer, as `fetch` has it, and text where one must not be believed.
    pub fn into_rejection(self) -> JsValue {
        match self {
            Self::Unreachable => Error::new("no answer").into(),
            Self::TimedOut => Error::new("no answer in time").into(),
            Self::Failing => Error::new("the provider cannot at the moment").into(),
            Self::Clock => "clock".into(),
            Self::Wrong(sentence) => sentence.into(),
            Self::Rejected(reason) => reason,
        }
    }
}
