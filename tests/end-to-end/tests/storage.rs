//! What storage can be: records that are not ours or not whole, no room, blocked, this tab's or this page's alone, cleared
//! by hand. Never a crash, and the next sign-in works.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, Stage, play, session_key, store_key};
use serde_json::json;

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
        let newer = good.replacen("\"version\":1", "\"version\":2", 1);
        let large = format!("{good}{}", " ".repeat(1024 * 1024));
        for record in [
            half,
            foreign,
            older,
            newer,
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

/// Takes the user out of the record, so that the next one is longer, and fills all the room that is left.
const LEAVE_NO_ROOM: &str = "
    const record = JSON.parse(localStorage.getItem(arguments[0]));
    delete record.user;
    localStorage.setItem(arguments[0], JSON.stringify(record));
    for (let size = 1 << 22; size > 0; size >>= 1) {
        try {
            localStorage.setItem('filler' + size, 'x'.repeat(size));
        } catch {
            // The next one is half as large.
        }
    }";

const MAKE_ROOM: &str = "Object.keys(localStorage).filter(key => key.startsWith('filler')) \
    .forEach(key => localStorage.removeItem(key));";

#[test]
fn a_rotated_token_that_storage_has_no_room_for_stays_usable() {
    play(Setup::of(Dialect::Supabase).lasting(6), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        browser.ask(LEAVE_NO_ROOM, &[session_key().into()]).await;
        let before = stage.session().await;
        stage.provider.until_counts("three refreshes", |counts| counts.refresh_ok >= 3).await;
        let said = browser.wait_for_text(".warnings").await;
        assert!(said.contains("could not save"), "{said}");
        // What could not be replaced is still there, and nobody presents it.
        assert!(stage.session().await.has_tokens_of(&before));
        assert_eq!(stage.provider.counts().reuse, 0);
        browser.wait_for("main[data-page=\"/orders\"]").await;

        browser.ask(MAKE_ROOM, &[]).await;
        let saved = stage.provider.counts().refresh_ok + 1;
        stage.provider.until_counts("one more", |counts| counts.refresh_ok >= saved).await;
        browser.wait_until("the warning to go", "document.querySelector('.warnings').innerText === ''").await;
        browser.reload().await;
        stage.wait_for_orders().await;
        let counts = stage.provider.counts();
        assert_eq!((counts.reuse, counts.sign_in), (0, 1));
    });
}

#[test]
fn a_session_of_this_tab_survives_a_reload_and_is_seen_in_no_other() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| config["session"] = json!({ "storage": "session" }));
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        assert!(stage.kept_session().await.is_none(), "it is not in localStorage");
        browser.reload().await;
        stage.wait_for_orders().await;
        let first = browser.tab().await;
        browser.open_window().await;
        stage.open("/orders").await;
        stage.wait_for_login().await;
        browser.look_at(&first).await;
        stage.wait_for_orders().await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        assert_eq!(browser.everything_stored().await, "[{},{}]");
    });
}

#[test]
fn a_session_in_memory_is_kept_nowhere_and_gone_after_a_reload() {
    let setup =
        Setup::of(Dialect::Supabase).lasting(5).edit(|config| config["session"] = json!({ "storage": "memory" }));
    play(setup, async |stage| {
        stage.open_signed_in().await;
        assert_eq!(stage.browser.everything_stored().await, "[{},{}]");
        stage.provider.until_counts("a refresh", |counts| counts.refresh_ok >= 1).await;
        assert_eq!(stage.browser.everything_stored().await, "[{},{}]");
        stage.browser.wait_for("html[data-session=signed-in]").await;
        stage.browser.reload().await;
        stage.wait_for_login().await;
    });
}

#[test]
fn storage_that_is_blocked_costs_a_notice_and_no_sign_in() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let block = "for (const area of ['localStorage', 'sessionStorage']) { Object.defineProperty(window, area, \
            { get() { throw new DOMException('blocked', 'SecurityError'); } }); }";
        stage.run_before_every_page(block);
        stage.open("/").await;
        stage.wait_for_login().await;
        let notice = stage.browser.wait_for_text("[role=status]").await;
        assert!(notice.contains("blocks storage"), "{notice}");
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        stage.browser.reload().await;
        stage.wait_for_login().await;
    });
}

#[test]
fn storage_that_is_cleared_by_hand_in_another_tab_signs_out_here() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let first = browser.tab().await;
        browser.open_window().await;
        stage.open("/favicon.svg").await;
        browser.ask("localStorage.clear();", &[]).await;
        browser.look_at(&first).await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
    });
}
