//! FLOOR 0: every text that the app says of its own, in one table: a language is another table.
//!
//! What the config says (titles, labels, captions) is not here, and what a provider says is never shown. What only operators
//! read stands elsewhere, in English: the panel's lines in `session/inspection.rs` and `browser/driver.rs`, the mistakes in
//! `config/`, the setup page in `ui/setup/text.rs`.
//!
//! ```text
//! here                      English, so that there is always something to say; and which language fits
//! public/texts/LANGUAGE.json  every other one, by the same names; en.json too, to begin another with
//! app.texts                 of the config, over both
//! ui/language.rs            which one is spoken
//! ```
//! `{}` is a gap: what stands there is told to the text. Names are part of the config's format: a text may change, its name may
//! not.
//!
//! The names are in what everybody waits for, as a config may replace each text. What the login page says in English comes with
//! it, and what only the protected pages say (`later`) comes with them.

use crate::config::cut_last;

/// The languages that there are texts for, as tags (BCP 47).
pub const LANGUAGES: [&str; 6] = ["en", "de", "es", "fr", "ar", "ja"];

/// Where a value stands in a text.
pub const GAP: &str = "{}";

/// One text of the app, whatever the language: its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(u8);

impl Text {
    /// Its place in the table.
    #[must_use]
    pub const fn place(self) -> usize {
        self.0 as usize
    }

    /// In English, as [`EARLY`] or [`LATER`] has it; nothing where it is in the other one.
    #[must_use]
    pub fn english(self, lines: &'static str) -> &'static str {
        lines.lines().nth(self.place()).unwrap_or_default()
    }
}

/// The names of all texts.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.lines()
}

/// The names of all texts, and what they say in English.
pub fn english() -> impl Iterator<Item = (&'static str, &'static str)> {
    let texts = EARLY.lines().zip(LATER.lines()).map(|(early, later)| if early.is_empty() { later } else { early });
    names().zip(texts)
}

/// All texts in their places: as `find` has them by name. What it has not is said in English.
pub fn table(find: impl Fn(&str) -> Option<String>) -> Vec<Option<&'static str>> {
    names().map(|name| find(name).map(|text| &*text.leak())).collect()
}

/// What the form says that `index.html` holds, which is painted before any file of texts can be there: in each language, of its
/// whole file.
#[cfg(not(target_arch = "wasm32"))]
pub fn early(file: impl Fn(&str) -> serde_json::Value) -> serde_json::Value {
    const SAID: [Text; 5] = [SIGN_IN, SIGN_IN_LEAD, SIGNING_IN, USERNAME, PASSWORD];
    let languages = LANGUAGES.iter().map(|language| {
        let file = file(language);
        let names = SAID.iter().filter_map(|text| english().nth(text.place()));
        let said: serde_json::Map<_, _> =
            names.map(|(name, _)| (name.to_owned(), file.get(name).cloned().unwrap_or_default())).collect();
        ((*language).to_owned(), said.into())
    });
    serde_json::Value::Object(languages.collect())
}

/// The one of some languages that fits what is wanted: the same, or one that is wider (`pt` for `pt-BR`), or another of its kind
/// (`pt-PT`).
#[must_use]
pub fn fitting<'l>(languages: &'l [String], wanted: &str) -> Option<&'l str> {
    let mut tag = wanted;
    loop {
        if let Some(language) = languages.iter().find(|language| language.eq_ignore_ascii_case(tag)) {
            return Some(language);
        }
        match cut_last(tag, b'-') {
            Some((wider, _)) => tag = wider,
            None => break,
        }
    }
    languages.iter().find(|language| primary(language).eq_ignore_ascii_case(tag)).map(String::as_str)
}

/// The language of a tag, without its country or script.
#[must_use]
pub fn primary(tag: &str) -> &str {
    tag.split_once('-').map_or(tag, |(primary, _)| primary)
}

/// Whether a language is written from right to left.
#[must_use]
pub fn is_right_to_left(tag: &str) -> bool {
    matches!(primary(tag), "ar" | "ckb" | "dv" | "fa" | "he" | "ps" | "sd" | "ug" | "ur" | "yi")
}

