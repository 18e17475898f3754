//! The setup page: from a curl command to a config that the app signs in with, and every fault named in plain words.
//!
//! Each fault is a small server of the test's own, that does one thing wrong.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use end_to_end::dialect::Dialect;
use end_to_end::patience::until;
use end_to_end::provider::MEMBER;
use end_to_end::site::ConfigFile;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const RIGHT: &str = "#verdict .right";
const REPORT: &str = "#try-sign-in .report";
const REPAIR: &str = "#try-sign-in [data-action=repair]";

// --- the page ---------------------------------------------------------------------------------

/// Opens the page beside a config, and waits until it has been read.
async fn open(stage: &Stage) {
    stage.open("/setup.html").await;
    stage.browser.wait_for(RIGHT).await;
}

/// Drafts a request from a curl command.
async fn paste(stage: &Stage, purpose: &str, command: &str) {
    let browser = &stage.browser;
    browser.ask("document.querySelector('#from-curl').open = true;", &[]).await;
    browser.type_into("#command", command).await;
    browser.click(&format!("#purpose option[value={purpose}]")).await;
    let before = browser.value("#config").await;
    browser.click("[data-action=draft]").await;
    browser
        .wait_until(
            "the request in the file",
            &format!("document.querySelector('#config').value !== {}", Value::from(before)),
        )
        .await;
}

/// Tries to sign in, and gives what is told of it.
async fn try_sign_in(stage: &Stage) -> String {
    let browser = &stage.browser;
    browser.type_into("#try-sign-in [name=username]", MEMBER.username).await;
    browser.type_into("#try-sign-in [name=password]", MEMBER.password).await;
    press_sign_in(stage).await
}

/// Sends what stands in the form.
async fn press_sign_in(stage: &Stage) -> String {
    send(stage, "#try-sign-in").await
}

/// Presses a form's button, and gives what is told of it that was not told before.
async fn send(stage: &Stage, form: &str) -> String {
    let browser = &stage.browser;
    let report = format!("{form} .report");
    let mark = "document.querySelector(arguments[0])?.setAttribute('data-seen', '');";
    browser.ask(mark, &[report.as_str().into()]).await;
    browser.click(&format!("{form} button[type=submit]")).await;
    browser.wait_for(&format!("{report}:not([data-seen])")).await;
    browser.text(&report).await
}

/// Tries another request, by its place in the file.
async fn try_step(stage: &Stage, step: &str) -> String {
    let form = format!("form[data-step=\"{step}\"]");
    send(stage, &form).await
}

fn assert_says(report: &str, words: &[&str]) {
    for word in words {
        assert!(report.contains(word), "`{word}` is not in:\n{report}");
    }
}

// --- servers that do one thing wrong ----------------------------------------------------------

struct Server {
    origin: String,
    asked: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

impl Server {
    async fn start(answer: impl Fn(&Request) -> Response + Clone + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&asked);
        let router = Router::new().fallback(move |request: Request| {
            let answer = answer.clone();
            let notes = Arc::clone(&notes);
            async move {
                let secret =
                    request.headers().values().any(|value| value.to_str().is_ok_and(|text| text.contains("Bearer ")));
                let length =
                    request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).unwrap_or("0");
                let line = format!("{} {} {length} {secret}", request.method(), request.uri());
                notes.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                answer(&request)
            }
        });
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Self { origin, asked, serving }
    }

    /// How often a body was sent: the password is in no other request.
    fn bodies(&self) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|line| !line.ends_with(" 0 false")).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        response.headers_mut().insert(name, HeaderValue::from_str(value).expect("a value"));
    }
    response
}

const OPEN: (&str, &str) = ("access-control-allow-origin", "*");
const JSON: (&str, &str) = ("content-type", "application/json");

/// Leave for whatever a page wants to send.
fn leave() -> Response {
    let all = [
        OPEN,
        ("access-control-allow-headers", "content-type, authorization, apikey"),
        ("access-control-allow-methods", "*"),
    ];
    answer(204, &all, "")
}

