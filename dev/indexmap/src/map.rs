//! A map that keeps the order of what is put into it.

use std::{
    borrow::Borrow,
    fmt,
    hash::{Hash, Hasher},
    iter::FusedIterator,
    marker::PhantomData,
    mem,
    ops::Index,
    slice, vec,
};

/// So many keys are looked through. More are rare, but may be very many: then looking would take the square of their number.
const FEW: usize = 32;

/// Keys and values in the order in which the keys came.
pub struct IndexMap<K, V, S = ()> {
    all: Vec<(K, V)>,
    /// Beyond [`FEW`]: the places of all keys, from 1 on, each behind the slot that its hash names; 0 where there is none.
    /// A power of two, and twice as many as keys at least. Empty: not made yet, or not made again since places may have
    /// changed.
    slots: Vec<usize>,
    /// How the real one would hash its keys.
    hashes: PhantomData<fn() -> S>,
}

impl<K, V> IndexMap<K, V> {
    /// An empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self::of(Vec::new())
    }
}

impl<K, V, S> IndexMap<K, V, S> {
    const fn of(all: Vec<(K, V)>) -> Self {
        Self { all, slots: Vec::new(), hashes: PhantomData }
    }

    /// An empty map that so many keys can be put into before it grows.
    #[must_use]
    pub fn with_capacity_and_hasher(capacity: usize, _: S) -> Self {
        Self::of(Vec::with_capacity(capacity))
    }

    /// How many keys there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Takes all of them out.
    pub fn clear(&mut self) {
        self.reordered().clear();
    }

    /// All of them, to be put into other places.
    fn reordered(&mut self) -> &mut Vec<(K, V)> {
        self.slots.clear();
        &mut self.all
    }

