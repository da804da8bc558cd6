//! The calls of one request: in flight, joined, landed.
//!
//! In:    calls that may start, as the scheduler decides.
//! Out:   a [`Ticket`] for each place that waits; its value or error once there is one.
//! Never: an equal safe call made twice while joining is allowed; an unsafe call cancelled.
//!
//! Equal safe calls share one entry, raw answer included; each place judges it by its own options.

use std::cell::{Cell, OnceCell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use foldhash::{HashMap, HashMapExt as _};
use frontage_json::{Drift, Value, read};
use frontage_plan::{AnswerKind, Call, Name, Operation, OperationId, ShapeId};
use frontage_upstream::{Answer, CallError, Request};
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::FuturesUnordered;
use http::{HeaderName, HeaderValue, Method, header};
use tokio::task::spawn_local;
use tokio::time::Instant;

use super::Setting;
use super::answer::{Brought, Judged, judge};
use super::encode::{Encoded, Unwritable, encode};
use crate::eval::{Env, Meter};
use crate::outcome::{CallRecord, CallResult, DriftFault, DriftRecord};
use crate::request::Identity;

/// Longest `Retry-After` that is passed on, in seconds.
const LONGEST_RETRY_S: u32 = 86_400;

type Flight = Abortable<Pin<Box<dyn Future<Output = Landed>>>>;

struct Landed {
    entry: Rc<Entry>,
    result: Result<Answer, CallError>,
}

/// Everything that the answer of a call depends on.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    operation: OperationId,
    encoded: Encoded,
    timeout_ms: u32,
}

/// One call that was made, for one place or several.
struct Entry {
    safe: bool,
    /// Index of its record.
    record: usize,
    started: Instant,
    /// Places that wait.
    waiting: Cell<u32>,
    /// Nobody waited any longer, and it was given up.
    cancelled: Cell<bool>,
    /// Some place took it for a failure.
    failed: Cell<bool>,
    abort: AbortHandle,
    brought: OnceCell<Brought>,
    /// What the body gave through each shape.
    read: RefCell<Vec<(ShapeId, Result<Value, Drift>)>>,
}

/// A place that waits for a call; dropped before the answer, it gives up its share in it.
pub(super) struct Ticket(Rc<Entry>);

impl Ticket {
    fn new(entry: Rc<Entry>) -> Self {
        entry.waiting.set(entry.waiting.get() + 1);
        Self(entry)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let entry = &self.0;
        entry.waiting.set(entry.waiting.get() - 1);
        if entry.waiting.get() == 0 && entry.safe && entry.brought.get().is_none() {
            entry.cancelled.set(true);
            entry.abort.abort();
        }
    }
}

/// What is told of the calls of a request.
pub(super) struct Records {
    pub(super) calls: Vec<CallRecord>,
    pub(super) drift: Vec<DriftRecord>,
    /// `Retry-After` of each 429, in seconds, by upstream and operation.
    pub(super) retry_after: Vec<(Name, Name, u32)>,
}

/// The calls of one request.
pub(super) struct Calls<'r> {
    setting: Setting<'r>,
    identity: Identity<'r>,
    started: Instant,
    flights: FuturesUnordered<Flight>,
    joinable: HashMap<Key, Rc<Entry>>,
    records: Vec<CallRecord>,
    drift: Vec<DriftRecord>,
    retry_after: Vec<(Name, Name, u32)>,
}

impl<'r> Calls<'r> {
    pub(super) fn new(setting: Setting<'r>) -> Self {
        Self {
            identity: Identity::new(setting.request_id, setting.trace),
            setting,
            started: Instant::now(),
            flights: FuturesUnordered::new(),
            joinable: HashMap::new(),
            records: Vec::new(),
            drift: Vec::new(),
            retry_after: Vec::new(),
        }
    }

