//! The tools that rustup does not bring: where they are found, and how they get there.
//!
//! ```text
//! on PATH in a fitting version? --yes--> used as it is
//!        | no
//! in the cache?                 --yes--> used
//!        | no
//! built from its registry package beside its place in the cache, then renamed into it
//! ```
//!
//! The cache is `$VESTIBULE_TOOLS`, else `vestibule/tools` in the user's cache directory; never the
//! repository. A folder there carries its version in its name, so nothing is ever updated in
//! place, and an install that was aborted leaves nothing that looks like a tool. Nothing but package
//! registries is asked: Trunk itself would fetch ready-made binaries, and is kept from it.

use crate::process::{self, executable, on_path, run, say, timed};
use crate::version::{Version, Wanted, locked_version};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// The target that the app is built for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132.0.0";
const ESBUILD: &str = "0.28.2";
const AXE: &str = "4.14.1";
const GECKODRIVER: &str = "0.37.1";
const CARGO_DENY: &str = "0.20.2";

/// The folder that holds the programs of a tool.
pub type Programs = PathBuf;

/// Trunk, which builds the app from `index.html`.
///
/// # Errors
/// It is not there and cannot be built.
pub fn trunk() -> Result<Programs> {
    let tool = CargoTool {
        package: "trunk",
        version: TRUNK.to_owned(),
        arguments: &["--no-default-features", "--features", "rustls"],
        programs: &["trunk"],
        why: "it builds the app from index.html (once, about five minutes)",
    };
    let wanted = Wanted::SameMinorFrom(Version::of(TRUNK)?);
    tool.find_or_install(wanted)
}

/// `wasm-bindgen` and its test runner, in exactly the version of the crate in `Cargo.lock`: the two
/// share an unstable format.
///
/// # Errors
/// `Cargo.lock` names no version, or the tool is not there and cannot be built.
pub fn wasm_bindgen() -> Result<Programs> {
    let lock = fs::read_to_string(process::root().join("Cargo.lock")).context("no Cargo.lock")?;
    let version =
        locked_version(&lock, "wasm-bindgen").context("Cargo.lock does not name one version of wasm-bindgen")?;
    let tool = CargoTool {
        package: "wasm-bindgen-cli",
        version: version.to_owned(),
        arguments: &[],
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        why: "it joins WebAssembly and JavaScript, and must be as old as the crate (once, about three minutes)",
    };
    let wanted = Wanted::Exactly(Version::of(version)?);
    tool.find_or_install(wanted)
}

/// geckodriver, which steers Firefox.
///
/// # Errors
/// It is not there and cannot be built.
pub fn geckodriver() -> Result<PathBuf> {
    let tool = CargoTool {
        package: "geckodriver",
        version: GECKODRIVER.to_owned(),
        arguments: &[],
        programs: &["geckodriver"],
        why: "it steers Firefox (once, about a minute)",
    };
    let wanted = Wanted::AtLeast(Version::of(GECKODRIVER)?);
    Ok(tool.find_or_install(wanted)?.join(executable("geckodriver")))
}

/// cargo-deny, which looks at what the project depends on.
///
/// # Errors
/// It is not there and cannot be built.
pub fn cargo_deny() -> Result<Programs> {
    let tool = CargoTool {
        package: "cargo-deny",
        version: CARGO_DENY.to_owned(),
        arguments: &[],
        programs: &["cargo-deny"],
        why: "it looks at licences, sources and advisories of all dependencies (once, about two minutes)",
    };
    let wanted = Wanted::SameMinorFrom(Version::of(CARGO_DENY)?);
    tool.find_or_install(wanted)
}

/// A tool of the npm registry, ready to be called.
#[derive(Clone, Debug)]
pub struct NodeTool {
    program: PathBuf,
    script: Option<PathBuf>,
    /// The version, for whoever keeps what it made.
    pub version: String,
}

