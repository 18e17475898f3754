//! One browser session: what a person does with it, and what they see.
//!
//! Every step waits until it can be done and panics with a sentence when it cannot. What only the
//! browser itself can do (cutting the network) goes through the door that each driver has to it.

use crate::driver::{Driver, Kind};
use crate::patience::{PATIENCE, until, until_within};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// One browser with a fresh profile.
pub struct Browser {
    client: Client,
    console: Mutex<Vec<String>>,
    // Last, so that it is dropped last: the session must end before its driver may.
    driver: Arc<Driver>,
}

/// How often a browser may be started before it counts as one that does not open.
const STARTS: usize = 3;

/// How much of a browser is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// What a person sees, and the console.
    AsAPerson,
    /// Every request with its headers too, and every string of the heap whole. Only in Chromium.
    Closely,
}

/// A tab of the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab(WindowHandle);

impl Browser {
    /// Opens one. On a busy machine a browser may fail to come up, which says nothing of the app: then there is another.
    pub async fn open() -> Self {
        Self::open_as(Watched::AsAPerson).await
    }

    /// The same, with a closer look where that is wanted.
    pub async fn open_as(watched: Watched) -> Self {
        let driver = Driver::shared();
        let mut capabilities = driver.capabilities();
        if watched == Watched::Closely {
            look_closely(&mut capabilities);
        }
        let mut refusals = Vec::new();
        while refusals.len() < STARTS {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            match builder.capabilities(capabilities.clone()).connect(driver.url()).await {
                Ok(client) => return Self { client, console: Mutex::default(), driver },
                Err(error) => refusals.push(error.to_string()),
            }
        }
        panic!("the browser does not open: {}", refusals.join("; then: "));
    }

    /// Closes it and removes its profile.
    pub async fn close(self) {
        // A session that is gone already is what was wanted.
        self.client.close().await.ok();
        drop(self.driver);
    }

    // --- going places -------------------------------------------------------------------------

    /// Types an address into the address bar.
    pub async fn goto(&self, url: &str) {
        done(self.client.goto(url).await, || format!("going to {url}"));
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        done(self.client.refresh().await, || "reloading".into());
    }

    /// Presses the Back button.
    pub async fn back(&self) {
        done(self.client.back().await, || "going back".into());
    }

    /// Presses the Back button where it leads to an earlier state of the same document, and waits until the app has
    /// drawn what it makes of that.
    pub async fn back_within_the_app(&self) {
        let script = "window.wentBack = false; \
             const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => window.wentBack = true)); \
             window.addEventListener('popstate', drawn, { once: true });";
        self.ask(script, &[]).await;
        self.back().await;
        self.wait_until("the way back", "window.wentBack").await;
    }

    /// The address in the address bar.
    pub async fn url(&self) -> Url {
        done(self.client.current_url().await, || "reading the address".into())
    }

    /// Path, query and fragment of the address.
    pub async fn path(&self) -> String {
        path_of(&self.url().await)
    }

    /// Waits until path, query and fragment of the address are these.
    pub async fn wait_for_path(&self, path: &str) {
        until(&format!("the address {path}"), async || {
            let url = self.client.current_url().await.map_err(spoken)?;
            if path_of(&url) == path {
                return Ok(());
            }
            Err(format!("the address is {url}"))
        })
        .await;
    }

    // --- looking ------------------------------------------------------------------------------

    /// What JavaScript finds; `script` returns it. Panics when it throws.
    pub async fn ask(&self, script: &str, arguments: &[Value]) -> Value {
        done(self.client.execute(script, arguments.to_vec()).await, || format!("running `{script}`"))
    }

    /// Waits until an expression of JavaScript is truthy, and gives its value.
    pub async fn wait_until(&self, what: &str, expression: &str) -> Value {
        self.wait_until_within(what, PATIENCE, expression).await
    }

    /// As [`Browser::wait_until`], with a limit of its own.
    pub async fn wait_until_within(&self, what: &str, limit: Duration, expression: &str) -> Value {
        let script = format!(
            "const value = ({expression}); \
             if (value) {{ return {{ value }}; }} \
             const text = document.body ? document.body.innerText.slice(0, 600) : ''; \
             return {{ seen: location.href + ' shows: ' + text }};"
        );
        until_within(what, limit, async || {
            // A page that is being left cannot answer; the next one will.
            let mut answer = self.client.execute(&script, Vec::new()).await.map_err(spoken)?;
            match answer.get_mut("value") {
                Some(value) => Ok(value.take()),
                None => Err(answer.get("seen").and_then(Value::as_str).unwrap_or_default().to_owned()),
            }
        })
        .await
    }

