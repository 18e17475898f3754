//! The store beside the session: `storeValue`, `removeValue` and `clearStore` of the low-code world.
//!
//! Values have names. One is kept in the browser's storage and seen in all tabs, or lives for this
//! page only; a value set for this page hides the stored one of the same name, and removing a name
//! removes both. The stored ones are one JSON record, written in one step.
//!
//! Pure: the browser floor reads and writes the record.

use crate::config::{read_json, write_json};
use serde_json::{Map, Value};
use std::fmt;

/// How long a value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// In the browser's storage, in all tabs, until it is removed.
    Stored,
    /// In this page, until it is closed or reloaded.
    ThisPage,
}

/// All values by name. Its `Debug` shows the names: the values are somebody's personal data.
#[derive(Clone, Default, PartialEq)]
pub struct Store {
    stored: Map<String, Value>,
    this_page: Map<String, Value>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.stored.keys().chain(self.this_page.keys())).finish()
    }
}

impl Store {
    /// A longer record is not read. Bytes.
    pub const MAX_LENGTH: usize = 1024 * 1024;

    /// The value of `name`: this page's, else the stored one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.this_page.get(name).or_else(|| self.stored.get(name))
    }

    /// Sets `name`. A value for this page hides a stored one; a stored value ends a hiding one.
    pub fn put(&mut self, name: &str, value: Value, lifetime: Lifetime) {
        match lifetime {
            Lifetime::Stored => {
                self.this_page.remove(name);
                self.stored.insert(name.to_owned(), value);
            }
            Lifetime::ThisPage => {
                self.this_page.insert(name.to_owned(), value);
            }
        }
    }

    /// Removes `name` from both.
    pub fn remove(&mut self, name: &str) {
        self.this_page.remove(name);
        self.stored.remove(name);
    }

    /// Removes everything from both.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Every name with the value that counts.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        let mut values = self.stored.clone();
        values.extend(self.this_page.clone());
        values
    }

    /// The stored values as one JSON text; `None` when there are none and no record is needed.
    #[must_use]
    pub fn to_json(&self) -> Option<String> {
        (!self.stored.is_empty()).then(|| write_json(&Value::Object(self.stored.clone())))
    }

    /// Takes over the record that storage holds now. What cannot be read counts as empty.
    pub fn take_over(&mut self, record: Option<&str>) {
        let record = record.filter(|text| text.len() <= Self::MAX_LENGTH).and_then(read_json);
        self.stored = match record {
            Some(Value::Object(values)) => values,
            _ => Map::new(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_for_this_page_hides_the_stored_one() {
        let mut store = Store::default();
        store.put("tenant", json!("north"), Lifetime::Stored);
        store.put("tenant", json!("south"), Lifetime::ThisPage);
        assert_eq!(store.get("tenant"), Some(&json!("south")));
        assert_eq!(store.to_json().unwrap(), r#"{"tenant":"north"}"#);
    }

    #[test]
    fn removing_removes_both() {
        let mut store = Store::default();
        store.put("tenant", json!("north"), Lifetime::Stored);
        store.put("tenant", json!("south"), Lifetime::ThisPage);
        store.remove("tenant");
        assert_eq!(store.get("tenant"), None);
        assert_eq!(store.to_json(), None);
    }

    #[test]
    fn storing_a_name_ends_what_hid_it() {
        let mut store = Store::default();
        store.put("tenant", json!("south"), Lifetime::ThisPage);
        store.put("tenant", json!("north"), Lifetime::Stored);
        assert_eq!(store.get("tenant"), Some(&json!("north")));
    }

    #[test]
    fn another_tab_changes_the_stored_values_and_not_this_pages() {
        let mut store = Store::default();
        store.put("here", json!(1), Lifetime::ThisPage);
        store.take_over(Some(r#"{"there":2}"#));
        assert_eq!((store.get("here"), store.get("there")), (Some(&json!(1)), Some(&json!(2))));
        for broken in [None, Some(""), Some("[]"), Some("{"), Some("null")] {
            store.take_over(broken);
            assert_eq!((store.get("here"), store.get("there")), (Some(&json!(1)), None));
        }
    }
}
