//! What a shape wants, in words for people.
//!
//! Never: a value of an answer.

use frontage_plan::{Constant, Shape};

/// A constant as it is written.
pub(super) fn constant_name(constant: &Constant) -> String {
    match constant {
        Constant::Undefined => "nothing".into(),
        Constant::Null => "null".into(),
        Constant::Bool(value) => value.to_string(),
        Constant::Number(value) => crate::number_text(value.0).as_str().into(),
        Constant::String(text) => format!("\"{text}\""),
    }
}

/// A shape in words.
pub(super) fn expectation(shape: &Shape) -> String {
    match shape {
        Shape::Skip | Shape::Any => "a value".into(),
        Shape::Never => "no value".into(),
        Shape::Null => "null".into(),
        Shape::Bool => "boolean".into(),
        Shape::Integer => "integer".into(),
        Shape::Number => "number".into(),
        Shape::String | Shape::Enum(_) => "string".into(),
        Shape::Constant(constant) => constant_name(constant),
        Shape::Array(_) | Shape::Tuple(..) => "array".into(),
        Shape::Object { .. } | Shape::Tagged { .. } => "object".into(),
        Shape::Union(_) => "one of its variants".into(),
    }
}
