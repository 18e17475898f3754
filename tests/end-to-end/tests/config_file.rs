//! A `config.json` that is wrong: one readable page with all that is wrong, and nothing else starts.

use end_to_end::dialect::Dialect;
use end_to_end::site::ConfigFile;
use end_to_end::stage::{Setup, play};
use serde_json::json;

/// What nobody sees while the config is wrong.
const APP: &str = "form, main[data-page], [data-action=sign-out]";

#[test]
fn every_mistake_is_shown_at_once_with_its_place() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["provider"]["tokens"] = json!({ "refreshtoken": "/refresh_token" });
        config["provider"]["client_secret"] = json!("hush-hush");
        config["app"]["after_sign_in"] = json!("/nowhere");
        config["pages"][1]["path"] = json!("/orders");
        config["pages"][0]["blocks"][1]["query"] = json!("odrers");
        config["queries"]["few"]["url"] = json!("{{vars.base_uri}}/api/orders");
    });
    play(setup, async |stage| {
        stage.open("/").await;
        let page = stage.browser.wait_for_text("main.problem-page").await;
        stage.keep_picture("every-mistake").await;
        for place in [
            "/provider/tokens/refreshtoken",
            "/provider/client_secret",
            "/app/after_sign_in",
            "/pages/1",
            "/pages/0/blocks/1/query",
            "/queries/few/url",
        ] {
            assert!(page.contains(place), "{place} is not in:\n{page}");
        }
        // The nearest right name of each, and never a value that may be a secret.
        for right in ["refresh_token", "base_url", "orders"] {
            let hint = format!("did you mean {right}?");
            assert!(page.contains(&hint), "`{hint}` is not in:\n{page}");
        }
        let html = stage.browser.html("html").await;
        assert!(!html.contains("hush-hush"));
        assert_eq!(stage.browser.count(APP).await, 0);
        assert_eq!(stage.provider.log(), Vec::<String>::new());
    });
}

#[test]
fn broken_json_is_shown_with_line_and_column() {
    let broken = "{\n  \"version\": 1,\n  \"app\": { \"id\" \"x\" }\n}\n".to_owned();
    let setup = Setup::of(Dialect::Supabase).config(ConfigFile::Text(broken));
    play(setup, async |stage| {
        stage.open("/orders").await;
        let page = stage.browser.wait_for_text("main.problem-page").await.to_lowercase();
        stage.keep_picture("broken-json").await;
        assert!(page.contains("line 3") && page.contains("column"), "{page}");
        assert_eq!(stage.browser.count(APP).await, 0);
    });
}

#[test]
fn a_missing_file_is_said_to_be_missing() {
    let setup = Setup::of(Dialect::Supabase).config(ConfigFile::Missing);
    play(setup, async |stage| {
        stage.open("/login").await;
        let page = stage.browser.wait_for_text("main.problem-page").await;
        stage.keep_picture("missing").await;
        assert!(page.contains("config.json"), "{page}");
        assert_eq!(stage.browser.count(APP).await, 0);
    });
}

#[test]
fn a_page_in_place_of_the_file_is_recognised() {
    let setup = Setup::of(Dialect::Supabase).config(ConfigFile::Html);
    play(setup, async |stage| {
        stage.open("/").await;
        let page = stage.browser.wait_for_text("main.problem-page").await;
        stage.keep_picture("html").await;
        assert!(page.contains("config.json") && page.contains("web page"), "{page}");
        assert_eq!(stage.browser.count(APP).await, 0);
    });
}

#[test]
fn a_preset_that_does_not_exist_is_named_with_the_nearest_that_does() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["provider"]["preset"] = json!("supabse");
    });
    play(setup, async |stage| {
        stage.open("/").await;
        let page = stage.browser.wait_for_text("main.problem-page").await;
        assert!(page.contains("/provider/preset"), "{page}");
        assert!(page.contains("supabse") && page.contains("supabase"), "{page}");
        assert_eq!(stage.browser.count(APP).await, 0);
    });
}

#[test]
fn without_the_files_for_operators_a_wrong_config_is_still_said_to_be_wrong() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| config["pages"] = json!([]));
    play(setup, async |stage| {
        stage.site.leave_out("operator.js");
        stage.open("/").await;
        let page = stage.browser.wait_for_text("main.problem-page").await;
        assert!(page.contains("cannot start yet") && page.contains("tell whoever runs it"), "{page}");
        assert_eq!(stage.browser.count(APP).await, 0);
    });
}

#[test]
fn without_the_files_for_operators_the_app_starts_without_its_panel() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| config["session"] = json!({ "panel": true }));
    play(setup, async |stage| {
        stage.site.leave_out("operator_bg.wasm");
        stage.open_signed_in().await;
        assert_eq!(stage.browser.count(".panel").await, 0);
    });
}
