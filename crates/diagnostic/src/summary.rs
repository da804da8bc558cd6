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

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let Self { errors, warnings } = *self;
        match (errors, warnings) {
            (0, 0) => f.write_str("no errors"),
            (0, _) => write!(f, "{warnings} warning{}", plural(warnings)),
            (_, 0) => write!(f, "{errors} error{}", plural(errors)),
            _ => write!(
                f,
                "{errors} error{}, {warnings} warning{}",
                plural(errors),
                plural(warnings)
            ),
        }
    }
}
