//! `bench`: what the first load weighs, and the counts that only a browser can tell.
//!
//! Sizes are measured on the release build. The counts (requests until the login form can be used,
//! refreshes for fifty calls with an expired token) come from the `counts` program of the end-to-end
//! tests, which drives the same build against the demo provider.

use crate::process::{say, spoken};
use crate::{app, sizes, test};
use anyhow::Result;
use std::time::Instant;

/// Prints both.
///
/// # Errors
/// The build or the counting fails, or the app has grown.
pub fn bench() -> Result<()> {
    let dist = app::build()?;
    let files = sizes::first_load(&dist)?;
    print!("{}", sizes::table(&files));
    println!("{}", sizes::beside(&dist)?);
    let begun = Instant::now();
    test::counts(&dist)?;
    say(&format!("the counts took {}", spoken(begun.elapsed())));
    sizes::keep_budget(sizes::budgeted(&files))
}
