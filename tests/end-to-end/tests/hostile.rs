//! What somebody hostile does to the app, or a machine at its end: forged storage events, messages and records, no room, files
//! and answers far too large or too deep, a store beyond all measure, a clock that is ten years off. Each has one outcome, and the
//! page can be used then.

use end_to_end::dialect::Dialect;
use end_to_end::patience::until;
use end_to_end::provider::MEMBER;
use end_to_end::site::ConfigFile;
use end_to_end::stage::{Setup, Stage, play, play_in_turn, session_key, store_key};
use serde_json::{Value, json};
use std::time::Duration;

/// Bytes, of a file or an answer that nobody needs.
const TEN_MEGABYTES: usize = 10 * 1024 * 1024;

/// Thousands of events as the browser sends them when another tab writes, comes back or is online again, and messages as other
/// windows send them. Nothing of what they say is so.
const FORGE: &str = "
    const [key, store, record] = arguments;
    const names = [key, store, key + ':active', key + ':stays', key + ':username', key + ':signed_out', 'vestibule:language', 'x', null];
    const values = [null, '', 'null', '{}', '[1]', record.slice(0, 99), record, 'x'.repeat(100000), '['.repeat(10000)];
    const sayings = [null, 7, 'signed-out', record, [], { state: 'x', query: '?code=x&state=x' }, { taken: 'x' }];
    const channels = [key, key + ':callback', key + ':refresh', 'vestibule'].map(name => new BroadcastChannel(name));
    for (let round = 0; round < 10; round += 1) {
        for (const name of names) for (const newValue of values) for (const storageArea of [localStorage, sessionStorage, null]) {
            const said = { key: name, newValue, oldValue: record, storageArea, url: 'https://evil.example/' };
            dispatchEvent(new StorageEvent('storage', said));
        }
        for (const kind of ['storage', 'offline', 'online', 'pageshow', 'pagehide', 'hashchange', 'message', 'submit', 'input']) {
            dispatchEvent(new Event(kind, { bubbles: true }));
        }
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        for (const said of sayings) {
            postMessage(said, '*');
            channels.forEach(channel => channel.postMessage(said));
        }
    }
    window.forged = false;
    setTimeout(() => { channels.forEach(channel => channel.close()); window.forged = true; }, 500);";

async fn forge(stage: &Stage, record: &str) {
    stage.browser.ask(FORGE, &[session_key().into(), store_key().into(), record.into()]).await;
    stage.browser.wait_until("the end of what is forged", "window.forged").await;
}

/// Puts a text into this browser's storage, by another tab of the origin: the app hears of it as of any other's.
async fn write_elsewhere(stage: &Stage, key: &str, text: &str) {
    let here = stage.browser.tab().await;
    let elsewhere = stage.browser.open_tab().await;
    stage.open("/favicon.svg").await;
    stage.browser.ask("localStorage.setItem(arguments[0], arguments[1]);", &[key.into(), text.into()]).await;
    stage.browser.close_tab(&elsewhere).await;
    stage.browser.look_at(&here).await;
}

#[test]
fn forged_events_and_messages_neither_sign_out_nor_bring_anybody_back() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let before = stage.session().await;
        browser.ask("document.querySelector('main').marked = true;", &[]).await;
        stage.provider.clear_counts();
        forge(stage, &before.record).await;
        let counts = stage.provider.counts();
        assert_eq!((counts.refresh, counts.revoke, counts.sign_in), (0, 0, 0));
        assert!(stage.session().await.has_tokens_of(&before), "the record was changed");
        assert_eq!(browser.ask("return document.querySelector('main').marked === true;", &[]).await, true, "rebuilt");
        assert_eq!(browser.path().await, "/orders");
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.wait_for_count("main[data-page=\"/pair\"] tbody tr", 40).await;

        stage.sign_out().await;
        stage.wait_for_login().await;
        stage.watch_for("main[data-page], tbody tr").await;
        stage.provider.clear_counts();
        forge(stage, &before.record).await;
        stage.assert_signed_out().await;
        // Nor does the old record itself bring anybody back: it is put away again.
        write_elsewhere(stage, &session_key(), &before.record).await;
        until("the old record to be put away", async || match browser.stored(&session_key()).await {
            None => Ok(()),
            Some(_) => Err("it is still there".to_owned()),
        })
        .await;
        assert_eq!(browser.noted().await, Vec::<String>::new());
        assert_eq!(stage.provider.counts().refresh, 0);
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
    });
}

