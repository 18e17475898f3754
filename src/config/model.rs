//! The shapes a loaded `config.json` has: what every other floor reads.
//!
//! Nothing here can be half right. A [`Config`] exists only after every check of
//! [`super::Draft::finish`] has passed: `{{vars.*}}` are already replaced, presets are merged, every
//! binding stands where it can exist, every URL has a known [`Origin`]. So readers need no
//! second look, and the app never starts half.
//!
//! What a key means for the person who writes the file stands beside the key, in `reading/`.

use super::{Binding, Pointer, Template, UrlTemplate};
use serde_json::Value;

/// One whole, checked `config.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// What the app is called and where it leads.
    pub app: App,
    /// How to talk to the authentication provider.
    pub provider: Provider,
    /// How long a session lives and where it is kept.
    pub session: SessionRules,
    /// Values kept from the sign-in answer in the store: name and place in the JSON answer.
    pub store: Vec<(String, Pointer)>,
    /// The API requests that blocks name.
    pub queries: Vec<Query>,
    /// The protected pages, in menu order.
    pub pages: Vec<Page>,
    /// The other providers that somebody can sign in with.
    pub others: Vec<OtherProvider>,
}

/// A provider that this page does not speak to, but another one would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherProvider {
    /// Its name in `providers`, or `provider`.
    pub name: String,
    /// What its button says; `None`: it has a form.
    pub label: Option<String>,
    /// [`Provider::identity`].
    pub identity: String,
}

/// The `app` object.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// Names the storage keys: `vestibule:ID`. Letters, digits, `-`, `_`, `.`.
    pub id: String,
    /// The heading of the login page and the tail of every document title.
    pub title: String,
    /// A path that names one of `pages`; where a sign-in leads without a return path.
    pub after_sign_in: String,
    /// BCP 47 language tag; `None` asks the browser.
    pub locale: Option<String>,
    /// The languages that the app offers, as tags; never empty.
    pub languages: Vec<String>,
    /// What it says instead of its own texts.
    pub texts: Vec<OwnText>,
    /// The links below the login form.
    pub links: Links,
    /// Greys the submit button out until both fields are filled. Off by default.
    pub disable_incomplete: bool,
    /// Offers to remember the user name. Off by default.
    pub remember_username: bool,
}

/// A text that replaces one of the app's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnText {
    /// Which one: there is one of that name.
    pub name: String,
    /// In which language; `None`: in all of them.
    pub language: Option<String>,
    /// What it says.
    pub text: String,
}

/// Addresses checked to be `https`, loopback `http`, `mailto`, `tel` or the app's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Links {
    /// Where a forgotten password is reset.
    pub forgot_password: Option<String>,
    /// Where an account is made.
    pub sign_up: Option<String>,
    /// Where help is found.
    pub help: Option<String>,
}

/// The `session` object. Spans are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRules {
    /// Where the session record is kept.
    pub storage: StorageKind,
    /// Whether the person is asked if it may outlive the tab, and what the box says before they do.
    pub stay_signed_in: Option<bool>,
    /// How long before its expiry an access token is refreshed.
    pub refresh_early_ms: u64,
    /// Sign-out after this long without activity in any tab.
    pub idle_timeout_ms: Option<u64>,
    /// The hard end of a session, whatever is refreshed.
    pub max_age_ms: Option<u64>,
    /// Whether a sign-out empties the user's store too. On by default.
    pub clear_store: bool,
    /// Whether everybody who opens the app sees how the session stands. Off by default.
    pub panel: bool,
}

/// Where the session record is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageKind {
    /// `localStorage`: survives the browser's end, shared by all tabs.
    Local,
    /// `sessionStorage`: this tab.
    Session,
    /// Nowhere: this page.
    Memory,
}

/// The `provider` object, preset merged, vars replaced.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// Tells one provider from another in a stored session: the sign-in URL and the origins that
    /// get to see its tokens. A record with another identity is dropped, never sent.
    pub identity: String,
    /// Its name in `providers`, or `provider`.
    pub name: String,
    /// Whether the username is an e-mail address (`type="email"`).
    pub username_is_email: bool,
    /// Signs in on the provider's own pages; `None`: with a form here.
    pub redirect: Option<Redirect>,
    /// The sign-in: with what the form holds, or with the code that a redirect has brought.
    pub sign_in: Request,
    /// A second way to sign in: with a passkey.
    pub passkey: Option<Passkey>,
    /// `None`: this provider has no refresh.
    pub refresh: Option<Request>,
    /// Who is signed in, asked when the sign-in answer did not say.
    pub user_info: Option<UserProbe>,
    /// Sent in this order at sign-out. Empty: only this browser forgets.
    pub revoke: Vec<Request>,
    /// How an API request carries the access token, and to whom.
    pub authorize: Authorize,
    /// How refusals are told apart.
    pub errors: Errors,
}

