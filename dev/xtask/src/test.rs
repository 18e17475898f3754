//! `test`: the layers, cheapest first; each by its own runner, whose output goes straight
//! through.
//!
//! ```text
//! host         cargo test                      pure floors, the dev tools
//! tabs         cargo test, optimised           every order of what can happen to several tabs
//! browser      wasm-bindgen-test-runner        floors 2 and 3 in headless Chromium
//! end-to-end   the release build in Chromium   against the demo provider
//! ```
//!
//! A layer that fails does not stop the next: one run shows all there is to mend.

use crate::app;
use crate::chromium::Chromium;
use crate::process::{self, run, say, spoken};
use crate::tools::{self, WASM_TARGET};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Seconds that one file of browser tests may take.
const BROWSER_TIMEOUT_S: &str = "180";

/// One layer of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// What runs without a browser.
    Host,
    /// The same, where millions of cases want an optimised build.
    Tabs,
    /// What needs a browser, but no server.
    Browser,
    /// What needs both.
    EndToEnd,
}

impl Layer {
    const ALL: [Self; 4] = [Self::Host, Self::Tabs, Self::Browser, Self::EndToEnd];

    /// The layers named on the command line, in the order of [`Layer::ALL`]; all if none is.
    ///
    /// # Errors
    /// A name that no layer has.
    pub fn read(names: &[String]) -> Result<Vec<Self>> {
        if names.is_empty() {
            return Ok(Self::ALL.to_vec());
        }
        if let Some(unknown) = names.iter().find(|name| !Self::ALL.iter().any(|l| l.name() == *name)) {
            bail!("there is no layer `{unknown}`; there are host, tabs, browser and end-to-end");
        }
        let is_named = |layer: &Self| names.iter().any(|name| layer.name() == name);
        Ok(Self::ALL.into_iter().filter(is_named).collect())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Tabs => "tabs",
            Self::Browser => "browser",
            Self::EndToEnd => "end-to-end",
        }
    }

    fn run(self) -> Result<()> {
        match self {
            Self::Host => host(),
            Self::Tabs => tabs(),
            Self::Browser => browser(),
            Self::EndToEnd => end_to_end(),
        }
    }
}

/// Runs `layers` and says of each how it went.
///
/// # Errors
/// At least one failed.
pub fn test(layers: &[Layer]) -> Result<()> {
    let mut summary = Vec::new();
    let mut failed = Vec::new();
    for layer in layers {
        say(&format!("testing: {}", layer.name()));
        let begun = Instant::now();
        let result = layer.run();
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

/// Runs the program that counts requests and refreshes against the build in `dist`.
///
/// # Errors
/// A tool cannot be had, or a count is not what it must be.
pub fn counts(dist: &Path) -> Result<()> {
    let chromium = Chromium::find_or_install()?;
    let mut counts = process::cargo();
    counts.args(["run", "--quiet", "-p", "end-to-end", "--bin", "counts"]);
    run(with_surroundings(&mut counts, dist, &chromium))
}

fn host() -> Result<()> {
    run(process::cargo().args(["test", "--workspace", "--exclude", "end-to-end"]))?;
    // The app that everybody loads tells no mistakes in words; it must find the same ones.
    run(process::cargo().args(["test", "-p", "vestibule", "--no-default-features", "--test", "config"]))
}

fn tabs() -> Result<()> {
    // Shown, because what was explored and with which seed belongs to the result.
    let shown = ["--", "--nocapture", "--test-threads", "1"];
    run(process::cargo().args(["test", "-p", "vestibule", "--profile", "explore", "--test", "tabs"]).args(shown))
}

fn browser() -> Result<()> {
    tools::wasm_target()?;
    let runner = tools::wasm_bindgen()?.join(process::executable("wasm-bindgen-test-runner"));
    let chromium = Chromium::find_or_install()?;
    let capabilities = process::root().join("target/browser/webdriver.json");
    chromium.write_capabilities(&capabilities)?;
    let mut cargo = process::cargo();
    cargo
        .args(["test", "--target", WASM_TARGET, "-p", "vestibule", "--tests"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
        // The runner carries the whole module to the browser: names are enough, lines are weight.
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CHROMEDRIVER", &chromium.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
    if std::env::var_os("WASM_BINDGEN_TEST_TIMEOUT").is_none() {
        cargo.env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TIMEOUT_S);
    }
    // The runner would prefer any of these to ChromeDriver.
    for other in ["GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER", "CHROMEDRIVER"] {
        cargo.env_remove(format!("{other}_REMOTE"));
        if other != "CHROMEDRIVER" {
            cargo.env_remove(other);
        }
    }
    run(&mut cargo)
}

fn end_to_end() -> Result<()> {
    let dist = app::build()?;
    let chromium = Chromium::find_or_install()?;
    let mut cargo = process::cargo();
    cargo.args(["test", "-p", "end-to-end"]);
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        // One browser at a time: two of them make a small machine slow, and slow looks like broken.
        cargo.env("RUST_TEST_THREADS", "1");
    }
    run(with_surroundings(&mut cargo, &dist, &chromium))
}

/// What the end-to-end tests are told through their environment.
fn with_surroundings<'a>(command: &'a mut Command, dist: &Path, chromium: &Chromium) -> &'a mut Command {
    command
        .env("VESTIBULE_DIST", dist)
        .env("VESTIBULE_ARTIFACTS", process::root().join("target/end-to-end"))
        .env("CHROME", &chromium.browser)
        .env("CHROMEDRIVER", &chromium.driver)
}

#[cfg(test)]
mod tests {
    use super::Layer;

    #[test]
    fn without_a_name_every_layer_runs() {
        assert_eq!(Layer::read(&[]).unwrap(), Layer::ALL);
    }

    #[test]
    fn named_layers_run_in_their_own_order() {
        let names = ["end-to-end", "host"].map(str::to_owned);
        assert_eq!(Layer::read(&names).unwrap(), [Layer::Host, Layer::EndToEnd]);
    }

    #[test]
    fn an_unknown_layer_is_refused_with_the_names_there_are() {
        let refusal = Layer::read(&["unit".to_owned()]).unwrap_err().to_string();
        assert!(refusal.contains("`unit`") && refusal.contains("end-to-end"));
    }
}
