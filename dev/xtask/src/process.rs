//! Running other programs: what is said before, and what a failure reads like.
//!
//! The output of a program always goes straight through to the terminal, so that the closing
//! lines of test runners reach whoever reads them. Only [`answer`] keeps it.

use anyhow::{Context, Result, bail};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Names another folder of the workspace than the one that this program was built in: a copy of it (`reproduce.rs`).
pub const ELSEWHERE: &str = "VESTIBULE_ROOT";

/// The folder of the workspace.
pub fn root() -> PathBuf {
    if let Some(elsewhere) = std::env::var_os(ELSEWHERE).filter(|folder| !folder.is_empty()) {
        return PathBuf::from(elsewhere);
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// `cargo`, to be run at the root of the workspace.
pub fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root());
    cargo
}

/// One line of progress.
pub fn say(line: &str) {
    eprintln!("xtask: {line}");
}

/// Runs `command` to its end, output shown.
///
/// # Errors
/// It could not be started, or ended with anything but success.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("could not start `{shown}`"))?;
    if status.success() {
        return Ok(());
    }
    match status.code() {
        Some(code) => bail!("`{shown}` failed with exit code {code}"),
        None => bail!("`{shown}` was ended by a signal"),
    }
}

/// What `command` prints on its standard output; `None` if it cannot be run or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Does `work`, says first what it is for and afterwards how long it took.
///
/// # Errors
/// Those of `work`.
pub fn timed<T>(what: &str, why: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(&format!("installing {what}: {why}"));
    let begun = Instant::now();
    let done = work()?;
    say(&format!("installed {what} in {}", spoken(begun.elapsed())));
    Ok(done)
}

/// A span of time as one would say it.
pub fn spoken(span: Duration) -> String {
    let seconds = span.as_secs();
    if seconds >= 60 {
        format!("{} min {} s", seconds / 60, seconds % 60)
    } else if seconds >= 10 {
        format!("{seconds} s")
    } else {
        format!("{:.1} s", span.as_secs_f64())
    }
}

/// The first file called `name` in the folders of `PATH` that can be run.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(executable(name)))
        .find(|candidate| is_executable(candidate))
}

/// `name` as the file of a program is called on this system.
pub fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Whether `path` is a file that can be run.
pub fn is_executable(path: &Path) -> bool {
    let Ok(about) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    let runs = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let runs = true;
    about.is_file() && runs
}

/// `PATH` with `folders` before everything else.
///
/// # Errors
/// A folder whose name cannot stand in `PATH`.
pub fn path_with(folders: &[PathBuf]) -> Result<OsString> {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&old));
    std::env::join_paths(all).context("a folder of the tools cannot stand in PATH")
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(name).chain(command.get_args()).map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{cargo, root, shown, spoken};
    use std::time::Duration;

    #[test]
    fn the_root_is_where_the_workspace_manifest_lies() {
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
    }

    #[test]
    fn a_span_is_spoken_in_the_unit_that_fits_it() {
        assert_eq!(spoken(Duration::from_millis(340)), "0.3 s");
        assert_eq!(spoken(Duration::from_secs(42)), "42 s");
        assert_eq!(spoken(Duration::from_secs(214)), "3 min 34 s");
    }

    #[test]
    fn a_failure_names_the_command_as_one_would_type_it() {
        assert_eq!(shown(cargo().args(["fmt", "--all"])), "cargo fmt --all");
    }
}
