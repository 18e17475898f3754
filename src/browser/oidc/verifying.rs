//! Whether an ID token is believed: its claims by `oidc::id_token`, its signature by the browser.

use super::{
    failing::{Failure, Outcome},
    provider::Provider,
    webcrypto::{self, Verified},
};
use crate::{
    browser::clock,
    oidc::{Algorithm, Claims, Expected, IdTokenProblem, Jws, Settings, id_token, jwks},
};
use std::rc::Rc;

/// An ID token, and what came with it.
pub struct Received<'a> {
    pub id_token: &'a str,
    pub access_token: Option<&'a str>,
    /// Of the pending record; `None` at a refresh.
    pub nonce: Option<&'a str>,
    /// Which endpoint answered.
    pub address: &'a str,
}

/// What the token says, once it is believed.
pub async fn believe(provider: &Rc<Provider>, settings: &Settings, received: &Received<'_>) -> Outcome<Claims> {
    let token = Jws::parse(received.id_token).map_err(failure)?;
    let digest = match received.access_token {
        Some(access_token) => Some(webcrypto::digest(token.algorithm().digest(), access_token.as_bytes()).await?),
        None => None,
    };
    let expected = Expected {
        issuer: &settings.issuer,
        client_id: &settings.client_id,
        nonce: received.nonce,
        access_token_digest: digest.as_deref(),
    };
    let claims = id_token::check(&token, &expected, clock::now()).map_err(failure)?;
    verify(provider, &token, received.address).await?;
    Ok(claims)
}

async fn verify(provider: &Rc<Provider>, token: &Jws, address: &str) -> Outcome<()> {
    let mut keys = provider.keys().await?;
    let mut may_ask_again = true;
    loop {
        match by_any(&keys, token).await? {
            Verified::Good => return Ok(()),
            Verified::NotKnown => break,
            Verified::Bad => {}
        }
        // The issuer may have another key by now, of the same name or of none.
        let newer = if may_ask_again { provider.newer_keys().await? } else { None };
        keys = newer.ok_or_else(|| failure(IdTokenProblem::Signature))?;
        may_ask_again = false;
    }
    // OpenID Connect Core §3.1.3.7, point 6: where the token came straight from the token endpoint, TLS server validation MAY
    // stand in place of the signature. It came so, and there is a key that may have signed it; this browser cannot try it.
    if address.starts_with("https://") {
        return Ok(());
    }
    Err(Failure::wrong("this browser cannot verify the algorithm that the ID token is signed with (EdDSA)"))
}

/// Whether a key of the set made the signature.
async fn by_any(keys: &str, token: &Jws) -> Outcome<Verified> {
    let mut verified = Verified::Bad;
    for key in &jwks::candidates(keys, token) {
        match webcrypto::verify(token, key).await? {
            Verified::Good => return Ok(Verified::Good),
            // RS256, PS256 and ES256 are in every browser: a key that is not taken there is a broken one.
            Verified::NotKnown if token.algorithm() == Algorithm::EdDsa => verified = Verified::NotKnown,
            Verified::NotKnown | Verified::Bad => {}
        }
    }
    Ok(verified)
}

/// For the operator, but for the clock: that is said to the person.
pub fn failure(problem: IdTokenProblem) -> Box<Failure> {
    match problem {
        IdTokenProblem::Clock => Failure::Clock.into(),
        other => Failure::Wrong(other.sentence()).into(),
    }
}
