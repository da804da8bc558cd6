//! What an expression's form alone says of it: always truthy, never null.
//!
//! In:    conditions and operands of `??`, as written.
//! Out:   a report where the form decides them, as tsc's (TS2869 to TS2873).
//! Never: a look at types: `const x = 1; if (x)` is fine.

use frontage_diagnostic::Diagnostic;
use frontage_syntax::tree::{Expr, ExprKind, LogicalOp, TemplatePart};

use super::Checker;
use crate::codes;

/// What a form says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Always,
    Never,
    Nothing,
}

impl Says {
    fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Nothing }
    }
}

impl<'a> Checker<'a> {
    /// Reports a condition that its form decides.
    pub(super) fn decided_condition(&mut self, expr: &'a Expr) {
        let says = self.truthy(expr);
        if says != Says::Nothing {
            let word = if says == Says::Always { "true" } else { "false" };
            self.report(
                Diagnostic::error(
                    codes::CONDITION,
                    expr.span,
                    format!("this condition is always {word}"),
                )
                .help("leave out the way that is never taken"),
            );
        }
    }

    /// Reports operands of `left ?? right` that their form decides.
    ///
    /// - `whole`: the expression of both.
    pub(super) fn decided_nullish(&mut self, whole: &'a Expr, left: &'a Expr) {
        match self.nullish_form(left) {
            Says::Always => self.decided(left, "this is always null or undefined"),
            Says::Never => {
                self.decided(
                    left,
                    "this is never null or undefined, so that the right side of `??` is never used",
                );
            }
            Says::Nothing => {}
        }
        // `a ?? b ?? c` without parentheses: what stands in the middle decides whether `c` is ever used.
        if let ExprKind::Logical { op: LogicalOp::Nullish, right: middle, .. } = &left.kind
            && left.span.start == whole.span.start
        {
            self.decided_middle(middle);
        }
    }

    fn decided_middle(&mut self, middle: &'a Expr) {
        match self.nullish_form(middle) {
            Says::Always => self.decided(middle, "this is always null or undefined"),
            Says::Never => {
                self.decided(
                    middle,
                    "this is never null or undefined, so that what follows is never used",
                );
            }
            Says::Nothing => {}
        }
    }

    fn decided(&mut self, expr: &'a Expr, message: &str) {
        self.report(
            Diagnostic::error(codes::CONDITION, expr.span, message)
                .help("leave out the side that is never used"),
        );
    }

    fn truthy(&mut self, expr: &'a Expr) -> Says {
        match &expr.kind {
            ExprKind::Number(number) if *number == 0.0 || *number == 1.0 => Says::Nothing,
            ExprKind::Number(_)
            | ExprKind::Array(_)
            | ExprKind::Object(_)
            | ExprKind::Arrow(_)
            | ExprKind::Regex { .. } => Says::Always,
            ExprKind::Null => Says::Never,
            ExprKind::String(text) => empty(text),
            ExprKind::Template(parts) => match parts.as_slice() {
                [] => Says::Never,
                [TemplatePart::Text { value, .. }] => empty(value),
                _ => Says::Nothing,
            },
            ExprKind::Conditional { then, otherwise, .. } => {
                self.truthy(then).or(self.truthy(otherwise))
            }
            ExprKind::Ident(name) if self.is_undefined(name, expr) => Says::Never,
            ExprKind::AsConst(value) | ExprKind::Satisfies { value, .. } => self.truthy(value),
            _ => Says::Nothing,
        }
    }

    fn nullish_form(&mut self, expr: &'a Expr) -> Says {
        match &expr.kind {
            ExprKind::Await(_)
            | ExprKind::Call { .. }
            | ExprKind::Index { .. }
            | ExprKind::New { .. }
            | ExprKind::Member { .. }
            | ExprKind::Chain(_)
            | ExprKind::Logical { .. }
            | ExprKind::Error => Says::Nothing,
            ExprKind::Conditional { then, otherwise, .. } => {
                self.nullish_form(then).or(self.nullish_form(otherwise))
            }
            ExprKind::Null => Says::Always,
            ExprKind::Ident(name) => {
                if self.is_undefined(name, expr) {
                    Says::Always
                } else {
                    Says::Nothing
                }
            }
            ExprKind::AsConst(value) | ExprKind::Satisfies { value, .. } => {
                self.nullish_form(value)
            }
            _ => Says::Never,
        }
    }

    fn is_undefined(&mut self, name: &std::sync::Arc<str>, expr: &'a Expr) -> bool {
        &**name == "undefined"
            && matches!(
                self.silently(|c| c.value_named(name, expr.span)).0,
                super::names::Value::Global(_)
            )
    }
}

fn empty(text: &str) -> Says {
    if text.is_empty() { Says::Never } else { Says::Always }
}
