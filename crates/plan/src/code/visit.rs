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
pub fn each(expr: &Expr, f: &mut dyn FnMut(&Expr)) {
    f(expr);
    match expr {
        Expr::Constant(_) | Expr::Slot(_) => {}
        Expr::Member(e, _) | Expr::Unary(_, e) | Expr::InstanceOf(e, _) => each(e, f),
        Expr::Index(a, b) | Expr::Binary(_, a, b) | Expr::Logical(_, a, b) => {
            each(a, f);
            each(b, f);
        }
        Expr::Optional { object, rest, .. } => {
            each(object, f);
            each(rest, f);
        }
        Expr::Conditional(a, b, c) => {
            each(a, f);
            each(b, f);
            each(c, f);
        }
        Expr::Template(parts) | Expr::Call(_, parts) => parts.iter().for_each(|e| each(e, f)),
        Expr::Array(items) | Expr::CallSpread(_, items) => {
            for item in items {
                let (ArrayItem::Item(e) | ArrayItem::Spread(e)) = item;
                each(e, f);
            }
        }
        Expr::Object(items) => {
            for item in items {
                match item {
                    ObjectItem::Property(Key::Computed(key), e) => {
                        each(key, f);
                        each(e, f);
                    }
                    ObjectItem::Property(Key::Static(_), e) | ObjectItem::Spread(e) => each(e, f),
                }
            }
        }
        Expr::Iterate { receiver, lambda, initial, .. } => {
            each(receiver, f);
            if let Some(initial) = initial {
                each(initial, f);
            }
            each(&lambda.body, f);
        }
        Expr::Block(block) => each_in_block(block, f),
        Expr::Error { status, code, detail } => {
            each(status, f);
            each(code, f);
            if let Some(detail) = detail {
                each(detail, f);
            }
        }
        Expr::Reply(reply) => match &**reply {
            ReplyKind::Json { value, status, headers, .. } => {
                each(value, f);
                status.iter().for_each(|e| each(e, f));
                headers.iter().for_each(|(_, e)| each(e, f));
            }
            ReplyKind::NoContent => {}
            ReplyKind::Redirect { location, status } => {
                each(location, f);
                status.iter().for_each(|e| each(e, f));
            }
        },
    }
}

fn each_in_block(block: &Block, f: &mut dyn FnMut(&Expr)) {
    for step in &block.steps {
        match step {
            Step::Let { value, .. } => each(value, f),
            Step::Call { call, .. } => {
                call.arguments.iter().for_each(|(_, e)| each(e, f));
                call.body.iter().for_each(|e| each(e, f));
            }
            Step::If { test, then, otherwise } => {
                each(test, f);
                each_in_block(then, f);
                each_in_block(otherwise, f);
            }
            Step::Scope { body, .. } => each_in_block(body, f),
            Step::Try { body, handler, .. } => {
                each_in_block(body, f);
                each_in_block(handler, f);
            }
            Step::All { bodies, .. } => bodies.iter().for_each(|b| each_in_block(b, f)),
            Step::Map { list, body, .. } => {
                each(list, f);
                each_in_block(body, f);
            }
            Step::Return(e) | Step::Throw(e) => each(e, f),
        }
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
