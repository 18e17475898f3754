//! A real nginx, told what `cargo xtask headers` prints: at the root of its host and below a path, from the same files.
//!
//! That the app itself runs under these headers, every other story shows too; here it is shown that a host sends them, and answers
//! as it should.

use axum::http::Method;
use end_to_end::browser::Browser;
use end_to_end::dialect::Dialect;
use end_to_end::driver::Kind;
use end_to_end::nginx::{Nginx, Place};
use end_to_end::plain_http::{Answer, ask};
use end_to_end::provider::MEMBER;
use end_to_end::site::NOTE_VIOLATIONS;
use end_to_end::stage::{Setup, Stage, play};
use hosting::{Base, PAGE_BASE};
use serde_json::json;
use std::fs;

const KEPT: &str = "public, max-age=31536000, immutable";
const ASKED_ANEW: &str = "no-cache";

/// What the printed rules say of the host that serves a stage.
struct Served<'a> {
    nginx: &'a Nginx,
    origin: String,
    base: Base,
}

impl<'a> Served<'a> {
    fn of(stage: &'a Stage) -> Self {
        let nginx = stage.nginx.as_ref().expect("nginx serves this stage");
        Self { nginx, origin: stage.site.origin().to_owned(), base: nginx.rules.base().clone() }
    }

    /// The address of what lies below the base.
    fn at(&self, path: &str) -> String {
        self.origin.clone() + &self.base.join(path)
    }

    async fn get(&self, path: &str, encoding: &str) -> Answer {
        ask(Method::GET, &self.at(path), &[("accept-encoding", encoding)], String::new()).await
    }

    /// Panics unless the answer carries exactly the headers of the policy, each once, and may be kept so long.
    fn assert_headers(&self, path: &str, answer: &Answer, cache_control: &str) {
        for (name, value) in self.nginx.rules.headers_at(&format!("/{path}")) {
            assert_eq!(answer.header(name), [value], "{name} of {path}");
        }
        assert_eq!(answer.header("cache-control"), [cache_control], "{path}");
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.nginx.dist().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// `index.html` as it is to be sent here.
    fn page(&self) -> String {
        let page = String::from_utf8_lossy(&self.file("index.html")).into_owned();
        assert_eq!(page.matches(PAGE_BASE).count(), 1);
        page.replace(PAGE_BASE, &format!("<base href=\"{}\">", self.base))
    }
}

#[test]
fn nginx_serves_the_app_at_the_root() {
    play(Setup::of(Dialect::Supabase).behind_nginx(Base::root()), async |stage| {
        is_served_as_it_should_be(&Served::of(stage)).await;
        can_be_used(stage).await;
        assert_eq!(Served::of(stage).nginx.log(), "");
    });
}

#[test]
fn nginx_serves_the_same_files_below_a_path() {
    let base = Base::parse("/sub/app/").expect("a path");
    play(Setup::of(Dialect::Oauth2Password).behind_nginx(base), async |stage| {
        let served = Served::of(stage);
        let without_slash = ask(Method::GET, &format!("{}/sub/app", served.origin), &[], String::new()).await;
        assert_eq!((without_slash.status, without_slash.header("location")), (308, vec!["/sub/app/".to_owned()]));
        is_served_as_it_should_be(&served).await;
        can_be_used(stage).await;
        assert_eq!(served.nginx.log(), "");
    });
}

async fn is_served_as_it_should_be(served: &Served<'_>) {
    pages_are_the_page(served).await;
    what_is_not_there_is_missing(served).await;
    every_file_comes_as_it_lies_there(served).await;
    the_page_comes_packed_and_once(served).await;
    nothing_can_be_done_but_look(served).await;
    without_a_config_no_page_comes_in_its_place(served).await;
}

async fn pages_are_the_page(served: &Served<'_>) {
    let page = served.page();
    // Whatever the address, they are the same, and say themselves where they lie. The last two look like files.
    for path in [
        "",
        "login",
        "orders",
        "orders/",
        "no/such/page",
        "callback",
        "index.html",
        "orders/7",
        "orders/a.person@example.com",
        "orders/7.json",
    ] {
        let answer = served.get(path, "identity").await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.body, page, "{path}");
        assert_eq!(answer.header("content-type"), ["text/html; charset=utf-8"], "{path}");
        served.assert_headers(path, &answer, ASKED_ANEW);
    }
}

