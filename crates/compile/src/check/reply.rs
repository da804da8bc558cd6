//! What `frontage` exports to handlers: `error`, `json`, `noContent`, `redirect`; and whether a
//! result has a JSON image.
//!
//! In:    calls of these, and the types of results.
//! Out:   replies, and a report for every part of a result that JSON cannot carry.
//! Never: a promise, a function, a map or a set in an answer.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree::{self, Element, Expr, ExprKind, Property};

use super::Checker;
use super::expr::made;
use super::flow::address;
use crate::codes;
use crate::hir;
use crate::types::{Kind, Ty};

impl<'a> Checker<'a> {
    pub(super) fn frontage_call(
        &mut self,
        name: &Arc<str>,
        type_args: &'a [tree::Type],
        args: &'a [Element],
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        if matches!(&**name, "route" | "passthrough" | "HttpError" | "UpstreamError") {
            self.report(
                Diagnostic::error(
                    codes::NOT_A_VALUE,
                    span,
                    format!("`{name}` cannot be called here"),
                )
                .help(if name.ends_with("Error") {
                    "throw `error(status, code)`"
                } else {
                    "a route stands in `export const GET = …` of a module below `routes/`"
                }),
            );
            return self.hole(span);
        }
        let Some(ty) = self.prelude_member(&"Frontage".into(), &[], name) else {
            return self.hole(span);
        };
        let Kind::Function(id) = *self.types.kind(ty) else { return self.hole(span) };
        let function = self.types.signatures(id).clone();
        let Some(resolved) = self.resolve_call(&function, type_args, args, span, expected) else {
            return self.hole(span);
        };
        let mut values = Vec::new();
        for item in resolved.items {
            match item {
                hir::Item::Value(value) => values.push(value),
                hir::Item::Spread(value) => {
                    self.error(codes::SPREAD, value.span, "these arguments cannot be spread");
                    return self.hole(span);
                }
            }
        }
        let mut values = values.into_iter();
        let mut next = || values.next().map(Box::new);
        let mut result = resolved.result;
        let kind = match &**name {
            "error" => {
                let (Some(status), Some(code)) = (next(), next()) else { return self.hole(span) };
                self.status_in(&status, 400, 599);
                hir::ExprKind::Error { status, code, detail: next() }
            }
            "json" => {
                let Some(value) = next() else { return self.hole(span) };
                if let Some(Element::Value(first)) = args.first() {
                    self.json_image(first, value.ty, &mut Vec::new());
                }
                // As in tsc, one literal given as the whole value stays one.
                let choice = matches!(self.types.kind(value.ty), Kind::Union(_));
                if type_args.is_empty() && !choice && self.types.is_unit(value.ty) {
                    let own = self.types.regular(value.ty);
                    result = self.types.library("Reply", &[own]);
                }
                let mut status = None;
                let mut headers = Vec::new();
                let mut cache_control = None;
                if let (Some(init), Some(Element::Value(written))) = (next(), args.get(1)) {
                    self.reply_init(*init, written, &mut status, &mut headers, &mut cache_control);
                }
                hir::ExprKind::Json { value, status, headers, cache_control }
            }
            "noContent" => hir::ExprKind::NoContent,
            _ => {
                let Some(location) = next() else { return self.hole(span) };
                hir::ExprKind::Redirect { location, status: next() }
            }
        };
        made(kind, result, span)
    }

    fn status_in(&mut self, status: &hir::Expr, least: u16, most: u16) {
        if let Kind::NumberLiteral { value, .. } = self.types.kind(status.ty)
            && !(value.0 >= f64::from(least)
                && value.0 <= f64::from(most)
                && value.0.fract() == 0.0)
        {
            self.error(
                codes::REPLY,
                status.span,
                format!("this status is a whole number from {least} to {most}"),
            );
        }
    }

