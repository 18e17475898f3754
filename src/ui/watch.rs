//! Effects, computed values and states, made small.
//!
//! Leptos writes the machinery of a signal, a memo or an effect once for each type of value and each closure. Here it is
//! there once for all: a Leptos signal or memo of a `bool` tells *that* a value has changed, the value itself lies in a
//! box beside it, and closures are boxed. What comes of it is Leptos' own graph: whoever reads is subscribed, and what was
//! made while something was built is gone with it.
//!
//! ```text
//! Kept     a value                        gone with what was built
//! State    a Kept + RwSignal<bool>        heard of when it is set
//! Derived  a Kept + Memo<bool>            heard of when it differs
//! ```
//! What is only true or false is Leptos' own `RwSignal<bool>` and `Memo<bool>`: see [`is`].
//! What is read of a value that is gone is a default: nothing panics.

use crate::browser::Vestibule;
use leptos::prelude::*;
use std::{
    any::Any,
    cell::RefCell,
    marker::PhantomData,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Runs now, a tick later to be exact, and again when what it reads changes.
pub fn watch(run: impl Fn() + 'static) {
    watch_boxed(Box::new(run));
}

/// Runs when the network has come back.
pub fn on_network(vestibule: Vestibule, run: impl Fn() + 'static) {
    let is_online = vestibule.is_online();
    let was_online = Kept::new(is_online.get_untracked());
    watch(move || {
        let is_online = is_online.get();
        if is_online && !was_online.get() {
            run();
        }
        was_online.set(is_online);
    });
}

fn watch_boxed(run: Box<dyn Fn()>) {
    // Leptos runs a new effect once even when its owner is gone by then, and with it all that it would read.
    let is_over = Arc::new(AtomicBool::new(false));
    let ends = Arc::clone(&is_over);
    on_cleanup(move || ends.store(true, Ordering::Relaxed));
    Effect::new(move |_: Option<()>| {
        if !is_over.load(Ordering::Relaxed) {
            run();
        }
    });
}

/// A value that nobody follows. Copy: every handler has its own.
pub struct Kept<T> {
    item: Item,
    of: PhantomData<fn(T) -> T>,
}

/// A box for one value: a `RefCell<T>`.
type Item = StoredValue<Rc<dyn Any>, LocalStorage>;

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kept<T> {}

impl<T: 'static> Kept<T> {
    /// Belongs to what is being built.
    pub fn new(value: T) -> Self {
        Self { item: keep(Rc::new(RefCell::new(value))), of: PhantomData }
    }

    /// Looks at it in place.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        let Some(item) = take(self.item) else { return R::default() };
        match item.downcast_ref::<RefCell<T>>().map(RefCell::try_borrow) {
            Some(Ok(value)) => read(&value),
            Some(Err(_)) | None => R::default(),
        }
    }

    /// A copy of it.
    pub fn get(self) -> T
    where
        T: Clone + Default,
    {
        self.with(Clone::clone)
    }

    /// Puts another in its place.
    pub fn set(self, value: T) {
        self.update(|kept| *kept = value);
    }

    /// Changes it in place.
    pub fn update<R: Default>(self, change: impl FnOnce(&mut T) -> R) -> R {
        let Some(item) = take(self.item) else { return R::default() };
        match item.downcast_ref::<RefCell<T>>().map(RefCell::try_borrow_mut) {
            Some(Ok(mut value)) => change(&mut value),
            Some(Err(_)) | None => R::default(),
        }
    }
}

/// A value that is set, and followed.
pub struct State<T> {
    kept: Kept<T>,
    changed: RwSignal<bool>,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T: 'static> State<T> {
    /// Belongs to what is being built.
    pub fn new(value: T) -> Self {
        Self { kept: Kept::new(value), changed: RwSignal::new(false) }
    }

    /// A copy of it. Tracked.
    pub fn get(self) -> T
    where
        T: Clone + Default,
    {
        self.with(Clone::clone)
    }

    /// Looks at it in place. Tracked.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.kept.with(read)
    }

    /// Is told of every change.
    pub fn track(self) {
        _ = self.changed.try_get();
    }

    /// Looks at it in place, whatever becomes of it.
    pub fn with_untracked<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        self.kept.with(read)
    }

    /// Puts another in its place.
    pub fn set(self, value: T) {
        self.update(|kept| *kept = value);
    }

    /// Changes it in place.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.kept.update(change);
        _ = self.changed.try_set(true);
    }
}

/// A value that is computed from others, and heard of only when it differs.
pub struct Derived<T> {
    kept: Kept<Option<T>>,
    changed: Memo<bool>,
}

impl<T> Clone for Derived<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Derived<T> {}

/// A value that is computed from others: when it is first read, and again when one of them has changed.
pub fn derived<T: PartialEq + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Derived<T> {
    let kept = Kept::new(None);
    let changed = memo(Box::new(move || {
        // Before the box is touched: it may read others.
        let value = Some(value());
        kept.update(|kept| {
            let differs = *kept != value;
            *kept = value;
            differs
        })
    }));
    Derived { kept, changed }
}

/// What is true or false by others.
pub fn is(so: impl Fn() -> bool + Send + Sync + 'static) -> Memo<bool> {
    is_boxed(Box::new(so))
}

impl<T: 'static> Derived<T> {
    /// A copy of it. Tracked.
    pub fn get(self) -> T
    where
        T: Clone + Default,
    {
        self.with(Clone::clone)
    }

    /// Looks at it in place. Tracked.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        _ = self.changed.try_get();
        self.kept.with(|kept| kept.as_ref().map(read).unwrap_or_default())
    }

    /// A copy of it, whatever becomes of it.
    pub fn get_untracked(self) -> T
    where
        T: Clone + Default,
    {
        self.with_untracked(Clone::clone)
    }

    /// Looks at it in place, whatever becomes of it.
    pub fn with_untracked<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        _ = self.changed.try_get_untracked();
        self.kept.with(|kept| kept.as_ref().map(read).unwrap_or_default())
    }
}

// --- written once for all types ---------------------------------------------------------------

fn keep(value: Rc<dyn Any>) -> Item {
    StoredValue::new_local(value)
}

fn take(item: Item) -> Option<Rc<dyn Any>> {
    item.try_get_value()
}

fn is_boxed(so: Box<dyn Fn() -> bool + Send + Sync>) -> Memo<bool> {
    Memo::new(move |_| so())
}

/// Turns over with every change: a memo tells its readers when it is another `bool` than before.
fn memo(has_changed: Box<dyn Fn() -> bool + Send + Sync>) -> Memo<bool> {
    Memo::new(move |before: Option<&bool>| has_changed() != before.copied().unwrap_or_default())
}
