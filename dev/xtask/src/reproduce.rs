//! `reproduce`: the same source gives the same files, to the byte, wherever it lies.
//!
//! ```text
//! copy of the workspace in another folder, crates under another path, no target folder --> build --> dist/
//!                                                                                            compared, file by file
//! ```
//! What a release is built with is fixed: the crates by `Cargo.lock`, the tools by `tools.rs`, and Rust by whoever builds; another
//! version of it gives other bytes. The sum of a folder is what this prints in it:
//! `find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum`.

use crate::process::{self, ELSEWHERE, run, say};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the copies lie, in the target folder.
const PLACE: &str = "target/elsewhere";
/// What a copy does without: made by builds, or no source.
const LEFT_OUT: [&str; 3] = [".git", "dist", "target"];

/// Builds in two other places and compares, or in one, `--as-built`, and compares with `dist/`.
///
/// # Errors
/// A build fails, or the files differ; those that do are named.
pub fn reproduce(words: &[String]) -> Result<()> {
    let is_as_built = match words {
        [] => false,
        [word] if word == "--as-built" => true,
        _ => bail!("`reproduce` takes nothing but --as-built"),
    };
    let place = process::root().join(PLACE);
    let _ = fs::remove_dir_all(&place);
    let first = if is_as_built { process::root().join("dist") } else { built_in(&place.join("one"))? };
    // A longer path: a text that holds it would be longer too.
    let second = built_in(&place.join("the-other/far/from/here"))?;
    let (ours, theirs) = (sums(&first)?, sums(&second)?);
    let found = differences(&ours, &theirs);
    if !found.is_empty() {
        for name in &found {
            println!("differs: {name}");
        }
        bail!("{} of {} files differ; compare {} and {}", found.len(), ours.len(), first.display(), second.display());
    }
    println!("{} files are the same to the byte in both; their sum is {}", ours.len(), of_all(&ours));
    fs::remove_dir_all(&place).with_context(|| format!("cannot remove {}", place.display()))
}

/// One sum for all files of a folder.
///
/// # Errors
/// A file cannot be read.
pub fn sum(folder: &Path) -> Result<String> {
    Ok(of_all(&sums(folder)?))
}

/// Copies the workspace to `folder` and builds there what ships; returns where that is.
fn built_in(folder: &Path) -> Result<PathBuf> {
    say(&format!("building in {}", folder.display()));
    copy(&process::root(), folder, &LEFT_OUT)?;
    let mut build = Command::new(std::env::current_exe().context("this program does not know where it lies")?);
    build.arg("build").current_dir(folder).env(ELSEWHERE, folder);
    // Or both builds would share what they compile.
    build.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_TARGET_DIR");
    if let Some(home) = another_cargo_home(&folder.join("target/cargo"))? {
        build.env("CARGO_HOME", home);
    }
    run(&mut build)?;
    Ok(folder.join("dist"))
}

/// What Cargo has fetched, under another path; `None` where that cannot be had: then the crates lie where they lie.
fn another_cargo_home(home: &Path) -> Result<Option<PathBuf>> {
    let own = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let Some(own) = own.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"))) else {
        return Ok(None);
    };
    fs::create_dir_all(home)?;
    for name in ["registry", "git", "config.toml", "config"] {
        let there = own.join(name);
        if there.exists() && !linked(&there, &home.join(name)) {
            return Ok(None);
        }
    }
    Ok(Some(home.to_path_buf()))
}

/// Whether `link` leads to `there` now.
#[cfg(unix)]
fn linked(there: &Path, link: &Path) -> bool {
    std::os::unix::fs::symlink(there, link).is_ok()
}

#[cfg(not(unix))]
fn linked(_there: &Path, _link: &Path) -> bool {
    false
}

/// Copies a folder without what is called so at its top.
fn copy(from: &Path, to: &Path, left_out: &[&str]) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if left_out.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &copied, &[])?;
        } else {
            fs::copy(&path, &copied).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

/// The SHA-256 of every file, by its path in the folder.
type Sums = BTreeMap<String, String>;

fn sums(folder: &Path) -> Result<Sums> {
    let mut sums = Sums::new();
    let mut open = vec![(folder.to_path_buf(), String::from("./"))];
    while let Some((folder, name)) = open.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("there is no {}", folder.display()))? {
            let path = entry?.path();
            let name = format!("{name}{}", path.file_name().unwrap_or_default().to_string_lossy());
            if path.is_dir() {
                open.push((path, name + "/"));
            } else {
                sums.insert(name, hex(&fs::read(&path)?));
            }
        }
    }
    Ok(sums)
}

fn of_all(sums: &Sums) -> String {
    let lines: String = sums.iter().fold(String::new(), |mut lines, (name, sum)| {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{sum}  {name}");
        lines
    });
    hex(lines.as_bytes())
}

fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |mut hex, byte| {
        // Nor can this.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The files that only one has, or that both have in different ways.
fn differences(ours: &Sums, theirs: &Sums) -> Vec<String> {
    let of_ours = ours.iter().filter(|(name, sum)| theirs.get(*name) != Some(sum)).map(|(name, _)| name);
    let of_theirs = theirs.keys().filter(|name| !ours.contains_key(*name));
    of_ours.chain(of_theirs).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{copy, differences, sum, sums};
    use std::fs;
    use std::path::PathBuf;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-reproduce-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("deep")).unwrap();
        fs::write(folder.join("a"), "a").unwrap();
        fs::write(folder.join("deep/b"), "b").unwrap();
        folder
    }

    #[test]
    fn one_byte_one_name_and_one_file_more_are_differences() {
        let (one, other) = (folder("one"), folder("other"));
        assert_eq!(sum(&one).unwrap(), sum(&other).unwrap());
        assert_eq!(sum(&one).unwrap(), "132622352d2b5ce7cb545286cb5020beb914fd2495b7c9f55e70e3efe96ec739");
        fs::write(other.join("deep/b"), "c").unwrap();
        fs::write(other.join("more"), "").unwrap();
        assert_eq!(differences(&sums(&one).unwrap(), &sums(&other).unwrap()), ["./deep/b", "./more"]);
        assert_ne!(sum(&one).unwrap(), sum(&other).unwrap());
        fs::remove_dir_all(one).unwrap();
        fs::remove_dir_all(other).unwrap();
    }

    #[test]
    fn a_copy_is_of_the_source_alone() {
        let (from, to) = (folder("from"), folder("to"));
        fs::create_dir_all(from.join("target/deep")).unwrap();
        fs::create_dir_all(from.join("deep/target")).unwrap();
        fs::remove_dir_all(&to).unwrap();
        copy(&from, &to, &["target"]).unwrap();
        assert!(to.join("deep/b").is_file() && to.join("deep/target").is_dir() && !to.join("target").exists());
        fs::remove_dir_all(from).unwrap();
        fs::remove_dir_all(to).unwrap();
    }
}
