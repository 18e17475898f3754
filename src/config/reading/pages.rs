//! `pages`: paths, what each requires, and its blocks.

use super::keys;
use super::reader::{Reader, Spot, short};
use super::request::Scope;
use crate::config::mistake::allowed;
use crate::config::pages::params;
use crate::config::pointer::push_token;
use crate::config::{Block, Column, Page, Pointer, Query, Record, RecordSource, Requirement, Root, Table};
use serde_json::Value;

const ON_A_PAGE: [Root; 4] = [Root::User, Root::Store, Root::Params, Root::Url];

impl Reader<'_> {
    /// The pages, in order.
    pub fn pages(&mut self, spot: &Spot<'_>, queries: &[Query]) -> Vec<Page> {
        if !spot.value.is_array() {
            self.wrong(spot, "a list of pages");
            return Vec::new();
        }
        let mut pages: Vec<Page> = Vec::new();
        for spot in spot.each() {
            if self.object(&spot, &[keys::PAGE]).is_none() {
                continue;
            }
            let page = self.page(&spot, queries);
            let shape = shape(&page.path);
            let is_read = !page.path.is_empty();
            if is_read && pages.iter().any(|other| self::shape(&other.path) == shape) {
                self.note(&spot.at, format!("Two pages have the path `{}`.", short(&page.path)));
            }
            pages.push(page);
        }
        pages
    }

    fn page(&mut self, spot: &Spot<'_>, queries: &[Query]) -> Page {
        let path = self.path(spot);
        let title = self.required_string(spot, "title");
        let has_params = params(&path).next().is_some();
        let menu = match spot.value.get("menu") {
            Some(Value::Bool(false)) => None,
            None | Some(Value::Null | Value::Bool(true)) if has_params => None,
            None | Some(Value::Null | Value::Bool(true)) => Some(title.clone()),
            Some(value) => {
                let menu = spot.inner("menu", value);
                if has_params {
                    self.note(&menu.at, "A page with parameters cannot stand in the menu: there is no value for them.");
                }
                self.string(&menu)
            }
        };
        let require = spot.member("require");
        let require = require.map(|spot| self.require(&spot)).unwrap_or_default();
        let mut blocks = Vec::new();
        if let Some(list) = spot.member("blocks") {
            if !list.value.is_array() {
                self.wrong(&list, "a list of blocks");
            }
            for spot in list.each() {
                blocks.extend(self.block(&spot, queries, &path, &title));
            }
        }
        Page { path, title, menu, require, blocks }
    }

    fn path(&mut self, page: &Spot<'_>) -> String {
        let Some(spot) = self.required(page, "path") else {
            return String::new();
        };
        let path = self.string(&spot).unwrap_or_default();
        if path == "/" {
            self.note(&spot.at, "`/` cannot be a page: it leads to `after_sign_in`, or to the login page.");
        } else if path == "/login" {
            self.note(&spot.at, "`/login` cannot be a page: it is the login page.");
        } else if !path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment)) {
            self.note(&spot.at, format!("\"{}\" is no path of a page: it must look like `/orders` or `/orders/:id`, with letters, digits, `-`, `.`, `_` and `~` in each part.", short(&path)));
        }
        let names: Vec<&str> = params(&path).collect();
        if names.iter().enumerate().any(|(i, name)| names.iter().skip(i + 1).any(|n| n == name)) {
            self.note(&spot.at, "Two parameters of this path have the same name.");
        }
        path
    }

    fn require(&mut self, spot: &Spot<'_>) -> Vec<Requirement> {
        self.any_object(spot);
        let mut all = Vec::new();
        for (name, spot) in spot.members() {
            let pointer = self.pointer_text(&spot.at, name);
            let root = name.split('/').nth(1).unwrap_or_default();
            if root != "user" && root != "store" {
                self.note(&spot.at, format!("\"{}\" must begin with `/user` or `/store`.", short(name)));
            }
            let any_of: Vec<Value> = spot.each().iter().map(|spot| spot.value.clone()).collect();
            if any_of.is_empty() {
                self.note(&spot.at, "This list is empty, so nobody could ever see the page.");
            }
            all.push(Requirement { pointer, any_of });
        }
        all
    }

    fn block(&mut self, spot: &Spot<'_>, queries: &[Query], path: &str, title: &str) -> Option<Block> {
        self.any_object(spot)?;
        let kind = self.required(spot, "type");
        let scope = Scope { params: Some(path), ..Scope::new("on a page", &ON_A_PAGE) };
        match self.word(kind, &["text", "table", "record"])? {
            0 => {
                self.object(spot, &[keys::TEXT_BLOCK]);
                let text = self.required(spot, "text")?;
                Some(Block::Text(self.template(&text, scope)))
            }
            1 => {
                self.object(spot, &[keys::TABLE_BLOCK]);
                let query = self.required(spot, "query");
                let columns = spot.member("columns");
                Some(Block::Table(Table {
                    query: query.map(|query| self.query_name(&query, queries, path)).unwrap_or_default(),
                    caption: self.optional_string(spot.member("caption")).unwrap_or_else(|| title.to_owned()),
                    columns: columns.map(|columns| self.columns(&columns)).unwrap_or_default(),
                    empty: self.optional_string(spot.member("empty")),
                }))
            }
            _ => {
                self.object(spot, &[keys::RECORD_BLOCK]);
                let source = self.record_source(spot, queries, path, scope)?;
                let caption = self.optional_string(spot.member("caption"));
                Some(Block::Record(Record { source, caption }))
            }
        }
    }

    fn record_source(
        &mut self,
        spot: &Spot<'_>,
        queries: &[Query],
        path: &str,
        scope: Scope<'_>,
    ) -> Option<RecordSource> {
        match (spot.member("value"), spot.member("query")) {
            (Some(value), None) => {
                let template = self.template(&value, scope);
                if let Some(binding) = template.whole() {
                    return Some(RecordSource::Value(binding.clone()));
                }
                self.wrong(&value, "exactly one binding like `{{user}}`");
                None
            }
            (None, Some(query)) => Some(RecordSource::Query(self.query_name(&query, queries, path))),
            _ => {
                self.note(&spot.at, "A `record` has exactly one of `value` and `query`.");
                None
            }
        }
    }

    /// Names a query, whose every path parameter the page has.
    fn query_name(&mut self, spot: &Spot<'_>, queries: &[Query], path: &str) -> String {
        let Some(name) = self.string(spot) else {
            return String::new();
        };
        if let Some(query) = queries.iter().find(|query| query.name == name) {
            for binding in query.request.bindings() {
                let param = binding.name();
                if binding.root == Root::Params && !params(path).any(|known| known == param) {
                    self.note(&spot.at, format!("The query `{name}` needs `{{{{params.{param}}}}}`, but the path `{path}` has no parameter `:{param}`."));
                }
            }
        } else {
            let names: Vec<&str> = queries.iter().map(|query| query.name.as_str()).collect();
            let names = if names.is_empty() {
                "/queries has none.".to_owned()
            } else {
                format!("/queries has {}", allowed(&name, &names))
            };
            self.note(&spot.at, format!("There is no query `{}`; {names}", short(&name)));
        }
        name
    }

    fn columns(&mut self, spot: &Spot<'_>) -> Vec<Column> {
        let mut columns = Vec::new();
        for spot in spot.each() {
            if spot.value.is_string() {
                let title = self.string(&spot).unwrap_or_default();
                let mut pointer = String::new();
                push_token(&mut pointer, &title);
                let value = self.pointer_text(&spot.at, &pointer);
                columns.push(Column { title, value });
            } else if self.object(&spot, &[keys::COLUMN]).is_some() {
                let title = self.required_string(&spot, "title");
                let value = self.required(&spot, "value");
                let value = value.map_or_else(Pointer::default, |value| self.pointer(&value));
                columns.push(Column { title, value });
            }
        }
        columns
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
fn shape(path: &str) -> Vec<&str> {
    let segments = path.split('/');
    segments.map(|s| if s.starts_with(':') { ":" } else { s }).collect()
}