impl NodeTool {
    /// A call without arguments.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.script);
        command
    }
}

/// Binaryen's `wasm-opt`.
///
/// # Errors
/// It is not there, and Node or the package cannot be installed.
pub fn wasm_opt() -> Result<NodeTool> {
    binaryen("wasm-opt")
}

/// Binaryen's `wasm-merge`.
///
/// # Errors
/// It is not there, and Node or the package cannot be installed.
pub fn wasm_merge() -> Result<NodeTool> {
    binaryen("wasm-merge")
}

fn binaryen(program: &'static str) -> Result<NodeTool> {
    let why = "its programs make the app a tenth smaller (once, a few seconds)";
    NpmPackage { name: "binaryen", version: BINARYEN, program, why }.find_or_install()
}

/// esbuild, which makes scripts and style sheets small.
///
/// # Errors
/// It is not there, and Node or the package cannot be installed.
pub fn esbuild() -> Result<NodeTool> {
    NpmPackage {
        name: "esbuild",
        version: ESBUILD,
        program: "esbuild",
        why: "it makes the script and the style sheet half as large (once, a few seconds)",
    }
    .find_or_install()
}

/// axe-core, which finds what keeps people from using a page: the one script of it.
///
/// # Errors
/// It is not there, and Node or the package cannot be installed.
pub fn axe() -> Result<PathBuf> {
    let script = Path::new("node_modules/axe-core/axe.min.js");
    let (_, npm) = node("npm installs axe-core (once, a minute)", "Install Node with npm.")?;
    let why = "it looks for what keeps people from using a page (once, a few seconds)";
    let without = "npm could not install axe-core; try again online";
    let home = from_npm(&npm, "axe-core", AXE, script, why, without)?;
    Ok(home.join(script))
}

/// Makes sure that rustc's own library can be compiled along with the app.
///
/// # Errors
/// Its source is missing and rustup cannot add it.
pub fn library_source() -> Result<()> {
    if sysroot()?.join("lib/rustlib/src/rust/library/Cargo.lock").is_file() {
        return Ok(());
    }
    timed("rust-src", "a standard library without panic messages makes the app smaller (once, a few seconds)", || {
        run(Command::new("rustup").args(["component", "add", "rust-src"]))
            .context("install the component rust-src, by rustup or as your Rust came")
    })
}

/// Makes sure that rustc can build for [`WASM_TARGET`].
///
/// # Errors
/// The target is missing and rustup cannot add it.
pub fn wasm_target() -> Result<()> {
    if sysroot()?.join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    timed(&format!("the target {WASM_TARGET}"), "the app is compiled to WebAssembly (once, a few seconds)", || {
        run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
            .with_context(|| format!("install the standard library for {WASM_TARGET}, by rustup or as your Rust came"))
    })
}

fn sysroot() -> Result<PathBuf> {
    let path = process::answer(Command::new("rustc").args(["--print", "sysroot"]))
        .context("rustc does not answer; install Rust with rustup")?;
    Ok(PathBuf::from(path.trim()))
}

/// Makes sure that `cargo fmt` and `cargo clippy` are there.
///
/// # Errors
/// One is missing and rustup cannot add it.
pub fn lint_components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if process::answer(process::cargo().args([subcommand, "--version"])).is_none() {
            timed(component, "`check` uses it (once, a few seconds)", || {
                run(Command::new("rustup").args(["component", "add", component]))
            })?;
        }
    }
    Ok(())
}

