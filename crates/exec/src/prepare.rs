//! What the scheduler asks about every step, computed once for each plan.
//!
//! In:    a handler of the plan.
//! Out:   [`PreparedBlock`], which mirrors its blocks: what a step reads before it can start, how
//!        it may end early, whether it holds an unsafe call.

use std::collections::HashSet;

use frontage_plan::{
    Block, Exits, Expr, Handler, Plan, Slot, Step, exits, input_slot, reads, reads_in_block,
};

/// Facts about the steps of a block, in their order.
#[derive(Debug, Default)]
pub(crate) struct PreparedBlock {
    pub(crate) steps: Box<[PreparedStep]>,
    /// How the block may end early.
    pub(crate) exits: Exits,
    /// Holds an unsafe call.
    pub(crate) has_unsafe: bool,
}

/// Facts about one step.
#[derive(Debug)]
pub(crate) struct PreparedStep {
    /// Slots that must be filled before it starts; what its inner blocks read is theirs.
    pub(crate) reads: Box<[Slot]>,
    /// How it may end the block around while it has not started.
    pub(crate) exits: Exits,
    /// Holds an unsafe call, or is one.
    pub(crate) has_unsafe: bool,
    /// Its inner blocks, in the order in which the step names them.
    pub(crate) blocks: Box<[PreparedBlock]>,
}

/// Whether a handler looks at the request itself: its path, its method, its time.
pub(crate) fn reads_request(handler: &Handler) -> bool {
    let mut reads = false;
    reads_in_block(&handler.body, &mut |slot| reads |= slot == input_slot::REQUEST);
    reads
}

/// Prepares a handler's blocks.
pub(crate) fn prepare(plan: &Plan, handler: &Handler) -> PreparedBlock {
    let mut filled = HashSet::new();
    for index in 0..input_slot::FIRST_FREE {
        filled.insert(Slot { level: 0, index });
    }
    filled_slots(&handler.body, &mut filled);
    Preparer { plan, filled }.block(&handler.body)
}

/// The slots that steps fill. All others belong to a single expression, which fills them itself.
fn filled_slots(block: &Block, filled: &mut HashSet<Slot>) {
    for step in &block.steps {
        match step {
            Step::Let { slot, .. } | Step::Call { slot, .. } => {
                filled.insert(*slot);
            }
            Step::If { then, otherwise, .. } => {
                filled_slots(then, filled);
                filled_slots(otherwise, filled);
            }
            Step::Scope { slot, body } => {
                filled.insert(*slot);
                filled_slots(body, filled);
            }
            Step::Try { body, error, handler, .. } => {
                filled.extend(error);
                filled_slots(body, filled);
                filled_slots(handler, filled);
            }
            Step::All { slot, bodies, .. } => {
                filled.insert(*slot);
                bodies.iter().for_each(|body| filled_slots(body, filled));
            }
            Step::Map { slot, item, index, body, .. } => {
                filled.insert(*slot);
                filled.extend(item);
                filled.extend(index);
                filled_slots(body, filled);
            }
            Step::Return(_) | Step::Throw(_) => {}
        }
    }
}

struct Preparer<'p> {
    plan: &'p Plan,
    filled: HashSet<Slot>,
}

impl Preparer<'_> {
    fn block(&self, block: &Block) -> PreparedBlock {
        let steps: Box<[PreparedStep]> = block.steps.iter().map(|step| self.step(step)).collect();
        PreparedBlock {
            exits: exits(block),
            has_unsafe: steps.iter().any(|step| step.has_unsafe),
            steps,
        }
    }

    fn step(&self, step: &Step) -> PreparedStep {
        let (read, blocks): (Vec<&Expr>, Vec<&Block>) = match step {
            Step::Let { value, .. } | Step::Return(value) | Step::Throw(value) => {
                (vec![value], vec![])
            }
            Step::Call { call, .. } => {
                (call.arguments.iter().map(|(_, e)| e).chain(&call.body).collect(), vec![])
            }
            Step::If { test, then, otherwise } => (vec![test], vec![then, otherwise]),
            Step::Scope { body, .. } => (vec![], vec![body]),
            Step::Try { body, handler, .. } => (vec![], vec![body, handler]),
            Step::All { bodies, .. } => (vec![], bodies.iter().collect()),
            Step::Map { list, body, .. } => (vec![list], vec![body]),
        };
        let mut slots: Vec<Slot> = Vec::new();
        for expr in read {
            reads(expr, &mut |slot| {
                if self.filled.contains(&slot) {
                    slots.push(slot);
                }
            });
        }
        slots.sort_unstable();
        slots.dedup();
        let blocks: Box<[PreparedBlock]> = blocks.into_iter().map(|b| self.block(b)).collect();
        let is_unsafe = matches!(step,
            Step::Call { call, .. } if !self.plan.operation(call.operation).safe);
        PreparedStep {
            reads: slots.into(),
            exits: exits(&Block { steps: vec![step.clone()] }),
            has_unsafe: is_unsafe || blocks.iter().any(|block| block.has_unsafe),
            blocks,
        }
    }
}
