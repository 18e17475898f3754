//! The main job against servers that somebody else wrote: a preset, vars, a query and a page, and nothing else. What each
//! server promises stands in `end_to_end::family`; time is real, so tokens last seconds where they are to expire.

use axum::http::Method;
use end_to_end::family::{
    BETTER_AUTH, DJANGO_OAUTH_TOOLKIT, DJANGO_SIMPLEJWT, FASTAPI_USERS, Family, OIDC_PROVIDER, OIDC_PROVIDER_BY_ISSUER,
    OIDC_PROVIDER_BY_REDIRECT, Renewal, Reuse, SignedOutToken,
};
use end_to_end::patience::until;
use end_to_end::plain_http::ask;
use end_to_end::provider::MEMBER;
use end_to_end::real_stage::{RealStage, Setup, play};
use end_to_end::site::ConfigFile;
use serde_json::json;
use std::time::Duration;

/// Makes of each named story one test for each family.
macro_rules! in_each_family {
    ($($story:ident),+ $(,)?) => {
        mod django_oauth_toolkit {
            $(#[test] fn $story() { super::$story(super::DJANGO_OAUTH_TOOLKIT); })+
        }
        mod django_simplejwt {
            $(#[test] fn $story() { super::$story(super::DJANGO_SIMPLEJWT); })+
        }
        mod fastapi_users {
            $(#[test] fn $story() { super::$story(super::FASTAPI_USERS); })+
        }
        mod better_auth {
            $(#[test] fn $story() { super::$story(super::BETTER_AUTH); })+
        }
        mod oidc_provider {
            $(#[test] fn $story() { super::$story(super::OIDC_PROVIDER); })+
        }
        mod oidc_provider_by_issuer {
            $(#[test] fn $story() { super::$story(super::OIDC_PROVIDER_BY_ISSUER); })+
        }
    };
}

in_each_family!(
    from_a_wrong_password_to_a_sign_out_that_the_server_knows_of,
    a_session_outlives_its_access_token_as_the_server_lets_it,
);

/// Where there is no form for a password to be wrong in, `openid` tells the first story.
mod oidc_provider_by_redirect {
    #[test]
    fn a_session_outlives_its_access_token_as_the_server_lets_it() {
        super::a_session_outlives_its_access_token_as_the_server_lets_it(super::OIDC_PROVIDER_BY_REDIRECT);
    }
}

#[test]
fn a_session_in_a_cookie_is_over_for_the_server_too() {
    play(Setup::of(FASTAPI_USERS), async |stage| {
        let browser = &stage.browser;
        let mut config = stage.family.config(stage.server.origin());
        config["provider"] = json!({
            "preset": "cookie-session",
            "vars": {
                "base_url": stage.server.origin(),
                "sign_in_path": "/auth/cookie/login",
                "user_path": "/users/me",
                "sign_out_path": "/auth/cookie/logout",
            },
            "sign_in": {
                "json": null,
                "form": { "username": "{{form.username}}", "password": "{{form.password}}" },
            },
        });
        stage.site.put_config(ConfigFile::Text(config.to_string()));
        stage.open("/").await;
        stage.submit("not-the-password").await;
        browser.wait_for_text("[role=alert]").await;
        stage.assert_signed_out().await;

        stage.sign_in().await;
        browser.wait_until("the user's name", &says(&stage.family.greeting())).await;
        let cookie = browser.cookie("fastapiusersauth").await.unwrap_or_default();
        assert!(cookie.len() > 20 && !browser.everything_stored().await.contains(&cookie));
        assert_eq!(ask_with_cookie(stage, &cookie).await, 200);
        browser.reload().await;
        stage.wait_for_rows("/orders").await;
        assert_eq!(browser.cookie("fastapiusersauth").await.as_deref(), Some(&*cookie), "signed in once");

        stage.sign_out().await;
        stage.assert_signed_out().await;
        until("the server to refuse the old cookie", async || match ask_with_cookie(stage, &cookie).await {
            401 => Ok(()),
            status => Err(format!("it answers {status}")),
        })
        .await;
        stage.open("/orders").await;
        stage.wait_for_login().await;
    });
}

async fn ask_with_cookie(stage: &RealStage, cookie: &str) -> u16 {
    let url = format!("{}/api/orders", stage.server.origin());
    let cookie = format!("fastapiusersauth={cookie}");
    ask(Method::GET, &url, &[("cookie", &cookie)], String::new()).await.status
}

/// As short as a page can be loaded in.
const SHORT: Duration = Duration::from_secs(5);

fn from_a_wrong_password_to_a_sign_out_that_the_server_knows_of(family: Family) {
    play(Setup::of(family), async |stage| {
        let browser = &stage.browser;
        stage.open("/").await;
        stage.submit("not-the-password").await;
        let said = browser.wait_for_text("[role=alert]").await;
        assert!(!said.contains(MEMBER.username), "{said}");
        browser.wait_for("form#login:not([aria-busy=true])").await;
        assert_eq!(browser.value("input[name=username]").await, MEMBER.username);
        assert_eq!(browser.path().await, "/login");
        stage.assert_signed_out().await;

        stage.sign_in().await;
        assert_eq!(browser.path().await, "/orders");
        browser.wait_until("the user's name", &says(&family.greeting())).await;
        let tokens = stage.tokens().await;
        assert_eq!(tokens.refresh.is_some(), family.renewal != Renewal::SignInAgain);

        browser.reload().await;
        stage.wait_for_rows("/orders").await;
        browser.wait_until("the user's name", &says(&family.greeting())).await;
        assert!(stage.tokens().await == tokens, "a reload was granted other tokens");
        assert_eq!(stage.ask_for_orders(&tokens.access).await.status, 200);

        stage.sign_out().await;
        assert_eq!(browser.url().await.path(), "/login");
        stage.assert_signed_out().await;
        // Asked before the server knows, it would grant new tokens.
        stage.wait_for_answers_from(family.revokes_at, family.revocations).await;
        match family.signed_out_token {
            SignedOutToken::IsRefused => stage.wait_until_refused(&tokens.access).await,
            SignedOutToken::LivesUntilItExpires => {
                assert_eq!(stage.ask_for_orders(&tokens.access).await.status, 200);
            }
        }
        if let Some(refresh_token) = &tokens.refresh {
            let status = stage.refresh(refresh_token).await;
            assert!(matches!(status, 400 | 401), "a revoked refresh token was answered with {status}");
        }

        // The same question about a session that is not signed out.
        stage.sign_in().await;
        let tokens = stage.tokens().await;
        assert_eq!(stage.ask_for_orders(&tokens.access).await.status, 200);
        if let Some(refresh_token) = &tokens.refresh {
            assert_eq!(stage.refresh(refresh_token).await, 200);
        }
    });
}

fn a_session_outlives_its_access_token_as_the_server_lets_it(family: Family) {
    play(Setup::of(family).lasting(SHORT), async |stage| {
        stage.open("/").await;
        stage.sign_in().await;
        match family.renewal {
            Renewal::Rotation { reuse, .. } => it_is_renewed(stage, reuse).await,
            Renewal::SignInAgain => it_ends_at_the_login_page(stage).await,
        }
    });
}

async fn it_is_renewed(stage: &RealStage, reuse: Reuse) {
    let browser = &stage.browser;
    let first = stage.tokens().await;
    let refresh_token = first.refresh.clone().unwrap_or_default();

    // While somebody looks at the page: before the token expires, and without a trace.
    browser.ask("document.querySelector('main').marked = true;", &[]).await;
    let second = stage.wait_for_other_tokens(&first).await;
    assert!(second.refresh != first.refresh, "the refresh token is still the old one");
    stage.wait_until_refused(&first.access).await;
    assert_eq!(browser.ask("return document.querySelector('main').marked;", &[]).await, true, "the page was rebuilt");
    browser.click("nav a[href$=\"/again\"]").await;
    stage.wait_for_rows("/again").await;
    browser.reload().await;
    stage.wait_for_rows("/again").await;

    // While nobody does: it has expired when the app is opened again.
    let last = stage.tokens().await;
    stage.leave().await;
    stage.wait_until_refused(&last.access).await;
    stage.open("/orders").await;
    stage.wait_for_rows("/orders").await;
    let renewed = stage.tokens().await;
    assert!(renewed.access != last.access && renewed.refresh != last.refresh, "nothing was renewed");

    // Somebody presents the first refresh token, which was used long ago.
    let status = stage.refresh(&refresh_token).await;
    assert!(matches!(status, 400 | 401), "a used refresh token was answered with {status}");
    match reuse {
        Reuse::EndsTheSession => {
            stage.wait_for_login().await;
            stage.assert_signed_out().await;
            assert_eq!(browser.path().await, "/login?return_to=/orders");
        }
        Reuse::IsRefused => {
            let again = stage.wait_for_other_tokens(&renewed).await;
            assert!(again.refresh != renewed.refresh);
        }
    }
}

async fn it_ends_at_the_login_page(stage: &RealStage) {
    let tokens = stage.tokens().await;
    stage.leave().await;
    stage.wait_until_refused(&tokens.access).await;
    stage.open("/again").await;
    stage.wait_for_login().await;
    stage.assert_signed_out().await;
    assert_eq!(stage.browser.path().await, "/login?return_to=/again");
    stage.submit(MEMBER.password).await;
    stage.wait_for_rows("/again").await;
}

fn says(text: &str) -> String {
    format!("document.querySelector('main')?.innerText.includes('{text}')")
}
