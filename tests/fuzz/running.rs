//! Runs one target: its corpus as it is, then as many cases as are wanted, on every processor. What fails is made short, and told as a
//! line for the corpus.

use crate::cases::Draw;
use crate::watch::watched;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once};
use std::thread::{available_parallelism, scope};
use std::time::Instant;

/// One kind of text.
pub struct Target {
    /// As it stands in the list of counts.
    pub name: &'static str,
    /// So many cases where nothing is optimised; `VESTIBULE_FUZZ` multiplies them.
    pub cases: u64,
    /// At least one in so many must be taken, or what lies behind the reader is not looked into.
    pub one_in: u64,
}

/// How many targets there are, for the line at the end.
const TARGETS: usize = 10;

/// So many cases are taken at once.
const SHARE: u64 = 256;

static DONE: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Tries each line of the corpus, and what is made by chance. `attempt` says whether the text was taken, and panics where something
/// does not hold.
pub fn fuzz(
    target: &Target,
    corpus: &[String],
    make: impl Fn(&mut Draw) -> String + Sync,
    attempt: impl Fn(&str, &mut Draw) -> bool + Sync,
) {
    quieten();
    let seed = setting("VESTIBULE_SEED");
    let cases = target.cases * times();
    for (number, text) in corpus.iter().enumerate() {
        let draw = Draw::of(seed, number as u64);
        if let Err(what) = tried(target, text, &draw, &attempt) {
            fail(target, text, &what, "a line of the corpus", &|text| tried(target, text, &draw, &attempt).is_err());
        }
    }
    let (next, taken, slowest) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        loop {
            let first = next.fetch_add(SHARE, Ordering::Relaxed);
            if first >= cases {
                return;
            }
            for case in first..(first + SHARE).min(cases) {
                let mut draw = Draw::of(seed, case);
                let text = make(&mut draw);
                let begun = Instant::now();
                match tried(target, &text, &draw, &attempt) {
                    Ok(is_taken) => taken.fetch_add(u64::from(is_taken), Ordering::Relaxed),
                    Err(what) => {
                        let which = format!("case {case} of VESTIBULE_SEED={seed}");
                        fail(target, &text, &what, &which, &|text| tried(target, text, &draw, &attempt).is_err())
                    }
                };
                let took = u64::try_from(begun.elapsed().as_micros()).unwrap();
                slowest.fetch_max(took, Ordering::Relaxed);
            }
        }
    };
    scope(|scope| {
        for _ in 0..available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let (taken, slowest) = (taken.into_inner(), slowest.into_inner());
    println!(
        "{}: {cases} cases of seed {seed} and {} of the corpus; {taken} taken; the slowest {slowest} µs",
        target.name,
        corpus.len()
    );
    assert!(taken * target.one_in >= cases, "{}: of {cases} only {taken} were taken", target.name);
    let mut done = DONE.lock().unwrap();
    done.push(format!("{} {cases}", target.name));
    if done.len() == TARGETS {
        println!("fuzzed with seed {seed}, nothing escaped and nothing panicked: {}", done.join(", "));
    }
}

/// So many times as many cases as where nothing is optimised.
pub fn times() -> u64 {
    setting("VESTIBULE_FUZZ")
}

fn setting(name: &str) -> u64 {
    std::env::var(name).map_or(1, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

thread_local! {
    static IN_A_CASE: Cell<bool> = const { Cell::new(false) };
}

/// A case that fails is told once, when it is short.
fn quieten() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |info| {
            if !IN_A_CASE.get() {
                loud(info);
            }
        }));
    });
}

fn tried(target: &Target, text: &str, draw: &Draw, attempt: &impl Fn(&str, &mut Draw) -> bool) -> Result<bool, String> {
    let mut draw = draw.clone();
    IN_A_CASE.set(true);
    let result = watched(target.name, text, || catch_unwind(AssertUnwindSafe(|| attempt(text, &mut draw))));
    IN_A_CASE.set(false);
    result.map_err(|payload| match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast_ref::<&str>().map_or("a panic", |message| *message).to_owned(),
    })
}

fn fail(target: &Target, text: &str, what: &str, which: &str, still_fails: &dyn Fn(&str) -> bool) -> ! {
    let line = serde_json::Value::from(shortened(text, still_fails));
    panic!("{}, {which}: {what}\nThe line for its corpus in tests/fixtures/corpus: {line}", target.name)
}

/// Leaves out what is not needed to fail: first halves, at last single letters.
fn shortened(text: &str, still_fails: &dyn Fn(&str) -> bool) -> String {
    let mut text = text.to_owned();
    let mut length = text.len();
    while length > 0 {
        let mut at = 0;
        while at < text.len() {
            let end = (at + length..text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
            let shorter = [&text[..at], &text[end..]].concat();
            if still_fails(&shorter) {
                text = shorter;
            } else {
                at = end;
            }
        }
        length /= 2;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Target, fuzz, shortened};

    #[test]
    fn what_fails_is_made_as_short_as_it_can_be() {
        assert_eq!(shortened("/orders/\u{fc}//evil.example?x", &|text| text.contains("//")), "//");
    }

    #[test]
    #[should_panic(expected = "The line for its corpus in tests/fixtures/corpus: \"\\\"\"")]
    fn a_reader_that_panics_is_told_with_its_line() {
        let target = Target { name: "a reader that panics", cases: 1, one_in: 1 };
        fuzz(&target, &["a \" b".to_owned()], |_| String::new(), |text, _| !text.contains('"') || panic!("quoted"));
    }
}
