//! Wall-clock time as a number, so that deciding needs no clock.
//!
//! Everything in this floor takes `now` as an argument. Times are milliseconds since the Unix
//! epoch; arithmetic saturates, because a provider may send any number.

/// Milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The time `span_ms` later; stops at the end of time instead of wrapping.
    #[must_use]
    pub const fn after_ms(self, span_ms: u64) -> Self {
        Self(self.0.saturating_add(span_ms))
    }

    /// The time `span_ms` earlier; stops at the epoch.
    #[must_use]
    pub const fn before_ms(self, span_ms: u64) -> Self {
        Self(self.0.saturating_sub(span_ms))
    }

    /// Milliseconds from `earlier` to here; 0 when `earlier` is later.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 (`2026-11-23T10:00:00.5Z`, `+01:00` offsets) and the HTTP date of
    /// RFC 9110 §5.6.7 (`Sun, 06 Nov 1994 08:49:37 GMT`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        if text.as_bytes().first()?.is_ascii_digit() { rfc3339(text) } else { http_date(text) }
    }
}

fn rfc3339(text: &str) -> Option<Timestamp> {
    let date_ends = text.bytes().position(|byte| b"Tt ".contains(&byte))?;
    let (date, rest) = (text.get(..date_ends)?, text.get(date_ends + 1..)?);
    let mut fields = date.splitn(3, '-');
    let (year, month, day) = (number(fields.next()?)?, number(fields.next()?)?, number(fields.next()?)?);
    let zone_starts = rest.bytes().position(|byte| b"Zz+-".contains(&byte)).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(zone_starts)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let seconds = epoch_seconds(year, month, day, clock_seconds(clock)?)?;
    let offset = match zone {
        // Without a zone, providers mean UTC.
        "" | "Z" | "z" => 0,
        _ => {
            let (sign, hhmm) = zone.split_at_checked(1)?;
            let (hours, minutes) = hhmm.split_once(':').or_else(|| hhmm.split_at_checked(2))?;
            let (hours, minutes) = (number(hours)?, number(minutes)?);
            let span = (hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)?;
            match sign {
                "+" => span,
                "-" => -span,
                _ => return None,
            }
        }
    };
    let mut millis = 0;
    for (digit, weight) in fraction.bytes().zip([100, 10, 1]) {
        millis += u64::from(digit.checked_sub(b'0').filter(|value| *value < 10)?) * weight;
    }
    let whole = u64::try_from(seconds - offset).ok()?;
    Some(Timestamp(whole.checked_mul(1000)?.checked_add(millis)?))
}

fn http_date(text: &str) -> Option<Timestamp> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let (_, rest) = text.split_once(',')?;
    let mut fields = rest.trim_ascii_start().split(' ');
    let (day, month, year) = (number(fields.next()?)?, fields.next()?, number(fields.next()?)?);
    let month = MONTHS.as_bytes().chunks(3).position(|name| name == month.as_bytes())? + 1;
    let clock = clock_seconds(fields.next()?)?;
    (fields.next()? == "GMT").then_some(())?;
    let seconds = epoch_seconds(year, i64::try_from(month).ok()?, day, clock)?;
    Some(Timestamp(u64::try_from(seconds).ok()?.checked_mul(1000)?))
}

fn clock_seconds(clock: &str) -> Option<i64> {
    let mut fields = clock.splitn(3, ':');
    let (hours, minutes) = (number(fields.next()?)?, number(fields.next()?)?);
    let seconds = fields.next().map_or(Some(0), number)?;
    (hours < 24 && minutes < 60 && seconds <= 60).then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Days from the civil calendar, counted in 400-year eras that begin on 1 March.
fn epoch_seconds(year: i64, month: i64, day: i64, clock: i64) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year / 400;
    let year_of_era = shifted_year % 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some((era * 146_097 + day_of_era - 719_468) * 86_400 + clock)
}

fn number(digits: &str) -> Option<i64> {
    let plausible = !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|digit| digit.is_ascii_digit());
    plausible.then(|| digits.bytes().fold(0, |so_far, digit| so_far * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_rfc_3339_and_rfc_9110_are_read() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:30:45.250Z", 951_827_445_250),
            ("2026-11-23T10:00:00+01:00", 1_795_424_400_000),
            ("2026-11-23T09:00:00.000+00:00", 1_795_424_400_000),
            ("2026-11-23T09:00:00", 1_795_424_400_000),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
        ];
        for (text, ms) in cases {
            assert_eq!(Timestamp::parse(text), Some(Timestamp(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_nothing() {
        for text in [
            "",
            "soon",
            "2026",
            "2026-13-01T00:00:00Z",
            "2026-01-01T25:00:00Z",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "1é26-01-01T00:00:00Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00-999:00",
            "2026-01-01T00:00:00-00:60",
            "2026-01-01T00:00:00Z01:00",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}
