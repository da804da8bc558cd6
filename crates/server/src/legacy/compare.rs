//! Two JSON answers held against each other.
//!
//! In:    what the other backend answered, and what a moved route did.
//! Out:   each [`Difference`], by its path in the answers, with what stood there said by its kind.
//! Never: a value of an answer: kinds and lengths only.
//!
//! Start at [`compare`].

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

/// Most differences of one comparison.
const MOST: usize = 50;
/// Deepest value that is looked into: as deep as JSON is read.
const DEEPEST: usize = 128;

/// What does not count as a difference.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// Paths that are not compared: `meta.requestId`, `items[].updatedAt`, `*.etag`.
    pub ignore: Vec<String>,
    /// Paths of lists whose order does not count.
    pub unordered: Vec<String>,
    /// How far numbers may be apart.
    pub tolerance: f64,
}

/// Where two answers differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    /// `items[].price`; empty for the answer itself.
    pub(crate) path: String,
    /// How: `missing`, `added`, `kind`, `value`, `length`.
    pub(crate) how: &'static str,
    /// What the other backend has there, by its kind.
    pub(crate) old: String,
    /// What the route has there.
    pub(crate) new: String,
}

/// [`Rules`] with their paths step by step.
#[derive(Debug)]
pub(crate) struct Matcher {
    ignore: Vec<Vec<String>>,
    unordered: Vec<Vec<String>>,
    tolerance: f64,
}

impl Matcher {
    pub(crate) fn new(rules: &Rules) -> Self {
        Self {
            ignore: patterns(&rules.ignore),
            unordered: patterns(&rules.unordered),
            tolerance: rules.tolerance,
        }
    }
}

/// Finds where two answers differ.
pub(crate) fn compare(old: &Value, new: &Value, rules: &Matcher) -> Vec<Difference> {
    let mut walk = Walk { rules, found: Vec::new() };
    walk.value(old, new, &mut Vec::new());
    walk.found
}

struct Walk<'r> {
    rules: &'r Matcher,
    found: Vec<Difference>,
}

/// Patterns by their steps.
fn patterns(all: &[String]) -> Vec<Vec<String>> {
    let steps = |pattern: &String| {
        let pattern = pattern.replace("[]", ".[]");
        pattern.split('.').filter(|step| !step.is_empty()).map(str::to_owned).collect()
    };
    all.iter().map(steps).collect()
}

/// A path, step by step; `[]` for an element.
type Path<'a> = Vec<&'a str>;

/// Longest path that is shown, in bytes.
const LONGEST: usize = 200;
/// Longest name of a member that is shown.
const NAME: usize = 40;

/// A path for people. A name that no field is called may be a user's: an address, an id.
fn shown(path: &Path<'_>) -> String {
    let mut out = String::new();
    for step in path {
        if *step == "[]" {
            out.push_str(step);
            continue;
        }
        if !out.is_empty() {
            out.push('.');
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$');
        let is_name = step.len() <= NAME
            && step.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
            && step.chars().all(plain)
            && step.chars().filter(char::is_ascii_digit).count() <= 3;
        out.push_str(if is_name { step } else { "{}" });
        if out.len() > LONGEST {
            out.push('…');
            break;
        }
    }
    out
}

/// Whether one of the patterns is of this path: `*` stands for any member.
fn is_named(patterns: &[Vec<String>], path: &Path<'_>) -> bool {
    patterns.iter().any(|pattern| {
        pattern.len() == path.len()
            && path
                .iter()
                .zip(pattern)
                .all(|(own, step)| step == "*" && *own != "[]" || step == own)
    })
}

/// A value by its kind.
fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(text) => format!("text of {}", text.chars().count()),
        Value::Array(items) => format!("list of {}", items.len()),
        Value::Object(members) => format!("object of {}", members.len()),
    }
}

