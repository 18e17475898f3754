//! What is printed for each host. `tests/end-to-end/tests/hosting.rs` has a real nginx read it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

use hosting::{Base, Host, Rules, read_text};
use serde_json::{Value, json};
use std::path::Path;

const FOLDER: &str = "/srv/vestibule";

/// Pages of all kinds, and a sign-in of each kind.
fn rules(base: &str) -> Rules {
    let config: Value = json!({
        "version": 1,
        "app": { "id": "acme", "title": "Acme" },
        "provider": { "preset": "supabase", "vars": { "base_url": "https://one.example", "api_key": "k" } },
        "providers": { "acme": { "preset": "oidc", "vars": { "issuer": "https://two.example", "client_id": "c" }, "redirect": { "silent": true } } },
        "pages": [
            { "path": "/orders", "title": "Orders", "blocks": [] },
            { "path": "/people/:id", "title": "Person", "blocks": [] },
            { "path": "/BASE/v1.2", "title": "Version", "blocks": [] },
            { "path": "/presets/:id", "title": "A folder's name", "blocks": [] },
            { "path": "/:anything", "title": "Anything", "blocks": [] },
        ],
    });
    let app = read_text(&config.to_string(), Path::new("/nowhere")).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    Rules::of(&app, Base::parse(base).unwrap()).unwrap()
}

fn files_only(host: Host) -> bool {
    matches!(host, Host::Netlify | Host::Cloudflare)
}

/// The lines that count.
fn told(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with('#')).fold(String::new(), |told, line| told + line + "\n")
}

#[test]
fn every_host_but_the_page_itself_is_told_every_header_of_every_address() {
    for base in ["/", "/sub/app/"] {
        let rules = rules(base);
        let frame = rules.framed().first().unwrap();
        for host in Host::ALL.into_iter().filter(|host| *host != Host::Meta) {
            let printed = told(&host.print(&rules, FOLDER));
            for (name, value) in rules.headers().iter().chain(&rules.headers_in(frame)) {
                let line = printed.lines().find(|line| line.contains(name) && line.contains(value.as_str()));
                assert!(line.is_some(), "{} is not told `{name}: {value}`\n{printed}", host.name());
            }
            assert!(printed.contains("public, max-age=31536000, immutable"), "{}", host.name());
            assert!(printed.contains("index.html") || host == Host::Cloudflare, "{}", host.name());
            assert!(printed.contains(FOLDER) != files_only(host), "{}", host.name());
        }
    }
}

#[test]
fn nothing_is_left_to_fill_in_and_all_that_opens_closes() {
    for base in ["/", "/sub/app/"] {
        for host in Host::ALL {
            let printed = host.print(&rules(base), FOLDER);
            let is_mark = |word: &str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase());
            assert!(!printed.split('@').skip(1).step_by(2).any(is_mark), "{}\n{printed}", host.name());
            assert!(!printed.lines().any(|line| line.ends_with(char::is_whitespace)), "{}", host.name());
            let told = told(&printed);
            assert_eq!(told.matches('{').count(), told.matches('}').count(), "{}\n{told}", host.name());
            assert!(told.lines().all(|line| line.matches('"').count() % 2 == 0), "{}\n{told}", host.name());
        }
    }
}

