//! What an answer says, places by places: what is kept of it, what else it holds, and what is wrong with it.

mod expiry;
mod refusing;

use super::{
    masking::masked,
    probing::is_cross_origin,
    report::{Finding, Line, Report},
    searching::{self, Wanted},
    trial::{Meaning, Step, Trial},
    wording,
};
use crate::{
    config::{Place, TokenPlaces},
    session::{Grant, HttpResponse, Outcome, QueryProblem, claims, protocol},
};
use serde_json::Value;

/// No more lines of the rest of an answer are shown.
const MANY_LINES: usize = 24;

/// Everything there is to say of an answer.
pub(super) fn explain(
    trial: &Trial<'_>,
    response: &HttpResponse,
    json: Option<&Value>,
    meaning: &Meaning,
    report: &mut Report,
) {
    let heard = Heard { trial, response, json };
    let is_success = protocol::is_success(trial.request, response, json);
    heard.kind(is_success, &mut report.findings);
    if is_success {
        match (trial.step, meaning) {
            (_, Meaning::Before(_)) => {}
            (Step::SignIn | Step::Refresh, Meaning::Provider(outcome)) => heard.tokens(outcome, report),
            (Step::UserInfo, Meaning::Provider(outcome)) => heard.user(outcome, report),
            (Step::Query(name), Meaning::Query(rows)) => heard.rows(name, rows, report),
            (Step::Revoke(_), _) => report.findings.push(Finding::note(
                "What was revoked is gone: what is tried next with it will be refused.",
                "Sign in once more to go on.",
            )),
            (Step::SignIn | Step::Refresh | Step::UserInfo | Step::Query(_) | Step::Discovery, _) => {}
        }
    } else {
        heard.refusal(meaning, report);
    }
    report.shape = heard.shape(is_success);
}

/// An answer, and how it came about.
struct Heard<'a> {
    trial: &'a Trial<'a>,
    response: &'a HttpResponse,
    json: Option<&'a Value>,
}

