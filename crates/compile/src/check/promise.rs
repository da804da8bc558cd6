//! Promises: where they may stand, and what becomes of them.
//!
//! In:    `await`, `.catch`, `Promise.all`, `Promise.allSettled`.
//! Out:   the shapes that a plan can run.
//! Never: a promise as a value: it is awaited, or stands directly in `Promise.all`.

use frontage_diagnostic::{Diagnostic, Span};
use frontage_plan::Gather;
use frontage_syntax::tree::{self, Element, ExprKind, Ident};

use super::Checker;
use super::expr::made;
use crate::codes;
use crate::hir;
use crate::types::{Kind, Object, Property, Signature, SignatureParam, TupleElement, Ty};

impl<'a> Checker<'a> {
    /// Whether values of `ty` may be promises.
    pub(super) fn promises(&self, ty: Ty) -> bool {
        self.types.may_be_promise(ty)
    }

    /// Reports a promise that nothing awaits.
    pub(super) fn forgotten_await(&mut self, checked: &hir::Expr) {
        let text = self.source(checked.span);
        let fault = Diagnostic::error(
            codes::FORGOTTEN_AWAIT,
            checked.span,
            "this is a promise, and nothing awaits it",
        )
        .label(format!("`{}`", self.types.text(checked.ty)));
        let is_choice =
            matches!(checked.kind, hir::ExprKind::Logical(..) | hir::ExprKind::Conditional(..));
        self.report(fault.help(if self.frame.is_async && is_choice {
            "write `await (…)` around it, or `if (…) { await …; }`".to_owned()
        } else if self.frame.is_async && text.ends_with('…') {
            "write `await` before it; in a longer expression `(await …)`".to_owned()
        } else if self.frame.is_async {
            format!("write `await {text}`; in a longer expression `(await {text})`")
        } else {
            format!("make the function `async` and write `await {text}`")
        }));
    }

    /// Reports a promise that stands where one is wanted: as a helper's argument, or a member.
    pub(super) fn promise_handed_on(&mut self, checked: &hir::Expr) {
        let message = "a promise is not handed on: what it gives is";
        let fault = Diagnostic::error(codes::FORGOTTEN_AWAIT, checked.span, message)
            .label(format!("`{}`", self.types.text(checked.ty)));
        self.report(fault.help(if self.frame.is_async {
            "write `await` before it, and let the type that is wanted be what it gives"
        } else {
            "make the function `async`, write `await` before it, and let the type that is wanted be what it gives"
        }));
    }

    /// Reports `promise.then(…)` and `promise.finally(…)`.
    pub(super) fn chained(&mut self, name: &Ident) {
        let message = format!("`{}` is not part of the language", name.name);
        self.report(
            Diagnostic::error(codes::NOT_IN_LIBRARY, name.span, message)
                .help("write `const value = await …`, and go on with `value`"),
        );
    }

    pub(super) fn await_expr(
        &mut self,
        inner: &'a tree::Expr,
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        if !self.frame.is_async {
            self.report(
                Diagnostic::error(
                    codes::AWAIT_OUTSIDE,
                    span,
                    "`await` stands in a function that is not `async`",
                )
                .help("write `async` before the function's parameters"),
            );
        }
        let checked = self.expr(inner, expected);
        let ty = self.types.awaited(checked.ty);
        made(hir::ExprKind::Await(Box::new(checked)), ty, span)
    }

