//! One test's stage: a site, a provider and a browser of its own, and what is left when the test fails.
//!
//! ```text
//!   Setup ──▶ play ──▶ the act panics? ──▶ picture, page, console and both logs are kept ──▶ the panic goes on
//!                 └──▶ it returns ───────▶ browser closed, servers stopped
//! ```

use crate::backend::Backend;
use crate::browser::{Browser, Tab, Watched, quoted};
use crate::dialect::{APP_ID, Dialect};
use crate::driver::Kind;
use crate::nginx::{Nginx, Place};
use crate::patience::until;
use crate::provider::{MEMBER, Person, Provider};
use crate::site::{ConfigFile, Site};
use hosting::Base;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// The longest that one test may take, unless it says otherwise.
const LONGEST: Duration = Duration::from_secs(180);

/// The lifetime of an access token unless a test says otherwise.
pub const ACCESS_TTL: Duration = Duration::from_secs(300);

/// What a stage is to look like.
pub struct Setup {
    dialect: Dialect,
    access_ttl: Duration,
    longest: Duration,
    goes_offline: bool,
    is_at_localhost: bool,
    watched: Watched,
    behind_nginx: Option<Base>,
    edit: Box<dyn FnOnce(&mut Value)>,
    config: Option<ConfigFile>,
}

impl Setup {
    /// The app of [`Dialect::config`].
    #[must_use]
    pub fn of(dialect: Dialect) -> Self {
        Self {
            dialect,
            access_ttl: ACCESS_TTL,
            longest: LONGEST,
            goes_offline: false,
            is_at_localhost: false,
            watched: Watched::AsAPerson,
            behind_nginx: None,
            edit: Box::new(|_| ()),
            config: None,
        }
    }

    /// Makes access tokens last so many seconds.
    #[must_use]
    pub const fn lasting(mut self, seconds: u64) -> Self {
        self.access_ttl = Duration::from_secs(seconds);
        self
    }

    /// Serves the app at a name: no passkey is for an address.
    #[must_use]
    pub const fn at_localhost(mut self) -> Self {
        self.is_at_localhost = true;
        self
    }

    /// Looks at the browser closely.
    #[must_use]
    pub const fn watched_closely(mut self) -> Self {
        self.watched = Watched::Closely;
        self
    }

    /// Has nginx serve the app below that path, in place of the site.
    #[must_use]
    pub fn behind_nginx(mut self, base: Base) -> Self {
        self.behind_nginx = Some(base);
        self
    }

    /// Lets the test take longer than others.
    #[must_use]
    pub const fn taking(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// Cuts the network. Where that cannot be done, `cargo xtask test` leaves the test out, by its name.
    #[must_use]
    pub const fn going_offline(mut self) -> Self {
        self.goes_offline = true;
        self
    }

    /// Changes the config before it is served.
    #[must_use]
    pub fn edit(mut self, edit: impl FnOnce(&mut Value) + 'static) -> Self {
        self.edit = Box::new(edit);
        self
    }

    /// Changes the config once more.
    #[must_use]
    pub fn also(self, edit: impl FnOnce(&mut Value) + 'static) -> Self {
        let first = self.edit;
        let both = move |config: &mut Value| {
            first(config);
            edit(config);
        };
        Self { edit: Box::new(both), ..self }
    }

    /// Serves this in place of the config.
    #[must_use]
    pub fn config(mut self, config: ConfigFile) -> Self {
        self.config = Some(config);
        self
    }
}

/// A site, a provider and a browser.
pub struct Stage {
    /// Serves the app.
    pub site: Site,
    /// Signs people in.
    pub provider: Provider,
    /// Shows the app.
    pub browser: Browser,
    /// How the app speaks to the provider.
    pub dialect: Dialect,
    /// Serves the app in place of the site, where a test wants that.
    pub nginx: Option<Nginx>,
    backend: OnceLock<Backend>,
    name: String,
}

/// A session as the browser keeps it, with what somebody could steal of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// The whole record.
    pub record: String,
    /// Presented to the API.
    pub access_token: String,
    /// Presented to the provider.
    pub refresh_token: String,
}

impl Kept {
    /// Whether nothing was granted in between. The rest of the record may have changed: who the user is becomes known later.
    #[must_use]
    pub fn has_tokens_of(&self, earlier: &Self) -> bool {
        (&self.access_token, &self.refresh_token) == (&earlier.access_token, &earlier.refresh_token)
    }
}

