//! What a page holds in memory: the strings of its JavaScript, by a snapshot of the heap, and the bytes of its WebAssembly. Only of
//! Chromium, by its developer's tools; nobody else tells.
//!
//! What the browser itself holds beside them (the text of a field, a request that was sent) is nobody's to look into.

use crate::browser::Browser;
use crate::patience::PATIENCE;
use crate::plain_http::ask;
use crate::secrets::Secrets;
use crate::site::Site;
use axum::http::Method;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

/// A script for [`Site::put_before`]: keeps the memory of every WebAssembly program of the page, in `window.memories`.
pub const KEEP_MEMORIES: &str = "{
    const memories = (window.memories = new Set());
    for (const name of ['instantiate', 'instantiateStreaming']) {
        const own = WebAssembly[name];
        WebAssembly[name] = async (...given) => {
            const made = await own.apply(WebAssembly, given);
            for (const value of Object.values((made.instance ?? made).exports)) {
                if (value instanceof WebAssembly.Memory) { memories.add(value); }
            }
            return made;
        };
    }
}";

/// What makes another byte of each, here and there.
const DISGUISE: u8 = 0x55;

/// Counts in all memories. What is looked for is given in disguise: it must not come into the page by being looked for.
const COUNT: &str = "
    const counts = arguments[0].map(() => 0);
    let size = 0;
    for (const { buffer } of window.memories) {
        const bytes = new Uint8Array(buffer);
        size += bytes.length;
        arguments[0].forEach((coded, index) => {
            const first = coded[0] ^ DISGUISE;
            for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
                if (coded.every((byte, offset) => bytes[at + offset] === (byte ^ DISGUISE))) { counts[index] += 1; }
            }
        });
    }
    return { counts, size };";

/// How often each secret is in a page's memory, and how much of that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// How often in the WebAssembly's.
    pub in_wasm: usize,
    /// How often in the JavaScript's.
    pub in_javascript: usize,
    /// Bytes of the WebAssembly's.
    pub wasm_size: u64,
    /// Bytes of the snapshot.
    pub snapshot_size: usize,
}

impl Held {
    /// Looks into the page that is open, once its garbage was collected.
    pub async fn by(browser: &Browser, site: &Site, secrets: &Secrets) -> Self {
        let coded: Vec<Vec<u8>> =
            secrets.plain().map(|secret| secret.bytes().map(|byte| byte ^ DISGUISE).collect()).collect();
        let counted = browser.ask(&COUNT.replace("DISGUISE", &DISGUISE.to_string()), &[json!(coded)]).await;
        let counts = counted.pointer("/counts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let in_wasm: u64 = counts.iter().filter_map(Value::as_u64).sum();
        let snapshot = snapshot(browser, site).await;
        let in_javascript = secrets.plain().map(|secret| snapshot.matches(secret).count()).sum();
        let wasm_size = counted.pointer("/size").and_then(Value::as_u64).unwrap_or_default();
        assert!(wasm_size > 0, "no memory of WebAssembly was kept");
        Self {
            in_wasm: usize::try_from(in_wasm).unwrap_or(usize::MAX),
            in_javascript,
            wasm_size,
            snapshot_size: snapshot.len(),
        }
    }
}

/// The heap of the page of that site, as the developer's tools write it.
async fn snapshot(browser: &Browser, site: &Site) -> String {
    let taken = tokio::time::timeout(PATIENCE, try_snapshot(browser, site)).await;
    match taken.unwrap_or(Err("it takes too long".to_owned())) {
        Ok(snapshot) => snapshot,
        Err(problem) => panic!("no snapshot of the heap: {problem}"),
    }
}

async fn try_snapshot(browser: &Browser, site: &Site) -> Result<String, String> {
    let address = browser.devtools_address().ok_or("this browser has none")?;
    let targets = ask(Method::GET, &format!("http://{address}/json/list"), &[], String::new()).await.json();
    let text = |target: &Value, name: &str| target.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    // The slash: the port of another site may begin alike.
    let origin = format!("{}/", site.origin());
    let page = targets.as_array().into_iter().flatten().find(|target| text(target, "url").starts_with(&origin));
    let socket = text(page.ok_or("the page is not there")?, "webSocketDebuggerUrl");
    let (mut socket, _) = tokio_tungstenite::connect_async(socket).await.map_err(|error| error.to_string())?;
    let commands = ["HeapProfiler.enable", "HeapProfiler.collectGarbage", "HeapProfiler.takeHeapSnapshot"];
    for (id, method) in commands.iter().enumerate() {
        let command = json!({ "id": id, "method": method, "params": {} });
        socket.send(Message::text(command.to_string())).await.map_err(|error| error.to_string())?;
    }
    let mut snapshot = String::new();
    while let Some(message) = socket.next().await {
        let Message::Text(message) = message.map_err(|error| error.to_string())? else { continue };
        let message: Value = serde_json::from_str(&message).map_err(|error| error.to_string())?;
        if let Some(problem) = message.get("error") {
            return Err(problem.to_string());
        }
        if let Some(chunk) = message.pointer("/params/chunk").and_then(Value::as_str) {
            snapshot.push_str(chunk);
        } else if message.get("id") == Some(&json!(commands.len() - 1)) {
            return Ok(snapshot);
        }
    }
    Err("the browser is gone".to_owned())
}