    /// `promise.catch(handler)`
    pub(super) fn promise_method(
        &mut self,
        receiver: hir::Expr,
        name: &'a Ident,
        type_args: &'a [tree::Type],
        args: &'a [Element],
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        self.no_type_arguments(type_args, "its fallback");
        if &*name.name != "catch" {
            self.unknown_member(receiver.ty, name);
            self.check_loose(args);
            return self.hole(span);
        }
        let plain = self.is_plain(&receiver);
        let handler = match args {
            // Without a function, it catches nothing.
            [] if plain => return receiver,
            [Element::Value(handler)] => handler,
            [] => {
                let message = "`catch` takes a function here";
                self.report(
                    Diagnostic::error(codes::NOT_IN_LIBRARY, name.span, message)
                        .help("write `.catch(() => fallback)`, or leave it out"),
                );
                return self.hole(span);
            }
            _ => {
                let message = "`catch` takes one function";
                self.report(
                    Diagnostic::error(codes::ARGUMENT_COUNT, name.span, message)
                        .help("write `.catch(() => fallback)`"),
                );
                return self.hole(span);
            }
        };
        let value = self.types.promised(receiver.ty).unwrap_or(Ty::ERROR);
        // What the call gives is what the fallback should look like, but need not; it looks like
        // what the place of both wants.
        let result = expected.map_or(Ty::UNKNOWN, |ty| self.types.awaited(ty));
        let suggested = self.handler_of(Ty::UNKNOWN, result);
        if let ExprKind::Arrow(_) = &handler.kind {
            self.result_inferred = expected.is_some();
            self.promise_wanted = Some(None);
        }
        let checked = self.value(handler, Some(suggested));
        let Kind::Function(id) = *self.types.kind(checked.ty) else {
            if matches!(checked.ty, Ty::NULL | Ty::UNDEFINED) && plain {
                return receiver;
            }
            if checked.ty != Ty::ERROR {
                self.no_handler(handler, checked.ty);
            }
            return made(
                hir::ExprKind::Catch(Box::new(receiver), Box::new(checked)),
                Ty::ERROR,
                span,
            );
        };
        self.takes_failures(handler, checked.ty, plain);
        let own = self.types.signatures(id).signatures.last().cloned();
        let result = match (own, self.types.kind(suggested).clone()) {
            (Some(own), Kind::Function(id)) if !own.type_params.is_empty() => {
                let suggested = self.types.signatures(id).signatures.first().cloned();
                let suggested = suggested.unwrap_or_else(|| own.clone());
                self.instantiate_for(&own, &suggested).result
            }
            (own, _) => own.map_or(Ty::ERROR, |own| own.result),
        };
        let fallback = self.types.awaited(result);
        let fallback = self.widen(fallback);
        let both = self.types.union(&[value, fallback]);
        let ty = self.types.promise(both);
        made(hir::ExprKind::Catch(Box::new(receiver), Box::new(checked)), ty, span)
    }

    /// `(reason: …) => result`
    fn handler_of(&mut self, reason: Ty, result: Ty) -> Ty {
        let reason = SignatureParam { name: "reason".into(), ty: reason, optional: false };
        self.types.function_of(Signature {
            type_params: Vec::new(),
            params: vec![reason],
            rest: None,
            result,
            predicate: None,
        })
    }

    /// Reports a value that is no function, or none for certain, where a failure is handled.
    fn no_handler(&mut self, handler: &'a tree::Expr, ty: Ty) {
        let wanted = self.handler_of(Ty::UNKNOWN, Ty::UNKNOWN);
        let present = self.types.non_nullish(ty);
        let fault = if matches!(ty, Ty::NULL | Ty::UNDEFINED) {
            let message = "`catch` takes a function here";
            Diagnostic::error(codes::NOT_IN_LIBRARY, handler.span, message)
        } else if self.types.all(present, |k| matches!(k, Kind::Function(_))) {
            let message =
                "which function handles a failure must be known when the route is compiled";
            Diagnostic::error(codes::NOT_IN_LIBRARY, handler.span, message)
        } else {
            self.mismatch(handler.span, ty, wanted)
        };
        self.report(fault.help("write `() => fallback`"));
    }

