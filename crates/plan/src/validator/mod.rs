//! Validators of a route's input: Zod's subset as data.
//!
//! A validator is what Zod calls a schema: what the schema itself parses ([`ValidatorKind`]), then
//! its checks in order. `F` is a function of the schema's author: [`Lambda`] in a plan, an index
//! while a frontend is compiled.

mod check;
mod facts;
mod visit;

pub use check::{
    Check, CheckKind, Haystack, NormalForm, NumberFormat, PathStep, Pattern, StringFormat, UrlRule,
    folded, unit_char, units,
};
pub use facts::Absence;

use serde::{Deserialize, Serialize};

use crate::{Constant, Lambda, Name};

/// What an input must be; gives the value that the route sees, or a list of issues.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Validator<F = Lambda> {
    /// What the schema itself parses.
    pub kind: ValidatorKind<F>,
    /// Checks and changes after it, in order.
    pub checks: Vec<Check<F>>,
    /// What is said of values that it or a check without a message of its own refuses.
    pub message: Option<Name>,
    /// What `.describe` and `.meta` say: names with JSON texts, in order.
    pub about: Vec<(Name, Name)>,
}

impl<F> Validator<F> {
    /// A validator without checks.
    #[must_use]
    pub fn new(kind: ValidatorKind<F>) -> Self {
        Self { kind, checks: Vec::new(), message: None, about: Vec::new() }
    }

    /// The validator with one more check.
    #[must_use]
    pub fn with(mut self, check: CheckKind<F>) -> Self {
        self.checks.push(Check::new(check));
        self
    }
}

impl<F> From<ValidatorKind<F>> for Validator<F> {
    fn from(kind: ValidatorKind<F>) -> Self {
        Self::new(kind)
    }
}

/// What a schema itself parses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ValidatorKind<F = Lambda> {
    /// `z.unknown()`, `z.any()`: anything.
    Unknown,
    /// `z.never()`: nothing.
    Never,
    /// `z.undefined()`
    Undefined,
    /// `z.void()`: `undefined` too.
    Void,
    /// `z.null()`
    Null,
    /// `z.string()` or `z.coerce.string()`.
    String {
        /// Makes a string of it first, as `String(x)`.
        coerce: bool,
    },
    /// `z.number()` or `z.coerce.number()`.
    Number {
        /// Makes a number of it first, as `Number(x)`.
        coerce: bool,
    },
    /// `z.boolean()` or `z.coerce.boolean()`.
    Boolean {
        /// Makes a boolean of it first, as `Boolean(x)`.
        coerce: bool,
    },
    /// `z.date()` or `z.coerce.date()`.
    Date {
        /// Makes a date of it first, as `new Date(x)`.
        coerce: bool,
    },
    /// `z.stringbool()`: words that mean `true` and words that mean `false`.
    StringBool {
        /// Mean `true`.
        truthy: Vec<Name>,
        /// Mean `false`.
        falsy: Vec<Name>,
        /// In this case only; otherwise the words are in lower case, and any case is taken.
        sensitive: bool,
    },
    /// `z.literal(...)` and `z.enum(...)`: one of these.
    OneOf(Vec<Constant>),
    /// `z.object({...})`.
    Object {
        /// Members, in JavaScript's order of keys.
        fields: Vec<ValidatorField<F>>,
        /// What becomes of others.
        mode: ObjectMode<F>,
    },
    /// `z.array(item)`.
    Array(Box<Validator<F>>),
    /// `z.tuple([...])` with an optional rest.
    Tuple {
        /// By position.
        items: Vec<Validator<F>>,
        /// Further elements.
        rest: Option<Box<Validator<F>>>,
    },
    /// `z.record(key, value)`.
    Record {
        /// Each key.
        key: Box<Validator<F>>,
        /// Each value.
        value: Box<Validator<F>>,
        /// Which keys must and may be there.
        mode: RecordMode,
    },
    /// `z.union([...])`: the first that fits; `z.xor([...])`: the only one that fits.
    Union {
        /// In order.
        options: Vec<Validator<F>>,
        /// `z.xor`.
        exclusive: bool,
    },
    /// `z.discriminatedUnion(property, [...])`.
    Discriminated {
        /// The property.
        property: Name,
        /// Its values and what then must fit.
        variants: Vec<(Vec<Constant>, Validator<F>)>,
    },
    /// `z.intersection(left, right)`: both, and their results put together.
    Intersection(Box<Validator<F>>, Box<Validator<F>>),
    /// `.optional()`: `undefined` passes.
    Optional(Box<Validator<F>>),
    /// `.exactOptional()`: a member may be missing, but not `undefined`.
    ExactOptional(Box<Validator<F>>),
    /// `.nonoptional()`: `undefined` does not pass.
    NonOptional(Box<Validator<F>>),
    /// `.nullable()`: `null` passes.
    Nullable(Box<Validator<F>>),
    /// `.default(value)`: stands for `undefined`, unchecked.
    Default(Box<Validator<F>>, DefaultValue<F>),
    /// `.prefault(value)`: stands for `undefined`, and is checked.
    Prefault(Box<Validator<F>>, DefaultValue<F>),
    /// `.catch(value)`: stands for what does not fit.
    Catch(Box<Validator<F>>, DefaultValue<F>),
    /// `.readonly()`
    Readonly(Box<Validator<F>>),
    /// `.pipe(next)`: what the first gives must fit the second.
    Pipe(Box<Validator<F>>, Box<Validator<F>>),
    /// `z.transform(f)`, the second half of `.transform(f)`: computed from the value. A lambda
    /// of one parameter; its slots are level 0 slots of the route's frame.
    Transform(F),
}

/// A value that a schema holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DefaultValue<F = Lambda> {
    /// As JSON text (compact), or `undefined`.
    Json(Name),
    /// Computed each time; a lambda without parameters.
    Computed(F),
}

/// A member of an object validator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ValidatorField<F = Lambda> {
    /// Its key.
    pub name: Name,
    /// What it must be.
    pub validator: Validator<F>,
}

/// What becomes of keys that an object validator does not name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ObjectMode<F = Lambda> {
    /// Left out (Zod's default).
    Strip,
    /// An issue (`z.strictObject`).
    Strict,
    /// Kept (`z.looseObject`).
    Loose,
    /// `.catchall(validator)`.
    Catchall(Box<Validator<F>>),
}

/// Which keys of a record must and may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RecordMode {
    /// `z.record`: every key must fit; if the key schema lists its keys, all must be there.
    Strict,
    /// `z.partialRecord`: listed keys may be missing.
    Partial,
    /// `z.looseRecord`: keys that do not fit are kept with their values.
    Loose,
}
