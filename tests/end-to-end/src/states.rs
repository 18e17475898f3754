//! Every state that the app can be seen in, and how each is reached: by real servers and their faults, never by a stub.
//!
//! ```text
//! State ── a name, a caption, how its config differs from the demo's, and the steps that lead to it
//!   reach ──▶ the stage shows it ──▶ the stories look for obstacles (axe), for what moves and for what hides
//!                               └──▶ `cargo xtask gallery` takes its pictures
//! ```
//! The config is the one that `cargo xtask serve` shows, so that the pictures are of the app as it ships. A state that the
//! app learns belongs here: what is not in the list, nobody looks at.
#![allow(clippy::indexing_slicing, reason = "a place that a config does not have is made by naming it")]

use crate::browser::quoted;
use crate::dialect::{APP_ID, Dialect};
use crate::provider::{ADMIN, MEMBER};
use crate::site::ConfigFile;
use crate::site::Fault::Altered;
use crate::stage::{Setup, Stage};
use fantoccini::key::Key;
use serde_json::{Value, json};
use std::time::Duration;

/// One state.
#[derive(Clone, Copy)]
pub struct State {
    /// Which of the app's pages it is a state of.
    pub group: Group,
    /// What its pictures are called.
    pub name: &'static str,
    /// What a person would say of it.
    pub caption: &'static str,
    edit: fn(&mut Value),
    steps: &'static [Step],
}

/// The pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The login page: ready, and at work.
    SignIn,
    /// The login page, with what went wrong.
    Trouble,
    /// The login page, with what happened before.
    Notice,
    /// Before it is known who is there.
    Waiting,
    /// Behind the guard.
    Pages,
    /// For whoever runs the app.
    Operator,
}

impl Group {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::SignIn, Self::Trouble, Self::Notice, Self::Waiting, Self::Pages, Self::Operator];

    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::SignIn => "The login page",
            Self::Trouble => "What can go wrong at a sign-in",
            Self::Notice => "What is said of an earlier session",
            Self::Waiting => "Before it is known who is there",
            Self::Pages => "Protected pages",
            Self::Operator => "For whoever runs the app",
        }
    }
}

