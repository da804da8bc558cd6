//! `cargo xtask oracle`: builds and runs `frontage-oracle`.

use std::path::Path;
use std::process::Stdio;

use crate::step::command;

/// Runs the oracle with `rest` as its arguments.
///
/// # Errors
///
/// If it found a disagreement or could not run; it has said why.
pub(crate) fn run(root: &Path, rest: &[&str]) -> Result<(), String> {
    let mut arguments = vec!["run", "--quiet", "-p", "frontage-oracle", "--"];
    arguments.extend(rest);
    let status = command(root, "cargo", &arguments)
        .stdin(Stdio::null())
        .status()
        .map_err(|e| format!("cannot start cargo: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("oracle: failed ({status})")) }
}
