//! Calls: what is called, which of its signatures fits, what its type parameters are.
//!
//! In:    a callee and arguments.
//! Out:   a call of a helper, of the library, of an operation or of `frontage` itself.
//! Never: an arrow function checked more than once for one signature.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree::{self, Element, ExprKind};

use super::Checker;
use super::argument::{Argument, called, given, sensitive, typed};
use super::expr::made;
use super::flow::address;
use super::infer::Inference;
use super::member::Links;
use super::names::Value;
use super::substitute::Mapping;
use crate::codes;
use crate::hir;
use crate::types::{FunctionType, Kind, Signature, Ty};

/// A call that was resolved.
pub(super) struct Resolved {
    pub(super) items: Vec<hir::Item>,
    pub(super) result: Ty,
    /// What the call says of one of its arguments where it gives `true`.
    pub(super) predicate: Option<(usize, Ty)>,
}

/// Calls within each other whose literals are looked at twice, so that what lies deeper takes the
/// time that it took once.
pub(super) const MOST_INFERRING: u32 = 2;

impl<'a> Checker<'a> {
    #[expect(clippy::too_many_arguments, reason = "the parts of one node of the tree")]
    pub(super) fn call(
        &mut self,
        expr: &'a tree::Expr,
        callee: &'a tree::Expr,
        type_args: &'a [tree::Type],
        args: &'a [Element],
        optional: bool,
        expected: Option<Ty>,
        links: &mut Links,
    ) -> hir::Expr {
        let span = expr.span;
        match &callee.kind {
            ExprKind::Ident(name) => match self.silently(|c| c.value_named(name, callee.span)).0 {
                Value::Frontage(name) => {
                    return self.frontage_call(&name, type_args, args, span, expected);
                }
                Value::Global(name) => {
                    return self.static_call(
                        "Globals",
                        &name,
                        callee.span,
                        type_args,
                        args,
                        span,
                        expected,
                    );
                }
                _ => {}
            },
            ExprKind::Member { object, name, optional: dot } => {
                if let ExprKind::Ident(root) = &object.kind {
                    match self.silently(|c| c.value_named(root, object.span)).0 {
                        Value::Global(global) if &*global == "Promise" => {
                            self.no_type_arguments(type_args, "what the promises give");
                            return self.promise_call(name, args, span, expected);
                        }
                        Value::Global(global) => {
                            if let Some(interface) = crate::prelude::namespace(&global) {
                                if crate::prelude::function(interface, &name.name).is_none() {
                                    self.unknown_static(&global, interface, name);
                                    self.check_loose(args);
                                    return self.hole(span);
                                }
                                return self.static_call(
                                    interface, &name.name, name.span, type_args, args, span,
                                    expected,
                                );
                            }
                            // Classes without functions of their own here.
                            if matches!(&*global, "Map" | "Set") {
                                self.unknown_static(&global, &format!("{global}Constructor"), name);
                                self.check_loose(args);
                                return self.hole(span);
                            }
                        }
                        Value::Upstream(upstream) => {
                            self.no_type_arguments(type_args, "its contract and its options");
                            return self.operation_call(upstream, name, args, span);
                        }
                        Value::Zod => {
                            self.report(
                                Diagnostic::error(codes::NOT_A_VALUE, span, "a schema cannot stand here")
                                    .help("declare schemas with `const` at module level, and use them in a route's input"),
                            );
                            return self.hole(span);
                        }
                        _ => {}
                    }
                }
                if !matches!(&object.kind, ExprKind::Ident(root)
                    if matches!(self.silently(|c| c.value_named(root, object.span)).0, Value::Namespace(_)))
                {
                    return self.method_call(
                        expr, callee, object, name, *dot, optional, type_args, args, expected,
                        links,
                    );
                }
            }
            _ => {}
        }
        if let ExprKind::Arrow(function) = &callee.kind
            && let Some(bare) = function
                .params
                .iter()
                .chain(function.rest.as_deref())
                .find(|p| p.ty.is_none() && p.default.is_none())
        {
            self.report(
                Diagnostic::error(
                    codes::TYPE_FORM,
                    bare.span,
                    "a function that is called where it stands needs types for its parameters",
                )
                .help(match &function.rest {
                    Some(rest) if rest.span == bare.span => "write `(...x: string[]) => …`",
                    _ => "write `(x: string) => …`, or give the argument a name with `const`",
                }),
            );
            self.check_loose(args);
            return self.hole(span);
        }
        self.called_in_place = matches!(callee.kind, ExprKind::Arrow(_));
        // What the place of the call wants is what the function has to give.
        let context = expected.filter(|_| self.called_in_place).map(|result| {
            self.types.function_of(Signature {
                type_params: Vec::new(),
                params: Vec::new(),
                rest: None,
                result,
                predicate: None,
            })
        });
        let mut called = self.link(callee, context, links);
        called.ty = self.read_of(callee, called.ty);
        let called = self.present(called, optional, None, links);
        let own = called.ty;
        let result = self.apply(called, type_args, args, span, expected);
        if let ExprKind::Arrow(function) = &callee.kind {
            self.defaults_in_place(function, own, args);
        }
        result
    }

