//! What the first load fetches, and what it weighs on the wire.
//!
//! Nothing is listed by hand: every file of `dist/` that `index.html` or a script names is
//! fetched, and beside them the configuration and the preset it names. The budgets are for what the
//! app itself brings (HTML, JavaScript, WebAssembly, CSS), compressed as a good host sends it:
//!
//! ```text
//! first load        until what was typed into the painted form is sent: the page, its looks, and the flow
//! whole login page  and the UI, which comes behind the flow and takes the form over
//! ```
//! And each file that the first frame waits for has to fit into one packet.

use crate::shrink::files;
use crate::{oidc, operator, setup, split};
use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// What a part of the app may weigh.
struct Budget {
    /// As it is spoken of.
    what: &'static str,
    /// With brotli.
    bytes: usize,
    /// Whether the UI counts.
    has_ui: bool,
}

const BUDGETS: [Budget; 2] = [
    Budget { what: "the first load", bytes: 85_000, has_ui: false },
    Budget { what: "the whole login page", bytes: 110_000, has_ui: true },
];

/// How the files begin that the first frame waits for.
const FIRST_FRAME: [&str; 3] = ["index.html", "start-", "main-"];

/// Bytes with brotli that arrive at once; one more is another packet, which everybody waits for (7.5 ms at 1.6 Mbit/s).
const PACKET: usize = 1500;

/// One file of the first load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its path in `dist/`.
    pub path: String,
    /// Bytes as they lie on the disk.
    pub raw: usize,
    /// Bytes after `gzip -9`.
    pub gzip: usize,
    /// Bytes after brotli with quality 11.
    pub brotli: usize,
}

impl Fetched {
    fn weigh(dist: &Path, path: String) -> Result<Self> {
        let bytes = fs::read(dist.join(&path)).with_context(|| format!("cannot read {path}"))?;
        Ok(Self { path, raw: bytes.len(), gzip: gzip(&bytes)?.len(), brotli: brotli(&bytes)?.len() })
    }

    /// Whether it counts against the budget: part of the app, not of what an operator writes.
    fn is_budgeted(&self) -> bool {
        let extension = Path::new(&self.path).extension();
        ["html", "js", "mjs", "wasm", "css"].iter().any(|kind| extension.is_some_and(|extension| extension == *kind))
    }
}

/// Everything that a first load of `dist` fetches.
///
/// # Errors
/// A file is missing or cannot be read.
pub fn first_load(dist: &Path) -> Result<Vec<Fetched>> {
    let mut found = BTreeSet::new();
    let mut open = vec!["index.html".to_owned()];
    while let Some(path) = open.pop() {
        // Fetched by whoever needs it, and not at first.
        if operator::is_of_operators(&path) || oidc::is_of_oidc(&path) || split::is_of_pages(&path) {
            continue;
        }
        if !found.insert(path.clone()) || !names_others(&path) {
            continue;
        }
        let text = fs::read_to_string(dist.join(&path))
            .with_context(|| format!("cannot read {path} in {}", dist.display()))?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_there = |candidate: &String| dist.join(candidate).is_file();
        open.extend(named_files(&text, folder).into_iter().filter(is_there));
    }
    found.extend(configuration(dist)?);
    found.into_iter().map(|path| Fetched::weigh(dist, path)).collect()
}

/// A sentence each on what lies beside the app and is no part of the first load: the protected pages, sign-in by redirect and by
/// passkey, and the setup page. A page that was left out weighs nothing.
///
/// # Errors
/// A file cannot be read.
pub fn beside(dist: &Path) -> Result<String> {
    let (redirect, passkey) = (weight(dist, &oidc::FILES)?, weight(dist, &oidc::PASSKEY_FILES)?);
    let setup = weight(dist, &setup::FILES)?;
    let pages = [files(dist, "wasm")?, files(dist, "css")?].concat();
    let pages = pages.iter().filter_map(|path| path.file_name()?.to_str()).filter(|name| split::is_of_pages(name));
    let pages = weight(dist, &pages.collect::<Vec<_>>())?;
    Ok(format!(
        "beside it, fetched behind the UI: the protected pages, {} with brotli\nbeside it, fetched after the first paint where the config signs in by redirect: oidc.js with its module, {} with \
         brotli; by passkey: passkey.js with its module, {}\nbeside it, fetched by operators alone: setup.html with its files, {} with brotli",
        kilobytes(pages),
        kilobytes(redirect),
        kilobytes(passkey),
        kilobytes(setup)
    ))
}

