//! Checks a route's input as Zod 4 does.
//!
//! In:    a validator of the plan and a value.
//! Out:   the value that the route sees, or every issue (at most [`MOST_ISSUES`]).
//! Never: a pattern that takes more than linear time.
//!
//! Start at [`validate`] and [`query_object`].

mod checks;
mod container;
mod format;
mod issue;
mod optionality;
mod pattern;
mod prepared;
mod query;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use issue::{Issue, PathKey};
pub(crate) use prepared::Prepared;
pub(crate) use query::query_object;

use frontage_json::Value;
use frontage_plan::Validator;

use crate::eval::{Env, Thrown};

/// No more issues than this are listed.
pub(crate) const MOST_ISSUES: usize = 100;

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
    validator: &Validator,
    input: Value,
    env: &Env,
    prepared: &Prepared,
) -> Result<Value, Refusal> {
    let mut walk = walk::Walk::new(env, prepared);
    let value = walk.run(validator, input).map_err(Refusal::Thrown)?;
    let mut issues = walk.into_issues();
    if issues.is_empty() {
        return Ok(value);
    }
    issues.truncate(MOST_ISSUES);
    Err(Refusal::Issues(issues))
}
