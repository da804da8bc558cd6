//! What the plans of all backends say together.
//!
//! In:    plans, the checked forms that they were made of, and contracts.
//! Out:   serialisable findings, each with its route and place.
//! Never: a finding by a route's text; what is not in a plan is not used.
//!
//! Start at [`impact()`] and [`overlap()`]; [`uses`] is what everything here rests on.

mod declared;
mod fields;
mod flow;
mod impact;
mod overlap;
mod uses;

pub use impact::{Backend, Effect, Felt, Impact, Refusal, Severity, Side, impact};
pub use overlap::{
    Advice, Compared, Frontend, General, Likeness, Occurrence, Overlap, Pair, Repeated, RoutePair,
    Rule, Shared, Stale, Surroundings, Verdict, overlap, page,
};
pub use uses::{Consequence, Use, uses};
