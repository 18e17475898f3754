//! Every text that the app says of its own, in one table: a language is another table.
//!
//! What the config says (titles, labels, captions) is not here, and what a provider says is never shown. What only operators
//! read stands elsewhere: the panel's lines in `session/inspection.rs` and `browser/driver.rs`, the mistakes in `config/`.

use crate::config::write_number;

pub const SKIP: &str = "Skip to the content";
pub const SIGN_IN: &str = "Sign in";
pub const SIGN_IN_LEAD: &str = "Sign in to continue.";
pub const SIGNING_IN: &str = "Signing in…";
pub const STILL_WORKING: &str = "Still working…";
pub const CONTINUE: &str = "Continue";
pub const BACK: &str = "Back";
pub const SIGN_OUT: &str = "Sign out";
pub const USERNAME: &str = "Username";
pub const EMAIL: &str = "Email";
pub const PASSWORD: &str = "Password";
pub const ONE_TIME_CODE: &str = "One-time code";
pub const CHALLENGE_LEAD: &str = "One more step to confirm that it is you.";
pub const SHOW_PASSWORD: &str = "Show password";
pub const CAPS_LOCK: &str = "Caps Lock is on";
pub const FORGOT_PASSWORD: &str = "Forgot your password?";
pub const SIGN_UP: &str = "Create an account";
pub const HELP: &str = "Help";

pub const REFUSED: &str = "These sign-in details are not right. Check them and try again.";
pub const CODE_REFUSED: &str = "That was not accepted. Check it and try again.";
pub const OFFLINE: &str = "Your device is offline. We will try again when it is back online.";
pub const UNREACHABLE: &str = "The sign-in service cannot be reached. Please try again in a moment.";
pub const TIMED_OUT: &str = "The sign-in service took too long to answer. Please try again.";
pub const FAILING: &str = "The sign-in service has a problem; you are not the cause. Try again later.";
pub const COOKIE_NOT_KEPT: &str = "Your browser did not keep the sign-in. Allow cookies here, then try again.";
pub const MISCONFIGURED: &str =
    "This app is not set up correctly, so it cannot sign you in. Please tell whoever runs it.";
pub const CONTINUE_WITH: &str = "Continue with ";
pub const WITH_PASSWORD: &str = "Sign in with a password";
pub const CANCELLED: &str = "You did not finish signing in. You can try again.";
pub const LAPSED: &str = "Signing in took too long. Please start again.";
pub const USED: &str = "This sign-in was used already. Please start again.";
pub const STRAY: &str = "This sign-in was not started here. Please start again.";
pub const WRONG_CLOCK: &str = "The clock of your device is wrong. Set it right, then try again.";
pub const RATE_LIMITED: &str = "Too many attempts. You can try again in ";
pub const RATE_LIMIT_OVER: &str = "You can try again now.";

pub const SESSION_ENDED: &str = "Your session has ended. Please sign in again.";
pub const IDLE_ENDED: &str = "You were signed out because you were away for a while. Please sign in again.";
pub const STILL_THERE: &str = "Are you still there?";
pub const IDLE_ENDS_IN: &str = "For your safety, you will be signed out in ";
pub const STAY: &str = "Stay signed in";
pub const SIGNED_OUT: &str = "You are signed out.";
pub const SIGNED_OUT_ELSEWHERE: &str = "You signed out in another tab.";
pub const REVOCATION_UNCONFIRMED: &str =
    "This browser has forgotten you, but the sign-in service did not confirm the sign-out.";
pub const ONLY_HERE: &str = "You are signed out, but in this browser only: the sign-in service cannot be told.";
pub const STORAGE_BLOCKED: &str =
    "Your browser blocks storage for this site. You can sign in, but a reload will sign you out.";
pub const UNSAVED: &str = "Your browser could not save this session. A reload will sign you out.";
pub const DEVICE_OFFLINE: &str = "You are offline.";
pub const FRAMED: &str = "Another site shows this page inside its own. For your safety there is no sign-in here.";
pub const OPEN_ALONE: &str = "Open it in a window of its own";

pub const PANEL: &str = "Session";

pub const RESTORING: &str = "Restoring your session…";
pub const SERVICE_AWAY: &str = "The sign-in service cannot be reached.";
pub const RETRY_IN: &str = "Next try in ";
pub const RETRYING: &str = "Trying again…";
pub const TRY_NOW: &str = "Try now";
pub const TRY_AGAIN: &str = "Try again";

