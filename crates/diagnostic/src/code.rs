//! Stable numbers of diagnostics.

use std::fmt;

/// A stable code such as `FR2104`; never reused. Each has a page in `docs/errors/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub u16);

/// What part of the product a [`Code`] belongs to, by its thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// FR1xxx: syntax and constructs outside the language.
    Syntax,
    /// FR2xxx: names and types.
    Check,
    /// FR3xxx: contracts.
    Contract,
    /// FR4xxx: limits of a plan.
    Plan,
    /// FR5xxx: configuration and workspace layout.
    Configuration,
}

impl Code {
    /// The area this code belongs to.
    ///
    /// # Panics
    ///
    /// If the number lies outside 1000 to 5999, which no code may.
    #[must_use]
    pub fn area(self) -> Area {
        match self.0 / 1000 {
            1 => Area::Syntax,
            2 => Area::Check,
            3 => Area::Contract,
            4 => Area::Plan,
            5 => Area::Configuration,
            _ => panic!("{self} lies outside the known areas"),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FR{:04}", self.0)
    }
}
