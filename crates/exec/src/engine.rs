//! A plan made ready to run: checked, patterns compiled.

use std::sync::Arc;

use frontage_plan::Plan;

use crate::validate::Prepared;

/// A plan and what is prepared once for all its requests; shared by threads.
#[derive(Debug)]
pub struct Engine {
    plan: Arc<Plan>,
    validators: Prepared,
}

/// Why a plan cannot be run: it is not what a compiler of this version makes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plan is malformed at {place}: {fault}")]
pub struct PrepareError {
    /// Route or operation.
    pub place: String,
    /// What is wrong.
    pub fault: String,
}

impl Engine {
    /// Checks and prepares a plan.
    ///
    /// # Errors
    ///
    /// [`PrepareError`] for a plan that could not be run safely.
    pub fn new(plan: Arc<Plan>) -> Result<Self, PrepareError> {
        let validators = Prepared::new(&plan);
        Ok(Self { plan, validators })
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    pub(crate) fn validators(&self) -> &Prepared {
        &self.validators
    }
}
