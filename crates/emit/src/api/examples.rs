//! Examples: a value that fits a schema, the same one every time.
//!
//! In:    a schema and the named ones.
//! Out:   a value; none if the schema wants what cannot be made up (a pattern, itself).
//! Never: a value that does not fit; more than [`PARTS`] parts, however densely schemas refer to
//!        each other.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::SEGMENT;
use super::schema::{Member, Range, Rest, Schema, SchemaKind, Text, number};

/// Most elements and characters that an example has.
const MOST: u64 = 64;

/// Most values within an example.
const PARTS: usize = 1_000;

/// How deep named schemas are followed: the first of these at which [`PARTS`] suffice.
const DEPTHS: [usize; 5] = [12, 6, 4, 2, 1];

/// An example of a schema.
///
/// - `name`: what it is called where it stands.
#[must_use]
pub(crate) fn example(
    schema: &Schema,
    name: &str,
    schemas: &BTreeMap<String, Schema>,
) -> Option<Value> {
    DEPTHS.into_iter().find_map(|depth| {
        let mut maker = Maker { schemas, within: Vec::new(), depth, left: PARTS };
        let made = maker.make(schema, name);
        (maker.left > 0).then_some(made)
    })?
}

struct Maker<'s> {
    schemas: &'s BTreeMap<String, Schema>,
    within: Vec<&'s str>,
    depth: usize,
    /// How many values may still be made.
    left: usize,
}

impl<'s> Maker<'s> {
    fn make(&mut self, schema: &'s Schema, name: &str) -> Option<Value> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return None;
        }
        if let Some(known) = schema.example.as_ref().or(schema.default.as_ref()) {
            return Some(known.clone());
        }
        match &schema.kind {
            SchemaKind::Any | SchemaKind::Null => Some(Value::Null),
            SchemaKind::Never | SchemaKind::Draft(_) => None,
            SchemaKind::Boolean => Some(Value::Bool(true)),
            SchemaKind::String(text) => string(text, name),
            SchemaKind::Number(range) => numeric(range),
            SchemaKind::Constants(values) => values.first().cloned(),
            SchemaKind::Array { items, min, max } => {
                let count = min.unwrap_or(0).max(1).min(max.unwrap_or(u64::MAX));
                if count > MOST {
                    return None;
                }
                let (before, count) = (self.left, usize::try_from(count).ok()?);
                match self.make(items, name) {
                    Some(item) => {
                        let more = (before - self.left).saturating_mul(count.saturating_sub(1));
                        self.left = self.left.saturating_sub(more);
                        (self.left > 0).then(|| Value::Array(vec![item; count]))
                    }
                    None => (min.unwrap_or(0) == 0).then(|| Value::Array(Vec::new())),
                }
            }
            SchemaKind::Tuple { items, required, .. } => {
                let mut out = Vec::new();
                for (at, item) in items.iter().enumerate() {
                    match self.make(item, name) {
                        Some(item) => out.push(item),
                        None if at >= *required => break,
                        None => return None,
                    }
                }
                Some(Value::Array(out))
            }
            SchemaKind::Object { members, rest } => self.object(members, rest, name),
            SchemaKind::Union { variants, .. } => {
                variants.iter().find_map(|variant| self.make(variant, name))
            }
            SchemaKind::Named(own) => {
                let (key, schema) = self.schemas.get_key_value(own)?;
                if self.within.len() == self.depth || self.within.contains(&key.as_str()) {
                    return None;
                }
                self.within.push(key);
                let made = self.make(schema, name);
                self.within.pop();
                made
            }
        }
    }

    fn object(&mut self, members: &'s [Member], rest: &'s Rest, name: &str) -> Option<Value> {
        let mut out = Map::new();
        for member in members {
            match self.make(&member.schema, &member.name) {
                Some(value) => {
                    out.insert(member.name.clone(), value);
                }
                None if member.required => return None,
                None => {}
            }
        }
        if let (Rest::Of(values), true) = (rest, members.is_empty())
            && let Some(value) = self.make(values, name)
        {
            out.insert("key".into(), value);
        }
        Some(Value::Object(out))
    }
}

