//! Probing: what else is asked when a request brings back no answer, to tell one cause from another.
//!
//! To a page all failures look alike: no host, no CORS headers, a refused preflight, a redirect. So it asks again, each time
//! with one thing less or more, and looks at what becomes of that:
//!
//! ```text
//! GET without anything ---> answered          the host is there and has CORS headers: is it one of the request's headers?
//!                     |---> redirected        does the address with a final slash answer?
//!                     '---> failed ----> the same, opaque ---> answered    the host is there, without CORS headers (or redirects so)
//!                                                        '---> failed      there is no host
//! ```
//! **No probe carries a body, a cookie, or any value of the request's headers**: a password is sent once.

use crate::{
    config::Method,
    session::{HttpFailure, HttpRequest, HttpResponse},
};

/// One more request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What is asked.
    pub method: Method,
    /// Where.
    pub url: String,
    /// The name of a header that is sent with a value of no meaning.
    pub header: Option<String>,
    /// Asks without CORS: the answer cannot be read, only that there is one is told.
    pub is_opaque: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// An answer that a page may read, with this status.
    Answered(u16),
    /// An answer that no page may read.
    Opaque,
    /// A redirect, not followed.
    Redirected,
    /// No answer.
    Failed,
}

/// The next probe after those that were sent; `None`: there is nothing more to learn.
#[must_use]
pub fn next(
    sent: &HttpRequest,
    page: Option<&str>,
    answer: &Result<HttpResponse, HttpFailure>,
    seen: &[(Probe, Echo)],
) -> Option<Probe> {
    let plain = |method, url: &str| Probe { method, url: url.to_owned(), header: None, is_opaque: false };
    let once = |probe: Probe| (!seen.iter().any(|(earlier, _)| *earlier == probe)).then_some(probe);
    let with_slash = || once(plain(simple(sent.method), &with_final_slash(&sent.url)?));
    match answer {
        Ok(response) if response.status == 404 => return with_slash(),
        Err(HttpFailure::Redirected) => return with_slash(),
        Ok(_)
        | Err(
            HttpFailure::Offline
            | HttpFailure::TimedOut
            | HttpFailure::TooLong
            | HttpFailure::Unsendable
            | HttpFailure::Unverified(_),
        ) => return None,
        Err(HttpFailure::Unreachable) => {}
    }
    if let Some(probe) = once(plain(Method::Get, &sent.url)) {
        return Some(probe);
    }
    let heard = |echo: Echo| seen.iter().any(|(probe, other)| probe.url == sent.url && *other == echo);
    let is_answered = || seen.iter().any(|(probe, echo)| probe.url == sent.url && matches!(echo, Echo::Answered(_)));
    if heard(Echo::Redirected) {
        return with_slash();
    }
    // What redirects a POST may answer a GET, and what knows no GET may answer it without CORS headers.
    if simple(sent.method) == Method::Post
        && let Some(probe) = once(plain(Method::Post, &sent.url))
    {
        return Some(probe);
    }
    if !is_cross_origin(&sent.url, page) {
        return None;
    }
    if !is_answered() {
        let opaque = once(Probe { is_opaque: true, ..plain(Method::Get, &sent.url) });
        // A redirect without CORS headers looks like any other answer without them.
        return opaque.or_else(|| if heard(Echo::Opaque) { with_slash() } else { None });
    }
    asked_for(sent).find_map(|asked| {
        once(match asked {
            Asked::Method => plain(sent.method, &sent.url),
            Asked::Header(name) => Probe { header: Some(name.to_owned()), ..plain(simple(sent.method), &sent.url) },
        })
    })
}

/// What a browser asks a host's leave for before it sends the request (Fetch §4.8).
pub(super) enum Asked<'r> {
    /// PUT, PATCH or DELETE.
    Method,
    /// A header that not every page may send.
    Header(&'r str),
}

/// Everything that makes the request need a preflight.
pub(super) fn asked_for(sent: &HttpRequest) -> impl Iterator<Item = Asked<'_>> {
    let method = !matches!(sent.method, Method::Get | Method::Post);
    let is_free = |name: &str, value: &str| match name.to_ascii_lowercase().as_str() {
        "accept" | "accept-language" | "content-language" => true,
        "content-type" => {
            let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            matches!(kind.as_str(), "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain")
        }
        _ => false,
    };
    let headers = sent.headers.iter().filter(move |(name, value)| !is_free(name, value));
    method.then_some(Asked::Method).into_iter().chain(headers.map(|(name, _)| Asked::Header(name)))
}

/// A method that needs nobody's leave.
const fn simple(method: Method) -> Method {
    match method {
        Method::Get => Method::Get,
        Method::Post | Method::Put | Method::Patch | Method::Delete => Method::Post,
    }
}

/// The address with a slash behind its path; `None`: there is one, or it ends like a file.
#[must_use]
pub fn with_final_slash(url: &str) -> Option<String> {
    let (path, query) = match url.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (url, None),
    };
    let last = path.rsplit('/').next()?;
    if last.is_empty() || last.contains(['.', ':']) {
        return None;
    }
    Some(match query {
        Some(query) => [path, "/?", query].concat(),
        None => [path, "/"].concat(),
    })
}

/// Whether a probe asked for the address of the request with a final slash, whatever its query.
pub(super) fn is_slashed(probe: &Probe, sent: &HttpRequest) -> bool {
    let path = |url: &str| url.split('?').next().unwrap_or(url).to_owned();
    with_final_slash(&path(&sent.url)).is_some_and(|slashed| slashed == path(&probe.url))
}

/// Whether the address is of another origin than the page.
#[must_use]
pub fn is_cross_origin(url: &str, page: Option<&str>) -> bool {
    url.contains("://") && page.is_none_or(|page| origin_of(url) != Some(page))
}

/// The origin of an absolute address.
#[must_use]
pub fn origin_of(url: &str) -> Option<&str> {
    let scheme = url.find("://")? + 3;
    let length = url.get(scheme..)?.find(['/', '?', '#']).unwrap_or(url.len() - scheme);
    url.get(..scheme + length)
}

/// What may be known of a request to probe for it: names, and no value that was typed or granted.
#[must_use]
pub fn outline(request: &crate::config::Request, sent: &HttpRequest) -> HttpRequest {
    let mut outline = HttpRequest { body: None, ..sent.clone() };
    let is_bound = request.url.bindings().next().is_some();
    if is_bound && let Some((address, _)) = sent.url.split_once('?') {
        address.clone_into(&mut outline.url);
    }
    for (name, value) in &mut outline.headers {
        if !name.eq_ignore_ascii_case("content-type") {
            value.clear();
        }
    }
    outline
}