/// A provider that answers every POST with this, and lets every page do so.
async fn provider(body: Value) -> Server {
    Server::start(move |request| match *request.method() {
        Method::OPTIONS => leave(),
        _ => answer(200, &[OPEN, JSON], body.to_string()),
    })
    .await
}

/// A config for a provider at `origin`.
fn config(origin: &str) -> Value {
    json!({
        "version": 1,
        "app": { "id": "end-to-end", "title": "Stage" },
        "provider": {
            "headers": { "apikey": "public" },
            "sign_in": { "url": format!("{origin}/token"),
                         "json": { "email": "{{form.username}}", "password": "{{form.password}}" } },
        },
        "pages": [ { "path": "/home", "title": "Home", "blocks": [ { "type": "text", "text": "Here." } ] } ],
    })
}

/// Opens the page with a config for a server.
async fn open_for(stage: &Stage, server: &Server) {
    stage.site.put_config(ConfigFile::Text(config(&server.origin).to_string()));
    open(stage).await;
}

// --- stories ----------------------------------------------------------------------------------

#[test]
fn from_curl_commands_to_a_config_that_the_app_signs_in_with() {
    play(Setup::of(Dialect::Supabase).config(ConfigFile::Missing), async |stage| {
        let browser = &stage.browser;
        let origin = stage.provider.origin();
        browser.goto(&format!("{}/setup.html", stage.site.origin())).await;
        browser.wait_for_text("#verdict").await;
        stage.keep_picture("empty").await;
        let sign_in = format!(
            "curl -X POST '{origin}/auth/v1/token?grant_type=password' \\\n -H 'apikey: public' -H 'Content-Type: application/json' \\\n -d '{{\"email\": \"{}\", \"password\": \"{}\"}}'",
            MEMBER.username, MEMBER.password
        );
        paste(stage, "sign_in", &sign_in).await;
        let refresh = format!(
            "curl '{origin}/auth/v1/token?grant_type=refresh_token' -H 'apikey: public' --json '{{\"refresh_token\":\"abc\"}}'"
        );
        paste(stage, "refresh", &refresh).await;
        let user = format!("curl {origin}/auth/v1/user -H 'apikey: public' -H 'Authorization: Bearer abc'");
        paste(stage, "user_info", &user).await;
        paste(
            stage,
            "revoke",
            &format!("curl -X POST {origin}/auth/v1/logout -H 'apikey: public' -H 'Authorization: Bearer abc'"),
        )
        .await;
        browser.type_into("#query-name", "orders").await;
        paste(stage, "query", &format!("curl '{origin}/api/orders?rows=20' -H 'Authorization: Bearer abc'")).await;
        browser.wait_for(RIGHT).await;
        let file = browser.value("#config").await;
        assert!(!file.contains(MEMBER.password) && !file.contains(MEMBER.username) && !file.contains("abc"), "{file}");

        assert_says(&try_sign_in(stage).await, &["would sign in", "/access_token", "in 5 minutes", "user_info"]);
        stage.keep_picture("signed-in").await;
        assert_says(&try_step(stage, "/provider/user_info").await, &["know who is signed in"]);
        assert_says(&try_step(stage, "/provider/refresh").await, &["nobody would notice", "is rotated"]);
        assert_says(&try_step(stage, "/queries/orders").await, &["20 rows"]);
        assert_says(&try_step(stage, "/provider/revoke/0").await, &["count this as revoked"]);
        assert_says(&try_step(stage, "/provider/user_info").await, &["refused the access token"]);
        assert_eq!(stage.provider.counts().sign_in, 1);
        assert_tells_and_keeps_no_secret(stage).await;

        let downloaded = download(stage).await;
        assert_eq!(downloaded, browser.value("#config").await);
        stage.site.put_config(ConfigFile::Text(downloaded));
        stage.open("/").await;
        stage.sign_in_as(MEMBER).await;
        browser.wait_for("main[data-page=\"/home\"]").await;
        assert_says(&browser.wait_for_text("main dl").await, &[MEMBER.username]);
        stage.open("/orders").await;
        browser.wait_for_count("main tbody tr", 20).await;
    });
}

