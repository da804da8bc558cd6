//! Shapes: which fields of an answer are read, and what they must be.
//!
//! A shape is at once the projection (what is not named is skipped) and the drift check (what is
//! named must fit). Shapes may be recursive through their ids.

use serde::{Deserialize, Serialize};

use crate::{Constant, Name};

/// Index into [`crate::Plan::shapes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ShapeId(pub u32);

/// A shape and the form in which its value is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Node {
    /// What the value must be, and which parts are read.
    pub shape: Shape,
    /// How it is kept.
    pub form: Form,
}

/// How a value is kept after reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// An expression looks at it.
    Decoded,
    /// Only handed on: checked, cut to its shape, kept as JSON text with its exact digits.
    Raw,
    /// What is made of it is only handed on, and made while it is read: it is that JSON text.
    Made(MadeId),
}

/// Index into [`crate::Plan::made`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MadeId(pub u32);

/// How a text is made of a value: what is kept of it, and what is written of that.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Made {
    /// Pieces of text that are kept.
    pub pieces: u16,
    /// What is kept of the value.
    pub read: Read,
    /// What is written.
    pub write: Written,
}

/// What is kept of a value, beside the check of its shape.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Read {
    /// Nothing.
    Check,
    /// Its text, cut to its shape, as this piece.
    Keep(u16),
    /// What each field of its shape, which is an object, says.
    Fields(Vec<Read>),
    /// The list of what is made of each element, as this piece; its shape is an array.
    Each(u16, Box<Made>),
}

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Written {
    /// A piece. What was missing is left out of an object, and `null` in a list.
    Piece(u16),
    /// A JSON text.
    Text(Name),
    /// An object. Each member has its name as JSON text, with the colon.
    Object(Vec<(Name, Written)>),
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shape {
    /// Anything; nothing of it is needed, only its presence.
    Skip,
    /// Anything, kept whole.
    Any,
    /// No value fits.
    Never,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number without a fraction (`1.0` and `1e3` are integers, as in JSON Schema).
    Integer,
    /// A number.
    Number,
    /// A string.
    String,
    /// A string out of a list; another string passes and is counted.
    Enum(Vec<Name>),
    /// Exactly this value (a discriminator, a `const`).
    Constant(Constant),
    /// A list.
    Array(ShapeId),
    /// A list by position; further elements fit `rest`, or are cut.
    Tuple(Vec<ShapeId>, Option<ShapeId>),
    /// An object.
    Object {
        /// What is read, in the contract's order.
        fields: Vec<Field>,
        /// What becomes of other members.
        rest: Rest,
    },
    /// The first variant that fits. `null` among several variants is the usual case.
    Union(Vec<ShapeId>),
    /// A union told apart by a property with constant values; a value that none names fits
    /// nothing.
    Tagged {
        /// The property.
        property: Name,
        /// Its values and their shapes.
        variants: Vec<(Name, ShapeId)>,
    },
}

/// A member that is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    /// Name in the answer.
    pub name: Name,
    /// What it must be.
    pub shape: ShapeId,
    /// Whether its absence is drift.
    pub required: bool,
}

/// What becomes of members that a shape does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rest {
    /// Skipped: undeclared, or not used.
    Cut,
    /// Kept, and checked.
    Keep(ShapeId),
}
