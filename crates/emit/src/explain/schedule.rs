//! Stages: when each call starts at the earliest, by the executor's own rules.
//!
//! A level counts the calls that must have ended one after the other. A step's level is the
//! largest of: the levels of the slots it reads, that of the guards before it (conditions that may
//! end the block early, unsafe calls), and, for an unsafe call, that of everything before it.

use std::collections::{BTreeMap, BTreeSet};

use frontage_plan::{
    Block, Builtin, Call, Constant, Expr, Handler, IterateOp, Plan, Slot, Step, TURNS, exits,
    has_async_step, reads,
};

use super::{BulkExplanation, CallExplanation, ForEach, fields};

/// A moment: how many calls come before it in a row, and which.
#[derive(Debug, Clone, Default)]
struct Moment {
    level: u32,
    after: BTreeSet<usize>,
}

impl Moment {
    fn and(mut self, other: &Self) -> Self {
        self.level = self.level.max(other.level);
        self.after.extend(&other.after);
        self
    }
}

/// The calls of a handler in text order.
pub(super) fn calls(plan: &Plan, handler: &Handler) -> Vec<CallExplanation> {
    let mut schedule = Schedule {
        plan,
        sequential: handler.sequential,
        slots: BTreeMap::new(),
        described: BTreeMap::new(),
        parts: BTreeMap::new(),
        found: Vec::new(),
        sources: Vec::new(),
        epoch: 0,
        place: Place::default(),
    };
    schedule.block(&handler.body, &Moment::default());
    schedule.found
}

/// Where in the route the walk is.
#[derive(Debug, Clone, Default)]
struct Place {
    for_each: Vec<ForEach>,
    conditional: bool,
    fallback: Option<String>,
}

struct Schedule<'p> {
    plan: &'p Plan,
    sequential: bool,
    /// When a slot is filled, and by which calls.
    slots: BTreeMap<Slot, Moment>,
    /// What a slot holds, for people.
    described: BTreeMap<Slot, String>,
    /// What the parts of a `Promise.all` are, for people.
    parts: BTreeMap<Slot, Vec<String>>,
    found: Vec<CallExplanation>,
    /// By number less one: the call and how many unsafe calls stood before it, for joining.
    sources: Vec<(&'p Call, u32)>,
    epoch: u32,
    place: Place,
}

impl<'p> Schedule<'p> {
    /// Walks a block that starts at `start`; gives when it has ended.
    fn block(&mut self, block: &'p Block, start: &Moment) -> Moment {
        let mut guard = start.clone();
        let mut end = Moment { level: start.level, after: BTreeSet::new() };
        for step in &block.steps {
            let from = if self.sequential { end.clone() } else { guard.clone() };
            let done = self.step(step, &from, &end, &mut guard);
            end = end.and(&done);
        }
        end
    }

    /// Walks a step. `guard` becomes when what follows may start; gives when the step has ended.
    fn step(
        &mut self,
        step: &'p Step,
        from: &Moment,
        before: &Moment,
        guard: &mut Moment,
    ) -> Moment {
        match step {
            Step::Let { slot, value } => {
                let known = self.known(value);
                self.slots.insert(*slot, known.clone());
                let text = self.describe(value);
                self.described.insert(*slot, text);
                let throws = exits(&Block { steps: vec![step.clone()] }).throws;
                if throws {
                    *guard = guard.clone().and(&known);
                }
                known
            }
            Step::Call { slot, call } => self.call(*slot, call, from, before, guard),
            Step::If { test, then, otherwise } => {
                let decided = self.known(test).and(from);
                let around = std::mem::replace(&mut self.place.conditional, true);
                let end = self.block(then, &decided).and(&self.block(otherwise, &decided));
                self.place.conditional = around;
                let leaves = [then, otherwise].map(exits);
                if leaves.iter().any(|e| e.returns || e.throws) {
                    let slow = has_async_step(then) || has_async_step(otherwise);
                    *guard = guard.clone().and(if slow { &end } else { &decided });
                }
                end
            }
            Step::Scope { slot, body } => {
                let end = self.block(body, from);
                self.slots.insert(*slot, end.clone());
                let text = self.first_name(body);
                self.described.insert(*slot, text);
                if exits(body).throws {
                    *guard = guard.clone().and(&end);
                }
                end
            }
            Step::Try { body, error, handler, part } => {
                let part = part.as_ref().map(ToString::to_string);
                let around = std::mem::replace(&mut self.place.fallback, part);
                let tried = self.block(body, from);
                self.place.fallback = around;
                if let Some(error) = error {
                    self.slots.insert(*error, tried.clone());
                }
                let handled = self.block(handler, &tried);
                let leaves = exits(body).returns || exits(handler).returns || exits(handler).throws;
                if leaves {
                    *guard = guard.clone().and(&tried);
                }
                if has_async_step(handler) { handled } else { tried }
            }
            Step::All { slot, bodies, .. } => {
                let mut end = Moment::default();
                let mut names = Vec::new();
                for body in bodies {
                    end = end.and(&self.block(body, from));
                    names.push(self.first_name(body));
                }
                self.slots.insert(*slot, end.clone());
                self.parts.insert(*slot, names);
                if bodies.iter().any(|body| exits(body).throws) {
                    *guard = guard.clone().and(&end);
                }
                end
            }
            Step::Map { slot, list, item, index, body, width, .. } => {
                let known = self.known(list);
                for inner in item.iter().chain(index) {
                    self.slots.insert(*inner, known.clone());
                    self.described.insert(*inner, "the element".into());
                }
                let list = self.describe(list);
                self.place
                    .for_each
                    .push(ForEach { list: list.clone(), at_most: *width.min(&TURNS) });
                let end = self.block(body, &known.and(from));
                self.place.for_each.pop();
                self.slots.insert(*slot, end.clone());
                self.described.insert(*slot, list);
                if exits(body).throws {
                    *guard = guard.clone().and(&end);
                }
                end
            }
            Step::Return(value) | Step::Throw(value) => self.known(value).and(from),
        }
    }

