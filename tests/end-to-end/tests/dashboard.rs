//! The signed-in side as a whole: with the keyboard alone, without anything that moves, and in the theme that somebody chose.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::site::ConfigFile;
use end_to_end::stage::{Setup, Stage, play};
use fantoccini::key::Key;
use serde_json::json;

/// Notes what is copied, and copies it.
const NOTE_COPIES: &str = "
    window.copied = [];
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = text => { window.copied.push(text); return write(text); };";

const ACCOUNT: &str = "[popovertarget=account]";

#[test]
fn sorting_filtering_copying_and_the_account_need_no_mouse() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        browser.ask(NOTE_COPIES, &[]).await;

        browser.tab_to("main input[type=search]").await;
        browser.type_blindly("CASA verde").await;
        browser.wait_for_count("main tbody tr", 17).await;
        browser
            .wait_until(
                "the count",
                "document.querySelector('.block-meta [role=status]').innerText === 'Rows: 17 / 200'",
            )
            .await;
        browser.press(Key::Escape).await;
        browser.wait_for_count("main tbody tr", 200).await;

        browser.tab_to("th:nth-of-type(2) button").await;
        browser.press(Key::Enter).await;
        browser.wait_for("th:nth-of-type(2)[aria-sort=ascending]").await;
        let first = "document.querySelector('main tbody td:nth-of-type(2)').innerText";
        browser.wait_until("the first by name", &format!("{first} === 'Alder & Sons'")).await;
        browser.press(Key::Enter).await;
        browser.wait_until("the last by name", &format!("{first} === 'Łódź Textiles'")).await;

        browser.tab_to("td .copy").await;
        // It may have stood where the mouse was left.
        for _ in 0..6 {
            browser.press(Key::Left).await;
        }
        browser.press(Key::Right).await;
        browser.press(Key::Enter).await;
        browser.wait_until("a word about it", "/Copied/.test(document.querySelector('.toasts').innerText)").await;
        let focused = "const cell = document.activeElement.closest('td:nth-of-type(2)'); \
                       return [[cell.innerText], document.activeElement.matches('.copy')];";
        let copied = browser.ask("return window.copied;", &[]).await;
        assert_eq!(browser.ask(focused, &[]).await, json!([copied, true]), "a note takes no focus");

        browser.tab_back_to(ACCOUNT).await;
        browser.press(Key::Enter).await;
        browser.wait_for("#account:popover-open").await;
        let account = browser.wait_for_text("#account").await;
        assert!(account.contains(MEMBER.username), "{account}");
        browser.tab_to("#account [name=theme]").await;
        browser.press(Key::Right).await;
        browser.wait_for("html[data-theme=light]").await;
        browser.press(Key::Right).await;
        browser.wait_for("html[data-theme=dark]").await;
        browser.press(Key::Escape).await;
        browser.wait_until("the focus on the button", &format!("document.activeElement.matches('{ACCOUNT}')")).await;
        browser.wait_for(&format!("{ACCOUNT}[aria-expanded=false]")).await;

        browser.tab_to("[data-action=sign-out]").await;
        browser.press(Key::Enter).await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        browser.reload().await;
        stage.wait_for_login().await;
        browser.wait_for("html[data-theme=dark]").await;
    });
}

#[test]
fn the_account_menu_closes_by_a_click_elsewhere_and_signs_out() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        assert_eq!(browser.count("[data-action=sign-out]").await, 1);
        browser.click(ACCOUNT).await;
        browser.wait_for("#account:popover-open").await;
        browser.click("main h1").await;
        browser.wait_for_count("#account:popover-open", 0).await;
        browser.click(ACCOUNT).await;
        browser.click("#account [data-action=sign-out]").await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
    });
}

#[test]
fn what_was_sorted_and_filtered_stays_when_newer_rows_come() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        browser.click("th:nth-of-type(2) button").await;
        browser.type_into("main input[type=search]", "elm").await;
        browser.wait_for_count("main tbody tr", 17).await;
        let asked = stage.provider.counts().api;
        // It takes a while, and fails the first time: what was there stays.
        stage.provider.add_fault(&json!({ "at": "api", "kind": "status", "status": 500, "times": 1 }));
        browser.click("main .reload").await;
        browser.wait_for_text("main [role=alert]").await;
        browser.wait_for_count("main tbody tr", 17).await;
        browser.click("main [role=alert] button").await;
        browser.wait_for_count("main [role=alert] button", 0).await;
        browser.wait_for("main section[aria-busy=false]").await;
        browser.wait_for_count("main tbody tr", 17).await;
        browser.wait_for("th:nth-of-type(2)[aria-sort=ascending]").await;
        assert_eq!(browser.value("main input[type=search]").await, "elm");
        assert_eq!(stage.provider.counts().api, asked + 2);
    });
}

