//! Validators of a route's input: their functions become lambdas with slots of their own.
//!
//! In:    validators with the functions of the checked form.
//! Out:   validators of the plan, and the first slot of level 0 that none of them uses.
//! Never: two functions that share a slot, or one that reads what the handler computes.

use frontage_plan::{Input, Lambda, Validator, expr_fits, input_slot};

use super::handler::{Lowerer, Surroundings};
use super::operations::Operations;
use crate::hir::CallbackId;
use frontage_diagnostic::Diagnostic;

/// Whether no validator or function of it stands deeper than `most`.
pub(super) fn fits(input: &Input, most: usize) -> bool {
    let parts = [&input.params, &input.query, &input.headers, &input.body];
    parts.into_iter().flatten().all(|part| validator_fits(part, most))
}

fn validator_fits(validator: &Validator, most: usize) -> bool {
    let Some(inner) = most.checked_sub(1) else { return false };
    validator.functions().into_iter().all(|lambda| expr_fits(&lambda.body, most))
        && validator.children().into_iter().all(|child| validator_fits(child, inner))
}

/// Lowers the validators of one route.
pub(super) fn lower(
    input: &Input<CallbackId>,
    surroundings: Surroundings<'_>,
    operations: &mut Operations,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Input, u16) {
    let mut first_free = input_slot::FIRST_FREE;
    let input = input.map(&mut |id: &CallbackId| {
        let Some(callback) = surroundings.checked.callbacks.get(id.0 as usize) else {
            return Lambda { params: Vec::new(), body: Box::new(frontage_plan::Expr::UNDEFINED) };
        };
        let lowerer = Lowerer::new(surroundings, operations, diagnostics, first_free);
        let (lambda, next) = lowerer.callback(callback);
        first_free = next;
        lambda
    });
    (input, first_free)
}
