//! What Node reads beside the route modules.

use std::collections::BTreeMap;
use std::sync::Arc;

use frontage_compile::{FrontendInput, SessionField, SessionType, UpstreamInput, Workspace};
use frontage_diagnostic::SourceMap;
use serde_json::{Value, json};

const CONTRACT: &str = r##"{ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": {
  "/things/{id}": { "get": { "operationId": "getThing",
    "parameters": [
      { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
      { "name": "f", "in": "query", "explode": false, "schema": { "type": "array", "items": { "type": "string" } } } ],
    "responses": { "200": { "description": "", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } } } } } },
  "components": { "schemas": { "Thing": { "type": "object", "required": ["id"], "properties": {
    "id": { "type": "string" }, "size": { "type": "integer" },
    "inner": { "$ref": "#/components/schemas/Thing" } } } } } }"##;

const ROUTE: &str = r##"
import { route } from "frontage";
import { shop } from "#upstreams";
export const GET = route(async ({ session }) => {
  const part = await shop.getThing({ id: session.sub }).catch(() => null);
  return { size: part?.size };
});
"##;

fn glue() -> (Workspace, Value, Value) {
    let mut sources = SourceMap::new();
    let file = sources.add("contracts/shop.json", CONTRACT);
    let read = frontage_contract::read(file, &mut sources, &mut |path| Err(path.to_owned()));
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    let upstreams = vec![UpstreamInput {
        name: "shop".into(),
        contract: Arc::new(read.contract),
        timeout_ms: 2000,
        safe: BTreeMap::new(),
        bulk: Vec::new(),
        span: None,
    }];
    let routes = vec![sources.add("frontends/web/routes/a.ts", ROUTE)];
    let session = vec![SessionField { name: "sub".into(), ty: SessionType::String }];
    let frontend =
        FrontendInput { name: "web".into(), routes, modules: Vec::new(), session: Some(session) };
    let workspace = Workspace { upstreams, shared: Vec::new() };
    let compiled = frontage_compile::compile(&workspace, &frontend, &sources);
    let plan = compiled.plan.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    let texts = [("frontends/web/routes/a.ts", ROUTE)];
    let own = frontage_emit::node_frontend(&plan, texts.into_iter());
    let texts = [("contracts/shop.json", CONTRACT)];
    let all = frontage_emit::node_upstreams(&workspace, texts.into_iter());
    let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    (workspace, read(&all), read(&own))
}

#[test]
fn the_module_has_every_operation() {
    let (workspace, ..) = glue();
    let text = frontage_emit::node_module(&workspace);
    assert!(text.contains("export const shop = upstream(\"shop\", [\"getThing\"]);"), "{text}");
}

#[test]
fn an_operation_tells_how_it_is_called_and_the_whole_of_its_answers() {
    let (_, all, _) = glue();
    let shop = &all["upstreams"]["shop"];
    assert_eq!(shop["timeout"], 2000);
    let operation = &shop["operations"]["getThing"];
    assert_eq!(operation["path"], json!(["/things/", 0]));
    assert_eq!(
        operation["parameters"],
        json!([["id", "id", "path", "simple", 0, 1], ["f", "f", "query", "form", 0, 0]])
    );
    let shape = operation["answers"][0][2].as_u64().and_then(|id| usize::try_from(id).ok());
    let shape = &shop["shapes"][shape.unwrap_or(usize::MAX)];
    assert_eq!(shape[0], "object");
    let names: Vec<_> =
        shape[1].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert_eq!(names, ["id", "size", "inner"]);
}

#[test]
fn a_call_is_known_by_its_place_and_reads_what_its_route_uses() {
    let (_, _, own) = glue();
    let route = &own["routes"][0];
    assert_eq!((&route["method"], &route["path"]), (&json!("GET"), &json!("/a")));
    assert_eq!(route["private"], true);
    let call = &route["calls"][0];
    assert_eq!(call[0], "frontends/web/routes/a.ts");
    assert_eq!((&call[1], &call[2]), (&json!(5), &json!(22)));
    assert_eq!(
        (&call[3], &call[4], &call[6]),
        (&json!("shop"), &json!("getThing"), &json!("part"))
    );
    let shape = call[5][0][2].as_u64().and_then(|id| usize::try_from(id).ok());
    let shape = &own["shapes"][shape.unwrap_or(usize::MAX)];
    let text = shape.to_string();
    assert!(text.contains("\"size\"") && !text.contains("\"inner\""), "{text}");
    // The sums of packages/frontage/src/glue.js over the same text.
    assert_eq!(own["modules"]["frontends/web/routes/a.ts"].as_str().map(str::len), Some(16));
}

#[test]
fn the_program_holds_the_whole_package() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packages/frontage");
    let mut found = Vec::new();
    let mut open = vec![folder.clone()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(path) = path.strip_prefix(&folder) {
                found.push(path.display().to_string());
            }
        }
    }
    // How the package itself is checked.
    found.retain(|path| path != "tsconfig.json" && !path.starts_with("node_modules"));
    found.sort();
    let held: Vec<&str> = frontage_emit::package_files().iter().map(|(path, _)| *path).collect();
    assert_eq!(held, found);
}
