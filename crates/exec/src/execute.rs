//! One request through one route.

use frontage_plan::RouteKind;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{Clients, Engine, Outcome, OutcomeBody, Problem, RouteRequest, Trace};

/// Runs a route's handler for a request.
///
/// - `route`: index into the plan's routes.
///
/// Dropped before it is done, it cancels its safe calls; an unsafe call that has started runs on.
pub async fn execute(
    engine: &Engine,
    _clients: &Clients,
    route: usize,
    _request: RouteRequest<'_>,
) -> Outcome {
    let _ = engine.validators();
    let private = match engine.plan().routes.get(route).map(|route| &route.kind) {
        Some(RouteKind::Handler(handler)) => handler.reads_session,
        _ => true,
    };
    Outcome::problem(Problem::new(500, "internal"), private)
}

impl Outcome {
    /// An outcome that is a problem from the start.
    pub(crate) fn problem(problem: Problem, private: bool) -> Self {
        Self {
            status: problem.status,
            headers: Vec::new(),
            body: OutcomeBody::Problem(problem),
            cache_control: None,
            private,
            replaced: Vec::new(),
            calls: Vec::new(),
            drift: Vec::new(),
            internal: None,
        }
    }
}

/// Adds what tells an upstream which request a call belongs to.
pub(crate) fn identify(headers: &mut HeaderMap, request_id: &str, trace: Option<&Trace>) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    let Some(trace) = trace else { return };
    if let Ok(parent) = HeaderValue::try_from(trace.child()) {
        headers.insert(HeaderName::from_static("traceparent"), parent);
    }
    if let Some(Ok(state)) = trace.state.as_deref().map(HeaderValue::from_str) {
        headers.insert(HeaderName::from_static("tracestate"), state);
    }
}
