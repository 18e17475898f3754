//! The static host of one test: the files of `dist/`, and a `config.json` of the test's own.
//!
//! It does what a careful host does and no more. A navigation to a path without a file extension gets
//! `index.html`, a missing file stays a 404, every file has its type, and every answer carries the headers that
//! `cargo xtask headers` prints for the config that is there: so every story is told under them, and shows that the
//! policy forgets nobody whom the app talks to. One word is added, which the hosts of users do not send: where browsers are to
//! report what the policy has kept from happening.

use crate::browser::Browser;
use crate::patience::until;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use hosting::{Base, PAGE_BASE, Rules};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What stands where `config.json` should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigFile {
    /// This text.
    Text(String),
    /// Nothing: a 404.
    Missing,
    /// `index.html`, with status 200, as a host answers whose fallback knows no exceptions.
    Html,
}

/// What becomes of a file on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not there: a 404.
    Missing,
    /// Half of it comes.
    CutOff,
    /// Something else comes that would do just as well: a browser runs it as it ran what was built.
    Altered,
    /// It comes when that is mended, and not before.
    Held,
}

/// A host that serves until it is dropped.
pub struct Site {
    origin: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    dist: PathBuf,
    said: Mutex<Said>,
}

/// What the test told the host, and what the host was asked.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own for a test")]
struct Said {
    config: ConfigFile,
    /// Whom the app may talk to, besides those in the config.
    also: Vec<String>,
    /// Whether the policy is that of an app without a config.
    trusts_nobody: bool,
    /// Whether providers sign people out in a frame of theirs.
    has_front_channel: bool,
    /// What follows from all of that.
    rules: Rules,
    /// A file that was left out.
    missing: Option<String>,
    /// The end of a name: files that are called so are not answered for as long as it stands here.
    held: Option<String>,
    /// The path that the app lies below; empty at the root.
    below: String,
    /// Whether a browser may keep the pages.
    may_be_kept: bool,
    /// Whether other sites may show the pages inside theirs.
    may_be_framed: bool,
    /// How the names of files begin and end that do not come as they should, and what becomes of them.
    spoilt: Option<(String, String, Fault)>,
    /// Run before a page's own scripts.
    before: String,
    asked: Vec<String>,
    /// What browsers have reported, as they wrote it.
    reports: Vec<String>,
}

