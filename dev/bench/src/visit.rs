//! One visit of one page by somebody in a hurry: with an empty profile they open it, type and submit as soon as it lets
//! them, look at what was protected, and reload.
//!
//! ```text
//! open ─▶ field seen ─▶ click, name, Tab, password, Enter ─▶ sign-in sent ─▶ rows seen ─▶ reload ─▶ rows seen
//! ```
//! The times of the page are those of its own clock since the navigation began, told by `watch.js`, which looks once a frame;
//! those of requests are the browser's, since it wanted the page. They are the same for all pages.

use crate::devtools::{Browser, PATIENCE};
use crate::figures::{Figure, Sample};
use crate::requests::{self, Asked};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// A page, and what is to be expected of it.
#[derive(Clone, Debug)]
pub struct Page {
    /// As the report calls it.
    pub name: &'static str,
    /// Where it is served.
    pub origin: String,
    /// Where its sign-in request goes, as part of an address.
    pub signs_in_at: &'static str,
    /// Whether it shows rows after that.
    pub has_rows: bool,
}

/// How slow everything is.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    /// How many times slower the page's main thread is made.
    pub cpu: u8,
}

/// What a visit has shown.
pub struct Visit {
    /// The figures.
    pub sample: Sample,
    /// Every request until the rows.
    pub asked: Vec<Asked>,
    /// Every request of the reload.
    pub asked_again: Vec<Asked>,
    /// When the page was wanted and when the sign-in was sent, by the browser's clock in seconds.
    pub window: (f64, f64),
    /// Shifts as sentences.
    pub shifts: Vec<String>,
    /// Whether the form was seen at the reload by somebody who was signed in.
    pub has_flashed: bool,
    /// What the browser did meanwhile, if that was asked for.
    pub trace: Vec<Value>,
}

/// Bytes per second of 1.6 Mbit/s and of 750 kbit/s.
const DOWN: u32 = 200_000;
const UP: u32 = 93_750;
const ROUND_TRIP_MS: u32 = 150;

const PERSON: (&str, &str) = ("demo@example.com", "correct-horse");

const WATCH: &str = include_str!("watch.js");

/// What a trace is made of: the work of the page, of JavaScript and of WebAssembly.
const TRACED: [&str; 5] = ["devtools.timeline", "v8", "v8.wasm", "disabled-by-default-v8.compile", "loading"];

/// Visits a page once.
///
/// # Errors
/// The browser fails, or the page does not do what it should: what was typed early is lost, or no rows come.
pub async fn visit(
    program: &Path,
    profile: &Path,
    page: &Page,
    conditions: Conditions,
    is_traced: bool,
) -> Result<Visit> {
    let mut browser = Browser::open(program, profile.to_path_buf()).await?;
    let visit = pay(&mut browser, page, conditions, is_traced).await;
    browser.close().await;
    visit.with_context(|| format!("a visit of {}", page.name))
}

