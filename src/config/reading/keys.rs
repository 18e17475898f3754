//! The keys of every object in the file: the one list that the check for unknown keys, the guess
//! at a misspelling and `config.schema.json` all come from.
//!
//! ```text
//! OBJECT {
//!     "key": SHAPE => "What it means, what it is for, its unit.",
//! ```
//! What a key means and the shape of its value (`shape`) are left out of the browser's build, where nobody
//! reads them. `beyond` adds keys to those of another object; `with one of` names keys of which exactly one is there.

#[cfg(not(target_arch = "wasm32"))]
use super::shape::{
    ANYTHING, FLAG, LANGUAGE, PLACE, PLACE_OR_COOKIE, POINTER, SCALAR, Shape, TEXT, either, list, map, map_named,
    matching, number, object, one_or_more, word,
};

/// One key of an object.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it means, in a few sentences.
    #[cfg(not(target_arch = "wasm32"))]
    pub meaning: &'static str,
    /// What may stand behind it.
    #[cfg(not(target_arch = "wasm32"))]
    pub shape: Shape,
}

/// One kind of object.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy, Debug)]
pub struct Object {
    /// The name of its table.
    pub table: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
    /// The keys of the object that it adds to.
    pub beyond: &'static [Key],
    /// Keys of which exactly one must be there; none: no such rule.
    pub one_of: &'static [&'static str],
}

