//! The examples of the documentation load, and mean what it says.

use super::{load, load_each, read, set, small};
use serde_json::{Value, json};
use vestibule::config::{
    Binding, Block, Body, Config, Credentials, Draft, Expiry, FieldKind, Method, Origin, OwnText, Place, Pointer,
    Preset, RecordSource, Redirect, Request, Root, StorageKind, Success, Template,
};
use vestibule::texts::LANGUAGES;

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
    assert!(!config.app.disable_incomplete && !config.app.remember_username);
    assert_eq!(config.session.stay_signed_in, None);
    assert_eq!(config.app.languages, LANGUAGES);
    assert!(config.app.texts.is_empty());
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
fn a_second_way_in_with_a_passkey() {
    let config = example("passkey");
    let passkey = config.provider.passkey.as_ref().unwrap();
    assert_eq!((passkey.at.as_str(), passkey.label.as_deref()), ("/options", Some("Use a passkey")));
    assert_eq!((passkey.options.method, &passkey.options.body), (Method::Post, &Body::Empty));
    assert!(passkey.sign_in.bindings().iter().any(|binding| binding.root == Root::Passkey && binding.path.is_empty()));
    // It gets to see the tokens that it grants.
    assert!(config.provider.identity.contains("https://passkeys.example"), "{}", config.provider.identity);
    let whole = load(
        &set(
            set(small(), "/provider/passkey/options", json!({ "url": "/options" })),
            "/provider/passkey/sign_in",
            json!({ "url": "/verify", "form": { "credential": "{{passkey}}" } }),
        )
        .to_string(),
    );
    assert_eq!(whole.unwrap().provider.passkey.unwrap().at, Pointer::default());
}

#[test]
fn a_person_can_be_asked_whether_to_stay_signed_in() {
    for (word, is_ticked) in [("ticked", true), ("unticked", false)] {
        let config = load(&set(small(), "/session", json!({ "stay_signed_in": word })).to_string()).unwrap();
        assert_eq!((config.session.stay_signed_in, config.session.storage), (Some(is_ticked), StorageKind::Local));
    }
}

