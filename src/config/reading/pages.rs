//! `pages`: paths, what each requires, and its blocks.

use super::keys;
use super::reader::{Reader, Walk, short};
use super::request::Scope;
use crate::config::address::until;
use crate::config::mistake::{allowed, told};
use crate::config::pages::params;
use crate::config::{
    Block, Column, Currency, Empty, Format, Page, Pointer, Query, Record, RecordSource, Requirement, Root, Table,
};
use serde_json::Value;

const ON_A_PAGE: [Root; 4] = [Root::User, Root::Store, Root::Params, Root::Url];

impl Reader<'_> {
    /// The pages, in order.
    pub fn pages(&mut self, value: &Value, queries: &[Query]) -> Vec<Page> {
        let mut pages: Vec<Page> = Vec::new();
        for value in self.list(value, "a list of pages") {
            if !self.object(value, keys::PAGE, &[]) {
                continue;
            }
            let page = self.page(value, queries);
            let is_read = !page.path.is_empty();
            if let Some(other) = pages.iter().find(|other| is_read && is_same_shape(&other.path, &page.path)) {
                let (path, other) = (short(&page.path), short(&other.path));
                let sentence = told(|| {
                    if path == other {
                        format!("Two pages have the path `{path}`.")
                    } else {
                        format!(
                            "Two pages have the same addresses: `{other}` and `{path}` differ only in the name of a parameter."
                        )
                    }
                });
                self.note(value, format_args!("{sentence}"));
            }
            pages.push(page);
        }
        pages
    }

    fn list<'v>(&mut self, value: &'v Value, what: &str) -> &'v [Value] {
        if let Value::Array(items) = value {
            return items;
        }
        self.wrong(value, what);
        &[]
    }

    fn page(&mut self, value: &Value, queries: &[Query]) -> Page {
        let path = self.path(value);
        let title = self.required_string(value, "title");
        let has_params = params(&path).next().is_some();
        let menu = match value.member("menu") {
            Value::Bool(false) => None,
            Value::Null | Value::Bool(true) => (!has_params).then(|| title.clone()),
            menu if !menu.is_string() => {
                self.wrong(menu, "a text, or false to keep the page out of the menu");
                None
            }
            menu => {
                if has_params {
                    self.note(
                        menu,
                        format_args!("A page with parameters cannot stand in the menu: there is no value for them."),
                    );
                }
                self.string(menu)
            }
        };
        let require = self.require(value.member("require"));
        let mut blocks = Vec::new();
        for block in self.list(value.member("blocks"), "a list of blocks") {
            blocks.extend(self.block(block, queries, &path, &title));
        }
        Page { path, title, menu, require, blocks }
    }

    fn path(&mut self, page: &Value) -> String {
        let value = self.required(page, "path");
        let Some(path) = self.string(value) else {
            return String::new();
        };
        if path == "/" {
            self.note(value, format_args!("`/` cannot be a page: it leads to `after_sign_in`, or to the login page."));
        } else if path == "/login" {
            self.note(value, format_args!("`/login` cannot be a page: it is the login page."));
        } else if self.has_redirect && path.starts_with("/callback") {
            self.note(
                value,
                format_args!(
                    "`{}` cannot be a page: a path that begins with `/callback` is where a sign-in comes back.",
                    short(&path)
                ),
            );
        } else if !path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment)) {
            self.note(value, format_args!("\"{}\" is no path of a page: it must look like `/orders` or `/orders/:id`, with letters, digits, `-`, `.`, `_` and `~` in each part.", short(&path)));
        }
        let mut names = Vec::new();
        for name in params(&path) {
            if names.contains(&name) {
                self.note(value, format_args!("Two parameters of this path have the same name."));
            }
            names.push(name);
        }
        path
    }

    fn require(&mut self, value: &Value) -> Vec<Requirement> {
        let mut all = Vec::new();
        for (name, value) in self.members(value) {
            let pointer = self.pointer_text(value, name);
            let root = name.split_once('/').map_or("", |(_, names)| until(names, b"/"));
            if (name.is_empty() || name.starts_with('/')) && root != "user" && root != "store" {
                self.note(
                    value,
                    format_args!("\"{}\" must begin with `/user` or `/store`, like `/user/role`.", short(name)),
                );
            }
            let any_of = value.each().to_vec();
            if any_of.is_empty() {
                self.note(value, format_args!("This list is empty, so nobody could ever see the page."));
            }
            all.push(Requirement { pointer, any_of });
        }
        all
    }

    fn block(&mut self, value: &Value, queries: &[Query], path: &str, title: &str) -> Option<Block> {
        self.members(value);
        if !value.is_object() {
            return None;
        }
        let kind = self.required(value, "type");
        let scope = Scope { params: Some(path), ..Scope::new("on a page", &ON_A_PAGE) };
        match self.word(kind, &["text", "table", "record"])? {
            0 => {
                self.object(value, keys::TEXT_BLOCK, &[]);
                let text = self.required(value, "text");
                Some(Block::Text(self.template(text, &scope)))
            }
            1 => {
                self.object(value, keys::TABLE_BLOCK, &[]);
                let query = self.required(value, "query");
                Some(Block::Table(Table {
                    query: self.query_name(query, queries, path),
                    caption: self.string(value.member("caption")).unwrap_or_else(|| title.to_owned()),
                    columns: self.columns(value.member("columns")),
                    empty: self.empty(value),
                }))
            }
            _ => {
                self.object(value, keys::RECORD_BLOCK, &[]);
                let (shown, query) = (value.member("value"), value.member("query"));
                let source = if shown.is_null() == query.is_null() {
                    self.note(value, format_args!("A `record` has exactly one of `value` and `query`."));
                    return None;
                } else if shown.is_null() {
                    RecordSource::Query(self.query_name(query, queries, path))
                } else {
                    let template = shown.as_str().map(|_| self.template(shown, &scope)).unwrap_or_default();
                    let Some(binding) = template.whole() else {
                        self.wrong(shown, "exactly one binding like `{{user}}`");
                        return None;
                    };
                    RecordSource::Value(binding.clone())
                };
                Some(Block::Record(Record {
                    source,
                    caption: self.string(value.member("caption")),
                    members: self.columns(value.member("members")),
                    empty: self.empty(value),
                }))
            }
        }
    }

    fn empty(&mut self, block: &Value) -> Empty {
        let text = self.string(block.member("empty"));
        let link = block.member("empty_link");
        let has_link = self.object(link, keys::EMPTY_LINK, &[]);
        let link = has_link.then(|| {
            let url = self.required(link, "url");
            (self.required_string(link, "title"), self.link(url).unwrap_or_default())
        });
        Empty { text, link }
    }

    /// Names a query, whose every path parameter the page has.
    fn query_name(&mut self, value: &Value, queries: &[Query], path: &str) -> String {
        let Some(name) = self.string(value) else {
            return String::new();
        };
        if let Some(query) = queries.iter().find(|query| query.name == name) {
            for binding in query.request.bindings() {
                let param = binding.name();
                if binding.root == Root::Params && !params(path).any(|known| known == param) {
                    self.note(value, format_args!("The query `{name}` needs `{{{{params.{param}}}}}`, but the path `{path}` has no parameter `:{param}`."));
                }
            }
        } else if self.merged.member("queries").is_null() || self.merged.member("queries").is_object() {
            let names = queries.iter().map(|query| query.name.as_str());
            let names = told(|| allowed(&name, &names.collect::<Vec<&str>>()));
            let name = short(&name);
            self.note(value, format_args!("There is no query `{name}`; /queries has {names}"));
        }
        name
    }

    fn columns(&mut self, value: &Value) -> Vec<Column> {
        let mut columns = Vec::new();
        for value in value.each() {
            if value.is_string() {
                let title = self.string(value).unwrap_or_default();
                let value = Pointer::to_member(&title);
                columns.push(Column { title, value, format: Format::Plain });
            } else if self.object(value, keys::COLUMN, &[]) {
                let title = self.required_string(value, "title");
                let place = self.required(value, "value");
                columns.push(Column { title, value: self.pointer(place), format: self.format(value) });
            }
        }
        columns
    }

    fn format(&mut self, column: &Value) -> Format {
        let currency = column.member("currency");
        let format = match self.word(column.member("format"), &["text", "number", "money", "date", "datetime"]) {
            None => Format::Plain,
            Some(0) => Format::Text,
            Some(1) => Format::Number,
            Some(2) => {
                if currency.is_null() {
                    self.note(column, format_args!("An amount of money needs a `currency`: a code like `EUR`, or the JSON Pointer of one in the same row."));
                }
                return Format::Money(self.currency(currency));
            }
            Some(3) => Format::Date,
            Some(_) => Format::DateTime,
        };
        self.note(currency, format_args!("Only a column with `\"format\": \"money\"` has a currency."));
        format
    }

    fn currency(&mut self, value: &Value) -> Currency {
        let text = self.string(value).unwrap_or_default();
        if text.starts_with('/') {
            return Currency::At(self.pointer_text(value, &text));
        }
        if text.len() != 3 || !text.bytes().all(|letter| letter.is_ascii_alphabetic()) {
            self.wrong(value, "a currency code like `EUR`, or the JSON Pointer of one in the same row");
        }
        Currency::Code(text)
    }
}

/// Unreserved characters only (RFC 3986 §2.3), so that no encoding has two spellings.
fn is_segment(segment: &str) -> bool {
    let (text, extra): (&str, &[u8]) = match segment.strip_prefix(':') {
        Some(name) => (name, b"_"),
        None => (segment, b"-._~"),
    };
    let letter = |b: u8| b.is_ascii_alphanumeric() || extra.contains(&b);
    !text.is_empty() && text != "." && text != ".." && text.bytes().all(letter)
}

/// Two paths of one shape would match the same addresses.
fn is_same_shape(one: &str, other: &str) -> bool {
    shape(one).eq(shape(other))
}

fn shape(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').map(|segment| if segment.starts_with(':') { ":" } else { segment })
}