    /// Starts a call, or joins an equal one.
    ///
    /// # Errors
    ///
    /// What computing its arguments threw.
    pub(super) fn start(&mut self, call: &Call, env: &Env) -> Result<Ticket, Value> {
        let plan = self.setting.plan;
        let operation = plan.operation(call.operation);
        let encoded = match encode(call, operation, env) {
            Ok(encoded) => encoded,
            Err(Unwritable::Thrown(thrown)) => return Err(thrown.0),
            Err(Unwritable::NoSuchPath) => {
                let message = "a path parameter is empty, `.` or `..`";
                return Ok(self.unasked(operation, Brought::NoSuchPath, message));
            }
            Err(Unwritable::Unsendable(thrown)) => {
                let message = "an argument cannot be sent";
                return Ok(self.unasked(operation, Brought::Unsendable(thrown.0), message));
            }
        };
        let timeout_ms =
            call.timeout_ms.unwrap_or_else(|| plan.upstream(operation.upstream).timeout_ms);
        if !operation.safe {
            self.joinable.clear();
            let entry = self.fly(call, operation, &encoded, timeout_ms);
            return Ok(Ticket::new(entry));
        }
        let key = Key { operation: call.operation, encoded, timeout_ms };
        if let Some(entry) = self.joinable.get(&key)
            && !entry.cancelled.get()
            && !(call.in_handler && entry.failed.get())
        {
            self.records[entry.record].joined += 1;
            return Ok(Ticket::new(Rc::clone(entry)));
        }
        let entry = self.fly(call, operation, &key.encoded, timeout_ms);
        self.joinable.insert(key, Rc::clone(&entry));
        Ok(Ticket::new(entry))
    }

    /// A call that fails by its own arguments.
    fn unasked(&mut self, operation: &Operation, brought: Brought, message: &str) -> Ticket {
        let entry = self.entry(operation, AbortHandle::new_pair().0, Instant::now());
        let reason = CallResult::Failed { reason: "argument", message: message.into() };
        self.land(&entry, brought, reason);
        Ticket::new(entry)
    }

    /// Waits for one answer; `false` if no call is in flight.
    pub(super) async fn next_answer(&mut self) -> bool {
        loop {
            match self.flights.next().await {
                None => return false,
                // Given up; its record says so already.
                Some(Err(_)) => {}
                Some(Ok(Landed { entry, result })) => {
                    let (brought, told) = match result {
                        Ok(answer) => {
                            let status = answer.status.as_u16();
                            (Brought::Answer(answer), CallResult::Status(status))
                        }
                        Err(error) => {
                            let reason = error.reason().as_str();
                            let message = error.to_string();
                            (Brought::Failed(error), CallResult::Failed { reason, message })
                        }
                    };
                    self.land(&entry, brought, told);
                    return true;
                }
            }
        }
    }

    /// What a call gives at the place that holds `ticket`, once it has landed. What is read of an
    /// answer does not count as computed, but for what is made of it.
    pub(super) fn take(
        &mut self,
        ticket: &Ticket,
        call: &Call,
        meter: &Meter,
    ) -> Option<Result<Value, Value>> {
        let mut made_bytes = 0;
        let given = meter.apart(|| self.read(ticket, call, &mut made_bytes));
        meter.keep(made_bytes);
        given
    }

    fn read(
        &mut self,
        ticket: &Ticket,
        call: &Call,
        made_bytes: &mut usize,
    ) -> Option<Result<Value, Value>> {
        let entry = &ticket.0;
        let brought = entry.brought.get()?;
        let plan = self.setting.plan;
        let operation = plan.operation(call.operation);
        let judged = judge(plan, call, brought, |shape| {
            let known = entry.read.borrow().iter().find(|(own, _)| *own == shape).cloned();
            if let Some((_, result)) = known {
                return result;
            }
            let Brought::Answer(answer) = brought else { return Ok(Value::Undefined) };
            let result = match read(&answer.body, plan, shape) {
                Ok(answer) => {
                    *made_bytes += answer.made_bytes;
                    if answer.unknown_enums > 0 {
                        self.drift.push(drift_record(
                            self.setting.plan,
                            operation,
                            None,
                            answer.unknown_enums,
                        ));
                    }
                    Ok(answer.value)
                }
                Err(drift) => Err(drift),
            };
            entry.read.borrow_mut().push((shape, result.clone()));
            result
        });
        Some(match judged {
            Judged::Value(value) => Ok(value),
            Judged::Failed(error) => {
                entry.failed.set(true);
                self.note_retry_after(operation, brought);
                Err(error)
            }
            Judged::Drift(error, Drift { path, expected, found }) => {
                entry.failed.set(true);
                let fault = Some(DriftFault { path, expected, found });
                let record = drift_record(plan, operation, fault, 0);
                if !self.drift.contains(&record) {
                    self.drift.push(record);
                }
                Err(error)
            }
        })
    }

    pub(super) fn into_records(self) -> Records {
        let Self { records: calls, drift, retry_after, .. } = self;
        Records { calls, drift, retry_after }
    }

