//! What remains: of a day's use, and of a session that somebody has signed out of. Nowhere a token, a password or a code but in
//! the one place where it belongs; and after the sign-out not in memory either.
//!
//! ```text
//! looked through   the document and its fields, the address, history, globals, timings, locks, cookies, storage of all kinds, the
//!                  console, the host's and the provider's logs, every request with its headers; both heaps
//! where it belongs in the record in storage, in `Authorization`, in the body of a request that grants, refreshes or revokes; of a
//!                  sign-in by redirect, what comes back, in the address that it comes back to
//! ```

use end_to_end::browser::Tab;
use end_to_end::dialect::Dialect;
use end_to_end::driver::Kind;
use end_to_end::heap::{Held, KEEP_MEMORIES};
use end_to_end::openid::by_redirect;
use end_to_end::provider::{ADMIN, MEMBER};
use end_to_end::real_stage::{self, RealStage};
use end_to_end::secrets::Secrets;
use end_to_end::stage::{Setup, Stage, play, session_key};
use end_to_end::traffic::{Part, Places, Traffic};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const WRONG_PASSWORD: &str = "a-wrong-pass-phrase";

const HOUR: Duration = Duration::from_secs(3600);

/// The page that is open and all that its origin keeps, but for the record of the session.
fn without_the_record(mut everything: Value) -> Value {
    if let Some(Value::Object(local)) = everything.get_mut("local") {
        local.remove(&session_key());
    }
    everything
}

#[test]
fn after_a_days_use_no_secret_is_anywhere_but_where_it_belongs() {
    let setup = Setup::of(Dialect::Supabase).taking(Duration::from_secs(300)).edit(|config| {
        config["session"] = json!({ "idle_timeout_s": 86400, "panel": true });
        config["store"] = json!({ "tenant": "/user/app_metadata/tenant" });
    });
    // Only Chromium tells of its network.
    let is_watched = Kind::chosen() == Kind::Chromium;
    play(if is_watched { setup.watched_closely() } else { setup }, async |stage| {
        let browser = &stage.browser;
        let mut secrets = Secrets::of_demo(&[MEMBER.password, ADMIN.password, WRONG_PASSWORD]);
        stage.open("/orders?x=1").await;
        stage.submit(MEMBER.username, WRONG_PASSWORD).await;
        browser.wait_for_text("[role=alert]").await;
        stage.sign_in_as(MEMBER).await;
        let mut tabs = vec![browser.tab().await];
        for _ in 0..2 {
            tabs.push(browser.open_window().await);
            stage.open("/pair").await;
            browser.wait_for("main[data-page] tbody tr").await;
        }
        let mut log = Vec::new();
        for hour in 0..24 {
            stage.let_pass_in(&tabs, HOUR).await;
            browser.look_at(&tabs[hour % tabs.len()]).await;
            live(stage, hour).await;
            if let Some(kept) = stage.kept_session().await {
                secrets.add(&kept.access_token);
                secrets.add(&kept.refresh_token);
            }
            secrets.assert_none_anywhere(&format!("hour {hour}"), &without_the_record(browser.everything().await));
            log.extend(browser.network().await);
        }
        let counts = stage.provider.counts();
        assert!(counts.refresh_ok >= 20 && counts.reuse == 0, "{counts:?}");

        browser.look_at(&tabs[1]).await;
        stage.sign_out().await;
        look_through(stage, &tabs, &secrets).await;
        log.extend(browser.network().await);
        if is_watched {
            let at_home = secrets.assert_none_astray(&log, &stage.provider.origin());
            println!("{} messages of the network, {at_home} times a secret where it belongs, {counts:?}", log.len());
            assert!(at_home > 60, "the log tells too little: {at_home}");
        }
    });
}

/// A page with what an API has answered.
const FILLED: &str = "main[data-page]:has(tbody tr, dl dd)";

/// What somebody does in an hour.
async fn live(stage: &Stage, hour: usize) {
    let browser = &stage.browser;
    match hour % 6 {
        0 | 3 => {
            browser.reload().await;
            browser.wait_for(FILLED).await;
        }
        1 => {
            browser.click("nav a[href$=\"/orders\"]").await;
            stage.wait_for_orders().await;
        }
        2 => {
            stage.open("/orders/1007#bottom").await;
            browser.wait_for("main dl dd").await;
        }
        4 => {
            stage.provider.add_fault(&json!({ "at": "refresh", "kind": "status", "status": 500, "times": 1 }));
            stage.open("/pair").await;
            browser.wait_for_count("main tbody tr", 40).await;
        }
        _ => {
            // With a token that has run out, this provider cannot be told of a sign-out.
            browser.reload().await;
            browser.wait_for(FILLED).await;
            stage.sign_out().await;
            stage.wait_for_login().await;
            stage.sign_in_as(if hour < 12 { ADMIN } else { MEMBER }).await;
            stage.open("/pair").await;
            browser.wait_for_count("main tbody tr", 40).await;
        }
    }
}

