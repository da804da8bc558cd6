//! Types of the checker.

/// Index into [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ty(pub u32);

/// All types of a checked frontend.
#[derive(Debug, Default)]
pub struct Types {}
