//! The examples of the documentation load, and mean what it says.

use super::{load, read, set, small};
use serde_json::{Value, json};
use vestibule::config::{
    Binding, Block, Body, Config, Credentials, Draft, Expiry, FieldKind, Method, Origin, Place, Pointer, Preset,
    RecordSource, Root, StorageKind, Success, Template,
};

fn example(name: &str) -> Config {
    load(&read(&format!("tests/fixtures/examples/{name}.json"))).unwrap_or_else(|m| panic!("{m}"))
}

fn pointer(text: &str) -> Pointer {
    Pointer::parse(text).unwrap()
}

fn member(text: &str) -> Place {
    Place::Pointer(pointer(text))
}

#[test]
fn the_example_with_a_preset_loads() {
    let config = example("preset");
    assert_eq!(config.app.id, "acme-ops");
    assert_eq!(config.app.after_sign_in, "/orders");
    assert_eq!(config.app.locale.as_deref(), Some("en"));
    assert_eq!(config.app.links.forgot_password.as_deref(), Some("https://id.acme.example/reset"));
    assert_eq!(config.app.links.sign_up, None);
    assert_eq!(config.store, [("tenant".to_owned(), pointer("/user/app_metadata/tenant"))]);
    assert_eq!(config.session.storage, StorageKind::Local);
    assert_eq!(config.session.refresh_early_ms, 60_000);
    assert_eq!(config.session.idle_timeout_ms, None);
    let orders = config.query("orders").unwrap();
    assert_eq!(orders.request.url.as_written(), "https://example.api.co/rest/v1/orders?select=id,customer,total");
    assert_eq!(orders.request.method, Method::Get);
    assert!(orders.request.authorized);
    // The origin may see the token, so it gets the provider's headers too.
    assert_eq!(orders.request.headers, [("apikey".to_owned(), Template::plain("public-anon-key"))]);
    assert_eq!(config.pages[0].menu.as_deref(), Some("Orders"));
    assert_eq!(config.pages[1].require[0].pointer, pointer("/user/role"));
    assert_eq!(config.pages[1].require[0].any_of, [json!("admin"), json!("owner")]);
    let Block::Record(record) = &config.pages[1].blocks[0] else { panic!() };
    let user = Binding { root: Root::User, path: vec![] };
    assert_eq!(record.source, RecordSource::Value(user));
    let Block::Table(table) = &config.pages[0].blocks[1] else { panic!() };
    assert_eq!(table.caption, "Orders");
}

#[test]
fn the_provider_written_out_loads() {
    let config = example("written-out");
    let provider = &config.provider;
    assert_eq!(provider.sign_in.method, Method::Post);
    assert_eq!(provider.refresh.as_ref().unwrap().method, Method::Post);
    assert!(provider.refresh.as_ref().unwrap().binds(Root::Session, "refresh_token"));
    assert!(!provider.refresh.as_ref().unwrap().binds(Root::Session, "access_token"));
    assert_eq!(provider.sign_in.timeout_ms, 10_000);
    assert_eq!(provider.sign_in.credentials, Credentials::Omit);
    let user_info = provider.user_info.as_ref().unwrap();
    assert!(user_info.request.authorized);
    assert_eq!(user_info.request.method, Method::Get);
    assert_eq!(user_info.user, pointer(""));
    assert_eq!(provider.revoke.len(), 1);
    let expires = [Expiry::In { place: member("/expires_in"), unit_ms: 1000 }];
    assert_eq!(provider.sign_in.tokens.expires, expires);
    assert_eq!(provider.sign_in.tokens.user, [member("/user")]);
    let origin = Origin::Other("https://example.api.co".to_owned());
    assert_eq!(*provider.sign_in.url.origin(), origin);
    assert_eq!(provider.authorize.origins, [origin]);
    assert_eq!(provider.errors.session_ended.len(), 3);
    assert_eq!(provider.errors.challenge, None);
    assert_eq!(provider.identity, "https://example.api.co/auth/v1/token?grant_type=password https://example.api.co");
    assert_eq!(config.app.after_sign_in, "/home");
}

