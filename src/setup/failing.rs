//! There is no answer, and why: told from the probes, from the page's policy, and from the addresses themselves.

use super::{
    probing::{Asked, Echo, asked_for, is_cross_origin, is_slashed, origin_of, with_final_slash},
    report::Finding,
    trial::{Step, Trial},
};
use crate::{config::Credentials, session::HttpFailure};

/// Why no answer came.
pub(super) fn explain(trial: &Trial<'_>, failure: &HttpFailure, findings: &mut Vec<Finding>) {
    match failure {
        HttpFailure::Offline => {
            findings.push(Finding::wrong("This device is offline.", "Try again when it is back online."));
        }
        HttpFailure::TimedOut => findings.push(Finding::wrong(
            format!("No answer came within {} ms.", trial.request.timeout_ms),
            "If the provider is that slow, raise `timeout_ms` of the request; else look at what keeps it.",
        )),
        HttpFailure::TooLong => findings.push(Finding::wrong(
            "The answer is longer than 1 MB, and such an answer is not read.",
            "Ask for less: most APIs have a `limit` or a page.",
        )),
        HttpFailure::Unsendable => findings.push(Finding::wrong(
            "A header cannot carry its value: a line break, or a character beyond Latin-1.",
            "Send the value in the body, or look at what stands in it.",
        )),
        HttpFailure::Redirected => redirected(trial, "The address answers with a redirect", findings),
        HttpFailure::Unverified(detail) => findings.push(Finding::wrong(
            format!("The answer cannot be believed: {detail}."),
            "Compare the issuer and the client of this config with what the provider says of itself.",
        )),
        HttpFailure::Unreachable => unreachable(trial, findings),
    }
}

fn unreachable(trial: &Trial<'_>, findings: &mut Vec<Finding>) {
    let url = &trial.sent.url;
    let host = origin_of(url).or(trial.page).unwrap_or("this page's own host").to_owned();
    let page = trial.page.unwrap_or("this page's origin");
    if let Some(blocked) = trial.blocked.iter().find(|blocked| is_of(blocked, &host)) {
        findings.push(Finding::wrong(
            format!("The content security policy of this page does not allow it to talk to `{}`.", origin_of(blocked).unwrap_or(blocked)),
            format!("Add `{host}` to `connect-src` in the `Content-Security-Policy` header that the host of this page sends."),
        ));
        return;
    }
    if is_mixed(trial) {
        findings.push(Finding::wrong(
            format!("This page came by https, and `{host}` is plain http: a browser blocks that as mixed content."),
            "Serve the provider by https too.",
        ));
        return;
    }
    if trial.probes.iter().any(|(probe, echo)| *echo == Echo::Redirected && !is_slashed(probe, trial.sent)) {
        return redirected(trial, "The address answers with a redirect", findings);
    }
    let has_answered = trial.probes.iter().any(|(probe, echo)| {
        probe.header.is_none() && matches!(echo, Echo::Answered(_)) && !is_slashed(probe, trial.sent)
    });
    let is_there = trial.probes.iter().any(|(_, echo)| *echo == Echo::Opaque);
    if has_answered {
        return refused_by_preflight(trial, &host, page, findings);
    }
    if is_there && has_slashed_answer(trial) {
        return redirected(
            trial,
            "The address answers without CORS headers, and with a final slash it has them",
            findings,
        );
    }
    if is_there {
        findings.push(Finding::wrong(
            format!("`{host}` answers, but without CORS headers, so the browser does not let this page see the answer."),
            format!("Let the provider send `Access-Control-Allow-Origin: {page}` with every answer, errors too. Most have a list of allowed origins, under names like CORS, web origins or trusted origins."),
        ));
        return;
    }
    let cause = if url.contains("://") {
        "The name is misspelt, nothing listens at that port, the certificate is not trusted, or something on the way (a blocker, a firewall) stops it."
    } else {
        "The address is one of this page's own host: is the path right, and is there something behind it?"
    };
    findings.push(Finding::wrong(
        format!("`{host}` does not answer at all. {cause}"),
        "Open the address in a tab of its own: what the browser says there, it cannot say here.",
    ));
}

/// Whether the address with a final slash answered, and with something.
fn has_slashed_answer(trial: &Trial<'_>) -> bool {
    trial.probes.iter().any(|(probe, echo)| {
        is_slashed(probe, trial.sent) && matches!(echo, Echo::Answered(status) if !matches!(status, 404 | 410))
    })
}

