//! The slots that a block names, to name others in their place.

use crate::{ArrayItem, Block, Expr, Key, ObjectItem, ReplyKind, Slot, Step};

/// Calls `f` with every slot that `block` fills, binds or reads, in text order.
pub fn each_slot_mut(block: &mut Block, f: &mut dyn FnMut(&mut Slot)) {
    for step in &mut block.steps {
        match step {
            Step::Let { slot, value } => {
                in_expr(value, f);
                f(slot);
            }
            Step::Call { slot, call } => {
                call.arguments.iter_mut().for_each(|(_, e)| in_expr(e, f));
                call.body.iter_mut().for_each(|e| in_expr(e, f));
                f(slot);
            }
            Step::If { test, then, otherwise } => {
                in_expr(test, f);
                each_slot_mut(then, f);
                each_slot_mut(otherwise, f);
            }
            Step::Scope { slot, body } => {
                each_slot_mut(body, f);
                f(slot);
            }
            Step::Try { body, error, handler, .. } => {
                each_slot_mut(body, f);
                error.iter_mut().for_each(&mut *f);
                each_slot_mut(handler, f);
            }
            Step::All { slot, bodies, .. } => {
                bodies.iter_mut().for_each(|body| each_slot_mut(body, f));
                f(slot);
            }
            Step::Map { slot, list, item, index, body, .. } => {
                in_expr(list, f);
                item.iter_mut().chain(index).for_each(&mut *f);
                each_slot_mut(body, f);
                f(slot);
            }
            Step::Return(e) | Step::Throw(e) => in_expr(e, f),
        }
    }
}

fn in_expr(expr: &mut Expr, f: &mut dyn FnMut(&mut Slot)) {
    match expr {
        Expr::Constant(_) => {}
        Expr::Slot(slot) => f(slot),
        Expr::Member(e, _) | Expr::Unary(_, e) | Expr::InstanceOf(e, _) => in_expr(e, f),
        Expr::Index(a, b) | Expr::Binary(_, a, b) | Expr::Logical(_, a, b) => {
            in_expr(a, f);
            in_expr(b, f);
        }
        Expr::Optional { object, bind, rest } => {
            in_expr(object, f);
            f(bind);
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
            lambda.params.iter_mut().for_each(&mut *f);
            in_expr(&mut lambda.body, f);
        }
        Expr::Block(block) => each_slot_mut(block, f),
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