/// Whoever can write into storage can end what is kept there. What they put in its place is no session, by the provider's word.
#[test]
fn forged_tokens_are_the_providers_to_refuse_and_the_login_page_comes() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        stage.open_signed_in().await;
        let good = stage.session().await;
        let mut forged: Value = serde_json::from_str(&good.record).expect("the record");
        forged["access_token"] = json!("forged");
        forged["refresh_token"] = json!("forged");
        forged["generation"] = json!(forged["generation"].as_u64().unwrap_or_default() + 1000);
        forged["user"] = json!({ "email": "nobody@evil.example", "role": "admin" });
        stage.provider.clear_counts();
        write_elsewhere(stage, &session_key(), &forged.to_string()).await;
        stage.browser.wait_for("html[data-session=signed-in]").await;
        stage.browser.click("nav a[href$=\"/pair\"]").await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        let counts = stage.provider.counts();
        assert!(counts.refresh <= 2 && counts.refresh_ok == 0, "{counts:?}");
        stage.sign_in_as(MEMBER).await;
        stage.browser.wait_for_count("main[data-page=\"/pair\"] tbody tr", 40).await;
    });
}

/// What other tabs know stands in the names of locks, which any script of the origin can hold.
#[test]
fn forged_knowledge_of_other_tabs_holds_a_refresh_up_and_no_more() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let hold = "navigator.locks.query().then(({ held }) => {
                const own = held.find(({ name }) => name.startsWith(arguments[0])).name;
                for (const name of [own.replace(/[0-9]+/, '9007199254740991'), arguments[0] + '18446744073709551615', arguments[0] + '{[',
                    arguments[0] + 'x'.repeat(100000)]) {
                    navigator.locks.request(name, { mode: 'shared' }, () => new Promise(() => {}));
                }
                window.isHeld = true;
            });";
        browser.ask(hold, &[format!("{}:knows:", session_key()).into()]).await;
        browser.wait_until("forged locks", "window.isHeld").await;
        stage.provider.expire_access_tokens().await;
        stage.provider.clear_counts();
        // What is said in the locks never becomes true: whoever waited for that would wait for ever.
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.wait_for_count("main[data-page=\"/pair\"] tbody tr", 40).await;
        let counts = stage.provider.counts();
        assert_eq!((counts.refresh, counts.refresh_ok, counts.reuse), (1, 1, 0));
    });
}

/// Takes all the room that both storages have.
const FILL: &str = "
    for (const area of [localStorage, sessionStorage]) {
        for (let size = 1 << 23; size > 0; size >>= 1) {
            try {
                area.setItem('filler' + size, 'x'.repeat(size));
            } catch {
                // The next one is half as large.
            }
        }
    }";

const MAKE_ROOM: &str = "for (const area of [localStorage, sessionStorage]) { \
    Object.keys(area).filter(key => key.startsWith('filler')).forEach(key => area.removeItem(key)); }";

