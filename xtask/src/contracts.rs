//! Figures of the largest contract: GitHub's, as npm ships it, with the workspace that uses it.
//!
//! In:    the release build, `examples/github`, `node_modules`.
//! Out:   time and peak memory of `frontage check`, time of `frontage types`.
//! Never: a figure of a check that found an error.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::figures::times;

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
