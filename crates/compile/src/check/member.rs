//! Members, indexes and optional chains.
//!
//! In:    `a.b`, `a[b]`, `a?.b.c`.
//! Out:   their types, narrowed by what is known here; a chain becomes nested
//!        [`hir::ExprKind::Optional`]s.
//! Never: a member of something that may be missing, unless `?.` stands before it.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span, nearest};
use frontage_syntax::tree::{self, ExprKind, Ident};

use super::Checker;
use super::expr::made;
use super::flow::address;
use super::names::Value;
use super::shape::place_named;
use crate::codes;
use crate::hir::{self, LocalId};
use crate::prelude;
use crate::resolve::Target;
use crate::types::print::number_text;
use crate::types::{Kind, Ty};

/// Optional links of a chain, outermost first.
pub(super) type Links = Vec<(hir::Expr, LocalId)>;

impl<'a> Checker<'a> {
    /// One link of a chain, or anything else.
    pub(super) fn link(
        &mut self,
        expr: &'a tree::Expr,
        expected: Option<Ty>,
        links: &mut Links,
    ) -> hir::Expr {
        if !self.step(expr.span) {
            return self.hole(expr.span);
        }
        self.depth += 1;
        let checked = match &expr.kind {
            ExprKind::Member { object, name, optional } => {
                self.member(expr, object, name, *optional, links)
            }
            ExprKind::Index { object, index, optional } => {
                self.index(expr, object, index, *optional, links)
            }
            ExprKind::Call { callee, type_args, args, optional } => {
                self.call(expr, callee, type_args, args, *optional, expected, links)
            }
            _ => self.expr(expr, expected),
        };
        self.depth -= 1;
        self.recorded.insert(address(expr), checked.ty);
        checked
    }

    /// Puts the links around the end of their chain.
    pub(super) fn close_chain(&mut self, end: hir::Expr, links: Links) -> hir::Expr {
        let mut checked = end;
        for (object, bind) in links.into_iter().rev() {
            let span = checked.span;
            let ty = self.types.or_undefined(checked.ty);
            let kind =
                hir::ExprKind::Optional { object: Box::new(object), bind, rest: Box::new(checked) };
            checked = made(kind, ty, span);
        }
        checked
    }

    /// What stands left of a dot or bracket: a value that is there.
    pub(super) fn object_of(
        &mut self,
        object: &'a tree::Expr,
        optional: bool,
        next: Option<&Ident>,
        links: &mut Links,
    ) -> hir::Expr {
        let mut checked = self.link(object, None, links);
        if self.promises(checked.ty) && next.is_none_or(|n| &*n.name != "catch") {
            if let Some(next) = next.filter(|n| matches!(&*n.name, "then" | "finally")) {
                self.chained(next);
                checked.ty = Ty::ERROR;
                return checked;
            }
            self.forgotten_await(&checked);
            checked.ty = self.types.awaited(checked.ty);
        }
        checked.ty = self.read_of(object, checked.ty);
        self.present(checked, optional, next, links)
    }

    /// A value that is there: through a link if `?.` stands behind it.
    pub(super) fn present(
        &mut self,
        mut checked: hir::Expr,
        optional: bool,
        next: Option<&Ident>,
        links: &mut Links,
    ) -> hir::Expr {
        if !self.types.nullish(checked.ty) && !self.bound_is_nullish(checked.ty) {
            return checked;
        }
        let present = self.without(checked.ty, true, true);
        if optional {
            let span = checked.span;
            let bind = self.local(None, present, span);
            links.push((checked, bind));
            return made(hir::ExprKind::Local(bind), present, span);
        }
        let what = next.map_or_else(|| "this".to_owned(), |n| format!("`{}`", n.name));
        let chain = next.map_or("…", |n| &*n.name);
        self.missing(&checked, &format!("{what} is read from it"), Some(chain));
        checked.ty = if present == Ty::NEVER { Ty::ERROR } else { present };
        checked
    }