#[test]
fn without_any_room_a_sign_in_lasts_as_long_as_its_page_and_says_so() {
    let setup = Setup::of(Dialect::Supabase).lasting(6).edit(|config| {
        config["session"] = json!({ "idle_timeout_s": 900, "stay_signed_in": "ticked" });
        config["app"]["remember_username"] = json!(true);
        config["store"] = json!({ "tenant": "/user/app_metadata/tenant" });
        config["pages"][0]["blocks"][0]["text"] = json!("Tenant {{store.tenant}}");
    });
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.open("/favicon.svg").await;
        browser.ask(FILL, &[]).await;
        stage.open("/").await;
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        let said = browser.wait_for_text(".warnings").await;
        assert!(said.contains("could not save"), "{said}");
        assert!(browser.stored(&session_key()).await.is_none());
        // What is kept of the answer is there too, for as long as the page is.
        let text = browser.wait_for_text("main p").await;
        assert!(text.contains("Tenant north"), "{text}");
        stage.provider.until_counts("two refreshes", |counts| counts.refresh_ok >= 2).await;
        // Whatever is said to have changed in storage, where there is nothing: the page has both, and reads them there.
        for key in [session_key(), store_key()] {
            browser.ask("dispatchEvent(new StorageEvent('storage', { key: arguments[0] }));", &[key.into()]).await;
        }
        browser.click("nav a[href$=\"/pair\"]").await;
        browser.wait_for_count("main[data-page=\"/pair\"] tbody tr", 40).await;
        browser.click("nav a[href$=\"/orders\"]").await;
        stage.wait_for_orders().await;
        let text = browser.wait_for_text("main p").await;
        assert!(text.contains("Tenant north"), "{text}");
        let counts = stage.provider.counts();
        assert_eq!((counts.reuse, counts.sign_in), (0, 1));

        stage.sign_out().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        stage.provider.until_counts("the revocation", |counts| counts.revoke >= 1).await;
        assert_eq!(stage.provider.living_sessions(), 0);

        browser.ask(MAKE_ROOM, &[]).await;
        stage.sign_in_as(MEMBER).await;
        browser.reload().await;
        browser.wait_for("html[data-session=signed-in] main[data-page]").await;
    });
}

#[test]
fn a_config_that_is_far_too_large_or_too_deep_is_said_to_be_and_a_good_one_starts() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        let good = stage.dialect.config(&stage.provider.origin()).to_string();
        let padded = format!("{good}{}", " ".repeat(TEN_MEGABYTES));
        let nested = |levels: usize| format!("{{\"version\":1,\"x\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        for (config, said) in [
            (padded, "256 KB"),
            ("[".repeat(TEN_MEGABYTES), "256 KB"),
            (nested(TEN_MEGABYTES / 2), "256 KB"),
            (nested(100_000), "64 levels"),
            ("{\"a\":".repeat(40_000), "64 levels"),
        ] {
            stage.site.put_config(ConfigFile::Text(config));
            stage.open("/orders").await;
            let page = browser.wait_for_text("main.problem-page").await;
            assert!(page.contains(said), "{said} is not in:\n{page}");
            assert_eq!(browser.count("form, main[data-page]").await, 0);
        }
        stage.site.put_config(ConfigFile::Text(good));
        stage.open("/orders").await;
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
    });
}

/// Answers of ten megabytes, which do not say how long they are, and some that are nested a million times.
fn monstrous() -> [String; 4] {
    let tokens = "\"access_token\":\"a\",\"refresh_token\":\"b\",\"expires_in\":3600";
    [
        format!("{{\"access_token\":\"{}\"}}", "x".repeat(TEN_MEGABYTES)),
        format!("{{{tokens},\"x\":\"{}\"}}", "\\u0000".repeat(TEN_MEGABYTES / 6)),
        format!("{{{tokens},\"x\":{}", "[".repeat(1_000_000 / 2)),
        format!("{{{tokens},\"x\":{}1{}}}", "{\"x\":".repeat(100_000), "}".repeat(100_000)),
    ]
}

fn raw(at: &str, body: &str, times: Option<u32>) -> Value {
    json!({ "at": at, "kind": "raw", "body": body, "times": times })
}

#[test]
fn a_monstrous_answer_to_a_sign_in_is_no_answer_and_the_form_goes_on() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        for answer in monstrous() {
            stage.open("/login").await;
            stage.provider.add_fault(&raw("sign_in", &answer, Some(1)));
            stage.provider.clear_counts();
            stage.submit(MEMBER.username, MEMBER.password).await;
            let said = browser.wait_for_text("[role=alert]").await;
            assert!(said.contains("not set up correctly"), "{said}");
            let counts = stage.provider.counts();
            assert_eq!((counts.sign_in, counts.refresh, counts.api), (1, 0, 0), "it was asked for once, and then used");
            stage.assert_signed_out().await;
            // Nothing was wrong with what was typed, so it is still there.
            browser.wait_for("form#login:not([aria-busy=true])").await;
            assert_eq!(browser.value("input[name=password]").await, MEMBER.password);
            browser.click("form#login button[type=submit]").await;
            stage.wait_for_orders().await;
            stage.sign_out().await;
            stage.wait_for_login().await;
        }
        assert_eq!(stage.provider.living_sessions(), 0);
    });
}

