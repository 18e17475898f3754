//! What is said of answers and of failures, one diagnosis a row.

use serde_json::{Value, json};
use vestibule::{
    config::{Config, Draft, Method, Preset},
    session::{
        AccessToken, Ask, Form, HttpFailure, HttpRequest, HttpResponse, RefreshToken, StoredSession, Timestamp, Tokens,
        Values, protocol,
    },
    setup::{
        Report, Step, Trial, Weight, file,
        probing::{self, Echo, Probe},
    },
};

/// 2027-01-15T08:00:00Z.
pub const NOW: Timestamp = Timestamp(1_800_000_000_000);
pub const PAGE: &str = "https://app.example";

pub fn file_with(edit: impl FnOnce(&mut Value)) -> Value {
    let mut file = json!({
        "version": 1,
        "app": { "id": "small", "title": "Small" },
        "provider": {
            "sign_in": { "url": "https://id.example/token",
                         "json": { "name": "{{form.username}}", "password": "{{form.password}}" } },
            "refresh": { "url": "https://id.example/token", "json": { "token": "{{session.refresh_token}}" } },
            "user_info": { "method": "GET", "url": "https://id.example/me", "authorized": true },
            "revoke": [{ "url": "https://id.example/logout", "authorized": true }],
            "errors": { "code": ["/error"] }
        },
        "queries": { "orders": { "url": "https://id.example/orders" } },
        "pages": [{ "path": "/orders", "title": "Orders", "blocks": [{ "type": "table", "query": "orders" }] }]
    });
    edit(&mut file);
    file
}

pub fn config(file: &Value) -> Config {
    Draft::parse(&file.to_string())
        .unwrap()
        .finish(Preset::NotNamed, Some(PAGE))
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

pub fn session() -> StoredSession {
    StoredSession {
        provider: "p".into(),
        generation: 1,
        signed_in_at: NOW,
        tokens: Tokens {
            access_token: AccessToken::new("old-access-token-secret".into()),
            refresh_token: Some(RefreshToken::new("old-refresh-token-secret".into())),
            id_token: None,
            received_at: NOW,
            expires_at: None,
        },
        user: None,
        only_here: false,
    }
}

pub fn jwt(claims: &str) -> String {
    format!("eyJhbGciOiJub25lIn0.{}.c2lnbmF0dXJl", base64url(claims.as_bytes()))
}

fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let all = chunk.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(char::from(LETTERS[(all >> (18 - 6 * index) & 63) as usize]));
        }
    }
    text
}

pub fn response(status: u16, kind: &str, body: &str) -> HttpResponse {
    HttpResponse { status, headers: vec![("content-type".into(), kind.into())], body: body.into() }
}

pub fn json_answer(status: u16, body: &Value) -> HttpResponse {
    response(status, "application/json", &body.to_string())
}

type Answer = Result<HttpResponse, HttpFailure>;

/// Tries a step as the page does, with these echoes for the probes, in their order.
pub fn tried(file: &Value, step: &Step, answer: &Answer, echoes: &[Echo], blocked: &[&str]) -> (Report, Vec<Probe>) {
    let config = config(file);
    let session = session();
    let form = Form(vec![("username".into(), "ada".into()), ("password".into(), "hush-hush".into())]);
    let ask = match step {
        Step::SignIn => Some(Ask::SignIn { form, challenge: None }),
        Step::UserInfo => Some(Ask::UserInfo { session: session.clone() }),
        Step::Refresh => Some(Ask::Refresh { session: session.clone() }),
        Step::Revoke(_) => Some(Ask::Revoke { tokens: session.tokens.clone() }),
        Step::Query(_) | Step::Discovery => None,
    };
    let values =
        ask.as_ref().map_or(Values { tokens: Some(&session.tokens), ..Values::default() }, protocol::values_of);
    let request = step.request(&config).unwrap();
    let sent = protocol::write(request, &config.provider.authorize, values).unwrap();
    let outline = probing::outline(request, &sent);
    let mut probes = Vec::new();
    let mut echoes = echoes.iter();
    while let Some(probe) = probing::next(&outline, Some(PAGE), answer, &probes) {
        let echo = *echoes.next().unwrap_or_else(|| panic!("no echo for {probe:?}"));
        probes.push((probe, echo));
    }
    assert!(echoes.next().is_none(), "fewer probes than echoes: {probes:?}");
    let blocked: Vec<String> = blocked.iter().map(ToString::to_string).collect();
    let trial = Trial {
        config: &config,
        step,
        request,
        ask: ask.as_ref(),
        sent: &sent,
        answer,
        probes: &probes,
        blocked: &blocked,
        page: Some(PAGE),
        tokens: values.tokens,
        password: "hush-hush",
        now: NOW,
    };
    (trial.examine(), probes.into_iter().map(|(probe, _)| probe).collect())
}

