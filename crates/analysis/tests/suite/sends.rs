//! The promise for what is sent: where a change is said to break nothing, whatever the plan sends is
//! taken by the new contract. The judge is another program's JSON Schema.

use bytes::Bytes;
use fastrand::Rng;
use frontage_analysis::{Impact, Severity};
use frontage_json::Writer;
use frontage_plan::{AnswerKind, Plan, RouteKind, Step};
use serde_json::{Map, Value, json};

use crate::support::{judged, seeds};

const NAMES: [&str; 4] = ["a", "b", "a.b", "[]"];

/// A schema with limits, as a service's author may write it.
fn schema(rng: &mut Rng, depth: u32) -> Value {
    match if depth == 0 { rng.u32(0..5) } else { rng.u32(0..10) } {
        0 => json!({ "type": "boolean" }),
        1 => json!({ "type": "string", "minLength": 1, "maxLength": rng.u32(4..9) }),
        2 => json!({ "type": "integer", "minimum": 0, "maximum": rng.u32(4..9) }),
        3 => json!({ "type": "string", "enum": ["red", "green", "blue"] }),
        4 => match rng.bool() {
            true => json!({ "type": ["number", "null"] }),
            false => json!({ "type": "number", "enum": [1, 2.5, 7] }),
        },
        5..7 => json!({ "type": "array", "maxItems": 3, "items": schema(rng, depth - 1) }),
        _ => object(rng, depth - 1),
    }
}

fn object(rng: &mut Rng, depth: u32) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for name in NAMES {
        if rng.u32(0..3) > 0 {
            properties.insert(name.to_owned(), schema(rng, depth));
            if rng.bool() {
                required.push(name);
            }
        }
    }
    let mut own = json!({ "type": "object", "properties": properties, "required": required });
    if rng.bool() {
        own["additionalProperties"] = false.into();
    }
    own
}

fn pointers(schema: &Value, at: String, out: &mut Vec<String>) {
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        pointers(inner, format!("{at}/properties/{key}"), out);
    }
    if schema["items"].is_object() {
        pointers(&schema["items"], format!("{at}/items"), out);
    }
    out.push(at);
}

/// Narrows a schema somewhere.
fn change(rng: &mut Rng, schema: &mut Value) {
    let mut parts = Vec::new();
    pointers(schema, String::new(), &mut parts);
    let at = &parts[rng.usize(0..parts.len())];
    let part = schema.pointer_mut(at).expect("it is there");
    if let Some(properties) = part["properties"].as_object_mut() {
        let name = NAMES[rng.usize(0..NAMES.len())];
        match rng.u32(0..3) {
            0 => {
                properties.remove(name);
                let required = part["required"].as_array_mut().expect("a list");
                required.retain(|own| own != name);
            }
            kind => {
                if kind == 1 || !properties.contains_key(name) {
                    properties.insert(name.to_owned(), self::schema(rng, 1));
                }
                let required = part["required"].as_array_mut().expect("a list");
                required.retain(|own| own != name);
                required.push(name.into());
            }
        }
        return;
    }
    let narrower = match part["type"].as_str() {
        Some("array") => json!({ "type": "array", "maxItems": 1, "items": part["items"] }),
        Some("string") if part["enum"].is_array() => match rng.bool() {
            true => json!({ "type": "string", "enum": ["red"] }),
            false => json!({ "type": "string", "maxLength": rng.u32(2..6) }),
        },
        Some("number") if part["enum"].is_array() => {
            let kind = ["number", "integer"][rng.usize(0..2)];
            json!({ "type": kind, "minimum": rng.u32(0..3), "maximum": rng.u32(5..9) })
        }
        Some("string") => json!({ "type": "string", "minLength": 1, "maxLength": 2 }),
        Some("integer") => json!({ "type": "integer", "minimum": 2, "maximum": 4 }),
        Some("boolean") => json!({ "type": "string" }),
        _ => [json!({ "type": "number" }), json!({ "type": ["integer", "null"] })][rng.usize(0..2)]
            .clone(),
    };
    *part = narrower;
}

