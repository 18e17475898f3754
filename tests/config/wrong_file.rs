//! Every sentence that the author of a wrong file can see, at its place.

use super::{load, mistakes, read, set, small, with};
use serde_json::{Value, json};
use vestibule::config::{Draft, Mistakes, Preset};

/// Exactly this one mistake, with this sentence.
#[track_caller]
fn says(config: &Value, pointer: &str, sentence: &str) {
    let mistakes = mistakes(config);
    // Without words a file is as wrong as with them.
    assert!(!mistakes.is_empty(), "this should be wrong: {sentence}");
    if cfg!(feature = "operator") {
        assert_eq!(mistakes, [(pointer.to_owned(), sentence.to_owned())]);
    }
}

#[track_caller]
fn text_says(text: &str, sentence: &str) {
    let Mistakes(all) = Draft::parse(text).unwrap_err();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].pointer, "");
    if cfg!(feature = "operator") {
        assert_eq!(all[0].to_string(), sentence);
    }
}

/// What is wrong, in the app that says so; in the other one only that something is.
#[track_caller]
fn told(config: &Value) -> Option<Vec<(String, String)>> {
    let all = mistakes(config);
    assert!(!all.is_empty(), "this should be wrong");
    cfg!(feature = "operator").then_some(all)
}

#[test]
fn the_small_config_is_whole() {
    assert_eq!(mistakes(&small()), []);
}

#[test]
#[cfg_attr(not(feature = "operator"), ignore = "it is about the words")]
fn a_missing_file_is_said_to_be_missing() {
    assert_eq!(
        Mistakes::missing_file("/config.json").to_string(),
        "There is no file at /config.json. It must stand next to index.html."
    );
}

#[test]
fn html_in_its_place_is_told_from_broken_json() {
    let sentence = "This is HTML, not JSON: the file is missing, and a fallback rule of the web server answers with a page in its place.";
    text_says("<!doctype html><title>App</title>", sentence);
    text_says("\n  <html></html>", sentence);
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    text_says(" \n", "This file is empty.");
    text_says("", "This file is empty.");
}

#[test]
fn broken_json_is_told_with_line_and_column() {
    text_says("{\n  \"version\": 1,\n}", "This is not JSON: line 3, column 1: remove the comma before this bracket.");
    text_says(
        "{ \"version\": 1",
        "This is not JSON: line 1, column 15: the file ends too early: a bracket or a quote is never closed.",
    );
}

#[test]
fn a_file_over_256_kb_is_not_read() {
    let at_most = format!("{{\"x\":\"{}\"}}", "a".repeat(256 * 1024 - 8));
    assert_eq!(at_most.len(), 256 * 1024);
    assert!(Draft::parse(&at_most).is_ok());
    text_says(&format!("{at_most} "), "This file has 262145 bytes; more than 262144 (256 KB) are not read.");
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    assert!(load(&format!("\u{feff}{}", small())).is_ok());
}

#[test]
fn what_is_no_object_is_told() {
    says(&json!([1]), "", "This must be an object `{…}`; found a list.");
    says(&json!(null), "", "This must be an object `{…}`; found null.");
}

#[test]
fn a_wrong_version_is_told() {
    says(&with("/version", json!(2)), "/version", "This file says version 2; this app reads version 1 only.");
    says(
        &with("/version", json!("1")),
        "/version",
        "This file says version \"1\"; this app reads version 1 only: write it without quotes.",
    );
    says(&with("/version", json!(null)), "", "The key `version` is missing at the top of the file.");
}

