//! tsc as an oracle: whatever `frontage check` accepts in a case, the real tsc accepts too.
//!
//! In:    the cases, the built `frontage`, npm's typescript.
//! Out:   how many cases disagree, each with what tsc says.
//! Never: a case that is left out in silence.
//!
//! A case with errors must be rejected by tsc too, unless its text says `tsc: accepts`: Frontage
//! refuses it by design. A case that says so must be accepted. Errors of contracts (`FR3...`) and
//! of configuration (`FR5...`) mean nothing to tsc; a case with only those is counted apart.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use frontage_testkit::case::{self, Case};

use crate::step::command;

/// What tsc must say of a case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accepts,
    Rejects,
    /// It has no say.
    Nothing,
}

/// Compares every case with tsc.
///
/// # Errors
///
/// The cases that disagree, or why they cannot be compared.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    eprintln!("== oracle: the cases through tsc");
    let began = Instant::now();
    let folder = root.join("target/oracle");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let mut cases = case::all(&root.join("cases"))?;
    cases.push(crate::page::case(root)?);
    let names: Vec<String> = cases.iter().map(|case| name(root, case)).collect();
    for (case, name) in cases.iter().zip(&names) {
        let target = folder.join(name);
        case.write(&root.join("cases/fixture"), &target).map_err(|e| format!("{name}: {e}"))?;
    }
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| -> Result<(), String> {
                    while let Some(name) =
                        names.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                    {
                        types(root, &folder.join(name)).map_err(|e| format!("{name}: {e}"))?;
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(_) => Err("oracle: a worker panicked".to_owned()),
        })
    })?;
    let found = ask(root, &folder)?;

    let (mut compared, mut disagreements) = (0, Vec::new());
    for (case, name) in cases.iter().zip(&names) {
        let expected = verdict(case);
        if expected == Verdict::Nothing {
            continue;
        }
        compared += 1;
        let faults = found.get(name).map(Vec::as_slice).unwrap_or_default();
        if faults.is_empty() == (expected == Verdict::Rejects) {
            let word = if faults.is_empty() { "accepts" } else { "rejects" };
            disagreements.push(format!(
                "{}: tsc {word} it ({})\n  {}",
                case.path.strip_prefix(root).unwrap_or(&case.path).display(),
                case.title,
                faults.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("\n  "),
            ));
        }
    }
    println!(
        "oracle: {compared} cases, {} disagreements ({} about contracts and configuration) in {:.1} s",
        disagreements.len(),
        cases.len() - compared,
        began.elapsed().as_secs_f32()
    );
    if disagreements.is_empty() { Ok(()) } else { Err(disagreements.join("\n")) }
}

/// A case's name as one folder: `calls/timeout.md` becomes `calls--timeout`.
pub(crate) fn name(root: &Path, case: &Case) -> String {
    let path = case.path.strip_prefix(root.join("cases")).unwrap_or(&case.path);
    path.with_extension("").display().to_string().replace('/', "--")
}

fn verdict(case: &Case) -> Verdict {
    let text = std::fs::read_to_string(&case.path).unwrap_or_default();
    if text.lines().any(|line| line == "tsc: accepts") {
        return Verdict::Accepts;
    }
    let mut areas = Vec::new();
    for block in case.blocks("diagnostics") {
        for code in block.text.lines().filter_map(|line| line.strip_prefix("error[FR")) {
            areas.extend(code.chars().next());
        }
    }
    match areas.as_slice() {
        [] => Verdict::Accepts,
        areas if areas.iter().all(|area| matches!(area, '3' | '5')) => Verdict::Nothing,
        _ => Verdict::Rejects,
    }
}

/// Writes the declarations of one workspace; its routes may have errors.
pub(crate) fn types(root: &Path, folder: &Path) -> Result<(), String> {
    let output = Command::new(root.join("target/debug/frontage"))
        .current_dir(root)
        .args(["types", "--quiet", "-C"])
        .arg(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("cannot start frontage: {e}"))?;
    match output.status.code() {
        Some(0 | 1) => Ok(()),
        _ => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// What tsc has against each workspace.
fn ask(root: &Path, folder: &Path) -> Result<BTreeMap<String, Vec<String>>, String> {
    let folder = folder.display().to_string();
    let output = command(root, "node", &["xtask/src/oracle.mjs", &folder])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cannot start node: {e}"))?;
    if !output.status.success() {
        return Err("oracle: tsc could not be asked".into());
    }
    serde_json::from_slice(&output.stdout).map_err(|e| format!("oracle: {e}"))
}
