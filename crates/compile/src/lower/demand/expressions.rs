//! Demands of expressions: what an operand must give, if the result is needed in some way.

use frontage_plan::{
    ArrayItem, BinaryOp, Builtin, Constant, Expr, IterateOp, Key, Lambda, LogicalOp, ObjectItem,
    ReplyKind, UnaryOp,
};

use super::{Candidate, Demand, Demands, of_block};
use crate::lower::made;

/// Most rounds for `reduce`, whose result feeds its own accumulator.
const MOST_ROUNDS: usize = 8;
/// Deeper than any text; a demand that grows beyond it becomes the whole.
const MOST_DEPTH: usize = 40;

/// Adds what `expr` needs, if its value is needed as `demand` says.
pub(super) fn of_expr(expr: &Expr, demand: &Demand, demands: &mut Demands) {
    if let Expr::Object(_) | Expr::Iterate { .. } = expr {
        let address = std::ptr::from_ref(expr).addr();
        if *demand != Demand::raw() {
            demands.refused.insert(address);
        } else if !demands.refused.contains(&address)
            && let Some((value, tree)) = made::of(expr)
        {
            of_expr(&value, &Demand::made(tree.clone()), demands);
            demands.candidates.insert(address, Candidate { value, tree });
            return;
        }
    }
    if demand.made.is_some() && !matches!(expr, Expr::Slot(_) | Expr::Member(..) | Expr::Index(..))
    {
        return of_expr(expr, &demand.computed(), demands);
    }
    match expr {
        Expr::Constant(_) => {}
        Expr::Slot(slot) => {
            let known = demands.entry(*slot).or_default();
            known.add(demand);
            if known.depth() > MOST_DEPTH {
                *known = Demand::whole();
            }
        }
        // Reading a member looks at the object even if the member is not needed: it may throw.
        Expr::Member(object, name) => {
            of_expr(object, &Demand::field(name, demand.clone()), demands);
        }
        Expr::Index(object, index) => {
            let part = match &**index {
                Expr::Constant(Constant::Number(n)) => {
                    Demand::field(&n.0.to_string(), demand.clone())
                }
                _ => Demand::elements(demand.clone()),
            };
            of_expr(index, &Demand::whole(), demands);
            of_expr(object, &part, demands);
        }
        Expr::Optional { object, bind, rest } => {
            of_expr(rest, demand, demands);
            let object_demand = demands.get(bind).cloned().unwrap_or_default();
            of_expr(object, &object_demand.and(&Demand::looked()), demands);
        }
        Expr::Unary(op, e) => {
            let operand = match op {
                UnaryOp::Not | UnaryOp::TypeOf => Demand::looked(),
                UnaryOp::Minus | UnaryOp::Plus | UnaryOp::BitNot => Demand::whole(),
            };
            of_expr(e, &operand, demands);
        }
        Expr::Binary(op, a, b) => of_binary(*op, a, b, demands),
        Expr::Logical(op, a, b) => {
            of_expr(b, demand, demands);
            let left = match op {
                // What `&&` gives of its left side is falsy, thus a scalar.
                LogicalOp::And => Demand::looked(),
                LogicalOp::Or | LogicalOp::Nullish => demand.clone().and(&Demand::looked()),
            };
            of_expr(a, &left, demands);
        }
        Expr::Conditional(test, then, otherwise) => {
            of_expr(then, demand, demands);
            of_expr(otherwise, demand, demands);
            of_expr(test, &Demand::looked(), demands);
        }
        Expr::Template(parts) => each(parts, &Demand::whole(), demands),
        Expr::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                match item {
                    // After a spread, positions are those of the spread list and more.
                    ArrayItem::Item(e) if !spread_before(items, position) => {
                        of_expr(e, &demand.of_field(&position.to_string()), demands);
                    }
                    ArrayItem::Item(e) => of_expr(e, &demand.of_element(), demands),
                    ArrayItem::Spread(e) => {
                        of_expr(e, &Demand::elements(demand.of_element()), demands);
                    }
                }
            }
        }
        Expr::Object(items) => of_object(items, demand, demands),
        Expr::Call(builtin, arguments) => of_builtin(*builtin, arguments, demand, demands),
        Expr::CallSpread(builtin, items) => {
            for item in items {
                let (ArrayItem::Item(e) | ArrayItem::Spread(e)) = item;
                let own = match builtin {
                    Builtin::ArrayConcat => Demand::elements(
                        demand.of_element().and(&Demand::elements(demand.of_element())),
                    ),
                    _ => Demand::whole(),
                };
                of_expr(e, &own, demands);
            }
        }
        Expr::Iterate { op, receiver, lambda, initial } => {
            of_iterate(*op, receiver, lambda, initial.as_deref(), demand, demands);
        }
        Expr::Block(block) => of_block(block, demand, demands, &[]),
        Expr::InstanceOf(e, _) => of_expr(e, &Demand::looked(), demands),
        Expr::Error { status, code, detail } => {
            of_expr(status, &Demand::whole(), demands);
            of_expr(code, &Demand::whole(), demands);
            if let Some(detail) = detail {
                of_expr(detail, &Demand::whole(), demands);
            }
        }
        Expr::Reply(reply) => match &**reply {
            ReplyKind::Json { value, status, headers, .. } => {
                of_expr(value, &Demand::raw(), demands);
                status.iter().for_each(|e| of_expr(e, &Demand::whole(), demands));
                headers.iter().for_each(|(_, e)| of_expr(e, &Demand::whole(), demands));
            }
            ReplyKind::NoContent => {}
            ReplyKind::Redirect { location, status } => {
                of_expr(location, &Demand::whole(), demands);
                status.iter().for_each(|e| of_expr(e, &Demand::whole(), demands));
            }
        },
    }
}