    /// In tsc an argument says what a parameter without a type is, whatever its default is. Reports
    /// those of which the two would be told apart.
    fn defaults_in_place(&mut self, function: &'a tree::Function, own: Ty, args: &'a [Element]) {
        let Kind::Function(id) = *self.types.kind(own) else { return };
        let signature = self.types.signatures(id).signatures.first().cloned();
        let Some(signature) = signature else { return };
        for ((param, known), arg) in function.params.iter().zip(&signature.params).zip(args) {
            let Element::Value(arg) = arg else { return };
            if param.ty.is_some() || param.default.is_none() {
                continue;
            }
            let given = self.recorded.get(&address(arg)).copied();
            let given = self.types.widen_literal(given.unwrap_or(Ty::ERROR));
            let given = self.types.filter(given, |_, m| m != Ty::UNDEFINED);
            if given != known.ty && given != Ty::ERROR && known.ty != Ty::ERROR {
                let text = self.types.text(given);
                let message =
                    "a function that is called where it stands needs types for its parameters";
                let fault = Diagnostic::error(codes::TYPE_FORM, param.span, message);
                self.report(fault.help(format!("write `{}: {text}`", known.name)));
            }
        }
    }

    /// Some types follow from what stands in the text already.
    pub(super) fn no_type_arguments(&mut self, type_args: &'a [tree::Type], from: &str) {
        if let Some(first) = type_args.first() {
            self.report(
                Diagnostic::error(
                    codes::CALL_TYPES,
                    first.span,
                    format!("the type of this call follows from {from}"),
                )
                .help("leave the type arguments out"),
            );
        }
    }

    /// Calls a function value.
    pub(super) fn apply(
        &mut self,
        called: hir::Expr,
        type_args: &'a [tree::Type],
        args: &'a [Element],
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        let bound = self.innermost_bound(called.ty);
        let Kind::Function(id) = *self.types.kind(bound) else {
            if called.ty != Ty::ERROR {
                if bound == Ty::UNKNOWN {
                    self.unknown_used(&called);
                } else if self.types.all(bound, |k| matches!(k, Kind::Function(_))) {
                    self.report(
                        Diagnostic::error(
                            codes::NOT_IN_LIBRARY,
                            called.span,
                            "which function is called here must be known when the route is compiled",
                        )
                        .label("one of several")
                        .help("choose between results, not between functions: `flag ? f(x) : g(x)`"),
                    );
                } else {
                    let message = format!("`{}` is not a function", self.source(called.span));
                    let text = format!("it is `{}`", self.types.text(called.ty));
                    self.report(
                        Diagnostic::error(codes::NOT_CALLABLE, called.span, message).label(text),
                    );
                }
            }
            self.check_loose(args);
            return self.hole(span);
        };
        let function = self.types.signatures(id).clone();
        self.effects_of(&called);
        let Some(resolved) = self.resolve_call(&function, type_args, args, span, expected) else {
            return self.hole(span);
        };
        if let (Some(predicate), [_, ..]) = (resolved.predicate, args) {
            self.predicates.insert(args.as_ptr().addr(), predicate);
        }
        made(hir::ExprKind::Apply(Box::new(called), resolved.items), resolved.result, span)
    }

    /// What running a helper does counts for whoever calls it.
    pub(super) fn effects_of(&mut self, called: &hir::Expr) {
        if let hir::ExprKind::Function(id) = called.kind {
            let effects = self.effects[id.0 as usize].clone();
            self.frame.effects.calls |= effects.calls;
            self.frame.effects.clock |= effects.clock;
            for (operation, _) in effects.unsafe_calls {
                self.frame.effects.unsafe_calls.push((operation, called.span));
            }
        }
    }

