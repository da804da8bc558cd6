//! How many faults there are.

use std::fmt;

use crate::{Diagnostic, Severity};

/// Counts of diagnostics; displays as `2 errors, 1 warning`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// How many are errors.
    pub errors: usize,
    /// How many are warnings.
    pub warnings: usize,
}

/// Counts `diagnostics` by severity.
#[must_use]
pub fn summary(diagnostics: &[Diagnostic]) -> Summary {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    Summary { errors, warnings: diagnostics.len() - errors }
}

/// A count and what is counted: `1 route`, `2 routes`.
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { errors, warnings } = *self;
        match (errors, warnings) {
            (0, 0) => f.write_str("no errors"),
            (0, _) => f.write_str(&counted(warnings, "warning")),
            (_, 0) => f.write_str(&counted(errors, "error")),
            _ => write!(f, "{}, {}", counted(errors, "error"), counted(warnings, "warning")),
        }
    }
}
