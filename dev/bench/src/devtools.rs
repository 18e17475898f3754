//! One Chromium with a fresh profile, and the way to speak to it: the protocol of its developer tools over a web socket.
//!
//! There is one page and nobody else, so one loop reads: an answer is waited for, and what the browser tells meanwhile is
//! kept for whoever asks next.

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// The longest that anything may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps the browser from talking to anybody but us, and from doing what has nothing to do with the page.
const FLAGS: [&str; 13] = [
    "--headless=new",
    "--remote-debugging-port=0",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--password-store=basic",
    "--window-size=1200,900",
    // A renderer for the next page would be a second one to weigh.
    "--disable-features=SpareRendererForSitePerProcess,Translate,OptimizationHints",
];

/// A browser with one page. Its processes end and its profile is removed when [`Browser::close`] is called; when it is
/// dropped before, its processes are killed.
pub struct Browser {
    child: Child,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    profile: PathBuf,
    session: Option<String>,
    last: u64,
    told: Vec<Value>,
}

impl Browser {
    /// Opens one with an empty profile at `profile`.
    ///
    /// # Errors
    /// It does not start, or does not say where it listens.
    pub async fn open(program: &Path, profile: PathBuf) -> Result<Self> {
        let _ = std::fs::remove_dir_all(&profile);
        std::fs::create_dir_all(&profile)?;
        let mut command = Command::new(program);
        command.args(FLAGS).arg(format!("--user-data-dir={}", profile.display()));
        if end_to_end::driver::is_root() {
            // Root has no sandbox.
            command.arg("--no-sandbox");
        }
        let mut child = command
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let mut lines = BufReader::new(child.stderr.take().context("the browser has no output")?).lines();
        let address = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = line.strip_prefix("DevTools listening on ") {
                    return Ok(address.to_owned());
                }
            }
            bail!("the browser ended without a word")
        });
        let address = address.await.context("the browser does not say where it listens")??;
        // Reads on to the end, so that the browser never waits for somebody to listen.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = tokio_tungstenite::connect_async(&address).await.context("the browser does not answer")?;
        let mut browser = Self { child, socket, profile, session: None, last: 0, told: Vec::new() };
        browser.attach().await?;
        Ok(browser)
    }

    /// From here on all commands go to the page.
    async fn attach(&mut self) -> Result<()> {
        let targets = self.call("Target.getTargets", json!({})).await?;
        let page = targets.pointer("/targetInfos").and_then(Value::as_array).and_then(|targets| {
            let mut ids = targets.iter().filter(|target| target.get("type").is_some_and(|kind| kind == "page"));
            ids.next()?.get("targetId").cloned()
        });
        let page = page.context("the browser has no page")?;
        let attached = self.call("Target.attachToTarget", json!({ "targetId": page, "flatten": true })).await?;
        self.session = attached.get("sessionId").and_then(Value::as_str).map(ToOwned::to_owned);
        Ok(())
    }

    /// Sends a command and gives its answer.
    ///
    /// # Errors
    /// The browser refuses, is gone, or lets wait too long.
    pub async fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        let id = self.send(method, parameters).await?;
        timeout(PATIENCE, async {
            loop {
                let mut message = self.next().await?;
                if message.get("id").and_then(Value::as_u64) != Some(id) {
                    self.keep(message);
                } else if let Some(problem) = message.get("error") {
                    bail!("{method}: {problem}");
                } else {
                    return Ok(message.get_mut("result").map(Value::take).unwrap_or_default());
                }
            }
        })
        .await
        .with_context(|| format!("{method} is not answered"))?
    }

    /// Sends a command and waits for nothing.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn send(&mut self, method: &str, parameters: Value) -> Result<u64> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let (Some(session), Some(members)) = (&self.session, message.as_object_mut()) {
            members.insert("sessionId".into(), session.as_str().into());
        }
        self.socket.send(Message::text(message.to_string())).await.context("the browser is gone")?;
        Ok(self.last)
    }

    /// Waits until the browser has told something that `pick` picks; all that was told before counts too.
    ///
    /// # Errors
    /// The browser is gone, or `limit` has passed.
    pub async fn until<T>(&mut self, what: &str, limit: Duration, pick: impl Fn(&Value) -> Option<T>) -> Result<T> {
        timeout(limit, async {
            if let Some(found) = self.told.iter().find_map(&pick) {
                return Ok(found);
            }
            loop {
                let message = self.next().await?;
                let found = pick(&message);
                self.keep(message);
                if let Some(found) = found {
                    return Ok(found);
                }
            }
        })
        .await
        .with_context(|| format!("waited {} s in vain for {what}", limit.as_secs()))?
    }

    /// All that was told and not taken yet.
    #[must_use]
    pub fn told_so_far(&self) -> &[Value] {
        &self.told
    }

    /// All that was told since it was asked last, oldest first.
    pub fn take_told(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.told)
    }

    /// What JavaScript finds in the page.
    ///
    /// # Errors
    /// It throws, or the browser is gone.
    pub async fn ask(&mut self, expression: &str) -> Result<Value> {
        let asked = json!({ "expression": expression, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", asked).await?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            bail!("`{expression}` throws: {thrown}");
        }
        Ok(answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default())
    }

    /// The most memory that a renderer of this browser has had resident, in bytes. `None` where the system does not tell.
    #[must_use]
    pub fn peak_of_renderers(&self) -> Option<f64> {
        let browser = self.child.id()?;
        let renderers = processes().into_iter().filter(|process| process.is_renderer && process.is_below(browser));
        renderers.filter_map(|process| process.peak_bytes).max_by(f64::total_cmp)
    }

    /// Ends the browser and removes its profile.
    pub async fn close(mut self) {
        self.session = None;
        // It may end before it answers.
        let _ = self.send("Browser.close", json!({})).await;
        if timeout(Duration::from_secs(5), self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
        let _ = std::fs::remove_dir_all(&self.profile);
    }

    async fn next(&mut self) -> Result<Value> {
        loop {
            let message = self.socket.next().await.context("the browser is gone")??;
            if let Message::Text(text) = message {
                return serde_json::from_str(&text).context("the browser does not speak JSON");
            }
        }
    }

    /// Answers that nobody waits for are not kept.
    fn keep(&mut self, message: Value) {
        if message.get("method").is_some() {
            self.told.push(message);
        }
    }
}

/// One process of the system, as `/proc` tells it.
struct Process {
    ancestors: Vec<u32>,
    is_renderer: bool,
    peak_bytes: Option<f64>,
}

impl Process {
    fn is_below(&self, ancestor: u32) -> bool {
        self.ancestors.contains(&ancestor)
    }
}

/// Every process that can be looked at; none where there is no `/proc`.
fn processes() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| {
        let status = status(id)?;
        let command = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let mut ancestors = Vec::new();
        let mut parent = number(&status, "PPid:");
        while let Some(id) = parent.filter(|id| *id > 1) {
            let id = u32::try_from(id).ok()?;
            ancestors.push(id);
            parent = self::status(id).and_then(|status| number(&status, "PPid:"));
        }
        #[allow(clippy::cast_precision_loss, reason = "no process has more memory than a float can count")]
        let peak_bytes = number(&status, "VmHWM:").map(|kilobytes| kilobytes as f64 * 1024.0);
        let is_renderer = String::from_utf8_lossy(&command).contains("--type=renderer");
        Some(Process { ancestors, is_renderer, peak_bytes })
    })
    .collect()
}

fn status(id: u32) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{id}/status")).ok()
}

/// A number of `/proc/PID/status`, by its name.
fn number(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_is_read_from_the_line_with_its_name() {
        let status = "Name:\tchrome\nPPid:\t17\nVmPeak:\t  9 kB\nVmHWM:\t  123456 kB\n";
        assert_eq!(number(status, "VmHWM:"), Some(123_456));
        assert_eq!(number(status, "PPid:"), Some(17));
        assert_eq!(number(status, "VmRSS:"), None);
    }
}
