//! Issues and their messages, as Zod's English locale words them.

use frontage_json::{Kind, Text, Value, number_text};
use frontage_plan::Constant;

/// One thing that is wrong with an input.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    /// Where.
    pub(crate) path: Vec<PathKey>,
    /// Zod's code: `invalid_type`, `too_small`, ...
    pub(crate) code: &'static str,
    /// Zod's message.
    pub(crate) message: String,
    /// Whether checks after it still run.
    pub(super) then: Then,
}

/// What an issue means for the checks after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// They run.
    Continue,
    /// Only those that need nothing but a length run.
    Lengths,
    /// None runs.
    Stop,
}

/// A step to a part of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PathKey {
    /// A member.
    Name(Text),
    /// An element.
    Index(usize),
}

/// A fault without its place.
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) then: Then,
}

impl Fault {
    /// A value of another type than expected.
    pub(super) fn wrong_type(expected: &str, input: &Value) -> Self {
        let message = format!("Invalid input: expected {expected}, received {}", received(input));
        Self { code: "invalid_type", message, then: Then::Lengths }
    }

    /// A value that is none of a list.
    pub(super) fn wrong_value(values: &[Constant]) -> Self {
        let message = match values {
            [only] => format!("Invalid input: expected {}", constant(only)),
            values => {
                let values: Vec<String> = values.iter().map(constant).collect();
                format!("Invalid option: expected one of {}", values.join("|"))
            }
        };
        Self { code: "invalid_value", message, then: Then::Lengths }
    }

    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), then: Then::Lengths }
    }

    pub(super) fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}

/// The type of an input, in words.
fn received(input: &Value) -> String {
    match input {
        Value::Null => "null".into(),
        Value::Array(_) => "array".into(),
        Value::Raw(raw) => match raw.kind() {
            Kind::Bool => "boolean".into(),
            kind => kind.name().into(),
        },
        Value::Number(number) if !number.is_finite() => number_text(*number).as_str().into(),
        Value::Date(_) => "Date".into(),
        Value::Map(_) => "Map".into(),
        Value::Set(_) => "Set".into(),
        other => other.type_of().into(),
    }
}

/// A constant as messages show it.
pub(super) fn constant(constant: &Constant) -> String {
    match constant {
        Constant::Undefined => "undefined".into(),
        Constant::Null => "null".into(),
        Constant::Bool(value) => value.to_string(),
        Constant::Number(number) => number_text(number.0).as_str().into(),
        Constant::String(text) => format!("\"{text}\""),
    }
}
