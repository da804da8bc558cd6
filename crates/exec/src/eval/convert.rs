//! Arguments as the library's functions want them.

use std::rc::Rc;

use frontage_json::{Kind, List, Text, Value};
use frontage_plan::Number;

use super::{Meter, Thrown, bounds};

/// The arguments of a call; a missing one is `undefined`.
#[derive(Clone, Copy)]
pub(super) struct Args<'a> {
    pub(super) values: &'a [Value],
    /// Whose work it is.
    pub(super) meter: &'a Meter,
}

impl<'a> Args<'a> {
    pub(super) fn get(self, index: usize) -> &'a Value {
        self.values.get(index).unwrap_or(&Value::Undefined)
    }

    pub(super) fn from(self, index: usize) -> &'a [Value] {
        self.values.get(index..).unwrap_or(&[])
    }

    /// Notes that the arguments are looked through.
    pub(super) fn scanned(self) -> Result<(), Thrown> {
        for argument in self.values {
            self.meter.scan(argument)?;
        }
        Ok(())
    }

    pub(super) fn number(self, index: usize) -> f64 {
        self.get(index).to_number()
    }

    /// `ToIntegerOrInfinity`
    pub(super) fn integer(self, index: usize) -> f64 {
        integer(self.number(index))
    }

    /// An integer, or `default` if the argument is `undefined`.
    pub(super) fn integer_or(self, index: usize, default: f64) -> f64 {
        if self.get(index).is_undefined() { default } else { self.integer(index) }
    }

    pub(super) fn text(self, index: usize) -> Result<Text, Thrown> {
        self.meter.text(self.get(index))
    }

    /// The receiver of a method of lists.
    pub(super) fn list(self, method: &str) -> Result<Rc<List>, Thrown> {
        list(self.get(0), method, self.meter)
    }

    /// The receiver of a method of strings.
    pub(super) fn string(self, method: &str) -> Result<Text, Thrown> {
        match self.get(0) {
            Value::Text(text) => Ok(text.clone()),
            value @ Value::Raw(raw) if raw.kind() == Kind::String => self.meter.text(value),
            other if other.is_nullish() => Err(Thrown::unreadable(other, method)),
            _ => Err(no_function(method)),
        }
    }
}

/// What calling a method that a value lacks throws.
pub(super) fn no_function(method: &str) -> Thrown {
    Thrown::type_error(format!("value.{method} is not a function"))
}

/// A list, as the receiver of `method`.
pub(super) fn list(value: &Value, method: &str, meter: &Meter) -> Result<Rc<List>, Thrown> {
    meter.scan(value)?;
    match value {
        Value::Array(list) => Ok(Rc::clone(list)),
        Value::Raw(raw) if raw.kind() == Kind::Array => match raw.decode() {
            Value::Array(list) => Ok(list),
            _ => Err(no_function(method)),
        },
        other if other.is_nullish() => Err(Thrown::unreadable(other, method)),
        _ => Err(no_function(method)),
    }
}

/// `ToIntegerOrInfinity` of a number.
pub(super) fn integer(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.trunc() + 0.0 }
}

/// A place in something of `length`, counted from the end if negative, within `0..=length`.
pub(super) fn relative(position: f64, length: usize) -> usize {
    let end = to_f64(length);
    to_index(if position < 0.0 { (end + position).max(0.0) } else { position.min(end) })
}

/// A whole number that is not negative, as an index.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(super) fn to_index(number: f64) -> usize {
    number as usize
}

/// A length as a number.
#[expect(clippy::cast_precision_loss, reason = "lengths in memory are below 2^53")]
pub(super) fn to_f64(length: usize) -> f64 {
    length as f64
}

/// A length as a value.
pub(super) fn count(length: usize) -> Value {
    Value::Number(to_f64(length))
}

/// A place that may not exist, as `indexOf` tells it.
pub(super) fn place(place: Option<usize>) -> Value {
    place.map_or(Value::Number(-1.0), count)
}

/// `ToUint32`
pub(super) fn to_uint32(number: f64) -> u32 {
    Number(number).to_uint32()
}

/// `ToInt32`
pub(super) fn to_int32(number: f64) -> i32 {
    Number(number).to_int32()
}

/// The elements that iterating a value gives: of lists, strings, maps and sets.
pub(super) fn elements(value: &Value, meter: &Meter) -> Result<Vec<Value>, Thrown> {
    let elements = match value {
        Value::Array(list) => list.to_vec(),
        Value::Text(text) if text.is_well_formed() => {
            let mut buffer = [0; 4];
            let characters = text.chars().map(|c| Value::text(&*c.encode_utf8(&mut buffer)));
            bounds::collect(characters, meter)?
        }
        Value::Text(text) => {
            let characters = char::decode_utf16(text.units()).map(|character| match character {
                Ok(character) => Value::text(&*character.encode_utf8(&mut [0; 4])),
                Err(half) => Value::Text(Text::from_units(&[half.unpaired_surrogate()])),
            });
            bounds::collect(characters, meter)?
        }
        Value::Map(map) => {
            map.iter().map(|(key, value)| Value::array(vec![key.clone(), value.clone()])).collect()
        }
        Value::Set(set) => set.iter().cloned().collect(),
        Value::Raw(raw) if matches!(raw.kind(), Kind::Array | Kind::String) => {
            meter.scan(value)?;
            return elements(&raw.decode(), meter);
        }
        other if other.is_nullish() => {
            let name = if other.is_undefined() { "undefined" } else { "object null" };
            return Err(Thrown::type_error(format!(
                "{name} is not iterable (cannot read property Symbol(Symbol.iterator))"
            )));
        }
        other => return Err(Thrown::type_error(format!("{} is not iterable", other.type_of()))),
    };
    meter.units(elements.len())?;
    Ok(elements)
}