async fn what_is_not_there_is_missing(served: &Served<'_>) {
    // And nobody takes the answer for a page or a file.
    for path in [
        "missing.js",
        "vestibule-0123456789abcdef.js",
        "no/such/file.png",
        "presets/no-such-preset",
        "presets/no.json",
        "presets",
        "presets/",
        "texts/xx.json",
        "texts",
        ".git/config",
        ".env",
        "no/.such/file",
        ".missing",
    ] {
        let answer = served.get(path, "br, gzip").await;
        assert_eq!((answer.status, answer.body.as_str()), (404, "There is no such file.\n"), "{path}");
        assert_eq!(answer.header("content-type"), ["text/plain; charset=utf-8"], "{path}");
        served.assert_headers(path, &answer, ASKED_ANEW);
    }
}

/// In each way that a browser can take it.
async fn every_file_comes_as_it_lies_there(served: &Served<'_>) {
    let (mut kept, mut packed) = (0, 0);
    for name in files(served, "") {
        let is_named_by_content = name
            .split(['-', '.', '_'])
            .any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let cache_control = if is_named_by_content { KEPT } else { ASKED_ANEW };
        kept += usize::from(is_named_by_content);
        let plain = served.get(&name, "identity").await;
        assert_eq!(plain.status, 200, "{name}");
        assert_eq!(plain.header("content-type"), [kind(&name)], "{name}");
        served.assert_headers(&name, &plain, cache_control);
        if kind(&name).starts_with("text/html") {
            continue;
        }
        assert!(plain.bytes == served.file(&name), "{name}");
        for (encoding, ending) in [("gzip", "gz"), ("br", "br")] {
            let copy = format!("{name}.{ending}");
            if !served.nginx.dist().join(&copy).is_file() || ending == "br" && !served.nginx.has_brotli {
                continue;
            }
            packed += 1;
            let answer = served.get(&name, if ending == "br" { "gzip, br" } else { "gzip" }).await;
            assert_eq!(answer.header("content-encoding"), [encoding], "{name}");
            assert!(answer.bytes == served.file(&copy), "{name} is not sent as it lies there");
            assert_eq!(answer.header("content-type"), [kind(&name)], "{name}");
            assert_eq!(answer.header("vary"), ["Accept-Encoding"], "{name}");
            served.assert_headers(&name, &answer, cache_control);
        }
    }
    assert!(kept >= 7 && packed > 20, "{kept} files are kept, {packed} are packed");
}

async fn the_page_comes_packed_and_once(served: &Served<'_>) {
    // From its copy, or on the way, where it has to be changed.
    let answer = served.get("orders", "gzip").await;
    assert_eq!(answer.header("content-encoding"), ["gzip"]);
    assert_eq!(answer.bytes == served.file("index.html.gz"), served.base.is_root());
    assert!(answer.bytes.len() * 2 < served.page().len(), "{} bytes", answer.bytes.len());
    // What is asked for anew is not sent anew.
    let tag = answer.header("etag").concat();
    let again =
        ask(Method::GET, &served.at("orders"), &[("accept-encoding", "gzip"), ("if-none-match", &tag)], String::new())
            .await;
    assert_eq!((again.status, again.bytes.len()), (304, 0), "{tag}");
}

async fn nothing_can_be_done_but_look(served: &Served<'_>) {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        for path in ["", "orders", "config.json", "missing.js"] {
            let answer = ask(method.clone(), &served.at(path), &[], String::new()).await;
            let refused = if path == "missing.js" { matches!(answer.status, 404 | 405) } else { answer.status == 405 };
            assert!(refused, "{method} {path}: {}", answer.status);
        }
    }
    let head = ask(Method::HEAD, &served.at("orders"), &[], String::new()).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    served.assert_headers("orders", &head, ASKED_ANEW);
}

