//! Checks that a plan can be run: one made elsewhere must not make the executor panic.
//!
//! In:    a plan from anywhere.
//! Out:   nothing, or the first fault: an index out of range, a slot outside its frame, text
//!        nested deeper than the executor follows.

use frontage_plan::{
    AnswerKind, ArrayItem, Block, Call, DEEPEST, Expr, Form, Handler, Key, Location, Made,
    ObjectItem, Operation, PathPiece, Plan, Read, ReplyKind, Rest, RouteKind, Shape, ShapeId, Slot,
    Step, Validator, Written, has_async_step, input_slot,
};
use http::{HeaderName, HeaderValue};

/// Why a plan cannot be run: it is not what a compiler of this version makes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plan is malformed at {place}: {fault}")]
pub struct PrepareError {
    /// Route or operation.
    pub place: String,
    /// What is wrong.
    pub fault: String,
}

type Checked = Result<(), String>;

/// Checks a plan.
///
/// # Errors
///
/// The first fault.
pub(crate) fn check(plan: &Plan) -> Result<(), PrepareError> {
    let at = |place: String| move |fault: String| PrepareError { place, fault };
    for (index, node) in plan.shapes.iter().enumerate() {
        shape(plan, &node.shape).map_err(at(format!("shape {index}")))?;
        if let Form::Made(id) = node.form {
            let there = plan.made.get(id.0 as usize);
            let fits = there.is_some_and(|made| made_of(plan, &node.shape, made, 0));
            let fault = || "what is made of it does not fit it".into();
            ensure(fits, fault).map_err(at(format!("shape {index}")))?;
        }
    }
    for item in &plan.operations {
        operation(plan, item).map_err(at(format!("operation `{}`", item.name)))?;
    }
    for route in &plan.routes {
        let place = || at(format!("{} {}", route.method.as_str(), route.path_text()));
        match &route.kind {
            RouteKind::Handler(item) => handler(plan, item).map_err(place())?,
            RouteKind::Passthrough(item) => {
                let indices = item.arguments.iter().map(|(index, _)| *index);
                arguments(plan, item.operation.0, indices).map_err(place())?;
            }
        }
    }
    Ok(())
}

fn shape(plan: &Plan, shape: &Shape) -> Checked {
    let mut ids: Vec<ShapeId> = Vec::new();
    match shape {
        Shape::Array(item) => ids.push(*item),
        Shape::Tuple(items, rest) => ids.extend(items.iter().chain(rest)),
        Shape::Object { fields, rest } => {
            ids.extend(fields.iter().map(|field| field.shape));
            if let Rest::Keep(rest) = rest {
                ids.push(*rest);
            }
        }
        Shape::Union(variants) => ids.extend(variants),
        Shape::Tagged { variants, .. } => ids.extend(variants.iter().map(|(_, id)| id)),
        _ => {}
    }
    ids.into_iter().try_for_each(|id| shape_id(plan, id))
}

/// Whether a value of the shape gives every piece that is kept of it, and no other is written.
fn made_of(plan: &Plan, shape: &Shape, made: &Made, depth: usize) -> bool {
    depth < DEEPEST
        && kept(plan, shape, &made.read, made.pieces, depth)
        && written(&made.write, made.pieces, depth)
}

fn kept(plan: &Plan, shape: &Shape, read: &Read, pieces: u16, depth: usize) -> bool {
    let below = |id: ShapeId| plan.shapes.get(id.0 as usize).map(|node| &node.shape);
    match (read, shape) {
        (Read::Check, _) => true,
        (Read::Keep(piece), _) => *piece < pieces,
        (Read::Each(piece, made), Shape::Array(element)) => {
            *piece < pieces
                && below(*element).is_some_and(|shape| made_of(plan, shape, made, depth + 1))
        }
        (Read::Fields(reads), Shape::Object { fields, .. }) => {
            depth < DEEPEST
                && reads.len() == fields.len()
                && reads.iter().zip(fields).all(|(read, field)| {
                    below(field.shape)
                        .is_some_and(|shape| kept(plan, shape, read, pieces, depth + 1))
                })
        }
        _ => false,
    }
}

fn written(write: &Written, pieces: u16, depth: usize) -> bool {
    match write {
        Written::Piece(piece) => *piece < pieces,
        Written::Text(_) => true,
        Written::Object(members) => {
            depth < DEEPEST && members.iter().all(|(_, member)| written(member, pieces, depth + 1))
        }
    }
}