    /// Keys and values.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter(self.all.iter())
    }

    /// Keys and values, which can be changed.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        IterMut(self.all.iter_mut())
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys(self.all.iter())
    }

    /// The values.
    #[must_use]
    pub fn values(&self) -> Values<'_, K, V> {
        Values(self.all.iter())
    }

    /// The values, which can be changed.
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        ValuesMut(self.all.iter_mut())
    }

    /// The values alone.
    #[must_use]
    pub fn into_values(self) -> IntoValues<K, V> {
        IntoValues(self.all.into_iter())
    }

    /// Takes out what is not to stay.
    pub fn retain(&mut self, mut stays: impl FnMut(&K, &mut V) -> bool) {
        self.reordered().retain_mut(|(key, value)| stays(key, value));
    }

    /// Which one it is, from 0 on.
    pub fn get_index_of<Q: ?Sized + Eq + Hash>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        let Some(last) = self.slots.len().checked_sub(1) else {
            return self.all.iter().position(|(known, _)| known.borrow() == key);
        };
        let mut slot = hash(key);
        loop {
            let index = self.slots.get(slot & last)?.checked_sub(1)?;
            if self.get_index(index)?.0.borrow() == key {
                return Some(index);
            }
            slot += 1;
        }
    }

    /// Puts a new key behind all others.
    fn push(&mut self, key: K, value: V)
    where
        K: Eq + Hash,
    {
        let mut first = self.all.len();
        self.all.push((key, value));
        let length = self.all.len();
        if length <= FEW {
            return;
        }
        if length * 2 > self.slots.len() {
            self.slots = vec![0; length.next_power_of_two() * 4];
            first = 0;
        }
        let last = self.slots.len() - 1;
        for (index, (key, _)) in self.all.iter().enumerate().skip(first) {
            let mut slot = hash(key);
            while let Some(place) = self.slots.get_mut(slot & last) {
                if *place == 0 {
                    *place = index + 1;
                    break;
                }
                slot += 1;
            }
        }
    }

    /// The one at that place.
    #[must_use]
    pub fn get_index(&self, index: usize) -> Option<(&K, &V)> {
        self.all.get(index).map(|(key, value)| (key, value))
    }

    /// The one at that place, whose value can be changed.
    pub fn get_index_mut(&mut self, index: usize) -> Option<(&K, &mut V)> {
        self.all.get_mut(index).map(|(key, value)| (&*key, value))
    }

    /// Where a key stands, the key as it was put in, and its value.
    pub fn get_full<Q: ?Sized + Eq + Hash>(&self, key: &Q) -> Option<(usize, &K, &V)>
    where
        K: Borrow<Q>,
    {
        let index = self.get_index_of(key)?;
        self.get_index(index).map(|(key, value)| (index, key, value))
    }

    /// The value of a key.
    pub fn get<Q: ?Sized + Eq + Hash>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    /// The key as it was put in, and its value.
    pub fn get_key_value<Q: ?Sized + Eq + Hash>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.get_index(self.get_index_of(key)?)
    }

    /// Whether there is that key.
    pub fn contains_key<Q: ?Sized + Eq + Hash>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get_index_of(key).is_some()
    }

    /// The value of a key, which can be changed.
    pub fn get_mut<Q: ?Sized + Eq + Hash>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let index = self.get_index_of(key)?;
        self.get_index_mut(index).map(|(_, value)| value)
    }

    /// Makes room for so many more keys.
    pub fn reserve(&mut self, more: usize) {
        self.all.reserve(more);
    }

    /// Puts a value in the place of the key's former one, which it gives, or behind all others.
    pub fn insert(&mut self, key: K, value: V) -> Option<V>
    where
        K: Eq + Hash,
    {
        if let Some(known) = self.get_mut(&key) {
            return Some(mem::replace(known, value));
        }
        self.push(key, value);
        None
    }

    /// As [`Self::insert`], and where the key stands.
    pub fn insert_full(&mut self, key: K, value: V) -> (usize, Option<V>)
    where
        K: Eq + Hash,
    {
        let index = self.get_index_of(&key).unwrap_or(self.len());
        (index, self.insert(key, value))
    }

    /// Puts a key at a place, wherever it was before.
    pub fn shift_insert(&mut self, index: usize, key: K, value: V) -> Option<V>
    where
        K: Eq + Hash,
    {
        let former = self.shift_remove(&key);
        self.reordered().insert(index, (key, value));
        former
    }

    /// Takes a key out, and puts the last one in its place.
    pub fn swap_remove_entry<Q: ?Sized + Eq + Hash>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        self.get_index_of(key).map(|index| self.reordered().swap_remove(index))
    }

    /// As [`Self::swap_remove_entry`].
    pub fn swap_remove<Q: ?Sized + Eq + Hash>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.swap_remove_entry(key).map(|(_, value)| value)
    }

    /// Takes a key out; all others keep their order.
    pub fn shift_remove_entry<Q: ?Sized + Eq + Hash>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        self.get_index_of(key).map(|index| self.reordered().remove(index))
    }

    /// As [`Self::shift_remove_entry`].
    pub fn shift_remove<Q: ?Sized + Eq + Hash>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.shift_remove_entry(key).map(|(_, value)| value)
    }

    /// Sorts by key.
    pub fn sort_unstable_keys(&mut self)
    where
        K: Ord,
    {
        self.reordered().sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    }

    /// The place of a key, whether there is something or not.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V>
    where
        K: Eq + Hash,
    {
        let index = self.get_index_of(&key);
        let all = self.reordered();
        match index {
            Some(index) => Entry::Occupied(OccupiedEntry { all, index }),
            None => Entry::Vacant(VacantEntry { all, key }),
        }
    }
}