/// One thing that is done on the way to a state.
#[derive(Clone, Copy)]
enum Step {
    /// Runs in every page before its own scripts.
    Before(&'static str),
    /// Answers nothing for files whose names end so.
    Hold(&'static str),
    /// Answers that the app's code is not there.
    LeaveCodeOut,
    /// Answers with another file than the one that was built, where its path begins and ends so.
    Alter(&'static str, &'static str),
    /// A fault of the provider, as its command line takes it, or as JSON.
    Fault(&'static str),
    /// A backend in the provider's place, whose cookies the browser refuses to keep.
    BackendWithoutCookies,
    /// Serves this text as `config.json`.
    Config(&'static str),
    /// Goes to a path of the app.
    Open(&'static str),
    /// Shows a path of the app inside a page of another origin.
    Frame(&'static str),
    /// Fills the login form and submits it.
    Submit(&'static str, &'static str),
    /// Signs the member in, and waits for a protected page.
    SignIn,
    /// Signs the administrator in.
    SignInAsAdmin,
    /// Types into what matches.
    Type(&'static str, &'static str),
    /// Clicks what matches.
    Click(&'static str),
    /// Presses a key.
    Press(Key),
    /// Cuts the network.
    GoOffline,
    /// Mends it.
    GoOnline,
    /// Runs in the page.
    Run(&'static str),
    /// Runs in another tab, which is open for that long.
    RunElsewhere(&'static str),
    /// Time passes, in seconds.
    Pass(u64),
    /// Ends all sessions at the provider.
    EndSessions,
    /// Loads the page again.
    Reload,
    /// Waits until something matches.
    See(&'static str),
    /// Waits until what matches says something; the words are those of the English table.
    Hear(&'static str, &'static str),
    /// Waits until an expression is true.
    Until(&'static str),
}

use Step::{
    Alter, BackendWithoutCookies, Before, Click, Config, EndSessions, Fault, Frame, GoOffline, GoOnline, Hear, Hold,
    LeaveCodeOut, Open, Pass, Press, Reload, Run, RunElsewhere, See, SignIn, SignInAsAdmin, Submit, Type, Until,
};

const SUBMIT: &str = "form#login button[type=submit]";
const READY: &str = "html[data-session=signed-out] form#login button[type=submit]";
const ALERT: &str = "[role=alert]";
const STATUS: &str = ".notice[role=status]";
const ROWS: &str = "main tbody tr";

/// The form, filled with what is right.
const RIGHT: Step = Submit(MEMBER.username, MEMBER.password);

const fn as_it_is(_: &mut Value) {}

/// A second step that is asked for by an error of the answer.
fn with_second_step(config: &mut Value) {
    config["provider"]["errors"]["challenge"] = json!({
        "when": { "pointer": "/error", "equals": "mfa_required" },
        "fields": [ { "name": "code", "kind": "one_time_code" } ],
        "request": "sign_in",
    });
    config["provider"]["sign_in"] = json!({
        "json": { "email": "{{form.username}}", "password": "{{form.password}}", "code": "{{form.code}}" },
    });
}

const ASKS_FOR_A_CODE: Step =
    Fault(r#"{ "at": "sign_in", "kind": "status", "status": 400, "body": { "error": "mfa_required" }, "times": 1 }"#);

/// The storage of a browser that keeps nothing of this site.
const BLOCK_STORAGE: &str = "for (const area of ['localStorage', 'sessionStorage']) { Object.defineProperty(window, area, \
    { get() { throw new DOMException('blocked', 'SecurityError'); } }); }";

/// A page of somebody else, with one of ours in it.
const SHOW_IN_FRAME: &str = "
    const heading = document.createElement('h1');
    heading.innerText = 'Another site';
    const frame = document.createElement('iframe');
    frame.src = arguments[0];
    frame.title = 'A page of somebody else';
    frame.width = '100%';
    frame.height = 560;
    document.body.replaceChildren(heading, frame);";

/// Every state, in the order in which they are shown.
pub const STATES: &[State] = &[
    State {
        group: Group::SignIn,
        name: "ready",
        caption: "Ready",
        edit: as_it_is,
        steps: &[Open("/login"), See(READY)],
    },
    State {
        group: Group::SignIn,
        name: "links",
        caption: "With links, and a name that is no e-mail address",
        edit: |config| {
            config["provider"]["form"] = json!({ "username": "text" });
            config["app"]["links"] = json!({
                "forgot_password": "https://id.acme.example/reset",
                "sign_up": "https://id.acme.example/join",
                "help": "https://acme.example/help",
            });
        },
        steps: &[Open("/login"), See(READY)],
    },
    State {
        group: Group::SignIn,
        name: "boxes",
        caption: "Whether to stay signed in, and to be remembered",
        edit: |config| {
            config["session"]["stay_signed_in"] = json!("ticked");
            config["app"]["remember_username"] = json!(true);
        },
        steps: &[Open("/login"), See(READY), See("input[name=remember_username]")],
    },
    State {
        group: Group::SignIn,
        name: "long-title",
        caption: "A long name of the app",
        edit: |config| config["app"]["title"] = json!("Warenwirtschaftssystem of the Acme Trading Company"),
        steps: &[Open("/login"), See(READY)],
    },
    State {
        group: Group::SignIn,
        name: "filled",
        caption: "Filled, and the password shown",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            See(READY),
            Type("input[name=username]", MEMBER.username),
            Type("input[name=password]", MEMBER.password),
            Click(".show-password"),
            See(".show-password[aria-pressed=true]"),
        ],
    },
    State {
        group: Group::SignIn,
        name: "caps-lock",
        caption: "Caps Lock is on",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            See(READY),
            Type("input[name=username]", MEMBER.username),
            Type("input[name=password]", "CORRECT"),
            Run("document.querySelector('input[name=password]').dispatchEvent( \
                 new KeyboardEvent('keydown', { key: 'A', modifierCapsLock: true, bubbles: true }));"),
            Hear(".field:has([name=password]) .hint", "Caps Lock is on"),
        ],
    },
    State {
        group: Group::SignIn,
        name: "empty-username",
        caption: "Submitted without a name",
        edit: as_it_is,
        steps: &[Open("/login"), See(READY), Click(SUBMIT), See("input[name=username][aria-invalid=true]:focus")],
    },
    State {
        group: Group::SignIn,
        name: "empty-password",
        caption: "Submitted without a password",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            See(READY),
            Type("input[name=username]", MEMBER.username),
            Click(SUBMIT),
            See("input[name=password][aria-invalid=true]:focus"),
        ],
    },
    State {
        group: Group::SignIn,
        name: "incomplete",
        caption: "Greyed out until both fields are filled, where the config wants that",
        edit: |config| config["app"]["disable_incomplete"] = json!(true),
        steps: &[Open("/login"), See(READY), See("form#login button[type=submit]:disabled")],
    },
    State {
        group: Group::SignIn,
        name: "busy",
        caption: "Signing in",
        edit: as_it_is,
        steps: &[
            Fault("sign_in:delay:60000"),
            Open("/login"),
            RIGHT,
            See("form#login[aria-busy=true]"),
            Until("getComputedStyle(document.querySelector('#login .spinner')).visibility === 'visible'"),
        ],
    },
    State {
        group: Group::SignIn,
        name: "slow",
        caption: "Signing in, after three seconds",
        edit: as_it_is,
        steps: &[Fault("sign_in:delay:60000"), Open("/login"), RIGHT, Hear(SUBMIT, "Still working")],
    },
    State {
        group: Group::SignIn,
        name: "second-step",
        caption: "One more step",
        edit: with_second_step,
        steps: &[ASKS_FOR_A_CODE, Open("/login"), RIGHT, See("input[autocomplete=one-time-code]:focus")],
    },
    State {
        group: Group::SignIn,
        name: "second-step-empty",
        caption: "One more step, submitted without a code",
        edit: with_second_step,
        steps: &[
            ASKS_FOR_A_CODE,
            Open("/login"),
            RIGHT,
            See("input[autocomplete=one-time-code]:focus"),
            Click(SUBMIT),
            See("input[autocomplete=one-time-code][aria-invalid=true]:focus"),
        ],
    },
    State {
        group: Group::SignIn,
        name: "wrong-code",
        caption: "A wrong code",
        edit: with_second_step,
        steps: &[
            ASKS_FOR_A_CODE,
            Open("/login"),
            RIGHT,
            See("input[autocomplete=one-time-code]:focus"),
            Fault("sign_in:status:401"),
            Type("input[autocomplete=one-time-code]", "123456"),
            Press(Key::Enter),
            Hear(ALERT, "That was not accepted"),
        ],
    },
    State {
        group: Group::SignIn,
        name: "doors",
        caption: "Providers that sign in on their own pages",
        edit: |config| {
            config["provider"] = provider_by_redirect("Acme");
            config["providers"] = json!({ "other": provider_by_redirect("Umbrella") });
        },
        steps: &[Open("/login"), See("button[data-action=continue]")],
    },
    State {
        group: Group::SignIn,
        name: "form-and-door",
        caption: "A form, and a provider beside it",
        edit: |config| config["providers"] = json!({ "other": provider_by_redirect("Umbrella") }),
        steps: &[Open("/login"), See(READY), See("button[data-action=continue]")],
    },
    State {
        group: Group::SignIn,
        name: "foreign-frame",
        caption: "Shown by another site inside its own page",
        edit: as_it_is,
        steps: &[Frame("/login"), See(".card .message")],
    },
    // --- what can go wrong --------------------------------------------------------------------------------------
    State {
        group: Group::Trouble,
        name: "refused",
        caption: "A wrong name or password",
        edit: as_it_is,
        steps: &[Open("/login"), Submit(MEMBER.username, "not-the-password"), Hear(ALERT, "are not right")],
    },
    State {
        group: Group::Trouble,
        name: "too-many",
        caption: "Too many attempts, counted down",
        edit: as_it_is,
        steps: &[Fault("sign_in:rate_limit:90:1"), Open("/login"), RIGHT, Hear(ALERT, "Too many attempts")],
    },
    State {
        group: Group::Trouble,
        name: "too-many-over",
        caption: "Too many attempts, and the time is over",
        edit: as_it_is,
        steps: &[Fault("sign_in:rate_limit:1:1"), Open("/login"), RIGHT, Hear(ALERT, "You can try again now")],
    },
    State {
        group: Group::Trouble,
        name: "offline",
        caption: "The device is offline",
        edit: as_it_is,
        steps: &[Open("/login"), See(READY), GoOffline, RIGHT, Hear(ALERT, "offline")],
    },
    State {
        group: Group::Trouble,
        name: "unreachable",
        caption: "No answer",
        edit: as_it_is,
        steps: &[Fault("sign_in:cut"), Open("/login"), RIGHT, Hear(ALERT, "cannot be reached")],
    },
    State {
        group: Group::Trouble,
        name: "timed-out",
        caption: "No answer in time",
        edit: |config| config["provider"]["sign_in"] = json!({ "timeout_ms": 1000 }),
        steps: &[Fault("sign_in:delay:60000"), Open("/login"), RIGHT, Hear(ALERT, "too long")],
    },
    State {
        group: Group::Trouble,
        name: "failing",
        caption: "The service has a problem",
        edit: as_it_is,
        steps: &[Fault("sign_in:status:503"), Open("/login"), RIGHT, Hear(ALERT, "has a problem")],
    },
    State {
        group: Group::Trouble,
        name: "senseless",
        caption: "An answer that makes no sense",
        edit: as_it_is,
        steps: &[Fault("sign_in:empty"), Open("/login"), RIGHT, Hear(ALERT, "not set up correctly")],
    },
    State {
        group: Group::Trouble,
        name: "cookie-not-kept",
        caption: "The browser keeps no cookie",
        edit: as_it_is,
        steps: &[BackendWithoutCookies, Open("/login"), RIGHT, Hear(ALERT, "did not keep")],
    },
    // --- what happened before -----------------------------------------------------------------------------------
    State {
        group: Group::Notice,
        name: "ended",
        caption: "The session has ended",
        edit: as_it_is,
        steps: &[Open("/login"), SignIn, EndSessions, Pass(4000), Reload, Hear(STATUS, "has ended")],
    },
    State {
        group: Group::Notice,
        name: "idle-ended",
        caption: "Nobody was there",
        edit: |config| config["session"]["idle_timeout_s"] = json!(600),
        steps: &[Open("/login"), SignIn, Pass(900), Reload, Hear(STATUS, "you were away")],
    },
    State {
        group: Group::Notice,
        name: "signed-out",
        caption: "Signed out",
        edit: as_it_is,
        steps: &[Open("/login"), SignIn, Click("[data-action=sign-out]"), Hear(STATUS, "You are signed out.")],
    },
    State {
        group: Group::Notice,
        name: "signed-out-elsewhere",
        caption: "Signed out in another tab",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            RunElsewhere("localStorage.removeItem('vestibule:end-to-end');"),
            Hear(STATUS, "another tab"),
        ],
    },
    State {
        group: Group::Notice,
        name: "unconfirmed",
        caption: "Signed out, and the service did not confirm it",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            Fault("revoke:status:500"),
            Click("[data-action=sign-out]"),
            Hear(STATUS, "did not confirm"),
        ],
    },
    State {
        group: Group::Notice,
        name: "only-here",
        caption: "Signed out in this browser only",
        edit: |config| config["provider"]["revoke"] = json!([]),
        steps: &[Open("/login"), SignIn, Click("[data-action=sign-out]"), Hear(STATUS, "in this browser only")],
    },
    State {
        group: Group::Notice,
        name: "storage-blocked",
        caption: "The browser blocks storage",
        edit: as_it_is,
        steps: &[Before(BLOCK_STORAGE), Open("/login"), Hear(STATUS, "blocks storage")],
    },
    State {
        group: Group::Notice,
        name: "two-notices",
        caption: "Two notices at once: the longest that the page ever says",
        edit: as_it_is,
        steps: &[
            Before(BLOCK_STORAGE),
            Open("/login"),
            SignIn,
            Fault("revoke:status:500"),
            Click("[data-action=sign-out]"),
            Hear(STATUS, "did not confirm"),
            Hear(STATUS, "blocks storage"),
        ],
    },
    // --- before it is known who is there ------------------------------------------------------------------------
    State {
        group: Group::Waiting,
        name: "before-the-app",
        caption: "Before the app's code has arrived",
        edit: as_it_is,
        steps: &[Hold(".wasm"), Open("/login"), See("[data-early] form#login"), Hear("[data-early] h1", "Vestibule")],
    },
    State {
        group: Group::Waiting,
        name: "submitted-early",
        caption: "Submitted before the app's code has arrived",
        edit: as_it_is,
        steps: &[
            Hold(".wasm"),
            Open("/login"),
            Hear("[data-early] h1", "Vestibule"),
            Type("input[name=username]", MEMBER.username),
            Type("input[name=password]", MEMBER.password),
            Click(SUBMIT),
            See("[data-early] form[aria-busy=true]"),
            Until("getComputedStyle(document.querySelector('#login .spinner')).visibility === 'visible'"),
        ],
    },
    State {
        group: Group::Waiting,
        name: "not-loaded",
        caption: "The app's code could not be loaded",
        edit: as_it_is,
        steps: &[LeaveCodeOut, Open("/login"), Hear("[data-early] [role=alert]", "could not be loaded whole")],
    },
    State {
        group: Group::Waiting,
        name: "altered",
        caption: "The app's code is not what was built",
        edit: as_it_is,
        steps: &[Alter("/vestibule-", ".wasm"), Open("/login"), Hear("[data-early] [role=alert]", "is not the one")],
    },
    State {
        group: Group::Waiting,
        name: "returning",
        caption: "Somebody is signed in, and the app's code has not arrived",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            Hold(".wasm"),
            Open("/orders"),
            See("#skeleton"),
            Until("document.title.length"),
        ],
    },
    State {
        group: Group::Waiting,
        name: "returning-not-loaded",
        caption: "Somebody is signed in, and the app's code could not be loaded",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            LeaveCodeOut,
            Open("/orders"),
            Hear("#unstarted", "could not be loaded whole"),
        ],
    },
    State {
        group: Group::Waiting,
        name: "returning-altered",
        caption: "Somebody is signed in, and the app's code is not what was built",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            Alter("/vestibule-", ".wasm"),
            Open("/orders"),
            Hear("#unstarted", "is not the one"),
        ],
    },
    State {
        group: Group::Waiting,
        name: "restoring",
        caption: "The session is being renewed",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            Fault("refresh:delay:60000"),
            Pass(4000),
            Reload,
            See(".waiting-text"),
            Until("getComputedStyle(document.querySelector('.waiting-text')).opacity === '1'"),
        ],
    },
    State {
        group: Group::Waiting,
        name: "service-away",
        caption: "The session cannot be renewed now",
        edit: as_it_is,
        steps: &[Open("/login"), SignIn, Fault("refresh:cut"), Pass(4000), Reload, See(".waiting-away")],
    },
    // --- protected pages ----------------------------------------------------------------------------------------
    State {
        group: Group::Pages,
        name: "table",
        caption: "A table",
        edit: as_it_is,
        steps: &[Open("/login"), SignIn, See(ROWS)],
    },
    State {
        group: Group::Pages,
        name: "long-table",
        caption: "A table of ten thousand rows",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            Click("nav a[href$=\"/archive\"]"),
            See("main[data-page=\"/archive\"] tbody tr"),
        ],
    },
    State {
        group: Group::Pages,
        name: "sorted",
        caption: "Sorted, and filtered",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            See(ROWS),
            Click("th:nth-of-type(2) button"),
            Type("main input[type=search]", "elm"),
            See("th:nth-of-type(2)[aria-sort=ascending]"),
            Until("document.querySelectorAll('main tbody tr').length < 30"),
        ],
    },
    State {
        group: Group::Pages,
        name: "nothing-found",
        caption: "A filter that nothing fits",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            See(ROWS),
            Type("main input[type=search]", "no such customer"),
            Until("document.querySelectorAll('main tbody tr').length < 2"),
        ],
    },
    State {
        group: Group::Pages,
        name: "loading",
        caption: "Rows on their way",
        edit: as_it_is,
        steps: &[
            Fault("api:delay:60000"),
            Open("/login"),
            SignIn,
            See(".skeleton-lines"),
            Until("+getComputedStyle(document.querySelector('.skeleton-lines')).opacity > 0.4"),
        ],
    },
    State {
        group: Group::Pages,
        name: "failed-block",
        caption: "Rows that could not be loaded",
        edit: as_it_is,
        steps: &[
            Fault("api:status:500"),
            Open("/login"),
            SignIn,
            Hear("main [role=alert]", "the service has a problem"),
        ],
    },
    State {
        group: Group::Pages,
        name: "empty",
        caption: "No rows",
        edit: as_it_is,
        steps: &[
            Fault(r#"{ "at": "api", "kind": "status", "status": 200, "body": [] }"#),
            Open("/login"),
            SignIn,
            See("main .empty"),
        ],
    },
    State {
        group: Group::Pages,
        name: "record",
        caption: "A record",
        edit: as_it_is,
        steps: &[Open("/profile"), SignIn, See("main dl dd"), Until("document.querySelectorAll('main dl').length > 1")],
    },
    State {
        group: Group::Pages,
        name: "no-access",
        caption: "A page for others",
        edit: as_it_is,
        steps: &[Open("/admin"), SignIn, See("main .no-access")],
    },
    State {
        group: Group::Pages,
        name: "access",
        caption: "The same page, for those whom it is for",
        edit: as_it_is,
        steps: &[Open("/admin"), SignInAsAdmin, See("main .text-block")],
    },
    State {
        group: Group::Pages,
        name: "not-found",
        caption: "An address that no page has",
        edit: as_it_is,
        steps: &[Open("/login"), SignIn, Open("/nowhere"), See("html[data-session=signed-in] main.page a")],
    },
    State {
        group: Group::Pages,
        name: "account",
        caption: "The account menu",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            See(ROWS),
            Click(".account-button"),
            See("#account:popover-open input[type=radio]"),
        ],
    },
    State {
        group: Group::Pages,
        name: "idle-warning",
        caption: "The question whether somebody is there",
        edit: |config| config["session"]["idle_timeout_s"] = json!(600),
        steps: &[Open("/login"), SignIn, See(ROWS), Pass(560), Reload, See("dialog[open]"), See(ROWS)],
    },
    State {
        group: Group::Pages,
        name: "offline-warning",
        caption: "The device is offline",
        edit: as_it_is,
        steps: &[Open("/login"), SignIn, See(ROWS), GoOffline, Hear(".warnings", "You are offline")],
    },
    State {
        group: Group::Pages,
        name: "toast",
        caption: "Back online",
        edit: as_it_is,
        steps: &[
            Open("/login"),
            SignIn,
            See(ROWS),
            GoOffline,
            See(".warnings p"),
            GoOnline,
            Hear(".toasts", "back online"),
        ],
    },
    // --- for whoever runs the app -------------------------------------------------------------------------------
    State {
        group: Group::Operator,
        name: "panel",
        caption: "The session panel",
        edit: |config| config["session"]["panel"] = json!(true),
        steps: &[Open("/login"), SignIn, See(ROWS), Click(".panel summary"), See(".panel[open] dd")],
    },
    State {
        group: Group::Operator,
        name: "wrong-config",
        caption: "A config with mistakes",
        edit: |config| {
            config["provider"]["tokens"] = json!({ "refreshtoken": "/refresh_token" });
            config["provider"]["client_secret"] = json!("hush-hush");
            config["app"]["after_sign_in"] = json!("/nowhere");
            config["pages"][0]["blocks"][1]["query"] = json!("odrers");
        },
        steps: &[Open("/"), See("main .mistakes")],
    },
    State {
        group: Group::Operator,
        name: "broken-config",
        caption: "A config that is no JSON",
        edit: as_it_is,
        steps: &[
            Config("{\n  \"version\": 1,\n  \"app\": { \"id\" \"x\" }\n}\n"),
            Open("/"),
            See("main.problem-page p"),
        ],
    },
    State {
        group: Group::Operator,
        name: "setup",
        caption: "The page where a config is made",
        edit: as_it_is,
        steps: &[Open("/setup.html"), See("main form, main select, main button")],
    },
];