impl Heard<'_> {
    fn text_at(&self, place: &Place) -> Option<String> {
        protocol::text_at(self.response, self.json, place)
    }

    fn is_cross_origin(&self) -> bool {
        is_cross_origin(&self.trial.sent.url, self.trial.page)
    }

    /// JSON, a page, or nothing.
    fn kind(&self, is_success: bool, findings: &mut Vec<Finding>) {
        if self.json.is_some() {
            return;
        }
        let wants_json = !matches!(self.trial.step, Step::Revoke(_));
        if self.response.is_html() {
            findings.push(Finding::wrong(
                "The answer is a web page (HTML), not JSON.",
                "The address is that of a page for people, or of nothing at all and a fallback rule answers; a login wall or a proxy may stand before the API. Look for the address of the API itself.",
            ));
        } else if is_success && wants_json && self.response.body.trim().is_empty() {
            findings.push(Finding::wrong(
                format!("The answer is empty (status {}).", self.response.status),
                "If the provider holds the session in a cookie, begin with the preset `cookie-session`; else another address or a parameter gives the tokens.",
            ));
        } else if is_success && wants_json && !self.response.body.trim().is_empty() {
            let weight = if self.reads_body() { Finding::note } else { Finding::doubtful };
            findings.push(weight(
                "The answer is text that is no JSON.",
                "Only the place `body`, and headers, can be read of it.",
            ));
        }
    }

    fn reads_body(&self) -> bool {
        self.trial.request.tokens.access_token.contains(&Place::Body)
    }

    // --- tokens -------------------------------------------------------------------------------

    fn tokens(&self, outcome: &Outcome, report: &mut Report) {
        let places = &self.trial.request.tokens;
        self.keep("Access token", &places.access_token, report);
        if self.trial.config.provider.refresh.is_some() {
            self.keep("Refresh token", &places.refresh_token, report);
        }
        if places.id_token.iter().any(|place| self.text_at(place).is_some()) {
            self.keep("ID token", &places.id_token, report);
        }
        match outcome {
            Outcome::Granted(grant) => {
                self.expiry(grant, places, report);
                self.user_of(grant, report);
                self.refresh_token(grant, places, report);
                if *self.trial.step == Step::SignIn {
                    store(grant, report);
                }
            }
            Outcome::Challenged(_) => report.findings.push(Finding::note(
                "The provider asks for one more step, and the config knows it.",
                "This page tries the first step only; sign in with the app itself to see the second.",
            )),
            _ => self.missing_token(places, report),
        }
    }

    /// One line for each place that was looked at, up to the one that matched.
    fn keep(&self, what: &str, places: &[Place], report: &mut Report) {
        if places.is_empty() {
            return;
        }
        for place in places {
            if *place == Place::Cookie {
                report.kept.push(line(what, "held by the browser in a cookie, where no page can see it", true));
                report.findings.push(Finding::note(
                    "Whether the provider set a cookie, and the browser kept it, cannot be seen here.",
                    "Try who is signed in (`user_info`): its answer tells. Signed out is only who asks the provider to (`revoke`).",
                ));
                return;
            }
            if let Some(found) = self.text_at(place) {
                let jwt = if claims::payload(&found).is_some() { ", a JWT" } else { "" };
                report.kept.push(line(what, format!("{} at `{place}`{jwt}", masked(&found)), true));
                return;
            }
        }
        report.kept.push(line(what, format!("not at {}", listed(places)), false));
    }

    fn missing_token(&self, places: &TokenPlaces, report: &mut Report) {
        let looked = listed(&places.access_token);
        if let Some(found) = searching::token(Wanted::AccessToken, self.response, self.json) {
            report.findings.push(
                Finding::wrong(
                    format!("There is no access token at {looked}, but something that looks like one at `{found}`."),
                    format!("Let `tokens.access_token` say `{found}`."),
                )
                .repaired_by(self.tokens_pointer("access_token"), found),
            );
            return;
        }
        for place in &places.access_token {
            if let Place::Header(name) = place
                && self.is_cross_origin()
            {
                report.findings.push(Finding::wrong(
                    format!("The header `{name}` cannot be read: the provider did not send it, or does not expose it to pages of other origins."),
                    format!("Let it send `Access-Control-Expose-Headers: {name}`."),
                ));
                return;
            }
        }
        report.findings.push(Finding::wrong(
            format!("There is no access token at {looked}, and nothing in the answer looks like one."),
            "Below is what the answer holds. If the provider sets a cookie instead, a page cannot see it: then begin with the preset `cookie-session`.",
        ));
    }

    fn refresh_token(&self, grant: &Grant, places: &TokenPlaces, report: &mut Report) {
        let refresh = &self.trial.config.provider.refresh;
        let found = searching::token(Wanted::RefreshToken, self.response, self.json);
        let binds =
            refresh.as_ref().is_some_and(|request| request.binds(crate::config::Root::Session, "refresh_token"));
        let findings = &mut report.findings;
        if *self.trial.step == Step::Refresh {
            let old = self.trial.tokens.and_then(|tokens| tokens.refresh_token.as_ref());
            match (&grant.refresh_token, old) {
                (Some(new), Some(old)) if new == old => findings.push(Finding::note(
                    "The refresh token is not rotated: the answer holds the same one again.",
                    "The app works with that. A provider that rotates notices a stolen one (RFC 9700 §4.14); turn it on if yours can.",
                )),
                (Some(_), Some(_)) => findings.push(Finding::note("The refresh token is rotated: the answer holds a new one.", "")),
                (None, Some(_)) => match found {
                    Some(found) => findings.push(self.elsewhere(places, found)),
                    None => findings.push(Finding::note(
                        "The answer holds no refresh token, so the app keeps the one it has (RFC 6749 §6).",
                        "",
                    )),
                },
                (_, None) => {}
            }
            if self.trial.tokens.is_some_and(|tokens| tokens.access_token == grant.access_token) {
                findings.push(Finding::doubtful(
                    "The access token is the same as before.",
                    "Either it is extended where it is, or nothing was refreshed: look whether its expiry has moved.",
                ));
            }
            return;
        }
        match (&grant.refresh_token, found, refresh) {
            (None, Some(found), _) => findings.push(self.elsewhere(places, found)),
            (None, None, Some(_)) if binds => findings.push(Finding::wrong(
                format!("The config has a refresh, but the answer holds no refresh token at {}.", listed(&places.refresh_token)),
                "Many give one only for a scope (`offline_access`) or a setting. Without one, set `refresh` to `null`: the session then lasts as long as its access token.",
            )),
            (Some(_), _, None) => findings.push(Finding::doubtful(
                "The answer holds a refresh token, but the config has no `refresh`: the session ends with its access token.",
                "Add the provider's request for new tokens as `/provider/refresh`.",
            )),
            (None | Some(_), _, _) => {}
        }
    }

    fn elsewhere(&self, places: &TokenPlaces, found: String) -> Finding {
        Finding::wrong(
            format!(
                "There is no refresh token at {}, but something that looks like one at `{found}`.",
                listed(&places.refresh_token)
            ),
            format!("Let `tokens.refresh_token` say `{found}`."),
        )
        .repaired_by(self.tokens_pointer("refresh_token"), found)
    }

    /// Where the config says where this answer holds something.
    fn tokens_pointer(&self, name: &str) -> String {
        let whose = if *self.trial.step == Step::Refresh { "/provider/refresh/tokens/" } else { "/provider/tokens/" };
        [whose, name].concat()
    }

    // --- who, and what is stored --------------------------------------------------------------

    fn user_of(&self, grant: &Grant, report: &mut Report) {
        let has_probe = self.trial.config.provider.user_info.is_some();
        match &grant.user {
            Some(user) => report.kept.push(line("User", members(user), true)),
            None if *self.trial.step == Step::Refresh => {}
            None if has_probe => report.kept.push(line("User", "asked for by `user_info`", true)),
            None => {
                report.kept.push(line("User", "not told", false));
                report.findings.push(Finding::note(
                    "The answer does not say who signed in, and there is no `user_info`: `{{user.*}}` stays empty.",
                    "Add `/provider/user_info`, or let `tokens.user` say where the user stands.",
                ));
            }
        }
    }

    fn user(&self, outcome: &Outcome, report: &mut Report) {
        match outcome {
            Outcome::User(user) => report.kept.push(line("User", members(user), true)),
            Outcome::Refused => report.findings.push(Finding::wrong(
                "The answer is `null`: this is how some say that nobody is signed in.",
                "Does the request carry the access token (`\"authorized\": true`), in the header that the provider wants (`authorize`)?",
            )),
            _ => {
                let place = self.trial.config.provider.user_info.as_ref().map(|probe| probe.user.as_str()).unwrap_or_default();
                let nested = self.json.and_then(|json| {
                    searching::places(json).into_iter().find(|(pointer, value)| {
                        value.is_object() && (pointer.ends_with("/user") || pointer.ends_with("/data"))
                    })
                });
                let finding = Finding::wrong(
                    format!("There is no user at `{place}`."),
                    "Let `user_info.user` say where it stands; the empty text means the whole answer.",
                );
                report.findings.push(match nested {
                    Some((pointer, _)) => finding.repaired_by("/provider/user_info/user", pointer),
                    None => finding.repaired_by("/provider/user_info/user", ""),
                });
            }
        }
    }

    fn rows(&self, name: &str, rows: &Result<Value, QueryProblem>, report: &mut Report) {
        let pointer = Step::Query(name.to_owned()).pointer() + "/rows";
        let list = self.json.and_then(searching::list);
        match (rows, list) {
            (Ok(Value::Array(rows)), _) => {
                report.kept.push(line("Rows", wording::counted(rows.len(), "row", "rows"), true));
            }
            (Ok(value), Some(list)) if !list.is_empty() => {
                report.kept.push(line("Rows", members(value), true));
                report.findings.push(
                    Finding::doubtful(
                        format!("The answer is one object, with a list at `{list}`."),
                        format!("For a table, let `rows` say `{list}`."),
                    )
                    .repaired_by(pointer, list),
                );
            }
            (Ok(value), _) => report.kept.push(line("Record", members(value), true)),
            (Err(_), Some(list)) => report.findings.push(
                Finding::wrong(
                    format!("There are no rows where the query says, but a list at `{list}`."),
                    format!("Let `rows` say `{list}`."),
                )
                .repaired_by(pointer, list),
            ),
            (Err(_), None) if self.json.is_some() => report.findings.push(Finding::wrong(
                "There are no rows where the query says, and no list anywhere in the answer.",
                "Below is what the answer holds.",
            )),
            (Err(_), None) => {}
        }
    }

    // --- the rest -----------------------------------------------------------------------------

    /// What the answer holds, by place and kind, values masked; of a refusal, what it says of itself.
    fn shape(&self, is_success: bool) -> Vec<Line> {
        let Some(json) = self.json else {
            let body = self.response.body.trim();
            let told = match body.chars().count() {
                0 => "empty".to_owned(),
                _ if self.response.is_html() => "a web page".to_owned(),
                _ => format!("text, {}", masked(body)),
            };
            return vec![line("body", told, true)];
        };
        let is_leaf =
            |value: &Value| !(value.is_object() || value.is_array()) || value.as_array().is_some_and(Vec::is_empty);
        let mut lines = Vec::new();
        for (pointer, value) in searching::places(json) {
            if is_leaf(value) || pointer.is_empty() && !value.is_object() {
                if lines.len() == MANY_LINES {
                    lines.push(line("…", "and more", true));
                    break;
                }
                let tells = !is_success && is_of_an_error(&pointer);
                lines.push(line(&pointer, kind_of(value, tells), true));
            }
        }
        lines
    }
}