async fn pay(browser: &mut Browser, page: &Page, conditions: Conditions, is_traced: bool) -> Result<Visit> {
    prepare(browser, conditions).await?;
    if is_traced {
        let config = json!({ "includedCategories": TRACED, "recordMode": "recordAsMuchAsPossible" });
        browser.call("Tracing.start", json!({ "transferMode": "ReportEvents", "traceConfig": config })).await?;
    }

    browser.send("Page.navigate", json!({ "url": format!("{}/", page.origin) })).await?;
    let field = told_by_page(browser, "field").await?;
    type_and_submit(browser, &field).await?;
    let key = told_by_page(browser, "key").await?;
    if page.has_rows {
        told_by_page(browser, "rows").await?;
    } else {
        let is_answered = |told: &Value| {
            let url = told.pointer("/params/response/url").and_then(Value::as_str)?;
            url.contains(page.signs_in_at).then_some(())
        };
        browser.until("the form to arrive", PATIENCE, is_answered).await?;
    }
    // Shifts are told a moment later.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let seen = browser.ask(LOOK_BACK).await?;
    let metrics = browser.call("Performance.getMetrics", json!({})).await?;
    let trace = if is_traced { end_trace(browser).await? } else { Vec::new() };
    let told = browser.take_told();
    let asked = requests::read(&told);

    let opened_at = asked.first().context("the page was not asked for")?.begun_at;
    let is_sign_in = |request: &&Asked| request.name.starts_with("POST ") && request.name.contains(page.signs_in_at);
    let sign_in = asked.iter().find(is_sign_in).context("nobody was asked to sign anybody in")?;
    let sent_at = sign_in.sent_at.context("the sign-in was not sent")?;
    let since = |time: f64| (time - opened_at) * 1000.0;
    let at_page = |ms: f64| opened_at + ms / 1000.0;

    let mut sample = Sample::new();
    let mut note = |figure: Figure, value: Option<f64>| sample.extend(value.map(|value| (figure, value)));
    let field_at = field.at;
    note(Figure::Paint, seen.get("paint").and_then(Value::as_f64));
    note(Figure::Field, Some(field_at));
    note(Figure::Key, Some(key.at));
    note(Figure::Sent, Some(since(sent_at)));
    let rows = find_told(&told, "rows").map(|rows| rows.at);
    note(Figure::Rows, rows);
    // What moves at once when somebody submits is an answer to them (the browser's own rule, for half a second). What moves
    // while they type is none: they did not ask for it.
    let submitted_at = find_told(&told, "enter").map_or(f64::MAX, |enter| enter.at);
    let mut shifts = shifts(&seen);
    shifts.retain(|shift| !(shift.is_answer && shift.at > submitted_at));
    let sum_until = |time: f64| Some(shifts.iter().filter(|shift| shift.at <= time).map(|shift| shift.value).sum());
    note(Figure::ShiftOfLoad, sum_until(key.at));
    note(Figure::Shift, sum_until(f64::MAX));
    note(Figure::RequestsToField, Some(count(requests::begun_by(&asked, at_page(field_at)).count())));
    note(Figure::ChainToField, Some(count(requests::longest_chain(&asked, at_page(field_at)).len())));
    note(Figure::RequestsToSent, Some(count(requests::begun_by(&asked, sent_at).count())));
    // The sign-in is one more, and is not answered yet.
    note(Figure::ChainToSent, Some(count(requests::longest_chain(&asked, sign_in.begun_at).len() + 1)));
    let bytes_by = |time: f64| {
        Some(asked.iter().filter(|request| request.ended_at.is_some_and(|end| end <= time)).map(|r| r.bytes).sum())
    };
    note(Figure::BytesToField, bytes_by(at_page(field_at)));
    note(Figure::Bytes, bytes_by(rows.map_or(sent_at, at_page)));
    note(Figure::Heap, metric(&metrics, "JSHeapUsedSize"));
    note(Figure::Wasm, seen.get("memory").and_then(Value::as_f64).filter(|bytes| *bytes > 0.0));

    let (mut has_flashed, mut asked_again) = (false, Vec::new());
    if page.has_rows {
        browser.send("Page.reload", json!({})).await?;
        let rows = told_by_page(browser, "rows").await.context("after the reload")?;
        note(Figure::Reload, Some(rows.at));
        let told = browser.take_told();
        has_flashed = find_told(&told, "field").is_some();
        asked_again = requests::read(&told);
    }
    note(Figure::Resident, browser.peak_of_renderers());
    let shifts = shifts.into_iter().map(|shift| format!("{:.4} at {:.0} ms: {}", shift.value, shift.at, shift.what));
    let shifts = shifts.collect();
    Ok(Visit { sample, window: (opened_at, sent_at), asked, asked_again, shifts, has_flashed, trace })
}

/// Makes everything slow, and has the page watched.
async fn prepare(browser: &mut Browser, conditions: Conditions) -> Result<()> {
    for domain in ["Page", "Network", "Runtime", "Performance"] {
        browser.call(&format!("{domain}.enable"), json!({})).await?;
    }
    browser.call("Runtime.addBinding", json!({ "name": "bench" })).await?;
    browser.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await?;
    let network =
        json!({ "offline": false, "latency": ROUND_TRIP_MS, "downloadThroughput": DOWN, "uploadThroughput": UP });
    browser.call("Network.emulateNetworkConditions", network).await?;
    browser.call("Emulation.setCPUThrottlingRate", json!({ "rate": conditions.cpu })).await?;
    Ok(())
}

