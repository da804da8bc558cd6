//! Logic of a general kind: what belongs to a service, so that every client has it.
//!
//! In:    a backend's plan and checked form.
//! Out:   each place where a route decides or computes something of the business, with what to do.
//! Never: a place that its team has accepted with a reason, without that reason.

use std::collections::{BTreeMap, BTreeSet};

use frontage_compile::hir::{
    self, Checked, CheckedRoute, Expr, ExprKind, Function, Item, LocalId, Reach, Stmt, StmtKind,
};
use frontage_compile::types::{Kind, Ty, Types};
use frontage_diagnostic::{FileId, Span};
use frontage_plan::{
    BinaryOp, Block, Builtin, Constant, IterateOp, Plan, RouteKind, Step, UnaryOp,
};
use serde::Serialize;

use super::{Compared, Surroundings};
use crate::declared::declarations;

/// What stands above a place that is accepted: `// frontage-accept policy-threshold: why`.
const ACCEPT: &str = "frontage-accept";

/// A place with logic of a general kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct General {
    /// The frontend.
    pub frontend: String,
    /// Its owner.
    pub owner: Option<String>,
    /// The rule.
    pub rule: Rule,
    /// File, line and column.
    pub place: String,
    /// What stands there.
    pub text: String,
    /// Routes that do it.
    pub routes: Vec<String>,
    /// Why its team keeps it; nothing if nobody has said.
    pub accepted: Option<String>,
}

/// A comment that accepts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stale {
    /// File and line.
    pub place: String,
    /// The line.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

/// Kinds of general logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A route changes something at several places.
    SeveralUnsafeCalls,
    /// What a service says decides whether a request is refused.
    BusinessRule,
    /// What a service says is held against a number that is written here.
    PolicyThreshold,
    /// Two of a service's numbers are computed into another.
    BusinessFigure,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::SeveralUnsafeCalls, Self::BusinessRule, Self::PolicyThreshold, Self::BusinessFigure];

    /// As it is written where it is accepted.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SeveralUnsafeCalls => "several-unsafe-calls",
            Self::BusinessRule => "business-rule",
            Self::PolicyThreshold => "policy-threshold",
            Self::BusinessFigure => "business-figure",
        }
    }

    /// What is wrong, and what to do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::SeveralUnsafeCalls => {
                "the route changes something by several calls: if one fails, the others stand. \
                 One operation of a service can do all or nothing"
            }
            Self::BusinessRule => {
                "what a service knows decides whether the request is refused: a client with \
                 another backend gets by without it. The service can refuse"
            }
            Self::PolicyThreshold => {
                "a number that looks like policy is written here: another backend has its own. \
                 The service can say what follows from it"
            }
            Self::BusinessFigure => {
                "a figure of the business is computed here: another backend computes it its own \
                 way. The service can answer it"
            }
        }
    }
}

/// Finds general logic in a backend.
///
/// - `used`: is told which comments have accepted something.
pub(super) fn find(
    backend: &Compared<'_>,
    around: &Surroundings<'_>,
    used: &mut Used,
) -> Vec<General> {
    let mut found: Vec<(Rule, Span, Vec<String>)> = Vec::new();
    for unit in backend.checked {
        for route in &unit.routes {
            let Some(function) = route.handler() else { continue };
            let name = name(backend, route);
            let reach = Reach::of(unit, function);
            let mut finder = Finder { unit, made: reach.consts(), around, found: Vec::new() };
            reach.functions.iter().for_each(|function| finder.block(&function.body));
            reach.exprs.iter().for_each(|expr| finder.expr(expr));
            for (rule, span) in finder.found {
                match found.iter_mut().find(|(own, at, _)| (*own, *at) == (rule, span)) {
                    Some((.., routes)) if !routes.contains(&name) => routes.push(name.clone()),
                    Some(_) => {}
                    None => found.push((rule, span, vec![name.clone()])),
                }
            }
            if unsafe_calls(backend, route) > 1 {
                found.push((Rule::SeveralUnsafeCalls, route.span, vec![name]));
            }
        }
    }
    found.sort_by_key(|(rule, span, _)| (span.file, span.start, *rule));
    found
        .into_iter()
        .map(|(rule, span, routes)| General {
            frontend: backend.name.to_owned(),
            owner: backend.owner.map(str::to_owned),
            rule,
            place: around.place(span),
            text: around.sources.text(span).to_owned(),
            routes,
            accepted: accepted(around, span, rule, used),
        })
        .collect()
}

