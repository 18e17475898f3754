//! Which ID tokens are believed, each way to be wrong by its name.

use crate::signing::{ALGORITHMS, Key, believed, set, sha256};
use serde_json::{Value, json};
use vestibule::oidc::id_token::{check, same_person, same_subject};
use vestibule::oidc::{Algorithm, Claims, Expected, IdTokenProblem, Jws, base64url};
use vestibule::session::Timestamp;

const ISSUER: &str = "https://id.example";
const NOW_S: u64 = 1_800_000_000;
const NOW: Timestamp = Timestamp(NOW_S * 1000);
const EXPECTED: Expected<'static> =
    Expected { issuer: ISSUER, client_id: "acme", nonce: Some("n-0S6_WzA2Mj"), access_token_digest: None };
const KEY: Key = Key { algorithm: Algorithm::Es256, number: 0 };

fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "24400320",
        "aud": "acme",
        "nonce": "n-0S6_WzA2Mj",
        "exp": NOW_S + 300,
        "iat": NOW_S,
    })
}

fn checked(change: impl FnOnce(&mut Value)) -> Result<Claims, IdTokenProblem> {
    let mut claims = claims();
    change(&mut claims);
    check(&Jws::parse(&KEY.token(&claims)).unwrap(), &EXPECTED, NOW)
}

/// With one claim set.
fn with(name: &str, value: Value) -> Result<Claims, IdTokenProblem> {
    checked(|claims| claims[name] = value)
}

fn header(header: Value) -> Result<(), IdTokenProblem> {
    Jws::parse(&KEY.token_with(&header, &claims())).map(drop)
}

#[test]
fn a_good_token_says_who_it_is() {
    for algorithm in ALGORITHMS {
        let key = Key { algorithm, number: 0 };
        let claims = believed(&key.token(&claims()), &set(&[key]), EXPECTED, Some("token"), NOW).unwrap();
        assert_eq!(claims.subject, "24400320");
        assert_eq!(claims.audience, ["acme"]);
        assert!(!format!("{claims:?}").contains("24400320"));
    }
}

#[test]
fn a_token_lacking_a_claim_is_not_believed() {
    for name in ["iss", "sub", "aud", "exp", "iat", "nonce"] {
        let lacking = checked(|claims| drop(claims.as_object_mut().unwrap().remove(name)));
        assert_eq!(lacking, Err(IdTokenProblem::Lacks(name)));
        for wrong in [Value::Null, json!({}), json!(true), json!("")] {
            let is_text = matches!(name, "iss" | "sub" | "nonce");
            assert_eq!(
                with(name, wrong.clone()),
                match (name, &wrong) {
                    ("aud", Value::String(_)) => Err(IdTokenProblem::OtherClient),
                    _ if is_text || name != "aud" => Err(IdTokenProblem::Lacks(name)),
                    _ => Err(IdTokenProblem::Lacks("aud")),
                },
                "{name} {wrong}"
            );
        }
    }
    assert_eq!(with("aud", json!([])), Err(IdTokenProblem::Lacks("aud")));
    assert_eq!(with("exp", json!("1800000300")), Err(IdTokenProblem::Lacks("exp")));
    assert_eq!(with("exp", json!(-1)), Err(IdTokenProblem::Lacks("exp")));
    assert_eq!(with("sub", json!(24_400_320)), Err(IdTokenProblem::Lacks("sub")));
}

#[test]
fn a_token_of_another_issuer_is_not_believed() {
    for issuer in ["https://id.example/", "https://ID.example", "http://id.example", "https://evil.example"] {
        assert_eq!(with("iss", issuer.into()), Err(IdTokenProblem::OtherIssuer), "{issuer}");
    }
}

#[test]
fn a_token_for_another_client_is_not_believed() {
    for audience in [json!("other"), json!("acme "), json!("ACME"), json!(["other"]), json!(["other", "acme-2"])] {
        assert_eq!(with("aud", audience.clone()), Err(IdTokenProblem::OtherClient), "{audience}");
    }
}

