//! Everything that can happen to a sign-in, one after the other on one page that is never loaded again: what the page says of
//! each, what it keeps of what was typed, and that the same form signs in when the fault is over.

use end_to_end::dialect::Dialect;
use end_to_end::provider::MEMBER;
use end_to_end::stage::{Setup, Stage, play};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

const SUBMIT: &str = "form#login button[type=submit]";

const REFUSED: &str = "These sign-in details are not right. Check them and try again.";
const UNREACHABLE: &str = "The sign-in service cannot be reached. Please try again in a moment.";
const TIMED_OUT: &str = "The sign-in service took too long to answer. Please try again.";
const FAILING: &str = "The sign-in service has a problem; you are not the cause. Try again later.";
const OFFLINE: &str = "Your device is offline. We will try again when it is back online.";
const WAIT: &str = "Too many attempts. You can try again in ";
const WAIT_IS_OVER: &str = "You can try again now.";
const MISCONFIGURED: &str = "This app is not set up correctly. Please tell whoever runs it.";

/// What happens to a sign-in.
enum Happens {
    /// This is typed, and nothing else happens.
    Typed(&'static str, &'static str),
    /// A fault of the provider, as its command line takes it.
    Fault(&'static str),
    /// The provider answers with this status and this JSON.
    Answer(u16, &'static str),
    /// The provider answers with more than anybody reads.
    TooLong,
    /// The network is cut.
    NoNetwork,
}

/// What is still in the form afterwards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// The name. The password was wrong, and is cleared.
    Name,
    /// The name and the password: neither was the cause.
    Both,
}

struct Row {
    name: &'static str,
    happens: Happens,
    says: &'static str,
    /// For whoever runs the app, after the sentence.
    detail: &'static str,
    keeps: Keeps,
}

const fn row(name: &'static str, happens: Happens, says: &'static str, keeps: Keeps) -> Row {
    Row { name, happens, says, detail: "", keeps }
}

const fn senseless(name: &'static str, happens: Happens, detail: &'static str) -> Row {
    Row { name, happens, says: MISCONFIGURED, detail, keeps: Keeps::Both }
}

use Happens::{Answer, Fault, NoNetwork, TooLong, Typed};
use Keeps::{Both, Name};

const ROWS: &[Row] = &[
    row("a wrong password", Typed(MEMBER.username, "not-the-password"), REFUSED, Name),
    row("an unknown user", Typed("nobody@example.com", "whatever"), REFUSED, Name),
    row("400 as OAuth says it", Answer(400, r#"{ "error": "invalid_grant" }"#), REFUSED, Name),
    row("400 with a code of its own", Answer(400, r#"{ "code": "bad_credentials" }"#), REFUSED, Name),
    row("a user who is banned", Answer(400, r#"{ "error_code": "user_banned" }"#), REFUSED, Name),
    row("401 that says no more", Answer(401, "{}"), REFUSED, Name),
    row("403 that says no more", Answer(403, "{}"), REFUSED, Name),
    row("404 for an unknown user", Answer(404, "{}"), REFUSED, Name),
    row("422 for a short password", Answer(422, "{}"), REFUSED, Name),
    row("200 with an error in it", Answer(200, r#"{ "error": "locked" }"#), REFUSED, Name),
    row("429 for two seconds", Fault("sign_in:rate_limit:2"), WAIT, Both),
    row("429 until a time that is over", Answer(429, "until 2015"), WAIT_IS_OVER, Both),
    row("500", Fault("sign_in:status:500"), FAILING, Both),
    row("501", Fault("sign_in:status:501"), FAILING, Both),
    row("502 with a page of the gateway", Fault("sign_in:html:502"), FAILING, Both),
    row("503", Fault("sign_in:status:503"), FAILING, Both),
    row("504", Fault("sign_in:status:504"), FAILING, Both),
    row("507", Fault("sign_in:status:507"), FAILING, Both),
    row("408", Fault("sign_in:status:408"), FAILING, Both),
    row("425", Fault("sign_in:status:425"), FAILING, Both),
    row("a page of a captive portal", Fault("sign_in:html:200"), UNREACHABLE, Both),
    row("a page of a firewall", Fault("sign_in:html:403"), UNREACHABLE, Both),
    row("a connection that is cut", Fault("sign_in:cut"), UNREACHABLE, Both),
    row("a connection that breaks before the answer", Fault("sign_in:drop"), UNREACHABLE, Both),
    row("no answer in time", Fault("sign_in:delay:4000"), TIMED_OUT, Both),
    row("an answer that is too late", Fault("sign_in:late:4000"), TIMED_OUT, Both),
    row("no network", NoNetwork, OFFLINE, Both),
    senseless(
        "nothing",
        Fault("sign_in:empty"),
        "status 200, an empty answer without an access token at /access_token",
    ),
    senseless("204", Answer(204, "{}"), "status 204, an empty answer without an access token at /access_token"),
    senseless(
        "an answer without a token",
        Answer(200, "{}"),
        "status 200, an answer without an access token at /access_token",
    ),
    senseless("a list", Answer(200, "[1, 2]"), "status 200, an answer without an access token at /access_token"),
    senseless("a word", Answer(200, "\"hello\""), "status 200, an answer without an access token at /access_token"),
    senseless(
        "an empty token",
        Answer(200, r#"{ "access_token": "" }"#),
        "status 200, an answer without an access token at /access_token",
    ),
    senseless(
        "a token that is none",
        Answer(200, r#"{ "access_token": { "is": "elsewhere" } }"#),
        "status 200, an answer without an access token at /access_token",
    ),
    senseless("405", Answer(405, "{}"), "status 405"),
    senseless("413", Answer(413, "{}"), "status 413"),
    senseless("415", Answer(415, "{}"), "status 415"),
    senseless("a redirect", Answer(302, "{}"), "a redirect: the address that it leads to must be written instead"),
    senseless("an answer that is too long", TooLong, "the answer is longer than 1 MB"),
    senseless("an answer without an end", Fault("sign_in:endless"), "the answer is longer than 1 MB"),
];

#[test]
fn each_of_thirty_faults_has_its_sentence_and_a_way_on_without_a_reload() {
    assert!(ROWS.len() >= 30);
    let setup = Setup::of(Dialect::Supabase).going_offline().edit(|config| {
        config["provider"]["sign_in"] = json!({ "timeout_ms": 1500 });
    });
    play(setup, async |stage| {
        stage.open("/login").await;
        stage.browser.ask("window.isTheSamePage = true;", &[]).await;
        let mut wrong = String::new();
        for row in ROWS {
            if let Err(what) = befalls(stage, row).await {
                writeln!(wrong, "{}: {what}", row.name).ok();
            }
        }
        assert!(wrong.is_empty(), "\n{wrong}");
        let is_the_same = stage.browser.ask("return window.isTheSamePage === true;", &[]).await;
        assert_eq!((is_the_same, stage.site.counts().get("/login")), (true.into(), Some(&1)), "it was reloaded");
    });
}

/// What is wrong with what the page makes of a row. In any case somebody has signed in then, and out again.
async fn befalls(stage: &Stage, row: &Row) -> Result<(), String> {
    let browser = &stage.browser;
    let mut typed = (MEMBER.username, MEMBER.password);
    stage.wait_for_login().await;
    match &row.happens {
        Typed(username, password) => typed = (username, password),
        Fault(written) => stage.provider.add_fault_as_written(written),
        Answer(429, _) => stage.provider.add_fault(&json!({
            "at": "sign_in", "kind": "rate_limit", "retry_after": "Wed, 21 Oct 2015 07:28:00 GMT",
        })),
        Answer(status, body) => {
            let body: Value = serde_json::from_str(body).expect("the row's JSON");
            stage.provider.add_fault(&json!({ "at": "sign_in", "kind": "status", "status": status, "body": body }));
        }
        TooLong => {
            let body = json!({ "access_token": "x".repeat(1_100_000) });
            stage.provider.add_fault(&json!({ "at": "sign_in", "kind": "status", "status": 200, "body": body }));
        }
        NoNetwork => browser.set_offline(true).await,
    }
    stage.submit(typed.0, typed.1).await;
    let said = browser.wait_for_text("[role=alert]").await;
    browser.wait_for("form#login:not([aria-busy=true])").await;
    let kept = (browser.value("input[name=username]").await, browser.value("input[name=password]").await);

    stage.provider.clear_faults();
    browser.type_into_if_empty("input[name=password]", MEMBER.password).await;
    if row.keeps == Name {
        browser.type_into("input[name=username]", MEMBER.username).await;
    }
    if matches!(row.happens, NoNetwork) {
        // It goes on by itself.
        browser.set_offline(false).await;
    } else {
        browser.wait_for(&format!("{SUBMIT}:enabled")).await;
        browser.click(SUBMIT).await;
    }
    browser
        .wait_until_within("the rows", Duration::from_secs(20), "document.querySelector('main[data-page] tbody tr')")
        .await;
    let is_over = browser.text("[role=alert]").await.is_empty();
    stage.sign_out().await;
    stage.wait_for_login().await;

    let expected = if row.detail.is_empty() { row.says.to_owned() } else { format!("{}\n", row.says) };
    if !said.starts_with(expected.trim_end()) || !said.contains(row.detail) {
        return Err(format!("it says `{said}`"));
    }
    if row.detail.is_empty() && row.says != WAIT && said != row.says {
        return Err(format!("it says more than that: `{said}`"));
    }
    let password = if row.keeps == Both { typed.1 } else { "" };
    if kept != (typed.0.to_owned(), password.to_owned()) {
        return Err(format!("it keeps {kept:?}"));
    }
    if !is_over {
        return Err("the message is still there after the sign-in".to_owned());
    }
    Ok(())
}

/// The whole document, so that nothing tells a user who exists from one who does not.
#[test]
fn the_whole_page_is_the_same_after_a_wrong_name_and_after_a_wrong_password() {
    play(Setup::of(Dialect::Supabase), async |stage| {
        let browser = &stage.browser;
        let mut pages = Vec::new();
        for username in [MEMBER.username, "nobody@example.com"] {
            stage.open("/login").await;
            stage.submit(username, "not-the-password").await;
            browser.wait_for_text("[role=alert]").await;
            browser.wait_for("form#login:not([aria-busy=true])").await;
            let page = "return document.documentElement.outerHTML + '\\n' + document.title + location.href;";
            pages.push(browser.ask(page, &[]).await);
        }
        assert_eq!(pages[0], pages[1]);
    });
}
