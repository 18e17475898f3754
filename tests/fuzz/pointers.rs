//! JSON Pointers, with `serde_json`'s own as the oracle.

use crate::cases::Corpus;
use crate::running::{Target, fuzz};
use serde_json::{Value, json};
use vestibule::config::Pointer;

const PIECES: &[&str] = &[
    "/",
    "//",
    "~",
    "~0",
    "~1",
    "~01",
    "~2",
    "0",
    "00",
    "1",
    "-",
    "+1",
    "-1",
    "foo",
    "/foo",
    "/foo/0",
    "deep",
    "user",
    "roles",
    "",
    " ",
    "\"",
    "\\",
    "#",
    "18446744073709551615",
    "18446744073709551616",
    "4294967296",
    "\u{661}",
    "ü",
    "\0",
];

#[test]
fn a_pointer_finds_what_another_reader_finds_and_takes_the_same() {
    let documents = [
        json!({
            "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8, "~1": 9, "ü": { "é": 10 },
            "deep": [{ "deep": [{ "deep": null }] }], "user": { "roles": ["admin"] }, "0": { "0": [] }, "-": [[]], "00": true
        }),
        json!([[["x"]], { "0": "y" }, 7, "text", null, true, 1.5, 7, 8, 9, 10]),
        json!("a text"),
        Value::Null,
    ];
    let corpus = Corpus::of(&[include_str!("../fixtures/corpus/pointers.txt")], PIECES);
    let target = Target { name: "pointers", cases: 4000, one_in: 4 };
    fuzz(
        &target,
        &corpus.lines,
        |draw| draw.text(&corpus),
        |text, draw| {
            let pointer = match Pointer::parse(text) {
                Ok(pointer) => pointer,
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    assert!(
                        !text.is_empty() && (!text.starts_with('/') || text.contains('~')),
                        "refused without a reason"
                    );
                    return false;
                }
            };
            assert_eq!(pointer.as_str(), text);
            let document = draw.pick(&documents);
            let found = pointer.find(document);
            assert_eq!(found, document.pointer(text));
            assert_eq!(pointer.take(document.clone()).as_ref(), found);
            let member = Pointer::to_member(text);
            assert_eq!(Pointer::parse(member.as_str()).as_ref(), Ok(&member));
            assert_eq!(member.find(&json!({ text: "here" })), Some(&json!("here")));
            true
        },
    );
}
