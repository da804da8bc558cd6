//! Functions that give a promise without being `async`: what they do before they have it is apart
//! from what the promise does, and there may be several promises they come to.
//!
//! ```ts
//! const load = (id?: string) => {
//!   if (id === undefined) return null;
//!   return records.getPatient({ id: decodeURIComponent(id) });
//! };
//! ```
//!
//! [`Before`] is its body with the number of a promise in the place of each `return`. As long as
//! nothing in it can fail, the promises are put back where they stood ([`Lowerer::joined`]).
//! Otherwise it runs first and gives the number and what the promises read of it, and one of the
//! promises goes on from there ([`Lowerer::captured`]).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use frontage_diagnostic::Span;
use frontage_plan::{
    ArrayItem, BinaryOp, Block, Constant, Expr, Slot, Step, each_slot_mut, has_async_step,
    reads_in_block,
};

use super::expression::{decided, value_of};
use super::function::{Activation, Invocation, number};
use super::handler::{Lowerer, may_throw};
use super::promise::Promise;
use super::scope::{Scope, Value};
use crate::hir::{self, ExprKind, Item};

/// What runs before there is a promise.
pub(super) struct Before<'h> {
    /// Each `Return` gives the place of a promise.
    block: Block,
    /// What it may come to.
    promises: Vec<Promise<'h>>,
    /// The slots that are its own, of the frame in which it was lowered.
    own: Own,
}

/// Slots of one frame.
pub(super) struct Own {
    level: u16,
    indices: Range<u16>,
}

impl Own {
    fn has(&self, slot: Slot) -> bool {
        slot.level == self.level && self.indices.contains(&slot.index)
    }
}

impl Before<'_> {
    /// Whether something in it may fail.
    pub(super) fn may_fail(&self) -> bool {
        has_async_step(&self.block) || may_throw(&Expr::Block(Box::new(self.block.clone())))
    }
}

