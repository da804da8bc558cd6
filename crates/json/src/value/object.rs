//! Objects: members in JavaScript's order, found quickly whether few or a million.

use std::collections::{BTreeMap, HashMap};

use super::release::{self, Children};
use crate::{Text, Value, held};

/// Above this many members a hash table finds them.
const LINEAR: usize = 16;

/// What a member takes about, with room to grow and its place in a table.
const MEMBER_BYTES: usize = 2 * size_of::<(Text, Value)>();

/// A plain object. Members stand as JavaScript has them: array indices first, ascending, then the
/// others in the order in which they were added.
#[derive(Debug)]
#[expect(clippy::box_collection, reason = "rare parts; a small object stays small")]
pub struct Object {
    named: Vec<(Text, Value)>,
    /// Only when there are more than [`LINEAR`].
    places: Option<Box<Places>>,
    /// Members whose names are array indices.
    indexed: Option<Box<BTreeMap<u32, (Text, Value)>>>,
}

/// Places in `named`.
#[derive(Clone, Debug, Default)]
struct Places {
    whole: HashMap<Text, usize>,
    /// Of names with half of a surrogate pair, which look like another name as UTF-8.
    torn: HashMap<Vec<u16>, usize>,
}

impl Places {
    fn add(&mut self, name: &Text, place: usize) {
        if name.is_well_formed() {
            self.whole.insert(name.clone(), place);
        } else {
            self.torn.insert(name.units(), place);
        }
    }
}

impl Object {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(0)
    }

    /// An empty object with room for `members`.
    #[must_use]
    pub fn with_capacity(members: usize) -> Self {
        let object = Self { named: Vec::with_capacity(members), places: None, indexed: None };
        held::add(object.bytes());
        object
    }

    /// What it takes, values apart.
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.len() * MEMBER_BYTES
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.named.len() + self.indexed.as_ref().map_or(0, |members| members.len())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The member `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        if let Some(index) = array_index(name) {
            return self.indexed.as_ref()?.get(&index).map(|(_, value)| value);
        }
        self.place(name).map(|place| &self.named[place].1)
    }

    /// The member `name`, which may hold half of a surrogate pair.
    #[must_use]
    pub fn get_text(&self, name: &Text) -> Option<&Value> {
        if name.is_well_formed() {
            return self.get(name);
        }
        self.torn_place(name).map(|place| &self.named[place].1)
    }

    /// Whether there is a member `name`.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets the member `name`; one that is there keeps its place.
    pub fn insert(&mut self, name: impl Into<Text>, value: Value) {
        let name = name.into();
        if let Some(index) = array_index(&name) {
            if self.indexed.get_or_insert_default().insert(index, (name, value)).is_none() {
                held::add(MEMBER_BYTES);
            }
        } else if let Some(place) =
            if name.is_well_formed() { self.place(&name) } else { self.torn_place(&name) }
        {
            self.named[place].1 = value;
        } else {
            let place = self.named.len();
            if let Some(places) = &mut self.places {
                places.add(&name, place);
            } else if place >= LINEAR {
                let places = self.places.insert(Box::default());
                for (place, (name, _)) in self.named.iter().enumerate() {
                    places.add(name, place);
                }
                places.add(&name, place);
            }
            self.named.push((name, value));
            held::add(MEMBER_BYTES);
        }
    }

    /// The members in JavaScript's order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Value)> {
        let indexed = self.indexed.iter().flat_map(|members| members.values());
        indexed.chain(&self.named).map(|(name, value)| (name, value))
    }

    /// The names in JavaScript's order.
    pub fn keys(&self) -> impl Iterator<Item = &Text> {
        self.iter().map(|(name, _)| name)
    }

    fn place(&self, name: &str) -> Option<usize> {
        match &self.places {
            Some(places) => places.whole.get(name).copied(),
            None => {
                self.named.iter().position(|(own, _)| own.as_str() == name && own.is_well_formed())
            }
        }
    }

    fn torn_place(&self, name: &Text) -> Option<usize> {
        match &self.places {
            Some(places) => places.torn.get(&name.units()).copied(),
            None => self.named.iter().position(|(own, _)| own == name),
        }
    }
}

impl<N: Into<Text>> FromIterator<(N, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(members: I) -> Self {
        let mut object = Self::new();
        for (name, value) in members {
            object.insert(name, value);
        }
        object
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Object {
    fn clone(&self) -> Self {
        let (named, places) = (self.named.clone(), self.places.clone());
        let object = Self { named, places, indexed: self.indexed.clone() };
        held::add(object.bytes());
        object
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        held::sub(self.bytes());
        let named = std::mem::take(&mut self.named);
        let indexed = self.indexed.take().map(|members| *members).unwrap_or_default();
        release::release(Children::Members(named, indexed));
    }
}

/// The array index that `name` spells, if it does: `0` to `4294967294` without leading zeros.
#[must_use]
pub fn array_index(name: &str) -> Option<u32> {
    let bytes = name.as_bytes();
    match bytes {
        [b'0'] => Some(0),
        [b'1'..=b'9', rest @ ..] if rest.len() < 10 && rest.iter().all(u8::is_ascii_digit) => {
            name.parse().ok().filter(|index| *index != u32::MAX)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_come_first_and_replaced_members_keep_their_place() {
        let mut object = Object::new();
        for name in ["b", "10", "a", "2", "01", "4294967295", "-1", "b"] {
            object.insert(name, Value::Null);
        }
        let names: Vec<&str> = object.keys().map(Text::as_str).collect();
        assert_eq!(names, ["2", "10", "b", "a", "01", "4294967295", "-1"]);
    }

    #[test]
    fn large_objects_find_old_and_new_members() {
        let mut object = Object::new();
        for i in 0..1000 {
            object.insert(format!("k{i}"), Value::Number(f64::from(i)));
        }
        object.insert("k3", Value::Bool(true));
        assert_eq!(object.len(), 1000);
        assert!(matches!(object.get("k3"), Some(Value::Bool(true))));
        assert!(matches!(object.get("k999"), Some(Value::Number(n)) if *n == 999.0));
        assert!(object.get("k1000").is_none());
    }

    #[test]
    fn names_with_half_a_pair_are_found_as_quickly_and_never_for_others() {
        let mut object = Object::new();
        // A hundred thousand that were compared one by one would take minutes.
        for i in 0..100_000_u32 {
            let low = u16::try_from(i % 50_000).unwrap_or(0);
            let units = [0xD800, 0x61 + u16::try_from(i / 50_000).unwrap_or(0), low];
            object.insert(Text::from_units(&units), Value::Number(f64::from(i)));
        }
        assert_eq!(object.len(), 100_000);
        let name = Text::from_units(&[0xD800, 0x61, 0x62]);
        assert!(object.get_text(&name).is_some());
        assert!(object.get(name.as_str()).is_none());
        object.insert(name.as_str(), Value::Null);
        assert!(matches!(object.get(name.as_str()), Some(Value::Null)));
        assert!(matches!(object.get_text(&name), Some(Value::Number(_))));
    }
}
