//! Statements inside an expression: inlined helpers.

use frontage_json::Value;
use frontage_plan::{Block, Step};

use super::{Env, Thrown, eval};

/// Runs a block that awaits nothing; its value is what its `Return` gives.
pub(super) fn run(block: &Block, env: &Env) -> Result<Value, Thrown> {
    Ok(steps(block, env)?.unwrap_or(Value::Undefined))
}

/// Runs steps until one returns.
fn steps(block: &Block, env: &Env) -> Result<Option<Value>, Thrown> {
    for step in &block.steps {
        match step {
            Step::Let { slot, value } => env.set(*slot, eval(value, env)?),
            Step::If { test, then, otherwise } => {
                let branch = if eval(test, env)?.truthy() { then } else { otherwise };
                if let Some(value) = steps(branch, env)? {
                    return Ok(Some(value));
                }
            }
            Step::Scope { slot, body } => env.set(*slot, run(body, env)?),
            Step::Try { body, error, handler, .. } => {
                let outcome = steps(body, env).or_else(|Thrown(thrown)| {
                    // Out of time is no failure that a route handles.
                    if env.meter().is_over() {
                        return Err(Thrown(thrown));
                    }
                    if let Some(slot) = error {
                        env.set(*slot, thrown);
                    }
                    steps(handler, env)
                });
                if let Some(value) = outcome? {
                    return Ok(Some(value));
                }
            }
            Step::Return(value) => return eval(value, env).map(Some),
            Step::Throw(value) => return Err(Thrown(eval(value, env)?)),
            Step::Call { .. } | Step::All { .. } | Step::Map { .. } => {
                return Err(Thrown::type_error("a call stands in an expression"));
            }
        }
    }
    Ok(None)
}
