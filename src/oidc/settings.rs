//! What the page tells this program about the provider, once.

use crate::config::read_json;

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
    /// Reads what the page wrote: a list of the fields, in their order; empty where the config names none. `None`: it was not the page that wrote it, or an older one.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let settings = read_json(text)?;
        let text = |place: usize| Some(settings.get(place)?.as_str()?.to_owned());
        let named = |place| text(place).map(|address| Some(address).filter(|address| !address.is_empty()));
        Some(Self {
            app: text(0)?,
            base: text(1)?,
            issuer: text(2)?,
            client_id: text(3)?,
            path: text(4).filter(|path| path.starts_with('/'))?,
            jwks: named(5)?,
            par: named(6)?,
            dpop: settings.get(7)?.as_bool()?,
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