/// The states of some groups in a language, each with what it is called and the stage for it: those that `VESTIBULE_STATE`
/// names, if it does.
pub fn states_of(groups: &[Group], language: &'static str) -> impl Iterator<Item = (String, Wanted, Setup)> {
    let named = std::env::var("VESTIBULE_STATE").ok();
    let is_wanted = move |state: &&State| {
        named.as_deref().is_none_or(|names| names.split(',').any(|name| name == state.name))
            && groups.contains(&state.group)
    };
    STATES.iter().filter(is_wanted).map(move |state| Wanted { state, language }.with_stage())
}

/// One state by its name, in English, as [`states_of`] gives it.
#[must_use]
pub fn state(name: &str) -> (String, Wanted, Setup) {
    match STATES.iter().find(|state| state.name == name) {
        Some(state) => Wanted { state, language: "en" }.with_stage(),
        None => panic!("there is no state `{name}`"),
    }
}

/// A state in a language.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// What is wanted.
    pub state: &'static State,
    /// The language's name, as `public/texts/` has it.
    pub language: &'static str,
}

impl Wanted {
    fn with_stage(self) -> (String, Self, Setup) {
        let Self { state, language } = self;
        let setup = Setup::of(Dialect::Supabase).lasting(3600).taking(Duration::from_secs(60)).edit(move |config| {
            be_the_demo(config);
            config["app"]["locale"] = json!(language);
            (state.edit)(config);
        });
        let name = if language == "en" { state.name.to_owned() } else { format!("{}.{language}", state.name) };
        (name, self, setup)
    }