/// Adds up what has moved without anybody's doing.
const WATCH_SHIFTS: &str = "
    window.shifts = [];
    const note = list => list.getEntries().filter(shift => !shift.hadRecentInput).forEach(shift =>
        window.shifts.push([shift.value, ...shift.sources.map(source => source.node?.outerHTML?.slice(0, 80))]));
    new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });";

/// What has changed has been drawn.
const TWO_FRAMES: &str =
    "return new Promise(seen => requestAnimationFrame(() => requestAnimationFrame(() => seen(true))));";

async fn assert_nothing_moved(stage: &Stage) {
    let shifts = stage.browser.ask("return window.shifts;", &[]).await;
    assert_eq!(shifts, json!([]), "something moved");
}

#[test]
fn nothing_moves_while_rows_are_on_their_way() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["queries"]["one"] = json!({ "url": "{{vars.base_url}}/api/orders?rows=1" });
        let blocks = json!([
            { "type": "table", "query": "one", "caption": "One" },
            { "type": "table", "query": "few", "caption": "Few" },
            { "type": "record", "value": "{{user}}", "caption": "Me" },
        ]);
        config["pages"][1]["blocks"] = blocks;
    });
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        stage.provider.add_fault(&json!({ "at": "api", "kind": "delay", "ms": 500 }));
        stage.run_before_every_page(WATCH_SHIFTS);
        for path in ["/orders", "/pair"] {
            stage.open(path).await;
            browser.wait_for("main tbody tr td").await;
            browser.wait_for_count(".skeleton-lines", 0).await;
            browser.ask(TWO_FRAMES, &[]).await;
            assert_nothing_moved(stage).await;
        }
        // Loaded again, by hand, and in the time after which a browser blames nobody's hand any more.
        browser.ask("setTimeout(() => document.querySelector('main .reload').click(), 0);", &[]).await;
        browser.wait_for("main section[aria-busy=true]").await;
        browser.wait_for_count("main section[aria-busy=true]", 0).await;
        assert_nothing_moved(stage).await;
    });
}

#[test]
fn what_is_quick_shows_no_bar_and_what_is_not_does() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let bar = "getComputedStyle(document.body, '::before')";
        assert_eq!(browser.ask(&format!("return {bar}.content;"), &[]).await, "none");
        stage.provider.add_fault(&json!({ "at": "api", "kind": "delay", "ms": 2000, "times": 1 }));
        browser.click("main .reload").await;
        browser.wait_until("the bar", &format!("{bar}.content !== 'none' && {bar}.visibility === 'visible'")).await;
        browser.wait_until("its end", &format!("{bar}.content === 'none'")).await;
    });
}

/// What the browser itself makes of the first order.
const BY_THE_BROWSER: &str = "
    const money = new Intl.NumberFormat(arguments[0], { style: 'currency', currency: 'EUR' }).format(9.95);
    const day = new Intl.DateTimeFormat(arguments[0], { dateStyle: 'medium' }).format(new Date('2026-01-01T09:00:00Z'));
    return [money, day];";

/// Of the first row what is seen, and what machines see.
const BY_THE_APP: &str = "
    const [money, day] = document.querySelectorAll('main tbody tr:first-of-type td > :is(data, time)');
    return [money.innerText, day.innerText, money.value, day.dateTime];";

#[test]
fn amounts_and_dates_are_written_in_the_readers_language() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        for (locale, money, day) in [
            ("en", "€9.95", "Jan 1, 2026"),
            ("de", "9,95\u{a0}€", "01.01.2026"),
            ("ar", "", ""),
            ("ja", "€9.95", "2026/01/01"),
        ] {
            let mut config = stage.dialect.config(&stage.provider.origin());
            config["app"]["locale"] = json!(locale);
            config["pages"][0]["blocks"][1]["columns"] = json!([
                { "title": "Total", "value": "/total", "format": "money", "currency": "/currency" },
                { "title": "Placed", "value": "/placed_at", "format": "date" },
            ]);
            stage.site.put_config(ConfigFile::Text(config.to_string()));
            browser.reload().await;
            browser.wait_for(&format!("html[lang|={locale}]")).await;
            stage.wait_for_orders().await;
            let shown = browser.ask(BY_THE_APP, &[]).await;
            assert_eq!(json!([shown[2], shown[3]]), json!(["9.95", "2026-01-01T09:00:00.000Z"]));
            let expected = browser.ask(BY_THE_BROWSER, &[locale.into()]).await;
            assert_eq!(json!([shown[0], shown[1]]), expected, "{locale}");
            assert!(money.is_empty() || expected == json!([money, day]), "{expected}");
        }
    });
}
