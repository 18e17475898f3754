//! A sign-in by redirect, as far as it can be tried without anybody signing in: what the provider publishes, whether this
//! page may read it, and which addresses of this app are to be registered there.
//!
//! ```text
//! issuer --well_known--> the metadata, at either of two places
//!                           |--> the key set          whatever the config writes out is not asked for
//!                           '--> the token endpoint   asked for nothing: only whether a page of this origin may hear the answer
//! ```
//! What the app believes is decided by [`metadata`], as in the app. Nothing that is asked for here is a secret.

use super::{
    failing,
    probing::{self, Echo, Probe},
    report::{Finding, Line, Report},
    trial::{Step, Trial},
};
use crate::{
    config::{Config, Credentials, Method, Request, read_json},
    oidc::{Metadata, MetadataProblem, metadata},
    session::{HttpFailure, HttpRequest, HttpResponse, Timestamp},
};
use serde_json::Value;

/// Algorithms of signatures that the app can verify.
const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// An address of this app that the provider must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// What providers call it.
    pub name: &'static str,
    /// The address, exactly.
    pub address: String,
    /// What it is for.
    pub why: &'static str,
}

/// The addresses to register at the provider, the necessary one first; none where the config signs in with a form. `app` is where the app
/// lives, without a slash at its end.
#[must_use]
pub fn registered(config: &Config, app: &str) -> Vec<Registered> {
    let Some(redirect) = &config.provider.redirect else { return Vec::new() };
    let below = |rest: &str| [app, &redirect.path, rest].concat();
    let mut all = vec![Registered {
        name: "Redirect URI",
        address: below(""),
        why: "Where a sign-in comes back. Without it the provider shows an error in place of its login page.",
    }];
    if redirect.end_session.is_some() {
        all.push(Registered {
            name: "Post-logout redirect URI",
            address: below("/signed-out"),
            why: "Where a sign-out at the provider comes back.",
        });
    }
    all.push(Registered {
        name: "Front-channel logout URI",
        address: below("/front-channel"),
        why: "Optional: where the provider says that somebody has signed out there.",
    });
    all
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The metadata, at this one of its places.
    Metadata(usize),
    /// The key set.
    Keys,
    /// The token endpoint.
    Token,
}

/// What was asked, and what came of it.
pub struct Seen {
    /// What is looked at.
    pub look: Look,
    /// As it was sent.
    pub sent: HttpRequest,
    /// What came back.
    pub answer: Result<HttpResponse, HttpFailure>,
    /// What was asked to tell one failure from another.
    pub probes: Vec<(Probe, Echo)>,
    /// Addresses that the page's content security policy did not let through meanwhile.
    pub blocked: Vec<String>,
}

/// The next thing to ask after those; `None`: all is seen, or nothing more can be.
#[must_use]
pub fn next(config: &Config, seen: &[Seen]) -> Option<(Look, HttpRequest)> {
    let redirect = config.provider.redirect.as_ref()?;
    let metadata = believed(config, seen);
    let tried = seen.iter().filter(|seen| matches!(seen.look, Look::Metadata(_))).count();
    if metadata.is_none() && needs_metadata(config) {
        let address = metadata::well_known(&redirect.issuer).into_iter().nth(tried)?;
        return Some((Look::Metadata(tried), request(Method::Get, address, None)));
    }
    let is_new = |look: Look| !seen.iter().any(|seen| seen.look == look);
    let resolve = |address: &str| match metadata::reference(address) {
        Some(reference) => metadata.as_ref()?.endpoint(&reference.name).map(str::to_owned),
        None => Some(address.to_owned()),
    };
    let keys = match redirect.jwks.as_str() {
        "" => metadata.as_ref().and_then(Metadata::jwks_uri).map(str::to_owned),
        address => resolve(address),
    };
    if let Some(address) = keys.filter(|_| is_new(Look::Keys)) {
        return Some((Look::Keys, request(Method::Get, address, None)));
    }
    // The header needs the provider's leave, so the browser asks for that as it will at the sign-in.
    let proof = redirect.has_dpop.then_some("DPoP");
    let address = resolve(&config.provider.sign_in.url.as_written()).filter(|_| is_new(Look::Token))?;
    Some((Look::Token, request(Method::Post, address, proof)))
}

/// The next probe for an answer that did not come; a place where nothing is has none.
#[must_use]
pub fn next_probe(
    sent: &HttpRequest,
    page: Option<&str>,
    answer: &Result<HttpResponse, HttpFailure>,
    seen: &[(Probe, Echo)],
) -> Option<Probe> {
    let next = answer.is_err().then(|| probing::next(sent, page, answer, seen)).flatten()?;
    // Such an address is not the operator's to write.
    (!probing::is_slashed(&next, sent)).then_some(next)
}