#[test]
fn what_is_not_written_has_its_default() {
    let config = load(&small().to_string()).unwrap();
    let tokens = &config.provider.sign_in.tokens;
    assert_eq!(tokens.access_token, [member("/access_token")]);
    assert_eq!(tokens.refresh_token, [member("/refresh_token")]);
    assert_eq!(tokens.id_token, [member("/id_token")]);
    assert_eq!(tokens.user, []);
    assert_eq!(
        tokens.expires,
        [Expiry::In { place: member("/expires_in"), unit_ms: 1000 }, Expiry::Jwt, Expiry::Never]
    );
    let authorize = &config.provider.authorize;
    assert_eq!(authorize.header, "Authorization");
    assert_eq!(authorize.value.as_written(), "Bearer {{session.access_token}}");
    assert_eq!(authorize.origins, [Origin::Other("https://id.example".to_owned()), Origin::Own]);
    assert_eq!(config.provider.errors.code, ["/error", "/error_code", "/code"].map(member));
    assert_eq!(config.provider.errors.session_ended, ["invalid_grant"]);
    assert!(!config.provider.username_is_email);
    assert!(config.provider.user_info.is_none());
    assert!(config.provider.revoke.is_empty());
    assert!(config.session.clear_store);
    assert!(!config.app.disable_incomplete);
    assert_eq!(config.query("orders").unwrap().rows, pointer(""));
}

#[test]
fn where_a_cookie_holds_the_session_the_browser_sends_it_to_who_may_see_it() {
    let config = example("cookie-session");
    let provider = &config.provider;
    assert!(provider.is_in_cookie());
    assert_eq!(provider.identity, "https://backend.acme.example/api/login cookie https://backend.acme.example self");
    let before = provider.sign_in.before.as_ref().unwrap();
    let asked = [&provider.sign_in, before, &provider.user_info.as_ref().unwrap().request, &provider.revoke[0]];
    assert!(asked.iter().all(|request| request.credentials == Credentials::Include), "though only some say so");
    assert!(provider.revoke[0].binds(Root::Cookie, "csrf_token"));
    assert_eq!(config.query("orders").unwrap().request.credentials, Credentials::Include);
    assert_eq!(config.query("news").unwrap().request.credentials, Credentials::Omit);
}

#[test]
fn an_address_beside_the_page_is_the_page_s_own() {
    for address in ["api/orders", "orders", "./orders.json", "../api?x=y", "/orders"] {
        let config = load(&set(small(), "/queries/orders/url", json!(address)).to_string()).unwrap();
        assert_eq!(*config.query("orders").unwrap().request.url.origin(), Origin::Own, "{address}");
    }
}

#[test]
fn every_key_there_is_loads_and_means_what_it_says() {
    let config = example("everything");
    let provider = &config.provider;
    let sign_in = &provider.sign_in;
    // A host may come from vars; a value behind it is one component.
    assert_eq!(sign_in.url.as_written(), "https://id.example:8443/login?realm=a%20b%2Fc&to={{url.return_to}}");
    let names: Vec<_> = sign_in.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["X-Days", "X-CSRF", "x-app"]);
    let before = sign_in.before.as_ref().unwrap();
    assert_eq!(before.method, Method::Get);
    assert_eq!(before.credentials, Credentials::Include);
    assert!(!before.authorized);
    let Body::Json { value, content_type } = &sign_in.body else { panic!() };
    assert_eq!(content_type, "application/vnd.example+json");
    let rendered = value.render(&|binding| Some(Value::String(binding.to_string()))).unwrap();
    assert_eq!(
        rendered,
        json!({
            "user": { "name": "form.username", "password": "form.password" },
            "code": "form.code", "ticket": "challenge.ticket", "remember": true, "days": 30,
            "text": "30 days", "list": [1, null, "store.tenant"]
        })
    );
    assert_eq!(sign_in.ok, [Success::Status(304), Success::Present(pointer("/token"))]);
    assert_eq!(sign_in.tokens.access_token, [member("/token"), Place::Header("Authorization".into())]);
    assert_eq!(sign_in.tokens.refresh_token, [Place::Header("X-Refresh".into()), member("/refresh"), Place::Body]);
    assert_eq!(sign_in.tokens.id_token, []);
    assert_eq!(
        sign_in.tokens.expires,
        [
            Expiry::In { place: member("/in"), unit_ms: 1 },
            Expiry::In { place: member("/ttl"), unit_ms: 1 },
            Expiry::At { place: member("/at"), unit_ms: 1000 },
            Expiry::AtIso(Place::Header("X-Until".into())),
            Expiry::After(3_600_000),
            Expiry::Jwt,
            Expiry::Never
        ]
    );
    let refresh = provider.refresh.as_ref().unwrap();
    assert_eq!(refresh.method, Method::Patch);
    assert_eq!(refresh.tokens.refresh_token, []);
    let Body::Form(fields) = &refresh.body else { panic!() };
    assert_eq!(fields[1], ("days".to_owned(), Template::plain("3")));
    assert_eq!(provider.revoke[0].method, Method::Delete);
    assert_eq!(provider.authorize.origins, [Origin::Own, Origin::Other("https://api.example".into())]);
    assert_eq!(
        provider.identity,
        "https://id.example:8443/login?realm=a%20b%2Fc&to={{url.return_to}} https://api.example https://id.example:8443 https://other.example self"
    );
    let challenge = provider.errors.challenge.as_ref().unwrap();
    assert_eq!(challenge.equals, Some(json!("mfa_required")));
    assert_eq!(challenge.fields[0].kind, FieldKind::OneTimeCode);
    assert_eq!(challenge.fields[1].label.as_deref(), Some("A hint"));
    assert!(challenge.request.as_ref().unwrap().binds(Root::Form, "code"));
    assert_eq!(config.session.max_age_ms, Some(86_400_000));
    // Neither our own origin's query nor an unlisted origin's gets what it should not.
    assert_eq!(config.query("own").unwrap().request.headers.len(), 2);
    assert_eq!(config.query("open").unwrap().request.headers, []);
    assert!(!config.query("open").unwrap().request.authorized);
    assert_eq!(config.query("item").unwrap().request.method, Method::Post);
    assert_eq!(config.pages[0].menu.as_deref(), Some("Start"));
    assert_eq!(config.pages[1].menu, None);
    assert_eq!(config.pages[2].menu, None);
    let (page, params) = config.page_at("/items/7").unwrap();
    assert_eq!(page.title, "Item");
    assert_eq!(params, [("id".to_owned(), "7".to_owned())]);
    let Block::Text(text) = &config.pages[1].blocks[1] else { panic!() };
    assert_eq!(text.as_written(), "{{params.id}}, 30");
}

