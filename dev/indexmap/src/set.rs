//! A set that keeps the order of what is put into it.

use std::{borrow::Borrow, fmt, marker::PhantomData, ops::Index, slice, vec};

/// What was put in, each once, in the order in which it came.
pub struct IndexSet<T, S = ()> {
    all: Vec<T>,
    /// How the real one would hash them.
    hashes: PhantomData<fn() -> S>,
}

impl<T> IndexSet<T> {
    /// An empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self::of(Vec::new())
    }
}

impl<T, S> IndexSet<T, S> {
    const fn of(all: Vec<T>) -> Self {
        Self { all, hashes: PhantomData }
    }

    /// An empty set that so much can be put into before it grows.
    #[must_use]
    pub fn with_capacity_and_hasher(capacity: usize, _: S) -> Self {
        Self::of(Vec::with_capacity(capacity))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> Iter<'_, T> {
        self.all.iter()
    }

    /// The one at that place.
    #[must_use]
    pub fn get_index(&self, index: usize) -> Option<&T> {
        self.all.get(index)
    }

    fn get_index_of<Q: ?Sized + Eq>(&self, value: &Q) -> Option<usize>
    where
        T: Borrow<Q>,
    {
        self.all.iter().position(|known| known.borrow() == value)
    }

    /// Where it stands, and as it was put in.
    pub fn get_full<Q: ?Sized + Eq>(&self, value: &Q) -> Option<(usize, &T)>
    where
        T: Borrow<Q>,
    {
        let index = self.get_index_of(value)?;
        self.get_index(index).map(|value| (index, value))
    }

    /// Whether it is there.
    pub fn contains<Q: ?Sized + Eq>(&self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.get_index_of(value).is_some()
    }

    /// Puts it in, behind all others; whether it was not there before.
    pub fn insert(&mut self, value: T) -> bool
    where
        T: Eq,
    {
        self.insert_full(value).1
    }

    /// As [`Self::insert`], and where it stands.
    pub fn insert_full(&mut self, value: T) -> (usize, bool)
    where
        T: Eq,
    {
        if let Some(index) = self.get_index_of(&value) {
            return (index, false);
        }
        self.all.push(value);
        (self.len() - 1, true)
    }

    /// Takes it out; all others keep their order.
    pub fn shift_remove<Q: ?Sized + Eq>(&mut self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.get_index_of(value).map(|index| self.all.remove(index)).is_some()
    }
}

impl<T, S> Default for IndexSet<T, S> {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl<T: Clone, S> Clone for IndexSet<T, S> {
    fn clone(&self) -> Self {
        Self::of(self.all.clone())
    }
}

impl<T: fmt::Debug, S> fmt::Debug for IndexSet<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<T, S> Index<usize> for IndexSet<T, S> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "as the real one")]
    fn index(&self, index: usize) -> &T {
        &self.all[index]
    }
}

impl<T, S> IntoIterator for IndexSet<T, S> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        self.all.into_iter()
    }
}

impl<'a, T, S> IntoIterator for &'a IndexSet<T, S> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// All of them.
pub type Iter<'a, T> = slice::Iter<'a, T>;

/// All of them.
pub type IntoIter<T> = vec::IntoIter<T>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_everything_once_and_in_order() {
        let mut set = IndexSet::<char>::new();
        assert!(set.insert('b') && set.insert('a') && !set.insert('b'));
        assert_eq!(set.insert_full('c'), (2, true));
        assert!(set.shift_remove(&'a') && !set.shift_remove(&'a') && !set.contains(&'a'));
        assert_eq!(set.get_full(&'c'), Some((1, &'c')));
        assert_eq!(set.into_iter().collect::<String>(), "bc");
    }
}
