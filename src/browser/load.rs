//! Fetches `config.json` and its preset. Same origin only, never chosen by the address bar.

use super::{http, redirect::Arrival, spawn::Work};
use crate::{
    config::{Config, Credentials, Draft, Method, Mistakes, cut_last},
    session::{HttpFailure, HttpRequest, HttpResponse},
};
use js_sys::{Array, Reflect};
use std::fmt;
use wasm_bindgen::JsCast;

/// A longer file is not read; [`Draft::parse`] says the exact limit. Bytes.
const MAX_LENGTH: usize = 4 * 1024 * 1024;

/// Why there is no config.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigProblem {
    /// 404.
    Missing,
    /// A fallback rule of the host answered with a page.
    Html,
    /// No answer, or a failing one.
    Unreachable,
    /// The file has mistakes: all of them.
    Mistakes(Mistakes),
    /// The preset's file cannot be fetched at the moment.
    PresetUnreachable {
        /// The preset.
        name: String,
    },
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("There is no config.json next to index.html. Put one there: the app reads it at every start."),
            Self::Html => f.write_str(
                "The server answered with a web page where config.json should be. Probably config.json is missing and a fallback rule serves index.html instead: put the file next to index.html, and exempt it from the rule.",
            ),
            Self::Unreachable => f.write_str("config.json could not be fetched from the server. Try again in a moment."),
            Self::Mistakes(mistakes) => mistakes.fmt(f),
            Self::PresetUnreachable { name } => {
                write!(f, "The preset \"{name}\" could not be fetched: presets/{name}.json must stand beside config.json on the server.")
            }
        }
    }
}

/// Reads `config.json` next to `index.html`, and the presets that it names. Of several providers it is for the one that
/// `arrival`, or else a stored session, is of.
///
/// # Errors
/// [`ConfigProblem`], ready to be shown to whoever wrote the file.
pub async fn load_config(arrival: &Arrival) -> Result<&'static Config, ConfigProblem> {
    let file = match early_or_fetched("config.json").await {
        Ok(HttpResponse { status: 404 | 410, .. }) => return Err(ConfigProblem::Missing),
        Ok(response) if (200..300).contains(&response.status) => response,
        Ok(_) | Err(_) => return Err(ConfigProblem::Unreachable),
    };
    if file.is_html() {
        return Err(ConfigProblem::Html);
    }
    let draft = Draft::parse(&file.body).map_err(ConfigProblem::Mistakes)?;
    let mut fetched = Vec::new();
    for name in draft.presets() {
        let file = match early_or_fetched(&["presets/", &name, ".json"].concat()).await {
            Ok(response) if response.status == 200 && !response.is_html() => Ok(response.body),
            #[cfg(feature = "operator")]
            Ok(_) => Err(known_presets().await),
            // Only a sentence would name them.
            #[cfg(not(feature = "operator"))]
            Ok(_) => Err(Vec::new()),
            Err(_) => return Err(ConfigProblem::PresetUnreachable { name }),
        };
        fetched.push((name, file));
    }
    let page_origin = web_sys::window().and_then(|window| window.location().origin().ok());
    let configs = draft.finish_all(&fetched, page_origin.as_deref()).map_err(ConfigProblem::Mistakes)?;
    let config = arrival.choose(configs).ok_or(ConfigProblem::Missing)?;
    Ok(Box::leak(Box::new(config)))
}

/// The path below which the app lives, without a final slash: empty at the root of a host.
#[must_use]
pub fn base_path() -> String {
    let base = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.base_uri().ok().flatten())
        .and_then(|uri| web_sys::Url::new(&uri).ok());
    let path = base.map(|url| url.pathname()).unwrap_or_default();
    // `/sub/app/index.html` and `/sub/app/` are one place. Without a `<base>`, anybody can write the address: an app that lay below
    // `//evil.example` would take every path of its own for one on that host.
    let folder = cut_last(&path, b'/').map(|(folder, _)| folder).filter(|folder| !folder.starts_with("//"));
    folder.unwrap_or_default().to_owned()
}

/// For the nearest name of a misspelt preset.
#[cfg(feature = "operator")]
pub(super) async fn known_presets() -> Vec<String> {
    use crate::config::read_json;
    use serde_json::Value;

    let index = fetch("presets/index.json").await.ok().filter(|response| response.status == 200);
    let Some(Value::Array(names)) = index.and_then(|response| read_json(&response.body)) else { return Vec::new() };
    names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// What `src/start.js` and `src/begin.js` have fetched side by side with this app; otherwise it is fetched now.
pub(super) fn early_or_fetched(path: &str) -> Work<Result<HttpResponse, HttpFailure>> {
    match early(path) {
        Some(response) => Box::pin(std::future::ready(Ok(response))),
        None => fetch(path),
    }
}

/// `globalThis.early` holds by path `[status, content type, text]`.
fn early(path: &str) -> Option<HttpResponse> {
    let all = Reflect::get(&js_sys::global(), &"early".into()).ok()?;
    let brought: Array = Reflect::get(&all, &path.into()).ok()?.dyn_into().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a status of HTTP")]
    let status = brought.get(0).as_f64()? as u16;
    let headers = vec![("content-type".to_owned(), brought.get(1).as_string()?)];
    Some(HttpResponse { status, headers, body: brought.get(2).as_string()? })
}

pub(super) fn fetch(path: &str) -> Work<Result<HttpResponse, HttpFailure>> {
    let request = HttpRequest {
        method: Method::Get,
        url: [&base_path(), "/", path].concat(),
        headers: Vec::new(),
        body: None,
        credentials: Credentials::SameOrigin,
        timeout_ms: 20_000,
        keepalive: false,
        follows_redirects: true,
    };
    http::send(request, MAX_LENGTH, None)
}
