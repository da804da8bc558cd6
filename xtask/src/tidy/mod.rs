//! Checks that keep ARCHITECTURE.md true.
//!
//! In:    the checkout's tracked files.
//! Out:   every fault, one line each.

mod arrows;
mod circles;
mod codes;
mod files;
mod format;
mod sources;

use std::path::Path;

use sources::Sources;

/// Runs every check and reports all that they find.
///
/// # Errors
///
/// The list of faults.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let sources = Sources::read(root)?;
    let mut faults = Vec::new();
    arrows::check(root, &sources, &mut faults)?;
    circles::check(&sources, &mut faults);
    files::check(&sources, &mut faults);
    codes::check(&sources, &mut faults);
    format::check(&sources, &mut faults);
    if faults.is_empty() {
        println!("tidy: {} files, no fault", sources.files.len());
        return Ok(());
    }
    faults.sort();
    for fault in &faults {
        eprintln!("tidy: {fault}");
    }
    Err(format!("tidy: {} faults", faults.len()))
}
