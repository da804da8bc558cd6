//! The scheduler: runs the blocks of one handler for one request.
//!
//! In:    a prepared handler and its frame with the inputs filled.
//! Out:   how the handler ends, and what happened on the way.
//! Never: a task for each step. One tree of regions is looked through in text order after every
//!        answer, and whatever may start then starts; calls in flight are futures of one set.
//!
//! Start at [`run`]; the rules stand in `region`, joining in `calls`.

mod answer;
mod bulk;
mod calls;
mod encode;
mod region;

use frontage_json::{SetValue, Value};
use frontage_plan::{Handler, Name, Plan};
use tokio::task::yield_now;

use crate::eval::Env;
use crate::prepare::PreparedBlock;
use crate::{CallRecord, Clients, DriftRecord, Trace};
use calls::{Calls, Records};
use region::{Context, Finish, Region, Scheduler};

/// What all calls of a request share.
pub(crate) struct Setting<'r> {
    pub(crate) plan: &'r Plan,
    pub(crate) clients: &'r Clients,
    pub(crate) request_id: &'r str,
    pub(crate) trace: Option<&'r Trace>,
}

/// How a handler ended, and what happened on the way.
pub(crate) struct Ran {
    /// The value, or what was thrown and not caught; nothing if the request's time is over.
    pub(crate) result: Result<Value, Value>,
    /// Parts that were replaced, each once.
    pub(crate) replaced: Vec<Name>,
    /// The calls, in order of their start.
    pub(crate) calls: Vec<CallRecord>,
    /// Answers that contradict their contracts.
    pub(crate) drift: Vec<DriftRecord>,
    /// `Retry-After` of the last 429, in seconds, by upstream and operation.
    pub(crate) retry_after: Vec<(Name, Name, u32)>,
}

/// Runs a handler.
///
/// - `env`: its frame of level 0, the inputs filled.
pub(crate) async fn run(
    setting: Setting<'_>,
    handler: &Handler,
    prepared: &PreparedBlock,
    env: Env,
) -> Ran {
    let meter = env.clone();
    let meter = meter.meter();
    let mut scheduler = Scheduler {
        meter,
        has_started: false,
        calls: Calls::new(setting),
        frames: &handler.frames,
        sequential: handler.sequential,
        named: SetValue::new(),
        standing: SetValue::new(),
    };
    let mut root = Region::new(&handler.body, prepared, env);
    let result = loop {
        meter.begin();
        scheduler.has_started = false;
        let finish = scheduler.advance(&mut root, Context::START);
        meter.end();
        match finish {
            _ if meter.is_over() => break Ok(Value::Undefined),
            None if scheduler.is_turn_over() => {
                yield_now().await;
                continue;
            }
            Some(Finish::Done) => break Ok(Value::Undefined),
            Some(Finish::Return(value)) => break Ok(value),
            Some(Finish::Throw(error)) => break Err(error),
            None => {}
        }
        if !scheduler.calls.next_answer().await {
            // Nothing is in flight and nothing can start: the plan contradicts itself. What is
            // first in the text starts in any case, so that only a fault of this code leads here.
            break Err(Value::error("Error", "the plan is stuck"));
        }
    };
    // Whatever is still in flight is cancelled, unless it is unsafe.
    let mut replaced: Vec<Name> = Vec::new();
    root.add_replaced(&mut replaced);
    replaced.sort();
    replaced.dedup();
    drop(root);
    let Scheduler { calls, .. } = scheduler;
    let Records { calls, drift, retry_after } = calls.into_records();
    Ran { result, replaced, calls, drift, retry_after }
}
