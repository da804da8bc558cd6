//! The operations that a plan uses, out of the contracts.
//!
//! In:    references to contracts' operations, as the lowering meets them.
//! Out:   the plan's upstreams and operations: only used ones, in order of upstream and contract.

use std::fmt::Write;

use frontage_contract as contract;
use frontage_plan::{
    BodyKind, Location, Method, Name, Operation, OperationId, Parameter, PathPiece, Plan,
    RouteKind, Style, Upstream, UpstreamId,
};

use super::answers;
use crate::Workspace;
use crate::hir::OperationRef;

/// Operations in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Operations {
    met: Vec<OperationRef>,
}

/// The tables of a plan, and what the ids handed out while lowering became.
pub(super) struct Tables {
    pub(super) upstreams: Vec<Upstream>,
    pub(super) operations: Vec<Operation>,
    /// By the id handed out: the id in the plan.
    pub(super) ids: Vec<OperationId>,
    /// By the id in the plan: the contract's operation.
    pub(super) references: Vec<OperationRef>,
}

impl Operations {
    /// An id for the time of lowering.
    pub(super) fn id(&mut self, reference: OperationRef) -> OperationId {
        let known = self.met.iter().position(|&met| met == reference);
        OperationId(known.unwrap_or_else(|| {
            self.met.push(reference);
            self.met.len() - 1
        }) as u32)
    }

    /// The operation behind an id for the time of lowering.
    pub(super) fn reference(&self, id: OperationId) -> OperationRef {
        self.met[id.0 as usize]
    }

    /// `upstream.operation`
    pub(super) fn name(&self, id: OperationId, workspace: &Workspace) -> Name {
        let reference = self.reference(id);
        let upstream = &workspace.upstreams[usize::from(reference.upstream)];
        let operation = &upstream.contract.operations[reference.operation as usize];
        format!("{}.{}", upstream.name, operation.name).into()
    }

    /// The plan's tables.
    pub(super) fn tables(&self, workspace: &Workspace) -> Tables {
        let mut sorted = self.met.clone();
        sorted.sort_unstable();
        let mut used: Vec<u16> = sorted.iter().map(|r| r.upstream).collect();
        used.dedup();
        let upstreams = used.iter().map(|&index| {
            let upstream = &workspace.upstreams[usize::from(index)];
            Upstream { name: upstream.name.clone(), timeout_ms: upstream.timeout_ms }
        });
        let operations = sorted.iter().map(|reference| {
            let index = used.partition_point(|&u| u < reference.upstream);
            lower(workspace, *reference, UpstreamId(index as u16))
        });
        let ids =
            self.met.iter().map(|met| OperationId(sorted.partition_point(|r| r < met) as u32));
        let (upstreams, operations) = (upstreams.collect(), operations.collect());
        let ids = ids.collect();
        Tables { upstreams, operations, ids, references: sorted }
    }
}

/// Takes operations away that nothing calls: bulk operations whose items lack what is read.
pub(crate) fn without_unused(plan: &mut Plan) {
    let mut is_used = vec![false; plan.operations.len()];
    each_use(plan, &mut |id| is_used[id.0 as usize] = true);
    if is_used.iter().all(|used| *used) {
        return;
    }
    let mut kept = 0;
    let ids: Vec<OperationId> = is_used
        .iter()
        .map(|used| {
            let id = OperationId(kept);
            kept += u32::from(*used);
            id
        })
        .collect();
    each_use(plan, &mut |id| *id = ids[id.0 as usize]);
    let mut used = is_used.into_iter();
    plan.operations.retain(|_| used.next().unwrap_or(true));
}

fn each_use(plan: &mut Plan, f: &mut dyn FnMut(&mut OperationId)) {
    for route in &mut plan.routes {
        match &mut route.kind {
            RouteKind::Passthrough(passthrough) => f(&mut passthrough.operation),
            RouteKind::Handler(handler) => answers::each_call(&mut handler.body, &mut |_, call| {
                f(&mut call.operation);
                call.bulk.iter_mut().for_each(|bulk| f(&mut bulk.operation));
            }),
        }
    }
}

/// The contract's words on an operation.
pub(super) fn declared(workspace: &Workspace, reference: OperationRef) -> &contract::Operation {
    let upstream = &workspace.upstreams[usize::from(reference.upstream)];
    &upstream.contract.operations[reference.operation as usize]
}

