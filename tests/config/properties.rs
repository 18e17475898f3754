//! What holds for every value and every text: a binding never breaks out of its place, and reading
//! never panics. Texts, links and addresses are tried at scale in `tests/fuzz/`.

use super::schema::{SAMPLES, piece};
use super::{load, load_each, read, small, with};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fmt::Write as _;
use url::Url;
use vestibule::{
    config::{
        Binding, Body, Config, Draft, Preset, Request, Root, Template, form_component, merge_patch, parse_json,
        write_json,
    },
    oidc::metadata,
};

/// Text of all of Unicode, with what breaks out of things more often than chance has it.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[/?#&=+%.:;@\\\\\"'{}\\[\\] \t\r\n\u{0}a\u{e9}]{0,12}",
        Just("..".to_owned()),
        Just("%2e%2E".to_owned()),
        Just("{{user.b}}".to_owned()),
        Just("\", \"admin\": true, \"x\": \"".to_owned()),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 4.0)),
        nasty().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::Array),
            btree_map(nasty(), inner, 0..5).prop_map(|members| json!(members)),
        ]
    })
}

/// Looks `user.NAME` and `store.NAME` up in an object.
fn among(values: &Value) -> impl Fn(&Binding) -> Option<Value> {
    |binding| binding.find(values).cloned()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_var_never_breaks_out_of_its_place_in_a_url(value in nasty()) {
        let mut config = with("/provider/vars/x", json!("X"));
        // What looks like a binding would be one in a var.
        let value = value.replace('{', "(");
        config["provider"]["vars"]["x"] = json!(value);
        config["queries"]["orders"]["url"] = json!("https://id.example/a?q={{vars.x}}&r=1");
        let config = load(&config.to_string()).unwrap();
        let url = config.query("orders").unwrap().request.url.as_written();
        let parsed = Url::parse(&url).unwrap();
        let pairs: Vec<(String, String)> = parsed.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs, [("q".to_owned(), value), ("r".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn a_var_in_place_of_a_host_stays_in_the_host(value in nasty()) {
        let mut config = small();
        let value = value.replace('{', "(");
        config["provider"]["vars"]["x"] = json!(value);
        config["queries"]["orders"] = json!({ "url": "https://{{vars.x}}.id.example/a", "authorized": false });
        if let Ok(config) = load(&config.to_string()) {
            let request = &config.query("orders").unwrap().request;
            let parsed = Url::parse(&request.url.as_written());
            if let Ok(parsed) = parsed {
                prop_assert!(parsed.host_str().unwrap().ends_with(".id.example"));
                prop_assert_eq!(parsed.path(), "/a");
            }
        }
    }

    #[test]
    fn a_value_never_breaks_out_of_a_json_body(name in nasty(), bound in any_json()) {
        let json = json!({ "name": "{{form.username}}", "x": { "y": ["{{form.password}}", "a {{form.username}} b"] } });
        let config = with("/provider/sign_in/json", json);
        let config = load(&config.to_string()).unwrap();
        let Body::Json { value, .. } = &config.provider.sign_in.body else { panic!() };
        let values = json!({ "username": name, "password": bound });
        let rendered = value.render(&among(&values)).unwrap();
        let sent: Value = serde_json::from_str(&rendered.to_string()).unwrap();
        prop_assert_eq!(
            sent,
            json!({ "name": name, "x": { "y": [bound, format!("a {name} b")] } })
        );
    }

    #[test]
    fn writing_agrees_with_serde_json(value in any_json()) {
        let written = write_json(&value);
        prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value.clone());
        prop_assert!(!written.contains(|letter: char| letter < ' '));
    }

    #[test]
    fn parsing_agrees_with_serde_json(value in any_json()) {
        let text = value.to_string();
        let (read, duplicates) = parse_json(&text).unwrap();
        prop_assert_eq!(read, serde_json::from_str::<Value>(&text).unwrap());
        prop_assert!(duplicates.is_empty());
    }

    #[test]
    fn broken_json_is_refused_exactly_when_serde_json_refuses_it(value in any_json(), cut in any::<prop::sample::Index>(), junk in nasty()) {
        let mut text = value.to_string();
        let at = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect::<Vec<_>>();
        text.insert_str(*cut.get(&at), &junk);
        prop_assert_eq!(parse_json(&text).is_ok(), serde_json::from_str::<Value>(&text).is_ok());
    }

    #[test]
    fn merging_a_patch_twice_changes_nothing_more(mut target in any_json(), patch in any_json()) {
        merge_patch(&mut target, patch.clone());
        let once = target.clone();
        merge_patch(&mut target, patch);
        prop_assert_eq!(target, once);
    }

    #[test]
    fn arbitrary_text_never_panics(text in nasty()) {
        let _ = load(&text).is_ok();
        let _ = Template::parse(&text).map(|template| template.display(&|_| None));
        let _ = vestibule::config::is_safe_link(&text);
        let draft = Draft::parse(&small().to_string()).unwrap();
        let _ = draft.finish(Preset::Text(&text), Some(&text)).is_ok();
    }

    #[test]
    fn arbitrary_values_anywhere_in_the_file_never_panic(
        value in any_json(),
        place in prop::sample::select(PLACES),
        preset in any_json(),
    ) {
        let config = with(place, value);
        let _ = super::mistakes(&config);
        let draft = Draft::parse(&config.to_string()).unwrap();
        let named = with("/provider", json!({ "preset": "supabase" }));
        let _ = draft.finish(Preset::NotNamed, Some("https://app.example")).is_ok();
        let draft = Draft::parse(&named.to_string()).unwrap();
        let _ = draft.finish(Preset::Text(&preset.to_string()), None).is_ok();
    }

    #[test]
    fn a_path_never_panics_and_its_parameters_hold_what_was_encoded(path in nasty(), value in nasty()) {
        let config = with("/pages", json!([{ "path": "/a", "title": "A" }, { "path": "/o/:id/x", "title": "O" }]));
        let config = load(&config.to_string()).unwrap();
        let _ = config.page_at(&path);
        prop_assume!(!value.is_empty());
        let encoded: String = form_component(&value).replace('+', "%20");
        let (page, params) = config.page_at(&format!("/o/{encoded}/x")).unwrap();
        prop_assert_eq!(&page.title, "O");
        prop_assert_eq!(params, [("id".to_owned(), value)]);
    }
}

/// What the program of a redirect, and whoever tells answers apart by their path, relies on.
fn assert_can_be_carried_out(configs: &[Config]) {
    let mut paths = HashSet::new();
    for Config { provider, .. } in configs {
        let Some(redirect) = &provider.redirect else {
            assert_eq!(provider.name, "provider", "only this one has a form");
            continue;
        };
        assert!(paths.insert(&redirect.path), "two lead back to {}", redirect.path);
        assert!(redirect.path == "/callback" || redirect.path.starts_with("/callback/"), "{}", redirect.path);
        assert!(!redirect.client_id.is_empty());
        let issuer = &redirect.issuer;
        assert_eq!(metadata::well_known(issuer).len(), 2, "{issuer}");
        let mut requests: Vec<&Request> = provider.revoke.iter().collect();
        requests.extend([&redirect.request, &provider.sign_in]);
        requests.extend(provider.refresh.iter().chain(&redirect.end_session));
        requests.extend(provider.user_info.as_ref().map(|probe| &probe.request));
        let addresses = requests.iter().map(|request| request.url.as_written());
        for address in addresses.chain([redirect.jwks.clone(), redirect.par.clone()]) {
            if address.contains('#') {
                let reference = metadata::reference(&address).unwrap_or_else(|| panic!("{address} names no endpoint"));
                assert!(reference.is_of(issuer), "{address} is none of {issuer}");
            }
        }
        let carried = provider.authorize.value.as_written();
        assert_eq!(carried.starts_with("DPoP "), redirect.has_dpop, "{carried}");
        let leaves = redirect.end_session.as_ref();
        assert!(leaves.is_none_or(|leaves| !leaves.binds(Root::Session, "access_token")));
        let names = ["code", "code_verifier", "redirect_uri"];
        assert!(names.into_iter().all(|name| provider.sign_in.binds(Root::Form, name)));
    }
}

/// What stands in `tests/fixtures/redirect-values.txt`: where in a config with a `redirect` which values are taken.
fn taken_values() -> String {
    let samples = ["redirect-written-out", "redirect-providers", "redirect-silent", "redirect-dpop"];
    let texts = [
        "",
        "/a",
        "none",
        "https://id.acme.example",
        "https://id.acme.example/",
        "http://id.acme.example",
        "http://localhost:8080/realms/acme",
        "https://id.acme.example?x=1",
        "https://id.acme.example#token_endpoint",
        "http://localhost:8080/realms/acme#token_endpoint",
        "https://id.acme.example#token",
        "/callback",
        "/callback/",
        "/callback/acme",
        "/callback/signed-out",
        "/callbacks",
        "{{form.code}}",
        "{{url.x}}",
        "{{session.access_token}}",
        "{{session.id_token}}",
        "DPoP {{session.access_token}}",
        "Bearer {{session.access_token}}",
        "oidc",
    ];
    let mut values: Vec<Value> = texts.into_iter().map(Value::from).collect();
    values.extend([json!(null), json!(true), json!(1), json!([]), json!({}), json!({ "x": "y" })]);
    values.push(json!({ "url": "https://id.acme.example" }));
    let mut told = String::new();
    for sample in samples {
        let file: Value = serde_json::from_str(&read(&format!("tests/fixtures/examples/{sample}.json"))).unwrap();
        for place in REDIRECT_PLACES {
            let parent = place.rsplit_once('/').map(|(parent, _)| parent).unwrap_or_default();
            if file.pointer(parent).is_some_and(|parent| !parent.is_object()) {
                continue;
            }
            let taken = values
                .iter()
                .filter(|value| load(&super::set(file.clone(), place, (*value).clone()).to_string()).is_ok());
            let taken: Vec<String> = taken.map(Value::to_string).collect();
            writeln!(told, "{sample} {place}: {}", taken.join(" ")).unwrap();
        }
    }
    told
}

/// The same file whether mistakes are told in words or only counted: neither build takes what the other refuses.
#[test]
fn which_values_a_redirect_takes_stands_in_a_file() {
    const EXPECTED: &str = "tests/fixtures/redirect-values.txt";
    let taken = taken_values();
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(EXPECTED), &taken).unwrap();
    }
    for (taken, expected) in taken.lines().zip(read(EXPECTED).lines()) {
        assert_eq!(taken, expected);
    }
    assert_eq!(taken, read(EXPECTED));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_values_anywhere_in_a_redirect_never_panic(
        value in any_json(),
        place in prop::sample::select(REDIRECT_PLACES),
        name in nasty(),
    ) {
        let file: Value = serde_json::from_str(&read("tests/fixtures/examples/redirect-providers.json")).unwrap();
        let mut changed = super::set(file.clone(), place, value.clone());
        let _ = super::mistakes(&changed);
        changed["providers"] = json!({ &name: file["providers"]["acme"].clone() });
        let _ = super::mistakes(&changed);
        changed["providers"] = value;
        let _ = super::mistakes(&changed);
    }

    #[test]
    fn a_redirect_that_is_taken_can_be_carried_out(
        sample in any::<prop::sample::Index>(),
        changes in vec((any::<prop::sample::Index>(), piece()), 0..3),
    ) {
        let redirects = SAMPLES.iter().filter(|(config, _)| config.to_string().contains("oidc") || config["provider"]["redirect"].is_object());
        let (mut config, places) = (*sample.get(&redirects.collect::<Vec<_>>())).clone();
        for (place, piece) in changes {
            let place: &String = place.get(&places);
            if let Some(value) = config.pointer_mut(place) {
                *value = piece;
            }
        }
        match load_each(&config.to_string()) {
            Ok(configs) => assert_can_be_carried_out(&configs),
            Err(mistakes) if cfg!(feature = "operator") => {
                for mistake in &mistakes.0 {
                    prop_assert!(mistake.sentence.ends_with(['.', '?', ')']), "{}", mistake);
                }
            }
            Err(mistakes) => prop_assert!(!mistakes.0.is_empty()),
        }
    }
}