/// All is over: every tab is at the login page, and what is left anywhere is nothing.
async fn look_through(stage: &Stage, tabs: &[Tab], secrets: &Secrets) {
    let browser = &stage.browser;
    for tab in tabs {
        browser.look_at(tab).await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        secrets.assert_none_anywhere("after the sign-out", &browser.everything().await);
    }
    secrets.assert_none_in("the console", &browser.console().await.join("\n"));
    secrets.assert_none_in("the host's log", &stage.site.asked().join("\n"));
    secrets.assert_none_in("the provider's log", &stage.provider.log().join("\n"));
    assert_eq!(stage.provider.living_sessions(), 0);
}

/// As short as a page can be loaded in.
const SHORT: Duration = Duration::from_secs(5);

/// How often somebody signs in.
const ROUNDS: usize = 2;

#[test]
fn after_sign_ins_by_redirect_no_code_and_no_token_is_left() {
    let is_watched = Kind::chosen() == Kind::Chromium;
    let setup = by_redirect(json!({})).lasting(SHORT);
    real_stage::play(if is_watched { setup.watched_closely() } else { setup }, async |stage| {
        let browser = &stage.browser;
        let mut secrets = Secrets::default();
        secrets.add(MEMBER.password);
        let mut identities = BTreeSet::new();
        let mut log = Vec::new();
        for round in 0..ROUNDS {
            stage.open("/again?x=1").await;
            stage.continue_to("provider").await;
            stage.agree().await;
            stage.wait_for_rows("/again").await;
            secrets_of_the_redirect(stage, &mut secrets).await;
            let mut tokens = stage.tokens().await;
            for _ in 0..2 {
                for secret in [Some(&tokens.access), tokens.refresh.as_ref(), tokens.id.as_ref()] {
                    secrets.add(secret.expect("three tokens"));
                }
                identities.extend(tokens.id.clone());
                look_around(stage, &secrets, &format!("in use, round {round}")).await;
                tokens = stage.wait_for_other_tokens(&tokens).await;
            }
            browser.reload().await;
            stage.wait_for_rows("/again").await;
            stage.sign_out().await;
            stage.assert_signed_out().await;
            secrets.assert_none_anywhere("after the sign-out", &browser.everything().await);
            log.extend(browser.network().await);
        }
        if is_watched {
            assert_sent_where_it_belongs(stage, &Traffic::of(&log), &identities).await;
        }
        // What the browser has to say of its own accord (a preload that was not used in time) names the address that the document was
        // loaded from, as its timings do; see `look_around`.
        let console = browser.console().await;
        let others: Vec<_> = console.iter().filter(|line| !line.starts_with("WARNING other ")).cloned().collect();
        secrets.assert_none_in("the console", &others.join("\n"));
        secrets.assert_none_in("the host's log", &stage.site.asked().join("\n"));
    });
}

