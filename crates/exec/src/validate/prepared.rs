//! The validators of a route, made ready once.

use frontage_plan::{Input, Validator};

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

impl Parts {
    /// Prepares the validators of a route.
    pub(crate) fn new(input: &Input) -> Self {
        let ready = |validator: &Option<Validator>| validator.as_ref().map(Ready::new);
        Self {
            params: ready(&input.params),
            query: ready(&input.query),
            headers: ready(&input.headers),
            body: ready(&input.body),
        }
    }
}
