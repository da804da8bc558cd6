//! All that upstreams offer, in the plan's words: for whoever calls operations without a plan.
//!
//! In:    the workspace's contracts.
//! Out:   every sound operation of every upstream, and the whole declared shape of its answers.
//! Never: an operation whose contract is faulty; a shape of another upstream.
//!
//! Start at [`declared_upstreams`].

use frontage_plan::{AnswerKind, Name, Node, Operation, Statuses, UpstreamId};

use super::answers;
use super::demand::Demand;
use super::operations;
use super::project::Shapes;
use crate::Workspace;
use crate::hir::OperationRef;

/// One upstream with all its operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredUpstream {
    /// Its name in `frontage.toml`.
    pub name: Name,
    /// Time for each call unless the call says less, in milliseconds.
    pub timeout_ms: u32,
    /// Its operations, in the contract's order.
    pub operations: Vec<DeclaredOperation>,
    /// What answers are; ids in [`DeclaredOperation::answers`] are indices.
    pub shapes: Vec<Node>,
}

/// One operation, apart from any use of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredOperation {
    /// How it is called.
    pub operation: Operation,
    /// Keys of the arguments object, one for each parameter.
    pub keys: Vec<Name>,
    /// What its successful answers are when all of them is handed on.
    pub answers: Vec<(Statuses, AnswerKind)>,
}

/// Declares every upstream of a workspace.
#[must_use]
pub fn declared_upstreams(workspace: &Workspace) -> Vec<DeclaredUpstream> {
    (0..workspace.upstreams.len()).map(|index| upstream(workspace, index as u16)).collect()
}

fn upstream(workspace: &Workspace, index: u16) -> DeclaredUpstream {
    let input = &workspace.upstreams[usize::from(index)];
    let mut shapes = Shapes::default();
    let sound = input.contract.operations.iter().enumerate();
    let sound = sound.filter(|(_, operation)| operation.faults.is_empty());
    let operations = sound.map(|(at, operation)| {
        let reference = OperationRef { upstream: index, operation: at as u32 };
        DeclaredOperation {
            operation: operations::lower(workspace, reference, UpstreamId(index)),
            keys: operation.parameters.iter().map(|p| p.key.as_str().into()).collect(),
            answers: answers::of_operation(workspace, &mut shapes, reference, &Demand::raw()),
        }
    });
    let operations = operations.collect();
    DeclaredUpstream {
        name: input.name.clone(),
        timeout_ms: input.timeout_ms,
        operations,
        shapes: shapes.nodes,
    }
}