fn name(backend: &Compared<'_>, route: &CheckedRoute) -> String {
    let mut routes = backend.plan.routes.iter();
    let own = routes.find(|own| own.method == route.method && own.path == route.path);
    own.map(|own| format!("{} {}", own.method.as_str(), own.path_text())).unwrap_or_default()
}

/// Most calls that one request of a route changes something by.
fn unsafe_calls(backend: &Compared<'_>, route: &CheckedRoute) -> usize {
    let mut routes = backend.plan.routes.iter();
    let own = routes.find(|own| own.method == route.method && own.path == route.path);
    match own.map(|own| &own.kind) {
        Some(RouteKind::Handler(handler)) => most_unsafe(backend.plan, &handler.body),
        _ => 0,
    }
}

/// Of the ways through a block, the one with the most calls that change something.
fn most_unsafe(plan: &Plan, block: &Block) -> usize {
    let ways = ways(plan, block);
    ways.out.max(ways.through.unwrap_or(0))
}

/// Most calls that change something, on the ways that leave a route within a block and on those that
/// go on after it.
struct Ways {
    out: usize,
    /// Nothing if no way goes on.
    through: Option<usize>,
}

fn ways(plan: &Plan, block: &Block) -> Ways {
    let mut all = Ways { out: 0, through: Some(0) };
    for step in &block.steps {
        let Some(before) = all.through else { break };
        let own = match step {
            Step::Let { .. } => Ways { out: 0, through: Some(0) },
            Step::Return(_) | Step::Throw(_) => Ways { out: 0, through: None },
            Step::Call { call, .. } => {
                let calls = usize::from(!plan.operation(call.operation).safe);
                Ways { out: 0, through: Some(calls) }
            }
            Step::If { then, otherwise, .. } => {
                let (then, otherwise) = (ways(plan, then), ways(plan, otherwise));
                Ways {
                    out: then.out.max(otherwise.out),
                    through: then.through.max(otherwise.through),
                }
            }
            // What returns in these goes on after them.
            Step::Scope { body, .. } | Step::Map { body, .. } => {
                Ways { out: 0, through: Some(most_unsafe(plan, body)) }
            }
            Step::Try { body, handler, .. } => {
                let (body, handler) = (ways(plan, body), ways(plan, handler));
                let thrown = body.out.max(body.through.unwrap_or(0));
                Ways {
                    out: thrown + handler.out,
                    through: body.through.max(handler.through.map(|calls| thrown + calls)),
                }
            }
            Step::All { bodies, .. } => {
                let calls = bodies.iter().map(|body| most_unsafe(plan, body)).sum();
                Ways { out: 0, through: Some(calls) }
            }
        };
        all.out = all.out.max(before + own.out);
        all.through = own.through.map(|calls| before + calls);
    }
    all
}

struct Finder<'a> {
    unit: &'a Checked,
    /// What locals are made of.
    made: BTreeMap<LocalId, &'a Expr>,
    around: &'a Surroundings<'a>,
    found: Vec<(Rule, Span)>,
}

/// How many constants are followed, one to the next.
const STEPS: u32 = 8;

