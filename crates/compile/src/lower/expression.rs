//! Expressions: pure ones become [`Expr`]s; calls in them become steps before the place where they
//! stand, in the order of the text.

use frontage_diagnostic::Span;
use frontage_plan::{
    ArrayItem, BinaryOp, Block, Builtin, Constant, Expr, Key, LogicalOp, ObjectItem, ReplyKind,
    Step, has_async_step, input_slot,
};

use super::codes;
use super::handler::{Lowerer, may_throw};
use super::scope::{Closure, Scope, Value};
use crate::hir::{self, ExprKind, InputPart, Item, Member};
use crate::types::{Kind, Ty};

/// The name of a part of the context.
const PARTS: [(&str, InputPart); 6] = [
    ("params", InputPart::Params),
    ("query", InputPart::Query),
    ("headers", InputPart::Headers),
    ("body", InputPart::Body),
    ("session", InputPart::Session),
    ("request", InputPart::Request),
];

/// The slot that holds a part of the context.
pub(super) fn input(part: InputPart) -> Expr {
    Expr::Slot(match part {
        InputPart::Params => input_slot::PARAMS,
        InputPart::Query => input_slot::QUERY,
        InputPart::Headers => input_slot::HEADERS,
        InputPart::Body => input_slot::BODY,
        InputPart::Session => input_slot::SESSION,
        InputPart::Request => input_slot::REQUEST,
    })
}

impl<'h> Lowerer<'h> {
    /// The expression for a value at run time.
    pub(super) fn expr(&mut self, expr: &'h hir::Expr, scope: &Scope<'h>) -> Expr {
        let value = self.value(expr, scope);
        self.at_run_time(value, expr)
    }

    /// Makes an expression of a value; functions have none.
    pub(super) fn at_run_time(&mut self, value: Value<'h>, expr: &hir::Expr) -> Expr {
        self.value_at(value, expr.span)
    }

    /// As [`Self::at_run_time`], of a value that stands at `span`.
    pub(super) fn value_at(&mut self, value: Value<'h>, span: Span) -> Expr {
        match value {
            Value::Expr(value) => value,
            Value::Context => Expr::Object(
                PARTS
                    .iter()
                    .map(|&(name, part)| {
                        ObjectItem::Property(Key::Static(name.into()), input(part))
                    })
                    .collect(),
            ),
            Value::Function(_) | Value::Builtin(_) | Value::Record(_) => self.no_value(span),
        }
    }

    /// Reports a function, or what holds some, where only values stand.
    fn no_value(&mut self, span: Span) -> Expr {
        self.function_lost = true;
        self.error(
            codes::FUNCTION_NOT_KNOWN,
            span,
            "which function this is must be known when the route is compiled",
            "call the function where it is named: choose between results, not between functions",
        );
        Expr::UNDEFINED
    }

    /// Whether an expression is one of functions.
    fn is_function(&self, expr: &hir::Expr) -> bool {
        let types = &self.checked.types;
        expr.ty != Ty::NEVER && types.all(expr.ty, |k| matches!(k, Kind::Function(_)))
    }

