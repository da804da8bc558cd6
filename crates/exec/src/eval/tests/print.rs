//! Prints expressions as JavaScript.

use frontage_plan::{
    ArrayItem, BinaryOp, Builtin, Constant, Expr, IterateOp, Key, Lambda, LogicalOp, ObjectItem,
    Slot, UnaryOp,
};

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string")
}

fn constant(constant: &Constant) -> String {
    match constant {
        Constant::Undefined => "undefined".into(),
        Constant::Null => "null".into(),
        Constant::Bool(value) => value.to_string(),
        Constant::Number(n) if n.0 == 0.0 && n.0.is_sign_negative() => "(-0)".into(),
        Constant::Number(n) if n.0.is_infinite() && n.0 > 0.0 => "Infinity".into(),
        Constant::Number(n) if n.0.is_infinite() => "(-Infinity)".into(),
        Constant::Number(n) => format!("({:?})", n.0),
        Constant::String(text) => quoted(text),
    }
}

fn slot(slot: Slot) -> String {
    format!("p{}", slot.index)
}

fn list(items: &[ArrayItem]) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|item| match item {
            ArrayItem::Item(e) => expr(e),
            ArrayItem::Spread(e) => format!("...{}", expr(e)),
        })
        .collect();
    items.join(", ")
}

fn lambda(lambda: &Lambda) -> String {
    let params: Vec<String> = lambda.params.iter().map(|param| slot(*param)).collect();
    format!("(({}) => ({}))", params.join(", "), expr(&lambda.body))
}

pub(super) fn expr(e: &Expr) -> String {
    match e {
        Expr::Constant(c) => constant(c),
        Expr::Slot(s) => slot(*s),
        Expr::Member(object, name) => format!("({}).{name}", expr(object)),
        Expr::Index(object, index) => format!("({})[{}]", expr(object), expr(index)),
        Expr::Optional { object, bind, rest } => {
            let bind = slot(*bind);
            format!("(({bind} = {}) == null ? undefined : {})", expr(object), expr(rest))
        }
        Expr::Unary(op, operand) => {
            let op = match op {
                UnaryOp::Not => "!",
                UnaryOp::Minus => "-",
                UnaryOp::Plus => "+",
                UnaryOp::BitNot => "~",
                UnaryOp::TypeOf => "typeof ",
            };
            format!("({op}({}))", expr(operand))
        }
        Expr::Binary(op, left, right) => {
            let op = match op {
                BinaryOp::Add => "+",
                BinaryOp::Subtract => "-",
                BinaryOp::Multiply => "*",
                BinaryOp::Divide => "/",
                BinaryOp::Remainder => "%",
                BinaryOp::Exponent => "**",
                BinaryOp::Less => "<",
                BinaryOp::LessOrEqual => "<=",
                BinaryOp::Greater => ">",
                BinaryOp::GreaterOrEqual => ">=",
                BinaryOp::Equal => "===",
                BinaryOp::NotEqual => "!==",
                BinaryOp::LooseEqual => "==",
                BinaryOp::LooseNotEqual => "!=",
                BinaryOp::In => "in",
                BinaryOp::BitAnd => "&",
                BinaryOp::BitOr => "|",
                BinaryOp::BitXor => "^",
                BinaryOp::ShiftLeft => "<<",
                BinaryOp::ShiftRight => ">>",
                BinaryOp::ShiftRightUnsigned => ">>>",
            };
            format!("(({}) {op} ({}))", expr(left), expr(right))
        }
        Expr::Logical(op, left, right) => {
            let op = match op {
                LogicalOp::And => "&&",
                LogicalOp::Or => "||",
                LogicalOp::Nullish => "??",
            };
            format!("({} {op} {})", expr(left), expr(right))
        }
        Expr::Conditional(test, then, otherwise) => {
            format!("({} ? {} : {})", expr(test), expr(then), expr(otherwise))
        }
        Expr::Template(parts) => {
            let parts: Vec<String> =
                parts.iter().map(|part| format!("${{{}}}", expr(part))).collect();
            format!("`{}`", parts.concat())
        }
        Expr::Array(items) => format!("[{}]", list(items)),
        Expr::Object(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| match item {
                    ObjectItem::Property(Key::Static(name), e) => {
                        format!("{}: {}", quoted(name), expr(e))
                    }
                    ObjectItem::Property(Key::Computed(key), e) => {
                        format!("[{}]: {}", expr(key), expr(e))
                    }
                    ObjectItem::Spread(e) => format!("...{}", expr(e)),
                })
                .collect();
            format!("({{{}}})", items.join(", "))
        }
        Expr::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(expr).collect();
            call(*function, &arguments)
        }
        Expr::CallSpread(function, arguments) => call(*function, &[list(arguments)]),
        Expr::Iterate { op, receiver, lambda: callback, initial } => {
            let mut arguments = lambda(callback);
            if let Some(initial) = initial {
                arguments.push_str(&format!(", {}", expr(initial)));
            }
            match op {
                IterateOp::GroupBy => format!("Object.groupBy({}, {arguments})", expr(receiver)),
                IterateOp::ArrayFrom => format!("Array.from({}, {arguments})", expr(receiver)),
                op => format!("({}).{}({arguments})", expr(receiver), lower(&format!("{op:?}"))),
            }
        }
        other => panic!("no case uses {other:?}"),
    }
}

fn lower(name: &str) -> String {
    name[..1].to_lowercase() + &name[1..]
}

/// A call, spelled by the function's name.
fn call(function: Builtin, arguments: &[String]) -> String {
    let all = arguments.join(", ");
    let name = format!("{function:?}");
    let (receiver, rest) = match arguments.split_first() {
        Some((receiver, rest)) => (receiver.as_str(), rest.join(", ")),
        None => ("", String::new()),
    };
    match function {
        Builtin::ToStringOf => format!("String({all})"),
        Builtin::ToNumber => format!("Number({all})"),
        Builtin::ToBoolean => format!("Boolean({all})"),
        Builtin::ParseInt => format!("parseInt({all})"),
        Builtin::ParseFloat => format!("parseFloat({all})"),
        Builtin::EncodeUriComponent => format!("encodeURIComponent({all})"),
        Builtin::DecodeUriComponent => format!("decodeURIComponent({all})"),
        Builtin::JsonStringify => format!("JSON.stringify({all})"),
        Builtin::ArrayIsArray => format!("Array.isArray({all})"),
        Builtin::ArrayFrom => format!("Array.from({all})"),
        Builtin::DateNow => format!("Date.now({all})"),
        Builtin::DateNew => format!("new Date({all})"),
        Builtin::DateParse => format!("Date.parse({all})"),
        Builtin::DateUtc => format!("Date.UTC({all})"),
        Builtin::DateToIsoString => format!("({receiver}).toISOString({rest})"),
        Builtin::DateToJson => format!("({receiver}).toJSON({rest})"),
        Builtin::MapNew => format!("new Map({all})"),
        Builtin::SetNew => format!("new Set({all})"),
        _ => {
            let is_static = name.starts_with("Math")
                || name.starts_with("Object")
                || name.starts_with("NumberIs");
            let (class, method) =
                ["Array", "Object", "String", "Number", "Boolean", "Math", "Date", "Map", "Set"]
                    .iter()
                    .find_map(|class| {
                        name.strip_prefix(class).map(|method| (*class, lower(method)))
                    })
                    .expect("a class");
            if is_static {
                format!("{class}.{method}({all})")
            } else {
                format!("({receiver}).{method}({rest})")
            }
        }
    }
}
