//! `cargo xtask oracle`: builds and runs `frontage-oracle`.

use std::path::Path;
use std::process::Stdio;

use crate::step::command;

/// What CI asks of the oracle of answers. Each broken rule of `mutants` shows in these runs.
pub(crate) const VALUES: &[&str] = &["--runs", "1000", "--seed", "7"];

/// What CI asks of the oracle of types.
pub(crate) const TYPES: &[&str] = &["--types", "--runs", "500", "--seed", "1"];

/// What CI asks of the oracle of input.
pub(crate) const ZOD: &[&str] = &["--zod", "--runs", "1000", "--seed", "7"];

/// What CI asks of the oracle of answers, compiled as a release.
pub(crate) const OPTIMISED_VALUES: &[&str] = &["--runs", "4000", "--seed", "11"];

/// What CI asks of the oracle of input, compiled as a release.
pub(crate) const OPTIMISED_ZOD: &[&str] = &["--zod", "--runs", "5000", "--seed", "11"];

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