/// Clicks the button, and reads what the browser has saved. Where that cannot be read, what would be saved.
async fn download(stage: &Stage) -> String {
    let folder = std::env::temp_dir().join(format!("setup-download-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    if !stage.browser.save_downloads_in(&folder).await {
        return stage.browser.value("#config").await;
    }
    stage.browser.click("[data-action=download]").await;
    let file = folder.join("config.json");
    let text = until("the download", async || {
        let text = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
        if text.ends_with("}\n") { Ok(text) } else { Err(format!("{} bytes", text.len())) }
    })
    .await;
    std::fs::remove_dir_all(&folder).ok();
    text
}

async fn assert_tells_and_keeps_no_secret(stage: &Stage) {
    let html = stage.browser.html("html").await;
    let is_jwt = html.contains("eyJ")
        && html.split("eyJ").skip(1).any(|rest| rest.split(['"', '<', ' ']).next().unwrap_or_default().len() > 20);
    assert!(!is_jwt, "a token is on the page");
    assert!(!html.contains(MEMBER.password), "the password is on the page");
    assert_eq!(stage.browser.everything_stored().await, "[{},{}]");
}

#[test]
fn a_preset_and_its_vars_are_enough() {
    play(Setup::of(Dialect::Supabase).config(ConfigFile::Missing), async |stage| {
        let browser = &stage.browser;
        browser.goto(&format!("{}/setup.html", stage.site.origin())).await;
        browser.wait_for_text("#verdict").await;
        browser.click("#from-preset > summary").await;
        browser.click("#preset option[value=supabase]").await;
        browser.type_into("#var-base_url", &stage.provider.origin()).await;
        browser.type_into("#var-api_key", "public-anon-key").await;
        browser.click("#from-preset button[type=submit]").await;
        browser.wait_for(RIGHT).await;
        assert_says(&try_sign_in(stage).await, &["would sign in"]);
        stage.keep_picture("preset").await;
    });
}

#[test]
fn a_wrong_file_is_shown_with_the_words_of_the_app() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["provider"]["tokens"] = json!({ "refreshtoken": "/refresh_token" });
    });
    play(setup, async |stage| {
        stage.open("/setup.html").await;
        let verdict = stage.browser.wait_for_text("#verdict .mistakes").await;
        assert_says(&verdict, &["/provider/tokens/refreshtoken", "did you mean refresh_token?"]);
        stage.keep_picture("mistakes").await;
        // Mended where it stands.
        let mended = stage.dialect.config(&stage.provider.origin()).to_string();
        stage.browser.type_into("#config", &mended).await;
        stage.browser.wait_for(RIGHT).await;
    });
}

#[test]
fn a_wrong_password_is_told_as_one() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        open(stage).await;
        stage.browser.type_into("#try-sign-in [name=username]", MEMBER.username).await;
        stage.browser.type_into("#try-sign-in [name=password]", "not-the-password").await;
        let report = press_sign_in(stage).await;
        assert_says(&report, &["username or the password is not right", "refused (status 400)", "invalid"]);
        assert!(!stage.browser.html("main").await.contains("not-the-password"));
    });
}

#[test]
fn a_token_at_another_place_is_found_and_put_right() {
    let answer = json!({ "data": { "jwt": "opaque-token-of-somebody" } });
    play(Setup::of(Dialect::Supabase), async |stage| {
        let server = provider(answer).await;
        open_for(stage, &server).await;
        assert_says(&try_sign_in(stage).await, &["no access token at /access_token", "/data/jwt"]);
        stage.keep_picture("elsewhere").await;
        stage.browser.click(REPAIR).await;
        stage.browser.wait_for(RIGHT).await;
        assert_says(&stage.browser.wait_for_text(&format!("{REPORT} .old")).await, &["Try again"]);
        assert_says(&press_sign_in(stage).await, &["would sign in", "op…dy, 24 characters at /data/jwt"]);
    });
}

