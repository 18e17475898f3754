//! The real servers that the end-to-end tests sign in to: installed from their packages, once per pin.
//!
//! ```text
//! tests/servers/NAME/requirements.txt    every package pinned   a venv, filled by pip from wheels alone
//! tests/servers/NAME/package-lock.json   the same for npm       npm ci, without install scripts
//! ```
//! Each is kept in the tools' cache under its name and a fingerprint of its pins, so that a changed pin installs anew and
//! nothing else does. The programs themselves stay in the repository; the tests start them.

use crate::process::{self, on_path, run, timed};
use crate::tools::{self, Scratch};
use crate::version::Version;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whose packages a server comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Registry {
    PyPI,
    Npm,
}

const SERVERS: [(&str, Registry); 5] = [
    ("django-oauth-toolkit", Registry::PyPI),
    ("django-simplejwt", Registry::PyPI),
    ("fastapi-users", Registry::PyPI),
    ("better-auth", Registry::Npm),
    ("oidc-provider", Registry::Npm),
];

/// What the oldest of the pinned packages asks for.
const OLDEST_PYTHON: Version = Version([3, 11, 0]);
const OLDEST_NODE: Version = Version([20, 0, 0]);

const WITHOUT_PYTHON: &str = "Install Python 3.11 or newer with its modules venv and ensurepip (Debian: python3-venv).";
const WITHOUT_NODE: &str = "Install Node 20 or newer with npm.";

/// The folder of every server's packages, installed if it is not there: the variables by which the end-to-end tests know
/// them.
///
/// # Errors
/// Python, Node or a package is missing and cannot be installed; the text says what to do.
pub fn find_or_install() -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for (name, registry) in SERVERS {
        let home = match registry {
            Registry::PyPI => from_pypi(name)?,
            Registry::Npm => from_npm(name, &source(name), "the tests sign in to servers that run in it")?,
        };
        found.push((variable(name), home));
    }
    Ok(found)
}

/// `VESTIBULE_SERVER_FASTAPI_USERS`.
fn variable(name: &str) -> String {
    format!("VESTIBULE_SERVER_{}", name.replace('-', "_").to_uppercase())
}

fn source(name: &str) -> PathBuf {
    process::root().join("tests/servers").join(name)
}

fn from_pypi(name: &str) -> Result<PathBuf> {
    let requirements = source(name).join("requirements.txt");
    let pins = fs::read_to_string(&requirements).with_context(|| format!("no {}", requirements.display()))?;
    let python = python()?;
    // A venv belongs to the Python that made it, and to its version.
    let version = process::answer(Command::new(&python).arg("--version")).unwrap_or_default();
    let home = tools::cache()?.join(format!("{name}-{}", fingerprint(&[&pins, &python.to_string_lossy(), &version])));
    // A link into that Python: gone when that is gone.
    let own = Path::new("bin").join("python");
    if !home.join(&own).is_file() {
        timed(name, "the tests sign in to it (once, half a minute)", || {
            let scratch = Scratch::beside(&home)?;
            run(Command::new(&python).args(["-m", "venv"]).arg(scratch.path())).context(WITHOUT_PYTHON)?;
            run(Command::new(scratch.path().join(&own))
                .args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"])
                .args(["--no-deps", "--only-binary=:all:", "--requirement"])
                .arg(&requirements))
            .with_context(|| {
                format!("pip could not install what {} names; try again online", requirements.display())
            })?;
            scratch.keep_as(&home, &[&own])
        })?;
    }
    Ok(home)
}

/// The folder with what a `package.json` and its lock file in `source` pin, installed if it is not there.
///
/// # Errors
/// Node is missing or old, or a package cannot be installed.
pub fn from_npm(name: &str, source: &Path, why: &str) -> Result<PathBuf> {
    let files = ["package.json", "package-lock.json"].map(|file| source.join(file));
    let [package, lock] = files.each_ref().map(fs::read_to_string);
    let pins = fingerprint(&[&package.context("no package.json")?, &lock.context("no package-lock.json")?]);
    let (node, npm) = tools::node(&format!("{why} (once, a minute)"), WITHOUT_NODE)?;
    // Node says `v22.1.0`.
    let version = process::answer(Command::new(&node).arg("--version")).unwrap_or_default();
    if Version::of(version.trim_start_matches('v'))? < OLDEST_NODE {
        bail!("{name} needs a newer Node than {}, which is {}. {WITHOUT_NODE}", node.display(), version.trim());
    }
    let home = tools::cache()?.join(format!("{name}-{pins}"));
    // npm writes it when all is there.
    let last = Path::new("node_modules/.package-lock.json");
    if !home.join(last).is_file() {
        timed(name, &format!("{why} (once, a few seconds)"), || {
            let scratch = Scratch::beside(&home)?;
            for file in &files {
                fs::copy(file, scratch.path().join(file.file_name().unwrap_or_default()))?;
            }
            run(Command::new(&npm).current_dir(scratch.path()).args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ]))
            .with_context(|| format!("npm could not install the packages of {name}; try again online"))?;
            scratch.keep_as(&home, &[last])
        })?;
    }
    Ok(home)
}