#[test]
fn below_a_path_the_page_s_base_is_that_path_and_at_the_root_nothing_is_changed() {
    for host in Host::ALL {
        let (root, below) = (host.print(&rules("/"), FOLDER), host.print(&rules("/sub/app/"), FOLDER));
        assert!(!root.contains("<base"), "{}", host.name());
        assert!(below.contains("/sub/app/"), "{}", host.name());
        let changes = below.contains("sub_filter '<base href=\"/\">' '<base href=\"/sub/app/\">'")
            || below.contains(r#"Substitute "s|<base href=\"/\">|<base href=\"/sub/app/\">|n""#);
        let says_how = below.contains("sed -i 's|<base href=\"/\">|<base href=\"/sub/app/\">|' index.html setup.html");
        assert_eq!(changes, matches!(host, Host::Nginx | Host::Apache), "{}", host.name());
        assert_eq!(says_how, !changes, "{}", host.name());
    }
}

#[test]
fn a_page_whose_address_may_end_like_a_file_s_is_still_a_page_and_no_file_becomes_one() {
    for host in [Host::Nginx, Host::Apache, Host::Caddy] {
        let printed = host.print(&rules("/"), FOLDER);
        assert!(printed.contains("people/[^/]+/?$"), "{}", host.name());
        assert!(printed.contains(r"BASE/v1\.2/?$"), "{}", host.name());
        // Or every file would be one, and presets too.
        assert!(!printed.contains("\"^/[^/]+/?$") && !printed.contains("\"^[^/]+/?$"), "{}", host.name());
        assert!(!printed.contains("presets/[^/]+"), "{}", host.name());
    }
}

#[test]
fn hosts_that_know_no_patterns_have_a_rule_for_each_page_and_none_for_all() {
    for (host, page) in [(Host::Netlify, "/sub/app/index.html"), (Host::Cloudflare, "/sub/app/")] {
        let printed = host.print(&rules("/sub/app/"), FOLDER);
        let (_, redirects) = printed.split_once("# ===== _redirects\n").unwrap();
        let (redirects, not_found) = redirects.split_once("\n# ===== 404.html\n").unwrap();
        for path in [
            "login",
            "orders",
            "people/:id",
            "callback/acme",
            "callback/acme/signed-out",
            "callback/acme/front-channel",
        ] {
            let rule = format!("/sub/app/{path} {page} 200");
            assert!(redirects.lines().any(|line| line == rule), "{rule}\n{redirects}");
        }
        assert!(!redirects.contains('*'), "{redirects}");
        assert!(not_found.starts_with("<!DOCTYPE html>"));
    }
}

#[test]
fn whatever_is_called_by_its_content_may_be_kept_by_hosts_that_know_no_patterns_too() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/src/names.rs");
    let source = std::fs::read_to_string(source).unwrap();
    let (_, list) = source.split_once("const FILES: ").unwrap();
    let (list, _) = list.split_once("];").unwrap();
    let named = list.split("(\"").filter(|row| row.contains(", true)"));
    let beginnings: Vec<&str> = named.filter_map(|row| row.split('"').next()).collect();
    assert!(beginnings.len() > 5, "{list}");
    for host in [Host::Netlify, Host::Cloudflare] {
        let printed = host.print(&rules("/"), FOLDER);
        for beginning in &beginnings {
            let (_, rule) = printed
                .split_once(&format!("\n/{beginning}-*\n"))
                .unwrap_or_else(|| panic!("{}: {beginning}", host.name()));
            let rule = rule.split("\n/").next().unwrap();
            assert!(rule.contains("  Cache-Control: public, max-age=31536000, immutable"), "{beginning}: {rule}");
        }
    }
}

/// Both send a header twice where two rules name it, and two policies are both in force.
#[test]
fn no_address_is_sent_two_policies() {
    let rules = rules("/");
    let netlify = Host::Netlify.print(&rules, FOLDER);
    let (_, for_all) = netlify.split_once("\n/*\n").unwrap();
    let for_all = for_all.split("\n/").next().unwrap();
    assert!(for_all.contains("Referrer-Policy") && !for_all.contains("Content-Security-Policy"), "{for_all}");
    assert!(!for_all.contains("X-Frame-Options"));
    let cloudflare = Host::Cloudflare.print(&rules, FOLDER);
    let (_, callback) = cloudflare.split_once("\n/callback/acme\n").unwrap();
    assert!(callback.starts_with("  ! Content-Security-Policy\n  ! X-Frame-Options\n"), "{callback}");
}

#[test]
fn a_page_says_what_a_page_can_say() {
    let rules = rules("/");
    let printed = Host::Meta.print(&rules, FOLDER);
    let (remarks, tag) = printed.split_once("-->\n").unwrap();
    assert!(remarks.contains("`frame-ancestors` is ignored") && !remarks.contains("headers of its own"));
    assert!(tag.starts_with("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "), "{tag}");
    assert!(
        tag.contains("connect-src 'self' https://one.example https://two.example;") && !tag.contains("frame-ancestors")
    );
    assert_eq!(tag.lines().count(), 1);
}
