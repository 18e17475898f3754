//! What is told of one try: plain data, ready to be shown.

use super::masking::Veil;
use serde_json::Value;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The app cannot work like this.
    Wrong,
    /// It works, and probably not as it was meant.
    Doubtful,
    /// Good to know.
    Note,
}

/// One thing that is wrong or good to know, and what to do about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub weight: Weight,
    /// What was found, in a sentence.
    pub what: String,
    /// What to do, and where; empty where there is nothing to do.
    pub remedy: String,
    /// A change of the config that does it.
    pub repair: Option<Repair>,
}

/// One value of `config.json` that would be better another.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// A JSON Pointer into the file.
    pub pointer: String,
    /// What should stand there.
    pub value: Value,
}

/// A name and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// A place, or what is kept.
    pub name: String,
    /// What is there; values are masked.
    pub text: String,
    /// `false`: it should be there and is not.
    pub is_there: bool,
}

/// All that is told of one try.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What came back, the method, and the address as it is written.
    pub headline: String,
    /// Whether the app could go on.
    pub is_success: bool,
    /// What the app would do, in a sentence.
    pub outcome: String,
    /// The worst first.
    pub findings: Vec<Finding>,
    /// Where was looked, and what would be kept.
    pub kept: Vec<Line>,
    /// What else the answer holds: places, and the kind of what stands there.
    pub shape: Vec<Line>,
}

impl Finding {
    /// The app cannot work like this.
    pub(super) fn wrong(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { weight: Weight::Wrong, what: what.into(), remedy: remedy.into(), repair: None }
    }

    /// It works, and probably not as it was meant.
    pub(super) fn doubtful(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { weight: Weight::Doubtful, ..Self::wrong(what, remedy) }
    }

    /// Good to know.
    pub(super) fn note(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { weight: Weight::Note, ..Self::wrong(what, remedy) }
    }

    /// With a change of the config that does it.
    pub(super) fn repaired_by(mut self, pointer: impl Into<String>, value: impl Into<Value>) -> Self {
        self.repair = Some(Repair { pointer: pointer.into(), value: value.into() });
        self
    }
}

impl Report {
    /// The worst first, and nothing that is secret.
    pub(super) fn veiled(mut self, veil: &Veil) -> Self {
        self.findings.sort_by_key(|finding| finding.weight);
        let texts = self.findings.iter_mut().flat_map(|finding| [&mut finding.what, &mut finding.remedy]);
        let lines = self.kept.iter_mut().chain(&mut self.shape).flat_map(|line| [&mut line.name, &mut line.text]);
        for text in texts.chain(lines).chain([&mut self.headline, &mut self.outcome]) {
            *text = veil.over(text);
        }
        self
    }
}