impl<'h> Lowerer<'h> {
    /// What `work` does; it ends with [`Lowerer::comes_to`] wherever there is a promise.
    pub(super) fn before(&mut self, work: impl FnOnce(&mut Self)) -> Before<'h> {
        let around = self.promises.replace(Vec::new());
        let first = self.next_slot();
        let block = self.block(work);
        let own = Own { level: first.level, indices: first.index..self.next_slot().index };
        let promises = std::mem::replace(&mut self.promises, around).unwrap_or_default();
        Before { block, promises, own }
    }

    /// Ends what runs before a promise with `expr`, which may choose between several.
    pub(super) fn comes_to(&mut self, expr: &'h hir::Expr, scope: &Scope<'h>) {
        match &expr.kind {
            ExprKind::Conditional(test, then, otherwise) if self.is_promise(expr) => {
                let test = self.in_function(|l| l.expr(test, scope));
                let then = self.block(|l| l.comes_to(then, scope));
                let otherwise = self.block(|l| l.comes_to(otherwise, scope));
                self.steps.push(Step::If { test, then, otherwise });
            }
            ExprKind::Logical(op, left, right) if self.is_promise(expr) => {
                let value = self.in_function(|l| {
                    let value = l.expr(left, scope);
                    l.bind(value, left.span)
                });
                let (test, goes_on) = decided(*op, value.clone());
                let right = self.block(|l| l.comes_to(right, scope));
                let left = Promise::Value(Value::Expr(value));
                let left = self.block(|l| l.comes_to_promise(left));
                let (then, otherwise) = if goes_on { (right, left) } else { (left, right) };
                self.steps.push(Step::If { test, then, otherwise });
            }
            ExprKind::Apply(callee, items) if self.is_promise(expr) => {
                self.comes_to_call(expr, callee, items, scope);
            }
            ExprKind::Optional { object, rest, .. } if self.is_promise(object) => {
                self.comes_to_caught(object, rest, scope);
            }
            ExprKind::Operation { .. } | ExprKind::Catch(..) | ExprKind::All(..) => {
                let promise = self.in_function(|l| l.prepare(expr, scope));
                self.comes_to_promise(promise);
            }
            _ => {
                let value = self.in_function(|l| l.computed(expr, scope));
                self.comes_to_promise(Promise::Value(value));
            }
        }
    }

    fn comes_to_call(
        &mut self,
        expr: &'h hir::Expr,
        callee: &'h hir::Expr,
        items: &'h [Item],
        scope: &Scope<'h>,
    ) {
        let span = expr.span;
        let invocation = self.in_function(|l| match l.value(callee, scope) {
            Value::Function(closure) if closure.function.is_async => {
                Some(l.invocation(closure, items, scope, span))
            }
            _ => None,
        });
        match invocation {
            None => {
                let value = self.in_function(|l| l.computed(expr, scope));
                self.comes_to_promise(Promise::Value(value));
            }
            Some(invocation) if invocation.closure.function.written_async => {
                let promise = self.in_function(|l| l.run_later(invocation, span));
                self.comes_to_promise(promise);
            }
            Some(invocation) => self.comes_to_result(invocation, span),
        }
    }

    /// Ends what runs before a promise with that of a function that is not `async`.
    pub(super) fn comes_to_result(&mut self, invocation: Invocation<'h>, span: Span) {
        let Activation { function, scope } = self.in_function(|l| l.activate(invocation, span));
        let ended = self.deeper(span, |l| l.statements(&function.body, &scope));
        if ended != Some(true) {
            self.comes_to_promise(Promise::Value(Value::UNDEFINED));
        }
    }

    /// `object?.catch(handler)`; `rest` is what follows the object.
    fn comes_to_caught(&mut self, object: &'h hir::Expr, rest: &'h hir::Expr, scope: &Scope<'h>) {
        let from = self.promises.as_ref().map_or(0, Vec::len);
        self.comes_to(object, scope);
        let found = self.promises.as_mut().map(|promises| promises.split_off(from));
        let caught = self.in_function(|l| {
            let found = found.unwrap_or_default().into_iter();
            let caught = found.map(|promise| l.caught_if_there(promise, rest, scope));
            caught.collect::<Vec<_>>()
        });
        if let Some(promises) = &mut self.promises {
            promises.extend(caught);
        }
    }

    fn caught_if_there(
        &mut self,
        promise: Promise<'h>,
        rest: &'h hir::Expr,
        scope: &Scope<'h>,
    ) -> Promise<'h> {
        if let Promise::Value(value) = promise {
            let object = Box::new(self.value_at(value, rest.span));
            let bind = self.slot(rest.span);
            let there = Expr::Optional { object, bind, rest: Box::new(Expr::Slot(bind)) };
            return Promise::Value(Value::Expr(there));
        }
        let ExprKind::Catch(inner, handler) = &rest.kind else { return promise };
        let inner = self.caught_if_there(promise, inner, scope);
        let value = self.value(handler, scope);
        Promise::Catch(Box::new(inner), handler, value, rest.span)
    }

    /// Ends what runs before a promise with it.
    pub(super) fn comes_to_promise(&mut self, promise: Promise<'h>) {
        if let Some(promises) = &mut self.promises {
            let place = promises.len();
            promises.push(promise);
            self.steps.push(Step::Return(number(place)));
        }
    }

    /// Runs here what may fail before there is a promise, and gives that.
    pub(super) fn split(&mut self, mut before: Before<'h>, span: Span) -> Promise<'h> {
        if before.promises.len() == 1
            && before.block.steps.pop_if(|step| matches!(step, Step::Return(_))).is_some()
            && let Some(only) = before.promises.pop()
        {
            self.steps.extend(before.block.steps);
            return only;
        }
        if !before.may_fail() {
            return Promise::Block(self.joined(before, span), span);
        }
        let state = self.slot(span);
        let (mut block, own, goes_on) = self.captured(before, &[], &Expr::Slot(state), span);
        self.rename(&mut block, &own, span);
        self.steps.push(if has_async_step(&block) {
            Step::Scope { slot: state, body: block }
        } else {
            Step::Let { slot: state, value: value_of(block) }
        });
        Promise::Block(goes_on, span)
    }

    /// Puts the promises back where they stood.
    pub(super) fn joined(&mut self, before: Before<'h>, span: Span) -> Block {
        let Before { mut block, promises, .. } = before;
        let mut ends: Vec<Block> =
            promises.into_iter().map(|promise| self.finished(promise, span)).collect();
        put_back(&mut block, &mut ends);
        block
    }

    /// Two blocks: what runs before there is a promise, which returns a list of the promise's
    /// number and what that reads of it; and the promise, which goes on from such a list, `state`.
    /// `given` are filled where the first block begins.
    ///
    /// Both fill the same slots: [`Lowerer::rename`] those of the first.
    pub(super) fn captured(
        &mut self,
        before: Before<'h>,
        given: &[Slot],
        state: &Expr,
        span: Span,
    ) -> (Block, Own, Block) {
        let Before { mut block, promises, own } = before;
        let mut ways: Vec<Way> = Vec::new();
        for promise in promises {
            let block = self.finished(promise, span);
            let mut reads = BTreeSet::new();
            reads_in_block(&block, &mut |slot| {
                reads.insert(slot);
            });
            ways.push(Way { block, reads, captured: Vec::new() });
        }
        capture(&mut block, &mut given.to_vec(), &mut ways);
        let at = |position| Expr::Index(Box::new(state.clone()), Box::new(number(position)));
        let mut goes_on = Block::default();
        for (place, way) in ways.into_iter().enumerate().rev() {
            let captured = way.captured.into_iter().enumerate();
            let fill = captured.map(|(i, slot)| Step::Let { slot, value: at(i + 1) });
            let steps = fill.chain(way.block.steps).collect();
            if goes_on.steps.is_empty() {
                goes_on = Block { steps };
                continue;
            }
            let is_it = Expr::Binary(BinaryOp::Equal, Box::new(at(0)), Box::new(number(place)));
            let choice = Step::If { test: is_it, then: Block { steps }, otherwise: goes_on };
            goes_on = Block { steps: vec![choice] };
        }
        (block, own, goes_on)
    }

    /// Gives a block slots of the current frame in the place of its own.
    pub(super) fn rename(&mut self, block: &mut Block, own: &Own, span: Span) {
        let mut named = BTreeMap::new();
        each_slot_mut(block, &mut |slot| {
            if own.has(*slot) && !self.is_of_prelude(*slot) {
                *slot = *named.entry(*slot).or_insert_with(|| self.slot(span));
            }
        });
        for (old, new) in named {
            if let Some(place) = self.calls.remove(&old) {
                self.calls.insert(new, place);
            }
        }
    }
}

