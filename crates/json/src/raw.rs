//! JSON text that is handed on as it is.

use bytes::Bytes;

use crate::Value;
use crate::parse;

/// What kind of value a text spells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the kinds of JSON")]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    /// The kind that a text starting with `first` spells, if it is JSON at all.
    #[must_use]
    pub const fn of(first: u8) -> Option<Self> {
        match first {
            b'n' => Some(Self::Null),
            b't' | b'f' => Some(Self::Bool),
            b'-' | b'0'..=b'9' => Some(Self::Number),
            b'"' => Some(Self::String),
            b'[' => Some(Self::Array),
            b'{' => Some(Self::Object),
            _ => None,
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// JSON text that was checked and cut; it keeps the exact digits of its numbers and the exact
/// spelling of its strings. Cloning it copies no text.
#[derive(Debug, Clone)]
pub struct Raw {
    text: Bytes,
    kind: Kind,
}

impl Raw {
    /// `text` must be one valid JSON value without space around it.
    pub(crate) fn new(text: Bytes, kind: Kind) -> Self {
        Self { text, kind }
    }

    /// The text.
    #[must_use]
    pub fn as_bytes(&self) -> &Bytes {
        &self.text
    }

    /// What it spells.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The value; elements and members that are lists or objects stay raw.
    #[must_use]
    pub fn decode(&self) -> Value {
        parse::decode_level(&self.text)
    }

    /// Where the text lies: the identity of an object.
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.text.as_ptr() as usize, self.text.len())
    }
}
