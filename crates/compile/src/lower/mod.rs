//! Lowers a checked unit to its part of the plan.
//!
//! In:    a [`Checked`] unit: no unresolved name, no type error.
//! Out:   used operations, projections and routes; helpers are inlined, calls stand as steps in text
//!        order.
//! Never: I/O, clocks, randomness. Equal input gives an equal part, byte for byte.
//!
//! Start at [`lower`]; one handler is [`handler::Lowerer`], what is read of answers is
//! [`demand`] over the contract's types in [`project`].

mod answers;
mod bulk;
mod call;
pub mod codes;
mod demand;
mod expression;
mod function;
mod gather;
mod handler;
mod inputs;
mod made;
mod making;
mod operations;
mod part;
mod print;
mod project;
mod promise;
mod review;
mod routes;
mod scope;
mod statement;
#[cfg(test)]
mod tests;
mod usage;
mod ways;
mod whole;

use frontage_diagnostic::{Diagnostic, SourceMap};
use frontage_plan::{DEEPEST, Handler, Route, RouteKind, block_fits, input_slot};

use crate::Workspace;
use crate::hir::{Checked, CheckedKind};
pub(crate) use answers::each_call;
use handler::{CallSpans, Lowered, Lowerer, Surroundings};
use operations::Operations;
pub(crate) use operations::without_unused;
pub(crate) use part::Part;
pub use print::print;
use project::Shapes;
pub(crate) use routes::order;
pub use whole::{DeclaredOperation, DeclaredUpstream, declared_upstreams};

/// Lowers the routes of a unit.
///
/// The part holds what could be lowered; it must not run if a diagnostic is an error.
#[must_use]
pub(crate) fn lower(
    workspace: &Workspace,
    checked: &Checked,
    sources: &SourceMap,
) -> (Part, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut operations = Operations::default();
    let usage = usage::count(checked);
    let mut lowered: Vec<(Route, CallSpans, bool)> = Vec::new();
    for route in &checked.routes {
        let before = diagnostics.len();
        let mut spans = CallSpans::new();
        let kind = match &route.kind {
            CheckedKind::Passthrough { operation, timeout_ms } => {
                RouteKind::Passthrough(routes::passthrough(
                    workspace,
                    *operation,
                    route,
                    *timeout_ms,
                    &mut operations,
                    &mut diagnostics,
                ))
            }
            CheckedKind::Handler { input, function, sequential, .. } => {
                let surroundings = Surroundings { checked, workspace, sources, usage: &usage };
                let (input, first_free) =
                    inputs::lower(input, surroundings, &mut operations, &mut diagnostics);
                let lowerer =
                    Lowerer::new(surroundings, &mut operations, &mut diagnostics, first_free);
                let Lowered { body, frames, calls } = lowerer.handler(function);
                spans = calls;
                if !block_fits(&body, DEEPEST) || !inputs::fits(&input, DEEPEST) {
                    let message = "with its helpers inlined, this route is nested too deeply";
                    diagnostics.push(
                        Diagnostic::error(codes::PLAN_TOO_LARGE, route.span, message).help(
                            "write a long `switch` as a table, `({ … })[key]`, or split the route",
                        ),
                    );
                }
                let mut reads_session = false;
                frontage_plan::reads_in_block(&body, &mut |slot| {
                    reads_session |= slot == input_slot::SESSION;
                });
                let sequential = *sequential;
                RouteKind::Handler(Box::new(Handler {
                    input,
                    body,
                    frames,
                    sequential,
                    reads_session,
                }))
            }
        };
        let place = handler::place(sources, route.span);
        let lowered_route = Route { method: route.method, path: route.path.clone(), kind, place };
        let faulty = diagnostics.len() > before;
        lowered.push((lowered_route, spans, faulty));
    }

    let tables = operations.tables(workspace);
    let mut shapes = Shapes::default();
    for (route, spans, faulty) in &mut lowered {
        match &mut route.kind {
            RouteKind::Passthrough(passthrough) => {
                passthrough.operation = tables.ids[passthrough.operation.0 as usize];
            }
            RouteKind::Handler(handler) => {
                answers::renumber(&mut handler.body, &tables.ids);
                let demands = making::make(&mut handler.body, workspace, &tables);
                let mut reading =
                    answers::Reading { workspace, tables: &tables, demands, shapes: &mut shapes };
                let read = reading.block(&mut handler.body);
                let demands = reading.demands;
                let mut bulking = bulk::Bulking {
                    workspace,
                    tables: &tables,
                    spans,
                    diagnostics: &mut diagnostics,
                };
                bulking.block(&mut handler.body, &|call| {
                    read.get(&answers::key(call)).cloned().unwrap_or_default()
                });
                let review = review::Review {
                    operations: &tables.operations,
                    upstreams: &tables.upstreams,
                    spans,
                    demands: &demands,
                    diagnostics: &mut diagnostics,
                };
                // What is missing from the plan would seem not to be used.
                if !*faulty {
                    review.route(route.method, &handler.body);
                }
            }
        }
    }
    let part = Part {
        operations: tables.references.into_iter().zip(tables.operations).collect(),
        shapes: shapes.nodes,
        made: shapes.made,
        routes: lowered.into_iter().map(|(route, ..)| route).collect(),
        patterns: checked.patterns.clone(),
    };
    frontage_diagnostic::sort(&mut diagnostics, sources);
    diagnostics.dedup();
    (part, diagnostics)
}
