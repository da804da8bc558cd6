//! Query strings as objects.

use frontage_json::{Object, Text, Value};
use frontage_plan::{ObjectMode, Validator, ValidatorKind as K};

use super::MOST_ISSUES;

/// What is wrong with a query before any schema looks at it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct QueryIssue {
    /// Of which key, if it could be read.
    pub(crate) key: Option<String>,
    /// As of Zod's issues.
    pub(crate) code: &'static str,
    /// In words.
    pub(crate) message: &'static str,
}

/// Reads a query string; a key is a list if and only if its validator is an array.
///
/// - `raw`: what follows the `?`.
/// - `validator`: of the query, if the route declares one; without it nothing is a list.
///
/// # Errors
///
/// Issues for malformed percent encoding and for scalars that stand more than once, unless they stand
/// under a key that the validator drops.
pub(crate) fn query_object(
    raw: Option<&str>,
    validator: Option<&Validator>,
) -> Result<Value, Vec<QueryIssue>> {
    let mut issues = Vec::new();
    // Lists grow here until all is read.
    let mut places = Object::new();
    let mut members: Vec<(Text, Member)> = Vec::new();
    for pair in raw.unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
        if issues.len() >= MOST_ISSUES {
            break;
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(name) = decode(name) else {
            issues.push(issue(None, "invalid_format", "Invalid percent encoding of a key"));
            continue;
        };
        // What no schema looks at can be no fault.
        if validator.is_some_and(|validator| drops(validator, &name)) {
            continue;
        }
        let path = || Some(name.to_string());
        let Some(value) = decode(value) else {
            issues.push(issue(path(), "invalid_format", "Invalid percent encoding"));
            continue;
        };
        let known = places.get(&name).map(Value::to_number);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
        match known.and_then(|place| members.get_mut(place as usize)) {
            Some((_, Member::List(list))) => list.push(Value::Text(value)),
            Some((_, Member::Scalar(_, is_reported))) => {
                if !*is_reported {
                    *is_reported = true;
                    let message = "Invalid input: expected one value, received several";
                    issues.push(issue(path(), "invalid_type", message));
                }
            }
            None => {
                #[expect(clippy::cast_precision_loss, reason = "a small count")]
                places.insert(name.clone(), Value::Number(members.len() as f64));
                let value = Value::Text(value);
                let member = if is_list(validator, &name) {
                    Member::List(vec![value])
                } else {
                    Member::Scalar(value, false)
                };
                members.push((name, member));
            }
        }
    }
    if !issues.is_empty() {
        return Err(issues);
    }
    let members = members.into_iter().map(|(name, member)| {
        let value = match member {
            Member::Scalar(value, _) => value,
            Member::List(list) => Value::array(list),
        };
        (name, value)
    });
    Ok(Value::object(members.collect()))
}

enum Member {
    /// One value, and whether a second one was reported.
    Scalar(Value, bool),
    List(Vec<Value>),
}

fn issue(key: Option<String>, code: &'static str, message: &'static str) -> QueryIssue {
    QueryIssue { key, code, message }
}

/// Whether the validator wants a list under the key.
fn is_list(validator: Option<&Validator>, name: &str) -> bool {
    let Some(validator) = validator else { return false };
    match &validator.kind {
        K::Object { fields, .. } => {
            let field = fields.iter().find(|field| *field.name == *name);
            field.is_some_and(|field| is_array(&field.validator))
        }
        K::Intersection(a, b) => is_list(Some(a), name) || is_list(Some(b), name),
        _ => first(validator).is_some_and(|inner| is_list(Some(inner), name)),
    }
}

fn is_array(validator: &Validator) -> bool {
    match &validator.kind {
        K::Array(_) | K::Tuple { .. } => true,
        _ => first(validator).is_some_and(is_array),
    }
}

/// Whether the validator leaves the key out, whatever stands there: no object of it names the key,
/// each strips what it does not name, and no function sees the query before.
fn drops(validator: &Validator, name: &str) -> bool {
    match &validator.kind {
        K::Object { fields, mode: ObjectMode::Strip } => {
            fields.iter().all(|field| *field.name != *name)
        }
        K::Intersection(a, b) => drops(a, name) && drops(b, name),
        K::Union { options, .. } => options.iter().all(|option| drops(option, name)),
        K::Discriminated { variants, .. } => variants.iter().all(|(_, v)| drops(v, name)),
        K::Pipe(a, _) => drops(a, name),
        _ => first(validator).is_some_and(|inner| drops(inner, name)),
    }
}

/// What is given to a wrapper is given to this.
fn first(validator: &Validator) -> Option<&Validator> {
    match &validator.kind {
        K::Optional(inner)
        | K::ExactOptional(inner)
        | K::NonOptional(inner)
        | K::Nullable(inner)
        | K::Default(inner, _)
        | K::Prefault(inner, _)
        | K::Catch(inner, _)
        | K::Readonly(inner) => Some(inner),
        // `z.preprocess(f, schema)`: what the schema wants is what the client sends.
        K::Pipe(a, b) if matches!(a.kind, K::Transform(_)) => Some(b),
        K::Pipe(a, _) => Some(a),
        _ => None,
    }
}

/// Decodes percent encoding and `+`; none if it is malformed or no UTF-8.
fn decode(text: &str) -> Option<Text> {
    if !text.contains(['%', '+']) {
        return Some(text.into());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (hex, tail) = rest.split_at_checked(2)?;
                let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
                bytes.push(digit(hex[0])? << 4 | digit(hex[1])?);
                rest = tail;
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).ok().map(Text::from)
}
