//! The talk with Node: it makes schemas and inputs and asks zod; this side judges them as a
//! backend does.
//!
//! In:    lines of JSON from Node: `{"ask": [...]}` with schemas and inputs, `{"note": text}`, and
//!        in the end `{"outcome": ...}`.
//! Out:   a line for each question; the outcome.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::judge::judge;
use crate::options::Options;

/// Drives Node until it has seen enough; gives its outcome.
///
/// # Errors
///
/// If Node cannot be started, fails, or says something odd.
pub(super) fn run(options: &Options) -> Result<Value, String> {
    let node = options.root.join("node_modules/.bin/node");
    let node = if node.exists() { node } else { "node".into() };
    let mut child = Command::new(node)
        .current_dir(&options.root)
        .arg("crates/oracle/src/zod/main.mjs")
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot start node: {e}"))?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("node has no pipes".into());
    };
    let task = json!({ "runs": options.runs, "seed": options.seed, "only": options.only });
    writeln!(input, "{task}").map_err(|e| format!("node: {e}"))?;
    let mut outcome = None;
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| format!("node: {e}"))?;
        let Ok(mut message) = serde_json::from_str::<Value>(&line) else {
            return Err(format!("node says what is no JSON: {line}"));
        };
        if let Some(note) = message["note"].as_str() {
            eprintln!("{note}");
        } else if let Some(asked) = message["ask"].as_array() {
            let answer = judge(asked);
            writeln!(input, "{answer}").map_err(|e| format!("node: {e}"))?;
        } else {
            outcome = Some(message["outcome"].take());
        }
    }
    let status = child.wait().map_err(|e| format!("node: {e}"))?;
    outcome.filter(|_| status.success()).ok_or(format!("node failed ({status})"))
}
