//! The promise: where a change is said to break nothing, every answer of the new contract is read as
//! before; where it is said to break, some answer is refused. The judge is the reader that serves.

use bytes::Bytes;
use fastrand::Rng;
use frontage_analysis::{Impact, Severity, Side};
use frontage_plan::{AnswerKind, Plan, RouteKind, ShapeId, Step};
use serde_json::{Map, Value, json};

use crate::support::{judged, seeds};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// A schema as a service's author may write it.
fn schema(rng: &mut Rng, depth: u32) -> Value {
    let kind = if depth == 0 { rng.u32(0..6) } else { rng.u32(0..12) };
    match kind {
        0 => json!({ "type": "boolean" }),
        1 => json!({ "type": "string" }),
        2 => json!({ "type": "integer" }),
        3 => json!({ "type": "number" }),
        4 => {
            let all = ["red", "green", "blue"];
            let some: Vec<&str> = all.into_iter().filter(|_| rng.u32(0..3) > 0).collect();
            json!({ "type": "string", "enum": if some.is_empty() { vec!["red"] } else { some } })
        }
        5 => {
            let kind = ["string", "integer", "boolean"][rng.usize(0..3)];
            json!({ "type": [kind, "null"] })
        }
        6 => json!({ "type": "array", "items": schema(rng, depth - 1) }),
        7 => json!({ "type": "object", "additionalProperties": schema(rng, depth - 1) }),
        8 => json!({ "anyOf": [schema(rng, depth - 1), { "type": "null" }] }),
        9 => {
            let variant = |rng: &mut Rng, tag: &str| {
                let mut own = object(rng, depth - 1);
                own["properties"]["kind"] = json!({ "const": tag });
                let required = own["required"].as_array_mut().expect("a list");
                required.push("kind".into());
                own
            };
            json!({ "oneOf": [variant(rng, "one"), variant(rng, "two")] })
        }
        _ => object(rng, depth - 1),
    }
}

fn object(rng: &mut Rng, depth: u32) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for name in NAMES {
        if rng.u32(0..3) > 0 {
            properties.insert(name.to_owned(), schema(rng, depth));
            if rng.u32(0..3) > 0 {
                required.push(name);
            }
        }
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

/// Changes a schema somewhere.
fn change(rng: &mut Rng, schema: &mut Value) {
    let mut parts = Vec::new();
    pointers(schema, String::new(), &mut parts);
    let at = &parts[rng.usize(0..parts.len())];
    let part = schema.pointer_mut(at).expect("it is there");
    match rng.u32(0..9) {
        0 => *part = self::schema(rng, 1),
        1 => *part = json!({ "anyOf": [part.clone(), { "type": "null" }] }),
        2 => *part = json!({}),
        3 if part["enum"].is_array() => {
            part["enum"].as_array_mut().expect("values").push("black".into());
        }
        4 if part["enum"].is_array() => *part = json!({ "type": "string" }),
        5 if part["type"] == "integer" => *part = json!({ "type": "number" }),
        _ if part["properties"].is_object() => {
            let names: Vec<String> =
                part["properties"].as_object().expect("a map").keys().cloned().collect();
            let name = if names.is_empty() {
                "e".into()
            } else {
                names[rng.usize(0..names.len())].clone()
            };
            let is_there = part["properties"][&name].is_object();
            let required = part["required"].as_array_mut().expect("a list");
            let had = required.iter().any(|own| *own == *name);
            match rng.u32(0..4) {
                0 if had => required.retain(|own| *own != *name),
                0 if is_there => required.push(name.into()),
                1 | 2 => {
                    required.retain(|own| *own != *name);
                    part["properties"].as_object_mut().expect("a map").remove(&name);
                }
                _ => part["properties"]["e"] = self::schema(rng, 1),
            }
        }
        6 if part["oneOf"].is_array() => {
            let mut own = object(rng, 1);
            own["properties"]["kind"] = json!({ "const": "three" });
            own["required"].as_array_mut().expect("a list").push("kind".into());
            part["oneOf"].as_array_mut().expect("variants").push(own);
        }
        _ => {}
    }
}

/// Where schemas stand in a schema.
fn pointers(schema: &Value, at: String, out: &mut Vec<String>) {
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        pointers(inner, format!("{at}/properties/{key}"), out);
    }
    for list in ["oneOf", "anyOf"] {
        for (index, inner) in schema[list].as_array().into_iter().flatten().enumerate() {
            pointers(inner, format!("{at}/{list}/{index}"), out);
        }
    }
    for key in ["items", "additionalProperties"] {
        if schema[key].is_object() {
            pointers(&schema[key], format!("{at}/{key}"), out);
        }
    }
    // What tells variants apart stays a constant.
    if schema.get("const").is_none() {
        out.push(at);
    }
}

