//! From route modules and contracts to a plan: resolve, check, lower.
//!
//! In:    parsed contracts and the texts of a frontend's modules ([`FrontendInput`]).
//! Out:   a [`frontage_plan::Plan`] and every diagnostic that was found.
//! Never: I/O, clocks, randomness. Equal input gives an equal plan, byte for byte.
//!
//! Start at [`compile`].

pub mod hir;
pub mod lower;
mod input;
pub mod types;

pub use input::{FrontendInput, SessionField, SessionType, UpstreamInput, Workspace};