#[test]
fn a_token_for_several_must_say_that_we_asked_for_it() {
    let with = |aud: Value, azp: Option<Value>| {
        checked(|claims| {
            claims["aud"] = aud;
            if let Some(azp) = azp {
                claims["azp"] = azp;
            }
        })
    };
    assert!(with(json!(["acme"]), None).is_ok());
    assert!(with(json!("acme"), Some("acme".into())).is_ok());
    assert!(with(json!(["api", "acme"]), Some("acme".into())).is_ok());
    assert_eq!(with(json!(["api", "acme"]), None), Err(IdTokenProblem::OtherClient));
    for azp in [json!("other"), json!(""), Value::Null, json!(["acme"])] {
        for aud in [json!("acme"), json!(["api", "acme"])] {
            assert_eq!(with(aud, Some(azp.clone())), Err(IdTokenProblem::OtherClient), "{azp}");
        }
    }
}

#[test]
fn a_clock_may_be_off_by_ten_minutes() {
    assert!(with("exp", (NOW_S - 599).into()).is_ok());
    assert_eq!(with("exp", (NOW_S - 600).into()), Err(IdTokenProblem::Clock));
    assert_eq!(with("exp", 0.into()), Err(IdTokenProblem::Clock));
    assert!(with("iat", (NOW_S + 600).into()).is_ok());
    assert_eq!(with("iat", (NOW_S + 601).into()), Err(IdTokenProblem::Clock));
    assert_eq!(with("iat", u64::MAX.into()), Err(IdTokenProblem::Clock));
    assert!(with("nbf", (NOW_S + 600).into()).is_ok());
    assert_eq!(with("nbf", (NOW_S + 601).into()), Err(IdTokenProblem::Clock));
    assert_eq!(with("nbf", "soon".into()), Err(IdTokenProblem::Lacks("nbf")));
    let good_but_issued_tomorrow = checked(|claims| {
        claims["nbf"] = NOW_S.into();
        claims["iat"] = (NOW_S + 86_400).into();
    });
    assert_eq!(good_but_issued_tomorrow, Err(IdTokenProblem::Clock));
    // Fractions are allowed (RFC 7519 §2); scientific notation is not read, least of all wrongly.
    assert!(with("exp", json!(1_800_000_300.5)).is_ok());
    let scientific = claims().to_string().replace("1800000300", "1.8000003e9");
    let part = base64url::encode(scientific.as_bytes());
    let token = format!("{}.{part}.AA", base64url::encode(br#"{"alg":"ES256"}"#));
    assert_eq!(check(&Jws::parse(&token).unwrap(), &EXPECTED, NOW), Err(IdTokenProblem::Lacks("exp")));
}

#[test]
fn a_token_of_another_sign_in_is_not_believed() {
    assert_eq!(with("nonce", "another".into()), Err(IdTokenProblem::OtherSignIn));
    let refreshed = Expected { nonce: None, ..EXPECTED };
    let token = Jws::parse(&KEY.token(&claims())).unwrap();
    assert!(check(&token, &refreshed, NOW).is_ok(), "at a refresh nobody sent a nonce");
}

#[test]
fn a_token_of_another_access_token_is_not_believed() {
    // OpenID Connect Core appendix A.3.
    let digest = sha256("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    let expected = Expected { access_token_digest: Some(&digest), ..EXPECTED };
    let with = |hash: Value| {
        let mut claims = claims();
        claims["at_hash"] = hash;
        check(&Jws::parse(&KEY.token(&claims)).unwrap(), &expected, NOW).map(drop)
    };
    assert_eq!(with("77QmUPtjPfzWtF2AnpK9RQ".into()), Ok(()));
    for wrong in [json!("77QmUPtjPfzWtF2AnpK9RA"), json!("77QmUPtjPfzWtF2AnpK9RQ=="), json!(""), json!(1), Value::Null]
    {
        assert_eq!(with(wrong.clone()), Err(IdTokenProblem::OtherAccessToken), "{wrong}");
    }
    assert_eq!(with(base64url::encode(&digest).into()), Err(IdTokenProblem::OtherAccessToken), "half of it counts");
}

#[test]
fn a_token_without_a_signature_or_with_a_shared_secret_is_not_believed() {
    for algorithm in ["none", "None", "NONE", "HS256", "HS384", "HS512", "RS1", "RS512", "ES256K", "rs256", "", "dir"] {
        assert_eq!(header(json!({ "alg": algorithm })), Err(IdTokenProblem::Algorithm), "{algorithm}");
    }
    assert_eq!(header(json!({})), Err(IdTokenProblem::Algorithm));
    assert_eq!(header(json!({ "alg": ["ES256"] })), Err(IdTokenProblem::Algorithm));
    assert_eq!(header(json!({ "alg": null })), Err(IdTokenProblem::Algorithm));
}

#[test]
fn another_kind_of_token_is_no_id_token() {
    for kind in ["JWT", "jwt", "application/jwt"] {
        assert_eq!(header(json!({ "alg": "ES256", "typ": kind })), Ok(()), "{kind}");
    }
    for other in [
        json!({ "alg": "ES256", "typ": "at+jwt" }),
        json!({ "alg": "ES256", "typ": "logout+jwt" }),
        json!({ "alg": "ES256", "typ": "dpop+jwt" }),
        json!({ "alg": "ES256", "typ": 1 }),
        json!({ "alg": "ES256", "cty": "JWT" }),
        json!({ "alg": "ES256", "crit": ["b64"], "b64": false }),
        json!({ "alg": "ES256", "crit": [] }),
    ] {
        assert_eq!(header(other.clone()), Err(IdTokenProblem::Unreadable), "{other}");
    }
}

#[test]
fn what_is_no_signed_token_is_not_read() {
    let token = KEY.token(&claims());
    let (input, signature) = token.rsplit_once('.').unwrap();
    let (head, payload) = input.split_once('.').unwrap();
    let twice = base64url::encode(br#"{"sub":"a","sub":"b"}"#);
    let double_algorithm = base64url::encode(br#"{"alg":"none","alg":"ES256"}"#);
    let list = base64url::encode(b"[]");
    for wrong in [
        "",
        ".",
        "..",
        "opaque",
        input,
        &format!("{input}.{signature}."),
        &format!("{input}.{signature}.x.y"),
        &format!("{input}.{signature}="),
        &format!("{input}.!"),
        &format!("{head}.{list}.{signature}"),
        &format!("{list}.{payload}.{signature}"),
        &format!("{head}.{twice}.{signature}"),
        &format!("{double_algorithm}.{payload}.{signature}"),
        &format!("{head}=.{payload}.{signature}"),
        &format!(" {token}"),
        &format!("{token}\n"),
        &format!("{head}.{}.{signature}", "e30".repeat(32 * 1024)),
    ] {
        assert_eq!(Jws::parse(wrong).map(drop), Err(IdTokenProblem::Unreadable), "{}", wrong.len());
    }
}

#[test]
fn a_token_that_was_changed_or_signed_by_another_is_not_believed() {
    for algorithm in ALGORITHMS {
        let (key, other) = (Key { algorithm, number: 0 }, Key { algorithm, number: 1 });
        let token = key.token(&claims());
        let refused = |token: &str, keys: &[Key]| {
            let result = believed(token, &set(keys), EXPECTED, None, NOW);
            assert_eq!(result, Err(IdTokenProblem::Signature), "{algorithm:?}");
        };
        refused(&token, &[]);
        refused(&token, &[other]);
        // It says that it is of a key that it is not of.
        let header = json!({ "alg": key.name(), "kid": key.id() });
        refused(&other.token_with(&header, &claims()), &[key, other]);
        let mut changed = claims();
        changed["sub"] = "admin".into();
        let parts: Vec<_> = token.split('.').collect();
        let payload = base64url::encode(changed.to_string().as_bytes());
        refused(&format!("{}.{payload}.{}", parts[0], parts[2]), &[key]);
        refused(&format!("{}.{}.", parts[0], parts[1]), &[key]);
        // An algorithm for which the key is not.
        for another in ALGORITHMS.into_iter().filter(|another| *another != algorithm) {
            let name = Key { algorithm: another, number: 0 }.name();
            refused(&key.token_with(&json!({ "alg": name, "kid": key.id() }), &claims()), &[key]);
        }
    }
}

#[test]
fn a_refresh_brings_the_same_person() {
    let before = KEY.token(&claims());
    let after = |change: &dyn Fn(&mut Value)| {
        let mut claims = claims();
        claims["iat"] = (NOW_S + 60).into();
        claims["exp"] = (NOW_S + 360).into();
        change(&mut claims);
        let token = Jws::parse(&KEY.token(&claims)).unwrap();
        let mut expected = EXPECTED;
        expected.nonce = None;
        same_person(&before, &check(&token, &expected, NOW).unwrap(), None)
    };
    assert_eq!(after(&|_| ()), Ok(()));
    assert_eq!(after(&|claims| drop(claims.as_object_mut().unwrap().remove("nonce"))), Ok(()));
    assert_eq!(after(&|claims| claims["aud"] = json!(["acme"])), Ok(()), "written in another way");
    assert_eq!(after(&|claims| claims["sub"] = "somebody else".into()), Err(IdTokenProblem::OtherPerson));
    assert_eq!(after(&|claims| claims["nonce"] = "another".into()), Err(IdTokenProblem::OtherPerson));
    let widened = |claims: &mut Value| {
        claims["aud"] = json!(["acme", "api"]);
        claims["azp"] = "acme".into();
    };
    assert_eq!(after(&widened), Err(IdTokenProblem::OtherPerson));
    let claims = checked(|_| ()).unwrap();
    assert_eq!(same_person("opaque", &claims, None), Err(IdTokenProblem::Unreadable));
    let mut elsewhere = self::claims();
    elsewhere["iss"] = "https://other.example".into();
    assert_eq!(same_person(&KEY.token(&elsewhere), &claims, None), Err(IdTokenProblem::OtherPerson));
}

#[test]
fn a_new_code_brings_the_same_person_with_the_nonce_that_was_sent_for_it() {
    let mut earlier = claims();
    earlier["nonce"] = "of the first sign-in".into();
    let before = KEY.token(&earlier);
    let after = checked(|_| ()).unwrap();
    assert_eq!(same_person(&before, &after, EXPECTED.nonce), Ok(()));
    assert_eq!(same_person(&before, &after, Some("another")), Err(IdTokenProblem::OtherPerson));
    let somebody_else = checked(|claims| claims["sub"] = "somebody else".into()).unwrap();
    assert_eq!(same_person(&before, &somebody_else, EXPECTED.nonce), Err(IdTokenProblem::OtherPerson));
}

#[test]
fn a_user_is_the_one_of_the_id_token() {
    let token = KEY.token(&claims());
    for (user, result) in [
        (r#"{"sub":"24400320","name":"Ada"}"#, Ok(())),
        (r#"{"name":"Ada"}"#, Ok(())),
        ("not JSON", Ok(())),
        (r#"{"sub":"24400321"}"#, Err(IdTokenProblem::OtherPerson)),
        (r#"{"sub":24400320}"#, Err(IdTokenProblem::OtherPerson)),
        (r#"{"sub":null}"#, Err(IdTokenProblem::OtherPerson)),
    ] {
        assert_eq!(same_subject(&token, user), result, "{user}");
    }
    assert_eq!(same_subject("opaque", r#"{"sub":"24400320"}"#), Err(IdTokenProblem::OtherPerson));
}

#[test]
fn what_is_told_of_a_token_holds_nothing_of_it() {
    let token = Jws::parse(&KEY.token(&claims())).unwrap();
    assert_eq!(format!("{token:?}"), "Jws { algorithm: Es256, .. }");
    assert_eq!(IdTokenProblem::OtherClient.to_string(), "the ID token is for another client");
    assert_eq!(IdTokenProblem::Lacks("nonce").to_string(), "the ID token lacks the claim `nonce`");
}