macro_rules! keys {
    (@beyond) => { &[] };
    (@beyond $base:ident) => { $base };
    ($($(#[$doc:meta])* $object:ident $(beyond $base:ident)? $(with one of $($one:literal)+)? {
        $($name:literal: $shape:expr => $meaning:literal,)*
    })*) => {
        $(
            $(#[$doc])*
            pub const $object: &[Key] = &[$(
                Key {
                    name: $name,
                    #[cfg(not(target_arch = "wasm32"))]
                    meaning: $meaning,
                    #[cfg(not(target_arch = "wasm32"))]
                    shape: $shape,
                },
            )*];
        )*

        /// Every object there is.
        #[cfg(not(target_arch = "wasm32"))]
        pub const OBJECTS: &[Object] = &[$(
            Object {
                table: stringify!($object),
                keys: $object,
                beyond: keys!(@beyond $($base)?),
                one_of: &[$($($one),+)?],
            },
        )*];
    };
}

keys! {
    /// The whole file.
    FILE {
        "$schema": ANYTHING.like(&["config.schema.json"])
            => "The schema that editors check this file against. The app ignores it.",
        "version": number(1, 1).required().like(&["1"])
            => "The version of this file's format, which is 1.",
        "app": object("app").required()
            => "What the app is called and where it leads.",
        "provider": object("provider").required()
            => "How to talk to the authentication provider: a preset with a few values of your own, or every request written out.",
        "providers": map_named("^[A-Za-z0-9_-]{1,32}$", &object("provider")).like(&[r#"{ "acme": { "preset": "oidc", "vars": { "issuer": "https://id.acme.example", "client_id": "my-app" } } }"#])
            => "More providers to sign in with, beside `provider`, each by a redirect and with a button of its own on the login page: a name of your own, and the same as `provider`. Each has its own redirect path, `/callback/NAME`.",
        "session": object("session")
            => "How long a session lives and where the browser keeps it.",
        "store": map(&POINTER).like(&[r#"{ "tenant": "/user/app_metadata/tenant" }"#])
            => "Values kept from the sign-in answer across reloads and tabs, bound as `{{store.NAME}}`: a name of your own, and the JSON Pointer of the value in the answer.",
        "queries": map(&object("query")).like(&[r#"{ "orders": { "url": "https://api.example/orders", "rows": "/data" } }"#])
            => "The API requests that tables and records show: a name of your own, and the request.",
        "pages": list(&object("page")).required().like(&[r#"[{ "path": "/orders", "title": "Orders", "blocks": [{ "type": "table", "query": "orders" }] }]"#])
            => "The protected pages, in the order of the menu. At least one has a path without parameters, for a sign-in to lead to.",
    }
    /// `app`.
    APP {
        "id": matching("^[A-Za-z0-9._-]{1,64}$", "1 to 64 letters, digits, `-`, `_` and `.`").required().like(&["acme-ops"])
            => "Names what the browser stores, so that two apps on one origin keep apart: 1 to 64 letters, digits, `-`, `_`, `.`. Another id later signs everybody out.",
        "title": TEXT.required().like(&["Acme Operations"])
            => "The heading of the login page and the end of every document title.",
        "after_sign_in": matching(r"^/|\{\{", "the path of a page, like `/orders`").like(&["/orders"])
            => "The path of the page that a sign-in leads to when no other page was asked for. It must be one of `pages`, without parameters; by default it is the first such page.",
        "locale": matching("^[A-Za-z0-9-]{2,35}$", "a language tag like `en` or `pt-BR`").like(&["en", "pt-BR"])
            => "The language and the country by whose customs numbers and dates are written, as a BCP 47 tag; the browser's own by default. Whoever picks a language in the account menu keeps it.",
        "languages": one_or_more(&LANGUAGE).or(r#"["en", "de", "es", "fr", "ar", "ja"]"#).like(&[r#"["de", "en"]"#, r#"["en", "pt-BR"]"#])
            => "The languages that the app offers. For one that is not among the default ones a file `texts/LANGUAGE.json` must lie beside this one: `texts/en.json` shows what to translate.",
        "texts": object("texts").like(&[r#"{ "sign_in_lead": "Welcome back.", "help": { "en": "Help desk", "de": "Hilfe" } }"#])
            => "Texts in place of the app's own, by their names: a text for all languages, or one for each of some.",
        "links": object("links")
            => "The links below the login form.",
        "theme": object("theme")
            => "Colours, corners, letters and a logo of your own. Whatever is not said here stays as it is; a style sheet can set more.",
        "disable_incomplete": FLAG.or("false")
            => "Greys the submit button out until every field is filled in.",
        "remember_username": FLAG.or("false")
            => "Shows a box `Remember my username` below the form. Whoever ticks it finds the name filled in the next time, also after a sign-out; unticking it forgets the name. Never the password.",
    }
    /// `app.links`.
    LINKS {
        "forgot_password": LINK.like(&["https://id.example/reset"])
            => "Where a forgotten password is reset. Begins with `https://`, `mailto:`, `tel:` or, on this site, `/`.",
        "sign_up": LINK.like(&["https://id.example/register"])
            => "Where an account is made. Begins with `https://`, `mailto:`, `tel:` or, on this site, `/`.",
        "help": LINK.like(&["mailto:help@example.com"])
            => "Where help is found. Begins with `https://`, `mailto:`, `tel:` or, on this site, `/`.",
    }
    /// `app.theme`.
    THEME {
        "accent": CSS.like(&["#12594f", "light-dark(#12594f, #86d5c1)"])
            => "The colour of buttons, links and the focus. `light-dark(LIGHT, DARK)` gives one for each scheme, here and below.",
        "accent_hover": CSS
            => "The accent under the pointer: buttons that are about to be pressed.",
        "on_accent": CSS
            => "What is written on the accent, such as the label of the submit button.",
        "tint": CSS
            => "A light ground for what is marked.",
        "paper": CSS
            => "The ground that the page stands on.",
        "surface": CSS
            => "The ground of cards and tables.",
        "ink": CSS
            => "The text of the page.",
        "ink_soft": CSS
            => "Text of less weight, such as hints; at least 4.5:1 against `surface`.",
        "line": CSS
            => "Lines that part one thing from another.",
        "edge": CSS
            => "The borders of fields; at least 3:1 against `surface`.",
        "danger": CSS
            => "The colour of what went wrong.",
        "radius": CSS.like(&["0.625rem"])
            => "The corners of buttons and fields.",
        "radius_card": CSS
            => "The corners of cards and tables, as a length.",
        "font": CSS.like(&["Georgia, serif"])
            => "The letters: names of fonts that the reader's device has.",
        "logo": LINK.like(&["/logo.svg"])
            => "The address of a picture, whose shape is filled with `accent`.",
    }
    /// `provider`, and a preset file.
    PROVIDER {
        "preset": matching("^[a-z0-9-]{1,64}$", "the name of a preset: small letters, digits and hyphens")
            => "The name of a file in `presets/`, without `.json`, that this object is laid over: objects merge, `null` removes, everything else replaces (RFC 7396).",
        "vars": map(&SCALAR).like(&[r#"{ "base_url": "https://id.example", "client_id": "my-app" }"#])
            => "Values put in place of `{{vars.NAME}}` when the file is loaded. A preset says which ones it needs, such as `base_url`. Everybody can read them: no secrets.",
        "form": object("form")
            => "What the login form asks for.",
        "headers": map(&SCALAR).like(&[r#"{ "apikey": "public-anon-key" }"#])
            => "Sent with every request to the provider, and with queries to the origins that may see the access token.",
        "redirect": object("redirect").like(&[r#"{ "issuer": "https://id.example", "url": "https://id.example#authorization_endpoint", "form": { "client_id": "my-app", "scope": "openid" } }"#])
            => "Signs in on the provider's own pages (OpenID Connect or OAuth 2.0, authorization code with PKCE) in place of the form: where the browser is sent, and with which parameters.",
        "passkey": object("passkey").like(&[r#"{ "options": { "url": "https://id.example/passkey/options" }, "sign_in": { "url": "https://id.example/passkey/verify", "json": { "response": "{{passkey}}" } } }"#])
            => "Lets people sign in with a passkey (WebAuthn) too: from what the browser fills in, and with a button. Not together with `redirect`.",
        "sign_in": object("request").required().like(&[r#"{ "url": "https://id.example/login", "json": { "user": "{{form.username}}", "pass": "{{form.password}}" } }"#])
            => "The request that turns `{{form.username}}` and `{{form.password}}` into tokens; with `redirect`, the one that turns `{{form.code}}`, `{{form.code_verifier}}` and `{{form.redirect_uri}}` into them.",
        "refresh": object("request").like(&[r#"{ "url": "https://id.example/refresh", "json": { "token": "{{session.refresh_token}}" } }"#])
            => "The request that turns `{{session.refresh_token}}` into new tokens, sent before the access token expires. Without it a session ends when its access token does, unless `redirect.silent` brings another.",
        "user_info": object("user_info").like(&[r#"{ "method": "GET", "url": "https://id.example/me", "authorized": true }"#])
            => "The request that says who is signed in, sent when the sign-in answer does not hold the user.",
        "revoke": one_or_more(&object("request")).like(&[r#"[{ "url": "https://id.example/logout", "authorized": true }]"#])
            => "The requests sent in this order at sign-out, so that the tokens are worth nothing any more. Without them a sign-out only forgets the session in this browser.",
        "tokens": object("tokens")
            => "Where an answer holds the tokens, their expiry and the user.",
        "authorize": object("authorize")
            => "How a request carries the access token, and which origins get to see it.",
        "errors": object("errors")
            => "How refusals are told apart: which code ends a session, and which answer asks for a second step.",
    }
    /// `provider.redirect`.
    REDIRECT {
        "issuer": TEXT.required().like(&["https://id.example", "{{vars.issuer}}"])
            => "The issuer, exactly as the provider writes it. An address `ISSUER#NAME` in any request of the provider stands for the endpoint of that name in the issuer's metadata (OpenID Connect Discovery, RFC 8414), such as `token_endpoint`.",
        "url": ADDRESS.required().like(&["https://id.example#authorization_endpoint", "https://id.example/authorize"])
            => "Where the browser is sent: `ISSUER#authorization_endpoint`, or the address of the provider's authorization endpoint.",
        "form": map(&SCALAR).like(&[r#"{ "client_id": "my-app", "scope": "openid email" }"#])
            => "The parameters of the authorization request: `client_id`, `scope`, and whatever else the provider knows, such as `audience` or `prompt`. What makes an answer the app's own (`response_type`, `redirect_uri`, `state`, `nonce`, PKCE) is added by the app. `{{url.NAME}}` and `{{store.NAME}}` may be bound.",
        "jwks": TEXT.like(&["https://id.example/keys"])
            => "The address of the keys that ID tokens are signed with; by default the one in the metadata.",
        "par": TEXT.like(&["https://id.example/par"])
            => "The address for pushed authorization requests (RFC 9126); by default the one in the metadata, when the metadata requires it.",
        "path": matching(r"^/callback(/[A-Za-z0-9_-]{1,32})?$|\{\{", "`/callback`, or `/callback/` and a word behind it").or("/callback").like(&["/callback", "/callback/acme"])
            => "The path of this app that the provider leads back to, to be registered there as the redirect URI. By default `/callback`, and `/callback/NAME` for one of `providers`.",
        "label": TEXT.like(&["Acme"])
            => "The name on the button, behind \"Continue with\"; the host of the issuer by default.",
        "auto": FLAG.or("false")
            => "Goes straight to the provider instead of showing the login page, unless there is something to say.",
        "popup": FLAG.or("false")
            => "Signs in in a window of its own, so that the page stays as it is; where that is blocked, in this one.",
        "silent": FLAG.or("false")
            => "Asks the provider in a hidden frame (`prompt=none`) whether somebody is signed in there: when the app starts, and, where `refresh` is null, when the access token expires. Browsers that keep third-party cookies apart answer no.",
        "dpop": FLAG.or("false")
            => "Binds the tokens to a key that cannot leave this browser (DPoP, RFC 9449). `authorize.value` is then `DPoP {{session.access_token}}`.",
        "end_session": object("end_session").like(&[r#"{ "url": "https://id.example#end_session_endpoint", "form": { "id_token_hint": "{{session.id_token}}" } }"#])
            => "Where the browser is sent after a sign-out, so that the provider signs out too (OpenID Connect RP-Initiated Logout). The page to come back to is the redirect path with `/signed-out` behind it, to be registered there.",
    }
    /// `provider.redirect.end_session`.
    END_SESSION {
        "url": ADDRESS.required().like(&["https://id.example#end_session_endpoint", "https://id.example/logout"])
            => "Where the browser is sent: `ISSUER#end_session_endpoint`, or the address of the provider's logout.",
        "form": map(&SCALAR).like(&[r#"{ "client_id": "my-app" }"#])
            => "The parameters of the logout. `id_token_hint`, unless it is here, `post_logout_redirect_uri` and `state` are added by the app.",
    }
    /// `provider.form`.
    FORM {
        "username": word(&["text", "email"]).or("text")
            => "What the username is: `email` gives the keyboard and the label of an e-mail address.",
    }
    /// A request.
    REQUEST {
        "method": word(&["GET", "POST", "PUT", "PATCH", "DELETE"])
            => "The HTTP method, in capital letters. By default POST for requests to the provider and wherever there is a body, else GET.",
        "url": ADDRESS.required().like(&["{{vars.base_url}}/token", "https://api.example/orders/{{params.id}}"])
            => "The address: `https://…`, or `/…` on the origin of the page (without the slash: beside `index.html`). Bindings may stand in the path and the query string, percent-encoded; only text and `{{vars.NAME}}` can make up the host. Plain http is only for this machine.",
        "headers": map(&SCALAR).like(&[r#"{ "Accept": "application/json" }"#])
            => "Added to `provider.headers`; the same name replaces. `{{cookie.NAME}}` binds a cookie that the page may read, for a CSRF token.",
        "json": ANYTHING.like(&[r#"{ "email": "{{form.username}}", "password": "{{form.password}}" }"#])
            => "The body as a JSON value with bindings in its texts. A text that is exactly one binding keeps the type of the bound value. Not together with `form`.",
        "form": map(&SCALAR).like(&[r#"{ "grant_type": "password", "username": "{{form.username}}", "password": "{{form.password}}" }"#])
            => "The body as `application/x-www-form-urlencoded`, as RFC 6749 wants it. A field that is nothing but an empty var is left out. Not together with `json`.",
        "content_type": TEXT.or("application/json").like(&["application/vnd.api+json"])
            => "The content type of a JSON body, for providers that want their own.",
        "authorized": FLAG
            => "Whether the request carries the access token, as `provider.authorize` says. By default false for requests to the provider and true for queries.",
        "credentials": word(&["omit", "same-origin", "include"]).or("omit")
            => "Whether cookies go along: never, to the origin of the page only, or always. Where a cookie holds the session, `include` is the default.",
        "timeout_ms": number(1, 120_000).or("10000")
            => "After so many milliseconds the request is aborted, and the service counts as unreachable.",
        "ok": one_or_more(&either(&[number(100, 599), POINTER])).like(&["[304]", r#"["/token"]"#])
            => "What makes an answer a success: statuses that count beside 2xx, and JSON Pointers of what must be there and not null. By default any 2xx.",
        "before": object("before").like(&[r#"{ "method": "GET", "url": "/csrf", "credentials": "include" }"#])
            => "One request that is sent first, for a CSRF token or cookie. Its answer is bound as `{{before.PATH}}`.",
        "tokens": object("tokens")
            => "Where the answer to this request differs from `provider.tokens`; merged over it.",
    }
    /// `provider.passkey`.
    PASSKEY {
        "options": object("passkey_options").required().like(&[r#"{ "url": "https://id.example/passkey/options", "at": "/publicKey" }"#])
            => "The request whose answer holds the options of the signature (`PublicKeyCredentialRequestOptionsJSON`).",
        "sign_in": object("request").required().like(&[r#"{ "url": "https://id.example/passkey/verify", "json": { "response": "{{passkey}}" } }"#])
            => "The sign-in with what was signed: `{{passkey}}` is the credential as JSON, `{{passkey.response.signature}}` one of its members, `{{challenge.PATH}}` a value of the answer that held the options. Its answer is read like the one to `provider.sign_in`.",
        "label": TEXT.like(&["Sign in with a passkey"])
            => "What the button says.",
    }
    /// What `passkey.options` has beyond a request.
    PASSKEY_OPTIONS beyond REQUEST {
        "at": POINTER.like(&["/publicKey"])
            => "The JSON Pointer of the options in the answer; the whole answer by default.",
    }
    /// What `user_info` has beyond a request.
    USER_INFO beyond REQUEST {
        "user": POINTER.like(&["/data/user"])
            => "The JSON Pointer of the user in the answer; the whole answer by default.",
    }
    /// What a query has beyond a request.
    QUERY beyond REQUEST {
        "rows": POINTER.like(&["/data/items"])
            => "The JSON Pointer of the rows of a table, or of the object of a record, in the answer; the whole answer by default.",
    }
    /// `tokens`.
    TOKENS {
        "access_token": one_or_more(&PLACE_OR_COOKIE).or("/access_token").like(&["/data/jwt", "header:Authorization"])
            => "Where the answer holds the access token: a JSON Pointer into the JSON body, `header:NAME` (a leading `Bearer ` is cut off), `body` for the whole text, or `cookie` when the browser holds it. Of a list the first that is there wins.",
        "refresh_token": one_or_more(&PLACE).or("/refresh_token")
            => "Where the answer holds the refresh token, written like `access_token`; null for nowhere. An answer without one keeps the one there is.",
        "id_token": one_or_more(&PLACE).or("/id_token")
            => "Where the answer holds the OpenID Connect ID token, written like `access_token`; null for nowhere.",
        "expires": one_or_more(&either(&[word(&["jwt", "never"]), object("expires")]))
            .or(r#"[{ "in": "/expires_in" }, "jwt", "never"]"#).like(&[r#"{ "at": "/expires_at", "unit": "iso" }"#, r#"{ "after_s": 3600 }"#])
            => "When the access token expires: an object that says where the answer tells it, `jwt` for the token's own `exp` claim, or `never`. A list tries each in turn.",
        "user": one_or_more(&PLACE).like(&["/user"])
            => "Where the answer holds the user, bound as `{{user.PATH}}`; nowhere by default.",
    }
    /// One way to tell the expiry.
    EXPIRES with one of "in" "at" "after_s" {
        "in": one_or_more(&PLACE).like(&["/expires_in"])
            => "Where the answer holds the time that is left, as a number.",
        "at": one_or_more(&PLACE).like(&["/expires_at"])
            => "Where the answer holds the moment of the expiry: a number since 1970, or a date and time.",
        "unit": word(&["s", "ms", "iso"]).or("s")
            => "The unit of `in` or `at`: seconds, milliseconds or, with `at` alone, a date and time as ISO 8601 writes it.",
        "after_s": number(1, 315_360_000).like(&["3600"])
            => "For answers that do not tell: every access token lives for so many seconds.",
    }
    /// `authorize`.
    AUTHORIZE {
        "header": TEXT.or("Authorization")
            => "The header that carries the access token.",
        "value": TEXT.or("Bearer {{session.access_token}}")
            => "The value of that header.",
        "origins": one_or_more(&ORIGIN).like(&[r#"["https://id.example", "https://api.example", "self"]"#])
            => "The origins that get to see the access token: scheme, host and port, exactly, without a path or `*`; `self` is the page's own. By default the origin of `sign_in.url`, and `self`.",
    }
    /// `errors`.
    ERRORS {
        "code": one_or_more(&PLACE).or(r#"["/error", "/error_code", "/code"]"#)
            => "Where a refusal holds its code, written like `tokens.access_token`.",
        "session_ended": one_or_more(&TEXT).or(r#"["invalid_grant"]"#)
            => "The codes of a refused refresh that mean that the session is over. Other refusals are tried again.",
        "challenge": object("challenge")
            => "How an answer to the sign-in asks for a second step, such as a one-time code.",
    }
    /// `errors.challenge`.
    CHALLENGE {
        "when": object("when").required().like(&[r#"{ "pointer": "/error", "equals": "mfa_required" }"#])
            => "What tells such an answer from others, whatever its status.",
        "fields": one_or_more(&object("field")).required().like(&[r#"[{ "name": "code", "kind": "one_time_code" }]"#])
            => "What the person is asked for; at least one field.",
        "expired": one_or_more(&TEXT).like(&["mfa_expired"])
            => "The codes of an answer to the second step that mean that it came too late: the password is asked for again.",
        "request": either(&[word(&["sign_in"]), object("request")]).required()
            => "The request that carries the fields, or `sign_in` to send the sign-in again with `{{form.NAME}}` of each field. Values of the answer are bound as `{{challenge.PATH}}`.",
    }
    /// `errors.challenge.when`.
    WHEN {
        "pointer": POINTER.required().like(&["/error"])
            => "The JSON Pointer of the value in the answer that tells.",
        "equals": ANYTHING.like(&["mfa_required"])
            => "What that value must be; by default it is enough that it is there and not null.",
    }
    /// One of `errors.challenge.fields`.
    FIELD {
        "name": TEXT.required().like(&["code"])
            => "Its name, bound as `{{form.NAME}}`.",
        "kind": word(&["one_time_code", "text"]).or("text")
            => "`one_time_code` gives a keyboard of digits and lets phones fill the code in.",
        "label": TEXT.like(&["Code from your app"])
            => "The text beside the input; the kind's own by default.",
        "length": number(1, 32).like(&["6"])
            => "How many characters it has. One that is pasted or filled in whole is sent at once; spaces in it do not count.",
        "instead": FLAG.or("false")
            => "Asked for in place of the fields before it, such as a recovery code: a button leads to it. What is not asked for is left out of the request.",
    }
    /// `session`.
    SESSION {
        "storage": word(&["local", "session", "memory"]).or("local")
            => "Where the session is kept: `local` survives the browser and is shared by all tabs, `session` is for one tab, `memory` for one page until it is reloaded.",
        "stay_signed_in": word(&["ticked", "unticked"]).like(&["unticked"])
            => "Asks on the login page, with a box `Stay signed in` that is ticked or not at first. Ticked, the session is kept as `local` says, else as `session` does. Not together with another `storage` or a session in a cookie. By default nobody is asked.",
        "refresh_early_s": number(0, 315_360_000).or("60")
            => "So many seconds before its expiry the access token is refreshed.",
        "idle_timeout_s": number(1, 315_360_000).like(&["900"])
            => "Signs out after so many seconds without activity in any tab; never by default. Every tab asks 60 seconds before, or halfway where the time is shorter than two minutes.",
        "max_age_s": number(1, 315_360_000).like(&["43200"])
            => "Signs out so many seconds after the sign-in, whatever is refreshed; never by default.",
        "clear_store": FLAG.or("true")
            => "Whether a sign-out empties the store too.",
        "panel": FLAG.or("false")
            => "Turns debug on: shows everybody who opens the app a panel for whoever runs it (how the session stands, its last events, who has the refresh lock), and writes to the console what is heard and why something failed; never a secret.",
    }
    /// One of `pages`.
    PAGE {
        "path": matching(r"^(/(:[A-Za-z0-9_]+|[A-Za-z0-9._~-]+))+$|\{\{", "a path like `/orders` or `/orders/:id`").required().like(&["/orders", "/orders/:id"])
            => "Its path; `:NAME` is a parameter, bound as `{{params.NAME}}`. `/` and `/login` are the app's own, and `/callback` where there is a `redirect`.",
        "title": TEXT.required().like(&["Orders"])
            => "The heading and the document title.",
        "menu": either(&[TEXT, FLAG])
            => "Its label in the menu, or false to keep it out. By default the title; a page with parameters is never in the menu.",
        "require": map_named("^/(user|store)(/|$)", &ANYTHING).like(&[r#"{ "/user/role": ["admin", "owner"] }"#])
            => "What must hold for somebody to see the page: a JSON Pointer that begins with `/user` or `/store`, and the value or values that it may have there (a list there must hold one of them). It only hides: the API must refuse by itself.",
        "blocks": list(&object("block"))
            => "What it shows, from top to bottom.",
    }
    /// A `text` block.
    TEXT_BLOCK {
        "type": word(&["text"]).required()
            => "A paragraph.",
        "text": TEXT.required().like(&["Signed in as {{user.email}}"])
            => "The paragraph; bindings are allowed, and what is absent shows as nothing.",
    }
    /// A `table` block.
    TABLE_BLOCK {
        "type": word(&["table"]).required()
            => "A table with the rows that a query answers.",
        "query": TEXT.required().like(&["orders"])
            => "The name of one of `queries`.",
        "caption": TEXT
            => "The caption; the page's title by default.",
        "columns": one_or_more(&either(&[TEXT, object("column")])).like(&[r#"["id", { "title": "Customer", "value": "/customer/name" }]"#])
            => "The columns in order, each a member of the row or an object with a title; by default the members of the first row.",
        "empty": TEXT.like(&["No orders yet."])
            => "What is said when there are no rows.",
        "empty_link": object("empty_link")
            => "A link below that, which says what to do about it.",
    }
    /// The link of a block that has nothing to show.
    EMPTY_LINK {
        "title": TEXT.required().like(&["Place an order"])
            => "What the link says.",
        "url": LINK.required().like(&["/orders/new"])
            => "Where it leads. Begins with `https://`, `mailto:`, `tel:` or, for a page of this app, `/`.",
    }
    /// One of a table's columns, or of a record's members; a text alone names a member.
    COLUMN {
        "title": TEXT.required().like(&["Customer"])
            => "The header.",
        "value": POINTER.required().like(&["/customer/name"])
            => "The JSON Pointer of the value in a row.",
        "format": word(&["text", "number", "money", "date", "datetime"])
            => "How the value is written. `number` and `money` group its digits, `date` and `datetime` are for texts like `2026-11-26T07:00:00Z` or seconds or milliseconds since 1970: all as the reader's language has it. `text` is as it came. By default only a time with its zone is written for the reader, everything else as it came. What is copied and sorted is always the value that came.",
        "currency": matching(r"^[A-Za-z]{3}$|^/|\{\{", "a currency code like `EUR`, or the JSON Pointer of one in the same row").like(&["EUR", "/currency"])
            => "For `money`: the currency of the amount, a code of three letters (ISO 4217) or the JSON Pointer of one in the same row.",
    }
    /// A `record` block.
    RECORD_BLOCK with one of "value" "query" {
        "type": word(&["record"]).required()
            => "The members of one object, one a line.",
        "value": TEXT.like(&["{{user}}"])
            => "Exactly one binding: the object to show. Not together with `query`.",
        "query": TEXT.like(&["order"])
            => "The name of the query whose answer is shown. Not together with `value`.",
        "caption": TEXT
            => "The caption; none by default.",
        "members": one_or_more(&either(&[TEXT, object("column")])).like(&[r#"["id", { "title": "Total", "value": "/total", "format": "money", "currency": "/currency" }]"#])
            => "What is shown of the object, in order, each a member or an object with a title, as the columns of a table are; by default everything.",
        "empty": TEXT.like(&["There is no such order."])
            => "What is said when there is nothing to show.",
        "empty_link": object("empty_link")
            => "A link below that, which says what to do about it.",
    }
}

/// The key that is meant by what other tools call it.
pub(super) fn other_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "login" | "authenticate" => "sign_in",
        "logout" | "signout" | "sign_out" => "revoke",
        "me" | "profile" => "user_info",
        "body" | "data" | "payload" => "json",
        "name" | "heading" | "label" => "title",
        "route" | "callback" | "redirect_uri" | "redirect_url" => "path",
        "role" | "roles" | "permissions" => "require",
        "content" => "text",
        "field" | "key" => "value",
        _ => return None,
    })
}

/// The address of a request.
#[cfg(not(target_arch = "wasm32"))]
const ADDRESS: Shape = matching(
    r"^(/|\.{1,2}/|[hH][tT][tT][pP][sS]?://|\{\{|[A-Za-z0-9_~-]+([/?]|$))",
    "an address that begins with `https://`, or with `/` for the page's own origin",
);

/// An exact origin.
#[cfg(not(target_arch = "wasm32"))]
const ORIGIN: Shape = matching(
    r"^self$|^[hH][tT][tT][pP][sS]?://[^/?#*]+$|\{\{",
    "an exact origin like `https://api.example`, or `self`",
);

/// A value for a custom property.
#[cfg(not(target_arch = "wasm32"))]
const CSS: Shape = matching(r"^[^;{}<>\\]{1,200}$", "a value of CSS without `;`, `{`, `}`, `<`, `>` and `\\`");

/// A link that the app may lead to.
#[cfg(not(target_arch = "wasm32"))]
const LINK: Shape = matching(
    r"^([hH][tT][tT][pP][sS]?://|[mM][aA][iI][lL][tT][oO]:|[tT][eE][lL]:|/)|\{\{",
    "a link that begins with `https://`, `mailto:`, `tel:` or `/`",
);
