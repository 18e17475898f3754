//! `bench`: what the first load weighs, the counts that only a browser can tell, and what a person waits for.
//!
//! ```text
//! sizes    the release build's files                    sizes.rs
//! counts   the `counts` program of the end-to-end tests
//! browser  the `bench` program                          dev/bench
//! crates   what the WebAssembly is made of              crates.rs
//! ```
//! The counts are requests until the login form can be used, and refreshes for fifty calls with an expired token. The `bench`
//! program drives the same build, a plain form and a React app in a browser that is made slow. A size or a layout shift makes
//! this fail, a time never does. `--write` keeps all of it in `docs/bench.md`, with the machine that it was measured on.

use crate::process::{self, root, say, spoken};
use crate::{app, browsers, crates, react, shrink, sizes, split, test};
use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// One part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Sizes,
    Counts,
    Browser,
    Crates,
}

impl Part {
    const ALL: [Self; 4] = [Self::Sizes, Self::Counts, Self::Browser, Self::Crates];

    const fn name(self) -> &'static str {
        match self {
            Self::Sizes => "sizes",
            Self::Counts => "counts",
            Self::Browser => "browser",
            Self::Crates => "crates",
        }
    }
}

/// What to measure, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    parts: Vec<Part>,
    runs: Option<usize>,
    is_as_built: bool,
    is_written: bool,
}

impl Wish {
    /// Reads `[PART...] [--runs N] [--as-built] [--write]`.
    ///
    /// # Errors
    /// A word that is none of these.
    pub fn read(words: &[String]) -> Result<Self> {
        let mut wish = Self { parts: Vec::new(), runs: None, is_as_built: false, is_written: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--runs" => wish.runs = Some(words.next().context("--runs needs a number")?.parse()?),
                "--as-built" => wish.is_as_built = true,
                "--write" => wish.is_written = true,
                name => match Part::ALL.into_iter().find(|part| part.name() == name) {
                    Some(part) => wish.parts.push(part),
                    None => bail!("`bench` has no part `{name}`; there are sizes, counts, browser and crates"),
                },
            }
        }
        if wish.parts.is_empty() {
            wish.parts = Part::ALL.to_vec();
        }
        Ok(wish)
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }
}

/// Measures what is wished, and prints it.
///
/// # Errors
/// The build or a part fails, the app has grown over its budget, or its page shifts.
pub fn bench(wish: &Wish) -> Result<()> {
    let dist = if wish.is_as_built { root().join("dist") } else { app::build()? };
    let mut report = String::new();
    let mut failed = Vec::new();
    let files = sizes::first_load(&dist)?;
    if wish.has(Part::Sizes) {
        show(&mut report, &format!("{}{}", sizes::table(&files), sizes::beside(&dist)?), true);
        failed.extend(sizes::keep_budgets(&files).err());
    }
    for part in [Part::Counts, Part::Browser, Part::Crates] {
        if !wish.has(part) {
            continue;
        }
        let begun = Instant::now();
        let (text, is_good) = match part {
            Part::Sizes => continue,
            Part::Counts => printed(&mut test::counts(&dist)?)?,
            Part::Browser => printed(&mut slow_browser(&dist, wish.runs)?)?,
            Part::Crates => (composition()?, true),
        };
        show(&mut report, &text, part != Part::Browser);
        if !is_good {
            failed.push(anyhow::anyhow!("{} failed, see above", part.name()));
        }
        say(&format!("{} took {}", part.name(), spoken(begun.elapsed())));
    }
    if wish.is_written {
        let file = root().join("docs/bench.md");
        fs::write(&file, format!("{}\n{report}", opening()?))?;
        say(&format!("{} is written", file.display()));
    }
    match failed.as_slice() {
        [] => Ok(()),
        _ => bail!("{}", failed.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    }
}

/// Prints a part, and keeps it for the file: as it stands if it is Markdown, else as code.
fn show(report: &mut String, text: &str, is_code: bool) {
    let text = text.trim_end();
    println!("{text}\n");
    // Writing to a string cannot fail.
    let _ = if is_code { writeln!(report, "```text\n{text}\n```\n") } else { writeln!(report, "{text}\n") };
}

/// What a program prints, and whether it was content; its progress goes straight through.
fn printed(command: &mut Command) -> Result<(String, bool)> {
    let output = command.stderr(Stdio::inherit()).output().context("a program of the bench could not be started")?;
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success()))
}