/// A Python that can make venvs: that of `PATH`, else Debian's own, which may lack what they are made with until
/// `python3-venv` is there.
fn python() -> Result<PathBuf> {
    let mut why_not = Vec::new();
    let mut find = || {
        let programs = on_path("python3").into_iter().chain([PathBuf::from("/usr/bin/python3")]);
        let programs = programs.filter(|program| process::is_executable(program));
        why_not.clear();
        for program in programs {
            match lack(&program) {
                None => return Some(program),
                Some(lack) => why_not.push(format!("{} {lack}", program.display())),
            }
        }
        None
    };
    if let Some(python) = find() {
        return Ok(python);
    }
    tools::install_by_apt(
        &["python3-venv"],
        "the tests sign in to servers that run in it (once, a minute)",
        WITHOUT_PYTHON,
    )?;
    let found = find();
    found.with_context(|| format!("python3-venv was installed, but {}. {WITHOUT_PYTHON}", why_not.join(", ")))
}

/// What a Python lacks to run the servers.
fn lack(python: &Path) -> Option<&'static str> {
    match tools::version_of(python) {
        None => return Some("does not answer"),
        Some(version) if version < OLDEST_PYTHON => return Some("is older than 3.11"),
        Some(_) => {}
    }
    // Debian's has the module venv, but not what it fills one with.
    let makes_venvs = process::answer(Command::new(python).args(["-c", "import venv, ensurepip"])).is_some();
    (!makes_venvs).then_some("cannot make venvs: it has no ensurepip")
}

/// FNV-1a: tells one set of pins from another, and is the same in every version of this program.
fn fingerprint(texts: &[&str]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in texts.iter().flat_map(|text| text.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::{Registry, SERVERS, fingerprint, lack, source, variable};
    use std::fs;

    fn read(name: &str, file: &str) -> String {
        let path = source(name).join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    #[test]
    fn every_package_of_every_server_is_pinned() {
        for (name, registry) in SERVERS {
            match registry {
                Registry::PyPI => {
                    let requirements = read(name, "requirements.txt");
                    let mut lines = requirements.lines().filter(|line| !line.starts_with('#'));
                    assert!(lines.all(|line| line.contains("==") && !line.contains('*')), "{requirements}");
                }
                Registry::Npm => {
                    let lock: serde_json::Value = serde_json::from_str(&read(name, "package-lock.json")).unwrap();
                    let packages = lock["packages"].as_object().unwrap();
                    let mut installed = packages.iter().filter(|(place, _)| !place.is_empty());
                    assert!(installed.all(|(_, package)| package["integrity"].is_string()), "{name}");
                }
            }
        }
    }

    #[test]
    fn every_server_has_a_program_that_says_what_it_is() {
        for (name, registry) in SERVERS {
            let (program, opens_with) = match registry {
                Registry::PyPI => ("server.py", "\"\"\""),
                Registry::Npm => ("server.mjs", "// "),
            };
            assert!(read(name, program).starts_with(opens_with), "{name}");
        }
    }

    #[test]
    fn a_changed_pin_is_another_install() {
        assert_eq!(fingerprint(&["a"]), "089be207b544f1e4");
        assert_ne!(fingerprint(&["a==1", ""]), fingerprint(&["a==2", ""]));
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }

    #[cfg(unix)]
    #[test]
    fn a_python_that_is_old_or_cannot_make_venvs_is_told_from_one_that_will_do() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = std::env::temp_dir().join(format!("vestibule-xtask-pythons-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let python = |name: &str, version: &str, imports: u8| {
            let program = folder.join(name);
            let script =
                format!("#!/bin/sh\n[ \"$1\" = --version ] && echo Python {version} && exit\nexit {imports}\n");
            fs::write(&program, script).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
            lack(&program)
        };
        assert_eq!(python("good", "3.13.5", 0), None);
        assert_eq!(python("old", "3.9.2", 0), Some("is older than 3.11"));
        assert_eq!(python("debian", "3.11.2", 1), Some("cannot make venvs: it has no ensurepip"));
        assert_eq!(lack(&folder.join("missing")), Some("does not answer"));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_server_is_told_by_a_variable_of_its_own() {
        assert_eq!(variable("fastapi-users"), "VESTIBULE_SERVER_FASTAPI_USERS");
    }
}
