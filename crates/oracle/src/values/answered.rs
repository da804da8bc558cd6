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
    /// Upstream and operation of each call that was started, those that were cancelled before they
    /// reached anybody included; only of a plan.
    pub(crate) started: Vec<(String, String)>,
    /// The calls in the order in which they were answered; only of Node.
    pub(crate) order: Vec<Asked>,
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
        let parsed = serde_json::from_slice(&with_halves(&self.body));
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
/// - `operation`: the name of a call's operation, and whether it is free of side effects.
pub(crate) fn difference(
    plan: &Answered,
    node: &Answered,
    operation: &dyn Fn(&Asked) -> (String, bool),
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
        side.calls.iter().filter(|call| !operation(call).1).cloned().collect()
    };
    let (own, other) = (changes(plan), changes(node));
    // A plan makes a change only once everything before it in the text has succeeded; in a
    // `Promise.all` of which another part fails, Node has made it by then.
    let fewer = is_part_of(&own, &other) && !(200..300).contains(&plan.status);
    if own != other && !fewer {
        return Some(format!("unsafe calls: {own:?} in the plan, {other:?} in Node"));
    }
    // Where anything fails, calls beside it are given up before they are made.
    if !(200..300).contains(&plan.status) || plan.header("frontage-fallback").is_some() {
        return None;
    }
    let missing = node.calls.iter().find(|call| {
        let started = (call.upstream.clone(), operation(call).0);
        !plan.calls.contains(call) && !plan.started.contains(&started)
    });
    missing.map(|call| format!("only Node makes the call {call:?}"))
}

/// Whether `own` is `all` with some left out.
fn is_part_of(own: &[Asked], all: &[Asked]) -> bool {
    let mut rest = all.iter();
    own.iter().all(|call| rest.any(|other| other == call))
}

/// JSON with halves of surrogate pairs, which no Rust text holds, as the letters of their escapes.
fn with_halves(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let mut rest = json;
    while let [first, tail @ ..] = rest {
        out.push(*first);
        rest = tail;
        if *first == b'\\'
            && let [escaped, further @ ..] = tail
        {
            if *escaped == b'u'
                && matches!(further, [b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..])
            {
                out.push(b'\\');
            }
            out.push(*escaped);
            rest = further;
        }
    }
    out
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

/// A JSON body with its numbers as doubles and its names in JavaScript's order: what is handed on to
/// an upstream keeps its digits in a plan, too.
pub(crate) fn canonical(body: &str) -> String {
    fn canonical(value: Value) -> Value {
        match value {
            Value::Number(number) => {
                let double = number.to_string().parse::<f64>().unwrap_or(f64::NAN);
                serde_json::Number::from_f64(double + 0.0).map_or(Value::Null, Value::Number)
            }
            Value::Array(list) => list.into_iter().map(canonical).collect(),
            Value::Object(members) => {
                let names = ordered(members.keys()).into_iter();
                let member =
                    |name: &String| Some((name.clone(), canonical(members.get(name)?.clone())));
                Value::Object(names.filter_map(member).collect())
            }
            other => other,
        }
    }
    let parsed = serde_json::from_slice(&with_halves(body.as_bytes()));
    parsed.map_or_else(|_| body.to_owned(), |value| canonical(value).to_string())
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