fn string(text: &Text, name: &str) -> Option<Value> {
    let form = match text.format.as_deref() {
        Some("date-time") => Some("2026-01-31T09:30:00Z"),
        Some("date") => Some("2026-01-31"),
        Some("time") => Some("09:30:00Z"),
        Some("email") => Some("ada@example.com"),
        Some("uri" | "url") => Some("https://example.com/"),
        Some("uuid") => Some("0b6f1c2e-8a54-4d7e-9f30-5c1d2e3f4a5b"),
        Some("ipv4") => Some("192.0.2.1"),
        Some("ipv6") => Some("2001:db8::1"),
        _ => None,
    };
    let utc = text.format.as_deref() == Some("date-time");
    let known = text.patterns.iter().all(|p| p == SEGMENT || p == "Z$" && utc);
    if !known {
        return None;
    }
    if let Some(form) = form {
        let length = form.len() as u64;
        let fits = text.min.unwrap_or(0) <= length && length <= text.max.unwrap_or(u64::MAX);
        return fits.then(|| Value::from(form));
    }
    let (min, max) = (text.min.unwrap_or(0), text.max.unwrap_or(u64::MAX));
    if min > MOST || min > max {
        return None;
    }
    let mut word: String = if name.is_empty() { "text".into() } else { name.to_owned() };
    while (word.chars().count() as u64) < min {
        word.push('x');
    }
    let most = usize::try_from(max.min(MOST)).unwrap_or(usize::MAX);
    Some(Value::from(word.chars().take(most).collect::<String>()))
}

fn numeric(range: &Range) -> Option<Value> {
    let step = range.multiple_of.filter(|step| *step > 0.0);
    let unit = step.unwrap_or(if range.integer { 1.0 } else { 0.5 });
    let fits = |value: f64| {
        let above = range.min.is_none_or(|(min, out)| if out { value > min } else { value >= min });
        let below = range.max.is_none_or(|(max, out)| if out { value < max } else { value <= max });
        let whole = !range.integer || value.fract() == 0.0;
        let stepped = step.is_none_or(|step| (value / step).fract() == 0.0);
        above && below && whole && stepped
    };
    let low = range.min.map_or(0.0, |(min, _)| min);
    let high = range.max.map_or(low, |(max, _)| max);
    let near = (low / unit).ceil() * unit;
    [1.0, unit, near, near + unit, low, high, high - unit, f64::midpoint(low, high), 0.0]
        .into_iter()
        .find(|value| fits(*value))
        .map(number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::schema::{Member, Rest, Schema, SchemaKind};
    use super::{PARTS, example};

    fn parts(value: &serde_json::Value) -> usize {
        match value {
            serde_json::Value::Object(members) => 1 + members.values().map(parts).sum::<usize>(),
            serde_json::Value::Array(items) => 1 + items.iter().map(parts).sum::<usize>(),
            _ => 1,
        }
    }

    #[test]
    fn dense_schemas_have_examples_that_end() {
        // Each refers to all: the ways through them are beyond counting.
        let names: Vec<String> = (0..30).map(|i| format!("S{i}")).collect();
        let members = || {
            let member = |name: &String| Member {
                name: name.clone(),
                schema: Schema::new(SchemaKind::Named(name.clone())),
                required: false,
            };
            names.iter().map(member).collect()
        };
        let object = || Schema::new(SchemaKind::Object { members: members(), rest: Rest::Open });
        let schemas: BTreeMap<String, Schema> =
            names.iter().map(|name| (name.clone(), object())).collect();
        let made = example(&schemas["S0"], "s", &schemas).expect("an example");
        assert!((10..PARTS).contains(&parts(&made)), "{}", parts(&made));
        let mut long = Schema::number();
        for _ in 0..12 {
            long =
                Schema::new(SchemaKind::Array { items: Box::new(long), min: Some(9), max: None });
        }
        assert_eq!(example(&long, "s", &schemas), None);
    }
}
