//! Two documents, route by route.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Change;
use crate::schema::{Comparison, Document, Gap, Why};

/// Who gives what is compared, which decides what breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// Clients give it: what they gave must still be taken.
    Asked,
    /// Clients get it: what they get they must have known.
    Answered,
}

/// Every change between two versions of a backend, sorted by route and place.
///
/// - `old`, `new`: OpenAPI 3.1 as `frontage openapi` writes it.
#[must_use]
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    if old == new {
        return Vec::new();
    }
    let (before, after) = (routes(old), routes(new));
    let mut out = Vec::new();
    for (key, route) in &before {
        match after.get(key) {
            Some(now) => {
                let mut changes = Changes { old, new, route: &now.name, out: &mut out };
                changes.operation(route.operation, now.operation);
            }
            None => out.push(whole(&route.name, true, "route-removed", "the route is gone")),
        }
    }
    for (key, route) in &after {
        if before.contains_key(key) {
            continue;
        }
        let message = match before.iter().find(|(old, _)| covers(old, key)) {
            Some((_, old)) => format!("the route is new, and answers what went to `{}`", old.name),
            None => "the route is new".to_owned(),
        };
        out.push(whole(&route.name, false, "route-added", &message));
    }
    out.sort();
    out.dedup();
    out
}

fn whole(route: &str, breaking: bool, code: &'static str, message: &str) -> Change {
    let (route, message) = (route.to_owned(), message.to_owned());
    Change { route, place: String::new(), breaking, code, message }
}

/// A route and what clients call it.
struct Route<'d> {
    /// `GET /orders/{id}`
    name: String,
    operation: &'d Value,
}

/// All routes; what their path parameters are called does not matter.
fn routes(document: &Value) -> BTreeMap<(String, String), Route<'_>> {
    let mut out = BTreeMap::new();
    for (path, item) in object(document.get("paths")) {
        for (method, operation) in object(Some(item)) {
            let list = operation.get("parameters").and_then(Value::as_array);
            let rest = list.into_iter().flatten().any(|parameter| is_true(parameter, REST));
            let last = path.split('/').count() - 1;
            let place: Vec<&str> = path
                .split('/')
                .enumerate()
                .map(|(at, segment)| match segment.starts_with('{') {
                    true if rest && at == last => "{...}",
                    true => "{}",
                    false => segment,
                })
                .collect();
            let method = method.to_ascii_uppercase();
            let name = format!("{method} {path}");
            out.insert((place.join("/"), method), Route { name, operation });
        }
    }
    out
}

/// Marks the parameter that stands for all further segments of a path.
const REST: &str = "x-frontage-rest";

/// Whether an old route has answered what a new one with more fixed segments answers.
fn covers((old, method): &(String, String), (new, of): &(String, String)) -> bool {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split('/').collect(), new.split('/').collect());
    let fits = |(old, new): (&&str, &&str)| old == new || *old == "{}";
    method == of && old.len() == new.len() && old.iter().zip(&new).all(fits)
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// Changes of one route.
struct Changes<'d, 'o> {
    old: &'d Value,
    new: &'d Value,
    route: &'o str,
    out: &'o mut Vec<Change>,
}

/// What a parameter is found by: path parameters by their order, others by place and name.
type ParameterKey = (String, String);

fn parameters(operation: &Value) -> BTreeMap<ParameterKey, &Value> {
    let list = operation.get("parameters").and_then(Value::as_array);
    let mut of_path = 0;
    let mut key = |parameter: &Value| {
        let word = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
        let place = word("in").to_owned();
        if place == "path" {
            of_path += 1;
            (place, format!("{of_path}"))
        } else {
            (place, word("name").to_owned())
        }
    };
    list.into_iter().flatten().map(|parameter| (key(parameter), parameter)).collect()
}

fn is_true(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool) == Some(true)
}

