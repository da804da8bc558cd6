//! Members and elements of values.

use frontage_json::{Text, Value, array_index};

use super::convert::count;
use super::{Meter, Thrown};

/// `object.name`
pub(super) fn member(object: &Value, name: &str, meter: &Meter) -> Result<Value, Thrown> {
    Ok(match object {
        Value::Object(object) => object.get(name).cloned().unwrap_or(Value::Undefined),
        Value::Array(list) => match name {
            "length" => count(list.len()),
            name => array_index(name)
                .and_then(|index| list.get(index as usize))
                .cloned()
                .unwrap_or(Value::Undefined),
        },
        Value::Text(text) => match name {
            "length" => count(text.len_utf16()),
            name => array_index(name)
                .and_then(|index| unit(text, index as usize))
                .unwrap_or(Value::Undefined),
        },
        Value::Map(map) if name == "size" => count(map.len()),
        Value::Set(set) if name == "size" => count(set.len()),
        Value::Error(error) => error.member(name),
        object if object.is_nullish() => return Err(Thrown::unreadable(object, name)),
        Value::Raw(raw) => {
            meter.scan(object)?;
            member(&raw.decode(), name, meter)?
        }
        _ => Value::Undefined,
    })
}

/// `object[index]`
pub(super) fn index(object: &Value, index: &Value, meter: &Meter) -> Result<Value, Thrown> {
    if let Value::Number(number) = index {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked back")]
        let place = *number as u32;
        if f64::from(place) == *number {
            match object {
                Value::Array(list) => {
                    return Ok(list.get(place as usize).cloned().unwrap_or(Value::Undefined));
                }
                Value::Text(text) => {
                    return Ok(unit(text, place as usize).unwrap_or(Value::Undefined));
                }
                _ => {}
            }
        }
    }
    let name = meter.text(index)?;
    meter.bytes(name.len())?;
    match object {
        Value::Object(object) => Ok(object.get_text(&name).cloned().unwrap_or(Value::Undefined)),
        object => member(object, &name, meter),
    }
}

/// The string of one code unit.
pub(super) fn unit(text: &Text, index: usize) -> Option<Value> {
    let cut = text.slice_utf16(index, index.checked_add(1)?);
    (!cut.is_empty()).then_some(Value::Text(cut))
}
