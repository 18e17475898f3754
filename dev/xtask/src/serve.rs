//! `serve`: the app while it is written, beside the demo provider.
//!
//! ```text
//! browser --> trunk serve, 127.0.0.1:8080 --> the app, rebuilt at every change
//!                          |  /demo/...
//!                          '------------------> demo-provider, 127.0.0.1:8787
//! ```
//!
//! Trunk.toml holds the proxy, so `trunk serve` beside `cargo run -p demo-provider` is the same.
//! Both children end with this program: by Ctrl-C, by a signal, or because the other one ended.

use crate::process::{self, run, say};
use crate::{app, setup, tools};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Where Trunk.toml sends `/demo/`.
const PROVIDER_PORT: u16 = 8787;
const APP_PORT: u16 = 8080;
const USER: &str = "demo@example.com";
const PASSWORD: &str = "correct-horse";

/// What the command line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Open the browser when the page answers.
    open: bool,
    /// Where the app is served.
    port: u16,
    /// The setup page in place of the app.
    setup: bool,
}

impl Wish {
    /// Reads the arguments behind `serve`.
    ///
    /// # Errors
    /// An argument that `serve` does not know, or a port that is none.
    pub fn read(arguments: &[String]) -> Result<Self> {
        let mut wish = Self { open: false, port: APP_PORT, setup: false };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (argument.as_str(), None),
            };
            match (name, value) {
                ("--open", None) => wish.open = true,
                ("--setup", None) => wish.setup = true,
                ("--port", value) => {
                    let value = value.or_else(|| rest.next().map(String::as_str)).unwrap_or("");
                    let port = value.parse().ok().filter(|port| *port != 0);
                    wish.port =
                        port.with_context(|| format!("`--port` needs a number from 1 to 65535, found `{value}`"))?;
                }
                _ => bail!("`serve` does not know `{argument}`; it knows --open, --setup and --port N"),
            }
        }
        Ok(wish)
    }
}

/// Serves until it is interrupted.
///
/// # Errors
/// A port is taken, a tool cannot be had, or one of the two servers ends by itself.
pub fn serve(wish: Wish) -> Result<()> {
    ensure_free(
        wish.port,
        "the app",
        &format!("choose another port: `cargo xtask serve --port {}`", wish.port.checked_add(1).unwrap_or(APP_PORT)),
    )?;
    ensure_free(
        PROVIDER_PORT,
        "the demo provider",
        &format!(
            "is another `cargo xtask serve` or demo provider running? End it, or free the port; \
         Trunk.toml sends /demo/ to {PROVIDER_PORT}"
        ),
    )?;
    tools::wasm_target()?;
    let folders = [tools::trunk()?, tools::wasm_bindgen()?];
    app::fetch_crates(&[])?;

    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || flag.store(true, Ordering::SeqCst)).context("cannot listen for Ctrl-C")?;

    let mut provider = start_provider(wish.port, &interrupted)?;
    let mut trunk = app::trunk("serve", &folders)?;
    // A folder of its own, so that a release build beside it stays whole.
    trunk.args(["--dist", "target/serve", "--port", &wish.port.to_string()]);
    if wish.setup {
        trunk.arg(setup::PAGE);
    }
    say("building the app; the first time takes a while");
    let mut trunk = Running::start(&mut trunk, "trunk serve")?;

    let mut announced = false;
    while !interrupted.load(Ordering::SeqCst) {
        if let Err(ended) = provider.ensure_alive().and_then(|()| trunk.ensure_alive()) {
            // Ctrl-C reaches them as soon as this program.
            thread::sleep(Duration::from_millis(300));
            if interrupted.load(Ordering::SeqCst) {
                break;
            }
            return Err(ended);
        }
        if !announced && answers(wish.port) {
            announced = true;
            announce(wish);
        }
        thread::sleep(Duration::from_millis(200));
    }
    // The terminal has told them as well; give them the moment they need.
    drop((trunk, provider));
    say("both servers have ended");
    Ok(())
}

fn ensure_free(port: u16, who: &str, advice: &str) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(refusal) => bail!("{who} cannot have port {port} ({refusal}); {advice}"),
    }
}

/// Builds the demo provider; returns its program, which lies beside this one.
///
/// # Errors
/// It does not compile, or this program does not know where it is itself.
fn build_provider() -> Result<PathBuf> {
    say("building the demo provider");
    run(process::cargo().args(["build", "--quiet", "-p", "demo-provider"]))?;
    let this = std::env::current_exe().context("this program does not know its own place")?;
    Ok(this.with_file_name(process::executable("demo-provider")))
}

