//! Issues and their messages, as Zod's English locale words them.

use frontage_json::{Kind, Text, Value, number_text};
use frontage_plan::{Constant, Name};

/// One thing that is wrong with an input.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    /// Where, innermost step first.
    pub(super) steps: Vec<PathKey>,
    /// Zod's code: `invalid_type`, `too_small`, ...
    pub(crate) code: Text,
    /// The schema's own words.
    pub(super) said: Option<String>,
    /// What it is about.
    pub(super) about: About,
    /// Whether checks after it still run.
    pub(super) then: Then,
}

/// What an issue is about.
#[derive(Debug, Clone)]
pub(super) enum About {
    /// The value; Zod's words for it.
    Value(String),
    /// Keys that the schema does not know; an intersection may yet know some of them.
    Keys(Vec<Text>),
    /// A record's key does not fit; an intersection may yet know it.
    RecordKey,
}

impl Issue {
    /// Where, from the outermost step.
    pub(crate) fn path(&self) -> impl Iterator<Item = &PathKey> {
        self.steps.iter().rev()
    }

    /// What is said of it.
    pub(crate) fn message(self) -> String {
        if let Some(said) = self.said {
            return said;
        }
        match self.about {
            About::Value(words) => words,
            About::RecordKey => "Invalid key in record".into(),
            About::Keys(keys) => {
                let s = if keys.len() > 1 { "s" } else { "" };
                let shown: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
                format!("Unrecognized key{s}: {}", shown.join(", "))
            }
        }
    }

    /// Whether it only says that there are keys too many.
    pub(super) fn is_about_keys(&self) -> bool {
        &*self.code == "unrecognized_keys"
    }
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
    code: Text,
    said: Option<String>,
    about: About,
    then: Then,
    steps: Vec<PathKey>,
}

impl Fault {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self::of(code, About::Value(message.into()))
    }

    pub(super) fn of(code: &'static str, about: About) -> Self {
        let code = Text::from_static(code);
        Self { code, said: None, about, then: Then::Lengths, steps: Vec::new() }
    }

    /// A value of another type than expected.
    pub(super) fn wrong_type(expected: &str, input: &Value) -> Self {
        let received = received(input);
        Self::new(
            "invalid_type",
            format!("Invalid input: expected {expected}, received {received}"),
        )
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
        Self::new("invalid_value", message)
    }

    /// Keys that are not known.
    pub(super) fn unknown_keys(keys: Vec<Text>) -> Self {
        Self::of("unrecognized_keys", About::Keys(keys)).then(Then::Continue)
    }

    pub(super) fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }

    /// Whether nothing may be checked after it, whatever the check says.
    pub(super) fn stops(&self) -> bool {
        self.then == Then::Stop
    }

    /// With the schema's own words, if it has some.
    pub(super) fn said(mut self, message: Option<&Name>) -> Self {
        self.said = message.map(ToString::to_string);
        self
    }

    /// At a part of the value.
    pub(super) fn at(self, key: PathKey) -> Self {
        Self { steps: vec![key], ..self }
    }
}

impl From<Fault> for Issue {
    fn from(fault: Fault) -> Self {
        let Fault { code, said, about, then, steps } = fault;
        Self { steps, code, said, about, then }
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
        Constant::String(text) => format!("\"{text}\""),
        other => plain(other),
    }
}

/// A constant as JavaScript's `String` shows it.
pub(super) fn plain(constant: &Constant) -> String {
    match constant {
        Constant::Undefined => "undefined".into(),
        Constant::Null => "null".into(),
        Constant::Bool(value) => value.to_string(),
        Constant::Number(number) => number_text(number.0).as_str().into(),
        Constant::String(text) => text.to_string(),
    }
}