    fn reply_init(
        &mut self,
        init: hir::Expr,
        written: &'a Expr,
        status: &mut Option<Box<hir::Expr>>,
        headers: &mut Vec<(Arc<str>, hir::Expr)>,
        cache_control: &mut Option<Arc<str>>,
    ) {
        let (hir::ExprKind::Object(members), ExprKind::Object(properties)) =
            (init.kind, &written.kind)
        else {
            self.report(
                Diagnostic::error(
                    codes::REPLY,
                    written.span,
                    "the second argument of `json` is written where it stands",
                )
                .help("write `json(value, { status: 201 })`"),
            );
            return;
        };
        for member in members {
            let hir::Member::Static(name, value) = member else {
                self.error(
                    codes::REPLY,
                    written.span,
                    "this object is written out, without spread",
                );
                continue;
            };
            match &*name {
                "status" => {
                    self.status_in(&value, 200, 599);
                    *status = Some(Box::new(value));
                }
                "headers" => match value.kind {
                    hir::ExprKind::Object(members) => {
                        for member in members {
                            if let hir::Member::Static(name, value) = member {
                                headers.push((name.to_lowercase().into(), value));
                            } else {
                                self.error(
                                    codes::REPLY,
                                    value.span,
                                    "names of headers are written out",
                                );
                            }
                        }
                    }
                    _ => self.error(
                        codes::REPLY,
                        value.span,
                        "headers are written out: `{ etag: … }`",
                    ),
                },
                "cache" => {
                    let own = properties.iter().find_map(|p| match p {
                        Property::Value { key, value, .. } if key.name() == Some(&name) => {
                            Some(value)
                        }
                        _ => None,
                    });
                    if let Some(own) = own {
                        *cache_control = self.cache_control(own);
                    }
                }
                _ => {}
            }
        }
    }

    fn cache_control(&mut self, written: &'a Expr) -> Option<Arc<str>> {
        let mut age = None;
        let mut stale = None;
        let mut scope: Arc<str> = "private".into();
        let ExprKind::Object(properties) = &written.kind else {
            self.error(codes::REPLY, written.span, "`cache` is written out: `{ maxAge: 60 }`");
            return None;
        };
        for property in properties {
            let Property::Value { key, value, .. } = property else {
                let message = "`cache` is written out, without spread";
                let fault = Diagnostic::error(codes::REPLY, property.span(), message);
                self.report(fault.help("write `cache: { maxAge: 60 }`"));
                return None;
            };
            match (key.name().map(|n| &**n), &value.kind) {
                (Some("maxAge"), ExprKind::Number(n)) if *n >= 0.0 && n.fract() == 0.0 => {
                    age = Some(*n)
                }
                (Some("staleWhileRevalidate"), ExprKind::Number(n))
                    if *n >= 0.0 && n.fract() == 0.0 =>
                {
                    stale = Some(*n);
                }
                (Some("scope"), ExprKind::String(text)) => scope = text.clone(),
                _ => {
                    self.report(
                        Diagnostic::error(
                            codes::REPLY,
                            value.span,
                            "members of `cache` are literals",
                        )
                        .help("write whole seconds: `cache: { maxAge: 60, scope: \"public\" }`"),
                    );
                    return None;
                }
            }
        }
        let mut text = format!("{scope}, max-age={}", age?);
        if let Some(stale) = stale {
            text.push_str(&format!(", stale-while-revalidate={stale}"));
        }
        Some(text.into())
    }

