//! What goes through a schema: a value and the issues found so far.

use frontage_json::Value;

use super::MOST_ISSUES;
use super::issue::{Issue, PathKey, Then};

/// A value on its way.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) value: Value,
    pub(super) issues: Issues,
    /// Whatever comes after it is not run.
    pub(super) aborted: bool,
}

impl Payload {
    pub(super) fn new(value: Value) -> Self {
        Self { value, issues: Issues::default(), aborted: false }
    }

    pub(super) fn note(&mut self, issue: impl Into<Issue>) {
        self.issues.push(issue.into());
    }

    /// Whether checks that need a sound value are left out.
    pub(super) fn is_aborted(&self) -> bool {
        self.aborted || self.issues.unsound > 0
    }

    /// Whether all checks are left out.
    pub(super) fn is_stopped(&self) -> bool {
        self.aborted || self.issues.stopping > 0
    }
}

/// Issues in order. Only the first of many are kept, but all are counted.
#[derive(Debug, Default)]
pub(super) struct Issues {
    kept: Vec<Issue>,
    /// How many there are.
    pub(super) count: usize,
    /// How many after which only lengths are checked, or nothing.
    pub(super) unsound: usize,
    /// How many after which nothing is checked.
    stopping: usize,
    /// How many say more than that there are keys too many.
    pub(super) beyond_keys: usize,
}

impl Issues {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn push(&mut self, issue: Issue) {
        self.count += 1;
        self.unsound += usize::from(issue.then != Then::Continue);
        self.stopping += usize::from(issue.then == Then::Stop);
        self.beyond_keys += usize::from(!issue.is_about_keys());
        if self.kept.len() < MOST_ISSUES {
            self.kept.push(issue);
        }
    }

    /// Adds those of a part of the value.
    pub(super) fn append(&mut self, part: Self, key: &PathKey) {
        self.count_of(&part);
        let room = MOST_ISSUES - self.kept.len();
        self.kept.extend(part.kept.into_iter().take(room).map(|mut issue| {
            issue.steps.push(key.clone());
            issue
        }));
    }

    /// Adds those that `keep` keeps, in order.
    pub(super) fn append_some(&mut self, other: Self, mut keep: impl FnMut(&Issue) -> bool) {
        // What was only counted is taken to be of the common sort.
        let hidden = Self {
            kept: Vec::new(),
            count: other.count - other.kept.len(),
            unsound: other.unsound - other.kept.iter().filter(|i| i.then != Then::Continue).count(),
            stopping: other.stopping - other.kept.iter().filter(|i| i.then == Then::Stop).count(),
            beyond_keys: other.beyond_keys
                - other.kept.iter().filter(|i| !i.is_about_keys()).count(),
        };
        for issue in other.kept {
            if keep(&issue) {
                self.push(issue);
            }
        }
        self.count_of(&hidden);
    }

    fn count_of(&mut self, other: &Self) {
        self.count += other.count;
        self.unsound += other.unsound;
        self.stopping += other.stopping;
        self.beyond_keys += other.beyond_keys;
    }

    /// The first of them.
    pub(super) fn into_kept(self) -> Vec<Issue> {
        self.kept
    }
}
