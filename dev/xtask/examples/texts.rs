//! `cargo xtask texts`: writes `public/texts/en.json` from the app's table, and into `index.html` what its form says in each
//! language.

use serde_json::{Map, Value};
use std::error::Error;
use std::fs;
use std::path::Path;
use vestibule::texts::{early, english};

/// Where the page holds what its form says.
const EARLY: [&str; 2] = ["id=\"early-texts\">", "</script>"];

fn main() -> Result<(), Box<dyn Error>> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = project.join("public/texts");
    let texts: Map<String, Value> = english().map(|(name, text)| (name.to_owned(), text.into())).collect();
    fs::write(folder.join("en.json"), serde_json::to_string_pretty(&texts)? + "\n")?;
    println!("public/texts/en.json");
    let page = fs::read_to_string(project.join("index.html"))?;
    let held = page.split_once(EARLY[0]).and_then(|(before, rest)| Some((before, rest.split_once(EARLY[1])?.1)));
    let (before, after) = held.ok_or("index.html has no place for the early texts")?;
    let read = |language: &str| -> Option<Value> {
        serde_json::from_str(&fs::read_to_string(folder.join(format!("{language}.json"))).ok()?).ok()
    };
    let early = early(|language| read(language).unwrap_or_default()).to_string();
    fs::write(project.join("index.html"), [before, EARLY[0], &early, EARLY[1], after].concat())?;
    println!("index.html");
    Ok(())
}