/// The app says that there is none; it would not, if a page came.
async fn without_a_config_no_page_comes_in_its_place(served: &Served<'_>) {
    let (config, aside) = (served.nginx.dist().join("config.json"), served.nginx.dist().join("aside"));
    fs::rename(&config, &aside).expect("the config can be put aside");
    let answer = served.get("config.json", "gzip").await;
    assert_eq!((answer.status, answer.header("content-type")), (404, vec!["text/plain; charset=utf-8".to_owned()]));
    fs::rename(&aside, &config).expect("the config can be put back");
}

/// The files of the app, but packed copies, as paths.
fn files(served: &Served<'_>, folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(served.nginx.dist().join(folder)).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            found.extend(files(served, &name).into_iter().map(|inner| format!("{name}/{inner}")));
        } else if ![".br", ".gz"].iter().any(|ending| name.ends_with(ending)) {
            found.push(name);
        }
    }
    found
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => panic!("nobody says of what type {name} is"),
    }
}

async fn can_be_used(stage: &Stage) {
    let (browser, served) = (&stage.browser, Served::of(stage));
    let is_watched = browser.run_before_every_page(NOTE_VIOLATIONS).await;
    let at = |path: &str| served.base.join(path);
    let is_shown = |path: &str| format!("main[data-page=\"{path}\"]");
    // A deep link, by whoever is not signed in yet; then the page that it is of, and again.
    stage.open(&at("orders/1007?x=1")).await;
    stage.wait_for_login().await;
    assert_eq!(browser.url().await.path(), at("login"));
    assert_no_violation(browser, is_watched).await;
    stage.sign_in_as(MEMBER).await;
    browser.wait_for(&is_shown("/orders/:id")).await;
    assert_eq!(browser.path().await, at("orders/1007?x=1"));
    browser.reload().await;
    browser.wait_for(&is_shown("/orders/:id")).await;
    assert_no_violation(browser, is_watched).await;
    stage.open(&at("pair")).await;
    browser.wait_for_count(&format!("{} tbody tr", is_shown("/pair")), 40).await;
    browser.click("nav a[href$=\"/orders\"]").await;
    stage.wait_for_orders().await;
    assert_eq!(browser.path().await, at("orders"));
    assert_no_violation(browser, is_watched).await;
    stage.sign_out().await;
    stage.wait_for_login().await;
    assert_eq!(browser.url().await.path(), at("login"));
    stage.assert_signed_out().await;
    assert_no_violation(browser, is_watched).await;
    // The page for operators lies beside it, and finds its files too.
    stage.open(&at("setup.html")).await;
    browser.wait_for_text("#verdict").await;
    assert_no_violation(browser, is_watched).await;
    for line in browser.console().await {
        assert!(!line.starts_with("SEVERE") && !line.contains("Policy") && !line.contains("Unrecognized"), "{line}");
    }
}

/// Panics if the page, or the one before it in this tab, did what the policy forbids.
async fn assert_no_violation(browser: &Browser, is_watched: bool) {
    let seen = browser.ask("return window.violations ?? null;", &[]).await;
    let expected = if is_watched { json!([]) } else { json!(null) };
    assert_eq!(seen, expected, "what the policy forbids");
    assert!(is_watched || Kind::chosen() != Kind::Chromium);
}

#[test]
fn nginx_sends_other_headers_where_the_app_shows_itself_in_a_frame() {
    let config = json!({
        "version": 1,
        "app": { "id": "silent", "title": "Silent" },
        "provider": { "preset": "oidc", "vars": { "issuer": "https://id.example", "client_id": "c" }, "redirect": { "silent": true } },
        "pages": [ { "path": "/home", "title": "Home", "blocks": [] } ],
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system gives threads");
    for base in ["/", "/sub/app/"] {
        let (place, base) = (Place::take(), Base::parse(base).expect("a path"));
        let nginx = Nginx::start(place, &config.to_string(), &base);
        let served = Served { nginx: &nginx, origin: place.origin(), base };
        runtime.block_on(async {
            for path in ["callback", "callback/signed-out", "home"] {
                let answer = served.get(path, "identity").await;
                assert_eq!((answer.status, answer.body.as_str()), (200, served.page().as_str()), "{path}");
                served.assert_headers(path, &answer, ASKED_ANEW);
                let policy = answer.header("content-security-policy").concat();
                assert_eq!(policy.contains("frame-ancestors 'self'"), path == "callback", "{path}: {policy}");
            }
        });
    }
}
