//! Methods with a callback.

use std::cmp::Ordering;

use frontage_json::{Kind, Object, Text, Value};
use frontage_plan::{IterateOp, Lambda};

use super::convert::{count, elements, list, place};
use super::object::array_like;
use super::{Env, Thrown, apply, bounds, sort};

/// Calls a method with a callback.
pub(super) fn iterate(
    op: IterateOp,
    receiver: &Value,
    lambda: &Lambda,
    initial: Option<Value>,
    env: &Env,
) -> Result<Value, Thrown> {
    let meter = env.meter();
    let of_list = |name: &str| list(receiver, name, meter);
    // The callback's third parameter is the list; most do not name it.
    let call = |index: usize, element: &Value| {
        apply(lambda, &[element.clone(), count(index), receiver.clone()], env)
    };
    Ok(match op {
        IterateOp::Map => {
            let list = of_list("map")?;
            let mut mapped = Vec::with_capacity(list.len());
            for (index, element) in list.iter().enumerate() {
                mapped.push(call(index, element)?);
            }
            Value::array(mapped)
        }
        IterateOp::Filter => {
            let mut kept = Vec::new();
            for (index, element) in of_list("filter")?.iter().enumerate() {
                if call(index, element)?.truthy() {
                    kept.push(element.clone());
                }
            }
            Value::array(kept)
        }
        IterateOp::Find | IterateOp::FindIndex | IterateOp::Some | IterateOp::Every => {
            let wanted = op != IterateOp::Every;
            let name = match op {
                IterateOp::Find => "find",
                IterateOp::FindIndex => "findIndex",
                IterateOp::Some => "some",
                _ => "every",
            };
            let list = of_list(name)?;
            let mut found = None;
            for (index, element) in list.iter().enumerate() {
                if call(index, element)?.truthy() == wanted {
                    found = Some(index);
                    break;
                }
            }
            match op {
                IterateOp::Find => found.map_or(Value::Undefined, |index| list[index].clone()),
                IterateOp::FindIndex => place(found),
                IterateOp::Some => Value::Bool(found.is_some()),
                _ => Value::Bool(found.is_none()),
            }
        }
        IterateOp::FindLast | IterateOp::FindLastIndex => {
            let is_index = op == IterateOp::FindLastIndex;
            let list = of_list(if is_index { "findLastIndex" } else { "findLast" })?;
            let mut found = None;
            for (index, element) in list.iter().enumerate().rev() {
                if call(index, element)?.truthy() {
                    found = Some(index);
                    break;
                }
            }
            if is_index {
                place(found)
            } else {
                found.map_or(Value::Undefined, |index| list[index].clone())
            }
        }
        IterateOp::Reduce => {
            let list = of_list("reduce")?;
            let mut elements = list.iter().enumerate();
            let mut sum = match initial {
                Some(initial) => initial,
                None => match elements.next() {
                    Some((_, first)) => first.clone(),
                    None => {
                        return Err(Thrown::type_error(
                            "Reduce of empty array with no initial value",
                        ));
                    }
                },
            };
            for (index, element) in elements {
                sum = apply(lambda, &[sum, element.clone(), count(index), receiver.clone()], env)?;
            }
            sum
        }
        IterateOp::FlatMap => {
            let mut flat = Vec::new();
            for (index, element) in of_list("flatMap")?.iter().enumerate() {
                match call(index, element)? {
                    Value::Array(inner) => {
                        meter.units(inner.len())?;
                        flat.extend(inner.iter().cloned());
                    }
                    Value::Raw(raw) if raw.kind() == Kind::Array => {
                        flat.extend(elements(&Value::Raw(raw), meter)?);
                    }
                    other => flat.push(other),
                }
                bounds::list(flat.len())?;
            }
            Value::array(flat)
        }
        IterateOp::ToSorted => {
            let list = of_list("toSorted")?;
            Value::array(sort::by(&list, |left, right| {
                let order = apply(lambda, &[left.clone(), right.clone()], env)?.to_number();
                Ok(order.partial_cmp(&0.0).unwrap_or(Ordering::Equal))
            })?)
        }
        IterateOp::GroupBy => {
            let mut names: Vec<Text> = Vec::new();
            let mut places = Object::new();
            let mut groups: Vec<Vec<Value>> = Vec::new();
            for (index, element) in elements(receiver, meter)?.into_iter().enumerate() {
                let name = apply(lambda, &[element.clone(), count(index)], env)?;
                let name = meter.text(&name)?;
                meter.bytes(name.len())?;
                let group = match places.get_text(&name) {
                    Some(place) => super::convert::to_index(place.to_number()),
                    None => {
                        places.insert(name.clone(), count(groups.len()));
                        names.push(name);
                        groups.push(Vec::new());
                        groups.len() - 1
                    }
                };
                groups[group].push(element);
            }
            Value::object(names.into_iter().zip(groups.into_iter().map(Value::array)).collect())
        }
        IterateOp::ArrayFrom => {
            let mut mapped = Vec::new();
            for (index, element) in array_like(receiver, meter)?.into_iter().enumerate() {
                mapped.push(apply(lambda, &[element, count(index)], env)?);
            }
            Value::array(mapped)
        }
    })
}
