//! A map as `serde` reads and writes it.

use crate::IndexMap;
use serde_core::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use std::{fmt, hash::Hash, marker::PhantomData};

impl<K: Serialize, V: Serialize, S> Serialize for IndexMap<K, V, S> {
    fn serialize<T: Serializer>(&self, to: T) -> Result<T::Ok, T::Error> {
        to.collect_map(self)
    }
}

impl<'de, K: Deserialize<'de> + Eq + Hash, V: Deserialize<'de>, S> Deserialize<'de> for IndexMap<K, V, S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members(PhantomData))
    }
}

struct Members<K, V, S>(PhantomData<IndexMap<K, V, S>>);

impl<'de, K: Deserialize<'de> + Eq + Hash, V: Deserialize<'de>, S> Visitor<'de> for Members<K, V, S> {
    type Value = IndexMap<K, V, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = IndexMap::default();
        while let Some((key, value)) = members.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}