    fn call(
        &mut self,
        slot: Slot,
        call: &'p Call,
        from: &Moment,
        before: &Moment,
        guard: &mut Moment,
    ) -> Moment {
        let mut read = Moment::default();
        for value in call.arguments.iter().map(|(_, value)| value).chain(&call.body) {
            read = read.and(&self.known(value));
        }
        let operation = self.plan.operation(call.operation);
        let waits = if operation.safe { from.clone() } else { before.clone().and(from) };
        let number = self.found.len() + 1;
        let stage = read.level.max(waits.level) + 1;
        let upstream = self.plan.upstream(operation.upstream);
        let name = format!("{}.{}", upstream.name, operation.name);
        if !operation.safe {
            self.epoch += 1;
        }
        let joined_with = self.equal_before(call, operation.safe);
        let waits_for = waits.after.difference(&read.after).copied().collect();
        self.found.push(CallExplanation {
            number,
            name: name.clone(),
            method: operation.method.as_str(),
            template: super::template(self.plan, call.operation),
            stage,
            reads_from: read.after.iter().copied().collect(),
            waits_for,
            for_each: self.place.for_each.clone(),
            conditional: self.place.conditional,
            in_handler: call.in_handler,
            fallback: self.place.fallback.clone(),
            timeout_ms: call.timeout_ms.unwrap_or(upstream.timeout_ms),
            null_on: call.null_on.clone(),
            safe: operation.safe,
            fields: fields::of_call(self.plan, call),
            joined_with,
            bulk: call.bulk.as_ref().map(|bulk| {
                let operation = self.plan.operation(bulk.operation);
                let upstream = &self.plan.upstream(operation.upstream).name;
                let name = format!("{upstream}.{}", operation.name);
                BulkExplanation { name, at_most: bulk.most }
            }),
            place: super::place(&call.place),
        });
        self.sources.push((call, self.epoch));
        let end = Moment { level: stage, after: BTreeSet::from([number]) };
        self.slots.insert(slot, end.clone());
        self.described.insert(slot, name);
        if !operation.safe {
            *guard = end.clone();
        }
        end
    }

    /// An equal safe call before this one, no unsafe call between them.
    fn equal_before(&self, call: &Call, safe: bool) -> Option<usize> {
        if !safe {
            return None;
        }
        let equal = self.sources.iter().position(|(other, epoch)| {
            *epoch == self.epoch
                && other.operation == call.operation
                && other.arguments == call.arguments
                && other.body == call.body
                && other.timeout_ms == call.timeout_ms
                && other.headers == call.headers
                && other.in_handler == call.in_handler
        });
        equal.map(|position| position + 1)
    }

    /// When everything that `value` reads is known.
    fn known(&self, value: &Expr) -> Moment {
        let mut moment = Moment::default();
        reads(value, &mut |slot| {
            if let Some(known) = self.slots.get(&slot) {
                moment = std::mem::take(&mut moment).and(known);
            }
        });
        moment
    }

    fn first_name(&self, block: &Block) -> String {
        let named = block.steps.iter().find_map(|step| match step {
            Step::Call { slot, .. } => self.described.get(slot).cloned(),
            Step::Try { body, .. } | Step::Scope { body, .. } => Some(self.first_name(body)),
            _ => None,
        });
        named.unwrap_or_else(|| "a list".into())
    }

    /// Where a list comes from, for people.
    fn describe(&self, value: &Expr) -> String {
        match value {
            Expr::Slot(slot) => match input_name(*slot) {
                Some(name) => name.into(),
                None => self.described.get(slot).cloned().unwrap_or_else(|| "a list".into()),
            },
            Expr::Member(object, name) => {
                let of = self.describe(object);
                if of.contains(' ') { format!("{of}.{name}") } else { format!("{of} › {name}") }
            }
            Expr::Index(list, position) => match (&**list, &**position) {
                (Expr::Slot(slot), Expr::Constant(Constant::Number(position))) => {
                    let parts = self.parts.get(slot);
                    let part = parts.and_then(|parts| parts.get(position.0 as usize));
                    part.cloned().unwrap_or_else(|| "a list".into())
                }
                _ => "a list".into(),
            },
            Expr::Iterate { op: IterateOp::Reduce | IterateOp::GroupBy, .. } => "a list".into(),
            Expr::Iterate { receiver, .. } => self.describe(receiver),
            Expr::Call(
                Builtin::ArraySlice | Builtin::ArrayToReversed | Builtin::ArrayToSorted,
                arguments,
            ) => arguments.first().map_or_else(|| "a list".into(), |list| self.describe(list)),
            Expr::Logical(_, list, _) => self.describe(list),
            Expr::Optional { object, .. } => self.describe(object),
            _ => "a list".into(),
        }
    }
}

fn input_name(slot: Slot) -> Option<&'static str> {
    use frontage_plan::input_slot as input;
    let names = [
        (input::PARAMS, "params"),
        (input::QUERY, "query"),
        (input::HEADERS, "headers"),
        (input::BODY, "body"),
        (input::SESSION, "session"),
        (input::REQUEST, "request"),
    ];
    names.into_iter().find(|(input, _)| *input == slot).map(|(_, name)| name)
}
