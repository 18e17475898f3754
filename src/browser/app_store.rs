//! The store beside the session, reactive and seen in all tabs. Its rules are `session::Store`'s.

use super::{
    state::{Kept, State},
    storage::Places,
};
use crate::{
    config::SessionRules,
    session::{Lifetime, Store},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::rc::Rc;

/// Values by name: `storeValue`, `removeValue` and `clearStore`, typed and reactive.
#[derive(Clone, Copy)]
pub struct AppStore {
    values: State<Store>,
    record: Kept<Option<Rc<Places>>>,
}

impl AppStore {
    /// The store kept under `key`, where the session is kept too. Within a reactive owner.
    pub(super) fn open(key: String, rules: &SessionRules) -> Self {
        let record = Rc::new(Places::new(key, rules));
        let mut store = Store::default();
        store.take_over(record.read().as_deref());
        Self { values: State::new(store), record: Kept::new(Some(record)) }
    }

    /// The value of `name`. Tracked: whoever reads it hears of changes, also from other tabs.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        self.values.with(|store| store.get(name).cloned())
    }

    /// The value of `name` as a `T`; `None` also when it is something else. Tracked.
    #[must_use]
    pub fn get_as<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.get(name).and_then(|value| serde_json::from_value(value).ok())
    }

    /// Sets `name`.
    pub fn put(&self, name: &str, value: Value, lifetime: Lifetime) {
        self.change(Box::new(|store| store.put(name, value, lifetime)));
    }

    /// Sets `name` to anything that can be written as JSON; what cannot is left as it was.
    pub fn put_as<T: Serialize>(&self, name: &str, value: &T, lifetime: Lifetime) {
        if let Ok(value) = serde_json::to_value(value) {
            self.put(name, value, lifetime);
        }
    }

    /// Removes `name`, the stored value and this page's.
    pub fn remove(&self, name: &str) {
        self.change(Box::new(|store| store.remove(name)));
    }

    /// Removes everything.
    pub fn clear(&self) {
        self.change(Box::new(Store::clear));
    }

    /// All values, for bindings. Tracked.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        self.values.with(Store::values)
    }

    /// All values, for a request that is sent once.
    pub(super) fn values_untracked(&self) -> Map<String, Value> {
        self.values.with_untracked(Store::values)
    }

    /// The values of a session are where the session is.
    pub(super) fn choose(&self, is_own: bool) {
        if self.record.get().is_some_and(|record| record.choose(is_own)) {
            self.reread();
        }
    }

    /// Another tab has changed the record.
    pub(super) fn reread(&self) {
        let record = self.record.get().and_then(|record| record.read());
        self.values.update(|store| store.take_over(record.as_deref()));
    }

    /// The key of the record, to tell its storage events.
    pub(super) fn is_key(&self, key: &str) -> bool {
        self.record.get().is_some_and(|record| record.shared.key() == key)
    }

    fn change(&self, change: Box<dyn FnOnce(&mut Store) + '_>) {
        // Read first: another tab may have written since, and its values are not ours to lose.
        let before = self.record.get().and_then(|record| record.read());
        let after = self.values.update(|store| {
            store.take_over(before.as_deref());
            change(store);
            Some(store.to_json())
        });
        if let Some(after) = after
            && after != before
            && let Some(record) = self.record.get()
        {
            record.write(after.as_deref());
        }
    }
}
