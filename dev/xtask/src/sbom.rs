//! The bill of materials of what ships, in `dist/sbom.cdx.json`: every crate that is compiled into the WebAssembly, as `CycloneDX` 1.5
//! has it. Of some of them the linker leaves nothing, because nothing calls it; they are named all the same.
//!
//! ```text
//! cargo tree       which crates: for wasm32, with all features; neither for tests nor while it compiles (macros, build scripts)
//! cargo metadata   their licences
//! Cargo.lock       their checksums
//! rustc, tools.rs  the standard library, and what it is all made with
//! ```
//! Two builds write the same: no time, no serial number, no path of this machine; and members in the order of their names, whatever
//! `serde_json` was compiled with.

use crate::process::{self, executable};
use crate::tools::{self, WASM_TARGET};
use crate::version::{checksum, locked_version};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What it is called in `dist/`.
const FILE: &str = "sbom.cdx.json";
/// What all of it becomes.
const APP: &str = "vestibule";

/// Writes it into `dist`.
///
/// # Errors
/// Cargo does not answer, or a crate that ships has no licence.
pub fn lay_into(dist: &Path) -> Result<()> {
    let bill = bill(&made_with()?)?;
    Ok(fs::write(dist.join(FILE), serde_json::to_string_pretty(&bill)? + "\n")?)
}

