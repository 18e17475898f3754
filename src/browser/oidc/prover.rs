//! Shows that a token is in the hands of who got it: DPoP proofs (RFC 9449), and the nonces that servers ask for.

use super::{
    failing::{Failure, Outcome},
    key_store,
    shared::Shared,
    webcrypto,
};
use crate::{
    browser::{clock, spawn::Work},
    oidc::{Settings, Way, base64url, dpop},
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;
use web_sys::Url;

/// Of more servers no nonce is remembered.
const MOST_NONCES: usize = 32;

const SHA_256: &str = "SHA-256";

/// Holds the key.
pub struct Prover {
    database: String,
    issuer: String,
    key: RefCell<Option<Rc<Key>>>,
    making: Rc<Shared>,
    /// The last nonce of each origin.
    nonces: RefCell<Vec<(String, String)>>,
}

/// The pair, and its public half as a JWK.
struct Key {
    pair: JsValue,
    jwk: String,
    /// Whether the next page will have it too.
    is_kept: bool,
}

impl Prover {
    pub fn new(settings: &Settings) -> Rc<Self> {
        Rc::new(Self {
            database: ["vestibule:", &settings.app].concat(),
            issuer: settings.issuer.clone(),
            key: RefCell::default(),
            making: Shared::new(),
            nonces: RefCell::default(),
        })
    }

    /// The thumbprint of the key, for `dpop_jkt`; `None` where the key ends with this page, and another page will ask for tokens.
    pub async fn thumbprint(self: &Rc<Self>, way: Way) -> Outcome<Option<String>> {
        let key = self.key().await?;
        if way == Way::Page && !key.is_kept {
            return Ok(None);
        }
        let input = dpop::thumbprint_input(&key.jwk).ok_or_else(no_key)?;
        Ok(Some(base64url::encode(&webcrypto::digest(SHA_256, input.as_bytes()).await?)))
    }

    /// A proof for one request, which carries `token` or none.
    pub async fn proof(self: &Rc<Self>, method: &str, address: &str, token: Option<&str>) -> Outcome<String> {
        let key = self.key().await?;
        let sha256 = match token {
            Some(token) => Some(webcrypto::digest(SHA_256, token.as_bytes()).await?),
            None => None,
        };
        let nonce = origin(address).and_then(|origin| self.nonce(&origin));
        let proof = dpop::Proof {
            jwk: &key.jwk,
            method,
            address,
            issued_at: clock::now(),
            id: &webcrypto::random()?,
            access_token_sha256: sha256.as_deref(),
            nonce: nonce.as_deref(),
        };
        let input = proof.signing_input().ok_or_else(no_key)?;
        let signature = webcrypto::sign(&key.pair, &input).await?;
        Ok(dpop::proof(&input, &signature))
    }

    /// Remembers what a server wants to see in the next proof (RFC 9449 §8.2).
    pub fn hear(&self, address: &str, nonce: &str) {
        let Some(origin) = origin(address) else { return };
        let mut nonces = self.nonces.borrow_mut();
        nonces.retain(|(known, _)| *known != origin);
        let surplus = (nonces.len() + 1).saturating_sub(MOST_NONCES);
        nonces.drain(..surplus);
        nonces.push((origin, nonce.to_owned()));
    }

    fn nonce(&self, origin: &str) -> Option<String> {
        self.nonces.borrow().iter().find(|(known, _)| known == origin).map(|(_, nonce)| nonce.clone())
    }

    fn key(self: &Rc<Self>) -> Work<Outcome<Rc<Key>>> {
        let prover = Rc::clone(self);
        Box::pin(async move {
            if prover.key.borrow().is_none() {
                let maker = Rc::clone(&prover);
                prover.making.outcome(Box::pin(async move { maker.make_key().await })).await?;
            }
            prover.key.borrow().clone().ok_or_else(no_key)
        })
    }

    async fn make_key(&self) -> Outcome<()> {
        let (pair, is_kept) = key_store::pair(&self.database, &self.issuer).await?;
        let jwk = webcrypto::public_jwk(&pair).await?;
        *self.key.borrow_mut() = Some(Rc::new(Key { pair, jwk, is_kept }));
        Ok(())
    }
}

fn no_key() -> Box<Failure> {
    Failure::wrong("this browser makes no keys for DPoP")
}

fn origin(address: &str) -> Option<String> {
    Url::new(address).ok().map(|url| url.origin())
}