impl Walk<'_> {
    fn add(&mut self, path: &Path<'_>, how: &'static str, old: String, new: String) {
        let difference = Difference { path: shown(path), how, old, new };
        let known = |own: &Difference| own.path == difference.path && own.how == how;
        if self.found.len() < MOST && !self.found.iter().any(known) {
            self.found.push(difference);
        }
    }

    fn value<'a>(&mut self, old: &'a Value, new: &'a Value, path: &mut Path<'a>) {
        if path.len() > DEEPEST || is_named(&self.rules.ignore, path) {
            return;
        }
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => self.objects(old, new, path),
            (Value::Array(old), Value::Array(new)) => self.lists(old, new, path),
            (Value::Number(a), Value::Number(b)) => {
                if !is_near(a, b, self.rules.tolerance) {
                    self.add(path, "value", "number".into(), "another number".into());
                }
            }
            (Value::Bool(a), Value::Bool(b)) => {
                if a != b {
                    self.add(path, "value", "boolean".into(), "the other".into());
                }
            }
            (Value::String(a), Value::String(b)) => {
                if a != b {
                    let same = a.chars().count() == b.chars().count();
                    let other = if same { "another".to_owned() } else { kind(new) };
                    self.add(path, "value", kind(old), other);
                }
            }
            (Value::Null, Value::Null) => {}
            _ => self.add(path, "kind", kind(old), kind(new)),
        }
    }

    fn objects<'a>(
        &mut self,
        old: &'a Map<String, Value>,
        new: &'a Map<String, Value>,
        path: &mut Path<'a>,
    ) {
        for (name, value) in old {
            path.push(name);
            match new.get(name) {
                Some(other) => self.value(value, other, path),
                None if is_named(&self.rules.ignore, path) => {}
                None => self.add(path, "missing", kind(value), "nothing".into()),
            }
            path.pop();
        }
        for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
            path.push(name);
            if !is_named(&self.rules.ignore, path) {
                self.add(path, "added", "nothing".into(), kind(value));
            }
            path.pop();
        }
    }

    fn lists<'a>(&mut self, old: &'a [Value], new: &'a [Value], path: &mut Path<'a>) {
        if old.len() != new.len() {
            let text = |items: &[Value]| format!("list of {}", items.len());
            self.add(path, "length", text(old), text(new));
        }
        let unordered = is_named(&self.rules.unordered, path);
        path.push("[]");
        if unordered {
            let (old, new) = self.unmatched(old, new, path);
            for (one, other) in old.into_iter().zip(new) {
                self.value(one, other, path);
            }
        } else {
            for (one, other) in old.iter().zip(new) {
                self.value(one, other, path);
            }
        }
        path.pop();
    }

    /// Elements that the other list has not, in their order.
    fn unmatched<'a>(
        &self,
        old: &'a [Value],
        new: &'a [Value],
        path: &Path<'a>,
    ) -> (Vec<&'a Value>, Vec<&'a Value>) {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for item in new {
            *counts.entry(self.canonical(item, &mut path.clone())).or_default() += 1;
        }
        let mut left_old = Vec::new();
        for item in old {
            match counts.get_mut(&self.canonical(item, &mut path.clone())) {
                Some(count) if *count > 0 => *count -= 1,
                _ => left_old.push(item),
            }
        }
        let mut left_new = Vec::new();
        // Those at the end are the ones that are left over.
        for item in new.iter().rev() {
            if let Some(count) = counts.get_mut(&self.canonical(item, &mut path.clone()))
                && *count > 0
            {
                *count -= 1;
                left_new.push(item);
            }
        }
        left_new.reverse();
        (left_old, left_new)
    }

    /// A text that is equal for elements between which nothing that counts differs. Numbers within
    /// the tolerance of each other may have two texts: such elements are compared as what is left.
    fn canonical<'a>(&self, value: &'a Value, path: &mut Path<'a>) -> String {
        if is_named(&self.rules.ignore, path) {
            return String::new();
        }
        match value {
            Value::Object(members) => {
                let mut all: Vec<(&String, String)> = Vec::new();
                for (name, value) in members {
                    path.push(name);
                    if !is_named(&self.rules.ignore, path) {
                        all.push((name, self.canonical(value, path)));
                    }
                    path.pop();
                }
                all.sort();
                let all: Vec<String> =
                    all.iter().map(|(name, text)| format!("{name:?}:{text}")).collect();
                format!("{{{}}}", all.join(","))
            }
            Value::Array(items) => {
                let unordered = is_named(&self.rules.unordered, path);
                path.push("[]");
                let mut all: Vec<String> =
                    items.iter().map(|item| self.canonical(item, path)).collect();
                path.pop();
                if unordered {
                    all.sort();
                }
                format!("[{}]", all.join(","))
            }
            Value::Number(number) => plain(number),
            value => value.to_string(),
        }
    }
}

