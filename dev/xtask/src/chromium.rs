//! The browser that the tests run in, its driver, and the flags it is started with.
//!
//! `$CHROME` and `$CHROMEDRIVER` win; then what `PATH` has; then Debian's packages. A browser is
//! never fetched from anywhere else.

use crate::process::{self, on_path, say};
use crate::tools;
use crate::version::Version;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

const BROWSERS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Without a sandbox, because root has none; the rest keeps it from talking to anybody but us.
/// `ChromeDriver` gives each session a fresh profile unless told otherwise.
const FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser and the driver that steers it.
#[derive(Clone, Debug)]
pub struct Chromium {
    /// The program of the browser.
    pub browser: PathBuf,
    /// The program of its driver.
    pub driver: PathBuf,
}

impl Chromium {
    /// Finds both, or installs them where apt may.
    ///
    /// # Errors
    /// One is missing and cannot be installed; the text says what to do.
    pub fn find_or_install() -> Result<Self> {
        if let Some(both) = Self::find()? {
            return Ok(both);
        }
        tools::install_by_apt(
            &["chromium", "chromium-driver"],
            "the tests run in a real browser (once, a minute or two)",
            "Install Chromium or Chrome and the ChromeDriver of the same version, and put both on \
             PATH or name them in CHROME and CHROMEDRIVER.",
        )?;
        Self::find()?.context("chromium and chromedriver were installed, but are not on PATH")
    }

    fn find() -> Result<Option<Self>> {
        let browser = match named("CHROME")? {
            Some(browser) => Some(browser),
            None => BROWSERS.into_iter().find_map(on_path),
        };
        let driver = match named("CHROMEDRIVER")? {
            Some(driver) => Some(driver),
            None => on_path("chromedriver"),
        };
        let (Some(browser), Some(driver)) = (browser, driver) else {
            return Ok(None);
        };
        warn_if_unlike(&browser, &driver);
        Ok(Some(Self { browser, driver }))
    }

    /// Writes what `wasm-bindgen-test-runner` asks of a new browser session to `file`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_capabilities(&self, file: &Path) -> Result<()> {
        let capabilities = serde_json::json!({
            "goog:chromeOptions": { "binary": self.browser.to_string_lossy(), "args": FLAGS }
        });
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, capabilities.to_string()).with_context(|| format!("cannot write {}", file.display()))
    }
}

/// The program that an environment variable names, if it is set.
///
/// # Errors
/// It names something that is no program.
pub fn named(variable: &str) -> Result<Option<PathBuf>> {
    let Some(value) = std::env::var_os(variable).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let path = PathBuf::from(value);
    if process::is_executable(&path) {
        return Ok(Some(path));
    }
    match path.to_str().and_then(on_path) {
        Some(found) => Ok(Some(found)),
        None => bail!("{variable} names {}, which is no program", path.display()),
    }
}

/// A driver refuses a browser of another major version, in words that are easily overlooked.
fn warn_if_unlike(browser: &Path, driver: &Path) {
    let (Some(Version([browser, ..])), Some(Version([driver, ..]))) =
        (tools::version_of(browser), tools::version_of(driver))
    else {
        return;
    };
    if browser != driver {
        say(&format!(
            "the browser is of version {browser}, its driver of version {driver}: they may not work together"
        ));
    }
}