impl Finder<'_> {
    fn add(&mut self, rule: Rule, span: Span) {
        if !self.found.contains(&(rule, span)) {
            self.found.push((rule, span));
        }
    }

    fn block(&mut self, body: &[Stmt]) {
        for (at, stmt) in body.iter().enumerate() {
            let refuses = match &stmt.kind {
                StmtKind::If { test, then, otherwise } => {
                    self.block(then);
                    self.block(otherwise);
                    // `if (good) return x; throw error(..)`
                    let rest = leaves(then) && self.refuses(&body[at + 1..]);
                    let refuses = rest || self.refuses(then) || self.refuses(otherwise);
                    refuses && self.decides(test)
                }
                StmtKind::Switch { subject, cases } => {
                    cases.iter().for_each(|case| self.block(&case.body));
                    // The default is what nobody expects, and not a rule.
                    let mut named = cases.iter().filter(|case| case.test.is_some());
                    named.any(|case| self.refuses(&case.body)) && self.of_service(subject)
                }
                StmtKind::Try { body, handler, .. } => {
                    self.block(body);
                    self.block(handler);
                    false
                }
                StmtKind::Block(body) => {
                    self.block(body);
                    false
                }
                _ => false,
            };
            if refuses {
                self.add(Rule::BusinessRule, stmt.span);
            }
        }
    }

    /// Whether a condition asks more of what a service says than whether it is there.
    fn decides(&self, test: &Expr) -> bool {
        self.of_service(test) && !self.is_presence(test)
    }

    /// Whether statements end with a refusal of the request.
    fn refuses(&self, body: &[Stmt]) -> bool {
        self.refuses_within(body, STEPS)
    }

    fn refuses_within(&self, body: &[Stmt], steps: u32) -> bool {
        body.last().is_some_and(|stmt| match &stmt.kind {
            StmtKind::Throw(value) => self.is_error(value, steps),
            StmtKind::Block(body) => self.refuses_within(body, steps),
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) => self.refuses_by(value, steps),
            _ => false,
        })
    }

    /// Whether an expression is a call of a function that refuses, whatever it is given.
    fn refuses_by(&self, value: &Expr, steps: u32) -> bool {
        match &value.kind {
            ExprKind::Await(value) => self.refuses_by(value, steps),
            ExprKind::Apply(callee, _) => {
                steps > 0
                    && self
                        .function_of(callee)
                        .is_some_and(|function| self.refuses_within(&function.body, steps - 1))
            }
            _ => false,
        }
    }

    /// Whether a value is `error(..)`, perhaps by another name or of a function.
    fn is_error(&self, value: &Expr, steps: u32) -> bool {
        let Some(left) = steps.checked_sub(1) else { return false };
        match &value.kind {
            ExprKind::Error { .. } => true,
            ExprKind::Local(id) => self.made.get(id).is_some_and(|init| self.is_error(init, left)),
            ExprKind::Apply(callee, _) => {
                self.function_of(callee).and_then(|function| function.body.last()).is_some_and(
                    |last| {
                        matches!(&last.kind, StmtKind::Return(Some(value)) if self.is_error(value, left))
                    },
                )
            }
            _ => false,
        }
    }

    fn function_of<'f>(&'f self, callee: &'f Expr) -> Option<&'f Function> {
        match &callee.kind {
            ExprKind::Function(id) => self.unit.functions.get(id.0 as usize),
            ExprKind::Arrow(function) => Some(function),
            ExprKind::Local(id) => match &self.made.get(id)?.kind {
                ExprKind::Arrow(function) => Some(function),
                _ => None,
            },
            ExprKind::Global(id) => match &self.unit.globals[id.0 as usize].value.kind {
                ExprKind::Arrow(function) => Some(function),
                _ => None,
            },
            _ => None,
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Arrow(function) => self.block(&function.body),
            ExprKind::Binary(
                BinaryOp::Less
                | BinaryOp::LessOrEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterOrEqual,
                a,
                b,
            ) => {
                let of_service = self.number_of_service(a) || self.number_of_service(b);
                if of_service && (self.is_policy(a, STEPS) || self.is_policy(b, STEPS)) {
                    self.add(Rule::PolicyThreshold, expr.span);
                }
            }
            ExprKind::Builtin(Builtin::MathMin | Builtin::MathMax, items) => {
                let values = || {
                    items.iter().filter_map(|item| match item {
                        Item::Value(value) => Some(value),
                        Item::Spread(_) => None,
                    })
                };
                let policy = values().any(|value| self.is_policy(value, STEPS));
                if policy && values().any(|value| self.number_of_service(value)) {
                    self.add(Rule::PolicyThreshold, expr.span);
                }
            }
            ExprKind::Binary(BinaryOp::Multiply | BinaryOp::Divide, a, b)
                if self.number_of_service(a) && self.number_of_service(b) =>
            {
                self.add(Rule::BusinessFigure, expr.span);
            }
            _ => {}
        }
    }

    /// Whether what a service says is looked at.
    fn of_service(&self, expr: &Expr) -> bool {
        self.of_service_within(expr, STEPS)
    }

    fn of_service_within(&self, expr: &Expr, steps: u32) -> bool {
        let Some(left) = steps.checked_sub(1) else { return false };
        let mut found = false;
        hir::each_in(expr, &mut |part| {
            found = found || self.is_field(part, STEPS) || self.is_made_of_service(part, left);
        });
        found
    }

    /// Whether a flag, a number or a choice has been made of what a service says.
    fn is_made_of_service(&self, expr: &Expr, steps: u32) -> bool {
        let ExprKind::Local(id) = &expr.kind else { return false };
        let types = &self.unit.types;
        (is_boolean(types, expr.ty) || is_number(types, expr.ty) || self.chooses(expr, steps))
            && self.made.get(id).is_some_and(|init| self.of_service_within(init, steps))
    }

    /// Whether elements of a list are chosen by more than by who they are.
    fn chooses(&self, expr: &Expr, steps: u32) -> bool {
        let Some(left) = steps.checked_sub(1) else { return false };
        match &expr.kind {
            ExprKind::Iterate {
                op:
                    IterateOp::Filter
                    | IterateOp::Find
                    | IterateOp::FindIndex
                    | IterateOp::FindLast
                    | IterateOp::FindLastIndex
                    | IterateOp::Some
                    | IterateOp::Every,
                callback,
                ..
            } => match self.function_of(callback).map(|function| &function.body[..]) {
                Some([Stmt { kind: StmtKind::Return(Some(value)), .. }]) => !is_identity(value),
                Some(_) => true,
                // `filter(Boolean)`
                None => false,
            },
            ExprKind::Local(id) => self.made.get(id).is_some_and(|init| self.chooses(init, left)),
            _ => false,
        }
    }

    /// Whether an expression is a number that a service says.
    fn number_of_service(&self, expr: &Expr) -> bool {
        is_number(&self.unit.types, expr.ty) && self.is_field(expr, STEPS)
    }

    /// Whether an expression is a field of a service's answer, perhaps by another name.
    fn is_field(&self, expr: &Expr, steps: u32) -> bool {
        let Some(left) = steps.checked_sub(1) else { return false };
        let (object, name) = match &expr.kind {
            ExprKind::Member(object, name) => (object, name),
            ExprKind::Optional { rest, .. } => return self.is_field(rest, left),
            // `a.x ?? 0`
            ExprKind::Logical(_, value, _) => return self.is_field(value, left),
            ExprKind::Local(id) => {
                return self.made.get(id).is_some_and(|init| self.is_field(init, left));
            }
            _ => return false,
        };
        let declared = declarations(&self.unit.types, object.ty, name);
        declared.iter().any(|span| self.is_contract(*span))
    }

    /// A number that says more than whether there is something.
    fn is_policy(&self, expr: &Expr, steps: u32) -> bool {
        let Some(left) = steps.checked_sub(1) else { return false };
        match &expr.kind {
            ExprKind::Constant(Constant::Number(number)) => number.0.abs() > 1.0,
            ExprKind::Local(id) => self.made.get(id).is_some_and(|init| self.is_policy(init, left)),
            ExprKind::Global(id) => self.is_policy(&self.unit.globals[id.0 as usize].value, left),
            _ => false,
        }
    }

    /// Whether a condition only asks whether something is there, or is not.
    fn is_presence(&self, test: &Expr) -> bool {
        let is_nullish = |expr: &Expr| {
            matches!(expr.kind, ExprKind::Constant(Constant::Null | Constant::Undefined))
        };
        match &test.kind {
            ExprKind::Binary(op, a, b) => match op {
                BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::LooseEqual
                | BinaryOp::LooseNotEqual => {
                    is_nullish(a) && !self.chooses(b, STEPS)
                        || is_nullish(b) && !self.chooses(a, STEPS)
                        || self.is_count(a) && is_number_of(b, &[0.0, -1.0])
                        || self.is_count(b) && is_number_of(a, &[0.0, -1.0])
                }
                BinaryOp::Less | BinaryOp::GreaterOrEqual => {
                    self.is_count(a) && is_number_of(b, &[0.0, 1.0])
                }
                BinaryOp::Greater => self.is_count(a) && is_number_of(b, &[0.0, -1.0]),
                _ => false,
            },
            ExprKind::Logical(_, a, b) => self.is_presence(a) && self.is_presence(b),
            ExprKind::Unary(UnaryOp::Not, value) => self.is_presence(value),
            // A flag says what it is made of; of anything else, that it is there.
            ExprKind::Local(id) if is_boolean(&self.unit.types, test.ty) => {
                self.made.get(id).is_some_and(|init| self.is_presence(init))
            }
            ExprKind::Iterate { .. } => !self.chooses(test, STEPS),
            ExprKind::Builtin(Builtin::ArrayIncludes, items) => items.iter().all(|item| {
                matches!(item, Item::Value(value) if !matches!(value.kind, ExprKind::Constant(_)))
            }),
            _ => self.is_count(test) || self.is_there(test),
        }
    }

    /// Whether a value is one that is there or not, and says no more.
    fn is_there(&self, value: &Expr) -> bool {
        let types = &self.unit.types;
        !is_boolean(types, value.ty) && !is_number(types, value.ty) && !self.chooses(value, STEPS)
    }

    /// Whether a number is how many there are, or where one is.
    fn is_count(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Member(list, name) => &**name == "length" && !self.chooses(list, STEPS),
            ExprKind::Iterate { op: IterateOp::FindIndex | IterateOp::FindLastIndex, .. } => {
                !self.chooses(value, STEPS)
            }
            _ => false,
        }
    }

    /// Whether a declaration stands in a contract: a module of the workspace is none.
    fn is_contract(&self, span: Span) -> bool {
        let path = &self.around.sources.file(span.file).path;
        !(path.starts_with("frontends/") || path.starts_with("shared/"))
    }
}

