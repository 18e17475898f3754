//! The rules of one config: every header, who may be talked to, and which addresses are pages.
//!
//! | header | why so |
//! |---|---|
//! | `Content-Security-Policy` | nothing but the app's own files runs; the app talks to its own origin, and to those in [`super::origins`]. `index.html` holds no script that runs (its JSON is data), so nothing is allowed by a hash; `'wasm-unsafe-eval'` lets WebAssembly compile. Trusted Types are required, and no policy is ever made |
//! | `Referrer-Policy` | an address may hold what was searched for |
//! | `X-Content-Type-Options` | an answer is what its type says |
//! | `X-Frame-Options` | says `frame-ancestors` once more, for old browsers |
//! | `Cross-Origin-Opener-Policy` | nobody reaches into the window. Sign-in in a window of its own lives with that: windows talk by `BroadcastChannel` |
//! | `Cross-Origin-Resource-Policy` | nobody loads the files into another page |
//! | `Permissions-Policy` | no device is asked for; passkeys are made and asked for only where the config has them |
//!
//! Where the config signs in silently, `/callback` is shown in a frame of the app's own; a provider that signs out by the front
//! channel shows `/callback/front-channel` in one of its own. These two addresses, and no others, are sent other headers.

use crate::origins::{self, OriginProblem, exact_origin};
use crate::reading::App;
use crate::{Base, origins::asks_metadata};
use std::collections::BTreeSet;
use vestibule::config::Config;
use vestibule::oidc::metadata::well_known;
use vestibule::session::redirect::{FRONT_CHANNEL, SIGNED_OUT};

const LOGIN: &str = "/login";
const OWN: &str = "'self'";

/// The folders of `dist/`: what lies in them is a file, whatever it is called.
pub(crate) const FOLDERS: [&str; 2] = ["presets", "texts"];
/// What files are called that are called by their content (`dev/xtask/src/names.rs`), as a regular expression.
pub(crate) const NAMED_BY_CONTENT: &str = r"[a-z]+-[0-9a-f]{16}(?:_bg)?\.(?:css|js|wasm)";
/// And how they begin, for hosts that know no regular expressions.
pub(crate) const BEGINNINGS: [&str; 7] = ["begin-", "main-", "pages-", "rest-", "start-", "ui-", "vestibule-"];
/// For them.
pub(crate) const KEPT: &str = "public, max-age=31536000, immutable";
/// For everything else: kept, and asked for anew each time.
pub(crate) const ASKED_ANEW: &str = "no-cache";

/// A page's path as a regular expression, without the slash before it.
pub(crate) fn page_pattern(page: &str) -> String {
    let part = |part: &str| if part.starts_with(':') { "[^/]+".to_owned() } else { crate::base::escaped(part) };
    page.split('/').skip(1).map(part).collect::<Vec<String>>().join("/")
}

/// A name and a value.
pub type Header = (&'static str, String);

/// An address that may be shown in a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The path of a page, below the base.
    pub path: String,
    /// Whose pages may show it, as a policy names them.
    ancestors: BTreeSet<String>,
}

/// What a host has to know of one config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    app_id: String,
    base: Base,
    /// Who may be talked to.
    connect: BTreeSet<String>,
    images: BTreeSet<String>,
    /// Who may be shown in a frame.
    shown: BTreeSet<String>,
    framed: Vec<Frame>,
    pages: Vec<String>,
    /// The callback path of each provider that has one, and who sends people there.
    callbacks: Vec<(String, BTreeSet<String>)>,
    /// Issuers whose metadata may name further origins.
    issuers: BTreeSet<String>,
    asks_for_passkeys: bool,
}

impl Rules {
    /// The rules for an app that lies there.
    ///
    /// # Errors
    /// [`OriginProblem`] for an origin of the config that a policy has no word for.
    pub fn of(app: &App, base: Base) -> Result<Self, OriginProblem> {
        let mut rules = Self {
            app_id: app.configs.first().map(|config| config.app.id.clone()).unwrap_or_default(),
            ..Self::without_config(base)
        };
        for config in &app.configs {
            rules.add(config)?;
        }
        if let Some(logo) = &app.logo {
            rules.images.extend(origins::of_address(logo)?);
        }
        Ok(rules)
    }

