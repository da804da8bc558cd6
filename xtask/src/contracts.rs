//! The examples' contracts: figures of the largest, GitHub's as npm ships it, and a comparison of all
//! with another reader.
//!
//! In:    a build, the examples, `node_modules`.
//! Out:   time and peak memory of `frontage check`, time of `frontage types`; what differs from
//!        `openapi-typescript`.
//! Never: a figure of a check that found an error.

use std::path::{Path, PathBuf};
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
    /// Routes of a workspace that holds the example's again and again.
    pub(crate) routes: usize,
    /// `frontage check` of that, and the most memory that a check had.
    pub(crate) many: ((String, f64), u64),
    /// That workspace.
    pub(crate) large: PathBuf,
}

/// How often the example's routes are repeated: a thousand of them and a few.
const REPEATED: usize = 72;

/// Measures.
///
/// # Errors
///
/// If the contract is not installed, or a command fails.
pub(crate) fn figures(root: &Path) -> Result<Figures, String> {
    let bytes = std::fs::metadata(root.join(CONTRACT))
        .map_err(|e| format!("{CONTRACT}: {e}; install it: cargo xtask test --only npm"))?
        .len();
    let example = root.join("examples/github");
    let (check, peak_kib) = checked(root, &example)?;
    let types = times(|| frontage(root, "types", &example).map(|_| ()))?;
    let large = root.join("target/figures/many-routes");
    let routes = repeated(&example, &large).map_err(|e| format!("{}: {e}", large.display()))?;
    let many = checked(root, &large)?;
    let size = format!("{:.1} MB", bytes as f64 / 1e6);
    Ok(Figures { size, check, peak_kib, types, routes, many, large })
}

/// Times of `frontage check`, and the most memory that one had.
fn checked(root: &Path, workspace: &Path) -> Result<((String, f64), u64), String> {
    let mut peak_kib = 0;
    let check = times(|| {
        let answer = frontage(root, "check", workspace)?;
        let answer: serde_json::Value =
            serde_json::from_slice(&answer).map_err(|e| format!("frontage check: {e}"))?;
        let peak = answer["peakMemoryKiB"].as_u64().ok_or("frontage check: no peak memory")?;
        peak_kib = peak_kib.max(peak);
        Ok(())
    })?;
    Ok((check, peak_kib))
}

/// Copies a workspace and repeats its route modules in folders `v0`, `v1` and so on; gives the number
/// of modules.
fn repeated(from: &Path, to: &Path) -> std::io::Result<usize> {
    let mut open = vec![from.to_owned()];
    let mut routes = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let relative = path.strip_prefix(from).unwrap_or(&path).display().to_string();
            let text = std::fs::read_to_string(&path)?;
            let Some((before, rest)) = relative.split_once("/routes/") else {
                written(&to.join(&relative), &text)?;
                continue;
            };
            // One folder deeper, what is imported lies one higher.
            let text =
                text.replace("from \"../", "from \"../../").replace("from \"./", "from \"../");
            for number in 0..REPEATED {
                written(&to.join(format!("{before}/routes/v{number}/{rest}")), &text)?;
                routes += 1;
            }
        }
    }
    Ok(routes)
}

fn written(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
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

fn frontage(root: &Path, word: &str, workspace: &Path) -> Result<Vec<u8>, String> {
    let output = Command::new(root.join("target/release/frontage"))
        .current_dir(root)
        .args([word, "--json", "-C"])
        .arg(workspace)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("frontage {word}: {e}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("frontage {word}: {}", String::from_utf8_lossy(&output.stdout)))
    }
}
