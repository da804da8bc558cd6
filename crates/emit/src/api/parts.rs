//! What stands directly within a checked expression, for whoever walks a handler.
//!
//! In:    an expression.
//! Out:   its parts in order of the text.

use frontage_compile::hir::{Expr, ExprKind, Function, FunctionId, GlobalId, Item, Member};

/// A part of an expression.
pub(super) enum Part<'h> {
    /// An expression.
    Expr(&'h Expr),
    /// A function that is written there.
    Function(&'h Function),
    /// A helper that is named there.
    Helper(FunctionId),
    /// A constant of a module that is named there.
    Constant(GlobalId),
}

/// The parts directly within an expression.
pub(super) fn parts(expr: &Expr) -> Vec<Part<'_>> {
    match &expr.kind {
        ExprKind::Function(id) => vec![Part::Helper(*id)],
        ExprKind::Global(id) => vec![Part::Constant(*id)],
        ExprKind::Arrow(function) => vec![Part::Function(function)],
        ExprKind::Constant(_)
        | ExprKind::Local(_)
        | ExprKind::BuiltinFunction(_)
        | ExprKind::Input(_)
        | ExprKind::Context
        | ExprKind::NoContent => Vec::new(),
        ExprKind::Member(inner, _)
        | ExprKind::Unary(_, inner)
        | ExprKind::InstanceOf(inner, _)
        | ExprKind::All(_, inner)
        | ExprKind::Await(inner) => vec![Part::Expr(inner)],
        ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::Logical(_, a, b)
        | ExprKind::Catch(a, b)
        | ExprKind::Optional { object: a, rest: b, .. } => vec![Part::Expr(a), Part::Expr(b)],
        ExprKind::Conditional(a, b, c) => vec![Part::Expr(a), Part::Expr(b), Part::Expr(c)],
        ExprKind::Template(parts) => parts.iter().map(Part::Expr).collect(),
        ExprKind::Array(items) | ExprKind::Builtin(_, items) => of_items(items).collect(),
        ExprKind::Object(members) => members.iter().flat_map(of_member).collect(),
        ExprKind::Iterate { receiver, callback, initial, .. } => {
            [receiver, callback].into_iter().chain(initial).map(|expr| Part::Expr(expr)).collect()
        }
        ExprKind::Apply(function, items) => {
            std::iter::once(Part::Expr(function)).chain(of_items(items)).collect()
        }
        ExprKind::Error { status, code, detail } => {
            [status, code].into_iter().chain(detail).map(|expr| Part::Expr(expr)).collect()
        }
        ExprKind::Json { value, status, headers, .. } => std::iter::once(value)
            .chain(status)
            .map(|expr| Part::Expr(expr))
            .chain(headers.iter().map(|(_, value)| Part::Expr(value)))
            .collect(),
        ExprKind::Redirect { location, status } => {
            std::iter::once(location).chain(status).map(|expr| Part::Expr(expr)).collect()
        }
        ExprKind::Operation { arguments, .. } => {
            arguments.iter().map(|expr| Part::Expr(expr)).collect()
        }
    }
}

fn of_items(items: &[Item]) -> impl Iterator<Item = Part<'_>> {
    items.iter().map(|item| match item {
        Item::Value(value) | Item::Spread(value) => Part::Expr(value),
    })
}

fn of_member(member: &Member) -> Vec<Part<'_>> {
    match member {
        Member::Static(_, value) | Member::Spread(value) => vec![Part::Expr(value)],
        Member::Computed(key, value) => vec![Part::Expr(key), Part::Expr(value)],
    }
}
