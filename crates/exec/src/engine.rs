//! A plan made ready to run: checked, patterns compiled.

use std::sync::Arc;

use frontage_plan::{Plan, RouteKind};

use crate::check::{PrepareError, check};
use crate::eval::Patterns;
use crate::prepare::{PreparedBlock, prepare, reads_request};
use crate::validate::{self, Parts};

/// A plan and what is prepared once for all its requests; shared by threads.
#[derive(Debug)]
pub struct Engine {
    plan: Arc<Plan>,
    /// For each route, its validators.
    validators: Vec<Parts>,
    /// For each route, its handler's blocks and whether it looks at the request; none for routes that hand through.
    handlers: Vec<Option<(PreparedBlock, bool)>>,
    patterns: Arc<Patterns>,
}

impl Engine {
    /// Checks and prepares a plan.
    ///
    /// # Errors
    ///
    /// [`PrepareError`] for a plan that could not be run safely.
    pub fn new(plan: Arc<Plan>) -> Result<Self, PrepareError> {
        check(&plan)?;
        let validators = validate::prepare(&plan);
        let prepared = plan.routes.iter().map(|route| match &route.kind {
            RouteKind::Handler(handler) => Some((prepare(&plan, handler), reads_request(handler))),
            RouteKind::Passthrough(_) => None,
        });
        let handlers = prepared.collect();
        let patterns = Patterns::new(&plan);
        Ok(Self { plan, validators, handlers, patterns })
    }

    /// The plan's regular expressions.
    pub(crate) fn patterns(&self) -> &Arc<Patterns> {
        &self.patterns
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    pub(crate) fn prepared(&self, route: usize) -> Option<&(PreparedBlock, bool)> {
        self.handlers.get(route)?.as_ref()
    }

    pub(crate) fn validators(&self, route: usize) -> Option<&Parts> {
        self.validators.get(route)
    }
}
