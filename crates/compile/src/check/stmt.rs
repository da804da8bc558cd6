//! Statements and blocks.
//!
//! In:    the statements of a block, in order.
//! Out:   [`hir::Stmt`]s; afterwards the flow says what is known behind them, or that nothing
//!        gets there.
//! Never: a pattern, or a name that is used before its declaration.

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree::{self, Block, ExprKind, PatternKind, StmtKind};
use std::collections::HashMap;
use std::rc::Rc;

use super::expr::{made, regex_kind};
use super::flow::{Env, Root, Step};
use super::names::Value;
use super::pattern::Source;
use super::{Binding, Checker, Scope};
use crate::codes;
use crate::hir;
use crate::resolve::{Decl, duplicate, names_of};
use crate::types::{Kind, Object, Property, Ty};

impl<'a> Checker<'a> {
    /// Checks a block in a scope of its own.
    pub(super) fn block(&mut self, block: &'a Block) -> Vec<hir::Stmt> {
        self.scopes.push(Scope::default());
        let flow = self.flow.clone();
        let stmts = self.block_stmts(&block.stmts, flow);
        self.scopes.pop();
        stmts
    }

    /// Checks statements in the innermost scope.
    pub(super) fn block_stmts(
        &mut self,
        stmts: &'a [tree::Stmt],
        flow: Option<Env>,
    ) -> Vec<hir::Stmt> {
        self.flow = flow;
        let names = self.block_types(stmts);
        let types = (!names.is_empty()).then(|| self.open_types(names));
        self.hoist(stmts);
        let mut checked = Vec::new();
        for stmt in self.in_order(stmts) {
            if !self.step(stmt.span) {
                break;
            }
            self.depth += 1;
            self.stmt(stmt, &mut checked);
            self.depth -= 1;
        }
        if let Some(before) = types {
            self.type_scope = before;
        }
        checked
    }

