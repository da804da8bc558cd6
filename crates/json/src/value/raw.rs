//! JSON text that is handed on as it is.

use crate::Kind;
use bytes::Bytes;

use super::parse;
use crate::Value;

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

    /// A text that would be too large: nothing can be written of it.
    pub(crate) fn too_large(kind: Kind) -> Self {
        Self { text: Bytes::new(), kind }
    }

    /// Whether it is no text at all, as it would be too large.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.text.is_empty()
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