fn shape_id(plan: &Plan, id: ShapeId) -> Checked {
    ensure((id.0 as usize) < plan.shapes.len(), || format!("there is no shape {}", id.0))
}

fn operation(plan: &Plan, operation: &Operation) -> Checked {
    let upstream = usize::from(operation.upstream.0);
    ensure(upstream < plan.upstreams.len(), || format!("there is no upstream {upstream}"))?;
    for piece in &operation.path {
        if let PathPiece::Parameter(index) = piece {
            let parameter = operation.parameters.get(usize::from(*index));
            let in_path = parameter.is_some_and(|p| p.location == Location::Path);
            ensure(in_path, || format!("there is no path parameter {index}"))?;
        }
    }
    Ok(())
}

fn arguments(plan: &Plan, operation: u32, indices: impl Iterator<Item = u16>) -> Checked {
    let found = plan.operations.get(operation as usize);
    let Some(found) = found else { return Err(format!("there is no operation {operation}")) };
    for index in indices {
        let known = usize::from(index) < found.parameters.len();
        ensure(known, || format!("`{}` has no parameter {index}", found.name))?;
    }
    Ok(())
}

fn handler(plan: &Plan, handler: &Handler) -> Checked {
    let inputs = handler.frames.first().is_some_and(|n| *n >= input_slot::FIRST_FREE);
    ensure(inputs, || "the frame has no room for the inputs".into())?;
    let checker = Checker { plan, frames: &handler.frames };
    let input = &handler.input;
    for part in [&input.params, &input.query, &input.headers, &input.body].into_iter().flatten() {
        checker.validator(part, 0)?;
    }
    checker.block(&handler.body, 0, 0)
}

fn ensure(holds: bool, fault: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(fault()) }
}

struct Checker<'p> {
    plan: &'p Plan,
    frames: &'p [u16],
}

