//! A plan as compact text, for tests and for people who look into the compiler.
//!
//! In:    a [`Plan`].
//! Out:   one line for each step, indented by block. Slots are `s6` at level 0 and `s1.0` further
//!        in; a value that is only handed on is `raw` before its shape.

use std::fmt::Write;

use frontage_plan::{
    AnswerKind, ArrayItem, BinaryOp, Block, Call, Constant, Expr, Field, Form, Gather, Key, Lambda,
    LogicalOp, Made, ObjectItem, PassthroughSource, Plan, Read, ReplyKind, Rest, RouteKind, Shape,
    ShapeId, Slot, Step, UnaryOp, Written, input_slot,
};

/// The text of a plan.
#[must_use]
pub fn print(plan: &Plan) -> String {
    let mut printer = Printer { plan, out: String::new(), indent: 0, open: Vec::new() };
    for route in &plan.routes {
        printer.line(&format!("{} {}", route.method.as_str(), route.path_text()));
        printer.indent += 1;
        match &route.kind {
            RouteKind::Handler(handler) => {
                if handler.sequential {
                    printer.line("sequential");
                }
                printer.block(&handler.body);
            }
            RouteKind::Passthrough(passthrough) => {
                let operation = plan.operation(passthrough.operation);
                let mut text = format!("passthrough {}(", printer.operation(passthrough.operation));
                for (i, (index, source)) in passthrough.arguments.iter().enumerate() {
                    let separator = if i == 0 { "" } else { ", " };
                    let name = &operation.parameters[usize::from(*index)].name;
                    let (kind, from) = match source {
                        PassthroughSource::Path(from) => ("path", from),
                        PassthroughSource::Query(from) => ("query", from),
                        PassthroughSource::Header(from) => ("header", from),
                    };
                    let _ = write!(text, "{separator}{name}: {kind} {from}");
                }
                printer.line(&format!("{text})"));
            }
        }
        printer.indent -= 1;
    }
    printer.out
}

struct Printer<'p> {
    plan: &'p Plan,
    out: String,
    indent: usize,
    open: Vec<ShapeId>,
}