    /// Lowers several expressions in order.
    pub(super) fn exprs<const N: usize>(
        &mut self,
        operands: [&'h hir::Expr; N],
        scope: &Scope<'h>,
    ) -> [Expr; N] {
        let mut all = self.expr_list(&operands, scope).into_iter();
        std::array::from_fn(|_| all.next().unwrap_or(Expr::UNDEFINED))
    }

    /// Lowers several expressions in order.
    pub(super) fn expr_list(&mut self, operands: &[&'h hir::Expr], scope: &Scope<'h>) -> Vec<Expr> {
        let Some(first) = operands.first() else { return Vec::new() };
        let lower = |l: &mut Self, e: &'h hir::Expr| Value::Expr(l.expr(e, scope));
        let values = self.in_order(operands.iter().copied(), lower, first.span);
        values
            .into_iter()
            .map(|v| if let Value::Expr(e) = v { e } else { Expr::UNDEFINED })
            .collect()
    }

    /// What `expr` is: a value at run time, or a function.
    pub(super) fn value(&mut self, expr: &'h hir::Expr, scope: &Scope<'h>) -> Value<'h> {
        if !self.spend(expr.span) {
            return Value::UNDEFINED;
        }
        Value::Expr(match &expr.kind {
            ExprKind::Constant(constant) => Expr::Constant(constant.clone()),
            ExprKind::Local(local) => return scope.get(*local).unwrap_or(Value::UNDEFINED),
            ExprKind::Global(global) => return self.global(*global),
            ExprKind::Function(id) => {
                let function = &self.checked.functions[id.0 as usize];
                return Value::Function(Closure { function, scope: Scope::default() }.into());
            }
            ExprKind::Arrow(function) => {
                return Value::Function(Closure { function, scope: scope.clone() }.into());
            }
            ExprKind::BuiltinFunction(builtin) => return Value::Builtin(*builtin),
            ExprKind::Context => return Value::Context,
            ExprKind::Input(part) => input(*part),
            ExprKind::Member(object, name) => return self.member(object, name, scope),
            ExprKind::Index(object, index) => {
                let [object, index] = self.exprs([object, index], scope);
                match index {
                    Expr::Constant(Constant::String(name)) => object.member(&name),
                    index => Expr::Index(Box::new(object), Box::new(index)),
                }
            }
            ExprKind::Optional { object, .. } if self.is_promise(object) => {
                let promise = self.prepare(expr, scope);
                return self.finish(promise);
            }
            ExprKind::Optional { object, bind, rest } => {
                return self.optional(object, *bind, rest, scope);
            }
            ExprKind::Unary(op, e) => Expr::Unary(*op, Box::new(self.expr(e, scope))),
            ExprKind::Binary(op, a, b) => {
                let [a, b] = self.exprs([a, b], scope);
                Expr::Binary(*op, Box::new(a), Box::new(b))
            }
            ExprKind::Logical(op, a, b) => self.logical(*op, a, b, scope),
            ExprKind::Conditional(..) if self.is_function(expr) => {
                // Once for all branches.
                return Value::Expr(self.no_value(expr.span));
            }
            ExprKind::Conditional(test, then, otherwise) => {
                let test = self.expr(test, scope);
                let then = self.block_of(|l| l.expr(then, scope));
                let otherwise = self.block_of(|l| l.expr(otherwise, scope));
                self.choose(test, then, otherwise, expr)
            }
            ExprKind::Template(parts) => {
                Expr::Template(self.expr_list(&parts.iter().collect::<Vec<_>>(), scope))
            }
            ExprKind::Array(items) => Expr::Array(self.items(items, scope)),
            ExprKind::Object(members) => return self.object(members, scope, expr),
            ExprKind::Builtin(builtin, items) => self.builtin(*builtin, items, scope),
            ExprKind::Iterate { op, receiver, callback, initial } => {
                self.iterate(*op, receiver, callback, initial.as_deref(), scope)
            }
            ExprKind::InstanceOf(e, class) => {
                Expr::InstanceOf(Box::new(self.expr(e, scope)), *class)
            }
            ExprKind::Error { status, code, detail } => {
                let mut parts: Vec<_> = vec![&**status, &**code];
                parts.extend(detail.as_deref());
                let mut parts = self.expr_list(&parts, scope).into_iter();
                let mut next = || parts.next().map(Box::new);
                let undefined = || Box::new(Expr::UNDEFINED);
                Expr::Error {
                    status: next().unwrap_or_else(undefined),
                    code: next().unwrap_or_else(undefined),
                    detail: next(),
                }
            }
            ExprKind::Json { value, status, headers, cache_control } => {
                let mut parts: Vec<_> = vec![&**value];
                parts.extend(headers.iter().map(|(_, e)| e));
                // A reply makes its status first; headers that stand before it are made before.
                let before = status.as_deref().filter(|status| {
                    headers.first().is_some_and(|(_, e)| e.span.start < status.span.start)
                });
                let at = if before.is_some() { parts.len() } else { 1 };
                if let Some(status) = status {
                    parts.insert(at, status);
                }
                let mut parts = self.expr_list(&parts, scope);
                if before.is_some() {
                    for part in &mut parts[..at] {
                        if may_throw(part) {
                            let made = std::mem::replace(part, Expr::UNDEFINED);
                            *part = self.bind(made, expr.span);
                        }
                    }
                }
                let status = status.as_ref().map(|_| parts.remove(at));
                let mut parts = parts.into_iter();
                let value = parts.next().unwrap_or(Expr::UNDEFINED);
                let names = headers.iter().map(|(name, _)| name.clone());
                Expr::Reply(Box::new(ReplyKind::Json {
                    value,
                    status,
                    headers: names.zip(parts).collect(),
                    cache_control: cache_control.clone(),
                }))
            }
            ExprKind::NoContent => Expr::Reply(Box::new(ReplyKind::NoContent)),
            ExprKind::Redirect { location, status } => {
                let mut parts: Vec<_> = vec![&**location];
                parts.extend(status.as_deref());
                let mut parts = self.expr_list(&parts, scope).into_iter();
                let location = parts.next().unwrap_or(Expr::UNDEFINED);
                Expr::Reply(Box::new(ReplyKind::Redirect { location, status: parts.next() }))
            }
            ExprKind::Apply(callee, items) => return self.apply(callee, items, scope, expr.span),
            ExprKind::Operation { .. } | ExprKind::Catch(..) | ExprKind::All(..) => {
                let promise = self.prepare(expr, scope);
                return self.finish(promise);
            }
            ExprKind::Await(promise) => return self.value(promise, scope),
        })
    }

    fn global(&mut self, id: hir::GlobalId) -> Value<'h> {
        if let Some(value) = self.globals.get(&id) {
            return value.clone();
        }
        let global: &'h hir::Global = &self.checked.globals[id.0 as usize];
        let value = self.in_prelude(|l| match l.value(&global.value, &Scope::default().inner()) {
            Value::Expr(e) => Value::Expr(l.bind(e, global.value.span)),
            other => other,
        });
        self.globals.insert(id, value.clone());
        value
    }

