//! What may stand behind a key, as data: the words in which `keys` describes the file for editors.
//!
//! The reader does not look here: what it takes stands in its own code. Tests hold the two together, see
//! `tests/config/schema.rs`. None of this is in the browser's build.

/// What may stand behind a key.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What kind of value.
    pub kind: ShapeKind,
    /// Whether there must be one.
    pub is_required: bool,
    /// What holds without it: JSON, or plain text where that is no JSON.
    pub default: Option<&'static str>,
    /// What it may look like, written like `default`.
    pub examples: &'static [&'static str],
}

/// The kinds of values.
#[derive(Clone, Copy, Debug)]
pub enum ShapeKind {
    /// Any JSON value.
    Anything,
    /// A text.
    Text,
    /// A text of this regular expression, and what it must be in words.
    Matching(&'static str, &'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number, from and up to.
    Number(u64, u64),
    /// True or false.
    Flag,
    /// A text, a number, true or false; `null` removes what a preset says.
    Scalar,
    /// An object of the file, by the name of its table in small letters.
    Object(&'static str),
    /// An object whose names the author of the file chooses; of this regular expression, when there is one.
    Map(Option<&'static str>, &'static Shape),
    /// A list; one that is required holds at least one.
    List(&'static Shape),
    /// One, or a list of them; one that is required holds at least one.
    OneOrMore(&'static Shape),
    /// One of several shapes.
    Either(&'static [Shape]),
}

impl Shape {
    const fn of(kind: ShapeKind) -> Self {
        Self { kind, is_required: false, default: None, examples: &[] }
    }

    /// There must be one.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// What holds without it.
    #[must_use]
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// What it may look like.
    #[must_use]
    pub const fn like(mut self, examples: &'static [&'static str]) -> Self {
        self.examples = examples;
        self
    }
}

/// Any JSON value.
pub const ANYTHING: Shape = Shape::of(ShapeKind::Anything);
/// A text.
pub const TEXT: Shape = Shape::of(ShapeKind::Text);
/// True or false.
pub const FLAG: Shape = Shape::of(ShapeKind::Flag);
/// A JSON Pointer; `{{vars.NAME}}` may make it.
pub const POINTER: Shape =
    matching(r"^(/([^/~]|~[01])*)*$|\{\{", "a JSON Pointer like `/data/items`").like(&["/data/items"]);
/// A place in an answer.
pub const PLACE: Shape = matching(
    r"^(/([^/~]|~[01])*)*$|^header:.|^body$|\{\{",
    "a JSON Pointer like `/data/token`, `header:NAME` or `body`",
);
/// A place in an answer, or the browser's jar of cookies.
pub const PLACE_OR_COOKIE: Shape = matching(
    r"^(/([^/~]|~[01])*)*$|^header:.|^(body|cookie)$|\{\{",
    "a JSON Pointer like `/data/token`, `header:NAME`, `body` or `cookie`",
);
/// A value that is sent as text.
pub const SCALAR: Shape = Shape::of(ShapeKind::Scalar);

/// A language.
pub const LANGUAGE: Shape = matching(TAG, "a language like `en` or `pt-BR`");
/// A text of the app: in all languages, or in some.
pub const APP_TEXT: Shape = either(&[TEXT, map_named(TAG, &TEXT)]);
const TAG: &str = "^[A-Za-z]{2,3}(-([A-Za-z]{2}|[A-Za-z]{4}|[0-9]{3}))?$";

/// A text of a regular expression, and what it must be in words.
#[must_use]
pub const fn matching(pattern: &'static str, must_be: &'static str) -> Shape {
    Shape::of(ShapeKind::Matching(pattern, must_be))
}

/// One of these words.
#[must_use]
pub const fn word(words: &'static [&'static str]) -> Shape {
    Shape::of(ShapeKind::Word(words))
}

/// A whole number, from and up to.
#[must_use]
pub const fn number(least: u64, most: u64) -> Shape {
    Shape::of(ShapeKind::Number(least, most))
}

/// An object of the file.
#[must_use]
pub const fn object(table: &'static str) -> Shape {
    Shape::of(ShapeKind::Object(table))
}

/// An object whose names the author chooses.
#[must_use]
pub const fn map(of: &'static Shape) -> Shape {
    Shape::of(ShapeKind::Map(None, of))
}

/// An object whose names are of a regular expression.
#[must_use]
pub const fn map_named(names: &'static str, of: &'static Shape) -> Shape {
    Shape::of(ShapeKind::Map(Some(names), of))
}

/// A list.
#[must_use]
pub const fn list(of: &'static Shape) -> Shape {
    Shape::of(ShapeKind::List(of))
}

/// One, or a list of them.
#[must_use]
pub const fn one_or_more(of: &'static Shape) -> Shape {
    Shape::of(ShapeKind::OneOrMore(of))
}

/// One of several shapes.
#[must_use]
pub const fn either(shapes: &'static [Shape]) -> Shape {
    Shape::of(ShapeKind::Either(shapes))
}