/// All that was sent by anybody in the browser: each secret where it belongs, so often as it belongs there, and nowhere else.
async fn assert_sent_where_it_belongs(stage: &RealStage, sent: &Traffic, identities: &BTreeSet<String>) {
    let at = |path: &str| format!("{}{path}", stage.server.origin());
    let callback = (Part::Address, format!("{}/callback", stage.site.origin()));
    let authorization = (Part::Address, at("/auth"));
    let grant = (Part::Body, at("/token"));
    let revocation = (Part::Body, at("/token/revocation"));
    let calls = [(Part::Authorization, at("/api/orders")), (Part::Authorization, at("/me"))];

    let codes = sent.posted(&grant.1, "code");
    let verifiers = sent.posted(&grant.1, "code_verifier");
    assert_eq!((codes.len(), verifiers.len()), (ROUNDS, ROUNDS), "one for each sign-in");
    for code in &codes {
        assert_eq!(sent.places_of(code), Places::from([(callback.clone(), 1), (grant.clone(), 1)]), "a code");
    }
    for verifier in &verifiers {
        assert_eq!(sent.places_of(verifier), Places::from([(grant.clone(), 1)]), "a verifier");
    }
    // Of the last sign-in alone.
    let answer = url::Url::parse(&stage.last_answer().await).expect("the address of the answer");
    let told = answer.query_pairs().find_map(|(name, value)| (name == "state").then_some(value)).expect("a state");
    assert_eq!(sent.places_of(&told), Places::from([(callback.clone(), 1), (authorization.clone(), 1)]), "a state");
    let nonce = stage.seen("/authorization/nonce").await;
    let nonce = nonce.as_str().expect("a nonce");
    assert_eq!(sent.places_of(nonce), Places::from([(authorization.clone(), 1)]), "a nonce");

    // The provider's own pages ask for the password; the app never sees it.
    let typed = sent.places_of(MEMBER.password);
    let is_at_home =
        |(part, address): &(Part, String)| *part == Part::Body && address.starts_with(&at("/interaction/"));
    assert!(!typed.is_empty() && typed.keys().all(is_at_home), "the password: {typed:?}");
    for identity in identities {
        assert_eq!(sent.places_of(identity), Places::new(), "an ID token");
    }

    let accesses: BTreeSet<String> = calls.iter().flat_map(|(_, address)| sent.presented(address)).collect();
    for token in &accesses {
        for (place, times) in sent.places_of(token) {
            let is_at_home = calls.contains(&place) || (&place, times) == (&revocation, 1);
            assert!(is_at_home, "an access token: {place:?}, {times} times");
        }
    }
    // A sign-out revokes one of each; the last refresh token has been sent nowhere before.
    let revoked = sent.posted(&revocation.1, "token");
    assert_eq!(revoked.len(), 2 * ROUNDS, "what was revoked");
    let refreshes: BTreeSet<String> = &sent.posted(&grant.1, "refresh_token") | &(&revoked - &accesses);
    for token in &refreshes {
        for (place, times) in sent.places_of(token) {
            let is_at_home = [&grant, &revocation].contains(&&place) && times == 1;
            assert!(is_at_home, "a refresh token: {place:?}, {times} times");
        }
    }
    assert!(
        accesses.len() >= 2 * ROUNDS && refreshes.len() >= 2 * ROUNDS,
        "{} and {}",
        accesses.len(),
        refreshes.len()
    );
    println!("{} requests with {} access tokens and {} refresh tokens", sent.count(), accesses.len(), refreshes.len());
}

/// What went to and fro between the app and the provider's pages.
async fn secrets_of_the_redirect(stage: &RealStage, secrets: &mut Secrets) {
    let answer = url::Url::parse(&stage.last_answer().await).expect("the address of the answer");
    let mut found = 0;
    for (name, value) in answer.query_pairs() {
        if name == "code" || name == "state" {
            secrets.add(&value);
            found += 1;
        }
    }
    assert_eq!(found, 2, "a code and a state");
    for pointer in ["/token/code_verifier", "/authorization/nonce"] {
        let secret = stage.seen(pointer).await;
        secrets.add(secret.as_str().unwrap_or_else(|| panic!("{pointer} was not seen")));
    }
}

/// While somebody is signed in. What the browser itself notes of how a document was come by is the address with the code, which
/// is used up by then, for as long as that document is open; no script can change it.
async fn look_around(stage: &RealStage, secrets: &Secrets, when: &str) {
    let mut everything = without_the_record(stage.browser.everything().await);
    if let Value::Object(members) = &mut everything {
        members.remove("navigation");
    }
    secrets.assert_none_anywhere(when, &everything);
}

#[test]
fn a_sign_out_leaves_no_token_in_the_heaps() {
    if Kind::chosen() != Kind::Chromium {
        return;
    }
    play(Setup::of(Dialect::Supabase).lasting(4).watched_closely(), async |stage| {
        let browser = &stage.browser;
        let secrets = Secrets::of_demo(&[MEMBER.password, WRONG_PASSWORD]);
        stage.run_before_every_page(KEEP_MEMORIES);
        stage.open("/").await;
        stage.submit(MEMBER.username, WRONG_PASSWORD).await;
        browser.wait_for_text("[role=alert]").await;
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        stage.provider.until_counts("three refreshes", |counts| counts.refresh_ok >= 3).await;
        // So that there is something to be found: the search must be able to find it.
        browser.ask("window.kept = ['vdemo', '_rt_', Date.now()].join('');", &[]).await;
        let before = Held::by(browser, &stage.site, &secrets).await;
        assert!(before.in_wasm > 0 && before.in_javascript > 0, "nothing is found: {before:?}");
        browser.ask("delete window.kept;", &[]).await;

        stage.sign_out().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        stage.provider.until_counts("the revocation", |counts| counts.revoke >= 1).await;
        // Until its answer has been read.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let after = Held::by(browser, &stage.site, &secrets).await;
        println!("while signed in {before:?}, after the sign-out {after:?}");
        assert_eq!((after.in_wasm, after.in_javascript), (0, 0), "{after:?}, and before {before:?}");
    });
}
