//! The texts of the setup page, for operators: English only, as all that they read.

pub const TITLE: &str = "Set up your sign-in";
pub const LEAD: &str = "Connect the app to your authentication provider, try each request for real, and take the finished config.json with you.";
pub const FOR_OPERATORS: &str = "This page is for whoever runs the app. It can do nothing that your provider would not allow anybody, and it keeps nothing: reload it, and all is gone. In production leave it out, unless you want it there: delete setup.html, setup.js, setup_bg.wasm and setup.css.";

pub const START: &str = "Describe your provider";
pub const START_LEAD: &str = "Begin with a preset, or with a request that works for you as a curl command. Both write into the file below, which you can edit as you like.";
pub const LOADED: &str = "This is the config.json that stands beside this page.";
pub const PRESET: &str = "From a preset";
pub const PRESET_LABEL: &str = "Provider";
pub const PRESET_CHOOSE: &str = "Choose one…";
pub const PRESET_USE: &str = "Use this preset";
pub const PRESETS_MISSING: &str = "The presets cannot be had: presets/index.json does not stand beside this page.";
pub const OPTIONAL: &str = "Optional. Without it: ";
pub const NOTHING: &str = "nothing";
pub const CURL: &str = "From a curl command";
pub const CURL_LABEL: &str = "Command";
pub const CURL_HINT: &str = "From your provider's documentation, or from the browser's network panel: Copy as cURL. A username, a password and tokens in it are recognised and left out.";
pub const CURL_PURPOSE: &str = "What it does";
pub const CURL_NAME: &str = "Name of the query";
pub const CURL_NAME_HINT: &str = "For a query only.";
pub const CURL_DRAFT: &str = "Write it into the file";

pub const FILE_LABEL: &str = "config.json";
pub const FILE_EMPTY: &str = "The file is empty. Begin with one of the two above, or paste one.";
pub const FILE_RIGHT: &str = "No mistakes: the app starts with this file.";
pub const FILE_WRONG: &str = "The app does not start with this file yet.";

pub const TRY: &str = "Try it";
pub const TRY_LEAD: &str =
    "Each button sends one request from this browser, as the app would. Values are shown masked.";
pub const TRY_LATER: &str = "The requests appear here once the file has no mistakes.";
pub const SIGN_IN: &str = "Sign in";
pub const USER_INFO: &str = "Who is signed in";
pub const REFRESH: &str = "Refresh";
pub const QUERY: &str = "Query: ";
pub const REVOKE: &str = "Sign out";
pub const TRY_SIGN_IN: &str = "Try to sign in";
pub const PROVIDER: &str = "Provider";
pub const PROVIDER_HINT: &str = "The file has several. What is tried below is of this one.";
pub const REDIRECT: &str = "This provider signs in on its own pages, so neither the sign-in nor what needs its token can be tried here: open the app and press ";
pub const REDIRECT_MORE: &str = ".";
pub const OPEN_APP: &str = "Open the app in a new tab";
pub const REGISTER: &str = "Register at the provider";
pub const REGISTER_LEAD: &str = "For the client of this app, a public one (single-page app, without a secret), letter by letter, and once for every address that the app is served at.";
pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied: ";
pub const NOT_COPIED: &str = "This browser does not let the page copy: select the address, and copy it yourself.";
pub const PUBLISHED: &str = "What the provider publishes";
pub const PUBLISHED_LEAD: &str =
    "Asks for its metadata, its keys and its token endpoint from this browser, as the app would. Nobody is signed in.";
pub const LOOK: &str = "Look at the provider";
pub const TRY_ONE: &str = "Try";
pub const TRYING: &str = "Trying…";
pub const NEEDS_SESSION: &str = "Sign in first: this request carries a token.";
pub const NEEDS_REFRESH_TOKEN: &str = "The sign-in brought no refresh token.";
pub const FILE_HAS_CHANGED: &str = "The file has changed since. Try again.";
pub const WRONG: &str = "Wrong";
pub const DOUBTFUL: &str = "Doubtful";
pub const NOTE: &str = "Note";
pub const REPAIR: &str = "Put it into the file";
pub const REPAIRED: &str = "Put into the file: ";
pub const SHAPE: &str = "What the answer holds";

pub const TAKE: &str = "Take it with you";
pub const TAKE_LEAD: &str = "Put it next to index.html. The app reads it at every start: no build is needed.";
pub const DOWNLOAD: &str = "Download config.json";
pub const NOT_YET: &str = "There are mistakes in the file; you can take it all the same.";
