//! Two hundred cold deep links, with everything that is ever put into their pages recorded: not one protected node, and not a word
//! of who is signed in, before the session is known.
//!
//! ```text
//! /favicon.svg: storage is as the row wants it ──▶ the link, a document of its own ──▶ recorded from its first script on
//!    known: at once, where the record's token is good; else when the provider has said so; or never
//! ```
//! What is recorded is looked at in the moment in which it is put in, and the moment in which the session is known is the one in
//! which the provider's answer arrives: nothing of that is asked of the app.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, Stage, play, session_key};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How many links.
const LINKS: usize = 200;

/// A day, in milliseconds: nobody's token lasts so long.
const DAY_MS: u64 = 86_400_000;

/// Every kind of page, and addresses that are none.
const PATHS: [&str; 9] = [
    "/orders",
    "/pair?a=b",
    "/orders/1007?x=1#bottom",
    "/admin",
    "/",
    "/nowhere/at/all",
    "/login?return_to=%2Fpair",
    "/login",
    "/orders?return_to=/admin",
];

/// Records from the first script of a document on: what is protected and is put into it, or becomes so, while nobody knows who is
/// there; and how much of it there was in all.
const RECORD: &str = "{
    const seen = window.seen = { tooEarly: [], protected: 0, mutations: 0 };
    let isKnown = false;
    const PROTECTED = 'main[data-page], nav, table, thead, tbody, tr, dl, .text-block, .no-access, .account-button, #account, .block';
    const judge = text => {
        seen.protected += 1;
        if (!isKnown) { seen.tooEarly.push(text.slice(0, 200)); }
    };
    const look = node => {
        if (node.nodeType === Node.TEXT_NODE || node.nodeType === Node.COMMENT_NODE) {
            if (node.data.includes(PERSON)) { judge(node.data); }
        } else if (node.nodeType === Node.ELEMENT_NODE) {
            if (node.matches(PROTECTED) || [...node.attributes].some(({ value }) => value.includes(PERSON))) { judge(node.outerHTML); }
            node.childNodes.forEach(look);
        }
    };
    new MutationObserver(records => records.forEach(record => {
        seen.mutations += 1;
        if (record.type !== 'childList') { look(record.target); }
        record.addedNodes.forEach(look);
    })).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });

    // A good record is known as soon as it is read; any other session when its provider says so.
    const stored = JSON.parse(localStorage.getItem(KEY) || '{}');
    if (stored.expires_at > Date.now() + 60000 && stored.provider && !stored.provider.includes('elsewhere')) { isKnown = true; }
    const fetched = window.fetch;
    window.fetch = async (...given) => {
        const answer = await fetched(...given);
        const asked = given[0]?.url ?? String(given[0]);
        if (answer.ok && /grant_type=refresh_token|[/]api[/]me$/.test(asked)) { isKnown = true; }
        return answer;
    };
}";

/// What a document finds in storage, and what comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cold {
    /// An empty browser.
    Nothing,
    /// What is no record, but begins as one does: the page takes it for one until it has read it.
    Garbage,
    /// A record of another provider.
    Foreign,
    /// A record whose token is good.
    Good,
    /// One whose token has run out; the provider takes a while to give another.
    Expired,
    /// One whose token is due, and still good.
    Due,
    /// One that the provider refuses to renew.
    Refused,
    /// One that nobody can renew now: there is no answer.
    Away,
    /// One that the provider fails to renew at first.
    FailsOnce,
    /// One whose renewal is answered by a portal's page, with status 200.
    Walled,
}

const STATES: [Cold; 10] = [
    Cold::Nothing,
    Cold::Expired,
    Cold::Garbage,
    Cold::Refused,
    Cold::Good,
    Cold::Away,
    Cold::Foreign,
    Cold::Due,
    Cold::FailsOnce,
    Cold::Walled,
];

/// How a page ends up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    SignedIn,
    Login,
    Waiting,
}

impl Cold {
    /// The fault that waits at the provider, and what the page comes to.
    const fn how(self) -> (Option<&'static str>, End) {
        match self {
            Self::Nothing | Self::Garbage | Self::Foreign => (None, End::Login),
            Self::Good => (None, End::SignedIn),
            Self::Expired | Self::Due => (Some("refresh:late:120:1"), End::SignedIn),
            Self::Refused => (
                Some(
                    r#"{ "at": "refresh", "kind": "raw", "status": 400, "body": "{\"error\":\"invalid_grant\"}", "times": 1 }"#,
                ),
                End::Login,
            ),
            Self::Away => (Some("refresh:cut"), End::Waiting),
            Self::FailsOnce => (Some("refresh:status:503:1"), End::SignedIn),
            Self::Walled => (Some("refresh:html:200:1"), End::SignedIn),
        }
    }

