//! Netlify and Cloudflare Pages: `_headers` and `_redirects`, which lie beside `index.html`.
//!
//! Both send a header twice where two rules name it, so a rule for all names nothing that a rule for few says otherwise: on Netlify
//! the policy then stands beside each page; Cloudflare lets a rule take a header back (`! NAME`). What they send of themselves
//! (`public, max-age=0, must-revalidate`) has a browser ask anew each time, as `no-cache` does, and they pack files on the way.
//!
//! Neither knows regular expressions. But the config names every page, so each has a rule of its own, and whatever else is not there
//! is not there: config.json is never answered with a page.

use crate::rules::{BEGINNINGS, Header, KEPT, Rules};
use crate::{Host, change_base, remarks};
use std::fmt::Write as _;

/// Who reads the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Netlify,
    Cloudflare,
}

/// Without one, Cloudflare answers whatever is missing with `index.html`.
const NOT_FOUND: &str =
    "<!DOCTYPE html><html lang=\"en\"><title>Not found</title><p>There is no such page.</p></html>\n";

pub(crate) fn print(rules: &Rules, service: Service) -> String {
    let host = match service {
        Service::Netlify => Host::Netlify,
        Service::Cloudflare => Host::Cloudflare,
    };
    let base = rules.base();
    let mut text = remarks(rules, host);
    text += "#\n# Three files for the top of what is deployed; each begins behind its own line `=====`.\n";
    if !base.is_root() {
        let inner = base.to_string();
        _ = writeln!(
            text,
            "# There, the files of dist/ lie in {}. Before every deploy, in that folder:\n#     {}",
            inner.trim_matches('/'),
            change_base(base)
        );
    }
    text + "\n# ===== _headers\n"
        + &headers(rules, service)
        + "\n# ===== _redirects\n"
        + &redirects(rules, service)
        + "\n# ===== 404.html\n"
        + NOT_FOUND
}

fn headers(rules: &Rules, service: Service) -> String {
    let base = rules.base();
    let mut text = String::new();
    let (differing, same): (Vec<Header>, Vec<Header>) =
        rules.headers().into_iter().partition(|(name, _)| !rules.framed().is_empty() && is_differing(name));
    rule(&mut text, &base.join("*"), &same);
    match service {
        // Where nothing differs, the rule for all has said everything.
        Service::Netlify if !differing.is_empty() => {
            for path in ["/", "/index.html", "/setup.html"].into_iter().chain(rules.pages().iter().map(String::as_str))
            {
                match rules.framed().iter().find(|frame| frame.path == path) {
                    Some(frame) => {
                        let own: Vec<Header> =
                            rules.headers_in(frame).into_iter().filter(|(name, _)| is_differing(name)).collect();
                        rule(&mut text, &base.join(path), &own);
                    }
                    None => rule(&mut text, &base.join(path), &differing),
                }
            }
        }
        Service::Netlify => {}
        Service::Cloudflare => {
            text.clear();
            rule(&mut text, &base.join("*"), &rules.headers());
            for frame in rules.framed() {
                let own: Vec<Header> =
                    rules.headers_in(frame).into_iter().filter(|(name, _)| is_differing(name)).collect();
                _ = writeln!(text, "{}\n  ! Content-Security-Policy\n  ! X-Frame-Options", base.join(&frame.path));
                for (name, value) in &own {
                    _ = writeln!(text, "  {name}: {value}");
                }
            }
        }
    }
    for beginning in BEGINNINGS {
        let kept = [("Cache-Control", KEPT.to_owned())];
        if service == Service::Cloudflare {
            _ = writeln!(text, "{}*\n  ! Cache-Control\n  Cache-Control: {KEPT}", base.join(beginning));
        } else {
            rule(&mut text, &[&base.join(beginning), "*"].concat(), &kept);
        }
    }
    text
}

/// Whether an address in a frame is sent another one.
fn is_differing(name: &str) -> bool {
    matches!(name, "Content-Security-Policy" | "X-Frame-Options")
}

fn rule(text: &mut String, path: &str, headers: &[Header]) {
    _ = writeln!(text, "{path}");
    for (name, value) in headers {
        _ = writeln!(text, "  {name}: {value}");
    }
}

/// Netlify answers with a file by its name; Cloudflare leads from `/index.html` to `/`, and would lead in a circle.
fn redirects(rules: &Rules, service: Service) -> String {
    let base = rules.base();
    let page = match service {
        Service::Netlify => base.join("index.html"),
        Service::Cloudflare => base.to_string(),
    };
    // Cloudflare wants those without parameters first.
    let (with, without): (Vec<&String>, Vec<&String>) = rules.pages().iter().partition(|page| page.contains(':'));
    without.into_iter().chain(with).fold(String::new(), |mut text, path| {
        _ = writeln!(text, "{} {page} 200", base.join(path));
        text
    })
}