#[test]
fn duplicate_keys_are_told_by_their_pointer() {
    let text = small().to_string().replace("\"title\":\"Small\"", "\"title\":\"Small\",\"title\":\"Large\"");
    let Mistakes(all) = load(&text).unwrap_err();
    assert_eq!(all.len(), 1);
    if cfg!(feature = "operator") {
        assert_eq!(all[0].pointer, "/app/title");
        assert_eq!(all[0].sentence, "The key `title` stands twice in this object; only one may stay.");
    }
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_name() {
    says(
        &with("/provider/tokens/refreshtoken", json!("/r")),
        "/provider/tokens/refreshtoken",
        "There is no key `refreshtoken` here; allowed are `access_token`, `refresh_token`, `id_token`, `expires`, `user`; did you mean `refresh_token`?",
    );
    says(
        &with("/app/links", json!({ "a/b": 1 })),
        "/app/links/a~1b",
        "There is no key `a/b` here; allowed are `forgot_password`, `sign_up`, `help`.",
    );
    for pointer in [
        "/pagse",
        "/app/ttile",
        "/session/stroage",
        "/provider/sing_in",
        "/provider/form/usrname",
        "/provider/sign_in/metod",
        "/provider/user_info/usr",
        "/provider/authorize/heder",
        "/provider/errors/cod",
        "/queries/orders/row",
        "/pages/0/block",
        "/pages/0/blocks/0/colums",
    ] {
        let mut config = small();
        config["provider"]["user_info"] = json!({ "url": "/me" });
        let Some(all) = told(&set(config, pointer, json!(1))) else { continue };
        assert_eq!(all.len(), 1, "{pointer}: {all:?}");
        assert_eq!(all[0].0, pointer);
        assert!(all[0].1.contains("did you mean `"), "{}", all[0].1);
    }
}

#[test]
fn a_preset_that_does_not_exist_is_told_with_the_nearest_name() {
    let names: Vec<String> = serde_json::from_str(&read("public/presets/index.json")).unwrap();
    let mut config = small();
    config["provider"] = json!({ "preset": "supabse", "vars": { "base": "https://id.example" } });
    // What only the preset could have said is not missed.
    says(
        &config,
        "/provider/preset",
        &format!("There is no preset `supabse`; there are `{}`; did you mean `supabase`?", names.join("`, `")),
    );
    config["provider"]["preset"] = json!("../Evil");
    says(
        &config,
        "/provider/preset",
        "This must be the name of a preset: small letters, digits and hyphens; found \"../Evil\".",
    );
}

#[test]
#[cfg_attr(not(feature = "operator"), ignore = "it is about the words")]
fn a_preset_file_that_cannot_be_read_is_told() {
    let mut config = small();
    config["provider"] = json!({ "preset": "supabase", "vars": { "base": "https://id.example" } });
    let finish = |preset| {
        let draft = Draft::parse(&config.to_string()).unwrap();
        draft.finish(preset, None).unwrap_err().to_string()
    };
    assert_eq!(
        finish(Preset::Text("<!doctype html>")),
        "/provider/preset: There is no preset `supabase`: presets/supabase.json cannot be had."
    );
    assert_eq!(
        finish(Preset::Text("{")),
        "/provider/preset: In presets/supabase.json: This is not JSON: line 1, column 2: the file ends too early: a bracket or a quote is never closed."
    );
    assert_eq!(finish(Preset::Text("[]")), "/provider/preset: presets/supabase.json is no object.");
    assert_eq!(
        finish(Preset::Missing { known: vec![] }),
        "/provider/preset: There is no preset `supabase`: presets/supabase.json cannot be had."
    );
}

#[test]
#[cfg_attr(not(feature = "operator"), ignore = "it is about the words")]
fn a_mistake_that_stands_in_the_preset_says_so() {
    let mut config = small();
    config["provider"] = json!({ "preset": "odd", "vars": { "base": "https://id.example" } });
    let draft = Draft::parse(&config.to_string()).unwrap();
    let preset = r#"{ "sign_in": { "url": "https://id.example", "metod": "POST" } }"#;
    let mistakes = draft.finish(Preset::Text(preset), None).unwrap_err();
    assert_eq!(
        mistakes.to_string(),
        "/provider/sign_in/metod: There is no key `metod` here; allowed are `method`, `url`, `headers`, `json`, `form`, `content_type`, `authorized`, `credentials`, `timeout_ms`, `ok`, `before`, `tokens`; did you mean `method`? (This comes from the preset `odd`.)"
    );
}

#[test]
#[cfg_attr(not(feature = "operator"), ignore = "it is about the words")]
fn a_var_that_the_preset_needs_is_told_where_to_add() {
    let mut config = small();
    config["provider"] = json!({ "preset": "supabase", "vars": { "base": "https://id.example", "api_key": "k" } });
    says(
        &config,
        "/provider/vars",
        "The preset `supabase` needs the var `base_url`: add it at /provider/vars, or rename `base` there.",
    );
    config["provider"] = json!({ "preset": "oauth2-password" });
    config["queries"] = json!({});
    config["pages"][0]["blocks"] = json!([]);
    let sentences: Vec<_> = mistakes(&config).into_iter().map(|(_, sentence)| sentence).collect();
    assert_eq!(
        sentences,
        [
            "The preset `oauth2-password` needs the var `base_url`: add it at /provider/vars.",
            "The preset `oauth2-password` needs the var `client_id`: add it at /provider/vars.",
        ]
    );
}

#[test]
fn an_unknown_var_is_told_with_the_nearest_name() {
    says(
        &with("/queries/orders/url", json!("{{vars.host}}/orders")),
        "/queries/orders/url",
        "There is no var `host`; /provider/vars has `base`.",
    );
    says(
        &with("/queries/orders/url", json!("{{vars.bases}}/orders")),
        "/queries/orders/url",
        "There is no var `bases`; /provider/vars has `base`; did you mean `base`?",
    );
}

#[test]
fn vars_in_a_circle_or_of_endless_length_are_told() {
    says(
        &with("/provider/vars", json!({ "base": "https://id.example", "a": "{{vars.b}}", "b": "x{{vars.a}}" })),
        "/provider/vars/a",
        "The vars `a`, `b`, `a` refer to each other in a circle or too deep.",
    );
    let mut vars = json!({ "base": "https://id.example", "v0": "0123456789" });
    for i in 1..14 {
        vars[format!("v{i}")] = json!(format!("{{{{vars.v{0}}}}}{{{{vars.v{0}}}}}", i - 1));
    }
    let all = told(&with("/provider/vars", vars)).unwrap_or_default();
    assert!(all.iter().all(|(_, s)| s == "This var becomes longer than 4096 bytes."), "{all:?}");
    says(
        &with("/provider/vars/odd", json!("{{user.id}}")),
        "/provider/vars/odd",
        "`{{user.id}}` cannot stand in a var; only other vars can.",
    );
    says(
        &with("/provider/vars/odd", json!([])),
        "/provider/vars/odd",
        "This must be a text, a number, true or false; found a list.",
    );
}

#[test]
fn a_client_secret_is_refused_wherever_it_stands() {
    let sentence = "A `client_secret` is no secret in a browser app, where everybody can read this file: remove it, and register the app as a public client.";
    for pointer in [
        "/provider/client_secret",
        "/provider/vars/client_secret",
        "/provider/sign_in/json/client_secret",
        "/provider/sign_in/json/deep/client_secret",
        "/provider/headers/client_secret",
        "/app/client_secret",
        "/queries/orders/client_secret",
    ] {
        says(&with(pointer, json!("x")), pointer, sentence);
    }
    says(
        &with("/provider/sign_in/url", json!("https://id.example/token?client_secret=x")),
        "/provider/sign_in/url",
        sentence,
    );
    let revoke = json!([{ "url": "/revoke", "form": { "client_secret": "x" } }]);
    says(&with("/provider/revoke", revoke), "/provider/revoke/0/form/client_secret", sentence);
}

#[test]
fn plain_http_is_only_for_loopback() {
    let plain = |url: &str| with("/provider/vars/base", json!(url));
    let sentence = |origin: &str| {
        format!(
            "`{origin}` is plain http, which sends passwords and tokens for everybody to read; use https (http is only for this machine: localhost, 127.0.0.1)."
        )
    };
    if let Some(places) = told(&plain("http://id.example")) {
        let pointers: Vec<_> = places.iter().map(|(pointer, _)| pointer.as_str()).collect();
        // Told where it is written, once, and not for the three addresses that begin with it.
        assert_eq!(pointers, ["/provider/vars/base"]);
        assert!(places.iter().all(|(_, s)| *s == sentence("http://id.example")));
    }
    for loopback in ["http://localhost:8787", "http://127.0.0.1:8787", "http://[::1]", "/demo", ""] {
        assert_eq!(mistakes(&plain(loopback)), [], "{loopback}");
    }
    let remote = "http://127.0.0.1.nip.example";
    assert!(told(&plain(remote)).is_none_or(|all| all.iter().any(|(_, s)| *s == sentence(remote))));
    says(
        &with("/provider/authorize/origins", json!(["http://id.example", "https://id.example"])),
        "/provider/authorize/origins/0",
        &sentence("http://id.example"),
    );
}

#[test]
fn two_pages_with_one_path_are_told() {
    let page = |path: &str| json!({ "path": path, "title": "T" });
    says(&with("/pages", json!([page("/a"), page("/b"), page("/a")])), "/pages/2", "Two pages have the path `/a`.");
    says(
        &with("/pages", json!([page("/a"), page("/b/:x"), page("/b/:y")])),
        "/pages/2",
        "Two pages have the same addresses: `/b/:x` and `/b/:y` differ only in the name of a parameter.",
    );
}

#[test]
fn the_paths_of_the_app_itself_are_no_pages() {
    says(
        &with("/pages/0/path", json!("/")),
        "/pages/0/path",
        "`/` cannot be a page: it leads to `after_sign_in`, or to the login page.",
    );
    says(&with("/pages/0/path", json!("/login")), "/pages/0/path", "`/login` cannot be a page: it is the login page.");
    for path in ["orders", "/a b", "//x", "/a/", "/..", "/a/./b", "/a?b", "/:", "/:a-b", "/ü", "/%41", "\\x"] {
        says(
            &with("/pages/0/path", json!(path)),
            "/pages/0/path",
            &format!(
                "\"{path}\" is no path of a page: it must look like `/orders` or `/orders/:id`, with letters, digits, `-`, `.`, `_` and `~` in each part."
            ),
        );
    }
    let page = json!([{ "path": "/x", "title": "X" }, { "path": "/a/:b/:b", "title": "A" }]);
    says(&with("/pages", page), "/pages/1/path", "Two parameters of this path have the same name.");
}

#[test]
fn an_after_sign_in_that_does_not_exist_is_told() {
    says(
        &with("/app/after_sign_in", json!("/order")),
        "/app/after_sign_in",
        "There is no page `/order` to lead to after a sign-in; /pages has `/orders`; did you mean `/orders`?",
    );
    let mut pattern = with("/app/after_sign_in", json!("/orders/:id"));
    pattern["pages"].as_array_mut().unwrap().push(json!({ "path": "/orders/:id", "title": "Order" }));
    says(
        &pattern,
        "/app/after_sign_in",
        "There is no page `/orders/:id` to lead to after a sign-in; /pages has `/orders`; did you mean `/orders`?",
    );
    says(
        &with("/pages", json!([{ "path": "/a/:id", "title": "A" }])),
        "/pages",
        "There must be a page without parameters, for a sign-in to lead to.",
    );
}

#[test]
fn a_block_query_that_does_not_exist_is_told() {
    says(
        &with("/pages/0/blocks/0/query", json!("orderss")),
        "/pages/0/blocks/0/query",
        "There is no query `orderss`; /queries has `orders`; did you mean `orders`?",
    );
    says(&with("/queries", json!({})), "/pages/0/blocks/0/query", "There is no query `orders`; /queries has none.");
}

#[test]
fn a_query_whose_parameter_the_page_lacks_is_told() {
    says(
        &with("/queries/orders/url", json!("{{vars.base}}/orders/{{params.id}}")),
        "/pages/0/blocks/0/query",
        "The query `orders` needs `{{params.id}}`, but the path `/orders` has no parameter `:id`.",
    );
}

#[test]
fn a_binding_that_cannot_exist_where_it_stands_is_told() {
    says(
        &with("/queries/orders/url", json!("{{vars.base}}/{{session.access_token}}")),
        "/queries/orders/url",
        "`{{session.access_token}}` has no value here: it cannot exist in a query; there can be `user`, `store`, `params`, `url`, `before`, `cookie`, `vars`.",
    );
    says(
        &with("/provider/refresh/json/name", json!("{{form.username}}")),
        "/provider/refresh/json/name",
        "`{{form.username}}` has no value here: it cannot exist in `refresh`; there can be `session`, `store`, `user`, `before`, `cookie`, `vars`.",
    );
    says(
        &with("/provider/sign_in/json/name", json!("{{form.user}}")),
        "/provider/sign_in/json/name",
        "`{{form.user}}` has no value here: the form has `username`, `password`; did you mean `username`?",
    );
    says(
        &with("/provider/sign_in/json/x", json!("{{before.x}}")),
        "/provider/sign_in/json/x",
        "`{{before.x}}` has no value here: this request has no `before`.",
    );
    says(
        &with("/provider/sign_in/json/x", json!("{{challenge.x}}")),
        "/provider/sign_in/json/x",
        "`{{challenge.x}}` has no value here: there is no `errors.challenge`.",
    );
    says(
        &with("/pages/0/blocks/0", json!({ "type": "text", "text": "{{params.id}}" })),
        "/pages/0/blocks/0/text",
        "`{{params.id}}` has no value here: the path `/orders` has no parameter `:id`.",
    );
    says(
        &with("/pages/0/blocks/0", json!({ "type": "text", "text": "{{session.id_token}}" })),
        "/pages/0/blocks/0/text",
        "`{{session.id_token}}` has no value here: it cannot exist on a page; there can be `user`, `store`, `params`, `url`, `vars`.",
    );
    says(
        &with("/provider/authorize/value", json!("{{user.key}}")),
        "/provider/authorize/value",
        "`{{user.key}}` has no value here: it cannot exist in `authorize`; there can be `session`, `vars`.",
    );
    says(
        &with("/provider/headers/X", json!("{{session.access_token}}")),
        "/provider/headers/X",
        "`{{session.access_token}}` has no value here: it cannot exist in `sign_in`; there can be `form`, `store`, `url`, `before`, `challenge`, `cookie`, `vars`.",
    );
    says(
        &with("/pages/0/title", json!("{{user.name}}")),
        "/pages/0/title",
        "`{{user.name}}` cannot stand here: this is read when the app starts, and only `{{vars.NAME}}` has a value then.",
    );
}

#[test]
fn what_is_no_binding_is_told() {
    says(
        &with("/pages/0/blocks/0", json!({ "type": "text", "text": "{{usr.name}}" })),
        "/pages/0/blocks/0/text",
        "`{{usr.name}}` is no binding: it must begin with one of `form`, `vars`, `session`, `user`, `store`, `params`, `url`, `before`, `challenge`, `cookie`, `passkey`; did you mean `user`?",
    );
    says(
        &with("/pages/0/blocks/0", json!({ "type": "text", "text": "{{user.name.toUpperCase()}}" })),
        "/pages/0/blocks/0/text",
        "`{{user.name.toUpperCase()}}` is no binding: it may only be names joined by dots, like `user.roles.0`, without code.",
    );
    says(&with("/provider/sign_in/url", json!("/x{{user")), "/provider/sign_in/url", "A `{{` has no `}}`.");
}

#[test]
fn no_binding_chooses_a_host() {
    for url in [
        "{{store.host}}/x",
        "https://{{store.host}}/x",
        "https://id.example{{store.host}}/x",
        "{{vars.base}}{{store.host}}/x",
        "https://id.example:{{store.port}}",
    ] {
        let Some(all) = told(&with("/queries/orders/url", json!(url))) else { continue };
        assert_eq!(all.len(), 1, "{url}: {all:?}");
        assert!(all[0].1.ends_with("cannot choose the host: only `vars` and text can."), "{all:?}");
    }
    let mut config = small();
    config["provider"]["vars"]["host"] = json!("good.example/evil");
    config["queries"]["orders"]["url"] = json!("https://{{vars.host}}/x");
    says(
        &config,
        "/queries/orders/url",
        "`{{vars.host}}` stands in place of a host, but \"good.example/evil\" is none.",
    );
}

#[test]
fn an_address_that_two_parsers_could_read_in_two_ways_is_refused() {
    for (url, part) in [
        ("//evil.example/x", "must begin with `https://`"),
        ("javascript:alert(1)", "must begin with `https://`"),
        ("ftp://id.example", "must begin with `https://`"),
        ("https:id.example", "must begin with `https://`"),
        ("/\\evil.example", "cannot hold a space, a backslash"),
        ("/\t/evil.example", "cannot hold a space, a backslash"),
        ("https://user@id.example/", "a user name or password"),
        ("https://ïd.example/", "plain letters, digits, dots"),
        ("https:///x", "plain letters, digits, dots"),
        ("https://id.example:99999/", "a number from 1 to 65535"),
        ("/x#y", "never sent"),
    ] {
        let Some(all) = told(&with("/queries/orders/url", json!(url))) else { continue };
        assert_eq!(all.len(), 1, "{url}: {all:?}");
        assert!(all[0].1.contains(part), "{url}: {all:?}");
    }
}

#[test]
fn a_query_to_another_origin_says_that_it_carries_no_token() {
    let sentence = "This request goes to `https://other.example`, which may not see the access token: /provider/authorize/origins has `https://id.example`, `self`. Write `\"authorized\": false`, or add the origin there.";
    let mut config = with("/queries/orders/url", json!("https://other.example/x"));
    says(&config, "/queries/orders", sentence);
    config["queries"]["orders"]["authorized"] = json!(true);
    says(&config, "/queries/orders", sentence);
    config["queries"]["orders"]["authorized"] = json!(false);
    assert_eq!(mistakes(&config), []);
    // The same host on another port is another origin.
    config["queries"]["orders"] = json!({ "url": "https://id.example:444/x" });
    assert!(told(&config).is_none_or(|all| all[0].0 == "/queries/orders"));
}

#[test]
fn an_origin_is_exact() {
    for wrong in ["https://id.example/", "https://id.example/x", "https://*.example", "*", "id.example", ""] {
        says(
            &with("/provider/authorize/origins", json!(["https://id.example", wrong])),
            "/provider/authorize/origins/1",
            &format!(
                "This must be an exact origin like `https://api.example` (no path, no closing slash, no `*`), or `self`; found \"{wrong}\"."
            ),
        );
    }
}

#[test]
fn a_header_with_a_line_break_is_refused() {
    for value in ["a\r\nX-Evil: 1", "a\nb", "a\rb"] {
        says(
            &with("/provider/sign_in/headers/X", json!(value)),
            "/provider/sign_in/headers/X",
            "A header's value cannot hold a line break.",
        );
        let mut config = with("/provider/vars/x", json!(value));
        config["provider"]["headers"] = json!({ "X": "{{vars.x}}" });
        says(&config, "/provider/headers/X", "A header's value cannot hold a line break.");
    }
    says(
        &with("/provider/sign_in/headers/X:Y", json!("a")),
        "/provider/sign_in/headers/X:Y",
        "\"X:Y\" cannot be the name of a header.",
    );
}

#[test]
fn a_request_that_contradicts_itself_is_told() {
    for (pointer, value, at, sentence) in [
        (
            "/provider/sign_in/method",
            json!("GET"),
            "/provider/sign_in",
            "A GET request cannot have a body: leave `json` and `form` out, or use POST.",
        ),
        (
            "/provider/sign_in/method",
            json!("SEND"),
            "/provider/sign_in/method",
            "This must be one of `GET`, `POST`, `PUT`, `PATCH`, `DELETE`. Found \"SEND\".",
        ),
        (
            "/provider/sign_in/method",
            json!("post"),
            "/provider/sign_in/method",
            "This must be one of `GET`, `POST`, `PUT`, `PATCH`, `DELETE`; did you mean `POST`? Found \"post\".",
        ),
        ("/provider/sign_in/form", json!({}), "/provider/sign_in", "A request has `json` or `form`, not both."),
        (
            "/queries/orders/content_type",
            json!("text/x"),
            "/queries/orders/content_type",
            "`content_type` is only for a request with `json`.",
        ),
        (
            "/provider/sign_in/authorized",
            json!(true),
            "/provider/sign_in",
            "`authorized` cannot be true in `sign_in`: there is no access token yet.",
        ),
        (
            "/provider/sign_in/before",
            json!({ "url": "/a", "before": { "url": "/b" } }),
            "/provider/sign_in/before",
            "Only one request can run before another.",
        ),
        (
            "/provider/sign_in/timeout_ms",
            json!(0),
            "/provider/sign_in/timeout_ms",
            "This must be a whole number of milliseconds from 1 to 120000; found the number 0.",
        ),
        (
            "/provider/sign_in/ok",
            json!([200, "x"]),
            "/provider/sign_in/ok/1",
            "\"x\" is no JSON Pointer: it must be empty or begin with `/`. Did you mean `/x`?",
        ),
        ("/provider/refresh/url", json!(null), "/provider/refresh", "The key `url` is missing here."),
        (
            "/provider/sign_in/credentials",
            json!("same_origin"),
            "/provider/sign_in/credentials",
            "This must be one of `omit`, `same-origin`, `include`; did you mean `same-origin`? Found \"same_origin\".",
        ),
    ] {
        says(&with(pointer, value), at, sentence);
    }
}

#[test]
fn a_cookie_that_could_not_be_asked_about_sent_or_signed_out_is_told() {
    let with = |pointer: &str, value: Value| {
        let mut config: Value = serde_json::from_str(&read("tests/fixtures/examples/cookie-session.json")).unwrap();
        config = set(config, pointer, value);
        config
    };
    for (pointer, value, at, sentence) in [
        (
            "/provider/user_info",
            Value::Null,
            "/provider/tokens/access_token",
            "No page can see a cookie: only `/provider/user_info` can tell whether somebody is signed in, and there is none. (This comes from the preset `cookie-session`.)",
        ),
        (
            "/provider/revoke",
            json!([]),
            "/provider/tokens/access_token",
            "No page can remove this cookie: only a request in `/provider/revoke` can sign out, and there is none. (This comes from the preset `cookie-session`.)",
        ),
        (
            "/provider/sign_in/credentials",
            json!("omit"),
            "/provider/sign_in/credentials",
            "A cookie holds the session, and with `omit` the browser neither keeps nor sends it: write `include`.",
        ),
        (
            "/queries/orders/credentials",
            json!("omit"),
            "/queries/orders/credentials",
            "A cookie holds the session, and with `omit` the browser neither keeps nor sends it: write `include`.",
        ),
        (
            "/provider/revoke",
            json!([{ "url": "/out", "json": { "token": "{{session.access_token}}" } }]),
            "/provider/revoke/0/json/token",
            "`{{session.access_token}}` has no value here: a cookie holds it, which no page can read.",
        ),
    ] {
        says(&with(pointer, value), at, sentence);
    }
}

#[test]
fn token_places_and_expiries_are_checked() {
    for (pointer, value, at, sentence) in [
        (
            "/provider/tokens/access_token",
            json!("access_token"),
            "/provider/tokens/access_token",
            "This must be a JSON Pointer like `/data/token`, `header:NAME`, `body` or `cookie`; found \"access_token\". Did you mean `/access_token`?",
        ),
        (
            "/provider/tokens/refresh_token",
            json!(["/r", "cookie"]),
            "/provider/tokens/refresh_token/1",
            "Only `access_token` can be held in a cookie.",
        ),
        (
            "/provider/tokens/expires",
            json!("jtw"),
            "/provider/tokens/expires",
            "This must be `jwt`, `never`, or an object with `in`, `at` or `after_s`, like `{ \"in\": \"/expires_in\" }`; found \"jtw\".",
        ),
        (
            "/provider/tokens/expires",
            json!({ "in": "/a", "at": "/b" }),
            "/provider/tokens/expires",
            "An expiry has exactly one of `in`, `at` and `after_s`.",
        ),
        (
            "/provider/tokens/expires",
            json!([{ "in": "/a", "unit": "iso" }]),
            "/provider/tokens/expires/0/unit",
            "`iso` is a date and time, which only `at` can have; the unit of `in` is `s` or `ms`.",
        ),
        (
            "/provider/tokens/user",
            json!("/a~b"),
            "/provider/tokens/user",
            "\"/a~b\" is no JSON Pointer: `~` must be followed by `0` or `1`.",
        ),
    ] {
        says(&with(pointer, value), at, sentence);
    }
}

#[test]
fn pages_and_blocks_are_checked() {
    for (pointer, value, at, sentence) in [
        (
            "/pages/0/require",
            json!({ "/session/x": 1 }),
            "/pages/0/require/~1session~1x",
            "\"/session/x\" must begin with `/user` or `/store`, like `/user/role`.",
        ),
        (
            "/pages/0/require",
            json!({ "/user/role": [] }),
            "/pages/0/require/~1user~1role",
            "This list is empty, so nobody could ever see the page.",
        ),
        (
            "/pages/0/blocks/0/type",
            json!("chart"),
            "/pages/0/blocks/0/type",
            "This must be one of `text`, `table`, `record`. Found \"chart\".",
        ),
        (
            "/pages/0/blocks/0",
            json!({ "type": "record" }),
            "/pages/0/blocks/0",
            "A `record` has exactly one of `value` and `query`.",
        ),
        (
            "/pages/0/blocks/0",
            json!({ "type": "record", "value": "x{{user}}" }),
            "/pages/0/blocks/0/value",
            "This must be exactly one binding like `{{user}}`; found \"x{{user}}\".",
        ),
        ("/pages/0/blocks/0", json!({ "text": "x" }), "/pages/0/blocks/0", "The key `type` is missing here."),
        ("/pages", json!({}), "/pages", "This must be a list of pages; found an object."),
        (
            "/store",
            json!({ "x": "y" }),
            "/store/x",
            "\"y\" is no JSON Pointer: it must be empty or begin with `/`. Did you mean `/y`?",
        ),
    ] {
        let Some(all) = told(&with(pointer, value)) else { continue };
        assert!(all.contains(&(at.to_owned(), sentence.to_owned())), "{all:?}");
    }
    let page = json!([{ "path": "/x", "title": "X" }, { "path": "/a/:b", "title": "A", "menu": "A" }]);
    says(
        &with("/pages", page),
        "/pages/1/menu",
        "A page with parameters cannot stand in the menu: there is no value for them.",
    );
}

#[test]
fn the_app_and_its_links_are_checked() {
    for (pointer, value, at, sentence) in [
        ("/app/id", json!("a b"), "/app/id", "This must be 1 to 64 letters, digits, `-`, `_` and `.`; found \"a b\"."),
        ("/app/title", json!(null), "/app", "The key `title` is missing here."),
        (
            "/app/locale",
            json!("de_DE"),
            "/app/locale",
            "This must be a language tag like `en` or `pt-BR`; found \"de_DE\".",
        ),
        (
            "/app/links/help",
            json!("javascript:alert(1)"),
            "/app/links/help",
            "This must be a link that begins with `https://`, `mailto:`, `tel:` or `/`; found \"javascript:alert(1)\".",
        ),
        (
            "/session/storage",
            json!("locl"),
            "/session/storage",
            "This must be one of `local`, `session`, `memory`; did you mean `local`? Found \"locl\".",
        ),
        (
            "/session/idle_timeout_s",
            json!("900"),
            "/session/idle_timeout_s",
            "This must be a whole number of seconds from 1 to 315360000, without quotes; found \"900\".",
        ),
        ("/session/clear_store", json!("no"), "/session/clear_store", "This must be true or false; found \"no\"."),
        (
            "/app/disable_incomplete",
            json!(1),
            "/app/disable_incomplete",
            "This must be true or false; found the number 1.",
        ),
        (
            "/provider/form",
            json!({ "username": "mail" }),
            "/provider/form/username",
            "This must be one of `text`, `email`; did you mean `email`? Found \"mail\".",
        ),
    ] {
        says(&with(pointer, value), at, sentence);
    }
}

#[test]
fn an_access_token_that_stands_nowhere_is_told() {
    for nowhere in [json!(null), json!([])] {
        says(
            &with("/provider/tokens", json!({ "access_token": nowhere })),
            "/provider/tokens/access_token",
            "A sign-in needs an access token: this must say where it stands.",
        );
    }
}

#[test]
fn a_challenge_is_checked() {
    let challenge = |value| with("/provider/errors/challenge", value);
    let when = json!({ "pointer": "/error" });
    let fields = json!([{ "name": "code" }]);
    for (value, at, sentence) in [
        (
            json!({ "when": when, "fields": fields, "request": "signin" }),
            "/request",
            "This must be a request, or `sign_in`; found \"signin\".",
        ),
        (
            json!({ "when": when, "fields": [{ "name": "password" }], "request": "sign_in" }),
            "/fields/0",
            "The form already has a field `password`.",
        ),
        (
            json!({ "when": when, "fields": [], "request": "sign_in" }),
            "/fields",
            "A second step must ask for something: at least one field.",
        ),
        (json!({ "when": {}, "fields": fields, "request": "sign_in" }), "/when", "The key `pointer` is missing here."),
        (json!({ "when": when, "fields": fields }), "", "The key `request` is missing here."),
        (
            json!({ "when": when, "fields": fields, "request": { "url": "https://id.example", "json": "{{form.kode}}" } }),
            "/request/json",
            "`{{form.kode}}` has no value here: the form has `username`, `password`, `code`; did you mean `code`?",
        ),
    ] {
        says(&challenge(value), &format!("/provider/errors/challenge{at}"), sentence);
    }
}

#[test]
#[cfg_attr(not(feature = "operator"), ignore = "it is about the words")]
fn all_mistakes_of_a_file_are_told_at_once() {
    let expected = read("tests/fixtures/wrong/many.txt");
    let found = load(&read("tests/fixtures/wrong/many.json")).unwrap_err().to_string();
    assert_eq!(found, expected.trim_end(), "\n{found}\n");
}
