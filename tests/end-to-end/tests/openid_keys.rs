//! Tokens that are bound to a key of the browser's, requests that are pushed, clocks that are off, and who signs with
//! what: each with the whole way through the provider's pages.

use axum::http::Method;
use end_to_end::openid::by_redirect;
use end_to_end::plain_http::ask;
use end_to_end::real_stage::{RealStage, play};
use serde_json::{Value, json};
use std::time::Duration;

/// As short as a page can be loaded in.
const SHORT: Duration = Duration::from_secs(5);

#[test]
fn a_token_that_is_bound_to_a_key_is_worth_nothing_to_a_thief() {
    the_token_is_bound_and_renewed(&["--require-dpop", "--nonces", "none"]);
}

#[test]
fn a_token_is_bound_where_the_provider_has_nonces() {
    the_token_is_bound_and_renewed(&["--require-dpop", "--nonces", "offered"]);
}

#[test]
fn a_token_is_bound_where_the_provider_insists_on_nonces() {
    the_token_is_bound_and_renewed(&["--require-dpop", "--nonces", "required"]);
}

#[test]
fn a_token_is_bound_and_its_request_pushed() {
    the_token_is_bound_and_renewed(&["--require-dpop", "--nonces", "required", "--require-par"]);
}

fn the_token_is_bound_and_renewed(arguments: &'static [&'static str]) {
    let setup = by_redirect(json!({ "dpop": true })).with(arguments).lasting(SHORT);
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let first = stage.tokens().await;
        // The rows and the user are there: the key was shown to the API, and to the provider's user info.
        browser.wait_until("the user's name", "document.querySelector('main p')?.innerText.includes('demo@')").await;
        assert_a_thief_gets_nothing(stage).await;
        let keys = browser.ask(KEYS, &[json!(end_to_end::stage::session_key())]).await;
        assert_eq!(keys, json!({ "private": 1, "extractable": false, "taken": false }));

        let second = stage.wait_for_other_tokens(&first).await;
        assert!(second.refresh != first.refresh);
        browser.reload().await;
        stage.wait_for_rows("/orders").await;
        // A tab that finds the key, and did not make it.
        browser.open_window().await;
        stage.open("/again").await;
        stage.wait_for_rows("/again").await;
        let third = stage.wait_for_other_tokens(&second).await;
        browser.reload().await;
        stage.wait_for_rows("/again").await;
        let pushed = stage.happened("pushed").await;
        assert_eq!(pushed, u64::from(arguments.contains(&"--require-par")));
        assert_eq!(stage.happened("reuses").await, 0);
        if arguments.contains(&"required") {
            assert!(stage.happened("nonces").await >= 1);
        }

        let refused = stage.happened("refused").await;
        stage.sign_out().await;
        stage.assert_signed_out().await;
        stage.wait_until_happened("revocations", 2).await;
        stage.sign_in().await;
        assert!(stage.tokens().await.access != third.access);
        assert_eq!(stage.happened("refused").await, refused, "the app itself was never refused");
    });
}

/// Whoever reads the storage has the tokens, and cannot use them.
async fn assert_a_thief_gets_nothing(stage: &RealStage) {
    let tokens = stage.tokens().await;
    assert_eq!(stage.ask_for_orders(&tokens.access).await.status, 401);
    let api = format!("{}/api/orders", stage.server.origin());
    let with_scheme = format!("DPoP {}", tokens.access);
    assert_eq!(ask(Method::GET, &api, &[("authorization", &with_scheme)], String::new()).await.status, 401);
    let user_info = format!("{}/me", stage.server.origin());
    let as_bearer = format!("Bearer {}", tokens.access);
    assert_eq!(ask(Method::GET, &user_info, &[("authorization", &as_bearer)], String::new()).await.status, 401);
    let with_another_key = stage.browser.ask(THIEF, &[json!(tokens.access), json!(api)]).await;
    assert_eq!(with_another_key, json!([401, 401]));
    let refresh_token = tokens.refresh.unwrap_or_default();
    assert_eq!(stage.refresh(&refresh_token).await, 400);
}

/// Presents somebody else's access token with a key of one's own, and once more with the nonce that came back.
const THIEF: &str = r"return (async (token, url) => {
    const text = value => btoa(JSON.stringify(value)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
    const bytes = value => btoa(String.fromCharCode(...new Uint8Array(value)))
        .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    const ath = bytes(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)));
    const statuses = [];
    let nonce;
    for (let n = 0; n < 2; n++) {
        const header = text({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } });
        const jti = crypto.randomUUID();
        const iat = Math.floor(Date.now() / 1000);
        const input = `${header}.${text({ htm: 'GET', htu: url, jti, iat, ath, nonce })}`;
        const how = { name: 'ECDSA', hash: 'SHA-256' };
        const signature = bytes(await crypto.subtle.sign(how, pair.privateKey, new TextEncoder().encode(input)));
        const headers = { authorization: `DPoP ${token}`, dpop: `${input}.${signature}` };
        const answer = await fetch(url, { headers });
        nonce = answer.headers.get('dpop-nonce') ?? undefined;
        statuses.push(answer.status);
    }
    return statuses;
})(...arguments);";