#[test]
fn a_monstrous_answer_to_a_refresh_or_a_call_costs_no_session() {
    play(Setup::of(Dialect::Supabase).taking(Duration::from_secs(240)), async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        for answer in monstrous() {
            let before = stage.session().await;
            stage.let_access_token_expire().await;
            stage.provider.clear_counts();
            stage.provider.add_fault(&raw("refresh", &answer, Some(1)));
            browser.reload().await;
            stage.wait_for_orders().await;
            let counts = stage.provider.counts();
            assert_eq!((counts.refresh, counts.refresh_ok, counts.reuse), (2, 1, 0));
            assert!(!stage.session().await.has_tokens_of(&before));
        }
        // An API may answer with more, but not with what nobody can read: the block says so, and the page lives.
        let [.., deep] = monstrous();
        stage.provider.add_fault(&raw("api", &deep, Some(1)));
        browser.reload().await;
        browser.wait_for_text("main [role=alert]").await;
        browser.click("main [role=alert] button").await;
        stage.wait_for_orders().await;
    });
}

/// Counts in every page how often a value of `localStorage` is looked at: by its name, one after the other, or all at once.
const COUNT_LOOKS: &str = "{
    const kept = localStorage;
    const looks = (window.looks = { any: 0, at: {} });
    const note = name => {
        looks.any += 1;
        looks.at[name] = (looks.at[name] ?? 0) + 1;
    };
    const get = (area, name) => {
        const member = Reflect.get(area, name);
        if (typeof member !== 'function') {
            note(name);
            return member;
        }
        return (...given) => {
            if (name === 'getItem' || name === 'key') { note(given[0]); }
            return member.apply(area, given);
        };
    };
    Object.defineProperty(window, 'localStorage', { value: new Proxy(kept, { get }) });
}";

/// So many values, or keys.
const VERY_MANY: u64 = 100_000;

/// How often a page may read the store: once as any other key, by the first script, and when the app starts.
const STORE_LOOKS: u64 = 2;

/// A store of a hundred thousand values, of which one is shown.
const PUT_STORE: &str = "
    const values = {};
    for (let index = 0; index < 100000; index += 1) { values[index.toString(36) + '_'] = 1; }
    values.tenant = 'south';
    const text = JSON.stringify(values);
    localStorage.setItem(arguments[0], text);
    return text.length;";

#[test]
fn a_store_of_a_hundred_thousand_values_holds_nobody_up() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| {
        config["store"] = json!({ "tenant": "/user/app_metadata/tenant" });
        config["pages"][0]["blocks"][0]["text"] = json!("Tenant {{store.tenant}}");
    });
    play(setup, async |stage| {
        let browser = &stage.browser;
        stage.open_signed_in().await;
        let length = browser.ask(PUT_STORE, &[store_key().into()]).await;
        assert!(length.as_u64().is_some_and(|length| length < 1024 * 1024), "{length} letters would not be read");
        stage.run_before_every_page(COUNT_LOOKS);
        browser.reload().await;
        stage.wait_for_orders().await;
        browser
            .wait_until("the value among them", "document.querySelector('main p')?.innerText === 'Tenant south'")
            .await;
        for page in ["/pair", "/orders"] {
            browser.click(&format!("nav a[href$=\"{page}\"]")).await;
            browser.wait_for(&format!("main[data-page=\"{page}\"] tbody tr")).await;
        }
        // A megabyte is read when the page is loaded, and not for each view of it. How often a key among so many is compared is
        // counted where that happens, in dev/indexmap.
        let looks = browser.ask("return looks.at[arguments[0]];", &[store_key().into()]).await;
        println!("{looks} looks at the store");
        assert!(
            looks.as_u64().is_some_and(|looks| (1..=STORE_LOOKS).contains(&looks)),
            "the store was read {looks} times"
        );

        // A sign-out forgets them all, and the next sign-in keeps its own.
        stage.sign_out().await;
        stage.wait_for_login().await;
        assert!(browser.stored(&store_key()).await.is_none());
        stage.sign_in_as(MEMBER).await;
        browser.wait_until("the value", "document.querySelector('main p')?.innerText === 'Tenant north'").await;
    });
}