/// Every module of the app by its crates.
fn composition() -> Result<String> {
    let modules = [("the flow", "vestibule"), ("the UI", split::UI), ("the protected pages", split::PAGES)];
    let parts = modules.into_iter().map(|(what, kind)| crates::breakdown(what, &shrink::with_names(kind)?));
    Ok(parts.collect::<Result<Vec<_>>>()?.join("\n"))
}

/// The program that measures in a browser.
fn slow_browser(dist: &Path, runs: Option<usize>) -> Result<Command> {
    let react = react::build()?;
    let mut bench = process::cargo();
    bench.args(["run", "--quiet", "-p", "bench", "--", "--dist"]).arg(dist).arg("--react").arg(react);
    bench.arg("--traces").arg(root().join("target/bench"));
    if let Some(runs) = runs {
        bench.arg("--runs").arg(runs.to_string());
    }
    bench.envs(browsers::Kind::Chromium.find_or_install()?);
    Ok(bench)
}

/// The file's first lines: where its numbers come from.
fn opening() -> Result<String> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let (year, month, day) = date_of(seconds / 86_400);
    let first_line = |program: &str| {
        let answer = process::answer(Command::new(program).arg("--version")).unwrap_or_default();
        answer.lines().next().unwrap_or("unknown").trim().to_owned()
    };
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = about.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let busy = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let busy = busy.split(' ').nth(1).map(|load| format!(" under a load of {load}")).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    let package = fs::read_to_string(root().join("dev/bench/react/package.json"))?;
    let package: serde_json::Value = serde_json::from_str(&package)?;
    let pins = package.get("dependencies").and_then(|pins| pins.as_object()).into_iter().flatten();
    let pins = pins.map(|(name, version)| format!("{name} {}", version.as_str().unwrap_or_default()));
    Ok(format!(
        "# What a person waits for\n\nWritten by `cargo xtask bench --write` on {year}-{month:02}-{day:02}, and by nobody's hand: {} \
         with {cores} cores{busy}, {}, {}, {}.\n\nSizes, requests and layout shifts are the same in every run. Times are not: they \
         belong to this machine and to what else it did meanwhile. The pages take turns, so their ratios say more than their \
         times, and the extremes beside each median say how much. Chromium's slow network delays answers, not handshakes and not \
         preflights, and its slow processor is the page's main thread alone: threads beside it, on which WebAssembly is \
         compiled, keep their speed.\n",
        name.map_or("an unknown processor", |(_, name)| name),
        first_line("rustc"),
        browsers::Kind::Chromium
            .find_or_install()?
            .iter()
            .find(|(name, _)| *name == "CHROME")
            .map_or_else(|| "Chromium".to_owned(), |(_, path)| first_line(&path.to_string_lossy())),
        pins.collect::<Vec<_>>().join(", "),
    ))
}

/// Year, month and day of a day since 1970-01-01, in UTC: Howard Hinnant's `civil_from_days`.
const fn date_of(day: u64) -> (u64, u64, u64) {
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (year + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
}

#[cfg(test)]
mod tests {
    use super::{Part, Wish, date_of};

    fn read(words: &[&str]) -> anyhow::Result<Wish> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Wish::read(&words)
    }

    #[test]
    fn without_a_name_every_part_is_measured() {
        let wish = read(&["--runs", "9"]).unwrap();
        assert_eq!((wish.parts, wish.runs), (Part::ALL.to_vec(), Some(9)));
        assert_eq!(read(&["browser", "--as-built"]).unwrap().parts, [Part::Browser]);
    }

    #[test]
    fn an_unknown_part_is_refused_with_the_names_there_are() {
        assert!(read(&["speed"]).unwrap_err().to_string().contains("sizes, counts, browser and crates"));
        assert!(read(&["--runs"]).is_err() && read(&["--runs", "many"]).is_err());
    }

    #[test]
    fn a_day_has_its_date() {
        assert_eq!(date_of(0), (1970, 1, 1));
        assert_eq!(date_of(19_782), (2024, 2, 29));
        assert_eq!(date_of(20_783), (2026, 11, 26));
    }
}