    /// Checks arguments of a call that is wrong already.
    pub(super) fn check_loose(&mut self, args: &'a [Element]) {
        for arg in args {
            let (Element::Value(value) | Element::Spread { value, .. }) = arg;
            // Of what a place wants of which nothing is known, nothing is reported either.
            let wanted = matches!(value.kind, ExprKind::Call { .. }).then_some(Ty::ERROR);
            if !matches!(value.kind, ExprKind::Arrow(_)) {
                let _ = self.expr(value, wanted);
            }
        }
    }

    /// Chooses a signature and checks the arguments against it.
    pub(super) fn resolve_call(
        &mut self,
        function: &Arc<FunctionType>,
        type_args: &'a [tree::Type],
        args: &'a [Element],
        span: Span,
        expected: Option<Ty>,
    ) -> Option<Resolved> {
        let around = self.calling.len();
        self.calling.extend(function.signatures.iter().flat_map(|s| s.type_params.iter()));
        let resolved = self.resolved(function, type_args, args, span, expected);
        self.calling.truncate(around);
        resolved
    }

    fn resolved(
        &mut self,
        function: &Arc<FunctionType>,
        type_args: &'a [tree::Type],
        args: &'a [Element],
        span: Span,
        expected: Option<Ty>,
    ) -> Option<Resolved> {
        let explicit: Vec<Ty> = type_args.iter().map(|t| self.annotation(t)).collect();
        let given = given(args);
        let spread = given.iter().any(|&(_, spread)| spread);
        let count = given.len();
        let fitting: Vec<Arc<Signature>> = function
            .signatures
            .iter()
            .filter(|s| {
                spread || (count >= s.required() && (count <= s.params.len() || s.rest.is_some()))
            })
            .filter(|s| explicit.is_empty() || s.type_params.len() == explicit.len())
            .cloned()
            .collect();
        let Some(first) = fitting.first() else {
            self.check_loose(args);
            let last = function.signatures.last()?;
            if !explicit.is_empty() && last.type_params.len() != explicit.len() {
                self.error(
                    codes::TYPE_ARGUMENTS,
                    span,
                    format!(
                        "this takes {} type arguments, not {}",
                        last.type_params.len(),
                        explicit.len()
                    ),
                );
                return None;
            }
            let least = function.signatures.iter().map(|s| s.required()).min().unwrap_or(0);
            let most = function.signatures.iter().map(|s| s.params.len()).max().unwrap_or(0);
            let wanted =
                if least == most { least.to_string() } else { format!("{least} to {most}") };
            let place = given.get(most).map_or(span, |(value, _)| value.span);
            let text = self.types.signature_text(last);
            self.report(
                Diagnostic::error(
                    codes::ARGUMENT_COUNT,
                    place,
                    format!(
                        "{wanted} argument{} wanted, not {count}",
                        if wanted == "1" { "" } else { "s" }
                    ),
                )
                .label(text),
            );
            return None;
        };
        // Arguments that need no help are checked once, whatever the signature.
        let mut arguments = Vec::new();
        let mut before = Inference::of(first);
        for (i, (value, spread)) in given.into_iter().enumerate() {
            if !spread && sensitive(value) {
                arguments.push(Argument { expr: value, spread, checked: None, ty: Ty::ERROR });
                continue;
            }
            let param = first.params.get(i).map(|p| p.ty).or(first.rest).filter(|_| !spread);
            let mut wanted = param.map(|w| self.context_of(w, first, &explicit, expected));
            if let Some(ty) = wanted.filter(|_| called(value)) {
                // What a call wants follows from the arguments before it, too.
                let known = self.known(first, &before);
                wanted = Some(self.substitute(ty, &known));
            }
            let checked = self.value(value, wanted);
            let ty = checked.ty;
            if let Some(param) = param.filter(|_| explicit.is_empty()) {
                self.infer(ty, param, &mut before);
            }
            arguments.push(Argument { expr: value, spread, checked: Some(checked), ty });
        }
        // What did not check fits the first overload as well as any; the last is the most general.
        let broken = arguments.iter().any(|a| a.checked.is_some() && a.ty == Ty::ERROR);
        let tried = if broken { fitting.len() - 1 } else { 0 };
        for (i, signature) in fitting.iter().enumerate().skip(tried) {
            let last = i + 1 == fitting.len();
            if i > tried {
                self.made_anew(&mut arguments, signature, &explicit, expected);
            }
            if last {
                let resolved =
                    self.try_signature(signature, &explicit, arguments, expected, true).ok()?;
                // Which one it would have been, nobody knows.
                let result = match broken && fitting.iter().any(|s| s.result != signature.result) {
                    true => Ty::ERROR,
                    false => resolved.result,
                };
                return Some(Resolved { result, ..resolved });
            }
            let before = self.diagnostics.len();
            let effects = self.frame.effects.clone();
            match self.try_signature(signature, &explicit, arguments, expected, false) {
                Ok(resolved) => return Some(resolved),
                Err(returned) => {
                    self.diagnostics.truncate(before);
                    self.frame.effects = effects;
                    arguments = returned;
                }
            }
        }
        None
    }

