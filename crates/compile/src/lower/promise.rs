//! Promises: calls, `.catch`, asynchronous helpers.
//!
//! A promise is first prepared, then finished: what JavaScript computes before it has a promise
//! (the arguments, the body of a helper that is not `async`) stands before the `try` that `.catch`
//! becomes and before the parts of a `Promise.all`; what the promise does stands in them.

use frontage_diagnostic::Span;
use frontage_plan::{Block, Call, Expr, Name, Slot, Step, exits, has_async_step};

use super::expression::value_of;
use super::function::Invocation;
use super::handler::{Lowerer, may_throw};
use super::scope::{Scope, Value};
use crate::hir::{self, ExprKind};

/// A promise: what stands before it is computed.
pub(super) enum Promise<'h> {
    /// A call of an operation.
    Call(Box<Call>, Span),
    /// An `async` function and its arguments: defaults and patterns belong to its promise.
    Run(Box<Invocation<'h>>, Span),
    /// With a fallback.
    Catch(Box<Self>, &'h hir::Expr, Value<'h>, Span),
    /// A step that fills the slot.
    Step(Slot, Box<Step>),
    /// A block that returns what the promise is fulfilled with.
    Block(Block, Span),
    /// A plain value after all.
    Value(Value<'h>),
}

impl<'h> Lowerer<'h> {
    /// Computes what stands before the promise, in the order of the text.
    pub(super) fn prepare(&mut self, expr: &'h hir::Expr, scope: &Scope<'h>) -> Promise<'h> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Operation { operation, arguments, options } => {
                let call = self.call(*operation, arguments.as_deref(), options, scope, expr);
                Promise::Call(call, span)
            }
            ExprKind::Catch(promise, handler) => {
                let inner = self.prepare(promise, scope);
                let handler_value = self.value(handler, scope);
                Promise::Catch(Box::new(inner), handler, handler_value, span)
            }
            ExprKind::All(gather, list) => self.gather(*gather, list, scope),
            _ if self.is_promise(expr) => {
                let before = self.before(|l| l.comes_to(expr, scope));
                self.split(before, span)
            }
            _ => Promise::Value(self.computed(expr, scope)),
        }
    }

    /// A value that is computed here, if computing it may fail.
    pub(super) fn computed(&mut self, expr: &'h hir::Expr, scope: &Scope<'h>) -> Value<'h> {
        match self.value(expr, scope) {
            Value::Expr(e) if may_throw(&e) => Value::Expr(self.bind(e, expr.span)),
            other => other,
        }
    }

    /// A call of an `async` function.
    pub(super) fn run_later(&mut self, mut invocation: Invocation<'h>, span: Span) -> Promise<'h> {
        for argument in &mut invocation.arguments {
            if let Value::Expr(e) = argument
                && may_throw(e)
            {
                let made = std::mem::replace(e, Expr::UNDEFINED);
                *e = self.bind(made, span);
            }
        }
        Promise::Run(Box::new(invocation), span)
    }

    /// Runs a prepared promise and gives what it is fulfilled with.
    pub(super) fn finish(&mut self, promise: Promise<'h>) -> Value<'h> {
        match promise {
            Promise::Call(call, span) => {
                let slot = self.slot(span);
                self.calls.insert(slot, span);
                self.steps.push(Step::Call { slot, call });
                Value::Expr(Expr::Slot(slot))
            }
            Promise::Run(invocation, span) => {
                let activation = self.activate(*invocation, span);
                self.run(&activation, span)
            }
            Promise::Step(slot, step) => {
                self.steps.push(*step);
                Value::Expr(Expr::Slot(slot))
            }
            Promise::Block(body, span) => Value::Expr(self.value_of_block(body, span)),
            Promise::Value(value) => value,
            Promise::Catch(inner, handler_at, handler, span) => {
                self.finish_catch(*inner, handler_at, handler, span)
            }
        }
    }

    /// The block that runs a prepared promise and returns what it is fulfilled with.
    pub(super) fn finished(&mut self, promise: Promise<'h>, span: Span) -> Block {
        self.block_of(|l| {
            let value = l.finish(promise);
            l.value_at(value, span)
        })
    }

    /// What a block's `Return` gives, computed here.
    pub(super) fn value_of_block(&mut self, body: Block, span: Span) -> Expr {
        if !has_async_step(&body) {
            return value_of(body);
        }
        let slot = self.slot(span);
        self.steps.push(Step::Scope { slot, body });
        Expr::Slot(slot)
    }

    fn finish_catch(
        &mut self,
        inner: Promise<'h>,
        handler_at: &'h hir::Expr,
        handler: Value<'h>,
        span: Span,
    ) -> Value<'h> {
        let hint = self.part.clone();
        let body = self.finished(inner, span);
        let mut error = None;
        let in_handler = std::mem::replace(&mut self.in_handler, true);
        let mut handler = match handler {
            Value::Function(closure) => {
                let arguments = if Self::wanted(&closure, 1) > 0 {
                    let slot = self.slot(handler_at.span);
                    error = Some(slot);
                    vec![Expr::Slot(slot)]
                } else {
                    Vec::new()
                };
                self.body_of(Invocation::of_callback(&closure, &arguments), handler_at.span)
            }
            Value::Builtin(builtin) => {
                let slot = self.slot(handler_at.span);
                error = Some(slot);
                let value = Expr::Call(builtin, vec![Expr::Slot(slot)]);
                Block { steps: vec![Step::Return(value)] }
            }
            _ => {
                self.not_known(handler_at);
                Block::default()
            }
        };
        self.in_handler = in_handler;
        let part = self.replaced_part(hint, &body, &handler);
        let slot = self.slot(span);
        if !matches!(handler.steps.last(), Some(Step::Return(_) | Step::Throw(_))) {
            handler.steps.push(Step::Return(Expr::UNDEFINED));
        }
        let steps = vec![Step::Try { body, error, handler, part }];
        self.steps.push(Step::Scope { slot, body: Block { steps } });
        Value::Expr(Expr::Slot(slot))
    }

    /// The part that `handler` replaces: none if it only throws.
    pub(super) fn replaced_part(
        &self,
        hint: Option<Name>,
        body: &Block,
        handler: &Block,
    ) -> Option<Name> {
        let only_throws =
            matches!(handler.steps.last(), Some(Step::Throw(_))) && !exits(handler).returns;
        if only_throws { None } else { hint.or_else(|| self.first_call(body)) }
    }

    /// `upstream.operation` of the first call of a block.
    fn first_call(&self, block: &Block) -> Option<Name> {
        block.steps.iter().find_map(|step| match step {
            Step::Call { call, .. } => Some(self.operations.name(call.operation, self.workspace)),
            Step::If { then, otherwise, .. } => {
                self.first_call(then).or_else(|| self.first_call(otherwise))
            }
            Step::Scope { body, .. } | Step::Map { body, .. } => self.first_call(body),
            Step::Try { body, handler, .. } => {
                self.first_call(body).or_else(|| self.first_call(handler))
            }
            Step::All { bodies, .. } => bodies.iter().find_map(|b| self.first_call(b)),
            Step::Let { .. } | Step::Return(_) | Step::Throw(_) => None,
        })
    }
}
