//! Problem details in the document: one schema, and for each route its statuses and codes.
//!
//! Sources: RFC 9457.

use std::collections::BTreeMap;

use frontage_plan::problem_title;
use serde_json::{Map, Value, json};

use super::{has_body, reference};
use crate::api::{ApiOperation, Codes, FAULT, PROBLEM};

/// The schema of every problem.
pub(super) fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457): why a request has no answer.",
        "properties": {
            "type": { "type": "string", "description": "A URI of the kind of problem." },
            "title": { "type": "string", "description": "The same for every problem of this code." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The status of the answer." },
            "code": { "type": "string", "description": "What happened, for programs." },
            "detail": { "type": "string", "description": "What happened this time, for people." },
            "errors": {
                "type": "array",
                "items": reference("schemas", FAULT),
                "description": "Every fault of the request, with `invalid_input`.",
            },
            "requestId": { "type": "string", "description": "Names the request in logs." },
        },
        "required": ["type", "title", "status", "code"],
    })
}

/// The schema of one fault of an input.
pub(super) fn fault() -> Value {
    json!({
        "type": "object",
        "description": "One fault of a request.",
        "properties": {
            "in": { "enum": ["params", "query", "headers", "body"], "type": "string", "description": "Where it is." },
            "path": { "type": "string", "description": "Names and indices that lead to it: `items[2].id`." },
            "code": { "type": "string", "description": "Zod's code." },
            "message": { "type": "string", "description": "For people." },
        },
        "required": ["in", "path", "code", "message"],
    })
}

/// Responses that several operations give, by their names.
pub(super) type Shared = BTreeMap<&'static str, Value>;

/// Adds the ways in which an operation can fail.
pub(super) fn add(
    operation: &ApiOperation,
    responses: &mut BTreeMap<String, Value>,
    shared: &mut Shared,
) {
    if operation.passed {
        // The upstream's own problems come as they are, whatever they look like.
        let other = json!({
            "description": "The upstream's own answer as it is, or a problem of the backend.",
            "content": { "application/problem+json": {}, "*/*": {} },
        });
        responses.insert("default".into(), other);
        return;
    }
    let body = has_body(operation.method);
    for (status, codes) in &operation.faults {
        let Some(status) = status else { continue };
        let response = response(*status, codes, body);
        let response = match usual(*status, codes).filter(|_| body) {
            Some(name) => {
                shared.insert(name, response);
                reference("responses", name)
            }
            None => response,
        };
        responses.insert(status.to_string(), response);
    }
    let mut other = json!({ "description": "Any other problem." });
    if body {
        other["content"] =
            json!({ "application/problem+json": { "schema": reference("schemas", PROBLEM) } });
    }
    match responses.get_mut("default") {
        // Answers with a status of their own share this place with problems.
        Some(answers) => {
            if let (Some(content), Some(problems)) = (
                answers.get_mut("content").and_then(Value::as_object_mut),
                other["content"].as_object(),
            ) {
                content.extend(problems.clone());
            }
        }
        None if body => {
            shared.insert("OtherProblem", other);
            responses.insert("default".into(), reference("responses", "OtherProblem"));
        }
        None => {
            responses.insert("default".into(), other);
        }
    }
}

fn response(status: u16, codes: &Codes, body: bool) -> Value {
    let mut out = Map::new();
    out.insert("description".into(), words(status, codes).into());
    if status == 503 {
        let after = json!({ "retry-after": reference("headers", "RetryAfter") });
        out.insert("headers".into(), after);
    }
    if body {
        let content = content(status, codes);
        out.insert("content".into(), json!({ "application/problem+json": content }));
    }
    Value::Object(out)
}

/// The name of a response whose codes are the server's own.
fn usual(status: u16, codes: &Codes) -> Option<&'static str> {
    if codes.open {
        return None;
    }
    let known: Vec<&str> = codes.known.iter().map(String::as_str).collect();
    Some(match (status, known.as_slice()) {
        (400, ["invalid_input"]) => "InvalidInput",
        (400, ["malformed_path"]) => "MalformedPath",
        (400, ["invalid_input", "malformed_path"]) => "InvalidInputOrPath",
        (400, ["broken_body", "invalid_input", "malformed_body"]) => "InvalidBody",
        (400, ["broken_body", "invalid_input", "malformed_body", "malformed_path"]) => {
            "InvalidBodyOrPath"
        }
        (408, ["body_too_slow"]) => "BodyTooSlow",
        (413, ["body_too_large"]) => "BodyTooLarge",
        (415, ["unsupported_media_type"]) => "UnsupportedMediaType",
        (401, ["upstream_unauthorized"]) => "UpstreamUnauthorized",
        (403, ["upstream_forbidden"]) => "UpstreamForbidden",
        (404, ["upstream_not_found"]) => "UpstreamNotFound",
        (409, ["upstream_conflict"]) => "UpstreamConflict",
        (410, ["upstream_gone"]) => "UpstreamGone",
        (422, ["upstream_unprocessable"]) => "UpstreamUnprocessable",
        (500, ["internal"]) => "Internal",
        (502, ["upstream_drift", "upstream_error", "upstream_unavailable"]) => "UpstreamFailed",
        (503, ["busy"]) => "Busy",
        (503, ["busy", "upstream_busy"]) => "UpstreamBusy",
        (504, ["request_timeout"]) => "TimedOut",
        (504, ["request_timeout", "upstream_timeout"]) => "UpstreamTimedOut",
        _ => return None,
    })
}

fn content(status: u16, codes: &Codes) -> Value {
    let known: Vec<&str> = codes.known.iter().map(String::as_str).collect();
    let mut properties = json!({ "status": { "const": status } });
    let all_of = if codes.open {
        json!([reference("schemas", PROBLEM), { "type": "object", "properties": properties }])
    } else {
        properties["code"] = json!({ "type": "string", "enum": known });
        json!([reference("schemas", PROBLEM), { "type": "object", "properties": properties }])
    };
    let mut examples = Map::new();
    for code in &known {
        let mut value = json!({
            "type": "about:blank",
            "title": title(status, code),
            "status": status,
            "code": code,
            "requestId": "0b6f1c2e8a544d7e9f305c1d2e3f4a5b",
        });
        if *code == "invalid_input" {
            value["errors"] = json!([{
                "in": "query", "path": "limit", "code": "too_big",
                "message": "Too big: expected number to be <=10",
            }]);
        }
        examples.insert((*code).into(), json!({ "value": value }));
    }
    let mut out = json!({ "schema": { "allOf": all_of } });
    if !examples.is_empty() {
        out["examples"] = Value::Object(examples);
    }
    out
}

fn title(status: u16, code: &str) -> &'static str {
    problem_title(code).unwrap_or_else(|| reason(status))
}

/// The usual words for a status.
fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed",
        413 => "Payload Too Large",
        415 => "Unsupported Media Type",
        418 => "I'm a teapot",
        422 => "Unprocessable Entity",
        423 => "Locked",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Error",
    }
}

fn words(status: u16, codes: &Codes) -> String {
    let mut list: Vec<String> = codes.known.iter().map(|code| format!("`{code}`")).collect();
    if codes.open {
        list.push("a code of its own".into());
    }
    format!("{}: {}.", reason(status), list.join(", "))
}