    fn try_signature(
        &mut self,
        signature: &Arc<Signature>,
        explicit: &[Ty],
        mut arguments: Vec<Argument<'a>>,
        expected: Option<Ty>,
        report: bool,
    ) -> Result<Resolved, Vec<Argument<'a>>> {
        let mut inference = Inference::of(signature);
        let given: Mapping =
            signature.type_params.iter().copied().zip(explicit.iter().copied()).collect();
        if report && let Some(first) = arguments.first().map(|a| a.expr.span) {
            self.within_bounds(signature, &given, first);
        }
        let param_at = |position: usize| {
            signature
                .params
                .get(position)
                .map(|p| (p.ty, p.optional))
                .or(signature.rest.map(|r| (r, false)))
        };
        if given.is_empty() {
            for (i, argument) in arguments.iter().enumerate() {
                let Some((param, _)) = param_at(i) else { continue };
                if argument.checked.is_none() {
                    continue;
                }
                self.lists_written(argument.expr, &mut inference);
                let ty = if argument.spread {
                    self.iterated(argument.ty).unwrap_or(Ty::ERROR)
                } else {
                    argument.ty
                };
                self.infer(ty, param, &mut inference);
            }
        }
        // An overload that its plain arguments rule out is not tried any further.
        if !report {
            let concluded;
            let known = if given.is_empty() {
                concluded = self.conclude(signature, &inference);
                &concluded
            } else {
                &given
            };
            for (i, argument) in arguments.iter().enumerate() {
                let (Some((param, optional)), Some(_)) = (param_at(i), &argument.checked) else {
                    continue;
                };
                let wanted = self.substitute(param, known);
                let wanted = self.read_type(wanted, optional);
                if !argument.spread && !self.assignable(argument.ty, wanted) {
                    return Err(arguments);
                }
            }
        }
        if let Some(expected) = expected.filter(|_| given.is_empty()) {
            let place = self.by_result(signature, expected);
            inference.by_place.extend(place);
        }
        let mut arrows: Vec<usize> =
            (0..arguments.len()).filter(|&i| arguments[i].checked.is_none()).collect();
        // Functions that say themselves what they take speak before those that must be told.
        arrows.sort_by_key(|&i| !typed(arguments[i].expr));
        for &i in &arrows {
            let around = self.said_once.len();
            self.note_said_once(signature, i, arguments.len());
            let argument = &mut arguments[i];
            let param = param_at(i).map_or(Ty::ERROR, |p| p.0);
            if let (ExprKind::Object(properties), true) = (&argument.expr.kind, given.is_empty()) {
                self.infer_members(properties, param, signature, &mut inference);
            }
            let map = if given.is_empty() {
                if !typed(argument.expr) {
                    self.fix_parameters(argument.expr, param, signature, &mut inference);
                }
                let mut map = inference.by_place.clone();
                map.extend(self.known(signature, &inference));
                map
            } else {
                given.clone()
            };
            let map = self.bounds_by(signature, map);
            let context = match given.is_empty() {
                true => self.wanted_of(param, &map, signature, &inference.by_place),
                false => self.substitute(param, &map),
            };
            if let (ExprKind::Arrow(_), Kind::Function(id)) =
                (&argument.expr.kind, self.types.kind(param))
            {
                let wanted = self.types.signatures(*id).signatures.first().map(|s| s.result);
                self.result_inferred = given.is_empty()
                    && wanted.is_some_and(|ty| matches!(self.types.kind(ty), Kind::Param(_)));
                let open = wanted.filter(|&ty| given.is_empty() && self.generic(ty));
                self.promise_wanted = open.map(|ty| self.types.promised(ty));
            }
            let checked = self.value(argument.expr, Some(context));
            self.said_once.truncate(around);
            argument.ty = checked.ty;
            self.lists_written(argument.expr, &mut inference);
            self.infer(checked.ty, param, &mut inference);
            argument.checked = Some(checked);
        }
        // Where a part of an argument did not check, nothing is known of what hangs on it.
        let unknown = given.is_empty() && inference.broken && self.generic(signature.result);
        let map = if given.is_empty() { self.conclude(signature, &inference) } else { given };
        let mut instance = self.substitute_signature(signature, &map);
        self.grouped(&mut instance);
        let fine = self.arguments_fit(&arguments, &instance, report);
        if !fine && !report {
            for i in arrows {
                arguments[i].checked = None;
            }
            return Err(arguments);
        }
        let result = match (fine, unknown) {
            (_, true) => Ty::ERROR,
            (true, false) => instance.result,
            (false, false) => self.result_anyway(&instance),
        };
        let items = arguments
            .into_iter()
            .filter_map(|a| {
                let checked = a.checked?;
                Some(if a.spread { hir::Item::Spread(checked) } else { hir::Item::Value(checked) })
            })
            .collect();
        Ok(Resolved { items, result, predicate: instance.predicate })
    }

    /// What the members of a literal say: first those that need no help, then the others one after
    /// the other, so that what a function gives says what those behind it take.
    fn infer_members(
        &mut self,
        properties: &'a [tree::Property],
        param: Ty,
        signature: &Signature,
        inference: &mut Inference,
    ) {
        if self.inferring >= MOST_INFERRING {
            return;
        }
        self.inferring += 1;
        let needs_help = |property: &&tree::Property| match property {
            tree::Property::Value { value, .. } => sensitive(value) && !typed(value),
            tree::Property::Spread { .. } => false,
        };
        let (helped, plain): (Vec<_>, Vec<_>) = properties.iter().partition(needs_help);
        for property in plain.into_iter().chain(helped) {
            let tree::Property::Value { key, value, .. } = property else { continue };
            let Some(wanted) = key.name().and_then(|name| self.property_wanted(param, name)) else {
                continue;
            };
            if !self.generic(wanted) {
                continue;
            }
            if !typed(value) {
                self.fix_parameters(value, wanted, signature, inference);
            }
            let mut map = inference.by_place.clone();
            map.extend(self.known(signature, inference));
            let map = self.bounds_by(signature, map);
            let context = self.substitute(wanted, &map);
            let effects = self.frame.effects.clone();
            let (checked, _) = self.silently(|c| c.value(value, Some(context)));
            self.frame.effects = effects;
            self.infer(checked.ty, wanted, inference);
        }
        self.inferring -= 1;
    }

    /// After a report, the result counts only if it does not hang on what was wrong.
    fn result_anyway(&mut self, instance: &Signature) -> Ty {
        if self.generic(instance.result) { Ty::ERROR } else { instance.result }
    }

    /// Decides the type parameters that those of an arrow's parameters are made of which say no
    /// type themselves; what the others say counts as an argument's type does.
    fn fix_parameters(
        &mut self,
        argument: &'a tree::Expr,
        param: Ty,
        signature: &Signature,
        inference: &mut Inference,
    ) {
        let written = match &argument.kind {
            ExprKind::Arrow(function) => Some(&function.params),
            _ => None,
        };
        // Where nothing else says what `T` is, its bound says what its functions take.
        let members = match inference.says_nothing_of(self.types.kind(param)) {
            true => self.members_by_bounds(param),
            false => self.types.members_of(param),
        };
        for member in members {
            let Kind::Function(id) = *self.types.kind(member) else { continue };
            let function = self.types.signatures(id).clone();
            for wanted in &function.signatures {
                for (i, p) in wanted.params.iter().enumerate() {
                    let own = written.and_then(|params| params.get(i));
                    if let Some(declared) = own.and_then(|own| own.ty.as_ref()) {
                        let (ty, clean) = self.silently(|c| c.annotation(declared));
                        if clean {
                            self.infer(ty, p.ty, inference);
                        }
                    }
                }
                for (i, p) in wanted.params.iter().enumerate() {
                    let own = written.and_then(|params| params.get(i));
                    if own.is_none_or(|own| own.ty.is_none()) {
                        self.fix(p.ty, signature, inference);
                    }
                }
            }
        }
    }

    /// Whether a callback starts promises, which is reported (or wanted) elsewhere.
    pub(super) fn returns_promise(&self, ty: Ty) -> bool {
        let Kind::Function(id) = *self.types.kind(ty) else { return false };
        self.types.signatures(id).signatures.iter().any(|s| self.promises(s.result))
    }
}
