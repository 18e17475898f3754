//! What a person does at the pages of `oidc-provider`, and what a test asks it and tells it behind their back: the stories
//! about a sign-in by redirect are told with these words.
//!
//! ```text
//!   continue_to ──▶ [the password] ──▶ [consent] ──▶ back at the app
//!                   ╰──────── agree ──────────╯
//!   tell · happened · seen     the server's `/control`, by plain HTTP: no page knows of it
//! ```

use crate::browser::{Browser, quoted};
use crate::family::{OIDC_PROVIDER, OIDC_PROVIDER_BY_REDIRECT};
use crate::patience::until;
use crate::plain_http::ask;
use crate::provider::MEMBER;
use crate::real_server::RealServer;
use crate::real_stage::{RealStage, Setup};
use crate::site::ConfigFile;
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A page of the provider's that wants something of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// Who they are.
    ThePassword,
    /// Whether the app may know.
    Consent,
}

/// The stage of these stories; `redirect` is merged over what the config says of the redirect.
#[must_use]
pub fn by_redirect(redirect: Value) -> Setup {
    Setup::of(OIDC_PROVIDER_BY_REDIRECT).edit(move |config| {
        if let (Some(Value::Object(known)), Value::Object(more)) = (config.pointer_mut("/provider/redirect"), redirect)
        {
            known.extend(more);
        }
    })
}

/// The same server with a form of ours for its passwords, and beside the form a button that leads to its own pages.
#[must_use]
pub fn by_form_or_redirect() -> Setup {
    Setup::of(OIDC_PROVIDER).edit(|config| {
        let origin = config.pointer("/provider/vars/base_url").and_then(Value::as_str).unwrap_or_default().to_owned();
        put_second(config, &origin);
    })
}

fn put_second(config: &mut Value, origin: &str) {
    let mut by_redirect = OIDC_PROVIDER_BY_REDIRECT.config(origin);
    let Some(provider) = by_redirect.get_mut("provider") else { return };
    if let Some(Value::Object(redirect)) = provider.get_mut("redirect") {
        redirect.insert("label".into(), "Second".into());
    }
    if let Value::Object(members) = config {
        members.insert("providers".into(), json!({ "second": provider.take() }));
    }
}

/// What the config says of a sign-out that the provider is to know of.
#[must_use]
pub fn end_session() -> Value {
    json!({
        "url": "{{vars.issuer}}#end_session_endpoint",
        "form": { "id_token_hint": "{{session.id_token}}" },
    })
}

impl RealStage {
    /// Another server of the same kind, on another port, whose access tokens last so long.
    #[must_use]
    pub fn another_server(&self, access_ttl: Duration) -> RealServer {
        RealServer::start(self.family.name, self.site.origin(), access_ttl, &[])
    }

    /// Puts a second provider beside the first: the one at that origin.
    pub fn put_second_provider(&self, second: &str) {
        let mut config = self.family.config(self.server.origin());
        put_second(&mut config, second);
        self.site.put_config(ConfigFile::Text(config.to_string()));
    }

    // --- what a person does -------------------------------------------------------------------

    /// Presses the button of the login page that leads to this provider, and waits for nothing.
    pub async fn press_continue(&self, provider: &str) {
        self.wait_for_login().await;
        self.browser.click(&format!("button[data-action=\"continue\"][data-provider={}]", quoted(provider))).await;
    }

    /// The same, and waits for the first of the provider's pages.
    pub async fn continue_to(&self, provider: &str) -> Wants {
        self.press_continue(provider).await;
        wanted(&self.browser).await
    }

    /// Does all that the provider's pages want, and gives what that was.
    pub async fn agree(&self) -> Vec<Wants> {
        agree(&self.browser).await
    }

    /// Does what the provider's page that is open wants, if it is still one.
    pub async fn agree_if_asked(&self) {
        let is_asked = "return document.querySelector('form#provider-login, form#provider-consent') !== null;";
        if self.browser.ask(is_asked, &[]).await == true {
            self.agree().await;
        } else {
            self.open("/").await;
        }
    }

    /// Opens a page of the app and signs in on the way to it.
    pub async fn open_signed_in(&self) {
        self.open("/").await;
        self.sign_in().await;
    }

