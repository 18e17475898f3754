//! What a provider publishes about itself: OpenID Connect Discovery §4 and RFC 8414.
//!
//! A config may name an endpoint by its issuer, `https://id.example#token_endpoint`, instead of writing its address out. This file
//! says where the document is that tells it, and what of the document is believed: only the one of exactly that issuer, and only
//! addresses that nobody on the way can read.

use super::put;
use crate::config::{is_safe_link, read_json, write_json};
use crate::session::Timestamp;
use serde_json::{Map, Value};

/// A longer document is not read. Bytes.
const MAX_LENGTH: usize = 256 * 1024;
/// After this long the document is asked for again.
const GOOD_FOR_MS: u64 = 60 * 60 * 1000;
const JWKS_URI: &str = "jwks_uri";
const REQUIRES_PAR: &str = "require_pushed_authorization_requests";
const SENDS_ISS: &str = "authorization_response_iss_parameter_supported";

/// An endpoint by name: `ISSUER#NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The issuer, perhaps with the slash that a browser puts behind a bare origin.
    pub issuer: String,
    /// The endpoint's name in the metadata, as `token_endpoint`.
    pub name: String,
}

/// The endpoint that an address names, or `None` for an address that is meant as it stands.
#[must_use]
pub fn reference(address: &str) -> Option<Reference> {
    let (issuer, name) = address.split_once('#')?;
    let is_name = name.ends_with("_endpoint") && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (is_name && is_endpoint(issuer)).then(|| Reference { issuer: issuer.to_owned(), name: name.to_owned() })
}

impl Reference {
    /// Whether `issuer` is meant. A browser writes `https://ID.example#x` as `https://id.example/#x`, so the two may
    /// differ in the case of the host and in the slash of an empty path.
    #[must_use]
    pub fn is_of(&self, issuer: &str) -> bool {
        let ((ours, our_path), (theirs, their_path)) = (split_at_path(&self.issuer), split_at_path(issuer));
        let or_slash = |path: &str| path.is_empty() || path == "/";
        ours.eq_ignore_ascii_case(theirs) && (our_path == their_path || or_slash(our_path) && or_slash(their_path))
    }
}

/// Where the metadata of an issuer may be, the likelier place first; nowhere for what cannot be an issuer.
///
/// OpenID Connect Discovery §4.1 puts the well-known part behind the issuer's path, RFC 8414 §3.1 before it; both MUST remove a slash
/// at its end.
#[must_use]
pub fn well_known(issuer: &str) -> Vec<String> {
    if !is_endpoint(issuer) || issuer.contains('?') {
        return Vec::new();
    }
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    let (origin, path) = split_at_path(issuer);
    vec![
        [issuer, "/.well-known/openid-configuration"].concat(),
        [origin, "/.well-known/oauth-authorization-server", path].concat(),
    ]
}

/// Why a document is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.as_str())]
pub enum MetadataProblem {
    /// It is no JSON object, or far too long: something else may answer at that address.
    Unreadable,
    /// OpenID Connect Discovery §4.3: the issuer in it MUST be exactly the one that was asked for.
    OtherIssuer,
}

impl MetadataProblem {
    /// For the operator.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "the issuer's metadata is not to be read",
            Self::OtherIssuer => {
                "the metadata is of another issuer than the config's, or the config writes it differently"
            }
        }
    }
}

/// What is needed of a provider's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    issuer: String,
    /// Endpoints and the key set, by name.
    addresses: Vec<(String, String)>,
    requires_par: bool,
    sends_iss: bool,
}

