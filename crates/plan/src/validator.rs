//! Validators of a route's input: Zod's subset as data.

use serde::{Deserialize, Serialize};

use crate::{Constant, Lambda, Name, Number};

/// What an input must be; gives the value that the route sees, or a list of issues.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Validator {
    /// Anything.
    Unknown,
    /// `z.null()`
    Null,
    /// `z.string()` or `z.coerce.string()`; checks run in order.
    String {
        /// Makes a string of it first.
        coerce: bool,
        /// Checks and changes, in order.
        checks: Vec<Check>,
    },
    /// `z.number()` or `z.coerce.number()`.
    Number {
        /// Makes a number of it first, as `Number(x)`.
        coerce: bool,
        /// Checks, in order.
        checks: Vec<Check>,
    },
    /// `z.boolean()` or `z.coerce.boolean()`.
    Boolean {
        /// Makes a boolean of it first, as `Boolean(x)`.
        coerce: bool,
    },
    /// `z.stringbool()`: `"true"`, `"1"`, `"yes"`, `"on"`, `"y"`, `"enabled"` and their opposites.
    StringBool,
    /// `z.literal(...)` and `z.enum([...])`: one of these.
    OneOf(Vec<Constant>),
    /// `z.object({...})`.
    Object {
        /// Members, in the schema's order.
        fields: Vec<ValidatorField>,
        /// What becomes of others.
        mode: ObjectMode,
    },
    /// `z.array(item)`.
    Array {
        /// Each element.
        item: Box<Validator>,
        /// `min`, `max`, `length`, `nonempty`.
        checks: Vec<Check>,
    },
    /// `z.tuple([...])` with an optional rest.
    Tuple {
        /// By position.
        items: Vec<Validator>,
        /// Further elements.
        rest: Option<Box<Validator>>,
    },
    /// `z.record(key, value)`.
    Record {
        /// Each key.
        key: Box<Validator>,
        /// Each value.
        value: Box<Validator>,
    },
    /// `z.union([...])`: the first that fits.
    Union(Vec<Validator>),
    /// `z.discriminatedUnion(property, [...])`.
    Discriminated {
        /// The property.
        property: Name,
        /// Its values and what then must fit.
        variants: Vec<(Vec<Constant>, Validator)>,
    },
    /// `.optional()`: `undefined` passes.
    Optional(Box<Validator>),
    /// `.nullable()`: `null` passes.
    Nullable(Box<Validator>),
    /// `.default(value)`: stands for `undefined`.
    Default(Box<Validator>, DefaultValue),
    /// `.transform(lambda)`: computed from the validated value; one parameter. Its slots are
    /// level 0 slots of the route's frame.
    Transform(Box<Validator>, Lambda),
}

/// A default as JSON text (compact), or `undefined`.
pub type DefaultValue = Name;

/// A member of an object validator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ValidatorField {
    /// Its key.
    pub name: Name,
    /// What it must be.
    pub validator: Validator,
}

/// What becomes of keys that an object validator does not name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ObjectMode {
    /// Left out (Zod's default).
    Strip,
    /// An issue (`z.strictObject`).
    Strict,
    /// Kept (`z.looseObject`).
    Loose,
    /// `.catchall(validator)`.
    Catchall(Box<Validator>),
}

/// One check or change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "Zod's own words")]
pub enum Check {
    /// Lengths count code points for strings, as Zod 4 does, and elements for lists.
    MinLength(u32),
    MaxLength(u32),
    Length(u32),
    Regex(Name),
    Format(StringFormat),
    StartsWith(Name),
    EndsWith(Name),
    Includes(Name),
    Lowercase,
    Uppercase,
    Trim,
    ToLowerCase,
    ToUpperCase,
    Int,
    Min {
        value: Number,
        inclusive: bool,
    },
    Max {
        value: Number,
        inclusive: bool,
    },
    MultipleOf(Number),
    /// A check with a message of its own: `.min(10, "…")`.
    Said(Box<Check>, Name),
    /// No check: what is said of a value of another type, `z.string("…")`.
    WrongType(Name),
}

/// Formats of strings with Zod 4's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "Zod's own words")]
pub enum StringFormat {
    Email,
    Url,
    Uuid,
    IsoDate,
    IsoDateTime,
    IsoTime,
    Ipv4,
    Ipv6,
    Base64,
    Cuid2,
    Ulid,
    Nanoid,
}
