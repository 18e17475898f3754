//! Return paths and links, with the crate `url` as the other parser.

use crate::running::{Target, fuzz};
use crate::ways::{self, Parser, Seen};
use std::sync::LazyLock;
use url::{Position, Url};

/// Of the bases of [`ways`].
pub const PARSER: Parser<'_> = &|text, base| {
    static BASES: LazyLock<Vec<Url>> = LazyLock::new(|| {
        let bases = ["https://app.example/", "https://app.example/sub/app/", "http://127.0.0.1:8080/"];
        bases.map(|base| Url::parse(base).unwrap()).into()
    });
    let base = BASES.iter().find(|known| known.as_str() == base).expect("a base that is known");
    base.join(text).ok().map(|url| Seen {
        scheme: [url.scheme(), ":"].concat(),
        origin: url.origin().ascii_serialization(),
        host: url.host_str().unwrap_or_default().to_owned(),
        user_info: [url.username(), url.password().unwrap_or_default()].concat(),
        path: url.path().to_owned(),
        rest: url[Position::BeforePath..].to_owned(),
    })
};

#[test]
fn whatever_return_path_is_let_through_stays_within_the_app() {
    let (corpus, app) = (ways::return_paths(), ways::open_app());
    let target = Target { name: "return paths", cases: 20_000, one_in: 8 };
    fuzz(&target, &corpus.lines, |draw| draw.text(&corpus), |text, _| ways::try_return_path(text, &app, PARSER));
}

#[test]
fn whatever_link_may_be_followed_leads_where_it_says() {
    let corpus = ways::links();
    let target = Target { name: "links", cases: 4000, one_in: 8 };
    fuzz(&target, &corpus.lines, |draw| draw.text(&corpus), |text, _| ways::try_link(text, PARSER));
}

/// The oracle can tell: it finds what the spellings that everybody knows lead to.
#[test]
fn the_other_parser_sees_who_leaves() {
    let origin = |text: &str| PARSER(text, "https://app.example/").map(|seen| seen.origin);
    for text in ["//evil.example", "/\\evil.example", "/\t/evil.example"] {
        assert_eq!(origin(text).as_deref(), Some("https://evil.example"), "{text}");
    }
    assert_eq!(origin("javascript:alert(1)").as_deref(), Some("null"));
    // Of the base's own scheme, and so it is a path.
    let path = PARSER("https:evil.example/", "https://app.example/").unwrap();
    assert_eq!((path.origin.as_str(), path.path.as_str()), ("https://app.example", "/evil.example/"));
    let twice = PARSER("/..//evil.example", "https://app.example/").unwrap();
    assert_eq!((twice.origin.as_str(), twice.rest.as_str()), ("https://app.example", "//evil.example"));
    assert_eq!(origin("blob:https://app.example/1").as_deref(), Some("https://app.example"));
}