    /// Waits until something that matches is there.
    pub async fn wait_for(&self, selector: &str) {
        let expression = format!("document.querySelector({}) !== null", quoted(selector));
        self.wait_until(&format!("`{selector}`"), &expression).await;
    }

    /// Waits until so many things match.
    pub async fn wait_for_count(&self, selector: &str, count: usize) {
        let expression = format!("document.querySelectorAll({}).length === {count}", quoted(selector));
        self.wait_until(&format!("{count} times `{selector}`"), &expression).await;
    }

    /// Waits until what matches has text, and gives it.
    pub async fn wait_for_text(&self, selector: &str) -> String {
        let expression = format!(
            "[...document.querySelectorAll({})].map(found => found.innerText.trim()).filter(Boolean).join('\\n')",
            quoted(selector)
        );
        let text = self.wait_until(&format!("text in `{selector}`"), &expression).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// How many things match.
    pub async fn count(&self, selector: &str) -> usize {
        let found = self.ask("return document.querySelectorAll(arguments[0]).length;", &[selector.into()]).await;
        found.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
    }

    /// The text that a person sees in the first thing that matches.
    pub async fn text(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? '';";
        let text = self.ask(script, &[selector.into()]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What stands in an input.
    pub async fn value(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.value ?? '';";
        let value = self.ask(script, &[selector.into()]).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    /// The HTML of everything that matches, in order.
    pub async fn html(&self, selector: &str) -> String {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.outerHTML).join('\\n');";
        let html = self.ask(script, &[selector.into()]).await;
        html.as_str().unwrap_or_default().to_owned()
    }

    /// The record in `localStorage` under `key`.
    pub async fn stored(&self, key: &str) -> Option<String> {
        let record = self.ask("return localStorage.getItem(arguments[0]);", &[key.into()]).await;
        record.as_str().map(ToOwned::to_owned)
    }

    /// A cookie that the browser sends to the page's host, also one that no script can read.
    pub async fn cookie(&self, name: &str) -> Option<String> {
        self.client.get_named_cookie(name).await.ok().map(|cookie| cookie.value().to_owned())
    }

    /// All that a script can find of what the page that is open holds and its origin keeps, each by its name: the document with
    /// what stands in its fields, the address, the history, what is global, timings, locks, and storage of all kinds. Cookies that
    /// no script can read are there too.
    pub async fn everything(&self) -> Value {
        let mut everything = self.ask(EVERYTHING, &[]).await;
        let cookies = done(self.client.get_all_cookies().await, || "reading the cookies".into());
        let cookies: Vec<_> = cookies.iter().map(ToString::to_string).collect();
        if let Value::Object(members) = &mut everything {
            members.insert("cookies".into(), cookies.into());
        }
        everything
    }

    /// Everything that the page's origin keeps in `localStorage` and `sessionStorage`.
    pub async fn everything_stored(&self) -> String {
        let script = "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);";
        let stored = self.ask(script, &[]).await;
        stored.as_str().unwrap_or_default().to_owned()
    }

    // --- doing --------------------------------------------------------------------------------

    /// Clicks what matches, once it is there and can be clicked.
    pub async fn click(&self, selector: &str) {
        until(&format!("a click on `{selector}`"), async || {
            let element = self.find(selector).await?;
            element.click().await.map_err(spoken)
        })
        .await;
    }

    /// Types into an input that matches, in place of what stood there.
    pub async fn type_into(&self, selector: &str, text: &str) {
        until(&format!("typing into `{selector}`"), async || {
            let element = self.find(selector).await?;
            element.clear().await.map_err(spoken)?;
            element.send_keys(text).await.map_err(spoken)
        })
        .await;
    }

    /// Types into an input that matches, where nothing stands in it.
    pub async fn type_into_if_empty(&self, selector: &str, text: &str) {
        if self.value(selector).await.is_empty() {
            self.type_into(selector, text).await;
        }
    }

    /// Presses one key, wherever the focus is.
    pub async fn press(&self, key: Key) {
        self.type_blindly(&char::from(key).to_string()).await;
    }

    /// Types, wherever the focus is.
    pub async fn type_blindly(&self, text: &str) {
        let mut keys = KeyActions::new("keyboard".into());
        for value in text.chars() {
            keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        done(self.client.perform_actions(keys).await, || "pressing keys".into());
    }

    /// Presses Tab until what matches has the focus.
    pub async fn tab_to(&self, selector: &str) {
        self.walk_to(selector, &[Key::Tab]).await;
    }

    /// Presses Shift and Tab until what matches has the focus.
    pub async fn tab_back_to(&self, selector: &str) {
        self.walk_to(selector, &[Key::Shift, Key::Tab]).await;
    }

    /// Presses keys one after the other, and lets them go in the other order.
    pub async fn press_together(&self, chord: &[Key]) {
        let mut keys = KeyActions::new("keyboard".into());
        for key in chord {
            keys = keys.then(KeyAction::Down { value: (*key).into() });
        }
        for key in chord.iter().rev() {
            keys = keys.then(KeyAction::Up { value: (*key).into() });
        }
        done(self.client.perform_actions(keys).await, || "pressing keys".into());
    }

    /// Whether what has the focus matches.
    pub async fn has_focus(&self, selector: &str) -> bool {
        let script = "return document.activeElement?.matches(arguments[0]) ?? false;";
        self.ask(script, &[selector.into()]).await == true
    }

    /// Waits until what has the focus matches.
    pub async fn wait_for_focus(&self, selector: &str) {
        let expression = format!("document.activeElement?.matches({})", quoted(selector));
        self.wait_until(&format!("the focus on `{selector}`"), &expression).await;
    }

    async fn walk_to(&self, selector: &str, chord: &[Key]) {
        for _ in 0..30 {
            if self.has_focus(selector).await {
                return;
            }
            self.press_together(chord).await;
        }
        panic!("30 times Tab did not lead to `{selector}`");
    }

    async fn find(&self, selector: &str) -> Result<Element, String> {
        let found = self.client.find(Locator::Css(selector)).await;
        found.map_err(spoken)
    }

    // --- tabs ---------------------------------------------------------------------------------

    /// The tab that is looked at.
    pub async fn tab(&self) -> Tab {
        Tab(done(self.client.window().await, || "naming the tab".into()))
    }

    /// Opens another tab and looks at it.
    pub async fn open_tab(&self) -> Tab {
        let opened = done(self.client.new_window(true).await, || "opening a tab".into());
        let tab = Tab(opened.handle);
        self.look_at(&tab).await;
        tab
    }

    /// Opens a tab in a window of its own, and looks at it: others stay in sight.
    pub async fn open_window(&self) -> Tab {
        let opened = done(self.client.new_window(false).await, || "opening a window".into());
        let tab = Tab(opened.handle);
        self.look_at(&tab).await;
        tab
    }

    /// All tabs and windows, in no order.
    pub async fn tabs(&self) -> Vec<Tab> {
        done(self.client.windows().await, || "counting the tabs".into()).into_iter().map(Tab).collect()
    }

    /// Waits until there are so many tabs and windows.
    pub async fn wait_for_tabs(&self, count: usize) -> Vec<Tab> {
        until(&format!("{count} tabs"), async || {
            let tabs = self.tabs().await;
            if tabs.len() == count { Ok(tabs) } else { Err(format!("there are {}", tabs.len())) }
        })
        .await
    }

    /// Closes a tab, which is looked at first.
    pub async fn close_tab(&self, tab: &Tab) {
        self.look_at(tab).await;
        done(self.client.close_window().await, || "closing a tab".into());
    }

    /// Looks at a tab.
    pub async fn look_at(&self, tab: &Tab) {
        done(self.client.switch_to_window(tab.0.clone()).await, || "changing tabs".into());
    }

    /// Looks into the first frame of the page.
    pub async fn look_into_frame(&self) {
        until("a frame", async || {
            let frame = self.find("iframe").await?;
            frame.enter_frame().await.map_err(spoken)
        })
        .await;
    }

    // --- how pages are looked at ------------------------------------------------------------------

    /// Gives pages so much room, in CSS pixels. Only in Chromium, as what follows.
    pub async fn set_room(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Shows pages as somebody wants to see them who set the browser so: features of media queries and their values.
    pub async fn set_preferences(&self, medium: &str, preferences: &[(&str, &str)]) {
        let features: Vec<Value> =
            preferences.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": medium, "features": features })).await;
    }

    /// A picture of the page from its top, as PNG; no higher than so many CSS pixels.
    pub async fn picture(&self, at_most: u32) -> Vec<u8> {
        let size = "scrollTo(0, 0); const { clientWidth, scrollHeight } = document.documentElement; \
            return [clientWidth, Math.max(innerHeight, Math.min(scrollHeight, arguments[0]))];";
        let size = self.ask(size, &[at_most.into()]).await;
        let clip = json!({ "x": 0, "y": 0, "width": size.get(0), "height": size.get(1), "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.devtools("Page.captureScreenshot", wanted).await;
        let data = picture.get("data").and_then(Value::as_str).unwrap_or_default();
        STANDARD.decode(data).unwrap_or_else(|error| panic!("the browser's picture is none: {error}"))
    }

    /// All as it was when the browser was opened, for whoever uses it next.
    pub async fn look_afresh(&self) {
        for (index, tab) in self.tabs().await.iter().enumerate().rev() {
            if index == 0 {
                self.look_at(tab).await;
            } else {
                self.close_tab(tab).await;
            }
        }
        if self.driver.kind() == Kind::Chromium {
            self.set_offline(false).await;
            self.devtools("Emulation.setEmulatedMedia", json!({ "media": "", "features": [] })).await;
            self.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
        }
        self.goto("about:blank").await;
    }

    // --- the developer's tools ----------------------------------------------------------------

    /// Cuts the network of this tab (in Firefox: of all tabs), or mends it.
    pub async fn set_offline(&self, is_offline: bool) {
        match self.driver.kind() {
            Kind::Chromium => {
                let conditions = json!({
                    "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
                });
                self.devtools("Network.enable", json!({})).await;
                self.devtools("Network.emulateNetworkConditions", conditions).await;
            }
            Kind::Firefox => {
                // From the browser's own side, for all of its tabs.
                self.extension("moz/context", json!({ "context": "chrome" })).await;
                self.ask("Services.io.offline = arguments[0];", &[is_offline.into()]).await;
                self.extension("moz/context", json!({ "context": "content" })).await;
            }
            Kind::WebKit => panic!("the network of this browser cannot be cut"),
        }
        self.wait_until("the network's state", &format!("navigator.onLine === {}", !is_offline)).await;
    }

    /// Gives this tab a device that has passkeys, and asks nobody before it signs. Only Chromium can.
    pub async fn add_authenticator(&self) -> Authenticator {
        self.devtools("WebAuthn.enable", json!({})).await;
        let options = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserVerified": true, "automaticPresenceSimulation": true,
        });
        let added = self.devtools("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).await;
        Authenticator(added.get("authenticatorId").cloned().unwrap_or_default())
    }

    /// Whether somebody touches the device when it asks.
    pub async fn set_present(&self, device: &Authenticator, is_present: bool) {
        let told = json!({ "authenticatorId": device.0, "enabled": is_present });
        self.devtools("WebAuthn.setAutomaticPresenceSimulation", told).await;
    }

    /// Whether it is the right person; if not, what the page hears is what it hears of somebody who cancels.
    pub async fn set_verified(&self, device: &Authenticator, is_verified: bool) {
        let told = json!({ "authenticatorId": device.0, "isUserVerified": is_verified });
        self.devtools("WebAuthn.setUserVerified", told).await;
    }

    /// What [`crate::stage::Stage::watch_for`] noted in the page that is open.
    pub async fn noted(&self) -> Vec<String> {
        let noted = self.ask("return window.noted ?? null;", &[]).await;
        let Value::Array(noted) = noted else {
            panic!("nobody watched this page");
        };
        noted.iter().map(|html| html.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Everything that was written to the console so far, in all tabs. Only Chromium tells.
    pub async fn console(&self) -> Vec<String> {
        if self.driver.kind() != Kind::Chromium {
            return Vec::new();
        }
        let entries = self.log("browser").await;
        let mut console = self.console.lock().unwrap_or_else(PoisonError::into_inner);
        // Each entry is told once.
        console.extend(entries.iter().map(console_line));
        console.clone()
    }

    /// What the network of all tabs has told since this was asked last, as the developer's tools see it. Only of a browser that is
    /// [watched closely](Watched::Closely).
    pub async fn network(&self) -> Vec<Value> {
        let entries = self.log("performance").await;
        let message = |entry: &Value| {
            let text = entry.get("message").and_then(Value::as_str)?;
            serde_json::from_str::<Value>(text).ok()?.get_mut("message").map(Value::take)
        };
        entries.iter().filter_map(message).collect()
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        match self.client.issue_cmd(Extension { path: "se/log", body: json!({ "type": kind }) }).await {
            Ok(Value::Array(entries)) => entries,
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    /// Where the developer's tools are reached: `127.0.0.1:PORT`. Only Chromium tells.
    #[must_use]
    pub fn devtools_address(&self) -> Option<String> {
        let address = self.client.capabilities()?.get("goog:chromeOptions")?.get("debuggerAddress")?.as_str()?;
        Some(address.replace("localhost", "127.0.0.1"))
    }

    /// Saves a picture of what is seen. Without one where the browser gives none.
    pub async fn save_picture(&self, file: &Path) {
        if let Ok(picture) = self.client.screenshot().await {
            std::fs::write(file, picture).ok();
        }
    }

    /// The HTML of the page that is open; empty when there is none to be had.
    pub async fn source(&self) -> String {
        self.client.source().await.unwrap_or_default()
    }

    /// Lets downloads go into a folder, without a question. `false`: this browser cannot be told.
    pub async fn save_downloads_in(&self, folder: &Path) -> bool {
        if self.driver.kind() != Kind::Chromium {
            return false;
        }
        let told = json!({ "behavior": "allow", "downloadPath": folder.display().to_string() });
        self.devtools("Browser.setDownloadBehavior", told).await;
        true
    }

    /// Runs a script in every page of this tab before the page's own, from now on, whoever serves it. `false`: this browser
    /// cannot be told.
    pub async fn run_before_every_page(&self, script: &str) -> bool {
        if self.driver.kind() != Kind::Chromium {
            return false;
        }
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
        true
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.extension("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    async fn extension(&self, path: &'static str, body: Value) -> Value {
        let what = format!("{path} with {body}");
        done(self.client.issue_cmd(Extension { path, body }).await, || what)
    }
}

/// Strings of the heap are told whole, and all that the network tells is kept.
fn look_closely(capabilities: &mut Map<String, Value>) {
    if let Some(Value::Object(logs)) = capabilities.get_mut("goog:loggingPrefs") {
        logs.insert("performance".into(), "ALL".into());
    }
    if let Some(Value::Array(flags)) =
        capabilities.get_mut("goog:chromeOptions").and_then(|options| options.get_mut("args"))
    {
        flags.push("--js-flags=--heap-snapshot-string-limit=100000000".into());
    }
}

/// Gives all that it finds as an object.
const EVERYTHING: &str = "return (async () => {
    const readAll = request => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = failed; });
    const databases = {};
    for (const { name } of (await indexedDB.databases?.()) ?? []) {
        const database = await readAll(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
            const held = database.transaction(store).objectStore(store);
            databases[name + '/' + store] = [await readAll(held.getAllKeys()), await readAll(held.getAll())];
        }
        database.close();
    }
    const cached = {};
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) { cached[name + '/' + request.url] = await (await cache.match(request)).text(); }
    }
    const globals = {};
    for (const name of Object.getOwnPropertyNames(window)) {
        try {
            const value = window[name];
            const isPlain = typeof value === 'string' || [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));
            if (isPlain) { globals[name] = JSON.stringify(value); }
        } catch {
            // Nothing that could be read.
        }
    }
    const entries = performance.getEntries();
    return {
        html: document.documentElement.outerHTML,
        fields: [...document.querySelectorAll('input, textarea, select')].map(field => field.value),
        address: [location.href, document.referrer, document.title, window.name, document.cookie],
        history: JSON.stringify(history.state),
        navigation: JSON.stringify(entries.filter(({ entryType }) => entryType === 'navigation')),
        timings: JSON.stringify(entries.filter(({ entryType }) => entryType !== 'navigation')),
        locks: JSON.stringify(await navigator.locks?.query()),
        workers: ((await navigator.serviceWorker?.getRegistrations()) ?? []).map(({ scope }) => scope),
        local: { ...localStorage },
        session: { ...sessionStorage },
        databases: JSON.stringify(databases),
        cached: JSON.stringify(cached),
        globals,
    };
})();";

/// A device of [`Browser::add_authenticator`].
pub struct Authenticator(Value);

/// A command that a driver has beside the standard's.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(self.body.to_string()))
    }
}

fn done<T>(result: Result<T, CmdError>, what: impl FnOnce() -> String) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{} failed: {}", what(), spoken(error)),
    }
}

/// An error without the driver's stack of addresses.
#[allow(clippy::needless_pass_by_value, reason = "it is given to `map_err`, which gives the error away")]
fn spoken(error: CmdError) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}

fn path_of(url: &Url) -> String {
    let mut path = url.path().to_owned();
    for (mark, part) in [('?', url.query()), ('#', url.fragment())] {
        if let Some(part) = part {
            write!(path, "{mark}{part}").ok();
        }
    }
    path
}

/// As a literal of JavaScript.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn console_line(entry: &Value) -> String {
    let part = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{} {} {}", part("level"), part("source"), part("message"))
}
