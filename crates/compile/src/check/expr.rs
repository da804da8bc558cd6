//! Expressions: one by one, each with its type.
//!
//! In:    an expression of the tree, and the type that its place suggests (the contextual type).
//! Out:   a [`hir::Expr`].
//! Never: a promise where a value is wanted ([`Checker::value`] sees to that).

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_plan::{Builtin, Constant, LogicalOp, Number, UnaryOp};
use frontage_syntax::tree::{self, ExprKind, TemplatePart};

use super::Checker;
use super::constant::MOST_CONSTANT;
use super::flow::{Reference, Root, address};
use super::names::Value;
use crate::codes;
use crate::hir::{self, InputPart};
use crate::types::print::number_text;
use crate::types::{Kind, Ty};

/// Texts that a template of several literals may be; beyond, it is any text.
const MOST_TEXTS: usize = 1000;

impl<'a> Checker<'a> {
    /// An expression of which nothing is known.
    pub(super) fn hole(&self, span: Span) -> hir::Expr {
        made(hir::ExprKind::Constant(Constant::Undefined), Ty::ERROR, span)
    }

    /// Checks an expression whose value is used; a promise is reported.
    pub(super) fn value(&mut self, expr: &'a tree::Expr, expected: Option<Ty>) -> hir::Expr {
        let mut checked = self.expr(expr, expected);
        if self.promises(checked.ty) {
            match expected.is_some_and(|wanted| self.promises(wanted)) {
                true => self.promise_handed_on(&checked),
                false => self.forgotten_await(&checked),
            }
            // What it gives would be a second fault of the same place.
            checked.ty = Ty::ERROR;
            self.recorded.insert(address(expr), checked.ty);
        }
        checked
    }

    /// Checks an expression; it may be a promise.
    pub(super) fn expr(&mut self, expr: &'a tree::Expr, expected: Option<Ty>) -> hir::Expr {
        if !self.step(expr.span) {
            return self.hole(expr.span);
        }
        self.depth += 1;
        let as_const = self.as_const;
        let regex_fits = std::mem::take(&mut self.regex_fits);
        if !matches!(
            expr.kind,
            ExprKind::Object(_)
                | ExprKind::Array(_)
                | ExprKind::AsConst(_)
                | ExprKind::Template(_)
                | ExprKind::String(_)
                | ExprKind::Number(_)
                | ExprKind::Boolean(_)
                | ExprKind::Unary { .. }
        ) {
            self.as_const = false;
        } else if expected.is_some_and(|wanted| self.const_param(wanted)) {
            self.as_const = true;
        }
        // A table of patterns, or a choice of some, may stand where one may.
        let holds_patterns = matches!(
            expr.kind,
            ExprKind::Object(_)
                | ExprKind::Array(_)
                | ExprKind::AsConst(_)
                | ExprKind::Satisfies { .. }
                | ExprKind::Conditional { .. }
        ) && (regex_fits || self.holds_patterns);
        let within_table = std::mem::replace(&mut self.holds_patterns, holds_patterns);
        let mut checked = self.expr_inner(expr, expected);
        self.holds_patterns = within_table;
        // A place that wants something certain sees what the bound of an open type is here.
        if let ExprKind::Ident(_) | ExprKind::Member { .. } | ExprKind::Index { .. } = expr.kind
            && let Some(wanted) = expected
            && self.union_bound(checked.ty).is_some()
            && !self.generic(wanted)
        {
            checked.ty = self.read_of(expr, checked.ty);
        }
        if self.is_regex(checked.ty)
            && !regex_fits
            && !within_table
            && !expected.is_some_and(|wanted| self.types.any(wanted, regex_kind))
        {
            self.report(
                Diagnostic::error(
                    codes::REGEX,
                    expr.span,
                    "a regular expression can only search in texts",
                )
                .help(
                    "use a literal or a `const` in `test`, `match`, `search`, `replace` or `split`",
                ),
            );
            checked = self.hole(expr.span);
        }
        self.as_const = as_const;
        self.depth -= 1;
        self.recorded.insert(address(expr), checked.ty);
        checked
    }

