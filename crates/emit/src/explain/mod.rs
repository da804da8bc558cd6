//! What a plan does, for people and machines: stages, calls, fields read, budgets.
//!
//! In:    a [`Plan`].
//! Out:   an [`Explanation`]: serialisable data, with a text for terminals and a Mermaid chart.
//!
//! Start at [`explain`].

mod fields;
mod mermaid;
mod schedule;
mod text;

use frontage_plan::{PathPiece, Plan, Route, RouteKind};
use serde::Serialize;

/// What the routes of a backend do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The frontend.
    pub frontend: String,
    /// Its routes, or the one that was asked for.
    pub routes: Vec<RouteExplanation>,
}

/// What one route does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteExplanation {
    /// Method.
    pub method: &'static str,
    /// Path, such as `/orders/{id}`.
    pub path: String,
    /// Where it stands: file, line and column.
    pub place: String,
    /// Streams an upstream's answer as it is.
    pub passthrough: bool,
    /// Runs every await where it stands.
    pub sequential: bool,
    /// Its answer depends on who asks.
    pub reads_session: bool,
    /// How many stages there are.
    pub stages: u32,
    /// Longest time that the stages can take one after the other, in milliseconds: the largest
    /// timeout of each.
    pub budget_ms: u64,
    /// Its calls, in order of stage and text.
    pub calls: Vec<CallExplanation>,
}

/// What one call does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallExplanation {
    /// Number within the route, from 1, in text order.
    pub number: usize,
    /// `upstream.operation`
    pub name: String,
    /// Method of the request.
    pub method: &'static str,
    /// Path of the request, such as `/users/{id}`.
    pub template: String,
    /// When it starts at the earliest: after all calls of earlier stages that it needs.
    pub stage: u32,
    /// Calls whose answers its arguments read.
    pub reads_from: Vec<usize>,
    /// Calls that must have ended first: they decide whether it runs, or one of the two changes
    /// something.
    pub waits_for: Vec<usize>,
    /// The list for each of whose elements it runs; innermost last.
    pub for_each: Vec<ForEach>,
    /// Runs only under a condition.
    pub conditional: bool,
    /// Runs only after a failure.
    pub in_handler: bool,
    /// The part of the answer that is replaced if it fails.
    pub fallback: Option<String>,
    /// Time it may take, in milliseconds.
    pub timeout_ms: u32,
    /// Statuses that give `null`.
    pub null_on: Vec<u16>,
    /// Free of side effects: may overlap with others and be joined.
    pub safe: bool,
    /// What is read of its answer; `…` stands for all below.
    pub fields: Vec<String>,
    /// An equal call before it, whose answer it shares.
    pub joined_with: Option<usize>,
    /// How it is made together with the same calls for other elements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk: Option<BulkExplanation>,
    /// Where it stands: file, line and column.
    pub place: String,
}

/// A bulk operation that stands for many calls of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkExplanation {
    /// `upstream.operation`
    pub name: String,
    /// Most keys of one call.
    pub at_most: u16,
}

/// A list that a call runs over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForEach {
    /// Where the list comes from.
    pub list: String,
    /// Most elements at once.
    pub at_most: u16,
}

/// Explains a plan's routes.
///
/// - `route`: only this one, as `GET /home` or `/home`; no route if none is so called.
#[must_use]
pub fn explain(plan: &Plan, route: Option<&str>) -> Explanation {
    let routes = plan
        .routes
        .iter()
        .filter(|candidate| route.is_none_or(|wanted| is_called(candidate, wanted)))
        .map(|route| explain_route(plan, route))
        .collect();
    Explanation { frontend: plan.frontend.to_string(), routes }
}

fn is_called(route: &Route, wanted: &str) -> bool {
    let path = route.path_text();
    match wanted.trim().split_once(char::is_whitespace) {
        Some((method, wanted)) => {
            route.method.as_str().eq_ignore_ascii_case(method) && path == wanted.trim()
        }
        None => path == wanted.trim(),
    }
}

fn explain_route(plan: &Plan, route: &Route) -> RouteExplanation {
    let mut calls = match &route.kind {
        RouteKind::Handler(handler) => schedule::calls(plan, handler),
        RouteKind::Passthrough(passthrough) => {
            let operation = plan.operation(passthrough.operation);
            let upstream = plan.upstream(operation.upstream);
            vec![CallExplanation {
                number: 1,
                name: format!("{}.{}", upstream.name, operation.name),
                method: operation.method.as_str(),
                template: template(plan, passthrough.operation),
                stage: 1,
                reads_from: Vec::new(),
                waits_for: Vec::new(),
                for_each: Vec::new(),
                conditional: false,
                in_handler: false,
                fallback: None,
                timeout_ms: passthrough.timeout_ms.unwrap_or(upstream.timeout_ms),
                null_on: Vec::new(),
                safe: operation.safe,
                fields: vec!["…".into()],
                joined_with: None,
                bulk: None,
                place: place(&route.place),
            }]
        }
    };
    calls.sort_by_key(|call| (call.stage, call.number));
    let stages = calls.iter().map(|call| call.stage).max().unwrap_or(0);
    let longest = |stage: u32| {
        let of_stage = calls.iter().filter(|call| call.stage == stage);
        of_stage.map(|call| u64::from(call.timeout_ms)).max().unwrap_or(0)
    };
    let (sequential, reads_session) = match &route.kind {
        RouteKind::Handler(handler) => (handler.sequential, handler.reads_session),
        RouteKind::Passthrough(_) => (false, false),
    };
    RouteExplanation {
        method: route.method.as_str(),
        path: route.path_text(),
        place: place(&route.place),
        passthrough: matches!(route.kind, RouteKind::Passthrough(_)),
        sequential,
        reads_session,
        stages,
        budget_ms: (1..=stages).map(longest).sum(),
        calls,
    }
}

fn place(place: &frontage_plan::Place) -> String {
    format!("{}:{}:{}", place.path, place.line, place.column)
}

/// `/users/{id}`
fn template(plan: &Plan, id: frontage_plan::OperationId) -> String {
    let operation = plan.operation(id);
    let pieces = operation.path.iter().map(|piece| match piece {
        PathPiece::Text(text) => text.to_string(),
        PathPiece::Parameter(index) => {
            format!("{{{}}}", operation.parameters[usize::from(*index)].name)
        }
    });
    pieces.collect()
}
