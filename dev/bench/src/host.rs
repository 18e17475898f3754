//! A static host for one of the pages, on a port of its own: what a careful host does, and the same for all.
//!
//! Files go out with brotli and their type. A file with a hash in its name is `immutable`; all others are asked for again,
//! and not sent again where they are the same. A path without an extension gets `index.html`. Every answer carries the
//! headers that `cargo xtask headers` prints.

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use hosting::{Base, Rules};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A place that is taken, and nothing served there yet. Its origin is known, which the provider must know before it starts.
pub struct Place {
    listener: TcpListener,
    /// `http://127.0.0.1:PORT`.
    pub origin: String,
}

impl Place {
    /// A free port of 127.0.0.1.
    ///
    /// # Errors
    /// There is none.
    pub async fn take() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port is free for a page")?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, origin })
    }

    /// Serves the files of `folder`, with the texts of `instead` in place of files of these names, until it is dropped.
    #[must_use]
    pub fn serve(self, folder: &Path, instead: HashMap<String, String>, provider: &str) -> Host {
        let mut rules = Rules::without_config(Base::root());
        if let Err(problem) = rules.also(provider) {
            eprintln!("bench: {problem}");
        }
        let files = Files { folder: folder.to_path_buf(), instead, headers: rules.headers(), packed: Mutex::default() };
        let router = Router::new().fallback(answer).with_state(Arc::new(files));
        let listener = self.listener;
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("bench: a page is not served any more: {error}");
            }
        });
        Host { origin: self.origin, serving }
    }
}

/// A host that serves until it is dropped.
pub struct Host {
    /// `http://127.0.0.1:PORT`.
    pub origin: String,
    serving: JoinHandle<()>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Files {
    folder: PathBuf,
    instead: HashMap<String, String>,
    /// Sent with everything.
    headers: Vec<(&'static str, String)>,
    /// What was sent already, as it was sent.
    packed: Mutex<HashMap<String, Packed>>,
}

#[derive(Clone)]
struct Packed {
    content: Arc<Vec<u8>>,
    tag: String,
}

impl Files {
    fn find(&self, name: &str) -> Option<Packed> {
        let mut packed = self.packed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = packed.get(name) {
            return Some(known.clone());
        }
        let content = match self.instead.get(name) {
            Some(text) => text.clone().into_bytes(),
            None => std::fs::read(self.folder.join(name)).ok()?,
        };
        let content = brotli(&content);
        let new = Packed { tag: format!("\"{:016x}\"", fingerprint(&content)), content: Arc::new(content) };
        packed.insert(name.to_owned(), new.clone());
        Some(new)
    }
}

async fn answer(State(files): State<Arc<Files>>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let is_read = request.method() == Method::GET || request.method() == Method::HEAD;
    let is_inside = !path.split('/').any(|part| part == "..") && !path.contains(['\\', '%']);
    let name = if Path::new(path).extension().is_some() { path } else { "index.html" };
    // The floor's form: that it arrives is all that is measured, and the page stays.
    if request.method() == Method::POST {
        return empty(StatusCode::NO_CONTENT);
    }
    let Some(packed) = (is_read && is_inside).then(|| files.find(name)).flatten() else {
        return empty(StatusCode::NOT_FOUND);
    };
    let is_known = request.headers().get(IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == packed.tag.as_bytes());
    let mut answer = Response::new(if is_known { Body::empty() } else { Body::from(packed.content.to_vec()) });
    if is_known {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = answer.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    put(CONTENT_TYPE, end_to_end::site::content_type(name));
    put(CACHE_CONTROL, if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" });
    put(VARY, "accept-encoding");
    put(CONTENT_ENCODING, "br");
    insert(headers, ETAG.as_str(), &packed.tag);
    for (name, value) in &files.headers {
        insert(headers, name, value);
    }
    answer
}

fn empty(status: StatusCode) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        headers.insert(name, value);
    }
}

/// `main-a5f5b1edf55960c5.css` of Trunk, `main-IE7EAJCB.js` of esbuild.
fn is_hashed(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        let is_hex = hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_base_32 = hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        is_hex || is_base_32
    })
}

fn brotli(content: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    // Writing into memory does not fail.
    let _ = brotli::BrotliCompress(&mut &*content, &mut packed, &parameters);
    packed
}

/// FNV-1a.
fn fingerprint(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn a_file_with_a_hash_in_its_name_is_told_from_others() {
        for hashed in ["main-a5f5b1edf55960c5.css", "vestibule-bf901b0c02730a6f_bg.wasm", "main-IE7EAJCB.js"] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in ["index.html", "config.json", "operator_bg.wasm", "presets/oauth2-password.json"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }
}
