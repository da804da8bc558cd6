//! `Map` and `Set`: insertion order, keys compared by SameValueZero.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::release::{self, Children};
use crate::{Text, Value, held};

/// What SameValueZero sees of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    Undefined,
    Null,
    Bool(bool),
    /// Bits; `-0` is `0` and every `NaN` is one.
    Number(u64),
    Text(Text),
    /// Where an object lies, and its length for raw text.
    Place(usize, usize),
}

/// What an entry takes about, with room to grow and its place in the table.
const ENTRY_BYTES: usize = 3 * size_of::<Value>() + size_of::<(Identity, usize)>();

/// A JavaScript `Map`.
#[derive(Debug, Default)]
pub struct MapValue {
    places: HashMap<Identity, usize>,
    keys: Vec<Value>,
    values: Vec<Value>,
}

impl MapValue {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The value under `key`.
    #[must_use]
    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.places.get(&key.identity()).map(|place| &self.values[*place])
    }

    /// Sets the value under `key`; one that is there keeps its place.
    pub fn insert(&mut self, key: Value, value: Value) {
        match self.places.entry(key.identity()) {
            Entry::Occupied(place) => self.values[*place.get()] = value,
            Entry::Vacant(place) => {
                place.insert(self.keys.len());
                self.keys.push(key.without_negative_zero());
                self.values.push(value);
                held::add(ENTRY_BYTES);
            }
        }
    }

    /// Keys and values in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&Value, &Value)> {
        self.keys.iter().zip(&self.values)
    }
}

impl Drop for MapValue {
    fn drop(&mut self) {
        held::sub(self.len() * ENTRY_BYTES);
        release::release(Children::Elements(std::mem::take(&mut self.values)));
        release::release(Children::Elements(std::mem::take(&mut self.keys)));
    }
}

/// A JavaScript `Set`.
#[derive(Debug, Default)]
pub struct SetValue {
    places: HashMap<Identity, ()>,
    elements: Vec<Value>,
}

impl SetValue {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// Whether `value` is an element.
    #[must_use]
    pub fn contains(&self, value: &Value) -> bool {
        self.places.contains_key(&value.identity())
    }

    /// Adds `value` unless it is there.
    pub fn insert(&mut self, value: Value) {
        if let Entry::Vacant(place) = self.places.entry(value.identity()) {
            place.insert(());
            self.elements.push(value.without_negative_zero());
            held::add(ENTRY_BYTES);
        }
    }

    /// The elements in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.elements.iter()
    }
}

impl Drop for SetValue {
    fn drop(&mut self) {
        held::sub(self.len() * ENTRY_BYTES);
        release::release(Children::Elements(std::mem::take(&mut self.elements)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_same_value_zero() {
        let mut set = SetValue::new();
        for value in [f64::NAN, 0.0, -0.0, f64::NAN, 1.0] {
            set.insert(Value::Number(value));
        }
        set.insert(Value::text("1"));
        let (a, b) = (Value::array(vec![]), Value::array(vec![]));
        set.insert(a.clone());
        set.insert(b);
        set.insert(a);
        assert_eq!(set.len(), 6);
    }
}
