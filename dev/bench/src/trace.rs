//! What the time between the wish for a page and its sign-in request went into, from one trace of the browser.
//!
//! Work of the page's main thread is counted by its innermost named event, so that nothing is counted twice. The names are
//! Chromium's; what is not known here is counted as other work, never left out.

use crate::requests::Asked;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the main thread can be busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Parsing HTML and CSS.
    Parsing,
    /// Compiling WebAssembly.
    WasmCompile,
    /// Compiling JavaScript.
    ScriptCompile,
    /// Running JavaScript, and the WebAssembly that it calls.
    Running,
    /// Collecting garbage.
    Garbage,
    /// Style, layout, paint.
    Layout,
    /// Anything else.
    Other,
}

impl Work {
    const ALL: [Self; 7] = [
        Self::Parsing,
        Self::WasmCompile,
        Self::ScriptCompile,
        Self::Running,
        Self::Garbage,
        Self::Layout,
        Self::Other,
    ];

    fn of(event: &str) -> Self {
        let is_any = |names: &[&str]| names.contains(&event);
        if event.to_ascii_lowercase().contains("wasm") {
            Self::WasmCompile
        } else if event.contains("GC") {
            Self::Garbage
        } else if event.starts_with("v8.compile")
            || event.starts_with("V8.Compile")
            || event.contains("Parse") && event.contains("V8")
        {
            Self::ScriptCompile
        } else if is_any(&["ParseHTML", "ParseAuthorStyleSheet", "BackgroundProcessor::RunScan"]) {
            Self::Parsing
        } else if is_any(&[
            "UpdateLayoutTree",
            "Layout",
            "PrePaint",
            "Paint",
            "Layerize",
            "Commit",
            "UpdateLayer",
            "HitTest",
            "RecalcStyle",
            "CompositeLayers",
            "ScheduleStyleRecalculation",
            "IntersectionObserverController::computeIntersections",
        ]) {
            Self::Layout
        } else if is_any(&[
            "EvaluateScript",
            "FunctionCall",
            "RunMicrotasks",
            "EventDispatch",
            "FireAnimationFrame",
            "TimerFire",
            "v8.run",
            "v8.evaluateModule",
            "FireIdleCallback",
            "V8.Execute",
            "v8.callFunction",
            "v8.produceCache",
            "V8.RunMicrotasks",
            "V8.InvokeApiInterruptCallbacks",
        ]) {
            Self::Running
        } else {
            Self::Other
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Parsing => "parsing HTML and CSS",
            Self::WasmCompile => "compiling WebAssembly",
            Self::ScriptCompile => "compiling JavaScript",
            Self::Running => "running JavaScript and WebAssembly",
            Self::Garbage => "collecting garbage",
            Self::Layout => "style, layout, paint",
            Self::Other => "other work",
        }
    }
}

/// Where the time went, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spent {
    /// The main thread's work by its kind.
    busy: BTreeMap<Work, f64>,
    /// The main thread had nothing to do while a request was under way.
    network: f64,
    /// It had nothing to do, and nothing was under way.
    idle: f64,
    /// Other threads compiled WebAssembly meanwhile.
    beside: f64,
}

/// Reads a trace for the time between two moments of the browser's clock, in seconds.
pub fn read(trace: &[Value], asked: &[Asked], window: (f64, f64)) -> Spent {
    let (from, to) = (window.0 * 1e6, window.1 * 1e6);
    let mut threads: BTreeMap<(u64, u64), Vec<Event>> = BTreeMap::new();
    let mut mains = Vec::new();
    for event in trace {
        let number = |name: &str| event.get(name).and_then(Value::as_u64);
        let text = |name: &str| event.get(name).and_then(Value::as_str);
        let (Some(process), Some(thread)) = (number("pid"), number("tid")) else {
            continue;
        };
        if text("name") == Some("thread_name")
            && event.pointer("/args/name").is_some_and(|name| name == "CrRendererMain")
        {
            mains.push((process, thread));
        }
        let float = |name: &str| event.get(name).and_then(Value::as_f64);
        if let (Some("X"), Some(name), Some(begun), Some(took)) = (text("ph"), text("name"), float("ts"), float("dur"))
        {
            let (begun, ended) = (begun.max(from), (begun + took).min(to));
            if ended > begun {
                threads.entry((process, thread)).or_default().push(Event { name, begun, ended });
            }
        }
    }
    let busiest = mains.into_iter().filter_map(|main| Some((main, own_times(threads.get(&main)?))));
    let total = |busy: &BTreeMap<Work, f64>| busy.values().sum::<f64>();
    let Some((main, busy)) = busiest.max_by(|(_, one), (_, other)| total(one).total_cmp(&total(other))) else {
        return Spent::default();
    };
    let under_way = asked.iter().map(|request| (request.begun_at * 1e6, request.ended_at.map_or(to, |end| end * 1e6)));
    let at_work = threads.get(&main).into_iter().flatten().map(|event| (event.begun, event.ended));
    let working = covered(at_work.clone(), (from, to));
    let either = covered(at_work.chain(under_way), (from, to));
    let beside = threads.iter().filter(|((process, _), _)| *process == main.0).filter(|(thread, _)| **thread != main);
    let beside = beside.filter_map(|(_, events)| own_times(events).get(&Work::WasmCompile).copied()).sum();
    Spent { busy, network: (either - working) / 1e3, idle: (to - from - either) / 1e3, beside }
}

