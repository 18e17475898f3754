//! `cargo xtask check-config FILE...`: every mistake in each file, as the app would tell it.
//!
//! How a file is read, and what is not judged, stands in `dev/hosting/src/reading.rs`.

use std::path::PathBuf;
use std::process::ExitCode;
use vestibule::config::Config;

fn main() -> ExitCode {
    let mut all_are_right = true;
    for file in std::env::args_os().skip(1).map(PathBuf::from) {
        match hosting::read(&file) {
            Ok(app) => {
                let told = app.configs.first().map(told).unwrap_or_default();
                println!("{}: right; {told}", file.display());
            }
            Err(mistakes) => {
                all_are_right = false;
                println!("{}: {}", file.display(), count(mistakes.0.len()));
                print!("{}", hosting::shown(&file, &mistakes));
            }
        }
    }
    if all_are_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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
