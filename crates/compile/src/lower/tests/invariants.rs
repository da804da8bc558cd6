//! What every plan must hold, whatever it was lowered from.

use std::collections::BTreeSet;

use frontage_plan::{
    AnswerKind, Block, Expr, Input, Plan, Rest, RouteKind, Shape, ShapeId, Slot, Step, each,
    has_async_step, input_slot,
};

/// Panics unless the plan holds them.
pub(super) fn hold(plan: &Plan) {
    for node in &plan.shapes {
        for id in children(&node.shape) {
            assert!((id.0 as usize) < plan.shapes.len(), "{id:?} is no shape");
        }
    }
    for operation in &plan.operations {
        assert!(usize::from(operation.upstream.0) < plan.upstreams.len());
    }
    for route in &plan.routes {
        if let RouteKind::Handler(handler) = &route.kind {
            let inputs = (0..input_slot::FIRST_FREE).map(|index| Slot { level: 0, index });
            let Input { .. } = handler.input;
            let mut walk = Walk { plan, frames: &handler.frames, filled: BTreeSet::new() };
            walk.block(&handler.body, &inputs.collect(), 0);
        }
    }
}

fn children(shape: &Shape) -> Vec<ShapeId> {
    match shape {
        Shape::Array(element) => vec![*element],
        Shape::Tuple(items, rest) => items.iter().chain(rest).copied().collect(),
        Shape::Object { fields, rest } => {
            let rest = if let Rest::Keep(id) = rest { Some(*id) } else { None };
            fields.iter().map(|f| f.shape).chain(rest).collect()
        }
        Shape::Union(variants) => variants.clone(),
        Shape::Tagged { variants, .. } => variants.iter().map(|(_, id)| *id).collect(),
        _ => Vec::new(),
    }
}

struct Walk<'p> {
    plan: &'p Plan,
    frames: &'p [u16],
    /// Slots that something has filled: nothing else may.
    filled: BTreeSet<Slot>,
}

impl Walk<'_> {
    fn fill(&mut self, slot: Slot, seen: &mut BTreeSet<Slot>) {
        assert!(slot.index < self.frames[usize::from(slot.level)], "{slot:?} is out of range");
        assert!(self.filled.insert(slot), "{slot:?} is filled twice");
        seen.insert(slot);
    }

    fn block(&mut self, block: &Block, seen: &BTreeSet<Slot>, level: u16) {
        let mut seen = seen.clone();
        for (position, step) in block.steps.iter().enumerate() {
            let is_end = matches!(step, Step::Return(_) | Step::Throw(_));
            assert!(!is_end || position + 1 == block.steps.len(), "steps after an end");
            self.step(step, &mut seen, level);
        }
    }

    fn step(&mut self, step: &Step, seen: &mut BTreeSet<Slot>, level: u16) {
        match step {
            Step::Let { slot, value } => {
                self.expr(value, seen);
                self.own(*slot, level, seen);
            }
            Step::Call { slot, call } => {
                let operation = self.plan.operation(call.operation);
                for (index, value) in &call.arguments {
                    assert!(usize::from(*index) < operation.parameters.len());
                    self.expr(value, seen);
                }
                call.body.iter().for_each(|body| self.expr(body, seen));
                assert!(!call.answers.is_empty(), "a call whose answers nobody knows");
                for (_, kind) in &call.answers {
                    if let AnswerKind::Json(id) = kind {
                        assert!((id.0 as usize) < self.plan.shapes.len());
                    }
                }
                self.own(*slot, level, seen);
            }
            Step::If { test, then, otherwise } => {
                self.expr(test, seen);
                self.block(then, seen, level);
                self.block(otherwise, seen, level);
            }
            Step::Scope { slot, body } => {
                self.block(body, seen, level);
                self.own(*slot, level, seen);
            }
            Step::Try { body, error, handler, .. } => {
                self.block(body, seen, level);
                let mut seen = seen.clone();
                error.iter().for_each(|slot| self.own(*slot, level, &mut seen));
                self.block(handler, &seen, level);
            }
            Step::All { slot, bodies, .. } => {
                bodies.iter().for_each(|body| self.block(body, seen, level));
                self.own(*slot, level, seen);
            }
            Step::Map { slot, list, item, index, body, .. } => {
                self.expr(list, seen);
                let mut inner = seen.clone();
                for bound in item.iter().chain(index) {
                    self.own(*bound, level + 1, &mut inner);
                }
                self.block(body, &inner, level + 1);
                self.own(*slot, level, seen);
            }
            Step::Return(value) | Step::Throw(value) => self.expr(value, seen),
        }
    }

    fn own(&mut self, slot: Slot, level: u16, seen: &mut BTreeSet<Slot>) {
        assert_eq!(slot.level, level, "a slot of another frame");
        self.fill(slot, seen);
    }

    /// Everything read is filled; synchronous blocks hold no asynchronous step.
    fn expr(&mut self, expr: &Expr, seen: &BTreeSet<Slot>) {
        let mut bound = seen.clone();
        each(expr, &mut |e| match e {
            Expr::Optional { bind, .. } => {
                bound.insert(*bind);
            }
            Expr::Iterate { lambda, .. } => bound.extend(&lambda.params),
            Expr::Block(block) => {
                assert!(!has_async_step(block), "an asynchronous step in an expression");
                inner_slots(block, &mut bound);
            }
            Expr::Slot(slot) => {
                assert!(bound.contains(slot), "{slot:?} is read before it is filled")
            }
            _ => {}
        });
        for slot in bound.difference(seen) {
            assert!(slot.index < self.frames[usize::from(slot.level)], "{slot:?} is out of range");
        }
    }
}

fn inner_slots(block: &Block, into: &mut BTreeSet<Slot>) {
    for step in &block.steps {
        match step {
            Step::Let { slot, .. } => {
                into.insert(*slot);
            }
            Step::If { then, otherwise, .. } => {
                inner_slots(then, into);
                inner_slots(otherwise, into);
            }
            Step::Try { body, error, handler, .. } => {
                into.extend(error);
                inner_slots(body, into);
                inner_slots(handler, into);
            }
            _ => {}
        }
    }
}
