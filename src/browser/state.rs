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
//! What is read of a value that is gone is a default: nothing panics. A value may be set while somebody looks at it; who changes it
//! in place looks at nothing meanwhile.

use leptos::{
    prelude::{ArcMemo, ArcTrigger, Notify, Track},
    reactive::{
        graph::ReactiveNode,
        owner::{ArenaItem, LocalStorage},
    },
};
use std::{any::Any, cell::RefCell, marker::PhantomData, mem, rc::Rc};

/// A box for one value.
type Item = ArenaItem<Rc<Held>, LocalStorage>;

struct Held {
    heard: Heard,
    /// Shared with whoever looks at it, so that it can be changed meanwhile.
    value: RefCell<Rc<dyn Any>>,
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
        Self::of(keep(Heard::Nothing, Box::new(value)))
    }

    const fn of(item: Item) -> Self {
        Self { item, of: PhantomData }
    }

    /// Looks at it in place.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        let mut read = Some(read);
        let mut answer = None;
        look(self.item, &mut |value| answer = value.downcast_ref().zip(read.take()).map(|(value, read)| read(value)));
        answer.unwrap_or_default()
    }

    /// A copy of it.
    #[must_use]
    #[inline(never)]
    pub fn get(self) -> T
    where
        T: Clone + Default,
    {
        let mut copy = None;
        look(self.item, &mut |value| copy = value.downcast_ref().cloned());
        copy.unwrap_or_default()
    }

    /// Whether what it was built with is still there.
    #[must_use]
    pub fn is_there(self) -> bool {
        take(self.item).is_some()
    }

    /// Puts another in its place.
    pub fn set(self, value: T) {
        put(self.item, Box::new(value));
    }

    /// Changes it in place.
    pub fn update<R: Default>(self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut change = Some(change);
        let mut answer = None;
        alter(self.item, &mut |value| {
            answer = value.downcast_mut().zip(change.take()).map(|(value, change)| change(value));
        });
        answer.unwrap_or_default()
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
        Self(Kept::of(keep(Heard::Set(ArcTrigger::new()), Box::new(value))))
    }

    /// A copy of it. Tracked.
    #[must_use]
    pub fn get(self) -> T
    where
        T: Clone + Default,
    {
        self.track();
        self.0.get()
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
    #[must_use]
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
    kept: Kept<T>,
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
    let item = keep(Heard::Nothing, Box::new(()));
    let memo = memo(item, Box::new(move || Box::new(value())), are_equal::<T>);
    Derived { kept: Kept::of(item), memo }
}

fn are_equal<T: PartialEq + 'static>(one: &dyn Any, other: &dyn Any) -> bool {
    one.downcast_ref::<T>() == other.downcast_ref::<T>()
}

impl<T: 'static> Derived<T> {
    /// A copy of it. Tracked.
    #[must_use]
    pub fn get(self) -> T
    where
        T: Clone + Default,
    {
        track(self.memo);
        self.kept.get()
    }

    /// Looks at it in place. Tracked.
    pub fn with<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        track(self.memo);
        self.kept.with(read)
    }

    /// A copy of it, whatever becomes of it.
    #[must_use]
    pub fn get_untracked(self) -> T
    where
        T: Clone + Default,
    {
        refresh(self.memo);
        self.kept.get()
    }

    /// Looks at it in place, whatever becomes of it.
    pub fn with_untracked<R: Default>(self, read: impl FnOnce(&T) -> R) -> R {
        refresh(self.memo);
        self.kept.with(read)
    }
}

// --- written once for all types ---------------------------------------------------------------

#[inline(never)]
fn keep(heard: Heard, value: Box<dyn Any>) -> Item {
    ArenaItem::new_with_storage(Rc::new(Held { heard, value: RefCell::new(value.into()) }))
}

#[inline(never)]
fn take(item: Item) -> Option<Rc<Held>> {
    item.try_get_value()
}

#[inline(never)]
fn look(item: Item, look: &mut dyn FnMut(&dyn Any)) {
    let value = take(item).and_then(|held| held.value.try_borrow().ok().map(|value| Rc::clone(&value)));
    if let Some(value) = value {
        look(&*value);
    }
}

#[inline(never)]
fn alter(item: Item, change: &mut dyn FnMut(&mut dyn Any)) {
    if let Some(held) = take(item)
        && let Ok(mut value) = held.value.try_borrow_mut()
        && let Some(value) = Rc::get_mut(&mut value)
    {
        change(value);
    }
}

#[inline(never)]
fn put(item: Item, new: Box<dyn Any>) {
    let Some(held) = take(item) else { return };
    let Ok(mut value) = held.value.try_borrow_mut() else { return };
    let old = mem::replace(&mut *value, new.into());
    drop(value);
    // What is dropped with it may look at the new one.
    drop(old);
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

/// Computes the value of `item`, and tells when it is another than before.
fn memo(
    item: Item,
    value: Box<dyn Fn() -> Box<dyn Any> + Send + Sync>,
    are_equal: fn(&dyn Any, &dyn Any) -> bool,
) -> Item {
    let memo = ArcMemo::new_owning(move |_| {
        let value = value();
        let mut differs = true;
        look(item, &mut |before| differs = !are_equal(before, &*value));
        put(item, value);
        ((), differs)
    });
    keep(Heard::Computed(memo), Box::new(()))
}