impl<'d> Changes<'d, '_> {
    fn add(&mut self, place: &str, breaking: bool, code: &'static str, message: String) {
        let (route, place) = (self.route.to_owned(), place.to_owned());
        self.out.push(Change { route, place, breaking, code, message });
    }

    fn operation(&mut self, old: &'d Value, new: &'d Value) {
        if is_true(new, "deprecated") && !is_true(old, "deprecated") {
            self.add("", false, "route-deprecated", "the route is deprecated".into());
        }
        self.parameters(old, new);
        self.body(old.get("requestBody"), new.get("requestBody"));
        self.answers(old, new);
    }

    fn parameters(&mut self, old: &'d Value, new: &'d Value) {
        let (before, after) = (parameters(old), parameters(new));
        for (key, parameter) in &before {
            let place = shown(key, parameter);
            let Some(now) = after.get(key) else {
                // A query that is strict refuses keys that it does not know, and no document says so.
                let refused = key.0 == "query";
                let message = if refused {
                    "it is no longer read, and may be refused"
                } else {
                    "it is no longer read"
                };
                self.add(&place, refused, "parameter-removed", message.to_owned());
                continue;
            };
            self.required(&place, is_true(parameter, "required"), is_true(now, "required"));
            let schemas = parameter.get("schema").zip(now.get("schema"));
            if let Some((old, new)) = schemas {
                self.schema(&place, Flow::Asked, old, new);
                let (then, now) = (old.get("default"), new.get("default"));
                if then != now {
                    let text = |value: Option<&Value>| {
                        value.map_or_else(|| "nothing".to_owned(), Value::to_string)
                    };
                    let message = format!("left out, it is {}, and was {}", text(now), text(then));
                    self.add(&place, false, "default-changed", message);
                }
            }
        }
        for (key, parameter) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
            let place = shown(key, parameter);
            if is_true(parameter, "required") {
                let message = "it is new and required".to_owned();
                self.add(&place, true, "parameter-added", message);
            } else {
                let message = "it is new and may be left out".to_owned();
                self.add(&place, false, "parameter-added", message);
            }
        }
    }

    fn required(&mut self, place: &str, before: bool, after: bool) {
        match (before, after) {
            (false, true) => {
                self.add(place, true, "required", "it is required now".into());
            }
            (true, false) => {
                self.add(place, false, "optional", "it may be left out now".into());
            }
            _ => {}
        }
    }

    fn body(&mut self, old: Option<&'d Value>, new: Option<&'d Value>) {
        match (old, new) {
            (None, None) => {}
            (Some(_), None) => {
                self.add("body", true, "body-removed", "it is no longer read".into());
            }
            (None, Some(new)) => {
                let required = is_true(new, "required");
                let message =
                    if required { "it is new and required" } else { "it may be sent now" };
                self.add("body", required, "body-added", message.into());
            }
            (Some(old), Some(new)) => {
                self.required("body", is_true(old, "required"), is_true(new, "required"));
                self.contents("body", Flow::Asked, old, new);
            }
        }
    }

    fn answers(&mut self, old: &'d Value, new: &'d Value) {
        let (before, after) = (answers(self.old, old), answers(self.new, new));
        for (status, now) in &after {
            let place = format!("answer {status}");
            // Any status that is not listed is answered as `default`, which always has problems.
            let any = before.get("default").filter(|any| has_more_than_problems(any));
            match before.get(*status).or(if is_fault(status) { None } else { any }) {
                Some(then) => {
                    self.contents(&place, Flow::Answered, then, now);
                    self.headers(&place, then, now);
                }
                None if is_fault(status) => {
                    let message = format!("{status} may be answered too");
                    self.add(&place, false, "status-added", message);
                }
                None => {
                    let message = format!("{status} may be answered too");
                    self.add(&place, true, "status-added", message);
                }
            }
        }
        for (status, then) in before.iter().filter(|(status, _)| !after.contains_key(**status)) {
            let place = format!("answer {status}");
            // It may be one of those that are not listed any more.
            if let Some(any) = after.get("default").filter(|any| has_more_than_problems(any)) {
                self.contents(&place, Flow::Answered, then, any);
                continue;
            }
            self.add(&place, false, "status-removed", format!("{status} is no longer answered"));
        }
    }

    fn headers(&mut self, place: &str, old: &'d Value, new: &'d Value) {
        let always = |answer: &'d Value| -> Vec<&'d String> {
            let headers = object(answer.get("headers"));
            headers
                .filter(|(_, header)| is_true(header, "required"))
                .map(|(name, _)| name)
                .collect()
        };
        let after = always(new);
        for name in always(old) {
            if !after.contains(&name) {
                let message = format!("the header `{name}` may be missing");
                self.add(place, true, "header-removed", message);
            }
        }
    }

    /// Bodies by their media types.
    fn contents(&mut self, place: &str, flow: Flow, old: &'d Value, new: &'d Value) {
        let of = |value: &'d Value| -> BTreeMap<&'d String, &'d Value> {
            object(value.get("content")).collect()
        };
        let (before, after) = (of(old), of(new));
        let (gives, takes) = match flow {
            Flow::Asked => (&before, &after),
            Flow::Answered => (&after, &before),
        };
        if flow == Flow::Answered && after.is_empty() && !before.is_empty() {
            self.add(place, true, "body-removed", "it has no body any more".into());
            return;
        }
        for (media, given) in gives {
            // Problems have one form for all, which clients know.
            if media.as_str() == "application/problem+json" {
                continue;
            }
            let Some(taken) = takes.get(media) else {
                match flow {
                    Flow::Answered if before.is_empty() => {
                        self.add(place, false, "body-added", "it has a body now".into());
                    }
                    Flow::Answered => {
                        let message = format!("it may be `{media}`");
                        self.add(place, true, "media-type-added", message);
                    }
                    Flow::Asked => {
                        let message = format!("`{media}` is no longer taken");
                        self.add(place, true, "media-type-removed", message);
                    }
                }
                continue;
            };
            if let Some((given, taken)) = given.get("schema").zip(taken.get("schema")) {
                let (old, new) = match flow {
                    Flow::Asked => (given, taken),
                    Flow::Answered => (taken, given),
                };
                self.schema(place, flow, old, new);
            }
        }
        for media in takes.keys().filter(|media| !gives.contains_key(*media)) {
            if gives.is_empty() || media.as_str() == "application/problem+json" {
                continue;
            }
            let (code, message) = match flow {
                Flow::Asked => ("media-type-added", format!("`{media}` is taken too")),
                Flow::Answered => ("media-type-removed", format!("it is never `{media}` any more")),
            };
            self.add(place, false, code, message);
        }
    }

    fn schema(&mut self, place: &str, flow: Flow, old: &'d Value, new: &'d Value) {
        let (before, after) = (Document(self.old), Document(self.new));
        let forth = Comparison::new(before, after).gaps(old, new);
        let back = Comparison::new(after, before).gaps(new, old);
        let (breaking, harmless) = match flow {
            Flow::Asked => (&forth, &back),
            Flow::Answered => (&back, &forth),
        };
        for gap in breaking {
            let (code, message) = broken(flow, &gap.why);
            self.add(&at(place, gap), true, code, message);
        }
        for gap in harmless {
            // What broke was said.
            if breaking.iter().any(|own| own.path == gap.path) {
                continue;
            }
            let (code, message) = widened(flow, &gap.why);
            self.add(&at(place, gap), false, code, message);
        }
        // A member that need not come is one that no comparison misses.
        for (path, is_new) in optional_members(before, after, old, new) {
            let gap = Gap { path, why: Why::Optional };
            let all = || breaking.iter().chain(harmless);
            if all().any(|own| own.path == gap.path) {
                continue;
            }
            let (code, message) = match (flow, is_new) {
                (Flow::Answered, true) => ("field-added", "it may come now"),
                (Flow::Answered, false) => ("field-removed", "it no longer comes"),
                (Flow::Asked, true) => ("field-added", "it may be sent now"),
                (Flow::Asked, false) => ("field-removed", "it is no longer read, and may be sent"),
            };
            self.add(&at(place, &gap), false, code, message.into());
        }
    }
}