    /// Whether a promise is certainly none of an operation, whose failures are `unknown` for tsc too.
    fn is_plain(&self, receiver: &hir::Expr) -> bool {
        match &receiver.kind {
            hir::ExprKind::Catch(..) | hir::ExprKind::All(..) => true,
            hir::ExprKind::Apply(called, _) => match &called.kind {
                hir::ExprKind::Arrow(function) => function.written_async,
                hir::ExprKind::Local(local) => self.local_infos[local.0 as usize].is_async,
                hir::ExprKind::Function(id) => {
                    let function = self.functions[id.0 as usize].as_ref();
                    function.is_some_and(|function| function.written_async)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Reports a handler that cannot be given every failure. For tsc a failure of a `plain` promise
    /// is `any`; here it is an error, of which kind nobody knows.
    fn takes_failures(&mut self, handler: &'a tree::Expr, ty: Ty, plain: bool) {
        let error = match plain {
            true => self.types.library("Error", &[]),
            false => Ty::UNKNOWN,
        };
        let takes = self.handler_of(error, Ty::UNKNOWN);
        if self.assignable(ty, takes) {
            return;
        }
        let never = self.handler_of(Ty::NEVER, Ty::UNKNOWN);
        if !self.assignable(ty, never) || self.takes_nothing(ty) {
            self.fits(handler, ty, takes);
            return;
        }
        let message = "what this function takes is not every failure";
        self.report(
            Diagnostic::error(codes::NOT_IN_LIBRARY, handler.span, message)
                .label(format!("it is `{}`", self.types.text(ty)))
                .help("ask what it is: `(e) => e instanceof UpstreamError ? e.status : null`"),
        );
    }

    /// Whether a function takes what cannot be.
    fn takes_nothing(&self, ty: Ty) -> bool {
        let Kind::Function(id) = *self.types.kind(ty) else { return false };
        self.types
            .signatures(id)
            .signatures
            .iter()
            .any(|s| s.params.first().is_some_and(|param| param.ty == Ty::NEVER))
    }

    /// `Promise.all(…)`, `Promise.allSettled(…)`
    pub(super) fn promise_call(
        &mut self,
        name: &'a Ident,
        args: &'a [Element],
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        let gather = match &*name.name {
            "all" => Gather::All,
            "allSettled" => Gather::Settled,
            _ => {
                self.unknown_static("Promise", "PromiseConstructor", name);
                self.check_loose(args);
                return self.hole(span);
            }
        };
        let [Element::Value(list)] = args else {
            self.error(
                codes::ARGUMENT_COUNT,
                span,
                format!("`Promise.{}` takes one list", name.name),
            );
            return self.hole(span);
        };
        // What is wanted of each promise's value.
        let expected = expected.filter(|_| gather == Gather::All).map(|ty| {
            let ty = self.types.awaited(ty);
            self.types.non_nullish(ty)
        });
        let before = self.frame.effects.unsafe_calls.len();
        let (checked, ty) = match &list.kind {
            ExprKind::Array(elements) => self.gathered_list(elements, list.span, gather, expected),
            _ => {
                let outer = std::mem::replace(&mut self.gather, true);
                let wanted = expected.and_then(|ty| self.types.element(ty));
                let wanted = wanted.map(|ty| {
                    let promise = self.types.promise(ty);
                    self.types.array(promise)
                });
                let checked = self.expr(list, wanted);
                self.gather = outer;
                let mapped = matches!(checked.kind, hir::ExprKind::Iterate { .. });
                let Some(element) = self.types.element(checked.ty) else {
                    if checked.ty != Ty::ERROR {
                        let message = format!(
                            "`Promise.{}` wants a list, not `{}`",
                            name.name,
                            self.types.text(checked.ty)
                        );
                        // What else can be iterated is no list of calls.
                        let code = match self.iterated(checked.ty) {
                            Some(_) => codes::PROMISE_LIST,
                            None => codes::NOT_ASSIGNABLE,
                        };
                        self.error(code, list.span, message);
                    }
                    return self.hole(span);
                };
                if !mapped && checked.ty != Ty::ERROR {
                    self.report(
                        Diagnostic::error(
                            codes::PROMISE_LIST,
                            list.span,
                            format!(
                                "`Promise.{}` takes a list written here, or `list.map(…)`",
                                name.name
                            ),
                        )
                        .help("write the calls into the list: `Promise.all([a(), b()])`"),
                    );
                    return self.hole(span);
                }
                let value = self.types.awaited(element);
                let value = if gather == Gather::Settled { self.settled_ty(value) } else { value };
                let ty = self.types.array(value);
                if let Some(&(_, place)) = self.frame.effects.unsafe_calls.get(before) {
                    self.report(
                        Diagnostic::error(
                            codes::UNSAFE_IN_MAP,
                            place,
                            "a call that changes something cannot run for each element of a list",
                        )
                        .label("if one fails, some have happened and some have not")
                        .help("use an operation of the upstream that takes the whole list"),
                    );
                }
                (checked, ty)
            }
        };
        if matches!(list.kind, ExprKind::Array(_))
            && let Some(&(_, second)) = self.frame.effects.unsafe_calls.get(before + 1)
        {
            self.report(
                Diagnostic::error(
                    codes::UNSAFE_TOGETHER,
                    second,
                    "two calls that change something cannot run side by side",
                )
                .label("if one fails, the other may have happened")
                .help("await one after the other, or use one operation that does both"),
            );
        }
        let ty = self.types.promise(ty);
        made(hir::ExprKind::All(gather, Box::new(checked)), ty, span)
    }

    fn gathered_list(
        &mut self,
        elements: &'a [Element],
        span: Span,
        gather: Gather,
        expected: Option<Ty>,
    ) -> (hir::Expr, Ty) {
        let mut items = Vec::new();
        let mut tys = Vec::new();
        for (i, element) in elements.iter().enumerate() {
            match element {
                Element::Value(value) => {
                    let wanted = expected.and_then(|ty| match self.types.kind(ty) {
                        Kind::Tuple { elements, rest, .. } => {
                            elements.get(i).map(|e| e.ty).or(*rest)
                        }
                        _ => self.types.element(ty),
                    });
                    let item = self.expr(value, wanted);
                    let ty = self.types.awaited(item.ty);
                    let ty = self.settle(ty, wanted);
                    let ty = if gather == Gather::Settled { self.settled_ty(ty) } else { ty };
                    tys.push(TupleElement { ty, optional: false });
                    items.push(hir::Item::Value(item));
                }
                Element::Spread { span, value } => {
                    self.report(
                        Diagnostic::error(
                            codes::PROMISE_LIST,
                            *span,
                            "a list of promises cannot be spread",
                        )
                        .help("give it a `Promise.all` of its own within this one"),
                    );
                    let _ = self.expr(value, None);
                }
            }
        }
        let ty = self.types.intern(Kind::Tuple {
            elements: tys.into(),
            rest: None,
            readonly: false,
            of_match: false,
        });
        (made(hir::ExprKind::Array(items), ty, span), ty)
    }

    /// What `Promise.allSettled` makes of one promise.
    fn settled_ty(&mut self, value: Ty) -> Ty {
        let property = |name: &str, ty| Property {
            name: name.into(),
            ty,
            optional: false,
            readonly: false,
            span: None,
        };
        let fulfilled = self.types.string_literal("fulfilled");
        let rejected = self.types.string_literal("rejected");
        let good = self.types.object(Object {
            name: Some(format!("PromiseFulfilledResult<{}>", self.types.text(value)).into()),
            interface: true,
            properties: vec![property("status", fulfilled), property("value", value)],
            ..Object::default()
        });
        // As the types of "frontage" have it: it is narrowed like every caught error.
        let bad = self.types.object(Object {
            name: Some("PromiseRejectedResult".into()),
            interface: true,
            properties: vec![property("status", rejected), property("reason", Ty::UNKNOWN)],
            ..Object::default()
        });
        self.types.union(&[good, bad])
    }
}