/// Installs packages of Debian or Ubuntu if this machine is one and the user may.
///
/// # Errors
/// It is not, they may not, or the packages cannot be had; the text says what to do instead.
pub fn install_by_apt(packages: &[&str], why: &str, instead: &str) -> Result<()> {
    let what = packages.join(" and ");
    let Some(apt) = on_path("apt-get") else {
        bail!("{what} is needed: {why}. {instead}");
    };
    let is_root = process::answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let sudo = on_path("sudo").filter(|sudo| process::answer(Command::new(sudo).args(["-n", "true"])).is_some());
    let as_root = |arguments: &[&str]| -> Result<Command> {
        let mut command = match (&sudo, is_root) {
            (_, true) => Command::new(&apt),
            (Some(sudo), false) => {
                let mut command = Command::new(sudo);
                command.args(["-n", "DEBIAN_FRONTEND=noninteractive"]).arg(&apt);
                command
            }
            (None, false) => {
                bail!("{what} is needed: {why}. Run `sudo apt-get install {}`. {instead}", packages.join(" "))
            }
        };
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        Ok(command)
    };
    as_root(&[])?;
    timed(&what, why, || {
        run(&mut as_root(&["-qq", "update"])?)?;
        run(as_root(&["-qq", "-y", "--no-install-recommends", "install"])?.args(packages))
    })
    .with_context(|| instead.to_owned())
}

/// Unpacks packages of Debian or Ubuntu into a folder, and leaves the machine as it is: nothing is installed, and no service starts.
///
/// # Errors
/// It is no such machine, or the packages cannot be had; the text says what to do instead.
pub fn unpack_by_apt(packages: &[&str], home: &Path, first: &Path, why: &str, instead: &str) -> Result<()> {
    let what = packages.join(" and ");
    let (Some(apt), Some(dpkg)) = (on_path("apt-get"), on_path("dpkg")) else {
        bail!("{what} is needed: {why}. {instead}");
    };
    timed(&what, why, || {
        let scratch = Scratch::beside(home)?;
        let fetch = || {
            let mut command = Command::new(&apt);
            // Root may not hand this to apt's own user, who may not write here.
            command.current_dir(scratch.path()).args(["-qq", "-o", "APT::Sandbox::User=root", "download"]);
            run(command.args(packages))
        };
        // Where nobody has asked for the list of packages yet, only root may.
        fetch().or_else(|_| run(Command::new(&apt).args(["-qq", "update"])).and_then(|()| fetch()))?;
        for entry in fs::read_dir(scratch.path())? {
            let package = entry?.path();
            if package.extension().is_some_and(|extension| extension == "deb") {
                run(Command::new(&dpkg).arg("-x").arg(&package).arg(scratch.path()))?;
                fs::remove_file(package)?;
            }
        }
        scratch.keep_as(home, &[first])
    })
    .with_context(|| instead.to_owned())
}

/// The version that a program tells when asked.
pub fn version_of(program: &Path) -> Option<Version> {
    Version::in_text(&process::answer(Command::new(program).arg("--version"))?)
}

/// A tool that `cargo install` builds.
struct CargoTool {
    package: &'static str,
    version: String,
    arguments: &'static [&'static str],
    /// What must be there afterwards; the first one tells the version.
    programs: &'static [&'static str],
    why: &'static str,
}

impl CargoTool {
    fn find_or_install(&self, wanted: Wanted) -> Result<Programs> {
        if let Some(folder) = self.on_path(wanted) {
            return Ok(folder);
        }
        let home = cache()?.join(format!("{}-{}", self.package, self.version));
        let programs = home.join("bin");
        if !self.are_in(&programs) {
            let what = format!("{} {}", self.package, self.version);
            timed(&what, self.why, || self.install(&home))?;
        }
        Ok(programs)
    }

    fn on_path(&self, wanted: Wanted) -> Option<Programs> {
        let program = on_path(self.programs.first()?)?;
        let folder = program.parent()?;
        let fits = self.are_in(folder) && wanted.fits(version_of(&program)?);
        fits.then(|| folder.to_path_buf())
    }

    fn are_in(&self, folder: &Path) -> bool {
        self.programs.iter().all(|name| process::is_executable(&folder.join(executable(name))))
    }