impl Provider {
    /// What brings new tokens: another code, fetched without a word, is as good as a refresh token.
    #[must_use]
    pub fn refreshing(&self) -> Option<&Request> {
        let is_silent = self.redirect.as_ref().is_some_and(|redirect| redirect.is_silent);
        self.refresh.as_ref().or_else(|| is_silent.then_some(&self.sign_in))
    }

    /// Whether the browser holds the session, in a cookie that nothing here can read.
    #[must_use]
    pub fn is_in_cookie(&self) -> bool {
        self.sign_in.tokens.access_token.contains(&Place::Cookie)
    }
}

/// The `redirect` object: an authorization request (RFC 6749 §4.1.1) and what belongs to it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own in the file")]
pub struct Redirect {
    /// The authorization endpoint, and in its form the parameters.
    pub request: Request,
    /// Compared exactly.
    pub issuer: String,
    /// `client_id` of the parameters.
    pub client_id: String,
    /// The key set; empty: the metadata's.
    pub jwks: String,
    /// The endpoint for pushed requests; empty: the metadata's.
    pub par: String,
    /// Begins with `/callback`.
    pub path: String,
    /// The name on the button.
    pub label: String,
    /// Straight there, where there is nothing to say.
    pub is_automatic: bool,
    /// In a window of its own.
    pub is_popup: bool,
    /// In a hidden frame, where nobody needs to be asked.
    pub is_silent: bool,
    /// Whether tokens are bound to a key (RFC 9449).
    pub has_dpop: bool,
    /// Where a sign-out leads.
    pub end_session: Option<Request>,
}

/// The `passkey` object.
#[derive(Clone, Debug, PartialEq)]
pub struct Passkey {
    /// Asks for the options of a signature (`PublicKeyCredentialRequestOptionsJSON`, `WebAuthn` §5.1).
    pub options: Request,
    /// Where its answer holds them.
    pub at: Pointer,
    /// The sign-in with what was signed.
    pub sign_in: Request,
    /// What the button says; `None`: the usual.
    pub label: Option<String>,
}

/// The `user_info` request and where its answer holds the user.
#[derive(Clone, Debug, PartialEq)]
pub struct UserProbe {
    /// The request.
    pub request: Request,
    /// The user object in the answer; the empty pointer is the whole answer.
    pub user: Pointer,
}

/// A request as the config writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The address; its origin is known and fixed.
    pub url: UrlTemplate,
    /// `provider.headers` and the request's own, the own ones winning. Names as written.
    pub headers: Vec<(String, Template)>,
    /// What is sent.
    pub body: Body,
    /// Whether the access token is carried as [`Authorize`] says.
    pub authorized: bool,
    /// Whether the browser's cookies go along.
    pub credentials: Credentials,
    /// Then the request is aborted and counts as unreachable. Milliseconds.
    pub timeout_ms: u32,
    /// What counts as success beyond 2xx: statuses are added, places must be there.
    pub ok: Vec<Success>,
    /// Run first; its answer is bound as `before`.
    pub before: Option<Box<Request>>,
    /// Where this answer holds what is kept (`provider.tokens` with the request's own merged over).
    pub tokens: TokenPlaces,
}

/// An HTTP method a config may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Method {
    /// The method as it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// The `credentials` of a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// No cookies.
    Omit,
    /// Cookies to the page's own origin.
    SameOrigin,
    /// Cookies everywhere.
    Include,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// A JSON value with bindings in its strings.
    Json {
        /// The value.
        value: JsonTemplate,
        /// `application/json` unless the config says otherwise.
        content_type: String,
    },
    /// `application/x-www-form-urlencoded`, in the order written.
    Form(Vec<(String, Template)>),
}

/// A JSON value whose strings are templates. Keys are fixed.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonTemplate {
    /// Null, a boolean, a number.
    Fixed(Value),
    /// A string; exactly one binding keeps the bound value's JSON type.
    Text(Template),
    /// An array.
    List(Vec<JsonTemplate>),
    /// An object, in the order written.
    Object(Vec<(String, JsonTemplate)>),
}

/// One way an answer counts as success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Success {
    /// This status.
    Status(u16),
    /// This place in the JSON body is present and not null.
    Present(Pointer),
}

/// Where an answer holds what is kept. An empty list: nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenPlaces {
    /// The access token.
    pub access_token: Vec<Place>,
    /// The refresh token.
    pub refresh_token: Vec<Place>,
    /// The `OpenID` Connect ID token.
    pub id_token: Vec<Place>,
    /// When the access token expires; each is tried in turn.
    pub expires: Vec<Expiry>,
    /// The user.
    pub user: Vec<Place>,
}

/// One place in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the JSON body.
    Pointer(Pointer),
    /// A response header; a leading `Bearer ` is cut off.
    Header(String),
    /// The whole body as text.
    Body,
    /// The browser holds it, JavaScript never sees it.
    Cookie,
}

