//! Facts about blocks that both towers ask for: what is read, what may end early.

use crate::{ArrayItem, Block, Expr, Key, ObjectItem, ReplyKind, Slot, Step};

/// How a step or block may end the blocks around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exits {
    /// Holds a `Return` that leaves it.
    pub returns: bool,
    /// Holds a `Throw` that no `Try` in it catches.
    pub throws: bool,
}

impl Exits {
    fn or(self, other: Self) -> Self {
        Self { returns: self.returns || other.returns, throws: self.throws || other.throws }
    }
}

/// How `block` may end early.
#[must_use]
pub fn exits(block: &Block) -> Exits {
    block.steps.iter().map(step_exits).fold(Exits::default(), Exits::or)
}

fn step_exits(step: &Step) -> Exits {
    match step {
        Step::Let { value, .. } => Exits { returns: false, throws: throws(value) },
        Step::Call { call, .. } => Exits {
            returns: false,
            throws: call.arguments.iter().any(|(_, e)| throws(e))
                || call.body.as_ref().is_some_and(throws),
        },
        Step::If { test, then, otherwise } => {
            let test = Exits { returns: false, throws: throws(test) };
            test.or(exits(then)).or(exits(otherwise))
        }
        Step::Scope { body, .. } => Exits { returns: false, ..exits(body) },
        Step::Try { body, handler, .. } => {
            Exits { returns: exits(body).returns, throws: false }.or(exits(handler))
        }
        Step::All { bodies, .. } => {
            Exits { returns: false, throws: bodies.iter().any(|b| exits(b).throws) }
        }
        Step::Map { list, body, .. } => {
            Exits { returns: false, throws: throws(list) || exits(body).throws }
        }
        Step::Return(value) => Exits { returns: true, throws: throws(value) },
        Step::Throw(_) => Exits { returns: false, throws: true },
    }
}

/// Whether an expression holds an inlined `throw`.
fn throws(expr: &Expr) -> bool {
    let mut found = false;
    each(expr, &mut |e| {
        if let Expr::Block(block) = e {
            found |= exits(block).throws;
        }
    });
    found
}

/// Whether the block holds a call, or a step that can hold one and does.
#[must_use]
pub fn has_async_step(block: &Block) -> bool {
    block.steps.iter().any(|step| match step {
        Step::Let { .. } | Step::Return(_) | Step::Throw(_) => false,
        Step::Call { .. } | Step::Map { .. } | Step::All { .. } => true,
        Step::If { then, otherwise, .. } => has_async_step(then) || has_async_step(otherwise),
        Step::Scope { body, .. } => has_async_step(body),
        Step::Try { body, handler, .. } => has_async_step(body) || has_async_step(handler),
    })
}

/// Calls `f` with every slot that `expr` reads, those it binds itself included.
pub fn reads(expr: &Expr, f: &mut dyn FnMut(Slot)) {
    each(expr, &mut |e| {
        if let Expr::Slot(slot) = e {
            f(*slot);
        }
    });
}

/// Calls `f` with `expr` and every expression in it, outermost first.
pub fn each<'e>(expr: &'e Expr, f: &mut dyn FnMut(&'e Expr)) {
    f(expr);
    parts(expr, &mut |part| match part {
        Part::Expr(expr) => each(expr, f),
        Part::Block(block) => each_in_block(block, f),
    });
}

/// Calls `f` with every expression in a block, outermost first.
pub fn each_in_block<'e>(block: &'e Block, f: &mut dyn FnMut(&'e Expr)) {
    for step in &block.steps {
        step_parts(step, &mut |part| match part {
            Part::Expr(expr) => each(expr, f),
            Part::Block(block) => each_in_block(block, f),
        });
    }
}

/// How deep blocks and expressions of a plan may stand within each other: whatever walks over them
/// takes a stack of this many calls.
pub const DEEPEST: usize = 512;

/// Whether no part of the block stands deeper than `most`, which also bounds the look.
#[must_use]
pub fn block_fits(block: &Block, most: usize) -> bool {
    let Some(inner) = most.checked_sub(1) else { return false };
    let mut fits = true;
    for step in &block.steps {
        step_parts(step, &mut |part| fits = fits && part_fits(part, inner));
    }
    fits
}

