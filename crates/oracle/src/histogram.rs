//! How often each construct occurred.

use std::collections::BTreeMap;

/// Counts by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Histogram {
    counts: BTreeMap<String, u64>,
}

impl Histogram {
    /// Counts one occurrence.
    pub(crate) fn count(&mut self, id: &str) {
        match self.counts.get_mut(id) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(id.to_owned(), 1);
            }
        }
    }

    /// How often `id` occurred.
    pub(crate) fn of(&self, id: &str) -> u64 {
        self.counts.get(id).copied().unwrap_or(0)
    }

    /// All counts, in order of id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts.iter().map(|(id, count)| (id.as_str(), *count))
    }
}
