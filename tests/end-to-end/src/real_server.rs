//! A server that somebody else wrote, run by one test: started from `tests/servers/NAME/` with the packages that
//! `cargo xtask test` installed, on a port and in a folder of its own, and ended by its own id.
//!
//! ```text
//! VESTIBULE_SERVER_NAME    the folder with its packages: a venv, or a `node_modules`
//! --origin --access-seconds --folder     what it is told, and what a test adds; it binds to 127.0.0.1 alone and chooses
//!                                        its port
//! ready http://127.0.0.1:PORT            what it says once it listens
//! ```

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a server may take until it listens: it loads much, and makes its keys, while browsers keep the machine busy.
const START: Duration = Duration::from_secs(60);

/// A running server. It ends when this is dropped.
pub struct RealServer {
    child: Child,
    origin: String,
    said: Arc<Mutex<Vec<String>>>,
    folder: PathBuf,
}

impl RealServer {
    /// Starts the one in `tests/servers/NAME/`, with arguments that it alone knows. It lets the pages of `origin` read its
    /// answers.
    #[must_use]
    pub fn start(name: &str, origin: &str, access_ttl: Duration, arguments: &[&str]) -> Self {
        let source = crate::workspace().join("tests/servers").join(name);
        let installed = installed(name);
        let folder = crate::own_folder();
        let mut program = if source.join("server.py").is_file() {
            let mut python = Command::new(installed.join("bin/python"));
            python.arg(source.join("server.py"));
            python
        } else {
            // Node looks for packages beside the program, and the program stays where it is.
            let copied = std::fs::copy(source.join("server.mjs"), folder.join("server.mjs")).map(drop);
            if let Err(error) =
                copied.and_then(|()| link(&installed.join("node_modules"), &folder.join("node_modules")))
            {
                panic!("{name} cannot be put into {}: {error}", folder.display());
            }
            let mut node = Command::new("node");
            node.arg(folder.join("server.mjs"));
            node
        };
        program
            .args(["--origin", origin, "--access-seconds", &access_ttl.as_secs().to_string(), "--folder"])
            .arg(&folder)
            .args(arguments);
        let child = program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => panic!("{name} does not start: {error}"),
        };
        let said = Arc::new(Mutex::new(Vec::new()));
        let (told, address) = channel();
        keep_lines(child.stdout.take(), &said, Some(told));
        keep_lines(child.stderr.take(), &said, None);
        let mut server = Self { child, origin: String::new(), said, folder };
        let Ok(address) = address.recv_timeout(START) else {
            panic!("{name} did not say where it listens: {}", server.log().join("\n"));
        };
        server.origin = address;
        server
    }

    /// Its origin, which is also its address: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What it wrote so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for RealServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        // The folder for temporary files is the system's to clean where this cannot.
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// Reads on to the end, so that the server never waits for somebody to listen.
fn keep_lines(
    output: Option<impl Read + Send + 'static>,
    said: &Arc<Mutex<Vec<String>>>,
    ready: Option<Sender<String>>,
) {
    let Some(output) = output else {
        return;
    };
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let (Some(ready), Some(address)) = (&ready, line.strip_prefix("ready ")) {
                ready.send(address.to_owned()).ok();
            }
            said.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
}

fn installed(name: &str) -> PathBuf {
    let variable = format!("VESTIBULE_SERVER_{}", name.replace('-', "_").to_uppercase());
    match std::env::var_os(&variable).filter(|value| !value.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => panic!(
            "{variable} does not name a folder with the packages of {name}; `cargo xtask test end-to-end` installs them and runs these tests"
        ),
    }
}

#[cfg(unix)]
fn link(to: &Path, here: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, here)
}

#[cfg(not(unix))]
fn link(to: &Path, here: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(to, here)
}
