//! Reads a `config.json` while it is being written, for the setup page.
//!
//! What `load.rs` does with the file of the host, done with a text. Not by the same function: one more that waits inside
//! another is code that everybody would load, and only operators would need.

use super::load::{ConfigProblem, fetch, known_presets};
use crate::config::{Config, Draft};

/// Reads the text of a `config.json`, and fetches the preset that it names.
///
/// # Errors
/// As [`super::load_config`]; the file itself is never missing.
pub async fn read_config(text: &str) -> Result<Config, ConfigProblem> {
    let draft = Draft::parse(text).map_err(ConfigProblem::Mistakes)?;
    let mut fetched = Vec::new();
    for name in draft.presets() {
        let file = match fetch(&["presets/", &name, ".json"].concat()).await {
            Ok(response) if response.status == 200 && !response.is_html() => Ok(response.body),
            Ok(_) => Err(known_presets().await),
            Err(_) => return Err(ConfigProblem::PresetUnreachable { name }),
        };
        fetched.push((name, file));
    }
    let page_origin = web_sys::window().and_then(|window| window.location().origin().ok());
    let mut configs = draft.finish_all(&fetched, page_origin.as_deref()).map_err(ConfigProblem::Mistakes)?;
    Ok(configs.remove(0))
}

/// The text of a file beside `index.html`; `None` when there is none, or a page in its place.
pub async fn fetch_file(path: &str) -> Option<String> {
    let response = fetch(path).await.ok().filter(|response| response.status == 200 && !response.is_html());
    response.map(|response| response.body)
}
