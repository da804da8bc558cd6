//! The expressions of functions, statements and expressions.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checked, Expr, ExprKind, Function, Item, LocalId, Member, Stmt, StmtKind};

/// Calls `f` with every expression of a function, outermost first, in the order of the text.
///
/// What it calls of the module is not entered: [`ExprKind::Function`] and [`ExprKind::Global`] name
/// it.
pub fn each_expr<'h>(function: &'h Function, f: &mut dyn FnMut(&'h Expr)) {
    parts_of_function(function, &mut |part| each_in(part, f));
}

/// Calls `f` with every expression of a statement, outermost first.
pub fn each_in_stmt<'h>(stmt: &'h Stmt, f: &mut dyn FnMut(&'h Expr)) {
    parts_of_stmt(stmt, &mut |part| each_in(part, f));
}

/// Calls `f` with an expression and every expression in it, outermost first.
pub fn each_in<'h>(expr: &'h Expr, f: &mut dyn FnMut(&'h Expr)) {
    f(expr);
    parts(expr, &mut |part| each_in(part, f));
}

/// Calls `f` with the expressions of a function that stand in no other: those of its defaults and
/// of its statements.
pub fn parts_of_function<'h>(function: &'h Function, f: &mut dyn FnMut(&'h Expr)) {
    function.params.iter().filter_map(|param| param.default.as_ref()).for_each(&mut *f);
    function.body.iter().for_each(|stmt| parts_of_stmt(stmt, f));
}

/// Calls `f` with the expressions of a statement, and of those in it, that stand in no other.
pub fn parts_of_stmt<'h>(stmt: &'h Stmt, f: &mut dyn FnMut(&'h Expr)) {
    let mut all = |body: &'h [Stmt]| body.iter().for_each(|stmt| parts_of_stmt(stmt, f));
    match &stmt.kind {
        StmtKind::Const { init: e, .. } | StmtKind::Throw(e) | StmtKind::Expr(e) => f(e),
        StmtKind::Return(e) => e.iter().for_each(f),
        StmtKind::If { test, then, otherwise } => {
            f(test);
            then.iter().chain(otherwise).for_each(|stmt| parts_of_stmt(stmt, f));
        }
        StmtKind::Switch { subject, cases } => {
            f(subject);
            for case in cases {
                case.test.iter().for_each(&mut *f);
                case.body.iter().for_each(|stmt| parts_of_stmt(stmt, f));
            }
        }
        StmtKind::Try { body, handler, .. } => {
            all(body);
            all(handler);
        }
        StmtKind::Block(body) => all(body),
        StmtKind::Break => {}
    }
}

/// Calls `f` with every local that statements bind, those within them included, those of functions
/// in them not.
pub fn each_binding(body: &[Stmt], f: &mut dyn FnMut(LocalId)) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Const { local, .. } => f(*local),
            StmtKind::If { then, otherwise, .. } => {
                each_binding(then, f);
                each_binding(otherwise, f);
            }
            StmtKind::Switch { cases, .. } => {
                cases.iter().for_each(|case| each_binding(&case.body, f));
            }
            StmtKind::Try { body, error, handler } => {
                each_binding(body, f);
                error.iter().for_each(|error| f(*error));
                each_binding(handler, f);
            }
            StmtKind::Block(body) => each_binding(body, f),
            StmtKind::Break | StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Expr(_) => {}
        }
    }
}

/// Calls `f` with every constant that statements define, those within them included, those of
/// functions in them not.
fn each_const<'h>(body: &'h [Stmt], f: &mut dyn FnMut(LocalId, &'h Expr)) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Const { local, init } => f(*local, init),
            StmtKind::If { then, otherwise, .. } => {
                each_const(then, f);
                each_const(otherwise, f);
            }
            StmtKind::Switch { cases, .. } => {
                cases.iter().for_each(|case| each_const(&case.body, f));
            }
            StmtKind::Try { body, handler, .. } => {
                each_const(body, f);
                each_const(handler, f);
            }
            StmtKind::Block(body) => each_const(body, f),
            StmtKind::Break | StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Expr(_) => {}
        }
    }
}

/// What a function can come to: itself, and what it names of its module, directly or not.
#[derive(Debug)]
pub struct Reach<'h> {
    /// The function, and helpers.
    pub functions: Vec<&'h Function>,
    /// Every expression of these, and of the constants of the module that they name.
    pub exprs: Vec<&'h Expr>,
}