/// Plays one test on a stage of its own. When the act panics, what was seen is kept before the panic goes on.
pub fn play(setup: Setup, act: impl AsyncFnOnce(&Stage)) {
    let name = name_of(&act, setup.dialect.name());
    assert!(
        !setup.goes_offline || Kind::chosen().can_be_offline(),
        "the network of this browser cannot be cut; leave this out with --skip without_a_network"
    );
    let runtime = runtime();
    let longest = setup.longest;
    let stage = runtime.block_on(Stage::set(setup, name));
    let played = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let ended = tokio::time::timeout(longest, act(&stage)).await;
            assert!(ended.is_ok(), "the test did not end within {} s", longest.as_secs());
        });
    }));
    if played.is_err() {
        let folder = runtime.block_on(keep_evidence(&stage.name, &stage.browser, &stage.site, &stage.provider.log()));
        eprintln!("what was seen is kept in {}", folder.display());
    }
    runtime.block_on(stage.browser.close());
    if let Err(panic) = played {
        resume_unwind(panic);
    }
}

/// What a test's own futures run on.
pub(crate) fn runtime() -> Runtime {
    match Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => panic!("the system gives no threads: {error}"),
    }
}

/// Plays one act on a stage for each of `setups`, in one browser: a site of its own is an origin of its own, which the browser
/// keeps nothing for yet. All are played, whatever comes of one; then the panics are told together.
///
/// `setups` says what each is called.
pub fn play_in_turn<T: Copy>(setups: impl IntoIterator<Item = (String, T, Setup)>, act: &impl AsyncFn(&Stage, T)) {
    let name = name_of(act, "in-turn");
    let runtime = runtime();
    let mut failed = Vec::new();
    let mut browser = runtime.block_on(Browser::open());
    for (own, item, setup) in setups {
        let longest = setup.longest;
        let stage = runtime.block_on(Stage::set_around(browser, setup, format!("{name}.{own}")));
        let played = catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on(async {
                let ended = tokio::time::timeout(longest, act(&stage, item)).await;
                assert!(ended.is_ok(), "it did not end within {} s", longest.as_secs());
            });
        }));
        if let Err(panic) = played {
            let folder =
                runtime.block_on(keep_evidence(&stage.name, &stage.browser, &stage.site, &stage.provider.log()));
            let said = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            failed.push(format!(
                "{own}: {}\n  what was seen is kept in {}",
                said.unwrap_or_default(),
                folder.display()
            ));
        }
        browser = stage.browser;
        runtime.block_on(browser.look_afresh());
    }
    runtime.block_on(browser.close());
    assert!(failed.is_empty(), "{} failed:\n\n{}", failed.len(), failed.join("\n\n"));
}

impl Stage {
    async fn set(setup: Setup, name: String) -> Self {
        Self::set_around(Browser::open_as(setup.watched).await, setup, name).await
    }

    async fn set_around(browser: Browser, setup: Setup, name: String) -> Self {
        let mut site = Site::start().await;
        if setup.is_at_localhost {
            site.be_localhost();
        }
        let place = setup.behind_nginx.map(|base| (Place::take(), base));
        if let Some((place, _)) = &place {
            site.stand_back_for(place.origin());
        }
        let provider = Provider::start(site.origin(), setup.access_ttl);
        let mut config = setup.dialect.config(&provider.origin());
        (setup.edit)(&mut config);
        let config = setup.config.unwrap_or_else(|| ConfigFile::Text(config.to_string()));
        let nginx = match (place, &config) {
            (Some((place, base)), ConfigFile::Text(text)) => Some(Nginx::start(place, text, &base)),
            (Some(_), _) => panic!("nginx serves whole configs alone"),
            (None, _) => None,
        };
        if !matches!(config, ConfigFile::Text(_)) {
            // The setup page tries whom no config names yet.
            site.let_talk_to(&provider.origin());
        }
        site.put_config(config);
        Self { browser, site, provider, dialect: setup.dialect, nginx, backend: OnceLock::new(), name }
    }

    /// Puts a backend in the provider's place, once.
    pub async fn put_backend(&self) -> &Backend {
        assert!(self.backend.get().is_none(), "a stage has one backend");
        let backend = Backend::start(self.site.origin()).await;
        self.site.put_config(ConfigFile::Text(backend.config().to_string()));
        self.backend.get_or_init(|| backend)
    }

    // --- what a person does -------------------------------------------------------------------