fn start_provider(app_port: u16, interrupted: &AtomicBool) -> Result<Running> {
    let mut command = Command::new(build_provider()?);
    command.args(["--port", &PROVIDER_PORT.to_string()]);
    for host in ["127.0.0.1", "localhost"] {
        command.args(["--allow-origin", &format!("http://{host}:{app_port}")]);
    }
    command.stdout(Stdio::piped());
    let mut provider = Running::start(&mut command, "the demo provider")?;
    let output = provider.child.stdout.take().context("the demo provider has no output")?;
    let (ready, is_ready) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if line.starts_with("demo provider listening on ") {
                let _ = ready.send(());
            }
            eprintln!("{line}");
        }
    });
    while is_ready.try_recv().is_err() && !interrupted.load(Ordering::SeqCst) {
        provider.ensure_alive()?;
        thread::sleep(Duration::from_millis(50));
    }
    Ok(provider)
}

/// Whether the page is there: not only a server, but one that has built something.
fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(300))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n")?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply)?;
        Ok(String::from_utf8_lossy(&reply).into_owned())
    };
    ask().is_ok_and(|reply| is_the_page(&reply))
}

fn is_the_page(reply: &str) -> bool {
    let status = reply.split(' ').nth(1);
    status == Some("200") && reply.contains("<html")
}

fn announce(wish: Wish) {
    let address = format!("http://127.0.0.1:{}", wish.port);
    let what = if wish.setup { "The setup page of Vestibule" } else { "Vestibule" };
    println!(
        "\n  {what} is served.\n\n    address   {address}\n    user      {USER}\n    password  {PASSWORD}\n\n  \
         Ctrl-C ends the app and the demo provider.\n"
    );
    if wish.open && !open_browser(&address) {
        say(&format!("no browser could be opened; open {address} yourself"));
    }
}

fn open_browser(address: &str) -> bool {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let opened = Command::new(program)
        .args(arguments)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    opened.is_ok_and(|status| status.success())
}

/// A child that does not outlive this program.
struct Running {
    child: Child,
    name: &'static str,
}

impl Running {
    fn start(command: &mut Command, name: &'static str) -> Result<Self> {
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("could not start {name}"))?;
        Ok(Self { child, name })
    }

    fn ensure_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} has ended by itself ({status})", self.name),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let patience = Instant::now() + Duration::from_millis(500);
        while Instant::now() < patience {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::{Wish, ensure_free, is_the_page};
    use std::net::TcpListener;

    fn read(arguments: &[&str]) -> anyhow::Result<Wish> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Wish::read(&arguments)
    }

    #[test]
    fn without_arguments_the_usual_port_is_served_and_nothing_opened() {
        let usual = Wish { open: false, port: 8080, setup: false };
        assert_eq!(read(&[]).unwrap(), usual);
    }

    #[test]
    fn a_port_may_stand_behind_a_space_or_an_equals_sign() {
        let wish = Wish { open: true, port: 9000, setup: false };
        assert_eq!(read(&["--open", "--port", "9000"]).unwrap(), wish);
        assert_eq!(read(&["--port=9000", "--open"]).unwrap(), wish);
    }

    #[test]
    fn the_setup_page_can_be_served_in_place_of_the_app() {
        assert_eq!(read(&["--setup"]).unwrap(), Wish { open: false, port: 8080, setup: true });
    }

    #[test]
    fn what_is_no_port_is_refused() {
        for bad in ["0", "70000", "http", ""] {
            assert!(read(&["--port", bad]).is_err(), "{bad}");
        }
        assert!(read(&["--port"]).is_err());
    }

    #[test]
    fn a_taken_port_comes_with_advice() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();
        let refusal = ensure_free(port, "the app", "take another").unwrap_err().to_string();
        assert!(refusal.contains(&port.to_string()) && refusal.ends_with("take another"));
    }

    #[test]
    fn an_error_page_is_not_the_page() {
        assert!(is_the_page("HTTP/1.1 200 OK\r\n\r\n<!doctype html><html lang=en>"));
        assert!(!is_the_page("HTTP/1.1 404 Not Found\r\n\r\n<html>"));
        assert!(!is_the_page("HTTP/1.1 200 OK\r\n\r\n"));
    }
}
