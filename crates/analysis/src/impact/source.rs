//! Places in the sources: where a route reads a field, and what stands for an argument of a call.
//!
//! In:    the checked forms of a backend.
//! Out:   places of fields by where their contract declares them; calls by their places.
//! Never: a field by its name alone: another object may have one that is called so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use frontage_compile::hir::{self, Checked, CheckedRoute, Expr, ExprKind, Item, Member, Reach};
use frontage_compile::types::{Kind, Ty, Types};
use frontage_diagnostic::{FileId, SourceMap, Span};
use frontage_plan::{Place, Route};

use super::site::Step;
use crate::declared::declarations;

/// What the sources of a backend say.
pub(super) struct Sources<'a> {
    checked: &'a [Arc<Checked>],
    sources: &'a SourceMap,
    calls: BTreeMap<Spot, &'a Expr>,
    /// By file, the types of what stands there.
    types: BTreeMap<FileId, &'a Types>,
}

/// A file, a line and a column.
pub(super) type Spot = (String, u32, u32);

impl<'a> Sources<'a> {
    pub(super) fn new(checked: &'a [Arc<Checked>], sources: &'a SourceMap) -> Self {
        let mut this = Self { checked, sources, calls: BTreeMap::new(), types: BTreeMap::new() };
        let mut calls: Vec<&Expr> = Vec::new();
        let mut note = |e: &'a Expr| {
            if matches!(e.kind, ExprKind::Operation { .. }) {
                calls.push(e);
            }
        };
        for unit in checked {
            let functions = unit.functions.iter().map(|function| function.span.file);
            let files = functions.chain(unit.routes.iter().map(|route| route.span.file));
            this.types.extend(files.map(|file| (file, &unit.types)));
            let handlers = unit.routes.iter().filter_map(CheckedRoute::handler);
            handlers.chain(&unit.functions).for_each(|f| hir::each_expr(f, &mut note));
            unit.globals.iter().for_each(|global| hir::each_in(&global.value, &mut note));
        }
        this.calls = calls.iter().map(|e| (this.spot(e.span, e.span.start), *e)).collect();
        this
    }

    /// The call of an operation that stands at a place.
    pub(super) fn operation(&self, place: &Place) -> Option<&'a Expr> {
        self.calls.get(&(place.path.to_string(), place.line, place.column)).copied()
    }

    /// The types that an expression is of.
    pub(super) fn types_of(&self, expr: &Expr) -> Option<&'a Types> {
        self.types.get(&expr.span.file).copied()
    }

    /// Whether a file has this path.
    pub(super) fn is_of(&self, file: FileId, path: &str) -> bool {
        self.sources.file(file).path == *path
    }

    /// Where a route reads fields, by the places of their declarations.
    pub(super) fn fields(&self, route: &Route) -> BTreeMap<Span, BTreeSet<Spot>> {
        let mut found: BTreeMap<Span, BTreeSet<Spot>> = BTreeMap::new();
        let own = self.checked.iter().find_map(|unit| {
            let mut routes = unit.routes.iter();
            let own = routes.find(|own| own.method == route.method && own.path == route.path)?;
            Some((&**unit, own.handler()?))
        });
        let Some((unit, function)) = own else { return found };
        for expr in Reach::of(unit, function).exprs {
            let ExprKind::Member(object, name) = &expr.kind else { continue };
            for declared in declarations(&unit.types, object.ty, name) {
                found.entry(declared).or_default().insert(self.spot_of_name(expr.span, name));
            }
        }
        found
    }

    /// Where the name stands at the end of `object.name`; its start, if it is written otherwise.
    fn spot_of_name(&self, span: Span, name: &str) -> Spot {
        let size = u32::try_from(name.len()).unwrap_or(0);
        let at = span.end.saturating_sub(size).max(span.start);
        let text = self.sources.file(span.file).text.get(at as usize..span.end as usize);
        self.spot(span, if text == Some(name) { at } else { span.start })
    }

    fn spot(&self, span: Span, offset: u32) -> Spot {
        let file = self.sources.file(span.file);
        let at = file.line_column(offset);
        (file.path.clone(), at.line, at.column)
    }
}

/// What stands for an argument, or for a part of it, as far as it is written out; one for each place
/// in a list that is written out.
///
/// - `path`: from the arguments' object.
pub(super) fn written<'a>(call: &'a Expr, path: &[Step]) -> Option<Vec<Written<'a>>> {
    let ExprKind::Operation { arguments, .. } = &call.kind else { return None };
    let mut found = Vec::new();
    parts(arguments.as_deref()?, path, &mut found);
    Some(found)
}

fn parts<'a>(at: &'a Expr, path: &[Step], found: &mut Vec<Written<'a>>) {
    let Some((step, rest)) = path.split_first() else { return found.push(Written::There(at)) };
    match (step, &at.kind) {
        (Step::Field(name), ExprKind::Object(members)) => {
            let named = members.iter().rev().find_map(|member| match member {
                Member::Static(own, value) if **own == **name => Some(value),
                _ => None,
            });
            match named {
                Some(value) => parts(value, rest, found),
                None if members.iter().all(|member| matches!(member, Member::Static(..))) => {
                    found.push(Written::Missing(at));
                }
                None => found.push(Written::Inside(at, path.to_vec())),
            }
        }
        (Step::Element, ExprKind::Array(items))
            if items.iter().all(|item| matches!(item, Item::Value(_))) =>
        {
            for item in items {
                if let Item::Value(value) = item {
                    parts(value, rest, found);
                }
            }
        }
        _ => found.push(Written::Inside(at, path.to_vec())),
    }
}

/// How a part of an argument is written.
#[derive(Debug, Clone)]
pub(super) enum Written<'a> {
    /// As this.
    There(&'a Expr),
    /// Somewhere in the value of this, where these steps lead.
    Inside(&'a Expr, Vec<Step>),
    /// Not at all, in the object that is this.
    Missing(&'a Expr),
}

impl Written<'_> {
    pub(super) fn span(&self) -> Span {
        let (Self::There(expr) | Self::Inside(expr, _) | Self::Missing(expr)) = self;
        expr.span
    }
}

/// Whether a value may have something where steps lead, as far as its type says.
pub(super) fn knows(types: &Types, value: &Expr, path: &[Step]) -> bool {
    match &value.kind {
        ExprKind::Object(members) => members.iter().any(|member| match member {
            Member::Static(..) => false,
            Member::Computed(..) => true,
            Member::Spread(spread) => knows(types, spread, path),
        }),
        _ => leads(types, value.ty, path),
    }
}

fn leads(types: &Types, ty: Ty, path: &[Step]) -> bool {
    let Some((step, rest)) = path.split_first() else { return true };
    match (types.kind(ty), step) {
        (Kind::Union(variants), _) => {
            let variants = variants.iter().filter(|own| !types.nullish(**own));
            let mut variants = variants.peekable();
            variants.peek().is_none() || variants.any(|own| leads(types, *own, path))
        }
        (Kind::Object(id), Step::Field(name)) => types.members(*id).is_none_or(|object| {
            let open = object.index.is_some() || object.keys.is_some() || object.spread;
            object.property(name).map_or(open, |property| leads(types, property.ty, rest))
        }),
        (Kind::Array { element, .. }, Step::Element) => leads(types, *element, rest),
        _ => true,
    }
}