pub const MENU: &str = "Pages";
pub const ACCOUNT: &str = "Account";
pub const SIGNED_IN_AS: &str = "Signed in as ";
pub const SIGNED_IN_SINCE: &str = "Signed in since ";
pub const THEME: &str = "Theme";
pub const THEME_SYSTEM: &str = "System";
pub const THEME_LIGHT: &str = "Light";
pub const THEME_DARK: &str = "Dark";
pub const DISMISS: &str = "Dismiss";
pub const BACK_ONLINE: &str = "You are back online.";
pub const NO_ACCESS: &str = "You have no access to this page.";
pub const NO_ACCESS_HINT: &str = "If you think that you should have, ask whoever runs this app.";
pub const NOT_FOUND: &str = "Page not found";
pub const NOT_FOUND_HINT: &str = "There is no page at this address.";
pub const HOME: &str = "Go to the start page";
pub const LOADING: &str = "Loading…";
pub const VALUE: &str = "Value";
pub const NO_ROWS: &str = "There is nothing here yet.";
pub const NO_VALUE: &str = "There is nothing to show.";
pub const YES: &str = "Yes";
pub const NO: &str = "No";
pub const ABSENT: &str = "—";

pub const FILTER: &str = "Filter";
pub const FILTER_OF: &str = "Filter: ";
pub const NOTHING_MATCHES: &str = "Nothing matches the filter.";
pub const CLEAR_FILTER: &str = "Clear the filter";
pub const UPDATED_AT: &str = "Updated ";
pub const LOAD_AGAIN: &str = "Load again: ";
pub const COPY: &str = "Copy ";
pub const COPIED: &str = "Copied.";
pub const NOT_COPIED: &str = "Your browser did not allow copying.";

pub const QUERY_SIGNED_OUT: &str = "You are signed out.";
pub const QUERY_OFFLINE: &str = "Your device is offline, so this could not be loaded.";
pub const QUERY_UNREACHABLE: &str = "This could not be loaded: the service cannot be reached.";
pub const QUERY_TIMED_OUT: &str = "This could not be loaded: the service took too long to answer.";
pub const QUERY_UNAUTHORIZED: &str = "The service did not accept your session for this.";
pub const QUERY_FORBIDDEN: &str = "You are not allowed to see this.";
pub const QUERY_NOT_FOUND: &str = "This does not exist, or no longer does.";
pub const QUERY_RATE_LIMITED: &str = "Too many requests. Please try again a little later.";
pub const QUERY_FAILING: &str = "This could not be loaded: the service has a problem.";
pub const QUERY_WALLED: &str = "This could not be loaded: a web page came in place of data.";
pub const QUERY_UNINTELLIGIBLE: &str = "This page does not understand the service's answer.";
pub const NOT_ROWS: &str = "the answer is not a list";
pub const NO_SUCH_QUERY: &str = "no query of that name";

pub const CONFIG_TITLE: &str = "This app cannot start yet";
pub const CONFIG_LEAD: &str = "Its config.json needs a correction:";
pub const CONFIG_LEAD_MANY: &str = "Its config.json needs these corrections:";
pub const CONFIG_UNTOLD: &str =
    "The settings of this app could not be loaded, or need a correction. Please try again, or tell whoever runs it.";
pub const CONFIG_UNREACHABLE: &str = "Its settings could not be fetched from the server. Please try again in a moment.";
pub const WHOLE_FILE: &str = "the whole file";
pub const RELOAD: &str = "Reload";

/// A span in words.
pub fn seconds(count: u64) -> String {
    match count {
        1 => "1 second".to_owned(),
        0 | 2..100 => [&write_number(count), " seconds"].concat(),
        _ => [&write_number(count.div_ceil(60)), " minutes"].concat(),
    }
}

/// How many rows a table shows, and how many a filter has left of how many.
pub fn rows(shown: usize, all: usize) -> String {
    let all_in_words = match all {
        1 => "1 row".to_owned(),
        _ => [&write_number(all as u64), " rows"].concat(),
    };
    if shown == all { all_in_words } else { [&write_number(shown as u64), " of ", &all_in_words].concat() }
}

/// The message beside an empty field.
pub fn missing(label: &str) -> String {
    ["Enter your ", &lower_first(label), "."].concat()
}

/// For whoever runs the app.
pub fn operator_detail(detail: &str) -> String {
    ["For the operator: ", detail, "."].concat()
}

/// The label of a region that scrolls sideways.
pub fn scrolls(caption: &str) -> String {
    [caption, ", scrolls"].concat()
}

/// `placed_at` as a heading: `Placed at`.
pub fn heading_of(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

fn lower_first(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    text
}
