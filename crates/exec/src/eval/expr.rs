//! Every kind of expression.

use std::rc::Rc;

use frontage_json::{ErrorValue, Object, ReplyValue, Text, TextBuilder, Value};
use frontage_plan::{
    ArrayItem, ErrorClass, Expr, Key, Lambda, LogicalOp, ObjectItem, ReplyKind, UnaryOp,
};

use super::convert::{elements, to_int32};
use super::{Env, Thrown, block, bounds, builtin, iterate, member, object, operator};

/// Computes `expr`.
///
/// # Errors
///
/// What the expression throws in JavaScript.
pub(crate) fn eval(expr: &Expr, env: &Env) -> Result<Value, Thrown> {
    Ok(match expr {
        Expr::Constant(constant) => Value::from(constant),
        Expr::Slot(slot) => env.get(*slot),
        Expr::Member(object, name) => member::member(&eval(object, env)?, name, env.meter())?,
        Expr::Index(object, index) => {
            let object = eval(object, env)?;
            member::index(&object, &eval(index, env)?, env.meter())?
        }
        Expr::Optional { object, bind, rest } => {
            let object = eval(object, env)?;
            if object.is_nullish() {
                return Ok(Value::Undefined);
            }
            env.set(*bind, object);
            eval(rest, env)?
        }
        Expr::Unary(op, operand) => {
            let operand = eval(operand, env)?;
            env.meter().scan(&operand)?;
            match op {
                UnaryOp::Not => Value::Bool(!operand.truthy()),
                UnaryOp::Minus => Value::Number(-operand.to_number()),
                UnaryOp::BitNot => Value::Number(f64::from(!to_int32(operand.to_number()))),
                UnaryOp::Plus => Value::Number(operand.to_number()),
                UnaryOp::TypeOf => Value::Text(Text::from_static(operand.type_of())),
            }
        }
        Expr::Binary(op, left, right) => {
            let left = eval(left, env)?;
            operator::binary(*op, &left, &eval(right, env)?, env.meter())?
        }
        Expr::Logical(op, left, right) => {
            let left = eval(left, env)?;
            let is_enough = match op {
                LogicalOp::And => !left.truthy(),
                LogicalOp::Or => left.truthy(),
                LogicalOp::Nullish => !left.is_nullish(),
            };
            if is_enough { left } else { eval(right, env)? }
        }
        Expr::Conditional(test, then, otherwise) => {
            if eval(test, env)?.truthy() {
                eval(then, env)?
            } else {
                eval(otherwise, env)?
            }
        }
        Expr::Template(parts) => {
            let mut text = TextBuilder::new();
            for part in parts {
                env.meter().push(&mut text, &eval(part, env)?)?;
            }
            Value::Text(text.finish())
        }
        Expr::Array(items) => Value::array(list(items, env)?),
        Expr::Object(items) => object_literal(items, env)?,
        Expr::Call(function, arguments) => {
            let arguments: Vec<Value> =
                arguments.iter().map(|argument| eval(argument, env)).collect::<Result<_, _>>()?;
            builtin::call(*function, &arguments, env)?
        }
        Expr::CallSpread(function, arguments) => {
            builtin::call(*function, &list(arguments, env)?, env)?
        }
        Expr::Iterate { op, receiver, lambda, initial } => {
            let receiver = eval(receiver, env)?;
            let initial = initial.as_ref().map(|initial| eval(initial, env)).transpose()?;
            iterate::iterate(*op, &receiver, lambda, initial, env)?
        }
        Expr::Block(block) => block::run(block, env)?,
        Expr::InstanceOf(value, class) => {
            let value = eval(value, env)?;
            let Value::Error(error) = &value else { return Ok(Value::Bool(false)) };
            Value::Bool(match class {
                ErrorClass::Error => true,
                ErrorClass::UpstreamError => matches!(**error, ErrorValue::Upstream { .. }),
                ErrorClass::HttpError => matches!(**error, ErrorValue::Http { .. }),
            })
        }
        Expr::Error { status, code, detail } => {
            let status = eval(status, env)?;
            let code = env.meter().text(&eval(code, env)?)?;
            let detail = match detail {
                Some(detail) => Some(eval(detail, env)?).filter(|detail| !detail.is_undefined()),
                None => None,
            };
            let detail = detail.map(|detail| env.meter().text(&detail)).transpose()?;
            let status = status_of(&status)?;
            Value::Error(Rc::new(ErrorValue::Http { status, code, detail }))
        }
        Expr::Reply(kind) => reply(kind, env)?,
    })
}