    fn member(&mut self, object: &'h hir::Expr, name: &str, scope: &Scope<'h>) -> Value<'h> {
        match self.value(object, scope) {
            Value::Context => match PARTS.iter().find(|(part, _)| *part == name) {
                Some(&(_, part)) => Value::Expr(input(part)),
                None => Value::UNDEFINED,
            },
            Value::Record(members) => members
                .iter()
                .find(|(key, _)| &**key == name)
                .map_or(Value::UNDEFINED, |(_, value)| value.clone()),
            value => Value::Expr(self.at_run_time(value, object).member(name)),
        }
    }

    fn optional(
        &mut self,
        object: &'h hir::Expr,
        bind: hir::LocalId,
        rest: &'h hir::Expr,
        scope: &Scope<'h>,
    ) -> Value<'h> {
        let value = match self.value(object, scope) {
            Value::Expr(value) => value,
            known => {
                // A function or the context is never missing.
                scope.bind(bind, known);
                return self.value(rest, scope);
            }
        };
        let slot = self.slot(object.span);
        scope.bind(bind, Value::Expr(Expr::Slot(slot)));
        let body = self.block_of(|l| l.expr(rest, scope));
        if !has_async_step(&body) {
            return Value::Expr(Expr::Optional {
                object: Box::new(value),
                bind: slot,
                rest: Box::new(value_of(body)),
            });
        }
        self.steps.push(Step::Let { slot, value });
        let null = Box::new(Expr::Constant(Constant::Null));
        let test = Expr::Binary(BinaryOp::LooseNotEqual, Box::new(Expr::Slot(slot)), null);
        Value::Expr(self.choose(test, body, Block::default(), rest))
    }

    fn logical(
        &mut self,
        op: LogicalOp,
        left: &'h hir::Expr,
        right: &'h hir::Expr,
        scope: &Scope<'h>,
    ) -> Expr {
        let a = self.expr(left, scope);
        let b = self.block_of(|l| l.expr(right, scope));
        if !has_async_step(&b) {
            return Expr::Logical(op, Box::new(a), Box::new(value_of(b)));
        }
        let a = self.bind(a, left.span);
        let keep = Block { steps: vec![Step::Return(a.clone())] };
        let (test, goes_on) = decided(op, a);
        let (then, otherwise) = if goes_on { (b, keep) } else { (keep, b) };
        self.choose(test, then, otherwise, right)
    }

    /// One of two blocks that return a value.
    pub(super) fn choose(
        &mut self,
        test: Expr,
        then: Block,
        otherwise: Block,
        at: &hir::Expr,
    ) -> Expr {
        if !has_async_step(&then) && !has_async_step(&otherwise) {
            let (then, otherwise) = (Box::new(value_of(then)), Box::new(value_of(otherwise)));
            return Expr::Conditional(Box::new(test), then, otherwise);
        }
        let slot = self.slot(at.span);
        let body = Block { steps: vec![Step::If { test, then, otherwise }] };
        self.steps.push(Step::Scope { slot, body });
        Expr::Slot(slot)
    }

    /// The elements of an array literal or the arguments of a call.
    pub(super) fn items(&mut self, items: &'h [Item], scope: &Scope<'h>) -> Vec<ArrayItem> {
        let operands: Vec<_> = items.iter().map(|(Item::Value(e) | Item::Spread(e))| e).collect();
        let values = self.expr_list(&operands, scope);
        let both = items.iter().zip(values);
        both.map(|(item, value)| match item {
            Item::Value(_) => ArrayItem::Item(value),
            Item::Spread(_) => ArrayItem::Spread(value),
        })
        .collect()
    }

    /// A function of the library without a callback.
    pub(super) fn builtin(
        &mut self,
        builtin: Builtin,
        items: &'h [Item],
        scope: &Scope<'h>,
    ) -> Expr {
        let items = self.items(items, scope);
        if items.iter().any(|item| matches!(item, ArrayItem::Spread(_))) {
            return Expr::CallSpread(builtin, items);
        }
        let plain = items.into_iter().map(|(ArrayItem::Item(e) | ArrayItem::Spread(e))| e);
        Expr::Call(builtin, plain.collect())
    }

    fn object(&mut self, members: &'h [Member], scope: &Scope<'h>, at: &'h hir::Expr) -> Value<'h> {
        // Keys and values in text order; a property names the part that its value may become.
        let mut operands: Vec<(Option<&'h std::sync::Arc<str>>, &'h hir::Expr)> = Vec::new();
        for member in members {
            match member {
                Member::Static(name, value) => operands.push((Some(name), value)),
                Member::Computed(key, value) => operands.extend([(None, key), (None, value)]),
                Member::Spread(value) => operands.push((None, value)),
            }
        }
        let lower = |l: &mut Self, (name, e): (Option<&'h std::sync::Arc<str>>, &'h hir::Expr)| {
            let around = l.part.clone();
            if let Some(name) = name {
                l.part = Some(name.clone());
            }
            let value = l.value(e, scope);
            l.part = around;
            value
        };
        let values = self.in_order(operands.iter().copied(), lower, at.span);
        let is_static = members.iter().all(|m| matches!(m, Member::Static(..)));
        let known = |v: &Value<'_>| !matches!(v, Value::Expr(_) | Value::Context);
        if is_static && values.iter().any(known) {
            let mut record = Vec::new();
            for ((name, e), value) in operands.iter().zip(values) {
                let Some(name) = name else { continue };
                let value = match value {
                    Value::Expr(v) => Value::Expr(self.bind(v, e.span)),
                    other => other,
                };
                record.push(((*name).clone(), value));
            }
            return Value::Record(record.into());
        }
        let mut values = values
            .into_iter()
            .zip(&operands)
            .map(|(value, (_, e))| self.at_run_time(value, e))
            .collect::<Vec<_>>()
            .into_iter();
        let mut next = || values.next().unwrap_or(Expr::UNDEFINED);
        let items = members.iter().map(|member| match member {
            Member::Static(name, _) => ObjectItem::Property(Key::Static(name.clone()), next()),
            Member::Computed(..) => {
                let key = Key::Computed(next());
                ObjectItem::Property(key, next())
            }
            Member::Spread(_) => ObjectItem::Spread(next()),
        });
        Value::Expr(Expr::Object(items.collect()))
    }
}