impl Printer<'_> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{:1$}{text}", "", self.indent * 2);
    }

    fn operation(&self, id: frontage_plan::OperationId) -> String {
        let operation = self.plan.operation(id);
        format!("{}.{}", self.plan.upstream(operation.upstream).name, operation.name)
    }

    fn block(&mut self, block: &Block) {
        for step in &block.steps {
            self.step(step);
        }
    }

    fn inner(&mut self, head: &str, block: &Block) {
        self.line(head);
        self.indent += 1;
        self.block(block);
        self.indent -= 1;
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Let { slot, value } => self.line(&format!("{} = {}", name(*slot), expr(value))),
            Step::Call { slot, call } => {
                let text = self.call(call);
                self.line(&format!("{} = {text}", name(*slot)));
            }
            Step::If { test, then, otherwise } => {
                self.inner(&format!("if {}", expr(test)), then);
                if !otherwise.steps.is_empty() {
                    self.inner("else", otherwise);
                }
            }
            Step::Scope { slot, body } => self.inner(&format!("{} = scope", name(*slot)), body),
            Step::Try { body, error, handler, part } => {
                let part = part.as_ref().map(|p| format!(" ({p})")).unwrap_or_default();
                self.inner(&format!("try{part}"), body);
                let error = error.map(|slot| format!(" {}", name(slot))).unwrap_or_default();
                self.inner(&format!("catch{error}"), handler);
            }
            Step::All { slot, bodies, gather } => {
                self.line(&format!("{} = {}", name(*slot), gathered(*gather)));
                self.indent += 1;
                for body in bodies {
                    self.inner("part", body);
                }
                self.indent -= 1;
            }
            Step::Map { slot, list, item, index, body, gather, width } => {
                let params: Vec<String> = item.iter().chain(index).copied().map(name).collect();
                let head = format!(
                    "{} = {} map ({}) of {} by {width}",
                    name(*slot),
                    gathered(*gather),
                    params.join(", "),
                    expr(list)
                );
                self.inner(&head, body);
            }
            Step::Return(value) => self.line(&format!("return {}", expr(value))),
            Step::Throw(value) => self.line(&format!("throw {}", expr(value))),
        }
    }

    fn call(&mut self, call: &Call) -> String {
        let operation = self.plan.operation(call.operation);
        let mut arguments: Vec<String> = call
            .arguments
            .iter()
            .map(|(index, value)| {
                format!("{}: {}", operation.parameters[usize::from(*index)].name, expr(value))
            })
            .collect();
        arguments.extend(call.body.iter().map(|body| format!("body: {}", expr(body))));
        let mut text = format!("{}({})", self.operation(call.operation), arguments.join(", "));
        if !operation.safe {
            text.push_str(" unsafe");
        }
        if let Some(timeout) = call.timeout_ms {
            let _ = write!(text, " within {timeout} ms");
        }
        if !call.null_on.is_empty() {
            let _ = write!(text, " null on {:?}", call.null_on);
        }
        for (header, value) in &call.headers {
            let _ = write!(text, " {header}={value:?}");
        }
        if call.in_handler {
            text.push_str(" in handler");
        }
        if let Some(bulk) = &call.bulk {
            let (operation, key) = (self.plan.operation(bulk.operation), usize::from(bulk.key));
            let _ = write!(
                text,
                " together by {}({}: {} keys) at {}[].{}",
                self.operation(bulk.operation),
                operation.parameters[key].name,
                bulk.most,
                bulk.items.join("."),
                bulk.matching,
            );
        }
        for (statuses, kind) in &call.answers {
            let _ = write!(text, " -> {}", statuses.from);
            if statuses.to != statuses.from {
                let _ = write!(text, "-{}", statuses.to);
            }
            text.push(' ');
            match kind {
                AnswerKind::Json(shape) => {
                    let shape = self.shape(*shape, false);
                    text.push_str(&shape);
                }
                AnswerKind::Text => text.push_str("text"),
                AnswerKind::Empty => text.push_str("empty"),
            }
        }
        text
    }

    fn shape(&mut self, id: ShapeId, in_raw: bool) -> String {
        if self.open.contains(&id) {
            return format!("#{}", id.0);
        }
        self.open.push(id);
        let node = self.plan.shape(id).clone();
        let is_raw = node.form == Form::Raw;
        let inner = |p: &mut Self, id| p.shape(id, is_raw || in_raw);
        let text = match &node.shape {
            Shape::Skip => "_".into(),
            Shape::Any => "any".into(),
            Shape::Never => "never".into(),
            Shape::Null => "null".into(),
            Shape::Bool => "boolean".into(),
            Shape::Integer => "integer".into(),
            Shape::Number => "number".into(),
            Shape::String => "string".into(),
            Shape::Enum(names) => format!("enum({})", names.join("|")),
            Shape::Constant(value) => constant(value),
            Shape::Array(element) => format!("{}[]", inner(self, *element)),
            Shape::Tuple(items, rest) => {
                let mut parts: Vec<_> = items.iter().map(|id| inner(self, *id)).collect();
                parts.extend(rest.map(|id| format!("...{}[]", inner(self, id))));
                format!("[{}]", parts.join(", "))
            }
            Shape::Object { fields, rest } => {
                let mut parts: Vec<String> = fields
                    .iter()
                    .map(|Field { name, shape, required }| {
                        let mark = if *required { "" } else { "?" };
                        format!("{name}{mark}: {}", inner(self, *shape))
                    })
                    .collect();
                if let Rest::Keep(shape) = rest {
                    parts.push(format!("...: {}", inner(self, *shape)));
                }
                format!("{{{}}}", parts.join(", "))
            }
            Shape::Union(variants) => {
                let parts: Vec<_> = variants.iter().map(|id| inner(self, *id)).collect();
                format!("({})", parts.join(" | "))
            }
            Shape::Tagged { property, variants } => {
                let parts: Vec<_> = variants
                    .iter()
                    .map(|(value, id)| format!("{value:?}: {}", inner(self, *id)))
                    .collect();
                format!("by {property}({})", parts.join(", "))
            }
        };
        self.open.pop();
        if let Form::Made(id) = node.form {
            return format!("{text} as {}", made(self.plan.made(id)));
        }
        if is_raw && !in_raw { format!("raw {text}") } else { text }
    }
}

