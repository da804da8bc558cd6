//! What lowering makes of a unit: a part of a plan, to be linked with others.

use frontage_plan::{Made, Node, Operation, Pattern, Route};

use crate::hir::OperationRef;

/// What lowering makes of a unit. Its ids are indices into its own tables.
#[derive(Debug)]
pub(crate) struct Part {
    /// The operations that its routes call. The upstream of each is that of the contract's.
    pub(crate) operations: Vec<(OperationRef, Operation)>,
    /// What is read of answers.
    pub(crate) shapes: Vec<Node>,
    /// What is made of answers while they are read.
    pub(crate) made: Vec<Made>,
    /// Its routes.
    pub(crate) routes: Vec<Route>,
    /// Regular expressions of its functions, by the text that stands for each.
    pub(crate) patterns: Vec<Pattern>,
}