/// The test that decides whether an operator's right side is computed, and whether it is if the
/// test is true.
pub(super) fn decided(op: LogicalOp, left: Expr) -> (Expr, bool) {
    match op {
        LogicalOp::And => (left, true),
        LogicalOp::Or => (left, false),
        LogicalOp::Nullish => {
            let null = Box::new(Expr::Constant(Constant::Null));
            (Expr::Binary(BinaryOp::LooseEqual, Box::new(left), null), true)
        }
    }
}

/// The expression for a block without asynchronous steps.
pub(super) fn value_of(mut block: Block) -> Expr {
    let first = block.steps.iter().position(|step| !matches!(step, Step::Let { .. }));
    let rest = block.steps.split_off(first.unwrap_or(block.steps.len()));
    if !is_choice(&rest) {
        block.steps.extend(rest);
        return Expr::Block(Box::new(block));
    }
    let value = choice(rest);
    if block.steps.is_empty() {
        return value;
    }
    block.steps.push(Step::Return(value));
    Expr::Block(Box::new(block))
}

/// Whether a block only chooses between values: `if (a) return b; return c;`.
fn is_choice(steps: &[Step]) -> bool {
    match steps {
        [] | [Step::Return(_)] => true,
        [Step::If { then, otherwise, .. }, rest @ ..] => {
            ends_with_value(&then.steps)
                && if otherwise.steps.is_empty() {
                    is_choice(rest)
                } else {
                    rest.is_empty() && is_choice(&otherwise.steps)
                }
        }
        _ => false,
    }
}

/// Whether steps choose between values, and always return one.
fn ends_with_value(steps: &[Step]) -> bool {
    match steps {
        [Step::Return(_)] => true,
        [Step::If { then, otherwise, .. }, rest @ ..] if ends_with_value(&then.steps) => {
            if otherwise.steps.is_empty() {
                ends_with_value(rest)
            } else {
                rest.is_empty() && ends_with_value(&otherwise.steps)
            }
        }
        _ => false,
    }
}

fn choice(steps: Vec<Step>) -> Expr {
    let mut steps = steps.into_iter();
    match steps.next() {
        Some(Step::Return(value)) => value,
        Some(Step::If { test, then, otherwise }) => {
            let otherwise =
                if otherwise.steps.is_empty() { steps.collect() } else { otherwise.steps };
            let (then, otherwise) = (choice(then.steps), choice(otherwise));
            Expr::Conditional(Box::new(test), Box::new(then), Box::new(otherwise))
        }
        _ => Expr::UNDEFINED,
    }
}