macro_rules! table {
    ($($id:ident = $name:literal: $($later:ident)? $english:literal,)*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "only counts them")]
        enum Place { $($id,)* }
        $(
            #[doc = $english]
            pub const $id: Text = Text(Place::$id as u8);
        )*
        // A line for each, and no table of pointers beside them: it would be a quarter of a kilobyte with brotli.
        const NAMES: &str = concat!($($name, "\n"),*);
        /// What the login page says in English, a line for each text; empty ones for the others.
        pub const EARLY: &str = concat!($(english!(early $($later)? $english), "\n"),*);
        /// So too, what only the protected pages say.
        pub const LATER: &str = concat!($(english!(late $($later)? $english), "\n"),*);
    };
}

/// What stands for a text among the early ones, and among the late ones.
macro_rules! english {
    (early later $english:literal) => {
        ""
    };
    (late $english:literal) => {
        ""
    };
    (early $english:literal) => {
        $english
    };
    (late later $english:literal) => {
        $english
    };
}

table! {
    SKIP = "skip": "Skip to the content",
    SIGN_IN = "sign_in": "Sign in",
    SIGN_IN_LEAD = "sign_in_lead": "Sign in to continue.",
    SIGNING_IN = "signing_in": "Signing in…",
    STILL_WORKING = "still_working": "Still working…",
    CONTINUE = "continue": "Continue",
    BACK = "back": "Back",
    SIGN_OUT = "sign_out": "Sign out",
    USERNAME = "username": "Username",
    EMAIL = "email": "Email",
    PASSWORD = "password": "Password",
    ONE_TIME_CODE = "one_time_code": "One-time code",
    ANOTHER_WAY = "another_way": "Use another way",
    CHALLENGE_LEAD = "challenge_lead": "One more step to confirm that it is you.",
    UNSTARTED = "unstarted": "This page could not be loaded whole. Check your connection, then try again.",
    ALTERED = "altered": later "A file is not the one that was published. Reload the page, or tell whoever runs it.",
    SHOW_PASSWORD = "show_password": "Show password",
    CAPS_LOCK = "caps_lock": "Caps Lock is on",
    MISSING_USERNAME = "missing_username": "Enter your username.",
    MISSING_EMAIL = "missing_email": "Enter your email.",
    MISSING_PASSWORD = "missing_password": "Enter your password.",
    MISSING = "missing": "{} is missing.",
    PASSKEY = "passkey": "Sign in with a passkey",
    REMEMBER_USERNAME = "remember_username": "Remember my username",
    FORGOT_PASSWORD = "forgot_password": "Forgot your password?",
    SIGN_UP = "sign_up": "Create an account",
    HELP = "help": "Help",
    LANGUAGE = "language": "Language",

    REFUSED = "refused": "These sign-in details are not right. Check them and try again.",
    PASSKEY_REFUSED = "passkey_refused": "This passkey was not accepted. Try again, or sign in another way.",
    CODE_REFUSED = "code_refused": "That was not accepted. Check it and try again.",
    OFFLINE = "offline": "Your device is offline. We will try again when it is back online.",
    UNREACHABLE = "unreachable": "The sign-in service cannot be reached. Please try again in a moment.",
    TIMED_OUT = "timed_out": "The sign-in service took too long to answer. Please try again.",
    FAILING = "failing": "The sign-in service has a problem; you are not the cause. Try again later.",
    COOKIE_NOT_KEPT = "cookie_not_kept": "Your browser did not keep the sign-in. Allow cookies here, then try again.",
    MISCONFIGURED = "misconfigured": "This app is not set up correctly. Please tell whoever runs it.",
    FOR_OPERATOR = "for_operator": "For the operator: {}.",
    CONTINUE_WITH = "continue_with": "Continue with {}",
    WITH_PASSWORD = "with_password": "Sign in with a password",
    CANCELLED = "cancelled": "You did not finish signing in. You can try again.",
    LAPSED = "lapsed": "Signing in took too long. Please start again.",
    USED = "used": "This sign-in was used already. Please start again.",
    STRAY = "stray": "This sign-in was not started here. Please start again.",
    WRONG_CLOCK = "wrong_clock": "The clock of your device is wrong. Set it right, then try again.",
    RATE_LIMITED = "rate_limited": "Too many attempts. You can try again in {}.",
    RATE_LIMIT_OVER = "rate_limit_over": "You can try again now.",

    SESSION_ENDED = "session_ended": "Your session has ended. Please sign in again.",
    IDLE_ENDED = "idle_ended": "You were signed out because you were away for a while. Please sign in again.",
    STILL_THERE = "still_there": later "Are you still there?",
    IDLE_ENDS_IN = "idle_ends_in": later "For your safety, you will be signed out in {}.",
    STAY = "stay": "Stay signed in",
    SIGNED_OUT = "signed_out": "You are signed out.",
    SIGNED_OUT_ELSEWHERE = "signed_out_elsewhere": "You signed out in another tab.",
    REVOCATION_UNCONFIRMED = "revocation_unconfirmed": "This browser has forgotten you; the sign-in service did not confirm it.",
    ONLY_HERE = "only_here": "You are signed out, but in this browser only: the sign-in service cannot be told.",
    STORAGE_BLOCKED = "storage_blocked": "Your browser blocks storage here. A reload will sign you out.",
    UNSAVED = "unsaved": later "Your browser could not save this session. A reload will sign you out.",
    DEVICE_OFFLINE = "device_offline": later "You are offline.",
    FRAMED = "framed": "Another site shows this page inside its own. For your safety there is no sign-in here.",
    OPEN_ALONE = "open_alone": "Open it in a window of its own",

    RESTORING = "restoring": "Restoring your session…",
    SERVICE_AWAY = "service_away": "The sign-in service cannot be reached.",
    RETRY_IN = "retry_in": "Next try in {}.",
    RETRYING = "retrying": "Trying again…",
    TRY_NOW = "try_now": "Try now",
    TRY_AGAIN = "try_again": "Try again",

    MENU = "menu": later "Pages",
    ACCOUNT = "account": later "Account",
    SIGNED_IN_AS = "signed_in_as": later "Signed in as {}",
    SIGNED_IN_SINCE = "signed_in_since": later "Since {}",
    THEME = "theme": later "Theme",
    THEME_SYSTEM = "theme_system": later "System",
    THEME_LIGHT = "theme_light": later "Light",
    THEME_DARK = "theme_dark": later "Dark",
    DISMISS = "dismiss": later "Dismiss",
    BACK_ONLINE = "back_online": later "You are back online.",
    NO_ACCESS = "no_access": later "You have no access to this page.",
    NO_ACCESS_HINT = "no_access_hint": later "If you think that you should have, ask whoever runs this app.",
    NOT_FOUND = "not_found": later "Page not found",
    NOT_FOUND_HINT = "not_found_hint": later "There is no page at this address.",
    HOME = "home": later "Go to the start page",
    LOADING = "loading": "Loading…",
    VALUE = "value": later "Value",
    NO_ROWS = "no_rows": later "There is nothing here yet.",
    NO_VALUE = "no_value": later "There is nothing to show.",
    SCROLLS = "scrolls": later "{}, scrolls",
    YES = "yes": later "Yes",
    NO = "no": later "No",

    FILTER = "filter": later "Filter",
    ROWS = "rows": later "Rows: {}",
    NOTHING_MATCHES = "nothing_matches": later "Nothing matches the filter.",
    CLEAR_FILTER = "clear_filter": later "Clear the filter",
    UPDATED_AT = "updated_at": later "Updated {}",
    LOAD_AGAIN = "load_again": later "Load again",
    COPY = "copy": later "Copy: {}",
    COPIED = "copied": later "Copied.",
    NOT_COPIED = "not_copied": later "Your browser did not allow copying.",

    QUERY_OFFLINE = "query_offline": "Your device is offline, so this could not be loaded.",
    QUERY_UNREACHABLE = "query_unreachable": "This could not be loaded: the service cannot be reached.",
    QUERY_TIMED_OUT = "query_timed_out": later "This could not be loaded: the service took too long to answer.",
    QUERY_UNAUTHORIZED = "query_unauthorized": later "The service did not accept your session for this.",
    QUERY_FORBIDDEN = "query_forbidden": later "You are not allowed to see this.",
    QUERY_NOT_FOUND = "query_not_found": later "This does not exist, or no longer does.",
    QUERY_RATE_LIMITED = "query_rate_limited": later "Too many requests. Please try again a little later.",
    QUERY_FAILING = "query_failing": later "This could not be loaded: the service has a problem.",
    QUERY_WALLED = "query_walled": later "This could not be loaded: a web page came in place of data.",
    QUERY_UNINTELLIGIBLE = "query_unintelligible": later "This page does not understand the service's answer.",

    CONFIG_TITLE = "config_title": "This app cannot start yet",
    CONFIG_UNTOLD = "config_untold": "The settings of this app could not be loaded, or need a correction. Please try again, or tell whoever runs it.",
    CONFIG_UNREACHABLE = "config_unreachable": "Its settings could not be fetched from the server. Please try again in a moment.",
    RELOAD = "reload": "Reload",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_where_its_name_is() {
        assert_eq!(SKIP.english(EARLY), "Skip to the content");
        assert_eq!(RELOAD.english(EARLY), "Reload");
        assert_eq!(english().nth(PASSWORD.place()), Some(("password", "Password")));
    }

    #[test]
    fn what_only_the_protected_pages_say_is_no_early_text() {
        assert_eq!((MENU.english(EARLY), MENU.english(LATER)), ("", "Pages"));
        assert_eq!((SKIP.english(EARLY), SKIP.english(LATER)), ("Skip to the content", ""));
        assert_eq!(english().nth(MENU.place()), Some(("menu", "Pages")));
        assert!(EARLY.lines().zip(LATER.lines()).all(|(early, later)| early.is_empty() != later.is_empty()));
    }

    #[test]
    fn no_name_and_no_text_breaks_a_line() {
        for (name, text) in english() {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
            assert!(!text.is_empty() && text.trim() == text, "{name}");
            assert_eq!(names().filter(|other| *other == name).count(), 1, "{name}");
        }
        assert_eq!(english().last(), Some(("reload", "Reload")));
        assert_eq!([NAMES, EARLY, LATER].map(|lines| lines.lines().count()), [english().count(); 3]);
    }

    #[test]
    fn a_table_holds_what_a_language_has() {
        let find = |name: &str| match name {
            "password" => Some("Passwort".to_owned()),
            "sign_in_lead" => Some(String::new()),
            _ => None,
        };
        let table = table(find);
        assert_eq!(table.get(PASSWORD.place()), Some(&Some("Passwort")));
        assert_eq!(table.get(SIGN_IN_LEAD.place()), Some(&Some("")));
        assert_eq!(table.get(USERNAME.place()), Some(&None));
    }

    #[test]
    fn a_language_fits_that_is_the_same_or_wider_or_of_its_kind() {
        let offered = ["en", "pt-BR", "zh-Hant", "de"].map(str::to_owned);
        for (wanted, found) in [
            ("de", Some("de")),
            ("DE", Some("de")),
            ("de-AT", Some("de")),
            ("de-Latn-AT", Some("de")),
            ("pt-BR", Some("pt-BR")),
            ("pt-br", Some("pt-BR")),
            ("pt-PT", Some("pt-BR")),
            ("pt", Some("pt-BR")),
            ("zh-Hant-TW", Some("zh-Hant")),
            ("nl", None),
            ("", None),
            ("den", None),
        ] {
            assert_eq!(fitting(&offered, wanted), found, "{wanted}");
        }
    }

    #[test]
    fn arabic_is_written_from_right_to_left() {
        let right_to_left = LANGUAGES.iter().filter(|tag| is_right_to_left(tag));
        assert_eq!(right_to_left.collect::<Vec<_>>(), [&"ar"]);
        assert!(is_right_to_left("he-IL"));
        assert!(!is_right_to_left("arn"));
    }
}