/// What is told of each, in order. `file`: the text of the config, in which a wrong issuer can be put right.
#[must_use]
pub fn reports(config: &Config, file: &str, page: Option<&str>, seen: &[Seen]) -> Vec<Report> {
    let found = seen.iter().position(|seen| believe(config, seen).is_some());
    let is_told = |(index, seen): &(usize, &Seen)| match seen.look {
        // Where the document was found at one place, nothing is wrong with the other; where at none, the first is the likelier.
        Look::Metadata(place) => found.map_or(place == 0, |found| found == *index),
        Look::Keys | Look::Token => true,
    };
    seen.iter().enumerate().filter(is_told).map(|(_, seen)| report(config, file, page, seen)).collect()
}

fn request(method: Method, url: String, header: Option<&str>) -> HttpRequest {
    HttpRequest {
        method,
        url,
        headers: header.map(|name| (name.to_owned(), "probe".to_owned())).into_iter().collect(),
        body: None,
        credentials: Credentials::Omit,
        timeout_ms: 10_000,
        keepalive: false,
        follows_redirects: false,
    }
}

/// Whether the app asks for the metadata: for an endpoint that is named, or for the keys that an ID token is checked with.
fn needs_metadata(config: &Config) -> bool {
    let Some(redirect) = &config.provider.redirect else { return false };
    !named(config).is_empty() || redirect.jwks.is_empty() && asks_for_id_token(config)
}

/// OpenID Connect Core §3.1.2.1: without this scope nobody sends an ID token.
fn asks_for_id_token(config: &Config) -> bool {
    let scope = config.provider.redirect.as_ref().and_then(|redirect| redirect.request.field("scope"));
    scope.unwrap_or_default().split_ascii_whitespace().any(|scope| scope == "openid")
}

/// The endpoints that the config names, each once, and which of its requests wants them.
fn named(config: &Config) -> Vec<(String, &'static str)> {
    let provider = &config.provider;
    let Some(redirect) = &provider.redirect else { return Vec::new() };
    let of = |request: &Request| request.url.as_written();
    let mut addresses = vec![(of(&redirect.request), "redirect"), (of(&provider.sign_in), "sign_in")];
    addresses.extend(provider.refresh.as_ref().map(|request| (of(request), "refresh")));
    addresses.extend(provider.user_info.as_ref().map(|probe| (of(&probe.request), "user_info")));
    addresses.extend(provider.revoke.iter().map(|request| (of(request), "revoke")));
    addresses.extend(redirect.end_session.as_ref().map(|request| (of(request), "end_session")));
    addresses.push((redirect.par.clone(), "par"));
    let mut names: Vec<(String, &'static str)> = Vec::new();
    for (address, wanted_by) in addresses {
        if let Some(reference) = metadata::reference(&address)
            && !names.iter().any(|(name, _)| *name == reference.name)
        {
            names.push((reference.name, wanted_by));
        }
    }
    names
}

fn believed(config: &Config, seen: &[Seen]) -> Option<Metadata> {
    seen.iter().find_map(|seen| believe(config, seen))
}

/// The metadata, as the app would take it.
fn believe(config: &Config, seen: &Seen) -> Option<Metadata> {
    read(config, seen).and_then(Result::ok)
}

fn read(config: &Config, seen: &Seen) -> Option<Result<Metadata, MetadataProblem>> {
    let issuer = &config.provider.redirect.as_ref()?.issuer;
    let answer = seen.answer.as_ref().ok().filter(|answer| is_fine(answer))?;
    matches!(seen.look, Look::Metadata(_)).then(|| Metadata::read(&answer.body, issuer))
}

fn is_fine(answer: &HttpResponse) -> bool {
    (200..300).contains(&answer.status)
}

fn report(config: &Config, file: &str, page: Option<&str>, seen: &Seen) -> Report {
    let mut findings = Vec::new();
    let mut kept = Vec::new();
    match (&seen.answer, seen.look) {
        (Err(failure), _) => failing::explain(&trial(config, page, seen), failure, &mut findings),
        (Ok(_), Look::Token) => {}
        (Ok(answer), _) if !is_fine(answer) => findings.push(not_there(seen.look, answer)),
        (Ok(answer), Look::Keys) => keys(answer, &mut findings, &mut kept),
        (Ok(answer), Look::Metadata(_)) => match read(config, seen) {
            Some(Ok(metadata)) => {
                document(config, &metadata, &read_json(&answer.body).unwrap_or_default(), &mut findings, &mut kept);
            }
            Some(Err(MetadataProblem::OtherIssuer)) => findings.push(other_issuer(config, file, answer)),
            Some(Err(MetadataProblem::Unreadable)) | None => findings.push(unreadable(answer)),
        },
    }
    let is_success = !findings.iter().any(|finding| finding.weight == super::Weight::Wrong);
    let what = match &seen.answer {
        Ok(answer) => format!("status {}", answer.status),
        Err(failure) => failure.to_string(),
    };
    let outcome = match (seen.look, is_success) {
        (Look::Metadata(_), true) => "The provider's metadata holds what the app needs.",
        (Look::Metadata(_), false) => {
            "The app would say that it is not set up correctly: this is the provider's metadata."
        }
        (Look::Keys, true) => "The app could check the signatures of ID tokens.",
        (Look::Keys, false) => "The app would refuse every sign-in: it could not check the signatures of ID tokens.",
        (Look::Token, true) => {
            "The app could turn the code of a sign-in into tokens: it may read what the token endpoint answers."
        }
        (Look::Token, false) => "The app could not turn the code of a sign-in into tokens.",
    };
    findings.sort_by_key(|finding: &Finding| finding.weight);
    Report {
        headline: format!("{what} to {} {}", seen.sent.method.as_str(), seen.sent.url),
        is_success,
        outcome: outcome.to_owned(),
        findings,
        kept,
        shape: Vec::new(),
    }
}

/// For what is told of failures, which is the same for all requests.
fn trial<'a>(config: &'a Config, page: Option<&'a str>, seen: &'a Seen) -> Trial<'a> {
    Trial {
        config,
        step: &Step::Discovery,
        request: &config.provider.sign_in,
        ask: None,
        sent: &seen.sent,
        answer: &seen.answer,
        probes: &seen.probes,
        blocked: &seen.blocked,
        page,
        tokens: None,
        password: "",
        now: Timestamp(0),
    }
}

