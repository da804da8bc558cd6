//! Promises: calls, `.catch`, `Promise.all`, asynchronous helpers.
//!
//! A promise is first prepared, then finished: what JavaScript computes before it has a promise
//! (the arguments) stands before the `try` that `.catch` becomes, what the promise does in it.

use frontage_plan::{
    ArrayItem, Block, Builtin, Call, Expr, Gather, IterateOp, Key, Name, ObjectItem, Step, exits,
};

use super::codes;
use super::function::{Activation, number};
use super::handler::{Lowerer, may_throw};
use super::operations;
use super::scope::{Scope, Value};
use crate::hir::{self, ExprKind, Item, OperationRef};

/// Most elements of an asynchronous `.map` that run at once.
const MAP_WIDTH: u16 = 32;

/// A promise whose arguments are computed.
pub(super) enum Promise<'h> {
    /// A call of an operation.
    Call(Box<Call>),
    /// A known function, its parameters bound.
    Run(Activation<'h>),
    /// With a fallback.
    Catch(Box<Self>, &'h hir::Expr, Value<'h>),
    /// Anything else, computed when it is finished.
    Other(&'h hir::Expr, Scope<'h>),
    /// A plain value after all.
    Value(Expr),
}

impl<'h> Lowerer<'h> {
    /// Computes what stands before the promise.
    pub(super) fn prepare(&mut self, expr: &'h hir::Expr, scope: &Scope<'h>) -> Promise<'h> {
        match &expr.kind {
            ExprKind::Operation { operation, arguments, options } => {
                self.prepare_call(*operation, arguments.as_deref(), options, scope, expr)
            }
            ExprKind::Apply(callee, items) => match self.value(callee, scope) {
                Value::Function(closure) => {
                    Promise::Run(self.activate(&closure, items, scope, expr.span))
                }
                Value::Builtin(builtin) => Promise::Value(self.builtin(builtin, items, scope)),
                _ => Promise::Value(self.not_known(callee)),
            },
            ExprKind::Catch(promise, handler) => {
                let inner = self.prepare(promise, scope);
                let handler_value = self.value(handler, scope);
                Promise::Catch(Box::new(inner), handler, handler_value)
            }
            _ => Promise::Other(expr, scope.clone()),
        }
    }

    /// Runs a prepared promise and gives what it is fulfilled with.
    pub(super) fn finish(&mut self, promise: Promise<'h>, at: &'h hir::Expr) -> Value<'h> {
        match promise {
            Promise::Call(call) => {
                let slot = self.slot(at.span);
                self.calls.insert(slot, at.span);
                self.steps.push(Step::Call { slot, call });
                Value::Expr(Expr::Slot(slot))
            }
            Promise::Run(activation) => self.run(&activation, at.span),
            Promise::Other(expr, scope) => self.value(expr, &scope),
            Promise::Value(value) => Value::Expr(value),
            Promise::Catch(inner, handler_at, handler) => {
                let hint = self.part.clone();
                let body = self.block_of(|l| {
                    let value = l.finish(*inner, at);
                    l.at_run_time(value, at)
                });
                let mut error = None;
                let in_handler = std::mem::replace(&mut self.in_handler, true);
                let handler = match handler {
                    Value::Function(closure) => {
                        let arguments = if Self::wanted(&closure, 1) > 0 {
                            let slot = self.slot(handler_at.span);
                            error = Some(slot);
                            vec![Expr::Slot(slot)]
                        } else {
                            Vec::new()
                        };
                        self.callback_body(&closure, &arguments, handler_at.span)
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
                let slot = self.slot(at.span);
                let mut handler = handler;
                if !matches!(handler.steps.last(), Some(Step::Return(_) | Step::Throw(_))) {
                    handler.steps.push(Step::Return(Expr::UNDEFINED));
                }
                let steps = vec![Step::Try { body, error, handler, part }];
                self.steps.push(Step::Scope { slot, body: Block { steps } });
                Value::Expr(Expr::Slot(slot))
            }
        }
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

    fn prepare_call(
        &mut self,
        reference: OperationRef,
        arguments: Option<&'h hir::Expr>,
        options: &hir::CallOptions,
        scope: &Scope<'h>,
        at: &'h hir::Expr,
    ) -> Promise<'h> {
        let upstream = &self.workspace.upstreams[usize::from(reference.upstream)];
        let operation = &upstream.contract.operations[reference.operation as usize];
        let span = at.span;
        if let Some(body) = &operation.body
            && !operations::can_write(body)
        {
            let kind = body.content.first().map_or("", |c| c.media_type.as_str());
            self.error(
                codes::BODY_NOT_WRITABLE,
                span,
                &format!("a call cannot write a body of `{kind}`"),
                "hand the request on as it is with `passthrough`",
            );
        }
        if !operations::can_read(operation) {
            self.error(
                codes::ANSWER_NOT_READABLE,
                span,
                &format!(
                    "the answer of `{}.{}` is neither JSON nor text",
                    upstream.name, operation.name
                ),
                "hand the answer on as it is with `passthrough`",
            );
        }
        let mut call = Call {
            operation: self.operations.id(reference),
            arguments: Vec::new(),
            body: None,
            timeout_ms: options.timeout_ms,
            null_on: options.null_on.clone(),
            headers: options.headers.clone(),
            answers: Vec::new(),
            in_handler: self.in_handler,
            place: self.place(span),
        };
        let Some(arguments) = arguments else { return Promise::Call(Box::new(call)) };
        let mut members: Vec<(Name, Expr)> = Vec::new();
        match self.value(arguments, scope) {
            Value::Expr(Expr::Object(items)) if items.iter().all(is_static) => {
                for item in items {
                    if let ObjectItem::Property(Key::Static(name), value) = item {
                        members.push((name, value));
                    }
                }
            }
            value => {
                let whole = self.at_run_time(value, arguments);
                let whole = self.bind(whole, arguments.span);
                let mut keys: Vec<_> =
                    operation.parameters.iter().map(|p| p.key.as_str()).collect();
                if operation.body.is_some() {
                    keys.push(frontage_contract::Operation::BODY_KEY);
                }
                for key in keys {
                    let value = if operation.arguments_optional() {
                        let bind = self.slot(arguments.span);
                        Expr::Optional {
                            object: Box::new(whole.clone()),
                            bind,
                            rest: Box::new(Expr::Slot(bind).member(key)),
                        }
                    } else {
                        whole.clone().member(key)
                    };
                    members.push((key.into(), value));
                }
            }
        }
        for (name, value) in members {
            // Under a `.catch`, what the arguments throw is not caught: it is thrown before.
            let value = if may_throw(&value) { self.bind(value, span) } else { value };
            if &*name == frontage_contract::Operation::BODY_KEY && operation.body.is_some() {
                call.body = Some(value);
            } else if let Some(index) = operation.parameters.iter().position(|p| p.key == *name) {
                let value = match operation.parameters[index].style {
                    frontage_contract::Style::Json => {
                        Expr::Call(Builtin::JsonStringify, vec![value])
                    }
                    _ => value,
                };
                call.arguments.push((index as u16, value));
            }
        }
        Promise::Call(Box::new(call))
    }

    /// `Promise.all(list)` and `Promise.allSettled(list)`.
    pub(super) fn all(&mut self, gather: Gather, list: &'h hir::Expr, scope: &Scope<'h>) -> Expr {
        match &list.kind {
            ExprKind::Iterate { op: IterateOp::Map, receiver, callback, .. } => {
                self.map(gather, receiver, callback, list, scope)
            }
            ExprKind::Array(items) => self.all_of(gather, items, list, scope),
            ExprKind::Await(inner) => self.all(gather, inner, scope),
            _ => {
                // A list of plain values.
                let values = self.expr(list, scope);
                match gather {
                    Gather::All => values,
                    Gather::Settled | Gather::SettledCalls => self.settle_each(values, list),
                }
            }
        }
    }

    fn settle_each(&mut self, values: Expr, at: &hir::Expr) -> Expr {
        let slot = self.slot(at.span);
        let item = self.in_frame(|l| l.slot(at.span));
        let body = Block { steps: vec![Step::Return(Expr::Slot(item))] };
        let (item, index) = (Some(item), None);
        let gather = Gather::Settled;
        self.steps.push(Step::Map {
            slot,
            list: values,
            item,
            index,
            body,
            gather,
            width: MAP_WIDTH,
        });
        Expr::Slot(slot)
    }

    fn all_of(
        &mut self,
        gather: Gather,
        items: &'h [Item],
        list: &'h hir::Expr,
        scope: &Scope<'h>,
    ) -> Expr {
        let has_spread = items.iter().any(|item| matches!(item, Item::Spread(_)));
        if has_spread && gather == Gather::Settled {
            self.error(
                codes::SPREAD_IN_SETTLED,
                list.span,
                "a list cannot be spread in `Promise.allSettled([...])`",
                "give the list its own `Promise.allSettled(list.map(...))`",
            );
        }
        // What the list's elements throw before they are promises is thrown, whatever the others do.
        let mut prepared = Vec::new();
        for item in items {
            prepared.push(match item {
                Item::Value(e) if self.is_promise(e, scope) => Some(self.prepare(e, scope)),
                Item::Value(e) => {
                    let value = self.expr(e, scope);
                    let value = if may_throw(&value) { self.bind(value, e.span) } else { value };
                    Some(Promise::Value(value))
                }
                Item::Spread(_) => None,
            });
        }
        let mut bodies = Vec::new();
        for (item, promise) in items.iter().zip(prepared) {
            let (Item::Value(e) | Item::Spread(e)) = item;
            bodies.push(self.block_of(|l| match promise {
                Some(promise) => {
                    let value = l.finish(promise, e);
                    l.at_run_time(value, e)
                }
                // The promises of a spread list are awaited as a part of their own.
                None => l.all(Gather::All, e, scope),
            }));
        }
        let slot = self.slot(list.span);
        self.steps.push(Step::All { slot, bodies, gather });
        if !has_spread {
            return Expr::Slot(slot);
        }
        let parts = items.iter().enumerate().map(|(position, item)| {
            let part = Expr::Index(Box::new(Expr::Slot(slot)), Box::new(number(position)));
            match item {
                Item::Value(_) => ArrayItem::Item(part),
                Item::Spread(_) => ArrayItem::Spread(part),
            }
        });
        Expr::Array(parts.collect())
    }

    fn map(
        &mut self,
        gather: Gather,
        receiver: &'h hir::Expr,
        callback: &'h hir::Expr,
        at: &'h hir::Expr,
        scope: &Scope<'h>,
    ) -> Expr {
        let closure = match self.value(callback, scope) {
            Value::Function(closure) => closure,
            Value::Builtin(_) => {
                let values = self.iterate(IterateOp::Map, receiver, callback, None, scope);
                return match gather {
                    Gather::All => values,
                    Gather::Settled | Gather::SettledCalls => self.settle_each(values, at),
                };
            }
            _ => return self.not_known(callback),
        };
        let gather = match gather {
            Gather::Settled if !closure.function.written_async => Gather::SettledCalls,
            other => other,
        };
        let wanted = Self::wanted(&closure, 3);
        let mut list = self.expr(receiver, scope);
        if wanted > 2 {
            list = self.bind(list, receiver.span);
        }
        let slot = self.slot(at.span);
        let (item, index, body) = self.in_frame(|l| {
            let item = (wanted > 0).then(|| l.slot(callback.span));
            let index = (wanted > 1).then(|| l.slot(callback.span));
            let own = item.iter().chain(&index).copied().map(Expr::Slot);
            let arguments: Vec<Expr> = own.chain((wanted > 2).then(|| list.clone())).collect();
            (item, index, l.callback_body(&closure, &arguments, callback.span))
        });
        self.steps.push(Step::Map { slot, list, item, index, body, gather, width: MAP_WIDTH });
        Expr::Slot(slot)
    }
}

fn is_static(item: &ObjectItem) -> bool {
    matches!(item, ObjectItem::Property(Key::Static(_), _))
}