    /// Panics if the address still holds anything of an answer.
    pub async fn assert_address_is_clean(&self) {
        const OF_AN_ANSWER: [&str; 6] = ["code", "state", "iss", "error", "error_description", "session_state"];
        let url = self.browser.url().await;
        let found = url.query_pairs().find(|(name, _)| OF_AN_ANSWER.contains(&&**name));
        assert!(found.is_none() && url.fragment().is_none_or(|rest| !rest.contains('=')), "{} still tells", url.path());
    }

    // --- what happens at the provider ---------------------------------------------------------

    /// Changes how the provider behaves; the names stand in its program.
    pub async fn tell(&self, behaviour: &Value) {
        let answer = ask(Method::POST, &control(&self.server), &[], behaviour.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// How often something has happened at the provider so far.
    pub async fn happened(&self, what: &str) -> u64 {
        happened_at(&self.server, what).await
    }

    /// Waits until something has happened so often.
    pub async fn wait_until_happened(&self, what: &str, times: u64) {
        until(&format!("{times} {what}"), async || {
            let happened = self.happened(what).await;
            if happened >= times { Ok(()) } else { Err(format!("{happened} so far")) }
        })
        .await;
    }

    /// What the provider saw last: parameters of an `authorization` or a `token` request, and the `answer` to the former.
    pub async fn seen(&self, pointer: &str) -> Value {
        let told = ask(Method::GET, &control(&self.server), &[], String::new()).await.json();
        told.pointer(pointer).cloned().unwrap_or_default()
    }

    /// Waits until the provider sees this.
    pub async fn wait_until_seen(&self, pointer: &str, what: &Value) {
        until(&format!("{what} at {pointer}"), async || {
            let seen = self.seen(pointer).await;
            if seen == *what { Ok(()) } else { Err(format!("it is {seen}")) }
        })
        .await;
    }

    /// The address that the last authorization answer was sent to.
    pub async fn last_answer(&self) -> String {
        self.seen("/answer").await.as_str().unwrap_or_default().to_owned()
    }
}

/// How often something has happened so far at one of several providers.
pub async fn happened_at(server: &RealServer, what: &str) -> u64 {
    let told = ask(Method::GET, &control(server), &[], String::new()).await.json();
    match told.pointer(&format!("/counts/{what}")).and_then(Value::as_u64) {
        Some(count) => count,
        None => panic!("the provider does not count {what}: {told}"),
    }
}

fn control(server: &RealServer) -> String {
    format!("{}/control", server.origin())
}

/// Waits for a page of the provider's that wants something.
pub async fn wanted(browser: &Browser) -> Wants {
    let found = "document.querySelector('form#provider-login, form#provider-consent')?.id";
    match browser.wait_until("a page of the provider", found).await.as_str() {
        Some("provider-login") => Wants::ThePassword,
        _ => Wants::Consent,
    }
}

/// Types the password into the page of the provider that is open, and sends it.
pub async fn give_password(browser: &Browser) {
    browser.type_into("form#provider-login input[name=email]", MEMBER.username).await;
    browser.type_into("form#provider-login input[name=password]", MEMBER.password).await;
    browser.click("form#provider-login #provider-submit").await;
}

/// Does all that the provider's pages want, in the tab that is looked at.
pub async fn agree(browser: &Browser) -> Vec<Wants> {
    let asked = up_to_consent(browser).await;
    browser.click("form#provider-consent #provider-submit").await;
    asked
}

/// The same in a window that is closed when all is done: a driver's own click would miss it.
pub async fn agree_and_be_gone(browser: &Browser) -> Vec<Wants> {
    let asked = up_to_consent(browser).await;
    let script = "const button = document.querySelector('form#provider-consent #provider-submit'); \
                  setTimeout(() => button.click(), 50);";
    browser.ask(script, &[]).await;
    asked
}

async fn up_to_consent(browser: &Browser) -> Vec<Wants> {
    let mut asked = vec![wanted(browser).await];
    if asked == [Wants::ThePassword] {
        give_password(browser).await;
        browser.wait_for("form#provider-consent").await;
        asked.push(Wants::Consent);
    }
    asked
}