    /// Sends a request.
    fn fly(
        &mut self,
        call: &Call,
        operation: &Operation,
        encoded: &Encoded,
        timeout_ms: u32,
    ) -> Rc<Entry> {
        let upstream = &self.setting.plan.upstream(operation.upstream).name;
        // One look at the clock for all that a call needs of it.
        let now = Instant::now();
        let request = Request {
            method: Method::from_bytes(operation.method.as_str().as_bytes()).unwrap_or(Method::GET),
            path_and_query: encoded.path_and_query.clone(),
            headers: self.headers(call, encoded),
            body: encoded.body.clone(),
            safe: operation.safe,
            started: now,
            deadline: now + Duration::from_millis(u64::from(timeout_ms)),
        };
        let (abort, registration) = AbortHandle::new_pair();
        let entry = self.entry(operation, abort, now);
        let own = Rc::clone(&entry);
        let name = Name::clone(upstream);
        let answer: Pin<Box<dyn Future<Output = Landed>>> =
            match self.setting.clients.get(upstream).cloned() {
                None => Box::pin(async move {
                    let upstream = name.to_string();
                    let cause = "it is not configured".into();
                    let address = "no address".into();
                    let error = CallError::Connect { upstream, address, cause };
                    Landed { entry: own, result: Err(error) }
                }),
                Some(client) if operation.safe => {
                    Box::pin(
                        async move { Landed { entry: own, result: client.call(request).await } },
                    )
                }
                // A task of its own: it ends by itself, whoever still waits for it.
                Some(client) => {
                    let task = spawn_local(async move { client.call(request).await });
                    Box::pin(async move {
                        let result = task.await.unwrap_or_else(|error| {
                            let upstream = name.to_string();
                            Err(CallError::Closed { upstream, cause: error.to_string() })
                        });
                        Landed { entry: own, result }
                    })
                }
            };
        self.flights.push(Abortable::new(answer, registration));
        entry
    }

    fn headers(&self, call: &Call, encoded: &Encoded) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::with_capacity(encoded.headers.len() + 5);
        let json = call.answers.iter().any(|(_, kind)| matches!(kind, AnswerKind::Json(_)));
        let accept = if json { "application/json, */*;q=0.5" } else { "*/*" };
        headers.push((header::ACCEPT, HeaderValue::from_static(accept)));
        headers.push((
            header::USER_AGENT,
            HeaderValue::from_static(concat!("frontage/", env!("CARGO_PKG_VERSION"))),
        ));
        headers.extend(self.identity.fields());
        for (name, value) in &encoded.headers {
            // What the call says itself counts.
            match headers.iter_mut().find(|(own, _)| own == name) {
                Some((_, own)) => *own = value.clone(),
                None => headers.push((name.clone(), value.clone())),
            }
        }
        headers
    }

    fn entry(&mut self, operation: &Operation, abort: AbortHandle, started: Instant) -> Rc<Entry> {
        let start = started.duration_since(self.started);
        self.records.push(CallRecord {
            upstream: Name::clone(&self.setting.plan.upstream(operation.upstream).name),
            operation: Name::clone(&operation.name),
            start_us: u64::try_from(start.as_micros()).unwrap_or(u64::MAX),
            duration_us: 0,
            result: CallResult::Cancelled,
            joined: 0,
        });
        Rc::new(Entry {
            safe: operation.safe,
            record: self.records.len() - 1,
            started,
            waiting: Cell::new(0),
            cancelled: Cell::new(false),
            failed: Cell::new(false),
            abort,
            brought: OnceCell::new(),
            read: RefCell::new(Vec::new()),
        })
    }

    fn land(&mut self, entry: &Entry, brought: Brought, told: CallResult) {
        let record = &mut self.records[entry.record];
        let took = entry.started.elapsed();
        record.duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        record.result = told;
        // An entry lands once.
        let _ = entry.brought.set(brought);
    }

    fn note_retry_after(&mut self, operation: &Operation, brought: &Brought) {
        let Brought::Answer(answer) = brought else { return };
        if answer.status.as_u16() != 429 {
            return;
        }
        let seconds = answer
            .headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.trim().parse::<u32>().ok())
            .map_or(1, |seconds| seconds.clamp(1, LONGEST_RETRY_S));
        let upstream = Name::clone(&self.setting.plan.upstream(operation.upstream).name);
        self.retry_after.push((upstream, Name::clone(&operation.name), seconds));
    }
}

fn drift_record(
    plan: &frontage_plan::Plan,
    operation: &Operation,
    fault: Option<DriftFault>,
    unknown_enums: u32,
) -> DriftRecord {
    DriftRecord {
        upstream: Name::clone(&plan.upstream(operation.upstream).name),
        operation: Name::clone(&operation.name),
        fault,
        unknown_enums,
    }
}
