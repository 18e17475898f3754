//! What `return_to` may name. Millions of cases, with other parsers as the oracle, are in `tests/fuzz/`.

use crate::world::config;
use vestibule::session::ReturnPath;

fn parse(text: &str) -> Option<String> {
    ReturnPath::parse(text, &config()).map(|path| path.as_str().to_owned())
}

/// The texts of a corpus: one of JSON on each line.
fn lines(corpus: &str) -> Vec<String> {
    let lines = corpus.lines().filter(|line| !line.starts_with("# "));
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON text: {line}"))).collect()
}

#[test]
fn a_page_with_its_query_and_fragment_is_kept() {
    for path in lines(include_str!("../fixtures/corpus/return-paths-taken.txt")) {
        assert_eq!(parse(&path).as_ref(), Some(&path));
    }
}

#[test]
fn everything_that_could_leave_ends_on_the_default_page() {
    for text in lines(include_str!("../fixtures/corpus/return-paths-refused.txt")) {
        assert_eq!(parse(&text), None, "{text:?}");
    }
    let of_length = |length| ["/orders?", &"x".repeat(length - "/orders?".len())].concat();
    assert!(parse(&of_length(ReturnPath::MAX_LENGTH)).is_some());
    assert_eq!(parse(&of_length(ReturnPath::MAX_LENGTH + 1)), None);
}

#[test]
fn a_page_of_any_name_is_not_the_login_page() {
    let config = crate::world::config_from(|file| file["pages"][0]["path"] = "/:area".into());
    let parse = |text: &str| ReturnPath::parse(text, &config).is_some();
    assert!(parse("/orders") && parse("/login-help") && parse("/orders?/login"));
    assert!(!parse("/login") && !parse("/login?return_to=/orders") && !parse("/login#x"));
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