#[derive(Clone, Copy, Debug)]
struct Event<'a> {
    name: &'a str,
    begun: f64,
    ended: f64,
}

/// Milliseconds by kind of work, without those of events inside of others.
fn own_times(events: &[Event<'_>]) -> BTreeMap<Work, f64> {
    let mut events = events.to_vec();
    events.sort_by(|one, other| one.begun.total_cmp(&other.begun).then(other.ended.total_cmp(&one.ended)));
    let mut times = BTreeMap::new();
    let mut open: Vec<(Work, f64)> = Vec::new();
    for event in events {
        while open.last().is_some_and(|(_, ended)| *ended <= event.begun) {
            open.pop();
        }
        let kind = Work::of(event.name);
        // What nobody knows belongs to what it is inside of.
        let outer = open.last().map_or(Work::Other, |(work, _)| *work);
        let kind = if kind == Work::Other { outer } else { kind };
        let took = (event.ended - event.begun) / 1e3;
        *times.entry(kind).or_insert(0.0) += took;
        if let Some((outer, _)) = open.last() {
            *times.entry(*outer).or_insert(0.0) -= took;
        }
        open.push((kind, event.ended));
    }
    times
}

/// How much of a window is covered by intervals.
fn covered(intervals: impl Iterator<Item = (f64, f64)>, (from, to): (f64, f64)) -> f64 {
    let mut intervals: Vec<_> = intervals.map(|(begun, ended)| (begun.max(from), ended.min(to))).collect();
    intervals.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut sum, mut reached) = (0.0, from);
    for (begun, ended) in intervals {
        sum += (ended - begun.max(reached)).max(0.0);
        reached = ended.max(reached);
    }
    sum
}

impl Spent {
    /// Each part with its name, in the order of the report.
    pub fn parts(&self) -> Vec<(&'static str, f64)> {
        let busy = Work::ALL.into_iter().map(|work| (work.name(), self.busy.get(&work).copied().unwrap_or_default()));
        let waiting = [
            ("waiting for the network, nothing to do", self.network),
            ("waiting for something else", self.idle),
            ("beside it: other threads compile WebAssembly", self.beside),
        ];
        busy.chain(waiting).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Spent, Work, read};
    use crate::requests::Asked;
    use serde_json::{Value, json};

    fn event(thread: u64, name: &str, begun: u64, took: u64) -> Value {
        json!({ "pid": 1, "tid": thread, "ph": "X", "name": name, "ts": begun, "dur": took })
    }

    #[test]
    fn work_is_counted_once_and_waiting_is_told_apart() {
        let trace = [
            json!({ "pid": 1, "tid": 7, "ph": "M", "name": "thread_name", "args": { "name": "CrRendererMain" } }),
            event(7, "RunTask", 1_000_000, 50_000),
            event(7, "EvaluateScript", 1_010_000, 30_000),
            event(7, "Layout", 1_020_000, 10_000),
            event(8, "wasm.Compile", 1_000_000, 20_000),
        ];
        let asked = [Asked { begun_at: 1.04, ended_at: Some(1.08), ..Asked::default() }];
        let spent = read(&trace, &asked, (1.0, 1.1));
        let expected = Spent {
            busy: [(Work::Other, 20.0), (Work::Running, 20.0), (Work::Layout, 10.0)].into(),
            network: 30.0,
            idle: 20.0,
            beside: 20.0,
        };
        assert_eq!(spent, expected);
    }
}
