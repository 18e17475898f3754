//! The browser and its driver: which one, where they are, how they are started, and how they end.
//!
//! ```text
//! chromium   chromedriver      says on which port it listens
//! firefox    geckodriver       says it too
//! webkit     WebKitWebDriver   is told; its browser wants a display, so Xvfb makes one
//! ```
//! All tests that run at the same time share one driver; the last one out ends it, and removes
//! what the browsers left in their folder for temporary files.

use crate::patience::PATIENCE;
use serde_json::{Map, Value, json};
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

const CHROMIUMS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where Debian keeps the small browser that comes with `WebKitGTK`.
const MINI_BROWSERS: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser"];

/// The browsers that the tests can be played in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, or Chrome.
    Chromium,
    /// Firefox.
    Firefox,
    /// `WebKitGTK`, as its `MiniBrowser`.
    WebKit,
}

impl Kind {
    /// What `VESTIBULE_BROWSER` names; Chromium when nothing does.
    #[must_use]
    pub fn chosen() -> Self {
        match std::env::var("VESTIBULE_BROWSER").unwrap_or_default().as_str() {
            "" | "chromium" => Self::Chromium,
            "firefox" => Self::Firefox,
            "webkit" => Self::WebKit,
            other => panic!("VESTIBULE_BROWSER is {other}; there are chromium, firefox and webkit"),
        }
    }

    /// Whether Back is ever done where it leads to a page of another origin.
    #[must_use]
    pub const fn can_go_back(self) -> bool {
        !matches!(self, Self::WebKit)
    }

    /// Whether the network of its pages can be cut.
    #[must_use]
    pub const fn can_be_offline(self) -> bool {
        !matches!(self, Self::WebKit)
    }
}

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

/// A driver. It ends when this is dropped.
pub struct Driver {
    kind: Kind,
    /// The driver, and the display where the browser needs one.
    children: Mutex<Vec<Child>>,
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
        let kind = Kind::chosen();
        // Profiles, sockets, and what a browser that was ended leaves behind.
        let scratch = crate::own_folder();
        let (browser, children, port) = match kind {
            Kind::Chromium => {
                let mut program = Command::new(find("CHROMEDRIVER", &["chromedriver"]));
                let (child, port) = started(program.arg("--port=0").env("TMPDIR", &scratch), port_of_chromedriver);
                (chromium(), vec![child], port)
            }
            Kind::Firefox => {
                let mut program = Command::new(find("GECKODRIVER", &["geckodriver"]));
                // The network is cut from inside the browser.
                program.args(["--port", "0", "--allow-system-access"]).env("TMPDIR", &scratch);
                let (child, port) = started(&mut program, port_of_geckodriver);
                (find("FIREFOX", &["firefox-esr", "firefox"]), vec![child], port)
            }
            Kind::WebKit => {
                let mut display = Command::new(find("XVFB", &["Xvfb"]));
                display.args(["-displayfd", "1", "-screen", "0", "1280x1024x24"]);
                let (screen, number) = started(&mut display, |line| line.trim().parse().ok());
                let port = free_port();
                let mut program = Command::new(find("WEBKIT_DRIVER", &["WebKitWebDriver"]));
                program.arg(format!("--port={port}")).env("DISPLAY", format!(":{number}")).env("TMPDIR", &scratch);
                // It says nothing.
                let child = spawned(program.stdout(Stdio::null()));
                wait_for(port);
                (find("MINI_BROWSER", &MINI_BROWSERS), vec![child, screen], port)
            }
        };
        Self { kind, children: Mutex::new(children), url: format!("http://127.0.0.1:{port}"), browser, scratch }
    }

    /// Which browser it steers.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What a new session asks for. Its profile is fresh: the driver makes one for each and removes it.
    #[must_use]
    pub fn capabilities(&self) -> Map<String, Value> {
        let browser = self.browser.to_string_lossy();
        let capabilities = match self.kind {
            Kind::Chromium => {
                let mut flags: Vec<&str> = FLAGS.to_vec();
                if is_root() {
                    // Root has no sandbox.
                    flags.push("--no-sandbox");
                }
                json!({
                    "browserName": "chrome",
                    "goog:chromeOptions": {
                        "binary": browser,
                        "args": flags,
                        // No bubble that asks to save a password, and nobody told about the password.
                        "prefs": {
                            "credentials_enable_service": false,
                            "profile.password_manager_enabled": false,
                            "profile.password_manager_leak_detection": false,
                        },
                    },
                    "goog:loggingPrefs": { "browser": "ALL" },
                })
            }
            Kind::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "binary": browser,
                    "args": ["-headless"],
                    "prefs": {
                        // Offline means this machine too.
                        "network.disable-localhost-when-offline": true,
                        "signon.rememberSignons": false,
                        "network.captive-portal-service.enabled": false,
                        "network.connectivity-service.enabled": false,
                        "app.normandy.enabled": false,
                    },
                },
            }),
            Kind::WebKit => json!({ "webkitgtk:browserOptions": { "binary": browser, "args": ["--automation"] } }),
        };
        match capabilities {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for child in self.children.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            child.kill().ok();
            child.wait().ok();
        }
        // The folder for temporary files is the system's to clean where this cannot.
        std::fs::remove_dir_all(&self.scratch).ok();
    }
}