impl<K, V, S> Default for IndexMap<K, V, S> {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl<K: Clone, V: Clone, S> Clone for IndexMap<K, V, S> {
    fn clone(&self) -> Self {
        Self { all: self.all.clone(), slots: self.slots.clone(), hashes: PhantomData }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S> fmt::Debug for IndexMap<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// In whatever order.
impl<K: Eq + Hash, V: PartialEq, S> PartialEq for IndexMap<K, V, S> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<K: Eq + Hash, V: Eq, S> Eq for IndexMap<K, V, S> {}

impl<K: Borrow<Q>, V, S, Q: ?Sized + Eq + Hash> Index<&Q> for IndexMap<K, V, S> {
    type Output = V;

    #[expect(clippy::expect_used, reason = "as the real one")]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no such key")
    }
}

impl<K, V, S> Index<usize> for IndexMap<K, V, S> {
    type Output = V;

    #[expect(clippy::indexing_slicing, reason = "as the real one")]
    fn index(&self, index: usize) -> &V {
        &self.all[index].1
    }
}

impl<K: Eq + Hash, V, S> Extend<(K, V)> for IndexMap<K, V, S> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, more: I) {
        for (key, value) in more {
            self.insert(key, value);
        }
    }
}

impl<K: Eq + Hash, V, S> FromIterator<(K, V)> for IndexMap<K, V, S> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Self {
        let mut map = Self::default();
        map.extend(all);
        map
    }
}

impl<K, V, S> IntoIterator for IndexMap<K, V, S> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> IntoIter<K, V> {
        self.all.into_iter()
    }
}

impl<'a, K, V, S> IntoIterator for &'a IndexMap<K, V, S> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K, V, S> IntoIterator for &'a mut IndexMap<K, V, S> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}

/// FNV-1a: quick, and small.
#[inline(never)]
fn hash<Q: ?Sized + Hash>(key: &Q) -> usize {
    let mut hash = Fnv(0x811c_9dc5);
    key.hash(&mut hash);
    // A word that is half as long would do, too.
    usize::try_from(hash.0 >> 1).unwrap_or_default()
}

struct Fnv(u32);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }

    fn finish(&self) -> u64 {
        self.0.into()
    }
}

/// Keys and values.
pub type IntoIter<K, V> = vec::IntoIter<(K, V)>;

macro_rules! iterators {
    ($($(#[$doc:meta])* $name:ident<$($life:lifetime,)? K, V>($inner:ty) -> $item:ty, $part:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name<$($life,)? K, V>($inner);

        impl<$($life,)? K, V> Iterator for $name<$($life,)? K, V> {
            type Item = $item;

            fn next(&mut self) -> Option<$item> {
                self.0.next().map($part)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl<$($life,)? K, V> DoubleEndedIterator for $name<$($life,)? K, V> {
            fn next_back(&mut self) -> Option<$item> {
                self.0.next_back().map($part)
            }
        }

        impl<$($life,)? K, V> ExactSizeIterator for $name<$($life,)? K, V> {}
        impl<$($life,)? K, V> FusedIterator for $name<$($life,)? K, V> {}

        impl<$($life,)? K, V> fmt::Debug for $name<$($life,)? K, V> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

iterators! {
    /// Keys and values.
    Iter<'a, K, V>(slice::Iter<'a, (K, V)>) -> (&'a K, &'a V), |(key, value)| (key, value);
    /// Keys and values, which can be changed.
    IterMut<'a, K, V>(slice::IterMut<'a, (K, V)>) -> (&'a K, &'a mut V), |(key, value)| (&*key, value);
    /// The keys.
    Keys<'a, K, V>(slice::Iter<'a, (K, V)>) -> &'a K, |(key, _)| key;
    /// The values.
    Values<'a, K, V>(slice::Iter<'a, (K, V)>) -> &'a V, |(_, value)| value;
    /// The values, which can be changed.
    ValuesMut<'a, K, V>(slice::IterMut<'a, (K, V)>) -> &'a mut V, |(_, value)| value;
    /// The values.
    IntoValues<K, V>(vec::IntoIter<(K, V)>) -> V, |(_, value)| value;
}

macro_rules! clones {
    ($($name:ident)*) => {$(
        impl<K, V> Clone for $name<'_, K, V> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }
    )*};
}

clones! { Iter Keys Values }

/// The place of a key.
#[derive(Debug)]
pub enum Entry<'a, K, V> {
    /// There is something.
    Occupied(OccupiedEntry<'a, K, V>),
    /// There is nothing yet.
    Vacant(VacantEntry<'a, K, V>),
}

impl<'a, K, V> Entry<'a, K, V> {
    /// Which place it is, from 0 on.
    #[must_use]
    pub const fn index(&self) -> usize {
        match self {
            Self::Occupied(entry) => entry.index,
            Self::Vacant(entry) => entry.all.len(),
        }
    }

    /// The value there; where there was none, the default is put.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    /// The value there; where there was none, what is made for it is put.
    pub fn or_insert_with(self, made: impl FnOnce() -> V) -> &'a mut V {
        match self {
            Self::Occupied(entry) => entry.into_mut(),
            Self::Vacant(entry) => entry.insert(made()),
        }
    }
}

/// A place where there is nothing yet.
#[derive(Debug)]
pub struct VacantEntry<'a, K, V> {
    all: &'a mut Vec<(K, V)>,
    key: K,
}

