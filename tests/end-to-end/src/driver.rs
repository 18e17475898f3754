//! Chromium and its driver: where they are, how they are started, and how they end.
//!
//! All tests that run at the same time share one chromedriver; the last one out ends it, and removes
//! what the browsers left in their folder for temporary files.

use crate::patience::PATIENCE;
use serde_json::{Map, Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError, Weak};

const BROWSERS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Keeps the browser from talking to anybody but us.
const FLAGS: [&str; 8] = [
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
];

/// A chromedriver. It ends when this is dropped.
pub struct Driver {
    child: Mutex<Child>,
    url: String,
    browser: PathBuf,
    scratch: PathBuf,
}

impl Driver {
    /// The one that runs, or a new one.
    #[must_use]
    pub fn shared() -> Arc<Self> {
        static RUNNING: Mutex<Weak<Driver>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = running.upgrade() {
            return driver;
        }
        let driver = Arc::new(Self::start());
        *running = Arc::downgrade(&driver);
        driver
    }

    fn start() -> Self {
        let browser = find("CHROME", &BROWSERS);
        let program = find("CHROMEDRIVER", &["chromedriver"]);
        let scratch = scratch_folder();
        let started = Command::new(&program)
            .arg("--port=0")
            .env("TMPDIR", &scratch)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => panic!("{} does not start: {error}", program.display()),
        };
        let Some(output) = child.stdout.take() else {
            panic!("{} has no output to read its port from", program.display());
        };
        let (told, port) = channel();
        // Reads on to the end, so that the driver never waits for somebody to listen.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(port) = port_in(&line) {
                    told.send(port).ok();
                }
            }
        });
        let Ok(port) = port.recv_timeout(PATIENCE) else {
            child.kill().ok();
            panic!("{} did not say which port it listens on", program.display());
        };
        Self { child: Mutex::new(child), url: format!("http://127.0.0.1:{port}"), browser, scratch }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What a new session asks for. Its profile is fresh: chromedriver makes one for each and removes it.
    #[must_use]
    pub fn capabilities(&self) -> Map<String, Value> {
        let mut flags: Vec<&str> = FLAGS.to_vec();
        if is_root() {
            // Root has no sandbox.
            flags.push("--no-sandbox");
        }
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": self.browser.to_string_lossy(),
                "args": flags,
                // No bubble that asks to save a password, and nobody told about the password.
                "prefs": {
                    "credentials_enable_service": false,
                    "profile.password_manager_enabled": false,
                    "profile.password_manager_leak_detection": false,
                },
            },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        match capabilities {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        child.kill().ok();
        child.wait().ok();
        // The folder for temporary files is the system's to clean where this cannot.
        std::fs::remove_dir_all(&self.scratch).ok();
    }
}

/// A folder of its own for each driver: profiles, sockets, and what a browser that was ended leaves behind. Its
/// path is short, because sockets are in it.
fn scratch_folder() -> PathBuf {
    static DRIVERS: AtomicU32 = AtomicU32::new(0);
    let number = DRIVERS.fetch_add(1, Ordering::Relaxed);
    let name = format!("end-to-end-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    if let Err(error) = std::fs::create_dir_all(&folder) {
        panic!("{} cannot be made: {error}", folder.display());
    }
    folder
}

/// `ChromeDriver was started successfully on port 41283.`
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}

/// The program that a variable names, else the first of `names` on `PATH`.
fn find(variable: &str, names: &[&str]) -> PathBuf {
    if let Some(named) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
        return PathBuf::from(named);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    for name in names {
        for folder in std::env::split_paths(&path) {
            let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            if program.is_file() {
                return program;
            }
        }
    }
    panic!(
        "there is no {} on PATH; install Chromium and its driver, or name them in CHROME and CHROMEDRIVER",
        names.first().unwrap_or(&variable)
    )
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(unix))]
const fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::port_in;

    #[test]
    fn the_port_is_read_from_the_line_that_names_it() {
        let line = "ChromeDriver was started successfully on port 41283.";
        assert_eq!(port_in(line), Some(41283));
        assert_eq!(port_in("Starting ChromeDriver 156.0.8078.79 on port 0"), None);
        assert_eq!(port_in("Only local connections are allowed."), None);
    }
}
