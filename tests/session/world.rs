//! A world in which time, storage, the lock and the provider are ours, and only the machine is real.
//!
//! Requests wait in `under_way` until [`World::answer_all`] (or [`World::run`]) lets the provider answer them, so a test
//! can put anything in between. Answers pass through the very code that reads real ones.

use std::collections::{BTreeMap, VecDeque};
use vestibule::{
    config::{Config, Draft, Preset},
    session::{
        Ask, CallerId, Effect, Event, Form, Gate, HttpFailure, HttpResponse, Jitter, Known, NoToken, Replaces,
        RequestId, Rules, Session, Settled, StoredSession, Timestamp,
        keeping::{Change, Found},
        protocol,
    },
};

pub const START: Timestamp = Timestamp(1_800_000_000_000);
/// Lifetime of an access token of the simulated provider. Seconds.
pub const LIFETIME_S: u64 = 600;

const CONFIG: &str = r#"{
  "version": 1,
  "app": { "id": "test", "title": "Test", "after_sign_in": "/orders" },
  "provider": { "preset": "supabase", "vars": { "base_url": "https://id.example", "api_key": "k" } },
  "store": { "tenant": "/user/app_metadata/tenant" },
  "queries": { "orders": { "url": "{{vars.base_url}}/orders" } },
  "pages": [ { "path": "/orders", "title": "Orders", "blocks": [ { "type": "table", "query": "orders" } ] },
             { "path": "/orders/:id", "title": "Order", "blocks": [ { "type": "text", "text": "{{params.id}}" } ] } ]
}"#;

pub fn config() -> Config {
    static CONFIG: std::sync::OnceLock<Config> = std::sync::OnceLock::new();
    CONFIG.get_or_init(|| config_from(|_| {})).clone()
}

/// The test's config, changed first: the same path as a real file.
pub fn config_from(change: impl FnOnce(&mut serde_json::Value)) -> Config {
    let mut file: serde_json::Value = serde_json::from_str(CONFIG).unwrap();
    change(&mut file);
    let preset = include_str!("../../public/presets/supabase.json");
    Draft::parse(&file.to_string()).unwrap().finish(Preset::Text(preset), Some("https://app.example")).unwrap()
}

/// What the provider does instead of its work, once.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Another answer; the work is not done.
    Answer(HttpResponse),
    /// No answer; the work is not done.
    NoAnswer(HttpFailure),
    /// The work is done and its answer is lost.
    Lost,
}

pub fn response(status: u16, kind: &str, body: &str) -> HttpResponse {
    HttpResponse { status, headers: vec![("content-type".into(), kind.into())], body: body.into() }
}

pub fn json(status: u16, body: &str) -> Fault {
    Fault::Answer(response(status, "application/json", body))
}

/// Rotation with reuse detection, one family a sign-in.
#[derive(Default)]
pub struct Provider {
    pub faults: VecDeque<Fault>,
    /// The good refresh token of each living family.
    families: BTreeMap<u64, u64>,
    issued: u64,
    pub sign_ins: u32,
    pub refreshes: u32,
    pub revocations: u32,
    pub reuses: u32,
    pub probes: u32,
    pub lifetime_s: u64,
    /// Where the session is in a cookie: what the browser keeps of it.
    pub jar: Option<Jar>,
}

/// The browser's one cookie.
#[derive(Clone, Debug, Default)]
pub struct Jar {
    /// The session that it names.
    pub cookie: Option<u64>,
    /// The browser keeps no cookie of this provider.
    pub is_blocked: bool,
    /// The API's part of it is over, and can be refreshed.
    pub is_stale: bool,
}

impl Provider {
    pub fn living_families(&self) -> usize {
        self.families.len()
    }

