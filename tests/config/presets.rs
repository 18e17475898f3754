//! Every preset loads with the vars of its fixture and needs no others. What it makes of answers is `tests/session/replay.rs`.

use super::{load, read, small};
use serde_json::{Value, json};
use vestibule::config::{Body, Config, Draft, Expiry, Origin, Preset, Request, Root, parse_json};

fn names() -> Vec<String> {
    serde_json::from_str(&read("public/presets/index.json")).unwrap()
}

fn fixture(name: &str) -> Value {
    serde_json::from_str(&read(&format!("tests/fixtures/presets/{name}.json"))).unwrap()
}

fn with_preset(name: &str, vars: &Value) -> Config {
    let mut config = small();
    config["provider"] = json!({ "preset": name, "vars": vars });
    config["queries"] = json!({});
    config["pages"] = json!([{ "path": "/home", "title": "Home" }]);
    load(&config.to_string()).unwrap_or_else(|mistakes| panic!("{name}: {mistakes}"))
}

#[test]
fn the_index_names_exactly_the_presets_there_are() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/public/presets");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".json").map(ToOwned::to_owned))
        .filter(|name| name != "index")
        .collect();
    files.sort();
    assert_eq!(names(), files);
}

#[test]
fn every_preset_is_whole_json_without_duplicates() {
    for name in names() {
        let (_, duplicates) = parse_json(&read(&format!("public/presets/{name}.json"))).unwrap();
        assert_eq!(duplicates, [], "{name}");
    }
}

#[test]
#[cfg_attr(not(feature = "operator"), ignore = "it is about the words")]
fn no_preset_needs_a_var_beyond_those_of_its_fixture() {
    for name in names() {
        let fixture = fixture(&name);
        let needed: Vec<String> = fixture["vars"].as_object().unwrap().keys().cloned().collect();
        let mut config = small();
        config["provider"] = json!({ "preset": name });
        config["queries"] = json!({});
        config["pages"] = json!([{ "path": "/home", "title": "Home" }]);
        let mistakes = match load(&config.to_string()) {
            Ok(_) if needed.is_empty() => continue,
            loaded => loaded.unwrap_err(),
        };
        let mut expected: Vec<String> = needed
            .iter()
            .map(|var| format!("/provider/vars: The preset `{name}` needs the var `{var}`: add it at /provider/vars."))
            .collect();
        // Where a var stands in a host, the host without it is a mistake of its own.
        let mistakes = mistakes.to_string();
        let of_vars = mistakes.lines().filter(|line| line.starts_with("/provider/vars:"));
        let mut found: Vec<String> = of_vars.map(ToOwned::to_owned).collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
    }
}

#[test]
fn supabase_sends_its_key_with_every_request() {
    let config = with_preset("supabase", &json!({ "base_url": "https://x.example", "api_key": "k" }));
    let provider = &config.provider;
    assert!(provider.username_is_email);
    let user_info = provider.user_info.as_ref().map(|probe| &probe.request);
    let all = [Some(&provider.sign_in), provider.refresh.as_ref(), user_info, provider.revoke.first()];
    for request in all {
        assert_eq!(request.unwrap().headers[0].0, "apikey");
        assert_eq!(*request.unwrap().url.origin(), Origin::Other("https://x.example".into()));
    }
    assert_eq!(provider.sign_in.tokens.id_token, []);
}

#[test]
fn oauth2_revokes_the_refresh_token_first_and_takes_other_addresses_from_vars() {
    let vars = json!({ "base_url": "https://x.example/", "client_id": "app", "token_url": "https://x.example/t" });
    let provider = with_preset("oauth2-password", &vars).provider;
    assert_eq!(provider.sign_in.url.as_written(), "https://x.example/t");
    assert_eq!(provider.revoke[0].url.as_written(), "https://x.example/oauth/revoke");
    assert!(provider.revoke[0].binds(Root::Session, "refresh_token"));
    assert!(provider.revoke[1].binds(Root::Session, "access_token"));
    let without_scope = ["grant_type", "client_id", "username", "password"];
    assert_eq!(names_of_the_form(&provider.sign_in), without_scope);

    let vars = json!({ "base_url": "https://x.example/", "client_id": "app", "scope": "openid" });
    let provider = with_preset("oauth2-password", &vars).provider;
    assert_eq!(names_of_the_form(&provider.sign_in), [&without_scope[..], &["scope"]].concat());
}

fn names_of_the_form(request: &Request) -> Vec<&str> {
    let Body::Form(fields) = &request.body else { panic!() };
    fields.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn simplejwt_keeps_its_closing_slashes_and_the_app_s_own_user_path() {
    let vars = json!({ "base_url": "https://x.example/", "user_path": "/users/me/" });
    let provider = with_preset("django-simplejwt", &vars).provider;
    assert_eq!(provider.sign_in.url.as_written(), "https://x.example/api/token/");
    let user_info = provider.user_info.unwrap().request;
    assert_eq!(user_info.url.as_written(), "https://x.example/users/me/");
    assert_eq!(provider.sign_in.tokens.expires, [Expiry::Jwt, Expiry::Never]);
}

#[test]
fn a_config_is_laid_over_its_preset_and_null_removes() {
    let mut config = small();
    config["provider"] = json!({
        "preset": "supabase",
        "vars": { "base_url": "https://x.example", "api_key": "k" },
        "refresh": null,
        "headers": { "apikey": null, "X-Other": "1" },
        "sign_in": { "timeout_ms": 500 },
        "tokens": { "refresh_token": null }
    });
    config["queries"] = json!({});
    config["pages"] = json!([{ "path": "/home", "title": "Home" }]);
    let provider = load(&config.to_string()).unwrap().provider;
    assert_eq!(provider.refresh, None);
    assert_eq!(provider.sign_in.timeout_ms, 500);
    assert_eq!(provider.sign_in.headers.len(), 1);
    assert_eq!(provider.sign_in.headers[0].0, "X-Other");
    assert_eq!(provider.sign_in.tokens.refresh_token, []);
}

#[test]
fn a_preset_may_name_the_schema_that_editors_check_it_against() {
    let text = read("public/presets/django-simplejwt.json");
    let mut preset: Value = serde_json::from_str(&text).unwrap();
    preset["$schema"] = json!("../config.schema.json");
    let mut config = small();
    config["provider"] = json!({ "preset": "own", "vars": { "base": "/x", "base_url": "/x" } });
    let draft = Draft::parse(&config.to_string()).unwrap();
    assert_eq!(draft.preset(), Some("own"));
    assert!(draft.finish(Preset::Text(&preset.to_string()), None).is_ok());
}
