//! Checked frontends by hand: small functions that make trees of the checked form.

use std::collections::BTreeMap;
use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, FileId, SourceMap, Span};
use frontage_plan::{
    Builtin, Constant, Gather, Input, IterateOp, Method, Number, PathSegment, Plan,
};

use crate::hir::{
    CallOptions, Checked, CheckedKind, CheckedRoute, Expr, ExprKind, Function, FunctionId, Global,
    GlobalId, InputPart, InputTypes, Item, Local, LocalId, Member, OperationRef, Param, Stmt,
    StmtKind,
};
use crate::types::{Ty, Types};
use crate::{UpstreamInput, Workspace};

const SHOP: &str = include_str!("shop.yaml");

pub(super) const SPAN: Span = Span { file: FileId(0), start: 0, end: 0 };

/// A frontend under construction.
pub(super) struct Frontend {
    pub(super) workspace: Workspace,
    pub(super) sources: SourceMap,
    pub(super) checked: Checked,
    calls: std::cell::Cell<u32>,
}

pub(super) fn frontend() -> Frontend {
    let mut sources = SourceMap::new();
    let file = sources.add("contracts/shop.yaml", SHOP);
    sources.add("frontends/web/routes/a.ts", "");
    let read = frontage_contract::read(file, &mut sources, &mut |path| Err(path.to_owned()));
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    let shop = UpstreamInput {
        name: "shop".into(),
        contract: Arc::new(read.contract),
        timeout_ms: 2000,
        safe: BTreeMap::new(),
        bulk: Vec::new(),
        span: None,
    };
    let checked = Checked {
        routes: Vec::new(),
        patterns: Vec::new(),
        functions: Vec::new(),
        globals: Vec::new(),
        callbacks: Vec::new(),
        locals: Vec::new(),
        types: Types::default(),
        comments: BTreeMap::new(),
    };
    Frontend {
        workspace: Workspace { upstreams: vec![shop], shared: Vec::new() },
        sources,
        checked,
        calls: std::cell::Cell::default(),
    }
}

impl Frontend {
    pub(super) fn local(&mut self, name: &str) -> LocalId {
        let name = (!name.is_empty()).then(|| name.into());
        self.checked.locals.push(Local { name, ty: Ty::UNKNOWN, span: SPAN });
        LocalId(self.checked.locals.len() as u32 - 1)
    }

    pub(super) fn helper(&mut self, function: Function) -> Expr {
        self.checked.functions.push(function);
        e(ExprKind::Function(FunctionId(self.checked.functions.len() as u32 - 1)))
    }

    pub(super) fn global(&mut self, value: Expr) -> Expr {
        self.checked.globals.push(Global { name: "global".into(), value });
        e(ExprKind::Global(GlobalId(self.checked.globals.len() as u32 - 1)))
    }

    /// `shop.name(arguments)`
    pub(super) fn call(&self, name: &str, arguments: Vec<(&str, Expr)>) -> Expr {
        self.call_with(name, arguments, CallOptions::default())
    }

    pub(super) fn call_with(
        &self,
        name: &str,
        arguments: Vec<(&str, Expr)>,
        options: CallOptions,
    ) -> Expr {
        let operations = &self.workspace.upstreams[0].contract.operations;
        let operation = operations.iter().position(|o| o.name == name).expect("a known operation");
        // Every call has a place of its own, as in a text.
        let start = self.calls.get();
        self.calls.set(start + 1);
        let call = e(ExprKind::Operation {
            operation: OperationRef { upstream: 0, operation: operation as u32 },
            arguments: Some(Box::new(object(arguments))),
            options,
        });
        Expr { span: Span { start, ..SPAN }, ..call }
    }

    pub(super) fn route(&mut self, method: Method, path: &[&str], body: Vec<Stmt>) {
        self.calls.set(0);
        let segment = |text: &&str| match text.strip_prefix(':') {
            Some(name) => PathSegment::Parameter(name.into()),
            None => PathSegment::Literal((*text).into()),
        };
        self.checked.routes.push(CheckedRoute {
            method,
            path: path.iter().map(segment).collect(),
            doc: None,
            span: SPAN,
            kind: CheckedKind::Handler {
                input: Input::default(),
                input_types: InputTypes::default(),
                function: function(vec![], body, true),
                sequential: false,
            },
            result: Ty::UNKNOWN,
        });
    }

    pub(super) fn lower(&self) -> (Plan, Vec<Diagnostic>) {
        crate::lowered(&self.workspace, "web", &self.checked, &self.sources)
    }

