//! Where somebody may be sent, and what links may lead to: what must hold of every address that is let through, by another parser than ours.
//!
//! That is the crate `url` on the host, and the browser's own in the browser. Whatever it makes of the address: it stays at our origin,
//! without user info, on the page that was meant; and so it is when what the parser wrote is read once more.

use crate::cases::Corpus;
use vestibule::config::{Config, Draft, Preset, is_safe_link, percent_decoded_bytes};
use vestibule::session::ReturnPath;

/// What a parser makes of an address.
#[derive(Debug, PartialEq)]
pub struct Seen {
    /// With its colon.
    pub scheme: String,
    pub origin: String,
    pub host: String,
    /// User name and password.
    pub user_info: String,
    pub path: String,
    /// From the path on, as the parser writes it.
    pub rest: String,
}

/// Reads an address, as it stands on a page with a base.
pub type Parser<'p> = &'p (dyn Fn(&str, &str) -> Option<Seen> + Sync);

/// Where the app may lie: an origin, and what stands in front of every path.
const PLACES: [(&str, &str); 3] =
    [("https://app.example", ""), ("https://app.example", "/sub/app"), ("http://127.0.0.1:8080", "")];

/// What parsers disagree about.
const PIECES: &[&str] = &[
    "/",
    "//",
    "///",
    "\\",
    "/\\",
    ".",
    "..",
    "/..",
    "/.",
    "/..//",
    "%2e",
    "%2E%2e",
    ".%2e",
    "%2f",
    "%2F%2f",
    "%5c",
    "%",
    "%0",
    "%00",
    "%0a",
    "%09",
    "%25",
    "%252e",
    "%252f",
    "%ff",
    "%c0%af",
    "%u002f",
    "orders",
    "/orders",
    "/orders/7",
    "7",
    "new",
    "list",
    "login",
    "/login",
    "/callback",
    "evil.example",
    "//evil.example",
    "app.example",
    "@",
    "user@",
    "user:secret@",
    ":",
    ":443",
    ":8080",
    "?",
    "#",
    "&",
    "=",
    "return_to=",
    "&return_to=/",
    "javascript:",
    "JavaScript:",
    "data:",
    "blob:",
    "blob:https://app.example/",
    "https:",
    "https://",
    "https://id.example",
    "http:",
    "http://",
    "http://localhost",
    "http://127.0.0.1",
    "http://[::1]",
    "mailto:",
    "tel:",
    "file:",
    "about:blank",
    "\t",
    "\n",
    "\r",
    "\0",
    "\u{1}",
    " ",
    "\u{ad}",
    "\u{200b}",
    "\u{ff0f}",
    "\u{ff0f}\u{ff0f}",
    "\u{ff3c}",
    "\u{ff0e}",
    "\u{3002}",
    "\u{2025}",
    "\u{feff}",
    "[::1]",
    "[",
    "]",
    "xn--",
    ";",
    ";/..",
    "..;/",
    "+",
    "{",
    "}",
    "|",
    "^",
    "<",
    ">",
    "\"",
    "'",
    "`",
    "C:",
    "C|",
    "localhost",
    "127.0.0.1",
    "0x7f.1",
];

/// Of return paths, and of query strings with one.
pub fn return_paths() -> Corpus {
    let refused = include_str!("../fixtures/corpus/return-paths-refused.txt");
    let taken = include_str!("../fixtures/corpus/return-paths-taken.txt");
    let queries = include_str!("../fixtures/corpus/return-queries.txt");
    // Those that are taken count for more: what makes them worse is what is looked for.
    Corpus::of(&[refused, taken, taken, taken, taken, taken, queries], PIECES)
}

/// Of links.
pub fn links() -> Corpus {
    Corpus::of(&[include_str!("../fixtures/corpus/links.txt")], PIECES)
}