impl Site {
    /// Serves the folder with the built app on a free port of 127.0.0.1.
    pub async fn start() -> Self {
        let dist = built_app();
        let listener = match TcpListener::bind("127.0.0.1:0").await {
            Ok(listener) => listener,
            Err(error) => panic!("no port is free for the site: {error}"),
        };
        let origin = match listener.local_addr() {
            Ok(address) => format!("http://{address}"),
            Err(error) => panic!("the site does not know its own address: {error}"),
        };
        let said = Mutex::new(Said {
            config: ConfigFile::Missing,
            also: Vec::new(),
            trusts_nobody: false,
            has_front_channel: false,
            rules: Rules::without_config(Base::root()),
            missing: None,
            held: None,
            below: String::new(),
            may_be_kept: false,
            may_be_framed: false,
            spoilt: None,
            before: String::new(),
            asked: Vec::new(),
            reports: Vec::new(),
        });
        let shared = Arc::new(Shared { dist, said });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                panic!("the site stopped serving: {error}");
            }
        });
        Self { origin, shared, serving }
    }

    /// Its origin, which is also its address: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Leaves everything to another host, which is reached there.
    pub fn stand_back_for(&mut self, origin: String) {
        self.origin = origin;
    }

    /// Is reached by its machine's name: no passkey is for an address.
    pub fn be_localhost(&mut self) {
        self.origin = self.origin.replace("127.0.0.1", "localhost");
    }

    /// Puts something where `config.json` should be, and sends the headers that go with it.
    pub fn put_config(&self, config: ConfigFile) {
        self.change(|said| said.config = config);
    }

    /// Lets the app talk to one more origin than its config knows.
    pub fn let_talk_to(&self, origin: &str) {
        self.change(|said| said.also.push(origin.to_owned()));
    }

    /// Lets the app talk to nobody, whatever its config says.
    pub fn trust_nobody(&self) {
        self.change(|said| said.trusts_nobody = true);
    }

    /// Lets providers sign people out in a frame of theirs.
    pub fn let_providers_sign_out(&self) {
        self.change(|said| said.has_front_channel = true);
    }

    /// Serves the app below a path, which begins with a slash and does not end with one, and nothing elsewhere.
    pub fn put_below(&self, path: &str) {
        self.change(|said| path.clone_into(&mut said.below));
    }

    fn change(&self, change: impl FnOnce(&mut Said)) {
        let mut said = self.shared.said();
        change(&mut said);
        said.rules = said.rules(&self.shared.dist);
    }

    /// Lets any site show the pages inside its own, as a host does that sends no such header; and pages of this host others'.
    pub fn let_be_framed(&self) {
        self.shared.said().may_be_framed = true;
    }

    /// Lets a browser keep the pages, so that Back may show them as they were left.
    pub fn let_pages_be_kept(&self) {
        self.shared.said().may_be_kept = true;
    }

    /// Answers 404 for a file, as if it had not been deployed.
    pub fn leave_out(&self, name: &str) {
        self.shared.said().missing = Some(format!("/{name}"));
    }

    /// Puts a file back that was left out.
    pub fn put_back(&self) {
        self.shared.said().missing = None;
    }

    /// Keeps everybody waiting for the files whose name ends so.
    pub fn hold(&self, ending: &str) {
        self.shared.said().held = Some(ending.to_owned());
    }

    /// Answers for all files again, also whoever is waiting.
    pub fn release(&self) {
        self.shared.said().held = None;
    }

    /// The name of the only file at the top of the app that begins and ends so.
    #[must_use]
    pub fn name_of(&self, beginning: &str, ending: &str) -> String {
        let entries = std::fs::read_dir(&self.shared.dist).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let found: Vec<String> = names.filter(|name| name.starts_with(beginning) && name.ends_with(ending)).collect();
        match found.as_slice() {
            [name] => name.clone(),
            _ => panic!("{beginning}*{ending} is {found:?}"),
        }
    }

    /// Has files whose paths, below that of the app, begin and end like this not come as they should, until that is mended.
    pub fn spoil(&self, beginning: &str, ending: &str, fault: Fault) {
        self.shared.said().spoilt = Some((beginning.to_owned(), ending.to_owned(), fault));
    }

    /// Lets every file come again, those too that are being held.
    pub fn mend(&self) {
        self.shared.said().spoilt = None;
    }

    /// Puts a script into every page from now on, before all that is there already but behind earlier ones.
    pub fn put_before(&self, script: &str) {
        let before = &mut self.shared.said().before;
        before.push_str(script);
        before.push('\n');
    }

    /// Method and path of every request so far, oldest first.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.shared.said().asked.clone()
    }

    /// What browsers have reported so far about the policy, as they wrote it.
    #[must_use]
    pub fn reports(&self) -> Vec<String> {
        self.shared.said().reports.clone()
    }

    /// Panics if a page of this host did what the policy forbids. The page that is open breaks it once, on purpose: when that is
    /// reported, so is all that came before it, and that it is reported at all shows that nothing was missed.
    pub async fn assert_policy_was_kept(&self, browser: &Browser) {
        browser.ask("new Image().src = arguments[0];", &[ON_PURPOSE.into()]).await;
        let reports = until("the report of what was done on purpose", async || {
            let reports = self.reports();
            let is_there = reports.iter().any(|report| report.contains(ON_PURPOSE));
            if is_there { Ok(reports) } else { Err(format!("there are {}", reports.len())) }
        })
        .await;
        let others: Vec<_> = reports.iter().filter(|report| !report.contains(ON_PURPOSE)).collect();
        assert!(others.is_empty(), "{} reports of what the policy forbids: {others:?}", others.len());
    }

    /// How often each path was asked for.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for line in self.asked() {
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            *counts.entry(path).or_default() += 1;
        }
        counts
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Shared {
    fn fault(&self, path: &str) -> Option<Fault> {
        let said = self.said();
        let (beginning, ending, fault) = said.spoilt.as_ref()?;
        (path.starts_with(beginning.as_str()) && path.ends_with(ending.as_str())).then_some(*fault)
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Said {
    /// The rules for what is there. A config that is wrong has none, and the app then talks to nobody.
    fn rules(&self, dist: &Path) -> Rules {
        let base = match Base::parse(&self.below) {
            Ok(base) => base,
            Err(problem) => panic!("{problem}"),
        };
        let app = match &self.config {
            ConfigFile::Text(text) if !self.trusts_nobody => hosting::read_text(text, &dist.join("presets")).ok(),
            _ => None,
        };
        let rules = app.map(|app| Rules::of(&app, base.clone()));
        let mut rules = match rules.unwrap_or_else(|| Ok(Rules::without_config(base))) {
            Ok(rules) => rules,
            Err(problem) => panic!("{problem}"),
        };
        for origin in self.also.iter().filter(|_| !self.trusts_nobody) {
            if let Err(problem) = rules.also(origin) {
                panic!("{problem}");
            }
        }
        if self.has_front_channel {
            rules.let_providers_sign_out();
        }
        rules
    }

    /// What is sent with the answer at a path of the app.
    fn headers_at(&self, path: &str) -> Vec<(&'static str, String)> {
        let mut headers = self.rules.headers_at(path);
        if self.may_be_framed {
            headers.retain(|(name, _)| *name != "X-Frame-Options");
            for (_, value) in &mut headers {
                *value = value.replace("frame-ancestors 'none'", "frame-ancestors *; frame-src *");
            }
        }
        for (_, value) in headers.iter_mut().filter(|(name, _)| *name == "Content-Security-Policy") {
            value.push_str("; report-uri ");
            value.push_str(&self.below);
            value.push_str(REPORTS);
        }
        headers
    }
}

/// The folder with the built app, or a panic that says how it comes to be.
///
/// # Panics
/// There is none.
#[must_use]
pub fn built_app() -> PathBuf {
    let dist = crate::path_from("VESTIBULE_DIST", "dist");
    assert!(
        dist.join("index.html").is_file(),
        "there is no built app in {}; `cargo xtask test end-to-end` builds it and runs these tests",
        dist.display()
    );
    dist
}

/// What means nothing at the end of a file.
fn harmless(path: &str) -> &'static [u8] {
    // A section of one's own: its kind, its size, the size of its name, its name.
    if content_type(path) == "application/wasm" { &[0, 2, 1, b'x'] } else { b"\n" }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    if request.method() == Method::POST && request.uri().path().ends_with(REPORTS) {
        let report = to_bytes(request.into_body(), LARGEST_REPORT).await.unwrap_or_default();
        shared.said().reports.push(String::from_utf8_lossy(&report).into_owned());
        let mut heard = Response::new(Body::empty());
        *heard.status_mut() = StatusCode::NO_CONTENT;
        return heard;
    }
    while shared.said().held.as_ref().is_some_and(|ending| request.uri().path().ends_with(ending.as_str())) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (path, config, own_headers, missing, before, below, cache_control) = {
        let mut said = shared.said();
        let path = request.uri().path();
        said.asked.push(format!("{} {path}", request.method()));
        // Outside of where the app lies there is no file of that name.
        let path = path.strip_prefix(said.below.as_str()).unwrap_or("/outside.txt").to_owned();
        let cache_control = if said.may_be_kept { "no-cache" } else { "no-store" };
        let own_headers = said.headers_at(&path);
        let Said { config, missing, before, below, .. } = &*said;
        (path, config.clone(), own_headers, missing.clone(), before.clone(), below.clone(), cache_control)
    };
    let mut found = if request.method() == Method::GET || request.method() == Method::HEAD {
        find(&shared.dist, &path, config)
    } else {
        Found::status(StatusCode::METHOD_NOT_ALLOWED)
    };
    match shared.fault(&path) {
        Some(Fault::Missing) => found = Found::status(StatusCode::NOT_FOUND),
        Some(Fault::CutOff) => found.content.truncate(found.content.len() / 2),
        Some(Fault::Altered) => found.content.extend_from_slice(harmless(&path)),
        Some(Fault::Held) => {
            while shared.fault(&path) == Some(Fault::Held) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        None => {}
    }
    if missing.is_some_and(|missing| missing == path) {
        found = Found::status(StatusCode::NOT_FOUND);
    } else if path == BEFORE {
        found = Found { status: StatusCode::OK, content_type: content_type(BEFORE), content: before.into_bytes() };
    } else if found.content_type.starts_with("text/html") {
        let mut page = page_below(&below, &String::from_utf8_lossy(&found.content));
        if !before.is_empty() {
            let tag = format!("<head><script src=\"{below}{BEFORE}\"></script>");
            page = page.replacen("<head>", &tag, 1);
        }
        found.content = page.into_bytes();
    }
    let mut answer = Response::new(Body::from(found.content));
    *answer.status_mut() = found.status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(found.content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control));
    for (name, value) in own_headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    answer
}

/// A script for [`Site::put_before`]: keeps what the browser reports about the policy, in `window.violations`, whether or not it
/// reaches the console.
pub const NOTE_VIOLATIONS: &str = "
    window.violations ??= [];
    document.addEventListener('securitypolicyviolation', event => {
        window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
    });";

/// Where browsers report to.
const REPORTS: &str = "/policy-reports";

/// Bytes.
const LARGEST_REPORT: usize = 64 * 1024;

/// Nobody's address, which no policy allows.
const ON_PURPOSE: &str = "https://on-purpose.invalid";

/// What runs before a page's own scripts, where a test wants that.
const BEFORE: &str = "/before-every-page.js";

struct Found {
    status: StatusCode,
    content_type: &'static str,
    content: Vec<u8>,
}

impl Found {
    fn status(status: StatusCode) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", content: status.to_string().into_bytes() }
    }
}