fn shown((place, _): &ParameterKey, parameter: &Value) -> String {
    let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
    format!("{place} {name}")
}

fn at(place: &str, gap: &Gap) -> String {
    if gap.path.is_empty() { place.to_owned() } else { format!("{place}: {}", gap.path) }
}

fn is_fault(status: &str) -> bool {
    status.starts_with('4') || status.starts_with('5')
}

fn has_more_than_problems(answer: &Value) -> bool {
    object(answer.get("content")).any(|(media, _)| media != "application/problem+json")
}

/// Answers by status, what is shared by all looked up.
fn answers<'d>(document: &'d Value, operation: &'d Value) -> BTreeMap<&'d str, &'d Value> {
    object(operation.get("responses"))
        .map(|(status, answer)| {
            let reference = answer.get("$ref").and_then(Value::as_str);
            let found = reference.and_then(|at| document.pointer(at.strip_prefix('#')?));
            (status.as_str(), found.unwrap_or(answer))
        })
        .collect()
}

/// What breaks, in words.
fn broken(flow: Flow, why: &Why) -> (&'static str, String) {
    match (flow, why) {
        (Flow::Answered, Why::Missing) => ("field-removed", "it is gone".into()),
        (Flow::Answered, Why::Optional) => ("field-optional", "it may be missing".into()),
        (Flow::Asked, Why::Missing) => ("field-added", "it is new and required".into()),
        (Flow::Asked, Why::Optional) => ("field-required", "it is required now".into()),
        (Flow::Answered, Why::Undeclared) => {
            ("field-added", "it comes, and what came before ruled it out".into())
        }
        (Flow::Asked, Why::Undeclared) => ("field-removed", "it is no longer taken".into()),
        (Flow::Answered, Why::Type(given, taken)) => {
            ("type-changed", format!("it may be {given}, and was {taken}"))
        }
        (Flow::Asked, Why::Type(given, taken)) => {
            ("type-changed", format!("it must be {taken}, and {given} was taken"))
        }
        (Flow::Answered, Why::Null) => ("null-added", "it may be null".into()),
        (Flow::Asked, Why::Null) => ("null-removed", "null is no longer taken".into()),
        (Flow::Answered, Why::Constant(value)) => ("value-added", format!("it may be {value}")),
        (Flow::Asked, Why::Constant(value)) => {
            ("value-removed", format!("{value} is no longer taken"))
        }
        (Flow::Answered, Why::Limit(key, given, taken)) => {
            ("limit-widened", format!("{key} is {given}, and was {taken}"))
        }
        (Flow::Asked, Why::Limit(key, given, taken)) => {
            ("limit-narrowed", format!("{key} is {taken}, and was {given}"))
        }
        (_, Why::Unclear(what)) => ("unclear", format!("what it is cannot be compared: {what}")),
    }
}

