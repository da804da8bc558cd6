//! Functions: arrows, declarations, handlers.
//!
//! In:    a function of the tree and, for an arrow, the type that its place suggests.
//! Out:   a [`hir::Function`] and its type. A function that gives a promise without being `async`
//!        stands in the checked form as an asynchronous one.
//! Never: a parameter without a type.

use std::collections::HashMap;
use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree::{self, FunctionBody, PatternKind};

use super::annotation::pattern_name;
use super::expr::made;
use super::flow::{Env, Reference, Root};
use super::pattern::{Source, push};
use super::stmt::taken_apart;
use super::{Checker, Effects, Frame, Scope};
use crate::codes;
use crate::hir::{self, LocalId};
use crate::resolve::{duplicate, not_merged};
use crate::types::{Kind, Signature, SignatureParam, TupleElement, Ty};

/// A function that was checked.
pub(super) struct CheckedFunction<'a> {
    pub(super) function: hir::Function,
    pub(super) ty: Ty,
    pub(super) effects: Effects,
    pub(super) returns: Vec<(Ty, Option<&'a tree::Expr>)>,
    /// Type of its results, awaited.
    pub(super) result: Ty,
}

impl<'a> Checker<'a> {
    pub(super) fn arrow(
        &mut self,
        function: &'a tree::Function,
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        let context = expected.and_then(|e| self.context_signature(e));
        self.own_result = expected.filter(|&e| context.is_none() && self.is_said_once(e));
        let checked = self.function(None, function, context.as_deref(), false);
        // Whoever makes an arrow function runs it, as far as effects go.
        self.frame.effects.calls |= checked.effects.calls;
        self.frame.effects.clock |= checked.effects.clock;
        self.frame.effects.unsafe_calls.extend(checked.effects.unsafe_calls);
        made(hir::ExprKind::Arrow(Box::new(checked.function)), checked.ty, span)
    }

    /// The signature that a place suggests to an arrow.
    fn context_signature(&mut self, expected: Ty) -> Option<Arc<Signature>> {
        let mut found = None;
        for member in self.members_by_bounds(expected) {
            if let Kind::Function(id) = *self.types.kind(member) {
                if found.is_some() {
                    return None;
                }
                found = self.types.signatures(id).signatures.first().cloned();
            }
        }
        found
    }

    /// Checks a function.
    ///
    /// - `context`: what its place suggests.
    /// - `handler`: it is a route's handler, whose parameter is the context.
    pub(super) fn function(
        &mut self,
        name: Option<Arc<str>>,
        function: &'a tree::Function,
        context: Option<&Signature>,
        handler: bool,
    ) -> CheckedFunction<'a> {
        let flow = self.flow.clone();
        // What is called where it stands knows what is known there; what is not reached, nothing.
        let in_place = std::mem::take(&mut self.called_in_place);
        if function.is_declaration {
            // It is known in its whole block, and so before anything was tested there.
            self.flow = Some(Env::default());
        } else if !in_place || function.is_async {
            self.flow = Some(self.captured());
        }
        let declared_around = self.declared;
        self.declared |= function.is_declaration;
        let as_const = std::mem::replace(&mut self.as_const, false);
        let gather = std::mem::replace(&mut self.gather, false);
        let outer = std::mem::take(&mut self.frame);
        let beyond = self.beyond.take();
        self.frame.inferred = std::mem::take(&mut self.result_inferred);
        self.frame.promise_wanted = self.promise_wanted.take();
        let own = self.own_result.take().filter(|_| !function.is_async);
        self.frame.own_result = own.is_some();
        self.frame.handler = handler;
        self.frame.first_local = match in_place {
            true => outer.first_local,
            false => u32::try_from(self.locals.len()).unwrap_or(u32::MAX),
        };
        self.frame.is_function = true;
        self.frame.is_async = function.is_async;
        let (type_params, type_scope) = self.open_type_params(&function.type_params);
        // As in tsc, its place says nothing to a function with type parameters of its own.
        let context = context.filter(|_| type_params.is_empty());
        self.scopes.push(Scope::default());