impl Checker<'_> {
    fn slot(&self, slot: Slot, level: u16) -> Checked {
        let size = self.frames.get(usize::from(slot.level)).copied().unwrap_or(0);
        ensure(slot.level <= level && slot.index < size, || {
            format!("there is no slot {} of level {} here", slot.index, slot.level)
        })
    }

    /// A slot that something fills: always in the frame of its own level.
    fn own_slot(&self, slot: Slot, level: u16) -> Checked {
        self.slot(slot, level)?;
        ensure(slot.level == level, || "a slot of an outer frame is filled".into())
    }

    fn block(&self, block: &Block, level: u16, depth: usize) -> Checked {
        ensure(depth < DEEPEST, || "it is nested too deeply".into())?;
        block.steps.iter().try_for_each(|step| self.step(step, level, depth + 1))
    }

    fn step(&self, step: &Step, level: u16, depth: usize) -> Checked {
        match step {
            Step::Let { slot, value } => {
                self.own_slot(*slot, level)?;
                self.expr(value, level, depth)
            }
            Step::Call { slot, call } => {
                self.own_slot(*slot, level)?;
                self.call(call, level, depth)
            }
            Step::If { test, then, otherwise } => {
                self.expr(test, level, depth)?;
                self.block(then, level, depth)?;
                self.block(otherwise, level, depth)
            }
            Step::Scope { slot, body } => {
                self.own_slot(*slot, level)?;
                self.block(body, level, depth)
            }
            Step::Try { body, error, handler, .. } => {
                error.iter().try_for_each(|slot| self.own_slot(*slot, level))?;
                self.block(body, level, depth)?;
                self.block(handler, level, depth)
            }
            Step::All { slot, bodies, .. } => {
                self.own_slot(*slot, level)?;
                bodies.iter().try_for_each(|body| self.block(body, level, depth))
            }
            Step::Map { slot, list, item, index, body, .. } => {
                self.own_slot(*slot, level)?;
                self.expr(list, level, depth)?;
                let inner = level.checked_add(1).ok_or("too many levels")?;
                let known = usize::from(inner) < self.frames.len();
                ensure(known, || format!("there is no frame of level {inner}"))?;
                item.iter().chain(index).try_for_each(|slot| self.own_slot(*slot, inner))?;
                self.block(body, inner, depth)
            }
            Step::Return(value) | Step::Throw(value) => self.expr(value, level, depth),
        }
    }

    fn call(&self, call: &Call, level: u16, depth: usize) -> Checked {
        let indices = call.arguments.iter().map(|(index, _)| *index);
        arguments(self.plan, call.operation.0, indices)?;
        if let Some(bulk) = &call.bulk {
            arguments(self.plan, call.operation.0, [bulk.argument].into_iter())?;
            ensure(bulk.items.len() < DEEPEST, || "a bulk answer is nested too deeply".into())?;
            let others = bulk.others.iter().map(|(_, other)| *other);
            let own = others.chain([bulk.key]).chain(bulk.count);
            arguments(self.plan, bulk.operation.0, own)?;
            let safe = self.plan.operation(bulk.operation).safe;
            ensure(safe, || "a bulk operation changes something".into())?;
        }
        for (_, kind) in &call.answers {
            if let AnswerKind::Json(id) = kind {
                shape_id(self.plan, *id)?;
            }
        }
        for (name, value) in &call.headers {
            let good = name.parse::<HeaderName>().is_ok() && HeaderValue::from_str(value).is_ok();
            ensure(good, || format!("`{name}` is no header"))?;
        }
        let read = call.arguments.iter().map(|(_, expr)| expr).chain(&call.body);
        read.into_iter().try_for_each(|expr| self.expr(expr, level, depth))
    }

    fn exprs<'e>(
        &self,
        exprs: impl IntoIterator<Item = &'e Expr>,
        level: u16,
        depth: usize,
    ) -> Checked {
        exprs.into_iter().try_for_each(|expr| self.expr(expr, level, depth))
    }

    fn expr(&self, expr: &Expr, level: u16, depth: usize) -> Checked {
        ensure(depth < DEEPEST, || "it is nested too deeply".into())?;
        let depth = depth + 1;
        match expr {
            Expr::Constant(_) => Ok(()),
            Expr::Slot(slot) => self.slot(*slot, level),
            Expr::Member(e, _) | Expr::Unary(_, e) | Expr::InstanceOf(e, _) => {
                self.expr(e, level, depth)
            }
            Expr::Index(a, b) | Expr::Binary(_, a, b) | Expr::Logical(_, a, b) => {
                self.exprs([&**a, &**b], level, depth)
            }
            Expr::Optional { object, bind, rest } => {
                self.slot(*bind, level)?;
                self.exprs([&**object, &**rest], level, depth)
            }
            Expr::Conditional(a, b, c) => self.exprs([&**a, &**b, &**c], level, depth),
            Expr::Template(parts) | Expr::Call(_, parts) => self.exprs(parts, level, depth),
            Expr::Array(items) | Expr::CallSpread(_, items) => {
                let inner = items.iter().map(|item| match item {
                    ArrayItem::Item(e) | ArrayItem::Spread(e) => e,
                });
                self.exprs(inner, level, depth)
            }
            Expr::Object(items) => items.iter().try_for_each(|item| match item {
                ObjectItem::Property(Key::Computed(key), e) => self.exprs([key, e], level, depth),
                ObjectItem::Property(Key::Static(_), e) | ObjectItem::Spread(e) => {
                    self.expr(e, level, depth)
                }
            }),
            Expr::Iterate { receiver, lambda, initial, .. } => {
                self.expr(receiver, level, depth)?;
                self.exprs(initial.as_deref(), level, depth)?;
                lambda.params.iter().try_for_each(|slot| self.slot(*slot, level))?;
                self.expr(&lambda.body, level, depth)
            }
            Expr::Block(block) => {
                let pure = !has_async_step(block);
                ensure(pure, || "an expression holds an asynchronous step".into())?;
                self.block(block, level, depth)
            }
            Expr::Error { status, code, detail } => {
                self.exprs([&**status, &**code], level, depth)?;
                self.exprs(detail.as_deref(), level, depth)
            }
            Expr::Reply(reply) => match &**reply {
                ReplyKind::Json { value, status, headers, .. } => {
                    self.expr(value, level, depth)?;
                    self.exprs(status, level, depth)?;
                    self.exprs(headers.iter().map(|(_, e)| e), level, depth)
                }
                ReplyKind::NoContent => Ok(()),
                ReplyKind::Redirect { location, status } => {
                    self.expr(location, level, depth)?;
                    self.exprs(status, level, depth)
                }
            },
        }
    }

    fn validator(&self, validator: &Validator, depth: usize) -> Checked {
        ensure(depth < DEEPEST, || "it is nested too deeply".into())?;
        for lambda in validator.functions() {
            lambda.params.iter().try_for_each(|slot| self.slot(*slot, 0))?;
            self.expr(&lambda.body, 0, depth)?;
        }
        validator.children().into_iter().try_for_each(|v| self.validator(v, depth + 1))
    }
}
