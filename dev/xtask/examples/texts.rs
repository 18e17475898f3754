//! `cargo xtask texts`: writes `public/texts/en.json`, from the app's table.

use serde_json::{Map, Value};
use std::error::Error;
use std::fs;
use std::path::Path;
use vestibule::texts::english;

fn main() -> Result<(), Box<dyn Error>> {
    let texts: Map<String, Value> = english().map(|(name, text)| (name.to_owned(), text.into())).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/texts/en.json");
    fs::write(file, serde_json::to_string_pretty(&texts)? + "\n")?;
    println!("public/texts/en.json");
    Ok(())
}