fn each(parts: &[Expr], demand: &Demand, demands: &mut Demands) {
    parts.iter().for_each(|e| of_expr(e, demand, demands));
}

fn spread_before(items: &[ArrayItem], position: usize) -> bool {
    items[..position].iter().any(|item| matches!(item, ArrayItem::Spread(_)))
}

fn of_binary(op: BinaryOp, a: &Expr, b: &Expr, demands: &mut Demands) {
    match op {
        BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::LooseEqual | BinaryOp::LooseNotEqual => {
            of_expr(a, &Demand::looked(), demands);
            of_expr(b, &Demand::looked(), demands);
        }
        BinaryOp::In => {
            let object = match a {
                Expr::Constant(Constant::String(name)) => Demand::field(name, Demand::looked()),
                _ => Demand::whole(),
            };
            of_expr(a, &Demand::whole(), demands);
            of_expr(b, &object, demands);
        }
        _ => {
            of_expr(a, &Demand::whole(), demands);
            of_expr(b, &Demand::whole(), demands);
        }
    }
}

fn of_object(items: &[ObjectItem], demand: &Demand, demands: &mut Demands) {
    for (position, item) in items.iter().enumerate() {
        match item {
            ObjectItem::Property(Key::Static(name), e) => {
                of_expr(e, &demand.of_field(name), demands);
            }
            ObjectItem::Property(Key::Computed(key), e) => {
                of_expr(key, &Demand::whole(), demands);
                of_expr(e, &demand.of_any(), demands);
            }
            ObjectItem::Spread(e) => {
                // Its members, each as the result's; those that a later property replaces are
                // not needed.
                let mut own = Demand::looked();
                for (name, field) in &demand.fields {
                    if !replaced(&items[position + 1..], name) {
                        own.add(&Demand::field(name, field.clone()));
                    }
                }
                let every = demand.without_fields().of_any();
                if demand.whole || demand.raw || demand.elements.is_some() {
                    own.add(&Demand::elements(every));
                }
                of_expr(e, &own, demands);
            }
        }
    }
}

fn replaced(later: &[ObjectItem], name: &str) -> bool {
    later
        .iter()
        .any(|item| matches!(item, ObjectItem::Property(Key::Static(key), _) if &**key == name))
}