/// A number's text, the same for `1` and `1.0`; whole ones keep all their digits.
fn plain(number: &Number) -> String {
    if number.is_i64() || number.is_u64() {
        return number.to_string();
    }
    match number.as_f64() {
        Some(value) if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.0}"),
        Some(value) => format!("{value:?}"),
        None => number.to_string(),
    }
}

fn is_near(a: &Number, b: &Number, tolerance: f64) -> bool {
    if a == b {
        return true;
    }
    match (a.as_i64().zip(b.as_i64()), a.as_f64().zip(b.as_f64())) {
        // Exact where they are whole.
        (Some((a, b)), _) if tolerance == 0.0 => a == b,
        (None, _) if tolerance == 0.0 && a.is_u64() && b.is_u64() => false,
        (_, Some((a, b))) => (a - b).abs() <= tolerance,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use serde_json::{Value, json};

    use super::{Matcher, Rules};

    fn compare(old: &Value, new: &Value, rules: &Rules) -> Vec<super::Difference> {
        super::compare(old, new, &Matcher::new(rules))
    }

    fn paths(old: &Value, new: &Value, rules: &Rules) -> Vec<String> {
        let found = compare(old, new, rules);
        let mut all: Vec<String> =
            found.into_iter().map(|own| format!("{} {}", own.path, own.how)).collect();
        all.sort();
        all
    }

    #[test]
    fn differences_are_named_by_their_paths() {
        let rules = Rules::default();
        let cases = [
            (json!({ "a": 1 }), json!({ "a": 1.0 }), vec![]),
            (json!({ "a": 1, "b": [1, 2] }), json!({ "b": [1, 2], "a": 1 }), vec![]),
            (json!({ "a": 1 }), json!({ "a": 2 }), vec!["a value"]),
            (json!({ "a": 1 }), json!({ "a": "1" }), vec!["a kind"]),
            (json!({ "a": 1 }), json!({}), vec!["a missing"]),
            (json!({}), json!({ "a": null }), vec!["a added"]),
            (json!([{ "x": "a" }]), json!([{ "x": "b" }]), vec!["[].x value"]),
            (json!({ "l": [1, 2] }), json!({ "l": [1] }), vec!["l length"]),
            (json!({ "l": [1, 2] }), json!({ "l": [2, 1] }), vec!["l[] value"]),
            (
                json!({ "l": [{ "a": [1] }, { "a": [2] }] }),
                json!({ "l": [{ "a": [3] }, { "a": [4] }] }),
                vec!["l[].a[] value"],
            ),
            (json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992_i64), vec![" value"]),
        ];
        for (old, new, expected) in cases {
            assert_eq!(paths(&old, &new, &rules), expected, "{old} {new}");
        }
    }

    #[test]
    fn what_the_rules_allow_is_no_difference() {
        let rules = Rules {
            ignore: vec!["meta.id".into(), "items[].at".into(), "*.etag".into()],
            unordered: vec!["items".into(), "items[].tags".into()],
            tolerance: 0.01,
        };
        let old = json!({ "meta": { "id": 1, "etag": "x" }, "items": [
            { "n": 1.0, "at": 5, "tags": ["a", "b"] }, { "n": 2.0, "at": 6, "tags": [] } ] });
        let new = json!({ "meta": { "id": 2 }, "items": [
            { "n": 2.0, "at": 7, "tags": [] }, { "n": 1.0, "tags": ["b", "a"] } ] });
        assert_eq!(paths(&old, &new, &rules), Vec::<String>::new());
        let near = json!({ "meta": {}, "items": [
            { "n": 1.005, "tags": ["a", "b"] }, { "n": 2.0, "tags": [] } ] });
        assert_eq!(paths(&old, &near, &rules), Vec::<String>::new());
        let far = json!({ "meta": {}, "items": [
            { "n": 2.0, "tags": [] }, { "n": 1.5, "tags": ["a", "b"] } ] });
        assert_eq!(paths(&old, &far, &rules), ["items[].n value"]);
    }

    #[test]
    fn large_numbers_and_odd_names_are_told_apart_and_kept_back() {
        let rules = Rules { unordered: vec!["ids".into()], ..Rules::default() };
        let old = json!({ "ids": [9_007_199_254_740_993_i64, 1] });
        let new = json!({ "ids": [9_007_199_254_740_992_i64, 1.0] });
        assert_eq!(paths(&old, &new, &rules), ["ids[] value"]);
        let keyed = |x: u32| json!({ "by": { "alice@example.com": { "x": x }, "\u{1b}]0;a\u{7}": x, "k".repeat(300): x } });
        let found = paths(&keyed(1), &keyed(2), &Rules::default());
        assert_eq!(found, ["by.{} value", "by.{}.x value"]);
    }

    #[test]
    fn no_value_is_shown() {
        let found = compare(
            &json!({ "a": "secret", "b": 42, "c": true }),
            &json!({ "a": "hidden!", "b": 43, "c": false }),
            &Rules::default(),
        );
        let text = format!("{found:?}");
        for value in ["secret", "hidden", "42", "43", "true", "false"] {
            assert!(!text.contains(value), "{text}");
        }
        assert_eq!(found.len(), 3);
    }

    /// Some JSON.
    fn value(rng: &mut Rng, depth: u32) -> Value {
        match rng.u32(0..if depth == 0 { 5 } else { 8 }) {
            0 => Value::Null,
            1 => rng.bool().into(),
            2 => rng.i32(-2..3).into(),
            3 => json!(f64::from(rng.i32(-2..3)) / 2.0),
            4 => ["", "a", "bb"][rng.usize(0..3)].into(),
            5 => (0..rng.u32(0..4)).map(|_| value(rng, depth - 1)).collect(),
            _ => ["x", "y", "z"]
                .into_iter()
                .filter(|_| true)
                .map(|name| (name.to_owned(), value(rng, depth - 1)))
                .collect(),
        }
    }

    #[test]
    fn equal_answers_have_no_difference_and_others_have_one() {
        let same = |a: &Value, b: &Value| {
            // Numbers count by their values.
            fn plain(value: &Value) -> Value {
                match value {
                    Value::Number(n) => json!(n.as_f64()),
                    Value::Array(all) => all.iter().map(plain).collect(),
                    Value::Object(all) => all.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
                    value => value.clone(),
                }
            }
            plain(a) == plain(b)
        };
        let (mut equal, mut different) = (0, 0);
        for seed in 0..5_000 {
            let rng = &mut Rng::with_seed(seed);
            let (old, new) = (value(rng, 2), value(rng, 2));
            let found = compare(&old, &new, &Rules::default());
            assert_eq!(found.is_empty(), same(&old, &new), "seed {seed}: {old} {new} {found:?}");
            assert!(compare(&old, &old, &Rules::default()).is_empty());
            if found.is_empty() {
                equal += 1
            } else {
                different += 1
            }
            // A list in another order is the same where order does not count.
            let list: Vec<Value> = (0..5).map(|_| value(rng, 1)).collect();
            let mut mixed = list.clone();
            rng.shuffle(&mut mixed);
            let rules = Rules { unordered: vec!["l".into()], ..Rules::default() };
            let (one, other) = (json!({ "l": list }), json!({ "l": mixed }));
            assert!(compare(&one, &other, &rules).is_empty(), "seed {seed}: {one} {other}");
        }
        assert!(equal > 100 && different > 1_000, "{equal} {different}");
    }
}