    /// Goes to a path of the app.
    pub async fn open(&self, path: &str) {
        let url = format!("{}{path}", self.site.origin());
        self.browser.goto(&url).await;
    }

    /// Waits for the login form, empty and ready.
    pub async fn wait_for_login(&self) {
        self.browser.wait_for("form#login button[type=submit]:not([disabled])").await;
        self.browser.wait_for("html[data-session=signed-out]").await;
    }

    /// Fills the login form and submits it, and waits for nothing.
    pub async fn submit(&self, username: &str, password: &str) {
        self.wait_for_login().await;
        self.submit_early(username, password).await;
    }

    /// The same, whether there is an app yet or only the form that is painted before it.
    pub async fn submit_early(&self, username: &str, password: &str) {
        self.browser.type_into("input[name=username]", username).await;
        self.browser.type_into("input[name=password]", password).await;
        self.browser.click("form#login button[type=submit]").await;
    }

    /// Signs in at the login page that is open, and waits for a protected page.
    pub async fn sign_in_as(&self, person: Person) {
        self.submit(person.username, person.password).await;
        self.browser.wait_for("html[data-session=signed-in] main[data-page]").await;
    }

    /// Opens the app, signs in as a member, and waits for all the rows of the first page.
    pub async fn open_signed_in(&self) {
        self.open("/").await;
        self.sign_in_as(MEMBER).await;
        self.wait_for_orders().await;
    }

    /// Waits for the first page and all its rows.
    pub async fn wait_for_orders(&self) {
        self.browser.wait_for("main[data-page=\"/orders\"]").await;
        self.browser.wait_for_count("main tbody tr", crate::dialect::ROWS).await;
    }

    /// Clicks *Sign out*.
    pub async fn sign_out(&self) {
        self.browser.click("[data-action=sign-out]").await;
    }

    /// Time passes, for the browser and for the provider.
    pub async fn let_pass(&self, span: Duration) {
        self.provider.let_pass(span);
        self.set_clock_ahead(span).await;
    }

    /// Time passes, for the provider and in all of these tabs.
    pub async fn let_pass_in(&self, tabs: &[Tab], span: Duration) {
        self.provider.let_pass(span);
        let script = CLOCK.replace("AHEAD_MS", &span.as_millis().to_string());
        self.run_before_every_page(&script);
        for tab in tabs {
            self.browser.look_at(tab).await;
            self.browser.ask(&script, &[]).await;
        }
    }

    /// The access token runs out, and nobody has looked yet.
    pub async fn let_access_token_expire(&self) {
        self.let_pass(ACCESS_TTL + Duration::from_secs(5)).await;
    }

    // --- what is done to the pages ------------------------------------------------------------

    /// Runs a script in every page of the app before the page's own, from now on.
    pub fn run_before_every_page(&self, script: &str) {
        self.site.put_before(script);
    }

    /// Sets the clock of the app's pages ahead: of the one that is open, and of all to come.
    pub async fn set_clock_ahead(&self, span: Duration) {
        self.set_clock_off(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)).await;
    }

    /// The same, by so many milliseconds, which may be less than none.
    pub async fn set_clock_off(&self, ahead_ms: i64) {
        let script = CLOCK.replace("AHEAD_MS", &format!("({ahead_ms})"));
        self.run_before_every_page(&script);
        self.browser.ask(&script, &[]).await;
    }

    /// Notes everything that matches and is ever put into a page, even for a moment.
    pub async fn watch_for(&self, selector: &str) {
        let script = watching_for(selector);
        self.run_before_every_page(&script);
        self.browser.ask(&script, &[]).await;
    }

    /// Notes every form that the app puts into a page, even for a moment, and the one that `index.html` holds whenever it can be
    /// seen: whoever is signed in sees none.
    pub async fn watch_for_forms(&self) {
        self.watch_for(":is(form, input:not([type=search])):not([data-early] *)").await;
        self.run_before_every_page(WATCH_PAINTED);
    }

    // --- what is there to see -----------------------------------------------------------------

    /// The session that the browser keeps, if there is one.
    pub async fn kept_session(&self) -> Option<Kept> {
        let record = self.browser.stored(&session_key()).await?;
        let members: Value = serde_json::from_str(&record).ok()?;
        let text = |name: &str| members.get(name)?.as_str().map(ToOwned::to_owned);
        Some(Kept { access_token: text("access_token")?, refresh_token: text("refresh_token")?, record })
    }

    /// The session that the browser keeps. Panics without one.
    pub async fn session(&self) -> Kept {
        match self.kept_session().await {
            Some(kept) => kept,
            None => panic!("no session is kept in this browser"),
        }
    }

    /// Panics if the browser keeps a session, or anything protected is on the page.
    pub async fn assert_signed_out(&self) {
        assert!(self.browser.stored(&session_key()).await.is_none(), "a session is still kept");
        self.assert_nothing_protected().await;
    }

    /// Panics if anything protected is on the page.
    pub async fn assert_nothing_protected(&self) {
        let protected = self.browser.html("main[data-page], tbody tr").await;
        assert!(protected.is_empty(), "this should not be seen: {protected:.300}");
    }

    /// Waits until an access token is refused by the API.
    pub async fn wait_until_refused(&self, access_token: &str) {
        until("the API to refuse the old access token", async || {
            let answer = self.provider.ask_who_i_am(access_token).await;
            if answer.status == 401 {
                return Ok(());
            }
            Err(format!("it answers {}", answer.status))
        })
        .await;
    }

    // --- what is left -------------------------------------------------------------------------

    /// Saves a picture under the test's name, whether or not the test fails.
    pub async fn keep_picture(&self, name: &str) {
        self.browser.save_picture(&folder_of(&self.name).join(format!("{name}.png"))).await;
    }
}

