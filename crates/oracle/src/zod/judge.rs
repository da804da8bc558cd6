//! What a backend says of schemas and inputs: compiled as routes, run without a handler.
//!
//! In:    schemas as they stand in a route module, and for each the inputs of requests.
//! Out:   for each input the value that the route would see, or the issues.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use frontage_compile::{FrontendInput, Workspace, compile};
use frontage_diagnostic::{Severity, SourceMap};
use frontage_emit::openapi::input_schema;
use frontage_exec::{Engine, InputFault, RouteRequest, check_input};
use frontage_json::Value as Seen;
use frontage_plan::RouteKind;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::shown::shown;

/// Judges several schemas: `[{ part, source, inputs: [text] }]`.
pub(super) fn judge(asked: &[Value]) -> Value {
    let together = engine(asked);
    let answers = asked.iter().enumerate().map(|(index, item)| {
        // One that is refused says so alone.
        let (engine, name) = match &together {
            Ok(engine) => (Ok(engine), index),
            Err(_) => (Err(()), 0),
        };
        match engine {
            Ok(engine) => run(engine, name, item),
            Err(()) => match self::engine(std::slice::from_ref(item)) {
                Ok(engine) => run(&engine, 0, item),
                Err(why) => json!({ "refused": why }),
            },
        }
    });
    Value::Array(answers.collect())
}

fn part(item: &Value) -> &str {
    item["part"].as_str().unwrap_or("body")
}

fn engine(asked: &[Value]) -> Result<Engine, String> {
    let mut sources = SourceMap::default();
    let mut routes = Vec::new();
    for (index, item) in asked.iter().enumerate() {
        let part = part(item);
        let method = if part == "body" { "POST" } else { "GET" };
        let source = item["source"].as_str().unwrap_or_default();
        let text = format!(
            "import {{ route }} from \"frontage\";\nimport {{ z }} from \"zod\";\n\
             const S = {source};\n\
             export const {method} = route({{ {part}: S }}, async () => 1);\n"
        );
        routes.push(sources.add(format!("frontends/x/routes/r{index}.ts"), text));
    }
    let workspace = Workspace { upstreams: Vec::new(), shared: Vec::new() };
    let frontend =
        FrontendInput { name: "x".into(), routes, modules: Vec::new(), session: Some(Vec::new()) };
    let compiled = catch_unwind(AssertUnwindSafe(|| compile(&workspace, &frontend, &sources)))
        .map_err(|_| "the compiler panicked".to_owned())?;
    let errors = compiled.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|d| format!("{}: {}", d.code, d.message)).collect();
    match compiled.plan {
        Some(plan) if errors.is_empty() => {
            Engine::new(Arc::new(plan)).map_err(|fault| fault.to_string())
        }
        _ => Err(errors.join("; ")),
    }
}

fn run(engine: &Engine, name: usize, item: &Value) -> Value {
    let path = format!("/r{name}");
    let found = engine.plan().routes.iter().position(|route| route.path_text() == path);
    let Some(route) = found else { return json!({ "refused": "no route" }) };
    let inputs = item["inputs"].as_array().into_iter().flatten();
    let results: Vec<Value> = inputs
        .map(|input| {
            let one = || one(engine, route, part(item), input);
            catch_unwind(AssertUnwindSafe(one)).unwrap_or_else(|_| json!("panic"))
        })
        .collect();
    let schema = match &engine.plan().routes[route].kind {
        RouteKind::Handler(handler) => handler.input.body.as_ref().map(input_schema),
        RouteKind::Passthrough(_) => None,
    };
    json!({ "results": results, "schema": schema })
}

fn one(engine: &Engine, route: usize, part: &str, input: &Value) -> Value {
    let mut headers = HeaderMap::new();
    let text = input.as_str().unwrap_or_default();
    let (mut query, mut body) = (None, Bytes::new());
    match part {
        "query" => query = Some(text),
        "headers" => {
            for (name, value) in input.as_object().into_iter().flatten() {
                let name = HeaderName::from_bytes(name.as_bytes());
                let value = HeaderValue::from_str(value.as_str().unwrap_or_default());
                if let (Ok(name), Ok(value)) = (name, value) {
                    headers.insert(name, value);
                }
            }
        }
        _ => {
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            body = Bytes::copy_from_slice(text.as_bytes());
        }
    }
    let method = if part == "body" { Method::POST } else { Method::GET };
    let request = RouteRequest {
        method: &method,
        path: "/",
        path_parameters: Vec::new(),
        query,
        headers: &headers,
        body,
        session: Seen::Undefined,
        request_id: "1",
        now_ms: 0.0,
        trace: None,
        compute: frontage_exec::Compute::UNBOUNDED,
    };
    match check_input(engine, route, &request) {
        Ok(input) => json!(format!(
            "ok {}",
            shown(match part {
                "query" => &input.query,
                "headers" => &input.headers,
                _ => &input.body,
            })
        )),
        Err(InputFault::Thrown(Seen::Error(error))) => json!(format!("throws {}", error.name())),
        Err(InputFault::Thrown(_)) => json!("throws"),
        Err(InputFault::Problem(problem)) if problem.issues.is_empty() => {
            json!(format!("problem {}", problem.code))
        }
        Err(InputFault::Problem(problem)) => {
            let issues = problem.issues.iter();
            let lines: Vec<String> =
                issues.map(|i| format!("[{}] {}: {}", i.path, i.code, i.message)).collect();
            json!(lines.join("\n"))
        }
    }
}