/// The keys that the app keeps, and whether anybody can take a private one away.
const KEYS: &str = r"return (async name => {
    // To open what is not there would make it.
    if (!(await indexedDB.databases()).some(known => known.name === name)) { return 'no keys are kept'; }
    const done = request => new Promise((kept, lost) => {
        request.onsuccess = () => kept(request.result);
        request.onerror = () => lost(request.error);
    });
    const database = await done(indexedDB.open(name));
    const kept = await done(database.transaction('keys').objectStore('keys').getAll());
    database.close();
    const keys = [];
    const look = value => {
        if (value instanceof CryptoKey) { keys.push(value); }
        else if (value && typeof value === 'object') { Object.values(value).forEach(look); }
    };
    look(kept);
    const secret = keys.filter(key => key.type === 'private');
    const tried = await Promise.allSettled(
        secret.flatMap(key => ['jwk', 'pkcs8'].map(format => crypto.subtle.exportKey(format, key))));
    return {
        private: secret.length,
        extractable: secret.some(key => key.extractable),
        taken: tried.some(one => one.status === 'fulfilled'),
    };
})(...arguments);";

#[test]
fn a_request_is_pushed_where_the_provider_insists() {
    play(by_redirect(json!({})).with(&["--require-par"]), async |stage| {
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        assert_eq!((stage.happened("pushed").await, stage.happened("codes").await), (1, 1));
        // What was pushed does not travel through the address bar a second time (RFC 9126 §4).
        assert_eq!(stage.happened("authorizations").await, 1);
        stage.sign_out().await;
        stage.sign_in().await;
        assert_eq!(stage.happened("pushed").await, 2);
    });
}

#[test]
fn a_provider_whose_clock_is_five_minutes_behind_signs_in() {
    the_whole_way_with_a_clock_off(&["--clock-off-seconds=-300"], json!({}));
}

#[test]
fn a_provider_whose_clock_is_five_minutes_ahead_signs_in() {
    the_whole_way_with_a_clock_off(&["--clock-off-seconds=300"], json!({}));
}

#[test]
fn a_provider_whose_clock_is_five_minutes_behind_believes_the_key() {
    the_whole_way_with_a_clock_off(&["--clock-off-seconds=-300", "--require-dpop"], json!({ "dpop": true }));
}

#[test]
fn a_provider_whose_clock_is_five_minutes_ahead_believes_the_key() {
    the_whole_way_with_a_clock_off(&["--clock-off-seconds=300", "--require-dpop"], json!({ "dpop": true }));
}

fn the_whole_way_with_a_clock_off(arguments: &'static [&'static str], redirect: Value) {
    play(by_redirect(redirect).with(arguments).lasting(SHORT), async |stage| {
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_rows("/again").await;
        let first = stage.tokens().await;
        stage.wait_for_other_tokens(&first).await;
        stage.browser.reload().await;
        stage.wait_for_rows("/again").await;
        stage.sign_out().await;
        stage.assert_signed_out().await;
        stage.wait_until_happened("revocations", 2).await;
        assert_eq!((stage.happened("reuses").await, stage.happened("refused").await), (0, 0));
    });
}

#[test]
fn a_clock_that_is_an_hour_off_is_said() {
    play(by_redirect(json!({})).with(&["--clock-off-seconds=-3600"]), async |stage| {
        stage.open("/again").await;
        stage.continue_to("provider").await;
        stage.agree().await;
        stage.wait_for_login().await;
        let said = stage.browser.wait_for_text("[role=alert]").await;
        assert!(said.contains("clock"), "{said}");
        stage.assert_signed_out().await;
    });
}

#[test]
fn an_id_token_that_is_signed_with_es256_is_believed() {
    signed_with("ES256");
}

#[test]
fn an_id_token_that_is_signed_with_ps256_is_believed() {
    signed_with("PS256");
}

#[test]
fn an_id_token_that_is_signed_with_eddsa_is_believed() {
    signed_with("EdDSA");
}

fn signed_with(algorithm: &'static str) {
    play(by_redirect(json!({})).with(&["--sign-with", algorithm]).lasting(SHORT), async |stage| {
        stage.open_signed_in().await;
        let first = stage.tokens().await;
        let id_token = first.id.clone().unwrap_or_default();
        let head = stage.browser.ask("return atob(arguments[0].split('.')[0]);", &[json!(id_token)]).await;
        assert!(head.to_string().contains(algorithm), "signed with {algorithm}: {head}");
        stage.wait_for_other_tokens(&first).await;
        assert_eq!((stage.happened("codes").await, stage.happened("refused").await), (1, 0));
    });
}