        let mut body = Vec::new();
        let mut params = Vec::new();
        let mut signature_params = Vec::new();
        for (i, param) in function.params.iter().enumerate() {
            let suggested = context.and_then(|c| {
                let ty = c.params.get(i).map(|p| (p.ty, p.optional)).or(c.rest.map(|r| (r, false)));
                ty.map(|(ty, optional)| self.read_type(ty, optional))
            });
            let checked = self.parameter(param, suggested, handler && i == 0, &mut body);
            if let PatternKind::Ident(name) = &param.pattern.kind
                && let Some(super::Binding::Local(local)) =
                    self.scopes.last().and_then(|s| s.values.get(&name.name)).copied()
            {
                self.frame.params.push((i, local, checked.1.ty));
            }
            signature_params.push(checked.1);
            params.push(checked.0);
        }
        let mut rest_local = None;
        let mut rest_ty = None;
        if let Some(rest) = &function.rest {
            let list = match (&rest.ty, context) {
                (Some(ty), _) => self.annotation(ty),
                (None, Some(c)) => {
                    let left = c.params.iter().skip(params.len());
                    let elements: Vec<TupleElement> =
                        left.map(|p| TupleElement { ty: p.ty, optional: p.optional }).collect();
                    match (elements.is_empty(), c.rest) {
                        (true, Some(element)) => self.types.array(element),
                        (_, rest) => self.types.intern(Kind::Tuple {
                            elements: elements.into(),
                            rest,
                            readonly: false,
                            of_match: false,
                        }),
                    }
                }
                (None, None) => {
                    self.untyped(&pattern_name(&rest.pattern), rest.span);
                    Ty::ERROR
                }
            };
            let (list, further, more) = self.rest_parameter(list, rest);
            signature_params.extend(further);
            rest_ty = more;
            let local = self.local(None, list, rest.span);
            let source = Source { annotated: rest.ty.is_some(), parameter: true };
            rest_local = Some(local);
            self.bind_pattern(&rest.pattern, local, list, source, &mut body);
        }
        let declared =
            function.return_type.as_ref().map(|ty| self.result_annotation(ty, &signature_params));
        if let Some((ty, _)) = declared {
            let wanted = if function.is_async { self.types.awaited(ty) } else { ty };
            if function.is_async && self.types.promised(ty).is_none() && ty != Ty::ERROR {
                let place = function.return_type.as_ref().map_or(function.span, |t| t.span);
                let text = self.types.text(ty);
                self.report(
                    Diagnostic::error(
                        codes::NOT_ASSIGNABLE,
                        place,
                        "an `async` function gives a promise",
                    )
                    .help(format!("write `Promise<{text}>`")),
                );
            }
            self.frame.expected = Some(wanted);
            self.frame.declared = true;
        } else {
            self.frame.expected = context.map(|c| self.types.awaited(c.result));
        }
        let expected = self.frame.expected;
        match &function.body {
            FunctionBody::Expr(expr) => {
                // A function that it gives is measured by itself too.
                let own = own.filter(|_| matches!(expr.kind, tree::ExprKind::Arrow(_)));
                let stmt = self.return_value(expr, expected.or(own));
                body.push(stmt);
                self.flow = None;
            }
            FunctionBody::Block(block) => {
                let before = self.flow.clone();
                body.extend(self.block_stmts(&block.stmts, before));
            }
        }
        let ends = self.flow.is_some();
        let frame = std::mem::replace(&mut self.frame, outer);
        self.beyond = beyond;
        // A literal widens whatever the place of a call in place wants, as in tsc.
        let lasting = context.filter(|_| !in_place);
        let (mut result, promise) = self.function_result(function, &frame, ends, lasting);
        let value = if function.is_async { self.types.promise(result) } else { result };
        let mut is_async = function.is_async;
        if promise && !is_async {
            // A function that hands a promise on is an asynchronous one to whoever runs it.
            is_async = true;
            result = self.types.awaited(result);
            await_returns(&mut body, self);
        }
        let predicate = match declared {
            Some((_, predicate)) => predicate,
            None if !is_async && !ends && frame.returns.len() == 1 => frame.predicate,
            None => None,
        };
        let ty = self.types.function_of(Signature {
            type_params,
            params: signature_params,
            rest: rest_ty,
            result: value,
            predicate,
        });
        self.scopes.pop();
        self.type_scope = type_scope;
        self.flow = flow;
        self.as_const = as_const;
        self.gather = gather;
        self.declared = declared_around;
        CheckedFunction {
            function: hir::Function {
                name,
                params,
                rest: rest_local,
                body,
                is_async,
                written_async: function.is_async,
                result,
                span: function.span,
            },
            ty,
            effects: frame.effects,
            returns: frame.returns,
            result,
        }
    }

    /// Reports a parameter of which nothing says what it is.
    pub(super) fn untyped(&mut self, name: &str, span: Span) {
        self.report(
            Diagnostic::error(
                codes::UNTYPED_PARAMETER,
                span,
                format!("the parameter `{name}` has no type"),
            )
            .help(format!("write `{name}: …`")),
        );
    }

    /// What a rest parameter of type `list` takes: itself, a parameter for each element of a tuple,
    /// and what any further argument is.
    pub(super) fn rest_parameter(
        &mut self,
        list: Ty,
        rest: &tree::Param,
    ) -> (Ty, Vec<SignatureParam>, Option<Ty>) {
        match self.types.kind(list).clone() {
            Kind::Tuple { elements, rest: more, .. } => {
                let name = pattern_name(&rest.pattern);
                let params = elements.iter().enumerate().map(|(i, element)| SignatureParam {
                    name: format!("{name}_{i}").into(),
                    ty: element.ty,
                    optional: element.optional,
                });
                (list, params.collect(), more)
            }
            Kind::Array { element, .. } => (list, Vec::new(), Some(element)),
            _ => {
                if list != Ty::ERROR {
                    let fault = Diagnostic::error(
                        codes::TYPE_FORM,
                        rest.span,
                        "a rest parameter is a list, or a tuple",
                    );
                    self.report(fault.help("write `...rest: string[]`"));
                }
                (Ty::ERROR, Vec::new(), Some(Ty::ERROR))
            }
        }
    }

    fn parameter(
        &mut self,
        param: &'a tree::Param,
        mut suggested: Option<Ty>,
        context: bool,
        body: &mut Vec<hir::Stmt>,
    ) -> (hir::Param, SignatureParam) {
        let before = self.diagnostics.len();
        let annotated = param.ty.as_ref().map(|ty| self.annotation(ty));
        let name = pattern_name(&param.pattern);
        let default = param.default.as_ref().map(|d| {
            let wanted = annotated.or(suggested).or_else(|| self.pattern_shape(&param.pattern));
            self.by_pattern = annotated.or(suggested).is_none() && taken_apart(&param.pattern, d);
            let mut checked = self.value(d, wanted);
            match annotated.or(suggested) {
                Some(wanted) => {
                    // A default of a wider type says what the parameter is, for tsc too.
                    let wide = self.types.widen_literal(checked.ty);
                    if annotated.is_none()
                        && !self.assignable(checked.ty, wanted)
                        && self.assignable(wanted, wide)
                    {
                        suggested = Some(wide);
                    } else {
                        self.fits(d, checked.ty, wanted);
                    }
                }
                None => {
                    checked.ty = self.padded(&param.pattern, checked.ty);
                }
            }
            checked
        });
        let ty = match (annotated, suggested, &default) {
            (Some(ty), _, _) => ty,
            (None, Some(ty), Some(_)) => self.types.filter(ty, |_, m| m != Ty::UNDEFINED),
            (None, Some(ty), None) => ty,
            (None, None, Some(default)) => {
                let ty = self.types.widen_literal(default.ty);
                self.widen(ty)
            }
            (None, None, None) => self.implied(&param.pattern).unwrap_or_else(|| {
                self.untyped(&name, param.span);
                Ty::ERROR
            }),
        };
        let optional = param.optional || param.default.is_some();
        // A default that is there takes `undefined` out of what the function sees.
        let filled = default
            .as_ref()
            .is_some_and(|d| !self.types.any(d.ty, |k| matches!(k, Kind::Undefined | Kind::Void)));
        let inner = match (param.optional, filled) {
            (true, _) => self.types.or_undefined(ty),
            (false, true) => self.types.filter(ty, |_, m| m != Ty::UNDEFINED),
            (false, false) => ty,
        };
        let local = match &param.pattern.kind {
            PatternKind::Ident(ident) => {
                let local = self.local(Some(&ident.name), inner, ident.span);
                self.info(local).parameter = true;
                self.info(local).explicit = annotated.is_some();
                self.declare(ident, local);
                local
            }
            _ => self.local(None, inner, param.span),
        };
        if context {
            self.info(local).context = true;
        }
        // A default may read names that a pattern before it binds in the body.
        let (given, default) = match default {
            Some(default) if !body.is_empty() => {
                let given = self.local(None, inner, param.span);
                let wide = self.types.or_undefined(inner);
                let read = |ty| made(hir::ExprKind::Local(given), ty, param.span);
                let chosen = self.unless_undefined(read(wide), default, read(inner));
                push(body, local, chosen);
                (given, None)
            }
            default => (local, default),
        };
        if !matches!(param.pattern.kind, PatternKind::Ident(_)) {
            let source = Source { annotated: annotated.is_some(), parameter: true };
            self.bind_pattern(&param.pattern, local, inner, source, body);
        }
        if let (None, None, Some(default)) = (annotated, suggested, &param.default) {
            self.beyond_pattern(&param.pattern, default);
            self.results_in_place(&param.pattern, default);
            if self.diagnostics.len() == before {
                self.siblings_in_defaults(&param.pattern, ty);
            }
        }
        (hir::Param { local: given, default }, SignatureParam { name, ty, optional })
    }

    /// The type of a function's results, and whether it hands on a promise without `async`.
    fn function_result(
        &mut self,
        function: &'a tree::Function,
        frame: &Frame<'a>,
        ends: bool,
        context: Option<&Signature>,
    ) -> (Ty, bool) {
        let promise = frame.returns.iter().any(|(ty, _)| self.promises(*ty));
        let values: Vec<Ty> = frame.returns.iter().map(|r| r.0).collect();
        let mut values: Vec<Ty> = match function.is_async {
            true => values.into_iter().map(|ty| self.types.awaited(ty)).collect(),
            false => values,
        };
        if frame.declared {
            let declared = frame.expected.unwrap_or(Ty::ERROR);
            let wanted = if function.is_async { self.types.awaited(declared) } else { declared };
            let place = function.return_type.as_ref().map_or(function.span, |t| t.span);
            // Without any `return`, `undefined` among others is not enough for tsc.
            let enough = |k: &Kind| matches!(k, Kind::Void | Kind::Error);
            let none = frame.returns.is_empty();
            let silent = match none {
                true => declared == Ty::UNDEFINED || self.types.any(declared, enough),
                false => self
                    .types
                    .any(declared, |k| enough(k) || matches!(k, Kind::Undefined | Kind::Unknown)),
            };
            if ends && !silent {
                let (message, help) = match none {
                    true => (
                        "this function returns nothing",
                        "add a `return`, or declare its result as `void`",
                    ),
                    false => (
                        "not every way through this function ends with `return`",
                        "add a `return` at its end, or let its type include `undefined`",
                    ),
                };
                let fault = Diagnostic::error(codes::MISSING_RETURN, place, message);
                self.report(fault.help(help));
            }
            return (wanted, promise || self.promises(declared));
        }
        if values.is_empty() {
            // A declaration never says by itself that it does not come back.
            let void = ends || function.is_declaration;
            // Where `undefined` is wanted, nothing is that.
            if void && context.is_some_and(|c| self.types.awaited(c.result) == Ty::UNDEFINED) {
                return (Ty::UNDEFINED, promise);
            }
            return (if void { Ty::VOID } else { Ty::NEVER }, promise);
        }
        if ends {
            values.push(Ty::UNDEFINED);
        }
        values.sort_unstable();
        values.dedup();
        let all = self.subtype_union(&values);
        // One literal widens; a choice of several stays.
        let single = !matches!(self.types.kind(all), Kind::Union(_)) || all == Ty::BOOLEAN;
        let all = if single && self.types.is_unit(all) {
            // As in tsc, what is inferred so far does not reach the one value of an `async`
            // function, and where the function is all that is known of `T`, it wants what it gives.
            let wanted = match (frame.promise_wanted, context) {
                (Some(wanted), _) if frame.is_async => wanted,
                (_, Some(c)) => Some(self.types.awaited(c.result)),
                (_, None) => None,
            };
            // `const T` is of what is written in lists and objects.
            let wanted = wanted.filter(|&wanted| !self.const_param(wanted));
            if frame.own_result { self.types.regular(all) } else { self.settle(all, wanted) }
        } else {
            all
        };
        if self.holds_found_list(all, 0) {
            let message = "the result is a type parameter's value that is also a list";
            let fault = Diagnostic::error(codes::TYPE_FORM, function.span, message);
            self.report(fault.help("write the type of the function's result"));
            return (Ty::ERROR, promise);
        }
        (self.widen(all), promise)
    }

    /// Whether an object, list or tuple holds, at any depth, what `Array.isArray` found to be a list
    /// in a value of a type parameter: to tsc a `T & any[]`, of which it says what no value is.
    fn holds_found_list(&mut self, ty: Ty, depth: u32) -> bool {
        // Only what mentions a type parameter may: the contracts' types are large.
        if depth > 12 || !self.generic(ty) {
            return false;
        }
        self.types.members_of(ty).into_iter().any(|member| match *self.types.kind(member) {
            Kind::Part { by, .. } => {
                self.types.any(by, |k| matches!(k, Kind::Array { element: Ty::UNKNOWN, .. }))
            }
            Kind::Array { element, .. } => self.holds_found_list(element, depth + 1),
            Kind::Object(id) => {
                let object = self.object(id);
                object.properties.iter().any(|p| self.holds_found_list(p.ty, depth + 1))
            }
            Kind::Tuple { ref elements, .. } => {
                let elements = elements.clone();
                elements.iter().any(|e| self.holds_found_list(e.ty, depth + 1))
            }
            _ => false,
        })
    }

    /// The predicate that a function is by the one value it returns, if it is one: where that is
    /// true a parameter has a narrower type, and only there.
    fn predicate_of(&mut self, expr: &'a tree::Expr, result: Ty) -> Option<(usize, Ty)> {
        if result != Ty::BOOLEAN || self.frame.is_async || self.frame.declared {
            return None;
        }
        for (i, local, declared) in self.frame.params.clone() {
            // As in `tsc`, nothing is gained from a `boolean` that is `true`.
            if declared == Ty::ERROR || declared == Ty::BOOLEAN {
                continue;
            }
            let outer = self.as_predicate.replace((local, declared));
            let truth = self.narrowed_by(local, declared, expr, true);
            let rest = match truth == declared {
                true => declared,
                false => self.narrowed_by(local, truth, expr, false),
            };
            self.as_predicate = outer;
            if truth != declared && rest == Ty::NEVER {
                return Some((i, truth));
            }
        }
        None
    }

    fn narrowed_by(&mut self, local: LocalId, ty: Ty, expr: &'a tree::Expr, sense: bool) -> Ty {
        let start = self.flow.clone().unwrap_or_default();
        let before = self.flow.replace(start);
        let declared = std::mem::replace(&mut self.locals[local.0 as usize].ty, ty);
        self.narrow(expr, sense);
        let reference = Reference::from(Root::Local(local));
        let result =
            if self.flow.is_some() { self.current(&reference).unwrap_or(ty) } else { Ty::NEVER };
        self.locals[local.0 as usize].ty = declared;
        self.flow = before;
        result
    }

    /// `return expr`
    pub(super) fn return_value(&mut self, expr: &'a tree::Expr, expected: Option<Ty>) -> hir::Stmt {
        let mut checked = self.expr(expr, expected);
        let promise = self.promises(checked.ty);
        if promise && self.frame.is_async {
            if self.frame.tries > 0 {
                self.report(
                    Diagnostic::error(
                        codes::FORGOTTEN_AWAIT,
                        expr.span,
                        "a failure of this call would not be caught here",
                    )
                    .help(format!("write `return await {}`", self.source(expr.span))),
                );
            }
            let ty = self.types.awaited(checked.ty);
            let span = checked.span;
            checked = made(hir::ExprKind::Await(Box::new(checked)), ty, span);
        } else if promise && self.frame.tries > 0 {
            self.report(
                Diagnostic::error(
                    codes::FORGOTTEN_AWAIT,
                    expr.span,
                    "a failure of this call would not be caught here",
                )
                .help("let the function be `async`, and write `return await …`"),
            );
        } else if promise && self.frame.handler {
            self.forgotten_await(&checked);
            checked.ty = self.types.awaited(checked.ty);
        }
        if self.frame.declared
            && let Some(wanted) = self.frame.expected
        {
            self.fits(expr, checked.ty, wanted);
        }
        if self.frame.returns.is_empty() {
            self.frame.predicate = self.predicate_of(expr, checked.ty);
        }
        self.frame.returns.push((checked.ty, Some(expr)));
        hir::Stmt { kind: hir::StmtKind::Return(Some(checked)), span: expr.span }
    }

    /// Adds a name to the innermost scope.
    pub(super) fn declare(&mut self, name: &tree::Ident, local: LocalId) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.values.insert(name.name.clone(), super::Binding::Local(local));
        }
    }

    /// Opens a block's scope with its types.
    pub(super) fn block_types(
        &mut self,
        stmts: &'a [tree::Stmt],
    ) -> HashMap<Arc<str>, super::TypeBinding<'a>> {
        let mut names = HashMap::new();
        let mut places: HashMap<Arc<str>, Span> = HashMap::new();
        for stmt in stmts {
            let (name, binding) = match &stmt.kind {
                tree::StmtKind::TypeAlias(alias) => (&alias.name, super::TypeBinding::Alias(alias)),
                tree::StmtKind::Interface(decl) => {
                    (&decl.name, super::TypeBinding::Interface(decl))
                }
                tree::StmtKind::Error(refused) => {
                    for name in refused {
                        names.insert(name.name.clone(), super::TypeBinding::Refused);
                    }
                    continue;
                }
                _ => continue,
            };
            match places.insert(name.name.clone(), name.span) {
                Some(first) => {
                    let known = names.insert(name.name.clone(), super::TypeBinding::Refused);
                    let both = [known, Some(binding)];
                    let interface = |b: &Option<super::TypeBinding<'_>>| {
                        matches!(b, Some(super::TypeBinding::Interface(_)))
                    };
                    self.report(match both.iter().all(interface) {
                        true => not_merged(name, first),
                        false => duplicate(name, first),
                    });
                }
                None => {
                    names.insert(name.name.clone(), binding);
                }
            }
        }
        names
    }
}

/// Awaits what a function returns, so that it can be seen as an asynchronous one.
fn await_returns(stmts: &mut [hir::Stmt], checker: &mut Checker<'_>) {
    for stmt in stmts {
        match &mut stmt.kind {
            hir::StmtKind::Return(Some(value)) if checker.promises(value.ty) => {
                let ty = checker.types.awaited(value.ty);
                let span = value.span;
                let inner = std::mem::replace(value, checker.hole(span));
                *value = made(hir::ExprKind::Await(Box::new(inner)), ty, span);
            }
            hir::StmtKind::If { then, otherwise, .. } => {
                await_returns(then, checker);
                await_returns(otherwise, checker);
            }
            hir::StmtKind::Switch { cases, .. } => {
                for case in cases {
                    await_returns(&mut case.body, checker);
                }
            }
            hir::StmtKind::Try { body, handler, .. } => {
                await_returns(body, checker);
                await_returns(handler, checker);
            }
            hir::StmtKind::Block(inner) => await_returns(inner, checker),
            _ => {}
        }
    }
}