    fn answer(&mut self, ask: &Ask) -> Result<HttpResponse, HttpFailure> {
        match self.faults.pop_front() {
            Some(Fault::Answer(response)) => return Ok(response),
            Some(Fault::NoAnswer(failure)) => return Err(failure),
            Some(Fault::Lost) => {
                self.work(ask);
                return Err(HttpFailure::Unreachable);
            }
            None => {}
        }
        Ok(self.work(ask))
    }

    fn work(&mut self, ask: &Ask) -> HttpResponse {
        if let Some(jar) = self.jar.clone() {
            return self.work_by_cookie(ask, &jar);
        }
        match ask {
            Ask::SignIn { form, .. } => {
                self.sign_ins += 1;
                if form.value("password") != Some("correct") {
                    return response(400, "application/json", r#"{"error_code":"invalid_credentials"}"#);
                }
                self.issued += 1;
                let family = self.issued;
                self.grant(family, form.value("username").unwrap())
            }
            Ask::Refresh { session } => {
                self.refreshes += 1;
                let presented = session.tokens.refresh_token.as_ref().unwrap().expose();
                let (family, serial) = presented.split_once('-').unwrap();
                let (family, serial) = (family.parse().unwrap(), serial.parse::<u64>().unwrap());
                match self.families.get(&family) {
                    Some(good) if *good == serial => {
                        let user =
                            session.user.as_ref().and_then(|user| user["email"].as_str()).unwrap_or("?").to_owned();
                        self.grant(family, &user)
                    }
                    Some(_) => {
                        self.reuses += 1;
                        self.families.remove(&family);
                        response(400, "application/json", r#"{"error_code":"refresh_token_already_used"}"#)
                    }
                    None => response(400, "application/json", r#"{"error_code":"refresh_token_not_found"}"#),
                }
            }
            Ask::UserInfo { .. } => response(200, "application/json", r#"{"email":"asked@x.example"}"#),
            Ask::Revoke { tokens } => {
                self.revocations += 1;
                let family = tokens.access_token.expose().split('-').nth(1).unwrap().parse().unwrap();
                self.families.remove(&family);
                response(204, "", "")
            }
        }
    }

    /// Answers without a token: the browser's cookie says who asks.
    fn work_by_cookie(&mut self, ask: &Ask, jar: &Jar) -> HttpResponse {
        let no = || response(401, "application/json", "{}");
        let is_alive = jar.cookie.is_some_and(|cookie| self.families.contains_key(&cookie));
        let mut after = jar.clone();
        let answer = match ask {
            Ask::SignIn { form, .. } => {
                self.sign_ins += 1;
                if form.value("password") != Some("correct") {
                    return no();
                }
                self.issued += 1;
                self.families.insert(self.issued, 0);
                after = Jar { cookie: (!jar.is_blocked).then_some(self.issued), is_stale: false, ..after };
                response(200, "application/json", r#"{"ok":true}"#)
            }
            Ask::Refresh { .. } => {
                self.refreshes += 1;
                after.is_stale = false;
                if is_alive { response(204, "", "") } else { no() }
            }
            Ask::UserInfo { .. } => {
                self.probes += 1;
                let name = format!(r#"{{"email":"{}@x.example"}}"#, jar.cookie.unwrap_or_default());
                if is_alive && !jar.is_stale { response(200, "application/json", &name) } else { no() }
            }
            Ask::Revoke { .. } => {
                self.revocations += 1;
                self.families.remove(&jar.cookie.unwrap_or_default());
                after.cookie = None;
                response(204, "", "")
            }
        };
        self.jar = Some(after);
        answer
    }

    fn grant(&mut self, family: u64, user: &str) -> HttpResponse {
        self.issued += 1;
        self.families.insert(family, self.issued);
        let body = serde_json::json!({
            "access_token": format!("at-{family}-{}", self.issued),
            "refresh_token": format!("{family}-{}", self.issued),
            "expires_in": self.lifetime_s,
            "user": { "email": user, "app_metadata": { "tenant": "north" } },
        });
        response(200, "application/json", &body.to_string())
    }
}

pub struct Tab {
    pub session: Session,
    pub answers: BTreeMap<CallerId, Result<String, NoToken>>,
    pub kept: Vec<(String, Option<serde_json::Value>)>,
    pub kept_forgotten: u32,
    /// What storage had no room for: this page's memory holds it.
    memory: Option<StoredSession>,
    /// What is kept for this tab alone.
    pub own: Option<StoredSession>,
    next_caller: u32,
    inbox: VecDeque<Event>,
}

pub struct World {
    pub now: Timestamp,
    pub config: Config,
    pub storage: Option<StoredSession>,
    pub storage_is_full: bool,
    /// When somebody was last there, as storage has it.
    pub activity: Option<Timestamp>,
    /// What pages leave for later ones: a sign-out that the provider has not confirmed.
    pub owes_sign_out: bool,
    pub tabs: Vec<Tab>,
    pub provider: Provider,
    pub under_way: Vec<(usize, RequestId, Ask)>,
    /// Everything ever done, in order, by name: for assertions about order.
    pub deeds: Vec<&'static str>,
    lock_holder: Option<usize>,
    lock_queue: VecDeque<usize>,
    pub lock_is_stuck: bool,
}

impl World {
    pub fn new(tabs: usize) -> Self {
        Self::with_config(tabs, config())
    }

    pub fn with_config(tabs: usize, config: Config) -> Self {
        // The sign-in of `signed_in` then happens at `START` to the millisecond.
        let now = Timestamp(START.0 - 1);
        let tab = || Tab {
            session: Session::new(Rules::of(&config)),
            answers: BTreeMap::new(),
            kept: Vec::new(),
            kept_forgotten: 0,
            memory: None,
            own: None,
            next_caller: 0,
            inbox: VecDeque::new(),
        };
        Self {
            now,
            storage: None,
            storage_is_full: false,
            activity: None,
            owes_sign_out: false,
            tabs: (0..tabs).map(|_| tab()).collect(),
            provider: Provider { lifetime_s: LIFETIME_S, ..Provider::default() },
            under_way: Vec::new(),
            deeds: Vec::new(),
            lock_holder: None,
            lock_queue: VecDeque::new(),
            lock_is_stuck: false,
            config,
        }
    }

    /// One tab, signed in.
    pub fn signed_in(tabs: usize) -> Self {
        Self::signed_in_with(tabs, config())
    }

    pub fn signed_in_with(tabs: usize, config: Config) -> Self {
        let mut world = Self::with_config(tabs, config);
        for tab in 0..tabs {
            world.start(tab);
        }
        world.sign_in(0, "ada", "correct");
        world.run();
        for tab in 0..tabs {
            assert_eq!(world.gate(tab), Gate::Open);
        }
        world.deeds.clear();
        world
    }

    pub fn start(&mut self, tab: usize) {
        let stored = self.record_of(tab);
        self.dispatch(tab, Event::Started { stored });
    }

    /// The tab is loaded again: all it knew is gone but what storage holds.
    pub fn reload(&mut self, tab: usize) {
        self.tabs[tab].session = Session::new(Rules::of(&self.config));
        self.tabs[tab].inbox.clear();
        self.under_way.retain(|(of, ..)| *of != tab);
        self.free_lock(tab);
        self.start(tab);
    }

    pub fn sign_in(&mut self, tab: usize, user: &str, password: &str) {
        self.sign_in_as(tab, user, password, false);
    }

    /// The box `Stay signed in` is not ticked.
    pub fn sign_in_only_here(&mut self, tab: usize, user: &str) {
        self.sign_in_as(tab, user, "correct", true);
    }

    fn sign_in_as(&mut self, tab: usize, user: &str, password: &str, only_here: bool) {
        // Nobody types that fast: what tells sessions apart is when they began.
        self.now = self.now.after_ms(1);
        let form = Form(vec![("username".into(), user.into()), ("password".into(), password.into())]);
        self.dispatch(tab, Event::SignInSubmitted { form, only_here });
    }

    /// The same, before this tab hears what is on its way to it.
    pub fn sign_in_unheard(&mut self, tab: usize, user: &str) {
        self.now = self.now.after_ms(1);
        let form = Form(vec![("username".into(), user.into()), ("password".into(), "correct".into())]);
        self.overtake(tab, Event::SignInSubmitted { form, only_here: false });
    }

    pub fn sign_out(&mut self, tab: usize) {
        self.dispatch(tab, Event::SignOutRequested);
    }

    /// An API call asks for a token.
    pub fn ask(&mut self, tab: usize) -> CallerId {
        let caller = self.next_caller(tab);
        self.dispatch(tab, Event::AccessTokenRequested { caller });
        caller
    }

    /// An API answered 401 to `token`.
    pub fn reject(&mut self, tab: usize, token: &str) -> CallerId {
        self.reject_token(tab, vestibule::session::AccessToken::new(token.into()))
    }

    /// An API answered 401 to the token that is current, or to the cookie that stands for it.
    pub fn reject_current(&mut self, tab: usize) -> CallerId {
        let access_token = self.tabs[tab].session.signed_in().unwrap().tokens.access_token.clone();
        self.reject_token(tab, access_token)
    }

    pub fn reject_token(&mut self, tab: usize, access_token: vestibule::session::AccessToken) -> CallerId {
        let caller = self.next_caller(tab);
        self.dispatch(tab, Event::AccessTokenRejected { caller, access_token });
        caller
    }

    pub fn pass(&mut self, seconds: u64) {
        self.now = self.now.after_ms(seconds * 1000);
    }

    /// Time passes as in a browser: every tab is woken when it wants to be.
    pub fn live(&mut self, seconds: u64) {
        let end = self.now.after_ms(seconds * 1000);
        for _ in 0..10_000 {
            self.run();
            let next = self.tabs.iter().filter_map(|tab| tab.session.next_wake(self.now)).min();
            let Some(at) = next.filter(|at| *at <= end) else {
                self.now = end;
                return self.run();
            };
            self.now = at.max(self.now);
            for tab in 0..self.tabs.len() {
                self.dispatch(tab, Event::Woke);
            }
        }
        panic!("the machine wants to be woken without end");
    }

    /// Lets everything that is under way come to its end.
    pub fn run(&mut self) {
        for _ in 0..10_000 {
            self.deliver();
            if self.under_way.is_empty() {
                return;
            }
            self.answer_all();
        }
        panic!("the world does not come to rest");
    }

    /// The provider answers what is under way now.
    pub fn answer_all(&mut self) {
        for (tab, request, ask) in std::mem::take(&mut self.under_way) {
            self.answer(tab, request, &ask);
        }
        self.deliver();
    }

    /// The provider answers what this tab has under way; nobody hears of anything else meanwhile.
    pub fn answer_all_of(&mut self, tab: usize) {
        let (of_tab, others) = std::mem::take(&mut self.under_way).into_iter().partition(|(of, ..)| *of == tab);
        self.under_way = others;
        let of_tab: Vec<(usize, RequestId, Ask)> = of_tab;
        for (tab, request, ask) in of_tab {
            self.answer(tab, request, &ask);
        }
    }

    /// The provider does its work for the one request under way, and this is what is seen of its answer.
    pub fn answer_with(&mut self, answer: Result<HttpResponse, HttpFailure>) {
        let (tab, request, ask) = self.under_way.remove(0);
        self.provider.answer(&ask).unwrap();
        let config = self.config.clone();
        let configured = protocol::requests_for(&config, &ask)[0];
        let outcome = protocol::read(&config, &ask, configured, answer, self.now);
        self.dispatch(tab, Event::Responded { request, outcome, jitter: Jitter(255) });
    }

    fn answer(&mut self, tab: usize, request: RequestId, ask: &Ask) {
        let mut combined = None;
        let config = self.config.clone();
        for configured in protocol::requests_for(&config, ask) {
            // Where a redirect brings a code, this one did.
            let brought = Form(["code", "code_verifier"].map(|name| (name.to_owned(), "brought".to_owned())).to_vec());
            let mut values = protocol::values_of(ask);
            if config.provider.redirect.is_some() {
                values.form = Some(&brought);
            }
            let http = protocol::write(configured, &config.provider.authorize, values).unwrap();
            assert!(http.url.starts_with("https://id.example/"));
            let outcome = protocol::read(&config, ask, configured, self.provider.answer(ask), self.now);
            combined = Some(match combined {
                None => outcome,
                Some(earlier) => protocol::both(earlier, outcome),
            });
        }
        self.dispatch(tab, Event::Responded { request, outcome: combined.unwrap(), jitter: Jitter(255) });
    }

    pub fn dispatch(&mut self, tab: usize, event: Event) {
        self.tabs[tab].inbox.push_back(event);
        while let Some(event) = self.tabs[tab].inbox.pop_front() {
            if let Some(at) = self.activity {
                let effects = self.tabs[tab].session.advance(Event::ActivityHeardOf { at }, self.now);
                assert_eq!(effects, [], "to hear of it is all");
            }
            let is_owed = self.owes_sign_out;
            assert_eq!(self.tabs[tab].session.advance(Event::SignOutFoundOwed { is_owed }, self.now), []);
            let effects = self.tabs[tab].session.advance(event, self.now);
            for effect in effects {
                self.carry_out(tab, effect);
            }
        }
    }

    fn carry_out(&mut self, tab: usize, effect: Effect) {
        match effect {
            Effect::Send { request, ask } => {
                self.deeds.push(match &ask {
                    Ask::SignIn { .. } => "send sign-in",
                    Ask::Refresh { .. } => "send refresh",
                    Ask::UserInfo { .. } => "send user info",
                    Ask::Revoke { .. } => "send revocation",
                });
                self.under_way.push((tab, request, ask));
            }
            Effect::Store { session, replaces } => {
                self.deeds.push("store");
                let stored = self.seen(tab);
                let settled = if !replaces.allows(stored.as_ref()) {
                    Settled::Conflict { stored }
                } else if self.storage_is_full {
                    self.tabs[tab].memory = Some(session);
                    Settled::InMemory
                } else {
                    self.write(tab, Some(&session), replaces);
                    Settled::Done
                };
                self.tabs[tab].inbox.push_front(Event::StoreSettled { settled });
            }
            Effect::ClearStore { replaces, forgets_kept } => {
                self.deeds.push("clear");
                let stored = self.seen(tab);
                if forgets_kept && (stored.is_none() || replaces.allows(stored.as_ref())) {
                    self.tabs[tab].kept_forgotten += 1;
                }
                let settled = if replaces.allows(stored.as_ref()) {
                    self.write(tab, None, replaces);
                    Settled::Done
                } else {
                    Settled::Conflict { stored }
                };
                self.tabs[tab].inbox.push_front(Event::StoreSettled { settled });
            }
            Effect::AcquireLock => self.lock_queue.push_back(tab),
            Effect::ReleaseLock => self.free_lock(tab),
            Effect::Answer { caller, result } => {
                let earlier = self.tabs[tab].answers.insert(caller, result.map(|token| token.expose().to_owned()));
                assert_eq!(earlier, None, "a caller is answered once");
            }
            Effect::Keep { values } => self.tabs[tab].kept = values.0,
            Effect::NoteActivity { at } => self.activity = at,
            Effect::EndProviderSession { .. } => self.deeds.push("leave for the provider's sign-out"),
            Effect::NoteSignOut { is_owed } => self.owes_sign_out = is_owed,
        }
    }

    /// What this tab finds: its memory while storage had no room.
    fn seen(&mut self, tab: usize) -> Option<StoredSession> {
        self.tabs[tab].memory.clone().or_else(|| self.record_of(tab))
    }

    fn found(&self, tab: usize) -> Found {
        Found { shared: self.storage.clone(), own: self.tabs[tab].own.clone() }
    }

    /// What storage holds for this tab; what is over is taken out of it.
    pub fn record_of(&mut self, tab: usize) -> Option<StoredSession> {
        let found = self.found(tab);
        if found.is_own_over() {
            self.tabs[tab].own = None;
        }
        found.into_record()
    }

    fn write(&mut self, writer: usize, record: Option<&StoredSession>, replaces: Replaces) {
        self.tabs[writer].memory = None;
        let [shared, own] = self.found(writer).changes(record, replaces);
        let after = |change: Change, before: &mut Option<StoredSession>| match change {
            Change::Untouched => false,
            Change::Removed => before.take().is_some(),
            Change::Written => {
                // A record does not say where it is.
                *before = record.map(|record| StoredSession { only_here: false, ..record.clone() });
                true
            }
        };
        after(own, &mut self.tabs[writer].own);
        if after(shared, &mut self.storage) {
            for tab in (0..self.tabs.len()).filter(|tab| *tab != writer) {
                let stored = self.record_of(tab);
                self.tabs[tab].inbox.push_back(Event::StorageChanged { stored });
            }
        }
    }

    /// Storage events and granted locks arrive.
    pub fn deliver(&mut self) {
        for _ in 0..10_000 {
            let Some(tab) = (0..self.tabs.len()).find(|tab| !self.tabs[*tab].inbox.is_empty()) else {
                if self.lock_holder.is_none()
                    && !self.lock_is_stuck
                    && let Some(next) = self.lock_queue.pop_front()
                {
                    self.lock_holder = Some(next);
                    let stored = self.record_of(next);
                    let known: Vec<Known> = self.tabs.iter().map(|tab| tab.session.known()).collect();
                    let not_before = Known::latest_not_before(&known);
                    self.dispatch(next, Event::LockAcquired { stored, not_before });
                    continue;
                }
                return;
            };
            let mut waiting = std::mem::take(&mut self.tabs[tab].inbox);
            let first = waiting.pop_front().expect("found not empty");
            self.dispatch(tab, first);
            self.tabs[tab].inbox.extend(waiting);
        }
        panic!("tabs talk without end");
    }

    /// Something happens to this tab before it hears what is on its way to it.
    pub fn overtake(&mut self, tab: usize, event: Event) {
        let late = std::mem::take(&mut self.tabs[tab].inbox);
        self.dispatch(tab, event);
        self.tabs[tab].inbox.extend(late);
    }

    /// What is on its way to this tab does not arrive.
    pub fn drop_news(&mut self, tab: usize) {
        self.tabs[tab].inbox.clear();
    }

    fn free_lock(&mut self, tab: usize) {
        self.lock_queue.retain(|waiting| *waiting != tab);
        if self.lock_holder == Some(tab) {
            self.lock_holder = None;
        }
    }

    pub fn lock_is_free(&self) -> bool {
        self.lock_holder.is_none() && self.lock_queue.is_empty()
    }

    pub fn gate(&self, tab: usize) -> Gate {
        self.tabs[tab].session.view().gate
    }

    pub fn token(&self, tab: usize) -> String {
        self.tabs[tab].session.signed_in().unwrap().tokens.access_token.expose().to_owned()
    }

    pub fn answer_to(&self, tab: usize, caller: CallerId) -> Option<Result<String, NoToken>> {
        self.tabs[tab].answers.get(&caller).cloned()
    }

    fn next_caller(&mut self, tab: usize) -> CallerId {
        self.tabs[tab].next_caller += 1;
        CallerId(self.tabs[tab].next_caller)
    }
}