/// The bill of this workspace.
fn bill(made_with: &[(&str, String)]) -> Result<Value> {
    let offline = ["--locked", "--offline"];
    let mut tree = process::cargo();
    tree.args(["tree", "--package", APP, "--target", WASM_TARGET, "--all-features"]);
    tree.args(["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "{p}"]).args(offline);
    let tree = process::answer(&mut tree).context("cargo tree does not answer")?;
    let mut metadata = process::cargo();
    metadata.args(["metadata", "--format-version", "1", "--filter-platform", WASM_TARGET]).args(offline);
    let metadata = process::answer(&mut metadata).context("cargo metadata does not answer")?;
    let licences = licences(&serde_json::from_str(&metadata)?);
    written(&Tree::read(&tree)?, &licences, &lock()?, &Rust::asked()?, made_with)
}

fn lock() -> Result<String> {
    fs::read_to_string(process::root().join("Cargo.lock")).context("no Cargo.lock")
}

/// A crate by name and version.
type Crate = (String, String);

/// What depends on what.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tree {
    /// Each crate, and whether it is of this workspace.
    crates: BTreeMap<Crate, bool>,
    /// From a crate to those that it is built from.
    needs: BTreeMap<Crate, BTreeSet<Crate>>,
}

impl Tree {
    /// Reads `DEPTHname vVERSION (PATH)`, a line each; what stands in more than one place has its own lines in one of them.
    fn read(lines: &str) -> Result<Self> {
        let mut tree = Self::default();
        let mut above: Vec<Crate> = Vec::new();
        for line in lines.lines() {
            let begins = line.find(|c: char| !c.is_ascii_digit()).context("cargo tree has written another line")?;
            let (depth, rest) = line.split_at(begins);
            let mut words = rest.split(' ');
            let version = words.nth(1).and_then(|version| version.strip_prefix('v'));
            let name = rest.split(' ').next().unwrap_or_default().to_owned();
            let found = (name, version.with_context(|| format!("cargo tree names no version: {line}"))?.to_owned());
            let is_ours = words.next().is_some_and(|word| word.starts_with("(/") || word.contains(":\\"));
            above.truncate(depth.parse()?);
            if let Some(parent) = above.last() {
                tree.needs.entry(parent.clone()).or_default().insert(found.clone());
            }
            tree.crates.insert(found.clone(), is_ours);
            above.push(found);
        }
        Ok(tree)
    }
}

/// The licence of each crate, as its author has written it.
fn licences(metadata: &Value) -> BTreeMap<Crate, String> {
    let packages = metadata.get("packages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text = |package: &Value, name: &str| Some(package.get(name)?.as_str()?.to_owned());
    let of = |package| Some(((text(package, "name")?, text(package, "version")?), text(package, "license")?));
    packages.iter().filter_map(of).collect()
}

/// The Rust that compiles all this, whose standard library is part of it.
#[derive(Debug)]
struct Rust {
    release: String,
    commit: String,
}

impl Rust {
    fn asked() -> Result<Self> {
        let about = process::answer(std::process::Command::new("rustc").arg("-vV")).context("rustc does not answer")?;
        let line = |name: &str| about.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        Ok(Self {
            release: line("release: ").context("rustc names no release")?,
            commit: line("commit-hash: ").unwrap_or_default(),
        })
    }
}

/// The tools that have a hand in what is written, and their versions.
fn made_with() -> Result<Vec<(&'static str, String)>> {
    let trunk = tools::version_of(&tools::trunk()?.join(executable("trunk"))).context("trunk tells no version")?;
    Ok(vec![
        ("binaryen", tools::wasm_opt()?.version),
        ("esbuild", tools::esbuild()?.version),
        ("trunk", trunk.0.map(|part| part.to_string()).join(".")),
        ("wasm-bindgen-cli", locked_version(&lock()?, "wasm-bindgen").unwrap_or_default().to_owned()),
    ])
}

/// The document.
fn written(
    tree: &Tree,
    licences: &BTreeMap<Crate, String>,
    lock: &str,
    rust: &Rust,
    made_with: &[(&str, String)],
) -> Result<Value> {
    let mut components = Vec::new();
    let mut app = None;
    for (which, is_ours) in &tree.crates {
        let (name, version) = which;
        let licence = licences.get(which).filter(|licence| !licence.is_empty());
        let licence = licence.with_context(|| format!("{name} {version} has no licence"))?;
        if name == APP {
            app = Some(component("application", which, licence, []));
        } else if *is_ours {
            let notes = "Of this project: stands in for the crate of that name, with less code.";
            components.push(component("library", which, licence, [("pedigree", json!({ "notes": notes }))]));
        } else {
            let checksum = checksum(lock, name, version);
            let checksum = checksum.with_context(|| format!("Cargo.lock has no checksum of {name} {version}"))?;
            // The only character of a version that an address would read otherwise.
            let address = format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"));
            let hashes = json!([{ "alg": "SHA-256", "content": checksum }]);
            components.push(component("library", which, licence, [("hashes", hashes), ("purl", json!(address))]));
        }
    }
    let library = ("rust-std".to_owned(), rust.release.clone());
    let address = format!("pkg:github/rust-lang/rust@{}", rust.release);
    components.push(component("library", &library, "MIT OR Apache-2.0", [("purl", json!(address))]));
    let app = app.context("cargo tree does not name the app")?;
    ensure!(components.len() > 1, "the app would be made of nothing");

    let mut dependencies: Vec<Value> = tree
        .crates
        .keys()
        .map(|which| {
            let mut needs: Vec<String> = tree.needs.get(which).into_iter().flatten().map(reference).collect();
            needs.extend((which.0 == APP).then(|| reference(&library)));
            json!({ "dependsOn": needs, "ref": reference(which) })
        })
        .collect();
    dependencies.push(json!({ "dependsOn": [], "ref": reference(&library) }));
    let mut tools: Vec<Value> = made_with
        .iter()
        .map(|(name, version)| json!({ "name": name, "type": "application", "version": version }))
        .collect();
    tools.push(json!({ "description": rust.commit, "name": "rustc", "type": "application", "version": rust.release }));
    let mut bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "components": components,
        "dependencies": dependencies,
        "metadata": { "component": app, "tools": { "components": tools } },
        "specVersion": "1.5",
        "version": 1,
    });
    bill.sort_all_objects();
    Ok(bill)
}

