//! How a route can fail: statuses and codes of its problem details.
//!
//! In:    a checked handler, the helpers that it can reach, the contracts of what it calls.
//! Out:   for each status the codes that may come with it.
//! Never: a fault that the handler catches and does not throw again. Statuses that an upstream
//!        gives against its contract are not listed.

use std::collections::{BTreeMap, BTreeSet};

use frontage_compile::Workspace;
use frontage_compile::hir::{
    Checked, Expr, ExprKind, Function, FunctionId, LocalId, OperationRef, Stmt, StmtKind,
};
use frontage_compile::types::{Kind, Ty};
use frontage_contract::Status;
use frontage_plan::{BinaryOp, Constant, ErrorClass, LogicalOp};

use super::parts::{Part, parts};

/// The codes that come with one status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    /// Those that are known.
    pub known: BTreeSet<String>,
    /// Some code is computed.
    pub open: bool,
}

/// Codes by status; `None` is a status that is computed.
pub type Faults = BTreeMap<Option<u16>, Codes>;

/// Statuses of upstreams that are handed on, with the server's code for each.
const HANDED_ON: &[(u16, &str)] = &[
    (401, "upstream_unauthorized"),
    (403, "upstream_forbidden"),
    (404, "upstream_not_found"),
    (409, "upstream_conflict"),
    (410, "upstream_gone"),
    (422, "upstream_unprocessable"),
];

/// What of the server's own faults a route can meet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Own {
    /// It has path parameters.
    pub(super) path: bool,
    /// It validates something.
    pub(super) input: bool,
    /// It takes a body.
    pub(super) body: bool,
}

/// Adds one code.
pub(super) fn add(faults: &mut Faults, status: u16, code: &str) {
    faults.entry(Some(status)).or_default().known.insert(code.to_owned());
}

/// Adds what the server itself may answer.
pub(super) fn of_server(own: Own, faults: &mut Faults) {
    if own.path {
        add(faults, 400, "malformed_path");
    }
    if own.input {
        add(faults, 400, "invalid_input");
    }
    if own.body {
        add(faults, 400, "malformed_body");
        add(faults, 400, "broken_body");
        add(faults, 408, "body_too_slow");
        add(faults, 413, "body_too_large");
        add(faults, 415, "unsupported_media_type");
    }
    add(faults, 500, "internal");
    add(faults, 503, "busy");
    add(faults, 504, "request_timeout");
}

/// How a handler's own text can fail.
pub(super) fn of_handler(workspace: &Workspace, checked: &Checked, handler: &Function) -> Faults {
    let mut walker = Walker { checked, helpers: BTreeMap::new(), rethrown: BTreeSet::new() };
    let found = walker.function(handler);
    let mut faults = found.errors;
    for call in found.calls {
        of_call(workspace, &call, &mut faults);
    }
    faults
}

fn of_call(workspace: &Workspace, call: &Call, faults: &mut Faults) {
    add(faults, 502, "upstream_error");
    add(faults, 502, "upstream_drift");
    add(faults, 502, "upstream_unavailable");
    add(faults, 503, "upstream_busy");
    add(faults, 504, "upstream_timeout");
    let upstream = &workspace.upstreams[usize::from(call.operation.upstream)];
    let operation = &upstream.contract.operations[call.operation.operation as usize];
    for &(status, code) in HANDED_ON {
        let declared = operation.responses.iter().any(|r| {
            matches!(r.status, Status::Exact(s) if s == status) || r.status == Status::Range(4)
        });
        if declared && !call.without.contains(&status) {
            add(faults, status, code);
        }
    }
}

/// A call whose failure leaves the handler.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    operation: OperationRef,
    /// Statuses that do not fail it, or are caught.
    without: BTreeSet<u16>,
}

#[derive(Debug, Clone, Default)]
struct Found {
    errors: Faults,
    calls: BTreeSet<Call>,
}

impl Found {
    fn merge(&mut self, other: Self) {
        for (status, codes) in other.errors {
            let own = self.errors.entry(status).or_default();
            own.known.extend(codes.known);
            own.open |= codes.open;
        }
        self.calls.extend(other.calls);
    }
}

struct Walker<'c> {
    checked: &'c Checked,
    helpers: BTreeMap<FunctionId, Found>,
    /// Caught errors that are thrown again as they are.
    rethrown: BTreeSet<LocalId>,
}

