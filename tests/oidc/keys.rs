//! PKCE, base64url, and which keys are tried for a token.

use crate::signing::{ALGORITHMS, Key, set, sha256};
use proptest::prelude::*;
use serde_json::{Value, json};
use vestibule::oidc::jwks::candidates;
use vestibule::oidc::pkce::{code_challenge, code_verifier};
use vestibule::oidc::{Algorithm, Jws, base64url};

#[test]
fn the_example_of_rfc_7636_appendix_b_comes_out() {
    let random = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
        240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    let verifier = code_verifier(&random);
    assert_eq!(verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(code_challenge(&sha256(&verifier)), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn base64url_has_exactly_one_spelling() {
    for (bytes, text) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")] {
        assert_eq!(base64url::encode(bytes.as_bytes()), text);
        assert_eq!(base64url::decode(text).as_deref(), Some(bytes.as_bytes()));
    }
    assert_eq!(base64url::encode(&[0xfb, 0xff]), "-_8");
    // Padding, the other alphabet, left-over bits, a lone symbol, white space.
    for other in ["Zg==", "+/8", "Zh", "Z", "Zm9vY", "Zg ", "Zg\n", "é"] {
        assert_eq!(base64url::decode(other), None, "{other:?}");
    }
}

fn key(algorithm: Algorithm) -> Key {
    Key { algorithm, number: 0 }
}

fn token(algorithm: Algorithm) -> Jws {
    Jws::parse(&key(algorithm).token(&json!({}))).unwrap()
}

/// How many keys are tried of a set with this one, changed.
fn tried(algorithm: Algorithm, change: impl Fn(&mut Value)) -> usize {
    let mut jwk = key(algorithm).jwk();
    change(&mut jwk);
    candidates(&json!({ "keys": [jwk] }).to_string(), &token(algorithm)).len()
}

#[test]
fn a_key_is_tried_only_if_nothing_speaks_against_it() {
    for algorithm in ALGORITHMS {
        assert_eq!(tried(algorithm, |_| ()), 1);
        for absent in ["kid", "use", "alg", "key_ops"] {
            assert_eq!(tried(algorithm, |jwk| drop(jwk.as_object_mut().unwrap().remove(absent))), 1, "{absent}");
        }
        assert_eq!(tried(algorithm, |jwk| jwk["key_ops"] = json!(["verify"])), 1);
        for (member, value) in [
            ("kid", json!("another")),
            ("kid", json!(1)),
            ("use", json!("enc")),
            ("use", Value::Null),
            ("alg", json!("RS512")),
            ("key_ops", json!(["encrypt"])),
            ("key_ops", json!("verify")),
            ("kty", json!("oct")),
            ("kty", Value::Null),
        ] {
            assert_eq!(tried(algorithm, |jwk| jwk[member] = value.clone()), 0, "{member} {value}");
        }
    }
    for (algorithm, member) in [(Algorithm::Es256, "y"), (Algorithm::Rs256, "e"), (Algorithm::EdDsa, "crv")] {
        assert_eq!(tried(algorithm, |jwk| drop(jwk.as_object_mut().unwrap().remove(member))), 0, "{member}");
        assert_eq!(tried(algorithm, |jwk| jwk[member] = json!("+/=")), 0, "{member}");
    }
}

#[test]
fn only_what_makes_a_public_key_is_handed_on() {
    for algorithm in ALGORITHMS {
        let mut jwk = key(algorithm).jwk();
        for private in ["d", "p", "q", "dp", "dq", "qi", "k", "ext", "x5c"] {
            jwk[private] = "c2VjcmV0".into();
        }
        let found = candidates(&json!({ "keys": [jwk] }).to_string(), &token(algorithm));
        let handed: Value = serde_json::from_str(&found[0].jwk).unwrap();
        let mut names: Vec<_> = handed.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected: &[&str] = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => &["e", "kty", "n"],
            Algorithm::Es256 => &["crv", "kty", "x", "y"],
            Algorithm::EdDsa => &["crv", "kty", "x"],
        };
        assert_eq!(names, expected);
    }
}

#[test]
fn a_short_rsa_key_is_not_tried() {
    let short = base64url::encode(&[0xff; 128]);
    assert_eq!(tried(Algorithm::Rs256, |jwk| jwk["n"] = short.clone().into()), 0);
    // Leading zeros make it no longer.
    let padded = base64url::encode(&[vec![0; 128], vec![0xff; 128]].concat());
    assert_eq!(tried(Algorithm::Rs256, |jwk| jwk["n"] = padded.clone().into()), 0);
}

#[test]
fn without_a_key_id_every_key_of_the_kind_is_tried_but_never_more_than_eight() {
    let all: Vec<_> = ALGORITHMS.iter().flat_map(|a| [0, 1].map(|number| Key { algorithm: *a, number })).collect();
    for algorithm in ALGORITHMS {
        let key = key(algorithm);
        let nameless = Jws::parse(&key.token_with(&json!({ "alg": key.name() }), &json!({}))).unwrap();
        assert_eq!(candidates(&set(&all), &nameless).len(), 2);
        assert_eq!(candidates(&set(&[key; 50]), &nameless).len(), 8);
    }
}

#[test]
fn what_is_no_key_set_has_no_keys() {
    let token = token(Algorithm::Es256);
    let too_long = set(&[key(Algorithm::Es256); 2000]);
    assert!(too_long.len() > 256 * 1024);
    for text in ["", "null", "[]", "{}", "<html>", r#"{"keys":{}}"#, r#"{"keys":[null,1,"x",[]]}"#, &too_long] {
        assert_eq!(candidates(text, &token), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_come_back_from_base64url(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = base64url::encode(&bytes);
        prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        prop_assert_eq!(base64url::decode(&text), Some(bytes));
    }

    #[test]
    fn no_two_texts_are_the_same_bytes(text in "[A-Za-z0-9_=+/-]{0,12}") {
        if let Some(bytes) = base64url::decode(&text) {
            prop_assert_eq!(base64url::encode(&bytes), text);
        }
    }
}
