//! The validators of a plan, made ready once.

use frontage_plan::{Plan, RouteKind, Validator};

use super::node::Node;

/// A validator made ready to run.
#[derive(Debug)]
pub(crate) struct Ready(pub(super) Node);

impl Ready {
    pub(crate) fn new(validator: &Validator) -> Self {
        Self(Node::new(validator))
    }
}

/// The validators of one route.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) params: Option<Ready>,
    pub(crate) query: Option<Ready>,
    pub(crate) headers: Option<Ready>,
    pub(crate) body: Option<Ready>,
}

/// Prepares the validators of every route.
pub(crate) fn prepare(plan: &Plan) -> Vec<Parts> {
    let parts = plan.routes.iter().map(|route| match &route.kind {
        RouteKind::Handler(handler) => {
            let input = &handler.input;
            let ready = |validator: &Option<Validator>| validator.as_ref().map(Ready::new);
            Parts {
                params: ready(&input.params),
                query: ready(&input.query),
                headers: ready(&input.headers),
                body: ready(&input.body),
            }
        }
        RouteKind::Passthrough(_) => Parts::default(),
    });
    parts.collect()
}
