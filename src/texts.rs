//! FLOOR 0: every text that the app says of its own, in one table: a language is another table.
//!
//! What the config says (titles, labels, captions) is not here, and what a provider says is never shown. What only operators
//! read stands elsewhere, in English: the panel's lines in `session/inspection.rs` and `browser/driver.rs`, the mistakes in
//! `config/`, the setup page in `ui/setup/text.rs`.
//!
//! English is in the program, so that there is always something to say.

/// One text of the app, whatever the language: its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(u8);

impl Text {
    /// Its place in the table.
    #[must_use]
    pub const fn place(self) -> usize {
        self.0 as usize
    }
}

macro_rules! table {
    ($($name:ident: $english:literal,)*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "only counts them")]
        enum Place { $($name,)* }
        $(
            #[doc = $english]
            pub const $name: Text = Text(Place::$name as u8);
        )*
        /// All texts in English.
        pub static ENGLISH: [&str; [$(Place::$name as u8,)*].len()] = [$($english,)*];
    };
}

table! {
    SKIP: "Skip to the content",
    SIGN_IN: "Sign in",
    SIGN_IN_LEAD: "Sign in to continue.",
    SIGNING_IN: "Signing in…",
    STILL_WORKING: "Still working…",
    CONTINUE: "Continue",
    BACK: "Back",
    SIGN_OUT: "Sign out",
    USERNAME: "Username",
    EMAIL: "Email",
    PASSWORD: "Password",
    ONE_TIME_CODE: "One-time code",
    CHALLENGE_LEAD: "One more step to confirm that it is you.",
    SHOW_PASSWORD: "Show password",
    CAPS_LOCK: "Caps Lock is on",
    MISSING_USERNAME: "Enter your username.",
    MISSING_EMAIL: "Enter your email.",
    MISSING_PASSWORD: "Enter your password.",
    MISSING: "{} is missing.",
    FORGOT_PASSWORD: "Forgot your password?",
    SIGN_UP: "Create an account",
    HELP: "Help",

    REFUSED: "These sign-in details are not right. Check them and try again.",
    CODE_REFUSED: "That was not accepted. Check it and try again.",
    OFFLINE: "Your device is offline. We will try again when it is back online.",
    UNREACHABLE: "The sign-in service cannot be reached. Please try again in a moment.",
    TIMED_OUT: "The sign-in service took too long to answer. Please try again.",
    FAILING: "The sign-in service has a problem; you are not the cause. Try again later.",
    COOKIE_NOT_KEPT: "Your browser did not keep the sign-in. Allow cookies here, then try again.",
    MISCONFIGURED: "This app is not set up correctly. Please tell whoever runs it.",
    FOR_OPERATOR: "For the operator: {}.",
    CONTINUE_WITH: "Continue with {}",
    WITH_PASSWORD: "Sign in with a password",
    CANCELLED: "You did not finish signing in. You can try again.",
    LAPSED: "Signing in took too long. Please start again.",
    USED: "This sign-in was used already. Please start again.",
    STRAY: "This sign-in was not started here. Please start again.",
    WRONG_CLOCK: "The clock of your device is wrong. Set it right, then try again.",
    RATE_LIMITED: "Too many attempts. You can try again in {}.",
    RATE_LIMIT_OVER: "You can try again now.",

    SESSION_ENDED: "Your session has ended. Please sign in again.",
    IDLE_ENDED: "You were signed out because you were away for a while. Please sign in again.",
    STILL_THERE: "Are you still there?",
    IDLE_ENDS_IN: "For your safety, you will be signed out in {}.",
    STAY: "Stay signed in",
    SIGNED_OUT: "You are signed out.",
    SIGNED_OUT_ELSEWHERE: "You signed out in another tab.",
    REVOCATION_UNCONFIRMED: "This browser has forgotten you; the sign-in service did not confirm it.",
    ONLY_HERE: "You are signed out, but in this browser only: the sign-in service cannot be told.",
    STORAGE_BLOCKED: "Your browser blocks storage here. A reload will sign you out.",
    UNSAVED: "Your browser could not save this session. A reload will sign you out.",
    DEVICE_OFFLINE: "You are offline.",
    FRAMED: "Another site shows this page inside its own. For your safety there is no sign-in here.",
    OPEN_ALONE: "Open it in a window of its own",

    RESTORING: "Restoring your session…",
    SERVICE_AWAY: "The sign-in service cannot be reached.",
    RETRY_IN: "Next try in {}.",
    RETRYING: "Trying again…",
    TRY_NOW: "Try now",
    TRY_AGAIN: "Try again",

    MENU: "Pages",
    ACCOUNT: "Account",
    SIGNED_IN_AS: "Signed in as {}",
    SIGNED_IN_SINCE: "Since {}",
    LANGUAGE: "Language",
    THEME: "Theme",
    THEME_SYSTEM: "System",
    THEME_LIGHT: "Light",
    THEME_DARK: "Dark",
    DISMISS: "Dismiss",
    BACK_ONLINE: "You are back online.",
    NO_ACCESS: "You have no access to this page.",
    NO_ACCESS_HINT: "If you think that you should have, ask whoever runs this app.",
    NOT_FOUND: "Page not found",
    NOT_FOUND_HINT: "There is no page at this address.",
    HOME: "Go to the start page",
    LOADING: "Loading…",
    VALUE: "Value",
    NO_ROWS: "There is nothing here yet.",
    NO_VALUE: "There is nothing to show.",
    SCROLLS: "{}, scrolls",
    YES: "Yes",
    NO: "No",

    FILTER: "Filter",
    ROWS: "Rows: {}",
    NOTHING_MATCHES: "Nothing matches the filter.",
    CLEAR_FILTER: "Clear the filter",
    UPDATED_AT: "Updated {}",
    LOAD_AGAIN: "Load again",
    COPY: "Copy: {}",
    COPIED: "Copied.",
    NOT_COPIED: "Your browser did not allow copying.",

    QUERY_OFFLINE: "Your device is offline, so this could not be loaded.",
    QUERY_UNREACHABLE: "This could not be loaded: the service cannot be reached.",
    QUERY_TIMED_OUT: "This could not be loaded: the service took too long to answer.",
    QUERY_UNAUTHORIZED: "The service did not accept your session for this.",
    QUERY_FORBIDDEN: "You are not allowed to see this.",
    QUERY_NOT_FOUND: "This does not exist, or no longer does.",
    QUERY_RATE_LIMITED: "Too many requests. Please try again a little later.",
    QUERY_FAILING: "This could not be loaded: the service has a problem.",
    QUERY_WALLED: "This could not be loaded: a web page came in place of data.",
    QUERY_UNINTELLIGIBLE: "This page does not understand the service's answer.",

    CONFIG_TITLE: "This app cannot start yet",
    CONFIG_UNTOLD: "The settings of this app could not be loaded, or need a correction. Please try again, or tell whoever runs it.",
    CONFIG_UNREACHABLE: "Its settings could not be fetched from the server. Please try again in a moment.",
    RELOAD: "Reload",
}