fn component(kind: &str, which: &Crate, licence: &str, more: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    // As it was written before there were expressions: `MIT/Apache-2.0`.
    let expression: Vec<&str> = licence.split('/').map(str::trim).collect();
    let of_all = [
        ("bom-ref", json!(reference(which))),
        ("licenses", json!([{ "expression": expression.join(" OR ") }])),
        ("name", json!(which.0)),
        ("scope", json!("required")),
        ("type", json!(kind)),
        ("version", json!(which.1)),
    ];
    of_all.into_iter().chain(more).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// How a crate is called within the document.
fn reference((name, version): &Crate) -> String {
    format!("{name}@{version}")
}

#[cfg(test)]
mod tests {
    use super::{Crate, Rust, Tree, bill, licences, written};
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    const TREE: &str = "0vestibule v0.1.0 (/home/me/vestibule)\n1a v1.0.0\n2b v2.0.0+spec-1\n1indexmap v2.99.0 (/home/me/vestibule/dev/indexmap)\n2b v2.0.0+spec-1 (*)\n";

    fn named(name: &str, version: &str) -> Crate {
        (name.into(), version.into())
    }

    fn all_members_are_in_order(value: &Value) -> bool {
        match value {
            Value::Object(members) => members.keys().is_sorted() && members.values().all(all_members_are_in_order),
            Value::Array(elements) => elements.iter().all(all_members_are_in_order),
            _ => true,
        }
    }

    #[test]
    fn a_tree_is_read_with_what_stands_in_it_twice() {
        let tree = Tree::read(TREE).unwrap();
        let b = named("b", "2.0.0+spec-1");
        assert_eq!(tree.needs[&named("a", "1.0.0")], BTreeSet::from([b.clone()]));
        assert_eq!(tree.needs[&named("indexmap", "2.99.0")], BTreeSet::from([b.clone()]));
        assert_eq!(tree.needs[&named("vestibule", "0.1.0")].len(), 2);
        let ours: Vec<bool> = tree.crates.values().copied().collect();
        assert_eq!(ours, [false, false, true, true]);
    }

    #[test]
    fn a_crate_is_written_with_licence_checksum_and_address_and_nothing_of_this_machine() {
        let licence =
            |name: &str, version: &str, license: &str| json!({ "name": name, "version": version, "license": license });
        let mut packages = vec![
            licence("vestibule", "0.1.0", "MIT"),
            licence("a", "1.0.0", "MIT/Apache-2.0"),
            licence("b", "2.0.0+spec-1", "Zlib"),
            licence("indexmap", "2.99.0", "MIT"),
        ];
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"aa\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0.0+spec-1\"\nchecksum = \"bb\"\n";
        let rust = Rust { release: "1.95.0".into(), commit: "59807616e".into() };
        let write = |packages: &[Value]| {
            let licences = licences(&json!({ "packages": packages }));
            written(&Tree::read(TREE).unwrap(), &licences, lock, &rust, &[("esbuild", "0.28.2".into())])
        };
        let bill = write(&packages).unwrap();
        let expected = json!({
            "bom-ref": "a@1.0.0", "hashes": [{ "alg": "SHA-256", "content": "aa" }], "licenses": [{ "expression": "MIT OR Apache-2.0" }],
            "name": "a", "purl": "pkg:cargo/a@1.0.0", "scope": "required", "type": "library", "version": "1.0.0",
        });
        assert_eq!(bill["components"][0], expected);
        assert_eq!(bill["components"][1]["purl"], "pkg:cargo/b@2.0.0%2Bspec-1");
        assert_eq!(bill["components"][2].get("purl"), None);
        assert_eq!(bill["components"][3]["name"], "rust-std");
        assert!(!bill.to_string().contains("/home/me"), "{bill}");
        assert!(all_members_are_in_order(&bill), "{bill}");
        packages[2] = licence("b", "2.0.0+spec-1", "");
        assert!(write(&packages).is_err(), "without a licence");
    }

    #[test]
    fn all_that_ships_is_in_the_bill_and_nothing_else() {
        let bill = bill(&[]).unwrap();
        let components = bill["components"].as_array().unwrap();
        let names: BTreeSet<&str> = components.iter().filter_map(|component| component["name"].as_str()).collect();
        for shipped in [
            "leptos",
            "leptos_router",
            "tachys",
            "serde_json",
            "wasm-bindgen",
            "web-sys",
            "rlsf",
            "indexmap",
            "rust-std",
        ] {
            assert!(names.contains(shipped), "{shipped} is missing");
        }
        for left_out in [
            "xtask",
            "axum",
            "brotli",
            "serde_derive",
            "leptos_macro",
            "wasm-bindgen-macro",
            "proptest",
            "rsa",
            "jsonschema",
        ] {
            assert!(!names.contains(left_out), "{left_out} does not ship");
        }
        for component in components {
            let licence = component["licenses"][0]["expression"].as_str().unwrap_or_default();
            assert!(!licence.is_empty() && !licence.contains('/'), "{component}");
            let is_of_registry = component["purl"].as_str().is_some_and(|address| address.starts_with("pkg:cargo/"));
            let sum = component["hashes"][0]["content"].as_str().unwrap_or_default();
            assert!(!is_of_registry || sum.len() == 64, "{component}");
        }
        assert!(all_members_are_in_order(&bill));
    }
}