    /// A block's statements, each after the functions declared further down that its text names.
    fn in_order(&self, stmts: &'a [tree::Stmt]) -> Vec<&'a tree::Stmt> {
        let mut functions: HashMap<&str, usize> = HashMap::new();
        for (i, stmt) in stmts.iter().enumerate() {
            if let StmtKind::Function(decl) = &stmt.kind {
                functions.insert(&decl.name.name, i);
            }
        }
        let mut order = Vec::with_capacity(stmts.len());
        let mut placed = vec![functions.is_empty(); stmts.len()];
        if functions.is_empty() {
            order.extend(stmts);
        }
        // Those to place; `true`: what it names stands before it already.
        let mut open: Vec<(usize, bool)> = (0..stmts.len()).rev().map(|i| (i, false)).collect();
        while let Some((i, ready)) = open.pop() {
            if ready {
                order.push(&stmts[i]);
                continue;
            }
            if std::mem::replace(&mut placed[i], true) {
                continue;
            }
            open.push((i, true));
            let text = self.sources.text(stmts[i].span);
            let word = |c: char| !(c.is_alphanumeric() || c == '_' || c == '$');
            let named = text.split(word).filter_map(|name| functions.get(name));
            open.extend(named.filter(|&&j| !placed[j]).map(|&j| (j, false)));
        }
        order
    }

    /// Makes a block's names known, so that a use before the declaration can be told from a name
    /// that nobody declares.
    fn hoist(&mut self, stmts: &'a [tree::Stmt]) {
        for stmt in stmts {
            let (names, refused) = match &stmt.kind {
                StmtKind::Const(decl) => {
                    (decl.bindings.iter().flat_map(|b| names_of(&b.pattern)).collect(), false)
                }
                StmtKind::Function(decl) => (vec![decl.name.clone()], false),
                StmtKind::Error(names) => (names.clone(), true),
                _ => continue,
            };
            for name in names {
                let Some(scope) = self.scopes.last_mut() else { return };
                match scope.values.get(&name.name) {
                    Some(Binding::Pending(first)) => {
                        let fault = duplicate(&name, *first);
                        self.report(fault);
                    }
                    Some(Binding::Local(local)) => {
                        let first = self.locals[local.0 as usize].span;
                        let fault = duplicate(&name, first);
                        self.report(fault);
                    }
                    _ => {
                        let binding =
                            if refused { Binding::Refused } else { Binding::Pending(name.span) };
                        scope.values.insert(name.name.clone(), binding);
                    }
                }
            }
        }
    }

    fn stmt(&mut self, stmt: &'a tree::Stmt, out: &mut Vec<hir::Stmt>) {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Const(decl) => {
                for binding in &decl.bindings {
                    self.binding(binding, out);
                }
            }
            StmtKind::Function(decl) => {
                self.naming.push(decl.name.span);
                let checked =
                    self.function(Some(decl.name.name.clone()), &decl.function, None, false);
                self.naming.pop();
                self.frame.effects.calls |= checked.effects.calls;
                self.frame.effects.clock |= checked.effects.clock;
                self.frame.effects.unsafe_calls.extend(checked.effects.unsafe_calls);
                let local = self.local(Some(&decl.name.name), checked.ty, decl.name.span);
                self.declare(&decl.name, local);
                self.info(local).explicit = true;
                let kind = hir::ExprKind::Arrow(Box::new(checked.function));
                let init = made(kind, checked.ty, decl.span);
                out.push(hir::Stmt { kind: hir::StmtKind::Const { local, init }, span });
            }
            StmtKind::TypeAlias(alias) => {
                self.defaults_last(&alias.type_params);
                if alias.type_params.is_empty() {
                    let _ = self.annotation(&alias.ty);
                }
            }
            StmtKind::Interface(decl) if decl.type_params.is_empty() => {
                let scope = self.type_scope.clone();
                let ty = self.interface(self.module, decl, scope, &[], decl.name.span);
                if let Kind::Object(id) = *self.types.kind(ty) {
                    self.object(id);
                }
            }
            StmtKind::Interface(decl) => self.defaults_last(&decl.type_params),
            StmtKind::Error(_) => {}
            StmtKind::If { test, then, otherwise } => {
                let checked = self.value(test, None);
                self.check_condition(test, &checked);
                let start = self.flow.clone();
                self.narrow(test, true);
                let then = self.block(then);
                let first = std::mem::replace(&mut self.flow, start);
                self.narrow(test, false);
                let otherwise = otherwise.as_ref().map(|b| self.block(b)).unwrap_or_default();
                let second = self.flow.take();
                self.flow = self.join(first, second);
                out.push(hir::Stmt {
                    kind: hir::StmtKind::If { test: checked, then, otherwise },
                    span,
                });
            }
            StmtKind::Switch { subject, cases } => self.switch(subject, cases, span, out),
            StmtKind::Break => {
                out.push(hir::Stmt { kind: hir::StmtKind::Break, span });
                let here = self.flow.take();
                if let Some(outer) = self.breaks.pop() {
                    let left = self.join(outer, here);
                    self.breaks.push(left);
                }
            }
            StmtKind::Return(value) => {
                let expected = self.frame.expected;
                match value {
                    Some(value) => {
                        let mut checked = self.return_value(value, expected);
                        checked.span = span;
                        out.push(checked);
                    }
                    None => {
                        self.frame.returns.push((Ty::UNDEFINED, None));
                        if self.frame.declared
                            && let Some(wanted) = expected
                            && !self.assignable(Ty::UNDEFINED, wanted)
                        {
                            let fault = self.mismatch(span, Ty::UNDEFINED, wanted);
                            self.report(fault);
                        }
                        out.push(hir::Stmt { kind: hir::StmtKind::Return(None), span });
                    }
                }
                self.flow = None;
            }
            StmtKind::Throw(value) => {
                let checked = self.value(value, None);
                self.thrown(&checked);
                out.push(hir::Stmt { kind: hir::StmtKind::Throw(checked), span });
                self.flow = None;
            }
            StmtKind::Try { body, param, handler } => {
                self.try_catch(body, param.as_ref(), handler, span, out);
            }
            StmtKind::Expr(expr) => {
                let checked = self.value(expr, None);
                self.forget_arguments(expr, checked.ty);
                let call = matches!(
                    &expr.kind,
                    ExprKind::Await(_)
                        | ExprKind::Call { .. }
                        | ExprKind::Chain(_)
                        | ExprKind::Error
                );
                if !call && checked.ty != Ty::ERROR {
                    self.report(
                        Diagnostic::error(
                            codes::USELESS,
                            expr.span,
                            "this statement has no effect",
                        )
                        .help(match expr.kind {
                            ExprKind::Logical { .. } | ExprKind::Conditional { .. } => {
                                "write `if (…) { … }`, or give its value a name with `const`"
                            }
                            _ => "leave it out, or give its value a name with `const`",
                        }),
                    );
                }
                let ends = checked.ty == Ty::NEVER && self.explicit(expr);
                out.push(hir::Stmt { kind: hir::StmtKind::Expr(checked), span });
                if ends {
                    self.flow = None;
                }
            }
            StmtKind::Block(block) => {
                let inner = self.block(block);
                out.push(hir::Stmt { kind: hir::StmtKind::Block(inner), span });
            }
        }
    }

    /// A function of which nothing is known, as a refused `asserts` leaves it, may say anything of
    /// its arguments.
    fn forget_arguments(&mut self, expr: &'a tree::Expr, result: Ty) {
        let ExprKind::Call { args, .. } = &expr.kind else { return };
        if result != Ty::ERROR || self.flow.is_none() {
            return;
        }
        for arg in args {
            if let tree::Element::Value(arg) = arg
                && let Some(reference) = self.reference(arg)
            {
                self.note(reference, Ty::ERROR);
            }
        }
    }

    fn binding(&mut self, binding: &'a tree::Binding, out: &mut Vec<hir::Stmt>) {
        let annotated = binding.ty.as_ref().map(|ty| self.annotation(ty));
        // As in tsc, what stands behind `??` is seen in the light of what stands before it.
        let replaced = matches!(&binding.init.kind, ExprKind::Logical { op, .. } if *op != tree::LogicalOp::And);
        let suggested = match annotated {
            None if replaced => None,
            None => self.pattern_shape(&binding.pattern),
            annotated => annotated,
        };
        self.regex_fits = true;
        let own = match (&binding.pattern.kind, &binding.init.kind) {
            (PatternKind::Ident(name), ExprKind::Arrow(_)) => Some(name.span),
            _ => None,
        };
        self.naming.extend(own);
        self.by_pattern = annotated.is_none() && taken_apart(&binding.pattern, &binding.init);
        let mut init = self.value(&binding.init, suggested);
        if own.is_some() {
            self.naming.pop();
        }
        let ty = match annotated {
            Some(wanted) => {
                self.fits(&binding.init, init.ty, wanted);
                // A declared union is known to be what it was set to.
                init.ty = if init.ty == Ty::ERROR { wanted } else { init.ty };
                wanted
            }
            None => {
                if matches!(binding.pattern.kind, PatternKind::Ident(_))
                    && matches!(&binding.init.kind, ExprKind::Array(items) if items.is_empty())
                {
                    let fault = Diagnostic::error(
                        codes::TYPE_FORM,
                        binding.init.span,
                        "nothing says what this list holds",
                    );
                    self.report(fault.help("write its type: `const list: string[] = []`"));
                }
                match &binding.pattern.kind {
                    PatternKind::Ident(_) => self.widen(init.ty),
                    _ => init.ty,
                }
            }
        };
        let (name, place) = match &binding.pattern.kind {
            PatternKind::Ident(name) => (Some(&name.name), name.span),
            _ => (None, binding.pattern.span),
        };
        let local = self.local(name, ty, place);
        self.info(local).explicit = annotated.is_some();
        self.info(local).is_async =
            matches!(&init.kind, hir::ExprKind::Arrow(function) if function.written_async);
        if name.is_some() && annotated.is_none() {
            self.info(local).constant = self.folded(&binding.init);
            self.info(local).template = self.template_of(&init);
        }
        if name.is_some() && annotated.is_none() && conditional(&binding.init) {
            self.info(local).condition = Some(&binding.init);
        }
        let narrower = annotated.is_some()
            && (self.assignable(init.ty, ty) || regex_kind(self.types.kind(init.ty)));
        let assigned = init.ty;
        if name.is_some()
            && annotated.is_none()
            && let Some(mut parent) = self.reference(&binding.init)
            && let Some(Step::Member(member)) = parent.path.pop()
        {
            self.info(local).member_of = Some((parent.into(), (&*member).into()));
        }
        if name.is_none()
            && let Some(source) = self.reference(&binding.init)
        {
            let source = Rc::new(source);
            if annotated.is_none() {
                self.info(local).member_of = Some((source.clone(), "".into()));
            }
            self.info(local).standing = Some(source);
        }
        if matches!(init.kind, hir::ExprKind::Context) {
            self.info(local).context = true;
        }
        out.push(hir::Stmt { kind: hir::StmtKind::Const { local, init }, span: binding.span });
        if narrower
            && name.is_some()
            && let Some(known) = self.assigned_by(&binding.init, ty, assigned)
        {
            self.note(Root::Local(local).into(), known);
        }
        let source = Source { annotated: annotated.is_some(), parameter: false };
        self.bind_pattern(&binding.pattern, local, ty, source, out);
        if narrower && name.is_none() {
            self.assign_names(&binding.pattern, assigned);
        }
        if annotated.is_none() {
            self.beyond_pattern(&binding.pattern, &binding.init);
            self.results_in_place(&binding.pattern, &binding.init);
        }
    }

    /// Notes what the names of a pattern are set to, of the unions that they are declared as.
    fn assign_names(&mut self, pattern: &'a tree::Pattern, assigned: Ty) {
        match &pattern.kind {
            PatternKind::Ident(name) => {
                let Some(&Binding::Local(local)) =
                    self.scopes.last().and_then(|scope| scope.values.get(&name.name))
                else {
                    return;
                };
                let declared = self.local_ty(local);
                if self.assignable(assigned, declared)
                    && let Some(known) = self.assigned_part(declared, assigned)
                {
                    self.note(Root::Local(local).into(), known);
                }
            }
            PatternKind::Object { props, .. } => {
                for prop in props.iter().filter(|prop| prop.default.is_none()) {
                    let part = prop.key.name().and_then(|n| self.property_type(assigned, n));
                    if let Some(part) = part {
                        self.assign_names(&prop.value, part);
                    }
                }
            }
            PatternKind::Array { elements, .. } => {
                for (i, element) in elements.iter().enumerate() {
                    let Some(element) = element.as_ref().filter(|e| e.default.is_none()) else {
                        continue;
                    };
                    if let Some(part) = self.property_type(assigned, &i.to_string().into()) {
                        self.assign_names(&element.value, part);
                    }
                }
            }
            PatternKind::Error => {}
        }
    }

    /// Whether `expr` calls a function of which the text says what it gives. As in tsc, only such
    /// a call ends the flow where it gives `never`.
    fn explicit(&mut self, expr: &'a tree::Expr) -> bool {
        let ExprKind::Call { callee, optional: false, .. } = &expr.kind else { return false };
        let mut root = callee.as_ref();
        while let ExprKind::Member { object, optional: false, .. } = &root.kind {
            root = object;
        }
        let ExprKind::Ident(name) = &root.kind else { return false };
        match self.silently(|c| c.value_named(name, root.span)).0 {
            Value::Local(local) => self.info(local).explicit,
            Value::Decl(_, Decl::Function(_)) => true,
            Value::Decl(module, Decl::Const(i, j)) => {
                match &self.module_of(module).tree.items[i].kind {
                    tree::ItemKind::Const(decl) => decl.bindings[j].ty.is_some(),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// What a pattern says of its value: a list that is written there is seen as a tuple, and
    /// literals stay beside defaults that are literals.
    pub(super) fn pattern_shape(&mut self, pattern: &tree::Pattern) -> Option<Ty> {
        match &pattern.kind {
            PatternKind::Array { elements, .. } => {
                let mut parts = Vec::new();
                for element in elements {
                    parts.push(match element {
                        Some(e) => self.part_shape(&e.value, e.default.as_ref()),
                        None => Ty::UNKNOWN,
                    });
                }
                Some(self.types.tuple(&parts))
            }
            PatternKind::Object { props, .. } if !props.is_empty() => {
                let mut object = Object::default();
                for prop in props {
                    let Some(name) = prop.key.name() else { continue };
                    object.properties.push(Property {
                        name: name.clone(),
                        ty: self.part_shape(&prop.value, prop.default.as_ref()),
                        optional: prop.default.is_some(),
                        readonly: false,
                        span: None,
                    });
                }
                Some(self.types.object(object))
            }
            _ => None,
        }
    }

    fn part_shape(&mut self, pattern: &tree::Pattern, default: Option<&tree::Expr>) -> Ty {
        match default.map(|d| &d.kind) {
            Some(ExprKind::String(text)) => self.types.string_literal(text),
            Some(ExprKind::Number(number)) => self.types.number_literal(*number),
            Some(ExprKind::Boolean(value)) => self.types.boolean_literal(*value),
            Some(ExprKind::Unary { op: tree::UnaryOp::Minus, operand }) => match operand.kind {
                ExprKind::Number(number) => self.types.number_literal(-number),
                _ => Ty::UNKNOWN,
            },
            Some(ExprKind::Array(_) | ExprKind::Object(_)) | None => {
                self.pattern_shape(pattern).unwrap_or(Ty::UNKNOWN)
            }
            Some(_) => Ty::UNKNOWN,
        }
    }

    fn thrown(&mut self, checked: &hir::Expr) {
        let fine = self.types.all(checked.ty, |k| match k {
            Kind::Unknown | Kind::Error | Kind::Never => true,
            Kind::Library(name, _) => name.ends_with("Error"),
            _ => false,
        });
        if !fine {
            let text = self.types.text(checked.ty);
            self.report(
                Diagnostic::error(codes::THROWN, checked.span, format!("`{text}` is not an error"))
                    .help("write `throw error(status, \"code\")`, or throw a caught error again"),
            );
        }
    }

    fn try_catch(
        &mut self,
        body: &'a Block,
        param: Option<&'a tree::Pattern>,
        handler: &'a Block,
        span: Span,
        out: &mut Vec<hir::Stmt>,
    ) {
        let start = self.flow.clone();
        self.frame.tries += 1;
        let body = self.block(body);
        self.frame.tries -= 1;
        let first = std::mem::replace(&mut self.flow, start);
        self.scopes.push(Scope::default());
        let mut error = None;
        let mut caught = Vec::new();
        if let Some(pattern) = param {
            let local = self.local(None, Ty::UNKNOWN, pattern.span);
            self.bind_pattern(pattern, local, Ty::UNKNOWN, Source::default(), &mut caught);
            error = Some(local);
        }
        caught.extend(self.block(handler));
        self.scopes.pop();
        let second = self.flow.take();
        self.flow = self.join(first, second);
        out.push(hir::Stmt { kind: hir::StmtKind::Try { body, error, handler: caught }, span });
    }

    fn switch(
        &mut self,
        subject: &'a tree::Expr,
        cases: &'a [tree::SwitchCase],
        span: Span,
        out: &mut Vec<hir::Stmt>,
    ) {
        let checked_subject = self.value(subject, None);
        let by_truth = matches!(subject.kind, ExprKind::Boolean(true));
        let mut checked = Vec::new();
        // What is known where no case so far has matched.
        let start = self.flow.clone();
        let mut unmatched = start.clone();
        let mut tests = Vec::new();
        for case in cases {
            let Some(test) = &case.test else {
                tests.push(None);
                continue;
            };
            // As in tsc, conditions know nothing of those above them.
            self.flow.clone_from(&start);
            let value = self.value(test, Some(checked_subject.ty));
            // A case that stands twice narrows as its first.
            self.flow.clone_from(if by_truth { &unmatched } else { &start });
            // Against what is left of the subject TypeScript compares, too.
            // What is written out is equal to nothing, which tsc says of `===` only.
            let written = |e: &hir::Expr| {
                use hir::ExprKind::{Array, Arrow, Object};
                matches!(e.kind, Object(_) | Array(_) | Arrow(_))
            };
            if written(&value) || written(&checked_subject) {
                let fault = Diagnostic::error(
                    codes::USELESS,
                    test.span,
                    "this case is never met: what is written here is equal to nothing but itself",
                );
                self.report(fault.help("leave the case out"));
            } else {
                self.overlaps(&checked_subject, &value, test.span, true);
                // Nothing but itself is a case of `undefined`.
                let nullish = |ty| matches!(ty, Ty::NULL | Ty::UNDEFINED);
                if !by_truth
                    && nullish(checked_subject.ty)
                    && !nullish(value.ty)
                    && value.ty != Ty::ERROR
                {
                    let own = self.types.members_of(value.ty);
                    if !own.contains(&checked_subject.ty) && value.ty != Ty::UNKNOWN {
                        let message =
                            format!("`{}` never is this case", self.types.text(checked_subject.ty));
                        self.error(codes::NO_OVERLAP, test.span, message);
                    }
                }
            }
            let before = self.flow.clone();
            if matches!(subject.kind, ExprKind::Unary { op: tree::UnaryOp::Typeof, .. }) {
                // As in tsc, none of the cases above it, here only.
                self.flow.clone_from(&unmatched);
            }
            // The name of a type is told by a plain text only, in tsc too.
            let told = !matches!(subject.kind, ExprKind::Unary { op: tree::UnaryOp::Typeof, .. })
                || matches!(test.kind, ExprKind::String(_)) && !self.in_parentheses(test.span);
            if by_truth {
                self.narrow(test, true)
            } else if told {
                self.narrow_equal(subject, test, true, true)
            }
            let matched = std::mem::replace(&mut self.flow, before);
            if !by_truth {
                self.flow = unmatched;
            }
            if by_truth {
                self.narrow(test, false)
            } else if told {
                self.narrow_equal(subject, test, false, true)
            }
            unmatched = self.flow.take();
            tests.push(Some((value, matched)));
        }
        let met: Vec<Ty> = tests.iter().flatten().map(|(value, _)| value.ty).collect();
        let met: Vec<Ty> = met.into_iter().map(|ty| self.types.regular(ty)).collect();
        if !by_truth {
            unmatched = self.none_of(subject, &met, unmatched);
        }
        let exhausted = self.exhausted(subject, unmatched.as_ref(), &checked_subject, &met);
        let mut fallen: Option<Env> = None;
        let mut left: Option<Env> = None;
        let has_default = cases.iter().any(|c| c.test.is_none());
        self.scopes.push(Scope::default());
        for (case, test) in cases.iter().zip(tests) {
            let (test, entry) = match test {
                Some((value, matched)) => (Some(value), matched),
                None => (None, unmatched.clone()),
            };
            let entry = self.join(fallen.take(), entry);
            self.breaks.push(None);
            let body = self.block_stmts(&case.body, entry);
            fallen = self.flow.take();
            let broken = self.breaks.pop().flatten();
            left = self.join(left, broken);
            checked.push(hir::Case { test, body });
        }
        self.scopes.pop();
        left = self.join(left, fallen);
        if !has_default && !exhausted {
            left = self.join(left, unmatched);
        } else if !has_default && left.is_none() {
            // As in tsc, the subject is `never` after its last case, and that is read.
            self.beyond = unmatched;
        }
        self.flow = left;
        out.push(hir::Stmt {
            kind: hir::StmtKind::Switch { subject: checked_subject, cases: checked },
            span,
        });
    }

    /// Whether the cases of a `switch` leave nothing of its subject.
    fn exhausted(
        &mut self,
        subject: &'a tree::Expr,
        unmatched: Option<&Env>,
        checked: &hir::Expr,
        cases: &[Ty],
    ) -> bool {
        // Nothing is no choice, for tsc: what follows is reached.
        let by_name = matches!(subject.kind, ExprKind::Unary { op: tree::UnaryOp::Typeof, .. });
        if checked.ty == Ty::NEVER && !by_name {
            return false;
        }
        let before = std::mem::replace(&mut self.flow, unmatched.cloned());
        let subject = match &subject.kind {
            ExprKind::Unary { op: tree::UnaryOp::Typeof, operand } => operand,
            _ => subject,
        };
        let result = match self.reference(subject) {
            Some(reference) => {
                let left = self.current(&reference);
                let bound = left.and_then(|left| self.bound_here(&reference, left));
                checked.ty != Ty::ERROR && bound.or(left) == Some(Ty::NEVER)
            }
            None => false,
        };
        self.flow = before;
        result || self.all_cases(checked.ty, cases)
    }
}

impl Checker<'_> {
    /// Whether a parenthesis stands right before a place.
    pub(super) fn in_parentheses(&self, span: Span) -> bool {
        self.stands_after(span, '(')
    }

    /// Whether `sign` is the last thing written before what stands at `span`.
    pub(super) fn stands_after(&self, span: Span, sign: char) -> bool {
        let before = Span::new(span.file, 0, span.start);
        self.sources.text(before).trim_end().ends_with(sign)
    }

    /// Whether every literal that a value may be has its case.
    fn all_cases(&mut self, ty: Ty, cases: &[Ty]) -> bool {
        let members = self.types.members_of(ty);
        !members.is_empty()
            && self.types.is_unit(ty)
            && members.iter().all(|&m| cases.contains(&self.types.regular(m)))
    }
}

/// Whether an initialiser may say something of other values.
fn conditional(expr: &tree::Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Binary { .. }
            | ExprKind::Logical { .. }
            | ExprKind::Unary { .. }
            | ExprKind::Call { .. }
            | ExprKind::Member { .. }
            | ExprKind::Index { .. }
            | ExprKind::Chain(_)
            | ExprKind::Ident(_)
    )
}

/// Whether a list is taken apart where it is written out.
pub(super) const fn taken_apart(pattern: &tree::Pattern, value: &tree::Expr) -> bool {
    matches!((&pattern.kind, &value.kind), (PatternKind::Array { .. }, ExprKind::Array(_)))
}