fn of_builtin(builtin: Builtin, arguments: &[Expr], demand: &Demand, demands: &mut Demands) {
    let Some((receiver, others)) = arguments.split_first() else { return };
    let own = match builtin {
        Builtin::ArraySlice | Builtin::ArrayToReversed => Demand::elements(demand.of_element()),
        Builtin::ArrayToSorted | Builtin::ArrayWith => {
            each(others, &demand.of_element(), demands);
            Demand::elements(demand.of_element().and(&Demand::whole()))
        }
        Builtin::ArrayConcat => {
            // An argument is a list or one more element.
            let element = demand.of_element();
            let argument = element.clone().and(&Demand::elements(element.clone()));
            each(others, &argument, demands);
            return of_expr(receiver, &Demand::elements(element), demands);
        }
        Builtin::ArrayFlat if others.is_empty() => {
            let element = demand.of_element();
            Demand::elements(element.clone().and(&Demand::elements(element)))
        }
        Builtin::ArrayAt => match others {
            [Expr::Constant(Constant::Number(n))] if n.0 >= 0.0 => {
                Demand::field(&n.0.to_string(), demand.clone())
            }
            _ => Demand::elements(demand.clone()),
        },
        Builtin::ArrayIncludes | Builtin::ArrayIndexOf | Builtin::ArrayLastIndexOf => {
            each(others, &Demand::looked(), demands);
            return of_expr(receiver, &Demand::elements(Demand::looked()), demands);
        }
        Builtin::ArrayIsArray | Builtin::ToBoolean => Demand::looked(),
        Builtin::ArrayEntries | Builtin::ObjectEntries | Builtin::MapEntries => {
            Demand::elements(demand.of_element().of_field("1").and(&Demand::looked()))
        }
        Builtin::ObjectValues | Builtin::MapValues | Builtin::SetValues => {
            Demand::elements(demand.of_element().and(&Demand::looked()))
        }
        Builtin::ObjectKeys | Builtin::MapKeys | Builtin::ArrayKeys => {
            Demand::elements(Demand::looked())
        }
        Builtin::ObjectFromEntries | Builtin::MapNew => {
            let pair =
                Demand::field("0", Demand::whole()).and(&Demand::field("1", demand.of_any()));
            Demand::elements(pair)
        }
        Builtin::SetNew => Demand::elements(demand.of_element().and(&Demand::looked())),
        Builtin::MapGet => {
            each(others, &Demand::looked(), demands);
            return of_expr(receiver, &Demand::elements(demand.clone()), demands);
        }
        Builtin::MapHas | Builtin::SetHas => {
            each(others, &Demand::looked(), demands);
            return of_expr(receiver, &Demand::elements(Demand::looked()), demands);
        }
        _ => Demand::whole(),
    };
    if !matches!(builtin, Builtin::ArrayWith | Builtin::ArrayToSorted) {
        each(others, &Demand::whole(), demands);
    }
    of_expr(receiver, &own, demands);
}

fn of_iterate(
    op: IterateOp,
    receiver: &Expr,
    lambda: &Lambda,
    initial: Option<&Expr>,
    demand: &Demand,
    demands: &mut Demands,
) {
    let element = demand.of_element();
    let param = |demands: &Demands, position: usize| {
        let slot = lambda.params.get(position);
        slot.and_then(|slot| demands.get(slot)).cloned().unwrap_or_default()
    };
    let (mut own, list_at) = match op {
        IterateOp::Map => {
            of_expr(&lambda.body, &element, demands);
            (param(demands, 0), 2)
        }
        IterateOp::ArrayFrom => {
            of_expr(&lambda.body, &element, demands);
            (param(demands, 0), usize::MAX)
        }
        IterateOp::Filter => {
            of_expr(&lambda.body, &Demand::looked(), demands);
            (param(demands, 0).and(&element), 2)
        }
        IterateOp::Find | IterateOp::FindLast => {
            of_expr(&lambda.body, &Demand::looked(), demands);
            (param(demands, 0).and(demand), 2)
        }
        IterateOp::FindIndex | IterateOp::FindLastIndex | IterateOp::Some | IterateOp::Every => {
            of_expr(&lambda.body, &Demand::looked(), demands);
            (param(demands, 0), 2)
        }
        IterateOp::FlatMap => {
            let either = element.clone().and(&Demand::elements(element));
            of_expr(&lambda.body, &either, demands);
            (param(demands, 0), 2)
        }
        IterateOp::ToSorted => {
            of_expr(&lambda.body, &Demand::whole(), demands);
            let both = param(demands, 0).and(&param(demands, 1));
            (both.and(&element), usize::MAX)
        }
        IterateOp::GroupBy => {
            of_expr(&lambda.body, &Demand::whole(), demands);
            (param(demands, 0).and(&demand.of_any().of_element()), usize::MAX)
        }
        IterateOp::Reduce => {
            // The accumulator is the body's own result: as much is needed of one as of the other.
            let mut result = demand.clone();
            for round in 0.. {
                of_expr(&lambda.body, &result, demands);
                let next = result.clone().and(&param(demands, 0));
                if next == result {
                    break;
                }
                result = if round < MOST_ROUNDS { next } else { Demand::whole() };
                if round > MOST_ROUNDS {
                    break;
                }
            }
            match initial {
                Some(initial) => {
                    of_expr(initial, &result, demands);
                    (param(demands, 1), 3)
                }
                // Without an initial value the first element is the first accumulator.
                None => (param(demands, 1).and(&result), 3),
            }
        }
    };
    if own.depth() > MOST_DEPTH {
        own = Demand::whole();
    }
    let list = param(demands, list_at).and(&Demand::elements(own));
    of_expr(receiver, &list, demands);
}
