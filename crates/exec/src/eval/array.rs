//! Methods of lists without a callback.

use frontage_json::{Kind, Text, TextBuilder, Value};
use frontage_plan::Builtin;

use super::convert::{Args, count, elements, place, relative, to_f64, to_index};
use super::object::array_like;
use super::{Thrown, bounds, sort};

/// Calls a function of lists.
pub(super) fn call(function: Builtin, args: Args<'_>) -> Result<Value, Thrown> {
    let first = args.get(0);
    Ok(match function {
        Builtin::ArrayIsArray => Value::Bool(is_list(first)),
        Builtin::ArrayFrom => {
            if first.is_nullish() {
                return elements(first).map(Value::array);
            }
            Value::array(array_like(first)?)
        }
        Builtin::ArraySlice => {
            let list = args.list("slice")?;
            let from = relative(args.integer(1), list.len());
            let to = relative(args.integer_or(2, f64::INFINITY), list.len());
            Value::array(list.get(from..to).unwrap_or(&[]).to_vec())
        }
        Builtin::ArrayConcat => {
            let mut all = args.list("concat")?.to_vec();
            for part in args.from(1) {
                if is_list(part) {
                    all.extend(elements(part)?);
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
            flatten(&list, args.integer_or(1, 1.0), 0, &mut flat)?;
            Value::array(flat)
        }
        Builtin::ArrayIncludes => {
            let list = args.list("includes")?;
            let from = relative(args.integer(2), list.len());
            Value::Bool(list[from..].iter().any(|element| element.same_value_zero(args.get(1))))
        }
        Builtin::ArrayIndexOf => {
            let list = args.list("indexOf")?;
            let from = relative(args.integer(2), list.len());
            let found = list[from..].iter().position(|element| element.strict_equals(args.get(1)));
            place(found.map(|index| from + index))
        }
        Builtin::ArrayLastIndexOf => {
            let list = args.list("lastIndexOf")?;
            let length = to_f64(list.len());
            let from = if args.0.len() > 2 { args.integer(2) } else { length - 1.0 };
            let end = if from < 0.0 { length + from } else { from.min(length - 1.0) } + 1.0;
            let end = to_index(end.max(0.0));
            place(list[..end].iter().rposition(|element| element.strict_equals(args.get(1))))
        }
        Builtin::ArrayJoin => {
            let list = args.list("join")?;
            let separator = match args.get(1) {
                Value::Undefined => Text::from_static(","),
                separator => separator.to_text()?,
            };
            let mut text = TextBuilder::new();
            for (index, element) in list.iter().enumerate() {
                if index > 0 {
                    text.push(&separator);
                }
                if !element.is_nullish() {
                    text.push(&element.to_text()?);
                }
                bounds::string(text.len())?;
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
        Builtin::ArrayToSorted => Value::array(sort::by_text(&args.list("toSorted")?)?),
        Builtin::ArrayToReversed => {
            Value::array(args.list("toReversed")?.iter().rev().cloned().collect())
        }
        Builtin::ArrayKeys => Value::array((0..args.list("keys")?.len()).map(count).collect()),
        Builtin::ArrayEntries => {
            let list = args.list("entries")?;
            let pair = |(index, element): (usize, &Value)| {
                Value::array(vec![count(index), element.clone()])
            };
            Value::array(list.iter().enumerate().map(pair).collect())
        }
        _ => {
            let mut list = args.list("with")?.to_vec();
            let index = args.integer(1);
            let from_start = if index < 0.0 { to_f64(list.len()) + index } else { index };
            let element = (from_start >= 0.0).then(|| list.get_mut(to_index(from_start))).flatten();
            match element {
                Some(element) => *element = args.get(2).clone(),
                None => {
                    let index = args.get(1).to_text()?;
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

fn flatten(list: &[Value], depth: f64, level: u32, flat: &mut Vec<Value>) -> Result<(), Thrown> {
    if level > 1000 {
        return Err(frontage_json::Unspellable::TooDeep.into());
    }
    for element in list {
        if depth >= 1.0 && is_list(element) {
            flatten(&elements(element)?, depth - 1.0, level + 1, flat)?;
        } else {
            flat.push(element.clone());
            bounds::list(flat.len())?;
        }
    }
    Ok(())
}
