//! Masking: what may be shown of a value that is secret, or may be.
//!
//! A long value shows its first and last two characters and its length, enough to tell two tokens apart; a short one
//! shows its length alone. Everything that a report says goes under a [`Veil`] at the end, whatever was thought of before.

/// A shorter value shows none of its characters.
const LONG_ENOUGH: usize = 16;

/// `ey…9k, 812 characters`, or `••••, 8 characters`.
#[must_use]
pub fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let unit = if length == 1 { "character" } else { "characters" };
    if length < LONG_ENOUGH {
        return format!("••••, {length} {unit}");
    }
    let head: String = secret.chars().take(2).collect();
    let tail: String = secret.chars().skip(length - 2).collect();
    format!("{head}…{tail}, {length} {unit}")
}

/// Everything that must not be read in a report.
#[derive(Clone, Default)]
pub struct Veil(Vec<String>);

impl Veil {
    /// Over these. What has fewer than four characters stands in every second word, and is masked where it is named.
    #[must_use]
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all: Vec<String> =
            secrets.into_iter().filter(|secret| secret.chars().count() >= 4).map(str::to_owned).collect();
        // The longest first: one may stand in another.
        all.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        all.dedup();
        Self(all)
    }

    /// The text with dots in place of every secret.
    #[must_use]
    pub fn over(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "••••"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Veil, masked};

    #[test]
    fn a_long_value_shows_its_ends_and_a_short_one_nothing() {
        assert_eq!(masked("eyJhbGciOiJIUzI1NiJ9"), "ey…J9, 20 characters");
        assert_eq!(masked("hunter2"), "••••, 7 characters");
        assert_eq!(masked("x"), "••••, 1 character");
        assert_eq!(masked("éééééééééééééééé"), "éé…éé, 16 characters");
    }

    #[test]
    fn a_veil_lies_over_every_secret_and_the_longest_first() {
        let veil = Veil::of(["hush", "hush-hush", "abc"]);
        assert_eq!(veil.over("hush-hush, hush and abc"), "••••, •••• and abc");
    }
}
