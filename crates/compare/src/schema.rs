//! Whether every value of one schema is a value of another, and where not.
//!
//! In:    two schemas in the part of JSON Schema that `frontage openapi` writes.
//! Out:   the places where a value that is given is not taken.
//! Never: silence about a keyword that is not understood.
//!
//! The one who gives is the new backend for answers, and an old client for requests. Schemas that
//! refer to themselves are compared once for each pair that meets: while a pair is being compared it is
//! taken to fit, which holds if everything else does.

use serde_json::{Map, Value};

/// Most pairs of schemas that are looked at; what needs more is called a change.
const EFFORT: u32 = 200_000;

/// Deepest pair that is looked at.
const DEEPEST: usize = 256;

/// A document, for what its schemas refer to.
#[derive(Clone, Copy)]
pub(crate) struct Document<'d>(pub(crate) &'d Value);

impl<'d> Document<'d> {
    /// What a schema is, behind its references; with the last name.
    pub(crate) fn resolve(self, mut schema: &'d Value) -> (&'d Value, Option<&'d str>) {
        let mut name = None;
        for _ in 0..32 {
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { break };
            let Some(found) = reference.strip_prefix('#').and_then(|at| self.0.pointer(at)) else {
                break;
            };
            (schema, name) = (found, Some(reference));
        }
        (schema, name)
    }
}

/// Where a value that is given is not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    /// Names and brackets that lead to it.
    pub(crate) path: String,
    pub(crate) why: Why,
}

/// Why a value that is given is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// A member that is expected never comes.
    Missing,
    /// A member that is expected need not come.
    Optional,
    /// A member comes where no others may.
    Undeclared,
    /// Values of a type that is not taken: what is given, what is taken.
    Type(String, String),
    /// `null` may come.
    Null,
    /// This constant may come.
    Constant(String),
    /// A limit is wider or another one: the keyword, what is given, what is taken.
    Limit(String, String, String),
    /// It cannot be told.
    Unclear(String),
}