fn redirected(trial: &Trial<'_>, what: &str, findings: &mut Vec<Finding>) {
    const WHY: &str = "The app follows no redirect, because it could lead a password or a token anywhere.";
    let right = with_final_slash(&trial.request.url.as_written()).filter(|_| has_slashed_answer(trial));
    if let Some(right) = right {
        findings.push(
            Finding::wrong(
                format!("{what}: it is the final slash that is missing. {WHY}"),
                format!("Write `{right}`."),
            )
            .repaired_by(trial.step.pointer() + "/url", right),
        );
        return;
    }
    findings.push(Finding::wrong(
        format!("The address answers with a redirect. {WHY}"),
        "Write the address that it leads to: `curl -i` shows it as `Location`. Common causes are http in place of https, a host without `www.`, and a page for signing in where an API was meant.",
    ));
}

fn refused_by_preflight(trial: &Trial<'_>, host: &str, page: &str, findings: &mut Vec<Finding>) {
    let mut refused = Vec::new();
    let mut is_method_refused = false;
    for asked in asked_for(trial.sent) {
        let has_failed = |header: Option<&str>, method| {
            trial.probes.iter().any(|(probe, echo)| {
                probe.header.as_deref() == header && probe.method == method && *echo == Echo::Failed && !probe.is_opaque
            })
        };
        match asked {
            Asked::Method => is_method_refused = has_failed(None, trial.sent.method),
            Asked::Header(name) => {
                if trial
                    .probes
                    .iter()
                    .any(|(probe, echo)| probe.header.as_deref() == Some(name) && *echo == Echo::Failed)
                {
                    refused.push(name);
                }
            }
        }
    }
    if is_method_refused {
        let method = trial.sent.method.as_str();
        findings.push(Finding::wrong(
            format!("`{host}` refuses the preflight: the browser asked whether this page may send {method}, and the host did not say yes."),
            format!("Let its answer to `OPTIONS` say `Access-Control-Allow-Methods: {method}`, beside `Access-Control-Allow-Origin: {page}`."),
        ));
    }
    if !refused.is_empty() {
        let names = refused.join("`, `");
        let (word, list) = (if refused.len() == 1 { "header" } else { "headers" }, refused.join(", "));
        findings.push(Finding::wrong(
            format!("`{host}` refuses the preflight: the browser asked whether this page may send the {word} `{names}`, and the host did not say yes."),
            format!("Let its answer to `OPTIONS` say `Access-Control-Allow-Headers: {list}`, with a status from 200 to 299, beside `Access-Control-Allow-Origin: {page}`. Or leave the {word} out of the config, if the provider does not need it."),
        ));
    }
    if is_method_refused || !refused.is_empty() {
        return;
    }
    if trial.sent.credentials == Credentials::Include && is_cross_origin(&trial.sent.url, trial.page) {
        findings.push(Finding::wrong(
            format!("`{host}` answers, but not with leave to use cookies (`\"credentials\": \"include\"`)."),
            format!("Let it send `Access-Control-Allow-Credentials: true` and `Access-Control-Allow-Origin: {page}`: with cookies, `*` does not count. If no cookies are needed, leave `credentials` out."),
        ));
        return;
    }
    findings.push(Finding::wrong(
        format!("`{host}` answers other requests of this page, but not this one. Either it broke the connection off, or it sends CORS headers with some answers only, often not with errors."),
        "Try once more; if it stays like this, look into the provider's log, and let it send `Access-Control-Allow-Origin` with every answer.",
    ));
}

/// What is worth saying of the way to the provider, whatever came back.
pub(super) fn look_at_transport(trial: &Trial<'_>, findings: &mut Vec<Finding>) {
    let is_plain = |url: &str| url.starts_with("http://");
    if *trial.step == Step::SignIn
        && let Some(origin) = origin_of(&trial.sent.url).filter(|origin| is_plain(origin))
    {
        let is_of_page = Some(origin) == trial.page;
        if !is_mixed(trial) && !is_of_page {
            findings.push(Finding::note(
                format!("`{origin}` is plain http, which is for this machine alone."),
                "Where people sign in, the provider must be at an https address.",
            ));
        }
    }
    if *trial.step == Step::SignIn && trial.page.is_some_and(|page| is_plain(page) && !is_local(page)) {
        findings.push(Finding::wrong(
            "This page came by plain http: everybody on the way can read the passwords that are typed into it.",
            "Serve the app by https.",
        ));
    }
}

fn is_mixed(trial: &Trial<'_>) -> bool {
    trial.page.is_some_and(|page| page.starts_with("https://")) && trial.sent.url.starts_with("http://")
}

/// Whether an origin is this machine.
fn is_local(origin: &str) -> bool {
    let host = origin.split("://").nth(1).unwrap_or(origin);
    let host = host.strip_prefix("[::1]").map_or_else(|| host.split(':').next().unwrap_or(host), |_| "localhost");
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.")
}

/// A violation names an address, or an origin.
fn is_of(blocked: &str, host: &str) -> bool {
    blocked.starts_with(host)
}
