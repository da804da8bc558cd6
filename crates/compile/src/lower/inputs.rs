//! Slots that validators of a route's input use for their transforms.

use frontage_plan::{
    Block, Expr, Input, Lambda, ObjectMode, Slot, Step, Validator, each, input_slot,
};

/// The first slot of level 0 that no transform of `input` uses.
pub(super) fn first_free(input: &Input) -> u16 {
    let mut first = input_slot::FIRST_FREE;
    let parts = [&input.params, &input.query, &input.headers, &input.body];
    for validator in parts.into_iter().flatten() {
        of_validator(validator, &mut |slot| {
            if slot.level == 0 {
                first = first.max(slot.index.saturating_add(1));
            }
        });
    }
    first
}

fn of_validator(validator: &Validator, f: &mut dyn FnMut(Slot)) {
    match validator {
        Validator::Unknown
        | Validator::Null
        | Validator::String { .. }
        | Validator::Number { .. }
        | Validator::Boolean { .. }
        | Validator::StringBool
        | Validator::OneOf(_) => {}
        Validator::Object { fields, mode } => {
            fields.iter().for_each(|field| of_validator(&field.validator, f));
            if let ObjectMode::Catchall(rest) = mode {
                of_validator(rest, f);
            }
        }
        Validator::Array { item, .. } => of_validator(item, f),
        Validator::Tuple { items, rest } => {
            items.iter().for_each(|item| of_validator(item, f));
            rest.iter().for_each(|rest| of_validator(rest, f));
        }
        Validator::Record { key, value } => {
            of_validator(key, f);
            of_validator(value, f);
        }
        Validator::Union(variants) => variants.iter().for_each(|v| of_validator(v, f)),
        Validator::Discriminated { variants, .. } => {
            variants.iter().for_each(|(_, v)| of_validator(v, f));
        }
        Validator::Optional(inner) | Validator::Nullable(inner) | Validator::Default(inner, _) => {
            of_validator(inner, f);
        }
        Validator::Transform(inner, lambda) => {
            of_validator(inner, f);
            of_lambda(lambda, f);
        }
    }
}

fn of_lambda(lambda: &Lambda, f: &mut dyn FnMut(Slot)) {
    lambda.params.iter().for_each(|slot| f(*slot));
    each(&lambda.body, &mut |e| match e {
        Expr::Slot(slot) => f(*slot),
        Expr::Optional { bind, .. } => f(*bind),
        Expr::Iterate { lambda, .. } => lambda.params.iter().for_each(|slot| f(*slot)),
        Expr::Block(block) => of_block(block, f),
        _ => {}
    });
}

/// The slots that a synchronous block fills.
fn of_block(block: &Block, f: &mut dyn FnMut(Slot)) {
    for step in &block.steps {
        match step {
            Step::Let { slot, .. } => f(*slot),
            Step::If { then, otherwise, .. } => {
                of_block(then, f);
                of_block(otherwise, f);
            }
            Step::Try { body, error, handler, .. } => {
                error.iter().for_each(|slot| f(*slot));
                of_block(body, f);
                of_block(handler, f);
            }
            Step::Scope { slot, body } => {
                f(*slot);
                of_block(body, f);
            }
            Step::Call { .. }
            | Step::All { .. }
            | Step::Map { .. }
            | Step::Return(_)
            | Step::Throw(_) => {}
        }
    }
}