fn not_there(look: Look, answer: &HttpResponse) -> Finding {
    let status = answer.status;
    match look {
        Look::Keys => Finding::wrong(
            format!("There is no key set at this address (status {status})."),
            "Leave `jwks` out, so that the metadata tells the address; if it is the metadata's, ask the provider.",
        ),
        Look::Metadata(_) | Look::Token => Finding::wrong(
            format!("There is no metadata at this address (status {status})."),
            "Is the issuer right? It is what stands before `/.well-known/openid-configuration` in the provider's own documentation, with the realm or tenant. A provider without metadata needs every endpoint written out, and `jwks`.",
        ),
    }
}

fn unreadable(answer: &HttpResponse) -> Finding {
    let what = if answer.is_html() { "a web page (HTML)" } else { "no JSON object" };
    Finding::wrong(
        format!("What is at this address is {what}, not the provider's metadata."),
        "Is the issuer right? It is what stands before `/.well-known/openid-configuration` in the provider's own documentation, with the realm or tenant.",
    )
}

/// OpenID Connect Discovery §4.3: exactly the same.
fn other_issuer(config: &Config, file: &str, answer: &HttpResponse) -> Finding {
    let ours = config.provider.redirect.as_ref().map_or("", |redirect| &redirect.issuer);
    let document = read_json(&answer.body).unwrap_or_default();
    let Some(theirs) = document.get("issuer").and_then(Value::as_str) else {
        return Finding::wrong(
            "The document does not say whose it is: it has no `issuer`.",
            "Look for another address, or write every endpoint out.",
        );
    };
    let bare = |issuer: &str| issuer.trim_end_matches('/').to_ascii_lowercase();
    let more = if bare(ours) == bare(theirs) {
        " Only the last slash, or the case of letters, is different, and it counts."
    } else {
        ""
    };
    Finding::wrong(
        format!("The document is of the issuer `{theirs}`, and the config says `{ours}`.{more}"),
        format!("Write `{theirs}`, if that is the provider you mean: the app compares the two letter by letter, so that nobody can pass for another."),
    )
    .repaired_by(issuer_pointer(config, file), theirs)
}

/// Where the issuer stands in the file: in a var, or in the redirect.
fn issuer_pointer(config: &Config, file: &str) -> String {
    let provider = match config.provider.name.as_str() {
        "provider" => "/provider".to_owned(),
        name => ["/providers/", name].concat(),
    };
    let var = [&provider, "/vars/issuer"].concat();
    let written = read_json(file).and_then(|file| file.pointer(&var).cloned());
    if written.is_some_and(|written| written.is_string()) { var } else { provider + "/redirect/issuer" }
}