/// A value that a schema allows.
fn value(rng: &mut Rng, schema: &Value) -> Value {
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(all) = schema["enum"].as_array() {
        return all[rng.usize(0..all.len())].clone();
    }
    for list in ["oneOf", "anyOf"] {
        if let Some(all) = schema[list].as_array() {
            let variant = &all[rng.usize(0..all.len())];
            return value(rng, variant);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[rng.usize(0..kinds.len())].as_str(),
        kind => kind.as_str(),
    };
    match kind {
        Some("null") => Value::Null,
        Some("boolean") => rng.bool().into(),
        Some("string") => "text".into(),
        Some("integer") => rng.i32(-3..9).into(),
        Some("number") => json!(f64::from(rng.i32(-3..9)) + 0.5),
        Some("array") => (0..rng.u32(0..3)).map(|_| value(rng, &schema["items"])).collect(),
        Some("object") => {
            let mut out = Map::new();
            for (name, own) in schema["properties"].as_object().into_iter().flatten() {
                let required = schema["required"].as_array();
                let is_required = required.is_some_and(|all| all.iter().any(|r| r == name));
                if is_required || rng.bool() {
                    out.insert(name.clone(), value(rng, own));
                }
            }
            // An object of which nothing is said holds anything.
            let is_empty = schema["properties"].as_object().is_none_or(Map::is_empty);
            if schema["additionalProperties"].is_object() || is_empty {
                for name in NAMES {
                    if rng.bool() {
                        continue;
                    }
                    let own = value(rng, &schema["additionalProperties"]);
                    out.entry(name).or_insert(own);
                }
            }
            Value::Object(out)
        }
        _ => [json!(null), json!(1.5), json!("x"), json!([1]), json!({ "a": 1 }), json!(true)]
            [rng.usize(0..6)]
        .clone(),
    }
}

/// An expression of what a route reads of a value.
fn read(rng: &mut Rng, schema: &Value, expr: &str, depth: u32) -> String {
    if depth == 0 || rng.u32(0..4) == 0 {
        return expr.to_owned();
    }
    let inner = schema["anyOf"].get(0).unwrap_or(schema);
    if let Some(all) = inner["properties"].as_object().filter(|all| !all.is_empty()) {
        let names: Vec<&String> = all.keys().collect();
        let some = (0..rng.usize(1..3)).map(|at| {
            let name = names[rng.usize(0..names.len())];
            format!("k{at}: {}", read(rng, &all[name], &format!("{expr}?.{name}"), depth - 1))
        });
        return format!("{{ {} }}", some.collect::<Vec<_>>().join(", "));
    }
    if inner["items"].is_object() {
        let item = format!("e{depth}");
        let made = read(rng, &inner["items"], &item, depth - 1);
        return format!("({expr}?.map(({item}) => ({{ v: {made} }})))");
    }
    if inner["oneOf"].is_array() {
        return format!("({expr}?.kind)");
    }
    match rng.u32(0..3) {
        0 => format!("typeof {expr}"),
        1 => format!("({expr} === null)"),
        _ => expr.to_owned(),
    }
}

fn contract(answer: &Value) -> String {
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Things", "version": "1" },
        "paths": { "/thing": { "get": {
            "operationId": "getThing",
            "responses": { "200": {
                "description": "it",
                "content": { "application/json": { "schema": answer } },
            } },
        } } },
    });
    document.to_string()
}

struct World {
    plan: Plan,
    impact: Impact,
    shape: ShapeId,
    route: String,
}

fn world(rng: &mut Rng, old: &Value, new: &Value) -> Option<World> {
    let route = format!(
        "import {{ route }} from \"frontage\";\nimport {{ things }} from \"#upstreams\";\n\
         export const GET = route(async () => {{\n  const thing = await things.getThing();\n  \
         return {{ v: {} }};\n}});\n",
        read(rng, old, "thing", 4)
    );
    // Some expressions compare what can never be equal.
    let (plan, impact) = judged("things", [&contract(old), &contract(new)], &route).ok()?;
    let RouteKind::Handler(handler) = &plan.routes[0].kind else { panic!("a handler") };
    let mut steps = handler.body.steps.iter();
    let call = steps.find_map(|step| match step {
        Step::Call { call, .. } => Some(call),
        _ => None,
    })?;
    let AnswerKind::Json(shape) = call.answers[0].1 else { panic!("JSON") };
    Some(World { plan, impact, shape, route })
}

/// Whether the plan takes an answer.
fn takes(world: &World, answer: &Value) -> bool {
    let body = Bytes::from(answer.to_string());
    frontage_json::read(&body, &world.plan, world.shape).is_ok()
}

#[test]
fn what_is_said_to_break_breaks_and_nothing_else_does() {
    let (mut breaking, mut harmless, mut unchanged) = (0, 0, 0);
    for seed in seeds() {
        let rng = &mut Rng::with_seed(seed);
        let old = object(rng, 3);
        let mut new = old.clone();
        for _ in 0..rng.u32(0..3) {
            change(rng, &mut new);
        }
        let Some(world) = world(rng, &old, &new) else { continue };
        let effects = world.impact.changes.iter().flat_map(|change| &change.effects);
        let breaks = effects
            .filter(|effect| effect.side == Side::Answer)
            .any(|effect| effect.severity < Severity::Drifts);
        let shown = || format!("seed {seed}\n{}\n{old}\n{new}\n{:#?}", world.route, world.impact);
        // Of the old contract, all is taken.
        for _ in 0..20 {
            let answer = value(rng, &old);
            assert!(takes(&world, &answer), "{answer} was taken\n{}", shown());
        }
        let refused = (0..400).map(|_| value(rng, &new)).find(|answer| !takes(&world, answer));
        match (breaks, refused) {
            (true, None) => panic!("nothing is refused\n{}", shown()),
            (false, Some(answer)) => panic!("{answer} is refused\n{}", shown()),
            _ => {}
        }
        if old == new {
            assert!(world.impact.changes.is_empty(), "{}", shown());
            unchanged += 1;
        } else if breaks {
            breaking += 1;
        } else {
            harmless += 1;
        }
    }
    assert!(
        breaking > 100 && harmless > 100 && unchanged > 100,
        "{breaking} {harmless} {unchanged}"
    );
}
