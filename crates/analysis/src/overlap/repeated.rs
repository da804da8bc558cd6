//! Logic that stands in several frontends.
//!
//! In:    the checked forms of all backends.
//! Out:   each expression, statement or function that stands in at least two of them and is no part
//!        of a larger one that does, with a proposed shared module.
//! Never: what `shared/` has already; input schemas, which are what makes a frontend its own.

use std::collections::{BTreeSet, HashMap};

use frontage_compile::hir::{
    self, Checked, CheckedRoute, Expr, ExprKind, Function, Reach, Stmt, StmtKind,
};
use frontage_diagnostic::Span;
use frontage_plan::PathSegment;
use serde::Serialize;

use super::canonical::{Canonical, Definitions, Helpers, Writer};
use super::fragment::{Piece, propose};
use super::{Compared, Surroundings};

/// Fewest nodes of a piece that is worth a module of its own.
const LEAST: usize = 12;

/// A piece of logic that stands in several frontends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Repeated {
    /// Its size: nodes of its tree.
    pub weight: usize,
    /// Where it stands.
    pub occurrences: Vec<Occurrence>,
    /// The shared module that it could be, such as `shared/card.ts`.
    pub file: String,
    /// Its text.
    pub fragment: String,
}

/// Where a piece stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Occurrence {
    /// The frontend.
    pub frontend: String,
    /// Its owner.
    pub owner: Option<String>,
    /// File, line and column.
    pub place: String,
    /// What it says there.
    pub text: String,
}

/// A piece, and where it was found.
#[derive(Clone, Copy)]
struct Found<'a> {
    backend: usize,
    unit: &'a Checked,
    piece: Piece<'a>,
    /// What it is called where it stands.
    hint: Option<&'a str>,
}

/// Finds what stands in several backends.
pub(super) fn find(backends: &[Compared<'_>], around: &Surroundings<'_>) -> Vec<Repeated> {
    let mut groups: HashMap<String, (usize, Vec<Found<'_>>)> = HashMap::new();
    for (backend, compared) in backends.iter().enumerate() {
        // A helper is part of each unit that calls it.
        let mut seen: BTreeSet<Span> = BTreeSet::new();
        for unit in compared.checked {
            let mut known = Definitions::default();
            let helpers = helpers(unit);
            let hints = hints(unit);
            for piece in pieces(unit) {
                let span = piece.span();
                if around.shared.contains(&span.file) || !seen.insert(span) {
                    continue;
                }
                let form = form(unit, around, &helpers, &mut known, piece);
                if form.weight < LEAST || !(form.computes || form.weight >= 2 * LEAST) {
                    continue;
                }
                let group = groups.entry(form.text).or_default();
                group.0 = form.weight;
                let hint = hints.get(&span).copied();
                group.1.push(Found { backend, unit, piece, hint });
            }
        }
    }
    let mut groups: Vec<(usize, Vec<Found<'_>>)> = groups
        .into_values()
        .filter(|(_, found)| found.iter().any(|own| own.backend != found[0].backend))
        .collect();
    let at = |found: &Found<'_>| {
        let span = found.piece.span();
        (span.file, span.start, span.end)
    };
    for (_, found) in &mut groups {
        found.sort_by_key(|own| (own.backend, at(own)));
    }
    // The largest first; of two of one size, the one that is around the other.
    groups.sort_by(|(a, one), (b, other)| {
        let size = |found: &Found<'_>| found.piece.span().end - found.piece.span().start;
        b.cmp(a).then(size(&other[0]).cmp(&size(&one[0]))).then(at(&one[0]).cmp(&at(&other[0])))
    });
    let mut covered: Vec<Span> = Vec::new();
    let mut taken: BTreeSet<String> =
        around.shared.iter().map(|id| around.sources.file(*id).path.clone()).collect();
    let mut repeated = Vec::new();
    for (weight, found) in groups {
        let is_covered = |span: Span| {
            covered.iter().any(|around| {
                around.file == span.file && around.start <= span.start && span.end <= around.end
            })
        };
        if found.iter().all(|own| is_covered(own.piece.span())) {
            continue;
        }
        let first = &found[0];
        let hint = found.iter().find_map(|own| own.hint);
        let Some(fragment) = propose(first.unit, first.piece, hint, around) else { continue };
        covered.extend(found.iter().map(|own| own.piece.span()));
        let mut file = format!("shared/{}.ts", fragment.name);
        let mut count = 1;
        while !taken.insert(file.clone()) {
            count += 1;
            file = format!("shared/{}{count}.ts", fragment.name);
        }
        let occurrences = found.iter().map(|own| Occurrence {
            frontend: backends[own.backend].name.to_owned(),
            owner: backends[own.backend].owner.map(str::to_owned),
            place: around.place(own.piece.span()),
            text: around.sources.text(own.piece.span()).to_owned(),
        });
        let occurrences = occurrences.collect();
        repeated.push(Repeated { weight, occurrences, file, fragment: fragment.text });
    }
    repeated
}

fn form(
    unit: &Checked,
    around: &Surroundings<'_>,
    helpers: &Helpers<'_>,
    known: &mut Definitions,
    piece: Piece<'_>,
) -> Canonical {
    let writer = Writer::new(unit, around.shared, helpers, known);
    match piece {
        Piece::Expr(expr) => writer.of_expr(expr),
        Piece::Stmt(stmt) => writer.of_stmt(stmt),
        Piece::Function(function) => writer.of_function(function),
    }
}

/// Functions that handlers and helpers define for themselves.
fn helpers(unit: &Checked) -> Helpers<'_> {
    let mut found = Helpers::new();
    for function in functions(unit) {
        for (local, init) in Reach::of(unit, function).consts() {
            if let ExprKind::Arrow(own) = &init.kind {
                found.insert(local, own);
            }
        }
    }
    found
}

/// Helpers and handlers.
fn functions(unit: &Checked) -> impl Iterator<Item = &Function> {
    unit.functions.iter().chain(unit.routes.iter().filter_map(CheckedRoute::handler))
}

/// Everything of a unit that could be a piece.
fn pieces(unit: &Checked) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    for function in &unit.functions {
        all.push(Piece::Function(function));
        inside(function, &mut all);
    }
    for global in &unit.globals {
        match &global.value.kind {
            ExprKind::Arrow(function) => {
                all.push(Piece::Function(function));
                inside(function, &mut all);
            }
            _ => hir::each_in(&global.value, &mut |expr| note(expr, &mut all)),
        }
    }
    for handler in unit.routes.iter().filter_map(CheckedRoute::handler) {
        inside(handler, &mut all);
    }
    all
}

