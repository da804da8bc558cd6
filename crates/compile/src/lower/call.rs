//! Calls of operations: their arguments, by the contract's names.

use frontage_plan::{Builtin, Call, Expr, Key, Name, ObjectItem};

use super::bulk;
use super::codes;
use super::handler::{Lowerer, may_throw};
use super::operations;
use super::scope::{Scope, Value};
use crate::hir::{self, OperationRef};

impl<'h> Lowerer<'h> {
    /// A call whose arguments are computed here.
    pub(super) fn call(
        &mut self,
        reference: OperationRef,
        arguments: Option<&'h hir::Expr>,
        options: &hir::CallOptions,
        scope: &Scope<'h>,
        at: &'h hir::Expr,
    ) -> Box<Call> {
        let upstream = &self.workspace.upstreams[usize::from(reference.upstream)];
        let operation = &upstream.contract.operations[reference.operation as usize];
        let span = at.span;
        if let Some(body) = &operation.body
            && !operations::can_write(body)
        {
            let kind = body.content.first().map_or("", |c| c.media_type.as_str());
            self.error(
                codes::BODY_NOT_WRITABLE,
                span,
                &format!("a call cannot write a body of `{kind}`"),
                "hand the request on as it is with `passthrough`",
            );
        }
        if !operations::can_read(operation) {
            self.error(
                codes::ANSWER_NOT_READABLE,
                span,
                &format!(
                    "the answer of `{}.{}` is neither JSON nor text",
                    upstream.name, operation.name
                ),
                "hand the answer on as it is with `passthrough`",
            );
        }
        if let Some(rule) = bulk::rule(self.workspace, reference) {
            // Known to the plan's tables; it stays there if a call is made by it.
            self.operations.id(OperationRef { operation: rule.operation, ..reference });
        }
        let mut call = Call {
            operation: self.operations.id(reference),
            arguments: Vec::new(),
            body: None,
            timeout_ms: options.timeout_ms,
            null_on: options.null_on.clone(),
            headers: options.headers.clone(),
            answers: Vec::new(),
            in_handler: self.in_handler,
            bulk: None,
            takes_turns: false,
            place: self.place(span),
        };
        let Some(arguments) = arguments else { return Box::new(call) };
        let mut members: Vec<(Name, Expr)> = Vec::new();
        match self.value(arguments, scope) {
            Value::Expr(Expr::Object(items)) if items.iter().all(is_static) => {
                for item in items {
                    if let ObjectItem::Property(Key::Static(name), value) = item {
                        members.push((name, value));
                    }
                }
            }
            value => {
                let whole = self.at_run_time(value, arguments);
                let whole = self.bind(whole, arguments.span);
                let mut keys: Vec<_> =
                    operation.parameters.iter().map(|p| p.key.as_str()).collect();
                if operation.body.is_some() {
                    keys.push(frontage_contract::Operation::BODY_KEY);
                }
                for key in keys {
                    let value = if operation.arguments_optional() {
                        let bind = self.slot(arguments.span);
                        Expr::Optional {
                            object: Box::new(whole.clone()),
                            bind,
                            rest: Box::new(Expr::Slot(bind).member(key)),
                        }
                    } else {
                        whole.clone().member(key)
                    };
                    members.push((key.into(), value));
                }
            }
        }
        for (name, value) in members {
            // Under a `.catch`, what the arguments throw is not caught: it is thrown before.
            let value = if may_throw(&value) { self.bind(value, span) } else { value };
            if &*name == frontage_contract::Operation::BODY_KEY && operation.body.is_some() {
                call.body = Some(value);
            } else if let Some(index) = operation.parameters.iter().position(|p| p.key == *name) {
                let value = match operation.parameters[index].style {
                    frontage_contract::Style::Json => {
                        Expr::Call(Builtin::JsonStringify, vec![value])
                    }
                    _ => value,
                };
                call.arguments.push((index as u16, value));
            }
        }
        Box::new(call)
    }
}

fn is_static(item: &ObjectItem) -> bool {
    matches!(item, ObjectItem::Property(Key::Static(_), _))
}
