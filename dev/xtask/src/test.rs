//! `test`: the layers, cheapest first; each by its own runner, whose output goes straight
//! through.
//!
//! ```text
//! host         cargo test                      pure floors, the dev tools
//! tabs         cargo test, optimised           every order of what can happen to several tabs
//! fuzz         cargo test, optimised           millions of cases for whatever reads what others wrote
//! browser      wasm-bindgen-test-runner        floors 2 and 3 in a headless browser
//! end-to-end   the release build in a browser  against the demo provider, and real servers from their packages
//! ```
//!
//! The browser is Chromium unless another is named; what browsers report of the policy is asked of Firefox too. A layer that
//! fails does not stop the next: one run shows all there is to mend.

use crate::app;
use crate::browsers::Kind;
use crate::nginx;
use crate::process::{self, run, say, spoken};
use crate::servers;
use crate::tools::{self, WASM_TARGET};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Seconds that one file of browser tests may take.
const BROWSER_TIMEOUT_S: &str = "180";

/// So many times as many cases as a plain `cargo test` tries: ten million return paths, for one.
const FUZZ_TIMES: &str = "500";

/// One layer of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// What runs without a browser.
    Host,
    /// The same, where millions of cases want an optimised build.
    Tabs,
    /// So too: everything that reads what others wrote.
    Fuzz,
    /// What needs a browser, but no server.
    Browser,
    /// What needs both.
    EndToEnd,
}

impl Layer {
    const ALL: [Self; 5] = [Self::Host, Self::Tabs, Self::Fuzz, Self::Browser, Self::EndToEnd];

    fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Tabs => "tabs",
            Self::Fuzz => "fuzz",
            Self::Browser => "browser",
            Self::EndToEnd => "end-to-end",
        }
    }

    fn run(self, kind: Kind) -> Result<()> {
        match self {
            Self::Host => host(),
            Self::Tabs => tabs(),
            Self::Fuzz => fuzz(),
            Self::Browser => browser(kind),
            Self::EndToEnd => end_to_end(kind),
        }
    }
}

/// What to test, and in which browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    layers: Vec<Layer>,
    browser: Kind,
}

impl Wish {
    /// Reads `[LAYER...] [--browser NAME]`. The layers come in the order of [`Layer::ALL`]; if none is named, all that
    /// can be run in that browser, and with another than Chromium only those for which it makes a difference.
    ///
    /// # Errors
    /// A name that no layer or no browser has.
    pub fn read(words: &[String]) -> Result<Self> {
        let mut words = words.iter();
        let (mut named, mut browser) = (Vec::new(), Kind::default());
        while let Some(word) = words.next() {
            if word == "--browser" {
                browser = Kind::read(words.next().context("--browser needs a name")?)?;
            } else if let Some(layer) = Layer::ALL.into_iter().find(|layer| layer.name() == word) {
                named.push(layer);
            } else {
                bail!("there is no layer `{word}`; there are host, tabs, fuzz, browser and end-to-end");
            }
        }
        let is_wanted = |layer: &Layer| {
            if named.is_empty() {
                match browser {
                    Kind::Chromium => true,
                    Kind::Firefox => matches!(layer, Layer::Browser | Layer::EndToEnd),
                    Kind::WebKit => matches!(layer, Layer::EndToEnd),
                }
            } else {
                named.contains(layer)
            }
        };
        Ok(Self { layers: Layer::ALL.into_iter().filter(is_wanted).collect(), browser })
    }
}

/// Runs what is wished and says of each layer how it went.
///
/// # Errors
/// At least one failed.
pub fn test(wish: &Wish) -> Result<()> {
    let mut summary = Vec::new();
    let mut failed = Vec::new();
    for layer in &wish.layers {
        say(&format!("testing: {}", layer.name()));
        let begun = Instant::now();
        let result = layer.run(wish.browser);
        let took = spoken(begun.elapsed());
        let how = match &result {
            Ok(()) => "passed".to_owned(),
            Err(failure) => {
                failed.push(layer.name());
                format!("FAILED: {failure:#}")
            }
        };
        summary.push(format!("  {:10}  {took:>12}  {how}", layer.name()));
    }
    println!("\nlayers of tests:\n{}", summary.join("\n"));
    if failed.is_empty() {
        return Ok(());
    }
    bail!("tests failed: {}", failed.join(", "))
}

/// The program that counts requests and refreshes against the build in `dist`. It fails if a count is not what it must be.
///
/// # Errors
/// A tool cannot be had.
pub fn counts(dist: &Path) -> Result<Command> {
    let mut counts = process::cargo();
    counts.args(["run", "--quiet", "-p", "end-to-end", "--bin", "counts"]);
    with_surroundings(&mut counts, dist, Kind::Chromium)?;
    Ok(counts)
}

/// Runs the program that takes pictures of every state of the build in `dist`.
///
/// # Errors
/// A tool cannot be had, or a state is not reached.
pub fn pictures(dist: &Path, folder: &Path) -> Result<()> {
    let mut pictures = process::cargo();
    pictures.args(["run", "--quiet", "-p", "end-to-end", "--bin", "gallery"]).env("VESTIBULE_GALLERY", folder);
    run(with_surroundings(&mut pictures, dist, Kind::Chromium)?)
}

