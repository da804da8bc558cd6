//! A type of the checker's as plain data, as `shape.mjs` writes tsc's.

use std::collections::BTreeMap;

use frontage_compile::types::{Kind, ObjectId, Ty, Types};
use serde_json::{Value, json};

/// Levels of objects that are written out; both sides stop at the same.
const DEPTH: u32 = 6;

/// The shape of an answer.
pub(super) fn shape(types: &Types, ty: Ty) -> Value {
    write(types, ty, 0)
}

fn write(types: &Types, ty: Ty, depth: u32) -> Value {
    let inner = |ty| write(types, ty, depth);
    match types.kind(ty) {
        Kind::Error => json!("unknown"),
        Kind::Unknown => json!("unknown"),
        Kind::Never => json!("never"),
        Kind::Void | Kind::Undefined => json!("undefined"),
        Kind::Null => json!("null"),
        Kind::String => json!("string"),
        Kind::Number => json!("number"),
        Kind::NonPrimitive => json!("object"),
        Kind::Boolean { value, .. } => json!({ "lit": value }),
        Kind::StringLiteral { value, .. } => json!({ "lit": &**value }),
        Kind::NumberLiteral { value, .. } => json!({ "lit": number(value.0) }),
        Kind::Array { element, .. } => json!({ "array": inner(*element) }),
        Kind::Tuple { elements, rest, .. } => {
            let elements: Vec<Value> = elements
                .iter()
                .map(|element| {
                    let found = inner(element.ty);
                    if element.optional {
                        json!({ "optional": without_undefined(found) })
                    } else {
                        found
                    }
                })
                .collect();
            json!({ "tuple": elements, "rest": rest.map(inner) })
        }
        Kind::Object(id) => object(types, *id, depth),
        Kind::Function(_) => json!("function"),
        Kind::Library(name, args) => {
            let args: Vec<Value> = args.iter().map(|&arg| inner(arg)).collect();
            json!({ "lib": &**name, "args": args })
        }
        Kind::Union(members) => union(members.iter().map(|&member| inner(member))),
        Kind::Param(_)
        | Kind::Keyof(_)
        | Kind::Indexed { .. }
        | Kind::Part { .. }
        | Kind::Both(_) => {
            json!("parameter")
        }
    }
}

/// As JavaScript writes it: whole numbers have no fraction.
fn number(value: f64) -> Value {
    let whole = value as i64;
    if whole as f64 == value { json!(whole) } else { json!(value) }
}

fn object(types: &Types, id: ObjectId, depth: u32) -> Value {
    if depth >= DEPTH {
        return json!("…");
    }
    let Some(object) = types.members(id) else { return json!("not looked at") };
    let mut members = BTreeMap::new();
    for property in &object.properties {
        let found = write(types, property.ty, depth + 1);
        if !property.optional {
            members.insert(property.name.to_string(), found);
            continue;
        }
        let found = without_undefined(found);
        if found != json!("never") {
            members.insert(format!("{}?", property.name), found);
        }
    }
    let index = object.index.as_ref().filter(|index| !index.numeric);
    json!({ "object": members, "index": index.map(|index| write(types, index.value, depth + 1)) })
}

/// Members once each, in order of their text.
fn union(parts: impl Iterator<Item = Value>) -> Value {
    let mut seen = BTreeMap::new();
    for part in parts {
        match part.get("union").and_then(Value::as_array) {
            Some(inner) => seen.extend(inner.iter().map(|part| (part.to_string(), part.clone()))),
            None => {
                seen.insert(part.to_string(), part);
            }
        }
    }
    let mut parts: Vec<Value> = seen.into_values().collect();
    if parts.len() == 1 { parts.remove(0) } else { json!({ "union": parts }) }
}

fn without_undefined(found: Value) -> Value {
    if found == json!("undefined") {
        return json!("never");
    }
    match found.get("union").and_then(Value::as_array) {
        Some(parts) => union(parts.iter().filter(|part| **part != json!("undefined")).cloned()),
        None => found,
    }
}
