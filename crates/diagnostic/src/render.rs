//! Rendering: rustc-like text for terminals, and JSON for machines.

use crate::{Diagnostic, SourceMap};

/// Renders `diagnostics` in the order given, each followed by an empty line.
///
/// - `color`: whether to write ANSI escape sequences.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, color: bool) -> String {
    let _ = (diagnostics, sources, color);
    String::new()
}

/// One JSON object (one line, no newline) for a diagnostic: `code`, `severity`, `message`,
/// `path`, `line`, `column`, `endLine`, `endColumn`, `label`, `help`, `related`.
#[must_use]
pub fn to_json(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let _ = (diagnostic, sources);
    String::new()
}
