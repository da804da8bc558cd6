//! How often locals are used, and whether a function's only `return` is its last statement.
//!
//! In:    the checked form.
//! Out:   [`Usage`] by local; [`is_straight`] and [`breaks`] for bodies.

use crate::hir::{
    Checked, CheckedKind, Expr, ExprKind, Function, LocalId, Stmt, StmtKind, children,
};

/// How a local is used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Usage {
    /// Occurrences in the text.
    pub(super) count: u32,
    /// Nesting of functions at its declaration.
    depth: u32,
    /// Used in a function further in: possibly computed many times there.
    pub(super) nested: bool,
}

impl Usage {
    /// Whether a cheap expression may stand at its only use instead of a slot. What is never used
    /// is computed all the same, so that what it reads of answers is read: Node runs it too.
    pub(super) fn is_once(self) -> bool {
        self.count == 1 && !self.nested
    }
}

/// Counts the uses of all locals of `checked`, by [`LocalId`].
pub(super) fn count(checked: &Checked) -> Vec<Usage> {
    let mut counter = Counter { usage: vec![Usage::default(); checked.locals.len()], depth: 0 };
    for function in &checked.functions {
        counter.function(function);
    }
    for global in &checked.globals {
        counter.expr(&global.value);
    }
    for callback in &checked.callbacks {
        counter.expr(callback);
    }
    for route in &checked.routes {
        if let CheckedKind::Handler { function, .. } = &route.kind {
            counter.function(function);
        }
    }
    counter.usage
}

struct Counter {
    usage: Vec<Usage>,
    depth: u32,
}

impl Counter {
    fn declare(&mut self, local: LocalId) {
        self.usage[local.0 as usize].depth = self.depth;
    }

    fn function(&mut self, function: &Function) {
        self.depth += 1;
        for param in &function.params {
            self.declare(param.local);
            if let Some(default) = &param.default {
                self.expr(default);
            }
        }
        if let Some(rest) = function.rest {
            self.declare(rest);
        }
        self.stmts(&function.body);
        self.depth -= 1;
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Const { local, init } => {
                    self.declare(*local);
                    self.expr(init);
                }
                StmtKind::If { test, then, otherwise } => {
                    self.expr(test);
                    self.stmts(then);
                    self.stmts(otherwise);
                }
                StmtKind::Switch { subject, cases } => {
                    self.expr(subject);
                    for case in cases {
                        if let Some(test) = &case.test {
                            self.expr(test);
                        }
                        self.stmts(&case.body);
                    }
                }
                StmtKind::Break | StmtKind::Return(None) => {}
                StmtKind::Return(Some(e)) | StmtKind::Throw(e) | StmtKind::Expr(e) => self.expr(e),
                StmtKind::Try { body, error, handler } => {
                    self.stmts(body);
                    if let Some(error) = error {
                        self.declare(*error);
                    }
                    self.stmts(handler);
                }
                StmtKind::Block(body) => self.stmts(body),
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Local(local) => {
                let usage = &mut self.usage[local.0 as usize];
                usage.count += 1;
                usage.nested |= self.depth > usage.depth;
            }
            ExprKind::Arrow(function) => self.function(function),
            ExprKind::Optional { object, bind, rest } => {
                self.declare(*bind);
                self.expr(object);
                self.expr(rest);
            }
            _ => children(expr, &mut |e| self.expr(e)),
        }
    }
}

/// Whether the body has no `return`, or one: its last statement.
pub(super) fn is_straight(body: &[Stmt]) -> bool {
    let Some((last, before)) = body.split_last() else { return true };
    !before.iter().any(returns) && (matches!(last.kind, StmtKind::Return(_)) || !returns(last))
}

fn returns(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Return(_) => true,
        StmtKind::Const { .. } | StmtKind::Break | StmtKind::Throw(_) | StmtKind::Expr(_) => false,
        StmtKind::If { then, otherwise, .. } => then.iter().chain(otherwise).any(returns),
        StmtKind::Switch { cases, .. } => cases.iter().flat_map(|c| &c.body).any(returns),
        StmtKind::Try { body, handler, .. } => body.iter().chain(handler).any(returns),
        StmtKind::Block(body) => body.iter().any(returns),
    }
}

/// Whether the statement holds a `break` of the switch around it.
pub(super) fn breaks(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Break => true,
        StmtKind::If { then, otherwise, .. } => then.iter().chain(otherwise).any(breaks),
        StmtKind::Try { body, handler, .. } => body.iter().chain(handler).any(breaks),
        StmtKind::Block(body) => body.iter().any(breaks),
        StmtKind::Switch { .. }
        | StmtKind::Return(_)
        | StmtKind::Const { .. }
        | StmtKind::Throw(_)
        | StmtKind::Expr(_) => false,
    }
}