/// One of the ways in which a schema takes values.
#[derive(Clone)]
enum Way<'d> {
    Any,
    Null,
    Boolean,
    Text(&'d Map<String, Value>),
    Number(&'d Map<String, Value>, bool),
    Constant(&'d Value),
    List(&'d Map<String, Value>),
    Object(&'d Map<String, Value>),
    Unclear(String),
}

/// Keywords that say nothing of which values are taken.
const SILENT: [&str; 8] = [
    "description",
    "default",
    "examples",
    "example",
    "deprecated",
    "title",
    "discriminator",
    "format",
];
/// Keywords of each kind of value.
const OF_TEXT: [&str; 4] = ["minLength", "maxLength", "pattern", "allOf"];
const OF_NUMBER: [&str; 5] =
    ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const OF_LIST: [&str; 4] = ["items", "prefixItems", "minItems", "maxItems"];
const OF_OBJECT: [&str; 3] = ["properties", "required", "additionalProperties"];

/// Compares what one side gives with what the other takes.
pub(crate) struct Comparison<'d> {
    giver: Document<'d>,
    taker: Document<'d>,
    /// Pairs of schemas that are being compared, by where they stand.
    open: Vec<(*const Value, *const Value)>,
    effort: u32,
}

impl<'d> Comparison<'d> {
    pub(crate) fn new(giver: Document<'d>, taker: Document<'d>) -> Self {
        Self { giver, taker, open: Vec::new(), effort: EFFORT }
    }

    /// Where a value of `given` is not one of `taken`.
    pub(crate) fn gaps(&mut self, given: &'d Value, taken: &'d Value) -> Vec<Gap> {
        let mut out = Vec::new();
        self.compare(given, taken, "", &mut out);
        out.dedup();
        out
    }

    fn compare(&mut self, given: &'d Value, taken: &'d Value, path: &str, out: &mut Vec<Gap>) {
        let gap = |why: Why| Gap { path: path.to_owned(), why };
        if self.effort == 0 {
            out.push(gap(Why::Unclear("it is too intricate to compare".into())));
            return;
        }
        self.effort -= 1;
        let (given, _) = self.giver.resolve(given);
        let (taken, _) = self.taker.resolve(taken);
        let pair = (std::ptr::from_ref(given), std::ptr::from_ref(taken));
        if self.open.contains(&pair) {
            return;
        }
        if self.open.len() == DEEPEST {
            out.push(gap(Why::Unclear("it is nested too deeply to compare".into())));
            return;
        }
        self.open.push(pair);
        let (mut gives, mut takes) = (Vec::new(), Vec::new());
        ways(self.giver, given, &mut Vec::new(), 0, &mut gives);
        ways(self.taker, taken, &mut Vec::new(), 0, &mut takes);
        if !takes.iter().any(|way| matches!(way, Way::Any)) {
            for (place, way) in gives.iter().enumerate() {
                // What stands at the same place fits most often.
                let from = place % takes.len().max(1);
                takes.rotate_left(from);
                self.way(way, &takes, path, out);
                takes.rotate_right(from);
            }
        }
        self.open.pop();
    }

    /// One way of giving against all ways of taking.
    fn way(&mut self, given: &Way<'d>, takes: &[Way<'d>], path: &str, out: &mut Vec<Gap>) {
        let gap = |why: Why| Gap { path: path.to_owned(), why };
        let other = |given: &str| Why::Type(given.to_owned(), words(takes));
        match given {
            Way::Any => out.push(gap(other("anything"))),
            Way::Unclear(what) => {
                // What cannot be told fits what is spelt the same and refers to nothing else.
                let same = !what.contains("$ref")
                    && takes.iter().any(|way| matches!(way, Way::Unclear(own) if own == what));
                if !same {
                    out.push(gap(Why::Unclear(what.clone())));
                }
            }
            Way::Null => {
                if !takes_constant(takes, &Value::Null) {
                    out.push(gap(Why::Null));
                }
            }
            Way::Boolean => {
                let both = [Value::Bool(true), Value::Bool(false)];
                let some: Vec<bool> = both.iter().map(|b| takes_constant(takes, b)).collect();
                match some.as_slice() {
                    [true, true] => {}
                    [true, false] => out.push(gap(Why::Constant("false".into()))),
                    [false, true] => out.push(gap(Why::Constant("true".into()))),
                    _ => out.push(gap(other("boolean"))),
                }
            }
            Way::Constant(value) => {
                if !takes_constant(takes, value) {
                    out.push(gap(if value.is_null() {
                        Why::Null
                    } else {
                        Why::Constant(value.to_string())
                    }));
                }
            }
            Way::Text(own) => {
                let like = takes.iter().filter_map(|way| match way {
                    Way::Text(map) => Some(text_gaps(own, map, path)),
                    _ => None,
                });
                best(like, gap(other("string")), out);
            }
            Way::Number(own, integer) => {
                let word = if *integer { "integer" } else { "number" };
                let like = takes.iter().filter_map(|way| match way {
                    Way::Number(map, whole) => {
                        let mut gaps = number_gaps(own, map, path);
                        if *whole && !integer {
                            gaps.push(gap(other("number")));
                        }
                        Some(gaps)
                    }
                    _ => None,
                });
                best(like, gap(other(word)), out);
            }
            Way::List(own) => {
                let lists = takes
                    .iter()
                    .filter_map(|way| if let Way::List(map) = way { Some(*map) } else { None });
                let like = lists.map(|map| self.list_gaps(own, map, path));
                best(like, gap(other("array")), out);
            }
            Way::Object(own) => {
                let objects = takes
                    .iter()
                    .filter_map(|way| if let Way::Object(map) = way { Some(*map) } else { None });
                let like = objects.map(|map| self.object_gaps(own, map, path));
                best(like, gap(other("object")), out);
            }
        }
    }

    fn list_gaps(
        &mut self,
        given: &'d Map<String, Value>,
        taken: &'d Map<String, Value>,
        path: &str,
    ) -> Vec<Gap> {
        let mut out = limits(given, taken, path, &["minItems"], &["maxItems"]);
        let none: &[Value] = &[];
        let first = |map: &'d Map<String, Value>| {
            map.get("prefixItems").and_then(Value::as_array).map_or(none, Vec::as_slice)
        };
        let (own, other) = (first(given), first(taken));
        let most = given.get("maxItems").and_then(Value::as_u64).unwrap_or(u64::MAX);
        for place in 0..own.len().max(other.len()) {
            if place as u64 >= most {
                break;
            }
            let at = format!("{path}[{place}]");
            match (element(given, own, place), element(taken, other, place)) {
                (_, Element::Any) | (Element::None, _) => {}
                (Element::Of(given), Element::Of(taken)) => {
                    self.compare(given, taken, &at, &mut out);
                }
                (Element::Any, Element::Of(taken)) => {
                    self.compare(&Value::Bool(true), taken, &at, &mut out);
                }
                (_, Element::None) => out.push(Gap { path: at, why: Why::Undeclared }),
            }
        }
        let rest = own.len().max(other.len());
        let at = format!("{path}[]");
        if rest as u64 >= most {
            return out;
        }
        match (element(given, own, rest), element(taken, other, rest)) {
            (_, Element::Any) | (Element::None, _) => {}
            (Element::Of(given), Element::Of(taken)) => self.compare(given, taken, &at, &mut out),
            (Element::Any, Element::Of(taken)) => {
                self.compare(&Value::Bool(true), taken, &at, &mut out);
            }
            (_, Element::None) => out.push(Gap { path: at, why: Why::Undeclared }),
        }
        out
    }

    fn object_gaps(
        &mut self,
        given: &'d Map<String, Value>,
        taken: &'d Map<String, Value>,
        path: &str,
    ) -> Vec<Gap> {
        let mut out = Vec::new();
        for (name, wanted) in members(taken) {
            let at = inside(path, name);
            let must = requires(taken, name);
            match member(given, name) {
                Some(own) => {
                    if must && !requires(given, name) {
                        out.push(Gap { path: at.clone(), why: Why::Optional });
                    }
                    self.compare(own, wanted, &at, &mut out);
                }
                None => {
                    match given.get("additionalProperties") {
                        // A map may hold this key too.
                        Some(values) if !matches!(values, Value::Bool(_)) => {
                            self.compare(values, wanted, &at, &mut out);
                        }
                        _ => {}
                    }
                    if must {
                        out.push(Gap { path: at, why: Why::Missing });
                    }
                }
            }
        }
        for (name, own) in members(given) {
            if member(taken, name).is_some() {
                continue;
            }
            let at = inside(path, name);
            match taken.get("additionalProperties") {
                Some(Value::Bool(false)) => out.push(Gap { path: at, why: Why::Undeclared }),
                Some(values) if !matches!(values, Value::Bool(_)) => {
                    self.compare(own, values, &at, &mut out);
                }
                _ => {}
            }
        }
        let at = inside(path, "*");
        match (given.get("additionalProperties"), taken.get("additionalProperties")) {
            (Some(Value::Bool(false)), _) | (_, Some(Value::Bool(true)) | None) => {}
            // What is open may hold anything else.
            (_, Some(Value::Bool(false))) => out.push(Gap { path: at, why: Why::Undeclared }),
            (None | Some(Value::Bool(true)), Some(values)) => {
                self.compare(&Value::Bool(true), values, &at, &mut out);
            }
            (Some(own), Some(values)) => self.compare(own, values, &at, &mut out),
        }
        out
    }
}

/// What stands at a place of a list.
enum Element<'d> {
    Any,
    None,
    Of(&'d Value),
}

fn element<'d>(list: &'d Map<String, Value>, first: &'d [Value], place: usize) -> Element<'d> {
    match first.get(place).or_else(|| list.get("items")) {
        None | Some(Value::Bool(true)) => Element::Any,
        Some(Value::Bool(false)) => Element::None,
        Some(schema) => Element::Of(schema),
    }
}

fn members(object: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn member<'d>(object: &'d Map<String, Value>, name: &str) -> Option<&'d Value> {
    object.get("properties")?.get(name)
}

