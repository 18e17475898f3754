//! The file that an operator writes: the examples, hundreds of wrong ones, and what chance makes of them.
//!
//! A config that is taken is taken once more when it is written anew, leads nowhere but where it may, and sends nothing to anybody whom
//! it does not name; one that is refused is refused in whole sentences, and not too many.

use crate::addresses::PARSER;
use crate::cases::{Corpus, Draw};
use crate::json::{PIECES, Samples};
use crate::running::{Target, fuzz, times};
use crate::watch::watched;
use crate::ways;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use url::Url;
use vestibule::config::{
    Block, Config, Draft, Mistakes, Origin, Pointer, RecordSource, Request, is_safe_link, parse_json, write_json,
};
use vestibule::session::ReturnPath;

const HOME: &str = "https://app.example/";

const WORDS: &[&str] = &[
    "version",
    "app",
    "id",
    "title",
    "after_sign_in",
    "links",
    "help",
    "theme",
    "logo",
    "texts",
    "languages",
    "provider",
    "providers",
    "preset",
    "vars",
    "sign_in",
    "refresh",
    "user_info",
    "revoke",
    "url",
    "json",
    "form",
    "headers",
    "method",
    "before",
    "ok",
    "tokens",
    "expires",
    "authorize",
    "origins",
    "errors",
    "challenge",
    "redirect",
    "passkey",
    "session",
    "store",
    "queries",
    "pages",
    "path",
    "blocks",
    "type",
    "table",
    "record",
    "query",
    "columns",
    "empty_link",
    "require",
    "/login",
    "/callback",
    "/:area",
    "/orders",
    "//evil.example",
    "/\\evil.example",
    "/x/../y",
    "javascript:alert(1)",
    "https://id.example",
    "http://id.example",
    "https://user@id.example",
    "https://id.example#token_endpoint",
    "https://{{user.host}}/x",
    "{{vars.base_url}}",
    "{{user.a}}",
    "{{form.password}}",
    "{{session.access_token}}",
    "a\r\nb: c",
    "supabase",
    "oidc",
    "auth0",
    "../presets/oidc",
    "GET",
    "self",
    "never",
    "jwt",
    "cookie",
    "body",
    "header:X",
    "",
    "en",
    "10",
];

fn folder(path: &str) -> BTreeMap<String, String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    let files = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    files
        .map(|file| (file.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(file).unwrap()))
        .collect()
}

fn load(text: &str, presets: &BTreeMap<String, String>) -> Result<Vec<Config>, Mistakes> {
    let draft = Draft::parse(text)?;
    let file = |name: &String| presets.get(name).cloned().ok_or_else(|| presets.keys().cloned().collect());
    let fetched: Vec<_> = draft.presets().into_iter().map(|name| (name.clone(), file(&name))).collect();
    draft.finish_all(&fetched, Some("https://app.example"))
}

#[test]
fn a_config_that_is_taken_leads_and_sends_nowhere_but_where_it_says() {
    let presets = folder("public/presets");
    let examples = folder("tests/fixtures/examples");
    let mut corpus = Corpus::of(&[include_str!("../fixtures/corpus/configs.txt")], PIECES);
    corpus.lines.extend(folder("tests/fixtures/bad-configs").into_values());
    let bad = corpus.lines.len();
    // Most begin with one that is taken: what is wrong with one place is found behind all that is right.
    for example in examples.values().cycle().take(bad * 2) {
        corpus.lines.push(example.clone());
    }
    let kept: Vec<String> = corpus.lines[..bad + examples.len()].to_vec();
    let samples = Samples::of(corpus, WORDS);
    let target = Target { name: "configs", cases: 400, one_in: 20 };
    fuzz(
        &target,
        &kept,
        |draw| samples.text(draw),
        |text, draw| {
            if draw.once_in(500) {
                let padded = [text, &" ".repeat(256 * 1024)].concat();
                assert!(load(&padded, &presets).is_err_and(|mistakes| mistakes.0.len() == 1), "too long, and read");
            }
            let configs = match load(text, &presets) {
                Ok(configs) => configs,
                Err(mistakes) => {
                    assert_told(&mistakes, text);
                    return false;
                }
            };
            let anew = write_json(&parse_json(text.trim_start_matches('\u{feff}')).unwrap().0);
            assert_eq!(load(&anew, &presets).as_ref(), Ok(&configs), "written anew, it is another");
            for config in &configs {
                assert_leads_nowhere_else(config);
                assert_sends_nowhere_else(config, draw);
            }
            true
        },
    );
}

