//! Node as an oracle: what a route answers in a case, the Node runtime answers too.
//!
//! In:    the cases with requests, the built `frontage`, `packages/frontage`.
//! Out:   how many answers disagree, each with what Node says.
//! Never: a case that is left out in silence.
//!
//! A case whose text says `node: differs, ID` differs by design: ID is one of the ids in
//! docs/language.md, "Differences from Node". Node must then indeed answer something else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use frontage_testkit::case::{self, Case};
use serde_json::{Value, json};

use crate::oracle::{name, types};
use crate::step::command;

/// Compares every case that has a request with Node.
///
/// # Errors
///
/// The cases that disagree, or why they cannot be compared.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    eprintln!("== node: the cases through the Node runtime");
    let began = Instant::now();
    let folder = root.join("target/node");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let only = std::env::var("CASE").unwrap_or_default();
    let mut cases = case::all(&root.join("cases"))?;
    cases.push(crate::page::answered(root)?);
    cases.retain(|case| {
        case.blocks("request").next().is_some() && case.path.to_string_lossy().contains(&only)
    });
    let names: Vec<String> = cases.iter().map(|case| name(root, case)).collect();
    let mut differing = BTreeMap::new();
    let known = reasons(root)?;
    for (case, name) in cases.iter().zip(&names) {
        let target = folder.join(name);
        let write = || {
            case.write(&root.join("cases/fixture"), &target)?;
            std::fs::write(target.join("case.json"), blocks(case).to_string())
        };
        write().map_err(|e| format!("{name}: {e}"))?;
        if let Some(reason) = reason(case) {
            if !known.contains(&reason) {
                return Err(format!("{name}: docs/language.md has no difference `{reason}`"));
            }
            differing.insert(name.clone(), reason);
        }
    }
    prepare(root, &folder, &names)?;
    let found = ask(root, &folder)?;
    let (mut disagreements, mut seen) = (Vec::new(), BTreeSet::new());
    for (case, name) in cases.iter().zip(&names) {
        let path = case.path.strip_prefix(root).unwrap_or(&case.path).display();
        match (found["differences"].get(name), differing.get(name)) {
            (None, None) => {}
            (Some(_), Some(reason)) => {
                seen.insert(reason.clone());
            }
            (None, Some(reason)) => {
                disagreements.push(format!("{path}: Node agrees, though it says `{reason}`"));
            }
            (Some(faults), None) => {
                let faults: Vec<&str> =
                    faults.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                disagreements.push(format!("{path} ({}): {}", case.title, faults.join("\n  ")));
            }
        }
    }
    if only.is_empty() {
        let unseen = known.difference(&seen);
        disagreements.extend(unseen.map(|id| format!("no case shows the difference `{id}`")));
    }
    println!(
        "node: {} cases, {} answers, {} disagreements ({} differ by design) in {:.1} s",
        cases.len(),
        found["answers"],
        disagreements.len(),
        differing.len(),
        began.elapsed().as_secs_f32()
    );
    if disagreements.is_empty() { Ok(()) } else { Err(disagreements.join("\n")) }
}

/// The ids of deliberate differences: the list items of docs/language.md that begin with one.
fn reasons(root: &Path) -> Result<BTreeSet<String>, String> {
    let path = root.join("docs/language.md");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let section = text.split("## Differences from Node").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let items = section.lines().filter_map(|line| line.strip_prefix("- `"));
    Ok(items.filter_map(|item| item.split_once('`')).map(|(id, _)| id.to_owned()).collect())
}

fn reason(case: &Case) -> Option<String> {
    let text = std::fs::read_to_string(&case.path).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix("node: differs, ").map(str::to_owned))
}

fn blocks(case: &Case) -> Value {
    let blocks: Vec<Value> = case
        .blocks
        .iter()
        .map(|block| json!({ "kind": block.kind, "text": block.text, "line": block.line }))
        .collect();
    json!({ "blocks": blocks, "differs": reason(case) })
}

/// Writes the glue of every workspace.
fn prepare(root: &Path, folder: &Path, names: &[String]) -> Result<(), String> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let work = || {
            while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                types(root, &folder.join(name)).map_err(|e| format!("{name}: {e}"))?;
            }
            Ok(())
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(_) => Err("node: a worker panicked".to_owned()),
        })
    })
}

fn ask(root: &Path, folder: &Path) -> Result<Value, String> {
    let script = folder.display().to_string();
    let output = command(root, "node_modules/.bin/node", &["xtask/src/node.mjs", &script])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cannot start node: {e}"))?;
    if !output.status.success() {
        return Err("node: the cases could not be run".into());
    }
    serde_json::from_slice(&output.stdout).map_err(|e| format!("node: {e}"))
}
