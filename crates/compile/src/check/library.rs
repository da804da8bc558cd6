//! Calls of the library: methods, functions of global objects, `new Map`.
//!
//! In:    a member of the prelude and arguments.
//! Out:   [`hir::ExprKind::Builtin`] or [`hir::ExprKind::Iterate`].
//! Never: an asynchronous callback, except of a `.map` directly in `Promise.all`.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_plan::{Builtin, Builtin as B, IterateOp};
use frontage_syntax::tree::{self, Element, Ident};

use super::Checker;
use super::expr::made;
use super::member::Links;
use crate::codes;
use crate::hir;
use crate::prelude::{self, Function};
use crate::types::{FunctionType, Kind, Signature, Ty};

impl<'a> Checker<'a> {
    /// `Object.groupBy` gives a partial record, which the prelude cannot spell.
    pub(super) fn grouped(&mut self, signature: &mut Signature) {
        if let Kind::Library(name, args) = self.types.kind(signature.result).clone()
            && &*name == "Grouped"
        {
            let list = self.types.array(args[1]);
            let record = self.record(args[0], list);
            if let Kind::Object(id) = *self.types.kind(record) {
                let mut partial = (*self.object(id)).clone();
                partial.properties.iter_mut().for_each(|p| p.optional = true);
                if let Some(keys) = &mut partial.keys {
                    keys.optional = true;
                }
                if let Some(index) = &mut partial.index {
                    index.value = self.types.or_undefined(index.value);
                }
                signature.result = self.types.object(partial);
            }
        }
        // `flat()` takes one level off, as far as the element is a list.
    }

    /// `receiver.name(args)`
    #[expect(clippy::too_many_arguments, reason = "the parts of one node of the tree")]
    pub(super) fn method_call(
        &mut self,
        expr: &'a tree::Expr,
        callee: &'a tree::Expr,
        object: &'a tree::Expr,
        name: &'a Ident,
        dot: bool,
        optional: bool,
        type_args: &'a [tree::Type],
        args: &'a [Element],
        expected: Option<Ty>,
        links: &mut Links,
    ) -> hir::Expr {
        let span = expr.span;
        let gather = std::mem::replace(&mut self.gather, false);
        self.regex_fits = true;
        let mut receiver = self.object_of(object, dot, Some(name), links);
        // As in `tsc`, a method is called on what a `const` of this value would be.
        receiver.ty = self.widen(receiver.ty);
        self.regex_fits = false;
        if self.types.promised(receiver.ty).is_some() {
            return self.promise_method(receiver, name, type_args, args, span, expected);
        }
        if receiver.ty == Ty::ERROR {
            self.check_loose(args);
            return self.hole(span);
        }
        if self.nothing_left(&receiver, name) {
            self.check_loose(args);
            return self.hole(span);
        }
        if self.one_of_lists(receiver.ty, name) {
            self.check_loose(args);
            return self.hole(span);
        }
        let widest = self.method_of_widest(receiver.ty, &name.name);
        let is_widest = widest.is_some();
        let Some(ty) = widest.or_else(|| self.method_type(receiver.ty, &name.name)) else {
            self.unknown_member(receiver.ty, name);
            self.check_loose(args);
            return self.hole(span);
        };
        self.recorded.insert(super::flow::address(callee), ty);
        let single = self.shared_interface(receiver.ty);
        let known = single.as_ref().and_then(|i| prelude::function(i, &name.name));
        // Texts, numbers and yes or no are written alike.
        let written = &*name.name == "toString" && args.is_empty() && single.is_none();
        let bound = self.bound_of(receiver.ty);
        if written && self.types.all(bound, Kind::is_primitive) {
            let builtin = hir::ExprKind::Builtin(B::ToStringOf, vec![hir::Item::Value(receiver)]);
            return made(builtin, Ty::STRING, span);
        }
        let Some(known) = known else {
            // A member that holds a function, if it was found to.
            let held = self.reference(callee).and_then(|member| self.current(&member));
            let ty = held.filter(|&held| self.assignable(held, ty)).unwrap_or(ty);
            let kind = hir::ExprKind::Member(Box::new(receiver), name.name.clone());
            let called = made(kind, ty, callee.span);
            let called = self.present(called, optional, None, links);
            return self.apply(called, type_args, args, span, expected);
        };
        let Kind::Function(id) = *self.types.kind(ty) else {
            let text = self.types.text(receiver.ty);
            let message = format!("`{}` is called on one of several kinds: `{text}`", name.name);
            let fault = Diagnostic::error(codes::NOT_IN_LIBRARY, name.span, message);
            self.report(fault.help("tell them apart first, or make one kind of both"));
            self.check_loose(args);
            return self.hole(span);
        };
        let function = self.types.signatures(id).clone();
        if self.beyond_library(&function, &name.name, args) {
            return self.hole(span);
        }
        let flat = &*name.name == "flat";
        if flat && !type_args.is_empty() {
            self.no_type_arguments(type_args, "the list's");
            return self.hole(span);
        }
        let Some(mut resolved) = self.resolve_call(&function, type_args, args, span, expected)
        else {
            return self.hole(span);
        };
        if flat {
            resolved.result = self.flattened(receiver.ty, args);
        }
        if !is_widest && let Some(result) = self.result_of_each(receiver.ty, &function, &name.name)
        {
            resolved.result = result;
        }
        self.library_call(known, Some(receiver), resolved, gather, span)
    }