    /// The record as it lies in storage.
    fn record(self, good: &str, now: u64) -> Option<String> {
        let mut record: Value = serde_json::from_str(good).expect("a record");
        let mut lasts = |received_at: u64, expires_at: u64| {
            record["received_at"] = json!(received_at);
            record["expires_at"] = json!(expires_at);
        };
        match self {
            Self::Nothing => return None,
            Self::Garbage => return Some("{\"version\":1,\"access_token\":".to_owned()),
            Self::Foreign => {
                lasts(now, now + DAY_MS);
                record["provider"] = json!("https://elsewhere.example/token");
            }
            Self::Good => lasts(now, now + DAY_MS),
            Self::Due => lasts(now - DAY_MS, now + 10_000),
            Self::Expired | Self::Refused | Self::Away | Self::FailsOnce | Self::Walled => {
                lasts(now - DAY_MS, now - 1000);
            }
        }
        Some(record.to_string())
    }
}

/// What is there to see for whoever is signed in.
const THERE: &str = "html[data-session=signed-in] main[data-page], html[data-session=signed-in] main.page";

fn record() -> String {
    let person = json!(MEMBER.username).to_string();
    RECORD.replace("PERSON", &person).replace("KEY", &json!(session_key()).to_string())
}

#[test]
fn two_hundred_cold_deep_links_show_nothing_before_the_session_is_known() {
    let setup = Setup::of(Dialect::Supabase).lasting(DAY_MS / 500).taking(Duration::from_secs(400));
    play(setup, async |stage| {
        stage.open_signed_in().await;
        let mut good = stage.session().await.record;
        stage.run_before_every_page(&record());
        let began = Instant::now();
        let (mut protected, mut mutations) = (0, 0);
        for index in 0..LINKS {
            let (state, path) = (STATES[index % STATES.len()], PATHS[index % PATHS.len()]);
            let seen = arrive(stage, state, path, &good).await;
            let what = format!("link {index}: {path} with {state:?}");
            assert_eq!(seen["tooEarly"], json!([]), "{what}");
            let count = seen["protected"].as_u64().expect("a count");
            match state.how().1 {
                End::SignedIn => assert!(count > 0, "{what}: the record shows nothing, not even what is there"),
                End::Login | End::Waiting => assert_eq!(count, 0, "{what}"),
            }
            protected += count;
            mutations += seen["mutations"].as_u64().expect("a count");
            // The refresh token is another one by now.
            if let (End::SignedIn, Some(kept)) = (state.how().1, stage.kept_session().await) {
                good = kept.record;
            }
        }
        let took = began.elapsed().as_secs();
        println!(
            "{LINKS} links in {took} s: {mutations} mutations, {protected} protected nodes, none of them too early"
        );
        assert_eq!(stage.provider.counts().reuse, 0);
    });
}

/// Follows a link with nothing in memory, and gives what was recorded.
async fn arrive(stage: &Stage, cold: Cold, path: &str, good: &str) -> Value {
    let browser = &stage.browser;
    stage.open("/favicon.svg").await;
    let now = browser.ask("localStorage.clear(); sessionStorage.clear(); return Date.now();", &[]).await;
    if let Some(record) = cold.record(good, now.as_u64().unwrap_or_default()) {
        let put = "localStorage.setItem(arguments[0], arguments[1]);";
        browser.ask(put, &[session_key().into(), record.into()]).await;
    }
    let (fault, end) = cold.how();
    stage.provider.clear_faults();
    if let Some(fault) = fault {
        stage.provider.add_fault_as_written(fault);
    }
    stage.open(path).await;
    match end {
        End::SignedIn => browser.wait_for(THERE).await,
        End::Login => stage.wait_for_login().await,
        End::Waiting => browser.wait_for(".waiting-away").await,
    }
    browser.ask("return window.seen;", &[]).await
}

/// The same for a session in a cookie: only the backend knows of it, so nothing is known before it has answered.
#[test]
fn a_cookie_is_no_session_before_the_backend_says_so() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.put_backend().await;
        stage.open("/").await;
        stage.sign_in_as(MEMBER).await;
        stage.run_before_every_page(&record());
        for path in ["/orders", "/orders?x=1", "/login", "/", "/login?return_to=%2Forders%3Fy", "/nowhere"] {
            stage.open(path).await;
            stage.browser.wait_for(THERE).await;
            let seen = stage.browser.ask("return window.seen;", &[]).await;
            assert_eq!(seen["tooEarly"], json!([]), "{path}");
            assert!(seen["protected"].as_u64().is_some_and(|count| count > 0), "{path}");
        }
    });
}