    /// Reports a value that may be missing; `chain` is what is read from it, where `?.` could.
    pub(super) fn missing(&mut self, checked: &hir::Expr, why: &str, chain: Option<&str>) {
        let text = self.source(checked.span);
        let words = match (
            self.types.any(checked.ty, |k| matches!(k, Kind::Undefined | Kind::Void)),
            self.types.any(checked.ty, |k| matches!(k, Kind::Null)),
        ) {
            (true, true) => "null or undefined",
            (true, false) => "undefined",
            _ => "null",
        };
        let always = self.types.non_nullish(checked.ty) == Ty::NEVER;
        let is = if always { "is" } else { "may be" };
        let mut fault =
            Diagnostic::error(codes::MAYBE_MISSING, checked.span, format!("`{text}` {is} {words}"))
                .label(why.to_owned());
        if let Some(span) = self.declared_at(checked) {
            fault = fault.also(span, "declared here as not always there");
        }
        let part = text.rsplit('.').next().unwrap_or_default();
        let help = if always && matches!(part, "params" | "query" | "headers" | "body") {
            format!(
                "a route reads what it declares: `route({{ {part}: z.object({{ … }}) }}, async ({{ {part} }}) => …)`"
            )
        } else if text.ends_with('…') || text.starts_with("await ") {
            "put it into a `const` and check that with `if`, or write `(…)?.` or `(… ?? default)`"
                .to_owned()
        } else if let Some(next) = chain {
            format!(
                "write `{text}?.{next}`, give a default with `({text} ?? …)`, or check it with `if`"
            )
        } else {
            format!("give a default with `({text} ?? …)`, or check it with `if`")
        };
        self.report(fault.help(help));
    }

    /// Where the member that was read last is declared.
    fn declared_at(&mut self, checked: &hir::Expr) -> Option<Span> {
        let hir::ExprKind::Member(object, name) = &checked.kind else { return None };
        self.declaration(object.ty, name)
    }

    /// Where a member of a type is declared.
    pub(super) fn declaration(&mut self, ty: Ty, name: &str) -> Option<Span> {
        for member in self.types.members_of(ty) {
            if let Kind::Object(id) = *self.types.kind(member) {
                let object = self.object(id);
                if let Some(property) = object.property(name) {
                    return property.span;
                }
            }
        }
        None
    }

    /// The text of an expression, short enough for a message.
    pub(super) fn source(&self, span: Span) -> String {
        if span.file == crate::resolve::PRELUDE_FILE {
            return String::new();
        }
        let text = self.sources.text(span);
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > 48 {
            let short: String = text.chars().take(45).collect();
            return format!("{short}…");
        }
        text
    }

    /// Reports a value that may be missing where one is needed; whether it did.
    pub(super) fn nullish_use(&mut self, checked: &hir::Expr, what: &str) -> bool {
        if checked.ty == Ty::NEVER || !self.types.nullish(checked.ty) {
            return false;
        }
        self.missing(checked, &format!("needed for `{what}`"), None);
        true
    }

    /// Reports an `unknown` that is used without a check.
    pub(super) fn unknown_used(&mut self, checked: &hir::Expr) {
        let text = self.source(checked.span);
        let message = format!("`{text}` is `unknown`: nothing is known of it");
        let fault = Diagnostic::error(codes::UNKNOWN_USED, checked.span, message);
        self.report(fault.help(format!(
            "narrow it first: `{text} instanceof UpstreamError`, `typeof {text} === \"string\"`"
        )));
    }