    /// The interface that describes all values of a type.
    fn shared_interface(&mut self, ty: Ty) -> Option<Arc<str>> {
        let bound = self.bound_of(ty);
        let mut found: Option<Arc<str>> = None;
        for member in self.types.members_of(bound) {
            let (interface, _) = self.apparent(member)?;
            if found.as_ref().is_some_and(|f| *f != interface) {
                return None;
            }
            found = Some(interface);
        }
        found
    }

    /// Reports methods that take an element, of one of several lists: for tsc the element is of all
    /// of them at once.
    fn one_of_lists(&mut self, ty: Ty, name: &Ident) -> bool {
        if !matches!(&*name.name, "includes" | "indexOf" | "lastIndexOf" | "with") {
            return false;
        }
        let bound = self.bound_of(ty);
        let members = self.types.members_of(bound);
        let mut elements: Vec<Ty> = Vec::new();
        for member in members {
            let Some(element) = self.types.element(member) else { return false };
            if !elements.contains(&element) {
                elements.push(element);
            }
        }
        if elements.len() < 2 {
            return false;
        }
        let message = format!("`{}` is asked of one of several lists", name.name);
        self.report(
            Diagnostic::error(codes::NOT_IN_LIBRARY, name.span, message)
                .help("make one list of both first: `[...list]`, or tell them apart"),
        );
        true
    }

    /// As in tsc, a method that has one signature without type parameters gives for one of several
    /// lists what it gives for each: `string[] | number[]`, not a list of both.
    fn result_of_each(&mut self, ty: Ty, called: &FunctionType, name: &Arc<str>) -> Option<Ty> {
        let plain = matches!(&*called.signatures, [only] if only.type_params.is_empty())
            && !matches!(&**name, "concat" | "flat");
        let bound = self.bound_of(ty);
        let members = self.types.members_of(bound);
        let listed = |k: &Kind| matches!(k, Kind::Array { .. } | Kind::Tuple { .. });
        if !plain || members.len() < 2 || !self.types.all(bound, listed) {
            return None;
        }
        let mut results = Vec::new();
        for member in members {
            let element = self.types.element(member)?;
            let ty = self.prelude_member(&"Array".into(), &[element], name)?;
            let Kind::Function(id) = *self.types.kind(ty) else { return None };
            results.push(self.types.signatures(id).signatures.first()?.result);
        }
        Some(self.types.union(&results))
    }

