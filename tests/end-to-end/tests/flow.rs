//! The main job, from an empty browser to signed out: in every dialect, and with the keyboard alone.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, play};
use fantoccini::key::Key;

in_each_dialect!(from_the_login_page_to_the_rows_and_out_again, a_token_that_ran_out_costs_one_refresh_on_reload,);

fn from_the_login_page_to_the_rows_and_out_again(dialect: Dialect) {
    play(Setup::of(dialect), async |stage| {
        let browser = &stage.browser;
        stage.open("/").await;
        stage.wait_for_login().await;
        assert_eq!(browser.url().await.path(), "/login");
        stage.assert_signed_out().await;
        assert_eq!(stage.provider.counts().api, 0, "asked without a token");

        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        assert_eq!(browser.path().await, "/orders");
        let text = browser.wait_for_text("main p").await;
        assert!(text.contains(MEMBER.username), "{text}");
        let counts = stage.provider.counts();
        assert_eq!((counts.sign_in, counts.logins_ok), (1, 1));
        assert_eq!((counts.refresh, counts.api_401), (0, 0));
        assert!(counts.api >= 1);
        assert_eq!(browser.count("form#login").await, 0);

        browser.reload().await;
        stage.wait_for_orders().await;
        assert_eq!(browser.path().await, "/orders");
        let counts = stage.provider.counts();
        assert_eq!((counts.sign_in, counts.refresh), (1, 0));

        let kept = stage.session().await;
        assert_eq!(stage.provider.ask_who_i_am(&kept.access_token).await.status, 200);
        // So that there is a protected page to go back to.
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.wait_for_count("main[data-page=\"/pair\"] tbody tr", 40).await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        assert_eq!(browser.url().await.path(), "/login");
        stage.assert_signed_out().await;

        stage.wait_until_refused(&kept.access_token).await;
        let origin = stage.provider.origin();
        let refreshed = dialect.refresh(&origin, &kept.refresh_token).await;
        assert!(matches!(refreshed.status, 400 | 401), "a revoked refresh token was good: {}", refreshed.status);

        stage.watch_for("main[data-page], tbody tr").await;
        browser.back_within_the_app().await;
        stage.wait_for_login().await;
        assert_eq!(browser.url().await.path(), "/login");
        assert_eq!(browser.noted().await, Vec::<String>::new());
        stage.assert_signed_out().await;

        // Nor does asking the host for the page again.
        stage.open("/pair").await;
        stage.wait_for_login().await;
        assert_eq!(browser.noted().await, Vec::<String>::new());
        stage.assert_signed_out().await;
        stage.site.assert_policy_was_kept(browser).await;
    });
}

fn a_token_that_ran_out_costs_one_refresh_on_reload(dialect: Dialect) {
    play(Setup::of(dialect), async |stage| {
        stage.open_signed_in().await;
        let before = stage.session().await;
        stage.let_access_token_expire().await;
        stage.provider.clear_counts();

        stage.browser.reload().await;
        stage.wait_for_orders().await;
        let counts = stage.provider.counts();
        assert_eq!((counts.sign_in, counts.refresh, counts.refresh_ok), (0, 1, 1));
        assert_eq!(counts.api_401, 0, "the API was asked before the refresh");
        assert_eq!(counts.reuse, 0);
        let after = stage.session().await;
        assert!(before.access_token != after.access_token);
        assert!(before.refresh_token != after.refresh_token);

        stage.browser.reload().await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().refresh, 1);
    });
}

#[test]
fn the_keyboard_alone_is_enough() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open("/").await;
        stage.wait_for_login().await;
        browser.tab_to("input[name=username]").await;
        browser.type_blindly(MEMBER.username).await;
        browser.tab_to("input[name=password]").await;
        browser.type_blindly(MEMBER.password).await;
        browser.press(Key::Enter).await;
        stage.wait_for_orders().await;

        browser.wait_until("the focus on the heading", "document.activeElement?.matches('h1')").await;
        browser.tab_back_to("nav a[href$=\"/pair\"]").await;
        browser.press(Key::Enter).await;
        browser
            .wait_until("the focus on the heading", "document.activeElement?.matches('[data-page=\"/pair\"] h1')")
            .await;

        browser.tab_back_to("[data-action=sign-out]").await;
        browser.press(Key::Enter).await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
    });
}