impl<'a, K, V> VacantEntry<'a, K, V> {
    /// Its key.
    #[must_use]
    pub const fn key(&self) -> &K {
        &self.key
    }

    /// Its key alone.
    #[must_use]
    pub fn into_key(self) -> K {
        self.key
    }

    /// Puts a value there.
    pub fn insert(self, value: V) -> &'a mut V {
        let index = self.all.len();
        self.all.push((self.key, value));
        at(self.all, index)
    }
}

/// A place where there is something.
#[derive(Debug)]
pub struct OccupiedEntry<'a, K, V> {
    all: &'a mut Vec<(K, V)>,
    index: usize,
}

#[expect(clippy::indexing_slicing, reason = "an entry knows where it stands")]
fn at<K, V>(all: &mut [(K, V)], index: usize) -> &mut V {
    &mut all[index].1
}

impl<'a, K, V> OccupiedEntry<'a, K, V> {
    /// Its key.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "an entry knows where it stands")]
    pub fn key(&self) -> &K {
        &self.all[self.index].0
    }

    /// Its value.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "an entry knows where it stands")]
    pub fn get(&self) -> &V {
        &self.all[self.index].1
    }

    /// Its value, which can be changed.
    pub fn get_mut(&mut self) -> &mut V {
        at(self.all, self.index)
    }