    /// A method of several lists of which one may stand for each: what that one takes, and what any
    /// gives. As in tsc, that has no type parameters, so that `filter` narrows nothing there.
    pub(super) fn method_of_widest(&mut self, ty: Ty, name: &Arc<str>) -> Option<Ty> {
        let bound = self.bound_of(ty);
        let mut lists: Vec<(Ty, bool)> = Vec::new();
        for member in self.types.members_of(bound) {
            let (Kind::Array { readonly, .. } | Kind::Tuple { readonly, .. }) =
                *self.types.kind(member)
            else {
                return None;
            };
            let list = (self.types.element(member)?, readonly);
            if !lists.contains(&list) {
                lists.push(list);
            }
        }
        if lists.len() < 2 {
            return None;
        }
        let mut methods = Vec::new();
        for &(element, _) in &lists {
            let method = self.prelude_member(&"Array".into(), &[element], name)?;
            let Kind::Function(id) = *self.types.kind(method) else { return None };
            methods.push(self.types.signatures(id).signatures.clone());
        }
        let mut found: Vec<Arc<Signature>> = Vec::new();
        for (at, signatures) in methods.iter().enumerate() {
            for signature in signatures {
                let takes = |s: &Signature| s.params.iter().map(|p| p.ty).collect::<Vec<_>>();
                let known = found.iter().any(|known| takes(known) == takes(signature));
                if known || !signature.type_params.is_empty() {
                    continue;
                }
                // The first list that has none like it settles this.
                let results: Option<Vec<Ty>> = methods
                    .iter()
                    .enumerate()
                    .map(|(other, theirs)| {
                        if other == at {
                            return Some(signature.result);
                        }
                        let called = (lists[at].1, lists[other].1);
                        let fits = |own: &&Arc<Signature>| self.stands_for(signature, own, called);
                        theirs.iter().find(fits).map(|own| own.result)
                    })
                    .collect();
                if let Some(results) = results {
                    let result = self.subtype_union(&results);
                    found.push(Signature { result, ..Signature::clone(signature) }.into());
                }
            }
        }
        (!found.is_empty()).then(|| self.types.function(FunctionType { signatures: found }))
    }

    /// Whether what `own` takes is taken by `other`, a method of another list.
    ///
    /// - `readonly`: whether their lists, which functions are called with, may not change.
    fn stands_for(&mut self, own: &Signature, other: &Signature, readonly: (bool, bool)) -> bool {
        let calls = own.params.iter().any(|p| matches!(self.types.kind(p.ty), Kind::Function(_)));
        other.type_params.is_empty()
            && own.params.len() == other.params.len()
            && (!calls || readonly.0 || !readonly.1)
            && own.params.iter().zip(&other.params).all(|(a, b)| self.subtype(a.ty, b.ty))
            && match (own.rest, other.rest) {
                (Some(a), Some(b)) => self.subtype(a, b),
                (a, b) => a.is_none() && b.is_none(),
            }
    }

    /// The type of a method; that of a union of lists is that of a list of the union.
    fn method_type(&mut self, ty: Ty, name: &Arc<str>) -> Option<Ty> {
        let bound = self.bound_of(ty);
        if matches!(self.types.kind(bound), Kind::Union(_))
            && self.types.all(bound, |k| matches!(k, Kind::Array { .. } | Kind::Tuple { .. }))
        {
            let mut elements = Vec::new();
            for member in self.types.members_of(bound) {
                elements.extend(self.types.element(member));
            }
            let element = self.types.union(&elements);
            return self.prelude_member(&"Array".into(), &[element], name);
        }
        if let Some(interface) = self.shared_interface(bound)
            && matches!(&*interface, "String" | "Number" | "Boolean")
        {
            return self.prelude_member(&interface, &[], name);
        }
        match self.shared_method(bound, name) {
            Some(shared) => Some(shared),
            None => self.property_type(bound, name),
        }
    }

    /// A method of several maps or sets: it takes what each of them takes, and gives what any gives.
    fn shared_method(&mut self, ty: Ty, name: &Arc<str>) -> Option<Ty> {
        let members = self.types.members_of(ty);
        let library = self.types.all(ty, |k| matches!(k, Kind::Library(..)));
        if members.len() < 2 || !library || self.shared_interface(ty).is_none() {
            return None;
        }
        let mut shared: Option<Signature> = None;
        for member in members {
            let own = self.property_type(member, name)?;
            let Kind::Function(id) = *self.types.kind(own) else { return None };
            let [own] = &*self.types.signatures(id).signatures else { return None };
            let own = Signature::clone(own);
            let plain = own.type_params.is_empty() && own.rest.is_none() && own.predicate.is_none();
            let called =
                own.params.iter().any(|p| matches!(self.types.kind(p.ty), Kind::Function(_)));
            if !plain || called {
                return None;
            }
            shared = Some(match shared {
                None => own,
                Some(mut all) if all.params.len() == own.params.len() => {
                    for (param, own) in all.params.iter_mut().zip(&own.params) {
                        param.ty = self.intersection(param.ty, own.ty, None);
                    }
                    all.result = self.types.union(&[all.result, own.result]);
                    all
                }
                Some(_) => return None,
            });
        }
        shared.map(|shared| self.types.function_of(shared))
    }

