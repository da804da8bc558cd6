//! One request through one route: input, handler, answer.

use std::sync::Arc;

use frontage_json::Value;
use frontage_plan::{Handler, input_slot};

use crate::engine::Prepared;
use crate::eval::{Env, Meter};
use crate::input::{Refused, accept};
use crate::run::{Ran, Setting, run};
use crate::{Clients, Engine, Outcome, Problem, RouteRequest, reply};

/// Runs a route's handler for a request.
///
/// - `route`: index into the plan's routes.
///
/// Dropped before it is done, it cancels its safe calls; an unsafe call that has started runs on.
pub async fn execute(
    engine: &Engine,
    clients: &Clients,
    route: usize,
    request: RouteRequest<'_>,
) -> Outcome {
    let plan = engine.plan();
    let Some((handler, prepared)) = engine.handler(route) else { return no_handler() };
    let Prepared { validators, block: prepared, reads_request } = prepared;
    let private = handler.reads_session;
    let env = frame(engine, handler, &request);
    let place = &plan.routes[route].place;
    match accept(&request, &handler.input, validators, *reads_request, &env) {
        _ if env.meter().is_over() => return reply::out_of_time(&env, place, private),
        Ok(()) => {}
        Err(Refused::Problem(problem)) => return Outcome::problem(problem, private),
        Err(Refused::Thrown(error)) => return reply::thrown(&error, &[], private),
    }
    let setting =
        Setting { plan, clients, request_id: request.request_id, trace: request.trace.as_ref() };
    let Ran { result, replaced, calls, drift, retry_after } =
        run(setting, handler, prepared, env.clone()).await;
    let outcome = match result {
        _ if env.meter().is_over() => reply::out_of_time(&env, place, private),
        Ok(value) => reply::answer(&value, private),
        Err(error) => reply::thrown(&error, &retry_after, private),
    };
    Outcome { replaced, calls, drift, ..outcome }
}

/// What a route's validators make of a request, without running its handler.
#[derive(Debug)]
pub struct CheckedInput {
    /// Path parameters; `undefined` where the route declares none, as for the others.
    pub params: Value,
    /// The query.
    pub query: Value,
    /// Headers.
    pub headers: Value,
    /// The body.
    pub body: Value,
}

/// Why a request is not taken.
#[derive(Debug)]
pub enum InputFault {
    /// What the client is told.
    Problem(Problem),
    /// What a function of a schema threw.
    Thrown(Value),
}

/// Checks a request's input as [`execute`] does before it runs the handler.
///
/// - `route`: index into the plan's routes.
///
/// # Errors
///
/// [`InputFault`]; an index of no handler is a problem with status 500.
pub fn check_input(
    engine: &Engine,
    route: usize,
    request: &RouteRequest<'_>,
) -> Result<CheckedInput, InputFault> {
    let Some((handler, prepared)) = engine.handler(route) else {
        return Err(InputFault::Problem(Problem::new(500, "internal")));
    };
    let env = frame(engine, handler, request);
    match accept(request, &handler.input, &prepared.validators, false, &env) {
        Ok(()) => Ok(CheckedInput {
            params: env.get(input_slot::PARAMS),
            query: env.get(input_slot::QUERY),
            headers: env.get(input_slot::HEADERS),
            body: env.get(input_slot::BODY),
        }),
        Err(Refused::Problem(problem)) => Err(InputFault::Problem(problem)),
        Err(Refused::Thrown(error)) => Err(InputFault::Thrown(error)),
    }
}

fn no_handler() -> Outcome {
    let internal = Some("there is no such route with a handler".into());
    Outcome { internal, ..Outcome::problem(Problem::new(500, "internal"), true) }
}

/// The frame in which a handler begins.
fn frame(engine: &Engine, handler: &Handler, request: &RouteRequest<'_>) -> Env {
    let slots = handler.frames.first().copied().unwrap_or(0);
    let patterns = Arc::clone(engine.patterns());
    Env::new(slots, request.now_ms, patterns, Meter::new(request.compute))
}
