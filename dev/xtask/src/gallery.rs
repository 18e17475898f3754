//! `gallery`: pictures of every state of the app, light and dark and in three widths, on one page.
//!
//! They are taken by the `gallery` program of the end-to-end tests, from the list of states that the tests look into
//! (`tests/end-to-end/src/states.rs`). Eight pictures for each are too much for the repository: they lie in `target/gallery/`,
//! and `--readme` copies the four that README.md shows into `docs/`.

use crate::process::{self, root, say};
use crate::{app, test};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;

/// What README.md shows: a picture of the gallery, and its name in `docs/`.
const OF_README: [(&str, &str); 4] = [
    ("ready.light.1200.png", "login.png"),
    ("refused.dark.1200.png", "refused.png"),
    ("table.light.1200.png", "orders.png"),
    ("account.dark.1200.png", "account.png"),
];

/// What to make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    is_as_built: bool,
    is_for_readme: bool,
}

impl Wish {
    /// Reads `[--as-built] [--readme]`.
    ///
    /// # Errors
    /// A word that is none of these.
    pub fn read(words: &[String]) -> Result<Self> {
        let mut wish = Self { is_as_built: false, is_for_readme: false };
        for word in words {
            match word.as_str() {
                "--as-built" => wish.is_as_built = true,
                "--readme" => wish.is_for_readme = true,
                other => bail!("`gallery` takes --as-built and --readme, found `{other}`"),
            }
        }
        Ok(wish)
    }
}

/// Takes the pictures.
///
/// # Errors
/// The app does not build, a tool cannot be had, or a state is not reached.
pub fn gallery(wish: Wish) -> Result<()> {
    let dist = if wish.is_as_built { root().join("dist") } else { app::build()? };
    let folder = folder();
    test::pictures(&dist, &folder)?;
    if wish.is_for_readme {
        for (picture, name) in OF_README {
            let (from, to) = (folder.join(picture), root().join("docs").join(name));
            fs::copy(&from, &to).with_context(|| format!("{} is not copied", from.display()))?;
        }
    }
    say(&format!("the gallery is {}", folder.join("index.html").display()));
    Ok(())
}

fn folder() -> PathBuf {
    process::root().join("target/gallery")
}
