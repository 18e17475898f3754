//! What a static host has to send and to answer, for one `config.json`: `cargo xtask headers`.
//!
//! ```text
//!  config.json, presets ──▶ reading ──▶ rules ──┬──▶ nginx, apache, caddy    a config to include
//!                                               ├──▶ netlify, cloudflare     files that lie in dist/
//!                                               ├──▶ meta                    what a page can say by itself
//!                                               └──▶ the host of the end-to-end tests
//! ```
//! [`Rules`] is the one place where the headers are made; everybody else writes down what stands there. Who may be talked to is
//! read from the config as the app reads it, presets merged and vars replaced, so that the policy forgets nobody and names nobody
//! else.
//!
//! What every host is told, each in its own words:
//! - the headers of [`Rules::headers`], on every answer; other ones where a provider's answer comes back in a frame;
//! - the address of a page is answered with `index.html`, a file that is not there with 404, never with a page;
//! - what is called by its content may be kept for ever, everything else is asked for anew;
//! - nothing but `GET` and `HEAD` is answered (Netlify and Cloudflare cannot be told that);
//! - below a path, the page's `<base>` names that path.

mod apache;
mod base;
mod caddy;
mod files;
mod meta;
mod nginx;
mod origins;
mod reading;
mod rules;

pub use base::{Base, BaseProblem};
pub use origins::{OriginProblem, exact_origin};
pub use reading::{App, read, read_text, shown};
pub use rules::{Frame, Rules};

/// How the page says where it lies, as `cargo xtask build` writes it.
pub const PAGE_BASE: &str = "<base href=\"/\">";

/// Who serves the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// nginx.
    Nginx,
    /// Caddy 2.
    Caddy,
    /// Apache 2.4.
    Apache,
    /// Netlify.
    Netlify,
    /// Cloudflare Pages.
    Cloudflare,
    /// Somebody whose headers cannot be changed.
    Meta,
}

impl Host {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Nginx, Self::Caddy, Self::Apache, Self::Netlify, Self::Cloudflare, Self::Meta];

    /// What it is called on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Apache => "apache",
            Self::Netlify => "netlify",
            Self::Cloudflare => "cloudflare",
            Self::Meta => "meta",
        }
    }

    /// All that it has to be told, with what whoever pastes it must know in its remarks. `folder`: where the files of `dist/` lie on
    /// that host; those that are told by files in that folder need not know.
    #[must_use]
    pub fn print(self, rules: &Rules, folder: &str) -> String {
        match self {
            Self::Nginx => nginx::print(rules, folder),
            Self::Caddy => caddy::print(rules, folder),
            Self::Apache => apache::print(rules, folder),
            Self::Netlify => files::print(rules, files::Service::Netlify),
            Self::Cloudflare => files::print(rules, files::Service::Cloudflare),
            Self::Meta => meta::print(rules),
        }
    }
}

/// What every output begins with, as remarks.
fn remarks(rules: &Rules, host: Host) -> String {
    let mut lines = vec![format!(
        "`{}` at {}, for {}. Printed by `cargo xtask headers`: print it anew when config.json or a preset changes.",
        rules.app_id(),
        rules.base(),
        host.name()
    )];
    lines.extend(rules.remarks_on_policy());
    if host != Host::Meta {
        lines.extend(rules.remarks_on_headers());
    }
    lines.iter().fold(String::new(), |text, line| text + "# " + line + "\n")
}

/// How to change the page's base where the host cannot.
fn change_base(base: &Base) -> String {
    format!(
        "sed -i 's|{PAGE_BASE}|<base href=\"{base}\">|' index.html setup.html && rm -f index.html.br index.html.gz setup.html.br \
         setup.html.gz"
    )
}
