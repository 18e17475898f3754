//! The same tokens before the `openidconnect` crate: whatever we believe it believes, and whatever we refuse it refuses, but for
//! what is named here:
//!
//! - It knows no tolerance for clocks, so it is told the time ten minutes earlier, and judges `iat` and `nbf` by ours.
//! - It leaves `azp` alone and asks whether other audiences are trusted. Here they are; we ask that `azp` names us then, and
//!   whenever it is there: we are stricter.
//! - It checks no `at_hash` by itself; the comparison that it offers is made here where there is one.
//! - It wants exactly one key that could fit; we try each.

use crate::signing::{ALGORITHMS, Key, believed, set};
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{AccessToken, AccessTokenHash, ClientId, IssuerUrl, Nonce};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use vestibule::oidc::{Algorithm, Expected, base64url};
use vestibule::session::Timestamp;

const ISSUER: &str = "https://id.example";
const CLIENT: &str = "acme";
const NONCE: &str = "n-0S6_WzA2Mj";
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const NOW_S: i64 = 1_800_000_000;
const TOLERANCE_S: i64 = 600;

fn we_believe(token: &str, jwks: &str) -> bool {
    let expected = Expected { issuer: ISSUER, client_id: CLIENT, nonce: Some(NONCE), access_token_digest: None };
    let now = Timestamp(u64::try_from(NOW_S).unwrap() * 1000);
    believed(token, jwks, expected, Some(ACCESS_TOKEN), now).is_ok()
}

fn oracle_believes(token: &str, jwks: &str) -> bool {
    let keys: CoreJsonWebKeySet = serde_json::from_str(jwks).unwrap();
    let verifier = CoreIdTokenVerifier::new_public_client(
        ClientId::new(CLIENT.to_owned()),
        IssuerUrl::new(ISSUER.to_owned()).unwrap(),
        keys,
    )
    .set_allowed_algs([
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        CoreJwsSigningAlgorithm::EdDsa,
    ])
    .set_other_audience_verifier_fn(|_| true)
    // 1,799,999,400 s, ten minutes before now.
    .set_time_fn(|| "2027-01-15T07:50:00Z".parse().unwrap())
    .set_issue_time_verifier_fn(|issued_at| {
        if issued_at.timestamp() <= NOW_S + TOLERANCE_S { Ok(()) } else { Err("from the future".to_owned()) }
    });
    let Ok(token) = token.parse::<CoreIdToken>() else { return false };
    let Ok(claims) = token.claims(&verifier, &Nonce::new(NONCE.to_owned())) else { return false };
    claims.access_token_hash().is_none_or(|hash| {
        let (algorithm, key) = (token.signing_alg().unwrap(), token.signing_key(&verifier).unwrap());
        AccessTokenHash::from_token(&AccessToken::new(ACCESS_TOKEN.to_owned()), algorithm, key).unwrap() == *hash
    })
}

/// One way a claim may be; the first is right.
fn one_of(values: Vec<Option<Value>>) -> impl Strategy<Value = Option<Value>> {
    let right = values[0].clone();
    // Mostly right, so that there is mostly one thing wrong or none.
    prop_oneof![8 => Just(right), 2 => proptest::sample::select(values)]
}