fn is_number(types: &Types, ty: Ty) -> bool {
    match types.kind(ty) {
        Kind::Number | Kind::NumberLiteral { .. } => true,
        Kind::Union(variants) => variants.iter().any(|variant| is_number(types, *variant)),
        _ => false,
    }
}

fn is_boolean(types: &Types, ty: Ty) -> bool {
    match types.kind(ty) {
        Kind::Boolean { .. } => true,
        Kind::Union(variants) => variants.iter().any(|variant| is_boolean(types, *variant)),
        _ => false,
    }
}

/// Whether a condition of an element asks who it is: for what is not known beforehand.
fn is_identity(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, a, b) => {
            let is_constant = |expr: &Expr| matches!(expr.kind, ExprKind::Constant(_));
            !is_constant(a) && !is_constant(b)
        }
        ExprKind::Logical(_, a, b) => is_identity(a) && is_identity(b),
        ExprKind::Unary(UnaryOp::Not, value) => is_identity(value),
        _ => false,
    }
}

fn is_number_of(expr: &Expr, numbers: &[f64]) -> bool {
    match &expr.kind {
        ExprKind::Constant(Constant::Number(own)) => numbers.contains(&own.0),
        ExprKind::Unary(UnaryOp::Minus, value) => {
            matches!(value.kind, ExprKind::Constant(Constant::Number(own)) if numbers.contains(&-own.0))
        }
        _ => false,
    }
}

