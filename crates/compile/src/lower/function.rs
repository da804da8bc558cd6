//! Functions: inlined where they are called, with their arguments computed once and in order.

use std::rc::Rc;

use frontage_diagnostic::Span;
use frontage_plan::{
    ArrayItem, BinaryOp, Block, Builtin, Constant, Expr, IterateOp, Lambda, Number, Step,
    expr_fits, has_async_step,
};

use super::codes;
use super::expression::value_of;
use super::handler::{Lowerer, is_trivial, may_throw};
use super::scope::{Closure, Scope, Value};
use super::usage::{Usage, is_straight};
use crate::hir::{self, Item, StmtKind};

/// A function with its parameters bound, ready to run.
pub(super) struct Activation<'h> {
    /// What runs.
    pub(super) function: &'h hir::Function,
    /// What it sees.
    pub(super) scope: Scope<'h>,
}

/// A function and the arguments of one call of it.
pub(super) struct Invocation<'h> {
    /// What is called.
    pub(super) closure: Rc<Closure<'h>>,
    /// By position.
    pub(super) arguments: Vec<Value<'h>>,
    /// A list of those after [`Self::arguments`], of a call with a spread.
    rest: Option<Expr>,
}

impl<'h> Invocation<'h> {
    /// A call of a callback.
    pub(super) fn of_callback(closure: &Rc<Closure<'h>>, arguments: &[Expr]) -> Self {
        let arguments = arguments.iter().cloned().map(Value::Expr).collect();
        Self { closure: Rc::clone(closure), arguments, rest: None }
    }
}

