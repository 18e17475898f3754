//! What must never be written anywhere: tokens and passwords in the console, the page or the address; and that
//! the app runs under the strict policy without one complaint.

use end_to_end::dialect::Dialect;
use end_to_end::driver::Kind;
use end_to_end::provider::MEMBER;
use end_to_end::site::NOTE_VIOLATIONS;
use end_to_end::stage::{Setup, play};
use serde_json::json;

in_each_dialect!(the_console_stays_free_of_secrets_and_complaints);

const WRONG_PASSWORD: &str = "a-wrong-pass-phrase";

fn the_console_stays_free_of_secrets_and_complaints(dialect: Dialect) {
    play(Setup::of(dialect), async |stage| {
        let browser = &stage.browser;
        stage.run_before_every_page(NOTE_VIOLATIONS);
        let mut secrets = vec![MEMBER.password.to_owned(), WRONG_PASSWORD.to_owned()];
        let mut pages = Vec::new();

        stage.open("/orders?x=1").await;
        stage.submit(MEMBER.username, WRONG_PASSWORD).await;
        browser.wait_for_text("[role=alert]").await;
        pages.push(browser.html("html").await);
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        pages.push(browser.html("html").await);
        let kept = stage.session().await;
        secrets.extend([kept.access_token, kept.refresh_token]);

        stage.let_access_token_expire().await;
        let fault = json!({ "at": "refresh", "kind": "status", "status": 500, "times": 1 });
        stage.provider.add_fault(&fault);
        browser.reload().await;
        stage.wait_for_orders().await;
        let kept = stage.session().await;
        secrets.extend([kept.access_token, kept.refresh_token]);
        browser.click("nav a[href$=\"/admin\"]").await;
        browser.wait_for("main[data-page=\"/admin\"]").await;
        pages.push(browser.html("html").await);
        let before_sign_out = browser.ask("return window.violations;", &[]).await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        pages.push(browser.html("html").await);
        pages.push(browser.url().await.to_string());
        pages.push(stage.site.asked().join("\n"));
        pages.push(browser.everything_stored().await);

        let console = browser.console().await;
        // What the browser says of the wrong password by itself: it does tell.
        assert!(!console.is_empty() || Kind::chosen() != Kind::Chromium);
        for secret in &secrets {
            assert!(
                !console.iter().any(|line| line.contains(secret.as_str())),
                "a secret of {} letters is in the console",
                secret.len()
            );
            assert!(
                !pages.iter().any(|page| page.contains(secret.as_str())),
                "a secret of {} letters is in a page, an address or the storage",
                secret.len()
            );
        }
        for line in &console {
            for complaint in ["Content Security Policy", "Content-Security-Policy", "Trusted", "integrity", "panicked"]
            {
                assert!(!line.contains(complaint), "{line}");
            }
            // The browser itself reports answers of 400 and more; whatever else is severe is ours.
            assert!(!line.starts_with("SEVERE") || line.contains("Failed to load resource"), "{line}");
        }
        assert_eq!(before_sign_out, json!([]));
        assert_eq!(browser.ask("return window.violations;", &[]).await, json!([]));
        stage.site.assert_policy_was_kept(browser).await;
    });
}
