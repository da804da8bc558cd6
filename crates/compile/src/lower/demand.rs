//! What a plan looks at: for every slot, which parts of its value are needed, and how.
//!
//! In:    a lowered block, walked from its end to its beginning, so that all uses of a slot are
//!        known before the step that fills it.
//! Out:   the [`Demand`] on every call's answer.
//! Never: less than what is used; more costs time, less would be wrong.
//!
//! Start at [`of_block`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

use frontage_plan::{Expr, Name, Slot};

use super::made::Tree;

mod expressions;
mod steps;

pub(super) use steps::of_block;

/// The demands on all slots.
#[derive(Debug, Default)]
pub(super) struct Demands {
    slots: BTreeMap<Slot, Demand>,
    /// What is made of one value and only handed on, by the address of its expression, which stays
    /// where it is as long as the block does.
    pub(super) candidates: BTreeMap<usize, Candidate>,
    /// Addresses of expressions that have to be computed.
    pub(super) refused: BTreeSet<usize>,
}

/// An expression that can be made while its value is read.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The value.
    pub(super) value: Expr,
    /// What is made of it.
    pub(super) tree: Tree,
}

impl Demands {
    /// No demands yet.
    ///
    /// - `refused`: expressions that have to be computed.
    pub(super) fn new(refused: BTreeSet<usize>) -> Self {
        Self { refused, ..Self::default() }
    }
}

impl Deref for Demands {
    type Target = BTreeMap<Slot, Demand>;

    fn deref(&self) -> &Self::Target {
        &self.slots
    }
}

impl DerefMut for Demands {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.slots
    }
}

/// What is needed of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Demand {
    /// Its kind, and its value if it is a scalar: `typeof`, truthiness, `== null`.
    pub(super) looked: bool,
    /// The whole of it, decoded.
    pub(super) whole: bool,
    /// The whole of it, only to be handed on.
    pub(super) raw: bool,
    /// Some members; of tuples and pairs by position.
    pub(super) fields: BTreeMap<Name, Demand>,
    /// Each element of a list, each value of a map.
    pub(super) elements: Option<Box<Demand>>,
    /// Only what is made of it; then nothing else is needed.
    pub(super) made: Option<Box<Tree>>,
}

impl Demand {
    /// Kind and scalar value.
    pub(super) fn looked() -> Self {
        Self { looked: true, ..Self::default() }
    }

    /// All of it, decoded.
    pub(super) fn whole() -> Self {
        Self { whole: true, ..Self::default() }
    }

    /// All of it, handed on.
    pub(super) fn raw() -> Self {
        Self { raw: true, ..Self::default() }
    }

    /// One member.
    pub(super) fn field(name: &str, demand: Self) -> Self {
        Self { fields: BTreeMap::from([(Name::from(name), demand)]), ..Self::looked() }
    }

    /// Only what is made of it.
    pub(super) fn made(tree: Tree) -> Self {
        Self { made: Some(Box::new(tree)), ..Self::default() }
    }

    /// The same for who computes: what is made of it is made of its parts.
    pub(super) fn computed(&self) -> Self {
        match &self.made {
            Some(tree) => tree.demand(),
            None => self.clone(),
        }
    }

    /// Each element.
    pub(super) fn elements(demand: Self) -> Self {
        Self { elements: Some(Box::new(demand)), ..Self::looked() }
    }

    /// Whether nothing is needed.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Needs what `other` needs too.
    pub(super) fn add(&mut self, other: &Self) {
        if self == other || other.is_nothing() {
            return;
        }
        if self.is_nothing() {
            *self = other.clone();
            return;
        }
        if self.made.is_some() || other.made.is_some() {
            // What is needed in two ways is computed.
            *self = self.computed();
            return self.add(&other.computed());
        }
        self.looked |= other.looked;
        self.whole |= other.whole;
        self.raw |= other.raw;
        for (name, demand) in &other.fields {
            self.fields.entry(name.clone()).or_default().add(demand);
        }
        if let Some(demand) = &other.elements {
            self.elements.get_or_insert_default().add(demand);
        }
    }

    /// Both.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.add(other);
        self
    }

    /// What being needed whole means for each part.
    fn inherited(&self) -> Self {
        debug_assert!(self.made.is_none(), "parts are those of what is computed");
        Self { whole: self.whole, raw: self.raw, ..Self::default() }
    }

    /// What is needed of the member `name`.
    pub(super) fn of_field(&self, name: &str) -> Self {
        if self.made.is_some() {
            return self.computed().of_field(name);
        }
        let mut demand = self.inherited();
        if let Some(field) = self.fields.get(name) {
            demand.add(field);
        }
        if let Some(elements) = &self.elements {
            demand.add(elements);
        }
        demand
    }

    /// What is needed of every element: by `elements`, or of any position.
    pub(super) fn of_element(&self) -> Self {
        self.merged(|name| name.bytes().all(|b| b.is_ascii_digit()))
    }

    /// What is needed of any member, whatever its name.
    pub(super) fn of_any(&self) -> Self {
        self.merged(|_| true)
    }

    fn merged(&self, counts: impl Fn(&str) -> bool) -> Self {
        if self.made.is_some() {
            return self.computed().merged(counts);
        }
        let mut demand = self.inherited();
        for (_, field) in self.fields.iter().filter(|(name, _)| counts(name)) {
            demand.add(field);
        }
        if let Some(elements) = &self.elements {
            demand.add(elements);
        }
        demand
    }

    /// The same without what is needed of single members.
    pub(super) fn without_fields(&self) -> Self {
        Self { fields: BTreeMap::new(), ..self.computed() }
    }

    /// Whether it nests deeper than a program's text could (a loop over a recursive type).
    fn depth(&self) -> usize {
        let fields = self.fields.values().map(Self::depth).max().unwrap_or(0);
        let elements = self.elements.as_ref().map_or(0, |d| d.depth());
        1 + fields.max(elements)
    }
}
