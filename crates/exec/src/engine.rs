//! A plan made ready to run: checked, patterns compiled; each route when it is first asked for.

use std::sync::{Arc, OnceLock};

use frontage_plan::{Handler, Plan, RouteKind};

use crate::check::{PrepareError, check};
use crate::eval::Patterns;
use crate::prepare::{PreparedBlock, prepare, reads_request};
use crate::validate::Parts;

/// A plan and what is prepared once for all its requests; shared by threads.
#[derive(Debug)]
pub struct Engine {
    plan: Arc<Plan>,
    /// For each route, what its requests need; made for the first of them.
    routes: Box<[OnceLock<Prepared>]>,
    patterns: Arc<Patterns>,
}

/// What is prepared of a handler.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Its validators.
    pub(crate) validators: Parts,
    /// Its blocks.
    pub(crate) block: PreparedBlock,
    /// It looks at the request itself.
    pub(crate) reads_request: bool,
}

impl Engine {
    /// Checks a plan, and makes ready what all its routes share.
    ///
    /// # Errors
    ///
    /// [`PrepareError`] for a plan that could not be run safely.
    pub fn new(plan: Arc<Plan>) -> Result<Self, PrepareError> {
        check(&plan)?;
        let routes = plan.routes.iter().map(|_| OnceLock::new()).collect();
        let patterns = Patterns::new(&plan);
        Ok(Self { plan, routes, patterns })
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

    /// A route's handler, and what is prepared of it; `None` for a route that hands through, or none.
    pub(crate) fn handler(&self, route: usize) -> Option<(&Handler, &Prepared)> {
        let RouteKind::Handler(handler) = &self.plan.routes.get(route)?.kind else { return None };
        let prepared = self.routes.get(route)?.get_or_init(|| Prepared {
            validators: Parts::new(&handler.input),
            block: prepare(&self.plan, handler),
            reads_request: reads_request(handler),
        });
        Some((handler, prepared))
    }
}
