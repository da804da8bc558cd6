//! What one call's answer means at the place where it is read.
//!
//! In:    a whole answer or why there is none, and the call's own options.
//! Out:   a value, or the error that the route sees.

use bytes::Bytes;
use frontage_json::{Drift, ErrorValue, Text, Value};
use frontage_plan::{AnswerKind, Call, Operation, Plan, ShapeId};
use frontage_upstream::{Answer, CallError, Reason};

/// What a call brought.
pub(super) enum Brought {
    /// An answer.
    Answer(Answer),
    /// None.
    Failed(CallError),
    /// The part of a bulk call's answer that is for this call.
    Item(Bytes),
    /// What was asked for is not there: the path names nothing, or no item of a bulk call's answer
    /// is the one.
    NotThere,
    /// Nothing was asked: an argument cannot be sent. With the error that says so.
    Unsendable(Value),
}

/// What an answer means for a call.
pub(super) enum Judged {
    Value(Value),
    /// The answer says no, or there is none.
    Failed(Value),
    /// It contradicts its contract.
    Drift(Value, Drift),
}

/// Judges an answer.
///
/// - `read`: reads a body through a shape.
pub(super) fn judge(
    plan: &Plan,
    call: &Call,
    brought: &Brought,
    read: impl FnOnce(&Bytes, ShapeId) -> Result<Value, Drift>,
) -> Judged {
    let operation = plan.operation(call.operation);
    let failed = |status: u16, reason: &'static str| error_value(plan, operation, status, reason);
    let drift = |drift: Drift| Judged::Drift(failed(502, "drift"), drift);
    let answer = match brought {
        Brought::Answer(answer) => answer,
        Brought::Item(body) => {
            let json = call.answers.iter().find_map(|(_, kind)| match kind {
                AnswerKind::Json(shape) => Some(*shape),
                AnswerKind::Text | AnswerKind::Empty => None,
            });
            return match json.map(|shape| read(body, shape)) {
                Some(Ok(value)) => Judged::Value(value),
                Some(Err(fault)) => drift(fault),
                None => Judged::Value(Value::Undefined),
            };
        }
        Brought::NotThere if call.null_on.contains(&404) => return Judged::Value(Value::Null),
        Brought::NotThere => return Judged::Failed(failed(404, "status")),
        Brought::Unsendable(error) => return Judged::Failed(error.clone()),
        Brought::Failed(error) => {
            return Judged::Failed(match error.reason() {
                Reason::Timeout => failed(504, "timeout"),
                Reason::Connection | Reason::Answer | Reason::Argument => failed(502, "connection"),
            });
        }
    };
    let status = answer.status.as_u16();
    if call.null_on.contains(&status) {
        return Judged::Value(Value::Null);
    }
    if !answer.status.is_success() {
        return Judged::Failed(failed(status, "status"));
    }
    let kind = call.answers.iter().find(|(statuses, _)| statuses.contains(status));
    match kind {
        None => drift(Drift {
            path: String::new(),
            expected: "a status of the contract".into(),
            found: format!("status {status}"),
        }),
        Some((_, AnswerKind::Empty)) => Judged::Value(Value::Undefined),
        Some((_, AnswerKind::Text)) => match std::str::from_utf8(&answer.body) {
            Ok(text) => Judged::Value(Value::text(text)),
            Err(_) => drift(Drift {
                path: String::new(),
                expected: "text in UTF-8".into(),
                found: "other bytes".into(),
            }),
        },
        Some((_, AnswerKind::Json(shape))) => match read(&answer.body, *shape) {
            Ok(value) => Judged::Value(value),
            Err(fault) => drift(fault),
        },
    }
}

fn error_value(plan: &Plan, operation: &Operation, status: u16, reason: &'static str) -> Value {
    Value::Error(std::rc::Rc::new(ErrorValue::Upstream {
        status,
        upstream: Text::from(&plan.upstream(operation.upstream).name),
        operation: Text::from(&operation.name),
        reason: Text::from_static(reason),
    }))
}