    /// Its value, for as long as there is the map.
    #[must_use]
    pub fn into_mut(self) -> &'a mut V {
        at(self.all, self.index)
    }

    /// Puts another value there.
    pub fn insert(&mut self, value: V) -> V {
        mem::replace(self.get_mut(), value)
    }

    /// Takes it out, and puts the last one in its place.
    #[must_use]
    pub fn swap_remove_entry(self) -> (K, V) {
        self.all.swap_remove(self.index)
    }

    /// As [`Self::swap_remove_entry`].
    #[must_use]
    pub fn swap_remove(self) -> V {
        self.swap_remove_entry().1
    }

    /// Takes it out; all others keep their order.
    #[must_use]
    pub fn shift_remove_entry(self) -> (K, V) {
        self.all.remove(self.index)
    }

    /// As [`Self::shift_remove_entry`].
    #[must_use]
    pub fn shift_remove(self) -> V {
        self.shift_remove_entry().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn map(keys: &str) -> IndexMap<char, usize> {
        keys.chars().zip(1..).collect()
    }

    fn keys(map: &IndexMap<char, usize>) -> String {
        map.keys().collect()
    }

    #[test]
    fn a_key_is_there_once_where_it_was_first() {
        let mut map = map("abcab");
        assert_eq!(keys(&map), "abc");
        assert_eq!(map.values().copied().collect::<Vec<_>>(), [4, 5, 3]);
        assert_eq!(map.insert('b', 7), Some(5));
        assert_eq!(map.insert('d', 8), None);
        assert_eq!((keys(&map).as_str(), map[&'b'], map.get(&'x')), ("abcd", 7, None));
        assert_eq!(map.insert_full('c', 1), (2, Some(3)));
        assert_eq!(map.get_full(&'d'), Some((3, &'d', &8)));
    }

    #[test]
    fn what_is_taken_out_leaves_the_order_or_not() {
        let mut one = map("abcd");
        assert_eq!(one.shift_remove(&'b'), Some(2));
        assert_eq!(keys(&one), "acd");
        let mut other = map("abcd");
        assert_eq!(other.swap_remove(&'b'), Some(2));
        assert_eq!(keys(&other), "adc");
        assert_eq!(other.swap_remove(&'b'), None);
        other.retain(|key, value| *key != 'd' && *value > 1);
        assert_eq!(keys(&other), "c");
        assert_eq!(one.shift_insert(0, 'd', 9), Some(4));
        assert_eq!(keys(&one), "dac");
        one.sort_unstable_keys();
        assert_eq!(keys(&one), "acd");
    }

    #[test]
    fn very_many_keys_are_found_as_well() {
        let mut map: IndexMap<String, usize> = (0..50_000).map(|key: usize| (key.to_string(), key)).collect();
        for key in [0, 31, 32, 33, 49_999] {
            assert_eq!(map.get_full(key.to_string().as_str()), Some((key, &key.to_string(), &key)));
        }
        assert_eq!((map.insert("7".to_owned(), 1), map.len(), map.get("50000")), (Some(7), 50_000, None));
        assert_eq!(map.shift_remove("40000"), Some(40_000));
        assert_eq!((map.get_index_of("40000"), map.get_index_of("49999")), (None, Some(49_998)));
        assert_eq!(map.insert("40000".to_owned(), 2), None);
        assert_eq!((map.get_index_of("40000"), map.get_index_of("49999")), (Some(49_999), Some(49_998)));
        let clone = map.clone();
        assert!(clone == map && clone.keys().eq(map.keys()));
        map.clear();
        assert_eq!(map.get("1"), None);
        assert_eq!((map.insert("1".to_owned(), 1), map.get("1")), (None, Some(&1)));
    }

    thread_local! {
        static COMPARED: Cell<usize> = const { Cell::new(0) };
    }

    /// Counts how often a key is compared.
    struct Counted(String);

    impl PartialEq for Counted {
        fn eq(&self, other: &Self) -> bool {
            COMPARED.set(COMPARED.get() + 1);
            self.0 == other.0
        }
    }

    impl Eq for Counted {}

    impl Hash for Counted {
        fn hash<H: Hasher>(&self, hasher: &mut H) {
            self.0.hash(hasher);
        }
    }

    #[test]
    fn a_key_is_compared_with_few_others_however_many_there_are() {
        for count in [100, 1_000, 10_000, 100_000] {
            COMPARED.set(0);
            let map: IndexMap<Counted, usize> = (0..count).map(|key| (Counted(format!("{key:x}_")), key)).collect();
            assert!(map.iter().all(|(key, value)| map.get(key) == Some(value)));
            // Once to put it in and once to find it, and so often beside those whose slots are near.
            let compared = COMPARED.get();
            assert!(compared < 8 * count, "{compared} comparisons of {count} keys");
        }
    }

    #[test]
    fn maps_are_equal_in_whatever_order() {
        let other: IndexMap<char, usize> = [('b', 2), ('a', 1)].into_iter().collect();
        assert_eq!(map("ab"), other);
        assert_ne!(map("ab"), map("abc"));
        assert_ne!(map("ab"), map("ba"));
    }

    #[test]
    fn an_entry_is_the_place_of_a_key() {
        let mut map = map("ab");
        let entry = map.entry('c');
        assert_eq!(entry.index(), 2);
        *entry.or_default() += 5;
        *map.entry('a').or_default() += 5;
        assert_eq!(map.into_values().collect::<Vec<_>>(), [6, 2, 5]);
    }
}