/// What is made of a value: parts by their paths.
fn made(made: &Made) -> String {
    let mut pieces = vec![String::from("undefined"); usize::from(made.pieces)];
    kept(&made.read, &mut pieces);
    written(&made.write, &pieces)
}

fn kept(read: &Read, pieces: &mut [String]) {
    match read {
        Read::Check => {}
        Read::Keep(piece) => pieces[usize::from(*piece)] = format!("${piece}"),
        Read::Each(piece, element) => {
            pieces[usize::from(*piece)] = format!("${piece}[{}]", made(element));
        }
        Read::Fields(reads) => reads.iter().for_each(|read| kept(read, pieces)),
    }
}

fn written(write: &Written, pieces: &[String]) -> String {
    match write {
        Written::Piece(piece) => pieces[usize::from(*piece)].clone(),
        Written::Text(text) => text.to_string(),
        Written::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, member)| format!("{} {}", key, written(member, pieces)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn gathered(gather: Gather) -> &'static str {
    match gather {
        Gather::All => "all",
        Gather::Settled => "settled",
    }
}

/// The name of a slot.
fn name(slot: Slot) -> String {
    let inputs = [
        (input_slot::PARAMS, "params"),
        (input_slot::QUERY, "query"),
        (input_slot::HEADERS, "headers"),
        (input_slot::BODY, "body"),
        (input_slot::SESSION, "session"),
        (input_slot::REQUEST, "request"),
    ];
    match inputs.iter().find(|(input, _)| *input == slot) {
        Some((_, text)) => (*text).into(),
        None if slot.level == 0 => format!("s{}", slot.index),
        None => format!("s{}.{}", slot.level, slot.index),
    }
}

fn constant(constant: &Constant) -> String {
    match constant {
        Constant::Undefined => "undefined".into(),
        Constant::Null => "null".into(),
        Constant::Bool(value) => value.to_string(),
        Constant::Number(value) => value.0.to_string(),
        Constant::String(text) => format!("{text:?}"),
    }
}

fn lambda(lambda: &Lambda) -> String {
    let params: Vec<String> = lambda.params.iter().copied().map(name).collect();
    format!("({}) => {}", params.join(", "), expr(&lambda.body))
}

fn items(items: &[ArrayItem]) -> String {
    let parts: Vec<String> = items
        .iter()
        .map(|item| match item {
            ArrayItem::Item(e) => expr(e),
            ArrayItem::Spread(e) => format!("...{}", expr(e)),
        })
        .collect();
    parts.join(", ")
}

fn list(parts: &[Expr]) -> String {
    parts.iter().map(expr).collect::<Vec<_>>().join(", ")
}

fn expr(e: &Expr) -> String {
    match e {
        Expr::Constant(value) => constant(value),
        Expr::Slot(slot) => name(*slot),
        Expr::Member(object, field) => format!("{}.{field}", expr(object)),
        Expr::Index(object, index) => format!("{}[{}]", expr(object), expr(index)),
        Expr::Optional { object, bind, rest } => {
            format!("({} ?. {} => {})", expr(object), name(*bind), expr(rest))
        }
        Expr::Unary(op, e) => format!("{}{}", unary(*op), expr(e)),
        Expr::Binary(op, a, b) => format!("({} {} {})", expr(a), binary(*op), expr(b)),
        Expr::Logical(op, a, b) => {
            let op = match op {
                LogicalOp::And => "&&",
                LogicalOp::Or => "||",
                LogicalOp::Nullish => "??",
            };
            format!("({} {op} {})", expr(a), expr(b))
        }
        Expr::Conditional(test, a, b) => {
            format!("({} ? {} : {})", expr(test), expr(a), expr(b))
        }
        Expr::Template(parts) => format!("template({})", list(parts)),
        Expr::Array(all) => format!("[{}]", items(all)),
        Expr::Object(members) => {
            let parts: Vec<String> = members
                .iter()
                .map(|member| match member {
                    ObjectItem::Property(Key::Static(name), e) => format!("{name}: {}", expr(e)),
                    ObjectItem::Property(Key::Computed(key), e) => {
                        format!("[{}]: {}", expr(key), expr(e))
                    }
                    ObjectItem::Spread(e) => format!("...{}", expr(e)),
                })
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
        Expr::Call(builtin, arguments) => format!("{builtin:?}({})", list(arguments)),
        Expr::CallSpread(builtin, arguments) => format!("{builtin:?}({})", items(arguments)),
        Expr::Iterate { op, receiver, lambda: callback, initial } => {
            let initial = initial.as_ref().map(|e| format!(", {}", expr(e))).unwrap_or_default();
            format!("{op:?}({}, {}{initial})", expr(receiver), lambda(callback))
        }
        Expr::Block(block) => {
            let steps: Vec<String> = block.steps.iter().map(inline_step).collect();
            format!("{{ {} }}", steps.join("; "))
        }
        Expr::InstanceOf(e, class) => format!("({} instanceof {class:?})", expr(e)),
        Expr::Error { status, code, detail } => {
            let detail = detail.as_ref().map(|e| format!(", {}", expr(e))).unwrap_or_default();
            format!("error({}, {}{detail})", expr(status), expr(code))
        }
        Expr::Reply(reply) => match &**reply {
            ReplyKind::Json { value, status, headers, cache_control } => {
                let mut text = format!("json({}", expr(value));
                if let Some(status) = status {
                    let _ = write!(text, ", status {}", expr(status));
                }
                for (name, value) in headers {
                    let _ = write!(text, ", {name}: {}", expr(value));
                }
                if let Some(cache) = cache_control {
                    let _ = write!(text, ", cache {cache:?}");
                }
                format!("{text})")
            }
            ReplyKind::NoContent => "noContent()".into(),
            ReplyKind::Redirect { location, status } => {
                let status = status.as_ref().map(|e| format!(", {}", expr(e))).unwrap_or_default();
                format!("redirect({}{status})", expr(location))
            }
        },
    }
}

/// A step of an inlined helper, on one line.
fn inline_step(step: &Step) -> String {
    let inline = |block: &Block| block.steps.iter().map(inline_step).collect::<Vec<_>>().join("; ");
    match step {
        Step::Let { slot, value } => format!("{} = {}", name(*slot), expr(value)),
        Step::If { test, then, otherwise } if otherwise.steps.is_empty() => {
            format!("if {} {{ {} }}", expr(test), inline(then))
        }
        Step::If { test, then, otherwise } => {
            format!("if {} {{ {} }} else {{ {} }}", expr(test), inline(then), inline(otherwise))
        }
        Step::Try { body, handler, .. } => {
            format!("try {{ {} }} catch {{ {} }}", inline(body), inline(handler))
        }
        Step::Return(value) => format!("return {}", expr(value)),
        Step::Throw(value) => format!("throw {}", expr(value)),
        Step::Call { .. } | Step::Scope { .. } | Step::All { .. } | Step::Map { .. } => {
            "<asynchronous>".into()
        }
    }
}

fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Not => "!",
        UnaryOp::Minus => "-",
        UnaryOp::Plus => "+",
        UnaryOp::BitNot => "~",
        UnaryOp::TypeOf => "typeof ",
    }
}

fn binary(op: BinaryOp) -> &'static str {
    match op {
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
    }
}