fn at_hash(algorithm: Algorithm) -> Value {
    let half = match algorithm {
        Algorithm::EdDsa => Sha512::digest(ACCESS_TOKEN)[..32].to_vec(),
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => Sha256::digest(ACCESS_TOKEN)[..16].to_vec(),
    };
    base64url::encode(&half).into()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forgery {
    None,
    /// Signed by another key, under the name of the right one.
    OtherKey,
    /// Changed after it was signed.
    Changed,
    /// `alg` is something else.
    Algorithm(&'static str),
    /// Without a signature.
    Unsigned,
    /// Its key is not in the set.
    Rotated,
}

fn forgery() -> impl Strategy<Value = Forgery> {
    prop_oneof![
        8 => Just(Forgery::None),
        1 => Just(Forgery::OtherKey),
        1 => Just(Forgery::Changed),
        1 => proptest::sample::select(vec!["none", "HS256", "RS256", "PS256", "ES256", "EdDSA", "RS512"])
            .prop_map(Forgery::Algorithm),
        1 => Just(Forgery::Unsigned),
        1 => Just(Forgery::Rotated),
    ]
}

#[derive(Clone, Debug)]
struct Case {
    claims: Value,
    forgery: Forgery,
    algorithm: Algorithm,
}

fn case() -> impl Strategy<Value = Case> {
    let text = |text: &str| Some(Value::from(text));
    let number = |number: i64| Some(Value::from(number));
    proptest::sample::select(ALGORITHMS.to_vec()).prop_flat_map(move |algorithm| {
        let claims = (
            one_of(vec![text(ISSUER), text("https://id.example/"), text("https://evil.example"), None]),
            one_of(vec![text("24400320"), None]),
            one_of(vec![
                text(CLIENT),
                Some(json!([CLIENT])),
                Some(json!([CLIENT, "api"])),
                Some(json!(["api", CLIENT])),
                text("api"),
                Some(json!(["api"])),
                Some(json!([])),
                None,
            ]),
            one_of(vec![None, text(CLIENT), text("api")]),
            one_of(vec![
                number(NOW_S + 300),
                number(NOW_S - TOLERANCE_S + 1),
                number(NOW_S - TOLERANCE_S),
                number(NOW_S - 86_400),
                None,
            ]),
            one_of(vec![
                number(NOW_S),
                number(NOW_S + TOLERANCE_S),
                number(NOW_S + TOLERANCE_S + 1),
                number(NOW_S + 86_400),
                None,
            ]),
            one_of(vec![text(NONCE), text("another"), text(""), None]),
            one_of(vec![None, Some(at_hash(algorithm)), text("77QmUPtjPfzWtF2AnpK9RA")]),
        );
        (claims, forgery()).prop_map(move |((iss, sub, aud, azp, exp, iat, nonce, at_hash), forgery)| {
            let mut object = serde_json::Map::new();
            for (name, value) in [
                ("iss", iss),
                ("sub", sub),
                ("aud", aud),
                ("azp", azp),
                ("exp", exp),
                ("iat", iat),
                ("nonce", nonce),
                ("at_hash", at_hash),
            ] {
                if let Some(value) = value {
                    object.insert(name.to_owned(), value);
                }
            }
            Case { claims: Value::Object(object), forgery, algorithm }
        })
    })
}

/// The token, and the set of keys that its issuer publishes.
fn made(case: &Case) -> (String, String) {
    let key = Key { algorithm: case.algorithm, number: 0 };
    let other = Key { algorithm: case.algorithm, number: 1 };
    let header = |name: &str| json!({ "alg": name, "kid": key.id() });
    let good = key.token_with(&header(key.name()), &case.claims);
    let (input, signature) = good.rsplit_once('.').unwrap();
    let token = match case.forgery {
        Forgery::None | Forgery::Rotated => good,
        Forgery::OtherKey => other.token_with(&header(key.name()), &case.claims),
        Forgery::Algorithm(name) => key.token_with(&header(name), &case.claims),
        Forgery::Unsigned => format!("{input}."),
        Forgery::Changed => {
            let mut claims = case.claims.clone();
            claims["name"] = "somebody".into();
            let payload = base64url::encode(claims.to_string().as_bytes());
            format!("{}.{payload}.{signature}", input.split_once('.').unwrap().0)
        }
    };
    let keys = if case.forgery == Forgery::Rotated { vec![other] } else { vec![key, other] };
    (token, set(&keys))
}

/// Where we are stricter: `azp` is looked at.
fn is_refused_for_its_azp(claims: &Value) -> bool {
    let azp = claims.get("azp");
    let is_for_several = claims["aud"].as_array().is_some_and(|all| all.len() > 1);
    azp.is_some_and(|azp| azp != CLIENT) || azp.is_none() && is_for_several
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn we_and_the_oracle_believe_the_same_tokens(case in case()) {
        let (token, jwks) = made(&case);
        let theirs = oracle_believes(&token, &jwks) && !is_refused_for_its_azp(&case.claims);
        prop_assert_eq!(we_believe(&token, &jwks), theirs);
    }
}

#[test]
fn both_believe_a_good_token_of_every_algorithm_and_refuse_it_forged() {
    for algorithm in ALGORITHMS {
        let claims = json!({
            "iss": ISSUER, "sub": "24400320", "aud": [CLIENT], "azp": CLIENT, "exp": NOW_S + 300, "iat": NOW_S,
            "nonce": NONCE, "at_hash": at_hash(algorithm),
        });
        let believed = |forgery| {
            let (token, jwks) = made(&Case { claims: claims.clone(), forgery, algorithm });
            (we_believe(&token, &jwks), oracle_believes(&token, &jwks))
        };
        assert_eq!(believed(Forgery::None), (true, true), "{algorithm:?}");
        for forgery in [
            Forgery::OtherKey,
            Forgery::Changed,
            Forgery::Algorithm("none"),
            Forgery::Algorithm("HS256"),
            Forgery::Unsigned,
            Forgery::Rotated,
        ] {
            assert_eq!(believed(forgery), (false, false), "{algorithm:?} {forgery:?}");
        }
    }
}

#[test]
fn of_several_keys_that_could_fit_we_try_each_where_the_oracle_gives_up() {
    let key = Key { algorithm: Algorithm::Es256, number: 1 };
    let claims = json!({
        "iss": ISSUER, "sub": "24400320", "aud": CLIENT, "exp": NOW_S + 300, "iat": NOW_S, "nonce": NONCE,
    });
    let token = key.token_with(&json!({ "alg": "ES256" }), &claims);
    let jwks = set(&[Key { number: 0, ..key }, key]);
    assert!(we_believe(&token, &jwks) && !oracle_believes(&token, &jwks));
}
