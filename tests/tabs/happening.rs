//! What can happen to tabs, in words: a trace of these reads as a story.

use std::fmt;

/// What an answer can be instead of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    Failing,
    RateLimited,
    Walled,
    Unintelligible,
}

/// What can happen next.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happening {
    Opens(usize),
    Dies(usize),
    SignsIn(usize),
    SignsOut(usize),
    IsRefused(usize),
    SeesStorage(usize),
    HearsOfStorage(usize),
    IsGrantedTheLock(usize),
    CatchesUp(usize),
    Wakes(usize),
    IsAnswered(RequestKey),
    Arrives(RequestKey),
    IsLost(RequestKey),
    Fails(RequestKey, Failure),
    TimePasses(u32),
}

impl fmt::Debug for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opens(tab) => write!(f, "tab {tab} is opened"),
            Self::Dies(tab) => write!(f, "tab {tab} dies"),
            Self::SignsIn(tab) => write!(f, "somebody signs in in tab {tab}"),
            Self::SignsOut(tab) => write!(f, "tab {tab} signs out"),
            Self::IsRefused(tab) => write!(f, "an API refuses the token of tab {tab}"),
            Self::SeesStorage(tab) => write!(f, "tab {tab} can see the next change of storage"),
            Self::HearsOfStorage(tab) => write!(f, "tab {tab} hears that storage has changed"),
            Self::IsGrantedTheLock(tab) => write!(f, "tab {tab} is granted the lock"),
            Self::CatchesUp(tab) => write!(f, "tab {tab} has caught up and looks into storage"),
            Self::Wakes(tab) => write!(f, "tab {tab} wakes"),
            Self::IsAnswered(request) => write!(f, "the provider answers {request:?}"),
            Self::Arrives(request) => write!(f, "the answer to {request:?} arrives"),
            Self::IsLost(request) => write!(f, "{request:?} or its answer is lost"),
            Self::Fails(request, failure) => write!(f, "{request:?} comes to nothing: {failure:?}"),
            Self::TimePasses(seconds) => write!(f, "{seconds} s pass"),
        }
    }
}

/// Names a request across tabs and their lives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestKey {
    pub tab: usize,
    pub life: u32,
    pub serial: u32,
}

impl fmt::Debug for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {} of tab {}", self.serial, self.tab)
    }
}

/// What happened, a line each.
pub fn story(happened: &[Happening]) -> String {
    let lines = happened.iter().map(|happening| format!("  {happening:?}"));
    std::iter::once(String::new()).chain(lines).collect::<Vec<_>>().join("\n")
}