    fn member(
        &mut self,
        expr: &'a tree::Expr,
        object: &'a tree::Expr,
        name: &'a Ident,
        optional: bool,
        links: &mut Links,
    ) -> hir::Expr {
        let span = expr.span;
        if let ExprKind::Ident(root) = &object.kind {
            match self.silently(|c| c.value_named(root, object.span)).0 {
                // What a function of a schema gives after it has added an issue.
                Value::Zod if &*name.name == "NEVER" => {
                    let kind = hir::ExprKind::Constant(frontage_plan::Constant::Undefined);
                    return made(kind, Ty::NEVER, span);
                }
                Value::Namespace(id) => {
                    let value = self.exported_value(Target::Module(id), &name.name, 0);
                    if value == Value::Refused {
                        self.error(
                            codes::UNKNOWN_EXPORT,
                            name.span,
                            format!("`{}` is not exported there", name.name),
                        );
                        return self.hole(span);
                    }
                    return match value {
                        Value::Decl(module, decl) => self.decl_value(module, decl, span),
                        _ => self.hole(span),
                    };
                }
                Value::Global(global) => {
                    if let Some(found) = self.static_member(&global, name, span) {
                        return found;
                    }
                }
                Value::Upstream(upstream) => {
                    if self.find_operation(upstream, name).is_some() {
                        self.report(
                            Diagnostic::error(
                                codes::OPERATION_AS_VALUE,
                                span,
                                format!("the operation `{}` is not called", name.name),
                            )
                            .help(format!("write `await {root}.{}({{ … }})`", name.name)),
                        );
                    }
                    return self.hole(span);
                }
                _ => {}
            }
        }
        let object = self.object_of(object, optional, Some(name), links);
        if matches!(object.kind, hir::ExprKind::Context)
            && let Some(part) = Self::input_part(&name.name)
        {
            let ty = self.property_type(object.ty, &name.name).unwrap_or(Ty::ERROR);
            let ty = self.narrowed_here(expr, ty);
            return made(hir::ExprKind::Input(part), ty, span);
        }
        if self.nothing_left(&object, name) {
            return self.hole(span);
        }
        let Some(ty) = self.property_type(object.ty, &name.name) else {
            self.unknown_member(object.ty, name);
            return self.hole(span);
        };
        if let Kind::Function(_) = self.types.kind(ty)
            && let Some((interface, _)) = self.apparent(object.ty)
            && prelude::function(&interface, &name.name).is_some()
        {
            self.report(
                Diagnostic::error(
                    codes::METHOD_AS_VALUE,
                    name.span,
                    format!("the method `{}` is not called", name.name),
                )
                .help(format!("write `{}(…)`, or an arrow function that calls it", name.name)),
            );
            return self.hole(span);
        }
        let ty = self.narrowed_here(expr, ty);
        made(hir::ExprKind::Member(Box::new(object), name.name.clone()), ty, span)
    }

    /// Reports a member of what cannot be anything any more; whether it did.
    pub(super) fn nothing_left(&mut self, object: &hir::Expr, name: &Ident) -> bool {
        if object.ty != Ty::NEVER {
            return false;
        }
        let text = self.source(object.span);
        let text = if text.is_empty() { "this".to_owned() } else { format!("`{text}`") };
        self.report(
            Diagnostic::error(
                codes::UNKNOWN_MEMBER,
                name.span,
                format!("{text} cannot be anything here, so that it has no `{}`", name.name),
            )
            .help("this place is never reached: leave it out"),
        );
        true
    }

    /// The type of a member by what is known here.
    fn narrowed_here(&mut self, expr: &'a tree::Expr, ty: Ty) -> Ty {
        match self.reference(expr) {
            Some(reference) => self.narrowed(&reference, ty),
            None => ty,
        }
    }

    /// `Math.PI`, or a member of the library that is not there.
    fn static_member(&mut self, global: &Arc<str>, name: &Ident, span: Span) -> Option<hir::Expr> {
        let interface = prelude::namespace(global)?;
        Some(match prelude::function(interface, &name.name) {
            Some(prelude::Function::Constant(value)) => Self::constant_number(value, span),
            Some(_) => {
                self.report(
                    Diagnostic::error(
                        codes::METHOD_AS_VALUE,
                        span,
                        format!("`{global}.{}` is not called", name.name),
                    )
                    .help(format!("write `(x) => {global}.{}(x)`", name.name)),
                );
                self.hole(span)
            }
            None => {
                self.unknown_static(global, interface, name);
                self.hole(span)
            }
        })
    }

    /// Reports a member of a global object that is not there.
    pub(super) fn unknown_static(&mut self, global: &str, interface: &str, name: &Ident) {
        let fault = |message: String| Diagnostic::error(codes::NOT_IN_LIBRARY, name.span, message);
        if let Some(instead) = crate::instead::instead(interface, &name.name) {
            self.report(
                fault(format!("`{global}.{}` is not part of the language", name.name))
                    .help(instead),
            );
            return;
        }
        let mut known = self.prelude_names(interface);
        if global == "Promise" {
            known.extend(["all".into(), "allSettled".into()]);
        }
        let near = nearest(&name.name, known.iter().map(|k| &**k)).map(str::to_owned);
        let found = fault(format!("`{global}` has no member `{}`", name.name));
        self.report(match near {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found,
        });
    }