#[test]
fn an_expiry_in_the_wrong_unit_is_found_and_put_right() {
    let answer = json!({ "access_token": "opaque-token-of-somebody", "expires_in": 900_000 });
    play(Setup::of(Dialect::Supabase), async |stage| {
        let server = provider(answer).await;
        open_for(stage, &server).await;
        assert_says(&try_sign_in(stage).await, &["wrong unit", "10 days", "15 minutes"]);
        stage.browser.click(REPAIR).await;
        stage.browser.wait_for(RIGHT).await;
        let report = press_sign_in(stage).await;
        assert_says(&report, &["in 15 minutes", "milliseconds"]);
        assert!(!report.contains("wrong unit"), "{report}");
    });
}

#[test]
fn a_provider_without_cors_headers_is_told() {
    let start = || Server::start(|_| answer(200, &[JSON], "{}"));
    play(Setup::of(Dialect::Supabase), async |stage| {
        let server = start().await;
        open_for(stage, &server).await;
        assert_says(
            &try_sign_in(stage).await,
            &["cannot be reached", "without CORS headers", "Access-Control-Allow-Origin"],
        );
        assert_eq!(server.bodies(), 0);
    });
}

#[test]
fn a_refused_preflight_is_told_with_the_header_that_it_is_about() {
    let start = || {
        Server::start(|request| match *request.method() {
            Method::OPTIONS => answer(204, &[OPEN, ("access-control-allow-headers", "content-type")], ""),
            _ => answer(400, &[OPEN, JSON], "{}"),
        })
    };
    play(Setup::of(Dialect::Supabase), async |stage| {
        let server = start().await;
        open_for(stage, &server).await;
        let report = try_sign_in(stage).await;
        assert_says(&report, &["refuses the preflight", "header apikey", "Access-Control-Allow-Headers: apikey"]);
        stage.keep_picture("preflight").await;
        assert_eq!(server.bodies(), 0);
    });
}

#[test]
fn a_page_in_place_of_json_is_told() {
    let start = || {
        Server::start(|request| match *request.method() {
            Method::OPTIONS => leave(),
            _ => answer(200, &[OPEN, ("content-type", "text/html")], "<!doctype html><title>Welcome</title>"),
        })
    };
    play(Setup::of(Dialect::Supabase), async |stage| {
        let server = start().await;
        open_for(stage, &server).await;
        assert_says(&try_sign_in(stage).await, &["web page (HTML), not JSON"]);
        assert_eq!(server.bodies(), 1);
    });
}

#[test]
fn a_missing_final_slash_behind_a_redirect_is_found_and_put_right() {
    let start = || {
        Server::start(|request| match (request.method().clone(), request.uri().path()) {
            (Method::OPTIONS, _) => leave(),
            (_, "/token") => answer(307, &[OPEN, ("location", "/token/")], ""),
            (Method::POST, _) => {
                answer(200, &[OPEN, JSON], json!({ "access_token": "opaque-token-of-somebody" }).to_string())
            }
            _ => answer(405, &[OPEN], ""),
        })
    };
    play(Setup::of(Dialect::Supabase), async |stage| {
        let server = start().await;
        open_for(stage, &server).await;
        assert_says(&try_sign_in(stage).await, &["redirect", "final slash"]);
        stage.browser.click(REPAIR).await;
        stage.browser.wait_for(RIGHT).await;
        assert_says(&press_sign_in(stage).await, &["would sign in"]);
    });
}

#[test]
fn a_retry_after_that_is_not_exposed_is_told() {
    let start = || {
        Server::start(|request| match *request.method() {
            Method::OPTIONS => leave(),
            _ => answer(429, &[OPEN, JSON, ("retry-after", "30")], "{}"),
        })
    };
    play(Setup::of(Dialect::Supabase), async |stage| {
        let server = start().await;
        open_for(stage, &server).await;
        assert_says(&try_sign_in(stage).await, &["status 429", "Access-Control-Expose-Headers: Retry-After"]);
        assert_eq!(server.bodies(), 1);
    });
}

#[test]
fn a_provider_that_is_not_there_is_told() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let server = provider(json!({})).await;
        open_for(stage, &server).await;
        server.serving.abort();
        until("the server to be gone", async || {
            match TcpListener::bind(server.origin.trim_start_matches("http://")).await {
                Ok(_) => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        })
        .await;
        assert_says(&try_sign_in(stage).await, &["does not answer at all"]);
    });
}

