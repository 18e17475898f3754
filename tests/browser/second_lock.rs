//! The browser's own parser: at the navigation, and as the other reader of what ours lets through. The cases are those of `tests/fuzz/`.

use crate::{
    cases::{Corpus, Draw},
    stage,
    ways::{self, Parser, Seen},
};
use vestibule::{browser::base_path, session::ReturnPath, ui::stays_here};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

const RETURN_PATHS: u64 = 100_000;
const LINKS: u64 = 20_000;

const PARSER: Parser<'_> = &|text, base| {
    let url = web_sys::Url::new_with_base(text, base).ok()?;
    let (href, origin, path) = (url.href(), url.origin(), url.pathname());
    Some(Seen {
        scheme: url.protocol(),
        host: url.hostname(),
        user_info: [url.username(), url.password()].concat(),
        rest: href.strip_prefix(&origin).unwrap_or(&href).to_owned(),
        path,
        origin,
    })
};

fn origin() -> String {
    web_sys::window().unwrap().location().origin().unwrap()
}

#[wasm_bindgen_test]
fn the_second_lock_holds_whoever_opened_the_first() {
    for ours in ["/", "/orders", "/orders/%2e%2e%2f", "/sub/app/orders/7?x=//evil.example#//evil.example"] {
        assert!(stays_here(ours), "{ours}");
    }
    let (blob, named) = (["blob:", &origin(), "/orders"].concat(), origin().replacen("//", "//user@", 1));
    for elsewhere in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "https:evil.example",
        "https://evil.example/",
        // Ours, until what the browser made of it is read once more.
        "/..//evil.example",
        "/.//evil.example",
        "/%2e%2e//evil.example",
        "/orders/../..//evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "about:blank",
        // Of our origin, and not ours.
        &blob,
        &named,
    ] {
        assert!(!stays_here(elsewhere), "{elsewhere:?}");
    }
}

#[wasm_bindgen_test]
fn a_page_at_a_strange_address_does_not_lend_the_app_its_host() {
    let document = web_sys::window().unwrap().document().unwrap();
    let base = document.create_element("base").unwrap();
    document.document_element().unwrap().prepend_with_node_1(&base).unwrap();
    let based = |at: &str| {
        base.set_attribute("href", &[&origin(), at].concat()).unwrap();
        base_path()
    };
    let found = ["/", "/sub/app/", "/sub/app/index.html", "//evil.example/", "//evil.example/x/"].map(based);
    base.remove();
    assert_eq!(found, ["", "/sub/app", "/sub/app", "", ""]);
}

/// Tries the corpus and so many cases. The browser gets its turn in between, or it would call the page hung.
async fn tried(corpus: &Corpus, cases: u64, attempt: impl Fn(&str) -> bool) -> u64 {
    for text in &corpus.lines {
        attempt(text);
    }
    let mut taken = 0;
    for case in 0..cases {
        taken += u64::from(attempt(&Draw::of(1, case).text(corpus)));
        if case % 500 == 0 {
            stage::tick().await;
        }
    }
    taken
}

#[wasm_bindgen_test]
async fn a_hundred_thousand_return_paths_stay_within_the_app_by_the_browser_s_own_parser() {
    let (corpus, app) = (ways::return_paths(), ways::open_app());
    let attempt = |text: &str| {
        // The second lock keeps nobody out whom the first lets through.
        if let Some(path) = ReturnPath::parse(text, &app) {
            assert!(stays_here(&[&base_path(), path.as_str()].concat()), "{path}");
        }
        ways::try_return_path(text, &app, PARSER)
    };
    let taken = tried(&corpus, RETURN_PATHS, attempt).await;
    console_log!("return paths: {RETURN_PATHS} cases of seed 1, {taken} taken, none escaped");
    assert!(taken * 8 >= RETURN_PATHS, "of {RETURN_PATHS} only {taken} were taken");
}

#[wasm_bindgen_test]
async fn links_that_may_be_followed_lead_where_they_say_by_the_browser_s_own_parser() {
    let corpus = ways::links();
    let taken = tried(&corpus, LINKS, |text| ways::try_link(text, PARSER)).await;
    console_log!("links: {LINKS} cases of seed 1, {taken} taken, none led elsewhere");
    assert!(taken * 8 >= LINKS, "of {LINKS} only {taken} were taken");
}