#[test]
fn every_key_there_is_loads_and_means_what_it_says() {
    let config = example("everything");
    assert_eq!(config.app.languages, ["pt-BR", "en", "zh-Hant"]);
    let own = |name: &str, language: Option<&str>, text: &str| OwnText {
        name: name.to_owned(),
        language: language.map(str::to_owned),
        text: text.to_owned(),
    };
    let texts = [
        own("sign_in_lead", None, "Bem-vindo."),
        own("help", Some("pt-BR"), "Ajuda"),
        own("help", Some("en"), "Help desk"),
    ];
    assert_eq!(config.app.texts, texts);
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

fn redirect_of(config: &Config) -> &Redirect {
    config.provider.redirect.as_ref().unwrap()
}

/// The names of a form and what stands behind them, as it is written.
fn form_of(request: &Request) -> Vec<(&str, String)> {
    let Body::Form(fields) = &request.body else { panic!("no form") };
    fields.iter().map(|(name, value)| (name.as_str(), value.as_written())).collect()
}

fn other(origin: &str) -> Origin {
    Origin::Other(origin.to_owned())
}

#[test]
fn an_issuer_and_a_client_are_enough_for_a_redirect() {
    let config = example("redirect");
    let provider = &config.provider;
    let redirect = redirect_of(&config);
    assert_eq!(redirect.issuer, "https://id.acme.example");
    assert_eq!(redirect.client_id, "acme-ops");
    assert_eq!(redirect.request.url.as_written(), "https://id.acme.example#authorization_endpoint");
    let scope = ("scope", "openid profile email offline_access".to_owned());
    assert_eq!(form_of(&redirect.request), [("client_id", "acme-ops".to_owned()), scope]);
    assert_eq!((redirect.jwks.as_str(), redirect.par.as_str()), ("", ""), "the metadata tells them");
    assert_eq!((redirect.path.as_str(), redirect.label.as_str()), ("/callback", "id.acme.example"));
    assert!(!redirect.is_automatic && !redirect.is_popup && !redirect.is_silent && !redirect.has_dpop);
    assert_eq!(redirect.end_session, None);
    assert_eq!(provider.name, "provider");
    assert_eq!(provider.identity, "https://id.acme.example#token_endpoint acme-ops https://id.acme.example self");
    assert_eq!(provider.authorize.value.as_written(), "Bearer {{session.access_token}}");
    assert_eq!(provider.authorize.origins, [other("https://id.acme.example"), Origin::Own]);
    assert_eq!(provider.refreshing(), provider.refresh.as_ref());
    assert_eq!(config.others, []);
}

#[test]
fn a_form_and_several_redirects_stand_beside_each_other() {
    let configs = load_each(&read("tests/fixtures/examples/redirect-providers.json")).unwrap_or_else(|m| panic!("{m}"));
    let names: Vec<&str> = configs.iter().map(|config| config.provider.name.as_str()).collect();
    assert_eq!(names, ["provider", "acme", "partners_2"]);
    let [first, acme, partners] = configs.as_slice() else { panic!() };
    assert_eq!(first.provider.redirect, None);
    // An issuer may end with a slash, and is then written with it everywhere.
    assert_eq!(redirect_of(acme).issuer, "https://id.acme.example/realms/staff/");
    assert_eq!(acme.provider.sign_in.url.as_written(), "https://id.acme.example/realms/staff/#token_endpoint");
    assert_eq!(redirect_of(acme).path, "/callback/acme");
    assert_eq!(redirect_of(acme).label, "Acme");
    assert!(redirect_of(acme).is_popup);
    assert_eq!(redirect_of(partners).path, "/callback/partners");
    assert_eq!(redirect_of(partners).label, "sso.partner.example");
    assert_eq!(form_of(&redirect_of(partners).request)[3], ("login_hint", "{{url.email}}".to_owned()));
    // Each has an identity of its own, and the query goes where all of their tokens may go.
    let identities = configs.iter().map(|config| config.provider.identity.as_str());
    assert_eq!(identities.collect::<std::collections::HashSet<_>>().len(), 3);
    for config in &configs {
        assert!(config.query("orders").unwrap().request.authorized);
        assert_eq!(config.provider.authorize.origins[1], other("https://api.acme.example"));
        assert_eq!(config.pages, first.pages);
    }
    // A header of one provider goes to no other.
    assert_eq!(acme.query("orders").unwrap().request.headers, []);
    assert_eq!(first.query("orders").unwrap().request.headers.len(), 1);
}

#[test]
fn every_endpoint_may_be_written_out() {
    let config = example("redirect-written-out");
    let redirect = redirect_of(&config);
    assert_eq!(redirect.issuer, "https://id.acme.example");
    assert_eq!(redirect.request.url.as_written(), "https://id.acme.example/oauth/authorize");
    // No `openid`, a number, and a var that keeps its slashes.
    let form = form_of(&redirect.request);
    assert_eq!(form[2], ("audience", "https://api.acme.example".to_owned()));
    assert_eq!(form[3], ("max_age", "3600".to_owned()));
    assert_eq!(redirect.jwks, "https://id.acme.example/oauth/keys");
    assert_eq!(redirect.par, "https://push.acme.example/par");
    assert!(redirect.is_automatic);
    let end_session = redirect.end_session.as_ref().unwrap();
    assert_eq!(end_session.url.as_written(), "https://id.acme.example/logout");
    assert_eq!(form_of(end_session)[1], ("id_token_hint", "{{session.id_token}}".to_owned()));
    let provider = &config.provider;
    assert_eq!(*provider.sign_in.url.origin(), other("https://tokens.acme.example"));
    assert_eq!(provider.authorize.origins, [other("https://api.acme.example")]);
    assert_eq!(
        provider.identity,
        "https://tokens.acme.example/token acme-ops https://api.acme.example https://tokens.acme.example"
    );
}

#[test]
fn with_dpop_the_token_is_carried_as_dpop() {
    let config = example("redirect-dpop");
    assert!(redirect_of(&config).has_dpop);
    assert_eq!(redirect_of(&config).par, "https://id.acme.example#pushed_authorization_request_endpoint");
    assert_eq!(config.provider.authorize.value.as_written(), "DPoP {{session.access_token}}");
    // Whoever writes it out says the same.
    for authorize in [json!({ "value": "DPoP {{session.access_token}}" }), json!({ "header": "authorization" })] {
        let file: Value = serde_json::from_str(&read("tests/fixtures/examples/redirect-dpop.json")).unwrap();
        let mut written = authorize.clone();
        written["origins"] = file["provider"]["authorize"]["origins"].clone();
        let config = load(&set(file, "/provider/authorize", written).to_string()).unwrap();
        assert_eq!(config.provider.authorize.value.as_written(), "DPoP {{session.access_token}}", "{authorize}");
    }
}

#[test]
fn without_a_refresh_a_silent_sign_in_is_one() {
    let config = example("redirect-silent");
    let provider = &config.provider;
    assert_eq!(provider.refresh, None);
    assert_eq!(provider.revoke, []);
    assert!(redirect_of(&config).is_silent);
    assert_eq!(provider.refreshing(), Some(&provider.sign_in));
    assert_eq!(redirect_of(&config).issuer, "http://localhost:8080/realms/acme");
    let end_session = redirect_of(&config).end_session.as_ref().unwrap();
    assert_eq!(end_session.url.as_written(), "http://localhost:8080/realms/acme#end_session_endpoint");
    assert_eq!(end_session.body, Body::Empty);
}

#[test]
fn where_there_is_no_redirect_a_page_may_be_at_the_callback_path() {
    let config = set(small(), "/pages/0/path", json!("/callback"));
    assert_eq!(load(&config.to_string()).unwrap().pages[0].path, "/callback");
}

#[test]
fn parameters_that_are_not_the_app_s_own_are_the_provider_s_to_know() {
    let file: Value = serde_json::from_str(&read("tests/fixtures/examples/redirect.json")).unwrap();
    let form = json!({
        "prompt": "login", "acr_values": "urn:acme:strong", "ui_locales": "{{url.lang}}", "claims": "{\"id_token\":{}}",
        "kc_idp_hint": "acme", "scope": "", "tenant": "{{store.tenant}}", "remember": true
    });
    let config = load(&set(file, "/provider/redirect/form", form).to_string()).unwrap();
    let written = form_of(&redirect_of(&config).request);
    let names: Vec<&str> = written.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["client_id", "scope", "prompt", "acr_values", "ui_locales", "claims", "kc_idp_hint", "tenant", "remember"]
    );
    assert_eq!(written[8].1, "true");
}
