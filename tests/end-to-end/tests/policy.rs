//! The policy that `cargo xtask headers` prints, and what browsers report of it: nothing, on the whole way. And a page of somebody
//! else that shows ours inside its own: the browser refuses.
//!
//! `cargo xtask test` plays these in Firefox too.

use end_to_end::dialect::Dialect;
use end_to_end::patience::until;
use end_to_end::provider::MEMBER;
use end_to_end::site::{NOTE_VIOLATIONS, Site};
use end_to_end::stage::{Setup, play};
use serde_json::json;
use std::time::Duration;

#[test]
fn the_whole_way_breaks_no_rule_of_the_policy() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["app"]["theme"] = json!({ "logo": "/favicon.svg", "accent": "#a03c2d" });
        config["session"] = json!({ "panel": true, "stay_signed_in": "ticked", "idle_timeout_s": 900 });
    });
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.run_before_every_page(NOTE_VIOLATIONS);
        stage.open("/orders?x=1").await;
        stage.submit(MEMBER.username, "not-the-password").await;
        browser.wait_for_text("[role=alert]").await;
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        browser.type_into("main input[type=search]", "elm").await;
        browser.click(".account-button").await;
        browser.wait_for("#account:popover-open").await;
        browser.click(".panel summary").await;
        for page in ["/pair", "/admin", "/orders"] {
            browser
                .ask("document.querySelector(arguments[0]).click();", &[format!("nav a[href$=\"{page}\"]").into()])
                .await;
            browser.wait_for(&format!("main[data-page=\"{page}\"]")).await;
        }
        stage.open("/orders/1007").await;
        browser.wait_for("main dl dd").await;

        // By a refusal in use, and by the clock at a reload.
        stage.provider.expire_access_tokens().await;
        browser.click("nav a[href$=\"/orders\"]").await;
        stage.wait_for_orders().await;
        stage.let_access_token_expire().await;
        browser.reload().await;
        stage.wait_for_orders().await;
        assert_eq!(stage.provider.counts().refresh_ok, 2);
        assert_eq!(browser.ask("return window.violations;", &[]).await, json!([]));

        stage.sign_out().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        assert_eq!(browser.ask("return window.violations;", &[]).await, json!([]));
        stage.site.assert_policy_was_kept(browser).await;
    });
}

#[test]
fn a_foreign_page_that_shows_ours_in_a_frame_is_refused() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        // Signed in: there would be something to see, and to click.
        stage.open_signed_in().await;
        // Another port is another origin. It may show whom it likes.
        let foreign = Site::start().await;
        foreign.let_be_framed();
        let script = "const frame = document.createElement('iframe'); frame.src = arguments[0]; document.body.replaceChildren(frame);";
        for path in ["/orders", "/login", "/callback", "/setup.html"] {
            browser.goto(&format!("{}/another-site.txt", foreign.origin())).await;
            let (asked, reported) = (stage.site.asked().len(), stage.site.reports().len());
            browser.ask(script, &[format!("{}{path}", stage.site.origin()).into()]).await;
            let report = until("the browser's report", async || match stage.site.reports().get(reported) {
                Some(report) => Ok(report.clone()),
                None => Err(format!("{} requests", stage.site.asked().len() - asked)),
            })
            .await;
            assert!(report.contains("frame-ancestors"), "{report}");
            // What is refused does not run: nothing of it is fetched, and nobody is asked for anything.
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert_eq!(stage.site.asked().split_off(asked), [format!("GET {path}")]);
        }
    });
}
