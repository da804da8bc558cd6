//! Intersections: both sides run on the same input, and their results are put together.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use frontage_json::{Object, Text, Value};

use super::issue::{About, Issue, PathKey};
use super::node::Node;
use super::payload::Payload;
use super::walk::Walk;
use crate::eval::Thrown;

impl Walk<'_> {
    pub(super) fn intersection(
        &self,
        left: &Node,
        right: &Node,
        mut payload: Payload,
    ) -> Result<Payload, Thrown> {
        let left = self.fresh(left, payload.value.clone())?;
        let right = self.fresh(right, payload.value.clone())?;
        // A key that one side does not know is a fault only if the other does not know it either.
        let mut refused = Refused::default();
        let values = [left.value, right.value];
        for (side, issues) in [left.issues, right.issues].into_iter().enumerate() {
            payload.issues.append_some(issues, |issue| !refused.take(issue, side));
        }
        refused.tell(&mut payload);
        match merged(&values[0], &values[1]) {
            Ok(value) => payload.value = value,
            Err(_) if payload.is_aborted() => {}
            Err(path) => {
                let steps: Vec<String> = path.iter().rev().map(step_text).collect();
                let words = format!("Unmergable intersection. Error path: [{}]", steps.join(","));
                return Err(Thrown::error(words));
            }
        }
        Ok(payload)
    }
}

/// Keys that sides of an intersection refuse.
#[derive(Default)]
struct Refused {
    /// In the order in which they were met, each with the sides that refuse it.
    keys: Vec<(Text, [bool; 2])>,
    places: HashMap<Text, usize>,
    /// The first issue that lists keys, and its keys.
    listing: Option<(HashSet<Text>, Issue)>,
    /// The first issue of each key that does not fit.
    single: HashMap<Text, Issue>,
}

impl Refused {
    /// Takes an issue that is about keys alone; `false` for any other.
    fn take(&mut self, issue: &Issue, side: usize) -> bool {
        let keys = match (&issue.about, issue.steps.as_slice()) {
            (About::Keys(keys), []) => {
                self.listing.get_or_insert_with(|| (keys.iter().cloned().collect(), issue.clone()));
                keys.clone()
            }
            (About::RecordKey, [PathKey::Name(key)]) => {
                self.single.entry(key.clone()).or_insert_with(|| issue.clone());
                vec![key.clone()]
            }
            _ => return false,
        };
        for key in keys {
            let next = self.keys.len();
            let place = *self.places.entry(key.clone()).or_insert(next);
            if place == next {
                self.keys.push((key, [false; 2]));
            }
            self.keys[place].1[side] = true;
        }
        true
    }

    /// Notes the keys that both sides refuse.
    fn tell(self, payload: &mut Payload) {
        let both = self.keys.into_iter().filter(|(_, sides)| *sides == [true, true]);
        let both: Vec<Text> = both.map(|(key, _)| key).collect();
        let mut listed = HashSet::new();
        if let Some((keys, issue)) = self.listing {
            let told: Vec<Text> = both.iter().filter(|key| keys.contains(*key)).cloned().collect();
            listed.extend(told.iter().cloned());
            if !told.is_empty() {
                payload.note(Issue { about: About::Keys(told), ..issue });
            }
        }
        for key in both.iter().filter(|key| !listed.contains(*key)) {
            if let Some(issue) = self.single.get(key) {
                payload.note(issue.clone());
            }
        }
    }
}

fn step_text(step: &PathKey) -> String {
    match step {
        PathKey::Index(index) => index.to_string(),
        PathKey::Name(name) => {
            let mut writer = String::from("\"");
            for c in name.chars() {
                match c {
                    '"' => writer.push_str("\\\""),
                    '\\' => writer.push_str("\\\\"),
                    c => writer.push(c),
                }
            }
            writer.push('"');
            writer
        }
    }
}

/// Both results as one, or where they contradict each other (innermost step first).
fn merged(a: &Value, b: &Value) -> Result<Value, Vec<PathKey>> {
    if a.strict_equals(b) {
        return Ok(a.clone());
    }
    let (a, b) = (a.decoded(), b.decoded());
    let within = |key: PathKey| {
        move |mut path: Vec<PathKey>| {
            path.push(key);
            path
        }
    };
    match (&a, &b) {
        (Value::Date(x), Value::Date(y)) if **x == **y => Ok(a),
        (Value::Object(x), Value::Object(y)) => {
            let mut out: Object = Object::with_capacity(x.len() + y.len());
            for (name, value) in x.iter().filter(|(name, _)| **name != *"__proto__") {
                let value = match y.get(name) {
                    Some(other) => {
                        merged(value, other).map_err(within(PathKey::Name(name.clone())))?
                    }
                    None => value.clone(),
                };
                out.insert(name.clone(), value);
            }
            for (name, value) in y.iter().filter(|(name, _)| **name != *"__proto__") {
                if !x.contains(name) {
                    out.insert(name.clone(), value.clone());
                }
            }
            Ok(Value::Object(Rc::new(out)))
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            let mut out = Vec::with_capacity(x.len());
            for (index, (x, y)) in x.iter().zip(y.iter()).enumerate() {
                out.push(merged(x, y).map_err(within(PathKey::Index(index)))?);
            }
            Ok(Value::array(out))
        }
        _ if a.strict_equals(&b) => Ok(a),
        _ => Err(Vec::new()),
    }
}