/// Calls a callback. Parameters that it does not name are dropped, those beyond `arguments` become
/// `undefined`.
#[inline]
pub(crate) fn apply(lambda: &Lambda, arguments: &[Value], env: &Env) -> Result<Value, Thrown> {
    for (index, slot) in lambda.params.iter().enumerate() {
        env.set(*slot, arguments.get(index).cloned().unwrap_or(Value::Undefined));
    }
    env.meter().units(1)?;
    eval(&lambda.body, env)
}

fn list(items: &[ArrayItem], env: &Env) -> Result<Vec<Value>, Thrown> {
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        match item {
            ArrayItem::Item(expr) => list.push(eval(expr, env)?),
            ArrayItem::Spread(expr) => {
                list.extend(elements(&eval(expr, env)?, env.meter())?);
                bounds::list(list.len())?;
            }
        }
    }
    Ok(list)
}

fn object_literal(items: &[ObjectItem], env: &Env) -> Result<Value, Thrown> {
    let mut object = Object::with_capacity(items.len());
    for item in items {
        match item {
            ObjectItem::Property(Key::Static(name), value) => {
                let value = eval(value, env)?;
                object.insert(name, value);
            }
            ObjectItem::Property(Key::Computed(key), value) => {
                let key = env.meter().text(&eval(key, env)?)?;
                env.meter().bytes(key.len())?;
                let value = eval(value, env)?;
                object.insert(key, value);
            }
            ObjectItem::Spread(value) => {
                for (name, value) in object::own_members(&eval(value, env)?, env.meter())? {
                    env.meter().units(1)?;
                    object.insert(name, value);
                }
                bounds::list(object.len())?;
            }
        }
    }
    Ok(Value::object(object))
}

fn reply(kind: &ReplyKind, env: &Env) -> Result<Value, Thrown> {
    let status = |expr: &Option<Expr>, default: u16| match expr {
        Some(expr) => match eval(expr, env)? {
            Value::Undefined => Ok(default),
            status => status_of(&status),
        },
        None => Ok(default),
    };
    let reply = match kind {
        ReplyKind::Json { value, status: code, headers, cache_control } => {
            let body = eval(value, env)?;
            let status = status(code, 200)?;
            let mut fields = Vec::with_capacity(headers.len());
            for (name, value) in headers {
                let value = eval(value, env)?;
                if !value.is_undefined() {
                    // The last of one name counts, however it is written.
                    fields.retain(|(own, _): &(Text, Text)| !own.eq_ignore_ascii_case(name));
                    fields.push((Text::from(name), env.meter().text(&value)?));
                }
            }
            let cache_control = cache_control.as_ref().map(Text::from);
            ReplyValue { status, headers: fields, cache_control, body: Some(body), location: None }
        }
        ReplyKind::NoContent => ReplyValue {
            status: 204,
            headers: Vec::new(),
            cache_control: None,
            body: None,
            location: None,
        },
        ReplyKind::Redirect { location, status: code } => {
            let location = env.meter().text(&eval(location, env)?)?;
            let status = status(code, 302)?;
            let (headers, body) = (Vec::new(), None);
            ReplyValue { status, headers, cache_control: None, body, location: Some(location) }
        }
    };
    Ok(Value::Reply(Rc::new(reply)))
}

/// A value as a status. Whether there is such a status is asked when it is answered, as in Node.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
fn status_of(value: &Value) -> Result<u16, Thrown> {
    let status = value.to_number();
    if status.fract() != 0.0 || !(0.0..=f64::from(u16::MAX)).contains(&status) {
        return Err(Thrown::range_error("status must be an integer from 0 to 65535".to_owned()));
    }
    Ok(status as u16)
}
