//! Patterns of schemas, compiled once.

use std::borrow::Cow;

use frontage_json::Text;
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
    pub(super) fn is_match(&self, text: &Text) -> bool {
        let halves = !text.is_well_formed() && self.haystack != Haystack::CodePoints;
        let text = if halves {
            Cow::Owned(self.haystack.of_units(&text.units()))
        } else {
            self.haystack.of(text)
        };
        let matches = |regex: &Regex| regex.is_match(&text);
        self.regexes.as_ref().is_some_and(|all| all.iter().all(matches))
            && self.without.as_ref().is_some_and(|none| !none.iter().any(matches))
    }
}
