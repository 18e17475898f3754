//! What is said of a provider that signs in on its own pages: of its metadata, its keys and its token endpoint.

use super::findings::{PAGE, json_answer, response};
use serde_json::{Value, json};
use vestibule::{
    config::{Config, Draft},
    session::{HttpFailure, HttpResponse},
    setup::{
        Report, Step, Weight,
        discovery::{self, Look, Seen},
        probing::Echo,
    },
};

type Answer = Result<HttpResponse, HttpFailure>;

const ISSUER: &str = "https://id.example";

fn file(edit: impl FnOnce(&mut Value)) -> String {
    let mut file = json!({
        "version": 1,
        "app": { "id": "small", "title": "Small" },
        "provider": { "preset": "oidc", "vars": { "issuer": ISSUER, "client_id": "small" } },
        "pages": [{ "path": "/orders", "title": "Orders" }]
    });
    edit(&mut file);
    file.to_string()
}

fn as_is(_: &mut Value) {}

fn configs(file: &str) -> Vec<Config> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/public/presets/oidc.json");
    let preset = ("oidc".to_owned(), Ok(std::fs::read_to_string(path).unwrap()));
    let draft = Draft::parse(file).unwrap();
    draft.finish_all(&[preset], Some(PAGE)).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// The document of a provider that has everything.
fn metadata() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "https://tokens.example/token",
        "userinfo_endpoint": "https://id.example/me",
        "revocation_endpoint": "https://id.example/revoke",
        "end_session_endpoint": "https://id.example/logout",
        "jwks_uri": "https://id.example/keys",
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"]
    })
}

#[expect(clippy::unnecessary_wraps, reason = "beside failures in one list")]
fn answered(status: u16, body: &Value) -> Answer {
    Ok(json_answer(status, body))
}

fn with(edit: impl FnOnce(&mut Value)) -> Answer {
    let mut document = metadata();
    edit(&mut document);
    answered(200, &document)
}

fn keys() -> Answer {
    answered(200, &json!({ "keys": [{ "kty": "RSA", "alg": "RS256" }] }))
}

fn no_code() -> Answer {
    answered(400, &json!({ "error": "invalid_request" }))
}

/// Looks at the provider as the page does, with these answers and these echoes for the probes, in their order.
fn looked(file: &str, answers: Vec<Answer>, echoes: &[Echo]) -> (Vec<Report>, Vec<String>) {
    let config = configs(file).remove(0);
    let (mut answers, mut echoes) = (answers.into_iter(), echoes.iter());
    let mut seen = Vec::new();
    while let Some((look, sent)) = discovery::next(&config, &seen) {
        let answer = answers.next().unwrap_or_else(|| panic!("no answer for {look:?}"));
        let mut probes = Vec::new();
        while let Some(probe) = discovery::next_probe(&sent, Some(PAGE), &answer, &probes) {
            let echo = *echoes.next().unwrap_or_else(|| panic!("no echo for {probe:?}"));
            probes.push((probe, echo));
        }
        seen.push(Seen { look, sent, answer, probes, blocked: Vec::new() });
    }
    assert!(answers.next().is_none() && echoes.next().is_none(), "less was asked");
    let asked = seen.iter().map(|seen| [seen.sent.method.as_str(), " ", &seen.sent.url].concat());
    let asked = asked.collect();
    (discovery::reports(&config, file, Some(PAGE), &seen), asked)
}

/// What is said of a document, by a provider that is fine otherwise.
fn of_document(edit_file: impl FnOnce(&mut Value), document: Answer) -> Report {
    let (mut reports, _) = looked(&file(edit_file), vec![document, keys(), no_code()], &[]);
    reports.remove(0)
}

#[track_caller]
fn assert_found(report: &Report, weight: Weight, words: &[&str]) {
    let is_it = |text: &str| words.iter().all(|word| text.contains(word));
    let found =
        report.findings.iter().any(|it| it.weight == weight && is_it(&[it.what.as_str(), &it.remedy].join(" ")));
    assert!(found, "{weight:?} {words:?} is not in {report:#?}");
}

#[test]
fn a_provider_that_has_everything_is_fine() {
    let (reports, asked) = looked(&file(as_is), vec![with(as_is), keys(), no_code()], &[]);
    assert_eq!(
        asked,
        [
            "GET https://id.example/.well-known/openid-configuration",
            "GET https://id.example/keys",
            "POST https://tokens.example/token"
        ]
    );
    assert_eq!(reports.len(), 3);
    for report in &reports {
        assert!(report.is_success && report.findings.is_empty(), "{report:#?}");
    }
    let names: Vec<&str> = reports[0].kept.iter().map(|line| line.name.as_str()).collect();
    let wanted = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri"];
    assert_eq!(names, wanted);
    assert_eq!(reports[1].kept[0].text, "RS256");
}

