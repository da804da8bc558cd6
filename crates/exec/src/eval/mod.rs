//! Computes expressions with JavaScript's meaning.
//!
//! In:    an expression of the plan and the frames it reads.
//! Out:   its value, or what it throws.
//! Never: I/O, a clock that a route sees (`Date.now()` is a constant of the request), recursion
//!        that a plan's text does not bound, a string or list beyond [`bounds`], time or memory
//!        beyond what [`Meter`] allows.
//!
//! Start at [`eval`].

mod array;
mod block;
mod bounds;
mod builtin;
mod convert;
mod date;
mod elementary;
mod env;
mod expr;
mod iterate;
mod keyed;
mod math;
mod member;
mod meter;
mod number;
mod object;
mod operator;
mod pattern;
mod sort;
mod string;
#[cfg(test)]
mod tests;
mod thrown;
mod units;
mod uri;

pub(crate) use builtin::call;
pub(crate) use date::new_date;
pub(crate) use env::Env;
pub(crate) use expr::{apply, eval};
pub use meter::Compute;
pub(crate) use meter::{Exceeded, Meter};
pub(crate) use pattern::Patterns;
pub(crate) use thrown::Thrown;
