//! Operators: what their operands must be, and what they give.
//!
//! In:    two operands.
//! Out:   a number, a text, a yes or no.
//! Never: a conversion that TypeScript refuses.

use frontage_diagnostic::{Diagnostic, Span};
use frontage_plan::{BinaryOp as Op, ErrorClass};
use frontage_syntax::tree::{self, BinaryOp, ExprKind};

use super::Checker;
use super::expr::made;
use super::names::Value;
use crate::codes;
use crate::hir;
use crate::types::{Kind, Ty};

/// Bounds of bounds that are followed.
const MOST_BOUNDS: usize = 40;

impl<'a> Checker<'a> {
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &'a tree::Expr,
        right: &'a tree::Expr,
        span: Span,
    ) -> hir::Expr {
        if op == BinaryOp::Instanceof {
            return self.instance_of(left, right, span);
        }
        let a = self.value(left, None);
        let b = self.value(right, None);
        let (op, ty) = match op {
            BinaryOp::Add => (Op::Add, self.addition(&a, &b, op_span)),
            BinaryOp::Eq | BinaryOp::Ne => {
                self.compared_with_nan(left, right, op_span, op == BinaryOp::Eq);
                self.overlaps(&a, &b, op_span, op == BinaryOp::Eq);
                (if op == BinaryOp::Eq { Op::Equal } else { Op::NotEqual }, Ty::BOOLEAN)
            }
            BinaryOp::LooseEq | BinaryOp::LooseNe => {
                let equal = op == BinaryOp::LooseEq;
                for side in [&a, &b] {
                    if matches!(side.kind, hir::ExprKind::Object(_) | hir::ExprKind::Array(_)) {
                        self.overlaps(&a, &b, op_span, equal);
                        break;
                    }
                }
                (if equal { Op::LooseEqual } else { Op::LooseNotEqual }, Ty::BOOLEAN)
            }
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                self.ordered(&a, &b, op_span);
                let op = match op {
                    BinaryOp::Lt => Op::Less,
                    BinaryOp::Le => Op::LessOrEqual,
                    BinaryOp::Gt => Op::Greater,
                    _ => Op::GreaterOrEqual,
                };
                (op, Ty::BOOLEAN)
            }
            BinaryOp::In => {
                if !self.key_type(a.ty) {
                    self.operand(&a, "in", "a key");
                }
                let asked = self.bound_of(b.ty);
                let object = self.types.all(asked, |k| {
                    matches!(
                        k,
                        Kind::Object(_)
                            | Kind::Array { .. }
                            | Kind::Tuple { .. }
                            | Kind::NonPrimitive
                            | Kind::Library(..)
                            | Kind::Error
                            | Kind::Function(_)
                    )
                });
                // An error has members like an object's, a map or a date none.
                let library =
                    |k: &Kind| matches!(k, Kind::Library(name, _) if !name.ends_with("Error"));
                let list =
                    |k: &Kind| matches!(k, Kind::Array { .. } | Kind::Tuple { .. }) || library(k);
                if self.types.any(b.ty, list) {
                    let text = self.types.text(b.ty);
                    let fault = Diagnostic::error(
                        codes::NOT_IN_LIBRARY,
                        b.span,
                        format!("`in` asks objects for a member, and this is `{text}`"),
                    );
                    self.report(fault.help(match self.types.any(b.ty, library) {
                        true => "use `.has(…)` of maps and sets",
                        false => "use `Array.isArray(…)`, `.length` or `.includes(…)`",
                    }));
                }
                // What `unknown` leaves where it is there may be a text, too.
                let bare =
                    self.types.members_of(b.ty).into_iter().any(|m| match *self.types.kind(m) {
                        Kind::Part { by, .. } => by == Ty::EMPTY && asked == Ty::EMPTY,
                        _ => m == Ty::EMPTY,
                    });
                if bare {
                    let fault = Diagnostic::error(
                        codes::OPERAND,
                        b.span,
                        "`in` asks objects for a member, and this may be a text or a number",
                    );
                    self.report(
                        fault.help("ask for `typeof x === \"object\" && x !== null` before"),
                    );
                } else if !object && b.ty != Ty::NEVER && !self.nullish_use(&b, "in") {
                    if b.ty == Ty::UNKNOWN {
                        self.unknown_used(&b);
                    } else {
                        self.operand(&b, "in", "an object");
                    }
                }
                (Op::In, Ty::BOOLEAN)
            }
            _ => {
                let (op, text) = match op {
                    BinaryOp::Sub => (Op::Subtract, "-"),
                    BinaryOp::Mul => (Op::Multiply, "*"),
                    BinaryOp::Div => (Op::Divide, "/"),
                    BinaryOp::Rem => (Op::Remainder, "%"),
                    BinaryOp::Pow => (Op::Exponent, "**"),
                    BinaryOp::BitAnd => (Op::BitAnd, "&"),
                    BinaryOp::BitOr => (Op::BitOr, "|"),
                    BinaryOp::BitXor => (Op::BitXor, "^"),
                    BinaryOp::Shl => (Op::ShiftLeft, "<<"),
                    BinaryOp::Shr => (Op::ShiftRight, ">>"),
                    _ => (Op::ShiftRightUnsigned, ">>>"),
                };
                self.number_operand(&a, text);
                self.number_operand(&b, text);
                (op, Ty::NUMBER)
            }
        };
        made(hir::ExprKind::Binary(op, Box::new(a), Box::new(b)), ty, span)
    }

    fn operand(&mut self, checked: &hir::Expr, op: &str, wanted: &str) {
        if checked.ty == Ty::ERROR {
            return;
        }
        let message = format!("`{op}` wants {wanted}, not `{}`", self.types.text(checked.ty));
        self.error(codes::OPERAND, checked.span, message);
    }

    /// Reports an operand that is no number.
    pub(super) fn number_operand(&mut self, checked: &hir::Expr, op: &str) {
        if checked.ty == Ty::UNKNOWN {
            self.unknown_used(checked);
            return;
        }
        if self.nullish_use(checked, op) {
            return;
        }
        let bound = self.bound_of(checked.ty);
        if !self.types.is_number(bound) && bound != Ty::NEVER && bound != Ty::ERROR {
            let text = self.types.text(checked.ty);
            let mut fault = Diagnostic::error(
                codes::OPERAND,
                checked.span,
                format!("`{op}` wants a number, not `{text}`"),
            );
            if self.types.is_string(bound) {
                fault = fault.help("make a number of it with `Number(…)`");
            } else if self.types.any(bound, |k| matches!(k, Kind::Library(n, _) if &**n == "Date"))
            {
                fault = fault.help("use `getTime()`");
            }
            self.report(fault);
        }
    }

    /// What a type parameter is at least; other types as they are.
    pub(super) fn bound_of(&mut self, ty: Ty) -> Ty {
        match self.types.kind(ty) {
            Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_) => {
                let bound = self.constraint_of(ty).unwrap_or(Ty::UNKNOWN);
                match self.types.kind(bound) {
                    // `keyof T & string`
                    Kind::Both(parts) if parts.contains(&Ty::STRING) => Ty::STRING,
                    _ => bound,
                }
            }
            _ => ty,
        }
    }

    /// As [`Checker::bound_of`], through parameters that are bound by others.
    pub(super) fn innermost_bound(&mut self, ty: Ty) -> Ty {
        let mut bound = ty;
        for _ in 0..MOST_BOUNDS {
            if !self.types.kind(bound).is_open() {
                break;
            }
            bound = self.bound_of(bound);
        }
        bound
    }

    /// What a type is, or its bound.
    pub(super) fn kind_by_bound(&mut self, ty: Ty) -> Kind {
        let bound = self.innermost_bound(ty);
        self.types.kind(bound).clone()
    }

    /// The members of a union, for each type parameter those of its bound.
    pub(super) fn members_by_bounds(&mut self, ty: Ty) -> Vec<Ty> {
        let mut members = Vec::new();
        for member in self.types.members_of(ty) {
            let bound = self.innermost_bound(member);
            members.extend(self.types.members_of(bound));
        }
        members
    }

    fn addition(&mut self, a: &hir::Expr, b: &hir::Expr, op_span: Span) -> Ty {
        if a.ty == Ty::ERROR || b.ty == Ty::ERROR {
            return Ty::ERROR;
        }
        let (x, y) = (self.bound_of(a.ty), self.bound_of(b.ty));
        if [x, y].iter().all(|&ty| ty == Ty::NEVER || self.types.is_number(ty)) {
            return Ty::NUMBER;
        }
        // What never is, is a text as well as anything.
        if [x, y].iter().any(|&ty| ty == Ty::NEVER || self.types.is_string(ty)) {
            // As in tsc, a text and anything.
            self.check_text(a);
            self.check_text(b);
            return Ty::STRING;
        }
        for (side, ty) in [(a, x), (b, y)] {
            if ty == Ty::UNKNOWN {
                self.unknown_used(side);
                return Ty::ERROR;
            }
        }
        if self.nullish_use(a, "+") || self.nullish_use(b, "+") {
            return Ty::ERROR;
        }
        let fault = Diagnostic::error(
            codes::OPERAND,
            op_span,
            format!("`+` cannot add `{}` and `{}`", self.types.text(a.ty), self.types.text(b.ty)),
        );
        self.report(fault.help("add two numbers, or join texts with a template: `${a}${b}`"));
        Ty::ERROR
    }

    fn ordered(&mut self, a: &hir::Expr, b: &hir::Expr, op_span: Span) {
        // Nothing and nothing: tsc lets it pass.
        if a.ty == Ty::VOID && b.ty == Ty::VOID {
            self.error(codes::USELESS, op_span, "neither side is anything to compare");
            return;
        }
        for side in [a, b] {
            if side.ty == Ty::UNKNOWN {
                self.unknown_used(side);
                return;
            }
            if self.nullish_use(side, "compare") {
                return;
            }
            if self.bound_is_nullish(side.ty) {
                self.missing(side, "needed for `compare`", None);
                return;
            }
        }
        if a.ty == Ty::ERROR || b.ty == Ty::ERROR {
            return;
        }
        let (x, y) = (self.bound_of(a.ty), self.bound_of(b.ty));
        // As in tsc, what cannot be anything fits among numbers.
        let number = |ty| ty == Ty::NEVER || self.types.is_number(ty);
        if number(x) && number(y) {
            return;
        }
        let either_number = number(x) || number(y);
        let (p, q) = (self.types.base(x), self.types.base(y));
        // For tsc, `{}` where it is written is nothing but an object.
        let written = |side: &hir::Expr| matches!(&side.kind, hir::ExprKind::Object(members) if members.is_empty());
        let object = |ty| self.types.all(ty, |k| matches!(k, Kind::Object(_)));
        let apart = written(a) && !object(q) || written(b) && !object(p);
        if either_number || apart || !(self.assignable(p, q) || self.assignable(q, p)) {
            let fault = Diagnostic::error(
                codes::OPERAND,
                op_span,
                format!(
                    "`{}` and `{}` cannot be compared by size",
                    self.types.text(a.ty),
                    self.types.text(b.ty)
                ),
            );
            self.report(fault.help("compare two numbers or two texts"));
        }
    }

    /// Reports `a === NaN`.
    fn compared_with_nan(
        &mut self,
        left: &'a tree::Expr,
        right: &'a tree::Expr,
        span: Span,
        equal: bool,
    ) {
        let global = |e: &tree::Expr| matches!(&e.kind, ExprKind::Ident(name) if &**name == "NaN");
        let (Some(nan), other) = (match (global(left), global(right)) {
            (_, true) => (Some(right), left),
            (true, _) => (Some(left), right),
            _ => (None, left),
        }) else {
            return;
        };
        let (value, _) = self.silently(|c| c.value_named(&"NaN".into(), nan.span));
        if matches!(value, Value::Global(_)) {
            let fault = Diagnostic::error(
                codes::NO_OVERLAP,
                span,
                format!("this is always {}: `NaN` is equal to nothing", !equal),
            );
            let text = self.source(other.span);
            let not = if equal { "" } else { "!" };
            self.report(fault.help(format!("write `{not}Number.isNaN({text})`")));
        }
    }

    /// Reports `a === b` where no value is both.
    pub(super) fn overlaps(&mut self, a: &hir::Expr, b: &hir::Expr, span: Span, equal: bool) {
        let literal = |e: &hir::Expr| {
            use hir::ExprKind::{Array, Arrow, Object};
            matches!(e.kind, Object(_) | Array(_) | Arrow(_))
        };
        if literal(a) || literal(b) {
            // Against nothing, or in parentheses, tsc lets it pass.
            let nothing = |ty| matches!(ty, Ty::NULL | Ty::UNDEFINED);
            let bare = |e: &hir::Expr| literal(e) && !self.in_parentheses(e.span);
            let passes = nothing(a.ty) || nothing(b.ty) || !bare(a) && !bare(b);
            let fault = Diagnostic::error(
                if passes { codes::USELESS } else { codes::NO_OVERLAP },
                span,
                format!(
                    "this is always {}: what is written here is equal to nothing but itself",
                    if equal { "false" } else { "true" }
                ),
            );
            self.report(fault.help("compare the members, one by one"));
            return;
        }
        let apart = self.is_apart(a, b.ty) || self.is_apart(b, a.ty);
        if !apart && self.comparable(a.ty, b.ty) {
            return;
        }
        let fault = Diagnostic::error(
            codes::NO_OVERLAP,
            span,
            format!(
                "this is always {}: `{}` and `{}` have no value in common",
                if equal { "false" } else { "true" },
                self.types.text(a.ty),
                self.types.text(b.ty)
            ),
        );
        let near = self.near_literal(a.ty, b.ty).or_else(|| self.near_literal(b.ty, a.ty));
        self.report(match near {
            Some(near) => fault.help(format!("did you mean `\"{near}\"`?")),
            None => fault,
        });
    }

    fn near_literal(&self, one: Ty, all: Ty) -> Option<String> {
        let Kind::StringLiteral { value, .. } = self.types.kind(one) else { return None };
        let known: Vec<String> = self
            .types
            .members_of(all)
            .into_iter()
            .filter_map(|m| match self.types.kind(m) {
                Kind::StringLiteral { value, .. } => Some(value.to_string()),
                _ => None,
            })
            .collect();
        frontage_diagnostic::nearest(value, known.iter().map(String::as_str)).map(str::to_owned)
    }

    fn instance_of(
        &mut self,
        left: &'a tree::Expr,
        right: &'a tree::Expr,
        span: Span,
    ) -> hir::Expr {
        let subject = self.value(left, None);
        let class = if let ExprKind::Ident(name) = &right.kind {
            if &**name == "Error" && !self.scopes.iter().any(|s| s.values.contains_key(name)) {
                Some(ErrorClass::Error)
            } else {
                match self.value_named(name, right.span) {
                    Value::Frontage(name) if &*name == "HttpError" => Some(ErrorClass::HttpError),
                    Value::Frontage(name) if &*name == "UpstreamError" => {
                        Some(ErrorClass::UpstreamError)
                    }
                    Value::Refused => return self.hole(span),
                    _ => None,
                }
            }
        } else {
            None
        };
        let Some(class) = class else {
            self.report(
                Diagnostic::error(
                    codes::INSTANCEOF,
                    right.span,
                    "`instanceof` is for `UpstreamError`, `HttpError` and `Error`",
                )
                .help("tell other values apart with `typeof`, `in` or a field of their own"),
            );
            return self.hole(span);
        };
        let error = |k: &Kind| {
            matches!(k, Kind::Library(name, _) if name.ends_with("Error"))
                || matches!(k, Kind::Unknown | Kind::Error | Kind::Never | Kind::NonPrimitive)
        };
        let mut other = false;
        for member in self.types.members_of(subject.ty) {
            other |= match *self.types.kind(member) {
                Kind::Object(id) => !self.object(id).is_empty(),
                Kind::Array { .. } | Kind::Tuple { .. } | Kind::Function(_) | Kind::Library(..) => {
                    true
                }
                _ => false,
            };
        }
        if other && !self.types.any(subject.ty, error) {
            let text = self.types.text(subject.ty);
            self.report(
                Diagnostic::error(
                    codes::INSTANCEOF,
                    subject.span,
                    format!("`{text}` is never an error"),
                )
                .help("tell values apart with `typeof`, `in` or a field of their own"),
            );
            return self.hole(span);
        }
        if self.types.all(subject.ty, |k| {
            matches!(
                k,
                Kind::String
                    | Kind::StringLiteral { .. }
                    | Kind::Number
                    | Kind::NumberLiteral { .. }
                    | Kind::Boolean { .. }
                    | Kind::Null
                    | Kind::Undefined
            )
        }) && subject.ty != Ty::NEVER
        {
            self.operand(&subject, "instanceof", "an object");
        }
        made(hir::ExprKind::InstanceOf(Box::new(subject), class), Ty::BOOLEAN, span)
    }
}
