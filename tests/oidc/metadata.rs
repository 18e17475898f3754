//! Which document tells the endpoints of an issuer, and what of it is believed.

use proptest::prelude::*;
use serde_json::{Value, json};
use vestibule::oidc::metadata::{reference, well_known};
use vestibule::oidc::{Metadata, MetadataProblem};
use vestibule::session::Timestamp;

const ISSUER: &str = "https://id.example/realms/acme";

fn document() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/realms/acme/auth?theme=dark",
        "token_endpoint": "https://id.example/realms/acme/token",
        "pushed_authorization_request_endpoint": "https://id.example/realms/acme/par",
        "jwks_uri": "https://keys.example/acme",
        "scopes_supported": ["openid"],
    })
}

fn read(document: &Value) -> Metadata {
    Metadata::read(&document.to_string(), ISSUER).unwrap()
}

#[test]
fn endpoints_are_found_by_their_names() {
    let metadata = read(&document());
    assert_eq!(metadata.endpoint("token_endpoint"), Some("https://id.example/realms/acme/token"));
    assert_eq!(metadata.endpoint("authorization_endpoint"), Some("https://id.example/realms/acme/auth?theme=dark"));
    assert_eq!(metadata.jwks_uri(), Some("https://keys.example/acme"));
    assert_eq!(metadata.par_endpoint(), Some("https://id.example/realms/acme/par"));
    for absent in ["userinfo_endpoint", "issuer", "scopes_supported", ""] {
        assert_eq!(metadata.endpoint(absent), None, "{absent}");
    }
    assert!(!metadata.requires_par() && !metadata.sends_iss());
    let mut announcing = document();
    announcing["require_pushed_authorization_requests"] = true.into();
    announcing["authorization_response_iss_parameter_supported"] = true.into();
    assert!(read(&announcing).requires_par() && read(&announcing).sends_iss());
    announcing["authorization_response_iss_parameter_supported"] = "true".into();
    assert!(!read(&announcing).sends_iss());
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    for other in [
        "https://id.example/realms/acme/",
        "https://id.example/realms/ACME",
        "https://ID.example/realms/acme",
        "https://id.example:443/realms/acme",
        "http://id.example/realms/acme",
        "https://id.example/realms/acme ",
        "https://id.example/realms/{tenant}",
        "",
    ] {
        let mut document = document();
        document["issuer"] = other.into();
        let problem = Metadata::read(&document.to_string(), ISSUER);
        assert_eq!(problem, Err(MetadataProblem::OtherIssuer), "{other}");
        assert!(other.is_empty() || Metadata::read(&document.to_string(), other).is_ok());
    }
    for no_text in [Value::Null, json!([ISSUER]), json!(1)] {
        let mut document = document();
        document["issuer"] = no_text;
        assert_eq!(Metadata::read(&document.to_string(), ISSUER), Err(MetadataProblem::OtherIssuer));
    }
}

#[test]
fn addresses_that_others_could_read_along_or_that_are_none_are_left_out() {
    for address in [
        json!("http://id.example/token"),
        json!("//id.example/token"),
        json!("/token"),
        json!("token"),
        json!("javascript:alert(1)"),
        json!("data:text/html,x"),
        json!("mailto:id@id.example"),
        json!("https://user@id.example/token"),
        json!("https://id.example/token#fragment"),
        json!("https://id.example/to ken"),
        json!("https://id.example\\token"),
        json!(" https://id.example/token"),
        json!("https://"),
        json!(""),
        json!(7),
        json!(["https://id.example/token"]),
        Value::Null,
    ] {
        let mut document = document();
        document["token_endpoint"] = address.clone();
        document["jwks_uri"] = address.clone();
        let metadata = read(&document);
        assert_eq!((metadata.endpoint("token_endpoint"), metadata.jwks_uri()), (None, None), "{address}");
        assert!(metadata.endpoint("authorization_endpoint").is_some(), "the others stay");
    }
    for address in ["http://localhost:8080/token", "http://127.0.0.1/token", "http://[::1]:3000/token"] {
        let mut document = document();
        document["token_endpoint"] = address.into();
        assert_eq!(read(&document).endpoint("token_endpoint"), Some(address));
    }
}

#[test]
fn nonsense_is_no_metadata() {
    let mut long = document();
    long["padding"] = "x".repeat(256 * 1024).into();
    let deep = "[".repeat(10_000);
    for body in ["", "null", "[]", "\"text\"", "<!doctype html>", "{", &long.to_string(), &deep] {
        assert_eq!(Metadata::read(body, ISSUER), Err(MetadataProblem::Unreadable));
    }
}

