//! Records that are not ours, or not whole: signed out, never a crash, and the next sign-in works.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, Stage, play, session_key, store_key};

#[test]
fn whatever_is_not_a_session_of_ours_is_signed_out_and_signing_in_works() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        let good = stage.session().await.record;
        let half = good.get(..good.len() / 2).unwrap_or_default().to_owned();
        let foreign = good.replace(&stage.provider.origin(), "https://elsewhere.example");
        assert!(foreign != good, "the record does not say where it came from");
        let older = good.replacen("\"version\":1", "\"version\":0", 1);
        assert!(older != good, "the record has no version");
        let large = format!("{good}{}", " ".repeat(1024 * 1024));
        for record in [
            half,
            foreign,
            older,
            large,
            String::new(),
            "null".into(),
            "[1, 2]".into(),
            "{}".into(),
            "\u{0}\u{fffd}not json".into(),
        ] {
            stands_in_the_way_of_nothing(stage, &record).await;
        }
    });
}

async fn stands_in_the_way_of_nothing(stage: &Stage, record: &str) {
    let what: String = record.chars().take(60).collect();
    stage.provider.clear_counts();
    let put = "localStorage.setItem(arguments[0], arguments[1]);";
    stage.browser.ask(put, &[session_key().into(), record.into()]).await;
    stage.open("/orders").await;
    stage.wait_for_login().await;
    stage.assert_nothing_protected().await;
    let counts = stage.provider.counts();
    assert_eq!((counts.refresh, counts.api), (0, 0), "{what}");
    stage.sign_in_as(MEMBER).await;
    stage.wait_for_orders().await;
}

#[test]
fn a_store_that_cannot_be_read_is_an_empty_one() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        for record in ["{ half", "[]", "7", ""] {
            let put = "localStorage.setItem(arguments[0], arguments[1]);";
            stage.browser.ask(put, &[store_key().into(), record.into()]).await;
            stage.browser.reload().await;
            stage.wait_for_orders().await;
        }
    });
}

#[test]
fn a_session_of_another_provider_is_dropped_instead_of_sent_there() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        let config = Dialect::Oauth2Password.config(&stage.provider.origin());
        stage.site.put_config(end_to_end::site::ConfigFile::Text(config.to_string()));
        stage.provider.clear_counts();
        stage.open("/orders").await;
        stage.wait_for_login().await;
        stage.assert_nothing_protected().await;
        let counts = stage.provider.counts();
        assert_eq!((counts.refresh, counts.revoke, counts.api), (0, 0, 0));
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
    });
}