/// Whether an object has a member in any case.
fn requires(object: &Map<String, Value>, name: &str) -> bool {
    let required = object.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|own| own == name))
}

/// A member's path.
fn inside(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The ways in which a schema takes values; each value in at least one.
///
/// - `open`: names of unions whose variants are being looked at: one that holds itself has no further
///   ways for that.
fn ways<'d>(
    document: Document<'d>,
    schema: &'d Value,
    open: &mut Vec<&'d str>,
    depth: u32,
    out: &mut Vec<Way<'d>>,
) {
    let unclear = |what: &str| Way::Unclear(what.to_owned());
    let (schema, name) = document.resolve(schema);
    if let Some(name) = name {
        if open.contains(&name) {
            return;
        }
        open.push(name);
    }
    let map = match schema {
        Value::Bool(true) => return out.push(Way::Any),
        Value::Bool(false) => return,
        Value::Object(map) if depth < 64 => map,
        other => return out.push(unclear(&other.to_string())),
    };
    let loud: Vec<&str> =
        map.keys().map(String::as_str).filter(|key| !SILENT.contains(key)).collect();
    let only = |known: &[&str]| loud.iter().all(|key| known.contains(key));
    for union in ["anyOf", "oneOf"] {
        if let Some(Value::Array(variants)) = map.get(union) {
            if !only(&[union]) {
                return out.push(unclear(&schema.to_string()));
            }
            for variant in variants {
                ways(document, variant, open, depth + 1, out);
            }
            return;
        }
    }
    if loud.is_empty() {
        return out.push(Way::Any);
    }
    if map.get("not") == Some(&Value::Object(Map::new())) && only(&["not"]) {
        return;
    }
    if let Some(Value::Array(values)) = map.get("enum") {
        if !only(&["enum", "type"]) {
            return out.push(unclear(&schema.to_string()));
        }
        out.extend(values.iter().map(Way::Constant));
        return;
    }
    let words: Vec<&str> = match map.get("type") {
        Some(Value::String(word)) => vec![word],
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => return out.push(unclear(&schema.to_string())),
    };
    let known = |own: &[&str]| {
        let mut all = vec!["type"];
        for word in &words {
            all.extend_from_slice(match *word {
                "string" => &OF_TEXT,
                "number" | "integer" => &OF_NUMBER,
                "array" => &OF_LIST,
                "object" => &OF_OBJECT,
                _ => own,
            });
        }
        only(&all)
    };
    if !known(&[]) {
        return out.push(unclear(&schema.to_string()));
    }
    for word in words {
        out.push(match word {
            "null" => Way::Null,
            "boolean" => Way::Boolean,
            "string" => Way::Text(map),
            "number" => Way::Number(map, false),
            "integer" => Way::Number(map, true),
            "array" => Way::List(map),
            "object" => Way::Object(map),
            other => unclear(other),
        });
    }
}