/// Whether no part of the expression stands deeper than `most`, which also bounds the look.
#[must_use]
pub fn expr_fits(expr: &Expr, most: usize) -> bool {
    let Some(inner) = most.checked_sub(1) else { return false };
    let mut fits = true;
    parts(expr, &mut |part| fits = fits && part_fits(part, inner));
    fits
}

fn part_fits(part: Part<'_>, most: usize) -> bool {
    match part {
        Part::Expr(expr) => expr_fits(expr, most),
        Part::Block(block) => block_fits(block, most),
    }
}

/// What stands directly in an expression or step.
#[derive(Clone, Copy)]
enum Part<'e> {
    Expr(&'e Expr),
    Block(&'e Block),
}

fn parts<'e>(expr: &'e Expr, f: &mut dyn FnMut(Part<'e>)) {
    let mut of = |expr: &'e Expr| f(Part::Expr(expr));
    match expr {
        Expr::Constant(_) | Expr::Slot(_) => {}
        Expr::Member(e, _) | Expr::Unary(_, e) | Expr::InstanceOf(e, _) => of(e),
        Expr::Index(a, b) | Expr::Binary(_, a, b) | Expr::Logical(_, a, b) => {
            of(a);
            of(b);
        }
        Expr::Optional { object, rest, .. } => {
            of(object);
            of(rest);
        }
        Expr::Conditional(a, b, c) => {
            of(a);
            of(b);
            of(c);
        }
        Expr::Template(parts) | Expr::Call(_, parts) => parts.iter().for_each(of),
        Expr::Array(items) | Expr::CallSpread(_, items) => {
            for item in items {
                let (ArrayItem::Item(e) | ArrayItem::Spread(e)) = item;
                of(e);
            }
        }
        Expr::Object(items) => {
            for item in items {
                match item {
                    ObjectItem::Property(Key::Computed(key), e) => {
                        of(key);
                        of(e);
                    }
                    ObjectItem::Property(Key::Static(_), e) | ObjectItem::Spread(e) => of(e),
                }
            }
        }
        Expr::Iterate { receiver, lambda, initial, .. } => {
            of(receiver);
            if let Some(initial) = initial {
                of(initial);
            }
            of(&lambda.body);
        }
        Expr::Block(block) => f(Part::Block(block)),
        Expr::Error { status, code, detail } => {
            of(status);
            of(code);
            if let Some(detail) = detail {
                of(detail);
            }
        }
        Expr::Reply(reply) => match &**reply {
            ReplyKind::Json { value, status, headers, .. } => {
                of(value);
                status.iter().for_each(&mut of);
                headers.iter().for_each(|(_, e)| of(e));
            }
            ReplyKind::NoContent => {}
            ReplyKind::Redirect { location, status } => {
                of(location);
                status.iter().for_each(&mut of);
            }
        },
    }
}

fn step_parts<'e>(step: &'e Step, f: &mut dyn FnMut(Part<'e>)) {
    match step {
        Step::Let { value, .. } => f(Part::Expr(value)),
        Step::Call { call, .. } => {
            call.arguments.iter().for_each(|(_, e)| f(Part::Expr(e)));
            call.body.iter().for_each(|e| f(Part::Expr(e)));
        }
        Step::If { test, then, otherwise } => {
            f(Part::Expr(test));
            f(Part::Block(then));
            f(Part::Block(otherwise));
        }
        Step::Scope { body, .. } => f(Part::Block(body)),
        Step::Try { body, handler, .. } => {
            f(Part::Block(body));
            f(Part::Block(handler));
        }
        Step::All { bodies, .. } => bodies.iter().for_each(|body| f(Part::Block(body))),
        Step::Map { list, body, .. } => {
            f(Part::Expr(list));
            f(Part::Block(body));
        }
        Step::Return(e) | Step::Throw(e) => f(Part::Expr(e)),
    }
}

/// Calls `f` with every slot that the block's expressions read, those it binds itself included.
pub fn reads_in_block(block: &Block, f: &mut dyn FnMut(Slot)) {
    each_in_block(block, &mut |e| {
        if let Expr::Slot(slot) = e {
            f(*slot);
        }
    });
}
