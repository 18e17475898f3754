//! The loop: one event in, its effects out, in order, until nothing is left to do.
//!
//! The driver owns the machine and everything it may touch. It carries out what the machine says and reports
//! what came of it; it never looks at a token. What a page sees is published once the queue is empty, so no
//! state between two effects is ever drawn.
//!
//! Requests are spawned, not owned by whoever caused them: a refresh must not be cancelled because a page was left.

use super::{
    app_store::AppStore,
    clock,
    knowledge::Knowledge,
    lock::{self, Lock, Wait},
    spawn::spawn,
    state::State,
    storage::{Places, Record, Written},
    surroundings::address_parameters,
};
use crate::{
    config::{Config, StorageKind, write_number},
    session::{
        AccessToken, CallerId, Effect, Event, Finding, Known, Lifetime, NoToken, Replaces, Rules, Session, SessionView,
        Settled, StoredSession, Timestamp, Trail,
        keeping::{Change, Found},
        redirect::is_of_another,
    },
};
use futures_channel::oneshot;
use gloo_timers::callback::Timeout;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

/// A timeout never waits longer: a sleeping machine delays timers, so the clock is looked at again.
const MAX_TIMEOUT_MS: u64 = 60_000;

/// How long a tab waits until its view of storage has caught up with what others know, and how often it looks.
const MAX_CATCH_UP_MS: u64 = 2000;
const CATCH_UP_PAUSE_MS: u32 = 20;

type Answer = Result<AccessToken, NoToken>;

/// The machine and all it may touch.
pub struct Driver {
    pub(super) config: &'static Config,
    pub(super) store: AppStore,
    /// Nobody has gone to the provider of their own accord yet.
    pub(super) goes_unasked: Cell<bool>,
    /// Where a redirect was to lead back to.
    pub(super) way_back: RefCell<Option<String>>,
    /// Somebody may pick a passkey among what the browser fills in.
    pub(super) awaits_passkey: Cell<bool>,
    pub(super) view: State<SessionView>,
    session: RefCell<Session>,
    record: Places,
    /// When somebody was last there, in any tab, where there is an idle timeout.
    activity: Option<Places>,
    /// Whether the person wants to stay signed in, where they are asked: until they are, so that it outlives a redirect.
    pub(super) stays: Option<Record>,
    /// The user name, where it may be remembered.
    pub(super) username: Option<Record>,
    /// What the next sign-in leaves there.
    pub(super) next_username: RefCell<Option<String>>,
    /// That the provider is still to confirm a sign-out, where a cookie holds the session.
    pub(super) owed: Option<Record>,
    /// Tells who comes next that the request before it has come to its end, where a cookie holds the session.
    pub(super) turn: RefCell<Option<oneshot::Receiver<()>>>,
    lock: Lock,
    knowledge: Knowledge,
    /// Announcements under way.
    announcements: Cell<u32>,
    /// The lock is to be freed after them.
    releases_later: Cell<bool>,
    pub(super) queue: RefCell<VecDeque<Event>>,
    is_running: Cell<bool>,
    timeout: RefCell<Option<Timeout>>,
    callers: RefCell<Vec<(CallerId, oneshot::Sender<Answer>)>>,
    next_caller: Cell<u32>,
    /// The last events; only where somebody wants to see them.
    trail: Option<RefCell<Trail>>,
}

