//! `cargo xtask mutants`: breaks one rule of the checker, the executor or a validator at a time and
//! asks the oracles; each must notice.
//!
//! In:    the checkout as it is, the rules to break ([`rules::RULES`]).
//! Out:   for each rule how many of an oracle's runs failed; exit status 0 if every one was caught.
//! Never: a change to the checkout: rules are broken in a copy below `target/`.

mod copy;
mod rules;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use rules::{Oracle, RULES, Rule};

use crate::step::command;

/// What an oracle said.
enum Verdict {
    Passed,
    /// How many runs failed.
    Failed(u64),
}

/// Breaks every rule, or those that are named.
///
/// # Errors
///
/// The rules that nobody noticed, or why they could not be tried.
pub(crate) fn run_all(root: &Path, rest: &[&str]) -> Result<(), String> {
    let picked = pick(rest)?;
    let tree = copy::tree(root)?;
    for oracle in Oracle::ALL {
        if picked.iter().any(|rule| rule.oracle == oracle) {
            build(root, &tree)?;
            println!("== mutants: nothing broken, {}", oracle.name());
            if let Verdict::Failed(failed) = ask(root, &tree, oracle)? {
                return Err(format!("mutants: {failed} runs fail before anything is broken"));
            }
        }
    }
    let mut missed = Vec::new();
    for rule in &picked {
        let began = Instant::now();
        let file = tree.join(rule.file);
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", rule.file))?;
        std::fs::write(&file, rule.apply(&text)?).map_err(|e| format!("{}: {e}", rule.file))?;
        let verdict = build(root, &tree).and_then(|()| ask(root, &tree, rule.oracle));
        std::fs::write(&file, text).map_err(|e| format!("{}: {e}", rule.file))?;
        let word = match verdict.map_err(|e| format!("{}: {e}", rule.name))? {
            Verdict::Failed(failed) => format!("caught, {failed} runs failed"),
            Verdict::Passed => {
                missed.push(rule.name);
                "MISSED".into()
            }
        };
        println!(
            "{:<24} {:<8} {word} ({:.0} s)",
            rule.name,
            rule.oracle.name(),
            began.elapsed().as_secs_f32()
        );
    }
    println!("mutants: {} caught, {} missed", picked.len() - missed.len(), missed.len());
    if missed.is_empty() { Ok(()) } else { Err(format!("missed: {}", missed.join(", "))) }
}

fn pick(rest: &[&str]) -> Result<Vec<&'static Rule>, String> {
    let mut picked = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let rule = RULES.iter().find(|rule| Some(&rule.name) == words.as_slice().first());
        match (*word, rule) {
            ("--only", Some(rule)) => picked.push(rule),
            _ => {
                let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
                return Err(format!("rules: {}; pick with --only NAME", names.join(", ")));
            }
        }
        words.next();
    }
    Ok(if picked.is_empty() { RULES.iter().collect() } else { picked })
}

/// Builds the copy's oracle. The dependencies are those of the checkout.
fn build(root: &Path, tree: &Path) -> Result<(), String> {
    let status = command(tree, "cargo", &["build", "--quiet", "-p", "frontage-oracle"])
        .env("CARGO_TARGET_DIR", root.join("target"))
        // Warnings about code that a broken rule no longer uses help nobody.
        .env("CARGO_BUILD_WARNINGS", "allow")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|e| format!("cannot start cargo: {e}"))?;
    if status.success() { Ok(()) } else { Err("the copy does not build".into()) }
}

fn ask(root: &Path, tree: &Path, oracle: Oracle) -> Result<Verdict, String> {
    let output = Command::new(root.join("target/debug/frontage-oracle"))
        .current_dir(tree)
        .args(oracle.runs())
        // Their number is enough.
        .env("FRONTAGE_ORACLE_SHRINK", "0")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("cannot start the oracle: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    // Every oracle ends with `N passed, M failed`.
    let failed = text.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once(" passed, ")?;
        rest.split_once(" failed")?.0.parse::<u64>().ok()
    });
    match failed {
        Some(0) if output.status.success() => Ok(Verdict::Passed),
        Some(failed) if failed > 0 => Ok(Verdict::Failed(failed)),
        _ => Err(format!(
            "the oracle gave no verdict:\n{text}\n{}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::rules::RULES;

    #[test]
    fn every_rule_stands_once_in_its_file() {
        let root = crate::root();
        let faults: Vec<String> = RULES
            .iter()
            .filter_map(|rule| {
                let text = std::fs::read_to_string(root.join(rule.file)).unwrap_or_default();
                rule.apply(&text).err()
            })
            .collect();
        assert_eq!(faults, Vec::<String>::new());
    }
}
