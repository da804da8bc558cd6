//! Statements: steps in text order; `switch` becomes a chain of conditions.

use frontage_plan::{BinaryOp, Block, Expr, LogicalOp, Step};

use super::codes;
use super::handler::{Lowerer, is_trivial, may_throw};
use super::promise::Promise;
use super::scope::{Scope, Value};
use super::usage::breaks;
use crate::hir::{self, Case, ExprKind, Stmt, StmtKind};

impl<'h> Lowerer<'h> {
    /// Lowers statements into the block under construction; `true` if none after them is reached.
    pub(super) fn statements(&mut self, stmts: &'h [Stmt], scope: &Scope<'h>) -> bool {
        stmts.iter().any(|stmt| self.statement(stmt, scope))
    }

    fn statement(&mut self, stmt: &'h Stmt, scope: &Scope<'h>) -> bool {
        match &stmt.kind {
            StmtKind::Const { local, init } => {
                let name = &self.checked.locals[local.0 as usize].name;
                let around = self.part.clone();
                if let Some(name) = name {
                    self.part = Some(name.clone());
                }
                let value = self.value(init, scope);
                self.part = around;
                self.define(*local, value, scope, init.span);
                false
            }
            StmtKind::Expr(e) => {
                if let Value::Expr(value) = self.value(e, scope)
                    && !is_trivial(&value)
                {
                    self.bind(value, e.span);
                }
                false
            }
            StmtKind::Return(Some(e)) => {
                if self.promises.is_some() {
                    // What a function without `async` hands on stands as awaited in its body.
                    let promise = if let ExprKind::Await(promise) = &e.kind { promise } else { e };
                    self.comes_to(promise, scope);
                } else {
                    let value = self.expr(e, scope);
                    self.steps.push(Step::Return(value));
                }
                true
            }
            StmtKind::Return(None) => {
                if self.promises.is_some() {
                    self.comes_to_promise(Promise::Value(Value::UNDEFINED));
                } else {
                    self.steps.push(Step::Return(Expr::UNDEFINED));
                }
                true
            }
            StmtKind::Throw(e) => {
                let value = self.expr(e, scope);
                self.steps.push(Step::Throw(value));
                true
            }
            StmtKind::If { test, then, otherwise } => {
                let test = self.expr(test, scope);
                let (then, a) = self.nested(then, scope);
                let (otherwise, b) = self.nested(otherwise, scope);
                self.branch(test, then, otherwise);
                a && b
            }
            StmtKind::Block(body) => self.statements(body, scope),
            StmtKind::Try { body, error, handler } => {
                let (body, a) = self.nested(body, scope);
                let slot = error.map(|local| {
                    let slot = self.slot(stmt.span);
                    scope.bind(local, Value::Expr(Expr::Slot(slot)));
                    slot
                });
                let in_handler = std::mem::replace(&mut self.in_handler, true);
                let (handler, b) = self.nested(handler, scope);
                self.in_handler = in_handler;
                let part = self.replaced_part(self.part.clone(), &body, &handler);
                self.steps.push(Step::Try { body, error: slot, handler, part });
                a && b
            }
            StmtKind::Switch { subject, cases } => self.switch(subject, cases, scope),
            StmtKind::Break => {
                self.error(
                    codes::BREAK_TOO_DEEP,
                    stmt.span,
                    "`break` stands where it cannot be followed",
                    "let each `case` end with its own `break`, `return` or `throw`",
                );
                true
            }
        }
    }

    fn nested(&mut self, stmts: &'h [Stmt], scope: &Scope<'h>) -> (Block, bool) {
        let mut ended = false;
        let block = self.block(|l| ended = l.statements(stmts, scope));
        (block, ended)
    }

    /// An `if`, unless neither side does anything.
    fn branch(&mut self, test: Expr, then: Block, otherwise: Block) {
        if then.steps.is_empty() && otherwise.steps.is_empty() && !may_throw(&test) {
            return;
        }
        self.steps.push(Step::If { test, then, otherwise });
    }

    /// Whether the value of `expr` may be a promise.
    pub(super) fn is_promise(&self, expr: &hir::Expr) -> bool {
        self.checked.types.may_be_promise(expr.ty)
    }

    fn switch(&mut self, subject: &'h hir::Expr, cases: &'h [Case], scope: &Scope<'h>) -> bool {
        let subject_value = self.expr(subject, scope);
        let subject_value = self.bind(subject_value, subject.span);
        self.cases(&subject_value, cases, 0, scope)
    }

    /// The tests from case `first` on, then the default.
    fn cases(&mut self, subject: &Expr, all: &'h [Case], first: usize, scope: &Scope<'h>) -> bool {
        let Some(at) = (first..all.len()).find(|&i| all[i].test.is_some()) else {
            return match all.iter().position(|case| case.test.is_none()) {
                Some(default) => self.entered(all, default, scope),
                None => false,
            };
        };
        // Cases that share one body are one test, unless the default stands among them.
        let mut last = at;
        while last + 1 < all.len() && all[last].body.is_empty() && all[last + 1].test.is_some() {
            last += 1;
        }
        let mut test: Option<Expr> = None;
        for case in &all[at..=last] {
            let Some(value) = &case.test else { continue };
            let value = self.expr(value, scope);
            let equal = Expr::Binary(BinaryOp::Equal, Box::new(subject.clone()), Box::new(value));
            test = Some(match test {
                None => equal,
                Some(before) => Expr::Logical(LogicalOp::Or, Box::new(before), Box::new(equal)),
            });
        }
        let (mut a, mut b) = (false, false);
        let then = self.block(|l| a = l.entered(all, last, scope));
        let otherwise = self.block(|l| b = l.cases(subject, all, last + 1, scope));
        self.branch(test.unwrap_or(Expr::UNDEFINED), then, otherwise);
        a && b
    }

    /// What runs when case `at` is entered: its statements and, falling through, the next ones'.
    fn entered(&mut self, all: &'h [Case], at: usize, scope: &Scope<'h>) -> bool {
        let stmts: Vec<&'h Stmt> = all[at..].iter().flat_map(|case| &case.body).collect();
        self.until_break(&stmts, scope)
    }

    /// Lowers statements up to a `break`. What follows an `if` with a `break` in it goes into
    /// those of its branches that go on. `true` if what follows the switch is not reached.
    fn until_break(&mut self, stmts: &[&'h Stmt], scope: &Scope<'h>) -> bool {
        for (i, stmt) in stmts.iter().enumerate() {
            if !self.spend(stmt.span) {
                return true;
            }
            let following = |own: &'h [Stmt]| -> Vec<&'h Stmt> {
                own.iter().chain(stmts[i + 1..].iter().copied()).collect()
            };
            match &stmt.kind {
                StmtKind::Break => return false,
                StmtKind::If { test, then, otherwise } if breaks(stmt) => {
                    let test = self.expr(test, scope);
                    let (mut a, mut b) = (false, false);
                    let (then, otherwise) = (following(then), following(otherwise));
                    let then = self.block(|l| a = l.until_break(&then, scope));
                    let otherwise = self.block(|l| b = l.until_break(&otherwise, scope));
                    self.branch(test, then, otherwise);
                    return a && b;
                }
                StmtKind::Block(own) if breaks(stmt) => {
                    return self.until_break(&following(own), scope);
                }
                _ => {
                    if self.statement(stmt, scope) {
                        return true;
                    }
                }
            }
        }
        false
    }
}
