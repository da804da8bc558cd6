//! What an expression throws.

use frontage_json::{Text, Unspellable, Value};

use super::Exceeded;

/// A value that was thrown.
#[derive(Debug, Clone)]
pub(crate) struct Thrown(pub(crate) Value);

impl Thrown {
    /// An `Error`.
    pub(crate) fn error(message: impl Into<Text>) -> Self {
        Self(Value::error("Error", message))
    }

    /// A `TypeError`.
    pub(crate) fn type_error(message: impl Into<Text>) -> Self {
        Self(Value::error("TypeError", message))
    }

    /// A `RangeError`.
    pub(crate) fn range_error(message: impl Into<Text>) -> Self {
        Self(Value::error("RangeError", message))
    }

    /// What reading `name` of `null` or `undefined` throws.
    pub(crate) fn unreadable(object: &Value, name: &str) -> Self {
        let object = if object.is_undefined() { "undefined" } else { "null" };
        Self::type_error(format!("Cannot read properties of {object} (reading '{name}')"))
    }
}

impl From<Exceeded> for Thrown {
    #[cold]
    fn from(what: Exceeded) -> Self {
        match what {
            Exceeded::Time => Self::error("the request took too long"),
            Exceeded::Memory => Self::range_error("Out of memory"),
        }
    }
}

impl From<Unspellable> for Thrown {
    fn from(why: Unspellable) -> Self {
        Self::range_error(match why {
            Unspellable::TooDeep => "Maximum call stack size exceeded",
            Unspellable::TooLarge => "Invalid string length",
        })
    }
}