/// One promise that a function may come to.
struct Way {
    /// What runs it.
    block: Block,
    /// All slots that it reads.
    reads: BTreeSet<Slot>,
    /// Those of them that are filled before it.
    captured: Vec<Slot>,
}

/// Puts each promise in the place of its number.
fn put_back(block: &mut Block, ends: &mut [Block]) {
    for step in &mut block.steps {
        if let Step::If { then: one, otherwise: other, .. }
        | Step::Try { body: one, handler: other, .. } = step
        {
            put_back(one, ends);
            put_back(other, ends);
        }
    }
    if let Some(Step::Return(Expr::Constant(place))) = block.steps.last()
        && let Some(end) = place_of(place).and_then(|place| ends.get_mut(place))
    {
        block.steps.pop();
        block.steps.append(&mut end.steps);
    }
}

/// The number that [`Lowerer::comes_to_promise`] has returned.
fn place_of(constant: &Constant) -> Option<usize> {
    match constant {
        Constant::Number(place) => Some(place.0 as usize),
        _ => None,
    }
}

/// Returns what promises read beside their numbers; `seen` are the slots filled so far.
fn capture(block: &mut Block, seen: &mut Vec<Slot>, ways: &mut [Way]) {
    let outside = seen.len();
    for step in &mut block.steps {
        match step {
            Step::Return(value) => {
                let place =
                    if let Expr::Constant(place) = &*value { place_of(place) } else { None };
                let Some(way) = place.and_then(|place| ways.get_mut(place)) else { continue };
                way.captured = seen.iter().copied().filter(|s| way.reads.contains(s)).collect();
                let captured = way.captured.iter().copied().map(Expr::Slot);
                let all = std::iter::once(value.clone()).chain(captured);
                *value = Expr::Array(all.map(ArrayItem::Item).collect());
            }
            Step::Let { slot, .. }
            | Step::Call { slot, .. }
            | Step::Scope { slot, .. }
            | Step::All { slot, .. }
            | Step::Map { slot, .. } => seen.push(*slot),
            Step::Try { body, error, handler, .. } => {
                capture(body, seen, ways);
                let before = seen.len();
                seen.extend(error.iter());
                capture(handler, seen, ways);
                seen.truncate(before);
            }
            Step::If { then, otherwise, .. } => {
                capture(then, seen, ways);
                capture(otherwise, seen, ways);
            }
            Step::Throw(_) => {}
        }
    }
    seen.truncate(outside);
}