/// What the app's store would take from a sign-in.
fn store(grant: &Grant, report: &mut Report) {
    for (name, value) in &grant.kept.0 {
        let text = match value {
            Some(value) => kind_of(value, false),
            None => "not in this answer".to_owned(),
        };
        report.kept.push(line(&format!("Store: {name}"), text, value.is_some()));
    }
}

/// Whether a place of a refusal says what was wrong, in words for people or a code.
fn is_of_an_error(pointer: &str) -> bool {
    const WORDS: [&str; 9] = ["error", "code", "message", "msg", "detail", "title", "description", "reason", "status"];
    const SECRETS: [&str; 4] = ["token", "secret", "password", "ticket"];
    // An item of a list is called like the list.
    let is_name = |part: &&str| !part.bytes().all(|byte| byte.is_ascii_digit());
    let name = pointer.rsplit('/').find(is_name).unwrap_or_default().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    name == "type" || (has(&WORDS) && !has(&SECRETS))
}

fn kind_of(value: &Value, tells: bool) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(is_true) => is_true.to_string(),
        Value::Number(number) if number.to_string().len() <= 5 || tells => number.to_string(),
        Value::Number(number) => format!("a number, {} digits", number.to_string().len()),
        Value::String(text) if text.is_empty() => "empty text".to_owned(),
        Value::String(text) if tells && !looks_secret(text) => format!("\"{}\"", short(text)),
        Value::String(text) if claims::payload(text).is_some() => format!("a JWT, {}", masked(text)),
        Value::String(text) => format!("text, {}", wording::counted(text.chars().count(), "character", "characters")),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(members) => format!("an object of {}", members.len()),
    }
}

/// Too long for a code, and no words.
fn looks_secret(text: &str) -> bool {
    claims::payload(text).is_some() || (text.len() >= 40 && !text.contains(char::is_whitespace))
}

/// The names of an object's members, without what they hold.
fn members(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let names: Vec<String> = members.keys().take(12).map(|name| format!("`{}`", short(name))).collect();
            let more = if members.len() > names.len() { ", …" } else { "" };
            format!("an object with {}{more}", names.join(", "))
        }
        other => kind_of(other, false),
    }
}

fn line(name: &str, text: impl Into<String>, is_there: bool) -> Line {
    Line { name: name.to_owned(), text: text.into(), is_there }
}

fn listed(places: &[Place]) -> String {
    if places.is_empty() {
        return "any place (the config names none)".to_owned();
    }
    let places: Vec<String> = places.iter().map(|place| format!("`{place}`")).collect();
    places.join(", ")
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(200).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