#[test]
fn a_hundred_thousand_keys_of_others_hold_nobody_up() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        stage.open("/favicon.svg").await;
        let put = "for (let index = 0; index < arguments[0]; index += 1) { localStorage.setItem('other:' + index.toString(36), '{1'); } \
            return localStorage.length;";
        assert_eq!(browser.ask(put, &[VERY_MANY.into()]).await, VERY_MANY);
        stage.run_before_every_page(COUNT_LOOKS);
        stage.open("/").await;
        stage.wait_for_login().await;
        // None of them may be a session: the form was there before the app, as for everybody else.
        assert_eq!(
            browser.count("html[data-painted]:not([data-painted=quiet])").await,
            1,
            "others' keys were taken for a session"
        );
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
        assert_few_looks(stage).await;
        browser.reload().await;
        stage.wait_for_orders().await;
        assert_few_looks(stage).await;
        stage.sign_out().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        assert_eq!(browser.ask("return localStorage.length;", &[]).await, VERY_MANY, "others' keys are theirs");
    });
}

/// All keys are gone through once, by the first script of the page, which knows no name yet; the app asks for its own by name.
async fn assert_few_looks(stage: &Stage) {
    let looks = stage.browser.ask("return looks.any;", &[]).await;
    println!("{looks} looks at storage");
    assert!(looks.as_u64().is_some_and(|looks| (1..VERY_MANY + 1000).contains(&looks)), "{looks} looks at storage");
}

const TEN_YEARS_MS: i64 = 10 * 31_557_600_000;

/// Lifetimes told in seconds, and those that stand in a token as times of the provider's own clock.
const TELLING: [Dialect; 2] = [Dialect::Supabase, Dialect::DjangoSimpleJwt];

#[test]
fn a_clock_ten_years_off_is_one_to_live_with() {
    let off = TELLING.into_iter().flat_map(|dialect| [TEN_YEARS_MS, -TEN_YEARS_MS].map(|ahead_ms| (dialect, ahead_ms)));
    let setups = off.map(|(dialect, ahead_ms)| {
        let name = if ahead_ms < 0 { "behind" } else { "ahead" };
        (format!("{}.{name}", dialect.name()), ahead_ms, Setup::of(dialect))
    });
    play_in_turn(setups, &lives_with_a_clock_off);
}

async fn lives_with_a_clock_off(stage: &Stage, ahead_ms: i64) {
    let browser = &stage.browser;
    stage.open("/favicon.svg").await;
    stage.set_clock_off(ahead_ms).await;
    stage.open_signed_in().await;
    browser.reload().await;
    stage.wait_for_orders().await;
    // Nothing is due: no refresh follows upon another.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!((stage.provider.counts().refresh, stage.provider.counts().sign_in), (0, 1));
    stage.provider.expire_access_tokens().await;
    browser.click("nav a[href$=\"/pair\"]").await;
    browser.wait_for_count("main[data-page=\"/pair\"] tbody tr", 40).await;
    assert_eq!((stage.provider.counts().refresh, stage.provider.counts().reuse), (1, 0));

    // It is set right while somebody works, and wrong once more.
    for step in [-ahead_ms, ahead_ms] {
        stage.provider.clear_counts();
        stage.set_clock_off(step).await;
        browser.reload().await;
        browser.wait_for_count("html[data-session] main[data-page=\"/pair\"] tbody tr", 40).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let counts = stage.provider.counts();
        assert!(counts.refresh <= 1 && counts.reuse == 0 && counts.sign_in == 0, "{counts:?} by {step} ms");
    }
    stage.sign_out().await;
    stage.wait_for_login().await;
    stage.assert_signed_out().await;
}

#[test]
fn a_clock_that_jumps_ten_years_ahead_ends_a_session_by_its_age_alone() {
    let setup = Setup::of(Dialect::Supabase).edit(|config| config["session"] = json!({ "max_age_s": 3600 }));
    play(setup, async |stage| {
        stage.open_signed_in().await;
        stage.set_clock_off(TEN_YEARS_MS).await;
        stage.browser.reload().await;
        stage.wait_for_login().await;
        stage.assert_signed_out().await;
        stage.sign_in_as(MEMBER).await;
        stage.wait_for_orders().await;
    });
}