/// Bytes with brotli of those of these files that are there.
fn weight(dist: &Path, files: &[&str]) -> Result<usize> {
    let there = files.iter().filter(|path| dist.join(path).is_file());
    there.map(|path| Ok(Fetched::weigh(dist, (*path).to_owned())?.brotli)).sum()
}

impl Budget {
    /// Bytes with brotli of all that counts against it.
    fn used(&self, files: &[Fetched]) -> usize {
        let counts = |file: &&Fetched| file.is_budgeted() && (self.has_ui || !split::is_of_ui(&file.path));
        files.iter().filter(counts).map(|file| file.brotli).sum()
    }

    /// One sentence on it.
    fn verdict(&self, used: usize) -> String {
        let relation = if used > self.bytes { "over" } else { "within" };
        format!(
            "{}, HTML, JavaScript, WebAssembly and CSS with brotli: {}, {relation} the budget of {} by {} bytes",
            self.what,
            kilobytes(used),
            kilobytes(self.bytes),
            self.bytes.abs_diff(used)
        )
    }
}

/// The files with their weights, a line each, and the sum against the budget.
pub fn table(files: &[Fetched]) -> String {
    let widest = files.iter().map(|file| file.path.len()).max().unwrap_or(0).max(24);
    let mut text = format!("{:widest$}  {:>9}  {:>9}  {:>9}\n", "first load, bytes", "raw", "gzip -9", "brotli 11");
    let mut line = |name: &str, raw: usize, gzip: usize, brotli: usize| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:widest$}  {raw:>9}  {gzip:>9}  {brotli:>9}");
    };
    for file in files {
        line(&file.path, file.raw, file.gzip, file.brotli);
    }
    let sum = |weight: fn(&Fetched) -> usize| files.iter().map(weight).sum();
    line("all", sum(|f| f.raw), sum(|f| f.gzip), sum(|f| f.brotli));
    for budget in BUDGETS {
        // Nor can this.
        let _ = writeln!(text, "{}", budget.verdict(budget.used(files)));
    }
    text + "1 KB = 1000 bytes\n"
}