impl Metadata {
    /// Reads the document of `issuer`. Addresses that are neither https nor on this machine are left out.
    ///
    /// # Errors
    /// [`MetadataProblem::Unreadable`] for what is no such document, [`MetadataProblem::OtherIssuer`] for somebody else's.
    pub fn read(body: &str, issuer: &str) -> Result<Self, MetadataProblem> {
        let document = if body.len() > MAX_LENGTH { None } else { read_json(body) };
        let document = document.as_ref().and_then(Value::as_object).ok_or(MetadataProblem::Unreadable)?;
        // Byte for byte: https://id.example and https://id.example/ are two issuers.
        if document.get("issuer").and_then(Value::as_str) != Some(issuer) {
            return Err(MetadataProblem::OtherIssuer);
        }
        let is_set = |name: &str| document.get(name).and_then(Value::as_bool).unwrap_or_default();
        let addresses = document.iter().filter_map(|(name, address)| {
            let address = address.as_str().filter(|address| is_endpoint(address))?;
            (name.ends_with("_endpoint") || name == JWKS_URI).then(|| (name.clone(), address.to_owned()))
        });
        Ok(Self {
            issuer: issuer.to_owned(),
            addresses: addresses.collect(),
            requires_par: is_set(REQUIRES_PAR),
            sends_iss: is_set(SENDS_ISS),
        })
    }

    /// The address of the endpoint called `name`.
    #[must_use]
    pub fn endpoint(&self, name: &str) -> Option<&str> {
        self.addresses.iter().find(|(key, _)| key == name).map(|(_, address)| address.as_str())
    }

    /// Where the keys are that ID tokens are signed with.
    #[must_use]
    pub fn jwks_uri(&self) -> Option<&str> {
        self.endpoint(JWKS_URI)
    }

    /// Where authorization requests are pushed to (RFC 9126 §5).
    #[must_use]
    pub fn par_endpoint(&self) -> Option<&str> {
        self.endpoint("pushed_authorization_request_endpoint")
    }

    /// Whether only pushed authorization requests are accepted (RFC 9126 §5).
    #[must_use]
    pub const fn requires_par(&self) -> bool {
        self.requires_par
    }

    /// Whether every answer at the redirect path names its issuer (RFC 9207 §3).
    #[must_use]
    pub const fn sends_iss(&self) -> bool {
        self.sends_iss
    }

    /// The text to keep, with the time the document was read.
    #[must_use]
    pub fn to_json(&self, read_at: Timestamp) -> String {
        let mut document = Map::new();
        put(&mut document, "read_at", read_at.0);
        put(&mut document, "issuer", self.issuer.as_str());
        put(&mut document, REQUIRES_PAR, self.requires_par);
        put(&mut document, SENDS_ISS, self.sends_iss);
        for (name, address) in &self.addresses {
            put(&mut document, name, address.as_str());
        }
        write_json(&Value::Object(document))
    }

    /// The metadata in a kept text, while it is good: for an hour, and not when it seems to come from the future. Nor without what every
    /// provider has (OpenID Connect Discovery §3): read at a bad moment, it would keep everybody out for an hour.
    #[must_use]
    pub fn from_json(text: &str, issuer: &str, now: Timestamp) -> Option<Self> {
        let metadata = Self::read(text, issuer).ok()?;
        metadata.endpoint("authorization_endpoint").and(metadata.endpoint("token_endpoint"))?;
        let read_at = Timestamp(read_json(text)?.get("read_at")?.as_u64()?);
        (read_at..read_at.after_ms(GOOD_FOR_MS)).contains(&now).then_some(metadata)
    }
}

/// https, or http on this machine; without a fragment (RFC 6749 §3.1: MUST NOT include one).
pub(super) fn is_endpoint(address: &str) -> bool {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    is_web && !address.contains('#') && is_safe_link(address)
}

/// The origin, and the path from its slash on.
fn split_at_path(address: &str) -> (&str, &str) {
    let begins = address.bytes().position(|byte| byte == b':').map_or(0, |colon| colon + 3);
    let after = address.get(begins..).unwrap_or_default();
    let length = after.bytes().take_while(|byte| *byte != b'/').count();
    address.split_at_checked(begins + length).unwrap_or((address, ""))
}