/// Where in a config with a `redirect` something may be wrong.
const REDIRECT_PLACES: &[&str] = &[
    "/provider/redirect",
    "/provider/redirect/issuer",
    "/provider/redirect/url",
    "/provider/redirect/form",
    "/provider/redirect/form/client_id",
    "/provider/redirect/form/scope",
    "/provider/redirect/form/prompt",
    "/provider/redirect/form/state",
    "/provider/redirect/form/tenant",
    "/provider/redirect/jwks",
    "/provider/redirect/par",
    "/provider/redirect/path",
    "/provider/redirect/label",
    "/provider/redirect/auto",
    "/provider/redirect/popup",
    "/provider/redirect/silent",
    "/provider/redirect/dpop",
    "/provider/redirect/end_session",
    "/provider/redirect/end_session/url",
    "/provider/redirect/end_session/form",
    "/provider/redirect/end_session/form/hint",
    "/provider/sign_in/url",
    "/provider/sign_in/form",
    "/provider/sign_in/form/code",
    "/provider/refresh/url",
    "/provider/user_info/url",
    "/provider/revoke",
    "/provider/authorize/value",
    "/provider/authorize/origins",
    "/provider/vars/issuer",
    "/providers",
    "/providers/acme",
    "/providers/acme/preset",
    "/providers/acme/redirect",
    "/providers/acme/redirect/issuer",
    "/providers/acme/redirect/path",
    "/providers/acme/redirect/auto",
    "/providers/acme/vars",
    "/providers/acme/vars/issuer",
    "/pages/0/path",
    "/queries/orders/url",
];

