//! `cargo xtask schema`: writes `config.schema.json` and `preset.schema.json` into `public/`, from the app's list of
//! keys and the presets there are.

use std::error::Error;
use std::fs;
use std::path::Path;
use vestibule::config::schema::{config_schema, preset_schema};

fn main() -> Result<(), Box<dyn Error>> {
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public");
    let presets: Vec<String> = serde_json::from_str(&fs::read_to_string(public.join("presets/index.json"))?)?;
    for (name, schema) in [("config.schema.json", config_schema(&presets)), ("preset.schema.json", preset_schema())] {
        fs::write(public.join(name), serde_json::to_string_pretty(&schema)? + "\n")?;
        println!("public/{name}");
    }
    Ok(())
}
