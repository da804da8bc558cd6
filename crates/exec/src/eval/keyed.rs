//! `Map` and `Set`.

use std::rc::Rc;

use frontage_json::{MapValue, SetValue, Value};
use frontage_plan::Builtin;

use super::convert::{Args, elements, no_function};
use super::{Thrown, bounds, object};

/// Calls a function of maps or sets.
pub(super) fn call(function: Builtin, args: Args<'_>) -> Result<Value, Thrown> {
    let (receiver, meter) = (args.get(0), args.meter);
    match function {
        Builtin::MapNew => {
            let mut map = MapValue::new();
            if !receiver.is_nullish() {
                for entry in elements(receiver, meter)? {
                    let (key, value) = object::pair(&entry, meter)?;
                    meter.scan(&key)?;
                    map.insert(key, value);
                }
            }
            return Ok(Value::Map(Rc::new(map)));
        }
        Builtin::SetNew => {
            let mut set = SetValue::new();
            if !receiver.is_nullish() {
                for element in elements(receiver, meter)? {
                    meter.scan(&element)?;
                    set.insert(element);
                }
            }
            return Ok(Value::Set(Rc::new(set)));
        }
        _ => {}
    }
    let method = match function {
        Builtin::MapGet => "get",
        Builtin::MapHas | Builtin::SetHas => "has",
        Builtin::MapKeys => "keys",
        Builtin::MapEntries => "entries",
        _ => "values",
    };
    meter.scan(args.get(1))?;
    Ok(match (receiver, function) {
        (Value::Map(map), Builtin::MapGet) => {
            map.get(args.get(1)).cloned().unwrap_or(Value::Undefined)
        }
        (Value::Map(map), Builtin::MapHas | Builtin::SetHas) => {
            Value::Bool(map.get(args.get(1)).is_some())
        }
        (Value::Set(set), Builtin::MapHas | Builtin::SetHas) => {
            Value::Bool(set.contains(args.get(1)))
        }
        (Value::Map(map), Builtin::MapKeys) => {
            Value::array(bounds::collect(map.iter().map(|(key, _)| key.clone()), meter)?)
        }
        (Value::Map(map), Builtin::MapValues | Builtin::SetValues) => {
            Value::array(bounds::collect(map.iter().map(|(_, value)| value.clone()), meter)?)
        }
        (Value::Map(_), Builtin::MapEntries) => Value::array(elements(receiver, meter)?),
        (Value::Set(set), Builtin::SetValues | Builtin::MapValues | Builtin::MapKeys) => {
            Value::array(bounds::collect(set.iter().cloned(), meter)?)
        }
        (Value::Set(set), Builtin::MapEntries) => {
            let pair = |value: &Value| Value::array(vec![value.clone(), value.clone()]);
            Value::array(bounds::collect(set.iter().map(pair), meter)?)
        }
        (other, _) if other.is_nullish() => return Err(Thrown::unreadable(other, method)),
        _ => return Err(no_function(method)),
    })
}
