//! The talk with Node: it makes variants and asks tsc; this side judges them as Frontage does.
//!
//! In:    lines of JSON from Node: `{"check": ...}` with a variant, `{"note": text}`, and in the end
//!        `{"outcome": ...}`.
//! Out:   a line for each variant; the outcome.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use frontage_compile::hir::CheckedKind;
use frontage_compile::types::Ty;
use frontage_compile::{Compiled, codes};
use frontage_diagnostic::{Severity, SourceMap};
use serde_json::{Value, json};

use super::refusals::by_design;
use super::shape::shape;
use super::workspace::Seed;
use crate::options::Options;

/// Drives Node until it has seen enough; gives its outcome.
///
/// # Errors
///
/// If Node cannot be started, fails, or says something odd.
pub(super) fn run(options: &Options, folder: &Path, seeds: &[Seed]) -> Result<Value, String> {
    let node = options.root.join("node_modules/.bin/node");
    let node = if node.exists() { node } else { "node".into() };
    let mut child = Command::new(node)
        .current_dir(&options.root)
        .arg("crates/oracle/src/types/main.mjs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot start node: {e}"))?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("node has no pipes".into());
    };
    let listed: Vec<Value> = seeds
        .iter()
        .map(|seed| {
            let frontends: BTreeMap<_, _> =
                seed.frontends.iter().map(|f| (&f.name, seed.paths(f))).collect();
            json!({ "name": seed.name, "folder": seed.folder, "frontends": frontends })
        })
        .collect();
    let task = json!({
        "root": options.root,
        "folder": folder,
        "runs": options.runs,
        "seed": options.seed,
        "only": options.only,
        "spoken": options.cases.is_some(),
        "seeds": listed,
    });
    writeln!(input, "{task}").map_err(|e| format!("node: {e}"))?;
    let mut outcome = None;
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| format!("node: {e}"))?;
        let Ok(mut message) = serde_json::from_str::<Value>(&line) else {
            return Err(format!("node says what is no JSON: {line}"));
        };
        if let Some(note) = message["note"].as_str() {
            eprintln!("{note}");
        } else if message["check"].is_object() {
            let answer = judge(seeds, &message["check"])?;
            writeln!(input, "{answer}").map_err(|e| format!("node: {e}"))?;
        } else {
            outcome = Some(message["outcome"].take());
        }
    }
    let status = child.wait().map_err(|e| format!("node: {e}"))?;
    outcome.filter(|_| status.success()).ok_or(format!("node failed ({status})"))
}

/// What Frontage says of one variant.
fn judge(seeds: &[Seed], asked: &Value) -> Result<Value, String> {
    let name = asked["seed"].as_str().unwrap_or_default();
    let seed = seeds.iter().find(|seed| seed.name == name).ok_or(format!("no seed `{name}`"))?;
    let frontend = asked["frontend"].as_str().unwrap_or_default();
    let files: BTreeMap<String, String> =
        serde_json::from_value(asked["files"].clone()).map_err(|e| format!("node: {e}"))?;
    let began = Instant::now();
    let compiled = catch_unwind(AssertUnwindSafe(|| seed.compile(frontend, &files)));
    let took_ms = began.elapsed().as_secs_f64() * 1000.0;
    Ok(match compiled {
        Ok(Some((compiled, sources))) => said(&compiled, &sources, took_ms),
        Ok(None) => return Err(format!("`{name}` has no frontend `{frontend}`")),
        Err(_) => json!({
            "faults": [{ "code": "panic", "byDesign": false, "message": "the checker panicked" }],
            "results": {},
            "ms": took_ms,
        }),
    })
}

fn said(compiled: &Compiled, sources: &SourceMap, took_ms: f64) -> Value {
    let errors = compiled.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    let faults: Vec<Value> = errors
        .map(|found| {
            let place = found.primary.as_ref().map(|label| label.span);
            let file = place.map(|span| sources.file(span.file));
            json!({
                "code": found.code.to_string(),
                "byDesign": by_design(found.code),
                "ofUnknown": found.code == codes::UNKNOWN_USED,
                "start": place.map(|span| span.start),
                "end": place.map(|span| span.end),
                "message": found.message,
                "file": file.map(|file| file.path.clone()),
                "line": place.zip(file).map(|(span, file)| file.line_column(span.start).line),
            })
        })
        .collect();
    let mut results = BTreeMap::new();
    for checked in compiled.checked.iter().filter(|_| faults.is_empty()) {
        for route in &checked.routes {
            let path = &sources.file(route.span.file).path;
            let key = format!("{path} {}", format!("{:?}", route.method).to_uppercase());
            let handed_on = matches!(route.kind, CheckedKind::Passthrough { .. });
            let result = if handed_on { Ty::UNKNOWN } else { route.result };
            results.insert(key, shape(&checked.types, result));
        }
    }
    json!({ "faults": faults, "results": results, "ms": took_ms })
}
