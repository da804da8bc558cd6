//! Computes expressions with JavaScript's meaning.
//!
//! In:    an expression of the plan and the frames it reads.
//! Out:   its value, or what it throws.
//! Never: I/O, a clock (`Date.now()` is a constant of the request), recursion that a plan's text
//!        does not bound.
//!
//! Start at [`eval`].

mod env;

pub(crate) use env::Env;

use frontage_json::Value;
use frontage_plan::Expr;

/// A value that was thrown.
#[derive(Debug, Clone)]
pub(crate) struct Thrown(pub(crate) Value);

impl Thrown {
    /// A `TypeError`.
    pub(crate) fn type_error(message: impl Into<frontage_json::Text>) -> Self {
        Self(Value::error("TypeError", message))
    }

    /// A `RangeError`.
    pub(crate) fn range_error(message: impl Into<frontage_json::Text>) -> Self {
        Self(Value::error("RangeError", message))
    }
}

/// Computes `expr`.
///
/// # Errors
///
/// What the expression throws in JavaScript.
pub(crate) fn eval(expr: &Expr, env: &Env) -> Result<Value, Thrown> {
    match expr {
        Expr::Constant(constant) => Ok(Value::from(constant)),
        Expr::Slot(slot) => Ok(env.get(*slot)),
        _ => Err(Thrown::type_error("not yet")),
    }
}