#[test]
fn a_kept_document_is_good_for_an_hour() {
    let metadata = read(&document());
    let read_at = Timestamp(1_800_000_000_000);
    let kept = metadata.to_json(read_at);
    assert!(!kept.contains("scopes_supported"), "only what is needed is kept");
    let at = |now| Metadata::from_json(&kept, ISSUER, now);
    assert_eq!(at(read_at), Some(metadata.clone()));
    assert_eq!(at(read_at.after_ms(3_599_999)), Some(metadata));
    assert_eq!(at(read_at.after_ms(3_600_000)), None);
    assert_eq!(at(read_at.before_ms(1)), None, "the clock was set back");
    assert_eq!(Metadata::from_json(&kept, "https://id.example/realms/other", read_at), None);
    for foreign in ["", "null", "{}", &document().to_string()] {
        assert_eq!(Metadata::from_json(foreign, ISSUER, read_at), None);
    }
}

#[test]
fn a_document_of_a_bad_moment_is_asked_for_again() {
    let read_at = Timestamp(1_800_000_000_000);
    for name in ["authorization_endpoint", "token_endpoint"] {
        for bad in [Value::Null, json!("http://id.example/plain"), json!("")] {
            let mut document = document();
            document[name] = bad;
            let metadata = Metadata::read(&document.to_string(), ISSUER).unwrap();
            assert_eq!(Metadata::from_json(&metadata.to_json(read_at), ISSUER, read_at), None, "{name}");
        }
    }
}

#[test]
fn metadata_is_looked_for_where_discovery_and_rfc_8414_put_it() {
    for (issuer, places) in [
        (
            "https://id.example",
            [
                "https://id.example/.well-known/openid-configuration",
                "https://id.example/.well-known/oauth-authorization-server",
            ],
        ),
        (
            "https://id.example/",
            [
                "https://id.example/.well-known/openid-configuration",
                "https://id.example/.well-known/oauth-authorization-server",
            ],
        ),
        (
            "https://id.example/realms/acme",
            [
                "https://id.example/realms/acme/.well-known/openid-configuration",
                "https://id.example/.well-known/oauth-authorization-server/realms/acme",
            ],
        ),
        (
            "http://localhost:8080/acme/",
            [
                "http://localhost:8080/acme/.well-known/openid-configuration",
                "http://localhost:8080/.well-known/oauth-authorization-server/acme",
            ],
        ),
    ] {
        assert_eq!(well_known(issuer), places);
    }
    for none in ["", "id.example", "http://id.example", "https://id.example?x=1", "https://id.example#x", "mailto:a@b"]
    {
        assert_eq!(well_known(none), Vec::<String>::new(), "{none}");
    }
}

#[test]
fn an_address_names_an_endpoint_of_an_issuer_by_its_fragment() {
    let named = reference("https://id.example#token_endpoint").unwrap();
    assert_eq!((named.issuer.as_str(), named.name.as_str()), ("https://id.example", "token_endpoint"));
    for plain in [
        "https://id.example/token",
        "https://id.example#",
        "https://id.example#top",
        "https://id.example#Token_endpoint",
        "https://id.example#a#token_endpoint",
        "http://id.example#token_endpoint",
        "/path#token_endpoint",
        "#token_endpoint",
    ] {
        assert_eq!(reference(plain), None, "{plain}");
    }
}

#[test]
fn an_issuer_is_known_again_after_a_browser_has_written_it() {
    for issuer in [
        "https://id.example",
        "https://id.example/",
        "https://ID.Example",
        "https://id.example/realms/acme",
        "https://id.example/realms/acme/",
        "http://localhost:8080",
    ] {
        let browsers = url::Url::parse(&format!("{issuer}#token_endpoint")).unwrap();
        let reference = reference(browsers.as_str()).unwrap();
        assert!(reference.is_of(issuer), "{issuer} as {browsers}");
        for other in ["https://id.example.evil", "https://id.example/realms", "https://id.example/REALMS/acme"] {
            assert!(!reference.is_of(other), "{issuer} is not {other}");
        }
    }
    let reference = reference("https://id.example/realms/acme#token_endpoint").unwrap();
    assert!(!reference.is_of("https://id.example/realms/acme/"), "only a bare origin has a slash too many");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_believed_is_an_address_that_a_browser_reads_the_same_way(address in "(https?://)?[a-z.:/@\\\\#?\t 0-9\\[\\]%é-]{0,24}") {
        let mut document = document();
        document["token_endpoint"] = address.clone().into();
        if let Some(endpoint) = read(&document).endpoint("token_endpoint") {
            // A host that the browser refuses leads nowhere.
            if let Ok(parsed) = url::Url::parse(endpoint) {
                let is_local = matches!(parsed.host_str(), Some("localhost" | "[::1]"))
                    || parsed.host_str().is_some_and(|host| host.ends_with(".localhost") || host.starts_with("127."));
                prop_assert!(parsed.scheme() == "https" || is_local, "{}", endpoint);
                prop_assert!(parsed.username().is_empty() && parsed.fragment().is_none());
            }
        }
    }
}