impl<'h> Reach<'h> {
    /// What `function` of `unit` comes to.
    #[must_use]
    pub fn of(unit: &'h Checked, function: &'h Function) -> Self {
        let mut all = Self { functions: Vec::new(), exprs: Vec::new() };
        all.enter(function);
        let (mut functions, mut globals) = (BTreeSet::new(), BTreeSet::new());
        let mut at = 0;
        while let Some(expr) = all.exprs.get(at) {
            match expr.kind {
                ExprKind::Function(id) if functions.insert(id) => {
                    all.enter(&unit.functions[id.0 as usize]);
                }
                ExprKind::Global(id) if globals.insert(id) => {
                    let value = &unit.globals[id.0 as usize].value;
                    each_in(value, &mut |e| all.exprs.push(e));
                }
                _ => {}
            }
            at += 1;
        }
        all
    }

    fn enter(&mut self, function: &'h Function) {
        self.functions.push(function);
        each_expr(function, &mut |e| self.exprs.push(e));
    }

    /// What its constants are made of.
    #[must_use]
    pub fn consts(&self) -> BTreeMap<LocalId, &'h Expr> {
        let mut found = BTreeMap::new();
        let mut note = |body: &'h [Stmt]| {
            each_const(body, &mut |local, init| {
                found.insert(local, init);
            });
        };
        self.functions.iter().for_each(|function| note(&function.body));
        for expr in &self.exprs {
            if let ExprKind::Arrow(function) = &expr.kind {
                note(&function.body);
            }
        }
        found
    }
}

/// Calls `f` with the expressions that stand directly in an expression; of an arrow function, those
/// of [`parts_of_function`].
pub fn parts<'h>(expr: &'h Expr, f: &mut dyn FnMut(&'h Expr)) {
    match &expr.kind {
        ExprKind::Arrow(function) => parts_of_function(function, f),
        _ => children(expr, f),
    }
}

/// Calls `f` with the expressions directly in an expression, in text order; arrows are not entered.
pub fn children<'h>(expr: &'h Expr, f: &mut dyn FnMut(&'h Expr)) {
    match &expr.kind {
        ExprKind::Constant(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Function(_)
        | ExprKind::BuiltinFunction(_)
        | ExprKind::Arrow(_)
        | ExprKind::Input(_)
        | ExprKind::Context
        | ExprKind::NoContent => {}
        ExprKind::Member(of, _)
        | ExprKind::Unary(_, of)
        | ExprKind::InstanceOf(of, _)
        | ExprKind::All(_, of)
        | ExprKind::Await(of) => f(of),
        ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::Logical(_, a, b)
        | ExprKind::Catch(a, b)
        | ExprKind::Optional { object: a, rest: b, .. } => {
            f(a);
            f(b);
        }
        ExprKind::Conditional(a, b, c) => {
            f(a);
            f(b);
            f(c);
        }
        ExprKind::Template(parts) => parts.iter().for_each(f),
        ExprKind::Array(items) | ExprKind::Builtin(_, items) => in_items(items, f),
        ExprKind::Apply(function, items) => {
            f(function);
            in_items(items, f);
        }
        ExprKind::Object(members) => {
            for member in members {
                match member {
                    Member::Static(_, e) | Member::Spread(e) => f(e),
                    Member::Computed(key, e) => {
                        f(key);
                        f(e);
                    }
                }
            }
        }
        ExprKind::Iterate { receiver, callback, initial, .. } => {
            f(receiver);
            f(callback);
            initial.iter().for_each(|e| f(e));
        }
        ExprKind::Error { status, code, detail } => {
            f(status);
            f(code);
            detail.iter().for_each(|e| f(e));
        }
        ExprKind::Json { value, status, headers, .. } => {
            f(value);
            status.iter().for_each(|e| f(e));
            headers.iter().for_each(|(_, e)| f(e));
        }
        ExprKind::Redirect { location, status } => {
            f(location);
            status.iter().for_each(|e| f(e));
        }
        ExprKind::Operation { arguments, .. } => arguments.iter().for_each(|e| f(e)),
    }
}

fn in_items<'h>(items: &'h [Item], f: &mut dyn FnMut(&'h Expr)) {
    for Item::Value(e) | Item::Spread(e) in items {
        f(e);
    }
}