#[test]
fn a_policy_of_the_page_that_forbids_the_provider_is_told() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let server = provider(json!({ "access_token": "opaque-token-of-somebody" })).await;
        open_for(stage, &server).await;
        stage.site.trust_nobody();
        open(stage).await;
        assert_says(&try_sign_in(stage).await, &["content security policy", "connect-src", &server.origin]);
        assert_eq!(server.bodies(), 0);
    });
}

/// A provider that signs in on its own pages, and publishes what there is to know of itself.
async fn provider_with_pages() -> Server {
    Server::start(|request| {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let at = |path: &str| format!("http://{host}{path}");
        match (request.method(), request.uri().path()) {
            (&Method::OPTIONS, _) => leave(),
            (_, "/.well-known/openid-configuration") => {
                let metadata = json!({
                    "issuer": at(""), "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
                    "userinfo_endpoint": at("/me"), "jwks_uri": at("/keys"),
                });
                answer(200, &[OPEN, JSON], metadata.to_string())
            }
            (_, "/keys") => answer(200, &[OPEN, JSON], json!({ "keys": [{ "kty": "EC" }] }).to_string()),
            (_, "/token") => answer(400, &[JSON], "{}"),
            _ => answer(404, &[OPEN], ""),
        }
    })
    .await
}

#[test]
fn a_provider_with_pages_of_its_own_is_looked_at_and_not_signed_in_with() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        let server = provider_with_pages().await;
        let mut config = config(&server.origin);
        let issuer = format!("{}/", server.origin);
        config["providers"] = json!({
            "pages": { "preset": "oidc", "vars": { "issuer": issuer, "client_id": "app" }, "redirect": { "label": "Acme" } },
        });
        stage.site.put_config(ConfigFile::Text(config.to_string()));
        open(stage).await;
        browser.wait_for("#try-sign-in [name=username]").await;

        browser.click("#provider option[value=pages]").await;
        let card = browser.wait_for_text("#try-redirect").await;
        assert_says(&card, &["open the app and press Continue with Acme", "Redirect URI"]);
        assert_says(&card, &[&format!("{}/callback/pages", stage.site.origin())]);
        assert!(!browser.html("main").await.contains("data-step=\"/provider/user_info\""));

        assert_eq!(browser.text("[data-action=look]").await, "Look at the provider");
        browser.click("[data-action=look]").await;
        let report = browser.wait_for_text("#try-redirect .report").await;
        assert_says(&report, &["Only the last slash", &server.origin]);
        browser.click("#try-redirect [data-action=repair]").await;
        browser.wait_for("#try-redirect .old").await;
        browser.wait_for(RIGHT).await;
        browser.click("[data-action=look]").await;
        browser.wait_for_count("#try-redirect .report", 3).await;
        let results = browser.text("#try-redirect .results").await;
        assert_says(&results, &["holds what the app needs", "could check the signatures", "without CORS headers"]);
        stage.keep_picture("redirect").await;
        assert!(browser.value("#config").await.contains(&format!("\"issuer\": \"{}\"", server.origin)));
    });
}

#[test]
fn the_page_works_with_the_keyboard_alone() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        open(stage).await;
        browser.tab_to("#try-sign-in [name=username]").await;
        browser.type_blindly(MEMBER.username).await;
        browser.tab_to("#try-sign-in [name=password]").await;
        browser.type_blindly(MEMBER.password).await;
        browser.press(fantoccini::key::Key::Enter).await;
        assert_says(&browser.wait_for_text(REPORT).await, &["would sign in"]);
    });
}

#[test]
fn the_app_loads_nothing_of_it() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        let asked = stage.site.asked().join("\n");
        assert!(!asked.contains("setup"), "{asked}");
    });
}

#[test]
fn the_page_loads_nothing_of_the_app() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        open(stage).await;
        let asked = stage.site.asked().join("\n");
        assert!(!asked.contains("vestibule-") && !asked.contains("operator") && !asked.contains("main-"), "{asked}");
    });
}
