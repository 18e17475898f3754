//! The keys of every object in the file: the one list that the check for unknown keys, the guess
//! at a misspelling and a description of the file for editors all come from.
//!
//! What a key means is left out of the browser's build, where nobody reads it.

/// One key of an object.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it means, in one or two sentences.
    #[cfg(not(target_arch = "wasm32"))]
    pub meaning: &'static str,
}

macro_rules! keys {
    ($($(#[$doc:meta])* $object:ident { $($name:literal: $meaning:literal,)* })*) => {
        $(
            $(#[$doc])*
            pub const $object: &[Key] = &[$(
                Key {
                    name: $name,
                    #[cfg(not(target_arch = "wasm32"))]
                    meaning: $meaning,
                },
            )*];
        )*

        /// Every object, by the name of its table.
        #[cfg(not(target_arch = "wasm32"))]
        pub const OBJECTS: &[(&str, &[Key])] = &[$((stringify!($object), $object),)*];
    };
}

keys! {
    /// The whole file.
    FILE {
        "$schema": "The schema that editors check this file against; the app ignores it.",
        "version": "The version of this file's format: 1.",
        "app": "What the app is called and where it leads.",
        "provider": "How to talk to the authentication provider.",
        "session": "How long a session lives and where it is kept.",
        "store": "Values kept from the sign-in answer: a name and the JSON Pointer of each.",
        "queries": "The API requests that blocks name.",
        "pages": "The protected pages, in the order of the menu.",
    }
    /// `app`.
    APP {
        "id": "Names the storage keys, so that two apps on one origin keep apart: 1 to 64 letters, digits, `-`, `_`, `.`.",
        "title": "The heading of the login page and the end of every document title.",
        "after_sign_in": "The page that a sign-in leads to when no other was asked for; the first page without parameters by default.",
        "locale": "The language as a BCP 47 tag; the browser's own by default.",
        "links": "The links below the login form.",
        "disable_incomplete": "Greys the submit button out until every field is filled; off by default.",
    }
    /// `app.links`.
    LINKS {
        "forgot_password": "Where a forgotten password is reset.",
        "sign_up": "Where an account is made.",
        "help": "Where help is found.",
    }
    /// `provider`, and a preset file.
    PROVIDER {
        "preset": "The name of a file in `presets/` that this object is laid over.",
        "vars": "Values that are put in place of `{{vars.NAME}}` when the file is loaded.",
        "form": "What the login form asks for.",
        "headers": "Sent with every request to the provider, and with queries to origins that may see the token.",
        "sign_in": "The request that turns a username and a password into tokens.",
        "refresh": "The request that turns a refresh token into new tokens.",
        "user_info": "The request that says who is signed in, when the sign-in answer does not.",
        "revoke": "The requests sent in this order at sign-out.",
        "tokens": "Where an answer holds what is kept.",
        "authorize": "How a request carries the access token, and to whom.",
        "errors": "How refusals are told apart.",
    }
    /// `provider.form`.
    FORM {
        "username": "`text`, or `email` when the username is an e-mail address.",
    }
    /// A request.
    REQUEST {
        "method": "The HTTP method; POST with a body and for calls to the provider, else GET.",
        "url": "The address, absolute or relative to the page; every binding is percent-encoded where it stands.",
        "headers": "Added to `provider.headers`; the same name replaces.",
        "json": "The body as a JSON value with bindings in its strings.",
        "form": "The body as `application/x-www-form-urlencoded`; a field that is an empty var is left out.",
        "content_type": "Replaces the content type of a JSON body.",
        "authorized": "Carries the access token as `authorize` says; off for calls to the provider, on for queries.",
        "credentials": "Whether cookies go along: `omit` (the default), `same-origin` or `include`.",
        "timeout_ms": "Then the request is aborted and counts as unreachable; 10000 by default.",
        "ok": "What counts as success beyond 2xx: statuses, or pointers that must be present and not null.",
        "before": "One request to run first; its answer is bound as `before`.",
        "tokens": "Where this answer differs from `provider.tokens`.",
    }
    /// What `user_info` has beyond a request.
    USER_INFO {
        "user": "The JSON Pointer of the user in the answer; the whole answer by default.",
    }
    /// What a query has beyond a request.
    QUERY {
        "rows": "The JSON Pointer of the rows in the answer; the whole answer by default.",
    }
    /// `tokens`.
    TOKENS {
        "access_token": "Where the access token stands; `/access_token` by default.",
        "refresh_token": "Where the refresh token stands; `/refresh_token` by default, null for nowhere.",
        "id_token": "Where the OpenID Connect ID token stands; `/id_token` by default, null for nowhere.",
        "expires": "How the expiry of the access token is told; a list tries each in turn.",
        "user": "Where the user stands; nowhere by default.",
    }
    /// One way to tell the expiry.
    EXPIRES {
        "in": "Where the answer holds the span until the expiry.",
        "at": "Where the answer holds the point in time of the expiry.",
        "unit": "`s` (the default) or `ms`, or `iso` for a date and time with `at`.",
        "after_s": "Always so many seconds after the answer.",
    }
    /// `authorize`.
    AUTHORIZE {
        "header": "The header that carries the access token; `Authorization` by default.",
        "value": "Its value; `Bearer {{session.access_token}}` by default.",
        "origins": "The exact origins that may see the access token, `self` for the page's own; the origin of `sign_in.url` and `self` by default.",
    }
    /// `errors`.
    ERRORS {
        "code": "Where a refusal may hold its code.",
        "session_ended": "The codes that mean: this session is over.",
        "challenge": "How an answer asks for one more step.",
    }
    /// `errors.challenge`.
    CHALLENGE {
        "when": "What tells a challenge.",
        "fields": "What the person is asked for.",
        "request": "The request that answers, or `sign_in` to send the sign-in again with the new fields.",
    }
    /// `errors.challenge.when`.
    WHEN {
        "pointer": "The JSON Pointer of what tells the challenge.",
        "equals": "What it must equal; present and not null is enough by default.",
    }
    /// One of `errors.challenge.fields`.
    FIELD {
        "name": "Its name, bound as `form.NAME`.",
        "kind": "`one_time_code`, or `text` (the default).",
        "label": "The text beside the input; the kind's own by default.",
    }
    /// `session`.
    SESSION {
        "storage": "Where the session is kept: `local` (the default), `session` for this tab, `memory` for this page.",
        "refresh_early_s": "How long before its expiry the access token is refreshed; 60 seconds by default.",
        "idle_timeout_s": "Signs out after so many seconds without activity in any tab. Every tab asks 60 seconds before, or halfway where the time is shorter than two minutes.",
        "max_age_s": "Signs out so many seconds after the sign-in, whatever is refreshed.",
        "clear_store": "Whether a sign-out empties the store too; on by default.",
        "panel": "Shows everybody who opens the app a panel for whoever runs it: how the session stands, its last events, who has the refresh lock; never a secret. Off by default.",
    }
    /// One of `pages`.
    PAGE {
        "path": "Its path: `/orders`, or `/orders/:id` with a parameter.",
        "title": "The heading and the document title.",
        "menu": "Its label in the menu, or false to keep it out; the title by default.",
        "require": "What must hold for the user to see it: a JSON Pointer beginning with `/user` or `/store`, and the values it may have.",
        "blocks": "What it shows, from top to bottom.",
    }
    /// A `text` block.
    TEXT_BLOCK {
        "type": "`text`",
        "text": "The paragraph; bindings are allowed.",
    }
    /// A `table` block.
    TABLE_BLOCK {
        "type": "`table`",
        "query": "The query whose rows are shown.",
        "caption": "The caption; the page's title by default.",
        "columns": "The columns in order; the members of the first row by default.",
        "empty": "What is said when there are no rows.",
    }
    /// One of a table's columns; a text alone names a member of the row.
    COLUMN {
        "title": "The header.",
        "value": "The JSON Pointer of the value in a row.",
    }
    /// A `record` block.
    RECORD_BLOCK {
        "type": "`record`",
        "value": "Exactly one binding: the object to show.",
        "query": "The query whose answer is shown, in place of `value`.",
        "caption": "The caption; none by default.",
    }
}
