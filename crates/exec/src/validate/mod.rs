//! Checks a route's input as Zod 4 does.
//!
//! In:    a validator of the plan and a value.
//! Out:   the value that the route sees, or every issue (at most [`MOST_ISSUES`]).
//! Never: a pattern that takes more than linear time.
//!
//! Start at [`validate`] and [`query_object`]. [`walk`] sends a value through a schema: what the
//! schema itself parses, then its checks.

mod added;
mod checks;
mod container;
mod format;
mod intersection;
mod issue;
mod node;
mod pattern;
mod payload;
mod prepared;
mod query;
mod url;
mod walk;

pub(crate) use issue::{Issue, PathKey};
pub(crate) use prepared::{Parts, Ready};
pub(crate) use query::{QueryIssue, query_object};

use frontage_json::Value;

use crate::eval::{Env, Thrown};

/// No more issues than this are listed.
pub(crate) const MOST_ISSUES: usize = 100;

/// Why an input gave no value.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is not what the schema says.
    Issues(Vec<Issue>),
    /// A function of the schema's author threw.
    Thrown(Thrown),
}

/// Checks `input`; `undefined` stands for an absent one.
///
/// - `env`: the route's frame, for the schema's own functions.
///
/// # Errors
///
/// [`Refusal`]: the issues in Zod's order, or what a function threw.
pub(crate) fn validate(ready: &Ready, input: Value, env: &Env) -> Result<Value, Refusal> {
    let payload = walk::Walk::new(env).fresh(&ready.0, input).map_err(Refusal::Thrown)?;
    if payload.issues.is_empty() {
        return Ok(payload.value);
    }
    Err(Refusal::Issues(payload.issues.into_kept()))
}