    /// The rules for an app whose config is not there, or wrong: it talks to nobody.
    #[must_use]
    pub fn without_config(base: Base) -> Self {
        Self {
            app_id: String::new(),
            base,
            connect: BTreeSet::new(),
            images: BTreeSet::new(),
            shown: BTreeSet::new(),
            framed: Vec::new(),
            pages: vec![LOGIN.to_owned()],
            callbacks: Vec::new(),
            issuers: BTreeSet::new(),
            asks_for_passkeys: false,
        }
    }

    fn add(&mut self, config: &Config) -> Result<(), OriginProblem> {
        self.connect.extend(origins::asked(config)?);
        self.asks_for_passkeys |= config.provider.passkey.is_some();
        self.issuers.extend(asks_metadata(&config.provider).map(str::to_owned));
        for page in &config.pages {
            if !self.pages.contains(&page.path) {
                self.pages.push(page.path.clone());
            }
        }
        let Some(redirect) = &config.provider.redirect else { return Ok(()) };
        for behind in ["", SIGNED_OUT, FRONT_CHANNEL] {
            self.pages.push([&redirect.path, behind].concat());
        }
        let mut provider = BTreeSet::new();
        provider.extend(origins::of_address(&redirect.issuer)?);
        provider.extend(origins::other(redirect.request.url.origin())?);
        if redirect.is_silent {
            self.shown.extend(provider.iter().cloned());
            self.framed.push(Frame { path: redirect.path.clone(), ancestors: [OWN.to_owned()].into() });
        }
        self.callbacks.push((redirect.path.clone(), provider));
        Ok(())
    }

    /// Lets the app talk to one more origin, and show its pages where a provider's are shown.
    ///
    /// # Errors
    /// [`OriginProblem`] for what is no origin.
    pub fn also(&mut self, origin: &str) -> Result<(), OriginProblem> {
        let origin = exact_origin(origin)?;
        if !self.shown.is_empty() {
            self.shown.insert(origin.clone());
        }
        self.connect.insert(origin);
        Ok(())
    }

    /// Lets each provider sign people out by the front channel.
    pub fn let_providers_sign_out(&mut self) {
        for (path, provider) in &self.callbacks {
            self.framed.push(Frame { path: [path, FRONT_CHANNEL].concat(), ancestors: provider.clone() });
        }
    }

    /// Names the storage of the app.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Where the app lies.
    #[must_use]
    pub const fn base(&self) -> &Base {
        &self.base
    }

    /// The paths of all pages, below the base and as the config writes them: with `:NAME` for any part.
    #[must_use]
    pub fn pages(&self) -> &[String] {
        &self.pages
    }

    /// The pages whose address may end like a file's: `/users/:id` is `/users/a.person@example.com` too. One that begins with
    /// a parameter is not among them, or every file would be a page; nor is one that is called like a file of the app.
    pub(crate) fn pages_with_dots(&self) -> impl Iterator<Item = &str> {
        let is_told_from_files = |page: &&String| {
            let mut segments = page.split('/').skip(1);
            let (first, is_deeper) = (segments.next().unwrap_or_default(), segments.next().is_some());
            let is_of_files = FOLDERS.contains(&first);
            is_deeper && !first.starts_with(':') && !is_of_files && page.contains([':', '.'])
        };
        self.pages.iter().filter(is_told_from_files).map(String::as_str)
    }

    /// The addresses that may be shown in a frame. All others may not.
    #[must_use]
    pub fn framed(&self) -> &[Frame] {
        &self.framed
    }

    /// What is sent with every answer, but at the addresses of [`Rules::framed`].
    #[must_use]
    pub fn headers(&self) -> Vec<Header> {
        self.headers_for(&BTreeSet::new())
    }

    /// What is sent with an answer at an address that may be shown in a frame.
    #[must_use]
    pub fn headers_in(&self, frame: &Frame) -> Vec<Header> {
        self.headers_for(&frame.ancestors)
    }

