//! The stage of one test against a real server: as [`crate::stage`], but nobody pulls strings. Time is real, and what
//! the server thinks of a token is found out by presenting it.

use crate::browser::{Browser, Watched};
use crate::family::{Family, SignsIn};
use crate::patience::until;
use crate::plain_http::{Answer, ask};
use crate::provider::MEMBER;
use crate::real_server::RealServer;
use crate::site::{ConfigFile, Site};
use crate::stage::{ACCESS_TTL, keep_evidence, name_of, runtime, session_key, watching_for};
use axum::http::Method;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

/// The longest that one test may take.
const LONGEST: Duration = Duration::from_secs(180);

/// What a stage is to look like.
pub struct Setup {
    family: Family,
    access_ttl: Duration,
    arguments: Vec<String>,
    watched: Watched,
    edits: Vec<Edit>,
}

impl Setup {
    /// The app of [`Family::config`].
    #[must_use]
    pub fn of(family: Family) -> Self {
        Self { family, access_ttl: ACCESS_TTL, arguments: Vec::new(), watched: Watched::AsAPerson, edits: Vec::new() }
    }

    /// Makes access tokens last so long.
    #[must_use]
    pub const fn lasting(mut self, access_ttl: Duration) -> Self {
        self.access_ttl = access_ttl;
        self
    }

    /// Starts the server with these arguments too.
    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// Looks at the browser closely.
    #[must_use]
    pub const fn watched_closely(mut self) -> Self {
        self.watched = Watched::Closely;
        self
    }

    /// Changes the config before it is served.
    #[must_use]
    pub fn edit(mut self, edit: impl FnOnce(&mut Value) + 'static) -> Self {
        self.edits.push(Box::new(edit));
        self
    }
}

type Edit = Box<dyn FnOnce(&mut Value)>;

/// A site, a real server and a browser.
pub struct RealStage {
    /// Serves the app.
    pub site: Site,
    /// Signs people in, and has data for them.
    pub server: RealServer,
    /// Shows the app.
    pub browser: Browser,
    /// What the server promises.
    pub family: Family,
}

/// The tokens that a browser keeps.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Presented to the API.
    pub access: String,
    /// Presented to the server, where there are refresh tokens.
    pub refresh: Option<String>,
    /// Says who signed in, where there are ID tokens.
    pub id: Option<String>,
}

/// Plays one test on a stage of its own. When the act panics, what was seen is kept before the panic goes on.
pub fn play(setup: Setup, act: impl AsyncFnOnce(&RealStage)) {
    let name = name_of(&act, setup.family.name);
    let runtime = runtime();
    let stage = runtime.block_on(RealStage::set(setup));
    let played = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let ended = tokio::time::timeout(LONGEST, act(&stage)).await;
            assert!(ended.is_ok(), "the test did not end within {} s", LONGEST.as_secs());
        });
    }));
    if played.is_err() {
        let folder = runtime.block_on(keep_evidence(&name, &stage.browser, &stage.site, &stage.server.log()));
        eprintln!("what was seen is kept in {}", folder.display());
    }
    runtime.block_on(stage.browser.close());
    if let Err(panic) = played {
        resume_unwind(panic);
    }
}

impl RealStage {
    async fn set(setup: Setup) -> Self {
        let Setup { family, access_ttl, arguments, watched, edits } = setup;
        let site = Site::start().await;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let server = RealServer::start(family.name, site.origin(), access_ttl, &arguments);
        let mut config = family.config(server.origin());
        for edit in edits {
            edit(&mut config);
        }
        site.put_config(ConfigFile::Text(config.to_string()));
        Self { browser: Browser::open_as(watched).await, site, server, family }
    }

    // --- what a person does -------------------------------------------------------------------