#[test]
fn the_document_may_be_at_its_second_place() {
    let nothing = Ok(response(404, "text/html", "<!doctype html>"));
    let (reports, asked) = looked(
        &file(|file| file["provider"]["vars"]["issuer"] = json!("https://id.example/realms/acme")),
        vec![nothing, with(|it| it["issuer"] = json!("https://id.example/realms/acme")), keys(), no_code()],
        &[],
    );
    assert_eq!(asked[1], "GET https://id.example/.well-known/oauth-authorization-server/realms/acme");
    assert_eq!(reports.len(), 3, "nothing is said of the place where it is not");
    assert!(reports[0].is_success);
}

#[test]
fn an_issuer_without_a_document_is_told_once() {
    let nothing = || Ok(response(404, "text/plain", "no"));
    let (reports, asked) = looked(&file(as_is), vec![nothing(), nothing()], &[]);
    assert_eq!((reports.len(), asked.len()), (1, 2));
    assert!(reports[0].headline.contains("/.well-known/openid-configuration"));
    assert_found(&reports[0], Weight::Wrong, &["no metadata", "status 404", "Is the issuer right?"]);
    let page = || Ok(response(200, "text/html", "<!doctype html>"));
    let (reports, _) = looked(&file(as_is), vec![page(), page()], &[]);
    assert_found(&reports[0], Weight::Wrong, &["a web page (HTML)"]);
}

#[test]
fn an_issuer_that_is_written_differently_is_told_and_put_right() {
    for (theirs, more) in
        [("https://id.example/", "Only the last slash"), ("https://login.example", "compares the two letter by letter")]
    {
        let other = || with(|it| it["issuer"] = json!(theirs));
        let (reports, _) = looked(&file(as_is), vec![other(), other()], &[]);
        assert_found(&reports[0], Weight::Wrong, &["of the issuer", theirs, ISSUER, more]);
        let repair = reports[0].findings[0].repair.clone().unwrap();
        assert_eq!((repair.pointer.as_str(), repair.value), ("/provider/vars/issuer", json!(theirs)));
    }
    // Where no var holds it, it stands in the redirect.
    let written_out = |file: &mut Value| {
        file["provider"]["vars"].as_object_mut().unwrap().remove("issuer");
        let provider: Value = serde_json::from_str(
            &std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/public/presets/oidc.json"))
                .unwrap()
                .replace("{{vars.issuer}}", ISSUER),
        )
        .unwrap();
        file["provider"]["redirect"] = provider["redirect"].clone();
        file["provider"]["sign_in"] = provider["sign_in"].clone();
        for name in ["refresh", "user_info", "revoke"] {
            file["provider"][name] = json!(null);
        }
    };
    let other = || with(|it| it["issuer"] = json!("https://login.example"));
    let (reports, _) = looked(&file(written_out), vec![other(), other()], &[]);
    assert_eq!(reports[0].findings[0].repair.as_ref().unwrap().pointer, "/provider/redirect/issuer");
}

#[test]
fn what_the_document_lacks_is_told_with_who_wants_it() {
    let without = |name: &'static str| with(|it| drop(it.as_object_mut().unwrap().remove(name)));
    let report = of_document(as_is, without("userinfo_endpoint"));
    assert_found(&report, Weight::Wrong, &["no `userinfo_endpoint`", "`user_info`"]);
    assert!(report.kept.iter().any(|line| line.name == "userinfo_endpoint" && !line.is_there));
    let report = of_document(as_is, without("revocation_endpoint"));
    assert_found(&report, Weight::Note, &["no `revocation_endpoint`", "until they expire"]);
    assert!(report.is_success, "a sign-out goes on without");
    let leave = |file: &mut Value| {
        file["provider"]["redirect"]["end_session"] = json!({ "url": "{{vars.issuer}}#end_session_endpoint" });
    };
    let report = of_document(leave, without("end_session_endpoint"));
    assert_found(&report, Weight::Wrong, &["no `end_session_endpoint`", "leave `end_session` out"]);
    let (reports, _) = looked(&file(as_is), vec![without("jwks_uri"), no_code()], &[]);
    assert_found(&reports[0], Weight::Wrong, &["no key set", "`jwks`"]);
    let (reports, _) = looked(&file(as_is), vec![without("token_endpoint"), keys()], &[]);
    assert_found(&reports[0], Weight::Wrong, &["no `token_endpoint`"]);
}

