//! The promise: where a change is called harmless, what the new version gives is what the old took.
//! The judge of what a schema takes is another program's (`jsonschema`).

use fastrand::Rng;
use frontage_compare::compare;
use serde_json::{Map, Value, json};

const NAMES: [&str; 3] = ["a", "b", "c"];
const SHARED: [&str; 2] = ["One", "Two"];

fn schema(rng: &mut Rng, depth: u32) -> Value {
    let kind = if depth == 0 { rng.u32(0..7) } else { rng.u32(0..13) };
    match kind {
        0 => json!({}),
        1 => json!({ "type": "null" }),
        2 => json!({ "type": "boolean" }),
        3 => {
            let mut out = json!({ "type": "string" });
            if rng.bool() {
                out["minLength"] = rng.u32(0..3).into();
            }
            if rng.bool() {
                out["maxLength"] = rng.u32(2..5).into();
            }
            out
        }
        4 | 5 => {
            let mut out = json!({ "type": if rng.bool() { "integer" } else { "number" } });
            if rng.bool() {
                let key = if rng.bool() { "minimum" } else { "exclusiveMinimum" };
                out[key] = rng.i32(-2..2).into();
            }
            if rng.bool() {
                let key = if rng.bool() { "maximum" } else { "exclusiveMaximum" };
                out[key] = rng.i32(1..4).into();
            }
            out
        }
        6 => {
            let all = [json!("x"), json!("yy"), json!(1), json!(2.5), json!(true), Value::Null];
            let some: Vec<Value> = all.into_iter().filter(|_| rng.bool()).collect();
            if some.is_empty() { json!({ "enum": ["x"] }) } else { json!({ "enum": some }) }
        }
        7 => {
            let mut out = json!({ "type": "array", "items": schema(rng, depth - 1) });
            if rng.bool() {
                out["minItems"] = rng.u32(0..2).into();
            }
            if rng.bool() {
                out["maxItems"] = rng.u32(1..4).into();
            }
            out
        }
        8 => {
            let first: Vec<Value> = (0..rng.u32(1..3)).map(|_| schema(rng, depth - 1)).collect();
            let required = rng.usize(0..=first.len());
            let mut out = json!({ "type": "array", "minItems": required });
            if rng.bool() {
                out["items"] = false.into();
                out["maxItems"] = first.len().into();
            } else {
                out["items"] = schema(rng, depth - 1);
            }
            out["prefixItems"] = Value::Array(first);
            out
        }
        9 | 10 => {
            let mut members = Map::new();
            let mut required = Vec::new();
            for name in NAMES {
                if rng.bool() {
                    members.insert(name.into(), schema(rng, depth - 1));
                    if rng.bool() {
                        required.push(name);
                    }
                }
            }
            let mut out = json!({ "type": "object", "properties": members, "required": required });
            match rng.u32(0..4) {
                0 => out["additionalProperties"] = false.into(),
                1 => out["additionalProperties"] = schema(rng, depth - 1),
                _ => {}
            }
            out
        }
        11 => {
            let all: Vec<Value> = (0..rng.u32(2..4)).map(|_| schema(rng, depth - 1)).collect();
            json!({ "anyOf": all })
        }
        _ => json!({ "$ref": format!("#/components/schemas/{}", rng.choice(SHARED).unwrap()) }),
    }
}

/// The same schema with something changed somewhere, most often little.
fn changed(rng: &mut Rng, schema_: &Value, depth: u32) -> Value {
    let mut out = schema_.clone();
    let Some(map) = out.as_object_mut() else { return out };
    match rng.u32(0..10) {
        0 if depth > 0 => return schema(rng, depth.min(2)),
        1 => return json!({ "anyOf": [schema_, { "type": "null" }] }),
        2 => {
            for key in ["minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"] {
                if let Some(at) = map.get(key).and_then(Value::as_i64) {
                    map.insert(key.into(), (at + rng.i64(-1..=1)).max(0).into());
                }
            }
            return out;
        }
        3 => {
            if let Some(Value::Array(values)) = map.get_mut("enum") {
                if rng.bool() && values.len() > 1 {
                    values.pop();
                } else {
                    values.push(json!("z"));
                }
            }
            return out;
        }
        4 => {
            if let Some(Value::Array(required)) = map.get_mut("required") {
                required.pop();
            }
            return out;
        }
        5 => {
            let name = *rng.choice(&NAMES).unwrap();
            let one = schema(rng, 1);
            if let Some(Value::Object(members)) = map.get_mut("properties") {
                members.insert(name.into(), one);
            }
            return out;
        }
        _ => {}
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = map.get(key).filter(|inner| inner.is_object()).cloned() {
            map.insert(key.into(), changed(rng, &inner, depth.saturating_sub(1)));
        }
    }
    for key in ["anyOf", "prefixItems"] {
        if let Some(Value::Array(all)) = map.get_mut(key) {
            let at = rng.usize(0..all.len());
            all[at] = changed(rng, &all[at].clone(), depth.saturating_sub(1));
        }
    }
    if let Some(Value::Object(members)) = map.get_mut("properties")
        && let Some(name) = members.keys().next().cloned()
    {
        let one = changed(rng, &members[&name].clone(), depth.saturating_sub(1));
        members.insert(name, one);
    }
    out
}