fn report(edit: impl FnOnce(&mut Value), step: &Step, answer: Answer) -> Report {
    let no_slash =
        if matches!(&answer, Ok(response) if response.status == 404) { &[Echo::Answered(404)][..] } else { &[] };
    tried(&file_with(edit), step, &answer, no_slash, &[]).0
}

fn as_is(_: &mut Value) {}

/// Whether a finding of this weight says all of these words.
fn assert_found(report: &Report, weight: Weight, words: &[&str]) {
    let is_it = |text: &str| words.iter().all(|word| text.contains(word));
    let found =
        report.findings.iter().any(|it| it.weight == weight && is_it(&[it.what.as_str(), &it.remedy].join(" ")));
    assert!(found, "{weight:?} {words:?} is not in {report:#?}");
}

fn repairs(report: &Report) -> Vec<(String, Value)> {
    let repairs = report.findings.iter().filter_map(|finding| finding.repair.clone());
    repairs.map(|repair| (repair.pointer, repair.value)).collect()
}

#[test]
fn a_good_sign_in_tells_what_would_be_kept_and_nothing_is_wrong() {
    let answer = json!({ "access_token": "0123456789abcdef", "refresh_token": "short", "expires_in": 900,
                         "user": { "name": "Ada" } });
    let edit = |file: &mut Value| {
        file["provider"]["tokens"] = json!({ "user": "/user" });
        file["store"] = json!({ "who": "/user/name", "team": "/team" });
    };
    let report = report(edit, &Step::SignIn, Ok(json_answer(200, &answer)));
    assert!(report.is_success);
    assert_eq!(report.outcome, "The app would sign in.");
    assert_eq!(report.headline, "status 200 to POST https://id.example/token");
    assert_eq!(report.findings, []);
    let kept: Vec<(&str, &str)> = report.kept.iter().map(|line| (line.name.as_str(), line.text.as_str())).collect();
    assert_eq!(
        kept,
        [
            ("Access token", "01…ef, 16 characters at `/access_token`"),
            ("Refresh token", "••••, 5 characters at `/refresh_token`"),
            ("Expires", "in 15 minutes, at 08:15:00 UTC, by `/expires_in` in seconds"),
            ("User", "an object with `name`"),
            ("Store: who", "text, 3 characters"),
            ("Store: team", "not in this answer"),
        ]
    );
}

