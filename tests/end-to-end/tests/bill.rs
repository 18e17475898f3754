//! The bill of materials that lies in `dist/`: a document that others can read, of this very build.

use cyclonedx_bom::prelude::*;
use end_to_end::site::built_app;
use std::fs;

#[test]
fn the_bill_of_materials_is_valid_and_of_this_version() {
    let text = fs::read_to_string(built_app().join("sbom.cdx.json")).expect("a bill");
    let bill = Bom::parse_from_json(text.as_bytes()).expect("CycloneDX");
    let verdict = bill.validate();
    assert!(verdict.passed(), "{verdict:?}");
    let app = bill.metadata.and_then(|metadata| metadata.component).expect("the app");
    assert_eq!(
        (app.name.as_ref(), app.version.as_ref().map(AsRef::as_ref)),
        ("vestibule", Some(env!("CARGO_PKG_VERSION")))
    );
    let components = bill.components.expect("components").0;
    assert!(components.len() > 30, "{}", components.len());
    for component in components {
        assert!(component.licenses.is_some_and(|licenses| !licenses.0.is_empty()), "{}", component.name);
    }
    // Of no machine.
    for folder in ["/home/", "/root/", "/tmp/", "file:"] {
        assert!(!text.contains(folder), "{folder}");
    }
}
