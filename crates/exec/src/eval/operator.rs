//! Operators of two operands.

use std::cmp::Ordering;

use frontage_json::{Kind, Text, TextBuilder, Value};
use frontage_plan::{BinaryOp, Number};

use super::convert::{to_int32, to_uint32};
use super::{Meter, Thrown, bounds, object};

/// Computes `left op right`.
pub(super) fn binary(
    op: BinaryOp,
    left: &Value,
    right: &Value,
    meter: &Meter,
) -> Result<Value, Thrown> {
    if !matches!((left, right), (Value::Number(_), Value::Number(_))) {
        meter.scan(left)?;
        meter.scan(right)?;
    }
    let numbers = || (left.to_number(), right.to_number());
    let integers = || (to_int32(left.to_number()), to_int32(right.to_number()));
    let shift = || to_uint32(right.to_number()) & 31;
    let order = || compare(left, right, meter);
    let number = Value::Number;
    let integer = |value: i32| Value::Number(f64::from(value));
    Ok(match op {
        BinaryOp::Add => add(left, right, meter)?,
        BinaryOp::Subtract => number(numbers().0 - numbers().1),
        BinaryOp::Multiply => number(numbers().0 * numbers().1),
        BinaryOp::Divide => number(numbers().0 / numbers().1),
        BinaryOp::Remainder => number(numbers().0 % numbers().1),
        BinaryOp::Exponent => number(Number(numbers().0).power(numbers().1)),
        BinaryOp::Less => Value::Bool(order()? == Some(Ordering::Less)),
        BinaryOp::LessOrEqual => {
            Value::Bool(matches!(order()?, Some(Ordering::Less | Ordering::Equal)))
        }
        BinaryOp::Greater => Value::Bool(order()? == Some(Ordering::Greater)),
        BinaryOp::GreaterOrEqual => {
            Value::Bool(matches!(order()?, Some(Ordering::Greater | Ordering::Equal)))
        }
        BinaryOp::Equal => Value::Bool(left.strict_equals(right)),
        BinaryOp::NotEqual => Value::Bool(!left.strict_equals(right)),
        BinaryOp::LooseEqual => Value::Bool(loosely_equal(left, right)),
        BinaryOp::LooseNotEqual => Value::Bool(!loosely_equal(left, right)),
        BinaryOp::In => {
            let name = meter.text(left)?;
            match object::has(right, &name) {
                Some(has) => Value::Bool(has),
                None => {
                    let right = meter.text(right)?;
                    return Err(Thrown::type_error(format!(
                        "Cannot use 'in' operator to search for '{name}' in {right}"
                    )));
                }
            }
        }
        BinaryOp::BitAnd => integer(integers().0 & integers().1),
        BinaryOp::BitOr => integer(integers().0 | integers().1),
        BinaryOp::BitXor => integer(integers().0 ^ integers().1),
        BinaryOp::ShiftLeft => integer(integers().0 << shift()),
        BinaryOp::ShiftRight => integer(integers().0 >> shift()),
        BinaryOp::ShiftRightUnsigned => number(f64::from(to_uint32(left.to_number()) >> shift())),
    })
}

fn loosely_equal(left: &Value, right: &Value) -> bool {
    if left.is_nullish() || right.is_nullish() {
        return left.is_nullish() && right.is_nullish();
    }
    left.strict_equals(right)
}

/// `ToPrimitive`: objects become their strings; a date its number if `numeric`.
fn primitive(value: &Value, numeric: bool, meter: &Meter) -> Result<Value, Thrown> {
    Ok(match value {
        Value::Date(time) if numeric => Value::Number(**time),
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
            value.clone()
        }
        Value::Raw(raw) if !matches!(raw.kind(), Kind::Array | Kind::Object) => raw.decode(),
        other => Value::Text(meter.text(other)?),
    })
}

fn add(left: &Value, right: &Value, meter: &Meter) -> Result<Value, Thrown> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => return Ok(Value::Number(left + right)),
        (Value::Text(left), Value::Text(right)) => return concat(left, right).map(Value::Text),
        _ => {}
    }
    let (left, right) = (primitive(left, false, meter)?, primitive(right, false, meter)?);
    if matches!(left, Value::Text(_)) || matches!(right, Value::Text(_)) {
        return concat(&meter.text(&left)?, &meter.text(&right)?).map(Value::Text);
    }
    Ok(Value::Number(left.to_number() + right.to_number()))
}

fn concat(left: &Text, right: &Text) -> Result<Text, Thrown> {
    bounds::string(left.len() + right.len())?;
    let mut text = TextBuilder::with_capacity(left.len() + right.len());
    text.push(left);
    text.push(right);
    Ok(text.finish())
}

/// The order of two operands of `<`; none if one is not a number.
fn compare(left: &Value, right: &Value, meter: &Meter) -> Result<Option<Ordering>, Thrown> {
    if let (Value::Number(left), Value::Number(right)) = (left, right) {
        return Ok(left.partial_cmp(right));
    }
    let (left, right) = (primitive(left, true, meter)?, primitive(right, true, meter)?);
    if let (Value::Text(left), Value::Text(right)) = (&left, &right) {
        return Ok(Some(left.cmp_utf16(right)));
    }
    Ok(left.to_number().partial_cmp(&right.to_number()))
}
