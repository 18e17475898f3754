//! What the page tells this program about the provider, once.

use crate::config::read_json;
use serde_json::Value;

/// One provider of the config, and where this app is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The app's name, for keys in storage.
    pub app: String,
    /// The path that the app lives under, without a slash at its end; empty at the root.
    pub base: String,
    /// The issuer, exactly as its tokens name it.
    pub issuer: String,
    /// RFC 6749 §2.2.
    pub client_id: String,
    /// The redirect path below [`Settings::base`], as `/callback`.
    pub path: String,
    /// The key set, where the config names it.
    pub jwks: Option<String>,
    /// The endpoint for pushed authorization requests, where the config names it (RFC 9126).
    pub par: Option<String>,
    /// Whether tokens are bound to a key (RFC 9449).
    pub dpop: bool,
}

impl Settings {
    /// Reads what the page wrote. `None`: it was not the page that wrote it, or an older one.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let settings = read_json(text)?;
        let text = |key: &str| Some(settings.get(key)?.as_str()?.to_owned());
        Some(Self {
            app: text("app")?,
            base: text("base")?,
            issuer: text("issuer")?,
            client_id: text("client_id")?,
            path: text("path").filter(|path| path.starts_with('/'))?,
            jwks: text("jwks"),
            par: text("par"),
            dpop: settings.get("dpop").and_then(Value::as_bool).unwrap_or_default(),
        })
    }

    /// A key in storage: `vestibule:APP:NAME`.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        ["vestibule:", &self.app, ":", name].concat()
    }

    /// Where the provider sends the person back to, at an origin (`https://app.example`).
    #[must_use]
    pub fn redirect_uri(&self, origin: &str) -> String {
        [origin, &self.base, &self.path].concat()
    }

    /// Where the provider sends the person after a logout (OpenID Connect RP-Initiated Logout §2).
    #[must_use]
    pub fn signed_out_uri(&self, origin: &str) -> String {
        [origin, &self.base, &self.path, "/signed-out"].concat()
    }
}
