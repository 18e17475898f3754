//! The browsers that the tests run in: found, or installed, and how each is told to a test.
//!
//! ```text
//! chromium  chromium.rs       all layers
//! firefox   Debian's firefox-esr, and geckodriver from its registry package     browser and end-to-end
//! webkit    Debian's webkit2gtk-driver, and a display that nobody sees (xvfb)   end-to-end
//! ```
//! What a variable names wins; then what `PATH` has. A browser is never fetched from anywhere else.

use crate::chromium::{Chromium, named};
use crate::process::{on_path, root};
use crate::tools;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Where Debian keeps the browser that comes with `WebKitGTK`.
const MINI_BROWSERS: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser"];

/// What wasm-bindgen's runner would prefer to the driver it is to use.
const DRIVERS: [&str; 4] = ["GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER", "CHROMEDRIVER"];

/// One of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, or Chrome.
    #[default]
    Chromium,
    /// Firefox.
    Firefox,
    /// `WebKitGTK`.
    WebKit,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// The browser of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn read(name: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|kind| kind.name() == name) {
            Some(kind) => Ok(kind),
            None => bail!("there is no browser `{name}`; there are chromium, firefox and webkit"),
        }
    }

    /// What it is called on the command line, and by the end-to-end tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Finds the browser and its driver, or installs them: the variables by which the end-to-end tests know them.
    ///
    /// # Errors
    /// One is missing and cannot be installed; the text says what to do.
    pub fn find_or_install(self) -> Result<Vec<(&'static str, PathBuf)>> {
        match self {
            Self::Chromium => {
                let chromium = Chromium::find_or_install()?;
                Ok(vec![("CHROME", chromium.browser), ("CHROMEDRIVER", chromium.driver)])
            }
            Self::Firefox => {
                let driver = match named("GECKODRIVER")? {
                    Some(driver) => driver,
                    None => tools::geckodriver()?,
                };
                let browser = program("FIREFOX", &["firefox-esr", "firefox"], &["firefox-esr"])?;
                Ok(vec![("FIREFOX", browser), ("GECKODRIVER", driver)])
            }
            Self::WebKit => Ok(vec![
                ("WEBKIT_DRIVER", program("WEBKIT_DRIVER", &["WebKitWebDriver"], &["webkit2gtk-driver"])?),
                ("MINI_BROWSER", program("MINI_BROWSER", &MINI_BROWSERS, &["webkit2gtk-driver"])?),
                ("XVFB", program("XVFB", &["Xvfb"], &["xvfb"])?),
            ]),
        }
    }

    /// Tells wasm-bindgen's runner which browser to use.
    ///
    /// # Errors
    /// The browser cannot be had, or the runner does not know it.
    pub fn tell_runner(self, cargo: &mut Command) -> Result<()> {
        if self == Self::WebKit {
            bail!("wasm-bindgen's runner does not know the driver of WebKitGTK; the end-to-end tests do");
        }
        for driver in DRIVERS {
            cargo.env_remove(driver).env_remove(format!("{driver}_REMOTE"));
        }
        let capabilities = root().join("target/browser").join(format!("{}.json", self.name()));
        let found = self.find_or_install()?;
        let of = |variable: &str| found.iter().find(|(name, _)| *name == variable).map(|(_, path)| path.clone());
        match self {
            Self::Chromium => {
                let (Some(browser), Some(driver)) = (of("CHROME"), of("CHROMEDRIVER")) else {
                    bail!("no Chromium");
                };
                Chromium { browser, driver: driver.clone() }.write_capabilities(&capabilities)?;
                cargo.env("CHROMEDRIVER", driver);
            }
            Self::Firefox => {
                let (Some(browser), Some(driver)) = (of("FIREFOX"), of("GECKODRIVER")) else {
                    bail!("no Firefox");
                };
                let options = json!({ "binary": browser.to_string_lossy(), "args": ["-headless"] });
                fs::create_dir_all(root().join("target/browser"))?;
                fs::write(&capabilities, json!({ "moz:firefoxOptions": options }).to_string())
                    .with_context(|| format!("cannot write {}", capabilities.display()))?;
                cargo.env("GECKODRIVER", driver);
            }
            Self::WebKit => {}
        }
        cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities);
        Ok(())
    }
}

/// The program that a variable names, else the first of `names`, which may be whole paths; installed where apt may.
fn program(variable: &str, names: &[&str], packages: &[&str]) -> Result<PathBuf> {
    if let Some(program) = named(variable)? {
        return Ok(program);
    }
    let find = || {
        let is_path = |name: &&&str| name.starts_with('/');
        let path = names.iter().filter(is_path).map(PathBuf::from).find(|path| path.is_file());
        path.or_else(|| names.iter().find_map(|name| on_path(name)))
    };
    if let Some(program) = find() {
        return Ok(program);
    }
    let first = names.first().copied().unwrap_or_default();
    tools::install_by_apt(
        packages,
        "the tests are to run in another browser (once, a minute)",
        &format!("Install {first}, and put it on PATH or name it in {variable}."),
    )?;
    find().with_context(|| format!("{} was installed, but there is no {first}", packages.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_browser_is_known_by_its_name() {
        assert_eq!(Kind::read("webkit").unwrap(), Kind::WebKit);
        let refusal = Kind::read("lynx").unwrap_err().to_string();
        assert!(refusal.contains("`lynx`") && refusal.contains("firefox"), "{refusal}");
    }
}
