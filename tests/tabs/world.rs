//! Tabs, storage, lock and provider as one value, and everything that can happen next.
//!
//! The machine inside is the real one. Around it is what a browser does to several tabs, at its worst:
//!
//! ```text
//! storage    one truth; each tab has a view of it that lags behind, and hears of a change later than it could see it
//! lock       one holder; a tab that dies frees it
//! generation locks   name what each tab knows; freed by a dying tab too
//! requests   sent -> answered by the provider -> arrived; each may be lost on either way
//! provider   rotates, and ends a family whose old refresh token is presented again
//! ```
//! [`World::possible`] lists what can happen, [`World::happen`] lets it happen. What must never happen is noted in
//! [`World::broken`] at once; [`World::unsettled`] tells what is wrong where nothing can happen any more.
//!
//! One thing is assumed: a tab's view catches up within the two seconds that a tab waits for it. And one is excused:
//! where the only tab that knew of the newest refresh token, or of a sign-out, has died before any other could see what
//! it wrote, or an answer was lost, or two signed in at once and a tab heard of the other only after a minute. Nobody could know better.

use crate::happening::{Failure, Happening, RequestKey};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};
use vestibule::session::{
    AccessToken, Ask, CallerId, Effect, Event, Form, Gate, Grant, Jitter, Kept, Known, NoToken, Outcome, Refresh,
    RefreshBy, RefreshToken, RequestId, Rules, Session, Settled, SignedIn, SignedOutReason, State, StoredSession,
    Timestamp, Tokens,
};

pub const START: Timestamp = Timestamp(1_800_000_000_000);

/// What a config with a rotating refresh token amounts to.
const RULES: Rules = Rules {
    cookie_of: None,
    refresh_by: RefreshBy::RefreshToken,
    refresh_early_ms: 60_000,
    max_age_ms: None,
    idle_timeout_ms: None,
    asks_user: false,
    revokes: true,
    clears_store: false,
    has_redirect: false,
    ends_at_provider: false,
};

/// Who has not heard of a sign-in for so long puts it right no more. Seconds.
const HEARD_OF_S: u32 = 60;

/// One of the protections, taken out to see that it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protection {
    CompareAndSet,
    Lock,
    GenerationLock,
    LateAnswers,
}

/// How often something may still happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    /// An API refuses a token, so that a refresh is due.
    pub dues: u32,
    pub crashes: u32,
    pub losses: u32,
    pub failures: u32,
    pub sign_outs: u32,
    pub sign_ins: u32,
    pub passes: u32,
}