/// What is harmless, in words: of it the other way round would break.
fn widened(flow: Flow, why: &Why) -> (&'static str, String) {
    match (flow, why) {
        (Flow::Answered, Why::Missing) => ("field-added", "it is new".into()),
        (Flow::Answered, Why::Optional) => ("field-required", "it always comes now".into()),
        (Flow::Asked, Why::Missing) => {
            ("field-removed", "it is no longer read, and may be sent".into())
        }
        (Flow::Asked, Why::Optional) => ("field-optional", "it may be left out now".into()),
        (Flow::Answered, Why::Undeclared) => ("field-removed", "it no longer comes".into()),
        (Flow::Asked, Why::Undeclared) => ("field-added", "it is taken too".into()),
        (Flow::Answered, Why::Type(given, taken)) => {
            ("type-narrowed", format!("it is {taken}, and could be {given}"))
        }
        (Flow::Asked, Why::Type(given, taken)) => {
            ("type-widened", format!("it may be {given}, and had to be {taken}"))
        }
        (Flow::Answered, Why::Null) => ("null-removed", "it is never null any more".into()),
        (Flow::Asked, Why::Null) => ("null-added", "null is taken too".into()),
        (Flow::Answered, Why::Constant(value)) => {
            ("value-removed", format!("it is never {value} any more"))
        }
        (Flow::Asked, Why::Constant(value)) => ("value-added", format!("{value} is taken too")),
        (Flow::Answered, Why::Limit(key, given, taken)) => {
            ("limit-narrowed", format!("{key} is {taken}, and was {given}"))
        }
        (Flow::Asked, Why::Limit(key, given, taken)) => {
            ("limit-widened", format!("{key} is {given}, and was {taken}"))
        }
        (_, Why::Unclear(what)) => ("unclear", format!("what it is cannot be compared: {what}")),
    }
}

/// A schema that takes objects, or its only variant that does.
fn only_object<'d>(document: Document<'d>, schema: &'d Value) -> Option<&'d Value> {
    let is_object = |schema: &Value| schema.get("type").is_some_and(|own| own == "object");
    if is_object(schema) {
        return Some(schema);
    }
    let variants = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
    let mut objects =
        variants.iter().map(|one| document.resolve(one).0).filter(|one| is_object(one));
    objects.next().filter(|_| objects.next().is_none())
}

/// Deepest member that is looked for.
const DEEPEST: u32 = 24;

/// Members of objects that stand at the same place in both and have them in one of the two only,
/// where they need not be there: with whether it is the new one.
fn optional_members<'d>(
    before: Document<'d>,
    after: Document<'d>,
    old: &'d Value,
    new: &'d Value,
) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    let mut seen = Vec::new();
    walk(before, after, old, new, "", 0, &mut seen, &mut out);
    out
}

#[expect(clippy::too_many_arguments, reason = "two sides of everything, and what was seen")]
fn walk<'d>(
    before: Document<'d>,
    after: Document<'d>,
    old: &'d Value,
    new: &'d Value,
    path: &str,
    depth: u32,
    seen: &mut Vec<(*const Value, *const Value)>,
    out: &mut Vec<(String, bool)>,
) {
    if depth > DEEPEST {
        return;
    }
    let ((old, _), (new, _)) = (before.resolve(old), after.resolve(new));
    let pair = (std::ptr::from_ref(old), std::ptr::from_ref(new));
    if seen.contains(&pair) {
        return;
    }
    seen.push(pair);
    if let Some((own, other)) = old.get("items").zip(new.get("items")) {
        walk(before, after, own, other, &format!("{path}[]"), depth + 1, seen, out);
    }
    let (Some(old), Some(new)) = (only_object(before, old), only_object(after, new)) else {
        return;
    };
    let inside = |name: &str| {
        if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
    };
    let has =
        |schema: &'d Value, name: &str| schema.get("properties").and_then(|all| all.get(name));
    for (name, _) in object(new.get("properties")).filter(|(name, _)| has(old, name).is_none()) {
        out.push((inside(name), true));
    }
    for (name, own) in object(old.get("properties")) {
        match has(new, name) {
            None => out.push((inside(name), false)),
            Some(other) => walk(before, after, own, other, &inside(name), depth + 1, seen, out),
        }
    }
}
