//! Every expression of a function, those of the functions in it included.

use super::{Expr, ExprKind, Function, Item, Member, Stmt, StmtKind};

/// Calls `f` with every expression of a function, outermost first, in the order of the text.
///
/// What it calls of the module is not entered: [`ExprKind::Function`] and [`ExprKind::Global`] name
/// it.
pub fn each_expr<'h>(function: &'h Function, f: &mut dyn FnMut(&'h Expr)) {
    for param in &function.params {
        if let Some(default) = &param.default {
            each_in(default, f);
        }
    }
    in_block(&function.body, f);
}

/// Calls `f` with an expression and every expression in it, outermost first.
pub fn each_in<'h>(expr: &'h Expr, f: &mut dyn FnMut(&'h Expr)) {
    f(expr);
    match &expr.kind {
        ExprKind::Constant(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Function(_)
        | ExprKind::BuiltinFunction(_)
        | ExprKind::Input(_)
        | ExprKind::Context
        | ExprKind::NoContent => {}
        ExprKind::Arrow(function) => each_expr(function, f),
        ExprKind::Member(of, _)
        | ExprKind::Unary(_, of)
        | ExprKind::InstanceOf(of, _)
        | ExprKind::All(_, of)
        | ExprKind::Await(of) => each_in(of, f),
        ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::Logical(_, a, b)
        | ExprKind::Catch(a, b)
        | ExprKind::Optional { object: a, rest: b, .. } => {
            each_in(a, f);
            each_in(b, f);
        }
        ExprKind::Conditional(a, b, c) => [a, b, c].into_iter().for_each(|e| each_in(e, f)),
        ExprKind::Template(parts) => parts.iter().for_each(|e| each_in(e, f)),
        ExprKind::Array(items) | ExprKind::Builtin(_, items) => in_items(items, f),
        ExprKind::Apply(function, items) => {
            each_in(function, f);
            in_items(items, f);
        }
        ExprKind::Object(members) => {
            for member in members {
                match member {
                    Member::Static(_, e) | Member::Spread(e) => each_in(e, f),
                    Member::Computed(key, e) => {
                        each_in(key, f);
                        each_in(e, f);
                    }
                }
            }
        }
        ExprKind::Iterate { receiver, callback, initial, .. } => {
            each_in(receiver, f);
            each_in(callback, f);
            if let Some(initial) = initial {
                each_in(initial, f);
            }
        }
        ExprKind::Error { status, code, detail } => {
            each_in(status, f);
            each_in(code, f);
            if let Some(detail) = detail {
                each_in(detail, f);
            }
        }
        ExprKind::Json { value, status, headers, .. } => {
            each_in(value, f);
            if let Some(status) = status {
                each_in(status, f);
            }
            headers.iter().for_each(|(_, e)| each_in(e, f));
        }
        ExprKind::Redirect { location, status } => {
            each_in(location, f);
            if let Some(status) = status {
                each_in(status, f);
            }
        }
        ExprKind::Operation { arguments, .. } => {
            if let Some(arguments) = arguments {
                each_in(arguments, f);
            }
        }
    }
}

fn in_items<'h>(items: &'h [Item], f: &mut dyn FnMut(&'h Expr)) {
    for Item::Value(e) | Item::Spread(e) in items {
        each_in(e, f);
    }
}

fn in_block<'h>(body: &'h [Stmt], f: &mut dyn FnMut(&'h Expr)) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Const { init: e, .. } | StmtKind::Throw(e) | StmtKind::Expr(e) => {
                each_in(e, f);
            }
            StmtKind::Return(e) => {
                if let Some(e) = e {
                    each_in(e, f);
                }
            }
            StmtKind::If { test, then, otherwise } => {
                each_in(test, f);
                in_block(then, f);
                in_block(otherwise, f);
            }
            StmtKind::Switch { subject, cases } => {
                each_in(subject, f);
                for case in cases {
                    if let Some(test) = &case.test {
                        each_in(test, f);
                    }
                    in_block(&case.body, f);
                }
            }
            StmtKind::Try { body, handler, .. } => {
                in_block(body, f);
                in_block(handler, f);
            }
            StmtKind::Block(body) => in_block(body, f),
            StmtKind::Break => {}
        }
    }
}
