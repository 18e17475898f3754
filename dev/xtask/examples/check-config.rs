//! `cargo xtask check-config FILE...`: every mistake in each file, as the app would tell it.
//!
//! Presets are looked for as the app would, in `presets/` beside the file, and then among those of
//! this project. One thing the app knows and this program does not: where the page will be served
//! from. So what depends on the page's own origin is not judged here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vestibule::config::{Config, Draft, Mistakes, Preset};

fn main() -> ExitCode {
    let mut all_are_right = true;
    for file in std::env::args_os().skip(1).map(PathBuf::from) {
        match check(&file) {
            Ok(config) => println!("{}: right; {}", file.display(), told(&config)),
            Err(mistakes) => {
                all_are_right = false;
                println!("{}: {}", file.display(), count(mistakes.0.len()));
                println!("{mistakes}");
            }
        }
    }
    if all_are_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn check(file: &Path) -> Result<Config, Mistakes> {
    let Ok(bytes) = fs::read(file) else {
        return Err(Mistakes::missing_file(&file.display().to_string()));
    };
    let draft = Draft::parse(&String::from_utf8_lossy(&bytes))?;
    let Some(name) = draft.preset().map(str::to_owned) else {
        return draft.finish(Preset::NotNamed, None);
    };
    let folders = [file.with_file_name("presets"), Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/presets")];
    let text = folders.iter().find_map(|folder| fs::read_to_string(folder.join(format!("{name}.json"))).ok());
    if let Some(text) = &text {
        return draft.finish(Preset::Text(text), None);
    }
    let known = names_in(&folders);
    draft.finish(Preset::Missing { known }, None)
}

/// The presets in `folders`, by their files.
fn names_in(folders: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(Iterator::flatten)
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".json")?.to_owned()))
        .filter(|name| name != "index")
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Enough to see that the right file was read.
fn told(config: &Config) -> String {
    format!(
        "`{}` with {} and {}",
        config.app.id,
        counted(config.pages.len(), "page", "pages"),
        counted(config.queries.len(), "query", "queries")
    )
}

fn count(mistakes: usize) -> String {
    counted(mistakes, "mistake", "mistakes")
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
