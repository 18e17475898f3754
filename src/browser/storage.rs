//! One record under one key, wherever the config wants it kept.
//!
//! A storage that is blocked, or does not take the record because it is full, falls back to this
//! page's memory: the record stays readable here, [`Written::InMemory`] says so, and nothing throws. The
//! memory counts only until storage changes by another hand.
//!
//! Where the person may choose to stay signed in, a record has [`Places`]: the config's, and this tab's own.

use crate::config::{SessionRules, StorageKind};
use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use std::cell::{Cell, RefCell};

/// One record.
pub struct Record {
    key: String,
    area: Option<web_sys::Storage>,
    memory: RefCell<Option<Fallback>>,
}

/// What this page holds because storage would not.
struct Fallback {
    /// The record that was to be written; `None`: it was to be removed.
    record: Option<String>,
    /// What storage held instead.
    instead_of: Option<String>,
}

/// Where a record was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Where the config wants it.
    AsConfigured,
    /// Storage is full or blocked: only this page has it.
    InMemory,
}

impl Record {
    /// The record under `key`. Never throws: a blocked storage is found out here.
    pub fn new(key: String, kind: StorageKind) -> Self {
        Self { key, area: usable(kind), memory: RefCell::new(None) }
    }

    /// The key it is stored under.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether it lives in this page's memory because the config's place is blocked.
    pub const fn is_blocked(&self, kind: StorageKind) -> bool {
        self.area.is_none() && !matches!(kind, StorageKind::Memory)
    }

    /// What is there now.
    pub fn read(&self) -> Option<String> {
        let stored = self.read_area();
        let mut memory = self.memory.borrow_mut();
        match memory.as_ref() {
            Some(fallback) if self.area.is_none() || fallback.instead_of == stored => fallback.record.clone(),
            _ => {
                *memory = None;
                stored
            }
        }
    }

    /// Writes or, with `None`, removes it, in one step.
    pub fn write(&self, record: Option<&str>, kind: StorageKind) -> Written {
        let is_written = self.area.as_ref().is_some_and(|area| {
            match record {
                Some(record) => area.set_item(&self.key, record),
                None => area.remove_item(&self.key),
            }
            .is_ok()
        });
        if is_written {
            *self.memory.borrow_mut() = None;
            return Written::AsConfigured;
        }
        let instead_of = self.read_area();
        *self.memory.borrow_mut() = Some(Fallback { record: record.map(str::to_owned), instead_of });
        if matches!(kind, StorageKind::Memory) { Written::AsConfigured } else { Written::InMemory }
    }

    fn read_area(&self) -> Option<String> {
        self.area.as_ref().and_then(|area| area.get_item(&self.key).ok().flatten())
    }
}

/// Where a record may be, of which one counts.
pub struct Places {
    /// Where the config wants it.
    pub shared: Record,
    /// This tab's, where there is a choice.
    pub own: Option<Record>,
    kind: StorageKind,
    is_own: Cell<bool>,
}

impl Places {
    /// Of the record under `key`. The config's place counts.
    pub fn new(key: String, rules: &SessionRules) -> Self {
        let own = rules.stay_signed_in.map(|_| Record::new(key.clone(), StorageKind::Session));
        Self { shared: Record::new(key, rules.storage), own, kind: rules.storage, is_own: Cell::new(false) }
    }

    /// From now on this tab's own place counts, or the config's. Whether that is news.
    pub fn choose(&self, is_own: bool) -> bool {
        self.is_own.replace(is_own) != is_own
    }

    /// What is there now.
    pub fn read(&self) -> Option<String> {
        self.own().unwrap_or(&self.shared).read()
    }

    /// Writes or, with `None`, removes it.
    pub fn write(&self, record: Option<&str>) -> Written {
        match self.own() {
            Some(own) => own.write(record, StorageKind::Session),
            None => self.shared.write(record, self.kind),
        }
    }

    fn own(&self) -> Option<&Record> {
        self.own.as_ref().filter(|_| self.is_own.get())
    }
}

/// gloo-storage throws where storage is blocked, so it is asked only after a probe.
fn usable(kind: StorageKind) -> Option<web_sys::Storage> {
    let window = web_sys::window()?;
    match kind {
        StorageKind::Local => window.local_storage().ok().flatten().map(|_| LocalStorage::raw()),
        StorageKind::Session => window.session_storage().ok().flatten().map(|_| SessionStorage::raw()),
        StorageKind::Memory => None,
    }
}