    /// Reports the part of a value that JSON cannot carry; whether there is none.
    pub(super) fn json_image(&mut self, expr: &'a Expr, ty: Ty, seen: &mut Vec<Ty>) -> bool {
        let ty = self.widen(ty);
        if self.carried(ty, seen) {
            return true;
        }
        match &expr.kind {
            ExprKind::Object(properties) => {
                for property in properties {
                    let Property::Value { key, value, .. } = property else { continue };
                    let Some(name) = key.name() else { continue };
                    let own = self.property_type(ty, name).unwrap_or(Ty::ERROR);
                    if !self.carried(own, &mut Vec::new()) {
                        return self.json_image(value, own, &mut Vec::new());
                    }
                }
            }
            ExprKind::Array(elements) => {
                for element in elements {
                    let Element::Value(value) = element else { continue };
                    let own = self.recorded.get(&address(value)).copied().unwrap_or(Ty::ERROR);
                    if !self.carried(own, &mut Vec::new()) {
                        return self.json_image(value, own, &mut Vec::new());
                    }
                }
            }
            _ => {}
        }
        let part = self.uncarried(ty, &mut Vec::new()).unwrap_or(ty);
        let text = self.types.text(part);
        let fault = Diagnostic::error(
            codes::NOT_JSON,
            expr.span,
            format!("an answer cannot hold `{text}`: JSON has no image of it"),
        );
        let help = match self.types.kind(part) {
            Kind::Function(_) => "call it, or leave it out",
            Kind::Param(_)
            | Kind::Indexed { .. }
            | Kind::Keyof(_)
            | Kind::Part { .. }
            | Kind::Both(_) => "give the helper's parameter a type of its own",
            Kind::Tuple { .. } => "spread it: `[...found]`",
            Kind::Library(name, _) => match &**name {
                "Promise" => "write `await` before it",
                "Map" => "write `Object.fromEntries(map)` or `[...map.entries()]`",
                "HttpError" => "throw it: `throw error(status, code)`",
                "UpstreamError" | "Error" => {
                    "name what clients may know of it, such as its `status`"
                }
                "Reply" => "return the reply itself, not within another value",
                _ => "spread it into a list: `[...values]`",
            },
            _ => "make a plain value of it",
        };
        self.report(fault.help(help));
        false
    }

    fn carried(&mut self, ty: Ty, seen: &mut Vec<Ty>) -> bool {
        self.uncarried(ty, seen).is_none()
    }

    /// The first part of a type that JSON cannot carry.
    fn uncarried(&mut self, ty: Ty, seen: &mut Vec<Ty>) -> Option<Ty> {
        if seen.contains(&ty) || seen.len() > 4000 {
            return None;
        }
        seen.push(ty);
        match self.types.kind(ty).clone() {
            Kind::Function(_) => Some(ty),
            Kind::Library(name, _) => (&*name != "Date").then_some(ty),
            // Nothing is known of it, so tsc too cannot tell.
            Kind::Param(_)
            | Kind::Indexed { .. }
            | Kind::Keyof(_)
            | Kind::Part { .. }
            | Kind::Both(_) => Some(ty),
            Kind::Array { element, .. } => self.uncarried(element, seen),
            Kind::Tuple { of_match: true, .. } => Some(ty),
            Kind::Tuple { .. } => {
                let element = self.types.element(ty)?;
                self.uncarried(element, seen)
            }
            Kind::Union(members) => members.iter().find_map(|&m| self.uncarried(m, seen)),
            Kind::Object(id) => {
                // What comes out of a contract is JSON.
                if matches!(self.lazy.get(&id), Some(super::Lazy::Contract { .. })) {
                    return None;
                }
                let object = self.object(id);
                object
                    .properties
                    .iter()
                    .map(|p| p.ty)
                    .chain(object.index.map(|i| i.value))
                    .find_map(|t| self.uncarried(t, seen))
            }
            _ => None,
        }
    }

    /// Checks every result of a handler, and gives the type of its JSON answer.
    pub(super) fn result_of(&mut self, returns: &[(Ty, Option<&'a Expr>)], all: Ty) -> Ty {
        let mut parts = Vec::new();
        for member in self.types.members_of(all) {
            match self.types.kind(member).clone() {
                Kind::Library(name, args) if &*name == "Reply" => {
                    if args[0] != Ty::NEVER {
                        parts.push(args[0]);
                    }
                }
                Kind::Void => parts.push(Ty::UNDEFINED),
                _ => parts.push(member),
            }
        }
        for &(ty, expr) in returns {
            let Some(expr) = expr else { continue };
            let plain = self.types.filter(
                ty,
                |types, m| !matches!(types.kind(m), Kind::Library(n, _) if &**n == "Reply"),
            );
            if plain != Ty::NEVER {
                self.json_image(expr, plain, &mut Vec::new());
            }
        }
        self.types.union(&parts)
    }
}
