//! Constants, names and places: of values while a request runs, and in the source.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A name: of a field, an upstream, an operation.
pub type Name = Arc<str>;

/// A JavaScript number that can be compared and hashed: by its bits, so that `-0` is not `0` and
/// `NaN` is itself.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Number(pub f64);

impl Number {
    /// `ToUint32` of ECMAScript.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^32")]
    pub fn to_uint32(self) -> u32 {
        if self.0.is_finite() { self.0.trunc().rem_euclid(4_294_967_296.0) as u32 } else { 0 }
    }

    /// `ToInt32` of ECMAScript.
    #[must_use]
    pub fn to_int32(self) -> i32 {
        self.to_uint32().cast_signed()
    }

    /// `**`, to the last digit that V8 gives.
    #[must_use]
    pub fn power(self, exponent: f64) -> f64 {
        if exponent.is_nan() || (self.0.abs() == 1.0 && exponent.is_infinite()) {
            return f64::NAN;
        }
        // V8 multiplies squares, and asks the platform's C library for all else, as `powf` does;
        // the older algorithm of `libm::pow` differs in the last digit.
        if exponent == 2.0 { self.0 * self.0 } else { self.0.powf(exponent) }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// A value that is known when a route is compiled.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Constant {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Name),
}

/// Where a value lives while a request runs.
///
/// A route's frame is level 0. Each body of an asynchronous `.map` has a frame of its own for each
/// element, one level further in; a body sees its own frame and those around it. Within a frame
/// every binding (also the parameters of synchronous arrow functions) has an index of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    /// Nesting of asynchronous `.map` bodies, from 0.
    pub level: u16,
    /// Index in the frame.
    pub index: u16,
}

/// A place in the source, for people.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path relative to the workspace.
    pub path: Name,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// The slots of level 0 that are filled before a route starts.
pub mod input_slot {
    use super::Slot;

    /// Validated path parameters, an object; `undefined` unless declared.
    pub const PARAMS: Slot = Slot { level: 0, index: 0 };
    /// Validated query, an object; `undefined` unless declared.
    pub const QUERY: Slot = Slot { level: 0, index: 1 };
    /// Validated headers, an object; `undefined` unless declared.
    pub const HEADERS: Slot = Slot { level: 0, index: 2 };
    /// Validated body; `undefined` unless declared.
    pub const BODY: Slot = Slot { level: 0, index: 3 };
    /// Who asks: an object.
    pub const SESSION: Slot = Slot { level: 0, index: 4 };
    /// The request: an object with `method`, `path`, `id` and `now` (a date).
    pub const REQUEST: Slot = Slot { level: 0, index: 5 };
    /// The first index that is free.
    pub const FIRST_FREE: u16 = 6;
}
