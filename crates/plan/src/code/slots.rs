//! Slots and expressions of a block, to put others in their place.

use crate::{ArrayItem, Block, Expr, Key, ObjectItem, ReplyKind, Slot, Step};

/// Calls `f` with every slot that `block` fills, binds or reads, in text order.
pub fn each_slot_mut(block: &mut Block, f: &mut dyn FnMut(&mut Slot)) {
    in_block(block, &mut Slots(f));
}

/// Calls `f` with every expression of `block`, outermost first; what `f` says `false` to is not
/// looked into.
pub fn each_expr_mut(block: &mut Block, f: &mut dyn FnMut(&mut Expr) -> bool) {
    in_block(block, &mut Exprs(f));
}

/// Who looks.
trait Visit {
    fn slot(&mut self, _slot: &mut Slot) {}

    /// Whether to look into the expression.
    fn expr(&mut self, _expr: &mut Expr) -> bool {
        true
    }
}

struct Slots<'f>(&'f mut dyn FnMut(&mut Slot));

impl Visit for Slots<'_> {
    fn slot(&mut self, slot: &mut Slot) {
        (self.0)(slot);
    }
}

struct Exprs<'f>(&'f mut dyn FnMut(&mut Expr) -> bool);

impl Visit for Exprs<'_> {
    fn expr(&mut self, expr: &mut Expr) -> bool {
        (self.0)(expr)
    }
}

fn in_block(block: &mut Block, f: &mut impl Visit) {
    for step in &mut block.steps {
        match step {
            Step::Let { slot, value } => {
                in_expr(value, f);
                f.slot(slot);
            }
            Step::Call { slot, call } => {
                call.arguments.iter_mut().for_each(|(_, e)| in_expr(e, f));
                call.body.iter_mut().for_each(|e| in_expr(e, f));
                f.slot(slot);
            }
            Step::If { test, then, otherwise } => {
                in_expr(test, f);
                in_block(then, f);
                in_block(otherwise, f);
            }
            Step::Scope { slot, body } => {
                in_block(body, f);
                f.slot(slot);
            }
            Step::Try { body, error, handler, .. } => {
                in_block(body, f);
                error.iter_mut().for_each(|slot| f.slot(slot));
                in_block(handler, f);
            }
            Step::All { slot, bodies, .. } => {
                bodies.iter_mut().for_each(|body| in_block(body, f));
                f.slot(slot);
            }
            Step::Map { slot, list, item, index, body, .. } => {
                in_expr(list, f);
                item.iter_mut().chain(index).for_each(|slot| f.slot(slot));
                in_block(body, f);
                f.slot(slot);
            }
            Step::Return(e) | Step::Throw(e) => in_expr(e, f),
        }
    }
}

fn in_expr(expr: &mut Expr, f: &mut impl Visit) {
    if !f.expr(expr) {
        return;
    }
    match expr {
        Expr::Constant(_) => {}
        Expr::Slot(slot) => f.slot(slot),
        Expr::Member(e, _) | Expr::Unary(_, e) | Expr::InstanceOf(e, _) => in_expr(e, f),
        Expr::Index(a, b) | Expr::Binary(_, a, b) | Expr::Logical(_, a, b) => {
            in_expr(a, f);
            in_expr(b, f);
        }
        Expr::Optional { object, bind, rest } => {
            in_expr(object, f);
            f.slot(bind);
            in_expr(rest, f);
        }
        Expr::Conditional(a, b, c) => {
            in_expr(a, f);
            in_expr(b, f);
            in_expr(c, f);
        }
        Expr::Template(parts) | Expr::Call(_, parts) => {
            parts.iter_mut().for_each(|e| in_expr(e, f));
        }
        Expr::Array(items) | Expr::CallSpread(_, items) => {
            for ArrayItem::Item(e) | ArrayItem::Spread(e) in items {
                in_expr(e, f);
            }
        }
        Expr::Object(items) => {
            for item in items {
                match item {
                    ObjectItem::Property(Key::Computed(key), e) => {
                        in_expr(key, f);
                        in_expr(e, f);
                    }
                    ObjectItem::Property(Key::Static(_), e) | ObjectItem::Spread(e) => {
                        in_expr(e, f);
                    }
                }
            }
        }
        Expr::Iterate { receiver, lambda, initial, .. } => {
            in_expr(receiver, f);
            initial.iter_mut().for_each(|e| in_expr(e, f));
            lambda.params.iter_mut().for_each(|slot| f.slot(slot));
            in_expr(&mut lambda.body, f);
        }
        Expr::Block(block) => in_block(block, f),
        Expr::Error { status, code, detail } => {
            in_expr(status, f);
            in_expr(code, f);
            detail.iter_mut().for_each(|e| in_expr(e, f));
        }
        Expr::Reply(reply) => match &mut **reply {
            ReplyKind::Json { value, status, headers, .. } => {
                in_expr(value, f);
                status.iter_mut().for_each(|e| in_expr(e, f));
                headers.iter_mut().for_each(|(_, e)| in_expr(e, f));
            }
            ReplyKind::NoContent => {}
            ReplyKind::Redirect { location, status } => {
                in_expr(location, f);
                status.iter_mut().for_each(|e| in_expr(e, f));
            }
        },
    }
}