    /// What to write instead of a member that values of this type have in JavaScript.
    fn instead_of(&mut self, ty: Ty, name: &str) -> Option<&'static str> {
        if self.types.nullish(ty) {
            return None;
        }
        if let Kind::Union(members) = self.types.kind(ty).clone()
            && ty != Ty::BOOLEAN
        {
            let mut found = None;
            for &member in members.iter() {
                found = Some(self.instead_of(member, name)?);
            }
            return found;
        }
        let ty = self.innermost_bound(ty);
        let matched = matches!(self.types.kind(ty), Kind::Tuple { of_match: true, .. });
        if let Some(instead) = crate::instead::instead("RegExpMatchArray", name).filter(|_| matched)
        {
            return Some(instead);
        }
        let own = match self.apparent(ty) {
            Some((interface, _)) => interface,
            None if self.types.any(ty, |k| matches!(k, Kind::Function(_))) => "Function".into(),
            None => return crate::instead::instead("Object", name),
        };
        // `{ v: Number }.v.MAX_VALUE`: a value is the function alone.
        let of = |interface: &str| {
            prelude::function(interface, name).is_some()
                || crate::instead::instead(interface, name).is_some()
        };
        if &*own == "Function" && (of("NumberConstructor") || of("StringConstructor")) {
            return Some("read it from `Number` or `String` itself");
        }
        crate::instead::instead(&own, name).or_else(|| crate::instead::instead("Object", name))
    }

    /// Reports a member that is not there.
    pub(super) fn unknown_member(&mut self, ty: Ty, name: &Ident) {
        if ty == Ty::ERROR {
            return;
        }
        if ty == Ty::UNKNOWN {
            let message = format!("`{}` is read from something `unknown`", name.name);
            let fault = Diagnostic::error(codes::UNKNOWN_USED, name.span, message);
            self.report(
                fault.help(
                    "narrow it first: `e instanceof UpstreamError`, `typeof x === \"string\"`",
                ),
            );
            return;
        }
        if let Some(instead) = self.instead_of(ty, &name.name) {
            let message = format!("`{}` is not part of the language", name.name);
            self.report(Diagnostic::error(codes::NOT_IN_LIBRARY, name.span, message).help(instead));
            return;
        }
        let mut known: Vec<Arc<str>> = Vec::new();
        let mut place = None;
        let mut lacking = Vec::new();
        for member in self.types.members_of(ty) {
            match self.types.kind(member).clone() {
                Kind::Object(id) => {
                    let object = self.object(id);
                    if object.property(&name.name).is_none() {
                        lacking.push(member);
                    }
                    known.extend(object.properties.iter().map(|p| p.name.clone()));
                    let lacks = object.property(&name.name).is_none();
                    if lacks && object.span.is_some_and(|s| s.file != crate::resolve::PRELUDE_FILE)
                    {
                        place = place.or(object.span);
                    }
                }
                _ => {
                    if self.property_type(member, &name.name).is_none() {
                        lacking.push(member);
                    }
                    if let Some((interface, _)) = self.apparent(member) {
                        known.extend(self.prelude_names(&interface));
                    }
                }
            }
        }
        // As where it is the only one: what it lacks has a name and a way around.
        if let Some(instead) = lacking.iter().find_map(|&m| self.instead_of(m, &name.name)) {
            let message = format!("`{}` is not part of the language", name.name);
            self.report(Diagnostic::error(codes::NOT_IN_LIBRARY, name.span, message).help(instead));
            return;
        }
        known.sort();
        known.dedup();
        let partly = known.contains(&name.name);
        let shown = if partly { self.types.union(&lacking) } else { ty };
        let mut fault = Diagnostic::error(
            codes::UNKNOWN_MEMBER,
            name.span,
            format!("`{}` is not a field of `{}`", name.name, self.types.text(shown)),
        );
        if partly {
            fault = fault.help("other members of the union have it: tell them apart first");
        } else {
            let list: Vec<String> = known.iter().take(12).map(|k| format!("`{k}`")).collect();
            if !list.is_empty() {
                let more = if known.len() > 12 { ", …" } else { "" };
                fault = fault.label(format!("fields: {}{more}", list.join(", ")));
            }
            if let Some(near) = nearest(&name.name, known.iter().map(|k| &**k)) {
                fault = fault.help(format!("did you mean `{near}`?"));
            } else if self.types.text(shown) == "Session" {
                fault = fault.help("members of `session` are declared under `[auth]` in the frontend's `frontend.toml`");
            }
        }
        if let Some(span) = place {
            fault = fault.also(span, "declared here");
        }
        self.report(fault);
    }

    fn index(
        &mut self,
        expr: &'a tree::Expr,
        object: &'a tree::Expr,
        index: &'a tree::Expr,
        optional: bool,
        links: &mut Links,
    ) -> hir::Expr {
        let object = self.object_of(object, optional, None, links);
        // As in tsc, a template in brackets is the texts that it may be.
        let template = matches!(index.kind, ExprKind::Template(_));
        let as_const = std::mem::replace(&mut self.as_const, template);
        let mut read = self.index_of(object, index, expr.span);
        self.as_const = as_const;
        if read.ty != Ty::ERROR {
            read.ty = self.narrowed_here(expr, read.ty);
        }
        read
    }

    /// `object[index]`, whatever is known of it where it stands.
    pub(super) fn index_of(
        &mut self,
        object: hir::Expr,
        index: &'a tree::Expr,
        span: Span,
    ) -> hir::Expr {
        let key = self.value(index, None);
        if object.ty == Ty::ERROR || key.ty == Ty::ERROR {
            return made(hir::ExprKind::Index(Box::new(object), Box::new(key)), Ty::ERROR, span);
        }
        if object.ty == Ty::UNKNOWN {
            self.unknown_used(&object);
            return self.hole(span);
        }
        let ty = match self.indexed_value(object.ty, key.ty) {
            Some(ty) => ty,
            None => {
                let mut fault = Diagnostic::error(
                    codes::INDEX,
                    index.span,
                    format!(
                        "`{}` is not a key of `{}`",
                        self.types.text(key.ty),
                        self.types.text(object.ty)
                    ),
                );
                if self.types.nullish(key.ty) {
                    fault = fault.help("check that the key is there first");
                } else if let Kind::Object(_) = self.types.kind(object.ty) {
                    fault = fault.help(
                        "declare the object as `Record<string, …>`, or the key as one of its keys",
                    );
                }
                self.report(fault);
                return self.hole(span);
            }
        };
        // A constant key is a member like any other.
        let name = match self.types.kind(key.ty) {
            Kind::StringLiteral { value, .. } => Some(value.clone()),
            _ => None,
        };
        let kind = match name {
            Some(name) => hir::ExprKind::Member(Box::new(object), name),
            None => hir::ExprKind::Index(Box::new(object), Box::new(key)),
        };
        made(kind, ty, span)
    }

    /// `({ a: 1, b: 2 })[key]`: of an object just written, any text or number may be a key.
    fn any_of_literal(&mut self, object: Ty, key: Ty) -> Option<Ty> {
        let Kind::Object(id) = *self.types.kind(object) else { return None };
        let object = self.object(id);
        if !object.literal || object.index.is_some() || !matches!(key, Ty::STRING | Ty::NUMBER) {
            return None;
        }
        let mut parts = vec![Ty::UNDEFINED];
        for property in &object.properties {
            parts.push(self.read_type(property.ty, property.optional));
        }
        Some(self.types.union(&parts))
    }

    /// What `object[key]` gives; `undefined` in it where no key is certain.
    pub(super) fn indexed_value(&mut self, object: Ty, key: Ty) -> Option<Ty> {
        if let Kind::Union(members) = self.types.kind(key).clone() {
            // By one of several keys, what a tuple of several lacks may be missing, for tsc.
            let tuples = matches!(self.types.kind(object), Kind::Union(_))
                && self.types.all(object, |k| matches!(k, Kind::Tuple { .. }));
            let mut parts = Vec::new();
            for &member in members.iter() {
                match self.indexed_value(object, member) {
                    Some(part) => parts.push(part),
                    None if tuples => {
                        parts.push(Ty::UNDEFINED);
                        for tuple in self.types.members_of(object) {
                            parts.extend(self.indexed_value(tuple, member));
                        }
                    }
                    None => return None,
                }
            }
            return Some(self.types.union(&parts));
        }
        if let (Kind::Union(_), Kind::StringLiteral { value, .. }) =
            (self.types.kind(object), self.types.kind(key).clone())
        {
            if let Some(found) = self.property_type(object, &value) {
                return Some(found);
            }
            // A place of a tuple, as its number.
            let place = value.parse::<u32>().ok().filter(|place| place.to_string() == *value)?;
            let key = self.types.number_literal(f64::from(place));
            return self.indexed_value(object, key);
        }
        if let Kind::Union(members) = self.types.kind(object).clone() {
            if let Kind::NumberLiteral { value, .. } = *self.types.kind(key)
                && let Some(at) = place_named(&number_text(value.0))
                && let Some(found) = self.place_of_each(&members, at, true)
            {
                return Some(found);
            }
            let mut parts = Vec::new();
            let mut lacking = false;
            for &member in members.iter() {
                match self.indexed_value(member, key) {
                    Some(part) => parts.push(part),
                    // What another has, a tuple past its end has not.
                    None if matches!(self.types.kind(member), Kind::Tuple { .. }) => lacking = true,
                    None => return None,
                }
            }
            if lacking && !parts.is_empty() {
                parts.push(Ty::UNDEFINED);
            }
            return (!parts.is_empty()).then(|| self.types.union(&parts));
        }
        if object == Ty::NEVER || key == Ty::NEVER {
            return Some(Ty::NEVER);
        }
        if let Kind::Both(_) = self.types.kind(object) {
            let bound = self.constraint_of(object)?;
            return self.indexed_value(bound, key);
        }
        if let Kind::Part { of, .. } = *self.types.kind(object) {
            let generic =
                matches!(self.types.kind(key), Kind::Param(_) | Kind::Keyof(_) | Kind::Both(_));
            let object = if generic { of } else { self.constraint_of(object)? };
            return self.indexed_value(object, key);
        }
        if matches!(self.types.kind(object), Kind::Param(_))
            || matches!(self.types.kind(key), Kind::Param(_) | Kind::Keyof(_) | Kind::Both(_))
        {
            if let Some(value) = self.under_keys(object, key) {
                return Some(value);
            }
            let known = self.keyof(object);
            let bound = self.constraint_of(object);
            if key == known
                || bound.is_some_and(|bound| self.under_keys(bound, key).is_some())
                || matches!(self.types.kind(key), Kind::Both(_)) && self.assignable(key, known)
                || self.constraint_of(key).is_some_and(|c| c == known || self.assignable(c, known))
            {
                return Some(self.types.intern(Kind::Indexed { object, index: key, read: true }));
            }
            let bound = self.constraint_of(object)?;
            let known = self.constraint_of(key).unwrap_or(key);
            let found = self.indexed_value(bound, known)?;
            // What it is of the type that is given in the end.
            return Some(match (self.types.kind(object), self.types.kind(key)) {
                (Kind::Param(_), Kind::Param(_)) => {
                    self.types.intern(Kind::Indexed { object, index: key, read: true })
                }
                _ => found,
            });
        }
        if let Some(ty) = self.any_of_literal(object, key) {
            return Some(ty);
        }
        match self.types.kind(key).clone() {
            Kind::StringLiteral { value, .. } => self.property_type(object, &value),
            Kind::NumberLiteral { value, .. } => {
                let name: Arc<str> = number_text(value.0).into();
                match self.types.kind(object).clone() {
                    Kind::Array { element, .. } => Some(self.types.or_undefined(element)),
                    Kind::String | Kind::StringLiteral { .. } => {
                        Some(self.types.or_undefined(Ty::STRING))
                    }
                    _ => self.property_type(object, &name),
                }
            }
            Kind::Number => match self.types.kind(object).clone() {
                Kind::Array { .. } | Kind::Tuple { .. } => {
                    let element = self.types.element(object)?;
                    Some(self.types.or_undefined(element))
                }
                Kind::String | Kind::StringLiteral { .. } => {
                    Some(self.types.or_undefined(Ty::STRING))
                }
                Kind::Object(id) => {
                    let index = self.object(id).index?;
                    Some(self.types.or_undefined(index.value))
                }
                _ => None,
            },
            Kind::String => match self.types.kind(object).clone() {
                Kind::Object(id) => {
                    let index = self.object(id).index.filter(|i| !i.numeric)?;
                    Some(self.types.or_undefined(index.value))
                }
                _ => None,
            },
            _ => None,
        }
    }
}
