//! What one side answered, and whether the other answered the same.
//!
//! Never: what `docs/language.md` names as a difference: the digits of a number that is handed on,
//!        and where integer-like names stand in an object that is.

use serde_json::Value;

use crate::generate::answer::Asked;

/// What a side answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answered {
    /// Status; 0 if the side failed.
    pub(crate) status: u16,
    /// Header fields by lower-case name.
    pub(crate) headers: Vec<(String, String)>,
    /// Body.
    pub(crate) body: Vec<u8>,
    /// Calls, in order of their start.
    pub(crate) calls: Vec<Asked>,
    /// What the log says.
    pub(crate) internal: Option<String>,
}

/// Header fields that a route sets or that follow from what it did.
const COMPARED: [&str; 6] =
    ["location", "x-count", "x-b", "cache-control", "frontage-fallback", "retry-after"];

impl Answered {
    /// A side that failed.
    pub(crate) fn fault(text: &str) -> Self {
        Self { internal: Some(text.into()), ..Self::default() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Option<Value> {
        if self.body.is_empty() {
            return None;
        }
        let parsed = serde_json::from_slice(&self.body);
        Some(parsed.unwrap_or_else(|e| Value::from(format!("no JSON: {e}"))))
    }

    /// For people: status, headers that are compared, body.
    pub(crate) fn text(&self) -> String {
        use std::fmt::Write as _;
        let mut out = format!("{}\n", self.status);
        for name in COMPARED {
            if let Some(value) = self.header(name) {
                // Writing to a string cannot fail.
                let _ = writeln!(out, "{name}: {value}");
            }
        }
        let _ = writeln!(out, "\n{}", String::from_utf8_lossy(&self.body));
        if let Some(internal) = &self.internal {
            let _ = writeln!(out, "(log: {internal})");
        }
        out
    }
}

/// How the answer of a plan differs from Node's; `None` if it does not.
///
/// - `is_safe`: whether a call is free of side effects.
pub(crate) fn difference(
    plan: &Answered,
    node: &Answered,
    is_safe: &dyn Fn(&Asked) -> bool,
) -> Option<String> {
    if plan.status != node.status {
        return Some(format!("status: {} in the plan, {} in Node", plan.status, node.status));
    }
    let problem = plan.json().is_some_and(|json| json["code"].is_string() && plan.status >= 400);
    for name in COMPARED {
        if problem && name == "cache-control" {
            continue;
        }
        let (own, other) = (plan.header(name), node.header(name));
        if own != other {
            return Some(format!("{name}: {own:?} in the plan, {other:?} in Node"));
        }
    }
    match (plan.json(), node.json()) {
        (None, None) => {}
        (Some(mut own), Some(mut other)) => {
            if let Some(object) = other.as_object_mut()
                && problem
            {
                object.remove("requestId");
            }
            if problem && own["code"] == "malformed_body" && other["code"] == "malformed_body" {
                // Each parser has its own words.
                own["detail"] = Value::Null;
                other["detail"] = Value::Null;
            }
            if let Some(place) = unequal(&own, &other, "answer") {
                return Some(place);
            }
        }
        (own, other) => {
            return Some(format!("body: {:?} in the plan, {:?} in Node", own, other));
        }
    }
    let changes = |side: &Answered| -> Vec<Asked> {
        side.calls.iter().filter(|call| !is_safe(call)).cloned().collect()
    };
    let (own, other) = (changes(plan), changes(node));
    if own != other {
        return Some(format!("unsafe calls: {own:?} in the plan, {other:?} in Node"));
    }
    let missing = node.calls.iter().find(|call| !plan.calls.contains(call));
    missing.map(|call| format!("only Node makes the call {call:?}"))
}

/// Where two values differ.
fn unequal(plan: &Value, node: &Value, place: &str) -> Option<String> {
    let differ = || Some(format!("{place}: {plan} in the plan, {node} in Node"));
    match (plan, node) {
        (Value::Number(own), Value::Number(other)) => {
            let double = |n: &serde_json::Number| n.to_string().parse::<f64>().unwrap_or(f64::NAN);
            if double(own) == double(other) { None } else { differ() }
        }
        (Value::Array(own), Value::Array(other)) => {
            if own.len() != other.len() {
                return differ();
            }
            let pairs = own.iter().zip(other).enumerate();
            let mut found =
                pairs.filter_map(|(at, (o, n))| unequal(o, n, &format!("{place}[{at}]")));
            found.next()
        }
        (Value::Object(own), Value::Object(other)) => {
            let (names, others) = (ordered(own.keys()), ordered(other.keys()));
            if names != others {
                return Some(format!("{place}: members {names:?} in the plan, {others:?} in Node"));
            }
            own.iter().find_map(|(name, value)| {
                unequal(value, other.get(name)?, &format!("{place}.{name}"))
            })
        }
        (own, other) if own == other => None,
        _ => differ(),
    }
}

/// Names in the order in which JavaScript keeps them: integers first. What is handed on keeps its
/// upstream's order in a plan.
fn ordered<'n>(names: impl Iterator<Item = &'n String>) -> Vec<&'n String> {
    let mut names: Vec<&String> = names.collect();
    let integer = |name: &str| {
        let number = name.parse::<u32>().ok().filter(|n| n.to_string() == name);
        number.map_or(u64::MAX, u64::from)
    };
    names.sort_by_key(|name| integer(name));
    names
}
