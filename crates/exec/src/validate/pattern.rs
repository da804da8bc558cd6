//! Patterns of schemas, compiled once.

use frontage_plan::{Haystack, Pattern};
use regex::Regex;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Matcher {
    /// None where the engine refuses one; the compiler lets no such pattern through.
    regexes: Option<Vec<Regex>>,
    without: Option<Vec<Regex>>,
    haystack: Haystack,
}

impl Matcher {
    pub(super) fn new(pattern: &Pattern) -> Self {
        let compiled = |sources: &[frontage_plan::Name]| {
            sources.iter().map(|source| Regex::new(source).ok()).collect()
        };
        let (regexes, without) = (compiled(&pattern.regexes), compiled(&pattern.without));
        Self { regexes, without, haystack: pattern.haystack }
    }

    /// Whether the pattern matches somewhere in the text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let text = self.haystack.of(text);
        let matches = |regex: &Regex| regex.is_match(&text);
        self.regexes.as_ref().is_some_and(|all| all.iter().all(matches))
            && self.without.as_ref().is_some_and(|none| !none.iter().any(matches))
    }
}