/// Clicks the field, presses a first key, and has the rest there at once, as from a password manager: whoever is slower has an
/// easier page, and a key for every letter would keep a slow page busy with nothing else.
async fn type_and_submit(browser: &mut Browser, field: &Told) -> Result<()> {
    for kind in ["mousePressed", "mouseReleased"] {
        let click = json!({ "type": kind, "x": field.x, "y": field.y, "button": "left", "clickCount": 1 });
        browser.send("Input.dispatchMouseEvent", click).await?;
    }
    let (username, password) = PERSON;
    let (first, rest) = username.split_at_checked(1).context("nobody has no name")?;
    press(browser, first, 0, Some(first)).await?;
    browser.send("Input.insertText", json!({ "text": rest })).await?;
    press(browser, "Tab", 9, None).await?;
    browser.send("Input.insertText", json!({ "text": password })).await?;
    press(browser, "Enter", 13, Some("\r")).await
}

async fn press(browser: &mut Browser, key: &str, code: u8, text: Option<&str>) -> Result<()> {
    for kind in [if text.is_some() { "keyDown" } else { "rawKeyDown" }, "keyUp"] {
        let mut event = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
        if let (Some(text), Some(members)) = (text.filter(|_| kind == "keyDown"), event.as_object_mut()) {
            members.insert("text".into(), text.into());
        }
        browser.send("Input.dispatchKeyEvent", event).await?;
    }
    Ok(())
}

/// Something that `watch.js` has told.
#[derive(Clone, Copy, Debug)]
struct Told {
    at: f64,
    x: f64,
    y: f64,
}

async fn told_by_page(browser: &mut Browser, what: &str) -> Result<Told> {
    let told = browser.until(what, PATIENCE, |message| read_told(message, what)).await;
    if told.is_ok() {
        return told;
    }
    let shown = browser.ask("location.pathname + ' shows: ' + document.body.innerText.slice(0, 300)").await;
    told.with_context(|| shown.ok().and_then(|shown| shown.as_str().map(ToOwned::to_owned)).unwrap_or_default())
}

fn find_told(told: &[Value], what: &str) -> Option<Told> {
    told.iter().find_map(|message| read_told(message, what))
}

fn read_told(message: &Value, what: &str) -> Option<Told> {
    let payload = message.pointer("/params/payload").and_then(Value::as_str)?;
    let payload: Value = serde_json::from_str(payload).ok()?;
    let number = |name: &str| payload.get(name).and_then(Value::as_f64);
    let is_it = payload.get("what").is_some_and(|told| told == what);
    is_it.then_some(())?;
    Some(Told { at: number("at")?, x: number("x").unwrap_or_default(), y: number("y").unwrap_or_default() })
}

const LOOK_BACK: &str = "({ paint: benchSeen.paint, shifts: benchSeen.shifts, \
    memory: benchSeen.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0) })";

struct Shift {
    value: f64,
    at: f64,
    is_answer: bool,
    what: String,
}

fn shifts(seen: &Value) -> Vec<Shift> {
    let shifts = seen.get("shifts").and_then(Value::as_array);
    let read = |shift: &Value| {
        let number = |name: &str| shift.get(name).and_then(Value::as_f64);
        let what = shift.get("what").and_then(Value::as_str).unwrap_or_default().to_owned();
        let is_answer = shift.get("isAnswer").is_some_and(|is_answer| is_answer == true);
        Some(Shift { value: number("value")?, at: number("at")?, is_answer, what })
    };
    shifts.into_iter().flatten().filter_map(read).collect()
}

fn metric(metrics: &Value, name: &str) -> Option<f64> {
    let all = metrics.get("metrics").and_then(Value::as_array)?;
    let own = all.iter().find(|metric| metric.get("name").is_some_and(|own| own == name))?;
    own.get("value").and_then(Value::as_f64)
}

async fn end_trace(browser: &mut Browser) -> Result<Vec<Value>> {
    browser.call("Tracing.end", json!({})).await?;
    let is_whole = |told: &Value| (told.get("method")? == "Tracing.tracingComplete").then_some(());
    browser.until("the trace", PATIENCE, is_whole).await?;
    let mut trace = Vec::new();
    for message in browser.told_so_far() {
        let is_part = message.get("method").is_some_and(|method| method == "Tracing.dataCollected");
        let events = message.pointer("/params/value").and_then(Value::as_array).filter(|_| is_part);
        trace.extend(events.into_iter().flatten().cloned());
    }
    ensure!(!trace.is_empty(), "the browser told nothing in its trace");
    Ok(trace)
}

#[allow(clippy::cast_precision_loss, reason = "no page asks for that many files")]
fn count(number: usize) -> f64 {
    number as f64
}