fn find(dist: &Path, path: &str, config: ConfigFile) -> Found {
    let name = path.trim_start_matches('/');
    if name == "config.json" {
        match config {
            ConfigFile::Text(text) => {
                return Found { status: StatusCode::OK, content_type: "application/json", content: text.into_bytes() };
            }
            ConfigFile::Missing => return Found::status(StatusCode::NOT_FOUND),
            ConfigFile::Html => return read(dist, "index.html"),
        }
    }
    // Names as Trunk and the config give them: nothing that leads out of the folder.
    if name.split('/').any(|segment| segment == "..") || name.contains(['\\', '%']) {
        return Found::status(StatusCode::NOT_FOUND);
    }
    let is_file = Path::new(name).extension().is_some();
    read(dist, if is_file { name } else { "index.html" })
}

fn read(dist: &Path, name: &str) -> Found {
    match std::fs::read(dist.join(name)) {
        Ok(content) => Found { status: StatusCode::OK, content_type: content_type(name), content },
        Err(_) => Found::status(StatusCode::NOT_FOUND),
    }
}

/// The page as a host sends it below a path: it says itself where it lies.
fn page_below(path: &str, page: &str) -> String {
    page.replacen(PAGE_BASE, &format!("<base href=\"{path}/\">"), 1)
}

/// The type of a file, by its name.
#[must_use]
pub fn content_type(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_below_a_path_is_the_same_but_for_its_base() {
        let page = page_below("/sub/app", "<base href=\"/\"><script src=\"a.js\"></script><a href=\"/\"></a>");
        assert_eq!(page, "<base href=\"/sub/app/\"><script src=\"a.js\"></script><a href=\"/\"></a>");
    }

    #[test]
    fn only_paths_without_an_extension_fall_back_to_the_page() {
        let folder = std::env::temp_dir().join(format!("end-to-end-site-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.html"), "page").unwrap();
        let status = |path| find(&folder, path, ConfigFile::Missing).status;
        assert_eq!(status("/"), StatusCode::OK);
        assert_eq!(status("/orders/7"), StatusCode::OK);
        assert_eq!(status("/missing.js"), StatusCode::NOT_FOUND);
        assert_eq!(status("/config.json"), StatusCode::NOT_FOUND);
        assert_eq!(status("/../Cargo.toml"), StatusCode::NOT_FOUND);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