/// Whether calls of an operation have no effect on the upstream, as the workspace has it.
pub(super) fn is_safe(workspace: &Workspace, reference: OperationRef) -> bool {
    let upstream = &workspace.upstreams[usize::from(reference.upstream)];
    let operation = declared(workspace, reference);
    upstream.safe.get(&operation.name).copied().unwrap_or(operation.safe)
}

/// Whether a call can write a body.
pub(super) fn can_write(body: &contract::Body) -> bool {
    body.content.is_empty() || body_kind(body) != BodyKind::Binary
}

/// Whether a call can read at least one of an operation's answers.
pub(super) fn can_read(operation: &contract::Operation) -> bool {
    let success = operation.success;
    success.json.is_some() || success.text || success.empty || !success.binary
}

fn body_kind(body: &contract::Body) -> BodyKind {
    let kinds = body.content.iter().map(|content| match content.kind {
        contract::ContentKind::Json => BodyKind::Json(media_type(&content.media_type)),
        contract::ContentKind::Form => BodyKind::Form,
        contract::ContentKind::Text => BodyKind::Text(content.media_type.as_str().into()),
        contract::ContentKind::Multipart | contract::ContentKind::Binary => BodyKind::Binary,
    });
    let mut kinds = kinds.filter(|kind| *kind != BodyKind::Binary);
    kinds.next().unwrap_or(BodyKind::Binary)
}

/// A media type that can be sent: a range such as `*/*` stands for plain JSON.
fn media_type(declared: &str) -> Name {
    if declared.contains('*') { "application/json".into() } else { declared.into() }
}

/// The plan's form of an operation.
pub(super) fn lower(
    workspace: &Workspace,
    reference: OperationRef,
    upstream: UpstreamId,
) -> Operation {
    let operation = declared(workspace, reference);
    let contract::Binding::Http(http) = &operation.binding;
    Operation {
        upstream,
        name: operation.name.as_str().into(),
        method: method(http.method),
        path: path(&http.segments),
        parameters: operation.parameters.iter().map(parameter).collect(),
        body: operation.body.as_ref().map(body_kind),
        safe: is_safe(workspace, reference),
    }
}

fn method(method: contract::Method) -> Method {
    match method {
        contract::Method::Get => Method::Get,
        contract::Method::Head => Method::Head,
        contract::Method::Options => Method::Options,
        contract::Method::Query => Method::Query,
        contract::Method::Post => Method::Post,
        contract::Method::Put => Method::Put,
        contract::Method::Patch => Method::Patch,
        contract::Method::Delete => Method::Delete,
        contract::Method::Trace => Method::Trace,
    }
}

fn path(segments: &[contract::Segment]) -> Vec<PathPiece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for segment in segments {
        text.push('/');
        for piece in &segment.pieces {
            match piece {
                contract::Piece::Literal(literal) => encode(literal, &mut text),
                contract::Piece::Parameter(index) => {
                    if !text.is_empty() {
                        pieces.push(PathPiece::Text(std::mem::take(&mut text).into()));
                    }
                    pieces.push(PathPiece::Parameter(*index as u16));
                }
            }
        }
    }
    if !text.is_empty() {
        pieces.push(PathPiece::Text(text.into()));
    }
    pieces
}

/// Writes a literal of a path, which may hold escapes already; what no path may hold is encoded
/// (RFC 3986 §3.3, `pchar`).
fn encode(literal: &str, out: &mut String) {
    for byte in literal.bytes() {
        let allowed = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&byte);
        if allowed {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

fn parameter(parameter: &contract::Parameter) -> Parameter {
    Parameter {
        name: parameter.name.as_str().into(),
        location: match parameter.location {
            contract::Location::Path => Location::Path,
            contract::Location::Query => Location::Query,
            contract::Location::Header => Location::Header,
            contract::Location::Cookie => Location::Cookie,
        },
        style: match parameter.style {
            contract::Style::Simple => Style::Simple,
            contract::Style::Label => Style::Label,
            contract::Style::Matrix => Style::Matrix,
            contract::Style::Form => Style::Form,
            contract::Style::SpaceDelimited => Style::SpaceDelimited,
            contract::Style::PipeDelimited => Style::PipeDelimited,
            contract::Style::DeepObject => Style::DeepObject,
            // The value is JSON text already; it is written as any string.
            contract::Style::Json => match parameter.location {
                contract::Location::Path | contract::Location::Header => Style::Simple,
                contract::Location::Query | contract::Location::Cookie => Style::Form,
            },
        },
        explode: parameter.explode,
        required: parameter.required,
    }
}
