//! Compares with tsc: what is accepted, and the types of answers.
//!
//! In:    the modules of `cases/` that show no diagnostics, the snippets, `examples/shop`, programs
//!        of the values oracle's generator, and a seed.
//! Out:   variants of them, well-typed and ill-typed, each judged by `frontage check` (in this
//!        process) and by tsc (in one Node process); every disagreement, shrunk, as a case.
//! Never: a refusal that passes for agreement unless [`refusals`] lists its code.
//!
//! Three things are disagreements: Frontage accepts what tsc rejects; Frontage refuses what tsc
//! accepts with a code that is no refusal by design; both accept but infer different answers.
//!
//! The programs under `*.mjs` here are the Node side: `mutate.mjs` makes variants, `tsc.mjs` asks
//! tsc about many at once, `shrink.mjs` makes disagreements small, `main.mjs` drives.

mod bridge;
mod generated;
mod refusals;
mod report;
mod shape;
mod snippets;
mod workspace;

use crate::options::Options;

/// Runs the comparison; `false` if anything disagreed.
///
/// # Errors
///
/// Why nothing could be compared.
pub(crate) fn run(options: &Options) -> Result<bool, String> {
    let mut folder = options.root.join("target/oracle-types");
    if options.cases.is_some() {
        // Several of these may run side by side.
        folder.set_file_name(format!("oracle-types-{}", std::process::id()));
    }
    let seeds = workspace::seeds(options, &folder)?;
    let outcome = bridge::run(options, &folder, &seeds)?;
    let agreed = report::print(options, &folder, &outcome)?;
    if options.cases.is_some() {
        std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    Ok(agreed)
}