impl<'h> Lowerer<'h> {
    /// A call of a function value.
    pub(super) fn apply(
        &mut self,
        callee: &'h hir::Expr,
        items: &'h [Item],
        scope: &Scope<'h>,
        span: Span,
    ) -> Value<'h> {
        match self.value(callee, scope) {
            Value::Function(closure) => {
                let invocation = self.invocation(closure, items, scope, span);
                let activation = self.activate(invocation, span);
                self.run(&activation, span)
            }
            Value::Builtin(builtin) => Value::Expr(self.builtin(builtin, items, scope)),
            _ => Value::Expr(self.not_known(callee)),
        }
    }

    /// Computes the arguments of a call of a known function.
    pub(super) fn invocation(
        &mut self,
        closure: Rc<Closure<'h>>,
        items: &'h [Item],
        scope: &Scope<'h>,
        span: Span,
    ) -> Invocation<'h> {
        let lower = |l: &mut Self, item: &'h Item| match item {
            Item::Value(e) => l.value(e, scope),
            Item::Spread(e) => Value::Expr(l.expr(e, scope)),
        };
        let mut arguments = self.in_order(items, lower, span);
        let spread = items.iter().position(|item| matches!(item, Item::Spread(_)));
        let mut rest = None;
        if let Some(first) = spread {
            // From the first spread on, positions are known only at run time.
            let tail = arguments.split_off(first);
            let mut list = Vec::new();
            for (value, item) in tail.into_iter().zip(&items[first..]) {
                let (Item::Value(e) | Item::Spread(e)) = item;
                let value = self.at_run_time(value, e);
                list.push(match item {
                    Item::Value(_) => ArrayItem::Item(value),
                    Item::Spread(_) => ArrayItem::Spread(value),
                });
            }
            let list = match list.as_slice() {
                [ArrayItem::Spread(only @ Expr::Slot(_))] => only.clone(),
                _ => self.bind(Expr::Array(list), span),
            };
            for position in 0..closure.function.params.len().saturating_sub(first) {
                let element = Expr::Index(Box::new(list.clone()), Box::new(number(position)));
                arguments.push(Value::Expr(element));
            }
            let used = closure.function.params.len().saturating_sub(first);
            rest = Some(Expr::Call(Builtin::ArraySlice, vec![list, number(used)]));
        }
        Invocation { closure, arguments, rest }
    }

    /// Binds a function's parameters.
    pub(super) fn activate(&mut self, invocation: Invocation<'h>, span: Span) -> Activation<'h> {
        let Invocation { closure, arguments, rest } = invocation;
        let function = closure.function;
        let scope = closure.scope.inner();
        let mut arguments = arguments.into_iter();
        for param in &function.params {
            let argument = arguments.next();
            let value = match &param.default {
                None => argument.unwrap_or(Value::UNDEFINED),
                Some(default) => self.or_default(argument, default, &scope),
            };
            self.define(param.local, value, &scope, span);
        }
        let mut items = Vec::new();
        for value in arguments {
            match value {
                value if function.rest.is_some() => {
                    items.push(ArrayItem::Item(self.value_at(value, span)));
                }
                Value::Expr(e) if may_throw(&e) => {
                    self.bind(e, span);
                }
                _ => {}
            }
        }
        if let Some(local) = function.rest {
            let list = match rest {
                Some(rest) if items.is_empty() => rest,
                rest => {
                    items.extend(rest.map(ArrayItem::Spread));
                    Expr::Array(items)
                }
            };
            self.define(local, Value::Expr(list), &scope, span);
        }
        Activation { function, scope }
    }

    fn or_default(
        &mut self,
        argument: Option<Value<'h>>,
        default: &'h hir::Expr,
        scope: &Scope<'h>,
    ) -> Value<'h> {
        match argument {
            None | Some(Value::Expr(Expr::Constant(Constant::Undefined))) => {
                self.value(default, scope)
            }
            Some(Value::Expr(given)) if !matches!(given, Expr::Constant(_)) => {
                let given = self.bind(given, default.span);
                let missing = Expr::Binary(
                    BinaryOp::Equal,
                    Box::new(given.clone()),
                    Box::new(Expr::UNDEFINED),
                );
                let otherwise = Block { steps: vec![Step::Return(given)] };
                let then = self.block_of(|l| l.expr(default, scope));
                Value::Expr(self.choose(missing, then, otherwise, default))
            }
            Some(given) => given,
        }
    }

    /// Gives a local its value: in a slot, unless it may as well stand where it is used.
    pub(super) fn define(
        &mut self,
        local: hir::LocalId,
        value: Value<'h>,
        scope: &Scope<'h>,
        span: Span,
    ) {
        let usage = self.usage.get(local.0 as usize).copied().unwrap_or_default();
        let value = match value {
            Value::Expr(e) if !stands_where_used(&e, usage) => Value::Expr(self.bind(e, span)),
            other => other,
        };
        scope.bind(local, value);
    }

    /// Runs an activation here and gives its value.
    pub(super) fn run(&mut self, activation: &Activation<'h>, span: Span) -> Value<'h> {
        let Activation { function, scope } = activation;
        if is_straight(&function.body) {
            let value = self.in_function(|l| {
                l.deeper(span, |l| match function.body.split_last() {
                    Some((last, before)) => match &last.kind {
                        StmtKind::Return(Some(value)) => {
                            if l.statements(before, scope) {
                                return Value::UNDEFINED;
                            }
                            l.value(value, scope)
                        }
                        _ => {
                            l.statements(&function.body, scope);
                            Value::UNDEFINED
                        }
                    },
                    None => Value::UNDEFINED,
                })
            });
            return value.unwrap_or(Value::UNDEFINED);
        }
        let body = self.body(activation, span);
        Value::Expr(self.value_of_block(body, span))
    }

    /// An activation's body as a block of its own, with its `return`s.
    fn body(&mut self, activation: &Activation<'h>, span: Span) -> Block {
        self.in_function(|l| {
            l.block(|l| {
                l.deeper(span, |l| l.statements(&activation.function.body, &activation.scope));
            })
        })
    }

    /// The block of a called function.
    pub(super) fn body_of(&mut self, invocation: Invocation<'h>, span: Span) -> Block {
        self.block(|l| {
            let activation = l.activate(invocation, span);
            let body = l.body(&activation, span);
            l.steps.extend(body.steps);
        })
    }

    /// How many of its `most` possible arguments a function looks at.
    pub(super) fn wanted(closure: &Closure<'_>, most: usize) -> usize {
        if closure.function.rest.is_some() { most } else { closure.function.params.len().min(most) }
    }

    /// A library method with a synchronous callback.
    pub(super) fn iterate(
        &mut self,
        op: IterateOp,
        receiver: &'h hir::Expr,
        callback: &'h hir::Expr,
        initial: Option<&'h hir::Expr>,
        scope: &Scope<'h>,
    ) -> Expr {
        let mut operands = vec![receiver];
        operands.extend(initial);
        let mut operands = self.expr_list(&operands, scope).into_iter();
        let receiver_value = operands.next().unwrap_or(Expr::UNDEFINED);
        let initial = operands.next().map(Box::new);
        let most = match op {
            IterateOp::Reduce => 4,
            IterateOp::ToSorted | IterateOp::GroupBy | IterateOp::ArrayFrom => 2,
            _ => 3,
        };
        let lambda = self.callback_of(callback, most, scope);
        Expr::Iterate { op, receiver: Box::new(receiver_value), lambda, initial }
    }

    /// A callback that is given at most `most` arguments.
    fn callback_of(&mut self, callback: &'h hir::Expr, most: usize, scope: &Scope<'h>) -> Lambda {
        match self.value(callback, scope) {
            Value::Function(closure) => self.lambda(&closure, most, callback),
            Value::Builtin(builtin) => {
                let params: Vec<_> =
                    (0..taken(builtin).min(most)).map(|_| self.slot(callback.span)).collect();
                let arguments = params.iter().copied().map(Expr::Slot).collect();
                Lambda { params, body: Box::new(Expr::Call(builtin, arguments)) }
            }
            _ => {
                let body = Box::new(self.not_known(callback));
                Lambda { params: Vec::new(), body }
            }
        }
    }

    /// A function of an input schema: it is given a value and perhaps the schema's context.
    pub(super) fn function_value(&mut self, function: &'h hir::Expr, scope: &Scope<'h>) -> Lambda {
        self.callback_of(function, 2, scope)
    }

    fn lambda(&mut self, closure: &Rc<Closure<'h>>, most: usize, at: &hir::Expr) -> Lambda {
        let params: Vec<_> = (0..Self::wanted(closure, most)).map(|_| self.slot(at.span)).collect();
        let arguments: Vec<_> = params.iter().copied().map(Expr::Slot).collect();
        let block = self.body_of(Invocation::of_callback(closure, &arguments), at.span);
        if has_async_step(&block) {
            self.error(
                codes::CALL_IN_CALLBACK,
                at.span,
                "a call cannot stand in this callback",
                "make the calls first, with `await Promise.all(list.map(async (item) => ...))`, \
                 and work on their results",
            );
            return Lambda { params, body: Box::new(Expr::UNDEFINED) };
        }
        Lambda { params, body: Box::new(value_of(block)) }
    }

    /// Reports that a called value is not a known function.
    pub(super) fn not_known(&mut self, at: &hir::Expr) -> Expr {
        if self.function_lost {
            return Expr::UNDEFINED;
        }
        self.error(
            codes::FUNCTION_NOT_KNOWN,
            at.span,
            "which function is called here must be known when the route is compiled",
            "call a helper, an arrow function or a parameter by its name: choose between results, \
             not between functions",
        );
        Expr::UNDEFINED
    }
}

/// Deepest expression that stands where its local is used. Constants that are made of one another
/// would else become one expression as deep as they are many.
const DEEPEST_MOVED: usize = 32;

/// Whether an expression may stand where the local is used instead of in a slot.
fn stands_where_used(expr: &Expr, usage: Usage) -> bool {
    is_trivial(expr) || (usage.is_once() && expr_fits(expr, DEEPEST_MOVED) && !may_throw(expr))
}

/// How many arguments a function of the library takes as a callback.
fn taken(builtin: Builtin) -> usize {
    match builtin {
        Builtin::ParseInt | Builtin::MathPow => 2,
        Builtin::MathMin | Builtin::MathMax | Builtin::MathHypot => usize::MAX,
        _ => 1,
    }
}

/// The constant `position`.
pub(super) fn number(position: usize) -> Expr {
    Expr::Constant(Constant::Number(Number(position as f64)))
}
