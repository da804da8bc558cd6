//! Constants: what tsc works out of literals, operators and the constants made of them.
//!
//! In:    an expression.
//! Out:   the text or number that it is, where a template of it is a literal type.
//! Never: a value that needs a request; a text beyond [`MOST_CONSTANT`].

use std::sync::Arc;

use frontage_plan::Number;
use frontage_syntax::tree::{self, BinaryOp, ExprKind, TemplatePart, UnaryOp};

use super::Checker;
use super::names::Value;
use crate::types::print::number_text;

/// Bytes of a template of constants that is worked out. Constants of constants may double at every
/// step, so that a file of a hundred lines has a template of any length.
pub(super) const MOST_CONSTANT: usize = 4096;

/// What a constant expression is.
#[derive(Debug, Clone)]
pub(super) enum Folded {
    Text(Arc<str>),
    Number(f64),
}

impl Folded {
    /// As it stands in a template.
    pub(super) fn text(&self) -> Arc<str> {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number_text(*number).into(),
        }
    }
}

impl<'a> Checker<'a> {
    /// What `expr` is, if it is made of constants only.
    pub(super) fn folded(&mut self, expr: &'a tree::Expr) -> Option<Folded> {
        match &expr.kind {
            ExprKind::String(text) => Some(Folded::Text(text.clone())),
            ExprKind::Number(number) => Some(Folded::Number(*number)),
            ExprKind::Template(parts) => self.folded_template(parts).map(Folded::Text),
            ExprKind::Unary { op, operand } => {
                let Folded::Number(number) = self.folded(operand)? else { return None };
                match op {
                    UnaryOp::Minus => Some(Folded::Number(-number)),
                    UnaryOp::Plus => Some(Folded::Number(number)),
                    UnaryOp::BitNot => Some(Folded::Number(f64::from(!Number(number).to_int32()))),
                    UnaryOp::Not | UnaryOp::Typeof => None,
                }
            }
            ExprKind::Binary { op, left, right, .. } => {
                match (self.folded(left)?, self.folded(right)?) {
                    (Folded::Number(left), Folded::Number(right)) => {
                        calculated(*op, left, right).map(Folded::Number)
                    }
                    (left, right) if *op == BinaryOp::Add => {
                        let text = format!("{}{}", left.text(), right.text());
                        (text.len() <= MOST_CONSTANT).then(|| Folded::Text(text.into()))
                    }
                    _ => None,
                }
            }
            ExprKind::Ident(name) => match self.silently(|c| c.value_named(name, expr.span)).0 {
                Value::Local(local) => self.local_infos[local.0 as usize].constant.clone(),
                Value::Decl(module, decl) => self.constants.get(&(module, decl)).cloned(),
                Value::Global(global) => match &*global {
                    "NaN" => Some(Folded::Number(f64::NAN)),
                    "Infinity" => Some(Folded::Number(f64::INFINITY)),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// The text of a template that is made of constants only.
    pub(super) fn folded_template(&mut self, parts: &'a [TemplatePart]) -> Option<Arc<str>> {
        let mut text = String::new();
        for part in parts {
            match part {
                TemplatePart::Text { value, .. } => text.push_str(value),
                TemplatePart::Expr(inner) => text.push_str(&self.folded(inner)?.text()),
            }
            if text.len() > MOST_CONSTANT {
                return None;
            }
        }
        Some(text.into())
    }
}

/// What an operator makes of two numbers, as tsc works it out.
fn calculated(op: BinaryOp, left: f64, right: f64) -> Option<f64> {
    let bits = || (Number(left).to_int32(), Number(right).to_int32());
    let shift = Number(right).to_uint32() & 31;
    Some(match op {
        BinaryOp::Add => left + right,
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left * right,
        BinaryOp::Div => left / right,
        BinaryOp::Rem => left % right,
        BinaryOp::Pow => Number(left).power(right),
        BinaryOp::BitAnd => f64::from(bits().0 & bits().1),
        BinaryOp::BitOr => f64::from(bits().0 | bits().1),
        BinaryOp::BitXor => f64::from(bits().0 ^ bits().1),
        BinaryOp::Shl => f64::from(bits().0 << shift),
        BinaryOp::Shr => f64::from(bits().0 >> shift),
        BinaryOp::UnsignedShr => f64::from(Number(left).to_uint32() >> shift),
        _ => return None,
    })
}
