//! Arrows between crates, and the libraries that a tower must not know.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::sources::Sources;

/// What each crate may depend on, as in ARCHITECTURE.md.
const TABLE: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("plan", &[]),
    ("syntax", &["diagnostic"]),
    ("contract", &["diagnostic"]),
    ("json", &["plan"]),
    ("upstream", &["plan"]),
    ("compile", &["syntax", "contract", "plan", "diagnostic"]),
    ("exec", &["plan", "json", "upstream"]),
    ("emit", &["compile", "contract", "plan"]),
    ("analysis", &["compile", "contract", "diagnostic", "plan"]),
    ("compare", &[]),
    ("server", &["exec", "plan"]),
    (
        "oracle",
        &[
            "diagnostic",
            "plan",
            "syntax",
            "contract",
            "json",
            "upstream",
            "compile",
            "exec",
            "emit",
            "server",
            "testkit",
        ],
    ),
];

/// Crates that compile: text in, plan out.
const COMPILE_TOWER: &[&str] =
    &["diagnostic", "plan", "syntax", "contract", "compile", "emit", "compare", "analysis"];
/// What the compile tower must not do.
const COMPILE_NEVER: &[&str] =
    &["tokio", "hyper", "std::fs", "std::net", "std::env::", "SystemTime", "Instant::now"];
/// Crates that serve.
const SERVE_TOWER: &[&str] = &["json", "upstream", "exec", "server"];
/// What the serve tower must not know.
const SERVE_NEVER: &[&str] = &["oxc_", "serde-saphyr", "toml", "clap", "annotate-snippets"];

pub(super) fn check(
    root: &Path,
    sources: &Sources,
    faults: &mut Vec<String>,
) -> Result<(), String> {
    let output = Command::new("cargo")
        .current_dir(root)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(short) = name.strip_prefix("frontage-") else { continue };
        if short == "testkit" {
            continue;
        }
        let Some((_, allowed)) = TABLE.iter().find(|(known, _)| *known == short) else {
            faults.push(format!("crates/{short}: not in the table of crates"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            if dependency["kind"].as_str().is_some() {
                continue; // dev and build dependencies do not ship
            }
            let target = dependency["name"].as_str().unwrap_or_default();
            if let Some(other) = target.strip_prefix("frontage-")
                && !allowed.contains(&other)
            {
                faults.push(format!("crates/{short}: must not depend on {other}"));
            }
            if SERVE_TOWER.contains(&short) && SERVE_NEVER.iter().any(|n| target.starts_with(n)) {
                faults.push(format!("crates/{short}: the serve tower must not know {target}"));
            }
        }
    }
    for file in sources.rust() {
        let Some(name) = crate_of(&file.path) else { continue };
        let tests = file.path.contains("/tests/") || file.path.ends_with("/tests.rs");
        if !COMPILE_TOWER.contains(&name) || !file.path.contains("/src/") || tests {
            continue;
        }
        let code = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or_default();
            if let Some(word) = COMPILE_NEVER.iter().find(|word| line.contains(**word)) {
                let (path, number) = (&file.path, number + 1);
                faults.push(format!("{path}:{number}: the compile tower must not use {word}"));
            }
        }
    }
    Ok(())
}

/// `compile` for `crates/compile/src/lib.rs`.
pub(super) fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.split('/').next()
}