/// One way to learn when an access token expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// A span from now, in units of so many milliseconds.
    In {
        /// Where.
        place: Place,
        /// Milliseconds in one unit: 1 or 1000.
        unit_ms: u64,
    },
    /// A point in time since the Unix epoch, in units of so many milliseconds.
    At {
        /// Where.
        place: Place,
        /// Milliseconds in one unit: 1 or 1000.
        unit_ms: u64,
    },
    /// An ISO 8601 / RFC 3339 date and time.
    AtIso(Place),
    /// The `exp` claim of the access token (RFC 7519 §4.1.4).
    Jwt,
    /// Always so many milliseconds after the answer.
    After(u64),
    /// Not told: refreshed only when the API answers 401.
    Never,
}

/// How an API request carries the access token.
#[derive(Clone, Debug, PartialEq)]
pub struct Authorize {
    /// The header's name.
    pub header: String,
    /// Its value.
    pub value: Template,
    /// The exact origins that may see it.
    pub origins: Vec<Origin>,
}

/// An exact origin: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// The page's own.
    Own,
    /// As the browser serialises it: `https://id.example`, default port left out, lower case.
    Other(String),
}

/// How refusals are told apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Errors {
    /// Where an error's code may stand.
    pub code: Vec<Place>,
    /// Codes that mean: this session is over.
    pub session_ended: Vec<String>,
    /// How an answer says "one more step".
    pub challenge: Option<Challenge>,
}

/// A second step of the sign-in.
#[derive(Clone, Debug, PartialEq)]
pub struct Challenge {
    /// The place in the JSON body that tells a challenge.
    pub when: Pointer,
    /// What it must equal; `None`: present and not null is enough.
    pub equals: Option<Value>,
    /// What the person is asked for.
    pub fields: Vec<ChallengeField>,
    /// Codes that mean that the answer came too late.
    pub expired: Vec<String>,
    /// `None`: the sign-in request again, with the new fields filled in.
    pub request: Option<Request>,
}

/// One input of the challenge form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeField {
    /// Bound as `form.NAME`.
    pub name: String,
    /// What kind of input.
    pub kind: FieldKind,
    /// What the label says; `None`: the kind's own text.
    pub label: Option<String>,
    /// How many characters it has; 0: not told.
    pub length: usize,
    /// Asked for in place of those before it.
    pub is_instead: bool,
}

/// The kind of a challenge input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A code from an app, a message or a key: numeric, pasted whole.
    OneTimeCode,
    /// Anything else.
    Text,
}

/// One of `queries`.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// How blocks name it.
    pub name: String,
    /// The request.
    pub request: Request,
    /// The rows in the answer; the empty pointer is the whole answer.
    pub rows: Pointer,
}

/// One protected page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The path as written: `/orders` or `/orders/:id`.
    pub path: String,
    /// The heading and the document title.
    pub title: String,
    /// Its label in the menu; `None`: not in the menu (the default for a path with parameters).
    pub menu: Option<String>,
    /// All must be met, or the page says "no access".
    pub require: Vec<Requirement>,
    /// What it shows, top down.
    pub blocks: Vec<Block>,
}

/// One entry of `require`: the pointer reads `{"user": …, "store": …}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    /// What is looked at, for example `/user/role`.
    pub pointer: Pointer,
    /// It must equal one of these, or, when it is a list, hold one of these.
    pub any_of: Vec<Value>,
}

/// One block of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph with bindings.
    Text(Template),
    /// A query's rows.
    Table(Table),
    /// One object's members.
    Record(Record),
}

/// The `table` block.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Names one of `queries`.
    pub query: String,
    /// The caption; the page's title when the config has none.
    pub caption: String,
    /// Empty: the members of the first row.
    pub columns: Vec<Column>,
    /// What is said when there are no rows.
    pub empty: Empty,
}

/// What a block says that has nothing to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Empty {
    /// `None`: the app's own words.
    pub text: Option<String>,
    /// A way on: what the link says, and where it leads.
    pub link: Option<(String, String)>,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The header.
    pub title: String,
    /// The place in a row.
    pub value: Pointer,
    /// How the value is written.
    pub format: Format,
}

/// How a value is written. What it does not fit is shown as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// As it came, but for points in time with a zone (RFC 3339): as the reader's language and clock have them.
    #[default]
    Plain,
    /// As it came.
    Text,
    /// Its digits grouped as the reader's language does.
    Number,
    /// An amount in whole units of a currency.
    Money(Currency),
    /// A day.
    Date,
    /// A point in time, by the reader's clock.
    DateTime,
}

/// Which currency an amount is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Currency {
    /// Always this one (ISO 4217).
    Code(String),
    /// The one that is named there in the same row.
    At(Pointer),
}

/// The `record` block.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Where the object comes from.
    pub source: RecordSource,
    /// The caption, when there is one.
    pub caption: Option<String>,
    /// What is shown of it; empty: everything, in the order in which it came.
    pub members: Vec<Column>,
    /// What is said when there is nothing.
    pub empty: Empty,
}

/// Where a record's object comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordSource {
    /// `value`: exactly one binding.
    Value(Binding),
    /// `query`: the object at the query's `rows`.
    Query(String),
}