    fn flattened(&mut self, ty: Ty, args: &'a [Element]) -> Ty {
        let depth = match args.first() {
            None => 1,
            Some(Element::Value(tree::Expr { kind: tree::ExprKind::Number(n), .. }))
                if *n >= 0.0 && *n <= 8.0 && n.fract() == 0.0 =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "0 to 8"
                )]
                let depth = *n as u32;
                depth
            }
            Some(Element::Value(other) | Element::Spread { value: other, .. }) => {
                self.report(
                    Diagnostic::error(
                        codes::LITERAL_WANTED,
                        other.span,
                        "the depth of `flat` is a number literal",
                    )
                    .help("write a number from 0 to 8"),
                );
                return Ty::ERROR;
            }
        };
        let bound = self.bound_of(ty);
        let mut elements = Vec::new();
        for member in self.types.members_of(bound) {
            elements.push(self.types.element(member).unwrap_or(Ty::ERROR));
        }
        let mut element = self.types.union(&elements);
        for _ in 0..depth {
            let mut parts = Vec::new();
            for member in self.types.members_of(element) {
                parts.push(self.types.element(member).unwrap_or(member));
            }
            element = self.types.union(&parts);
        }
        self.types.array(element)
    }

    /// `Math.max(…)`, `Object.keys(…)`, `Number(…)`
    #[expect(clippy::too_many_arguments, reason = "the parts of one node of the tree")]
    pub(super) fn static_call(
        &mut self,
        interface: &str,
        name: &Arc<str>,
        place: Span,
        type_args: &'a [tree::Type],
        args: &'a [Element],
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        let gather = std::mem::replace(&mut self.gather, false);
        let ty = self.prelude_member(&interface.into(), &[], name);
        let (Some(known), Some(ty)) = (prelude::function(interface, name), ty) else {
            let message = format!("`{name}` cannot be called");
            let mut fault = Diagnostic::error(codes::NOT_CALLABLE, place, message);
            let instead = match &**name {
                "Array" => Some("write `Array.from({ length: n }, (_, i) => i)`"),
                "Object" => Some("leave it out: a value stays what it is"),
                "Date" => Some("write `new Date().toISOString()`"),
                _ => None,
            };
            if let Some(instead) = instead {
                fault.code = codes::NOT_IN_LIBRARY;
                fault = fault.help(instead);
            }
            self.report(fault);
            self.check_loose(args);
            return self.hole(span);
        };
        let Kind::Function(id) = *self.types.kind(ty) else {
            self.error(codes::NOT_CALLABLE, place, format!("`{name}` is not a function"));
            return self.hole(span);
        };
        let function = self.types.signatures(id).clone();
        if self.beyond_library(&function, name, args) {
            return self.hole(span);
        }
        let before = self.diagnostics.len();
        let Some(resolved) = self.resolve_call(&function, type_args, args, span, expected) else {
            return self.hole(span);
        };
        if let Some(Element::Value(first)) = args.first() {
            match interface {
                "ObjectConstructor" if self.beyond_objects(before, name, first) => {
                    return self.hole(span);
                }
                "ArrayConstructor" if &**name == "isArray" => self.asked_for_a_list(first),
                _ => {}
            }
        }
        self.library_call(known, None, resolved, gather, span)
    }

    /// `Object.entries(1)` is empty in JavaScript; here only objects and lists are asked. Whether
    /// it was something else, which has been reported.
    fn beyond_objects(&mut self, before: usize, name: &str, first: &'a tree::Expr) -> bool {
        let found = self.recorded.get(&super::flow::address(first)).copied().unwrap_or(Ty::ERROR);
        if self.types.nullish(found) || self.types.any(found, |k| matches!(k, Kind::Unknown)) {
            return false;
        }
        let mut beyond = false;
        for fault in self.diagnostics.iter_mut().skip(before) {
            let here = fault.primary.as_ref().is_some_and(|label| label.span == first.span);
            if here && fault.code == codes::NOT_ASSIGNABLE {
                fault.code = codes::NOT_IN_LIBRARY;
                beyond = true;
                if name == "fromEntries" && fault.help.is_none() {
                    let pair = "give pairs of a text and a value: `list.map((x) => [x.id, x])`";
                    fault.help =
                        Some(format!("{pair}, or pairs with a type: `(x): [string, number] => …`"));
                }
            }
        }
        beyond
    }

    /// `Array.isArray` of a value that is no list by its type would make a type of both, and of a
    /// `readonly` list one of `any`.
    fn asked_for_a_list(&mut self, first: &'a tree::Expr) {
        let found = self.recorded.get(&super::flow::address(first)).copied().unwrap_or(Ty::ERROR);
        // Where it narrows nothing, no such type is made.
        let mut may = found == Ty::NEVER || self.reference(first).is_none();
        for member in self.types.members_of(found) {
            may |= match *self.types.kind(member) {
                Kind::Object(id) => {
                    let object = self.object(id);
                    object.is_empty()
                }
                Kind::Array { .. }
                | Kind::Tuple { .. }
                | Kind::Unknown
                | Kind::Error
                | Kind::Param(_)
                | Kind::Indexed { .. }
                | Kind::Part { .. }
                | Kind::Both(_)
                | Kind::NonPrimitive => true,
                _ => false,
            };
        }
        let fixed = |k: &Kind| {
            matches!(k, Kind::Array { readonly: true, .. } | Kind::Tuple { readonly: true, .. })
        };
        if self.types.any(found, fixed) && self.reference(first).is_some() {
            let text = self.types.text(found);
            let message = format!("`Array.isArray` is asked of `{text}`, which is `readonly`");
            self.report(
                Diagnostic::error(codes::NOT_IN_LIBRARY, first.span, message)
                    .label("TypeScript says `any[]` of it where that holds")
                    .help("declare it without `readonly`, or ask what else it may be: `typeof x === \"string\"`"),
            );
        } else if !may {
            let text = self.types.text(found);
            self.report(
                Diagnostic::error(
                    codes::NOT_IN_LIBRARY,
                    first.span,
                    format!("`Array.isArray` is asked of `{text}`, which is never a list"),
                )
                .help("leave it out"),
            );
        }
    }

    /// Reports arguments that JavaScript's library may take and this one does not; whether there
    /// are any.
    fn beyond_library(
        &mut self,
        function: &Arc<FunctionType>,
        name: &Arc<str>,
        args: &'a [Element],
    ) -> bool {
        if let ("replace" | "replaceAll", [_, Element::Value(given)]) = (&**name, args)
            && matches!(given.kind, tree::ExprKind::Arrow(_))
        {
            let message = "a function that gives the replacement is not part of the language";
            let fault = Diagnostic::error(codes::NOT_IN_LIBRARY, given.span, message);
            self.report(fault.help(
                "use `$1` in a text, or take the text apart: `split(…)`, `map`, `join(\"\")`",
            ));
            return true;
        }
        let open = function.signatures.iter().any(|s| s.rest.is_some());
        let most = function.signatures.iter().map(|s| s.params.len()).max().unwrap_or(0);
        let spread = args.iter().any(|a| matches!(a, Element::Spread { .. }));
        let Some(Element::Value(first)) = args.get(most).filter(|_| !open && !spread) else {
            return false;
        };
        // What the others are is known by what is called.
        self.resolve_call(function, &[], &args[..most], first.span, None);
        self.check_loose(&args[most..]);
        let wanted = match most {
            0 => "no argument".to_owned(),
            1 => "one argument".to_owned(),
            _ => format!("{most} arguments at most"),
        };
        self.report(
            Diagnostic::error(
                codes::NOT_IN_LIBRARY,
                first.span,
                format!("`{name}` takes {wanted} here, not {}", args.len()),
            )
            .help("leave it out"),
        );
        true
    }

    fn library_call(
        &mut self,
        known: Function,
        receiver: Option<hir::Expr>,
        resolved: super::call::Resolved,
        gather: bool,
        span: Span,
    ) -> hir::Expr {
        let result = resolved.result;
        let mut items = resolved.items;
        match known {
            Function::Constant(value) => Self::constant_number(value, span),
            Function::Plain(builtin) => {
                let builtin = match (builtin, items.first()) {
                    (B::StringSplit, Some(hir::Item::Value(pattern)))
                        if self.is_regex(pattern.ty) =>
                    {
                        B::StringSplitRegex
                    }
                    (B::StringReplace | B::StringReplaceAll, Some(hir::Item::Value(pattern)))
                        if self.is_regex(pattern.ty) =>
                    {
                        B::StringReplaceRegex
                    }
                    _ => builtin,
                };
                if let Some(receiver) = receiver {
                    items.insert(0, hir::Item::Value(receiver));
                }
                self.frame.effects.clock |=
                    builtin == B::DateNow || (builtin == B::DateNew && items.is_empty());
                Self::builtin(builtin, items, result, span)
            }
            Function::Iterate(op) => {
                let mut values = Vec::new();
                for item in items {
                    match item {
                        hir::Item::Value(value) => values.push(value),
                        hir::Item::Spread(value) => {
                            self.error(codes::SPREAD, value.span, "a callback cannot be spread");
                            return self.hole(span);
                        }
                    }
                }
                let mut values = values.into_iter();
                let Some(receiver) = receiver.or_else(|| values.next()) else {
                    return self.hole(span);
                };
                let Some(callback) = values.next() else {
                    // Without a callback: `Array.from(list)`, `list.toSorted()`.
                    let builtin = match op {
                        IterateOp::ToSorted => Builtin::ArrayToSorted,
                        _ => Builtin::ArrayFrom,
                    };
                    return Self::builtin(builtin, vec![hir::Item::Value(receiver)], result, span);
                };
                if self.returns_promise(callback.ty) && !(gather && op == IterateOp::Map) {
                    self.async_callback(&callback, op, span);
                    return self.hole(span);
                }
                let initial = values.next().map(Box::new);
                let kind = hir::ExprKind::Iterate {
                    op,
                    receiver: Box::new(receiver),
                    callback: Box::new(callback),
                    initial,
                };
                made(kind, result, span)
            }
        }
    }

    fn async_callback(&mut self, callback: &hir::Expr, op: IterateOp, span: Span) {
        let inside =
            |place: Span| place.start >= callback.span.start && place.end <= callback.span.end;
        let known = |d: &Diagnostic| {
            let place = d.primary.as_ref().map(|label| label.span);
            d.code == codes::NOT_ASSIGNABLE && place.is_some_and(inside)
        };
        if self.diagnostics.iter().any(known) {
            return;
        }
        let fault = Diagnostic::error(
            codes::ASYNC_CALLBACK,
            callback.span,
            "this callback gives promises, which nothing awaits",
        );
        self.report(if op == IterateOp::Map {
            let text = self.source(span);
            if text.ends_with('…') {
                fault.help("put the `map` into `await Promise.all(…)`")
            } else {
                fault.help(format!("put it into `await Promise.all({text})`"))
            }
        } else {
            fault.help("load what it needs first: `await Promise.all(list.map(async (x) => …))`")
        });
    }

    /// `new Map(…)`, `new Set(…)`, `new Date(…)`
    pub(super) fn construct(
        &mut self,
        callee: &'a Ident,
        type_args: &'a [tree::Type],
        args: &'a [Element],
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        let name = &callee.name;
        let made =
            self.static_call("Construct", name, callee.span, type_args, args, span, expected);
        // For tsc such a map holds `any`.
        if &**name == "Map"
            && args.is_empty()
            && type_args.is_empty()
            && matches!(self.types.kind(made.ty), Kind::Library(_, held) if held.contains(&Ty::UNKNOWN))
        {
            self.report(
                Diagnostic::error(codes::TYPE_FORM, span, "nothing says what this map holds")
                    .help("write its types: `new Map<string, number>()`"),
            );
            return self.hole(span);
        }
        made
    }
}