#[test]
fn a_token_that_stands_elsewhere_is_found_and_offered() {
    let token = jwt(r#"{"sub":"1"}"#);
    let cases = [
        (json!({ "data": { "accessToken": "0123456789abcdef" } }), "/data/accessToken"),
        (json!({ "jwt": "abc", "user": {} }), "/jwt"),
        (json!({ "access": "abc", "refresh": "def" }), "/access"),
        (json!({ "result": [{ "value": token }] }), "/result/0/value"),
        (json!({ "a/b": { "sessionToken": "abc" } }), "/a~1b/sessionToken"),
        (json!({ "id_token": token, "token": "abc" }), "/token"),
    ];
    for (answer, place) in cases {
        let report = report(as_is, &Step::SignIn, Ok(json_answer(200, &answer)));
        assert!(!report.is_success);
        assert_found(&report, Weight::Wrong, &["no access token at `/access_token`", place]);
        assert_eq!(repairs(&report)[0], ("/provider/tokens/access_token".to_owned(), place.into()), "{answer}");
    }
}

#[test]
fn a_repair_makes_the_same_answer_good() {
    let answer =
        Ok(json_answer(200, &json!({ "data": { "jwt": "0123456789abcdef", "refreshToken": "0123456789abcdef" } })));
    let mut text = file_with(as_is).to_string();
    for _ in 0..3 {
        let (report, _) = tried(&serde_json::from_str(&text).unwrap(), &Step::SignIn, &answer, &[], &[]);
        for (pointer, value) in repairs(&report) {
            text = file::with_value(&text, &pointer, &value).unwrap();
        }
    }
    let (report, _) = tried(&serde_json::from_str(&text).unwrap(), &Step::SignIn, &answer, &[], &[]);
    assert!(report.is_success && repairs(&report).is_empty(), "{report:#?}");
    assert!(text.contains("/data/jwt") && text.contains("/data/refreshToken"), "{text}");
}

#[test]
fn a_token_in_a_header_or_in_the_bare_text_is_found() {
    let mut header = json_answer(200, &json!({ "ok": true }));
    header.headers.push(("authorization".into(), "Bearer 0123456789abcdef".into()));
    let found = report(as_is, &Step::SignIn, Ok(header));
    assert_eq!(repairs(&found)[0].1, "header:authorization");
    let bare = report(as_is, &Step::SignIn, Ok(response(200, "text/plain", "1|0123456789abcdef")));
    assert_eq!(repairs(&bare)[0].1, "body");
}

#[test]
fn a_header_that_cannot_be_read_is_said_to_be_hidden() {
    let edit = |file: &mut Value| file["provider"]["tokens"] = json!({ "access_token": "header:Authorization" });
    let report = report(edit, &Step::SignIn, Ok(json_answer(200, &json!({ "ok": true }))));
    assert_found(&report, Weight::Wrong, &["Access-Control-Expose-Headers: Authorization"]);
}

#[test]
fn an_expiry_in_the_wrong_unit_is_noticed() {
    let lasting = |seconds: u64| jwt(&format!(r#"{{"iat":1800000000,"exp":{}}}"#, 1_800_000_000 + seconds));
    let opaque = || "0123456789abcdef".to_owned();
    // The config's, the answer's number, the token, and the unit that is offered.
    let cases = [
        (json!({ "in": "/e" }), json!(900_000), opaque(), Some("ms")),
        (json!({ "in": "/e", "unit": "ms" }), json!(3600), opaque(), Some("s")),
        (json!({ "in": "/e" }), json!("900000"), opaque(), Some("ms")),
        (json!({ "in": "/e" }), json!(900), opaque(), None),
        (json!({ "in": "/e" }), json!(2_592_000), opaque(), None),
        (json!({ "in": "/e", "unit": "ms" }), json!(900_000), opaque(), None),
        // The token itself knows.
        (json!({ "in": "/e" }), json!(60_000), lasting(60), Some("ms")),
        (json!({ "in": "/e" }), json!(900_000), lasting(900_000), None),
        (json!({ "in": "/e", "unit": "ms" }), json!(43_200), lasting(43_200), Some("s")),
        (json!({ "at": "/e" }), json!(1_800_000_900_000_u64), opaque(), Some("ms")),
        (json!({ "at": "/e", "unit": "ms" }), json!(1_800_000_900), opaque(), Some("s")),
        (json!({ "at": "/e" }), json!(1_800_000_900), opaque(), None),
    ];
    for (expires, number, token, unit) in cases {
        let edit = |file: &mut Value| file["provider"]["tokens"] = json!({ "expires": expires.clone() });
        let answer = json!({ "access_token": token, "refresh_token": "0123456789abcdef", "e": number });
        let report = report(edit, &Step::SignIn, Ok(json_answer(200, &answer)));
        let offered = repairs(&report).first().map(|(_, value)| value["unit"].clone());
        assert_eq!(offered, unit.map(Value::from), "{expires} {number}\n{:#?}", report.findings);
        if unit.is_some() {
            assert_found(&report, Weight::Doubtful, &["looks like the wrong unit"]);
            assert_eq!(repairs(&report)[0].0, "/provider/tokens/expires");
        }
    }
}

#[test]
fn an_expiry_that_is_over_contradicted_or_not_looked_for_is_told() {
    let answer = |token: &str, more: &Value| {
        let mut answer = json!({ "access_token": token, "refresh_token": "0123456789abcdef" });
        answer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Ok(json_answer(200, &answer))
    };
    let with = |expires: Value| move |file: &mut Value| file["provider"]["tokens"] = json!({ "expires": expires });
    let over = report(with(json!({ "at": "/e" })), &Step::SignIn, answer("t", &json!({ "e": 1_700_000_000 })));
    assert_found(&over, Weight::Doubtful, &["over on arrival"]);
    let old = jwt(r#"{"exp":1700000000}"#);
    assert_found(&report(as_is, &Step::SignIn, answer(&old, &json!({}))), Weight::Doubtful, &["`exp`", "clock"]);
    let short = jwt(r#"{"iat":1800000000,"exp":1800000300}"#);
    let contradicted = report(as_is, &Step::SignIn, answer(&short, &json!({ "expires_in": 3600 })));
    assert_found(&contradicted, Weight::Doubtful, &["1 hour", "5 minutes", "`jwt`"]);
    let elsewhere = report(as_is, &Step::SignIn, answer("opaque", &json!({ "expires": 900_000 })));
    assert_eq!(repairs(&elsewhere)[0].1, json!({ "in": "/expires", "unit": "ms" }));
    let unread = report(with(json!({ "in": "/nope" })), &Step::SignIn, answer(&short, &json!({})));
    assert_eq!(repairs(&unread)[0].1, "jwt");
    assert_found(
        &report(as_is, &Step::SignIn, answer("opaque", &json!({}))),
        Weight::Note,
        &["Nothing says when", "401"],
    );
}

#[test]
fn refresh_tokens_are_watched_at_sign_in_and_at_a_refresh() {
    let none = |file: &mut Value| file["provider"]["refresh"] = Value::Null;
    let granted = |more: Value| {
        let mut answer = json!({ "access_token": "0123456789abcdef", "expires_in": 60 });
        answer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Ok(json_answer(200, &answer))
    };
    let refresh = Step::Refresh;
    assert_found(
        &report(as_is, &Step::SignIn, granted(json!({}))),
        Weight::Wrong,
        &["no refresh token at `/refresh_token`", "offline_access"],
    );
    let elsewhere = report(as_is, &Step::SignIn, granted(json!({ "refreshToken": "x" })));
    assert_eq!(repairs(&elsewhere), [("/provider/tokens/refresh_token".to_owned(), json!("/refreshToken"))]);
    assert_found(
        &report(none, &Step::SignIn, granted(json!({ "refresh_token": "x" }))),
        Weight::Doubtful,
        &["no `refresh`"],
    );
    assert_found(
        &report(as_is, &refresh, granted(json!({ "refresh_token": "new-one-here-please" }))),
        Weight::Note,
        &["is rotated"],
    );
    assert_found(
        &report(as_is, &refresh, granted(json!({ "refresh_token": "old-refresh-token-secret" }))),
        Weight::Note,
        &["not rotated"],
    );
    assert_found(&report(as_is, &refresh, granted(json!({}))), Weight::Note, &["keeps the one it has"]);
    let moved = report(as_is, &refresh, granted(json!({ "rt": { "refreshToken": "x" } })));
    assert_eq!(repairs(&moved), [("/provider/refresh/tokens/refresh_token".to_owned(), json!("/rt/refreshToken"))]);
    let same = report(as_is, &refresh, granted(json!({ "access_token": "old-access-token-secret" })));
    assert_found(&same, Weight::Doubtful, &["same as before"]);
}

#[test]
fn answers_that_are_not_what_was_asked_for_are_told_apart() {
    let page = || response(200, "text/html", "<!doctype html><title>Sign in</title>");
    assert_found(&report(as_is, &Step::SignIn, Ok(page())), Weight::Wrong, &["web page (HTML)"]);
    assert_found(&report(as_is, &Step::Query("orders".into()), Ok(page())), Weight::Wrong, &["web page (HTML)"]);
    assert_found(&report(as_is, &Step::SignIn, Ok(response(204, "", ""))), Weight::Wrong, &["empty", "cookie"]);
    assert_found(
        &report(as_is, &Step::SignIn, Ok(response(200, "text/plain", "all is well"))),
        Weight::Doubtful,
        &["no JSON"],
    );
    assert_found(
        &report(as_is, &Step::SignIn, Ok(response(404, "text/html", "<h1>Not Found</h1>"))),
        Weight::Wrong,
        &["nothing at this address"],
    );
    assert_found(&report(as_is, &Step::SignIn, Ok(json_answer(405, &json!({})))), Weight::Wrong, &["takes no POST"]);
    assert_found(
        &report(as_is, &Step::SignIn, Ok(json_answer(415, &json!({})))),
        Weight::Wrong,
        &["another kind of body"],
    );
    assert_found(
        &report(as_is, &Step::SignIn, Ok(json_answer(502, &json!({})))),
        Weight::Wrong,
        &["has a problem (status 502)"],
    );
    let refused = report(as_is, &Step::SignIn, Ok(json_answer(400, &json!({ "error": "invalid_grant" }))));
    assert_found(&refused, Weight::Wrong, &["refused (status 400)", "client_id"]);
    assert!(refused.kept.iter().any(|line| line.text.contains("`invalid_grant` at `/error`, which ends a session")));
    assert!(refused.outcome.contains("username or the password"));
}

#[test]
fn a_missing_final_slash_is_found_behind_a_404_and_behind_a_redirect() {
    let file = file_with(as_is);
    let nothing = Ok(response(404, "text/html", "<h1>Not Found</h1>"));
    let (report, probes) = tried(&file, &Step::SignIn, &nothing, &[Echo::Answered(400)], &[]);
    assert_eq!((probes[0].method, probes[0].url.as_str()), (Method::Post, "https://id.example/token/"));
    assert_found(&report, Weight::Wrong, &["with a final slash"]);
    assert_eq!(repairs(&report), [("/provider/sign_in/url".to_owned(), json!("https://id.example/token/"))]);

    let (report, _) = tried(&file, &Step::SignIn, &Err(HttpFailure::Redirected), &[Echo::Answered(422)], &[]);
    assert_found(&report, Weight::Wrong, &["redirect", "final slash", "follows no redirect"]);
    assert_eq!(repairs(&report).len(), 1);
    let (report, _) = tried(&file, &Step::SignIn, &Err(HttpFailure::Redirected), &[Echo::Redirected], &[]);
    assert_found(&report, Weight::Wrong, &["redirect", "`Location`"]);
    // Where only the preflight is redirected, or the answer says nothing of CORS.
    let unreachable = Err(HttpFailure::Unreachable);
    let (report, _) = tried(&file, &Step::SignIn, &unreachable, &[Echo::Redirected, Echo::Answered(422)], &[]);
    assert_found(&report, Weight::Wrong, &["redirect", "final slash", "follows no redirect"]);
    assert_eq!(repairs(&report).len(), 1);
    // Elsewhere, who knows where.
    let (report, _) = tried(&file, &Step::SignIn, &unreachable, &[Echo::Redirected, Echo::Redirected], &[]);
    assert_found(&report, Weight::Wrong, &["redirect", "`Location`"]);
    assert_eq!(repairs(&report), []);
    // Only a POST is redirected.
    let echoes = [Echo::Answered(405), Echo::Redirected, Echo::Answered(422)];
    let (report, _) = tried(&file, &Step::SignIn, &unreachable, &echoes, &[]);
    assert_found(&report, Weight::Wrong, &["final slash"]);
}

#[test]
fn what_looks_alike_to_a_page_is_told_apart_by_probes() {
    let unreachable = Err(HttpFailure::Unreachable);
    let key = |file: &mut Value| file["provider"]["headers"] = json!({ "apikey": "k", "Accept": "application/json" });
    let file = file_with(key);
    let of = |echoes: &[Echo]| tried(&file, &Step::SignIn, &unreachable, echoes, &[]);
    let failed = Echo::Failed;

    let (nobody, _) = of(&[failed, failed, failed]);
    assert_found(&nobody, Weight::Wrong, &["`https://id.example` does not answer at all"]);
    let (no_cors, probes) = of(&[failed, failed, Echo::Opaque, failed]);
    assert_found(
        &no_cors,
        Weight::Wrong,
        &["without CORS headers", "Access-Control-Allow-Origin: https://app.example"],
    );
    assert!(probes[2].is_opaque);
    let (slash, _) = of(&[failed, failed, Echo::Opaque, Echo::Answered(405)]);
    assert_found(&slash, Weight::Wrong, &["without CORS headers", "final slash"]);
    assert_eq!(repairs(&slash).len(), 1);
    // GET, POST, then each header by itself.
    let there = Echo::Answered(400);
    let (refused, probes) = of(&[there, there, there, failed]);
    assert_eq!(probes[2].header.as_deref(), Some("Content-Type"));
    assert_eq!(probes[3].header.as_deref(), Some("apikey"));
    assert_eq!(probes.len(), 4);
    assert_found(&refused, Weight::Wrong, &["preflight", "Access-Control-Allow-Headers: apikey"]);
    let (refused, _) = of(&[there, there, failed, failed]);
    assert_found(&refused, Weight::Wrong, &["headers `Content-Type`, `apikey`"]);
    let (fickle, _) = of(&[there, there, there, there]);
    assert_found(&fickle, Weight::Wrong, &["not this one", "some answers only"]);

    let delete = |file: &mut Value| file["provider"]["revoke"][0]["method"] = json!("DELETE");
    let (refused, probes) =
        tried(&file_with(delete), &Step::Revoke(0), &unreachable, &[there, there, failed, there], &[]);
    assert_eq!(probes[2].method, Method::Delete);
    assert_found(&refused, Weight::Wrong, &["Access-Control-Allow-Methods: DELETE"]);

    let cookies = |file: &mut Value| file["provider"]["sign_in"]["credentials"] = json!("include");
    let (refused, _) = tried(&file_with(cookies), &Step::SignIn, &unreachable, &[there, there, there], &[]);
    assert_found(&refused, Weight::Wrong, &["Access-Control-Allow-Credentials: true"]);

    let blocked = ["https://id.example/token"];
    let (by_policy, _) = tried(&file, &Step::SignIn, &unreachable, &[failed, failed, failed], &blocked);
    assert_found(&by_policy, Weight::Wrong, &["content security policy", "`connect-src`", "`https://id.example`"]);
}

#[test]
fn a_page_of_the_same_origin_is_asked_nothing_about_cors() {
    let own = |file: &mut Value| {
        file["provider"]["sign_in"]["url"] = json!("/token");
        file["provider"]["authorize"] = json!({ "origins": ["https://id.example"] });
    };
    let unreachable = Err(HttpFailure::Unreachable);
    let (report, probes) = tried(&file_with(own), &Step::SignIn, &unreachable, &[Echo::Failed, Echo::Failed], &[]);
    assert!(probes.iter().all(|probe| !probe.is_opaque));
    assert_found(&report, Weight::Wrong, &["this page's own host"]);
}

#[test]
fn plain_http_is_told_as_mixed_content_and_as_what_it_is() {
    let local = |file: &mut Value| {
        file["provider"]["sign_in"]["url"] = json!("http://localhost:9000/token");
    };
    let file = file_with(|file| {
        local(file);
        for request in ["refresh", "user_info", "revoke"] {
            file["provider"][request] = Value::Null;
        }
        file["queries"] = json!({});
        file["pages"][0]["blocks"] = json!([]);
    });
    let failed = [Echo::Failed, Echo::Failed, Echo::Failed];
    let (report, _) = tried(&file, &Step::SignIn, &Err(HttpFailure::Unreachable), &failed, &[]);
    assert_found(&report, Weight::Wrong, &["mixed content"]);
}

#[test]
fn other_failures_have_their_own_sentences() {
    let cases = [
        (HttpFailure::Offline, "offline"),
        (HttpFailure::TimedOut, "10000 ms"),
        (HttpFailure::TooLong, "1 MB"),
        (HttpFailure::Unsendable, "Latin-1"),
    ];
    for (failure, word) in cases {
        assert_found(&report(as_is, &Step::SignIn, Err(failure)), Weight::Wrong, &[word]);
    }
}

#[test]
fn later_without_a_time_is_told_with_the_header_that_is_hidden() {
    let hidden = report(as_is, &Step::SignIn, Ok(json_answer(429, &json!({}))));
    assert_found(&hidden, Weight::Doubtful, &["Retry-After", "expose", "Access-Control-Expose-Headers: Retry-After"]);
    let mut told = json_answer(429, &json!({}));
    told.headers.push(("retry-after".into(), "30".into()));
    let told = report(as_is, &Step::SignIn, Ok(told));
    assert_found(&told, Weight::Note, &["in 30 seconds"]);
}

#[test]
fn users_and_rows_that_stand_elsewhere_are_found_and_offered() {
    let orders = Step::Query("orders".into());
    let nested = report(as_is, &orders, Ok(json_answer(200, &json!({ "data": { "items": [{ "id": 1 }] } }))));
    assert_eq!(repairs(&nested), [("/queries/orders/rows".to_owned(), json!("/data/items"))]);
    let wrong = |file: &mut Value| file["queries"]["orders"]["rows"] = json!("/nope");
    let missing = report(wrong, &orders, Ok(json_answer(200, &json!([{ "id": 1 }]))));
    assert_eq!(repairs(&missing), [("/queries/orders/rows".to_owned(), json!(""))]);
    let good = report(as_is, &orders, Ok(json_answer(200, &json!([{ "id": 1 }, { "id": 2 }]))));
    assert_eq!((good.outcome.as_str(), good.findings.len()), ("The app would show 2 rows.", 0));

    let place = |file: &mut Value| file["provider"]["user_info"]["user"] = json!("/nope");
    let user = report(place, &Step::UserInfo, Ok(json_answer(200, &json!({ "data": { "name": "Ada" } }))));
    assert_eq!(repairs(&user), [("/provider/user_info/user".to_owned(), json!("/data"))]);
    assert_found(
        &report(as_is, &Step::UserInfo, Ok(json_answer(200, &Value::Null))),
        Weight::Wrong,
        &["nobody is signed in"],
    );
}

#[test]
fn a_request_that_carries_no_token_is_told_so_when_it_is_refused() {
    let bare = |file: &mut Value| file["queries"]["orders"]["authorized"] = json!(false);
    let orders = Step::Query("orders".into());
    let refused = report(bare, &orders, Ok(json_answer(401, &json!({}))));
    assert_eq!(repairs(&refused), [("/queries/orders/authorized".to_owned(), json!(true))]);
    let refused = report(as_is, &orders, Ok(json_answer(403, &json!({}))));
    assert_found(&refused, Weight::Wrong, &["refused the access token (status 403)"]);
}

#[test]
fn no_probe_carries_anything_that_was_typed_or_granted() {
    let file = file_with(|file| {
        file["provider"]["user_info"] = json!({
            "method": "PUT", "url": "https://id.example/me?t={{session.access_token}}", "authorized": true,
            "headers": { "X-Copy": "{{session.refresh_token}}" }, "json": { "t": "{{session.access_token}}" },
        });
    });
    let config = config(&file);
    let session = session();
    let ask = Ask::UserInfo { session };
    let request = Step::UserInfo.request(&config).unwrap();
    let sent: HttpRequest = protocol::write(request, &config.provider.authorize, protocol::values_of(&ask)).unwrap();
    assert!(sent.url.contains("secret"));
    let outline = probing::outline(request, &sent);
    for (first, rest) in
        [(Echo::Failed, Echo::Opaque), (Echo::Answered(200), Echo::Answered(200)), (Echo::Redirected, Echo::Failed)]
    {
        let mut probes = Vec::new();
        while let Some(probe) = probing::next(&outline, Some(PAGE), &Err(HttpFailure::Unreachable), &probes) {
            let echo = if probes.is_empty() { first } else { rest };
            assert!(!format!("{probe:?}").contains("secret"), "{probe:?}");
            probes.push((probe, echo));
        }
        assert!(probes.len() < 12);
    }
    assert!(outline.headers.iter().all(|(_, value)| !value.contains("secret")) && outline.body.is_none());
}

#[test]
fn a_session_in_a_cookie_is_said_to_be_out_of_sight() {
    let cookie = |file: &mut Value| {
        file["provider"]["tokens"] = json!({ "access_token": "cookie", "expires": "never" });
        file["provider"]["sign_in"]["credentials"] = json!("include");
        file["provider"]["refresh"] = Value::Null;
        for request in ["/provider/user_info", "/provider/revoke/0", "/queries/orders"] {
            let request = file.pointer_mut(request).unwrap();
            request["credentials"] = json!("include");
        }
    };
    let signed_in = report(cookie, &Step::SignIn, Ok(json_answer(200, &json!({ "ok": true }))));
    assert!(signed_in.is_success, "{signed_in:#?}");
    assert!(signed_in.kept.iter().any(|line| line.text.contains("in a cookie")));
    assert_found(&signed_in, Weight::Note, &["cannot be seen here", "`user_info`"]);
    let nothing = report(as_is, &Step::SignIn, Ok(json_answer(200, &json!({ "ok": true }))));
    assert_found(&nothing, Weight::Wrong, &["nothing in the answer looks like one", "`cookie-session`"]);
}
