//! Methods of lists without a callback.

use frontage_json::{Kind, Text, TextBuilder, Value};
use frontage_plan::Builtin;

use super::convert::{Args, count, elements, place, relative, to_f64, to_index};
use super::object::array_like;
use super::{Meter, Thrown, bounds, sort};

/// Calls a function of lists.
pub(super) fn call(function: Builtin, args: Args<'_>) -> Result<Value, Thrown> {
    let (first, meter) = (args.get(0), args.meter);
    Ok(match function {
        Builtin::ArrayIsArray => Value::Bool(is_list(first)),
        Builtin::ArrayFrom => {
            if first.is_nullish() {
                return elements(first, meter).map(Value::array);
            }
            Value::array(array_like(first, meter)?)
        }
        Builtin::ArraySlice => {
            let list = args.list("slice")?;
            let from = relative(args.integer(1), list.len());
            let to = relative(args.integer_or(2, f64::INFINITY), list.len());
            let part = list.get(from..to).unwrap_or(&[]);
            meter.units(part.len())?;
            Value::array(part.to_vec())
        }
        Builtin::ArrayConcat => {
            let mut all = args.list("concat")?.to_vec();
            meter.units(all.len())?;
            for part in args.from(1) {
                if is_list(part) {
                    all.extend(elements(part, meter)?);
                } else {
                    all.push(part.clone());
                }
                bounds::list(all.len())?;
            }
            Value::array(all)
        }
        Builtin::ArrayFlat => {
            let list = args.list("flat")?;
            let mut flat = Vec::new();
            flatten(&list, args.integer_or(1, 1.0), 0, &mut flat, meter)?;
            Value::array(flat)
        }
        Builtin::ArrayIncludes => {
            let list = args.list("includes")?;
            let from = relative(args.integer(2), list.len());
            let wanted = args.get(1);
            let mut rest = list[from..].iter();
            Value::Bool(
                position(&mut rest, meter, |found| found.same_value_zero(wanted))?.is_some(),
            )
        }
        Builtin::ArrayIndexOf => {
            let list = args.list("indexOf")?;
            let from = relative(args.integer(2), list.len());
            let wanted = args.get(1);
            let found =
                position(&mut list[from..].iter(), meter, |found| found.strict_equals(wanted))?;
            place(found.map(|index| from + index))
        }
        Builtin::ArrayLastIndexOf => {
            let list = args.list("lastIndexOf")?;
            let length = to_f64(list.len());
            let from = if args.values.len() > 2 { args.integer(2) } else { length - 1.0 };
            let end = if from < 0.0 { length + from } else { from.min(length - 1.0) } + 1.0;
            let end = to_index(end.max(0.0));
            let wanted = args.get(1);
            let from_end = &mut list[..end].iter().rev();
            let found = position(from_end, meter, |found| found.strict_equals(wanted))?;
            place(found.map(|index| end - 1 - index))
        }
        Builtin::ArrayJoin => {
            let list = args.list("join")?;
            let separator = match args.get(1) {
                Value::Undefined => Text::from_static(","),
                separator => meter.text(separator)?,
            };
            let mut text = TextBuilder::new();
            for (index, element) in list.iter().enumerate() {
                if index > 0 {
                    text.push(&separator);
                    bounds::string(text.len())?;
                }
                meter.units(1)?;
                if !element.is_nullish() {
                    meter.push(&mut text, element)?;
                }
            }
            Value::Text(text.finish())
        }
        Builtin::ArrayAt => {
            let list = args.list("at")?;
            let index = args.integer(1);
            let index = if index < 0.0 { to_f64(list.len()) + index } else { index };
            let element = (index >= 0.0).then(|| list.get(to_index(index))).flatten();
            element.cloned().unwrap_or(Value::Undefined)
        }
        Builtin::ArrayToSorted => Value::array(sort::by_text(&args.list("toSorted")?, meter)?),
        Builtin::ArrayToReversed => {
            let list = args.list("toReversed")?;
            meter.units(list.len())?;
            Value::array(list.iter().rev().cloned().collect())
        }
        Builtin::ArrayKeys => {
            let length = args.list("keys")?.len();
            meter.units(length)?;
            Value::array((0..length).map(count).collect())
        }
        Builtin::ArrayEntries => {
            let list = args.list("entries")?;
            let pair = |(index, element): (usize, &Value)| {
                Value::array(vec![count(index), element.clone()])
            };
            Value::array(bounds::collect(list.iter().enumerate().map(pair), meter)?)
        }
        _ => {
            let mut list = args.list("with")?.to_vec();
            meter.units(list.len())?;
            let index = args.integer(1);
            let from_start = if index < 0.0 { to_f64(list.len()) + index } else { index };
            let element = (from_start >= 0.0).then(|| list.get_mut(to_index(from_start))).flatten();
            match element {
                Some(element) => *element = args.get(2).clone(),
                None => {
                    let index = args.text(1)?;
                    return Err(Thrown::range_error(format!("Invalid index : {index}")));
                }
            }
            Value::array(list)
        }
    })
}

/// `Array.isArray`
pub(super) fn is_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Raw(raw) => raw.kind() == Kind::Array,
        _ => false,
    }
}

/// Where the first element stands of which `is_it` holds.
fn position<'v>(
    elements: &mut impl Iterator<Item = &'v Value>,
    meter: &Meter,
    is_it: impl Fn(&Value) -> bool,
) -> Result<Option<usize>, Thrown> {
    for (index, element) in elements.enumerate() {
        meter.units(1)?;
        meter.scan(element)?;
        if is_it(element) {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn flatten(
    list: &[Value],
    depth: f64,
    level: u32,
    flat: &mut Vec<Value>,
    meter: &Meter,
) -> Result<(), Thrown> {
    if level > 1000 {
        return Err(frontage_json::Unspellable::TooDeep.into());
    }
    for element in list {
        meter.units(1)?;
        if depth >= 1.0 && is_list(element) {
            flatten(&elements(element, meter)?, depth - 1.0, level + 1, flat, meter)?;
        } else {
            flat.push(element.clone());
            bounds::list(flat.len())?;
        }
    }
    Ok(())
}