/// Saves all that there is to see under a test's name, and gives the folder.
pub(crate) async fn keep_evidence(name: &str, browser: &Browser, site: &Site, provider_log: &[String]) -> PathBuf {
    let folder = folder_of(name);
    let keep = |name: &str, text: String| {
        if let Err(error) = std::fs::write(folder.join(name), text) {
            eprintln!("{name} is not kept: {error}");
        }
    };
    browser.save_picture(&folder.join("picture.png")).await;
    keep("page.html", browser.source().await);
    keep("console.log", browser.console().await.join("\n"));
    keep("provider.log", provider_log.join("\n"));
    keep("site.log", site.asked().join("\n"));
    folder
}

fn folder_of(name: &str) -> PathBuf {
    let folder = crate::path_from("VESTIBULE_ARTIFACTS", "target/end-to-end").join(name);
    if let Err(error) = std::fs::create_dir_all(&folder) {
        eprintln!("{} is not there: {error}", folder.display());
    }
    folder
}

/// Pages see a clock that is ahead; each run of the script adds to it.
const CLOCK: &str = "{
    const Before = Date;
    globalThis.Date = class Date extends Before {
        constructor(...given) { if (given.length) { super(...given); } else { super(Before.now() + AHEAD_MS); } }
        static now() { return Before.now() + AHEAD_MS; }
    };
}";

/// A script that notes in a page what matches.
pub(crate) fn watching_for(selector: &str) -> String {
    WATCH.replace("SELECTOR", &quoted(selector))
}

/// Looks at every node when it is put into the page, before anything else can take it out again.
const WATCH: &str = "{
    const noted = window.noted ??= [];
    const note = element => noted.push(element.outerHTML.slice(0, 200));
    const look = node => {
        if (node.nodeType !== Node.ELEMENT_NODE) { return; }
        if (node.matches(SELECTOR)) { note(node); }
        node.querySelectorAll(SELECTOR).forEach(note);
    };
    new MutationObserver(records => records.forEach(record => {
        record.addedNodes.forEach(look);
        if (record.type === 'attributes') { look(record.target); }
    })).observe(document, { subtree: true, childList: true, attributes: true });
}";

/// Looks once a frame whether there is a painted form to see.
const WATCH_PAINTED: &str = "requestAnimationFrame(function look() {
    const painted = document.querySelector('[data-early] form');
    if (painted?.checkVisibility({ visibilityProperty: true, checkVisibilityCSS: true })) { window.noted.push('the painted form'); }
    requestAnimationFrame(look);
});";

/// Where the session is kept in `localStorage`.
#[must_use]
pub fn session_key() -> String {
    format!("vestibule:{APP_ID}")
}

/// Where the app's store is kept in `localStorage`.
#[must_use]
pub fn store_key() -> String {
    format!("vestibule:{APP_ID}:store")
}

/// The test's own name, which its act is written in: the thread's name is `main` when tests run one by one.
pub(crate) fn name_of<T>(_: &T, against: &str) -> String {
    let path = std::any::type_name::<T>().replace("::{{closure}}", "");
    let own = path.split_once("::").map_or(path.as_str(), |(_, own)| own);
    format!("{}.{against}", own.replace("::", "."))
}