/// Some value that a schema takes, as far as it comes.
fn value(rng: &mut Rng, document: &Value, schema: &Value, depth: u32) -> Value {
    let Some(map) = schema.as_object() else { return Value::Null };
    let number = |key: &str| map.get(key).and_then(Value::as_i64);
    if depth == 0 {
        return Value::Null;
    }
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        return document
            .pointer(&reference[1..])
            .map_or(Value::Null, |schema| value(rng, document, schema, depth - 1));
    }
    if let Some(Value::Array(all)) = map.get("anyOf").or_else(|| map.get("enum")) {
        let one = rng.choice(all).unwrap();
        let is_enum = map.contains_key("enum");
        return if is_enum { one.clone() } else { value(rng, document, one, depth - 1) };
    }
    match map.get("type").and_then(Value::as_str) {
        Some("boolean") => rng.bool().into(),
        Some("string") => {
            let least = number("minLength").unwrap_or(0) as usize;
            let most = number("maxLength").unwrap_or(6) as usize;
            let length = rng.usize(least..=most.max(least));
            if length == 1 && rng.bool() { "x".into() } else { "y".repeat(length).into() }
        }
        Some("integer") => rng.i32(-4..6).into(),
        Some("number") => json!(f64::from(rng.i32(-8..12)) / 2.0),
        Some("array") => {
            let none = Vec::new();
            let first = map.get("prefixItems").and_then(Value::as_array).unwrap_or(&none);
            let least = number("minItems").unwrap_or(0) as usize;
            let most = number("maxItems").unwrap_or(3) as usize;
            let count = rng.usize(least..=most.max(least));
            (0..count)
                .map(|at| {
                    let one = first.get(at).or_else(|| map.get("items"));
                    one.map_or(Value::Null, |one| value(rng, document, one, depth - 1))
                })
                .collect()
        }
        Some("object") => {
            let mut out = Map::new();
            for (name, member) in map["properties"].as_object().unwrap() {
                let must = map["required"].as_array().unwrap().iter().any(|own| own == name);
                if must || rng.bool() {
                    out.insert(name.clone(), value(rng, document, member, depth - 1));
                }
            }
            if let Some(values) = map.get("additionalProperties").filter(|own| own.is_object()) {
                for name in NAMES.iter().chain(&["d"]) {
                    if rng.u32(0..3) == 0
                        && !map["properties"].as_object().unwrap().contains_key(*name)
                    {
                        out.insert((*name).into(), value(rng, document, values, depth - 1));
                    }
                }
            }
            // What is open may hold more than is declared.
            if !map.contains_key("additionalProperties") && rng.u32(0..4) == 0 {
                out.insert("more".into(), json!(rng.i32(0..3)));
            }
            Value::Object(out)
        }
        Some(_) => Value::Null,
        None => match rng.u32(0..4) {
            0 => Value::Null,
            1 => json!(rng.i32(0..3)),
            2 => json!("x"),
            _ => json!([{ "a": 1 }]),
        },
    }
}

fn document(schemas: &[Value; 3]) -> Value {
    let content = json!({ "application/json": { "schema": schemas[0] } });
    json!({
        "paths": { "/x": { "post": {
            "requestBody": { "required": true, "content": content },
            "responses": { "200": { "content": content } },
        } } },
        "components": { "schemas": { "One": schemas[1], "Two": schemas[2] } },
    })
}

/// Whether another program takes a value for one of the document's only schema.
fn judge(document: &Value, schema: &Value) -> jsonschema::Validator {
    let root = json!({ "allOf": [schema], "components": document["components"] });
    jsonschema::draft202012::new(&root).unwrap()
}

#[test]
fn where_nothing_breaks_every_value_still_fits() {
    let (mut harmless, mut breaking, mut shown) = (0, 0, 0);
    for seed in 0..4_000 {
        let mut rng = Rng::with_seed(seed);
        let old = [schema(&mut rng, 3), schema(&mut rng, 2), schema(&mut rng, 2)];
        let mut new = old.clone();
        let at = rng.usize(0..3);
        new[at] = changed(&mut rng, &old[at], 3);
        let (before, after) = (document(&old), document(&new));
        let changes = compare(&before, &after);
        let breaks = |place: &str| changes.iter().any(|c| c.breaking && c.place.starts_with(place));
        let (old_judge, new_judge) = (judge(&before, &old[0]), judge(&after, &new[0]));
        for (place, from, giver, taker) in [
            ("answer", (&after, &new[0]), &new_judge, &old_judge),
            ("body", (&before, &old[0]), &old_judge, &new_judge),
        ] {
            let mut counter = None;
            for _ in 0..12 {
                let one = value(&mut rng, from.0, from.1, 6);
                if giver.is_valid(&one) && !taker.is_valid(&one) {
                    counter = Some(one);
                }
            }
            match (breaks(place), &counter) {
                (false, Some(one)) => panic!(
                    "seed {seed}: {place} {one} no longer fits, and nothing breaks:\n{}\n{}\n{changes:?}",
                    json!(old),
                    json!(new)
                ),
                (false, None) => harmless += u32::from(old != new),
                (true, Some(_)) => shown += 1,
                (true, None) => breaking += 1,
            }
        }
        assert!(compare(&before, &before).is_empty(), "seed {seed}");
    }
    println!("harmless {harmless}, breaking and shown by a value {shown}, breaking {breaking}");
    assert!(harmless > 300 && shown > 300, "{harmless} {shown} {breaking}");
    // What breaks without a value that shows it is rare, or the verdict is worth nothing.
    assert!(breaking < 3 * shown, "{harmless} {shown} {breaking}");
}