/// Whether statements end by leaving the function.
fn leaves(body: &[Stmt]) -> bool {
    body.last().is_some_and(|stmt| match &stmt.kind {
        StmtKind::Return(_) => true,
        StmtKind::Block(body) => leaves(body),
        _ => false,
    })
}

/// Lines whose comments have accepted something.
pub(super) type Used = BTreeSet<(FileId, usize)>;

/// Why a place is accepted: in a comment on its line, or on the lines above it.
fn accepted(around: &Surroundings<'_>, span: Span, rule: Rule, used: &mut Used) -> Option<String> {
    let file = around.sources.file(span.file);
    let own = (file.line_column(span.start).line as usize).checked_sub(1)?;
    let lines: Vec<&str> = file.text.lines().collect();
    // Documentation between a comment and what it is of does not part them.
    let is_comment = |line: &str| ["//", "/*", "*"].iter().any(|start| line.starts_with(start));
    let above = (0..own).rev().take_while(|at| is_comment(lines[*at].trim_start()));
    for at in std::iter::once(own).chain(above) {
        if let Some(Ok((named, reason))) = lines.get(at).and_then(|line| acceptance(line))
            && named == rule
        {
            used.insert((span.file, at));
            return Some(reason.to_owned());
        }
    }
    None
}

/// What a line's comment accepts, and why; or what is wrong with it.
fn acceptance(line: &str) -> Option<Result<(Rule, &str), String>> {
    let at = line.find(ACCEPT)?;
    let before = line[..at].trim_end().strip_suffix("//")?;
    // Within a text it is none.
    let quotes = |quote: char| before.matches(quote).count() % 2 == 1;
    if quotes('"') || quotes('\'') || quotes('`') {
        return None;
    }
    let words = &line[at + ACCEPT.len()..];
    let (name, reason) = words.split_once(':').unwrap_or((words, ""));
    let (name, reason) = (name.trim(), reason.trim());
    let Some(rule) = Rule::ALL.into_iter().find(|rule| rule.name() == name) else {
        let all = Rule::ALL.map(Rule::name).join(", ");
        return Some(Err(format!("there is no rule `{name}`: the rules are {all}")));
    };
    if reason.is_empty() {
        return Some(Err(format!("it gives no reason: {ACCEPT} {name}: why")));
    }
    Some(Ok((rule, reason)))
}

/// Comments that accept nothing: of no rule, without a reason, or where nothing is to be accepted.
pub(super) fn stale(around: &Surroundings<'_>, used: &Used) -> Vec<Stale> {
    let mut found = Vec::new();
    for (id, file) in around.sources.iter() {
        if !(file.path.starts_with("frontends/") || file.path.starts_with("shared/")) {
            continue;
        }
        for (at, line) in file.text.lines().enumerate() {
            let why = match acceptance(line) {
                None => continue,
                Some(Err(why)) => why,
                Some(Ok(_)) if used.contains(&(id, at)) => continue,
                Some(Ok((rule, _))) => format!("nothing here is a {}", rule.name()),
            };
            let place = format!("{}:{}", file.path, at + 1);
            found.push(Stale { place, text: line.trim().to_owned(), why });
        }
    }
    found
}