    /// Panics unless the plan holds its invariants, prints as `expected` (leading empty line and
    /// common indentation aside), and no diagnostic was found.
    pub(super) fn lowers_to(&self, expected: &str) {
        let (plan, diagnostics) = self.lower();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        super::invariants::hold(&plan);
        assert_eq!(crate::lower::print(&plan), unindented(expected));
    }

    /// The codes of the diagnostics.
    pub(super) fn codes(&self) -> Vec<u16> {
        self.lower().1.into_iter().map(|d| d.code.0).collect()
    }
}

pub(super) fn e(kind: ExprKind) -> Expr {
    Expr { kind, ty: Ty::UNKNOWN, span: SPAN }
}

pub(super) fn s(kind: StmtKind) -> Stmt {
    Stmt { kind, span: SPAN }
}

pub(super) fn text(text: &str) -> Expr {
    e(ExprKind::Constant(Constant::String(text.into())))
}

pub(super) fn number(number: f64) -> Expr {
    e(ExprKind::Constant(Constant::Number(Number(number))))
}

pub(super) fn local(id: LocalId) -> Expr {
    e(ExprKind::Local(id))
}

pub(super) fn member(object: Expr, name: &str) -> Expr {
    e(ExprKind::Member(Box::new(object), name.into()))
}

pub(super) fn object(members: Vec<(&str, Expr)>) -> Expr {
    let member = |(name, value): (&str, Expr)| Member::Static(name.into(), value);
    e(ExprKind::Object(members.into_iter().map(member).collect()))
}

pub(super) fn array(items: Vec<Expr>) -> Expr {
    e(ExprKind::Array(items.into_iter().map(Item::Value).collect()))
}

pub(super) fn awaited(promise: Expr) -> Expr {
    e(ExprKind::Await(Box::new(promise)))
}

pub(super) fn arrow(function: Function) -> Expr {
    e(ExprKind::Arrow(Box::new(function)))
}

pub(super) fn function(params: Vec<LocalId>, body: Vec<Stmt>, is_async: bool) -> Function {
    let params = params.into_iter().map(|local| Param { local, default: None }).collect();
    Function {
        name: None,
        params,
        rest: None,
        body,
        is_async,
        written_async: is_async,
        result: Ty::ERROR,
        span: SPAN,
    }
}

pub(super) fn apply(callee: Expr, arguments: Vec<Expr>) -> Expr {
    let arguments = arguments.into_iter().map(Item::Value).collect();
    e(ExprKind::Apply(Box::new(callee), arguments))
}

pub(super) fn constant(local: LocalId, init: Expr) -> Stmt {
    s(StmtKind::Const { local, init })
}

pub(super) fn returns(value: Expr) -> Stmt {
    s(StmtKind::Return(Some(value)))
}

pub(super) fn throws() -> Stmt {
    s(StmtKind::Throw(e(ExprKind::Error {
        status: Box::new(number(404.0)),
        code: Box::new(text("gone")),
        detail: None,
    })))
}

pub(super) fn when(test: Expr, then: Vec<Stmt>, otherwise: Vec<Stmt>) -> Stmt {
    s(StmtKind::If { test, then, otherwise })
}

/// `session.sub`
pub(super) fn session() -> Expr {
    member(e(ExprKind::Input(InputPart::Session)), "sub")
}

/// `promise.catch(handler)`
pub(super) fn caught(promise: Expr, handler: Function) -> Expr {
    e(ExprKind::Catch(Box::new(promise), Box::new(arrow(handler))))
}

/// `receiver.op(callback)`
pub(super) fn iterate(op: IterateOp, receiver: Expr, callback: Expr) -> Expr {
    let (receiver, callback) = (Box::new(receiver), Box::new(callback));
    e(ExprKind::Iterate { op, receiver, callback, initial: None })
}

/// `Promise.all(list.map(callback))`
pub(super) fn all_map(list: Expr, callback: Expr) -> Expr {
    e(ExprKind::All(Gather::All, Box::new(iterate(IterateOp::Map, list, callback))))
}

/// A function of the library.
pub(super) fn builtin(builtin: Builtin, arguments: Vec<Expr>) -> Expr {
    e(ExprKind::Builtin(builtin, arguments.into_iter().map(Item::Value).collect()))
}

/// The text without empty lines and without the indentation that all its lines share.
pub(super) fn unindented(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let indent = lines().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    lines().map(|line| format!("{}\n", &line[indent..])).collect()
}