    /// Leads the stage there.
    pub async fn reach(self, stage: &Stage) {
        for step in self.state.steps {
            step.take(stage, self.language).await;
        }
    }
}

impl Step {
    async fn take(self, stage: &Stage, language: &str) {
        let browser = &stage.browser;
        match self {
            Before(script) => stage.run_before_every_page(script),
            Hold(ending) => stage.site.hold(ending),
            Alter(beginning, ending) => stage.site.spoil(beginning, ending, Altered),
            LeaveCodeOut => stage.site.leave_out(&stage.site.name_of("vestibule-", ".wasm")),
            Fault(written) => stage.provider.add_fault_as_written(written),
            BackendWithoutCookies => stage.put_backend().await.keep_cookies_away(),
            Config(text) => stage.site.put_config(ConfigFile::Text(text.to_owned())),
            Open(path) => stage.open(path).await,
            Frame(path) => {
                stage.site.let_be_framed();
                // Another origin of the same machine.
                let elsewhere = stage.site.origin().replace("127.0.0.1", "localhost");
                browser.goto(&format!("{elsewhere}/another-site.html")).await;
                browser.ask(SHOW_IN_FRAME, &[format!("{}{path}", stage.site.origin()).into()]).await;
                browser.look_into_frame().await;
            }
            Submit(username, password) => stage.submit(username, password).await,
            SignIn => stage.sign_in_as(MEMBER).await,
            SignInAsAdmin => stage.sign_in_as(ADMIN).await,
            Type(selector, text) => browser.type_into(selector, text).await,
            Click(selector) => browser.click(selector).await,
            Press(key) => browser.press(key).await,
            GoOffline => browser.set_offline(true).await,
            GoOnline => browser.set_offline(false).await,
            Run(script) => _ = browser.ask(script, &[]).await,
            RunElsewhere(script) => {
                let here = browser.tab().await;
                let elsewhere = browser.open_tab().await;
                stage.open("/favicon.svg").await;
                browser.ask(script, &[]).await;
                browser.close_tab(&elsewhere).await;
                browser.look_at(&here).await;
            }
            Pass(seconds) => stage.let_pass(Duration::from_secs(seconds)).await,
            EndSessions => stage.provider.end_all_sessions().await,
            Reload => browser.reload().await,
            See(selector) => browser.wait_for(selector).await,
            Hear(selector, words) => {
                let expression = format!(
                    "[...document.querySelectorAll({})].some(found => {}.some(words => found.innerText.includes(words)))",
                    quoted(selector),
                    json!(in_language(words, language))
                );
                browser.wait_until(&format!("`{words}`"), &expression).await;
            }
            Until(expression) => _ = browser.wait_until(expression, expression).await,
        }
    }
}

