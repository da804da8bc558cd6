//! Intersections: both sides run on the same input, and their results are put together.

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
        let mut refused: Vec<(Text, [bool; 2])> = Vec::new();
        let mut about_keys: Option<(Vec<Text>, Issue)> = None;
        let mut about_key: Vec<(Text, Issue)> = Vec::new();
        let values = [left.value, right.value];
        for (side, issues) in [left.issues, right.issues].into_iter().enumerate() {
            payload.issues.append_some(issues, |issue| {
                let keys = match (&issue.about, issue.steps.as_slice()) {
                    (About::Keys(keys), []) => {
                        about_keys.get_or_insert_with(|| (keys.clone(), issue.clone()));
                        keys.clone()
                    }
                    (About::RecordKey, [PathKey::Name(key)]) => {
                        if !about_key.iter().any(|(known, _)| known == key) {
                            about_key.push((key.clone(), issue.clone()));
                        }
                        vec![key.clone()]
                    }
                    _ => return true,
                };
                for key in keys {
                    match refused.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, sides)) => sides[side] = true,
                        None => refused.push((key, [side == 0, side == 1])),
                    }
                }
                false
            });
        }
        let both: Vec<Text> =
            refused.into_iter().filter(|(_, sides)| sides[0] && sides[1]).map(|(k, _)| k).collect();
        if !both.is_empty() {
            let mut told: Vec<Text> = Vec::new();
            if let Some((keys, issue)) = about_keys {
                told = both.iter().filter(|key| keys.contains(key)).cloned().collect();
                if !told.is_empty() {
                    payload.note(Issue { about: About::Keys(told.clone()), ..issue });
                }
            }
            for key in both.iter().filter(|key| !told.contains(key)) {
                if let Some((_, issue)) = about_key.iter().find(|(known, _)| known == key) {
                    payload.note(issue.clone());
                }
            }
        }
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