fn keys(answer: &HttpResponse, findings: &mut Vec<Finding>, kept: &mut Vec<Line>) {
    let set = read_json(&answer.body).unwrap_or_default();
    match set.get("keys").and_then(Value::as_array) {
        Some(keys) if !keys.is_empty() => {
            let kinds = keys.iter().filter_map(|key| key.get("alg").or_else(|| key.get("kty"))?.as_str());
            kept.push(line("Keys", &kinds.collect::<Vec<_>>().join(", "), true));
        }
        _ => findings.push(Finding::wrong(
            "There is no key in what is at this address.",
            "Leave `jwks` out, so that the metadata tells the address; if it is the metadata's, ask the provider.",
        )),
    }
}

/// What the document says beyond whose it is.
fn document(config: &Config, metadata: &Metadata, json: &Value, findings: &mut Vec<Finding>, kept: &mut Vec<Line>) {
    let Some(redirect) = &config.provider.redirect else { return };
    for (name, wanted_by) in named(config) {
        let address = metadata.endpoint(&name);
        kept.push(line(&name, address.unwrap_or("not in the metadata"), address.is_some()));
        if address.is_none() {
            findings.push(missing(&name, wanted_by));
        }
    }
    if redirect.jwks.is_empty() && asks_for_id_token(config) {
        let address = metadata.jwks_uri();
        kept.push(line("jwks_uri", address.unwrap_or("not in the metadata"), address.is_some()));
        if address.is_none() {
            findings.push(Finding::wrong(
                "The metadata names no key set (`jwks_uri`), so no ID token could be checked.",
                "Write the address of the provider's keys as `jwks` in `redirect`.",
            ));
        }
    }
    // Of a list that is not there nothing is known.
    let lacks = |name: &str, wanted: &[&str]| {
        json.get(name)
            .and_then(Value::as_array)
            .is_some_and(|all| !all.iter().filter_map(Value::as_str).any(|one| wanted.contains(&one)))
    };
    if lacks("response_types_supported", &["code"]) {
        findings.push(Finding::wrong("The provider does not offer the authorization code (`response_types_supported`), and the app knows no other way.", "Turn it on at the provider, where that is possible."));
    }
    if asks_for_id_token(config) && lacks("id_token_signing_alg_values_supported", &ALGORITHMS) {
        findings.push(Finding::wrong(
            format!(
                "The provider signs ID tokens in no way that the app can check; it can check {}.",
                ALGORITHMS.join(", ")
            ),
            "Let the provider sign with one of these.",
        ));
    }
    if lacks("code_challenge_methods_supported", &["S256"]) {
        findings.push(Finding::doubtful("The provider does not say that it knows PKCE with `S256` (`code_challenge_methods_supported`).", "The app sends it all the same, and most that do not know it ignore it. A public client is not safe without it."));
    }
    if redirect.has_dpop && json.get("dpop_signing_alg_values_supported").is_none() {
        findings.push(Finding::doubtful(
            "The provider does not say that it knows DPoP (`dpop_signing_alg_values_supported`).",
            "Leave `dpop` out, or turn it on there: tokens that are not bound to the key are refused.",
        ));
    }
    let scope = redirect.request.field("scope").unwrap_or_default();
    if scope.split_ascii_whitespace().any(|scope| scope == "offline_access")
        && lacks("scopes_supported", &["offline_access"])
    {
        findings.push(Finding::note(
            "The provider does not list the scope `offline_access`.",
            "If it refuses the sign-in for that, leave it out of the scope: set the var `scope`.",
        ));
    }
    if lacks("token_endpoint_auth_methods_supported", &["none"]) {
        findings.push(Finding::note(
            "The provider does not list clients without a secret (`none` in `token_endpoint_auth_methods_supported`).",
            "Many take them all the same: register the app as a public client, often called single-page app.",
        ));
    }
}

fn missing(name: &str, wanted_by: &str) -> Finding {
    match wanted_by {
        "redirect" | "sign_in" | "refresh" | "user_info" => Finding::wrong(
            format!("The metadata names no `{name}`, which `{wanted_by}` wants."),
            format!(
                "Write the address out in `{wanted_by}`, or leave `{wanted_by}` out where it may be missing (`null` over a preset)."
            ),
        ),
        "revoke" => Finding::note(
            format!(
                "The metadata names no `{name}`: a sign-out cannot take back the tokens, which live until they expire."
            ),
            "Set `revoke` to `null` if the provider has no such endpoint.",
        ),
        _ => Finding::wrong(
            format!("The metadata names no `{name}`, which `{wanted_by}` wants."),
            format!("Write the address out, or leave `{wanted_by}` out."),
        ),
    }
}

fn line(name: &str, text: &str, is_there: bool) -> Line {
    Line { name: name.to_owned(), text: text.to_owned(), is_there }
}