/// Whether a constant is taken.
fn takes_constant(takes: &[Way<'_>], value: &Value) -> bool {
    takes.iter().any(|way| match (way, value) {
        (Way::Any, _) | (Way::Null, Value::Null) | (Way::Boolean, Value::Bool(_)) => true,
        (Way::Constant(own), _) => equal(own, value),
        (Way::Text(map), Value::String(text)) => {
            let length = text.chars().count() as u64;
            let bound = |key: &str| map.get(key).and_then(Value::as_u64);
            // Whether it has a pattern or a form, only a regular expression could tell.
            !["pattern", "allOf", "format"].iter().any(|key| map.contains_key(*key))
                && bound("minLength").is_none_or(|min| length >= min)
                && bound("maxLength").is_none_or(|max| length <= max)
        }
        (Way::Number(map, integer), Value::Number(number)) => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            let bound = |key: &str| map.get(key).and_then(Value::as_f64);
            (!integer || number.fract() == 0.0)
                && !map.contains_key("multipleOf")
                && bound("minimum").is_none_or(|min| number >= min)
                && bound("exclusiveMinimum").is_none_or(|min| number > min)
                && bound("maximum").is_none_or(|max| number <= max)
                && bound("exclusiveMaximum").is_none_or(|max| number < max)
        }
        _ => false,
    })
}

/// Equal as JSON Schema has it: `1` is `1.0`.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

/// The least gaps, or `other` if nothing is alike; nothing more is looked at once there are none.
fn best(like: impl Iterator<Item = Vec<Gap>>, other: Gap, out: &mut Vec<Gap>) {
    let mut least: Option<Vec<Gap>> = None;
    for gaps in like {
        if gaps.is_empty() {
            return;
        }
        if least.as_ref().is_none_or(|least| gaps.len() < least.len()) {
            least = Some(gaps);
        }
    }
    match least {
        Some(gaps) => out.extend(gaps),
        None => out.push(other),
    }
}