    /// Goes to a path of the app.
    pub async fn open(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.site.origin())).await;
    }

    /// Leaves the app, so that nothing of it runs.
    pub async fn leave(&self) {
        self.browser.goto("about:blank").await;
    }

    /// Waits for the login page, ready: with its form, or with the button that leads to the server's own pages.
    pub async fn wait_for_login(&self) {
        let ready = match self.family.signs_in {
            SignsIn::Here => "form#login button[type=submit]:not([disabled])",
            SignsIn::AtTheServer => "button[data-action=\"continue\"]:not([disabled])",
        };
        self.browser.wait_for(ready).await;
        self.browser.wait_for("html[data-session=signed-out]").await;
    }

    /// Fills the login form and submits it, and waits for nothing.
    pub async fn submit(&self, password: &str) {
        self.wait_for_login().await;
        self.browser.type_into("input[name=username]", MEMBER.username).await;
        self.browser.type_into("input[name=password]", password).await;
        self.browser.click("form#login button[type=submit]").await;
    }

    /// Signs in at the login page that is open, and waits for the first page with its rows.
    pub async fn sign_in(&self) {
        match self.family.signs_in {
            SignsIn::Here => self.submit(MEMBER.password).await,
            SignsIn::AtTheServer => {
                self.continue_to("provider").await;
                self.agree().await;
            }
        }
        self.wait_for_rows("/orders").await;
    }

    /// Waits for a page and its rows.
    pub async fn wait_for_rows(&self, path: &str) {
        self.browser.wait_for(&format!("html[data-session=signed-in] main[data-page=\"{path}\"]")).await;
        self.browser.wait_for_count("main tbody tr", Family::ROWS).await;
    }

    /// Clicks *Sign out*, and waits for the login page.
    pub async fn sign_out(&self) {
        self.browser.click("[data-action=sign-out]").await;
        self.wait_for_login().await;
    }

    // --- what is done to the pages ------------------------------------------------------------

    /// Notes everything that matches and is ever put into a page, even for a moment.
    pub async fn watch_for(&self, selector: &str) {
        let script = watching_for(selector);
        self.site.put_before(&script);
        self.browser.ask(&script, &[]).await;
    }

    // --- what is there to see -----------------------------------------------------------------

    /// The tokens that the browser keeps. Panics without any.
    pub async fn tokens(&self) -> Tokens {
        let Some(record) = self.browser.stored(&session_key()).await else {
            panic!("no session is kept in this browser");
        };
        let record: Value = serde_json::from_str(&record).unwrap_or_default();
        let token = |name: &str| record.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        match token("access_token") {
            Some(access) => Tokens { access, refresh: token("refresh_token"), id: token("id_token") },
            None => panic!("what is kept in this browser has no access token"),
        }
    }

    /// Waits until the page that is open has got other tokens, and gives them.
    pub async fn wait_for_other_tokens(&self, than: &Tokens) -> Tokens {
        until("other tokens", async || {
            let tokens = self.tokens().await;
            if tokens.access == than.access { Err("still the old ones".to_owned()) } else { Ok(tokens) }
        })
        .await
    }

    /// Waits until the page names who is signed in, which the server is asked for after the sign-in.
    pub async fn wait_for_greeting(&self) {
        let greets = format!("document.querySelector('main p')?.innerText === '{}'", self.family.greeting());
        self.browser.wait_until("the user's name", &greets).await;
    }

    /// Panics if the browser keeps a session, or anything protected is on the page.
    pub async fn assert_signed_out(&self) {
        assert!(self.browser.stored(&session_key()).await.is_none(), "a session is still kept");
        let protected = self.browser.html("main[data-page], tbody tr").await;
        assert!(protected.is_empty(), "this should not be seen: {protected:.300}");
    }

    /// Waits until the page has read the server's answer from this path as often as this.
    pub async fn wait_for_answers_from(&self, path: &str, times: usize) {
        let expression = format!(
            "performance.getEntriesByName('{}{path}').filter(entry => entry.responseEnd > 0).length >= {times}",
            self.server.origin(),
        );
        self.browser.wait_until(&format!("an answer from {path}"), &expression).await;
    }

    // --- what somebody with stolen tokens would try -------------------------------------------

    /// Presents an access token to the protected API.
    pub async fn ask_for_orders(&self, access_token: &str) -> Answer {
        let url = format!("{}/api/orders", self.server.origin());
        ask(Method::GET, &url, &[("authorization", &format!("Bearer {access_token}"))], String::new()).await
    }

    /// Waits until the protected API refuses an access token.
    pub async fn wait_until_refused(&self, access_token: &str) {
        until("the API to refuse the old access token", async || {
            match self.ask_for_orders(access_token).await.status {
                401 | 403 => Ok(()),
                status => Err(format!("it answers {status}")),
            }
        })
        .await;
    }

    /// Presents a refresh token to the server, and gives the status of its answer; 0 where there are none.
    pub async fn refresh(&self, refresh_token: &str) -> u16 {
        self.family.refresh(self.server.origin(), refresh_token).await.map_or(0, |answer| answer.status)
    }
}
