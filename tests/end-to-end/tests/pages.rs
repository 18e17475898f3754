//! What a page shows to whom, and that a query that fails fails alone.

use end_to_end::dialect::Dialect;
use end_to_end::provider::{ADMIN, MEMBER};
use end_to_end::stage::{Setup, play};
use serde_json::json;

in_each_dialect!(a_page_for_admins_tells_others_that_they_have_no_access);

fn a_page_for_admins_tells_others_that_they_have_no_access(dialect: Dialect) {
    play(Setup::of(dialect), async |stage| {
        let browser = &stage.browser;
        stage.open("/admin").await;
        stage.sign_in_as(MEMBER).await;
        let no_access = "/no access/i.test(document.querySelector('main')?.innerText ?? '')";
        browser.wait_until("no access", no_access).await;
        assert_eq!(browser.count("main dl").await, 0);
        assert_eq!(browser.path().await, "/admin");
        assert_eq!(browser.count("form#login").await, 0);

        stage.sign_out().await;
        stage.open("/admin").await;
        stage.sign_in_as(ADMIN).await;
        browser.wait_for("main[data-page=\"/admin\"] dl").await;
        let record = browser.wait_for_text("main dl").await;
        assert!(record.contains(ADMIN.username), "{record}");
    });
}

#[test]
fn a_query_that_fails_says_so_in_its_block_and_can_be_tried_again() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        stage.provider.add_fault(&json!({ "at": "api", "kind": "status", "status": 500, "times": 1 }));
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.wait_for_count("main[data-page=\"/pair\"] tbody tr", 20).await;
        browser.wait_for_count("main [role=alert] button", 1).await;
        let said = browser.wait_for_text("main [role=alert]").await;
        assert!(!said.contains("500") && !said.contains("temporarily"), "raw: {said}");
        browser.click("main [role=alert] button").await;
        browser.wait_for_count("main tbody tr", 40).await;
        assert_eq!(browser.count("main [role=alert] button").await, 0);
    });
}

#[test]
fn an_address_that_no_page_has_says_so_and_offers_the_way_back() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        stage.open("/nowhere").await;
        stage.browser.wait_for("html[data-session=signed-in]").await;
        let text = stage.browser.wait_for_text("main").await;
        assert!(!text.is_empty());
        stage.browser.click("nav a[href$=\"/orders\"]").await;
        stage.wait_for_orders().await;
    });
}

#[test]
fn what_is_asked_for_is_the_very_address_that_the_config_names() {
    play(Setup::of(Dialect::WrittenOut), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.wait_for_count("main tbody tr", 40).await;
        let script = "return [...new Set(performance.getEntriesByType('resource').map(entry => entry.name))] \
                      .filter(name => name.startsWith(arguments[0])).sort();";
        let origin = stage.provider.origin();
        let asked = browser.ask(script, &[origin.as_str().into()]).await;
        let expected = ["/api/orders", "/api/orders?rows=20", "/auth/v1/token?grant_type=password"];
        let expected: Vec<_> = expected.iter().map(|path| format!("{origin}{path}")).collect();
        assert_eq!(asked, json!(expected));
    });
}