    fn expr_inner(&mut self, expr: &'a tree::Expr, expected: Option<Ty>) -> hir::Expr {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Number(value) => {
                let value = Number(*value);
                let ty = self.types.intern(Kind::NumberLiteral { value, fresh: true });
                made(hir::ExprKind::Constant(Constant::Number(value)), ty, span)
            }
            ExprKind::String(value) => {
                let ty =
                    self.types.intern(Kind::StringLiteral { value: value.clone(), fresh: true });
                made(hir::ExprKind::Constant(Constant::String(value.clone())), ty, span)
            }
            ExprKind::Boolean(value) => {
                let ty = if *value { Ty::FRESH_TRUE } else { Ty::FRESH_FALSE };
                made(hir::ExprKind::Constant(Constant::Bool(*value)), ty, span)
            }
            ExprKind::Null => made(hir::ExprKind::Constant(Constant::Null), Ty::NULL, span),
            ExprKind::Regex { pattern, flags } => self.regex(pattern, flags, span),
            ExprKind::Template(parts) => self.template(parts, span, expected),
            ExprKind::Ident(name) => self.ident(expr, name),
            ExprKind::Array(elements) => self.array_literal(elements, span, expected),
            ExprKind::Object(properties) => self.object_literal(properties, span, expected),
            ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Call { .. } => {
                // Outside a chain nothing is optional.
                let mut links = Vec::new();
                let checked = self.link(expr, expected, &mut links);
                self.close_chain(checked, links)
            }
            ExprKind::Chain(inner) => {
                let mut links = Vec::new();
                let checked = self.link(inner, expected, &mut links);
                self.close_chain(checked, links)
            }
            ExprKind::New { callee, type_args, args } => {
                self.construct(callee, type_args, args, span, expected)
            }
            ExprKind::Unary { op, operand } => self.unary(*op, operand, span),
            ExprKind::Binary { op, op_span, left, right } => {
                self.binary(*op, *op_span, left, right, span)
            }
            ExprKind::Logical { op, left, right } => self.logical(expr, *op, left, right, expected),
            ExprKind::Conditional { test, then, otherwise } => {
                let checked = self.value(test, None);
                self.check_condition(test, &checked);
                let start = self.flow.clone();
                self.narrow(test, true);
                let then = self.expr(then, expected);
                self.flow = start.clone();
                self.narrow(test, false);
                let otherwise = self.expr(otherwise, expected);
                // As in tsc, no more is known after it than before.
                self.flow = start;
                let ty = self.subtype_union(&[then.ty, otherwise.ty]);
                let kind = hir::ExprKind::Conditional(
                    Box::new(checked),
                    Box::new(then),
                    Box::new(otherwise),
                );
                made(kind, ty, span)
            }
            ExprKind::Arrow(function) => self.arrow(function, span, expected),
            ExprKind::Await(inner) => self.await_expr(inner, span, expected),
            ExprKind::AsConst(inner) => {
                let before = std::mem::replace(&mut self.as_const, true);
                let mut checked = self.value(inner, expected);
                self.as_const = before;
                checked.ty = self.types.regular(checked.ty);
                checked
            }
            ExprKind::Satisfies { value, ty } => {
                let wanted = self.annotation(ty);
                let mut checked = self.value(value, Some(wanted));
                self.fits(value, checked.ty, wanted);
                if wanted == Ty::ERROR {
                    checked.ty = wanted;
                }
                checked
            }
            ExprKind::As { value, ty } => self.upcast(value, ty, span),
            ExprKind::Error => self.hole(span),
        }
    }

    /// A regular expression: a text in the plan, which only functions of texts take.
    fn regex(&mut self, pattern: &str, flags: &str, span: Span) -> hir::Expr {
        let pattern = match crate::pattern::searching(pattern, flags) {
            Ok(pattern) => pattern,
            Err(why) => {
                let message = format!("{} is not supported", why.what);
                self.report(Diagnostic::error(codes::REGEX, span, message).help(why.instead));
                return self.hole(span);
            }
        };
        let name = if flags.contains('g') { "GlobalRegExp" } else { "RegExp" };
        let ty = self.types.library(name, &[]);
        let literal = Constant::String(pattern.shown.clone());
        self.patterns.insert(pattern.shown.clone(), pattern);
        made(hir::ExprKind::Constant(literal), ty, span)
    }

    /// Whether it is a regular expression.
    pub(super) fn is_regex(&self, ty: Ty) -> bool {
        regex_kind(self.types.kind(ty))
    }

    /// `value as T`, where every value of its type is a `T`.
    fn upcast(&mut self, value: &'a tree::Expr, ty: &'a tree::Type, span: Span) -> hir::Expr {
        let wanted = self.annotation(ty);
        let mut checked = self.value(value, Some(wanted));
        if checked.ty == Ty::ERROR || wanted == Ty::ERROR {
            checked.ty = Ty::ERROR;
            return checked;
        }
        // Whatever an object holds is `unknown`.
        let record = match *self.types.kind(wanted) {
            Kind::Object(id) if checked.ty == Ty::OBJECT => {
                let object = self.object(id);
                object.properties.is_empty()
                    && object.index.is_some_and(|i| i.value == Ty::UNKNOWN && !i.numeric)
            }
            _ => false,
        };
        if !record && !self.assignable(checked.ty, wanted) {
            let own = self.types.base(checked.ty);
            let (own, text) = (self.types.text(own), self.types.text(wanted));
            self.report(
                Diagnostic::error(frontage_syntax::codes::CAST, span, "`as` can only widen a type")
                    .label(format!("nothing would check that this `{own}` is a `{text}`"))
                    .help("annotate the `const`, use `satisfies`, or narrow with a condition"),
            );
            return self.hole(span);
        }
        checked.ty = wanted;
        checked
    }

    fn template(
        &mut self,
        parts: &'a [TemplatePart],
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        let mut items = Vec::new();
        let mut only_text: Option<Arc<str>> = Some("".into());
        for part in parts {
            match part {
                TemplatePart::Text { value, span } => {
                    if parts.len() == 1 {
                        only_text = Some(value.clone());
                    }
                    let kind = hir::ExprKind::Constant(Constant::String(value.clone()));
                    items.push(made(kind, Ty::STRING, *span));
                }
                TemplatePart::Expr(inner) => {
                    only_text = None;
                    let item = self.value(inner, None);
                    self.check_text(&item);
                    items.push(item);
                }
            }
        }
        let constant = only_text.or_else(|| self.folded_template(parts));
        let ty = match constant {
            Some(value) => self.types.intern(Kind::StringLiteral { value, fresh: true }),
            None if self.as_const || expected.is_some_and(|e| self.asks_for_text(e)) => {
                match self.text_of_literals(&items) {
                    Some(texts) => texts,
                    None => {
                        self.keep_template(span, &items);
                        Ty::STRING
                    }
                }
            }
            None => Ty::STRING,
        };
        made(hir::ExprKind::Template(items), ty, span)
    }

    /// Whether a place asks for what is written there as with `as const`: `<const T>`.
    pub(super) fn const_param(&self, wanted: Ty) -> bool {
        match *self.types.kind(wanted) {
            Kind::Param(id) => self.types.type_param(id).is_const,
            _ => false,
        }
    }

    /// Whether a place asks for the texts that a template may be.
    fn asks_for_text(&mut self, wanted: Ty) -> bool {
        self.types.members_of(wanted).into_iter().any(|member| match self.types.kind(member) {
            Kind::StringLiteral { .. } | Kind::Keyof(_) => true,
            kind if kind.is_open() => {
                let bound = self.innermost_bound(member);
                self.types.any(bound, |k| {
                    matches!(k, Kind::String | Kind::StringLiteral { .. } | Kind::Keyof(_))
                })
            }
            _ => false,
        })
    }

    /// The texts that a template is for certain, `as const`: one for each choice of its parts.
    fn text_of_literals(&mut self, parts: &[hir::Expr]) -> Option<Ty> {
        let mut texts = vec![String::new()];
        for part in parts {
            let mut choices: Vec<String> = Vec::new();
            if let hir::ExprKind::Constant(Constant::String(own)) = &part.kind {
                choices.push(own.to_string());
            } else {
                for member in self.members_by_bounds(part.ty) {
                    choices.push(match self.types.kind(member) {
                        Kind::StringLiteral { value, .. } => value.to_string(),
                        Kind::NumberLiteral { value, .. } => number_text(value.0),
                        Kind::Boolean { value, .. } => value.to_string(),
                        Kind::Null => "null".to_owned(),
                        Kind::Undefined => "undefined".to_owned(),
                        _ => return None,
                    });
                }
            }
            if texts.len() * choices.len() > MOST_TEXTS {
                return None;
            }
            let joined = |text: &String| choices.iter().map(|c| format!("{text}{c}")).collect();
            texts = texts.iter().flat_map::<Vec<String>, _>(joined).collect();
            if texts.iter().any(|text| text.len() > MOST_CONSTANT) {
                return None;
            }
        }
        let texts: Vec<Ty> = texts.iter().map(|text| self.types.string_literal(text)).collect();
        Some(self.types.union(&texts))
    }

    /// An object in a text is a mistake that TypeScript lets pass; nothing to report.
    pub(super) fn check_text(&mut self, item: &hir::Expr) {
        if self.types.any(item.ty, |k| matches!(k, Kind::Function(_))) {
            self.report(
                Diagnostic::error(codes::FUNCTION_AS_VALUE, item.span, "a function has no text")
                    .help("call it"),
            );
        }
    }

    fn ident(&mut self, expr: &'a tree::Expr, name: &Arc<str>) -> hir::Expr {
        let span = expr.span;
        let value = self.value_named(name, span);
        match value {
            Value::Local(local) => {
                let declared = self.bound_ty(local);
                let reference = Reference::from(Root::Local(local));
                let ty = self.narrowed(&reference, declared);
                if self.local_infos[local.0 as usize].context {
                    return made(hir::ExprKind::Context, ty, span);
                }
                made(hir::ExprKind::Local(local), ty, span)
            }
            Value::Decl(module, decl) => {
                let mut checked = self.decl_value(module, decl, span);
                let reference = Reference::from(Root::Decl(module, decl));
                checked.ty = self.narrowed(&reference, checked.ty);
                checked
            }
            Value::Global(name) => self.global(&name, span),
            Value::Frontage(name) => {
                let help = match &*name {
                    "error" => "call it: `throw error(404, \"not_found\")`",
                    "route" | "passthrough" => "routes are exported: `export const GET = route(…)`",
                    "HttpError" | "UpstreamError" => "use it in `e instanceof …`",
                    _ => "call it and return its result",
                };
                self.report(
                    Diagnostic::error(
                        codes::NOT_A_VALUE,
                        span,
                        format!("`{name}` cannot stand here as a value"),
                    )
                    .help(help),
                );
                self.hole(span)
            }
            Value::Upstream(_) | Value::Zod | Value::Namespace(_) => {
                let help = match value {
                    Value::Upstream(_) => format!("call an operation of it: `{name}.…`"),
                    Value::Zod => "schemas stand in a route's input".to_owned(),
                    _ => format!("use a member of it: `{name}.…`"),
                };
                self.report(
                    Diagnostic::error(
                        codes::NOT_A_VALUE,
                        span,
                        format!("`{name}` cannot stand here as a value"),
                    )
                    .help(help),
                );
                self.hole(span)
            }
            Value::Refused => self.hole(span),
        }
    }

    fn global(&mut self, name: &Arc<str>, span: Span) -> hir::Expr {
        match &**name {
            "undefined" => made(hir::ExprKind::Constant(Constant::Undefined), Ty::UNDEFINED, span),
            "NaN" => {
                made(hir::ExprKind::Constant(Constant::Number(Number(f64::NAN))), Ty::NUMBER, span)
            }
            "Infinity" => made(
                hir::ExprKind::Constant(Constant::Number(Number(f64::INFINITY))),
                Ty::NUMBER,
                span,
            ),
            _ => {
                if let Some(ty) = self.prelude_member(&"Globals".into(), &[], name)
                    && let Some(crate::prelude::Function::Plain(builtin)) =
                        crate::prelude::function("Globals", name)
                {
                    return made(hir::ExprKind::BuiltinFunction(builtin), ty, span);
                }
                self.report(
                    Diagnostic::error(
                        codes::NOT_A_VALUE,
                        span,
                        format!("`{name}` cannot stand here as a value"),
                    )
                    .help("use one of its members"),
                );
                self.hole(span)
            }
        }
    }

    fn unary(&mut self, op: tree::UnaryOp, operand: &'a tree::Expr, span: Span) -> hir::Expr {
        // A negative number is a literal.
        if let (tree::UnaryOp::Minus, ExprKind::Number(value)) = (op, &operand.kind) {
            let value = Number(-value);
            // As a type, `-0` is `0`.
            let positive = Number(value.0 + 0.0);
            let ty = self.types.intern(Kind::NumberLiteral { value: positive, fresh: true });
            self.recorded.insert(address(operand), Ty::NUMBER);
            return made(hir::ExprKind::Constant(Constant::Number(value)), ty, span);
        }
        let checked = self.value(operand, None);
        let (op, ty) = match op {
            tree::UnaryOp::Not => {
                self.check_condition(operand, &checked);
                let ty = if self.truthy_part(checked.ty, true) == Ty::NEVER {
                    Ty::FRESH_TRUE
                } else if self.truthy_part(checked.ty, false) == Ty::NEVER {
                    Ty::FRESH_FALSE
                } else {
                    Ty::BOOLEAN
                };
                (UnaryOp::Not, ty)
            }
            tree::UnaryOp::Typeof => (UnaryOp::TypeOf, self.typeof_result()),
            tree::UnaryOp::Plus => (self.as_number(&checked, UnaryOp::Plus, "+"), Ty::NUMBER),
            tree::UnaryOp::Minus => (self.as_number(&checked, UnaryOp::Minus, "-"), Ty::NUMBER),
            tree::UnaryOp::BitNot => (self.as_number(&checked, UnaryOp::BitNot, "~"), Ty::NUMBER),
        };
        made(hir::ExprKind::Unary(op, Box::new(checked)), ty, span)
    }

    /// What is there, a number is made of, whatever it is.
    fn as_number(&mut self, checked: &hir::Expr, op: UnaryOp, text: &str) -> UnaryOp {
        self.no_function(checked);
        if checked.ty == Ty::UNKNOWN {
            self.unknown_used(checked);
        } else {
            self.nullish_use(checked, text);
        }
        op
    }

    fn no_function(&mut self, checked: &hir::Expr) {
        if self.types.any(checked.ty, |k| matches!(k, Kind::Function(_))) {
            self.report(Diagnostic::error(
                codes::FUNCTION_AS_VALUE,
                checked.span,
                "a function cannot be used as a value here",
            ));
        }
    }

    fn typeof_result(&mut self) -> Ty {
        let names =
            ["string", "number", "bigint", "boolean", "symbol", "undefined", "object", "function"];
        let all: Vec<Ty> = names.iter().map(|n| self.types.string_literal(n)).collect();
        self.types.union(&all)
    }

    fn logical(
        &mut self,
        whole: &'a tree::Expr,
        op: tree::LogicalOp,
        left: &'a tree::Expr,
        right: &'a tree::Expr,
        expected: Option<Ty>,
    ) -> hir::Expr {
        let span = whole.span;
        let context = if op == tree::LogicalOp::And { None } else { expected };
        let first = self.value(left, context);
        if op == tree::LogicalOp::Nullish {
            self.decided_nullish(whole, left);
        } else {
            self.check_condition(left, &first);
        }
        let start = self.flow.clone();
        match op {
            tree::LogicalOp::And => self.narrow(left, true),
            tree::LogicalOp::Or | tree::LogicalOp::Nullish => self.narrow_left(op, left, false),
        }
        // An array or object on the right is seen in the light of the left.
        let suggested = expected
            .or_else(|| (op != tree::LogicalOp::And).then(|| self.types.non_nullish(first.ty)));
        let second = self.expr(right, suggested);
        // As in tsc, no more is known after it than before.
        self.flow = start;
        let (op, ty) = match op {
            tree::LogicalOp::And => {
                let falsy = self.falsy_values(first.ty);
                let ty = if self.truthy_part(first.ty, true) == Ty::NEVER {
                    first.ty
                } else {
                    self.types.union(&[falsy, second.ty])
                };
                (LogicalOp::And, ty)
            }
            tree::LogicalOp::Or => {
                let truthy = self.truthy_part(first.ty, true);
                let ty = if self.truthy_part(first.ty, false) == Ty::NEVER {
                    first.ty
                } else {
                    self.subtype_union(&[truthy, second.ty])
                };
                (LogicalOp::Or, ty)
            }
            tree::LogicalOp::Nullish => {
                let present = self.without(first.ty, true, true);
                let ty = if self.may_be_nullish(first.ty) {
                    self.subtype_union(&[present, second.ty])
                } else {
                    first.ty
                };
                (LogicalOp::Nullish, ty)
            }
        };
        made(hir::ExprKind::Logical(op, Box::new(first), Box::new(second)), ty, span)
    }

    /// Whether `null` or `undefined` may stand here; a type parameter may hold them unless its
    /// bound says otherwise.
    pub(super) fn may_be_nullish(&mut self, ty: Ty) -> bool {
        let members = self.types.members_of(ty);
        members.into_iter().any(|member| match self.types.kind(member) {
            Kind::Null | Kind::Undefined | Kind::Void | Kind::Unknown => true,
            Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_) => {
                match self.constraint_of(member) {
                    Some(bound) => self.may_be_nullish(bound),
                    None => true,
                }
            }
            _ => false,
        })
    }

    /// What a value is where it is falsy: `""` of a string, `0` of a number.
    fn falsy_values(&mut self, ty: Ty) -> Ty {
        if ty == Ty::UNKNOWN {
            return ty;
        }
        let mut parts = Vec::new();
        for member in self.types.members_of(ty) {
            match self.types.kind(member).clone() {
                Kind::String => parts.push(self.types.string_literal("")),
                Kind::Number => parts.push(self.types.number_literal(0.0)),
                // Of what is not known yet, tsc says of no value that it is falsy.
                Kind::Keyof(_) => {}
                kind if kind.is_open() => {}
                _ => parts.push(self.truthy_part(member, false)),
            }
        }
        self.types.union(&parts)
    }

    /// A condition that can only go one way is a mistake: a function or a promise.
    pub(super) fn check_condition(&mut self, written: &'a tree::Expr, checked: &hir::Expr) {
        if checked.ty == Ty::VOID {
            self.error(codes::CONDITION, checked.span, "this gives nothing to decide by");
        } else if !matches!(written.kind, ExprKind::Arrow(_)) {
            self.decided_condition(written);
        }
        if self.types.all(checked.ty, |k| matches!(k, Kind::Function(_))) {
            let message = "a function is always there: this decides nothing";
            self.report(
                Diagnostic::error(codes::USELESS, checked.span, message)
                    .help("call it, or leave the condition out"),
            );
        }
    }

    /// The part of the handler's context that this member of it is.
    pub(super) fn input_part(name: &str) -> Option<InputPart> {
        Some(match name {
            "params" => InputPart::Params,
            "query" => InputPart::Query,
            "headers" => InputPart::Headers,
            "body" => InputPart::Body,
            "session" => InputPart::Session,
            "request" => InputPart::Request,
            _ => return None,
        })
    }

    /// Whether a builtin takes part in `f(x)` without its receiver.
    pub(super) fn constant_number(value: f64, span: Span) -> hir::Expr {
        made(hir::ExprKind::Constant(Constant::Number(Number(value))), Ty::NUMBER, span)
    }

    /// A call of the library.
    pub(super) fn builtin(builtin: Builtin, args: Vec<hir::Item>, ty: Ty, span: Span) -> hir::Expr {
        made(hir::ExprKind::Builtin(builtin, args), ty, span)
    }
}

/// Whether a type is that of regular expressions.
pub(super) fn regex_kind(kind: &Kind) -> bool {
    matches!(kind, Kind::Library(name, _) if matches!(&**name, "RegExp" | "GlobalRegExp"))
}

/// An expression out of its parts.
pub(super) fn made(kind: hir::ExprKind, ty: Ty, span: Span) -> hir::Expr {
    hir::Expr { kind, ty, span }
}
