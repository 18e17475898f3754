//! Whom the app talks to: every origin that a request of a config can go to.
//!
//! The config knows the origin of each request before anything is sent (no binding chooses a host), so this is a list of all
//! requests and no search. What an issuer's metadata names is known to nobody before it is asked: see [`asks_metadata`].

use std::collections::BTreeSet;
use url::Url;
use vestibule::config::{Config, Origin, Provider, Request};

/// It is no origin that a policy can name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginProblem {
    /// It is something else, or more.
    #[error("`{0}` is no origin: write scheme, host and port, like `https://id.example` or `http://localhost:8787`")]
    NoOrigin(String),
    /// CSP Level 3 §2.3.1: a host-source is made of letters, digits and hyphens, and knows no IPv6.
    #[error(
        "`{0}` cannot stand in a policy, which knows hosts by name or IPv4 address alone: give it a name, in the config too (on this \
         machine, `localhost`)"
    )]
    Unspeakable(String),
}

/// An origin as a policy names it.
///
/// # Errors
/// [`OriginProblem`] for what is none, or has no place in a policy.
pub fn exact_origin(text: &str) -> Result<String, OriginProblem> {
    let problem = || OriginProblem::NoOrigin(text.to_owned());
    let url = Url::parse(text).map_err(|_| problem())?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_anonymous = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || !is_bare || !is_anonymous || text.ends_with('/') {
        return Err(problem());
    }
    named(&url.origin().ascii_serialization())
}

/// CSP has no word for some hosts.
fn named(origin: &str) -> Result<String, OriginProblem> {
    let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if host.bytes().all(is_plain) { Ok(origin.to_owned()) } else { Err(OriginProblem::Unspeakable(origin.to_owned())) }
}

/// The origin of an address that was checked when the config was read; `None` for one of the app's own, or none.
pub fn of_address(address: &str) -> Result<Option<String>, OriginProblem> {
    let Ok(url) = Url::parse(address) else { return Ok(None) };
    if !matches!(url.scheme(), "http" | "https") {
        return Ok(None);
    }
    named(&url.origin().ascii_serialization()).map(Some)
}

/// Everybody but the app's own origin that the app of this config can ask for anything.
pub fn asked(config: &Config) -> Result<BTreeSet<String>, OriginProblem> {
    let Provider { sign_in, passkey, refresh, user_info, revoke, authorize, errors, redirect, .. } = &config.provider;
    let mut found = BTreeSet::new();
    let passkey = passkey.iter().flat_map(|passkey| [&passkey.options, &passkey.sign_in]);
    let challenge = errors.challenge.iter().filter_map(|challenge| challenge.request.as_ref());
    let requests = [sign_in]
        .into_iter()
        .chain(refresh)
        .chain(user_info.iter().map(|probe| &probe.request))
        .chain(revoke)
        .chain(passkey)
        .chain(challenge)
        .chain(config.queries.iter().map(|query| &query.request));
    for request in requests {
        let mut next = Some(request);
        while let Some(Request { url, before, .. }) = next {
            found.extend(other(url.origin())?);
            next = before.as_deref();
        }
    }
    // Whoever may see the token is there to be asked: by code of the app's own, if by no query.
    for origin in &authorize.origins {
        found.extend(other(origin)?);
    }
    if let Some(redirect) = redirect {
        for address in [&redirect.issuer, &redirect.jwks, &redirect.par] {
            found.extend(of_address(address)?);
        }
    }
    Ok(found)
}

/// An origin that is not the app's own.
pub fn other(origin: &Origin) -> Result<Option<String>, OriginProblem> {
    match origin {
        Origin::Own => Ok(None),
        Origin::Other(origin) => named(origin).map(Some),
    }
}

/// The issuer whose metadata says where some of the requests go, to other origins perhaps.
pub fn asks_metadata(provider: &Provider) -> Option<&str> {
    let redirect = provider.redirect.as_ref()?;
    let named = [Some(&provider.sign_in), provider.refresh.as_ref(), provider.user_info.as_ref().map(|it| &it.request)];
    let requests = named.into_iter().flatten().chain(&provider.revoke).chain([&redirect.request]);
    let by_name = requests.into_iter().any(|request| request.url.as_written().contains('#'));
    (by_name || redirect.jwks.is_empty()).then_some(redirect.issuer.as_str())
}

#[cfg(test)]
mod tests {
    use super::{OriginProblem, exact_origin, of_address};

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        assert_eq!(exact_origin("https://ID.example:443").unwrap(), "https://id.example");
        assert_eq!(exact_origin("http://localhost:8787").unwrap(), "http://localhost:8787");
        for text in [
            "",
            "id.example",
            "https://id.example/",
            "https://id.example/x",
            "https://id.example?x",
            "https://a@id.example",
            "data:x",
            "'unsafe-inline'",
            "*",
            "https:",
        ] {
            assert!(matches!(exact_origin(text), Err(OriginProblem::NoOrigin(_))), "{text}");
        }
    }

    #[test]
    fn what_could_say_more_in_a_policy_is_refused() {
        for text in ["http://[::1]:3000", "https://*.example", "https://a;b", "https://a,b", "https://a'b"] {
            assert!(exact_origin(text).is_err(), "{text}");
        }
        assert!(exact_origin("http://[::1]:3000").unwrap_err().to_string().contains("localhost"));
    }

    #[test]
    fn an_address_of_the_app_s_own_has_no_other_origin() {
        assert_eq!(of_address("/logo.svg"), Ok(None));
        assert_eq!(of_address("mailto:a@b.example"), Ok(None));
        assert_eq!(of_address("https://cdn.example/logo.svg").unwrap().unwrap(), "https://cdn.example");
    }
}
