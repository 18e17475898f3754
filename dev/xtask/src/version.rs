//! Versions of tools: read from what a tool prints or from `Cargo.lock`, and compared with what is wanted.

use anyhow::{Context, Result};

/// Three numbers; what stands behind them is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub [u64; 3]);

impl Version {
    /// The first word of `text` that begins like a version.
    pub fn in_text(text: &str) -> Option<Self> {
        let word = text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
        let mut numbers = word.split('.').map_while(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..digits)?.parse().ok()
        });
        let mut next = || numbers.next().unwrap_or(0);
        Some(Self([next(), next(), next()]))
    }

    /// The same, where `text` is known to be one.
    ///
    /// # Errors
    /// It is not.
    pub fn of(text: &str) -> Result<Self> {
        Self::in_text(text).with_context(|| format!("`{text}` is not a version"))
    }
}

/// Which versions of a tool will do.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// This one and no other.
    Exactly(Version),
    /// The same first two numbers, and no older.
    SameMinorFrom(Version),
    /// This one or any newer.
    AtLeast(Version),
}

impl Wanted {
    /// Whether `found` will do.
    pub fn fits(self, found: Version) -> bool {
        match self {
            Self::Exactly(wanted) => found == wanted,
            Self::AtLeast(wanted) => found >= wanted,
            Self::SameMinorFrom(wanted) => {
                let ([major, minor, _], [found_major, found_minor, _]) = (wanted.0, found.0);
                found >= wanted && (found_major, found_minor) == (major, minor)
            }
        }
    }
}

/// The version of `package` in the text of a `Cargo.lock`, if it is there exactly once.
pub fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let wanted = format!("name = \"{package}\"");
    let mut versions = lock
        .split("[[package]]")
        .filter(|entry| entry.lines().any(|line| line == wanted))
        .filter_map(|entry| entry.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"')));
    let version = versions.next()?;
    versions.next().is_none().then_some(version)
}

/// The checksum of one version of `package` in the text of a `Cargo.lock`.
pub fn checksum<'a>(lock: &'a str, package: &str, version: &str) -> Option<&'a str> {
    let wanted = [format!("name = \"{package}\""), format!("version = \"{version}\"")];
    let is_it = |entry: &&str| wanted.iter().all(|wanted| entry.lines().any(|line| line == wanted));
    let entry = lock.split("[[package]]").find(is_it)?;
    entry.lines().find_map(|line| line.strip_prefix("checksum = \"")?.strip_suffix('"'))
}

#[cfg(test)]
mod tests {
    use super::{Version, Wanted, checksum, locked_version};

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n\
        dependencies = [\n \"wasm-bindgen-macro\",\n]\n\n\
        [[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
        [[package]]\nname = \"twice\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"twice\"\nversion = \"2.0.0\"\n";

    #[test]
    fn the_lock_file_tells_the_version_of_the_package_with_exactly_that_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Some("0.2.129"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn a_package_locked_in_two_versions_has_no_single_version() {
        assert_eq!(locked_version(LOCK, "twice"), None);
    }

    #[test]
    fn a_checksum_is_that_of_one_version() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"11\"\n\n\
            [[package]]\nname = \"a\"\nversion = \"2.0.0\"\nchecksum = \"22\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0.0\"\n";
        assert_eq!(checksum(lock, "a", "2.0.0"), Some("22"));
        assert_eq!(checksum(lock, "b", "2.0.0"), None);
        assert_eq!(checksum(lock, "a", "3.0.0"), None);
    }

    #[test]
    fn a_version_is_read_from_what_each_tool_prints() {
        for (printed, expected) in [
            ("trunk 0.21.14\n", [0, 21, 14]),
            ("wasm-opt version 132 (version_132)", [132, 0, 0]),
            ("wasm-opt version 116-47-gabc", [116, 0, 0]),
            ("Chromium 156.0.8078.79 built on Debian", [156, 0, 8078]),
            ("trunk 0.22.0-beta.1", [0, 22, 0]),
        ] {
            assert_eq!(Version::in_text(printed), Some(Version(expected)), "{printed}");
        }
        assert_eq!(Version::in_text("no number here"), None);
    }

    #[test]
    fn a_newer_patch_of_trunk_fits_and_a_newer_minor_does_not() {
        let wanted = Wanted::SameMinorFrom(Version([0, 21, 14]));
        assert!(wanted.fits(Version([0, 21, 14])) && wanted.fits(Version([0, 21, 20])));
        assert!(!wanted.fits(Version([0, 21, 13])) && !wanted.fits(Version([0, 22, 0])));
    }

    #[test]
    fn only_the_same_wasm_bindgen_fits() {
        let wanted = Wanted::Exactly(Version([0, 2, 129]));
        assert!(wanted.fits(Version([0, 2, 129])) && !wanted.fits(Version([0, 2, 130])));
    }
}