/// Files as long as they may be, with as much wrong in them as there is room for. How long the slowest took is printed, and holds
/// nobody to anything; what does not end at all is told by the watch.
#[test]
fn a_file_full_of_mistakes_is_refused_with_as_many_as_anybody_reads() {
    let presets = folder("public/presets");
    let many = if times() > 1 { 10_000 } else { 500 };
    let full = |one: &dyn Fn(usize) -> String| (0..many).map(one).collect::<Vec<_>>().join(",");
    let with = |name: &str, value: &str| {
        format!(r#"{{"version":1,"app":{{"id":"a","title":"A"}},"provider":{{"preset":"oidc"}},"{name}":{value}}}"#)
    };
    let lists = ["1", r#"{"path":1}"#, "[]", r#""{{""#].map(|item| format!("[{}]", full(&|_| item.to_owned())));
    let objects =
        ["{}", "1", r#""{{""#].map(|member| format!("{{{}}}", full(&|number| format!(r#""k{number}":{member}"#))));
    let twice = format!("{{{}}}", full(&|number| format!(r#""{0}":1,"{0}":1"#, number % 9999)));
    let presets_of_their_own =
        format!("{{{}}}", full(&|number| format!(r#""{number}":{{"preset":"{}"}}"#, number % 99)));
    let mut slowest = 0;
    for name in ["pages", "queries", "providers", "provider", "store", "app", "session", "x"] {
        for value in lists.iter().chain(&objects).chain([&twice, &presets_of_their_own]) {
            let text = &with(name, value)[..];
            let begun = std::time::Instant::now();
            let mistakes = watched("configs", text, || load(text, &presets)).expect_err("it is full of mistakes");
            slowest = slowest.max(begun.elapsed().as_millis());
            let told = mistakes.to_string().len();
            assert!(
                !cfg!(feature = "operator") || mistakes.0.len() <= 2000 && told <= 500_000,
                "{name}: {told} bytes, {text:.99}"
            );
        }
    }
    assert!(Draft::parse(&with("providers", &presets_of_their_own)).unwrap().presets().len() <= 25);
    println!("files full of mistakes: the slowest took {slowest} ms");
}

fn assert_told(mistakes: &Mistakes, text: &str) {
    assert!(!mistakes.0.is_empty());
    if cfg!(not(feature = "operator")) {
        return;
    }
    for mistake in &mistakes.0 {
        assert!(Pointer::parse(&mistake.pointer).is_ok(), "{}", mistake.pointer);
        assert!(mistake.sentence.ends_with(['.', '?', ')', ':']), "{}", mistake.sentence);
    }
    let told = mistakes.to_string().len();
    assert!(told <= 100 * (text.len() + 100), "{told} bytes are told about {}", text.len());
}

fn assert_leads_nowhere_else(config: &Config) {
    let start = ReturnPath::default_of(config);
    assert_ne!(start.as_str(), "/login", "nobody is led from one sign-in to another");
    assert!(config.page_at(start.as_str()).is_some(), "{start} is no page");
    assert!(ways::try_link(start.as_str(), PARSER), "{start} leads elsewhere");
    let links = &config.app.links;
    let mut all: Vec<&str> =
        [&links.forgot_password, &links.sign_up, &links.help].into_iter().flatten().map(String::as_str).collect();
    for block in config.pages.iter().flat_map(|page| &page.blocks) {
        let empty = match block {
            Block::Table(table) => &table.empty,
            Block::Record(record) => {
                assert!(!matches!(&record.source, RecordSource::Query(name) if config.query(name).is_none()));
                &record.empty
            }
            Block::Text(_) => continue,
        };
        all.extend(empty.link.as_ref().map(|(_, address)| address.as_str()));
    }
    for link in all {
        assert!(ways::try_link(link, PARSER), "{link:?} leads elsewhere");
    }
    for page in &config.pages {
        assert!(page.path.starts_with('/') && page.path != "/login" && page.path.is_ascii());
        assert!(!page.path.contains("//") && is_safe_link(&page.path));
    }
}

fn assert_sends_nowhere_else(config: &Config, draw: &mut Draw) {
    let provider = &config.provider;
    let mut requests: Vec<&Request> = vec![&provider.sign_in];
    requests.extend(provider.refresh.iter().chain(&provider.revoke));
    requests.extend(provider.user_info.iter().map(|probe| &probe.request));
    requests.extend(provider.passkey.iter().flat_map(|passkey| [&passkey.options, &passkey.sign_in]));
    requests.extend(provider.errors.challenge.iter().filter_map(|challenge| challenge.request.as_ref()));
    requests.extend(config.queries.iter().map(|query| &query.request));
    let before: Vec<&Request> = requests.iter().filter_map(|request| request.before.as_deref()).collect();
    requests.extend(before);
    assert!(requests.iter().all(|request| request.timeout_ms > 0), "it would wait for ever, or not at all");
    // The browser goes there itself.
    requests.extend(
        provider.redirect.iter().flat_map(|redirect| [&redirect.request].into_iter().chain(&redirect.end_session)),
    );
    let nasty =
        *draw.pick(&["x", "..", "//evil.example", "\\evil", "@evil.example", "%2e%2e", "?#&=", "\r\nX: y", "\u{ff0f}"]);
    for request in requests {
        assert_goes_to_its_origin(request, nasty);
        for (name, value) in &request.headers {
            let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            assert!(!name.is_empty() && name.bytes().all(is_token), "{name:?} is no name of a header");
            assert!(!value.as_written().contains(['\r', '\n', '\0']), "{name} is two headers");
        }
    }
    for origin in &provider.authorize.origins {
        if let Origin::Other(origin) = origin {
            assert_is_origin(origin);
        }
    }
}

fn assert_goes_to_its_origin(request: &Request, nasty: &str) {
    let values = [json!("x"), json!(nasty)];
    for value in values {
        let Ok(address) = request.url.render(&|_| Some(Value::clone(&value))) else { continue };
        let home = Url::parse(HOME).unwrap();
        // What no browser can read is not sent.
        let Ok(read) = home.join(&address) else { continue };
        assert!(read.username().is_empty() && read.password().is_none(), "{address}");
        match request.url.origin() {
            Origin::Own => assert_eq!(read.origin(), home.origin(), "{address}"),
            Origin::Other(origin) => {
                assert_is_origin(origin);
                let is_number = read
                    .host_str()
                    .is_some_and(|host| host.ends_with(|last: char| last.is_ascii_digit() || last == ']'));
                // Numbers are written anew by whoever reads them.
                assert!(
                    is_number || read.origin().ascii_serialization() == *origin,
                    "{address} goes to {}",
                    read.origin().ascii_serialization()
                );
            }
        }
    }
}

fn assert_is_origin(origin: &str) {
    let Ok(read) = Url::parse(origin) else { return };
    let is_here = read.host_str().is_some_and(|host| {
        host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
    });
    assert!(read.scheme() == "https" || read.scheme() == "http" && is_here, "{origin} is sent in the clear");
    assert!(
        read.username().is_empty() && read.path() == "/" && read.query().is_none() && read.fragment().is_none(),
        "{origin}"
    );
}
