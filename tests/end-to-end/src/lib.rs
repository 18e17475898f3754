//! End to end: the release build in a real browser against real providers, and what a person sees.
//!
//! Where to start: [`stage`] sets one up for one test, and takes care of what a failing test leaves behind.
//!
//! ```text
//!   test ──▶ stage ──┬──▶ site       the files of dist/, with the headers of a careful host
//!                    ├──▶ nginx      where a test wants a host that somebody else wrote: in the site's place
//!                    ├──▶ provider   the demo provider, in this process, on a port of its own
//!                    ├──▶ backend    where a test wants a session in a cookie: in the provider's place
//!                    └──▶ browser    Chromium, Firefox or WebKitGTK by WebDriver, with a fresh profile
//! ```
//! [`real_stage`] is the same with a server that somebody else wrote, from `tests/servers/`, and
//! [`openid`] what there is to do at such a server's own pages. [`secrets`] looks for tokens and passwords in whatever was found,
//! [`heap`] in a page's memory, and [`traffic`] in all that was sent.
//!
//! The app is only known by what it promises: the hooks of its pages, its storage keys, and what it asks
//! the provider. Nothing here reads its code. Nothing waits without an end, and nothing sleeps to let
//! something happen, only to show that nothing does: what is waited for is looked at again and again until it is there.
//!
//! | variable | names | without it |
//! |---|---|---|
//! | `VESTIBULE_DIST` | the folder with the built app | `dist/` of the workspace |
//! | `VESTIBULE_BROWSER` | `chromium`, `firefox` or `webkit` | `chromium` |
//! | `CHROME`, `CHROMEDRIVER` | the browser and its driver | those on `PATH` |
//! | `FIREFOX`, `GECKODRIVER` | the same for Firefox | those on `PATH` |
//! | `MINI_BROWSER`, `WEBKIT_DRIVER`, `XVFB` | the same for `WebKitGTK`, and its display | where Debian has them |
//! | `VESTIBULE_NGINX`, `VESTIBULE_NGINX_BROTLI` | nginx, and its module for files that are packed with brotli | that on `PATH`; none |
//! | `VESTIBULE_SERVER_NAME` | the folder with the packages of `tests/servers/NAME/` | none: those tests fail |
//! | `VESTIBULE_AXE` | the script of axe-core | none: those tests fail |
//! | `VESTIBULE_STATE` | the states to look at, with commas | all of `states` |
//! | `VESTIBULE_ARTIFACTS` | where failing tests leave what they saw | `target/end-to-end/` of the workspace |
#![allow(clippy::panic, clippy::missing_panics_doc, reason = "to panic with a sentence is how a step of a test fails")]

pub mod axe;
pub mod backend;
pub mod browser;
pub mod dialect;
pub mod driver;
pub mod family;
pub mod heap;
pub mod nginx;
pub mod openid;
pub mod patience;
pub mod plain_http;
pub mod provider;
pub mod real_server;
pub mod real_stage;
pub mod secrets;
pub mod site;
pub mod stage;
pub mod states;
pub mod traffic;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The folder of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The path that an environment variable names, or the one in the workspace.
#[must_use]
pub fn path_from(variable: &str, otherwise: &str) -> PathBuf {
    match std::env::var_os(variable).filter(|value| !value.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => workspace().join(otherwise),
    }
}

/// A new folder among the system's temporary ones, for one program that a test runs. Its path is short, because sockets may be in it.
pub(crate) fn own_folder() -> PathBuf {
    static FOLDERS: AtomicU32 = AtomicU32::new(0);
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("end-to-end-{}-{number}", std::process::id()));
    if let Err(error) = std::fs::create_dir_all(&folder) {
        panic!("{} cannot be made: {error}", folder.display());
    }
    folder
}
