//! What each call reads of its answers: statuses out of the contract, shapes out of demands.

use std::collections::BTreeMap;

use frontage_contract::{Binding, ContentKind, Method, Operation, Response, Status, TypeId};
use frontage_plan::{AnswerKind, Block, Call, Name, OperationId, Slot, Statuses, Step};

use super::demand::{Demand, Demands};
use super::operations::{Tables, declared};
use super::project::Shapes;
use crate::Workspace;
use crate::hir::OperationRef;

/// Gives the calls of a block the plan's ids.
pub(super) fn renumber(block: &mut Block, ids: &[OperationId]) {
    each_call(block, &mut |_, call| call.operation = ids[call.operation.0 as usize]);
}

/// Calls `f` with every call of a block and the slot of its answer, in text order.
pub(crate) fn each_call(block: &mut Block, f: &mut dyn FnMut(Slot, &mut Call)) {
    for step in &mut block.steps {
        match step {
            Step::Call { slot, call } => f(*slot, call),
            Step::If { then, otherwise, .. } => {
                each_call(then, f);
                each_call(otherwise, f);
            }
            Step::Scope { body, .. } | Step::Map { body, .. } => each_call(body, f),
            Step::Try { body, handler, .. } => {
                each_call(body, f);
                each_call(handler, f);
            }
            Step::All { bodies, .. } => bodies.iter_mut().for_each(|body| each_call(body, f)),
            Step::Let { .. } | Step::Return(_) | Step::Throw(_) => {}
        }
    }
}

/// Filling in what calls read.
pub(super) struct Reading<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) tables: &'a Tables,
    pub(super) demands: Demands,
    pub(super) shapes: &'a mut Shapes,
}

impl Reading<'_> {
    /// All calls of a block; gives what is read at each of their places.
    pub(super) fn block(&mut self, block: &mut Block) -> BTreeMap<PlaceKey, Demand> {
        let whole = by_place(block, &self.demands);
        each_call(block, &mut |_, call| {
            let reference = self.tables.references[call.operation.0 as usize];
            let demand = whole.get(&key(call)).cloned().unwrap_or_default();
            call.answers = of_operation(self.workspace, self.shapes, reference, &demand);
        });
        whole
    }
}

/// What is read at each place of the source. A helper that is inlined several times has one
/// projection in a route, whatever its callers read of it: one call, one meaning, and what
/// runs the source as it stands (Node) can tell it from the place alone.
pub(super) fn by_place(block: &Block, demands: &Demands) -> BTreeMap<PlaceKey, Demand> {
    let mut read: BTreeMap<PlaceKey, Demand> = BTreeMap::new();
    let mut all = Vec::new();
    calls(block, &mut all);
    for (slot, call) in all {
        if let Some(demand) = demands.get(&slot) {
            read.entry(key(call)).or_default().add(demand);
        }
    }
    read
}

/// Adds every call of a block and the slot of its answer, in text order.
pub(super) fn calls<'b>(block: &'b Block, into: &mut Vec<(Slot, &'b Call)>) {
    for step in &block.steps {
        match step {
            Step::Call { slot, call } => into.push((*slot, call)),
            Step::If { then, otherwise, .. } => {
                calls(then, into);
                calls(otherwise, into);
            }
            Step::Scope { body, .. } | Step::Map { body, .. } => calls(body, into),
            Step::Try { body, handler, .. } => {
                calls(body, into);
                calls(handler, into);
            }
            Step::All { bodies, .. } => bodies.iter().for_each(|body| calls(body, into)),
            Step::Let { .. } | Step::Return(_) | Step::Throw(_) => {}
        }
    }
}

/// An operation at a place of the source.
pub(super) type PlaceKey = (OperationId, Name, u32, u32);

pub(super) fn key(call: &Call) -> PlaceKey {
    (call.operation, call.place.path.clone(), call.place.line, call.place.column)
}

/// What is read of an operation's successful answers, where `demand` is all that is needed.
pub(super) fn of_operation(
    workspace: &Workspace,
    shapes: &mut Shapes,
    reference: OperationRef,
    demand: &Demand,
) -> Vec<(Statuses, AnswerKind)> {
    let operation = declared(workspace, reference);
    let contract = &workspace.upstreams[usize::from(reference.upstream)].contract;
    let mut json = |ty| AnswerKind::Json(shapes.project(reference.upstream, contract, ty, demand));
    let responses = successes(operation);
    if responses.is_empty() {
        // Nothing is declared, so anything may come.
        let empty = Statuses { from: 204, to: 205 };
        let any = operation.success.json.map_or(AnswerKind::Empty, json);
        return vec![(empty, AnswerKind::Empty), (Statuses { from: 200, to: 299 }, any)];
    }
    let mut answers = Vec::new();
    for (statuses, response) in responses {
        // What calls ask for; an answer of another kind is drift.
        let bodiless = is_head(operation) || matches!(statuses.from, 204 | 205);
        let kind = match response.preferred().filter(|_| !bodiless) {
            None => AnswerKind::Empty,
            Some(content) => match content.kind {
                ContentKind::Json => json(content.ty),
                ContentKind::Text => AnswerKind::Text,
                ContentKind::Form | ContentKind::Multipart | ContentKind::Binary => continue,
            },
        };
        answers.push((statuses, kind));
    }
    answers
}

/// What an operation's successful answers hold; `None` if one of them has no body, or none is
/// declared.
pub(super) fn types(
    workspace: &Workspace,
    reference: OperationRef,
) -> Option<Vec<(ContentKind, TypeId)>> {
    let operation = declared(workspace, reference);
    let responses = successes(operation);
    if responses.is_empty() || is_head(operation) {
        return None;
    }
    let each = responses.into_iter().map(|(statuses, response)| {
        let content = response.preferred().filter(|_| !matches!(statuses.from, 204 | 205))?;
        Some((content.kind, content.ty))
    });
    each.collect()
}

/// An answer to HEAD has no body, whatever the contract says of it.
fn is_head(operation: &Operation) -> bool {
    let Binding::Http(http) = &operation.binding;
    http.method == Method::Head
}

/// The declared successes, the most exact first; `default` stands for them if there are none.
fn successes(operation: &Operation) -> Vec<(Statuses, &Response)> {
    let mut found: Vec<_> = operation
        .responses
        .iter()
        .filter(|response| response.status.is_success())
        .filter_map(|response| Some((statuses(response.status)?, response)))
        .collect();
    if found.is_empty() {
        let default = operation.responses.iter().find(|r| r.status == Status::Default);
        found.extend(default.map(|response| (Statuses { from: 200, to: 299 }, response)));
    }
    found.sort_by_key(|(statuses, _)| (statuses.to - statuses.from, statuses.from));
    found
}

fn statuses(status: Status) -> Option<Statuses> {
    match status {
        Status::Exact(status) => Some(Statuses { from: status, to: status }),
        Status::Range(hundred) => {
            let from = u16::from(hundred) * 100;
            Some(Statuses { from, to: from + 99 })
        }
        Status::Default => None,
    }
}
