//! Values: what routes compute with.

use std::ops::Deref;
use std::rc::Rc;

use frontage_plan::Constant;

use super::keyed::Identity;
use super::release::{self, Children};
use crate::{ErrorValue, Kind, MapValue, Object, Raw, ReplyValue, SetValue, Text, held};

/// A JavaScript value. It belongs to one thread; cloning it copies no content.
#[derive(Clone, Debug)]
pub enum Value {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(Text),
    /// JSON text that is only handed on, of any kind; decoded when an expression looks at it.
    Raw(Raw),
    /// An array.
    Array(Rc<List>),
    /// A plain object.
    Object(Rc<Object>),
    /// A `Map`.
    Map(Rc<MapValue>),
    /// A `Set`.
    Set(Rc<SetValue>),
    /// A `Date`: milliseconds since 1970, `NaN` if invalid. Shared, since two dates of one time
    /// are not `===`.
    Date(Rc<f64>),
    /// An error.
    Error(Rc<ErrorValue>),
    /// A whole reply.
    Reply(Rc<ReplyValue>),
}

/// The elements of an array.
#[derive(Debug)]
pub struct List(Vec<Value>);

impl List {
    /// What it takes, elements apart.
    fn bytes(&self) -> usize {
        size_of::<Self>() + 2 * size_of::<usize>() + self.0.len() * size_of::<Value>()
    }
}

impl Deref for List {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0
    }
}

impl From<Vec<Value>> for List {
    fn from(elements: Vec<Value>) -> Self {
        let list = Self(elements);
        held::add(list.bytes());
        list
    }
}

impl Drop for List {
    fn drop(&mut self) {
        held::sub(self.bytes());
        release::release(Children::Elements(std::mem::take(&mut self.0)));
    }
}

impl Value {
    /// A string.
    #[must_use]
    pub fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    /// An array.
    #[must_use]
    pub fn array(elements: Vec<Self>) -> Self {
        Self::Array(Rc::new(elements.into()))
    }

    /// A plain object.
    #[must_use]
    pub fn object(object: Object) -> Self {
        Self::Object(Rc::new(object))
    }

    /// A date.
    #[must_use]
    pub fn date(time_ms: f64) -> Self {
        Self::Date(Rc::new(time_ms))
    }

    /// An error of the language.
    #[must_use]
    pub fn error(name: &'static str, message: impl Into<Text>) -> Self {
        let name = Text::from_static(name);
        Self::Error(Rc::new(ErrorValue::Other { name, message: message.into() }))
    }

    /// Whether it is `undefined`.
    #[must_use]
    pub fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    /// Whether it is `null` or `undefined`.
    #[must_use]
    pub fn is_nullish(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => true,
            Self::Raw(raw) => raw.kind() == Kind::Null,
            _ => false,
        }
    }

    /// The value with raw text decoded; what lies below may stay raw.
    #[must_use]
    pub fn decoded(&self) -> Self {
        match self {
            Self::Raw(raw) => raw.decode(),
            other => other.clone(),
        }
    }

    /// `typeof`
    #[must_use]
    pub fn type_of(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Raw(raw) => match raw.kind() {
                Kind::Bool => "boolean",
                Kind::Number => "number",
                Kind::String => "string",
                Kind::Null | Kind::Array | Kind::Object => "object",
            },
            _ => "object",
        }
    }

    /// JavaScript's `ToBoolean`.
    #[must_use]
    pub fn truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Raw(raw) => match raw.kind() {
                Kind::Array | Kind::Object => true,
                Kind::Null => false,
                Kind::String => raw.as_bytes().len() > 2,
                Kind::Bool | Kind::Number => raw.decode().truthy(),
            },
            _ => true,
        }
    }

    /// `===`
    #[must_use]
    pub fn strict_equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (a, b) => match (a.identity(), b.identity()) {
                (Identity::Number(a), Identity::Number(b)) => {
                    f64::from_bits(a) == f64::from_bits(b)
                }
                (a, b) => a == b,
            },
        }
    }

    /// SameValueZero: `===`, but `NaN` is itself.
    #[must_use]
    pub fn same_value_zero(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            (a, b) => a.identity() == b.identity(),
        }
    }

    pub(crate) fn identity(&self) -> Identity {
        fn place<T>(rc: &Rc<T>) -> Identity {
            Identity::Place(Rc::as_ptr(rc).addr(), 0)
        }
        let bits = |number: f64| {
            if number.is_nan() { f64::NAN.to_bits() } else { (number + 0.0).to_bits() }
        };
        match self {
            Self::Undefined => Identity::Undefined,
            Self::Null => Identity::Null,
            Self::Bool(value) => Identity::Bool(*value),
            Self::Number(value) => Identity::Number(bits(*value)),
            Self::Text(text) => Identity::Text(text.clone()),
            Self::Raw(raw) => match raw.kind() {
                Kind::Array | Kind::Object => {
                    let (start, length) = raw.place();
                    Identity::Place(start, length)
                }
                _ => raw.decode().identity(),
            },
            Self::Array(list) => place(list),
            Self::Object(object) => place(object),
            Self::Map(map) => place(map),
            Self::Set(set) => place(set),
            Self::Date(time) => place(time),
            Self::Error(error) => place(error),
            Self::Reply(reply) => place(reply),
        }
    }

    /// `-0` as a key of a map becomes `0`.
    pub(crate) fn without_negative_zero(self) -> Self {
        match self {
            Self::Number(value) => Self::Number(value + 0.0),
            other => other,
        }
    }
}

impl From<&Constant> for Value {
    fn from(constant: &Constant) -> Self {
        match constant {
            Constant::Undefined => Self::Undefined,
            Constant::Null => Self::Null,
            Constant::Bool(value) => Self::Bool(*value),
            Constant::Number(value) => Self::Number(value.0),
            Constant::String(text) => Self::Text(text.into()),
        }
    }
}