/// What expressions are called where they stand: the member or the constant that they are, or the
/// element that they are made of.
fn hints(unit: &Checked) -> HashMap<Span, &str> {
    let mut hints = HashMap::new();
    let local = |id: hir::LocalId| unit.locals[id.0 as usize].name.as_deref();
    for function in functions(unit) {
        let of_body = |function: &'_ Function| -> Vec<(Span, hir::LocalId)> {
            let mut found = Vec::new();
            for stmt in &function.body {
                match (&stmt.kind, &function.params[..]) {
                    (StmtKind::Const { local, init }, _) => found.push((init.span, *local)),
                    (StmtKind::Return(Some(value)), [only]) => found.push((value.span, only.local)),
                    _ => {}
                }
            }
            found
        };
        let mut named = of_body(function);
        hir::each_expr(function, &mut |expr| match &expr.kind {
            ExprKind::Arrow(inner) => named.extend(of_body(inner)),
            ExprKind::Object(members) => {
                for member in members {
                    if let hir::Member::Static(name, value) = member {
                        hints.insert(value.span, &**name);
                    }
                }
            }
            _ => {}
        });
        for (span, id) in named {
            if let Some(name) = local(id) {
                hints.entry(span).or_insert(name);
            }
        }
    }
    // What a route answers is called after it.
    for route in &unit.routes {
        let Some(function) = route.handler() else { continue };
        let named = route.path.iter().rev().find_map(|segment| match segment {
            PathSegment::Literal(name) => Some(&**name),
            _ => None,
        });
        for stmt in &function.body {
            if let (StmtKind::Return(Some(value)), Some(name)) = (&stmt.kind, named) {
                hints.entry(value.span).or_insert(name);
            }
        }
    }
    hints
}

fn inside<'a>(function: &'a Function, all: &mut Vec<Piece<'a>>) {
    statements(&function.body, all);
    hir::each_expr(function, &mut |expr| note(expr, all));
}

fn note<'a>(expr: &'a Expr, all: &mut Vec<Piece<'a>>) {
    match &expr.kind {
        // A name for what stands elsewhere, and what only waits.
        ExprKind::Await(_) | ExprKind::Local(_) | ExprKind::Function(_) | ExprKind::Global(_) => {}
        ExprKind::Arrow(function) => statements(&function.body, all),
        _ => all.push(Piece::Expr(expr)),
    }
}

/// Statements that decide something and fall through: others end the function around.
fn statements<'a>(body: &'a [Stmt], all: &mut Vec<Piece<'a>>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::If { then, otherwise, .. } => {
                if !then.iter().chain(otherwise).any(returns) {
                    all.push(Piece::Stmt(stmt));
                }
                statements(then, all);
                statements(otherwise, all);
            }
            StmtKind::Try { body, handler, .. } => {
                statements(body, all);
                statements(handler, all);
            }
            StmtKind::Block(body) => statements(body, all),
            _ => {}
        }
    }
}

fn returns(stmt: &Stmt) -> bool {
    match &stmt.kind {
        // What it binds is of the block.
        StmtKind::Return(_) | StmtKind::Break => true,
        StmtKind::If { then, otherwise, .. } => then.iter().chain(otherwise).any(returns),
        StmtKind::Switch { .. } => true,
        StmtKind::Try { body, handler, .. } => body.iter().chain(handler).any(returns),
        StmtKind::Block(body) => body.iter().any(returns),
        StmtKind::Const { .. } | StmtKind::Throw(_) | StmtKind::Expr(_) => false,
    }
}