    /// What is sent with the answer at a path below the base, which begins with a slash.
    #[must_use]
    pub fn headers_at(&self, path: &str) -> Vec<Header> {
        match self.framed.iter().find(|frame| frame.path == path) {
            Some(frame) => self.headers_in(frame),
            None => self.headers(),
        }
    }

    fn headers_for(&self, ancestors: &BTreeSet<String>) -> Vec<Header> {
        let mut headers = vec![
            ("Content-Security-Policy", self.policy(Some(ancestors))),
            ("Referrer-Policy", "no-referrer".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
        ];
        if ancestors.is_empty() {
            headers.push(("X-Frame-Options", "DENY".to_owned()));
        } else if ancestors.iter().all(|ancestor| ancestor == OWN) {
            headers.push(("X-Frame-Options", "SAMEORIGIN".to_owned()));
        }
        headers.extend([
            ("Cross-Origin-Opener-Policy", "same-origin".to_owned()),
            ("Cross-Origin-Resource-Policy", "same-origin".to_owned()),
            ("Permissions-Policy", self.permissions()),
        ]);
        headers
    }

    /// The policy. Without ancestors, as a page can say it itself.
    pub(crate) fn policy(&self, ancestors: Option<&BTreeSet<String>>) -> String {
        let sources = |first: &str, more: &BTreeSet<String>| {
            more.iter().fold(first.to_owned(), |sources, origin| sources + " " + origin)
        };
        let mut policy = vec![
            "default-src 'none'".to_owned(),
            "script-src 'self' 'wasm-unsafe-eval'".to_owned(),
            "style-src 'self'".to_owned(),
            sources("img-src 'self' data:", &self.images),
            "font-src 'self'".to_owned(),
            sources("connect-src 'self'", &self.connect),
        ];
        if !self.shown.is_empty() {
            policy.push(sources("frame-src 'self'", &self.shown));
        }
        policy.extend(["form-action 'self'", "base-uri 'self'", "object-src 'none'"].map(str::to_owned));
        match ancestors {
            Some(ancestors) if ancestors.is_empty() => policy.push("frame-ancestors 'none'".to_owned()),
            Some(ancestors) => policy.push(sources("frame-ancestors", ancestors)),
            None => {}
        }
        policy.push("require-trusted-types-for 'script'".to_owned());
        policy.join("; ")
    }

    fn permissions(&self) -> String {
        // Who signs in with a passkey has made one on this site.
        let passkeys = if self.asks_for_passkeys { "(self)" } else { "()" };
        format!(
            "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), \
             publickey-credentials-create={passkeys}, publickey-credentials-get={passkeys}, serial=(), usb=(), xr-spatial-tracking=()"
        )
    }

    /// What whoever puts the policy into force should know, a line each.
    pub(crate) fn remarks_on_policy(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        for issuer in &self.issuers {
            let address = well_known(issuer).into_iter().next().unwrap_or_default();
            remarks.push(format!(
                "{issuer} says by itself where its endpoints are. Look at {address}: every other origin in it must be named too, with \
                 `--also ORIGIN`."
            ));
        }
        remarks.push(
            "setup.html can try nobody else under this policy: use it on your own machine, and leave its files out here.".to_owned(),
        );
        remarks
    }

    /// The same for the other headers.
    pub(crate) fn remarks_on_headers(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        for Frame { path, ancestors } in &self.framed {
            let who = ancestors.iter().map(String::as_str).collect::<Vec<&str>>().join(" ");
            remarks.push(format!(
                "{} may be shown in a frame by {who}, and has headers of its own.",
                self.base.join(path)
            ));
        }
        if !self.callbacks.is_empty() && self.framed.iter().all(|frame| !frame.path.ends_with(FRONT_CHANNEL)) {
            remarks.push("Where the provider signs people out by the front channel, say `--front-channel`.".to_owned());
        }
        remarks.push(
            "When all of the host answers by https, let it send `Strict-Transport-Security: max-age=31536000` too."
                .to_owned(),
        );
        remarks
    }
}
