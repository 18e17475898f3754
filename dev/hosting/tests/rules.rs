//! What a policy lets through, by somebody else's reading of it (the crate that servo uses), and what it does not.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::expect_used, reason = "tests")]

use content_security_policy::{
    CheckResult, CspList, Destination, Initiator, ParserMetadata, PolicyDisposition, PolicySource, Request, Url,
};
use hosting::{App, Base, Host, Rules, read_text};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const APP: &str = "https://app.example";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn app(config: &Value) -> App {
    read_text(&config.to_string(), &root().join("public/presets")).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn rules(config: &Value) -> Rules {
    Rules::of(&app(config), Base::root()).unwrap()
}

/// A config with this provider, and one page.
fn with(provider: &Value) -> Value {
    json!({
        "version": 1,
        "app": { "id": "acme", "title": "Acme" },
        "provider": provider,
        "pages": [ { "path": "/home", "title": "Home", "blocks": [] } ],
    })
}

fn by_redirect(redirect: &Value) -> Value {
    with(
        &json!({ "preset": "oidc", "vars": { "issuer": "https://id.example/realm", "client_id": "acme" }, "redirect": redirect }),
    )
}

fn header(headers: &[(&'static str, String)], name: &str) -> Option<String> {
    let found: Vec<&String> = headers.iter().filter(|(own, _)| *own == name).map(|(_, value)| value).collect();
    assert!(found.len() < 2, "{name} is there twice");
    found.first().map(ToString::to_string)
}

fn policy(rules: &Rules) -> String {
    header(&rules.headers(), "Content-Security-Policy").unwrap()
}

/// Whether a browser fetches an address, absolute or of the app's own, for that.
fn lets_through(policy: &str, address: &str, destination: Destination) -> bool {
    let csp = CspList::parse(policy, PolicySource::Header, PolicyDisposition::Enforce);
    let page = Url::parse(APP).unwrap();
    let url = page.join(address).unwrap();
    let request = Request {
        url: url.clone(),
        current_url: url,
        origin: page.origin(),
        redirect_count: 0,
        destination,
        initiator: Initiator::Fetch,
        nonce: String::new(),
        integrity_metadata: String::new(),
        parser_metadata: ParserMetadata::None,
    };
    csp.should_request_be_blocked(&request).0 == CheckResult::Allowed
}

fn may_ask(rules: &Rules, address: &str) -> bool {
    lets_through(&policy(rules), address, Destination::None)
}

// --- who may be talked to ---------------------------------------------------------------------

#[test]
fn every_address_that_a_preset_is_known_to_ask_may_be_asked_and_no_other() {
    let index: Vec<String> =
        serde_json::from_str(&fs::read_to_string(root().join("public/presets/index.json")).unwrap()).unwrap();
    let mut asked = 0;
    for name in index {
        // What the app was seen to send, or is documented to: told by nothing of this crate.
        let fixture = fs::read_to_string(root().join(format!("tests/fixtures/presets/{name}.json"))).unwrap();
        let fixture: Value = serde_json::from_str(&fixture).unwrap();
        let rules = rules(&with(&json!({ "preset": name, "vars": fixture["vars"] })));
        for exchange in fixture["exchanges"].as_array().unwrap() {
            let Some(address) = exchange.pointer("/sends/url").and_then(Value::as_str) else { continue };
            asked += 1;
            assert!(may_ask(&rules, address), "{name}: {address}\n{}", policy(&rules));
        }
        assert!(!may_ask(&rules, "https://evil.example/token"), "{name}");
        assert!(may_ask(&rules, "/config.json"), "{name}");
    }
    assert!(asked > 40, "only {asked} addresses were looked at");
}

#[test]
fn every_request_of_a_config_may_be_sent() {
    let request = |host: &str| json!({ "url": format!("https://{host}.example/x"), "json": { "p": "{{form.password}}", "c": "{{form.code}}" } });
    let config = json!({
        "version": 1,
        "app": { "id": "acme", "title": "Acme", "theme": { "logo": "https://logo.example/l.svg" } },
        "provider": {
            "sign_in": { "url": "https://sign-in.example/x", "json": { "p": "{{form.password}}" },
                         "before": { "method": "GET", "url": "https://before.example/csrf" } },
            "refresh": { "url": "https://refresh.example/x", "json": { "r": "{{session.refresh_token}}" } },
            "user_info": { "url": "https://user-info.example/x", "user": "" },
            "revoke": [ { "url": "https://revoke-1.example/x" }, { "url": "https://revoke-2.example:8443/x" } ],
            "authorize": { "origins": [ "https://token.example", "self", "https://query.example" ] },
            "errors": { "challenge": { "when": { "pointer": "/error" }, "fields": [ { "name": "code", "kind": "one_time_code" } ],
                                       "request": request("challenge") } },
            "passkey": {
                "options": { "url": "https://options.example/x", "at": "/options" },
                "sign_in": { "url": "https://passkey.example/x", "json": { "c": "{{passkey}}" } },
            },
        },
        "queries": { "rows": { "url": "https://query.example/{{user.id}}" },
                     "open": { "url": "https://open-data.example/rates", "authorized": false } },
        "pages": [ { "path": "/home", "title": "Home", "blocks": [ { "type": "table", "query": "rows" } ] } ],
    });
    let rules = rules(&config);
    for host in [
        "sign-in",
        "before",
        "refresh",
        "user-info",
        "revoke-1",
        "revoke-2",
        "token",
        "query",
        "challenge",
        "options",
        "passkey",
        "open-data",
    ] {
        let port = if host == "revoke-2" { ":8443" } else { "" };
        assert!(may_ask(&rules, &format!("https://{host}.example{port}/anything")), "{host}\n{}", policy(&rules));
    }
    for other in
        ["https://revoke-2.example/x", "http://query.example/x", "https://logo.example/l.svg", "wss://query.example"]
    {
        assert!(!may_ask(&rules, other), "{other}");
    }
    assert!(lets_through(&policy(&rules), "https://logo.example/l.svg", Destination::Image));
    let permissions = header(&rules.headers(), "Permissions-Policy").unwrap();
    assert!(
        permissions.contains("publickey-credentials-create=(self), publickey-credentials-get=(self)"),
        "{permissions}"
    );
}

#[test]
fn all_providers_of_several_may_be_talked_to() {
    let mut config =
        with(&json!({ "preset": "supabase", "vars": { "base_url": "https://one.example", "api_key": "k" } }));
    let second = json!({ "preset": "oidc", "vars": { "issuer": "https://two.example", "client_id": "acme" } });
    config["providers"] = json!({ "acme": second });
    let rules = rules(&config);
    assert!(may_ask(&rules, "https://one.example/auth/v1/token") && may_ask(&rules, "https://two.example/token"));
    assert!(rules.pages().iter().any(|page| page == "/callback/acme"), "{:?}", rules.pages());
}

#[test]
fn who_is_named_beside_the_config_may_be_talked_to_and_nothing_else_can_be_said() {
    let mut rules = rules(&by_redirect(&json!({})));
    assert!(!may_ask(&rules, "https://keys.example/jwks"));
    rules.also("https://keys.example").unwrap();
    assert!(may_ask(&rules, "https://keys.example/jwks"));
    assert!(rules.also("https://a.example; script-src *").is_err());
}

#[test]
fn that_metadata_may_name_others_is_said_where_it_is_asked() {
    let told = |config: &Value| Host::Nginx.print(&rules(config), "/srv");
    let document = "https://id.example/realm/.well-known/openid-configuration";
    assert!(told(&by_redirect(&json!({}))).contains(document));
    let password = with(
        &json!({ "preset": "oidc-password", "vars": { "issuer": "https://id.example", "client_id": "acme",
        "token_endpoint": "https://id.example/t", "revocation_endpoint": "https://id.example/r", "userinfo_endpoint": "https://id.example/u" } }),
    );
    assert!(!told(&password).contains("--also"));
}

// --- every header, to the letter ---------------------------------------------------------------

#[test]
fn a_careful_host_sends_these_headers_and_no_others() {
    let rules =
        rules(&with(&json!({ "preset": "supabase", "vars": { "base_url": "https://id.example", "api_key": "k" } })));
    let expected = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self' https://id.example; form-action 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'",
        ),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        (
            "Permissions-Policy",
            "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), \
             publickey-credentials-create=(), publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()",
        ),
    ];
    let headers = rules.headers();
    let sent: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(sent, expected);
}

// --- what may run and be shown ----------------------------------------------------------------

#[test]
fn the_app_s_own_files_are_used_and_nobody_else_s() {
    let policy = policy(&rules(&with(
        &json!({ "preset": "supabase", "vars": { "base_url": "https://id.example", "api_key": "k" } }),
    )));
    for (path, destination) in [
        ("/start-0123456789abcdef.js", Destination::Script),
        ("/main-0123456789abcdef.css", Destination::Style),
        ("/favicon.svg", Destination::Image),
        ("/a.woff2", Destination::Font),
    ] {
        assert!(lets_through(&policy, path, destination), "{path}");
        for other in ["https://id.example", "https://evil.example"] {
            assert!(!lets_through(&policy, &format!("{other}{path}"), destination), "{other}{path}");
        }
    }
    for destination in
        [Destination::Object, Destination::Frame, Destination::IFrame, Destination::Worker, Destination::Manifest]
    {
        assert!(!lets_through(&policy, "https://evil.example/x", destination), "{destination:?}");
    }
    let csp = CspList::parse(&policy, PolicySource::Header, PolicyDisposition::Enforce);
    assert_eq!(csp.is_wasm_evaluation_allowed().0, CheckResult::Allowed);
    let own = Url::parse(APP).unwrap().origin();
    assert_eq!(csp.is_js_evaluation_allowed("eval").0, CheckResult::Blocked);
    let base = |url: &str| csp.is_base_allowed_for_document(&Url::parse(url).unwrap(), &own).0;
    assert_eq!(base("https://app.example/sub/app/"), CheckResult::Allowed);
    assert_eq!(base("https://evil.example/"), CheckResult::Blocked);
}

#[test]
fn index_html_needs_no_more_than_that() {
    let page = fs::read_to_string(root().join("index.html")).unwrap();
    for tag in page.split("<script").skip(1) {
        let (attributes, _) = tag.split_once('>').unwrap();
        assert!(attributes.contains("type=\"application/json\"") || attributes.contains(" src="), "{attributes}");
    }
    assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick="));
}

#[test]
fn nobody_may_show_the_pages_in_a_frame_but_where_a_sign_in_is_silent() {
    let ancestors = |headers: &[(&'static str, String)]| {
        let policy = header(headers, "Content-Security-Policy").unwrap();
        let directive =
            policy.split("; ").find_map(|directive| directive.strip_prefix("frame-ancestors ")).unwrap().to_owned();
        (directive, header(headers, "X-Frame-Options"))
    };
    let nobody = ("'none'".to_owned(), Some("DENY".to_owned()));
    let loud = rules(&by_redirect(&json!({ "popup": true })));
    assert_eq!(ancestors(&loud.headers_at("/callback")), nobody);
    assert!(loud.framed().is_empty() && !policy(&loud).contains("frame-src"));
    // Windows talk without reaching into each other.
    assert_eq!(header(&loud.headers(), "Cross-Origin-Opener-Policy").unwrap(), "same-origin");

    let mut silent = rules(&by_redirect(&json!({ "silent": true })));
    assert_eq!(ancestors(&silent.headers_at("/callback")), ("'self'".to_owned(), Some("SAMEORIGIN".to_owned())));
    for path in ["/", "/login", "/home", "/callback/signed-out", "/callback/front-channel"] {
        assert_eq!(ancestors(&silent.headers_at(path)), nobody, "{path}");
    }
    let shows = |rules: &Rules, address| lets_through(&policy(rules), address, Destination::IFrame);
    assert!(shows(&silent, "https://id.example/authorize") && shows(&silent, "/callback"));
    assert!(!shows(&silent, "https://pages.example/authorize"));
    silent.also("https://pages.example").unwrap();
    assert!(shows(&silent, "https://pages.example/authorize"));

    silent.let_providers_sign_out();
    assert_eq!(ancestors(&silent.headers_at("/callback/front-channel")), ("https://id.example".to_owned(), None));
    assert_eq!(ancestors(&silent.headers_at("/callback/signed-out")), nobody);
}

#[test]
fn a_host_that_no_policy_can_name_is_told_with_what_to_do() {
    let config = with(&json!({ "preset": "supabase", "vars": { "base_url": "http://[::1]:8787", "api_key": "k" } }));
    let said = Rules::of(&app(&config), Base::root()).unwrap_err().to_string();
    assert!(said.contains("`http://[::1]:8787`") && said.contains("`localhost`"), "{said}");
}
