//! Demands of steps, last step first.

use frontage_plan::{Block, BodyKind, Call, Gather, Operation, Slot, Step};

use super::{Demand, Demands};

/// Adds the demands of a block whose value is needed as `result` says.
///
/// - `body_kind`: how a call's operation writes its body.
pub(in crate::lower) fn of_block(
    block: &Block,
    result: &Demand,
    demands: &mut Demands,
    operations: &[Operation],
) {
    for step in block.steps.iter().rev() {
        of_step(step, result, demands, operations);
    }
}

fn of_step(step: &Step, result: &Demand, demands: &mut Demands, operations: &[Operation]) {
    let of = |demands: &Demands, slot: &Slot| demands.get(slot).cloned().unwrap_or_default();
    match step {
        Step::Let { slot, value } => {
            let demand = of(demands, slot);
            demands.of_expr(value, &demand);
        }
        Step::Call { call, .. } => of_call(call, demands, operations),
        Step::If { test, then, otherwise } => {
            of_block(then, result, demands, operations);
            of_block(otherwise, result, demands, operations);
            demands.of_expr(test, &Demand::looked());
        }
        Step::Scope { slot, body } => {
            let demand = of(demands, slot);
            of_block(body, &demand, demands, operations);
        }
        Step::Try { body, handler, .. } => {
            of_block(handler, result, demands, operations);
            of_block(body, result, demands, operations);
        }
        Step::All { slot, bodies, gather } => {
            let demand = of(demands, slot);
            for (position, body) in bodies.iter().enumerate().rev() {
                let part = demand.of_field(&position.to_string());
                of_block(body, &settled(&part, *gather), demands, operations);
            }
        }
        Step::Map { slot, list, item, body, gather, .. } => {
            let part = of(demands, slot).of_element();
            of_block(body, &settled(&part, *gather), demands, operations);
            let item = item.map(|slot| of(demands, &slot)).unwrap_or_default();
            demands.of_expr(list, &Demand::elements(item));
        }
        Step::Return(value) => demands.of_expr(value, result),
        Step::Throw(value) => demands.of_expr(value, &Demand::whole()),
    }
}

/// What is needed of a part's value, if `part` is needed of what gathering makes of it.
fn settled(part: &Demand, gather: Gather) -> Demand {
    match gather {
        Gather::All => part.clone(),
        Gather::Settled => part.of_field("value"),
    }
}

fn of_call(call: &Call, demands: &mut Demands, operations: &[Operation]) {
    for (_, value) in &call.arguments {
        demands.of_expr(value, &Demand::whole());
    }
    if let Some(body) = &call.body {
        let is_json = operations
            .get(call.operation.0 as usize)
            .is_some_and(|o| matches!(o.body, Some(BodyKind::Json(_))));
        let demand = if is_json { Demand::raw() } else { Demand::whole() };
        demands.of_expr(body, &demand);
    }
}

/// Adding the demands of an expression.
pub(super) trait OfExpr {
    /// Adds what `expr` needs, if its value is needed as `demand` says.
    fn of_expr(&mut self, expr: &frontage_plan::Expr, demand: &Demand);
}

impl OfExpr for Demands {
    fn of_expr(&mut self, expr: &frontage_plan::Expr, demand: &Demand) {
        super::expressions::of_expr(expr, demand, self);
    }
}