/// A value that a schema allows.
fn value(rng: &mut Rng, schema: &Value) -> Value {
    if let Some(all) = schema["enum"].as_array() {
        return all[rng.usize(0..all.len())].clone();
    }
    let of = |key: &str| schema[key].as_u64();
    match schema["type"].as_str() {
        Some("boolean") => rng.bool().into(),
        Some("string") => {
            let most = of("maxLength").unwrap_or(6) as usize;
            "é".repeat(rng.usize(1..=most)).into()
        }
        Some("integer") => rng.u64(of("minimum").unwrap_or(0)..=of("maximum").unwrap_or(9)).into(),
        Some("number") => 1.5.into(),
        Some("array") => {
            let count = rng.u64(0..=of("maxItems").unwrap_or(3));
            (0..count).map(|_| value(rng, &schema["items"])).collect()
        }
        Some("object") => {
            let mut out = Map::new();
            for (name, own) in schema["properties"].as_object().expect("a map") {
                let required = schema["required"].as_array().expect("a list");
                if required.contains(&name.as_str().into()) || rng.bool() {
                    out.insert(name.clone(), value(rng, own));
                }
            }
            Value::Object(out)
        }
        _ => {
            let some = [json!(null), json!(2), json!(2.5)];
            let is_whole = schema["type"][0] == "integer";
            some[rng.usize(0..if is_whole { 2 } else { 3 })].clone()
        }
    }
}

fn contract(thing: &Value) -> String {
    let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/T" } } });
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Things", "version": "1" },
        "components": { "schemas": { "T": thing } },
        "paths": { "/thing": {
            "get": { "operationId": "getThing",
                "responses": { "200": { "description": "it", "content": content } } },
            "put": { "operationId": "putThing",
                "requestBody": { "required": true, "content": content },
                "responses": { "204": { "description": "done" } } },
        } },
    });
    document.to_string()
}

fn route(body: &str) -> String {
    format!(
        "import {{ route, noContent }} from \"frontage\";\nimport {{ things }} from \"#upstreams\";\n\
         import type {{ Things }} from \"#upstreams\";\n\
         export const PUT = route(async () => {{\n{body}\n  return noContent();\n}});\n"
    )
}

/// What a plan reads of an answer, as it is written again; nothing if it does not take it.
fn handed_on(plan: &Plan, answer: &Value) -> Option<Value> {
    let RouteKind::Handler(handler) = &plan.routes[0].kind else { panic!("a handler") };
    let shape = handler.body.steps.iter().find_map(|step| match step {
        Step::Call { call, .. } => match call.answers.first()?.1 {
            AnswerKind::Json(shape) => Some(shape),
            _ => None,
        },
        _ => None,
    })?;
    let read = frontage_json::read(&Bytes::from(answer.to_string()), plan, shape).ok()?;
    let mut text = Vec::new();
    Writer::new(&mut text).write(&read.value).expect("it can be written");
    Some(serde_json::from_slice(&text).expect("JSON"))
}

fn breaks(impact: &Impact) -> bool {
    let mut effects = impact.changes.iter().flat_map(|change| &change.effects);
    effects.any(|effect| effect.severity < Severity::Drifts)
}

#[test]
fn what_is_sent_where_nothing_breaks_is_taken() {
    let (mut breaking, mut harmless) = (0, 0);
    for seed in seeds() {
        let rng = &mut Rng::with_seed(seed);
        let old = object(rng, 3);
        let mut new = old.clone();
        for _ in 0..rng.u32(1..3) {
            change(rng, &mut new);
        }
        let takes = jsonschema::draft202012::new(&new).expect("a schema");
        let sent = value(rng, &old);
        let is_handed_on = rng.u32(0..4) == 0;
        let body = match (is_handed_on, rng.u32(0..3)) {
            (true, 0) => "const thing = await things.getThing(); await things.putThing({ body: { ...thing } });".to_owned(),
            (true, _) => "const thing = await things.getThing(); await things.putThing({ body: thing });".to_owned(),
            (false, 0) => format!("const body: Things.T = {sent}; await things.putThing({{ body }});"),
            (false, _) => format!("await things.putThing({{ body: {sent} }});"),
        };
        let route = route(&body);
        let Ok((plan, impact)) = judged("things", [&contract(&old), &contract(&new)], &route)
        else {
            panic!("seed {seed}: it checks\n{route}\n{old}");
        };
        let all: Vec<Value> = if is_handed_on {
            (0..100).filter_map(|_| handed_on(&plan, &value(rng, &new))).collect()
        } else {
            vec![sent]
        };
        let refused = all.iter().find(|sent| !takes.is_valid(sent));
        if breaks(&impact) {
            breaking += 1;
            continue;
        }
        harmless += 1;
        assert!(
            refused.is_none(),
            "seed {seed}: {} is refused\n{route}\n{old}\n{new}\n{impact:#?}",
            refused.expect("one")
        );
    }
    assert!(breaking > 100 && harmless > 100, "{breaking} {harmless}");
}