fn spawned(program: &mut Command) -> Child {
    match program.stdin(Stdio::null()).stderr(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(error) => panic!("{} does not start: {error}", program.get_program().display()),
    }
}

/// Starts a program, and waits until it has told its number.
fn started(program: &mut Command, number_in: fn(&str) -> Option<u16>) -> (Child, u16) {
    let mut child = spawned(program.stdout(Stdio::piped()));
    let Some(output) = child.stdout.take() else {
        panic!("{} has no output to read from", program.get_program().display());
    };
    let (told, number) = channel();
    // Reads on to the end, so that the program never waits for somebody to listen.
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(number) = number_in(&line) {
                told.send(number).ok();
            }
        }
    });
    let Ok(number) = number.recv_timeout(PATIENCE) else {
        child.kill().ok();
        panic!("{} did not say where it listens", program.get_program().display());
    };
    (child, number)
}

/// `ChromeDriver was started successfully on port 41283.`
fn port_of_chromedriver(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}

/// `1795568408379  geckodriver  INFO  Listening on 127.0.0.1:41635`
fn port_of_geckodriver(line: &str) -> Option<u16> {
    line.split_once("Listening on 127.0.0.1:")?.1.trim().parse().ok()
}

fn free_port() -> u16 {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map(|at| at.port());
    port.unwrap_or_else(|error| panic!("no port is free for the driver: {error}"))
}

fn wait_for(port: u16) {
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < PATIENCE, "the driver does not listen on port {port}");
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// The Chromium that the tests run in.
#[must_use]
pub fn chromium() -> PathBuf {
    find("CHROME", &CHROMIUMS)
}

/// The program that a variable names, else the first of `names` on `PATH`.
fn find(variable: &str, names: &[&str]) -> PathBuf {
    if let Some(named) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
        return PathBuf::from(named);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    for name in names {
        if Path::new(name).is_file() {
            return PathBuf::from(name);
        }
        for folder in std::env::split_paths(&path) {
            let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            if program.is_file() {
                return program;
            }
        }
    }
    panic!("there is no {} on PATH; install it, or name it in {variable}", names.first().unwrap_or(&variable))
}

/// Whether this runs as root, for whom Chromium has no sandbox.
#[cfg(unix)]
#[must_use]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|process| process.uid() == 0)
}

/// Whether this runs as root, for whom Chromium has no sandbox.
#[cfg(not(unix))]
#[must_use]
pub const fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::{port_of_chromedriver, port_of_geckodriver};

    #[test]
    fn the_port_is_read_from_the_line_that_names_it() {
        let line = "ChromeDriver was started successfully on port 41283.";
        assert_eq!(port_of_chromedriver(line), Some(41283));
        assert_eq!(port_of_chromedriver("Starting ChromeDriver 156.0.8078.79 on port 0"), None);
        assert_eq!(port_of_chromedriver("Only local connections are allowed."), None);
        assert_eq!(port_of_geckodriver("1795\tgeckodriver\tINFO\tListening on 127.0.0.1:41635"), Some(41635));
    }
}
