//! What a handler answers where it succeeds: statuses, values, headers.
//!
//! In:    a checked handler and the helpers that it can reach.
//! Out:   for each status the types of its values and the headers that come with it.
//! Never: a fault (see `faults`).

use std::collections::{BTreeMap, BTreeSet};

use frontage_compile::hir::{
    Checked, Expr, ExprKind, Function, FunctionId, GlobalId, Stmt, StmtKind,
};
use frontage_compile::types::{Kind, Ty};

use super::parts::{Part, parts};

/// What a handler answers with one status.
#[derive(Debug, Default)]
pub(super) struct Success {
    /// Types of the values, in order of the text; none: there is no body.
    pub(super) values: Vec<Ty>,
    /// Headers, and whether each of these answers has it.
    pub(super) headers: BTreeMap<String, bool>,
    /// How many ways lead here.
    ways: usize,
}

/// What a handler answers: by status; `None` is a status that is computed.
pub(super) type Replies = BTreeMap<Option<u16>, Success>;

/// Reads a handler.
pub(super) fn replies(checked: &Checked, handler: &Function) -> Replies {
    let mut reader = Reader {
        checked,
        replies: Replies::new(),
        functions: BTreeSet::new(),
        globals: BTreeSet::new(),
    };
    let types = &checked.types;
    let plain: Vec<Ty> = types
        .members_of(handler.result)
        .into_iter()
        .filter(|&ty| !matches!(types.kind(ty), Kind::Library(name, _) if &**name == "Reply"))
        .collect();
    let (empty, valued): (Vec<Ty>, Vec<Ty>) =
        plain.into_iter().partition(|ty| matches!(types.kind(*ty), Kind::Undefined | Kind::Void));
    if !valued.is_empty() {
        let unknown = valued.iter().any(|ty| matches!(types.kind(*ty), Kind::Unknown));
        reader.add(Some(200), Some(valued), BTreeMap::new());
        if unknown {
            reader.add(Some(204), None, BTreeMap::new());
        }
    }
    if !empty.is_empty() {
        reader.add(Some(204), None, BTreeMap::new());
    }
    reader.stmts(&handler.body);
    reader.replies
}

struct Reader<'c> {
    checked: &'c Checked,
    replies: Replies,
    functions: BTreeSet<FunctionId>,
    globals: BTreeSet<GlobalId>,
}

impl Reader<'_> {
    fn add(
        &mut self,
        status: Option<u16>,
        values: Option<Vec<Ty>>,
        headers: BTreeMap<String, bool>,
    ) {
        let success = self.replies.entry(status).or_default();
        for value in values.into_iter().flatten() {
            if !success.values.contains(&value) {
                success.values.push(value);
            }
        }
        let first = success.ways == 0;
        success.ways += 1;
        for (name, always) in &mut success.headers {
            *always &= headers.contains_key(name);
        }
        for (name, always) in headers {
            success.headers.entry(name).or_insert(first && always);
        }
    }

    /// The statuses that an expression may be; `None` if one is computed.
    fn statuses(&self, expr: &Expr) -> Vec<Option<u16>> {
        let types = &self.checked.types;
        types
            .members_of(expr.ty)
            .into_iter()
            .filter(|ty| !matches!(types.kind(*ty), Kind::Undefined))
            .map(|ty| match types.kind(ty) {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "in range"
                )]
                Kind::NumberLiteral { value, .. } if (100.0..=599.0).contains(&value.0) => {
                    Some(value.0 as u16)
                }
                _ => None,
            })
            .collect()
    }

    fn reply(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Json { value, status, headers, cache_control } => {
                let types = &self.checked.types;
                let given = match types.kind(expr.ty) {
                    Kind::Library(name, arguments) if &**name == "Reply" => arguments[0],
                    _ => value.ty,
                };
                let mut names: BTreeMap<String, bool> =
                    headers.iter().map(|(name, _)| (name.to_lowercase(), true)).collect();
                if cache_control.is_some() {
                    names.insert("cache-control".into(), true);
                }
                let statuses = status.as_ref().map_or(vec![Some(200)], |s| self.statuses(s));
                for status in statuses {
                    self.add(status, Some(vec![given]), names.clone());
                }
            }
            ExprKind::NoContent => self.add(Some(204), None, BTreeMap::new()),
            ExprKind::Redirect { status, .. } => {
                let statuses = status.as_ref().map_or(vec![Some(302)], |s| self.statuses(s));
                for status in statuses {
                    self.add(status, None, BTreeMap::from([("location".to_owned(), true)]));
                }
            }
            _ => {}
        }
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Const { init, .. } => self.expr(init),
                StmtKind::If { test, then, otherwise } => {
                    self.expr(test);
                    self.stmts(then);
                    self.stmts(otherwise);
                }
                StmtKind::Switch { subject, cases } => {
                    self.expr(subject);
                    for case in cases {
                        case.test.iter().for_each(|test| self.expr(test));
                        self.stmts(&case.body);
                    }
                }
                StmtKind::Break => {}
                StmtKind::Return(value) => value.iter().for_each(|value| self.expr(value)),
                StmtKind::Throw(value) | StmtKind::Expr(value) => self.expr(value),
                StmtKind::Try { body, handler, .. } => {
                    self.stmts(body);
                    self.stmts(handler);
                }
                StmtKind::Block(inner) => self.stmts(inner),
            }
        }
    }

    fn function(&mut self, function: &Function) {
        for param in &function.params {
            param.default.iter().for_each(|default| self.expr(default));
        }
        self.stmts(&function.body);
    }

    fn expr(&mut self, expr: &Expr) {
        self.reply(expr);
        let checked = self.checked;
        for part in parts(expr) {
            match part {
                Part::Expr(inner) => self.expr(inner),
                Part::Function(function) => self.function(function),
                Part::Helper(id) => {
                    if self.functions.insert(id)
                        && let Some(function) = checked.functions.get(id.0 as usize)
                    {
                        self.function(function);
                    }
                }
                Part::Constant(id) => {
                    if self.globals.insert(id)
                        && let Some(global) = checked.globals.get(id.0 as usize)
                    {
                        self.expr(&global.value);
                    }
                }
            }
        }
    }
}