fn host() -> Result<()> {
    run(process::cargo().args(["test", "--workspace", "--exclude", "end-to-end"]))?;
    // The app that everybody loads tells no mistakes in words; it must find the same ones.
    let tests = ["--test", "config", "--test", "fuzz"];
    run(process::cargo().args(["test", "-p", "vestibule", "--no-default-features"]).args(tests))
}

fn tabs() -> Result<()> {
    run(&mut optimised("tabs"))
}

fn fuzz() -> Result<()> {
    let mut cargo = optimised("fuzz");
    if std::env::var_os("VESTIBULE_FUZZ").is_none() {
        cargo.env("VESTIBULE_FUZZ", FUZZ_TIMES);
    }
    run(&mut cargo)
}

fn optimised(test: &str) -> Command {
    let mut cargo = process::cargo();
    cargo.args(["test", "-p", "vestibule", "--profile", "explore", "--test", test]);
    // Shown, because what was tried and with which seed belongs to the result.
    cargo.args(["--", "--nocapture", "--test-threads", "1"]);
    cargo
}

fn browser(kind: Kind) -> Result<()> {
    tools::wasm_target()?;
    let runner = tools::wasm_bindgen()?.join(process::executable("wasm-bindgen-test-runner"));
    let mut cargo = process::cargo();
    cargo
        .args(["test", "--target", WASM_TARGET, "-p", "vestibule", "--tests"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
        // The runner carries the whole module to the browser: names are enough, lines are weight.
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    if std::env::var_os("WASM_BINDGEN_TEST_TIMEOUT").is_none() {
        cargo.env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TIMEOUT_S);
    }
    kind.tell_runner(&mut cargo)?;
    run(&mut cargo)
}

fn end_to_end(kind: Kind) -> Result<()> {
    let dist = app::build()?;
    let mut cargo = process::cargo();
    cargo.args(["test", "-p", "end-to-end"]);
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        // One browser at a time: two of them make a small machine slow, and slow looks like broken.
        cargo.env("RUST_TEST_THREADS", "1");
    }
    match kind {
        Kind::Chromium => _ = cargo.env("VESTIBULE_AXE", tools::axe()?),
        // What a page looks like, and what keeps people from using it, is asked of one browser.
        Kind::Firefox => _ = cargo.args(["--", "--skip", "for_everyone"]),
        // Its network cannot be cut.
        Kind::WebKit => {
            let cannot = ["for_everyone", "without_a_network", "without_a_reload"];
            cargo.arg("--").args(cannot.iter().flat_map(|name| ["--skip", name]));
        }
    }
    let played = run(with_surroundings(&mut cargo, &dist, kind)?
        .envs(servers::find_or_install()?)
        .envs(nginx::find_or_unpack()?));
    if kind == Kind::Chromium {
        // What the policy forbids is each browser's own word, and there is no other reason to play all of it twice.
        let mut cargo = process::cargo();
        cargo.args(["test", "-p", "end-to-end", "--", "--test-threads", "1", "policy::"]);
        let in_firefox = with_surroundings(&mut cargo, &dist, Kind::Firefox).and_then(run);
        return played.and(in_firefox);
    }
    played
}

/// What the end-to-end tests are told through their environment.
fn with_surroundings<'a>(command: &'a mut Command, dist: &Path, kind: Kind) -> Result<&'a mut Command> {
    Ok(command
        .env("VESTIBULE_DIST", dist)
        .env("VESTIBULE_ARTIFACTS", process::root().join("target/end-to-end").join(kind.name()))
        .env("VESTIBULE_BROWSER", kind.name())
        .envs(kind.find_or_install()?))
}

#[cfg(test)]
mod tests {
    use super::{Kind, Layer, Wish};

    fn read(words: &[&str]) -> Wish {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Wish::read(&words).unwrap()
    }

    #[test]
    fn without_a_name_every_layer_runs() {
        assert_eq!(read(&[]), Wish { layers: Layer::ALL.to_vec(), browser: Kind::Chromium });
    }

    #[test]
    fn named_layers_run_in_their_own_order() {
        assert_eq!(read(&["end-to-end", "host"]).layers, [Layer::Host, Layer::EndToEnd]);
    }

    #[test]
    fn another_browser_runs_what_differs_in_it() {
        assert_eq!(read(&["--browser", "firefox"]).layers, [Layer::Browser, Layer::EndToEnd]);
        let webkit = Wish { layers: vec![Layer::EndToEnd], browser: Kind::WebKit };
        assert_eq!(read(&["--browser", "webkit"]), webkit);
        assert_eq!(read(&["tabs", "--browser", "webkit"]).layers, [Layer::Tabs]);
    }

    #[test]
    fn an_unknown_layer_or_browser_is_refused_with_the_names_there_are() {
        let refusal = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            Wish::read(&words).unwrap_err().to_string()
        };
        let unknown = refusal(&["unit"]);
        assert!(unknown.contains("`unit`") && unknown.contains("end-to-end"));
        assert!(refusal(&["--browser", "lynx"]).contains("webkit"));
        assert!(refusal(&["--browser"]).contains("needs a name"));
    }
}