    fn install(&self, home: &Path) -> Result<()> {
        let scratch = Scratch::beside(home)?;
        let built = scratch.path().join("target");
        let attempt = |locked: &[&str]| {
            run(Command::new("cargo")
                .current_dir(scratch.path())
                .args(["install", self.package, "--version", &self.version])
                .args(locked)
                .args(self.arguments)
                .arg("--root")
                .arg(scratch.path())
                .arg("--target-dir")
                .arg(&built)
                // A tool that runs for seconds is not worth the minutes of a full optimisation.
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
                .env_remove("CARGO_BUILD_TARGET")
                .env_remove("CARGO_ENCODED_RUSTFLAGS")
                .env_remove("RUSTFLAGS"))
        };
        // A package's own lock file can name a release that a registry mirror does not have yet.
        attempt(&["--locked"])
            .or_else(|_| {
                say("with its own lock file that did not work; once more with what the registry has");
                attempt(&[])
            })
            .with_context(|| {
                format!(
                    "could not build {0} {1}; `cargo install {0} --version {1}` does the same by hand, and a {0} {1} on PATH is used as it is",
                    self.package, self.version
                )
            })?;
        let _ = fs::remove_dir_all(&built);
        let programs: Vec<PathBuf> = self.programs.iter().map(|name| Path::new("bin").join(executable(name))).collect();
        let programs: Vec<&Path> = programs.iter().map(PathBuf::as_path).collect();
        scratch.keep_as(home, &programs)
    }
}

/// A tool that comes in an npm package.
struct NpmPackage {
    name: &'static str,
    version: &'static str,
    /// What is called; a program of this name on `PATH` serves too, if it is of the same version: another one writes other files.
    program: &'static str,
    why: &'static str,
}

impl NpmPackage {
    fn find_or_install(&self) -> Result<NodeTool> {
        let own = Version::of(self.version)?;
        if let Some(program) = on_path(self.program)
            && let Some(version) = version_of(&program)
            && Wanted::Exactly(own).fits(version)
        {
            return Ok(NodeTool { program, script: None, version: version.0.map(|part| part.to_string()).join(".") });
        }
        let Self { name, version, program, why } = *self;
        let (node, npm) = node(
            &format!("{program} runs in Node when no native one is on PATH (once, a minute)"),
            &format!("Install Node with npm, or put a {program} of version {version} on PATH."),
        )?;
        let script = Path::new("node_modules").join(name).join("bin").join(program);
        let without =
            format!("npm could not install {name}; put a {program} of version {version} on PATH, or try again online");
        let home = from_npm(&npm, name, version, &script, why, &without)?;
        Ok(NodeTool { program: node, script: Some(home.join(script)), version: version.to_owned() })
    }
}

/// The folder with one package of npm, installed if `needed` is not in it.
fn from_npm(npm: &Path, name: &str, version: &str, needed: &Path, why: &str, without: &str) -> Result<PathBuf> {
    let home = cache()?.join(format!("{name}-{version}"));
    if !home.join(needed).is_file() {
        timed(&format!("{name} {version}"), why, || {
            let scratch = Scratch::beside(&home)?;
            run(Command::new(npm)
                .current_dir(scratch.path())
                .args(["install", "--no-save", "--ignore-scripts", "--no-audit"])
                .args(["--no-fund", "--loglevel=error", "--prefix", ".", &format!("{name}@{version}")]))
            .with_context(|| without.to_owned())?;
            scratch.keep_as(&home, &[needed])
        })?;
    }
    Ok(home)
}

