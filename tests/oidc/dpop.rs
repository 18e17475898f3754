//! Proofs of possession, against the examples of RFC 9449 and RFC 7638 and with a real key.

use crate::signing::{Key, sha256, verifies};
use serde_json::{Value, json};
use vestibule::oidc::dpop::{Proof, htu, proof, thumbprint_input, wants_nonce};
use vestibule::oidc::{Algorithm, Candidate, base64url};
use vestibule::session::Timestamp;

/// RFC 9449 §4.2, figure 2.
const EXAMPLE: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
const EXAMPLE_KEY: &str = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;
/// RFC 9449 §7.1.
const ACCESS_TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";

fn part(token: &str, number: usize) -> Value {
    let bytes = base64url::decode(token.split('.').nth(number).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn example() -> Proof<'static> {
    Proof {
        jwk: EXAMPLE_KEY,
        method: "POST",
        address: "https://server.example.com/token",
        issued_at: Timestamp(1_562_262_616_999),
        id: &[0xf8, 0x1c, 0x02, 0xdc, 0x44, 0x9c, 0xe9, 0xa7, 0x1c, 0xda, 0x54, 0xdc],
        access_token_sha256: None,
        nonce: None,
    }
}

/// The browser verifies as well as it signs.
fn is_signed_by(token: &str, jwk: &str) -> bool {
    let (input, signature) = token.rsplit_once('.').unwrap();
    let candidate = Candidate { jwk: jwk.to_owned(), algorithm: Algorithm::Es256 };
    verifies(&candidate, input.as_bytes(), &base64url::decode(signature).unwrap())
}

#[test]
fn the_proof_of_rfc_9449_says_what_ours_says() {
    assert!(is_signed_by(EXAMPLE, EXAMPLE_KEY), "the example is what it should be");
    let ours = example().signing_input().unwrap();
    assert_eq!(part(&ours, 0), part(EXAMPLE, 0));
    assert_eq!(part(&ours, 1), part(EXAMPLE, 1));
}

#[test]
fn a_proof_verifies_with_the_key_in_its_header() {
    let key = Key { algorithm: Algorithm::Es256, number: 0 };
    let jwk = key.jwk().to_string();
    let input = Proof { jwk: &jwk, ..example() }.signing_input().unwrap();
    let whole = proof(&input, &key.sign(input.as_bytes()));
    assert!(is_signed_by(&whole, &part(&whole, 0)["jwk"].to_string()));
    let other = Key { number: 1, ..key };
    assert!(!is_signed_by(&whole, &other.jwk().to_string()));
}

#[test]
fn only_the_public_key_is_in_the_header() {
    let mut jwk: Value = serde_json::from_str(EXAMPLE_KEY).unwrap();
    for member in ["d", "key_ops", "ext", "kid"] {
        jwk[member] = "c2VjcmV0".into();
    }
    let input = Proof { jwk: &jwk.to_string(), ..example() }.signing_input().unwrap();
    assert_eq!(part(&input, 0), part(EXAMPLE, 0));
}

#[test]
fn a_proof_for_an_api_names_the_token_and_the_nonce() {
    let digest = sha256(ACCESS_TOKEN);
    let proof = Proof { access_token_sha256: Some(&digest), nonce: Some("eyJ7S_zG.eyJH0-Z.HX4w-7v"), ..example() };
    let claims = part(&proof.signing_input().unwrap(), 1);
    assert_eq!(claims["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    assert_eq!(claims["nonce"], "eyJ7S_zG.eyJH0-Z.HX4w-7v");
    assert_eq!(format!("{proof:?}"), "Proof(redacted)");
}

#[test]
fn a_proof_names_the_address_without_query_and_fragment() {
    for (address, named) in [
        ("https://api.example/orders", "https://api.example/orders"),
        ("https://api.example/orders?a=1?b#c", "https://api.example/orders"),
        ("https://api.example/orders#c?d", "https://api.example/orders"),
        ("https://api.example?a", "https://api.example"),
    ] {
        assert_eq!(htu(address), named);
        let input = Proof { address, ..example() }.signing_input().unwrap();
        assert_eq!(part(&input, 1)["htu"], named);
    }
}

#[test]
fn thumbprints_are_those_of_rfc_7638_and_rfc_9449() {
    let rsa = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
    for (jwk, thumbprint) in [
        (rsa, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        (EXAMPLE_KEY, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"),
        // RFC 8037 appendix A.3.
        (
            r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        ),
    ] {
        assert_eq!(base64url::encode(&sha256(&thumbprint_input(jwk).unwrap())), thumbprint);
    }
}

#[test]
fn what_is_no_public_key_has_no_thumbprint_and_no_proof() {
    let symmetric = json!({ "kty": "oct", "k": "c2VjcmV0" }).to_string();
    for jwk in
        ["", "null", "{}", r#"{"kty":"EC","crv":"P-256","x":"AA"}"#, r#"{"kty":"OKP","crv":1,"x":""}"#, &symmetric]
    {
        assert_eq!(thumbprint_input(jwk), None, "{jwk}");
        assert_eq!(Proof { jwk, ..example() }.signing_input(), None, "{jwk}");
    }
}

#[test]
fn a_nonce_is_used_when_the_server_asks_for_it_and_sends_one() {
    const CHALLENGE: &str =
        r#"DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof""#;
    let wanted = Some("use_dpop_nonce");
    assert!(wants_nonce(400, Some("n"), wanted, None));
    assert!(wants_nonce(401, Some("n"), None, Some(CHALLENGE)));
    assert!(wants_nonce(401, Some("n"), wanted, None));
    for (status, nonce, error, challenge) in [
        (400, None, wanted, None),
        (400, Some(""), wanted, None),
        (400, Some("n"), Some("invalid_dpop_proof"), None),
        (400, Some("n"), None, Some(CHALLENGE)),
        (200, Some("n"), wanted, Some(CHALLENGE)),
        (403, Some("n"), wanted, None),
        (401, Some("n"), None, Some(r#"DPoP error="invalid_token""#)),
        (401, Some("n"), None, Some(r#"DPoP error="do_not_use_dpop_nonce""#)),
        (401, Some("n"), None, None),
    ] {
        assert!(!wants_nonce(status, nonce, error, challenge), "{status} {nonce:?} {error:?} {challenge:?}");
    }
}
