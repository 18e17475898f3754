//! Texts with bindings: what is read, and that no value breaks out of its place, whatever it is.

use crate::cases::Corpus;
use crate::running::{Target, fuzz};
use serde_json::{Value, json};
use url::Url;
use vestibule::config::{Binding, Draft, Preset, Template, UrlTemplate, form_component};

const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{",
    "}",
    "{{user.a}}",
    "{{store.b}}",
    "{{form.x}}",
    "{{vars.x}}",
    "user",
    "form",
    "session",
    "store",
    "params",
    "url",
    "before",
    "challenge",
    "passkey",
    "cookie",
    "access_token",
    "refresh_token",
    ".",
    "..",
    " ",
    "\t",
    "\n",
    "|",
    "(",
    ")",
    "[",
    "0",
    "a",
    "-",
    "_",
    ":",
    "/",
    "@",
    "$",
    "~",
    "ü",
    "\"",
    "\\",
    "%2e",
    "%2F",
    "?",
    "#",
    "&",
    "=",
    "+",
    ";",
    "\r\n",
    "\0",
];

/// Addresses of queries, as they stand in a checked config.
fn addresses() -> Vec<UrlTemplate> {
    let urls =
        ["https://id.example/v1/{{user.a}}/x-{{store.b}}/y?q={{user.c}}&r={{store.b}}z", "/{{user.a}}/{{store.b}}"];
    let file = json!({
        "version": 1,
        "app": { "id": "fuzz", "title": "Fuzz" },
        "provider": { "sign_in": { "url": "/t", "json": { "u": "{{form.username}}", "p": "{{form.password}}" } } },
        "queries": { "a": { "url": urls[0], "authorized": false }, "b": { "url": urls[1], "authorized": false } },
        "pages": [{ "path": "/a", "title": "A", "blocks": [{ "type": "text", "text": "x" }] }]
    });
    let config = Draft::parse(&file.to_string()).unwrap().finish(Preset::NotNamed, None);
    let config = config.unwrap_or_else(|mistakes| panic!("{mistakes}"));
    config.queries.into_iter().map(|query| query.request.url).collect()
}

#[test]
fn no_text_is_misread_as_a_template_and_no_value_breaks_out_of_its_place() {
    let corpus = Corpus::of(&[include_str!("../fixtures/corpus/bindings.txt")], PIECES);
    let addresses = addresses();
    let target = Target { name: "bindings", cases: 3000, one_in: 12 };
    fuzz(
        &target,
        &corpus.lines,
        |draw| draw.text(&corpus),
        |text, draw| {
            let others = [draw.text(&corpus), draw.text(&corpus)];
            let values = json!({ "a": text, "b": others[0], "c": others[1] });
            assert_stays_in_an_address(&addresses[0], &values);
            assert_stays_at_home(&addresses[1], &values);
            assert_stays_in_a_form(&others[0], text);
            is_a_template(text, &values)
        },
    );
}

fn is_a_template(text: &str, values: &Value) -> bool {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => {
            let sentence = error.to_string();
            assert!(text.contains("{{"));
            assert!(cfg!(not(feature = "operator")) || sentence.ends_with(['.', '?', ')']), "{sentence}");
            assert!(sentence.len() <= 2 * text.len() + 1000, "told at length");
            return false;
        }
    };
    let written = template.as_written();
    assert_eq!(Template::parse(&written).as_ref(), Ok(&template), "{written}");
    assert!(written.len() <= text.len());
    for binding in template.bindings() {
        assert!(
            binding
                .path
                .iter()
                .all(|name| !name.is_empty() && !name.contains(['.', '{', '}', '(', '[', '|', ' ', '"']))
        );
    }
    // What is absent shows as nothing, and is never sent.
    let shown = template.display(&|_| None);
    assert!(!shown.contains("{{") || template.bindings().next().is_none(), "{shown}");
    assert_eq!(template.text(&|_| None).is_ok(), template.bindings().next().is_none());
    // A value is text, whatever it looks like: it is never read as a template in its turn.
    let value = values["b"].as_str().unwrap();
    let filled = template.text(&|_| Some(value.into())).unwrap();
    let count = template.bindings().count();
    assert_eq!(filled.len(), shown.len() + count * value.len());
    count > 0
}

/// Looks `user.NAME` and `store.NAME` up.
fn among(values: &Value) -> impl Fn(&Binding) -> Option<Value> {
    |binding| binding.find(values).cloned()
}

fn text<'v>(values: &'v Value, name: &str) -> &'v str {
    values[name].as_str().unwrap()
}

fn assert_stays_in_an_address(address: &UrlTemplate, values: &Value) {
    let [a, b, c] = ["a", "b", "c"].map(|name| text(values, name));
    let Ok(rendered) = address.render(&among(values)) else {
        assert!(matches!(a, "" | "." | ".."), "{a:?} can stand in a path");
        return;
    };
    let parsed = Url::parse(&rendered).unwrap();
    assert_eq!(parsed.origin().ascii_serialization(), "https://id.example");
    assert!(parsed.username().is_empty() && parsed.password().is_none() && parsed.fragment().is_none());
    let segments: Vec<String> = parsed.path_segments().unwrap().map(percent_decoded).collect();
    assert_eq!(segments, ["v1", a, &format!("x-{b}"), "y"]);
    let pairs: Vec<(String, String)> = parsed.query_pairs().into_owned().collect();
    assert_eq!(pairs, [("q".to_owned(), c.to_owned()), ("r".to_owned(), format!("{b}z"))]);
}

fn assert_stays_at_home(address: &UrlTemplate, values: &Value) {
    if let Ok(rendered) = address.render(&among(values)) {
        let base = Url::parse("https://app.example/orders").unwrap();
        let parsed = base.join(&rendered).unwrap();
        assert_eq!(parsed.host_str(), Some("app.example"));
        let segments: Vec<String> = parsed.path_segments().unwrap().map(percent_decoded).collect();
        assert_eq!(segments, [text(values, "a"), text(values, "b")]);
    }
}

fn assert_stays_in_a_form(key: &str, value: &str) {
    let template = Template::parse("a {{user.v}}&b").unwrap();
    let sent = template.form(&|_| Some(value.into())).unwrap();
    let body = format!("{}={sent}", form_component(key));
    assert!(body.is_ascii());
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert_eq!(pairs, [(key.to_owned(), format!("a {value}&b"))]);
}

fn percent_decoded(segment: &str) -> String {
    // The form decoding of a text whose `+` are written out is the plain percent-decoding.
    let text = format!("x={}", segment.replace('+', "%2B"));
    let mut pairs = url::form_urlencoded::parse(text.as_bytes());
    pairs.next().unwrap().1.into_owned()
}