impl Walker<'_> {
    fn function(&mut self, function: &Function) -> Found {
        let mut found = Found::default();
        for param in &function.params {
            if let Some(default) = &param.default {
                self.expr(default, &mut found);
            }
        }
        self.stmts(&function.body, &mut found);
        found
    }

    fn stmts(&mut self, stmts: &[Stmt], found: &mut Found) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Const { init, .. } => self.expr(init, found),
                StmtKind::If { test, then, otherwise } => {
                    self.expr(test, found);
                    self.stmts(then, found);
                    self.stmts(otherwise, found);
                }
                StmtKind::Switch { subject, cases } => {
                    self.expr(subject, found);
                    for case in cases {
                        case.test.iter().for_each(|test| self.expr(test, found));
                        self.stmts(&case.body, found);
                    }
                }
                StmtKind::Break => {}
                StmtKind::Return(value) => value.iter().for_each(|value| self.expr(value, found)),
                StmtKind::Throw(value) => {
                    if let ExprKind::Local(local) = value.kind {
                        self.rethrown.insert(local);
                    }
                    self.expr(value, found);
                }
                StmtKind::Expr(value) => self.expr(value, found),
                StmtKind::Try { body, error, handler } => {
                    let mut caught = Found::default();
                    self.stmts(body, &mut caught);
                    self.stmts(handler, found);
                    self.again(caught, *error, handler, found);
                }
                StmtKind::Block(inner) => self.stmts(inner, found),
            }
        }
    }

    /// Adds what was caught, if it is thrown again.
    fn again(&self, caught: Found, error: Option<LocalId>, handler: &[Stmt], found: &mut Found) {
        let Some(error) = error.filter(|error| self.rethrown.contains(error)) else { return };
        let handled = handled(handler, error);
        let calls = caught.calls.into_iter().map(|mut call| {
            call.without.extend(&handled);
            call
        });
        found.merge(Found { errors: caught.errors, calls: calls.collect() });
    }

    fn helper(&mut self, id: FunctionId) -> Found {
        if let Some(known) = self.helpers.get(&id) {
            return known.clone();
        }
        self.helpers.insert(id, Found::default());
        let checked = self.checked;
        let found = checked.functions.get(id.0 as usize).map(|function| self.function(function));
        let found = found.unwrap_or_default();
        self.helpers.insert(id, found.clone());
        found
    }

    fn expr(&mut self, expr: &Expr, found: &mut Found) {
        match &expr.kind {
            ExprKind::Catch(promise, handler) => {
                let mut caught = Found::default();
                self.expr(promise, &mut caught);
                self.expr(handler, found);
                let checked = self.checked;
                let function = match &handler.kind {
                    ExprKind::Arrow(function) => Some(&**function),
                    ExprKind::Function(id) => checked.functions.get(id.0 as usize),
                    _ => None,
                };
                if let Some(function) = function {
                    let error = function.params.first().map(|param| param.local);
                    self.again(caught, error, &function.body, found);
                }
                return;
            }
            ExprKind::Error { status, code, .. } => self.error(status, code, found),
            ExprKind::Operation { operation, options, .. } => {
                let without = options.null_on.iter().copied().collect();
                found.calls.insert(Call { operation: *operation, without });
            }
            _ => {}
        }
        let checked = self.checked;
        for part in parts(expr) {
            match part {
                Part::Expr(inner) => self.expr(inner, found),
                Part::Function(function) => {
                    let inner = self.function(function);
                    found.merge(inner);
                }
                Part::Helper(id) => {
                    let inner = self.helper(id);
                    found.merge(inner);
                }
                Part::Constant(id) => {
                    if let Some(global) = checked.globals.get(id.0 as usize) {
                        self.expr(&global.value, found);
                    }
                }
            }
        }
    }

    fn error(&self, status: &Expr, code: &Expr, found: &mut Found) {
        let types = &self.checked.types;
        let codes: Vec<Option<String>> = types
            .members_of(code.ty)
            .into_iter()
            .map(|ty: Ty| match types.kind(ty) {
                Kind::StringLiteral { value, .. } => Some(value.to_string()),
                _ => None,
            })
            .collect();
        for ty in types.members_of(status.ty) {
            let status = match types.kind(ty) {
                Kind::NumberLiteral { value, .. } => status_of(value.0),
                _ => None,
            };
            let own = found.errors.entry(status).or_default();
            own.open |= codes.contains(&None);
            own.known.extend(codes.iter().flatten().cloned());
        }
    }
}

/// A number as a status.
fn status_of(value: f64) -> Option<u16> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
    (value.fract() == 0.0 && (100.0..=599.0).contains(&value)).then_some(value as u16)
}

/// Statuses of a caught error for which a handler ends otherwise than by throwing it again:
/// `if (e instanceof UpstreamError && e.status === 409) throw …`.
fn handled(handler: &[Stmt], error: LocalId) -> BTreeSet<u16> {
    let mut out = BTreeSet::new();
    for stmt in handler {
        let StmtKind::If { test, then, .. } = &stmt.kind else { continue };
        let ends = match then.last().map(|stmt| &stmt.kind) {
            Some(StmtKind::Throw(value)) => !matches!(value.kind, ExprKind::Local(l) if l == error),
            Some(StmtKind::Return(_)) => true,
            _ => false,
        };
        let rest = &then[..then.len().saturating_sub(1)];
        if ends && rest.iter().all(|stmt| matches!(stmt.kind, StmtKind::Const { .. })) {
            out.extend(tested(test, error).flatten());
        }
    }
    out
}

/// The status that `test` is true for, whatever else the error is; `None` if it says something else.
fn tested(test: &Expr, error: LocalId) -> Option<Option<u16>> {
    let is_error = |expr: &Expr| matches!(expr.kind, ExprKind::Local(local) if local == error);
    match &test.kind {
        ExprKind::Logical(LogicalOp::And, a, b) => {
            let (a, b) = (tested(a, error)?, tested(b, error)?);
            Some(a.or(b))
        }
        ExprKind::InstanceOf(value, ErrorClass::UpstreamError) if is_error(value) => Some(None),
        ExprKind::Binary(BinaryOp::Equal, a, b) => match (&a.kind, &b.kind) {
            (ExprKind::Member(object, name), ExprKind::Constant(Constant::Number(number)))
                if is_error(object) && &**name == "status" =>
            {
                Some(status_of(number.0))
            }
            _ => None,
        },
        _ => None,
    }
}
