//! What a backend's OpenAPI says of one route, short enough to read in a case.
//!
//! In:    the document as JSON, a method and a path.
//! Out:   parameters, body, answers, the route's own problems, and the named schemas they need.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Codes that every route can give.
const EVERYWHERE: &[&str] = &[
    "body_too_large",
    "body_too_slow",
    "broken_body",
    "busy",
    "internal",
    "invalid_input",
    "malformed_body",
    "malformed_path",
    "request_timeout",
    "unsupported_media_type",
    "upstream_busy",
    "upstream_drift",
    "upstream_error",
    "upstream_timeout",
    "upstream_unavailable",
];
/// The longest line that an object or list is written in.
const WIDTH: usize = 96;

/// The part of `document` about `route`, such as `GET /x`; a text for people.
///
/// # Errors
///
/// If the document has no such operation.
pub fn part(document: &Value, route: &str) -> Result<String, String> {
    let (method, path) = route.split_once(' ').unwrap_or(("GET", route));
    let operation = &document["paths"][path][method.to_ascii_lowercase()];
    if operation.is_null() {
        return Err(format!("the document has no {route}"));
    }
    let mut out = Map::new();
    out.insert("operationId".into(), operation["operationId"].clone());
    for key in ["summary", "description", "deprecated", "parameters"] {
        if let Some(value) = operation.get(key) {
            out.insert(key.into(), value.clone());
        }
    }
    for parameter in out.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(parameter) = parameter.as_object_mut() {
            parameter.shift_remove("example");
        }
    }
    if let Some(body) = operation.get("requestBody") {
        out.insert("body".into(), contents(body));
    }
    let (mut answers, mut problems) = (Map::new(), Map::new());
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let response = resolved(document, response);
        if status.starts_with(['2', '3']) {
            let mut answer = contents(response);
            for (name, header) in response["headers"].as_object().into_iter().flatten() {
                if header.get("$ref").is_none() {
                    answer[format!("header {name}")] =
                        header.get("description").unwrap_or(&json!("set by the route")).clone();
                }
            }
            answers.insert(status.clone(), answer);
        } else {
            let schema = &response["content"]["application/problem+json"]["schema"];
            let codes = &schema["allOf"][1]["properties"]["code"]["enum"];
            let own: Vec<&str> = codes
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .filter(|code| !EVERYWHERE.contains(code))
                .collect();
            let computed = schema["allOf"].is_array() && codes.is_null();
            if !own.is_empty() || computed {
                let codes = if computed { json!("any code") } else { json!(own) };
                problems.insert(status.clone(), codes);
            }
        }
    }
    out.insert("answers".into(), Value::Object(answers));
    if !problems.is_empty() {
        out.insert("problems".into(), Value::Object(problems));
    }
    let mut names = BTreeSet::new();
    named(document, &Value::Object(out.clone()), &mut names);
    let schemas: Map<String, Value> = names
        .into_iter()
        .map(|name| (name.clone(), document["components"]["schemas"][&name].clone()))
        .collect();
    if !schemas.is_empty() {
        out.insert("schemas".into(), Value::Object(schemas));
    }
    let mut text = String::new();
    write(&Value::Object(out), 0, &mut text);
    Ok(text)
}

fn resolved<'d>(document: &'d Value, response: &'d Value) -> &'d Value {
    match response["$ref"].as_str().and_then(|at| at.strip_prefix("#/components/responses/")) {
        Some(name) => &document["components"]["responses"][name],
        None => response,
    }
}

/// Media types with their schemas.
fn contents(holder: &Value) -> Value {
    let content = holder["content"].as_object().into_iter().flatten();
    let schemas = content.map(|(media, content)| {
        (media.clone(), content.get("schema").cloned().unwrap_or(json!("bytes")))
    });
    Value::Object(schemas.collect())
}

/// The named schemas that a value leads to.
fn named(document: &Value, value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = value.as_str().and_then(|at| at.strip_prefix("#/components/schemas/"));
                if let (true, Some(name)) = (key == "$ref", name)
                    && names.insert(name.to_owned())
                {
                    named(document, &document["components"]["schemas"][name], names);
                }
                named(document, value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| named(document, item, names)),
        _ => {}
    }
}

/// JSON, with what is short in one line.
fn write(value: &Value, indent: usize, out: &mut String) {
    let flat = flat(value);
    let (open, close, count) = match value {
        Value::Object(members) if indent == 0 || flat.len() + indent > WIDTH => {
            ('{', '}', members.len())
        }
        Value::Array(items) if flat.len() + indent > WIDTH => ('[', ']', items.len()),
        _ => {
            out.push_str(&flat);
            return;
        }
    };
    out.push(open);
    let parts: Vec<(Option<&String>, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (Some(key), value)).collect(),
        Value::Array(items) => items.iter().map(|item| (None, item)).collect(),
        _ => Vec::new(),
    };
    for (at, (key, value)) in parts.into_iter().enumerate() {
        out.push('\n');
        out.push_str(&" ".repeat(indent + 2));
        if let Some(key) = key {
            out.push_str(&format!("{}: ", json!(key)));
        }
        write(value, indent + 2, out);
        if at + 1 < count {
            out.push(',');
        }
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(close);
}

fn flat(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let parts: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}: {}", json!(key), flat(value)))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
