//! `Promise.all` and `Promise.allSettled`: a list written out, or one `.map`.
//!
//! What the list's elements throw before they are promises is thrown, whatever the others do.

use frontage_diagnostic::Span;
use frontage_plan::{Block, Expr, Gather, IterateOp, Lambda, Step, TURNS};

use super::expression::value_of;
use super::function::Invocation;
use super::handler::{Lowerer, may_throw};
use super::promise::Promise;
use super::scope::{Scope, Value};
use crate::hir::{self, ExprKind, Item};

/// Most elements of an asynchronous `.map` that run at once.
const MAP_WIDTH: u16 = TURNS;

impl<'h> Lowerer<'h> {
    /// `Promise.all(list)` and `Promise.allSettled(list)`.
    pub(super) fn gather(
        &mut self,
        gather: Gather,
        list: &'h hir::Expr,
        scope: &Scope<'h>,
    ) -> Promise<'h> {
        match &list.kind {
            ExprKind::Iterate { op: IterateOp::Map, receiver, callback, .. } => {
                self.gather_map(gather, receiver, callback, list, scope)
            }
            ExprKind::Array(items) => {
                let items = items.iter().map(|(Item::Value(e) | Item::Spread(e))| e);
                self.gather_items(gather, items, list, scope)
            }
            _ => {
                let values = self.expr(list, scope);
                self.gather_values(gather, values, list.span)
            }
        }
    }

    /// A list of plain values.
    fn gather_values(&mut self, gather: Gather, values: Expr, span: Span) -> Promise<'h> {
        let values = if may_throw(&values) { self.bind(values, span) } else { values };
        if gather == Gather::All {
            return Promise::Value(Value::Expr(values));
        }
        let slot = self.slot(span);
        let item = self.in_frame(|l| l.slot(span));
        let body = Block { steps: vec![Step::Return(Expr::Slot(item))] };
        let (list, item, index, width) = (values, Some(item), None, MAP_WIDTH);
        Promise::Step(slot, Box::new(Step::Map { slot, list, item, index, body, gather, width }))
    }

    fn gather_items(
        &mut self,
        gather: Gather,
        items: impl Iterator<Item = &'h hir::Expr>,
        list: &'h hir::Expr,
        scope: &Scope<'h>,
    ) -> Promise<'h> {
        let prepared: Vec<_> = items.map(|e| (self.prepare(e, scope), e.span)).collect();
        let bodies =
            prepared.into_iter().map(|(promise, span)| self.finished(promise, span)).collect();
        let slot = self.slot(list.span);
        Promise::Step(slot, Box::new(Step::All { slot, bodies, gather }))
    }

    fn gather_map(
        &mut self,
        gather: Gather,
        receiver: &'h hir::Expr,
        callback: &'h hir::Expr,
        at: &'h hir::Expr,
        scope: &Scope<'h>,
    ) -> Promise<'h> {
        let closure = match self.value(callback, scope) {
            Value::Function(closure) => closure,
            Value::Builtin(_) => {
                let values = self.iterate(IterateOp::Map, receiver, callback, None, scope);
                return self.gather_values(gather, values, at.span);
            }
            _ => return Promise::Value(Value::Expr(self.not_known(callback))),
        };
        let span = callback.span;
        let wanted = Self::wanted(&closure, 3);
        let mut list = self.expr(receiver, scope);
        if wanted > 2 || may_throw(&list) {
            list = self.bind(list, receiver.span);
        }
        let whole = (wanted > 2).then(|| list.clone());
        let slot = self.slot(at.span);
        let width = MAP_WIDTH;
        let map = |list, item, index, body| {
            Promise::Step(
                slot,
                Box::new(Step::Map { slot, list, item, index, body, gather, width }),
            )
        };
        let given = |l: &mut Self| {
            let item = (wanted > 0).then(|| l.slot(span));
            let index = (wanted > 1).then(|| l.slot(span));
            let own = item.iter().chain(&index).copied().map(Expr::Slot);
            (item, index, own.chain(whole.clone()).collect::<Vec<_>>())
        };
        if closure.function.written_async {
            let (item, index, body) = self.in_frame(|l| {
                let (item, index, arguments) = given(l);
                (item, index, l.body_of(Invocation::of_callback(&closure, &arguments), span))
            });
            return map(list, item, index, body);
        }
        let (mut item, mut index) = (None, None);
        let before = self.in_frame(|l| {
            l.before(|l| {
                let arguments;
                (item, index, arguments) = given(l);
                l.comes_to_result(Invocation::of_callback(&closure, &arguments), span);
            })
        });
        if !before.may_fail() {
            let body = self.in_frame(|l| l.joined(before, span));
            return map(list, item, index, body);
        }
        // The whole list is made first, so that what fails in it is no part's failure.
        let params: Vec<_> = item.into_iter().chain(index).collect();
        let state = self.in_frame(|l| l.slot(span));
        let (block, own, body) =
            self.in_frame(|l| l.captured(before, &params, &Expr::Slot(state), span));
        let lambda = Lambda { params, body: Box::new(value_of(block)) };
        let (op, receiver, initial) = (IterateOp::Map, Box::new(list), None);
        let made = Expr::Iterate { op, receiver, lambda, initial };
        let mut made = Block { steps: vec![Step::Return(made)] };
        self.rename(&mut made, &own, span);
        let made = self.bind(value_of(made), at.span);
        map(made, Some(state), None, body)
    }
}
