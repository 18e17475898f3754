//! When the token expires, by the answer and by the token itself, and whether the config reads that in the right unit.

use super::{Heard, line};
use crate::{
    config::{Expiry, Place, TokenPlaces},
    session::{Grant, Timestamp, claims, protocol},
    setup::{
        report::{Finding, Report},
        searching, wording,
    },
};

impl Heard<'_> {
    pub(super) fn expiry(&self, grant: &Grant, places: &TokenPlaces, report: &mut Report) {
        let token = grant.access_token.expose();
        let now = self.trial.now;
        let hit = places.expires.iter().find_map(|expiry| {
            protocol::expiry_by(self.response, self.json, expiry, token, now).map(|at| (expiry, at))
        });
        let told = match &hit {
            Some((expiry, Some(at))) => format!("{}, by {}", wording::until(*at, now), spoken(expiry)),
            Some((Expiry::Never, None)) | None => "not told: refreshed only when the API answers 401".to_owned(),
            Some((expiry, None)) => format!("not told: {} says a time that is over, or none", spoken(expiry)),
        };
        report.kept.push(line("Expires", told, hit.as_ref().is_some_and(|(_, at)| at.is_some())));
        match hit {
            Some((expiry @ (Expiry::In { place, .. } | Expiry::At { place, .. }), at)) => {
                self.unit(expiry, place, at, token, &mut report.findings);
            }
            Some((Expiry::Jwt, None)) => report.findings.push(Finding::doubtful(
                "The token's own expiry (`exp`) is over on arrival: one of the two clocks is wrong.",
                "Look at the clock of this device and at that of the provider. Until then the app refreshes on a 401 alone.",
            )),
            Some((Expiry::AtIso(_), None)) => report.findings.push(Finding::doubtful(
                "The expiry is over on arrival: one of the two clocks is wrong, or it is another time that stands there.",
                "Look at the clock of this device, and at the place in `tokens.expires`.",
            )),
            Some((Expiry::Never, _)) | None => self.untold(token, places, &mut report.findings),
            Some((Expiry::Jwt | Expiry::AtIso(_) | Expiry::After(_), _)) => {}
        }
    }

    /// Whether the number makes sense in the unit that the config says.
    fn unit(&self, expiry: &Expiry, place: &Place, at: Option<Timestamp>, token: &str, findings: &mut Vec<Finding>) {
        let Some(number) =
            self.text_at(place).and_then(|text| text.split('.').next().and_then(|digits| digits.parse::<u64>().ok()))
        else {
            return;
        };
        let now = self.trial.now;
        let by_jwt = protocol::expiry_by(self.response, self.json, &Expiry::Jwt, token, now).flatten();
        let lasts_by_jwt = by_jwt.map(|at| at.ms_since(now));
        let is_near = |ms: u64| lasts_by_jwt.map(|lasts| ms.abs_diff(lasts) <= lasts / 10 + 5_000);
        let (kind, unit_ms) = match expiry {
            Expiry::In { unit_ms, .. } => ("in", *unit_ms),
            Expiry::At { unit_ms, .. } => ("at", *unit_ms),
            Expiry::AtIso(_) | Expiry::Jwt | Expiry::After(_) | Expiry::Never => return,
        };
        let other_ms = if unit_ms == 1 { 1000 } else { 1 };
        let is_other = if kind == "in" {
            let (told, other) = (number.saturating_mul(unit_ms), number.saturating_mul(other_ms));
            match (is_near(told), is_near(other)) {
                (Some(true), _) => false,
                (Some(false), Some(true)) => true,
                _ if unit_ms == 1000 => searching::looks_like_ms(number),
                _ => searching::looks_like_s(number),
            }
        } else {
            // 1e11 seconds are the year 5138, and as milliseconds 1973.
            (unit_ms == 1000) == (number > 100_000_000_000)
        };
        if is_other {
            let (told, right, other) =
                if unit_ms == 1000 { ("seconds", "milliseconds", "ms") } else { ("milliseconds", "seconds", "s") };
            let what = if kind == "in" {
                format!(
                    "The expiry looks like the wrong unit: {number} {told} are {}, {number} {right} are {}.",
                    wording::span(number.saturating_mul(unit_ms)),
                    wording::span(number.saturating_mul(other_ms))
                )
            } else {
                format!(
                    "The expiry looks like the wrong unit: {number} makes sense in {right} since 1970, not in {told}."
                )
            };
            let written = serde_json::json!({ kind: place.to_string(), "unit": other });
            let finding = Finding::doubtful(what, format!("Let `tokens.expires` say `{written}`."));
            findings.push(finding.repaired_by(self.tokens_pointer("expires"), written));
        } else if at.is_none() {
            findings.push(Finding::doubtful(
                format!("The expiry at `{place}` is over on arrival ({number})."),
                "Look at the clock of this device, and whether it is another number that should be read.",
            ));
        } else if let Some((told, by_jwt)) = at.zip(by_jwt)
            && told.0.abs_diff(by_jwt.0) > 60_000 + by_jwt.ms_since(now) / 10
        {
            findings.push(Finding::doubtful(
                format!(
                    "`{place}` says {}, but the token itself {}.",
                    wording::until(told, now),
                    wording::until(by_jwt, now)
                ),
                "The API believes the token. If that is the earlier one, let `tokens.expires` say `jwt`.",
            ));
        }
    }

    fn untold(&self, token: &str, places: &TokenPlaces, findings: &mut Vec<Finding>) {
        if let Some((pointer, written)) = self.json.and_then(|json| searching::expiry(json, self.trial.now.0 / 1000)) {
            findings.push(
                Finding::doubtful(
                    format!("No expiry was found, but `{pointer}` looks like one."),
                    format!("Let `tokens.expires` say `{written}`."),
                )
                .repaired_by(self.tokens_pointer("expires"), written),
            );
        } else if claims::payload(token).is_some_and(|claims| claims.get("exp").is_some())
            && !places.expires.contains(&Expiry::Jwt)
        {
            findings.push(
                Finding::doubtful(
                    "The token is a JWT that tells its own expiry, and the config does not look there.",
                    "Let `tokens.expires` say `jwt`.",
                )
                .repaired_by(self.tokens_pointer("expires"), "jwt"),
            );
        } else {
            findings.push(Finding::note(
                "Nothing says when the token expires. The app then refreshes it when the API answers 401.",
                "If you know how long it lasts, `\"expires\": { \"after_s\": 3600 }` lets it be refreshed before.",
            ));
        }
    }
}

fn spoken(expiry: &Expiry) -> String {
    let unit = |unit_ms: &u64| if *unit_ms == 1 { "milliseconds" } else { "seconds" };
    match expiry {
        Expiry::In { place, unit_ms } | Expiry::At { place, unit_ms } => format!("`{place}` in {}", unit(unit_ms)),
        Expiry::AtIso(place) => format!("`{place}`"),
        Expiry::Jwt => "the JWT's own `exp`".to_owned(),
        Expiry::After(_) => "`after_s`".to_owned(),
        Expiry::Never => "nothing".to_owned(),
    }
}
