//! `Object.…`: members of values as lists, and back.

use frontage_json::{Object, Text, Value, array_index, number_text};
use frontage_plan::Builtin;

use super::convert::{Args, elements, to_f64};
use super::member;
use super::{Meter, Thrown, bounds};

/// Calls a function of `Object`.
pub(super) fn call(function: Builtin, args: Args<'_>) -> Result<Value, Thrown> {
    let (object, meter) = (args.get(0), args.meter);
    if object.is_nullish() && function != Builtin::ObjectFromEntries {
        return Err(Thrown::type_error("Cannot convert undefined or null to object"));
    }
    Ok(match function {
        Builtin::ObjectKeys => Value::array(
            own_members(object, meter)?.into_iter().map(|(name, _)| Value::Text(name)).collect(),
        ),
        Builtin::ObjectValues => {
            Value::array(own_members(object, meter)?.into_iter().map(|(_, value)| value).collect())
        }
        Builtin::ObjectEntries => Value::array(
            own_members(object, meter)?
                .into_iter()
                .map(|(name, value)| Value::array(vec![Value::Text(name), value]))
                .collect(),
        ),
        Builtin::ObjectRest => {
            let mut taken = Vec::new();
            for name in args.from(1) {
                taken.push(meter.text(name)?);
            }
            let members = own_members(object, meter)?.into_iter();
            Value::object(members.filter(|(name, _)| !taken.contains(name)).collect())
        }
        Builtin::ObjectFromEntries => {
            let mut result = Object::new();
            for entry in elements(object, meter)? {
                let (key, value) = pair(&entry, meter)?;
                let key = meter.text(&key)?;
                meter.bytes(key.len())?;
                result.insert(key, value);
            }
            Value::object(result)
        }
        _ => {
            let name = args.text(1)?;
            meter.bytes(name.len())?;
            meter.scan(object)?;
            Value::Bool(has(object, &name).unwrap_or(false))
        }
    })
}

/// Key and value of an entry.
pub(super) fn pair(entry: &Value, meter: &Meter) -> Result<(Value, Value), Thrown> {
    if entry.type_of() != "object" || entry.is_nullish() {
        let entry = meter.text(entry)?;
        return Err(Thrown::type_error(format!("Iterator value {entry} is not an entry object")));
    }
    Ok((member::member(entry, "0", meter)?, member::member(entry, "1", meter)?))
}

/// The own enumerable members, in JavaScript's order.
pub(super) fn own_members(value: &Value, meter: &Meter) -> Result<Vec<(Text, Value)>, Thrown> {
    let by_index = |(index, value): (usize, Value)| (number_text(to_f64(index)), value);
    match value {
        Value::Object(object) => {
            meter.units(object.len())?;
            Ok(object.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        Value::Array(list) => {
            bounds::collect(list.iter().cloned().enumerate().map(by_index), meter)
        }
        Value::Text(text) => {
            let units = text.units();
            let units = units.iter().map(|unit| Value::Text(Text::from_units(&[*unit])));
            bounds::collect(units.enumerate().map(by_index), meter)
        }
        Value::Error(error) => Ok(error.members().map(|(name, v)| (Text::from(name), v)).collect()),
        Value::Raw(raw) => {
            meter.scan(value)?;
            own_members(&raw.decode(), meter)
        }
        _ => Ok(Vec::new()),
    }
}

/// Whether a value has a member; none if it is no object.
pub(super) fn has(value: &Value, name: &Text) -> Option<bool> {
    match value {
        Value::Object(object) => Some(object.get_text(name).is_some()),
        Value::Array(list) => Some(
            name == "length"
                || array_index(name).is_some_and(|index| (index as usize) < list.len()),
        ),
        Value::Error(error) => {
            Some(matches!(&**name, "name" | "message") || !error.member(name).is_undefined())
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
pub(super) fn array_like(value: &Value, meter: &Meter) -> Result<Vec<Value>, Thrown> {
    meter.scan(value)?;
    let value = value.decoded();
    let Value::Object(object) = &value else {
        return match &value {
            Value::Number(_) | Value::Bool(_) | Value::Date(_) => Ok(Vec::new()),
            other => elements(other, meter),
        };
    };
    let length = object.get("length").map_or(0.0, Value::to_number);
    let length = super::convert::to_index(super::convert::integer(length).max(0.0));
    bounds::list(length)?;
    let element =
        |index: usize| object.get(&number_text(to_f64(index))).cloned().unwrap_or(Value::Undefined);
    bounds::collect((0..length).map(element), meter)
}
