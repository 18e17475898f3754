//! Being led to the login page and back to where one wanted to go, without a trace in the history and without
//! a frame of what is protected.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, play};

in_each_dialect!(a_deep_link_survives_the_login_page);

fn a_deep_link_survives_the_login_page(dialect: Dialect) {
    play(Setup::of(dialect), async |stage| {
        let browser = &stage.browser;
        // Somewhere else: a browser may count its blank page as an entry or not.
        stage.open("/favicon.svg").await;
        let before = browser.url().await;
        stage.open("/orders?x=1").await;
        stage.wait_for_login().await;
        let login = browser.url().await;
        assert_eq!(login.path(), "/login");
        let return_to: Vec<_> = login.query_pairs().collect();
        assert_eq!(return_to, [("return_to".into(), "/orders?x=1".into())]);
        stage.assert_signed_out().await;

        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        assert_eq!(browser.path().await, "/orders?x=1");

        // All of it replaced one entry of the history: Back leads to where the person came from.
        browser.back().await;
        assert_eq!(browser.url().await, before);
    });
}

#[test]
fn a_path_with_a_parameter_is_found_again_and_asks_for_its_own_row() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open("/orders/1007#bottom").await;
        stage.sign_in_as(MEMBER).await;
        stage.browser.wait_for("main[data-page=\"/orders/:id\"]").await;
        stage.browser.wait_for_path("/orders/1007#bottom").await;
        stage.browser.wait_for("main dl dd").await;
        let log = stage.provider.log().join("\n");
        assert!(log.contains("GET /api/orders/1007 200"), "{log}");
    });
}

#[test]
fn nothing_protected_is_built_before_the_sign_in() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.watch_for("main[data-page], table, [data-action=sign-out]").await;
        stage.open("/orders?x=1").await;
        stage.wait_for_login().await;
        assert_eq!(browser.noted().await, Vec::<String>::new());
        assert_eq!(stage.provider.counts().api, 0);

        // The watch does see what is built afterwards.
        stage.sign_in_as(MEMBER).await;
        assert!(!browser.noted().await.is_empty());
    });
}

#[test]
fn no_form_flashes_by_for_somebody_who_is_signed_in() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        stage.watch_for_forms().await;
        stage.open("/orders").await;
        stage.wait_for_orders().await;
        assert_eq!(stage.browser.noted().await, Vec::<String>::new());

        // Nor when the session must be refreshed first.
        stage.let_access_token_expire().await;
        stage.browser.reload().await;
        stage.wait_for_orders().await;
        assert_eq!(stage.browser.noted().await, Vec::<String>::new());
    });
}

#[test]
fn somebody_signed_in_is_sent_on_from_the_login_page() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        for (asked, led_to) in
            [("/login", "/orders"), ("/login?return_to=%2Fpair%3Fa%3Db", "/pair?a=b"), ("/", "/orders")]
        {
            stage.open(asked).await;
            stage.browser.wait_for_path(led_to).await;
            stage.browser.wait_for("main[data-page]").await;
        }
    });
}

#[test]
fn a_way_back_that_leads_elsewhere_is_not_taken() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        for foreign in [
            "//evil.example",
            "/%5Cevil.example",
            "https:%2F%2Fevil.example",
            "javascript:alert(1)",
            "%2F%252e%252e%2F%2Fevil.example",
            "/login%3Freturn_to=/pair",
            "/pair&return_to=/pair",
        ] {
            stage.open(&format!("/login?return_to={foreign}")).await;
            stage.browser.wait_for_path("/orders").await;
            assert!(stage.browser.url().await.as_str().starts_with(stage.site.origin()));
        }
    });
}
