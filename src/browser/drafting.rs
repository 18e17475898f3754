//! Reads a `config.json` while it is being written, for the setup page.
//!
//! What `load.rs` does with the file of the host, done with a text. Not by the same function: one more that waits inside
//! another is code that everybody would load, and only operators would need.

use super::load::{ConfigProblem, fetch, known_presets};
use crate::config::{Config, Draft, Preset, together};

/// Reads the text of a `config.json`, and fetches the preset that it names.
///
/// # Errors
/// As [`super::load_config`]; the file itself is never missing.
pub async fn read_config(text: &str) -> Result<Config, ConfigProblem> {
    let mut read = Vec::new();
    for draft in Draft::parse(text).map_err(ConfigProblem::Mistakes)?.for_each_provider() {
        read.push(match finish(draft).await {
            Ok(config) => Ok(config),
            Err(ConfigProblem::Mistakes(mistakes)) => Err(mistakes),
            Err(problem) => return Err(problem),
        });
    }
    let mut configs = together(read).map_err(ConfigProblem::Mistakes)?;
    Ok(configs.remove(0))
}

async fn finish(draft: Draft) -> Result<Config, ConfigProblem> {
    let page_origin = web_sys::window().and_then(|window| window.location().origin().ok());
    let name = draft.preset().map(str::to_owned);
    let preset_file = match &name {
        None => None,
        Some(name) => match fetch(&preset_path(name)).await {
            Ok(response) if response.status == 200 && !response.is_html() => Some(response.body),
            Ok(_) => {
                let known = known_presets().await;
                let missing = Preset::Missing { known };
                return draft.finish(missing, page_origin.as_deref()).map_err(ConfigProblem::Mistakes);
            }
            Err(_) => return Err(ConfigProblem::PresetUnreachable { name: name.clone() }),
        },
    };
    let preset = preset_file.as_deref().map_or(Preset::NotNamed, Preset::Text);
    draft.finish(preset, page_origin.as_deref()).map_err(ConfigProblem::Mistakes)
}

fn preset_path(name: &str) -> String {
    ["presets/", name, ".json"].concat()
}

/// The text of a file beside `index.html`; `None` when there is none, or a page in its place.
pub async fn fetch_file(path: &str) -> Option<String> {
    let response = fetch(path).await.ok().filter(|response| response.status == 200 && !response.is_html());
    response.map(|response| response.body)
}