/// A folder beside the place where a tool will be; gone when dropped, unless it was kept.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes one for a tool that will be in `home`.
    ///
    /// # Errors
    /// The cache cannot be written to.
    pub fn beside(home: &Path) -> Result<Self> {
        let cache = home.parent().context("a tool needs a folder")?;
        fs::create_dir_all(cache).with_context(|| {
            format!("cannot write to {}; set VESTIBULE_TOOLS to a folder of yours", cache.display())
        })?;
        Self::clear_leftovers(cache);
        let mut name = OsString::from(".");
        name.push(home.file_name().unwrap_or_default());
        name.push(format!(".{}", std::process::id()));
        let path = cache.join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Gives the folder its lasting name, if `needed` is in it.
    ///
    /// # Errors
    /// It is not, or the folder cannot be renamed.
    pub fn keep_as(self, home: &Path, needed: &[&Path]) -> Result<()> {
        if let Some(missing) = needed.iter().find(|file| !self.0.join(file).is_file()) {
            bail!("the install brought no {}", missing.display());
        }
        let is_whole = |folder: &Path| needed.iter().all(|file| folder.join(file).is_file());
        if !is_whole(home) {
            // Half a tool from another hand, or nothing.
            let _ = fs::remove_dir_all(home);
            let renamed = fs::rename(&self.0, home);
            // Somebody may have been quicker with the same tool: as good.
            if !is_whole(home) {
                renamed.with_context(|| format!("cannot move the tool to {}", home.display()))?;
            }
        }
        Ok(())
    }

    /// Removes what a killed install left more than a day ago.
    fn clear_leftovers(cache: &Path) {
        let a_day_ago = SystemTime::now().checked_sub(Duration::from_secs(24 * 60 * 60));
        for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
            let is_scratch = entry.file_name().to_string_lossy().starts_with('.');
            let changed_at = entry.metadata().and_then(|about| about.modified()).ok();
            if is_scratch && changed_at < a_day_ago {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Node and npm, from `PATH` or from Debian: why they are needed, and what to do where apt may not.
///
/// # Errors
/// They are missing and cannot be installed.
pub fn node(why: &str, instead: &str) -> Result<(PathBuf, PathBuf)> {
    let found = || Some((on_path("node")?, on_path("npm")?));
    if let Some(both) = found() {
        return Ok(both);
    }
    install_by_apt(&["nodejs", "npm"], why, instead)?;
    found().context("node and npm were installed, but are not on PATH")
}

/// Where tools are kept.
///
/// # Errors
/// There is no home directory, and `VESTIBULE_TOOLS` names no folder.
pub fn cache() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").or_else(|| set("USERPROFILE"));
    let folder = set("VESTIBULE_TOOLS")
        .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("vestibule/tools")))
        .or_else(|| home().map(|home| home.join(".cache/vestibule/tools")))
        .context("no home directory; set VESTIBULE_TOOLS to the folder where tools shall be kept")?;
    std::path::absolute(&folder).with_context(|| format!("{} is no folder", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::Scratch;
    use std::fs;
    use std::path::{Path, PathBuf};

    #[test]
    fn an_install_that_stops_half_way_leaves_nothing() {
        let cache = Folder::new("half-way");
        let home = cache.0.join("tool-1.0.0");
        let scratch = Scratch::beside(&home).unwrap();
        fs::write(scratch.path().join("half"), "").unwrap();
        drop(scratch);
        assert_eq!(fs::read_dir(&cache.0).unwrap().count(), 0);
    }

    #[test]
    fn an_install_without_its_program_is_not_kept() {
        let cache = Folder::new("no-program");
        let home = cache.0.join("tool-1.0.0");
        let scratch = Scratch::beside(&home).unwrap();
        assert!(scratch.keep_as(&home, &[Path::new("tool")]).is_err());
        assert!(!home.exists());
    }

    #[test]
    fn a_whole_install_replaces_half_a_tool_of_the_same_name() {
        let cache = Folder::new("replaces");
        let home = cache.0.join("tool-1.0.0");
        fs::create_dir_all(home.join("bin")).unwrap();
        let scratch = Scratch::beside(&home).unwrap();
        fs::write(scratch.path().join("tool"), "").unwrap();
        scratch.keep_as(&home, &[Path::new("tool")]).unwrap();
        assert!(home.join("tool").is_file() && !home.join("bin").exists());
    }

    /// A folder of one test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("vestibule-xtask-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