/// Of an app in which nearly every path names a page: the strictness must be the reader's own.
pub fn open_app() -> Config {
    let page = |path: &str| serde_json::json!({ "path": path, "title": "A page", "blocks": [{ "type": "text", "text": "x" }] });
    let pages =
        ["/orders", "/orders/:id", "/orders/new", "/:area/list", "/:page", "/:a/:b/:c", "/:a/:b/:c/:d"].map(page);
    let file = serde_json::json!({
        "version": 1,
        "app": { "id": "fuzz", "title": "Fuzz", "after_sign_in": "/orders" },
        "provider": {
            "sign_in": { "url": "/token", "json": { "username": "{{form.username}}", "password": "{{form.password}}" } }
        },
        "pages": pages
    });
    Draft::parse(&file.to_string())
        .unwrap()
        .finish(Preset::NotNamed, None)
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// Reads a text as a return path, and as the query string that holds one. Whether it is one.
pub fn try_return_path(text: &str, config: &Config, parser: Parser<'_>) -> bool {
    let read = [
        ReturnPath::parse(text, config),
        ReturnPath::from_query(text, config),
        ReturnPath::from_query(&["return_to=", text].concat(), config),
    ];
    let mut is_let_through = false;
    for path in read.into_iter().flatten() {
        assert_stays(&path, config, parser);
        is_let_through = true;
    }
    is_let_through
}

fn assert_stays(path: &ReturnPath, config: &Config, parser: Parser<'_>) {
    assert_eq!(ReturnPath::parse(path.as_str(), config).as_ref(), Some(path), "not read as it was written");
    let query = ["return_to=", &path.to_query_value()].concat();
    assert_eq!(ReturnPath::from_query(&query, config).as_ref(), Some(path), "{query}");
    let path = path.as_str();
    assert!(path.len() <= ReturnPath::MAX_LENGTH && path.is_ascii());
    let meant = path.split(['?', '#']).next().unwrap();
    assert_ne!(meant, "/login", "nobody is led from one sign-in to another");
    let page = config.page_at(meant).expect("a page");
    for (origin, base) in PLACES {
        let home = [origin, base, "/"].concat();
        let once = parser(&[base, path].concat(), &home).unwrap_or_else(|| panic!("{path:?} is no address"));
        let twice = parser(&once.rest, &home).unwrap_or_else(|| panic!("{:?} is no address", once.rest));
        assert_eq!(once, twice, "read once more, {path:?} is another address");
        assert_eq!(once.origin, origin, "{path:?} leaves");
        assert_eq!(once.user_info, "", "{path:?} names somebody");
        let here = once.path.strip_prefix(base).unwrap_or_else(|| panic!("{path:?} leaves the app"));
        assert_eq!(percent_decoded_bytes(here), percent_decoded_bytes(meant), "{path:?} is another path");
        assert!(config.page_at(here).is_some_and(|(found, params)| found.path == page.0.path && params == page.1));
    }
}

/// Reads a text as a link. Whether it may be followed.
pub fn try_link(text: &str, parser: Parser<'_>) -> bool {
    if !is_safe_link(text) {
        return false;
    }
    for (origin, base) in PLACES {
        let home = [origin, base, "/"].concat();
        if text.starts_with('/') {
            // Below a login form they are taken as they are, on a page they begin at the app's base.
            for address in [text.to_owned(), [base, text].concat()] {
                let Some(once) = parser(&address, &home) else { continue };
                let twice = parser(&once.rest, &home).unwrap_or_else(|| panic!("{:?} is no address", once.rest));
                assert_eq!(once, twice, "read once more, {text:?} is another address");
                assert_eq!((once.origin.as_str(), once.user_info.as_str()), (origin, ""), "{text:?} leaves");
            }
        } else if let Some(seen) = parser(text, &home) {
            assert_leads_there(text, &seen);
        }
    }
    true
}

fn assert_leads_there(text: &str, seen: &Seen) {
    let scheme = seen.scheme.as_str();
    // A mail and a call are for whoever is named.
    assert!(matches!(scheme, "mailto:" | "tel:") || seen.user_info.is_empty(), "{text:?} names somebody");
    match scheme {
        "mailto:" | "tel:" => {}
        "http:" => {
            let host = seen.host.as_str();
            let is_here =
                host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]";
            assert!(is_here, "{text:?} is sent in the clear to {host}");
        }
        "https:" => {
            let written =
                text.split("//").nth(1).and_then(|behind| behind.split(['/', '?', '#']).next()).unwrap_or_default();
            let host = written.split(':').next().unwrap_or_default().to_ascii_lowercase();
            let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
            // Numbers are written anew, and so are names in the alphabet of others.
            if !written.starts_with('[')
                && !last.starts_with(|letter: char| letter.is_ascii_digit())
                && !host.contains("xn--")
            {
                assert_eq!(seen.host, host, "{text:?} leads elsewhere");
            }
        }
        other => panic!("{text:?} is of the kind {other}"),
    }
}