/// Limits from below that must be as high, and from above that must be as low.
fn limits(
    given: &Map<String, Value>,
    taken: &Map<String, Value>,
    path: &str,
    lower: &[&str],
    upper: &[&str],
) -> Vec<Gap> {
    let mut out = Vec::new();
    let mut check = |key: &str, fits: fn(f64, f64) -> bool| {
        let Some(wanted) = taken.get(key) else { return };
        let own = given.get(key);
        // A list of at least nothing is any list.
        let free = wanted.as_f64() == Some(0.0) && key.starts_with("min") && key != "minimum";
        let fine = own
            .and_then(Value::as_f64)
            .zip(wanted.as_f64())
            .is_some_and(|(own, wanted)| fits(own, wanted));
        if !fine && !free {
            out.push(limit(key, own, Some(wanted), path));
        }
    };
    lower.iter().for_each(|key| check(key, |own, wanted| own >= wanted));
    upper.iter().for_each(|key| check(key, |own, wanted| own <= wanted));
    out
}

fn limit(key: &str, given: Option<&Value>, taken: Option<&Value>, path: &str) -> Gap {
    let text = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), Value::to_string);
    Gap { path: path.to_owned(), why: Why::Limit(key.to_owned(), text(given), text(taken)) }
}

fn text_gaps(given: &Map<String, Value>, taken: &Map<String, Value>, path: &str) -> Vec<Gap> {
    let mut out = limits(given, taken, path, &["minLength"], &["maxLength"]);
    for pattern in patterns(taken) {
        if !patterns(given).contains(&pattern) {
            let key = "pattern";
            let own = given.get(key).or_else(|| given.get("allOf"));
            out.push(limit(key, own, Some(&Value::String(pattern.to_owned())), path));
        }
    }
    // What it looks like is a promise too, whatever a validator makes of it.
    if let Some(format) = taken.get("format")
        && given.get("format") != Some(format)
    {
        out.push(limit("format", given.get("format"), Some(format), path));
    }
    out
}

fn patterns(text: &Map<String, Value>) -> Vec<&str> {
    let several = text.get("allOf").and_then(Value::as_array);
    let several = several.into_iter().flatten().filter_map(|part| part.get("pattern"));
    text.get("pattern").into_iter().chain(several).filter_map(Value::as_str).collect()
}

fn number_gaps(given: &Map<String, Value>, taken: &Map<String, Value>, path: &str) -> Vec<Gap> {
    let mut out = Vec::new();
    let bound = |map: &Map<String, Value>, key: &str, exclusive: &str| {
        let of = |key: &str| map.get(key).and_then(Value::as_f64);
        of(key).map(|at| (at, false)).or_else(|| of(exclusive).map(|at| (at, true)))
    };
    for (key, exclusive, sign) in
        [("minimum", "exclusiveMinimum", 1.0), ("maximum", "exclusiveMaximum", -1.0)]
    {
        let Some((wanted, outside)) = bound(taken, key, exclusive) else { continue };
        let fits = bound(given, key, exclusive).is_some_and(|(own, out)| {
            sign * own > sign * wanted || (own == wanted && (out || !outside))
        });
        if !fits {
            let own = given.get(key).or_else(|| given.get(exclusive));
            out.push(limit(key, own, taken.get(key).or_else(|| taken.get(exclusive)), path));
        }
    }
    if let Some(step) = taken.get("multipleOf")
        && given.get("multipleOf") != Some(step)
    {
        out.push(limit("multipleOf", given.get("multipleOf"), Some(step), path));
    }
    out
}

/// What is taken, in words.
fn words(takes: &[Way<'_>]) -> String {
    let mut out: Vec<String> = Vec::new();
    for way in takes {
        let word = match way {
            Way::Any => "anything".to_owned(),
            Way::Null => "null".to_owned(),
            Way::Boolean => "boolean".to_owned(),
            Way::Text(_) => "string".to_owned(),
            Way::Number(_, true) => "integer".to_owned(),
            Way::Number(_, false) => "number".to_owned(),
            Way::Constant(value) => value.to_string(),
            Way::List(_) => "array".to_owned(),
            Way::Object(_) => "object".to_owned(),
            Way::Unclear(_) => "something else".to_owned(),
        };
        if !out.contains(&word) {
            out.push(word);
        }
    }
    if out.len() > 6 {
        out.truncate(5);
        out.push("…".to_owned());
    }
    if out.is_empty() { "nothing".to_owned() } else { out.join(" | ") }
}
