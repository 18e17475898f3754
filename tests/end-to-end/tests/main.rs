//! What a person does with the app from end to end, one story a file; see the crate's own words for the
//! stage they are played on.
//!
//! | file | story |
//! |---|---|
//! | `faults` | everything that can happen to a sign-in, in one table |
//! | `later` | the protected pages come in a piece of their own, or do not come |
//! | `flow` | the whole way: sign in, reload, be refreshed, sign out, go back |
//! | `painted` | the form that is there before the app is, and what becomes of it |
//! | `second_step` | a code beside the password |
//! | `sign_in` | refusals, and what can go wrong on the way to the provider |
//! | `dashboard` | tables, the account and the theme: with the keyboard alone, and without anything that moves |
//! | `choices` | whether to stay signed in, and whether the username is remembered |
//! | `deep_link` | being led to the login page, and back to where one wanted to go |
//! | `refresh` | tokens that run out, in use and at a reload, and refreshes that go wrong |
//! | `sign_out` | leaving, offline too, and in another tab |
//! | `hosting` | a real nginx that was told what `cargo xtask headers` prints |
//! | `idle` | nobody is there: the question, the answer, the end |
//! | `keyboard` | the whole way with keys alone, and where the focus is at every step |
//! | `room` | a narrow screen, a large zoom, spaced text, and a finger |
//! | `still` | that nothing moves |
//! | `panel` | what operators get to see |
//! | `cookies` | a backend holds the session, and no token is in the page |
//! | `for_everyone` | what would keep somebody from using a state of the app |
//! | `pages` | what a page shows to whom |
//! | `setup` | the page where an operator makes a config, and what it says of every fault |
//! | `config_file` | a `config.json` that is wrong |
//! | `storage` | records that are not ours, no room, blocked, this tab's alone |
//! | `languages` | which language is spoken, and changing it in place |
//! | `bill` | the list of what ships, for those who look after such lists |
//! | `console` | the one line that a release writes there, and what it writes with debug on |
//! | `secrets` | what must never be written anywhere |
//! | `policy` | what browsers report of the policy: nothing; and that no foreign page shows ours |
//! | `flash` | two hundred cold deep links, and nothing protected before the session is known |
//! | `remains` | what is left of a day's use and of a sign-out, in storage and in memory: no secret |
//! | `hostile` | forged events and records, no room, what is far too large or too deep, a clock ten years off |
//! | `openid` | signing in at the provider's own pages, and out again |
//! | `openid_answers` | what comes back from there and must not be believed, and what a person then reads |
//! | `openid_keys` | tokens bound to a key, pushed requests, and clocks that are off |
//! | `openid_several` | two providers, or a form beside a button, and tabs that speak to one of them |
//! | `openid_obstacles` | what is in the way of such a sign-in and is nobody's doing, and less common deployments |
//! | `passkeys` | signing in with what a device signs, and with a password where it does not |
//! | `real_servers` | the whole way against servers that somebody else wrote |
//! | `tabs` | twenty tabs on one session, a provider that detects reuse, and a lock that is held, lost or not there |
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "to panic is how a step of a test fails"
)]

/// Makes of each named story one test for each dialect.
macro_rules! in_each_dialect {
    ($($story:ident),+ $(,)?) => {
        mod supabase {
            $(#[test] fn $story() { super::$story(end_to_end::dialect::Dialect::Supabase); })+
        }
        mod oauth2_password {
            $(#[test] fn $story() { super::$story(end_to_end::dialect::Dialect::Oauth2Password); })+
        }
        mod django_simplejwt {
            $(#[test] fn $story() { super::$story(end_to_end::dialect::Dialect::DjangoSimpleJwt); })+
        }
        mod written_out {
            $(#[test] fn $story() { super::$story(end_to_end::dialect::Dialect::WrittenOut); })+
        }
    };
}

mod altered;
mod bill;
mod choices;
mod config_file;
mod console;
mod cookies;
mod dashboard;
mod deep_link;
mod faults;
mod flash;
mod flow;
mod for_everyone;
mod hostile;
mod hosting;
mod idle;
mod keyboard;
mod languages;
mod later;
mod openid;
mod openid_answers;
mod openid_keys;
mod openid_obstacles;
mod openid_several;
mod pages;
mod painted;
mod panel;
mod passkeys;
mod policy;
mod real_servers;
mod refresh;
mod remains;
mod room;
mod second_step;
mod secrets;
mod setup;
mod sign_in;
mod sign_out;
mod still;
mod storage;
mod tabs;