#[test]
fn what_the_provider_does_not_know_is_told() {
    for (name, value, weight, words) in [
        ("response_types_supported", json!(["id_token"]), Weight::Wrong, "authorization code"),
        ("id_token_signing_alg_values_supported", json!(["HS256"]), Weight::Wrong, "RS256, PS256, ES256, EdDSA"),
        ("code_challenge_methods_supported", json!(["plain"]), Weight::Doubtful, "PKCE"),
        ("scopes_supported", json!(["openid"]), Weight::Note, "offline_access"),
        ("token_endpoint_auth_methods_supported", json!(["client_secret_post"]), Weight::Note, "public client"),
    ] {
        let report = of_document(as_is, with(|it| it[name] = value));
        assert_eq!(report.findings.len(), 1, "{report:#?}");
        assert_found(&report, weight, &[words]);
    }
    let dpop = |file: &mut Value| file["provider"]["redirect"]["dpop"] = json!(true);
    assert_found(&of_document(dpop, with(as_is)), Weight::Doubtful, &["DPoP"]);
}

#[test]
fn a_document_that_this_page_may_not_read_is_told_as_cors() {
    let failed = || Err(HttpFailure::Unreachable);
    let echoes = [Echo::Failed, Echo::Opaque, Echo::Failed, Echo::Failed];
    let (reports, _) = looked(&file(as_is), vec![failed(), failed()], &echoes);
    assert_found(
        &reports[0],
        Weight::Wrong,
        &["without CORS headers", "Access-Control-Allow-Origin: https://app.example"],
    );
}

#[test]
fn a_token_endpoint_that_this_page_may_not_read_is_told_as_cors() {
    let failed = Err(HttpFailure::Unreachable);
    let echoes = [Echo::Failed, Echo::Failed, Echo::Opaque];
    let (reports, _) = looked(&file(as_is), vec![with(as_is), keys(), failed], &echoes);
    assert!(!reports[2].is_success);
    assert_found(&reports[2], Weight::Wrong, &["https://tokens.example", "without CORS headers"]);
}

#[test]
fn a_token_endpoint_that_takes_no_proof_is_told_as_a_refused_preflight() {
    let dpop = file(|file| file["provider"]["redirect"]["dpop"] = json!(true));
    let failed = Err(HttpFailure::Unreachable);
    let document = with(|it| it["dpop_signing_alg_values_supported"] = json!(["ES256"]));
    let echoes = [Echo::Answered(405), Echo::Answered(400), Echo::Failed];
    let (reports, _) = looked(&dpop, vec![document, keys(), failed], &echoes);
    assert_found(&reports[2], Weight::Wrong, &["preflight", "`DPoP`", "Access-Control-Allow-Headers: DPoP"]);
}

#[test]
fn a_key_set_without_keys_is_told() {
    for empty in
        [json_answer(200, &json!({ "keys": [] })), response(200, "text/html", "<p>"), json_answer(404, &json!({}))]
    {
        let (reports, _) = looked(&file(as_is), vec![with(as_is), Ok(empty), no_code()], &[]);
        assert!(!reports[1].is_success);
        assert_found(&reports[1], Weight::Wrong, &["key", "`jwks`"]);
    }
}

#[test]
fn what_the_config_writes_out_is_not_looked_for() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/examples/redirect-written-out.json"
    ))
    .unwrap();
    let (reports, asked) = looked(&text, vec![keys(), no_code()], &[]);
    assert_eq!(asked, ["GET https://id.acme.example/oauth/keys", "POST https://tokens.acme.example/token"]);
    assert!(reports.iter().all(|report| report.is_success));
}

#[test]
fn the_addresses_to_register_are_those_that_the_app_is_asked_at() {
    let config = configs(&file(as_is)).remove(0);
    let addresses = |config: &Config, app: &str| -> Vec<String> {
        discovery::registered(config, app).into_iter().map(|one| one.address).collect()
    };
    assert_eq!(
        addresses(&config, "https://app.example"),
        ["https://app.example/callback", "https://app.example/callback/front-channel"]
    );
    let leaves = file(|file| {
        let acme = json!({
            "preset": "oidc", "vars": { "issuer": "https://sso.example", "client_id": "acme" },
            "redirect": { "end_session": { "url": "https://sso.example#end_session_endpoint" } }
        });
        file["providers"] = json!({ "acme": acme });
    });
    assert_eq!(
        addresses(&configs(&leaves)[1], "https://app.example/sub"),
        [
            "https://app.example/sub/callback/acme",
            "https://app.example/sub/callback/acme/signed-out",
            "https://app.example/sub/callback/acme/front-channel"
        ]
    );
    assert_eq!(discovery::registered(&super::findings::config(&super::findings::file_with(as_is)), ""), []);
}

#[test]
fn of_the_requests_only_those_without_a_token_can_be_tried() {
    let queries = file(|file| {
        file["queries"] = json!({
            "orders": { "url": "/orders" },
            "news": { "url": "/news", "authorized": false },
            "me": { "url": "{{vars.issuer}}#userinfo_endpoint", "authorized": false }
        });
    });
    let config = configs(&queries).remove(0);
    assert_eq!(Step::all(&config), [Step::SignIn, Step::Query("news".into())]);
    assert_eq!(discovery::next(&config, &[]).map(|(look, _)| look), Some(Look::Metadata(0)));
}
