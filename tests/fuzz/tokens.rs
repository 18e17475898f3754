//! JWTs: what is shown of one that nobody has verified, and which ID tokens are believed.

use crate::cases::{Corpus, Draw};
use crate::json::{PIECES, Samples};
use crate::running::{Target, fuzz};
use serde_json::Value;
use vestibule::oidc::id_token::{check, same_person, same_subject};
use vestibule::oidc::{Expected, IdTokenProblem, Jws, base64url, jwks, logout};
use vestibule::session::{Timestamp, claims};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const ISSUER: &str = "https://id.example";
const NONCE: &str = "n-0S6_WzA2Mj";
const DIGEST: [u8; 32] =
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const EXPECTED: Expected<'static> =
    Expected { issuer: ISSUER, client_id: "acme", nonce: Some(NONCE), access_token_digest: Some(&DIGEST) };
const TOLERANCE_S: u64 = 600;

const WORDS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "azp",
    "nonce",
    "exp",
    "iat",
    "nbf",
    "at_hash",
    "sid",
    "alg",
    "typ",
    "kid",
    "crit",
    "cty",
    "keys",
    "kty",
    "crv",
    "x",
    "y",
    "n",
    "e",
    "use",
    "acme",
    "other",
    "none",
    "ES256",
    "RS256",
    "HS256",
    "JWT",
    "https://id.example",
    "https://id.example/",
    "https://evil.example",
    "n-0S6_WzA2Mj",
    "24400320",
    "1800000000",
    "",
];

const TOKEN_PIECES: &[&str] = &[
    ".",
    "..",
    "=",
    "==",
    "-",
    "_",
    "+",
    "/",
    "A",
    "e30",
    "bnVsbA",
    "eyJhbGciOiJub25lIn0",
    "eyJhbGciOiJFUzI1NiJ9",
    " ",
    "\n",
    "é",
    "\0",
];

#[test]
fn a_token_is_believed_only_when_every_claim_of_it_is_as_it_must_be() {
    let payloads = Samples::of(Corpus::of(&[include_str!("../fixtures/corpus/jwt-payloads.txt")], PIECES), WORDS);
    let headers = Samples::of(Corpus::of(&[include_str!("../fixtures/corpus/jwt-headers.txt")], PIECES), WORDS);
    let tokens = Corpus::of(&[include_str!("../fixtures/corpus/jwt-tokens.txt")], TOKEN_PIECES);
    let make = |draw: &mut Draw| {
        if draw.once_in(4) {
            return draw.text(&tokens);
        }
        // Most headers good: what is behind is to be reached.
        let header = if draw.once_in(3) { headers.text(draw) } else { draw.pick(&headers.lines()[..4]).clone() };
        let payload = if draw.once_in(2) { payloads.text(draw) } else { slightly_changed(draw, &payloads) };
        let [header, payload] = [header, payload].map(|part| base64url::encode(part.as_bytes()));
        let signature = *draw.pick(&[".", ".AA", ".c2lnbmF0dXJl", ".AB", ".=", ""]);
        let mut token = [header.as_str(), ".", &payload, signature].concat();
        if draw.once_in(6) {
            draw.change(&mut token, &tokens);
        }
        token
    };
    let lines: Vec<String> = tokens.lines.iter().chain(payloads.lines()).cloned().collect();
    let target = Target { name: "JWTs", cases: 2000, one_in: 20 };
    fuzz(&target, &lines, make, |token, draw| {
        assert_base64url(token);
        let claims = claims::payload(token);
        if let Some(claims) = &claims {
            assert!(claims.is_object() && token.split('.').count() == 3 && token.len() <= 64 * 1024);
        }
        if draw.once_in(2000) {
            let long = [token, &"A".repeat(64 * 1024)].concat();
            assert!(claims::payload(&long).is_none() && Jws::parse(&long).is_err());
        }
        let keys = payloads.text(draw);
        assert!(same_subject(token, &keys).is_ok() || claims.is_some() || serde_json::from_str::<Value>(&keys).is_ok());
        if logout::is_meant("iss=https%3A%2F%2Fid.example&sid=s-1", token, ISSUER) {
            let claims = claims.as_ref().unwrap();
            assert!(claims["iss"] == ISSUER && claims["sid"] == "s-1");
        }
        let jws = match Jws::parse(token) {
            Ok(jws) => jws,
            Err(problem) => {
                assert!(matches!(problem, IdTokenProblem::Unreadable | IdTokenProblem::Algorithm), "{problem:?}");
                return false;
            }
        };
        let claims = claims.expect("what can be believed can be shown");
        assert!(jwks::candidates(&keys, &jws).len() <= 8);
        assert!(!format!("{jws:?}").contains("24400320"));
        match check(&jws, &EXPECTED, NOW) {
            Ok(believed) => {
                assert_believable(&claims);
                assert_eq!(believed.subject, claims["sub"].as_str().unwrap());
                assert_eq!(same_person(token, &believed, Some(NONCE)), Ok(()));
                assert!(!format!("{believed:?}").contains("24400320"));
                true
            }
            Err(problem) => {
                let sentence = problem.sentence();
                assert!(sentence.len() < 100 && !sentence.contains("244003"), "{sentence}");
                false
            }
        }
    });
}

/// The claims of a good token with one of them changed.
fn slightly_changed(draw: &mut Draw, payloads: &Samples) -> String {
    let mut claims: Value = serde_json::from_str(draw.pick(&payloads.lines()[..2]).as_str()).unwrap();
    let names: Vec<String> = claims.as_object().unwrap().keys().cloned().collect();
    let name = draw.pick(&names);
    if draw.once_in(2) {
        // Nearly the time that it is.
        claims[*draw.pick(&["exp", "iat", "nbf"])] = (1_799_998_800 + draw.below(2400)).into();
    } else if !draw.once_in(3) {
        claims[name] = payloads.value(draw).get(name).cloned().unwrap_or_default();
    }
    claims.to_string()
}

/// `OpenID` Connect Core §3.1.3.7, read once more.
fn assert_believable(claims: &Value) {
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["nonce"], NONCE);
    assert!(claims["sub"].as_str().is_some_and(|subject| !subject.is_empty()));
    let audience: Vec<&str> = match &claims["aud"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    assert!(audience.contains(&"acme"), "{audience:?}");
    assert!(claims.get("azp").map_or(audience.len() == 1, |azp| azp == "acme"));
    let seconds = |name: &str| claims[name].to_string().split('.').next().and_then(|whole| whole.parse::<u64>().ok());
    let now = NOW.0 / 1000;
    assert!(seconds("exp").unwrap() > now - TOLERANCE_S, "it has expired");
    assert!(seconds("iat").unwrap() <= now + TOLERANCE_S, "it is of the future");
    assert!(claims.get("nbf").is_none() || seconds("nbf").unwrap() <= now + TOLERANCE_S, "it is for later");
    let hash = base64url::encode(&DIGEST[..16]);
    assert!(claims.get("at_hash").is_none_or(|theirs| *theirs == hash), "it is of another access token");
}

/// What is signed has one spelling.
fn assert_base64url(text: &str) {
    for part in text.split('.') {
        if let Some(bytes) = base64url::decode(part) {
            assert_eq!(base64url::encode(&bytes), part);
        }
    }
    assert_eq!(base64url::decode(&base64url::encode(text.as_bytes())).as_deref(), Some(text.as_bytes()));
}
