//! Values that are followed, made small.
//!
//! Leptos writes the machinery of a signal, a memo or a stored value once for each type of value and each closure. Here it is
//! there once for all: one box in Leptos' arena, with the value and with what tells of its changes. What comes of it is Leptos'
//! own graph: whoever reads is subscribed, and what was made while something was built is gone with it.
//!
//! ```text
//! Kept     nobody follows it
//! State    heard of when it is set
//! Derived  computed from others, and heard of when it differs
//! ```
//! What is read of a value that is gone is a default: nothing panics.

use leptos::{
    prelude::{ArcMemo, ArcTrigger, Notify, Track},
    reactive::{
        graph::ReactiveNode,
        owner::{ArenaItem, LocalStorage},
    },
};
use std::{any::Any, cell::RefCell, marker::PhantomData, rc::Rc};

/// A box for one value.
type Item = ArenaItem<Rc<Held<dyn Any>>, LocalStorage>;

struct Held<V: ?Sized> {
    heard: Heard,
    /// A `RefCell` of the value.
    value: V,
}

/// What tells of changes.
enum Heard {
    Nothing,
    Set(ArcTrigger),
    Computed(ArcMemo<()>),
}

/// A value that nobody follows. Copy: every handler has its own.
pub struct Kept<T> {
    item: Item,
    of: PhantomData<fn(T) -> T>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kept<T> {}

impl<T: 'static> Kept<T> {
    /// Belongs to what is being built.
    pub fn new(value: T) -> Self {
        Self::heard_by(Heard::Nothing, value)
    }

    fn heard_by(heard: Heard, value: T) -> Self {
        Self { item: keep(Rc::new(Held { heard, value: RefCell::new(value) })), of: PhantomData }
    }

    /// Looks at it in place.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        let Some(held) = take(self.item) else { return R::default() };
        match held.value.downcast_ref::<RefCell<T>>().map(RefCell::try_borrow) {
            Some(Ok(value)) => read(&value),
            Some(Err(_)) | None => R::default(),
        }
    }

    /// A copy of it.
    #[inline(never)]
    pub fn get(self) -> T
    where
        T: Clone + Default,
    {
        self.with(Clone::clone)
    }

    /// Puts another in its place.
    #[inline(never)]
    pub fn set(self, value: T) {
        self.update(|kept| *kept = value);
    }

    /// Changes it in place.
    pub fn update<R: Default>(self, change: impl FnOnce(&mut T) -> R) -> R {
        let Some(held) = take(self.item) else { return R::default() };
        match held.value.downcast_ref::<RefCell<T>>().map(RefCell::try_borrow_mut) {
            Some(Ok(mut value)) => change(&mut value),
            Some(Err(_)) | None => R::default(),
        }
    }
}

/// A value that is set, and followed.
pub struct State<T>(Kept<T>);

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T: 'static> State<T> {
    /// Belongs to what is being built.
    pub fn new(value: T) -> Self {
        Self(Kept::heard_by(Heard::Set(ArcTrigger::new()), value))
    }

    /// A copy of it. Tracked.
    #[inline(never)]
    pub fn get(self) -> T
    where
        T: Clone + Default,
    {
        self.with(Clone::clone)
    }

    /// Looks at it in place. Tracked.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.0.with(read)
    }

    /// Is told of every change.
    pub fn track(self) {
        track(self.0.item);
    }

    /// A copy of it, whatever becomes of it.
    pub fn get_untracked(self) -> T
    where
        T: Clone + Default,
    {
        self.0.get()
    }

    /// Looks at it in place, whatever becomes of it.
    pub fn with_untracked<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        self.0.with(read)
    }

    /// Puts another in its place.
    #[inline(never)]
    pub(crate) fn set(self, value: T) {
        self.0.set(value);
        notify(self.0.item);
    }

    /// Changes it in place.
    pub(crate) fn update<R: Default>(self, change: impl FnOnce(&mut T) -> R) -> R {
        let answer = self.0.update(change);
        notify(self.0.item);
        answer
    }
}

/// A value that is computed from others, and heard of only when it differs.
pub struct Derived<T> {
    kept: Kept<Option<T>>,
    memo: Item,
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
    let memo = memo(Box::new(move || {
        // Before the box is touched: it may read others.
        put(kept, value())
    }));
    Derived { kept, memo }
}

/// Whether it is another value than before.
#[inline(never)]
fn put<T: PartialEq + 'static>(kept: Kept<Option<T>>, value: T) -> bool {
    let value = Some(value);
    kept.update(|kept| {
        let differs = *kept != value;
        *kept = value;
        differs
    })
}

impl<T: 'static> Derived<T> {
    /// A copy of it. Tracked.
    #[inline(never)]
    pub fn get(self) -> T
    where
        T: Clone + Default,
    {
        self.with(Clone::clone)
    }

    /// Looks at it in place. Tracked.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        track(self.memo);
        self.kept.with(|kept| kept.as_ref().map(read).unwrap_or_default())
    }

    /// A copy of it, whatever becomes of it.
    #[inline(never)]
    pub fn get_untracked(self) -> T
    where
        T: Clone + Default,
    {
        self.with_untracked(Clone::clone)
    }

    /// Looks at it in place, whatever becomes of it.
    pub fn with_untracked<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        refresh(self.memo);
        self.kept.with(|kept| kept.as_ref().map(read).unwrap_or_default())
    }
}

// --- written once for all types ---------------------------------------------------------------

#[inline(never)]
fn keep(value: Rc<Held<dyn Any>>) -> Item {
    ArenaItem::new_with_storage(value)
}

#[inline(never)]
fn take(item: Item) -> Option<Rc<Held<dyn Any>>> {
    item.try_get_value()
}

#[inline(never)]
fn track(item: Item) {
    match take(item).as_ref().map(|held| &held.heard) {
        Some(Heard::Set(trigger)) => trigger.track(),
        Some(Heard::Computed(memo)) => {
            memo.track();
            memo.update_if_necessary();
        }
        Some(Heard::Nothing) | None => {}
    }
}

#[inline(never)]
fn refresh(memo: Item) {
    if let Some(Heard::Computed(memo)) = take(memo).as_ref().map(|held| &held.heard) {
        memo.update_if_necessary();
    }
}

#[inline(never)]
fn notify(item: Item) {
    if let Some(Heard::Set(trigger)) = take(item).as_ref().map(|held| &held.heard) {
        trigger.notify();
    }
}

fn memo(has_changed: Box<dyn Fn() -> bool + Send + Sync>) -> Item {
    let memo = ArcMemo::new_owning(move |_| ((), has_changed()));
    keep(Rc::new(Held { heard: Heard::Computed(memo), value: () }))
}
