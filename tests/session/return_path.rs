//! What `return_to` may name, with the `url` crate as the browser's stand-in.

use crate::world::config;
use proptest::prelude::*;
use vestibule::session::ReturnPath;

const BASE: &str = "https://app.example/";

fn parse(text: &str) -> Option<String> {
    ReturnPath::parse(text, &config()).map(|path| path.as_str().to_owned())
}

#[test]
fn a_page_with_its_query_and_fragment_is_kept() {
    for path in
        ["/orders", "/orders/7", "/orders?x=1&y=%2F", "/orders/a%20b?q=ü".split('ü').next().unwrap(), "/orders#top"]
    {
        assert_eq!(parse(path).as_deref(), Some(path));
    }
}

#[test]
fn everything_that_could_leave_ends_on_the_default_page() {
    let long = format!("/orders?{}", "x".repeat(2048));
    let hostile = [
        "",
        "orders",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "http:/evil.example",
        "https://evil.example/orders",
        "/\t/evil.example",
        "\t//evil.example",
        "\u{1}//evil.example",
        "//user@evil.example",
        "https://app.example@evil.example",
        "/\u{ff0f}evil.example",
        "/\u{3002}evil",
        "\u{ff0f}\u{ff0f}evil.example",
        "/orders\u{ad}",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "javascript://x/%0aalert(1)",
        "/javascript:alert(1)",
        "data:text/html,x",
        "blob:https://app.example/1",
        "/%2e%2e//evil.example",
        "/%2f%2fevil.example",
        "/..//evil.example",
        "/./orders",
        "/orders/..",
        "/orders/%2e%2e",
        "/orders/%2E",
        "/orders//7",
        "/orders/",
        "/orders/%5cx",
        "/orders/%2Fx",
        "/orders/%00",
        "/orders/%0a",
        "/orders/%",
        "/orders/%zz",
        "/orders?%",
        "/orders#%g0",
        "/login",
        "/login?return_to=/orders",
        "/nowhere",
        "/",
        "/orders /7",
        " /orders",
        "/orders ",
        &long,
    ];
    for text in hostile {
        assert_eq!(parse(text), None, "{text:?}");
    }
}

#[test]
fn a_parameter_given_twice_counts_as_absent_and_is_decoded_once() {
    let from = |query: &str| ReturnPath::from_query(query, &config()).map(|path| path.to_string());
    assert_eq!(from("return_to=%2Forders%3Fx%3D1").as_deref(), Some("/orders?x=1"));
    assert_eq!(from("a=b&return_to=/orders").as_deref(), Some("/orders"));
    assert_eq!(from("return_to=/orders&return_to=/orders/7"), None);
    assert_eq!(from("return_to=%252Forders"), None);
    assert_eq!(from("return_to=%2F%2Fevil.example"), None);
    assert_eq!(from(""), None);
}

#[test]
fn what_is_written_into_the_address_reads_back() {
    let path = ReturnPath::parse("/orders/a%20b?x=1&y=%26#z", &config()).unwrap();
    let query = format!("return_to={}", path.to_query_value());
    assert_eq!(ReturnPath::from_query(&query, &config()), Some(path));
}

/// Pieces that parsers disagree about, put together at random.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("/"),
        Just("\\"),
        Just("."),
        Just(".."),
        Just("%2e"),
        Just("%2f"),
        Just("%5c"),
        Just("%"),
        Just("orders"),
        Just("7"),
        Just("login"),
        Just("evil.example"),
        Just("@"),
        Just(":"),
        Just("?"),
        Just("#"),
        Just("&"),
        Just("javascript:"),
        Just("\t"),
        Just("\n"),
        Just(" "),
        Just("\u{ad}"),
        Just("\u{ff0f}"),
        Just("\u{3002}"),
        Just("[::1]"),
        Just(";"),
        Just("//"),
        Just("%00"),
    ];
    proptest::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_let_through_stays_within_the_app(text in prop_oneof![hostile(), hostile().prop_map(|text| format!("/orders{text}")), any::<String>()]) {
        if let Some(path) = parse(&text) {
            let base = url::Url::parse(BASE).unwrap();
            let once = base.join(&path).unwrap();
            let twice = base.join(&once[url::Position::BeforePath..]).unwrap();
            for url in [once, twice] {
                prop_assert_eq!(url.origin(), base.origin());
                prop_assert!(url.username().is_empty() && url.password().is_none());
                prop_assert!(url.path() == "/orders" || url.path().starts_with("/orders/"));
                prop_assert_eq!(&url[url::Position::BeforePath..], path.as_str());
            }
        }
    }
}