#[test]
fn a_challenge_may_send_the_sign_in_again() {
    let config = set(
        small(),
        "/provider/errors/challenge",
        json!({ "when": { "pointer": "/error", "equals": "mfa_required" },
                "fields": [{ "name": "code", "kind": "one_time_code" }], "request": "sign_in" }),
    );
    let config = set(config, "/provider/sign_in/json/code", json!("{{form.code}}"));
    let challenge = load(&config.to_string()).unwrap().provider.errors.challenge.unwrap();
    assert_eq!(challenge.request, None);
}

#[test]
fn every_way_to_tell_an_expiry_loads() {
    for expires in [
        json!({ "in": "/x", "unit": "ms" }),
        json!({ "at": "/x", "unit": "iso" }),
        json!("jwt"),
        json!({ "after_s": 3600 }),
        json!("never"),
        json!([{ "in": "/expires_in" }, "jwt", "never"]),
    ] {
        let config = set(small(), "/provider/tokens/expires", expires.clone());
        assert!(load(&config.to_string()).is_ok(), "{expires}");
    }
}

#[test]
fn the_page_s_own_origin_is_own_however_it_is_written() {
    let origin = |page| {
        let draft = Draft::parse(&small().to_string()).unwrap();
        let config = draft.finish(Preset::NotNamed, page).unwrap();
        config.provider.sign_in.url.origin().clone()
    };
    assert_eq!(origin(Some("https://id.example")), Origin::Own);
    assert_eq!(origin(Some("https://app.example")), Origin::Other("https://id.example".into()));
    let draft = Draft::parse(&small().to_string()).unwrap();
    let config = draft.finish(Preset::NotNamed, Some("https://id.example")).unwrap();
    assert_eq!(config.provider.authorize.origins, [Origin::Own]);
}

#[test]
fn a_base_may_end_with_a_slash() {
    for base in ["https://id.example", "https://id.example/"] {
        let config = set(small(), "/provider/vars/base", json!(base));
        let config = load(&config.to_string()).unwrap();
        assert_eq!(config.provider.sign_in.url.as_written(), "https://id.example/token");
    }
    let config = load(&set(small(), "/provider/vars/base", json!("/")).to_string()).unwrap();
    assert_eq!(config.provider.sign_in.url.as_written(), "/token");
}

#[test]
fn the_default_config_of_the_app_loads() {
    let config = load(&read("public/config.json")).unwrap_or_else(|m| panic!("{m}"));
    assert_eq!(config.provider.sign_in.url.as_written(), "/demo/auth/v1/token?grant_type=password");
    assert_eq!(*config.provider.sign_in.url.origin(), Origin::Own);
    assert!(config.page_at("/orders").is_some());
    assert!(config.page_at("/orders/12").is_some());
}