type Record = Option<Arc<StoredSession>>;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Tab {
    /// `None`: closed, or dead.
    session: Option<Session>,
    life: u32,
    /// What it sees of storage, and the changes that are on their way to it.
    view: Record,
    coming: VecDeque<Record>,
    /// It has not heard of what it sees.
    is_unheard: bool,
    /// The lock is its, and it waits until it sees what the last holder wrote.
    catches_up: bool,
    /// Sessions that were signed out here.
    left: BTreeSet<Timestamp>,
    callers: u32,
    waiting: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Request {
    id: RequestId,
    ask: Arc<Ask>,
    answer: Option<Outcome>,
    /// Somebody could have known that its refresh token is used.
    is_careless: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    tabs: Vec<Tab>,
    storage: Record,
    lock_holder: Option<usize>,
    lock_queue: VecDeque<usize>,
    requests: BTreeMap<RequestKey, Request>,
    /// The newest serial of each living family.
    families: BTreeMap<u32, u32>,
    issued: u32,
    /// Families nobody could learn of: the answer was lost, or its tab.
    unknown: BTreeSet<u32>,
    /// Which family each session belongs to.
    sessions: BTreeMap<Timestamp, u32>,
    /// Sessions that were signed out.
    over: BTreeSet<Timestamp>,
    now: Timestamp,
    lifetime_ms: Option<u64>,
    /// Who is signed in is asked for, with a request of its own.
    asks_user: bool,
    budget: Budget,
    missing: Option<Protection>,
    /// Rotations so far; never part of what can happen.
    rotations: u32,
    /// What must never happen and did.
    pub broken: Option<&'static str>,
}

impl World {
    /// So many tabs, all open and signed in, at rest.
    pub fn signed_in(
        tabs: usize,
        budget: Budget,
        missing: Option<Protection>,
        lifetime_ms: Option<u64>,
        asks_user: bool,
    ) -> Self {
        let tab = Tab {
            session: None,
            life: 0,
            view: None,
            coming: VecDeque::new(),
            is_unheard: false,
            catches_up: false,
            left: BTreeSet::new(),
            callers: 0,
            waiting: 0,
        };
        let mut world = Self {
            tabs: vec![tab; tabs],
            storage: None,
            lock_holder: None,
            lock_queue: VecDeque::new(),
            requests: BTreeMap::new(),
            families: BTreeMap::new(),
            issued: 0,
            unknown: BTreeSet::new(),
            sessions: BTreeMap::new(),
            over: BTreeSet::new(),
            now: START,
            lifetime_ms,
            asks_user,
            budget: Budget { sign_ins: 1, ..Budget::default() },
            missing,
            rotations: 0,
            broken: None,
        };
        for tab in 0..tabs {
            world.happen(Happening::Opens(tab));
        }
        world.happen(Happening::SignsIn(0));
        world.settle();
        world.budget = budget;
        assert_eq!((world.broken, world.unsettled()), (None, None));
        world
    }

    pub const fn rotations(&self) -> u32 {
        self.rotations
    }

    /// Lets everything that is under way come to its end, nothing going wrong any more.
    pub fn settle(&mut self) {
        self.budget = Budget::default();
        for _ in 0..10_000 {
            let Some(next) = self.possible().into_iter().next() else { return };
            self.happen(next);
        }
        self.broken = Some("the tabs never come to rest");
    }

    /// All that can happen next.
    pub fn possible(&self) -> Vec<Happening> {
        let mut all = Vec::new();
        let budget = &self.budget;
        for (index, tab) in self.tabs.iter().enumerate() {
            let Some(session) = &tab.session else {
                if tab.life > 0 || self.sessions.is_empty() {
                    all.push(Happening::Opens(index));
                }
                continue;
            };
            if !tab.coming.is_empty() {
                all.push(Happening::SeesStorage(index));
            }
            if tab.is_unheard {
                all.push(Happening::HearsOfStorage(index));
            }
            if self.lock_holder.is_none() && self.lock_queue.front() == Some(&index) {
                all.push(Happening::IsGrantedTheLock(index));
            }
            if tab.catches_up && self.has_caught_up(index) {
                all.push(Happening::CatchesUp(index));
            }
            let is_due = session.next_wake(self.now).is_some_and(|at| at <= self.now);
            let backs_off = matches!(session.state(), State::SignedIn(signed_in) if matches!(signed_in.refresh, Refresh::BackingOff { .. }));
            if is_due || backs_off {
                all.push(Happening::Wakes(index));
            }
            match session.state() {
                State::SignedIn(_) => {
                    if budget.sign_outs > 0 {
                        all.push(Happening::SignsOut(index));
                    }
                    if budget.dues > 0 {
                        all.push(Happening::IsRefused(index));
                    }
                }
                State::SignedOut(_) if budget.sign_ins > 0 => all.push(Happening::SignsIn(index)),
                State::SignedOut(_) | State::SigningIn { .. } | State::Starting { .. } => {}
            }
            if budget.crashes > 0 {
                all.push(Happening::Dies(index));
            }
        }
        for (key, request) in &self.requests {
            match &request.answer {
                None => all.push(Happening::IsAnswered(*key)),
                // What will be stored is heard once its tab sees what others have written.
                Some(_)
                    if matches!(*request.ask, Ask::Refresh { .. } | Ask::UserInfo { .. })
                        && !self.has_caught_up(key.tab) => {}
                Some(_) => all.push(Happening::Arrives(*key)),
            }
            // What a dead tab had sent arrives at the provider or not; nobody waits for the answer.
            if budget.losses > 0 || (request.answer.is_none() && !self.is_alive(*key)) {
                all.push(Happening::IsLost(*key));
            }
            if budget.failures > 0 && request.answer.is_none() && self.is_alive(*key) {
                for failure in [Failure::Failing, Failure::RateLimited, Failure::Walled, Failure::Unintelligible] {
                    all.push(Happening::Fails(*key, failure));
                }
            }
        }
        // No request takes that long.
        if budget.passes > 0 && self.requests.keys().all(|key| !self.is_alive(*key)) {
            for seconds in [1, 30, 300, 1200] {
                all.push(Happening::TimePasses(seconds));
            }
        }
        all
    }

    /// Lets one of [`World::possible`] happen. What is not possible does not happen.
    #[expect(clippy::too_many_lines, reason = "one arm for each thing that can happen")]
    pub fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Opens(tab) => {
                self.tabs[tab].life += 1;
                // A new tab sees storage as it is.
                self.tabs[tab].view = self.storage.clone();
                self.tabs[tab].session = Some(Session::new(Rules { asks_user: self.asks_user, ..RULES }));
                let stored = self.seen(tab);
                self.dispatch(tab, Event::Started { stored });
            }
            Happening::Dies(tab) => {
                self.budget.crashes -= 1;
                let own = self.session_of(tab).map(|session| session.signed_in_at);
                let dead = &mut self.tabs[tab];
                (dead.session, dead.catches_up) = (None, false);
                (dead.callers, dead.waiting, dead.is_unheard) = (0, 0, false);
                dead.coming.clear();
                // A sign-in that nobody else had heard of died with it,
                if let Some(own) = own
                    && (0..self.tabs.len())
                        .all(|tab| self.session_of(tab).is_none_or(|other| other.signed_in_at != own))
                {
                    self.unknown.extend(self.sessions.get(&own));
                }
                // and so did a sign-out.
                let dead = &mut self.tabs[tab];
                let unseen = std::mem::take(&mut dead.left);
                for session in unseen {
                    let is_of = |record: &Record| record.as_ref().is_some_and(|record| record.signed_in_at == session);
                    let sees = |tab: &Tab| is_of(&tab.view) || tab.coming.iter().any(is_of);
                    if self.tabs.iter().any(|tab| tab.session.is_some() && sees(tab)) {
                        self.over.remove(&session);
                    }
                }
                self.free_lock(tab);
                let lost: Vec<RequestKey> = self.requests.keys().filter(|key| !self.is_alive(**key)).copied().collect();
                for key in lost {
                    if self.requests[&key].answer.is_some() {
                        self.lose(key);
                    }
                }
            }
            Happening::SignsIn(tab) => {
                self.budget.sign_ins -= 1;
                // It takes a while to type.
                self.now = self.now.after_ms(1000);
                self.dispatch(tab, Event::SignInSubmitted { form: Form::default(), only_here: false });
            }
            Happening::SignsOut(tab) => {
                self.budget.sign_outs -= 1;
                if let Some(session) = self.session_of(tab).map(|session| session.signed_in_at) {
                    self.over.insert(session);
                    self.tabs[tab].left.insert(session);
                }
                self.dispatch(tab, Event::SignOutRequested);
            }
            Happening::IsRefused(tab) => {
                self.budget.dues -= 1;
                let caller = CallerId(self.tabs[tab].callers);
                self.tabs[tab].callers += 1;
                self.tabs[tab].waiting += 1;
                if let Some(access_token) = self.session_of(tab).map(|session| session.tokens.access_token.clone()) {
                    self.dispatch(tab, Event::AccessTokenRejected { caller, access_token });
                }
            }
            Happening::SeesStorage(tab) => {
                if let Some(record) = self.tabs[tab].coming.pop_front() {
                    self.tabs[tab].view = record;
                    self.tabs[tab].is_unheard = true;
                }
            }
            Happening::HearsOfStorage(tab) => {
                self.tabs[tab].is_unheard = false;
                let stored = self.seen(tab);
                self.dispatch(tab, Event::StorageChanged { stored });
            }
            Happening::IsGrantedTheLock(tab) => {
                self.lock_queue.pop_front();
                self.lock_holder = Some(tab);
                self.tabs[tab].catches_up = true;
            }
            Happening::CatchesUp(tab) => {
                self.tabs[tab].catches_up = false;
                let (stored, not_before) = (self.seen(tab), self.not_before());
                self.dispatch(tab, Event::LockAcquired { stored, not_before });
            }
            Happening::Wakes(tab) => {
                let next_wake = self.tabs[tab].session.as_ref().and_then(|session| session.next_wake(self.now));
                self.now = self.now.max(next_wake.unwrap_or_default());
                self.dispatch(tab, Event::Woke);
            }
            Happening::IsAnswered(key) => {
                let Some(Request { ask, is_careless, .. }) = self.requests.get(&key).cloned() else { return };
                let outcome = self.work(&ask, is_careless);
                if let Some(request) = self.requests.get_mut(&key) {
                    request.answer = Some(outcome);
                }
                if !self.is_alive(key) {
                    self.lose(key);
                }
            }
            Happening::Arrives(key) => {
                if let Some(Request { id, ask, answer: Some(outcome), .. }) = self.requests.remove(&key) {
                    if matches!(*ask, Ask::SignIn { .. }) {
                        // What tells sessions apart is when they began, and which is newer is told by how often they were
                        // refreshed since, too: nobody signs in twice within a tenth of a second.
                        self.now = self.now.after_ms(100);
                    }
                    self.respond(key.tab, id, outcome);
                }
            }
            Happening::IsLost(key) => {
                if self.is_alive(key) {
                    self.budget.losses -= 1;
                }
                if let Some(id) = self.lose(key)
                    && self.is_alive(key)
                {
                    self.respond(key.tab, id, Outcome::Unreachable);
                }
            }
            Happening::Fails(key, failure) => {
                self.budget.failures -= 1;
                if let Some(request) = self.requests.remove(&key) {
                    self.give_up(&request);
                    let outcome = match failure {
                        Failure::Failing => Outcome::Failing { retry_at: None },
                        Failure::RateLimited => Outcome::RateLimited { retry_at: Some(self.now.after_ms(30_000)) },
                        Failure::Walled => Outcome::Walled,
                        Failure::Unintelligible => Outcome::Unintelligible { detail: String::new() },
                    };
                    self.respond(key.tab, request.id, outcome);
                }
            }
            Happening::TimePasses(seconds) => {
                self.budget.passes -= 1;
                self.now = self.now.after_ms(u64::from(seconds) * 1000);
                if seconds >= HEARD_OF_S {
                    // Who was asleep for so long puts nothing right any more: of two who signed in at once, either may stay.
                    let asleep = |tab: &usize| self.tabs[*tab].is_unheard || !self.tabs[*tab].coming.is_empty();
                    let asleep: Vec<usize> = (0..self.tabs.len()).filter(asleep).collect();
                    for tab in asleep {
                        let session = self.session_of(tab).map(|session| session.signed_in_at);
                        self.unknown.extend(session.and_then(|session| self.sessions.get(&session)));
                    }
                }
            }
        }
    }

    /// What is wrong with a world in which nothing can happen any more.
    pub fn unsettled(&self) -> Option<&'static str> {
        let living = self.tabs.iter().filter(|tab| tab.session.is_some());
        let shown = living.clone().map(|tab| tab.session.as_ref().and_then(Session::signed_in));
        // Of the user a tab may still have to learn, or its own answer was lost.
        let of = |session: &StoredSession| (session.signed_in_at, session.generation, session.tokens.clone());
        let stored = self.storage.as_deref().map(of);
        if shown.clone().any(|session| session.map(of) != stored) {
            return Some("a tab does not show what storage says");
        }
        if self.storage.as_ref().is_some_and(|session| self.over.contains(&session.signed_in_at)) {
            return Some("a session has outlived its sign-out");
        }
        if self.lock_holder.is_some() || !self.lock_queue.is_empty() {
            return Some("the lock is not free");
        }
        if living.clone().any(|tab| tab.waiting > 0) {
            return Some("a caller was never answered");
        }
        let kept = self.storage.as_ref().and_then(|session| self.sessions.get(&session.signed_in_at));
        let is_known = |family: &&u32| kept == Some(family) || self.unknown.contains(family);
        if living.count() > 0 && !self.families.keys().all(|family| is_known(&family)) {
            return Some("live tokens were left behind");
        }
        None
    }

    // --- the provider -------------------------------------------------------------------------

    fn work(&mut self, ask: &Ask, is_careless: bool) -> Outcome {
        match ask {
            Ask::SignIn { .. } => {
                self.issued += 1;
                let family = self.issued;
                self.families.insert(family, 1);
                self.granted(family, 1)
            }
            Ask::Refresh { session } => {
                let (family, serial) = parts(session.tokens.refresh_token.as_ref().map_or("", RefreshToken::expose));
                match self.families.get(&family).copied() {
                    Some(newest) if newest == serial => {
                        self.families.insert(family, serial + 1);
                        self.rotations += 1;
                        self.granted(family, serial + 1)
                    }
                    Some(_) => {
                        if is_careless {
                            self.broken = Some("a refresh token was presented twice");
                        }
                        self.families.remove(&family);
                        Outcome::Ended
                    }
                    None => Outcome::Ended,
                }
            }
            Ask::UserInfo { .. } => Outcome::User("somebody".into()),
            Ask::Revoke { tokens } => {
                let (family, _) = parts(tokens.access_token.expose());
                self.families.remove(&family);
                Outcome::Revoked
            }
        }
    }

    fn granted(&self, family: u32, serial: u32) -> Outcome {
        let token = format!("{family}.{serial}");
        Outcome::Granted(Grant {
            provider: "p".into(),
            access_token: AccessToken::new(token.clone()),
            refresh_token: Some(RefreshToken::new(token)),
            id_token: None,
            expires_at: self.lifetime_ms.map(|lifetime_ms| self.now.after_ms(lifetime_ms)),
            user: None,
            kept: Kept::default(),
            is_said: true,
        })
    }

    /// Whether a tab that presents a token could see that it is used, or another tab knows it, or is about to.
    fn is_known_to_be_used(&self, presenter: usize, ask: &Ask) -> bool {
        let Ask::Refresh { session } = ask else { return false };
        let (family, serial) = parts(session.tokens.access_token.expose());
        let is_newer = |tokens: &Tokens| {
            let (own_family, own_serial) = parts(tokens.access_token.expose());
            own_family == family && own_serial > serial
        };
        let sees = self.tabs[presenter].view.as_ref().is_some_and(|session| is_newer(&session.tokens));
        let knows = |tab: &Tab| {
            let own = tab.session.as_ref().and_then(Session::signed_in);
            own.is_some_and(|session| is_newer(&session.tokens))
        };
        let is_coming = |(key, request): (&RequestKey, &Request)| match &*request.ask {
            Ask::Refresh { session } => {
                self.is_alive(*key) && parts(session.tokens.access_token.expose()) == (family, serial)
            }
            Ask::SignIn { .. } | Ask::UserInfo { .. } | Ask::Revoke { .. } => false,
        };
        // A session that was signed out has no use for its tokens any more.
        let is_over = self.over.iter().any(|session| self.sessions.get(session) == Some(&family));
        !is_over && (sees || self.tabs.iter().any(knows) || self.requests.iter().any(is_coming))
    }

    /// A request is gone; what the provider has granted by it, nobody will ever know.
    fn lose(&mut self, key: RequestKey) -> Option<RequestId> {
        let request = self.requests.remove(&key)?;
        if let Some(Outcome::Granted(grant)) = &request.answer {
            self.unknown.insert(parts(grant.access_token.expose()).0);
        }
        self.give_up(&request);
        Some(request.id)
    }

    /// What a revocation that comes to nothing was to end lives until it expires.
    fn give_up(&mut self, request: &Request) {
        if let (Ask::Revoke { tokens }, None) = (&*request.ask, &request.answer) {
            self.unknown.insert(parts(tokens.access_token.expose()).0);
        }
    }

    // --- the shell ----------------------------------------------------------------------------

    fn respond(&mut self, tab: usize, id: RequestId, outcome: Outcome) {
        let current = match self.tabs[tab].session.as_ref().map(Session::state) {
            Some(State::SigningIn { request, .. }) => Some(*request),
            Some(State::SignedIn(signed_in)) => match signed_in.refresh {
                Refresh::InFlight { request } => Some(request),
                _ => None,
            },
            _ => None,
        };
        let request = match current {
            Some(current) if self.missing == Some(Protection::LateAnswers) => current,
            _ => id,
        };
        self.dispatch(tab, Event::Responded { request, outcome, jitter: Jitter(255) });
    }

    fn dispatch(&mut self, tab: usize, event: Event) {
        let before = self.session_of(tab).map(|session| session.signed_in_at);
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let now = self.now;
            let Some(session) = &mut self.tabs[tab].session else { return };
            for effect in session.advance(event, now) {
                self.carry_out(tab, effect, &mut events);
            }
        }
        if self.missing == Some(Protection::Lock) && self.lock_queue.contains(&tab) {
            // Nobody to share with: granted at once.
            self.lock_queue.retain(|waiting| *waiting != tab);
            let (stored, not_before) = (self.seen(tab), self.not_before());
            self.dispatch(tab, Event::LockAcquired { stored, not_before });
        }
        self.judge(tab, before);
    }

    fn judge(&mut self, tab: usize, before: Option<Timestamp>) {
        let Some(session) = &self.tabs[tab].session else { return };
        let view = session.view();
        if view.session.is_some_and(|session| self.tabs[tab].left.contains(&session)) {
            self.broken = Some("a session came back where it was signed out");
        }
        if view.gate != Gate::Closed && view.session.is_none() {
            self.broken = Some("a gate is open for nobody");
        }
        if let (Some(before), None, Some(SignedOutReason::Ended)) = (before, view.session, view.reason) {
            let family = self.sessions.get(&before);
            if family.is_some_and(|family| self.families.contains_key(family)) {
                self.broken = Some("a session died of something else than its provider's word");
            }
        }
    }

    fn carry_out(&mut self, tab: usize, effect: Effect, events: &mut VecDeque<Event>) {
        match effect {
            Effect::Send { request, ask } => {
                let key = RequestKey { tab, life: self.tabs[tab].life, serial: request.serial };
                let is_careless = self.is_known_to_be_used(tab, &ask);
                self.requests.insert(key, Request { id: request, ask: Arc::new(ask), answer: None, is_careless });
            }
            Effect::Store { session, replaces } => {
                let stored = self.seen(tab);
                let settled = if replaces.allows(stored.as_ref()) || self.missing == Some(Protection::CompareAndSet) {
                    self.check_record(tab, &session);
                    self.write(tab, Some(Arc::new(session)));
                    Settled::Done
                } else {
                    Settled::Conflict { stored }
                };
                events.push_front(Event::StoreSettled { settled });
            }
            Effect::ClearStore { replaces, .. } => {
                let stored = self.seen(tab);
                if replaces.allows(stored.as_ref()) {
                    // Somebody signs out in the very moment in which somebody else has signed in elsewhere.
                    if let Some(other) = self.storage.as_ref().filter(|other| !replaces.allows(Some(other))) {
                        self.unknown.insert(parts(other.tokens.access_token.expose()).0);
                    }
                    self.write(tab, None);
                    events.push_front(Event::StoreSettled { settled: Settled::Done });
                } else {
                    events.push_front(Event::StoreSettled { settled: Settled::Conflict { stored } });
                }
            }
            Effect::AcquireLock => self.lock_queue.push_back(tab),
            Effect::ReleaseLock => self.free_lock(tab),
            Effect::Answer { result, .. } => {
                self.tabs[tab].waiting = self.tabs[tab].waiting.saturating_sub(1);
                assert!(matches!(result, Ok(_) | Err(NoToken::SignedOut | NoToken::Unreachable)));
            }
            // Of a session in a cookie, which these are not.
            Effect::EndProviderSession { .. } => self.broken = Some("a sign-out left for a page that there is not"),
            Effect::NoteSignOut { .. } => self.broken = Some("a sign-out was noted where tokens are held"),
            Effect::Keep { .. } | Effect::NoteActivity { .. } => {}
        }
    }

    /// What is written must be whole, and of the session it says it is.
    fn check_record(&mut self, tab: usize, session: &StoredSession) {
        let (family, serial) = parts(session.tokens.access_token.expose());
        if !self.sessions.contains_key(&session.signed_in_at)
            && let Some(other) = &self.storage
        {
            // Two people sign in at once: who is replaced is not told, and their tokens live until they expire.
            self.unknown.insert(parts(other.tokens.access_token.expose()).0);
        }
        let own = *self.sessions.entry(session.signed_in_at).or_insert(family);
        if own != family {
            self.broken = Some("one session's tokens were stored for another");
        }
        if session.tokens.refresh_token.is_none() {
            self.broken = Some("a good token was overwritten with nothing");
        }
        let is_newer = |session: &StoredSession| {
            let (other, newer) = parts(session.tokens.access_token.expose());
            other == family && newer > serial
        };
        let is_known =
            self.tabs.iter().any(|tab| tab.session.as_ref().and_then(Session::signed_in).is_some_and(is_newer));
        // What is put right may for a moment be too old itself; whoever knows better puts that right in turn.
        let is_of_a_refresh = matches!(
            self.tabs[tab].session.as_ref().map(Session::state),
            Some(State::SignedIn(SignedIn { refresh: Refresh::Saving { .. }, .. }))
        );
        if self.storage.as_deref().is_some_and(is_newer) && is_known && is_of_a_refresh {
            self.broken = Some("newer tokens were overwritten by older ones");
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "it is what storage holds from now on")]
    fn write(&mut self, writer: usize, record: Record) {
        self.storage.clone_from(&record);
        for (index, tab) in self.tabs.iter_mut().enumerate() {
            if index == writer {
                // Its own write is the last word on all that came before it.
                tab.view.clone_from(&record);
                tab.coming.clear();
                tab.is_unheard = false;
            } else if tab.session.is_some() {
                tab.coming.push_back(record.clone());
            }
        }
    }

    /// What the names of all generation locks say.
    fn not_before(&self) -> Timestamp {
        let known = self.tabs.iter().filter_map(|tab| Some(tab.session.as_ref()?.known()));
        let known: Vec<Known> = known.collect();
        Known::latest_not_before(&known)
    }

    fn has_caught_up(&self, tab: usize) -> bool {
        let view = self.tabs[tab].view.as_deref();
        let mut known = self.tabs.iter().filter_map(|tab| Some(tab.session.as_ref()?.known()));
        self.missing == Some(Protection::GenerationLock) || !known.any(|known| known.is_ahead_of(view))
    }

    fn free_lock(&mut self, tab: usize) {
        self.lock_queue.retain(|waiting| *waiting != tab);
        if self.lock_holder == Some(tab) {
            self.lock_holder = None;
            self.tabs[tab].catches_up = false;
        }
    }

    fn is_alive(&self, key: RequestKey) -> bool {
        let tab = &self.tabs[key.tab];
        tab.session.is_some() && tab.life == key.life
    }

    fn session_of(&self, tab: usize) -> Option<&StoredSession> {
        self.tabs[tab].session.as_ref().and_then(Session::signed_in)
    }

    fn seen(&self, tab: usize) -> Option<StoredSession> {
        self.tabs[tab].view.as_deref().cloned()
    }
}

/// Family and serial of a token.
fn parts(token: &str) -> (u32, u32) {
    let (family, serial) = token.split_once('.').unwrap_or_default();
    (family.parse().unwrap_or_default(), serial.parse().unwrap_or_default())
}