impl Driver {
    /// A driver that has not looked anywhere yet. Within a reactive owner. It stays in memory for as long as the page lives, as
    /// the config does: its own timeout would keep it there anyway.
    pub fn new(config: &'static Config) -> &'static Self {
        let session = Session::new(Rules::of(config));
        let key = ["vestibule:", &config.app.id].concat();
        let name_of = |part: &str| [&key, part].concat();
        let rules = &config.session;
        Box::leak(Box::new(Self {
            store: AppStore::open(name_of(":store"), rules),
            view: State::new(session.view()),
            session: RefCell::new(session),
            lock: Lock::new(name_of(":refresh")),
            knowledge: Knowledge::new(name_of(":knows:")),
            announcements: Cell::new(0),
            releases_later: Cell::new(false),
            activity: rules.idle_timeout_ms.map(|_| Places::new(name_of(":active"), rules)),
            // It holds no secret, so that it outlives the page whatever the config says.
            owed: config.provider.is_in_cookie().then(|| Record::new(name_of(":signed_out"), StorageKind::Local)),
            goes_unasked: Cell::new(true),
            way_back: RefCell::default(),
            awaits_passkey: Cell::new(false),
            turn: RefCell::default(),
            stays: rules.stay_signed_in.map(|_| Record::new(name_of(":stays"), StorageKind::Session)),
            username: config.app.remember_username.then(|| Record::new(name_of(":username"), StorageKind::Local)),
            next_username: RefCell::default(),
            record: Places::new(key, rules),
            queue: RefCell::default(),
            is_running: Cell::new(false),
            timeout: RefCell::default(),
            callers: RefCell::default(),
            next_caller: Cell::new(0),
            trail: wants_panel(config).then(RefCell::default),
            config,
        }))
    }

    /// Hands one event to the machine and carries out all that follows.
    pub fn dispatch(&'static self, event: Event) {
        self.queue.borrow_mut().push_back(event);
        if self.is_running.replace(true) {
            return;
        }
        loop {
            let Some(event) = self.queue.borrow_mut().pop_front() else { break };
            let effects = self.advance(event);
            for effect in effects {
                self.carry_out(effect);
            }
        }
        self.is_running.set(false);
        self.publish();
        self.rearm();
    }

    fn advance(&self, event: Event) -> Vec<Effect> {
        let mut session = self.session.borrow_mut();
        let now = clock::now();
        let noted = self.activity.as_ref().and_then(|noted| noted.read()?.parse().ok());
        if let Some(at) = noted {
            // Hearing of it leads to nothing else.
            _ = session.advance(Event::ActivityHeardOf { at: Timestamp(at) }, now);
        }
        if let Some(owed) = &self.owed {
            // Nor does this: another tab may have noted it.
            _ = session.advance(Event::SignOutFoundOwed { is_owed: owed.read().is_some() }, now);
        }
        if cfg!(feature = "operator")
            && let Some(trail) = &self.trail
        {
            trail.borrow_mut().hear(&event, now);
        }
        self.note(&event);
        session.advance(event, now)
    }

    /// Whether somebody wants to see what is under the hood.
    pub const fn shows_panel(&self) -> bool {
        self.trail.is_some()
    }

    /// How things stand in this tab and among all, and what this one last heard.
    pub async fn inspect(&self) -> Vec<Finding> {
        let names = lock::held_names().await;
        let now = clock::now();
        let mut findings = self.session.borrow().inspect(now);
        let holder = match &names {
            None => "this browser has no Web Locks",
            Some(_) if self.lock.is_held() => "this tab has it",
            Some(names) if names.iter().any(|name| name == self.lock.name()) => "another tab has it",
            Some(_) => "free",
        };
        findings.push(("Refresh lock", holder.to_owned()));
        if self.is_shared()
            && let Some(names) = &names
        {
            let knowing = names.iter().filter_map(|name| self.knowledge.read(name));
            let sharing = knowing.filter(Known::has_session).count();
            findings.push(("Tabs that share the session", sharing.to_string()));
        }
        if let Some(trail) = &self.trail {
            findings.extend(trail.borrow().findings(now));
        }
        findings
    }

    /// Waits for a token. With the token that an API just refused, waits for another.
    pub async fn access_token(&'static self, rejected: Option<AccessToken>) -> Answer {
        let caller = CallerId(self.next_caller.get());
        self.next_caller.set(caller.0.wrapping_add(1));
        let (sender, receiver) = oneshot::channel();
        self.callers.borrow_mut().push((caller, sender));
        self.dispatch(match rejected {
            None => Event::AccessTokenRequested { caller },
            Some(access_token) => Event::AccessTokenRejected { caller, access_token },
        });
        receiver.await.unwrap_or(Err(NoToken::SignedOut))
    }

    /// The session that is signed in, for the values of a request.
    pub fn signed_in(&self) -> Option<StoredSession> {
        self.session.borrow().signed_in().cloned()
    }

    /// What storage holds of ours.
    pub fn stored(&self) -> Option<StoredSession> {
        let found = self.found();
        if found.is_own_over() {
            self.change(Change::Untouched, Change::Removed, None);
        }
        let stored = found.into_record();
        if let Some(stored) = &stored {
            self.go_along(stored);
        }
        stored
    }

    fn found(&self) -> Found {
        let read = |record: &Record| StoredSession::from_json(&record.read()?, &self.config.provider.identity);
        Found { shared: read(&self.record.shared), own: self.record.own.as_ref().and_then(read) }
    }

    /// What belongs to a session is where the session is.
    fn go_along(&self, session: &StoredSession) {
        if self.record.own.is_some() {
            if let Some(activity) = &self.activity {
                activity.choose(session.only_here);
            }
            self.store.choose(session.only_here);
        }
    }

    /// Looks into storage again, as another tab may have changed it.
    pub fn look_again(&'static self) {
        let stored = self.stored();
        if stored.is_none() && self.is_with_another() {
            // **Never** mix two users: the page that speaks to that provider takes over.
            return reload();
        }
        self.dispatch(Event::StorageChanged { stored });
    }

    /// Whether another provider of the config has signed somebody in, and nobody is on the way to this one.
    fn is_with_another(&self) -> bool {
        let record = self.record.shared.read().unwrap_or_default();
        !self.session.borrow().is_signing_in() && is_of_another(&record, &self.config.others)
    }

    /// Looks into storage.
    pub fn start(&'static self) {
        self.dispatch(Event::Started { stored: self.stored() });
    }

    /// Whether a storage event is about the session.
    pub fn is_key(&self, key: &str) -> bool {
        self.record.shared.key() == key
    }

    /// Whether a storage event is about when somebody was last there.
    pub fn is_activity_key(&self, key: &str) -> bool {
        self.activity.as_ref().is_some_and(|activity| activity.shared.key() == key)
    }

    /// Whether the config's storage is blocked.
    pub fn is_storage_blocked(&self) -> bool {
        self.record.shared.is_blocked(self.config.session.storage)
    }

    fn carry_out(&'static self, effect: Effect) {
        match effect {
            Effect::Send { request, ask } => self.send(request, ask),
            Effect::Store { session, replaces } => {
                let settled = self.compare_and_set(Some(&session), replaces);
                if replaces == Replaces::Anything {
                    self.leave_choices();
                }
                self.queue.borrow_mut().push_front(Event::StoreSettled { settled });
            }
            Effect::ClearStore { replaces, forgets_kept } => {
                let settled = self.compare_and_set(None, replaces);
                if forgets_kept && !matches!(settled, Settled::Conflict { stored: Some(_) }) {
                    self.store.clear();
                }
                self.queue.borrow_mut().push_front(Event::StoreSettled { settled });
            }
            Effect::AcquireLock => {
                self.releases_later.set(false);
                self.lock.acquire(Box::new(move |wait| match wait {
                    Wait::Granted => self.lock_granted(),
                    Wait::GivenUp => self.dispatch(Event::LockUnavailable { jitter: clock::jitter() }),
                }));
            }
            Effect::ReleaseLock => {
                // Not before what was written is announced.
                self.announce();
                if self.announcements.get() > 0 {
                    self.releases_later.set(true);
                } else {
                    self.lock.release();
                }
            }
            Effect::Answer { caller, result } => {
                let mut callers = self.callers.borrow_mut();
                if let Some(index) = callers.iter().position(|(waiting, _)| *waiting == caller) {
                    // A caller whose page is gone is not there to hear it.
                    _ = callers.swap_remove(index).1.send(result);
                }
            }
            Effect::EndProviderSession { tokens } => self.end_provider_session(&tokens),
            Effect::NoteSignOut { is_owed } => {
                if let Some(owed) = &self.owed {
                    _ = owed.write(is_owed.then_some("true"), StorageKind::Local);
                }
            }
            Effect::NoteActivity { at } => {
                if let Some(noted) = &self.activity {
                    // Where storage is full, each tab counts for itself.
                    _ = noted.write(at.map(|at| write_number(at.0)).as_deref());
                }
            }
            Effect::Keep { values } => {
                for (name, value) in values.0 {
                    match value {
                        Some(value) => self.store.put(&name, value, Lifetime::Stored),
                        None => self.store.remove(&name),
                    }
                }
            }
        }
    }

    fn compare_and_set(&self, session: Option<&StoredSession>, replaces: Replaces) -> Settled {
        let stored = self.stored();
        if !replaces.allows(stored.as_ref()) {
            return Settled::Conflict { stored };
        }
        let [shared, own] = self.found().changes(session, replaces);
        let written = self.change(shared, own, session);
        if let Some(session) = session {
            self.go_along(session);
        }
        match written {
            Written::AsConfigured => Settled::Done,
            Written::InMemory => Settled::InMemory,
        }
    }

    /// Changes the record, place by place; how it went where it counts.
    fn change(&self, shared: Change, own: Change, session: Option<&StoredSession>) -> Written {
        let text = session.map(StoredSession::to_json);
        let carry_out = |record: &Record, change: Change, kind: StorageKind| match change {
            Change::Untouched => Written::AsConfigured,
            Change::Removed => record.write(None, kind),
            Change::Written => record.write(text.as_deref(), kind),
        };
        let in_own = match &self.record.own {
            Some(record) => carry_out(record, own, StorageKind::Session),
            None => Written::AsConfigured,
        };
        match carry_out(&self.record.shared, shared, self.config.session.storage) {
            Written::AsConfigured => in_own,
            Written::InMemory => Written::InMemory,
        }
    }

    /// Announces what this tab knows, if that is new; a lock that is held meanwhile is freed only then.
    fn announce(&'static self) {
        if !self.is_shared() || !self.knowledge.learn(&self.session.borrow().known()) {
            return;
        }
        self.announcements.set(self.announcements.get() + 1);
        spawn(async move {
            self.knowledge.announce().await;
            self.announcements.set(self.announcements.get().saturating_sub(1));
            if self.announcements.get() == 0 && self.releases_later.replace(false) {
                self.lock.release();
            }
        });
    }

    /// Waits until this tab sees what other tabs know, for a while at most. Returns the time before which one of them knows
    /// that the provider should not be asked.
    pub(super) async fn catch_up(&self) -> Timestamp {
        let mut not_before = Timestamp(0);
        if !self.is_shared() {
            return not_before;
        }
        // By the clock: a tab that nobody sees may be slowed down, and holds the lock meanwhile.
        let began = clock::now();
        let ends = began.after_ms(MAX_CATCH_UP_MS);
        while (began..ends).contains(&clock::now()) {
            let known = self.knowledge.all().await;
            let stored = self.stored();
            not_before = Known::latest_not_before(&known);
            if !known.iter().any(|known| known.is_ahead_of(stored.as_ref())) {
                break;
            }
            clock::pause(CATCH_UP_PAUSE_MS).await;
        }
        not_before
    }

    /// The lock is ours: looks at storage.
    fn lock_granted(&'static self) {
        let turn = self.lock.turn();
        spawn(async move {
            let not_before = self.catch_up().await;
            // Freed meanwhile, the lock may be somebody else's.
            if self.lock.turn() == turn {
                self.dispatch(Event::LockAcquired { stored: self.stored(), not_before });
            }
        });
    }

    /// Whether other tabs share the record.
    fn is_shared(&self) -> bool {
        self.config.session.storage == StorageKind::Local && !self.is_storage_blocked()
    }

    fn publish(&'static self) {
        self.announce();
        let view = self.session.borrow().view();
        if self.view.with_untracked(|shown| *shown != view) {
            self.view.set(view);
        }
    }

    fn rearm(&'static self) {
        let next_wake = self.session.borrow().next_wake(clock::now());
        let timeout = next_wake.map(|at| {
            let wait_ms = match at.ms_since(clock::now()) {
                0 => 0,
                // Who is second sees what the first has done.
                wait_ms => (wait_ms + clock::stagger_ms()).min(MAX_TIMEOUT_MS),
            };
            Timeout::new(u32::try_from(wait_ms).unwrap_or(u32::MAX), move || self.dispatch(Event::Woke))
        });
        *self.timeout.borrow_mut() = timeout;
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.lock.release();
    }
}

fn reload() {
    // What can be refused is only another address.
    _ = web_sys::window().map(|window| window.location().reload());
}

/// Whether the config wants the panel; development builds also ask the address bar.
fn wants_panel(config: &Config) -> bool {
    config.session.panel || (cfg!(debug_assertions) && address_parameters().iter().any(|(name, _)| name == "debug"))
}
