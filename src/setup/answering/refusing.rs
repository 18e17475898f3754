//! Why a request was refused: by the status, by the code, and by what was sent.

use super::{Heard, line, listed, looks_secret, short};
use crate::{
    config::Credentials,
    session::Outcome,
    setup::{
        masking::masked,
        probing::{Echo, is_slashed, with_final_slash},
        report::{Finding, Report},
        trial::{Meaning, Step},
        wording,
    },
};

impl Heard<'_> {
    pub(super) fn refusal(&self, meaning: &Meaning, report: &mut Report) {
        let status = self.response.status;
        let findings = &mut report.findings;
        let written = self.trial.request.url.as_written();
        let method = self.trial.request.method.as_str();
        let is_slash = self.trial.probes.iter().any(|(probe, echo)| {
            is_slashed(probe, self.trial.sent)
                && (matches!(echo, Echo::Answered(other) if !matches!(other, 404 | 410)) || *echo == Echo::Redirected)
        });
        match status {
            404 if is_slash && with_final_slash(&written).is_some() => {
                let right = with_final_slash(&written).unwrap_or_default();
                findings.push(
                    Finding::wrong(
                        "There is nothing at this address, but there is with a final slash.",
                        format!("Write `{right}`."),
                    )
                    .repaired_by(self.trial.step.pointer() + "/url", right),
                );
            }
            404 | 410 if self.json.is_none() || *self.trial.step != Step::SignIn => findings.push(Finding::wrong(
                format!("There is nothing at this address (status {status})."),
                "Is the path right, to the letter? Some end with a slash, some begin with a version or a realm.",
            )),
            405 => findings.push(Finding::wrong(
                format!("The address is right, but takes no {method} (status 405)."),
                "Look which method the provider's documentation names, and let `method` say it.",
            )),
            415 => findings.push(Finding::wrong(
                "The provider wants another kind of body (status 415).",
                "Where `json` is, try `form`, and the other way round; a few want a `content_type` of their own.",
            )),
            429 | 503 if self.response.header("retry-after").is_none() => {
                let hidden = if self.is_cross_origin() {
                    "it did not send `Retry-After`, or does not expose it to pages of other origins"
                } else {
                    "it did not send `Retry-After`"
                };
                findings.push(Finding::doubtful(
                    format!("The provider says \"later\" (status {status}) but not when: {hidden}."),
                    "Let it send `Retry-After`, and `Access-Control-Expose-Headers: Retry-After` beside it. Without, the app waits for a time of its own choice.",
                ));
            }
            429 | 503 => {
                let when = self.response.retry_at(self.trial.now).map(|at| wording::until(at, self.trial.now));
                findings.push(Finding::note(
                    format!(
                        "The provider says \"later\" (status {status}), {}.",
                        when.unwrap_or_else(|| "at a time that cannot be read".into())
                    ),
                    "The app waits until then.",
                ));
            }
            500.. => findings.push(Finding::wrong(
                format!("The provider has a problem (status {status})."),
                "Its log says which. A body that it does not expect is a common cause.",
            )),
            _ => {}
        }
        if (400..500).contains(&status) && status != 429 {
            self.code(meaning, report);
        }
    }

    /// By what the app knows why it was refused.
    fn code(&self, meaning: &Meaning, report: &mut Report) {
        let errors = &self.trial.config.provider.errors;
        let found = errors.code.iter().find_map(|place| self.text_at(place).map(|code| (place, code)));
        let is_credentials = matches!(self.response.status, 400 | 401 | 403 | 422);
        match &found {
            Some((place, code)) => {
                let ends = errors.session_ended.contains(code);
                let known = if ends { ", which ends a session" } else { "" };
                let code = if looks_secret(code) { masked(code) } else { short(code) };
                report.kept.push(line("Error code", format!("`{code}` at `{place}`{known}"), true));
            }
            None if self.json.is_some() && !errors.code.is_empty() => {
                report.kept.push(line("Error code", format!("not at {}", listed(&errors.code)), false));
                if *self.trial.step == Step::Refresh && self.response.status != 401 {
                    report.findings.push(Finding::doubtful(
                        "A refusal of a refresh is told by its code, and there is none where the config looks.",
                        "Let `errors.code` name the place below that holds it, and `errors.session_ended` the codes that mean: sign in again.",
                    ));
                }
            }
            None => {}
        }
        if !is_credentials {
            return;
        }
        let is_refused = matches!(meaning, Meaning::Provider(Outcome::Refused | Outcome::Ended));
        match self.trial.step {
            Step::SignIn if is_refused => report.findings.push(Finding::wrong(
                format!("The provider refused (status {}).", self.response.status),
                "Are username and password right? If they are: is something missing in the request, like a `client_id`, a `scope` or a key in a header, and does the provider allow this way to sign in at all?",
            )),
            Step::UserInfo | Step::Query(_) | Step::Revoke(_) if !self.carries_token() => report.findings.push(Finding::wrong(
                format!("The API refused (status {}), and the request carries no access token.", self.response.status),
                "Set `\"authorized\": true`.",
            ).repaired_by(self.trial.step.pointer() + "/authorized", true)),
            Step::UserInfo | Step::Query(_) | Step::Revoke(_) => report.findings.push(Finding::wrong(
                format!("The API refused the access token (status {}).", self.response.status),
                "Has it been refreshed or revoked since? Is it the right one of several (some want the ID token), and in the header that the API wants (`authorize`)? With 403: has this user the right?",
            )),
            Step::Refresh => report.findings.push(Finding::wrong(
                format!("The provider refused the refresh token (status {}).", self.response.status),
                "Is it sent under the right name? A provider that rotates takes each only once: sign in again and try once more.",
            )),
            Step::SignIn | Step::Discovery => {}
        }
    }

    fn carries_token(&self) -> bool {
        let Some(tokens) = self.trial.tokens else { return false };
        if tokens.access_token.is_in_cookie() {
            return self.trial.sent.credentials != Credentials::Omit;
        }
        let token = tokens.access_token.expose();
        let in_headers = self.trial.sent.headers.iter().any(|(_, value)| value.contains(token));
        in_headers || self.trial.sent.body.as_ref().is_some_and(|body| body.contains(token))
    }
}
