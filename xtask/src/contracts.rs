//! The examples' contracts: figures of the largest, GitHub's as npm ships it, and a comparison of all
//! with another reader.
//!
//! In:    a build, the examples, `node_modules`.
//! Out:   time and peak memory of `frontage check`, time of `frontage types`; what differs from
//!        `openapi-typescript`.
//! Never: a figure of a check that found an error.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::figures::times;
use crate::step::{command, run};

/// The contract, as the workspace's `frontage.toml` names it.
const CONTRACT: &str = "node_modules/@octokit/openapi/generated/api.github.com.json";

/// What reading it costs.
pub(crate) struct Figures {
    /// The contract's size, for people.
    pub(crate) size: String,
    /// `frontage check`: for people, and the median in milliseconds.
    pub(crate) check: (String, f64),
    /// The most memory that a check had.
    pub(crate) peak_kib: u64,
    /// `frontage types`, when nothing has changed.
    pub(crate) types: (String, f64),
}

/// Measures.
///
/// # Errors
///
/// If the contract is not installed, or a command fails.
pub(crate) fn figures(root: &Path) -> Result<Figures, String> {
    let bytes = std::fs::metadata(root.join(CONTRACT))
        .map_err(|e| format!("{CONTRACT}: {e}; install it: cargo xtask test --only npm"))?
        .len();
    let mut peak_kib = 0;
    let check = times(|| {
        let answer = frontage(root, "check")?;
        let answer: serde_json::Value =
            serde_json::from_slice(&answer).map_err(|e| format!("frontage check: {e}"))?;
        let peak = answer["peakMemoryKiB"].as_u64().ok_or("frontage check: no peak memory")?;
        peak_kib = peak_kib.max(peak);
        Ok(())
    })?;
    let types = times(|| frontage(root, "types").map(|_| ()))?;
    Ok(Figures { size: format!("{:.1} MB", bytes as f64 / 1e6), check, peak_kib, types })
}

/// Compares our reading of the examples' contracts with that of `openapi-typescript`.
///
/// # Errors
///
/// If something differs that is not explained.
pub(crate) fn compare(root: &Path) -> Result<(), String> {
    let workspaces = ["examples/shop", "examples/github"];
    for workspace in workspaces {
        let arguments = ["types", "-q", "-C", workspace];
        let frontage = root.join("target/debug/frontage");
        run("frontage types", Command::new(frontage).current_dir(root).args(arguments))?;
    }
    let program = "xtask/src/contracts/compare.mjs";
    let arguments = [&[program][..], &workspaces].concat();
    run("contracts", &mut command(root, "node_modules/.bin/node", &arguments))
}

fn frontage(root: &Path, word: &str) -> Result<Vec<u8>, String> {
    let output = Command::new(root.join("target/release/frontage"))
        .current_dir(root)
        .args([word, "--json", "-C", "examples/github"])
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("frontage {word}: {e}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("frontage {word}: {}", String::from_utf8_lossy(&output.stdout)))
    }
}