/// What the app may say for some words of its English table: of a text with a value in it, the longer side.
fn in_language(words: &str, language: &str) -> Vec<String> {
    let (english, translated) =
        (read_json("public/texts/en.json"), read_json(&format!("public/texts/{language}.json")));
    let has_words = |text: &Value| text.as_str().is_some_and(|text| text.contains(words));
    let names = english.as_object().into_iter().flatten().filter(|(_, text)| has_words(text)).map(|(name, _)| name);
    let longer_side = |text: &str| text.split("{}").max_by_key(|side| side.len()).unwrap_or_default().trim().to_owned();
    let mut said = vec![words.to_owned()];
    if language != "en" {
        said.extend(names.filter_map(|name| translated[name].as_str()).map(longer_side));
    }
    said
}

fn read_json(path: &str) -> Value {
    let file = crate::workspace().join(path);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Makes of a stage's config the one that the app ships with, spoken to the stage's provider.
fn be_the_demo(config: &mut Value) {
    let mut demo = read_json("public/config.json");
    demo["provider"]["vars"]["base_url"] = config["provider"]["vars"]["base_url"].take();
    demo["app"]["id"] = json!(APP_ID);
    *config = demo;
}

fn provider_by_redirect(label: &str) -> Value {
    let issuer = format!("https://id.{}.example", label.to_lowercase());
    json!({
        "preset": "oidc",
        "vars": { "issuer": issuer, "client_id": "vestibule", "base_url": issuer },
        "redirect": { "label": label },
    })
}
