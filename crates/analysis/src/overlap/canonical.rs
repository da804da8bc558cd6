//! Expressions in a form in which names do not count.
//!
//! In:    the checked form of a unit.
//! Out:   a text that is equal for expressions that compute the same in the same way: locals by the
//!        order in which they are met, what a module defines by what it is.
//! Never: a type; two equal forms may be of values of different types.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use frontage_compile::hir::{
    Case, Checked, Expr, ExprKind, Function, FunctionId, GlobalId, Item, LocalId, Member, Stmt,
    StmtKind,
};
use frontage_diagnostic::{FileId, Span};

/// The form of one expression or statement.
#[derive(Debug, Default)]
pub(super) struct Canonical {
    pub(super) text: String,
    /// Nodes of the tree.
    pub(super) weight: usize,
    /// Something is computed or decided; else fields are only handed on.
    pub(super) computes: bool,
}

/// What a module defines, by what it is.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    functions: HashMap<FunctionId, String>,
    globals: HashMap<GlobalId, String>,
    locals: HashMap<LocalId, String>,
}

/// Functions that a handler or a helper defines for itself: `const f = (x) => …`.
pub(super) type Helpers<'a> = HashMap<LocalId, &'a Function>;

/// Writes forms of a unit's expressions.
pub(super) struct Writer<'a> {
    unit: &'a Checked,
    shared: &'a [FileId],
    helpers: &'a Helpers<'a>,
    known: &'a mut Definitions,
    names: BTreeMap<LocalId, usize>,
    out: Canonical,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        unit: &'a Checked,
        shared: &'a [FileId],
        helpers: &'a Helpers<'a>,
        known: &'a mut Definitions,
    ) -> Self {
        Self { unit, shared, helpers, known, names: BTreeMap::new(), out: Canonical::default() }
    }

    pub(super) fn of_expr(mut self, expr: &Expr) -> Canonical {
        self.expr(expr);
        self.out
    }

    pub(super) fn of_stmt(mut self, stmt: &Stmt) -> Canonical {
        self.stmt(stmt);
        self.out
    }

    pub(super) fn of_function(mut self, function: &Function) -> Canonical {
        self.function(function);
        self.out
    }

    fn word(&mut self, word: &str) {
        self.out.text.push_str(word);
        self.out.text.push(' ');
    }

    /// A node of the tree, whose parts follow.
    fn node(&mut self, word: &str) {
        self.out.weight += 1;
        self.out.text.push('(');
        self.word(word);
    }

    fn end(&mut self) {
        self.out.text.push(')');
    }

    fn local(&mut self, id: LocalId) {
        let next = self.names.len();
        let name = *self.names.entry(id).or_insert(next);
        let _ = write!(self.out.text, "${name} ");
    }

    /// A function or a constant of a module: in `shared/` by its place, else by what it is.
    fn defined(
        &mut self,
        own: Option<&String>,
        span: Span,
        form: impl FnOnce(&mut Self) -> String,
    ) {
        if self.shared.contains(&span.file) {
            let _ = write!(self.out.text, "shared:{}:{} ", span.file.0, span.start);
            return;
        }
        let form = match own {
            Some(known) => known.clone(),
            None => form(self),
        };
        self.word(&form);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Constant(constant) => self.node(&format!("{constant:?}")),
            ExprKind::Local(id) => {
                self.node("local");
                // A helper within a handler is what it does.
                match self.helpers.get(id).copied() {
                    Some(function) if !self.names.contains_key(id) => {
                        let form = match self.known.locals.get(id) {
                            Some(known) => known.clone(),
                            None => {
                                let (unit, shared, helpers) =
                                    (self.unit, self.shared, self.helpers);
                                let inner = Writer::new(unit, shared, helpers, self.known);
                                let form = digest(&inner.of_function(function).text);
                                self.known.locals.insert(*id, form.clone());
                                form
                            }
                        };
                        self.word(&form);
                    }
                    _ => self.local(*id),
                }
            }
            ExprKind::Global(id) => {
                self.node("global");
                let (unit, shared, helpers) = (self.unit, self.shared, self.helpers);
                let own = self.known.globals.get(id).cloned();
                let value = &unit.globals[id.0 as usize].value;
                self.defined(own.as_ref(), value.span, |this| {
                    let form = Writer::new(unit, shared, helpers, this.known).of_expr(value);
                    let form = digest(&form.text);
                    this.known.globals.insert(*id, form.clone());
                    form
                });
            }
            ExprKind::Function(id) => {
                self.node("function");
                let (unit, shared, helpers) = (self.unit, self.shared, self.helpers);
                let own = self.known.functions.get(id).cloned();
                let function = &unit.functions[id.0 as usize];
                self.defined(own.as_ref(), function.span, |this| {
                    let form = Writer::new(unit, shared, helpers, this.known).of_function(function);
                    let form = digest(&form.text);
                    this.known.functions.insert(*id, form.clone());
                    form
                });
            }
            ExprKind::BuiltinFunction(builtin) => self.node(&format!("{builtin:?}")),
            ExprKind::Arrow(function) => {
                self.node("arrow");
                self.function(function);
            }
            ExprKind::Input(part) => self.node(&format!("input {part:?}")),
            ExprKind::Context => self.node("context"),
            ExprKind::Member(object, name) => {
                self.node("member");
                self.word(name);
                self.expr(object);
            }
            ExprKind::Index(object, index) => {
                self.node("index");
                self.all([&**object, index]);
            }
            ExprKind::Optional { object, bind, rest } => {
                self.node("optional");
                self.expr(object);
                self.local(*bind);
                self.expr(rest);
            }
            ExprKind::Unary(op, value) => {
                self.computes(&format!("{op:?}"));
                self.expr(value);
            }
            ExprKind::Binary(op, a, b) => {
                self.computes(&format!("{op:?}"));
                self.all([&**a, b]);
            }
            ExprKind::Logical(op, a, b) => {
                self.computes(&format!("{op:?}"));
                self.all([&**a, b]);
            }
            ExprKind::Conditional(test, then, otherwise) => {
                self.computes("if");
                self.all([&**test, then, otherwise]);
            }
            ExprKind::Template(parts) => {
                self.computes("template");
                self.all(parts);
            }
            ExprKind::Array(items) => {
                self.node("array");
                self.items(items);
            }
            ExprKind::Object(members) => {
                self.node("object");
                self.members(members);
            }
            ExprKind::Builtin(builtin, items) => {
                self.computes(&format!("{builtin:?}"));
                self.items(items);
            }
            ExprKind::Iterate { op, receiver, callback, initial } => {
                self.computes(&format!("{op:?}"));
                self.all([&**receiver, callback]);
                self.all(initial.as_deref());
            }
            ExprKind::Apply(function, items) => {
                self.computes("apply");
                self.expr(function);
                self.items(items);
            }
            ExprKind::InstanceOf(value, class) => {
                self.computes(&format!("{class:?}"));
                self.expr(value);
            }
            ExprKind::Error { status, code, detail } => {
                self.node("error");
                self.all([&**status, code]);
                self.all(detail.as_deref());
            }
            ExprKind::Json { value, status, headers, cache_control } => {
                self.node("json");
                self.expr(value);
                self.all(status.as_deref());
                for (name, value) in headers {
                    self.word(name);
                    self.expr(value);
                }
                self.word(cache_control.as_deref().unwrap_or(""));
            }
            ExprKind::NoContent => self.node("noContent"),
            ExprKind::Redirect { location, status } => {
                self.node("redirect");
                self.expr(location);
                self.all(status.as_deref());
            }
            ExprKind::Operation { operation, arguments, options } => {
                self.node(&format!("{operation:?} {options:?}"));
                self.all(arguments.as_deref());
            }
            ExprKind::Catch(promise, handler) => {
                self.node("catch");
                self.all([&**promise, handler]);
            }
            ExprKind::All(gather, list) => {
                self.node(&format!("{gather:?}"));
                self.expr(list);
            }
            ExprKind::Await(value) => {
                self.node("await");
                self.expr(value);
            }
        }
        self.end();
    }

    fn computes(&mut self, word: &str) {
        self.out.computes = true;
        self.node(word);
    }

    fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>) {
        for expr in expressions {
            self.expr(expr);
        }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Value(value) => self.expr(value),
                Item::Spread(value) => {
                    self.word("...");
                    self.expr(value);
                }
            }
        }
    }

    fn members(&mut self, members: &[Member]) {
        for member in members {
            match member {
                Member::Static(name, value) => {
                    self.word(name);
                    self.expr(value);
                }
                Member::Computed(key, value) => self.all([key, value]),
                Member::Spread(value) => {
                    self.word("...");
                    self.expr(value);
                }
            }
        }
    }

    fn function(&mut self, function: &Function) {
        if function.is_async {
            self.word("async");
        }
        for param in &function.params {
            self.local(param.local);
            self.all(&param.default);
        }
        if let Some(rest) = function.rest {
            self.word("...");
            self.local(rest);
        }
        self.block(&function.body);
    }

    fn block(&mut self, body: &[Stmt]) {
        self.out.text.push('{');
        for stmt in body {
            self.stmt(stmt);
        }
        self.out.text.push('}');
    }

    fn stmt(&mut self, stmt: &Stmt) {
        self.out.weight += 1;
        match &stmt.kind {
            StmtKind::Const { local, init } => {
                self.word("const");
                self.local(*local);
                self.expr(init);
            }
            StmtKind::If { test, then, otherwise } => {
                self.out.computes = true;
                self.word("if");
                self.expr(test);
                self.block(then);
                self.block(otherwise);
            }
            StmtKind::Switch { subject, cases } => {
                self.out.computes = true;
                self.word("switch");
                self.expr(subject);
                for Case { test, body } in cases {
                    self.word("case");
                    self.all(test);
                    self.block(body);
                }
            }
            StmtKind::Break => self.word("break"),
            StmtKind::Return(value) => {
                self.word("return");
                self.all(value);
            }
            StmtKind::Throw(value) => {
                self.word("throw");
                self.expr(value);
            }
            StmtKind::Try { body, error, handler } => {
                self.word("try");
                self.block(body);
                if let Some(error) = error {
                    self.local(*error);
                }
                self.block(handler);
            }
            StmtKind::Block(body) => self.block(body),
            StmtKind::Expr(value) => self.expr(value),
        }
        self.out.text.push(';');
    }
}

fn digest(form: &str) -> String {
    // Its keys are constants: equal forms give equal digests in every run.
    let mut hasher = DefaultHasher::new();
    form.hash(&mut hasher);
    format!("#{:016x}:{}", hasher.finish(), form.len())
}