const PLACES: &[&str] = &[
    "",
    "/version",
    "/app",
    "/app/id",
    "/app/locale",
    "/app/languages",
    "/app/texts",
    "/app/texts/help",
    "/app/after_sign_in",
    "/app/links",
    "/app/links/help",
    "/provider",
    "/provider/preset",
    "/provider/vars",
    "/provider/vars/base",
    "/provider/form",
    "/provider/headers",
    "/provider/sign_in",
    "/provider/sign_in/url",
    "/provider/sign_in/method",
    "/provider/sign_in/headers",
    "/provider/sign_in/json",
    "/provider/sign_in/ok",
    "/provider/sign_in/before",
    "/provider/sign_in/tokens",
    "/provider/user_info",
    "/provider/revoke",
    "/provider/tokens",
    "/provider/tokens/access_token",
    "/provider/tokens/expires",
    "/provider/authorize",
    "/provider/authorize/origins",
    "/provider/errors",
    "/provider/errors/challenge",
    "/provider/errors/challenge/when",
    "/session",
    "/store",
    "/queries",
    "/queries/orders",
    "/pages",
    "/pages/0",
    "/pages/0/path",
    "/pages/0/menu",
    "/pages/0/require",
    "/pages/0/blocks",
    "/pages/0/blocks/0",
    "/pages/0/blocks/0/columns",
];
