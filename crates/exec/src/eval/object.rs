//! `Object.…`: members of values as lists, and back.

use frontage_json::{Object, Text, Value, array_index, number_text};
use frontage_plan::Builtin;

use super::convert::{Args, elements, to_f64};
use super::member;
use super::{Thrown, bounds};

/// Calls a function of `Object`.
pub(super) fn call(function: Builtin, args: Args<'_>) -> Result<Value, Thrown> {
    let object = args.get(0);
    if object.is_nullish() && function != Builtin::ObjectFromEntries {
        return Err(Thrown::type_error("Cannot convert undefined or null to object"));
    }
    Ok(match function {
        Builtin::ObjectKeys => Value::array(
            own_members(object).into_iter().map(|(name, _)| Value::Text(name)).collect(),
        ),
        Builtin::ObjectValues => {
            Value::array(own_members(object).into_iter().map(|(_, value)| value).collect())
        }
        Builtin::ObjectEntries => Value::array(
            own_members(object)
                .into_iter()
                .map(|(name, value)| Value::array(vec![Value::Text(name), value]))
                .collect(),
        ),
        Builtin::ObjectRest => {
            let mut taken = Vec::new();
            for name in args.from(1) {
                taken.push(name.to_text()?);
            }
            let members = own_members(object).into_iter();
            Value::object(members.filter(|(name, _)| !taken.contains(name)).collect())
        }
        Builtin::ObjectFromEntries => {
            let mut result = Object::new();
            for entry in elements(object)? {
                let (key, value) = pair(&entry)?;
                result.insert(key.to_text()?, value);
            }
            Value::object(result)
        }
        _ => {
            let name = args.text(1)?;
            Value::Bool(has(object, &name).unwrap_or(false))
        }
    })
}

/// Key and value of an entry.
pub(super) fn pair(entry: &Value) -> Result<(Value, Value), Thrown> {
    if entry.type_of() != "object" || entry.is_nullish() {
        let entry = entry.to_text()?;
        return Err(Thrown::type_error(format!("Iterator value {entry} is not an entry object")));
    }
    Ok((member::member(entry, "0")?, member::member(entry, "1")?))
}

/// The own enumerable members, in JavaScript's order.
pub(super) fn own_members(value: &Value) -> Vec<(Text, Value)> {
    let by_index = |values: Vec<Value>| -> Vec<(Text, Value)> {
        values.into_iter().enumerate().map(|(i, value)| (number_text(to_f64(i)), value)).collect()
    };
    match value {
        Value::Object(object) => {
            object.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
        }
        Value::Array(list) => by_index(list.to_vec()),
        Value::Text(text) => {
            let units = text.units();
            by_index(units.iter().map(|unit| Value::Text(Text::from_units(&[*unit]))).collect())
        }
        Value::Raw(raw) => own_members(&raw.decode()),
        _ => Vec::new(),
    }
}

/// Whether a value has a member; none if it is no object.
pub(super) fn has(value: &Value, name: &str) -> Option<bool> {
    match value {
        Value::Object(object) => Some(object.contains(name)),
        Value::Array(list) => Some(
            name == "length"
                || array_index(name).is_some_and(|index| (index as usize) < list.len()),
        ),
        Value::Error(error) => {
            Some(matches!(name, "name" | "message") || !error.member(name).is_undefined())
        }
        Value::Map(_) | Value::Set(_) => Some(name == "size"),
        Value::Date(_) | Value::Reply(_) => Some(false),
        Value::Raw(raw) => match raw.decode() {
            Value::Raw(_) => None,
            decoded => has(&decoded, name),
        },
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => None,
    }
}

/// What `Array.from` makes its list of: something iterable, or `{ length }`.
pub(super) fn array_like(value: &Value) -> Result<Vec<Value>, Thrown> {
    let value = value.decoded();
    let Value::Object(object) = &value else {
        return match &value {
            Value::Number(_) | Value::Bool(_) | Value::Date(_) => Ok(Vec::new()),
            other => elements(other),
        };
    };
    let length = object.get("length").map_or(0.0, Value::to_number);
    let length = super::convert::to_index(super::convert::integer(length).max(0.0));
    bounds::list(length)?;
    let element =
        |index: usize| object.get(&number_text(to_f64(index))).cloned().unwrap_or(Value::Undefined);
    Ok((0..length).map(element).collect())
}