/// Whether the app is light enough.
///
/// # Errors
/// It is over a budget, or a file that the first frame waits for is larger than a packet.
pub fn keep_budgets(files: &[Fetched]) -> Result<()> {
    for budget in BUDGETS {
        let used = budget.used(files);
        ensure!(used <= budget.bytes, "the app is too heavy: {}", budget.verdict(used));
    }
    for file in files.iter().filter(|file| FIRST_FRAME.iter().any(|beginning| file.path.starts_with(beginning))) {
        ensure!(
            file.brotli <= PACKET,
            "the form is seen too late: {} has {} bytes with brotli, more than the {PACKET} of a packet",
            file.path,
            file.brotli
        );
    }
    Ok(())
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

/// `config.json` and the preset it names.
fn configuration(dist: &Path) -> Result<Vec<String>> {
    let config = "config.json".to_owned();
    if !dist.join(&config).is_file() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(dist.join(&config))?;
    let value: serde_json::Value = serde_json::from_str(&text).context("config.json in dist/ is not JSON")?;
    let preset = value.pointer("/provider/preset").and_then(|name| name.as_str());
    let preset = preset.map(|name| format!("presets/{name}.json"));
    let is_there = |path: &String| dist.join(path).is_file();
    Ok([config].into_iter().chain(preset.filter(is_there)).collect())
}

fn names_others(path: &str) -> bool {
    [".html", ".js", ".mjs"].iter().any(|ending| path.ends_with(ending))
}

/// Every word of `text` that could be a path, as seen from the top of the site; `folder`
/// is where the text lies.
fn named_files(text: &str, folder: &str) -> Vec<String> {
    let mut named = Vec::new();
    // Quoted, or an attribute's value without quotes.
    for string in text.split(['"', '\'', '`', '=', '<', '>', ' ', '\n']) {
        let path = string.split(['?', '#']).next().unwrap_or(string);
        let is_path = !path.is_empty()
            && path.len() < 300
            && path.contains('.')
            && !path.contains(char::is_whitespace)
            && !path.split('/').any(|part| part == "..");
        if !is_path {
            continue;
        }
        if let Some(absolute) = path.strip_prefix('/') {
            named.push(absolute.to_owned());
        } else {
            let relative = path.strip_prefix("./").unwrap_or(path);
            let separator = if folder.is_empty() { "" } else { "/" };
            named.push(format!("{folder}{separator}{relative}"));
        }
    }
    named
}

/// After `gzip -9`.
///
/// # Errors
/// None: it is written to memory.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// After brotli with quality 11.
///
/// # Errors
/// None: it is written to memory.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::{BUDGETS, Fetched, PACKET, brotli, gzip, keep_budgets, named_files};

    #[test]
    fn files_are_found_in_attributes_and_in_scripts() {
        let html = r#"<link rel="stylesheet" href="/main-1a.css"><script type="module">
            import init from '/app-2b.js?v=1'; init({ module_or_path: './app-2b_bg.wasm' });</script>"#;
        let found = named_files(html, "");
        for expected in ["main-1a.css", "app-2b.js", "app-2b_bg.wasm"] {
            assert!(found.iter().any(|path| path == expected), "{expected} in {found:?}");
        }
    }

    #[test]
    fn a_relative_name_is_seen_from_where_it_stands() {
        let found = named_files("import './inline0.js'", "snippets/leptos");
        assert!(found.contains(&"snippets/leptos/inline0.js".to_owned()));
    }

    #[test]
    fn nothing_outside_of_the_site_is_followed() {
        assert!(!named_files("import '../../x.js'", "").iter().any(|path| path.contains("..")));
    }

    fn weighing(path: &str, brotli: usize) -> Fetched {
        Fetched { path: path.to_owned(), raw: 3 * brotli, gzip: 2 * brotli, brotli }
    }

    #[test]
    fn a_budget_counts_the_app_and_not_what_an_operator_writes() {
        let names = ["index.html", "a.js", "a.wasm", "a.css", "ui-1.wasm", "config.json", "icon.svg"];
        let files = names.map(|name| weighing(name, 1));
        assert_eq!(BUDGETS.map(|budget| budget.used(&files)), [4, 5]);
    }

    #[test]
    fn one_byte_over_a_budget_is_over_it() {
        let [first_load, whole] = BUDGETS;
        assert!(first_load.verdict(first_load.bytes).contains("within the budget of 85.0 KB by 0 bytes"));
        assert!(first_load.verdict(first_load.bytes + 1).contains("over the budget of 85.0 KB by 1 bytes"));
        for (path, bytes) in [("a.wasm", first_load.bytes), ("ui-1.wasm", whole.bytes)] {
            assert!(keep_budgets(&[weighing(path, bytes)]).is_ok());
            assert!(keep_budgets(&[weighing(path, bytes + 1)]).is_err());
        }
    }

    #[test]
    fn what_the_first_frame_waits_for_fits_into_a_packet() {
        for path in ["index.html", "start-1.js", "main-1.css"] {
            assert!(keep_budgets(&[weighing(path, PACKET)]).is_ok(), "{path}");
            assert!(keep_budgets(&[weighing(path, PACKET + 1)]).is_err(), "{path}");
        }
        assert!(keep_budgets(&[weighing("begin-1.js", PACKET + 1)]).is_ok());
    }

    #[test]
    fn compression_makes_repetition_small() {
        let text = "to be or not to be, that is the question. ".repeat(100);
        let (gzip, brotli) = (gzip(text.as_bytes()).unwrap().len(), brotli(text.as_bytes()).unwrap().len());
        assert!(gzip < 200 && brotli < gzip);
    }
}
